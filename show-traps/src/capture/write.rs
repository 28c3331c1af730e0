//! Captures to text.
//!
//! Owns the writing of the format that [`super`] describes. It must not read.

use std::fmt::{self, Write};

use raster::{Fixed, MaskFormat, Point, Span, Trap, Trapezoid, Triangle};

use super::read::HEADER;
use super::words::quoted;
use super::{
    Capture, Clip, Content, Drawable, DrawableKind, Drawing, GlyphImage, Masking, Origin, Picture,
    PlacedGlyph, Record, Rectangle, Repeat, Set, Shapes, Stop,
};

/// Writes records one after the other, so that what a capture has so far is
/// always on paper.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    pictures: usize,
    glyphs: usize,
}

impl<W: Write> Writer<W> {
    /// Writes the first line.
    ///
    /// # Errors
    ///
    /// Only if `out` fails, here and below.
    pub fn new(mut out: W) -> Result<Self, fmt::Error> {
        writeln!(out, "{HEADER}")?;
        Ok(Self { out, pictures: 0, glyphs: 0 })
    }

    /// Writes one record.
    ///
    /// # Errors
    ///
    /// Only if the writer fails.
    pub fn record(&mut self, record: &Record) -> fmt::Result {
        match record {
            Record::Picture(picture) => self.picture(picture),
            Record::Glyph(glyph) => self.glyph(glyph),
            Record::Set(set) => write_set(&mut self.out, set),
        }
    }

    fn picture(&mut self, picture: &Picture) -> fmt::Result {
        self.pictures += 1;
        write_picture(&mut self.out, self.pictures, picture)
    }

    fn glyph(&mut self, glyph: &GlyphImage) -> fmt::Result {
        self.glyphs += 1;
        write_glyph(&mut self.out, self.glyphs, glyph)
    }

    /// The writer underneath.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }
}

impl fmt::Display for Capture {
    /// Writes the text format, each picture and glyph before its first use.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::new(f)?;
        for set in &self.sets {
            let used = set.drawing.into_iter().flat_map(|drawing| {
                [Some(drawing.onto), drawing.source, drawing.mask_picture].into_iter().flatten()
            });
            let pictures = used.map(|id| id.0 + 1).max().unwrap_or(0);
            let glyphs = match &set.shapes {
                Shapes::Glyphs(glyphs) => glyphs.iter().map(|glyph| glyph.image + 1).max(),
                _ => None,
            };
            writer.up_to(self, pictures, glyphs.unwrap_or(0))?;
            write_set(writer.get_mut(), set)?;
        }
        writer.up_to(self, usize::MAX, usize::MAX)
    }
}

impl<W: Write> Writer<W> {
    /// Declares as many pictures and glyphs as there are up to these counts.
    fn up_to(&mut self, capture: &Capture, pictures: usize, glyphs: usize) -> fmt::Result {
        while self.pictures < pictures.min(capture.pictures.len()) {
            self.picture(&capture.pictures[self.pictures])?;
        }
        while self.glyphs < glyphs.min(capture.glyphs.len()) {
            self.glyph(&capture.glyphs[self.glyphs])?;
        }
        Ok(())
    }
}

fn write_set(out: &mut impl Write, set: &Set) -> fmt::Result {
    writeln!(out, "set {} {}", set.colour, set.name)?;
    if let Some(Origin { client, request, time, bytes }) = set.origin {
        let (seconds, micros) = (time / 1_000_000, time % 1_000_000);
        writeln!(
            out,
            "from client={client} request={request} time={seconds}.{micros:06} bytes={bytes}"
        )?;
    }
    if let Some(drawing) = &set.drawing {
        write_drawing(out, drawing)?;
    }
    match &set.shapes {
        Shapes::Trapezoids(shapes) => shapes.iter().try_for_each(|shape| write_trap(out, shape)),
        Shapes::Triangles(shapes) => shapes.iter().try_for_each(|Triangle { p1, p2, p3 }| {
            let [a, b, c] = [p1, p2, p3].map(|Point { x, y }| format!("{x} {y}"));
            writeln!(out, "triangle {a} {b} {c}")
        }),
        Shapes::Traps(shapes) => shapes.iter().try_for_each(|Trap { top, bottom }| {
            let [top, bottom] =
                [top, bottom].map(|Span { left, right, y }| format!("{left} {right} {y}"));
            writeln!(out, "spans {top}  {bottom}")
        }),
        Shapes::Glyphs(shapes) => shapes.iter().try_for_each(|PlacedGlyph { image, x, y }| {
            writeln!(out, "glyph {} {x} {y}", image.saturating_add(1))
        }),
        Shapes::Rectangles(shapes) => {
            shapes.iter().try_for_each(|Rectangle { x, y, width, height }| {
                writeln!(out, "rectangle {x} {y} {width} {height}")
            })
        }
    }
}

fn write_trap(out: &mut impl Write, shape: &Trapezoid) -> fmt::Result {
    let Trapezoid { top, bottom, left, right } = shape;
    write!(out, "trap {top} {bottom} ")?;
    for Point { x, y } in [left.p1, left.p2] {
        write!(out, " {x} {y}")?;
    }
    write!(out, " ")?;
    for Point { x, y } in [right.p1, right.p2] {
        write!(out, " {x} {y}")?;
    }
    writeln!(out)
}

fn write_drawing(out: &mut impl Write, drawing: &Drawing) -> fmt::Result {
    write!(out, "draw op={}", drawing.operator)?;
    if let Some(source) = drawing.source {
        write!(out, " source={}", source.0 + 1)?;
    }
    if let Some(mask) = drawing.mask_picture {
        write!(out, " mask-picture={}", mask.0 + 1)?;
    }
    let (x, y) = drawing.at;
    let mask = drawing.masking.name();
    writeln!(out, " at={x},{y} onto={} mask={mask}", drawing.onto.0 + 1)
}

impl Masking {
    /// What the format calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Each => "none",
            Self::Shared(MaskFormat::A1) => "a1",
            Self::Shared(MaskFormat::A4) => "a4",
            Self::Shared(MaskFormat::A8) => "a8",
            Self::Colour => "argb32",
        }
    }
}

fn write_picture(out: &mut impl Write, number: usize, picture: &Picture) -> fmt::Result {
    write!(out, "picture {number} ")?;
    match &picture.content {
        Content::Solid(colour) => write!(out, "solid {colour}")?,
        Content::Linear { from, to, stops } => {
            let [from, to] = [from, to].map(|Point { x, y }| format!("{x},{y}"));
            write!(out, "linear from={from} to={to} ")?;
            write_stops(out, stops)?;
        }
        Content::Radial { inner, outer, stops } => {
            let [inner, outer] =
                [inner, outer].map(|(Point { x, y }, radius)| format!("{x},{y},{radius}"));
            write!(out, "radial inner={inner} outer={outer} ")?;
            write_stops(out, stops)?;
        }
        Content::Conical { center: Point { x, y }, angle, stops } => {
            write!(out, "conical center={x},{y} angle={angle} ")?;
            write_stops(out, stops)?;
        }
        Content::Drawable(drawable) => write_drawable(out, drawable)?,
    }
    match picture.repeat {
        Repeat::None => {}
        Repeat::Normal => write!(out, " repeat=normal")?,
        Repeat::Pad => write!(out, " repeat=pad")?,
        Repeat::Reflect => write!(out, " repeat=reflect")?,
    }
    if let Some(matrix) = &picture.transform {
        write!(out, " transform={}", joined(matrix))?;
    }
    if let Some(filter) = &picture.filter {
        write!(out, " filter={}", quoted(filter))?;
    }
    match &picture.clip {
        Clip::None => {}
        Clip::Mask => write!(out, " clip=mask")?,
        Clip::Rectangles(rectangles) => {
            write!(out, " clip=")?;
            for (k, Rectangle { x, y, width, height }) in rectangles.iter().enumerate() {
                write!(out, "{}{x},{y},{width},{height}", if k == 0 { "" } else { ";" })?;
            }
        }
    }
    if picture.smooth_edges {
        write!(out, " edge=smooth")?;
    }
    if picture.component_alpha {
        write!(out, " component-alpha=yes")?;
    }
    writeln!(out)
}

fn write_drawable(out: &mut impl Write, drawable: &Drawable) -> fmt::Result {
    let kind = match drawable.kind {
        DrawableKind::Window => "window",
        DrawableKind::Pixmap => "pixmap",
        DrawableKind::Unknown => "drawable",
    };
    write!(out, "{kind} {:#x}", drawable.xid)?;
    if let Some((width, height)) = drawable.size {
        write!(out, " size={width}x{height}")?;
    }
    if let Some(format) = &drawable.format {
        write!(out, " format={}", quoted(format))?;
    }
    if let Some(toplevel) = drawable.toplevel {
        write!(out, " toplevel={toplevel:#x}")?;
    }
    if let Some(title) = &drawable.title {
        write!(out, " title={}", quoted(title))?;
    }
    if let Some(colour) = drawable.filled {
        write!(out, " filled={colour}")?;
    }
    Ok(())
}

fn write_stops(out: &mut impl Write, stops: &[Stop]) -> fmt::Result {
    write!(out, "stops=")?;
    for (k, Stop { position, colour }) in stops.iter().enumerate() {
        write!(out, "{}{position}:{colour}", if k == 0 { "" } else { "," })?;
    }
    Ok(())
}

fn write_glyph(out: &mut impl Write, number: usize, glyph: &GlyphImage) -> fmt::Result {
    let GlyphImage { width, height, origin, advance, coloured, data } = glyph;
    write!(out, "glyph-image {number} {width}x{height} origin={},{}", origin.0, origin.1)?;
    let format = if *coloured { "argb32" } else { "a8" };
    write!(out, " advance={},{} format={format} data=", advance.0, advance.1)?;
    data.iter().try_for_each(|byte| write!(out, "{byte:02x}"))?;
    writeln!(out)
}

fn joined(numbers: &[Fixed]) -> String {
    let words: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    words.join(",")
}
