//! Captures: what was drawn, request by request, and its text format.
//!
//! Owns the values in the middle of the program: [`Set`]s of shapes with all
//! that a request says about them. It must not know where a capture comes from
//! or what becomes of it.
//!
//! # The format
//!
//! Lines of words, made to be read, compared by `diff` and written by hand.
//! The first line that is not a comment names the format and its version:
//!
//! ```text
//! show-traps 1
//! # A comment. Blank lines mean nothing either.
//! set #ff0000ff fill
//! trap 2.5 10  3 2 1 11  7 2 8 11
//! ```
//!
//! A capture of a program says more, for instance:
//!
//! ```text
//! picture 1 solid #ff0000ff
//! picture 2 window 0x400007 size=300x200 format=x8r8g8b8 toplevel=0x400001 title="A clock"
//! set #ff0000ff Trapezoids
//! from client=1 request=245 time=0.034567 bytes=64
//! draw op=over source=1 at=0,0 onto=2 mask=a8
//! trap 2.5 10  3 2 1 11  7 2 8 11
//! ```
//!
//! Numbers of coordinates are pixels in decimals: exact for every 16.16 number
//! when written by this module, rounded to the nearest when read. Words of the
//! form `key=value` may stand in any order and be left out; a value with blanks
//! is in double quotes, within which `\"`, `\\` and `\n` are a quote, a
//! backslash and a line break. Colours are `#rrggbb` or `#rrggbbaa`, not
//! premultiplied.
//!
//! - `set COLOUR NAME` begins a set: what one request draws. The name is the
//!   rest of the line; for a request, the request's.
//! - `from client=N request=N time=SECONDS bytes=N` says who sent it when: the
//!   connection, the request's sequence number there, seconds since the capture
//!   began, the length. Two runs differ in these lines only
//!   (`diff -I '^from'`).
//! - `draw op=OPERATOR source=N mask-picture=N at=X,Y onto=N mask=FORMAT` says
//!   how: the operator, the pictures' numbers, where the source (for `AddTraps`,
//!   the shapes) is moved to, and the mask: `none` (each shape has its own),
//!   `a1`, `a4`, `a8`, or `argb32`.
//! - One kind of shapes per set, one shape per line:
//!   - `trap TOP BOTTOM  X1 Y1 X2 Y2  X1 Y1 X2 Y2`: two heights, two points of
//!     the left side, two of the right;
//!   - `triangle X1 Y1 X2 Y2 X3 Y3`;
//!   - `spans LEFT RIGHT Y  LEFT RIGHT Y`: top and bottom, of `AddTraps`;
//!   - `glyph N X Y`: the glyph image of that number, its origin at a pixel;
//!   - `rectangle X Y WIDTH HEIGHT`: pixels.
//! - `picture N CONTENT` declares a picture as it was when it was used; numbers
//!   count from 1. The content is `solid COLOUR`, `linear from=X,Y to=X,Y`,
//!   `radial inner=X,Y,R outer=X,Y,R`, `conical center=X,Y angle=DEGREES` (these
//!   three with `stops=POSITION:COLOUR,…`), or `window`, `pixmap` or `drawable`
//!   with its XID, and perhaps `size=`, `format=`, `toplevel=`, `title=`, and
//!   `filled=COLOUR` if it was painted in one colour. Further words are `repeat=`,
//!   `transform=` (nine numbers), `filter=`, `clip=` (`X,Y,WIDTH,HEIGHT` joined
//!   by `;`, or `mask`), `edge=smooth`, `component-alpha=yes`.
//! - `glyph-image N WIDTHxHEIGHT origin=X,Y advance=X,Y format=a8 data=HEX`
//!   declares a glyph: where its origin is in the image, how far the pen moves,
//!   a byte for each pixel (four of alpha, red, green, blue for `argb32`).

mod names;
mod picture;
mod read;
mod shape;
mod words;
mod write;

pub use names::Operator;
pub use picture::{Clip, Content, Drawable, DrawableKind, Picture, Repeat, Stop};
pub use read::{CaptureError, ErrorKind};
pub use shape::{GlyphImage, PlacedGlyph, Rectangle, Shape, Shapes};
pub use write::Writer;

use raster::{MaskFormat, Trapezoid};

use crate::colour::Rgba;

/// What was drawn: sets from the first to the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capture {
    /// The sets, in the order of drawing.
    pub sets: Vec<Set>,
    /// The pictures that they name, in the order of first use.
    pub pictures: Vec<Picture>,
    /// The glyphs that they name, in the order of first use.
    pub glyphs: Vec<GlyphImage>,
}

/// The place of a [`Picture`] in [`Capture::pictures`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PictureId(pub usize);

/// What one request draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// What it is: `fill`, `stroke`, an element's id, a request. One line, no
    /// spaces at its ends.
    pub name: String,
    /// The colour that it is drawn with.
    pub colour: Rgba,
    /// Who sent it, if it was a request.
    pub origin: Option<Origin>,
    /// How it is drawn, if it was a request.
    pub drawing: Option<Drawing>,
    /// The shapes, in the order of sending.
    pub shapes: Shapes,
}

/// Who sent a request, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The connection, counted from 1.
    pub client: u32,
    /// The sequence number on that connection, from 1.
    pub request: u64,
    /// Microseconds since the capture began.
    pub time: u64,
    /// The length of the request.
    pub bytes: u64,
}

/// How a request draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// How source and destination are combined.
    pub operator: Operator,
    /// What is drawn; `AddTraps` has none.
    pub source: Option<PictureId>,
    /// A picture as mask (`Composite`).
    pub mask_picture: Option<PictureId>,
    /// What is drawn on.
    pub onto: PictureId,
    /// The source's pixel under the first point of the shapes
    /// (`src-x`, `src-y`); for `AddTraps`, how far they are moved.
    pub at: (i16, i16),
    /// Which masks are made.
    pub masking: Masking,
}

/// The mask format of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Masking {
    /// None: each shape has a mask of its own, of the destination's edge kind.
    Each,
    /// All shapes share one of this format.
    Shared(MaskFormat),
    /// One with a coverage for each colour, for glyphs.
    Colour,
}

/// Something that is appended to a capture; numbers must be in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The next picture.
    Picture(Picture),
    /// The next glyph.
    Glyph(GlyphImage),
    /// The next set.
    Set(Set),
}

impl Capture {
    /// Appends.
    pub fn push(&mut self, record: Record) {
        match record {
            Record::Picture(picture) => self.pictures.push(picture),
            Record::Glyph(glyph) => self.glyphs.push(glyph),
            Record::Set(set) => self.sets.push(set),
        }
    }

    /// The picture of a number, if it has been declared.
    #[must_use]
    pub fn picture(&self, id: PictureId) -> Option<&Picture> {
        self.pictures.get(id.0)
    }

    /// All trapezoids, in the order of drawing: see [`Set::trapezoids`].
    pub fn trapezoids(&self) -> impl Iterator<Item = Trapezoid> + '_ {
        self.sets.iter().flat_map(Set::trapezoids)
    }

    /// The drawable that a set is drawn on; `None` for drawings, which have the
    /// one page.
    #[must_use]
    pub fn target(&self, set: &Set) -> Option<&Drawable> {
        match &self.picture(set.drawing?.onto)?.content {
            Content::Drawable(drawable) => Some(drawable),
            _ => None,
        }
    }

    /// The format of the masks that the server makes of a set; A8 for drawings.
    #[must_use]
    pub fn mask_format(&self, set: &Set) -> MaskFormat {
        let Some(drawing) = set.drawing else { return MaskFormat::A8 };
        let onto = self.picture(drawing.onto);
        if matches!(set.shapes, Shapes::Traps(_)) {
            let format = self.target(set).and_then(|drawable| drawable.format.as_deref());
            return match format {
                Some("a1") => MaskFormat::A1,
                Some("a4") => MaskFormat::A4,
                _ => MaskFormat::A8,
            };
        }
        match drawing.masking {
            Masking::Shared(format) => format,
            Masking::Each if !onto.is_some_and(|picture| picture.smooth_edges) => MaskFormat::A1,
            Masking::Each | Masking::Colour => MaskFormat::A8,
        }
    }
}

impl Set {
    /// A set that no request drew.
    #[must_use]
    pub fn of_trapezoids(name: &str, colour: Rgba, trapezoids: Vec<Trapezoid>) -> Self {
        let shapes = Shapes::Trapezoids(trapezoids);
        Self { name: name.into(), colour, origin: None, drawing: None, shapes }
    }

    /// Its shapes.
    pub fn iter(&self) -> impl Iterator<Item = Shape> + '_ {
        (0..self.shapes.len()).filter_map(|index| self.shape(index))
    }

    /// A shape, moved where `AddTraps` moves it.
    #[must_use]
    pub fn shape(&self, index: usize) -> Option<Shape> {
        let offset = match (&self.shapes, self.drawing) {
            (Shapes::Traps(_), Some(drawing)) => drawing.at,
            _ => (0, 0),
        };
        self.shapes.get(index, offset)
    }

    /// All trapezoids that are sampled: trapezoids as they are, triangles as
    /// the two that the server makes of each, rectangles. Glyphs have none.
    pub fn trapezoids(&self) -> impl Iterator<Item = Trapezoid> + '_ {
        self.iter().flat_map(|shape| shape.parts().into_iter().flatten())
    }
}
