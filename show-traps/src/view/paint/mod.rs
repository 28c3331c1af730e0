//! The state of the window as pixels.
//!
//! Owns what is painted where. It must not change what is seen.

mod bars;
mod help;
mod numbers;
mod pane;
mod timeline;

pub(super) use timeline::span as timeline_span;

use super::theme;
use super::{Face, Fonts, Viewer};
use crate::canvas::{Area, Canvas};
use crate::colour::Rgba;

/// A canvas with fonts, at a scale.
struct Painter<'a> {
    canvas: &'a mut Canvas,
    fonts: &'a mut Fonts,
    scale: f64,
}

impl Viewer {
    /// Paints the window on a canvas of its size.
    pub fn paint(&mut self, canvas: &mut Canvas, fonts: &mut Fonts) {
        let mut painter = Painter { canvas, fonts, scale: self.scale };
        let layout = self.layout();
        self.paint_panes(&mut painter);
        self.paint_bar(&mut painter, &layout);
        if let Some(area) = layout.panel {
            self.paint_numbers(&mut painter, area);
        }
        if let Some(area) = layout.timeline {
            self.paint_timeline(&mut painter, area);
        }
        self.paint_status(&mut painter, layout.status);
        if self.help {
            help::paint(&mut painter, layout.bar.bottom);
        }
    }
}

/// Where a text stands in the room that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Center,
    Right,
}

impl Painter<'_> {
    /// A length at this scale, in pixels.
    fn px(&self, length: f64) -> f64 {
        length * self.scale
    }

    /// The same, whole.
    fn whole(&self, length: f64) -> i32 {
        (length * self.scale).round() as i32
    }

    fn size(&self) -> f64 {
        self.px(theme::TEXT_SIZE)
    }

    /// Writes a line in the middle of the height of an area, cut to its width.
    fn write(&mut self, area: Area, align: Align, text: &str, face: Face, colour: Rgba) {
        let (size, room) = (self.size(), f64::from(area.width()));
        let text = self.fonts.fitted(text, face, size, room);
        let spare = room - self.fonts.width(&text, face, size);
        let left = match align {
            Align::Left => 0.0,
            Align::Center => spare / 2.0,
            Align::Right => spare,
        };
        // Capitals are some 0.72 em high.
        let middle = f64::from(area.top + area.bottom) / 2.0;
        let at = (f64::from(area.left) + left.max(0.0), (middle + 0.36 * size).round());
        let before = self.canvas.clip_to(area);
        self.fonts.draw(self.canvas, at, &text, face, size, colour);
        self.canvas.set_clip(before);
    }

    fn width(&mut self, text: &str, face: Face) -> f64 {
        let size = self.size();
        self.fonts.width(text, face, size)
    }

    fn fill(&mut self, area: Area, colour: Rgba) {
        self.canvas.fill_area(area, colour);
    }
}

/// A number of pixels as it is read: five decimals at most, no zeroes at the end.
pub(super) fn decimal(value: f64) -> String {
    let text = format!("{value:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let text = if text == "-0" { "0" } else { text };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_more_digits_than_they_need() {
        let written = [2.5, -0.25, 0.0, -0.000_001, 1.0 / 3.0, 100.0].map(decimal);
        assert_eq!(written, ["2.5", "−0.25", "0", "0", "0.33333", "100"]);
    }
}
