//! The program as a user runs it.

use std::path::PathBuf;
use std::process::{Command, Output};

const CIRCLE: &str = "M 10 50 a 40 40 0 1 0 80 0 a 40 40 0 1 0 -80 0 z";

fn run(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_show-traps"));
    program.args(arguments).env_remove("DISPLAY").output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A file of this test's own in cargo's folder for such.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

#[test]
fn a_path_is_counted_when_nothing_is_asked() {
    let output = run(&["--path", CIRCLE]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    let names: Vec<_> = said.lines().filter_map(|line| line.split_whitespace().last()).collect();
    assert_eq!(names, ["set", "fill", "stroke", "all", "requests"], "{said}");
}

#[test]
fn a_saved_capture_is_the_drawing() {
    let saved = file("circle.traps");
    let saved = saved.to_str().expect("UTF-8");
    let first = run(&["--path", CIRCLE, "--capture", saved, "--stats", "--json", "-"]);
    let again = run(&[saved, "--stats", "--json", "-"]);
    assert!(first.status.success() && again.status.success(), "{first:?} {again:?}");
    assert_eq!(text(&first.stdout), text(&again.stdout));
    let strokes = run(&[saved, "--stroke", "--capture", "-"]);
    let said = text(&strokes.stdout);
    assert!(said.contains("set #000000ff stroke") && !said.contains("fill"), "{said}");
}

#[test]
fn a_picture_is_a_png_of_the_wanted_size() {
    let output = run(&["--path", CIRCLE, "--view", "0,5,8,6", "--zoom", "10", "--png", "-"]);
    let mut reader = png::Decoder::new(std::io::Cursor::new(output.stdout))
        .read_info()
        .expect("a PNG on standard output");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
    let info = reader.next_frame(&mut pixels).expect("whole");
    assert_eq!((info.width, info.height), (80, 60));
}

#[test]
fn errors_name_the_file_and_the_line() {
    let wrong = file("wrong.traps");
    std::fs::write(&wrong, "show-traps 1\nset #ffffff\ntrap 1 2\n").expect("written");
    let cases = [
        (vec![wrong.to_str().expect("UTF-8")], "wrong.traps: line 3: `trap` needs 10 numbers"),
        (vec!["missing.svg"], "cannot read missing.svg: No such file"),
        (vec!["--path", "M 0 x"], "not SVG path data: invalid number at position 5"),
        (vec!["--path", "M 0 0"], "the drawing has nothing to fill or stroke"),
        (vec!["--path", CIRCLE, "--zoom", "9999999", "--png", "-"], "sides are 1 to 16384 pixels"),
        (
            vec!["--path", CIRCLE, "--png", "/nowhere/at/all.png"],
            "cannot write /nowhere/at/all.png",
        ),
    ];
    for (arguments, expected) in cases {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.starts_with("show-traps: ") && said.contains(expected), "{said}");
    }
    assert_eq!(run(&[]).status.code(), Some(2), "a source is needed");
}
