//! Rows of pixels from anywhere, each in a window of eight pixels.
//!
//! Owns the queue in which rows of small shapes, and the awkward rows of large
//! ones, wait until vectors are full of them. It must not know what a shape
//! is.
//!
//! A lane of the queue is the part of one row of pixels between a left and a
//! right side, within eight pixels. For every sample row, each side's number of
//! samples is spread over four bytes, and a saturating subtraction and a
//! minimum make of it how many of them are in each of four pixels: after the
//! last sample row, a lane's bytes are the coverage of its pixels as they lie
//! in memory.

use fearless_simd::{Bytes, Select, Simd, SimdBase};

use crate::lanes::sampling::Sampling;
use crate::lanes::side::Side;
use crate::lanes::sink::Sink;
use crate::lanes::vector::{Counter, Walk};

/// Pixels of a window.
pub(crate) const WIDTH: i32 = 8;

/// Lanes of the queue: four of the widest vectors.
const CAPACITY: usize = 64;

/// One side of every lane. Vectors of them are aligned to cache lines: see
/// [`Spilled`](crate::lanes::vector::Spilled).
#[derive(Clone, Debug)]
#[repr(C, align(64))]
struct Sides {
    at: [i32; CAPACITY],
    rest: [i32; CAPACITY],
    whole: [i32; CAPACITY],
    step: [i32; CAPACITY],
    height: [i32; CAPACITY],
}

/// The queue. As [`Sides`], its vectors are aligned.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Windows {
    left: Sides,
    right: Sides,
    /// A bit for every sample row that counts.
    slots: [i32; CAPACITY],
    /// The first pixel of the window.
    x: [i32; CAPACITY],
    y: [u32; CAPACITY],
    /// Coverage of the first four pixels, one byte each.
    near: [i32; CAPACITY],
    /// Coverage of the other four.
    far: [i32; CAPACITY],
    /// A bit for every lane that needs more than the first four pixels.
    wide: u64,
    length: usize,
}

/// One side of a lane.
#[derive(Clone, Copy)]
pub(crate) enum Bound<'a> {
    /// A side on the first sample row of the row of pixels.
    Side(&'a Side),
    /// Upright at the left end of a pixel, which is not left of the window,
    /// nor more than eight pixels right of it.
    Pixel(i32),
}

impl Sides {
    const NONE: Self = Self {
        at: [0; CAPACITY],
        rest: [-1; CAPACITY],
        whole: [0; CAPACITY],
        step: [0; CAPACITY],
        height: [0; CAPACITY],
    };

    #[inline(always)]
    fn set<G: Sampling>(&mut self, lane: usize, window: i32, bound: Bound<'_>) {
        let columns = G::GRID.columns;
        match bound {
            Bound::Side(side) => {
                self.at[lane] = columns * (side.x - (window << 16)) + G::BIAS;
                self.rest[lane] = side.rest - side.height;
                self.whole[lane] = columns * side.small.whole;
                self.step[lane] = side.small.rest;
                self.height[lane] = -side.height;
            }
            Bound::Pixel(x) => {
                self.at[lane] = (columns * (x - window)) << 16;
                self.rest[lane] = -1;
                self.whole[lane] = 0;
                self.step[lane] = 0;
            }
        }
    }

    #[inline(always)]
    fn load<S: Simd>(&self, simd: S, lane: usize) -> Walk<S> {
        let load =
            |lanes: &[i32; CAPACITY]| S::i32s::from_slice(simd, &lanes[lane..lane + S::i32s::LEN]);
        Walk {
            at: load(&self.at),
            rest: load(&self.rest),
            whole: load(&self.whole),
            step: load(&self.step),
            height: load(&self.height),
        }
    }
}

impl Windows {
    pub(crate) const fn new() -> Self {
        Self {
            length: 0,
            left: Sides::NONE,
            right: Sides::NONE,
            slots: [0; CAPACITY],
            x: [0; CAPACITY],
            y: [0; CAPACITY],
            wide: 0,
            near: [0; CAPACITY],
            far: [0; CAPACITY],
        }
    }

    /// Queues a row of pixels. Both sides, all their sample rows taken, must
    /// lie within the window, of which only four pixels are needed unless
    /// `wide`; `slots` says which sample rows count.
    #[inline(always)]
    pub(crate) fn push<G: Sampling, S: Simd>(
        &mut self,
        simd: S,
        sink: &mut impl Sink,
        (x, y): (i32, u32),
        (left, right): (Bound<'_>, Bound<'_>),
        slots: i32,
        wide: bool,
    ) {
        let lane = self.length % CAPACITY;
        self.left.set::<G>(lane, x, left);
        self.right.set::<G>(lane, x, right);
        self.slots[lane] = slots;
        self.x[lane] = x;
        self.y[lane] = y;
        self.wide |= u64::from(wide) << lane;
        self.length = lane + 1;
        if self.length == CAPACITY {
            self.flush::<G, S>(simd, sink);
        }
    }

    /// Computes all that wait and hands them to the sink.
    #[inline(always)]
    pub(crate) fn flush<G: Sampling, S: Simd>(&mut self, simd: S, sink: &mut impl Sink) {
        let length = self.length.min(CAPACITY);
        if length == 0 {
            return;
        }
        simd.vectorize(
            #[inline(always)]
            || {
                let mut lane = 0;
                while lane < length {
                    if (self.wide >> lane) & ((1 << S::i32s::LEN) - 1) == 0 {
                        self.compute::<G, S, false>(simd, lane);
                    } else {
                        self.compute::<G, S, true>(simd, lane);
                    }
                    lane += S::i32s::LEN;
                }
                for lane in 0..length {
                    // Bytes of a lane are pixels: the lower word holds the first four.
                    let [near, far] = [self.near[lane], self.far[lane]].map(i32::cast_unsigned);
                    let bytes = u64::from(near) | u64::from(far) << 32;
                    sink.add_eight(self.y[lane], self.x[lane], bytes);
                }
            },
        );
        (self.length, self.wide) = (0, 0);
    }

    /// The coverage of as many lanes as a vector has, from `lane` on.
    #[inline(always)]
    fn compute<G: Sampling, S: Simd, const WIDE: bool>(&mut self, simd: S, lane: usize) {
        let end = lane + S::i32s::LEN;
        let counter = Counter::<S>::new::<G>(simd);
        let mut left = self.left.load(simd, lane);
        let mut right = self.right.load(simd, lane);
        let slots = S::i32s::from_slice(simd, &self.slots[lane..end]);
        let zero = S::i32s::splat(simd, 0);
        let (mut near, mut far) = (counter.nothing(), counter.nothing());
        for slot in 0..G::GRID.rows {
            let counts = (slots & S::i32s::splat(simd, 1 << slot)).simd_ne(zero);
            // Where sides cross, or a row does not count, nothing is between.
            let reached = counts.select(right.at.max(left.at), left.at);
            let (skipped, reached) = (counter.spread(left.at), counter.spread(reached));
            near += counter.near(reached) - counter.near(skipped);
            if WIDE {
                far += counter.far(reached) - counter.far(skipped);
            }
            left.advance::<G>(simd);
            right.advance::<G>(simd);
        }
        near.bitcast::<S::i32s>().store_slice(&mut self.near[lane..end]);
        far.bitcast::<S::i32s>().store_slice(&mut self.far[lane..end]);
    }
}
