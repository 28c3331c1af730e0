//! Closing: asking, killing, and noticing who does not answer (ICCCM 4.2.8.1, EWMH ping).

use anyhow::Result;
use trapeze_testkit::{Client, ewmh};

use crate::desk::Desk;

/// Clauses: icccm.delete-window, ewmh.close-window
#[test]
fn a_window_that_can_be_asked_is_asked() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().protocol("WM_DELETE_WINDOW").map()?;
    window.wait_managed()?;
    let mark = desk.client.mark()?;
    ewmh::close(&desk.client, window.id())?;
    let message = window.wait_protocol(mark, "WM_DELETE_WINDOW")?;
    assert_ne!(message[1], x11rb::CURRENT_TIME, "a real time stamp");
    assert!(desk.client.exists(window.id())?, "asked, not killed");
    Ok(())
}

/// Clauses: icccm.delete-window, ewmh.close-window
#[test]
fn a_window_that_cannot_be_asked_is_killed() -> Result<()> {
    let desk = Desk::start()?;
    let victim = Client::connect(&desk.server)?;
    let window = victim.window().map()?;
    window.wait_managed()?;
    ewmh::close(&desk.client, window.id())?;
    ewmh::wait_listed(&desk.client, window.id(), false)?;
    // It is told of its own end: the connection is closed.
    while victim.sync().is_ok() {}
    assert!(!desk.client.exists(window.id())?);
    Ok(())
}

/// Clauses: ewmh.ping
#[test]
fn a_window_that_is_asked_to_close_is_pinged_if_it_can_be() -> Result<()> {
    let desk = Desk::start()?;
    let window =
        desk.client.window().protocol("WM_DELETE_WINDOW").protocol("_NET_WM_PING").map()?;
    window.wait_managed()?;
    let mark = desk.client.mark()?;
    ewmh::close(&desk.client, window.id())?;
    let ping = window.wait_protocol(mark, "_NET_WM_PING")?;
    assert_eq!(ping[2], window.id(), "the third number names the window");
    window.wait_protocol(mark, "WM_DELETE_WINDOW")?;
    Ok(())
}
