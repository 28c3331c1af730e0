//! Shared object that lends raster to a stock X server.
//!
//! ```text
//! LD_PRELOAD=libxrender_bridge_preload.so Xvfb :1
//!
//! X server ─ pixman_add_traps ────────────┐      this object
//! X server ─ pixman_composite_trapezoids ─┤   ┌──────────────────┐
//! X server ─ pixman_composite_triangles ──┼─▶ │ understood? draw │ ─▶ mask ─┐
//! cairo ──── pixman_rasterize_trapezoid ──┘   │ else: forward ───┼─▶ real pixman
//!                                             └──────────────────┘   (composites)
//! ```
//!
//! Owns six of pixman's symbols (`symbols`) and nothing else. Shapes are drawn
//! by [`raster::Rasterizer`], to the same bytes as pixman's, into masks that
//! are kept between calls (`pool`) and composited by pixman (`composite`).
//! Images are looked into (`image`) only where experiments have shown how they
//! are laid out (`layout`). Whatever is not understood, and any doubt, goes to
//! the real pixman (`forward`). It must not know the server, and shares nothing
//! with the window manager.
//!
//! It starts no thread, opens no file, allocates nothing per shape once its
//! masks are as large as the shapes of a thread, and lets no panic out. `XRENDER_BRIDGE` in the environment is its only switch:
//!
//! - `off`: everything goes to the real pixman.
//! - `stats`: at exit, one line on standard error tells how many shapes were
//!   drawn here and how many calls were forwarded, and why if all were.

#![allow(unsafe_code, reason = "an object between two C programs; each block gives its proof")]

mod abi;
mod agree;
mod composite;
mod forward;
mod image;
mod layout;
mod pool;
mod state;
mod symbols;
