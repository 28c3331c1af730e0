//! Windows in masses: made, changed and destroyed without waiting; nothing is lost, leaked or
//! left in the log.

use anyhow::Result;
use trapeze_testkit::{Client, Rectangle, Server, ewmh, pixels};
use x11rb::connection::Connection as _;
use x11rb::protocol::res::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    StackMode, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use crate::desk::{Desk, barrier, settle, with_backend};

/// A number from a sequence that is the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 33) as u32 % sides
    }
}

/// What the window manager has in the server, by kind of resource.
fn resources(desk: &Desk) -> Result<Vec<(String, u32)>> {
    let check = ewmh::window_manager(&desk.client)?.expect("it runs");
    let connection = desk.client.connection();
    connection.res_query_version(1, 2)?.reply()?;
    let types = connection.res_query_client_resources(check)?.reply()?.types;
    let mut list = Vec::new();
    for res::Type { resource_type, count } in types {
        let name = desk.client.atom_name(resource_type)?;
        // Pictures of corners and shadows are kept for the next window that needs them; there
        // are not many.
        assert!(name != "PICTURE" || count < 40, "{count} pictures");
        if name != "PICTURE" {
            list.push((name, count));
        }
    }
    list.sort();
    Ok(list)
}

/// One window's life in random steps, all in one go.
fn life(client: &Client, dice: &mut Dice, atoms: &[u32]) -> Result<()> {
    let connection = client.connection();
    let window = client.new_id()?;
    let root = client.root();
    let aux = CreateWindowAux::new()
        .override_redirect(u32::from(dice.roll(5) == 0))
        .background_pixel(dice.roll(0x00ff_ffff));
    let (x, y) = (dice.roll(1400) as i16 - 100, dice.roll(900) as i16 - 50);
    let (w, h) = (dice.roll(400) as u16 + 1, dice.roll(300) as u16 + 1);
    let (class, border) = if dice.roll(20) == 0 {
        (WindowClass::INPUT_ONLY, 0)
    } else {
        (WindowClass::INPUT_OUTPUT, dice.roll(4) as u16)
    };
    let aux = if class == WindowClass::INPUT_ONLY { CreateWindowAux::new() } else { aux };
    connection.create_window(0, window, root, x, y, w, h, border, class, 0, &aux)?;
    for _ in 0..dice.roll(12) {
        match dice.roll(10) {
            0..=2 => {
                connection.map_window(window)?;
            }
            3 => {
                connection.unmap_window(window)?;
            }
            4 => {
                let aux = ConfigureWindowAux::new()
                    .x(dice.roll(1000).cast_signed() - 100)
                    .width(dice.roll(500) + 1)
                    .stack_mode(StackMode::from(dice.roll(5) as u8));
                connection.configure_window(window, &aux)?;
            }
            5 | 6 => {
                let atom = atoms[dice.roll(atoms.len() as u32) as usize];
                let values: Vec<u32> = (0..dice.roll(20)).map(|_| dice.roll(u32::MAX)).collect();
                let kind = [AtomEnum::CARDINAL, AtomEnum::ATOM, AtomEnum::WINDOW, AtomEnum::STRING];
                let kind = kind[dice.roll(4) as usize];
                connection.change_property32(PropMode::REPLACE, window, atom, kind, &values)?;
            }
            7 => {
                let (parent, place) = (client.root(), dice.roll(500) as i16);
                connection.reparent_window(window, parent, place, place)?;
            }
            8 => ewmh::change_state(
                client,
                window,
                ewmh::Change::Toggle,
                &[["FULLSCREEN", "SHADED", "MAXIMIZED_VERT", "HIDDEN", "STICKY"]
                    [dice.roll(5) as usize]],
            )?,
            _ => {
                connection.send_event(
                    false,
                    root,
                    EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY,
                    x11rb::protocol::xproto::UnmapNotifyEvent {
                        response_type: x11rb::protocol::xproto::UNMAP_NOTIFY_EVENT,
                        sequence: 0,
                        event: root,
                        window,
                        from_configure: false,
                    },
                )?;
            }
        }
    }
    connection.destroy_window(window)?;
    connection.flush()?;
    Ok(())
}

fn atoms(client: &Client) -> Result<Vec<u32>> {
    [
        "WM_NAME",
        "WM_HINTS",
        "WM_NORMAL_HINTS",
        "WM_PROTOCOLS",
        "WM_TRANSIENT_FOR",
        "_NET_WM_STATE",
        "_NET_WM_WINDOW_TYPE",
        "_NET_WM_ICON",
        "_NET_WM_STRUT_PARTIAL",
        "_NET_WM_USER_TIME_WINDOW",
        "_NET_WM_SYNC_REQUEST_COUNTER",
        "_NET_WM_OPAQUE_REGION",
        "_NET_WM_WINDOW_OPACITY",
        "_NET_WM_DESKTOP",
        "_MOTIF_WM_HINTS",
        "_GTK_FRAME_EXTENTS",
    ]
    .into_iter()
    .map(|name| client.atom(name))
    .collect()
}

fn hundreds_leave_nothing_behind(backend: &str) -> Result<()> {
    let mut desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, backend))?;
    desk.wait_painted()?;
    let keeper = desk.client.window().placed(500, 300).size(300, 200).map()?;
    keeper.wait_focused()?;
    let place = keeper.geometry()?;
    let keeper = keeper.id();
    desk.assert_alive()?;
    settle(&desk.client)?;
    let screen = Rectangle::new(0, 0, 1280, 800);
    let picture = pixels::of_root(&desk.client, screen)?;
    let before = resources(&desk)?;
    let clients = [Client::connect(&desk.server)?, Client::connect(&desk.server)?];
    let names = atoms(&desk.client)?;
    let mut dice = Dice(7);
    for round in 0..1500 {
        life(&clients[round % 2], &mut dice, &names)?;
        if round % 50 == 0 {
            desk.client.sync()?;
        }
    }
    // A client that goes with its windows still there.
    for _ in 0..50 {
        clients[0].window().title("orphan").map()?;
    }
    clients[0].window().title("last orphan").map()?.wait_managed()?;
    drop(clients);
    desk.client.wait_true("only the keeper is left", || {
        Ok(ewmh::client_list(&desk.client)? == [keeper])
    })?;
    ewmh::activate(&desk.client, keeper)?;
    desk.assert_alive()?;
    settle(&desk.client)?;
    assert_eq!(desk.client.geometry(keeper)?, place);
    pixels::wait_same(&desk.client, "as-before", screen, &picture, pixels::Tolerance::EXACT)?;
    let log = desk.manager.output();
    let bad: Vec<&str> =
        log.lines().filter(|line| line.contains("ERROR") || line.contains("panicked")).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    assert_eq!(resources(&desk)?, before, "resources in the server");
    Ok(())
}

#[test]
fn hundreds_of_windows_leave_nothing_behind_with_xrender() -> Result<()> {
    hundreds_leave_nothing_behind("xrender")
}

#[test]
fn hundreds_of_windows_leave_nothing_behind_with_glx() -> Result<()> {
    hundreds_leave_nothing_behind("glx")
}

#[test]
fn hundreds_of_windows_leave_nothing_behind_without_composition() -> Result<()> {
    let server = Server::xvfb().start()?;
    let desk = Desk::on(server, |server| with_backend(server, "none").composites(false))?;
    // What is made with the first window is kept for those that follow.
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    ewmh::wait_listed(&desk.client, first.id(), true)?;
    first.destroy()?;
    ewmh::wait_listed(&desk.client, first.id(), false)?;
    barrier(&desk)?;
    let before = resources(&desk)?;
    let names = atoms(&desk.client)?;
    let mut dice = Dice(11);
    let other = Client::connect(&desk.server)?;
    for _ in 0..400 {
        life(&other, &mut dice, &names)?;
    }
    // Some live long enough to be managed for certain.
    for _ in 0..20 {
        other.window().title("orphan").map()?.wait_managed()?;
    }
    drop(other);
    desk.client.wait_true("none is left", || Ok(ewmh::client_list(&desk.client)?.is_empty()))?;
    barrier(&desk)?;
    let after = resources(&desk)?;
    assert_eq!(after, before);
    assert!(!desk.manager.output().contains("ERROR"), "{}", desk.manager.output());
    Ok(())
}

#[test]
fn a_flood_of_requests_costs_no_more_than_its_end() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(300, 200).map()?;
    window.wait_focused()?;
    let before = window.geometry()?;
    let mark = desk.client.mark()?;
    let name = desk.client.atom("_NET_WM_NAME")?;
    let utf8 = desk.client.atom("UTF8_STRING")?;
    let connection = desk.client.connection();
    for step in 1..=5000u32 {
        let aux = ConfigureWindowAux::new().x(step.cast_signed() % 700).width(200 + step % 300);
        connection.configure_window(window.id(), &aux)?;
        let title = format!("title {step}");
        let mode = PropMode::REPLACE;
        connection.change_property8(mode, window.id(), name, utf8, title.as_bytes())?;
    }
    window.wait_geometry("the last one", |now| now.width == 200 + 5000 % 300)?;
    assert_eq!(window.geometry()?.x, 5000 % 700 + (before.x - 100));
    settle(&desk.client)?;
    let told = desk.client.events_since(mark)?;
    let configured = told
        .iter()
        .filter(|event| {
            matches!(event, x11rb::protocol::Event::ConfigureNotify(e) if e.window == window.id())
        })
        .count();
    assert!(configured < 5000, "{configured} answers to 5000 requests");
    desk.assert_alive()
}
