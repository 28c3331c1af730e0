//! A child process that never outlives the test and whose output is kept.
//!
//! Knows nothing of X. Every child leads a process group of its own and asks the kernel to be
//! killed with the thread that started it, so that neither a panic nor a killed test leaves one
//! behind. The kit's one unsafe block lives here: what runs between fork and exec.

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{
    Pid, PidfdFlags, Signal, kill_process_group, pidfd_open, set_parent_process_death_signal,
};

use crate::wait::{Deadline, readable};

/// How long a process may take to obey SIGTERM before SIGKILL follows.
const GRACE: Duration = Duration::from_secs(5);

/// A running (or finished) child with its log.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    status: Option<ExitStatus>,
}

impl Process {
    /// Starts `command` with its output going to the file `log`.
    ///
    /// # Errors
    /// When the log cannot be made or the program cannot be started.
    pub fn spawn(name: &str, command: Command, log: &Path) -> Result<Self> {
        Self::spawn_with(name, command, log, None)
    }

    /// As [`Process::spawn`], with one descriptor that the child inherits under the number that it
    /// has here.
    pub(crate) fn spawn_with(
        name: &str,
        mut command: Command,
        log: &Path,
        inherited: Option<OwnedFd>,
    ) -> Result<Self> {
        let file = File::create(log).with_context(|| format!("log {}", log.display()))?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file).process_group(0);
        before_exec(&mut command, inherited);
        let child = command
            .spawn()
            .with_context(|| format!("start {name} ({:?})", command.get_program()))?;
        Ok(Self { name: name.to_owned(), child, log: log.to_owned(), status: None })
    }

    /// What the test calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that it has written so far.
    #[must_use]
    pub fn output(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Whether it has not yet ended.
    ///
    /// # Errors
    /// When waitpid(2) fails.
    pub fn is_running(&mut self) -> Result<bool> {
        if self.status.is_none() {
            self.status = self.child.try_wait()?;
        }
        Ok(self.status.is_none())
    }

    /// Sends a signal to its process group; nothing when it has ended.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn signal(&mut self, signal: Signal) -> Result<()> {
        if self.is_running()? {
            match kill_process_group(Pid::from_child(&self.child), signal) {
                Ok(()) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(error).context("kill"),
            }
        }
        Ok(())
    }

    /// Sends SIGTERM to the process alone, as a session manager would.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn terminate(&mut self) -> Result<()> {
        if self.is_running()? {
            rustix::process::kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        }
        Ok(())
    }

    /// A descriptor that becomes readable when it ends.
    ///
    /// # Errors
    /// When it has been waited for already.
    pub fn end_descriptor(&self) -> Result<OwnedFd> {
        pidfd_open(Pid::from_child(&self.child), PidfdFlags::empty())
            .with_context(|| format!("{} has ended", self.name))
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// When the deadline passes first; the message ends with its output.
    pub fn wait(&mut self, deadline: Deadline) -> Result<ExitStatus> {
        if let Some(status) = self.status {
            return Ok(status);
        }
        let descriptor = self.end_descriptor()?;
        if !readable(descriptor.as_fd(), deadline)? {
            bail!("{} did not end in time; its output:\n{}", self.name, self.output());
        }
        let status = self.child.wait()?;
        self.status = Some(status);
        Ok(status)
    }

    /// Ends it: SIGTERM, and SIGKILL for its whole group when it does not obey.
    ///
    /// # Errors
    /// When even that fails.
    pub fn stop(&mut self) -> Result<ExitStatus> {
        self.terminate()?;
        if let Ok(status) = self.wait(Deadline::after(GRACE)) {
            return Ok(status);
        }
        self.signal(Signal::KILL)?;
        self.wait(Deadline::after(GRACE))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group first: what the child started goes with it, even when it has gone itself.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        if self.status.is_none() {
            let _ = self.child.wait();
        }
    }
}

/// Arranges what the child does between fork and exec: die with its parent, and keep one
/// descriptor open across exec. The closure owns that descriptor, so that it closes here with
/// `command`.
#[allow(unsafe_code, reason = "CommandExt::pre_exec has no safe counterpart")]
fn before_exec(command: &mut Command, inherited: Option<OwnedFd>) {
    // SAFETY: between fork and exec only async-signal-safe calls are allowed; the closure makes
    // bare system calls (prctl, fcntl) through rustix and allocates nothing.
    unsafe {
        command.pre_exec(move || {
            set_parent_process_death_signal(Some(Signal::KILL))?;
            if let Some(descriptor) = &inherited {
                rustix::io::fcntl_setfd(descriptor, rustix::io::FdFlags::empty())?;
            }
            Ok(())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("testkit-process-{}-{name}", std::process::id()))
    }

    #[test]
    fn output_and_status_are_kept() {
        let log = scratch("output");
        let mut command = Command::new("sh");
        command.args(["-c", "echo said; exit 3"]);
        let mut process = Process::spawn("sh", command, &log).unwrap();
        assert_eq!(process.wait(Deadline::patient()).unwrap().code(), Some(3));
        assert_eq!(process.output(), "said\n");
        assert!(!process.is_running().unwrap());
        std::fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_deaf_process_and_its_children_are_killed() {
        let log = scratch("deaf");
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' TERM; tail -f /dev/null & echo $!; wait; wait"]);
        let process = Process::spawn("sh", command, &log).unwrap();
        while process.output().is_empty() {
            std::thread::yield_now();
        }
        let grandchild: i32 = process.output().trim().parse().unwrap();
        let watched = pidfd_open(Pid::from_raw(grandchild).unwrap(), PidfdFlags::empty()).unwrap();
        drop(process);
        assert!(readable(&watched, Deadline::patient()).unwrap());
        std::fs::remove_file(log).unwrap();
    }
}
