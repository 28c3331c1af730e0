//! The model under random operations, against a fake server that checks what
//! a real one would: nothing is said about a window that is not managed, every
//! window is handed back once, and settling twice says nothing new.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::Wm;
use crate::action::{Action, Direction, Tile, WorkspaceTarget};
use crate::event::{
    ButtonEvent, ConfigureValues, Event, InputTarget, KeyEvent, Message, Monitor,
    MoveResizeDirection, Requester, StackMode, StateChange, Surface,
};
use crate::geom::{Point, Rect, Root, Sides, Size};
use crate::hints::{
    BypassHint, ClientFacts, Gravity, MotifHints, NetState, Property, Protocols, SizeHints, Strut,
    UnmanagedFacts, WindowType, WmHints,
};
use crate::id::{Time, Timestamp, WindowId, Xid};
use crate::request::{ClientProperty, FocusTarget, Request, RootProperty};
use crate::settings::{FocusMode, Modifiers, Settings};

/// What a server would know.
#[derive(Debug, Default)]
struct Server {
    managed: BTreeMap<WindowId, Fake>,
    stack: Vec<WindowId>,
    focus: Option<WindowId>,
    root: Vec<RootProperty>,
    pointer_grabbed: bool,
    keyboard_grabbed: bool,
    exited: bool,
}

#[derive(Debug, Default, Clone)]
struct Fake {
    frame: Rect<Root>,
    client: Size,
    heard: Option<Rect<Root>>,
    mapped: (bool, bool),
    states: Vec<NetState>,
}

impl Server {
    fn known(&mut self, id: WindowId) -> &mut Fake {
        self.managed.get_mut(&id).expect("a request about a window that is not managed")
    }

    fn execute(&mut self, request: &Request) {
        assert!(!self.exited, "a request after the end: {request:?}");
        match request {
            Request::Manage { id, frame, client } => {
                let fake = Fake { frame: *frame, client: client.size(), ..Fake::default() };
                assert!(self.managed.insert(*id, fake).is_none(), "managed twice");
                assert!(
                    self.managed.keys().filter(|other| other.xid == id.xid).count() == 1,
                    "one window managed under two identities"
                );
                self.stack.push(*id);
            }
            Request::Unmanage { id, .. } => {
                assert!(self.managed.remove(id).is_some(), "unmanaged twice, or never managed");
                self.stack.retain(|other| other != id);
                if self.focus == Some(*id) {
                    self.focus = None;
                }
            }
            Request::ConfigureFrame { id, rect } => {
                assert!(rect.w > 0 && rect.h > 0, "BadValue: {rect:?}");
                self.known(*id).frame = *rect;
            }
            Request::ConfigureClient { id, rect } => {
                assert!(rect.w > 0 && rect.h > 0, "BadValue: {rect:?}");
                self.known(*id).client = rect.size();
            }
            Request::NotifyConfigure { id, rect } => self.known(*id).heard = Some(*rect),
            Request::SetMapped { id, frame, client } => {
                self.known(*id).mapped = (*frame, *client);
            }
            Request::Restack { id, below } => {
                self.known(*id);
                self.stack.retain(|other| other != id);
                let at = match below {
                    None => self.stack.len(),
                    Some(sibling) => self
                        .stack
                        .iter()
                        .position(|other| other == sibling)
                        .expect("restacked below a window that is not there"),
                };
                self.stack.insert(at, *id);
            }
            Request::Focus { target, .. } => {
                self.focus = match target {
                    FocusTarget::Nothing => None,
                    FocusTarget::Client { id, set_input, take_focus } => {
                        assert!(*set_input || *take_focus, "focus by no means");
                        assert!(self.known(*id).mapped.0, "BadMatch: focus on a hidden window");
                        Some(*id)
                    }
                };
            }
            Request::SetRing { id, ring } => {
                self.known(*id);
                if let Some(ring) = ring {
                    assert!(!ring.input.is_empty() && !ring.bounds.is_empty());
                }
            }
            Request::SetClientProperty { id, property } => {
                let fake = self.known(*id);
                if let ClientProperty::NetState(states) = property {
                    fake.states.clone_from(states);
                }
            }
            Request::ShapeFrame { id, .. }
            | Request::GrabClicks { id, .. }
            | Request::SetCursor { id, .. }
            | Request::PaintFrame { id, .. }
            | Request::SendDelete { id, .. }
            | Request::SendPing { id, .. }
            | Request::SendSync { id, .. }
            | Request::Kill { id, .. } => {
                self.known(*id);
            }
            Request::SetRootProperty(property) => {
                let same = |other: &RootProperty| {
                    std::mem::discriminant(other) == std::mem::discriminant(property)
                };
                self.root.retain(|other| !same(other));
                self.root.push(property.clone());
            }
            Request::GrabPointer { .. } => self.pointer_grabbed = true,
            Request::UngrabPointer(_) => self.pointer_grabbed = false,
            Request::GrabKeyboard(_) => self.keyboard_grabbed = true,
            Request::UngrabKeyboard(_) => self.keyboard_grabbed = false,
            Request::Exit => {
                assert!(self.managed.is_empty(), "a window was not handed back");
                self.exited = true;
            }
            _ => {}
        }
    }
}

/// A model and its fake server.
struct Bench {
    wm: Wm,
    server: Server,
    now: Time,
}

impl Bench {
    fn new(settings: Settings) -> Self {
        let mut bench =
            Self { wm: Wm::new(settings.clone()), server: Server::default(), now: Time(1) };
        bench.send(Event::Settings(Box::new(settings)));
        bench.send(screen(false));
        bench.send(Event::Compositing(true));
        bench
    }

    fn send(&mut self, event: Event) {
        self.now = self.now.after_ms(1);
        self.wm.handle(event, self.now);
        for request in self.wm.settle(self.now) {
            self.server.execute(&request);
        }
        assert_eq!(self.wm.settle(self.now), [], "settling twice says something new");
    }

    fn check(&self) {
        if self.server.exited {
            return;
        }
        if let Err(what) = self.wm.verify_invariants() {
            panic!("{what}");
        }
        let stacked: Vec<Xid> = self.server.stack.iter().map(|id| id.xid).collect();
        assert_eq!(stacked, self.wm.stacked, "the server's stacking is not the model's");
        assert_eq!(self.server.focus.map(|id| id.xid), self.wm.active(), "focus differs");
        for report in self.wm.windows() {
            let fake = &self.server.managed[&report.id];
            assert_eq!(fake.mapped.0, report.shown, "mapping differs");
            let waits = self.wm.windows[&report.id.xid].sync.waiting.is_some();
            if !waits {
                assert_eq!(fake.frame, report.frame, "frame differs");
                assert_eq!(fake.client, report.client.size(), "client size differs");
                assert_eq!(fake.heard, Some(report.client), "the client was told another place");
            }
            assert_eq!(fake.states, report.states, "_NET_WM_STATE differs");
        }
        let scene = self.wm.scene(self.now);
        let keys: BTreeSet<_> = scene.layers.iter().map(|l| l.key).collect();
        assert_eq!(keys.len(), scene.layers.len(), "two layers have one identity");
    }

    fn map(&mut self, xid: u32, facts: ClientFacts) {
        self.send(Event::Manage { window: Xid(xid), facts: Box::new(facts), adopted: false });
    }

    fn act(&mut self, action: Action) {
        self.send(Event::Action { action, window: None, time: Timestamp(7) });
    }

    fn report(&self, xid: u32) -> super::WindowReport {
        let found = self.wm.windows().into_iter().find(|w| w.id.xid == Xid(xid));
        found.expect("managed")
    }
}

fn screen(second: bool) -> Event {
    let monitor = |name: &str, x, w, h, primary| Monitor {
        name: name.to_owned(),
        rect: Rect::new(x, 0, w, h),
        primary,
        scale_percent: 100,
    };
    let mut monitors = vec![monitor("A", 0, 1000, 800, true)];
    let mut size = Size::new(1000, 800);
    if second {
        monitors.push(monitor("B", 1000, 600, 500, false));
        size = Size::new(1600, 800);
    }
    Event::Screen { size, monitors }
}

fn plain(x: i32, y: i32, w: i32, h: i32) -> ClientFacts {
    ClientFacts {
        geometry: Rect::new(x, y, w, h),
        size_hints: SizeHints { user_position: true, user_size: true, ..SizeHints::default() },
        title: "plain".to_owned(),
        ..ClientFacts::default()
    }
}

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
        1 => (target(), point())
            .prop_map(|(target, at)| Event::Enter { target, at, time: Timestamp(9) }),
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
    assert_eq!(unmanage, Some((Point::new(97, 117), 3, true, true)));
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
