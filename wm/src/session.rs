//! The programs that the session starts: commands, autostart, environment.
//!
//! Owns the children until they have ended. Must not know why a program is
//! started, nor X.

mod autostart;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use tracing::{debug, info, warn};
use trapeze_config::Autostart;

pub use autostart::{Entry, parse_entry};

/// A program that ended.
#[derive(Debug)]
pub struct Ended {
    /// The shell command that started it.
    pub command: String,
    /// Its process.
    pub pid: u32,
    /// How.
    pub status: ExitStatus,
}

/// Starts programs and waits for their end, without blocking for either.
#[derive(Debug, Default)]
pub struct Session {
    children: Vec<(String, Child)>,
    /// Ours: for children only; `None` takes a variable away from them.
    variables: BTreeMap<OsString, Option<OsString>>,
    /// The configuration's.
    configured: BTreeMap<String, String>,
}

impl Session {
    /// A session whose children get this process's environment, without the
    /// startup notification that was meant for this process alone, and with
    /// `XDG_CURRENT_DESKTOP` if none is set.
    #[must_use]
    pub fn new() -> Self {
        let mut session = Self::default();
        session.remove("DESKTOP_STARTUP_ID");
        session.remove("XDG_ACTIVATION_TOKEN");
        if std::env::var_os("XDG_CURRENT_DESKTOP").is_none_or(|value| value.is_empty()) {
            session.set("XDG_CURRENT_DESKTOP", "Trapeze");
        }
        session
    }

    /// Sets a variable for children, such as `TRAPEZE_SOCKET` or `DISPLAY`.
    pub fn set(&mut self, name: impl Into<OsString>, value: impl Into<OsString>) {
        self.variables.insert(name.into(), Some(value.into()));
    }

    /// Takes a variable away from children: one that this process was given,
    /// or gave itself, for its own use of GL, say.
    pub fn remove(&mut self, name: impl Into<OsString>) {
        self.variables.insert(name.into(), None);
    }

    /// The configuration's variables; they win over all others and replace
    /// those of the configuration before.
    pub fn set_environment(&mut self, variables: &BTreeMap<String, String>) {
        self.configured.clone_from(variables);
    }

    /// Starts a shell command in a session of its own (setsid), so that
    /// neither a signal to ours nor our end reaches it. Its input is empty;
    /// its output goes where ours goes.
    ///
    /// # Errors
    /// No process can be made. That the command does not exist is known only
    /// to the shell, and told by [`Session::reap`].
    pub fn spawn(&mut self, command: &str) -> io::Result<u32> {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(command).stdin(Stdio::null());
        for (name, value) in &self.variables {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.envs(&self.configured);
        in_own_session(&mut shell);
        let child = shell.spawn()?;
        let pid = child.id();
        info!(pid, command, "started");
        self.children.push((command.to_owned(), child));
        Ok(pid)
    }

    /// Collects the children that have ended. To be called on SIGCHLD; waits
    /// for none of the others, and for no process that is not its own.
    pub fn reap(&mut self) -> Vec<Ended> {
        let mut ended = Vec::new();
        self.children.retain_mut(|(command, child)| match child.try_wait() {
            Ok(None) => true,
            Ok(Some(status)) => {
                let (command, pid) = (std::mem::take(command), child.id());
                if status.success() {
                    debug!(pid, command, "ended");
                } else {
                    info!(pid, command, %status, "failed");
                }
                ended.push(Ended { command, pid, status });
                false
            }
            Err(error) => {
                warn!(command, "lost a child: {error}");
                false
            }
        });
        ended
    }

    /// How many of its children run.
    #[must_use]
    pub fn running(&self) -> usize {
        self.children.len()
    }

    /// Starts the session's programs: the commands in order, then, if asked
    /// for, the XDG autostart entries. What cannot be started is logged and
    /// left out.
    pub fn autostart(&mut self, autostart: &Autostart) {
        let mut commands = autostart.commands.clone();
        if autostart.xdg {
            let desktop = self.variable("XDG_CURRENT_DESKTOP").unwrap_or_default();
            let entries = autostart::entries(&autostart::directories());
            let wanted = entries.iter().filter(|e| e.wanted(&desktop.to_string_lossy()));
            commands.extend(wanted.map(|entry| entry.command.clone()));
        }
        for command in &commands {
            if let Err(error) = self.spawn(command) {
                warn!(command, "cannot be started: {error}");
            }
        }
    }

    /// A variable as children see it.
    fn variable(&self, name: &str) -> Option<OsString> {
        if let Some(value) = self.configured.get(name) {
            return Some(value.into());
        }
        match self.variables.get(OsStr::new(name)) {
            Some(value) => value.clone(),
            None => std::env::var_os(name),
        }
    }
}

/// Has the child leave our session and process group before it becomes the
/// shell. (The standard library already gives it an empty signal mask.)
#[allow(unsafe_code, reason = "a hook between fork and exec is unsafe by nature")]
fn in_own_session(command: &mut Command) {
    // SAFETY: between fork and exec only async-signal-safe functions may be
    // called; the hook makes one system call, setsid(2), and allocates
    // nothing.
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            Ok(())
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// Waits for all children to end, through the same calls as the loop.
    fn finish(session: &mut Session) -> Vec<Ended> {
        let mut ended = Vec::new();
        for (_, child) in &mut session.children {
            child.wait().unwrap();
        }
        ended.extend(session.reap());
        ended
    }

    fn scratch(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("trapeze-session-{name}-{}", std::process::id()))
    }

    #[test]
    fn a_command_runs_in_its_own_session_with_clean_signals() {
        let file = scratch("signals");
        let mut session = Session::new();
        let command = format!("cat /proc/self/stat /proc/self/status > '{}'", file.display());
        let pid = session.spawn(&command).unwrap();
        let ended = finish(&mut session);
        assert_eq!((ended.len(), ended[0].pid), (1, pid));
        assert!(ended[0].status.success());
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let fields: Vec<&str> = text.split(") ").nth(1).unwrap().split(' ').collect();
        assert_eq!(fields[3], pid.to_string(), "the session id is the shell's pid");
        let mask = |set: &str| {
            let line = text.lines().find(|line| line.starts_with(set)).unwrap();
            u64::from_str_radix(line.split_whitespace().nth(1).unwrap(), 16).unwrap()
        };
        assert_eq!(mask("SigBlk"), 0, "the loop's blocked signals are not inherited");
        let (pipe, child) = (1 << 12, 1 << 16);
        assert_eq!(mask("SigIgn") & (pipe | child), 0, "SIGPIPE and SIGCHLD are as ever");
    }

    #[test]
    fn children_see_the_sessions_variables() {
        let file = scratch("environment");
        let mut session = Session::new();
        session.set("TRAPEZE_SOCKET", "/a");
        session.set("OVERRIDDEN", "ours");
        session.remove("PATH");
        session.set_environment(&BTreeMap::from([("OVERRIDDEN".into(), "theirs".into())]));
        let command = format!("/usr/bin/env > '{0}' || /bin/env > '{0}'", file.display());
        session.spawn(&command).unwrap();
        finish(&mut session);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.contains(&"TRAPEZE_SOCKET=/a"));
        assert!(lines.contains(&"OVERRIDDEN=theirs"));
        assert!(lines.iter().any(|line| line.starts_with("XDG_CURRENT_DESKTOP=")));
        let path = std::env::var("PATH").unwrap();
        assert!(!lines.contains(&format!("PATH={path}").as_str()), "PATH was taken away");
    }

    #[test]
    fn no_child_is_left_behind_and_none_is_waited_for() {
        let mut session = Session::new();
        session.spawn("exit 3").unwrap();
        session.spawn("trapeze-has-no-such-program 2>/dev/null").unwrap();
        let sleeper = session.spawn("read x < /dev/null; exec sleep 1000").unwrap();
        for (_, child) in &mut session.children[..2] {
            child.wait().unwrap();
        }
        let codes: Vec<_> = session.reap().iter().map(|ended| ended.status.code()).collect();
        assert_eq!(codes, [Some(3), Some(127)]);
        assert_eq!(session.running(), 1);
        for (_, child) in &mut session.children {
            assert_eq!(child.id(), sleeper);
            child.kill().unwrap();
        }
        assert_eq!(finish(&mut session).len(), 1);
        assert_eq!(session.running(), 0);
    }

    #[test]
    fn a_command_with_a_null_character_is_an_error() {
        assert!(Session::new().spawn("a\0b").is_err());
    }
}
