//! The invisible resize border: where a press resizes, and which way.
//!
//! Owns the ring's geometry and hit test. Must not know X windows or how a
//! resize proceeds.

use serde::{Deserialize, Serialize};

use crate::geom::{Rect, Root};
use crate::region::Region;

/// Where a window's resize ring takes input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingGeometry {
    /// The ring window's rectangle.
    pub bounds: Rect<Root>,
    /// The part of it that takes input, in root coordinates.
    pub input: Region<Root>,
}
