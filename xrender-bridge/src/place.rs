//! Where the mask of a request lies, and which part of it matters.
//!
//! Owns the rectangles between shapes and pixels: how large a mask pixman
//! would make, where source and destination lie under it, and the window of it
//! that can be seen. It must not know images, colours or how coverage is
//! computed.
//!
//! ```text
//! ┌ mask, as large as the shapes' bounds ┐
//! │          ┌ destination ∩ clip ─ ─ ─ ─│─ ┐
//! │          │ window: all that is ever   │
//! │            drawn and composited      │  │
//! └──────────┼───────────────────────────┘
//!            └ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┘
//! ```
//!
//! Only the window needs memory, but the shapes must be walked as in the whole
//! mask: an edge's state depends on the row where it entered the mask, and its
//! coordinates wrap relative to the mask's origin.

use raster::{Fixed, Trapezoid};

/// Pixels from (`left`, `top`) to before (`right`, `bottom`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first column.
    pub left: i32,
    /// The first row.
    pub top: i32,
    /// After the last column.
    pub right: i32,
    /// After the last row.
    pub bottom: i32,
}

impl Bounds {
    /// An image of `width` × `height` pixels at the origin.
    #[must_use]
    pub const fn of_size(width: i32, height: i32) -> Self {
        Self { left: 0, top: 0, right: width, bottom: height }
    }

    /// What the shapes may touch (pixman's `get_trap_extents`): from top to
    /// bottom, and across all four points of the sides, even those far from
    /// the shape. `None` if that is nothing.
    #[must_use]
    pub fn of_trapezoids(shapes: &[Trapezoid]) -> Option<Self> {
        let mut bounds = Self { left: i32::MAX, top: i32::MAX, right: i32::MIN, bottom: i32::MIN };
        for shape in shapes.iter().filter(|shape| shape.is_valid()) {
            bounds.top = bounds.top.min(shape.top.floor_int());
            bounds.bottom = bounds.bottom.max(ceil_int(shape.bottom));
            for point in [shape.left.p1, shape.left.p2, shape.right.p1, shape.right.p2] {
                bounds.left = bounds.left.min(point.x.floor_int());
                bounds.right = bounds.right.max(ceil_int(point.x));
            }
        }
        (!bounds.is_empty()).then_some(bounds)
    }

    /// Whether there is no pixel inside.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    /// What lies in both.
    #[must_use]
    pub fn intersect(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }
}

/// Rounded up, wrapping past pixel 32767 as `pixman_fixed_ceil` does.
fn ceil_int(value: Fixed) -> i32 {
    value.wrapping_add(Fixed::from_bits(0xffff)).floor_int()
}

/// Whether pixels that the mask leaves out stay as they are, for an operator
/// by its number in pixman and Render (`zero_src_has_no_effect`): Dst, Over,
/// OverReverse, OutReverse, Atop, Xor and Add.
#[must_use]
pub const fn zero_source_has_no_effect(operator: u32) -> bool {
    matches!(operator, 2 | 3 | 4 | 8 | 9 | 11 | 12)
}

/// The longest side of a mask that pixman composites with, in pixels.
///
/// Longer ones it makes, draws and then declines (`analyze_extent`), so that
/// such a request changes nothing at all.
pub const LONGEST_SIDE: u32 = 0x7ffe;

/// A mask that pixman would make, and the window of it that can be seen.
///
/// Coordinates of the window, the source and the destination all name the same
/// pixel: the window's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// By how much the shapes are moved into the mask, in pixels.
    pub offset: (i32, i32),
    /// Width and height of the whole mask, in pixels.
    pub size: (u32, u32),
    /// The window's first pixel in the mask.
    pub window_at: (u32, u32),
    /// Width and height of the window, in pixels; at least 1.
    pub window_size: (u32, u32),
    /// The source's pixel under the window's first.
    pub source_at: (i32, i32),
    /// The destination's pixel under the window's first.
    pub destination_at: (i32, i32),
}

impl Placement {
    /// The mask over `bounds` (of the shapes, or of the whole destination
    /// where the operator changes what the mask leaves out), of which only
    /// `visible` pixels of the destination change.
    ///
    /// `source` and `destination` are where the shapes' origin lies in either.
    /// They lose their upper halves as in `pixman_image_composite`. `None` if
    /// nothing changes.
    #[must_use]
    pub fn new(
        bounds: Bounds,
        source: (i32, i32),
        destination: (i32, i32),
        visible: Bounds,
    ) -> Option<Self> {
        let (width, height) = (
            i64::from(bounds.right) - i64::from(bounds.left),
            i64::from(bounds.bottom) - i64::from(bounds.top),
        );
        let possible = 1..=i64::from(LONGEST_SIDE);
        if !possible.contains(&width) || !possible.contains(&height) {
            return None;
        }
        // Both are small (just tested).
        let (width, height) = (width as i32, height as i32);
        let sixteen = |at: i32, by: i32| i32::from(at.wrapping_add(by) as i16);
        let (x, y) = (sixteen(destination.0, bounds.left), sixteen(destination.1, bounds.top));
        let (source_x, source_y) = (sixteen(source.0, bounds.left), sixteen(source.1, bounds.top));
        let place = Bounds { left: x, top: y, right: x + width, bottom: y + height };
        let seen = place.intersect(visible);
        if seen.is_empty() {
            return None;
        }
        let (skip_x, skip_y) = (seen.left - x, seen.top - y);
        Some(Self {
            offset: (bounds.left.wrapping_neg(), bounds.top.wrapping_neg()),
            size: (width.unsigned_abs(), height.unsigned_abs()),
            window_at: (skip_x.unsigned_abs(), skip_y.unsigned_abs()),
            window_size: (seen.left.abs_diff(seen.right), seen.top.abs_diff(seen.bottom)),
            source_at: (source_x + skip_x, source_y + skip_y),
            destination_at: (seen.left, seen.top),
        })
    }
}

impl Placement {
    /// Where the window lies in the destination.
    #[must_use]
    pub fn window(&self) -> Bounds {
        let ((left, top), (width, height)) = (self.destination_at, self.window_size);
        // Sides of masks are less than 2^15.
        Bounds { left, top, right: left + width as i32, bottom: top + height as i32 }
    }
}

/// The part of a mask that is drawn: as small as it can be while every pixel
/// of the window becomes what it is in the whole mask.
///
/// It reaches from the mask's top to the window's bottom, for edges are walked
/// from where they enter the mask. It is as wide as the window, unless a side
/// is drawn beyond its own line: there coordinates may wrap, which depends on
/// the origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// By how much the shapes are moved into the frame, in pixels.
    pub offset: (i32, i32),
    /// Width and height, in pixels.
    pub size: (u32, u32),
    /// The window's first pixel in the frame.
    pub window_at: (u32, u32),
}

impl Placement {
    /// What has to be drawn of these shapes' mask.
    #[must_use]
    pub fn frame(&self, shapes: &[Trapezoid]) -> Frame {
        let (x, y) = self.window_at;
        let height = y + self.window_size.1;
        if self.window_size.0 < self.size.0 && shapes.iter().all(|shape| self.may_be_cut(shape)) {
            // Both are less than 2^15.
            let offset = (self.offset.0.wrapping_sub_unsigned(x), self.offset.1);
            Frame { offset, size: (self.window_size.0, height), window_at: (0, y) }
        } else {
            Frame { offset: self.offset, size: (self.size.0, height), window_at: (x, y) }
        }
    }
}

impl Placement {
    /// Whether a shape is the same in the window when the mask begins with it:
    /// both lines reach from the shape's top to its bottom, and no point of
    /// them wraps, neither where the mask begins nor where the window does.
    fn may_be_cut(&self, shape: &Trapezoid) -> bool {
        let skip = i64::from(self.window_at.0) << 16;
        [shape.left, shape.right].into_iter().all(|line| {
            let (top, bottom) =
                if line.p1.y <= line.p2.y { (line.p1, line.p2) } else { (line.p2, line.p1) };
            // As an edge takes them: moved, and then as far as the line leads.
            let start = i64::from(top.x.wrapping_add(Fixed::from_int(self.offset.0)).bits());
            let end = start + i64::from(bottom.x.wrapping_sub(top.x).bits());
            let fits = |x: i64| i32::try_from(x).is_ok() && i32::try_from(x - skip).is_ok();
            top.y <= shape.top && shape.bottom <= bottom.y && fits(start) && fits(end)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use raster::{Line, Mask, MaskFormat, Point, scalar};

    use super::*;

    #[test]
    fn bounds_reach_to_the_ends_of_the_lines() {
        let mut shape = Trapezoid::rectangle(
            Fixed::from_int(2),
            Fixed::from_f64(1.5),
            Fixed::from_f64(4.25),
            Fixed::from_int(3),
        );
        shape.left.p2.x = Fixed::from_f64(-7.5);
        let bounds = Bounds { left: -8, top: 1, right: 5, bottom: 3 };
        assert_eq!(Bounds::of_trapezoids(&[shape]), Some(bounds));
        shape.bottom = shape.top;
        assert_eq!(Bounds::of_trapezoids(&[shape]), None, "an invalid shape has none");
    }

    #[test]
    fn only_what_is_seen_is_kept() {
        let bounds = Bounds { left: -8, top: 1, right: 25, bottom: 30 };
        let screen = Bounds::of_size(20, 10);
        let placement = Placement::new(bounds, (100, 200), (0, 2), screen).unwrap();
        assert_eq!(placement.offset, (8, -1));
        assert_eq!(placement.size, (33, 29));
        assert_eq!((placement.window_at, placement.window_size), ((8, 0), (20, 7)));
        assert_eq!(placement.destination_at, (0, 3));
        assert_eq!(placement.source_at, (100, 201));
        assert_eq!(Placement::new(bounds, (0, 0), (20, 0), Bounds::of_size(10, 10)), None);
    }

    #[test]
    fn masks_that_pixman_declines_change_nothing() {
        let screen = Bounds::of_size(20, 10);
        let wide = |width| Bounds { left: -4, top: 0, right: width - 4, bottom: 5 };
        assert!(Placement::new(wide(0x7ffe), (0, 0), (0, 0), screen).is_some());
        assert!(Placement::new(wide(0x7fff), (0, 0), (0, 0), screen).is_none());
    }

    #[test]
    fn a_frame_is_as_wide_as_the_window_where_no_side_leaves_its_line() {
        let at = |x: i32| Fixed::from_int(x);
        let mut shape = Trapezoid::rectangle(at(-500), at(-30), at(900), at(700));
        let bounds = Bounds::of_trapezoids(&[shape]).unwrap();
        let place = Placement::new(bounds, (0, 0), (0, 0), Bounds::of_size(64, 48)).unwrap();
        let frame = Frame { offset: (0, 30), size: (64, 78), window_at: (0, 30) };
        assert_eq!(place.frame(&[shape]), frame);
        shape.left.p1.y = at(-20);
        let frame = Frame { offset: (500, 30), size: (1400, 78), window_at: (500, 30) };
        assert_eq!(place.frame(&[shape]), frame);
    }

    /// Coordinates at the ends of the range, and around a small image.
    fn fixed() -> impl Strategy<Value = Fixed> {
        let near = -0x20_0000..0x60_0000_i32;
        let far = -0x0800_0000..0x0800_0000_i32;
        prop_oneof![6 => near, 2 => far, 1 => any::<i32>()].prop_map(Fixed::from_bits)
    }

    fn shape() -> impl Strategy<Value = Trapezoid> {
        let point = || (fixed(), fixed()).prop_map(|(x, y)| Point::new(x, y));
        let line = move || (point(), point()).prop_map(|(p1, p2)| Line::new(p1, p2));
        (fixed(), fixed(), line(), line()).prop_map(|(top, bottom, left, right)| Trapezoid {
            top,
            bottom,
            left,
            right,
        })
    }

    proptest! {
        #[test]
        fn a_frame_shows_what_the_whole_mask_shows(
            shapes in prop::collection::vec(shape(), 1..4),
            destination in (-30..30, -30..30),
            screen in (1..60, 1..50),
            all in any::<bool>(),
        ) {
            let whole = Some(Bounds::of_size(screen.0, screen.1));
            let bounds = if all { whole } else { Bounds::of_trapezoids(&shapes) };
            let Some(bounds) = bounds else { return Ok(()) };
            let visible = Bounds::of_size(screen.0, screen.1);
            let Some(place) = Placement::new(bounds, (0, 0), destination, visible) else {
                return Ok(());
            };
            if place.size.0 * place.size.1 > 1 << 22 {
                return Ok(());
            }
            let draw = |size: (u32, u32), offset: (i32, i32)| {
                let mut mask = Mask::new(MaskFormat::A8, size.0, size.1).unwrap();
                for shape in &shapes {
                    scalar::rasterize_trapezoid(&mut mask.as_mut(), shape, offset.0, offset.1);
                }
                mask
            };
            let frame = place.frame(&shapes);
            let (whole, part) = (draw(place.size, place.offset), draw(frame.size, frame.offset));
            for y in 0..place.window_size.1 {
                for x in 0..place.window_size.0 {
                    prop_assert_eq!(
                        part.get(frame.window_at.0 + x, frame.window_at.1 + y),
                        whole.get(place.window_at.0 + x, place.window_at.1 + y),
                        "column {} of row {}: {:?} {:?}", x, y, place, frame,
                    );
                }
            }
        }
    }

    #[test]
    fn offsets_lose_their_upper_halves() {
        let bounds = Bounds { left: 5, top: 0, right: 9, bottom: 5 };
        let screen = Bounds::of_size(20, 10);
        let placement = Placement::new(bounds, (0x7fff, 0), (0x1_0000, 0), screen).unwrap();
        assert_eq!(placement.destination_at, (5, 0));
        assert_eq!(placement.source_at, (0x7fff + 5 - 0x1_0000, 0));
    }
}
