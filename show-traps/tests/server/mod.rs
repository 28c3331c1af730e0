//! A private Xvfb for a test, and programs beside it.
#![allow(dead_code, reason = "not every test needs all")]

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::RustConnection;

/// An X server that ends with this value.
pub(crate) struct Server {
    process: Child,
    display: String,
    authority: Option<PathBuf>,
}

impl Server {
    /// Starts Xvfb and waits until it listens.
    pub(crate) fn start() -> Self {
        Self::with(&[], None)
    }

    /// The same, letting in only who has the cookie of an authority file.
    pub(crate) fn with_authority(file: &Path) -> Self {
        let arguments = [OsStr::new("-auth"), file.as_os_str()];
        Self::with(&arguments, Some(file.to_owned()))
    }

    fn with(arguments: &[&OsStr], authority: Option<PathBuf>) -> Self {
        let mut process = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .arg("-noreset")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb is installed (package xvfb)");
        let line = first_line(process.stdout.take().expect("piped"));
        assert!(!line.is_empty(), "Xvfb ended before it listened");
        Self { process, display: format!(":{line}"), authority }
    }

    /// A connection and its root window.
    pub(crate) fn connect(&self) -> (RustConnection, Window) {
        connect(&self.display)
    }

    /// `show-traps` with arguments, on this server.
    pub(crate) fn show_traps(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_show-traps"));
        command.args(arguments);
        self.on(&mut command);
        command
    }

    /// A program on this server.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments);
        self.on(&mut command);
        command
    }

    fn on(&self, command: &mut Command) {
        command.env("DISPLAY", &self.display).env_remove("XAUTHORITY");
        if let Some(file) = &self.authority {
            command.env("XAUTHORITY", file);
        }
        // The same programs whatever the user's session is.
        command.env("GDK_BACKEND", "x11").env("NO_AT_BRIDGE", "1").stdin(Stdio::null());
    }

    /// Ends at once, as a crash would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn connect(display: &str) -> (RustConnection, Window) {
    let (connection, screen) = x11rb::connect(Some(display)).expect("the server listens");
    let root = connection.setup().roots[screen].root;
    (connection, root)
}

/// The first line that a program says.
pub(crate) fn first_line(output: ChildStdout) -> String {
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("it is text");
    line.trim().to_owned()
}

/// `show-traps` around a shell that says its display and then waits to be told
/// that it may end.
pub(crate) struct Proxied {
    pub(crate) process: Child,
    pub(crate) display: String,
}

impl Proxied {
    pub(crate) fn start(server: &Server, record: &Path) -> Self {
        let record = record.to_str().expect("UTF-8");
        let script = "echo $DISPLAY; read answer || true";
        let mut process = server
            .show_traps(&["--record", record, "--", "sh", "-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let display = first_line(process.stdout.take().expect("piped"));
        Self { process, display }
    }

    /// Lets the shell end, and waits for the end of the capture.
    pub(crate) fn finish(mut self) -> Output {
        drop(self.process.stdin.take());
        let mut stderr = Vec::new();
        let mut said = self.process.stderr.take().expect("piped");
        said.read_to_end(&mut stderr).expect("it ends");
        let status = self.process.wait().expect("it ends");
        Output { status, stdout: Vec::new(), stderr }
    }
}
