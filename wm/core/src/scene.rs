//! What should be on the screen, as a value.
//!
//! Owns the description of one picture of the whole screen: layers from
//! bottom to top. Must not know how it is painted, what was painted before,
//! or any window's state: a layer has no pointer into the model, and nothing
//! is read while drawing.

use serde::{Deserialize, Serialize};

use crate::geom::{Rect, Root, Size, Source};
use crate::id::{SourceId, WindowId};
use crate::look::Color;
use crate::region::Region;

/// Which part of a thing a layer is; with the thing, its identity from one
/// scene to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LayerKey {
    /// The desktop background.
    Background,
    /// The shadow around a window.
    Shadow(WindowId),
    /// A window's picture.
    Window(WindowId),
    /// Where a dragged window would snap to.
    SnapPreview,
    /// The shadow behind the switcher's panel.
    SwitcherShadow,
    /// The switcher's panel.
    SwitcherPanel,
    /// One live preview in the switcher.
    SwitcherPreview(WindowId),
}

/// A soft shadow with the shape of a rounded rectangle, and a one-pixel
/// contour line around that rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shadow {
    /// The window that casts it.
    pub around: Rect<Root>,
    /// Corner radius of that window, in pixels.
    pub radius: i32,
    /// How far it spreads beyond `around` on every side, in pixels.
    pub extent: i32,
    /// Moved down by this many pixels.
    pub offset_y: i32,
    /// Colour; alpha is the strength at its darkest.
    pub color: Color,
    /// Colour of the contour line, alpha 0 for none. The line lies outside
    /// `around`, one pixel wide.
    pub contour: Color,
}

impl Shadow {
    /// Everything it can touch.
    #[must_use]
    pub fn bounds(&self) -> Rect<Root> {
        let line = i32::from(self.contour.a > 0);
        let soft =
            self.around.outset(crate::geom::Sides::all(self.extent)).offset(0, self.offset_y);
        soft.union(&self.around.outset(crate::geom::Sides::all(line)))
    }
}

/// What a layer shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// One colour.
    Fill(Color),
    /// Pixels of a source: `from` of it is shown in the layer's rectangle,
    /// scaled (bilinear) if the sizes differ.
    Picture {
        /// Whose pixels.
        source: SourceId,
        /// Which part of them.
        from: Rect<Source>,
        /// Counts up when all of its pixels are new.
        revision: u64,
        /// Repeat `from` over the layer instead of scaling it.
        tile: bool,
    },
    /// A shadow; nothing of it is painted inside `around`.
    Shadow(Shadow),
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Identity.
    pub key: LayerKey,
    /// Where it stands.
    pub rect: Rect<Root>,
    /// What exists of it; `None` is the whole rectangle.
    pub clip: Option<Region<Root>>,
    /// What of it certainly hides everything below, before `opacity` and
    /// `radius` are taken into account.
    pub opaque: Region<Root>,
    /// 255 is as its content is.
    pub opacity: u8,
    /// Corner radius in pixels: the four corners of `rect` are cut by
    /// antialiased quarter circles. The lower two only if `round_bottom`.
    pub radius: i32,
    /// Whether the bottom corners are cut too.
    pub round_bottom: bool,
    /// What it shows.
    pub content: Content,
}

impl Layer {
    /// Every pixel that it can touch.
    #[must_use]
    pub fn extent(&self) -> Region<Root> {
        self.clip.clone().unwrap_or_else(|| Region::from_rect(self.rect))
    }

    /// The squares in which a cut corner makes it translucent.
    #[must_use]
    pub fn corners(&self) -> Vec<Rect<Root>> {
        if self.radius <= 0 {
            return Vec::new();
        }
        let Rect { x, y, .. } = self.rect;
        let (right, bottom) = (self.rect.right(), self.rect.bottom());
        let r = self.radius.min(self.rect.w / 2).min(self.rect.h / 2);
        let mut corners = vec![Rect::new(x, y, r, r), Rect::new(right - r, y, r, r)];
        if self.round_bottom {
            corners.push(Rect::new(x, bottom - r, r, r));
            corners.push(Rect::new(right - r, bottom - r, r, r));
        }
        corners.retain(|c| !c.is_empty());
        corners
    }

    /// What of it hides everything below.
    #[must_use]
    pub fn hides(&self) -> Region<Root> {
        if self.opacity < 255 {
            return Region::new();
        }
        let mut hidden = self.opaque.intersect(&self.extent());
        for corner in self.corners() {
            hidden = hidden.subtract_rect(&corner);
        }
        hidden
    }
}

/// The whole screen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scene {
    /// Size of the root window.
    pub size: Size,
    /// Bottom to top. The first one should cover the screen; where nothing
    /// does, black is painted.
    pub layers: Vec<Layer>,
    /// Pixels that are shown by the server itself (bypassed windows): they
    /// are neither painted nor damaged.
    pub holes: Region<Root>,
    /// Sources that no layer shows now, but one may later, when their windows
    /// are not on the screen to show: their pixels are not to be lost.
    pub kept: Vec<SourceId>,
}

impl Scene {
    /// The whole screen as a rectangle.
    #[must_use]
    pub const fn bounds(&self) -> Rect<Root> {
        Rect::new(0, 0, self.size.w, self.size.h)
    }
}
