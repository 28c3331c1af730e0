//! The shapes of a set.
//!
//! Owns what Render's shapes have in common: their outline and the trapezoids
//! that are sampled. It must not know how they are drawn.

use raster::{Fixed, Line, Point, Trap, Trapezoid, Triangle};

use crate::stats::x_at;

/// The shapes of one request, which are all of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shapes {
    /// `Trapezoids`, and fills and strokes of drawings.
    Trapezoids(Vec<Trapezoid>),
    /// `Triangles`; also those of `TriStrip` and `TriFan`.
    Triangles(Vec<Triangle>),
    /// `AddTraps`.
    Traps(Vec<Trap>),
    /// `CompositeGlyphs8`, `16` and `32`.
    Glyphs(Vec<PlacedGlyph>),
    /// `FillRectangles` and the one of `Composite`.
    Rectangles(Vec<Rectangle>),
}

/// Pixels of the destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rectangle {
    /// The left column.
    pub x: i16,
    /// The top row.
    pub y: i16,
    /// How many columns.
    pub width: u16,
    /// How many rows.
    pub height: u16,
}

/// A glyph at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedGlyph {
    /// The place of its image in [`Capture::glyphs`](super::Capture::glyphs).
    pub image: usize,
    /// The column of its origin, in pixels of the destination.
    pub x: i32,
    /// The row of its origin (the baseline).
    pub y: i32,
}

/// What a glyph looks like (`AddGlyphs`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GlyphImage {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Where the origin is in the image.
    pub origin: (i16, i16),
    /// How far the pen moves, in pixels.
    pub advance: (i16, i16),
    /// Whether each pixel has four bytes (alpha, red, green, blue) and not one.
    pub coloured: bool,
    /// Coverage, row by row. May be shorter than the size says, if the glyph's
    /// bytes are not known.
    pub data: Vec<u8>,
}

impl GlyphImage {
    /// The coverage of a pixel, 0 to 255; where each colour has its own, the
    /// greatest. 0 outside.
    #[must_use]
    pub fn coverage(&self, x: u16, y: u16) -> u8 {
        if x >= self.width || y >= self.height {
            return 0;
        }
        let index = usize::from(y) * usize::from(self.width) + usize::from(x);
        if self.coloured {
            let bytes = self.data.get(4 * index..4 * index + 4).unwrap_or(&[]);
            return bytes.iter().copied().max().unwrap_or(0);
        }
        self.data.get(index).copied().unwrap_or(0)
    }
}

/// One shape of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A trapezoid.
    Trapezoid(Trapezoid),
    /// A triangle.
    Triangle(Triangle),
    /// A trapezoid with level ends, as a trapezoid.
    Trap(Trapezoid),
    /// A glyph.
    Glyph(PlacedGlyph),
    /// A rectangle of pixels.
    Rectangle(Rectangle),
}

impl Shapes {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Trapezoids(shapes) => shapes.len(),
            Self::Triangles(shapes) => shapes.len(),
            Self::Traps(shapes) => shapes.len(),
            Self::Glyphs(shapes) => shapes.len(),
            Self::Rectangles(shapes) => shapes.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What one is called.
    #[must_use]
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Trapezoids(_) | Self::Traps(_) => "trapezoid",
            Self::Triangles(_) => "triangle",
            Self::Glyphs(_) => "glyph",
            Self::Rectangles(_) => "rectangle",
        }
    }

    pub(super) fn get(&self, index: usize, offset: (i16, i16)) -> Option<Shape> {
        Some(match self {
            Self::Trapezoids(shapes) => Shape::Trapezoid(*shapes.get(index)?),
            Self::Triangles(shapes) => Shape::Triangle(*shapes.get(index)?),
            Self::Traps(shapes) => Shape::Trap(trapezoid_of(shapes.get(index)?, offset)),
            Self::Glyphs(shapes) => Shape::Glyph(*shapes.get(index)?),
            Self::Rectangles(shapes) => Shape::Rectangle(*shapes.get(index)?),
        })
    }
}

/// A trap, moved, as a trapezoid: the same edges.
fn trapezoid_of(trap: &Trap, offset: (i16, i16)) -> Trapezoid {
    let [dx, dy] = [offset.0, offset.1].map(|by| Fixed::from_int(by.into()));
    let point = |x: Fixed, y: Fixed| Point::new(x.wrapping_add(dx), y.wrapping_add(dy));
    Trapezoid {
        top: trap.top.y.wrapping_add(dy),
        bottom: trap.bottom.y.wrapping_add(dy),
        left: Line::new(point(trap.top.left, trap.top.y), point(trap.bottom.left, trap.bottom.y)),
        right: Line::new(
            point(trap.top.right, trap.top.y),
            point(trap.bottom.right, trap.bottom.y),
        ),
    }
}

impl Shape {
    /// The trapezoids that are sampled: one or two, none for glyphs.
    #[must_use]
    pub fn parts(&self) -> [Option<Trapezoid>; 2] {
        match self {
            Self::Trapezoid(shape) | Self::Trap(shape) => [Some(*shape), None],
            Self::Triangle(shape) => shape.to_trapezoids().map(Some),
            Self::Glyph(_) => [None; 2],
            Self::Rectangle(Rectangle { x, y, width, height }) => {
                let [left, top] = [*x, *y].map(|at| Fixed::from_int(at.into()));
                let end = |from: i16, size: u16| {
                    let end = i32::from(from) + i32::from(size);
                    if end > 32767 { Fixed::MAX } else { Fixed::from_int(end) }
                };
                [Some(Trapezoid::rectangle(left, top, end(*x, *width), end(*y, *height))), None]
            }
        }
    }

    /// What it covers, in pixels, from the top left clockwise; a triangle's last
    /// two corners are one. A glyph's is the box around its image. Empty shapes
    /// have all corners in one point.
    #[must_use]
    pub fn corners(&self, glyphs: &[GlyphImage]) -> [(f64, f64); 4] {
        let boxed = |x: f64, y: f64, width: f64, height: f64| {
            [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        };
        match self {
            Self::Trapezoid(shape) | Self::Trap(shape) => corners(shape),
            Self::Triangle(Triangle { p1, p2, p3 }) => {
                let [a, b, c] = [p1, p2, p3].map(|p| (p.x.to_f64(), p.y.to_f64()));
                [a, b, c, c]
            }
            Self::Glyph(glyph) => {
                let Some(image) = glyphs.get(glyph.image) else {
                    return [(f64::from(glyph.x), f64::from(glyph.y)); 4];
                };
                let (x, y) = glyph.corner(image);
                boxed(x.into(), y.into(), image.width.into(), image.height.into())
            }
            Self::Rectangle(Rectangle { x, y, width, height }) => {
                boxed((*x).into(), (*y).into(), (*width).into(), (*height).into())
            }
        }
    }

    /// Left, top, right and bottom of what it covers, in pixels; `None` if that
    /// is nothing.
    #[must_use]
    pub fn bounds(&self, glyphs: &[GlyphImage]) -> Option<[f64; 4]> {
        let corners = self.corners(glyphs);
        let [mut left, mut top, mut right, mut bottom] = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for (x, y) in corners {
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
        }
        (left < right || top < bottom).then_some([left, top, right, bottom])
    }

    /// Its greatest width and its height, in pixels; 0 for what is empty.
    #[must_use]
    pub fn extent(&self, glyphs: &[GlyphImage]) -> (f64, f64) {
        let mut extent = (0.0_f64, 0.0_f64);
        for part in self.parts().into_iter().flatten().filter(Trapezoid::is_valid) {
            for y in [part.top, part.bottom] {
                extent.0 = extent.0.max(x_at(&part.right, y) - x_at(&part.left, y));
            }
            extent.1 += part.bottom.to_f64() - part.top.to_f64();
        }
        if let (Self::Glyph(_), Some([left, top, right, bottom])) = (self, self.bounds(glyphs)) {
            extent = (right - left, bottom - top);
        }
        extent
    }
}

impl PlacedGlyph {
    /// The top left corner of its image, in pixels of the destination.
    #[must_use]
    pub fn corner(&self, image: &GlyphImage) -> (i32, i32) {
        let (x, y) = image.origin;
        (self.x.saturating_sub(x.into()), self.y.saturating_sub(y.into()))
    }
}

/// What lies between the sides, from the top left clockwise. Where the sides
/// cross, the part beyond is empty and the shape ends in a tip; an empty or
/// invalid shape has all corners in one point.
#[must_use]
fn corners(shape: &Trapezoid) -> [(f64, f64); 4] {
    let at = |y: Fixed| (x_at(&shape.left, y), x_at(&shape.right, y));
    let (y0, y1) = (shape.top.to_f64(), shape.bottom.to_f64());
    let ((l0, r0), (l1, r1)) = (at(shape.top), at(shape.bottom));
    let (w0, w1) = (r0 - l0, r1 - l1);
    if !shape.is_valid() || (w0 <= 0.0 && w1 <= 0.0) {
        return [(l0, y0); 4];
    }
    // Where the width passes through 0, if it does.
    let crossing = w0 / (w0 - w1);
    let tip = (l0 + (l1 - l0) * crossing, y0 + (y1 - y0) * crossing);
    let upper = if w0 < 0.0 { [tip, tip] } else { [(l0, y0), (r0, y0)] };
    let lower = if w1 < 0.0 { [tip, tip] } else { [(r1, y1), (l1, y1)] };
    [upper[0], upper[1], lower[0], lower[1]]
}

#[cfg(test)]
mod tests {
    use raster::Span;

    use super::*;

    #[test]
    fn crossing_sides_end_in_a_tip() {
        let (low, high) = (Fixed::ZERO, Fixed::from_int(4));
        let mut shape = Trapezoid::rectangle(low, low, high, high);
        shape.left.p2.x = Fixed::from_int(4);
        shape.right.p2.x = Fixed::ZERO;
        let corners = Shape::Trapezoid(shape).corners(&[]);
        assert_eq!(corners, [(0.0, 0.0), (4.0, 0.0), (2.0, 2.0), (2.0, 2.0)]);
    }

    #[test]
    fn traps_are_moved() {
        let span = |left: i32, right: i32, y: i32| {
            let [left, right, y] = [left, right, y].map(Fixed::from_int);
            Span { left, right, y }
        };
        let shapes = Shapes::Traps(vec![Trap { top: span(1, 3, 0), bottom: span(0, 4, 2) }]);
        let moved = shapes.get(0, (10, -5)).unwrap();
        assert_eq!(moved.bounds(&[]), Some([10.0, -5.0, 14.0, -3.0]));
        assert_eq!(moved.extent(&[]), (4.0, 2.0));
    }

    #[test]
    fn glyphs_stand_on_their_origin() {
        let image = GlyphImage {
            width: 2,
            height: 3,
            origin: (-1, 3),
            advance: (4, 0),
            coloured: false,
            data: vec![0, 1, 2, 3, 4],
        };
        let glyph = Shape::Glyph(PlacedGlyph { image: 0, x: 10, y: 20 });
        assert_eq!(glyph.bounds(std::slice::from_ref(&image)), Some([11.0, 17.0, 13.0, 20.0]));
        assert_eq!((image.coverage(0, 2), image.coverage(1, 2), image.coverage(2, 0)), (4, 0, 0));
        assert_eq!(glyph.bounds(&[]), None, "an unknown image");
    }

    #[test]
    fn the_largest_rectangle_fits_the_range() {
        let shape = Shape::Rectangle(Rectangle { x: 32767, y: 0, width: 65535, height: 1 });
        let [Some(part), None] = shape.parts() else { panic!("{shape:?}") };
        assert_eq!(part.right.p1.x, Fixed::MAX);
    }
}
