//! Monitors that come and go: RandR on Xorg with the dummy driver.

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::{Rectangle, Server, pixels};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateGCAux, PropMode};
use x11rb::wrapper::ConnectionExt as _;

use crate::desk::{Desk, settle, under_test_with_xrender};

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

/// Clauses: monitors.return
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
    wait_desktop_size(&desk, [2304, 800])?;
    unplug(&desk)?;
    wait_desktop_size(&desk, [1280, 800])?;
    let screen = Rectangle::new(0, 0, 1280, 800);
    window.wait_geometry("maximized on what is left", |place| {
        screen.contains_rectangle(place) && place.width > 1200
    })?;
    desk.assert_alive()
}

/// Xvfb with a gradient from black at the top to white at the bottom.
fn with_a_gradient() -> Result<Desk> {
    let text = "[background]\ngradient = [\"#000000\", \"#ffffff\"]\n";
    Desk::on(Server::xvfb().start()?, |server| under_test_with_xrender(server).config(text))
}

/// One monitor above the other in place of the one that Xvfb has.
fn split(desk: &Desk) -> Result<()> {
    desk.server.run("xrandr", &["--setmonitor", "A", "1280/300x400/100+0+0", "screen"])?;
    desk.server.run("xrandr", &["--setmonitor", "B", "1280/300x400/100+0+400", "none"])?;
    Ok(())
}

#[test]
fn every_monitor_has_the_background_to_itself() -> Result<()> {
    let desk = with_a_gradient()?;
    let bright = |color: u32| color & 0xff > 0xf0;
    let middle = Rectangle::new(600, 398, 4, 4);
    let wait = |what: &str, above: bool| {
        pixels::wait_until(&desk.client, what, middle, |image| {
            let pixel = |y| image.pixel(0, y).unwrap_or(0x0077_7777);
            bright(pixel(1)) == above && pixel(2) & 0xff < 0x90
        })
    };
    wait("one-monitor", false)?;
    split(&desk)?;
    wait("two-monitors", true)?;
    let corner = Rectangle::new(0, 799, 4, 1);
    pixels::wait_until(&desk.client, "the-lower-ones-end", corner, |image| {
        image.pixel(0, 0).is_some_and(bright)
    })?;
    Ok(())
}

#[test]
fn another_programs_background_outlives_a_change_of_monitors() -> Result<()> {
    let desk = with_a_gradient()?;
    let client = &desk.client;
    let corner = Rectangle::new(0, 796, 4, 4);
    let whole = Rectangle::new(0, 0, 4, 4);
    pixels::wait_until(client, "ours", corner, |image| {
        image.is_solid(Rectangle::new(0, 3, 4, 1), 0x00ff_ffff)
    })?;
    let pixmap = client.new_id()?;
    let connection = client.connection();
    connection.create_pixmap(24, pixmap, client.root(), 1, 1)?;
    let gc = client.new_id()?;
    connection.create_gc(gc, pixmap, &CreateGCAux::new().foreground(0x0012_3456))?;
    connection.poly_fill_rectangle(pixmap, gc, &[Rectangle::new(0, 0, 1, 1).to_x()])?;
    let property = client.atom("_XROOTPMAP_ID")?;
    connection.change_property32(
        PropMode::REPLACE,
        client.root(),
        property,
        AtomEnum::PIXMAP,
        &[pixmap],
    )?;
    client.sync()?;
    pixels::wait_until(client, "theirs", corner, |image| image.is_solid(whole, 0x0012_3456))?;
    split(&desk)?;
    let window = client.window().states(&["MAXIMIZED_VERT"]).map()?;
    window.wait_geometry("on a monitor of half the height", |place| {
        (300..400).contains(&place.height)
    })?;
    window.destroy()?;
    settle(client)?;
    assert_eq!(client.numbers(client.root(), "_XROOTPMAP_ID")?, Some(vec![pixmap]));
    Ok(())
}
