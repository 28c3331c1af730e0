//! All requests, side by side.
//!
//! Owns the bars and the times below them. It must not know what was drawn.

use super::super::theme::{
    ACCENT, BRIGHT, CHROME, DIM, GLYPHS, LINE, RAISED, RECTANGLES, TRAPEZOIDS, TRIANGLES,
};
use super::super::{Face, Viewer};
use super::{Align, Painter};
use crate::canvas::Area;
use crate::capture::Shapes;
use crate::colour::Rgba;

const MARGIN: f64 = 12.0;
const AXIS: f64 = 20.0;

/// The left end and the width of the bars, in pixels of the window.
pub(in super::super) fn span(area: Area, scale: f64) -> (f64, f64) {
    let margin = MARGIN * scale;
    (f64::from(area.left) + margin, (f64::from(area.width()) - 2.0 * margin).max(1.0))
}

impl Viewer {
    pub(super) fn paint_timeline(&self, painter: &mut Painter<'_>, area: Area) {
        painter.fill(area, CHROME);
        painter.fill(Area { bottom: area.top + 1, ..area }, LINE);
        let count = self.capture.sets.len();
        if count == 0 {
            return;
        }
        let (left, width) = span(area, self.scale);
        let axis = painter.whole(AXIS);
        let bars = Area {
            left: left.round() as i32,
            top: area.top + painter.whole(8.0),
            right: (left + width).round() as i32,
            bottom: area.bottom - axis,
        };
        let each = width / count as f64;
        let at = |place: usize| left + each * place as f64;
        let here = [at(self.current), at(self.current + 1).max(at(self.current) + 2.0)];
        let here = Area {
            left: here[0].floor() as i32,
            right: here[1].ceil() as i32,
            top: area.top + 1,
            bottom: bars.bottom,
        };
        painter.fill(here, RAISED);
        self.paint_bars(painter, bars, each);
        painter.fill(Area { top: bars.bottom, bottom: bars.bottom + 1, ..bars }, RAISED);
        self.paint_times(painter, Area { top: bars.bottom + 1, bottom: area.bottom, ..bars }, each);
        // The mark, over all.
        let mark = painter.whole(3.0).max(2);
        let middle = (here.left + here.right) / 2;
        let mark = Area {
            left: middle - mark / 2,
            right: middle - mark / 2 + mark,
            top: bars.bottom - 1,
            bottom: bars.bottom + mark,
        };
        painter.fill(mark, ACCENT);
    }

    /// One bar for each request; where they are narrower than a pixel, the
    /// highest of each pixel.
    fn paint_bars(&self, painter: &mut Painter<'_>, bars: Area, each: f64) {
        let count = self.capture.sets.len();
        let target = self.target();
        let gap = if each >= 4.0 { 1 } else { 0 };
        let mut column = bars.left;
        while column < bars.right {
            let first = (f64::from(column - bars.left) / each) as usize;
            let end = (f64::from(column + 1 - bars.left) / each).ceil() as usize;
            let places = first.min(count - 1)..end.clamp(first + 1, count.max(first + 1));
            let of_page = |place: &usize| self.targets[*place] == target;
            let highest = places
                .filter(|place| *place < count)
                .max_by(|a, b| {
                    let key = |place: &usize| (of_page(place), self.costs[*place]);
                    let (a, b) = (key(a), key(b));
                    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
                })
                .unwrap_or(count - 1);
            let right = if each >= 1.0 {
                let right = bars.left + ((highest + 1) as f64 * each).round() as i32;
                right.max(column + 1)
            } else {
                column + 1
            };
            let part = f64::from(self.costs[highest] / self.most_cost.max(0.1));
            let height = (f64::from(bars.height()) * part).ceil() as i32;
            let mut colour = colour_of(&self.capture.sets[highest].shapes);
            if !of_page(&highest) {
                colour = colour.with_alpha(120);
            }
            let inner = if right - column > 2 { right - gap } else { right };
            let area = Area { left: column, right: inner, top: bars.bottom - height, ..bars };
            painter.fill(area, colour);
            column = right;
        }
    }

    fn paint_times(&self, painter: &mut Painter<'_>, area: Area, each: f64) {
        let sets = &self.capture.sets;
        let label = |place: usize| match sets[place].origin {
            Some(origin) => format!("{:.3} s", origin.time as f64 / 1e6),
            None => format!("{}", place + 1),
        };
        let place_text = format!("{} of {}", self.current + 1, sets.len());
        let current = match sets[self.current].origin {
            Some(_) => format!("{place_text} at {}", label(self.current)),
            None => place_text,
        };
        let width = (painter.width(&current, Face::Sans).ceil() as i32 + 4).min(area.width());
        let middle = area.left + ((self.current as f64 + 0.5) * each) as i32;
        let left = (middle - width / 2).clamp(area.left, (area.right - width).max(area.left));
        let room = Area { left, right: left + width, ..area };
        painter.write(room, Align::Center, &current, Face::Sans, BRIGHT);
        // The ends' times, where they do not touch.
        let last = sets.len() - 1;
        for (place, align) in [(0, Align::Left), (last, Align::Right)] {
            let text = label(place);
            let width = painter.width(&text, Face::Sans).ceil() as i32 + 4;
            let end = match align {
                Align::Left => Area { right: area.left + width, ..area },
                _ => Area { left: area.right - width, ..area },
            };
            let apart = Area { left: room.left - 12, right: room.right + 12, ..room };
            if last > 0 && end.intersection(&apart).is_empty() {
                painter.write(end, align, &text, Face::Sans, DIM);
            }
        }
    }
}

fn colour_of(shapes: &Shapes) -> Rgba {
    match shapes {
        Shapes::Trapezoids(_) | Shapes::Traps(_) => TRAPEZOIDS,
        Shapes::Triangles(_) => TRIANGLES,
        Shapes::Glyphs(_) => GLYPHS,
        Shapes::Rectangles(_) => RECTANGLES,
    }
}
