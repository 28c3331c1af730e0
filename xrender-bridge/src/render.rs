//! Render's shape requests on images in memory.
//!
//! Owns what lies between a request and its pixels: which shapes share a
//! mask, how large the mask is, where source and destination lie under it.
//! Coverage is [`raster`]'s, compositing is pixman's. It must not know a
//! connection.
//!
//! # From a request to pixels
//!
//! ```text
//! the source moves so that the first point of the first shape hits its origin
//! with a mask format:    one mask holds all shapes
//! without (None):        each shape has its own, A1 for sharp edges, A8 for smooth
//! each mask:             as large as the shapes' bounds, or, where an operator
//!                        changes pixels that the mask leaves out, as the destination
//! ```
//!
//! The functions follow pixman 0.42.2 (`pixman_composite_trapezoids`) and the
//! X server's `fb` (`fbTrapezoids`, `fbShapes`), whose names the comments give.

use pixman::{FormatCode, Image, ImageRef, Operation};
use raster::{Fixed, MaskFormat, MaskMut, Point, Rasterizer, Trap, Trapezoid, Triangle, tri};
use thiserror::Error;

/// Why a request could not be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RenderError {
    /// The shapes' bounds, of which a mask must be made, are too large.
    #[error("the shapes need a mask of {width}×{height} pixels, more than {MAX_PIXELS} in all")]
    TooLarge {
        /// Width of the bounds in pixels.
        width: i64,
        /// Height of the bounds in pixels.
        height: i64,
    },
    /// pixman could not make an image for the mask.
    #[error("no memory for a mask")]
    NoMemory,
}

/// The largest mask, in pixels. Stock pixman takes whatever `malloc` gives.
pub const MAX_PIXELS: i64 = 1 << 28;

/// How shapes without a mask format are sampled (the Picture attribute
/// `poly-edge` of the destination).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PolyEdge {
    /// Pixels are in or out: A1. The protocol's default.
    #[default]
    Sharp,
    /// Edges are antialiased: A8.
    Smooth,
}

/// Which masks the shapes of a request are drawn into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masking {
    /// All into one of this format, where their coverages add up.
    Together(MaskFormat),
    /// Each into its own, composited one after the other (mask format None).
    OneByOne(PolyEdge),
}

/// What Render's shape requests have in common.
#[derive(Clone, Copy)]
pub struct Drawing<'a> {
    /// The operator, applied where the mask is (and, for some, where not).
    pub operation: Operation,
    /// The source picture.
    pub source: &'a ImageRef,
    /// The source pixel under the first point of the first shape
    /// (`src-x`, `src-y`).
    pub source_at: (i16, i16),
    /// Which masks are made.
    pub masking: Masking,
}

/// Draws trapezoids (`RenderTrapezoids`, `fbTrapezoids`).
///
/// # Errors
///
/// If a mask cannot be made; earlier shapes may have been drawn.
pub fn trapezoids(
    destination: &mut Image<'_, '_>,
    drawing: &Drawing<'_>,
    shapes: &[Trapezoid],
) -> Result<(), RenderError> {
    let Some(first) = shapes.first() else { return Ok(()) };
    let source_at = source_origin(drawing, first.left.p1);
    in_masks(drawing.masking, shapes, |format, shapes| {
        composite(destination, drawing, source_at, format, shapes)
    })
}

/// Draws triangles (`RenderTriangles`, `fbTriangles`).
///
/// # Errors
///
/// As [`trapezoids`].
pub fn triangles(
    destination: &mut Image<'_, '_>,
    drawing: &Drawing<'_>,
    shapes: &[Triangle],
) -> Result<(), RenderError> {
    let Some(first) = shapes.first() else { return Ok(()) };
    let source_at = source_origin(drawing, first.p1);
    in_masks(drawing.masking, shapes, |format, shapes| {
        let parts: Vec<Trapezoid> =
            shapes.iter().flat_map(|triangle| triangle.to_trapezoids()).collect();
        composite(destination, drawing, source_at, format, &parts)
    })
}

/// Draws each point of a strip with the two before it (`RenderTriStrip`,
/// `miTriStrip`).
///
/// # Errors
///
/// As [`trapezoids`].
pub fn tri_strip(
    destination: &mut Image<'_, '_>,
    drawing: &Drawing<'_>,
    points: &[Point],
) -> Result<(), RenderError> {
    triangles(destination, drawing, &tri::strip(points).collect::<Vec<_>>())
}

/// Draws each pair of neighbours with the first point (`RenderTriFan`,
/// `miTriFan`).
///
/// # Errors
///
/// As [`trapezoids`].
pub fn tri_fan(
    destination: &mut Image<'_, '_>,
    drawing: &Drawing<'_>,
    points: &[Point],
) -> Result<(), RenderError> {
    triangles(destination, drawing, &tri::fan(points).collect::<Vec<_>>())
}

/// Adds traps to an alpha-only destination, moved by whole pixels
/// (`RenderAddTraps`, `fbAddTraps`).
pub fn add_traps(destination: &mut MaskMut<'_>, offset: (i16, i16), traps: &[Trap]) {
    Rasterizer::new().add_traps(destination, offset.0, offset.1, traps);
}

/// Where the source's origin lies in the destination: `fbTrapezoids` subtracts
/// the whole part of the first point.
fn source_origin(drawing: &Drawing<'_>, first: Point) -> (i32, i32) {
    // The server does this in 16 bits.
    let subtract = |at: i16, fixed: Fixed| i32::from(at.wrapping_sub(fixed.floor_int() as i16));
    (subtract(drawing.source_at.0, first.x), subtract(drawing.source_at.1, first.y))
}

/// Hands the shapes that share a mask to `draw`, with its format (`fbShapes`).
fn in_masks<Shape>(
    masking: Masking,
    shapes: &[Shape],
    mut draw: impl FnMut(MaskFormat, &[Shape]) -> Result<(), RenderError>,
) -> Result<(), RenderError> {
    match masking {
        Masking::Together(format) => draw(format, shapes),
        Masking::OneByOne(edge) => {
            let format = match edge {
                PolyEdge::Sharp => MaskFormat::A1,
                PolyEdge::Smooth => MaskFormat::A8,
            };
            shapes.chunks(1).try_for_each(|shape| draw(format, shape))
        }
    }
}

/// Draws trapezoids through one mask (`pixman_composite_trapezoids`).
///
/// Pixman adds directly into a destination of the mask's format under some
/// conditions. Sums that saturate do not depend on their grouping, so that
/// path is the same as this one.
fn composite(
    destination: &mut Image<'_, '_>,
    drawing: &Drawing<'_>,
    source_at: (i32, i32),
    format: MaskFormat,
    shapes: &[Trapezoid],
) -> Result<(), RenderError> {
    let bounds = if zero_source_has_no_effect(drawing.operation) {
        Bounds::of(shapes)
    } else {
        Some(Bounds::whole(destination))
    };
    let Some(bounds) = bounds else { return Ok(()) };
    let (width, height) = bounds.size();
    if width.saturating_mul(height) > MAX_PIXELS {
        return Err(RenderError::TooLarge { width, height });
    }
    // Both fit: their product does, and neither exceeds the range of 16.16.
    let (columns, rows) = (width as u32, height as u32);
    let stride = format.padded_row_bytes(columns);
    let mut words = vec![0_u32; stride / 4 * rows as usize];
    let bytes = bytemuck::cast_slice_mut(&mut words);
    let Ok(mut mask) = MaskMut::new(bytes, format, columns, rows, stride as isize) else {
        return Err(RenderError::TooLarge { width, height });
    };
    let mut rasterizer = Rasterizer::new();
    for shape in shapes {
        let (x, y) = (bounds.left.wrapping_neg(), bounds.top.wrapping_neg());
        rasterizer.rasterize_trapezoid(&mut mask, shape, x, y);
    }
    let (columns, rows) = (columns as usize, rows as usize);
    let code = format_code(format);
    let mask = Image::from_slice_mut(code, columns, rows, &mut words, stride, false)
        .map_err(|_failed| RenderError::NoMemory)?;
    // The entry of 16 bits: offsets and sizes lose their upper halves.
    destination.composite(
        drawing.operation,
        drawing.source,
        Some(&mask),
        (source_at.0.wrapping_add(bounds.left) as i16, source_at.1.wrapping_add(bounds.top) as i16),
        (0, 0),
        (bounds.left as i16, bounds.top as i16),
        (width as u16, height as u16),
    );
    Ok(())
}

/// Pixels from (`left`, `top`) to before (`right`, `bottom`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bounds {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Bounds {
    /// What the shapes may touch (`get_trap_extents`): from top to bottom, and
    /// across all four points of the sides, even those far from the shape.
    /// `None` if that is nothing.
    fn of(shapes: &[Trapezoid]) -> Option<Self> {
        let mut bounds = Self { left: i32::MAX, top: i32::MAX, right: i32::MIN, bottom: i32::MIN };
        for shape in shapes.iter().filter(|shape| shape.is_valid()) {
            bounds.top = bounds.top.min(shape.top.floor_int());
            bounds.bottom = bounds.bottom.max(ceil_int(shape.bottom));
            let points = [shape.left.p1, shape.left.p2, shape.right.p1, shape.right.p2];
            for point in points {
                bounds.left = bounds.left.min(point.x.floor_int());
                bounds.right = bounds.right.max(ceil_int(point.x));
            }
        }
        (bounds.left < bounds.right && bounds.top < bounds.bottom).then_some(bounds)
    }

    fn whole(image: &Image<'_, '_>) -> Self {
        // Images are at most 65535 pixels wide and high.
        Self { left: 0, top: 0, right: image.width() as i32, bottom: image.height() as i32 }
    }

    fn size(self) -> (i64, i64) {
        let difference = |high: i32, low: i32| i64::from(high) - i64::from(low);
        (difference(self.right, self.left), difference(self.bottom, self.top))
    }
}

/// Rounded up, wrapping past pixel 32767 as `pixman_fixed_ceil` does.
fn ceil_int(value: Fixed) -> i32 {
    value.wrapping_add(Fixed::from_bits(0xffff)).floor_int()
}

/// Whether pixels that the mask leaves out stay as they are
/// (`zero_src_has_no_effect`).
fn zero_source_has_no_effect(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Dst
            | Operation::Over
            | Operation::OverReverse
            | Operation::OutReverse
            | Operation::Atop
            | Operation::Xor
            | Operation::Add
    )
}

fn format_code(format: MaskFormat) -> FormatCode {
    match format {
        MaskFormat::A1 => FormatCode::A1,
        MaskFormat::A4 => FormatCode::A4,
        MaskFormat::A8 => FormatCode::A8,
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(Bounds::of(&[shape]), Some(Bounds { left: -8, top: 1, right: 5, bottom: 3 }));
        shape.bottom = shape.top;
        assert_eq!(Bounds::of(&[shape]), None, "an invalid shape has none");
    }

    #[test]
    fn huge_masks_are_refused() {
        let far = Fixed::from_int(30_000);
        let near = Fixed::from_int(-30_000);
        let shape = Trapezoid::rectangle(near, near, far, far);
        let source = pixman::Solid::new([0xffff; 4]).unwrap();
        let drawing = Drawing {
            operation: Operation::Over,
            source: &source,
            source_at: (0, 0),
            masking: Masking::Together(MaskFormat::A8),
        };
        let mut image = Image::new(FormatCode::A8R8G8B8, 4, 4, true).unwrap();
        let result = trapezoids(&mut image, &drawing, &[shape]);
        assert_eq!(result, Err(RenderError::TooLarge { width: 60_000, height: 60_000 }));
        assert_eq!(trapezoids(&mut image, &drawing, &[]), Ok(()));
    }
}
