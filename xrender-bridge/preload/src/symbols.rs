//! The symbols that take the place of pixman's.
//!
//! Owns the decision who draws a call, and the border that no panic crosses.
//! It must not know how coverage is computed.

use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use raster::{MaskMut, Rasterizer, Trap, Trapezoid, Triangle};

use crate::abi::{Image, mask_format};
use crate::forward::Ask;
use crate::state::{State, count_drawn, count_forwarded, doubt};

thread_local! {
    /// Memory that shapes need while they are drawn, kept between calls.
    static RASTERIZER: RefCell<Rasterizer> = const { RefCell::new(Rasterizer::new()) };
}

/// Draws with `ours` if the image is understood. `false` if the real pixman
/// has to draw.
///
/// # Safety
///
/// `image` must be what pixman's function of the same arguments takes, and
/// no other thread may use it.
unsafe fn draw(
    image: *mut Image,
    shapes: usize,
    ours: impl FnOnce(&mut Rasterizer, &mut MaskMut<'_>),
) -> bool {
    let state = State::get();
    let Some(ask) = state.real.ask.filter(|_| state.may_draw()) else { return false };
    let drawn = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: passed on to the caller.
        let Some(mut mask) = (unsafe { mask_of(image, ask) }) else { return false };
        RASTERIZER.with_borrow_mut(|rasterizer| ours(rasterizer, &mut mask));
        true
    }));
    match drawn {
        Ok(true) => {
            count_drawn(shapes);
            true
        }
        Ok(false) => false,
        Err(_panic) => {
            // What is drawn already would be added twice: leave it, and leave
            // all that follows to pixman.
            doubt();
            true
        }
    }
}

/// The image's memory as a mask; `None` if it is anything but plain bits of
/// alpha.
///
/// # Safety
///
/// As [`draw`], for as long as the mask lives.
unsafe fn mask_of<'a>(image: *mut Image, ask: Ask) -> Option<MaskMut<'a>> {
    // SAFETY: the image is one (the caller's promise); these functions read it.
    let (data, width, height, stride, code) = unsafe {
        (
            (ask.data)(image),
            (ask.width)(image),
            (ask.height)(image),
            (ask.stride)(image),
            (ask.format)(image),
        )
    };
    let format = mask_format(code.cast_unsigned())?;
    let width = u32::try_from(width).ok().filter(|&width| width > 0)?;
    let height = u32::try_from(height).ok().filter(|&height| height > 0)?;
    let stride = isize::try_from(stride).ok()?;
    if data.is_null() || stride.unsigned_abs() < format.row_bytes(width) {
        return None;
    }
    let below = (height as usize - 1).checked_mul(stride.unsigned_abs())?;
    let length = below.checked_add(format.row_bytes(width))?;
    let lowest = if stride < 0 { data.cast::<u8>().wrapping_sub(below) } else { data.cast() };
    // SAFETY: pixman itself reads and writes `height` rows of these bytes,
    // `stride` apart from `data` on; a negative stride starts at the highest.
    // The memory is initialised: pixman or the server filled it, and nobody
    // else uses it during this call.
    let bytes = unsafe { std::slice::from_raw_parts_mut(lowest, length) };
    MaskMut::new(bytes, format, width, height, stride).ok()
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
            && draw(image, 1, |rasterizer, mask| {
                rasterizer.rasterize_trapezoid(mask, shape, x_offset, y_offset);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = State::get().real.rasterize_trapezoid {
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
            && draw(image, shapes.len(), |rasterizer, mask| {
                rasterizer.add_trapezoids(mask, x_offset, y_offset, shapes);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = State::get().real.add_trapezoids {
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
            && draw(image, shapes.len(), |rasterizer, mask| {
                rasterizer.add_triangles(mask, x_offset, y_offset, shapes);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = State::get().real.add_triangles {
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
            && draw(image, shapes.len(), |rasterizer, mask| {
                rasterizer.add_traps(mask, x_offset, y_offset, shapes);
            })
        {
            return;
        }
        count_forwarded();
        if let Some(real) = State::get().real.add_traps {
            real(image, x_offset, y_offset, count, traps);
        }
    }
}

/// `pixman_image_set_accessors`: only watched. Memory behind accessors must
/// not be touched directly, and an image does not say that it has them; so
/// from the first such image on, nothing is drawn here any more.
///
/// # Safety
///
/// As pixman's.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn pixman_image_set_accessors(
    image: *mut Image,
    read: *const c_void,
    write: *const c_void,
) {
    if !read.is_null() || !write.is_null() {
        doubt();
    }
    if let Some(real) = State::get().real.set_accessors {
        // SAFETY: the caller's promise, which is that of pixman's function.
        unsafe { real(image, read, write) }
    }
}
