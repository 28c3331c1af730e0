//! Colormaps: those of the window with the focus are the installed ones
//! (ICCCM 4.1.8).
//!
//! Owns which colormap every client's windows have, and what is installed.
//! Must not know who gets the focus. On today's visuals it makes no request
//! that is visible; on those with colormaps that can change, it is how a
//! program gets its colours.

use std::collections::HashMap;

use wm_core::Xid;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _};

use super::errors::optional;
use super::{Display, Result, query};

/// So many windows of one client are looked at: more colormaps than a server
/// can have installed are of no use.
const MOST: usize = 16;

/// A client's windows with colormaps of their own, the most important first.
#[derive(Debug, Default)]
struct Entry {
    /// WM_COLORMAP_WINDOWS, with the client itself first unless it says where.
    windows: Vec<u32>,
}

/// Who has which colormap.
#[derive(Debug, Default)]
pub struct Colormaps {
    clients: HashMap<Xid, Entry>,
    /// The colormap of each of their windows; 0 is none.
    of_window: HashMap<u32, u32>,
    /// The client whose colormaps are wanted.
    focused: Option<Xid>,
    /// What was installed last, the most important first.
    installed: Vec<u32>,
}

impl Colormaps {
    /// A client with its colormap and WM_COLORMAP_WINDOWS.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn add(
        &mut self,
        display: &Display,
        client: Xid,
        colormap: u32,
        listed: &[u32],
    ) -> Result<()> {
        self.of_window.insert(client.0, colormap);
        self.set_windows(display, client, listed)
    }

    /// WM_COLORMAP_WINDOWS is this now.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set_windows(&mut self, display: &Display, client: Xid, listed: &[u32]) -> Result<()> {
        let mut windows: Vec<u32> = listed.iter().copied().take(MOST).collect();
        // ICCCM 4.1.8: a list that leaves the top level out begins with it.
        if !windows.contains(&client.0) {
            windows.insert(0, client.0);
        }
        let strange: Vec<u32> = windows
            .iter()
            .copied()
            .filter(|window| !self.of_window.contains_key(window) && display.is_foreign(*window))
            .collect();
        // One of them may be a client itself: not less than that.
        let aux = ChangeWindowAttributesAux::new().event_mask(query::client_mask());
        let asked = strange
            .iter()
            .map(|window| {
                display.change_window_attributes(*window, &aux)?.ignore_error();
                Ok(display.get_window_attributes(*window)?)
            })
            .collect::<Result<Vec<_>>>()?;
        for (window, attributes) in strange.into_iter().zip(asked) {
            if let Some(attributes) = optional(attributes.reply())? {
                self.of_window.insert(window, attributes.colormap);
            }
        }
        let before = self.clients.insert(client, Entry { windows });
        self.forget_windows(before.map(|entry| entry.windows).unwrap_or_default());
        self.install(display)
    }

    /// A client is no longer managed.
    pub fn remove(&mut self, client: Xid) {
        if let Some(entry) = self.clients.remove(&client) {
            self.forget_windows(entry.windows);
        }
    }

    /// Forgets windows that belong to no client any more.
    fn forget_windows(&mut self, windows: Vec<u32>) {
        for window in windows {
            if self.clients.values().all(|entry| !entry.windows.contains(&window)) {
                self.of_window.remove(&window);
            }
        }
    }

    /// A window has another colormap (ColormapNotify with `new`).
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn changed(&mut self, display: &Display, window: u32, colormap: u32) -> Result<()> {
        match self.of_window.get_mut(&window) {
            Some(known) => *known = colormap,
            None => return Ok(()),
        }
        self.install(display)
    }

    /// The focus went to a client, or to none.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn focus(&mut self, display: &Display, client: Option<Xid>) -> Result<()> {
        self.focused = client;
        self.install(display)
    }

    /// What the focused client wants, the most important first.
    fn wanted(&self, default: u32) -> Vec<u32> {
        let entry = self.focused.and_then(|client| self.clients.get(&client));
        let mut wanted = Vec::new();
        for window in entry.map_or(&[][..], |entry| &entry.windows) {
            let colormap = self.of_window.get(window).copied().unwrap_or_default();
            if colormap != x11rb::NONE && !wanted.contains(&colormap) {
                wanted.push(colormap);
            }
        }
        if wanted.is_empty() { vec![default] } else { wanted }
    }

    fn install(&mut self, display: &Display) -> Result<()> {
        let default = display.setup().roots[display.screen].default_colormap;
        let wanted = self.wanted(default);
        let nothing_yet = self.installed.is_empty() && wanted == [default];
        if wanted == self.installed || nothing_yet {
            return Ok(());
        }
        // The one that was installed last is never the one that has to go.
        for colormap in wanted.iter().rev() {
            // It may be gone with its client.
            display.install_colormap(*colormap)?.ignore_error();
        }
        self.installed = wanted;
        Ok(())
    }
}
