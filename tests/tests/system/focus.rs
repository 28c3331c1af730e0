//! Who has the keyboard (ICCCM 4.1.7, EWMH `_NET_ACTIVE_WINDOW`).

use anyhow::Result;
use trapeze_testkit::{Client, ewmh, input};
use x11rb::protocol::Event;

use crate::desk::Desk;

/// Clauses: ewmh.state.hidden-focused
#[test]
fn a_new_window_gets_the_keyboard() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    window.wait_focused()?;
    ewmh::wait_active(&desk.client, Some(window.id()))?;
    desk.client.wait_true("_NET_WM_STATE_FOCUSED", || window.has_state("FOCUSED"))
}

#[test]
fn a_click_focuses_and_reaches_the_program() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().placed(50, 50).size(200, 150).map()?;
    first.wait_focused()?;
    let second = desk.client.window().placed(400, 50).size(200, 150).map()?;
    second.wait_focused()?;
    let mark = desk.client.mark()?;
    let (x, y) = first.geometry()?.center();
    input::click(&desk.client, x, y, 1)?;
    first.wait_focused()?;
    ewmh::wait_active(&desk.client, Some(first.id()))?;
    desk.client.wait_event(mark, "the click itself", |event| match event {
        Event::ButtonPress(press) if press.event == first.id() => Some(()),
        _ => None,
    })?;
    // Keys go where the focus is, whatever is under the pointer.
    let (x, y) = second.geometry()?.center();
    input::move_to(&desk.client, x, y)?;
    let mark = desk.client.mark()?;
    input::type_text(&desk.client, "a")?;
    let pressed = desk.client.wait_event(mark, "key", |event| match event {
        Event::KeyPress(press) => Some(press.event),
        _ => None,
    })?;
    assert_eq!(pressed, first.id());
    Ok(())
}

#[test]
fn focus_falls_back_when_its_window_goes() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    let second = desk.client.window().map()?;
    second.wait_focused()?;
    second.destroy()?;
    first.wait_focused()?;
    first.iconify()?;
    ewmh::wait_active(&desk.client, None)?;
    // Keys must still reach the window manager: the focus is never on nothing.
    assert_ne!(desk.client.focus()?, x11rb::NONE);
    Ok(())
}

/// Clauses: ewmh.active-window
#[test]
fn a_pager_activates() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    let second = desk.client.window().map()?;
    second.wait_focused()?;
    ewmh::activate(&desk.client, first.id())?;
    first.wait_focused()?;
    desk.client
        .wait_true("raised", || Ok(ewmh::stacking(&desk.client)?.last() == Some(&first.id())))
}

#[test]
fn a_globally_active_window_is_told_and_focuses_itself() -> Result<()> {
    let desk = Desk::start()?;
    let mark = desk.client.mark()?;
    let window = desk.client.window().input(false).protocol("WM_TAKE_FOCUS").map()?;
    window.wait_managed()?;
    let message = window.wait_protocol(mark, "WM_TAKE_FOCUS")?;
    assert_ne!(message[1], x11rb::CURRENT_TIME, "a real time stamp");
    use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus};
    desk.client.connection().set_input_focus(InputFocus::PARENT, window.id(), message[1])?;
    window.wait_focused()?;
    ewmh::wait_active(&desk.client, Some(window.id()))
}

#[test]
fn a_window_without_input_is_never_focused() -> Result<()> {
    let desk = Desk::start()?;
    let normal = desk.client.window().placed(50, 50).map()?;
    normal.wait_focused()?;
    let deaf = desk.client.window().input(false).placed(400, 300).map()?;
    deaf.wait_managed()?;
    let (x, y) = deaf.geometry()?.center();
    input::click(&desk.client, x, y, 1)?;
    // Whatever else happens, this arrives after it.
    let third = desk.client.window().placed(50, 400).map()?;
    third.wait_managed()?;
    assert_ne!(desk.client.focus()?, deaf.id());
    Ok(())
}

/// Clauses: ewmh.user-time
#[test]
fn user_time_zero_asks_for_no_focus() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    let quiet = desk.client.window().cardinals("_NET_WM_USER_TIME", &[0]).map()?;
    quiet.wait_managed()?;
    ewmh::wait_listed(&desk.client, quiet.id(), true)?;
    assert_eq!(desk.client.focus()?, first.id());
    assert_eq!(ewmh::active_window(&desk.client)?, Some(first.id()));
    Ok(())
}

/// Clauses: ewmh.active-window, ewmh.state.demands-attention, ewmh.user-time
#[test]
fn a_background_program_demands_attention_instead_of_the_focus() -> Result<()> {
    let desk = Desk::start()?;
    // Another program: one may pass the focus among one's own windows.
    let background = Client::connect(&desk.server)?;
    let first = background.window().placed(50, 50).map()?;
    first.wait_managed()?;
    let second = desk.client.window().placed(400, 50).map()?;
    second.wait_focused()?;
    // The user was busy in it at 1000; the first one's request is of time 1.
    second.set_numbers("_NET_WM_USER_TIME", &[1000])?;
    let (x, y) = second.geometry()?.center();
    input::click(&desk.client, x, y, 1)?;
    let data = [ewmh::APPLICATION, 1, first.id(), 0, 0];
    ewmh::message(&desk.client, first.id(), "_NET_ACTIVE_WINDOW", data)?;
    first.wait_state("DEMANDS_ATTENTION", true)?;
    assert_eq!(desk.client.focus()?, second.id());
    ewmh::activate(&desk.client, first.id())?;
    first.wait_focused()?;
    first.wait_state("DEMANDS_ATTENTION", false)
}

#[test]
fn a_dock_and_a_notification_get_no_focus() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    for kind in ["DOCK", "NOTIFICATION", "DESKTOP"] {
        let window = desk.client.window().window_type(kind).map()?;
        window.wait_viewable()?;
        ewmh::wait_listed(&desk.client, window.id(), true)?;
        assert_eq!(desk.client.focus()?, first.id(), "{kind}");
    }
    Ok(())
}

/// Clauses: icccm.override-redirect
#[test]
fn the_keyboard_comes_back_from_a_launcher() -> Result<()> {
    use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus};
    let desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_focused()?;
    ewmh::wait_active(&desk.client, Some(window.id()))?;
    // As dmenu does: the focus goes back to its parent, the root window, at
    // a time that is newer than any that the window manager has seen.
    let launcher = desk.client.window().override_redirect().size(300, 30).create()?;
    launcher.map()?;
    launcher.wait_viewable()?;
    let x = desk.client.connection();
    x.set_input_focus(InputFocus::PARENT, launcher.id(), x11rb::CURRENT_TIME)?;
    launcher.wait_focused()?;
    launcher.destroy()?;
    window.wait_focused()
}

#[test]
fn the_keyboard_comes_back_from_a_window_that_took_it_late() -> Result<()> {
    use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus};
    let desk = Desk::start()?;
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    let second = desk.client.window().map()?;
    second.wait_focused()?;
    let x = desk.client.connection();
    x.set_input_focus(InputFocus::NONE, second.id(), x11rb::CURRENT_TIME)?;
    second.wait_focused()?;
    second.destroy()?;
    first.wait_focused()
}

#[test]
fn a_shaded_window_lets_no_other_have_its_keys() -> Result<()> {
    let desk = Desk::start()?;
    let other = desk.client.window().placed(50, 300).map()?;
    other.wait_focused()?;
    let window = desk.client.window().placed(400, 50).map()?;
    window.wait_focused()?;
    let (x, y) = other.geometry()?.center();
    input::move_to(&desk.client, x, y)?;
    ewmh::change_state(&desk.client, window.id(), ewmh::Change::Add, &["SHADED"])?;
    let root = u32::from(x11rb::protocol::xproto::InputFocus::POINTER_ROOT);
    desk.client.wait_true("unmapped", || Ok(!desk.client.is_viewable(window.id())?))?;
    desk.client.wait_true("focus on the window manager's own window", || {
        let focus = desk.client.focus()?;
        Ok(![x11rb::NONE, root, window.id(), other.id()].contains(&focus))
    })?;
    ewmh::wait_active(&desk.client, Some(window.id()))?;
    ewmh::change_state(&desk.client, window.id(), ewmh::Change::Remove, &["SHADED"])?;
    window.wait_focused()
}

#[test]
fn a_time_from_the_future_does_not_stop_the_focus() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().placed(50, 50).map()?;
    first.wait_focused()?;
    let second = desk.client.window().placed(400, 50).map()?;
    second.wait_focused()?;
    // The server's time, and a day more.
    first.select(x11rb::protocol::xproto::EventMask::PROPERTY_CHANGE)?;
    let mark = desk.client.mark()?;
    first.set_title("late")?;
    let now = desk.client.wait_event(mark, "a time", |event| match event {
        Event::PropertyNotify(event) if event.window == first.id() => Some(event.time),
        _ => None,
    })?;
    let far = now.wrapping_add(86_400_000);
    for name in ["_NET_ACTIVE_WINDOW", "_NET_CURRENT_DESKTOP"] {
        let data = if name == "_NET_ACTIVE_WINDOW" { [2, far, 0, 0, 0] } else { [0, far, 0, 0, 0] };
        ewmh::message(&desk.client, first.id(), name, data)?;
    }
    first.wait_focused()?;
    let (x, y) = second.geometry()?.center();
    input::click(&desk.client, x, y, 1)?;
    second.wait_focused()
}
