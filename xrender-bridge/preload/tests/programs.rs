//! Programs as they are, on a stock server and on one with the object loaded:
//! what they show and what they say is the same.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, end the test")]

#[path = "../../tests/server/mod.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod server;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use server::{Server, pixels};
use x11rb::protocol::xproto::Window;
use x11rb::rust_connection::RustConnection;

/// The screen of [`Server`].
const SCREEN: (u16, u16) = (640, 480);

/// How long a program may take to show itself.
const PATIENCE: Duration = Duration::from_secs(60);

fn servers() -> [Server; 2] {
    let object = std::env::current_exe().unwrap().with_file_name("libxrender_bridge_preload.so");
    assert!(object.exists(), "{} is not built", object.display());
    let loaded = [("LD_PRELOAD", object.to_str().unwrap()), ("XRENDER_BRIDGE", "stats")];
    [Server::start(&[]), Server::start(&loaded)]
}

/// How many shapes the object says it drew.
fn drawn(said: &str) -> u64 {
    let line = said.lines().find_map(|line| line.strip_prefix("xrender-bridge: "));
    let number = line.and_then(|line| line.split(' ').next()?.parse().ok());
    number.expect("statistics were asked for")
}

/// A program that ends with this value.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A directory of settings in which nothing moves.
fn still_settings(program: &str) -> PathBuf {
    let name = format!("bridge-{program}-{}", std::process::id());
    let directory = std::env::temp_dir().join(name);
    fs::create_dir_all(directory.join("gtk-3.0")).unwrap();
    let settings = "[Settings]\ngtk-enable-animations=0\ngtk-cursor-blink=0\n";
    fs::write(directory.join("gtk-3.0/settings.ini"), settings).unwrap();
    directory
}

/// Starts a program on both servers and waits until both show the same, which
/// is more than `colors` colours.
fn show_the_same(command: &[&str], colors: usize, shapes: u64) {
    let servers = servers();
    let settings = still_settings(command[0]);
    let screens: Vec<(RustConnection, Window)> = servers.iter().map(Server::connect).collect();
    let programs: Vec<Program> = servers
        .iter()
        .map(|server| {
            let child = Command::new(command[0])
                .args(&command[1..])
                .env("DISPLAY", server.display())
                .env("XDG_CONFIG_HOME", &settings)
                .env("GSETTINGS_BACKEND", "memory")
                .env("NO_AT_BRIDGE", "1")
                .env("GDK_BACKEND", "x11")
                .env_remove("DBUS_SESSION_BUS_ADDRESS")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("it is installed (packages gtk-3-examples, x11-apps)");
            Program(child)
        })
        .collect();
    let begun = Instant::now();
    loop {
        let shown: Vec<Vec<u8>> = screens
            .iter()
            .map(|(connection, root)| pixels(connection, *root, SCREEN.0, SCREEN.1))
            .collect();
        if shown[0] == shown[1] && count_colors(&shown[0]) > colors {
            break;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "{command:?}: {} bytes differ, {} and {} colours",
            shown[0].iter().zip(&shown[1]).filter(|(a, b)| a != b).count(),
            count_colors(&shown[0]),
            count_colors(&shown[1]),
        );
    }
    drop((programs, screens));
    fs::remove_dir_all(settings).unwrap();
    let [_, loaded] = servers;
    let drawn = drawn(&loaded.stop());
    assert!(drawn >= shapes, "{command:?}: only {drawn} shapes were drawn by the object");
}

fn count_colors(bytes: &[u8]) -> usize {
    let mut colors: Vec<&[u8]> = bytes.chunks_exact(4).map(|pixel| &pixel[..3]).collect();
    colors.sort_unstable();
    colors.dedup();
    colors.len()
}

#[test]
fn the_widget_factory_looks_the_same() {
    show_the_same(&["gtk3-widget-factory"], 60, 100);
}

/// A drawing by cairo's X backend, of strokes and fills with round joins.
#[test]
fn a_drawing_looks_the_same() {
    show_the_same(&["gtk3-demo", "--run=drawingarea"], 10, 20);
}

/// Render's own conformance test: triangles in every way, sources of every
/// kind. It need not pass, for not all of it does on a stock server.
#[test]
fn rendercheck_says_the_same() {
    let servers = servers();
    let said = [0, 1].map(|which: usize| {
        let output = Command::new("rendercheck")
            .args(["-t", "triangles,repeat,gradients,bug7366", "-f", "a8r8g8b8,x8r8g8b8,a8"])
            .args(["-o", "Clear,Src,Over,In,Out,Atop,Xor,Add,Saturate"])
            .env("DISPLAY", servers[which].display())
            .output()
            .expect("rendercheck is installed (package x11-apps)");
        String::from_utf8_lossy(&output.stdout).into_owned()
    });
    assert!(said[0].contains("tests passed"), "{}", said[0]);
    assert_eq!(said[0], said[1]);
    let [_, loaded] = servers;
    assert!(drawn(&loaded.stop()) > 100, "the triangles were drawn by the object");
}
