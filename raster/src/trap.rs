//! Trapezoids as Render sends them.
//!
//! Owns the shapes' values and which of them are valid. It must not know how
//! they are sampled.

use crate::fixed::Fixed;

/// A point in 16.16 pixels; y grows downwards (Render's `POINTFIX`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Point {
    /// To the right.
    pub x: Fixed,
    /// Downwards.
    pub y: Fixed,
}

impl Point {
    /// The point (`x`, `y`).
    #[must_use]
    pub const fn new(x: Fixed, y: Fixed) -> Self {
        Self { x, y }
    }

    /// The point nearest to (`x`, `y`), both in pixels; see [`Fixed::from_f64`].
    #[must_use]
    pub fn from_f64(x: f64, y: f64) -> Self {
        Self { x: Fixed::from_f64(x), y: Fixed::from_f64(y) }
    }
}

/// The line through two points, which may lie far outside of the shape that
/// it bounds (Render's `LINEFIX`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Line {
    /// One point.
    pub p1: Point,
    /// Another, at a different height.
    pub p2: Point,
}

impl Line {
    /// The line through `p1` and `p2`.
    #[must_use]
    pub const fn new(p1: Point, p2: Point) -> Self {
        Self { p1, p2 }
    }

    /// Its upper and its lower point, moved by whole pixels. They are ordered
    /// by height before they are moved, so that wrapping does not reorder them.
    #[inline]
    pub(crate) fn downwards(&self, x_offset: i32, y_offset: i32) -> (Point, Point) {
        let (top, bottom) =
            if self.p1.y <= self.p2.y { (self.p1, self.p2) } else { (self.p2, self.p1) };
        let move_by = |point: Point| {
            Point::new(
                point.x.wrapping_add(Fixed::from_int(x_offset)),
                point.y.wrapping_add(Fixed::from_int(y_offset)),
            )
        };
        (move_by(top), move_by(bottom))
    }
}

/// What lies between two lines and two heights (Render's `TRAPEZOID`,
/// `pixman_trapezoid_t`, whose layout it has).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Trapezoid {
    /// The upper end.
    pub top: Fixed,
    /// The lower end.
    pub bottom: Fixed,
    /// The side at the left; where the sides cross, nothing is covered.
    pub left: Line,
    /// The side at the right.
    pub right: Line,
}

impl Trapezoid {
    /// A rectangle.
    #[must_use]
    pub const fn rectangle(left: Fixed, top: Fixed, right: Fixed, bottom: Fixed) -> Self {
        Self {
            top,
            bottom,
            left: Line::new(Point::new(left, top), Point::new(left, bottom)),
            right: Line::new(Point::new(right, top), Point::new(right, bottom)),
        }
    }

    /// Whether it has a height and neither side is horizontal
    /// (`pixman_trapezoid_valid`). Others are skipped silently.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.left.p1.y != self.left.p2.y
            && self.right.p1.y != self.right.p2.y
            && self.bottom > self.top
    }
}

/// A horizontal stretch (Render's `SPANFIX`, `pixman_span_fix_t`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Span {
    /// Left end.
    pub left: Fixed,
    /// Right end.
    pub right: Fixed,
    /// Height.
    pub y: Fixed,
}

/// What lies between two spans, the shape of Render's `AddTraps` request
/// (`TRAP`, `pixman_trap_t`, whose layout it has).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(C)]
pub struct Trap {
    /// The upper end.
    pub top: Span,
    /// The lower end.
    pub bottom: Span,
}
