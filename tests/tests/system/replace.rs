//! Taking over from another window manager and handing over to one (ICCCM 4.3).

use anyhow::Result;
use trapeze_testkit::{Client, Server, WindowManager, ewmh};

use crate::desk::{Desk, under_test_with_xrender};

#[test]
fn it_takes_over_from_openbox_and_no_window_moves() -> Result<()> {
    let server = Server::xvfb().start()?;
    let mut openbox = WindowManager::openbox(&server).start()?;
    let client = Client::connect(&server)?;
    let bare = client.window().motif_decorations(0).placed(300, 200).map()?;
    bare.wait_managed()?;
    let framed = client.window().placed(100, 120).size(300, 200).map()?;
    framed.wait_managed()?;
    let place = bare.geometry()?;
    let _manager = under_test_with_xrender(&server).argument("--replace").start()?;
    openbox.wait()?;
    for window in [bare, framed] {
        ewmh::wait_listed(&client, window.id(), true)?;
        window.wait_managed()?;
    }
    assert_eq!(bare.geometry()?, place);
    let size = framed.geometry()?;
    assert_eq!((size.width, size.height), (300, 200));
    Ok(())
}

/// Clauses: icccm.manager-selection
#[test]
fn it_hands_over_to_openbox_and_ends() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().motif_decorations(0).placed(300, 200).map()?;
    window.wait_managed()?;
    let place = window.geometry()?;
    let _openbox = WindowManager::openbox(&desk.server).argument("--replace").start()?;
    let status = desk.manager.wait()?;
    assert!(status.success(), "{status}");
    ewmh::wait_listed(&desk.client, window.id(), true)?;
    window.wait_managed()?;
    assert_eq!(window.geometry()?, place);
    assert_eq!(ewmh::window_manager_name(&desk.client)?.as_deref(), Some("Openbox"));
    Ok(())
}

/// Clauses: icccm.manager-selection
#[test]
fn it_replaces_itself() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().placed(300, 200).size(320, 210).map()?;
    window.wait_managed()?;
    let place = window.geometry()?;
    let mut second = under_test_with_xrender(&desk.server).argument("--replace").start()?;
    assert!(desk.manager.wait()?.success());
    ewmh::wait_listed(&desk.client, window.id(), true)?;
    window.wait_managed()?;
    window.wait_geometry("in place", |now| now == place)?;
    assert!(second.is_running()?);
    Ok(())
}

/// Clauses: icccm.manager-selection
#[test]
fn a_second_one_without_the_flag_says_no() -> Result<()> {
    let mut desk = Desk::start()?;
    let mut second = under_test_with_xrender(&desk.server).spawn()?;
    let status = second.wait()?;
    assert!(!status.success(), "it must not end as if all were well");
    assert!(!second.output().is_empty(), "and say why");
    desk.assert_alive()
}
