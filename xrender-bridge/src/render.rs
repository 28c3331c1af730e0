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
//!                        changes pixels that the mask leaves out, as the destination;
//!                        made only where it can be seen (`place`)
//! ```
//!
//! The functions follow pixman 0.42.2 (`pixman_composite_trapezoids`) and the
//! X server's `fb` (`fbTrapezoids`, `fbShapes`), whose names the comments give.

use pixman::{FormatCode, Image, ImageRef, Operation};
use raster::{Fixed, MaskFormat, MaskMut, Point, Rasterizer, Trap, Trapezoid, Triangle, tri};
use thiserror::Error;

use crate::place::{Bounds, Placement, zero_source_has_no_effect};

/// Why a request could not be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no memory for a mask")]
pub struct NoMemory;

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
) -> Result<(), NoMemory> {
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
) -> Result<(), NoMemory> {
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
) -> Result<(), NoMemory> {
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
) -> Result<(), NoMemory> {
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
    mut draw: impl FnMut(MaskFormat, &[Shape]) -> Result<(), NoMemory>,
) -> Result<(), NoMemory> {
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
) -> Result<(), NoMemory> {
    let visible = whole(destination);
    let bounds = if zero_source_has_no_effect(drawing.operation as u32) {
        Bounds::of_trapezoids(shapes)
    } else {
        Some(visible)
    };
    let Some(place) = bounds.and_then(|bounds| Placement::new(bounds, source_at, (0, 0), visible))
    else {
        return Ok(());
    };
    let frame = place.frame(shapes);
    let (columns, rows) = frame.size;
    let stride = format.padded_row_bytes(columns);
    let mut words = Vec::new();
    let length = stride / 4 * rows as usize;
    words.try_reserve_exact(length).map_err(|_full| NoMemory)?;
    words.resize(length, 0_u32);
    let bytes = bytemuck::cast_slice_mut(&mut words);
    let mut mask = MaskMut::new(bytes, format, columns, rows, stride.cast_signed())
        .map_err(|_impossible| NoMemory)?;
    Rasterizer::new().add_moved(&mut mask, frame.offset.0, frame.offset.1, shapes);

    let (columns, rows) = (columns as usize, rows as usize);
    let code = format_code(format);
    let mask = Image::from_slice_mut(code, columns, rows, &mut words, stride, false)
        .map_err(|_failed| NoMemory)?;
    // Sides of masks are less than 2^15, and so are all of these.
    destination.composite32(
        drawing.operation,
        drawing.source,
        Some(&mask),
        place.source_at,
        (frame.window_at.0 as i32, frame.window_at.1 as i32),
        place.destination_at,
        (place.window_size.0 as i32, place.window_size.1 as i32),
    );
    Ok(())
}

/// All pixels of an image, which are at most 65535 wide and high.
fn whole(image: &Image<'_, '_>) -> Bounds {
    Bounds::of_size(image.width() as i32, image.height() as i32)
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

    /// A stock server would make a mask of a gigabyte for this.
    #[test]
    fn shapes_may_reach_far_outside() {
        let (near, far) = (Fixed::from_int(-16_000), Fixed::from_int(16_000));
        let shape = Trapezoid::rectangle(near, near, far, far);
        let source = pixman::Solid::new([0xffff; 4]).unwrap();
        let drawing = Drawing {
            operation: Operation::Over,
            source: &source,
            source_at: (0, 0),
            masking: Masking::Together(MaskFormat::A8),
        };
        let mut words = [0_u32; 16];
        let draw = |shape, words: &mut [u32]| {
            let mut image =
                Image::from_slice_mut(FormatCode::A8R8G8B8, 4, 4, words, 16, false).unwrap();
            trapezoids(&mut image, &drawing, &[shape]).unwrap();
        };
        draw(shape, &mut words);
        assert_eq!(words, [!0; 16]);
        let mut words = [0_u32; 16];
        // pixman declines masks of this size, so nothing must be drawn.
        draw(Trapezoid { bottom: Fixed::from_int(20_000), ..shape }, &mut words);
        assert_eq!(words, [0; 16]);
    }
}
