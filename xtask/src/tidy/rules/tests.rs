//! Each rule is seen to fail, and to hold where it should.

use super::*;

/// Asserts that a rule complains about exactly these paths and lines.
fn expect(rule: Rule, files: &[(&str, &str)], expected: &[(&str, usize)]) {
    let complaints = rule(&Tree::of(files)).unwrap();
    let found: Vec<(&str, usize)> =
        complaints.iter().map(|complaint| (complaint.path.as_str(), complaint.line)).collect();
    assert_eq!(found, expected, "{complaints:#?}");
}

#[test]
fn modules_open_with_their_purpose() {
    let files = [("a.rs", "//! Owns a.\n"), ("b.rs", "use std::fmt;\n"), ("c.txt", "text")];
    expect(modules_say_what_they_own, &files, &[("b.rs", 1)]);
}

#[test]
fn long_files_are_found() {
    let (long, short) = ("\n".repeat(LONGEST_FILE + 1), "\n".repeat(LONGEST_FILE));
    expect(files_are_short, &[("a.rs", &long), ("b.rs", &short)], &[("a.rs", 0)]);
}

#[test]
fn the_core_may_not_depend_on_x() {
    let rule = the_core_depends_on_nothing_outside;
    let path = "wm/core/Cargo.toml";
    expect(rule, &[(path, "[dependencies]\nx11rb.workspace = true\n")], &[(path, 0)]);
    expect(rule, &[(path, "[dependencies]\nserde.workspace = true\n")], &[]);
    expect(rule, &[(path, "[dev-dependencies]\nproptest.workspace = true\n")], &[]);
    let renamed = "[dependencies]\nserde = { package = \"libc\", version = \"1\" }\n";
    expect(rule, &[(path, renamed)], &[(path, 0)]);
    let on_unix = "[target.'cfg(unix)'.dependencies]\nrustix.workspace = true\n";
    expect(rule, &[(path, on_unix)], &[(path, 0)]);
    expect(rule, &[], &[(path, 0)]);
}

#[test]
fn the_core_has_no_clock() {
    let rule = the_core_asks_the_world_nothing;
    let text = "//! Not std::time::Instant.\nuse std::time::Instant;\n";
    expect(rule, &[("wm/core/src/a.rs", text), ("wm/src/b.rs", text)], &[("wm/core/src/a.rs", 2)]);
    expect(rule, &[("wm/core/src/a.rs", "use std::time::Duration;\n")], &[]);
    expect(rule, &[("wm/core/src/model/tests.rs", "use std::env;\n")], &[]);
}

#[test]
fn strangers_are_found() {
    let fine = STRANGERS.iter().map(|(directory, ..)| format!("{directory}/Cargo.toml"));
    let fine: Vec<String> = fine.collect();
    let with = |path: &str, text: &'static str| -> Vec<(String, &'static str)> {
        fine.iter().map(|name| (name.clone(), if name == path { text } else { "" })).collect()
    };
    let check = |path: &str, text: &'static str, expected: &[(&str, usize)]| {
        let files = with(path, text);
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (p.as_str(), *t)).collect();
        expect(crates_know_only_their_neighbours, &files, expected);
    };
    let path = "raster/Cargo.toml";
    check(path, "[dependencies]\nx11rb-protocol.workspace = true\n", &[(path, 0)]);
    check(path, "[dev-dependencies]\nx11rb.workspace = true\n", &[]);
    let path = "xrender-bridge/preload/Cargo.toml";
    check(path, "[dependencies]\ntrapeze-ipc.workspace = true\n", &[(path, 0)]);
    check(path, "[dependencies]\nraster.workspace = true\n", &[]);
    let path = "wm/backend/Cargo.toml";
    check(path, "[dependencies]\ntrapeze.workspace = true\n", &[(path, 0)]);
    check(path, "[dependencies]\nx11rb.workspace = true\n", &[]);
}

#[test]
fn safe_crates_say_so() {
    let rule = safe_crates_forbid_unsafe_code;
    let said = "//! Text.\n#![forbid(unsafe_code)]\n";
    let roots: Vec<String> =
        SAFE.iter().map(|directory| format!("{directory}/src/lib.rs")).collect();
    let mut files: Vec<(&str, &str)> = roots.iter().map(|path| (path.as_str(), said)).collect();
    expect(rule, &files, &[]);
    files.push(("raster/src/main.rs", "//! Text.\n// #![forbid(unsafe_code)]\n"));
    expect(rule, &files, &[("raster/src/main.rs", 0)]);
    files.pop();
    files[2].1 = "//! Text.\n#![deny(unsafe_code)]\n";
    expect(rule, &files, &[(&roots[2], 0)]);
    expect(rule, &files[..3], &[(&roots[2], 0), (SAFE[3], 0)]);
}

#[test]
fn sleepers_are_found() {
    let text = "//! Never sleep(1).\nfn f() { std::thread::sleep(d) }\n";
    let files = [("tests/a.rs", text), ("wm/src/b.rs", text), ("show-traps/c.rs", text)];
    expect(nothing_sleeps, &files, &[("tests/a.rs", 2), ("wm/src/b.rs", 2)]);
}

#[test]
fn machines_are_found() {
    let home = ["", "home", "me"].join("/");
    let bad = format!("ok\npath {home}/x\n");
    let inner = format!("sandbox{home}\n");
    expect(no_machine_is_named, &[("a.md", &bad), ("b.md", &inner)], &[("a.md", 2)]);
}

#[test]
fn versions_and_lints_are_shared() {
    let rule = crates_take_the_workspaces_word;
    let good = "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\n\
                rust-version.workspace = true\nlicense.workspace = true\n\
                [lints]\nworkspace = true\n";
    expect(rule, &[("a/Cargo.toml", good)], &[]);
    let own = good.replace("version.workspace = true\nedition", "version = \"1.0\"\nedition");
    expect(rule, &[("a/Cargo.toml", &own)], &[("a/Cargo.toml", 0)]);
    let lax = good.replace("[lints]\nworkspace = true\n", "");
    expect(rule, &[("a/Cargo.toml", &lax)], &[("a/Cargo.toml", 0)]);
    let stray = format!("{good}[dependencies]\npng = \"0.18\"\n");
    expect(rule, &[("a/Cargo.toml", &stray)], &[("a/Cargo.toml", 0)]);
    expect(rule, &[("fuzz/Cargo.toml", "[workspace]\n[dependencies]\na = \"1\"\n")], &[]);
}
