//! Trapezoids, triangles and paths to coverage, bit-exact with pixman.
//!
//! Two kinds of coverage live here. [`area`] gives the exact covered area of
//! each pixel, for shapes that are our own: a frame's rounded corners, its
//! [`shadow`]. This crate knows no X, no window and no colour.

#![forbid(unsafe_code)]

pub mod area;
pub mod mask;
pub mod shadow;

pub use mask::{Mask, MaskError, MaskFormat, MaskMut};
