//! `cargo xtask test`: everything, on one profile, failing when anything fails.

use anyhow::Result;

use crate::deps::{self, Need};
use crate::run::{cargo, run, say};

/// Installs, builds the program under test, runs all tests of the workspace.
pub(crate) fn main(arguments: &[String]) -> Result<()> {
    deps::ensure(Need::Test)?;
    // The whole-system tests start this very binary; cargo test alone would not make it.
    run(cargo().args(["build", "--package", "trapeze", "--package", "xrender-bridge-preload"]))?;
    run(cargo().args(["test", "--workspace"]).args(arguments))?;
    say("all tests passed");
    Ok(())
}
