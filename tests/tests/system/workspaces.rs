//! Desktops: switching, sending, sticking, showing the desktop (EWMH "Root Window Properties").

use anyhow::Result;
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::{Window, ewmh};

use crate::desk::Desk;

/// Clauses: ewmh.current-desktop
#[test]
fn switching_hides_and_shows() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    client.wait_true("several desktops", || {
        Ok(ewmh::root_number(client, "_NET_NUMBER_OF_DESKTOPS")? >= Some(2))
    })?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 0)?;
    let window = client.window().map()?;
    window.wait_managed()?;
    assert_eq!(ewmh::desktop_of(client, window.id())?, Some(0));
    ewmh::show_desktop_number(client, 1)?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 1)?;
    client.wait_true("hidden", || Ok(!client.is_viewable(window.id())?))?;
    assert!(ewmh::client_list(client)?.contains(&window.id()));
    let other = client.window().map()?;
    other.wait_managed()?;
    assert_eq!(ewmh::desktop_of(client, other.id())?, Some(1));
    ewmh::show_desktop_number(client, 0)?;
    window.wait_viewable()?;
    client.wait_true("hidden", || Ok(!client.is_viewable(other.id())?))?;
    window.wait_focused()
}

/// Clauses: ewmh.wm-desktop
#[test]
fn activating_a_window_elsewhere_goes_there() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().map()?;
    window.wait_managed()?;
    ewmh::send_to_desktop(client, window.id(), 2)?;
    client.wait_true("sent", || Ok(!client.is_viewable(window.id())?))?;
    assert_eq!(ewmh::desktop_of(client, window.id())?, Some(2));
    ewmh::activate(client, window.id())?;
    window.wait_viewable()?;
    window.wait_focused()?;
    Ok(())
}

/// Clauses: ewmh.wm-desktop
#[test]
fn a_sticky_window_is_on_all() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().map()?;
    window.wait_managed()?;
    ewmh::send_to_desktop(client, window.id(), u32::MAX)?;
    client.wait_true("on all", || Ok(ewmh::desktop_of(client, window.id())? == Some(u32::MAX)))?;
    ewmh::show_desktop_number(client, 3)?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 3)?;
    assert!(client.is_viewable(window.id())?);
    Ok(())
}

/// Clauses: ewmh.current-desktop
#[test]
fn nonsense_desktops_are_refused() -> Result<()> {
    let mut desk = Desk::start()?;
    for desktop in [4, 1000, u32::MAX, u32::MAX - 1] {
        ewmh::show_desktop_number(&desk.client, desktop)?;
    }
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    ewmh::send_to_desktop(&desk.client, window.id(), u32::MAX - 7)?;
    desk.assert_alive()?;
    assert_eq!(ewmh::root_number(&desk.client, "_NET_CURRENT_DESKTOP")?, Some(0));
    Ok(())
}

/// Clauses: ewmh.showing-desktop
#[test]
fn the_desktop_is_shown_and_left() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let kind = |kind| client.window().window_type(kind).map();
    let furniture = [kind("DOCK")?, kind("DESKTOP")?];
    for furniture in furniture {
        furniture.wait_managed()?;
    }
    let window = client.window().map()?;
    window.wait_managed()?;
    let show = |on| ewmh::message(client, client.root(), "_NET_SHOWING_DESKTOP", [on, 0, 0, 0, 0]);
    show(1)?;
    ewmh::wait_root_number(client, "_NET_SHOWING_DESKTOP", 1)?;
    client.wait_true("hidden", || Ok(!client.is_viewable(window.id())?))?;
    for furniture in furniture {
        assert!(client.is_viewable(furniture.id())?, "docks and desktops stay");
    }
    show(0)?;
    ewmh::wait_root_number(client, "_NET_SHOWING_DESKTOP", 0)?;
    window.wait_viewable()?;
    // Whoever is activated ends it as well.
    show(1)?;
    ewmh::wait_root_number(client, "_NET_SHOWING_DESKTOP", 1)?;
    client.wait_true("hidden again", || Ok(!client.is_viewable(window.id())?))?;
    ewmh::activate(client, window.id())?;
    ewmh::wait_root_number(client, "_NET_SHOWING_DESKTOP", 0)?;
    window.wait_focused()
}

/// Clauses: ewmh.supported, ewmh.desktop-properties
#[test]
fn root_properties_are_complete() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    for name in [
        "_NET_SUPPORTED",
        "_NET_CLIENT_LIST",
        "_NET_CLIENT_LIST_STACKING",
        "_NET_NUMBER_OF_DESKTOPS",
        "_NET_DESKTOP_GEOMETRY",
        "_NET_DESKTOP_VIEWPORT",
        "_NET_CURRENT_DESKTOP",
        "_NET_DESKTOP_NAMES",
        "_NET_ACTIVE_WINDOW",
        "_NET_WORKAREA",
        "_NET_SUPPORTING_WM_CHECK",
        "_NET_SHOWING_DESKTOP",
    ] {
        client.wait_true(name, || Ok(client.property(client.root(), name)?.is_some()))?;
    }
    let supported = ewmh::supported(client)?;
    for name in ["_NET_WM_STATE_FULLSCREEN", "_NET_WM_MOVERESIZE", "_NET_WM_STRUT_PARTIAL"] {
        assert!(supported.iter().any(|entry| entry == name), "{name}");
    }
    Ok(())
}

/// Clauses: ewmh.desktop-layout
#[test]
fn a_pager_lays_the_workspaces_out() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let current = |wanted| ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", wanted);
    // Two rows of two, beginning at the bottom left: 2 3 above 0 1.
    let root = Window::existing(client, client.root());
    root.set_numbers("_NET_DESKTOP_LAYOUT", &[0, 2, 2, 3])?;
    let go = |key| input::chord(client, &[keysym::CONTROL, keysym::ALT, key]);
    for (key, wanted) in [(keysym::UP, 2), (keysym::RIGHT, 3), (keysym::DOWN, 1)] {
        go(key)?;
        current(wanted)?;
    }
    // At the edge it stays; by then it has seen both keys.
    go(keysym::DOWN)?;
    go(keysym::UP)?;
    current(3)
}

/// Clauses: ewmh.desktop-names-set
#[test]
fn a_pager_names_the_workspaces() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let root = Window::existing(client, client.root());
    let utf8 = client.atom("UTF8_STRING")?;
    root.set_property("_NET_DESKTOP_NAMES", utf8, 8, "web\0\0Ülk\0".as_bytes())?;
    client.wait_true("the names that it was given, the others as before", || {
        let names = client.text(client.root(), "_NET_DESKTOP_NAMES")?.unwrap_or_default();
        Ok(names.split_terminator('\0').eq(["web", "2", "Ülk", "4"]))
    })
}

/// Clauses: ewmh.number-of-desktops
#[test]
fn a_pager_adds_and_takes_away_workspaces() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let count = |count: u32| {
        let data = [count, 0, 0, 0, 0];
        ewmh::message(client, client.root(), "_NET_NUMBER_OF_DESKTOPS", data)?;
        ewmh::wait_root_number(client, "_NET_NUMBER_OF_DESKTOPS", count.max(1))?;
        // What goes with it.
        client.wait_true("areas and names of all", || {
            let areas = client.numbers(client.root(), "_NET_WORKAREA")?.unwrap_or_default();
            let viewports = client.numbers(client.root(), "_NET_DESKTOP_VIEWPORT")?;
            let lengths = (areas.len(), viewports.unwrap_or_default().len());
            Ok(lengths == (4 * count.max(1) as usize, 2 * count.max(1) as usize))
        })
    };
    count(6)?;
    let window = client.window().cardinals("_NET_WM_DESKTOP", &[5]).map()?;
    window.wait_wm_state(Some(trapeze_testkit::window::NORMAL))?;
    assert!(!client.is_viewable(window.id())?, "it is on another one");
    ewmh::show_desktop_number(client, 5)?;
    window.wait_viewable()?;
    // The last one is taken away with the window and the user on it.
    count(2)?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 1)?;
    client.wait_true("the window on the last that is left", || {
        Ok(ewmh::desktop_of(client, window.id())? == Some(1))
    })?;
    window.wait_viewable()?;
    // One at least is left.
    count(0)?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 0)
}

/// Clauses: ewmh.wm-desktop
#[test]
fn a_window_chooses_its_workspace_before_it_is_mapped_and_pagers_after() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let on = |window: Window<'_>, desktop: u32| {
        client.wait_true(&format!("on {desktop:#x}"), || {
            Ok(ewmh::desktop_of(client, window.id())? == Some(desktop))
        })
    };
    let everywhere = client.window().cardinals("_NET_WM_DESKTOP", &[u32::MAX]).map()?;
    everywhere.wait_managed()?;
    everywhere.wait_state("STICKY", true)?;
    let window = client.window().cardinals("_NET_WM_DESKTOP", &[2]).map()?;
    window.wait_wm_state(Some(trapeze_testkit::window::NORMAL))?;
    on(window, 2)?;
    assert!(!client.is_viewable(window.id())?);
    ewmh::send_to_desktop(client, window.id(), 0)?;
    window.wait_viewable()?;
    ewmh::send_to_desktop(client, window.id(), 3)?;
    on(window, 3)?;
    client.wait_true("gone from view", || Ok(!client.is_viewable(window.id())?))?;
    // One that withdraws may choose anew.
    window.withdraw()?;
    client.wait_true("no desktop", || Ok(ewmh::desktop_of(client, window.id())?.is_none()))?;
    window.map()?;
    window.wait_managed()?;
    on(window, 0)
}
