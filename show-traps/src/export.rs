//! Captures for other programs: PNG, SVG and JSON.
//!
//! Owns the encodings. It must not choose what is exported.

use std::fmt::Write as _;
use std::io::Write;

use raster::{Fixed, Line, Point, Trapezoid};
use serde::Serialize;

use crate::canvas::Canvas;
use crate::capture::{Capture, Set, Shape};
use crate::colour::Rgba;
use crate::picture::View;
use crate::stats::Stats;

/// Writes a picture as PNG.
///
/// # Errors
///
/// If the writer fails.
pub fn write_png(canvas: &Canvas, out: impl Write) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::new(out, canvas.width(), canvas.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(canvas.bytes())?;
    writer.finish()
}

/// The trapezoids as polygons of an SVG, each in its colour and with its
/// numbers as a title, which viewers show under the pointer.
#[must_use]
pub fn to_svg(capture: &Capture, view: &View) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_svg(&mut out, capture, view);
    out
}

fn write_svg(out: &mut String, capture: &Capture, view: &View) -> std::fmt::Result {
    let View { left, top, width, height, zoom } = *view;
    let [shown_width, shown_height] = [width, height].map(|side| u64::from(side) * u64::from(zoom));
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{shown_width}" height="{shown_height}" viewBox="{left} {top} {width} {height}">"#
    )?;
    let mut number = 0;
    for set in &capture.sets {
        writeln!(out, "  <g><title>{}</title>", escaped(&set.name))?;
        for shape in set.iter() {
            let colour = Rgba::of_number(number);
            let [fill, stroke] = [colour, colour.darker()]
                .map(|Rgba { red, green, blue, .. }| format!("#{red:02x}{green:02x}{blue:02x}"));
            write!(out, r#"    <polygon fill="{fill}" fill-opacity="0.75" stroke="{stroke}""#)?;
            write!(out, r#" stroke-width="{}" points=""#, 1.0 / f64::from(zoom.max(1)))?;
            for (k, (x, y)) in shape.corners(&capture.glyphs).into_iter().enumerate() {
                write!(out, "{}{x},{y}", if k == 0 { "" } else { " " })?;
            }
            writeln!(out, r#""><title>{number}: {}</title></polygon>"#, described(&shape))?;
            number += 1;
        }
        writeln!(out, "  </g>")?;
    }
    writeln!(out, "</svg>")
}

fn described(shape: &Shape) -> String {
    match shape {
        Shape::Trapezoid(Trapezoid { top, bottom, .. })
        | Shape::Trap(Trapezoid { top, bottom, .. }) => format!("{top} to {bottom}"),
        Shape::Triangle(triangle) => {
            let points = [triangle.p1, triangle.p2, triangle.p3];
            points.map(|Point { x, y }| format!("{x},{y}")).join(" ")
        }
        Shape::Glyph(glyph) => format!("glyph {} at {},{}", glyph.image + 1, glyph.x, glyph.y),
        Shape::Rectangle(rectangle) => format!("{}×{}", rectangle.width, rectangle.height),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The capture with its numbers as JSON. Coordinates are integers in 1/65536
/// pixel.
///
/// ```json
/// {
///   "sets": [{
///     "name": "fill", "colour": "#ff0000ff", "stats": { "trapezoids": 1, … },
///     "trapezoids": [{
///       "top": 163840, "bottom": 655360,
///       "left": [[196608, 131072], [65536, 720896]],
///       "right": [[458752, 131072], [524288, 720896]]
///     }]
///   }],
///   "stats": { "trapezoids": 1, … }
/// }
/// ```
///
/// # Errors
///
/// If the writer fails.
pub fn write_json(capture: &Capture, out: impl Write) -> serde_json::Result<()> {
    let sets = capture.sets.iter().map(|set| JsonSet::of(capture, set)).collect();
    let all = JsonCapture { sets, stats: Stats::of_capture(capture) };
    serde_json::to_writer_pretty(out, &all)
}

#[derive(Serialize)]
struct JsonCapture<'a> {
    sets: Vec<JsonSet<'a>>,
    stats: Stats,
}

#[derive(Serialize)]
struct JsonSet<'a> {
    name: &'a str,
    colour: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<JsonOrigin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    draw: Option<JsonDrawing<'a>>,
    stats: Stats,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    trapezoids: Vec<JsonTrapezoid>,
    /// Three points of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    triangles: Vec<[[i32; 2]; 3]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    glyphs: Vec<JsonGlyph>,
    /// Left, top, width and height of each, in pixels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rectangles: Vec<[i32; 4]>,
}

#[derive(Serialize)]
struct JsonOrigin {
    client: u32,
    request: u64,
    microseconds: u64,
}

#[derive(Serialize)]
struct JsonDrawing<'a> {
    operator: String,
    at: (i16, i16),
    mask: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    drawable: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    toplevel: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonTrapezoid {
    top: i32,
    bottom: i32,
    left: [[i32; 2]; 2],
    right: [[i32; 2]; 2],
}

/// A glyph: the box of its image, in pixels.
#[derive(Serialize)]
struct JsonGlyph {
    image: usize,
    x: i32,
    y: i32,
}

impl<'a> JsonSet<'a> {
    fn of(capture: &'a Capture, set: &'a Set) -> Self {
        let from = set.origin.map(|from| JsonOrigin {
            client: from.client,
            request: from.request,
            microseconds: from.time,
        });
        let target = capture.target(set);
        let draw = set.drawing.map(|drawing| JsonDrawing {
            operator: drawing.operator.to_string(),
            at: drawing.at,
            mask: drawing.masking.name(),
            drawable: target.map(|target| target.xid),
            toplevel: target.and_then(|target| target.toplevel),
            title: target.and_then(|target| target.title.as_deref()),
        });
        let mut json = Self {
            name: &set.name,
            colour: set.colour.to_string(),
            from,
            draw,
            stats: Stats::of_set(capture, set),
            trapezoids: Vec::new(),
            triangles: Vec::new(),
            glyphs: Vec::new(),
            rectangles: Vec::new(),
        };
        for shape in set.iter() {
            match shape {
                Shape::Trapezoid(shape) | Shape::Trap(shape) => json.trapezoids.push(shape.into()),
                Shape::Triangle(shape) => {
                    json.triangles.push([shape.p1, shape.p2, shape.p3].map(bits));
                }
                Shape::Glyph(glyph) => {
                    json.glyphs.push(JsonGlyph { image: glyph.image + 1, x: glyph.x, y: glyph.y });
                }
                Shape::Rectangle(shape) => json.rectangles.push([
                    shape.x.into(),
                    shape.y.into(),
                    shape.width.into(),
                    shape.height.into(),
                ]),
            }
        }
        json
    }
}

fn bits(point: Point) -> [i32; 2] {
    [point.x, point.y].map(Fixed::bits)
}

impl From<Trapezoid> for JsonTrapezoid {
    fn from(shape: Trapezoid) -> Self {
        let line = |line: Line| [bits(line.p1), bits(line.p2)];
        Self {
            top: shape.top.bits(),
            bottom: shape.bottom.bits(),
            left: line(shape.left),
            right: line(shape.right),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::draw;

    fn capture() -> Capture {
        let [low, high] = [Fixed::from_int(1), Fixed::from_f64(3.5)];
        let trapezoids = vec![Trapezoid::rectangle(low, low, high, high)];
        let colour = Rgba::opaque(255, 0, 0);
        let set = Set::of_trapezoids("a <&> b", colour, trapezoids);
        Capture { sets: vec![set], ..Capture::default() }
    }

    #[test]
    fn json_has_exact_numbers() {
        let mut bytes = Vec::new();
        write_json(&capture(), &mut bytes).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json["sets"][0]["name"], "a <&> b");
        assert_eq!(json["sets"][0]["trapezoids"][0]["bottom"], 229_376);
        assert_eq!(json["sets"][0]["trapezoids"][0]["left"][1][0], 65_536);
        assert_eq!(json["stats"]["area"], 6.25);
    }

    #[test]
    fn svg_is_a_drawing_of_the_same_area() {
        let svg = to_svg(&capture(), &View::of_all(&capture(), Some(2)).unwrap());
        let options = crate::source::Options { fills: true, strokes: false, tolerance: 0.1 };
        let again = crate::source::from_svg(svg.as_bytes(), &options).unwrap();
        assert_eq!(Stats::of_capture(&again).area, 6.25 * 4.0);
        assert!(svg.contains("<title>a &lt;&amp;&gt; b</title>"), "{svg}");
    }

    #[test]
    fn png_is_the_canvas() {
        let view = View { left: 0, top: 0, width: 5, height: 4, zoom: 3 };
        let canvas = draw(&capture(), &view, None).unwrap();
        let mut bytes = Vec::new();
        write_png(&canvas, &mut bytes).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (15, 12));
        assert_eq!(pixels, canvas.bytes());
    }
}
