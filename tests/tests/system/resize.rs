//! Resizing by the edge: what stands on the screen at every moment, with clients that take part
//! in `_NET_WM_SYNC_REQUEST` well, late, never or too soon.
//!
//! The client is a step of the test: it draws and answers when the test says so. A witness reads
//! pixels of Xvfb's framebuffer all the while, so that a picture is seen even if the next frame
//! hides it. The left edge is dragged: the right one must not move by a pixel.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use anyhow::{Context as _, Result};
use trapeze_testkit::pixels::FrameBuffer;
use trapeze_testkit::{Rectangle, Server, Window, input, pixels};
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt as _};

use crate::desk::{Desk, PLAIN, settle, with_backend};

const RED: u32 = 0x00c0_2010;
const GREEN: u32 = 0x0010_a020;
const BLUE: u32 = 0x0010_20b0;
/// What the client draws at its left and right edge is this wide.
const MARK: u32 = 12;
/// Longer than any test takes.
const PATIENT: u32 = 600_000;
const SCREEN: Rectangle = Rectangle { x: 0, y: 0, width: 1280, height: 800 };

/// Reads some pixels of the screen again and again.
struct Witness {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<BTreeSet<u32>>>>,
}

impl Witness {
    fn of(desk: &Desk, places: Vec<(i32, i32)>) -> Result<Self> {
        let file = FrameBuffer::open(desk.server.frame_buffer().context("no framebuffer")?)?;
        let stop = Arc::new(AtomicBool::new(false));
        let ordered = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut seen = vec![BTreeSet::new(); places.len()];
            loop {
                let last = ordered.load(Ordering::Acquire);
                for (seen, &(x, y)) in seen.iter_mut().zip(&places) {
                    let pixel = file.pixel(x.cast_unsigned(), y.cast_unsigned())?;
                    seen.insert(pixel & 0x00ff_ffff);
                }
                if last {
                    return Ok(seen);
                }
            }
        });
        Ok(Self { stop, thread })
    }

    fn saw(self) -> Result<Vec<BTreeSet<u32>>> {
        self.stop.store(true, Ordering::Release);
        self.thread.join().map_err(|_| anyhow::anyhow!("the witness panicked"))?
    }
}

/// A client with a counter, and a pointer that holds its left edge.
struct Held {
    desk: Desk,
    window: u32,
    inner: Rectangle,
    pointer: (i32, i32),
}

impl Held {
    /// `patience` of the window manager with clients, in ms.
    fn start(backend: &str, patience: u32) -> Result<Self> {
        let config = format!("{PLAIN}[windows]\nping-timeout-ms = {patience}\n");
        let desk = Desk::on(Server::xvfb().start()?, |server| {
            with_backend(server, backend).config(&config)
        })?;
        desk.wait_painted()?;
        let window = desk.client.window().placed(500, 300).size(300, 200).color(GREEN);
        let window = window.sync_counter().map()?;
        window.wait_focused()?;
        let inner = window.geometry()?;
        let window = window.id();
        let pointer = (inner.x - 4, inner.center().1);
        let held = Self { desk, window, inner, pointer };
        held.draw(inner.width)?;
        input::move_to(&held.desk.client, pointer.0, pointer.1)?;
        settle(&held.desk.client)?;
        input::button(&held.desk.client, 1, true)?;
        Ok(held)
    }

    fn window(&self) -> Window<'_> {
        Window::existing(&self.desk.client, self.window)
    }

    /// The client draws itself for a width.
    fn draw(&self, width: u32) -> Result<()> {
        let (whole, right) = (self.inner.height, width.cast_signed() - MARK.cast_signed());
        self.window().fill(Rectangle::new(0, 0, width, whole), GREEN)?;
        self.window().fill(Rectangle::new(0, 0, MARK, whole), RED)?;
        self.window().fill(Rectangle::new(right, 0, MARK, whole), BLUE)
    }

    /// The edge is dragged to the left by so much in all: returns the value that the client is
    /// asked for once it has the new size.
    fn drag(&self, by: u32) -> Result<i64> {
        let mark = self.desk.client.mark()?;
        input::move_to(&self.desk.client, self.pointer.0 - by.cast_signed(), self.pointer.1)?;
        let request = self.window().wait_protocol(mark, "_NET_WM_SYNC_REQUEST")?;
        let width = self.inner.width + by;
        self.window().wait_geometry("resized", |place| place.width == width)?;
        Ok(i64::from(request[3]) << 32 | i64::from(request[2]))
    }

    /// Far from the pointer, whose cursor is in the picture.
    fn row(&self) -> i32 {
        self.inner.y + 20
    }

    /// At the right edge: inside, and outside in its shadow; in the title bar there, too.
    fn right_edge(&self) -> Vec<(i32, i32)> {
        let (edge, row, bar) = (self.inner.right(), self.row(), self.inner.y - 3);
        vec![(edge - 1, row), (edge, row), (edge + 5, row), (edge - 1, bar), (edge, bar)]
    }

    fn colors(&self, places: &[(i32, i32)]) -> Result<Vec<u32>> {
        let file = FrameBuffer::open(self.desk.server.frame_buffer().context("no framebuffer")?)?;
        let pixel = |&(x, y): &(i32, i32)| {
            Ok(file.pixel(x.cast_unsigned(), y.cast_unsigned())? & 0x00ff_ffff)
        };
        places.iter().map(pixel).collect()
    }

    fn wait_color(&self, at: (i32, i32), color: u32) -> Result<()> {
        let whole = Rectangle::new(0, 0, 1, 1);
        let place = Rectangle::new(at.0, at.1, 1, 1);
        let name = format!("{color:06x}-at-{at:?}");
        pixels::wait_until(&self.desk.client, &name, place, |i| i.is_solid(whole, color))?;
        Ok(())
    }
}

/// The client draws, then answers: every picture is of one size, whole.
fn together(backend: &str) -> Result<()> {
    let held = Held::start(backend, PATIENT)?;
    let right = held.right_edge();
    let before = held.colors(&right)?;
    // Where the left edge comes by: outside, then in the mark, then inside.
    let row = held.row();
    let left: Vec<_> = (1..=8).map(|step| (held.inner.x - step * 20 + 5, row)).collect();
    let witness = Witness::of(&held.desk, right.iter().chain(&left).copied().collect::<Vec<_>>())?;
    let mut allowed: Vec<BTreeSet<u32>> =
        held.colors(&left)?.into_iter().map(|color| BTreeSet::from([color])).collect();
    for by in [20, 60, 100, 160] {
        let shown = pixels::of_root(&held.desk.client, SCREEN)?;
        let value = held.drag(by)?;
        if by == 60 {
            // The frame has its new size, the client is slow, and nothing of that is seen.
            settle(&held.desk.client)?;
            let now = pixels::of_root(&held.desk.client, SCREEN)?;
            let part = Rectangle::new(300, 250, 700, 120);
            assert!(now.crop(part) == shown.crop(part), "shown before the client has drawn");
        }
        held.draw(held.inner.width + by)?;
        held.window().set_sync_counter(value)?;
        held.wait_color((held.inner.x - by.cast_signed() + 5, row), RED)?;
        for (allowed, color) in allowed.iter_mut().zip(held.colors(&left)?) {
            allowed.insert(color);
        }
    }
    input::button(&held.desk.client, 1, false)?;
    settle(&held.desk.client)?;
    let mut saw = witness.saw()?;
    let saw_left = saw.split_off(right.len());
    let only_before: Vec<_> = before.iter().map(|&color| BTreeSet::from([color])).collect();
    assert_eq!(saw, only_before, "the right edge stays as it was, in every picture");
    for ((saw, allowed), place) in saw_left.iter().zip(&allowed).zip(&left) {
        assert!(saw.is_subset(allowed), "{place:?}: {saw:06x?}, of {allowed:06x?}");
    }
    Ok(())
}

#[test]
fn frame_and_content_change_together_with_xrender() -> Result<()> {
    together("xrender")
}

#[test]
fn frame_and_content_change_together_with_glx() -> Result<()> {
    together("glx")
}

/// A client that never answers gets every size, and its edge opposite stays too.
fn never(backend: &str) -> Result<()> {
    let mut held = Held::start(backend, 1000)?;
    let right = held.right_edge();
    let before = held.colors(&right)?;
    let witness = Witness::of(&held.desk, right)?;
    for by in [20, 80, 140] {
        held.drag(by)?;
    }
    input::button(&held.desk.client, 1, false)?;
    // It is shown at its last size: what it has not drawn is of its background.
    held.wait_color((held.inner.x - 135, held.row()), GREEN)?;
    let saw = witness.saw()?;
    assert!(saw[0].is_subset(&BTreeSet::from([BLUE, GREEN])), "{:06x?}", saw[0]);
    for (saw, before) in saw[1..].iter().zip(&before[1..]) {
        assert_eq!(*saw, BTreeSet::from([*before]), "the frame's right edge stays");
    }
    held.desk.assert_alive()
}

#[test]
fn a_client_that_never_answers_is_not_waited_for_with_xrender() -> Result<()> {
    never("xrender")
}

#[test]
fn a_client_that_never_answers_is_not_waited_for_with_glx() -> Result<()> {
    never("glx")
}

/// A client that answers and draws later shows its background in between, and nothing else.
#[test]
fn an_answer_that_comes_too_soon_shows_no_garbage() -> Result<()> {
    let held = Held::start("xrender", PATIENT)?;
    let row = held.row();
    let inside: Vec<_> = (0..300).step_by(37).map(|x| (held.inner.x + x + 2, row)).collect();
    let witness = Witness::of(&held.desk, inside)?;
    for by in [20, 70] {
        let value = held.drag(by)?;
        held.window().set_sync_counter(value)?;
        settle(&held.desk.client)?;
        held.draw(held.inner.width + by)?;
        held.wait_color((held.inner.x - by.cast_signed() + 5, row), RED)?;
    }
    for saw in witness.saw()? {
        assert!(saw.is_subset(&BTreeSet::from([RED, GREEN, BLUE])), "{saw:06x?}");
    }
    Ok(())
}

/// Where a client has neither drawn nor a background, its frame's colour stands: neither black
/// nor what was in the memory before.
#[test]
fn what_nobody_draws_has_the_frames_color() -> Result<()> {
    for backend in ["xrender", "glx"] {
        let desk = Desk::on(Server::xvfb().start()?, |server| with_backend(server, backend))?;
        desk.wait_painted()?;
        let window = desk.client.window().placed(500, 300).size(300, 200).color(GREEN).map()?;
        window.wait_focused()?;
        let none = ChangeWindowAttributesAux::new().background_pixmap(x11rb::NONE);
        desk.client.connection().change_window_attributes(window.id(), &none)?.check()?;
        let inner = window.geometry()?;
        let (x, y) = (inner.right() + 4, inner.center().1);
        input::move_to(&desk.client, x, y)?;
        input::button(&desk.client, 1, true)?;
        input::move_to(&desk.client, x + 90, y)?;
        window.wait_geometry("wider", |place| place.width == inner.width + 90)?;
        settle(&desk.client)?;
        let strip = Rectangle::new(inner.right() + 10, inner.y + 10, 60, 40);
        let shown = pixels::of_root(&desk.client, strip)?;
        let color = shown.pixel(0, 0).context("a pixel")?;
        assert!(shown.is_solid(Rectangle::new(0, 0, 60, 40), color), "{backend}: no garbage");
        let bar = Rectangle::new(inner.x + 60, inner.y - 14, inner.width - 180, 1);
        let bar = pixels::of_root(&desk.client, bar)?;
        assert!(bar.count(color) > 20, "{backend}: {color:06x} is no colour of its title bar");
        input::button(&desk.client, 1, false)?;
    }
    Ok(())
}
