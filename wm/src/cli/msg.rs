//! `trapeze msg`: one request to a running Trapeze, and its answer in words
//! or in JSON.
//!
//! Owns the words. Must not know how requests are carried out.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use trapeze_ipc::{
    BypassReport, Change, Check, Client, Event, Reply, Request, State, Window, WorkspaceRef,
};

/// Ask or tell a running Trapeze something.
#[derive(Debug, Args)]
pub struct Msg {
    /// Print the answer as it comes: a line of JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// The socket [default: $TRAPEZE_SOCKET, or the display's in
    /// $XDG_RUNTIME_DIR].
    #[arg(long, global = true, value_name = "PATH")]
    pub socket: Option<PathBuf>,
    /// What.
    #[command(subcommand)]
    pub what: What,
}

/// The requests.
#[derive(Debug, Subcommand)]
pub enum What {
    /// Version, renderer and process of the running Trapeze.
    Version,
    /// Windows, workspaces and monitors.
    List,
    /// Give a window the focus, and raise it.
    Focus {
        /// Its id.
        #[arg(value_parser = window_id)]
        window: u32,
    },
    /// Move a window's frame.
    Move {
        /// Left edge in pixels.
        #[arg(allow_negative_numbers = true)]
        x: i32,
        /// Top edge in pixels.
        #[arg(allow_negative_numbers = true)]
        y: i32,
        #[command(flatten)]
        of: Of,
    },
    /// Resize a window's frame.
    Resize {
        /// Pixels wide.
        #[arg(value_parser = clap::value_parser!(i32).range(1..=32_767))]
        width: i32,
        /// Pixels high.
        #[arg(value_parser = clap::value_parser!(i32).range(1..=32_767))]
        height: i32,
        #[command(flatten)]
        of: Of,
    },
    /// Go to a workspace, or send a window there.
    Workspace {
        /// A number, a name, next, previous, last, left, right, up or down.
        workspace: String,
        /// Send the active window there instead of going.
        #[arg(long)]
        send: bool,
        /// Send the active window there, and go too.
        #[arg(long)]
        take: bool,
        #[command(flatten)]
        of: Of,
    },
    /// Do anything that a key can be bound to.
    Action {
        /// The action, such as `toggle-maximize` or `spawn xterm`.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        action: Vec<String>,
        #[command(flatten)]
        of: Of,
    },
    /// Ask a window to close.
    Close {
        #[command(flatten)]
        of: Of,
    },
    /// Print every change, until interrupted.
    Subscribe,
    /// Why fullscreen windows are, or are not, shown without composition.
    ExplainBypass,
    /// Counters since the start.
    Stats,
    /// Write the screen to a PNG file.
    Screenshot {
        /// The file [default: one named after the time, in the pictures
        /// directory or the home directory].
        file: Option<PathBuf>,
    },
    /// Read the configuration again.
    Reload,
    /// Check a configuration file as the running Trapeze would read it.
    Check {
        /// The file [default: the one in force].
        file: Option<PathBuf>,
    },
    /// End the session.
    Quit,
}

/// Which window.
#[derive(Debug, Clone, Copy, Args)]
pub struct Of {
    /// The window's id [default: the active one].
    #[arg(long, value_name = "ID", value_parser = window_id)]
    pub window: Option<u32>,
}

/// A window id as people copy it: decimal, or hexadecimal after `0x`.
fn window_id(text: &str) -> Result<u32, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| "a window id is a number, such as 14680067 or 0xe00003".to_owned())
}

impl Msg {
    /// Asks, and prints the answer. True if it is a good one.
    pub(super) fn run(self, out: &mut impl Write) -> anyhow::Result<bool> {
        let request = self.what.request()?;
        let mut client = match &self.socket {
            Some(path) => Client::connect(path)?,
            None => Client::from_environment()?,
        };
        let reply = client.request(&request)?;
        let good = is_good(&reply);
        if let Reply::Error { message } = &reply
            && !self.json
        {
            bail!("{message}");
        }
        if request != Request::Subscribe || !good {
            print_reply(&reply, self.json, out)?;
            out.flush()?;
            return Ok(good);
        }
        loop {
            let event = client.event()?;
            if self.json {
                writeln!(out, "{}", serde_json::to_string(&event)?)?;
            } else {
                print_event(&event, out)?;
            }
            out.flush()?;
        }
    }
}

impl What {
    fn request(&self) -> anyhow::Result<Request> {
        let reference =
            |text: &str| text.parse().unwrap_or_else(|_| WorkspaceRef::Name(text.to_owned()));
        Ok(match self {
            Self::Version => Request::Version,
            Self::List => Request::List,
            Self::Focus { window } => Request::Focus { window: *window },
            Self::Move { x, y, of } => Request::Move { window: of.window, x: *x, y: *y },
            Self::Resize { width, height, of } => {
                Request::Resize { window: of.window, width: *width, height: *height }
            }
            Self::Workspace { workspace, send: false, take: false, of: Of { window: None } } => {
                Request::Workspace { workspace: reference(workspace) }
            }
            Self::Workspace { workspace, take, of, .. } => Request::MoveToWorkspace {
                window: of.window,
                workspace: reference(workspace),
                follow: *take,
            },
            Self::Action { action, of } => {
                let action = action.join(" ");
                // A slip is told with advice, even if nothing runs.
                trapeze_config::parse_action(&action)?;
                Request::Action { action, window: of.window }
            }
            Self::Close { of } => Request::Close { window: of.window },
            Self::Subscribe => Request::Subscribe,
            Self::ExplainBypass => Request::ExplainBypass,
            Self::Stats => Request::Stats,
            Self::Screenshot { file } => Request::Screenshot { path: screenshot_path(file)? },
            Self::Reload => Request::Reload,
            Self::Check { file } => Request::Check { path: absolute(file.as_ref())? },
            Self::Quit => Request::Quit,
        })
    }
}

fn absolute(file: Option<&PathBuf>) -> anyhow::Result<Option<String>> {
    let Some(file) = file else { return Ok(None) };
    let path = std::path::absolute(file).context("cannot find out the working directory")?;
    let text = path.into_os_string().into_string();
    text.map(Some).map_err(|path| anyhow::anyhow!("{} is not UTF-8", path.to_string_lossy()))
}

fn screenshot_path(file: &Option<PathBuf>) -> anyhow::Result<String> {
    let file = match file {
        Some(file) => file.clone(),
        None => {
            let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
            let pictures = home.join("Pictures");
            let directory = if pictures.is_dir() { pictures } else { home };
            let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
            directory.join(format!("screenshot-{}.png", now.as_millis()))
        }
    };
    absolute(Some(&file))?.context("no file")
}

fn is_good(reply: &Reply) -> bool {
    match reply {
        Reply::Error { .. } => false,
        Reply::Check(check) => check.problems.is_empty(),
        _ => true,
    }
}

fn print_reply(reply: &Reply, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", serde_json::to_string(reply)?)?;
        return Ok(());
    }
    match reply {
        Reply::Ok | Reply::Error { .. } => {}
        Reply::Version(version) => writeln!(
            out,
            "trapeze {} (protocol {}), {} backend, process {}",
            version.version, version.protocol, version.backend, version.pid
        )?,
        Reply::State(state) => print_state(state, out)?,
        Reply::Check(check) => print_check(check, out)?,
        Reply::Bypass { monitors } => {
            for report in monitors {
                print_bypass(report, out)?;
            }
        }
        Reply::Stats(stats) => {
            let width = stats.counters.keys().map(String::len).max().unwrap_or(0);
            for (name, value) in &stats.counters {
                writeln!(out, "{name:width$}  {value}")?;
            }
        }
        Reply::Screenshot { path } => writeln!(out, "{path}")?,
    }
    Ok(())
}

fn print_state(state: &State, out: &mut impl Write) -> anyhow::Result<()> {
    for monitor in &state.monitors {
        let r = monitor.rect;
        let primary = if monitor.primary { ", primary" } else { "" };
        writeln!(
            out,
            "monitor {} {}×{}+{}+{}{primary}",
            monitor.name, r.width, r.height, r.x, r.y
        )?;
    }
    for workspace in &state.workspaces {
        let current = if workspace.number == state.workspace { " *" } else { "" };
        writeln!(out, "workspace {} {}{current}", workspace.number, shown(&workspace.name))?;
    }
    // The topmost one first, as people see them.
    for window in state.windows.iter().rev() {
        print_window(window, out)?;
    }
    Ok(())
}

fn print_window(window: &Window, out: &mut impl Write) -> anyhow::Result<()> {
    let r = window.rect;
    let workspace = window.workspace.map_or("all".to_owned(), |n| n.to_string());
    writeln!(
        out,
        "{:#010x} {workspace:>3} {:>5}×{:<5} {:+}{:+} {}: {}{}",
        window.id,
        r.width,
        r.height,
        r.x,
        r.y,
        shown(&window.class),
        shown(&window.title),
        flags(window)
    )?;
    Ok(())
}

fn flags(window: &Window) -> String {
    let flags = [
        (window.focused, "focused"),
        (window.minimized, "minimized"),
        (window.maximized, "maximized"),
        (window.fullscreen, "fullscreen"),
        (window.shaded, "shaded"),
        (window.above, "above"),
        (window.below, "below"),
        (window.urgent, "urgent"),
        (window.bypassed, "bypassed"),
    ];
    let words: Vec<&str> = flags.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
    if words.is_empty() { String::new() } else { format!(" [{}]", words.join(", ")) }
}

/// A client's text, without what could command a terminal.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn print_check(check: &Check, out: &mut impl Write) -> anyhow::Result<()> {
    for problem in &check.problems {
        writeln!(out, "{problem}\n")?;
    }
    let file = check.file.as_deref().unwrap_or("built-in defaults");
    match check.problems.len() {
        0 => writeln!(out, "{file}: nothing is wrong")?,
        1 => writeln!(out, "{file}: 1 problem")?,
        count => writeln!(out, "{file}: {count} problems")?,
    }
    Ok(())
}

fn print_bypass(report: &BypassReport, out: &mut impl Write) -> anyhow::Result<()> {
    let verdict = if report.bypassed { "without composition" } else { "composed" };
    let window = report.window.map_or(String::new(), |id| format!(", window {id:#010x}"));
    writeln!(out, "{}: {verdict}{window}", report.monitor)?;
    for condition in &report.conditions {
        let mark = if condition.holds { "yes" } else { "NO " };
        writeln!(out, "  {mark} {}: {}", condition.condition, shown(&condition.value))?;
    }
    if report.bypassed && !report.note.is_empty() {
        writeln!(out, "  {}", report.note)?;
    }
    Ok(())
}

fn print_event(event: &Event, out: &mut impl Write) -> anyhow::Result<()> {
    let change = match event {
        Event::State(snapshot) => return print_state(&snapshot.state, out),
        Event::Change(change) => change,
    };
    match change {
        Change::WindowOpened { window } => {
            write!(out, "opened ")?;
            print_window(window, out)?;
        }
        Change::WindowChanged { window } => {
            write!(out, "changed ")?;
            print_window(window, out)?;
        }
        Change::WindowClosed { window } => writeln!(out, "closed {window:#010x}")?,
        Change::WindowFocused { window: Some(window) } => writeln!(out, "focused {window:#010x}")?,
        Change::WindowFocused { window: None } => writeln!(out, "focused nothing")?,
        Change::StackingChanged { windows } => {
            let ids: Vec<String> = windows.iter().map(|id| format!("{id:#010x}")).collect();
            writeln!(out, "stacking {}", ids.join(" "))?;
        }
        Change::WorkspaceChanged { workspace } => writeln!(out, "workspace {workspace}")?,
        Change::WorkspacesChanged { workspaces } => {
            let names: Vec<String> = workspaces.iter().map(|w| shown(&w.name)).collect();
            writeln!(out, "workspaces {}", names.join(", "))?;
        }
        Change::MonitorsChanged { monitors } => {
            let names: Vec<&str> = monitors.iter().map(|m| m.name.as_str()).collect();
            writeln!(out, "monitors {}", names.join(", "))?;
        }
        Change::ShowingDesktopChanged { showing } => writeln!(out, "showing desktop: {showing}")?,
        Change::BackendChanged { backend } => writeln!(out, "backend {backend}")?,
        Change::ConfigReloaded => writeln!(out, "configuration reloaded")?,
        Change::ConfigFailed { problems } => {
            writeln!(out, "configuration wrong, the old one stays")?;
            for problem in problems {
                writeln!(out, "  {problem}")?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use trapeze_ipc::{Condition, Rect, Workspace};

    use super::*;

    fn text(print: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        print(&mut out);
        String::from_utf8(out).expect("output is text")
    }

    #[test]
    fn a_state_is_a_list_from_the_top() {
        let window = |id, title: &str, focused| Window {
            id,
            title: title.to_owned(),
            class: "XTerm".to_owned(),
            workspace: Some(1),
            rect: Rect { x: -4, y: 30, width: 640, height: 480 },
            focused,
            ..Window::default()
        };
        let state = State {
            windows: vec![window(16, "below\u{1b}[2J", false), window(17, "above", true)],
            workspaces: vec![Workspace { number: 1, name: "web".to_owned() }],
            workspace: 1,
            ..State::default()
        };
        let reply = Reply::State(state);
        assert_eq!(
            text(|out| print_reply(&reply, false, out).unwrap()),
            "workspace 1 web *\n\
             0x00000011   1   640×480   -4+30 XTerm: above [focused]\n\
             0x00000010   1   640×480   -4+30 XTerm: below\u{fffd}[2J\n"
        );
        let json = text(|out| print_reply(&reply, true, out).unwrap());
        assert_eq!(serde_json::from_str::<Reply>(&json).unwrap(), reply);
    }

    #[test]
    fn a_bypass_is_explained_condition_by_condition() {
        let report = BypassReport {
            monitor: "DP-1".to_owned(),
            window: Some(7),
            bypassed: false,
            conditions: vec![Condition {
                condition: "the window is opaque".to_owned(),
                holds: false,
                value: "depth 32".to_owned(),
            }],
            note: "Frames are copied.".to_owned(),
        };
        assert_eq!(
            text(|out| print_bypass(&report, out).unwrap()),
            "DP-1: composed, window 0x00000007\n  NO  the window is opaque: depth 32\n"
        );
        let report = BypassReport { bypassed: true, conditions: Vec::new(), ..report };
        assert_eq!(
            text(|out| print_bypass(&report, out).unwrap()),
            "DP-1: without composition, window 0x00000007\n  Frames are copied.\n"
        );
    }

    #[test]
    fn window_ids_are_read_in_both_ways() {
        assert_eq!(window_id("0xe00003"), Ok(14_680_067));
        assert_eq!(window_id("14680067"), Ok(14_680_067));
        assert!(window_id("-1").is_err());
        assert!(window_id("xterm").is_err());
    }
}
