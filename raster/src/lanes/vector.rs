//! Walks in vectors: each lane an edge on a row of pixels of its own.
//!
//! Owns the step from sample row to sample row and the counting of samples
//! into bytes, in terms of vectors of any width. It must not know where lanes
//! come from or what their bytes become.

use fearless_simd::{Bytes, Level, Select, Simd, SimdBase, SimdInt};

use crate::lanes::sampling::Sampling;
use crate::lanes::side::{Side, Step};

/// Sides on a sample row each.
pub(crate) struct Walk<S: Simd> {
    /// Columns · x + bias, x counted from the lane's window: the number of
    /// samples left of the side, times 65536.
    pub(crate) at: S::i32s,
    /// rest − height: negative.
    pub(crate) rest: S::i32s,
    /// Columns · whole of the step.
    pub(crate) whole: S::i32s,
    /// Rest of the step.
    pub(crate) step: S::i32s,
    /// −height.
    pub(crate) height: S::i32s,
}

impl<S: Simd> Walk<S> {
    /// To the next sample row of the same row of pixels.
    #[inline(always)]
    pub(crate) fn advance<G: Sampling>(&mut self, simd: S) {
        let zero = S::i32s::splat(simd, 0);
        let columns = S::i32s::splat(simd, G::GRID.columns);
        self.rest += self.step;
        let carry = self.rest.simd_ge(zero);
        self.at = self.at + self.whole + carry.select(columns, zero);
        self.rest += carry.select(self.height, zero);
    }
}

/// Where a side is on as many rows of pixels as a vector has lanes.
pub(crate) struct Stack<S: Simd> {
    /// In 1/65536 pixel.
    pub(crate) x: S::i32s,
    /// rest − height.
    pub(crate) rest: S::i32s,
    /// −height.
    pub(crate) height: S::i32s,
    /// From one vector of rows to the next, down.
    block: Step,
}

impl<S: Simd> Stack<S> {
    /// `side` and the rows below it.
    #[inline(always)]
    pub(crate) fn new(simd: S, side: &Side) -> Self {
        let mut steps = side.row_steps();
        let mut stack = Self {
            x: S::i32s::splat(simd, side.x),
            rest: S::i32s::splat(simd, side.rest - side.height),
            height: S::i32s::splat(simd, -side.height),
            block: side.row,
        };
        let mut bit = 1;
        while bit < S::i32s::LEN {
            if let Some(step) = steps.next() {
                // Lanes whose number has this bit walk so many rows.
                let lanes = S::i32s::from_fn(simd, |lane| -i32::from(lane & bit != 0));
                stack.walk(simd, step, lanes);
            }
            bit *= 2;
        }
        if let Some(step) = steps.next() {
            stack.block = step;
        }
        stack
    }

    /// To the rows below.
    #[inline(always)]
    pub(crate) fn next_block(&mut self, simd: S) {
        self.walk(simd, self.block, S::i32s::splat(simd, -1));
    }

    /// Walks the lanes that are −1.
    #[inline(always)]
    fn walk(&mut self, simd: S, step: Step, lanes: S::i32s) {
        let (zero, one) = (S::i32s::splat(simd, 0), S::i32s::splat(simd, 1));
        self.rest += S::i32s::splat(simd, step.rest) & lanes;
        let carry = self.rest.simd_ge(zero);
        self.x = self.x + (S::i32s::splat(simd, step.whole) & lanes) + carry.select(one, zero);
        self.rest += carry.select(self.height, zero);
    }
}

/// What the counting of samples in windows of pixels needs.
#[derive(Clone, Copy)]
pub(crate) struct Counter<S: Simd> {
    simd: S,
    /// Where in each lane the number of samples is, four times.
    count: S::u8s,
    /// The samples left of each of the four first pixels.
    near: S::u8s,
    /// The samples left of each of the four pixels after those.
    far: S::u8s,
    /// Samples of a row of a full pixel.
    full: S::u8s,
}

impl<S: Simd> Counter<S> {
    #[inline(always)]
    pub(crate) fn new<G: Sampling>(simd: S) -> Self {
        let columns = G::GRID.columns as u8;
        Self {
            simd,
            count: S::u8s::from_fn(simd, |byte| (byte as u8 & 12) + 2),
            near: S::u8s::from_fn(simd, |byte| columns * (byte as u8 & 3)),
            far: S::u8s::from_fn(simd, |byte| columns * ((byte as u8 & 3) + 4)),
            full: S::u8s::splat(simd, columns),
        }
    }

    /// The number of samples in `at` (0 to 255), four times in each lane.
    #[inline(always)]
    pub(crate) fn spread(self, at: S::i32s) -> S::u8s {
        if slow_shuffle(self.simd) {
            // Bits above the number's eight are zero: windows are that narrow.
            let count = at >> 16;
            let twice = count | (count << 8);
            (twice | (twice << 16)).bitcast()
        } else {
            at.bitcast::<S::u8s>().swizzle_dyn_within_blocks(self.count)
        }
    }

    /// How many of them lie in each of the first four pixels.
    #[inline(always)]
    pub(crate) fn near(self, spread: S::u8s) -> S::u8s {
        spread.saturating_sub(self.near).min(self.full)
    }

    /// How many of them lie in each of the four pixels after those.
    #[inline(always)]
    pub(crate) fn far(self, spread: S::u8s) -> S::u8s {
        spread.saturating_sub(self.far).min(self.full)
    }

    /// No coverage.
    #[inline(always)]
    pub(crate) fn nothing(self) -> S::u8s {
        S::u8s::splat(self.simd, 0)
    }
}

/// Whether bytes cannot be moved within a vector in one instruction.
#[inline(always)]
fn slow_shuffle<S: Simd>(simd: S) -> bool {
    match simd.level() {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        Level::Sse2(_) => true,
        level => level.is_fallback(),
    }
}

/// The lanes of a vector in memory, to be looked at one by one.
///
/// Aligned to a cache line: where a store is split between two, reading its
/// lanes back waits for it, and a shape takes twice the time.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(crate) struct Spilled([i32; 16]);

impl std::ops::Deref for Spilled {
    type Target = [i32; 16];

    #[inline(always)]
    fn deref(&self) -> &[i32; 16] {
        &self.0
    }
}

impl std::ops::DerefMut for Spilled {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [i32; 16] {
        &mut self.0
    }
}
