//! One colour through a mask of bits, without a compositor.
//!
//! Owns the arithmetic of Over on 32-bit pixels, equal to pixman's in every
//! bit. It must not know where masks come from, nor images.
//!
//! A stock server draws shapes without a mask format through A1, pixel by
//! pixel (`fast_composite_over_n_1_8888`). The bits are runs, so this fills
//! runs.

/// Puts `color` over those of `pixels` whose bit is set. Pixel 0 belongs to bit
/// `first` of `bits`, counted from the least significant of the first byte.
///
/// Colour and pixels are premultiplied, alpha in the highest byte; an unused
/// highest byte is blended like the others. Pixels without a bit stay.
///
/// Fastest where the bits are whole words of 64. Inlined everywhere, so that
/// it is compiled for the instructions that its caller may use.
#[inline(always)]
pub fn over_bits(pixels: &mut [u32], bits: &[u8], first: usize, color: u32) {
    let end = first + pixels.len();
    let mut at = first;
    while at < end {
        let start = find(bits, at, end, 0);
        at = find(bits, start, end, u64::MAX);
        over_all(&mut pixels[start - first..at - first], color);
    }
}

/// The first set bit from `at` to before `end`, after all were XORed with
/// `flip`; `end` if there is none. Bits beyond the last byte are clear.
#[inline(always)]
fn find(bits: &[u8], mut at: usize, end: usize, flip: u64) -> usize {
    while at < end {
        let (word, skip) = (at / 64, at % 64);
        let bytes = match bits.get(8 * word..8 * word + 8) {
            Some(eight) => eight.try_into().unwrap_or_default(),
            None => last_word(bits.get(8 * word..).unwrap_or_default()),
        };
        // Zeros come from above: bits that this word does not know.
        let known = (u64::from_le_bytes(bytes) ^ flip) >> skip;
        if known != 0 {
            return end.min(at + known.trailing_zeros() as usize);
        }
        at += 64 - skip;
    }
    end
}

/// Fewer than eight bytes, filled up with zeros.
#[cold]
fn last_word(bytes: &[u8]) -> [u8; 8] {
    let mut eight = [0; 8];
    eight.iter_mut().zip(bytes).for_each(|(to, &from)| *to = from);
    eight
}

/// Puts `color` over all of `pixels`; see [`over_bits`].
#[inline(always)]
pub fn over_all(pixels: &mut [u32], color: u32) {
    let rest = 255 - (color >> 24);
    if rest == 0 {
        pixels.fill(color);
    } else {
        pixels.iter_mut().for_each(|pixel| *pixel = over(color, rest, *pixel));
    }
}

/// `color` + `pixel` · `rest` / 255, each byte rounded and saturated
/// (pixman's `UN8x4_MUL_UN8_ADD_UN8x4`).
#[inline(always)]
fn over(color: u32, rest: u32, pixel: u32) -> u32 {
    const BYTES: u32 = 0x00ff_00ff;
    // Two bytes at a time: products fit 16 bits.
    let half = |color: u32, pixel: u32| {
        let product = (pixel & BYTES) * rest + 0x0080_0080;
        let scaled = ((product + (product >> 8 & BYTES)) >> 8) & BYTES;
        let sum = scaled + (color & BYTES);
        // A carry out of a byte becomes all of its bits.
        (sum | (0x0100_0100 - (sum >> 8 & BYTES))) & BYTES
    };
    half(color, pixel) | half(color >> 8, pixel >> 8) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One channel, by the definition.
    fn expected(color: u32, pixel: u32, shift: u32) -> u32 {
        let (color_byte, pixel_byte) = (color >> shift & 255, pixel >> shift & 255);
        let product = pixel_byte * (255 - (color >> 24)) + 128;
        (color_byte + (product + (product >> 8) >> 8)).min(255)
    }

    #[test]
    fn every_byte_is_rounded_and_saturated() {
        for alpha in 0..=255 {
            for value in 0..=255 {
                let (color, pixel) = (alpha << 24 | 0x30_8040, value * 0x0101_0101 ^ 0xff00);
                let mut pixels = [pixel];
                over_bits(&mut pixels, &[1], 0, color);
                for shift in [0, 8, 16, 24] {
                    let byte = pixels[0] >> shift & 255;
                    assert_eq!(byte, expected(color, pixel, shift), "{color:x} over {pixel:x}");
                }
            }
        }
    }

    #[test]
    fn runs_of_every_length_and_place_are_found() {
        for first in 0..9 {
            for start in 0..140 {
                for length in [0, 1, 2, 31, 63, 64, 65, 100] {
                    let mut bits = [0_u8; 40];
                    for bit in first + start..(first + start + length).min(8 * bits.len()) {
                        bits[bit / 8] |= 1 << (bit % 8);
                    }
                    let mut pixels = [7; 150];
                    over_bits(&mut pixels, &bits, first, 0xff00_0001);
                    for (x, &pixel) in pixels.iter().enumerate() {
                        let inside = (start..start + length).contains(&x);
                        assert_eq!(pixel, if inside { 0xff00_0001 } else { 7 });
                    }
                }
            }
        }
    }

    #[test]
    fn missing_bits_are_clear() {
        let mut pixels = [0; 20];
        over_bits(&mut pixels, &[0xff], 3, !0);
        assert_eq!(pixels.iter().filter(|&&pixel| pixel != 0).count(), 5);
        over_bits(&mut pixels, &[], 0, !0);
        assert_eq!(pixels.iter().filter(|&&pixel| pixel != 0).count(), 5);
    }
}
