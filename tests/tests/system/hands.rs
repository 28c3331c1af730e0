//! Moving, resizing and choosing by pointer and keyboard.

use anyhow::Result;
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::{Rectangle, Window, ewmh};
use x11rb::protocol::xfixes::{ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xproto::EventMask;

use crate::desk::{Desk, settle};

/// A window in the middle of the screen, far from every edge that it could snap to.
fn window(desk: &Desk) -> Result<Window<'_>> {
    let window = desk.client.window().title("hands").placed(400, 300).size(300, 200).map()?;
    window.wait_managed()?;
    window.wait_focused()?;
    Ok(window)
}

/// A place on the title bar, away from its buttons.
fn title_bar(desk: &Desk, window: Window<'_>) -> Result<(i32, i32)> {
    let inner = window.geometry()?;
    let [_, _, top, _] = ewmh::frame_extents(&desk.client, window.id())?;
    Ok((inner.x + (inner.width / 2).cast_signed(), inner.y - (top / 2).cast_signed()))
}

#[test]
fn the_title_bar_moves_the_window() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let from = title_bar(&desk, window)?;
    input::drag(&desk.client, from, (from.0 + 120, from.1 - 75), 1)?;
    window.wait_geometry("moved by 120, -75", |place| {
        place == Rectangle { x: before.x + 120, y: before.y - 75, ..before }
    })?;
    Ok(())
}

#[test]
fn super_and_a_button_move_and_resize_from_anywhere() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let middle = before.center();
    input::key(&desk.client, keysym::SUPER, true)?;
    input::drag(&desk.client, middle, (middle.0 - 60, middle.1 + 50), 1)?;
    window.wait_geometry("moved", |place| (place.x, place.y) == (before.x - 60, before.y + 50))?;
    let corner = (before.right() - 60 - 20, before.bottom() + 50 - 20);
    input::drag(&desk.client, corner, (corner.0 + 40, corner.1 + 30), 3)?;
    input::key(&desk.client, keysym::SUPER, false)?;
    window.wait_geometry("resized", |place| {
        (place.width, place.height) == (before.width + 40, before.height + 30)
    })?;
    Ok(())
}

#[test]
fn a_pointer_that_rests_before_the_manager_has_it_still_takes_the_window_along() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let (x, y) = before.center();
    input::move_to(&desk.client, x, y)?;
    input::key(&desk.client, keysym::SUPER, true)?;
    input::button(&desk.client, 1, true)?;
    input::move_to(&desk.client, x + 70, y - 40)?;
    // No further motion, and no release, which would tell where it is.
    window.wait_geometry("moved", |place| (place.x, place.y) == (before.x + 70, before.y - 40))?;
    input::button(&desk.client, 1, false)?;
    input::key(&desk.client, keysym::SUPER, false)
}

#[test]
fn the_root_menu_opens_where_the_pointer_is() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().placed(300, 200).size(700, 500).map()?;
    window.wait_focused()?;
    // The manager hears that the pointer enters a client; what it does inside
    // goes to a client that wants to know.
    window.select(EventMask::POINTER_MOTION)?;
    let (x, y) = (620, 430);
    input::move_to(client, x - 200, y - 100)?;
    input::move_to(client, x, y)?;
    input::chord(client, &[keysym::SUPER, keysym::ESCAPE])?;
    let kind = client.atom("_NET_WM_WINDOW_TYPE_POPUP_MENU")?;
    let menu = client.wait_until("a menu", || {
        for popup in client.children(client.root())? {
            let kinds = client.numbers(popup, "_NET_WM_WINDOW_TYPE")?;
            if kinds.is_some_and(|kinds| kinds.contains(&kind)) {
                return client.geometry(popup).map(Some);
            }
        }
        Ok(None)
    })?;
    assert!((menu.x - x).abs() < 4 && (menu.y - y).abs() < 4, "{menu:?} is not at {x}, {y}");
    Ok(())
}

#[test]
fn the_invisible_border_resizes_on_all_eight_sides() -> Result<()> {
    let desk = Desk::start()?;
    let sides = [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)];
    for (across, down) in sides {
        let window = window(&desk)?;
        let inner = window.geometry()?;
        let [left, right, top, bottom] = ewmh::frame_extents(&desk.client, window.id())?;
        let frame = Rectangle {
            x: inner.x - left.cast_signed(),
            y: inner.y - top.cast_signed(),
            width: inner.width + left + right,
            height: inner.height + top + bottom,
        };
        // Four pixels outside what is visible.
        let at = |direction: i32, low: i32, high: i32| match direction {
            -1 => low - 4,
            1 => high + 3,
            _ => i32::midpoint(low, high),
        };
        let from = (at(across, frame.x, frame.right()), at(down, frame.y, frame.bottom()));
        input::drag(&desk.client, from, (from.0 + 30 * across, from.1 + 40 * down), 1)?;
        let expected = Rectangle {
            x: inner.x + if across < 0 { -30 } else { 0 },
            y: inner.y + if down < 0 { -40 } else { 0 },
            width: inner.width + 30 * across.unsigned_abs(),
            height: inner.height + 40 * down.unsigned_abs(),
        };
        window.wait_geometry(&format!("side {across}, {down}: {expected:?}"), |place| {
            place == expected
        })?;
        window.destroy()?;
        ewmh::wait_listed(&desk.client, window.id(), false)?;
    }
    Ok(())
}

#[test]
fn the_cursor_tells_what_a_press_would_do() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let inner = window.geometry()?;
    let connection = desk.client.connection();
    connection.xfixes_query_version(5, 0)?.reply()?;
    let mask = CursorNotifyMask::DISPLAY_CURSOR;
    connection.xfixes_select_cursor_input(desk.client.root(), mask)?.check()?;
    let (x, y) = inner.center();
    input::move_to(&desk.client, x, y)?;
    settle(&desk.client)?;
    let mut seen = vec![connection.xfixes_get_cursor_image()?.reply()?.cursor_serial];
    let (right, below) = (inner.right() + 5, inner.bottom() + 5);
    for (place, at) in
        [("right side", (right, y)), ("lower side", (x, below)), ("corner", (right, below))]
    {
        input::move_to(&desk.client, at.0, at.1)?;
        let serial = desk.client.wait_until(&format!("a cursor of its own: {place}"), || {
            let serial = connection.xfixes_get_cursor_image()?.reply()?.cursor_serial;
            Ok((!seen.contains(&serial)).then_some(serial))
        })?;
        seen.push(serial);
    }
    Ok(())
}

#[test]
fn a_double_click_maximizes_and_restores() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    for (maximized, what) in [(true, "maximized"), (false, "restored")] {
        let (x, y) = title_bar(&desk, window)?;
        input::click(&desk.client, x, y, 1)?;
        input::click(&desk.client, x, y, 1)?;
        window.wait_geometry(what, |place| (place != before) == maximized)?;
        window.wait_state("MAXIMIZED_VERT", maximized)?;
    }
    Ok(())
}

#[test]
fn a_window_dragged_to_an_edge_fills_that_half() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let from = title_bar(&desk, window)?;
    input::drag(&desk.client, from, (0, 400), 1)?;
    window.wait_geometry("left half", |place| {
        place.x <= 2 && place.right() <= 640 && place.right() >= 636 && place.height > 700
    })?;
    Ok(())
}

/// Clauses: ewmh.wm-moveresize
#[test]
fn a_client_begins_a_move_by_message() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let (x, y) = before.center();
    input::move_to(&desk.client, x, y)?;
    input::button(&desk.client, 1, true)?;
    // As GTK does on its own title bar: the client lets go of its grab, then asks.
    use x11rb::protocol::xproto::ConnectionExt as _;
    desk.client.connection().ungrab_pointer(x11rb::CURRENT_TIME)?;
    ewmh::move_resize(&desk.client, window.id(), (x, y), 8, 1)?;
    // Only once the manager has the pointer does the window follow it.
    let mut step = 0;
    desk.client.wait_until("the move has begun", || {
        step += 1;
        input::move_to(&desk.client, x + 20 + step % 2, y)?;
        // Makes an event, so that this is asked again.
        window.set_numbers("_TESTKIT_ASK_AGAIN", &[1])?;
        Ok((window.geometry()? != before).then_some(()))
    })?;
    input::move_to(&desk.client, x + 33, y + 44)?;
    input::button(&desk.client, 1, false)?;
    window.wait_geometry("moved", |place| (place.x, place.y) == (before.x + 33, before.y + 44))?;
    Ok(())
}

/// Clauses: ewmh.sync-request
#[test]
fn resizing_waits_for_the_clients_counter() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(400, 300).size(300, 200).sync_counter().map()?;
    window.wait_managed()?;
    let inner = window.geometry()?;
    let mark = desk.client.mark()?;
    input::move_to(&desk.client, inner.right() + 4, inner.center().1)?;
    input::button(&desk.client, 1, true)?;
    input::move_to(&desk.client, inner.right() + 34, inner.center().1)?;
    let request = window.wait_protocol(mark, "_NET_WM_SYNC_REQUEST")?;
    let value = i64::from(request[3]) << 32 | i64::from(request[2]);
    window.wait_geometry("first step", |place| place.width > 300)?;
    // The client is slow: further motion must not resize it further until it has answered.
    input::move_to(&desk.client, inner.right() + 104, inner.center().1)?;
    let mark = desk.client.mark()?;
    window.set_sync_counter(value)?;
    window.wait_protocol(mark, "_NET_WM_SYNC_REQUEST")?;
    input::button(&desk.client, 1, false)?;
    window.wait_geometry("last step", |place| place.width == 400)?;
    Ok(())
}

#[test]
fn alt_tab_goes_to_the_window_before() -> Result<()> {
    let desk = Desk::start()?;
    let first = window(&desk)?;
    let second = window(&desk)?;
    second.wait_focused()?;
    input::chord(&desk.client, &[keysym::ALT, keysym::TAB])?;
    first.wait_focused()?;
    input::chord(&desk.client, &[keysym::ALT, keysym::TAB])?;
    second.wait_focused()
}

#[test]
fn escape_undoes_a_move() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let from = title_bar(&desk, window)?;
    input::move_to(&desk.client, from.0, from.1)?;
    input::button(&desk.client, 1, true)?;
    input::move_to(&desk.client, from.0 + 50, from.1 + 50)?;
    input::move_to(&desk.client, from.0 + 90, from.1 + 90)?;
    window.wait_geometry("on the way", |place| place.x > before.x)?;
    // By now it has the keyboard too.
    settle(&desk.client)?;
    input::chord(&desk.client, &[keysym::ESCAPE])?;
    window.wait_geometry("back", |place| place == before)?;
    input::button(&desk.client, 1, false)
}

/// Clauses: ewmh.wm-moveresize
#[test]
fn a_client_decorated_window_is_dragged_from_within() -> Result<()> {
    use x11rb::protocol::Event;
    use x11rb::protocol::xproto::ConnectionExt as _;
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let (x, y) = before.center();
    input::move_to(&desk.client, x, y)?;
    let mark = desk.client.mark()?;
    input::button(&desk.client, 1, true)?;
    // The press into the active window is the client's alone: the window
    // manager learns no time of it.
    let time = desk.client.wait_event(mark, "press", |event| match event {
        Event::ButtonPress(press) if press.event == window.id() => Some(press.time),
        _ => None,
    })?;
    desk.client.connection().ungrab_pointer(time)?;
    let at = [x.cast_unsigned(), y.cast_unsigned(), 8, 1, 1];
    ewmh::message(&desk.client, window.id(), "_NET_WM_MOVERESIZE", at)?;
    // Answered after what was asked for before.
    let later = desk.client.window().create()?;
    ewmh::message(&desk.client, later.id(), "_NET_REQUEST_FRAME_EXTENTS", [0; 5])?;
    desk.client.wait_true("an answer", || {
        Ok(desk.client.numbers(later.id(), "_NET_FRAME_EXTENTS")?.is_some())
    })?;
    input::move_to(&desk.client, x + 40, y + 60)?;
    input::button(&desk.client, 1, false)?;
    window.wait_geometry("moved", |place| (place.x, place.y) == (before.x + 40, before.y + 60))?;
    Ok(())
}

/// Clauses: icccm.reparent-away
#[test]
fn a_window_that_another_program_took_in_gets_its_clicks() -> Result<()> {
    use x11rb::protocol::Event;
    use x11rb::protocol::xproto::ConnectionExt as _;
    let desk = Desk::start()?;
    let embedded = desk.client.window().placed(50, 50).map()?;
    embedded.wait_focused()?;
    let host = desk.client.window().placed(400, 300).size(300, 200).map()?;
    host.wait_focused()?;
    desk.client.connection().reparent_window(embedded.id(), host.id(), 10, 10)?;
    ewmh::wait_listed(&desk.client, embedded.id(), false)?;
    desk.client.connection().map_window(embedded.id())?;
    embedded.wait_viewable()?;
    let (x, y) = embedded.geometry()?.center();
    let mark = desk.client.mark()?;
    input::click(&desk.client, x, y, 1)?;
    desk.client.wait_event(mark, "the release of the click", |event| match event {
        Event::ButtonRelease(release) if release.event == embedded.id() => Some(()),
        _ => None,
    })?;
    let tree = desk.client.connection().query_tree(embedded.id())?.reply()?;
    assert_eq!(tree.parent, host.id(), "taken back from the program that took it in");
    assert_eq!(embedded.wm_state()?, None, "it is nobody's top-level window");
    Ok(())
}
