//! Where a test's programs live: a home and a runtime directory of their own, and their logs.
//!
//! Logs stay in `target/test-sessions/<test>-<n>/` until the same test runs again. The runtime
//! directory holds sockets, whose paths must be short, so it is under the system's temporary
//! directory and goes with the sandbox.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

/// What toolkits of the GTK family are to leave out.
const GTK_SETTINGS: &str = "[Settings]
gtk-cursor-blink=false
gtk-enable-animations=false
gtk-overlay-scrolling=false
";

/// Counts runtime directories, so that each is new within this process.
static RUNTIME_COUNT: AtomicU32 = AtomicU32::new(0);
/// Counts the sandboxes of each test.
static SESSION_COUNTS: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);

/// The directories of one server and the programs on it.
#[derive(Debug)]
pub struct Sandbox {
    directory: PathBuf,
    runtime: PathBuf,
}

impl Sandbox {
    /// Makes fresh directories for the running test.
    ///
    /// # Errors
    /// When a directory cannot be made.
    pub fn new() -> Result<Self> {
        let test = test_name();
        let number = {
            let mut counts = SESSION_COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.get_or_insert_default().entry(test.clone()).or_insert(0);
            *count += 1;
            *count
        };
        let directory = target_directory().join("test-sessions").join(format!("{test}-{number}"));
        if directory.exists() {
            std::fs::remove_dir_all(&directory)?;
        }
        std::fs::create_dir_all(directory.join("home"))
            .with_context(|| format!("make {}", directory.display()))?;
        let runtime = std::env::temp_dir().join(format!(
            "trapeze-test-{}-{}",
            std::process::id(),
            RUNTIME_COUNT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&runtime)?;
        // Programs refuse a runtime directory that others may read.
        std::fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        let sandbox = Self { directory, runtime };
        // GTK's fades, blinking and vanishing scroll bars would make a picture depend on when it
        // was taken.
        for version in ["gtk-3.0", "gtk-4.0"] {
            let config = sandbox.home().join(".config").join(version);
            std::fs::create_dir_all(&config)?;
            std::fs::write(config.join("settings.ini"), GTK_SETTINGS)?;
        }
        Ok(sandbox)
    }

    /// Logs and anything else worth reading after a failure.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// `XDG_RUNTIME_DIR` of the programs.
    #[must_use]
    pub fn runtime(&self) -> &Path {
        &self.runtime
    }

    /// `HOME` of the programs.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.directory.join("home")
    }

    /// The file that takes the output of the program of this name; a new one each time.
    #[must_use]
    pub fn log(&self, name: &str) -> PathBuf {
        let plain: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let mut path = self.directory.join(format!("{plain}.log"));
        let mut number = 2;
        while path.exists() {
            path = self.directory.join(format!("{plain}-{number}.log"));
            number += 1;
        }
        path
    }

    /// A command with an environment that is the same on every machine: no session bus, no
    /// accessibility bus, no settings daemon, software GL, X11 for every toolkit.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear();
        for kept in
            ["PATH", "RUST_BACKTRACE", "RUST_LOG", "TRAPEZE_LOG", "LLVM_PROFILE_FILE", "TMPDIR"]
        {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        let home = self.home();
        command
            .current_dir(&home)
            .env("HOME", &home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("XDG_DATA_HOME", home.join(".local/share"))
            .env("XDG_STATE_HOME", home.join(".local/state"))
            .env("XDG_RUNTIME_DIR", &self.runtime)
            .env("XDG_SESSION_TYPE", "x11")
            .env("LC_ALL", "C.UTF-8")
            .env("SHELL", "/bin/sh")
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env("NO_AT_BRIDGE", "1")
            .env("GTK_A11Y", "none")
            .env("GSETTINGS_BACKEND", "memory")
            .env("GDK_BACKEND", "x11")
            .env("GSK_RENDERER", "cairo")
            .env("QT_QPA_PLATFORM", "xcb")
            .env("SDL_VIDEODRIVER", "x11")
            .env("SDL_AUDIODRIVER", "dummy")
            .env("LIBGL_ALWAYS_SOFTWARE", "1");
        command
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.runtime);
    }
}

/// The running test's name as a file name: libtest names the thread after the test.
#[must_use]
pub fn test_name() -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("unnamed");
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect()
}

/// Cargo's target directory, found from where the running executable lies
/// (`<target>/<profile>/deps/<test>` or `<target>/<profile>/<program>`); the system's temporary
/// directory when it lies elsewhere.
#[must_use]
pub fn target_directory() -> PathBuf {
    profile_directory().parent().map_or_else(std::env::temp_dir, Path::to_owned)
}

/// The directory of the build profile that this executable was built in.
#[must_use]
pub fn profile_directory() -> PathBuf {
    let executable = std::env::current_exe().unwrap_or_default();
    let directory = executable.parent().unwrap_or(Path::new("")).to_owned();
    match directory.file_name() {
        Some(name) if name == "deps" => directory.parent().map(Path::to_owned).unwrap_or(directory),
        _ => directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_fresh_and_private() {
        let sandbox = Sandbox::new().unwrap();
        assert!(sandbox.home().is_dir());
        let runtime = sandbox.runtime().to_owned();
        assert!(runtime.is_dir());
        assert!(runtime.as_os_str().len() < 80, "a socket in it must fit in 108 bytes");
        assert_ne!(Sandbox::new().unwrap().directory(), sandbox.directory());
        drop(sandbox);
        assert!(!runtime.exists());
    }

    #[test]
    fn logs_of_one_name_do_not_overwrite_each_other() {
        let sandbox = Sandbox::new().unwrap();
        let first = sandbox.log("x/term");
        std::fs::write(&first, "kept").unwrap();
        assert_ne!(sandbox.log("x/term"), first);
    }
}
