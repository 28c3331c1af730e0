//! The focus where the pointer decides: a person's moves count, and what windows do under a
//! resting pointer does not.

use anyhow::Result;
use trapeze_testkit::{Server, Window, ewmh, input};
use x11rb::protocol::xproto::EventMask;

use crate::desk::{Desk, PLAIN, settle, under_test_with_xrender};

fn desk(mode: &str) -> Result<Desk> {
    let text = format!("{PLAIN}[focus]\nmode = \"{mode}\"\n");
    let desk =
        Desk::on(Server::xvfb().start()?, |server| under_test_with_xrender(server).config(&text))?;
    // Nobody's window is here.
    input::move_to(&desk.client, 1200, 700)?;
    settle(&desk.client)?;
    Ok(desk)
}

fn window(desk: &Desk, x: i16, y: i16) -> Result<Window<'_>> {
    let window = desk.client.window().placed(x, y).size(300, 200).map()?;
    window.wait_managed()?;
    window.wait_focused()?;
    Ok(window)
}

/// Enters a window and goes on inside it, which the window manager does not hear of.
fn rest_in(desk: &Desk, window: Window<'_>) -> Result<()> {
    let (x, y) = window.geometry()?.center();
    input::move_to(&desk.client, x - 140, y)?;
    window.wait_focused()?;
    settle(&desk.client)?;
    input::move_to(&desk.client, x, y)
}

/// All that followed from what came before has been done, and the focus stayed.
fn still_focused(desk: &Desk, window: Window<'_>) -> Result<()> {
    settle(&desk.client)?;
    settle(&desk.client)?;
    assert_eq!(desk.client.focus()?, window.id());
    ewmh::wait_active(&desk.client, Some(window.id()))
}

#[test]
#[ignore = "fails now and then, cause not known yet"]
fn a_window_that_opens_under_the_pointer_does_not_get_the_focus_through_it() -> Result<()> {
    for mode in ["sloppy", "strict"] {
        let desk = desk(mode)?;
        let first = window(&desk, 300, 200)?;
        rest_in(&desk, first)?;
        let shy = desk.client.window().placed(320, 210).size(300, 200);
        let shy = shy.cardinals("_NET_WM_USER_TIME", &[0]).map()?;
        shy.wait_managed()?;
        // On top as well, which is where it gets under the pointer.
        ewmh::message(&desk.client, shy.id(), "_NET_RESTACK_WINDOW", [2, 0, 0, 0, 0])?;
        desk.client
            .wait_true("raised", || Ok(ewmh::stacking(&desk.client)?.last() == Some(&shy.id())))?;
        still_focused(&desk, first)?;
        // The person's move counts all the same.
        let (x, y) = shy.geometry()?.center();
        input::move_to(&desk.client, 1200, 700)?;
        input::move_to(&desk.client, x, y)?;
        shy.wait_focused()?;
    }
    Ok(())
}

#[test]
#[ignore = "fails now and then, cause not known yet"]
fn a_window_that_moves_away_keeps_the_focus() -> Result<()> {
    for mode in ["sloppy", "strict"] {
        let desk = desk(mode)?;
        window(&desk, 300, 200)?;
        let top = window(&desk, 320, 210)?;
        rest_in(&desk, top)?;
        // As a pager does: to (800, 500).
        let data = [(3 << 8) | (2 << 12), 800, 500, 0, 0];
        ewmh::message(&desk.client, top.id(), "_NET_MOVERESIZE_WINDOW", data)?;
        top.wait_geometry("moved", |now| now.x == 800)?;
        still_focused(&desk, top)?;
    }
    Ok(())
}

#[test]
#[ignore = "fails now and then, cause not known yet"]
fn when_its_window_goes_the_focus_is_where_the_pointer_is() -> Result<()> {
    for mode in ["sloppy", "strict"] {
        let desk = desk(mode)?;
        let below = window(&desk, 300, 200)?;
        let aside = window(&desk, 800, 200)?;
        let top = window(&desk, 320, 210)?;
        // The one beside was used later than the one below.
        input::move_to(&desk.client, 850, 300)?;
        aside.wait_focused()?;
        rest_in(&desk, top)?;
        top.destroy()?;
        below.wait_focused()?;
        still_focused(&desk, below)?;
        // Without a window there, only sloppy focus goes to another.
        below.destroy()?;
        ewmh::wait_listed(&desk.client, below.id(), false)?;
        if mode == "sloppy" {
            still_focused(&desk, aside)?;
        } else {
            ewmh::wait_active(&desk.client, None)?;
            assert_ne!(desk.client.focus()?, aside.id());
        }
    }
    Ok(())
}

#[test]
#[ignore = "fails now and then, cause not known yet"]
fn another_workspace_gives_the_focus_to_what_is_under_the_pointer() -> Result<()> {
    let desk = desk("sloppy")?;
    ewmh::show_desktop_number(&desk.client, 1)?;
    ewmh::wait_root_number(&desk.client, "_NET_CURRENT_DESKTOP", 1)?;
    let here = window(&desk, 300, 200)?;
    let _later = window(&desk, 800, 200)?;
    ewmh::show_desktop_number(&desk.client, 0)?;
    ewmh::wait_root_number(&desk.client, "_NET_CURRENT_DESKTOP", 0)?;
    let first = window(&desk, 300, 200)?;
    rest_in(&desk, first)?;
    ewmh::show_desktop_number(&desk.client, 1)?;
    here.wait_focused()?;
    still_focused(&desk, here)
}

#[test]
#[ignore = "fails now and then, cause not known yet"]
fn a_programs_menu_that_goes_moves_no_focus() -> Result<()> {
    let desk = desk("sloppy")?;
    let other = window(&desk, 800, 200)?;
    let first = window(&desk, 300, 200)?;
    rest_in(&desk, first)?;
    let menu = desk.client.window().override_redirect().at(350, 280).size(500, 80).map()?;
    menu.wait_viewable()?;
    settle(&desk.client)?;
    // Along the menu, to a place that is over the other window.
    input::move_to(&desk.client, 500, 320)?;
    input::move_to(&desk.client, 840, 320)?;
    menu.destroy()?;
    still_focused(&desk, first)?;
    assert_ne!(desk.client.focus()?, other.id());
    Ok(())
}

#[test]
#[ignore = "fails now and then, cause not known yet"]
fn a_button_that_is_let_go_over_another_window_takes_the_focus_there() -> Result<()> {
    let desk = desk("sloppy")?;
    let other = window(&desk, 800, 200)?;
    let first = window(&desk, 300, 200)?;
    first.select(EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE)?;
    rest_in(&desk, first)?;
    let (from, to) = (first.geometry()?.center(), other.geometry()?.center());
    input::drag(&desk.client, from, to, 1)?;
    other.wait_focused()?;
    ewmh::wait_active(&desk.client, Some(other.id()))
}
