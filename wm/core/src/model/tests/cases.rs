//! What has a name: each test is one thing that a person would notice.

use super::{Bench, plain, screen};
use crate::action::{Action, Direction};
use crate::event::{ButtonEvent, ConfigureValues, Event, InputTarget, KeyEvent, Message, Surface};
use crate::geom::{Point, Rect, Sides, Size};
use crate::hints::{
    ClientFacts, NetState, Protocols, SizeHints, Strut, UnmanagedFacts, WindowType,
};
use crate::id::{Timestamp, Xid};
use crate::request::{Request, RootProperty};
use crate::settings::{Modifiers, Settings};

#[test]
fn a_window_is_managed_decorated_and_focused() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    bench.check();
    let report = bench.report(1);
    let title = bench.wm.settings().theme.scaled(bench.wm.settings().theme.title_height);
    assert_eq!(report.frame, Rect::new(100, 120, 300, 200 + title), "its corner stays");
    assert_eq!(report.client, Rect::new(100, 120 + title, 300, 200));
    assert!(report.focused && report.shown);
}

#[test]
fn handing_back_leaves_every_client_where_it_was() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, ClientFacts { border_width: 3, ..plain(100, 120, 300, 200) });
    let quit = {
        bench.wm.handle(Event::Quit, bench.now);
        bench.wm.settle(bench.now)
    };
    let unmanage = quit.iter().find_map(|r| match r {
        Request::Unmanage { at, border_width, alive, map, .. } => {
            Some((*at, *border_width, *alive, *map))
        }
        _ => None,
    });
    // Outer corner: the inside at (100, 120) minus its border of 3.
    assert_eq!(unmanage, Some((Some(Point::new(97, 117)), 3, true, true)));
    assert_eq!(quit.last(), Some(&Request::Exit));
}

#[test]
fn the_topmost_adopted_window_gets_the_focus() {
    let mut bench = Bench::new(Settings::default());
    for xid in 1..=3 {
        let facts = Box::new(plain(10, 10, 100, 100));
        bench.wm.handle(Event::Manage { window: Xid(xid), facts, adopted: true }, bench.now);
    }
    bench.send(Event::Tick);
    assert!(bench.report(3).focused);
    bench.check();
}

#[test]
fn maximize_tile_fullscreen_and_back() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    let before = bench.report(1);
    bench.act(Action::ToggleMaximize);
    assert_eq!(bench.report(1).frame, Rect::new(0, 0, 1000, 800));
    bench.act(Action::ToggleFullscreen);
    assert_eq!(bench.report(1).client, Rect::new(0, 0, 1000, 800), "no title bar");
    bench.act(Action::ToggleFullscreen);
    assert_eq!(bench.report(1).frame, Rect::new(0, 0, 1000, 800), "still maximized");
    bench.act(Action::Snap(Direction::Left));
    assert_eq!(bench.report(1).frame, Rect::new(0, 0, 500, 800));
    bench.act(Action::Restore);
    assert_eq!(bench.report(1), before);
    bench.check();
}

#[test]
fn a_window_returns_with_its_monitor() {
    let mut bench = Bench::new(Settings::default());
    bench.send(screen(true));
    bench.map(1, plain(1100, 60, 300, 200));
    let there = bench.report(1).frame;
    bench.send(screen(false));
    let here = bench.report(1).frame;
    assert!(Rect::new(0, 0, 1000, 800).contains_rect(&here), "reachable: {here:?}");
    bench.send(screen(true));
    assert_eq!(bench.report(1).frame, there);
    bench.check();
}

#[test]
fn a_request_that_changes_nothing_is_answered_all_the_same() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    let values = ConfigureValues { width: Some(300), ..ConfigureValues::default() };
    bench.wm.handle(Event::ConfigureRequest { window: Xid(1), values }, bench.now);
    let answers = bench.wm.settle(bench.now);
    assert!(
        answers.iter().any(|r| matches!(r, Request::NotifyConfigure { .. })),
        "ICCCM 4.1.5 wants a synthetic ConfigureNotify: {answers:?}"
    );
}

#[test]
fn a_thousand_configure_requests_cost_one_configure() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    for x in 0..1000 {
        let values = ConfigureValues { x: Some(x), ..ConfigureValues::default() };
        bench.wm.handle(Event::ConfigureRequest { window: Xid(1), values }, bench.now);
    }
    let requests = bench.wm.settle(bench.now);
    let configures =
        requests.iter().filter(|r| matches!(r, Request::ConfigureFrame { .. })).count();
    assert_eq!(configures, 1);
}

#[test]
fn focus_is_not_stolen_by_an_older_wish() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(0, 0, 100, 100));
    bench.send(Event::ButtonPress(ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Client),
        at: Point::new(5, 60),
        button: 1,
        modifiers: Modifiers::default(),
        time: Timestamp(5000),
    }));
    bench.map(2, ClientFacts { user_time: Some(Timestamp(4000)), ..plain(300, 0, 100, 100) });
    assert!(bench.report(1).focused);
    assert!(bench.report(2).states.contains(&NetState::DemandsAttention));
    bench.map(3, ClientFacts { user_time: Some(Timestamp(6000)), ..plain(300, 0, 100, 100) });
    assert!(bench.report(3).focused);
    bench.check();
}

#[test]
fn alt_tab_goes_to_the_window_before() {
    let mut bench = Bench::new(Settings::default());
    for xid in 1..=3 {
        bench.map(xid, plain(0, 0, 100, 100));
    }
    let key = |keysym, pressed, modifiers, action| {
        Event::Key(KeyEvent {
            keysym,
            pressed,
            modifiers: Modifiers(modifiers),
            action,
            time: Timestamp(9),
        })
    };
    bench.send(key(0xff09, true, 8, Some(Action::SwitchWindows)));
    assert!(bench.server.keyboard_grabbed);
    let panel = bench.wm.scene(bench.now);
    assert!(panel.layers.iter().any(|l| l.key == crate::scene::LayerKey::SwitcherPanel));
    bench.send(key(0xff09, true, 8, Some(Action::SwitchWindows)));
    bench.send(key(0xffe9, false, 0, None));
    assert!(!bench.server.keyboard_grabbed);
    assert!(bench.report(1).focused, "two presses: two windows back");
    bench.send(key(0xff09, true, 8, Some(Action::SwitchWindows)));
    bench.send(key(0xffe9, false, 0, None));
    assert!(bench.report(3).focused);
    bench.check();
}

#[test]
fn dragging_the_title_moves_and_escape_undoes() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(300, 300, 200, 200));
    let press = |x, y| ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Frame),
        at: Point::new(x, y),
        button: 1,
        modifiers: Modifiers::default(),
        time: Timestamp(100),
    };
    let motion = |x, y| Event::Motion {
        target: InputTarget::Root,
        at: Point::new(x, y),
        modifiers: Modifiers::default(),
        time: Timestamp(101),
    };
    bench.send(Event::ButtonPress(press(380, 310)));
    bench.send(motion(381, 311));
    assert_eq!(bench.report(1).frame.x, 300, "below the threshold nothing moves");
    bench.send(motion(440, 340));
    assert!(bench.server.pointer_grabbed);
    assert_eq!(bench.report(1).frame.origin(), Point::new(360, 330));
    bench.send(Event::ButtonRelease(press(440, 340)));
    assert!(!bench.server.pointer_grabbed);
    assert_eq!(bench.report(1).frame.origin(), Point::new(360, 330));

    bench.send(Event::ButtonPress(ButtonEvent { time: Timestamp(5000), ..press(440, 340) }));
    bench.send(motion(500, 400));
    bench.send(Event::Key(KeyEvent {
        keysym: 0xff1b,
        pressed: true,
        modifiers: Modifiers::default(),
        action: None,
        time: Timestamp(5001),
    }));
    assert_eq!(bench.report(1).frame.origin(), Point::new(360, 330));
    bench.check();
}

#[test]
fn a_drag_without_motion_ends_where_the_button_is_released() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(300, 300, 200, 200));
    let event = |x, y| ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Client),
        at: Point::new(x, y),
        button: 1,
        modifiers: Modifiers::SUPER,
        time: Timestamp(100),
    };
    bench.send(Event::ButtonPress(event(380, 400)));
    bench.send(Event::ButtonRelease(event(430, 420)));
    assert_eq!(bench.report(1).frame.origin(), Point::new(350, 320));
    bench.check();
}

#[test]
fn a_pager_resizes_within_the_hints() {
    let mut bench = Bench::new(Settings::default());
    let hints = SizeHints {
        user_position: true,
        increment: Some(Size::new(10, 20)),
        base: Some(Size::new(5, 5)),
        ..SizeHints::default()
    };
    bench.map(1, ClientFacts { size_hints: hints, ..plain(300, 300, 205, 205) });
    let values = ConfigureValues { width: Some(333), ..ConfigureValues::default() };
    let window = Xid(1);
    bench.send(Event::Message(Message::MoveResizeWindow { window, gravity: None, values }));
    assert_eq!(bench.report(1).client.size(), Size::new(325, 205));
    bench.check();
}

#[test]
fn a_menu_from_nowhere_does_not_overflow() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(300, 300, 205, 205));
    let at = Point::new(i32::MIN, i32::MAX);
    bench.send(Event::Message(Message::WindowMenu { window: Xid(1), at }));
    bench.check();
}

#[test]
fn dragging_to_an_edge_tiles() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(300, 300, 200, 200));
    let at = |x, y| ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Frame),
        at: Point::new(x, y),
        button: 1,
        modifiers: Modifiers::default(),
        time: Timestamp(100),
    };
    bench.send(Event::ButtonPress(at(380, 310)));
    bench.send(Event::Motion {
        target: InputTarget::Root,
        at: Point::new(0, 400),
        modifiers: Modifiers::default(),
        time: Timestamp(101),
    });
    let scene = bench.wm.scene(bench.now);
    assert!(scene.layers.iter().any(|l| l.key == crate::scene::LayerKey::SnapPreview));
    bench.send(Event::ButtonRelease(at(0, 400)));
    assert_eq!(bench.report(1).frame, Rect::new(0, 0, 500, 800));
    bench.act(Action::Restore);
    assert_eq!(bench.report(1).frame.size(), Size::new(200, 230), "and back to its size");
}

#[test]
fn resizing_from_the_left_keeps_the_right_edge() {
    let mut bench = Bench::new(Settings::default());
    let hints = SizeHints {
        user_position: true,
        user_size: true,
        increment: Some(Size::new(7, 13)),
        base: Some(Size::new(0, 0)),
        ..SizeHints::default()
    };
    bench.map(1, ClientFacts { size_hints: hints, ..plain(300, 300, 210, 260) });
    let right = bench.report(1).frame.right();
    bench.send(Event::ButtonPress(ButtonEvent {
        target: InputTarget::Window(Xid(1), Surface::Ring),
        at: Point::new(296, 400),
        button: 1,
        modifiers: Modifiers::default(),
        time: Timestamp(100),
    }));
    for x in (200..296).rev().step_by(5) {
        bench.send(Event::Motion {
            target: InputTarget::Root,
            at: Point::new(x, 400),
            modifiers: Modifiers::default(),
            time: Timestamp(101),
        });
        let frame = bench.report(1).frame;
        assert_eq!(frame.right(), right);
        assert_eq!(frame.w % 7, 0, "whole increments");
    }
    bench.check();
}

#[test]
fn a_window_that_does_not_answer_can_be_killed() {
    let mut bench = Bench::new(Settings::default());
    let protocols = Protocols { delete_window: true, ping: true, ..Protocols::default() };
    bench.map(1, ClientFacts { protocols, ..plain(0, 0, 100, 100) });
    bench.act(Action::Close);
    let deadline = bench.wm.deadline().expect("it waits for the answer");
    bench.now = deadline;
    bench.wm.handle(Event::Tick, deadline);
    let requests = bench.wm.settle(deadline);
    assert!(requests.iter().any(|r| matches!(r, Request::OpenMenu(_))), "it asks the person");
    assert!(bench.report(1).title.ends_with("(not responding)"));
    bench.wm.handle(
        Event::Action { action: Action::Kill, window: Some(Xid(1)), time: Timestamp(0) },
        deadline,
    );
    let requests = bench.wm.settle(deadline);
    assert!(requests.iter().any(|r| matches!(r, Request::Kill { hung: true, .. })));
    assert_eq!(bench.wm.deadline(), None, "no wake-up is left");
}

#[test]
fn an_answer_to_a_ping_without_a_time_counts() {
    let mut bench = Bench::new(Settings::default());
    let protocols = Protocols { delete_window: true, ping: true, ..Protocols::default() };
    bench.map(1, ClientFacts { protocols, ..plain(0, 0, 100, 100) });
    bench.send(Event::Message(Message::Close { window: Xid(1), time: Timestamp::CURRENT }));
    assert!(bench.wm.deadline().is_some(), "it waits for the answer");
    // The shell knows the server's time and has put it in.
    bench.send(Event::Message(Message::Pong { window: Xid(1), time: Timestamp(4711) }));
    assert_eq!(bench.wm.deadline(), None);
}

#[test]
fn fullscreen_is_bypassed_and_a_popup_ends_it() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 100, 300, 200));
    bench.act(Action::ToggleFullscreen);
    assert!(!bench.report(1).bypassed, "not before it has settled");
    bench.now = bench.wm.deadline().expect("it waits");
    bench.send(Event::Tick);
    assert!(bench.report(1).bypassed);
    assert_eq!(bench.wm.scene(bench.now).holes.area(), 1000 * 800);
    assert_eq!(bench.wm.deadline(), None);

    let popup = |x, opacity| UnmanagedFacts {
        geometry: Rect::new(x, 10, 200, 50),
        input_only: false,
        depth: 24,
        types: vec![WindowType::Notification],
        opacity,
        shape: None,
        opaque_region: None,
        gtk_extents: None,
        class: (String::new(), String::new()),
    };
    let mapped = |facts| Event::UnmanagedMapped { window: Xid(9), facts: Box::new(facts) };
    bench.send(mapped(popup(10, 0)));
    assert!(bench.report(1).bypassed, "what nobody can see does not count");
    bench.send(mapped(popup(5000, u32::MAX)));
    assert!(bench.report(1).bypassed, "nor what is elsewhere");
    bench.send(mapped(popup(10, u32::MAX)));
    assert!(!bench.report(1).bypassed);
    let why = &bench.wm.explain_bypass()[0];
    let failed: Vec<&str> =
        why.conditions.iter().filter(|c| !c.holds).map(|c| c.name.as_str()).collect();
    assert_eq!(
        failed,
        ["it covers the monitor without a frame", "all of it has held for a moment"]
    );
    bench.check();
}

#[test]
fn a_panel_takes_its_space() {
    let mut bench = Bench::new(Settings::default());
    let panel = ClientFacts {
        types: vec![WindowType::Dock],
        strut: Some(Strut {
            sides: Sides { bottom: 30, ..Sides::default() },
            bottom_range: (0, 999),
            ..Strut::default()
        }),
        ..plain(0, 770, 1000, 30)
    };
    bench.map(1, panel);
    bench.map(2, plain(100, 100, 200, 200));
    bench.act(Action::ToggleMaximize);
    assert_eq!(bench.report(2).frame, Rect::new(0, 0, 1000, 770));
    assert!(
        bench.server.root.contains(&RootProperty::WorkArea(vec![Rect::new(0, 0, 1000, 770); 4]))
    );
    bench.send(Event::Destroyed(Xid(1)));
    assert_eq!(bench.report(2).frame, Rect::new(0, 0, 1000, 800));
    bench.check();
}

#[test]
fn dialogs_come_and_give_the_focus_back() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 100, 400, 300));
    bench.map(3, plain(600, 100, 100, 100));
    bench.send(Event::Action {
        action: Action::Activate,
        window: Some(Xid(1)),
        time: Timestamp(3),
    });
    let dialog = ClientFacts {
        geometry: Rect::new(0, 0, 100, 60),
        transient_for: Some(Xid(1)),
        states: vec![NetState::Modal],
        ..ClientFacts::default()
    };
    bench.map(2, dialog);
    assert!(bench.report(2).focused);
    let (parent, dialog) = (bench.report(1).frame, bench.report(2).frame);
    assert_eq!(parent.center(), dialog.center(), "it opens over its parent");
    bench.send(Event::Action {
        action: Action::Activate,
        window: Some(Xid(1)),
        time: Timestamp(4),
    });
    assert!(bench.report(2).focused, "a modal dialog stands for its parent");
    bench.send(Event::Destroyed(Xid(2)));
    assert!(bench.report(1).focused);
    bench.check();
}

#[test]
fn events_survive_being_recorded() {
    let event = Event::Manage {
        window: Xid(7),
        facts: Box::new(ClientFacts { gtk_extents: Some(Sides::all(9)), ..plain(1, 2, 3, 4) }),
        adopted: true,
    };
    let text = serde_json::to_string(&event).expect("serializable");
    assert_eq!(serde_json::from_str::<Event>(&text).expect("readable"), event);
}

#[test]
fn our_own_menus_have_shadows_though_they_have_alpha() {
    let mut bench = Bench::new(Settings::default());
    bench.send(Event::Compositing(true));
    let popup = |class: &str| UnmanagedFacts {
        geometry: Rect::new(10, 10, 200, 150),
        input_only: false,
        depth: 32,
        types: vec![WindowType::PopupMenu],
        opacity: u32::MAX,
        shape: None,
        opaque_region: None,
        gtk_extents: None,
        class: (class.to_lowercase(), class.to_owned()),
    };
    for (xid, class) in [(8, "Trapeze"), (9, "Other")] {
        let facts = Box::new(popup(class));
        bench.send(Event::UnmanagedMapped { window: Xid(xid), facts });
    }
    let shadows: Vec<u32> = bench
        .wm
        .scene(bench.now)
        .layers
        .iter()
        .filter_map(|layer| match layer.key {
            crate::scene::LayerKey::Shadow(id) => Some(id.xid.0),
            _ => None,
        })
        .collect();
    assert_eq!(shadows, [8], "others with alpha draw their own");
}

#[test]
fn dialogs_come_back_with_a_window_that_maps_itself() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    bench.map(2, ClientFacts { transient_for: Some(Xid(1)), ..plain(150, 150, 100, 50) });
    bench.send(Event::Message(Message::Iconify { window: Xid(1) }));
    assert!(!bench.report(1).shown && !bench.report(2).shown);
    bench.send(Event::MapRequest(Xid(1)));
    assert!(bench.report(1).shown && bench.report(2).shown, "its dialog was left behind");
    bench.check();
}

#[test]
fn a_message_cannot_set_the_clock() {
    use crate::event::Requester;
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    bench.act(Action::Raise);
    let far = Timestamp(1_000_000_000);
    let pager = Requester::Pager;
    for message in [
        Message::Activate { window: Xid(1), requester: pager, time: far },
        Message::CurrentDesktop { desktop: 1, time: far },
        Message::Close { window: Xid(1), time: far },
    ] {
        bench.send(Event::Message(message));
        assert_eq!(bench.wm.time, Timestamp(7), "every later focus would be refused");
    }
}

#[test]
fn a_window_that_was_taken_away_is_not_taken_back() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    bench.wm.handle(Event::ReparentedAway(Xid(1)), bench.now);
    let requests = bench.wm.settle(bench.now);
    let given_up = requests.iter().find_map(|r| match r {
        Request::Unmanage { at, alive, .. } => Some((*at, *alive)),
        _ => None,
    });
    assert_eq!(given_up, Some((None, true)), "grabs and properties go, its place stays");
}

#[test]
fn a_game_that_asks_for_the_screen_comes_back_where_it_was() {
    let mut bench = Bench::new(Settings::default());
    bench.map(1, plain(100, 120, 300, 200));
    let before = bench.report(1).frame;
    bench.act(Action::ToggleFullscreen);
    let values = ConfigureValues {
        x: Some(0),
        y: Some(0),
        width: Some(1000),
        height: Some(800),
        ..ConfigureValues::default()
    };
    bench.send(Event::ConfigureRequest { window: Xid(1), values });
    assert_eq!(bench.report(1).client, Rect::new(0, 0, 1000, 800));
    bench.act(Action::ToggleFullscreen);
    assert_eq!(bench.report(1).frame, before);
    bench.check();
}
