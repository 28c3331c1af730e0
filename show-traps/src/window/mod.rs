//! The window on a display.
//!
//! Owns the connection to the user's X server, and the loop: events in, pictures
//! out. What is seen is [`view`](crate::view)'s alone. Needs nothing of a server
//! but windows and images; MIT-SHM is used where it is.

mod keyboard;
mod present;
mod shell;

use std::io;
use std::os::fd::AsFd as _;

use calloop::channel::{Channel, Event as Told};
use calloop::generic::Generic;
use calloop::signals::Signals;
use calloop::{EventLoop, Interest, Mode, PostAction};
use thiserror::Error;
use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};

use crate::canvas::Canvas;
use crate::live::{LiveError, Record};
use crate::proxy::{Event, Proxy, Summary};
use crate::view::{Fonts, Input, Outcome, Viewer};
use present::Presenter;
use shell::Shell;

/// Why there is no window any more, or never was.
#[derive(Debug, Error)]
pub enum WindowError {
    /// There is no server.
    #[error("no X server for the window")]
    Connect(#[from] ConnectError),
    /// The server has gone.
    #[error("the X server has gone")]
    Connection(#[from] ConnectionError),
    /// The server refused something.
    #[error("the X server refuses the window")]
    Reply(#[from] ReplyError),
    /// The server has no more numbers, or refused something.
    #[error("the X server refuses the window")]
    Id(#[from] ReplyOrIdError),
    /// The screen has colours of other kinds.
    #[error("the screen's visual is not TrueColor of 16 or 32 bits")]
    Visual,
    /// The loop cannot run.
    #[error("cannot wait for events")]
    Loop(#[source] io::Error),
}

/// A capture that goes on while the window is open.
#[derive(Debug)]
pub struct Live {
    /// The program's end of it.
    pub proxy: Proxy,
    /// What it tells.
    pub events: Channel<Event>,
    /// A file that is written meanwhile.
    pub record: Option<Record>,
}

/// How the window ended.
#[derive(Debug, Default)]
pub struct Closed {
    /// How the program's capture went, if it ended before the window.
    pub summary: Option<Summary>,
    /// Why its record is not whole.
    pub record_error: Option<LiveError>,
}

/// What the loop's sources change.
#[derive(Default)]
struct State {
    inputs: Vec<Input>,
    record: Option<Record>,
    closed: Closed,
    stop: bool,
}

/// Shows a window until it is closed, a signal comes, or the server goes.
///
/// # Errors
///
/// If there is no server, or it goes.
pub fn run(
    viewer: &mut Viewer,
    title: &str,
    signals: Signals,
    live: Option<Live>,
) -> Result<Closed, WindowError> {
    let mut shell = Shell::open(title)?;
    let mut presenter = Presenter::new(&shell)?;
    let mut events = EventLoop::try_new().map_err(loop_error)?;
    let handle = events.handle();
    let socket =
        shell.connection.stream().as_fd().try_clone_to_owned().map_err(WindowError::Loop)?;
    handle
        .insert_source(Generic::new(socket, Interest::READ, Mode::Level), |_, _, _: &mut State| {
            Ok(PostAction::Continue)
        })
        .map_err(|error| loop_error(error.error))?;
    handle
        .insert_source(signals, |_signal, (), state| state.stop = true)
        .map_err(|error| loop_error(error.error))?;
    let mut state = State::default();
    let mut program = None;
    if let Some(Live { proxy, events, record }) = live {
        program = Some(proxy);
        state.record = record;
        handle
            .insert_source(events, |told, (), state| {
                if let Told::Msg(event) = told {
                    state.take(event);
                }
            })
            .map_err(|error| loop_error(error.error))?;
    }

    let mut fonts = Fonts::default();
    let mut outcome = viewer.handle(shell.resized());
    loop {
        let mut inputs = std::mem::take(&mut state.inputs);
        shell.drain(&mut inputs, &mut presenter)?;
        for input in inputs {
            let Outcome { redraw, quit } = viewer.handle(input);
            outcome.redraw |= redraw;
            outcome.quit |= quit;
        }
        outcome.redraw |= std::mem::take(&mut shell.exposed);
        if outcome.quit || shell.closed || state.stop {
            break;
        }
        if outcome.redraw && presenter.is_ready() {
            let (width, height) = shell.size();
            let mut canvas = Canvas::new(width, height, crate::colour::Rgba::opaque(0, 0, 0));
            viewer.paint(&mut canvas, &mut fonts);
            presenter.show(&shell, &canvas)?;
            outcome.redraw = false;
        }
        shell.connection.flush()?;
        // Flushing may have read events, of which the socket then says nothing.
        if shell.is_idle()? && state.inputs.is_empty() {
            events.dispatch(None, &mut state).map_err(loop_error)?;
        }
    }
    // The program ends with the window; what it has said belongs to the record.
    if let Some(mut proxy) = program {
        proxy.stop();
        while state.closed.summary.is_none() {
            events.dispatch(None, &mut state).map_err(loop_error)?;
        }
        for input in state.inputs.drain(..) {
            viewer.handle(input);
        }
    }
    Ok(state.closed)
}

fn loop_error(error: calloop::Error) -> WindowError {
    WindowError::Loop(io::Error::other(error))
}

impl State {
    fn take(&mut self, event: Event) {
        match event {
            Event::Records(records) => {
                if let Some(record) = &mut self.record
                    && let Err(error) = record.add(&records)
                {
                    self.record = None;
                    self.closed.record_error = Some(error);
                }
                self.inputs.push(Input::Records(records));
            }
            Event::Ended(summary) => {
                self.inputs.push(Input::Ended(ending(&summary)));
                self.closed.summary = Some(summary);
            }
        }
    }
}

/// How a capture ended, in a few words.
fn ending(summary: &Summary) -> String {
    let how = match summary.status {
        Some(status) if !status.success() => format!("ended with {status}"),
        _ => "ended".into(),
    };
    match (summary.connections, summary.dropped) {
        (0, _) => format!("{how}, without a connection to the X server"),
        (_, 0) => how,
        (_, dropped) => format!("{how}; {dropped} requests more were not kept"),
    }
}
