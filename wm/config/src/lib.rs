//! Trapeze's configuration: TOML with every default documented, errors with
//! line and column.
//!
//! Owns the file format: its sections, its defaults, the names of keys and
//! actions, and where the file is looked for. Must not know X, windows, or
//! what any setting does.
//!
//! ```
//! use trapeze_config::Config;
//!
//! let config = Config::parse("[focus]\nmode = \"sloppy\"\n")?;
//! assert_eq!(config.settings().focus, wm_core::settings::FocusMode::Sloppy);
//!
//! let problems = Config::parse("[focus]\nmoed = \"sloppy\"\n").unwrap_err();
//! assert_eq!((problems.list[0].line, problems.list[0].column), (2, 1));
//! # Ok::<(), trapeze_config::Problems>(())
//! ```
#![forbid(unsafe_code)]

mod action;
mod defaults;
mod error;
mod find;
mod key;
mod read;
mod schema;
mod value;
mod xsettings;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wm_core::look::Background;
use wm_core::{Action, Settings};

pub use action::{ActionError, action_names, parse_action, print_action};
pub use error::{LoadError, Problem, Problems};
pub use find::{Directories, find};
pub use key::{Chord, ChordError, keysym_from_name, keysym_name};
pub use xsettings::{Manage, Setting, XSettings};

/// The commented file that holds every default.
pub const DEFAULT_FILE: &str = include_str!("../default.toml");

/// A key with modifiers, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The key and the modifiers held with it.
    pub chord: Chord,
    /// What it does; never [`Action::None`].
    pub action: Action,
}

/// Which renderer composes the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackendChoice {
    /// GL where it is hardware, otherwise XRender.
    #[default]
    Auto,
    /// OpenGL through GLX.
    Glx,
    /// The X Render extension.
    Xrender,
    /// On the CPU, for tests and screenshots.
    Record,
    /// Nothing: the X server shows the windows as they are.
    None,
}

impl BackendChoice {
    /// Its name in the file and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Glx => "glx",
            Self::Xrender => "xrender",
            Self::Record => "record",
            Self::None => "none",
        }
    }
}

/// How the screen is composed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compositing {
    /// Which renderer.
    pub backend: BackendChoice,
}

/// Programs that start with the session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Autostart {
    /// Shell commands, in order.
    pub commands: Vec<String>,
    /// Also start the `.desktop` files of the XDG autostart directories.
    pub xdg: bool,
}

/// One whole configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    settings: Settings,
    /// The file does not say how large things are: as the display says.
    pub automatic_scale: bool,
    /// Key bindings; no chord occurs twice. Sorted by chord.
    pub bindings: Vec<Binding>,
    /// What covers the root window.
    pub background: Background,
    /// How the screen is composed.
    pub compositing: Compositing,
    /// Programs that start with the session.
    pub autostart: Autostart,
    /// Variables set for every program that the session starts.
    pub environment: BTreeMap<String, String>,
    /// What toolkits are told.
    pub xsettings: XSettings,
}

impl Default for Config {
    /// The built-in defaults: what an empty file means.
    fn default() -> Self {
        defaults::config()
    }
}

/// The key of every action that has one, in words. Of several the one with
/// the fewest modifiers is shown, and of those a letter rather than a key that
/// not every keyboard has.
pub(crate) fn shortcuts(bindings: &[Binding]) -> Vec<(Action, String)> {
    let mut best: Vec<&Binding> = Vec::new();
    let effort = |b: &Binding| (b.chord.modifiers.0.count_ones(), b.chord.keysym);
    for binding in bindings {
        match best.iter_mut().find(|b| b.action == binding.action) {
            Some(known) if effort(binding) < effort(known) => *known = binding,
            Some(_) => {}
            None => best.push(binding),
        }
    }
    best.into_iter().map(|b| (b.action.clone(), b.chord.label())).collect()
}

impl Config {
    /// What the model needs.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What the model needs on a display whose user chose this scale (percent
    /// of 96 DPI, `Xft.dpi`), which counts unless the file has its own.
    #[must_use]
    pub fn settings_at(&self, chosen_scale: Option<u16>) -> Settings {
        let mut settings = self.settings.clone();
        if let (true, Some(scale)) = (self.automatic_scale, chosen_scale) {
            settings.theme.scale_percent = scale;
        }
        settings
    }

    /// Reads a configuration text. What it does not mention has its default.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn parse(text: &str) -> Result<Self, Problems> {
        read::parse(text)
    }

    /// Reads a configuration file. A relative image path in it is relative
    /// to the file's directory, `~/` is `home` ([`Directories::home`]).
    ///
    /// # Errors
    /// The file cannot be read, is not UTF-8, or something is wrong in it.
    pub fn load(file: &Path) -> Result<Self, LoadError> {
        let bytes = std::fs::read(file)
            .map_err(|error| LoadError::Read { file: file.to_owned(), error })?;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let problem = Problem::at(&text, valid..valid + 1, "this is not UTF-8 text");
                return Err(Problems::new(vec![problem]).in_file(file).into());
            }
        };
        let mut config = Self::parse(&text).map_err(|problems| problems.in_file(file))?;
        let home = Directories::from_environment().home;
        config.resolve_paths(file.parent().unwrap_or(Path::new("")), home.as_deref());
        Ok(config)
    }

    /// The file that [`find`] finds, read; or the defaults if there is none.
    /// The second is the file's path.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_or_default(
        directories: &Directories,
    ) -> Result<(Self, Option<PathBuf>), LoadError> {
        match find(directories) {
            Some(file) => Ok((Self::load(&file)?, Some(file))),
            None => Ok((Self::default(), None)),
        }
    }

    /// The key bound to `action`, in words such as `Alt+F4`: for menus.
    #[must_use]
    pub fn shortcut(&self, action: &Action) -> Option<String> {
        let found = self.settings.shortcuts.iter().find(|(of, _)| of == action);
        found.map(|(_, keys)| keys.clone())
    }

    fn resolve_paths(&mut self, directory: &Path, home: Option<&Path>) {
        if let Background::Image { path, .. } = &mut self.background {
            *path = match (path.strip_prefix("~"), home) {
                (Ok(rest), Some(home)) => home.join(rest),
                _ => directory.join(&*path),
            };
        }
    }
}
