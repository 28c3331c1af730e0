//! Which trapezoids does a drawing really send?
//!
//! The library behind the `show-traps` program, for other tools and tests.
//!
//! ```text
//! SVG, path data ─ source ─┐                ┌─ picture ─▶ PNG
//!                          ├─▶  Capture  ───┼─ export ──▶ SVG, JSON
//! saved capture ─ capture ─┘                └─ stats ───▶ numbers
//! ```
//!
//! A [`capture::Capture`] is the one thing in the middle: sets of trapezoids
//! with a name and a colour. It must not know X; a live source will make
//! captures as the others do.

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
