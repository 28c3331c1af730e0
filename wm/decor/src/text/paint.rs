//! Puts shaped lines and colour glyphs into pictures.
//!
//! Owns the blending of text, and layered colour fonts (OpenType COLR).
//! Must not know shaping.

use std::sync::LazyLock;

use skrifa::color::{Brush, ColorGlyph, ColorPainter, CompositeMode, Extend, Transform};
use skrifa::instance::{LocationRef, NormalizedCoord, Size};
use skrifa::metrics::BoundingBox;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};
use tiny_skia as skia;
use wm_core::geom::{Point, Rect, Source};
use wm_core::look::Color;

use super::glyph::{Image, STEPS};
use super::{Fonts, Line};
use crate::canvas::Coverage;
use crate::picture::Picture;

/// Text is blended on values raised to this power. On encoded values (1.0)
/// light text on dark grows thin; on linear light (2.2) dark text on light
/// does. Between them both keep the weight that the font gives them.
const TEXT_GAMMA: f32 = 1.5;

struct Gamma {
    raised: [u16; 256],
    /// Indexed by the 12 high bits of a raised value.
    lowered: Vec<u8>,
}

static GAMMA: LazyLock<Gamma> = LazyLock::new(|| {
    let mut raised = [0; 256];
    for (value, entry) in raised.iter_mut().enumerate() {
        *entry = ((value as f32 / 255.0).powf(TEXT_GAMMA) * 65535.0).round() as u16;
    }
    let lowered = (0..=4096_u32)
        .map(|v| ((v as f32 / 4096.0).powf(1.0 / TEXT_GAMMA) * 255.0).round() as u8)
        .collect();
    Gamma { raised, lowered }
});

impl Gamma {
    fn mix(&self, from: u8, to: u8, amount: u8) -> u8 {
        let (a, b) = (u32::from(self.raised[from as usize]), u32::from(self.raised[to as usize]));
        let amount = u32::from(amount);
        let mixed = (a * (255 - amount) + b * amount + 127) / 255;
        self.lowered[((mixed + 8) >> 4) as usize]
    }
}

impl Fonts {
    /// Draws a line with its left end at `x` and its baseline on the upper
    /// edge of row `baseline`; nothing outside `clip` changes.
    pub(crate) fn draw(
        &mut self,
        picture: &mut Picture,
        line: &Line,
        (x, baseline): (f32, i32),
        clip: Rect<Source>,
        color: Color,
    ) {
        let Some(clip) = clip.intersection(&picture.bounds()) else { return };
        for run in &line.runs {
            let face = self.glyphs.face(run);
            for &(glyph, dx, dy) in &run.glyphs {
                // A quarter pixel is finer than the eye sees at these sizes.
                let at = ((x + dx) * f32::from(STEPS)).round() as i32;
                let column = at.div_euclid(i32::from(STEPS));
                let step = at.rem_euclid(i32::from(STEPS)) as u8;
                let row = baseline.saturating_add(dy.round() as i32);
                match self.glyphs.image(face, run, glyph, step) {
                    Image::Empty => {}
                    Image::Grey(shape) => blend_text(picture, shape, (column, row), clip, color),
                    Image::Color { picture: image, x, y } => {
                        picture.draw(image, column + x, row + y, clip, color.a);
                    }
                }
            }
        }
    }
}

fn blend_text(
    picture: &mut Picture,
    shape: &Coverage,
    (dx, dy): (i32, i32),
    clip: Rect<Source>,
    color: Color,
) {
    let placed = shape.rect.offset(dx, dy);
    let Some(rect) = placed.intersection(&clip) else { return };
    for y in rect.y..rect.bottom() {
        for x in rect.x..rect.right() {
            let index = (y - placed.y) as usize * placed.w as usize + (x - placed.x) as usize;
            let Some(&covered) = shape.data.get(index) else { continue };
            let amount = crate::canvas::mul255(covered, color.a);
            if amount == 0 {
                continue;
            }
            let Some(at) = picture.index(x, y) else { continue };
            let pixel = &mut picture.pixels[at..at + 4];
            if pixel[3] == 255 {
                for (target, source) in pixel.iter_mut().zip([color.b, color.g, color.r]) {
                    *target = GAMMA.mix(*target, source, amount);
                }
            } else {
                picture.blend(x, y, color, covered);
            }
        }
    }
}

/// Draws a COLR glyph at `size` pixels per em. Returns the picture and where
/// its top-left corner stands from the glyph's origin. `None` if the font's
/// description is broken or absurdly large.
pub(super) fn paint(
    font: &FontRef<'_>,
    glyph: &ColorGlyph<'_>,
    size: f32,
    coords: &[NormalizedCoord],
) -> Option<(Picture, i32, i32)> {
    let units = font.metrics(Size::unscaled(), LocationRef::default()).units_per_em;
    let scale = size / f32::from(units.max(16));
    // No glyph of a text font is farther from its origin than two ems.
    let reach = (size * 2.0).ceil().min(1024.0) as u32;
    let base = skia::Transform::from_row(scale, 0.0, 0.0, -scale, reach as f32, reach as f32);
    let mut painter = LayerPainter {
        font,
        coords,
        colors: palette(font),
        transforms: vec![base],
        clips: Vec::new(),
        layers: vec![skia::Pixmap::new(reach * 2, reach * 2)?],
    };
    glyph.paint(LocationRef::new(coords), &mut painter).ok()?;
    let whole = painter.layers.into_iter().next()?;
    trimmed(&whole).map(|(picture, at)| (picture, at.x - reach as i32, at.y - reach as i32))
}

/// The part that has ink, and where it was.
fn trimmed(pixmap: &skia::Pixmap) -> Option<(Picture, Point<Source>)> {
    let mut ink: Rect<Source> = Rect::default();
    let (w, h) = (pixmap.width() as i32, pixmap.height() as i32);
    for y in 0..h {
        for x in 0..w {
            if pixmap.pixel(x as u32, y as u32).is_some_and(|p| p.alpha() > 0) {
                ink = ink.union(&Rect::new(x, y, 1, 1));
            }
        }
    }
    if ink.is_empty() {
        return None;
    }
    let mut picture = Picture::new(ink.size());
    for y in 0..ink.h {
        for x in 0..ink.w {
            let pixel = pixmap.pixel((ink.x + x) as u32, (ink.y + y) as u32)?;
            let at = picture.index(x, y)?;
            let bytes = [pixel.blue(), pixel.green(), pixel.red(), pixel.alpha()];
            picture.pixels[at..at + 4].copy_from_slice(&bytes);
        }
    }
    Some((picture, ink.origin()))
}

fn palette(font: &FontRef<'_>) -> Vec<skia::Color> {
    font.color_palettes()
        .get(0)
        .map(|palette| {
            let colors = palette.colors().iter();
            colors.map(|c| skia::Color::from_rgba8(c.red, c.green, c.blue, c.alpha)).collect()
        })
        .unwrap_or_default()
}

/// Follows a COLR description with tiny-skia.
struct LayerPainter<'a> {
    font: &'a FontRef<'a>,
    coords: &'a [NormalizedCoord],
    colors: Vec<skia::Color>,
    transforms: Vec<skia::Transform>,
    /// Each is already intersected with the one before.
    clips: Vec<Option<skia::Mask>>,
    layers: Vec<skia::Pixmap>,
}

impl LayerPainter<'_> {
    fn transform(&self) -> skia::Transform {
        self.transforms.last().copied().unwrap_or_default()
    }

    fn color(&self, index: u16, alpha: f32) -> skia::Color {
        // 0xFFFF is the text's own colour; black stands in for it.
        let mut color = self.colors.get(index as usize).copied().unwrap_or(skia::Color::BLACK);
        color.apply_opacity(alpha.clamp(0.0, 1.0));
        color
    }

    fn stops(&self, stops: &[skrifa::color::ColorStop]) -> Vec<skia::GradientStop> {
        stops
            .iter()
            .map(|s| {
                skia::GradientStop::new(
                    s.offset.clamp(0.0, 1.0),
                    self.color(s.palette_index, s.alpha),
                )
            })
            .collect()
    }

    fn clip_to(&mut self, path: Option<skia::Path>) {
        let clip = (|| {
            let (w, h) = self.layers.last().map(|l| (l.width(), l.height()))?;
            // Without a path the mask stays empty: nothing shows.
            let Some(path) = path else { return skia::Mask::new(w, h) };
            if let Some(Some(outer)) = self.clips.last() {
                let mut mask = outer.clone();
                mask.intersect_path(&path, skia::FillRule::Winding, true, self.transform());
                return Some(mask);
            }
            let mut mask = skia::Mask::new(w, h)?;
            mask.fill_path(&path, skia::FillRule::Winding, true, self.transform());
            Some(mask)
        })();
        let inherited = self.clips.last().cloned().flatten();
        self.clips.push(clip.or(inherited));
    }

    fn shader(&self, brush: &Brush<'_>) -> Option<skia::Shader<'static>> {
        let point = |p: skrifa::raw::types::Point<f32>| skia::Point::from_xy(p.x, p.y);
        match brush {
            Brush::Solid { palette_index, alpha } => {
                Some(skia::Shader::SolidColor(self.color(*palette_index, *alpha)))
            }
            Brush::LinearGradient { p0, p1, color_stops, extend } => skia::LinearGradient::new(
                point(*p0),
                point(*p1),
                self.stops(color_stops),
                spread(*extend),
                self.transform(),
            ),
            Brush::RadialGradient { c0, r0, c1, r1, color_stops, extend } => {
                skia::RadialGradient::new(
                    point(*c0),
                    r0.max(0.0),
                    point(*c1),
                    r1.max(0.0),
                    self.stops(color_stops),
                    spread(*extend),
                    self.transform(),
                )
            }
            Brush::SweepGradient { c0, start_angle, end_angle, color_stops, extend } => {
                skia::SweepGradient::new(
                    point(*c0),
                    *start_angle,
                    *end_angle,
                    self.stops(color_stops),
                    spread(*extend),
                    self.transform(),
                )
            }
        }
    }
}

fn spread(extend: Extend) -> skia::SpreadMode {
    match extend {
        Extend::Repeat => skia::SpreadMode::Repeat,
        Extend::Reflect => skia::SpreadMode::Reflect,
        _ => skia::SpreadMode::Pad,
    }
}

/// An outline in font units, y upwards, as tiny-skia wants it.
struct SkiaPen(skia::PathBuilder);

impl OutlinePen for SkiaPen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.0.quad_to(cx0, cy0, x, y);
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.cubic_to(cx0, cy0, cx1, cy1, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

impl ColorPainter for LayerPainter<'_> {
    fn push_transform(&mut self, t: Transform) {
        let next = skia::Transform::from_row(t.xx, t.yx, t.xy, t.yy, t.dx, t.dy);
        self.transforms.push(self.transform().pre_concat(next));
    }

    fn pop_transform(&mut self) {
        if self.transforms.len() > 1 {
            self.transforms.pop();
        }
    }

    fn push_clip_glyph(&mut self, glyph_id: GlyphId) {
        let mut pen = SkiaPen(skia::PathBuilder::new());
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::new(self.coords));
        let drawn =
            self.font.outline_glyphs().get(glyph_id).and_then(|g| g.draw(settings, &mut pen).ok());
        let path = drawn.and_then(|_| pen.0.finish());
        self.clip_to(path);
    }

    fn push_clip_box(&mut self, clip: BoundingBox) {
        let rect = skia::Rect::from_ltrb(clip.x_min, clip.y_min, clip.x_max, clip.y_max);
        self.clip_to(rect.map(skia::PathBuilder::from_rect));
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn fill(&mut self, brush: Brush<'_>) {
        let Some(shader) = self.shader(&brush) else { return };
        let paint = skia::Paint { shader, anti_alias: true, ..skia::Paint::default() };
        let mask = self.clips.last().and_then(Option::as_ref);
        if let Some(layer) = self.layers.last_mut()
            && let Some(all) =
                skia::Rect::from_xywh(0.0, 0.0, layer.width() as f32, layer.height() as f32)
        {
            layer.fill_rect(all, &paint, skia::Transform::identity(), mask);
        }
    }

    fn push_layer(&mut self, _: CompositeMode) {
        if let Some(first) = self.layers.first()
            && let Some(layer) = skia::Pixmap::new(first.width(), first.height())
        {
            self.layers.push(layer);
        }
    }

    fn pop_layer_with_mode(&mut self, mode: CompositeMode) {
        if self.layers.len() < 2 {
            return;
        }
        let Some(layer) = self.layers.pop() else { return };
        if let Some(below) = self.layers.last_mut() {
            let paint =
                skia::PixmapPaint { blend_mode: blend_mode(mode), ..skia::PixmapPaint::default() };
            let mask = self.clips.last().and_then(Option::as_ref);
            below.draw_pixmap(0, 0, layer.as_ref(), &paint, skia::Transform::identity(), mask);
        }
    }
}

fn blend_mode(mode: CompositeMode) -> skia::BlendMode {
    use skia::BlendMode as B;
    match mode {
        CompositeMode::Clear => B::Clear,
        CompositeMode::Src => B::Source,
        CompositeMode::Dest => B::Destination,
        CompositeMode::DestOver => B::DestinationOver,
        CompositeMode::SrcIn => B::SourceIn,
        CompositeMode::DestIn => B::DestinationIn,
        CompositeMode::SrcOut => B::SourceOut,
        CompositeMode::DestOut => B::DestinationOut,
        CompositeMode::SrcAtop => B::SourceAtop,
        CompositeMode::DestAtop => B::DestinationAtop,
        CompositeMode::Xor => B::Xor,
        CompositeMode::Plus => B::Plus,
        CompositeMode::Screen => B::Screen,
        CompositeMode::Overlay => B::Overlay,
        CompositeMode::Darken => B::Darken,
        CompositeMode::Lighten => B::Lighten,
        CompositeMode::ColorDodge => B::ColorDodge,
        CompositeMode::ColorBurn => B::ColorBurn,
        CompositeMode::HardLight => B::HardLight,
        CompositeMode::SoftLight => B::SoftLight,
        CompositeMode::Difference => B::Difference,
        CompositeMode::Exclusion => B::Exclusion,
        CompositeMode::Multiply => B::Multiply,
        CompositeMode::HslHue => B::Hue,
        CompositeMode::HslSaturation => B::Saturation,
        CompositeMode::HslColor => B::Color,
        CompositeMode::HslLuminosity => B::Luminosity,
        _ => B::SourceOver,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn painted(bytes: &[u8], glyph: u32) -> (Picture, i32, i32) {
        let font = FontRef::new(bytes).unwrap();
        let glyph = font.color_glyphs().get(GlyphId::new(glyph)).unwrap();
        paint(&font, &glyph, 20.0, &[]).unwrap()
    }

    #[test]
    fn layers_gradients_and_transforms_are_followed() {
        let (picture, x, y) = painted(include_bytes!("../../tests/fonts/color-v1.ttf"), 1);
        // One em of gradient; half an em more where the moved square is.
        assert_eq!((picture.size, x, y), (wm_core::geom::Size::new(30, 20), 0, -20));
        let [blue, _, red, alpha] = picture.pixel(0, 5).unwrap();
        assert!(red > 230 && blue < 25 && alpha == 255, "begins red");
        let [blue, _, red, _] = picture.pixel(19, 5).unwrap();
        assert!(red < 25 && blue > 230, "ends blue");
        assert_eq!(picture.pixel(25, 5), Some([0; 4]), "nothing above the moved square");
        let green = Some([0, 255, 0, 255]);
        assert_eq!([picture.pixel(10, 10), picture.pixel(29, 19)], [green, green]);
        assert_ne!(picture.pixel(9, 12), green);
    }

    #[test]
    fn plain_layers_of_version_0_are_followed() {
        let (picture, x, y) = painted(include_bytes!("../../tests/fonts/color-v0.ttf"), 2);
        assert_eq!((picture.size, x, y), (wm_core::geom::Size::new(20, 20), 0, -20));
        assert!(picture.pixels.chunks_exact(4).all(|pixel| pixel == [0, 255, 0, 255]));
    }

    #[test]
    fn text_keeps_its_ends_and_grows_with_coverage() {
        for (from, to) in [(0, 255), (255, 0), (48, 242), (10, 10)] {
            assert_eq!(GAMMA.mix(from, to, 0), from);
            assert_eq!(GAMMA.mix(from, to, 255), to);
            for amount in 1..=255 {
                let (less, more) = (GAMMA.mix(from, to, amount - 1), GAMMA.mix(from, to, amount));
                assert!(less.abs_diff(to) >= more.abs_diff(to), "{from} to {to} at {amount}");
            }
        }
        assert!(GAMMA.mix(0, 255, 128) > 140, "light text on dark does not grow thin");
    }
}
