//! A pointer and a keyboard through XTEST: the server cannot tell them from a person's.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, KEY_PRESS_EVENT,
    KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT,
};
use x11rb::protocol::xtest::ConnectionExt as _;

use crate::client::Client;

/// Keysyms that tests press, from `keysymdef.h`.
pub mod keysym {
    /// Tab.
    pub const TAB: u32 = 0xff09;
    /// Return.
    pub const RETURN: u32 = 0xff0d;
    /// Escape.
    pub const ESCAPE: u32 = 0xff1b;
    /// Left arrow.
    pub const LEFT: u32 = 0xff51;
    /// Up arrow.
    pub const UP: u32 = 0xff52;
    /// Right arrow.
    pub const RIGHT: u32 = 0xff53;
    /// Down arrow.
    pub const DOWN: u32 = 0xff54;
    /// Function key F1; the others follow.
    pub const F1: u32 = 0xffbe;
    /// Left Shift.
    pub const SHIFT: u32 = 0xffe1;
    /// Left Control.
    pub const CONTROL: u32 = 0xffe3;
    /// Left Alt.
    pub const ALT: u32 = 0xffe9;
    /// Left Super.
    pub const SUPER: u32 = 0xffeb;
}

/// Moves the pointer to a place in root coordinates.
///
/// # Errors
/// When the connection fails.
pub fn move_to(client: &Client, x: i32, y: i32) -> Result<()> {
    let (x, y) = (i16::try_from(x)?, i16::try_from(y)?);
    client.connection().xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, client.root(), x, y, 0)?;
    client.sync()
}

/// Where the pointer is, in root coordinates.
///
/// # Errors
/// When the connection fails.
pub fn pointer(client: &Client) -> Result<(i32, i32)> {
    let reply = client.connection().query_pointer(client.root())?.reply()?;
    Ok((reply.root_x.into(), reply.root_y.into()))
}

/// Presses or releases a pointer button.
///
/// # Errors
/// When the connection fails.
pub fn button(client: &Client, button: u8, press: bool) -> Result<()> {
    let kind = if press { BUTTON_PRESS_EVENT } else { BUTTON_RELEASE_EVENT };
    client.connection().xtest_fake_input(kind, button, 0, client.root(), 0, 0, 0)?;
    client.sync()
}

/// Moves to a place and clicks.
///
/// # Errors
/// When the connection fails.
pub fn click(client: &Client, x: i32, y: i32, number: u8) -> Result<()> {
    move_to(client, x, y)?;
    button(client, number, true)?;
    button(client, number, false)
}

/// Presses at one place, moves in eight steps to another, and releases there.
///
/// # Errors
/// When the connection fails.
pub fn drag(client: &Client, from: (i32, i32), to: (i32, i32), number: u8) -> Result<()> {
    move_to(client, from.0, from.1)?;
    button(client, number, true)?;
    for step in 1..=8 {
        let at = |a: i32, b: i32| a + (b - a) * step / 8;
        move_to(client, at(from.0, to.0), at(from.1, to.1))?;
    }
    button(client, number, false)
}

/// The keycode that bears a keysym, and whether Shift is needed for it.
///
/// # Errors
/// When no key has it.
pub fn keycode(client: &Client, keysym: u32) -> Result<(u8, bool)> {
    let setup = client.connection().setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let reply = client.connection().get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let width = usize::from(reply.keysyms_per_keycode);
    for level in 0..width.min(2) {
        for (code, keysyms) in (first..=last).zip(reply.keysyms.chunks(width)) {
            if keysyms[level] == keysym {
                return Ok((code, level == 1));
            }
        }
    }
    Err(anyhow::anyhow!("no key has keysym {keysym:#x}"))
}

/// Presses or releases the key of a keysym.
///
/// # Errors
/// When no key has it.
pub fn key(client: &Client, keysym: u32, press: bool) -> Result<()> {
    let (code, _) = keycode(client, keysym)?;
    let kind = if press { KEY_PRESS_EVENT } else { KEY_RELEASE_EVENT };
    client.connection().xtest_fake_input(kind, code, 0, client.root(), 0, 0, 0)?;
    client.sync()
}

/// Presses the last keysym while the others are held, then releases all.
///
/// # Errors
/// When no key has one of them.
pub fn chord(client: &Client, keysyms: &[u32]) -> Result<()> {
    for &keysym in keysyms {
        key(client, keysym, true)?;
    }
    for &keysym in keysyms.iter().rev() {
        key(client, keysym, false)?;
    }
    Ok(())
}

/// Types text of Latin-1 characters, whose keysyms are their numbers; a line feed is Return.
///
/// # Errors
/// When no key has one of them.
pub fn type_text(client: &Client, text: &str) -> Result<()> {
    for character in text.chars() {
        let keysym = if character == '\n' { keysym::RETURN } else { u32::from(character) };
        let (_, shift) = keycode(client, keysym).with_context(|| format!("type {character:?}"))?;
        if shift {
            chord(client, &[keysym::SHIFT, keysym])?;
        } else {
            chord(client, &[keysym])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Server;
    use x11rb::protocol::Event;

    #[test]
    fn pointer_and_keys_reach_a_window_on_every_server() {
        for server in [Server::xvfb(), Server::xorg()] {
            let server = server.size(640, 480).start().unwrap();
            let client = Client::connect(&server).unwrap();
            let window = client.window().at(100, 100).map().unwrap();
            window.wait_viewable().unwrap();
            let mark = client.mark().unwrap();
            click(&client, 150, 120, 1).unwrap();
            assert_eq!(pointer(&client).unwrap(), (150, 120));
            let at = client
                .wait_event(mark, "press", |event| match event {
                    Event::ButtonPress(press) => Some((press.event_x, press.event_y)),
                    _ => None,
                })
                .unwrap();
            assert_eq!(at, (50, 20));
            type_text(&client, "A").unwrap();
            let state = client
                .wait_event(mark, "key", |event| match event {
                    Event::KeyPress(press) if press.detail == keycode(&client, 0x41).unwrap().0 => {
                        Some(u16::from(press.state))
                    }
                    _ => None,
                })
                .unwrap();
            assert_eq!(state & 1, 1, "Shift is held for a capital");
        }
    }
}
