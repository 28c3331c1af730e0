//! Monitors that come and go: RandR on Xorg with the dummy driver.

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::{Rectangle, Server};

use crate::desk::{Desk, under_test_with_xrender};

fn desk() -> Result<Desk> {
    Desk::on(Server::xorg().start()?, under_test_with_xrender)
}

/// Plugs a second monitor of 1024 × 768 to the right of the first.
fn plug(desk: &Desk) -> Result<()> {
    desk.server.run("xrandr", &["--addmode", "DUMMY1", "1024x768"])?;
    let arguments = ["--output", "DUMMY1", "--mode", "1024x768", "--right-of", "DUMMY0"];
    desk.server.run("xrandr", &arguments)?;
    Ok(())
}

fn unplug(desk: &Desk) -> Result<()> {
    desk.server.run("xrandr", &["--output", "DUMMY1", "--off"])?;
    Ok(())
}

fn wait_desktop_size(desk: &Desk, size: [u32; 2]) -> Result<()> {
    desk.client.wait_true(&format!("_NET_DESKTOP_GEOMETRY {size:?}"), || {
        let value = desk.client.numbers(desk.client.root(), "_NET_DESKTOP_GEOMETRY")?;
        Ok(value.as_deref() == Some(&size))
    })
}

#[test]
fn the_desktop_grows_and_shrinks() -> Result<()> {
    let desk = desk()?;
    wait_desktop_size(&desk, [1280, 800])?;
    plug(&desk)?;
    wait_desktop_size(&desk, [1280 + 1024, 800])?;
    unplug(&desk)?;
    wait_desktop_size(&desk, [1280, 800])
}

#[test]
fn fullscreen_and_maximized_mean_the_windows_own_monitor() -> Result<()> {
    let desk = desk()?;
    plug(&desk)?;
    wait_desktop_size(&desk, [2304, 800])?;
    let second = Rectangle::new(1280, 0, 1024, 768);
    let window = desk.client.window().placed(1500, 200).size(300, 200).map()?;
    window.wait_managed()?;
    ewmh::change_state(&desk.client, window.id(), Change::Add, &["FULLSCREEN"])?;
    window.wait_geometry("the second monitor", |place| place == second)?;
    ewmh::change_state(&desk.client, window.id(), Change::Remove, &["FULLSCREEN"])?;
    let both = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    ewmh::change_state(&desk.client, window.id(), Change::Add, &both)?;
    let inside = |place: Rectangle| {
        second.contains_rectangle(place) && place.width > 1000 && place.height > 700
    };
    window.wait_geometry("within the second monitor", inside)?;
    Ok(())
}

#[test]
fn windows_of_a_vanished_monitor_come_back_into_view() -> Result<()> {
    let mut desk = desk()?;
    plug(&desk)?;
    wait_desktop_size(&desk, [2304, 800])?;
    let normal = desk.client.window().placed(1800, 300).size(300, 200).map()?;
    let full = desk.client.window().placed(1500, 100).size(300, 200).map()?;
    for window in [normal, full] {
        window.wait_managed()?;
    }
    ewmh::change_state(&desk.client, full.id(), Change::Add, &["FULLSCREEN"])?;
    full.wait_geometry("second monitor", |place| place.x == 1280)?;
    unplug(&desk)?;
    let first = Rectangle::new(0, 0, 1280, 800);
    full.wait_geometry("first monitor", |place| place == first)?;
    normal.wait_geometry("in view", |place| {
        first.intersection(place).is_some_and(|part| part.width >= 100 && part.height >= 100)
    })?;
    desk.assert_alive()
}

#[test]
fn plugging_again_and_again_is_survived() -> Result<()> {
    let mut desk = desk()?;
    let window = desk.client.window().states(&["MAXIMIZED_VERT", "MAXIMIZED_HORZ"]).map()?;
    window.wait_managed()?;
    plug(&desk)?;
    for _ in 0..5 {
        unplug(&desk)?;
        let arguments = ["--output", "DUMMY1", "--mode", "1024x768", "--left-of", "DUMMY0"];
        desk.server.run("xrandr", &arguments)?;
    }
    unplug(&desk)?;
    wait_desktop_size(&desk, [1280, 800])?;
    let screen = Rectangle::new(0, 0, 1280, 800);
    window.wait_geometry("maximized on what is left", |place| {
        screen.contains_rectangle(place) && place.width > 1200
    })?;
    desk.assert_alive()
}
