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
//! Edges wait until something is drawn. Then they are cut to the window
//! ([`edges`](super::edges)), noted, many at once, in a plane that is just
//! large enough ([`lanes`](super::lanes), defined by [`pieces`](super::pieces)),
//! and rows are summed where an edge was; between, coverage is the same from
//! pixel to pixel, and is handed on as one number ([`sums`](super::sums)).
//!
//! The cost is that of the pixels which edges cross, and of writing what is
//! covered, whatever the size of the window.

use fearless_simd::dispatch;
use fearless_simd::prelude::*;
use lyon::path::PathEvent;

use super::arithmetic::{Plain, Vectors};
use super::edges::Edges;
use super::lanes::{self, Pieces};
use super::pieces;
use super::plane::Plane;
use super::runs::Run;
use super::sinks::{AddTo, BlendOver, Rows, Runs};
use super::sums::settle;
use crate::level::Level;
use crate::mask::{Mask, MaskFormat, MaskMut};
use crate::path::{FillRule, flatten};
use crate::trap::{Line, Trapezoid};

/// Changes of coverage, for a window of `width` × `height` pixels at the
/// origin. What lies left of it still counts; all else outside costs nothing.
///
/// Coordinates are pixels, y growing downwards. Each pixel's coverage is its
/// covered area, at most 1/1024 off before it is rounded to 8 bits, if
/// coordinates stay below 8192 (an `f32` cannot say where a farther point is).
///
/// Memory is 16 bytes for each edge, and 4 and a little for each pixel of the
/// smallest rectangle around what is drawn, but not more than 256 KiB or 16
/// rows. It is kept: drawing again what is no larger allocates nothing.
#[derive(Clone, Debug)]
pub struct Accumulator {
    width: u32,
    height: u32,
    edges: Edges,
    plane: Plane,
    pieces: Box<Pieces>,
    /// Coverage of a row, for those who want runs of it.
    row: Vec<u8>,
    level: Level,
}

impl Accumulator {
    /// An accumulator without edges, using [`Level::chosen`]. Sides are cut to
    /// [`Mask::MAX_SIDE`].
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        Self::with_level(Level::chosen(), width, height)
    }

    /// The same with other instructions, for tests and benchmarks. Coverage
    /// does not depend on them. A level that this processor lacks is taken for
    /// [`Level::Portable`].
    #[must_use]
    pub fn with_level(level: Level, width: u32, height: u32) -> Self {
        let mut new = Self {
            width: 0,
            height: 0,
            edges: Edges::default(),
            plane: Plane::default(),
            pieces: Box::default(),
            row: Vec::new(),
            level,
        };
        new.resize(width, height);
        new
    }

    /// Forgets all edges and takes another size, cut as [`new`](Self::new)
    /// does. Memory is kept.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.clear();
        self.width = width.min(Mask::MAX_SIDE);
        self.height = height.min(Mask::MAX_SIDE);
    }

    /// Forgets all edges.
    pub fn clear(&mut self) {
        self.edges.clear();
    }

    /// Notes a directed edge between two points, (x, y) each, winding +1 going
    /// down and −1 going up. Coordinates are rounded to `f32`; those that are
    /// not numbers are 0, and those beyond 10⁹ are moved to there.
    pub fn add_line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let near = |at: (f64, f64)| [at.0 as f32, at.1 as f32];
        self.edges.push(near(from), near(to));
    }

    /// Notes the edges of a polygon of points [x, y], and that from its last
    /// point back to the first, as [`add_line`](Self::add_line) does.
    pub fn add_polygon(&mut self, points: &[[f32; 2]]) {
        self.edges.extend(points);
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
        flatten(path, tolerance, |from, to| self.edges.push([from.x, from.y], [to.x, to.y]));
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

    /// Blends a colour over pixels of four bytes where the rule says inside,
    /// as [`add_to`](Self::add_to) fills, and forgets all edges.
    ///
    /// `pixels` are the window's rows, `stride` pixels apart; what they lack of
    /// the window is left out. Pixels and `color` are premultiplied with their
    /// alpha, which is the last byte, as in X's a8r8g8b8 on a little-endian
    /// machine and in RGBA; the other channels may have any order. What an
    /// opaque colour covers fully is written without being read. Rounding is
    /// Render's: each product of channels to nearest, as libpixman does.
    pub fn blend_over(
        &mut self,
        pixels: &mut [[u8; 4]],
        stride: usize,
        color: [u8; 4],
        rule: FillRule,
    ) {
        let width = self.width as usize;
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

    fn settle(&mut self, rule: FillRule, rows: &mut impl Rows) {
        let size = [self.width as f32, self.height as f32];
        let plain = Plain(rule);
        match self.level.token() {
            Some(token) => {
                dispatch!(token, simd => self.settle_lanes(simd, size, plain, rows));
            }
            None => {
                let bounds = self.edges.confine(size);
                self.plane.frame(&bounds);
                while self.plane.next_band() {
                    pieces::note_edges(&mut self.plane, &self.edges);
                    settle(&mut self.plane, self.width, plain, rows);
                }
            }
        }
        self.edges.clear();
    }

    #[inline(always)]
    fn settle_lanes<S: Simd>(
        &mut self,
        simd: S,
        size: [f32; 2],
        plain: Plain,
        rows: &mut impl Rows,
    ) {
        let Self { width, edges, plane, pieces, .. } = self;
        let bounds = edges.confine_lanes(simd, size);
        plane.frame(&bounds);
        if plane.is_one_band() {
            edges.forget_groups();
        } else {
            edges.find_groups(simd);
        }
        while plane.next_band() {
            if plane.is_marked() {
                lanes::note_edges::<S, true>(simd, plane, pieces, edges);
            } else {
                lanes::note_edges::<S, false>(simd, plane, pieces, edges);
            }
            settle(plane, *width, Vectors { simd, plain }, rows);
        }
    }
}

#[cfg(test)]
impl Accumulator {
    /// Where its memory is, and how much there is.
    fn memory(&self) -> Vec<(usize, usize)> {
        fn of<T>(memory: &Vec<T>) -> (usize, usize) {
            (memory.as_ptr() as usize, memory.capacity() * size_of::<T>())
        }
        let mut all = self.edges.memory();
        all.extend(self.plane.memory());
        all.push(of(&self.row));
        all
    }
}

#[cfg(test)]
mod proofs;
#[cfg(test)]
mod tests;
