//! Text to captures.
//!
//! Owns the reading of the format that [`super`] describes, its errors and
//! their lines. It must not write.

use raster::{Fixed, Line, MaskFormat, Point, Span, Trap, Trapezoid, Triangle};
use thiserror::Error;

use super::words::split;
use super::{
    Capture, Clip, Content, Drawable, DrawableKind, Drawing, GlyphImage, Masking, Operator, Origin,
    Picture, PictureId, PlacedGlyph, Rectangle, Repeat, Set, Shapes, Stop,
};
use crate::colour::Rgba;

/// Why a text is not a capture.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {kind}")]
pub struct CaptureError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: ErrorKind,
}

/// What may be wrong with a line of a capture.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ErrorKind {
    /// The text does not begin as captures do.
    #[error("a capture begins with the line `{HEADER}`")]
    NoHeader,
    /// A later program wrote it.
    #[error("format version `{0}` is unknown, this program reads 1")]
    Version(String),
    /// The line's first word means nothing.
    #[error("`{0}` begins no line of a capture")]
    Keyword(String),
    /// A shape, `from` or `draw` before the first set.
    #[error("`{0}` before any `set`")]
    NoSet(&'static str),
    /// Shapes of two kinds in a set.
    #[error("`{0}` in a set of other shapes")]
    Mixed(&'static str),
    /// A colour that is none.
    #[error("`{0}` is not a colour such as #ff8000 or #ff8000ff")]
    Colour(String),
    /// Too few or too many numbers.
    #[error("`{keyword}` needs {needed} numbers, this one has {given}")]
    Count {
        /// The line's first word.
        keyword: &'static str,
        /// How many numbers it takes.
        needed: usize,
        /// How many there are.
        given: usize,
    },
    /// A word that should be a number in the range of 16.16.
    #[error("`{0}` is not a number from -32768 to below 32768")]
    Number(String),
    /// A word that should be something else.
    #[error("`{word}` is not {expected}")]
    Word {
        /// The word.
        word: String,
        /// What stands there.
        expected: &'static str,
    },
    /// A declaration out of order.
    #[error("the next {what} is number {expected}")]
    Order {
        /// `picture` or `glyph-image`.
        what: &'static str,
        /// The number that it must have.
        expected: usize,
    },
    /// A picture or a glyph that has not been declared.
    #[error("{what} {number} is not declared")]
    Undeclared {
        /// `picture` or `glyph-image`.
        what: &'static str,
        /// The number.
        number: usize,
    },
    /// A line that must say more.
    #[error("`{keyword}` needs `{missing}`")]
    Missing {
        /// The line's first word.
        keyword: &'static str,
        /// What it does not say.
        missing: &'static str,
    },
    /// A quote without its end.
    #[error("the quote is not closed: {0}")]
    Quote(String),
}

pub(super) const HEADER: &str = "show-traps 1";

impl Capture {
    /// Reads the text format.
    ///
    /// # Errors
    ///
    /// At the first line that is wrong.
    pub fn parse(text: &str) -> Result<Self, CaptureError> {
        let mut capture = Self::default();
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim()))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let error = |line, kind| CaptureError { line, kind };

        match lines.next() {
            Some((line, header)) if header != HEADER => {
                let version = header.strip_prefix("show-traps ").map(str::trim);
                let kind = version.map_or(ErrorKind::NoHeader, |v| ErrorKind::Version(v.into()));
                return Err(error(line, kind));
            }
            Some(_) => {}
            None => return Err(error(1, ErrorKind::NoHeader)),
        }
        for (line, text) in lines {
            capture.add_line(text).map_err(|kind| error(line, kind))?;
        }
        Ok(capture)
    }

    fn add_line(&mut self, text: &str) -> Result<(), ErrorKind> {
        let (keyword, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match keyword {
            "set" => self.sets.push(parse_set(rest)?),
            "picture" => {
                let picture = parse_picture(rest, self.pictures.len() + 1)?;
                self.pictures.push(picture);
            }
            "glyph-image" => {
                let glyph = parse_glyph_image(rest, self.glyphs.len() + 1)?;
                self.glyphs.push(glyph);
            }
            "from" => self.last_set("from")?.origin = Some(parse_origin(rest)?),
            "draw" => {
                let drawing = parse_drawing(rest, self.pictures.len())?;
                self.last_set("draw")?.drawing = Some(drawing);
            }
            "trap" => {
                let shape = parse_trapezoid(rest)?;
                self.add("trap", Shapes::Trapezoids(vec![shape]))?;
            }
            "triangle" => {
                let [a, b, c, d, e, f] = fixed("triangle", rest)?;
                let shape = Triangle::new(Point::new(a, b), Point::new(c, d), Point::new(e, f));
                self.add("triangle", Shapes::Triangles(vec![shape]))?;
            }
            "spans" => {
                let [a, b, c, d, e, f] = fixed("spans", rest)?;
                let span = |left, right, y| Span { left, right, y };
                let shape = Trap { top: span(a, b, c), bottom: span(d, e, f) };
                self.add("spans", Shapes::Traps(vec![shape]))?;
            }
            "glyph" => {
                let [number, x, y] = numbers::<3>("glyph", rest)?;
                let image = usize::try_from(number).unwrap_or(0);
                if image == 0 || image > self.glyphs.len() {
                    return Err(ErrorKind::Undeclared { what: "glyph-image", number: image });
                }
                let [x, y] = [x, y].map(i32::try_from);
                let (Ok(x), Ok(y)) = (x, y) else { return Err(wrong(rest, "a place")) };
                let shape = PlacedGlyph { image: image - 1, x, y };
                self.add("glyph", Shapes::Glyphs(vec![shape]))?;
            }
            "rectangle" => {
                let shape = rectangle(numbers("rectangle", rest)?)
                    .ok_or_else(|| wrong(rest, "a rectangle of the protocol"))?;
                self.add("rectangle", Shapes::Rectangles(vec![shape]))?;
            }
            other => return Err(ErrorKind::Keyword(other.into())),
        }
        Ok(())
    }

    fn last_set(&mut self, keyword: &'static str) -> Result<&mut Set, ErrorKind> {
        self.sets.last_mut().ok_or(ErrorKind::NoSet(keyword))
    }

    /// Adds shapes to the last set, if it has none of other kinds.
    fn add(&mut self, keyword: &'static str, more: Shapes) -> Result<(), ErrorKind> {
        let set = self.last_set(keyword)?;
        match (&mut set.shapes, more) {
            (Shapes::Trapezoids(shapes), Shapes::Trapezoids(more)) => shapes.extend(more),
            (Shapes::Triangles(shapes), Shapes::Triangles(more)) => shapes.extend(more),
            (Shapes::Traps(shapes), Shapes::Traps(more)) => shapes.extend(more),
            (Shapes::Glyphs(shapes), Shapes::Glyphs(more)) => shapes.extend(more),
            (Shapes::Rectangles(shapes), Shapes::Rectangles(more)) => shapes.extend(more),
            (shapes, more) if shapes.is_empty() => *shapes = more,
            _ => return Err(ErrorKind::Mixed(keyword)),
        }
        Ok(())
    }
}

fn wrong(word: &str, expected: &'static str) -> ErrorKind {
    ErrorKind::Word { word: word.trim().into(), expected }
}

fn parse_set(text: &str) -> Result<Set, ErrorKind> {
    let (colour, name) = text.trim().split_once(char::is_whitespace).unwrap_or((text, ""));
    Ok(Set::of_trapezoids(name.trim(), parse_colour(colour)?, Vec::new()))
}

fn parse_colour(word: &str) -> Result<Rgba, ErrorKind> {
    word.parse().map_err(|_error| ErrorKind::Colour(word.into()))
}

fn parse_trapezoid(text: &str) -> Result<Trapezoid, ErrorKind> {
    let [top, bottom, lx1, ly1, lx2, ly2, rx1, ry1, rx2, ry2] = fixed("trap", text)?;
    let line = |x1, y1, x2, y2| Line::new(Point::new(x1, y1), Point::new(x2, y2));
    Ok(Trapezoid { top, bottom, left: line(lx1, ly1, lx2, ly2), right: line(rx1, ry1, rx2, ry2) })
}

/// Exactly so many numbers, in pixels.
fn fixed<const N: usize>(keyword: &'static str, text: &str) -> Result<[Fixed; N], ErrorKind> {
    let numbers = text.split_whitespace().map(parse_fixed).collect::<Result<Vec<_>, _>>()?;
    let given = numbers.len();
    numbers.try_into().map_err(|_numbers| ErrorKind::Count { keyword, needed: N, given })
}

fn parse_fixed(word: &str) -> Result<Fixed, ErrorKind> {
    let number = word.parse::<f64>().ok();
    number
        .filter(|number| (-32768.0..32768.0).contains(number))
        .map(Fixed::from_f64)
        .ok_or_else(|| ErrorKind::Number(word.into()))
}

/// Numbers between commas.
fn fixed_list<const N: usize>(text: &str, expected: &'static str) -> Result<[Fixed; N], ErrorKind> {
    let numbers = text.split(',').map(parse_fixed).collect::<Result<Vec<_>, _>>()?;
    numbers.try_into().map_err(|_numbers| wrong(text, expected))
}

/// Exactly so many whole numbers.
fn numbers<const N: usize>(keyword: &'static str, text: &str) -> Result<[i64; N], ErrorKind> {
    let numbers = text.split_whitespace().map(whole).collect::<Result<Vec<_>, _>>()?;
    let given = numbers.len();
    numbers.try_into().map_err(|_numbers| ErrorKind::Count { keyword, needed: N, given })
}

fn whole<T: std::str::FromStr>(word: &str) -> Result<T, ErrorKind> {
    word.parse().map_err(|_error| wrong(word, "a whole number in range"))
}

/// Two whole numbers with something between.
fn pair<T: std::str::FromStr>(word: &str, between: char) -> Result<(T, T), ErrorKind> {
    let (a, b) = word.split_once(between).ok_or_else(|| wrong(word, "a pair of numbers"))?;
    Ok((whole(a)?, whole(b)?))
}

fn rectangle([x, y, width, height]: [i64; 4]) -> Option<Rectangle> {
    Some(Rectangle {
        x: x.try_into().ok()?,
        y: y.try_into().ok()?,
        width: width.try_into().ok()?,
        height: height.try_into().ok()?,
    })
}

fn words_of(text: &str) -> Result<Vec<std::borrow::Cow<'_, str>>, ErrorKind> {
    split(text).map_err(ErrorKind::Quote)
}

fn parse_origin(text: &str) -> Result<Origin, ErrorKind> {
    let mut origin = Origin { client: 0, request: 0, time: 0, bytes: 0 };
    for word in words_of(text)? {
        match word.split_once('=') {
            Some(("client", value)) => origin.client = whole(value)?,
            Some(("request", value)) => origin.request = whole(value)?,
            Some(("bytes", value)) => origin.bytes = whole(value)?,
            Some(("time", value)) => {
                origin.time = parse_time(value).ok_or_else(|| wrong(value, "a time in seconds"))?;
            }
            _ => return Err(wrong(&word, "client=, request=, time= or bytes=")),
        }
    }
    Ok(origin)
}

/// Seconds with at most six decimals, as microseconds.
fn parse_time(text: &str) -> Option<u64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(seconds) || !digits(fraction) || fraction.len() > 6 {
        return None;
    }
    let micros: u64 = format!("{fraction:0<6}").parse().ok()?;
    seconds.parse::<u64>().ok()?.checked_mul(1_000_000)?.checked_add(micros)
}

fn parse_drawing(text: &str, declared: usize) -> Result<Drawing, ErrorKind> {
    let picture = |value: &str| {
        let number: usize = whole(value)?;
        if number == 0 || number > declared {
            return Err(ErrorKind::Undeclared { what: "picture", number });
        }
        Ok(PictureId(number - 1))
    };
    let mut onto = None;
    let mut drawing = Drawing {
        operator: Operator::OVER,
        source: None,
        mask_picture: None,
        onto: PictureId(0),
        at: (0, 0),
        masking: Masking::Each,
    };
    for word in words_of(text)? {
        match word.split_once('=') {
            Some(("op", value)) => {
                drawing.operator =
                    Operator::named(value).ok_or_else(|| wrong(value, "an operator of Render"))?;
            }
            Some(("source", value)) => drawing.source = Some(picture(value)?),
            Some(("mask-picture", value)) => drawing.mask_picture = Some(picture(value)?),
            Some(("onto", value)) => onto = Some(picture(value)?),
            Some(("at", value)) => drawing.at = pair(value, ',')?,
            Some(("mask", value)) => {
                drawing.masking =
                    masking_named(value).ok_or_else(|| wrong(value, "a mask format"))?;
            }
            _ => {
                return Err(wrong(&word, "op=, source=, mask-picture=, at=, onto= or mask="));
            }
        }
    }
    drawing.onto = onto.ok_or(ErrorKind::Missing { keyword: "draw", missing: "onto=" })?;
    Ok(drawing)
}

fn masking_named(name: &str) -> Option<Masking> {
    Some(match name {
        "none" => Masking::Each,
        "a1" => Masking::Shared(MaskFormat::A1),
        "a4" => Masking::Shared(MaskFormat::A4),
        "a8" => Masking::Shared(MaskFormat::A8),
        "argb32" => Masking::Colour,
        _ => return None,
    })
}

/// The number at the beginning of a declaration, which must be the next, and
/// the other words.
fn declaration<'a>(
    what: &'static str,
    expected: usize,
    text: &'a str,
) -> Result<Vec<std::borrow::Cow<'a, str>>, ErrorKind> {
    let mut words = words_of(text)?;
    if words.first().and_then(|word| word.parse().ok()) != Some(expected) {
        return Err(ErrorKind::Order { what, expected });
    }
    words.remove(0);
    Ok(words)
}

fn parse_picture(text: &str, expected: usize) -> Result<Picture, ErrorKind> {
    const MISSING: ErrorKind = ErrorKind::Missing { keyword: "picture", missing: "content" };
    let words = declaration("picture", expected, text)?;
    let mut words = words.iter().map(AsRef::<str>::as_ref);
    let zero = Point::default();
    let content = match words.next().ok_or(MISSING)? {
        "solid" => Content::Solid(parse_colour(words.next().ok_or(MISSING)?)?),
        "linear" => Content::Linear { from: zero, to: zero, stops: Vec::new() },
        "radial" => Content::Radial {
            inner: (zero, Fixed::ZERO),
            outer: (zero, Fixed::ZERO),
            stops: Vec::new(),
        },
        "conical" => Content::Conical { center: zero, angle: Fixed::ZERO, stops: Vec::new() },
        word @ ("window" | "pixmap" | "drawable") => {
            let kind = match word {
                "window" => DrawableKind::Window,
                "pixmap" => DrawableKind::Pixmap,
                _ => DrawableKind::Unknown,
            };
            let xid = words.next().ok_or(MISSING)?;
            Content::Drawable(Drawable { kind, ..Drawable::unknown(parse_xid(xid)?) })
        }
        other => return Err(wrong(other, "a picture's content")),
    };
    let mut picture = Picture::new(content);
    for word in words {
        let (key, value) = word.split_once('=').ok_or_else(|| wrong(word, "a key with a value"))?;
        if !set_content(&mut picture.content, key, value)?
            && !set_attribute(&mut picture, key, value)?
        {
            return Err(wrong(word, "an attribute of this picture"));
        }
    }
    Ok(picture)
}

fn parse_xid(word: &str) -> Result<u32, ErrorKind> {
    word.strip_prefix("0x")
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .ok_or_else(|| wrong(word, "an XID such as 0x400001"))
}

/// Sets what only some contents have; whether it did.
fn set_content(content: &mut Content, key: &str, value: &str) -> Result<bool, ErrorKind> {
    let point =
        |value: &str| fixed_list(value, "a point such as 3,4").map(|[x, y]| Point::new(x, y));
    let circle = |value: &str| {
        fixed_list(value, "a circle such as 3,4,1").map(|[x, y, r]| (Point::new(x, y), r))
    };
    match (content, key) {
        (Content::Linear { from, .. }, "from") => *from = point(value)?,
        (Content::Linear { to, .. }, "to") => *to = point(value)?,
        (Content::Radial { inner, .. }, "inner") => *inner = circle(value)?,
        (Content::Radial { outer, .. }, "outer") => *outer = circle(value)?,
        (Content::Conical { center, .. }, "center") => *center = point(value)?,
        (Content::Conical { angle, .. }, "angle") => *angle = parse_fixed(value)?,
        (
            Content::Linear { stops, .. }
            | Content::Radial { stops, .. }
            | Content::Conical { stops, .. },
            "stops",
        ) => {
            *stops = value
                .split(',')
                .filter(|stop| !stop.is_empty())
                .map(|stop| {
                    let (position, colour) =
                        stop.split_once(':').ok_or_else(|| wrong(stop, "POSITION:COLOUR"))?;
                    let (position, colour) = (parse_fixed(position)?, parse_colour(colour)?);
                    Ok(Stop { position, colour })
                })
                .collect::<Result<_, ErrorKind>>()?;
        }
        (Content::Drawable(drawable), _) => match key {
            "size" => drawable.size = Some(pair(value, 'x')?),
            "format" => drawable.format = Some(value.into()),
            "toplevel" => drawable.toplevel = Some(parse_xid(value)?),
            "title" => drawable.title = Some(value.into()),
            "filled" => drawable.filled = Some(parse_colour(value)?),
            _ => return Ok(false),
        },
        _ => return Ok(false),
    }
    Ok(true)
}

fn set_attribute(picture: &mut Picture, key: &str, value: &str) -> Result<bool, ErrorKind> {
    match key {
        "repeat" => {
            picture.repeat = match value {
                "none" => Repeat::None,
                "normal" => Repeat::Normal,
                "pad" => Repeat::Pad,
                "reflect" => Repeat::Reflect,
                other => return Err(wrong(other, "none, normal, pad or reflect")),
            };
        }
        "transform" => {
            picture.transform = Some(fixed_list(value, "nine numbers between commas")?);
        }
        "filter" => picture.filter = Some(value.into()),
        "clip" if value == "mask" => picture.clip = Clip::Mask,
        "clip" => {
            let rectangles = value.split(';').filter(|part| !part.is_empty()).map(|part| {
                let numbers =
                    part.split(',').map(whole).collect::<Result<Vec<i64>, ErrorKind>>()?;
                let numbers = <[i64; 4]>::try_from(numbers).ok();
                numbers.and_then(rectangle).ok_or_else(|| wrong(part, "X,Y,WIDTH,HEIGHT"))
            });
            picture.clip = Clip::Rectangles(rectangles.collect::<Result<_, ErrorKind>>()?);
        }
        "edge" => {
            picture.smooth_edges = match value {
                "smooth" => true,
                "sharp" => false,
                other => return Err(wrong(other, "smooth or sharp")),
            };
        }
        "component-alpha" => picture.component_alpha = value == "yes",
        _ => return Ok(false),
    }
    Ok(true)
}

fn parse_glyph_image(text: &str, expected: usize) -> Result<GlyphImage, ErrorKind> {
    let words = declaration("glyph-image", expected, text)?;
    let mut glyph = GlyphImage {
        width: 0,
        height: 0,
        origin: (0, 0),
        advance: (0, 0),
        coloured: false,
        data: Vec::new(),
    };
    let size = words
        .first()
        .ok_or(ErrorKind::Missing { keyword: "glyph-image", missing: "WIDTHxHEIGHT" })?;
    (glyph.width, glyph.height) = pair(size, 'x')?;
    for word in &words[1..] {
        match word.split_once('=') {
            Some(("origin", value)) => glyph.origin = pair(value, ',')?,
            Some(("advance", value)) => glyph.advance = pair(value, ',')?,
            Some(("format", "a8")) => glyph.coloured = false,
            Some(("format", "argb32")) => glyph.coloured = true,
            Some(("data", value)) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                let bytes = value.as_bytes().chunks(2).map(|two| match two {
                    [high, low] => Some((digit(high)? * 16 + digit(low)?) as u8),
                    _ => None,
                });
                glyph.data = bytes
                    .collect::<Option<_>>()
                    .ok_or_else(|| wrong(value, "pairs of hexadecimal digits"))?;
            }
            _ => return Err(wrong(word, "origin=, advance=, format= or data=")),
        }
    }
    Ok(glyph)
}

#[cfg(test)]
mod tests;
