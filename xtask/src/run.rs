//! Running programs, and telling the reader what happens.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Tells the reader one thing. A closed pipe is no reason to stop.
pub(crate) fn say(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{text}");
    let _ = output.flush();
}

/// The repository's root: the directory above this crate.
pub(crate) fn root() -> PathBuf {
    let crate_directory = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    crate_directory
        .and_then(|directory| directory.parent().map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("."))
}

/// Runs a command in the repository's root, after saying so, and fails when it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let words: Vec<String> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let words = words.join(" ");
    say(&format!("$ {words}"));
    let status = command.current_dir(root()).status().with_context(|| format!("start {words}"))?;
    if !status.success() {
        bail!("{words} ended with {status}");
    }
    Ok(())
}

/// The cargo that runs this.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
