//! Live captures, collected.
//!
//! Owns the gathering of what a [`Proxy`] tells, and the file that is written
//! meanwhile. It must not know what is done with a capture.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use calloop::channel::{self, Channel};
use calloop::signals::{Signal, Signals};
use calloop::{EventLoop, channel::Event as Told};
use thiserror::Error;

use crate::capture::{Capture, Writer};
use crate::proxy::{Event, Proxy, ProxyError, Summary};

/// Why a live capture failed.
#[derive(Debug, Error)]
pub enum LiveError {
    /// The program cannot be captured.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
    /// The loop cannot run.
    #[error("cannot wait for the program")]
    Loop(#[source] io::Error),
    /// The record cannot be written.
    #[error("cannot write {name}")]
    Record {
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
}

/// A file that a capture is written to while it grows, so that it is whole up to
/// the moment whatever happens.
pub struct Record {
    name: String,
    writer: Writer<Text<BufWriter<Box<dyn Write>>>>,
}

/// Lets text be written where bytes are, and keeps the error.
struct Text<W> {
    out: W,
    error: Option<io::Error>,
}

impl<W: Write> fmt::Write for Text<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Record {
    /// Makes a file, or takes standard output for `-`.
    ///
    /// # Errors
    ///
    /// If it cannot be made or written.
    pub fn create(path: &Path) -> Result<Self, LiveError> {
        let name = path.display().to_string();
        let error = |source| LiveError::Record { name: name.clone(), source };
        let out: Box<dyn Write> = if path == Path::new("-") {
            Box::new(io::stdout())
        } else {
            Box::new(File::create(path).map_err(error)?)
        };
        let text = Text { out: BufWriter::new(out), error: None };
        // Buffered: it fails when it is flushed, if at all.
        let writer = Writer::new(text).map_err(|_error| error(io::ErrorKind::Other.into()))?;
        Ok(Self { name, writer })
    }

    /// Adds records, and writes all that there is.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn add(&mut self, records: &[crate::capture::Record]) -> Result<(), LiveError> {
        let written = records.iter().try_for_each(|record| self.writer.record(record));
        let text = self.writer.get_mut();
        let flushed = text.out.flush();
        let result = match (written, text.error.take()) {
            (Err(_), Some(error)) => Err(error),
            _ => flushed,
        };
        result.map_err(|source| LiveError::Record { name: self.name.clone(), source })
    }
}

/// The signals that end a capture.
///
/// Made before any thread is, so that none of them is ended by one.
///
/// # Errors
///
/// If they cannot be watched.
pub fn signals() -> Result<Signals, LiveError> {
    Signals::new(&[Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP])
        .map_err(|error| LiveError::Loop(error.into()))
}

/// Starts a program, whose events come through the channel.
///
/// # Errors
///
/// If it cannot be captured.
pub fn start(
    command: &[OsString],
    most_shapes: usize,
) -> Result<(Proxy, Channel<Event>), ProxyError> {
    let (sender, channel) = channel::channel();
    let proxy = Proxy::start(command, most_shapes, move |event| sender.send(event).is_ok())?;
    Ok((proxy, channel))
}

struct Collected {
    capture: Capture,
    record: Option<Record>,
    summary: Option<Summary>,
    error: Option<LiveError>,
    stop: bool,
}

/// Captures a program until it and all that it started have left the server, or
/// a signal ends the capture.
///
/// # Errors
///
/// If the program cannot be captured, or the record not be written.
pub fn capture(
    command: &[OsString],
    most_shapes: usize,
    record: Option<Record>,
) -> Result<(Capture, Summary), LiveError> {
    let watched = signals()?;
    let (mut proxy, channel) = start(command, most_shapes)?;
    let mut events = EventLoop::try_new().map_err(loop_error)?;
    let handle = events.handle();
    handle
        .insert_source(watched, |_signal, (), state: &mut Collected| state.stop = true)
        .map_err(|error| loop_error(error.error))?;
    handle
        .insert_source(channel, |told, (), state| match told {
            Told::Msg(event) => state.take(event),
            Told::Closed => {}
        })
        .map_err(|error| loop_error(error.error))?;
    let mut state =
        Collected { capture: Capture::default(), record, summary: None, error: None, stop: false };
    loop {
        events.dispatch(None, &mut state).map_err(loop_error)?;
        if state.stop || state.error.is_some() {
            // What is on its way still comes, and the end after it.
            proxy.stop();
        }
        if let Some(summary) = state.summary {
            return state.error.map_or(Ok((state.capture, summary)), Err);
        }
    }
}

fn loop_error(error: calloop::Error) -> LiveError {
    LiveError::Loop(io::Error::other(error))
}

impl Collected {
    fn take(&mut self, event: Event) {
        match event {
            Event::Records(records) => {
                if let Some(record) = &mut self.record
                    && let Err(error) = record.add(&records)
                {
                    self.record = None;
                    self.error = Some(error);
                }
                for record in records {
                    self.capture.push(record);
                }
            }
            Event::Ended(summary) => self.summary = Some(summary),
        }
    }
}
