//! A connection to an X server on which nothing waits for ever.
//!
//! Owns the stream below x11rb: every wait for the server ends at the deadline that fits a test,
//! with the name of the request that was sent last. Knows nothing of windows.

use std::cell::Cell;
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::os::fd::{AsFd, BorrowedFd};

use anyhow::Context as _;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::reexports::x11rb_protocol::parse_display::parse_display;
use x11rb::reexports::x11rb_protocol::protocol::get_request_name;
use x11rb::reexports::x11rb_protocol::x11_utils::{ExtInfoProvider, ExtensionInformation};
use x11rb::reexports::x11rb_protocol::xauth::get_auth;
use x11rb::rust_connection::{DefaultStream, PollMode, RustConnection, Stream};
use x11rb::utils::RawFdContainer;

use crate::wait::Deadline;

/// A test's connection.
pub type Connection = RustConnection<Link>;

/// A stream that gives up.
#[derive(Debug)]
pub struct Link {
    stream: DefaultStream,
    requests: Cell<Option<Requests>>,
    deadline: Cell<Option<Deadline>>,
}

/// Finds the beginnings of requests in what is written.
#[derive(Clone, Copy, Debug, Default)]
struct Requests {
    /// What has been written of a request's first eight bytes.
    head: [u8; 8],
    known: usize,
    /// Bytes of it that are still to come after those.
    rest: u64,
    /// Major and minor code of the last whole request head.
    last: Option<(u8, u8)>,
}

impl Requests {
    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let skipped = usize::try_from(self.rest).unwrap_or(usize::MAX).min(bytes.len());
            self.rest -= skipped as u64;
            bytes = &bytes[skipped..];
            let Some((&byte, others)) = bytes.split_first() else { return };
            bytes = others;
            self.head[self.known] = byte;
            self.known += 1;
            let [major, minor, low, high, big @ ..] = self.head;
            let words = u64::from(u16::from_le_bytes([low, high]));
            // A length of zero announces a longer one (BIG-REQUESTS).
            let words = match (self.known, words) {
                (4, 1..) => words,
                (8, 0) => u64::from(u32::from_le_bytes(big)),
                _ => continue,
            };
            self.rest = (words * 4).saturating_sub(self.known as u64);
            self.known = 0;
            self.last = Some((major, minor));
        }
    }
}

/// Core requests have names without asking the server.
struct CoreOnly;

impl ExtInfoProvider for CoreOnly {
    fn get_from_major_opcode(&self, _: u8) -> Option<(&str, ExtensionInformation)> {
        None
    }

    fn get_from_event_code(&self, _: u8) -> Option<(&str, ExtensionInformation)> {
        None
    }

    fn get_from_error_code(&self, _: u8) -> Option<(&str, ExtensionInformation)> {
        None
    }
}

/// Connects to a display by its name; also returns its default screen.
///
/// # Errors
/// When no server answers.
pub fn connect(display: &str) -> anyhow::Result<(Connection, usize)> {
    let parsed = parse_display(Some(display))?;
    let screen = usize::from(parsed.screen);
    let mut failure = None;
    for address in parsed.connect_instruction() {
        let (stream, (family, address)) = match DefaultStream::connect(&address) {
            Ok(opened) => opened,
            Err(error) => {
                failure = Some(error);
                continue;
            }
        };
        let (name, data) = get_auth(family, &address, parsed.display)
            .ok()
            .flatten()
            .unwrap_or_else(|| (Vec::new(), Vec::new()));
        let link = Link { stream, requests: Cell::new(None), deadline: Cell::new(None) };
        let connection = Connection::connect_to_stream_with_auth_info(link, screen, name, data)?;
        connection.stream().requests.set(Some(Requests::default()));
        return Ok((connection, screen));
    }
    let failure = failure.unwrap_or_else(|| ErrorKind::NotFound.into());
    Err(failure).with_context(|| format!("connect to {display}"))
}

impl Link {
    /// Overrides the deadline of every later wait.
    pub(crate) fn set_deadline(&self, deadline: Option<Deadline>) {
        self.deadline.set(deadline);
    }

    fn wrote(&self, bytes: &[u8]) {
        if let Some(mut requests) = self.requests.get() {
            requests.take(bytes);
            self.requests.set(Some(requests));
        }
    }

    fn timed_out(&self) -> Error {
        let last = self.requests.get().and_then(|requests| requests.last);
        let name = last.map_or_else(
            || "the connection's setup".into(),
            |(major, minor)| get_request_name(&CoreOnly, major, minor),
        );
        Error::new(ErrorKind::TimedOut, format!("the X server does not answer; asked last: {name}"))
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

impl Stream for Link {
    fn poll(&self, mode: PollMode) -> Result<()> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, mode.readable());
        flags.set(PollFlags::OUT, mode.writable());
        let deadline = self.deadline.get().unwrap_or_else(Deadline::patient);
        loop {
            let left = deadline.remaining();
            let timeout = Timespec {
                tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
                tv_nsec: i64::from(left.subsec_nanos()),
            };
            match poll(&mut [PollFd::new(self, flags)], Some(&timeout)) {
                Ok(0) if deadline.has_passed() => return Err(self.timed_out()),
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(&self, buffer: &mut [u8], descriptors: &mut Vec<RawFdContainer>) -> Result<usize> {
        self.stream.read(buffer, descriptors)
    }

    fn write(&self, buffer: &[u8], descriptors: &mut Vec<RawFdContainer>) -> Result<usize> {
        let count = self.stream.write(buffer, descriptors)?;
        self.wrote(&buffer[..count]);
        Ok(count)
    }

    fn write_vectored(
        &self,
        buffers: &[IoSlice<'_>],
        descriptors: &mut Vec<RawFdContainer>,
    ) -> Result<usize> {
        let count = self.stream.write_vectored(buffers, descriptors)?;
        let mut left = count;
        for buffer in buffers {
            let part = left.min(buffer.len());
            self.wrote(&buffer[..part]);
            left -= part;
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rustix::process::Signal;
    use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, ImageFormat};

    use crate::{Client, Deadline, Server};

    #[test]
    fn a_server_that_does_not_answer_fails_the_test_with_the_request() {
        let server = Server::xvfb().size(64, 64).start().unwrap();
        let client = Client::connect(&server).unwrap();
        let x = client.connection();
        let process = rustix::process::Pid::from_raw(server.process_id().cast_signed()).unwrap();
        rustix::process::kill_process(process, Signal::STOP).unwrap();
        client.set_deadline(Some(Deadline::after(Duration::from_millis(1))));
        let reply = x.get_image(ImageFormat::Z_PIXMAP, client.root(), 0, 0, 1, 1, !0);
        let error = reply.unwrap().reply().unwrap_err();
        rustix::process::kill_process(process, Signal::CONT).unwrap();
        assert!(error.to_string().contains("GetImage"), "{error}");
    }

    #[test]
    fn requests_of_every_length_are_told_apart() {
        let server = Server::xvfb().size(64, 64).start().unwrap();
        let client = Client::connect(&server).unwrap();
        let x = client.connection();
        let (pixmap, gc) = (client.new_id().unwrap(), client.new_id().unwrap());
        x.create_pixmap(24, pixmap, client.root(), 400, 400).unwrap();
        x.create_gc(gc, pixmap, &CreateGCAux::new()).unwrap();
        // Too long for a length of 16 bits, and full of what looks like requests.
        let data = vec![2; 400 * 400 * 4];
        x.put_image(ImageFormat::Z_PIXMAP, pixmap, gc, 400, 400, 0, 0, 0, 24, &data).unwrap();
        let reply = x.get_image(ImageFormat::Z_PIXMAP, pixmap, 7, 8, 1, 1, !0).unwrap();
        assert_eq!(reply.reply().unwrap().data[..3], [2, 2, 2]);
        let last = x.stream().requests.get().unwrap();
        assert_eq!((last.last, last.rest, last.known), (Some((73, 2)), 0, 0));
    }
}
