//! Pixels of three colours, painted with exact-area coverage.
//!
//! Owns blending. It must not know what is painted.

use raster::area::{Accumulator, RoundedRect};
use raster::path::FillRule;
use raster::{Mask, MaskFormat};

use crate::colour::Rgba;

/// An opaque picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    width: u32,
    height: u32,
    /// Red, green, blue for each pixel, row by row.
    bytes: Vec<u8>,
    clip: Area,
}

/// Pixels from (`left`, `top`) to before (`right`, `bottom`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// The first column.
    pub left: i32,
    /// The first row.
    pub top: i32,
    /// The column after the last.
    pub right: i32,
    /// The row after the last.
    pub bottom: i32,
}

impl Area {
    /// The area of these edges.
    #[must_use]
    pub const fn new(left: i32, top: i32, right: i32, bottom: i32) -> Self {
        Self { left, top, right, bottom }
    }

    /// Columns, 0 if there are none.
    #[must_use]
    pub fn width(&self) -> i32 {
        self.right.saturating_sub(self.left).max(0)
    }

    /// Rows, 0 if there are none.
    #[must_use]
    pub fn height(&self) -> i32 {
        self.bottom.saturating_sub(self.top).max(0)
    }

    /// Whether it has no pixels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    /// Whether a point lies in it.
    #[must_use]
    pub fn contains(&self, (x, y): (f64, f64)) -> bool {
        f64::from(self.left) <= x
            && x < f64::from(self.right)
            && f64::from(self.top) <= y
            && y < f64::from(self.bottom)
    }

    /// The pixels of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// The same with so many pixels less on each side.
    #[must_use]
    pub fn inset(&self, by: i32) -> Self {
        Self {
            left: self.left + by,
            top: self.top + by,
            right: self.right - by,
            bottom: self.bottom - by,
        }
    }

    fn corners(&self) -> [(f64, f64); 4] {
        let [left, top, right, bottom] =
            [self.left, self.top, self.right, self.bottom].map(f64::from);
        [(left, top), (right, top), (right, bottom), (left, bottom)]
    }
}

impl Canvas {
    /// A picture of one colour. Sides are at most 16384 pixels.
    #[must_use]
    pub fn new(width: u32, height: u32, background: Rgba) -> Self {
        let (width, height) = (width.min(Self::MAX_SIDE), height.min(Self::MAX_SIDE));
        let pixel = [background.red, background.green, background.blue];
        let bytes = pixel.repeat(width as usize * height as usize);
        let clip = Area::new(0, 0, width as i32, height as i32);
        Self { width, height, bytes, clip }
    }

    /// The longest side.
    pub const MAX_SIDE: u32 = 16384;

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Red, green, blue for each pixel, row by row.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The colour of a pixel; black outside.
    #[must_use]
    pub fn get(&self, x: u32, y: u32) -> Rgba {
        if x >= self.width || y >= self.height {
            return Rgba::opaque(0, 0, 0);
        }
        let start = 3 * (y as usize * self.width as usize + x as usize);
        Rgba::opaque(self.bytes[start], self.bytes[start + 1], self.bytes[start + 2])
    }

    /// All of it.
    #[must_use]
    pub fn area(&self) -> Area {
        Area::new(0, 0, self.width as i32, self.height as i32)
    }

    /// What follows is painted in this area only, where it was painted before;
    /// the area from before, for [`set_clip`](Self::set_clip).
    pub fn clip_to(&mut self, area: Area) -> Area {
        let before = self.clip;
        self.clip = before.intersection(&area);
        before
    }

    /// What follows is painted in this area.
    pub fn set_clip(&mut self, clip: Area) {
        self.clip = clip.intersection(&self.area());
    }

    /// Fills whole pixels.
    pub fn fill_area(&mut self, area: Area, colour: Rgba) {
        let area = area.intersection(&self.clip);
        if area.is_empty() {
            return;
        }
        let alpha = 255 * u32::from(colour.alpha);
        let (left, right) = (3 * area.left as usize, 3 * area.right as usize);
        let paint = [colour.red, colour.green, colour.blue];
        for y in area.top..area.bottom {
            let start = 3 * y as usize * self.width as usize;
            for pixel in self.bytes[start + left..start + right].as_chunks_mut().0 {
                *pixel = if colour.alpha == 255 { paint } else { mix(*pixel, paint, alpha) };
            }
        }
    }

    /// Paints each pixel of an area in the colour that it is given, if any.
    pub fn paint_with(&mut self, area: Area, mut colour: impl FnMut(i32, i32) -> Option<Rgba>) {
        let area = area.intersection(&self.clip);
        for y in area.top..area.bottom {
            for x in area.left..area.right {
                if let Some(colour) = colour(x, y) {
                    let start = 3 * (y as usize * self.width as usize + x as usize);
                    let paint = [colour.red, colour.green, colour.blue];
                    if let Some(pixel) = self.bytes[start..].first_chunk_mut() {
                        *pixel = mix(*pixel, paint, 255 * u32::from(colour.alpha));
                    }
                }
            }
        }
    }

    /// Paints a colour through coverage of `width` columns a row, whose first is
    /// at (`x`, `y`).
    pub fn fill_mask(&mut self, x: i32, y: i32, width: usize, coverage: &[u8], colour: Rgba) {
        if width == 0 {
            return;
        }
        let paint = [colour.red, colour.green, colour.blue];
        for (row, coverage) in (y..self.clip.bottom).zip(coverage.chunks_exact(width)) {
            if row < self.clip.top {
                continue;
            }
            let start = 3 * row as usize * self.width as usize;
            for (column, &coverage) in (x..self.clip.right).zip(coverage) {
                let at = start + 3 * column.max(0) as usize;
                if column >= self.clip.left
                    && coverage > 0
                    && let Some(pixel) = self.bytes[at..].first_chunk_mut()
                {
                    *pixel = mix(*pixel, paint, u32::from(coverage) * u32::from(colour.alpha));
                }
            }
        }
    }

    /// Fills a convex polygon.
    pub fn fill(&mut self, corners: &[(f64, f64)], colour: Rgba) {
        let corners = clipped(corners, &self.clip);
        let Some(window) = Window::around(&corners, &self.clip) else { return };
        let mut areas = Accumulator::new(window.width, window.height);
        for (k, from) in corners.iter().enumerate() {
            let to = corners[(k + 1) % corners.len()];
            areas.add_line(window.moved(*from), window.moved(to));
        }
        self.blend(&window, colour, |mask| areas.add_to(&mut mask.as_mut(), FillRule::NonZero));
    }

    /// Draws a line with square ends.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64, colour: Rgba) {
        // Clipped first: of a line across continents nothing is left of its
        // direction in an `f32`.
        let reach = self.clip.inset(-(width.ceil() as i32) - 2);
        let Some((from, to)) = clipped_line(from, to, &reach) else { return };
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        if length > 0.0 {
            let (nx, ny) = (-dy / length * width / 2.0, dx / length * width / 2.0);
            let side = [
                (from.0 + nx, from.1 + ny),
                (to.0 + nx, to.1 + ny),
                (to.0 - nx, to.1 - ny),
                (from.0 - nx, from.1 - ny),
            ];
            self.fill(&side, colour);
        }
    }

    /// Draws a closed line along a polygon.
    pub fn outline(&mut self, corners: &[(f64, f64)], width: f64, colour: Rgba) {
        for (k, from) in corners.iter().enumerate() {
            self.line(*from, corners[(k + 1) % corners.len()], width, colour);
        }
    }

    /// Fills a circle.
    pub fn dot(&mut self, center: (f64, f64), radius: f64, colour: Rgba) {
        let box_around =
            [(center.0 - radius, center.1 - radius), (center.0 + radius, center.1 + radius)];
        let Some(window) = Window::around(&box_around, &self.clip) else { return };
        let (x, y) = window.moved(center);
        let circle = RoundedRect::circle(x, y, radius);
        self.blend(&window, colour, |mask| circle.add_to(&mut mask.as_mut()));
    }

    /// Fills a rectangle with rounded corners.
    pub fn rounded(&mut self, area: Area, radius: f64, colour: Rgba) {
        let Some(window) = Window::around(&area.corners(), &self.clip) else { return };
        let (left, top) = window.moved((area.left.into(), area.top.into()));
        let (width, height) = (area.width().into(), area.height().into());
        let shape = RoundedRect { x: left, y: top, width, height, radius };
        self.blend(&window, colour, |mask| shape.add_to(&mut mask.as_mut()));
    }

    /// Lets `draw` make coverage for a window and blends the colour with it.
    fn blend(&mut self, window: &Window, colour: Rgba, draw: impl FnOnce(&mut Mask)) {
        let Ok(mut mask) = Mask::new(MaskFormat::A8, window.width, window.height) else { return };
        draw(&mut mask);
        let channels = [colour.red, colour.green, colour.blue];
        for y in 0..window.height {
            let start = 3 * ((window.y + y) as usize * self.width as usize + window.x as usize);
            let Some(coverage) = mask.row(y) else { continue };
            let pixels = self.bytes[start..].as_chunks_mut().0;
            for (pixel, &coverage) in pixels.iter_mut().zip(coverage) {
                if coverage > 0 {
                    *pixel = mix(*pixel, channels, u32::from(coverage) * u32::from(colour.alpha));
                }
            }
        }
    }
}

/// A pixel with a colour over it; `alpha` is 0 to 255².
fn mix(pixel: [u8; 3], paint: [u8; 3], alpha: u32) -> [u8; 3] {
    let mut mixed = pixel;
    for (channel, paint) in mixed.iter_mut().zip(paint) {
        let sum = u32::from(paint) * alpha + u32::from(*channel) * (255 * 255 - alpha);
        *channel = ((sum + 255 * 255 / 2) / (255 * 255)) as u8;
    }
    mixed
}

/// The part of a convex polygon that lies in an area (Sutherland and Hodgman).
fn clipped(corners: &[(f64, f64)], area: &Area) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> =
        corners.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).copied().collect();
    // Signed distances from the four borders, inside positive.
    let [left, top, right, bottom] = [area.left, area.top, area.right, area.bottom].map(f64::from);
    let distances: [&dyn Fn((f64, f64)) -> f64; 4] =
        [&|p| p.0 - left, &|p| right - p.0, &|p| p.1 - top, &|p| bottom - p.1];
    for distance in distances {
        if points.iter().all(|point| distance(*point) >= 0.0) {
            continue;
        }
        let mut kept = Vec::with_capacity(points.len() + 2);
        for (k, &to) in points.iter().enumerate() {
            let from = points[(k + points.len() - 1) % points.len()];
            let (before, now) = (distance(from), distance(to));
            if (before < 0.0) != (now < 0.0) {
                let part = before / (before - now);
                kept.push((from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part));
            }
            if now >= 0.0 {
                kept.push(to);
            }
        }
        points = kept;
    }
    points
}

/// The part of a line that lies in an area (Liang and Barsky).
fn clipped_line(from: (f64, f64), to: (f64, f64), area: &Area) -> Option<((f64, f64), (f64, f64))> {
    if ![from.0, from.1, to.0, to.1].iter().all(|value| value.is_finite()) {
        return None;
    }
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let [left, top, right, bottom] = [area.left, area.top, area.right, area.bottom].map(f64::from);
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    for (step, room) in
        [(-dx, from.0 - left), (dx, right - from.0), (-dy, from.1 - top), (dy, bottom - from.1)]
    {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            first = first.max(room / step);
        } else {
            last = last.min(room / step);
        }
    }
    let at = |part: f64| (from.0 + dx * part, from.1 + dy * part);
    (first < last).then(|| (at(first), at(last)))
}

/// The pixels of a canvas that a shape can touch.
struct Window {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Window {
    /// `None` if there are none.
    fn around(points: &[(f64, f64)], clip: &Area) -> Option<Self> {
        let least = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(f64::MAX, f64::min);
        let most = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(f64::MIN, f64::max);
        // Casts saturate: what lies outside of the clip ends at its border.
        let area = Area {
            left: least(|p| p.0).floor() as i32,
            top: least(|p| p.1).floor() as i32,
            right: most(|p| p.0).ceil() as i32,
            bottom: most(|p| p.1).ceil() as i32,
        };
        let area = area.intersection(clip);
        // A clip lies within its canvas, so nothing is negative.
        (!area.is_empty()).then(|| Self {
            x: area.left as u32,
            y: area.top as u32,
            width: area.width() as u32,
            height: area.height() as u32,
        })
    }

    fn moved(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x - f64::from(self.x), y - f64::from(self.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_blend_to_the_middle() {
        let mut canvas = Canvas::new(4, 4, Rgba::opaque(0, 0, 0));
        canvas.fill(&[(-9.0, 1.0), (1.5, 1.0), (1.5, 2.0), (-9.0, 2.0)], Rgba::opaque(200, 100, 0));
        assert_eq!(canvas.get(0, 1), Rgba::opaque(200, 100, 0));
        assert_eq!(canvas.get(1, 1), Rgba::opaque(100, 50, 0));
        assert_eq!(canvas.get(2, 1), Rgba::opaque(0, 0, 0));
        assert_eq!(canvas.get(0, 0), Rgba::opaque(0, 0, 0));
    }

    #[test]
    fn nothing_is_painted_outside() {
        let mut canvas = Canvas::new(4, 4, Rgba::opaque(9, 9, 9));
        let before = canvas.clone();
        let paint = Rgba::opaque(200, 100, 0);
        canvas.dot((-20.0, 2.0), 3.0, paint);
        canvas.fill(&[(4.0, 0.0), (9.0, 0.0), (9.0, f64::NAN)], paint);
        canvas.fill(&[], paint);
        assert_eq!(canvas, before);
        let area = Area::new(2, 2, 3, 3);
        assert_eq!(canvas.clip_to(area), Area::new(0, 0, 4, 4));
        canvas.line((-1e9, 0.5), (1e9, 0.5), 1.0, paint);
        canvas.fill_area(Area::new(-5, -5, 3, 2), paint);
        canvas.fill_mask(-1, -1, 3, &[255; 9], paint);
        canvas.paint_with(Area::new(0, 0, 2, 9), |_, _| Some(paint));
        canvas.set_clip(Area::new(-9, -9, 99, 99));
        assert_eq!(canvas, before);
    }

    #[test]
    fn thin_lines_reach_across_the_canvas() {
        let white = Rgba::opaque(255, 255, 255);
        let mut canvas = Canvas::new(80, 4, Rgba::opaque(0, 0, 0));
        canvas.line((0.0, 2.0), (80.0, 2.0), 1.0, white);
        let grey = Rgba::opaque(128, 128, 128);
        for x in 0..80 {
            assert_eq!([1, 2].map(|y| canvas.get(x, y)), [grey; 2], "{x}");
        }
    }

    #[test]
    fn far_shapes_keep_their_slope() {
        let mut canvas = Canvas::new(8, 8, Rgba::opaque(0, 0, 0));
        let white = Rgba::opaque(255, 255, 255);
        // The lower left half, of corners a million pixels away.
        canvas.fill(&[(-1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)], white);
        for k in 0..8 {
            assert_eq!(canvas.get(k, k), Rgba::opaque(128, 128, 128), "{k}");
            assert!(k == 7 || canvas.get(k, k + 1) == white, "{k}");
        }
        let mut canvas = Canvas::new(8, 8, Rgba::opaque(0, 0, 0));
        canvas.line((-1e7, -1e7 + 4.0), (1e7, 1e7 + 4.0), 1.5, white);
        assert!(canvas.get(0, 4).red > 200 && canvas.get(3, 7).red > 200);
        assert_eq!(canvas.get(4, 4), Rgba::opaque(0, 0, 0));
    }
}
