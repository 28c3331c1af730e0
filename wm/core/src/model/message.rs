//! What clients and pagers ask for by ClientMessage.
//!
//! Owns the meaning of each message and who is heeded. Must not know wire
//! formats. The times in messages are compared, never adopted: a time from
//! the future would have the server ignore every focus that follows.

use crate::event::{ConfigureValues, Message, MoveResizeDirection, Requester, StateChange};
use crate::geom::{Point, Root, Size};
use crate::hints::NetState;
use crate::id::{Timestamp, WindowId, Xid};
use crate::model::Wm;
use crate::model::border::Edges;
use crate::model::drag::Mode;
use crate::model::place;
use crate::model::window::Window;
use crate::request::Request;

/// For how long after it lost the keyboard a fullscreen window is taken not to
/// mean what it asks, in milliseconds. (SDL acts after 200; others at once.)
const REFLEX_MS: u64 = 2000;

impl Wm {
    pub(super) fn message(&mut self, message: Message) {
        match message {
            Message::Activate { window, requester, time } => {
                self.activate_request(window, requester, time);
            }
            Message::Close { window, time: _ } => {
                if self.windows.get(&window).is_some_and(|w| w.allowed().close) {
                    self.close(window);
                }
            }
            Message::Iconify { window } => {
                let Some(known) = self.windows.get(&window) else { return };
                if self.is_reflex(known) {
                    // The client is told what became of it: nothing.
                    self.change(window, |w| w.sent.wm_state = None);
                } else if !known.is_furniture() {
                    self.minimize(window);
                }
            }
            Message::State { window, change, states, requester } => {
                let reflex = requester != Requester::Pager
                    && self.windows.get(&window).is_some_and(|w| self.is_reflex(w));
                for state in states {
                    if !(reflex && state == NetState::Fullscreen) {
                        self.state_request(window, change, state);
                    }
                }
                if let Some(window) = self.windows.get_mut(&window) {
                    // The client is told what became of it, even if nothing.
                    window.sent.net_state = None;
                }
                self.touch(window);
            }
            Message::Desktop { window, desktop } => {
                let to = (desktop != u32::MAX).then(|| desktop.min(self.workspace_count() - 1));
                self.send_to_workspace(window, to, false);
            }
            Message::MoveResize { window, at, direction, button } => {
                self.moveresize(window, at, direction, button);
            }
            Message::MoveResizeWindow { window, gravity, values } => {
                let values = self.within_hints(window, values);
                self.configure(window, &values, gravity);
            }
            Message::Restack { window, values, requester } => {
                if requester != Requester::Application
                    && let Some(mode) = values.stack_mode
                    && self.windows.contains_key(&window)
                {
                    self.restack_request(window, values.sibling, mode);
                }
            }
            Message::FrameExtents { window, facts } => {
                let extents = match (self.windows.get(&window), facts) {
                    (Some(window), _) => self.extents(window),
                    (None, Some(facts)) => {
                        let id = WindowId { xid: window, generation: 0 };
                        self.extents(&Window::new(id, *facts))
                    }
                    (None, None) => return,
                };
                self.request(Request::AnswerFrameExtents { window, extents });
            }
            Message::FullscreenMonitors { window, monitors } => {
                let known = self.monitors.len();
                if monitors.iter().all(|i| (*i as usize) < known) {
                    self.change(window, |w| w.fullscreen_monitors = Some(monitors));
                }
            }
            Message::CurrentDesktop { desktop, time: _ } => {
                if desktop < self.workspace_count() {
                    self.go_to_workspace(desktop);
                }
            }
            Message::NumberOfDesktops(count) => self.set_workspace_count(count),
            Message::ShowingDesktop(on) => self.show_desktop(on),
            Message::WindowMenu { window, at } => {
                self.open_window_menu(window, Some(place::sane_point(at)));
            }
            Message::Pong { window, time } => self.pong(window, time),
        }
    }

    /// A pager's or a person's size, as the client's hints allow it. (What a
    /// client asks for itself is taken at its word: it may be about to change
    /// its hints.)
    fn within_hints(&self, xid: Xid, values: ConfigureValues) -> ConfigureValues {
        let Some(window) = self.windows.get(&xid) else { return values };
        if values.width.or(values.height).is_none() {
            return values;
        }
        let size = Size {
            w: values.width.unwrap_or(window.normal.w).clamp(1, place::MAX_SIDE),
            h: values.height.unwrap_or(window.normal.h).clamp(1, place::MAX_SIDE),
        };
        let size = place::constrain(size, &window.facts.size_hints, true);
        ConfigureValues { width: Some(size.w), height: Some(size.h), ..values }
    }

    fn activate_request(&mut self, xid: Xid, requester: Requester, time: Timestamp) {
        if !self.windows.contains_key(&xid) {
            return;
        }
        let granted = match requester {
            // Old clients and tools that say nothing are taken at their word.
            Requester::Pager | Requester::Unknown => true,
            Requester::Application => self.may_activate(xid, time),
        };
        if granted {
            self.focus.user_time = self.time;
            self.activate(xid);
            // Its time may be a lie, and ours older than the last focus.
            self.focus.now = true;
        } else {
            self.change(xid, |w| w.demands_attention = true);
        }
    }

    /// Games minimize themselves or leave fullscreen whenever they lose the
    /// keyboard, because on a single monitor they would be in the way. Where
    /// a window on another monitor has it, they are not, and stay.
    fn is_reflex(&self, window: &Window) -> bool {
        let active = self.focus.active.and_then(|active| self.windows.get(&active));
        window.fullscreen
            && window.left_at.is_some_and(|at| self.now <= at.after_ms(REFLEX_MS))
            && active.is_some_and(|a| a.id != window.id && self.are_apart(a, window))
    }

    fn state_request(&mut self, xid: Xid, change: StateChange, state: NetState) {
        let Some(window) = self.windows.get(&xid) else { return };
        let now = window.has_state(state);
        let on = match change {
            StateChange::Remove => false,
            StateChange::Add => true,
            StateChange::Toggle => !now,
        };
        if on == now {
            return;
        }
        let allowed = window.allowed();
        match state {
            // EWMH: Hidden and Focused are the window manager's to set.
            NetState::Hidden | NetState::Focused => {}
            NetState::Sticky => {
                let to = if on { None } else { Some(self.workspace) };
                self.send_to_workspace(xid, to, false);
            }
            NetState::MaximizedHorz => {
                if !on || allowed.maximize_horz {
                    self.set_maximized(xid, Some(on), None);
                }
            }
            NetState::MaximizedVert => {
                if !on || allowed.maximize_vert {
                    self.set_maximized(xid, None, Some(on));
                }
            }
            NetState::Fullscreen => {
                if allowed.fullscreen || !on {
                    self.set_fullscreen(xid, on);
                }
            }
            NetState::Shaded => self.set_shaded(xid, on),
            NetState::DemandsAttention if on && self.focus.active == Some(xid) => {}
            NetState::Modal
            | NetState::SkipTaskbar
            | NetState::SkipPager
            | NetState::Above
            | NetState::Below
            | NetState::DemandsAttention => self.change(xid, |w| w.set_state(state, on)),
        }
    }

    fn moveresize(
        &mut self,
        xid: Xid,
        at: Point<Root>,
        direction: MoveResizeDirection,
        button: u8,
    ) {
        use MoveResizeDirection as D;
        let Some(window) = self.windows.get(&xid) else { return };
        let allowed = window.allowed();
        let edge = |left, right, top, bottom| Mode::Resize(Edges { left, right, top, bottom });
        let mode = match direction {
            D::Cancel => {
                if self.drag.as_ref().is_some_and(|d| d.window() == xid) {
                    self.end_drag(false);
                }
                return;
            }
            D::Move | D::MoveKeyboard => Mode::Move,
            D::SizeTopLeft => edge(true, false, true, false),
            D::SizeTop => edge(false, false, true, false),
            D::SizeTopRight => edge(false, true, true, false),
            D::SizeRight => edge(false, true, false, false),
            D::SizeBottomRight => edge(false, true, false, true),
            D::SizeBottom => edge(false, false, false, true),
            D::SizeBottomLeft => edge(true, false, false, true),
            D::SizeLeft => edge(true, false, false, false),
            D::SizeKeyboard => edge(false, false, false, false),
        };
        let permitted = if mode == Mode::Move { allowed.moving } else { allowed.resize };
        if !permitted || self.drag.is_some() {
            return;
        }
        let keyboard = matches!(direction, D::MoveKeyboard | D::SizeKeyboard);
        let at = place::sane_point(at);
        let at = if keyboard { self.pointer.at } else { at };
        self.pointer.at = at;
        let button = (!keyboard && button != 0).then_some(button);
        self.set_focus(Some(xid));
        self.raise(xid);
        self.begin_drag(xid, mode, at, button, true);
    }

    /// A pager wants another number of workspaces; names are kept or made.
    fn set_workspace_count(&mut self, count: u32) {
        let count = count.clamp(1, 32) as usize;
        let names = &mut self.settings.workspaces;
        names.truncate(count);
        while names.len() < count {
            names.push((names.len() + 1).to_string());
        }
        self.limit_workspaces();
        self.touch_all();
    }
}
