//! Sums of changes: from a plane to coverage, run by run.
//!
//! Owns the running sum along a row, the fill rule, and the skipping of what
//! no edge touches. It must not know edges, nor what becomes of coverage.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{i32x4, i32x16, u8x16, u16x8};

use super::plane::{BLOCK, ONE, Plane};
use crate::path::FillRule;

/// What takes coverage, from left to right and from top to bottom; what is
/// left out has none. All columns are within the window.
pub(super) trait Rows {
    /// The same coverage, not 0, over a range of columns.
    fn level(&mut self, with: impl Arithmetic, y: u32, columns: Range<u32>, value: u8);
    /// The coverage of a block of pixels from column `x` on, of which the
    /// first `length` are within the window. Some may have none.
    fn block(&mut self, with: impl Arithmetic, y: u32, x: u32, values: &[u8; BLOCK], length: usize);
}

/// What is computed for many pixels at once, in plain numbers or vectors.
pub(super) trait Arithmetic: Copy {
    /// The coverage in a block of pixels, given the sum left of it. The sum
    /// becomes that at its right end.
    fn sum(self, changes: &[i32; BLOCK], sum: &mut i32) -> [u8; BLOCK];
    /// The coverage at one sum.
    fn value(self, sum: i32) -> u8;
    /// Adds bytes, with saturation.
    fn add(self, to: &mut [u8; BLOCK], values: &[u8; BLOCK]);
}

/// Hands out the coverage of all rows in a window of so many columns. The
/// changes become zero.
#[inline(always)]
pub(super) fn settle(plane: &mut Plane, width: u32, with: impl Arithmetic, rows: &mut impl Rows) {
    let [left, top] = plane.origin();
    for row in 0..plane.rows() {
        let y = top + row;
        let (mut x, mut sum) = (left, 0);
        let mut cursor = 0;
        while let Some(block) = plane.next_touched(row, cursor) {
            cursor = block + 1;
            // Blocks reach at most 18 pixels beyond the window.
            let start = left + (block * BLOCK) as u32;
            let changes = plane.take_block(row, block);
            if start >= width {
                continue;
            }
            if start > x {
                level(with, rows, y, x..start, sum);
            }
            let values = with.sum(&changes, &mut sum);
            rows.block(with, y, start, &values, (width - start).min(BLOCK as u32) as usize);
            x = start + BLOCK as u32;
        }
        if x < width {
            level(with, rows, y, x..width, sum);
        }
    }
}

#[inline(always)]
fn level(with: impl Arithmetic, rows: &mut impl Rows, y: u32, columns: Range<u32>, sum: i32) {
    if sum != 0 {
        let value = with.value(sum);
        if value != 0 {
            rows.level(with, y, columns, value);
        }
    }
}

/// Sums in plain integers: the definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain(pub(super) FillRule);

impl Arithmetic for Plain {
    fn sum(self, changes: &[i32; BLOCK], sum: &mut i32) -> [u8; BLOCK] {
        changes.map(|change| {
            *sum = sum.wrapping_add(change);
            self.value(*sum)
        })
    }

    fn value(self, sum: i32) -> u8 {
        let inside = match self.0 {
            // The least number of all has no absolute value.
            FillRule::NonZero => sum.wrapping_abs().min(ONE).max(0),
            FillRule::EvenOdd => {
                let odd = sum & (2 * ONE - 1);
                odd.min(2 * ONE - odd)
            }
        };
        // At most 255, as `inside` is at most ONE.
        ((inside * 255 + ONE / 2) >> 20) as u8
    }

    fn add(self, to: &mut [u8; BLOCK], values: &[u8; BLOCK]) {
        for (to, value) in to.iter_mut().zip(values) {
            *to = to.saturating_add(*value);
        }
    }
}

/// The same with vectors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vectors<S> {
    pub(super) simd: S,
    pub(super) plain: Plain,
}

impl<S: Simd> Arithmetic for Vectors<S> {
    #[inline(always)]
    fn sum(self, changes: &[i32; BLOCK], sum: &mut i32) -> [u8; BLOCK] {
        if S::i32s::LEN == BLOCK {
            return self.whole(changes, sum);
        }
        let mut carry = i32x4::splat(self.simd, *sum);
        let a = self.quarter(&changes[..4], &mut carry);
        let b = self.quarter(&changes[4..8], &mut carry);
        let c = self.quarter(&changes[8..12], &mut carry);
        let d = self.quarter(&changes[12..], &mut carry);
        *sum = carry[0];
        let (low, high) = (a.saturating_narrow(b), c.saturating_narrow(d));
        low.bitcast::<u16x8<S>>().saturating_narrow(high.bitcast::<u16x8<S>>()).into()
    }

    #[inline(always)]
    fn value(self, sum: i32) -> u8 {
        self.plain.value(sum)
    }

    #[inline(always)]
    fn add(self, to: &mut [u8; BLOCK], values: &[u8; BLOCK]) {
        let sum = u8x16::load_array_ref(self.simd, to);
        *to = sum.saturating_add(u8x16::load_array_ref(self.simd, values)).into();
    }
}

impl<S: Simd> Vectors<S> {
    /// As [`sum`](Arithmetic::sum), where a vector holds a block.
    #[inline(always)]
    fn whole(self, changes: &[i32; BLOCK], sum: &mut i32) -> [u8; BLOCK] {
        let zero = i32x16::splat(self.simd, 0);
        let mut sums = i32x16::load_array_ref(self.simd, changes);
        sums = sums + zero.slide::<15>(sums);
        sums = sums + zero.slide::<14>(sums);
        sums = sums + zero.slide::<12>(sums);
        sums = sums + zero.slide::<8>(sums);
        // Apart from the sum before: the next block need not wait for this.
        let total = sums[BLOCK - 1];
        sums = sums + *sum;
        *sum = sum.wrapping_add(total);
        let one = i32x16::splat(self.simd, ONE);
        let inside = match self.plain.0 {
            FillRule::NonZero => sums.max(-sums).min(one).max(zero),
            FillRule::EvenOdd => {
                let odd = sums & (2 * ONE - 1);
                odd.min(one + one - odd)
            }
        };
        let values = ((inside << 8) - inside + ONE / 2) >> 20;
        values.to_array().map(|value| value as u8)
    }

    /// The coverage of four pixels, 0 to 255; `carry` is the sum before them
    /// in each lane, and becomes that behind them.
    #[inline(always)]
    fn quarter(self, changes: &[i32], carry: &mut i32x4<S>) -> i32x4<S> {
        let zero = i32x4::splat(self.simd, 0);
        let mut sums = i32x4::from_slice(self.simd, changes);
        sums = sums + zero.slide::<3>(sums);
        sums = sums + zero.slide::<2>(sums);
        sums = sums + *carry;
        *carry = i32x4::splat(self.simd, sums[3]);
        let one = i32x4::splat(self.simd, ONE);
        let inside = match self.plain.0 {
            FillRule::NonZero => sums.max(-sums).min(one).max(zero),
            FillRule::EvenOdd => {
                let odd = sums & (2 * ONE - 1);
                odd.min(one + one - odd)
            }
        };
        ((inside << 8) - inside + ONE / 2) >> 20
    }
}
