//! Subcommands that need no running Trapeze: check, diagnose, replay.
//!
//! Owns their output.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use trapeze_config::{Config, Directories, LoadError, find};
use trapeze_ipc::{Client, Reply, Request as Question};
use wm_core::{Request, Settings, Time, Wm};

use crate::recording;

/// True if nothing is wrong.
pub(super) fn check(file: Option<PathBuf>, out: &mut impl Write) -> anyhow::Result<bool> {
    let directories = Directories::from_environment();
    let Some(file) = file.or_else(|| find(&directories)) else {
        writeln!(out, "No configuration file; the defaults are in force. Looked for:")?;
        for candidate in directories.candidates() {
            writeln!(out, "  {}", candidate.display())?;
        }
        return Ok(true);
    };
    match Config::load(&file) {
        Ok(_) => {
            writeln!(out, "{}: nothing is wrong", file.display())?;
            Ok(true)
        }
        Err(LoadError::Wrong(problems)) => {
            writeln!(out, "{problems}\n")?;
            let count = problems.list.len();
            writeln!(out, "{count} problem{}", if count == 1 { "" } else { "s" })?;
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}

/// Variables that change what this program or GL does.
const VARIABLES: [&str; 14] = [
    "DISPLAY",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_TYPE",
    "XDG_CURRENT_DESKTOP",
    "XDG_CONFIG_HOME",
    "XDG_CONFIG_DIRS",
    "TRAPEZE_SOCKET",
    "TRAPEZE_LOG",
    "LANG",
    "LIBGL_ALWAYS_SOFTWARE",
    "LIBGL_DRI3_DISABLE",
    "MESA_LOADER_DRIVER_OVERRIDE",
    "__GLX_VENDOR_LIBRARY_NAME",
    "vblank_mode",
];

/// Always true: what cannot be found out is a fact too.
pub(super) fn diagnose(
    server: fn(Option<&str>) -> anyhow::Result<Vec<String>>,
    out: &mut impl Write,
) -> anyhow::Result<bool> {
    writeln!(out, "trapeze {}", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "built for {}-{}", std::env::consts::ARCH, std::env::consts::OS)?;
    let kernel = rustix::system::uname();
    writeln!(out, "{} {}", kernel.sysname().to_string_lossy(), kernel.release().to_string_lossy())?;

    writeln!(out, "\nEnvironment")?;
    for name in VARIABLES {
        if let Some(value) = std::env::var_os(name) {
            writeln!(out, "  {name}={}", value.to_string_lossy())?;
        }
    }

    writeln!(out, "\nConfiguration")?;
    match Config::load_or_default(&Directories::from_environment()) {
        Ok((_, Some(file))) => writeln!(out, "  {}: nothing is wrong", file.display())?,
        Ok((_, None)) => writeln!(out, "  no file; the defaults")?,
        Err(LoadError::Wrong(problems)) => {
            for problem in problems.brief() {
                writeln!(out, "  {problem}")?;
            }
        }
        Err(error) => writeln!(out, "  {error}")?,
    }

    writeln!(out, "\nX server")?;
    match server(None) {
        Ok(facts) => {
            for fact in facts {
                writeln!(out, "  {fact}")?;
            }
        }
        Err(error) => writeln!(out, "  {error:#}")?,
    }

    writeln!(out, "\nRunning Trapeze")?;
    match ask_running() {
        Ok(lines) => {
            for line in lines {
                writeln!(out, "  {line}")?;
            }
        }
        Err(error) => writeln!(out, "  none: {error}")?,
    }
    Ok(true)
}

fn ask_running() -> Result<Vec<String>, trapeze_ipc::client::Error> {
    let mut client = Client::from_environment()?;
    let mut lines = Vec::new();
    if let Reply::Version(version) = client.request(&Question::Version)? {
        lines.push(format!(
            "version {}, protocol {}, backend {}, process {}",
            version.version, version.protocol, version.backend, version.pid
        ));
    }
    if let Reply::Stats(stats) = client.request(&Question::Stats)? {
        lines.extend(stats.counters.iter().map(|(name, value)| format!("{name}: {value}")));
    }
    Ok(lines)
}

/// Runs a recording through a new model and prints what it asks for.
pub(super) fn replay(file: &Path, out: &mut impl Write) -> anyhow::Result<bool> {
    let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    let recording = recording::read(opened).with_context(|| format!("in {}", file.display()))?;
    for (time, request) in requests(&recording) {
        #[derive(Serialize)]
        struct Line<'a> {
            time: Time,
            request: &'a Request,
        }
        serde_json::to_writer(&mut *out, &Line { time, request: &request })
            .map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    Ok(true)
}

/// What a model asks for that is given these events. Events of one moment
/// were handled together, and so they are here.
fn requests(recording: &recording::Recording) -> Vec<(Time, Request)> {
    let mut model = Wm::new(Settings::default());
    let mut all = Vec::new();
    for moment in recording.entries.chunk_by(|a, b| a.time == b.time) {
        let time = moment[0].time;
        for entry in moment {
            model.handle(entry.event.clone(), time);
        }
        all.extend(model.settle(time).into_iter().map(|request| (time, request)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_asks_for_the_end_that_was_recorded() {
        let text = b"{\"time\":5,\"event\":{\"Screen\":{\"size\":{\"w\":800,\"h\":600},\"monitors\":[]}}}\n{\"time\":9,\"event\":\"Quit\"}\n";
        let recording = recording::read(text.as_slice()).unwrap();
        let found = requests(&recording);
        assert_eq!(found.last(), Some(&(Time(9), Request::Exit)));
    }

    #[test]
    fn a_diagnosis_survives_every_failure() {
        let mut out = Vec::new();
        let server = |_: Option<&str>| Err(anyhow::anyhow!("no display here"));
        assert!(diagnose(server, &mut out).unwrap());
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("trapeze "), "{text}");
        assert!(text.contains("\nX server\n  no display here\n"), "{text}");
        assert!(text.contains("\nRunning Trapeze\n"), "{text}");
    }
}
