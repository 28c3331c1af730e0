//! A finished picture: its bytes and their meaning.
//!
//! Owns the pixel format. Must not know what is drawn.

use wm_core::geom::Size;

/// Pixels in rows from the top, four bytes each: blue, green, red, alpha,
/// colours premultiplied by alpha. That is a ZPixmap of depth 32 (or 24,
/// which ignores the alpha) on a little-endian server.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Width and height in pixels.
    pub size: Size,
    /// `4 * size.w * size.h` bytes; the stride is `4 * size.w`.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// The longest side: that of an X pixmap.
    pub const MAX_SIDE: i32 = 32767;
    /// The most pixels: a screen of 16384 × 8192.
    const MAX_AREA: i64 = 1 << 27;

    /// A fully transparent picture. A side beyond [`Self::MAX_SIDE`] is cut
    /// to it, and then the height so far as the whole has an absurd size.
    #[must_use]
    pub fn new(size: Size) -> Self {
        let w = size.w.clamp(0, Self::MAX_SIDE);
        let mut h = size.h.clamp(0, Self::MAX_SIDE);
        if i64::from(w) * i64::from(h) > Self::MAX_AREA {
            h = (Self::MAX_AREA / i64::from(w)) as i32;
        }
        Self { size: Size::new(w, h), pixels: vec![0; 4 * w as usize * h as usize] }
    }

    /// Blue, green, red and alpha of the pixel in column `x` of row `y`;
    /// `None` outside.
    #[must_use]
    pub fn pixel(&self, x: i32, y: i32) -> Option<[u8; 4]> {
        let at = self.index(x, y)?;
        self.pixels.get(at..at + 4)?.try_into().ok()
    }

    /// The index of a pixel's first byte; `None` outside.
    pub(crate) fn index(&self, x: i32, y: i32) -> Option<usize> {
        (x >= 0 && y >= 0 && x < self.size.w && y < self.size.h)
            .then(|| 4 * (y as usize * self.size.w as usize + x as usize))
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} x {})", self.size.w, self.size.h)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_sizes_are_cut() {
        assert_eq!(Picture::new(Size { w: -3, h: 5 }).pixels.len(), 0);
        let long = Picture::new(Size::new(i32::MAX, 1));
        assert_eq!(long.size, Size::new(Picture::MAX_SIDE, 1));
        assert_eq!(long.pixel(Picture::MAX_SIDE, 0), None);
        assert_eq!(long.pixel(0, 0), Some([0; 4]));
    }
}
