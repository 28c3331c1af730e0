//! Panels reserve room: `_NET_WM_STRUT_PARTIAL`, `_NET_WM_STRUT`, `_NET_WORKAREA`.

use anyhow::Result;
use trapeze_testkit::ewmh::{self, Change};

use crate::desk::Desk;

fn wait_work_area(desk: &Desk, area: [u32; 4]) -> Result<()> {
    desk.client.wait_true(&format!("work area {area:?}"), || {
        Ok(ewmh::work_area(&desk.client)? == Some(area))
    })
}

/// Clauses: ewmh.workarea, ewmh.strut
#[test]
fn a_panel_takes_room_and_gives_it_back() -> Result<()> {
    let desk = Desk::start()?;
    wait_work_area(&desk, [0, 0, 1280, 800])?;
    let panel = desk
        .client
        .window()
        .window_type("DOCK")
        .placed(0, 0)
        .size(1280, 32)
        .strut([0, 0, 32, 0, 0, 0, 0, 0, 0, 1279, 0, 0])
        .map()?;
    panel.wait_viewable()?;
    wait_work_area(&desk, [0, 32, 1280, 768])?;
    assert_eq!(panel.geometry()?.y, 0, "the panel itself lies on its strut");
    panel.destroy()?;
    wait_work_area(&desk, [0, 0, 1280, 800])
}

#[test]
fn a_maximized_window_follows_the_work_area() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    let both = ["MAXIMIZED_VERT", "MAXIMIZED_HORZ"];
    ewmh::change_state(&desk.client, window.id(), Change::Add, &both)?;
    let full = window.wait_geometry("maximized", |place| place.height > 700)?;
    let panel = desk
        .client
        .window()
        .window_type("DOCK")
        .placed(0, 760)
        .size(1280, 40)
        .cardinals("_NET_WM_STRUT", &[0, 0, 0, 40])
        .map()?;
    panel.wait_viewable()?;
    window.wait_geometry("40 less", |place| place.height == full.height - 40)?;
    panel.set_numbers("_NET_WM_STRUT", &[0, 0, 0, 60])?;
    window.wait_geometry("60 less", |place| place.height == full.height - 60)?;
    panel.unmap()?;
    window.wait_geometry("full again", |place| place == full)?;
    Ok(())
}

/// Clauses: ewmh.strut
#[test]
fn absurd_struts_leave_a_usable_work_area() -> Result<()> {
    let mut desk = Desk::start()?;
    for strut in [[u32::MAX; 12], [5000, 5000, 5000, 5000, 0, 0, 0, 0, 0, 0, 0, 0], [1 << 31; 12]] {
        let panel = desk.client.window().window_type("DOCK").strut(strut).map()?;
        panel.wait_viewable()?;
        let window = desk.client.window().states(&["MAXIMIZED_VERT", "MAXIMIZED_HORZ"]).map()?;
        window.wait_managed()?;
        // A strut that leaves less than a tenth of the screen is not believed.
        window.wait_geometry("maximized in what is left", |place| {
            (128..=1280).contains(&place.width) && (60..=800).contains(&place.height)
        })?;
        let area = ewmh::work_area(&desk.client)?.expect("a work area");
        assert!(area[2] >= 128 && area[3] >= 80, "{strut:?}: {area:?}");
        window.destroy()?;
        panel.destroy()?;
    }
    desk.assert_alive()
}
