//! What programs that decorate their own windows are told (GTK's properties,
//! as mutter defines them): which edges are held, and the work area of every
//! monitor.
//!
//! Owns the derivation. Must not know the properties' wire form.

use crate::action::Tile;
use crate::geom::{Rect, Root};
use crate::model::border::Edges;
use crate::model::{Window, Wm};
use crate::request::EdgeConstraints;

/// The edges that a state binds to an edge of the screen or to a neighbour.
fn tiled(window: &Window) -> Edges {
    if window.fullscreen {
        return Edges::ALL;
    }
    let is = |tiles: &[Tile]| window.tile.is_some_and(|tile| tiles.contains(&tile));
    use Tile::{Bottom, BottomLeft, BottomRight, Left, Right, Top, TopLeft, TopRight};
    // A half or quarter touches its neighbour with its inner edges.
    let across = is(&[Top, Bottom]);
    let upright = is(&[Left, Right]);
    let quarter = is(&[TopLeft, TopRight, BottomLeft, BottomRight]);
    let held = across || upright || quarter;
    Edges {
        left: window.maximized_horz || held,
        right: window.maximized_horz || held,
        top: window.maximized_vert || held,
        bottom: window.maximized_vert || held,
    }
}

impl Wm {
    /// `_GTK_EDGE_CONSTRAINTS` of a window that decorates itself; others are
    /// not told.
    pub(super) fn edge_constraints(&self, window: &Window) -> Option<EdgeConstraints> {
        window
            .is_client_decorated()
            .then(|| EdgeConstraints { tiled: tiled(window), resizable: self.edges(window) })
    }

    /// The work area of every monitor (`_GTK_WORKAREAS_Dn`), in their order.
    pub(super) fn monitor_work_areas(&self) -> Vec<Rect<Root>> {
        self.monitors.iter().map(|monitor| self.work_area(&monitor.rect)).collect()
    }
}
