//! Points, sizes and rectangles in pixels, each typed with the space that it
//! is measured in, so that a frame-relative point cannot be used as a root
//! one by accident.
//!
//! Owns plain integer geometry. Must not know windows, policy or X.
//! All arithmetic saturates: coordinates come from clients, and a client may
//! send any 32-bit number.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

/// The root window's space: pixels, origin at the top-left of the X screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Root {}

/// A frame window's space: pixels from the top-left of the frame, decoration
/// included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Frame {}

/// A client window's space: pixels from the top-left of the client's inside
/// (its X border is not part of it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Client {}

/// A picture's own space: pixels from the top-left of a pixmap or image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {}

/// A point, in pixels of space `S`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point<S> {
    /// Pixels right of the space's origin.
    pub x: i32,
    /// Pixels below the space's origin.
    pub y: i32,
    #[serde(skip)]
    space: PhantomData<S>,
}

impl<S> Point<S> {
    /// The point (`x`, `y`).
    #[must_use]
    pub const fn new(x: i32, y: i32) -> Self {
        Self { x, y, space: PhantomData }
    }

    /// This point moved by (`dx`, `dy`), saturating.
    #[must_use]
    pub const fn offset(self, dx: i32, dy: i32) -> Self {
        Self::new(self.x.saturating_add(dx), self.y.saturating_add(dy))
    }
}

impl<S> Default for Point<S> {
    fn default() -> Self {
        Self::new(0, 0)
    }
}

/// A width and a height in pixels. Never negative when made by [`Size::new`].
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct Size {
    /// Width in pixels.
    pub w: i32,
    /// Height in pixels.
    pub h: i32,
}

impl Size {
    /// A size; negative numbers become 0.
    #[must_use]
    pub const fn new(w: i32, h: i32) -> Self {
        Self { w: if w < 0 { 0 } else { w }, h: if h < 0 { 0 } else { h } }
    }

    /// Whether it holds no pixel.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.w <= 0 || self.h <= 0
    }

    /// The number of pixels.
    #[must_use]
    pub const fn area(self) -> i64 {
        if self.is_empty() { 0 } else { self.w as i64 * self.h as i64 }
    }
}

/// Widths on the four sides of a rectangle, in pixels (frame extents, struts,
/// shadow margins).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Sides {
    /// Left, in pixels.
    pub left: i32,
    /// Right, in pixels.
    pub right: i32,
    /// Top, in pixels.
    pub top: i32,
    /// Bottom, in pixels.
    pub bottom: i32,
}

impl Sides {
    /// The same width on all four sides.
    #[must_use]
    pub const fn all(width: i32) -> Self {
        Self { left: width, right: width, top: width, bottom: width }
    }

    /// Left plus right.
    #[must_use]
    pub const fn horizontal(self) -> i32 {
        self.left.saturating_add(self.right)
    }

    /// Top plus bottom.
    #[must_use]
    pub const fn vertical(self) -> i32 {
        self.top.saturating_add(self.bottom)
    }
}

/// A rectangle of whole pixels in space `S`: columns `x..x + w`, rows
/// `y..y + h`. A rectangle with a width or height of 0 holds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect<S> {
    /// First column.
    pub x: i32,
    /// First row.
    pub y: i32,
    /// Width in pixels, ≥ 0.
    pub w: i32,
    /// Height in pixels, ≥ 0.
    pub h: i32,
    #[serde(skip)]
    space: PhantomData<S>,
}

impl<S> Default for Rect<S> {
    fn default() -> Self {
        Self::new(0, 0, 0, 0)
    }
}

impl<S> Rect<S> {
    /// A rectangle; negative widths and heights become 0.
    #[must_use]
    pub const fn new(x: i32, y: i32, w: i32, h: i32) -> Self {
        let size = Size::new(w, h);
        Self { x, y, w: size.w, h: size.h, space: PhantomData }
    }

    /// From a corner and a size.
    #[must_use]
    pub const fn from_parts(at: Point<S>, size: Size) -> Self {
        Self::new(at.x, at.y, size.w, size.h)
    }

    /// From edges: columns `x1..x2`, rows `y1..y2`; empty if reversed.
    #[must_use]
    pub const fn from_edges(x1: i32, y1: i32, x2: i32, y2: i32) -> Self {
        Self::new(x1, y1, x2.saturating_sub(x1), y2.saturating_sub(y1))
    }

    /// The column after the last.
    #[must_use]
    pub const fn right(&self) -> i32 {
        self.x.saturating_add(self.w)
    }

    /// The row after the last.
    #[must_use]
    pub const fn bottom(&self) -> i32 {
        self.y.saturating_add(self.h)
    }

    /// The top-left corner.
    #[must_use]
    pub const fn origin(&self) -> Point<S> {
        Point::new(self.x, self.y)
    }

    /// Width and height.
    #[must_use]
    pub const fn size(&self) -> Size {
        Size::new(self.w, self.h)
    }

    /// The centre, rounded towards the top-left.
    #[must_use]
    pub const fn center(&self) -> Point<S> {
        Point::new(self.x.saturating_add(self.w / 2), self.y.saturating_add(self.h / 2))
    }

    /// Whether it holds no pixel.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.w <= 0 || self.h <= 0
    }

    /// Whether the pixel `point` lies inside.
    #[must_use]
    pub const fn contains(&self, point: Point<S>) -> bool {
        point.x >= self.x && point.x < self.right() && point.y >= self.y && point.y < self.bottom()
    }

    /// Whether every pixel of `other` lies inside; true for an empty `other`.
    #[must_use]
    pub const fn contains_rect(&self, other: &Self) -> bool {
        other.is_empty()
            || (other.x >= self.x
                && other.y >= self.y
                && other.right() <= self.right()
                && other.bottom() <= self.bottom())
    }

    /// The common pixels, if there are any.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let rect = Self::from_edges(
            self.x.max(other.x),
            self.y.max(other.y),
            self.right().min(other.right()),
            self.bottom().min(other.bottom()),
        );
        (!rect.is_empty()).then_some(rect)
    }

    /// Whether they share a pixel.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.intersection(other).is_some()
    }

    /// The smallest rectangle that holds both; an empty one adds nothing.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self
    where
        S: Copy,
    {
        if self.is_empty() {
            return *other;
        }
        if other.is_empty() {
            return *self;
        }
        Self::from_edges(
            self.x.min(other.x),
            self.y.min(other.y),
            self.right().max(other.right()),
            self.bottom().max(other.bottom()),
        )
    }

    /// Moved by (`dx`, `dy`), saturating.
    #[must_use]
    pub const fn offset(&self, dx: i32, dy: i32) -> Self {
        Self::new(self.x.saturating_add(dx), self.y.saturating_add(dy), self.w, self.h)
    }

    /// Grown outwards by `sides`.
    #[must_use]
    pub const fn outset(&self, sides: Sides) -> Self {
        Self::new(
            self.x.saturating_sub(sides.left),
            self.y.saturating_sub(sides.top),
            self.w.saturating_add(sides.horizontal()),
            self.h.saturating_add(sides.vertical()),
        )
    }

    /// Shrunk inwards by `sides`; sizes stop at 0.
    #[must_use]
    pub const fn inset(&self, sides: Sides) -> Self {
        Self::new(
            self.x.saturating_add(sides.left),
            self.y.saturating_add(sides.top),
            self.w.saturating_sub(sides.horizontal()),
            self.h.saturating_sub(sides.vertical()),
        )
    }

    /// The same numbers in another space. The caller states the meaning.
    #[must_use]
    pub const fn cast<T>(&self) -> Rect<T> {
        Rect::new(self.x, self.y, self.w, self.h)
    }

    /// Moved, not resized, so that as much as possible of it lies inside
    /// `area`; the top-left corner wins when it is too large.
    #[must_use]
    pub fn moved_into(&self, area: &Self) -> Self {
        let x = self.x.min(area.right().saturating_sub(self.w)).max(area.x);
        let y = self.y.min(area.bottom().saturating_sub(self.h)).max(area.y);
        Self::new(x, y, self.w, self.h)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type R = Rect<Root>;

    #[test]
    fn hostile_numbers_saturate() {
        let r = R::new(i32::MAX - 1, i32::MIN, i32::MAX, i32::MAX);
        assert_eq!(r.right(), i32::MAX);
        assert_eq!(r.offset(i32::MAX, i32::MIN).x, i32::MAX);
        assert!(R::new(0, 0, -5, 4).is_empty());
        assert_eq!(R::new(0, 0, 10, 10).inset(Sides::all(i32::MAX)).size(), Size::new(0, 0));
    }

    #[test]
    fn intersection_and_union() {
        let a = R::new(0, 0, 10, 10);
        let b = R::new(5, 5, 10, 10);
        assert_eq!(a.intersection(&b), Some(R::new(5, 5, 5, 5)));
        assert_eq!(a.union(&b), R::new(0, 0, 15, 15));
        assert_eq!(a.intersection(&R::new(10, 0, 5, 5)), None, "touching edges share no pixel");
        assert!(a.contains_rect(&R::new(0, 0, 10, 10)));
        assert!(!a.contains(Point::new(10, 0)));
    }

    #[test]
    fn moved_into_prefers_the_top_left() {
        let area = R::new(0, 0, 100, 100);
        assert_eq!(R::new(90, -5, 20, 20).moved_into(&area), R::new(80, 0, 20, 20));
        assert_eq!(R::new(50, 50, 200, 20).moved_into(&area).x, 0);
    }
}
