//! The list of keys, over all else.
//!
//! Owns its arrangement in as many columns as fit. It must not know what keys
//! do.

use super::super::Face;
use super::super::keys::BINDINGS;
use super::super::theme::{ACCENT, BRIGHT, CHROME, DIM, LINE, TEXT};
use super::{Align, Painter};
use crate::canvas::Area;

/// At a scale of 1.
const ROW: f64 = 21.0;
const KEYS: f64 = 104.0;
const COLUMN: f64 = 430.0;

pub(super) fn paint(painter: &mut Painter<'_>, top: i32) {
    let all = painter.canvas.area();
    let below = Area { top, ..all };
    painter.fill(below, LINE.with_alpha(170));
    let margin = painter.whole(18.0);
    let row = painter.whole(ROW);
    let room = below.inset(painter.whole(8.0));
    let columns = if room.width() >= painter.whole(2.0 * COLUMN) { 2 } else { 1 };
    let width = (columns * painter.whole(COLUMN)).min(room.width());
    // The subjects in two columns, or below each other.
    let heights: Vec<i32> =
        BINDINGS.iter().map(|(_, list)| (list.len() as i32 + 1) * row + row / 2).collect();
    let split = if columns == 2 { 2 } else { heights.len() };
    let tallest = heights[..split].iter().sum::<i32>().max(heights[split..].iter().sum());
    let height = (tallest + 2 * margin + row).min(room.height());
    let left = room.left + (room.width() - width) / 2;
    let top = room.top + (room.height() - height) / 2;
    let card = Area::new(left, top, left + width, top + height);
    painter.canvas.rounded(card, f64::from(row) / 3.0, CHROME);
    let inner = card.inset(margin.min(width / 12));
    let before = painter.canvas.clip_to(inner);
    let each = inner.width() / columns;
    for column in 0..columns as usize {
        let subjects = if column == 0 { &BINDINGS[..split] } else { &BINDINGS[split..] };
        let left = inner.left + column as i32 * each;
        let mut line = Area::new(left, inner.top, left + each - margin / 2, inner.top + row);
        let mut next = |by: i32| {
            let at = line;
            line.top += by;
            line.bottom += by;
            at
        };
        for (subject, bindings) in subjects {
            let at = next(row);
            painter.write(at, Align::Left, subject, Face::Bold, BRIGHT);
            for binding in *bindings {
                let at = next(row);
                let keys = painter.whole(KEYS).min(each / 3);
                let names = Area { right: at.left + keys - painter.whole(8.0), ..at };
                painter.write(names, Align::Left, binding.keys, Face::Sans, ACCENT);
                let does = Area { left: at.left + keys, ..at };
                painter.write(does, Align::Left, binding.does, Face::Sans, TEXT);
            }
            next(row / 2);
        }
    }
    painter.canvas.set_clip(before);
    let foot =
        Area { top: card.bottom - row - margin / 2, bottom: card.bottom - margin / 2, ..inner };
    if card.height() > 4 * row && tallest + 2 * margin + row <= room.height() {
        painter.write(foot, Align::Left, "Esc or a click closes this list", Face::Sans, DIM);
    }
}
