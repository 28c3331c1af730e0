//! Who draws.
//!
//! Owns the way of a drawing into each library, prepared as that library
//! likes it best, so that only filling is timed. It must not know the clock.

use crate::cairo::Cairo;
use crate::drawing::Drawing;

/// Something that fills a prepared drawing.
pub trait Contestant {
    fn name(&self) -> &'static str;
    /// Draws once into the target made beforehand. The target is not cleared
    /// in between.
    fn draw(&mut self);
    /// What was drawn, if it is all in one picture: alpha, row by row.
    fn alpha(&self) -> Option<Vec<u8>>;
}

pub type Box_ = Box<dyn Contestant>;

/// Those that fill 8-bit masks.
pub fn masks(drawing: &Drawing) -> Vec<Box_> {
    let mut list: Vec<Box_> = vec![
        Box::new(OurMask::new(drawing)),
        Box::new(SkiaMask::new(drawing)),
        Box::new(Zeno::new(drawing)),
        Box::new(AbGlyph::new(drawing)),
    ];
    if let Some(cairo) = Cairo::new(drawing, true) {
        list.push(Box::new(cairo));
    }
    list
}

/// Those that blend over 32-bit pixels.
pub fn pixels(drawing: &Drawing) -> Vec<Box_> {
    let mut list: Vec<Box_> = vec![
        Box::new(OurPixels::new(drawing)),
        Box::new(SkiaPixels::new(drawing)),
        Box::new(Vello::new(drawing)),
        Box::new(Raqote::new(drawing)),
    ];
    if let Some(cairo) = Cairo::new(drawing, false) {
        list.push(Box::new(cairo));
    }
    list
}

fn rule(even_odd: bool) -> raster::path::FillRule {
    if even_odd { raster::path::FillRule::EvenOdd } else { raster::path::FillRule::NonZero }
}

struct OurMask {
    drawing: Drawing,
    accumulator: raster::area::Accumulator,
    mask: raster::Mask,
}

impl OurMask {
    fn new(drawing: &Drawing) -> Self {
        Self {
            drawing: drawing.clone(),
            accumulator: raster::area::Accumulator::new(drawing.width, drawing.height),
            mask: raster::Mask::new(raster::MaskFormat::A8, drawing.width, drawing.height).unwrap(),
        }
    }
}

impl Contestant for OurMask {
    fn name(&self) -> &'static str {
        "ours"
    }
    fn draw(&mut self) {
        for shape in &self.drawing.shapes {
            for polygon in &shape.polygons {
                self.accumulator.add_polygon(polygon);
            }
            self.accumulator.add_to(&mut self.mask.as_mut(), rule(shape.even_odd));
        }
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        Some((0..self.drawing.height).flat_map(|y| self.mask.row(y).unwrap().to_vec()).collect())
    }
}

struct OurPixels {
    drawing: Drawing,
    accumulator: raster::area::Accumulator,
    pixels: Vec<[u8; 4]>,
}

impl OurPixels {
    fn new(drawing: &Drawing) -> Self {
        Self {
            drawing: drawing.clone(),
            accumulator: raster::area::Accumulator::new(drawing.width, drawing.height),
            pixels: vec![[0; 4]; (drawing.width * drawing.height) as usize],
        }
    }
}

impl Contestant for OurPixels {
    fn name(&self) -> &'static str {
        "ours"
    }
    fn draw(&mut self) {
        for shape in &self.drawing.shapes {
            for polygon in &shape.polygons {
                self.accumulator.add_polygon(polygon);
            }
            let stride = self.drawing.width as usize;
            self.accumulator.blend_over(
                &mut self.pixels,
                stride,
                shape.color.to_le_bytes(),
                rule(shape.even_odd),
            );
        }
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        Some(self.pixels.iter().map(|pixel| pixel[3]).collect())
    }
}

fn skia_path(polygons: &[Vec<[f32; 2]>]) -> tiny_skia::Path {
    let mut builder = tiny_skia::PathBuilder::new();
    for polygon in polygons {
        builder.move_to(polygon[0][0], polygon[0][1]);
        for [x, y] in &polygon[1..] {
            builder.line_to(*x, *y);
        }
        builder.close();
    }
    builder.finish().unwrap()
}

fn skia_rule(even_odd: bool) -> tiny_skia::FillRule {
    if even_odd { tiny_skia::FillRule::EvenOdd } else { tiny_skia::FillRule::Winding }
}

struct SkiaMask {
    paths: Vec<(tiny_skia::Path, tiny_skia::FillRule)>,
    mask: tiny_skia::Mask,
}

impl SkiaMask {
    fn new(drawing: &Drawing) -> Self {
        Self {
            paths: drawing
                .shapes
                .iter()
                .map(|s| (skia_path(&s.polygons), skia_rule(s.even_odd)))
                .collect(),
            mask: tiny_skia::Mask::new(drawing.width, drawing.height).unwrap(),
        }
    }
}

impl Contestant for SkiaMask {
    fn name(&self) -> &'static str {
        "tiny-skia"
    }
    fn draw(&mut self) {
        for (path, rule) in &self.paths {
            self.mask.fill_path(path, *rule, true, tiny_skia::Transform::identity());
        }
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        Some(self.mask.data().to_vec())
    }
}

struct SkiaPixels {
    paths: Vec<(tiny_skia::Path, tiny_skia::FillRule, tiny_skia::Paint<'static>)>,
    pixmap: tiny_skia::Pixmap,
}

impl SkiaPixels {
    fn new(drawing: &Drawing) -> Self {
        let paths = drawing.shapes.iter().map(|shape| {
            let [b, g, r, a] = shape.color.to_le_bytes();
            let mut paint = tiny_skia::Paint::default();
            paint.set_color_rgba8(r, g, b, a);
            (skia_path(&shape.polygons), skia_rule(shape.even_odd), paint)
        });
        Self {
            paths: paths.collect(),
            pixmap: tiny_skia::Pixmap::new(drawing.width, drawing.height).unwrap(),
        }
    }
}

impl Contestant for SkiaPixels {
    fn name(&self) -> &'static str {
        "tiny-skia"
    }
    fn draw(&mut self) {
        for (path, rule, paint) in &self.paths {
            self.pixmap.fill_path(path, paint, *rule, tiny_skia::Transform::identity(), None);
        }
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        Some(self.pixmap.pixels().iter().map(|pixel| pixel.alpha()).collect())
    }
}

/// Renders each shape into a buffer of its own size, used again and again.
struct Zeno {
    shapes: Vec<(Vec<zeno::Command>, zeno::Fill)>,
    scratch: zeno::Scratch,
    buffer: Vec<u8>,
}

impl Zeno {
    fn new(drawing: &Drawing) -> Self {
        let shapes = drawing.shapes.iter().map(|shape| {
            let mut commands = Vec::new();
            for polygon in &shape.polygons {
                let mut points = polygon.iter().map(|[x, y]| zeno::Vector::new(*x, *y));
                commands.extend(points.next().map(zeno::Command::MoveTo));
                commands.extend(points.map(zeno::Command::LineTo));
                commands.push(zeno::Command::Close);
            }
            (commands, if shape.even_odd { zeno::Fill::EvenOdd } else { zeno::Fill::NonZero })
        });
        Self {
            shapes: shapes.collect(),
            scratch: zeno::Scratch::new(),
            buffer: vec![0; (drawing.width as usize + 2) * (drawing.height as usize + 2)],
        }
    }
}

impl Contestant for Zeno {
    fn name(&self) -> &'static str {
        "zeno"
    }
    fn draw(&mut self) {
        for (commands, fill) in &self.shapes {
            let placed = zeno::Mask::with_scratch(&commands[..], &mut self.scratch)
                .style(*fill)
                .render_into(&mut self.buffer, None);
            std::hint::black_box(placed);
        }
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        None
    }
}

/// A shape's polygons, and the pixels that hold it: x, y, width, height.
type Placed = (Vec<Vec<[f32; 2]>>, [usize; 4]);

/// Renders each shape into a buffer of its own size, used again and again.
struct AbGlyph {
    shapes: Vec<Placed>,
    rasterizer: ab_glyph_rasterizer::Rasterizer,
    buffer: Vec<u8>,
}

impl AbGlyph {
    fn new(drawing: &Drawing) -> Self {
        let shapes = drawing.shapes.iter().map(|shape| {
            let points = || shape.polygons.iter().flatten();
            let least =
                |axis: usize| points().map(|p| p[axis]).fold(f32::MAX, f32::min).max(0.0).floor();
            let most = |axis: usize| points().map(|p| p[axis]).fold(0.0, f32::max).ceil();
            let (left, top) = (least(0), least(1));
            let moved = shape
                .polygons
                .iter()
                .map(|polygon| polygon.iter().map(|[x, y]| [x - left, y - top]).collect());
            let size = |axis: usize, low: f32, limit: u32| {
                (most(axis).min(limit as f32) - low).max(1.0) as usize
            };
            let size = [size(0, left, drawing.width), size(1, top, drawing.height)];
            (moved.collect(), [left as usize, top as usize, size[0], size[1]])
        });
        Self {
            shapes: shapes.collect(),
            rasterizer: ab_glyph_rasterizer::Rasterizer::new(1, 1),
            buffer: vec![0; (drawing.width as usize + 2) * (drawing.height as usize + 2)],
        }
    }
}

impl Contestant for AbGlyph {
    fn name(&self) -> &'static str {
        "ab_glyph"
    }
    fn draw(&mut self) {
        for (polygons, [_, _, width, height]) in &self.shapes {
            self.rasterizer.reset(*width, *height);
            for polygon in polygons {
                let at = |k: usize| ab_glyph_rasterizer::point(polygon[k][0], polygon[k][1]);
                for k in 1..polygon.len() {
                    self.rasterizer.draw_line(at(k - 1), at(k));
                }
                self.rasterizer.draw_line(at(polygon.len() - 1), at(0));
            }
            let buffer = &mut self.buffer[..width * height];
            self.rasterizer.for_each_pixel(|k, coverage| {
                if let Some(pixel) = buffer.get_mut(k) {
                    *pixel = (coverage * 255.0 + 0.5) as u8;
                }
            });
        }
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        None
    }
}

struct Vello {
    shapes: Vec<(
        vello_cpu::kurbo::BezPath,
        vello_cpu::peniko::Fill,
        vello_cpu::color::AlphaColor<vello_cpu::color::Srgb>,
    )>,
    context: vello_cpu::RenderContext,
    resources: vello_cpu::Resources,
    pixmap: vello_cpu::Pixmap,
}

impl Vello {
    fn new(drawing: &Drawing) -> Self {
        let shapes = drawing.shapes.iter().map(|shape| {
            let mut path = vello_cpu::kurbo::BezPath::new();
            for polygon in &shape.polygons {
                let mut points = polygon.iter().map(|[x, y]| (f64::from(*x), f64::from(*y)));
                path.move_to(points.next().unwrap());
                points.for_each(|at| path.line_to(at));
                path.close_path();
            }
            let [b, g, r, a] = shape.color.to_le_bytes();
            let fill = if shape.even_odd {
                vello_cpu::peniko::Fill::EvenOdd
            } else {
                vello_cpu::peniko::Fill::NonZero
            };
            (path, fill, vello_cpu::color::AlphaColor::from_rgba8(r, g, b, a))
        });
        let (width, height) = (drawing.width as u16, drawing.height as u16);
        Self {
            shapes: shapes.collect(),
            context: vello_cpu::RenderContext::new(width, height),
            resources: vello_cpu::Resources::new(),
            pixmap: vello_cpu::Pixmap::new(width, height),
        }
    }
}

impl Contestant for Vello {
    fn name(&self) -> &'static str {
        "vello_cpu"
    }
    fn draw(&mut self) {
        self.context.reset();
        for (path, fill, color) in &self.shapes {
            self.context.set_fill_rule(*fill);
            self.context.set_paint(*color);
            self.context.fill_path(path);
        }
        self.context.flush();
        self.context.render(&mut self.pixmap, &mut self.resources);
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        Some(self.pixmap.data().iter().map(|pixel| pixel.a).collect())
    }
}

struct Raqote {
    shapes: Vec<(raqote::Path, raqote::SolidSource)>,
    target: raqote::DrawTarget,
}

impl Raqote {
    fn new(drawing: &Drawing) -> Self {
        let shapes = drawing.shapes.iter().map(|shape| {
            let mut builder = raqote::PathBuilder::new();
            for polygon in &shape.polygons {
                builder.move_to(polygon[0][0], polygon[0][1]);
                polygon[1..].iter().for_each(|[x, y]| builder.line_to(*x, *y));
                builder.close();
            }
            let mut path = builder.finish();
            path.winding =
                if shape.even_odd { raqote::Winding::EvenOdd } else { raqote::Winding::NonZero };
            let [b, g, r, a] = shape.color.to_le_bytes();
            (path, raqote::SolidSource { r, g, b, a })
        });
        Self {
            shapes: shapes.collect(),
            target: raqote::DrawTarget::new(drawing.width as i32, drawing.height as i32),
        }
    }
}

impl Contestant for Raqote {
    fn name(&self) -> &'static str {
        "raqote"
    }
    fn draw(&mut self) {
        let options = raqote::DrawOptions::new();
        for (path, color) in &self.shapes {
            self.target.fill(path, &raqote::Source::Solid(*color), &options);
        }
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        Some(self.target.get_data().iter().map(|pixel| (pixel >> 24) as u8).collect())
    }
}
