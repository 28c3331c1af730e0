//! An edge that walks down the sample rows.
//!
//! Owns the state of pixman's edges and every rounding in it: a Bresenham walk
//! of which the start, too, can be a step of any length. It must not know
//! masks or shapes.
//!
//! An edge is at x + (e + dy) / dy · 2⁻¹⁶ going right, where −dy < e ≤ 0
//! between steps, and correspondingly going left. Where pixman's integers
//! wrap, these wrap; where its behaviour is not what one would wish, the
//! comments say so, and the differential tests hold us to it.

use crate::fixed::Fixed;
use crate::grid::Grid;
use crate::trap::{Line, Point};

/// An edge on a sample row (`pixman_edge_t`, whose layout it has).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Edge {
    /// Where it is, in 1/65536 pixel, without what `e` still owes.
    pub x: i32,
    /// The error: a further `sign_dx` is due when it exceeds 0, in 1/`dy`.
    pub e: i32,
    /// Whole part of the slope: how far x moves for 1/65536 pixel of y.
    pub step_x: i32,
    /// +1 to the right, −1 to the left.
    pub sign_dx: i32,
    /// Height of the edge's line, in 1/65536 pixel.
    pub dy: i32,
    /// Remainder of the slope, in 1/`dy`.
    pub dx: i32,
    /// `step_x` for the gap between two rows of one pixel.
    pub step_x_small: i32,
    /// `step_x` for the gap to the next pixel.
    pub step_x_big: i32,
    /// `dx` for the gap between two rows of one pixel.
    pub dx_small: i32,
    /// `dx` for the gap to the next pixel.
    pub dx_big: i32,
}

impl Edge {
    /// The edge from `top` to `bottom`, advanced to height `y_start`
    /// (`pixman_edge_init`).
    ///
    /// A horizontal edge (or one whose height wraps to 0) does not move.
    #[must_use]
    pub fn new(grid: Grid, y_start: Fixed, top: Point, bottom: Point) -> Self {
        let dx = bottom.x.wrapping_sub(top.x).bits();
        let dy = bottom.y.wrapping_sub(top.y).bits();
        let mut edge = Self { x: top.x.bits(), dy, ..Self::default() };
        if dy == 0 {
            return edge;
        }
        // Truncating division. Wrapping, for of dx = −2³¹ and dy = −1 (a line
        // from the top of the range to its bottom) stock pixman dies.
        edge.step_x = dx.wrapping_div(dy);
        if dx >= 0 {
            edge.sign_dx = 1;
            edge.dx = dx.wrapping_rem(dy);
            edge.e = dy.wrapping_neg();
        } else {
            edge.sign_dx = -1;
            // dx = −2³¹ is its own negation: the remainder is then ≤ 0.
            edge.dx = dx.wrapping_neg().wrapping_rem(dy);
            edge.e = 0;
        }
        (edge.step_x_small, edge.dx_small) = edge.multi_step(grid.step_small);
        (edge.step_x_big, edge.dx_big) = edge.multi_step(grid.step_big);
        edge.step(y_start.wrapping_sub(top.y).bits());
        edge
    }

    /// The edge along a line moved by whole pixels, at height `y`
    /// (`pixman_line_fixed_edge_init`).
    #[must_use]
    pub fn along(grid: Grid, y: Fixed, line: &Line, x_offset: i32, y_offset: i32) -> Self {
        let (top, bottom) = line.downwards(x_offset, y_offset);
        Self::new(grid, y, top, bottom)
    }

    /// The step and the error of a walk over `n` > 0 units of y
    /// (`_pixman_edge_multi_init`).
    fn multi_step(&self, n: i32) -> (i32, i32) {
        let mut error = i64::from(n) * i64::from(self.dx);
        let mut step = n.wrapping_mul(self.step_x);
        if error > 0 {
            let carry = (error / i64::from(self.dy)) as i32;
            error -= i64::from(carry) * i64::from(self.dy);
            step = step.wrapping_add(carry.wrapping_mul(self.sign_dx));
        }
        (step, error as i32)
    }

    /// Walks `n` units of y: down, or up when negative (`pixman_edge_step`).
    ///
    /// The error is written back only when a carry occurred; otherwise it
    /// keeps its old value and the walked distance is forgotten. So the state
    /// depends on where a walk began, and two short steps may differ from one
    /// long one.
    pub fn step(&mut self, n: i32) {
        let (dy, sign) = (i64::from(self.dy), self.sign_dx);
        self.x = self.x.wrapping_add(n.wrapping_mul(self.step_x));
        let error = i64::from(self.e) + i64::from(n) * i64::from(self.dx);
        if self.dy == 0 {
            return;
        }
        if n >= 0 {
            if error > 0 {
                let carry = ((error + dy - 1) / dy) as i32;
                self.e = (error - i64::from(carry) * dy) as i32;
                self.x = self.x.wrapping_add(carry.wrapping_mul(sign));
            }
        } else if error <= i64::from(self.dy.wrapping_neg()) {
            let carry = (-error / dy) as i32;
            self.e = (error + i64::from(carry) * dy) as i32;
            self.x = self.x.wrapping_sub(carry.wrapping_mul(sign));
        }
    }

    /// To the next sample row of the same pixel (`RENDER_EDGE_STEP_SMALL`).
    pub fn step_small(&mut self) {
        self.advance(self.step_x_small, self.dx_small);
    }

    /// To the first sample row of the pixel below (`RENDER_EDGE_STEP_BIG`).
    pub fn step_big(&mut self) {
        self.advance(self.step_x_big, self.dx_big);
    }

    fn advance(&mut self, step_x: i32, dx: i32) {
        self.x = self.x.wrapping_add(step_x);
        self.e = self.e.wrapping_add(dx);
        if self.e > 0 {
            self.e = self.e.wrapping_sub(self.dy);
            self.x = self.x.wrapping_add(self.sign_dx);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(x_top: f64, x_bottom: f64) -> Edge {
        Edge::new(
            Grid::A8,
            Fixed::from_bits(Grid::A8.first_row),
            Point::from_f64(x_top, 0.0),
            Point::from_f64(x_bottom, 4.0),
        )
    }

    #[test]
    fn small_and_big_steps_reach_the_true_place() {
        let mut edge = edge(1.0, 3.0);
        for _ in 0..3 {
            for _ in 1..Grid::A8.rows {
                edge.step_small();
            }
            edge.step_big();
        }
        // Three pixels below the first row, at a slope of ½.
        let expected = 65536 + (3 * 65536 + Grid::A8.first_row) / 2;
        assert!((edge.x - expected).abs() <= 1, "{} is not {expected}", edge.x);
    }

    #[test]
    fn to_the_left_rounds_towards_the_left() {
        let (right, left) = (edge(0.0, 1.0), edge(0.0, -1.0));
        assert!(right.e <= 0 && right.e > -right.dy, "normalised: {right:?}");
        let exact = f64::from(Grid::A8.first_row) / 4.0;
        assert_eq!(right.x, exact.ceil() as i32 - 1);
        assert_eq!(left.x, (-exact).floor() as i32);
    }

    #[test]
    fn the_worst_line_is_survived() {
        let (top, bottom) =
            (Point::new(Fixed::ZERO, Fixed::MIN), Point::new(Fixed::MIN, Fixed::MAX));
        let edge = Edge::new(Grid::A8, Fixed::ZERO, top, bottom);
        assert_eq!((edge.dy, edge.dx), (-1, 0));
    }
}
