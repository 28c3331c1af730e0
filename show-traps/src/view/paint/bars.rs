//! The bar at the top and the line at the bottom.
//!
//! Owns their words. It must not know the drawing.

use super::super::theme::{ACCENT, BRIGHT, CHROME, DIM, LINE, LIVE, RAISED, TEXT};
use super::super::{Context, Face, Layout, Mode, Viewer};
use super::{Align, Painter, decimal};
use crate::canvas::Area;
use crate::capture::Shape;

impl Viewer {
    pub(super) fn paint_bar(&self, painter: &mut Painter<'_>, layout: &Layout) {
        painter.fill(layout.bar, CHROME);
        let names = layout.tabs_have_names();
        for (k, (mode, area)) in layout.tabs().into_iter().enumerate() {
            let chosen = mode == self.mode;
            let under = self.pointer.is_some_and(|at| area.contains(at));
            if chosen || under {
                painter.fill(area, RAISED);
            }
            if chosen {
                let height = painter.whole(2.0).max(1);
                painter.fill(Area { top: area.bottom - height, ..area }, ACCENT);
            }
            let number = (k + 1).to_string();
            let text = if names { mode.name() } else { &number };
            let colour = if chosen || under { BRIGHT } else { TEXT };
            let face = if chosen { Face::Bold } else { Face::Sans };
            painter.write(area, Align::Center, text, face, colour);
        }
        if let Some(area) = layout.help() {
            let under = self.pointer.is_some_and(|at| area.contains(at));
            if under {
                painter.fill(area, RAISED);
            }
            painter.write(area, Align::Center, "? Keys", Face::Sans, TEXT);
        }
        if let Some(area) = layout.state() {
            let inner = Area { right: area.right - painter.whole(12.0), ..area };
            let inner = Area { left: inner.left + painter.whole(10.0), ..inner };
            let zoom = format!("×{}", short(self.camera.zoom));
            let words = match (self.mode, self.context) {
                (Mode::Compare, _) => format!("differences ×{}", self.amplification()),
                (Mode::Coverage, _) => "this request".into(),
                (_, Context::Alone) => "this request".into(),
                (_, Context::Drawn) => "over what was drawn".into(),
                (_, Context::All) => "all so far".into(),
            };
            painter.write(inner, Align::Right, &format!("{words}   {zoom}"), Face::Sans, DIM);
        }
        let line = Area { top: layout.bar.bottom - 1, ..layout.bar };
        painter.fill(line, LINE.with_alpha(120));
    }

    pub(super) fn amplification(&self) -> u32 {
        4_u32.pow(u32::from(self.amplify))
    }

    pub(super) fn paint_status(&mut self, painter: &mut Painter<'_>, area: Area) {
        painter.fill(area, CHROME);
        painter.fill(Area { bottom: area.top + 1, ..area }, LINE);
        let inset = painter.whole(10.0);
        let inner = Area { left: area.left + inset, right: area.right - inset, ..area };
        let right = match (&self.live, &self.ended) {
            (Some(program), _) if self.follow => Some((format!("● {program}"), LIVE)),
            (Some(program), _) => Some((format!("● {program}, not followed (f)"), DIM)),
            (None, Some(how)) => Some((how.clone(), DIM)),
            (None, None) => None,
        };
        let mut room = inner;
        if let Some((text, colour)) = right {
            let width = painter.width(&text, Face::Sans).ceil() as i32;
            if width < inner.width() / 2 {
                let at = Area { left: inner.right - width, ..inner };
                painter.write(at, Align::Right, &text, Face::Sans, colour);
                room.right = at.left - inset;
            }
        }
        let words = self.status_words();
        painter.write(room, Align::Left, &words, Face::Sans, TEXT);
    }

    /// What is under the pointer, or where we are.
    pub(in super::super) fn status_words(&mut self) -> String {
        let Some(set) = self.capture.sets.get(self.current) else {
            return match &self.live {
                Some(program) => format!("{program} has drawn nothing through Render yet"),
                None => "nothing is drawn".into(),
            };
        };
        let count = self.capture.sets.len();
        let place = self.current + 1;
        let Some((x, y)) = self.pointed() else {
            let noun = set.shapes.noun();
            let shapes = set.shapes.len();
            let plural = if shapes == 1 { "" } else { "s" };
            return format!("{place} of {count}: {}, {shapes} {noun}{plural}", named(&set.name));
        };
        let (column, row) = (x.floor() as i32, y.floor() as i32);
        let mut words = format!("{x:.3}, {y:.3}").replace('-', "−");
        words.push_str(&format!("   pixel {column}, {row}").replace('-', "−"));
        let engine = self.coverage_engine();
        if let Some(plane) = self.plane(engine) {
            words.push_str(&format!("   coverage {} of {}", plane.get(column, row), plane.full));
        }
        if self.mode == Mode::Overlap
            && let Some(heat) = self.heat()
        {
            words.push_str(&format!(
                "   covered ×{}",
                short(f64::from(heat.get(column, row)) / 255.0)
            ));
        }
        if let Some((set, shape)) = self.hovered
            && let Some(found) = self.shape((set, shape))
        {
            let of = self.capture.sets[set].shapes.len();
            let noun = self.capture.sets[set].shapes.noun();
            words.push_str(&format!("   {noun} {} of {of}", shape + 1));
            if set != self.current {
                words.push_str(&format!(" in request {}", set + 1));
            }
            let (width, height) = found.extent(&self.capture.glyphs);
            if !matches!(found, Shape::Glyph(_)) {
                words.push_str(&format!(", {} × {} px", decimal(width), decimal(height)));
            }
        }
        words
    }
}

/// A name, or what stands for none.
pub(in super::super) fn named(name: &str) -> &str {
    if name.is_empty() { "unnamed" } else { name }
}

/// A factor with as many digits as mean something.
fn short(value: f64) -> String {
    if value >= 10.0 || value.fract().abs() < 0.005 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
