//! The keyboard as people change it: layouts, modifier maps, locks, other bindings.

use anyhow::Result;
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::{Server, Window, ewmh};
use x11rb::protocol::xproto::{ConnectionExt as _, EventMask};

use crate::desk::{Desk, PLAIN, settle, under_test_with_xrender};

const CAPS_LOCK: u32 = 0xffe5;
const NUM_LOCK: u32 = 0xff7f;

/// Presses a chord until it has its effect: the manager binds anew when it hears of a change,
/// which may be after the first press.
fn press_until_maximized(desk: &Desk, window: Window<'_>, letter: u32) -> Result<()> {
    desk.client.wait_until("maximized by the key", || {
        input::chord(&desk.client, &[keysym::SUPER, letter])?;
        settle(&desk.client)?;
        Ok(window.has_state("MAXIMIZED_VERT")?.then_some(()))
    })
}

fn with_window(desk: &Desk) -> Result<Window<'_>> {
    let window = desk.client.window().placed(300, 200).size(300, 200).map()?;
    window.wait_focused()?;
    Ok(window)
}

#[test]
fn bindings_follow_setxkbmap() -> Result<()> {
    let desk = Desk::start()?;
    let window = with_window(&desk)?;
    let (before, _) = input::keycode(&desk.client, u32::from('m'))?;
    // M is elsewhere on French keyboards.
    desk.server.run("setxkbmap", &["fr"])?;
    let (after, _) = input::keycode(&desk.client, u32::from('m'))?;
    assert_ne!(before, after);
    press_until_maximized(&desk, window, u32::from('m'))
}

#[test]
fn latin_bindings_work_on_a_greek_keyboard() -> Result<()> {
    let desk = Desk::start()?;
    let window = with_window(&desk)?;
    desk.server.run("setxkbmap", &["gr,us"])?;
    // The physical key, which in the first group is μ.
    let reply = desk.client.connection().get_keyboard_mapping(58, 1)?.reply()?;
    assert_eq!(reply.keysyms[0], 0x7ec, "Greek mu");
    desk.client.wait_until("maximized", || {
        input::key(&desk.client, keysym::SUPER, true)?;
        press_code(&desk, 58)?;
        input::key(&desk.client, keysym::SUPER, false)?;
        settle(&desk.client)?;
        Ok(window.has_state("MAXIMIZED_VERT")?.then_some(()))
    })
}

fn press_code(desk: &Desk, code: u8) -> Result<()> {
    use x11rb::protocol::xproto::{KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
    use x11rb::protocol::xtest::ConnectionExt as _;
    for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
        let root = desk.client.root();
        desk.client.connection().xtest_fake_input(kind, code, 0, root, 0, 0, 0)?;
    }
    desk.client.sync()
}

#[test]
fn locks_do_not_matter() -> Result<()> {
    let desk = Desk::start()?;
    let window = with_window(&desk)?;
    let mut maximized = false;
    for locks in [&[CAPS_LOCK][..], &[NUM_LOCK], &[CAPS_LOCK, NUM_LOCK]] {
        for &lock in locks {
            input::chord(&desk.client, &[lock])?;
        }
        let held = desk.client.connection().query_pointer(desk.client.root())?.reply()?.mask;
        assert_ne!(u16::from(held) & (2 | 16), 0, "a lock is on");
        maximized = !maximized;
        input::chord(&desk.client, &[keysym::SUPER, u32::from('m')])?;
        window.wait_state("MAXIMIZED_VERT", maximized)?;
        for &lock in locks {
            input::chord(&desk.client, &[lock])?;
        }
    }
    Ok(())
}

#[test]
fn a_drag_works_while_a_lock_is_on() -> Result<()> {
    let desk = Desk::start()?;
    let window = with_window(&desk)?;
    let before = window.geometry()?;
    input::chord(&desk.client, &[NUM_LOCK])?;
    let from = before.center();
    input::key(&desk.client, keysym::SUPER, true)?;
    input::drag(&desk.client, from, (from.0 + 70, from.1 + 50), 1)?;
    input::key(&desk.client, keysym::SUPER, false)?;
    window.wait_geometry("moved", |now| (now.x, now.y) == (before.x + 70, before.y + 50))?;
    Ok(())
}

#[test]
fn num_lock_may_become_another_modifier() -> Result<()> {
    let desk = Desk::start()?;
    let window = with_window(&desk)?;
    desk.server
        .run("xmodmap", &["-e", "clear mod2", "-e", "clear mod3", "-e", "add mod3 = Num_Lock"])?;
    input::chord(&desk.client, &[NUM_LOCK])?;
    let held = desk.client.connection().query_pointer(desk.client.root())?.reply()?.mask;
    assert_eq!(u16::from(held) & 0xff, 32, "NumLock is Mod3 now");
    press_until_maximized(&desk, window, u32::from('m'))
}

#[test]
fn other_drag_modifiers_count_at_once_on_windows_that_are_there() -> Result<()> {
    let desk =
        Desk::on(Server::xvfb().start()?, |server| under_test_with_xrender(server).config(PLAIN))?;
    let window = with_window(&desk)?;
    window.select(
        EventMask::BUTTON_PRESS | EventMask::STRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE,
    )?;
    let file = desk.server.sandbox().home().join("trapeze.toml");
    // The number of workspaces tells that it has been read.
    std::fs::write(
        &file,
        format!("{PLAIN}[mouse]\ndrag-modifiers = \"Alt\"\n[workspaces]\ncount = 7\n"),
    )?;
    ewmh::wait_root_number(&desk.client, "_NET_NUMBER_OF_DESKTOPS", 7)?;
    let before = window.geometry()?;
    let from = before.center();
    input::key(&desk.client, keysym::ALT, true)?;
    input::drag(&desk.client, from, (from.0 + 70, from.1 + 50), 1)?;
    input::key(&desk.client, keysym::ALT, false)?;
    window.wait_geometry("moved", |now| (now.x, now.y) == (before.x + 70, before.y + 50))?;
    // The old ones are the program's again.
    let mark = desk.client.mark()?;
    input::key(&desk.client, keysym::SUPER, true)?;
    let at = window.geometry()?.center();
    input::click(&desk.client, at.0, at.1, 1)?;
    input::key(&desk.client, keysym::SUPER, false)?;
    desk.client.wait_event(mark, "the press", |event| match event {
        x11rb::protocol::Event::ButtonPress(press) if press.event == window.id() => Some(()),
        _ => None,
    })
}

#[test]
fn other_bindings_count_at_once() -> Result<()> {
    let desk = Desk::start()?;
    let window = with_window(&desk)?;
    let file = desk.server.sandbox().home().join("trapeze.toml");
    std::fs::write(
        &file,
        "[keys]\n\"Super+k\" = \"toggle-maximize\"\n\"Super+m\" = \"none\"\n[workspaces]\ncount = 7\n",
    )?;
    ewmh::wait_root_number(&desk.client, "_NET_NUMBER_OF_DESKTOPS", 7)?;
    input::chord(&desk.client, &[keysym::SUPER, u32::from('k')])?;
    window.wait_state("MAXIMIZED_VERT", true)?;
    input::chord(&desk.client, &[keysym::SUPER, u32::from('m')])?;
    settle(&desk.client)?;
    assert!(window.has_state("MAXIMIZED_VERT")?);
    Ok(())
}
