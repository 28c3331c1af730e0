//! Sizes, borders and places that a client speaks of (ICCCM 4.1.2.3, 4.1.5).

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::{Rectangle, Window};
use x11rb::properties::AspectRatio;
use x11rb::protocol::xproto::{ConfigureWindowAux, ConnectionExt as _, Gravity, StackMode};

use crate::desk::{Desk, barrier, frame};

const SCREEN: Rectangle = Rectangle::new(0, 0, 1280, 800);

/// Asks as a pager for a size, and waits for the one that the hints make of it.
fn wait_sized(desk: &Desk, window: Window<'_>, ask: (u32, u32), wanted: (u32, u32)) -> Result<()> {
    let data = [ewmh::PAGER << 12 | 0x0c00, 0, 0, ask.0, ask.1];
    ewmh::message(&desk.client, window.id(), "_NET_MOVERESIZE_WINDOW", data)?;
    window.wait_geometry(&format!("{ask:?} becomes {wanted:?}"), |place| {
        (place.width, place.height) == wanted
    })?;
    Ok(())
}

/// Clauses: icccm.normal-hints.base
#[test]
fn base_and_minimum_stand_in_for_each_other() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let base = client.window().size_hints(|hints| {
        hints.base_size = Some((40, 30));
        hints.size_increment = Some((10, 20));
    });
    let window = base.placed(100, 100).map()?;
    window.wait_managed()?;
    wait_sized(&desk, window, (1, 1), (40, 30))?;
    wait_sized(&desk, window, (147, 100), (140, 90))?;
    let minimum = client.window().min_size(35, 27).size_hints(|hints| {
        hints.size_increment = Some((10, 20));
    });
    let window = minimum.placed(100, 100).map()?;
    window.wait_managed()?;
    wait_sized(&desk, window, (1, 1), (35, 27))?;
    wait_sized(&desk, window, (147, 100), (145, 87))?;
    // Both: steps from the base, no less than the minimum.
    let both = client.window().min_size(33, 33).size_hints(|hints| {
        hints.base_size = Some((4, 4));
        hints.size_increment = Some((10, 10));
    });
    let window = both.placed(100, 100).map()?;
    window.wait_managed()?;
    wait_sized(&desk, window, (1, 1), (34, 34))?;
    wait_sized(&desk, window, (59, 60), (54, 54))
}

/// Clauses: icccm.normal-hints.aspect
#[test]
fn both_aspect_limits_are_measured_without_the_base_size() -> Result<()> {
    let desk = Desk::start()?;
    let limits = |base| {
        desk.client.window().placed(100, 100).size_hints(move |hints| {
            hints.base_size = base;
            hints.min_size = Some((1, 1));
            hints.aspect = Some((AspectRatio::new(1, 1), AspectRatio::new(2, 1)));
        })
    };
    let window = limits(None).map()?;
    window.wait_managed()?;
    wait_sized(&desk, window, (300, 100), (200, 100))?;
    wait_sized(&desk, window, (150, 400), (150, 150))?;
    wait_sized(&desk, window, (330, 220), (330, 220))?;
    let window = limits(Some((20, 40))).map()?;
    window.wait_managed()?;
    wait_sized(&desk, window, (320, 140), (220, 140))?;
    wait_sized(&desk, window, (170, 440), (170, 190))
}

/// Clauses: icccm.normal-hints.max
#[test]
fn a_maximized_window_is_no_larger_than_its_maximum() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().max_size(500, 3000).placed(100, 100).map()?;
    window.wait_managed()?;
    let both = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    ewmh::change_state(&desk.client, window.id(), Change::Add, &both)?;
    window.wait_geometry("as tall as the screen, 500 wide", |place| {
        place.bottom() == 800 && place.width == 500
    })?;
    let seen = frame(&desk, window)?;
    assert!(SCREEN.contains_rectangle(seen) && seen.height == 800, "{seen:?}");
    Ok(())
}

/// Clauses: games.fixed-size, ewmh.state.fullscreen
#[test]
fn a_game_of_fixed_size_gets_the_whole_screen() -> Result<()> {
    let desk = Desk::start()?;
    let game = desk.client.window().size(640, 480).min_size(640, 480).max_size(640, 480);
    let game = game.placed(200, 150).map()?;
    game.wait_managed()?;
    let before = game.geometry()?;
    ewmh::change_state(&desk.client, game.id(), Change::Add, &["FULLSCREEN"])?;
    game.wait_geometry("the whole screen", |place| place == SCREEN)?;
    // As SDL and Wine do: once fullscreen they fix the size to the screen's, and ask for it.
    let hints = |window: Window<'_>, (width, height): (i32, i32)| -> Result<()> {
        let mut hints = x11rb::properties::WmSizeHints::new();
        hints.min_size = Some((width, height));
        hints.max_size = Some((width, height));
        hints.set_normal_hints(desk.client.connection(), window.id())?;
        desk.client.sync()
    };
    hints(game, (1280, 800))?;
    game.move_resize(0, 0, 1280, 800)?;
    barrier(&desk)?;
    assert_eq!(game.geometry()?, SCREEN);
    hints(game, (640, 480))?;
    ewmh::change_state(&desk.client, game.id(), Change::Remove, &["FULLSCREEN"])?;
    game.wait_geometry("as before", |place| place == before)?;
    Ok(())
}

/// Clauses: icccm.border-width
#[test]
fn a_border_is_taken_away_reported_and_given_back() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = client.window().border(3).placed(100, 100).size(200, 150).map()?;
    window.wait_managed()?;
    let border = || -> Result<u16> {
        Ok(client.connection().get_geometry(window.id())?.reply()?.border_width)
    };
    assert_eq!(border()?, 0, "the frame is all that there is");
    let inner = window.geometry()?;
    let mark = client.mark()?;
    window.configure(&ConfigureWindowAux::new().border_width(5))?;
    let told = window.wait_configure_notify(mark, true)?;
    assert_eq!(told.border_width, 5, "ICCCM 4.1.5: the border width that was asked for");
    assert_eq!((i32::from(told.x) + 5, i32::from(told.y) + 5), (inner.x, inner.y));
    assert_eq!((told.width, told.height), (200, 150));
    assert_eq!((border()?, window.geometry()?), (0, inner));
    window.withdraw()?;
    client.wait_true("back on the root", || Ok(window.top_level()? == window.id()))?;
    client.wait_true("with its border", || Ok(border()? == 5))
}

/// Clauses: icccm.configure.move-synthetic, icccm.configure.nothing-synthetic
#[test]
fn a_restack_alone_is_answered() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).map()?;
    window.wait_focused()?;
    let inner = window.geometry()?;
    for mode in [StackMode::BELOW, StackMode::ABOVE] {
        let mark = desk.client.mark()?;
        window.configure(&ConfigureWindowAux::new().stack_mode(mode))?;
        let told = window.wait_configure_notify(mark, true)?;
        assert_eq!((i32::from(told.x), i32::from(told.y)), (inner.x, inner.y));
    }
    Ok(())
}

/// Clauses: icccm.configure.states
#[test]
fn what_a_maximized_window_asks_is_denied_and_answered() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).map()?;
    window.wait_managed()?;
    let both = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    for states in [&both[..], &["FULLSCREEN"]] {
        ewmh::change_state(&desk.client, window.id(), Change::Add, states)?;
        let held = window.wait_geometry("held", |place| place.width == 1280)?;
        barrier(&desk)?;
        let mark = desk.client.mark()?;
        window.move_resize(50, 60, 300, 200)?;
        let told = window.wait_configure_notify(mark, true)?;
        assert_eq!((i32::from(told.x), i32::from(told.y)), (held.x, held.y));
        assert_eq!((u32::from(told.width), u32::from(told.height)), (held.width, held.height));
        assert_eq!(window.geometry()?, held);
        ewmh::change_state(&desk.client, window.id(), Change::Remove, states)?;
        window.wait_geometry("as before", |place| place.width == 200)?;
    }
    Ok(())
}

/// Clauses: icccm.normal-hints.gravity, icccm.normal-withdrawn
#[test]
fn no_window_drifts_however_often_it_comes_back() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let mut windows = Vec::new();
    for gravity in 1_u8..=10 {
        let at = (100 + 80 * i16::from(gravity), 150 + 40 * i16::from(gravity));
        let window = client.window().gravity(Gravity::from(gravity)).border(2);
        windows.push((window.placed(at.0, at.1).size(161, 121).create()?, at));
    }
    for round in 0..50 {
        for (window, _) in &windows {
            window.map()?;
        }
        for (window, _) in &windows {
            window.wait_managed()?;
        }
        for (window, _) in &windows {
            window.withdraw()?;
        }
        for (window, at) in &windows {
            client.wait_true("back on the root", || Ok(window.top_level()? == window.id()))?;
            let place = client.connection().get_geometry(window.id())?.reply()?;
            let seen = (place.x, place.y, place.width, place.height, place.border_width);
            assert_eq!(seen, (at.0, at.1, 161, 121, 2), "round {round}");
        }
    }
    Ok(())
}
