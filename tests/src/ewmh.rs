//! The root window's Extended Window Manager Hints, as a pager or panel uses them.
//!
//! Client messages go to the root window with the masks that EWMH asks for; the source indication
//! is 2 (a pager), which focus-stealing prevention lets through, unless said otherwise.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask, Window};

use crate::client::Client;

/// The source indication of a pager (EWMH, "Source indication in requests").
pub const PAGER: u32 = 2;
/// The source indication of an application.
pub const APPLICATION: u32 = 1;

/// What to do to a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// `_NET_WM_STATE_REMOVE`
    Remove = 0,
    /// `_NET_WM_STATE_ADD`
    Add = 1,
    /// `_NET_WM_STATE_TOGGLE`
    Toggle = 2,
}

/// Sends a client message about `window` to the root window.
///
/// # Errors
/// When the connection fails.
pub fn message(client: &Client, window: Window, name: &str, data: [u32; 5]) -> Result<()> {
    let event = ClientMessageEvent::new(32, window, client.atom(name)?, data);
    let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_REDIRECT;
    client.connection().send_event(false, client.root(), mask, event)?;
    client.connection().flush()?;
    Ok(())
}

/// `_NET_CLIENT_LIST`: managed windows in the order in which they came.
///
/// # Errors
/// When the connection fails.
pub fn client_list(client: &Client) -> Result<Vec<Window>> {
    Ok(client.numbers(client.root(), "_NET_CLIENT_LIST")?.unwrap_or_default())
}

/// `_NET_CLIENT_LIST_STACKING`: managed windows from bottom to top.
///
/// # Errors
/// When the connection fails.
pub fn stacking(client: &Client) -> Result<Vec<Window>> {
    Ok(client.numbers(client.root(), "_NET_CLIENT_LIST_STACKING")?.unwrap_or_default())
}

/// `_NET_ACTIVE_WINDOW`; `None` when there is none.
///
/// # Errors
/// When the connection fails.
pub fn active_window(client: &Client) -> Result<Option<Window>> {
    let value = client.numbers(client.root(), "_NET_ACTIVE_WINDOW")?;
    Ok(value.and_then(|values| values.first().copied()).filter(|&window| window != x11rb::NONE))
}

/// `_NET_SUPPORTED` by name.
///
/// # Errors
/// When the connection fails.
pub fn supported(client: &Client) -> Result<Vec<String>> {
    let atoms = client.numbers(client.root(), "_NET_SUPPORTED")?.unwrap_or_default();
    atoms.into_iter().map(|atom| client.atom_name(atom)).collect()
}

/// One number of a root property, such as `_NET_CURRENT_DESKTOP`.
///
/// # Errors
/// When the connection fails.
pub fn root_number(client: &Client, name: &str) -> Result<Option<u32>> {
    Ok(client.numbers(client.root(), name)?.and_then(|values| values.first().copied()))
}

/// `_NET_WORKAREA` of the first desktop: x, y, width, height.
///
/// # Errors
/// When the connection fails.
pub fn work_area(client: &Client) -> Result<Option<[u32; 4]>> {
    let values = client.numbers(client.root(), "_NET_WORKAREA")?.unwrap_or_default();
    Ok(values.first_chunk().copied())
}

/// The window of the running window manager that `_NET_SUPPORTING_WM_CHECK` names on the root and
/// on itself; `None` when there is none or it is stale.
///
/// # Errors
/// When the connection fails.
pub fn window_manager(client: &Client) -> Result<Option<Window>> {
    let Some(window) = root_number(client, "_NET_SUPPORTING_WM_CHECK")? else { return Ok(None) };
    let own = client.numbers(window, "_NET_SUPPORTING_WM_CHECK")?;
    Ok((own.as_deref() == Some(&[window])).then_some(window))
}

/// `_NET_WM_NAME` of the running window manager.
///
/// # Errors
/// When the connection fails.
pub fn window_manager_name(client: &Client) -> Result<Option<String>> {
    match window_manager(client)? {
        Some(window) => client.text(window, "_NET_WM_NAME"),
        None => Ok(None),
    }
}

/// The desktop that a window is on; `u32::MAX` is all.
///
/// # Errors
/// When the connection fails.
pub fn desktop_of(client: &Client, window: Window) -> Result<Option<u32>> {
    Ok(client.numbers(window, "_NET_WM_DESKTOP")?.and_then(|values| values.first().copied()))
}

/// `_NET_FRAME_EXTENTS`: left, right, top, bottom in pixels.
///
/// # Errors
/// When the window has none.
pub fn frame_extents(client: &Client, window: Window) -> Result<[u32; 4]> {
    client
        .numbers(window, "_NET_FRAME_EXTENTS")?
        .and_then(|values| values.first_chunk().copied())
        .context("no _NET_FRAME_EXTENTS")
}

/// Waits until `_NET_CLIENT_LIST` holds, or does not hold, a window.
///
/// # Errors
/// When the deadline passes.
pub fn wait_listed(client: &Client, window: Window, listed: bool) -> Result<()> {
    client.wait_true(&format!("{window:#x} listed {listed}"), || {
        Ok(client_list(client)?.contains(&window) == listed)
    })
}

/// Waits until `_NET_ACTIVE_WINDOW` names a window.
///
/// # Errors
/// When the deadline passes.
pub fn wait_active(client: &Client, window: Option<Window>) -> Result<()> {
    client
        .wait_true(&format!("{window:x?} active"), || Ok(active_window(client)? == window))
        .with_context(|| format!("active is {:x?}", active_window(client)))
}

/// Waits until a number of the root window has a value.
///
/// # Errors
/// When the deadline passes.
pub fn wait_root_number(client: &Client, name: &str, value: u32) -> Result<()> {
    client
        .wait_true(&format!("{name} {value}"), || Ok(root_number(client, name)? == Some(value)))
        .with_context(|| format!("{name} is {:?}", root_number(client, name)))
}

/// Asks for a window to be activated, as a pager does.
///
/// # Errors
/// When the connection fails.
pub fn activate(client: &Client, window: Window) -> Result<()> {
    message(client, window, "_NET_ACTIVE_WINDOW", [PAGER, 0, 0, 0, 0])
}

/// Asks for one or two states to change, given by their short names (`FULLSCREEN`).
///
/// # Errors
/// When the connection fails.
pub fn change_state(
    client: &Client,
    window: Window,
    change: Change,
    states: &[&str],
) -> Result<()> {
    let mut data = [change as u32, 0, 0, PAGER, 0];
    for (place, short) in data[1..3].iter_mut().zip(states) {
        *place = client.atom(&format!("_NET_WM_STATE_{short}"))?;
    }
    message(client, window, "_NET_WM_STATE", data)
}

/// Asks for a window to be closed.
///
/// # Errors
/// When the connection fails.
pub fn close(client: &Client, window: Window) -> Result<()> {
    message(client, window, "_NET_CLOSE_WINDOW", [0, PAGER, 0, 0, 0])
}

/// Asks for a desktop to be shown.
///
/// # Errors
/// When the connection fails.
pub fn show_desktop_number(client: &Client, desktop: u32) -> Result<()> {
    message(client, client.root(), "_NET_CURRENT_DESKTOP", [desktop, 0, 0, 0, 0])
}

/// Asks for a window to be put on a desktop.
///
/// # Errors
/// When the connection fails.
pub fn send_to_desktop(client: &Client, window: Window, desktop: u32) -> Result<()> {
    message(client, window, "_NET_WM_DESKTOP", [desktop, PAGER, 0, 0, 0])
}

/// Begins an interactive move or resize (`_NET_WM_MOVERESIZE`): pointer place in root
/// coordinates, direction 0 to 11, and the button that is held.
///
/// # Errors
/// When the connection fails.
pub fn move_resize(
    client: &Client,
    window: Window,
    (x, y): (i32, i32),
    direction: u32,
    button: u32,
) -> Result<()> {
    let data = [x.cast_unsigned(), y.cast_unsigned(), direction, button, APPLICATION];
    message(client, window, "_NET_WM_MOVERESIZE", data)
}
