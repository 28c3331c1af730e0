//! A private Xvfb for a test, and a connection to it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Pixmap, Window};
use x11rb::rust_connection::RustConnection;

/// An X server that ends with this value.
pub(crate) struct Server {
    process: Child,
    display: String,
}

impl Server {
    /// Starts Xvfb with more variables in its environment and waits until it
    /// listens.
    pub(crate) fn start(environment: &[(&str, &str)]) -> Self {
        let mut process = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp", "-noreset"])
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Xvfb is installed (package xvfb)");
        let mut line = String::new();
        let output = process.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut line).expect("Xvfb says its display");
        assert!(!line.trim().is_empty(), "Xvfb ended before it listened");
        Self { process, display: format!(":{}", line.trim()) }
    }

    /// Asks the server to end and returns what it said on standard error.
    #[allow(dead_code, reason = "not every test asks")]
    pub(crate) fn stop(mut self) -> String {
        let process = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(process, rustix::process::Signal::TERM)
            .expect("the server still runs");
        let mut said = String::new();
        let mut output = self.process.stderr.take().expect("piped");
        output.read_to_string(&mut said).expect("the server ends");
        said
    }

    /// Private memory that is in use, in pages (`data` of `/proc/…/statm`,
    /// which counts what is mapped, so that it does not depend on luck).
    #[allow(dead_code, reason = "not every test asks")]
    pub(crate) fn memory(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/statm", self.process.id()))
            .expect("the server still runs");
        text.split(' ').nth(5).and_then(|pages| pages.parse().ok()).expect("a number of pages")
    }

    /// What `DISPLAY` has to say for this server.
    #[allow(dead_code, reason = "not every test asks")]
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// A connection and its root window.
    pub(crate) fn connect(&self) -> (RustConnection, Window) {
        let (connection, screen) = x11rb::connect(Some(&self.display)).expect("Xvfb listens");
        let root = connection.setup().roots[screen].root;
        (connection, root)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The bytes of a drawable, row by row, as the server pads them.
pub(crate) fn pixels(
    connection: &RustConnection,
    drawable: Pixmap,
    width: u16,
    height: u16,
) -> Vec<u8> {
    let cookie = connection
        .get_image(ImageFormat::Z_PIXMAP, drawable, 0, 0, width, height, !0)
        .expect("the connection lives");
    cookie.reply().expect("the drawable can be read").data
}
