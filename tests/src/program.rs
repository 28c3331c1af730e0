//! Real programs: terminals, toolkits' demos, GL, SDL, panels.
//!
//! A program is started and its first window awaited, managed or not. Knows nothing of which
//! window manager runs.

use anyhow::{Result, bail};
use x11rb::protocol::xproto::{EventMask, Window as WindowId};

use crate::client::Client;
use crate::ewmh;
use crate::process::Process;
use crate::server::Server;

/// A real program and the class that its windows bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What the tests call it.
    pub name: &'static str,
    /// The command and its arguments.
    pub command: &'static [&'static str],
    /// What its `WM_CLASS` (either part) must be, in lower case; empty when any will do.
    pub class: &'static str,
}

/// A terminal on Xt: no hints newer than ICCCM, resizes by increments.
pub const XTERM: Kind = Kind {
    name: "xterm",
    command: &["xterm", "-u8", "-fa", "DejaVu Sans Mono", "-fs", "10", "-e", "cat"],
    class: "xterm",
};
/// GTK 3's demonstration: decorated by itself, with its own shadow.
pub const GTK3: Kind = Kind { name: "gtk3-demo", command: &["gtk3-demo"], class: "gtk3-demo" };
/// GTK 4's demonstration.
pub const GTK4: Kind = Kind { name: "gtk4-demo", command: &["gtk4-demo"], class: "gtk4-demo" };
/// A small Qt 5 program from `qtbase5-examples`: decorated by the window manager.
pub const QT: Kind = Kind {
    name: "qt-calculator",
    command: &["/usr/lib/x86_64-linux-gnu/qt5/examples/widgets/widgets/calculator/calculator"],
    class: "calculator",
};
/// GLX in a window.
pub const GEARS: Kind = Kind { name: "glxgears", command: &["glxgears"], class: "" };
/// SDL 2 drawing with its renderer.
pub const SDL: Kind = Kind {
    name: "sdl-testdraw2",
    command: &["/usr/libexec/installed-tests/SDL2/testdraw2"],
    class: "testdraw2",
};
/// A panel: a dock with a strut, a task bar and a system tray.
pub const TINT2: Kind = Kind { name: "tint2", command: &["tint2"], class: "tint2" };
/// Two eyes: a shaped window.
pub const XEYES: Kind = Kind { name: "xeyes", command: &["xeyes"], class: "xeyes" };

/// A running program with its first window.
#[derive(Debug)]
pub struct Program {
    kind: Kind,
    process: Process,
    window: WindowId,
}

impl Program {
    /// Starts a program and waits until a window of it is listed in `_NET_CLIENT_LIST` and on
    /// the screen.
    ///
    /// # Errors
    /// When it cannot be started, ends, or shows no window in time; the message ends with its
    /// output.
    pub fn start(server: &Server, client: &Client, kind: Kind) -> Result<Self> {
        Self::start_with(server, client, kind, &[])
    }

    /// As [`Program::start`] with further arguments.
    ///
    /// # Errors
    /// As [`Program::start`].
    pub fn start_with(
        server: &Server,
        client: &Client,
        kind: Kind,
        arguments: &[&str],
    ) -> Result<Self> {
        let Some((program, rest)) = kind.command.split_first() else { bail!("no command") };
        let mut command = server.command(program);
        command.args(rest).args(arguments);
        let before = ewmh::client_list(client)?;
        let mut process = server.spawn(kind.name, command)?;
        let window = client.wait_for_process("a window", &mut process, || {
            for window in ewmh::client_list(client)? {
                if !before.contains(&window) && has_class(client, window, kind.class)? {
                    // Told of its mapping, in case it is listed first; gone is gone.
                    let mask = EventMask::STRUCTURE_NOTIFY | EventMask::PROPERTY_CHANGE;
                    let _ = client.select(window, mask);
                    if client.is_viewable(window)? {
                        return Ok(Some(window));
                    }
                }
            }
            Ok(None)
        })?;
        Ok(Self { kind, process, window })
    }

    /// Its first window.
    #[must_use]
    pub fn window(&self) -> WindowId {
        self.window
    }

    /// Its window as it is now, on the screen: SDL, for one, makes its window anew when it
    /// chooses how to draw.
    ///
    /// # Errors
    /// When it shows none in time.
    pub fn wait_window(&mut self, client: &Client) -> Result<WindowId> {
        let (kind, known) = (self.kind, self.window);
        self.window = client.wait_for_process("its window", &mut self.process, || {
            let list = ewmh::client_list(client)?;
            for window in std::iter::once(known).chain(list.iter().copied()) {
                let own = window == known
                    || (!kind.class.is_empty() && has_class(client, window, kind.class)?);
                if own && list.contains(&window) && client.is_viewable(window)? {
                    return Ok(Some(window));
                }
            }
            Ok(None)
        })?;
        Ok(self.window)
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }
}

/// Whether either part of `WM_CLASS` is `class`, whatever the case; any window is when `class` is
/// empty.
fn has_class(client: &Client, window: WindowId, class: &str) -> Result<bool> {
    if class.is_empty() {
        return Ok(true);
    }
    let text = client.text(window, "WM_CLASS")?.unwrap_or_default().to_lowercase();
    Ok(text.split('\0').any(|part| part == class))
}
