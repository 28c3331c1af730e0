//! Window icons: from `_NET_WM_ICON`, at the size that a place needs, or a
//! drawn one for windows that have none.
//!
//! Owns decoding and scaling. Must not know where icons are shown.

use image::imageops::{self, FilterType};
use image::{Rgba, RgbaImage};
use wm_core::geom::{Rect, Size};
use wm_core::look::Color;

use crate::canvas::{mix, mul255};
use crate::picture::Picture;

/// A window's icon in the sizes that its program offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icon {
    /// By growing area, none twice.
    images: Vec<Picture>,
}

impl Icon {
    /// Larger images are shrunk to this when they are read: nothing shows
    /// icons larger than this, and there may be hundreds of windows.
    const KEPT_SIDE: u32 = 256;
    /// An image with a longer side is a lie, or a picture that is no icon.
    const MAX_SIDE: u32 = 1024;
    /// Different sizes beyond this many are ignored.
    const MAX_IMAGES: usize = 32;

    /// Reads the value of `_NET_WM_ICON` (EWMH 1.5): width, height and
    /// width × height pixels 0xAARRGGBB, straight alpha, for each image.
    ///
    /// Images with a side of 0 or beyond 1024 are skipped; from the first
    /// that is cut short on the rest is ignored. `None` if nothing is left,
    /// or if nothing of it is visible.
    #[must_use]
    pub fn from_net_wm_icon(data: &[u32]) -> Option<Self> {
        let mut images: Vec<Picture> = Vec::new();
        let mut rest = data;
        while let [w, h, tail @ ..] = rest {
            let Some(count) = (*w as usize).checked_mul(*h as usize) else { break };
            let Some((pixels, next)) = tail.split_at_checked(count) else { break };
            rest = next;
            let sides = 1..=Self::MAX_SIDE;
            if images.len() < Self::MAX_IMAGES
                && sides.contains(w)
                && sides.contains(h)
                && pixels.iter().any(|p| p >> 24 != 0)
            {
                images.push(shrunk(from_argb(*w, *h, pixels), Self::KEPT_SIDE));
            }
        }
        images.sort_by_key(|image| image.size.area());
        images.dedup_by_key(|image| image.size);
        (!images.is_empty()).then_some(Self { images })
    }

    /// A single picture, already premultiplied.
    #[must_use]
    pub fn from_picture(picture: Picture) -> Option<Self> {
        let picture = shrunk(picture, Self::KEPT_SIDE);
        (!picture.size.is_empty()).then(|| Self { images: vec![picture] })
    }

    /// The icon in a square of `side` pixels: centred, its ratio kept.
    ///
    /// Made from the smallest image that need not be enlarged, or else from
    /// the largest, which is enlarged up to twice.
    #[must_use]
    pub fn at_size(&self, side: i32) -> Picture {
        let side = side.clamp(0, 4 * Self::KEPT_SIDE as i32);
        let mut square = Picture::new(Size::new(side, side));
        let enough = self.images.iter().find(|i| i.size.w.max(i.size.h) >= side);
        let Some(best) = enough.or(self.images.last()) else { return square };
        let longest = best.size.w.max(best.size.h).max(1);
        let target = side.min(longest.saturating_mul(2));
        let scale = |length: i32| {
            ((i64::from(length) * i64::from(target) + i64::from(longest) / 2) / i64::from(longest))
                .max(1) as i32
        };
        let scaled = resample(best, Size::new(scale(best.size.w), scale(best.size.h)));
        let (x, y) = ((side - scaled.size.w) / 2, (side - scaled.size.h) / 2);
        square.draw(&scaled, x, y, square.bounds(), 255);
        square
    }
}

fn from_argb(w: u32, h: u32, pixels: &[u32]) -> Picture {
    let mut picture = Picture::new(Size::new(w as i32, h as i32));
    for (target, source) in picture.pixels.chunks_exact_mut(4).zip(pixels) {
        let [b, g, r, a] = source.to_le_bytes();
        target.copy_from_slice(&[mul255(b, a), mul255(g, a), mul255(r, a), a]);
    }
    picture
}

/// From straight RGBA; `None` if it is larger than any picture.
pub(crate) fn from_rgba(image: &RgbaImage) -> Option<Picture> {
    let (w, h) = (i32::try_from(image.width()).ok()?, i32::try_from(image.height()).ok()?);
    let mut picture = Picture::new(Size::new(w, h));
    if picture.size != Size::new(w, h) {
        return None;
    }
    for (target, source) in picture.pixels.chunks_exact_mut(4).zip(image.pixels()) {
        let Rgba([r, g, b, a]) = *source;
        target.copy_from_slice(&[mul255(b, a), mul255(g, a), mul255(r, a), a]);
    }
    Some(picture)
}

fn shrunk(picture: Picture, longest: u32) -> Picture {
    let side = picture.size.w.max(picture.size.h);
    let longest = longest as i32;
    if side <= longest {
        return picture;
    }
    let scale = |length: i32| (length * longest / side).max(1);
    resample(&picture, Size::new(scale(picture.size.w), scale(picture.size.h)))
}

/// Scales a picture with a bicubic (Catmull-Rom) filter as wide as the step
/// between the samples, on premultiplied values.
pub(crate) fn resample(source: &Picture, size: Size) -> Picture {
    if source.size == size {
        return source.clone();
    }
    let mut target = Picture::new(size);
    let (w, h) = (source.size.w as u32, source.size.h as u32);
    if size.is_empty() || source.size.is_empty() {
        return target;
    }
    // The order of the channels is all the same to the filter.
    let Some(image) = RgbaImage::from_raw(w, h, source.pixels.clone()) else { return target };
    let (w, h) = (target.size.w as u32, target.size.h as u32);
    let scaled = imageops::resize(&image, w, h, FilterType::CatmullRom);
    for (target, source) in target.pixels.chunks_exact_mut(4).zip(scaled.pixels()) {
        let Rgba([b, g, r, a]) = *source;
        // The filter overshoots at edges; no colour may exceed its alpha.
        target.copy_from_slice(&[b.min(a), g.min(a), r.min(a), a]);
    }
    target
}

/// The icon of a window that has none: a small window with an accented bar,
/// of middling lightness, so that it shows on dark and light grounds.
pub(crate) fn default_icon(side: i32, accent: Color) -> Picture {
    let mut picture = Picture::new(Size::new(side, side));
    let margin = (side + 8) / 16;
    let frame = Rect::new(margin, margin, side - 2 * margin, side - 2 * margin);
    let radius = f64::from(side) * 0.17;
    let (light, deep) = (Color::rgb(0x00b4_bccb), Color::rgb(0x0085_8fa3));
    let bar = (frame.h as f32 * 0.3).round() as i32;
    let height = (frame.h - bar).max(1);
    picture.fill_rounded_with(frame, radius, |_, y| {
        let below = y - frame.y - bar;
        if below < 0 { accent } else { mix(light, deep, (below * 255 / height) as u8) }
    });
    // A dot where windows have their buttons, when there is room for it.
    let dot = (bar * 2 / 5) & !1;
    if dot >= 2 {
        let inset = (bar - dot + 1) / 2;
        let place = Rect::new(frame.right() - inset - dot - dot / 4, frame.y + inset, dot, dot);
        let ink = Color::rgb(0x00ff_ffff).with_alpha(230);
        picture.fill_rounded(place, f64::from(dot) / 2.0, ink);
    }
    picture
}
