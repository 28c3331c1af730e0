//! The numbers of a request and of a shape, as rows of text.
//!
//! Owns what is said. It must not know how it looks.

use raster::{Edge, Fixed, Grid, Line, Point, Trapezoid, Triangle};

use super::paint::decimal;
use super::{Mode, Viewer};
use crate::capture::{
    Clip, Content, DrawableKind, Drawing, Picture, PictureId, Repeat, Set, Shape, Shapes,
};
use crate::colour::Rgba;
use crate::stats::{Stats, x_at};

/// A row of the panel.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Row {
    /// A heading, and what stands at its right end.
    Heading(String, String),
    /// A label and a value.
    Pair(&'static str, String),
    /// A label, a colour and a value.
    Colour(&'static str, Rgba, String),
    /// A label, a number in decimals and in 16.16 bits.
    Number(String, Fixed),
    /// A formula over the whole width.
    Formula(String),
    /// A little room.
    Gap,
}

impl Viewer {
    /// What the panel says.
    pub(super) fn rows(&mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        let Some(stats) = self.stats() else {
            let what = if self.live.is_some() { "Waiting" } else { "Nothing" };
            return vec![Row::Heading(what.into(), String::new())];
        };
        // The shape first: the pointer is on it.
        if let Some((set, shape)) = self.focus() {
            self.add_shape(&mut rows, set, shape);
            rows.push(Row::Gap);
        }
        let Some(set) = self.capture.sets.get(self.current) else { return rows };
        let of = format!("{} of {}", self.current + 1, self.capture.sets.len());
        let name = if set.name.is_empty() { "Unnamed" } else { &set.name };
        rows.push(Row::Heading(name.into(), of));
        self.add_request(&mut rows, set);
        rows.push(Row::Gap);
        add_stats(&mut rows, set, &stats);
        if self.mode == Mode::Overlap
            && let Some(heat) = self.heat()
        {
            rows.push(Row::Pair("Overlap", format!("{} px", heat.overlapping)));
            rows.push(Row::Pair("Most", format!("× {:.2}", f64::from(heat.most) / 255.0)));
        }
        rows
    }

    fn add_request(&self, rows: &mut Vec<Row>, set: &Set) {
        let Some(drawing) = &set.drawing else {
            rows.push(Row::Colour("Colour", set.colour, set.colour.to_string()));
            return;
        };
        if let Some(target) = self.capture.target(set) {
            let kind = match target.kind {
                DrawableKind::Window => "window",
                DrawableKind::Pixmap => "pixmap",
                DrawableKind::Unknown => "drawable",
            };
            rows.push(Row::Pair("Onto", format!("{kind} {:#x}", target.xid)));
            if let Some(title) = &target.title {
                rows.push(Row::Pair("Window", title.clone()));
            }
            let size = target.size.map(|(width, height)| format!("{width} × {height}"));
            let format = target.format.clone();
            let words: Vec<String> = [size, format].into_iter().flatten().collect();
            if !words.is_empty() {
                rows.push(Row::Pair("", words.join("  ")));
            }
        }
        let onto = self.capture.picture(drawing.onto);
        match onto.map(|picture| &picture.clip) {
            Some(Clip::Rectangles(list)) if list.len() == 1 => {
                let one = &list[0];
                let text = format!("{} × {} at {}, {}", one.width, one.height, one.x, one.y);
                rows.push(Row::Pair("Clip", text));
            }
            Some(Clip::Rectangles(list)) => {
                rows.push(Row::Pair("Clip", format!("{} rectangles", list.len())));
            }
            Some(Clip::Mask) => rows.push(Row::Pair("Clip", "a bitmap".into())),
            _ => {}
        }
        for (label, id) in [("Source", drawing.source), ("Mask", drawing.mask_picture)] {
            if let Some(id) = id {
                self.add_picture(rows, label, id);
            }
        }
        rows.push(Row::Pair("Operator", drawing.operator.to_string()));
        if !matches!(set.shapes, Shapes::Rectangles(_)) {
            rows.push(Row::Pair("Mask format", self.mask_words(set, drawing)));
        }
        if drawing.at != (0, 0) {
            let label =
                if matches!(set.shapes, Shapes::Traps(_)) { "Moved by" } else { "Source at" };
            rows.push(Row::Pair(label, format!("{}, {}", drawing.at.0, drawing.at.1)));
        }
        if let Some(origin) = set.origin {
            let (client, request) = (origin.client, origin.request);
            rows.push(Row::Pair("Sent by", format!("client {client}, request {request}")));
            rows.push(Row::Pair("At", format!("{:.6} s", origin.time as f64 / 1e6)));
        }
    }

    fn mask_words(&self, set: &Set, drawing: &Drawing) -> String {
        use crate::capture::Masking;
        match (drawing.masking, &set.shapes) {
            (_, Shapes::Traps(_)) => "none: added to it".into(),
            (Masking::Each, Shapes::Glyphs(_)) => "none: glyph by glyph".into(),
            (Masking::Each, _) if self.capture.mask_format(set) == raster::MaskFormat::A1 => {
                "none: each sharp".into()
            }
            (Masking::Each, _) => "none: each smooth".into(),
            (masking, _) => masking.name().into(),
        }
    }

    fn add_picture(&self, rows: &mut Vec<Row>, label: &'static str, id: PictureId) {
        let Some(picture) = self.capture.picture(id) else { return };
        let text = content_words(picture);
        rows.push(match picture.colour() {
            Some(colour) => Row::Colour(label, colour, text),
            None => Row::Pair(label, text),
        });
        let repeat = match picture.repeat {
            Repeat::None => None,
            Repeat::Normal => Some("repeated"),
            Repeat::Pad => Some("padded"),
            Repeat::Reflect => Some("reflected"),
        };
        let filter = picture.filter.as_deref();
        let moved = picture.transform.map(|_| "transformed");
        let words: Vec<&str> = [repeat, moved, filter].into_iter().flatten().collect();
        // Of one colour, none of these shows.
        if !words.is_empty() && picture.colour().is_none() {
            rows.push(Row::Pair("", words.join(", ")));
        }
    }

    fn add_shape(&self, rows: &mut Vec<Row>, set: usize, shape: usize) {
        let (Some(found), Some(of)) = (self.shape((set, shape)), self.capture.sets.get(set)) else {
            return;
        };
        let noun = of.shapes.noun();
        let mut title = noun[..1].to_uppercase();
        title.push_str(&noun[1..]);
        let title = format!("{title} {}", shape + 1);
        let state = if self.selected == Some((set, shape)) { "selected" } else { "" };
        let place = format!("of {}", of.shapes.len());
        let right = if state.is_empty() { place } else { format!("{place}, {state}") };
        rows.push(Row::Heading(title, right));
        let grid = Grid::of(self.format());
        match found {
            Shape::Trapezoid(shape) | Shape::Trap(shape) => add_trapezoid(rows, &shape, grid),
            Shape::Triangle(shape) => add_triangle(rows, &shape),
            Shape::Glyph(glyph) => {
                rows.push(Row::Pair("Origin", format!("{}, {}", glyph.x, glyph.y)));
                if let Some(image) = self.capture.glyphs.get(glyph.image) {
                    let size = format!("{} × {}", image.width, image.height);
                    rows.push(Row::Pair("Image", format!("{size}, number {}", glyph.image + 1)));
                    let (x, y) = image.advance;
                    rows.push(Row::Pair("Advance", format!("{x}, {y}")));
                }
            }
            Shape::Rectangle(shape) => {
                rows.push(Row::Pair("At", format!("{}, {}", shape.x, shape.y)));
                rows.push(Row::Pair("Size", format!("{} × {}", shape.width, shape.height)));
            }
        }
    }
}

fn content_words(picture: &Picture) -> String {
    match &picture.content {
        Content::Solid(colour) => colour.to_string(),
        Content::Linear { stops, .. } => format!("linear gradient, {} stops", stops.len()),
        Content::Radial { stops, .. } => format!("radial gradient, {} stops", stops.len()),
        Content::Conical { stops, .. } => format!("conical gradient, {} stops", stops.len()),
        Content::Drawable(drawable) => match (drawable.filled, drawable.size) {
            (Some(colour), _) => format!("pixel {colour}"),
            (None, Some((width, height))) => {
                format!("{:#x}, {width} × {height}", drawable.xid)
            }
            (None, None) => format!("{:#x}", drawable.xid),
        },
    }
}

fn add_stats(rows: &mut Vec<Row>, set: &Set, stats: &Stats) {
    let count = |number: usize| number.to_string();
    rows.push(Row::Pair("Shapes", count(stats.shapes)));
    rows.push(Row::Pair("Request", format!("{} bytes", stats.request_bytes)));
    if matches!(set.shapes, Shapes::Trapezoids(_) | Shapes::Triangles(_) | Shapes::Traps(_)) {
        rows.push(Row::Pair("Slivers", count(stats.slivers)));
        if stats.invalid > 0 {
            rows.push(Row::Pair("Invalid", count(stats.invalid)));
        }
        if stats.rowless > 0 {
            rows.push(Row::Pair("Rowless", count(stats.rowless)));
        }
        rows.push(Row::Pair("Area", format!("{:.2} px", stats.area)));
        rows.push(Row::Pair("Sample rows", stats.sample_rows.to_string()));
        rows.push(Row::Pair("Mask", format!("{} px", stats.mask_pixels)));
    }
}

fn add_trapezoid(rows: &mut Vec<Row>, shape: &Trapezoid, grid: Grid) {
    rows.push(Row::Number("top".into(), shape.top));
    rows.push(Row::Number("bottom".into(), shape.bottom));
    for (name, line) in [("left", shape.left), ("right", shape.right)] {
        let Line { p1, p2 } = line;
        for (k, Point { x, y }) in [(1, p1), (2, p2)] {
            rows.push(Row::Number(format!("{name} x{k}"), x));
            rows.push(Row::Number(format!("{name} y{k}"), y));
        }
    }
    if !shape.is_valid() {
        rows.push(Row::Formula("draws nothing: it is not valid".into()));
        return;
    }
    for (name, line) in [("left", shape.left), ("right", shape.right)] {
        rows.push(Row::Formula(equation(name, &line)));
        let row = grid.row_at_or_below(shape.top);
        let edge = Edge::along(grid, row, &line, 0, 0);
        let sign = if edge.sign_dx < 0 { '−' } else { '+' };
        let step = decimal(f64::from(edge.step_x_small) / 65536.0);
        let error = format!("{sign}{}/{}", edge.dx_small, edge.dy);
        rows.push(Row::Formula(format!("      a row {step}, rest {error}")));
    }
    let widths = [shape.top, shape.bottom].map(|y| x_at(&shape.right, y) - x_at(&shape.left, y));
    let height = shape.bottom.to_f64() - shape.top.to_f64();
    let area = (widths[0] + widths[1]).max(0.0) / 2.0 * height;
    let [top, bottom] = widths.map(decimal);
    rows.push(Row::Pair("Width", format!("{top} to {bottom} px")));
    rows.push(Row::Pair("Height", format!("{} px", decimal(height))));
    rows.push(Row::Pair("Area", format!("{} px", decimal(area))));
}

/// An edge as a function of y.
fn equation(name: &str, Line { p1, p2 }: &Line) -> String {
    let (dx, dy) = (p2.x.to_f64() - p1.x.to_f64(), p2.y.to_f64() - p1.y.to_f64());
    let (x, y) = (decimal(p1.x.to_f64()), decimal(p1.y.to_f64()));
    if dx == 0.0 {
        return format!("{name}: x = {x}");
    }
    let slope = dx / dy;
    let sign = if slope < 0.0 { '−' } else { '+' };
    let below = if y.starts_with('−') {
        format!("y + {}", y.trim_start_matches('−'))
    } else {
        format!("y − {y}")
    };
    format!("{name}: x = {x} {sign} {} ({below})", decimal(slope.abs()))
}

fn add_triangle(rows: &mut Vec<Row>, Triangle { p1, p2, p3 }: &Triangle) {
    for (k, point) in [(1, p1), (2, p2), (3, p3)] {
        rows.push(Row::Number(format!("x{k}"), point.x));
        rows.push(Row::Number(format!("y{k}"), point.y));
    }
    let at = |point: &Point| (point.x.to_f64(), point.y.to_f64());
    let (a, b, c) = (at(p1), at(p2), at(p3));
    let area = ((b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)).abs() / 2.0;
    rows.push(Row::Pair("Area", format!("{} px", decimal(area))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_those_of_the_line() {
        let line = |x1, y1, x2, y2| Line::new(Point::from_f64(x1, y1), Point::from_f64(x2, y2));
        assert_eq!(equation("left", &line(3.0, 2.0, 1.0, 10.0)), "left: x = 3 − 0.25 (y − 2)");
        assert_eq!(equation("right", &line(-1.5, -2.0, 1.0, 3.0)), "right: x = −1.5 + 0.5 (y + 2)");
        assert_eq!(equation("left", &line(3.0, 2.0, 3.0, 10.0)), "left: x = 3");
    }
}
