//! Properties that the window manager writes: on the root window, on
//! clients, and on its own check window.
//!
//! Owns their wire form. Must not know when they change.

use wm_core::geom::Sides;
use wm_core::hints::{NetState, WmState};
use wm_core::model::border::Edges;
use wm_core::request::{AllowedActions, ClientProperty, RootProperty};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, PropMode};
use x11rb::wrapper::ConnectionExt as _;

use super::{Display, Result, properties};

/// What `_NET_SUPPORTED` lists: all of it works, and all that works is in it.
fn supported(display: &Display) -> Vec<u32> {
    let a = &display.atoms;
    let mut list = vec![
        a._NET_SUPPORTED,
        a._NET_SUPPORTING_WM_CHECK,
        a._NET_CLIENT_LIST,
        a._NET_CLIENT_LIST_STACKING,
        a._NET_NUMBER_OF_DESKTOPS,
        a._NET_DESKTOP_GEOMETRY,
        a._NET_DESKTOP_VIEWPORT,
        a._NET_CURRENT_DESKTOP,
        a._NET_DESKTOP_NAMES,
        a._NET_DESKTOP_LAYOUT,
        a._NET_ACTIVE_WINDOW,
        a._NET_WORKAREA,
        a._NET_SHOWING_DESKTOP,
        a._NET_CLOSE_WINDOW,
        a._NET_MOVERESIZE_WINDOW,
        a._NET_WM_MOVERESIZE,
        a._NET_RESTACK_WINDOW,
        a._NET_REQUEST_FRAME_EXTENTS,
        a._NET_FRAME_EXTENTS,
        a._NET_WM_NAME,
        a._NET_WM_VISIBLE_NAME,
        a._NET_WM_DESKTOP,
        a._NET_WM_STATE,
        a._NET_WM_ALLOWED_ACTIONS,
        a._NET_WM_STRUT,
        a._NET_WM_STRUT_PARTIAL,
        a._NET_WM_ICON,
        a._NET_WM_PID,
        a._NET_WM_USER_TIME,
        a._NET_WM_USER_TIME_WINDOW,
        a._NET_WM_PING,
        a._NET_WM_FULLSCREEN_MONITORS,
        a._NET_WM_FULL_PLACEMENT,
        a._NET_WM_WINDOW_OPACITY,
        a._NET_WM_OPAQUE_REGION,
        a._NET_WM_BYPASS_COMPOSITOR,
        a._NET_WM_WINDOW_TYPE,
        a._NET_WM_WINDOW_TYPE_DESKTOP,
        a._NET_WM_WINDOW_TYPE_DOCK,
        a._NET_WM_WINDOW_TYPE_TOOLBAR,
        a._NET_WM_WINDOW_TYPE_MENU,
        a._NET_WM_WINDOW_TYPE_UTILITY,
        a._NET_WM_WINDOW_TYPE_SPLASH,
        a._NET_WM_WINDOW_TYPE_DIALOG,
        a._NET_WM_WINDOW_TYPE_DROPDOWN_MENU,
        a._NET_WM_WINDOW_TYPE_POPUP_MENU,
        a._NET_WM_WINDOW_TYPE_TOOLTIP,
        a._NET_WM_WINDOW_TYPE_NOTIFICATION,
        a._NET_WM_WINDOW_TYPE_COMBO,
        a._NET_WM_WINDOW_TYPE_DND,
        a._NET_WM_WINDOW_TYPE_NORMAL,
        a._GTK_EDGE_CONSTRAINTS,
        a._GTK_FRAME_EXTENTS,
        a._GTK_HIDE_TITLEBAR_WHEN_MAXIMIZED,
        a._GTK_SHOW_WINDOW_MENU,
        a._GTK_WORKAREAS,
    ];
    list.extend(properties::state_atoms(a).iter().map(|(atom, _)| *atom));
    list.extend(action_atoms(display, AllowedActions::default(), true));
    if display.extensions.sync {
        list.extend([a._NET_WM_SYNC_REQUEST, a._NET_WM_FRAME_DRAWN, a._NET_WM_FRAME_TIMINGS]);
    }
    list
}

fn longs(
    display: &Display,
    window: u32,
    property: u32,
    kind: AtomEnum,
    items: &[u32],
) -> Result<()> {
    display.change_property32(PropMode::REPLACE, window, property, kind, items)?;
    Ok(())
}

fn utf8(display: &Display, window: u32, property: u32, text: &[u8]) -> Result<()> {
    let kind = display.atoms.UTF8_STRING;
    display.change_property8(PropMode::REPLACE, window, property, kind, text)?;
    Ok(())
}

/// Announces the window manager: the check window is `check`.
///
/// # Errors
///
/// If the connection broke.
pub fn announce(display: &Display, check: u32) -> Result<()> {
    let a = &display.atoms;
    for window in [display.root, check] {
        longs(display, window, a._NET_SUPPORTING_WM_CHECK, AtomEnum::WINDOW, &[check])?;
    }
    utf8(display, check, a._NET_WM_NAME, b"Trapeze")?;
    let pid = [std::process::id()];
    longs(display, check, a._NET_WM_PID, AtomEnum::CARDINAL, &pid)?;
    longs(display, display.root, a._NET_SUPPORTED, AtomEnum::ATOM, &supported(display))
}

/// Takes away what only holds while a window manager runs.
///
/// # Errors
///
/// If the connection broke.
pub fn retract(display: &Display) -> Result<()> {
    let a = &display.atoms;
    for property in [
        a._NET_SUPPORTING_WM_CHECK,
        a._NET_SUPPORTED,
        a._NET_ACTIVE_WINDOW,
        a._NET_CLIENT_LIST,
        a._NET_CLIENT_LIST_STACKING,
        a._NET_WORKAREA,
    ] {
        display.delete_property(display.root, property)?;
    }
    Ok(())
}

/// Writes a property of the root window.
///
/// # Errors
///
/// If the connection broke.
pub fn set_root(display: &Display, property: &RootProperty) -> Result<()> {
    let a = &display.atoms;
    let root = display.root;
    let cardinal = |atom, items: &[u32]| longs(display, root, atom, AtomEnum::CARDINAL, items);
    let windows = |atom, items: &[u32]| longs(display, root, atom, AtomEnum::WINDOW, items);
    match property {
        RootProperty::ClientList(list) => {
            windows(a._NET_CLIENT_LIST, &list.iter().map(|w| w.0).collect::<Vec<_>>())
        }
        RootProperty::ClientListStacking(list) => {
            windows(a._NET_CLIENT_LIST_STACKING, &list.iter().map(|w| w.0).collect::<Vec<_>>())
        }
        RootProperty::ActiveWindow(window) => {
            windows(a._NET_ACTIVE_WINDOW, &[window.map_or(x11rb::NONE, |w| w.0)])
        }
        RootProperty::NumberOfDesktops(count) => cardinal(a._NET_NUMBER_OF_DESKTOPS, &[*count]),
        RootProperty::CurrentDesktop(desktop) => cardinal(a._NET_CURRENT_DESKTOP, &[*desktop]),
        RootProperty::DesktopNames(names) => {
            let mut text = Vec::new();
            for name in names {
                text.extend(name.bytes().filter(|b| *b != 0));
                text.push(0);
            }
            utf8(display, root, a._NET_DESKTOP_NAMES, &text)
        }
        RootProperty::DesktopGeometry(size) => {
            cardinal(a._NET_DESKTOP_GEOMETRY, &[size.w.cast_unsigned(), size.h.cast_unsigned()])
        }
        RootProperty::DesktopViewport(desktops) => {
            let count = usize::try_from(*desktops).unwrap_or(1).clamp(1, 256);
            cardinal(a._NET_DESKTOP_VIEWPORT, &vec![0; count * 2])
        }
        RootProperty::WorkArea(areas) => {
            let items: Vec<u32> =
                areas.iter().flat_map(|r| [r.x, r.y, r.w, r.h].map(i32::cast_unsigned)).collect();
            cardinal(a._NET_WORKAREA, &items)
        }
        RootProperty::MonitorWorkAreas(desktops, areas) => {
            let items: Vec<u32> =
                areas.iter().flat_map(|r| [r.x, r.y, r.w, r.h].map(i32::cast_unsigned)).collect();
            let names = (0..*desktops).map(|desktop| format!("_GTK_WORKAREAS_D{desktop}"));
            let asked = names
                .map(|name| Ok(display.intern_atom(false, name.as_bytes())?))
                .collect::<Result<Vec<_>>>()?;
            for atom in asked {
                cardinal(atom.reply()?.atom, &items)?;
            }
            Ok(())
        }
        RootProperty::ShowingDesktop(showing) => {
            cardinal(a._NET_SHOWING_DESKTOP, &[u32::from(*showing)])
        }
    }
}

/// Writes _NET_FRAME_EXTENTS.
///
/// # Errors
///
/// If the connection broke.
pub fn set_frame_extents(display: &Display, window: u32, sides: Sides) -> Result<()> {
    let items = [sides.left, sides.right, sides.top, sides.bottom].map(i32::cast_unsigned);
    longs(display, window, display.atoms._NET_FRAME_EXTENTS, AtomEnum::CARDINAL, &items)
}

/// Writes a property of a client.
///
/// # Errors
///
/// If the connection broke.
pub fn set_client(display: &Display, window: u32, property: &ClientProperty) -> Result<()> {
    let a = &display.atoms;
    let cardinal = |atom, items: &[u32]| longs(display, window, atom, AtomEnum::CARDINAL, items);
    match property {
        ClientProperty::WmState(WmState::Withdrawn) => {
            display.delete_property(window, a.WM_STATE)?;
            Ok(())
        }
        ClientProperty::WmState(state) => {
            let number = if *state == WmState::Iconic { 3 } else { 1 };
            let items = [number, x11rb::NONE];
            display.change_property32(PropMode::REPLACE, window, a.WM_STATE, a.WM_STATE, &items)?;
            Ok(())
        }
        ClientProperty::NetState(states) => {
            let atoms = properties::state_atoms(a);
            let atom = |state: &NetState| {
                atoms.iter().find(|(_, known)| known == state).map(|(atom, _)| *atom)
            };
            let items: Vec<u32> = states.iter().filter_map(atom).collect();
            longs(display, window, a._NET_WM_STATE, AtomEnum::ATOM, &items)
        }
        ClientProperty::FrameExtents(sides) => set_frame_extents(display, window, *sides),
        ClientProperty::Desktop(desktop) => {
            cardinal(a._NET_WM_DESKTOP, &[desktop.unwrap_or(u32::MAX)])
        }
        ClientProperty::AllowedActions(actions) => {
            let items = action_atoms(display, *actions, false);
            longs(display, window, a._NET_WM_ALLOWED_ACTIONS, AtomEnum::ATOM, &items)
        }
        ClientProperty::VisibleName(Some(name)) => {
            utf8(display, window, a._NET_WM_VISIBLE_NAME, name.as_bytes())
        }
        ClientProperty::VisibleName(None) => {
            display.delete_property(window, a._NET_WM_VISIBLE_NAME)?;
            Ok(())
        }
        ClientProperty::EdgeConstraints(constraints) => {
            let edges = |e: Edges| [e.top, e.right, e.bottom, e.left];
            let (tiled, resizable) = (edges(constraints.tiled), edges(constraints.resizable));
            // Two bits for each edge, clockwise from the top.
            let bits = (0..4).fold(0, |bits, edge| {
                bits | u32::from(tiled[edge]) << (2 * edge)
                    | u32::from(resizable[edge]) << (2 * edge + 1)
            });
            cardinal(a._GTK_EDGE_CONSTRAINTS, &[bits])
        }
        ClientProperty::Restore(Some(restore)) => {
            cardinal(a._TRAPEZE_RESTORE, &properties::restore_items(restore))
        }
        ClientProperty::Restore(None) => {
            display.delete_property(window, a._TRAPEZE_RESTORE)?;
            Ok(())
        }
        ClientProperty::FullscreenMonitors(monitors) => {
            cardinal(a._NET_WM_FULLSCREEN_MONITORS, monitors)
        }
    }
}

/// Takes away what only a managed window has: a withdrawn one has no state
/// (ICCCM 4.1.3.1; EWMH `_NET_WM_DESKTOP` and `_NET_WM_STATE`), and may choose
/// anew before it is mapped again.
///
/// # Errors
///
/// If the connection broke.
pub fn forget_client(display: &Display, window: u32) -> Result<()> {
    let a = &display.atoms;
    for atom in [
        a.WM_STATE,
        a._NET_WM_STATE,
        a._NET_WM_DESKTOP,
        a._NET_WM_ALLOWED_ACTIONS,
        a._NET_WM_VISIBLE_NAME,
        a._NET_FRAME_EXTENTS,
        a._TRAPEZE_RESTORE,
        a._GTK_EDGE_CONSTRAINTS,
    ] {
        display.delete_property(window, atom)?;
    }
    Ok(())
}

/// Atoms of the allowed actions, or of all.
fn action_atoms(display: &Display, actions: AllowedActions, all: bool) -> Vec<u32> {
    let a = &display.atoms;
    [
        (actions.moving, a._NET_WM_ACTION_MOVE),
        (actions.resize, a._NET_WM_ACTION_RESIZE),
        (actions.minimize, a._NET_WM_ACTION_MINIMIZE),
        (actions.shade, a._NET_WM_ACTION_SHADE),
        (actions.stick, a._NET_WM_ACTION_STICK),
        (actions.maximize_horz, a._NET_WM_ACTION_MAXIMIZE_HORZ),
        (actions.maximize_vert, a._NET_WM_ACTION_MAXIMIZE_VERT),
        (actions.fullscreen, a._NET_WM_ACTION_FULLSCREEN),
        (actions.change_desktop, a._NET_WM_ACTION_CHANGE_DESKTOP),
        (actions.close, a._NET_WM_ACTION_CLOSE),
        (actions.above, a._NET_WM_ACTION_ABOVE),
        (actions.below, a._NET_WM_ACTION_BELOW),
    ]
    .into_iter()
    .filter(|(allowed, _)| all || *allowed)
    .map(|(_, atom)| atom)
    .collect()
}
