//! Private X servers: Xvfb, Xorg with the dummy driver, Xephyr inside another.
//!
//! The server picks a free display itself and tells its number through `-displayfd` once it
//! accepts connections. It dies with its [`Server`]. Knows nothing of window managers.

mod xorg;

pub use xorg::text as xorg_configuration;

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::fs::FlockOperation;

use crate::process::Process;
use crate::sandbox::Sandbox;
use crate::wait::{Deadline, readable};

/// Which server program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Xvfb: a frame buffer in a file, RandR without outputs to plug.
    Xvfb,
    /// Xorg with the dummy driver: the real server, with outputs that can be plugged.
    XorgDummy,
    /// Xephyr: a window of another server.
    Xephyr,
}

/// How to start a server.
#[derive(Debug)]
pub struct Options {
    kind: Kind,
    size: (u16, u16),
    depth: u8,
    parent: Option<String>,
    arguments: Vec<String>,
    environment: Vec<(String, OsString)>,
}

/// A running X server of the test's own.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    display: String,
    process: Process,
    sandbox: Sandbox,
    frame_buffer: Option<PathBuf>,
}

impl Server {
    /// An Xvfb of 1280 × 800 pixels, depth 24, unless changed.
    #[must_use]
    pub fn xvfb() -> Options {
        Options::new(Kind::Xvfb)
    }

    /// An Xorg with the dummy driver, 1280 × 800 pixels unless changed, that may grow to
    /// 7680 × 4320 over its outputs DUMMY0, DUMMY1…
    #[must_use]
    pub fn xorg() -> Options {
        Options::new(Kind::XorgDummy)
    }

    /// A Xephyr in a window of `parent`.
    #[must_use]
    pub fn xephyr(parent: &Server) -> Options {
        Self::xephyr_on(&parent.display)
    }

    /// A Xephyr in a window of a display that is no private server, such as the person's own.
    #[must_use]
    pub fn xephyr_on(display: &str) -> Options {
        Options { parent: Some(display.to_owned()), ..Options::new(Kind::Xephyr) }
    }

    /// Which server program it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its name for `DISPLAY`, such as `:3`.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Its process id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The directories of the programs on it.
    #[must_use]
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The file that Xvfb keeps its screen in (X window dump format), readable with no request
    /// to the server; `None` for the other servers.
    #[must_use]
    pub fn frame_buffer(&self) -> Option<&std::path::Path> {
        self.frame_buffer.as_deref()
    }

    /// What the server has written so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Whether it still runs: a test of bad input asks this last.
    ///
    /// # Errors
    /// When waitpid(2) fails.
    pub fn is_running(&mut self) -> Result<bool> {
        self.process.is_running()
    }

    /// A command in the sandbox's environment with `DISPLAY` set.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.sandbox.command(program);
        command.env("DISPLAY", &self.display);
        command
    }

    /// Starts a program on this server, with its log in the sandbox.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(&self, name: &str, command: Command) -> Result<Process> {
        Process::spawn(name, command, &self.sandbox.log(name))
    }

    /// Runs a short program to its end and returns its output.
    ///
    /// # Errors
    /// When it cannot be started, fails or does not end in time.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut command = self.command(program);
        command.args(arguments);
        let mut process = self.spawn(program, command)?;
        let status = process.wait(Deadline::patient())?;
        let output = process.output();
        if !status.success() {
            bail!("{program} {arguments:?} ended with {status}:\n{output}");
        }
        Ok(output)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An X server removes its socket and its lock only when it ends by itself.
        let _ = self.process.stop();
        if let Some(path) = &self.frame_buffer {
            let _ = std::fs::remove_file(path);
        }
    }
}

impl Options {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            size: (1280, 800),
            depth: 24,
            parent: None,
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// The screen's size in pixels.
    #[must_use]
    pub fn size(mut self, width: u16, height: u16) -> Self {
        self.size = (width, height);
        self
    }

    /// The root window's depth in bits.
    #[must_use]
    pub fn depth(mut self, depth: u8) -> Self {
        self.depth = depth;
        self
    }

    /// One more argument for the server.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// One more variable in the server's environment.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Starts it and waits until it accepts connections.
    ///
    /// # Errors
    /// When the server cannot be started, ends, or does not become ready in time; the message
    /// ends with its output.
    pub fn start(self) -> Result<Server> {
        let sandbox = Sandbox::new()?;
        let (width, height) = self.size;
        let mut frame_buffer = None;
        let mut command = match self.kind {
            Kind::Xvfb => {
                let directory = sandbox.directory().join("framebuffer");
                std::fs::create_dir_all(&directory)?;
                let mut command = sandbox.command("Xvfb");
                command
                    .args(["-screen", "0", &format!("{width}x{height}x{}", self.depth)])
                    .arg("-fbdir")
                    .arg(&directory);
                frame_buffer = Some(directory.join("Xvfb_screen0"));
                command
            }
            Kind::XorgDummy => xorg::command(&sandbox, width, height, self.depth)?,
            Kind::Xephyr => {
                let mut command = sandbox.command("Xephyr");
                command.args(["-screen", &format!("{width}x{height}x{}", self.depth)]);
                command.args(["-title", "Xephyr", "-no-host-grab"]);
                command
            }
        };
        if let Some(parent) = &self.parent {
            command.env("DISPLAY", parent);
        }
        command.envs(self.environment);
        let (reader, writer) = std::io::pipe()?;
        // Two servers that look for a free display at the same moment may both take one.
        let lock = File::create(std::env::temp_dir().join("trapeze-test-display.lock"))?;
        rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
        command
            .args(["-displayfd", &writer.as_raw_fd().to_string()])
            .args(["-noreset", "-nolisten", "tcp"])
            .args(&self.arguments);
        let log = sandbox.log("server");
        let mut process = Process::spawn_with("X server", command, &log, Some(writer.into()))?;
        let number = read_display_number(reader, &mut process)
            .with_context(|| format!("start {:?}", self.kind))?;
        drop(lock);
        Ok(Server {
            kind: self.kind,
            display: format!(":{number}"),
            process,
            sandbox,
            frame_buffer,
        })
    }
}

/// Reads the display's number, which the server writes with a line feed when it is ready.
fn read_display_number(mut reader: std::io::PipeReader, process: &mut Process) -> Result<u32> {
    let deadline = Deadline::patient();
    let mut text = String::new();
    while !text.ends_with('\n') {
        if !readable(&reader, deadline)? {
            bail!("the server was not ready in time; its output:\n{}", process.output());
        }
        let mut buffer = [0; 16];
        let length = reader.read(&mut buffer)?;
        if length == 0 {
            let status = process.wait(Deadline::patient())?;
            bail!("the server ended with {status}; its output:\n{}", process.output());
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..length]));
    }
    text.trim().parse().with_context(|| format!("display number {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_starts_on_a_display_of_its_own() {
        let first = Server::xvfb().size(320, 240).start().unwrap();
        let second = Server::xvfb().size(640, 480).start().unwrap();
        let nested = Server::xephyr(&second).size(300, 200).start().unwrap();
        let real = Server::xorg().size(1024, 768).start().unwrap();
        let mut sizes = Vec::new();
        for server in [&first, &second, &nested, &real] {
            let client = crate::Client::connect(server).unwrap();
            sizes.push(client.screen_size());
        }
        assert_eq!(sizes, [(320, 240), (640, 480), (300, 200), (1024, 768)]);
    }

    #[test]
    fn a_server_that_cannot_start_says_why() {
        let error = Server::xvfb().argument("-nonsense").start().unwrap_err();
        assert!(format!("{error:#}").contains("nonsense"), "{error:#}");
    }
}
