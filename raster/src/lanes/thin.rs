//! Many rows of one shape that is nowhere wider than a window.
//!
//! Owns the fast path of hairlines: as in [`steep`](super::steep), lanes are
//! rows of pixels, but both sides of a row share one window of eight pixels.
//! It must not know what a shape is.

use fearless_simd::{Bytes, Simd, SimdBase};

use crate::lanes::sampling::Sampling;
use crate::lanes::side::Side;
use crate::lanes::sink::Sink;
use crate::lanes::vector::{Counter, Spilled, Stack, Walk};
use crate::lanes::windows::WIDTH;

/// The widest vector of 32-bit numbers.
const WIDEST: usize = 16;

/// How many pixels every row may need, at most [`WIDTH`], or `None` if some
/// may need more.
#[inline(always)]
pub(crate) fn pixels<G: Sampling>(left: &Side, right: &Side, rows: i64) -> Option<i32> {
    let gaps = i64::from(G::GRID.rows - 1);
    let down = |side: &Side| i64::from(side.row.whole.max(side.row.whole + 1)) * rows;
    let mut widest = 0;
    for (from, to) in [(left, right), (right, left), (left, left), (right, right)] {
        // Both are straight: they are farthest apart at one end.
        let apart = i64::from(to.x) - i64::from(from.x);
        let apart = apart.max(apart + down(to) - down(from) + rows);
        let reach = |side: &Side| gaps * i64::from(side.small.whole);
        widest = widest.max(apart + (reach(to) + gaps).max(0) - reach(from).min(0));
    }
    // A window may begin anywhere in its first pixel.
    let pixels = (widest >> 16) + 2;
    if pixels <= i64::from(WIDTH) { Some(pixels as i32) } else { None }
}

/// Draws `rows` full rows of pixels from row `y` on, each within a window.
#[inline(always)]
pub(crate) fn draw<G: Sampling, S: Simd>(
    simd: S,
    sink: &mut impl Sink,
    (y, rows): (u32, u32),
    (left, right): (&Side, &Side),
    wide: bool,
) {
    let lanes = S::i32s::LEN;
    let mut stacks = (Stack::<S>::new(simd, left), Stack::<S>::new(simd, right));
    let (mut x, mut near, mut far) = (Spilled::default(), Spilled::default(), Spilled::default());
    let mut start = 0;
    while start < rows {
        simd.vectorize(
            #[inline(always)]
            || {
                let counter = Counter::<S>::new::<G>(simd);
                let first = first_pixels::<G, S>(simd, &stacks.0, left)
                    .min(first_pixels::<G, S>(simd, &stacks.1, right));
                let mut walks = (
                    walk::<G, S>(simd, &stacks.0, left, first),
                    walk::<G, S>(simd, &stacks.1, right, first),
                );
                let mut bytes = (counter.nothing(), counter.nothing());
                for _ in 0..G::GRID.rows {
                    let (left, right) = &mut walks;
                    let skipped = counter.spread(left.at);
                    // Where sides cross, nothing is between them.
                    let reached = counter.spread(left.at.max(right.at));
                    bytes.0 += counter.near(reached) - counter.near(skipped);
                    if wide {
                        bytes.1 += counter.far(reached) - counter.far(skipped);
                    }
                    left.advance::<G>(simd);
                    right.advance::<G>(simd);
                }
                first.store_slice(&mut x[..lanes]);
                bytes.0.bitcast::<S::i32s>().store_slice(&mut near[..lanes]);
                bytes.1.bitcast::<S::i32s>().store_slice(&mut far[..lanes]);
                stacks.0.next_block(simd);
                stacks.1.next_block(simd);
            },
        );
        for row in start..rows.min(start + lanes as u32) {
            let lane = ((row - start) as usize) % WIDEST;
            let [near, far] = [near[lane], far[lane]].map(i32::cast_unsigned);
            sink.add_eight(y + row, x[lane], u64::from(near) | u64::from(far) << 32);
        }
        start += lanes as u32;
    }
}

/// The first pixel that each lane's side can touch.
#[inline(always)]
fn first_pixels<G: Sampling, S: Simd>(simd: S, stack: &Stack<S>, side: &Side) -> S::i32s {
    let reach = (G::GRID.rows - 1) * side.small.whole;
    (stack.x + S::i32s::splat(simd, reach.min(0))) >> 16
}

/// The side in each lane, in windows that begin at `first`.
#[inline(always)]
fn walk<G: Sampling, S: Simd>(simd: S, stack: &Stack<S>, side: &Side, first: S::i32s) -> Walk<S> {
    let columns = G::GRID.columns;
    let within = stack.x - (first << 16);
    // Columns are one more than a power of two.
    let at = (within << (columns - 1).ilog2()) + within + S::i32s::splat(simd, G::BIAS);
    Walk {
        at,
        rest: stack.rest,
        whole: S::i32s::splat(simd, columns * side.small.whole),
        step: S::i32s::splat(simd, side.small.rest),
        height: stack.height,
    }
}
