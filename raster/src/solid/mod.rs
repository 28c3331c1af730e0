//! One colour through shapes, onto pixels, without a mask in between.
//!
//! Owns the whole of pixman's `pixman_composite_trapezoids` for solid sources:
//! which pixels it touches, and the same bytes in each. It must not know X,
//! regions or other sources; what it does not understand it leaves to the
//! caller.
//!
//! A single shape is blended as it is drawn: ramps by a vector, what is full
//! by a fill. Several shapes may share pixels, and coverage adds up before it
//! is blended: they go through a mask of the window that they touch, of which
//! only the touched part of each row is ever read or cleared.

mod blend;
mod pixels;
mod sinks;

use fearless_simd::{Simd, dispatch};

use crate::fixed::Fixed;
use crate::grid::Grid;
use crate::lanes::{Drawing, Eight, Queue};
use crate::rasterizer::Rasterizer;
use crate::rows::Changes;
use crate::scalar::Outline;
use crate::trap::{Line, Trapezoid};
use blend::Blend;
pub use pixels::{PixelFormat, PixelsError, PixelsMut};
use sinks::{Canvas, Direct, Touched};

/// How source and destination become one (Render's operators of these names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// Source over destination.
    Over,
    /// The sum, saturating.
    Add,
    /// The source, and nothing where there is none, in all of the clip.
    Src,
    /// The source as far as there is a destination, in all of the clip.
    In,
}

/// A colour, premultiplied, 8 bits each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    /// Opacity.
    pub alpha: u8,
    /// Red, at most `alpha`; more is allowed, and saturates as pixman's does.
    pub red: u8,
    /// As `red`.
    pub green: u8,
    /// As `red`.
    pub blue: u8,
}

/// Pixels from (`left`, `top`) to before (`right`, `bottom`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clip {
    /// First column.
    pub left: i32,
    /// First row.
    pub top: i32,
    /// The column after the last.
    pub right: i32,
    /// The row after the last.
    pub bottom: i32,
}

/// Shapes with coordinates beyond this many pixels are declined: pixman's wrap
/// in the coordinates of its own temporary mask.
const FARTHEST: i32 = 8000;

/// Masks of more pixels than this are declined.
const LARGEST: i64 = 1 << 26;

/// What is kept between calls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    /// Coverage; zero between calls.
    coverage: Vec<u8>,
    /// The touched part of each row; empty between calls.
    touched: Vec<(i32, i32)>,
}

impl Scratch {
    pub(crate) const fn new() -> Self {
        Self { coverage: Vec::new(), touched: Vec::new() }
    }
}

impl Rasterizer {
    /// Draws trapezoids through one A8 mask in one colour, moved by whole
    /// pixels (`pixman_composite_trapezoids` with a solid source and
    /// `PIXMAN_a8`), within a rectangle.
    ///
    /// `false` if that is not done here, and nothing was drawn: coordinates
    /// beyond 8000 pixels, sides that reach there, huge masks, opaque sums on [`PixelFormat::A8`], no vector
    /// instructions. The unused byte
    /// of [`PixelFormat::X8r8g8b8`] is unspecified afterwards, as it is after
    /// pixman's.
    #[must_use]
    pub fn composite_solid(
        &mut self,
        pixels: &mut PixelsMut<'_>,
        operator: Operator,
        color: Color,
        clip: Clip,
        offset: (i32, i32),
        trapezoids: &[Trapezoid],
    ) -> bool {
        let Some(token) = self.level().token() else { return false };
        if trapezoids.is_empty() {
            return true;
        }
        let clip = Clip {
            left: clip.left.max(0),
            top: clip.top.max(0),
            right: clip.right.min(pixels.width() as i32),
            bottom: clip.bottom.min(pixels.height() as i32),
        };
        // Opaque sums on alpha: pixman may rasterize straight into them, and
        // then knows no bounds.
        let sums = operator == Operator::Add && pixels.format() == PixelFormat::A8;
        if sums && color.alpha == 255 {
            return false;
        }
        if offset.0.abs().max(offset.1.abs()) > FARTHEST || !trapezoids.iter().all(is_near) {
            return false;
        }
        let bounds = match operator {
            Operator::Over | Operator::Add => bounds(trapezoids, offset),
            // Where the mask is empty, pixels change, too. It has the size of
            // the destination, and moves with the shapes.
            Operator::Src | Operator::In => Some(Clip {
                left: offset.0,
                top: offset.1,
                right: offset.0 + pixels.width() as i32,
                bottom: offset.1 + pixels.height() as i32,
            }),
        };
        let Some(bounds) = bounds else { return true };
        // Rows above the clip are walked: where a walk begins is part of it.
        let window = Clip {
            left: bounds.left.max(clip.left),
            top: bounds.top,
            right: bounds.right.min(clip.right),
            bottom: bounds.bottom.min(clip.bottom),
        };
        if window.left >= window.right || window.top.max(clip.top) >= window.bottom {
            return true;
        }
        let size = (window.right - window.left, window.bottom - window.top);
        if i64::from(size.0) * i64::from(size.1) > LARGEST {
            return false;
        }
        let (changes, queue, scratch) = self.parts();
        let (x, y) = (offset.0 - window.left, offset.1 - window.top);
        let skipped = (clip.top - window.top).max(0);
        let canvas = Canvas::new(pixels.shorten(), (window.left, window.top), size, skipped);
        let format = canvas.format();
        dispatch!(token, simd => {
            let blend = Blend::new(simd, operator, color, format);
            draw(simd, canvas, blend, (x, y), trapezoids, queue, changes, scratch);
        });
        true
    }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "one call, split by the dispatch")]
fn draw<S: Simd>(
    simd: S,
    mut canvas: Canvas<'_>,
    blend: Blend<S>,
    (x, y): (i32, i32),
    trapezoids: &[Trapezoid],
    queue: &mut Queue,
    changes: &mut Changes,
    scratch: &mut Scratch,
) {
    let (width, height) = canvas.size();
    let direct = trapezoids.len() == 1 && blend.keeps_uncovered();
    if direct {
        scratch.reserve(width as usize, 1);
        let sink = Direct::new(canvas, blend, &mut scratch.coverage);
        let mut drawing = Drawing::new(simd, Eight, sink, queue, changes, width);
        for trapezoid in trapezoids {
            if let Some(outline) = Outline::of_trapezoid(Grid::A8, height, trapezoid, x, y) {
                drawing.draw(&outline);
            }
        }
        drawing.finish();
        return;
    }
    scratch.reserve(width as usize, height as usize);
    let Some(mut mask) = sinks::mask(&mut scratch.coverage, (width, height)) else { return };
    let sink = Touched::new(simd, &mut mask, &mut scratch.touched);
    let mut drawing = Drawing::new(simd, Eight, sink, queue, changes, width);
    for trapezoid in trapezoids {
        if let Some(outline) = Outline::of_trapezoid(Grid::A8, height, trapezoid, x, y) {
            drawing.draw(&outline);
        }
    }
    drawing.finish();
    sinks::blend_touched(&mut canvas, blend, scratch);
}

impl Scratch {
    /// Makes room for so many pixels.
    fn reserve(&mut self, width: usize, height: usize) {
        let needed = sinks::stride(width) * height;
        if self.coverage.len() < needed {
            self.coverage.resize(needed, 0);
        }
        self.touched.clear();
        self.touched.resize(height, sinks::NOTHING);
    }
}

/// Whether no coordinate can wrap, wherever the mask begins: neither those of
/// points, nor those of the sides between top and bottom.
fn is_near(shape: &Trapezoid) -> bool {
    let limit = Fixed::from_int(FARTHEST).bits().unsigned_abs();
    let near = |value: Fixed| value.bits().unsigned_abs() < limit;
    let (top, bottom) = (i64::from(shape.top.bits()), i64::from(shape.bottom.bits()));
    let side = |line: &Line| {
        let [x1, y1, x2, y2] =
            [line.p1.x, line.p1.y, line.p2.x, line.p2.y].map(|value| i64::from(value.bits()));
        // A row of pixels more on either end; 2²⁹ units are 8192 pixels.
        let reach = (top - y1).abs().max((bottom - y1).abs()) + (1 << 17);
        [line.p1, line.p2].iter().all(|point| near(point.x) && near(point.y))
            && (x2 - x1).abs() * reach < (y2 - y1).abs() << 29
    };
    !shape.is_valid()
        || near(shape.top) && near(shape.bottom) && side(&shape.left) && side(&shape.right)
}

/// What shapes may touch (`get_trap_extents`): from top to bottom, and across
/// all four points of the sides. `None` if that is nothing.
fn bounds(shapes: &[Trapezoid], offset: (i32, i32)) -> Option<Clip> {
    let (mut low, mut high) = ((i32::MAX, i32::MAX), (i32::MIN, i32::MIN));
    for shape in shapes.iter().filter(|shape| shape.is_valid()) {
        let (left, right) = (shape.left, shape.right);
        let x = [left.p1.x, left.p2.x, right.p1.x, right.p2.x].map(Fixed::bits);
        low.0 = x.into_iter().fold(low.0, i32::min);
        high.0 = x.into_iter().fold(high.0, i32::max);
        low.1 = low.1.min(shape.top.bits());
        high.1 = high.1.max(shape.bottom.bits());
    }
    if low.0 > high.0 {
        return None;
    }
    // Far from the ends of the range: no sum wraps.
    let up = |value: i32| (value + 0xffff) >> 16;
    Some(Clip {
        left: (low.0 >> 16) + offset.0,
        top: (low.1 >> 16) + offset.1,
        right: up(high.0) + offset.0,
        bottom: up(high.1) + offset.1,
    })
}
