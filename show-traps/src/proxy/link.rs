//! One client's connection and ours to the server for it.
//!
//! Owns the passing on of bytes and file descriptors, both ways. It must not
//! know what they mean: what passed is shown to a listener, afterwards.
//!
//! File descriptors belong to the bytes that they came with: they are sent with
//! the first of those again, never later, so that a server which reads a request
//! has the descriptors that it names.

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

/// Bytes that are read at once.
const PORTION: usize = 64 << 10;

/// So many bytes may wait for a receiver before their sender must wait, too.
const MOST_WAITING: usize = 1 << 20;

/// The most descriptors of one message (Linux's `SCM_MAX_FD`).
const MOST_DESCRIPTORS: usize = 253;

#[derive(Debug)]
pub(super) struct Link {
    client: OwnedFd,
    server: OwnedFd,
    /// What the client said.
    up: Flow,
    /// What the server said.
    down: Flow,
    buffer: Box<[u8]>,
}

impl Link {
    pub(super) fn new(client: UnixStream, server: OwnedFd) -> io::Result<Self> {
        let client = OwnedFd::from(client);
        for end in [&client, &server] {
            rustix::io::ioctl_fionbio(end, true)?;
        }
        let buffer = vec![0; PORTION].into_boxed_slice();
        Ok(Self { client, server, up: Flow::default(), down: Flow::default(), buffer })
    }

    /// What to wait for: of the client's end, and of the server's. `None` for
    /// one that has said all: that it is gone would be reported for ever.
    pub(super) fn interests(&self) -> [Option<(BorrowedFd<'_>, PollFlags)>; 2] {
        let interest = |said: &Flow, waiting: &Flow| {
            let mut flags = PollFlags::empty();
            flags.set(PollFlags::IN, said.amount < MOST_WAITING);
            flags.set(PollFlags::OUT, waiting.waits());
            (!said.ended).then_some(flags)
        };
        let client = interest(&self.up, &self.down).map(|flags| (self.client.as_fd(), flags));
        let server = interest(&self.down, &self.up).map(|flags| (self.server.as_fd(), flags));
        [client, server]
    }

    /// Passes on what the client says; `hear` sees it afterwards.
    pub(super) fn serve(&mut self, [client, server]: [PollFlags; 2], hear: impl FnMut(&[u8])) {
        self.up.pass(&self.client, &self.server, [client, server], &mut self.buffer, hear);
        if self.up.ended {
            // The server would not answer a client that has hung up either.
            self.down.lose_receiver();
        }
    }

    /// Passes on what the server says.
    pub(super) fn answer(&mut self, [client, server]: [PollFlags; 2], hear: impl FnMut(&[u8])) {
        self.down.pass(&self.server, &self.client, [server, client], &mut self.buffer, hear);
        if self.down.ended {
            self.up.lose_receiver();
        }
    }

    /// Whether nothing more can pass: a side has said all, and the other has
    /// heard it or never will.
    pub(super) fn is_over(&self) -> bool {
        (self.up.ended && !self.up.waits()) || (self.down.ended && !self.down.waits())
    }
}

/// What one side says to the other.
#[derive(Debug, Default)]
struct Flow {
    waiting: VecDeque<Portion>,
    /// Bytes in `waiting`.
    amount: usize,
    /// The sender says no more.
    ended: bool,
    /// The receiver hears no more.
    receiver_gone: bool,
}

#[derive(Debug)]
struct Portion {
    bytes: Vec<u8>,
    sent: usize,
    descriptors: Vec<OwnedFd>,
}

impl Flow {
    /// What is said from now on is dropped.
    fn lose_receiver(&mut self) {
        self.receiver_gone = true;
        self.waiting.clear();
        self.amount = 0;
    }

    fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn pass(
        &mut self,
        from: &OwnedFd,
        to: &OwnedFd,
        [readable, writable]: [PollFlags; 2],
        buffer: &mut [u8],
        mut hear: impl FnMut(&[u8]),
    ) {
        if writable.intersects(PollFlags::OUT | PollFlags::ERR | PollFlags::HUP) && self.waits() {
            self.flush(to);
        }
        // Whoever hung up says little more: that is heard even where others
        // would have to wait.
        if self.ended || !readable.intersects(PollFlags::IN | PollFlags::ERR | PollFlags::HUP) {
            return;
        }
        match receive(from, buffer) {
            Ok((0, _)) => self.ended = true,
            Ok((count, descriptors)) => {
                self.send(to, &buffer[..count], descriptors);
                hear(&buffer[..count]);
            }
            Err(Errno::AGAIN | Errno::INTR) => {}
            Err(_) => self.ended = true,
        }
    }

    /// Sends at once what can be, and keeps the rest.
    fn send(&mut self, to: &OwnedFd, bytes: &[u8], mut descriptors: Vec<OwnedFd>) {
        let mut sent = 0;
        if self.receiver_gone {
            return;
        }
        if !self.waits() {
            match send(to, bytes, &descriptors) {
                Ok(count) => sent = count,
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(_) => return self.lose_receiver(),
            }
        }
        if sent == bytes.len() {
            return;
        }
        if sent > 0 {
            descriptors.clear();
        }
        let bytes = bytes[sent..].to_vec();
        self.amount += bytes.len();
        self.waiting.push_back(Portion { bytes, sent: 0, descriptors });
    }

    fn flush(&mut self, to: &OwnedFd) {
        while let Some(portion) = self.waiting.front_mut() {
            match send(to, &portion.bytes[portion.sent..], &portion.descriptors) {
                Ok(count) => {
                    portion.descriptors.clear();
                    portion.sent += count;
                    self.amount -= count;
                    if portion.sent == portion.bytes.len() {
                        self.waiting.pop_front();
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return,
                Err(_) => return self.lose_receiver(),
            }
        }
    }
}

fn receive(from: &OwnedFd, buffer: &mut [u8]) -> Result<(usize, Vec<OwnedFd>), Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let message = recvmsg(from, &mut [IoSliceMut::new(buffer)], &mut control, flags)?;
    let mut descriptors = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(more) = message {
            descriptors.extend(more);
        }
    }
    Ok((message.bytes, descriptors))
}

fn send(to: &OwnedFd, bytes: &[u8], descriptors: &[OwnedFd]) -> Result<usize, Errno> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DESCRIPTORS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let borrowed: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
    if !borrowed.is_empty() {
        // There is space for as many as one message can bring.
        control.push(SendAncillaryMessage::ScmRights(&borrowed));
    }
    let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
    match sendmsg(to, &[IoSlice::new(bytes)], &mut control, flags) {
        // A server that is not on this machine takes no descriptors.
        Err(Errno::INVAL) if !borrowed.is_empty() => rustix::net::send(to, bytes, flags),
        result => result,
    }
}
