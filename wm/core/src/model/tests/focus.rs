//! Who has the keyboard, by name: crossings, offers, dialogs; and what
//! stacking costs.

use super::{Bench, plain};
use crate::event::{Crossing, Event, InputTarget, Surface};
use crate::geom::Point;
use crate::hints::{ClientFacts, NetState, Protocols, WmHints};
use crate::id::{Timestamp, Xid};
use crate::model::stack::{self, work};
use crate::settings::{FocusMode, Settings};

fn enter(xid: u32, x: i32, cause: Crossing) -> Event {
    Event::Enter {
        target: InputTarget::Window(Xid(xid), Surface::Client),
        at: Point::new(x, 50),
        time: Timestamp(9),
        cause,
    }
}

#[test]
fn only_a_persons_move_takes_the_focus_along() {
    for focus in [FocusMode::Sloppy, FocusMode::Strict] {
        let mut bench = Bench::new(Settings { focus, ..Settings::default() });
        bench.map(1, plain(0, 0, 100, 100));
        bench.map(2, plain(200, 0, 100, 100));
        bench.send(enter(1, 10, Crossing::Motion));
        assert!(bench.report(1).focused);
        for cause in [Crossing::Windows, Crossing::Inside] {
            bench.send(enter(2, 250, cause));
            assert!(bench.report(1).focused, "{cause:?}");
        }
        bench.send(enter(2, 260, Crossing::Motion));
        assert!(bench.report(2).focused);
        bench.check();
    }
}

#[test]
fn a_globally_active_window_is_active_when_it_takes_the_focus() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(0, 0, 100, 100));
    let wm_hints = WmHints { input: false, ..WmHints::default() };
    let protocols = Protocols { take_focus: true, ..Protocols::default() };
    bench.map(2, ClientFacts { wm_hints, protocols, ..plain(200, 0, 100, 100) });
    assert!(bench.report(1).focused, "it may still decline");
    bench.send(Event::FocusIn(Some(Xid(2))));
    assert!(bench.report(2).focused);
    bench.send(Event::Destroyed(Xid(2)));
    assert!(bench.report(1).focused);
    bench.check();
}

#[test]
fn a_dialog_of_no_window_is_modal_for_its_group() {
    let mut bench = Bench::new(Settings::default());
    let wm_hints = WmHints { group: Some(Xid(99)), ..WmHints::default() };
    bench.map(1, ClientFacts { wm_hints, ..plain(0, 0, 100, 100) });
    bench.map(2, ClientFacts { wm_hints, ..plain(200, 0, 100, 100) });
    bench.map(4, plain(600, 0, 100, 100));
    let states = vec![NetState::Modal];
    bench.map(3, ClientFacts { wm_hints, states, ..plain(400, 0, 100, 100) });
    for (asked, given) in [(1, 3), (2, 3), (4, 4)] {
        let action = crate::action::Action::Activate;
        let window = Some(Xid(asked));
        bench.send(Event::Action { action, window, time: Timestamp(3) });
        assert!(bench.report(given).focused, "{asked}");
    }
    bench.check();
}

#[test]
fn stacking_looks_at_each_window_a_few_times_whatever_their_number() {
    let count = 400;
    let mut bench = Bench::new(Settings::default());
    let wm_hints = WmHints { group: Some(Xid(99_999)), ..WmHints::default() };
    for xid in 1..=count {
        // Half of them belong to the whole of the other half.
        let transient_for = (xid % 2 == 0).then_some(Xid(99_998));
        bench.wm.handle(
            Event::Manage {
                window: Xid(xid),
                facts: Box::new(ClientFacts { wm_hints, transient_for, ..plain(0, 0, 9, 9) }),
                adopted: true,
            },
            bench.now,
        );
    }
    bench.send(Event::Tick);
    let limit = 12 * count as usize;
    let order = bench.wm.order.clone();
    work::done();
    let resolved = stack::resolve(&bench.wm.windows, &order, |_| stack::Layer::Normal);
    let done = work::done();
    assert!(done <= limit, "{done} to resolve");
    let reversed: Vec<Xid> = resolved.iter().rev().copied().collect();
    stack::moves(&resolved, &reversed);
    let done = work::done();
    assert!(done <= limit, "{done} to move");
}
