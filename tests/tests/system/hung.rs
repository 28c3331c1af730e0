//! Programs that hang: noticed by their silence, offered to be ended, and ended by force.

use anyhow::Result;
use rustix::process::Signal;
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::{Image, Program, Rectangle, Server, ewmh, pixels, program};

use crate::desk::{Desk, PLAIN, settle, under_test_with_xrender};

/// Names a window that is silent for half a second.
const IMPATIENT: &str = "[windows]\nping-timeout-ms = 500\n";

fn impatient() -> Result<Desk> {
    let text = format!("{PLAIN}{IMPATIENT}");
    let desk =
        Desk::on(Server::xvfb().start()?, |server| under_test_with_xrender(server).config(&text))?;
    // Pictures of the screen are compared with one from before.
    desk.wait_painted()?;
    Ok(desk)
}

/// Waits until the screen differs from `before`, as by a menu of some size.
fn wait_menu(desk: &Desk, before: &Image) -> Result<()> {
    pixels::wait_until(&desk.client, "menu", SCREEN, |image| {
        pixels::Difference::between(image, before, 0)
            .is_some_and(|d| d.bounds.width > 100 && d.bounds.height > 60)
    })?;
    Ok(())
}

const SCREEN: Rectangle = Rectangle { x: 0, y: 0, width: 1280, height: 800 };

/// Clauses: ewmh.ping
#[test]
fn a_stopped_program_can_be_killed_from_the_menu() -> Result<()> {
    let desk = impatient()?;
    let mut demo = Program::start(&desk.server, &desk.client, program::GTK3)?;
    let window = demo.wait_window(&desk.client)?;
    ewmh::wait_active(&desk.client, Some(window))?;
    let before = pixels::wait_still(
        &desk.client,
        SCREEN,
        std::time::Duration::from_millis(300),
        Image::clone,
    )?;
    demo.process().signal(Signal::STOP)?;
    ewmh::close(&desk.client, window)?;
    wait_menu(&desk, &before)?;
    // "Wait", then "Force it to quit".
    input::chord(&desk.client, &[keysym::DOWN])?;
    input::chord(&desk.client, &[keysym::DOWN])?;
    input::chord(&desk.client, &[keysym::RETURN])?;
    ewmh::wait_listed(&desk.client, window, false)?;
    let status = demo.process().wait(trapeze_testkit::Deadline::patient())?;
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "{status}");
    Ok(())
}

/// Clauses: ewmh.ping
#[test]
fn a_program_that_answers_late_is_left_alone() -> Result<()> {
    let mut desk = impatient()?;
    let window = desk
        .client
        .window()
        .title("slow")
        .protocol("WM_DELETE_WINDOW")
        .protocol("_NET_WM_PING")
        .placed(300, 200)
        .map()?;
    window.wait_focused()?;
    settle(&desk.client)?;
    let before = pixels::of_root(&desk.client, SCREEN)?;
    let mark = desk.client.mark()?;
    ewmh::close(&desk.client, window.id())?;
    let ping = window.wait_protocol(mark, "_NET_WM_PING")?;
    wait_menu(&desk, &before)?;
    let name = "_NET_WM_VISIBLE_NAME";
    desk.client.wait_true("named as silent", || {
        Ok(desk.client.text(window.id(), name)?.is_some_and(|text| text != "slow"))
    })?;
    input::chord(&desk.client, &[keysym::ESCAPE])?;
    ewmh::message(&desk.client, desk.client.root(), "WM_PROTOCOLS", ping)?;
    desk.client.wait_true("named as ever", || {
        Ok(desk.client.text(window.id(), name)?.is_none_or(|text| text == "slow"))
    })?;
    settle(&desk.client)?;
    pixels::wait_same(
        &desk.client,
        "as-before",
        SCREEN,
        &before,
        trapeze_testkit::Tolerance::EXACT,
    )?;
    desk.assert_alive()
}

#[test]
fn a_silent_window_that_goes_takes_the_question_along() -> Result<()> {
    let mut desk = impatient()?;
    settle(&desk.client)?;
    let empty = pixels::of_root(&desk.client, SCREEN)?;
    let window = desk
        .client
        .window()
        .protocol("WM_DELETE_WINDOW")
        .protocol("_NET_WM_PING")
        .placed(300, 200)
        .map()?;
    window.wait_focused()?;
    settle(&desk.client)?;
    let before = pixels::of_root(&desk.client, SCREEN)?;
    ewmh::close(&desk.client, window.id())?;
    wait_menu(&desk, &before)?;
    window.destroy()?;
    ewmh::wait_listed(&desk.client, window.id(), false)?;
    pixels::wait_same(&desk.client, "empty", SCREEN, &empty, trapeze_testkit::Tolerance::EXACT)?;
    desk.assert_alive()
}
