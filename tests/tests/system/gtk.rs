//! What programs that decorate themselves are told, and tell (GTK's properties).

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::{Rectangle, Window};

use crate::desk::Desk;

const BOTH: [&str; 2] = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];

// Bits of _GTK_EDGE_CONSTRAINTS, of each edge clockwise from the top: tiled, resizable.
const ALL_TILED: u32 = 0b0101_0101;
const ALL_RESIZABLE: u32 = 0b1010_1010;

fn wait_constraints(window: Window<'_>, desk: &Desk, what: &str, bits: u32) -> Result<()> {
    desk.client.wait_true(what, || {
        Ok(desk.client.numbers(window.id(), "_GTK_EDGE_CONSTRAINTS")? == Some(vec![bits]))
    })
}

/// Clauses: gtk.edge-constraints
#[test]
fn a_self_decorated_window_is_told_which_edges_are_held() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().cardinals("_GTK_FRAME_EXTENTS", &[20, 20, 20, 20]).map()?;
    window.wait_managed()?;
    wait_constraints(window, &desk, "free", ALL_RESIZABLE)?;
    ewmh::change_state(client, window.id(), Change::Add, &["MAXIMIZED_VERT"])?;
    wait_constraints(window, &desk, "top and bottom held", 0b1001_1001)?;
    ewmh::change_state(client, window.id(), Change::Add, &["MAXIMIZED_HORZ"])?;
    wait_constraints(window, &desk, "all held", ALL_TILED)?;
    ewmh::change_state(client, window.id(), Change::Remove, &BOTH)?;
    wait_constraints(window, &desk, "free again", ALL_RESIZABLE)?;
    ewmh::change_state(client, window.id(), Change::Add, &["FULLSCREEN"])?;
    wait_constraints(window, &desk, "fullscreen", ALL_TILED)?;
    // The others draw no edges.
    let plain = client.window().map()?;
    plain.wait_managed()?;
    assert_eq!(client.numbers(plain.id(), "_GTK_EDGE_CONSTRAINTS")?, None);
    Ok(())
}

/// Clauses: gtk.hide-titlebar
#[test]
fn a_title_bar_may_be_unwanted_while_maximized() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().cardinals("_GTK_HIDE_TITLEBAR_WHEN_MAXIMIZED", &[1]).map()?;
    window.wait_managed()?;
    let top = || anyhow::Ok(ewmh::frame_extents(client, window.id())?[2]);
    assert!(top()? > 0, "it has one");
    ewmh::change_state(client, window.id(), Change::Add, &BOTH)?;
    client.wait_true("no title bar", || Ok(top()? == 0))?;
    let screen = Rectangle::new(0, 0, 1280, 800);
    window.wait_geometry("all of the screen", |place| place == screen)?;
    // It may change its mind at any time.
    window.delete_property("_GTK_HIDE_TITLEBAR_WHEN_MAXIMIZED")?;
    client.wait_true("a title bar", || Ok(top()? > 0))?;
    ewmh::change_state(client, window.id(), Change::Remove, &BOTH)?;
    window.wait_geometry("as before", |place| place != screen)?;
    Ok(())
}

/// Clauses: gtk.workareas
#[test]
fn every_monitors_work_area_is_told() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let areas = |desktop: u32| client.numbers(client.root(), &format!("_GTK_WORKAREAS_D{desktop}"));
    client.wait_true("the whole monitor", || Ok(areas(0)? == Some(vec![0, 0, 1280, 800])))?;
    let mut strut = [0; 12];
    strut[2] = 30;
    strut[9] = 1279;
    let panel = client.window().window_type("DOCK").placed(0, 0).size(1280, 30).strut(strut);
    let panel = panel.map()?;
    for desktop in 0..4 {
        let wanted = Some(vec![0, 30, 1280, 770]);
        client.wait_true("what the panel leaves", || Ok(areas(desktop)? == wanted))?;
    }
    panel.destroy()?;
    client.wait_true("the whole monitor again", || Ok(areas(3)? == Some(vec![0, 0, 1280, 800])))
}
