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
//! The plane is as large as what is drawn at the moment, and begins at its
//! top-left pixel, so that small shapes stay in the nearest cache wherever
//! they are in the window. All changes are zero between drawings, whence
//! another size costs nothing.

use super::arithmetic::Arithmetic;
use super::edges::Bounds;

/// The change of a full pixel. Winding numbers up to 2047 fit; beyond, sums
/// wrap.
pub(super) const ONE: i32 = 1 << 20;

/// Pixels of a block: 64 bytes of changes, a line of the cache.
pub(super) const BLOCK: usize = 16;

/// Planes of at most so many blocks in a row do without their bytes.
const FEW: usize = 2;

/// Changes for the pixels of one drawing.
#[derive(Clone, Debug, Default)]
pub(super) struct Plane {
    /// The top-left pixel within the window.
    x: u32,
    y: u32,
    rows: u32,
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
    /// zero. Allocates only to grow.
    pub(super) fn frame(&mut self, bounds: &Bounds) {
        if bounds.top >= bounds.bottom {
            self.rows = 0;
            return;
        }
        // Bounds lie within the window, so that nothing is cut.
        (self.x, self.y) = (bounds.left as u32, bounds.top as u32);
        self.rows = bounds.bottom.ceil() as u32 - self.y;
        let columns = bounds.right as usize - self.x as usize;
        // A piece of an edge at the right end notes up to two pixels beyond.
        self.blocks = (columns + 3).div_ceil(BLOCK);
        self.stride = self.blocks | 1;
        let blocks = self.stride * self.rows as usize;
        // Vectors may reach beyond the last block, and bytes be read by 64.
        let (changes, touched) = ((blocks + 1) * BLOCK, blocks + 64);
        if self.changes.len() < changes {
            self.changes.resize(changes, 0);
        }
        if self.is_marked() && self.touched.len() < touched {
            self.touched.resize(touched, 0);
        }
    }

    /// Whether blocks have bytes, which [`note`](Self::note) must then set.
    pub(super) fn is_marked(&self) -> bool {
        self.blocks > FEW
    }

    /// The window's column and row of the first pixel.
    pub(super) fn origin(&self) -> [u32; 2] {
        [self.x, self.y]
    }

    /// The number of rows.
    pub(super) fn rows(&self) -> u32 {
        self.rows
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

    /// A bit for each block of a row in which there may be changes, of the 64
    /// blocks from `group` on. None right of all blocks.
    #[inline(always)]
    pub(super) fn touched(&self, with: impl Arithmetic, row: u32, group: usize) -> Option<u64> {
        let left = self.blocks.checked_sub(group).filter(|left| *left > 0)?;
        let exist = u64::MAX >> 64_usize.saturating_sub(left);
        if !self.is_marked() {
            return Some(exist);
        }
        let start = row as usize * self.stride + group;
        Some(with.bits(self.touched.get(start..)?.first_chunk()?) & exist)
    }

    /// The changes of a block, for the caller to make zero.
    #[inline(always)]
    pub(super) fn take_block(&mut self, row: u32, block: usize) -> Option<&mut [i32; BLOCK]> {
        let at = row as usize * self.stride + block;
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
