//! What pixman's binary interface looks like from here.
//!
//! Owns the layouts and the checks that they hold. It must not draw.

use std::ffi::c_int;

use raster::{Edge, Line, MaskFormat, Span, Trap, Trapezoid, Triangle};

/// A `pixman_image_t`: never looked into, only asked about.
#[repr(C)]
pub(crate) struct Image {
    opaque: [u8; 0],
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

/// The mask format of a `pixman_format_code_t`, for the three that are only
/// alpha: `PIXMAN_a1`, `PIXMAN_a4`, `PIXMAN_a8`.
///
/// None on machines that store the first pixel in the high bits, where A1 and
/// A4 look different.
pub(crate) fn mask_format(code: u32) -> Option<MaskFormat> {
    // PIXMAN_FORMAT(bpp, PIXMAN_TYPE_A, a, 0, 0, 0)
    const TYPE_A: u32 = 1;
    const fn alpha_only(bits: u32) -> u32 {
        bits << 24 | TYPE_A << 16 | bits << 12
    }
    const A1: u32 = alpha_only(1);
    const A4: u32 = alpha_only(4);
    const A8: u32 = alpha_only(8);
    match code {
        _ if cfg!(target_endian = "big") => None,
        A1 => Some(MaskFormat::A1),
        A4 => Some(MaskFormat::A4),
        A8 => Some(MaskFormat::A8),
        _ => None,
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
    }
}
