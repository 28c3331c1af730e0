//! Coverage of a set by one rasterizer or another.
//!
//! Owns the masks that are looked at and compared. It must not know where they
//! are shown.

use pixman::{FormatCode, Image};
use raster::area::Accumulator;
use raster::path::FillRule;
use raster::{Fixed, Line, Mask, MaskFormat, Point, Rasterizer, Trapezoid};
use tiny_skia::{PathBuilder, Transform};

use crate::canvas::Area;
use crate::capture::{GlyphImage, Set, Shape};

/// Who makes a mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Our rasterizer, which should be pixman's equal.
    Raster,
    /// The system's libpixman.
    Pixman,
    /// tiny-skia, which samples 4 × 16 times a pixel.
    TinySkia,
    /// The true area of each pixel.
    Exact,
}

impl Engine {
    /// The engines that ours is compared with.
    pub const OTHERS: [Self; 3] = [Self::Pixman, Self::TinySkia, Self::Exact];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Raster => "raster",
            Self::Pixman => "pixman",
            Self::TinySkia => "tiny-skia",
            Self::Exact => "exact area",
        }
    }
}

/// A byte for each pixel of an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plane {
    /// Which pixels, of the drawing.
    pub area: Area,
    /// Row by row.
    pub bytes: Vec<u8>,
    /// The byte of a pixel that is covered whole.
    pub full: u8,
}

impl Plane {
    /// A pixel's byte; 0 outside.
    #[must_use]
    pub fn get(&self, x: i32, y: i32) -> u8 {
        let Area { left, top, right, bottom } = self.area;
        if x < left || y < top || x >= right || y >= bottom {
            return 0;
        }
        let place = (y - top) as usize * self.area.width() as usize + (x - left) as usize;
        self.bytes.get(place).copied().unwrap_or(0)
    }

    /// A pixel's coverage from 0 to 255.
    #[must_use]
    pub fn level(&self, x: i32, y: i32) -> u8 {
        // 255 is divisible by the full pixels of A1, A4 and A8: 1, 15, 255.
        self.get(x, y).saturating_mul(255 / self.full.max(1))
    }
}

/// The coverage of a set in an area. Glyphs look the same by every engine.
///
/// Shapes are sampled as in a mask that begins at the area's corner: as the
/// server does, if the area holds them whole.
#[must_use]
pub fn coverage(
    set: &Set,
    glyphs: &[GlyphImage],
    format: MaskFormat,
    engine: Engine,
    area: Area,
) -> Plane {
    let (width, height) = (area.width() as u32, area.height() as u32);
    let shapes: Vec<Trapezoid> = set.trapezoids().filter(Trapezoid::is_valid).collect();
    let mut plane = match engine {
        Engine::Raster => by_raster(&shapes, format, area),
        Engine::Pixman => by_pixman(&shapes, format, area),
        Engine::TinySkia => by_tiny_skia(&shapes, area),
        Engine::Exact => by_area(&shapes, area),
    }
    .unwrap_or_else(|| Plane {
        area,
        bytes: vec![0; width as usize * height as usize],
        full: u8::MAX,
    });
    for shape in set.iter() {
        add_glyph(&mut plane, &shape, glyphs);
    }
    plane
}

fn plane_of(mask: &Mask, area: Area) -> Plane {
    let format = mask.format();
    let bytes =
        (0..mask.height()).flat_map(|y| (0..mask.width()).map(move |x| mask.get(x, y))).collect();
    Plane { area, bytes, full: format.full() }
}

fn by_raster(shapes: &[Trapezoid], format: MaskFormat, area: Area) -> Option<Plane> {
    let mut mask = Mask::new(format, area.width() as u32, area.height() as u32).ok()?;
    let mut rasterizer = Rasterizer::new();
    let (x, y) = (area.left.wrapping_neg(), area.top.wrapping_neg());
    for shape in shapes {
        rasterizer.rasterize_trapezoid(&mut mask.as_mut(), shape, x, y);
    }
    Some(plane_of(&mask, area))
}

fn by_pixman(shapes: &[Trapezoid], format: MaskFormat, area: Area) -> Option<Plane> {
    let mut mask = Mask::new(format, area.width() as u32, area.height() as u32).ok()?;
    let (width, height) = (mask.width() as usize, mask.height() as usize);
    let mut words = vec![0_u32; mask.stride() / 4 * height];
    let code = match format {
        MaskFormat::A1 => FormatCode::A1,
        MaskFormat::A4 => FormatCode::A4,
        MaskFormat::A8 => FormatCode::A8,
    };
    let stride = mask.stride();
    let mut image = Image::from_slice_mut(code, width, height, &mut words, stride, false).ok()?;
    for shape in shapes.iter().filter(|shape| is_survived(shape)) {
        let offset = (area.left.wrapping_neg(), area.top.wrapping_neg());
        image.rasterize_trapezoid(pixman_trapezoid(shape), offset);
    }
    drop(image);
    // Both have rows of words in the machine's order of bytes.
    let words_per_row = stride / 4;
    let mut target = mask.as_mut();
    for (y, row) in words.chunks_exact(words_per_row).enumerate() {
        let bytes: Vec<u8> = row.iter().flat_map(|word| word.to_ne_bytes()).collect();
        if let Some(row) = target.row_mut(y as u32) {
            let length = row.len().min(bytes.len());
            row[..length].copy_from_slice(&bytes[..length]);
        }
    }
    Some(plane_of(&mask, area))
}

/// Whether stock pixman survives a shape: it divides by heights that wrap, and
/// dies of one that becomes −1.
fn is_survived(shape: &Trapezoid) -> bool {
    [shape.left, shape.right].iter().all(|Line { p1, p2 }| {
        let fits = |a: Fixed, b: Fixed| b.bits().checked_sub(a.bits()).is_some();
        let (top, bottom) = if p1.y <= p2.y { (p1, p2) } else { (p2, p1) };
        fits(top.x, bottom.x) && fits(top.y, bottom.y)
    })
}

fn pixman_trapezoid(shape: &Trapezoid) -> pixman::Trapezoid {
    let fixed = |value: Fixed| pixman::Fixed::from_raw(value.bits());
    let point = |point: Point| pixman::Point::new(fixed(point.x), fixed(point.y));
    let line = |line: Line| pixman::Line::new(point(line.p1), point(line.p2));
    pixman::Trapezoid::new(
        fixed(shape.top),
        fixed(shape.bottom),
        line(shape.left),
        line(shape.right),
    )
}

fn by_tiny_skia(shapes: &[Trapezoid], area: Area) -> Option<Plane> {
    let mut mask = tiny_skia::Mask::new(area.width() as u32, area.height() as u32)?;
    let mut path = PathBuilder::new();
    for shape in shapes {
        let [a, b, c, d] = Shape::Trapezoid(*shape).corners(&[]);
        path.move_to(a.0 as f32, a.1 as f32);
        for (x, y) in [b, c, d] {
            path.line_to(x as f32, y as f32);
        }
        path.close();
    }
    let moved = Transform::from_translate(-area.left as f32, -area.top as f32);
    if let Some(path) = path.finish() {
        mask.fill_path(&path, tiny_skia::FillRule::Winding, true, moved);
    }
    Some(Plane { area, bytes: mask.data().to_vec(), full: 255 })
}

fn by_area(shapes: &[Trapezoid], area: Area) -> Option<Plane> {
    let (width, height) = (area.width() as u32, area.height() as u32);
    let mut mask = Mask::new(MaskFormat::A8, width, height).ok()?;
    let mut areas = Accumulator::new(width, height);
    for shape in shapes {
        let corners = Shape::Trapezoid(*shape).corners(&[]);
        let moved = corners.map(|(x, y)| (x - f64::from(area.left), y - f64::from(area.top)));
        for (k, from) in moved.iter().enumerate() {
            areas.add_line(*from, moved[(k + 1) % 4]);
        }
    }
    areas.add_to(&mut mask.as_mut(), FillRule::NonZero);
    Some(plane_of(&mask, area))
}

fn add_glyph(plane: &mut Plane, shape: &Shape, glyphs: &[GlyphImage]) {
    let Shape::Glyph(glyph) = shape else { return };
    let Some(image) = glyphs.get(glyph.image) else { return };
    let (x, y) = glyph.corner(image);
    let area = plane.area;
    for row in 0..image.height {
        for column in 0..image.width {
            let (x, y) = (x.saturating_add(column.into()), y.saturating_add(row.into()));
            if x < area.left || y < area.top || x >= area.right || y >= area.bottom {
                continue;
            }
            let place = (y - area.top) as usize * area.width() as usize + (x - area.left) as usize;
            let scaled = image.coverage(column, row) / (255 / plane.full.max(1));
            if let Some(byte) = plane.bytes.get_mut(place) {
                *byte = byte.saturating_add(scaled).min(plane.full);
            }
        }
    }
}

/// The pixels that a set can touch: of masks, as large as the server makes them
/// (`get_trap_extents`: across all points of the sides).
#[must_use]
pub fn reach(set: &Set, glyphs: &[GlyphImage]) -> Option<Area> {
    let mut reach: Option<Area> = None;
    let mut join = |area: Area| {
        let so_far = reach.get_or_insert(area);
        *so_far = Area {
            left: so_far.left.min(area.left),
            top: so_far.top.min(area.top),
            right: so_far.right.max(area.right),
            bottom: so_far.bottom.max(area.bottom),
        };
    };
    for shape in set.iter() {
        for part in shape.parts().into_iter().flatten().filter(Trapezoid::is_valid) {
            let xs = [part.left.p1.x, part.left.p2.x, part.right.p1.x, part.right.p2.x];
            let ceil = |value: Fixed| value.floor_int() + i32::from(value.frac() != 0);
            join(Area {
                left: xs.map(Fixed::floor_int).into_iter().min().unwrap_or(0),
                top: part.top.floor_int(),
                right: xs.map(ceil).into_iter().max().unwrap_or(0),
                bottom: ceil(part.bottom),
            });
        }
        if let (Shape::Glyph(_), Some([left, top, right, bottom])) = (&shape, shape.bounds(glyphs))
        {
            join(Area::new(left as i32, top as i32, right as i32, bottom as i32));
        }
    }
    reach.filter(|area| !area.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::colour::Rgba;

    fn any_trapezoid() -> impl Strategy<Value = Trapezoid> {
        let number = || (-6.0..14.0_f64).prop_map(Fixed::from_f64);
        ([number(), number()], prop::array::uniform4(number())).prop_map(|([y1, y2], xs)| {
            let (top, bottom) = (y1.min(y2), y1.max(y2).wrapping_add(Fixed::EPSILON));
            let line = |a, b| Line::new(Point::new(a, top), Point::new(b, bottom));
            Trapezoid { top, bottom, left: line(xs[0], xs[1]), right: line(xs[2], xs[3]) }
        })
    }

    proptest! {
        /// What the window promises to show: no difference.
        #[test]
        fn raster_is_pixman(
            shapes in prop::collection::vec(any_trapezoid(), 0..4),
            format in prop::sample::select(MaskFormat::ALL.to_vec()),
        ) {
            let set = Set::of_trapezoids("", Rgba::opaque(0, 0, 0), shapes);
            let area = reach(&set, &[]).unwrap_or(Area::new(0, 0, 4, 4));
            let ours = coverage(&set, &[], format, Engine::Raster, area);
            let theirs = coverage(&set, &[], format, Engine::Pixman, area);
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn other_engines_agree_about_single_shapes(shape in any_trapezoid()) {
            let set = Set::of_trapezoids("", Rgba::opaque(0, 0, 0), vec![shape]);
            let Some(area) = reach(&set, &[]) else { return Ok(()) };
            let exact = coverage(&set, &[], MaskFormat::A8, Engine::Exact, area);
            for engine in [Engine::Raster, Engine::TinySkia] {
                let other = coverage(&set, &[], MaskFormat::A8, engine, area);
                let pairs = exact.bytes.iter().zip(&other.bytes);
                let most = pairs.map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
                // Thin slivers fall between the 4 rows of tiny-skia's pixels.
                prop_assert!(most <= 72, "{}: {}", engine.name(), most);
            }
        }
    }

    #[test]
    fn shapes_that_kill_pixman_are_left_out() {
        let far = [Fixed::MIN, Fixed::MAX];
        let line = Line::new(Point::new(far[1], far[0]), Point::new(far[0], far[1]));
        let shape = Trapezoid { top: far[0], bottom: far[1], left: line, right: line };
        assert!(!is_survived(&shape));
        let set = Set::of_trapezoids("", Rgba::opaque(0, 0, 0), vec![shape]);
        let area = Area::new(0, 0, 4, 4);
        let plane = coverage(&set, &[], MaskFormat::A8, Engine::Pixman, area);
        assert!(plane.bytes.iter().all(|&byte| byte == 0));
    }
}
