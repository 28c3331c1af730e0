//! Where coverage goes.
//!
//! Owns the saturating addition of a few pixels at a time, and the cutting of
//! what lies outside. It must not know how coverage is computed.

use fearless_simd::{Bytes, Simd, SimdBase, SimdInt, u8x16, u8x32, u32x4};

use crate::grid::Grid;
use crate::mask::{Layout, MaskMut};
use crate::rows::{self, Changes};
use crate::scalar::Outline;

/// Takes coverage of pixels, in any order, and adds it up. Coordinates are
/// pixels; what lies outside is dropped.
pub(crate) trait Sink {
    /// Width and height in pixels.
    fn size(&self) -> (u32, u32);

    /// Pixels `x` to `x` + 7 of row `y`, one byte each, the first one lowest.
    fn add_eight(&mut self, y: u32, x: i32, bytes: u64);

    /// A row between a left ramp of four pixels from `left` on and a right one
    /// from `right` on, full in between; `right` ≥ `left` + 4.
    fn add_row(&mut self, y: u32, left: (i32, u32), right: (i32, u32));

    /// Pixels `start` to before `end`, all alike.
    fn add_level(&mut self, y: u32, start: i32, end: i32, value: u8);

    /// The changes noted along row `y`, which are then forgotten.
    fn add_changes(&mut self, y: u32, changes: &mut Changes);

    /// A whole shape, row by row.
    fn walk(&mut self, changes: &mut Changes, outline: &Outline);
}

/// A8.
pub(crate) struct EightBits<'a, 'm, S: Simd> {
    simd: S,
    mask: &'a mut MaskMut<'m>,
    layout: Layout,
}

impl<'a, 'm, S: Simd> EightBits<'a, 'm, S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, mask: &'a mut MaskMut<'m>) -> Self {
        let layout = mask.layout();
        Self { simd, mask, layout }
    }

    #[inline(always)]
    fn row(&mut self, y: u32) -> Option<&mut [u8]> {
        self.mask.row_of(self.layout, y)
    }
}

impl<S: Simd> Sink for EightBits<'_, '_, S> {
    fn size(&self) -> (u32, u32) {
        (self.mask.width(), self.mask.height())
    }

    #[inline(always)]
    fn add_eight(&mut self, y: u32, x: i32, bytes: u64) {
        if let Some(row) = self.row(y) {
            add_eight(row, x, bytes);
        }
    }

    #[inline(always)]
    fn add_row(&mut self, y: u32, left: (i32, u32), right: (i32, u32)) {
        const FULL: u32 = u32::MAX;
        let simd = self.simd;
        let Some(row) = self.row(y) else { return };
        // Sixteen pixels at either end, a ramp and full ones, if they fit.
        if right.0 >= left.0 + 16
            && let (Ok(start), Ok(end)) = (usize::try_from(left.0), usize::try_from(right.0 + 4))
            && let Some(pixels) = row.get_mut(start..end)
        {
            let length = pixels.len();
            add_sixteen(simd, &mut pixels[..16], [left.1, FULL, FULL, FULL]);
            add_sixteen(simd, &mut pixels[length - 16..], [FULL, FULL, FULL, right.1]);
            fill(simd, &mut pixels[4..length - 4]);
            return;
        }
        add_four(row, left.0, left.1);
        if let Some(pixels) = cut(row.len(), left.0 + 4, right.0) {
            row[pixels].fill(255);
        }
        add_four(row, right.0, right.1);
    }

    #[inline(always)]
    fn add_level(&mut self, y: u32, start: i32, end: i32, value: u8) {
        let Some(row) = self.row(y) else { return };
        if let Some(pixels) = cut(row.len(), start, end) {
            let pixels = &mut row[pixels];
            if value == 255 {
                pixels.fill(255);
            } else {
                pixels.iter_mut().for_each(|pixel| *pixel = pixel.saturating_add(value));
            }
        }
    }

    fn add_changes(&mut self, y: u32, changes: &mut Changes) {
        if let Some(row) = self.row(y) {
            changes.add_to::<8>(row);
        }
    }

    #[inline(never)]
    fn walk(&mut self, changes: &mut Changes, outline: &Outline) {
        changes.draw(self.mask, outline.walk(Grid::A8));
    }
}

/// Adds to sixteen pixels, given four at a time.
#[inline(always)]
fn add_sixteen<S: Simd>(simd: S, pixels: &mut [u8], bytes: [u32; 4]) {
    let bytes: u8x16<S> = u32x4::load_array(simd, bytes).bitcast();
    let sum = u8x16::from_slice(simd, pixels).saturating_add(bytes);
    sum.store_slice(pixels);
}

/// Sets pixels to 255, but for the first and last twelve, which may already be.
#[inline(always)]
fn fill<S: Simd>(simd: S, pixels: &mut [u8]) {
    let length = pixels.len();
    let wide = S::u8s::LEN;
    if length >= wide {
        let full = S::u8s::splat(simd, 255);
        full.store_slice(&mut pixels[..wide]);
        full.store_slice(&mut pixels[length - wide..]);
        // Stores that cross the line of a cache cost twice.
        let aligned = wide - (pixels.as_ptr().addr() % wide);
        if let Some(pixels) = pixels.get_mut(aligned..) {
            for chunk in pixels.chunks_exact_mut(wide) {
                full.store_slice(chunk);
            }
        }
    } else if length >= 32 {
        let full = u8x32::splat(simd, 255);
        full.store_slice(&mut pixels[..32]);
        full.store_slice(&mut pixels[length - 32..]);
    } else if length > 24 {
        u8x16::splat(simd, 255).store_slice(&mut pixels[8..24]);
    }
}

/// A4.
pub(crate) struct FourBits<'a, 'm> {
    mask: &'a mut MaskMut<'m>,
    layout: Layout,
    width: i32,
}

impl<'a, 'm> FourBits<'a, 'm> {
    #[inline(always)]
    pub(crate) fn new(mask: &'a mut MaskMut<'m>) -> Self {
        let layout = mask.layout();
        // At most 65536.
        let width = mask.width() as i32;
        Self { mask, layout, width }
    }
}

impl Sink for FourBits<'_, '_> {
    fn size(&self) -> (u32, u32) {
        (self.mask.width(), self.mask.height())
    }

    #[inline(always)]
    fn add_eight(&mut self, y: u32, x: i32, bytes: u64) {
        if let Some(row) = self.mask.row_of(self.layout, y) {
            add_nibbles(row, self.width, x, bytes);
        }
    }

    #[inline(always)]
    fn add_row(&mut self, y: u32, left: (i32, u32), right: (i32, u32)) {
        let Some(row) = self.mask.row_of(self.layout, y) else { return };
        add_nibbles(row, self.width, left.0, left.1.into());
        if let Some(pixels) = cut(self.width as usize, left.0 + 4, right.0) {
            fill_nibbles(row, pixels.start, pixels.end);
        }
        add_nibbles(row, self.width, right.0, right.1.into());
    }

    #[inline(always)]
    fn add_level(&mut self, y: u32, start: i32, end: i32, value: u8) {
        let Some(row) = self.mask.row_of(self.layout, y) else { return };
        if let Some(pixels) = cut(self.width as usize, start, end) {
            rows::add_many::<4>(row, pixels.start, pixels.end, value);
        }
    }

    fn add_changes(&mut self, y: u32, changes: &mut Changes) {
        if let Some(row) = self.mask.row_of(self.layout, y) {
            changes.add_to::<4>(row);
        }
    }

    #[inline(never)]
    fn walk(&mut self, changes: &mut Changes, outline: &Outline) {
        changes.draw(self.mask, outline.walk(Grid::A4));
    }
}

/// Adds eight values of 0 to 15, given as bytes, to pixels of four bits.
#[inline(always)]
fn add_nibbles(row: &mut [u8], width: i32, x: i32, bytes: u64) {
    const EVEN: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    if x >= 0
        && x <= width - 8
        && let Some(pixels) = row.get_mut(x as usize / 2..).and_then(<[u8]>::first_chunk_mut::<8>)
    {
        let pairs = (bytes | bytes >> 4) & 0x00ff_00ff_00ff_00ff;
        let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
        let nibbles = ((fours | fours >> 16) & 0xffff_ffff) << (4 * (x & 1));
        let old = u64::from_le_bytes(*pixels);
        let (even, odd) = (
            saturating_nibbles((old & EVEN) + (nibbles & EVEN)),
            saturating_nibbles((old >> 4 & EVEN) + (nibbles >> 4 & EVEN)),
        );
        *pixels = (even | odd << 4).to_le_bytes();
    } else {
        for (x, value) in (x..width).zip(bytes.to_le_bytes()) {
            if x >= 0 {
                rows::add_one::<4>(row, x as usize, value);
            }
        }
    }
}

/// Each byte of at most 30, or 15 if that is less.
#[inline(always)]
fn saturating_nibbles(sums: u64) -> u64 {
    let over = sums >> 4 & 0x0101_0101_0101_0101;
    (sums | (over * 15)) & 0x0f0f_0f0f_0f0f_0f0f
}

/// Sets pixels of four bits to 15.
#[inline(always)]
fn fill_nibbles(row: &mut [u8], start: usize, end: usize) {
    if start % 2 == 1 {
        row[start / 2] |= 0xf0;
    }
    if end % 2 == 1 {
        row[end / 2] |= 0x0f;
    }
    if let Some(bytes) = row.get_mut(start.div_ceil(2)..end / 2) {
        bytes.fill(0xff);
    }
}

/// The part of `start..end` that a row of so many pixels has.
#[inline(always)]
fn cut(length: usize, start: i32, end: i32) -> Option<std::ops::Range<usize>> {
    let start = start.max(0) as usize;
    let end = (end.max(0) as usize).min(length);
    (start < end).then_some(start..end)
}

/// The sum of each byte, 255 where it would exceed that.
#[inline(always)]
fn saturating_sum(a: u64, b: u64) -> u64 {
    const TOP: u64 = 0x8080_8080_8080_8080;
    let sum = ((a & !TOP) + (b & !TOP)) ^ ((a ^ b) & TOP);
    let carry = ((a & b) | ((a | b) & !sum)) & TOP;
    // From each carry, the 255 of its byte.
    sum | ((carry << 1).wrapping_sub(carry >> 7))
}

#[inline(always)]
fn add_eight(row: &mut [u8], x: i32, bytes: u64) {
    if let Ok(x) = usize::try_from(x)
        && let Some(pixels) = row.get_mut(x..).and_then(<[u8]>::first_chunk_mut::<8>)
    {
        let old = u64::from_le_bytes(*pixels);
        *pixels = saturating_sum(old, bytes).to_le_bytes();
    } else {
        add_some(row, x, &bytes.to_le_bytes());
    }
}

#[inline(always)]
fn add_four(row: &mut [u8], x: i32, bytes: u32) {
    if let Ok(x) = usize::try_from(x)
        && let Some(pixels) = row.get_mut(x..).and_then(<[u8]>::first_chunk_mut::<4>)
    {
        let old = u32::from_le_bytes(*pixels);
        *pixels = (saturating_sum(old.into(), bytes.into()) as u32).to_le_bytes();
    } else {
        add_some(row, x, &bytes.to_le_bytes());
    }
}

/// At the ends of a row, where not all pixels are in it.
#[inline(never)]
fn add_some(row: &mut [u8], x: i32, bytes: &[u8]) {
    for (x, &byte) in (i64::from(x)..).zip(bytes) {
        if let Some(pixel) = usize::try_from(x).ok().and_then(|x| row.get_mut(x)) {
            *pixel = pixel.saturating_add(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_saturate_each_for_itself() {
        for a in 0..=255_u8 {
            for b in 0..=255_u8 {
                let (x, y) = ([a, 255, 0, b, 7, 128, 127, a], [b, b, b, b, a, 128, 1, 0]);
                let sum = saturating_sum(u64::from_le_bytes(x), u64::from_le_bytes(y));
                let expected: Vec<u8> = x.iter().zip(y).map(|(x, y)| x.saturating_add(y)).collect();
                assert_eq!(sum.to_le_bytes().to_vec(), expected, "{a} + {b}");
            }
        }
    }

    #[test]
    fn nibbles_saturate_each_for_itself() {
        for x in -8..20 {
            for width in [1, 7, 8, 15, 17] {
                let mut row: Vec<u8> = (0..20_u8).map(|byte| byte.wrapping_mul(23)).collect();
                let before = row.clone();
                let bytes = [15, 0, 1, 9, 14, 7, 15, 3];
                add_nibbles(&mut row, width, x, u64::from_le_bytes(bytes));
                for pixel in 0..40 {
                    let nibble = |row: &[u8]| row[pixel as usize / 2] >> (4 * (pixel % 2)) & 15;
                    let added = usize::try_from(pixel - x).ok().and_then(|at| bytes.get(at));
                    let added = added.filter(|_| pixel < width).copied().unwrap_or(0);
                    assert_eq!(nibble(&row), (nibble(&before) + added).min(15), "{pixel} of {x}");
                }
            }
        }
        let mut row = [0; 4];
        fill_nibbles(&mut row, 1, 6);
        assert_eq!(row, [0xf0, 0xff, 0xff, 0]);
        fill_nibbles(&mut row, 6, 7);
        fill_nibbles(&mut row, 0, 0);
        assert_eq!(row, [0xf0, 0xff, 0xff, 0x0f]);
    }

    #[test]
    fn ends_of_rows_are_cut() {
        let mut row = [0; 5];
        add_eight(&mut row, -6, 0x0807_0605_0403_0201);
        assert_eq!(row, [7, 8, 0, 0, 0]);
        add_four(&mut row, 3, 0x0403_0201);
        assert_eq!(row, [7, 8, 0, 1, 2]);
        add_eight(&mut row, 5, u64::MAX);
        add_eight(&mut row, -8, u64::MAX);
        assert_eq!(row, [7, 8, 0, 1, 2]);
        assert_eq!(cut(5, -3, 2), Some(0..2));
        assert_eq!((cut(5, 3, 3), cut(5, 4, 9)), (None, Some(4..5)));
    }
}
