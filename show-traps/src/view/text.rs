//! Lines of text: shaped by parley, drawn by our own rasterizer.
//!
//! Owns the fonts, which are looked for when the first text is wanted. It must
//! not know where text stands. A system without fonts has no text; that is no
//! error.

use std::collections::HashMap;

use lyon::math::point;
use lyon::path::{Path, builder::NoAttributes, path::BuilderImpl};
use parley::{
    FontContext, FontData, FontFamily, FontFamilyName, FontWeight, GenericFamily, LayoutContext,
    PositionedLayoutItem, StyleProperty,
};
use raster::area::Accumulator;
use raster::path::FillRule;
use raster::{Mask, MaskFormat};
use skrifa::instance::{LocationRef, NormalizedCoord, Size};
use skrifa::outline::{
    DrawSettings, Engine, HintingInstance, HintingOptions, OutlinePen, SmoothMode, Target,
};
use skrifa::raw::FileRef;
use skrifa::{FontRef, GlyphId, MetadataProvider};

use crate::canvas::Canvas;
use crate::colour::Rgba;

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Face {
    /// For words.
    Sans,
    /// For headings.
    Bold,
    /// For numbers that stand below each other.
    Mono,
}

/// Horizontal positions within a pixel that get an image of their own.
const STEPS: f32 = 4.0;

/// Lines and images that are kept before starting anew.
const MOST_KEPT: usize = 4096;

/// Longer texts are cut before they are shaped.
const MOST_CHARACTERS: usize = 400;

/// A shaped line.
#[derive(Clone, Default)]
struct Line {
    width: f32,
    runs: Vec<Run>,
}

#[derive(Clone)]
struct Run {
    font: FontData,
    size: f32,
    coords: Vec<i16>,
    /// Glyph, x from the line's start, y below the baseline.
    glyphs: Vec<(u32, f32, f32)>,
}

/// Coverage of a glyph, relative to its origin.
struct Image {
    x: i32,
    y: i32,
    width: usize,
    data: Vec<u8>,
}

/// A font at a size: file, place in the file, design coordinates, size's bits.
type FaceKey = (u64, u32, Vec<i16>, u32);

/// Fonts, and what has been made of them.
#[derive(Default)]
pub struct Fonts {
    shaper: Option<Box<(FontContext, LayoutContext<()>)>>,
    lines: HashMap<(String, Face, u32), Line>,
    /// How glyphs are hinted; to find out reads half of the font.
    faces: HashMap<FaceKey, (u32, Option<HintingInstance>)>,
    /// By the face's number, the glyph and the step.
    images: HashMap<(u32, u32, u8), Option<Image>>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("lines", &self.lines.len()).finish_non_exhaustive()
    }
}

impl Fonts {
    /// How wide a text is, in pixels; `size` is pixels per em.
    pub fn width(&mut self, text: &str, face: Face, size: f64) -> f64 {
        self.line(text, face, size).width.into()
    }

    /// Draws a text whose baseline begins at a point; how wide it is.
    pub fn draw(
        &mut self,
        canvas: &mut Canvas,
        (x, y): (f64, f64),
        text: &str,
        face: Face,
        size: f64,
        colour: Rgba,
    ) -> f64 {
        let line = self.line(text, face, size).clone();
        for run in &line.runs {
            for &(glyph, dx, dy) in &run.glyphs {
                let at = (x as f32) + dx;
                let step = ((at - at.floor()) * STEPS) as u8;
                if let Some(image) = self.image(run, glyph, step) {
                    let left = at.floor() as i32 + image.x;
                    let top = (y as f32 + dy).round() as i32 + image.y;
                    canvas.fill_mask(left, top, image.width, &image.data, colour);
                }
            }
        }
        line.width.into()
    }

    /// The text, or its beginning with an ellipsis, so that it is no wider.
    pub fn fitted(&mut self, text: &str, face: Face, size: f64, width: f64) -> String {
        if self.width(text, face, size) <= width {
            return text.to_owned();
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let cut = |count: usize| {
            ends.get(count).map_or(String::new(), |&end| format!("{}…", text[..end].trim_end()))
        };
        // Widths grow with the text, but for the odd ligature.
        let (mut fits, mut too_long) = (0, ends.len());
        while fits + 1 < too_long {
            let middle = fits.midpoint(too_long);
            if self.width(&cut(middle), face, size) <= width {
                fits = middle;
            } else {
                too_long = middle;
            }
        }
        let best = cut(fits);
        if fits == 0 || self.width(&best, face, size) > width { String::new() } else { best }
    }

    fn line(&mut self, text: &str, face: Face, size: f64) -> &Line {
        if self.lines.len() > MOST_KEPT || self.images.len() > MOST_KEPT {
            self.lines.clear();
            self.images.clear();
            self.faces.clear();
        }
        let key = (text.to_owned(), face, (size as f32).to_bits());
        if !self.lines.contains_key(&key) {
            let line = self.shape(text, face, size as f32);
            self.lines.insert(key.clone(), line);
        }
        &self.lines[&key]
    }

    fn shape(&mut self, text: &str, face: Face, size: f32) -> Line {
        let clean: String = text
            .chars()
            .take(MOST_CHARACTERS)
            .map(|c| if c.is_control() || "\u{2028}\u{2029}".contains(c) { ' ' } else { c })
            .collect();
        if clean.is_empty() {
            return Line::default();
        }
        let (fonts, layouts) = &mut **self.shaper.get_or_insert_with(Default::default);
        let mut builder = layouts.ranged_builder(fonts, &clean, 1.0, false);
        builder.push_default(StyleProperty::FontSize(size));
        let weight = if face == Face::Bold { 700.0 } else { 400.0 };
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(weight)));
        let family = match face {
            Face::Mono => GenericFamily::Monospace,
            _ => GenericFamily::SansSerif,
        };
        builder.push_default(FontFamily::Single(FontFamilyName::Generic(family)));
        let mut layout = builder.build(&clean);
        layout.break_all_lines(None);
        let mut line = Line { width: layout.full_width(), runs: Vec::new() };
        let Some(first) = layout.lines().next() else { return line };
        for item in first.items() {
            let PositionedLayoutItem::GlyphRun(run) = item else { continue };
            let baseline = run.baseline();
            line.runs.push(Run {
                font: run.run().font().clone(),
                size: run.run().font_size(),
                coords: run.run().normalized_coords().iter().map(|c| c.to_bits()).collect(),
                glyphs: run.positioned_glyphs().map(|g| (g.id, g.x, g.y - baseline)).collect(),
            });
        }
        line
    }

    fn image(&mut self, run: &Run, glyph: u32, step: u8) -> Option<&Image> {
        let key = (run.font.data.id(), run.font.index, run.coords.clone(), run.size.to_bits());
        let next = self.faces.len() as u32;
        let (face, hinting) = self.faces.entry(key).or_insert_with(|| (next, hinting(run)));
        let image = self.images.entry((*face, glyph, step));
        image.or_insert_with(|| image_of(run, glyph, step, hinting.as_ref())).as_ref()
    }
}

fn font_ref(font: &FontData) -> Option<FontRef<'_>> {
    match FileRef::new(font.data.as_ref()).ok()? {
        FileRef::Font(font) => Some(font),
        FileRef::Collection(fonts) => fonts.get(font.index).ok(),
    }
}

fn coords(run: &Run) -> Vec<NormalizedCoord> {
    run.coords.iter().map(|&c| NormalizedCoord::from_bits(c)).collect()
}

/// Lightly: stems and heights fall on whole rows, nothing moves sideways.
fn hinting(run: &Run) -> Option<HintingInstance> {
    let font = font_ref(&run.font)?;
    let coords = coords(run);
    let options =
        HintingOptions { engine: Engine::Auto(None), target: Target::from(SmoothMode::Light) };
    let (size, location) = (Size::new(run.size), LocationRef::new(&coords));
    HintingInstance::new(&font.outline_glyphs(), size, location, options).ok()
}

fn image_of(run: &Run, glyph: u32, step: u8, hinting: Option<&HintingInstance>) -> Option<Image> {
    let font = font_ref(&run.font)?;
    let coords = coords(run);
    let (size, location) = (Size::new(run.size), LocationRef::new(&coords));
    let outlines = font.outline_glyphs();
    let settings = match hinting {
        Some(hinting) => DrawSettings::hinted(hinting, false),
        None => DrawSettings::unhinted(size, location),
    };
    let mut outline = Outline {
        path: Path::builder(),
        open: false,
        shift: f32::from(step) / STEPS,
        bounds: [f32::MAX, f32::MAX, f32::MIN, f32::MIN],
    };
    outlines.get(GlyphId::new(glyph))?.draw(settings, &mut outline).ok()?;
    outline.finish()
}

struct Outline {
    path: NoAttributes<BuilderImpl>,
    open: bool,
    shift: f32,
    bounds: [f32; 4],
}

impl Outline {
    /// A point, y downwards.
    fn at(&mut self, x: f32, y: f32) -> lyon::math::Point {
        let (x, y) = (x + self.shift, -y);
        let [left, top, right, bottom] = self.bounds;
        self.bounds = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
        point(x, y)
    }

    fn finish(mut self) -> Option<Image> {
        self.close();
        let [left, top, right, bottom] = self.bounds;
        // Larger glyphs are a broken font's; empty ones are spaces.
        if !(left < right && top < bottom) || right - left > 512.0 || bottom - top > 512.0 {
            return None;
        }
        let (x, y) = (left.floor(), top.floor());
        let (width, height) = ((right.ceil() - x) as u32, (bottom.ceil() - y) as u32);
        let path = self.path.build();
        let moved =
            path.iter().map(|event| event.transformed(&lyon::math::Transform::translation(-x, -y)));
        let mut areas = Accumulator::new(width, height);
        areas.add_path(moved, 0.05);
        let mut mask = Mask::new(MaskFormat::A8, width, height).ok()?;
        areas.add_to(&mut mask.as_mut(), FillRule::NonZero);
        let data = (0..height).filter_map(|row| mask.row(row)).flatten().copied().collect();
        Some(Image { x: x as i32, y: y as i32, width: width as usize, data })
    }
}

impl OutlinePen for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.close();
        let to = self.at(x, y);
        self.path.begin(to);
        self.open = true;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.path.line_to(to);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (control, to) = (self.at(cx0, cy0), self.at(x, y));
        self.path.quadratic_bezier_to(control, to);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (first, second, to) = (self.at(cx0, cy0), self.at(cx1, cy1), self.at(x, y));
        self.path.cubic_bezier_to(first, second, to);
    }

    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.path.end(true);
        }
    }
}
