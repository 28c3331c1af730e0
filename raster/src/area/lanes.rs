//! Edges as changes of coverage, a vector of them at once.
//!
//! Owns the vector form of [`pieces`](super::pieces), to the bit: the same
//! operations in the same order, none of them fused. It must not decide
//! anything that the scalar form does not.
//!
//! ```text
//! edges ──► pieces, one for each row ──► three changes each ──► plane
//!      short edges: a lane for each edge,        a lane for
//!      row after row of all of them;             each piece;
//!      tall ones: a lane for each row            wide pieces: a lane
//!                                                for each pixel
//! ```
//!
//! Pieces are packed before their changes are computed, so that no lane is
//! idle there. The changes are noted one by one: adding three numbers to
//! memory is cheap, finding out which was not.

use fearless_simd::prelude::*;

use super::edges::{Edges, LANES};
use super::pieces::{LEAST_RUN, ROUND, Wide};
use super::plane::{ONE, Plane};

/// Edges of more rows than this have a lane for each row instead.
const SHORT: f32 = 3.0;

/// Pieces that wait, at most.
const ROOM: usize = 8 * LANES;

/// Pieces that wait until there are enough for a vector.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    enter: [f32; ROOM],
    leave: [f32; ROOM],
    /// Signed, in units of 1 / [`ONE`].
    height: [f32; ROOM],
    /// The first pixel of the row.
    start: [i32; ROOM],
    length: usize,
}

impl Default for Pieces {
    fn default() -> Self {
        let zeroes = [0.0; ROOM];
        Self { enter: zeroes, leave: zeroes, height: zeroes, start: [0; ROOM], length: 0 }
    }
}

/// The rows of the plane's band, counted from the first that is drawn.
#[derive(Clone, Copy)]
struct Band {
    first: f32,
    end: f32,
}

/// Edges that go down, a lane for each.
#[derive(Clone, Copy)]
struct Lanes<S: Simd> {
    x0: S::f32s,
    y0: S::f32s,
    x1: S::f32s,
    y1: S::f32s,
    low: S::f32s,
    high: S::f32s,
    slope: S::f32s,
    sign: S::f32s,
}

/// Notes all edges, of which there are whole vectors, as far as they lie within
/// the plane's band. `MARK` is [`Plane::is_marked`].
#[inline(always)]
pub(super) fn note_edges<S: Simd, const MARK: bool>(
    simd: S,
    plane: &mut Plane,
    pieces: &mut Pieces,
    edges: &Edges,
) {
    pieces.length = 0;
    for range in edges.near(plane.band()) {
        note_range::<S, MARK>(simd, plane, pieces, edges, range);
    }
    pieces.finish::<S, MARK>(simd, plane);
}

/// Notes some of the edges.
#[inline(always)]
fn note_range<S: Simd, const MARK: bool>(
    simd: S,
    plane: &mut Plane,
    pieces: &mut Pieces,
    edges: &Edges,
    range: std::ops::Range<usize>,
) {
    let lanes = S::f32s::LEN;
    let [left, top] = plane.origin().map(|origin| origin as f32);
    let stride = S::i32s::simd_from(simd, plane.stride() as i32);
    let band = Band { first: plane.band().start as f32 - top, end: plane.band().end as f32 - top };
    for start in range.step_by(lanes) {
        let x0 = S::f32s::from_slice(simd, &edges.x0[start..start + lanes]) - left;
        let y0 = S::f32s::from_slice(simd, &edges.y0[start..start + lanes]) - top;
        let x1 = S::f32s::from_slice(simd, &edges.x1[start..start + lanes]) - left;
        let y1 = S::f32s::from_slice(simd, &edges.y1[start..start + lanes]) - top;
        let down = y0.simd_le(y1);
        let (top_x, top_y) = (down.select(x0, x1), y0.min(y1));
        let (bottom_x, bottom_y) = (down.select(x1, x0), y0.max(y1));
        let edge = Lanes::<S> {
            x0: top_x,
            y0: top_y,
            x1: bottom_x,
            y1: bottom_y,
            low: x0.min(x1),
            high: x0.max(x1),
            slope: (bottom_x - top_x) / (bottom_y - top_y),
            sign: down.select(splat(simd, 1.0), splat(simd, -1.0)),
        };
        let mut row = top_y.floor().max(splat(simd, band.first));
        // Of those without height, the bottom is not below the top.
        let end = bottom_y.min(splat(simd, band.end));
        let some = row.simd_lt(end) & top_y.simd_lt(bottom_y);
        let tall = some & (end - row).simd_gt(SHORT);
        let mut active = some & !tall;
        let mut bits = active.to_bitmask();
        let mut row_start = S::i32s::truncate_from(row - band.first) * stride;
        let mut enter = edge.enter(row);
        while bits != 0 {
            pieces.make_room::<S, MARK>(simd, plane);
            let leave = edge.leave(row);
            pieces.pack::<S>(active, bits, enter, leave, edge.height(row), row_start);
            enter = leave;
            row += 1.0;
            row_start += stride;
            active &= row.simd_lt(end);
            bits = active.to_bitmask();
        }
        let mut bits = tall.to_bitmask();
        while bits != 0 {
            let lane = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            edge.cut_by_rows::<MARK>(simd, lane, band, plane, pieces);
        }
    }
}

impl<S: Simd> Lanes<S> {
    /// x at height `y`.
    #[inline(always)]
    fn cross(&self, y: S::f32s) -> S::f32s {
        (self.x0 + (y - self.y0) * self.slope).max(self.low).min(self.high)
    }

    /// x where a row is entered: where the one above is left, or the edge
    /// begins.
    #[inline(always)]
    fn enter(&self, row: S::f32s) -> S::f32s {
        row.simd_le(self.y0).select(self.x0, self.cross(row))
    }

    /// x where a row is left.
    #[inline(always)]
    fn leave(&self, row: S::f32s) -> S::f32s {
        let below = row + 1.0;
        below.simd_ge(self.y1).select(self.x1, self.cross(below))
    }

    /// The height of the piece within a row.
    #[inline(always)]
    fn height(&self, row: S::f32s) -> S::f32s {
        let rounded_top = (row.max(self.y0) - row) * ONE as f32 + ROUND;
        let rounded_bottom = ((row + 1.0).min(self.y1) - row) * ONE as f32 + ROUND;
        (rounded_bottom - rounded_top) * self.sign
    }

    /// Packs the pieces of one edge, a lane for each row.
    #[inline(always)]
    fn cut_by_rows<const MARK: bool>(
        &self,
        simd: S,
        lane: usize,
        band: Band,
        plane: &mut Plane,
        pieces: &mut Pieces,
    ) {
        let one = |lanes: S::f32s| splat(simd, lanes.as_slice()[lane]);
        let edge = Self {
            x0: one(self.x0),
            y0: one(self.y0),
            x1: one(self.x1),
            y1: one(self.y1),
            low: one(self.low),
            high: one(self.high),
            slope: one(self.slope),
            sign: one(self.sign),
        };
        let count = S::f32s::from_slice(simd, &COUNT[..S::f32s::LEN]);
        let stride = S::i32s::simd_from(simd, plane.stride() as i32);
        let mut row = edge.y0.floor().max(splat(simd, band.first)) + count;
        let end = edge.y1.min(splat(simd, band.end));
        loop {
            let active = row.simd_lt(end);
            let bits = active.to_bitmask();
            if bits == 0 {
                return;
            }
            pieces.make_room::<S, MARK>(simd, plane);
            let enter = edge.enter(row);
            let start = S::i32s::truncate_from(row - band.first) * stride;
            // Rows are active from the first lane on: nothing to pack.
            pieces.push::<S>(bits, enter, edge.leave(row), edge.height(row), start);
            row += S::f32s::LEN as f32;
        }
    }
}

impl Pieces {
    /// Notes pieces if there is no room for a vector more.
    #[inline(always)]
    fn make_room<S: Simd, const MARK: bool>(&mut self, simd: S, plane: &mut Plane) {
        if self.length > ROOM - S::f32s::LEN {
            self.flush::<S, MARK>(simd, plane);
        }
    }

    /// Adds the pieces in those lanes that are active; `bits` are the same.
    #[inline(always)]
    fn pack<S: Simd>(
        &mut self,
        active: S::mask32s,
        bits: u64,
        enter: S::f32s,
        leave: S::f32s,
        height: S::f32s,
        start: S::i32s,
    ) {
        self.push::<S>(
            bits,
            enter.compress(active),
            leave.compress(active),
            height.compress(active),
            start.compress(active),
        );
    }

    /// Adds the pieces in the first lanes, as many as there are `bits`.
    #[inline(always)]
    fn push<S: Simd>(
        &mut self,
        bits: u64,
        enter: S::f32s,
        leave: S::f32s,
        height: S::f32s,
        start: S::i32s,
    ) {
        let range = self.length..self.length + S::f32s::LEN;
        if range.end <= ROOM {
            enter.store_slice(&mut self.enter[range.clone()]);
            leave.store_slice(&mut self.leave[range.clone()]);
            height.store_slice(&mut self.height[range.clone()]);
            start.store_slice(&mut self.start[range]);
            self.length += bits.count_ones() as usize;
        }
    }

    /// Notes all whole vectors of pieces, and keeps the rest.
    #[inline(always)]
    fn flush<S: Simd, const MARK: bool>(&mut self, simd: S, plane: &mut Plane) {
        let lanes = S::f32s::LEN;
        let whole = self.length.min(ROOM) / lanes * lanes;
        for start in (0..whole).step_by(lanes) {
            self.note::<S, MARK>(simd, plane, start);
        }
        self.enter.copy_within(whole.., 0);
        self.leave.copy_within(whole.., 0);
        self.height.copy_within(whole.., 0);
        self.start.copy_within(whole.., 0);
        self.length -= whole;
    }

    /// Notes all pieces.
    #[inline(always)]
    fn finish<S: Simd, const MARK: bool>(&mut self, simd: S, plane: &mut Plane) {
        let whole = self.length.next_multiple_of(S::f32s::LEN).min(ROOM);
        if self.length < whole {
            // Pieces without height, at the first pixel.
            self.enter[self.length..whole].fill(0.0);
            self.leave[self.length..whole].fill(0.0);
            self.height[self.length..whole].fill(0.0);
            self.start[self.length..whole].fill(0);
        }
        for start in (0..whole).step_by(S::f32s::LEN) {
            self.note::<S, MARK>(simd, plane, start);
        }
        self.length = 0;
    }

    /// Notes a vector of pieces.
    #[inline(always)]
    fn note<S: Simd, const MARK: bool>(&self, simd: S, plane: &mut Plane, start: usize) {
        let lanes = S::f32s::LEN;
        let enter = S::f32s::from_slice(simd, &self.enter[start..start + lanes]);
        let leave = S::f32s::from_slice(simd, &self.leave[start..start + lanes]);
        let height = S::f32s::from_slice(simd, &self.height[start..start + lanes]);
        let row = S::i32s::from_slice(simd, &self.start[start..start + lanes]);
        let (low, high) = (enter.min(leave), enter.max(leave));
        let column = low.floor();
        let (u, v) = (low - column, high - column);
        let at = row + S::i32s::truncate_from(column);
        let wide = v.simd_gt(2.0);
        let wide_bits = wide.to_bitmask();
        let excess = (v - 1.0).max(splat(simd, 0.0));
        let missing = excess * (excess * 0.5 / (v - u).max(splat(simd, LEAST_RUN)));
        let covered = (splat(simd, 1.0) - (u + v) * 0.5) + missing;
        // Those of wide pieces are noted below.
        let narrow = wide.select(splat(simd, 0.0), height);
        let first = rounded::<S>(narrow * covered);
        let third = rounded::<S>(narrow * missing);
        let second = S::i32s::truncate_from(narrow) - first - third;
        let mut changes = [[0; LANES]; 4];
        at.store_slice(&mut changes[0][..lanes]);
        first.store_slice(&mut changes[1][..lanes]);
        second.store_slice(&mut changes[2][..lanes]);
        third.store_slice(&mut changes[3][..lanes]);
        let mut notes = plane.notes();
        #[allow(clippy::needless_range_loop, reason = "the same lane of four arrays")]
        for lane in 0..lanes {
            notes.add::<MARK>(
                changes[0][lane] as usize,
                [changes[1][lane], changes[2][lane], changes[3][lane]],
            );
        }
        let mut bits = wide_bits;
        while bits != 0 {
            let lane = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let (u, v) = (u.as_slice()[lane], v.as_slice()[lane]);
            note_wide(simd, plane, changes[0][lane] as usize, (u, v), height.as_slice()[lane]);
        }
    }
}

/// Notes a piece that crosses more than two pixels, a lane for each.
#[inline(always)]
fn note_wide<S: Simd>(simd: S, plane: &mut Plane, at: usize, (u, v): (f32, f32), height: f32) {
    let lanes = S::f32s::LEN;
    let wide = Wide::new(u, v);
    let cells = plane.run(at, wide.last as usize + 2);
    let mut j = S::f32s::from_slice(simd, &COUNT[..lanes]);
    let mut before = j - 1.0;
    for cells in cells.chunks_exact_mut(lanes).take((wide.last as usize + 1) / lanes + 1) {
        let changes = covered(simd, &wide, j, height) - covered(simd, &wide, before, height);
        (S::i32s::from_slice(simd, cells) + changes).store_slice(cells);
        j += lanes as f32;
        before += lanes as f32;
    }
}

/// What a wide piece covers of pixels `j`, of which one may be −1.
#[inline(always)]
fn covered<S: Simd>(simd: S, wide: &Wide, j: S::f32s, height: f32) -> S::i32s {
    let middle = (j + wide.offset) * wide.steepness;
    let covered = j.simd_gt(0.0).select(middle, splat(simd, wide.first));
    let covered = j.simd_lt(wide.last).select(covered, splat(simd, wide.end));
    let covered = j.simd_gt(wide.last).select(splat(simd, 1.0), covered);
    let covered = j.simd_lt(0.0).select(splat(simd, 0.0), covered);
    rounded::<S>(covered * height)
}

/// The number of each lane, of as many as any vector has.
const COUNT: [f32; LANES] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0];

// Functions and not closures: a closure would be compiled without the
// instructions that its caller may use.

#[inline(always)]
fn splat<S: Simd>(simd: S, value: f32) -> S::f32s {
    S::f32s::simd_from(simd, value)
}

/// Numbers of at most 2²², to nearest.
#[inline(always)]
fn rounded<S: Simd>(value: S::f32s) -> S::i32s {
    (value + ROUND).bitcast::<S::i32s>() - ROUND.to_bits() as i32
}
