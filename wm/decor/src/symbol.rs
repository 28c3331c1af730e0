//! The symbols on buttons and in menus, as paths that fall on whole pixels
//! wherever they have straight edges, at any scale.
//!
//! Owns their shapes. Must not know where they are used.

use wm_core::geom::{Rect, Source};
use wm_core::look::{Button, Color};
use zeno::{Cap, Join, PathBuilder, Stroke};

use crate::canvas::{Path, filled, rounded, stroked};
use crate::picture::Picture;

/// Draws symbols of one size and colour.
pub(crate) struct Pen<'a> {
    pub(crate) picture: &'a mut Picture,
    /// Nothing is drawn outside.
    pub(crate) clip: Rect<Source>,
    pub(crate) color: Color,
    /// Real pixels per pixel at 96 DPI.
    pub(crate) scale: f32,
}

impl Pen<'_> {
    /// Width of straight lines: whole pixels.
    fn line(&self) -> i32 {
        ((1.0 * self.scale).round() as i32).max(1)
    }

    /// Width of slanted lines. They look thinner than straight ones of the
    /// same width, because no pixel is covered fully.
    fn slanted(&self) -> f32 {
        (1.3 * self.scale).max(1.15)
    }

    /// A square of about `side` pixels at 96 DPI in the middle of `rect`.
    fn square(&self, rect: Rect<Source>, side: f32) -> Rect<Source> {
        let mut side = ((side * self.scale).round() as i32).max(3);
        // The same parity as the surroundings puts it exactly in the middle.
        if (rect.h - side) % 2 != 0 {
            side += 1;
        }
        let y = rect.y + (rect.h - side) / 2;
        let x = rect.x + (rect.w - side) / 2;
        Rect::new(x, y, side, side)
    }

    fn stroke(&mut self, points: &[(f32, f32)], width: f32) {
        let mut path = Path::new();
        for (index, &(x, y)) in points.iter().enumerate() {
            if index == 0 {
                path.move_to([x, y]);
            } else {
                path.line_to([x, y]);
            }
        }
        let mut stroke = Stroke::new(width);
        stroke.cap(Cap::Round).join(Join::Round);
        let coverage = stroked(&path, stroke);
        self.picture.fill_coverage(&coverage, self.clip, self.color);
    }

    fn ring(&mut self, rect: Rect<Source>, radius: f32) {
        let thickness = f64::from(self.line());
        let outer = rounded(rect, f64::from(radius * self.scale));
        let inner = outer.outset(-thickness);
        for y in rect.y..rect.bottom() {
            for x in rect.x..rect.right() {
                let covered = (outer.coverage(x, y) - inner.coverage(x, y)).clamp(0.0, 1.0);
                self.dot(x, y, (covered * 255.0).round() as u8);
            }
        }
    }

    fn bar(&mut self, rect: Rect<Source>) {
        if let Some(rect) = rect.intersection(&self.clip) {
            self.picture.fill(rect, self.color);
        }
    }

    fn dot(&mut self, x: i32, y: i32, covered: u8) {
        if covered > 0 && self.clip.contains(wm_core::geom::Point::new(x, y)) {
            self.picture.blend(x, y, self.color, covered);
        }
    }

    /// A button's symbol in the middle of `rect`. [`Button::Icon`] has none.
    pub(crate) fn button(&mut self, button: Button, on: bool, rect: Rect<Source>) {
        match button {
            Button::Icon => {}
            Button::Menu => self.menu(rect),
            Button::Minimize => self.minimize(rect),
            Button::Maximize if on => self.restore(rect),
            Button::Maximize => {
                let square = self.square(rect, 10.0);
                self.ring(square, 1.5);
            }
            Button::Close => self.close(rect),
            Button::Shade => self.shade(rect, on),
            Button::Above => self.above(rect, on),
            Button::Sticky => self.sticky(rect, on),
        }
    }

    fn close(&mut self, rect: Rect<Source>) {
        let square = self.square(rect, 10.0);
        // The ends of the strokes stand inside the square's corners.
        let margin = 0.5 * self.scale;
        let (left, top) = (square.x as f32 + margin, square.y as f32 + margin);
        let (right, bottom) = (square.right() as f32 - margin, square.bottom() as f32 - margin);
        let width = self.slanted();
        // One path, so that the crossing is covered once.
        let mut path = Path::new();
        path.move_to([left, top]).line_to([right, bottom]);
        path.move_to([right, top]).line_to([left, bottom]);
        let mut stroke = Stroke::new(width);
        stroke.cap(Cap::Round);
        let coverage = stroked(&path, stroke);
        self.picture.fill_coverage(&coverage, self.clip, self.color);
    }

    fn minimize(&mut self, rect: Rect<Source>) {
        let square = self.square(rect, 10.0);
        let line = self.line();
        let y = square.y + (square.h - line + 1) / 2;
        self.bar(Rect::new(square.x, y, square.w, line));
    }

    fn restore(&mut self, rect: Rect<Source>) {
        let square = self.square(rect, 10.0);
        let line = self.line();
        let step = ((2.0 * self.scale).round() as i32).max(line + 1);
        let side = square.w - step;
        self.ring(Rect::new(square.x, square.y + step, side, side), 1.5);
        // The window behind: only its top and right edge peep out.
        let (left, right) = (square.x + step, square.right());
        let radius = (2.0 * self.scale).min(side as f32 / 3.0);
        let half = line as f32 / 2.0;
        let (top, bottom) = (square.y as f32 + half, (square.bottom() - step) as f32);
        let x = right as f32 - half;
        let mut path = Path::new();
        path.move_to([left as f32, top]).line_to([x - radius, top]);
        path.quad_to([x, top], [x, top + radius]).line_to([x, bottom]);
        let mut stroke = Stroke::new(line as f32);
        stroke.cap(Cap::Butt).join(Join::Round);
        let coverage = stroked(&path, stroke);
        self.picture.fill_coverage(&coverage, self.clip, self.color);
    }

    fn menu(&mut self, rect: Rect<Source>) {
        let square = self.square(rect, 10.0);
        let line = self.line();
        let step = ((3.5 * self.scale).round() as i32).max(line + 1);
        let y = square.y + (square.h - line) / 2;
        for offset in [-step, 0, step] {
            self.bar(Rect::new(square.x, y + offset, square.w, line));
        }
    }

    fn shade(&mut self, rect: Rect<Source>, on: bool) {
        let square = self.square(rect, 10.0);
        let line = self.line();
        self.bar(Rect::new(square.x, square.y, square.w, line));
        let width = self.slanted();
        let middle = square.x as f32 + square.w as f32 / 2.0;
        let reach = square.w as f32 * 0.3;
        let (high, low) = (square.y as f32 + 4.0 * self.scale, square.y as f32 + 7.2 * self.scale);
        let (tip, ends) = if on { (low, high) } else { (high, low) };
        self.stroke(&[(middle - reach, ends), (middle, tip), (middle + reach, ends)], width);
    }

    fn above(&mut self, rect: Rect<Source>, on: bool) {
        let square = self.square(rect, 10.0);
        let middle = square.x as f32 + square.w as f32 / 2.0;
        let reach = square.w as f32 * 0.44;
        let height = reach * 0.95;
        let top = square.y as f32 + square.h as f32 / 2.0 - height / 2.0;
        let points =
            [(middle - reach, top + height), (middle, top), (middle + reach, top + height)];
        if on {
            let mut path = Path::new();
            path.move_to([points[0].0, points[0].1]);
            path.line_to([points[1].0, points[1].1]).line_to([points[2].0, points[2].1]);
            path.close();
            let coverage = filled(&path);
            self.picture.fill_coverage(&coverage, self.clip, self.color);
        }
        let width = self.slanted();
        self.stroke(&points, width);
    }

    fn sticky(&mut self, rect: Rect<Source>, on: bool) {
        // An even side puts the disc's centre where two pixels meet.
        let square = self.square(rect, if on { 8.0 } else { 6.0 });
        if on {
            let shape = rounded(square, f64::from(square.w) / 2.0);
            for y in square.y..square.bottom() {
                for x in square.x..square.right() {
                    self.dot(x, y, (shape.coverage(x, y) * 255.0).round() as u8);
                }
            }
        } else {
            let radius = square.w as f32 / 2.0 / self.scale;
            self.ring(square, radius);
        }
    }

    /// A tick in the middle of `rect`.
    pub(crate) fn check(&mut self, rect: Rect<Source>) {
        let square = self.square(rect, 10.0);
        let at = |x: f32, y: f32| {
            (square.x as f32 + x * square.w as f32, square.y as f32 + y * square.h as f32)
        };
        let width = 1.6 * self.scale;
        self.stroke(&[at(0.06, 0.54), at(0.38, 0.84), at(0.94, 0.2)], width);
    }

    /// A chevron in the middle of `rect`, pointing right, up or down.
    pub(crate) fn chevron(&mut self, rect: Rect<Source>, direction: Chevron) {
        let x = rect.x as f32 + rect.w as f32 / 2.0;
        let y = rect.y as f32 + rect.h as f32 / 2.0;
        let (long, short) = (3.5 * self.scale, 1.75 * self.scale);
        let points = match direction {
            Chevron::Right => [(x - short, y - long), (x + short, y), (x - short, y + long)],
            Chevron::Up => [(x - long, y + short), (x, y - short), (x + long, y + short)],
            Chevron::Down => [(x - long, y - short), (x, y + short), (x + long, y - short)],
        };
        let width = self.slanted();
        self.stroke(&points, width);
    }
}

/// Where a chevron points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chevron {
    Right,
    Up,
    Down,
}
