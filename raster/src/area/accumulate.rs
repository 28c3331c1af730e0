//! Signed areas, summed: coverage of anything that has edges.
//!
//! Owns the accumulation buffer and what its sums mean. It must not know
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
//! The cost is that of the pixels which edges cross, plus one pass over the
//! rows, whatever the number of edges.

use lyon::math::Point as FloatPoint;
use lyon::path::PathEvent;

use crate::mask::{MaskFormat, MaskMut};
use crate::path::{FillRule, flatten};
use crate::trap::{Line, Trapezoid};

/// Changes of coverage, for a window of `width` × `height` pixels at the
/// origin. What lies left of it still counts; all else outside costs nothing.
#[derive(Clone, Debug)]
pub struct Accumulator {
    width: u32,
    height: u32,
    /// Rows of `width` + 2: an edge at the right end notes one beyond it.
    changes: Vec<f32>,
}

impl Accumulator {
    /// An accumulator without edges. Sides are cut to
    /// [`Mask::MAX_SIDE`](crate::Mask::MAX_SIDE).
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        let width = width.min(crate::Mask::MAX_SIDE);
        let height = height.min(crate::Mask::MAX_SIDE);
        Self { width, height, changes: vec![0.0; (width as usize + 2) * height as usize] }
    }

    /// Forgets all edges.
    pub fn clear(&mut self) {
        self.changes.fill(0.0);
    }

    /// Notes a directed edge between two points in pixels, winding +1 going
    /// down and −1 going up. An edge that is not finite is ignored.
    pub fn add_line(&mut self, from: (f64, f64), to: (f64, f64)) {
        if ![from.0, from.1, to.0, to.1].iter().all(|value| value.is_finite()) {
            return;
        }
        let (upper, lower, winding) =
            if from.1 <= to.1 { (from, to, 1.0) } else { (to, from, -1.0) };
        let slope = (lower.0 - upper.0) / (lower.1 - upper.1);
        if !slope.is_finite() {
            return;
        }
        let x_at = |y: f64| upper.0 + (y - upper.1) * slope;
        let (top, bottom) = (upper.1.max(0.0), lower.1.min(f64::from(self.height)));
        if top >= bottom {
            return;
        }
        // Both within 0..=height.
        for row in top as u32..(bottom.ceil() as u32) {
            let y0 = top.max(f64::from(row));
            let y1 = bottom.min(f64::from(row) + 1.0);
            self.add_in_row(row, (x_at(y0), x_at(y1)), (y1 - y0) * winding);
        }
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
        let pair = |at: FloatPoint| (f64::from(at.x), f64::from(at.y));
        flatten(path, tolerance, |from, to| self.add_line(pair(from), pair(to)));
    }

    /// Adds the coverage of what the rule says is inside to an A8 mask, with
    /// saturation; masks of other formats are left alone. Window and mask
    /// share their top-left corner.
    ///
    /// Within one pixel, contours of different windings are averaged before
    /// the rule is asked; where that matters, decompose the path first and
    /// add its trapezoids.
    pub fn add_to(&self, mask: &mut MaskMut<'_>, rule: FillRule) {
        if mask.format() != MaskFormat::A8 {
            return;
        }
        for (y, changes) in (0..self.height).zip(self.changes.chunks_exact(self.width as usize + 2))
        {
            let Some(row) = mask.row_mut(y) else { break };
            let mut winding = 0.0;
            for (pixel, change) in row.iter_mut().zip(&changes[..self.width as usize]) {
                winding += change;
                let value = (inside(winding, rule) * 255.0 + 0.5) as u8;
                *pixel = pixel.saturating_add(value);
            }
        }
    }

    /// An edge within one row, from `ends.0` to `ends.1`, of signed height.
    fn add_in_row(&mut self, row: u32, ends: (f64, f64), height: f64) {
        let width = f64::from(self.width);
        let (low, high) = (ends.0.min(ends.1), ends.0.max(ends.1));
        if low >= width {
            return;
        }
        let start = row as usize * (self.width as usize + 2);
        let changes = &mut self.changes[start..start + self.width as usize + 2];
        // The parts left and right of the window; a vertical edge has one.
        let run = high - low;
        let share = |length: f64| if run > 0.0 { height * (length / run) } else { 0.0 };
        let (low_in, high_in) = (low.max(0.0), high.min(width));
        if high_in <= 0.0 {
            changes[0] += height as f32;
            return;
        }
        changes[0] += share(low_in - low) as f32;

        let (first, last) = (low_in as usize, high_in as usize);
        if first == last || run <= 0.0 {
            let height = if run > 0.0 { share(high_in - low_in) } else { height };
            note(changes, first, height, (low_in + high_in) / 2.0);
            return;
        }
        let mut x = low_in;
        for pixel in first..=last {
            let next = high_in.min(pixel as f64 + 1.0);
            note(changes, pixel, share(next - x), (x + next) / 2.0);
            x = next;
        }
    }
}

/// An edge of signed height within one pixel, on average at `x`: what is at
/// its right in this pixel, and the rest from the next pixel on.
fn note(changes: &mut [f32], pixel: usize, height: f64, x: f64) {
    let at_right = height * (pixel as f64 + 1.0 - x);
    changes[pixel] += at_right as f32;
    changes[pixel + 1] += (height - at_right) as f32;
}

/// How much of a pixel is inside, given its average winding.
fn inside(winding: f32, rule: FillRule) -> f32 {
    match rule {
        FillRule::NonZero => winding.abs().min(1.0),
        FillRule::EvenOdd => {
            let odd = winding.abs() % 2.0;
            if odd > 1.0 { 2.0 - odd } else { odd }
        }
    }
}

#[cfg(test)]
mod tests {
    use lyon::math::point;
    use lyon::path::{Path, Winding};
    use proptest::prelude::*;

    use super::*;
    use crate::area::RoundedRect;
    use crate::mask::Mask;
    use crate::path::fill;

    fn mask_of(accumulator: &Accumulator, rule: FillRule) -> Mask {
        let mut mask = Mask::new(MaskFormat::A8, accumulator.width, accumulator.height).unwrap();
        accumulator.add_to(&mut mask.as_mut(), rule);
        mask
    }

    fn polygon(points: &[(f32, f32)]) -> Path {
        let mut builder = Path::builder();
        builder.begin(point(points[0].0, points[0].1));
        for (x, y) in &points[1..] {
            builder.line_to(point(*x, *y));
        }
        builder.end(true);
        builder.build()
    }

    fn drawn(path: &Path, rule: FillRule) -> Mask {
        let mut accumulator = Accumulator::new(16, 16);
        accumulator.add_path(path, 0.01);
        mask_of(&accumulator, rule)
    }

    #[test]
    fn a_rectangle_between_pixels_is_exact() {
        let mask =
            drawn(&polygon(&[(1.5, 0.25), (3.0, 0.25), (3.0, 2.0), (1.5, 2.0)]), FillRule::NonZero);
        assert_eq!(&mask.row(0).unwrap()[..4], [0, 96, 191, 0], "3/8 and 3/4");
        assert_eq!(&mask.row(1).unwrap()[..4], [0, 128, 255, 0], "1/2 and 1");
        assert_eq!(mask.row(2).unwrap()[..4], [0; 4]);
    }

    #[test]
    fn a_slope_is_exact() {
        let mask = drawn(&polygon(&[(0.0, 0.0), (2.0, 1.0), (0.0, 1.0)]), FillRule::NonZero);
        assert_eq!(&mask.row(0).unwrap()[..3], [191, 64, 0], "3/4 and 1/4");
    }

    #[test]
    fn what_lies_left_of_the_window_counts() {
        let mask = drawn(
            &polygon(&[(-50.0, -3.0), (2.5, -3.0), (2.5, 90.0), (-70.0, 90.0)]),
            FillRule::NonZero,
        );
        for y in 0..16 {
            assert_eq!(&mask.row(y).unwrap()[..4], [255, 255, 128, 0]);
        }
    }

    #[test]
    fn two_windings_are_nothing_to_even_odd() {
        let square = [(2.0, 2.0), (6.0, 2.0), (6.0, 6.0), (2.0, 6.0)];
        let mut twice = Accumulator::new(8, 8);
        twice.add_path(&polygon(&square), 0.1);
        twice.add_path(&polygon(&square), 0.1);
        assert_eq!(mask_of(&twice, FillRule::NonZero).total(), 16 * 255);
        assert_eq!(mask_of(&twice, FillRule::EvenOdd).total(), 0);
        twice.clear();
        assert_eq!(mask_of(&twice, FillRule::NonZero).total(), 0);
    }

    #[test]
    fn a_flattened_circle_agrees_with_an_integrated_one() {
        let mut path = Path::builder();
        path.add_circle(point(8.3, 7.9), 6.7, Winding::Positive);
        let flattened = drawn(&path.build(), FillRule::NonZero);
        let mut integrated = Mask::new(MaskFormat::A8, 16, 16).unwrap();
        // The path is of f32 numbers, and its arcs are cubic curves.
        RoundedRect::circle(8.3, 7.9, 6.7).add_to(&mut integrated.as_mut());
        for y in 0..16 {
            for x in 0..16 {
                let (a, b) = (flattened.get(x, y), integrated.get(x, y));
                assert!(a.abs_diff(b) <= 3, "{a} and {b} at {x}, {y}");
            }
        }
    }

    fn corners() -> impl Strategy<Value = Vec<(f32, f32)>> {
        prop::collection::vec((-4.0..20.0f32, -4.0..20.0f32), 3..10)
    }

    proptest! {
        #[test]
        fn direction_does_not_matter(points in corners(), even_odd in any::<bool>()) {
            let rule = if even_odd { FillRule::EvenOdd } else { FillRule::NonZero };
            let forwards = drawn(&polygon(&points), rule);
            let backwards: Vec<_> = points.iter().rev().copied().collect();
            let backwards = drawn(&polygon(&backwards), rule);
            for (a, b) in forwards.data().iter().zip(backwards.data()) {
                prop_assert!(a.abs_diff(*b) <= 1);
            }
        }

        #[test]
        fn a_window_is_a_part_of_a_larger_one(points in corners()) {
            let moved: Vec<_> = points.iter().map(|(x, y)| (x - 8.0, y - 8.0)).collect();
            let (whole, part) =
                (drawn(&polygon(&points), FillRule::NonZero), drawn(&polygon(&moved), FillRule::NonZero));
            for y in 0..8 {
                for x in 0..8 {
                    let (a, b) = (whole.get(x + 8, y + 8), part.get(x, y));
                    prop_assert!(a.abs_diff(b) <= 1, "{} and {} at {}, {}", a, b, x, y);
                }
            }
        }

        #[test]
        fn a_shape_and_its_complement_fill_the_window(points in corners()) {
            let shape = drawn(&polygon(&points), FillRule::EvenOdd);
            let mut rest = Accumulator::new(16, 16);
            rest.add_path(&polygon(&points), 0.01);
            rest.add_path(&polygon(&[(-9.0, -9.0), (30.0, -9.0), (30.0, 30.0), (-9.0, 30.0)]), 0.01);
            let rest = mask_of(&rest, FillRule::EvenOdd);
            for (a, b) in shape.data().iter().zip(rest.data()) {
                let sum = u16::from(*a) + u16::from(*b);
                prop_assert!((254..=256).contains(&sum), "{} and {}", a, b);
            }
        }

        #[test]
        fn disjoint_trapezoids_have_the_area_that_they_cover(points in corners()) {
            // Exact where the path crosses itself, unlike the path alone; the
            // sum must equal the trapezoids' own areas.
            let shifted: Vec<_> = points.iter().map(|(x, y)| (x / 2.0 + 4.0, y / 2.0 + 4.0)).collect();
            let trapezoids = fill(&polygon(&shifted), FillRule::NonZero, 0.1);
            let mut accumulator = Accumulator::new(16, 16);
            for trapezoid in &trapezoids {
                accumulator.add_trapezoid(trapezoid);
            }
            let total = mask_of(&accumulator, FillRule::NonZero).total() as f64 / 255.0;
            let at = |line: &Line, y: f64| {
                line.p1.x.to_f64() + (line.p2.x.to_f64() - line.p1.x.to_f64())
                    * (y - line.p1.y.to_f64()) / (line.p2.y.to_f64() - line.p1.y.to_f64())
            };
            let expected: f64 = trapezoids.iter().map(|trapezoid| {
                let (top, bottom) = (trapezoid.top.to_f64(), trapezoid.bottom.to_f64());
                let middle = (top + bottom) / 2.0;
                (at(&trapezoid.right, middle) - at(&trapezoid.left, middle)) * (bottom - top)
            }).sum();
            prop_assert!((total - expected).abs() < 256.0 * 0.5 / 255.0, "{} not {}", total, expected);
        }

        #[test]
        fn any_lines_are_survived(lines in prop::collection::vec(prop::array::uniform4(any::<f64>()), 0..8)) {
            let mut accumulator = Accumulator::new(9, 7);
            for [x0, y0, x1, y1] in lines {
                accumulator.add_line((x0, y0), (x1, y1));
            }
            let mask = mask_of(&accumulator, FillRule::NonZero);
            prop_assert_eq!(mask.width(), 9);
        }
    }
}
