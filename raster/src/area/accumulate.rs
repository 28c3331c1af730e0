//! Signed areas, summed: coverage of anything that has edges.
//!
//! Owns the way of edges into the plane and out of it. It must not know
//! curves.
//!
//! # The algorithm
//!
//! The edge from (x₀, y₀) to (x₁, y₁), within one pixel row, moves the
//! coverage of every pixel at its right by its signed height, and that of the
//! pixels which it crosses by the part of them at its right. So each edge
//! notes, for each pixel that it crosses, only the *change* of coverage from
//! one pixel to the next; when all edges are noted, the running sum along a
//! row is the winding number, averaged over each pixel:
//!
//! ```text
//! edge        ──╲                 noted     0   0.3  0.7   0   0
//!              ░░╲░░░░░░          summed    0   0.3  1.0  1.0  1.0
//! ```
//!
//! Edges wait in a queue until there are enough to be worth a vector each of
//! their coordinates ([`lanes`](super::lanes)). Rows are summed only where an
//! edge was; between, coverage is the same from pixel to pixel, and is handed
//! on as one number ([`sums`](super::sums)).
//!
//! The cost is that of the pixels which edges cross, and of writing what is
//! covered, whatever the size of the window.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;
use lyon::path::PathEvent;

use super::clip::clip;
use super::lanes::{self, Columns};
use super::pieces::note_edge;
use super::plane::Plane;
use super::runs::Run;
use super::sinks::{AddTo, BlendOver, Runs};
use super::sums::{Plain, Rows, Vectors, settle};
use crate::level::Level;
use crate::mask::{MaskFormat, MaskMut};
use crate::path::{FillRule, flatten};
use crate::trap::{Line, Trapezoid};

/// Edges in a queue: enough that choosing instructions costs nothing, few
/// enough to stay close to the processor.
const QUEUE: usize = 256;

/// Edges that wait to be noted, coordinate by coordinate.
#[derive(Clone, Debug)]
struct Queue {
    x0: [f32; QUEUE],
    y0: [f32; QUEUE],
    x1: [f32; QUEUE],
    y1: [f32; QUEUE],
    length: usize,
}

/// Changes of coverage, for a window of `width` × `height` pixels at the
/// origin. What lies left of it still counts; all else outside costs nothing.
///
/// Coordinates are pixels, y growing downwards. Each pixel's coverage is its
/// covered area, at most 1/1024 off before it is rounded to 8 bits, if
/// coordinates stay below 8192 (an `f32` cannot say where a farther point is).
///
/// Memory is 4 bytes and a little for each pixel of the window, allocated when
/// it is made or [resized](Self::resize) and never after; pages of it that no
/// edge touches are not even asked for on most systems.
#[derive(Clone, Debug)]
pub struct Accumulator {
    plane: Plane,
    queue: Box<Queue>,
    /// A row of coverage, for those who want runs of it.
    row: Vec<u8>,
    level: Level,
}

impl Accumulator {
    /// An accumulator without edges, using [`Level::chosen`]. Sides are cut to
    /// [`Mask::MAX_SIDE`](crate::Mask::MAX_SIDE), rows beyond 2³⁰ pixels too.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        Self::with_level(Level::chosen(), width, height)
    }

    /// The same with other instructions, for tests and benchmarks. Coverage
    /// does not depend on them. A level that this processor lacks is taken for
    /// [`Level::Portable`].
    #[must_use]
    pub fn with_level(level: Level, width: u32, height: u32) -> Self {
        let zeroes = [0.0; QUEUE];
        let queue = Queue { x0: zeroes, y0: zeroes, x1: zeroes, y1: zeroes, length: 0 };
        let plane = Plane::new(width, height);
        let row = Vec::with_capacity(plane.width() as usize);
        Self { plane, queue: Box::new(queue), row, level }
    }

    /// Forgets all edges and takes another size, cut as [`new`](Self::new)
    /// does. Memory is kept.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.queue.length = 0;
        self.plane.resize(width, height);
        self.row.clear();
        self.row.reserve(self.plane.width() as usize);
    }

    /// Forgets all edges.
    pub fn clear(&mut self) {
        self.queue.length = 0;
        self.plane.clear();
    }

    /// Notes a directed edge between two points, (x, y) each, winding +1 going
    /// down and −1 going up. Coordinates are rounded to `f32`; those that are
    /// not numbers are 0, and those beyond 10⁹ are moved to there.
    pub fn add_line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let near = |at: (f64, f64)| [at.0 as f32, at.1 as f32];
        self.push(near(from), near(to));
    }

    #[inline(always)]
    fn push(&mut self, from: [f32; 2], to: [f32; 2]) {
        if self.queue.length >= QUEUE {
            self.flush();
        }
        let queue = &mut *self.queue;
        let at = queue.length % QUEUE;
        queue.x0[at] = from[0];
        queue.y0[at] = from[1];
        queue.x1[at] = to[0];
        queue.y1[at] = to[1];
        queue.length = at + 1;
    }

    /// Notes the edges of a polygon of points [x, y], and that from its last
    /// point back to the first, as [`add_line`](Self::add_line) does.
    pub fn add_polygon(&mut self, points: &[[f32; 2]]) {
        let [first, .., last] = points else { return };
        for pair in points.windows(2) {
            self.push(pair[0], pair[1]);
        }
        self.push(*last, *first);
    }

    /// Notes both sides of a trapezoid, between its top and its bottom. Of
    /// several, the coverage is exact where they do not overlap, as those of
    /// [`path`](crate::path) never do.
    pub fn add_trapezoid(&mut self, trapezoid: &Trapezoid) {
        if !trapezoid.is_valid() {
            return;
        }
        let (top, bottom) = (trapezoid.top.to_f64(), trapezoid.bottom.to_f64());
        let at = |line: &Line, y: f64| {
            let [(x1, y1), (x2, y2)] =
                [line.p1, line.p2].map(|point| (point.x.to_f64(), point.y.to_f64()));
            (x1 + (x2 - x1) * (y - y1) / (y2 - y1), y)
        };
        self.add_line(at(&trapezoid.left, top), at(&trapezoid.left, bottom));
        self.add_line(at(&trapezoid.right, bottom), at(&trapezoid.right, top));
    }

    /// Notes the edges of a path, whose curves become lines at most
    /// `tolerance` pixels away from them. Open contours are closed.
    pub fn add_path(&mut self, path: impl IntoIterator<Item = PathEvent>, tolerance: f32) {
        flatten(path, tolerance, |from, to| self.push([from.x, from.y], [to.x, to.y]));
    }

    /// Adds the coverage of what the rule says is inside to an A8 mask, with
    /// saturation, and forgets all edges. Masks of other formats are left
    /// alone. Window and mask share their top-left corner.
    ///
    /// Within one pixel, contours of different windings are averaged before
    /// the rule is asked; where that matters, decompose the path first and
    /// add its trapezoids.
    pub fn add_to(&mut self, mask: &mut MaskMut<'_>, rule: FillRule) {
        if mask.format() == MaskFormat::A8 {
            self.settle(rule, &mut AddTo(mask));
        } else {
            self.clear();
        }
    }

    /// Blends a colour over 32-bit pixels where the rule says inside, as
    /// [`add_to`](Self::add_to) fills, and forgets all edges.
    ///
    /// `pixels` are the window's rows, `stride` pixels apart. Pixels and
    /// `color` are premultiplied with their alpha, which is the highest byte;
    /// the other channels may have any order. What is fully covered by an
    /// opaque colour is written without being read. Rounding is Render's: each
    /// product of 8-bit channels to nearest, as libpixman does.
    pub fn blend_over(&mut self, pixels: &mut [u32], stride: usize, color: u32, rule: FillRule) {
        let width = self.plane.width() as usize;
        self.settle(rule, &mut BlendOver::new(pixels, stride, width, color));
    }

    /// Hands what the rule says is inside to `run`, as row, first column and
    /// coverage, and forgets all edges. Runs come from top to bottom and from
    /// left to right; what lies between them has no coverage, and none of them
    /// is [`Run::Empty`].
    pub fn for_each_run(&mut self, rule: FillRule, run: impl FnMut(u32, u32, Run<'_>)) {
        let mut row = std::mem::take(&mut self.row);
        let mut runs = Runs::new(&mut row, run);
        self.settle(rule, &mut runs);
        runs.finish();
        self.row = row;
    }

    /// Notes what waits.
    fn flush(&mut self) {
        let length = std::mem::take(&mut self.queue.length).min(QUEUE);
        let Self { plane, queue, level, .. } = self;
        match level.token() {
            Some(token) => dispatch!(token, simd => flush_lanes(simd, plane, queue, length)),
            None => {
                for k in 0..length {
                    let (from, to) = ([queue.x0[k], queue.y0[k]], [queue.x1[k], queue.y1[k]]);
                    clip(plane, from, to, note_edge);
                }
            }
        }
    }

    fn settle(&mut self, rule: FillRule, rows: &mut impl Rows) {
        self.flush();
        let Self { plane, level, .. } = self;
        let plain = Plain(rule);
        match level.token() {
            Some(token) => dispatch!(token, simd => settle(plane, Vectors { simd, plain }, rows)),
            None => settle(plane, plain, rows),
        }
    }
}

#[inline(always)]
fn flush_lanes<S: Simd>(simd: S, plane: &mut Plane, queue: &mut Queue, length: usize) {
    let lanes = S::f32s::LEN;
    let whole = length.next_multiple_of(lanes);
    // Edges without height, of which nothing is noted.
    for column in [&mut queue.x0, &mut queue.y0, &mut queue.x1, &mut queue.y1] {
        column[length..whole].fill(0.0);
    }
    for start in (0..whole).step_by(lanes) {
        let range = start..start + lanes;
        let columns = Columns {
            x0: &queue.x0[range.clone()],
            y0: &queue.y0[range.clone()],
            x1: &queue.x1[range.clone()],
            y1: &queue.y1[range],
        };
        let mut outside = lanes::note_edges(simd, plane, columns);
        while outside != 0 {
            let lane = outside.trailing_zeros() as usize;
            outside &= outside - 1;
            let (from, to) =
                ([columns.x0[lane], columns.y0[lane]], [columns.x1[lane], columns.y1[lane]]);
            clip_lanes(simd, plane, from, to);
        }
    }
}

/// An edge that is not within the window. Out of line: it is rare.
#[inline(always)]
fn clip_lanes<S: Simd>(simd: S, plane: &mut Plane, from: [f32; 2], to: [f32; 2]) {
    clip(plane, from, to, |plane, edge| {
        simd.vectorize(
            #[inline(always)]
            || lanes::note_tall(simd, plane, edge),
        );
    });
}

#[cfg(test)]
mod tests;
