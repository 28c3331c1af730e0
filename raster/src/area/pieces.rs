//! An edge, row by row, as changes of coverage: the definition.
//!
//! Owns the arithmetic. [`lanes`](super::lanes) does the same with vectors,
//! to the bit; this is what it is compared with. It must not know paths or
//! fill rules.
//!
//! # One row
//!
//! A *piece* is the part of an edge within one row: it begins at x = `enter`
//! at the top, ends at x = `leave` at the bottom, and is `height` high,
//! negative if the contour goes up. It covers what lies at its right. Counted
//! from the left end of the first pixel that it touches, it lies between u and
//! v, of which 0 ≤ u < 1. Of that pixel, and of its right neighbour, it covers
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
//! rounded; the changes add up to the height whatever is rounded. So the sum
//! over closed contours is exact, and rounding stays within the pixel in which
//! it happens.

use super::edges::Edges;
use super::plane::{ONE, Plane};

/// Adding it rounds a number of at most 2²² to a whole one, ties to even; the
/// low bits of the sum are that number.
pub(super) const ROUND: f32 = 12_582_912.0;

/// Keeps 0 / 0 away, and changes no quotient that matters: only an edge with
/// a run above it is multiplied.
pub(super) const LEAST_RUN: f32 = 1e-30;

/// Notes all edges, as far as they lie within the plane's band.
pub(super) fn note_edges(plane: &mut Plane, edges: &Edges) {
    let [left, top] = plane.origin().map(|origin| origin as f32);
    let band = [plane.band().start as f32 - top, plane.band().end as f32 - top];
    for k in 0..edges.len() {
        // Exact: both are multiples of the last bit of the larger one.
        let from = [edges.x0[k] - left, edges.y0[k] - top];
        let to = [edges.x1[k] - left, edges.y1[k] - top];
        if from[1] < to[1] {
            note_edge(plane, band, from, to, 1.0);
        } else if to[1] < from[1] {
            note_edge(plane, band, to, from, -1.0);
        }
    }
}

/// Notes an edge that goes down from `top` to `bottom`.
fn note_edge(
    plane: &mut Plane,
    [first, end]: [f32; 2],
    [x0, y0]: [f32; 2],
    [x1, y1]: [f32; 2],
    sign: f32,
) {
    let slope = (x1 - x0) / (y1 - y0);
    let (low, high) = (x0.min(x1), x0.max(x1));
    let cross = |y: f32| (x0 + (y - y0) * slope).max(low).min(high);
    let mut row = y0.floor().max(first);
    while row < y1.min(end) {
        let below = row + 1.0;
        let enter = if row <= y0 { x0 } else { cross(row) };
        let leave = if below >= y1 { x1 } else { cross(below) };
        let rounded_top = (row.max(y0) - row) * ONE as f32 + ROUND;
        let rounded_bottom = (below.min(y1) - row) * ONE as f32 + ROUND;
        let height = (rounded_bottom - rounded_top) * sign;
        note_piece(plane, (row - first) as usize * plane.stride(), (enter, leave), height);
        row = below;
    }
}

/// Notes a piece in the row whose first pixel is `start`.
fn note_piece(plane: &mut Plane, start: usize, (enter, leave): (f32, f32), height: f32) {
    let (low, high) = (enter.min(leave), enter.max(leave));
    let column = low.floor();
    let (u, v) = (low - column, high - column);
    let at = start + column as usize;
    if v > 2.0 {
        note_wide(plane, at, (u, v), height);
        return;
    }
    let excess = (v - 1.0).max(0.0);
    let missing = excess * (excess * 0.5 / (v - u).max(LEAST_RUN));
    let covered = (1.0 - (u + v) * 0.5) + missing;
    let first = rounded(height * covered);
    let third = rounded(height * missing);
    let changes = [first, height as i32 - first - third, third];
    if plane.is_marked() {
        plane.notes().add::<true>(at, changes);
    } else {
        plane.notes().add::<false>(at, changes);
    }
}

/// Notes a piece that crosses more than two pixels.
fn note_wide(plane: &mut Plane, at: usize, (u, v): (f32, f32), height: f32) {
    let wide = Wide::new(u, v);
    let cells = plane.run(at, wide.last as usize + 2);
    let mut before = 0;
    for (j, cell) in cells.iter_mut().take(wide.last as usize + 2).enumerate() {
        let j = j as f32;
        let covered = if j <= 0.0 {
            wide.first
        } else if j < wide.last {
            (j + wide.offset) * wide.steepness
        } else if j <= wide.last {
            wide.end
        } else {
            1.0
        };
        let covered = rounded(height * covered);
        *cell = cell.wrapping_add(covered - before);
        before = covered;
    }
}

/// How much a piece covers of each pixel that it crosses.
pub(super) struct Wide {
    /// Of the first.
    pub(super) first: f32,
    /// Of pixel j in between, (j + `offset`) × `steepness`.
    pub(super) offset: f32,
    pub(super) steepness: f32,
    /// Of the last.
    pub(super) end: f32,
    /// The number of the last.
    pub(super) last: f32,
}

impl Wide {
    #[inline(always)]
    pub(super) fn new(u: f32, v: f32) -> Self {
        let steepness = 1.0 / (v - u);
        let last = v.ceil() - 1.0;
        let left = v - last;
        Self {
            first: (1.0 - u) * (1.0 - u) * 0.5 * steepness,
            offset: 0.5 - u,
            steepness,
            end: 1.0 - left * left * 0.5 * steepness,
            last,
        }
    }
}

/// A number of at most 2²², to nearest.
fn rounded(value: f32) -> i32 {
    (value + ROUND).to_bits() as i32 - ROUND.to_bits() as i32
}
