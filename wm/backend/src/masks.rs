//! Coverage of cut corners and of shadows: the same bytes for every backend.
//!
//! Owns where the pieces of a shadow lie, which masks they need, and making
//! those with `raster`. Masks depend on styles (radius, spread), never on a
//! window's size, except for windows smaller than their own shadow. Must not
//! know how a backend stores or paints them.

use raster::{Mask, MaskFormat, area, shadow};
use wm_core::geom::{Point, Rect, Root, Sides};
use wm_core::plan::CornerMask;
use wm_core::scene::Shadow;

use crate::pixel::{Pixel, mul, premultiply};

/// All four corners of a rounded rectangle: a disc of 2 × `radius` pixels,
/// its coverage multiplied by `opacity`.
#[must_use]
pub fn disc(radius: i32, opacity: u8) -> Mask {
    let radius = clamp(radius, MAX_RADIUS);
    let quarter = area::rounded_corner(radius);
    let mut disc = blank(2 * radius, 2 * radius);
    let mut target = disc.as_mut();
    for y in 0..2 * radius {
        let from = y.min(2 * radius - 1 - y);
        let (Some(row), Some(source)) = (target.row_mut(y), quarter.row(from)) else { continue };
        let (left, right) = row.split_at_mut(radius as usize);
        for (pixel, value) in left.iter_mut().zip(source) {
            *pixel = mul(*value, opacity);
        }
        for (pixel, value) in right.iter_mut().zip(source.iter().rev()) {
            *pixel = mul(*value, opacity);
        }
    }
    disc
}

/// The largest corner radius, in pixels; larger ones are drawn as this.
pub const MAX_RADIUS: u32 = 512;

/// A corner square of a rounded rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corner {
    /// Where it stands.
    pub rect: Rect<Root>,
    /// Column and row of its first pixel in the [`disc`].
    pub from: (i32, i32),
}

/// The four corner squares of `mask`: top left, top right, bottom left,
/// bottom right. Whoever paints less than four has a smaller region.
#[must_use]
pub fn corners(mask: &CornerMask) -> [Corner; 4] {
    let r = mask.radius.clamp(0, MAX_RADIUS as i32);
    let Rect { x, y, .. } = mask.rect;
    let (right, bottom) = (mask.rect.right() - r, mask.rect.bottom() - r);
    [
        Corner { rect: Rect::new(x, y, r, r), from: (0, 0) },
        Corner { rect: Rect::new(right, y, r, r), from: (r, 0) },
        Corner { rect: Rect::new(x, bottom, r, r), from: (0, r) },
        Corner { rect: Rect::new(right, bottom, r, r), from: (r, r) },
    ]
}

/// What a [`Slices`] is made of; equal styles share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Style {
    kind: Kind,
    radius: u32,
    /// Reach beyond the shape on every side.
    margin: u32,
    /// The shape's size, cut to what stretches.
    width: u32,
    height: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Soft,
    Line,
}

/// One coloured part of a shadow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its mask.
    pub style: Style,
    /// Where the whole mask lands.
    pub rect: Rect<Root>,
    /// What shines through the mask.
    pub color: Pixel,
}

/// The parts of a shadow in painting order: the soft one, then the contour.
pub fn parts(shadow: &Shadow) -> impl Iterator<Item = Part> + use<> {
    let around = shadow.around;
    let extent = shadow.extent.clamp(0, MAX_EXTENT as i32);
    let soft = (shadow.color.a > 0 && shadow.extent > 0).then(|| Part {
        style: Style::new(Kind::Soft, shadow.radius, extent as u32, around),
        rect: around.outset(Sides::all(extent)).offset(0, shadow.offset_y),
        color: premultiply(shadow.color),
    });
    let line = (shadow.contour.a > 0).then(|| Part {
        style: Style::new(Kind::Line, shadow.radius, 1, around),
        rect: around.outset(Sides::all(1)),
        color: premultiply(shadow.contour),
    });
    soft.into_iter().chain(line).filter(|part| !part.rect.is_empty())
}

/// The farthest spread of a shadow, in pixels; wider ones are drawn as this.
pub const MAX_EXTENT: u32 = 256;

impl Style {
    fn new(kind: Kind, radius: i32, margin: u32, around: Rect<Root>) -> Self {
        let mut style =
            Self { kind, radius: clamp(radius, MAX_RADIUS), margin, width: 0, height: 0 };
        style.width = clamp(around.w, style.min_side());
        style.height = clamp(around.h, style.min_side());
        style
    }

    /// Side of the smallest shape with a row and column that may stretch.
    const fn min_side(&self) -> u32 {
        2 * (self.slice() - self.margin) + 1
    }

    /// Index of that row and column in the mask: past the reach of a corner,
    /// twice blurred where the shadow is soft.
    const fn slice(&self) -> u32 {
        match self.kind {
            Kind::Soft => self.radius + 2 * self.margin,
            Kind::Line => self.radius + self.margin,
        }
    }
}

/// A shadow's mask whose middle row and column stretch to any length.
#[derive(Debug, Clone)]
pub struct Slices {
    /// Coverage.
    pub mask: Mask,
    /// The column that stretches; `None` if the mask is as wide as it is.
    pub column: Option<i32>,
    /// The row that stretches; `None` if the mask is as high as it is.
    pub row: Option<i32>,
}

impl Slices {
    /// Makes the mask of a style. Costs some milliseconds for large ones:
    /// keep it.
    #[must_use]
    pub fn new(style: Style) -> Self {
        let Style { kind, radius, margin, width, height } = style;
        let mask = match kind {
            Kind::Soft => shadow::shadow(width, height, radius, margin),
            Kind::Line => shadow::outline(width, height, radius, margin),
        };
        let slice = style.slice() as i32;
        Self {
            mask,
            column: (width == style.min_side()).then_some(slice),
            row: (height == style.min_side()).then_some(slice),
        }
    }

    /// The pieces that compose the mask over `rect`, disjoint, nine at most.
    pub fn pieces(&self, rect: Rect<Root>) -> impl Iterator<Item = Piece> + use<> {
        let columns = spans(self.column, self.mask.width() as i32, rect.w);
        let rows = spans(self.row, self.mask.height() as i32, rect.h);
        rows.into_iter().flatten().flat_map(move |row| {
            columns.into_iter().flatten().map(move |column| Piece {
                rect: Rect::new(rect.x + column.at, rect.y + row.at, column.length, row.length),
                from: (column.from, row.from),
                stretched: (column.stretched, row.stretched),
            })
        })
    }

    /// The coverage at `point` of the mask stretched over `rect`.
    #[must_use]
    pub fn coverage(&self, rect: Rect<Root>, point: Point<Root>) -> u8 {
        let x = unstretch(self.column, self.mask.width() as i32, rect.w, point.x - rect.x);
        let y = unstretch(self.row, self.mask.height() as i32, rect.h, point.y - rect.y);
        match (u32::try_from(x), u32::try_from(y)) {
            (Ok(x), Ok(y)) => self.mask.get(x, y),
            _ => 0,
        }
    }
}

/// A rectangle of a stretched mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands.
    pub rect: Rect<Root>,
    /// Column and row of its first pixel in the mask.
    pub from: (i32, i32),
    /// Whether its one column, its one row is repeated over the rectangle.
    pub stretched: (bool, bool),
}

#[derive(Clone, Copy)]
struct Span {
    at: i32,
    length: i32,
    from: i32,
    stretched: bool,
}

/// Cuts one axis: `slice` is the line that stretches, if one does.
fn spans(slice: Option<i32>, source: i32, length: i32) -> [Option<Span>; 3] {
    let Some(slice) = slice else {
        return [
            Some(Span { at: 0, length: length.min(source), from: 0, stretched: false }),
            None,
            None,
        ];
    };
    let middle = length - 2 * slice;
    [
        Some(Span { at: 0, length: slice, from: 0, stretched: false }),
        Some(Span { at: slice, length: middle, from: slice, stretched: true }),
        Some(Span { at: slice + middle, length: slice, from: slice + 1, stretched: false }),
    ]
    .map(|span| span.filter(|span| span.length > 0))
}

fn unstretch(slice: Option<i32>, source: i32, length: i32, at: i32) -> i32 {
    match slice {
        Some(slice) if at >= length - slice => source - (length - at),
        Some(slice) if at >= slice => slice,
        _ => at,
    }
}

fn clamp(value: i32, most: u32) -> u32 {
    u32::try_from(value).unwrap_or(0).min(most)
}

fn blank(width: u32, height: u32) -> Mask {
    // Sides are bounded by twice `MAX_RADIUS`, far below the format's limit.
    Mask::new(MaskFormat::A8, width, height).unwrap_or_else(|_| area::rounded_corner(0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wm_core::look::Color;

    use super::*;

    fn shadow_of(w: i32, h: i32, radius: i32, extent: i32, offset_y: i32) -> Shadow {
        let black = Color { r: 0, g: 0, b: 0, a: 255 };
        Shadow {
            around: Rect::new(40, 30, w, h),
            radius,
            extent,
            offset_y,
            color: black,
            contour: black,
        }
    }

    proptest! {
        /// Pieces and single look-ups agree with the mask made at full size.
        #[test]
        fn stretching_is_exact(
            w in 1..90, h in 1..90, radius in 0..9, extent in 1..9, offset in -4..4,
        ) {
            let cast = shadow_of(w, h, radius, extent, offset);
            for (index, part) in parts(&cast).enumerate() {
                let full = if index == 0 {
                    shadow::shadow(w as u32, h as u32, radius as u32, extent as u32)
                } else {
                    shadow::outline(w as u32, h as u32, radius as u32, 1)
                };
                let slices = Slices::new(part.style);
                prop_assert_eq!(part.rect.w, full.width() as i32);
                let mut pieces = 0;
                for piece in slices.pieces(part.rect) {
                    pieces += piece.rect.size().area();
                    for y in piece.rect.y..piece.rect.bottom() {
                        for x in piece.rect.x..piece.rect.right() {
                            let wanted =
                                full.get((x - part.rect.x) as u32, (y - part.rect.y) as u32);
                            let column = if piece.stretched.0 { 0 } else { x - piece.rect.x };
                            let row = if piece.stretched.1 { 0 } else { y - piece.rect.y };
                            let (u, v) = (piece.from.0 + column, piece.from.1 + row);
                            prop_assert_eq!(slices.mask.get(u as u32, v as u32), wanted);
                            let found = slices.coverage(part.rect, Point::new(x, y));
                            prop_assert_eq!(found, wanted);
                        }
                    }
                }
                prop_assert_eq!(pieces, part.rect.size().area(), "pieces cover all, once");
            }
        }
    }

    #[test]
    fn large_windows_share_a_mask() {
        let style = |w, h| parts(&shadow_of(w, h, 10, 32, 8)).next().unwrap().style;
        assert_eq!(style(300, 200), style(1920, 1080), "the size does not matter");
        assert_ne!(style(300, 20), style(1920, 1080), "unless it is smaller than the blur");
    }

    #[test]
    fn a_disc_is_four_mirrored_corners() {
        let disc = disc(6, 255);
        let quarter = area::rounded_corner(6);
        for y in 0..6 {
            for x in 0..6 {
                let wanted = quarter.get(x, y);
                for (u, v) in [(x, y), (11 - x, y), (x, 11 - y), (11 - x, 11 - y)] {
                    assert_eq!(disc.get(u, v), wanted);
                }
            }
        }
        assert_eq!(super::disc(6, 128).get(5, 5), 128, "opacity multiplies");
        assert_eq!(super::disc(-3, 255).width(), 0, "a nonsensical radius is none");
    }
}
