//! Where each window is: derived from its state, the monitors and the work
//! areas whenever it is asked, so that there is nothing to keep up to date.
//!
//! Owns that derivation, and what clients may ask of it. Must not know
//! stacking or focus.

use crate::event::ConfigureValues;
use crate::geom::{Rect, Root, Sides, Size};
use crate::hints::Gravity;
use crate::id::Xid;
use crate::model::place::{self, Reserved};
use crate::model::window::Window;
use crate::model::{Wm, frame};

/// At least this much of a window must lie on a monitor, in pixels.
const REACHABLE: i32 = 24;

impl Window {
    /// Invisible margins of a client that draws its own frame.
    pub(super) fn gtk_sides(&self) -> Sides {
        if self.fullscreen { Sides::default() } else { self.facts.gtk_extents.unwrap_or_default() }
    }
}

impl Wm {
    pub(super) fn extents(&self, window: &Window) -> Sides {
        frame::extents(window, &self.settings.theme)
    }

    pub(super) fn monitor_rect_of(&self, rect: &Rect<Root>) -> Rect<Root> {
        place::monitor_of(&self.monitors, rect)
            .map_or_else(|| Rect::new(0, 0, self.size.w, self.size.h), |m| m.rect)
    }

    /// Space reserved by docks that are to be seen on the current workspace.
    fn reserved(&self) -> Vec<Reserved> {
        self.reserving
            .iter()
            .filter_map(|xid| self.windows.get(xid))
            .filter(|w| w.workspace.is_none_or(|on| on == self.workspace) && !w.minimized)
            .filter_map(|w| Some(Reserved { strut: w.facts.strut?, window: w.normal }))
            .collect()
    }

    /// What of the monitor `monitor` is left for windows.
    #[must_use]
    pub fn work_area(&self, monitor: &Rect<Root>) -> Rect<Root> {
        place::work_area(monitor, self.size, &self.reserved())
    }

    pub(super) fn work_area_at(&self, point: crate::geom::Point<Root>) -> Rect<Root> {
        self.work_area(&self.monitor_at(point))
    }

    /// _NET_WORKAREA: the box around all monitors' work areas.
    pub(super) fn desktop_area(&self) -> Rect<Root> {
        self.monitors
            .iter()
            .map(|m| self.work_area(&m.rect))
            .reduce(|a, b| a.union(&b))
            .unwrap_or_else(|| Rect::new(0, 0, self.size.w, self.size.h))
    }

    /// The client's inside in root coordinates.
    #[must_use]
    pub fn client_rect(&self, window: &Window) -> Rect<Root> {
        let extents = self.extents(window);
        let normal = window.normal;
        let monitor = self.monitor_rect_of(&normal.outset(extents));
        if window.fullscreen {
            return self.fullscreen_rect(window, monitor);
        }
        if window.is_furniture() {
            return normal;
        }
        if window.is_free() {
            return self.reachable(window, normal.outset(extents), &monitor).inset(extents);
        }
        let area = self.work_area(&monitor);
        let gtk = window.gtk_sides();
        if let Some(tile) = window.tile {
            let wanted = place::tile_rect(&area, tile).outset(gtk).inset(extents);
            // Less than its minimum would cut a program's contents off.
            let min = window.facts.size_hints.min.unwrap_or(Size::new(1, 1));
            return at_least_one(place::at_least(
                wanted,
                min,
                tile,
                &area.outset(gtk).inset(extents),
            ));
        }
        let filled = at_least_one(area.outset(gtk).inset(extents));
        let max =
            window.facts.size_hints.max.unwrap_or(Size::new(place::MAX_SIDE, place::MAX_SIDE));
        let (x, w) = if window.maximized_horz {
            (filled.x, filled.w.min(max.w.max(1)))
        } else {
            (normal.x, normal.w)
        };
        let (y, h) = if window.maximized_vert {
            (filled.y, filled.h.min(max.h.max(1)))
        } else {
            (normal.y, normal.h)
        };
        Rect::new(x, y, w, h)
    }

    fn fullscreen_rect(&self, window: &Window, monitor: Rect<Root>) -> Rect<Root> {
        let Some([top, bottom, left, right]) = window.fullscreen_monitors else { return monitor };
        let get = |i: u32| self.monitors.get(i as usize).map(|m| m.rect);
        match (get(top), get(bottom), get(left), get(right)) {
            (Some(top), Some(bottom), Some(left), Some(right)) => {
                let rect = Rect::from_edges(left.x, top.y, right.right(), bottom.bottom());
                if rect.is_empty() { monitor } else { rect }
            }
            _ => monitor,
        }
    }

    /// Brought back if (nearly) nothing of it could be seen or grabbed.
    fn reachable(&self, window: &Window, frame: Rect<Root>, monitor: &Rect<Root>) -> Rect<Root> {
        let drag = self.drag.as_ref();
        let dragged = drag.and_then(|d| d.moving().or(d.resizing()));
        let moving = dragged == Some(window.id.xid);
        if moving || self.monitors.is_empty() {
            return frame;
        }
        let wide = REACHABLE.min(frame.w);
        let high = REACHABLE.min(frame.h);
        let seen = self.monitors.iter().any(|m| {
            m.rect.intersection(&frame).is_some_and(|part| part.w >= wide && part.h >= high)
        });
        if seen { frame } else { frame.moved_into(&self.work_area(monitor)) }
    }

    /// A new window's frame where a program wants it, but not with its title
    /// bar, `title` high, above the screen or below a panel at its top: there
    /// nobody could grab it. Programs that count in client coordinates (Static
    /// gravity) know nothing of title bars.
    pub(super) fn with_its_title_in_view(&self, frame: Rect<Root>, title: i32) -> Rect<Root> {
        let bar = Rect::<Root>::new(frame.x, frame.y, frame.w, title);
        let area = self.work_area(&self.monitor_rect_of(&frame));
        let seen = self.monitors.iter().any(|monitor| {
            let part = self.work_area(&monitor.rect).intersection(&bar);
            part.is_some_and(|part| part.h == title)
        });
        if title == 0 || seen || frame.y >= area.y {
            return frame;
        }
        Rect::new(frame.x, area.y, frame.w, frame.h)
    }

    /// The frame's outer rectangle, in root coordinates.
    #[must_use]
    pub fn frame_rect(&self, window: &Window) -> Rect<Root> {
        let extents = self.extents(window);
        let mut frame = self.client_rect(window).outset(extents);
        if window.shaded && extents.top > 0 {
            frame = Rect::new(frame.x, frame.y, frame.w, extents.vertical());
        }
        frame
    }

    /// What a person sees as the window: without the invisible margins of
    /// client-side decorations.
    #[must_use]
    pub fn visible_rect(&self, window: &Window) -> Rect<Root> {
        self.frame_rect(window).inset(window.gtk_sides())
    }

    /// Puts the frame's outer rectangle there, as the window's free place.
    pub(super) fn set_frame(&mut self, xid: Xid, frame: Rect<Root>) {
        let Some(window) = self.windows.get(&xid) else { return };
        let normal = frame.inset(self.extents(window));
        if let Some(window) = self.windows.get_mut(&xid) {
            window.normal = place::sane(normal);
        }
        self.touch(xid);
        self.rings_dirty = true;
    }

    /// A client asks for a geometry or stacking (ICCCM 4.1.5).
    pub(super) fn configure_request(&mut self, xid: Xid, values: &ConfigureValues) {
        self.configure(xid, values, None);
    }

    pub(super) fn configure(
        &mut self,
        xid: Xid,
        values: &ConfigureValues,
        gravity: Option<Gravity>,
    ) {
        let Some(window) = self.windows.get(&xid) else { return };
        let extents = self.extents(window);
        let gravity = gravity.unwrap_or(window.facts.size_hints.gravity);
        let border = values.border_width.unwrap_or(window.facts.border_width).clamp(0, 1000);
        let has_geometry = values.x.or(values.y).or(values.width).or(values.height).is_some();
        let dragged = self.drag.as_ref().is_some_and(|d| d.window() == xid);
        let before = self.client_rect(window);

        let mut normal = window.normal;
        if has_geometry && !dragged {
            let size = Size::new(
                values.width.unwrap_or(normal.w).clamp(1, place::MAX_SIDE),
                values.height.unwrap_or(normal.h).clamp(1, place::MAX_SIDE),
            );
            let frame = normal.outset(extents);
            let old_outer = normal.outset(Sides::all(border)).size();
            // The client's idea of where it stands: undo the frame, put in
            // what it asked for, and add the frame again.
            let mut at = place::remove_gravity(frame, old_outer, border, extents, gravity);
            let new_outer =
                Rect::<Root>::new(0, 0, size.w, size.h).outset(Sides::all(border)).size();
            if values.x.is_none() {
                at.x = kept_axis(at.x, old_outer.w, new_outer.w, horizontal(gravity));
            }
            if values.y.is_none() {
                at.y = kept_axis(at.y, old_outer.h, new_outer.h, vertical(gravity));
            }
            let limit = -place::MAX_SIDE..=place::MAX_SIDE;
            at.x = values.x.unwrap_or(at.x).clamp(*limit.start(), *limit.end());
            at.y = values.y.unwrap_or(at.y).clamp(*limit.start(), *limit.end());
            let frame_size = Rect::<Root>::new(0, 0, size.w, size.h).outset(extents).size();
            normal = place::apply_gravity(
                Rect::from_parts(at, new_outer),
                border,
                frame_size,
                extents,
                gravity,
            )
            .inset(extents);
        }
        let Some(window) = self.windows.get_mut(&xid) else { return };
        window.facts.border_width = border;
        if window.is_free() {
            window.normal = normal;
        } else if has_geometry && !window.fullscreen {
            // What a fullscreen client asks for (usually the very screen) says
            // nothing about where it is to go afterwards.
            // Maximized axes stay; free ones follow.
            if !window.maximized_horz && window.tile.is_none() {
                (window.normal.x, window.normal.w) = (normal.x, normal.w);
            }
            if !window.maximized_vert && window.tile.is_none() {
                (window.normal.y, window.normal.h) = (normal.y, normal.h);
            }
        }
        let after = self.client_rect(&self.windows[&xid]);
        if let Some(window) = self.windows.get_mut(&xid) {
            // Denied, of another border, or restacked: `settle` tells the client.
            window.notify_due |= after == before;
        }
        self.touch(xid);
        self.rings_dirty = true;
        if let Some(mode) = values.stack_mode {
            self.restack_request(xid, values.sibling, mode);
        }
    }

    /// An exact place, by a person through IPC.
    pub(super) fn place_exactly(&mut self, xid: Xid, rect: Rect<Root>) {
        let Some(window) = self.windows.get_mut(&xid) else { return };
        window.maximized_horz = false;
        window.maximized_vert = false;
        window.fullscreen = false;
        window.tile = None;
        window.shaded = false;
        let rect = place::sane(rect);
        let window = &self.windows[&xid];
        let inside = rect.inset(self.extents(window));
        let size = place::constrain(inside.size(), &window.facts.size_hints, false);
        let frame = Rect::<Root>::from_parts(inside.origin(), size).outset(self.extents(window));
        self.set_frame(xid, Rect::from_parts(rect.origin(), frame.size()));
        self.stack_dirty = true;
    }
}

fn at_least_one(rect: Rect<Root>) -> Rect<Root> {
    Rect::new(rect.x, rect.y, rect.w.clamp(1, place::MAX_SIDE), rect.h.clamp(1, place::MAX_SIDE))
}

/// Which part of an axis a gravity keeps: 0 the start, 1 the middle, 2 the end.
const fn horizontal(gravity: Gravity) -> i32 {
    match gravity {
        Gravity::North | Gravity::Center | Gravity::South => 1,
        Gravity::NorthEast | Gravity::East | Gravity::SouthEast => 2,
        _ => 0,
    }
}

const fn vertical(gravity: Gravity) -> i32 {
    match gravity {
        Gravity::West | Gravity::Center | Gravity::East => 1,
        Gravity::SouthWest | Gravity::South | Gravity::SouthEast => 2,
        _ => 0,
    }
}

/// The new start of an axis whose length changes while `part` of it stays.
const fn kept_axis(start: i32, old: i32, new: i32, part: i32) -> i32 {
    start.saturating_sub((new - old) * part / 2)
}
