//! The keysyms that the model itself knows (keysymdef.h): those that steer a
//! keyboard move or the switcher.
//!
//! Owns their numbers. Must not know what they do.

pub(super) const TAB: u32 = 0xff09;
pub(super) const ISO_LEFT_TAB: u32 = 0xfe20;
pub(super) const RETURN: u32 = 0xff0d;
pub(super) const KP_ENTER: u32 = 0xff8d;
pub(super) const ESCAPE: u32 = 0xff1b;
pub(super) const LEFT: u32 = 0xff51;
pub(super) const UP: u32 = 0xff52;
pub(super) const RIGHT: u32 = 0xff53;
pub(super) const DOWN: u32 = 0xff54;
