//! Pixels in memory.
//!
//! Owns bounds: no access reaches outside an image. Must not know where the
//! pixels come from.

use wm_core::geom::{Rect, Size, Source};

use crate::pixel::Pixel;

/// Rows of premultiplied pixels from the top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image {
    size: Size,
    pixels: Vec<Pixel>,
}

impl Image {
    /// An image of opaque black.
    #[must_use]
    pub fn new(size: Size) -> Self {
        let size = Size::new(size.w, size.h);
        Self { size, pixels: vec![[0, 0, 0, 255]; usize::try_from(size.area()).unwrap_or(0)] }
    }

    /// An image from bytes B, G, R, A without padding; `None` if they are too
    /// few.
    #[must_use]
    pub fn from_bytes(size: Size, bytes: &[u8]) -> Option<Self> {
        let count = usize::try_from(size.area()).ok()?;
        let (pixels, _) = bytes.as_chunks::<4>();
        Some(Self { size, pixels: pixels.get(..count)?.to_vec() })
    }

    /// Width and height in pixels.
    #[must_use]
    pub const fn size(&self) -> Size {
        self.size
    }

    /// All of it as a rectangle.
    #[must_use]
    pub const fn bounds(&self) -> Rect<Source> {
        Rect::new(0, 0, self.size.w, self.size.h)
    }

    /// All pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[Pixel] {
        &self.pixels
    }

    /// One pixel, transparent outside.
    #[must_use]
    pub fn get(&self, x: i32, y: i32) -> Pixel {
        if x < 0 || y < 0 || x >= self.size.w || y >= self.size.h {
            return [0; 4];
        }
        self.pixels[y as usize * self.size.w as usize + x as usize]
    }

    /// The columns `from..to` of row `y`, cut to the image.
    pub fn row_mut(&mut self, y: i32, from: i32, to: i32) -> &mut [Pixel] {
        let (from, to) = (from.clamp(0, self.size.w), to.clamp(0, self.size.w));
        if y < 0 || y >= self.size.h || from >= to {
            return &mut [];
        }
        let start = y as usize * self.size.w as usize;
        &mut self.pixels[start + from as usize..start + to as usize]
    }

    /// The columns `from..to` of row `y`, cut to the image.
    #[must_use]
    pub fn row(&self, y: i32, from: i32, to: i32) -> &[Pixel] {
        let (from, to) = (from.clamp(0, self.size.w), to.clamp(0, self.size.w));
        if y < 0 || y >= self.size.h || from >= to {
            return &[];
        }
        let start = y as usize * self.size.w as usize;
        &self.pixels[start + from as usize..start + to as usize]
    }

    /// Copies to `rect` of this image what lies `shift` further in `other`.
    /// Both must hold all of it; what they do not hold is left out.
    pub fn copy_from(&mut self, other: &Self, rect: &Rect<Source>, shift: (i32, i32)) {
        for y in rect.y..rect.bottom() {
            let from = other.row(y + shift.1, rect.x + shift.0, rect.right() + shift.0);
            let to = self.row_mut(y, rect.x, rect.right());
            if from.len() == to.len() {
                to.copy_from_slice(from);
            }
        }
    }

    /// Writes `rect` from bytes B, G, R, A (or anything, if `opaque`) without
    /// padding.
    pub fn write(&mut self, rect: &Rect<Source>, bytes: &[u8], opaque: bool) {
        let (pixels, _) = bytes.as_chunks::<4>();
        for (y, from) in (rect.y..rect.bottom()).zip(pixels.chunks_exact(rect.w.max(1) as usize)) {
            let to = self.row_mut(y, rect.x, rect.right());
            if to.len() == from.len() {
                for (to, from) in to.iter_mut().zip(from) {
                    *to = *from;
                    if opaque {
                        to[3] = 255;
                    }
                }
            }
        }
    }

    /// Between the pixel (`x`, `y`) and its right and lower neighbours:
    /// `right` and `down` are 128ths of the way. Edges repeat. Truncates.
    #[must_use]
    pub fn bilinear(&self, x: i32, y: i32, right: u32, down: u32) -> Pixel {
        if self.size.is_empty() {
            return [0; 4];
        }
        let at =
            |x: i32, y: i32| self.get(x.clamp(0, self.size.w - 1), y.clamp(0, self.size.h - 1));
        let corners = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
        let weights = [
            (128 - right) * (128 - down),
            right * (128 - down),
            (128 - right) * down,
            right * down,
        ];
        std::array::from_fn(|channel| {
            let sum: u32 = (0..4).map(|i| u32::from(corners[i][channel]) * weights[i]).sum();
            (sum >> 14) as u8
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_outside() {
        let mut image = Image::new(Size::new(3, 2));
        assert_eq!(image.get(3, 0), [0; 4]);
        assert_eq!(image.get(-1, 1), [0; 4]);
        assert_eq!(image.row_mut(1, -5, 9).len(), 3);
        assert!(image.row_mut(2, 0, 3).is_empty());
        image.write(&Rect::new(2, 1, 4, 4), &[9; 64], false);
        assert_eq!(image, Image::new(Size::new(3, 2)), "a row that sticks out is left alone");
        assert!(Image::from_bytes(Size::new(2, 2), &[0; 15]).is_none());
    }

    #[test]
    fn interpolation_meets_the_pixels() {
        let bytes = [10, 20, 30, 255, 50, 60, 70, 255];
        let image = Image::from_bytes(Size::new(2, 1), &bytes).unwrap();
        assert_eq!(image.bilinear(0, 0, 0, 0), [10, 20, 30, 255]);
        assert_eq!(image.bilinear(0, 0, 64, 77), [30, 40, 50, 255]);
        assert_eq!(image.bilinear(-7, 3, 64, 5), [10, 20, 30, 255], "the edge repeats");
    }
}
