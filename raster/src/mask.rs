//! Coverage masks: formats, layout in memory, borrowed and owned targets.
//!
//! Owns the mapping from a pixel to its bits and the promise that no row
//! lies outside its buffer. It must not know what draws into a mask, nor why.
//!
//! # Layout
//!
//! Masks have pixman's (and therefore X's) layout for a little-endian image:
//!
//! | format | pixel `x` of a row |
//! |---|---|
//! | [`A8`](MaskFormat::A8) | byte `x` |
//! | [`A4`](MaskFormat::A4) | byte `x / 2`, low nibble first |
//! | [`A1`](MaskFormat::A1) | byte `x / 8`, least significant bit first |
//!
//! An owned [`Mask`] pads each row to four bytes, as pixman images and X's
//! ZPixmaps of these depths are padded; a borrowed [`MaskMut`] takes any
//! stride, a negative one included (rows stored from the last to the first).

use thiserror::Error;

/// How many bits of coverage a mask stores for each pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MaskFormat {
    /// One bit: in or out.
    A1,
    /// Four bits: 0 to 15.
    A4,
    /// Eight bits: 0 to 255.
    A8,
}

impl MaskFormat {
    /// All formats, from the coarsest to the finest.
    pub const ALL: [Self; 3] = [Self::A1, Self::A4, Self::A8];

    /// Bits of coverage of one pixel, which is pixman's `PIXMAN_FORMAT_BPP`.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::A1 => 1,
            Self::A4 => 4,
            Self::A8 => 8,
        }
    }

    /// The value of a fully covered pixel.
    #[must_use]
    pub const fn full(self) -> u8 {
        match self {
            Self::A1 => 1,
            Self::A4 => 15,
            Self::A8 => 255,
        }
    }

    /// Bytes that `width` pixels of one row need, without padding.
    #[must_use]
    pub const fn row_bytes(self, width: u32) -> usize {
        // At most 2^32 pixels of 8 bits: fits a 64-bit computation.
        ((width as u64 * self.bits() as u64).div_ceil(8)) as usize
    }

    /// Bytes from one row to the next in an owned [`Mask`]: whole rows of 32
    /// bits, as pixman and X pad them.
    #[must_use]
    pub const fn padded_row_bytes(self, width: u32) -> usize {
        self.row_bytes(width).next_multiple_of(4)
    }
}

/// Why a buffer cannot be a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MaskError {
    /// A side is longer than [`Mask::MAX_SIDE`].
    #[error("a mask of {width}×{height} pixels: a side may have at most {} pixels", Mask::MAX_SIDE)]
    TooLarge {
        /// Requested width in pixels.
        width: u32,
        /// Requested height in pixels.
        height: u32,
    },
    /// Rows would overlap.
    #[error("a stride of {stride} bytes is shorter than a row of {needed} bytes")]
    StrideTooShort {
        /// Given stride in bytes; may be negative.
        stride: isize,
        /// Bytes that one row occupies.
        needed: usize,
    },
    /// The last row would end outside the buffer.
    #[error("the buffer has {given} bytes, the mask needs {needed}")]
    BufferTooShort {
        /// Length of the given buffer in bytes.
        given: usize,
        /// Length that the mask needs in bytes.
        needed: usize,
    },
}

/// A mask in borrowed memory: what every drawing function of this crate draws
/// into.
#[derive(Debug)]
pub struct MaskMut<'a> {
    data: &'a mut [u8],
    format: MaskFormat,
    width: u32,
    height: u32,
    stride: isize,
}

impl<'a> MaskMut<'a> {
    /// A mask over `data`, `width` × `height` pixels, with `stride` bytes from
    /// the start of a row to the start of the row below it.
    ///
    /// A negative stride stores rows from the last to the first: `data` still
    /// begins at the lowest address.
    ///
    /// # Errors
    ///
    /// If a side exceeds [`Mask::MAX_SIDE`], rows would overlap, or `data` is
    /// too short.
    pub fn new(
        data: &'a mut [u8],
        format: MaskFormat,
        width: u32,
        height: u32,
        stride: isize,
    ) -> Result<Self, MaskError> {
        if width > Mask::MAX_SIDE || height > Mask::MAX_SIDE {
            return Err(MaskError::TooLarge { width, height });
        }
        let row = format.row_bytes(width);
        if height > 1 && stride.unsigned_abs() < row {
            return Err(MaskError::StrideTooShort { stride, needed: row });
        }
        let needed = match (height as usize).checked_sub(1) {
            None => 0,
            Some(rows) => rows.saturating_mul(stride.unsigned_abs()).saturating_add(row),
        };
        if data.len() < needed {
            return Err(MaskError::BufferTooShort { given: data.len(), needed });
        }
        Ok(Self { data, format, width, height, stride })
    }

    /// Bits per pixel and their order.
    #[must_use]
    pub fn format(&self) -> MaskFormat {
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

    /// The same mask, borrowed for a shorter time.
    pub fn reborrow(&mut self) -> MaskMut<'_> {
        MaskMut {
            data: self.data,
            format: self.format,
            width: self.width,
            height: self.height,
            stride: self.stride,
        }
    }

    /// The bytes of row `y`, without padding. `None` below the last row.
    #[must_use]
    pub fn row(&self, y: u32) -> Option<&[u8]> {
        let start = self.row_start(y)?;
        self.data.get(start..start + self.format.row_bytes(self.width))
    }

    /// The bytes of row `y`, without padding. `None` below the last row.
    pub fn row_mut(&mut self, y: u32) -> Option<&mut [u8]> {
        let start = self.row_start(y)?;
        self.data.get_mut(start..start + self.format.row_bytes(self.width))
    }

    /// The coverage of one pixel, 0 to [`MaskFormat::full`]; 0 outside.
    #[must_use]
    pub fn get(&self, x: u32, y: u32) -> u8 {
        if x >= self.width {
            return 0;
        }
        self.row(y).map_or(0, |row| get_pixel(row, self.format, x))
    }

    /// Sets every pixel to no coverage.
    pub fn clear(&mut self) {
        for y in 0..self.height {
            if let Some(row) = self.row_mut(y) {
                row.fill(0);
            }
        }
    }

    /// Where rows lie, computed once for many.
    pub(crate) fn layout(&self) -> Layout {
        let bytes = self.format.row_bytes(self.width);
        let origin = self.row_start(0).unwrap_or(0);
        Layout { origin, bytes, stride: self.stride }
    }

    /// The bytes of row `y`, which must be in the mask.
    #[inline(always)]
    pub(crate) fn row_of(&mut self, layout: Layout, y: u32) -> Option<&mut [u8]> {
        let start = layout.origin.wrapping_add_signed(layout.stride.wrapping_mul(y as isize));
        self.data.get_mut(start..start.wrapping_add(layout.bytes))
    }

    /// The rows from `y` on, one after the other.
    pub(crate) fn lines(&mut self, y: u32) -> Lines<'_> {
        let Layout { origin, bytes, stride } = self.layout();
        let start = origin.wrapping_add_signed(stride.wrapping_mul(y as isize));
        Lines { data: self.data, start, bytes, stride }
    }

    fn row_start(&self, y: u32) -> Option<usize> {
        if y >= self.height {
            return None;
        }
        let from_first = if self.stride < 0 { self.height - 1 - y } else { y };
        Some(from_first as usize * self.stride.unsigned_abs())
    }
}

/// Where the rows of a mask lie in its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// The first byte of row 0.
    origin: usize,
    /// Bytes of a row, without padding.
    bytes: usize,
    stride: isize,
}

/// Walks down the rows of a mask.
pub(crate) struct Lines<'a> {
    data: &'a mut [u8],
    start: usize,
    bytes: usize,
    stride: isize,
}

impl Lines<'_> {
    /// The bytes of the next row; none below the last.
    #[inline(always)]
    pub(crate) fn next_mut(&mut self) -> &mut [u8] {
        let start = self.start;
        self.start = start.wrapping_add_signed(self.stride);
        self.data.get_mut(start..start.wrapping_add(self.bytes)).unwrap_or_default()
    }
}

/// A mask that owns its memory, zeroed when made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    data: Vec<u8>,
    format: MaskFormat,
    width: u32,
    height: u32,
}

impl Mask {
    /// The longest side of a mask in pixels. Render's coordinates are 16 bits
    /// and 16.16 cannot name a pixel beyond; pixman's own temporary masks may
    /// be as large as the difference of two of them.
    pub const MAX_SIDE: u32 = 65536;

    /// A mask of `width` × `height` pixels without coverage.
    ///
    /// # Errors
    ///
    /// If a side exceeds [`Mask::MAX_SIDE`].
    pub fn new(format: MaskFormat, width: u32, height: u32) -> Result<Self, MaskError> {
        if width > Self::MAX_SIDE || height > Self::MAX_SIDE {
            return Err(MaskError::TooLarge { width, height });
        }
        let data = vec![0; format.padded_row_bytes(width) * height as usize];
        Ok(Self { data, format, width, height })
    }

    /// An A8 mask whose sides are cut to [`Mask::MAX_SIDE`]: for shapes whose
    /// size the caller has already bounded.
    pub(crate) fn new_a8_clamped(width: u32, height: u32) -> Self {
        let (width, height) = (width.min(Self::MAX_SIDE), height.min(Self::MAX_SIDE));
        let data = vec![0; MaskFormat::A8.padded_row_bytes(width) * height as usize];
        Self { data, format: MaskFormat::A8, width, height }
    }

    /// Bits per pixel and their order.
    #[must_use]
    pub fn format(&self) -> MaskFormat {
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

    /// Bytes from one row to the next, a multiple of four.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.format.padded_row_bytes(self.width)
    }

    /// All rows with their padding, from the top: [`stride`](Self::stride) ×
    /// [`height`](Self::height) bytes, ready for an X `PutImage` of this depth.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The bytes of row `y`, without padding. `None` below the last row.
    #[must_use]
    pub fn row(&self, y: u32) -> Option<&[u8]> {
        if y >= self.height {
            return None;
        }
        let start = y as usize * self.stride();
        self.data.get(start..start + self.format.row_bytes(self.width))
    }

    /// The coverage of one pixel, 0 to [`MaskFormat::full`]; 0 outside.
    #[must_use]
    pub fn get(&self, x: u32, y: u32) -> u8 {
        if x >= self.width {
            return 0;
        }
        self.row(y).map_or(0, |row| get_pixel(row, self.format, x))
    }

    /// The mask as a target for drawing.
    pub fn as_mut(&mut self) -> MaskMut<'_> {
        let stride = self.stride() as isize;
        MaskMut {
            data: &mut self.data,
            format: self.format,
            width: self.width,
            height: self.height,
            stride,
        }
    }

    /// The sum of all pixels, for statistics and tests: area in pixels times
    /// [`MaskFormat::full`].
    #[must_use]
    pub fn total(&self) -> u64 {
        (0..self.height)
            .flat_map(|y| (0..self.width).map(move |x| (x, y)))
            .map(|(x, y)| u64::from(self.get(x, y)))
            .sum()
    }
}

/// Pixel `x` of a row; the caller has checked that the row has it.
pub(crate) fn get_pixel(row: &[u8], format: MaskFormat, x: u32) -> u8 {
    let x = x as usize;
    match format {
        MaskFormat::A8 => row[x],
        MaskFormat::A4 => row[x / 2] >> (4 * (x % 2)) & 15,
        MaskFormat::A1 => row[x / 8] >> (x % 8) & 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_padded_to_words() {
        let mask = Mask::new(MaskFormat::A8, 5, 2).unwrap();
        assert_eq!(mask.stride(), 8, "five bytes are padded to eight");
        assert_eq!(mask.data().len(), 16);
        assert_eq!(
            Mask::new(MaskFormat::A4, 9, 1).unwrap().stride(),
            8,
            "nine nibbles: five bytes"
        );
        assert_eq!(Mask::new(MaskFormat::A1, 33, 1).unwrap().stride(), 8, "33 bits: five bytes");
    }

    #[test]
    fn a_negative_stride_begins_at_the_end() {
        let mut bytes = [1, 2, 3, 4, 5, 6];
        let mask = MaskMut::new(&mut bytes, MaskFormat::A8, 2, 3, -2).unwrap();
        assert_eq!(mask.row(0), Some(&[5, 6][..]));
        assert_eq!(mask.row(2), Some(&[1, 2][..]));
        assert_eq!(mask.row(3), None);
    }

    #[test]
    fn low_bits_come_first() {
        let mut bytes = [0b0000_0010, 0x30];
        let a1 = MaskMut::new(&mut bytes, MaskFormat::A1, 16, 1, 2).unwrap();
        assert_eq!((a1.get(0, 0), a1.get(1, 0), a1.get(12, 0), a1.get(16, 0)), (0, 1, 1, 0));
        let a4 = MaskMut::new(&mut bytes, MaskFormat::A4, 4, 1, 2).unwrap();
        assert_eq!((a4.get(0, 0), a4.get(3, 0)), (2, 3));
    }

    #[test]
    fn impossible_buffers_are_refused() {
        let mut bytes = [0; 16];
        let short = MaskMut::new(&mut bytes, MaskFormat::A8, 4, 5, 4).unwrap_err();
        assert_eq!(short, MaskError::BufferTooShort { given: 16, needed: 20 });
        let overlap = MaskMut::new(&mut bytes, MaskFormat::A8, 4, 2, -3).unwrap_err();
        assert_eq!(overlap, MaskError::StrideTooShort { stride: -3, needed: 4 });
        let huge = Mask::new(MaskFormat::A8, 70_000, 1).unwrap_err();
        assert_eq!(huge, MaskError::TooLarge { width: 70_000, height: 1 });
        assert!(MaskMut::new(&mut bytes, MaskFormat::A8, 4, 2, isize::MIN).is_err());
        assert!(MaskMut::new(&mut [], MaskFormat::A8, 0, 0, 0).is_ok(), "nothing needs nothing");
    }
}
