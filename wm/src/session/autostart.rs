//! XDG autostart: the `.desktop` files that a session starts.
//!
//! Owns the reading of those files, after the Desktop Application Autostart
//! and the Desktop Entry specifications. Must not start anything.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What matters of one `.desktop` file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// `Exec` as a shell command, without field codes.
    pub command: String,
    /// `Hidden`: as if it were not there.
    pub hidden: bool,
    /// `OnlyShowIn`; `None` is everywhere.
    pub only_in: Option<Vec<String>>,
    /// `NotShowIn`.
    pub not_in: Vec<String>,
    /// `TryExec`: to be started only if this program is there.
    pub try_exec: Option<String>,
}

impl Entry {
    /// Whether it is for this desktop: a value of `XDG_CURRENT_DESKTOP`,
    /// names with `:` between.
    #[must_use]
    pub fn wanted(&self, desktop: &str) -> bool {
        let any_of = |list: &[String]| desktop.split(':').any(|d| list.iter().any(|l| l == d));
        !self.hidden
            && !self.command.is_empty()
            && self.only_in.as_deref().is_none_or(any_of)
            && !any_of(&self.not_in)
            && self.try_exec.as_deref().is_none_or(is_program)
    }
}

fn is_program(name: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let executable = |path: &Path| {
        fs::metadata(path)
            .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    if name.contains('/') {
        return executable(Path::new(name));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| executable(&directory.join(name)))
}

/// Reads the `[Desktop Entry]` group of a `.desktop` file. Other groups,
/// unknown keys and malformed lines are passed over. `None` if it is no
/// application.
#[must_use]
pub fn parse_entry(text: &str) -> Option<Entry> {
    let mut entry = Entry::default();
    let mut inside = false;
    let mut application = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[Desktop Entry]";
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside) else { continue };
        let value = value.trim_start();
        let list = || value.split(';').filter(|v| !v.is_empty()).map(str::to_owned).collect();
        match key.trim_end() {
            "Type" => application = value == "Application",
            "Exec" => entry.command = without_field_codes(&unescape(value)),
            "Hidden" => entry.hidden = value == "true",
            "OnlyShowIn" => entry.only_in = Some(list()),
            "NotShowIn" => entry.not_in = list(),
            "TryExec" => entry.try_exec = Some(unescape(value)),
            _ => {}
        }
    }
    application.then_some(entry)
}

/// The escapes of string values: `\s`, `\n`, `\t`, `\r` and `\\`.
fn unescape(value: &str) -> String {
    let mut text = String::new();
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match characters.next() {
            Some('s') => text.push(' '),
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('\\') => text.push('\\'),
            Some(other) => text.extend(['\\', other]),
            None => text.push('\\'),
        }
    }
    text
}

/// `Exec` without `%f` and its like; `%%` is a percent sign. The quoting
/// rules of `Exec` are a part of the shell's.
fn without_field_codes(exec: &str) -> String {
    let mut command = String::new();
    let mut characters = exec.chars();
    while let Some(c) = characters.next() {
        if c != '%' {
            command.push(c);
        } else if let Some('%') = characters.next() {
            command.push('%');
        }
    }
    command.trim().to_owned()
}

/// The autostart directories, best first, as this process's environment
/// says.
pub(super) fn directories() -> Vec<PathBuf> {
    let directories = trapeze_config::Directories::from_environment();
    let home = directories.config_home.or(directories.home.map(|home| home.join(".config")));
    home.into_iter().chain(directories.system).map(|d| d.join("autostart")).collect()
}

/// All entries; of files of one name the best directory's counts. Sorted by
/// name.
pub(super) fn entries(directories: &[PathBuf]) -> Vec<Entry> {
    let mut files = BTreeMap::new();
    for directory in directories {
        for file in fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|extension| extension == "desktop") {
                files.entry(file.file_name()).or_insert(path);
            }
        }
    }
    let read = |path: &PathBuf| parse_entry(&String::from_utf8_lossy(&fs::read(path).ok()?));
    files.values().filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_say_where_they_are_wanted() {
        let entry = parse_entry(
            "# x\n[Desktop Entry]\nType=Application\nExec = panel --title=\"100%%\" %U\nOnlyShowIn=XFCE;Trapeze;\n[Other]\nHidden=true\n",
        )
        .unwrap();
        assert_eq!(entry.command, "panel --title=\"100%\"");
        assert!(entry.wanted("Trapeze"));
        assert!(entry.wanted("foo:XFCE"));
        assert!(!entry.wanted("GNOME"));
        let not = Entry { not_in: vec!["Trapeze".into()], only_in: None, ..entry.clone() };
        assert!(!not.wanted("Trapeze"));
        assert!(not.wanted("GNOME"));
        assert!(!Entry { hidden: true, ..entry.clone() }.wanted("Trapeze"));
        let try_exec = |program: &str| Entry { try_exec: Some(program.into()), ..entry.clone() };
        assert!(try_exec("/bin/sh").wanted("Trapeze"));
        assert!(try_exec("sh").wanted("Trapeze"));
        assert!(!try_exec("trapeze-has-no-such-program").wanted("Trapeze"));
        assert_eq!(parse_entry("[Desktop Entry]\nType=Link\nExec=x\n"), None);
        assert_eq!(unescape(r"a\sb\\c\"), r"a b\c\");
    }

    #[test]
    fn a_persons_own_file_hides_the_systems() {
        let root = std::env::temp_dir().join(format!("trapeze-autostart-{}", std::process::id()));
        let (own, system) = (root.join("own"), root.join("system"));
        for (directory, name, exec) in [
            (&own, "a.desktop", "mine"),
            (&system, "a.desktop", "theirs"),
            (&system, "b.desktop", "b"),
        ] {
            fs::create_dir_all(directory).unwrap();
            let text = format!("[Desktop Entry]\nType=Application\nExec={exec}\n");
            fs::write(directory.join(name), text).unwrap();
        }
        fs::write(own.join("notes.txt"), "x").unwrap();
        let commands: Vec<_> =
            entries(&[own, system, root.join("missing")]).into_iter().map(|e| e.command).collect();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(commands, ["mine", "b"]);
    }
}
