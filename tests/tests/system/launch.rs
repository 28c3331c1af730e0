//! Programs that are being started (startup notification 0.1).

use anyhow::Result;
use trapeze_testkit::{Client, Window, ewmh, input};
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask};

use crate::desk::Desk;

/// Sends a message as launchers do: in pieces of twenty bytes, of which the last ends with zero.
fn announce(client: &Client, text: &str) -> Result<()> {
    let from = client.window().create()?;
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    let kinds = [client.atom("_NET_STARTUP_INFO_BEGIN")?, client.atom("_NET_STARTUP_INFO")?];
    for (index, chunk) in bytes.chunks(20).enumerate() {
        let mut data = [0; 20];
        data[..chunk.len()].copy_from_slice(chunk);
        let event = ClientMessageEvent::new(8, from.id(), kinds[index.min(1)], data);
        let mask = EventMask::PROPERTY_CHANGE;
        client.connection().send_event(false, client.root(), mask, event)?.check()?;
    }
    Ok(())
}

fn launched<'c>(client: &'c Client, id: &str) -> Result<Window<'c>> {
    client.window().property("_NET_STARTUP_ID", AtomEnum::STRING, 8, id.as_bytes()).map()
}

/// Clauses: startup.desktop-time
#[test]
fn a_program_opens_on_the_workspace_from_which_it_was_asked_for() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    announce(client, "new: ID=\"one launch_TIME0\" DESKTOP=2 NAME=A\\ Program SCREEN=0")?;
    let window = launched(client, "one launch_TIME0")?;
    client.wait_true("on the third workspace", || {
        Ok(client.numbers(window.id(), "_NET_WM_DESKTOP")? == Some(vec![2]))
    })?;
    // One that is not announced, or no longer, opens here.
    announce(client, "remove: ID=\"one launch_TIME0\"")?;
    let here = launched(client, "one launch_TIME0")?;
    here.wait_managed()?;
    client.wait_true("on this workspace", || {
        Ok(client.numbers(here.id(), "_NET_WM_DESKTOP")? == Some(vec![0]))
    })
}

/// Clauses: startup.desktop-time
#[test]
fn a_program_that_took_long_does_not_take_the_focus() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let busy = client.window().placed(50, 50).map()?;
    busy.wait_focused()?;
    // The user clicks and works here after asking for the program.
    busy.set_numbers("_NET_WM_USER_TIME", &[1000])?;
    let (x, y) = busy.geometry()?.center();
    input::click(client, x, y, 1)?;
    let other = Client::connect(&desk.server)?;
    let late = launched(&other, "slow_TIME1")?;
    late.wait_managed()?;
    late.wait_state("DEMANDS_ATTENTION", true)?;
    assert_eq!(client.focus()?, busy.id());
    assert_eq!(ewmh::active_window(client)?, Some(busy.id()));
    Ok(())
}
