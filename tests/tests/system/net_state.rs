//! `_NET_WM_STATE` messages, state by state (EWMH `_NET_WM_STATE`).

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::window;

use crate::desk::{Desk, barrier};

/// Clauses: ewmh.state.message
#[test]
fn a_message_changes_two_states_at_once() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    let change = |change, states: [&str; 2], wanted: [bool; 2]| -> Result<()> {
        ewmh::change_state(&desk.client, window.id(), change, &states)?;
        for (state, on) in states.into_iter().zip(wanted) {
            window.wait_state(state, on)?;
        }
        Ok(())
    };
    change(Change::Add, ["ABOVE", "SKIP_PAGER"], [true, true])?;
    change(Change::Toggle, ["SKIP_PAGER", "SKIP_TASKBAR"], [false, true])?;
    change(Change::Toggle, ["SKIP_PAGER", "SKIP_TASKBAR"], [true, false])?;
    change(Change::Remove, ["ABOVE", "SKIP_PAGER"], [false, false])?;
    // Above and below exclude each other: the later wins.
    change(Change::Add, ["BELOW", "SKIP_PAGER"], [true, true])?;
    change(Change::Toggle, ["ABOVE", "SKIP_PAGER"], [true, false])?;
    window.wait_state("BELOW", false)?;
    // Neither action 3 nor a state that nobody knows does anything; the state beside it does.
    let above = desk.client.atom("_NET_WM_STATE_ABOVE")?;
    let unknown = desk.client.atom("_TESTKIT_NO_STATE")?;
    let name = "_NET_WM_STATE";
    ewmh::message(&desk.client, window.id(), name, [3, above, 0, ewmh::PAGER, 0])?;
    ewmh::message(&desk.client, window.id(), name, [0, unknown, 0, ewmh::PAGER, 0])?;
    barrier(&desk)?;
    assert!(window.has_state("ABOVE")?);
    ewmh::message(&desk.client, window.id(), name, [0, unknown, above, ewmh::PAGER, 0])?;
    window.wait_state("ABOVE", false)
}

/// Clauses: ewmh.state.hidden-focused
#[test]
fn hidden_and_focused_are_the_window_managers_to_say() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let first = client.window().map()?;
    first.wait_focused()?;
    let second = client.window().map()?;
    second.wait_focused()?;
    second.wait_state("FOCUSED", true)?;
    first.wait_state("FOCUSED", false)?;
    ewmh::change_state(client, first.id(), Change::Add, &["HIDDEN", "FOCUSED"])?;
    ewmh::change_state(client, second.id(), Change::Remove, &["FOCUSED"])?;
    barrier(&desk)?;
    assert!(!first.has_state("HIDDEN")? && !first.has_state("FOCUSED")?);
    assert!(second.has_state("FOCUSED")? && client.is_viewable(first.id())?);
    second.iconify()?;
    second.wait_state("HIDDEN", true)?;
    second.wait_state("FOCUSED", false)?;
    first.wait_state("FOCUSED", true)?;
    second.wait_wm_state(Some(window::ICONIC))
}

/// Clauses: ewmh.state.sticky
#[test]
fn a_sticky_window_is_on_all_desktops_until_it_is_told_otherwise() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().map()?;
    window.wait_managed()?;
    let on = |desktop: u32| {
        client.wait_true(&format!("on desktop {desktop}"), || {
            Ok(ewmh::desktop_of(client, window.id())? == Some(desktop))
        })
    };
    on(0)?;
    ewmh::change_state(client, window.id(), Change::Add, &["STICKY"])?;
    on(u32::MAX)?;
    ewmh::show_desktop_number(client, 2)?;
    ewmh::wait_root_number(client, "_NET_CURRENT_DESKTOP", 2)?;
    window.wait_viewable()?;
    ewmh::change_state(client, window.id(), Change::Toggle, &["STICKY"])?;
    on(2)?;
    window.wait_state("STICKY", false)?;
    ewmh::show_desktop_number(client, 0)?;
    client.wait_true("left behind", || Ok(!client.is_viewable(window.id())?))
}

/// Clauses: ewmh.state.modal
#[test]
fn a_modal_dialog_stands_for_its_window() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let parent = client.window().placed(100, 100).size(500, 400).map()?;
    parent.wait_focused()?;
    let dialog = client.window().transient_for(parent.id()).states(&["MODAL"]).map()?;
    dialog.wait_focused()?;
    let other = client.window().placed(700, 100).map()?;
    other.wait_focused()?;
    ewmh::activate(client, parent.id())?;
    dialog.wait_focused()?;
    ewmh::change_state(client, dialog.id(), Change::Remove, &["MODAL"])?;
    dialog.wait_state("MODAL", false)?;
    ewmh::activate(client, parent.id())?;
    parent.wait_focused()?;
    ewmh::change_state(client, dialog.id(), Change::Add, &["MODAL"])?;
    dialog.wait_state("MODAL", true)?;
    ewmh::activate(client, other.id())?;
    other.wait_focused()?;
    let place = parent.geometry()?;
    input::click(client, place.x + 5, place.y + 5, 1)?;
    dialog.wait_focused()
}

/// Clauses: ewmh.state.skip
#[test]
fn a_window_that_skips_the_taskbar_is_not_switched_to() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let first = client.window().map()?;
    first.wait_focused()?;
    let skipped = client.window().states(&["SKIP_TASKBAR", "SKIP_PAGER"]).map()?;
    skipped.wait_focused()?;
    assert!(skipped.has_state("SKIP_TASKBAR")? && skipped.has_state("SKIP_PAGER")?);
    let third = client.window().map()?;
    third.wait_focused()?;
    input::chord(client, &[keysym::ALT, keysym::TAB])?;
    first.wait_focused()?;
    ewmh::change_state(client, skipped.id(), Change::Remove, &["SKIP_TASKBAR"])?;
    skipped.wait_state("SKIP_TASKBAR", false)?;
    assert!(skipped.has_state("SKIP_PAGER")?, "the other state is not touched");
    ewmh::activate(client, skipped.id())?;
    skipped.wait_focused()?;
    third.set_title("now the skipped one is the one before")?;
    ewmh::activate(client, third.id())?;
    third.wait_focused()?;
    input::chord(client, &[keysym::ALT, keysym::TAB])?;
    skipped.wait_focused()
}

/// Clauses: icccm.urgency, ewmh.state.demands-attention
#[test]
fn urgency_comes_and_goes_with_the_hint() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().map()?;
    window.wait_focused()?;
    let other = client.window().map()?;
    other.wait_focused()?;
    let urgent = |window: trapeze_testkit::Window<'_>, urgent: bool| {
        // Flags: InputHint, UrgencyHint; then input.
        let hints: [u32; 9] = [1 | u32::from(urgent) << 8, 1, 0, 0, 0, 0, 0, 0, 0];
        let bytes: Vec<u8> = hints.iter().flat_map(|value| value.to_ne_bytes()).collect();
        window.set_property("WM_HINTS", x11rb::protocol::xproto::AtomEnum::WM_HINTS, 32, &bytes)
    };
    urgent(window, true)?;
    window.wait_state("DEMANDS_ATTENTION", true)?;
    urgent(window, false)?;
    window.wait_state("DEMANDS_ATTENTION", false)?;
    urgent(window, true)?;
    window.wait_state("DEMANDS_ATTENTION", true)?;
    // Attention is what it gets.
    ewmh::activate(client, window.id())?;
    window.wait_state("DEMANDS_ATTENTION", false)?;
    ewmh::activate(client, other.id())?;
    other.wait_focused()?;
    barrier(&desk)?;
    assert!(!window.has_state("DEMANDS_ATTENTION")?, "the same old hint");
    // By message as well, and never for the window that has the keyboard.
    ewmh::change_state(client, window.id(), Change::Add, &["DEMANDS_ATTENTION"])?;
    window.wait_state("DEMANDS_ATTENTION", true)?;
    ewmh::change_state(client, window.id(), Change::Remove, &["DEMANDS_ATTENTION"])?;
    window.wait_state("DEMANDS_ATTENTION", false)?;
    urgent(other, true)?;
    barrier(&desk)?;
    assert!(!other.has_state("DEMANDS_ATTENTION")?);
    Ok(())
}
