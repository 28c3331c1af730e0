//! The drawing, in one of the ways of looking at it.
//!
//! Owns the shapes, masks and heats on the paper. It must not know the rest of
//! the window.

use raster::{Grid, Trapezoid};

use super::super::theme::{ACCENT, CHROME, INK, LIVE, PAPER};
use super::super::{Camera, Context, Engine, Face, Mode, Plane, Viewer, backdrop};
use super::{Align, Painter};
use crate::canvas::{Area, Canvas};
use crate::capture::{Capture, Shape};
use crate::colour::Rgba;
use crate::picture::{Samples, View};

/// From this zoom on, borders of pixels are shown.
const ZOOM_OF_PIXELS: f64 = 8.0;

/// From this zoom on, bytes are written into pixels.
const ZOOM_OF_BYTES: f64 = 34.0;

/// The least distance of samples on the screen, in pixels.
const SAMPLE_DISTANCE: f64 = 4.0;

/// More shapes than this get no outlines where they are small.
const MOST_OUTLINES: usize = 4000;

/// A pane with its drawing.
#[derive(Clone, Copy)]
struct Pane {
    area: Area,
    camera: Camera,
}

impl Pane {
    /// From the drawing to the window.
    fn place(&self, at: (f64, f64)) -> (f64, f64) {
        let (x, y) = self.camera.place(at);
        (x + f64::from(self.area.left), y + f64::from(self.area.top))
    }

    /// The column of the drawing under each column of the pane.
    fn columns(&self) -> Vec<i32> {
        let at = |k: i32| self.camera.point((f64::from(k) + 0.5, 0.0)).0.floor() as i32;
        (0..self.area.width()).map(at).collect()
    }

    fn rows(&self) -> Vec<i32> {
        let at = |k: i32| self.camera.point((0.0, f64::from(k) + 0.5)).1.floor() as i32;
        (0..self.area.height()).map(at).collect()
    }

    /// Paints each pixel of the drawing as a square.
    fn paint_pixels(&self, canvas: &mut Canvas, mut colour: impl FnMut(i32, i32) -> Option<Rgba>) {
        let (columns, rows) = (self.columns(), self.rows());
        let Area { left, top, .. } = self.area;
        canvas.paint_with(self.area, |x, y| {
            let (column, row) = ((x - left) as usize, (y - top) as usize);
            colour(*columns.get(column)?, *rows.get(row)?)
        });
    }
}

impl Viewer {
    pub(super) fn paint_panes(&mut self, painter: &mut Painter<'_>) {
        let panes = self.panes();
        for (k, area) in panes.iter().enumerate() {
            let pane = Pane { area: *area, camera: self.camera };
            let before = painter.canvas.clip_to(*area);
            painter.fill(*area, PAPER);
            if !self.capture.sets.is_empty() {
                self.paint_pane(painter, &pane, k);
            }
            if k > 0 {
                let edge = if area.top == panes[0].top {
                    Area { right: area.left + 1, ..*area }
                } else {
                    Area { bottom: area.top + 1, ..*area }
                };
                painter.fill(edge, CHROME);
            }
            painter.canvas.set_clip(before);
        }
    }

    fn paint_pane(&mut self, painter: &mut Painter<'_>, pane: &Pane, number: usize) {
        self.paint_desk(painter, pane);
        match self.mode {
            Mode::Shapes => self.paint_shapes(painter, pane),
            Mode::Overlap => self.paint_heat(painter, pane),
            Mode::Slivers => self.paint_slivers(painter, pane),
            Mode::Coverage => self.paint_coverage(painter, pane),
            Mode::Compare => self.paint_comparison(painter, pane, number),
        }
    }

    /// What lies beside the page is a little darker.
    fn paint_desk(&self, painter: &mut Painter<'_>, pane: &Pane) {
        let set = &self.capture.sets[self.current];
        let Some((width, height)) = self.capture.target(set).and_then(|target| target.size) else {
            return;
        };
        let (left, top) = pane.place((0.0, 0.0));
        let (right, bottom) = pane.place((width.into(), height.into()));
        let page = Area::new(
            left.round() as i32,
            top.round() as i32,
            right.round() as i32,
            bottom.round() as i32,
        );
        let desk = INK.with_alpha(26);
        let Area { left, top, right, bottom } = pane.area;
        let page = page.intersection(&pane.area);
        if page.is_empty() {
            painter.fill(pane.area, desk);
            return;
        }
        painter.fill(Area::new(left, top, right, page.top), desk);
        painter.fill(Area::new(left, page.bottom, right, bottom), desk);
        painter.fill(Area::new(left, page.top, page.left, page.bottom), desk);
        painter.fill(Area::new(page.right, page.top, right, page.bottom), desk);
    }

    fn paint_shapes(&mut self, painter: &mut Painter<'_>, pane: &Pane) {
        if self.context == Context::Drawn {
            self.prepare_backdrop();
            if let Some(backdrop) = &self.backdrop {
                // Paler, so that the request stands out.
                let colour = |x, y| Some(backdrop.get(x, y)?.with_alpha(110));
                pane.paint_pixels(painter.canvas, colour);
            }
        }
        for set in self.shown() {
            for (place, shape) in self.capture.sets[set].iter().enumerate() {
                paint_shape(painter.canvas, pane, &self.capture, &shape, colour_of(set, place));
            }
        }
        paint_grid(painter.canvas, pane);
        self.paint_outlines(painter, pane, colour_of);
        self.paint_clip(painter, pane);
        self.paint_samples(painter, pane);
        self.paint_focus(painter, pane);
    }

    fn paint_outlines(
        &self,
        painter: &mut Painter<'_>,
        pane: &Pane,
        colour: impl Fn(usize, usize) -> Rgba,
    ) {
        // Masks are those of one request.
        let one = matches!(self.mode, Mode::Coverage | Mode::Compare);
        let shown = if one { vec![self.current] } else { self.shown() };
        let count: usize = shown.iter().map(|&set| self.capture.sets[set].shapes.len()).sum();
        let line = if self.camera.zoom >= ZOOM_OF_PIXELS { 1.5 } else { 0.8 };
        for set in shown {
            for (place, shape) in self.capture.sets[set].iter().enumerate() {
                let corners = shape.corners(&self.capture.glyphs).map(|at| pane.place(at));
                if !is_seen(&corners, pane.area)
                    || matches!(shape, Shape::Glyph(_))
                    || (count > MOST_OUTLINES && is_small(&corners))
                {
                    continue;
                }
                painter.canvas.outline(&corners, self.scale * line, colour(set, place).darker());
            }
        }
    }

    /// The pixels that a request may draw on, if those are few.
    fn paint_clip(&self, painter: &mut Painter<'_>, pane: &Pane) {
        let set = &self.capture.sets[self.current];
        let all = Area::new(-40_000, -40_000, 40_000, 40_000);
        let clips = backdrop::clips(&self.capture, set, all);
        if clips.len() > 64 || clips.contains(&all) {
            return;
        }
        for Area { left, top, right, bottom } in clips {
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
            let corners = corners.map(|(x, y)| pane.place((x.into(), y.into())));
            painter.canvas.outline(&corners, self.scale, LIVE.with_alpha(110));
        }
    }

    fn paint_samples(&self, painter: &mut Painter<'_>, pane: &Pane) {
        if self.samples == super::super::SampleChoice::None {
            return;
        }
        let format = self.format();
        let columns = Grid::of(format).columns.unsigned_abs();
        let distance = self.camera.zoom / f64::from(columns);
        if distance < SAMPLE_DISTANCE {
            return;
        }
        let visible = self.visible(pane.area);
        let view = View {
            left: visible.left,
            top: visible.top,
            width: visible.width() as u32,
            height: visible.height() as u32,
            zoom: 1,
        };
        // Of the shape in question, or of all.
        let shapes: Vec<Trapezoid> = match self.selected.and_then(|at| self.shape(at)) {
            Some(shape) => shape.parts().into_iter().flatten().collect(),
            None => {
                let sets = self.shown().into_iter();
                sets.flat_map(|set| self.capture.sets[set].trapezoids()).collect()
            }
        };
        let samples = Samples::of_masks(shapes, &view, format);
        let radius = (distance / 5.0).min(6.0);
        for (x, y, inside) in samples.iter() {
            let at = pane.place((x.to_f64(), y.to_f64()));
            let colour = if inside { INK } else { INK.with_alpha(50) };
            painter.canvas.dot(at, if inside { radius } else { radius * 0.6 }, colour);
        }
    }

    /// The selected shape, or that under the pointer, with its edges.
    fn paint_focus(&self, painter: &mut Painter<'_>, pane: &Pane) {
        let (hovered, selected) = (self.hovered, self.selected);
        for (at, width) in [(hovered, 1.5), (selected, 2.0)] {
            let Some(shape) = at.and_then(|at| self.shape(at)) else { continue };
            let corners = shape.corners(&self.capture.glyphs).map(|at| pane.place(at));
            painter.canvas.outline(&corners, self.scale * (width + 2.0), PAPER.with_alpha(190));
            painter.canvas.outline(&corners, self.scale * width, INK);
        }
        let all = self.edges && self.focus().is_none();
        let focused = self.focus().filter(|_| self.edges || self.selected.is_some());
        if let Some(shape) = focused.and_then(|at| self.shape(at)) {
            self.paint_edges(painter, pane, &shape, 200);
        } else if all {
            for shape in self.capture.sets[self.current].iter().take(200) {
                self.paint_edges(painter, pane, &shape, 70);
            }
        }
    }

    /// The lines that a shape lies between, and the points that give them.
    fn paint_edges(&self, painter: &mut Painter<'_>, pane: &Pane, shape: &Shape, alpha: u8) {
        let scale = self.scale;
        for part in shape.parts().into_iter().flatten().filter(Trapezoid::is_valid) {
            for (line, colour) in [(part.left, ACCENT), (part.right, LIVE)] {
                let [p1, p2] = [line.p1, line.p2].map(|p| (p.x.to_f64(), p.y.to_f64()));
                // Far beyond both ends: the line has none.
                let (dx, dy) = (p2.0 - p1.0, p2.1 - p1.1);
                let reach = 1e5 / dx.hypot(dy).max(1e-6);
                let from = pane.place((p1.0 - dx * reach, p1.1 - dy * reach));
                let to = pane.place((p2.0 + dx * reach, p2.1 + dy * reach));
                painter.canvas.line(from, to, 1.2 * scale, colour.with_alpha(alpha));
                for point in [p1, p2] {
                    let at = pane.place(point);
                    painter.canvas.dot(at, 4.0 * scale, PAPER.with_alpha(alpha));
                    painter.canvas.dot(at, 3.0 * scale, colour.with_alpha(alpha));
                }
            }
            for y in [part.top, part.bottom] {
                let (_, y) = pane.place((0.0, y.to_f64()));
                let (left, right) = (f64::from(pane.area.left), f64::from(pane.area.right));
                painter.canvas.line((left, y), (right, y), scale, INK.with_alpha(alpha / 2));
            }
        }
    }

    fn paint_heat(&mut self, painter: &mut Painter<'_>, pane: &Pane) {
        if let Some(heat) = self.heat() {
            pane.paint_pixels(painter.canvas, |x, y| heat_colour(heat.get(x, y)));
        }
        paint_grid(painter.canvas, pane);
        self.paint_outlines(painter, pane, |_, _| INK.with_alpha(90));
        self.paint_focus(painter, pane);
        let steps = [("once", 255), ("twice", 510), ("3 times", 765), ("5 times or more", 1275)];
        let entries = steps.map(|(text, sum)| (heat_colour(sum).unwrap_or(PAPER), text));
        painter.legend(pane.area, &entries);
    }

    fn paint_slivers(&mut self, painter: &mut Painter<'_>, pane: &Pane) {
        let colour = |shape: &Shape| {
            let (width, height) = shape.extent(&self.capture.glyphs);
            sliver_colour(width.min(height))
        };
        for set in self.shown() {
            for shape in self.capture.sets[set].iter() {
                if !matches!(shape, Shape::Glyph(_) | Shape::Rectangle(_)) {
                    paint_shape(painter.canvas, pane, &self.capture, &shape, colour(&shape));
                }
            }
        }
        paint_grid(painter.canvas, pane);
        self.paint_outlines(painter, pane, |set, place| {
            let thin = self.shape((set, place)).map(|shape| colour(&shape));
            thin.unwrap_or(INK)
        });
        self.paint_focus(painter, pane);
        let entries = [
            (sliver_colour(2.0), "a pixel or more"),
            (sliver_colour(0.5), "thinner than a pixel"),
            (sliver_colour(0.1), "than ¼"),
            (sliver_colour(0.01), "than ¹⁄₁₆"),
        ];
        painter.legend(pane.area, &entries);
    }

    /// Who makes the mask that is looked at: ours, unless compared.
    pub(super) fn coverage_engine(&self) -> Engine {
        Engine::Raster
    }

    fn paint_coverage(&mut self, painter: &mut Painter<'_>, pane: &Pane) {
        let engine = self.coverage_engine();
        let Some(plane) = self.plane(engine) else { return };
        paint_plane(painter, pane, &plane);
        paint_grid(painter.canvas, pane);
        self.paint_outlines(painter, pane, |_, _| ACCENT.with_alpha(150));
        self.paint_focus(painter, pane);
        painter.write_bytes(pane, |x, y| {
            let level = plane.level(x, y);
            (level > 0).then(|| (plane.get(x, y).to_string(), level > 127))
        });
    }

    fn paint_comparison(&mut self, painter: &mut Painter<'_>, pane: &Pane, number: usize) {
        let other = Engine::OTHERS[self.reference];
        let (Some(ours), Some(theirs)) = (self.plane(Engine::Raster), self.plane(other)) else {
            return;
        };
        let title = match number {
            0 => Engine::Raster.name().to_owned(),
            1 => format!("{} (c)", other.name()),
            _ => difference_words(&ours, &theirs, self.amplification()),
        };
        match number {
            0 => paint_plane(painter, pane, &ours),
            1 => paint_plane(painter, pane, &theirs),
            _ => {
                let times = self.amplification();
                pane.paint_pixels(painter.canvas, |x, y| {
                    difference_colour(ours.level(x, y), theirs.level(x, y), times)
                });
            }
        }
        paint_grid(painter.canvas, pane);
        self.paint_focus(painter, pane);
        painter.write_bytes(pane, |x, y| {
            let (a, b) = (ours.level(x, y), theirs.level(x, y));
            match number {
                0 => (a > 0).then(|| (a.to_string(), a > 127)),
                1 => (b > 0).then(|| (b.to_string(), b > 127)),
                _ => {
                    let by = i32::from(b) - i32::from(a);
                    (by != 0).then(|| (format!("{by:+}").replace('-', "−"), false))
                }
            }
        });
        painter.caption(pane.area, &title);
    }
}

/// The colour of a shape by its place.
fn colour_of(set: usize, place: usize) -> Rgba {
    // Sets begin anywhere on the circle, so that neighbours differ.
    Rgba::of_number(place + 31 * set)
}

fn paint_shape(canvas: &mut Canvas, pane: &Pane, capture: &Capture, shape: &Shape, colour: Rgba) {
    let corners = shape.corners(&capture.glyphs).map(|at| pane.place(at));
    if !is_seen(&corners, pane.area) {
        return;
    }
    match shape {
        Shape::Glyph(glyph) => {
            let Some(image) = capture.glyphs.get(glyph.image) else { return };
            let (left, top) = glyph.corner(image);
            let seen = Area::new(
                corners[0].0.floor() as i32,
                corners[0].1.floor() as i32,
                corners[2].0.ceil() as i32,
                corners[2].1.ceil() as i32,
            );
            canvas.fill_area(seen, colour.with_alpha(36));
            let origin = (f64::from(pane.area.left), f64::from(pane.area.top));
            let coverage = |x: i32, y: i32| -> Option<u8> {
                let middle = (f64::from(x) + 0.5 - origin.0, f64::from(y) + 0.5 - origin.1);
                let (x, y) = pane.camera.point(middle);
                let (x, y) = (x.floor() as i32 - left, y.floor() as i32 - top);
                Some(image.coverage(u16::try_from(x).ok()?, u16::try_from(y).ok()?))
            };
            let ink = colour.darker();
            canvas.paint_with(seen, |x, y| coverage(x, y).map(|alpha| ink.with_alpha(alpha)));
        }
        Shape::Rectangle(_) => canvas.fill(&corners, colour.with_alpha(70)),
        _ => canvas.fill(&corners, colour.with_alpha(190)),
    }
}

/// Whether any of a polygon may be in an area.
fn is_seen(corners: &[(f64, f64); 4], area: Area) -> bool {
    let beyond = |outside: &dyn Fn(&(f64, f64)) -> bool| corners.iter().all(outside);
    !(beyond(&|p| p.0 < f64::from(area.left))
        || beyond(&|p| p.0 > f64::from(area.right))
        || beyond(&|p| p.1 < f64::from(area.top))
        || beyond(&|p| p.1 > f64::from(area.bottom)))
}

fn is_small(corners: &[(f64, f64); 4]) -> bool {
    let (a, c) = (corners[0], corners[2]);
    (a.0 - c.0).abs() < 4.0 && (a.1 - c.1).abs() < 4.0
}

/// Borders of the drawing's pixels, stronger the larger they are.
fn paint_grid(canvas: &mut Canvas, pane: &Pane) {
    let zoom = pane.camera.zoom;
    if zoom < ZOOM_OF_PIXELS {
        return;
    }
    let alpha = (12.0 + zoom * 0.8).min(44.0) as u8;
    let line = INK.with_alpha(alpha);
    let (columns, rows) = (pane.columns(), pane.rows());
    let Area { left, top, .. } = pane.area;
    for (k, two) in columns.windows(2).enumerate() {
        if two[0] != two[1] {
            let x = left + k as i32 + 1;
            canvas.fill_area(Area { left: x, right: x + 1, ..pane.area }, line);
        }
    }
    for (k, two) in rows.windows(2).enumerate() {
        if two[0] != two[1] {
            let y = top + k as i32 + 1;
            canvas.fill_area(Area { top: y, bottom: y + 1, ..pane.area }, line);
        }
    }
}

fn paint_plane(painter: &mut Painter<'_>, pane: &Pane, plane: &Plane) {
    pane.paint_pixels(painter.canvas, |x, y| {
        let level = plane.level(x, y);
        (level > 0).then(|| INK.with_alpha(level))
    });
}

/// Nothing, then from cold to hot.
fn heat_colour(sum: u32) -> Option<Rgba> {
    const STEPS: [(u32, [u8; 3]); 6] = [
        (0, [250, 250, 250]),
        (255, [186, 212, 236]),
        (510, [255, 214, 92]),
        (765, [246, 140, 56]),
        (1275, [206, 38, 44]),
        (2550, [92, 8, 60]),
    ];
    if sum == 0 {
        return None;
    }
    let above = STEPS.iter().position(|(at, _)| *at >= sum).unwrap_or(STEPS.len() - 1);
    let ((low, from), (high, to)) = (STEPS[above.max(1) - 1], STEPS[above]);
    let part = f64::from(sum.min(high) - low) / f64::from(high - low);
    let mix =
        |k: usize| (f64::from(from[k]) + part * (f64::from(to[k]) - f64::from(from[k]))) as u8;
    Some(Rgba::opaque(mix(0), mix(1), mix(2)))
}

/// By the lesser of width and height, in pixels.
fn sliver_colour(thickness: f64) -> Rgba {
    if thickness >= 1.0 {
        Rgba::opaque(176, 196, 214)
    } else if thickness >= 0.25 {
        Rgba::opaque(246, 200, 68)
    } else if thickness >= 1.0 / 16.0 {
        Rgba::opaque(240, 128, 48)
    } else {
        Rgba::opaque(214, 40, 57)
    }
}

/// Red where the other has more, blue where it has less.
fn difference_colour(ours: u8, theirs: u8, times: u32) -> Option<Rgba> {
    let by = u32::from(ours.abs_diff(theirs));
    let strength = (by * times).min(255) as u8;
    match theirs.cmp(&ours) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(Rgba::opaque(214, 40, 57).with_alpha(strength.max(24))),
        std::cmp::Ordering::Less => Some(Rgba::opaque(36, 104, 196).with_alpha(strength.max(24))),
    }
}

fn difference_words(ours: &Plane, theirs: &Plane, times: u32) -> String {
    let area = ours.area;
    let (mut pixels, mut most) = (0, 0);
    for y in area.top..area.bottom {
        for x in area.left..area.right {
            let by = ours.level(x, y).abs_diff(theirs.level(x, y));
            pixels += usize::from(by > 0);
            most = most.max(by);
        }
    }
    match pixels {
        0 => "no difference".into(),
        1 => format!("1 pixel differs, by {most} (×{times}, d)"),
        _ => format!("{pixels} pixels differ, by at most {most} (×{times}, d)"),
    }
}

impl Painter<'_> {
    /// Writes into each pixel that is large enough: a text, and whether it is on
    /// dark ground.
    fn write_bytes(
        &mut self,
        pane: &Pane,
        mut text: impl FnMut(i32, i32) -> Option<(String, bool)>,
    ) {
        let zoom = pane.camera.zoom;
        if zoom < ZOOM_OF_BYTES * self.scale {
            return;
        }
        let (columns, rows) = (pane.columns(), pane.rows());
        let [Some(&left), Some(&right)] = [columns.first(), columns.last()] else { return };
        let [Some(&top), Some(&bottom)] = [rows.first(), rows.last()] else { return };
        for y in top..=bottom {
            for x in left..=right {
                let Some((text, on_dark)) = text(x, y) else { continue };
                let at = pane.place((x.into(), y.into()));
                let end = pane.place((f64::from(x) + 1.0, f64::from(y) + 1.0));
                let area = Area::new(at.0 as i32, at.1 as i32, end.0 as i32, end.1 as i32);
                let seen = area.intersection(&pane.area);
                if seen == area {
                    let colour = if on_dark { PAPER } else { INK };
                    let before = self.canvas.clip_to(pane.area);
                    self.write(area, Align::Center, &text, Face::Sans, colour);
                    self.canvas.set_clip(before);
                }
            }
        }
    }

    /// What colours mean, in the lower left corner; if there is room.
    fn legend(&mut self, pane: Area, entries: &[(Rgba, &str)]) {
        let (row, side) = (self.whole(20.0), self.whole(12.0));
        let widest = entries
            .iter()
            .map(|(_, text)| self.width(text, Face::Sans).ceil() as i32)
            .max()
            .unwrap_or(0);
        let margin = self.whole(10.0);
        let width = widest + side + 3 * margin;
        let height = row * entries.len() as i32 + margin;
        if width + 2 * margin > pane.width() || height + 6 * margin > pane.height() {
            return;
        }
        let left = pane.left + margin;
        let top = pane.bottom - margin - height;
        let card = Area::new(left, top, left + width, top + height);
        self.canvas.rounded(card, f64::from(margin) / 2.0, CHROME.with_alpha(225));
        for (k, (colour, text)) in entries.iter().enumerate() {
            let top = card.top + margin / 2 + row * k as i32;
            let line = Area::new(card.left + margin, top, card.right - margin / 2, top + row);
            let middle = (line.top + line.bottom - side) / 2;
            let swatch = Area::new(line.left, middle, line.left + side, middle + side);
            self.fill(swatch, *colour);
            let words = Area { left: swatch.right + margin * 3 / 4, ..line };
            self.write(words, Align::Left, text, Face::Sans, super::super::theme::BRIGHT);
        }
    }

    /// A title in the upper left corner.
    fn caption(&mut self, pane: Area, text: &str) {
        let (height, margin) = (self.whole(22.0), self.whole(8.0));
        let room = pane.width() - 4 * margin;
        if room < 4 * margin || pane.height() < 3 * height {
            return;
        }
        let width = (self.width(text, Face::Sans).ceil() as i32 + 1).min(room);
        let left = pane.left + margin;
        let card = Area::new(
            left,
            pane.top + margin,
            left + width + 2 * margin,
            pane.top + margin + height,
        );
        self.canvas.rounded(card, f64::from(margin) / 2.0, CHROME.with_alpha(225));
        let words = Area { left: card.left + margin, right: card.right - margin, ..card };
        self.write(words, Align::Left, text, Face::Sans, super::super::theme::BRIGHT);
    }
}
