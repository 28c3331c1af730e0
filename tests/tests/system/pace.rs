//! Clients are told when their frames have been shown (extended counters of
//! `_NET_WM_SYNC_REQUEST`, `_NET_WM_FRAME_DRAWN`, `_NET_WM_FRAME_TIMINGS`).

use anyhow::{Result, ensure};
use trapeze_testkit::client::Mark;
use trapeze_testkit::{Client, Rectangle, Server, Window, ewmh};
use x11rb::protocol::Event;
use x11rb::protocol::sync::{ConnectionExt as _, Int64};

use crate::desk::{Desk, under_test, with_backend};

/// A window that says when it draws, by its second counter.
struct Paced<'c> {
    window: Window<'c>,
    counter: u32,
}

impl<'c> Paced<'c> {
    fn create(client: &'c Client) -> Result<Self> {
        let counters = [client.new_id()?, client.new_id()?];
        for counter in counters {
            client.connection().sync_create_counter(counter, Int64 { hi: 0, lo: 0 })?;
        }
        let window = client
            .window()
            .placed(100, 100)
            .protocol("_NET_WM_SYNC_REQUEST")
            .cardinals("_NET_WM_SYNC_REQUEST_COUNTER", &counters)
            .create()?;
        Ok(Self { window, counter: counters[1] })
    }

    fn map(client: &'c Client) -> Result<Self> {
        let paced = Self::create(client)?;
        paced.window.map()?;
        paced.window.wait_managed()?;
        Ok(paced)
    }

    fn count(&self, client: &Client, value: u32) -> Result<()> {
        client.connection().sync_set_counter(self.counter, Int64 { hi: 0, lo: value })?;
        Ok(())
    }

    /// Draws one frame, the one that ends with `value`.
    fn draw(&self, client: &Client, value: u32) -> Result<()> {
        self.count(client, value - 1)?;
        self.window.fill(Rectangle::new(10, 10, 20, 20), 0x0040_8020 + value)?;
        self.count(client, value)?;
        client.sync()
    }

    /// The data of the next message of this type about the frame `value`.
    fn wait(&self, client: &Client, mark: Mark, name: &str, value: u32) -> Result<[u32; 5]> {
        let kind = client.atom(name)?;
        client.wait_event(mark, name, |event| match event {
            Event::ClientMessage(message)
                if message.window == self.window.id() && message.type_ == kind =>
            {
                let data = message.data.as_data32();
                (data[..2] == [value, 0]).then_some(data)
            }
            _ => None,
        })
    }
}

fn drawn_at(data: [u32; 5]) -> u64 {
    u64::from(data[2]) | u64::from(data[3]) << 32
}

fn frames_are_answered(backend: &str) -> Result<()> {
    let desk = Desk::on(Server::xvfb().start()?, |server| {
        with_backend(server, backend).composites(backend != "none")
    })?;
    let client = &desk.client;
    let paced = Paced::map(client)?;
    let mut last = 0;
    for value in [2, 4, 6] {
        let mark = client.mark()?;
        paced.draw(client, value)?;
        let drawn = drawn_at(paced.wait(client, mark, "_NET_WM_FRAME_DRAWN", value)?);
        ensure!(drawn > last, "frame {value} at {drawn}, the one before at {last}");
        last = drawn;
        let timings = paced.wait(client, mark, "_NET_WM_FRAME_TIMINGS", value)?;
        ensure!((1_000..=100_000).contains(&timings[3]), "an interval of {} µs", timings[3]);
    }
    Ok(())
}

/// Clauses: ewmh.frame-drawn
#[test]
fn frames_are_answered_with_xrender() -> Result<()> {
    frames_are_answered("xrender")
}

#[test]
fn frames_are_answered_with_glx() -> Result<()> {
    frames_are_answered("glx")
}

#[test]
fn frames_are_answered_without_composition() -> Result<()> {
    frames_are_answered("none")
}

#[test]
fn frames_that_nobody_sees_are_answered_too() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let paced = Paced::map(client)?;
    let cover = client.window().placed(0, 0).map()?;
    cover.wait_managed()?;
    ewmh::change_state(client, cover.id(), ewmh::Change::Add, &["FULLSCREEN"])?;
    cover.wait_geometry("the whole screen", |place| place.width == 1280)?;
    let mark = client.mark()?;
    paced.draw(client, 2)?;
    paced.wait(client, mark, "_NET_WM_FRAME_DRAWN", 2)?;
    paced.window.iconify()?;
    paced.window.wait_state("HIDDEN", true)?;
    let mark = client.mark()?;
    paced.draw(client, 4)?;
    paced.wait(client, mark, "_NET_WM_FRAME_DRAWN", 4)?;
    Ok(())
}

#[test]
fn a_frame_that_waits_is_answered_by_the_window_manager_that_comes() -> Result<()> {
    let server = Server::xvfb().start()?;
    let client = Client::connect(&server)?;
    let paced = Paced::create(&client)?;
    paced.window.map()?;
    paced.count(&client, 8)?;
    let mark = client.mark()?;
    let _manager = under_test(&server).start()?;
    paced.wait(&client, mark, "_NET_WM_FRAME_DRAWN", 8)?;
    Ok(())
}
