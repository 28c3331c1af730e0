//! Edges as changes of coverage, a vector of them at once.
//!
//! Owns the vector form of [`pieces`](super::pieces), to the bit: the same
//! operations in the same order, none of them fused. It must not decide
//! anything that the scalar form does not.
//!
//! Short edges, of which text and flattened curves are made, are computed
//! with a lane for each edge, row after row of all of them; tall ones with a
//! lane for each row of one edge. The results are noted one by one: adding
//! three numbers to memory is cheap, finding out which was not.

use fearless_simd::prelude::*;

use super::pieces::{Edge, LEAST_RUN, ROUND, note_wide};
use super::plane::{ONE, Plane};

/// Edges of more rows than this have a lane for each row instead.
const SHORT: u32 = 4;

/// Edges side by side: x and y of where each begins and ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns<'a> {
    pub(super) x0: &'a [f32],
    pub(super) y0: &'a [f32],
    pub(super) x1: &'a [f32],
    pub(super) y1: &'a [f32],
}

/// A lane for each edge, all going down.
struct Lanes<S: Simd> {
    x0: S::f32s,
    y0: S::f32s,
    x1: S::f32s,
    y1: S::f32s,
    low: S::f32s,
    high: S::f32s,
    slope: S::f32s,
    sign: S::i32s,
    stride: S::i32s,
}

/// Notes those of the edges that lie within the window; returns a bit for
/// each of the others. There is an edge for each lane.
#[inline(always)]
pub(super) fn note_edges<S: Simd>(simd: S, plane: &mut Plane, columns: Columns<'_>) -> u64 {
    let x0 = S::f32s::from_slice(simd, columns.x0);
    let y0 = S::f32s::from_slice(simd, columns.y0);
    let x1 = S::f32s::from_slice(simd, columns.x1);
    let y1 = S::f32s::from_slice(simd, columns.y1);
    let zero = S::f32s::simd_from(simd, 0.0);
    let width = S::f32s::simd_from(simd, plane.width() as f32);
    let height = S::f32s::simd_from(simd, plane.height() as f32);
    let inside = x0.simd_ge(zero)
        & x1.simd_ge(zero)
        & y0.simd_ge(zero)
        & y1.simd_ge(zero)
        & x0.simd_le(width)
        & x1.simd_le(width)
        & y0.simd_le(height)
        & y1.simd_le(height);
    let down = y0.simd_le(y1);
    let (top_x, top_y) = (down.select(x0, x1), y0.min(y1));
    let (bottom_x, bottom_y) = (down.select(x1, x0), y0.max(y1));
    let some = inside & top_y.simd_lt(bottom_y);
    let slope = (bottom_x - top_x) / (bottom_y - top_y);
    let first_row = top_y.floor();
    let tall = some & (bottom_y - first_row).simd_gt(SHORT as f32);
    let short = some & !tall;

    let bits = short.to_bitmask();
    if bits != 0 {
        let lanes = Lanes::<S> {
            x0: top_x,
            y0: top_y,
            x1: bottom_x,
            y1: bottom_y,
            low: x0.min(x1),
            high: x0.max(x1),
            slope,
            sign: down.select(S::i32s::simd_from(simd, 0), S::i32s::simd_from(simd, -1)),
            stride: S::i32s::simd_from(simd, plane.stride() as i32),
        };
        // Lanes without an edge shall not count.
        let least = short.select(first_row, height).reduce_min();
        let most = short.select(bottom_y, zero).reduce_max();
        plane.extend_rows(least as i32 as u32, most.ceil() as i32 as u32 - 1);
        let mut row = first_row;
        let mut enter = top_x;
        let mut active = short;
        loop {
            let leave = lanes.leave(simd, row);
            lanes.note(simd, plane, row, (enter, leave), active.to_bitmask());
            enter = leave;
            row = row + 1.0;
            active = active & row.simd_lt(lanes.y1);
            if active.to_bitmask() == 0 {
                break;
            }
        }
    }
    let mut bits = tall.to_bitmask();
    while bits != 0 {
        let lane = bits.trailing_zeros() as usize;
        bits &= bits - 1;
        let edge =
            Edge::new([columns.x0[lane], columns.y0[lane]], [columns.x1[lane], columns.y1[lane]]);
        note_tall(simd, plane, &edge);
    }
    let all = u64::MAX >> (64 - S::f32s::LEN as u32);
    !inside.to_bitmask() & all
}

/// Notes an edge within the window, a lane for each row.
#[inline(always)]
pub(super) fn note_tall<S: Simd>(simd: S, plane: &mut Plane, edge: &Edge) {
    let ([x0, y0], [x1, y1]) = (edge.top, edge.bottom);
    let lanes = Lanes::<S> {
        x0: splat(simd, x0),
        y0: splat(simd, y0),
        x1: splat(simd, x1),
        y1: splat(simd, y1),
        low: splat(simd, x0.min(x1)),
        high: splat(simd, x0.max(x1)),
        slope: splat(simd, edge.slope()),
        sign: S::i32s::simd_from(simd, edge.sign),
        stride: S::i32s::simd_from(simd, plane.stride() as i32),
    };
    let first = y0.floor();
    plane.extend_rows(first as u32, y1.ceil() as u32 - 1);
    let mut row = S::f32s::from_slice(simd, &COUNT[..S::f32s::LEN]) + first;
    loop {
        let active = row.simd_lt(lanes.y1).to_bitmask();
        if active == 0 {
            return;
        }
        // Where the row above is left, or begun if there is none.
        let enter = row.simd_le(lanes.y0).select(lanes.x0, lanes.cross(row));
        let leave = lanes.leave(simd, row);
        lanes.note(simd, plane, row, (enter, leave), active);
        row = row + S::f32s::LEN as f32;
    }
}

impl<S: Simd> Lanes<S> {
    /// x at height `y`.
    #[inline(always)]
    fn cross(&self, y: S::f32s) -> S::f32s {
        (self.x0 + (y - self.y0) * self.slope).max(self.low).min(self.high)
    }

    /// x where a row is left.
    #[inline(always)]
    fn leave(&self, _: S, row: S::f32s) -> S::f32s {
        let below = row + 1.0;
        below.simd_ge(self.y1).select(self.x1, self.cross(below))
    }

    /// The negative of lanes whose contour goes up.
    #[inline(always)]
    fn signed(&self, value: S::i32s) -> S::i32s {
        (value ^ self.sign) - self.sign
    }

    /// Notes what each active lane does within its row.
    #[inline(always)]
    fn note(
        &self,
        simd: S,
        plane: &mut Plane,
        row: S::f32s,
        (enter, leave): (S::f32s, S::f32s),
        active: u64,
    ) {
        let (low, high) = (enter.min(leave), enter.max(leave));
        let column = low.floor();
        let (u, v) = (low - column, high - column);
        let rounded_top = (row.max(self.y0) - row) * ONE as f32 + ROUND;
        let rounded_bottom = ((row + 1.0).min(self.y1) - row) * ONE as f32 + ROUND;
        let height = rounded_bottom - rounded_top;
        let excess = (v - 1.0).max(splat(simd, 0.0));
        let missing = excess * (excess * 0.5 / (v - u).max(splat(simd, LEAST_RUN)));
        let covered = (splat(simd, 1.0) - (u + v) * 0.5) + missing;

        let at = S::i32s::truncate_from(row) * self.stride + S::i32s::truncate_from(column);
        let first = rounded::<S>(height * covered);
        let third = rounded::<S>(height * missing);
        let second = self.signed(S::i32s::truncate_from(height) - first - third);
        let (first, third) = (self.signed(first), self.signed(third));

        let wide = v.simd_gt(2.0).to_bitmask() & active;
        let mut bits = active & !wide;
        while bits != 0 {
            let lane = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            plane.note(
                at.as_slice()[lane] as usize,
                [first.as_slice()[lane], second.as_slice()[lane], third.as_slice()[lane]],
            );
        }
        let mut bits = wide;
        while bits != 0 {
            let lane = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            note_wide(
                plane,
                at.as_slice()[lane] as usize,
                (u.as_slice()[lane], v.as_slice()[lane]),
                height.as_slice()[lane],
                self.sign.as_slice()[lane],
            );
        }
    }
}

/// The number of each lane, of as many as any vector has.
const COUNT: [f32; 16] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];

// Functions and not closures: a closure would be compiled without the
// instructions that its caller may use.

#[inline(always)]
fn splat<S: Simd>(simd: S, value: f32) -> S::f32s {
    S::f32s::simd_from(simd, value)
}

/// Numbers of 0 to 2²², to nearest.
#[inline(always)]
fn rounded<S: Simd>(value: S::f32s) -> S::i32s {
    (value + ROUND).bitcast::<S::i32s>() - ROUND.to_bits() as i32
}
