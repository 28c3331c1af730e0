//! The four ways in which clients take the keyboard (ICCCM 4.1.7).

use anyhow::Result;
use trapeze_testkit::{Window, ewmh, input};
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus};

use crate::desk::{Desk, settle};

/// A passive window that has the focus, to take it from.
fn other(desk: &Desk) -> Result<Window<'_>> {
    let window = desk.client.window().placed(700, 100).size(200, 150).map()?;
    window.wait_focused()?;
    Ok(window)
}

fn click(desk: &Desk, window: Window<'_>) -> Result<()> {
    let (x, y) = window.geometry()?.center();
    input::click(&desk.client, x, y, 1)
}

/// Clauses: icccm.focus.passive
#[test]
fn passive_is_given_the_focus_and_no_message() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).input(true).map()?;
    window.wait_focused()?;
    other(&desk)?;
    let mark = desk.client.mark()?;
    click(&desk, window)?;
    window.wait_focused()?;
    settle(&desk.client)?;
    let messages = desk.client.events_since(mark)?;
    assert!(!messages.iter().any(|e| matches!(e, x11rb::protocol::Event::ClientMessage(_))));
    Ok(())
}

/// Clauses: icccm.focus.locally-active
#[test]
fn locally_active_is_given_both() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).input(true);
    let window = window.protocol("WM_TAKE_FOCUS").map()?;
    window.wait_focused()?;
    other(&desk)?;
    let mark = desk.client.mark()?;
    click(&desk, window)?;
    let message = window.wait_protocol(mark, "WM_TAKE_FOCUS")?;
    assert_ne!(message[1], x11rb::CURRENT_TIME, "ICCCM 4.1.7: a real time");
    window.wait_focused()
}

/// Clauses: icccm.focus.globally-active
#[test]
fn globally_active_takes_it_by_itself_into_a_child() -> Result<()> {
    let desk = Desk::start()?;
    other(&desk)?;
    let mark = desk.client.mark()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).input(false);
    let window = window.protocol("WM_TAKE_FOCUS").map()?;
    window.wait_managed()?;
    // As Java does: a window inside gets it.
    let child = desk.client.new_id()?;
    desk.client.connection().create_window(
        0,
        child,
        window.id(),
        10,
        10,
        50,
        50,
        0,
        x11rb::protocol::xproto::WindowClass::INPUT_OUTPUT,
        0,
        &x11rb::protocol::xproto::CreateWindowAux::new(),
    )?;
    desk.client.connection().map_window(child)?;
    let message = window.wait_protocol(mark, "WM_TAKE_FOCUS")?;
    let time = message[1];
    assert_ne!(time, x11rb::CURRENT_TIME);
    desk.client.connection().set_input_focus(InputFocus::PARENT, child, time)?;
    ewmh::wait_active(&desk.client, Some(window.id()))?;
    settle(&desk.client)?;
    assert_eq!(desk.client.focus()?, child, "and it is not taken away again");
    Ok(())
}

/// Clauses: icccm.focus.globally-active
#[test]
fn globally_active_that_declines_leaves_the_keyboard_alone() -> Result<()> {
    let mut desk = Desk::start()?;
    let before = other(&desk)?.id();
    let mark = desk.client.mark()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).input(false);
    let window = window.protocol("WM_TAKE_FOCUS").map()?;
    window.wait_protocol(mark, "WM_TAKE_FOCUS")?;
    settle(&desk.client)?;
    assert_eq!(desk.client.focus()?, before, "who had the keyboard has it still");
    assert_eq!(ewmh::active_window(&desk.client)?, Some(before), "and is said to");
    let mark = desk.client.mark()?;
    click(&desk, window)?;
    window.wait_protocol(mark, "WM_TAKE_FOCUS")?;
    settle(&desk.client)?;
    assert_eq!(desk.client.focus()?, before);
    assert_eq!(ewmh::active_window(&desk.client)?, Some(before));
    desk.assert_alive()
}

#[test]
fn one_that_declines_does_not_get_in_the_way_of_others() -> Result<()> {
    let desk = Desk::start()?;
    let first = other(&desk)?;
    let mark = desk.client.mark()?;
    let decliner = desk.client.window().placed(100, 100).size(200, 150).input(false);
    let decliner = decliner.protocol("WM_TAKE_FOCUS").map()?;
    decliner.wait_protocol(mark, "WM_TAKE_FOCUS")?;
    let last = desk.client.window().placed(400, 400).size(200, 150).map()?;
    last.wait_focused()?;
    last.destroy()?;
    first.wait_focused()?;
    // With no other left the keyboard is not lost, and it may change its mind.
    let mark = desk.client.mark()?;
    first.destroy()?;
    let time = decliner.wait_protocol(mark, "WM_TAKE_FOCUS")?[1];
    ewmh::wait_active(&desk.client, None)?;
    assert_ne!(desk.client.focus()?, x11rb::NONE);
    desk.client.connection().set_input_focus(InputFocus::PARENT, decliner.id(), time)?;
    ewmh::wait_active(&desk.client, Some(decliner.id()))?;
    decliner.wait_focused()
}

#[test]
fn one_that_takes_it_unasked_at_no_time_does_not_keep_it_from_others() -> Result<()> {
    let desk = Desk::start()?;
    let first = other(&desk)?;
    let window = desk.client.window().placed(100, 100).size(200, 150).input(false);
    let window = window.protocol("WM_TAKE_FOCUS").map()?;
    window.wait_managed()?;
    for _ in 0..5 {
        // As old Java does: with CurrentTime, which is later than all that was seen.
        let connection = desk.client.connection();
        connection.set_input_focus(InputFocus::PARENT, window.id(), x11rb::CURRENT_TIME)?;
        ewmh::wait_active(&desk.client, Some(window.id()))?;
        ewmh::activate(&desk.client, first.id())?;
        first.wait_focused()?;
        ewmh::wait_active(&desk.client, Some(first.id()))?;
    }
    Ok(())
}

#[test]
fn the_focus_that_a_client_drops_is_taken_up() -> Result<()> {
    let desk = Desk::start()?;
    let window = other(&desk)?;
    let root = u32::from(InputFocus::POINTER_ROOT);
    for nobody in [root, x11rb::NONE] {
        let connection = desk.client.connection();
        connection.set_input_focus(InputFocus::NONE, nobody, x11rb::CURRENT_TIME)?;
        window.wait_focused()?;
        ewmh::wait_active(&desk.client, Some(window.id()))?;
    }
    Ok(())
}

/// Clauses: icccm.focus.no-input
#[test]
fn no_input_never_gets_it() -> Result<()> {
    let desk = Desk::start()?;
    let keeper = other(&desk)?;
    let window = desk.client.window().placed(100, 100).size(200, 150).input(false).map()?;
    window.wait_managed()?;
    click(&desk, window)?;
    settle(&desk.client)?;
    assert_ne!(desk.client.focus()?, window.id());
    assert_eq!(desk.client.focus()?, keeper.id(), "who had the keyboard keeps it");
    Ok(())
}

#[test]
fn the_focus_is_never_lost_when_its_window_goes() -> Result<()> {
    let desk = Desk::start()?;
    let first = other(&desk)?;
    let second = desk.client.window().placed(100, 100).size(200, 150).map()?;
    second.wait_focused()?;
    second.destroy()?;
    first.wait_focused()?;
    first.destroy()?;
    ewmh::wait_active(&desk.client, None)?;
    settle(&desk.client)?;
    // Not None: keys would be dead.
    assert_ne!(desk.client.focus()?, x11rb::NONE);
    Ok(())
}
