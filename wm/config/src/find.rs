//! Where the configuration file is.
//!
//! Owns the search order of the XDG base directory specification. Must not
//! read the file.

use std::path::{Path, PathBuf};

/// The directories in which the file is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Directories {
    /// `$XDG_CONFIG_HOME`, if it is set to an absolute path.
    pub config_home: Option<PathBuf>,
    /// `$HOME`.
    pub home: Option<PathBuf>,
    /// `$XDG_CONFIG_DIRS`, or `/etc/xdg`, best first.
    pub system: Vec<PathBuf>,
}

impl Directories {
    /// As this process's environment says. Relative paths are ignored, as
    /// the specification wants.
    #[must_use]
    pub fn from_environment() -> Self {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let mut system: Vec<PathBuf> = std::env::var_os("XDG_CONFIG_DIRS")
            .map(|list| std::env::split_paths(&list).filter(|p| p.is_absolute()).collect())
            .unwrap_or_default();
        if system.is_empty() {
            system.push(PathBuf::from("/etc/xdg"));
        }
        Self { config_home: absolute("XDG_CONFIG_HOME"), home: absolute("HOME"), system }
    }

    /// Every place where the file may be, best first.
    #[must_use]
    pub fn candidates(&self) -> Vec<PathBuf> {
        self.personal().into_iter().chain(self.system.iter().map(|d| file_in(d))).collect()
    }

    /// Where a person's own file is, or would be.
    #[must_use]
    pub fn personal(&self) -> Option<PathBuf> {
        let home = || self.home.as_ref().map(|home| home.join(".config"));
        self.config_home.clone().or_else(home).map(|directory| file_in(&directory))
    }
}

fn file_in(directory: &Path) -> PathBuf {
    directory.join("trapeze").join("config.toml")
}

/// The first of [`Directories::candidates`] that exists.
#[must_use]
pub fn find(directories: &Directories) -> Option<PathBuf> {
    directories.candidates().into_iter().find(|file| file.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_own_file_comes_first() {
        let mut directories = Directories {
            config_home: Some("/c".into()),
            home: Some("/h".into()),
            system: vec!["/etc/xdg".into(), "/opt".into()],
        };
        let expected =
            ["/c/trapeze/config.toml", "/etc/xdg/trapeze/config.toml", "/opt/trapeze/config.toml"];
        assert_eq!(directories.candidates(), expected.map(PathBuf::from));
        directories.config_home = None;
        assert_eq!(directories.personal(), Some("/h/.config/trapeze/config.toml".into()));
        directories.home = None;
        assert_eq!(directories.personal(), None);
        assert_eq!(find(&Directories::default()), None);
    }
}
