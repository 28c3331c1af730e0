//! System packages: which are needed, for what, and how to get them.
//!
//! Debian's names. On another system the programs themselves are looked for, and what is missing
//! is told.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::run::{run, say};

/// What a package is needed for. Each needs the ones before it, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// Compiling.
    Build,
    /// A session to look at.
    Session,
    /// The whole test suite.
    Test,
    /// The rivals of the benchmark.
    Bench,
}

/// A Debian package.
struct Package {
    name: &'static str,
    need: Need,
    why: &'static str,
    /// A program on the path, or an absolute path, by which other systems can tell; empty when
    /// there is none.
    sign: &'static str,
}

const fn package(name: &'static str, need: Need, why: &'static str, sign: &'static str) -> Package {
    Package { name, need, why, sign }
}

const PACKAGES: &[Package] = &[
    package("pkg-config", Need::Build, "finds libraries for the build", "pkg-config"),
    package("libpixman-1-dev", Need::Build, "what raster is compared with, bit for bit", ""),
    package("libx11-6", Need::Session, "GLX speaks through Xlib", ""),
    package("libx11-xcb1", Need::Session, "one connection for Xlib and XCB", ""),
    package("libxcb1", Need::Session, "the connection to the X server", ""),
    package("libgl1", Need::Session, "OpenGL for the glx backend", ""),
    package("libgl1-mesa-dri", Need::Session, "OpenGL in software, where there is no GPU", ""),
    package("xvfb", Need::Session, "X server without a screen", "Xvfb"),
    package("xserver-xephyr", Need::Session, "X server in a window", "Xephyr"),
    package("xserver-xorg-core", Need::Session, "X server of a console", "Xorg"),
    package("xinit", Need::Session, "startx", "startx"),
    package("xauth", Need::Session, "startx keeps its key with it", "xauth"),
    package("x11-xserver-utils", Need::Session, "xrandr, xhost", "xrandr"),
    package("x11-utils", Need::Session, "xprop", "xprop"),
    package("xterm", Need::Session, "a terminal to look at", "xterm"),
    package("gtk-3-examples", Need::Session, "a GTK 3 program", "gtk3-demo"),
    package("mesa-utils", Need::Session, "glxgears, a GL program", "glxgears"),
    package("tint2", Need::Session, "a panel", "tint2"),
    package("fonts-dejavu-core", Need::Session, "letters", ""),
    package("fonts-noto-core", Need::Session, "letters of every script", ""),
    package("fonts-noto-color-emoji", Need::Session, "emoji in titles", ""),
    package("gtk-4-examples", Need::Test, "a GTK 4 program", "gtk4-demo"),
    package(
        "qtbase5-examples",
        Need::Test,
        "a Qt program",
        trapeze_testkit::program::QT.command[0],
    ),
    package(
        "libsdl2-tests",
        Need::Test,
        "an SDL program",
        trapeze_testkit::program::SDL.command[0],
    ),
    package(
        "x11-apps",
        Need::Test,
        "xeyes, a shaped window; xclock and x11perf to capture",
        "xeyes",
    ),
    package(
        "xserver-xorg-video-dummy",
        Need::Test,
        "Xorg without a card, with monitors to plug",
        "/usr/lib/xorg/modules/drivers/dummy_drv.so",
    ),
    package("x11-xkb-utils", Need::Test, "keyboard maps", "setxkbmap"),
    package("openbox", Need::Test, "a window manager to replace and be replaced by", "openbox"),
    package("picom", Need::Test, "a compositor to replace", "picom"),
    package("xfwm4", Need::Test, "another to replace and be replaced by; a rival", "xfwm4"),
    package("xfconf", Need::Test, "xfwm4's settings", ""),
    package("dbus-daemon", Need::Test, "xfwm4 wants a session bus", "dbus-run-session"),
];

/// `cargo xtask deps [build|session|test|bench]`.
pub(crate) fn main(arguments: &[String]) -> Result<()> {
    let need = match arguments {
        [] => Need::Test,
        [one] => match one.as_str() {
            "build" => Need::Build,
            "session" => Need::Session,
            "test" => Need::Test,
            "bench" => Need::Bench,
            other => bail!("build, session, test or bench, not {other:?}"),
        },
        _ => bail!("one of build, session, test, bench"),
    };
    ensure(need)?;
    say("all packages are there");
    Ok(())
}

/// Sees to it that the packages for a need are there.
pub(crate) fn ensure(need: Need) -> Result<()> {
    let wanted: Vec<&Package> = PACKAGES.iter().filter(|package| package.need <= need).collect();
    if !on_path("dpkg-query") {
        return look_for_programs(&wanted);
    }
    let missing: Vec<&Package> =
        wanted.into_iter().filter(|package| !is_installed(package.name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    say("These system packages are missing and will be installed:");
    for package in &missing {
        say(&format!("  {:<26} {}", package.name, package.why));
    }
    let names: Vec<&str> = missing.iter().map(|package| package.name).collect();
    if install(&names).is_err() {
        // The list of packages may be old, or absent on a fresh machine.
        run(apt_get().arg("update"))?;
        install(&names)?;
    }
    Ok(())
}

fn install(names: &[&str]) -> Result<()> {
    run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(names))
}

/// `apt-get` as root.
fn apt_get() -> Command {
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new("env")
    } else {
        let mut command = Command::new("sudo");
        command.arg("env");
        command
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
    command
}

fn is_installed(name: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat", "${db:Status-Status}", name])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success() && output.stdout == b"installed")
}

/// Whether a program is on the path, or a file at an absolute path.
fn on_path(program: &str) -> bool {
    if program.starts_with('/') {
        return Path::new(program).exists();
    }
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
    })
}

/// On a system without Debian's packages: tells what is missing, under Debian's names.
fn look_for_programs(wanted: &[&Package]) -> Result<()> {
    let missing: Vec<&&Package> = wanted
        .iter()
        .filter(|package| !package.sign.is_empty() && !on_path(package.sign))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    say("This is no Debian: please install these yourself (Debian's names):");
    for package in &missing {
        say(&format!("  {:<26} {} ({})", package.name, package.why, package.sign));
    }
    bail!("{} programs are missing", missing.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_named_once_with_a_reason() {
        let mut names: Vec<_> = PACKAGES.iter().map(|package| package.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(PACKAGES.iter().all(|package| !package.why.is_empty()));
    }

    #[test]
    fn absence_is_noticed() {
        assert!(!is_installed("no-such-package-as-this"));
        assert!(!on_path("no-such-program-as-this"));
        assert!(!on_path("/no/such/file"));
        assert!(on_path("sh"));
        let nothing = package("none", Need::Build, "nothing", "no-such-program-as-this");
        assert!(look_for_programs(&[&nothing]).is_err());
    }
}
