//! Sums of changes: from a plane to coverage, run by run.
//!
//! Owns the running sum along a row, the fill rule, and the skipping of what
//! no edge touches. It must not know edges, nor what becomes of coverage.

use std::ops::Range;

use fearless_simd::prelude::*;
use fearless_simd::{i32x4, u16x8};

use super::plane::{BLOCK, ONE, Plane};
use crate::path::FillRule;

/// What takes coverage, from left to right and from top to bottom; what is
/// left out has none. All columns are within the window.
pub(super) trait Rows {
    /// The same coverage, not 0, over a range of columns.
    fn level(&mut self, y: u32, columns: Range<u32>, value: u8);
    /// The coverage of pixels from column `x` on. Some may have none.
    fn bytes(&mut self, y: u32, x: u32, values: &[u8]);
}

/// How sums become coverage.
pub(super) trait Summing: Copy {
    /// The coverage in a block of pixels, given the sum left of it. The sum
    /// becomes that at its right end.
    fn sum(self, changes: &[i32; BLOCK], sum: &mut i32) -> [u8; BLOCK];
    /// The coverage at one sum.
    fn value(self, sum: i32) -> u8;
}

/// Hands out the coverage of all rows, whose changes become zero.
#[inline(always)]
pub(super) fn settle(plane: &mut Plane, summing: impl Summing, rows: &mut impl Rows) {
    let width = plane.width();
    for y in plane.rows() {
        let (mut x, mut sum) = (0, 0);
        let mut cursor = 0;
        while let Some(block) = plane.next_touched(y, cursor) {
            // Blocks of a row cover at most 2^16 pixels and two blocks.
            let start = (block * BLOCK) as u32;
            if start >= width {
                plane.take_block(y, block);
                cursor = block + 1;
                continue;
            }
            if start > x {
                level(summing, rows, y, x..start, sum);
            }
            let changes = plane.take_block(y, block);
            let values = summing.sum(&changes, &mut sum);
            if start + BLOCK as u32 <= width {
                rows.bytes(y, start, &values);
            } else {
                rows.bytes(y, start, &values[..(width - start) as usize]);
            }
            x = start + BLOCK as u32;
            cursor = block + 1;
        }
        if x < width {
            level(summing, rows, y, x..width, sum);
        }
    }
    plane.forget_rows();
}

#[inline(always)]
fn level(summing: impl Summing, rows: &mut impl Rows, y: u32, columns: Range<u32>, sum: i32) {
    if sum != 0 {
        let value = summing.value(sum);
        if value != 0 {
            rows.level(y, columns, value);
        }
    }
}

/// Sums in plain integers: the definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain(pub(super) FillRule);

impl Summing for Plain {
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
}

/// The same with vectors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vectors<S> {
    pub(super) simd: S,
    pub(super) plain: Plain,
}

impl<S: Simd> Summing for Vectors<S> {
    #[inline(always)]
    fn sum(self, changes: &[i32; BLOCK], sum: &mut i32) -> [u8; BLOCK] {
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
}

impl<S: Simd> Vectors<S> {
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
            FillRule::NonZero => sums.max(-sums).min(one),
            FillRule::EvenOdd => {
                let odd = sums & (2 * ONE - 1);
                odd.min(one + one - odd)
            }
        };
        ((inside << 8) - inside + ONE / 2) >> 20
    }
}
