//! Memory that lives from call to call, for each thread its own.
//!
//! Owns the masks that shapes are drawn into before they are composited, and
//! the room that shapes need meanwhile. In a steady state nothing is
//! allocated. It must not know what is drawn.

use std::cell::RefCell;

use raster::{MaskFormat, MaskMut, Rasterizer, Trapezoid};
use xrender_bridge::place::LONGEST_SIDE;

use crate::abi::{Image, format_code};
use crate::forward::Called;

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool::new()) };
}

/// A mask of more bytes is freed after use.
const WORTH_KEEPING: usize = 32 << 20;

/// Widths grow in steps of so many pixels, up to what pixman composites with.
const WIDTH_STEP: u32 = 64;

/// What a thread keeps.
pub(crate) struct Pool {
    pub(crate) rasterizer: Rasterizer,
    /// The two parts of each triangle.
    pub(crate) parts: Vec<Trapezoid>,
    masks: [Option<Mask>; MASKS],
}

/// For each format one for small shapes, whose rows are close together in
/// memory, and one for all others.
const MASKS: usize = 2 * MaskFormat::ALL.len();

/// The largest side of small shapes, in pixels.
const SMALL: u32 = 64;

/// An image of pixman's of alpha without coverage, which whoever draws into it
/// clears again.
pub(crate) struct Mask {
    image: *mut Image,
    unref: unsafe extern "C" fn(*mut Image) -> i32,
    format: MaskFormat,
    width: u32,
    height: u32,
    stride: usize,
}

/// Hands this thread's pool to `use_it`. `None` if it is in use already.
pub(crate) fn with<T>(use_it: impl FnOnce(&mut Pool) -> T) -> Option<T> {
    // An error: the thread ends and its pool has gone.
    POOL.try_with(|pool| pool.try_borrow_mut().ok().map(|mut pool| use_it(&mut pool)))
        .ok()
        .flatten()
}

impl Pool {
    const fn new() -> Self {
        Self { rasterizer: Rasterizer::new(), parts: Vec::new(), masks: [const { None }; MASKS] }
    }

    /// The rasterizer, and a clear mask of at least this size. `None` without
    /// memory.
    pub(crate) fn mask(
        &mut self,
        pixman: &Called,
        format: MaskFormat,
        size: (u32, u32),
    ) -> Option<(&mut Rasterizer, &mut Mask)> {
        let number = number(format, size);
        let slot = &mut self.masks[number];
        if !slot.as_ref().is_some_and(|mask| mask.width >= size.0 && mask.height >= size.1) {
            let (width, height) =
                slot.as_ref().map_or((SMALL, SMALL), |mask| (mask.width, mask.height));
            // The old one first, for the sake of memory.
            *slot = None;
            let width = width.max(size.0).next_multiple_of(WIDTH_STEP).min(LONGEST_SIDE);
            *slot = Some(Mask::new(pixman, format, width, height.max(size.1))?);
        }
        Some((&mut self.rasterizer, slot.as_mut()?))
    }

    /// Clears what was drawn into the mask of the last call of `mask` with
    /// these arguments; frees what is too large to be kept.
    pub(crate) fn clear(&mut self, pixman: &Called, format: MaskFormat, size: (u32, u32)) {
        let slot = &mut self.masks[number(format, size)];
        match slot {
            Some(mask) if mask.stride * mask.height as usize > WORTH_KEEPING => *slot = None,
            Some(mask) => {
                if let Some(mut target) = mask.corner(pixman, size) {
                    target.clear();
                }
            }
            None => {}
        }
        if self.parts.capacity() * size_of::<Trapezoid>() > WORTH_KEEPING {
            self.parts = Vec::new();
        }
    }
}

/// Which mask is used for a format and a size.
fn number(format: MaskFormat, size: (u32, u32)) -> usize {
    let large = usize::from(size.0 > SMALL || size.1 > SMALL);
    match format {
        MaskFormat::A1 => large,
        MaskFormat::A4 => 2 + large,
        MaskFormat::A8 => 4 + large,
    }
}

impl Mask {
    fn new(pixman: &Called, format: MaskFormat, width: u32, height: u32) -> Option<Self> {
        let (columns, rows) = (i32::try_from(width).ok()?, i32::try_from(height).ok()?);
        // SAFETY: a format, a size, and no memory: pixman takes its own,
        // cleared, as it does for its own masks.
        let image = unsafe {
            (pixman.create_bits)(format_code(format), columns, rows, std::ptr::null_mut(), -1)
        };
        if image.is_null() {
            return None;
        }
        // SAFETY: the image was just made.
        let stride = unsafe { (pixman.get_stride)(image) };
        let mask = Self {
            image,
            unref: pixman.unref,
            format,
            width,
            height,
            stride: usize::try_from(stride).ok()?,
        };
        (mask.stride >= format.row_bytes(width)).then_some(mask)
    }

    /// The image, for pixman to read.
    pub(crate) fn image(&self) -> *mut Image {
        self.image
    }

    /// The upper left part of this size, for drawing.
    pub(crate) fn corner(&mut self, pixman: &Called, size: (u32, u32)) -> Option<MaskMut<'_>> {
        let (width, height) = (size.0.min(self.width), size.1.min(self.height));
        // SAFETY: the image is ours and lives as long as `self`, which is
        // borrowed as long as the slice. Its memory was cleared by pixman.
        let bytes = unsafe {
            let data = (pixman.get_data)(self.image);
            if data.is_null() {
                return None;
            }
            std::slice::from_raw_parts_mut(data.cast::<u8>(), self.stride * height as usize)
        };
        // Strides are `int`s.
        MaskMut::new(bytes, self.format, width, height, self.stride.cast_signed()).ok()
    }
}

impl Drop for Mask {
    fn drop(&mut self) {
        // SAFETY: made by `new`, and nobody else's.
        unsafe { (self.unref)(self.image) };
    }
}
