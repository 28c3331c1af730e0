//! Drawing into a [`Picture`]: rectangles, rounded rectangles, paths and
//! other pictures, all by "source over destination".
//!
//! Owns pixel arithmetic. Must not know looks or text.

use raster::area::RoundedRect;
use wm_core::geom::{Rect, Source};
use wm_core::look::Color;
use zeno::{Command, Fill, Mask, Stroke};

use crate::picture::Picture;

/// `value * factor / 255`, rounded to nearest.
pub(crate) const fn mul255(value: u8, factor: u8) -> u8 {
    let product = value as u32 * factor as u32 + 128;
    ((product + (product >> 8)) >> 8) as u8
}

/// `a` moved towards `b` by `amount` of 255, alpha too.
pub(crate) fn mix(a: Color, b: Color, amount: u8) -> Color {
    let channel = |from: u8, to: u8| {
        let (from, to, t) = (i32::from(from), i32::from(to), i32::from(amount));
        ((from * (255 - t) + to * t + 127) / 255) as u8
    };
    Color { r: channel(a.r, b.r), g: channel(a.g, b.g), b: channel(a.b, b.b), a: channel(a.a, b.a) }
}

/// Perceived lightness, 0 to 255 (Rec. 709 weights on the encoded values:
/// enough to tell a dark theme from a light one).
pub(crate) fn lightness(color: Color) -> u8 {
    ((u32::from(color.r) * 54 + u32::from(color.g) * 183 + u32::from(color.b) * 19) >> 8) as u8
}

/// Coverage of a shape, 8 bits per pixel, placed in a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Coverage {
    /// The pixels that it speaks of.
    pub(crate) rect: Rect<Source>,
    /// Row by row, `rect.w` bytes each.
    pub(crate) data: Vec<u8>,
}

/// A path in picture coordinates, pixels.
pub(crate) type Path = Vec<Command>;

/// The exact area that a path covers of each pixel, by the non-zero rule.
pub(crate) fn filled(path: &Path) -> Coverage {
    let (data, at) = Mask::new(&path[..]).style(Fill::NonZero).render();
    Coverage { rect: Rect::new(at.left, at.top, at.width as i32, at.height as i32), data }
}

/// The exact area that a path's outline covers of each pixel.
pub(crate) fn stroked(path: &Path, stroke: Stroke<'_>) -> Coverage {
    let (data, at) = Mask::new(&path[..]).style(stroke).render();
    Coverage { rect: Rect::new(at.left, at.top, at.width as i32, at.height as i32), data }
}

/// A rectangle with round corners that lies on whole pixels.
pub(crate) fn rounded(rect: Rect<Source>, radius: f64) -> RoundedRect {
    RoundedRect {
        x: f64::from(rect.x),
        y: f64::from(rect.y),
        width: f64::from(rect.w),
        height: f64::from(rect.h),
        radius,
    }
}

impl Picture {
    /// The rectangle of all its pixels.
    pub(crate) fn bounds(&self) -> Rect<Source> {
        Rect::new(0, 0, self.size.w, self.size.h)
    }

    /// Puts `color` over the pixel, as far as `coverage` of 255 goes.
    pub(crate) fn blend(&mut self, x: i32, y: i32, color: Color, coverage: u8) {
        if let Some(at) = self.index(x, y) {
            over(&mut self.pixels[at..at + 4], color, coverage);
        }
    }

    /// Puts `color` over a rectangle.
    pub(crate) fn fill(&mut self, rect: Rect<Source>, color: Color) {
        let Some(rect) = rect.intersection(&self.bounds()) else { return };
        for y in rect.y..rect.bottom() {
            let Some(at) = self.index(rect.x, y) else { continue };
            for pixel in self.pixels[at..at + 4 * rect.w as usize].chunks_exact_mut(4) {
                over(pixel, color, 255);
            }
        }
    }

    /// Puts `color` over a rounded rectangle.
    pub(crate) fn fill_rounded(&mut self, rect: Rect<Source>, radius: f64, color: Color) {
        self.fill_rounded_with(rect, radius, |_, _| color);
    }

    /// Puts a colour that depends on the pixel over a rounded rectangle.
    pub(crate) fn fill_rounded_with(
        &mut self,
        rect: Rect<Source>,
        radius: f64,
        color: impl Fn(i32, i32) -> Color,
    ) {
        let shape = rounded(rect, radius);
        let Some(clip) = rect.intersection(&self.bounds()) else { return };
        let corner = radius.ceil() as i32;
        for y in clip.y..clip.bottom() {
            let straight = y >= rect.y + corner && y < rect.bottom() - corner;
            for x in clip.x..clip.right() {
                let inside = straight || (x >= rect.x + corner && x < rect.right() - corner);
                let covered =
                    if inside { 255 } else { (shape.coverage(x, y) * 255.0).round() as u8 };
                self.blend(x, y, color(x, y), covered);
            }
        }
    }

    /// Puts `color` over a ring of `thickness` pixels inside the edge of a
    /// rounded rectangle.
    pub(crate) fn outline_rounded(
        &mut self,
        rect: Rect<Source>,
        radius: f64,
        thickness: f64,
        color: Color,
    ) {
        let outer = rounded(rect, radius);
        let inner = outer.outset(-thickness);
        let Some(clip) = rect.intersection(&self.bounds()) else { return };
        let corner = (radius.max(thickness)).ceil() as i32 + 1;
        for y in clip.y..clip.bottom() {
            let middle = y >= rect.y + corner && y < rect.bottom() - corner;
            let mut x = clip.x;
            while x < clip.right() {
                if middle && x == rect.x + corner {
                    // Between the corners a row only touches left and right.
                    x = x.max(rect.right() - corner).min(clip.right());
                    if x >= clip.right() {
                        break;
                    }
                }
                let covered = (outer.coverage(x, y) - inner.coverage(x, y)).clamp(0.0, 1.0);
                self.blend(x, y, color, (covered * 255.0).round() as u8);
                x += 1;
            }
        }
    }

    /// Puts `color` over a shape, within `clip`.
    pub(crate) fn fill_coverage(&mut self, shape: &Coverage, clip: Rect<Source>, color: Color) {
        let Some(rect) = shape.rect.intersection(&clip) else { return };
        for y in rect.y..rect.bottom() {
            for x in rect.x..rect.right() {
                let index = (y - shape.rect.y) as usize * shape.rect.w as usize
                    + (x - shape.rect.x) as usize;
                if let Some(&covered) = shape.data.get(index)
                    && covered > 0
                {
                    self.blend(x, y, color, covered);
                }
            }
        }
    }

    /// Puts another picture over this one with its top-left corner at
    /// (`x`, `y`), within `clip`, weakened to `opacity` of 255.
    pub(crate) fn draw(&mut self, other: &Self, x: i32, y: i32, clip: Rect<Source>, opacity: u8) {
        let placed: Rect<Source> = Rect::new(x, y, other.size.w, other.size.h);
        let Some(rect) =
            placed.intersection(&clip).and_then(|rect| rect.intersection(&self.bounds()))
        else {
            return;
        };
        for row in rect.y..rect.bottom() {
            let (Some(from), Some(to)) =
                (other.index(rect.x - x, row - y), self.index(rect.x, row))
            else {
                continue;
            };
            let length = 4 * rect.w as usize;
            let source = other.pixels[from..from + length].chunks_exact(4);
            let target = self.pixels[to..to + length].chunks_exact_mut(4);
            for (source, target) in source.zip(target) {
                let keep = 255 - mul255(source[3], opacity);
                for (t, s) in target.iter_mut().zip(source) {
                    *t = mul255(*s, opacity).saturating_add(mul255(*t, keep));
                }
            }
        }
    }
}

fn over(pixel: &mut [u8], color: Color, coverage: u8) {
    let alpha = mul255(color.a, coverage);
    if alpha == 255 {
        pixel.copy_from_slice(&[color.b, color.g, color.r, 255]);
        return;
    }
    if alpha == 0 {
        return;
    }
    let keep = 255 - alpha;
    for (target, source) in pixel.iter_mut().zip([color.b, color.g, color.r, 255]) {
        *target = mul255(source, alpha).saturating_add(mul255(*target, keep));
    }
}

#[cfg(test)]
mod tests {
    use wm_core::geom::Size;

    use super::*;

    const RED: Color = Color::rgb(0x00ff_0000);

    #[test]
    fn over_is_premultiplied() {
        let mut picture = Picture::new(Size::new(2, 1));
        picture.fill(Rect::new(0, 0, 1, 1), RED.with_alpha(128));
        assert_eq!(picture.pixel(0, 0), Some([0, 0, 128, 128]));
        assert_eq!(picture.pixel(1, 0), Some([0; 4]), "outside stays");
        picture.fill(Rect::new(-5, -5, 50, 50), RED);
        assert_eq!(picture.pixel(1, 0), Some([0, 0, 255, 255]));
    }

    #[test]
    fn rounded_corners_are_cut_and_symmetric() {
        let mut picture = Picture::new(Size::new(20, 20));
        picture.fill_rounded(picture.bounds(), 6.0, RED);
        let alpha = |x, y| picture.pixel(x, y).unwrap()[3];
        assert_eq!(alpha(0, 0), 0);
        assert_eq!(alpha(10, 0), 255);
        assert_eq!(alpha(10, 10), 255);
        for y in 0..20 {
            for x in 0..20 {
                assert_eq!(alpha(x, y), alpha(19 - x, y));
                assert_eq!(alpha(x, y), alpha(y, x));
            }
        }
    }

    #[test]
    fn an_outline_leaves_the_inside() {
        let mut picture = Picture::new(Size::new(30, 20));
        picture.outline_rounded(picture.bounds(), 5.0, 2.0, RED);
        let alpha = |x, y| picture.pixel(x, y).unwrap()[3];
        for x in 6..24 {
            assert_eq!([alpha(x, 0), alpha(x, 1), alpha(x, 2)], [255, 255, 0]);
        }
        for y in 6..14 {
            assert_eq!([alpha(0, y), alpha(1, y), alpha(2, y), alpha(29, y)], [255, 255, 0, 255]);
            assert_eq!(alpha(27, y), 0);
        }
    }

    #[test]
    fn a_path_covers_its_area() {
        use zeno::PathBuilder;
        let mut path = Path::new();
        path.move_to([1.0, 1.0]).line_to([3.5, 1.0]).line_to([3.5, 2.0]).line_to([1.0, 2.0]);
        path.close();
        let coverage = filled(&path);
        let sum: u32 = coverage.data.iter().map(|&c| u32::from(c)).sum();
        assert!((sum as f32 / 255.0 - 2.5).abs() < 0.02, "area is {}", sum as f32 / 255.0);
    }
}
