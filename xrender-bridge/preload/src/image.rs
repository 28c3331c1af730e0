//! What an image is, as far as drawing depends on it.
//!
//! Owns all looks into pixman's images. It must not draw, and must not be
//! asked before `layout` has found what it expects.

use std::ffi::c_void;

use fearless_simd::Level;
use raster::MaskMut;
use xrender_bridge::place::Bounds;

use crate::abi::{
    Box32, COLOR, Color, Common, Image, Region, filter, format, kind, mask_format, repeat,
};
use crate::forward::Called;
use crate::layout::Layout;

/// What is needed to look into images.
pub(crate) struct Looks {
    pub(crate) pixman: Called,
    pub(crate) layout: Layout,
    /// Whether pixman blends as we do.
    pub(crate) blends: bool,
    /// The processor's instructions.
    pub(crate) level: Level,
}

/// Reads a field of an image that all images have. To be used where the image
/// is known to be one: its start is a `Common`, as `layout` has found.
macro_rules! read {
    ($image:expr, $($field:tt)+) => {
        (&raw const (*$image.cast::<Common>()).$($field)+).read()
    };
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
        // SAFETY: the caller's promise.
        unsafe { read!(image, kind) == kind::BITS }
    }

    /// # Safety
    ///
    /// As [`size`](Self::size).
    pub(crate) unsafe fn has_clip(&self, image: *mut Image) -> bool {
        // SAFETY: the caller's promise.
        unsafe { read!(image, have_clip) != 0 }
    }

    /// The pixels of an image of bits that drawing can change: all, or those
    /// within the bounds of its clip.
    ///
    /// # Safety
    ///
    /// As [`size`](Self::size).
    pub(crate) unsafe fn visible(&self, image: *mut Image) -> Bounds {
        // SAFETY: the caller's promise.
        let ((width, height), has_clip, extents) =
            unsafe { (self.size(image), self.has_clip(image), read!(image, clip.extents)) };
        let all = Bounds::of_size(width, height);
        if !has_clip {
            return all;
        }
        let Box32 { x1, y1, x2, y2 } = extents;
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

impl Looks {
    /// The colour of an image that is the same everywhere, premultiplied, as
    /// pixman takes it (`_pixman_image_get_solid`): of a solid fill, or of a
    /// repeated pixel. `None` of others, and wherever anything else is set.
    ///
    /// # Safety
    ///
    /// As [`size`](Self::size).
    pub(crate) unsafe fn solid(&self, image: *mut Image) -> Option<u32> {
        // SAFETY: the caller's promise; the colour is where `layout` found it,
        // and an image of one pixel has one to read.
        unsafe {
            if read!(image, have_clip) != 0
                || read!(image, component_alpha) != 0
                || !read!(image, alpha_map).is_null()
                || !read!(image, transform).is_null()
            {
                return None;
            }
            if read!(image, kind) == kind::SOLID {
                let color = image.byte_add(COLOR).cast::<Color>().read_unaligned();
                let byte = |channel: u16| u32::from(channel >> 8);
                let (alpha, red) = (byte(color.alpha), byte(color.red));
                return Some(alpha << 24 | red << 16 | byte(color.green) << 8 | byte(color.blue));
            }
            if !self.is_bits(image)
                || self.size(image) != (1, 1)
                || !self.is_plain(image)
                || read!(image, repeat) == repeat::NONE
                || read!(image, filter) > filter::BILINEAR
            {
                return None;
            }
            let data = (self.pixman.get_data)(image);
            match self.format(image) {
                _ if data.is_null() => None,
                format::A8R8G8B8 => Some(data.read()),
                format::X8R8G8B8 => Some(data.read() | 0xff00_0000),
                _ => None,
            }
        }
    }

    /// The pixels of an image of bits, if they are premultiplied colours of 32
    /// bits (or have a byte to spare) and nothing else is set.
    ///
    /// # Safety
    ///
    /// As [`size`](Self::size), for as long as the pixels live.
    pub(crate) unsafe fn pixels<'a>(&self, image: *mut Image) -> Option<Pixels<'a>> {
        // SAFETY: passed on to the caller; the offset is `layout`'s.
        unsafe {
            let is_dithered = self
                .layout
                .dither
                .is_some_and(|dither| image.byte_add(dither).cast::<u32>().read() != 0);
            if !self.is_bits(image)
                || !matches!(self.format(image), format::A8R8G8B8 | format::X8R8G8B8)
                || !self.is_plain(image)
                || !read!(image, alpha_map).is_null()
                || read!(image, repeat) != repeat::NONE
                || is_dithered
            {
                return None;
            }
            let (width, height) = self.size(image);
            let (width, height) = (u32::try_from(width).ok()?, u32::try_from(height).ok()?);
            let (bytes, stride) = self.bytes(image, 4 * width as usize, height)?;
            if stride % 4 != 0 || !bytes.as_ptr().cast::<u32>().is_aligned() {
                return None;
            }
            let words = std::slice::from_raw_parts_mut(bytes.as_mut_ptr().cast(), bytes.len() / 4);
            let clip = if self.has_clip(image) {
                let region: *const Region = &raw const (*image.cast::<Common>()).clip;
                rectangles(&*region)
            } else {
                &EVERYTHING
            };
            Some(Pixels { words, stride: stride / 4, width, height, clip })
        }
    }
}

/// The pixels of an image of 32 bits, and where drawing may change them.
pub(crate) struct Pixels<'a> {
    words: &'a mut [u32],
    /// Words from one row to the next; negative if stored upside down.
    stride: isize,
    width: u32,
    height: u32,
    clip: &'a [Box32],
}

impl<'a> Pixels<'a> {
    /// The rectangles in which drawing may change pixels; they may reach
    /// outside of the image.
    pub(crate) fn clip(&self) -> impl Iterator<Item = Bounds> + use<'a> {
        let to_bounds =
            |&Box32 { x1, y1, x2, y2 }: &Box32| Bounds { left: x1, top: y1, right: x2, bottom: y2 };
        self.clip.iter().map(to_bounds)
    }

    /// The pixels of row `y` from column `left` to before `right`; none if
    /// there are none, or not in the image.
    #[inline(always)]
    pub(crate) fn run(&mut self, y: i32, left: i32, right: i32) -> &mut [u32] {
        let (y, left, right) = (y as usize, left as usize, right as usize);
        let (width, height) = (self.width as usize, self.height as usize);
        // What was negative is very large now.
        if y >= height || right > width || left >= right {
            return &mut [];
        }
        let stored = if self.stride < 0 { height - 1 - y } else { y };
        let start = stored * self.stride.unsigned_abs();
        self.words.get_mut(start + left..start + right).unwrap_or_default()
    }
}

/// A clip that leaves every pixel.
static EVERYTHING: [Box32; 1] = [Box32 { x1: i32::MIN, y1: i32::MIN, x2: i32::MAX, y2: i32::MAX }];

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
