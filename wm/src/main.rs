//! A compositing window manager for X11.

fn main() {}
