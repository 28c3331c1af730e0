//! Sums of changes: from a plane to coverage, run by run.
//!
//! Owns the walk along rows and the skipping of what no edge touches. It must
//! not know edges, nor what becomes of coverage.

use std::ops::Range;

use super::arithmetic::Arithmetic;
use super::plane::{BLOCK, Plane};
use super::sinks::{Row, Rows};

/// Hands out the coverage of the band's rows in a window of so many columns.
/// The changes become zero.
#[inline(always)]
pub(super) fn settle(plane: &mut Plane, width: u32, with: impl Arithmetic, rows: &mut impl Rows) {
    let [left, _] = plane.origin();
    for y in plane.band() {
        let mut target = rows.row(y);
        let (mut x, mut sum) = (left, 0);
        let mut group = 0;
        while let Some(bits) = plane.touched(with, y, group) {
            let mut bits = bits;
            while bits != 0 {
                let block = group + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(changes) = plane.take_block(y, block) else { break };
                let before = sum;
                let values = with.sum(changes, &mut sum);
                // Blocks reach at most 18 pixels beyond the window.
                let start = left + (block * BLOCK) as u32;
                if let Some(target) = &mut target {
                    // Up to an edge beyond the window, too.
                    level(with, target, x..start.min(width), before);
                    if start < width {
                        let columns = (width - start).min(BLOCK as u32) as usize;
                        target.block(with, start, &values, columns);
                    }
                    x = start + BLOCK as u32;
                }
            }
            group += 64;
        }
        if let Some(target) = &mut target {
            level(with, target, x..width, sum);
        }
    }
}

#[inline(always)]
fn level(with: impl Arithmetic, row: &mut impl Row, columns: Range<u32>, sum: i32) {
    if sum != 0 && columns.start < columns.end {
        let value = with.value(sum);
        if value != 0 {
            row.level(with, columns, value);
        }
    }
}
