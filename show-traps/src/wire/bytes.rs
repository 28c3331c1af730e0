//! Numbers in messages of the X protocol, of either byte order.
//!
//! Owns the reading of bytes. It must not know messages. Nothing here fails
//! worse than with `None`.

use raster::{Fixed, Point};

/// In which order a client sends and wants the bytes of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// `l`: the least significant first.
    Little,
    /// `B`: the most significant first.
    Big,
}

impl ByteOrder {
    /// From the first byte of a connection.
    #[must_use]
    pub fn of(byte: u8) -> Option<Self> {
        match byte {
            b'l' => Some(Self::Little),
            b'B' => Some(Self::Big),
            _ => None,
        }
    }

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }
}

/// Reads a message from its beginning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    order: ByteOrder,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], order: ByteOrder) -> Self {
        Self { bytes, order }
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(|_bytes| ())
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let bytes = self.take(2)?;
        Some(self.order.u16([bytes[0], bytes[1]]))
    }

    pub(super) fn i16(&mut self) -> Option<i16> {
        self.u16().map(u16::cast_signed)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let bytes = self.take(4)?;
        Some(self.order.u32([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    pub(super) fn fixed(&mut self) -> Option<Fixed> {
        self.u32().map(|bits| Fixed::from_bits(bits.cast_signed()))
    }

    pub(super) fn point(&mut self) -> Option<Point> {
        Some(Point::new(self.fixed()?, self.fixed()?))
    }

    /// So many things, one after the other; `None` if there are not so many.
    pub(super) fn list<T>(
        &mut self,
        count: usize,
        mut one: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        // No thing is smaller than a byte: a count beyond that is a lie.
        if count > self.bytes.len() {
            return None;
        }
        (0..count).map(|_| one(self)).collect()
    }

    /// All things that are whole until the end.
    pub(super) fn all<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Vec<T> {
        std::iter::from_fn(|| one(self)).collect()
    }
}

/// A length with what fills it up to a multiple of four.
pub(super) fn padded(length: usize) -> usize {
    length.saturating_add(3) & !3
}
