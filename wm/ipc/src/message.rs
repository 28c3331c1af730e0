//! Requests, replies and events: what crosses the socket.
//!
//! Owns the shape of every line. Must not know sockets or how a request is
//! carried out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::state::{Change, State};

/// A workspace, as a request names it: a number counted from 1, a name, or
/// `next`, `previous` or `last`.
///
/// ```
/// # use trapeze_ipc::{Request, WorkspaceRef};
/// let request = r#"{"request": "workspace", "workspace": 3}"#;
/// let request: Request = serde_json::from_str(request)?;
/// assert_eq!(request, Request::Workspace { workspace: WorkspaceRef::Number(3) });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WorkspaceRef {
    /// The nth, counted from 1.
    Number(u32),
    /// `next`, `previous`, `last`, or the workspace of this name.
    Name(String),
}

impl std::str::FromStr for WorkspaceRef {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.parse().map_or_else(|_| Self::Name(text.to_owned()), Self::Number))
    }
}

/// What a program can ask for. Where `window` may be left out, the active
/// window is meant.
///
/// ```
/// # use trapeze_ipc::Request;
/// for line in [
///     r#"{"request": "list"}"#,
///     r#"{"request": "move", "x": 0, "y": 0}"#,
///     r#"{"request": "resize", "window": 7, "width": 640, "height": 480}"#,
///     r#"{"request": "action", "action": "tile top-left"}"#,
///     r#"{"request": "workspace", "workspace": "next"}"#,
///     r#"{"request": "move-to-workspace", "workspace": 2, "follow": true}"#,
///     r#"{"request": "screenshot", "path": "/tmp/screen.png"}"#,
///     r#"{"request": "subscribe"}"#,
/// ] {
///     serde_json::from_str::<Request>(line)?;
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// Who is there? Answered by [`Reply::Version`].
    Version,
    /// Everything: answered by [`Reply::State`].
    List,
    /// Give a window the focus, on its workspace, and raise it.
    Focus {
        /// Its id.
        window: u32,
    },
    /// Move a window's frame.
    Move {
        /// Its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<u32>,
        /// The frame's left edge in root pixels.
        x: i32,
        /// The frame's top edge in root pixels.
        y: i32,
    },
    /// Resize a window's frame; its size hints are respected.
    Resize {
        /// Its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<u32>,
        /// Pixels wide, frame included.
        width: i32,
        /// Pixels high, frame included.
        height: i32,
    },
    /// Go to a workspace.
    Workspace {
        /// Which.
        workspace: WorkspaceRef,
    },
    /// Send a window to a workspace.
    MoveToWorkspace {
        /// Its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<u32>,
        /// Which workspace.
        workspace: WorkspaceRef,
        /// Go there too.
        #[serde(default)]
        follow: bool,
    },
    /// Anything that a key can be bound to, in the configuration's words.
    Action {
        /// Such as `toggle-maximize` or `spawn xterm`.
        action: String,
        /// The window that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<u32>,
    },
    /// Ask a window to close.
    Close {
        /// Its id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<u32>,
    },
    /// Read the configuration again. Answered by [`Reply::Check`].
    Reload,
    /// Check a configuration without using it. Answered by [`Reply::Check`].
    Check {
        /// Which file; without it the one in force.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<String>,
    },
    /// Why a fullscreen window is, or is not, shown without composition.
    /// Answered by [`Reply::Bypass`].
    ExplainBypass,
    /// Counters since the start. Answered by [`Reply::Stats`].
    Stats,
    /// Write the screen to a PNG file.
    Screenshot {
        /// The file, absolute.
        path: String,
    },
    /// From now on, send an [`Event`] per change, the whole state first.
    Subscribe,
    /// End the session: hand every window back and exit.
    Quit,
}

/// Who answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Version {
    /// Trapeze's version.
    pub version: String,
    /// [`PROTOCOL`](crate::PROTOCOL).
    pub protocol: u32,
    /// The renderer in use: `glx`, `xrender`, `record` or `none`.
    pub backend: String,
    /// The process.
    pub pid: u32,
}

/// The result of reading a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Check {
    /// The file; `null` where the built-in defaults are in force.
    pub file: Option<String>,
    /// What is wrong with it, each with file, line, column and the marked
    /// line; empty if nothing is.
    pub problems: Vec<String>,
}

/// One condition of the bypass of composition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Condition {
    /// What is asked, as a statement that is to hold.
    pub condition: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was found.
    pub value: String,
}

/// Why a monitor's content is, or is not, shown without composition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BypassReport {
    /// The monitor's name.
    pub monitor: String,
    /// The window in question, if there is one.
    pub window: Option<u32>,
    /// Composition is bypassed.
    pub bypassed: bool,
    /// Every condition, in the order of asking.
    pub conditions: Vec<Condition>,
    /// What a bypass can give on this screen.
    #[serde(default)]
    pub note: String,
}

/// Counters since the start, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stats {
    /// Such as `frames`, `pixels-painted` or `requests`.
    pub counters: BTreeMap<String, u64>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum Reply {
    /// Understood, and done or under way.
    Ok,
    /// Not understood, or not possible. The connection goes on.
    Error {
        /// Why.
        message: String,
    },
    /// To [`Request::Version`].
    Version(Version),
    /// To [`Request::List`].
    State(State),
    /// To [`Request::Check`] and [`Request::Reload`].
    Check(Check),
    /// To [`Request::ExplainBypass`].
    Bypass {
        /// One report per monitor.
        monitors: Vec<BypassReport>,
    },
    /// To [`Request::Stats`].
    Stats(Stats),
    /// To [`Request::Screenshot`].
    Screenshot {
        /// The file that was written.
        path: String,
    },
}

impl Reply {
    /// An error with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Self::Error { message: message.into() }
    }
}

/// A line to a subscriber that answers no request. In JSON both variants are
/// told apart by `event`, which is `state` for the first one.
///
/// ```
/// # use trapeze_ipc::{Change, Event};
/// let event: Event = serde_json::from_str(r#"{"event": "config-reloaded"}"#)?;
/// assert_eq!(event, Event::Change(Change::ConfigReloaded));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Event {
    /// Everything, at the beginning.
    State(Snapshot),
    /// What changed since.
    Change(Change),
}

impl Event {
    /// The opening of a subscription.
    #[must_use]
    pub fn snapshot(state: State) -> Self {
        Self::State(Snapshot { event: SnapshotTag::State, state })
    }
}

/// The whole state as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    event: SnapshotTag,
    /// Everything.
    #[serde(flatten)]
    pub state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SnapshotTag {
    State,
}

/// Any line from the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Message {
    /// Answers the oldest request that has no answer yet.
    Reply(Reply),
    /// Tells a subscriber of a change.
    Event(Event),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<T: Serialize>(value: &T) -> String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn lines_are_as_documented() {
        assert_eq!(line(&Request::List), r#"{"request":"list"}"#);
        assert_eq!(line(&Request::Close { window: None }), r#"{"request":"close"}"#);
        assert_eq!(
            line(&Request::Workspace { workspace: "web".parse().unwrap() }),
            r#"{"request":"workspace","workspace":"web"}"#
        );
        assert_eq!(line(&Reply::Ok), r#"{"reply":"ok"}"#);
        assert!(
            line(&Event::snapshot(State::default())).starts_with(r#"{"event":"state","windows""#)
        );
        assert!(line(&Reply::State(State::default())).starts_with(r#"{"reply":"state","windows""#));
    }

    #[test]
    fn every_line_of_the_server_is_told_apart() {
        let messages = [
            Message::Reply(Reply::Ok),
            Message::Reply(Reply::error("no")),
            Message::Reply(Reply::State(State { workspace: 2, ..State::default() })),
            Message::Event(Event::snapshot(State { workspace: 3, ..State::default() })),
            Message::Event(Event::Change(Change::WorkspaceChanged { workspace: 4 })),
            Message::Event(Event::Change(Change::ConfigReloaded)),
        ];
        for message in messages {
            assert_eq!(serde_json::from_str::<Message>(&line(&message)).unwrap(), message);
        }
    }

    #[test]
    fn unknown_requests_and_fields_are_refused() {
        for wrong in [
            r#"{"request":"dance"}"#,
            r#"{"request":"focus"}"#,
            r#"{"request":"focus","window":-1}"#,
            r#"{"request":"close","windw":3}"#,
            "[]",
            "7",
            "",
        ] {
            assert!(serde_json::from_str::<Request>(wrong).is_err(), "{wrong} was accepted");
        }
    }
}
