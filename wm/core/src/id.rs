//! Identities and times.
//!
//! Owns the small value types by which the model, the shell and the renderer
//! name things. Must not know how any of them is stored.

use serde::{Deserialize, Serialize};

/// An X resource identifier of a window, as the server knows it. The server
/// recycles these: see [`WindowId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Xid(pub u32);

/// One top-level window for as long as the model speaks of it, alive or a
/// closing ghost. `xid` is the *client's* window, not its frame's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WindowId {
    /// The client's X window.
    pub xid: Xid,
    /// Counts up over the whole run, so a recycled `xid` is a new identity.
    pub generation: u32,
}

/// A picture drawn by the window manager itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ImageId {
    /// The panel behind the window switcher's previews.
    Switcher,
}

/// Something with pixels that a backend has been given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SourceId {
    /// The redirected pixmap of a top-level window (the frame's, where there
    /// is one).
    Window(WindowId),
    /// The root window's background pixmap.
    Background,
    /// A picture of the window manager's own.
    Image(ImageId),
}

/// A moment on the shell's monotonic clock, in microseconds since an
/// arbitrary start.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct Time(pub u64);

impl Time {
    /// `milliseconds` after this moment.
    #[must_use]
    pub const fn after_ms(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds.saturating_mul(1000)))
    }

    /// Microseconds from `earlier` to this moment, 0 if it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A server timestamp in milliseconds, as events and `_NET_WM_USER_TIME`
/// carry it. It wraps about every 49.7 days; 0 is CurrentTime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Timestamp(pub u32);

impl Timestamp {
    /// CurrentTime: "no time known".
    pub const CURRENT: Self = Self(0);

    /// Whether this is later than `other` in the half of the circle ahead of
    /// it (ICCCM 1.1: timestamps compare modulo 2³²).
    #[must_use]
    pub const fn is_after(self, other: Self) -> bool {
        (self.0.wrapping_sub(other.0) as i32) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_wrap() {
        assert!(Timestamp(5).is_after(Timestamp(u32::MAX - 5)));
        assert!(!Timestamp(u32::MAX - 5).is_after(Timestamp(5)));
        assert!(!Timestamp(7).is_after(Timestamp(7)));
    }
}
