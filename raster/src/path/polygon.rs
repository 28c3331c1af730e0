//! Edges with a direction: what a fill rule counts.
//!
//! Owns the bag of edges and the cancelling of those that bound nothing. It
//! must not know where the edges come from.

use std::collections::HashMap;

use super::{FillRule, sweep};
use crate::fixed::Fixed;
use crate::trap::{Line, Point, Trapezoid};

/// Closed contours as a bag of edges, in 16.16 pixels.
///
/// Edges may come in any order; only when they form closed contours does the
/// sum of their windings return to 0 at the right end of every row, and the
/// outcome mean anything. An unclosed side is filled to nowhere: it draws
/// nothing, and no input makes it panic.
#[derive(Clone, Debug, Default)]
pub struct Polygon {
    edges: HashMap<Line, i32>,
}

impl Polygon {
    /// Half of the 16.16 range, in pixels: beyond, heights would wrap.
    const FARTHEST: Fixed = Fixed::from_int(16384);

    /// A polygon without edges.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a directed edge. Horizontal ones bound no row and are dropped;
    /// coordinates beyond ±16384 pixels are moved to there.
    pub fn add_line(&mut self, from: Point, to: Point) {
        let (from, to) = (Self::tame(from), Self::tame(to));
        let (line, winding) = match from.y.cmp(&to.y) {
            std::cmp::Ordering::Less => (Line::new(from, to), 1),
            std::cmp::Ordering::Equal => return,
            std::cmp::Ordering::Greater => (Line::new(to, from), -1),
        };
        *self.edges.entry(line).or_default() += winding;
    }

    /// Adds a triangle that winds in the positive sense, whatever the order
    /// of its corners. Edges shared by two of them cancel.
    pub fn add_triangle(&mut self, a: Point, b: Point, c: Point) {
        let (a, b, c) = (Self::tame(a), Self::tame(b), Self::tame(c));
        let difference = |to: Fixed, from: Fixed| i64::from(to.bits()) - i64::from(from.bits());
        let cross = difference(b.x, a.x) * difference(c.y, a.y)
            - difference(b.y, a.y) * difference(c.x, a.x);
        let (b, c) = if cross < 0 { (c, b) } else { (b, c) };
        if cross != 0 {
            self.add_line(a, b);
            self.add_line(b, c);
            self.add_line(c, a);
        }
    }

    /// The disjoint trapezoids that cover what the rule says is inside, from
    /// top to bottom.
    ///
    /// Cost is proportional to the heights at which edges begin, end or
    /// cross, times the edges alive there.
    #[must_use]
    pub fn trapezoids(&self, rule: FillRule) -> Vec<Trapezoid> {
        let edges = self.edges.iter().filter(|(_, winding)| **winding != 0);
        sweep::sweep(edges.map(|(line, winding)| (*line, *winding)).collect(), rule)
    }

    fn tame(point: Point) -> Point {
        let tame = |value: Fixed| value.clamp(Fixed::from_int(-16384), Self::FARTHEST);
        Point::new(tame(point.x), tame(point.y))
    }
}
