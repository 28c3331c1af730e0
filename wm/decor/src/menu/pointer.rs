//! The pointer in menus.
//!
//! Owns hit testing and what motion and buttons do. Must not know looks.

use wm_core::geom::{Point, Rect, Root};

use super::layout::{self, Content};
use super::{MenuView, Outcome};

/// Motion up to this many pixels is a trembling hand, not a drag.
const DRAG: i32 = 6;
/// Lines per turn of the wheel.
const WHEEL: i32 = 3;

/// What lies under a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hit {
    Outside,
    Row(usize, usize),
    /// The strip that scrolls up (-1) or down (1).
    Strip(usize, i32),
    /// A rim, a separator or a disabled line.
    Inert(usize),
}

impl MenuView {
    fn hit(&self, point: Point<Root>) -> Hit {
        let Some(level) = self.levels.iter().rposition(|open| open.rect.contains(point)) else {
            return Hit::Outside;
        };
        let (Some(open), Some(panel)) = (self.levels.get(level), self.level_panel(level)) else {
            return Hit::Outside;
        };
        let top = layout::content_top(&self.metrics, open, panel);
        let bottom = top + layout::view_height(&self.metrics, open, panel);
        if panel.scrolls(&self.metrics) && (point.y < top || point.y >= bottom) {
            return Hit::Strip(level, if point.y < top { -1 } else { 1 });
        }
        let y = point.y - top + open.scroll;
        let row = panel.rows.iter().position(|row| y >= row.top && y < row.top + row.height);
        match row {
            Some(row) if panel.rows[row].selectable() => Hit::Row(level, row),
            _ => Hit::Inert(level),
        }
    }

    /// Whether the pointer has left the place where the menu opened.
    fn is_away(&mut self, point: Point<Root>) -> bool {
        let origin = *self.origin.get_or_insert(point);
        (point.x - origin.x).abs() > DRAG || (point.y - origin.y).abs() > DRAG
    }

    /// The pointer is now at `point`, with or without a button held.
    pub fn pointer_moved(&mut self, point: Point<Root>) -> Outcome {
        let from = self.pointer.replace(point);
        if from == Some(point) {
            return Outcome::Nothing;
        }
        self.moved |= self.is_away(point);
        let before = self.levels.clone();
        match self.hit(point) {
            Hit::Row(level, row) => {
                if from.is_none_or(|from| !self.heads_for_submenu(level, from, point)) {
                    self.hover(level, row);
                }
            }
            Hit::Strip(level, direction) => {
                self.scroll_by(level, direction);
            }
            Hit::Inert(level) => {
                let towards = from.is_some_and(|from| self.heads_for_submenu(level, from, point));
                if !towards && self.levels.len() == level + 1 {
                    self.select(level, None);
                }
            }
            Hit::Outside => {
                // The way to an open submenu stays lit.
                let last = self.levels.len() - 1;
                self.select(last, None);
            }
        }
        if self.levels == before { Outcome::Nothing } else { Outcome::Redraw }
    }

    fn hover(&mut self, level: usize, row: usize) {
        if self.is_open(level, row) {
            // Back from the submenu to the line that opened it.
            self.close_above(level + 1);
            self.select(level + 1, None);
        } else {
            self.close_above(level);
        }
        self.select(level, Some(row));
        self.open_if_submenu(level, row);
    }

    fn open_if_submenu(&mut self, level: usize, row: usize) -> bool {
        let content = self.level_panel(level).and_then(|p| p.rows.get(row)).map(|r| &r.content);
        let submenu = matches!(content, Some(Content::Submenu { .. }));
        if submenu {
            self.open(level, row);
        }
        submenu
    }

    /// Whether the pointer is on its way from a line of `level` to the open
    /// submenu: within the triangle that the old place makes with the
    /// submenu's near side. Lines that it crosses do not close the submenu.
    fn heads_for_submenu(&self, level: usize, from: Point<Root>, to: Point<Root>) -> bool {
        let (Some(parent), Some(next)) = (self.levels.get(level), self.levels.get(level + 1))
        else {
            return false;
        };
        let rightwards = next.rect.center().x >= parent.rect.center().x;
        let edge = if rightwards { next.rect.x } else { next.rect.right() };
        let forwards = if rightwards { to.x > from.x } else { to.x < from.x };
        if !forwards || !parent.rect.contains(from) {
            return false;
        }
        let (run, way) = (i64::from(edge - from.x).abs().max(1), i64::from(to.x - from.x).abs());
        // The triangle's upper and lower side at `to.x`.
        let at = |y: i32| i64::from(from.y) + i64::from(y - from.y) * way.min(run) / run;
        (at(next.rect.y)..=at(next.rect.bottom())).contains(&i64::from(to.y))
    }

    fn scroll_by(&mut self, level: usize, lines: i32) -> bool {
        let Some(open) = self.levels.get(level) else { return false };
        self.scroll_to(level, open.scroll.saturating_add(lines.saturating_mul(self.metrics.row)))
    }

    /// A button went down. Outside the menu that closes it.
    pub fn button_pressed(&mut self, point: Point<Root>, button: u8) -> Outcome {
        let hit = self.hit(point);
        if let 4 | 5 = button {
            return self.wheel(hit, if button == 4 { -WHEEL } else { WHEEL });
        }
        if button > 5 {
            return Outcome::Nothing;
        }
        self.pressed = true;
        match hit {
            Hit::Outside => Outcome::Close,
            Hit::Strip(level, direction) if self.scroll_by(level, direction * WHEEL) => {
                Outcome::Redraw
            }
            Hit::Row(level, row) => {
                let before = self.levels.clone();
                self.hover(level, row);
                if self.levels == before { Outcome::Nothing } else { Outcome::Redraw }
            }
            _ => Outcome::Nothing,
        }
    }

    fn wheel(&mut self, hit: Hit, lines: i32) -> Outcome {
        let (Hit::Row(level, _) | Hit::Strip(level, _) | Hit::Inert(level)) = hit else {
            return Outcome::Nothing;
        };
        if !self.scroll_by(level, lines) {
            return Outcome::Nothing;
        }
        self.select(level, None);
        Outcome::Redraw
    }

    /// A button went up. On a line that chooses it, unless it is the release
    /// of the very press that opened the menu.
    pub fn button_released(&mut self, point: Point<Root>, button: u8) -> Outcome {
        if button > 3 {
            return Outcome::Nothing;
        }
        let opening = !std::mem::replace(&mut self.pressed, true);
        let away = self.is_away(point);
        if opening && !self.moved && !away {
            return Outcome::Nothing;
        }
        match self.hit(point) {
            Hit::Row(level, row) => self.chosen(level, row).unwrap_or(Outcome::Nothing),
            Hit::Outside if opening => Outcome::Close,
            _ => Outcome::Nothing,
        }
    }

    /// The part of the screen that all open levels cover together.
    #[must_use]
    pub fn extent(&self) -> Rect<Root> {
        self.levels.iter().fold(Rect::default(), |sum, level| sum.union(&level.rect))
    }
}
