//! Many rows of one shape whose sides move little from row to row.
//!
//! Owns the fast path of large shapes: each lane is one row of pixels of the
//! same side, so that all that differs between lanes is where they stand. It
//! must not know what a shape is.
//!
//! Sides that run to the left are walked from the last sample row of each
//! pixel to the first: then every walk runs to the right, and its window
//! begins at the pixel it starts in.

use fearless_simd::{Bytes, Simd, SimdBase};

use crate::lanes::sampling::Sampling;
use crate::lanes::side::{Side, Step};
use crate::lanes::sink::Sink;
use crate::lanes::vector::{Counter, Spilled, Stack, Walk};

/// The widest vector of 32-bit numbers.
const WIDEST: usize = 16;

/// Pixels that a side may touch in one row.
pub(crate) const RAMP: i32 = 4;

/// Whether a side touches at most [`RAMP`] pixels in every row.
#[inline(always)]
pub(crate) fn is_steep<G: Sampling>(side: &Side) -> bool {
    let gaps = i64::from(G::GRID.rows - 1);
    // One unit more for every carry; then any place in the first pixel will do.
    gaps * (i64::from(side.small.whole).abs() + 1) <= i64::from(RAMP - 1) << 16
}

/// One side on as many rows as a vector has lanes.
struct Ramps<S: Simd> {
    /// Where walks to the right begin.
    stack: Stack<S>,
    /// From one sample row to the next, to the right.
    small: Step,
    upright: bool,
    /// The first pixel of each lane's window.
    pixel: Spilled,
    /// Samples at the left of the side in its pixels, a byte each.
    bytes: Spilled,
}

impl<S: Simd> Ramps<S> {
    #[inline(always)]
    fn new<G: Sampling>(simd: S, side: &Side) -> Self {
        let (gaps, gap) = (i64::from(G::GRID.rows - 1), i64::from(G::GRID.step_small));
        let mut start = *side;
        let mut small = side.small;
        if side.run < 0 {
            (start.x, start.rest) = side.at(gaps * gap);
            small = side.step(-gap * side.run);
        }
        let stack = Stack::new(simd, &start);
        let upright = side.run == 0;
        Self { stack, small, upright, pixel: Spilled::default(), bytes: Spilled::default() }
    }

    /// Counts the samples of all lanes.
    #[inline(always)]
    fn count<G: Sampling>(&mut self, simd: S, counter: Counter<S>, flip: S::u8s) {
        let columns = G::GRID.columns;
        let x = self.stack.x;
        let fraction = x & S::i32s::splat(simd, 0xffff);
        // Columns are one more than a power of two.
        let at = (fraction << (columns - 1).ilog2()) + fraction + S::i32s::splat(simd, G::BIAS);
        let mut walk = Walk::<S> {
            at,
            rest: self.stack.rest,
            whole: S::i32s::splat(simd, columns * self.small.whole),
            step: S::i32s::splat(simd, self.small.rest),
            height: self.stack.height,
        };
        let mut bytes = counter.nothing();
        for _ in 1..G::GRID.rows {
            bytes += counter.near(counter.spread(walk.at));
            walk.advance::<G>(simd);
        }
        bytes += counter.near(counter.spread(walk.at));
        let bytes = bytes ^ flip;
        bytes.bitcast::<S::i32s>().store_slice(&mut self.bytes[..S::i32s::LEN]);
        (x >> 16).store_slice(&mut self.pixel[..S::i32s::LEN]);
    }
}

/// Draws `rows` full rows of pixels from row `y` on. Rows in which the sides
/// are not clearly apart are left to `close`, which gets the number of each
/// from 0 on.
#[inline(always)]
pub(crate) fn draw<G: Sampling, S: Simd, K: Sink>(
    simd: S,
    sink: &mut K,
    (y, rows): (u32, u32),
    (left, right): (&Side, &Side),
    mut close: impl FnMut(&mut K, u32),
) {
    let lanes = S::i32s::LEN as u32;
    let mut blocks = (Ramps::<S>::new::<G>(simd, left), Ramps::<S>::new::<G>(simd, right));
    let mut start = 0;
    while start < rows {
        simd.vectorize(
            #[inline(always)]
            || {
                let counter = Counter::<S>::new::<G>(simd);
                let full = S::u8s::splat(simd, (G::GRID.rows * G::GRID.columns) as u8);
                let (left, right) = &mut blocks;
                if start == 0 || !left.upright {
                    left.count::<G>(simd, counter, full);
                    left.stack.next_block(simd);
                }
                if start == 0 || !right.upright {
                    right.count::<G>(simd, counter, counter.nothing());
                    right.stack.next_block(simd);
                }
            },
        );
        let (left, right) = &blocks;
        for row in start..rows.min(start + lanes) {
            let lane = ((row - start) as usize) % WIDEST;
            let (l, r) = (left.pixel[lane], right.pixel[lane]);
            if r >= l + RAMP {
                let bytes = [left.bytes[lane], right.bytes[lane]].map(i32::cast_unsigned);
                sink.add_row(y + row, (l, bytes[0]), (r, bytes[1]));
            } else {
                close(sink, row);
            }
        }
        start += lanes;
    }
}
