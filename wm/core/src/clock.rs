//! When to paint.
//!
//! Owns the pacing of frames as a state machine over given times. Must not
//! know a real clock, nor what is painted.
//!
//! After idle a frame is painted at once: waiting would only add latency.
//! Under load frames keep a distance of one frame interval, so that many
//! small damages become one frame. Without damage there is no frame and no
//! deadline, hence no wake-up.

use crate::id::Time;

/// A frame may be early by this part of the interval: a program that draws as
/// often as frames come is painted when it has drawn, instead of after one
/// more sleep.
const EARLY: u64 = 8;

/// Paces frames.
#[derive(Debug, Clone)]
pub struct FrameClock {
    interval: u64,
    last: Option<Time>,
    wanted: bool,
}

impl FrameClock {
    /// A clock for this refresh rate in millihertz (60 Hz is 60,000).
    /// Rates outside 10 to 1000 Hz are taken for the nearest of these.
    #[must_use]
    pub fn new(millihertz: u32) -> Self {
        let rate = u64::from(millihertz.clamp(10_000, 1_000_000));
        Self { interval: 1_000_000_000 / rate, last: None, wanted: false }
    }

    /// Something has to be painted.
    pub const fn request(&mut self) {
        self.wanted = true;
    }

    /// When the next frame is due, if one is wanted. A time in the past or
    /// now means at once.
    #[must_use]
    pub fn due(&self, now: Time) -> Option<Time> {
        self.wanted.then(|| match self.last {
            Some(last) if now.since(last) < self.interval - self.interval / EARLY => {
                Time(last.0 + self.interval)
            }
            _ => now,
        })
    }

    /// A frame was painted, or there turned out to be nothing to paint.
    pub fn painted(&mut self, now: Time, anything: bool) {
        self.wanted = false;
        if anything {
            self.last = match self.last {
                // Early: the next one is not, so that there are no more frames
                // than there should be.
                Some(last) if now.since(last) < self.interval => Some(Time(last.0 + self.interval)),
                _ => Some(now),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_needs_no_wake_up() {
        let mut clock = FrameClock::new(60_000);
        assert_eq!(clock.due(Time(5)), None);
        clock.request();
        clock.painted(Time(5), true);
        assert_eq!(clock.due(Time(6)), None);
    }

    #[test]
    fn paints_at_once_after_idle_and_in_step_under_load() {
        let mut clock = FrameClock::new(60_000);
        clock.request();
        assert_eq!(clock.due(Time(1_000_000)), Some(Time(1_000_000)));
        clock.painted(Time(1_000_000), true);
        clock.request();
        assert_eq!(clock.due(Time(1_001_000)), Some(Time(1_016_666)), "one interval later");
        clock.painted(Time(1_016_700), true);
        clock.request();
        assert_eq!(clock.due(Time(1_050_000)), Some(Time(1_050_000)));
    }

    #[test]
    fn frames_are_no_more_for_being_early() {
        let mut clock = FrameClock::new(60_000);
        let mut now = Time(1_000_000);
        let mut frames = 0;
        // A second of damage every 100 µs.
        while now < Time(2_000_000) {
            clock.request();
            if clock.due(now) <= Some(now) {
                clock.painted(now, true);
                frames += 1;
            }
            now = Time(now.0 + 100);
        }
        assert!((59..=61).contains(&frames), "{frames}");
    }

    #[test]
    fn who_draws_in_step_is_painted_at_once() {
        let mut clock = FrameClock::new(60_000);
        for n in 0..100_u64 {
            // Some frames come early, some late.
            let now = Time(1_000_000 + n * 16_667 + n * 7 % 11 * 150);
            clock.request();
            assert_eq!(clock.due(now), Some(now), "frame {n}");
            clock.painted(now, true);
        }
    }

    #[test]
    fn an_empty_frame_does_not_delay_the_next() {
        let mut clock = FrameClock::new(60_000);
        clock.request();
        clock.painted(Time(100), false);
        clock.request();
        assert_eq!(clock.due(Time(200)), Some(Time(200)));
    }
}
