//! The impure half of Trapeze: the X server's side of the window manager, the
//! loop, and everything that a person or a program talks to.
//!
//! What should be is decided in [`wm_core`], which knows no X; this crate
//! brings facts in and carries requests out. Reading order: [`app`] (the
//! loop), [`x11::translate`] (events in), [`x11::apply`] (requests out),
//! [`compositor`] (frames).

pub mod app;
pub mod cli;
pub mod compositor;
pub mod control;
pub mod ipc;
pub mod menus;
pub mod notice;
pub mod popup;
pub mod recording;
pub mod session;
pub mod switcher;
pub mod watch;
pub mod x11;
