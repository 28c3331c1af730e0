//! Moving and resizing by message (EWMH `_NET_MOVERESIZE_WINDOW`, `_NET_WM_MOVERESIZE`).

use anyhow::Result;
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::{Rectangle, Window, ewmh};
use x11rb::protocol::xproto::{ConnectionExt as _, Gravity};

use crate::desk::{Desk, barrier, frame};

const MOVE_BY_KEYS: u32 = 10;
const SIZE_BY_KEYS: u32 = 9;
const CANCEL: u32 = 11;

// Which numbers of a `_NET_MOVERESIZE_WINDOW` count.
const X: u32 = 1 << 8;
const Y: u32 = 1 << 9;
const WIDTH: u32 = 1 << 10;
const HEIGHT: u32 = 1 << 11;

fn window(desk: &Desk) -> Result<Window<'_>> {
    let window = desk.client.window().placed(400, 300).size(300, 200).map()?;
    window.wait_focused()?;
    Ok(window)
}

/// As a pager asks.
fn ask(desk: &Desk, window: Window<'_>, flags: u32, to: Rectangle) -> Result<()> {
    let place = [to.x.cast_unsigned(), to.y.cast_unsigned(), to.width, to.height];
    let data = [flags | ewmh::PAGER << 12, place[0], place[1], place[2], place[3]];
    ewmh::message(&desk.client, window.id(), "_NET_MOVERESIZE_WINDOW", data)
}

/// Twice the point that a gravity keeps: whole numbers.
fn point(gravity: u8, place: Rectangle) -> (i32, i32) {
    let (across, down) = (i32::from((gravity - 1) % 3), i32::from((gravity - 1) / 3));
    let (width, height) = (place.width.cast_signed(), place.height.cast_signed());
    (2 * place.x + across * width, 2 * place.y + down * height)
}

fn is_near(one: (i32, i32), other: (i32, i32)) -> bool {
    (one.0 - other.0).abs() <= 2 && (one.1 - other.1).abs() <= 2
}

/// Clauses: ewmh.moveresize-window
#[test]
fn a_pager_places_a_window_with_every_gravity() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    for gravity in 1..=9 {
        let step = i32::from(gravity);
        let to = Rectangle::new(300 + 7 * step, 200 + 5 * step, 310 + step.unsigned_abs(), 210);
        ask(&desk, window, u32::from(gravity) | X | Y | WIDTH | HEIGHT, to)?;
        window.wait_geometry("the size", |place| place.width == to.width)?;
        let seen = frame(&desk, window)?;
        let (wanted, kept) = (point(gravity, to), point(gravity, seen));
        assert!(is_near(wanted, kept), "gravity {gravity}: {to:?} became {seen:?}");
    }
    let to = Rectangle::new(333, 222, 200, 150);
    ask(&desk, window, u32::from(Gravity::STATIC) | X | Y | WIDTH | HEIGHT, to)?;
    window.wait_geometry("Static is the client itself", |place| place == to)?;
    Ok(())
}

/// Clauses: ewmh.moveresize-window
#[test]
fn what_a_pager_does_not_name_stays() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    let to = Rectangle::new(77, 88, 222, 111);
    let before = window.geometry()?;
    ask(&desk, window, X, to)?;
    let moved = window.wait_geometry("moved across", |place| place.x == 77)?;
    assert_eq!(moved, Rectangle { x: 77, ..before });
    ask(&desk, window, Y, to)?;
    let moved = window.wait_geometry("moved down", |place| place.y != before.y)?;
    assert_eq!(moved.y - frame(&desk, window)?.y, before.y - 300, "the frame is at 88");
    assert_eq!((moved.x, moved.width, moved.height), (77, before.width, before.height));
    ask(&desk, window, HEIGHT, to)?;
    let sized = window.wait_geometry("lower", |place| place.height == 111)?;
    assert_eq!(sized, Rectangle { height: 111, ..moved });
    // With a gravity of the message: the side that it names stays.
    let before = frame(&desk, window)?;
    ask(&desk, window, u32::from(Gravity::SOUTH_EAST) | WIDTH | HEIGHT, to)?;
    window.wait_geometry("narrower", |place| place.width == 222)?;
    let after = frame(&desk, window)?;
    assert_eq!((after.right(), after.bottom()), (before.right(), before.bottom()));
    // And with none at all, nothing.
    ask(&desk, window, 0, Rectangle::new(1, 1, 1, 1))?;
    barrier(&desk)?;
    assert_eq!(frame(&desk, window)?, after);
    Ok(())
}

/// Clauses: ewmh.wm-moveresize
#[test]
fn keys_move_and_resize_and_think_better_of_it() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = window(&desk)?;
    let before = window.geometry()?;
    let begin = |direction| {
        ewmh::move_resize(client, window.id(), (0, 0), direction, 0)?;
        barrier(&desk)
    };
    begin(MOVE_BY_KEYS)?;
    input::chord(client, &[keysym::RIGHT])?;
    let moved = window.wait_geometry("moved right", |place| place.x > before.x)?;
    assert_eq!(moved, Rectangle { x: moved.x, ..before });
    input::chord(client, &[keysym::ESCAPE])?;
    window.wait_geometry("as before", |place| place == before)?;

    begin(MOVE_BY_KEYS)?;
    input::chord(client, &[keysym::DOWN])?;
    window.wait_geometry("moved down", |place| place.y > before.y)?;
    ewmh::move_resize(client, window.id(), (0, 0), CANCEL, 0)?;
    window.wait_geometry("as before the message", |place| place == before)?;

    begin(SIZE_BY_KEYS)?;
    input::chord(client, &[keysym::RIGHT])?;
    input::chord(client, &[keysym::DOWN])?;
    let sized = window.wait_geometry("grown to the right and down", |place| {
        place.width > before.width && place.height > before.height
    })?;
    assert_eq!((sized.x, sized.y), (before.x, before.y));
    input::chord(client, &[keysym::RETURN])?;
    // The keys are the program's again, and what was done stays.
    barrier(&desk)?;
    let mark = client.mark()?;
    input::type_text(client, "a")?;
    client.wait_event(mark, "a key", |event| match event {
        x11rb::protocol::Event::KeyPress(press) if press.event == window.id() => Some(()),
        _ => None,
    })?;
    assert_eq!(window.geometry()?, sized);
    Ok(())
}

/// Clauses: ewmh.wm-moveresize
#[test]
fn a_client_resizes_by_each_of_its_eight_grips() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window = window(&desk)?;
    // Clockwise from the top left, as the message counts.
    let grips = [(-1, -1), (0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0)];
    for (direction, (across, down)) in (0..).zip(grips) {
        let before = window.geometry()?;
        let (x, y) = before.center();
        input::move_to(client, x, y)?;
        input::button(client, 1, true)?;
        client.connection().ungrab_pointer(x11rb::CURRENT_TIME)?;
        ewmh::move_resize(client, window.id(), (x, y), direction, 1)?;
        barrier(&desk)?;
        input::move_to(client, x + 10 * across, y + 12 * down)?;
        input::button(client, 1, false)?;
        let wanted = Rectangle {
            x: before.x + if across < 0 { -10 } else { 0 },
            y: before.y + if down < 0 { -12 } else { 0 },
            width: before.width + 10 * across.unsigned_abs(),
            height: before.height + 12 * down.unsigned_abs(),
        };
        window.wait_geometry(&format!("grip {direction}: {wanted:?}"), |place| place == wanted)?;
        barrier(&desk)?;
    }
    Ok(())
}

/// Clauses: ewmh.wm-moveresize
#[test]
fn what_may_not_be_moved_is_not() -> Result<()> {
    let desk = Desk::start()?;
    let window = window(&desk)?;
    // Functions: resize alone; neither move nor anything else.
    window.set_motif([1, 2, 0, 0, 0])?;
    barrier(&desk)?;
    let before = window.geometry()?;
    ewmh::move_resize(&desk.client, window.id(), (0, 0), MOVE_BY_KEYS, 0)?;
    barrier(&desk)?;
    let mark = desk.client.mark()?;
    input::chord(&desk.client, &[keysym::RIGHT])?;
    desk.client.wait_event(mark, "the key goes to the program", |event| match event {
        x11rb::protocol::Event::KeyPress(press) if press.event == window.id() => Some(()),
        _ => None,
    })?;
    assert_eq!(window.geometry()?, before);
    Ok(())
}
