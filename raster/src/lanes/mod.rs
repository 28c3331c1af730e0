//! The same coverage in vectors.
//!
//! Owns which way each row of each shape goes, and the promise that nothing
//! can overflow on it. It must not know what the right answer is:
//! [`scalar`](crate::scalar) does.
//!
//! # The algorithm
//!
//! Stepping is what costs, not adding: fifteen sample rows for each row of
//! pixels and side. So here a vector's lanes are *rows of pixels*, each with
//! its own state, and one instruction steps all of them to their next sample
//! row. No lane ever waits for another, and nothing is summed across lanes.
//!
//! ```text
//! for every shape:
//!     sides as functions of the row (side), or else row by row (rows)
//!     full rows of steep, tall shapes:          lanes are its rows (steep)
//!     full rows of tall shapes that are thin:   the same, both sides at once (thin)
//!     rows within eight pixels, of any shapes:  lanes are rows, queued (windows)
//!     rows whose sides are apart:               one lane for each, full between
//!     all others:                               changes along the row (rows)
//! ```
//!
//! Counts are never negative and sums saturate, so the order in which rows are
//! added does not matter; the queue may hold back what it likes.

pub(crate) mod bits;
mod sampling;
mod side;
mod sink;
mod steep;
mod thin;
mod vector;
mod windows;

use fearless_simd::{Simd, SimdBase};

use crate::fixed::Fixed;
use crate::rows::Changes;
use crate::scalar::Outline;
pub(crate) use sampling::{Eight, Four, Sampling};
use side::Side;
pub(crate) use sink::{EightBits, FourBits, Sink};
use windows::{Bound, WIDTH, Windows};

/// What is kept between shapes and between calls.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    windows: Windows,
}

impl Queue {
    pub(crate) const fn new() -> Self {
        Self { windows: Windows::new() }
    }
}

/// Draws shapes of one call. What is drawn is complete only after
/// [`finish`](Self::finish).
pub(crate) struct Drawing<'a, S: Simd, G: Sampling, K: Sink> {
    simd: S,
    grid: std::marker::PhantomData<G>,
    sink: K,
    windows: &'a mut Windows,
    changes: &'a mut Changes,
    width: i32,
}

/// The part of a row of pixels that a shape has.
#[derive(Clone, Copy)]
struct Part {
    y: u32,
    /// The first and the last sample row of the row of pixels.
    slots: (i32, i32),
}

impl<'a, S: Simd, G: Sampling, K: Sink> Drawing<'a, S, G, K> {
    #[inline(always)]
    pub(crate) fn new(
        simd: S,
        _grid: G,
        sink: K,
        queue: &'a mut Queue,
        changes: &'a mut Changes,
        width: u32,
    ) -> Self {
        let windows = &mut queue.windows;
        // At most 65536.
        let width = width as i32;
        Self { simd, grid: std::marker::PhantomData, sink, windows, changes, width }
    }

    /// Draws a shape.
    #[inline(always)]
    pub(crate) fn draw(&mut self, outline: &Outline) {
        if !self.draw_in_lanes(outline) {
            self.sink.walk(self.changes, outline);
        }
    }

    /// Draws a shape, or says that it cannot.
    #[inline(always)]
    fn draw_in_lanes(&mut self, outline: &Outline) -> bool {
        let grid = G::GRID;
        let Outline { top, bottom, .. } = *outline;
        // Sample rows within the mask: neither is negative.
        let slot = |y: Fixed| (y.frac() - grid.first_row) / grid.step_small;
        let (first, last) = (top.floor_int(), bottom.floor_int());
        let (first_slot, last_slot) = (slot(top), slot(bottom));
        let rows = i64::from(last - first);
        let (from, slots) = (outline.left, i64::from(first_slot));
        let left = Side::new::<G>(top, slots, rows, from.0, from.1);
        let from = outline.right;
        let right = Side::new::<G>(top, slots, rows, from.0, from.1);
        let (Some(left), Some(right)) = (left, right) else {
            return false;
        };
        let all = grid.rows - 1;
        // Rows that have all their sample rows, if they are worth a vector.
        let start = first + i32::from(first_slot > 0);
        let full = last + i32::from(last_slot == all) - start;
        let slots = (first_slot, last_slot);
        if full < (S::i32s::LEN as i32 / 2).max(3) {
            self.rows((first, last), slots, left, right);
            return true;
        }
        // Out of line, as the setup of a small shape has few registers to lose.
        self.simd.vectorize(
            #[inline(always)]
            || self.tall((first, last), slots, (start, full), left, right),
        );
        true
    }

    /// Draws a shape whose `full` rows from `start` on are worth vectors.
    #[inline(always)]
    fn tall(
        &mut self,
        (first, last): (i32, i32),
        (first_slot, last_slot): (i32, i32),
        (start, full): (i32, i32),
        left: Side,
        right: Side,
    ) {
        let all = G::GRID.rows - 1;
        let (mut upper, mut lower) = ((left, right), (left, right));
        if start > first {
            upper.0.next_row();
            upper.1.next_row();
        }
        if !self.full_rows(start, full, &upper.0, &upper.1) {
            self.rows((first, last), (first_slot, last_slot), left, right);
            return;
        }
        if start > first {
            self.rows((first, first), (first_slot, all), left, right);
        }
        let next = start + full;
        if next <= last {
            let down = i64::from(next - first) << 16;
            (lower.0.x, lower.0.rest) = left.at(down);
            (lower.1.x, lower.1.rest) = right.at(down);
            self.rows((next, last), (0, last_slot), lower.0, lower.1);
        }
    }

    /// Draws rows of pixels one by one.
    #[inline(always)]
    fn rows(
        &mut self,
        (first, last): (i32, i32),
        (first_slot, last_slot): (i32, i32),
        mut left: Side,
        mut right: Side,
    ) {
        let mut slot = first_slot;
        for y in first..last {
            self.row(Part { y: y as u32, slots: (slot, G::GRID.rows - 1) }, &left, &right);
            left.next_row();
            right.next_row();
            slot = 0;
        }
        self.row(Part { y: last as u32, slots: (slot, last_slot) }, &left, &right);
    }

    /// Draws full rows of pixels, or says that they are not for vectors.
    #[inline(always)]
    fn full_rows(&mut self, y: i32, rows: i32, left: &Side, right: &Side) -> bool {
        // Rows within the mask: neither is negative.
        let rows = (y as u32, rows as u32);
        if let Some(pixels) = thin::pixels::<G>(left, right, rows.1.into()) {
            let wide = pixels > WIDTH / 2;
            thin::draw::<G, S>(self.simd, &mut self.sink, rows, (left, right), wide);
            true
        } else if steep::is_steep::<G>(left) && steep::is_steep::<G>(right) {
            self.steep(rows.0, rows.1, left, right);
            true
        } else {
            false
        }
    }

    /// Adds all that was held back.
    #[inline(always)]
    pub(crate) fn finish(mut self) {
        self.windows.flush::<G, S>(self.simd, &mut self.sink);
    }

    #[inline(always)]
    fn steep(&mut self, y: u32, rows: u32, left: &Side, right: &Side) {
        let Self { simd, sink, windows, changes, width, .. } = self;
        steep::draw::<G, S, K>(
            *simd,
            sink,
            (y, rows),
            (left, right),
            #[inline(always)]
            |sink, row| {
                let down = i64::from(row) << 16;
                let (mut left, mut right) = (*left, *right);
                (left.x, left.rest) = left.at(down);
                (right.x, right.rest) = right.at(down);
                let part = Part { y: y + row, slots: (0, G::GRID.rows - 1) };
                // Out of line, as it is rare.
                simd.vectorize(
                    #[inline(always)]
                    || {
                        let (left, right) = (&left, &right);
                        draw_row::<S, G, K>(
                            *simd, sink, windows, changes, *width, part, left, right,
                        );
                    },
                );
            },
        );
    }

    #[inline(always)]
    fn row(&mut self, part: Part, left: &Side, right: &Side) {
        let Self { simd, sink, windows, changes, width, .. } = self;
        draw_row::<S, G, K>(*simd, sink, windows, changes, *width, part, left, right);
    }
}

/// Draws one row of pixels between two sides that stand on its first sample
/// row.
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the fields of a drawing, borrowed one by one")]
fn draw_row<S: Simd, G: Sampling, K: Sink>(
    simd: S,
    sink: &mut K,
    windows: &mut Windows,
    changes: &mut Changes,
    width: i32,
    part: Part,
    left: &Side,
    right: &Side,
) {
    let Part { y, slots: (first, last) } = part;
    let ((left_start, left_end), (right_start, right_end)) =
        (left.pixels::<G>(), right.pixels::<G>());
    let start = left_start.min(right_start);
    if start >= width || right_end <= left_start.max(0) {
        return;
    }
    let bits = (2 << last) - (1 << first);
    let (l, r) = (Bound::Side(left), Bound::Side(right));
    let width_needed = left_end.max(right_end) - start;
    if width_needed <= WIDTH {
        let wide = width_needed > WIDTH / 2;
        windows.push::<G, S>(simd, sink, (start, y), (l, r), bits, wide);
    } else if left_end <= right_start
        && left_end - left_start <= WIDTH
        && right_end - right_start <= WIDTH
    {
        let middle = right_start.min(left_start + WIDTH);
        if middle > 0 {
            windows.push::<G, S>(
                simd,
                sink,
                (left_start, y),
                (l, Bound::Pixel(middle)),
                bits,
                true,
            );
        }
        if middle < right_start {
            let value = (last - first + 1) * G::GRID.columns;
            sink.add_level(y, middle, right_start, value as u8);
        }
        if right_start < width {
            let bound = Bound::Pixel(right_start);
            let wide = right_end - right_start > WIDTH / 2;
            windows.push::<G, S>(simd, sink, (right_start, y), (bound, r), bits, wide);
        }
    } else {
        let gap = G::GRID.step_small;
        for slot in first..=last {
            let down = i64::from(slot) * i64::from(gap);
            let x = |side: &Side| Fixed::from_bits(side.at(down).0);
            changes.note(G::GRID, width as u32, x(left), x(right));
        }
        sink.add_changes(y, changes);
    }
}
