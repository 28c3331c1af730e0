//! Taking windows in, minimizing them, letting them go (ICCCM 4.1.4).

use anyhow::Result;
use trapeze_testkit::{Rectangle, Tolerance, ewmh, pixels, window};

use crate::desk::{Desk, settle};

/// Clauses: icccm.withdrawn-normal, ewmh.client-list
#[test]
fn a_new_window_is_framed_listed_and_shown() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().title("new").placed(100, 120).size(300, 200).map()?;
    window.wait_managed()?;
    ewmh::wait_listed(&desk.client, window.id(), true)?;
    assert!(ewmh::stacking(&desk.client)?.contains(&window.id()));
    assert_ne!(window.top_level()?, window.id(), "reparented into a frame");
    let [left, right, top, bottom] = ewmh::frame_extents(&desk.client, window.id())?;
    let inner = window.geometry()?;
    assert_eq!((inner.width, inner.height), (300, 200), "the client keeps the size it asked for");
    // The visible frame, of which NorthWest gravity puts the corner where the user wanted it.
    assert_eq!((inner.x - left.cast_signed(), inner.y - top.cast_signed()), (100, 120));
    assert!(top > 0, "a title bar");
    assert!(right < 100 && bottom < 100, "only what is visible counts");
    Ok(())
}

/// Clauses: ewmh.frame-extents
#[test]
fn an_undecorated_window_has_no_extents_and_stays_put() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().motif_decorations(0).placed(100, 120).map()?;
    window.wait_managed()?;
    assert_eq!(ewmh::frame_extents(&desk.client, window.id())?, [0; 4]);
    let place = window.geometry()?;
    assert_eq!((place.x, place.y), (100, 120));
    Ok(())
}

/// Clauses: icccm.normal-withdrawn
#[test]
fn a_withdrawn_window_is_let_go_and_may_come_back() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(50, 60).map()?;
    window.wait_managed()?;
    ewmh::wait_listed(&desk.client, window.id(), true)?;
    window.withdraw()?;
    window.wait_wm_state(None)?;
    ewmh::wait_listed(&desk.client, window.id(), false)?;
    desk.client.wait_true("back on the root", || Ok(window.top_level()? == window.id()))?;
    window.map()?;
    window.wait_managed()?;
    ewmh::wait_listed(&desk.client, window.id(), true)
}

/// Clauses: icccm.normal-withdrawn
#[test]
fn an_unmapped_window_without_the_synthetic_event_is_let_go_too() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    window.unmap()?;
    window.wait_wm_state(None)?;
    ewmh::wait_listed(&desk.client, window.id(), false)
}

/// Clauses: ewmh.client-list
#[test]
fn a_destroyed_window_is_forgotten() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    let frame = window.top_level()?;
    window.destroy()?;
    ewmh::wait_listed(&desk.client, window.id(), false)?;
    desk.client.wait_true("frame gone or hidden", || Ok(!desk.client.is_viewable(frame)?))?;
    desk.assert_alive()
}

/// Clauses: icccm.normal-iconic
#[test]
fn a_window_is_minimized_and_restored_by_itself() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    window.iconify()?;
    window.wait_wm_state(Some(window::ICONIC))?;
    window.wait_state("HIDDEN", true)?;
    desk.client.wait_true("hidden", || Ok(!desk.client.is_viewable(window.id())?))?;
    assert!(ewmh::client_list(&desk.client)?.contains(&window.id()), "minimized is still managed");
    window.map()?;
    window.wait_managed()?;
    window.wait_state("HIDDEN", false)
}

/// Clauses: ewmh.active-window
#[test]
fn a_pager_restores_a_minimized_window_by_activating_it() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    window.iconify()?;
    window.wait_wm_state(Some(window::ICONIC))?;
    ewmh::activate(&desk.client, window.id())?;
    window.wait_managed()?;
    window.wait_focused()
}

/// Clauses: icccm.withdrawn-iconic
#[test]
fn a_window_may_begin_minimized() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().iconic().map()?;
    window.wait_wm_state(Some(window::ICONIC))?;
    assert!(!desk.client.is_viewable(window.id())?);
    Ok(())
}

/// Clauses: icccm.override-redirect
#[test]
fn an_override_redirect_window_is_left_alone_and_seen() -> Result<()> {
    let desk = Desk::start()?;
    let place = Rectangle::new(200, 210, 90, 40);
    let menu = desk
        .client
        .window()
        .override_redirect()
        .at(200, 210)
        .size(90, 40)
        .color(0x12_3456)
        .map()?;
    menu.wait_viewable()?;
    pixels::wait_until(&desk.client, "menu", place, |image| {
        image.is_solid(Rectangle::new(0, 0, 90, 40), 0x12_3456)
    })?;
    assert_eq!(menu.top_level()?, menu.id());
    assert!(!ewmh::client_list(&desk.client)?.contains(&menu.id()));
    assert_eq!(menu.wm_state()?, None);
    assert_eq!(menu.geometry()?, place);
    Ok(())
}

/// Clauses: icccm.wm-name
#[test]
fn a_new_title_is_drawn() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().title("before").placed(100, 100).size(400, 100).map()?;
    window.wait_managed()?;
    let inner = window.geometry()?;
    let [_, _, top, _] = ewmh::frame_extents(&desk.client, window.id())?;
    let bar = Rectangle::new(inner.x, inner.y - top.cast_signed(), inner.width, top);
    window.wait_focused()?;
    settle(&desk.client)?;
    let drawn = |image: &pixels::Image| image.colors() > 8;
    let before = pixels::wait_until(&desk.client, "before", bar, drawn)?;
    window.set_title("日本語 and עברית, 😀")?;
    let after =
        pixels::wait_until(&desk.client, "after", bar, |image| image != &before && drawn(image))?;
    window.set_title("before")?;
    pixels::wait_same(&desk.client, "again", bar, &before, Tolerance::EXACT)?;
    assert_ne!(before, after);
    Ok(())
}

#[test]
fn a_window_keeps_its_pixels_under_management() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(80, 80).size(160, 120).test_card(3).map()?;
    window.wait_managed()?;
    let place = window.geometry()?;
    let card = pixels::Image::from_fn(160, 120, |x, y| {
        pixels::test_card_pixel(x as u16, y as u16, 160, 120, 3)
    });
    // The corners may be rounded.
    let middle = Rectangle::new(16, 0, 128, 100);
    let seen = pixels::wait_until(&desk.client, "card", place, |image| {
        image.crop(middle) == card.crop(middle)
    })?;
    assert_eq!((seen.width(), seen.height()), (160, 120));
    Ok(())
}

#[test]
fn a_window_without_pixels_is_mapped_and_not_managed() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().input_only().at(100, 100).size(200, 150).map()?;
    window.wait_viewable()?;
    // Managed later than it.
    desk.client.window().map()?.wait_managed()?;
    assert!(!ewmh::client_list(&desk.client)?.contains(&window.id()));
    assert_eq!(window.top_level()?, window.id(), "without a frame");
    Ok(())
}
