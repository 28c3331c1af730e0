//! Images and rectangles, and PNG files of them.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use x11rb::protocol::xproto::Rectangle as XRectangle;

/// A rectangle in pixels; of which space, the context says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rectangle {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Rectangle {
    /// A rectangle.
    #[must_use]
    pub const fn new(x: i32, y: i32, width: u32, height: u32) -> Self {
        Self { x, y, width, height }
    }

    /// One past the right edge.
    #[must_use]
    pub fn right(self) -> i32 {
        self.x.saturating_add_unsigned(self.width)
    }

    /// One past the lower edge.
    #[must_use]
    pub fn bottom(self) -> i32 {
        self.y.saturating_add_unsigned(self.height)
    }

    /// The pixel in the middle, rounded down.
    #[must_use]
    pub fn center(self) -> (i32, i32) {
        (self.x + (self.width / 2).cast_signed(), self.y + (self.height / 2).cast_signed())
    }

    /// Whether a pixel is inside.
    #[must_use]
    pub fn contains(self, x: i32, y: i32) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }

    /// Whether all of `other` is inside.
    #[must_use]
    pub fn contains_rectangle(self, other: Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && self.right() >= other.right()
            && self.bottom() >= other.bottom()
    }

    /// What both have; `None` when that is nothing.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let width = u32::try_from(self.right().min(other.right()) - x).ok()?;
        let height = u32::try_from(self.bottom().min(other.bottom()) - y).ok()?;
        (width > 0 && height > 0).then_some(Self { x, y, width, height })
    }

    /// In the protocol's 16 bits; what does not fit is clamped.
    #[must_use]
    pub fn to_x(self) -> XRectangle {
        let place = |value: i32| {
            i16::try_from(value).unwrap_or(if value < 0 { i16::MIN } else { i16::MAX })
        };
        let size = |value: u32| u16::try_from(value).unwrap_or(u16::MAX);
        XRectangle {
            x: place(self.x),
            y: place(self.y),
            width: size(self.width),
            height: size(self.height),
        }
    }
}

/// A picture of `width × height` pixels, `0x00RRGGBB` each, row by row from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    width: u32,
    height: u32,
    pixels: Vec<u32>,
}

impl std::fmt::Debug for Image {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Image {}×{}", self.width, self.height)
    }
}

impl Image {
    /// An image from its pixels; bits above the lower 24 are dropped.
    ///
    /// # Errors
    /// When there are not `width × height` of them.
    pub fn new(width: u32, height: u32, mut pixels: Vec<u32>) -> Result<Self> {
        ensure!(
            pixels.len() as u64 == u64::from(width) * u64::from(height),
            "{} pixels for {width}×{height}",
            pixels.len()
        );
        for pixel in &mut pixels {
            *pixel &= 0xff_ffff;
        }
        Ok(Self { width, height, pixels })
    }

    /// An image whose pixels a function tells.
    #[must_use]
    pub fn from_fn(width: u32, height: u32, mut pixel: impl FnMut(u32, u32) -> u32) -> Self {
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                pixels.push(pixel(x, y) & 0xff_ffff);
            }
        }
        Self { width, height, pixels }
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

    /// All pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// The colour of one pixel, `0x00RRGGBB`; `None` outside.
    #[must_use]
    pub fn pixel(&self, x: i32, y: i32) -> Option<u32> {
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        (x < self.width && y < self.height)
            .then(|| self.pixels[y as usize * self.width as usize + x as usize])
    }

    /// The part inside a rectangle, itself cut to the image.
    #[must_use]
    pub fn crop(&self, rectangle: Rectangle) -> Self {
        let whole = Rectangle::new(0, 0, self.width, self.height);
        let part = whole.intersection(rectangle).unwrap_or_default();
        Self::from_fn(part.width, part.height, |x, y| {
            self.pixel(part.x + x.cast_signed(), part.y + y.cast_signed()).unwrap_or(0)
        })
    }

    /// Whether every pixel of a rectangle has one colour.
    #[must_use]
    pub fn is_solid(&self, rectangle: Rectangle, color: u32) -> bool {
        let part = self.crop(rectangle);
        !part.pixels.is_empty() && part.pixels.iter().all(|&pixel| pixel == color & 0xff_ffff)
    }

    /// How many pixels have a colour.
    #[must_use]
    pub fn count(&self, color: u32) -> usize {
        self.pixels.iter().filter(|&&pixel| pixel == color & 0xff_ffff).count()
    }

    /// How many different colours there are.
    #[must_use]
    pub fn colors(&self) -> usize {
        self.pixels.iter().collect::<std::collections::HashSet<_>>().len()
    }

    /// Writes it as an 8-bit RGB PNG file, making its directory.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let file = File::create(path).with_context(|| format!("write {}", path.display()))?;
        let mut encoder = png::Encoder::new(BufWriter::new(file), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let bytes: Vec<u8> = self
            .pixels
            .iter()
            .flat_map(|pixel| {
                let [_, red, green, blue] = pixel.to_be_bytes();
                [red, green, blue]
            })
            .collect();
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&bytes)?;
        Ok(writer.finish()?)
    }

    /// Reads a PNG file with 8-bit RGB or RGBA pixels; alpha is dropped.
    ///
    /// # Errors
    /// When it is not such a file.
    pub fn load(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("read {}", path.display()))?;
        let mut decoder = png::Decoder::new(BufReader::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("image too large")?];
        let info = reader.next_frame(&mut bytes)?;
        let samples = info.color_type.samples();
        ensure!(samples >= 3, "{} is not in colour", path.display());
        let pixels = bytes[..info.buffer_size()]
            .chunks_exact(samples)
            .map(|sample| u32::from_be_bytes([0, sample[0], sample[1], sample[2]]))
            .collect();
        Self::new(info.width, info.height, pixels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_png_file_keeps_every_pixel() {
        let image = Image::from_fn(7, 5, |x, y| x << 16 | y << 8 | (x * y));
        let path = std::env::temp_dir().join(format!("testkit-image-{}.png", std::process::id()));
        image.save(&path).unwrap();
        let loaded = Image::load(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(loaded.pixels(), image.pixels());
    }

    #[test]
    fn rectangles_cut_each_other_and_images() {
        let one = Rectangle::new(-2, 0, 4, 4);
        assert_eq!(one.intersection(Rectangle::new(1, 3, 9, 9)), Some(Rectangle::new(1, 3, 1, 1)));
        assert_eq!(one.intersection(Rectangle::new(2, 0, 1, 1)), None);
        let image = Image::from_fn(4, 4, |x, y| x + 10 * y);
        assert_eq!(image.crop(one).pixels(), [0, 1, 10, 11, 20, 21, 30, 31]);
        assert!(!image.is_solid(Rectangle::new(9, 9, 2, 2), 0), "nothing is not a solid colour");
    }
}
