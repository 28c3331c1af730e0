//! Compares what should be with what was last sent: the only maker of
//! requests about geometry, mapping, stacking, focus, properties and looks.
//!
//! Owns the order of requests. Must not decide anything: what should be is
//! derived by the other modules.

use crate::geom::{Frame, Rect, Root};
use crate::hints::{Restore, WmState};
use crate::id::{Time, Timestamp, WindowId, Xid};
use crate::look::SwitcherLook;
use crate::model::window::{FrameShape, Window};
use crate::model::{Wm, border, frame, stack};
use crate::region::Region;
use crate::request::{ClientProperty, FocusTarget, Request, RootProperty};

/// A resize waits for a client that takes part in _NET_WM_SYNC_REQUEST for
/// this part of the time after which one counts as hung. Once: who lets it
/// pass is waited for no more until it answers.
const PART_OF_PING_TIMEOUT: u64 = 5;

/// What was last sent that belongs to no window.
#[derive(Debug, Default)]
pub(super) struct Settler {
    /// Requests of handlers that come before everything else.
    pub early: Vec<Request>,
    /// Requests of handlers that come after everything else.
    pub late: Vec<Request>,
    stacked: Vec<Xid>,
    focus: Option<Option<WindowId>>,
    bypassed: Vec<WindowId>,
    holes: Region<Root>,
    switcher: Option<SwitcherLook>,
    properties: Vec<RootProperty>,
    exited: bool,
}

impl Settler {
    /// The focus is there already, by somebody else's doing.
    pub(super) const fn focus_is(&mut self, id: Option<WindowId>) {
        self.focus = Some(id);
    }

    /// Has the switcher's panel painted again if it is open.
    pub(super) fn forget_switcher(&mut self) {
        self.switcher = None;
    }
}

/// Requests of one settling, by phase.
#[derive(Default)]
struct Phases {
    /// Redirection of windows that come back to the compositor.
    redirect: Vec<Request>,
    unredirect: Vec<Request>,
    geometry: Vec<Request>,
    map: Vec<Request>,
    unmap: Vec<Request>,
    rings: Vec<Request>,
    properties: Vec<Request>,
}

impl Wm {
    /// Returns what is to be done, in order, so that X agrees with the
    /// model. Calling it again without an event in between returns nothing.
    pub fn settle(&mut self, now: Time) -> Vec<Request> {
        self.now = self.now.max(now);
        if self.quitting {
            return self.settle_quit();
        }
        let areas: Vec<Rect<Root>> =
            self.monitors.iter().map(|m| self.work_area(&m.rect)).collect();
        if areas != self.areas {
            // Whatever fills or keeps inside an area follows it.
            self.areas = areas;
            self.touch_all();
        }
        self.keep_focus_possible();
        for xid in &self.dirty {
            if self.windows.get(xid).is_some_and(|w| w.fullscreen) {
                self.fullscreen.insert(*xid);
            } else {
                self.fullscreen.remove(xid);
            }
        }
        // Their layer depends on which monitor the focus is on.
        self.stack_dirty |= !self.fullscreen.is_empty() && !self.dirty.is_empty();
        if self.stack_dirty {
            let stacked = stack::resolve(&self.windows, &self.order, |x| self.layer_of(x));
            self.stacked = stacked;
            // Fullscreen and focus decide layers, and layers decide rings.
            self.rings_dirty = true;
        }
        self.update_bypass();
        let mut out = std::mem::take(&mut self.settler.early);
        let mut phases = Phases::default();
        self.settle_redirection(&mut phases);
        let mut dirty = std::mem::take(&mut self.dirty);
        let in_motion = self.drag.as_ref().and_then(|d| d.moving().or(d.resizing()));
        if let Some(xid) = in_motion {
            // Only the dragged window's own ring follows; neighbours' rings
            // are made anew when it is let go.
            self.settle_ring(xid, &[], &mut phases);
        } else if std::mem::take(&mut self.rings_dirty) {
            self.settle_rings(&mut phases);
        }
        dirty.retain(|xid| self.windows.contains_key(xid));
        for xid in &dirty {
            self.settle_window(*xid, &mut phases);
        }

        out.append(&mut phases.redirect);
        self.settle_holes(&mut out);
        out.append(&mut phases.unredirect);
        out.append(&mut phases.geometry);
        if std::mem::take(&mut self.stack_dirty) {
            self.settle_stack(&mut out);
        }
        out.append(&mut phases.rings);
        out.append(&mut phases.map);
        out.append(&mut phases.unmap);
        self.settle_focus(&mut out);
        out.append(&mut phases.properties);
        self.settle_root(&mut out);
        self.settle_switcher(&mut out);
        out.append(&mut self.settler.late);
        out
    }

    /// The last settling: everything is given back, once.
    fn settle_quit(&mut self) -> Vec<Request> {
        if std::mem::replace(&mut self.settler.exited, true) {
            return Vec::new();
        }
        let mut out = std::mem::take(&mut self.settler.early);
        let bypassed = std::mem::take(&mut self.bypass.active);
        out.extend(bypassed.into_iter().map(|id| Request::Redirect { id, on: true }));
        out.append(&mut self.settler.late);
        out.extend(self.hand_back());
        out.push(Request::Exit);
        out
    }

    fn settle_redirection(&mut self, phases: &mut Phases) {
        if self.bypass.active == self.settler.bypassed {
            return;
        }
        let before = std::mem::replace(&mut self.settler.bypassed, self.bypass.active.clone());
        for id in before.iter().filter(|id| !self.bypass.active.contains(id)) {
            let managed = self.windows.get_mut(&id.xid).filter(|w| w.id == *id);
            let unmanaged = self.unmanaged.get_mut(&id.xid).filter(|w| w.id == *id);
            // Its pixmap is a new one.
            match (managed, unmanaged) {
                (Some(window), _) => window.revision += 1,
                (None, Some(window)) => window.revision += 1,
                (None, None) => continue,
            }
            phases.redirect.push(Request::Redirect { id: *id, on: true });
        }
        for id in self.bypass.active.iter().filter(|id| !before.contains(id)) {
            phases.unredirect.push(Request::Redirect { id: *id, on: false });
        }
    }

    fn settle_holes(&mut self, out: &mut Vec<Request>) {
        let holes = self.holes();
        if holes != self.settler.holes {
            self.settler.holes = holes.clone();
            out.push(Request::SetOverlayHoles(holes));
        }
    }

    fn settle_window(&mut self, xid: Xid, phases: &mut Phases) {
        self.settle_geometry(xid, phases);
        let Some(window) = self.windows.get(&xid) else { return };
        let id = window.id;
        let active = self.focus.active == Some(xid);
        let shown = self.is_shown(window);
        let frame = self.frame_rect(window);
        let extents = self.extents(window);
        let look = frame::look(window, &self.settings.theme, self.theme_revision, &frame, active);
        let visible_name = {
            let name = frame::visible_title(window);
            (name != window.facts.title).then_some(name)
        };
        let grab_all = self.wants_clicks(xid);
        let mapped = (shown, shown && !(window.shaded && extents.top > 0));
        let shape = self.frame_shape(window, frame);
        let wm_state = if window.minimized { WmState::Iconic } else { WmState::Normal };
        let net_state = window.states(active);
        let allowed = window.allowed();
        let held = !window.is_free() || window.undecorated;
        let restore = held.then(|| Restore {
            normal: window.normal,
            held: self.client_rect(window).size(),
            tile: window.tile,
            undecorated: window.undecorated,
        });
        // A place left by an earlier run is not left any longer.
        let left = window.facts.restore.is_some();
        let (desktop, cursor) = (window.workspace, window.cursor);
        let monitors = window.fullscreen_monitors;
        let constraints = self.edge_constraints(window);
        let gtk = window.gtk_sides();
        let here = window.workspace.is_none_or(|w| w == self.workspace);

        let Some(window) = self.windows.get_mut(&xid) else { return };
        let sent = &mut window.sent;
        let property = |property| Request::SetClientProperty { id, property };
        if sent.shape.as_ref() != Some(&shape) && (sent.shape.is_some() || shape != (None, None)) {
            let (bounding, input) = shape.clone();
            phases.geometry.push(Request::ShapeFrame { id, bounding, input });
        }
        sent.shape = Some(shape);
        if let Some(look) = look
            && sent.look.as_ref() != Some(&look)
        {
            phases.geometry.push(Request::PaintFrame { id, look: Box::new(look.clone()) });
            sent.look = Some(look);
        }
        if sent.mapped != Some(mapped) {
            let request = Request::SetMapped { id, frame: mapped.0, client: mapped.1 };
            if mapped.0 {
                phases.map.push(request);
            } else if sent.mapped.is_some() {
                phases.unmap.push(request);
            }
            let was_shown = sent.mapped.is_some_and(|(frame, _)| frame);
            sent.mapped = Some(mapped);
            if mapped.0 {
                self.pictures.drop(id);
            } else {
                window.sync.shown = None;
            }
            if !mapped.0 && was_shown && here && self.compositing {
                let size = sent.frame.unwrap_or(frame).size();
                let whole = Rect::new(0, 0, size.w, size.h);
                self.pictures.keep(id, size, whole.inset(gtk));
            }
        }
        if sent.grab_all != Some(grab_all) {
            sent.grab_all = Some(grab_all);
            phases.properties.push(Request::GrabClicks { id, all: grab_all });
        }
        if sent.cursor != Some(cursor) {
            sent.cursor = Some(cursor);
            phases.properties.push(Request::SetCursor { id, cursor });
        }
        if sent.extents != Some(extents) {
            sent.extents = Some(extents);
            phases.properties.push(property(ClientProperty::FrameExtents(extents)));
        }
        if sent.wm_state != Some(wm_state) {
            sent.wm_state = Some(wm_state);
            phases.properties.push(property(ClientProperty::WmState(wm_state)));
        }
        if sent.net_state.as_ref() != Some(&net_state) {
            sent.net_state = Some(net_state.clone());
            phases.properties.push(property(ClientProperty::NetState(net_state)));
        }
        if sent.desktop != Some(desktop) {
            sent.desktop = Some(desktop);
            phases.properties.push(property(ClientProperty::Desktop(desktop)));
        }
        if sent.allowed != Some(allowed) {
            sent.allowed = Some(allowed);
            phases.properties.push(property(ClientProperty::AllowedActions(allowed)));
        }
        if sent.visible_name.as_ref() != Some(&visible_name) {
            let told_before = sent.visible_name.is_some();
            if told_before || visible_name.is_some() {
                phases.properties.push(property(ClientProperty::VisibleName(visible_name.clone())));
            }
            sent.visible_name = Some(visible_name);
        }
        if sent.restore != Some(restore) {
            if restore.is_some() || left || sent.restore.is_some() {
                phases.properties.push(property(ClientProperty::Restore(restore)));
            }
            sent.restore = Some(restore);
        }
        if let Some(monitors) = monitors
            && window.fullscreen
            && sent.monitors != Some(monitors)
        {
            sent.monitors = Some(monitors);
            phases.properties.push(property(ClientProperty::FullscreenMonitors(monitors)));
        }
        if let Some(constraints) = constraints
            && sent.constraints != Some(constraints)
        {
            sent.constraints = Some(constraints);
            phases.properties.push(property(ClientProperty::EdgeConstraints(constraints)));
        }
    }

    /// Frame and client rectangles, and what the client hears of them.
    fn settle_geometry(&mut self, xid: Xid, phases: &mut Phases) {
        let Some(window) = self.windows.get(&xid) else { return };
        let id = window.id;
        let root = self.client_rect(window);
        let frame = self.frame_rect(window);
        let inside: Rect<Frame> =
            Rect::from_parts(root.offset(-frame.x, -frame.y).cast().origin(), root.size());
        let resized = window.sent.client.is_some_and(|sent| sent.size() != root.size());
        let dragged = self.drag.as_ref().is_some_and(|d| d.resizing() == Some(xid));
        let syncs = window.facts.protocols.sync_request && window.facts.sync_counter.is_some();
        let together = resized && syncs && (dragged || window.sync.last);
        if together && window.sync.waiting.is_some() {
            // One resize at a time: the client is still drawing the last.
            // SyncCounter or the deadline touches the window again.
            return;
        }
        let (now, time, compositing) = (self.now, self.time, self.compositing);
        let patience = u64::from(self.settings.ping_timeout_ms) / PART_OF_PING_TIMEOUT;
        let Some(window) = self.windows.get_mut(&xid) else { return };
        let out = &mut phases.geometry;
        if window.sent.frame.is_none() {
            out.push(Request::Manage { id, frame, client: inside });
            window.sent.frame = Some(frame);
            window.sent.client = Some(inside);
            window.sent.heard = None;
        }
        if together {
            window.sync.last = false;
            window.sync.value = window.sync.value.wrapping_add(1);
            if !window.sync.missed {
                window.sync.waiting = Some(now.after_ms(patience));
                window.sync.shown = window.sent.frame.filter(|_| compositing);
            }
            out.push(Request::SendSync { id, value: window.sync.value, time });
        } else if resized {
            window.sync.release();
        }
        if window.sent.frame != Some(frame) {
            out.push(Request::ConfigureFrame { id, rect: frame });
            if window.sent.frame.is_some_and(|f| f.size() != frame.size()) {
                window.revision += 1;
            }
            window.sent.frame = Some(frame);
        }
        if window.sent.client != Some(inside) {
            out.push(Request::ConfigureClient { id, rect: inside });
            window.sent.client = Some(inside);
        }
        // ICCCM 4.1.5: the synthetic event is due when a window was moved but
        // not resized, and when a request changed nothing. The server tells of
        // a resize, after which clients ask where they are.
        let asked = std::mem::take(&mut window.notify_due);
        if !resized && (asked || window.sent.heard != Some(root)) {
            let border = window.facts.border_width;
            out.push(Request::NotifyConfigure { id, rect: root, border });
        }
        window.sent.heard = Some(root);
    }

    /// Bounding and input shape of the frame: the title bar and a shaped
    /// client; and cut corners let clicks through.
    fn frame_shape(&self, window: &Window, frame: Rect<Root>) -> FrameShape {
        let extents = self.extents(window);
        if let Some(shape) = &window.facts.shape {
            let client = shape.offset(extents.left, extents.top).cast::<Frame>();
            let bar = Rect::new(0, 0, frame.w, extents.top);
            let all = if window.shaded { Region::from_rect(bar) } else { client.union_rect(&bar) };
            return (Some(all), None);
        }
        let radius = self.corner_radius(window);
        if radius == 0 {
            return (None, None);
        }
        let bottom = self.settings.round_bottom && !window.shaded;
        let mut input = Region::from_rect(Rect::new(0, 0, frame.w, frame.h));
        for row in 0..radius.min(frame.h) {
            // Pixels of this row whose centre lies outside the quarter circle.
            let dy = f64::from(radius - row) - 0.5;
            let r = f64::from(radius);
            let cut = (r - (r * r - dy * dy).max(0.0).sqrt() - 0.5).ceil().max(0.0) as i32;
            if cut == 0 {
                continue;
            }
            let mut rows = vec![row];
            if bottom {
                rows.push(frame.h - 1 - row);
            }
            for y in rows {
                input = input.subtract_rect(&Rect::new(0, y, cut, 1)).subtract_rect(&Rect::new(
                    frame.w - cut,
                    y,
                    cut,
                    1,
                ));
            }
        }
        (None, Some(input))
    }

    fn settle_rings(&mut self, phases: &mut Phases) {
        // A window does not face itself, so one list serves all.
        let rects: Vec<Rect<Root>> = self
            .windows
            .values()
            .filter(|w| self.is_shown(w) && w.kind() != crate::hints::WindowType::Desktop)
            .map(|w| self.visible_rect(w))
            .collect();
        let all: Vec<Xid> = self.windows.keys().copied().collect();
        for xid in all {
            self.settle_ring(xid, &rects, phases);
        }
    }

    fn settle_ring(&mut self, xid: Xid, neighbours: &[Rect<Root>], phases: &mut Phases) {
        let Some(window) = self.windows.get(&xid) else { return };
        let id = window.id;
        let ring =
            if self.is_shown(window) && !window.is_client_decorated() && !window.is_furniture() {
                let width = self.scaled_for(window, self.settings.resize_border);
                border::ring(self.frame_rect(window), width, self.edges(window), neighbours)
            } else {
                None
            };
        let Some(window) = self.windows.get_mut(&xid) else { return };
        if window.sent.ring != ring {
            window.sent.ring.clone_from(&ring);
            phases.rings.push(Request::SetRing { id, ring });
        }
    }

    fn settle_stack(&mut self, out: &mut Vec<Request>) {
        if self.settler.stacked == self.stacked {
            return;
        }
        for (xid, below) in stack::moves(&self.settler.stacked, &self.stacked) {
            if let Some(id) = self.id_of(xid) {
                let below = below.and_then(|b| self.id_of(b));
                out.push(Request::Restack { id, below });
            }
        }
        self.settler.stacked.clone_from(&self.stacked);
        if let Some(active) = self.focus.active {
            let all = self.wants_clicks(active);
            if let Some(window) = self.windows.get_mut(&active)
                && window.sent.grab_all != Some(all)
            {
                window.sent.grab_all = Some(all);
                out.push(Request::GrabClicks { id: window.id, all });
            }
        }
    }

    /// Whether a click into the window would change focus or stacking, so
    /// that it has to be seen first.
    fn wants_clicks(&self, xid: Xid) -> bool {
        if self.focus.active != Some(xid) {
            return true;
        }
        let at = self.stacked.iter().rposition(|other| *other == xid);
        let above = at.and_then(|i| self.stacked.get(i + 1));
        self.settings.raise_on_click
            && above.is_some_and(|above| self.layer_of(*above) <= self.layer_of(xid))
    }

    fn settle_focus(&mut self, out: &mut Vec<Request>) {
        if self.focus.undecided.is_some() {
            return;
        }
        let active = self.focus.active.and_then(|x| self.windows.get(&x));
        // A shaded client is unmapped and cannot have the keyboard: then
        // nobody has, rather than whoever is under the pointer.
        let active = active.filter(|w| w.sent.mapped.is_none_or(|(_, client)| client));
        let id = active.map(|w| w.id);
        let target = |w: &Window| FocusTarget::Client {
            id: w.id,
            set_input: w.facts.wm_hints.input,
            take_focus: w.facts.protocols.take_focus,
        };
        let now = std::mem::take(&mut self.focus.now);
        let time = if now { Timestamp::CURRENT } else { self.time };
        if std::mem::take(&mut self.focus.again) || self.settler.focus != Some(id) {
            self.settler.focus = Some(id);
            out.push(Request::Focus { target: active.map_or(FocusTarget::Nothing, target), time });
        }
        // After it: the client takes the focus from whoever has it then.
        let offered = self.focus.offered.and_then(|x| self.windows.get(&x));
        if std::mem::take(&mut self.focus.offer_due)
            && let Some(window) = offered
        {
            out.push(Request::Focus { target: target(window), time });
        }
    }

    fn settle_root(&mut self, out: &mut Vec<Request>) {
        let area = self.desktop_area();
        let count = self.workspace_count();
        let wanted = [
            RootProperty::NumberOfDesktops(count),
            RootProperty::DesktopNames(self.settings.workspaces.clone()),
            RootProperty::DesktopGeometry(self.size),
            RootProperty::DesktopViewport(count),
            RootProperty::WorkArea(vec![area; count as usize]),
            RootProperty::MonitorWorkAreas(count, self.monitor_work_areas()),
            RootProperty::CurrentDesktop(self.workspace),
            RootProperty::ShowingDesktop(self.showing_desktop),
            RootProperty::ClientList(self.listed.clone()),
            RootProperty::ClientListStacking(self.stacked.clone()),
            RootProperty::ActiveWindow(self.focus.active),
        ];
        for (i, property) in wanted.into_iter().enumerate() {
            if self.settler.properties.get(i) == Some(&property) {
                continue;
            }
            out.push(Request::SetRootProperty(property.clone()));
            if i < self.settler.properties.len() {
                self.settler.properties[i] = property;
            } else {
                self.settler.properties.push(property);
            }
        }
    }

    fn settle_switcher(&mut self, out: &mut Vec<Request>) {
        let look = self.switcher_look();
        if look != self.settler.switcher {
            self.settler.switcher.clone_from(&look);
            out.push(Request::PaintSwitcher(look.map(Box::new)));
        }
    }
}
