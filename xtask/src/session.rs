//! `cargo xtask session`: Trapeze on whatever screen there is.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use trapeze_testkit::program::{self, Kind};
use trapeze_testkit::{Client, Program, Rectangle, Server, WindowManager, ewmh, pixels};

use crate::deps::{self, Need};
use crate::run::{cargo, root, run, say};

/// Where the session is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Screen {
    /// In a window of the display that there is.
    Nested,
    /// On this console, through `startx`.
    Console,
    /// Nowhere: a picture is left.
    Headless,
}

/// A terminal with a shell, to work in when the session is nested.
const TERMINAL: Kind = Kind {
    name: "xterm",
    command: &["xterm", "-u8", "-fa", "DejaVu Sans Mono", "-fs", "10", "-title", "Terminal"],
    class: "xterm",
};

/// Real programs to look at, bottom to top, with where they go on 1280 × 800.
const PROGRAMS: [(Kind, Option<Rectangle>); 4] = [
    (program::TINT2, None),
    (program::GTK3, Some(Rectangle::new(60, 50, 760, 560))),
    (TERMINAL, Some(Rectangle::new(640, 330, 560, 360))),
    (program::GEARS, Some(Rectangle::new(890, 70, 300, 300))),
];

/// Installs, builds, starts.
pub(crate) fn main(arguments: &[String]) -> Result<()> {
    let mut screen = None;
    let mut further = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        screen = Some(match argument.as_str() {
            "--nested" => Screen::Nested,
            "--console" => Screen::Console,
            "--headless" => Screen::Headless,
            "--" => {
                further = rest.cloned().collect();
                break;
            }
            other => bail!("--nested, --console, --headless or --, not {other:?}"),
        });
    }
    let screen = screen.unwrap_or_else(|| {
        let display = std::env::var("DISPLAY").unwrap_or_default();
        let terminal = std::fs::read_link("/proc/self/fd/0").unwrap_or_default();
        choose(&display, &terminal)
    });
    deps::ensure(Need::Session)?;
    run(cargo().args(["build", "--release", "--package", "trapeze"]))?;
    let trapeze = trapeze_testkit::sandbox::target_directory().join("release/trapeze");
    match screen {
        Screen::Console => console(&trapeze, &further),
        Screen::Nested => {
            let display = std::env::var("DISPLAY").context("no display to nest in")?;
            let server = Server::xephyr_on(&display).start()?;
            let mut session = Session::start(&server, &trapeze, &further)?;
            session.photograph()?;
            say("Trapeze runs in the window. Close it, or quit from the root menu, to end.");
            session.manager.process().wait(trapeze_testkit::Deadline::never())?;
            Ok(())
        }
        Screen::Headless => {
            say("A headless session, as there is neither a display nor a console, or by choice.");
            let server = Server::xvfb().start()?;
            let mut session = Session::start(&server, &trapeze, &further)?;
            session.photograph()?;
            let status = session.manager.terminate()?;
            if !status.success() {
                bail!("trapeze ended with {status}; its output:\n{}", session.manager.output());
            }
            Ok(())
        }
    }
}

/// Where to show the session, by `DISPLAY` and the terminal that standard input is.
fn choose(display: &str, terminal: &Path) -> Screen {
    if !display.is_empty() {
        return Screen::Nested;
    }
    let name = terminal.to_string_lossy();
    let number = name.strip_prefix("/dev/tty").unwrap_or_default();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        Screen::Console
    } else {
        Screen::Headless
    }
}

/// Hands this console over until the session ends.
fn console(trapeze: &Path, arguments: &[String]) -> Result<()> {
    run(Command::new("startx").arg(trapeze).args(arguments))
}

/// Trapeze with programs on a server.
struct Session {
    manager: WindowManager,
    client: Client,
    programs: Vec<Program>,
}

impl Session {
    fn start(server: &Server, trapeze: &Path, arguments: &[String]) -> Result<Self> {
        let mut options = WindowManager::trapeze(server).program(trapeze);
        for argument in arguments {
            options = options.argument(argument);
        }
        let manager = options.start()?;
        let client = Client::connect(server)?;
        let mut programs = Vec::new();
        for (kind, place) in PROGRAMS {
            say(&format!("starting {}", kind.name));
            let program = Program::start(server, &client, kind)?;
            if let Some(place) = place {
                // From a pager: x, y, width and height, by NorthWest gravity.
                let flags = 0x2000 | 0x0f00 | 1;
                let data = [
                    flags,
                    place.x.cast_unsigned(),
                    place.y.cast_unsigned(),
                    place.width,
                    place.height,
                ];
                ewmh::message(&client, program.window(), "_NET_MOVERESIZE_WINDOW", data)?;
            }
            programs.push(program);
        }
        Ok(Self { manager, client, programs })
    }

    /// Leaves a picture of the screen once every program has drawn.
    fn photograph(&mut self) -> Result<()> {
        let screen = self.client.geometry(self.client.root())?;
        for program in &self.programs {
            let place = self.client.geometry(program.window())?;
            let Some(place) = screen.intersection(place) else { continue };
            // A program that has drawn nothing yet is one flat colour.
            pixels::wait_until(&self.client, "drawn", place, |image| image.colors() > 4)?;
        }
        let path: PathBuf = root().join("target/session.png");
        pixels::of_screen(&self.client)?.save(&path)?;
        say(&format!("A picture of the session is in {}", path.display()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_is_chosen_by_what_there_is() {
        assert_eq!(choose(":0", Path::new("/dev/tty1")), Screen::Nested);
        assert_eq!(choose("", Path::new("/dev/tty3")), Screen::Console);
        assert_eq!(choose("", Path::new("/dev/tty")), Screen::Headless);
        assert_eq!(choose("", Path::new("/dev/pts/0")), Screen::Headless);
        assert_eq!(choose("", Path::new("")), Screen::Headless);
    }
}
