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
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32, background: Rgba) -> Self {
        let pixel = [background.red, background.green, background.blue];
        let bytes = pixel.repeat(width as usize * height as usize);
        Self { width, height, bytes }
    }

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

    /// Fills a polygon.
    pub(super) fn fill(&mut self, corners: &[(f64, f64)], colour: Rgba) {
        let Some(window) = Window::around(corners, self.width, self.height) else { return };
        let mut areas = Accumulator::new(window.width, window.height);
        for (k, from) in corners.iter().enumerate() {
            let to = corners[(k + 1) % corners.len()];
            areas.add_line(window.moved(*from), window.moved(to));
        }
        self.blend(&window, colour, |mask| areas.add_to(&mut mask.as_mut(), FillRule::NonZero));
    }

    /// Draws a closed line along a polygon.
    pub(super) fn outline(&mut self, corners: &[(f64, f64)], width: f64, colour: Rgba) {
        for (k, from) in corners.iter().enumerate() {
            let to = corners[(k + 1) % corners.len()];
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
    }

    /// Fills a circle.
    pub(super) fn dot(&mut self, center: (f64, f64), radius: f64, colour: Rgba) {
        let box_around =
            [(center.0 - radius, center.1 - radius), (center.0 + radius, center.1 + radius)];
        let Some(window) = Window::around(&box_around, self.width, self.height) else { return };
        let (x, y) = window.moved(center);
        let circle = RoundedRect::circle(x, y, radius);
        self.blend(&window, colour, |mask| circle.add_to(&mut mask.as_mut()));
    }

    /// Lets `draw` make coverage for a window and blends the colour with it.
    fn blend(&mut self, window: &Window, colour: Rgba, draw: impl FnOnce(&mut Mask)) {
        let Ok(mut mask) = Mask::new(MaskFormat::A8, window.width, window.height) else { return };
        draw(&mut mask);
        let channels = [colour.red, colour.green, colour.blue];
        for y in 0..window.height {
            let start = 3 * ((window.y + y) as usize * self.width as usize + window.x as usize);
            let Some(coverage) = mask.row(y) else { continue };
            let pixels = self.bytes[start..].chunks_exact_mut(3);
            for (pixel, &coverage) in pixels.zip(coverage) {
                let alpha = u32::from(coverage) * u32::from(colour.alpha);
                for (channel, paint) in pixel.iter_mut().zip(channels) {
                    let mixed =
                        u32::from(paint) * alpha + u32::from(*channel) * (255 * 255 - alpha);
                    *channel = ((mixed + 255 * 255 / 2) / (255 * 255)) as u8;
                }
            }
        }
    }
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
    fn around(points: &[(f64, f64)], width: u32, height: u32) -> Option<Self> {
        let least = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(f64::MAX, f64::min);
        let most = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).fold(f64::MIN, f64::max);
        // Casts saturate: what lies outside of the canvas ends at its border.
        let (left, top) = (least(|p| p.0).floor() as u32, least(|p| p.1).floor() as u32);
        let right = (most(|p| p.0).ceil() as u32).min(width);
        let bottom = (most(|p| p.1).ceil() as u32).min(height);
        (left < right && top < bottom).then(|| Self {
            x: left,
            y: top,
            width: right - left,
            height: bottom - top,
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
    }
}
