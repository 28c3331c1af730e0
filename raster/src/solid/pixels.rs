//! Pixels in borrowed memory.
//!
//! Owns their formats and the promise that no row lies outside of its bytes.
//! It must not know what is drawn into them.

use thiserror::Error;

/// What a pixel is made of, named as pixman names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// Bytes blue, green, red, alpha, premultiplied.
    A8r8g8b8,
    /// Bytes blue, green, red, and one that is not used.
    X8r8g8b8,
    /// One byte of alpha.
    A8,
}

impl PixelFormat {
    /// Bytes of a pixel.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::A8r8g8b8 | Self::X8r8g8b8 => 4,
            Self::A8 => 1,
        }
    }
}

/// Why a buffer cannot be pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PixelsError {
    /// A side has more than 32767 pixels.
    #[error("{0} pixels: a side may have at most 32767")]
    TooLarge(u32),
    /// Rows would overlap, or end outside of the buffer.
    #[error("the buffer has {given} bytes, the pixels need {needed}")]
    TooShort {
        /// Length of the buffer in bytes.
        given: usize,
        /// Length that is needed, in bytes.
        needed: usize,
    },
}

/// Pixels to draw onto.
#[derive(Debug)]
pub struct PixelsMut<'a> {
    data: &'a mut [u8],
    format: PixelFormat,
    width: u32,
    height: u32,
    stride: isize,
}

impl<'a> PixelsMut<'a> {
    /// Pixels over `data`, with `stride` bytes from a row to the one below. A
    /// negative stride stores rows from the last to the first; `data` begins at
    /// the lowest address all the same.
    ///
    /// # Errors
    ///
    /// If a side exceeds 32767 pixels, rows would overlap, or `data` is too
    /// short.
    pub fn new(
        data: &'a mut [u8],
        format: PixelFormat,
        width: u32,
        height: u32,
        stride: isize,
    ) -> Result<Self, PixelsError> {
        let side = width.max(height);
        if side > 32767 {
            return Err(PixelsError::TooLarge(side));
        }
        let row = width as usize * format.bytes();
        let needed = match (height as usize).checked_sub(1) {
            None => 0,
            Some(0) => row,
            Some(_) if stride.unsigned_abs() < row => usize::MAX,
            Some(rows) => rows.saturating_mul(stride.unsigned_abs()).saturating_add(row),
        };
        if data.len() < needed {
            return Err(PixelsError::TooShort { given: data.len(), needed });
        }
        Ok(Self { data, format, width, height, stride })
    }

    /// What a pixel is made of.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The same pixels, borrowed for a shorter time.
    pub(crate) fn shorten(&mut self) -> PixelsMut<'_> {
        PixelsMut {
            data: self.data,
            format: self.format,
            width: self.width,
            height: self.height,
            stride: self.stride,
        }
    }

    /// The bytes of row `y`; none outside.
    #[inline(always)]
    pub(crate) fn row(&mut self, y: i32) -> &mut [u8] {
        let Ok(y) = u32::try_from(y) else { return &mut [] };
        if y >= self.height {
            return &mut [];
        }
        let from_first = if self.stride < 0 { self.height - 1 - y } else { y };
        let start = from_first as usize * self.stride.unsigned_abs();
        let length = self.width as usize * self.format.bytes();
        self.data.get_mut(start..start + length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_lie_where_the_stride_says() {
        let mut data = [1, 2, 3, 4, 5, 6];
        let mut pixels = PixelsMut::new(&mut data, PixelFormat::A8, 2, 2, -4).unwrap();
        assert_eq!(pixels.row(0), &[5, 6]);
        assert_eq!(pixels.row(1), &[1, 2]);
        assert!(pixels.row(2).is_empty() && pixels.row(-1).is_empty());
    }

    #[test]
    fn impossible_buffers_are_refused() {
        let mut data = [0; 16];
        let refused = |format, width, height, stride| {
            PixelsMut::new(&mut [0; 16], format, width, height, stride).is_err()
        };
        assert!(refused(PixelFormat::A8r8g8b8, 2, 3, 8));
        assert!(refused(PixelFormat::A8r8g8b8, 2, 2, 4), "rows overlap");
        assert!(refused(PixelFormat::A8, 40_000, 1, 0));
        assert!(refused(PixelFormat::A8, 1, 2, isize::MIN));
        assert!(PixelsMut::new(&mut data, PixelFormat::X8r8g8b8, 2, 2, 8).is_ok());
    }
}
