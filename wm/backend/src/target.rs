//! What is painted on, and what pictures come from, as X names it.
//!
//! Owns the values that the shell hands to a backend. Must not know how any
//! backend uses them.

use wm_core::geom::Size;
use x11rb::protocol::xproto;

/// The window that is painted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The root window.
    pub root: xproto::Window,
    /// The window to paint on: the composite overlay window, or `root` itself
    /// where there is none. It must have the root's depth and visual.
    pub window: xproto::Window,
    /// Size of `window` in pixels.
    pub size: Size,
    /// Depth of `window` in bits.
    pub depth: u8,
    /// Visual of `window`.
    pub visual: xproto::Visualid,
}

/// An X pixmap that shows a window or the background. A backend borrows it:
/// it must stay until the source is bound again or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pixmap {
    /// The pixmap, usually from Composite's NameWindowPixmap.
    pub xid: xproto::Pixmap,
    /// Its size in pixels (a window's pixmap includes the window's border).
    pub size: Size,
    /// Its depth in bits.
    pub depth: u8,
    /// The visual of the window that it shows; 0 if there is none, which
    /// takes the standard format of `depth`.
    pub visual: xproto::Visualid,
}
