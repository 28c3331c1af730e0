//! What is announced to others, and what they announce (ICCCM 2.8, EWMH `_NET_SUPPORTED`).

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use trapeze_testkit::process::Process;
use trapeze_testkit::{Client, Server, Window, ewmh};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ConnectionExt as _, EventMask};

use crate::desk::{Desk, PLAIN, barrier, under_test_with_xrender};

/// Clauses: icccm.manager-message
#[test]
fn every_selection_is_announced_with_a_real_time() -> Result<()> {
    let server = Server::xvfb().start()?;
    let client = Client::connect(&server)?;
    client.select(client.root(), EventMask::STRUCTURE_NOTIFY)?;
    let mark = client.mark()?;
    let _manager = under_test_with_xrender(&server).start()?;
    let manager = client.atom("MANAGER")?;
    for name in ["WM_S0", "_NET_WM_CM_S0"] {
        let selection = client.atom(name)?;
        let data = client.wait_event(mark, name, |event| match event {
            Event::ClientMessage(message)
                if message.type_ == manager && message.data.as_data32()[1] == selection =>
            {
                assert_eq!(message.window, client.root(), "sent to and about the root window");
                Some(message.data.as_data32())
            }
            _ => None,
        })?;
        let owner = client.connection().get_selection_owner(selection)?.reply()?.owner;
        assert_eq!(data[2], owner, "{name}: its owner");
        assert_ne!(data[0], x11rb::CURRENT_TIME, "{name}: the time at which it was taken");
    }
    Ok(())
}

/// What EWMH 1.5 lets a window manager list and Trapeze does not, for it does not do it.
const LEFT_OUT: [&str; 5] = [
    "_NET_VIRTUAL_ROOTS",
    "_NET_WM_HANDLED_ICONS",
    "_NET_WM_ICON_GEOMETRY",
    "_NET_WM_ICON_NAME",
    "_NET_WM_VISIBLE_ICON_NAME",
];

/// Clauses: ewmh.supported
#[test]
fn what_is_supported_is_in_the_catalogue_of_clauses() -> Result<()> {
    let desk = Desk::start()?;
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("clauses.toml");
    let catalogue = std::fs::read_to_string(&path).context("the catalogue")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let named: BTreeSet<&str> = catalogue.split(|c| !is_name(c)).collect();
    let supported = ewmh::supported(&desk.client)?;
    let missing: Vec<_> = supported.iter().filter(|name| !named.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "listed, and no clause names them: {missing:?}");
    // And the other way: what a clause names of the window manager's properties is listed.
    let listed = |name: &&&str| {
        let prefixes = ["_NET_WM_STATE_", "_NET_WM_ACTION_", "_NET_WM_WINDOW_TYPE_"];
        prefixes.iter().any(|prefix| name.starts_with(prefix))
    };
    for name in named.iter().filter(listed) {
        assert!(supported.iter().any(|entry| entry == name), "{name} is not listed");
    }
    for name in LEFT_OUT {
        assert!(!supported.iter().any(|entry| entry == name), "{name} is listed");
    }
    let unique: BTreeSet<_> = supported.iter().collect();
    assert_eq!(unique.len(), supported.len(), "something is listed twice");
    Ok(())
}

/// Clauses: ewmh.user-time-window
#[test]
fn another_window_may_carry_the_user_time() -> Result<()> {
    let desk = Desk::start()?;
    let background = Client::connect(&desk.server)?;
    let first = background.window().placed(50, 50).map()?;
    first.wait_focused()?;
    let carrier = desk.client.window().cardinals("_NET_WM_USER_TIME", &[0]).create()?;
    let carried = |carrier: Window<'_>| {
        let window = desk.client.window().placed(400, 50);
        window.cardinals("_NET_WM_USER_TIME_WINDOW", &[carrier.id()])
    };
    // 0 there means the same as 0 on the window itself.
    let quiet = carried(carrier).map()?;
    quiet.wait_managed()?;
    barrier(&desk)?;
    assert_eq!(desk.client.focus()?, first.id());
    // Its changes are followed: an older request of another program has no chance.
    ewmh::activate(&desk.client, quiet.id())?;
    quiet.wait_focused()?;
    carrier.set_numbers("_NET_WM_USER_TIME", &[50_000_000])?;
    barrier(&desk)?;
    let ask = |time: u32| {
        let data = [ewmh::APPLICATION, time, first.id(), 0, 0];
        ewmh::message(&desk.client, first.id(), "_NET_ACTIVE_WINDOW", data)
    };
    ask(40_000_000)?;
    first.wait_state("DEMANDS_ATTENTION", true)?;
    assert_eq!(desk.client.focus()?, quiet.id());
    ask(60_000_000)?;
    first.wait_focused()
}

/// The titles that the window manager shows.
fn titles(desk: &Desk) -> Result<String> {
    let program = trapeze_testkit::wm::trapeze_program()?.to_string_lossy().into_owned();
    desk.server.run(&program, &["msg", "--json", "list"])
}

/// Clauses: icccm.wm-name, ewmh.wm-name, ewmh.visible-name
#[test]
fn the_title_shown_is_the_best_one_and_told_where_it_differs() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().class("inst", "TheClass").map()?;
    window.wait_managed()?;
    let utf8 = client.atom("UTF8_STRING")?;
    let latin = x11rb::protocol::xproto::AtomEnum::STRING;
    let visible = |what: &str, wanted: Option<&str>| {
        client.wait_true(what, || {
            Ok(client.text(window.id(), "_NET_WM_VISIBLE_NAME")?.as_deref() == wanted)
        })
    };
    visible("no title: its class", Some("TheClass"))?;
    window.set_property("WM_NAME", latin, 8, b"caf\xe9")?;
    visible("its own title", None)?;
    barrier(&desk)?;
    assert!(titles(&desk)?.contains("café"));
    window.set_property("_NET_WM_NAME", utf8, 8, "\u{65e5}\u{672c}".as_bytes())?;
    barrier(&desk)?;
    let shown = titles(&desk)?;
    assert!(shown.contains("\u{65e5}\u{672c}") && !shown.contains("café"), "{shown}");
    window.set_property("_NET_WM_NAME", utf8, 8, "a".repeat(3000).as_bytes())?;
    client.wait_true("a long title is shown in part", || {
        let shown = client.text(window.id(), "_NET_WM_VISIBLE_NAME")?;
        Ok(shown.is_some_and(|shown| shown.starts_with("aaa") && shown.len() < 3000))
    })?;
    window.delete_property("_NET_WM_NAME")?;
    visible("the old title again", None)?;
    barrier(&desk)?;
    assert!(titles(&desk)?.contains("café"));
    Ok(())
}

/// Clauses: ewmh.pid, icccm.client-machine
#[test]
fn a_process_is_ended_only_where_it_is_ours() -> Result<()> {
    let text = format!("{PLAIN}[windows]\nping-timeout-ms = 200\n");
    let desk =
        Desk::on(Server::xvfb().start()?, |server| under_test_with_xrender(server).config(&text))?;
    let here = rustix::system::uname().nodename().to_string_lossy().into_owned();
    for (machine, killed) in [("elsewhere.example.org", false), (here.as_str(), true)] {
        // A process that ends only by force, and a window that claims to be its.
        let mut process: Process = {
            let mut command = desk.server.command("tail");
            command.args(["-f", "/dev/null"]);
            desk.server.spawn("tail", command)?
        };
        let program = Client::connect(&desk.server)?;
        let string = x11rb::protocol::xproto::AtomEnum::STRING;
        let window = program.window().title(machine).protocol("WM_DELETE_WINDOW");
        let window = window.protocol("_NET_WM_PING").cardinals("_NET_WM_PID", &[process.id()]);
        let window = window.property("WM_CLIENT_MACHINE", string, 8, machine.as_bytes()).map()?;
        window.wait_managed()?;
        ewmh::close(&desk.client, window.id())?;
        desk.client.wait_true("it does not answer", || {
            let shown = desk.client.text(window.id(), "_NET_WM_VISIBLE_NAME")?;
            Ok(shown.is_some_and(|shown| shown.contains("not responding")))
        })?;
        ewmh::close(&desk.client, window.id())?;
        ewmh::wait_listed(&desk.client, window.id(), false)?;
        if !killed {
            // Whatever it was sent before comes before this.
            process.terminate()?;
        }
        let status = process.wait(trapeze_testkit::Deadline::patient())?;
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        assert_eq!(signal, Some(if killed { 9 } else { 15 }), "a window of {machine}");
    }
    Ok(())
}
