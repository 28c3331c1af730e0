//! What stands on the screen: each backend paints what the recording backend paints.
//!
//! The recording backend composes on the CPU in integers, and so does XRender: they agree
//! exactly. GL computes in floats; its colours may differ by [`GL_ROUNDING`].

use anyhow::{Context as _, Result};
use trapeze_testkit::wm::trapeze_program;
use trapeze_testkit::{Client, Image, Rectangle, Server, Tolerance, Window, pixels};

use crate::desk::{Desk, settle, with_backend};

/// By how much GL's colours may differ from integers in each channel, of 255.
const GL_ROUNDING: Tolerance = Tolerance { channel: 2, pixels: 0 };
const SCREEN: Rectangle = Rectangle::new(0, 0, 1280, 800);

/// Windows of every kind, none of which moves.
fn scene(client: &Client) -> Result<Vec<Window<'_>>> {
    let back =
        client.window().title("Background").placed(60, 50).size(500, 400).test_card(1).map()?;
    back.wait_managed()?;
    let dialog = client
        .window()
        .title("A dialog, 日本語")
        .window_type("DIALOG")
        .transient_for(back.id())
        .placed(300, 260)
        .size(260, 160)
        .color(0xffe0_d0c0)
        .map()?;
    dialog.wait_managed()?;
    let glass = client
        .window()
        .title("Half opaque")
        .placed(420, 90)
        .size(300, 220)
        .opacity(0x8000_0000)
        .test_card(2)
        .map()?;
    glass.wait_managed()?;
    let argb = client
        .window()
        .title("ARGB")
        .argb()
        .motif_decorations(0)
        .placed(650, 300)
        .size(240, 200)
        .color(0x8040_2010)
        .map()?;
    argb.wait_managed()?;
    let shaped = client
        .window()
        .title("Shaped")
        .motif_decorations(0)
        .placed(760, 90)
        .size(200, 160)
        .test_card(3)
        .shape(&[Rectangle::new(20, 0, 60, 160), Rectangle::new(0, 60, 200, 50)])
        .map()?;
    shaped.wait_managed()?;
    let menu =
        client.window().override_redirect().window_type("POPUP_MENU").at(1000, 420).size(150, 200);
    let menu = menu.color(0xfff4_f4f4).map()?;
    menu.wait_viewable()?;
    let last =
        client.window().title("Active").placed(900, 600).size(200, 100).test_card(4).map()?;
    last.wait_managed()?;
    last.wait_focused()?;
    trapeze_testkit::input::move_to(client, 1279, 0)?;
    Ok(vec![back, dialog, glass, argb, shaped, menu, last])
}

fn picture(backend: &str) -> Result<Image> {
    let server = Server::xvfb().start()?;
    let desk = Desk::on(server, |server| with_backend(server, backend))?;
    desk.wait_painted()?;
    let _windows = scene(&desk.client)?;
    settle(&desk.client)?;
    pixels::of_screen(&desk.client)
}

#[test]
fn xrender_paints_what_the_recording_backend_paints() -> Result<()> {
    let expected = picture("record")?;
    assert!(expected.colors() > 100, "something is there");
    pixels::assert_same("xrender", &picture("xrender")?, &expected, Tolerance::EXACT)
}

#[test]
fn glx_paints_what_the_recording_backend_paints() -> Result<()> {
    pixels::assert_same("glx", &picture("glx")?, &picture("record")?, GL_ROUNDING)
}

/// Goes through changes of every kind; after each the screen must be what a fresh start paints.
fn incremental(backend: &str, tolerance: Tolerance) -> Result<()> {
    let server = Server::xvfb().start()?;
    let mut desk = Desk::on(server, |server| with_backend(server, backend))?;
    desk.wait_painted()?;
    let windows = scene(&desk.client)?;
    let steps: [(&str, &dyn Fn() -> Result<()>); 6] = [
        ("damage", &|| windows[1].set_color(0xff00_c040)),
        ("move", &|| windows[1].move_resize(200, 200, 260, 160)),
        ("resize", &|| windows[6].move_resize(850, 580, 260, 140)),
        ("opacity", &|| windows[2].set_numbers("_NET_WM_WINDOW_OPACITY", &[0x4000_0000])),
        ("menu", &|| windows[5].destroy()),
        ("title", &|| windows[6].set_title("Renamed")),
    ];
    for (name, step) in steps {
        step()?;
        settle(&desk.client)?;
        let seen = pixels::of_screen(&desk.client)?;
        // A new one paints everything from nothing.
        let next = with_backend(&desk.server, backend).argument("--replace").start()?;
        let mut old = std::mem::replace(&mut desk.manager, next);
        old.wait()?;
        // States and keyboard outlive the old one; its list does not.
        trapeze_testkit::ewmh::wait_listed(&desk.client, windows[6].id(), true)?;
        for window in [windows[0], windows[6]] {
            window.wait_managed()?;
        }
        windows[6].wait_focused()?;
        settle(&desk.client)?;
        let fresh = pixels::of_screen(&desk.client)?;
        pixels::assert_same(&format!("{backend}-{name}"), &seen, &fresh, tolerance)?;
    }
    Ok(())
}

#[test]
fn incremental_painting_equals_full_painting_on_xrender() -> Result<()> {
    incremental("xrender", Tolerance::EXACT)
}

#[test]
fn incremental_painting_equals_full_painting_on_glx() -> Result<()> {
    incremental("glx", Tolerance::EXACT)
}

/// The rivals' open bug on software GL: a texture bound once never changes again.
fn repaints_are_seen(backend: &str) -> Result<()> {
    let desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, backend))?;
    let window = desk.client.window().placed(100, 100).size(300, 200).color(0xff00_0000).map()?;
    window.wait_managed()?;
    let place = window.geometry()?;
    let middle = Rectangle::new(20, 20, 260, 160);
    for color in [0x10_2030, 0xff_0000, 0x00_ff00, 0x12_3456, 0xff_ffff] {
        window.fill(Rectangle::new(0, 0, 300, 200), color)?;
        pixels::wait_until(&desk.client, "repaint", place, |image| image.is_solid(middle, color))?;
    }
    Ok(())
}

#[test]
fn repaints_are_seen_on_xrender() -> Result<()> {
    repaints_are_seen("xrender")
}

#[test]
fn repaints_are_seen_on_glx() -> Result<()> {
    repaints_are_seen("glx")
}

#[test]
fn what_is_gone_leaves_no_trace() -> Result<()> {
    for backend in ["xrender", "glx"] {
        let desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, backend))?;
        desk.wait_painted()?;
        settle(&desk.client)?;
        let before = pixels::of_screen(&desk.client)?;
        let windows = scene(&desk.client)?;
        settle(&desk.client)?;
        assert_ne!(pixels::of_screen(&desk.client)?, before, "they are seen");
        for window in windows {
            window.destroy()?;
        }
        pixels::wait_same(&desk.client, backend, SCREEN, &before, Tolerance::EXACT)?;
    }
    Ok(())
}

#[test]
fn the_screen_is_whole_after_the_compositor() -> Result<()> {
    let mut desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, "xrender"))?;
    let window = desk
        .client
        .window()
        .motif_decorations(0)
        .placed(100, 100)
        .size(200, 150)
        .test_card(5)
        .map()?;
    window.wait_managed()?;
    desk.manager.terminate()?;
    let card =
        Image::from_fn(200, 150, |x, y| pixels::test_card_pixel(x as u16, y as u16, 200, 150, 5));
    let place = Rectangle::new(100, 100, 200, 150);
    pixels::wait_same(&desk.client, "handed-back", place, &card, Tolerance::EXACT)
}

/// A cursor that blinks costs its own pixels, not the window's and not the screen's.
fn a_blinking_cursor_is_cheap(backend: &str) -> Result<()> {
    let desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, backend))?;
    let client = &desk.client;
    let window = client.window().placed(100, 100).size(800, 600).color(0xff00_0000).map()?;
    window.wait_focused()?;
    settle(client)?;
    let counter = |name: &str| -> Result<u64> {
        let program = trapeze_program()?.to_string_lossy().into_owned();
        let text = desk.server.run(&program, &["msg", "--json", "stats"])?;
        let (_, rest) = text.split_once(&format!("\"{name}\":")).context("no such counter")?;
        let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
        Ok(digits.parse()?)
    };
    let inner = window.geometry()?;
    let cursor = Rectangle::new(200, 200, 8, 16);
    let shown = Rectangle::new(inner.x + 200, inner.y + 200, 8, 16);
    let whole = Rectangle::new(0, 0, 8, 16);
    let names = ["pixels-presented", "pixels-drawn", "bytes-uploaded", "bytes-fetched"];
    let before: Vec<u64> = names.iter().map(|name| counter(name)).collect::<Result<_>>()?;
    const BLINKS: u64 = 20;
    for blink in 0..BLINKS {
        let color = if blink % 2 == 0 { 0x00ff_ffff } else { 0 };
        window.fill(cursor, color)?;
        pixels::wait_until(client, "cursor", shown, |image| image.is_solid(whole, color))?;
    }
    for (name, before) in names.iter().zip(before) {
        let per_blink = (counter(name)? - before) / BLINKS;
        assert!(per_blink <= 8 * 16 * 4, "{backend}: {per_blink} {name} a blink");
    }
    Ok(())
}

#[test]
fn a_blinking_cursor_is_cheap_with_xrender() -> Result<()> {
    a_blinking_cursor_is_cheap("xrender")
}

#[test]
fn a_blinking_cursor_is_cheap_with_glx() -> Result<()> {
    a_blinking_cursor_is_cheap("glx")
}
