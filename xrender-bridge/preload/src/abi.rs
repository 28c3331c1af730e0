//! What pixman's binary interface looks like from here.
//!
//! Owns the layouts of what is handed over, and of the part of an image that
//! this object looks into. Whether the loaded pixman's images are laid out so
//! is for `layout` to find out; this module must not touch memory.

use std::ffi::{c_int, c_void};

use raster::{Edge, Line, MaskFormat, Span, Trap, Trapezoid, Triangle};

/// A `pixman_image_t`. Read only through raw pointers, and only where
/// [`layout`](crate::layout) found [`Common`] at its start.
#[repr(C)]
pub(crate) struct Image {
    opaque: [u8; 0],
}

/// The start of every `pixman_image_t` (`struct image_common`, the same in
/// pixman 0.38 to 0.46).
#[repr(C)]
pub(crate) struct Common {
    /// One of [`kind`].
    pub(crate) kind: u32,
    pub(crate) references: i32,
    pub(crate) clip: Region,
    pub(crate) alpha_count: i32,
    pub(crate) have_clip: c_int,
    pub(crate) client_clip: c_int,
    pub(crate) clip_sources: c_int,
    pub(crate) dirty: c_int,
    pub(crate) transform: *const c_void,
    pub(crate) repeat: u32,
    pub(crate) filter: u32,
    pub(crate) filter_params: *const i32,
    pub(crate) filter_param_count: c_int,
    pub(crate) alpha_map: *const c_void,
    pub(crate) alpha_origin: [c_int; 2],
    pub(crate) component_alpha: c_int,
    pub(crate) property_changed: *const c_void,
    pub(crate) destroy_function: *const c_void,
    pub(crate) destroy_data: *const c_void,
    pub(crate) flags: u32,
    pub(crate) extended_format: u32,
}

/// A `pixman_region32_t` (public in `pixman.h`).
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Region {
    pub(crate) extents: Box32,
    /// Null where the extents are the only rectangle.
    pub(crate) data: *const RegionData,
}

/// A `pixman_box32_t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Box32 {
    pub(crate) x1: i32,
    pub(crate) y1: i32,
    pub(crate) x2: i32,
    pub(crate) y2: i32,
}

/// A `pixman_region32_data_t`; its rectangles follow.
#[repr(C)]
pub(crate) struct RegionData {
    pub(crate) room: std::ffi::c_long,
    pub(crate) count: std::ffi::c_long,
}

/// A `pixman_color_t`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub(crate) struct Color {
    pub(crate) red: u16,
    pub(crate) green: u16,
    pub(crate) blue: u16,
    pub(crate) alpha: u16,
}

/// Where the colour of a solid fill lies: after what all images have.
pub(crate) const COLOR: usize = size_of::<Common>();

/// What an image is (`image_type_t`).
pub(crate) mod kind {
    pub(crate) const BITS: u32 = 0;
    pub(crate) const SOLID: u32 = 4;
}

/// `pixman_repeat_t`.
pub(crate) mod repeat {
    pub(crate) const NONE: u32 = 0;
    pub(crate) const NORMAL: u32 = 1;
}

/// `pixman_filter_t`.
pub(crate) mod filter {
    /// Up to here filters of a single pixel, repeated, give that pixel; after
    /// it come convolutions.
    pub(crate) const BILINEAR: u32 = 4;
}

/// `pixman_op_t`.
pub(crate) mod operator {
    pub(crate) const OVER: u32 = 3;
    pub(crate) const ADD: u32 = 12;
    /// `PIXMAN_OP_HSL_LUMINOSITY`.
    pub(crate) const LAST: u32 = 0x3e;
}

// raster's shapes stand for pixman's of `pixman.h`: 32-bit numbers in the
// same order, without padding.
const _: () = {
    const WORD: usize = 4;
    assert!(size_of::<c_int>() == WORD);
    assert!(size_of::<Line>() == 4 * WORD && align_of::<Line>() == WORD);
    assert!(size_of::<Trapezoid>() == 10 * WORD && align_of::<Trapezoid>() == WORD);
    assert!(std::mem::offset_of!(Trapezoid, bottom) == WORD);
    assert!(std::mem::offset_of!(Trapezoid, left) == 2 * WORD);
    assert!(std::mem::offset_of!(Trapezoid, right) == 6 * WORD);
    assert!(std::mem::offset_of!(Line, p2) == 2 * WORD);
    assert!(size_of::<Span>() == 3 * WORD);
    assert!(std::mem::offset_of!(Span, right) == WORD && std::mem::offset_of!(Span, y) == 2 * WORD);
    assert!(size_of::<Trap>() == 6 * WORD && std::mem::offset_of!(Trap, bottom) == 3 * WORD);
    assert!(size_of::<Triangle>() == 6 * WORD && align_of::<Triangle>() == WORD);
    assert!(size_of::<Edge>() == 10 * WORD && std::mem::offset_of!(Edge, dx_big) == 9 * WORD);
};

/// `pixman_format_code_t`.
pub(crate) mod format {
    // PIXMAN_FORMAT(bpp, type, a, r, g, b); type 1 is A, type 2 ARGB.
    const fn alpha_only(bits: u32) -> u32 {
        bits << 24 | 1 << 16 | bits << 12
    }
    pub(crate) const A1: u32 = alpha_only(1);
    pub(crate) const A4: u32 = alpha_only(4);
    pub(crate) const A8: u32 = alpha_only(8);
    pub(crate) const A8R8G8B8: u32 = 32 << 24 | 2 << 16 | 0x8888;
    pub(crate) const X8R8G8B8: u32 = 32 << 24 | 2 << 16 | 0x0888;
}

/// The mask format of a format code, for the three that are only alpha.
///
/// None on machines that store the first pixel in the high bits, where A1 and
/// A4 look different.
pub(crate) fn mask_format(code: u32) -> Option<MaskFormat> {
    match code {
        _ if cfg!(target_endian = "big") => None,
        format::A1 => Some(MaskFormat::A1),
        format::A4 => Some(MaskFormat::A4),
        format::A8 => Some(MaskFormat::A8),
        _ => None,
    }
}

/// The format code of a mask format.
pub(crate) fn format_code(format: MaskFormat) -> u32 {
    match format {
        MaskFormat::A1 => format::A1,
        MaskFormat::A4 => format::A4,
        MaskFormat::A8 => format::A8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes_are_those_of_the_header() {
        assert_eq!(mask_format(0x0801_8000), Some(MaskFormat::A8));
        assert_eq!(mask_format(0x0401_4000), Some(MaskFormat::A4));
        assert_eq!(mask_format(0x0101_1000), Some(MaskFormat::A1));
        // Eight bits of colour, and of grey, sampled alike but not ours.
        assert_eq!(mask_format(0x0802_0332), None);
        assert_eq!(mask_format(0x0805_0000), None);
        assert_eq!(format::A8R8G8B8, 0x2002_8888);
        assert_eq!(format::X8R8G8B8, 0x2002_0888);
    }

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn an_image_begins_as_in_the_sources() {
        assert_eq!(std::mem::offset_of!(Common, have_clip), 36);
        assert_eq!(std::mem::offset_of!(Common, transform), 56);
        assert_eq!(std::mem::offset_of!(Common, alpha_map), 88);
        assert_eq!(std::mem::offset_of!(Common, component_alpha), 104);
        assert_eq!(COLOR, 144);
    }
}
