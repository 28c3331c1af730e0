//! Open menus: layout, pictures, and what the pointer and the keyboard do.
//!
//! Owns everything about a menu while it is open, in root coordinates. Must
//! not know X: the shell shows each level in a window, forwards input, and
//! acts on the [`Outcome`].
//!
//! Both styles work: press, drag to a line and release there; or click to
//! open and click again to choose.

mod keys;
mod layout;
mod paint;
mod pointer;

use wm_core::action::Action;
use wm_core::geom::{Point, Rect, Root};
use wm_core::id::WindowId;
use wm_core::look::Menu;

use crate::painter::Painter;
use crate::picture::Picture;
use layout::{Content, Metrics, Panel};

/// What the shell has to do after an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing has changed.
    Nothing,
    /// Levels have come, gone or changed their looks: compare
    /// [`MenuView::rects`] and show the pictures anew.
    Redraw,
    /// A line was chosen: close the menu and do this.
    Chosen(Action),
    /// The menu is to be closed without doing anything.
    Close,
}

/// One open level.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Level {
    /// Lines that lead here from the root menu.
    path: Vec<usize>,
    rect: Rect<Root>,
    /// Pixels of content above the visible part.
    scroll: i32,
    selected: Option<usize>,
}

/// A menu that is open.
pub struct MenuView {
    bounds: Rect<Root>,
    window: Option<WindowId>,
    metrics: Metrics,
    root: Panel,
    /// Never empty: the root menu, then the open submenus.
    levels: Vec<Level>,
    /// Where the pointer was when the menu opened; the menu may stand
    /// elsewhere.
    origin: Option<Point<Root>>,
    pointer: Option<Point<Root>>,
    /// The pointer has been away from where the menu opened.
    moved: bool,
    /// A button went down since the menu opened, so the next release is not
    /// that of the press which opened it.
    pressed: bool,
}

impl MenuView {
    /// Lays the menu out within its bounds, with the painter's theme and
    /// fonts. No line is selected yet.
    #[must_use]
    pub fn new(painter: &mut Painter, menu: Menu) -> Self {
        let metrics = Metrics::new(painter);
        let root = Panel::new(painter, &metrics, &menu.items, menu.bounds, 0);
        let rect = layout::place_root(menu.at, root.size, menu.bounds);
        let levels = vec![Level { path: Vec::new(), rect, scroll: 0, selected: None }];
        Self {
            bounds: menu.bounds,
            window: menu.window,
            metrics,
            root,
            levels,
            origin: None,
            pointer: None,
            moved: false,
            pressed: false,
        }
    }

    /// Says where the pointer is as the menu opens. A press that opened it
    /// must leave this place, or be followed by another, before a release
    /// chooses or closes anything. Without this the first place that is heard
    /// of counts.
    pub fn pointer_starts_at(&mut self, point: Point<Root>) {
        self.origin = Some(point);
        self.pointer = Some(point);
        self.moved = false;
    }

    /// The window that the menu's actions are about.
    #[must_use]
    pub fn window(&self) -> Option<WindowId> {
        self.window
    }

    /// Where the open levels are, the root menu first. Later ones lie above.
    #[must_use]
    pub fn rects(&self) -> Vec<Rect<Root>> {
        self.levels.iter().map(|level| level.rect).collect()
    }

    /// The picture of an open level, as large as its rectangle, with round
    /// corners on a transparent ground; `None` if it is not open. Pass the
    /// painter that [`Self::new`] got.
    #[must_use]
    pub fn picture(&self, painter: &mut Painter, level: usize) -> Option<Picture> {
        let level = self.levels.get(level)?;
        Some(paint::paint(painter, &self.metrics, self.panel(&level.path)?, level))
    }

    fn panel(&self, path: &[usize]) -> Option<&Panel> {
        let mut panel = &self.root;
        for &index in path {
            match &panel.rows.get(index)?.content {
                Content::Submenu { panel: next, .. } => panel = next,
                _ => return None,
            }
        }
        Some(panel)
    }

    fn level_panel(&self, level: usize) -> Option<&Panel> {
        self.panel(&self.levels.get(level)?.path)
    }

    /// Whether the level's line `row` is a submenu that is open.
    fn is_open(&self, level: usize, row: usize) -> bool {
        self.levels.get(level + 1).is_some_and(|next| next.path.last() == Some(&row))
    }

    /// Closes all levels above `level`.
    fn close_above(&mut self, level: usize) {
        self.levels.truncate(level + 1);
    }

    /// Opens the submenu of a line, if it is one and is not open.
    fn open(&mut self, level: usize, row: usize) {
        if self.is_open(level, row) {
            return;
        }
        self.close_above(level);
        let Some(parent) = self.levels.get(level) else { return };
        let mut path = parent.path.clone();
        path.push(row);
        let (Some(top), Some(panel)) =
            (self.row_rect(level, row).map(|rect| rect.y), self.panel(&path))
        else {
            return;
        };
        let rect = layout::place_submenu(&self.metrics, parent.rect, top, panel.size, self.bounds);
        self.levels.push(Level { path, rect, scroll: 0, selected: None });
    }

    /// A line's rectangle, unclipped.
    fn row_rect(&self, level: usize, row: usize) -> Option<Rect<Root>> {
        let open = self.levels.get(level)?;
        let row = self.level_panel(level)?.rows.get(row)?;
        let y = layout::content_top(&self.metrics, open, self.level_panel(level)?) + row.top;
        Some(Rect::new(open.rect.x, y - open.scroll, open.rect.w, row.height))
    }

    fn select(&mut self, level: usize, row: Option<usize>) {
        if let Some(open) = self.levels.get_mut(level) {
            open.selected = row;
        }
    }

    /// Scrolls so that a line is visible.
    fn reveal(&mut self, level: usize, row: usize) {
        let Some(panel) = self.level_panel(level) else { return };
        let (Some(open), Some(row)) = (self.levels.get(level), panel.rows.get(row)) else { return };
        let view = layout::view_height(&self.metrics, open, panel);
        let scroll = open.scroll.clamp((row.top + row.height - view).min(row.top), row.top);
        self.scroll_to(level, scroll);
    }

    fn scroll_to(&mut self, level: usize, scroll: i32) -> bool {
        let Some(panel) = self.level_panel(level) else { return false };
        let Some(open) = self.levels.get(level) else { return false };
        let most = (panel.content_height - layout::view_height(&self.metrics, open, panel)).max(0);
        let scroll = scroll.clamp(0, most);
        let changed = scroll != open.scroll;
        if changed {
            // A submenu stands beside its line, which moves away.
            self.close_above(level);
        }
        if let Some(open) = self.levels.get_mut(level) {
            open.scroll = scroll;
        }
        changed
    }
}

impl std::fmt::Debug for MenuView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MenuView").field("levels", &self.levels).finish_non_exhaustive()
    }
}
