//! Render's trapezoid requests over raster, and masks made on the CPU for X
//! clients.
//!
//! - [`render`]: what an X server does for Render's Trapezoids, Triangles,
//!   TriStrip, TriFan and AddTraps, on images in memory. Coverage is
//!   `raster`'s, compositing is pixman's, and the pixels are those of a stock
//!   server.
//! - [`place`]: where a request's mask lies and how much of it is needed; for
//!   everything that draws such requests.
//! - [`bits`]: shapes without a mask format, which are one bit deep, as runs.
//! - [`solid`]: one colour over pixels, where there is coverage.
//! - [`client`]: masks of `raster` become Pictures of an X server, for a
//!   window manager's corners and shadows.
//!
//! `render` and `client` are features of their names, both on by default.

#![forbid(unsafe_code)]

pub mod bits;
#[cfg(feature = "client")]
pub mod client;
pub mod place;
#[cfg(feature = "render")]
pub mod render;
pub mod solid;
