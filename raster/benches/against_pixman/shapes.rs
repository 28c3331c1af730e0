//! The shapes of the workloads.
//!
//! Owns their making, the same in every run. It must not know what draws them.
//! Small shapes are many and different: of a repeated one, the processor
//! learns every branch.

use std::f64::consts::TAU;

use lyon::math::point;
use lyon::path::{Path, Winding};
use lyon::tessellation::StrokeOptions;
use raster::path::{FillRule, fill, stroke};
use raster::{Fixed, Line, Point, Trapezoid, Triangle};

use crate::random::Random;

/// A number from `low` to `high`, in steps of 1/65536 of the difference.
fn between(random: &mut Random, low: f64, high: f64) -> f64 {
    low + (high - low) * f64::from(random.below(65536)) / 65536.0
}

/// A trapezoid with slanted sides in the box of that place and size.
pub(crate) fn trapezoid(random: &mut Random, at: (f64, f64), size: (f64, f64)) -> Trapezoid {
    let (top, bottom) = (at.1, at.1 + size.1);
    let mut side = |low: f64, high: f64| {
        let mut x = || at.0 + size.0 * between(random, low, high);
        Line::new(Point::from_f64(x(), top), Point::from_f64(x(), bottom))
    };
    Trapezoid {
        top: Fixed::from_f64(top),
        bottom: Fixed::from_f64(bottom),
        left: side(0.0, 0.3),
        right: side(0.7, 1.0),
    }
}

/// Trapezoids of one size all over a field.
pub(crate) fn trapezoids(count: usize, size: (f64, f64), field: f64) -> Vec<Trapezoid> {
    let mut random = Random::new(7);
    (0..count)
        .map(|_| {
            let x = between(&mut random, 0.0, field - size.0);
            let y = between(&mut random, 0.0, field - size.1);
            trapezoid(&mut random, (x, y), size)
        })
        .collect()
}

/// Rectangles of one size all over a field.
pub(crate) fn rectangles(count: usize, size: f64, field: f64) -> Vec<Trapezoid> {
    let mut random = Random::new(8);
    (0..count)
        .map(|_| {
            let mut at = || between(&mut random, 0.0, field - size);
            let (x, y) = (at(), at());
            let [left, top, right, bottom] = [x, y, x + size, y + size].map(Fixed::from_f64);
            Trapezoid::rectangle(left, top, right, bottom)
        })
        .collect()
}

/// Groups of a dozen tiny trapezoids each, as text makes them, near the origin.
pub(crate) fn text(groups: usize) -> Vec<Vec<Trapezoid>> {
    let mut random = Random::new(9);
    (0..groups)
        .map(|_| {
            (0..12)
                .map(|_| {
                    let at = (between(&mut random, 0.0, 6.0), between(&mut random, 0.0, 9.0));
                    let size = (between(&mut random, 1.0, 5.0), between(&mut random, 0.5, 6.0));
                    trapezoid(&mut random, at, size)
                })
                .collect()
        })
        .collect()
}

/// Stroked circles of radius 5 to 25 pixels, each near the origin.
pub(crate) fn circle_strokes(count: usize) -> Vec<Vec<Trapezoid>> {
    let mut random = Random::new(10);
    (0..count)
        .map(|_| {
            let radius = between(&mut random, 5.0, 25.0);
            let middle = radius + 4.0 + between(&mut random, 0.0, 1.0);
            let mut path = Path::builder();
            path.add_circle(point(middle as f32, middle as f32), radius as f32, Winding::Positive);
            let width = between(&mut random, 1.0, 3.0) as f32;
            let options = StrokeOptions::default().with_line_width(width).with_tolerance(0.1);
            stroke(&path.build(), &options)
        })
        .collect()
}

/// A polygon of many corners on a circle.
pub(crate) fn disc(corners: u32, radius: f64) -> Vec<Trapezoid> {
    polygon(corners, |_| radius, radius + 3.3)
}

/// A star of that many points.
pub(crate) fn star(points: u32, radius: f64) -> Vec<Trapezoid> {
    polygon(points * 2, |corner| if corner % 2 == 0 { radius } else { radius * 0.4 }, radius + 3.3)
}

fn polygon(corners: u32, radius: impl Fn(u32) -> f64, middle: f64) -> Vec<Trapezoid> {
    let mut path = Path::builder();
    for corner in 0..corners {
        let angle = TAU * f64::from(corner) / f64::from(corners) + 0.01;
        let (sine, cosine) = angle.sin_cos();
        let away = radius(corner);
        let to = point((middle + away * cosine) as f32, (middle + away * sine) as f32);
        if corner == 0 {
            path.begin(to);
        } else {
            path.line_to(to);
        }
    }
    path.close();
    fill(&path.build(), FillRule::NonZero, 0.1)
}

/// Triangles with a corner in each third of a box of that size.
pub(crate) fn triangles(count: usize, size: f64, field: f64) -> Vec<Triangle> {
    let mut random = Random::new(11);
    (0..count)
        .map(|_| {
            let (x, y) =
                (between(&mut random, 0.0, field - size), between(&mut random, 0.0, field - size));
            let mut corner = |low: (f64, f64), high: (f64, f64)| {
                Point::from_f64(
                    x + size * between(&mut random, low.0, high.0),
                    y + size * between(&mut random, low.1, high.1),
                )
            };
            Triangle::new(
                corner((0.3, 0.0), (0.7, 0.2)),
                corner((0.0, 0.5), (0.3, 1.0)),
                corner((0.7, 0.5), (1.0, 1.0)),
            )
        })
        .collect()
}
