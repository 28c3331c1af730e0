//! The model: every window, and what should be true of it.
//!
//! Owns the state and its public face, [`Wm`]. Must not know X, GL, time or
//! files: facts come in as [`Event`]s, wishes go out as [`Request`]s.
//!
//! | module | concept |
//! | --- | --- |
//! | `window` | one window's state, and what was last sent about it |
//! | `manage` | windows come and go |
//! | `geometry` | where each window is, derived from its state |
//! | `place` | hints, gravity, work areas, tiles: pure functions |
//! | `smart` | the place of a new window |
//! | `frame`, `border` | title bar and invisible ring: layout, hit test |
//! | `stack` | who is above whom |
//! | `focus` | who has the keyboard, and who may take it |
//! | `pointer`, `drag` | clicks; moving and resizing |
//! | `act`, `message` | what people and programs ask for |
//! | `switcher` | Alt+Tab |
//! | `pictures` | what hidden windows last looked like |
//! | `menus` | what stands in them |
//! | `bypass` | fullscreen windows without a compositor in between |
//! | `settle` | compares wanted with sent: the only maker of requests |
//! | `compose` | the scene |
//! | `report` | read access for IPC, and the invariants |

mod act;
pub mod border;
mod bypass;
mod compose;
mod desktops;
mod drag;
mod focus;
mod frame;
mod geometry;
mod gtk;
mod keysym;
mod manage;
mod menus;
mod message;
mod pictures;
pub mod place;
mod pointer;
mod report;
mod settle;
mod smart;
mod stack;
mod switcher;
#[cfg(test)]
mod tests;
mod window;

use std::collections::{BTreeMap, BTreeSet};

pub use bypass::{Condition, Explanation};
pub use report::WindowReport;
pub use window::{Unmanaged, Window};

use crate::event::{Event, Monitor};
use crate::geom::{Point, Rect, Root, Size};
use crate::id::{Time, Timestamp, WindowId, Xid};
use crate::layout::DesktopLayout;
use crate::request::Request;
use crate::settings::Settings;

/// The window manager's state.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts and dirty marks")]
pub struct Wm {
    settings: Settings,
    theme_revision: u32,
    size: Size,
    monitors: Vec<Monitor>,
    compositing: bool,

    windows: BTreeMap<Xid, Window>,
    unmanaged: BTreeMap<Xid, Unmanaged>,
    /// Override-redirect windows above all managed ones, bottom to top.
    above: Vec<Xid>,
    /// Override-redirect windows that lowered themselves below those.
    beneath: Vec<Xid>,
    generation: u32,
    /// Managed windows that reserve space at the screen's edges.
    reserving: BTreeSet<Xid>,
    /// Managed windows in fullscreen, as of the last settling.
    fullscreen: BTreeSet<Xid>,
    /// The monitors' work areas at the last settling.
    areas: Vec<Rect<Root>>,
    /// Managed windows in the order in which they came.
    listed: Vec<Xid>,
    /// The wish of stacking, bottom to top; see `stack`.
    order: Vec<Xid>,
    /// The real stacking derived from it.
    stacked: Vec<Xid>,

    workspace: u32,
    last_workspace: u32,
    layout: DesktopLayout,
    showing_desktop: bool,
    focus: focus::Focus,
    pointer: pointer::Pointer,
    drag: Option<drag::Drag>,
    switcher: Option<switcher::Switcher>,
    pictures: pictures::Pictures,
    menu_open: bool,
    bypass: bypass::Bypass,
    minimize_count: u64,
    quitting: bool,

    /// The newest server time seen.
    time: Timestamp,
    now: Time,
    dirty: BTreeSet<Xid>,
    stack_dirty: bool,
    rings_dirty: bool,
    settler: settle::Settler,
}

impl Wm {
    /// With these settings, knowing no window and no monitor yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            theme_revision: 0,
            size: Size::default(),
            monitors: Vec::new(),
            compositing: false,
            windows: BTreeMap::new(),
            unmanaged: BTreeMap::new(),
            above: Vec::new(),
            beneath: Vec::new(),
            generation: 0,
            reserving: BTreeSet::new(),
            fullscreen: BTreeSet::new(),
            areas: Vec::new(),
            listed: Vec::new(),
            order: Vec::new(),
            stacked: Vec::new(),
            workspace: 0,
            layout: DesktopLayout::default(),
            last_workspace: 0,
            showing_desktop: false,
            focus: focus::Focus::default(),
            pointer: pointer::Pointer::default(),
            drag: None,
            switcher: None,
            pictures: pictures::Pictures::default(),
            menu_open: false,
            bypass: bypass::Bypass::default(),
            minimize_count: 0,
            quitting: false,
            time: Timestamp::CURRENT,
            now: Time::default(),
            dirty: BTreeSet::new(),
            stack_dirty: true,
            rings_dirty: true,
            settler: settle::Settler::default(),
        }
    }

    /// Records a fact. Nothing is sent before [`Wm::settle`].
    pub fn handle(&mut self, event: Event, now: Time) {
        self.now = self.now.max(now);
        if self.quitting {
            return;
        }
        match event {
            Event::Screen { size, monitors } => self.set_screen(size, monitors),
            Event::Settings(settings) => self.set_settings(*settings),
            Event::Desktops { layout, names } => self.set_desktops(layout, &names),
            Event::Compositing(on) => {
                self.compositing = on;
                self.pictures.clear();
                self.windows.values_mut().for_each(|window| window.sync.shown = None);
                // The panel is shown by other means now.
                self.settler.forget_switcher();
                self.touch_all();
            }
            Event::Manage { window, facts, adopted } => self.manage(window, *facts, adopted),
            Event::MapRequest(window) => self.map_request(window),
            Event::Unmapped(window) => self.unmanage(window, manage::Gone::Withdrawn),
            Event::ReparentedAway(window) => self.unmanage(window, manage::Gone::Reparented),
            Event::Destroyed(window) => {
                self.unmanage(window, manage::Gone::Destroyed);
                self.unmanaged_gone(window);
            }
            Event::ConfigureRequest { window, values } => self.configure_request(window, &values),
            Event::Property { window, property } => self.property(window, property),
            Event::UnmanagedMapped { window, facts } => self.unmanaged_mapped(window, *facts),
            Event::UnmanagedConfigured { window, geometry, above } => {
                self.unmanaged_configured(window, geometry, above);
            }
            Event::UnmanagedUnmapped(window) => self.unmanaged_gone(window),
            Event::ContentReset(window) => {
                if let Some(window) = self.windows.get_mut(&window) {
                    window.revision += 1;
                } else if let Some(window) = self.unmanaged.get_mut(&window) {
                    window.revision += 1;
                }
            }
            Event::Message(message) => self.message(message),
            Event::ButtonPress(event) => self.button_press(event),
            Event::ButtonRelease(event) => self.button_release(event),
            Event::Motion { target, at, modifiers, time } => {
                self.saw_time(time);
                self.motion(target, at, modifiers);
            }
            Event::Enter { target, at, time, cause } => {
                self.saw_time(time);
                self.enter(target, at, cause);
            }
            Event::Leave { target } => self.leave(target),
            Event::Key(event) => self.key(event),
            Event::FocusIn(window) => self.focus_in(window),
            Event::SyncCounter { window, value } => self.sync_counter(window, value),
            Event::Action { action, window, time } => {
                self.saw_time(time);
                self.act(&action, window);
            }
            Event::Place { window, rect } => self.place_exactly(window, rect),
            Event::MenuClosed => self.menu_open = false,
            Event::PointerAt(at) => self.pointer_at(at),
            Event::PointerGrabbed { at, buttons, modifiers, time } => {
                self.saw_time(time);
                self.pointer_grabbed(at, buttons, modifiers);
            }
            Event::GrabFailed => self.grab_failed(),
            Event::Tick => self.tick(),
            Event::Damaged { .. } => {}
            Event::Quit => self.quit(),
        }
    }

    /// The current settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The monitors, in RandR's order.
    #[must_use]
    pub fn monitors(&self) -> &[Monitor] {
        &self.monitors
    }

    /// When [`Event::Tick`] is wanted next, if at all.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        let windows = self.windows.values();
        let pings = windows.clone().filter_map(|w| w.ping.map(|p| p.deadline));
        let syncs = windows.filter_map(|w| w.sync.waiting);
        pings
            .chain(syncs)
            .chain(self.bypass.deadline())
            .chain(self.focus.auto_raise.map(|(_, at)| at))
            .min()
    }

    fn set_screen(&mut self, size: Size, monitors: Vec<Monitor>) {
        self.size = size;
        self.monitors = monitors;
        if self.monitors.is_empty() {
            self.monitors.push(Monitor {
                name: "screen".to_owned(),
                rect: Rect::new(0, 0, size.w, size.h),
                primary: true,
                scale_percent: 100,
            });
        }
        self.touch_all();
    }

    fn set_settings(&mut self, mut settings: Settings) {
        if settings.workspaces.is_empty() {
            settings.workspaces.push("1".to_owned());
        }
        if settings.theme != self.settings.theme {
            self.theme_revision = self.theme_revision.wrapping_add(1);
        }
        self.settings = settings;
        self.limit_workspaces();
        self.touch_all();
    }

    /// Number of workspaces, at least 1.
    #[must_use]
    pub fn workspace_count(&self) -> u32 {
        (self.settings.workspaces.len() as u32).max(1)
    }

    /// The current workspace, counted from 0.
    #[must_use]
    pub const fn current_workspace(&self) -> u32 {
        self.workspace
    }

    fn limit_workspaces(&mut self) {
        let last = self.workspace_count() - 1;
        for window in self.windows.values_mut() {
            window.workspace = window.workspace.map(|w| w.min(last));
        }
        self.last_workspace = self.last_workspace.min(last);
        if self.workspace > last {
            self.go_to_workspace(last);
        }
    }

    fn go_to_workspace(&mut self, workspace: u32) {
        let workspace = workspace.min(self.workspace_count() - 1);
        if workspace == self.workspace {
            return;
        }
        self.last_workspace = self.workspace;
        self.workspace = workspace;
        self.showing_desktop = false;
        self.touch_all();
        // A window that is being dragged comes along.
        if let Some(window) = self.drag.as_ref().and_then(drag::Drag::moving)
            && let Some(window) = self.windows.get_mut(&window)
            && window.workspace.is_some()
        {
            window.workspace = Some(workspace);
        }
        self.focus_fallback(None);
    }

    fn saw_time(&mut self, time: Timestamp) {
        if time != Timestamp::CURRENT
            && (self.time == Timestamp::CURRENT || time.is_after(self.time))
        {
            self.time = time;
        }
    }

    fn touch(&mut self, window: Xid) {
        self.dirty.insert(window);
    }

    fn touch_all(&mut self) {
        self.dirty.extend(self.windows.keys());
        self.stack_dirty = true;
        self.rings_dirty = true;
    }

    fn id_of(&self, window: Xid) -> Option<WindowId> {
        self.windows.get(&window).map(|w| w.id)
    }

    /// Whether a window is to be on the screen now.
    fn is_shown(&self, window: &Window) -> bool {
        !window.minimized
            && window.workspace.is_none_or(|w| w == self.workspace)
            && (!self.showing_desktop || window.is_furniture())
    }

    fn request(&mut self, request: Request) {
        self.settler.late.push(request);
    }

    fn monitor_at(&self, point: Point<Root>) -> Rect<Root> {
        place::monitor_at(&self.monitors, point)
            .map_or_else(|| Rect::new(0, 0, self.size.w, self.size.h), |m| m.rect)
    }

    fn tick(&mut self) {
        let now = self.now;
        let mut hung = None;
        for (xid, window) in &mut self.windows {
            if window.ping.is_some_and(|ping| ping.deadline <= now) {
                window.ping = None;
                window.hung = true;
                hung = Some(*xid);
                self.dirty.insert(*xid);
            }
            if window.sync.waiting.is_some_and(|until| until <= now) {
                window.sync.release();
                window.sync.missed = true;
                self.dirty.insert(*xid);
            }
        }
        if let Some(window) = hung {
            self.offer_to_kill(window);
        }
        if let Some((window, at)) = self.focus.auto_raise
            && at <= now
        {
            self.focus.auto_raise = None;
            self.raise(window);
        }
    }

    fn sync_counter(&mut self, window: Xid, value: i64) {
        if let Some(w) = self.windows.get_mut(&window)
            && value >= w.sync.value
        {
            w.sync.release();
            w.sync.missed = false;
            w.sync.value = value;
            self.touch(window);
        }
    }

    fn quit(&mut self) {
        self.end_drag(false);
        self.end_switcher(false);
        self.quitting = true;
    }
}
