//! Requests of the Render extension.
//!
//! Owns their layouts (`render/renderproto.h`, the protocol's version 0.11) and
//! what each changes or draws. A request that is shorter than it says is left
//! to the server, which refuses it.

use raster::{Point, Span, Trap, Trapezoid, Triangle, tri};

use super::book::Book;
use super::bytes::{ByteOrder, Reader, padded};
use super::frames::Request;
use super::resources::{Glyph, GlyphSet, IDENTITY, LivePicture, Resources};
use crate::capture::{
    Clip, Content, Drawable, Drawing, GlyphImage, Masking, Operator, Origin, Picture, PlacedGlyph,
    Rectangle, Repeat, Set, Shapes, Stop,
};
use crate::colour::Rgba;

/// `RenderQueryPictFormats`, whose reply the listener reads.
pub(super) const QUERY_PICT_FORMATS: u8 = 1;

/// One request, and all that it may touch.
pub(super) struct Decoder<'a> {
    pub(super) resources: &'a mut Resources,
    pub(super) book: &'a mut Book,
    pub(super) order: ByteOrder,
    /// Whether bitmaps have the leftmost pixel in the lowest bit.
    pub(super) low_bit_first: bool,
    pub(super) origin: Origin,
}

impl Decoder<'_> {
    /// Decodes a request of Render; `None` if it is malformed.
    pub(super) fn decode(&mut self, request: &Request) -> Option<()> {
        let mut reader = Reader::new(&request.body, self.order);
        let r = &mut reader;
        match request.minor {
            4 => self.create_picture(r),
            5 => self.change_picture(r),
            6 => self.set_clip_rectangles(r),
            7 => self.free_picture(r),
            8 => self.composite(r),
            10 => self.shapes(r, "Trapezoids", |r| Shapes::Trapezoids(r.all(trapezoid))),
            11 => self.shapes(r, "Triangles", |r| Shapes::Triangles(r.all(triangle))),
            12 => self.shapes(r, "TriStrip", |r| {
                Shapes::Triangles(tri::strip(&r.all(Reader::point)).collect())
            }),
            13 => self.shapes(r, "TriFan", |r| {
                Shapes::Triangles(tri::fan(&r.all(Reader::point)).collect())
            }),
            17 => self.create_glyph_set(r),
            18 => self.reference_glyph_set(r),
            19 => {
                self.resources.free_glyph_set(r.u32()?);
                Some(())
            }
            20 => self.add_glyphs(r),
            22 => self.free_glyphs(r),
            23 => self.composite_glyphs(r, "CompositeGlyphs8", 1),
            24 => self.composite_glyphs(r, "CompositeGlyphs16", 2),
            25 => self.composite_glyphs(r, "CompositeGlyphs32", 4),
            26 => self.fill_rectangles(r),
            28 => self.set_transform(r),
            30 => self.set_filter(r),
            32 => self.add_traps(r),
            33 => self.create_solid_fill(r),
            34 => self.create_linear_gradient(r),
            35 => self.create_radial_gradient(r),
            36 => self.create_conical_gradient(r),
            _ => Some(()),
        }
    }

    fn create_picture(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (picture, drawable, format) = (r.u32()?, r.u32()?, r.u32()?);
        let format = self.resources.formats.get(&format).cloned();
        let content = Content::Drawable(Drawable { format, ..Drawable::unknown(drawable) });
        let mut live = LivePicture::new(content);
        change(&mut live, r)?;
        self.resources.pictures.insert(picture, live);
        Some(())
    }

    fn change_picture(&mut self, r: &mut Reader<'_>) -> Option<()> {
        change(self.resources.pictures.get_mut(&r.u32()?)?, r)
    }

    fn set_clip_rectangles(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let live = self.resources.pictures.get_mut(&r.u32()?)?;
        live.clip_origin = (r.i16()?, r.i16()?);
        live.picture.clip = Clip::Rectangles(r.all(rectangle));
        Some(())
    }

    fn free_picture(&mut self, r: &mut Reader<'_>) -> Option<()> {
        self.resources.pictures.remove(&r.u32()?);
        Some(())
    }

    fn set_transform(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let live = self.resources.pictures.get_mut(&r.u32()?)?;
        let matrix: [_; 9] = r.list(9, Reader::fixed)?.try_into().ok()?;
        live.picture.transform = (matrix != IDENTITY).then_some(matrix);
        Some(())
    }

    fn set_filter(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let live = self.resources.pictures.get_mut(&r.u32()?)?;
        let length = usize::from(r.u16()?);
        r.skip(2)?;
        let name = r.take(length)?;
        r.skip(padded(length) - length)?;
        let mut filter = String::from_utf8_lossy(name).into_owned();
        for value in r.all(Reader::fixed) {
            filter.push_str(&format!(",{value}"));
        }
        live.picture.filter = (filter != "nearest").then_some(filter);
        Some(())
    }

    fn create_solid_fill(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (picture, colour) = (r.u32()?, colour(r)?);
        self.make_picture(picture, Content::Solid(colour))
    }

    fn create_linear_gradient(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (picture, from, to) = (r.u32()?, r.point()?, r.point()?);
        let stops = stops(r)?;
        self.make_picture(picture, Content::Linear { from, to, stops })
    }

    fn create_radial_gradient(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (picture, inner, outer) = (r.u32()?, r.point()?, r.point()?);
        let (inner, outer) = ((inner, r.fixed()?), (outer, r.fixed()?));
        let stops = stops(r)?;
        self.make_picture(picture, Content::Radial { inner, outer, stops })
    }

    fn create_conical_gradient(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (picture, center, angle) = (r.u32()?, r.point()?, r.fixed()?);
        let stops = stops(r)?;
        self.make_picture(picture, Content::Conical { center, angle, stops })
    }

    fn make_picture(&mut self, xid: u32, content: Content) -> Option<()> {
        self.resources.pictures.insert(xid, LivePicture::new(content));
        Some(())
    }

    fn create_glyph_set(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (xid, format) = (r.u32()?, r.u32()?);
        self.resources.free_glyph_set(xid);
        let format = self.resources.formats.get(&format).cloned();
        let set = GlyphSet { names: 1, format, glyphs: Default::default() };
        self.resources.glyph_sets.insert(xid, xid);
        // The number may have outlived its name, through another name.
        self.resources.glyphs.insert(xid, set);
        Some(())
    }

    fn reference_glyph_set(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (xid, existing) = (r.u32()?, r.u32()?);
        let key = *self.resources.glyph_sets.get(&existing)?;
        self.resources.glyphs.get_mut(&key)?.names += 1;
        self.resources.free_glyph_set(xid);
        self.resources.glyph_sets.insert(xid, key);
        Some(())
    }

    fn add_glyphs(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let low_bit_first = self.low_bit_first;
        let set = self.resources.glyph_set(r.u32()?)?;
        let count = r.u32()? as usize;
        let names = r.list(count, Reader::u32)?;
        let images = r.list(count, |r| {
            Some(GlyphImage {
                width: r.u16()?,
                height: r.u16()?,
                origin: (r.i16()?, r.i16()?),
                advance: (r.i16()?, r.i16()?),
                coloured: false,
                data: Vec::new(),
            })
        })?;
        for (name, mut image) in names.into_iter().zip(images) {
            let bits = match set.format.as_deref() {
                Some("a1") => 1,
                Some("a4") => 4,
                Some("a8") | None => 8,
                Some(_) => 32,
            };
            read_glyph(r, &mut image, bits, low_bit_first);
            set.glyphs.insert(name, Glyph { image, recorded: None });
        }
        Some(())
    }

    fn free_glyphs(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let set = self.resources.glyph_set(r.u32()?)?;
        for name in r.all(Reader::u32) {
            set.glyphs.remove(&name);
        }
        Some(())
    }

    /// `Trapezoids` and those that look like it.
    fn shapes(
        &mut self,
        r: &mut Reader<'_>,
        name: &str,
        read: impl Fn(&mut Reader<'_>) -> Shapes,
    ) -> Option<()> {
        let operator = operator(r)?;
        let (source, onto, format) = (r.u32()?, r.u32()?, r.u32()?);
        let at = (r.i16()?, r.i16()?);
        let shapes = read(r);
        let masking = self.resources.masking(format);
        self.record(name, operator, Some(source), None, onto, at, masking, shapes)
    }

    fn composite(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let operator = operator(r)?;
        let (source, mask, onto) = (r.u32()?, r.u32()?, r.u32()?);
        let at = (r.i16()?, r.i16()?);
        r.skip(4)?;
        let shapes = Shapes::Rectangles(vec![rectangle(r)?]);
        let mask = (mask != 0).then_some(mask);
        self.record("Composite", operator, Some(source), mask, onto, at, Masking::Each, shapes)
    }

    fn fill_rectangles(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let operator = operator(r)?;
        let (onto, colour) = (r.u32()?, colour(r)?);
        let rectangles = r.all(rectangle);
        let covers = rectangles.iter().any(|shape| {
            let end = |from: i16, size: u16| i32::from(from) + i32::from(size);
            shape.x <= 0
                && shape.y <= 0
                && end(shape.x, shape.width) >= 1
                && end(shape.y, shape.height) >= 1
        });
        let opaque =
            operator == Operator::SRC || (operator == Operator::OVER && colour.alpha == 255);
        let picture = Picture::new(Content::Solid(colour));
        let shapes = Shapes::Rectangles(rectangles);
        let drawing = (operator, (0, 0), Masking::Each);
        self.record_set("FillRectangles", drawing, Some(picture), None, onto, shapes);
        if covers && opaque {
            self.fill_pixel(onto, colour);
        }
        Some(())
    }

    /// Notes the colour of a pixmap of one pixel, which clients repeat as a
    /// source.
    fn fill_pixel(&mut self, picture: u32, colour: Rgba) {
        if let Some(live) = self.resources.pictures.get(&picture)
            && let Content::Drawable(drawable) = &live.picture.content
            && let Some(pixmap) = self.resources.pixmaps.get_mut(&drawable.xid)
            && pixmap.size == (1, 1)
        {
            pixmap.filled = Some(colour);
        }
    }

    fn add_traps(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let (onto, at) = (r.u32()?, (r.i16()?, r.i16()?));
        let shapes = Shapes::Traps(r.all(trap));
        self.record("AddTraps", Operator::ADD, None, None, onto, at, Masking::Each, shapes)
    }

    fn composite_glyphs(&mut self, r: &mut Reader<'_>, name: &str, bytes: usize) -> Option<()> {
        let operator = operator(r)?;
        let (source, onto, format) = (r.u32()?, r.u32()?, r.u32()?);
        let mut glyph_set = r.u32()?;
        let at = (r.i16()?, r.i16()?);
        let (mut x, mut y) = (0_i32, 0_i32);
        let mut placed = Vec::new();
        // Each run of glyphs has a count and a step of the pen; a count of 255
        // changes the set.
        while let Some(count) = r.u8() {
            let Some(step) = glyph_step(r) else { break };
            if count == 255 {
                let Some(next) = r.u32() else { break };
                glyph_set = next;
                continue;
            }
            (x, y) = (x.wrapping_add(step.0.into()), y.wrapping_add(step.1.into()));
            let Some(run) = r.take(padded(usize::from(count) * bytes)) else { break };
            let mut run = Reader::new(&run[..usize::from(count) * bytes], self.order);
            let Some(set) = self.resources.glyph_set(glyph_set) else { continue };
            for _ in 0..count {
                let id = match bytes {
                    1 => u32::from(run.u8()?),
                    2 => u32::from(run.u16()?),
                    _ => run.u32()?,
                };
                let Some(glyph) = set.glyphs.get_mut(&id) else { continue };
                if let Some(image) = self.book.glyph(glyph) {
                    placed.push(PlacedGlyph { image, x, y });
                }
                let (dx, dy) = glyph.image.advance;
                (x, y) = (x.wrapping_add(dx.into()), y.wrapping_add(dy.into()));
            }
        }
        let masking = self.resources.masking(format);
        let shapes = Shapes::Glyphs(placed);
        self.record(name, operator, Some(source), None, onto, at, masking, shapes)
    }

    #[expect(clippy::too_many_arguments, reason = "as many as the requests have")]
    fn record(
        &mut self,
        name: &str,
        operator: Operator,
        source: Option<u32>,
        mask: Option<u32>,
        onto: u32,
        at: (i16, i16),
        masking: Masking,
        shapes: Shapes,
    ) -> Option<()> {
        let source = source.map(|xid| self.resources.snapshot(xid));
        let mask = mask.map(|xid| self.resources.snapshot(xid));
        self.record_set(name, (operator, at, masking), source, mask, onto, shapes);
        Some(())
    }

    fn record_set(
        &mut self,
        name: &str,
        (operator, at, masking): (Operator, (i16, i16), Masking),
        source: Option<Picture>,
        mask: Option<Picture>,
        onto: u32,
        shapes: Shapes,
    ) {
        if !self.book.has_room(shapes.len()) {
            return;
        }
        // AddTraps adds coverage, which is white.
        let white = Rgba::opaque(255, 255, 255);
        let colour = source
            .as_ref()
            .map_or(white, |picture| picture.colour().unwrap_or(Rgba::opaque(128, 128, 128)));
        let onto = self.resources.snapshot(onto);
        let drawing = Drawing {
            operator,
            source: source.map(|picture| self.book.picture(picture)),
            mask_picture: mask.map(|picture| self.book.picture(picture)),
            onto: self.book.picture(onto),
            at,
            masking,
        };
        let origin = Some(self.origin);
        self.book.set(Set { name: name.into(), colour, origin, drawing: Some(drawing), shapes });
    }
}

/// The attributes that `CreatePicture` and `ChangePicture` set.
fn change(live: &mut LivePicture, r: &mut Reader<'_>) -> Option<()> {
    let mask = r.u32()?;
    for bit in 0..13 {
        if mask & 1 << bit == 0 {
            continue;
        }
        let value = r.u32()?;
        let picture = &mut live.picture;
        match bit {
            0 => {
                picture.repeat = match value {
                    1 => Repeat::Normal,
                    2 => Repeat::Pad,
                    3 => Repeat::Reflect,
                    _ => Repeat::None,
                };
            }
            4 => live.clip_origin.0 = value as i16,
            5 => live.clip_origin.1 = value as i16,
            6 => picture.clip = if value == 0 { Clip::None } else { Clip::Mask },
            9 => picture.smooth_edges = value == 1,
            12 => picture.component_alpha = value != 0,
            _ => {}
        }
    }
    Some(())
}

/// The rest of a run of glyphs' head: how far the pen moves before it.
fn glyph_step(r: &mut Reader<'_>) -> Option<(i16, i16)> {
    r.skip(3)?;
    Some((r.i16()?, r.i16()?))
}

/// A glyph's image: rows padded to four bytes. What is missing stays missing.
fn read_glyph(r: &mut Reader<'_>, image: &mut GlyphImage, bits: usize, low_bit_first: bool) {
    let (width, height) = (usize::from(image.width), usize::from(image.height));
    let stride = (width * bits).div_ceil(32) * 4;
    image.coloured = bits == 32;
    for _ in 0..height {
        let Some(row) = r.take(stride) else { return };
        match bits {
            1 => image.data.extend((0..width).map(|x| {
                let place = if low_bit_first { x % 8 } else { 7 - x % 8 };
                255 * (row[x / 8] >> place & 1)
            })),
            4 => image.data.extend((0..width).map(|x| {
                let place = if (x % 2 == 0) == low_bit_first { 0 } else { 4 };
                17 * (row[x / 2] >> place & 15)
            })),
            8 => image.data.extend_from_slice(&row[..width]),
            _ => {
                let order = if low_bit_first { ByteOrder::Little } else { ByteOrder::Big };
                let pixels = row.chunks_exact(4).take(width);
                image.data.extend(pixels.flat_map(|pixel| {
                    order.u32([pixel[0], pixel[1], pixel[2], pixel[3]]).to_be_bytes()
                }));
            }
        }
    }
}

fn operator(r: &mut Reader<'_>) -> Option<Operator> {
    let operator = Operator(r.u8()?);
    r.skip(3)?;
    Some(operator)
}

fn colour(r: &mut Reader<'_>) -> Option<Rgba> {
    Some(Rgba::of_render([r.u16()?, r.u16()?, r.u16()?, r.u16()?]))
}

fn stops(r: &mut Reader<'_>) -> Option<Vec<Stop>> {
    let count = r.u32()? as usize;
    let positions = r.list(count, Reader::fixed)?;
    let colours = r.list(count, colour)?;
    let both = positions.into_iter().zip(colours);
    Some(both.map(|(position, colour)| Stop { position, colour }).collect())
}

fn rectangle(r: &mut Reader<'_>) -> Option<Rectangle> {
    Some(Rectangle { x: r.i16()?, y: r.i16()?, width: r.u16()?, height: r.u16()? })
}

fn trapezoid(r: &mut Reader<'_>) -> Option<Trapezoid> {
    let line = |r: &mut Reader<'_>| Some(raster::Line::new(r.point()?, r.point()?));
    Some(Trapezoid { top: r.fixed()?, bottom: r.fixed()?, left: line(r)?, right: line(r)? })
}

fn triangle(r: &mut Reader<'_>) -> Option<Triangle> {
    let [a, b, c]: [Point; 3] = [r.point()?, r.point()?, r.point()?];
    Some(Triangle::new(a, b, c))
}

fn trap(r: &mut Reader<'_>) -> Option<Trap> {
    let span =
        |r: &mut Reader<'_>| Some(Span { left: r.fixed()?, right: r.fixed()?, y: r.fixed()? });
    Some(Trap { top: span(r)?, bottom: span(r)? })
}
