//! Windows that are there before the window manager, and after it.

use anyhow::Result;
use rustix::process::Signal;
use trapeze_testkit::{Client, Server, ewmh, window};

use crate::desk::{Desk, under_test_with_xrender};

/// Clauses: icccm.save-set
#[test]
fn existing_windows_are_adopted_and_handed_back_exactly() -> Result<()> {
    let server = Server::xvfb().start()?;
    let client = Client::connect(&server)?;
    let plain = client.window().title("plain").at(100, 120).size(300, 200).map()?;
    let bordered = client.window().title("bordered").at(450, 90).size(200, 150).border(5).map()?;
    let bare = client.window().title("bare").motif_decorations(0).at(30, 400).map()?;
    let argb = client.window().title("argb").argb().at(700, 400).size(120, 90).map()?;
    let hidden = client.window().title("never mapped").at(5, 6).create()?;
    let menu = client.window().override_redirect().at(600, 500).map()?;
    let adopted = [plain, bordered, bare, argb];
    for window in adopted {
        window.wait_viewable()?;
    }
    let before: Vec<_> = adopted.iter().map(|w| w.geometry()).collect::<Result<_>>()?;

    let mut manager = under_test_with_xrender(&server).start()?;
    for window in adopted {
        window.wait_managed()?;
        ewmh::wait_listed(&client, window.id(), true)?;
    }
    for unlisted in [hidden, menu] {
        assert!(!ewmh::client_list(&client)?.contains(&unlisted.id()));
    }
    let status = manager.terminate()?;
    assert!(status.success(), "{status}");
    for (window, before) in adopted.iter().zip(before) {
        assert_eq!(window.geometry()?, before);
        assert_eq!(window.top_level()?, window.id(), "back on the root");
        assert!(client.is_viewable(window.id())?);
    }
    use x11rb::protocol::xproto::ConnectionExt as _;
    let border = client.connection().get_geometry(bordered.id())?.reply()?.border_width;
    assert_eq!(border, 5, "the border is given back");
    assert!(!client.is_viewable(hidden.id())?);
    let check = client.property(client.root(), "_NET_SUPPORTING_WM_CHECK")?;
    assert!(check.is_none(), "stale _NET_SUPPORTING_WM_CHECK");
    Ok(())
}

#[test]
fn windows_made_under_management_are_handed_back_where_the_client_area_was_or_was_asked()
-> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().placed(200, 220).size(310, 210).map()?;
    window.wait_managed()?;
    assert!(desk.manager.terminate()?.success());
    let after = window.geometry()?;
    // NorthWest gravity: taking the frame away moves the client's corner to the frame's.
    assert_eq!((after.x, after.y, after.width, after.height), (200, 220, 310, 210));
    assert!(desk.client.is_viewable(window.id())?);
    Ok(())
}

#[test]
fn minimized_windows_and_those_on_other_desktops_come_back_with_the_hand_over() -> Result<()> {
    let mut desk = Desk::start()?;
    let minimized = desk.client.window().map()?;
    let elsewhere = desk.client.window().map()?;
    minimized.wait_managed()?;
    elsewhere.wait_managed()?;
    minimized.iconify()?;
    minimized.wait_wm_state(Some(window::ICONIC))?;
    ewmh::send_to_desktop(&desk.client, elsewhere.id(), 1)?;
    desk.client.wait_true("sent", || Ok(!desk.client.is_viewable(elsewhere.id())?))?;
    assert!(desk.manager.terminate()?.success());
    // No window is lost: what the next window manager cannot know of must be on the screen.
    assert!(desk.client.is_viewable(elsewhere.id())?);
    assert!(desk.client.is_viewable(minimized.id())?);
    Ok(())
}

/// Clauses: icccm.save-set
#[test]
fn a_killed_window_manager_loses_no_window_and_the_next_adopts_them() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(250, 180).map()?;
    window.wait_managed()?;
    desk.manager.process().signal(Signal::KILL)?;
    desk.manager.wait()?;
    // The server itself reparents what is in the save-set and maps it.
    desk.client.wait_true("saved", || Ok(window.top_level()? == window.id()))?;
    window.wait_viewable()?;
    let mut next = under_test_with_xrender(&desk.server).start()?;
    window.wait_managed()?;
    ewmh::wait_listed(&desk.client, window.id(), true)?;
    assert!(next.is_running()?);
    Ok(())
}

#[test]
fn many_windows_are_adopted_in_their_order() -> Result<()> {
    let server = Server::xvfb().start()?;
    let client = Client::connect(&server)?;
    let mut windows = Vec::new();
    for number in 0..60i16 {
        let window = client.window().at(number * 5, number * 4).size(100, 80).map()?;
        windows.push(window.id());
    }
    client.sync()?;
    let _manager = under_test_with_xrender(&server).start()?;
    for &window in &windows {
        ewmh::wait_listed(&client, window, true)?;
    }
    assert_eq!(ewmh::stacking(&client)?, windows, "from bottom to top as they were");
    Ok(())
}
