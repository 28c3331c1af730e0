//! What an earlier window manager, or we before a restart, left on the root
//! window: which workspace was shown, and who had the keyboard.
//!
//! Owns reading it. Must not know what is made of it.

use x11rb::protocol::xproto::ConnectionExt as _;

use super::errors::optional;
use super::query::PendingValue;
use super::{Display, Result};

/// The workspace that was shown (`_NET_CURRENT_DESKTOP`).
///
/// # Errors
///
/// If the connection broke.
pub fn current_desktop(display: &Display) -> Result<Option<u32>> {
    let asked = PendingValue::ask(display, display.root, display.atoms._NET_CURRENT_DESKTOP)?;
    Ok(asked.value()?.long())
}

/// The window that has the keyboard and those that it is in, from the inside
/// out: a toolkit's focus may be deep in its window.
///
/// # Errors
///
/// If the connection broke.
pub fn focused_path(display: &Display) -> Result<Vec<u32>> {
    /// Deeper than any program goes.
    const DEEPEST: usize = 32;
    let mut path = Vec::new();
    let mut at = optional(display.get_input_focus()?.reply())?.map(|reply| reply.focus);
    // None and PointerRoot are no windows.
    while let Some(window) = at.filter(|window| *window > 1 && *window != display.root) {
        if path.len() >= DEEPEST {
            break;
        }
        path.push(window);
        at = optional(display.query_tree(window)?.reply())?.map(|reply| reply.parent);
    }
    Ok(path)
}
