//! The sweep from the top of a polygon to its bottom.
//!
//! Owns the order of edges and the cutting into trapezoids. It must not know
//! paths.
//!
//! # The algorithm
//!
//! ```text
//! at every height where an edge begins or ends or two neighbours cross:
//!     order the living edges by where they are, then by where they go
//!     walk them from the left; where the winding number enters the inside,
//!         a left side stands, where it leaves, the right side of it
//!     a trapezoid goes on while the same two sides belong together;
//!         otherwise it ends here and another begins
//! ```
//!
//! Positions are compared as exact fractions in 128 bits. A crossing lies
//! between two heights of 16.16; the order changes at the lower one, so that
//! every event makes progress and all heights are representable. This is the
//! plane sweep of Bentley and Ottmann without its queue: all living edges are
//! looked at for the next event, which suits the few that a row of a drawing
//! has.

use std::cmp::Ordering;

use super::FillRule;
use crate::fixed::Fixed;
use crate::trap::{Line, Trapezoid};

/// An edge on its way down: `line.p1` is its upper end.
struct Side {
    line: Line,
    winding: i32,
    /// The trapezoid of which this is the left side, if one is open.
    open: Option<Open>,
}

#[derive(Clone, Copy)]
struct Open {
    right: usize,
    top: i32,
    /// The last event at which left and right belonged together.
    seen: usize,
}

impl Side {
    fn top(&self) -> i32 {
        self.line.p1.y.bits()
    }

    fn bottom(&self) -> i32 {
        self.line.p2.y.bits()
    }

    /// Where the side is at height `y`, as a numerator over its height.
    fn numerator_at(&self, y: i32) -> i128 {
        let (p1, p2) = (self.line.p1, self.line.p2);
        let dx = i128::from(p2.x.bits()) - i128::from(p1.x.bits());
        i128::from(p1.x.bits()) * self.height() + dx * (i128::from(y) - i128::from(p1.y.bits()))
    }

    fn height(&self) -> i128 {
        i128::from(self.bottom()) - i128::from(self.top())
    }

    fn run(&self) -> i128 {
        i128::from(self.line.p2.x.bits()) - i128::from(self.line.p1.x.bits())
    }

    /// Which of two slopes leans farther to the left going down.
    fn compare_slopes(&self, other: &Self) -> Ordering {
        (self.run() * other.height()).cmp(&(other.run() * self.height()))
    }

    /// The order just below height `y`.
    fn compare_below(&self, other: &Self, y: i32) -> Ordering {
        let here = self.numerator_at(y) * other.height();
        here.cmp(&(other.numerator_at(y) * self.height())).then(self.compare_slopes(other))
    }

    /// The first 16.16 height below `y` at which `right`, now at the right of
    /// this or level with it, is at its left or level with it.
    fn crossing(&self, right: &Self, y: i32) -> Option<i32> {
        if self.compare_slopes(right) != Ordering::Greater {
            return None;
        }
        // Distance at y and how fast it closes, both over both heights.
        let distance =
            right.numerator_at(y) * self.height() - self.numerator_at(y) * right.height();
        let closing = self.run() * right.height() - right.run() * self.height();
        let steps = (distance + closing - 1).div_euclid(closing).max(1);
        let last = self.bottom().min(right.bottom());
        i32::try_from(i128::from(y) + steps).ok().filter(|&at| at < last)
    }
}

/// The disjoint trapezoids inside of `edges`, each a line whose first point is
/// the upper one, with its winding.
pub(super) fn sweep(mut edges: Vec<(Line, i32)>, rule: FillRule) -> Vec<Trapezoid> {
    // By their upper ends; the rest only makes the outcome independent of the
    // order in which the edges were kept.
    edges.sort_unstable_by_key(|(line, _)| (line.p1.y, line.p1.x, line.p2.y, line.p2.x));
    let sides: Vec<Side> =
        edges.into_iter().map(|(line, winding)| Side { line, winding, open: None }).collect();
    let Some(y) = sides.first().map(Side::top) else { return Vec::new() };
    let mut sweep = Sweep {
        y,
        event: 0,
        rule,
        sides,
        waiting: 0,
        living: Vec::new(),
        lefts: Vec::new(),
        done: Vec::new(),
    };
    loop {
        sweep.order();
        sweep.pair();
        sweep.close_unseen();
        match sweep.next_event() {
            Some(next) => sweep.y = next,
            None => break,
        }
        sweep.event += 1;
    }
    // In the order of their tops, as clients send them.
    sweep.done.sort_by_key(|trapezoid| (trapezoid.top, trapezoid.left.p1.x, trapezoid.left.p2.x));
    sweep.done
}

/// The sweep at one height.
struct Sweep {
    y: i32,
    event: usize,
    rule: FillRule,
    /// All sides, by their upper ends; the others' numbers count in here.
    sides: Vec<Side>,
    /// The first side that has not begun.
    waiting: usize,
    /// The sides alive just below `y`, from left to right.
    living: Vec<usize>,
    /// The sides of which trapezoids are open.
    lefts: Vec<usize>,
    done: Vec<Trapezoid>,
}

impl Sweep {
    /// Lets sides die and begin, and orders those that live below `y`.
    fn order(&mut self) {
        let (y, sides) = (self.y, &self.sides);
        self.living.retain(|&side| sides[side].bottom() > y);
        while sides.get(self.waiting).is_some_and(|side| side.top() <= y) {
            self.living.push(self.waiting);
            self.waiting += 1;
        }
        sort_nearly_sorted(&mut self.living, |&a, &b| {
            sides[a].compare_below(&sides[b], y).then(a.cmp(&b))
        });
    }

    /// Finds which sides belong together just below `y`.
    fn pair(&mut self) {
        let mut winding = 0_i32;
        let mut left = None;
        for place in 0..self.living.len() {
            let side = self.living[place];
            winding = winding.wrapping_add(self.sides[side].winding);
            // Sides on one line act together: only after the last of them
            // does the winding number mean anything.
            let coincides = self.living.get(place + 1).is_some_and(|&next| {
                self.sides[side].compare_below(&self.sides[next], self.y) == Ordering::Equal
            });
            match (left, self.rule.is_inside(winding)) {
                _ if coincides => {}
                (None, true) => left = Some(side),
                (Some(start), false) => {
                    self.join(start, side);
                    left = None;
                }
                _ => {}
            }
        }
    }

    /// Goes on with the trapezoid of `left` and `right`, or begins it.
    fn join(&mut self, left: usize, right: usize) {
        let fresh = Open { right, top: self.y, seen: self.event };
        match &mut self.sides[left].open {
            Some(open) if open.right == right => open.seen = self.event,
            Some(_) => {
                self.close(left);
                self.sides[left].open = Some(fresh);
            }
            none => {
                *none = Some(fresh);
                self.lefts.push(left);
            }
        }
    }

    /// Ends the trapezoids whose sides did not meet again at this event.
    fn close_unseen(&mut self) {
        for place in (0..self.lefts.len()).rev() {
            let left = self.lefts[place];
            if self.sides[left].open.is_none_or(|open| open.seen != self.event) {
                self.close(left);
                self.lefts.swap_remove(place);
            }
        }
    }

    /// Ends the trapezoid of which `left` is the left side.
    fn close(&mut self, left: usize) {
        if let Some(open) = self.sides[left].open.take()
            && self.y > open.top
        {
            self.done.push(Trapezoid {
                top: Fixed::from_bits(open.top),
                bottom: Fixed::from_bits(self.y),
                left: self.sides[left].line,
                right: self.sides[open.right].line,
            });
        }
    }

    /// The next height at which anything changes.
    fn next_event(&self) -> Option<i32> {
        let begins = self.sides.get(self.waiting).map(Side::top);
        let ends = self.living.iter().map(|&side| self.sides[side].bottom());
        let crosses = self.living.windows(2).filter_map(|neighbours| {
            self.sides[neighbours[0]].crossing(&self.sides[neighbours[1]], self.y)
        });
        begins.into_iter().chain(ends).chain(crosses).min()
    }
}

/// Insertion sort: between events few edges change places.
fn sort_nearly_sorted<T: Copy>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    for end in 1..items.len() {
        let item = items[end];
        let mut place = end;
        while place > 0 && compare(&items[place - 1], &item) == Ordering::Greater {
            items[place] = items[place - 1];
            place -= 1;
        }
        items[place] = item;
    }
}
