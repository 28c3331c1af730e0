//! What clients ask of their place and size, and what they are told (ICCCM 4.1.5, 4.1.2.3).

use anyhow::Result;
use trapeze_testkit::{Rectangle, ewmh};
use x11rb::protocol::xproto::{ConfigureWindowAux, Gravity};

use crate::desk::{Desk, frame};

/// Clauses: icccm.configure.granted
#[test]
fn a_resize_request_is_granted() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).map()?;
    window.wait_managed()?;
    let before = frame(&desk, window)?;
    window.configure(&ConfigureWindowAux::new().width(333).height(222))?;
    window.wait_geometry("333×222", |place| (place.width, place.height) == (333, 222))?;
    let after = frame(&desk, window)?;
    assert_eq!((after.x, after.y), (before.x, before.y), "the frame's corner stays");
    Ok(())
}

/// Clauses: icccm.configure.move-synthetic
#[test]
fn a_move_is_told_by_a_synthetic_event_in_root_coordinates() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).map()?;
    window.wait_managed()?;
    let mark = desk.client.mark()?;
    window.configure(&ConfigureWindowAux::new().x(300).y(250))?;
    let notify = window.wait_configure_notify(mark, true)?;
    window.wait_geometry("moved", |_| true)?;
    desk.client.wait_true("at 300, 250", || {
        let place = frame(&desk, window)?;
        Ok((place.x, place.y) == (300, 250))
    })?;
    let inner = window.geometry()?;
    assert_eq!((i32::from(notify.x), i32::from(notify.y)), (inner.x, inner.y));
    assert_eq!((notify.width, notify.height), (200, 150));
    Ok(())
}

/// Clauses: icccm.configure.resize-real
#[test]
fn a_resize_is_told_by_the_server_alone() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).map()?;
    window.wait_managed()?;
    window.wait_focused()?;
    let mark = desk.client.mark()?;
    // By the client itself, moved too; by a pager; by a state.
    window.configure(&ConfigureWindowAux::new().x(50).width(320).height(222))?;
    window.wait_geometry("320×222", |place| (place.width, place.height) == (320, 222))?;
    ewmh::change_state(&desk.client, window.id(), ewmh::Change::Add, &["FULLSCREEN"])?;
    window.wait_geometry("the whole screen", |place| place.width == 1280)?;
    // What was moved only is told, and comes last.
    ewmh::change_state(&desk.client, window.id(), ewmh::Change::Remove, &["FULLSCREEN"])?;
    let before = window.wait_geometry("as before", |place| place.width == 320)?;
    window.configure(&ConfigureWindowAux::new().x(70))?;
    let place = window.wait_geometry("moved", |place| place.x == before.x + 20)?;
    let told = window.wait_configure_notify(mark, true)?;
    assert_eq!((i32::from(told.x), i32::from(told.y)), (place.x, place.y), "none before this one");
    Ok(())
}

/// Clauses: icccm.configure.nothing-synthetic
#[test]
fn a_request_that_changes_nothing_is_answered_too() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).map()?;
    window.wait_managed()?;
    desk.client.sync()?;
    let mark = desk.client.mark()?;
    window.configure(&ConfigureWindowAux::new().width(200).height(150))?;
    let notify = window.wait_configure_notify(mark, true)?;
    assert_eq!((notify.width, notify.height), (200, 150));
    Ok(())
}

/// Clauses: icccm.normal-hints.gravity
#[test]
fn every_gravity_keeps_its_point_in_place() -> Result<()> {
    let desk = Desk::start()?;
    let gravities = [
        (Gravity::NORTH_WEST, 0, 0),
        (Gravity::NORTH, 1, 0),
        (Gravity::NORTH_EAST, 2, 0),
        (Gravity::WEST, 0, 1),
        (Gravity::CENTER, 1, 1),
        (Gravity::EAST, 2, 1),
        (Gravity::SOUTH_WEST, 0, 2),
        (Gravity::SOUTH, 1, 2),
        (Gravity::SOUTH_EAST, 2, 2),
    ];
    for (gravity, across, down) in gravities {
        let window = desk.client.window().gravity(gravity).placed(400, 300).size(200, 150).map()?;
        window.wait_managed()?;
        let asked = Rectangle::new(400, 300, 200, 150);
        let seen = frame(&desk, window)?;
        // The point at 0, ½ or 1 of the width and height, where asked and where seen. Halves may
        // round either way.
        let point = |place: Rectangle| {
            (
                2 * place.x + across * place.width.cast_signed(),
                2 * place.y + down * place.height.cast_signed(),
            )
        };
        let (asked, seen_point) = (point(asked), point(seen));
        let slack = |direction: i32| if direction == 1 { 2 } else { 0 };
        assert!(
            (asked.0 - seen_point.0).abs() <= slack(across)
                && (asked.1 - seen_point.1).abs() <= slack(down),
            "{gravity:?}: frame at {seen:?}"
        );
        window.destroy()?;
    }
    let window = desk.client.window().gravity(Gravity::STATIC).placed(400, 300).map()?;
    window.wait_managed()?;
    let place = window.geometry()?;
    assert_eq!((place.x, place.y), (400, 300), "Static: the client area itself");
    Ok(())
}

/// Clauses: icccm.normal-hints.bounds
#[test]
fn size_hints_bound_what_others_ask() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk
        .client
        .window()
        .size(200, 150)
        .min_size(120, 100)
        .max_size(400, 300)
        .placed(100, 100)
        .map()?;
    window.wait_managed()?;
    // Width and height from a pager: flags 0x0c00, source 2 (0x2000).
    let ask = |width, height| {
        let flags = 0x2000 | 0x0c00;
        ewmh::message(
            &desk.client,
            window.id(),
            "_NET_MOVERESIZE_WINDOW",
            [flags, 0, 0, width, height],
        )
    };
    ask(50, 50)?;
    window.wait_geometry("smallest", |place| (place.width, place.height) == (120, 100))?;
    ask(1000, 1000)?;
    window.wait_geometry("largest", |place| (place.width, place.height) == (400, 300))?;
    Ok(())
}

/// Clauses: icccm.normal-hints.increments
#[test]
fn increments_are_kept() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk
        .client
        .window()
        .size(210, 160)
        .size_hints(|hints| {
            hints.base_size = Some((10, 10));
            hints.size_increment = Some((20, 30));
        })
        .map()?;
    window.wait_managed()?;
    let data = [0x2000 | 0x0c00, 0, 0, 305, 295];
    ewmh::message(&desk.client, window.id(), "_NET_MOVERESIZE_WINDOW", data)?;
    window.wait_geometry("290×280", |place| (place.width, place.height) == (290, 280))?;
    Ok(())
}

#[test]
fn a_flood_of_requests_ends_where_the_last_one_says() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().placed(100, 100).size(200, 150).map()?;
    window.wait_managed()?;
    use x11rb::protocol::xproto::ConnectionExt as _;
    for number in 0..1000u32 {
        let values = ConfigureWindowAux::new().width(200 + number % 97).height(150 + number % 31);
        desk.client.connection().configure_window(window.id(), &values)?;
    }
    window.configure(&ConfigureWindowAux::new().width(281).height(173))?;
    window.wait_geometry("281×173", |place| (place.width, place.height) == (281, 173))?;
    desk.assert_alive()
}

/// Clauses: icccm.map-unmapped-configure
#[test]
fn an_unmapped_window_gets_what_it_asks() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().create()?;
    window.move_resize(33, 44, 55, 66)?;
    window.wait_geometry("granted", |place| place == Rectangle::new(33, 44, 55, 66))?;
    Ok(())
}

#[test]
fn absurd_sizes_are_survived() -> Result<()> {
    let mut desk = Desk::start()?;
    let window = desk.client.window().map()?;
    window.wait_managed()?;
    for (x, y, width, height) in [
        (i32::from(i16::MIN), i32::from(i16::MIN), 1, 1),
        (i32::from(i16::MAX), i32::from(i16::MAX), 65535, 65535),
        (0, 0, 32767, 32767),
    ] {
        window.move_resize(x, y, width, height)?;
    }
    window.move_resize(10, 10, 100, 100)?;
    window.wait_geometry("sane again", |place| (place.width, place.height) == (100, 100))?;
    desk.assert_alive()
}
