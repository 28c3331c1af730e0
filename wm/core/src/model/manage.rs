//! Windows come and go.
//!
//! Owns the first decisions about a new window (state, workspace, place) and
//! the end of its management. Must not know requests: `settle` makes them.

use crate::geom::{Point, Rect, Root};
use crate::hints::{ClientFacts, NetState, Property, UnmanagedFacts, WindowType, WmState};
use crate::id::{WindowId, Xid};
use crate::model::window::{Unmanaged, Window};
use crate::model::{Wm, place, smart, stack};
use crate::request::Request;
use crate::settings::Placement;

/// Pixels at 96 DPI between a new window and its neighbours: room for the
/// invisible borders of both.
const GAP: u16 = 20;

/// Why a window is no longer managed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gone {
    /// It withdrew (ICCCM 4.1.4).
    Withdrawn,
    /// Its window does not exist any more.
    Destroyed,
    /// Another program reparented it.
    Reparented,
}

impl Wm {
    fn next_id(&mut self, xid: Xid) -> WindowId {
        self.generation = self.generation.wrapping_add(1);
        WindowId { xid, generation: self.generation }
    }

    pub(super) fn manage(&mut self, xid: Xid, facts: ClientFacts, adopted: bool) {
        if self.windows.contains_key(&xid) {
            return self.map_request(xid);
        }
        self.unmanaged_gone(xid);
        let id = self.next_id(xid);
        let mut window = Window::new(id, facts.sane());
        window.minimized = match window.facts.wm_state {
            Some(WmState::Iconic) if adopted => true,
            _ => !adopted && window.facts.wm_hints.start_iconic && !window.is_furniture(),
        };
        if window.minimized {
            self.minimize_count += 1;
            window.minimized_at = self.minimize_count;
        }
        window.demands_attention |= window.facts.wm_hints.urgent;
        window.workspace = self.first_workspace(&window);
        window.normal = self.first_place(&window, adopted);
        if !window.is_resizable() && !window.fullscreen {
            // A fixed-size window is not maximized by a property left behind.
            window.maximized_horz = false;
            window.maximized_vert = false;
        }
        if adopted && let Some(restore) = window.facts.restore {
            let held = window.facts.geometry.size() == restore.held;
            window.undecorated = restore.undecorated;
            window.tile = restore.tile.filter(|_| held && window.is_free());
            if !window.is_free() {
                window.normal = place::sane(restore.normal);
            }
        }
        let focus = !adopted && self.is_shown(&window) && self.may_take_focus(&window);
        let wants_attention = !adopted
            && !focus
            && !window.minimized
            && window.takes_focus()
            && !window.is_furniture()
            && self.settings.focus_new
            && window.user_time != Some(crate::id::Timestamp::CURRENT);
        window.demands_attention |= wants_attention && self.is_shown(&window);

        let below_active = !adopted && !focus && self.focus.active.is_some();
        self.windows.insert(xid, window);
        self.listed.push(xid);
        self.order.push(xid);
        self.stack_dirty = true;
        self.rings_dirty = true;
        self.touch(xid);
        if below_active {
            self.tuck_below_active(xid);
        } else {
            stack::raise(&self.windows, &mut self.order, xid);
        }
        if self.windows[&xid].facts.strut.is_some() {
            self.reserving.insert(xid);
        }
        self.focus.adopting |= adopted;
        self.focus.remember(xid, focus);
        if focus {
            self.set_focus(Some(xid));
        }
    }

    /// A window that may not take the focus does not cover the one in use.
    fn tuck_below_active(&mut self, xid: Xid) {
        let Some(active) = self.focus.active else { return };
        self.order.retain(|other| *other != xid);
        let at = self.order.iter().position(|o| *o == active).unwrap_or(self.order.len());
        self.order.insert(at, xid);
    }

    fn first_workspace(&self, window: &Window) -> Option<u32> {
        if window.is_furniture() || window.facts.states.contains(&NetState::Sticky) {
            return None;
        }
        match window.facts.desktop {
            Some(u32::MAX) => None,
            Some(desktop) if desktop < self.workspace_count() => Some(desktop),
            _ => window
                .facts
                .transient_for
                .and_then(|parent| self.windows.get(&parent))
                .map_or(Some(self.workspace), |parent| parent.workspace),
        }
    }

    /// The client's inside when it is first shown.
    fn first_place(&self, window: &Window, adopted: bool) -> Rect<Root> {
        let facts = &window.facts;
        let hints = &facts.size_hints;
        let extents = self.extents(window);
        let mut size = facts.geometry.size();
        if !adopted && !hints.user_size {
            size = place::constrain(size, hints, false);
        }
        size.w = size.w.clamp(1, place::MAX_SIDE);
        size.h = size.h.clamp(1, place::MAX_SIDE);
        let border = facts.border_width;
        let outer = Rect::new(
            facts.geometry.x.saturating_sub(border),
            facts.geometry.y.saturating_sub(border),
            size.w.saturating_add(2 * border),
            size.h.saturating_add(2 * border),
        );
        let frame_size = Rect::<Root>::new(0, 0, size.w, size.h).outset(extents).size();
        let asked = place::apply_gravity(outer, border, frame_size, extents, hints.gravity);

        let untouched = adopted
            || window.is_furniture()
            || matches!(
                window.kind(),
                WindowType::Notification | WindowType::Tooltip | WindowType::Dnd
            );
        if untouched {
            return asked.inset(extents);
        }
        let own_word = hints.user_position
            || (hints.program_position && (facts.geometry.x, facts.geometry.y) != (0, 0));
        if own_word {
            return self.with_its_title_in_view(asked, extents.top).inset(extents);
        }

        let parent = facts.transient_for.and_then(|parent| self.windows.get(&parent));
        let monitor = parent.map_or_else(
            || self.monitor_at(self.placement_anchor()),
            |parent| self.monitor_rect_of(&self.frame_rect(parent)),
        );
        let area = self.work_area_at(monitor.center());
        let mut frame = Rect::from_parts(area.origin(), frame_size);
        if window.is_resizable() && !hints.user_size {
            // A window larger than the screen would hide its own edges.
            let fit = crate::geom::Size::new(frame.w.min(area.w), frame.h.min(area.h));
            if fit != frame.size() {
                let inside = Rect::from_parts(area.origin(), fit).inset(extents).size();
                let inside = place::constrain(inside, hints, false);
                frame = Rect::from_parts(area.origin(), inside).outset(extents);
                frame = Rect::from_parts(area.origin(), frame.size());
            }
        }
        let centered_on = |around: Rect<Root>| {
            let c = around.center();
            Point::new(c.x - frame.w / 2, c.y - frame.h / 2)
        };
        let theme = &self.settings.theme;
        let title = theme.scaled(theme.title_height).max(24);
        let gtk = window.gtk_sides();
        let at = match (parent, window.kind()) {
            (Some(parent), _) => centered_on(self.frame_rect(parent)),
            (None, WindowType::Dialog | WindowType::Splash) => centered_on(area),
            (None, _) => match self.settings.placement {
                Placement::Center => centered_on(area),
                Placement::Pointer => {
                    let p = self.pointer.at;
                    Point::new(p.x - frame.w / 2, p.y - extents.top / 2)
                }
                Placement::Cascade => {
                    let n = self.listed.len() as i32 % 10;
                    area.origin().offset(title * n, title * n)
                }
                Placement::Smart => {
                    let spacing = smart::Spacing { gap: theme.scaled(GAP), title };
                    let seen = frame.inset(gtk).size();
                    let at = smart::place(&area, seen, &self.neighbours(window), spacing);
                    Rect::from_parts(at, seen).outset(gtk).origin()
                }
            },
        };
        let seen = Rect::from_parts(at, frame.size()).inset(gtk).moved_into(&area);
        seen.outset(gtk).inset(extents)
    }

    /// What is seen of the windows that a new one will stand among, the
    /// oldest first.
    fn neighbours(&self, window: &Window) -> Vec<Rect<Root>> {
        let together = |other: &Window| {
            other.workspace.is_none()
                || window.workspace.is_none()
                || other.workspace == window.workspace
        };
        let all = self.listed.iter().filter_map(|xid| self.windows.get(xid));
        all.filter(|other| self.is_shown(other) && !other.is_furniture() && together(other))
            .map(|other| self.visible_rect(other))
            .collect()
    }

    /// Where attention is: new windows open on that monitor.
    fn placement_anchor(&self) -> Point<Root> {
        match self.focus.active.and_then(|active| self.windows.get(&active)) {
            Some(active) if self.settings.placement != Placement::Pointer => {
                self.frame_rect(active).center()
            }
            _ => self.pointer.at,
        }
    }

    /// A managed client asks to be mapped: it wants to be seen (ICCCM 4.1.4:
    /// Iconic to Normal).
    pub(super) fn map_request(&mut self, xid: Xid) {
        if self.windows.get(&xid).is_some_and(|window| window.minimized) {
            // With its dialogs, which were minimized along.
            self.set_family_minimized(xid, false);
            let window = &self.windows[&xid];
            if self.is_shown(window) && self.may_take_focus(window) {
                self.set_focus(Some(xid));
                self.raise(xid);
            }
        }
    }

    pub(super) fn unmanage(&mut self, xid: Xid, why: Gone) {
        let Some(window) = self.windows.get(&xid) else { return };
        let request = self.unmanage_request(window, why);
        if self.drag.as_ref().is_some_and(|drag| drag.window() == xid) {
            self.end_drag(false);
        }
        let parent = self.windows[&xid].facts.transient_for;
        self.pictures.drop(self.windows[&xid].id);
        self.windows.remove(&xid);
        self.reserving.remove(&xid);
        self.fullscreen.remove(&xid);
        self.dirty.remove(&xid);
        self.listed.retain(|other| *other != xid);
        self.order.retain(|other| *other != xid);
        self.settler.early.push(request);
        self.stack_dirty = true;
        self.rings_dirty = true;
        self.pointer.forget(xid);
        self.switcher_forget(xid);
        self.focus.forget(xid);
        if self.focus.active == Some(xid) {
            self.focus.active = None;
            self.focus_fallback(parent);
        }
    }

    /// Where the client goes, and in which state, when it is no longer ours.
    fn unmanage_request(&self, window: &Window, why: Gone) -> Request {
        let border = window.facts.border_width;
        // A maximized or fullscreen client that withdraws keeps its size; its
        // corner is that of its frame, undone by gravity.
        let client = self.client_rect(window);
        let outer = client.outset(crate::geom::Sides::all(border)).size();
        let frame = client.outset(self.extents(window));
        let at = place::remove_gravity(
            frame,
            outer,
            border,
            self.extents(window),
            window.facts.size_hints.gravity,
        );
        Request::Unmanage {
            id: window.id,
            at: (why != Gone::Reparented).then_some(at),
            border_width: border,
            alive: why != Gone::Destroyed,
            map: false,
        }
    }

    /// Everything is given back, in stacking order, mapped, where it is. A
    /// minimized window keeps its WM_STATE of Iconic, from which the next
    /// window manager knows.
    pub(super) fn hand_back(&mut self) -> Vec<Request> {
        let mut requests = Vec::new();
        let stacked = stack::resolve(&self.windows, &self.order, |x| self.layer_of(x));
        for xid in stacked {
            let Some(window) = self.windows.get(&xid) else { continue };
            let Request::Unmanage { id, at, border_width, alive, .. } =
                self.unmanage_request(window, Gone::Withdrawn)
            else {
                continue;
            };
            requests.push(Request::Unmanage { id, at, border_width, alive, map: true });
        }
        self.windows.clear();
        self.reserving.clear();
        self.fullscreen.clear();
        self.listed.clear();
        self.order.clear();
        self.stacked.clear();
        self.dirty.clear();
        requests
    }

    pub(super) fn property(&mut self, xid: Xid, property: Property) {
        if let Some(unmanaged) = self.unmanaged.get_mut(&xid) {
            unmanaged.set_property(property);
            return;
        }
        let Some(window) = self.windows.get(&xid) else { return };
        let before = (self.extents(window), window.gtk_sides());
        let frame = self.frame_rect(window);
        let Some(window) = self.windows.get_mut(&xid) else { return };
        let stacking = matches!(
            property,
            Property::TransientFor(_) | Property::Types(_) | Property::WmHints(_)
        );
        window.set_property(property);
        if self.focus.active == Some(xid) {
            window.demands_attention = false;
        }
        self.touch(xid);
        self.stack_dirty |= stacking;
        let window = &self.windows[&xid];
        let after = (self.extents(window), window.gtk_sides(), window.facts.strut);
        let free = window.is_free();
        if after.2.is_some() {
            self.reserving.insert(xid);
        } else {
            self.reserving.remove(&xid);
        }
        if before.0 != after.0 && free {
            // The frame's corner stays, the client moves inside it.
            let at = frame.origin().offset(after.0.left, after.0.top);
            if let Some(window) = self.windows.get_mut(&xid) {
                window.normal = Rect::from_parts(at, window.normal.size());
            }
        }
        if before.1 != after.1 {
            self.rings_dirty = true;
        }
    }

    pub(super) fn unmanaged_mapped(&mut self, xid: Xid, facts: UnmanagedFacts) {
        if self.windows.contains_key(&xid) {
            return;
        }
        self.unmanaged_gone(xid);
        let mut facts = facts;
        facts.geometry = place::sane(facts.geometry);
        let id = self.next_id(xid);
        self.unmanaged.insert(xid, Unmanaged { id, facts, revision: 0 });
        self.above.push(xid);
    }

    pub(super) fn unmanaged_configured(
        &mut self,
        xid: Xid,
        geometry: Rect<Root>,
        above: Option<Xid>,
    ) {
        let Some(window) = self.unmanaged.get_mut(&xid) else { return };
        if window.facts.geometry.size() != geometry.size() {
            window.revision += 1;
        }
        window.facts.geometry = place::sane(geometry);
        self.above.retain(|other| *other != xid);
        self.beneath.retain(|other| *other != xid);
        // Above another unmanaged window: there. Above a managed one: that is
        // the top of those, or among them, which counts as the bottom.
        match above {
            Some(other) if self.above.contains(&other) => {
                let at = self.above.iter().position(|o| *o == other).unwrap_or(0);
                self.above.insert(at + 1, xid);
            }
            Some(other) if self.beneath.contains(&other) => {
                let at = self.beneath.iter().position(|o| *o == other).unwrap_or(0);
                self.beneath.insert(at + 1, xid);
            }
            Some(other)
                if self.stacked.last() != Some(&other) && self.windows.contains_key(&other) =>
            {
                self.beneath.push(xid);
            }
            Some(_) => self.above.insert(0, xid),
            None if self.stacked.is_empty() => self.above.insert(0, xid),
            None => self.beneath.insert(0, xid),
        }
    }

    pub(super) fn unmanaged_gone(&mut self, xid: Xid) {
        if self.unmanaged.remove(&xid).is_some() {
            self.above.retain(|other| *other != xid);
            self.beneath.retain(|other| *other != xid);
        }
    }
}
