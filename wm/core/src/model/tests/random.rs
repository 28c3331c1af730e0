//! Random operations.

use proptest::prelude::*;

use super::{Bench, screen};
use crate::action::{Action, Direction, Tile, WorkspaceTarget};
use crate::event::{
    ButtonEvent, ConfigureValues, Crossing, Event, InputTarget, KeyEvent, Message,
    MoveResizeDirection, Requester, StackMode, StateChange, Surface,
};
use crate::geom::{Point, Rect, Root, Sides, Size};
use crate::hints::{
    BypassHint, ClientFacts, Gravity, MotifHints, NetState, Property, Protocols, SizeHints, Strut,
    UnmanagedFacts, WindowType, WmHints,
};
use crate::id::{Timestamp, Xid};
use crate::settings::{FocusMode, Modifiers, Settings};

/// Few identities, so that operations meet; a model without windows under
/// half of them.
fn xid() -> impl Strategy<Value = Xid> {
    (1..7u32).prop_map(Xid)
}

/// Mostly sane numbers, now and then the ends of what a message can say.
fn number() -> impl Strategy<Value = i32> {
    prop_oneof![
        12 => -200..1800i32,
        1 => Just(i32::MAX),
        1 => Just(i32::MIN),
        1 => Just(0),
    ]
}

fn window_type() -> impl Strategy<Value = WindowType> {
    prop_oneof![
        6 => Just(WindowType::Normal),
        2 => Just(WindowType::Dialog),
        1 => Just(WindowType::Dock),
        1 => Just(WindowType::Desktop),
        1 => Just(WindowType::Utility),
        1 => Just(WindowType::Splash),
        1 => Just(WindowType::Notification),
    ]
}

fn net_state() -> impl Strategy<Value = NetState> {
    prop::sample::select(vec![
        NetState::Modal,
        NetState::Sticky,
        NetState::MaximizedVert,
        NetState::MaximizedHorz,
        NetState::Shaded,
        NetState::SkipTaskbar,
        NetState::Hidden,
        NetState::Fullscreen,
        NetState::Above,
        NetState::Below,
        NetState::DemandsAttention,
        NetState::Focused,
    ])
}

fn gravity() -> impl Strategy<Value = Gravity> {
    prop::sample::select(vec![
        Gravity::NorthWest,
        Gravity::Center,
        Gravity::SouthEast,
        Gravity::Static,
        Gravity::North,
    ])
}

fn size_hints() -> impl Strategy<Value = SizeHints> {
    (
        any::<bool>(),
        prop::option::of((number(), number())),
        prop::option::of((number(), number())),
        prop::option::of((1..20i32, 1..20i32)),
        gravity(),
        prop::option::weighted(0.2, (1..9i32, 1..9i32)),
    )
        .prop_map(|(user, min, max, increment, gravity, aspect)| {
            let size = |p: Option<(i32, i32)>| p.map(|(w, h)| Size::new(w, h));
            SizeHints {
                user_position: user,
                min: size(min),
                max: size(max),
                increment: size(increment),
                aspect: aspect.map(|a| (a, a)),
                gravity,
                ..SizeHints::default()
            }
        })
}

fn facts() -> impl Strategy<Value = ClientFacts> {
    (
        (number(), number(), number(), number(), 0..4i32),
        window_type(),
        prop::option::weighted(0.4, xid()),
        prop::collection::vec(net_state(), 0..3),
        size_hints(),
        (any::<bool>(), any::<bool>(), any::<bool>(), prop::option::of(xid())),
        prop::option::weighted(0.2, number()),
        (
            prop::option::weighted(0.2, 0..u32::MAX),
            prop::option::weighted(0.3, any::<u32>()),
            prop_oneof![3 => Just(24u8), 1 => Just(32u8)],
            any::<bool>(),
        ),
        prop::option::weighted(0.2, number()),
    )
        .prop_map(|(g, kind, parent, states, hints, flags, strut, misc, gtk)| ClientFacts {
            geometry: Rect::new(g.0, g.1, g.2, g.3),
            border_width: g.4,
            types: vec![kind],
            transient_for: parent,
            states,
            size_hints: hints,
            wm_hints: WmHints {
                input: flags.0 || flags.1,
                start_iconic: flags.2 && flags.0,
                group: flags.3,
                urgent: flags.2,
            },
            protocols: Protocols {
                delete_window: flags.0,
                take_focus: flags.1,
                ping: flags.0,
                sync_request: flags.2,
            },
            sync_counter: Some(0),
            strut: strut.map(|top| Strut {
                sides: Sides { top, ..Sides::default() },
                top_range: (0, 999),
                ..Strut::default()
            }),
            desktop: misc.0,
            user_time: misc.1.map(Timestamp),
            depth: misc.2,
            motif: misc.3.then(MotifHints::default),
            gtk_extents: gtk.map(Sides::all),
            bypass: if flags.1 { BypassHint::Prefer } else { BypassHint::NoPreference },
            ..ClientFacts::default()
        })
}

fn target() -> impl Strategy<Value = InputTarget> {
    let surface = prop::sample::select(vec![Surface::Client, Surface::Frame, Surface::Ring]);
    prop_oneof![
        6 => (xid(), surface).prop_map(|(x, s)| InputTarget::Window(x, s)),
        1 => Just(InputTarget::Root),
    ]
}

fn point() -> impl Strategy<Value = Point<Root>> {
    (-10..1700i32, -10..900i32).prop_map(|(x, y)| Point::new(x, y))
}

fn action() -> impl Strategy<Value = Action> {
    let direction = prop::sample::select(vec![
        Direction::Left,
        Direction::Right,
        Direction::Up,
        Direction::Down,
    ]);
    let workspace = prop_oneof![
        (0..9u32).prop_map(WorkspaceTarget::Number),
        Just(WorkspaceTarget::Next),
        Just(WorkspaceTarget::Last),
    ];
    prop_oneof![
        12 => prop::sample::select(vec![
            Action::Close, Action::Kill, Action::Activate, Action::Raise, Action::Lower,
            Action::RaiseOrLower, Action::Minimize, Action::RestoreMinimized,
            Action::ToggleMaximize, Action::ToggleMaximizeVertical,
            Action::ToggleMaximizeHorizontal, Action::ToggleFullscreen, Action::ToggleShade,
            Action::ToggleAbove, Action::ToggleBelow, Action::ToggleSticky,
            Action::ToggleDecorations, Action::Tile(Tile::Left), Action::Tile(Tile::BottomRight),
            Action::Restore, Action::Center, Action::BeginMove, Action::BeginResize,
            Action::ToggleShowDesktop, Action::WindowMenu, Action::SwitchWindows,
            Action::SwitchWindowsReverse, Action::SwitchGroup,
        ]),
        3 => direction.clone().prop_map(Action::Snap),
        1 => direction.clone().prop_map(Action::Focus),
        1 => direction.prop_map(Action::MoveToMonitor),
        2 => workspace.clone().prop_map(Action::Workspace),
        1 => workspace.clone().prop_map(Action::MoveToWorkspace),
        1 => workspace.prop_map(Action::MoveToWorkspaceAndFollow),
    ]
}

fn values() -> impl Strategy<Value = ConfigureValues> {
    (
        prop::option::of(number()),
        prop::option::of(number()),
        prop::option::of(number()),
        prop::option::of(number()),
        prop::option::of(0..5i32),
        prop::option::of(xid()),
        prop::option::of(prop::sample::select(vec![
            StackMode::Above,
            StackMode::Below,
            StackMode::TopIf,
            StackMode::BottomIf,
            StackMode::Opposite,
        ])),
    )
        .prop_map(|(x, y, width, height, border_width, sibling, stack_mode)| ConfigureValues {
            x,
            y,
            width,
            height,
            border_width,
            sibling,
            stack_mode,
        })
}

fn property() -> impl Strategy<Value = Property> {
    prop_oneof![
        Just(Property::Title("new".to_owned())),
        size_hints().prop_map(Property::SizeHints),
        prop::option::of(xid()).prop_map(Property::TransientFor),
        window_type().prop_map(|t| Property::Types(vec![t])),
        any::<bool>().prop_map(|decorated| {
            Property::Motif(Some(MotifHints { decorated, ..MotifHints::default() }))
        }),
        prop::option::of(number()).prop_map(|v| Property::GtkExtents(v.map(Sides::all))),
        any::<u32>().prop_map(Property::Opacity),
        any::<bool>()
            .prop_map(|urgent| Property::WmHints(WmHints { urgent, ..WmHints::default() })),
        Just(Property::Icon),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let requester =
        prop::sample::select(vec![Requester::Unknown, Requester::Application, Requester::Pager]);
    let change =
        prop::sample::select(vec![StateChange::Add, StateChange::Remove, StateChange::Toggle]);
    let direction = prop::sample::select(vec![
        MoveResizeDirection::Move,
        MoveResizeDirection::SizeTopLeft,
        MoveResizeDirection::SizeKeyboard,
        MoveResizeDirection::MoveKeyboard,
        MoveResizeDirection::Cancel,
    ]);
    prop_oneof![
        (xid(), requester.clone(), 0..99u32).prop_map(|(window, requester, t)| {
            Message::Activate { window, requester, time: Timestamp(t) }
        }),
        xid().prop_map(|window| Message::Close { window, time: Timestamp(3) }),
        xid().prop_map(|window| Message::Iconify { window }),
        (xid(), change, prop::collection::vec(net_state(), 1..3), requester.clone()).prop_map(
            |(window, change, states, requester)| Message::State {
                window,
                change,
                states,
                requester
            }
        ),
        (xid(), prop_oneof![0..9u32, Just(u32::MAX)])
            .prop_map(|(window, desktop)| Message::Desktop { window, desktop }),
        (xid(), point(), direction, 0..3u8).prop_map(|(window, at, direction, button)| {
            Message::MoveResize { window, at, direction, button }
        }),
        (xid(), values(), prop::option::of(gravity())).prop_map(|(window, values, gravity)| {
            Message::MoveResizeWindow { window, gravity, values }
        }),
        (xid(), values(), requester).prop_map(|(window, values, requester)| Message::Restack {
            window,
            values,
            requester
        }),
        (xid(), prop::array::uniform4(0..3u32))
            .prop_map(|(window, monitors)| Message::FullscreenMonitors { window, monitors }),
        (0..9u32).prop_map(|desktop| Message::CurrentDesktop { desktop, time: Timestamp(0) }),
        (xid(), number(), number())
            .prop_map(|(window, x, y)| Message::WindowMenu { window, at: Point::new(x, y) }),
        (0..40u32).prop_map(Message::NumberOfDesktops),
        any::<bool>().prop_map(Message::ShowingDesktop),
    ]
}

fn button() -> impl Strategy<Value = ButtonEvent> {
    (target(), point(), 1..6u8, any::<u16>()).prop_map(|(target, at, button, m)| ButtonEvent {
        target,
        at,
        button,
        modifiers: Modifiers(if m % 3 == 0 { 64 } else { 0 }),
        time: Timestamp(u32::from(m)),
    })
}

fn event() -> impl Strategy<Value = Event> {
    let key = (
        prop::sample::select(vec![0xff09u32, 0xff0d, 0xff1b, 0xff51, 0xff54, 0x61]),
        any::<bool>(),
        prop::sample::select(vec![0u16, 1, 8]),
        prop::option::of(action()),
    )
        .prop_map(|(keysym, pressed, modifiers, action)| KeyEvent {
            keysym,
            pressed,
            modifiers: Modifiers(modifiers),
            action,
            time: Timestamp(1),
        });
    prop_oneof![
        8 => (xid(), facts(), any::<bool>()).prop_map(|(window, facts, adopted)| {
            Event::Manage { window, facts: Box::new(facts), adopted }
        }),
        1 => xid().prop_map(Event::MapRequest),
        2 => xid().prop_map(Event::Unmapped),
        1 => xid().prop_map(Event::ReparentedAway),
        2 => xid().prop_map(Event::Destroyed),
        3 => (xid(), values())
            .prop_map(|(window, values)| Event::ConfigureRequest { window, values }),
        3 => (xid(), property())
            .prop_map(|(window, property)| Event::Property { window, property }),
        2 => (xid(), number(), number(), 0..400i32, 0..400i32).prop_map(|(window, x, y, w, h)| {
            Event::UnmanagedMapped {
                window,
                facts: Box::new(UnmanagedFacts {
                    geometry: Rect::new(x, y, w, h),
                    input_only: false,
                    depth: 24,
                    types: vec![],
                    opacity: u32::MAX,
                    shape: None,
                    opaque_region: None,
                    gtk_extents: None,
                    class: (String::new(), String::new()),
                }),
            }
        }),
        1 => (xid(), number(), prop::option::of(xid())).prop_map(|(window, x, above)| {
            Event::UnmanagedConfigured { window, geometry: Rect::new(x, 5, 50, 50), above }
        }),
        1 => xid().prop_map(Event::UnmanagedUnmapped),
        6 => message().prop_map(Event::Message),
        4 => button().prop_map(Event::ButtonPress),
        3 => button().prop_map(Event::ButtonRelease),
        4 => (target(), point()).prop_map(|(target, at)| Event::Motion {
            target,
            at,
            modifiers: Modifiers::default(),
            time: Timestamp(9),
        }),
        1 => (target(), point(), any::<bool>()).prop_map(|(target, at, moved)| Event::Enter {
            target,
            at,
            time: Timestamp(9),
            cause: if moved { Crossing::Motion } else { Crossing::Windows },
        }),
        3 => key.prop_map(Event::Key),
        1 => prop::option::of(xid()).prop_map(Event::FocusIn),
        1 => (xid(), 0..5i64).prop_map(|(window, value)| Event::SyncCounter { window, value }),
        6 => (action(), prop::option::of(xid()))
            .prop_map(|(action, window)| Event::Action { action, window, time: Timestamp(2) }),
        1 => (xid(), number(), number(), number(), number()).prop_map(|(window, x, y, w, h)| {
            Event::Place { window, rect: Rect::new(x, y, w, h) }
        }),
        1 => any::<bool>().prop_map(screen),
        1 => Just(Event::MenuClosed),
        1 => Just(Event::GrabFailed),
        1 => point().prop_map(Event::PointerAt),
        2 => (point(), any::<u8>()).prop_map(|(at, buttons)| Event::PointerGrabbed {
            at,
            buttons,
            modifiers: Modifiers(0),
            time: Timestamp(9),
        }),
        1 => Just(Event::Tick),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("TRAPEZE_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(512)
    ))]

    #[test]
    fn random_operations_keep_the_invariants(
        events in prop::collection::vec((event(), 0..700u64), 1..60),
        focus in prop::sample::select(vec![FocusMode::Click, FocusMode::Sloppy, FocusMode::Strict]),
    ) {
        let mut bench = Bench::new(Settings { focus, ..Settings::default() });
        for (event, wait) in events {
            bench.now = bench.now.after_ms(wait);
            bench.send(event);
            bench.check();
        }
        bench.send(Event::Quit);
        prop_assert!(bench.server.exited, "the end was not reached");
    }
}
