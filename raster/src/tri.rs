//! Triangles, and how Render makes trapezoids of them.
//!
//! Owns the split of a triangle into two trapezoids, strips and fans into
//! triangles. It must not know how either is sampled.

use crate::fixed::Fixed;
use crate::trap::{Line, Point, Trapezoid};

/// Three points in any order (Render's `TRIANGLE`, `pixman_triangle_t`, whose
/// layout it has).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Triangle {
    /// A corner.
    pub p1: Point,
    /// A corner.
    pub p2: Point,
    /// A corner.
    pub p3: Point,
}

impl Triangle {
    /// The triangle of three corners.
    #[must_use]
    pub const fn new(p1: Point, p2: Point, p3: Point) -> Self {
        Self { p1, p2, p3 }
    }

    /// The part above the middle corner and the part below
    /// (`triangle_to_trapezoids`). Where two corners have one height, one
    /// part is [invalid](Trapezoid::is_valid), so that it draws nothing.
    #[must_use]
    pub fn to_trapezoids(self) -> [Trapezoid; 2] {
        let (mut top, mut left, mut right) = (self.p1, self.p2, self.p3);
        if is_after(top, left) {
            (top, left) = (left, top);
        }
        if is_after(top, right) {
            (top, right) = (right, top);
        }
        if is_clockwise(top, right, left) {
            (left, right) = (right, left);
        }

        let split = left.y.min(right.y);
        let upper = Trapezoid {
            top: top.y,
            bottom: split,
            left: Line::new(top, left),
            right: Line::new(top, right),
        };
        let lower = if right.y < left.y {
            Trapezoid {
                top: split,
                bottom: left.y,
                left: upper.left,
                right: Line::new(right, left),
            }
        } else {
            Trapezoid {
                top: split,
                bottom: right.y,
                left: Line::new(left, right),
                right: upper.right,
            }
        };
        [upper, lower]
    }
}

/// The triangles of Render's `TriStrip`: each point with the two before it.
pub fn strip(points: &[Point]) -> impl Iterator<Item = Triangle> + '_ {
    points.windows(3).map(|three| Triangle::new(three[0], three[1], three[2]))
}

/// The triangles of Render's `TriFan`: each pair of neighbours with the first
/// point.
pub fn fan(points: &[Point]) -> impl Iterator<Item = Triangle> + '_ {
    let (first, others) = points.split_first().map_or((Point::default(), points), |(p, o)| (*p, o));
    others.windows(2).map(move |two| Triangle::new(first, two[0], two[1]))
}

/// Whether `a` lies below `b`, or right of it at the same height
/// (`greater_y`).
fn is_after(a: Point, b: Point) -> bool {
    (a.y, a.x) > (b.y, b.x)
}

/// Whether one turns clockwise at `corner` from `a` to `b` (`clockwise`).
/// Differences wrap at 32 bits before they are multiplied in 64.
fn is_clockwise(corner: Point, a: Point, b: Point) -> bool {
    let difference = |to: Fixed, from: Fixed| i64::from(to.wrapping_sub(from).bits());
    let (ax, ay) = (difference(a.x, corner.x), difference(a.y, corner.y));
    let (bx, by) = (difference(b.x, corner.x), difference(b.y, corner.y));
    // Two products of 2^31 × 2^31 could differ by 2^63: wrap as pixman does.
    by.wrapping_mul(ax).wrapping_sub(ay.wrapping_mul(bx)) < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_order_of_corners_gives_the_same_parts() {
        let [a, b, c] =
            [Point::from_f64(1.0, 0.0), Point::from_f64(0.0, 2.0), Point::from_f64(3.0, 5.0)];
        let parts = Triangle::new(a, b, c).to_trapezoids();
        assert_eq!(parts[0].bottom, Fixed::from_int(2));
        assert_eq!(parts[1].left, Line::new(b, c));
        for [p, q, r] in [[a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
            assert_eq!(Triangle::new(p, q, r).to_trapezoids(), parts);
        }
    }

    #[test]
    fn a_flat_top_leaves_one_valid_part() {
        let triangle = Triangle::new(
            Point::from_f64(0.0, 0.0),
            Point::from_f64(4.0, 0.0),
            Point::from_f64(2.0, 3.0),
        );
        let valid = triangle.to_trapezoids().map(|part| part.is_valid());
        assert_eq!(valid, [false, true]);
    }

    #[test]
    fn strips_and_fans_share_edges() {
        let points: Vec<Point> =
            (0..5).map(|k| Point::from_f64(f64::from(k), f64::from(k % 2))).collect();
        assert_eq!(strip(&points).count(), 3);
        assert_eq!(fan(&points).last(), Some(Triangle::new(points[0], points[3], points[4])));
        assert_eq!(strip(&points[..2]).count() + fan(&points[..2]).count() + fan(&[]).count(), 0);
    }
}
