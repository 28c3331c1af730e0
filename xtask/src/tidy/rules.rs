//! The rules themselves.

use anyhow::{Context, Result};

use super::Complaint;
use super::tree::Tree;
use crate::clauses;

/// A rule: what of the tree breaks it.
pub(crate) type Rule = fn(&Tree) -> Result<Vec<Complaint>>;

/// All rules, in the order in which they are checked.
pub(crate) const ALL: &[Rule] = &[
    modules_say_what_they_own,
    files_are_short,
    the_core_depends_on_nothing_outside,
    the_core_asks_the_world_nothing,
    crates_know_only_their_neighbours,
    safe_crates_forbid_unsafe_code,
    nothing_sleeps,
    no_machine_is_named,
    crates_take_the_workspaces_word,
    every_clause_is_proved,
];

/// A file that is longer is several concepts in one.
const LONGEST_FILE: usize = 700;

/// What `wm-core` may depend on: data structures and derives, nothing that does input or output.
const CORE_MAY_USE: &[&str] = &["serde", "thiserror", "bitflags"];

/// Paths by which `wm-core` would reach out of itself.
const CORE_MUST_NOT_NAME: &[&str] = &[
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime::now",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::io",
];

/// Which crates (by directory) must not depend on which others (by name, a final `*` matching any
/// end), and why.
const STRANGERS: &[(&str, &[&str], &str)] = &[
    (
        "raster",
        &["x11rb*", "xcb*", "x11*", "wm-core", "trapeze*", "xrender-bridge*", "glow", "glutin"],
        "raster knows no X and no window",
    ),
    (
        "wm/backend",
        &["trapeze", "trapeze-config", "trapeze-ipc", "trapeze-testkit"],
        "a backend paints a plan and knows neither the shell nor its settings",
    ),
    (
        "wm/decor",
        &["x11rb*", "glow", "glutin*", "trapeze", "trapeze-backend", "trapeze-ipc"],
        "decor draws pictures and knows no X",
    ),
    (
        "wm/config",
        &["x11rb*", "glow", "glutin*", "trapeze", "trapeze-backend", "trapeze-decor"],
        "the configuration is text and values",
    ),
    (
        "wm/ipc",
        &["x11rb*", "glow", "glutin*", "trapeze", "trapeze-backend", "trapeze-decor"],
        "the messages are a documented API of types only",
    ),
    (
        "xrender-bridge/preload",
        &["wm-core", "trapeze*", "x11rb*", "glow", "glutin*", "tracing*"],
        "inside someone's X server there is nothing of the window manager",
    ),
    ("show-traps", &["wm-core", "trapeze*"], "the debugger is useful without the window manager"),
    ("tests", &["trapeze", "wm-core", "trapeze-backend"], "the kit sees what any X client sees"),
];

/// Crates that have no unsafe code at all; each of their roots must say so.
const SAFE: &[&str] = &["wm/core", "raster", "xrender-bridge", "show-traps"];

fn complaint(path: &str, line: usize, text: impl Into<String>) -> Complaint {
    Complaint { path: path.to_owned(), line, text: text.into() }
}

/// Lines of code with their numbers, without comment lines.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn modules_say_what_they_own(tree: &Tree) -> Result<Vec<Complaint>> {
    Ok(tree
        .rust("")
        .filter(|(_, text)| !text.trim_start().starts_with("//!"))
        .map(|(path, _)| complaint(path, 1, "begin with `//!`: what the module owns"))
        .collect())
}

fn files_are_short(tree: &Tree) -> Result<Vec<Complaint>> {
    Ok(tree
        .rust("")
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|&(_, lines)| lines > LONGEST_FILE)
        .map(|(path, lines)| {
            complaint(path, 0, format!("{lines} lines, more than {LONGEST_FILE}: split by concept"))
        })
        .collect())
}

/// Names of a manifest's dependencies in a section, the renamed ones by their real names.
fn dependencies(manifest: &toml::Table, sections: &[&str]) -> Vec<String> {
    let mut names = Vec::new();
    let mut tables: Vec<&toml::Table> = vec![manifest];
    if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
        tables.extend(targets.values().filter_map(toml::Value::as_table));
    }
    for table in tables {
        for section in sections {
            let Some(section) = table.get(*section).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, value) in section {
                let real = value.get("package").and_then(toml::Value::as_str);
                names.push(real.unwrap_or(name).to_owned());
            }
        }
    }
    names
}

fn parse(path: &str, text: &str) -> Result<toml::Table> {
    text.parse().with_context(|| format!("read {path}"))
}

fn the_core_depends_on_nothing_outside(tree: &Tree) -> Result<Vec<Complaint>> {
    let path = "wm/core/Cargo.toml";
    let Some(text) = tree.get(path) else {
        return Ok(vec![complaint(path, 0, "is not there")]);
    };
    Ok(dependencies(&parse(path, text)?, &["dependencies", "build-dependencies"])
        .into_iter()
        .filter(|name| !CORE_MAY_USE.contains(&name.as_str()))
        .map(|name| complaint(path, 0, format!("wm-core is pure and may not use {name}")))
        .collect())
}

fn the_core_asks_the_world_nothing(tree: &Tree) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    // Tests may be told by the environment how long to look.
    let is_test = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
    for (path, text) in tree.rust("wm/core/src/").filter(|(path, _)| !is_test(path)) {
        for (line, code) in code(text) {
            for name in CORE_MUST_NOT_NAME.iter().filter(|name| code.contains(**name)) {
                complaints.push(complaint(path, line, format!("wm-core is pure: no {name}")));
            }
        }
    }
    Ok(complaints)
}

fn crates_know_only_their_neighbours(tree: &Tree) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for (directory, strangers, why) in STRANGERS {
        let path = format!("{directory}/Cargo.toml");
        let Some(text) = tree.get(&path) else {
            complaints.push(complaint(&path, 0, "is not there"));
            continue;
        };
        let names = dependencies(&parse(&path, text)?, &["dependencies", "build-dependencies"]);
        for name in names {
            let is_stranger = strangers.iter().any(|stranger| match stranger.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == *stranger,
            });
            // The kit's own name begins like the window manager's.
            if is_stranger && name != "trapeze-testkit" || strangers.contains(&name.as_str()) {
                complaints.push(complaint(&path, 0, format!("depends on {name}, but {why}")));
            }
        }
    }
    Ok(complaints)
}

fn safe_crates_forbid_unsafe_code(tree: &Tree) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for directory in SAFE {
        let roots = ["lib.rs", "main.rs"].map(|name| format!("{directory}/src/{name}"));
        let mut present = roots.iter().filter_map(|path| Some((path, tree.get(path)?))).peekable();
        if present.peek().is_none() {
            complaints.push(complaint(directory, 0, "has no root"));
        }
        for (path, text) in present {
            let says = code(text)
                .any(|(_, line)| line.starts_with("#![forbid(") && line.contains("unsafe_code"));
            if !says {
                complaints.push(complaint(path, 0, "lacks #![forbid(unsafe_code)]"));
            }
        }
    }
    Ok(complaints)
}

fn nothing_sleeps(tree: &Tree) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for (path, text) in tree.rust("tests/").chain(tree.rust("wm/")) {
        for (line, code) in code(text) {
            if code.contains("sleep(") || code.contains("sleep_ms") {
                complaints.push(complaint(path, line, "wait for an event, not for a time"));
            }
        }
    }
    Ok(complaints)
}

fn no_machine_is_named(tree: &Tree) -> Result<Vec<Complaint>> {
    // Put together here, so that this file does not break its own rule.
    let homes = ["home", "root", "work", "Users"].map(|name| format!("/{name}/"));
    let mut complaints = Vec::new();
    for (path, text) in tree.iter() {
        for (line, content) in (1..).zip(text.lines()) {
            for home in &homes {
                // A path begins here, and is not the middle of another one.
                let begins = content.match_indices(home.as_str()).any(|(at, _)| {
                    !content[..at].ends_with(|before: char| {
                        before.is_alphanumeric() || ".-_/}~>)*".contains(before)
                    })
                });
                if begins {
                    complaints.push(complaint(path, line, format!("names a machine's {home}")));
                }
            }
        }
    }
    Ok(complaints)
}

fn crates_take_the_workspaces_word(tree: &Tree) -> Result<Vec<Complaint>> {
    let mut complaints = Vec::new();
    for (path, text) in tree.manifests() {
        let manifest = parse(path, text)?;
        // A fuzzer or the like that is a workspace of its own answers for itself.
        if manifest.contains_key("workspace") {
            continue;
        }
        let inherits = |table: &str, key: &str| {
            let value = manifest.get(table).and_then(|table| table.get(key));
            value.and_then(|value| value.get("workspace")).and_then(toml::Value::as_bool)
                == Some(true)
        };
        for key in ["version", "edition", "rust-version", "license"] {
            if !inherits("package", key) {
                complaints.push(complaint(
                    path,
                    0,
                    format!("lacks package.{key}.workspace = true"),
                ));
            }
        }
        let lints = manifest.get("lints").and_then(|table| table.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            complaints.push(complaint(path, 0, "lacks lints.workspace = true"));
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, value) in table {
                let shared = value.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                if !shared {
                    let text = format!("{name}: versions are chosen in the root manifest");
                    complaints.push(complaint(path, 0, text));
                }
            }
        }
    }
    Ok(complaints)
}

fn every_clause_is_proved(tree: &Tree) -> Result<Vec<Complaint>> {
    let flaws = clauses::flaws(tree)?;
    Ok(flaws.into_iter().map(|flaw| complaint(&flaw.path, flaw.line, flaw.text)).collect())
}

#[cfg(test)]
mod tests;
