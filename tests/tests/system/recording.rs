//! A run can be recorded, and what the model did with it happens again in a replay.

use anyhow::{Context as _, Result};
use trapeze_testkit::wm::trapeze_program;
use trapeze_testkit::{Server, ewmh};

use crate::desk::{Desk, under_test_with_xrender};

/// The requests of a replay, a line each.
fn replay(desk: &Desk, file: &str) -> Result<String> {
    let program = trapeze_program()?;
    let program = program.to_str().context("a plain path")?;
    desk.server.run(program, &["replay", file])
}

#[test]
fn a_recorded_run_is_replayed_the_same() -> Result<()> {
    let server = Server::xvfb().start()?;
    let file = server.sandbox().directory().join("run.jsonl");
    let file = file.to_str().context("a plain path")?.to_owned();
    let mut desk = Desk::on(server, |server| {
        under_test_with_xrender(server).argument("--record").argument(&file)
    })?;
    let first = desk.client.window().title("recorded first").placed(40, 60).map()?;
    first.wait_managed()?;
    let second = desk.client.window().title("recorded second").placed(300, 60).map()?;
    second.wait_focused()?;
    ewmh::activate(&desk.client, first.id())?;
    first.wait_focused()?;
    second.destroy()?;
    ewmh::wait_listed(&desk.client, second.id(), false)?;
    assert!(desk.manager.terminate()?.success());

    let text = replay(&desk, &file)?;
    assert_eq!(text, replay(&desk, &file)?, "the model is not deterministic");
    let count = |request: &str| text.lines().filter(|line| line.contains(request)).count();
    assert_eq!(count("\"Manage\""), 2, "{text}");
    assert_eq!(count("\"Unmanage\""), 2, "one was destroyed, one handed back: {text}");
    assert!(text.contains("recorded first"), "titles are painted: {text}");
    // What X was told, the replay tells again: the focus went second, then first.
    let focused: Vec<bool> = text
        .lines()
        .filter(|line| line.contains("\"Focus\""))
        .map(|line| line.contains(&format!("\"xid\":{}", first.id())))
        .collect();
    assert_eq!(focused.last(), Some(&true), "{text}");
    assert!(focused.contains(&false), "{text}");
    assert!(text.lines().last().is_some_and(|line| line.contains("Exit")), "{text}");
    Ok(())
}
