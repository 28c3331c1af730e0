//! A frame plan: what a backend has to paint, in which order, and nothing
//! else. This is the whole contract between the model and a backend.
//!
//! Owns the plan's vocabulary. Must not know windows, scenes or X.
//!
//! # Contract
//! - Operations are painted in order. Together they define every pixel of
//!   `damage`; a backend paints nothing outside it.
//! - Regions of operations with `blend == false` are disjoint: each is the
//!   lowest thing visible at its pixels and simply replaces them.
//! - Operations with `blend == true` come later and are composited with
//!   Porter-Duff Over. `FramePlan::blended` is the union of their regions:
//!   outside it the frame is a set of plain copies, so a backend can write
//!   those straight to the screen.
//! - Arithmetic on 8-bit channels is pixman's: `mul(a, b) = (t + (t >> 8)) >>
//!   8` with `t = a·b + 128`; Over is `s + mul(d, 255 − s.a)` per channel on
//!   premultiplied pixels; a mask and an opacity are first combined by `mul`,
//!   then multiplied into the source.

use serde::{Deserialize, Serialize};

use crate::geom::{Rect, Root, Size, Source};
use crate::id::SourceId;
use crate::look::Color;
use crate::region::Region;
use crate::scene::Shadow;

/// A rounded rectangle whose coverage (exact area, 8 bits) multiplies a
/// picture at its corners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CornerMask {
    /// The rectangle.
    pub rect: Rect<Root>,
    /// Corner radius in pixels, at most half the rectangle's sides.
    pub radius: i32,
}

/// What an operation paints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paint {
    /// One colour.
    Fill(Color),
    /// Pixels of a source.
    Picture {
        /// Whose pixels.
        source: SourceId,
        /// Which part of them is shown.
        from: Rect<Source>,
        /// Where that part lands. Of the same size: pixels are copied one to
        /// one; otherwise scaled (bilinear).
        to: Rect<Root>,
        /// Repeat `from`, starting at `to`'s top-left corner.
        tile: bool,
        /// 255 is as it is.
        opacity: u8,
        /// Antialiased corner; only in operations that blend, whose region
        /// then lies within the rectangle's corner squares.
        mask: Option<CornerMask>,
    },
    /// A shadow. Its region never reaches inside `around`, but may touch the
    /// cut-off part of its corners.
    Shadow(Shadow),
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Op {
    /// Which pixels it paints, never empty.
    pub region: Region<Root>,
    /// Composite over what is there (true), or replace it.
    pub blend: bool,
    /// What.
    pub paint: Paint,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FramePlan {
    /// Size of the screen.
    pub size: Size,
    /// Every pixel that this frame paints.
    pub damage: Region<Root>,
    /// Bottom to top.
    pub ops: Vec<Op>,
    /// Where at least one operation blends.
    pub blended: Region<Root>,
}

impl FramePlan {
    /// Nothing to paint.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.damage.is_empty()
    }

    /// Which sources it reads.
    pub fn sources(&self) -> impl Iterator<Item = SourceId> + '_ {
        self.ops.iter().filter_map(|op| match &op.paint {
            Paint::Picture { source, .. } => Some(*source),
            Paint::Fill(_) | Paint::Shadow(_) => None,
        })
    }
}
