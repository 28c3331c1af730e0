//! Captures as pictures: each trapezoid in its own colour.
//!
//! Owns what is drawn where: the window onto the drawing, the pixel grid, the
//! samples. It must not know files.

mod samples;

use raster::{Grid, MaskFormat};
pub use samples::Samples;
use thiserror::Error;

use crate::canvas::Canvas;
use crate::capture::{Capture, Set};
use crate::colour::Rgba;
use crate::stats::Stats;

/// The part of a drawing that is shown, in its pixels, and how large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The column at the left.
    pub left: i32,
    /// The row at the top.
    pub top: i32,
    /// How many columns.
    pub width: u32,
    /// How many rows.
    pub height: u32,
    /// The side of a pixel of the drawing, in pixels of the picture.
    pub zoom: u32,
}

/// Why a picture cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PictureError {
    /// There is nothing to choose a view from.
    #[error("nothing is drawn, so there is nothing to show")]
    Empty,
    /// A side would be too long, or 0.
    #[error("a picture of {width}×{height} pixels: sides are 1 to {} pixels", View::MAX_SIDE)]
    Size {
        /// The width in pixels of the picture.
        width: u64,
        /// The height in pixels of the picture.
        height: u64,
    },
}

/// From this zoom on, borders of pixels are shown.
const ZOOM_OF_PIXELS: u32 = 8;

/// The least distance of samples, in pixels of the picture, to show them.
const SAMPLE_DISTANCE: u32 = 4;

impl View {
    /// The longest side of a picture.
    pub const MAX_SIDE: u32 = Canvas::MAX_SIDE;

    /// All that is drawn, with a margin of a pixel; enlarged by whole numbers
    /// to about 900 pixels if no zoom is given.
    ///
    /// # Errors
    ///
    /// If nothing is drawn.
    pub fn of_all(capture: &Capture, zoom: Option<u32>) -> Result<Self, PictureError> {
        let [left, top, right, bottom] =
            Stats::of_capture(capture).bounds.ok_or(PictureError::Empty)?;
        // Lines reach no farther than 16.16 does, but cross anywhere.
        let pixel = |value: f64| value.clamp(-40_000.0, 40_000.0) as i32;
        let (left, top) = (pixel(left.floor()) - 1, pixel(top.floor()) - 1);
        let (right, bottom) = (pixel(right.ceil()) + 1, pixel(bottom.ceil()) + 1);
        let view =
            Self { left, top, width: right.abs_diff(left), height: bottom.abs_diff(top), zoom: 1 };
        Ok(view.zoomed(zoom))
    }

    /// The same part at another size; at one of about 900 pixels if `None`.
    #[must_use]
    pub fn zoomed(self, zoom: Option<u32>) -> Self {
        let fitting = 900 / self.width.max(self.height).max(1);
        Self { zoom: zoom.unwrap_or(fitting).max(1), ..self }
    }

    /// Width and height of the picture in its own pixels.
    ///
    /// # Errors
    ///
    /// If a side is 0 or longer than [`View::MAX_SIDE`].
    pub fn size(&self) -> Result<(u32, u32), PictureError> {
        let width = u64::from(self.width) * u64::from(self.zoom);
        let height = u64::from(self.height) * u64::from(self.zoom);
        let allowed = 1..=u64::from(Self::MAX_SIDE);
        if !allowed.contains(&width) || !allowed.contains(&height) {
            return Err(PictureError::Size { width, height });
        }
        // Both are at most 16384.
        Ok((width as u32, height as u32))
    }

    /// Where a point of the drawing is in the picture.
    fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let zoom = f64::from(self.zoom);
        ((x - f64::from(self.left)) * zoom, (y - f64::from(self.top)) * zoom)
    }
}

/// Draws a capture: trapezoids, their outlines, and, where there is room, the
/// borders of pixels and the samples of a mask format as dots, dark where the
/// sample is in.
///
/// `samples` is the format whose grid is shown; none is if its samples would
/// lie closer than four pixels.
///
/// # Errors
///
/// If the view has no or too many pixels.
pub fn draw(
    capture: &Capture,
    view: &View,
    samples: Option<MaskFormat>,
) -> Result<Canvas, PictureError> {
    let (width, height) = view.size()?;
    let mut canvas = Canvas::new(width, height, Rgba::opaque(250, 250, 250));
    let shapes = || capture.sets.iter().flat_map(Set::iter).enumerate();
    for (number, shape) in shapes() {
        let corners = shape.corners(&capture.glyphs).map(|corner| view.place(corner));
        canvas.fill(&corners, Rgba::of_number(number).with_alpha(190));
    }
    if view.zoom >= ZOOM_OF_PIXELS {
        draw_pixels(&mut canvas, view);
    }
    for (number, shape) in shapes() {
        let outline = shape.corners(&capture.glyphs).map(|corner| view.place(corner));
        let line = if view.zoom >= ZOOM_OF_PIXELS { 1.5 } else { 0.7 };
        canvas.outline(&outline, line, Rgba::of_number(number).darker());
    }
    if let Some(format) = samples
        && view.zoom >= SAMPLE_DISTANCE * Grid::of(format).columns.unsigned_abs()
    {
        draw_samples(&mut canvas, capture, view, format);
    }
    Ok(canvas)
}

fn draw_pixels(canvas: &mut Canvas, view: &View) {
    let line = Rgba::opaque(0, 0, 0).with_alpha(40);
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    for column in 0..=view.width {
        let x = f64::from(column * view.zoom);
        canvas.fill(&[(x - 0.5, 0.0), (x + 0.5, 0.0), (x + 0.5, height), (x - 0.5, height)], line);
    }
    for row in 0..=view.height {
        let y = f64::from(row * view.zoom);
        canvas.fill(&[(0.0, y - 0.5), (width, y - 0.5), (width, y + 0.5), (0.0, y + 0.5)], line);
    }
}

fn draw_samples(canvas: &mut Canvas, capture: &Capture, view: &View, format: MaskFormat) {
    let samples = Samples::of(capture.trapezoids(), view, format);
    let radius = (f64::from(view.zoom) / f64::from(samples.columns_per_pixel()) / 5.0).min(6.0);
    for (x, y, inside) in samples.iter() {
        let colour =
            if inside { Rgba::opaque(20, 20, 20) } else { Rgba::opaque(0, 0, 0).with_alpha(50) };
        let center = view.place((x.to_f64(), y.to_f64()));
        canvas.dot(center, if inside { radius } else { radius * 0.6 }, colour);
    }
}

#[cfg(test)]
mod tests {
    use raster::{Fixed, Trapezoid};

    use super::*;

    fn capture(shape: Trapezoid) -> Capture {
        let colour = Rgba::opaque(0, 0, 0);
        let set = Set::of_trapezoids("", colour, vec![shape]);
        Capture { sets: vec![set], ..Capture::default() }
    }

    fn square(low: f64, high: f64) -> Trapezoid {
        let (low, high) = (Fixed::from_f64(low), Fixed::from_f64(high));
        Trapezoid::rectangle(low, low, high, high)
    }

    #[test]
    fn a_view_shows_all_with_a_margin() {
        let view = View::of_all(&capture(square(2.5, 9.0)), None).unwrap();
        let expected = View { left: 1, top: 1, width: 9, height: 9, zoom: 100 };
        assert_eq!(view, expected);
        let empty = View::of_all(&Capture::default(), None);
        assert_eq!(empty, Err(PictureError::Empty));
    }

    #[test]
    fn impossible_sizes_are_errors() {
        let view = View { left: 0, top: 0, width: 100, height: 0, zoom: u32::MAX };
        let error = draw(&Capture::default(), &view, None).unwrap_err();
        assert_eq!(error, PictureError::Size { width: 429_496_729_500, height: 0 });
    }

    #[test]
    fn trapezoids_get_their_colours() {
        let mut two = capture(square(0.0, 4.0));
        let more = Set::of_trapezoids("", Rgba::opaque(0, 0, 0), vec![square(5.0, 8.0)]);
        two.sets.push(more);
        let view = View { left: 0, top: 0, width: 10, height: 10, zoom: 4 };
        let canvas = draw(&two, &view, None).unwrap();
        let (first, second) = (canvas.get(8, 8), canvas.get(26, 26));
        assert_ne!(first, second);
        assert_eq!(canvas.get(38, 38), Rgba::opaque(250, 250, 250), "the background");
        assert_ne!(first, canvas.get(38, 38));
    }

    #[test]
    fn samples_are_dark_inside_and_light_outside() {
        let view = View { left: 0, top: 0, width: 4, height: 4, zoom: 40 };
        let canvas = draw(&capture(square(1.0, 3.0)), &view, Some(MaskFormat::A1)).unwrap();
        assert_eq!(canvas.get(60, 60), Rgba::opaque(20, 20, 20), "the centre of a pixel inside");
        let outside = canvas.get(20, 20);
        assert!(outside.red > 150 && outside.red < 250, "{outside}");
        let plain = draw(&capture(square(1.0, 3.0)), &view, None).unwrap();
        assert_ne!(plain.get(60, 60), Rgba::opaque(20, 20, 20));
    }
}
