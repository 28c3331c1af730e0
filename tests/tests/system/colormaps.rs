//! Whose colours the screen has (ICCCM 4.1.8).

use anyhow::Result;
use trapeze_testkit::{Client, Window, ewmh};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ColormapAlloc, ConnectionExt as _, CreateWindowAux,
    EventMask, WindowClass,
};

use crate::desk::Desk;

fn colormap(client: &Client) -> Result<u32> {
    let colormap = client.new_id()?;
    let (root, visual) = (client.root(), client.screen().root_visual);
    client.connection().create_colormap(ColormapAlloc::NONE, colormap, root, visual)?;
    Ok(colormap)
}

fn wait_installed(client: &Client, what: &str, colormap: u32) -> Result<()> {
    client.wait_true(what, || {
        let installed = client.connection().list_installed_colormaps(client.root())?.reply()?;
        Ok(installed.cmaps.contains(&colormap))
    })
}

fn set_colormap(client: &Client, window: u32, colormap: u32) -> Result<()> {
    let aux = ChangeWindowAttributesAux::new().colormap(colormap);
    client.connection().change_window_attributes(window, &aux)?.check()?;
    Ok(())
}

fn window_with<'c>(client: &'c Client, colormap: u32) -> Result<Window<'c>> {
    let window = client.window().create()?;
    // ColormapNotify wakes the test up when one is installed or has to go.
    window.select(EventMask::COLOR_MAP_CHANGE)?;
    set_colormap(client, window.id(), colormap)?;
    window.map()?;
    window.wait_focused()?;
    Ok(window)
}

/// Clauses: icccm.colormaps
#[test]
fn the_focused_windows_colormap_is_installed() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let [one, two, three] = [colormap(client)?, colormap(client)?, colormap(client)?];
    let first = window_with(client, one)?;
    wait_installed(client, "the first window's", one)?;
    let second = window_with(client, two)?;
    wait_installed(client, "the second window's", two)?;
    ewmh::activate(client, first.id())?;
    wait_installed(client, "the first window's again", one)?;
    set_colormap(client, first.id(), three)?;
    wait_installed(client, "its new one", three)?;
    first.destroy()?;
    wait_installed(client, "that of the window that has the focus then", two)?;
    second.destroy()?;
    wait_installed(client, "the default", client.screen().default_colormap)
}

/// Clauses: icccm.colormaps
#[test]
fn windows_that_a_client_lists_go_before_itself() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let [own, inner] = [colormap(client)?, colormap(client)?];
    let window = window_with(client, own)?;
    wait_installed(client, "its own", own)?;
    let child = client.new_id()?;
    let aux = CreateWindowAux::new().colormap(inner).event_mask(EventMask::COLOR_MAP_CHANGE);
    let class = WindowClass::INPUT_OUTPUT;
    client.connection().create_window(0, child, window.id(), 0, 0, 9, 9, 0, class, 0, &aux)?;
    let list = [child, window.id()].map(u32::to_ne_bytes).concat();
    window.set_property("WM_COLORMAP_WINDOWS", AtomEnum::WINDOW, 32, &list)?;
    wait_installed(client, "its child's", inner)
}
