//! Render's trapezoid requests over raster, and masks made on the CPU for X
//! clients.
//!
//! - [`render`]: what an X server does for Render's Trapezoids, Triangles,
//!   TriStrip, TriFan and AddTraps, on images in memory. Coverage is
//!   `raster`'s, compositing is pixman's, and the pixels are those of a stock
//!   server.
//! - [`client`]: masks of `raster` become Pictures of an X server, for a
//!   window manager's corners and shadows.
//!
//! Each is a feature of its name; both are on by default.

#![forbid(unsafe_code)]

#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "render")]
pub mod render;
