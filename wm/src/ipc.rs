//! The server's side of the JSON socket: accepts, reads lines, writes lines.
//!
//! Owns the socket file and every client's buffers. Must not know what a
//! request means: the application answers. Never blocks, and keeps a bounded
//! amount of memory per client, whatever a client sends or does not read.
//!
//! The event loop watches one file descriptor ([`IpcServer::source`]), which
//! is readable whenever [`IpcServer::dispatch`] has something to do.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::event::epoll;
use serde::Serialize;
use tracing::{debug, info, warn};
use trapeze_ipc::{Change, Event, MAX_LINE, Reply, Request, State, diff};

/// More connections than any desktop needs.
const MAX_CLIENTS: usize = 64;

/// Unread output at which a client's further requests wait, in bytes.
const PAUSE_AT: usize = 256 * 1024;

/// Unread output at which a client is dropped, in bytes: some thousands of
/// changes.
const DROP_AT: usize = 4 * 1024 * 1024;

/// Requests taken from one client before the others and the screen get their
/// turn.
const TURN: usize = 32;

/// Where the answer to one request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplyTo {
    client: u64,
    line: u64,
}

/// A request that waits for an answer: each must get exactly one, by
/// [`IpcServer::reply`] or [`IpcServer::subscribe`], at any time; answers
/// reach the client in the order of its requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpcRequest {
    /// For the answer.
    pub from: ReplyTo,
    /// What is asked.
    pub request: Request,
}

/// The listening socket and its clients.
#[derive(Debug)]
pub struct IpcServer {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the socket file, to delete only our own.
    identity: (u64, u64),
    poll: OwnedFd,
    clients: BTreeMap<u64, Client>,
    next_client: u64,
    /// What subscribers know; `None` while there are none.
    published: Option<State>,
}

#[derive(Debug)]
struct Client {
    stream: UnixStream,
    input: Vec<u8>,
    /// Within a line that is too long, up to its end.
    skipping: bool,
    /// It will send nothing more.
    ended: bool,
    /// It will read nothing more.
    gone: bool,
    output: VecDeque<u8>,
    /// Answers in the order of the requests, `None` while one is awaited.
    answers: VecDeque<Option<Vec<u8>>>,
    /// Number of the first of `answers`.
    first_answer: u64,
    subscribed: bool,
    /// What epoll was last told to watch for.
    watched: epoll::EventFlags,
}

const LISTENER: u64 = 0;

impl IpcServer {
    /// Listens at `path`, with access for this user only. A socket that is
    /// already there is replaced, dead or alive: this is called by the
    /// process that has become the display's window manager, so whoever
    /// listened there before is not it any more.
    ///
    /// # Errors
    /// The directory is missing or closed to us, or something that is no
    /// socket stands there.
    pub fn new(path: &Path) -> io::Result<Self> {
        if let Ok(found) = fs::symlink_metadata(path)
            && !found.file_type().is_socket()
        {
            let message = format!("{} exists and is no socket", path.display());
            return Err(io::Error::new(ErrorKind::AlreadyExists, message));
        }
        // Bound under another name and renamed, the socket appears at its
        // place at once and with its final mode.
        let mut hidden = path.as_os_str().to_owned();
        hidden.push(format!(".{}", std::process::id()));
        let hidden = PathBuf::from(hidden);
        let _ = fs::remove_file(&hidden);
        let listener = UnixListener::bind(&hidden)?;
        let ready = (|| {
            fs::set_permissions(&hidden, fs::Permissions::from_mode(0o600))?;
            listener.set_nonblocking(true)?;
            let metadata = fs::symlink_metadata(&hidden)?;
            let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
            let data = epoll::EventData::new_u64(LISTENER);
            epoll::add(&poll, &listener, data, epoll::EventFlags::IN)?;
            fs::rename(&hidden, path)?;
            Ok(((metadata.dev(), metadata.ino()), poll))
        })();
        match ready {
            Ok((identity, poll)) => Ok(Self {
                listener,
                path: path.to_owned(),
                identity,
                poll,
                clients: BTreeMap::new(),
                next_client: LISTENER + 1,
                published: None,
            }),
            Err(error) => {
                let _ = fs::remove_file(&hidden);
                Err(error)
            }
        }
    }

    /// Where it listens: the value of `TRAPEZE_SOCKET` for children.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A descriptor for the event loop, to be watched for reading (level
    /// triggered); [`IpcServer::dispatch`] is to be called whenever it is
    /// readable.
    ///
    /// # Errors
    /// Out of descriptors.
    pub fn source(&self) -> io::Result<OwnedFd> {
        self.poll.try_clone()
    }

    /// Does what can be done without waiting: accepts, reads and writes.
    /// Returns the requests that came.
    pub fn dispatch(&mut self) -> Vec<IpcRequest> {
        let mut requests = Vec::new();
        for _ in 0..4 {
            let mut events = Vec::with_capacity(MAX_CLIENTS + 1);
            let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
            match epoll::wait(&self.poll, rustix::buffer::spare_capacity(&mut events), Some(&now)) {
                Ok(0) => break,
                Ok(_) => {}
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => {
                    warn!("cannot wait for IPC clients: {error}");
                    break;
                }
            }
            for event in events {
                match event.data.u64() {
                    LISTENER => self.accept(),
                    client => {
                        self.serve(client, &mut requests);
                        // A copy: the kernel packs the structure.
                        let flags = event.flags;
                        if flags.contains(epoll::EventFlags::HUP) {
                            self.hang_up(client);
                        }
                    }
                }
            }
            if !requests.is_empty() {
                break;
            }
        }
        requests
    }

    /// Answers a request. An answer to a client that is gone, or a second
    /// one, is dropped.
    pub fn reply(&mut self, to: ReplyTo, reply: &Reply) {
        let Some(client) = self.clients.get_mut(&to.client) else { return };
        client.answer(to.line, line_of(reply));
        self.settle(to.client);
    }

    /// Answers [`Request::Subscribe`]: from now on the client is sent every
    /// change, `state` first.
    pub fn subscribe(&mut self, to: ReplyTo, state: State) {
        // The others are told first, so that all know the same.
        self.publish(&state);
        let Some(client) = self.clients.get_mut(&to.client) else { return };
        client.subscribed = true;
        client.answer(to.line, line_of(&Reply::Ok));
        client.output.extend(line_of(&Event::snapshot(state.clone())));
        self.published = Some(state);
        self.settle(to.client);
    }

    /// Whether [`IpcServer::publish`] has anybody to tell.
    #[must_use]
    pub fn has_subscribers(&self) -> bool {
        self.published.is_some()
    }

    /// Tells subscribers what changed since the last state.
    pub fn publish(&mut self, state: &State) {
        let Some(known) = &self.published else { return };
        let changes = diff(known, state);
        if !changes.is_empty() {
            self.published = Some(state.clone());
            self.broadcast(&changes);
        }
    }

    /// Tells subscribers of changes that are in no state, such as
    /// [`Change::ConfigReloaded`].
    pub fn broadcast(&mut self, changes: &[Change]) {
        let lines: Vec<u8> = changes.iter().flat_map(line_of).collect();
        let subscribed = |(id, client): (&u64, &mut Client)| {
            client.subscribed.then(|| {
                client.output.extend(&lines);
                *id
            })
        };
        let told: Vec<u64> = self.clients.iter_mut().filter_map(subscribed).collect();
        for id in told {
            self.settle(id);
        }
    }

    fn accept(&mut self) {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => {
                    warn!("cannot accept an IPC client: {error}");
                    return;
                }
            };
            if let Err(error) = self.add(stream) {
                warn!("cannot serve an IPC client: {error}");
            }
        }
    }

    fn add(&mut self, mut stream: UnixStream) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        if self.clients.len() >= MAX_CLIENTS {
            let _ = stream.write(&line_of(&Reply::error("too many connections")));
            return Ok(());
        }
        let id = self.next_client;
        self.next_client += 1;
        let watched = epoll::EventFlags::IN;
        epoll::add(&self.poll, &stream, epoll::EventData::new_u64(id), watched)?;
        debug!(client = id, "an IPC client connects");
        self.clients.insert(id, Client::new(stream, watched));
        Ok(())
    }

    fn serve(&mut self, id: u64, requests: &mut Vec<IpcRequest>) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        if client.read().is_err() {
            self.drop_client(id);
            return;
        }
        self.take_requests(id, requests);
        self.settle(id);
    }

    fn take_requests(&mut self, id: u64, requests: &mut Vec<IpcRequest>) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        while client.wants_requests() {
            let Some(line) = client.line() else { break };
            let number = client.first_answer + client.answers.len() as u64;
            match line.and_then(|line| {
                serde_json::from_slice(&line).map_err(|error| format!("no request: {error}"))
            }) {
                Ok(request) => {
                    client.answers.push_back(None);
                    let from = ReplyTo { client: id, line: number };
                    requests.push(IpcRequest { from, request });
                }
                Err(message) => client.answers.push_back(Some(line_of(&Reply::error(message)))),
            }
        }
        client.move_answers();
    }

    /// Writes what can be written, and watches for what comes next.
    fn settle(&mut self, id: u64) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        if let Err(error) = client.write() {
            debug!(client = id, "an IPC client is gone: {error}");
            client.gone = true;
        }
        if client.gone {
            client.output.clear();
            if client.ended && !client.has_line() {
                self.drop_client(id);
                return;
            }
        }
        if client.pending() > DROP_AT {
            info!(client = id, "an IPC client does not read and is dropped");
            self.drop_client(id);
            return;
        }
        if client.ended && client.is_idle() {
            self.drop_client(id);
            return;
        }
        let mut wanted = epoll::EventFlags::empty();
        if !client.ended && client.wants_input() {
            wanted |= epoll::EventFlags::IN;
        }
        // A turn that ended with whole lines left is taken up again at once:
        // a socket that can be written to is ready.
        if !client.output.is_empty() || (client.wants_requests() && client.has_line()) {
            wanted |= epoll::EventFlags::OUT;
        }
        if wanted != client.watched {
            client.watched = wanted;
            let data = epoll::EventData::new_u64(id);
            if let Err(error) = epoll::modify(&self.poll, &client.stream, data, wanted) {
                warn!(client = id, "cannot watch an IPC client: {error}");
                self.drop_client(id);
            }
        }
    }

    /// Nobody will read answers; what was asked before is still done.
    fn hang_up(&mut self, id: u64) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.gone = true;
            self.settle(id);
        }
    }

    fn drop_client(&mut self, id: u64) {
        if let Some(client) = self.clients.remove(&id) {
            let _ = epoll::delete(&self.poll, &client.stream);
        }
        if !self.clients.values().any(|client| client.subscribed) {
            self.published = None;
        }
    }
}

impl Drop for IpcServer {
    fn drop(&mut self) {
        // A successor may have put its own socket there already.
        let ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == self.identity);
        if ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl AsFd for IpcServer {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.poll.as_fd()
    }
}

impl Client {
    fn new(stream: UnixStream, watched: epoll::EventFlags) -> Self {
        Self {
            stream,
            input: Vec::new(),
            skipping: false,
            ended: false,
            gone: false,
            output: VecDeque::new(),
            answers: VecDeque::new(),
            first_answer: 0,
            subscribed: false,
            watched,
        }
    }

    /// Bytes that it has not read, or will be sent when earlier answers are
    /// there.
    fn pending(&self) -> usize {
        self.output.len() + self.answers.iter().flatten().map(Vec::len).sum::<usize>()
    }

    fn wants_requests(&self) -> bool {
        self.pending() < PAUSE_AT && self.answers.len() < TURN
    }

    fn wants_input(&self) -> bool {
        self.wants_requests() && !self.has_line()
    }

    fn has_line(&self) -> bool {
        self.input.contains(&b'\n')
    }

    fn is_idle(&self) -> bool {
        self.output.is_empty() && self.answers.is_empty() && !self.has_line()
    }

    /// Reads until a whole line is there, or there is nothing more.
    fn read(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        while !self.ended && self.wants_input() {
            match self.stream.read(&mut chunk) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    self.input.extend_from_slice(&chunk[..count]);
                    if self.input.len() > MAX_LINE {
                        // The line is refused when it has ended, or here if
                        // it does not.
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The next line that is not blank, or why it is refused.
    fn line(&mut self) -> Option<Result<Vec<u8>, String>> {
        loop {
            let Some(end) = self.input.iter().position(|byte| *byte == b'\n') else {
                if self.input.len() < MAX_LINE {
                    return None;
                }
                self.input = Vec::new();
                if std::mem::replace(&mut self.skipping, true) {
                    return None;
                }
                return Some(Err(format!("the line is longer than {MAX_LINE} bytes")));
            };
            let line: Vec<u8> = self.input.drain(..=end).collect();
            if std::mem::replace(&mut self.skipping, false) {
                continue;
            }
            if line.len() > MAX_LINE {
                return Some(Err(format!("the line is longer than {MAX_LINE} bytes")));
            }
            if !line.trim_ascii().is_empty() {
                return Some(Ok(line));
            }
        }
    }

    fn answer(&mut self, line: u64, text: Vec<u8>) {
        let slot = line
            .checked_sub(self.first_answer)
            .and_then(|index| self.answers.get_mut(usize::try_from(index).ok()?));
        if let Some(slot @ None) = slot {
            *slot = Some(text);
        }
        self.move_answers();
    }

    /// Answers that have no unanswered request before them are output.
    fn move_answers(&mut self) {
        while let Some(Some(_)) = self.answers.front() {
            if let Some(Some(text)) = self.answers.pop_front() {
                self.output.extend(text);
            }
            self.first_answer += 1;
        }
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.output.is_empty() {
            let (first, _) = self.output.as_slices();
            match self.stream.write(first) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => drop(self.output.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// One message as a line. The message types hold nothing that JSON lacks; if
/// one ever did, the client gets an error instead of silence.
fn line_of<T: Serialize>(message: &T) -> Vec<u8> {
    let mut line = serde_json::to_vec(message).unwrap_or_else(|error| {
        warn!("cannot write a message as JSON: {error}");
        br#"{"reply":"error","message":"the answer cannot be written"}"#.to_vec()
    });
    line.push(b'\n');
    line
}

#[cfg(test)]
#[path = "ipc_tests.rs"]
mod tests;
