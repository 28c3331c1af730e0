//! Tests of the model against a fake server that checks what a real one
//! would: nothing is said about a window that is not managed, every window is
//! handed back once, and settling twice says nothing new.
//!
//! `random` tries random operations; `cases`, `drags` and `sync` what has a
//! name.

mod cases;
mod drags;
mod focus;
mod places;
mod random;
mod sync;

use std::collections::{BTreeMap, BTreeSet};

use super::{WindowReport, Wm};
use crate::action::Action;
use crate::event::{Event, Monitor};
use crate::geom::{Point, Rect, Root, Size};
use crate::hints::{ClientFacts, NetState, SizeHints};
use crate::id::{Time, Timestamp, WindowId, Xid};
use crate::request::{ClientProperty, FocusTarget, Request, RootProperty};
use crate::settings::Settings;

/// What a server would know.
#[derive(Debug, Default)]
struct Server {
    managed: BTreeMap<WindowId, Fake>,
    stack: Vec<WindowId>,
    focus: Option<WindowId>,
    root: Vec<RootProperty>,
    pointer: Point<Root>,
    pointer_asked: bool,
    pointer_grabbed: bool,
    keyboard_grabbed: bool,
    exited: bool,
}

#[derive(Debug, Default, Clone)]
struct Fake {
    frame: Rect<Root>,
    client: Size,
    heard: Option<Rect<Root>>,
    /// The server told it of another size; it will ask where it is.
    resized: bool,
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
                let fake = self.known(*id);
                fake.resized |= fake.client != rect.size();
                fake.client = rect.size();
            }
            Request::NotifyConfigure { id, rect, .. } => {
                let fake = self.known(*id);
                assert!(!fake.resized, "a synthetic ConfigureNotify beside a real one");
                fake.heard = Some(*rect);
            }
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
                    // It may take it by itself, or not.
                    FocusTarget::Client { id, set_input: false, take_focus } => {
                        assert!(*take_focus, "focus by no means");
                        self.known(*id);
                        self.focus
                    }
                    FocusTarget::Client { id, set_input, take_focus } => {
                        assert!(*set_input || *take_focus, "focus by no means");
                        assert_eq!(
                            self.known(*id).mapped,
                            (true, true),
                            "BadMatch: focus on a hidden or shaded window"
                        );
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
            Request::AskPointer => self.pointer_asked = true,
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
        match &event {
            Event::Motion { at, .. } | Event::Enter { at, .. } => self.server.pointer = *at,
            Event::ButtonPress(event) | Event::ButtonRelease(event) => {
                self.server.pointer = event.at;
            }
            // The server says where the focus is by now.
            Event::FocusIn(None) => self.server.focus = None,
            Event::FocusIn(Some(xid)) => {
                if let (Some(id), Some(window)) = (self.wm.id_of(*xid), self.wm.windows.get(xid)) {
                    if self.server.managed[&id].mapped != (true, true) {
                        return;
                    }
                    if window.takes_focus() {
                        self.server.focus = Some(id);
                    }
                }
            }
            _ => {}
        }
        self.wm.handle(event, self.now);
        for request in self.wm.settle(self.now) {
            self.server.execute(&request);
        }
        if std::mem::take(&mut self.server.pointer_asked) {
            self.wm.handle(Event::PointerAt(self.server.pointer), self.now);
            for request in self.wm.settle(self.now) {
                self.server.execute(&request);
            }
        }
        for (id, fake) in &mut self.server.managed {
            if std::mem::take(&mut fake.resized) {
                // Whoever was resized asks where it is.
                fake.heard = self.wm.windows.get(&id.xid).map(|w| self.wm.client_rect(w));
            }
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
        let visible = |id: &WindowId| self.server.managed[id].mapped.1;
        let active = self.wm.active().and_then(|xid| self.wm.id_of(xid)).filter(visible);
        assert_eq!(self.server.focus, active, "focus differs");
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

    fn report(&self, xid: u32) -> WindowReport {
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
