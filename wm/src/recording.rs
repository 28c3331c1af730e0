//! Recordings of a run: the model's events with their times, one JSON object
//! per line.
//!
//! Owns the file format. Must not know what the events do. Every line is
//! complete in itself, so a recording that a crash cut off is good up to
//! there.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use wm_core::{Event, Time};

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, in microseconds on the clock of that run.
    pub time: Time,
    /// What.
    pub event: Event,
}

/// Writes a recording.
#[derive(Debug)]
pub struct Recorder<W: Write = File> {
    output: BufWriter<W>,
    /// Why nothing more is written.
    failure: Option<io::Error>,
}

impl Recorder {
    /// Begins a new file, or empties an old one.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self::new(File::create(path)?))
    }
}

impl<W: Write> Recorder<W> {
    /// Writes to `output`.
    pub fn new(output: W) -> Self {
        Self { output: BufWriter::new(output), failure: None }
    }

    /// Writes one event. A failure (a full disk, say) ends the recording and
    /// nothing else; it is told once by [`Recorder::flush`].
    pub fn record(&mut self, time: Time, event: &Event) {
        if self.failure.is_some() {
            return;
        }
        #[derive(Serialize)]
        struct Line<'a> {
            time: Time,
            event: &'a Event,
        }
        let written = serde_json::to_writer(&mut self.output, &Line { time, event })
            .map_err(io::Error::from)
            .and_then(|()| self.output.write_all(b"\n"));
        self.failure = written.err();
    }

    /// Hands everything to the system, so that a crash of ours loses none of
    /// it. To be called once per turn of the loop, before requests are
    /// carried out.
    ///
    /// # Errors
    /// The first failure since the last call, or this one's.
    pub fn flush(&mut self) -> io::Result<()> {
        match self.failure.take() {
            Some(error) => {
                // Told; but a file with a hole is no recording, so the rest
                // is not written.
                self.failure = Some(io::Error::other("the recording ended earlier"));
                if error.to_string() == "the recording ended earlier" { Ok(()) } else { Err(error) }
            }
            None => {
                let flushed = self.output.flush();
                if flushed.is_err() {
                    self.failure = Some(io::Error::other("the recording ended earlier"));
                }
                flushed
            }
        }
    }
}

/// What is wrong with a recording.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be read.
    #[error("cannot read the recording: {0}")]
    Io(#[from] io::Error),
    /// A line is no event.
    #[error("line {line} is no event: {error}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// Why.
        error: serde_json::Error,
    },
}

/// A recording that was read.
#[derive(Debug, Default)]
pub struct Recording {
    /// The events in order.
    pub entries: Vec<Entry>,
    /// The last line was cut off, as a crash does, and is left out.
    pub cut_off: bool,
}

/// Reads a recording; blank lines are passed over.
///
/// # Errors
/// It cannot be read, or a line other than an unfinished last one is wrong.
pub fn read(input: impl io::Read) -> Result<Recording, ReadError> {
    let mut input = BufReader::new(input);
    let mut recording = Recording::default();
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if input.read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let finished = text.last() == Some(&b'\n');
        if text.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&text) {
            Ok(entry) => recording.entries.push(entry),
            Err(_) if !finished => recording.cut_off = true,
            Err(error) => return Err(ReadError::Line { line, error }),
        }
    }
    Ok(recording)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wm_core::Xid;
    use wm_core::geom::Size;

    use super::*;

    fn entries() -> Vec<Entry> {
        let events = [
            Event::Screen { size: Size::new(800, 600), monitors: Vec::new() },
            Event::Settings(Box::default()),
            Event::MapRequest(Xid(7)),
            Event::Quit,
        ];
        events
            .into_iter()
            .zip(0..)
            .map(|(event, n)| Entry { time: Time(n * 16_667), event })
            .collect()
    }

    fn written(entries: &[Entry]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut recorder = Recorder::new(&mut bytes);
        for entry in entries {
            recorder.record(entry.time, &entry.event);
        }
        recorder.flush().unwrap();
        drop(recorder);
        bytes
    }

    #[test]
    fn a_recording_is_read_as_it_was_written() {
        let bytes = written(&entries());
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains("\n{\"time\":33334,\"event\":{\"MapRequest\":7}}\n"), "{text}");
        let recording = read(bytes.as_slice()).unwrap();
        assert_eq!(recording.entries, entries());
        assert!(!recording.cut_off);
    }

    #[test]
    fn a_wrong_line_is_named() {
        let mut bytes = written(&entries()[2..3]);
        bytes.extend(b"\n{\"time\":1}\n{\"time\":2,\"event\":\"Quit\"}\n");
        let error = read(bytes.as_slice()).unwrap_err();
        assert!(matches!(error, ReadError::Line { line: 3, .. }), "{error}");
    }

    #[test]
    fn a_failure_is_told_once_and_ends_the_recording() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut recorder = Recorder::new(Full);
        recorder.record(Time(0), &Event::Quit);
        assert_eq!(recorder.flush().unwrap_err().kind(), io::ErrorKind::StorageFull);
        recorder.record(Time(0), &Event::Quit);
        assert!(recorder.flush().is_ok());
    }

    proptest! {
        /// Wherever a crash cuts it off, the whole lines before are there.
        #[test]
        fn a_cut_recording_is_good_up_to_the_cut(cut in any::<prop::sample::Index>()) {
            let bytes = written(&entries());
            let cut = cut.index(bytes.len());
            let recording = read(&bytes[..cut]).unwrap();
            let lines = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
            // A line that lacks only its line break is whole.
            prop_assert!(recording.entries.len() == lines || recording.entries.len() == lines + 1);
            prop_assert_eq!(&recording.entries[..], &entries()[..recording.entries.len()]);
        }
    }
}
