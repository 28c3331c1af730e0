//! The keyboard in menus.
//!
//! Owns what keys do. Must not know pixels.

use xkeysym::{Keysym, key};

use super::layout::Content;
use super::{MenuView, Outcome};

impl MenuView {
    /// A key went down. `keysym` is the X keysym that it means without
    /// modifiers, or with Shift.
    ///
    /// Up, Down, Home, End, Page Up, Page Down and Tab move the selection,
    /// Right and Left open and close submenus, Return and space choose,
    /// Escape closes one level, and a letter or digit goes to the next line
    /// that begins with it.
    pub fn key(&mut self, keysym: u32) -> Outcome {
        let level = self.key_level();
        match keysym {
            key::Escape if level == 0 => Outcome::Close,
            key::Escape | key::Left | key::KP_Left => {
                if level == 0 && self.levels.len() == 1 {
                    return Outcome::Nothing;
                }
                self.close_above(level.saturating_sub(1));
                Outcome::Redraw
            }
            key::Menu | key::F10 => Outcome::Close,
            key::Down | key::KP_Down | key::Tab => self.step(level, 1),
            key::Up | key::KP_Up | key::ISO_Left_Tab => self.step(level, -1),
            key::Home | key::KP_Home | key::Page_Up | key::KP_Page_Up => self.go_to_end(level, 1),
            key::End | key::KP_End | key::Page_Down | key::KP_Page_Down => {
                self.go_to_end(level, -1)
            }
            key::Right | key::KP_Right => self.enter(level),
            key::Return | key::KP_Enter | key::space | key::KP_Space => self.choose(level),
            _ => self.type_ahead(level, keysym),
        }
    }

    /// The level that keys are about: the last one with a selection.
    fn key_level(&self) -> usize {
        self.levels.iter().rposition(|level| level.selected.is_some()).unwrap_or(0)
    }

    fn selectable(&self, level: usize) -> Vec<usize> {
        let rows = self.level_panel(level).map_or(&[][..], |panel| &panel.rows);
        let rows = rows.iter().enumerate().filter(|(_, row)| row.selectable());
        rows.map(|(index, _)| index).collect()
    }

    fn go_to(&mut self, level: usize, row: Option<usize>) -> Outcome {
        let Some(row) = row else { return Outcome::Nothing };
        if self.levels.get(level).and_then(|open| open.selected) == Some(row)
            && self.levels.len() == level + 1
        {
            return Outcome::Nothing;
        }
        self.close_above(level);
        self.select(level, Some(row));
        self.reveal(level, row);
        Outcome::Redraw
    }

    /// To the next (1) or previous (-1) line, around the ends.
    fn step(&mut self, level: usize, by: isize) -> Outcome {
        let rows = self.selectable(level);
        let current = self.levels.get(level).and_then(|open| open.selected);
        let at = current.and_then(|row| rows.iter().position(|&r| r == row));
        let next = match at {
            Some(at) => (at as isize + by).rem_euclid(rows.len().max(1) as isize) as usize,
            None if by > 0 => 0,
            None => rows.len().saturating_sub(1),
        };
        self.go_to(level, rows.get(next).copied())
    }

    /// To the first (1) or last (-1) line.
    fn go_to_end(&mut self, level: usize, which: isize) -> Outcome {
        let rows = self.selectable(level);
        let row = if which > 0 { rows.first() } else { rows.last() };
        self.go_to(level, row.copied())
    }

    /// Into the selected line's submenu.
    fn enter(&mut self, level: usize) -> Outcome {
        let Some(row) = self.levels.get(level).and_then(|open| open.selected) else {
            return self.step(level, 1);
        };
        self.open(level, row);
        if !self.is_open(level, row) {
            return Outcome::Nothing;
        }
        let first = self.selectable(level + 1).first().copied();
        self.select(level + 1, first);
        Outcome::Redraw
    }

    fn choose(&mut self, level: usize) -> Outcome {
        let Some(row) = self.levels.get(level).and_then(|open| open.selected) else {
            return Outcome::Nothing;
        };
        match self.chosen(level, row) {
            Some(outcome) => outcome,
            None => self.enter(level),
        }
    }

    /// What a line does when it is chosen; `None` if it is no action.
    pub(super) fn chosen(&self, level: usize, row: usize) -> Option<Outcome> {
        match &self.level_panel(level)?.rows.get(row)?.content {
            Content::Action { action, enabled: true, .. } => Some(Outcome::Chosen(action.clone())),
            _ => None,
        }
    }

    fn type_ahead(&mut self, level: usize, keysym: u32) -> Outcome {
        let Some(typed) = Keysym::new(keysym).key_char().filter(|c| c.is_alphanumeric()) else {
            return Outcome::Nothing;
        };
        let typed = typed.to_lowercase().next();
        let Some(panel) = self.level_panel(level) else { return Outcome::Nothing };
        let current = self.levels.get(level).and_then(|open| open.selected);
        let matching: Vec<usize> = (0..panel.rows.len())
            .filter(|&i| panel.rows[i].selectable() && panel.rows[i].initial == typed)
            .collect();
        let next = matching.iter().find(|&&row| current.is_none_or(|c| row > c));
        let next = next.or(matching.first()).copied();
        self.go_to(level, next)
    }
}
