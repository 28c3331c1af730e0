//! One line of text in any script: from a string to positioned glyphs, cut
//! with an ellipsis where it is too long.
//!
//! Owns the fonts, which are looked for when the first text is shaped and not
//! before. Must not know where text stands or what it says. A system without
//! fonts, or without fontconfig, has no text; that is no error.
//!
//! parley shapes (harfrust) and orders (Unicode bidi); fontique asks
//! fontconfig which fonts there are. Glyph images are made in [`glyph`].

mod emoji;
mod glyph;
mod paint;

use parley::fontique::{Collection, CollectionOptions, SourceCache};
use parley::{
    BaseDirection, FontContext, FontData, FontFamily, FontFamilyName, FontWeight, GenericFamily,
    Layout, LayoutContext, PositionedLayoutItem, StyleProperty,
};
use skrifa::MetadataProvider;
use skrifa::raw::FileRef;
use unicode_segmentation::UnicodeSegmentation;

use glyph::GlyphCache;

const ELLIPSIS: &str = "…";

/// No line of text is shaped beyond this many characters, however narrow they
/// are: no screen shows more.
const MAX_CHARS: usize = 2000;

/// Longer lines of glyphs do not fit any screen; a font that claims such
/// advances is broken.
const MAX_WIDTH: f32 = 32767.0;

/// How text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    /// Pixels per em.
    pub(crate) size: f32,
    /// 400 is regular, 700 bold. The nearest that the font has is taken.
    pub(crate) weight: f32,
}

/// Glyphs of one font in one line.
#[derive(Clone)]
struct Run {
    font: FontData,
    /// Pixels per em.
    size: f32,
    /// Position in the design space of a variable font, 2.14 fixed point.
    coords: Vec<i16>,
    /// The font has no bold face: thicken.
    embolden: bool,
    /// The font has no slanted face: slant by so many degrees.
    skew: f32,
    /// Glyph, x from the line's left end, y below its baseline.
    glyphs: Vec<(u32, f32, f32)>,
}

/// A shaped line, ready to draw.
#[derive(Clone, Default)]
pub(crate) struct Line {
    /// Sum of advances in pixels.
    pub(crate) width: f32,
    /// Reads from the right.
    pub(crate) rtl: bool,
    runs: Vec<Run>,
}

impl Line {
    /// The width in whole pixels, rounded up.
    pub(crate) fn columns(&self) -> i32 {
        self.width.ceil() as i32
    }
}

struct Shaper {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    locale: Option<parley::style::Language>,
}

/// Fonts and what has been made of them.
pub(crate) struct Fonts {
    families: Vec<FontFamilyName<'static>>,
    shaper: Option<Box<Shaper>>,
    glyphs: GlyphCache,
    cap_height: Option<f32>,
    /// Without the system's fonts, for tests of that case.
    bare: bool,
}

impl Fonts {
    /// Remembers the names only; the first text loads fonts.
    pub(crate) fn new(families: &[String]) -> Self {
        Self {
            families: family_names(families),
            shaper: None,
            glyphs: GlyphCache::default(),
            cap_height: None,
            bare: false,
        }
    }

    /// Like [`Self::new`] on a system that has no font at all.
    #[cfg(test)]
    pub(crate) fn none() -> Self {
        Self { bare: true, ..Self::new(&[]) }
    }

    /// Other names, same loaded fonts.
    pub(crate) fn set_families(&mut self, families: &[String]) {
        self.families = family_names(families);
        self.cap_height = None;
    }

    /// Shapes `text` as one line of at most `max_width` pixels; cut with an
    /// ellipsis where it is longer, empty where not even that fits.
    ///
    /// Control characters and line breaks count as spaces. The direction is
    /// that of the first strong character of the whole text (UAX #9, P2).
    pub(crate) fn line(&mut self, text: &str, style: Style, max_width: f32) -> Line {
        if max_width.is_nan() || max_width < 1.0 || style.size.is_nan() || style.size < 1.0 {
            return Line::default();
        }
        let max_width = max_width.min(MAX_WIDTH);
        // Hardly any character is narrower than an eighth of its height;
        // combining marks are, and a title of nothing else may be cut early.
        let most = ((max_width / (style.size / 8.0)) as usize + 16).min(MAX_CHARS);
        let whole = clean(text, MAX_CHARS);
        let end = whole.char_indices().nth(most).map(|(at, _)| at);
        let too_many = end.is_some() || text.chars().nth(MAX_CHARS).is_some();
        let (clean, rest) = whole.split_at(end.unwrap_or(whole.len()));
        if clean.trim().is_empty() {
            return Line::default();
        }
        let mut direction = BaseDirection::Auto;
        if !clean.chars().any(char::is_alphabetic)
            && let Some(letter) = rest.chars().find(|c| c.is_alphabetic())
        {
            // The letter that sets the direction is among those not shaped.
            let letter = self.shape(letter.encode_utf8(&mut [0; 4]), style, direction);
            direction = if letter.is_rtl() { BaseDirection::Rtl } else { BaseDirection::Ltr };
        }
        let layout = self.shape(clean, style, direction);
        if !too_many && layout.full_width() <= max_width {
            return into_line(&layout);
        }
        self.shortened(clean, &layout, style, max_width)
    }

    /// The longest beginning of `text` that leaves room for an ellipsis.
    fn shortened(&mut self, text: &str, layout: &Layout<()>, style: Style, max_width: f32) -> Line {
        let direction = if layout.is_rtl() { BaseDirection::Rtl } else { BaseDirection::Ltr };
        let dots = self.shape(ELLIPSIS, style, direction).full_width();
        if dots > max_width {
            return Line::default();
        }
        let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        let mut count = fitting(layout, &ends, max_width - dots);
        loop {
            let end = ends.get(count).copied().unwrap_or(text.len());
            // Dots after a comma or a dash look like a mistake.
            let loose = |c: char| c.is_whitespace() || ",;:-–—".contains(c);
            let shorter = format!("{}{ELLIPSIS}", text[..end].trim_end_matches(loose));
            let layout = self.shape(&shorter, style, direction);
            // Cutting changes how the last letters join, so measure again.
            if layout.full_width() <= max_width || count == 0 {
                return into_line(&layout);
            }
            count -= 1;
        }
    }

    fn shape(&mut self, text: &str, style: Style, direction: BaseDirection) -> Layout<()> {
        let bare = self.bare;
        let shaper = self.shaper.get_or_insert_with(|| Box::new(Shaper::new(bare)));
        let Shaper { fonts, layouts, locale } = &mut **shaper;
        let mut builder = layouts.ranged_builder(fonts, text, 1.0, false);
        builder.set_base_direction(direction);
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(FontWeight::new(style.weight)));
        builder.push_default(StyleProperty::Locale(*locale));
        builder.push_default(FontFamily::List(self.families[..].into()));
        for range in emoji::ranges(text) {
            let first = FontFamilyName::Generic(GenericFamily::Emoji);
            let list: Vec<_> =
                std::iter::once(first).chain(self.families.iter().cloned()).collect();
            builder.push(FontFamily::List(list.into()), range);
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(None);
        layout
    }

    /// Height of capital letters in pixels of the font that sets Latin text;
    /// titles are centred by it, so that they do not jump when they change.
    pub(crate) fn cap_height(&mut self, style: Style) -> f32 {
        let per_em = if let Some(known) = self.cap_height {
            known
        } else {
            let layout = self.shape("X", style, BaseDirection::Ltr);
            let found = into_line(&layout).runs.first().and_then(cap_height).unwrap_or(0.71);
            self.cap_height = Some(found);
            found
        };
        per_em * style.size
    }
}

impl Shaper {
    fn new(bare: bool) -> Self {
        let collection = Collection::new(CollectionOptions { shared: false, system_fonts: !bare });
        Self {
            fonts: FontContext { collection, source_cache: SourceCache::default() },
            layouts: LayoutContext::new(),
            locale: locale(),
        }
    }
}

/// The language of the session, which decides among the regional forms of
/// Han characters: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set.
fn locale() -> Option<parley::style::Language> {
    let value = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())?;
    let tag = value.split(['.', '@']).next()?.replace('_', "-");
    parley::style::Language::parse(&tag).ok()
}

/// Family names as parley wants them, with a generic one as the last resort.
fn family_names(names: &[String]) -> Vec<FontFamilyName<'static>> {
    let mut families: Vec<FontFamilyName<'static>> = names
        .iter()
        .map(|name| match name.trim().to_ascii_lowercase().as_str() {
            "sans" | "sans-serif" => FontFamilyName::Generic(GenericFamily::SansSerif),
            "system-ui" => FontFamilyName::Generic(GenericFamily::SystemUi),
            "serif" => FontFamilyName::Generic(GenericFamily::Serif),
            "mono" | "monospace" => FontFamilyName::Generic(GenericFamily::Monospace),
            _ => FontFamilyName::Named(name.trim().to_owned().into()),
        })
        .collect();
    families.push(FontFamilyName::Generic(GenericFamily::SansSerif));
    families
}

/// At most `most` characters of `text`, whatever breaks lines or controls
/// terminals replaced by spaces.
fn clean(text: &str, most: usize) -> String {
    text.chars()
        .take(most)
        .map(|c| match c {
            '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect()
}

/// How many graphemes from the beginning have at most `room` pixels together.
fn fitting(layout: &Layout<()>, ends: &[usize], room: f32) -> usize {
    let mut advances: Vec<(usize, f32)> = Vec::new();
    for line in layout.lines() {
        for run in line.runs() {
            advances.extend(run.clusters().map(|c| (c.text_range().start, c.advance())));
        }
    }
    advances.sort_by_key(|&(start, _)| start);
    let mut used = 0.0;
    let mut end = 0;
    for (start, advance) in advances {
        used += advance;
        if used > room {
            break;
        }
        end = start + 1;
    }
    ends.partition_point(|&at| at < end)
}

fn into_line(layout: &Layout<()>) -> Line {
    let mut line = Line {
        width: layout.full_width().clamp(0.0, MAX_WIDTH),
        rtl: layout.is_rtl(),
        runs: Vec::new(),
    };
    let Some(first) = layout.lines().next() else { return line };
    for item in first.items() {
        let PositionedLayoutItem::GlyphRun(run) = item else { continue };
        let baseline = run.baseline();
        let synthesis = run.run().synthesis();
        line.runs.push(Run {
            font: run.run().font().clone(),
            size: run.run().font_size(),
            coords: run.run().normalized_coords().iter().map(|c| c.to_bits()).collect(),
            embolden: synthesis.embolden(),
            skew: synthesis.skew().unwrap_or(0.0),
            glyphs: run.positioned_glyphs().map(|g| (g.id, g.x, g.y - baseline)).collect(),
        });
    }
    line
}

/// Cap height of a run's font, per em.
fn cap_height(run: &Run) -> Option<f32> {
    let font = font_ref(&run.font)?;
    let metrics =
        font.metrics(skrifa::instance::Size::new(1.0), skrifa::instance::LocationRef::default());
    metrics.cap_height.filter(|height| (0.3..1.2).contains(height))
}

fn font_ref(font: &FontData) -> Option<skrifa::FontRef<'_>> {
    match FileRef::new(font.data.as_ref()).ok()? {
        FileRef::Font(font) => Some(font),
        FileRef::Collection(fonts) => fonts.get(font.index).ok(),
    }
}

#[cfg(test)]
mod tests {
    use wm_core::geom::{Rect, Size};
    use wm_core::look::Color;

    use super::*;
    use crate::picture::Picture;

    const STYLE: Style = Style { size: 14.0, weight: 400.0 };

    #[test]
    fn a_system_without_fonts_has_no_text() {
        let mut fonts = Fonts::none();
        let mut picture = Picture::new(Size::new(300, 30));
        for text in ["Terminal", "日本語", "🎉", "שלום", &"long ".repeat(500)] {
            let line = fonts.line(text, STYLE, 200.0);
            assert!(line.width <= 200.0);
            let clip = Rect::new(0, 0, 300, 30);
            fonts.draw(&mut picture, &line, (0.0, 20), clip, Color::rgb(0x00ff_ffff));
        }
        assert!(picture.pixels.iter().all(|&byte| byte == 0));
        assert!(fonts.cap_height(STYLE) > 5.0, "a sane guess");
    }

    #[test]
    fn lines_keep_within_their_width() {
        let mut fonts = Fonts::new(&["Sans".to_owned()]);
        for text in [
            "A line that is too long",
            "سطر طويل جدا من النص العربي",
            "👩\u{200d}💻👩\u{200d}💻👩\u{200d}💻👩\u{200d}💻",
        ] {
            let whole = fonts.line(text, STYLE, 10_000.0).width;
            assert!(whole > 40.0, "{text} is {whole} wide");
            for width in 0..80 {
                let line = fonts.line(text, STYLE, width as f32);
                assert!(line.width <= width as f32, "{text}: {} of {width}", line.width);
            }
            let cut = fonts.line(text, STYLE, whole - 1.0).width;
            assert!(cut > whole * 0.5, "{text} lost more than it had to: {cut} of {whole}");
            let all = fonts.line(text, STYLE, whole).width;
            assert!((all - whole).abs() < 0.01, "what fits is not cut");
        }
    }

    #[test]
    fn absurd_styles_have_no_text() {
        let mut fonts = Fonts::new(&[]);
        for size in [0.0, -5.0, f32::NAN] {
            assert!(fonts.line("a", Style { size, ..STYLE }, 100.0).width == 0.0);
        }
        assert!(fonts.line("a", STYLE, f32::NAN).width == 0.0);
        assert!(fonts.line(" \t\n ", STYLE, 100.0).width == 0.0);
    }

    #[test]
    fn the_first_strong_character_sets_the_direction() {
        let mut fonts = Fonts::new(&[]);
        assert!(fonts.line("(1) שלום abc", STYLE, 500.0).rtl);
        assert!(!fonts.line("(1) abc שלום", STYLE, 500.0).rtl);
        let long = format!("שלום {}", "abc ".repeat(100));
        assert!(fonts.line(&long, STYLE, 100.0).rtl, "also when most of the rest is cut");
        let number_first = format!("{} שלום", "123 ".repeat(40));
        assert!(fonts.line(&number_first, STYLE, 60.0).rtl, "even when the letter is cut off");
    }
}
