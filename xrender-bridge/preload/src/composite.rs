//! Shapes onto an image: through a mask of ours, composited by pixman or, in
//! the simplest cases, here.
//!
//! Owns which mask pixman would make, how much of it is needed and who does
//! what with it. It must not know symbols or count.

use fearless_simd::{Simd, dispatch};
use raster::{MaskFormat, MaskMut, Trapezoid};
use xrender_bridge::bits::runs;
use xrender_bridge::place::{Bounds, Placement, zero_source_has_no_effect};
use xrender_bridge::solid::{over_all, over_covered};

use crate::abi::{Image, mask_format, operator};
use crate::forward::Called;
use crate::image::{Looks, Pixels};
use crate::pool::Pool;

/// The arguments of `pixman_composite_trapezoids`, but for the shapes.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    pub(crate) operator: u32,
    pub(crate) source: *mut Image,
    pub(crate) destination: *mut Image,
    pub(crate) mask_format: u32,
    pub(crate) source_at: (i32, i32),
    pub(crate) destination_at: (i32, i32),
}

/// Draws as `pixman_composite_trapezoids` does. `false`, with nothing drawn,
/// if that is for the real one to do.
///
/// # Safety
///
/// The call's images must be pixman's, used by nothing else meanwhile.
pub(crate) unsafe fn composite(
    looks: &Looks,
    pool: &mut Pool,
    call: &Call,
    shapes: &[Trapezoid],
) -> bool {
    let Some(format) = mask_format(call.mask_format) else { return false };
    if call.source.is_null() || call.destination.is_null() || call.operator > operator::LAST {
        return false;
    }
    // SAFETY: the caller's promise, here and below.
    let (is_bits, adds_directly, visible) = unsafe {
        (
            looks.is_bits(call.destination),
            // Then pixman may draw into the destination itself.
            call.operator == operator::ADD
                && looks.format(call.destination) == call.mask_format
                && !looks.has_clip(call.destination),
            looks.visible(call.destination),
        )
    };
    if !is_bits || adds_directly {
        return false;
    }
    let bounds = if zero_source_has_no_effect(call.operator) {
        Bounds::of_trapezoids(shapes)
    } else {
        // SAFETY: as above.
        let (width, height) = unsafe { looks.size(call.destination) };
        Some(Bounds::of_size(width, height))
    };
    let place = bounds
        .and_then(|bounds| Placement::new(bounds, call.source_at, call.destination_at, visible));
    // Where nothing can change, nothing is to be done.
    let Some(place) = place else { return true };
    // SAFETY: as above.
    unsafe {
        without_mask(looks, call, format, &place, shapes)
            || through_mask(looks, pool, call, format, &place, shapes)
    }
}

/// Draws into a mask and composites that. `false` if there is no memory.
///
/// # Safety
///
/// As [`composite`].
unsafe fn through_mask(
    looks: &Looks,
    pool: &mut Pool,
    call: &Call,
    format: MaskFormat,
    place: &Placement,
    shapes: &[Trapezoid],
) -> bool {
    let pixman = &looks.pixman;
    let frame = place.frame(shapes);
    let Some((rasterizer, mask)) = pool.mask(pixman, format, frame.size) else {
        return false;
    };
    let image = mask.image();
    let Some(mut target) = mask.corner(pixman, frame.size) else { return false };
    rasterizer.add_moved(&mut target, frame.offset.0, frame.offset.1, shapes);
    // SAFETY: the caller's promise; the image is the pool's.
    unsafe {
        if !over(looks, call, place, &target, frame.window_at) {
            by_pixman(pixman, call, place, image, frame.window_at);
        }
    }
    pool.clear(pixman, format, frame.size);
    true
}

/// Composites the mask through pixman.
///
/// # Safety
///
/// As [`composite`], and `mask` must be pixman's.
unsafe fn by_pixman(
    pixman: &Called,
    call: &Call,
    place: &Placement,
    mask: *mut Image,
    (mask_x, mask_y): (u32, u32),
) {
    let (width, height) = place.window_size;
    // Sides of masks are less than 2^15.
    let number = |side: u32| side as i32;
    // SAFETY: the caller's images and the pool's.
    unsafe {
        (pixman.composite)(
            call.operator,
            call.source,
            mask,
            call.destination,
            place.source_at.0,
            place.source_at.1,
            number(mask_x),
            number(mask_y),
            place.destination_at.0,
            place.destination_at.1,
            number(width),
            number(height),
        );
    }
}

/// Puts a solid colour over 32-bit pixels where an A8 mask says so. `false`,
/// with nothing drawn, if it is anything else.
///
/// # Safety
///
/// As [`composite`].
unsafe fn over(
    looks: &Looks,
    call: &Call,
    place: &Placement,
    mask: &MaskMut<'_>,
    window_at: (u32, u32),
) -> bool {
    if mask.format() != MaskFormat::A8 {
        return false;
    }
    // SAFETY: the caller's promise.
    let Some((color, mut pixels)) = (unsafe { solid_over_pixels(looks, call, place) }) else {
        return false;
    };
    dispatch!(looks.level, simd => blend(simd, &mut pixels, place, mask, window_at, color));
    true
}

/// Blends all rows, compiled for each level of instructions.
#[inline(always)]
fn blend<S: Simd>(
    _level: S,
    pixels: &mut Pixels<'_>,
    place: &Placement,
    mask: &MaskMut<'_>,
    window_at: (u32, u32),
    color: u32,
) {
    let window = place.window();
    for part in pixels.clip() {
        let part = window.intersect(part);
        for y in part.top..part.bottom {
            // Within the window, and that within the mask.
            let first = (window_at.0 + part.left.abs_diff(window.left)) as usize;
            let Some(row) = mask.row(window_at.1 + y.abs_diff(window.top)) else { continue };
            let pixels = pixels.run(y, part.left, part.right);
            if let Some(coverage) = row.get(first..first + pixels.len()) {
                over_covered(pixels, coverage, color);
            }
        }
    }
}

/// Puts a solid colour over 32-bit pixels, run by run. `false`, with nothing
/// drawn, if it is anything else.
///
/// # Safety
///
/// As [`composite`].
unsafe fn without_mask(
    looks: &Looks,
    call: &Call,
    format: MaskFormat,
    place: &Placement,
    shapes: &[Trapezoid],
) -> bool {
    if format != MaskFormat::A1 {
        return false;
    }
    // SAFETY: the caller's promise.
    let Some((color, mut pixels)) = (unsafe { solid_over_pixels(looks, call, place) }) else {
        return false;
    };
    // Shapes that share a mask must not be blended twice where they overlap.
    let is_opaque = color >> 24 == 255;
    if !is_opaque && shapes.len() > 1 {
        return false;
    }
    dispatch!(looks.level, simd => fill(simd, &mut pixels, place, shapes, color));
    true
}

/// Fills all runs, compiled for each level of instructions.
#[inline(always)]
fn fill<S: Simd>(
    _level: S,
    pixels: &mut Pixels<'_>,
    place: &Placement,
    shapes: &[Trapezoid],
    color: u32,
) {
    let window = place.window();
    // Sides of masks are less than 2^15.
    let (to_x, to_y) =
        (window.left - place.window_at.0 as i32, window.top - place.window_at.1 as i32);
    for part in pixels.clip() {
        let part = window.intersect(part);
        for shape in shapes {
            runs(
                shape,
                place.offset,
                place.size,
                #[inline(always)]
                |row, first, end| {
                    let y = to_y + row as i32;
                    if (part.top..part.bottom).contains(&y) {
                        let left = part.left.max(to_x + first as i32);
                        let right = part.right.min(to_x + end as i32);
                        over_all(pixels.run(y, left, right), color);
                    }
                },
            );
        }
    }
}

/// The colour and the pixels of a call that puts the one over the other;
/// `None` of all others.
///
/// # Safety
///
/// As [`composite`], for as long as the pixels live.
unsafe fn solid_over_pixels<'a>(
    looks: &Looks,
    call: &Call,
    place: &Placement,
) -> Option<(u32, Pixels<'a>)> {
    if call.operator != operator::OVER || !looks.blends || !is_near(place) {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe { Some((looks.solid(call.source)?, looks.pixels(call.destination)?)) }
}

/// Whether the source's place is one where pixman has no scruples: it declines
/// sources that begin or end at the ends of 16 bits (`analyze_extent`).
fn is_near(place: &Placement) -> bool {
    let near = -0x3fff..=0x3fff;
    near.contains(&place.source_at.0) && near.contains(&place.source_at.1)
}
