//! The decomposition against what can be counted by hand or by points.

use lyon::math::point;
use lyon::path::Path;
use lyon::tessellation::{LineJoin, StrokeOptions};
use proptest::prelude::*;

use super::*;
use crate::fixed::Fixed;
use crate::mask::{Mask, MaskFormat};
use crate::scalar::add_trapezoids;
use crate::trap::Line;

fn contour(points: &[(f32, f32)]) -> Path {
    let mut builder = Path::builder();
    if let Some(((x, y), others)) = points.split_first() {
        builder.begin(point(*x, *y));
        for (x, y) in others {
            builder.line_to(point(*x, *y));
        }
        builder.end(true);
    }
    builder.build()
}

/// The area between the sides of a trapezoid, in pixels.
fn area(trapezoid: &Trapezoid) -> f64 {
    let x = |line: &Line, y: Fixed| {
        let (p1, p2) = (line.p1, line.p2);
        let slope = (p2.x.to_f64() - p1.x.to_f64()) / (p2.y.to_f64() - p1.y.to_f64());
        p1.x.to_f64() + slope * (y.to_f64() - p1.y.to_f64())
    };
    let width = |y| x(&trapezoid.right, y) - x(&trapezoid.left, y);
    let height = trapezoid.bottom.to_f64() - trapezoid.top.to_f64();
    (width(trapezoid.top) + width(trapezoid.bottom)) / 2.0 * height
}

fn total_area(trapezoids: &[Trapezoid]) -> f64 {
    trapezoids.iter().map(area).sum()
}

#[test]
fn a_diamond_is_two_trapezoids() {
    let diamond = contour(&[(4.0, 0.0), (8.0, 4.0), (4.0, 8.0), (0.0, 4.0)]);
    let trapezoids = fill(&diamond, FillRule::NonZero, 0.1);
    assert_eq!(trapezoids.len(), 2);
    assert_eq!(trapezoids[0].bottom, Fixed::from_int(4));
    assert_eq!(total_area(&trapezoids), 32.0);
}

#[test]
fn the_rules_differ_where_contours_overlap() {
    let star: Vec<(f32, f32)> = (0..5)
        .map(|k| {
            let angle = std::f32::consts::TAU * (2 * k) as f32 / 5.0;
            (20.0 + 18.0 * angle.sin(), 20.0 - 18.0 * angle.cos())
        })
        .collect();
    let star = contour(&star);
    let filled = |rule| {
        let mut mask = Mask::new(MaskFormat::A1, 40, 40).unwrap();
        add_trapezoids(&mut mask.as_mut(), 0, 0, &fill(&star, rule, 0.1));
        (mask.get(20, 20), mask.get(20, 6), mask.get(2, 2))
    };
    assert_eq!(filled(FillRule::NonZero), (1, 1, 0));
    assert_eq!(filled(FillRule::EvenOdd), (0, 1, 0), "the middle is wound around twice");
}

#[test]
fn a_crossing_ends_both_trapezoids() {
    // A bow tie: its sides cross in the middle.
    let tie = contour(&[(0.0, 0.0), (8.0, 8.0), (0.0, 8.0), (8.0, 0.0)]);
    let trapezoids = fill(&tie, FillRule::NonZero, 0.1);
    assert_eq!(trapezoids.len(), 2, "{trapezoids:?}");
    assert_eq!(trapezoids[1].top, Fixed::from_int(4));
    assert_eq!(total_area(&trapezoids), 32.0);
}

#[test]
fn neighbours_with_a_common_side_are_one() {
    let mut polygon = Polygon::new();
    for (x1, y1, x2, y2) in [(0.0, 0.0, 4.0, 8.0), (4.0, 2.0, 8.0, 6.0)] {
        let corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2)].map(|(x, y)| Point::from_f64(x, y));
        for k in 0..4 {
            polygon.add_line(corners[k], corners[(k + 1) % 4]);
        }
    }
    let trapezoids = polygon.trapezoids(FillRule::NonZero);
    assert_eq!(trapezoids.len(), 3, "the common side is inside: {trapezoids:?}");
    assert_eq!(total_area(&trapezoids), 48.0);
}

#[test]
fn triangles_add_up_whatever_their_order() {
    let [a, b, c] = [(0.0, 0.0), (6.0, 0.0), (0.0, 6.0)].map(|(x, y)| Point::from_f64(x, y));
    let mut polygon = Polygon::new();
    polygon.add_triangle(a, b, c);
    polygon.add_triangle(a, c, b);
    assert_eq!(total_area(&polygon.trapezoids(FillRule::NonZero)), 18.0);
    assert!(polygon.trapezoids(FillRule::EvenOdd).is_empty(), "wound around twice");
}

#[test]
fn a_thick_line_is_a_rectangle() {
    let mut path = Path::builder();
    path.begin(point(2.0, 5.0));
    path.line_to(point(12.0, 5.0));
    path.end(false);
    let trapezoids = stroke(&path.build(), &StrokeOptions::default().with_line_width(4.0));
    assert_eq!(trapezoids.len(), 1, "the triangles' diagonal is gone: {trapezoids:?}");
    assert_eq!(total_area(&trapezoids), 40.0);
}

#[test]
fn a_stroke_covers_its_corners_once() {
    let square = contour(&[(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)]);
    let options = StrokeOptions::default().with_line_width(6.0).with_line_join(LineJoin::Miter);
    let trapezoids = stroke(&square, &options);
    assert!((total_area(&trapezoids) - (26.0 * 26.0 - 14.0 * 14.0)).abs() < 1e-3);
}

#[test]
fn a_transform_bends_the_pen() {
    let mut path = Path::builder();
    path.begin(point(1.0, 5.0));
    path.line_to(point(3.0, 5.0));
    path.end(false);
    let options = StrokeOptions::default().with_line_width(2.0);
    let wide = Transform::scale(10.0, 1.0);
    let trapezoids = stroke_transformed(&path.build(), &options, &wide);
    assert_eq!(total_area(&trapezoids), 20.0 * 2.0, "longer, not thicker: {trapezoids:?}");
}

#[test]
fn a_circle_has_its_area() {
    let mut path = Path::builder();
    path.add_circle(point(50.0, 50.0), 40.0, lyon::path::Winding::Positive);
    let path = path.build();
    let filled = total_area(&fill(&path, FillRule::NonZero, 0.01));
    let expected = std::f64::consts::PI * 1600.0;
    assert!((filled - expected).abs() < expected * 0.001, "{filled}");
    let ring = total_area(&stroke(&path, &StrokeOptions::tolerance(0.01).with_line_width(8.0)));
    let expected = std::f64::consts::PI * (44.0 * 44.0 - 36.0 * 36.0);
    assert!((ring - expected).abs() < expected * 0.003, "{ring}, not {expected}");
}

#[test]
fn absurd_paths_and_widths_draw_nothing_or_something() {
    // lyon's builders refuse such numbers in debug builds; events do not.
    let (at, to) = (point(f32::NAN, f32::INFINITY), point(-1e30, 5.0));
    let ctrl = point(f32::NEG_INFINITY, f32::MAX);
    let wild = [
        PathEvent::Begin { at },
        PathEvent::Quadratic { from: at, ctrl, to },
        PathEvent::Cubic { from: to, ctrl1: at, ctrl2: ctrl, to: at },
        PathEvent::End { last: at, first: at, close: true },
    ];
    for tolerance in [f32::NAN, 0.0, -1.0, f32::INFINITY] {
        for trapezoid in fill(wild, FillRule::EvenOdd, tolerance) {
            assert!(trapezoid.is_valid());
        }
    }
    for width in [0.0, -1.0, f32::NAN, f32::INFINITY] {
        assert!(stroke(wild, &StrokeOptions::default().with_line_width(width)).is_empty());
    }
    assert!(fill(&contour(&[]), FillRule::NonZero, 0.1).is_empty());
}

/// The winding number of the points just right of each edge decides; counted
/// edge by edge along a row, which no sweep can get wrong.
fn is_inside(points: &[(i32, i32)], rule: FillRule, x: f64, y: f64) -> bool {
    let mut winding = 0;
    for (k, from) in points.iter().enumerate() {
        let to = points[(k + 1) % points.len()];
        let (from, to) =
            ((f64::from(from.0), f64::from(from.1)), (f64::from(to.0), f64::from(to.1)));
        let (upper, lower, direction) = if from.1 < to.1 { (from, to, 1) } else { (to, from, -1) };
        if upper.1 <= y && y < lower.1 {
            let at = upper.0 + (lower.0 - upper.0) * (y - upper.1) / (lower.1 - upper.1);
            winding += if at <= x { direction } else { 0 };
        }
    }
    rule.is_inside(winding)
}

proptest! {
    #[test]
    fn points_inside_are_covered_once(
        points in prop::collection::vec((0..12i32, 0..12i32), 3..14),
        even_odd in any::<bool>(),
    ) {
        let rule = if even_odd { FillRule::EvenOdd } else { FillRule::NonZero };
        let floats: Vec<_> = points.iter().map(|&(x, y)| (x as f32, y as f32)).collect();
        let trapezoids = fill(&contour(&floats), rule, 0.1);
        // Off every grid line, so that no point lies on an edge by chance
        // that both sides could claim.
        for j in 0..24 {
            for i in 0..24 {
                let (x, y) = (f64::from(i) * 0.5 + 0.137, f64::from(j) * 0.5 + 0.171);
                let holding = trapezoids.iter().filter(|trapezoid| {
                    let at = |line: &Line| {
                        let (p1, p2) = (line.p1, line.p2);
                        p1.x.to_f64()
                            + (p2.x.to_f64() - p1.x.to_f64()) * (y - p1.y.to_f64())
                                / (p2.y.to_f64() - p1.y.to_f64())
                    };
                    trapezoid.top.to_f64() <= y
                        && y < trapezoid.bottom.to_f64()
                        && at(&trapezoid.left) <= x
                        && x < at(&trapezoid.right)
                });
                let expected = usize::from(is_inside(&points, rule, x, y));
                prop_assert_eq!(holding.count(), expected, "at {}, {}", x, y);
            }
        }
    }

    #[test]
    fn any_edges_are_survived(
        corners in prop::collection::vec((any::<i32>(), any::<i32>(), any::<i32>(), any::<i32>()), 0..12),
    ) {
        let mut polygon = Polygon::new();
        let at = |x, y| Point::new(Fixed::from_bits(x), Fixed::from_bits(y));
        for (x1, y1, x2, y2) in corners {
            polygon.add_line(at(x1, y1), at(x2, y2));
            polygon.add_triangle(at(x1, y2), at(y1, x2), at(x2, x1));
        }
        for trapezoid in polygon.trapezoids(FillRule::NonZero) {
            prop_assert!(trapezoid.is_valid());
        }
    }
}
