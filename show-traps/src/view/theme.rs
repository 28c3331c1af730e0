//! Colours and sizes of the window.
//!
//! Owns the looks. It must not know what is shown.

use crate::colour::Rgba;

/// What drawings lie on.
pub(super) const PAPER: Rgba = Rgba::opaque(250, 250, 250);
/// Behind bars and panels.
pub(super) const CHROME: Rgba = Rgba::opaque(33, 37, 43);
/// Behind what is chosen, and between parts.
pub(super) const RAISED: Rgba = Rgba::opaque(52, 58, 67);
/// Lines between parts.
pub(super) const LINE: Rgba = Rgba::opaque(22, 25, 29);
/// Text that is read first.
pub(super) const BRIGHT: Rgba = Rgba::opaque(238, 240, 243);
/// Most text.
pub(super) const TEXT: Rgba = Rgba::opaque(205, 210, 217);
/// Labels.
pub(super) const DIM: Rgba = Rgba::opaque(140, 148, 160);
/// What is chosen.
pub(super) const ACCENT: Rgba = Rgba::opaque(97, 175, 239);
/// What is alive.
pub(super) const LIVE: Rgba = Rgba::opaque(229, 92, 92);

/// Ink on paper.
pub(super) const INK: Rgba = Rgba::opaque(20, 20, 20);

/// The colour of the timeline's bars, by kind of shape.
pub(super) const TRAPEZOIDS: Rgba = Rgba::opaque(97, 175, 239);
pub(super) const TRIANGLES: Rgba = Rgba::opaque(86, 194, 160);
pub(super) const GLYPHS: Rgba = Rgba::opaque(209, 154, 102);
pub(super) const RECTANGLES: Rgba = Rgba::opaque(112, 120, 132);

/// Pixels per em, at a scale of 1.
pub(super) const TEXT_SIZE: f64 = 13.0;
