//! A1: one sample in a pixel, so that a row of pixels is a run of bits.
//!
//! Owns the fast path of masks of one bit: lanes are rows of pixels, and all
//! that is computed is where each side is. It must not know what a shape is.

use fearless_simd::{Simd, SimdBase, u8x16};

use crate::lanes::sampling::{One, Sampling};
use crate::lanes::side::Side;
use crate::lanes::vector::{Spilled, Stack};
use crate::mask::MaskMut;
use crate::rows::Changes;
use crate::scalar::Outline;

/// The widest vector of 32-bit numbers.
const WIDEST: usize = 16;

/// Draws a shape.
#[inline(always)]
pub(crate) fn draw<S: Simd>(
    simd: S,
    mask: &mut MaskMut<'_>,
    changes: &mut Changes,
    outline: &Outline,
) {
    let Outline { top, bottom, left, right } = *outline;
    // Sample rows within the mask: neither is negative.
    let (first, last) = (top.floor_int(), bottom.floor_int());
    let rows = i64::from(last - first);
    let left = Side::new::<One>(top, 0, rows, left.0, left.1);
    let right = Side::new::<One>(top, 0, rows, right.0, right.1);
    match (left, right) {
        (Some(left), Some(right)) => draw_rows(simd, mask, (first, last), left, right),
        _ => changes.draw(mask, outline.walk(One::GRID)),
    }
}

#[inline(always)]
fn draw_rows<S: Simd>(
    simd: S,
    mask: &mut MaskMut<'_>,
    (first, last): (i32, i32),
    mut left: Side,
    mut right: Side,
) {
    let rows = last - first + 1;
    // At most 65536.
    let width = mask.width() as i32;
    let mut lines = mask.lines(first as u32);
    if rows < S::i32s::LEN as i32 / 2 {
        for _ in 0..rows {
            let (start, end) = (One::samples(left.x).max(0), One::samples(right.x).min(width));
            set_bits(simd, lines.next_mut(), start, end);
            left.next_row();
            right.next_row();
        }
        return;
    }
    let (zero, width) = (S::i32s::splat(simd, 0), S::i32s::splat(simd, width));
    let bias = S::i32s::splat(simd, One::BIAS);
    let mut stacks = (Stack::<S>::new(simd, &left), Stack::<S>::new(simd, &right));
    let (mut starts, mut ends) = (Spilled::default(), Spilled::default());
    let mut rest = rows as usize;
    while rest > 0 {
        let start = ((stacks.0.x + bias) >> 16).max(zero);
        let end = ((stacks.1.x + bias) >> 16).min(width);
        start.store_slice(&mut starts[..S::i32s::LEN]);
        end.store_slice(&mut ends[..S::i32s::LEN]);
        stacks.0.next_block(simd);
        stacks.1.next_block(simd);
        let rows = rest.min(S::i32s::LEN);
        for lane in 0..rows {
            set_bits(simd, lines.next_mut(), starts[lane % WIDEST], ends[lane % WIDEST]);
        }
        rest -= rows;
    }
}

/// Sets the bits from `start` ≥ 0 to before `end` of a row.
#[inline(always)]
fn set_bits<S: Simd>(simd: S, row: &mut [u8], start: i32, end: i32) {
    if start >= end {
        return;
    }
    // Neither is negative.
    let (start, end) = (start as usize, end as usize);
    let first = start / 8;
    let Some(bytes) = row.get_mut(first..end.div_ceil(8)) else { return };
    let (skip, count, length) = (start % 8, end - 8 * first, bytes.len());
    if length > 8 {
        or(bytes.first_chunk_mut::<8>(), u64::MAX << skip);
        or(bytes.last_chunk_mut::<8>(), u64::MAX >> (8 * length - count));
        if length > 16 {
            fill(simd, bytes);
        }
    } else {
        // From bit `skip` to before bit `count`, of 64 at most.
        let mask = (u64::MAX >> (64 - count)) & (u64::MAX << skip);
        if let Some(bytes) = row.get_mut(first..).and_then(<[u8]>::first_chunk_mut::<8>) {
            or(Some(bytes), mask);
        } else {
            for (byte, mask) in row[first..].iter_mut().zip(mask.to_le_bytes()) {
                *byte |= mask;
            }
        }
    }
}

#[inline(always)]
fn or(bytes: Option<&mut [u8; 8]>, mask: u64) {
    if let Some(bytes) = bytes {
        *bytes = (u64::from_le_bytes(*bytes) | mask).to_le_bytes();
    }
}

/// Sets all bits but those of the first and the last eight bytes, of which all
/// but the outermost bytes are set already. There are more than sixteen.
#[inline(always)]
fn fill<S: Simd>(simd: S, bytes: &mut [u8]) {
    let length = bytes.len();
    let wide = S::u8s::LEN;
    if length >= 32 {
        let middle = &mut bytes[8..length - 8];
        let length = middle.len();
        if length >= wide {
            let full = S::u8s::splat(simd, 255);
            for chunk in middle.chunks_exact_mut(wide) {
                full.store_slice(chunk);
            }
            full.store_slice(&mut middle[length - wide..]);
        } else {
            let full = u8x16::splat(simd, 255);
            for chunk in middle.chunks_exact_mut(16) {
                full.store_slice(chunk);
            }
            full.store_slice(&mut middle[length - 16..]);
        }
    } else {
        bytes[8..16].fill(255);
        bytes[length - 16..length - 8].fill(255);
    }
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;

    #[test]
    fn bits_are_set_between_any_two_places() {
        let simd = fearless_simd::Level::new();
        for start in 0..700 {
            for length in (0..150).chain([200, 257, 300, 400, 511, 512, 513, 600]) {
                let end = start + length;
                if end > 800 {
                    continue;
                }
                let mut row = [0; 100];
                dispatch!(simd, simd => set_bits(simd, &mut row, start, end));
                for x in 0..800 {
                    let expected = start <= x && x < end;
                    let bit = row[x as usize / 8] >> (x % 8) & 1;
                    assert_eq!(bit != 0, expected, "pixel {x} of {start}..{end}");
                }
            }
        }
    }
}
