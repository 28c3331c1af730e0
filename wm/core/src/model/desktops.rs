//! What a pager may say of the workspaces: their names, and which is beside
//! which.
//!
//! Owns taking that in. Must not know how a workspace is gone to.

use crate::layout::DesktopLayout;
use crate::model::Wm;

/// The longest name that is taken over, in characters.
const LONGEST: usize = 256;

impl Wm {
    /// `_NET_DESKTOP_LAYOUT` and `_NET_DESKTOP_NAMES`. There may be more or
    /// fewer names than workspaces; one that is empty says nothing.
    pub(super) fn set_desktops(&mut self, layout: DesktopLayout, names: &[String]) {
        self.layout = layout;
        for (own, given) in self.settings.workspaces.iter_mut().zip(names) {
            let given: String = given.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
            if !given.trim().is_empty() {
                *own = given;
            }
        }
    }
}
