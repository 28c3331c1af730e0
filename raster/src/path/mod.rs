//! Paths to trapezoids, as cairo and other Render clients make them.
//!
//! Owns the way from lyon's paths to disjoint trapezoids: flattening,
//! stroking (lyon's), snapping to 16.16 and the sweep. It must not know how
//! trapezoids are sampled.
//!
//! ```
//! use lyon::path::Path;
//! use lyon::math::point;
//! use raster::path::{FillRule, fill};
//!
//! let mut triangle = Path::builder();
//! triangle.begin(point(0.0, 0.0));
//! triangle.line_to(point(8.0, 0.0));
//! triangle.line_to(point(4.0, 6.0));
//! triangle.end(true);
//! let trapezoids = fill(&triangle.build(), FillRule::NonZero, 0.1);
//! assert_eq!(trapezoids.len(), 1, "a flat top and two sides");
//! ```

mod dash;
mod polygon;
mod sweep;

use lyon::geom::{CubicBezierSegment, QuadraticBezierSegment};
use lyon::math::{Point as FloatPoint, Transform, point};
use lyon::path::iterator::PathIterator;
use lyon::path::{Event, PathEvent};
use lyon::tessellation::{
    BuffersBuilder, StrokeOptions, StrokeTessellator, StrokeVertex, VertexBuffers,
};

pub use dash::dash;
pub use polygon::Polygon;

use crate::trap::{Point, Trapezoid};

/// What lies inside of a path that crosses itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FillRule {
    /// Where contours wind around a point at all, counted with direction.
    NonZero,
    /// Where they wind an odd number of times.
    EvenOdd,
}

impl FillRule {
    /// Whether a point with this winding number is inside.
    #[must_use]
    pub const fn is_inside(self, winding: i32) -> bool {
        match self {
            Self::NonZero => winding != 0,
            Self::EvenOdd => winding & 1 != 0,
        }
    }
}

/// Farther out than this many pixels, coordinates are moved to there: pixman's
/// edges need heights that fit 32 bits, so half of the range must do.
pub const FARTHEST: f32 = 16383.0;

/// Curves are never divided more finely than this, in pixels.
const FINEST_TOLERANCE: f32 = 1.0 / 1024.0;

/// The trapezoids of a filled path: disjoint, from top to bottom, each side
/// along an edge of the flattened path.
///
/// `tolerance` is how far, in pixels, lines may leave the curves that they
/// replace; 0.1 is cairo's. Open contours are closed. Coordinates are rounded
/// to 16.16 before the sweep, which is exact but for the heights of
/// crossings: those are rounded down the page by less than 1/65536 pixel.
#[must_use]
pub fn fill<'a>(
    path: impl IntoIterator<Item = PathEvent> + 'a,
    rule: FillRule,
    tolerance: f32,
) -> Vec<Trapezoid> {
    let mut polygon = Polygon::new();
    flatten(path, tolerance, |from, to| polygon.add_line(snap(from), snap(to)));
    polygon.trapezoids(rule)
}

/// The trapezoids of a stroked path: disjoint, as [`fill`]'s.
///
/// The stroke is lyon's: triangles, here swept as one shape, so that where
/// they overlap nothing is drawn twice. Variable widths are ignored; a width
/// that is not positive strokes nothing.
#[must_use]
pub fn stroke(
    path: impl IntoIterator<Item = PathEvent>,
    options: &StrokeOptions,
) -> Vec<Trapezoid> {
    stroke_transformed(path, options, &Transform::identity())
}

/// The trapezoids of a stroke that is transformed afterwards, pen and all: a
/// circle under a scale of different factors becomes an ellipse with a line
/// of varying width. The options' lengths are those before the transform.
#[must_use]
pub fn stroke_transformed(
    path: impl IntoIterator<Item = PathEvent>,
    options: &StrokeOptions,
    transform: &Transform,
) -> Vec<Trapezoid> {
    let mut polygon = Polygon::new();
    if !(options.line_width.is_finite() && options.line_width > 0.0) {
        return Vec::new();
    }
    let mut tame_options = *options;
    tame_options.variable_line_width = None;
    tame_options.line_width = options.line_width.min(2.0 * FARTHEST);
    tame_options.miter_limit = sane(options.miter_limit, StrokeOptions::MINIMUM_MITER_LIMIT);
    tame_options.tolerance = sane(options.tolerance, FINEST_TOLERANCE);
    let mut buffers: VertexBuffers<Point, u32> = VertexBuffers::new();
    let result = StrokeTessellator::new().tessellate(
        path.into_iter().map(tame),
        &tame_options,
        &mut BuffersBuilder::new(&mut buffers, |vertex: StrokeVertex<'_, '_>| {
            snap(tame_point(transform.transform_point(vertex.position())))
        }),
    );
    // Vertices may run out at 2^32; what was made until then is the best.
    let _ = result;
    for corners in buffers.indices.chunks_exact(3) {
        let corner = |k: usize| buffers.vertices[corners[k] as usize];
        polygon.add_triangle(corner(0), corner(1), corner(2));
    }
    polygon.trapezoids(FillRule::NonZero)
}

/// Hands each line of the flattened, closed contours to `line`. All
/// coordinates are finite and at most [`FARTHEST`].
pub(crate) fn flatten(
    path: impl IntoIterator<Item = PathEvent>,
    tolerance: f32,
    mut line: impl FnMut(FloatPoint, FloatPoint),
) {
    let tolerance = sane(tolerance, FINEST_TOLERANCE);
    for event in path.into_iter().map(tame) {
        match event {
            Event::Begin { .. } => {}
            Event::Line { from, to } => line(from, to),
            Event::Quadratic { from, ctrl, to } => QuadraticBezierSegment { from, ctrl, to }
                .for_each_flattened(tolerance, &mut |piece| line(piece.from, piece.to)),
            Event::Cubic { from, ctrl1, ctrl2, to } => {
                CubicBezierSegment { from, ctrl1, ctrl2, to }
                    .for_each_flattened(tolerance, &mut |piece| line(piece.from, piece.to));
            }
            Event::End { last, first, .. } => line(last, first),
        }
    }
}

/// The contours of a path, flattened; all coordinates finite and at most
/// [`FARTHEST`].
fn flattened_contours(
    path: impl IntoIterator<Item = PathEvent>,
    tolerance: f32,
) -> Vec<dash::Contour> {
    dash::contours(path.into_iter().map(tame).flattened(tolerance))
}

/// At least `least`, and that for what is not a number.
fn sane(value: f32, least: f32) -> f32 {
    if value.is_finite() { value.max(least) } else { least }
}

fn tame(event: PathEvent) -> PathEvent {
    let t = tame_point;
    match event {
        Event::Begin { at } => Event::Begin { at: t(at) },
        Event::Line { from, to } => Event::Line { from: t(from), to: t(to) },
        Event::Quadratic { from, ctrl, to } => {
            Event::Quadratic { from: t(from), ctrl: t(ctrl), to: t(to) }
        }
        Event::Cubic { from, ctrl1, ctrl2, to } => {
            Event::Cubic { from: t(from), ctrl1: t(ctrl1), ctrl2: t(ctrl2), to: t(to) }
        }
        Event::End { last, first, close } => Event::End { last: t(last), first: t(first), close },
    }
}

fn tame_point(at: FloatPoint) -> FloatPoint {
    let tame = |value: f32| if value.is_nan() { 0.0 } else { value.clamp(-FARTHEST, FARTHEST) };
    point(tame(at.x), tame(at.y))
}

fn snap(at: FloatPoint) -> Point {
    Point::from_f64(f64::from(at.x), f64::from(at.y))
}

#[cfg(test)]
mod tests;
