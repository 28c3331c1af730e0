//! A side of a shape as a function of the sample row.
//!
//! Owns the way from a line to states that vectors of rows can start from, and
//! the promise that they are those of [`Edge`](crate::Edge). It must not know
//! masks or vectors.
//!
//! # Why this equals pixman's walk
//!
//! An edge's state (x, e) means the number x + e / dy going right, x − e / dy
//! going left, and every step adds exactly its share of dx to that number. So
//! on the row n units below any other the edge stands on
//!
//! ```text
//! x(n) = x + ⌊(rest + n · dx) / dy⌋,    0 ≤ rest < dy
//! ```
//!
//! with a rest that absorbs the direction's rounding (⌈v⌉ − 1 going right,
//! ⌊v⌋ going left). What remains are pixman's two oddities at the start, where
//! a walk to the first row forgets what did not amount to a carry, and one
//! state, e = −dy, which this formula cannot express on its first row.

use crate::fixed::Fixed;
use crate::lanes::sampling::Sampling;
use crate::trap::Point;

/// Sides that move farther than this many pixels in one row of pixels are left
/// to the row by row walk: nothing that follows can then overflow.
const STEEPEST: i64 = 1 << 12;

/// Sides are left to the walk, too, when they come farther out than this, in
/// 1/65536 pixel: positions wrap in 32 bits.
const FARTHEST: i64 = 1 << 29;

/// How far a side moves over some distance down: whole units of x, and a rest
/// in 1/dy of a unit, 0 ≤ rest < dy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) whole: i32,
    pub(crate) rest: i32,
}

impl Step {
    /// Twice as far.
    #[inline(always)]
    fn twice(self, height: i32) -> Self {
        let over = self.rest >= height - self.rest;
        let rest = if over { self.rest - (height - self.rest) } else { 2 * self.rest };
        // What a vector of rows walks is checked by `Side::new`; beyond, x is
        // not used.
        Self { whole: self.whole.wrapping_mul(2).wrapping_add(i32::from(over)), rest }
    }
}

/// A side, standing on the first sample row of a row of pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    /// Where it is, in 1/65536 pixel.
    pub(crate) x: i32,
    /// What x leaves out, in 1/height: 0 ≤ rest < height.
    pub(crate) rest: i32,
    /// Height of its line in 1/65536 pixel (`dy`), positive.
    pub(crate) height: i32,
    /// Width of its line in 1/65536 pixel (`dx`).
    pub(crate) run: i64,
    /// From one sample row of a pixel to the next.
    pub(crate) small: Step,
    /// From one row of pixels to the next.
    pub(crate) row: Step,
    inverse: f64,
}

impl Side {
    /// The side from `top` to `bottom` (the state that [`Edge::new`] reaches on
    /// the sample row `first`), put back by `slot` sample rows to the first one
    /// of its pixel. `rows` is how many rows of pixels it will walk.
    ///
    /// `None` if the formula does not hold, or numbers could wrap.
    ///
    /// [`Edge::new`]: crate::Edge::new
    #[inline(always)]
    pub(crate) fn new<G: Sampling>(
        first: Fixed,
        slot: i64,
        rows: i64,
        top: Point,
        bottom: Point,
    ) -> Option<Self> {
        let run = i64::from(bottom.x.wrapping_sub(top.x).bits());
        let height = bottom.y.wrapping_sub(top.y).bits();
        let tall = i64::from(height);
        // −2³¹ has no negation in 32 bits, which pixman's remainder shows.
        if height <= 0 || run.abs() > STEEPEST * tall || run == i64::from(i32::MIN) {
            return None;
        }
        let origin = i64::from(top.x.bits());
        let n = i64::from(first.wrapping_sub(top.y).bits());
        let mut side = Self {
            x: 0,
            rest: 0,
            height,
            run,
            small: Step { whole: 0, rest: 0 },
            row: Step { whole: 0, rest: 0 },
            inverse: 1.0 / f64::from(height),
        };
        if run == 0 {
            // Upright: only a start below the first row shifts it.
            side.x = narrow(origin - i64::from(n < 0))?;
            side.rest = if n < 0 { height - 1 } else { 0 };
            return Some(side);
        }
        let gap = i64::from(G::GRID.step_small);
        side.small = side.step(gap * run);
        if rows > 0 {
            side.row = side.step(run << 16);
        }
        let (moved, rest) = match side.forgotten::<G>(n, origin)? {
            None => side.divide((n - slot * gap) * run - i64::from(run > 0)),
            Some((moved, rest)) => {
                let (back, rest) = side.divide(i64::from(rest) - slot * gap * run);
                (moved + back, rest)
            }
        };
        (side.x, side.rest) = (narrow(origin + moved)?, rest);
        narrow(origin + moved + (rows + 1) * i64::from(side.row.whole))?;
        Some(side)
    }

    /// Where the walk of `n` units to the first row ends, relative to the
    /// line's upper end, if it forgets what it owes: whole units and rest. An
    /// outer `None` says that this state cannot be expressed.
    #[inline(always)]
    fn forgotten<G: Sampling>(&self, n: i64, origin: i64) -> Option<Option<(i64, i32)>> {
        let tall = i64::from(self.height);
        if self.run > 0 && n >= 0 {
            let slope = if self.run < tall {
                // Both fit 31 bits.
                Step { whole: 0, rest: self.run as i32 }
            } else {
                self.step(self.run)
            };
            let (whole, rest) = (i64::from(slope.whole), i64::from(slope.rest));
            // e = −dy + n · rest is written back when it exceeds 0.
            if n * rest > tall {
                return Some(None);
            }
            if rest == 0 {
                // No step ever changes e: x stays a unit farther right.
                return Some(Some((n * whole, 0)));
            }
            return self
                .may_forget::<G>(origin + n * whole - 1, slope)
                .then_some(Some((n * whole - 1, self.height - 1)));
        }
        if self.run < 0 && n < 0 {
            let slope = self.step(self.run);
            // The walk's own division truncates.
            let whole = i64::from(slope.whole) + i64::from(slope.rest > 0);
            let owed = if slope.rest > 0 { tall - i64::from(slope.rest) } else { 0 };
            if -n * owed < tall {
                return Some(Some((n * whole, 0)));
            }
        }
        Some(None)
    }

    /// On its first row this state is really one unit farther right. Whether
    /// that may be dropped: no sample column is there, and the next step ends
    /// the state.
    fn may_forget<G: Sampling>(&self, x: i64, slope: Step) -> bool {
        let big = (i64::from(self.small.rest) + i64::from(slope.rest)) % i64::from(self.height);
        let Ok(x) = i32::try_from(x & 0xffff) else { return false };
        self.small.rest != 0 && big != 0 && G::samples(x) == G::samples(x + 1)
    }

    /// Where it is `n` units farther down: x and rest.
    #[inline(always)]
    pub(crate) fn at(&self, n: i64) -> (i32, i32) {
        let (moved, rest) = self.divide(i64::from(self.rest) + n * self.run);
        // Within the rows that `new` was told, x does not wrap.
        (self.x.wrapping_add(moved as i32), rest)
    }

    /// How far it moves while y advances by `product` / `run` units.
    #[inline(always)]
    pub(crate) fn step(&self, product: i64) -> Step {
        let (whole, rest) = self.divide(product);
        Step { whole: whole as i32, rest }
    }

    /// From one row of pixels to the one `2^doublings` farther down, for each
    /// number of doublings.
    #[inline(always)]
    pub(crate) fn row_steps(&self) -> impl Iterator<Item = Step> {
        let height = self.height;
        std::iter::successors(Some(self.row), move |step| Some(step.twice(height)))
    }

    /// One row of pixels farther down.
    #[inline(always)]
    pub(crate) fn next_row(&mut self) {
        // No sum exceeds 2^32 − 2: compare before it is formed.
        let room = self.height - self.row.rest;
        let carry = self.rest >= room;
        self.rest = if carry { self.rest - room } else { self.rest + self.row.rest };
        self.x = self.x.wrapping_add(self.row.whole + i32::from(carry));
    }

    /// The first pixel that it can touch in this row of pixels, and the one
    /// after the last.
    #[inline(always)]
    pub(crate) fn pixels<G: Sampling>(&self) -> (i32, i32) {
        let gaps = G::GRID.rows - 1;
        let reach = gaps * self.small.whole;
        // The rests of all steps together are less than a unit each.
        let (low, high) = (self.x + reach.min(0), self.x + (reach + gaps).max(0));
        (low >> 16, (high >> 16) + 1)
    }

    /// ⌊a / height⌋ and what remains.
    ///
    /// A float's quotient of numbers below 2⁴⁹ errs by less than ¼ / height,
    /// and a + ½ is at least ½ / height away from every whole quotient. So
    /// half a unit below it, the nearest whole number is what is wanted, and a
    /// sum of 2⁵² and more has no room for any other.
    #[inline(always)]
    fn divide(&self, a: i64) -> (i64, i32) {
        const WHOLE: f64 = 6_755_399_441_055_744.0; // 1.5 · 2⁵²
        const LIMIT: i64 = 1 << 49;
        let tall = i64::from(self.height);
        let quotient = if -LIMIT < a && a < LIMIT {
            let sum = ((a as f64 + 0.5) * self.inverse - 0.5) + WHOLE;
            // Both have the same exponent: their bits differ by the number.
            (sum.to_bits() as i64).wrapping_sub(WHOLE.to_bits() as i64)
        } else {
            a.div_euclid(tall)
        };
        (quotient, (a - quotient * tall) as i32)
    }
}

/// A position that cannot wrap on its way.
#[inline(always)]
fn narrow(x: i64) -> Option<i32> {
    if x.abs() < FARTHEST { Some(x as i32) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::Edge;
    use crate::grid::Grid;
    use crate::lanes::sampling::{Eight, Four};

    /// SplitMix64, as the differential tests have it.
    fn random(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Every sample row of some rows of pixels, against the walk.
    fn compare<G: Sampling>(first: Fixed, slot: i64, top: Point, bottom: Point) -> bool {
        const ROWS: i64 = 4;
        let grid = G::GRID;
        let Some(side) = Side::new::<G>(first, slot, ROWS, top, bottom) else { return false };
        let mut edge = Edge::new(grid, first, top, bottom);
        let mut slot = slot;
        let mut row = side;
        for pixel in 0..ROWS {
            let (low, end) = row.pixels::<G>();
            assert_eq!((row.x, row.rest), side.at(pixel << 16), "row {pixel} of {side:?}");
            while slot < i64::from(grid.rows) {
                let (x, _) = row.at(slot * i64::from(grid.step_small));
                // One unit may be missing on the first row, but no sample.
                assert_eq!(G::samples(x), G::samples(edge.x), "slot {slot} of {pixel}: {side:?}");
                assert!(low <= x >> 16 && x >> 16 < end, "{x} not within {low}..{end}");
                slot += 1;
                if slot < i64::from(grid.rows) {
                    edge.step_small();
                } else {
                    edge.step_big();
                }
            }
            slot = 0;
            row.next_row();
        }
        true
    }

    #[test]
    fn sides_stand_where_edges_do() {
        let mut state = 1;
        let mut compared = 0;
        for _ in 0..100_000 {
            let mut pick = |bits: u32| (random(&mut state) % (1 << bits)) as i32;
            let pixel = |whole: i32, part: i32, kind: i32| {
                Fixed::from_bits((whole << 16) + if kind < 2 { part } else { 0 })
            };
            let kind = pick(2);
            let x = [pixel(pick(5) - 9, pick(16), kind), pixel(pick(5) - 9, pick(16), kind)];
            let y = [pixel(pick(4) - 9, pick(16), kind), pixel(pick(4) - 4, pick(16), kind)];
            let (top, bottom) = (Point::new(x[0], y[0]), Point::new(x[1], y[1]));
            let grid = if pick(1) == 0 { Grid::A8 } else { Grid::A4 };
            let slot = pick(8) % grid.rows;
            let first =
                Fixed::from_bits(((pick(4) - 8) << 16) + grid.first_row + slot * grid.step_small);
            compared += usize::from(if grid == Grid::A8 {
                compare::<Eight>(first, slot.into(), top, bottom)
            } else {
                compare::<Four>(first, slot.into(), top, bottom)
            });
        }
        assert!(compared > 50_000, "only {compared} sides could be compared");
    }
}
