//! What is drawn: flattened polygons, the same for every contestant.
//!
//! Owns the workloads. It must not know who draws them.

use std::f32::consts::TAU;

use anyhow::{Context, Result};
use lyon::math::{Point, point};
use lyon::path::iterator::PathIterator;
use lyon::path::{Event, Path, PathEvent};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::{FontRef, MetadataProvider};

/// How far lines may leave curves, in pixels: what cairo does.
const TOLERANCE: f32 = 0.1;

/// Fonts that may be there, none of them special.
const FONTS: [&str; 3] = [
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
];

/// One fill: closed polygons, non-zero or even-odd, in one colour.
#[derive(Clone, Debug)]
pub struct Shape {
    pub polygons: Vec<Vec<[f32; 2]>>,
    pub even_odd: bool,
    /// Premultiplied, alpha in the highest byte, then red, green, blue.
    pub color: u32,
}

/// Fills, in the order of painting, on a canvas.
#[derive(Clone, Debug)]
pub struct Drawing {
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub shapes: Vec<Shape>,
}

impl Drawing {
    pub fn edges(&self) -> usize {
        self.shapes.iter().flat_map(|shape| &shape.polygons).map(Vec::len).sum()
    }
}

/// The rows of the table. `svg` is a drawing of the caller's, shown beside
/// the made-up one.
pub fn all(svg: Option<&str>) -> Result<Vec<Drawing>> {
    let canvas =
        |name: &str, shapes| Drawing { name: name.to_owned(), width: 1000, height: 1000, shapes };
    let mut drawings = vec![
        canvas("circle r400", vec![black(circles(&[(500.0, 500.0, 400.0)]))]),
        canvas("ring r400 w4", vec![black(ring(500.0, 500.0, 400.0, 4.0))]),
        canvas(
            "100 rings r20 w2",
            (0..100)
                .map(|k| {
                    let (x, y) = ((k % 10) as f32 * 97.3 + 60.1, (k / 10) as f32 * 96.7 + 61.7);
                    black(ring(x, y, 20.0, 2.0))
                })
                .collect(),
        ),
        canvas("star 21 r480", vec![black(vec![star(500.0, 500.0, 480.0, 21)])]),
        text(14.0)?,
        text(40.0)?,
        thicket(1000),
        thicket(256),
    ];
    if let Some(file) = svg {
        drawings.push(from_svg(file, 1000)?);
        drawings.push(from_svg(file, 256)?);
    }
    Ok(drawings)
}

fn black(polygons: Vec<Vec<[f32; 2]>>) -> Shape {
    Shape { polygons, even_odd: false, color: 0xff20_2020 }
}

fn flattened(path: impl IntoIterator<Item = PathEvent>) -> Vec<Vec<[f32; 2]>> {
    let mut polygons: Vec<Vec<[f32; 2]>> = Vec::new();
    for event in path.into_iter().flattened(TOLERANCE) {
        match event {
            Event::Begin { at } => polygons.push(vec![[at.x, at.y]]),
            Event::Line { to, .. } => {
                if let Some(polygon) = polygons.last_mut() {
                    polygon.push([to.x, to.y]);
                }
            }
            _ => {}
        }
    }
    polygons.retain(|polygon| polygon.len() > 2);
    polygons
}

fn circles(list: &[(f32, f32, f32)]) -> Vec<Vec<[f32; 2]>> {
    let mut builder = Path::builder();
    for &(x, y, radius) in list {
        let winding = if radius > 0.0 {
            lyon::path::Winding::Positive
        } else {
            lyon::path::Winding::Negative
        };
        builder.add_circle(point(x, y), radius.abs(), winding);
    }
    flattened(&builder.build())
}

fn ring(x: f32, y: f32, radius: f32, width: f32) -> Vec<Vec<[f32; 2]>> {
    circles(&[(x, y, radius + width / 2.0), (x, y, -(radius - width / 2.0))])
}

/// A star whose edges cross each other.
fn star(x: f32, y: f32, radius: f32, points: usize) -> Vec<[f32; 2]> {
    let step = points / 2;
    (0..points)
        .map(|k| {
            let angle = TAU * (k * step % points) as f32 / points as f32;
            [x + radius * angle.sin(), y - radius * angle.cos()]
        })
        .collect()
}

/// A page of 1000 × 1000 pixels full of words, a fill for each glyph.
fn text(size: f32) -> Result<Drawing> {
    const WORDS: &str = "The quick brown fox jumps over the lazy dog, while 0123456789 zebras \
        (all of them striped) watch from behind a fence & wonder: \"Why? What for?\" Nobody knows; ";
    let data =
        FONTS.iter().find_map(|file| std::fs::read(file).ok()).context("no DejaVu or Noto font")?;
    let font = FontRef::new(&data)?;
    let (outlines, map) = (font.outline_glyphs(), font.charmap());
    let metrics = font.glyph_metrics(Size::new(size), LocationRef::default());
    let mut shapes = Vec::new();
    let (mut x, mut y) = (4.0, size + 2.0);
    for letter in WORDS.chars().cycle() {
        let glyph = map.map(letter).context("a letter that the font lacks")?;
        let advance = metrics.advance_width(glyph).unwrap_or(size);
        if x + advance > 996.0 {
            (x, y) = (4.0, y + size * 1.2);
            if y > 990.0 {
                break;
            }
        }
        let mut pen = Pen { x, y, builder: Path::builder(), open: false };
        if let Some(outline) = outlines.get(glyph) {
            outline
                .draw(DrawSettings::unhinted(Size::new(size), LocationRef::default()), &mut pen)
                .ok()
                .context("an outline that cannot be drawn")?;
        }
        pen.close();
        let polygons = flattened(&pen.builder.build());
        if !polygons.is_empty() {
            shapes.push(black(polygons));
        }
        x += advance;
    }
    let name = format!("text {size} px, {} glyphs", shapes.len());
    Ok(Drawing { name, width: 1000, height: 1000, shapes })
}

struct Pen {
    x: f32,
    y: f32,
    builder: lyon::path::path::Builder,
    open: bool,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> Point {
        point(self.x + x, self.y - y)
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.close();
        let at = self.at(x, y);
        self.builder.begin(at);
        self.open = true;
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let at = self.at(x, y);
        self.builder.line_to(at);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (ctrl, at) = (self.at(cx, cy), self.at(x, y));
        self.builder.quadratic_bezier_to(ctrl, at);
    }
    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (a, b, at) = (self.at(cx0, cy0), self.at(cx1, cy1), self.at(x, y));
        self.builder.cubic_bezier_to(a, b, at);
    }
    fn close(&mut self) {
        if std::mem::take(&mut self.open) {
            self.builder.end(true);
        }
    }
}

/// A made-up drawing about as complex as the well-known tiger: 240 fills,
/// some large, most small, slender and curved, a quarter of them thin strokes.
fn thicket(side: u32) -> Drawing {
    let scale = side as f32 / 1000.0;
    let mut state = 20_251_121_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let shapes = (0..240)
        .map(|k| {
            let size = if k < 12 { 300.0 } else { 20.0 + 110.0 * random() * random() };
            let (x, y) = (100.0 + 800.0 * random(), 100.0 + 800.0 * random());
            let (slender, turn) = (0.15 + 0.6 * random(), TAU * random());
            let knots = 4 + (random() * 8.0) as usize;
            let mut at = |angle: f32| {
                let radius = size * (0.6 + 0.4 * random());
                let (u, v) = (radius * angle.cos(), radius * angle.sin() * slender);
                let (sin, cos) = turn.sin_cos();
                point(scale * (x + u * cos - v * sin), scale * (y + u * sin + v * cos))
            };
            let mut builder = Path::builder();
            builder.begin(at(0.0));
            for knot in 1..=knots {
                let angle = |part: f32| TAU * (knot as f32 - part) / knots as f32;
                let (a, b, to) = (at(angle(0.67)), at(angle(0.33)), at(angle(0.0)));
                builder.cubic_bezier_to(a, b, to);
            }
            builder.end(true);
            let path = builder.build();
            let mut shape =
                black(if k % 4 == 3 { outline(&path, 2.0 * scale) } else { flattened(&path) });
            shape.color = 0xff00_0000 | (k as u32).wrapping_mul(0x009e_3779) & 0x00ff_ffff;
            shape
        })
        .collect();
    Drawing { name: format!("thicket {side} px, 240 fills"), width: side, height: side, shapes }
}

/// The outline of a stroke, by tiny-skia.
fn outline(path: &Path, width: f32) -> Vec<Vec<[f32; 2]>> {
    let mut builder = tiny_skia::PathBuilder::new();
    for event in path {
        match event {
            Event::Begin { at } => builder.move_to(at.x, at.y),
            Event::Line { to, .. } => builder.line_to(to.x, to.y),
            Event::Quadratic { ctrl, to, .. } => builder.quad_to(ctrl.x, ctrl.y, to.x, to.y),
            Event::Cubic { ctrl1, ctrl2, to, .. } => {
                builder.cubic_to(ctrl1.x, ctrl1.y, ctrl2.x, ctrl2.y, to.x, to.y);
            }
            Event::End { .. } => builder.close(),
        }
    }
    let stroke = tiny_skia::Stroke { width, ..Default::default() };
    let outline = builder.finish().and_then(|path| path.stroke(&stroke, 1.0));
    outline.map_or_else(Vec::new, |path| from_skia(&path))
}

fn from_skia(path: &tiny_skia::Path) -> Vec<Vec<[f32; 2]>> {
    use tiny_skia::PathSegment;
    let mut builder = Path::builder();
    let mut open = false;
    let at = |p: tiny_skia::Point| point(p.x, p.y);
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => {
                if std::mem::replace(&mut open, true) {
                    builder.end(true);
                }
                builder.begin(at(to));
            }
            PathSegment::LineTo(to) => _ = builder.line_to(at(to)),
            PathSegment::QuadTo(ctrl, to) => _ = builder.quadratic_bezier_to(at(ctrl), at(to)),
            PathSegment::CubicTo(a, b, to) => _ = builder.cubic_bezier_to(at(a), at(b), at(to)),
            PathSegment::Close => {
                if std::mem::take(&mut open) {
                    builder.end(true);
                }
            }
        }
    }
    if open {
        builder.end(true);
    }
    flattened(&builder.build())
}

/// The fills and strokes of an SVG file, scaled to `side` pixels.
fn from_svg(file: &str, side: u32) -> Result<Drawing> {
    let tree = usvg::Tree::from_data(&std::fs::read(file)?, &usvg::Options::default())?;
    let scale = side as f32 / tree.size().width().max(tree.size().height());
    let mut shapes = Vec::new();
    collect(tree.root(), scale, &mut shapes);
    let stem =
        std::path::Path::new(file).file_stem().map_or("svg".into(), |stem| stem.to_string_lossy());
    Ok(Drawing {
        name: format!("{stem} {side} px, {} fills", shapes.len()),
        width: side,
        height: side,
        shapes,
    })
}

fn collect(group: &usvg::Group, scale: f32, shapes: &mut Vec<Shape>) {
    for node in group.children() {
        match node {
            usvg::Node::Group(group) => collect(group, scale, shapes),
            usvg::Node::Path(path) => {
                let transform = path.abs_transform().post_scale(scale, scale);
                let mut push = |path: Option<tiny_skia::Path>, paint: &usvg::Paint, even_odd| {
                    let Some(path) = path.and_then(|path| path.transform(transform)) else {
                        return;
                    };
                    let usvg::Paint::Color(color) = paint else { return };
                    let color = 0xff00_0000
                        | u32::from(color.red) << 16
                        | u32::from(color.green) << 8
                        | u32::from(color.blue);
                    let polygons = from_skia(&path);
                    if !polygons.is_empty() {
                        shapes.push(Shape { polygons, even_odd, color });
                    }
                };
                if let Some(fill) = path.fill() {
                    let even_odd = fill.rule() == usvg::FillRule::EvenOdd;
                    push(Some(path.data().clone()), fill.paint(), even_odd);
                }
                if let Some(stroke) = path.stroke() {
                    let outline = path.data().stroke(&stroke.to_tiny_skia(), scale);
                    push(outline, stroke.paint(), false);
                }
            }
            _ => {}
        }
    }
}
