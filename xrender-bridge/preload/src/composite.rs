//! Shapes onto an image: through a mask of ours, composited by pixman.
//!
//! Owns which mask pixman would make, how much of it is needed and who does
//! what with it. It must not know symbols or count.

use raster::{MaskFormat, Trapezoid};
use xrender_bridge::place::{Bounds, Placement, zero_source_has_no_effect};

use crate::abi::{Image, mask_format, operator};
use crate::image::Looks;
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
    place.is_none_or(|place| unsafe { through_mask(looks, pool, call, format, &place, shapes) })
}

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
    let Some((rasterizer, mask)) = pool.mask(pixman, format, place.size) else {
        return false;
    };
    let Some(mut target) = mask.corner(pixman, place.size) else { return false };
    for shape in shapes {
        rasterizer.rasterize_trapezoid(&mut target, shape, place.offset.0, place.offset.1);
    }
    let (mask_x, mask_y) = place.window_at;
    let (width, height) = place.window_size;
    // Sides of masks are less than 2^15.
    let number = |side: u32| side as i32;
    // SAFETY: the caller's images and the pool's.
    unsafe {
        (pixman.composite)(
            call.operator,
            call.source,
            mask.image(),
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
    if let Some(mut target) = mask.corner(pixman, place.size) {
        target.clear();
    }
    pool.shrink();
    true
}
