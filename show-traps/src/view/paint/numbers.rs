//! The panel at the right.
//!
//! Owns the arrangement of its rows. It must not know what they say.

use super::super::panel::Row;
use super::super::theme::{ACCENT, BRIGHT, CHROME, DIM, LINE, RAISED, TEXT};
use super::super::{Face, Viewer};
use super::{Align, Painter, decimal};
use crate::canvas::Area;

/// At a scale of 1.
const ROW: f64 = 20.0;
const GAP: f64 = 8.0;
const MARGIN: f64 = 14.0;
const LABEL: f64 = 92.0;
const BITS: f64 = 88.0;

impl Viewer {
    pub(super) fn paint_numbers(&mut self, painter: &mut Painter<'_>, area: Area) {
        painter.fill(area, CHROME);
        painter.fill(Area { right: area.left + 1, ..area }, LINE);
        let rows = self.rows();
        let margin = painter.whole(MARGIN);
        let inner = Area {
            left: area.left + margin,
            right: area.right - margin,
            top: area.top + painter.whole(8.0),
            bottom: area.bottom - painter.whole(4.0),
        };
        let height = |row: &Row| match row {
            Row::Gap => GAP,
            Row::Heading(..) => ROW + 6.0,
            _ => ROW,
        };
        let total: f64 = rows.iter().map(height).sum();
        let total = painter.whole(total);
        // As far down as there is anything.
        let room = inner.height();
        let farthest = f64::from((total - room).max(0)) / painter.px(ROW);
        self.scroll = self.scroll.min(farthest.ceil());
        let before = painter.canvas.clip_to(inner);
        let mut top = f64::from(inner.top) - self.scroll * painter.px(ROW);
        for row in &rows {
            let bottom = top + painter.px(height(row));
            let line = Area { top: top.round() as i32, bottom: bottom.round() as i32, ..inner };
            if line.bottom > inner.top && line.top < inner.bottom {
                painter.write_row(line, row, inner);
            }
            top = bottom;
        }
        painter.canvas.set_clip(before);
        if total > room {
            // How much of it is seen, and where.
            let track = Area { left: area.right - painter.whole(5.0), ..area };
            let part = f64::from(room) / f64::from(total);
            let start = self.scroll * painter.px(ROW) / f64::from(total);
            let at = |part: f64| track.top + (f64::from(track.height()) * part.min(1.0)) as i32;
            let bar = Area { top: at(start), bottom: at(start + part), ..track };
            painter.fill(bar, RAISED);
        }
    }
}

impl Painter<'_> {
    /// A row that is cut by the panel's end is not written: half a line misleads.
    fn write_row(&mut self, line: Area, row: &Row, inner: Area) {
        if line.top < inner.top || line.bottom > inner.bottom {
            return;
        }
        let label = self.whole(LABEL);
        let value = Area { left: line.left + label, ..line };
        let name = Area { right: value.left - self.whole(6.0), ..line };
        match row {
            Row::Gap => {
                let middle = (line.top + line.bottom) / 2;
                self.fill(Area { top: middle, bottom: middle + 1, ..line }, RAISED);
            }
            Row::Heading(left, right) => {
                let width = self.width(right, Face::Sans).ceil() as i32;
                let end = Area { left: (line.right - width).max(line.left), ..line };
                let start = Area { right: end.left - self.whole(8.0), ..line };
                self.write(start, Align::Left, left, Face::Bold, BRIGHT);
                self.write(end, Align::Right, right, Face::Sans, DIM);
            }
            Row::Pair(label, text) => {
                self.write(name, Align::Left, label, Face::Sans, DIM);
                self.write(value, Align::Left, text, Face::Sans, TEXT);
            }
            Row::Colour(label, colour, text) => {
                self.write(name, Align::Left, label, Face::Sans, DIM);
                let side = self.whole(12.0);
                let top = (line.top + line.bottom - side) / 2;
                let swatch = Area::new(value.left, top, value.left + side, top + side);
                // On paper and ink, so that opacity is seen.
                self.fill(swatch, TEXT);
                let half = Area { left: swatch.left + side / 2, ..swatch }.inset(1);
                self.fill(swatch.inset(1), super::super::theme::PAPER);
                self.fill(Area { right: swatch.right - 1, ..half }, LINE);
                self.fill(swatch.inset(1), *colour);
                let rest = Area { left: swatch.right + self.whole(7.0), ..value };
                self.write(rest, Align::Left, text, Face::Sans, TEXT);
            }
            Row::Number(label, number) => {
                self.write(name, Align::Left, label, Face::Sans, DIM);
                let bits = Area { left: line.right - self.whole(BITS), ..line };
                let decimals = Area { right: bits.left - self.whole(4.0), ..value };
                let text = decimal(number.to_f64());
                self.write(decimals, Align::Right, &text, Face::Mono, TEXT);
                let text = format!("0x{:08x}", number.bits());
                self.write(bits, Align::Right, &text, Face::Mono, DIM);
            }
            Row::Formula(text) => self.write(line, Align::Left, text, Face::Sans, ACCENT),
        }
    }
}
