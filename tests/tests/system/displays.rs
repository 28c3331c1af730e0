//! Several monitors: what windows cover, keep and return to.
//!
//! Where monitors need not come and go, RandR's own division of Xvfb's screen stands for them.

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::{Rectangle, Server, Window};

use crate::desk::{Desk, barrier, frame, under_test_with_xrender};

const LEFT: Rectangle = Rectangle::new(0, 0, 640, 800);
const RIGHT: Rectangle = Rectangle::new(640, 0, 640, 800);
const BOTH: [&str; 2] = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];

/// Two monitors side by side, known to the window manager.
fn divided() -> Result<Desk> {
    let desk = Desk::start()?;
    desk.server.run("xrandr", &["--setmonitor", "A", "640/150x800/200+0+0", "screen"])?;
    desk.server.run("xrandr", &["--setmonitor", "B", "640/150x800/200+640+0", "none"])?;
    desk.client.wait_true("two work areas", || {
        let areas = desk.client.numbers(desk.client.root(), "_GTK_WORKAREAS_D0")?;
        Ok(areas.is_some_and(|areas| areas.len() == 8))
    })?;
    Ok(desk)
}

fn fullscreen(desk: &Desk, window: Window<'_>, on: Rectangle) -> Result<()> {
    ewmh::change_state(&desk.client, window.id(), Change::Add, &["FULLSCREEN"])?;
    window.wait_geometry("fullscreen", |place| place == on)?;
    Ok(())
}

/// Clauses: ewmh.fullscreen-monitors
#[test]
fn a_window_may_cover_several_monitors() -> Result<()> {
    let desk = divided()?;
    let client = &desk.client;
    let window = client.window().placed(100, 100).size(300, 200).map()?;
    window.wait_managed()?;
    let before = window.geometry()?;
    fullscreen(&desk, window, LEFT)?;
    let cover = |top: u32, bottom: u32, left: u32, right: u32| {
        let data = [top, bottom, left, right, ewmh::APPLICATION];
        ewmh::message(client, window.id(), "_NET_WM_FULLSCREEN_MONITORS", data)
    };
    cover(0, 0, 0, 1)?;
    window.wait_geometry("both", |place| place == Rectangle::new(0, 0, 1280, 800))?;
    client.wait_true("told", || {
        Ok(client.numbers(window.id(), "_NET_WM_FULLSCREEN_MONITORS")? == Some(vec![0, 0, 0, 1]))
    })?;
    cover(1, 1, 1, 1)?;
    window.wait_geometry("the other", |place| place == RIGHT)?;
    // Monitors that are not there change nothing.
    cover(0, 0, 0, 7)?;
    barrier(&desk)?;
    assert_eq!(window.geometry()?, RIGHT);
    ewmh::change_state(client, window.id(), Change::Remove, &["FULLSCREEN"])?;
    window.wait_geometry("as before", |place| place == before)?;
    Ok(())
}

/// Clauses: ewmh.strut, ewmh.workarea
#[test]
fn a_panel_between_two_monitors_takes_room_of_its_own_alone() -> Result<()> {
    let desk = divided()?;
    let client = &desk.client;
    let on = |x: i16| -> Result<Window<'_>> {
        let window = client.window().placed(x, 100).size(300, 200).map()?;
        window.wait_managed()?;
        ewmh::change_state(client, window.id(), Change::Add, &BOTH)?;
        Ok(window)
    };
    let (left, right) = (on(100)?, on(800)?);
    let wait = |window: Window<'_>, place: Rectangle| {
        client.wait_true(&format!("{place:?}"), || Ok(frame(&desk, window)? == place))
    };
    wait(left, LEFT)?;
    wait(right, RIGHT)?;
    // At the left edge of the right monitor: the strut counts from the edge of the screen.
    let panel = client.window().window_type("DOCK").placed(640, 0).size(40, 800);
    let panel = panel.strut([680, 0, 0, 0, 0, 799, 0, 0, 0, 0, 0, 0]).map()?;
    panel.wait_managed()?;
    wait(right, Rectangle::new(680, 0, 600, 800))?;
    barrier(&desk)?;
    wait(left, LEFT)?;
    // It goes to the other side, and away.
    panel.move_resize(600, 0, 40, 800)?;
    panel.set_numbers("_NET_WM_STRUT_PARTIAL", &[0, 680, 0, 0, 0, 0, 0, 799, 0, 0, 0, 0])?;
    wait(left, Rectangle::new(0, 0, 600, 800))?;
    wait(right, RIGHT)?;
    panel.delete_property("_NET_WM_STRUT_PARTIAL")?;
    wait(left, LEFT)
}

/// Clauses: games.reflexes
#[test]
fn a_game_that_loses_the_keyboard_to_another_monitor_stays() -> Result<()> {
    let desk = divided()?;
    let client = &desk.client;
    let game = client.window().title("game").placed(100, 100).size(300, 200).map()?;
    game.wait_focused()?;
    fullscreen(&desk, game, LEFT)?;
    let beside = client.window().placed(800, 100).size(300, 200).map()?;
    beside.wait_focused()?;
    // What SDL and Wine do when they lose the keyboard.
    let leave = |source: u32| {
        let state = client.atom("_NET_WM_STATE_FULLSCREEN")?;
        ewmh::message(client, game.id(), "_NET_WM_STATE", [0, state, 0, source, 0])
    };
    leave(ewmh::APPLICATION)?;
    leave(0)?;
    game.iconify()?;
    barrier(&desk)?;
    assert!(game.has_state("FULLSCREEN")? && !game.has_state("HIDDEN")?);
    assert_eq!(game.wm_state()?, Some(trapeze_testkit::window::NORMAL));
    assert_eq!((game.geometry()?, client.focus()?), (LEFT, beside.id()));
    // A person's pager is heeded.
    leave(ewmh::PAGER)?;
    game.wait_state("FULLSCREEN", false)?;
    // On its own monitor it would be in the way: there it may.
    ewmh::activate(client, game.id())?;
    game.wait_focused()?;
    fullscreen(&desk, game, LEFT)?;
    let above = client.window().placed(100, 100).size(200, 100).map()?;
    above.wait_focused()?;
    game.iconify()?;
    game.wait_state("HIDDEN", true)?;
    // And when it has the keyboard itself, it means what it says.
    ewmh::activate(client, game.id())?;
    game.wait_focused()?;
    leave(ewmh::APPLICATION)?;
    game.wait_state("FULLSCREEN", false)
}

fn outputs() -> Result<Desk> {
    Desk::on(Server::xorg().start()?, under_test_with_xrender)
}

fn wait_screen(desk: &Desk, size: [u32; 2]) -> Result<()> {
    desk.client.wait_true(&format!("a screen of {size:?}"), || {
        let value = desk.client.numbers(desk.client.root(), "_NET_DESKTOP_GEOMETRY")?;
        Ok(value.as_deref() == Some(&size))
    })
}

/// Clauses: games.mode-switch
#[test]
fn a_game_may_change_the_mode_and_change_it_back() -> Result<()> {
    let desk = outputs()?;
    let client = &desk.client;
    let window = client.window().placed(900, 500).size(300, 200).map()?;
    window.wait_managed()?;
    let maximized = client.window().placed(50, 50).size(300, 200).states(&BOTH).map()?;
    maximized.wait_managed()?;
    let game = client.window().placed(100, 100).size(640, 480).map()?;
    game.wait_managed()?;
    let places = || Ok::<_, anyhow::Error>([window.geometry()?, maximized.geometry()?]);
    let before = places()?;
    fullscreen(&desk, game, Rectangle::new(0, 0, 1280, 800))?;
    desk.server.run("xrandr", &["--output", "DUMMY0", "--mode", "800x600"])?;
    game.wait_geometry("the small mode", |place| place == Rectangle::new(0, 0, 800, 600))?;
    desk.server.run("xrandr", &["--output", "DUMMY0", "--mode", "1280x800"])?;
    game.wait_geometry("the old mode", |place| place == Rectangle::new(0, 0, 1280, 800))?;
    ewmh::change_state(client, game.id(), Change::Remove, &["FULLSCREEN"])?;
    game.wait_geometry("as before", |place| place.width == 640)?;
    client.wait_true("every other window where it was", || Ok(places()? == before))
}

/// Clauses: monitors.return
#[test]
fn windows_return_with_their_monitor() -> Result<()> {
    let desk = outputs()?;
    let client = &desk.client;
    desk.server.run("xrandr", &["--addmode", "DUMMY1", "1024x768"])?;
    let plug = || {
        let arguments = ["--output", "DUMMY1", "--mode", "1024x768", "--right-of", "DUMMY0"];
        desk.server.run("xrandr", &arguments)?;
        wait_screen(&desk, [2304, 800])
    };
    plug()?;
    let on_second = |x: i16| client.window().placed(x, 150).size(300, 200);
    let normal = on_second(1800).map()?;
    let maximized = on_second(1400).states(&BOTH).map()?;
    let full = on_second(1500).states(&["FULLSCREEN"]).map()?;
    let at_home = client.window().placed(80, 90).size(300, 200).map()?;
    let all = [normal, maximized, full, at_home];
    for window in all {
        window.wait_managed()?;
    }
    barrier(&desk)?;
    let places = || all.into_iter().map(Window::geometry).collect::<Result<Vec<_>>>();
    let before = places()?;
    let first = Rectangle::new(0, 0, 1280, 800);
    for _ in 0..2 {
        desk.server.run("xrandr", &["--output", "DUMMY1", "--off"])?;
        wait_screen(&desk, [1280, 800])?;
        full.wait_geometry("on what is left", |place| place == first)?;
        normal.wait_geometry("in view", |place| first.contains_rectangle(place))?;
        assert_eq!(at_home.geometry()?, before[3]);
        plug()?;
        client.wait_true("everything where it was", || Ok(places()? == before))?;
    }
    Ok(())
}
