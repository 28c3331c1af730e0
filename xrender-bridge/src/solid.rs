//! One colour over pixels, without a compositor.
//!
//! Owns the arithmetic of Over on 32-bit pixels, equal to pixman's in every
//! bit. It must not know where coverage comes from, nor images.
//!
//! Colours and pixels are premultiplied, alpha in the highest byte; a highest
//! byte that is not used is blended like the others, as pixman does. All is
//! inlined, so that it is compiled for the instructions that its caller may
//! use.

/// Every other byte of a pixel.
const BYTES: u32 = 0x00ff_00ff;

/// Pixels that are looked at together.
const BLOCK: usize = 16;

/// Puts `color` over `pixels`, as far as `coverage` says of each: 0 to 255
/// (`composite_over_n_8_8888`). Pixels without coverage stay.
#[inline(always)]
pub fn over_covered(pixels: &mut [u32], coverage: &[u8], color: u32) {
    const NONE: [u8; BLOCK] = [0; BLOCK];
    const FULL: [u8; BLOCK] = [255; BLOCK];
    let length = pixels.len().min(coverage.len());
    let (blocks, rest) = pixels[..length].as_chunks_mut::<BLOCK>();
    let (covered, covered_rest) = coverage[..length].as_chunks::<BLOCK>();
    let mut at = 0;
    while at < blocks.len() {
        // Most are one or the other.
        if covered[at] == NONE {
            at += 1;
        } else if covered[at] == FULL {
            let full = covered[at..].iter().take_while(|covered| **covered == FULL).count();
            over_all(blocks[at..at + full].as_flattened_mut(), color);
            at += full;
        } else {
            for (pixel, &covered) in blocks[at].iter_mut().zip(&covered[at]) {
                *pixel = over_partly(color, covered, *pixel);
            }
            at += 1;
        }
    }
    for (pixel, &covered) in rest.iter_mut().zip(covered_rest) {
        *pixel = over_partly(color, covered, *pixel);
    }
}

/// Puts `color` over all of `pixels`.
#[inline(always)]
pub fn over_all(pixels: &mut [u32], color: u32) {
    let rest = 255 - (color >> 24);
    if rest == 0 {
        pixels.fill(color);
    } else {
        pixels.iter_mut().for_each(|pixel| *pixel = over(color, rest, *pixel));
    }
}

/// The colour where it covers `covered` of 255, over a pixel.
#[inline(always)]
fn over_partly(color: u32, covered: u8, pixel: u32) -> u32 {
    let covered = u32::from(covered);
    let part = scale(color, covered) | scale(color >> 8, covered) << 8;
    over(part, 255 - (part >> 24), pixel)
}

/// The two lower of every two bytes, times `by` / 255, rounded
/// (`UN8x4_MUL_UN8`).
#[inline(always)]
fn scale(bytes: u32, by: u32) -> u32 {
    // Two bytes at a time: products fit 16 bits.
    let product = (bytes & BYTES) * by + 0x0080_0080;
    ((product + (product >> 8 & BYTES)) >> 8) & BYTES
}

/// `color` + `pixel` · `rest` / 255, each byte rounded and saturated
/// (pixman's `UN8x4_MUL_UN8_ADD_UN8x4`).
#[inline(always)]
fn over(color: u32, rest: u32, pixel: u32) -> u32 {
    let half = |color: u32, pixel: u32| {
        let sum = scale(pixel, rest) + (color & BYTES);
        // A carry out of a byte becomes all of its bits.
        (sum | (0x0100_0100 - (sum >> 8 & BYTES))) & BYTES
    };
    half(color, pixel) | half(color >> 8, pixel >> 8) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One channel, by the definition.
    fn channel(color: u32, covered: u32, pixel: u32, shift: u32) -> u32 {
        let multiply = |a: u32, b: u32| (a * b + 128 + ((a * b + 128) >> 8)) >> 8;
        let alpha = multiply(color >> 24, covered);
        let part = multiply(color >> shift & 255, covered);
        (part + multiply(pixel >> shift & 255, 255 - alpha)).min(255)
    }

    fn expected(color: u32, covered: u8, pixel: u32) -> u32 {
        let byte = |shift| channel(color, covered.into(), pixel, shift) << shift;
        [0, 8, 16, 24].map(byte).into_iter().sum()
    }

    #[test]
    fn every_byte_is_rounded_and_saturated() {
        for alpha in 0..=255 {
            for value in 0..=255 {
                let (color, pixel) = (alpha << 24 | 0x30_8040, (value * 0x0101_0101) ^ 0xff00);
                let mut pixels = [pixel];
                over_all(&mut pixels, color);
                assert_eq!(pixels[0], expected(color, 255, pixel), "{color:x} over {pixel:x}");
            }
        }
    }

    #[test]
    fn every_coverage_counts_wherever_it_is() {
        for color in [0xff12_3456, 0x8040_2000, 0x80ff_ff00, 0] {
            for length in [1, 15, 16, 17, 100, 300] {
                for step in [0_u32, 1, 7] {
                    let coverage: Vec<u8> =
                        (0..length).map(|x: u32| (x / 40 * 255 + x * step) as u8).collect();
                    let before: Vec<u32> =
                        (0..length).map(|x| x.wrapping_mul(0x9e37_79b9)).collect();
                    let mut pixels = before.clone();
                    over_covered(&mut pixels, &coverage, color);
                    for ((pixel, before), covered) in pixels.iter().zip(before).zip(coverage) {
                        assert_eq!(*pixel, expected(color, covered, before), "{color:x} {covered}");
                    }
                }
            }
        }
    }
}
