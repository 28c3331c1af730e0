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
    /// Larger images are shrunk to this when they are read: 64 KiB each.
    /// Nothing shows larger icons but the switcher at more than twice the
    /// usual scale, and there may be hundreds of windows.
    const KEPT_SIDE: u32 = 128;
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
        let side = side.clamp(0, Self::MAX_SIDE as i32);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(side: u32, pixel: u32) -> Vec<u32> {
        let mut data = vec![side, side];
        data.resize(2 + (side * side) as usize, pixel);
        data
    }

    #[test]
    fn alpha_is_multiplied_in() {
        let icon = Icon::from_net_wm_icon(&one(2, 0x80ff_4000)).unwrap();
        assert_eq!(icon.at_size(2).pixel(0, 0), Some([0, 32, 128, 128]));
    }

    #[test]
    fn the_smallest_that_is_large_enough_is_taken() {
        let (red, green, blue) = (0xffff_0000, 0xff00_ff00, 0xff00_00ff);
        let data = [one(48, blue), one(16, red), one(32, green)].concat();
        let icon = Icon::from_net_wm_icon(&data).unwrap();
        let colour = |side| icon.at_size(side).pixel(side / 2, side / 2).unwrap();
        assert_eq!(colour(16), [0, 0, 255, 255]);
        assert_eq!(colour(12), [0, 0, 255, 255]);
        assert_eq!(colour(17), [0, 255, 0, 255]);
        assert_eq!(colour(48), [255, 0, 0, 255]);
        assert_eq!(colour(64), [255, 0, 0, 255]);
    }

    #[test]
    fn small_ones_grow_to_twice_their_size_and_are_centred() {
        let icon = Icon::from_net_wm_icon(&one(16, 0xffff_ffff)).unwrap();
        let large = icon.at_size(64);
        assert_eq!(large.size, Size::new(64, 64));
        assert_eq!(large.pixel(15, 32).unwrap()[3], 0);
        assert_eq!(large.pixel(16, 32).unwrap()[3], 255);
        assert_eq!(large.pixel(47, 47).unwrap()[3], 255);
        assert_eq!(large.pixel(48, 32).unwrap()[3], 0);
    }

    #[test]
    fn lies_are_ignored() {
        assert_eq!(Icon::from_net_wm_icon(&[]), None);
        assert_eq!(Icon::from_net_wm_icon(&[16]), None);
        assert_eq!(Icon::from_net_wm_icon(&[16, 16, 0xffff_ffff]), None, "cut short");
        assert_eq!(Icon::from_net_wm_icon(&[u32::MAX, u32::MAX, 1, 2, 3]), None);
        assert_eq!(Icon::from_net_wm_icon(&[0, u32::MAX]), None);
        assert_eq!(Icon::from_net_wm_icon(&one(8, 0x00ff_ffff)), None, "invisible");
        let mut data = one(8, 0xff00_0000);
        data.extend([100, 100, 1, 2, 3]);
        let icon = Icon::from_net_wm_icon(&data).unwrap();
        assert_eq!(icon.images.len(), 1, "what came before the cut one is good");
        let skipped = [vec![0, 7], one(8, 0xff00_0000)].concat();
        assert!(Icon::from_net_wm_icon(&skipped).is_some(), "an empty one has no pixels");
    }

    #[test]
    fn shrinking_averages() {
        let mut data = vec![64, 64];
        data.extend(
            (0..64 * 64)
                .map(|i| if (i % 64 + i / 64) % 2 == 0 { 0xffff_ffff_u32 } else { 0xff00_0000 }),
        );
        let small = Icon::from_net_wm_icon(&data).unwrap().at_size(16);
        for y in 0..16 {
            for x in 0..16 {
                let [b, _, _, a] = small.pixel(x, y).unwrap();
                assert!(b.abs_diff(128) < 12 && a == 255, "({x}, {y}) is {b}");
            }
        }
    }

    #[test]
    fn wide_icons_keep_their_ratio() {
        let mut data = vec![40, 20];
        data.resize(2 + 800, 0xffff_ffff);
        let square = Icon::from_net_wm_icon(&data).unwrap().at_size(20);
        assert_eq!(square.pixel(10, 4).unwrap()[3], 0);
        assert_eq!(square.pixel(10, 10).unwrap()[3], 255);
        assert_eq!(square.pixel(10, 15).unwrap()[3], 0);
    }

    #[test]
    fn large_ones_are_not_kept_large() {
        let icon = Icon::from_net_wm_icon(&one(700, 0xffff_ffff)).unwrap();
        assert_eq!(icon.images[0].size, Size::new(128, 128));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_data_gives_a_sound_picture_or_nothing(
            mut data in prop::collection::vec(any::<u32>(), 0..400),
            sides in prop::collection::vec((0..20_u32, 0..20_u32), 0..4),
            wanted in -3..70_i32,
        ) {
            let mut at = 0;
            for (w, h) in sides {
                if let Some([a, b]) = data.get_mut(at..at + 2) {
                    (*a, *b) = (w, h);
                }
                at += 2 + (w * h) as usize;
            }
            if let Some(icon) = Icon::from_net_wm_icon(&data) {
                let picture = icon.at_size(wanted);
                prop_assert_eq!(picture.size, Size::new(wanted, wanted));
                for p in picture.pixels.chunks_exact(4) {
                    prop_assert!(p[..3].iter().all(|&c| c <= p[3]), "not premultiplied: {:?}", p);
                }
            }
        }
    }
}
