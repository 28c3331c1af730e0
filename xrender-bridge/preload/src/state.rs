//! Whether to draw, and what was drawn.
//!
//! Owns the switch, the doubts and the counters. It must not touch an image.

use std::fmt;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use fearless_simd::Level;

use crate::agree::{agrees, blends};
use crate::forward::{Behind, Called};
use crate::image::Looks;
use crate::layout::Layout;

/// Why everything is forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declined {
    /// The user said so.
    SwitchedOff,
    /// A function that is needed is missing.
    Functions,
    /// Coverage would differ.
    Rounding,
    /// Images cannot be looked into.
    Layout,
}

impl fmt::Display for Declined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SwitchedOff => "it is switched off",
            Self::Functions => "this pixman lacks functions",
            Self::Rounding => "this pixman rounds differently",
            Self::Layout => "this pixman lays images out differently",
        })
    }
}

/// Set while the loaded pixman is examined, when our own symbols must stand
/// aside.
static EXAMINING: AtomicBool = AtomicBool::new(false);
/// Set for good when our code panicked.
static DOUBT: AtomicBool = AtomicBool::new(false);
static DRAWN: AtomicU64 = AtomicU64::new(0);
static FORWARDED: AtomicU64 = AtomicU64::new(0);
static LOOKS: OnceLock<Result<Looks, Declined>> = OnceLock::new();

/// The functions that ours stand for.
pub(crate) fn behind() -> &'static Behind {
    static BEHIND: OnceLock<Behind> = OnceLock::new();
    BEHIND.get_or_init(Behind::find)
}

/// What is needed for drawing; `None` if all is to be forwarded. The first
/// call examines the loaded pixman.
pub(crate) fn looks() -> Option<&'static Looks> {
    if EXAMINING.load(Ordering::Relaxed) || DOUBT.load(Ordering::Relaxed) {
        return None;
    }
    LOOKS.get_or_init(examine).as_ref().ok()
}

fn examine() -> Result<Looks, Declined> {
    let switch = std::env::var_os("XRENDER_BRIDGE");
    if switch.as_ref().is_some_and(|value| value == "stats") {
        // SAFETY: a function without arguments that lives as long as the
        // process; objects that were preloaded are not unloaded. Without
        // memory for it there are no statistics.
        let _ = unsafe { libc::atexit(report) };
    }
    if switch.is_some_and(|value| value == "off") {
        return Err(Declined::SwitchedOff);
    }
    EXAMINING.store(true, Ordering::Relaxed);
    let found = look_at(Called::find());
    EXAMINING.store(false, Ordering::Relaxed);
    found
}

fn look_at(pixman: Option<Called>) -> Result<Looks, Declined> {
    let pixman = pixman.ok_or(Declined::Functions)?;
    if !agrees(&pixman) {
        return Err(Declined::Rounding);
    }
    let layout = Layout::find(&pixman).ok_or(Declined::Layout)?;
    let blends = blends(&pixman);
    Ok(Looks { pixman, layout, blends, level: Level::new() })
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
    let mut output = std::io::stderr();
    // Standard error may be closed: then nobody wants to know.
    let _ = writeln!(
        output,
        "xrender-bridge: {drawn} shapes drawn, {forwarded} calls forwarded to pixman"
    );
    if let Some(Err(declined)) = LOOKS.get() {
        let _ = writeln!(output, "xrender-bridge: everything is forwarded, for {declined}");
    }
}
