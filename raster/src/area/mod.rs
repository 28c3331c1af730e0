//! Exact-area coverage: the true covered area of each pixel, not a count of
//! samples.
//!
//! Owns everything that computes areas. Unlike [`scalar`](crate::scalar) it
//! owes pixman nothing: it is what a window manager's own edges deserve. It
//! must not know pixman's sampling grid.
//!
//! - [`RoundedRect`] (and a circle, which is one) integrates its arcs;
//!   [`rounded_corner`] is the corner of a frame.
//! - [`Ellipse`] likewise.
//! - [`Accumulator`] sums signed areas under edges, for paths and trapezoids.
//! - [`runs`] cuts a row into what is empty, full and in between.

mod accumulate;
mod arithmetic;
mod clip;
mod edges;
mod ellipse;
mod lanes;
mod pieces;
mod plane;
mod rounded;
mod runs;
mod sinks;
mod sums;

pub use accumulate::Accumulator;
pub use ellipse::Ellipse;
pub use rounded::{RoundedRect, rounded_corner};
pub use runs::{Run, runs};
