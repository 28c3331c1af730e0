//! The bytes of a mask as a server wants them in a ZPixmap of depth 8.
//!
//! Owns padding and widening. It must not know a connection.

use std::borrow::Cow;

use raster::{Mask, MaskFormat};
use x11rb::protocol::xproto::Setup;

/// How rows of depth 8 are padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Rows are a multiple of this many bytes: 1, 2 or 4.
    padding: usize,
}

impl Layout {
    /// Rows of whole 32-bit words: nearly every server's layout, and that of
    /// [`Mask::data`].
    pub const WORDS: Self = Self { padding: 4 };

    /// The layout that a server announced for depth 8.
    #[must_use]
    pub fn of(setup: &Setup) -> Self {
        let format = setup.pixmap_formats.iter().find(|format| format.depth == 8);
        match format.map(|format| format.scanline_pad) {
            Some(8) => Self { padding: 1 },
            Some(16) => Self { padding: 2 },
            _ => Self::WORDS,
        }
    }

    /// Bytes from one row to the next.
    #[must_use]
    pub fn stride(self, width: u32) -> usize {
        (width as usize).next_multiple_of(self.padding)
    }
}

/// The mask as A8 in the given layout, row by row from the top: for `PutImage`
/// with format ZPixmap and depth 8. Copied only where the mask is not that
/// already; A4 is widened by 17, A1 by 255.
#[must_use]
pub fn a8_bytes(mask: &Mask, layout: Layout) -> Cow<'_, [u8]> {
    let stride = layout.stride(mask.width());
    if mask.format() == MaskFormat::A8 && stride == mask.stride() {
        return Cow::Borrowed(mask.data());
    }
    let scale = u8::MAX / mask.format().full();
    let mut bytes = vec![0; stride * mask.height() as usize];
    for (y, row) in (0..mask.height()).zip(bytes.chunks_exact_mut(stride.max(1))) {
        for (x, byte) in (0..mask.width()).zip(row) {
            *byte = mask.get(x, y) * scale;
        }
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    use raster::{Fixed, Trapezoid, scalar};

    use super::*;

    fn left_half(format: MaskFormat) -> Mask {
        let mut mask = Mask::new(format, 6, 2).unwrap();
        let [zero, three, two] = [0, 3, 2].map(Fixed::from_int);
        let shape = Trapezoid::rectangle(zero, zero, three, two);
        scalar::rasterize_trapezoid(&mut mask.as_mut(), &shape, 0, 0);
        mask
    }

    #[test]
    fn a_padded_a8_mask_goes_as_it_is() {
        let mask = left_half(MaskFormat::A8);
        let bytes = a8_bytes(&mask, Layout::WORDS);
        assert!(matches!(bytes, Cow::Borrowed(_)));
        assert_eq!(bytes.len(), 16);
    }

    #[test]
    fn other_paddings_and_formats_are_written_anew() {
        for format in MaskFormat::ALL {
            let mask = left_half(format);
            let row = [255, 255, 255, 0, 0, 0];
            assert_eq!(*a8_bytes(&mask, Layout { padding: 1 }), [row, row].concat(), "{format:?}");
            assert_eq!(a8_bytes(&mask, Layout::WORDS)[8..14], row, "{format:?}");
        }
    }
}
