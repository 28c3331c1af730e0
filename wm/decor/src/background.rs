//! What covers the root window.
//!
//! Owns decoding of image files within limits, fitting them, and the built-in
//! picture. Must not know the screen.

use std::path::{Path, PathBuf};

use wm_core::geom::{Rect, Size, Source};
use wm_core::look::{Background, Color, ImageFit};

use crate::dusk;
use crate::icon::{from_rgba, resample};
use crate::picture::Picture;

/// Why an image cannot be the background.
#[derive(Debug, thiserror::Error)]
pub enum BackgroundError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no PNG, JPEG or WebP image, is damaged, or is larger than
    /// 16384 pixels a side or 512 MiB decoded.
    #[error("cannot show {path}: {source}")]
    Decode {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: image::ImageError,
    },
}

/// The longest side of an image, in pixels.
const MAX_IMAGE_SIDE: u32 = 16384;
/// The most memory that decoding may take, in bytes.
const MAX_DECODED: u64 = 512 << 20;

/// A picture of the whole screen, in which each of `parts` has a background of
/// its own. What no part covers is black.
pub(crate) fn paint_parts(
    background: &Background,
    size: Size,
    parts: &[Rect<Source>],
    light: bool,
) -> Result<Picture, BackgroundError> {
    let image = image(background)?;
    let mut screen = Picture::new(size);
    let bounds = screen.bounds();
    let mut parts: Vec<_> = parts.iter().filter_map(|part| part.intersection(&bounds)).collect();
    parts.dedup();
    if parts.is_empty() || parts == [bounds] {
        return Ok(paint(background, image.as_ref(), size, light));
    }
    screen.fill(bounds, Color::rgb(0));
    for part in parts {
        let one = paint(background, image.as_ref(), part.size(), light);
        screen.draw(&one, part.x, part.y, part, 255);
    }
    Ok(screen)
}

/// The image that a background needs, decoded.
fn image(background: &Background) -> Result<Option<Picture>, BackgroundError> {
    match background {
        Background::Image { path, .. } => decode(path).map(Some),
        _ => Ok(None),
    }
}

fn paint(background: &Background, image: Option<&Picture>, size: Size, light: bool) -> Picture {
    let mut picture = Picture::new(size);
    match background {
        Background::Default => dusk::paint(&mut picture, light),
        Background::Solid(color) => picture.fill(picture.bounds(), color.with_alpha(255)),
        Background::Gradient { top, bottom } => {
            let last = f32::from(u16::try_from(picture.size.h).unwrap_or(1)) - 1.0;
            shade(&mut picture, |_, y| {
                let t = y as f32 / last.max(1.0);
                let channel = |a: u8, b: u8| f32::from(a) + (f32::from(b) - f32::from(a)) * t;
                [channel(top.r, bottom.r), channel(top.g, bottom.g), channel(top.b, bottom.b)]
            });
        }
        Background::Image { fit, behind, .. } => {
            picture.fill(picture.bounds(), behind.with_alpha(255));
            if let Some(image) = image {
                place(&mut picture, image, *fit);
            }
        }
    }
    picture
}

fn decode(path: &Path) -> Result<Picture, BackgroundError> {
    let unreadable = |source| BackgroundError::Read { path: path.to_owned(), source };
    let broken = |source| BackgroundError::Decode { path: path.to_owned(), source };
    let mut reader = image::ImageReader::open(path)
        .map_err(unreadable)?
        .with_guessed_format()
        .map_err(unreadable)?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_IMAGE_SIDE);
    limits.max_image_height = Some(MAX_IMAGE_SIDE);
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    let decoded = reader.decode().map_err(broken)?.into_rgba8();
    from_rgba(&decoded).ok_or_else(|| {
        let kind = image::error::LimitErrorKind::DimensionError;
        broken(image::ImageError::Limits(image::error::LimitError::from_kind(kind)))
    })
}

fn place(picture: &mut Picture, image: &Picture, fit: ImageFit) {
    let (screen, own) = (picture.size, image.size);
    if screen.is_empty() || own.is_empty() {
        return;
    }
    let ratio = |by_width: bool| {
        let (to, from) = if by_width { (screen.w, own.w) } else { (screen.h, own.h) };
        let scale = |length: i32| {
            let scaled = i64::from(length) * i64::from(to) + i64::from(from) / 2;
            ((scaled / i64::from(from)).clamp(1, i64::from(Picture::MAX_SIDE))) as i32
        };
        Size::new(scale(own.w), scale(own.h))
    };
    let wider = i64::from(own.w) * i64::from(screen.h) >= i64::from(screen.w) * i64::from(own.h);
    let everywhere = picture.bounds();
    match fit {
        ImageFit::Tile => {
            for y in (0..screen.h).step_by(own.h as usize) {
                for x in (0..screen.w).step_by(own.w as usize) {
                    picture.draw(image, x, y, everywhere, 255);
                }
            }
        }
        ImageFit::Center => {
            let (x, y) = ((screen.w - own.w) / 2, (screen.h - own.h) / 2);
            picture.draw(image, x, y, everywhere, 255);
        }
        ImageFit::Stretch => picture.draw(&resample(image, screen), 0, 0, everywhere, 255),
        ImageFit::Fit => {
            let scaled = resample(image, ratio(wider));
            let (x, y) = ((screen.w - scaled.size.w) / 2, (screen.h - scaled.size.h) / 2);
            picture.draw(&scaled, x, y, everywhere, 255);
        }
        ImageFit::Fill => {
            // Cut first, so that a panorama is not scaled to a giant.
            let part = cut_to_ratio(image, screen);
            picture.draw(&resample(&part, screen), 0, 0, everywhere, 255);
        }
    }
}

/// The middle part of `image` that has the ratio of `screen`.
fn cut_to_ratio(image: &Picture, screen: Size) -> Picture {
    let own = image.size;
    let w = (i64::from(own.h) * i64::from(screen.w) / i64::from(screen.h)).clamp(1, own.w.into());
    let h = (i64::from(own.w) * i64::from(screen.h) / i64::from(screen.w)).clamp(1, own.h.into());
    let mut part = Picture::new(Size::new(w as i32, h as i32));
    let (x, y) = ((own.w - part.size.w) / 2, (own.h - part.size.h) / 2);
    part.draw(image, -x, -y, part.bounds(), 255);
    part
}

/// Thresholds in 1/16 that spread rounding errors so that slow gradients show
/// no bands (Bayer's 4 × 4 ordered dither).
const DITHER: [[u8; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];

/// Sets every pixel to the colour (red, green, blue; 0.0 to 255.0) that a
/// function gives, dithered.
pub(crate) fn shade(picture: &mut Picture, color: impl Fn(i32, i32) -> [f32; 3]) {
    let size = picture.size;
    for y in 0..size.h {
        let thresholds = DITHER[y as usize % 4];
        let Some(start) = picture.index(0, y) else { return };
        let row = &mut picture.pixels[start..start + 4 * size.w as usize];
        for (x, pixel) in row.chunks_exact_mut(4).enumerate() {
            let threshold = (f32::from(thresholds[x % 4]) + 0.5) / 16.0;
            let [r, g, b] = color(x as i32, y).map(|v| (v + threshold).floor() as u8);
            pixel.copy_from_slice(&[b, g, r, 255]);
        }
    }
}
