//! Live capture: a program between whose clients and their X server we sit.
//!
//! Owns processes, sockets and their one loop. What the bytes mean is
//! [`wire`](crate::wire)'s; nothing that passes is changed, held back or
//! answered, so that neither side can tell.
//!
//! ```text
//! program ─ display socket ─▶ relay ─▶ the server of $DISPLAY
//!                               └────▶ Listener ─▶ Event
//! ```
//!
//! The loop runs on a thread of its own: whoever draws a window meanwhile must
//! not delay a byte.

mod authority;
mod descendants;
mod display;
mod link;
mod upstream;

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use thiserror::Error;

use authority::Authority;
use descendants::Descendants;
use display::Display;
use link::Link;
use upstream::Upstream;

use crate::capture::Record;
use crate::wire::{ClientId, Listener};

/// Why a program cannot be captured.
#[derive(Debug, Error)]
pub enum ProxyError {
    /// There is no X server to show the program.
    #[error("no X server: {0}")]
    Server(String),
    /// No display number is free, or its socket cannot be made.
    #[error("cannot make a display for the program")]
    Display(#[source] io::Error),
    /// The program does not start.
    #[error("cannot run {program}")]
    Program {
        /// Its name.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The system refused what the loop needs.
    #[error("cannot watch the program")]
    System(#[source] io::Error),
}

/// What a capture tells while it runs.
#[derive(Debug)]
pub enum Event {
    /// More was drawn.
    Records(Vec<Record>),
    /// The program and all that it started have left the server, or the capture
    /// was stopped. The last event.
    Ended(Summary),
}

/// How a capture went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How the program ended, if it did.
    pub status: Option<ExitStatus>,
    /// How many connections there were.
    pub connections: u32,
    /// How many requests were not kept because there were too many.
    pub dropped: u64,
}

/// A capture that runs; dropped, it stops.
#[derive(Debug)]
pub struct Proxy {
    /// Its end tells the loop to stop.
    wake: Option<UnixStream>,
    thread: Option<thread::JoinHandle<()>>,
    display: String,
}

impl Proxy {
    /// Starts a program on a display of its own before the server that `DISPLAY`
    /// names. At most `most_shapes` shapes are kept. Events go to `tell`, on
    /// another thread, until it answers that nobody listens.
    ///
    /// # Errors
    ///
    /// If there is no server, or the program does not start.
    pub fn start(
        command: &[OsString],
        most_shapes: usize,
        tell: impl FnMut(Event) -> bool + Send + 'static,
    ) -> Result<Self, ProxyError> {
        let (program, arguments) = command.split_first().ok_or_else(|| ProxyError::Program {
            program: "nothing".into(),
            source: io::ErrorKind::InvalidInput.into(),
        })?;
        let upstream = Upstream::find()?;
        // So that a missing server is told before the program is started.
        drop(upstream.connect().map_err(|error| ProxyError::Server(error.to_string()))?);
        let display = Display::new().map_err(ProxyError::Display)?;
        let authority = Authority::new(display.number, &upstream).map_err(ProxyError::Display)?;
        let (wake, woken) = UnixStream::pair().map_err(ProxyError::System)?;
        let name = format!(":{}.{}", display.number, upstream.screen());
        Descendants::adopt();
        let child = Command::new(program)
            .args(arguments)
            .env("DISPLAY", &name)
            .env("XAUTHORITY", authority.path())
            // Toolkits would otherwise choose a server that we do not see.
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .spawn()
            .map_err(|source| ProxyError::Program {
                program: program.to_string_lossy().into_owned(),
                source,
            })?;
        let pid = Pid::from_child(&child);
        let process = pidfd_open(pid, PidfdFlags::empty())
            .map_err(|error| ProxyError::System(error.into()))?;
        let descendants = Descendants::watch(child.id()).map_err(ProxyError::System)?;
        let relay = Relay {
            display,
            _authority: authority,
            upstream,
            descendants,
            process,
            woken,
            links: Vec::new(),
            connections: 0,
            can_accept: true,
            listener: Listener::new(most_shapes),
            began: Instant::now(),
            tell: Box::new(tell),
            heard: true,
        };
        let thread = thread::Builder::new()
            .name("relay".into())
            .spawn(move || relay.run())
            .map_err(ProxyError::System)?;
        Ok(Self { wake: Some(wake), thread: Some(thread), display: name })
    }

    /// The display that the program sees.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Stops the capture: the program is asked to end, its connections are cut.
    /// The last event is still told.
    pub fn stop(&mut self) {
        self.wake = None;
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.stop();
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported by the thread itself.
            let _ = thread.join();
        }
    }
}

struct Relay {
    display: Display,
    _authority: Authority,
    upstream: Upstream,
    descendants: Descendants,
    process: OwnedFd,
    woken: UnixStream,
    links: Vec<(ClientId, Link)>,
    connections: u32,
    /// Not, while no descriptor is left for another connection.
    can_accept: bool,
    listener: Listener,
    began: Instant,
    tell: Box<dyn FnMut(Event) -> bool + Send>,
    heard: bool,
}

impl Relay {
    fn run(mut self) {
        while self.heard && !self.is_over() {
            let Ok(ready) = self.wait() else { break };
            if ready.stop {
                break;
            }
            for (place, events) in ready.links.iter().enumerate() {
                self.serve(place, *events);
            }
            self.close_ended();
            // Before it is asked who has ended: they may just have connected.
            self.accept();
            if ready.ended {
                self.descendants.hear();
            }
            let records = self.listener.take();
            if !records.is_empty() {
                self.heard = (self.tell)(Event::Records(records));
            }
        }
        self.end();
    }

    /// Whether nobody is left who would draw. What the program started may not
    /// have connected yet when it ends; but what stays on after all windows are
    /// gone, as the daemons of a session do, is not waited for.
    fn is_over(&self) -> bool {
        self.links.is_empty()
            && self.descendants.program_has_ended()
            && (self.connections > 0 || self.descendants.all_have_ended())
    }

    /// Waits until anything happens.
    fn wait(&self) -> io::Result<Ready> {
        let listeners = if self.can_accept { self.display.sockets() } else { Vec::new() };
        let mut fds = vec![PollFd::new(&self.woken, PollFlags::IN)];
        if !self.descendants.all_have_ended() {
            fds.push(PollFd::from_borrowed_fd(self.descendants.socket(), PollFlags::IN));
        }
        fds.extend(listeners.iter().map(|socket| PollFd::new(socket, PollFlags::IN)));
        let mut add = |(end, interest)| {
            fds.push(PollFd::from_borrowed_fd(end, interest));
            fds.len() - 1
        };
        let places: Vec<[Option<usize>; 2]> = self
            .links
            .iter()
            .map(|(_, link)| link.interests().map(|end| end.map(&mut add)))
            .collect();
        loop {
            match poll(&mut fds, None) {
                Ok(_) => break,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let events: Vec<PollFlags> = fds.iter().map(PollFd::revents).collect();
        Ok(Ready {
            stop: !events[0].is_empty(),
            ended: !self.descendants.all_have_ended() && !events[1].is_empty(),
            links: places
                .into_iter()
                .map(|ends| ends.map(|place| place.map_or(PollFlags::empty(), |at| events[at])))
                .collect(),
        })
    }

    fn serve(&mut self, place: usize, events: [PollFlags; 2]) {
        let (id, link) = &mut self.links[place];
        let (id, listener) = (*id, &mut self.listener);
        let now = self.began.elapsed();
        link.serve(events, |bytes| listener.from_client(id, bytes, now));
        let (_, link) = &mut self.links[place];
        let listener = &mut self.listener;
        link.answer(events, |bytes| listener.from_server(id, bytes));
    }

    fn close_ended(&mut self) {
        let listener = &mut self.listener;
        let before = self.links.len();
        self.links.retain(|(id, link)| {
            if link.is_over() {
                listener.close(*id);
            }
            !link.is_over()
        });
        self.can_accept |= self.links.len() < before;
    }

    fn accept(&mut self) {
        while self.can_accept {
            match self.display.accept() {
                Ok(Some(client)) => {
                    // Who finds no server behind us sees none.
                    let Ok(server) = self.upstream.connect() else { continue };
                    let Ok(link) = Link::new(client, server) else { continue };
                    self.connections += 1;
                    self.links.push((self.listener.open(), link));
                }
                Ok(None) => break,
                // No descriptors, most likely: when a link ends, there are.
                Err(_) => self.can_accept = false,
            }
        }
    }

    fn end(mut self) {
        if !self.descendants.program_has_ended() {
            let _ = pidfd_send_signal(self.process.as_fd(), Signal::TERM);
        }
        self.links.clear();
        let records = self.listener.take();
        if !records.is_empty() {
            (self.tell)(Event::Records(records));
        }
        (self.tell)(Event::Ended(Summary {
            status: self.descendants.status(),
            connections: self.connections,
            dropped: self.listener.dropped(),
        }));
    }
}

/// What [`Relay::wait`] found.
struct Ready {
    stop: bool,
    /// A process has.
    ended: bool,
    /// For each link, its client's and its server's end.
    links: Vec<[PollFlags; 2]>,
}
