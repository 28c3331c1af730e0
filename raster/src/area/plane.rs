//! The plane of changes: what edges leave behind until rows are summed.
//!
//! Owns the memory, its layout, and which parts of it are not zero. It must
//! not know where changes come from, nor what their sums mean.
//!
//! Each pixel has a change of coverage towards its left neighbour, in units
//! of 1 / [`ONE`]. Integers, so that it does not matter in which order edges
//! are noted, and so that the sum behind the last edge of closed contours is
//! 0 and not nearly 0. Sixteen pixels are a block; a byte per block tells
//! whether anything was noted in it, so that what no edge touches costs
//! nothing but that byte.
//!
//! The plane is as wide as what is drawn at the moment, and begins at its left
//! pixel, so that small shapes stay in the nearest cache wherever they are in
//! the window. What is too high for the second cache is drawn in *bands*, one
//! after the other in the same memory. All changes are zero between bands,
//! whence another size costs nothing.

use super::arithmetic::Arithmetic;
use super::edges::Bounds;

/// The change of a full pixel. Winding numbers up to 2047 fit; beyond, sums
/// wrap.
pub(super) const ONE: i32 = 1 << 20;

/// Pixels of a block: 64 bytes of changes, a line of the cache.
pub(super) const BLOCK: usize = 16;

/// Bytes of a band, if 16 rows are not more.
const BAND: usize = 256 << 10;

/// Planes of at most so many blocks in a row do without their bytes.
const FEW: usize = 2;

/// Changes for the pixels of one drawing.
#[derive(Clone, Debug, Default)]
pub(super) struct Plane {
    /// The first column within the window.
    x: u32,
    /// The rows of what is drawn, counted in the window.
    top: u32,
    bottom: u32,
    /// Those of the band.
    first: u32,
    end: u32,
    /// The most rows of a band.
    most: u32,
    /// Blocks of a row in which anything may be noted.
    blocks: usize,
    /// Blocks from a row to the next: an odd number, so that the pixels of a
    /// column are spread over the sets of a cache.
    stride: usize,
    changes: Vec<i32>,
    /// A byte for each block of `changes`, if there are many in a row.
    touched: Vec<u8>,
}

impl Plane {
    /// Makes room for what lies between these bounds. All changes must be
    /// zero. Allocates only to grow. The first band is that of
    /// [`next_band`](Self::next_band).
    pub(super) fn frame(&mut self, bounds: &Bounds) {
        (self.top, self.bottom, self.first, self.end) = (0, 0, 0, 0);
        if bounds.top >= bounds.bottom {
            return;
        }
        // Bounds lie within the window, so that nothing is cut.
        (self.x, self.top) = (bounds.left as u32, bounds.top as u32);
        self.bottom = bounds.bottom.ceil() as u32;
        self.end = self.top;
        let columns = bounds.right as usize - self.x as usize;
        // A piece of an edge at the right end notes up to two pixels beyond.
        self.blocks = (columns + 3).div_ceil(BLOCK);
        self.stride = self.blocks | 1;
        let row = self.stride * BLOCK * size_of::<i32>();
        self.most = ((BAND / row) as u32).max(16);
        let blocks = self.stride * self.most.min(self.bottom - self.top) as usize;
        // Vectors may reach beyond the last block, and bytes be read by 64.
        let (changes, touched) = ((blocks + 1) * BLOCK, blocks + 64);
        if self.changes.len() < changes {
            self.changes.resize(changes, 0);
        }
        if self.is_marked() && self.touched.len() < touched {
            self.touched.resize(touched, 0);
        }
    }

    /// Goes on to the next band, if there is one. All changes must be zero.
    pub(super) fn next_band(&mut self) -> bool {
        self.first = self.end;
        self.end = self.bottom.min(self.first + self.most);
        self.first < self.end
    }

    /// Whether there is only one band.
    pub(super) fn is_one_band(&self) -> bool {
        self.bottom - self.top <= self.most
    }

    /// Whether blocks have bytes, which [`note`](Self::note) must then set.
    pub(super) fn is_marked(&self) -> bool {
        self.blocks > FEW
    }

    /// The first column and row of what is drawn, within the window.
    pub(super) fn origin(&self) -> [u32; 2] {
        [self.x, self.top]
    }

    /// The rows of the band, counted within the window.
    pub(super) fn band(&self) -> std::ops::Range<u32> {
        self.first..self.end
    }

    /// Pixels from a row to the next.
    pub(super) fn stride(&self) -> usize {
        self.stride * BLOCK
    }

    /// What changes are noted in.
    #[inline(always)]
    pub(super) fn notes(&mut self) -> Notes<'_> {
        Notes { changes: &mut self.changes, touched: &mut self.touched }
    }

    /// `length` pixels in a row from `at` on, to be changed, and up to
    /// [`BLOCK`] more, to be left as they are.
    #[inline(always)]
    pub(super) fn run(&mut self, at: usize, length: usize) -> &mut [i32] {
        if self.is_marked() {
            let blocks = at / BLOCK..(at + length).div_ceil(BLOCK);
            if let Some(touched) = self.touched.get_mut(blocks) {
                touched.fill(1);
            }
        }
        self.changes.get_mut(at..).unwrap_or_default()
    }

    /// A bit for each block of a row of the band in which there may be changes, of the 64
    /// blocks from `group` on. None right of all blocks.
    #[inline(always)]
    pub(super) fn touched(&self, with: impl Arithmetic, y: u32, group: usize) -> Option<u64> {
        let left = self.blocks.checked_sub(group).filter(|left| *left > 0)?;
        let exist = u64::MAX >> 64_usize.saturating_sub(left);
        if !self.is_marked() {
            return Some(exist);
        }
        let start = (y - self.first) as usize * self.stride + group;
        Some(with.bits(self.touched.get(start..)?.first_chunk()?) & exist)
    }

    /// The changes of a block of the band, for the caller to make zero.
    #[inline(always)]
    pub(super) fn take_block(&mut self, y: u32, block: usize) -> Option<&mut [i32; BLOCK]> {
        let at = (y - self.first) as usize * self.stride + block;
        if self.is_marked()
            && let Some(touched) = self.touched.get_mut(at)
        {
            *touched = 0;
        }
        self.changes.get_mut(at * BLOCK..)?.first_chunk_mut()
    }
}

/// The memory of a [`Plane`], at hand.
pub(super) struct Notes<'a> {
    changes: &'a mut [i32],
    touched: &'a mut [u8],
}

impl Notes<'_> {
    /// Adds to three pixels in a row, from `at` on, counted through the plane.
    /// `MARK` is [`Plane::is_marked`].
    #[inline(always)]
    pub(super) fn add<const MARK: bool>(&mut self, at: usize, changes: [i32; 3]) {
        let Some([a, b, c]) = self.changes.get_mut(at..at + 3) else { return };
        *a = a.wrapping_add(changes[0]);
        // The bytes are in between so that the compiler does not make one wide
        // addition of two: its load would wait for the shifted store of the
        // edge before this one.
        if MARK && let Some(touched) = self.touched.get_mut(at / BLOCK) {
            *touched = 1;
        }
        *b = b.wrapping_add(changes[1]);
        if MARK && let Some(touched) = self.touched.get_mut((at + 2) / BLOCK) {
            *touched = 1;
        }
        *c = c.wrapping_add(changes[2]);
    }
}

#[cfg(test)]
impl Plane {
    /// Where the memory is, and how many bytes there are.
    pub(super) fn memory(&self) -> [(usize, usize); 2] {
        [
            (self.changes.as_ptr() as usize, 4 * self.changes.capacity()),
            (self.touched.as_ptr() as usize, self.touched.capacity()),
        ]
    }
}
