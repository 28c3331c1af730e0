//! Exact-area coverage: the true covered area of each pixel, not a count of
//! samples.
//!
//! Owns everything that computes areas in closed form. Unlike the sampled modes
//! it owes pixman nothing: it is what a window
//! manager's own edges deserve. It must not know pixman's sampling grid.
//!
//! [`RoundedRect`] (and a circle, which is one) integrates its arcs.

mod rounded;

pub use rounded::{RoundedRect, rounded_corner};
