//! Where new windows stand that say so themselves.

use super::{Bench, plain};
use crate::event::{Event, Monitor};
use crate::geom::{Point, Rect, Sides, Size};
use crate::hints::{ClientFacts, Gravity, MotifHints, SizeHints, Strut, WindowType};
use crate::id::Xid;
use crate::settings::Settings;

/// A client of 300 × 200 that wants its inside there.
fn inside_at(x: i32, y: i32) -> ClientFacts {
    let size_hints =
        SizeHints { program_position: true, gravity: Gravity::Static, ..SizeHints::default() };
    ClientFacts { size_hints, ..plain(x, y, 300, 200) }
}

fn panel_above() -> ClientFacts {
    let sides = Sides { top: 40, ..Sides::default() };
    let strut = Strut { sides, top_range: (0, 999), ..Strut::default() };
    let types = vec![WindowType::Dock];
    ClientFacts { types, strut: Some(strut), ..plain(0, 0, 1000, 40) }
}

#[test]
fn a_new_title_bar_is_on_the_screen_whatever_its_program_asks_for() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, inside_at(10, 10));
    assert_eq!(bench.report(1).frame.origin(), Point::new(10, 0));
    bench.map(2, inside_at(10, 100));
    assert_eq!(bench.report(2).client.origin(), Point::new(10, 100), "in view: as asked for");
    bench.map(3, panel_above());
    bench.map(4, inside_at(20, 50));
    assert_eq!(bench.report(4).frame.origin(), Point::new(20, 40), "not under a panel either");
    let motif = MotifHints { decorated: false, ..MotifHints::default() };
    let undecorated = ClientFacts { motif: Some(motif), ..inside_at(30, 10) };
    bench.map(5, undecorated);
    assert_eq!(bench.report(5).client.origin(), Point::new(30, 10), "no title, no matter");
    bench.check();
}

#[test]
fn windows_of_a_session_before_are_not_moved() {
    let mut bench = Bench::new(Settings::default());
    let facts = Box::new(inside_at(10, 10));
    bench.send(Event::Manage { window: Xid(1), facts, adopted: true });
    assert_eq!(bench.report(1).client.origin(), Point::new(10, 10));
    bench.check();
}

#[test]
fn a_title_bar_on_the_monitor_above_is_in_view() {
    let mut bench = Bench::new(Settings::default());
    let monitor = |name: &str, y, primary| {
        let rect = Rect::new(0, y, 1000, 400);
        Monitor { name: name.to_owned(), rect, primary, scale_percent: 100 }
    };
    let monitors = vec![monitor("A", 0, true), monitor("B", 400, false)];
    bench.send(Event::Screen { size: Size::new(1000, 800), monitors });
    bench.map(1, inside_at(10, 400));
    assert_eq!(bench.report(1).client.origin(), Point::new(10, 400));
    bench.map(2, inside_at(10, 420));
    assert_eq!(bench.report(2).frame.origin(), Point::new(10, 400), "on neither as a whole");
    bench.check();
}
