//! Trapeze, a compositing window manager for X11.
//!
//! Owns nothing but the way from the command line to the work.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use tracing_subscriber::EnvFilter;
use trapeze::app::{self, Ending};
use trapeze::cli::{self, Outcome};

fn main() -> ExitCode {
    let options = match cli::run(app::describe_server) {
        Outcome::Done(code) => return code,
        Outcome::Start(options) => options,
    };
    log_to_standard_error(options.log.as_deref());
    match app::run(options.into()) {
        Ok(Ending::Quit) => ExitCode::SUCCESS,
        Ok(Ending::Restart) => restart(),
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Levels: an `ERROR` is a bug of ours or the end of the session, a `WARN`
/// something that the person should know of, `INFO` what happens once in a
/// session, `DEBUG` what explains a decision, `TRACE` every event.
fn log_to_standard_error(filter: Option<&str>) {
    let chosen = filter.map(str::to_owned).or_else(|| std::env::var("TRAPEZE_LOG").ok());
    let filter = EnvFilter::builder().parse_lossy(chosen.as_deref().unwrap_or("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Becomes the program that is at our path now; it finds the windows as any
/// window manager does that takes over.
fn restart() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| "trapeze".into());
    let mut command = Command::new(name);
    // What starts with the session has started already.
    command.arg("--no-autostart").args(
        arguments
            .take_while(|argument| argument != "--")
            .filter(|argument| argument != "--no-autostart"),
    );
    let error = command.exec();
    tracing::error!(%error, "cannot start anew");
    ExitCode::FAILURE
}
