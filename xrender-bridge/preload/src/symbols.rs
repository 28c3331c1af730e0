//! The symbols that take the place of pixman's.
//!
//! Owns the decision who draws a call, and the border that no panic crosses.
//! It must not know how coverage is computed.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use raster::{MaskMut, Rasterizer, Trap, Trapezoid, Triangle};

use crate::abi::Image;
use crate::composite::{Call, composite};
use crate::image::Looks;
use crate::pool::{self, Pool};
use crate::state::{behind, count_drawn, count_forwarded, doubt, looks};

/// Draws `shapes` shapes with `ours`. `false` if the real pixman has to draw:
/// all is forwarded, or `ours` declines.
fn draw(shapes: usize, ours: impl FnOnce(&'static Looks, &mut Pool) -> bool) -> bool {
    let Some(looks) = looks() else { return false };
    let drawn = catch_unwind(AssertUnwindSafe(|| pool::with(|pool| ours(looks, pool))));
    match drawn {
        Ok(Some(true)) => {
            count_drawn(shapes);
            true
        }
        Ok(_) => false,
        Err(_panic) => {
            // What is drawn already would be drawn twice: leave it, and leave
            // all that follows to pixman.
            doubt();
            true
        }
    }
}

/// Draws shapes into an image of alpha.
///
/// # Safety
///
/// `image` must be what pixman's function of the same arguments takes, and
/// no other thread may use it.
unsafe fn draw_into(
    image: *mut Image,
    shapes: usize,
    ours: impl FnOnce(&mut Rasterizer, &mut MaskMut<'_>),
) -> bool {
    !image.is_null()
        && draw(shapes, |looks, pool| {
            // SAFETY: passed on to the caller.
            let Some(mut mask) = (unsafe { looks.mask(image) }) else { return false };
            ours(&mut pool.rasterizer, &mut mask);
            true
        })
}

/// The shapes of a call; none if there are none.
///
/// # Safety
///
/// `shapes` must point to `count` of them if `count` is positive.
unsafe fn list<'a, Shape>(shapes: *const Shape, count: c_int) -> Option<&'a [Shape]> {
    let count = usize::try_from(count).ok()?;
    if count == 0 || shapes.is_null() || !shapes.is_aligned() {
        return None;
    }
    // SAFETY: the caller's promise; they are plain numbers.
    Some(unsafe { std::slice::from_raw_parts(shapes, count) })
}

/// `pixman_rasterize_trapezoid`.
///
/// # Safety
///
/// As pixman's: an image of bits, and a trapezoid.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pixman_rasterize_trapezoid(
    image: *mut Image,
    trapezoid: *const Trapezoid,
    x_offset: c_int,
    y_offset: c_int,
) {
    // SAFETY: the caller's promise, which is that of pixman's function.
    unsafe {
        if let Some([shape]) = list(trapezoid, 1)
            && draw_into(image, 1, |rasterizer, mask| {
                rasterizer.rasterize_trapezoid(mask, shape, x_offset, y_offset);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = behind().rasterize_trapezoid {
            real(image, trapezoid, x_offset, y_offset);
        }
    }
}

/// `pixman_add_trapezoids`.
///
/// # Safety
///
/// As pixman's: an image of bits, and `count` trapezoids.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pixman_add_trapezoids(
    image: *mut Image,
    x_offset: i16,
    y_offset: c_int,
    count: c_int,
    trapezoids: *const Trapezoid,
) {
    // SAFETY: the caller's promise, which is that of pixman's function.
    unsafe {
        if let Some(shapes) = list(trapezoids, count)
            && draw_into(image, shapes.len(), |rasterizer, mask| {
                rasterizer.add_trapezoids(mask, x_offset, y_offset, shapes);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = behind().add_trapezoids {
            real(image, x_offset, y_offset, count, trapezoids);
        }
    }
}

/// `pixman_add_triangles`.
///
/// # Safety
///
/// As pixman's: an image of bits, and `count` triangles.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pixman_add_triangles(
    image: *mut Image,
    x_offset: i32,
    y_offset: i32,
    count: c_int,
    triangles: *const Triangle,
) {
    // SAFETY: the caller's promise, which is that of pixman's function.
    unsafe {
        if let Some(shapes) = list(triangles, count)
            && draw_into(image, shapes.len(), |rasterizer, mask| {
                rasterizer.add_triangles(mask, x_offset, y_offset, shapes);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = behind().add_triangles {
            real(image, x_offset, y_offset, count, triangles);
        }
    }
}

/// `pixman_add_traps`.
///
/// # Safety
///
/// As pixman's: an image of bits, and `count` traps.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pixman_add_traps(
    image: *mut Image,
    x_offset: i16,
    y_offset: i16,
    count: c_int,
    traps: *const Trap,
) {
    // SAFETY: the caller's promise, which is that of pixman's function.
    unsafe {
        if let Some(shapes) = list(traps, count)
            && draw_into(image, shapes.len(), |rasterizer, mask| {
                rasterizer.add_traps(mask, x_offset, y_offset, shapes);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = behind().add_traps {
            real(image, x_offset, y_offset, count, traps);
        }
    }
}

/// `pixman_composite_trapezoids`.
///
/// # Safety
///
/// As pixman's: two images and `count` trapezoids.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pixman_composite_trapezoids(
    operator: u32,
    source: *mut Image,
    destination: *mut Image,
    mask_format: u32,
    x_source: c_int,
    y_source: c_int,
    x_destination: c_int,
    y_destination: c_int,
    count: c_int,
    trapezoids: *const Trapezoid,
) {
    let call = Call {
        operator,
        source,
        destination,
        mask_format,
        source_at: (x_source, y_source),
        destination_at: (x_destination, y_destination),
    };
    // SAFETY: the caller's promise, which is that of pixman's function.
    unsafe {
        if let Some(shapes) = list(trapezoids, count)
            && draw(shapes.len(), |looks, pool| composite(looks, pool, &call, shapes))
        {
            return;
        }
        count_forwarded();
        if let Some(real) = behind().composite_trapezoids {
            real(
                operator,
                source,
                destination,
                mask_format,
                x_source,
                y_source,
                x_destination,
                y_destination,
                count,
                trapezoids,
            );
        }
    }
}

/// `pixman_composite_triangles`.
///
/// # Safety
///
/// As pixman's: two images and `count` triangles.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pixman_composite_triangles(
    operator: u32,
    source: *mut Image,
    destination: *mut Image,
    mask_format: u32,
    x_source: c_int,
    y_source: c_int,
    x_destination: c_int,
    y_destination: c_int,
    count: c_int,
    triangles: *const Triangle,
) {
    let call = Call {
        operator,
        source,
        destination,
        mask_format,
        source_at: (x_source, y_source),
        destination_at: (x_destination, y_destination),
    };
    // SAFETY: the caller's promise, which is that of pixman's function.
    unsafe {
        if let Some(shapes) = list(triangles, count)
            && draw(shapes.len(), |looks, pool| {
                let mut parts = std::mem::take(&mut pool.parts);
                parts.clear();
                parts.extend(shapes.iter().flat_map(|triangle| triangle.to_trapezoids()));
                let drawn = composite(looks, pool, &call, &parts);
                pool.parts = parts;
                drawn
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = behind().composite_triangles {
            real(
                operator,
                source,
                destination,
                mask_format,
                x_source,
                y_source,
                x_destination,
                y_destination,
                count,
                triangles,
            );
        }
    }
}
