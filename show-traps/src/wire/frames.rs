//! Byte streams to messages.
//!
//! Owns the lengths of messages: where one ends and the next begins, however the
//! stream is cut. It must not know what most of them mean. Messages that nobody
//! wants are counted and skipped without being kept.
//!
//! The rules are those of the X server's `ReadRequestFromClient`: a length of 0
//! means a 32-bit length once BIG-REQUESTS is enabled.

use super::bytes::{ByteOrder, padded};

/// Longer messages are skipped, wanted or not: no decoder needs them, and a
/// client may claim any length.
const LONGEST: u64 = 64 << 20;

/// Collects a head of some bytes, then a body or nothing.
#[derive(Debug, Default)]
struct Collector {
    kept: Vec<u8>,
    skip: u64,
}

impl Collector {
    /// Moves bytes from the input until so many are kept; whether they are.
    fn fill(&mut self, input: &mut &[u8], wanted: usize) -> bool {
        let missing = wanted.saturating_sub(self.kept.len()).min(input.len());
        let (taken, rest) = input.split_at(missing);
        self.kept.extend_from_slice(taken);
        *input = rest;
        self.kept.len() >= wanted
    }

    /// Drops input that nobody wants; whether nothing more is to be dropped.
    fn pass(&mut self, input: &mut &[u8]) -> bool {
        let count = usize::try_from(self.skip).unwrap_or(usize::MAX).min(input.len());
        *input = &input[count..];
        self.skip -= count as u64;
        self.skip == 0
    }

    fn drop_rest(&mut self, length: u64) {
        self.skip = length.saturating_sub(self.kept.len() as u64);
        self.kept.clear();
    }
}

/// A request of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The major opcode.
    pub(super) major: u8,
    /// The second byte: an extension's minor opcode, or data.
    pub(super) minor: u8,
    /// Counted from 1.
    pub(super) sequence: u64,
    /// The length in bytes.
    pub(super) length: u64,
    /// What follows the head.
    pub(super) body: Vec<u8>,
}

/// What a client sends.
#[derive(Debug)]
pub(super) enum ClientMessage {
    /// The connection's beginning.
    Setup(ByteOrder),
    /// A request that was wanted.
    Request(Request),
}

/// The stream from a client.
#[derive(Debug, Default)]
pub(super) struct ClientStream {
    order: Option<ByteOrder>,
    /// Whether BIG-REQUESTS is enabled.
    pub(super) big_requests: bool,
    /// The last request's number.
    pub(super) sequence: u64,
    collector: Collector,
    /// The stream does not speak X.
    broken: bool,
}

impl ClientStream {
    /// The next message that `wants` wants by its opcodes; `None` when the input
    /// is used up.
    pub(super) fn next(
        &mut self,
        input: &mut &[u8],
        wants: impl Fn(u8, u8) -> bool,
    ) -> Option<ClientMessage> {
        if self.broken {
            return None;
        }
        let Some(order) = self.order else { return self.setup(input) };
        loop {
            if !self.collector.pass(input) || !self.collector.fill(input, 4) {
                return None;
            }
            let kept = &self.collector.kept;
            let (major, minor) = (kept[0], kept[1]);
            let mut head = 4;
            let mut length = 4 * u64::from(order.u16([kept[2], kept[3]]));
            if length == 0 && self.big_requests {
                if !self.collector.fill(input, 8) {
                    return None;
                }
                let kept = &self.collector.kept;
                length = 4 * u64::from(order.u32([kept[4], kept[5], kept[6], kept[7]]));
                head = 8;
            }
            let length = length.max(head as u64);
            if !wants(major, minor) || length > LONGEST {
                self.sequence += 1;
                self.collector.drop_rest(length);
                continue;
            }
            if !self.collector.fill(input, length as usize) {
                return None;
            }
            self.sequence += 1;
            let body = self.collector.kept.split_off(head);
            self.collector.kept.clear();
            let sequence = self.sequence;
            return Some(ClientMessage::Request(Request { major, minor, sequence, length, body }));
        }
    }

    fn setup(&mut self, input: &mut &[u8]) -> Option<ClientMessage> {
        if !self.collector.fill(input, 12) {
            return None;
        }
        let kept = &self.collector.kept;
        let Some(order) = ByteOrder::of(kept[0]) else {
            self.broken = true;
            return None;
        };
        let [name, data] = [[kept[6], kept[7]], [kept[8], kept[9]]]
            .map(|bytes| padded(order.u16(bytes).into()) as u64);
        self.order = Some(order);
        self.collector.drop_rest(12 + name + data);
        Some(ClientMessage::Setup(order))
    }
}

/// What a server sends.
#[derive(Debug)]
pub(super) enum ServerMessage {
    /// The answer to the client's setup, if the connection is accepted.
    Setup(Vec<u8>),
    /// A reply that was wanted.
    Reply(Vec<u8>),
    /// An error, by the low half of its request's number.
    Error(u16),
}

/// The stream from a server to one client.
#[derive(Debug, Default)]
pub(super) struct ServerStream {
    begun: bool,
    collector: Collector,
    broken: bool,
}

impl ServerStream {
    /// The next message of interest, if `wants` wants replies by the low half of
    /// their request's number; `None` when the input is used up.
    pub(super) fn next(
        &mut self,
        input: &mut &[u8],
        order: ByteOrder,
        wants: impl Fn(u16) -> bool,
    ) -> Option<ServerMessage> {
        if self.broken {
            return None;
        }
        if !self.begun {
            return self.setup(input, order);
        }
        loop {
            if !self.collector.pass(input) || !self.collector.fill(input, 32) {
                return None;
            }
            let kept = &self.collector.kept;
            let extra = 4 * u64::from(order.u32([kept[4], kept[5], kept[6], kept[7]]));
            let sequence = order.u16([kept[2], kept[3]]);
            match kept[0] {
                0 => {
                    self.collector.kept.clear();
                    return Some(ServerMessage::Error(sequence));
                }
                1 if wants(sequence) && extra <= LONGEST => {
                    if !self.collector.fill(input, 32 + extra as usize) {
                        return None;
                    }
                    return Some(ServerMessage::Reply(std::mem::take(&mut self.collector.kept)));
                }
                // Replies, and the events that may be longer than others.
                1 | 35 => self.collector.drop_rest(32 + extra),
                _ => self.collector.kept.clear(),
            }
        }
    }

    fn setup(&mut self, input: &mut &[u8], order: ByteOrder) -> Option<ServerMessage> {
        if !self.collector.fill(input, 8) {
            return None;
        }
        let kept = &self.collector.kept;
        let length = 8 + 4 * u64::from(order.u16([kept[6], kept[7]]));
        if kept[0] != 1 {
            // Refused, or a conversation about authority that nobody has.
            self.broken = true;
            return None;
        }
        if !self.collector.fill(input, length as usize) {
            return None;
        }
        self.begun = true;
        Some(ServerMessage::Setup(std::mem::take(&mut self.collector.kept)))
    }
}
