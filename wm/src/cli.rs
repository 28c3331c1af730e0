//! The command line: what can be asked of the program, and the answers that
//! need no window manager of our own.
//!
//! Owns arguments, help texts and what is printed. Must not know X.

mod msg;
mod offline;

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use trapeze_config::BackendChoice;

pub use msg::Msg;

/// A compositing window manager for X11.
///
/// Without a subcommand, Trapeze becomes the window manager of the display,
/// adopts the windows that are there, and runs until the session ends.
#[derive(Debug, Parser)]
#[command(version, name = "trapeze", args_conflicts_with_subcommands = true, max_term_width = 100)]
#[command(after_help = "A session: `exec trapeze` in ~/.xinitrc. A trial in a running one: \
    `trapeze --replace`.\nThe configuration is described in trapeze.toml(5), the messages in \
    trapeze-msg(1).")]
pub struct Cli {
    /// How to run.
    #[command(flatten)]
    pub options: Options,
    /// What to do instead of managing windows.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// How the window manager runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct Options {
    /// Take over from the window manager and compositor that run now.
    #[arg(long)]
    pub replace: bool,
    /// Which renderer composes the screen [default: the configuration's].
    #[arg(long, value_enum, value_name = "NAME")]
    pub backend: Option<Backend>,
    /// Read this configuration instead of looking for one.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The X display, such as :1 [default: $DISPLAY].
    #[arg(long, value_name = "DISPLAY")]
    pub display: Option<String>,
    /// Write every event to this file, for `trapeze replay`.
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Do not start the programs of the configuration's autostart section.
    #[arg(long)]
    pub no_autostart: bool,
    /// What is logged, such as `debug` or `trapeze=trace,info` [default:
    /// $TRAPEZE_LOG, or info].
    #[arg(long, value_name = "FILTER")]
    pub log: Option<String>,
    /// A program to start with the session, and its arguments.
    #[arg(last = true, value_name = "PROGRAM")]
    pub program: Vec<String>,
}

impl Options {
    /// [`Options::program`] as a shell command that [`crate::session`] can
    /// start.
    #[must_use]
    pub fn program_command(&self) -> Option<String> {
        let quoted = |word: &String| format!("'{}'", word.replace('\'', r"'\''"));
        let words: Vec<String> = self.program.iter().map(quoted).collect();
        (!words.is_empty()).then(|| format!("exec {}", words.join(" ")))
    }
}

/// The renderers, as `--backend` names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// GL where it is hardware, otherwise XRender.
    Auto,
    /// OpenGL through GLX.
    Glx,
    /// The X Render extension.
    Xrender,
    /// On the CPU; for tests and screenshots.
    Record,
    /// No composition.
    None,
}

impl From<Backend> for BackendChoice {
    fn from(backend: Backend) -> Self {
        match backend {
            Backend::Auto => Self::Auto,
            Backend::Glx => Self::Glx,
            Backend::Xrender => Self::Xrender,
            Backend::Record => Self::Record,
            Backend::None => Self::None,
        }
    }
}

/// What else the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a configuration, and show everything that is wrong with it.
    Check {
        /// The file [default: the one that Trapeze would use].
        file: Option<PathBuf>,
    },
    /// Ask or tell a running Trapeze something.
    Msg(Msg),
    /// Print the default configuration, which documents every setting.
    DefaultConfig,
    /// Print what a bug report should say about this system.
    Diagnose,
    /// Run recorded events through the model and print its requests.
    ///
    /// Each line of output is a JSON object with the time of the events, in
    /// microseconds, and one request.
    Replay {
        /// A file that `--record` wrote.
        file: PathBuf,
    },
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// What main has to do.
#[derive(Debug)]
pub enum Outcome {
    /// Manage windows.
    Start(Options),
    /// Nothing more.
    Done(ExitCode),
}

/// Reads the command line and does what it asks for, except managing
/// windows. `server` describes the X server of a display, a line per fact,
/// for `trapeze diagnose`.
pub fn run(server: fn(Option<&str>) -> anyhow::Result<Vec<String>>) -> Outcome {
    let cli = Cli::parse();
    let Some(command) = cli.command else { return Outcome::Start(cli.options) };
    let mut out = Vec::new();
    let result = match command {
        Command::Check { file } => offline::check(file, &mut out),
        Command::DefaultConfig => {
            out.extend_from_slice(trapeze_config::DEFAULT_FILE.as_bytes());
            Ok(true)
        }
        Command::Diagnose => offline::diagnose(server, &mut out),
        Command::Replay { file } => offline::replay(&file, &mut io::stdout().lock()),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "trapeze", &mut out);
            Ok(true)
        }
        Command::Msg(msg) => msg.run(&mut io::stdout().lock()),
    };
    let result = result.and_then(|good| {
        io::stdout().write_all(&out)?;
        io::stdout().flush()?;
        Ok(good)
    });
    Outcome::Done(match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if even this fails.
            let _ = writeln!(io::stderr(), "trapeze: {error:#}");
            ExitCode::FAILURE
        }
    })
}

/// The reader had enough, as `| head` does: that is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
#[path = "cli/tests.rs"]
mod tests;
