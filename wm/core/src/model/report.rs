//! Read access for IPC and tests, and the invariants of the model.
//!
//! Owns what others may see. Must not change anything.

use std::collections::BTreeSet;

use crate::geom::{Rect, Root};
use crate::hints::{NetState, WindowType};
use crate::id::{WindowId, Xid};
use crate::model::{Wm, stack};

/// A managed window, as a program outside may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowReport {
    /// Identity.
    pub id: WindowId,
    /// Title as shown.
    pub title: String,
    /// WM_CLASS instance and class.
    pub class: (String, String),
    /// _NET_WM_PID.
    pub pid: Option<u32>,
    /// EWMH type.
    pub kind: WindowType,
    /// The frame's outer rectangle.
    pub frame: Rect<Root>,
    /// The client's inside.
    pub client: Rect<Root>,
    /// Counted from 0; `None` is all.
    pub workspace: Option<u32>,
    /// EWMH states.
    pub states: Vec<NetState>,
    /// Has the keyboard.
    pub focused: bool,
    /// Is on the screen now (perhaps covered).
    pub shown: bool,
    /// Fills this part of its monitor.
    pub tile: Option<crate::action::Tile>,
    /// Shown by the server without compositing.
    pub bypassed: bool,
}

impl Wm {
    /// All managed windows, bottom to top.
    #[must_use]
    pub fn windows(&self) -> Vec<WindowReport> {
        let mut reports = Vec::with_capacity(self.windows.len());
        for xid in &self.stacked {
            let Some(w) = self.windows.get(xid) else { continue };
            let focused = self.focus.active == Some(*xid);
            reports.push(WindowReport {
                id: w.id,
                title: super::frame::visible_title(w),
                class: w.facts.class.clone(),
                pid: w.facts.pid,
                kind: w.kind(),
                frame: self.frame_rect(w),
                client: self.client_rect(w),
                workspace: w.workspace,
                states: w.states(focused),
                focused,
                shown: self.is_shown(w),
                tile: w.tile,
                bypassed: self.is_bypassed(w.id),
            });
        }
        reports
    }

    /// Whether `window` is managed.
    #[must_use]
    pub fn manages(&self, window: Xid) -> bool {
        self.windows.contains_key(&window)
    }

    /// One managed window.
    #[must_use]
    pub fn window(&self, window: Xid) -> Option<&super::Window> {
        self.windows.get(&window)
    }

    /// The identity of a managed or unmanaged window.
    #[must_use]
    pub fn identity(&self, window: Xid) -> Option<WindowId> {
        self.id_of(window).or_else(|| self.unmanaged.get(&window).map(|w| w.id))
    }

    /// Whether compositing is on.
    #[must_use]
    pub const fn is_compositing(&self) -> bool {
        self.compositing
    }

    /// Whether windows are hidden to show the desktop.
    #[must_use]
    pub const fn is_showing_desktop(&self) -> bool {
        self.showing_desktop
    }

    /// What must hold after every [`Wm::settle`].
    ///
    /// # Errors
    /// The sentence that does not hold.
    pub fn verify_invariants(&self) -> Result<(), String> {
        let check = |holds: bool, what: &str| holds.then_some(()).ok_or_else(|| what.to_owned());
        let managed: BTreeSet<Xid> = self.windows.keys().copied().collect();
        let set = |list: &[Xid]| list.iter().copied().collect::<BTreeSet<_>>();
        for (name, list) in [
            ("_NET_CLIENT_LIST", &self.listed),
            ("the wished stacking", &self.order),
            ("the stacking", &self.stacked),
            ("the focus history", &self.focus.history),
        ] {
            check(set(list) == managed, &format!("{name} does not hold each window"))?;
            check(list.len() == managed.len(), &format!("{name} holds a window twice"))?;
        }
        check(
            managed.iter().all(|x| !self.unmanaged.contains_key(x)),
            "a window is managed and unmanaged at once",
        )?;
        let unmanaged: BTreeSet<Xid> = self.unmanaged.keys().copied().collect();
        let mut seen = set(&self.above);
        seen.extend(&self.beneath);
        check(seen == unmanaged, "an unmanaged window has no place in the stack")?;
        check(
            self.above.len() + self.beneath.len() == unmanaged.len(),
            "an unmanaged window has two places in the stack",
        )?;
        if let Some(active) = self.focus.active {
            let window = self.windows.get(&active).ok_or("the active window is not managed")?;
            check(window.takes_focus(), "the active window takes no focus")?;
            check(self.is_shown(window), "the active window is hidden")?;
        }
        check(self.workspace < self.workspace_count(), "there is no such workspace")?;
        for window in self.windows.values() {
            let client = self.client_rect(window);
            check(client.w >= 1 && client.h >= 1, "a window has no size")?;
            check(
                window.workspace.is_none_or(|w| w < self.workspace_count()),
                "a window is on a workspace that does not exist",
            )?;
            check(!(window.above && window.below), "a window is above and below at once")?;
        }
        let families = stack::Families::of(&self.windows);
        let layer = |x: &Xid| {
            let mut layer = self.layer_of(*x);
            let mut at = *x;
            let mut path = BTreeSet::new();
            while path.insert(at) {
                let Some(parent) = families.parents(at).first().copied() else {
                    break;
                };
                layer = layer.max(self.layer_of(parent));
                at = parent;
            }
            layer
        };
        // Group transients have several parents: compare plain chains only.
        let plain = self.stacked.iter().filter(|x| families.parents(**x).is_empty());
        let layers: Vec<_> = plain.map(layer).collect();
        check(layers.is_sorted(), "a window is above one of a higher layer")?;
        if let Some(drag) = &self.drag {
            check(managed.contains(&drag.window()), "a window that is gone is dragged")?;
        }
        Ok(())
    }
}
