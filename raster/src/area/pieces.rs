//! An edge, row by row, as changes of coverage: the definition.
//!
//! Owns the arithmetic. [`lanes`](super::lanes) does the same with vectors,
//! to the bit; this is what it is compared with. It must not know paths or
//! fill rules.
//!
//! # One row
//!
//! An edge enters a row at x = `top`, leaves it at x = `bottom` and is
//! `height` high there. It covers what lies at its right. Counted from the
//! left end of the first pixel that it touches, it lies between u and v, of
//! which 0 ≤ u < 1. Of that pixel, and of its right neighbour, it covers
//!
//! ```text
//! 1 − (u + v) / 2 + q   and   1 − q     where  q = max(v − 1, 0)² / 2 (v − u)
//! ```
//!
//! of the height if v ≤ 2, because what of it is right of the first pixel
//! (the triangle q) is missing there. A shallower edge crosses more pixels:
//! the first lacks all but a triangle, the last is missing a triangle, and
//! those in between get the trapezoid (j + ½ − u) / (v − u).
//!
//! Heights are whole numbers of 1 / [`ONE`], as the ends of the edge are
//! rounded; the three changes add up to the height whatever is rounded.
//! So the sum over closed contours is exact, and rounding stays within the
//! pixel in which it happens.

use super::plane::{ONE, Plane};

/// Adding it rounds a number of 0 to 2²² to a whole one, ties to even; the
/// low bits of the sum are that number.
pub(super) const ROUND: f32 = 12_582_912.0;

/// Keeps 0 / 0 away, and changes no quotient that matters: only an edge with
/// a run above it is multiplied.
pub(super) const LEAST_RUN: f32 = 1e-30;

/// An edge that goes down, within the window: 0 ≤ x ≤ width, 0 ≤ y ≤ height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) top: [f32; 2],
    pub(super) bottom: [f32; 2],
    /// 0 if the contour goes down along it, −1 if up.
    pub(super) sign: i32,
}

impl Edge {
    /// The edge between two points of a contour.
    pub(super) fn new(from: [f32; 2], to: [f32; 2]) -> Self {
        if from[1] <= to[1] {
            Self { top: from, bottom: to, sign: 0 }
        } else {
            Self { top: to, bottom: from, sign: -1 }
        }
    }

    /// Pixels to the right for each pixel down.
    #[inline(always)]
    pub(super) fn slope(&self) -> f32 {
        (self.bottom[0] - self.top[0]) / (self.bottom[1] - self.top[1])
    }
}

/// Notes an edge.
pub(super) fn note_edge(plane: &mut Plane, edge: &Edge) {
    let ([x0, y0], [x1, y1]) = (edge.top, edge.bottom);
    if y0 >= y1 {
        return;
    }
    let slope = edge.slope();
    let (low, high) = (x0.min(x1), x0.max(x1));
    let first = y0.floor();
    plane.extend_rows(first as u32, y1.ceil() as u32 - 1);
    let mut row = first;
    let mut enter = x0;
    while row < y1 {
        let below = row + 1.0;
        let leave = if below >= y1 { x1 } else { (x0 + (below - y0) * slope).max(low).min(high) };
        note_piece(plane, row, (enter, leave), (row.max(y0), below.min(y1)), edge.sign);
        enter = leave;
        row = below;
    }
}

/// The part of an edge within one row: from x = `x.0` at the top, y = `y.0`,
/// to the bottom.
fn note_piece(plane: &mut Plane, row: f32, x: (f32, f32), y: (f32, f32), sign: i32) {
    let (low, high) = (x.0.min(x.1), x.0.max(x.1));
    let column = low.floor();
    let (u, v) = (low - column, high - column);
    let [rounded_top, rounded_bottom] = [y.0, y.1].map(|y| (y - row) * ONE as f32 + ROUND);
    let height = rounded_bottom - rounded_top;
    // The window has fewer than 2³⁰ pixels.
    let at = row as usize * plane.stride() + column as usize;
    if v > 2.0 {
        note_wide(plane, at, (u, v), height, sign);
        return;
    }
    let excess = (v - 1.0).max(0.0);
    let missing = excess * (excess * 0.5 / (v - u).max(LEAST_RUN));
    let covered = (1.0 - (u + v) * 0.5) + missing;
    let first = rounded(height * covered);
    let third = rounded(height * missing);
    let second = height as i32 - first - third;
    plane.note(at, [first, second, third].map(|change| signed(change, sign)));
}

/// The part of an edge within one row that crosses more than two pixels.
#[inline(always)]
pub(super) fn note_wide(plane: &mut Plane, at: usize, (u, v): (f32, f32), height: f32, sign: i32) {
    let last = v.ceil() as usize - 1;
    let Some(cells) = plane.run(at, last + 2) else { return };
    let steepness = 1.0 / (v - u);
    let mut before = rounded(height * ((1.0 - u) * (1.0 - u) * 0.5 * steepness));
    let [first, middle @ .., penultimate, end] = cells else { return };
    *first = first.wrapping_add(signed(before, sign));
    let offset = 1.5 - u;
    for (k, cell) in middle.iter_mut().enumerate() {
        let covered = rounded(height * ((k as i32 as f32 + offset) * steepness));
        *cell = cell.wrapping_add(signed(covered - before, sign));
        before = covered;
    }
    let left = v - last as f32;
    let covered = rounded(height * (1.0 - left * left * 0.5 * steepness));
    *penultimate = penultimate.wrapping_add(signed(covered - before, sign));
    *end = end.wrapping_add(signed(height as i32 - covered, sign));
}

/// A number of 0 to 2²², to nearest.
#[inline(always)]
fn rounded(value: f32) -> i32 {
    (value + ROUND).to_bits() as i32 - ROUND.to_bits() as i32
}

/// −`value` if `sign` is −1, `value` if it is 0.
#[inline(always)]
fn signed(value: i32, sign: i32) -> i32 {
    (value ^ sign) - sign
}
