//! Backends that fail while the session runs: the same anew, the next one down, none; and what a
//! person sees is right all the time.

use anyhow::Result;
use trapeze_testkit::wm::trapeze_program;
use trapeze_testkit::{Image, Rectangle, Server, Tolerance, Window, pixels};

use crate::desk::{Desk, settle, with_backend};

const SCREEN: Rectangle = Rectangle { x: 0, y: 0, width: 1280, height: 800 };

/// GL's colours may differ by two of 255.
const GL_ROUNDING: Tolerance = Tolerance { channel: 2, pixels: 0 };

fn desk(backend: &str, frames: &str) -> Result<Desk> {
    let desk = Desk::on(Server::xvfb().start()?, |server| {
        with_backend(server, backend)
            .argument("--log=trapeze=trace")
            .environment("TRAPEZE_FAIL_FRAMES", frames)
    })?;
    desk.wait_painted()?;
    Ok(desk)
}

fn backend_name(desk: &Desk) -> Result<String> {
    let program = trapeze_program()?;
    let text = desk.server.run(&program.to_string_lossy(), &["msg", "--json", "version"])?;
    Ok(text)
}

/// A desktop with a bit of everything, and its picture.
fn furnish(desk: &Desk) -> Result<(u32, Image)> {
    desk.client
        .window()
        .title("opaque")
        .placed(80, 60)
        .size(400, 300)
        .test_card(3)
        .map()?
        .wait_focused()?;
    let clear = desk.client.window().argb().color(0x8000_4000).placed(300, 200).size(300, 300);
    let clear = clear.map()?;
    clear.wait_focused()?;
    settle(&desk.client)?;
    Ok((clear.id(), pixels::of_root(&desk.client, SCREEN)?))
}

/// Paints until so many frames have been begun.
fn paint(desk: &Desk, count: u32) -> Result<()> {
    for _ in 0..count.div_ceil(2) {
        settle(&desk.client)?;
    }
    Ok(())
}

fn survives(backend: &str, frames: &str, tolerance: Tolerance) -> Result<String> {
    let mut desk = desk(backend, frames)?;
    let (clear, before) = furnish(&desk)?;
    paint(&desk, 80)?;
    pixels::wait_same(&desk.client, "as-before", SCREEN, &before, tolerance)?;
    // What is drawn after it is seen too.
    let clear = Window::existing(&desk.client, clear);
    let place = clear.geometry()?;
    clear.set_color(0xff12_5634)?;
    let inside = Rectangle::new(place.x + 100, place.y + 100, 20, 20);
    pixels::wait_until(&desk.client, "another-color", inside, |image| {
        image.is_solid(Rectangle::new(0, 0, 20, 20), 0x0012_5634)
    })?;
    desk.assert_alive()?;
    let output = desk.manager.output();
    assert!(output.contains("fails on purpose"), "{output}");
    assert!(!output.contains("ERROR"), "{output}");
    backend_name(&desk)
}

#[test]
fn one_failure_rebuilds_glx_in_place() -> Result<()> {
    let name = survives("glx", "40", Tolerance::EXACT)?;
    assert!(name.contains("glx"), "{name}");
    Ok(())
}

#[test]
fn one_failure_rebuilds_xrender_in_place() -> Result<()> {
    let name = survives("xrender", "40", Tolerance::EXACT)?;
    assert!(name.contains("xrender"), "{name}");
    Ok(())
}

#[test]
fn a_second_failure_falls_back_from_glx_to_xrender() -> Result<()> {
    let name = survives("glx", "40,50", GL_ROUNDING)?;
    assert!(name.contains("xrender"), "{name}");
    Ok(())
}

#[test]
fn a_third_falls_back_to_the_cpu() -> Result<()> {
    let name = survives("glx", "40,50,60", GL_ROUNDING)?;
    assert!(name.contains("record"), "{name}");
    Ok(())
}

#[test]
fn compositing_can_be_switched_off_and_on() -> Result<()> {
    let mut desk = desk("xrender", "")?;
    let (clear, before) = furnish(&desk)?;
    let clear = Window::existing(&desk.client, clear).geometry()?;
    let program = trapeze_program()?;
    let toggle =
        || desk.server.run(&program.to_string_lossy(), &["msg", "action", "toggle-compositing"]);
    toggle()?;
    // Nobody looks at its alpha any longer.
    pixels::wait_until(&desk.client, "off", clear, |image| {
        image.is_solid(Rectangle::new(50, 50, 200, 200), 0x0000_4000)
    })?;
    toggle()?;
    pixels::wait_same(&desk.client, "on", SCREEN, &before, Tolerance::EXACT)?;
    desk.assert_alive()
}

#[test]
fn compositing_comes_back_after_another_compositor() -> Result<()> {
    use x11rb::protocol::xproto::ConnectionExt as _;
    let mut desk = desk("xrender", "")?;
    let program = trapeze_program()?;
    let toggle =
        || desk.server.run(&program.to_string_lossy(), &["msg", "action", "toggle-compositing"]);
    let client = &desk.client;
    let selection = client.atom("_NET_WM_CM_S0")?;
    let x = client.connection();
    let owner = || Ok::<_, anyhow::Error>(x.get_selection_owner(selection)?.reply()?.owner);
    let ours = owner()?;
    // It takes the selection later than anything that Trapeze has seen.
    let other = client.window().override_redirect().create()?;
    x.set_selection_owner(other.id(), selection, x11rb::CURRENT_TIME)?;
    client.wait_true("left to the other", || {
        Ok(client.exists(ours)? && desk.manager.output().contains("another compositor takes over"))
    })?;
    other.destroy()?;
    toggle()?;
    client.wait_true("taken back", || Ok(owner()? == ours))?;
    desk.assert_alive()
}

#[test]
fn when_nothing_works_windows_are_shown_as_they_are() -> Result<()> {
    let mut desk = desk("xrender", "40,41,42,43,44,45,46")?;
    let (clear, _) = furnish(&desk)?;
    for _ in 0..60 {
        if desk.manager.output().contains("no backend is left") {
            break;
        }
        settle(&desk.client)?;
    }
    assert!(desk.manager.output().contains("no backend is left"), "{}", desk.manager.output());
    let clear = Window::existing(&desk.client, clear);
    let place = clear.geometry()?;
    clear.set_color(0xff12_5634)?;
    let inside = Rectangle::new(place.x + 100, place.y + 100, 20, 20);
    pixels::wait_until(&desk.client, "uncomposited", inside, |image| {
        image.is_solid(Rectangle::new(0, 0, 20, 20), 0x0012_5634)
    })?;
    // Its title bar is there as well.
    let bar = Rectangle::new(place.x, place.y - 20, place.width, 10);
    pixels::wait_until(&desk.client, "title", bar, |image| image.colors() > 1)?;
    desk.assert_alive()
}
