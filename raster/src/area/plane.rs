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

/// The change of a full pixel. Winding numbers up to 2047 fit; beyond, sums
/// wrap.
pub(super) const ONE: i32 = 1 << 20;

/// Pixels of a block: 64 bytes of changes, a line of the cache.
pub(super) const BLOCK: usize = 16;

/// Changes for `width` × `height` pixels.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    width: u32,
    height: u32,
    /// Pixels from a row to the next: whole blocks, an odd number of them, so
    /// that the pixels of a column are spread over the sets of a cache.
    stride: usize,
    changes: Vec<i32>,
    /// A byte for each block of `changes`, then padding for reading by eights.
    touched: Vec<u8>,
    /// Rows in which anything may be noted: first, and the last one's next.
    first: u32,
    end: u32,
}

impl Plane {
    /// The most pixels that a plane has. 4 GiB of changes.
    const MOST: usize = 1 << 30;

    /// A plane of zeroes. Rows that would make it exceed 2³⁰ pixels are cut.
    pub(super) fn new(width: u32, height: u32) -> Self {
        let mut plane = Self {
            width: 0,
            height: 0,
            stride: 0,
            changes: Vec::new(),
            touched: Vec::new(),
            first: u32::MAX,
            end: 0,
        };
        plane.resize(width, height);
        plane
    }

    /// Forgets all changes and takes another size. Allocates only to grow.
    pub(super) fn resize(&mut self, width: u32, height: u32) {
        self.clear();
        let width = width.min(crate::Mask::MAX_SIDE);
        // An edge at the right end notes up to three pixels beyond it.
        let blocks = (width as usize + 3).div_ceil(BLOCK) | 1;
        self.stride = blocks * BLOCK;
        let height = height.min(crate::Mask::MAX_SIDE).min((Self::MOST / self.stride) as u32);
        (self.width, self.height) = (width, height);
        self.changes.resize(self.stride * height as usize, 0);
        self.touched.resize(blocks * height as usize + 8, 0);
    }

    pub(super) fn width(&self) -> u32 {
        self.width
    }

    pub(super) fn height(&self) -> u32 {
        self.height
    }

    pub(super) fn stride(&self) -> usize {
        self.stride
    }

    /// Forgets all changes, at the cost of those noted.
    pub(super) fn clear(&mut self) {
        for row in self.rows() {
            let mut cursor = 0;
            while let Some(block) = self.next_touched(row, cursor) {
                self.take_block(row, block);
                cursor = block + 1;
            }
        }
        self.forget_rows();
    }

    /// The rows in which anything may be noted.
    pub(super) fn rows(&self) -> std::ops::Range<u32> {
        self.first.min(self.end)..self.end
    }

    /// Says that all blocks were taken.
    pub(super) fn forget_rows(&mut self) {
        (self.first, self.end) = (u32::MAX, 0);
    }

    /// Says that something will be noted in these rows, both inclusive; cut
    /// to those that exist.
    #[inline(always)]
    pub(super) fn extend_rows(&mut self, first: u32, last: u32) {
        self.first = self.first.min(first);
        self.end = self.end.max(last.saturating_add(1).min(self.height));
    }

    /// Adds to three pixels in a row, from `at` on, counted through the plane.
    /// The row must be within [`rows`](Self::rows).
    #[inline(always)]
    pub(super) fn note(&mut self, at: usize, changes: [i32; 3]) {
        if let Some([a, b, c]) = self.changes.get_mut(at..at + 3) {
            *a = a.wrapping_add(changes[0]);
            *b = b.wrapping_add(changes[1]);
            *c = c.wrapping_add(changes[2]);
            // Within the bytes of blocks because `at` is within the changes.
            if let Some(touched) = self.touched.get_mut(at / BLOCK) {
                *touched = 1;
            }
            if let Some(touched) = self.touched.get_mut((at + 2) / BLOCK) {
                *touched = 1;
            }
        }
    }

    /// `length` pixels in a row from `at` on, to be changed. The row must be
    /// within [`rows`](Self::rows).
    #[inline(always)]
    pub(super) fn run(&mut self, at: usize, length: usize) -> Option<&mut [i32]> {
        let run = self.changes.get_mut(at..at + length)?;
        let blocks = at / BLOCK..(at + length).div_ceil(BLOCK);
        if let Some(touched) = self.touched.get_mut(blocks) {
            touched.fill(1);
        }
        Some(run)
    }

    /// The first block from `from` on in which row `row` has changes.
    #[inline(always)]
    pub(super) fn next_touched(&self, row: u32, from: usize) -> Option<usize> {
        let blocks = self.stride / BLOCK;
        let start = row as usize * blocks;
        let mut block = from;
        while block < blocks {
            let bytes: [u8; 8] =
                self.touched.get(start + block..start + block + 8)?.try_into().ok()?;
            let word = u64::from_le_bytes(bytes);
            if word != 0 {
                let found = block + word.trailing_zeros() as usize / 8;
                return (found < blocks).then_some(found);
            }
            block += 8;
        }
        None
    }

    /// The changes of a block, which become zero.
    #[inline(always)]
    pub(super) fn take_block(&mut self, row: u32, block: usize) -> [i32; BLOCK] {
        let at = row as usize * (self.stride / BLOCK) + block;
        if let Some(touched) = self.touched.get_mut(at) {
            *touched = 0;
        }
        match self.changes.get_mut(at * BLOCK..).and_then(<[i32]>::first_chunk_mut) {
            Some(changes) => std::mem::replace(changes, [0; BLOCK]),
            None => [0; BLOCK],
        }
    }
}
