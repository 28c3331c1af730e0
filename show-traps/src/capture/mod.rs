//! Captures: sets of trapezoids, and their text format.
//!
//! Owns the format, its errors and their lines. It must not know where a
//! capture comes from or what becomes of it.
//!
//! # The format
//!
//! Lines of text, made to be read, compared by `diff` and written by hand:
//!
//! ```text
//! show-traps 1
//! # A comment. Blank lines mean nothing either.
//! set #ff0000ff fill
//! trap 2.5 10  3 2 1 11  7 2 8 11
//! ```
//!
//! - The first line that is not a comment names the format and its version.
//! - `set COLOUR NAME` begins a set: what one request draws. The colour is
//!   `#rrggbbaa`, not premultiplied; the name is the rest of the line.
//! - `trap TOP BOTTOM X1 Y1 X2 Y2 X1 Y1 X2 Y2` adds a trapezoid: two heights,
//!   two points of the left side, two of the right. Numbers are pixels in
//!   decimals, exact for every 16.16 number when written by this module, and
//!   rounded to the nearest when read.

use std::fmt;

use raster::{Fixed, Line, Point, Trapezoid};
use thiserror::Error;

use crate::colour::Rgba;

/// What was drawn: sets from the first to the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// The sets, in the order of drawing.
    pub sets: Vec<Set>,
}

/// What one request draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// What it is: `fill`, `stroke`, an element's id. One line, no spaces at
    /// its ends.
    pub name: String,
    /// The colour that it is drawn with.
    pub colour: Rgba,
    /// The trapezoids in 16.16 pixels, in the order of sending.
    pub trapezoids: Vec<Trapezoid>,
}

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
    #[error("`{0}` is neither `set` nor `trap`")]
    Keyword(String),
    /// A trapezoid before the first set.
    #[error("`trap` before any `set`")]
    NoSet,
    /// A colour that is none.
    #[error("`{0}` is not a colour such as #ff8000 or #ff8000ff")]
    Colour(String),
    /// Too few or too many numbers.
    #[error("`trap` needs 10 numbers, this one has {0}")]
    Count(usize),
    /// A word that should be a number in the range of 16.16.
    #[error("`{0}` is not a number from -32768 to below 32768")]
    Number(String),
}

const HEADER: &str = "show-traps 1";

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
            let (keyword, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            match keyword {
                "set" => capture.sets.push(parse_set(rest).map_err(|kind| error(line, kind))?),
                "trap" => {
                    let shape = parse_trapezoid(rest).map_err(|kind| error(line, kind))?;
                    let set = capture.sets.last_mut();
                    set.ok_or_else(|| error(line, ErrorKind::NoSet))?.trapezoids.push(shape);
                }
                other => return Err(error(line, ErrorKind::Keyword(other.into()))),
            }
        }
        Ok(capture)
    }

    /// All trapezoids, in the order of drawing.
    pub fn trapezoids(&self) -> impl Iterator<Item = &Trapezoid> {
        self.sets.iter().flat_map(|set| &set.trapezoids)
    }
}

impl fmt::Display for Capture {
    /// Writes the text format.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        for set in &self.sets {
            writeln!(f, "set {} {}", set.colour, set.name)?;
            for Trapezoid { top, bottom, left, right } in &set.trapezoids {
                write!(f, "trap {top} {bottom} ")?;
                for Point { x, y } in [left.p1, left.p2] {
                    write!(f, " {x} {y}")?;
                }
                write!(f, " ")?;
                for Point { x, y } in [right.p1, right.p2] {
                    write!(f, " {x} {y}")?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

fn parse_set(text: &str) -> Result<Set, ErrorKind> {
    let (colour, name) = text.trim().split_once(char::is_whitespace).unwrap_or((text, ""));
    let colour = colour.parse().map_err(|_error| ErrorKind::Colour(colour.into()))?;
    Ok(Set { name: name.trim().into(), colour, trapezoids: Vec::new() })
}

fn parse_trapezoid(text: &str) -> Result<Trapezoid, ErrorKind> {
    let numbers = text.split_whitespace().map(parse_number).collect::<Result<Vec<_>, _>>()?;
    let &[top, bottom, lx1, ly1, lx2, ly2, rx1, ry1, rx2, ry2] = numbers.as_slice() else {
        return Err(ErrorKind::Count(numbers.len()));
    };
    let line = |x1, y1, x2, y2| Line::new(Point::new(x1, y1), Point::new(x2, y2));
    Ok(Trapezoid { top, bottom, left: line(lx1, ly1, lx2, ly2), right: line(rx1, ry1, rx2, ry2) })
}

fn parse_number(word: &str) -> Result<Fixed, ErrorKind> {
    let number = word.parse::<f64>().ok();
    number
        .filter(|number| (-32768.0..32768.0).contains(number))
        .map(Fixed::from_f64)
        .ok_or_else(|| ErrorKind::Number(word.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EXAMPLE: &str = "\
show-traps 1
set #ff0000ff fill of the circle
trap 2.5 10  3 2 1 11  7 2 8 11
";

    fn error(text: &str) -> String {
        Capture::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_documented_example_is_read() {
        let capture = Capture::parse(EXAMPLE).unwrap();
        assert_eq!(capture.sets[0].name, "fill of the circle");
        assert_eq!(capture.sets[0].trapezoids[0].top, Fixed::from_f64(2.5));
        assert_eq!(capture.to_string(), EXAMPLE);
    }

    #[test]
    fn comments_and_blanks_count_as_lines() {
        let text = "# by hand\n\n show-traps 1\n\tset #ffffff\n# one\ntrap 1 2 3\n";
        assert_eq!(error(text), "line 6: `trap` needs 10 numbers, this one has 3");
    }

    #[test]
    fn errors_say_what_is_wrong() {
        assert_eq!(error(""), "line 1: a capture begins with the line `show-traps 1`");
        assert_eq!(error("set #ffffff"), "line 1: a capture begins with the line `show-traps 1`");
        assert_eq!(
            error("show-traps 2"),
            "line 1: format version `2` is unknown, this program reads 1"
        );
        assert_eq!(
            error("show-traps 1\ntrap 1 2 3 4 5 6 7 8 9 10"),
            "line 2: `trap` before any `set`"
        );
        assert_eq!(error("show-traps 1\ncircle"), "line 2: `circle` is neither `set` nor `trap`");
        assert_eq!(
            error("show-traps 1\nset red fill"),
            "line 2: `red` is not a colour such as #ff8000 or #ff8000ff"
        );
        for number in ["x", "NaN", "inf", "32768", "-1e9"] {
            let text = format!("show-traps 1\nset #ffffff\ntrap 0 0 0 0 0 0 0 0 0 {number}");
            let expected = format!("line 3: `{number}` is not a number from -32768 to below 32768");
            assert_eq!(error(&text), expected);
        }
    }

    fn trapezoid() -> impl Strategy<Value = Trapezoid> {
        prop::array::uniform10(any::<i32>()).prop_map(|bits| {
            let [top, bottom, a, b, c, d, e, f, g, h] = bits.map(Fixed::from_bits);
            let line = |x1, y1, x2, y2| Line::new(Point::new(x1, y1), Point::new(x2, y2));
            Trapezoid { top, bottom, left: line(a, b, c, d), right: line(e, f, g, h) }
        })
    }

    fn set() -> impl Strategy<Value = Set> {
        let name = "([a-z#äλ][a-z0-9 #äλ]{0,8}[a-z#])?";
        (name, any::<[u8; 4]>(), prop::collection::vec(trapezoid(), 0..5)).prop_map(
            |(name, [red, green, blue, alpha], trapezoids)| Set {
                name,
                colour: Rgba { red, green, blue, alpha },
                trapezoids,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(sets in prop::collection::vec(set(), 0..4)) {
            let capture = Capture { sets };
            prop_assert_eq!(Capture::parse(&capture.to_string()), Ok(capture));
        }

        #[test]
        fn any_text_is_survived(text in "(show-traps 1\n)?([ -~\n\u{e9}]|set|trap|#|[0-9]){0,60}") {
            if let Err(error) = Capture::parse(&text) {
                prop_assert!(error.line >= 1 && error.line <= text.lines().count().max(1));
            }
        }
    }
}
