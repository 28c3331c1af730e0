//! Images of single glyphs: grey coverage from outlines, colour from bitmap
//! and layered (COLR) fonts; kept for reuse.
//!
//! Owns hinting, subpixel placement and the cache. Must not know text.

use std::collections::HashMap;

use skrifa::bitmap::{BitmapData, BitmapGlyph, Origin};
use skrifa::instance::{LocationRef, NormalizedCoord, Size};
use skrifa::outline::{
    DrawSettings, HintingInstance, HintingOptions, OutlinePen, SmoothMode, Target,
};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use wm_core::geom::Rect;
use zeno::{PathBuilder, Stroke};

use super::paint;
use super::{Run, font_ref};
use crate::canvas::{Coverage, Path, filled, stroked};
use crate::icon::resample;
use crate::picture::Picture;

/// Horizontal positions within a pixel that get an image of their own.
pub(super) const STEPS: u8 = 4;

/// Sides beyond this are a broken font's.
const MAX_SIDE: i32 = 2048;

/// Images kept before the cache starts anew; at 14 px some 300 bytes each.
const MOST_IMAGES: usize = 2048;

/// Hinting instances kept before starting anew.
const MOST_HINTERS: usize = 32;

/// What one glyph looks like, placed relative to its origin on the baseline.
pub(super) enum Image {
    /// Takes the text's colour.
    Grey(Coverage),
    /// Has colours of its own; top-left corner at (x, y).
    Color { picture: Picture, x: i32, y: i32 },
    /// A space, or broken.
    Empty,
}

/// One font at one size.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Face {
    /// Unique per loaded file.
    font: u64,
    index: u32,
    size: u32,
    coords: Vec<i16>,
    embolden: bool,
    skew: u32,
}

/// Images by face, glyph and horizontal step.
#[derive(Default)]
pub(super) struct GlyphCache {
    faces: HashMap<Face, u32>,
    hinters: HashMap<u32, Option<HintingInstance>>,
    images: HashMap<(u32, u32, u8), Image>,
}

impl GlyphCache {
    /// A number for the run's face, as long as nothing is dropped.
    pub(super) fn face(&mut self, run: &Run) -> u32 {
        if self.images.len() > MOST_IMAGES || self.hinters.len() > MOST_HINTERS {
            *self = Self::default();
        }
        let face = Face {
            font: run.font.data.id(),
            index: run.font.index,
            size: run.size.to_bits(),
            coords: run.coords.clone(),
            embolden: run.embolden,
            skew: run.skew.to_bits(),
        };
        let next = self.faces.len() as u32;
        *self.faces.entry(face).or_insert(next)
    }

    /// The glyph's image, `step` / [`STEPS`] of a pixel right of a whole one.
    pub(super) fn image(&mut self, face: u32, run: &Run, glyph: u32, step: u8) -> &Image {
        let hinters = &mut self.hinters;
        self.images.entry((face, glyph, step)).or_insert_with(|| {
            let Some(font) = font_ref(&run.font) else { return Image::Empty };
            let hinter = hinters.entry(face).or_insert_with(|| hinter(&font, run));
            draw(&font, run, GlyphId::new(glyph), step, hinter.as_ref()).unwrap_or(Image::Empty)
        })
    }
}

fn coords(run: &Run) -> Vec<NormalizedCoord> {
    run.coords.iter().map(|&c| NormalizedCoord::from_bits(c)).collect()
}

/// Light hinting: horizontal stems and heights fall on whole pixels, nothing
/// moves sideways. That is fontconfig's default (`hintslight`).
fn hinter(font: &FontRef<'_>, run: &Run) -> Option<HintingInstance> {
    let options = HintingOptions {
        engine: skrifa::outline::Engine::Auto(None),
        target: Target::from(SmoothMode::Light),
    };
    let coords = coords(run);
    HintingInstance::new(
        &font.outline_glyphs(),
        Size::new(run.size),
        LocationRef::new(&coords),
        options,
    )
    .ok()
}

fn draw(
    font: &FontRef<'_>,
    run: &Run,
    glyph: GlyphId,
    step: u8,
    hinter: Option<&HintingInstance>,
) -> Option<Image> {
    let size = Size::new(run.size);
    let coords = coords(run);
    if let Some(color) = font.color_glyphs().get(glyph)
        && let Some((picture, x, y)) = paint::paint(font, &color, run.size, &coords)
    {
        return Some(Image::Color { picture, x, y });
    }
    if let Some(bitmap) = font.bitmap_strikes().glyph_for_size(size, glyph)
        && let Some(image) = bitmap_image(&bitmap, run.size)
    {
        return Some(image);
    }
    let mut outline = Outline {
        path: Path::new(),
        shift: f32::from(step) / f32::from(STEPS),
        slant: run.skew.to_radians().tan(),
        bounded: true,
    };
    let settings = match hinter {
        Some(hinter) => DrawSettings::hinted(hinter, false),
        None => DrawSettings::unhinted(size, LocationRef::new(&coords)),
    };
    font.outline_glyphs().get(glyph)?.draw(settings, &mut outline).ok()?;
    if !outline.bounded {
        return None;
    }
    let mut coverage = filled(&outline.path);
    if run.embolden {
        let edge = stroked(&outline.path, Stroke::new(run.size / 24.0));
        coverage = strongest(&coverage, &edge);
    }
    Some(Image::Grey(coverage))
}

/// Per pixel the greater of two coverages.
fn strongest(a: &Coverage, b: &Coverage) -> Coverage {
    let rect = a.rect.union(&b.rect);
    let mut data = vec![0_u8; rect.size().area() as usize];
    for part in [a, b] {
        for (row, line) in part.data.chunks_exact(part.rect.w.max(1) as usize).enumerate() {
            let start = (part.rect.y - rect.y) as usize + row;
            let start = start * rect.w as usize + (part.rect.x - rect.x) as usize;
            for (target, &source) in data[start..].iter_mut().zip(line) {
                *target = (*target).max(source);
            }
        }
    }
    Coverage { rect, data }
}

/// Collects an outline as a path, y downwards.
pub(super) struct Outline {
    pub(super) path: Path,
    /// Moved right by so many pixels.
    pub(super) shift: f32,
    /// Moved right by so many pixels per pixel above the baseline.
    pub(super) slant: f32,
    /// All points lie within [`MAX_SIDE`].
    pub(super) bounded: bool,
}

impl Outline {
    fn at(&mut self, x: f32, y: f32) -> [f32; 2] {
        let point = [x + self.shift + self.slant * y, -y];
        self.bounded &= point.iter().all(|v| v.abs() < MAX_SIDE as f32 / 2.0);
        point
    }
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.path.move_to(to);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.path.line_to(to);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (control, to) = (self.at(cx0, cy0), self.at(x, y));
        self.path.quad_to(control, to);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (first, second, to) = (self.at(cx0, cy0), self.at(cx1, cy1), self.at(x, y));
        self.path.curve_to(first, second, to);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// A bitmap glyph scaled from its strike's size to `size` pixels per em.
fn bitmap_image(glyph: &BitmapGlyph<'_>, size: f32) -> Option<Image> {
    let (w, h) = (glyph.width, glyph.height);
    let side = MAX_SIDE as u32;
    if w == 0 || h == 0 || w > side || h > side || glyph.ppem_y <= 0.0 || glyph.ppem_x <= 0.0 {
        return None;
    }
    let source = match &glyph.data {
        BitmapData::Bgra(bytes) => {
            let mut picture = Picture::new(wm_core::geom::Size::new(w as i32, h as i32));
            let length = picture.pixels.len();
            picture.pixels.copy_from_slice(bytes.get(..length)?);
            picture
        }
        BitmapData::Png(bytes) => {
            let decoded = image::ImageReader::with_format(
                std::io::Cursor::new(bytes),
                image::ImageFormat::Png,
            )
            .decode()
            .ok()?;
            crate::icon::from_rgba(&decoded.into_rgba8())?
        }
        BitmapData::Mask(mask) => {
            let data = mask.decode(w, h).ok()?;
            let rect = Rect::new(
                (glyph.bearing_x + glyph.inner_bearing_x).round() as i32,
                -(glyph.bearing_y + glyph.inner_bearing_y).round() as i32,
                w as i32,
                h as i32,
            );
            return Some(Image::Grey(Coverage { rect, data }));
        }
    };
    let (scale_x, scale_y) = (size / glyph.ppem_x, size / glyph.ppem_y);
    let target = wm_core::geom::Size::new(
        ((source.size.w as f32 * scale_x).round() as i32).clamp(1, MAX_SIDE),
        ((source.size.h as f32 * scale_y).round() as i32).clamp(1, MAX_SIDE),
    );
    let x = (glyph.bearing_x * scale_x + glyph.inner_bearing_x * scale_x).round() as i32;
    let up = (glyph.bearing_y + glyph.inner_bearing_y) * scale_y;
    let y = match glyph.placement_origin {
        Origin::TopLeft => -up.round() as i32,
        Origin::BottomLeft => -up.round() as i32 - target.h,
    };
    Some(Image::Color { picture: resample(&source, target), x, y })
}
