//! Starting programs for the person.
//!
//! Owns that they neither die with the window manager nor stay behind as
//! zombies. Must not know why they are started.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

/// Starts a shell command in a process group of its own; a failure is logged.
pub fn spawn(command: &str) {
    let mut child = Command::new("/bin/sh");
    child.arg("-c").arg(command).stdin(Stdio::null()).process_group(0);
    match child.spawn() {
        Ok(mut child) => {
            tracing::info!(command, pid = child.id(), "started");
            // A thread that only waits costs nothing, and needs no signal
            // handler that other libraries' children would come into.
            let wait = std::thread::Builder::new().name("reaper".to_owned()).stack_size(32 * 1024);
            let waiting = wait.spawn(move || {
                if let Ok(status) = child.wait() {
                    tracing::debug!(%status, "a program ended");
                }
            });
            if let Err(error) = waiting {
                tracing::debug!(%error, "a program will not be waited for");
            }
        }
        Err(error) => tracing::warn!(command, %error, "cannot be started"),
    }
}
