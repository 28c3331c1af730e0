//! `cargo xtask install`: what a user's system needs, where a system looks for it.
//!
//! Owns the layout below the prefix, which is that of the filesystem hierarchy standard, and takes
//! it away again. A packager stages the same tree with `--destdir`. It must not know how the
//! programs work.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::deps::{self, Need};
use crate::run::{cargo, root, run, say};

/// A file below the prefix.
struct Item {
    /// Where it goes, below the prefix.
    to: PathBuf,
    content: Content,
    /// Its permissions.
    mode: u32,
}

enum Content {
    /// A copy of this file.
    File(PathBuf),
    Text(String),
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    /// Where programs will find the files.
    prefix: PathBuf,
    /// Put before the prefix when files are written: a packager's staging directory.
    destdir: Option<PathBuf>,
}

/// `cargo xtask install` (or `uninstall`, with `remove`).
pub(crate) fn main(arguments: &[String], remove: bool) -> Result<()> {
    let options = Options::parse(arguments)?;
    if !remove {
        deps::ensure(Need::Build)?;
        let packages =
            ["trapeze", "show-traps", "xrender-bridge-preload"].map(|name| ["--package", name]);
        run(cargo().args(["build", "--release"]).args(packages.as_flattened()))?;
    }
    let items = items(&options.prefix, remove)?;
    for item in &items {
        let path = options.path(item);
        if remove {
            match fs::remove_file(&path) {
                Ok(()) => say(&format!("removed {}", path.display())),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("remove {}", path.display()));
                }
            }
        } else {
            write(item, &path).with_context(|| format!("install {}", path.display()))?;
            say(&path.display().to_string());
        }
    }
    if !remove && options.destdir.is_none() {
        advise(&options.prefix);
    }
    Ok(())
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self> {
        let mut prefix = default_prefix()?;
        let mut destdir = None;
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument.as_str(), None),
            };
            let target = match name {
                "--prefix" => &mut prefix,
                "--destdir" => destdir.insert(PathBuf::new()),
                other => {
                    bail!("install knows --prefix DIRECTORY and --destdir DIRECTORY, not {other:?}")
                }
            };
            let value = value.or_else(|| rest.next().cloned());
            *target = PathBuf::from(value.with_context(|| format!("{name} needs a directory"))?);
        }
        if !prefix.is_absolute() {
            bail!("the prefix {:?} is not absolute", prefix.display());
        }
        Ok(Self { prefix, destdir })
    }

    fn path(&self, item: &Item) -> PathBuf {
        let path = self.prefix.join(&item.to);
        match &self.destdir {
            // An absolute path would replace what it is joined to.
            Some(directory) => directory.join(path.strip_prefix("/").unwrap_or(&path)),
            None => path,
        }
    }
}

/// `/usr/local` for the superuser, `~/.local` for everybody else.
fn default_prefix() -> Result<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/usr/local"));
    }
    let home = std::env::var_os("HOME").context("$HOME is not set: say --prefix DIRECTORY")?;
    Ok(Path::new(&home).join(".local"))
}

/// Everything that is installed. Completions are made by the program itself, so they are empty
/// when it is only asked what there is.
fn items(prefix: &Path, names_only: bool) -> Result<Vec<Item>> {
    let built = target().join("release");
    let program = |name: &str| Item {
        to: Path::new("bin").join(name),
        content: Content::File(built.join(name)),
        mode: 0o755,
    };
    let mut items = vec![program("trapeze"), program("show-traps")];
    let object = "libxrender_bridge_preload.so";
    items.push(Item {
        to: Path::new("lib").join(object),
        content: Content::File(built.join(object)),
        mode: 0o644,
    });
    items.push(Item {
        to: "share/xsessions/trapeze.desktop".into(),
        content: Content::Text(session_entry(prefix)),
        mode: 0o644,
    });
    for directory in ["wm/man", "show-traps/man"] {
        items.extend(manual_pages(&root().join(directory))?);
    }
    let shells = [
        ("bash", "share/bash-completion/completions/trapeze"),
        ("fish", "share/fish/vendor_completions.d/trapeze.fish"),
        ("zsh", "share/zsh/site-functions/_trapeze"),
    ];
    for (shell, to) in shells {
        let text = if names_only { String::new() } else { completions(&built, shell)? };
        items.push(Item { to: to.into(), content: Content::Text(text), mode: 0o644 });
    }
    Ok(items)
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    let given = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    root().join(given.unwrap_or_else(|| "target".into()))
}

/// What a display manager lists. The absolute path: its search path is not the user's.
fn session_entry(prefix: &Path) -> String {
    let program = prefix.join("bin/trapeze");
    let program = program.display();
    format!(
        "[Desktop Entry]\nType=Application\nName=Trapeze\n\
         Comment=A compositing window manager for X11\n\
         Exec={program}\nTryExec={program}\nDesktopNames=Trapeze\n"
    )
}

/// The manual pages of a directory, by section.
fn manual_pages(directory: &Path) -> Result<Vec<Item>> {
    let mut pages = Vec::new();
    let Ok(entries) = fs::read_dir(directory) else { return Ok(pages) };
    for entry in entries {
        let path = entry.with_context(|| format!("read {}", directory.display()))?.path();
        let (Some(name), Some(section)) = (path.file_name(), path.extension()) else { continue };
        let section = Path::new("share/man").join(format!("man{}", section.display()));
        pages.push(Item {
            to: section.join(name),
            content: Content::File(path.clone()),
            mode: 0o644,
        });
    }
    pages.sort_by(|a, b| a.to.cmp(&b.to));
    Ok(pages)
}

fn completions(built: &Path, shell: &str) -> Result<String> {
    let output = Command::new(built.join("trapeze"))
        .args(["completions", shell])
        .output()
        .context("ask trapeze for completions")?;
    if !output.status.success() {
        bail!("trapeze completions {shell} ended with {}", output.status);
    }
    String::from_utf8(output.stdout).context("completions are not UTF-8")
}

/// Writes beside the file and renames: a program that runs keeps running.
fn write(item: &Item, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = path.parent().context("a file has a directory")?;
    fs::create_dir_all(directory)?;
    let name = path.file_name().context("a file has a name")?;
    let beside = directory.join(format!(".{}.new", name.display()));
    match &item.content {
        Content::File(from) => {
            fs::copy(from, &beside).with_context(|| format!("copy {}", from.display()))?;
        }
        Content::Text(text) => fs::write(&beside, text)?,
    }
    fs::set_permissions(&beside, fs::Permissions::from_mode(item.mode))?;
    fs::rename(&beside, path)?;
    Ok(())
}

/// What is left to the user.
fn advise(prefix: &Path) {
    let bin = prefix.join("bin");
    let on_path = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|directory| directory == bin));
    if on_path {
        say("\nTo live in it: exec trapeze in ~/.xinitrc, or trapeze --replace in a session.");
    } else {
        say(&format!(
            "\n{0} is not on your $PATH: add it, or say exec {0}/trapeze in ~/.xinitrc.",
            bin.display()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options> {
        let owned: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Options::parse(&owned)
    }

    #[test]
    fn both_forms_of_an_option_are_understood() {
        let expected = Options { prefix: "/opt/x".into(), destdir: Some("stage".into()) };
        assert_eq!(parse(&["--prefix=/opt/x", "--destdir=stage"]).unwrap(), expected);
        assert_eq!(parse(&["--destdir", "stage", "--prefix", "/opt/x"]).unwrap(), expected);
        assert!(parse(&["--prefix"]).is_err(), "a value is missing");
        assert!(parse(&["--prefix", "relative"]).is_err());
        assert!(parse(&["--perfix=/x"]).is_err());
    }

    #[test]
    fn a_staging_directory_stands_before_the_prefix() {
        let options = parse(&["--prefix=/usr", "--destdir=/stage"]).unwrap();
        let items = items(&options.prefix, true).unwrap();
        let paths: Vec<_> = items.iter().map(|item| options.path(item)).collect();
        for expected in ["bin/trapeze", "share/man/man1/trapeze.1", "share/man/man5/trapeze.toml.5"]
        {
            let expected = Path::new("/stage/usr").join(expected);
            assert!(paths.contains(&expected), "{} is installed", expected.display());
        }
        assert!(session_entry(&options.prefix).contains("\nExec=/usr/bin/trapeze\n"));
    }

    #[test]
    fn files_are_replaced_whole() {
        let directory = std::env::temp_dir().join(format!("install-{}", std::process::id()));
        let path = directory.join("share/x");
        let item = |text: &str| Item {
            to: "share/x".into(),
            content: Content::Text(text.into()),
            mode: 0o600,
        };
        write(&item("one"), &path).unwrap();
        write(&item("two"), &path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "nothing is left beside it");
        fs::remove_dir_all(directory).unwrap();
    }
}
