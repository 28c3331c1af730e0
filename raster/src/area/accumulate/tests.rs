//! Areas that can be counted by hand, and what must hold of all others.

use lyon::math::point;
use lyon::path::{Path, Winding};
use proptest::prelude::*;

use super::*;
use crate::area::RoundedRect;
use crate::mask::Mask;
use crate::path::fill;

fn mask_of(accumulator: &mut Accumulator, rule: FillRule) -> Mask {
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
    mask_of(&mut accumulator, rule)
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
    assert_eq!(mask_of(&mut twice.clone(), FillRule::NonZero).total(), 16 * 255);
    assert_eq!(mask_of(&mut twice.clone(), FillRule::EvenOdd).total(), 0);
    twice.clear();
    assert_eq!(mask_of(&mut twice, FillRule::NonZero).total(), 0);
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
        let rest = mask_of(&mut rest, FillRule::EvenOdd);
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
        let total = mask_of(&mut accumulator, FillRule::NonZero).total() as f64 / 255.0;
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
        let mask = mask_of(&mut accumulator, FillRule::NonZero);
        prop_assert_eq!(mask.width(), 9);
    }
}
