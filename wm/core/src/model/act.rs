//! What a person asks for, done.
//!
//! Owns the meaning of every [`Action`]. Must not know where it came from.

use crate::action::{Action, Direction, Tile, WorkspaceTarget};
use crate::event::{KeyEvent, StackMode};
use crate::geom::{Point, Rect, Root};
use crate::hints::WindowType;
use crate::id::{Timestamp, Xid};
use crate::look::Button;
use crate::model::border::Edges;
use crate::model::drag::Mode;
use crate::model::window::{Ping, Window};
use crate::model::{Wm, place, stack};
use crate::request::Request;

impl Wm {
    /// A bound key, or any key while the keyboard is ours.
    pub(super) fn key(&mut self, event: KeyEvent) {
        self.saw_time(event.time);
        self.focus.user_time = self.time;
        if self.switcher.is_some() {
            return self.switcher_key(&event);
        }
        if self.drag.is_some() {
            return self.drag_key(&event);
        }
        if !event.pressed {
            return;
        }
        let Some(action) = event.action else { return };
        match action {
            Action::SwitchWindows => self.begin_switcher(event.modifiers, false, false),
            Action::SwitchWindowsReverse => self.begin_switcher(event.modifiers, true, false),
            Action::SwitchGroup => self.begin_switcher(event.modifiers, false, true),
            action => self.act(&action, None),
        }
    }

    /// Does `action`, to `window` or else to the active window.
    pub(super) fn act(&mut self, action: &Action, window: Option<Xid>) {
        let target = window.or(self.focus.active).filter(|x| self.windows.contains_key(x));
        match action {
            Action::Workspace(to) => {
                if let Some(to) = self.resolve_workspace(*to) {
                    self.go_to_workspace(to);
                }
            }
            Action::ToggleShowDesktop => self.show_desktop(!self.showing_desktop),
            Action::RestoreMinimized => self.restore_minimized(),
            Action::SwitchWindows => {
                self.begin_switcher(crate::settings::Modifiers::default(), false, false);
            }
            Action::SwitchWindowsReverse => {
                self.begin_switcher(crate::settings::Modifiers::default(), true, false);
            }
            Action::SwitchGroup => {
                self.begin_switcher(crate::settings::Modifiers::default(), false, true);
            }
            Action::Focus(direction) => self.focus_direction(*direction),
            Action::RootMenu => self.open_root_menu(self.pointer.at),
            Action::WindowList => self.open_window_list(self.pointer.at),
            Action::ActivateWindow(id) => {
                // Its number may be another window's by now.
                if self.windows.get(&id.xid).is_some_and(|w| w.id == *id) {
                    self.activate(id.xid);
                }
            }
            Action::Spawn(command) => self.request(Request::Spawn(command.clone())),
            Action::ReloadConfig => self.request(Request::ReloadConfig),
            Action::ToggleCompositing => self.request(Request::ToggleCompositing),
            Action::Restart => {
                self.request(Request::Restart);
                // The new binary adopts what it finds, as after any other.
                self.quit();
            }
            Action::Quit => self.quit(),
            Action::None => {}
            _ => match target {
                Some(xid) => self.act_on(action, xid),
                None => self.request(Request::Bell),
            },
        }
    }

    fn act_on(&mut self, action: &Action, xid: Xid) {
        let Some(window) = self.windows.get(&xid) else { return };
        let allowed = window.allowed();
        match action {
            Action::Close if allowed.close => self.close(xid),
            Action::Kill if allowed.close => self.kill(xid),
            Action::Activate => self.activate(xid),
            Action::Raise => self.raise(xid),
            Action::Lower => self.lower(xid),
            Action::RaiseOrLower => self.raise_or_lower(xid),
            Action::Minimize if allowed.minimize => self.minimize(xid),
            Action::ToggleMaximize => {
                let on = !window.is_maximized();
                self.set_maximized(xid, Some(on), Some(on));
            }
            Action::ToggleMaximizeVertical => {
                let on = !window.maximized_vert;
                self.set_maximized(xid, None, Some(on));
            }
            Action::ToggleMaximizeHorizontal => {
                let on = !window.maximized_horz;
                self.set_maximized(xid, Some(on), None);
            }
            Action::ToggleFullscreen if allowed.fullscreen => {
                let on = !window.fullscreen;
                self.set_fullscreen(xid, on);
            }
            Action::ToggleShade if allowed.shade => {
                let on = !window.shaded;
                self.set_shaded(xid, on);
            }
            Action::ToggleAbove if allowed.above => self.change(xid, |w| {
                w.above = !w.above;
                w.below = false;
            }),
            Action::ToggleBelow if allowed.below => self.change(xid, |w| {
                w.below = !w.below;
                w.above = false;
            }),
            Action::ToggleSticky if allowed.stick => {
                let workspace = window.workspace.is_none().then_some(self.workspace);
                self.send_to_workspace(xid, workspace, false);
            }
            Action::ToggleDecorations => self.toggle_decorations(xid),
            Action::Tile(tile) if allowed.resize => {
                let same = window.tile == Some(*tile);
                self.set_tile(xid, (!same).then_some(*tile));
            }
            Action::Snap(direction) if allowed.resize => self.snap(xid, *direction),
            Action::Restore => self.restore(xid),
            Action::Center => self.center(xid),
            Action::BeginMove if allowed.moving => {
                self.begin_drag(xid, Mode::Move, self.pointer.at, None, true);
            }
            Action::BeginResize if allowed.resize => {
                self.begin_drag(xid, Mode::Resize(Edges::default()), self.pointer.at, None, true);
            }
            Action::MoveToMonitor(direction) if !window.is_furniture() => {
                self.move_to_monitor(xid, *direction);
            }
            Action::MoveToWorkspace(to) if allowed.change_desktop => {
                if let Some(to) = self.resolve_workspace(*to) {
                    self.send_to_workspace(xid, Some(to), false);
                }
            }
            Action::MoveToWorkspaceAndFollow(to) if allowed.change_desktop => {
                if let Some(to) = self.resolve_workspace(*to) {
                    self.send_to_workspace(xid, Some(to), true);
                }
            }
            Action::WindowMenu => self.open_window_menu(xid, None),
            _ => self.request(Request::Bell),
        }
    }

    /// Changes state that stacking, rings or looks follow from.
    pub(super) fn change(&mut self, xid: Xid, change: impl FnOnce(&mut Window)) {
        if let Some(window) = self.windows.get_mut(&xid) {
            change(window);
            self.touch(xid);
            self.stack_dirty = true;
            self.rings_dirty = true;
        }
    }

    pub(super) fn set_maximized(&mut self, xid: Xid, horz: Option<bool>, vert: Option<bool>) {
        let Some(window) = self.windows.get(&xid) else { return };
        let allowed = window.allowed();
        if (horz == Some(true) && !allowed.maximize_horz)
            || (vert == Some(true) && !allowed.maximize_vert)
        {
            return self.request(Request::Bell);
        }
        self.change(xid, |w| {
            w.maximized_horz = horz.unwrap_or(w.maximized_horz);
            w.maximized_vert = vert.unwrap_or(w.maximized_vert);
            if w.maximized_horz || w.maximized_vert {
                w.tile = None;
                w.shaded = false;
            }
        });
    }

    pub(super) fn set_fullscreen(&mut self, xid: Xid, on: bool) {
        self.change(xid, |w| {
            w.fullscreen = on;
            w.shaded &= !on;
        });
        if on {
            self.raise(xid);
        }
    }

    pub(super) fn set_shaded(&mut self, xid: Xid, on: bool) {
        if self.windows.get(&xid).is_some_and(|w| w.allowed().shade) {
            self.change(xid, |w| w.shaded = on);
        }
    }

    fn set_tile(&mut self, xid: Xid, tile: Option<Tile>) {
        self.change(xid, |w| {
            w.tile = tile;
            w.maximized_horz = false;
            w.maximized_vert = false;
            w.fullscreen = false;
            w.shaded = false;
        });
    }

    /// Super + arrow: what people know from other desktops. Left and right
    /// go through half, neighbouring half and back; up and down through
    /// maximized, quarters, normal and minimized.
    fn snap(&mut self, xid: Xid, direction: Direction) {
        let Some(window) = self.windows.get(&xid) else { return };
        let maximized = window.is_maximized();
        match (direction, window.tile) {
            (Direction::Up, None) if maximized => {}
            (Direction::Up, None) => self.set_maximized(xid, Some(true), Some(true)),
            (Direction::Up, Some(Tile::Left)) => self.set_tile(xid, Some(Tile::TopLeft)),
            (Direction::Up, Some(Tile::Right)) => self.set_tile(xid, Some(Tile::TopRight)),
            (Direction::Up, Some(Tile::BottomLeft)) => self.set_tile(xid, Some(Tile::Left)),
            (Direction::Up, Some(Tile::BottomRight)) => self.set_tile(xid, Some(Tile::Right)),
            (Direction::Up, Some(_)) => self.set_maximized(xid, Some(true), Some(true)),
            (Direction::Down, None) if maximized => self.restore(xid),
            (Direction::Down, None) => {
                if window.allowed().minimize {
                    self.minimize(xid);
                }
            }
            (Direction::Down, Some(Tile::Left)) => self.set_tile(xid, Some(Tile::BottomLeft)),
            (Direction::Down, Some(Tile::Right)) => self.set_tile(xid, Some(Tile::BottomRight)),
            (Direction::Down, Some(Tile::TopLeft)) => self.set_tile(xid, Some(Tile::Left)),
            (Direction::Down, Some(Tile::TopRight)) => self.set_tile(xid, Some(Tile::Right)),
            (Direction::Down, Some(_)) => self.restore(xid),
            (Direction::Left, Some(Tile::Right | Tile::TopRight | Tile::BottomRight))
            | (Direction::Right, Some(Tile::Left | Tile::TopLeft | Tile::BottomLeft)) => {
                self.restore(xid);
            }
            (Direction::Left, Some(Tile::Left)) | (Direction::Right, Some(Tile::Right)) => {
                self.snap_to_next_monitor(xid, direction);
            }
            (Direction::Left, _) => self.set_tile(xid, Some(Tile::Left)),
            (Direction::Right, _) => self.set_tile(xid, Some(Tile::Right)),
        }
    }

    /// Further in the same direction: the near half of the next monitor.
    fn snap_to_next_monitor(&mut self, xid: Xid, direction: Direction) {
        let before = self.windows.get(&xid).map(|w| w.normal);
        self.move_to_monitor(xid, direction);
        if self.windows.get(&xid).map(|w| w.normal) != before {
            let tile = if direction == Direction::Left { Tile::Right } else { Tile::Left };
            self.set_tile(xid, Some(tile));
        }
    }

    fn restore(&mut self, xid: Xid) {
        self.change(xid, |w| {
            w.maximized_horz = false;
            w.maximized_vert = false;
            w.fullscreen = false;
            w.tile = None;
            w.shaded = false;
        });
    }

    fn center(&mut self, xid: Xid) {
        let Some(window) = self.windows.get(&xid) else { return };
        let frame = window.normal.outset(self.extents(window));
        let area = self.work_area(&self.monitor_rect_of(&frame));
        let c = area.center();
        let at = Point::new(c.x - frame.w / 2, c.y - frame.h / 2);
        self.restore(xid);
        self.set_frame(xid, Rect::from_parts(at, frame.size()).moved_into(&area));
    }

    fn toggle_decorations(&mut self, xid: Xid) {
        let Some(window) = self.windows.get(&xid) else { return };
        let corner = window.normal.outset(self.extents(window)).origin();
        let size = window.normal.size();
        self.change(xid, |w| w.undecorated = !w.undecorated);
        let Some(window) = self.windows.get(&xid) else { return };
        let extents = self.extents(window);
        let normal = Rect::from_parts(corner.offset(extents.left, extents.top), size);
        self.change(xid, |w| w.normal = normal);
    }

    fn move_to_monitor(&mut self, xid: Xid, direction: Direction) {
        let Some(window) = self.windows.get(&xid) else { return };
        let frame = window.normal.outset(self.extents(window));
        let from = self.monitor_rect_of(&frame);
        let c = from.center();
        let beyond = |m: &Rect<Root>| {
            let o = m.center();
            match direction {
                Direction::Left => o.x < c.x && m.right() <= from.x + from.w / 2,
                Direction::Right => o.x > c.x && m.x >= from.x + from.w / 2,
                Direction::Up => o.y < c.y && m.bottom() <= from.y + from.h / 2,
                Direction::Down => o.y > c.y && m.y >= from.y + from.h / 2,
            }
        };
        let distance = |m: &Rect<Root>| {
            let o = m.center();
            i64::from((o.x - c.x).abs()) + i64::from((o.y - c.y).abs())
        };
        let next = self
            .monitors
            .iter()
            .map(|m| m.rect)
            .filter(|m| *m != from && beyond(m))
            .min_by_key(distance);
        let Some(to) = next else { return };
        let (old, new) = (self.work_area(&from), self.work_area(&to));
        // The same place in proportion to what each monitor leaves free.
        let along = |v: i32, from: i32, from_free: i32, to: i32, to_free: i32| {
            let part = i64::from((v - from).clamp(0, from_free.max(0)));
            to + (part * i64::from(to_free.max(0)) / i64::from(from_free.max(1))) as i32
        };
        let x = along(frame.x, old.x, old.w - frame.w, new.x, new.w - frame.w);
        let y = along(frame.y, old.y, old.h - frame.h, new.y, new.h - frame.h);
        let moved = Rect::from_parts(Point::new(x, y), frame.size()).moved_into(&new);
        self.set_frame(xid, moved);
    }

    fn resolve_workspace(&self, target: WorkspaceTarget) -> Option<u32> {
        let count = self.workspace_count();
        match target {
            WorkspaceTarget::Number(n) => n.checked_sub(1).filter(|n| *n < count),
            WorkspaceTarget::Next => Some((self.workspace + 1) % count),
            WorkspaceTarget::Previous => Some((self.workspace + count - 1) % count),
            WorkspaceTarget::Last => Some(self.last_workspace.min(count - 1)),
            WorkspaceTarget::Toward(direction) => {
                self.layout.beside(self.workspace, count, direction)
            }
        }
    }

    /// `None` is all workspaces.
    pub(super) fn send_to_workspace(&mut self, xid: Xid, to: Option<u32>, follow: bool) {
        if self.windows.get(&xid).is_none_or(Window::is_furniture) {
            return;
        }
        for member in stack::Families::of(&self.windows).family(xid) {
            self.change(member, |w| w.workspace = to);
        }
        match to {
            Some(to) if follow => {
                self.go_to_workspace(to);
                self.raise(xid);
                self.set_focus(Some(xid));
            }
            Some(to) if to != self.workspace => {
                let lost = self
                    .focus
                    .active
                    .and_then(|a| self.windows.get(&a))
                    .is_none_or(|w| !self.is_shown(w));
                if lost {
                    self.focus_fallback(None);
                }
            }
            _ => {}
        }
    }

    pub(super) fn show_desktop(&mut self, on: bool) {
        if self.showing_desktop == on {
            return;
        }
        self.showing_desktop = on;
        self.touch_all();
        self.focus_fallback(None);
    }

    pub(super) fn set_family_minimized(&mut self, xid: Xid, on: bool) {
        for member in stack::Families::of(&self.windows).family(xid) {
            self.minimize_count += 1;
            let count = self.minimize_count;
            self.change(member, |w| {
                w.minimized = on;
                w.minimized_at = count;
            });
        }
    }

    pub(super) fn minimize(&mut self, xid: Xid) {
        self.set_family_minimized(xid, true);
        if let Some(active) = self.focus.active
            && self.windows.get(&active).is_none_or(|w| !self.is_shown(w))
        {
            self.focus_fallback(None);
        }
    }

    fn restore_minimized(&mut self) {
        let last = self
            .windows
            .iter()
            .filter(|(_, w)| w.minimized && w.workspace.is_none_or(|on| on == self.workspace))
            .max_by_key(|(_, w)| w.minimized_at)
            .map(|(xid, _)| *xid);
        match last {
            Some(xid) => self.activate(xid),
            None => self.request(Request::Bell),
        }
    }

    pub(super) fn lower(&mut self, xid: Xid) {
        stack::lower(&self.windows, &mut self.order, xid);
        self.stack_dirty = true;
        self.rings_dirty = true;
    }

    fn raise_or_lower(&mut self, xid: Xid) {
        let Some(window) = self.windows.get(&xid) else { return };
        let rect = self.visible_rect(window);
        let covered = self
            .stacked
            .iter()
            .rev()
            .take_while(|other| **other != xid)
            .filter_map(|other| self.windows.get(other))
            .any(|other| self.is_shown(other) && self.visible_rect(other).intersects(&rect));
        if covered { self.raise(xid) } else { self.lower(xid) }
    }

    /// ConfigureWindow's stack modes (and _NET_RESTACK_WINDOW).
    pub(super) fn restack_request(&mut self, xid: Xid, sibling: Option<Xid>, mode: StackMode) {
        let sibling = sibling.filter(|s| self.windows.contains_key(s) && *s != xid);
        let overlaps = |a: Xid, b: Xid| {
            let rect = |x: Xid| self.windows.get(&x).map(|w| self.frame_rect(w));
            matches!((rect(a), rect(b)), (Some(a), Some(b)) if a.intersects(&b))
        };
        let at = |x: Xid| self.stacked.iter().position(|o| *o == x);
        let obscured = |x: Xid| match sibling {
            Some(s) => at(s) > at(x) && overlaps(s, x),
            None => self.stacked.iter().any(|o| at(*o) > at(x) && overlaps(*o, x)),
        };
        let obscures = |x: Xid| match sibling {
            Some(s) => at(s) < at(x) && overlaps(s, x),
            None => self.stacked.iter().any(|o| at(*o) < at(x) && overlaps(*o, x)),
        };
        match (mode, sibling) {
            (StackMode::Above, Some(sibling)) => self.reorder(xid, sibling, 1),
            (StackMode::Below, Some(sibling)) => self.reorder(xid, sibling, 0),
            (StackMode::Above, None) => self.raise(xid),
            (StackMode::Below, None) => self.lower(xid),
            (StackMode::TopIf, _) if obscured(xid) => self.raise(xid),
            (StackMode::BottomIf, _) if obscures(xid) => self.lower(xid),
            (StackMode::Opposite, _) if obscured(xid) => self.raise(xid),
            (StackMode::Opposite, _) if obscures(xid) => self.lower(xid),
            _ => {}
        }
    }

    fn reorder(&mut self, xid: Xid, sibling: Xid, offset: usize) {
        self.order.retain(|other| *other != xid);
        let at = self.order.iter().position(|o| *o == sibling).unwrap_or(0);
        self.order.insert(at + offset, xid);
        self.stack_dirty = true;
        self.rings_dirty = true;
    }

    fn focus_direction(&mut self, direction: Direction) {
        let from = self
            .focus
            .active
            .and_then(|a| self.windows.get(&a))
            .map_or(self.pointer.at, |w| self.visible_rect(w).center());
        let score = |to: Point<Root>| {
            let (dx, dy) = (i64::from(to.x - from.x), i64::from(to.y - from.y));
            let (along, across) = match direction {
                Direction::Left => (-dx, dy),
                Direction::Right => (dx, dy),
                Direction::Up => (-dy, dx),
                Direction::Down => (dy, dx),
            };
            (along > 0).then_some(along + 2 * across.abs())
        };
        let next = self
            .windows
            .iter()
            .filter(|(xid, w)| {
                Some(**xid) != self.focus.active && self.is_shown(w) && w.in_switcher()
            })
            .filter_map(|(xid, w)| Some((score(self.visible_rect(w).center())?, *xid)))
            .min();
        if let Some((_, xid)) = next {
            self.raise(xid);
            self.set_focus(Some(xid));
        }
    }

    /// Asks the client to close, and whether it is alive. A window that is
    /// asked again while it does not answer is killed.
    pub(super) fn close(&mut self, xid: Xid) {
        let Some(window) = self.windows.get(&xid) else { return };
        let (id, protocols, hung) = (window.id, window.facts.protocols, window.hung);
        let asked = window.ping.is_some();
        if hung || !protocols.delete_window {
            return self.kill(xid);
        }
        let time = self.time;
        self.request(Request::SendDelete { id, time });
        if protocols.ping && !asked {
            self.request(Request::SendPing { id, time });
            let deadline = self.now.after_ms(u64::from(self.settings.ping_timeout_ms));
            self.change(xid, |w| w.ping = Some(Ping { time, deadline }));
        }
    }

    fn kill(&mut self, xid: Xid) {
        let Some(window) = self.windows.get(&xid) else { return };
        let (id, hung) = (window.id, window.hung);
        self.request(Request::Kill { id, hung });
    }

    pub(super) fn pong(&mut self, xid: Xid, time: Timestamp) {
        let Some(window) = self.windows.get_mut(&xid) else { return };
        // Before any input there is no time; the shell puts one in for it.
        let answered =
            window.ping.is_some_and(|ping| ping.time == time || ping.time == Timestamp::CURRENT);
        if answered || window.hung {
            window.ping = None;
            window.hung = false;
            self.touch(xid);
        }
    }

    /// A title-bar button was clicked.
    pub(super) fn press_button(&mut self, xid: Xid, button: Button) {
        let action = match button {
            Button::Icon | Button::Menu => Action::WindowMenu,
            Button::Minimize => Action::Minimize,
            Button::Maximize => Action::ToggleMaximize,
            Button::Close => Action::Close,
            Button::Shade => Action::ToggleShade,
            Button::Above => Action::ToggleAbove,
            Button::Sticky => Action::ToggleSticky,
        };
        self.act(&action, Some(xid));
    }

    /// Which layer a window is in now.
    pub(super) fn layer_of(&self, xid: Xid) -> stack::Layer {
        let Some(window) = self.windows.get(&xid) else { return stack::Layer::Normal };
        stack::own_layer(window, self.is_fullscreen_in_use(window))
    }

    /// A fullscreen window stays above docks while it, something of its
    /// family, or a window on another monitor has the focus.
    fn is_fullscreen_in_use(&self, window: &Window) -> bool {
        if !window.fullscreen || window.kind() == WindowType::Desktop {
            return false;
        }
        let Some(active) = self.focus.active.and_then(|a| self.windows.get(&a)) else {
            return true;
        };
        if active.id == window.id || stack::depends_on(&self.windows, active.id.xid, window.id.xid)
        {
            return true;
        }
        self.are_apart(active, window)
    }

    /// Whether two windows are on different monitors.
    pub(super) fn are_apart(&self, one: &Window, other: &Window) -> bool {
        let monitor =
            |w: &Window| place::monitor_of(&self.monitors, &self.client_rect(w)).map(|m| m.rect);
        monitor(one) != monitor(other)
    }
}
