//! What the window switcher shows.

use anyhow::{Context as _, Result};
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::{Client, Image, Rectangle, Server, Window, ewmh, pixels};
use x11rb::protocol::res::{self, ConnectionExt as _};

use crate::desk::{Desk, settle, with_backend};

const SCREEN: Rectangle = Rectangle { x: 0, y: 0, width: 1280, height: 800 };
const RED: u32 = 0x00e0_1010;
/// A window of 400 × 300, scaled to 156 rows, less its title bar and corners. Icons are smaller.
const PREVIEW: usize = 25_000;

/// How many pixels are red, or red through a veil.
fn reddish(image: &Image) -> usize {
    let red = |&&pixel: &&u32| {
        let [_, r, g, b] = pixel.to_be_bytes().map(i32::from);
        r - g.max(b) > 60
    };
    image.pixels().iter().filter(red).count()
}

/// Opens the switcher and waits until it shows that many red pixels.
fn switcher_shows_red(client: &Client, wanted: bool) -> Result<()> {
    input::key(client, keysym::ALT, true)?;
    input::chord(client, &[keysym::TAB])?;
    let name = if wanted { "picture" } else { "no-picture" };
    let shown = pixels::wait_until(client, name, SCREEN, |image| {
        // The panel is there.
        image.colors() > 20 && (reddish(image) > PREVIEW) == wanted
    });
    input::chord(client, &[keysym::ESCAPE])?;
    input::key(client, keysym::ALT, false)?;
    settle(client)?;
    shown.map(drop)
}

fn minimized(desk: &Desk) -> Result<Window<'_>> {
    let window = desk.client.window().title("Red").placed(200, 200).size(400, 300).color(RED);
    let window = window.map()?;
    window.wait_focused()?;
    settle(&desk.client)?;
    window.iconify()?;
    window.wait_wm_state(Some(trapeze_testkit::window::ICONIC))?;
    settle(&desk.client)?;
    assert_eq!(reddish(&pixels::of_screen(&desk.client)?), 0, "it is hidden");
    Ok(window)
}

/// How many pixmaps the window manager has.
fn pixmaps(client: &Client) -> Result<u32> {
    let connection = client.connection();
    let check = ewmh::window_manager(client)?.context("no window manager")?;
    connection.res_query_version(1, 2)?.reply()?;
    let types: Vec<res::Type> = connection.res_query_client_resources(check)?.reply()?.types;
    for kind in types {
        if client.atom_name(kind.resource_type)? == "PIXMAP" {
            return Ok(kind.count);
        }
    }
    Ok(0)
}

fn a_minimized_window_is_shown_as_it_was(backend: &str) -> Result<()> {
    let desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, backend))?;
    desk.wait_painted()?;
    let window = minimized(&desk)?;
    switcher_shows_red(&desk.client, true)?;
    // Its pixels outlive its workspace's absence, too.
    ewmh::show_desktop_number(&desk.client, 1)?;
    settle(&desk.client)?;
    ewmh::show_desktop_number(&desk.client, 0)?;
    settle(&desk.client)?;
    switcher_shows_red(&desk.client, true)?;
    // Shown again it is live, and what is kept next is what it showed last.
    window.map()?;
    window.wait_focused()?;
    window.set_color(0xff10_20e0)?;
    settle(&desk.client)?;
    window.iconify()?;
    window.wait_wm_state(Some(trapeze_testkit::window::ICONIC))?;
    switcher_shows_red(&desk.client, false)
}

#[test]
fn a_minimized_window_is_shown_as_it_was_with_xrender() -> Result<()> {
    a_minimized_window_is_shown_as_it_was("xrender")
}

#[test]
fn a_minimized_window_is_shown_as_it_was_with_glx() -> Result<()> {
    a_minimized_window_is_shown_as_it_was("glx")
}

#[test]
fn a_window_minimized_before_it_was_ever_painted_has_a_picture() -> Result<()> {
    let desk = Desk::start()?;
    desk.wait_painted()?;
    let window = desk.client.window().title("Red").placed(200, 200).size(400, 300).color(RED);
    let window = window.map()?;
    // Both may be in one turn of the window manager.
    window.iconify()?;
    window.wait_wm_state(Some(trapeze_testkit::window::ICONIC))?;
    switcher_shows_red(&desk.client, true)
}

#[test]
fn a_kept_picture_goes_with_its_window() -> Result<()> {
    let desk = Desk::start()?;
    desk.wait_painted()?;
    // What is made once is there already.
    let first = minimized(&desk)?;
    switcher_shows_red(&desk.client, true)?;
    first.withdraw()?;
    ewmh::wait_listed(&desk.client, first.id(), false)?;
    settle(&desk.client)?;
    let before = pixmaps(&desk.client)?;
    let windows: Vec<_> = (0..3).map(|_| minimized(&desk)).collect::<Result<_>>()?;
    let kept = pixmaps(&desk.client)?;
    assert!(kept >= before + 3, "{kept} pixmaps, {before} before");
    windows[0].withdraw()?;
    windows[1].destroy()?;
    windows[2].map()?;
    windows[2].wait_focused()?;
    windows[2].destroy()?;
    for window in &windows {
        ewmh::wait_listed(&desk.client, window.id(), false)?;
    }
    settle(&desk.client)?;
    assert_eq!(pixmaps(&desk.client)?, before);
    Ok(())
}
