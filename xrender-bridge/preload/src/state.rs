//! Whether to draw, and what was drawn.
//!
//! Owns the switch, the doubts and the counters. It must not touch an image.

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::forward::{Real, agrees};

/// What is found out once, at the first call.
pub(crate) struct State {
    pub(crate) real: Real,
    /// Whether the switch and the self-test allow drawing at all.
    allowed: bool,
}

static STATE: OnceLock<State> = OnceLock::new();

/// Set for good when an image got accessors or our code panicked.
static DOUBT: AtomicBool = AtomicBool::new(false);
static DRAWN: AtomicU64 = AtomicU64::new(0);
static FORWARDED: AtomicU64 = AtomicU64::new(0);

impl State {
    pub(crate) fn get() -> &'static Self {
        STATE.get_or_init(|| {
            let switch = std::env::var_os("XRENDER_BRIDGE");
            if switch.as_ref().is_some_and(|value| value == "stats") {
                // SAFETY: a function without arguments that lives as long as
                // the process; objects that were preloaded are not unloaded.
                // Without memory for it there are no statistics.
                let _ = unsafe { libc::atexit(report) };
            }
            let allowed = switch.is_none_or(|value| value != "off") && agrees();
            Self { real: Real::find(), allowed }
        })
    }

    pub(crate) fn may_draw(&self) -> bool {
        self.allowed && !DOUBT.load(Ordering::Relaxed)
    }
}

/// From now on everything is forwarded.
pub(crate) fn doubt() {
    DOUBT.store(true, Ordering::Relaxed);
}

pub(crate) fn count_drawn(shapes: usize) {
    DRAWN.fetch_add(shapes as u64, Ordering::Relaxed);
}

pub(crate) fn count_forwarded() {
    FORWARDED.fetch_add(1, Ordering::Relaxed);
}

/// Tells what was done, when the process ends.
extern "C" fn report() {
    let (drawn, forwarded) = (DRAWN.load(Ordering::Relaxed), FORWARDED.load(Ordering::Relaxed));
    // Standard error may be closed: then nobody wants to know.
    let _ = writeln!(
        std::io::stderr(),
        "xrender-bridge: {drawn} shapes drawn, {forwarded} calls forwarded to pixman"
    );
}
