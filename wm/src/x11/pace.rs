//! Telling clients when their frames have been shown (the extended counters of
//! `_NET_WM_SYNC_REQUEST`, `_NET_WM_FRAME_DRAWN`, `_NET_WM_FRAME_TIMINGS`).
//!
//! Owns the alarms on those counters and which frames wait for an answer. Must
//! not know when a frame is painted, nor what is in it.
//!
//! A client that draws makes its counter odd, and even when it has drawn; then
//! it waits to be told. So it must be told in every case: also if nobody sees
//! the window, and also by a window manager that comes while it waits.

use std::collections::HashMap;

use rustix::time::{ClockId, clock_gettime};
use wm_core::Xid;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask};

use super::{Display, Result, sync};

/// A client that wants to be told.
#[derive(Debug)]
struct Paced {
    alarm: u32,
    /// The counter's value at the end of a frame that is not answered yet.
    awaited: Option<i64>,
}

/// The clients that want to be told.
#[derive(Debug, Default)]
pub struct Pace {
    clients: HashMap<Xid, Paced>,
    alarms: HashMap<u32, Xid>,
    /// How many clients wait for an answer.
    waiting: usize,
}

impl Pace {
    /// A client has this extended counter now, or none.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set(&mut self, display: &Display, client: Xid, counter: Option<u32>) -> Result<()> {
        if let Some(known) = self.clients.remove(&client) {
            self.alarms.remove(&known.alarm);
            sync::forget(display, known.alarm)?;
            if let Some(value) = known.awaited {
                // Nobody else would ever answer.
                self.waiting -= 1;
                tell(display, client, value, monotonic_micros(), 0)?;
            }
        }
        let counter = counter.filter(|counter| *counter != 0 && display.extensions.sync);
        if let Some(counter) = counter {
            // Fires at once: a frame may wait for an answer since before our
            // time.
            let alarm = sync::watch(display, counter, -1)?;
            self.alarms.insert(alarm, client);
            self.clients.insert(client, Paced { alarm, awaited: None });
        }
        Ok(())
    }

    /// An alarm says that a counter has this value; true if it is one of
    /// these.
    pub fn counted(&mut self, alarm: u32, value: i64) -> bool {
        let Some(client) = self.alarms.get(&alarm) else { return false };
        if value % 2 == 0
            && let Some(paced) = self.clients.get_mut(client)
        {
            self.waiting += usize::from(paced.awaited.is_none());
            paced.awaited = Some(value);
        }
        true
    }

    /// Whether anybody waits for an answer.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.waiting > 0
    }

    /// Tells all who wait that their frames are shown, on a screen that is
    /// refreshed at this rate in millihertz (0 if it is not known).
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn answer(&mut self, display: &Display, server_time: u32, rate: u32) -> Result<()> {
        if self.waiting == 0 {
            return Ok(());
        }
        self.waiting = 0;
        let drawn = high_resolution(monotonic_micros(), server_time);
        let interval = 1_000_000_000_u32.checked_div(rate).unwrap_or(0);
        for (client, paced) in &mut self.clients {
            if let Some(value) = paced.awaited.take() {
                tell(display, *client, value, drawn, interval)?;
            }
        }
        Ok(())
    }
}

/// The two messages about the frame that ended with a counter's `value`:
/// drawn at a time of the server's, in microseconds; the interval between
/// frames, in microseconds too, is 0 if it is not known.
fn tell(display: &Display, client: Xid, value: i64, drawn: u64, interval: u32) -> Result<()> {
    let a = &display.atoms;
    let value = value.cast_unsigned();
    let (low, high) = (value as u32, (value >> 32) as u32);
    let data = [low, high, drawn as u32, (drawn >> 32) as u32, 0];
    send(display, client, a._NET_WM_FRAME_DRAWN, data)?;
    // When the screen shows it is not known: the first 0 says so.
    send(display, client, a._NET_WM_FRAME_TIMINGS, [low, high, 0, interval, 0])
}

fn send(display: &Display, client: Xid, kind: u32, data: [u32; 5]) -> Result<()> {
    let message = ClientMessageEvent::new(32, client.0, kind, data);
    display.send_event(false, client.0, EventMask::NO_EVENT, message)?.ignore_error();
    Ok(())
}

fn monotonic_micros() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    // Neither is negative on a clock that counts from the system's start.
    now.tv_sec.unsigned_abs() * 1_000_000 + now.tv_nsec.unsigned_abs() / 1000
}

/// The server's time in microseconds. Servers on this machine count the same
/// clock in milliseconds, in 32 bits; of another's only the milliseconds are
/// known.
fn high_resolution(monotonic: u64, server_time: u32) -> u64 {
    let here = (monotonic / 1000) as u32;
    let apart = here.wrapping_sub(server_time);
    // The newest time that is known may be old, and never comes from later.
    const SAME_CLOCK: u32 = 10 * 60 * 1000;
    if apart < SAME_CLOCK { monotonic } else { u64::from(server_time) * 1000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_clock_is_ours_if_it_can_be() {
        assert_eq!(high_resolution(7_000_123, 6_900), 7_000_123);
        assert_eq!(high_resolution(7_000_123, 9_000_000), 9_000_000_000, "another machine's");
        let wrapped = (1_u64 << 32) * 1000 + 5_000;
        assert_eq!(high_resolution(wrapped, u32::MAX), wrapped, "32 bits of milliseconds are over");
    }

    #[test]
    fn only_ends_of_frames_are_awaited() {
        let mut pace = Pace::default();
        pace.alarms.insert(5, Xid(1));
        pace.clients.insert(Xid(1), Paced { alarm: 5, awaited: None });
        assert!(!pace.counted(6, 2), "another alarm");
        assert!(pace.counted(5, 3));
        assert!(!pace.is_awaited(), "it draws");
        assert!(pace.counted(5, 4));
        assert!(pace.counted(5, 6), "two frames, one answer");
        assert_eq!((pace.waiting, pace.clients[&Xid(1)].awaited), (1, Some(6)));
        assert!(pace.counted(5, 7));
        assert!(pace.is_awaited(), "the last frame still is");
    }
}
