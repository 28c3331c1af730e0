//! Moving and resizing a window by pointer or keyboard, and holding a
//! title-bar button down.
//!
//! Owns the interaction from press to release. Must not know how geometry
//! reaches the client, nor who may start it.

use crate::action::Tile;
use crate::event::{ButtonEvent, KeyEvent};
use crate::geom::{Point, Rect, Root, Size};
use crate::id::Xid;
use crate::look::Button;
use crate::model::border::Edges;
use crate::model::keysym;
use crate::model::window::{FramePart, Window};
use crate::model::{Wm, place};
use crate::request::{Cursor, Request};
use crate::settings::Modifiers;

/// A press on the title bar becomes a move beyond this many pixels.
const THRESHOLD: i32 = 4;
/// A pointer this near to a monitor's edge asks for a tile, in pixels.
const EDGE: i32 = 2;
/// Pixels per arrow key; with Control one.
const KEY_STEP: i32 = 16;
/// So much of a window stays on the screen when keys move it, in pixels.
const KEPT_IN: i32 = 48;

/// What is being dragged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Move,
    Resize(Edges),
    Button(Button),
}

/// Where a drag would put the window if it ended now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Tile(Tile),
    Maximize,
}

/// What the window was, for Escape.
#[derive(Debug, Clone, Copy)]
struct Before {
    normal: Rect<Root>,
    maximized: (bool, bool),
    tile: Option<Tile>,
}

/// One interaction.
#[derive(Debug)]
pub(super) struct Drag {
    window: Xid,
    mode: Mode,
    /// Where the pointer was, and the frame, when it began (or when a
    /// maximized window came off).
    from: Point<Root>,
    frame: Rect<Root>,
    /// The button that ends it by its release; `None` is a keyboard drag.
    button: Option<u8>,
    /// Beyond the threshold.
    moved: bool,
    /// Pointer and keyboard are grabbed.
    grabbed: bool,
    before: Before,
    pub(super) target: Option<Target>,
    /// The target's monitor.
    monitor: Rect<Root>,
}

impl Drag {
    pub(super) const fn window(&self) -> Xid {
        self.window
    }

    pub(super) fn has_grab(&self) -> bool {
        self.grabbed
    }

    /// The window that is being moved (not resized).
    pub(super) fn moving(&self) -> Option<Xid> {
        (self.mode == Mode::Move && self.moved).then_some(self.window)
    }

    /// The window that is being resized.
    pub(super) fn resizing(&self) -> Option<Xid> {
        (matches!(self.mode, Mode::Resize(_)) && self.moved).then_some(self.window)
    }

    fn cursor(&self) -> Cursor {
        match self.mode {
            Mode::Move => Cursor::Move,
            Mode::Resize(edges) => edges.cursor(),
            Mode::Button(_) => Cursor::Default,
        }
    }
}

impl Wm {
    /// Begins. With `at_once` there is no threshold.
    pub(super) fn begin_drag(
        &mut self,
        xid: Xid,
        mode: Mode,
        at: Point<Root>,
        button: Option<u8>,
        at_once: bool,
    ) {
        self.end_drag(false);
        let Some(window) = self.windows.get(&xid) else { return };
        let before = Before {
            normal: window.normal,
            maximized: (window.maximized_horz, window.maximized_vert),
            tile: window.tile,
        };
        let frame = self.frame_rect(window);
        self.drag = Some(Drag {
            window: xid,
            mode,
            from: at,
            frame,
            button,
            moved: false,
            grabbed: false,
            before,
            target: None,
            monitor: self.monitor_at(at),
        });
        if at_once {
            self.drag_moves();
        }
    }

    /// Past the threshold: take pointer and keyboard, and free the window.
    fn drag_moves(&mut self) {
        let Some(drag) = &self.drag else { return };
        let (xid, mode) = (drag.window, drag.mode);
        let Some(window) = self.windows.get(&xid) else { return };
        // It goes on from where it is seen to be.
        let client = self.client_rect(window);
        let resizes = matches!(mode, Mode::Resize(_));
        if let Some(window) = self.windows.get_mut(&xid)
            && (resizes || window.is_free())
        {
            window.normal = client;
            window.maximized_horz = false;
            window.maximized_vert = false;
            window.tile = None;
        }
        self.touch(xid);
        let time = self.time;
        let Some(drag) = &mut self.drag else { return };
        drag.moved = true;
        drag.grabbed = true;
        let cursor = drag.cursor();
        self.request(Request::GrabPointer { cursor, time });
        self.request(Request::GrabKeyboard(time));
        self.rings_dirty = true;
    }

    pub(super) fn drag_motion(&mut self, at: Point<Root>, modifiers: Modifiers) {
        let Some(drag) = &self.drag else { return };
        let (dx, dy) = (at.x - drag.from.x, at.y - drag.from.y);
        match drag.mode {
            Mode::Button(button) => {
                let xid = drag.window;
                let Some(window) = self.windows.get(&xid) else { return };
                let part = self.part_at(window, at);
                let on = part == Some(FramePart::Button(button));
                self.set_hover(xid, part.filter(|_| on));
            }
            Mode::Move => {
                if !drag.moved {
                    if dx.abs() < THRESHOLD && dy.abs() < THRESHOLD {
                        return;
                    }
                    self.drag_moves();
                }
                self.take_off(at);
                self.move_to(at, modifiers);
            }
            Mode::Resize(edges) => self.resize_to(edges, dx, dy),
        }
    }

    /// A maximized or tiled window that is dragged comes off its place, and
    /// keeps under the pointer what was there, in proportion.
    fn take_off(&mut self, at: Point<Root>) {
        let Some(drag) = &self.drag else { return };
        let xid = drag.window;
        let Some(window) = self.windows.get(&xid) else { return };
        if window.is_free() || window.fullscreen {
            return;
        }
        let held = drag.frame;
        let extents = self.extents(window);
        let size = window.normal.outset(extents).size();
        let x =
            at.x - (i64::from(at.x - held.x) * i64::from(size.w) / i64::from(held.w.max(1))) as i32;
        let y = at.y - (at.y - held.y).clamp(0, (extents.top.max(20)).min(size.h) - 1);
        if let Some(window) = self.windows.get_mut(&xid) {
            window.maximized_horz = false;
            window.maximized_vert = false;
            window.tile = None;
        }
        let frame = Rect::from_parts(Point::new(x, y), size);
        self.set_frame(xid, frame);
        if let Some(drag) = &mut self.drag {
            drag.frame = frame;
            drag.from = at;
        }
    }

    fn move_to(&mut self, at: Point<Root>, modifiers: Modifiers) {
        let Some(drag) = &self.drag else { return };
        let xid = drag.window;
        let Some(window) = self.windows.get(&xid) else { return };
        if window.fullscreen {
            return;
        }
        let mut frame = drag.frame.offset(at.x - drag.from.x, at.y - drag.from.y);
        let gtk = window.gtk_sides();
        if !modifiers.contains(Modifiers::SHIFT) {
            let seen = self.snapped(window, frame.inset(gtk));
            frame = Rect::from_parts(seen.outset(gtk).origin(), frame.size());
        }
        // The title bar stays below a panel at the top, as it could not be
        // grabbed again.
        let area = self.work_area_at(at);
        let floor = area.bottom() - self.extents(window).top.max(8);
        let y = frame.y.min(floor).max(area.y - gtk.top);
        frame = Rect::new(frame.x, y, frame.w, frame.h);
        self.set_frame(xid, frame);
        let (target, monitor) = self.edge_target(xid, at);
        if let Some(drag) = &mut self.drag {
            drag.target = target;
            drag.monitor = monitor;
        }
    }

    /// Moved onto near edges of the work area and of other windows.
    fn snapped(&self, window: &Window, frame: Rect<Root>) -> Rect<Root> {
        let distance = self.scaled_for(window, self.settings.snap_distance);
        if distance == 0 {
            return frame;
        }
        let mut best_x = (distance + 1, 0);
        let mut best_y = (distance + 1, 0);
        let better = |best: &mut (i32, i32), from: i32, to: i32| {
            let gap = to - from;
            if gap.abs() < best.0 {
                *best = (gap.abs(), gap);
            }
        };
        let area = self.work_area(&self.monitor_rect_of(&frame));
        better(&mut best_x, frame.x, area.x);
        better(&mut best_x, frame.right(), area.right());
        better(&mut best_y, frame.y, area.y);
        better(&mut best_y, frame.bottom(), area.bottom());
        for other in self.windows.values() {
            if other.id == window.id || !self.is_shown(other) || other.is_furniture() {
                continue;
            }
            let other = self.visible_rect(other);
            let near_rows =
                frame.y - distance < other.bottom() && other.y < frame.bottom() + distance;
            let near_columns =
                frame.x - distance < other.right() && other.x < frame.right() + distance;
            if near_rows {
                better(&mut best_x, frame.x, other.right());
                better(&mut best_x, frame.right(), other.x);
                better(&mut best_x, frame.x, other.x);
                better(&mut best_x, frame.right(), other.right());
            }
            if near_columns {
                better(&mut best_y, frame.y, other.bottom());
                better(&mut best_y, frame.bottom(), other.y);
                better(&mut best_y, frame.y, other.y);
                better(&mut best_y, frame.bottom(), other.bottom());
            }
        }
        frame.offset(best_x.1, best_y.1)
    }

    /// What letting go at a screen edge does.
    fn edge_target(&self, xid: Xid, at: Point<Root>) -> (Option<Target>, Rect<Root>) {
        let monitor = self.monitor_at(at);
        let allowed = self.windows.get(&xid).map(Window::allowed).unwrap_or_default();
        let keyboard = self.drag.as_ref().is_some_and(|d| d.button.is_none());
        if !self.settings.edge_tiling || !allowed.resize || keyboard {
            return (None, monitor);
        }
        let zone = monitor.h / 4;
        let upper = at.y < monitor.y + zone;
        let lower = at.y >= monitor.bottom() - zone;
        let target = if at.x < monitor.x + EDGE {
            Some(Target::Tile(match (upper, lower) {
                (true, _) => Tile::TopLeft,
                (_, true) => Tile::BottomLeft,
                _ => Tile::Left,
            }))
        } else if at.x >= monitor.right() - EDGE {
            Some(Target::Tile(match (upper, lower) {
                (true, _) => Tile::TopRight,
                (_, true) => Tile::BottomRight,
                _ => Tile::Right,
            }))
        } else if at.y < monitor.y + EDGE && allowed.maximize_vert {
            Some(Target::Maximize)
        } else {
            None
        };
        (target, monitor)
    }

    /// Where the target would put the window, for the preview.
    pub(super) fn snap_preview(&self) -> Option<(Xid, Rect<Root>)> {
        let drag = self.drag.as_ref()?;
        let area = self.work_area(&drag.monitor);
        let rect = match drag.target? {
            Target::Tile(tile) => place::tile_rect(&area, tile),
            Target::Maximize => area,
        };
        Some((drag.window, rect))
    }

    fn resize_to(&mut self, edges: Edges, dx: i32, dy: i32) {
        let Some(drag) = &self.drag else { return };
        let (xid, old) = (drag.window, drag.frame);
        let Some(window) = self.windows.get(&xid) else { return };
        let extents = self.extents(window);
        let grow = |low: bool, high: bool, delta: i32| match (low, high) {
            (true, _) => -delta,
            (_, true) => delta,
            _ => 0,
        };
        let inside = old.inset(extents);
        let wanted = Size {
            w: inside.w.saturating_add(grow(edges.left, edges.right, dx)).max(1),
            h: inside.h.saturating_add(grow(edges.top, edges.bottom, dy)).max(1),
        };
        let mut size = place::constrain(wanted, &window.facts.size_hints, true);
        // A side that is not dragged does not change, whatever the hints say.
        if !edges.left && !edges.right && window.facts.size_hints.aspect.is_none() {
            size.w = inside.w;
        }
        if !edges.top && !edges.bottom && window.facts.size_hints.aspect.is_none() {
            size.h = inside.h;
        }
        let frame = Rect::<Root>::new(0, 0, size.w, size.h).outset(extents).size();
        // The edge opposite to the dragged one does not move.
        let x = if edges.left { old.right() - frame.w } else { old.x };
        let y = if edges.top { old.bottom() - frame.h } else { old.y };
        self.set_frame(xid, Rect::new(x, y, frame.w, frame.h));
    }

    /// A button went down or up during the drag.
    pub(super) fn drag_button(&mut self, event: &ButtonEvent, pressed: bool) {
        let Some(drag) = &self.drag else { return };
        match drag.button {
            Some(button) if !pressed && button == event.button => self.finish_drag(event),
            // A keyboard drag ends with any click.
            None if pressed => self.end_drag(event.button != 3),
            _ => {}
        }
    }

    fn finish_drag(&mut self, event: &ButtonEvent) {
        let Some(drag) = &self.drag else { return };
        if let Mode::Button(button) = drag.mode {
            let xid = drag.window;
            let hit = self
                .windows
                .get(&xid)
                .is_some_and(|w| self.part_at(w, event.at) == Some(FramePart::Button(button)));
            self.drag = None;
            if let Some(window) = self.windows.get_mut(&xid) {
                window.pressed = None;
            }
            self.touch(xid);
            if hit {
                self.press_button(xid, button);
            }
            return;
        }
        self.end_drag(true);
    }

    /// Ends it: `keep` leaves the window where it is, or else it goes back.
    pub(super) fn end_drag(&mut self, keep: bool) {
        let Some(drag) = self.drag.take() else { return };
        if drag.grabbed {
            self.request(Request::UngrabPointer(self.time));
            self.request(Request::UngrabKeyboard(self.time));
        }
        let xid = drag.window;
        if let Some(window) = self.windows.get_mut(&xid) {
            window.pressed = None;
            window.sync.last = window.sync.waiting.is_some();
            match (keep, drag.target) {
                (false, _) => {
                    window.normal = drag.before.normal;
                    (window.maximized_horz, window.maximized_vert) = drag.before.maximized;
                    window.tile = drag.before.tile;
                }
                (true, Some(Target::Maximize)) => {
                    window.normal = restore_on(&drag, window.normal);
                    window.maximized_horz = true;
                    window.maximized_vert = true;
                }
                (true, Some(Target::Tile(tile))) => {
                    window.normal = restore_on(&drag, window.normal);
                    window.tile = Some(tile);
                }
                (true, None) => {}
            }
            window.shaded &= drag.target.is_none() || !keep;
        }
        self.touch(xid);
        self.rings_dirty = true;
        self.stack_dirty = true;
    }

    /// An arrow key moves the window, as far as it could be fetched back.
    fn move_by(&mut self, dx: i32, dy: i32) {
        let at = self.pointer.at;
        self.take_off(at);
        let Some(drag) = &self.drag else { return };
        let (xid, from) = (drag.window, drag.from);
        let Some(window) = self.windows.get(&xid) else { return };
        let gtk = window.gtk_sides();
        let top = self.extents(window).top.max(8);
        let now = drag.frame.offset(at.x - from.x, at.y - from.y);
        let seen = now.offset(dx, dy).inset(gtk);
        let area = self.desktop_area();
        let kept = KEPT_IN.min(seen.w);
        let x = seen.x.clamp(area.x + kept - seen.w, (area.right() - kept).max(area.x));
        let y = seen.y.clamp(area.y, (area.bottom() - top).max(area.y));
        let frame = Rect::new(x, y, seen.w, seen.h).outset(gtk);
        if let Some(drag) = &mut self.drag {
            drag.frame = frame;
            drag.from = at;
        }
        self.set_frame(xid, frame);
    }

    /// The pointer is held for a drag. What it did before that was not heard:
    /// it may have moved on, and the button may be up again.
    pub(super) fn pointer_grabbed(&mut self, at: Point<Root>, buttons: u8, held: Modifiers) {
        let before = std::mem::replace(&mut self.pointer.at, at);
        let Some(drag) = &mut self.drag else { return };
        let Some(button) = drag.button else {
            // By keyboard: the window is where it is, wherever the pointer is.
            drag.from = drag.from.offset(at.x - before.x, at.y - before.y);
            return;
        };
        self.drag_motion(at, held);
        let bit = u32::from(button).checked_sub(1).filter(|bit| *bit < 5);
        if bit.is_some_and(|bit| buttons & (1 << bit) == 0) {
            self.end_drag(true);
        }
    }

    /// A key while a drag holds the keyboard.
    pub(super) fn drag_key(&mut self, event: &KeyEvent) {
        if !event.pressed {
            return;
        }
        let fine = event.modifiers.contains(Modifiers::CONTROL);
        let (right, down) = match event.keysym {
            keysym::RETURN | keysym::KP_ENTER => return self.end_drag(true),
            keysym::ESCAPE => return self.end_drag(false),
            keysym::LEFT => (-1, 0),
            keysym::RIGHT => (1, 0),
            keysym::UP => (0, -1),
            keysym::DOWN => (0, 1),
            _ => return,
        };
        let Some(drag) = &self.drag else { return };
        let mut unit = Size::new(1, 1);
        if matches!(drag.mode, Mode::Resize(_))
            && let Some(window) = self.windows.get(&drag.window)
        {
            // A terminal grows by whole cells or not at all.
            unit = window.facts.size_hints.increment.unwrap_or(unit);
        }
        let step = |unit: i32| {
            let unit = unit.clamp(1, place::MAX_SIDE);
            if fine { unit } else { (KEY_STEP + unit - 1) / unit * unit }
        };
        let (dx, dy) = (right * step(unit.w), down * step(unit.h));
        let Some(drag) = &mut self.drag else { return };
        match &mut drag.mode {
            Mode::Button(_) => {}
            Mode::Move => self.move_by(dx, dy),
            Mode::Resize(edges) => {
                // The arrow picks the edge first: right and down grow.
                edges.right |= dx != 0 && !edges.left;
                edges.bottom |= dy != 0 && !edges.top;
                let xid = drag.window;
                let edges = *edges;
                self.resize_to(edges, dx, dy);
                let Some(window) = self.windows.get(&xid) else { return };
                let frame = window.normal.outset(self.extents(window));
                let at = self.pointer.at;
                if let Some(drag) = &mut self.drag {
                    drag.frame = frame;
                    drag.from = at;
                }
            }
        }
    }
}

/// The free place of a window that was dropped on a screen edge: the one it
/// had before, on the monitor where it was dropped.
fn restore_on(drag: &Drag, now: Rect<Root>) -> Rect<Root> {
    let before = drag.before.normal;
    if drag.monitor.intersects(&before) {
        before
    } else {
        Rect::from_parts(now.origin(), before.size()).moved_into(&drag.monitor)
    }
}
