//! Pictures, as they were when a request used them.
//!
//! Owns the values. It must not know requests.

use raster::{Fixed, Point};

use super::Rectangle;
use crate::colour::Rgba;

/// A source or destination of Render, with its attributes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Picture {
    /// What it shows.
    pub content: Content,
    /// What lies beyond its edges.
    pub repeat: Repeat,
    /// From the destination's pixels to its own, row by row, if it is not the
    /// identity.
    pub transform: Option<[Fixed; 9]>,
    /// The filter's name, and its values after commas.
    pub filter: Option<String>,
    /// What may be drawn on.
    pub clip: Clip,
    /// Whether shapes without a mask format are antialiased on it.
    pub smooth_edges: bool,
    /// Whether each of its colours is a coverage, when it is a mask.
    pub component_alpha: bool,
}

/// What a picture shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// One colour.
    Solid(Rgba),
    /// A gradient between two points.
    Linear {
        /// Where the first stop is.
        from: Point,
        /// Where the last stop is.
        to: Point,
        /// The colours.
        stops: Vec<Stop>,
    },
    /// A gradient between two circles.
    Radial {
        /// Centre and radius of the circle of the first stop.
        inner: (Point, Fixed),
        /// Centre and radius of the circle of the last stop.
        outer: (Point, Fixed),
        /// The colours.
        stops: Vec<Stop>,
    },
    /// A gradient around a point.
    Conical {
        /// The point.
        center: Point,
        /// Where it begins, in degrees.
        angle: Fixed,
        /// The colours.
        stops: Vec<Stop>,
    },
    /// A window or a pixmap.
    Drawable(Drawable),
}

/// A colour of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stop {
    /// Where, from 0 to 1.
    pub position: Fixed,
    /// Which.
    pub colour: Rgba,
}

/// A window or a pixmap behind a picture.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Drawable {
    /// Which of both.
    pub kind: DrawableKind,
    /// The protocol's number of it.
    pub xid: u32,
    /// Width and height in pixels, if known.
    pub size: Option<(u16, u16)>,
    /// The picture's format, such as `a8` or `x8r8g8b8`, if known.
    pub format: Option<String>,
    /// The window below the root that it lies in, if it is a window; that it was
    /// made for, if it is a pixmap.
    pub toplevel: Option<u32>,
    /// That window's title.
    pub title: Option<String>,
    /// The colour with which all of it was painted last, if that is known.
    pub filled: Option<Rgba>,
}

/// Which kind of drawable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DrawableKind {
    /// A window.
    Window,
    /// A pixmap.
    Pixmap,
    /// Made before the capture began, or by another client.
    Unknown,
}

/// What lies beyond a picture's edges.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// Nothing.
    #[default]
    None,
    /// It, again.
    Normal,
    /// Its outermost pixels.
    Pad,
    /// It, mirrored.
    Reflect,
}

/// What of a picture may be drawn on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clip {
    /// All.
    #[default]
    None,
    /// These pixels.
    Rectangles(Vec<Rectangle>),
    /// A bitmap's, which is not captured.
    Mask,
}

impl Picture {
    /// A picture with the attributes that new ones have.
    #[must_use]
    pub fn new(content: Content) -> Self {
        Self {
            content,
            repeat: Repeat::None,
            transform: None,
            filter: None,
            clip: Clip::None,
            smooth_edges: false,
            component_alpha: false,
        }
    }

    /// The one colour that it shows, as far as can be known.
    #[must_use]
    pub fn colour(&self) -> Option<Rgba> {
        match &self.content {
            Content::Solid(colour) => Some(*colour),
            Content::Drawable(drawable) => drawable.filled,
            _ => None,
        }
    }
}

impl Drawable {
    /// One of which nothing but the number is known.
    #[must_use]
    pub fn unknown(xid: u32) -> Self {
        Self {
            kind: DrawableKind::Unknown,
            xid,
            size: None,
            format: None,
            toplevel: None,
            title: None,
            filled: None,
        }
    }
}
