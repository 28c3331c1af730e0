//! What a frame adds: told before mapping, kept true after (EWMH `_NET_FRAME_EXTENTS`,
//! `_NET_REQUEST_FRAME_EXTENTS`, Motif hints).

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::window::Builder;
use trapeze_testkit::{Rectangle, Window};

use crate::desk::{Desk, barrier, frame};

/// What makes a window of some kind.
type With = fn(Builder<'_>) -> Builder<'_>;

/// What is told of a window that is not mapped yet.
fn told_before(desk: &Desk, window: Window<'_>) -> Result<[u32; 4]> {
    ewmh::message(&desk.client, window.id(), "_NET_REQUEST_FRAME_EXTENTS", [0; 5])?;
    desk.client.wait_true("an answer", || {
        Ok(desk.client.numbers(window.id(), "_NET_FRAME_EXTENTS")?.is_some())
    })?;
    ewmh::frame_extents(&desk.client, window.id())
}

/// What the frame really adds.
fn real(desk: &Desk, window: Window<'_>) -> Result<[u32; 4]> {
    let (outer, inner) = (desk.client.geometry(window.top_level()?)?, window.geometry()?);
    let sides = [
        inner.x - outer.x,
        outer.right() - inner.right(),
        inner.y - outer.y,
        outer.bottom() - inner.bottom(),
    ];
    Ok(sides.map(i32::cast_unsigned))
}

/// Clauses: ewmh.request-frame-extents, ewmh.frame-extents
#[test]
fn extents_told_before_mapping_are_what_a_window_gets() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let kinds: [(&str, bool, With); 8] = [
        ("plain", true, |window| window),
        ("a dialog", true, |window| window.window_type("DIALOG")),
        ("a utility", true, |window| window.window_type("UTILITY")),
        ("undecorated by Motif", false, |window| window.motif_decorations(0)),
        ("decorated by the client", false, |window| {
            window.cardinals("_GTK_FRAME_EXTENTS", &[20, 20, 18, 24])
        }),
        ("a dock", false, |window| window.window_type("DOCK")),
        ("a splash screen", false, |window| window.window_type("SPLASH")),
        ("fullscreen", false, |window| window.states(&["FULLSCREEN"])),
    ];
    for (kind, decorated, with) in kinds {
        let window = with(client.window().placed(300, 200)).create()?;
        let told = told_before(&desk, window)?;
        assert_eq!(told != [0; 4], decorated, "{kind}: {told:?}");
        window.map()?;
        window.wait_managed()?;
        barrier(&desk)?;
        assert_eq!(real(&desk, window)?, told, "{kind}");
        assert_eq!(ewmh::frame_extents(client, window.id())?, told, "{kind}, once mapped");
        window.destroy()?;
    }
    Ok(())
}

/// Clauses: motif.decorations, ewmh.frame-extents
#[test]
fn decorations_come_and_go_while_a_window_is_shown() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().placed(300, 200).size(240, 160).map()?;
    window.wait_managed()?;
    let decorated = ewmh::frame_extents(client, window.id())?;
    assert!(decorated[2] > 0);
    let corner = frame(&desk, window)?;
    let wait = |what: &str, wanted: [u32; 4]| -> Result<()> {
        client.wait_true(what, || {
            Ok(ewmh::frame_extents(client, window.id())? == wanted
                && real(&desk, window)? == wanted)
        })?;
        let seen = frame(&desk, window)?;
        assert_eq!((seen.x, seen.y), (corner.x, corner.y), "{what}: the frame's corner stays");
        let inner = window.geometry()?;
        assert_eq!((inner.width, inner.height), (240, 160), "{what}: so does the size");
        Ok(())
    };
    // The first number says that the third counts: none; all; all but the title; the title alone;
    // a border alone, which is a frame too.
    window.set_motif([2, 0, 0, 0, 0])?;
    wait("none", [0; 4])?;
    window.set_motif([2, 0, 1, 0, 0])?;
    wait("all", decorated)?;
    window.set_motif([2, 0, 1 | 8, 0, 0])?;
    wait("all but a title", [0; 4])?;
    window.set_motif([2, 0, 8, 0, 0])?;
    wait("a title", decorated)?;
    window.set_motif([2, 0, 0, 0, 0])?;
    wait("none again", [0; 4])?;
    window.set_motif([0, 0, 0, 0, 0])?;
    wait("nothing said", decorated)?;
    window.set_motif([2, 0, 0, 0, 0])?;
    wait("none once more", [0; 4])?;
    window.delete_property("_MOTIF_WM_HINTS")?;
    wait("no hints", decorated)
}

/// Clauses: motif.functions, ewmh.allowed-actions
#[test]
fn functions_come_and_go_while_a_window_is_shown() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().protocol("WM_DELETE_WINDOW").placed(300, 200).map()?;
    window.wait_managed()?;
    let actions = ["RESIZE", "MOVE", "MINIMIZE", "MAXIMIZE_HORZ", "MAXIMIZE_VERT", "CLOSE"];
    let allowed = || -> Result<Vec<&str>> {
        let atoms = client.numbers(window.id(), "_NET_WM_ALLOWED_ACTIONS")?.unwrap_or_default();
        let mut names = Vec::new();
        for action in actions {
            if atoms.contains(&client.atom(&format!("_NET_WM_ACTION_{action}"))?) {
                names.push(action);
            }
        }
        Ok(names)
    };
    let wait = |functions: u32, wanted: &[&str]| {
        window.set_motif([1, functions, 0, 0, 0])?;
        client.wait_true(&format!("functions {functions}: {wanted:?}"), || Ok(allowed()? == wanted))
    };
    wait(1, &actions)?;
    wait(2, &["RESIZE"])?;
    wait(4 | 32, &["MOVE", "CLOSE"])?;
    // All but those named.
    wait(1 | 2 | 16, &["MOVE", "MINIMIZE", "CLOSE"])?;
    wait(8, &["MINIMIZE"])?;
    // What is not allowed is refused, whoever asks.
    let before = window.geometry()?;
    let mark = client.mark()?;
    ewmh::close(client, window.id())?;
    let both = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    ewmh::change_state(client, window.id(), Change::Add, &both)?;
    barrier(&desk)?;
    assert!(window.has_no_protocol(mark, "WM_DELETE_WINDOW")?, "asked to close");
    assert_eq!(window.geometry()?, before);
    window.delete_property("_MOTIF_WM_HINTS")?;
    client.wait_true("all again", || Ok(allowed()? == actions))?;
    ewmh::change_state(client, window.id(), Change::Add, &both)?;
    let screen = Rectangle::new(0, 0, 1280, 800);
    client.wait_true("maximized", || Ok(frame(&desk, window)? == screen))?;
    ewmh::close(client, window.id())?;
    window.wait_protocol(mark, "WM_DELETE_WINDOW")?;
    Ok(())
}

/// Clauses: ewmh.allowed-actions
#[test]
fn actions_follow_what_a_window_is() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().min_size(200, 150).max_size(200, 150).map()?;
    window.wait_managed()?;
    let wait = |what: &str, short: &str, present: bool| {
        let atom = client.atom(&format!("_NET_WM_ACTION_{short}"))?;
        client.wait_true(&format!("{what}: {short} {present}"), || {
            let actions = client.numbers(window.id(), "_NET_WM_ALLOWED_ACTIONS")?;
            Ok(actions.is_some_and(|actions| actions.contains(&atom) == present))
        })
    };
    wait("a fixed size", "RESIZE", false)?;
    wait("a fixed size", "MAXIMIZE_VERT", false)?;
    wait("a fixed size", "FULLSCREEN", true)?;
    window.delete_property("WM_NORMAL_HINTS")?;
    wait("any size", "RESIZE", true)?;
    ewmh::change_state(client, window.id(), Change::Add, &["FULLSCREEN"])?;
    wait("fullscreen", "RESIZE", false)?;
    wait("fullscreen", "MOVE", false)?;
    ewmh::change_state(client, window.id(), Change::Remove, &["FULLSCREEN"])?;
    wait("free", "MOVE", true)?;
    window.set_atoms("_NET_WM_WINDOW_TYPE", &["_NET_WM_WINDOW_TYPE_DOCK"])?;
    for short in ["MOVE", "RESIZE", "MINIMIZE", "CLOSE", "FULLSCREEN", "SHADE", "ABOVE", "STICK"] {
        wait("a dock", short, false)?;
    }
    Ok(())
}
