//! A small blocking client.
//!
//! Owns the socket's address and the exchange of lines. Must not know what
//! any message means.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::{Event, MAX_LINE, Message, Reply, Request};

/// The variable in which Trapeze tells its children where its socket is.
pub const SOCKET_VARIABLE: &str = "TRAPEZE_SOCKET";

/// What goes wrong between a client and the server.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither the variable nor a runtime directory says where the socket is.
    #[error("no socket: neither {SOCKET_VARIABLE} nor XDG_RUNTIME_DIR is set; is Trapeze running?")]
    NoSocket,
    /// Nobody listens there.
    #[error("cannot connect to {}: {error}; is Trapeze running?", path.display())]
    Connect {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The connection broke.
    #[error("lost the connection: {0}")]
    Io(#[from] std::io::Error),
    /// The server closed the connection.
    #[error("the connection was closed")]
    Closed,
    /// A line was no message, or too long for one.
    #[error("cannot understand the answer: {0}")]
    Malformed(String),
}

/// The socket of the Trapeze that manages `display` (such as `:0`), in
/// `runtime_directory` ($XDG_RUNTIME_DIR). A screen number does not count:
/// `:0` and `:0.0` have one socket.
///
/// ```
/// # use trapeze_ipc::client::socket_path;
/// let path = socket_path("/run/user/1000".as_ref(), ":1.0");
/// assert_eq!(path.to_str(), Some("/run/user/1000/trapeze-1.sock"));
/// let path = socket_path("/run/user/1000".as_ref(), "host/unix:10");
/// assert_eq!(path.to_str(), Some("/run/user/1000/trapeze-host-unix-10.sock"));
/// ```
#[must_use]
pub fn socket_path(runtime_directory: &Path, display: &str) -> PathBuf {
    let (host, number) = display.rsplit_once(':').unwrap_or(("", display));
    let number = number.split('.').next().unwrap_or(number);
    let name = if host.is_empty() { number.to_owned() } else { format!("{host}-{number}") };
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    runtime_directory.join(format!("trapeze-{safe}.sock"))
}

/// Where to connect: `socket` ($TRAPEZE_SOCKET) if it is set, else the socket
/// of `display` in `runtime_directory`.
///
/// # Errors
/// None of them is known.
pub fn locate(
    socket: Option<&OsStr>,
    runtime_directory: Option<&OsStr>,
    display: Option<&str>,
) -> Result<PathBuf, Error> {
    if let Some(socket) = socket.filter(|socket| !socket.is_empty()) {
        return Ok(socket.into());
    }
    match (runtime_directory.filter(|d| !d.is_empty()), display.filter(|d| !d.is_empty())) {
        (Some(directory), Some(display)) => Ok(socket_path(Path::new(directory), display)),
        _ => Err(Error::NoSocket),
    }
}

/// A connection to a running Trapeze.
#[derive(Debug)]
pub struct Client {
    reader: BufReader<UnixStream>,
    /// Events that came while a reply was waited for.
    waiting: VecDeque<Event>,
}

impl Client {
    /// Connects to the Trapeze that this process's environment names.
    ///
    /// # Errors
    /// There is none.
    pub fn from_environment() -> Result<Self, Error> {
        let display = std::env::var("DISPLAY").ok();
        Self::connect(&locate(
            std::env::var_os(SOCKET_VARIABLE).as_deref(),
            std::env::var_os("XDG_RUNTIME_DIR").as_deref(),
            display.as_deref(),
        )?)
    }

    /// Connects to this socket.
    ///
    /// # Errors
    /// Nobody listens there.
    pub fn connect(path: &Path) -> Result<Self, Error> {
        let stream = UnixStream::connect(path)
            .map_err(|error| Error::Connect { path: path.to_owned(), error })?;
        Ok(Self::from_stream(stream))
    }

    /// Talks through a connected stream.
    #[must_use]
    pub fn from_stream(stream: UnixStream) -> Self {
        Self { reader: BufReader::new(stream), waiting: VecDeque::new() }
    }

    /// Sends a request and waits for its reply.
    ///
    /// # Errors
    /// The connection broke, or the answer is no message.
    pub fn request(&mut self, request: &Request) -> Result<Reply, Error> {
        let mut line =
            serde_json::to_vec(request).map_err(|error| Error::Malformed(error.to_string()))?;
        line.push(b'\n');
        self.reader.get_mut().write_all(&line)?;
        loop {
            match self.message()? {
                Message::Reply(reply) => return Ok(reply),
                Message::Event(event) => self.waiting.push_back(event),
            }
        }
    }

    /// Waits for the next event; only useful after [`Request::Subscribe`].
    ///
    /// # Errors
    /// The connection broke, or the line is no message.
    pub fn event(&mut self) -> Result<Event, Error> {
        if let Some(event) = self.waiting.pop_front() {
            return Ok(event);
        }
        loop {
            if let Message::Event(event) = self.message()? {
                return Ok(event);
            }
        }
    }

    fn message(&mut self) -> Result<Message, Error> {
        let mut line = Vec::new();
        // A state with many windows may be longer than a request may be, but
        // not without end.
        let limit = 64 * MAX_LINE as u64;
        if let Err(error) = self.reader.by_ref().take(limit).read_until(b'\n', &mut line) {
            return Err(match error.kind() {
                // What a server that went without reading everything leaves.
                ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Error::Closed,
                _ => error.into(),
            });
        }
        match line.last() {
            None => Err(Error::Closed),
            Some(b'\n') => {
                serde_json::from_slice(&line).map_err(|error| Error::Malformed(error.to_string()))
            }
            Some(_) if line.len() as u64 >= limit => {
                Err(Error::Malformed("the line has no end".to_owned()))
            }
            Some(_) => Err(Error::Closed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, State};

    #[test]
    fn events_between_a_request_and_its_reply_are_kept() {
        let (near, mut far) = UnixStream::pair().unwrap();
        let mut client = Client::from_stream(near);
        let events = [Event::snapshot(State::default()), Event::Change(Change::ConfigReloaded)];
        for event in &events {
            writeln!(far, "{}", serde_json::to_string(event).unwrap()).unwrap();
        }
        far.write_all(b"{\"reply\":\"ok\"}\n").unwrap();
        assert_eq!(client.request(&Request::Subscribe).unwrap(), Reply::Ok);
        assert_eq!(client.event().unwrap(), events[0]);
        assert_eq!(client.event().unwrap(), events[1]);
        writeln!(far, "garbage").unwrap();
        assert!(matches!(client.event(), Err(Error::Malformed(_))));
        write!(far, "{{\"event\":").unwrap();
        drop(far);
        assert!(matches!(client.event(), Err(Error::Closed)), "half a line is no message");
    }

    #[test]
    fn the_variable_comes_before_the_display() {
        let path = locate(Some("/x".as_ref()), Some("/run".as_ref()), Some(":0")).unwrap();
        assert_eq!(path, Path::new("/x"));
        let path = locate(Some("".as_ref()), Some("/run".as_ref()), Some(":0")).unwrap();
        assert_eq!(path, Path::new("/run/trapeze-0.sock"));
        assert!(matches!(locate(None, None, Some(":0")), Err(Error::NoSocket)));
    }
}
