//! What an image is, as far as drawing depends on it.
//!
//! Owns all looks into pixman's images. It must not draw, and must not be
//! asked before `layout` has found what it expects.

use std::ffi::c_void;

use raster::MaskMut;
use xrender_bridge::place::Bounds;

use crate::abi::{Box32, Common, Image, Region, kind, mask_format};
use crate::forward::Called;
use crate::layout::Layout;

/// What is needed to look into images.
pub(crate) struct Looks {
    pub(crate) pixman: Called,
    pub(crate) layout: Layout,
}

/// Reads a field of an image that all images have.
macro_rules! read {
    ($image:expr, $($field:tt)+) => {{
        let common: *const Common = $image.cast::<Common>().cast_const();
        // SAFETY: the image is one (the caller's promise), and its start is a
        // `Common`: `layout` found so.
        unsafe { (&raw const (*common).$($field)+).read() }
    }};
}

impl Looks {
    /// The size of an image of bits, (0, 0) of others.
    ///
    /// # Safety
    ///
    /// `image` must be one of pixman's, here and below; nothing else may use
    /// it meanwhile.
    pub(crate) unsafe fn size(&self, image: *mut Image) -> (i32, i32) {
        // SAFETY: the caller's promise.
        unsafe { ((self.pixman.get_width)(image), (self.pixman.get_height)(image)) }
    }

    /// # Safety
    ///
    /// As [`size`](Self::size).
    pub(crate) unsafe fn format(&self, image: *mut Image) -> u32 {
        // SAFETY: the caller's promise.
        unsafe { (self.pixman.get_format)(image) }.cast_unsigned()
    }

    /// # Safety
    ///
    /// As [`size`](Self::size).
    pub(crate) unsafe fn is_bits(&self, image: *mut Image) -> bool {
        read!(image, kind) == kind::BITS
    }

    /// # Safety
    ///
    /// As [`size`](Self::size).
    pub(crate) unsafe fn has_clip(&self, image: *mut Image) -> bool {
        read!(image, have_clip) != 0
    }

    /// The pixels of an image of bits that drawing can change: all, or those
    /// within the bounds of its clip.
    ///
    /// # Safety
    ///
    /// As [`size`](Self::size).
    pub(crate) unsafe fn visible(&self, image: *mut Image) -> Bounds {
        // SAFETY: the caller's promise.
        let (width, height) = unsafe { self.size(image) };
        let all = Bounds::of_size(width, height);
        if read!(image, have_clip) == 0 {
            return all;
        }
        let Box32 { x1, y1, x2, y2 } = read!(image, clip.extents);
        all.intersect(Bounds { left: x1, top: y1, right: x2, bottom: y2 })
    }

    /// Whether an image of bits is its memory and nothing more: no accessors
    /// stand between.
    ///
    /// # Safety
    ///
    /// As [`size`](Self::size), and an image of bits.
    unsafe fn is_plain(&self, image: *mut Image) -> bool {
        // SAFETY: `layout` found the pointers there.
        let accessors =
            unsafe { image.byte_add(self.layout.accessors).cast::<[*const c_void; 2]>().read() };
        accessors.iter().all(|accessor| accessor.is_null())
    }

    /// The bytes of a plain image of bits: `height` rows that begin `stride`
    /// bytes apart and are `row` bytes long. A negative stride stores rows
    /// from the last to the first.
    ///
    /// # Safety
    ///
    /// As [`size`](Self::size), and plain, for as long as the bytes live.
    unsafe fn bytes<'a>(
        &self,
        image: *mut Image,
        row: usize,
        height: u32,
    ) -> Option<(&'a mut [u8], isize)> {
        // SAFETY: the caller's promise.
        let (data, stride) =
            unsafe { ((self.pixman.get_data)(image), (self.pixman.get_stride)(image)) };
        let stride = isize::try_from(stride).ok()?;
        if data.is_null() || height == 0 || stride.unsigned_abs() < row {
            return None;
        }
        let below = (height as usize - 1).checked_mul(stride.unsigned_abs())?;
        let length = below.checked_add(row)?;
        let lowest = if stride < 0 { data.cast::<u8>().wrapping_sub(below) } else { data.cast() };
        // SAFETY: pixman itself reads and writes `height` rows of these bytes,
        // `stride` apart from `data` on; a negative stride starts at the
        // highest. The memory is initialised: pixman or the server filled it,
        // and nobody else uses it meanwhile.
        Some((unsafe { std::slice::from_raw_parts_mut(lowest, length) }, stride))
    }

    /// The image's memory as a mask; `None` if it is anything but plain bits
    /// of alpha.
    ///
    /// # Safety
    ///
    /// As [`size`](Self::size), for as long as the mask lives.
    pub(crate) unsafe fn mask<'a>(&self, image: *mut Image) -> Option<MaskMut<'a>> {
        // SAFETY: passed on to the caller.
        unsafe {
            if !self.is_bits(image) || !self.is_plain(image) {
                return None;
            }
            let format = mask_format(self.format(image))?;
            let (width, height) = self.size(image);
            let width = u32::try_from(width).ok().filter(|&width| width > 0)?;
            let height = u32::try_from(height).ok()?;
            let (bytes, stride) = self.bytes(image, format.row_bytes(width), height)?;
            MaskMut::new(bytes, format, width, height, stride).ok()
        }
    }
}

/// The rectangles of a region, from its top.
///
/// # Safety
///
/// The region must be one of pixman's, unchanged while the rectangles live.
pub(crate) unsafe fn rectangles(region: &Region) -> &[Box32] {
    if region.data.is_null() {
        return std::slice::from_ref(&region.extents);
    }
    // SAFETY: where there are data, so many rectangles follow them.
    unsafe {
        let count = (&raw const (*region.data).count).read();
        let first = region.data.add(1).cast::<Box32>();
        std::slice::from_raw_parts(first, usize::try_from(count).unwrap_or(0))
    }
}
