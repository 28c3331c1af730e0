//! Moving and resizing by hand: what a person does with pointer and keys.

use super::{Bench, plain};
use crate::action::{Action, Tile};
use crate::event::{ButtonEvent, Event, InputTarget, KeyEvent, Surface};
use crate::geom::{Point, Rect, Sides, Size};
use crate::hints::{ClientFacts, SizeHints};
use crate::id::{Timestamp, Xid};
use crate::settings::{Modifiers, Settings};

const LEFT: u32 = 0xff51;
const UP: u32 = 0xff52;
const RIGHT: u32 = 0xff53;
const DOWN: u32 = 0xff54;
const RETURN: u32 = 0xff0d;

fn bench() -> Bench {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(300, 300, 200, 200));
    bench
}

fn super_press(x: i32, y: i32) -> Event {
    Event::ButtonPress(ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Client),
        at: Point::new(x, y),
        button: 1,
        modifiers: Modifiers::SUPER,
        time: Timestamp(100),
    })
}

fn grabbed(x: i32, y: i32, buttons: u8) -> Event {
    let (at, modifiers) = (Point::new(x, y), Modifiers::SUPER);
    Event::PointerGrabbed { at, buttons, modifiers, time: Timestamp(101) }
}

fn motion(x: i32, y: i32) -> Event {
    let (target, modifiers) = (InputTarget::Root, Modifiers::default());
    Event::Motion { target, at: Point::new(x, y), modifiers, time: Timestamp(102) }
}

fn keys(bench: &mut Bench, keysym: u32, modifiers: Modifiers, times: usize) {
    for _ in 0..times {
        let time = Timestamp(103);
        bench.send(Event::Key(KeyEvent { keysym, pressed: true, modifiers, action: None, time }));
    }
}

#[test]
fn a_motion_between_press_and_grab_is_not_lost() {
    let mut bench = bench();
    bench.send(super_press(380, 400));
    bench.send(grabbed(420, 430, 1));
    assert_eq!(bench.report(1).frame.origin(), Point::new(340, 330));
    assert!(bench.server.pointer_grabbed, "and it goes on");
    bench.check();
}

#[test]
fn a_button_that_is_up_before_the_grab_ends_the_drag() {
    let mut bench = bench();
    bench.send(super_press(380, 400));
    bench.send(grabbed(420, 430, 0));
    assert!(!bench.server.pointer_grabbed);
    bench.send(motion(600, 600));
    assert_eq!(bench.report(1).frame.origin(), Point::new(340, 330), "no longer on the pointer");
    bench.check();
}

#[test]
fn a_move_by_keyboard_does_not_jump_to_where_the_pointer_is() {
    let mut bench = bench();
    bench.send(motion(5, 5));
    bench.act(Action::BeginMove);
    // Over clients the pointer moves unheard.
    bench.send(grabbed(700, 600, 0));
    assert_eq!(bench.report(1).frame.origin(), Point::new(300, 300));
    bench.send(motion(701, 602));
    assert_eq!(bench.report(1).frame.origin(), Point::new(301, 302), "from there it follows");
    bench.check();
}

#[test]
fn keys_move_no_window_to_where_it_could_not_be_fetched_back() {
    let mut bench = bench();
    for (key, seen) in [(LEFT, (-152, 300)), (UP, (-152, 0)), (RIGHT, (952, 0))] {
        bench.act(Action::BeginMove);
        keys(&mut bench, key, Modifiers::default(), 100);
        assert_eq!(bench.report(1).frame.origin(), Point::new(seen.0, seen.1));
        keys(&mut bench, RETURN, Modifiers::default(), 1);
        assert_eq!(bench.report(1).frame.origin(), Point::new(seen.0, seen.1), "and stays there");
    }
    bench.act(Action::BeginMove);
    keys(&mut bench, DOWN, Modifiers::default(), 100);
    let title = bench.report(1).client.y - bench.report(1).frame.y;
    assert_eq!(bench.report(1).frame.y, 800 - title, "the title bar can be grabbed");
    bench.check();
}

#[test]
fn keys_resize_by_the_programs_steps() {
    let mut bench = Bench::new(Settings::default());
    let size_hints = SizeHints {
        user_position: true,
        increment: Some(Size::new(6, 40)),
        base: Some(Size::new(4, 4)),
        ..SizeHints::default()
    };
    bench.map(1, ClientFacts { size_hints, ..plain(300, 300, 4 + 20 * 6, 4 + 3 * 40) });
    bench.act(Action::BeginResize);
    keys(&mut bench, RIGHT, Modifiers::CONTROL, 1);
    assert_eq!(bench.report(1).client.w, 4 + 21 * 6, "with Control by one");
    keys(&mut bench, RIGHT, Modifiers::default(), 1);
    assert_eq!(bench.report(1).client.w, 4 + 24 * 6, "else by as many as sixteen pixels take");
    keys(&mut bench, DOWN, Modifiers::default(), 1);
    assert_eq!(bench.report(1).client.h, 4 + 4 * 40, "a step of more than that is one step");
    bench.check();
}

#[test]
fn a_tile_is_not_smaller_than_the_programs_minimum() {
    let mut bench = Bench::new(Settings::default());
    let size_hints =
        SizeHints { user_position: true, min: Some(Size::new(700, 100)), ..SizeHints::default() };
    bench.map(1, ClientFacts { size_hints, ..plain(100, 300, 750, 200) });
    bench.act(Action::Tile(Tile::Left));
    assert_eq!(bench.report(1).frame, Rect::new(0, 0, 700, 800));
    bench.act(Action::Tile(Tile::BottomRight));
    assert_eq!(bench.report(1).frame, Rect::new(300, 400, 700, 400), "it stays in its corner");
    bench.check();

    let too_large = SizeHints { min: Some(Size::new(5000, 5000)), ..SizeHints::default() };
    bench.map(2, ClientFacts { size_hints: too_large, ..plain(0, 0, 5000, 5000) });
    bench.act(Action::Tile(Tile::TopRight));
    assert_eq!(bench.report(2).frame, Rect::new(0, 0, 1000, 800), "but on the screen");
    bench.check();
}

#[test]
fn a_tiled_programs_own_shadow_stays_outside() {
    let mut bench = Bench::new(Settings::default());
    let shadow = Sides { left: 20, right: 20, top: 10, bottom: 30 };
    let size_hints =
        SizeHints { user_position: true, min: Some(Size::new(740, 100)), ..SizeHints::default() };
    let facts = ClientFacts { size_hints, gtk_extents: Some(shadow), ..plain(100, 300, 800, 400) };
    bench.map(1, facts);
    bench.act(Action::Tile(Tile::Right));
    assert_eq!(bench.report(1).client, Rect::new(280, -10, 740, 840), "700 of it can be seen");
    bench.check();
}
