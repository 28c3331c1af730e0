//! Shared object that lends raster to a stock X server.
//!
//! ```text
//! LD_PRELOAD=libxrender_bridge_preload.so Xvfb :1
//!
//! X server ─ pixman_add_traps ──────────────┐
//! X server ─ pixman_composite_trapezoids ─┐ │          this object
//!            (the real one, for its mask) │ │      ┌──────────────────┐
//!              pixman_rasterize_trapezoid ┴─┴────▶ │ understood? draw │
//!                                                  │ else: forward ───┼─▶ real pixman
//!                                                  └──────────────────┘
//! ```
//!
//! Owns four of pixman's symbols (`symbols`) and nothing else. Images of
//! alpha in 1, 4 or 8 bits are drawn by [`raster::Rasterizer`], to the same bytes;
//! any other image, and any doubt, goes to the real pixman (`forward`). It
//! must not know the server, and shares nothing with the window manager.
//!
//! It starts no thread, opens no file, allocates nothing per shape (a row of
//! words per thread, for the widest mask so far), and lets
//! no panic out. `XRENDER_BRIDGE` in the environment is its only switch:
//!
//! - `off`: everything goes to the real pixman.
//! - `stats`: at exit, one line on standard error tells how many shapes were
//!   drawn here and how many calls were forwarded.

#![allow(unsafe_code, reason = "an object between two C programs; each block gives its proof")]

mod abi;
mod forward;
mod state;
mod symbols;
