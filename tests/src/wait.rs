//! Deadlines, and blocking on a file descriptor until one passes.
//!
//! Owns the only clock of the kit. Knows nothing of X: what to wait for is the caller's.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// How long a test waits for something that should happen at once, before it calls it a
/// failure. Generous, because a loaded machine is no bug; multiplied by the environment variable
/// `TRAPEZE_TEST_PATIENCE` (a whole number) for machines slower still.
const PATIENCE: Duration = Duration::from_secs(20);

/// The moment after which waiting is given up.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline that fits nearly every wait.
    #[must_use]
    pub fn patient() -> Self {
        Self::after(PATIENCE)
    }

    /// A deadline this far from now, before `TRAPEZE_TEST_PATIENCE` stretches it.
    #[must_use]
    pub fn after(duration: Duration) -> Self {
        let factor = std::env::var("TRAPEZE_TEST_PATIENCE")
            .ok()
            .and_then(|text| text.parse::<u32>().ok())
            .unwrap_or(1)
            .max(1);
        Self(Instant::now() + duration * factor)
    }

    /// No deadline that anyone will live to see, for a wait on a person.
    #[must_use]
    pub fn never() -> Self {
        Self(Instant::now() + Duration::from_secs(u64::from(u32::MAX)))
    }

    /// What is left, zero when it has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    #[must_use]
    pub fn has_passed(self) -> bool {
        self.remaining().is_zero()
    }
}

/// Blocks until `descriptor` is readable (or hung up): `true`, or until the deadline: `false`.
///
/// # Errors
/// When poll(2) fails for another reason than a signal.
pub fn readable(descriptor: impl AsFd, deadline: Deadline) -> Result<bool> {
    any_readable(&[descriptor.as_fd()], deadline)
}

/// As [`readable`] for the first of several descriptors.
///
/// # Errors
/// When poll(2) fails for another reason than a signal.
pub fn any_readable(descriptors: &[BorrowedFd<'_>], deadline: Deadline) -> Result<bool> {
    loop {
        let left = deadline.remaining();
        let timeout = Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let mut set: Vec<_> =
            descriptors.iter().map(|descriptor| PollFd::new(descriptor, PollFlags::IN)).collect();
        match poll(&mut set, Some(&timeout)) {
            Ok(0) if deadline.has_passed() => return Ok(false),
            Ok(0) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error).context("poll"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_silent_descriptor_ends_at_the_deadline() {
        let (reader, _writer) = std::io::pipe().unwrap();
        assert!(!readable(&reader, Deadline::after(Duration::from_millis(1))).unwrap());
    }

    #[test]
    fn a_written_descriptor_is_seen_and_a_closed_one_too() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(b"x").unwrap();
        assert!(readable(&reader, Deadline::patient()).unwrap());
        let (reader, writer) = std::io::pipe().unwrap();
        drop(writer);
        assert!(readable(&reader, Deadline::patient()).unwrap());
    }
}
