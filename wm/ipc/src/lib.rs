//! The JSON messages that `trapeze msg` and other programs exchange with a
//! running Trapeze.
//!
//! One message is one line of JSON. A program connects to the socket that
//! [`client::socket_path`] names, writes a [`Request`] per line, and reads a
//! [`Reply`] per line, in order. After [`Request::Subscribe`] the connection
//! also carries an [`Event`] per line whenever something changes; the first
//! one is the whole [`State`], so that
//! [`State::apply`] alone keeps a copy up to date.
//!
//! Owns the message types, the reducer and a small blocking client. Must not
//! know the window manager's model, X or the configuration's format.
//!
//! ```
//! use trapeze_ipc::{Request, Reply, Window};
//!
//! let request: Request = serde_json::from_str(r#"{"request": "focus", "window": 14680067}"#)?;
//! assert_eq!(request, Request::Focus { window: 14680067 });
//!
//! let reply: Reply = serde_json::from_str(r#"{"reply": "error", "message": "no such window"}"#)?;
//! assert_eq!(reply, Reply::Error { message: "no such window".to_owned() });
//! # Ok::<(), serde_json::Error>(())
//! ```
#![forbid(unsafe_code)]

pub mod client;
mod message;
mod state;

pub use client::Client;
pub use message::{
    BypassReport, Check, Condition, Event, Message, Reply, Request, Snapshot, Stats, Version,
    WorkspaceRef,
};
pub use state::{Change, Monitor, Rect, State, Window, Workspace, diff};

/// Counts up when a message changes its meaning; additions do not count.
pub const PROTOCOL: u32 = 1;

/// The longest line that is read, in bytes, its line break included.
pub const MAX_LINE: usize = 1024 * 1024;
