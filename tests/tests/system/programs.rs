//! Real programs together, on both servers and both backends.

use std::time::Duration;

use anyhow::Result;
use trapeze_testkit::program::{self, Kind};
use trapeze_testkit::{Image, Program, Rectangle, Server, Tolerance, ewmh, pixels};

use crate::desk::{Desk, with_backend};

/// Those whose picture never stands still, then those whose does.
const RESTLESS: [Kind; 2] = [program::GEARS, program::SDL];
const STILL: [Kind; 4] = [program::XTERM, program::GTK3, program::GTK4, program::QT];

/// Blacks out rectangles.
fn without(image: &Image, hidden: &[Rectangle]) -> Image {
    Image::from_fn(image.width(), image.height(), |x, y| {
        let (x, y) = (x.cast_signed(), y.cast_signed());
        if hidden.iter().any(|place| place.contains(x, y)) {
            0
        } else {
            image.pixel(x, y).unwrap_or(0)
        }
    })
}

fn together(server: Server, backend: &str, tolerance: Tolerance) -> Result<()> {
    let mut desk = Desk::on(server, |server| with_backend(server, backend))?;
    let client = &desk.client;
    let mut programs = vec![Program::start(&desk.server, client, program::TINT2)?];
    for kind in RESTLESS.into_iter().chain(STILL) {
        programs.push(Program::start(&desk.server, client, kind)?);
    }
    for program in &mut programs {
        program.wait_window(client)?;
    }
    // The panel has its room.
    client.wait_true("the panel's strut", || {
        Ok(ewmh::work_area(client)?.is_some_and(|[_, _, _, height]| height < 800))
    })?;
    // Keys reach a real program: what is typed into xterm is seen.
    let terminal = programs[1 + RESTLESS.len()].window();
    ewmh::activate(client, terminal)?;
    client.wait_true("xterm active", || Ok(ewmh::active_window(client)? == Some(terminal)))?;
    let place = client.geometry(terminal)?;
    let before = pixels::of_root(client, place)?;
    trapeze_testkit::input::type_text(client, "hello")?;
    pixels::wait_until(client, "typed", place, |image| image != &before)?;

    // The same windows painted by the recording backend.
    let restless: Vec<Rectangle> = programs[1..=RESTLESS.len()]
        .iter()
        .map(|program| client.geometry(program.window()))
        .collect::<Result<_>>()?;
    // The panel shows a clock.
    let mut hidden = restless;
    hidden.push(client.geometry(programs[0].window())?);
    let screen = Rectangle::new(0, 0, 1280, 800);
    // Toolkits fade what loses the focus.
    let still = || {
        pixels::wait_still(client, screen, Duration::from_millis(400), |image| {
            without(image, &hidden)
        })
    };
    let seen = still()?;
    let next = with_backend(&desk.server, "record").argument("--replace").start()?;
    let mut old = std::mem::replace(&mut desk.manager, next);
    assert!(old.wait()?.success());
    client
        .wait_true("xterm active again", || Ok(ewmh::active_window(client)? == Some(terminal)))?;
    pixels::assert_same("programs", &seen, &still()?, tolerance)?;
    for mut program in programs {
        assert!(program.process().is_running()?, "{} ended", program.process().name());
    }
    Ok(())
}

/// As in `pictures`: GL's colours may differ by two of 255.
const GL_ROUNDING: Tolerance = Tolerance { channel: 2, pixels: 0 };

#[test]
fn together_on_xvfb_with_xrender() -> Result<()> {
    together(Server::xvfb().start()?, "xrender", Tolerance::EXACT)
}

#[test]
fn together_on_xvfb_with_glx() -> Result<()> {
    together(Server::xvfb().start()?, "glx", GL_ROUNDING)
}

#[test]
fn together_on_xorg_with_xrender() -> Result<()> {
    together(Server::xorg().start()?, "xrender", Tolerance::EXACT)
}

#[test]
fn together_on_xorg_with_glx() -> Result<()> {
    together(Server::xorg().start()?, "glx", GL_ROUNDING)
}
