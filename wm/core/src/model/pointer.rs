//! Clicks, hovering and the pointer's moves over windows.
//!
//! Owns what a button press means where. Must not know how a move or resize
//! goes on (`drag`), nor X grabs beyond asking for them.

use crate::action::{Action, WorkspaceTarget};
use crate::event::{ButtonEvent, Crossing, InputTarget, Surface};
use crate::geom::{Point, Root};
use crate::id::{Timestamp, Xid};
use crate::look::Button;
use crate::model::border::{self, Edges};
use crate::model::drag::{Drag, Mode};
use crate::model::window::{FramePart, Window};
use crate::model::{Wm, frame};
use crate::request::{Cursor, Request};
use crate::settings::{FocusMode, Modifiers};

/// Two clicks of a double click are at most this far apart, in pixels.
const DOUBLE_CLICK_DISTANCE: i32 = 5;

/// What is known of the pointer.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    pub at: Point<Root>,
    /// The last click on a title bar, for double clicks.
    last_click: Option<(Xid, Point<Root>, Timestamp)>,
    /// The window with a hovered part.
    hovered: Option<Xid>,
}

impl Pointer {
    pub(super) fn forget(&mut self, xid: Xid) {
        if self.hovered == Some(xid) {
            self.hovered = None;
        }
        if self.last_click.is_some_and(|(window, ..)| window == xid) {
            self.last_click = None;
        }
    }
}

impl Wm {
    pub(super) fn button_press(&mut self, event: ButtonEvent) {
        self.saw_time(event.time);
        self.pointer.at = event.at;
        self.focus.user_time = self.time;
        if self.switcher.is_some() {
            return self.switcher_click(event.at);
        }
        if self.drag.is_some() {
            return self.drag_button(&event, true);
        }
        match event.target {
            InputTarget::Root => self.root_press(&event),
            InputTarget::Window(xid, surface) => {
                let known = self.windows.contains_key(&xid);
                if known && self.drag_modifiers_held(event.modifiers) {
                    self.modifier_press(xid, &event);
                } else if known {
                    match surface {
                        Surface::Client => self.client_press(xid, &event),
                        Surface::Frame => self.frame_press(xid, &event),
                        Surface::Ring => self.ring_press(xid, &event),
                    }
                }
                if surface == Surface::Client && !known {
                    self.request(Request::AllowEvents { replay: true, time: event.time });
                }
            }
        }
    }

    fn drag_modifiers_held(&self, held: Modifiers) -> bool {
        let wanted = self.settings.drag_modifiers.significant();
        !wanted.is_empty() && held.significant() == wanted
    }

    fn root_press(&mut self, event: &ButtonEvent) {
        match event.button {
            3 => self.open_root_menu(event.at),
            2 => self.open_window_list(event.at),
            4 => self.act(&Action::Workspace(WorkspaceTarget::Previous), None),
            5 => self.act(&Action::Workspace(WorkspaceTarget::Next), None),
            _ => {}
        }
    }

    /// A click into a window gives it the focus, raises it, and then reaches
    /// the client as if nothing had been in between.
    fn client_press(&mut self, xid: Xid, event: &ButtonEvent) {
        self.click(xid, self.settings.raise_on_click);
        self.request(Request::AllowEvents { replay: true, time: event.time });
    }

    fn click(&mut self, xid: Xid, raise: bool) {
        let Some(window) = self.windows.get(&xid) else { return };
        if window.takes_focus() && (!window.is_furniture() || window.facts.wm_hints.input) {
            self.set_focus(Some(xid));
        }
        if raise {
            self.raise(xid);
        }
    }

    fn modifier_press(&mut self, xid: Xid, event: &ButtonEvent) {
        self.request(Request::AllowEvents { replay: false, time: event.time });
        let Some(window) = self.windows.get(&xid) else { return };
        let allowed = window.allowed();
        match event.button {
            1 => {
                self.click(xid, true);
                if allowed.moving {
                    self.begin_drag(xid, Mode::Move, event.at, Some(event.button), true);
                }
            }
            3 => {
                self.click(xid, true);
                let Some(window) = self.windows.get(&xid) else { return };
                let edges =
                    border::nearest_edges(&self.visible_rect(window), self.edges(window), event.at);
                if !edges.is_none() {
                    self.begin_drag(xid, Mode::Resize(edges), event.at, Some(event.button), true);
                }
            }
            2 => self.act(&Action::Lower, Some(xid)),
            4 => self.act(&Action::Workspace(WorkspaceTarget::Previous), None),
            5 => self.act(&Action::Workspace(WorkspaceTarget::Next), None),
            _ => {}
        }
    }

    fn frame_press(&mut self, xid: Xid, event: &ButtonEvent) {
        let Some(window) = self.windows.get(&xid) else { return };
        let part = self.part_at(window, event.at);
        match (event.button, part) {
            (1, Some(FramePart::Button(Button::Icon | Button::Menu))) => {
                self.click(xid, true);
                if self.is_double_click(xid, event) {
                    self.act(&Action::Close, Some(xid));
                } else {
                    self.open_window_menu(xid, None);
                }
            }
            (1, Some(FramePart::Button(button))) => {
                self.click(xid, true);
                if let Some(window) = self.windows.get_mut(&xid) {
                    window.pressed = Some(button);
                    window.hovered = part;
                }
                self.touch(xid);
                self.begin_drag(xid, Mode::Button(button), event.at, Some(1), false);
            }
            (1, _) => {
                self.click(xid, true);
                if self.is_double_click(xid, event) {
                    let action = self.settings.double_click.clone();
                    self.act(&action, Some(xid));
                } else if self.windows.get(&xid).is_some_and(|w| w.allowed().moving) {
                    self.begin_drag(xid, Mode::Move, event.at, Some(1), false);
                }
            }
            (3, Some(FramePart::Button(Button::Maximize))) => {
                self.act(&Action::ToggleMaximizeHorizontal, Some(xid));
            }
            (2, Some(FramePart::Button(Button::Maximize))) => {
                self.act(&Action::ToggleMaximizeVertical, Some(xid));
            }
            (3, _) => {
                self.click(xid, false);
                self.open_window_menu(xid, Some(event.at));
            }
            (2, _) => self.act(&Action::Lower, Some(xid)),
            (4, Some(_)) => self.set_shaded(xid, true),
            (5, Some(_)) => self.set_shaded(xid, false),
            _ => {}
        }
    }

    fn ring_press(&mut self, xid: Xid, event: &ButtonEvent) {
        let Some(window) = self.windows.get(&xid) else { return };
        match event.button {
            1 => {
                let edges = self.ring_edges(window, event.at);
                self.click(xid, true);
                if !edges.is_none() {
                    self.begin_drag(xid, Mode::Resize(edges), event.at, Some(1), true);
                }
            }
            3 => self.open_window_menu(xid, Some(event.at)),
            2 => self.act(&Action::Lower, Some(xid)),
            _ => {}
        }
    }

    fn is_double_click(&mut self, xid: Xid, event: &ButtonEvent) -> bool {
        let near = |at: Point<Root>| {
            (at.x - event.at.x).abs() <= DOUBLE_CLICK_DISTANCE
                && (at.y - event.at.y).abs() <= DOUBLE_CLICK_DISTANCE
        };
        let double = self.pointer.last_click.is_some_and(|(window, at, time)| {
            window == xid
                && near(at)
                && event.time.0.wrapping_sub(time.0) <= self.settings.double_click_ms
        });
        self.pointer.last_click = (!double).then_some((xid, event.at, event.time));
        double
    }

    pub(super) fn button_release(&mut self, event: ButtonEvent) {
        self.saw_time(event.time);
        self.pointer.at = event.at;
        if self.drag.is_some() {
            // The server may send no motion between a quick press and release.
            self.drag_motion(event.at, event.modifiers);
            self.drag_button(&event, false);
        }
    }

    pub(super) fn motion(&mut self, target: InputTarget, at: Point<Root>, modifiers: Modifiers) {
        self.pointer.at = at;
        if self.drag.is_some() {
            return self.drag_motion(at, modifiers);
        }
        self.hover(target, at);
    }

    /// The pointer is in another window. Where it decides about the focus,
    /// only a person's move counts: what comes to lie under a resting pointer
    /// does not, whoever has put it there.
    pub(super) fn enter(&mut self, target: InputTarget, at: Point<Root>, cause: Crossing) {
        let moved = self.pointer.at != at;
        self.pointer.at = at;
        self.hover(target, at);
        if cause != Crossing::Motion || !moved {
            return;
        }
        match target {
            InputTarget::Window(xid, Surface::Client | Surface::Frame) => {
                self.focus_by_pointer(xid);
            }
            InputTarget::Window(_, Surface::Ring) => {}
            InputTarget::Root => {
                if self.settings.focus == FocusMode::Strict
                    && self.drag.is_none()
                    && self.switcher.is_none()
                    && !self.menu_open
                {
                    self.set_focus(None);
                }
            }
        }
    }

    pub(super) fn leave(&mut self, target: InputTarget) {
        if let InputTarget::Window(xid, _) = target
            && self.drag.is_none()
        {
            self.set_hover(xid, None);
        }
    }

    /// What a frame shows under the pointer: a lit button, a resize cursor.
    fn hover(&mut self, target: InputTarget, at: Point<Root>) {
        if let Some(old) = self.pointer.hovered
            && target != InputTarget::Window(old, Surface::Frame)
        {
            self.set_hover(old, None);
        }
        let InputTarget::Window(xid, surface) = target else { return };
        let Some(window) = self.windows.get(&xid) else { return };
        let (part, cursor) = match surface {
            Surface::Frame => (self.part_at(window, at), Cursor::Default),
            Surface::Ring => (None, self.ring_edges(window, at).cursor()),
            Surface::Client => return,
        };
        self.set_hover(xid, part);
        if let Some(window) = self.windows.get_mut(&xid)
            && window.cursor != cursor
        {
            window.cursor = cursor;
            self.touch(xid);
        }
    }

    pub(super) fn set_hover(&mut self, xid: Xid, part: Option<FramePart>) {
        self.pointer.hovered = part.map(|_| xid);
        if let Some(window) = self.windows.get_mut(&xid)
            && window.hovered != part
        {
            window.hovered = part;
            self.touch(xid);
        }
    }

    pub(super) fn part_at(&self, window: &Window, at: Point<Root>) -> Option<FramePart> {
        frame::part_at(window, &self.settings.theme, &self.frame_rect(window), at)
    }

    /// Which edges of a window a person may move.
    pub(super) fn edges(&self, window: &Window) -> Edges {
        if window.fullscreen || !window.allowed().resize {
            return Edges::default();
        }
        let hints = &window.facts.size_hints;
        let fixed =
            |min: Option<i32>, max: Option<i32>| matches!((min, max), (Some(a), Some(b)) if a >= b);
        let wide = !fixed(hints.min.map(|s| s.w), hints.max.map(|s| s.w));
        let high = !fixed(hints.min.map(|s| s.h), hints.max.map(|s| s.h)) && !window.shaded;
        // An edge that lies on the screen's edge because the window fills it
        // stays there.
        let (mut left, mut right, mut top, mut bottom) = (true, true, true, true);
        if let Some(tile) = window.tile {
            let on = crate::model::place::tile_sides(tile);
            (left, right, top, bottom) = (!on.0, !on.1, !on.2, !on.3);
        } else {
            if window.maximized_horz {
                (left, right) = (false, false);
            }
            if window.maximized_vert {
                (top, bottom) = (false, false);
            }
        }
        Edges { left: left && wide, right: right && wide, top: top && high, bottom: bottom && high }
    }

    fn ring_edges(&self, window: &Window, at: Point<Root>) -> Edges {
        let corner = self.scaled_for(window, self.settings.resize_corner);
        border::edges_at(&self.frame_rect(window), corner, self.edges(window), at)
    }

    /// A length (pixels at 96 DPI) on the window's monitor.
    pub(super) fn scaled_for(&self, window: &Window, length: u16) -> i32 {
        let scale = crate::model::place::monitor_of(&self.monitors, &window.normal)
            .map_or(100, |m| i32::from(m.scale_percent));
        (i32::from(length) * scale + 50) / 100
    }

    /// The X server refused a grab, or took it away.
    pub(super) fn grab_failed(&mut self) {
        if self.drag.as_ref().is_some_and(Drag::has_grab) {
            self.end_drag(false);
        }
        self.end_switcher(false);
    }
}
