//! The project's own tasks: deps, session, install, test, bench, tidy.
//!
//! Builds with nothing but Rust and gcc; what else a task needs it installs first and says why.

mod bench;
mod clauses;
mod deps;
mod install;
mod run;
mod session;
mod suite;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::run::say;

const USAGE: &str = "\
cargo xtask TASK

  session [--nested | --console | --headless] [-- ARGUMENTS…]
              install what is missing, build, and start Trapeze: in a window when there is a
              display, by startx on a console, else unseen with a picture in target/session.png
  test [ARGUMENTS…]
              install what is missing, build, and run every test; arguments go to cargo test
  install [--prefix DIRECTORY] [--destdir DIRECTORY]
              build for speed, and install programs, manual pages, completions and a session for
              display managers, in /usr/local for root, in ~/.local otherwise
  uninstall [--prefix DIRECTORY] [--destdir DIRECTORY]
              take all of it away again
  bench wm [--seconds N] [--rounds N] [--only NAME,…]
              cost of Trapeze and its rivals, interleaved
  bench bridge [--rounds N] [--only FAMILY,…]
              a stock X server beside the same with xrender-bridge loaded, interleaved
  bench areas [--rounds N] [--only DRAWING] [--svg FILE]
              filling of exact areas beside other rasterizers, interleaved
  clauses [--check]
              write docs/protocol.md: what is supported, clause by clause, and which test proves it
  tidy        the rules of the house that no compiler checks
  deps [build | session | test]
              say which system packages are missing, and install them";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((task, rest)) = arguments.split_first() else {
        bail!("which task?\n\n{USAGE}");
    };
    match task.as_str() {
        "session" => session::main(rest),
        "test" => suite::main(rest),
        "install" => install::main(rest, false),
        "uninstall" => install::main(rest, true),
        "bench" => bench::main(rest),
        "clauses" => clauses::main(rest),
        "tidy" => tidy::main(),
        "deps" => deps::main(rest),
        "help" | "--help" | "-h" => {
            say(USAGE);
            Ok(())
        }
        other => bail!("no task {other:?}\n\n{USAGE}"),
    }
}
