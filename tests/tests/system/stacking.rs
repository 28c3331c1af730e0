//! What is above what (EWMH "Stacking order").

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};
use trapeze_testkit::{Window, input};
use x11rb::protocol::xproto::{
    CONFIGURE_REQUEST_EVENT, ConfigWindow, ConfigureRequestEvent, ConfigureWindowAux,
    ConnectionExt as _, EventMask, StackMode,
};

use crate::desk::Desk;

/// Waits until these windows are stacked in this order, from bottom to top, and checks that the
/// server's own order agrees.
fn wait_order(desk: &Desk, windows: &[Window<'_>]) -> Result<()> {
    let expected: Vec<u32> = windows.iter().map(|window| window.id()).collect();
    desk.client.wait_true(&format!("order {expected:x?}"), || {
        let listed: Vec<u32> = ewmh::stacking(&desk.client)?
            .into_iter()
            .filter(|window| expected.contains(window))
            .collect();
        let mut frames = Vec::new();
        for window in windows {
            frames.push(window.top_level()?);
        }
        let real: Vec<u32> = desk
            .client
            .children(desk.client.root())?
            .into_iter()
            .filter(|window| frames.contains(window))
            .collect();
        Ok(listed == expected && real == frames)
    })
}

/// Clauses: ewmh.client-list-stacking, ewmh.client-list
#[test]
fn a_new_window_is_on_top_and_a_click_raises() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().placed(50, 50).size(300, 200).map()?;
    first.wait_focused()?;
    let second = desk.client.window().placed(150, 100).size(300, 200).map()?;
    second.wait_focused()?;
    wait_order(&desk, &[first, second])?;
    let place = first.geometry()?;
    input::click(&desk.client, place.x + 20, place.y + 20, 1)?;
    wait_order(&desk, &[second, first])?;
    assert_eq!(ewmh::client_list(&desk.client)?, [first.id(), second.id()], "by age");
    Ok(())
}

/// Clauses: ewmh.window-type
#[test]
fn layers_hold() -> Result<()> {
    let desk = Desk::start()?;
    let above = desk.client.window().title("above").states(&["ABOVE"]).map()?;
    let dock = desk.client.window().title("dock").window_type("DOCK").size(100, 30).map()?;
    let below = desk.client.window().title("below").states(&["BELOW"]).map()?;
    let desktop = desk.client.window().title("desktop").window_type("DESKTOP").map()?;
    for window in [above, dock, below, desktop] {
        ewmh::wait_listed(&desk.client, window.id(), true)?;
    }
    let normal = desk.client.window().title("normal").map()?;
    normal.wait_focused()?;
    wait_order(&desk, &[desktop, below, normal, above])?;
    wait_order(&desk, &[desktop, below, normal, dock])?;
    ewmh::change_state(&desk.client, normal.id(), Change::Add, &["FULLSCREEN"])?;
    normal.wait_state("FULLSCREEN", true)?;
    wait_order(&desk, &[desktop, below, dock, normal])
}

/// Clauses: ewmh.state.above-below
#[test]
fn states_move_between_layers() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    let second = desk.client.window().map()?;
    second.wait_focused()?;
    ewmh::change_state(&desk.client, first.id(), Change::Add, &["ABOVE"])?;
    wait_order(&desk, &[second, first])?;
    ewmh::change_state(&desk.client, first.id(), Change::Remove, &["ABOVE"])?;
    ewmh::change_state(&desk.client, first.id(), Change::Add, &["BELOW"])?;
    wait_order(&desk, &[first, second])?;
    ewmh::activate(&desk.client, first.id())?;
    first.wait_focused()?;
    wait_order(&desk, &[first, second])
}

/// Clauses: icccm.transient-for
#[test]
fn a_dialog_stays_above_its_parent() -> Result<()> {
    let desk = Desk::start()?;
    let parent = desk.client.window().placed(50, 50).size(500, 400).map()?;
    parent.wait_focused()?;
    let dialog = desk
        .client
        .window()
        .window_type("DIALOG")
        .transient_for(parent.id())
        .size(200, 100)
        .map()?;
    dialog.wait_managed()?;
    let other = desk.client.window().placed(700, 300).map()?;
    other.wait_focused()?;
    wait_order(&desk, &[parent, dialog, other])?;
    ewmh::activate(&desk.client, parent.id())?;
    wait_order(&desk, &[other, parent, dialog])
}

/// Clauses: icccm.transient-for
#[test]
fn transient_loops_are_survived() -> Result<()> {
    let mut desk = Desk::start()?;
    let first = desk.client.window().create()?;
    let second = desk.client.window().transient_for(first.id()).create()?;
    for (window, parent) in [(first, second), (second, first)] {
        window.set_property(
            "WM_TRANSIENT_FOR",
            x11rb::protocol::xproto::AtomEnum::WINDOW,
            32,
            &parent.id().to_ne_bytes(),
        )?;
    }
    let selfish = desk.client.window().create()?;
    selfish.set_property(
        "WM_TRANSIENT_FOR",
        x11rb::protocol::xproto::AtomEnum::WINDOW,
        32,
        &selfish.id().to_ne_bytes(),
    )?;
    for window in [first, second, selfish] {
        window.map()?;
        window.wait_managed()?;
    }
    for window in [first, second, selfish] {
        ewmh::activate(&desk.client, window.id())?;
        window.wait_focused()?;
    }
    desk.assert_alive()
}

/// Clauses: ewmh.restack
#[test]
fn clients_and_pagers_restack() -> Result<()> {
    let desk = Desk::start()?;
    let first = desk.client.window().map()?;
    first.wait_focused()?;
    let second = desk.client.window().map()?;
    second.wait_focused()?;
    let third = desk.client.window().map()?;
    third.wait_focused()?;
    wait_order(&desk, &[first, second, third])?;
    third.configure(&ConfigureWindowAux::new().stack_mode(StackMode::BELOW))?;
    wait_order(&desk, &[third, first, second])?;
    let above = u32::from(StackMode::ABOVE);
    let data = [ewmh::PAGER, third.id(), above, 0, 0];
    ewmh::message(&desk.client, second.id(), "_NET_RESTACK_WINDOW", data)?;
    wait_order(&desk, &[third, second, first])
}

/// Clauses: ewmh.restack, icccm.configure.stacking
#[test]
fn every_detail_of_restacking_means_what_the_protocol_says() -> Result<()> {
    let desk = Desk::start()?;
    let place = || desk.client.window().placed(300, 200).size(300, 200).map();
    let (first, second, third) = (place()?, place()?, place()?);
    third.wait_focused()?;
    wait_order(&desk, &[first, second, third])?;
    let by_message = |window: Window<'_>, sibling: Option<Window<'_>>, mode: StackMode| {
        let sibling = sibling.map_or(x11rb::NONE, Window::id);
        let data = [ewmh::PAGER, sibling, mode.into(), 0, 0];
        ewmh::message(&desk.client, window.id(), "_NET_RESTACK_WINDOW", data)
    };
    let by_request = |window: Window<'_>, sibling: Option<Window<'_>>, mode: StackMode| {
        let Some(sibling) = sibling else {
            return window.configure(&ConfigureWindowAux::new().stack_mode(mode));
        };
        // The server knows no siblings in different frames, so the client sends what the server
        // would have (ICCCM 4.1.5, XReconfigureWMWindow).
        let root = desk.client.root();
        let event = ConfigureRequestEvent {
            response_type: CONFIGURE_REQUEST_EVENT,
            stack_mode: mode,
            sequence: 0,
            parent: root,
            window: window.id(),
            sibling: sibling.id(),
            x: 0,
            y: 0,
            width: 0,
            height: 0,
            border_width: 0,
            value_mask: ConfigWindow::SIBLING | ConfigWindow::STACK_MODE,
        };
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_REDIRECT;
        desk.client.connection().send_event(false, root, mask, event)?;
        desk.client.sync()
    };
    type Ask<'a> = &'a dyn Fn(Window<'_>, Option<Window<'_>>, StackMode) -> Result<()>;
    let ways: [Ask<'_>; 2] = [&by_message, &by_request];
    for ask in ways {
        ask(third, Some(first), StackMode::BELOW)?;
        wait_order(&desk, &[third, first, second])?;
        // Not over it: then not to the top. Over all others: then not either.
        ask(first, Some(third), StackMode::TOP_IF)?;
        ask(second, None, StackMode::TOP_IF)?;
        ask(third, None, StackMode::TOP_IF)?;
        wait_order(&desk, &[first, second, third])?;
        ask(third, Some(first), StackMode::BOTTOM_IF)?;
        wait_order(&desk, &[third, first, second])?;
        ask(third, None, StackMode::OPPOSITE)?;
        wait_order(&desk, &[first, second, third])?;
        ask(third, None, StackMode::OPPOSITE)?;
        wait_order(&desk, &[third, first, second])?;
        ask(third, Some(first), StackMode::ABOVE)?;
        wait_order(&desk, &[first, third, second])?;
        ask(third, None, StackMode::ABOVE)?;
        wait_order(&desk, &[first, second, third])?;
    }
    Ok(())
}
