//! Listening to the X protocol.
//!
//! Owns the understanding of what clients and their server say to each other,
//! as far as the Render extension goes: bytes in, [`Record`]s out. Pure: it must
//! not know sockets, and it cannot answer.
//!
//! ```text
//! bytes ─ frames ─▶ messages ─┬─ core: windows, pixmaps, titles ─▶ resources
//!                             └─ render: pictures, glyphs, shapes ─▶ book ─▶ Record
//! ```
//!
//! Any bytes are survived: what is no X protocol is not understood, and what is
//! malformed is left to the server.

mod book;
mod bytes;
mod core;
mod frames;
mod render;
mod resources;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use book::Book;
pub use bytes::ByteOrder;
use bytes::Reader;
use frames::{ClientMessage, ClientStream, ServerMessage, ServerStream};
use render::Decoder;
use resources::{Resources, format_name};

use crate::capture::{Origin, Record};

/// A connection, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(pub u32);

/// Listens to all clients of one server.
#[derive(Debug)]
pub struct Listener {
    clients: HashMap<ClientId, Client>,
    opened: u32,
    resources: Resources,
    book: Book,
}

#[derive(Debug, Default)]
struct Client {
    requests: ClientStream,
    replies: ServerStream,
    order: Option<ByteOrder>,
    /// Whose replies are waited for, in the order of sending.
    awaited: VecDeque<(u64, Awaited)>,
    render: Option<u8>,
    big_requests: Option<u8>,
    /// The base and the mask of the XIDs that it makes.
    ids: Option<(u32, u32)>,
    low_bit_first: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaited {
    RenderOpcode,
    BigRequestsOpcode,
    NetWmName,
    PictFormats,
}

/// More replies than this no client waits for; beyond, the eldest are given up.
const MOST_AWAITED: usize = 4096;

impl Listener {
    /// Keeps at most so many shapes; what comes then is only counted.
    #[must_use]
    pub fn new(most_shapes: usize) -> Self {
        Self {
            clients: HashMap::new(),
            opened: 0,
            resources: Resources::default(),
            book: Book::new(most_shapes),
        }
    }

    /// A client has connected.
    pub fn open(&mut self) -> ClientId {
        self.opened += 1;
        let id = ClientId(self.opened);
        self.clients.insert(id, Client::default());
        id
    }

    /// A client has left.
    pub fn close(&mut self, id: ClientId) {
        if let Some(client) = self.clients.remove(&id)
            && let Some((base, mask)) = client.ids
        {
            self.resources.forget(base, mask);
        }
    }

    /// Bytes of a client to the server, `now` after the capture's beginning.
    pub fn from_client(&mut self, id: ClientId, mut bytes: &[u8], now: Duration) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        loop {
            let (render, big) = (client.render, client.big_requests);
            let wants = |major, minor| {
                core::WANTED.contains(&major)
                    || Some(major) == big
                    || (Some(major) == render && minor != 0)
            };
            let Some(message) = client.requests.next(&mut bytes, wants) else { return };
            match message {
                ClientMessage::Setup(order) => client.order = Some(order),
                ClientMessage::Request(request) => {
                    let Some(order) = client.order else { return };
                    let origin = Origin {
                        client: id.0,
                        request: request.sequence,
                        time: u64::try_from(now.as_micros()).unwrap_or(u64::MAX),
                        bytes: request.length,
                    };
                    if Some(request.major) == client.render {
                        if request.minor == render::QUERY_PICT_FORMATS {
                            client.await_reply(request.sequence, Awaited::PictFormats);
                        }
                        let mut decoder = Decoder {
                            resources: &mut self.resources,
                            book: &mut self.book,
                            order,
                            low_bit_first: client.low_bit_first,
                            origin,
                        };
                        // What is malformed, the server refuses.
                        let _ = decoder.decode(&request);
                    } else if Some(request.major) == client.big_requests {
                        client.requests.big_requests |= request.minor == 0;
                    } else {
                        let reader = Reader::new(&request.body, order);
                        let resources = &mut self.resources;
                        if let Some(awaited) = core::decode(resources, &request, reader) {
                            client.await_reply(request.sequence, awaited);
                        }
                    }
                }
            }
        }
    }

    /// Bytes of the server to a client.
    pub fn from_server(&mut self, id: ClientId, mut bytes: &[u8]) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        // A server that speaks first is none.
        let Some(order) = client.order else { return };
        loop {
            let awaited = &client.awaited;
            let wants = |low: u16| awaited.iter().any(|(sequence, _)| *sequence as u16 == low);
            let Some(message) = client.replies.next(&mut bytes, order, wants) else { return };
            match message {
                ServerMessage::Setup(reply) => {
                    let _ = client.read_setup(&mut self.resources, Reader::new(&reply, order));
                }
                ServerMessage::Error(sequence) => {
                    client.answered(sequence);
                }
                ServerMessage::Reply(reply) => {
                    let sequence = order.u16([reply[2], reply[3]]);
                    if let Some(awaited) = client.answered(sequence) {
                        let reader = Reader::new(&reply, order);
                        let _ = client.read_reply(&mut self.resources, awaited, reader);
                    }
                }
            }
        }
    }

    /// What has been heard since this was last called.
    pub fn take(&mut self) -> Vec<Record> {
        self.book.take()
    }

    /// How many requests were not kept because there were too many.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.book.dropped()
    }
}

impl Client {
    fn await_reply(&mut self, sequence: u64, awaited: Awaited) {
        if self.awaited.len() == MOST_AWAITED {
            self.awaited.pop_front();
        }
        self.awaited.push_back((sequence, awaited));
    }

    /// What an answer answers. Answers come in the order of their requests, so
    /// that earlier ones are waited for in vain.
    fn answered(&mut self, low: u16) -> Option<Awaited> {
        let place = self.awaited.iter().position(|(sequence, _)| *sequence as u16 == low)?;
        self.awaited.drain(..=place).next_back().map(|(_, awaited)| awaited)
    }

    /// The server's answer to the setup: base and mask of XIDs, bit order, roots.
    fn read_setup(&mut self, resources: &mut Resources, mut r: Reader<'_>) -> Option<()> {
        r.skip(12)?;
        self.ids = Some((r.u32()?, r.u32()?));
        r.skip(4)?;
        let vendor = usize::from(r.u16()?);
        r.skip(2)?;
        let (roots, formats) = (r.u8()?, usize::from(r.u8()?));
        r.skip(1)?;
        self.low_bit_first = r.u8()? == 0;
        r.skip(8 + bytes::padded(vendor) + 8 * formats)?;
        for _ in 0..roots {
            let root = r.u32()?;
            r.skip(16)?;
            let size = (r.u16()?, r.u16()?);
            resources.roots.insert(root, size);
            r.skip(15)?;
            for _ in 0..r.u8()? {
                r.skip(2)?;
                let visuals = usize::from(r.u16()?);
                r.skip(4 + 24 * visuals)?;
            }
        }
        Some(())
    }

    fn read_reply(
        &mut self,
        resources: &mut Resources,
        awaited: Awaited,
        mut r: Reader<'_>,
    ) -> Option<()> {
        r.skip(8)?;
        match awaited {
            Awaited::RenderOpcode | Awaited::BigRequestsOpcode => {
                let (present, opcode) = (r.u8()?, r.u8()?);
                let opcode = (present != 0 && opcode >= 128).then_some(opcode);
                match awaited {
                    Awaited::RenderOpcode => self.render = opcode,
                    _ => self.big_requests = opcode,
                }
            }
            Awaited::NetWmName => {
                let atom = r.u32()?;
                resources.net_wm_name = (atom != 0).then_some(atom);
            }
            Awaited::PictFormats => {
                let count = r.u32()? as usize;
                r.skip(20)?;
                for (id, name) in r.list(count, pict_format)? {
                    resources.formats.insert(id, name);
                }
            }
        }
        Some(())
    }
}

/// A `PICTFORMINFO`: its XID, and a name for it.
fn pict_format(r: &mut Reader<'_>) -> Option<(u32, String)> {
    let id = r.u32()?;
    let (direct, depth) = (r.u8()? == 1, r.u8()?);
    r.skip(2)?;
    let channels = ['r', 'g', 'b', 'a'];
    let mut read = |name| Some((name, r.u16()?, r.u16()?));
    let [Some(red), Some(green), Some(blue), Some(alpha)] = channels.map(&mut read) else {
        return None;
    };
    r.skip(4)?;
    let none = channels.map(|name| (name, 0, 0));
    Some((id, format_name(depth, if direct { [red, green, blue, alpha] } else { none })))
}
