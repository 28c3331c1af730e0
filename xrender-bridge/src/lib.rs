//! Render's trapezoid requests over raster, and masks made on the CPU for X
//! clients.
//!
//! - [`client`]: masks of `raster` become Pictures of an X server, for a
//!   window manager's corners and shadows.

#![forbid(unsafe_code)]

pub mod client;
