//! Who has the keyboard, and who may take it.
//!
//! Owns the focus history and the focus-stealing policy. Must not know how
//! the focus is set on the server (`settle`), nor clicks (`pointer`).

use std::collections::BTreeSet;

use crate::geom::{Point, Root};
use crate::hints::WindowType;
use crate::id::{Time, Timestamp, Xid};
use crate::model::window::Window;
use crate::model::{Wm, stack};
use crate::request::Request;
use crate::settings::{FocusMode, StealingPrevention};

/// Focus state.
#[derive(Debug, Default)]
pub(super) struct Focus {
    /// Managed windows, most recently focused first.
    pub history: Vec<Xid>,
    /// The window that has, or is to have, the keyboard.
    pub active: Option<Xid>,
    /// The focus must be set again even if `active` did not change.
    pub again: bool,
    /// A globally active client (ICCCM 4.1.7) that may take the keyboard, and
    /// becomes active when it does. It may also decline.
    pub offered: Option<Xid>,
    /// It has yet to be told.
    pub offer_due: bool,
    /// Nothing has the focus until it is known where the pointer is; the
    /// window inside is preferred to the one under the pointer.
    pub undecided: Option<Option<Xid>>,
    /// The next focus is set with the server's own time: another program may
    /// have set it later than the newest event that was seen here.
    pub now: bool,
    /// Windows were adopted: once they are all known, the topmost gets the
    /// focus, unless one has it already.
    pub adopting: bool,
    /// The last time a person gave input to the active window.
    pub user_time: Timestamp,
    /// Raise this window then.
    pub auto_raise: Option<(Xid, Time)>,
}

impl Focus {
    /// Moves a window to the front of the history.
    pub(super) fn used(&mut self, xid: Xid) {
        self.history.retain(|other| *other != xid);
        self.history.insert(0, xid);
    }

    /// Adds a new window to the history: first if it got the focus, else
    /// behind the one that has it.
    pub(super) fn remember(&mut self, xid: Xid, focused: bool) {
        self.history.retain(|other| *other != xid);
        let active = self.history.iter().position(|other| Some(*other) == self.active);
        let at = if focused { 0 } else { active.map_or(0, |at| at + 1) };
        self.history.insert(at, xid);
    }

    pub(super) fn forget(&mut self, xid: Xid) {
        self.history.retain(|other| *other != xid);
        if self.auto_raise.is_some_and(|(window, _)| window == xid) {
            self.auto_raise = None;
        }
        if self.offered == Some(xid) {
            self.offered = None;
        }
    }
}

impl Wm {
    /// The window that has the focus.
    #[must_use]
    pub const fn active(&self) -> Option<Xid> {
        self.focus.active
    }

    pub(super) fn set_focus(&mut self, xid: Option<Xid>) {
        if let Some(wanted) = xid
            && !self.can_focus(wanted)
        {
            // A window that takes no input may be raised and used, but the
            // keyboard stays where it is.
            return;
        }
        // A modal dialog stands for the window it blocks.
        let xid = xid.map(|x| self.modal_for(x));
        self.focus.undecided = None;
        self.focus.offered = None;
        let globally_active =
            |x: &Xid| self.windows.get(x).is_some_and(|w| !w.facts.wm_hints.input);
        if let Some(wanted) = xid.filter(globally_active)
            && self.focus.active != xid
        {
            // Whoever has the keyboard keeps it until the client takes it.
            self.focus.offered = xid;
            self.focus.offer_due = true;
            if self.focus.active.is_some_and(|active| !self.can_focus(active)) {
                self.make_active(None);
                self.focus.again = true;
            }
            if let Some(window) = self.windows.get_mut(&wanted) {
                window.demands_attention = false;
            }
            self.touch(wanted);
            return;
        }
        self.make_active(xid);
        self.focus.again = true;
        if let Some(xid) = xid {
            self.focus.used(xid);
            if let Some(window) = self.windows.get_mut(&xid) {
                window.demands_attention = false;
            }
            self.touch(xid);
        }
    }

    fn make_active(&mut self, xid: Option<Xid>) {
        if self.focus.active == xid {
            return;
        }
        if let Some(old) = self.focus.active {
            if let Some(window) = self.windows.get_mut(&old) {
                window.left_at = Some(self.now);
            }
            self.touch(old);
        }
        self.focus.active = xid;
        self.focus.auto_raise = None;
        // Fullscreen windows change their layer with the focus.
        self.stack_dirty = true;
    }

    /// Whether the window can have the focus now.
    fn can_focus(&self, xid: Xid) -> bool {
        self.windows.get(&xid).is_some_and(|w| self.is_shown(w) && w.takes_focus())
    }

    /// Moves the focus on if the active window cannot have it any longer,
    /// for whatever reason.
    pub(super) fn keep_focus_possible(&mut self) {
        let lost = self.focus.active.is_some_and(|active| !self.can_focus(active));
        let adopted = std::mem::take(&mut self.focus.adopting) && self.focus.active.is_none();
        if lost || adopted {
            self.focus_fallback(None);
        }
    }

    /// The topmost shown modal dialog that blocks `xid`, or the one that
    /// blocks that; or `xid`.
    fn modal_for(&self, xid: Xid) -> Xid {
        let mut seen = BTreeSet::from([xid]);
        let mut at = xid;
        loop {
            let next = self.order.iter().rev().copied().find(|other| {
                !seen.contains(other)
                    && stack::is_modal_for(&self.windows, *other, at)
                    && self.can_focus(*other)
            });
            match next {
                Some(other) => {
                    at = other;
                    seen.insert(at);
                }
                None => return at,
            }
        }
    }

    /// Shows the window, wherever it is, raises it and gives it the focus.
    pub(super) fn activate(&mut self, xid: Xid) {
        let Some(window) = self.windows.get_mut(&xid) else { return };
        let was_minimized = window.minimized;
        window.minimized = false;
        let workspace = window.workspace;
        if was_minimized {
            self.set_family_minimized(xid, false);
        }
        if let Some(workspace) = workspace
            && workspace != self.workspace
        {
            self.go_to_workspace(workspace);
        }
        if self.showing_desktop {
            self.show_desktop(false);
        }
        self.touch(xid);
        self.rings_dirty = true;
        self.raise(xid);
        let dialog = self.modal_for(xid);
        if dialog != xid {
            self.raise(dialog);
        }
        self.focus.used(xid);
        self.set_focus(Some(xid));
    }

    pub(super) fn raise(&mut self, xid: Xid) {
        stack::raise(&self.windows, &mut self.order, xid);
        self.stack_dirty = true;
        self.rings_dirty = true;
    }

    /// Gives the focus to the best window that is left: `preferred` (the
    /// parent of a closed dialog), the one under the pointer when the
    /// pointer decides, or the last one used. Where the pointer decides, it
    /// is asked where it is first.
    pub(super) fn focus_fallback(&mut self, preferred: Option<Xid>) {
        let preferred = preferred.filter(|x| self.can_focus(*x));
        let ask = match self.settings.focus {
            FocusMode::Click => false,
            FocusMode::Sloppy => preferred.is_none(),
            FocusMode::Strict => true,
        };
        if ask {
            if self.focus.undecided.is_none() {
                self.request(Request::AskPointer);
            }
            self.make_active(None);
            self.focus.offered = None;
            self.focus.undecided = Some(preferred);
        } else {
            self.decide(preferred.or_else(|| self.last_used()));
        }
    }

    /// Where the pointer is, which was asked.
    pub(super) fn pointer_at(&mut self, at: Point<Root>) {
        self.pointer.at = at;
        let Some(preferred) = self.focus.undecided.take() else { return };
        let next = match self.settings.focus {
            FocusMode::Strict => self.under_pointer(),
            FocusMode::Sloppy => {
                preferred.or_else(|| self.under_pointer()).or_else(|| self.last_used())
            }
            FocusMode::Click => preferred.or_else(|| self.last_used()),
        };
        self.decide(next);
    }

    fn decide(&mut self, next: Option<Xid>) {
        let desktop = || {
            self.windows
                .iter()
                .find(|(x, w)| w.kind() == WindowType::Desktop && self.can_focus(**x))
                .map(|(x, _)| *x)
        };
        let next = next.or_else(desktop);
        self.set_focus(next);
        self.focus.now = true;
    }

    /// The topmost window where the pointer is, if it can have the focus.
    fn under_pointer(&self) -> Option<Xid> {
        let at = self.pointer.at;
        let here = |x: &Xid| {
            self.windows
                .get(x)
                .is_some_and(|w| self.is_shown(w) && self.visible_rect(w).contains(at))
        };
        let top = self.order_on_screen().into_iter().rev().find(here);
        let furniture = |x: &Xid| self.windows.get(x).is_some_and(|w| w.kind() == WindowType::Dock);
        top.filter(|x| self.can_focus(*x) && !furniture(x))
    }

    fn order_on_screen(&self) -> Vec<Xid> {
        if self.stack_dirty {
            stack::resolve(&self.windows, &self.order, |x| self.layer_of(x))
        } else {
            self.stacked.clone()
        }
    }

    /// The window that was used last and can have the focus. One that never
    /// took the keyboard by itself when it was offered comes after all others.
    fn last_used(&self) -> Option<Xid> {
        let can =
            |x: &Xid| self.can_focus(*x) && self.windows.get(x).is_some_and(|w| !w.is_furniture());
        let takes =
            |x: &Xid| self.windows.get(x).is_some_and(|w| w.facts.wm_hints.input || w.took_focus);
        let mut used = self.focus.history.iter().copied().filter(can);
        let first = used.clone().find(takes);
        first.or_else(|| used.next())
    }

    /// Whether a window that has just been mapped may take the focus.
    pub(super) fn may_take_focus(&self, window: &Window) -> bool {
        if !window.takes_focus() || window.is_furniture() || self.drag.is_some() {
            return false;
        }
        if !matches!(
            window.kind(),
            WindowType::Normal
                | WindowType::Dialog
                | WindowType::Utility
                | WindowType::Menu
                | WindowType::Toolbar
        ) {
            return false;
        }
        let Some(active) = self.focus.active.and_then(|active| self.windows.get(&active)) else {
            return self.settings.focus_new;
        };
        if self.belongs_to(window, active) {
            return true;
        }
        if !self.settings.focus_new {
            return false;
        }
        // EWMH _NET_WM_USER_TIME: 0 asks not to be focused when mapped.
        if window.user_time == Some(Timestamp::CURRENT) {
            return false;
        }
        match self.settings.stealing {
            StealingPrevention::Off => true,
            StealingPrevention::Strict => same_program(window, active),
            StealingPrevention::Normal => {
                same_program(window, active) || self.is_recent(window.user_time)
            }
        }
    }

    /// Whether `time` is not older than the person's last input into the
    /// active window. No time known counts as recent: most programs that set
    /// none were just started by hand.
    fn is_recent(&self, time: Option<Timestamp>) -> bool {
        let active = self.focus.active.and_then(|active| self.windows.get(&active));
        let last = active
            .and_then(|w| w.user_time)
            .filter(|t| *t != Timestamp::CURRENT && t.is_after(self.focus.user_time))
            .unwrap_or(self.focus.user_time);
        match time {
            None => true,
            Some(time) => last == Timestamp::CURRENT || !last.is_after(time),
        }
    }

    /// Transient for the other, directly or through more windows.
    fn belongs_to(&self, window: &Window, other: &Window) -> bool {
        let mut seen = BTreeSet::new();
        let mut at = window.facts.transient_for;
        while let Some(parent) = at {
            if parent == other.id.xid {
                return true;
            }
            if !seen.insert(parent) {
                return false;
            }
            at = self.windows.get(&parent).and_then(|w| w.facts.transient_for);
        }
        false
    }

    /// A program, not the person, asks to be activated.
    pub(super) fn may_activate(&self, xid: Xid, time: Timestamp) -> bool {
        let Some(window) = self.windows.get(&xid) else { return false };
        let Some(active) = self.focus.active.and_then(|active| self.windows.get(&active)) else {
            return true;
        };
        if active.id == window.id || same_program(window, active) {
            return true;
        }
        match self.settings.stealing {
            StealingPrevention::Off => true,
            StealingPrevention::Strict => false,
            StealingPrevention::Normal => {
                let time = (time != Timestamp::CURRENT).then_some(time);
                self.is_recent(time)
            }
        }
    }

    /// The server says where the focus is.
    pub(super) fn focus_in(&mut self, xid: Option<Xid>) {
        if self.focus.again {
            // It is about to be set.
            return;
        }
        match xid {
            Some(xid) if self.can_focus(xid) => {
                // A globally active client took it, or another by itself, or
                // it is as it should be.
                if let Some(window) = self.windows.get_mut(&xid) {
                    window.took_focus = true;
                    window.demands_attention = false;
                }
                self.focus.undecided = None;
                self.focus.offered = self.focus.offered.filter(|offered| *offered != xid);
                if self.focus.active != Some(xid) {
                    self.make_active(Some(xid));
                    self.focus.used(xid);
                    self.touch(xid);
                }
                self.settler.focus_is(self.id_of(xid));
            }
            Some(_) => {}
            None => {
                // Lost to nothing, as when a client destroys its focus
                // window: take it back. One that takes it by itself is asked
                // to, and until then the keyboard is the window manager's.
                let active = self.focus.active;
                let by_itself =
                    |x: &Xid| self.windows.get(x).is_some_and(|w| !w.facts.wm_hints.input);
                if active.as_ref().is_some_and(by_itself) {
                    self.make_active(None);
                    self.set_focus(active);
                }
                self.focus.again = true;
                self.focus.now = true;
            }
        }
    }

    /// The pointer entered a window, and the pointer decides.
    pub(super) fn focus_by_pointer(&mut self, xid: Xid) {
        if self.settings.focus == FocusMode::Click
            || self.focus.active == Some(xid)
            || self.drag.is_some()
            || self.switcher.is_some()
            || self.menu_open
        {
            return;
        }
        let Some(window) = self.windows.get(&xid) else { return };
        if !window.takes_focus() || window.kind() == WindowType::Dock {
            return;
        }
        self.set_focus(Some(xid));
        self.focus.user_time = self.time;
        if let Some(delay) = self.settings.auto_raise_ms {
            self.focus.auto_raise = Some((xid, self.now.after_ms(u64::from(delay))));
        }
    }
}

fn same_program(a: &Window, b: &Window) -> bool {
    let group = |w: &Window| w.facts.wm_hints.group;
    (group(a).is_some() && group(a) == group(b))
        || (a.facts.pid.is_some() && a.facts.pid == b.facts.pid)
}
