//! Fullscreen windows without a compositor in between: into the bypass and out of it, with no
//! black and no stale picture in either direction.
//!
//! Xvfb's framebuffer file is what a monitor would show. A witness reads it all the time while
//! something changes, so that a wrong picture is seen even if the next frame hides it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result};
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::pixels::FrameBuffer;
use trapeze_testkit::{Rectangle, Server, Window, pixels};
use x11rb::protocol::composite::ConnectionExt as _;
use x11rb::protocol::shape::{ConnectionExt as _, SK};

use crate::desk::{Desk, PLAIN_COLOR, settle, with_backend};

const SCREEN: Rectangle = Rectangle { x: 0, y: 0, width: 1280, height: 800 };
const RED: u32 = 0x00c0_2010;
const GREEN: u32 = 0x0010_a020;
const BLUE: u32 = 0x0010_20b0;
/// Where the witness looks: nothing but the fullscreen window is ever shown there.
const PLACE: (u32, u32) = (900, 600);

/// Reads a pixel of the screen again and again.
struct Witness {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<BTreeSet<u32>>>,
}

impl Witness {
    fn of(desk: &Desk) -> Result<Self> {
        let file = FrameBuffer::open(desk.server.frame_buffer().context("no framebuffer")?)?;
        let stop = Arc::new(AtomicBool::new(false));
        let ordered = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            loop {
                let last = ordered.load(Ordering::Acquire);
                seen.insert(file.pixel(PLACE.0, PLACE.1)? & 0x00ff_ffff);
                if last {
                    return Ok(seen);
                }
            }
        });
        Ok(Self { stop, thread })
    }

    /// All colours that were there.
    fn saw(self) -> Result<Vec<u32>> {
        self.stop.store(true, Ordering::Release);
        let seen = self.thread.join().map_err(|_| anyhow::anyhow!("the witness panicked"))??;
        Ok(seen.into_iter().collect())
    }
}

/// Trapeze with a fullscreen window that it bypasses.
struct Game {
    desk: Desk,
    overlay: u32,
    window: u32,
}

impl Game {
    fn start(backend: &str) -> Result<Self> {
        let desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, backend))?;
        desk.wait_painted()?;
        let connection = desk.client.connection();
        connection.composite_query_version(0, 4)?.reply()?;
        let overlay =
            connection.composite_get_overlay_window(desk.client.root())?.reply()?.overlay_win;
        connection.shape_select_input(overlay, true)?.check()?;
        let window = {
            let behind = desk.client.window().placed(100, 100).color(BLUE).size(400, 300).map()?;
            behind.wait_focused()?;
            let window = desk.client.window().color(RED).states(&["FULLSCREEN"]).map()?;
            window.wait_geometry("the screen", |place| place == SCREEN)?;
            window.id()
        };
        let game = Self { desk, overlay, window };
        game.wait_bypassed(true)?;
        Ok(game)
    }

    fn window(&self) -> Window<'_> {
        Window::existing(&self.desk.client, self.window)
    }

    /// Waits until the overlay window leaves the witness's place free, or covers it.
    fn wait_bypassed(&self, bypassed: bool) -> Result<()> {
        self.desk.client.wait_true(&format!("bypassed: {bypassed}"), || {
            let connection = self.desk.client.connection();
            let shape = connection.shape_get_rectangles(self.overlay, SK::BOUNDING)?.reply()?;
            let covers = shape.rectangles.iter().any(|r| {
                Rectangle::new(r.x.into(), r.y.into(), r.width.into(), r.height.into())
                    .contains(PLACE.0.cast_signed(), PLACE.1.cast_signed())
            });
            Ok(covers != bypassed)
        })
    }

    fn wait_pixel(&self, at: (i32, i32), color: u32) -> Result<()> {
        let place = Rectangle::new(at.0, at.1, 1, 1);
        let whole = Rectangle::new(0, 0, 1, 1);
        pixels::wait_until(&self.desk.client, &format!("{color:06x} at {at:?}"), place, |image| {
            image.is_solid(whole, color)
        })?;
        Ok(())
    }
}

/// What happens above a bypassed window: begins it, and ends it.
fn interrupted(
    backend: &str,
    begin: impl FnOnce(&Game) -> Result<()>,
    end: impl FnOnce(&Game) -> Result<()>,
) -> Result<()> {
    let mut game = Game::start(backend)?;
    game.wait_pixel((900, 600), RED)?;
    let witness = Witness::of(&game.desk)?;
    begin(&game)?;
    game.wait_bypassed(false)?;
    end(&game)?;
    game.wait_bypassed(true)?;
    game.desk.client.sync()?;
    assert_eq!(witness.saw()?, [RED], "the window was there all the time");
    // What it draws now is seen at once.
    game.window().fill(SCREEN, GREEN)?;
    let file = FrameBuffer::open(game.desk.server.frame_buffer().context("no framebuffer")?)?;
    assert_eq!(file.pixel(PLACE.0, PLACE.1)? & 0x00ff_ffff, GREEN);
    assert!(!game.desk.manager.output().contains("ERROR"), "{}", game.desk.manager.output());
    assert!(game.desk.manager.is_running()?);
    Ok(())
}

fn popup(backend: &str) -> Result<()> {
    let id = std::cell::Cell::new(0);
    interrupted(
        backend,
        |game| {
            let popup = game.desk.client.window().override_redirect().at(50, 40).size(90, 60);
            let popup = popup.color(BLUE).map()?;
            id.set(popup.id());
            game.wait_pixel((100, 80), BLUE)
        },
        |game| {
            Window::existing(&game.desk.client, id.get()).destroy()?;
            game.wait_pixel((100, 80), RED)
        },
    )
}

#[test]
fn a_popup_is_shown_above_with_xrender() -> Result<()> {
    popup("xrender")
}

#[test]
fn a_popup_is_shown_above_with_glx() -> Result<()> {
    popup("glx")
}

#[test]
fn a_menu_is_shown_above() -> Result<()> {
    interrupted(
        "xrender",
        |game| {
            input::move_to(&game.desk.client, 300, 200)?;
            input::chord(&game.desk.client, &[keysym::SUPER, keysym::ESCAPE])?;
            let place = Rectangle::new(300, 200, 60, 60);
            pixels::wait_until(&game.desk.client, "menu", place, |image| image.colors() > 2)?;
            Ok(())
        },
        |game| input::chord(&game.desk.client, &[keysym::ESCAPE]),
    )
}

#[test]
fn the_switcher_is_shown_above() -> Result<()> {
    interrupted(
        "xrender",
        |game| {
            input::key(&game.desk.client, keysym::ALT, true)?;
            input::chord(&game.desk.client, &[keysym::TAB])?;
            let place = Rectangle::new(540, 300, 200, 200);
            pixels::wait_until(&game.desk.client, "switcher", place, |image| image.colors() > 2)?;
            Ok(())
        },
        |game| {
            // Back to the game itself.
            input::chord(&game.desk.client, &[keysym::TAB])?;
            input::key(&game.desk.client, keysym::ALT, false)
        },
    )
}

/// Clauses: ewmh.bypass
#[test]
fn what_it_drew_while_bypassed_is_what_is_composed() -> Result<()> {
    let game = Game::start("xrender")?;
    game.wait_pixel((900, 600), RED)?;
    game.window().fill(SCREEN, GREEN)?;
    game.wait_pixel((900, 600), GREEN)?;
    let witness = Witness::of(&game.desk)?;
    let popup = game.desk.client.window().override_redirect().at(50, 40).size(90, 60);
    popup.color(BLUE).map()?;
    game.wait_bypassed(false)?;
    game.wait_pixel((100, 80), BLUE)?;
    settle(&game.desk.client)?;
    assert_eq!(witness.saw()?, [GREEN]);
    Ok(())
}

#[test]
fn another_workspace_hides_it_and_brings_it_back() -> Result<()> {
    let game = Game::start("xrender")?;
    game.wait_pixel((900, 600), RED)?;
    let witness = Witness::of(&game.desk)?;
    ewmh::show_desktop_number(&game.desk.client, 1)?;
    game.wait_pixel((900, 600), PLAIN_COLOR)?;
    game.wait_bypassed(false)?;
    settle(&game.desk.client)?;
    ewmh::show_desktop_number(&game.desk.client, 0)?;
    game.wait_bypassed(true)?;
    game.wait_pixel((900, 600), RED)?;
    assert_eq!(witness.saw()?, [PLAIN_COLOR, RED]);
    Ok(())
}

#[test]
fn it_may_close_while_bypassed() -> Result<()> {
    let mut game = Game::start("xrender")?;
    game.wait_pixel((900, 600), RED)?;
    let witness = Witness::of(&game.desk)?;
    game.window().destroy()?;
    game.wait_pixel((900, 600), PLAIN_COLOR)?;
    game.wait_pixel((300, 250), BLUE)?;
    game.wait_bypassed(false)?;
    settle(&game.desk.client)?;
    assert_eq!(witness.saw()?, [PLAIN_COLOR, RED]);
    game.desk.assert_alive()
}

#[test]
fn leaving_fullscreen_ends_it() -> Result<()> {
    let game = Game::start("xrender")?;
    game.wait_pixel((900, 600), RED)?;
    let witness = Witness::of(&game.desk)?;
    ewmh::change_state(&game.desk.client, game.window, Change::Remove, &["FULLSCREEN"])?;
    game.wait_bypassed(false)?;
    settle(&game.desk.client)?;
    game.wait_pixel((900, 600), PLAIN_COLOR)?;
    // Its shadow is no colour of its own here.
    assert_eq!(witness.saw()?, [PLAIN_COLOR, RED]);
    Ok(())
}

#[test]
fn the_manager_may_end_while_it_is_bypassed() -> Result<()> {
    let mut game = Game::start("xrender")?;
    let status = game.desk.manager.terminate()?;
    assert!(status.success(), "{status}");
    game.window().wait_viewable()?;
    game.wait_pixel((900, 600), RED)?;
    Ok(())
}
