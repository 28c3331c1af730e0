//! Alt+Tab: windows in the order of recent use, with live previews.
//!
//! Owns the choice and the panel's layout. Must not know how the panel is
//! drawn or composed.

use crate::event::KeyEvent;
use crate::geom::{Point, Rect, Root, Size, Source};
use crate::id::Xid;
use crate::look::{SwitcherCell, SwitcherLook};
use crate::model::keysym;
use crate::model::window::Window;
use crate::model::{Wm, frame};
use crate::request::{Cursor, Request};
use crate::settings::Modifiers;

/// Size of a preview, padding and text line, in pixels at 96 DPI.
const PREVIEW: (u16, u16) = (240, 156);
const PADDING: u16 = 12;
const LABEL: u16 = 26;
/// More windows than this are reached, but not shown at once.
const MAX_CELLS: usize = 60;

/// An open switcher.
#[derive(Debug)]
pub(super) struct Switcher {
    windows: Vec<Xid>,
    selected: usize,
    /// Held modifiers whose release selects; none: Return selects.
    held: Modifiers,
}

impl Wm {
    pub(super) fn begin_switcher(&mut self, held: Modifiers, reverse: bool, group: bool) {
        if self.drag.is_some() || self.menu_open {
            return;
        }
        let active = self.focus.active.and_then(|a| self.windows.get(&a));
        let class = active.map(|w| w.facts.class.1.clone());
        let mut windows: Vec<Xid> = self
            .focus
            .history
            .iter()
            .copied()
            .filter(|x| {
                self.windows.get(x).is_some_and(|w| {
                    w.in_switcher()
                        && w.workspace.is_none_or(|on| on == self.workspace)
                        && (!group || Some(&w.facts.class.1) == class.as_ref())
                })
            })
            .collect();
        if windows.is_empty() {
            return;
        }
        // The active window first, so that one press leads to the one before.
        if let Some(at) = windows.iter().position(|x| Some(*x) == self.focus.active) {
            windows[..=at].rotate_right(1);
        }
        let has_active = windows.first().copied() == self.focus.active;
        let selected = match (reverse, has_active) {
            (true, _) => windows.len() - 1,
            (false, true) => 1 % windows.len(),
            (false, false) => 0,
        };
        // Shift only reverses: it is not waited for.
        let held = Modifiers(held.significant().0 & !Modifiers::SHIFT.0);
        self.switcher = Some(Switcher { windows, selected, held });
        // Clicks choose a preview, and reach no window behind the panel.
        let (cursor, time) = (Cursor::Default, self.time);
        self.request(Request::GrabPointer { cursor, time });
        self.request(Request::GrabKeyboard(time));
    }

    pub(super) fn switcher_key(&mut self, event: &KeyEvent) {
        let Some(switcher) = &mut self.switcher else { return };
        let held = switcher.held;
        if !event.pressed {
            if !held.is_empty() && event.modifiers.0 & held.0 == 0 {
                self.end_switcher(true);
            }
            return;
        }
        let count = switcher.windows.len();
        let step = |by: usize, selected: usize| (selected + by) % count;
        let back = event.modifiers.contains(Modifiers::SHIFT);
        let bound = match &event.action {
            Some(crate::Action::SwitchWindowsReverse) => Some(true),
            Some(crate::Action::SwitchWindows | crate::Action::SwitchGroup) => Some(back),
            _ => None,
        };
        switcher.selected = match (event.keysym, bound) {
            (keysym::ESCAPE, _) => return self.end_switcher(false),
            (keysym::RETURN, _) => return self.end_switcher(true),
            (keysym::ISO_LEFT_TAB, _) | (_, Some(true)) => step(count - 1, switcher.selected),
            (_, Some(false)) => step(1, switcher.selected),
            (keysym::TAB, _) if back => step(count - 1, switcher.selected),
            (keysym::TAB | keysym::RIGHT | keysym::DOWN, _) => step(1, switcher.selected),
            (keysym::LEFT | keysym::UP, _) => step(count - 1, switcher.selected),
            _ => switcher.selected,
        };
    }

    /// A click on a cell selects it; elsewhere closes the panel.
    pub(super) fn switcher_click(&mut self, at: Point<Root>) {
        let Some(look) = self.switcher_look() else { return };
        let inside = Point::new(at.x - look.rect.x, at.y - look.rect.y);
        let hit = look.cells.iter().find(|cell| cell.rect.contains(inside));
        let xid = hit.map(|cell| cell.window.xid);
        if let (Some(xid), Some(switcher)) = (xid, &mut self.switcher) {
            switcher.selected =
                switcher.windows.iter().position(|x| *x == xid).unwrap_or(switcher.selected);
        }
        self.end_switcher(xid.is_some());
    }

    pub(super) fn end_switcher(&mut self, select: bool) {
        let Some(switcher) = self.switcher.take() else { return };
        self.request(Request::UngrabPointer(self.time));
        self.request(Request::UngrabKeyboard(self.time));
        if select && let Some(xid) = switcher.windows.get(switcher.selected) {
            self.activate(*xid);
        }
    }

    pub(super) fn switcher_forget(&mut self, xid: Xid) {
        let Some(switcher) = &mut self.switcher else { return };
        let Some(at) = switcher.windows.iter().position(|x| *x == xid) else { return };
        switcher.windows.remove(at);
        if switcher.windows.is_empty() {
            return self.end_switcher(false);
        }
        if switcher.selected > at || switcher.selected >= switcher.windows.len() {
            switcher.selected = switcher.selected.saturating_sub(1);
        }
    }

    /// The panel: a grid of cells in the centre of the monitor in use.
    pub(super) fn switcher_look(&self) -> Option<SwitcherLook> {
        let switcher = self.switcher.as_ref()?;
        let theme = &self.settings.theme;
        let anchor = self
            .focus
            .active
            .and_then(|a| self.windows.get(&a))
            .map_or(self.pointer.at, |w| self.visible_rect(w).center());
        let monitor = self.monitor_at(anchor);
        let padding = theme.scaled(PADDING);
        let label = theme.scaled(LABEL);
        let (mut preview_w, mut preview_h) = (theme.scaled(PREVIEW.0), theme.scaled(PREVIEW.1));
        // Keep the selected one among those that are shown.
        let first = switcher.selected.saturating_sub(MAX_CELLS - 1);
        let shown: Vec<Xid> =
            switcher.windows.iter().skip(first).take(MAX_CELLS).copied().collect();
        let count = shown.len() as i32;
        let (mut columns, mut rows);
        loop {
            let cell = (preview_w + 2 * padding, preview_h + label + 2 * padding);
            let room_w = (monitor.w * 9 / 10 - 2 * padding).max(cell.0);
            let room_h = (monitor.h * 9 / 10 - 2 * padding).max(cell.1);
            columns = (room_w / cell.0.max(1)).clamp(1, count);
            rows = (count + columns - 1) / columns;
            if rows * cell.1 <= room_h || preview_w < 48 {
                break;
            }
            preview_w = preview_w * 4 / 5;
            preview_h = preview_h * 4 / 5;
        }
        // No nearly empty last row.
        columns = (count + rows - 1) / rows.max(1);
        let cell = (preview_w + 2 * padding, preview_h + label + 2 * padding);
        let panel = (columns * cell.0 + 2 * padding, rows * cell.1 + 2 * padding);
        let c = monitor.center();
        let rect = Rect::new(c.x - panel.0 / 2, c.y - panel.1 / 2, panel.0, panel.1);
        let cells = shown
            .iter()
            .enumerate()
            .filter_map(|(i, xid)| {
                let window = self.windows.get(xid)?;
                let i = i as i32;
                let at = Point::<Source>::new(
                    padding + i % columns * cell.0,
                    padding + i / columns * cell.1,
                );
                let space = Rect::new(at.x + padding, at.y + padding, preview_w, preview_h);
                // Of a hidden window there is what it showed last, if that is
                // kept; or else its icon, large.
                let has_preview = self.compositing
                    && (self.pictures.get(window.id).is_some()
                        || (window.sent.mapped.is_some() && self.is_shown(window)));
                Some(SwitcherCell {
                    window: window.id,
                    title: frame::visible_title(window),
                    rect: Rect::new(at.x, at.y, cell.0, cell.1),
                    preview: fitted(self.preview_source(window).size(), space),
                    has_preview,
                    minimized: window.minimized,
                })
            })
            .collect();
        Some(SwitcherLook {
            rect,
            cells,
            selected: switcher.selected - first,
            theme_revision: self.theme_revision,
        })
    }
}

impl Wm {
    /// What a preview shows of a window's picture: all but the invisible
    /// margins of client-side decorations.
    pub(super) fn preview_source(&self, window: &Window) -> Rect<Source> {
        self.pictures.get(window.id).unwrap_or_else(|| {
            let frame = self.shown_frame(window);
            Rect::new(0, 0, frame.w, frame.h).inset(window.gtk_sides())
        })
    }
}

/// The largest rectangle of `of`'s proportions in the middle of `space`, not
/// larger than the original.
fn fitted<S: Copy>(of: Size, space: Rect<S>) -> Rect<S> {
    let (w, h) = (i64::from(of.w.max(1)), i64::from(of.h.max(1)));
    let (sw, sh) = (i64::from(space.w), i64::from(space.h));
    let (fw, fh) = if w <= sw && h <= sh {
        (w, h)
    } else if w * sh > h * sw {
        (sw, (h * sw / w).max(1))
    } else {
        ((w * sh / h).max(1), sh)
    };
    let (fw, fh) = (fw as i32, fh as i32);
    Rect::new(space.x + (space.w - fw) / 2, space.y + (space.h - fh) / 2, fw, fh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Action, WorkspaceTarget};
    use crate::event::{ConfigureValues, Event, Monitor};
    use crate::geom::Sides;
    use crate::hints::ClientFacts;
    use crate::id::{Time, Timestamp};
    use crate::scene::{Content, Layer, LayerKey};
    use crate::settings::Settings;

    #[test]
    fn a_minimized_window_is_shown_as_it_was() {
        let mut wm = session(ClientFacts::default());
        let now = Time::default();
        for action in [None, Some(Action::Minimize)] {
            let hidden = action.is_some();
            for action in action.into_iter().chain([Action::SwitchWindows]) {
                let window = Some(Xid(1));
                wm.handle(Event::Action { action, window, time: Timestamp(1) }, now);
                wm.settle(now);
            }
            let look = wm.switcher_look().expect("the switcher is open");
            assert!(look.cells[0].has_preview);
            let scene = wm.scene(now);
            assert!(scene.layers.iter().any(is_preview));
            assert_eq!(scene.kept.len(), usize::from(hidden), "kept while it is hidden");
            wm.end_switcher(false);
        }
        wm.handle(Event::Unmapped(Xid(1)), now);
        assert_eq!(wm.scene(now).kept, [], "withdrawn");
    }

    #[test]
    fn without_a_picture_there_is_the_icon() {
        let mut wm = session(ClientFacts::default());
        let now = Time::default();
        wm.handle(Event::Compositing(false), now);
        act(&mut wm, Action::Minimize);
        wm.handle(Event::Compositing(true), now);
        act(&mut wm, Action::SwitchWindows);
        let look = wm.switcher_look().expect("the switcher is open");
        assert!(!look.cells[0].has_preview);
    }

    #[test]
    fn a_picture_outlives_its_workspace_and_shows_what_was_seen() {
        let mut wm = session(ClientFacts::default());
        let before = wm.preview_source(&wm.windows[&Xid(1)]);
        act(&mut wm, Action::Minimize);
        act(&mut wm, Action::Workspace(WorkspaceTarget::Number(1)));
        act(&mut wm, Action::Workspace(WorkspaceTarget::Number(0)));
        // It may have another size when it is shown again.
        let values = ConfigureValues { width: Some(50), ..ConfigureValues::default() };
        wm.handle(Event::ConfigureRequest { window: Xid(1), values }, Time::default());
        act(&mut wm, Action::SwitchWindows);
        assert_eq!(wm.scene(Time::default()).kept.len(), 1);
        assert_eq!(wm.preview_source(&wm.windows[&Xid(1)]), before);
    }

    fn act(wm: &mut Wm, action: Action) {
        let now = Time::default();
        wm.handle(Event::Action { action, window: Some(Xid(1)), time: Timestamp(1) }, now);
        wm.settle(now);
    }

    fn is_preview(layer: &Layer) -> bool {
        matches!(layer.key, LayerKey::SwitcherPreview(_))
    }

    fn session(facts: ClientFacts) -> Wm {
        let mut wm = Wm::new(Settings::default());
        let now = Time::default();
        let rect = Rect::new(0, 0, 1000, 800);
        let monitor = Monitor { name: "A".to_owned(), rect, primary: true, scale_percent: 100 };
        wm.handle(Event::Screen { size: Size::new(1000, 800), monitors: vec![monitor] }, now);
        wm.handle(Event::Compositing(true), now);
        let facts = Box::new(facts);
        wm.handle(Event::Manage { window: Xid(1), facts, adopted: false }, now);
        wm.settle(now);
        wm
    }

    #[test]
    fn a_preview_leaves_out_the_invisible_margins() {
        let now = Time::default();
        let facts = ClientFacts {
            geometry: Rect::new(0, 0, 440, 340),
            gtk_extents: Some(Sides::all(20)),
            ..ClientFacts::default()
        };
        let mut wm = session(facts);
        let action = Action::SwitchWindows;
        wm.handle(Event::Action { action, window: None, time: Timestamp(1) }, now);
        wm.settle(now);
        let look = wm.switcher_look().expect("the switcher is open");
        let shown = look.cells[0].preview;
        assert_eq!((shown.w * 3, shown.h), (shown.h * 4, 156), "400 × 300 as seen: {shown:?}");
        let scene = wm.scene(now);
        let preview = scene.layers.iter().find_map(|layer| match (&layer.key, &layer.content) {
            (LayerKey::SwitcherPreview(_), Content::Picture { from, .. }) => Some(*from),
            _ => None,
        });
        assert_eq!(preview, Some(Rect::new(20, 20, 400, 300)));
    }
}
