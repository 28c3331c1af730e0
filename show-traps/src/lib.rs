//! Which trapezoids does a drawing really send?
//!
//! The library behind the `show-traps` program, for other tools and tests.
//!
//! ```text
//! SVG, path data ─ source ─┐                ┌─ picture ─▶ PNG
//! saved capture ─ capture ─┼─▶  Capture  ───┼─ export ──▶ SVG, JSON
//! program ─ proxy ─ wire ──┘                ├─ stats ───▶ numbers
//!          (live collects)                  └─ view ────▶ window
//! ```
//!
//! A [`capture::Capture`] is the one thing in the middle: sets of shapes with all
//! that a request says about them. Only [`proxy`], [`live`] and [`window`] do
//! input and output; [`wire`] hears the X protocol from bytes, and [`view`] makes
//! pixels of inputs, both without a connection.

#![forbid(unsafe_code)]

pub mod canvas;
pub mod capture;
pub mod colour;
pub mod export;
pub mod live;
pub mod picture;
pub mod proxy;
pub mod source;
pub mod stats;
pub mod view;
pub mod window;
pub mod wire;
