//! Fullscreen, maximized, shaded: `_NET_WM_STATE` and the geometry that goes with it.

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::{Rectangle, Window};

use crate::desk::Desk;

const SCREEN: Rectangle = Rectangle::new(0, 0, 1280, 800);

fn window(desk: &Desk) -> Result<Window<'_>> {
    let window = desk.client.window().placed(200, 150).size(400, 300).map()?;
    window.wait_managed()?;
    Ok(window)
}

/// Clauses: ewmh.state.fullscreen, ewmh.frame-extents
#[test]
fn fullscreen_covers_the_monitor_and_gives_back_the_place() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let change = |change| ewmh::change_state(&desk.client, window.id(), change, &["FULLSCREEN"]);
    change(Change::Add)?;
    window.wait_state("FULLSCREEN", true)?;
    window.wait_geometry("the whole screen", |place| place == SCREEN)?;
    assert_eq!(ewmh::frame_extents(&desk.client, window.id())?, [0; 4]);
    change(Change::Toggle)?;
    window.wait_state("FULLSCREEN", false)?;
    window.wait_geometry("as before", |place| place == before)?;
    Ok(())
}

/// Clauses: ewmh.state.maximized
#[test]
fn maximized_fills_the_work_area_with_its_frame() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let both = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    ewmh::change_state(&desk.client, window.id(), Change::Add, &both)?;
    window.wait_state("MAXIMIZED_VERT", true)?;
    window.wait_state("MAXIMIZED_HORZ", true)?;
    desk.client.wait_true("frame fills the screen", || {
        let inner = window.geometry()?;
        let [left, right, top, bottom] = ewmh::frame_extents(&desk.client, window.id())?;
        let frame = Rectangle {
            x: inner.x - left.cast_signed(),
            y: inner.y - top.cast_signed(),
            width: inner.width + left + right,
            height: inner.height + top + bottom,
        };
        Ok(frame == SCREEN)
    })?;
    ewmh::change_state(&desk.client, window.id(), Change::Remove, &both)?;
    window.wait_geometry("as before", |place| place == before)?;
    Ok(())
}

/// Clauses: ewmh.state.maximized
#[test]
fn one_axis_leaves_the_other() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    ewmh::change_state(&desk.client, window.id(), Change::Add, &["MAXIMIZED_VERT"])?;
    let tall = window.wait_geometry("tall", |place| place.height > 700)?;
    assert_eq!((tall.x, tall.width), (before.x, before.width));
    assert!(!window.has_state("MAXIMIZED_HORZ")?);
    ewmh::change_state(&desk.client, window.id(), Change::Toggle, &["MAXIMIZED_VERT"])?;
    window.wait_geometry("as before", |place| place == before)?;
    ewmh::change_state(&desk.client, window.id(), Change::Add, &["MAXIMIZED_HORZ"])?;
    let wide = window.wait_geometry("wide", |place| place.width > 1200)?;
    assert_eq!((wide.y, wide.height), (before.y, before.height));
    Ok(())
}

/// Clauses: ewmh.state.fullscreen
#[test]
fn fullscreen_over_maximized_returns_to_maximized() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let both = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    ewmh::change_state(&desk.client, window.id(), Change::Add, &both)?;
    let maximized =
        window.wait_geometry("maximized", |place| place.width > 1200 && place.height > 700)?;
    ewmh::change_state(&desk.client, window.id(), Change::Add, &["FULLSCREEN"])?;
    window.wait_geometry("fullscreen", |place| place == SCREEN)?;
    ewmh::change_state(&desk.client, window.id(), Change::Remove, &["FULLSCREEN"])?;
    window.wait_geometry("maximized again", |place| place == maximized)?;
    ewmh::change_state(&desk.client, window.id(), Change::Remove, &both)?;
    window.wait_geometry("as before", |place| place == before)?;
    Ok(())
}

/// Clauses: ewmh.state.initial
#[test]
fn states_set_before_mapping_are_kept() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().states(&["FULLSCREEN"]).size(300, 200).map()?;
    window.wait_managed()?;
    window.wait_geometry("fullscreen", |place| place == SCREEN)?;
    let window =
        desk.client.window().states(&["MAXIMIZED_VERT", "MAXIMIZED_HORZ"]).size(300, 200).map()?;
    window.wait_managed()?;
    window.wait_geometry("maximized", |place| place.width > 1200 && place.height > 700)?;
    Ok(())
}

/// Clauses: ewmh.state.shaded
#[test]
fn a_shaded_window_is_its_title_bar() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let before = desk.client.geometry(window.top_level()?)?;
    ewmh::change_state(&desk.client, window.id(), Change::Add, &["SHADED"])?;
    window.wait_state("SHADED", true)?;
    desk.client.wait_true("content hidden", || {
        let frame = desk.client.geometry(window.top_level()?)?;
        let [_, _, top, bottom] = ewmh::frame_extents(&desk.client, window.id())?;
        let hidden = !desk.client.is_viewable(window.id())?;
        Ok(hidden && (frame.width, frame.height) == (before.width, top + bottom))
    })?;
    ewmh::change_state(&desk.client, window.id(), Change::Remove, &["SHADED"])?;
    window.wait_viewable()?;
    desk.client
        .wait_true("rolled down", || Ok(desk.client.geometry(window.top_level()?)? == before))
}

/// Clauses: ewmh.state.initial
#[test]
fn a_withdrawn_window_has_no_state_left() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    ewmh::change_state(&desk.client, window.id(), Change::Add, &["FULLSCREEN"])?;
    window.wait_geometry("fullscreen", |place| place == SCREEN)?;
    window.withdraw()?;
    // EWMH: the window manager should remove the property of a withdrawn window.
    desk.client.wait_true("no state", || {
        Ok(desk.client.numbers(window.id(), "_NET_WM_STATE")?.is_none_or(|list| list.is_empty()))
    })
}

/// Clauses: ewmh.allowed-actions
#[test]
fn allowed_actions_are_told() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    desk.client.wait_true("_NET_WM_ALLOWED_ACTIONS", || {
        let actions = desk.client.numbers(window.id(), "_NET_WM_ALLOWED_ACTIONS")?;
        let mut wanted = Vec::new();
        for short in ["MOVE", "RESIZE", "CLOSE", "FULLSCREEN", "MAXIMIZE_HORZ"] {
            wanted.push(desk.client.atom(&format!("_NET_WM_ACTION_{short}"))?);
        }
        Ok(actions.is_some_and(|actions| wanted.iter().all(|atom| actions.contains(atom))))
    })?;
    let fixed = desk.client.window().min_size(200, 150).max_size(200, 150).map()?;
    fixed.wait_managed()?;
    let resize = desk.client.atom("_NET_WM_ACTION_RESIZE")?;
    desk.client.wait_true("fixed", || {
        let actions = desk.client.numbers(fixed.id(), "_NET_WM_ALLOWED_ACTIONS")?;
        Ok(actions.is_some_and(|actions| !actions.contains(&resize)))
    })
}
