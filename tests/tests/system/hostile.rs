//! Bad input: garbage in every property, absurd messages, windows that vanish at every step.

use anyhow::Result;
use trapeze_testkit::{Client, Window, ewmh};
use x11rb::protocol::xproto::{AtomEnum, ConfigureWindowAux};

use crate::desk::Desk;

/// Properties that a window manager reads from windows.
const PROPERTIES: &[&str] = &[
    "WM_NAME",
    "WM_ICON_NAME",
    "WM_CLASS",
    "WM_HINTS",
    "WM_NORMAL_HINTS",
    "WM_PROTOCOLS",
    "WM_TRANSIENT_FOR",
    "WM_CLIENT_LEADER",
    "WM_CLIENT_MACHINE",
    "WM_WINDOW_ROLE",
    "WM_STATE",
    "WM_COLORMAP_WINDOWS",
    "_MOTIF_WM_HINTS",
    "_GTK_FRAME_EXTENTS",
    "_NET_WM_NAME",
    "_NET_WM_ICON_NAME",
    "_NET_WM_ICON",
    "_NET_WM_DESKTOP",
    "_NET_WM_STATE",
    "_NET_WM_STRUT",
    "_NET_WM_STRUT_PARTIAL",
    "_NET_WM_WINDOW_TYPE",
    "_NET_WM_WINDOW_OPACITY",
    "_NET_WM_PID",
    "_NET_WM_USER_TIME",
    "_NET_WM_USER_TIME_WINDOW",
    "_NET_WM_SYNC_REQUEST_COUNTER",
    "_NET_WM_BYPASS_COMPOSITOR",
    "_NET_WM_OPAQUE_REGION",
    "_NET_WM_FULLSCREEN_MONITORS",
    "_NET_STARTUP_ID",
];

/// Bytes without meaning, the same in every run.
fn noise(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut bytes = Vec::with_capacity(length);
    for _ in 0..length {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        bytes.push(state.to_ne_bytes()[1]);
    }
    bytes
}

/// The values that each property is set to: format and bytes.
fn values(seed: u32) -> Vec<(u8, Vec<u8>)> {
    vec![
        (8, Vec::new()),
        (32, Vec::new()),
        (8, noise(1, seed)),
        (16, noise(6, seed)),
        (32, noise(4, seed)),
        (32, vec![0xff; 64]),
        (32, vec![0; 72]),
        (32, noise(400, seed)),
        (8, vec![0xff, 0xfe, 0x80, 0, b'a', 0xc3]),
        (8, noise(200_000, seed)),
    ]
}

fn poison(window: Window<'_>) -> Result<()> {
    for (seed, name) in (0..).zip(PROPERTIES) {
        for (format, value) in values(seed) {
            for kind in [AtomEnum::CARDINAL, AtomEnum::STRING, AtomEnum::ATOM] {
                window.set_property(name, kind, format, &value)?;
            }
        }
    }
    Ok(())
}

#[test]
fn garbage_in_every_property_of_a_managed_window_is_survived() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    poison(window)?;
    // Of its own types and formats too, with nothing but ones.
    let utf8 = desk.client.atom("UTF8_STRING")?;
    window.set_property("_NET_WM_NAME", utf8, 8, &[0xff; 5000])?;
    window.set_property("WM_NORMAL_HINTS", AtomEnum::WM_SIZE_HINTS, 32, &[0xff; 72])?;
    window.set_property("WM_HINTS", AtomEnum::WM_HINTS, 32, &[0xff; 36])?;
    desk.assert_alive()
}

#[test]
fn a_window_that_comes_with_garbage_is_managed() -> Result<()> {
    let mut desk = Desk::start()?;
    for round in 0..10 {
        let window = desk.client.window().create()?;
        for (seed, name) in (0..).zip(PROPERTIES) {
            let (format, value) = values(seed).swap_remove(round);
            window.set_property(name, AtomEnum::CARDINAL, format, &value)?;
        }
        window.map()?;
        // Noise may say "begin minimized"; managed it must be.
        ewmh::wait_listed(&desk.client, window.id(), true)?;
        window.destroy()?;
    }
    desk.assert_alive()
}

#[test]
fn huge_icons_are_survived() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().create()?;
    for [width, height] in
        [[u32::MAX, u32::MAX], [0, 0], [0x1_0000, 0x1_0000], [1, u32::MAX], [512, 512]]
    {
        let mut bytes = Vec::new();
        for number in [width, height] {
            bytes.extend_from_slice(&number.to_ne_bytes());
        }
        bytes.extend_from_slice(&noise(40_000, width));
        window.set_property("_NET_WM_ICON", AtomEnum::CARDINAL, 32, &bytes)?;
        window.map()?;
        window.wait_managed()?;
    }
    desk.assert_alive()
}

#[test]
fn messages_with_garbage_are_survived() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    let names = [
        "WM_CHANGE_STATE",
        "WM_PROTOCOLS",
        "_NET_ACTIVE_WINDOW",
        "_NET_CURRENT_DESKTOP",
        "_NET_DESKTOP_GEOMETRY",
        "_NET_DESKTOP_VIEWPORT",
        "_NET_MOVERESIZE_WINDOW",
        "_NET_NUMBER_OF_DESKTOPS",
        "_NET_REQUEST_FRAME_EXTENTS",
        "_NET_RESTACK_WINDOW",
        "_NET_SHOWING_DESKTOP",
        "_NET_WM_DESKTOP",
        "_NET_WM_FULLSCREEN_MONITORS",
        "_NET_WM_STATE",
        "_GTK_SHOW_WINDOW_MENU",
    ];
    for (seed, name) in (0u32..).zip(names) {
        for target in [window.id(), desk.client.root(), 0, 0x1fff_ffff, 1] {
            for data in [[0; 5], [u32::MAX; 5], [seed; 5], [1 << 31; 5], [1, 2, 3, 4, 5]] {
                ewmh::message(&desk.client, target, name, data)?;
            }
        }
    }
    // Undo what a message may rightly have done.
    ewmh::show_desktop_number(&desk.client, 0)?;
    ewmh::message(&desk.client, desk.client.root(), "_NET_SHOWING_DESKTOP", [0; 5])?;
    desk.assert_alive()
}

/// A window manager selects events on what clients name; on the root that would replace the very
/// selection that makes it the window manager.
#[test]
fn naming_the_root_takes_nothing_from_the_window_manager() -> Result<()> {
    use x11rb::protocol::xproto::{AtomEnum, PropMode};
    use x11rb::wrapper::ConnectionExt as _;
    let mut desk = Desk::start()?;
    let root = desk.client.root();
    ewmh::message(&desk.client, root, "_NET_REQUEST_FRAME_EXTENTS", [0; 5])?;
    desk.assert_alive()?;
    let check = ewmh::window_manager(&desk.client)?.unwrap_or(root);
    let atom = desk.client.atom("_NET_WM_USER_TIME_WINDOW")?;
    for named in [root, check] {
        let window = desk.client.window().create()?;
        let name = |value: u32| -> Result<()> {
            desk.client.connection().change_property32(
                PropMode::REPLACE,
                window.id(),
                atom,
                AtomEnum::WINDOW,
                &[value],
            )?;
            Ok(())
        };
        name(named)?;
        window.map()?;
        window.wait_managed()?;
        name(window.id())?;
        name(named)?;
        desk.assert_alive()?;
    }
    Ok(())
}

#[test]
fn windows_that_vanish_at_every_step_are_survived() -> Result<()> {
    let mut desk = Desk::start()?;
    for round in 0..120i16 {
        let window = desk.client.window().title("brief").at(round, round).create()?;
        // Each round goes one step further before it ends, and none waits.
        let steps: [&dyn Fn() -> Result<()>; 8] = [
            &|| window.map(),
            &|| window.configure(&ConfigureWindowAux::new().width(300)),
            &|| window.set_title("changed"),
            &|| ewmh::change_state(&desk.client, window.id(), ewmh::Change::Add, &["FULLSCREEN"]),
            &|| window.iconify(),
            &|| ewmh::activate(&desk.client, window.id()),
            &|| window.withdraw(),
            &|| window.map(),
        ];
        for step in &steps[..usize::from(round.unsigned_abs()) % (steps.len() + 1)] {
            step()?;
        }
        window.destroy()?;
        ewmh::activate(&desk.client, window.id())?;
    }
    desk.assert_alive()?;
    let left = ewmh::client_list(&desk.client)?;
    assert_eq!(left, [], "none is left behind");
    Ok(())
}

#[test]
fn clients_that_vanish_with_all_their_windows_are_survived() -> Result<()> {
    let mut desk = Desk::start()?;
    for number in 0..20 {
        let client = Client::connect(&desk.server)?;
        let parent = client.window().map()?;
        for _ in 0..5 {
            client.window().transient_for(parent.id()).argb().map()?;
        }
        client.window().override_redirect().map()?;
        if number % 2 == 0 {
            parent.wait_managed()?;
        }
        drop(client);
    }
    desk.assert_alive()?;
    desk.client.wait_true("none left", || Ok(ewmh::client_list(&desk.client)?.is_empty()))
}

#[test]
fn the_managers_own_windows_and_root_properties_may_be_spoilt() -> Result<()> {
    let mut desk = Desk::start()?;
    let root = Window::existing(&desk.client, desk.client.root());
    for name in [
        "_NET_CURRENT_DESKTOP",
        "_NET_DESKTOP_NAMES",
        "_NET_DESKTOP_LAYOUT",
        "RESOURCE_MANAGER",
        "_XROOTPMAP_ID",
    ] {
        for (format, value) in values(9) {
            root.set_property(name, AtomEnum::CARDINAL, format, &value)?;
        }
    }
    desk.assert_alive()
}

#[test]
fn a_client_that_tries_to_manage_itself_is_survived() -> Result<()> {
    use x11rb::protocol::xproto::ConnectionExt as _;
    let mut desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    let frame = window.top_level()?;
    // Out of the frame, and the frame itself unmapped and destroyed under its owner.
    desk.client.connection().reparent_window(window.id(), desk.client.root(), 7, 7)?;
    desk.client.sync()?;
    desk.client.connection().unmap_window(frame)?;
    desk.client.connection().destroy_window(frame)?;
    desk.client.sync()?;
    desk.assert_alive()
}
