//! Drawings become captures.
//!
//! Owns the way from SVG and path data to sets of trapezoids, as a Render
//! client takes it: each fill and each stroke is a set of its own, in the
//! order of painting. It must not know what becomes of a capture.

use lyon::math::{Point, Transform, point};
use lyon::path::{Event, PathEvent};
use lyon::tessellation::{LineCap, LineJoin, StrokeOptions};
use raster::path::{FillRule, fill, stroke_transformed};
use svgtypes::{SimplePathSegment, SimplifyingPathParser};
use thiserror::Error;
use usvg::tiny_skia_path::{Path as SvgPath, PathSegment, StrokeDash};
use usvg::{Group, Node, Paint, Tree};

use crate::capture::{Capture, Set};
use crate::colour::Rgba;

/// Why a drawing could not be read.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file is not an SVG.
    #[error("not an SVG drawing")]
    Svg(#[from] usvg::Error),
    /// Path data that SVG does not allow.
    #[error("not SVG path data")]
    Path(#[from] svgtypes::Error),
    /// Nothing would be drawn.
    #[error("the drawing has nothing to {0}")]
    Nothing(&'static str),
}

/// Which sets to make, and how finely.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Make the sets of fills.
    pub fills: bool,
    /// Make the sets of strokes.
    pub strokes: bool,
    /// How far lines may leave the curves that they replace, in pixels.
    pub tolerance: f32,
}

/// How a path without a drawing around it is painted.
#[derive(Clone, Copy, Debug)]
pub struct Brush {
    /// The colour of the inside.
    pub fill: Rgba,
    /// What is inside where the path crosses itself.
    pub rule: FillRule,
    /// The colour of the stroke.
    pub stroke: Rgba,
    /// The width of the stroke in pixels.
    pub width: f32,
}

impl Default for Brush {
    /// A red shape with a black line around it.
    fn default() -> Self {
        let (fill, stroke) = (Rgba::opaque(255, 0, 0), Rgba::opaque(0, 0, 0));
        Self { fill, rule: FillRule::NonZero, stroke, width: 4.0 }
    }
}

/// Decomposes SVG path data, such as `M 0 0 L 8 0 L 4 6 Z`.
///
/// # Errors
///
/// If the data is wrong anywhere, or nothing is drawn.
pub fn from_path(data: &str, brush: &Brush, options: &Options) -> Result<Capture, SourceError> {
    let mut events = Contours::default();
    for segment in SimplifyingPathParser::from(data) {
        let at = |x: f64, y: f64| point(x as f32, y as f32);
        match segment? {
            SimplePathSegment::MoveTo { x, y } => events.begin(at(x, y)),
            SimplePathSegment::LineTo { x, y } => events.line_to(at(x, y)),
            SimplePathSegment::Quadratic { x1, y1, x, y } => {
                events.quadratic_to(at(x1, y1), at(x, y));
            }
            SimplePathSegment::CurveTo { x1, y1, x2, y2, x, y } => {
                events.cubic_to(at(x1, y1), at(x2, y2), at(x, y));
            }
            SimplePathSegment::ClosePath => events.end(true),
        }
    }
    let events = events.finish();
    let mut capture = Capture::default();
    if options.fills {
        let trapezoids = fill(events.iter().copied(), brush.rule, options.tolerance);
        capture.sets.push(Set::of_trapezoids("fill", brush.fill, trapezoids));
    }
    if options.strokes {
        let stroke = StrokeOptions::tolerance(options.tolerance).with_line_width(brush.width);
        let trapezoids = stroke_transformed(events, &stroke, &Transform::identity());
        capture.sets.push(Set::of_trapezoids("stroke", brush.stroke, trapezoids));
    }
    nonempty(capture, options)
}

/// Decomposes an SVG file: shapes, groups, transforms, dashes and opacity.
/// Gradients and patterns count as grey: they change no trapezoid. Text,
/// images, clips, masks and filters are left out.
///
/// # Errors
///
/// If the file is not an SVG, or nothing is drawn.
pub fn from_svg(data: &[u8], options: &Options) -> Result<Capture, SourceError> {
    let tree = Tree::from_data(data, &usvg::Options::default())?;
    let mut capture = Capture::default();
    add_group(&mut capture, tree.root(), 1.0, options);
    nonempty(capture, options)
}

/// Drops sets without trapezoids: no client sends those.
fn nonempty(mut capture: Capture, options: &Options) -> Result<Capture, SourceError> {
    capture.sets.retain(|set| !set.shapes.is_empty());
    if !capture.sets.is_empty() {
        return Ok(capture);
    }
    Err(SourceError::Nothing(match (options.fills, options.strokes) {
        (true, false) => "fill",
        (false, true) => "stroke",
        _ => "fill or stroke",
    }))
}

fn add_group(capture: &mut Capture, group: &Group, opacity: f32, options: &Options) {
    let opacity = opacity * group.opacity().get();
    for node in group.children() {
        match node {
            Node::Group(group) => add_group(capture, group, opacity, options),
            Node::Path(path) if path.is_visible() => add_path(capture, path, opacity, options),
            _ => {}
        }
    }
}

fn add_path(capture: &mut Capture, path: &usvg::Path, opacity: f32, options: &Options) {
    let sets = [fill_set(path, opacity, options), stroke_set(path, opacity, options)];
    match path.paint_order() {
        usvg::PaintOrder::FillAndStroke => capture.sets.extend(sets.into_iter().flatten()),
        usvg::PaintOrder::StrokeAndFill => capture.sets.extend(sets.into_iter().rev().flatten()),
    }
}

fn fill_set(path: &usvg::Path, opacity: f32, options: &Options) -> Option<Set> {
    let paint = path.fill().filter(|_| options.fills)?;
    let rule = match paint.rule() {
        usvg::FillRule::NonZero => FillRule::NonZero,
        usvg::FillRule::EvenOdd => FillRule::EvenOdd,
    };
    let transform = transform_of(path);
    let events = events_of(path.data()).into_iter().map(|event| event.transformed(&transform));
    let colour = colour_of(paint.paint(), paint.opacity().get() * opacity);
    let trapezoids = fill(events, rule, options.tolerance);
    Some(Set::of_trapezoids(&name_of("fill", path), colour, trapezoids))
}

fn stroke_set(path: &usvg::Path, opacity: f32, options: &Options) -> Option<Set> {
    let paint = path.stroke().filter(|_| options.strokes)?;
    let dashed = paint
        .dasharray()
        .and_then(|dashes| StrokeDash::new(dashes.to_vec(), paint.dashoffset()))
        .and_then(|dash| path.data().dash(&dash, 1.0));
    let events = events_of(dashed.as_ref().unwrap_or(path.data()));
    let transform = transform_of(path);
    // The tolerance is meant after the transform.
    let scale = transform.determinant().abs().sqrt().max(f32::MIN_POSITIVE);
    let stroke = stroke_options(paint, options.tolerance / scale);
    let colour = colour_of(paint.paint(), paint.opacity().get() * opacity);
    let trapezoids = stroke_transformed(events, &stroke, &transform);
    Some(Set::of_trapezoids(&name_of("stroke", path), colour, trapezoids))
}

fn transform_of(path: &usvg::Path) -> Transform {
    let matrix = path.abs_transform();
    Transform::new(matrix.sx, matrix.ky, matrix.kx, matrix.sy, matrix.tx, matrix.ty)
}

/// The kind of the set and the element's id, as one line.
fn name_of(kind: &str, path: &usvg::Path) -> String {
    let words = [kind].into_iter().chain(path.id().split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

fn colour_of(paint: &Paint, opacity: f32) -> Rgba {
    // Opacity is 0 to 1.
    let alpha = (opacity * 255.0).round() as u8;
    match paint {
        Paint::Color(colour) => Rgba::opaque(colour.red, colour.green, colour.blue),
        _ => Rgba::opaque(128, 128, 128),
    }
    .with_alpha(alpha)
}

fn stroke_options(stroke: &usvg::Stroke, tolerance: f32) -> StrokeOptions {
    let cap = match stroke.linecap() {
        usvg::LineCap::Butt => LineCap::Butt,
        usvg::LineCap::Round => LineCap::Round,
        usvg::LineCap::Square => LineCap::Square,
    };
    let join = match stroke.linejoin() {
        usvg::LineJoin::Miter => LineJoin::Miter,
        usvg::LineJoin::MiterClip => LineJoin::MiterClip,
        usvg::LineJoin::Round => LineJoin::Round,
        usvg::LineJoin::Bevel => LineJoin::Bevel,
    };
    StrokeOptions::tolerance(tolerance)
        .with_line_width(stroke.width().get())
        .with_line_cap(cap)
        .with_line_join(join)
        .with_miter_limit(stroke.miterlimit().get())
}

fn events_of(path: &SvgPath) -> Vec<PathEvent> {
    let mut events = Contours::default();
    let at = |from: usvg::tiny_skia_path::Point| point(from.x, from.y);
    for segment in path.segments() {
        match segment {
            PathSegment::MoveTo(to) => events.begin(at(to)),
            PathSegment::LineTo(to) => events.line_to(at(to)),
            PathSegment::QuadTo(ctrl, to) => events.quadratic_to(at(ctrl), at(to)),
            PathSegment::CubicTo(ctrl1, ctrl2, to) => events.cubic_to(at(ctrl1), at(ctrl2), at(to)),
            PathSegment::Close => events.end(true),
        }
    }
    events.finish()
}

/// Collects lyon's events. Unlike lyon's builders it takes what comes: numbers
/// that are not finite, contours that were not begun.
#[derive(Default)]
struct Contours {
    events: Vec<PathEvent>,
    first: Point,
    last: Point,
    open: bool,
}

impl Contours {
    fn begin(&mut self, at: Point) {
        self.end(false);
        (self.first, self.last, self.open) = (at, at, true);
        self.events.push(Event::Begin { at });
    }

    fn line_to(&mut self, to: Point) {
        let from = self.continued(to);
        self.events.push(Event::Line { from, to });
    }

    fn quadratic_to(&mut self, ctrl: Point, to: Point) {
        let from = self.continued(to);
        self.events.push(Event::Quadratic { from, ctrl, to });
    }

    fn cubic_to(&mut self, ctrl1: Point, ctrl2: Point, to: Point) {
        let from = self.continued(to);
        self.events.push(Event::Cubic { from, ctrl1, ctrl2, to });
    }

    /// Where the pen was before it goes to `to`.
    fn continued(&mut self, to: Point) -> Point {
        if !self.open {
            self.begin(self.first);
        }
        std::mem::replace(&mut self.last, to)
    }

    fn end(&mut self, close: bool) {
        if std::mem::take(&mut self.open) {
            let (first, last) = (self.first, self.last);
            self.events.push(Event::End { last, first, close });
        }
    }

    fn finish(mut self) -> Vec<PathEvent> {
        self.end(false);
        self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Stats;

    const ALL: Options = Options { fills: true, strokes: true, tolerance: 0.05 };

    fn area(set: &Set) -> f64 {
        Stats::of_set(&Capture::default(), set).area
    }

    #[test]
    fn a_red_circle_with_a_black_stroke_is_two_sets() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">
            <circle id="sun" cx="50" cy="50" r="30" fill="red" stroke="black" stroke-width="6"/>
        </svg>"#;
        let capture = from_svg(svg, &ALL).unwrap();
        let [fill, stroke] = capture.sets.as_slice() else { panic!("{capture}") };
        assert_eq!((fill.name.as_str(), fill.colour), ("fill sun", Rgba::opaque(255, 0, 0)));
        assert_eq!((stroke.name.as_str(), stroke.colour), ("stroke sun", Rgba::opaque(0, 0, 0)));
        let pi = std::f64::consts::PI;
        assert!((area(fill) - pi * 900.0).abs() < 5.0, "{}", area(fill));
        assert!((area(stroke) - pi * (33.0 * 33.0 - 27.0 * 27.0)).abs() < 5.0, "{}", area(stroke));
    }

    #[test]
    fn transforms_and_opacity_reach_the_trapezoids() {
        let svg = br##"<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">
            <g transform="translate(10 20) scale(2 1)" opacity="0.5">
                <rect width="10" height="10" fill="#00ff00"/>
            </g>
        </svg>"##;
        let capture = from_svg(svg, &ALL).unwrap();
        assert_eq!(capture.sets.len(), 1);
        assert_eq!(capture.sets[0].colour, Rgba { red: 0, green: 255, blue: 0, alpha: 128 });
        let bounds = Stats::of_set(&capture, &capture.sets[0]).bounds;
        assert_eq!(bounds, Some([10.0, 20.0, 30.0, 30.0]));
    }

    #[test]
    fn dashes_leave_gaps() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">
            <path d="M0 10 H40" stroke="black" stroke-width="2" stroke-dasharray="5 5"/>
        </svg>"#;
        let capture = from_svg(svg, &ALL).unwrap();
        assert_eq!(capture.sets.len(), 1, "a line has no inside");
        assert!((area(&capture.sets[0]) - 40.0).abs() < 1e-3, "{}", area(&capture.sets[0]));
    }

    #[test]
    fn path_data_takes_all_segments() {
        let data = "M10 10 h20 v20 q-10 10 -20 0 c-4 -4 -4 -8 0 -12 a4 4 0 0 0 0 -8 z l5 5 z m40 0 5 5 h-5";
        let capture = from_path(data, &Brush::default(), &ALL).unwrap();
        assert_eq!(capture.sets.len(), 2);
        assert!(area(&capture.sets[0]) > 400.0);
        let strokes = Options { fills: false, ..ALL };
        let capture = from_path("M0 0 L10 0", &Brush::default(), &strokes).unwrap();
        assert_eq!(capture.sets[0].name, "stroke");
        assert_eq!(area(&capture.sets[0]), 40.0);
    }

    #[test]
    fn wrong_drawings_are_errors() {
        let error = |data: &str| from_path(data, &Brush::default(), &ALL).unwrap_err().to_string();
        assert_eq!(error("M 0 0 L x"), "not SVG path data");
        assert_eq!(error("M 5 5"), "the drawing has nothing to fill or stroke");
        assert!(matches!(from_svg(b"<html/>", &ALL), Err(SourceError::Svg(_))));
        assert!(matches!(from_svg(b"\xff\xfe", &ALL), Err(SourceError::Svg(_))));
    }
}
