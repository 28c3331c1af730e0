//! `_NET_WM_SYNC_REQUEST`: what the screen shows of a window that is resized,
//! with clients that answer in time, late, never, or too soon.

use super::{Bench, plain};
use crate::event::{ButtonEvent, Event, InputTarget, Surface};
use crate::geom::{Point, Rect, Root};
use crate::hints::ClientFacts;
use crate::id::{Timestamp, Xid};
use crate::scene::LayerKey;
use crate::settings::{Modifiers, Settings};

/// A window whose left edge is held, of a client with a counter.
fn bench() -> Bench {
    let mut bench = Bench::new(Settings::default());
    let mut facts: ClientFacts = plain(300, 300, 200, 200);
    facts.protocols.sync_request = true;
    facts.sync_counter = Some(0);
    bench.map(1, facts);
    bench.send(Event::ButtonPress(ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Ring),
        at: Point::new(298, 400),
        button: 1,
        modifiers: Modifiers::default(),
        time: Timestamp(100),
    }));
    bench
}

fn to(bench: &mut Bench, x: i32) {
    let (target, modifiers) = (InputTarget::Root, Modifiers::default());
    let at = Point::new(x, 400);
    bench.send(Event::Motion { target, at, modifiers, time: Timestamp(102) });
}

fn release(bench: &mut Bench, x: i32) {
    bench.send(Event::ButtonRelease(ButtonEvent {
        target: InputTarget::Root,
        at: Point::new(x, 400),
        button: 1,
        modifiers: Modifiers::default(),
        time: Timestamp(103),
    }));
}

fn answers(bench: &mut Bench, value: i64) {
    bench.send(Event::SyncCounter { window: Xid(1), value });
}

fn wait(bench: &mut Bench, ms: u64) {
    bench.now = bench.now.after_ms(ms);
    bench.send(Event::Tick);
}

/// Left edge and width of what the screen shows, whose right edge must never
/// move; and of the frame.
fn seen(bench: &Bench) -> ((i32, i32), (i32, i32)) {
    let scene = bench.wm.scene(bench.now);
    let layer = |layer: &&crate::scene::Layer| matches!(layer.key, LayerKey::Window(_));
    let shown: Rect<Root> = scene.layers.iter().find(layer).expect("it is shown").rect;
    let id = bench.report(1).id;
    let frame = bench.server.managed[&id].frame;
    for rect in [shown, frame] {
        assert_eq!(rect.right(), 500, "the edge opposite to the dragged one");
    }
    bench.check();
    ((shown.x, shown.w), (frame.x, frame.w))
}

#[test]
fn a_prompt_client_changes_with_its_frame() {
    let mut bench = bench();
    to(&mut bench, 268);
    assert_eq!(seen(&bench), ((300, 200), (270, 230)), "its frame has the size, it has not drawn");
    answers(&mut bench, 1);
    assert_eq!(seen(&bench), ((270, 230), (270, 230)));
    // While it draws, the pointer goes on; then comes one step for all.
    to(&mut bench, 258);
    to(&mut bench, 248);
    to(&mut bench, 238);
    assert_eq!(seen(&bench), ((270, 230), (260, 240)));
    answers(&mut bench, 2);
    assert_eq!(seen(&bench), ((260, 240), (240, 260)), "what it has drawn, and the next");
    answers(&mut bench, 3);
    assert_eq!(seen(&bench), ((240, 260), (240, 260)));
}

#[test]
fn the_last_step_is_waited_for_after_the_button_is_up() {
    let mut bench = bench();
    to(&mut bench, 268);
    to(&mut bench, 248);
    release(&mut bench, 248);
    assert_eq!(seen(&bench), ((300, 200), (270, 230)));
    answers(&mut bench, 1);
    assert_eq!(seen(&bench), ((270, 230), (250, 250)));
    answers(&mut bench, 2);
    assert_eq!(seen(&bench), ((250, 250), (250, 250)));
}

#[test]
fn a_client_that_never_answers_is_waited_for_once() {
    let mut bench = bench();
    to(&mut bench, 268);
    assert!(bench.wm.deadline().is_some(), "the wait has an end");
    wait(&mut bench, 900);
    assert_eq!(seen(&bench), ((300, 200), (270, 230)));
    wait(&mut bench, 200);
    assert_eq!(seen(&bench), ((270, 230), (270, 230)));
    for x in [258, 248, 238] {
        to(&mut bench, x);
        assert_eq!(seen(&bench), ((x + 2, 498 - x), (x + 2, 498 - x)), "at once from now on");
    }
    release(&mut bench, 238);
    assert_eq!(bench.wm.deadline(), None);
    // Until it answers, late.
    answers(&mut bench, 4);
    bench.send(Event::ButtonPress(ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Ring),
        at: Point::new(238, 400),
        button: 1,
        modifiers: Modifiers::default(),
        time: Timestamp(110),
    }));
    to(&mut bench, 268);
    assert_eq!(seen(&bench), ((240, 260), (270, 230)));
}

#[test]
fn an_answer_to_an_older_request_is_none() {
    let mut bench = bench();
    to(&mut bench, 268);
    answers(&mut bench, 0);
    assert_eq!(seen(&bench), ((300, 200), (270, 230)));
    answers(&mut bench, 7);
    assert_eq!(seen(&bench), ((270, 230), (270, 230)), "who counts further has answered");
    to(&mut bench, 258);
    answers(&mut bench, 7);
    assert_eq!(seen(&bench), ((270, 230), (260, 240)));
    answers(&mut bench, 8);
    assert_eq!(seen(&bench), ((260, 240), (260, 240)));
}

#[test]
fn nobody_waits_for_a_resize_that_is_not_a_drag() {
    let mut bench = bench();
    to(&mut bench, 268);
    bench.send(Event::Compositing(false));
    bench.send(Event::Compositing(true));
    assert_eq!(seen(&bench), ((270, 230), (270, 230)), "without its picture there is none to show");
    answers(&mut bench, 1);
    release(&mut bench, 268);
    bench.act(crate::Action::ToggleFullscreen);
    let id = bench.report(1).id;
    assert_eq!(bench.server.managed[&id].frame, Rect::new(0, 0, 1000, 800));
    let scene = bench.wm.scene(bench.now);
    let layer = |layer: &&crate::scene::Layer| layer.key == LayerKey::Window(id);
    assert_eq!(scene.layers.iter().find(layer).map(|l| l.rect.w), Some(1000));
}
