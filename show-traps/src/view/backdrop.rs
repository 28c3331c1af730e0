//! What has been drawn so far, as a picture.
//!
//! Owns an approximation: shapes in their source's colour, through exact masks,
//! with Over or Src; gradients in their mean colour, pixmaps and what is drawn
//! through others not at all. It is
//! there to recognize a window by, not to compare with.

use raster::MaskFormat;

use super::coverage::{Engine, coverage, reach};
use super::theme::PAPER;
use crate::canvas::{Area, Canvas};
use crate::capture::{Capture, Clip, Content, Operator, Picture, Rectangle, Set, Shapes};
use crate::colour::Rgba;

/// Larger pages are seen in part.
const LARGEST: i32 = 4096;

/// The page of a drawable, up to a set.
#[derive(Debug)]
pub(super) struct Backdrop {
    target: u32,
    /// Sets before this are painted.
    upto: usize,
    canvas: Canvas,
}

impl Backdrop {
    pub(super) fn new(target: u32, (width, height): (i32, i32)) -> Self {
        let side = |length: i32| length.clamp(1, LARGEST).unsigned_abs();
        Self { target, upto: 0, canvas: Canvas::new(side(width), side(height), PAPER) }
    }

    /// Whether it can be continued to show the page before a set.
    pub(super) fn leads_to(&self, target: u32, upto: usize, size: (i32, i32)) -> bool {
        let side = |length: i32| length.clamp(1, LARGEST).unsigned_abs();
        let size = (side(size.0), side(size.1));
        self.target == target
            && self.upto <= upto
            && (self.canvas.width(), self.canvas.height()) == size
    }

    /// Paints the sets from where it is to before `upto`.
    pub(super) fn advance(&mut self, capture: &Capture, targets: &[u32], upto: usize) {
        for place in self.upto..upto.min(capture.sets.len()) {
            if targets.get(place) == Some(&self.target) {
                self.paint(capture, &capture.sets[place]);
            }
        }
        self.upto = upto;
    }

    /// The colour of a pixel of the page, if it has it.
    pub(super) fn get(&self, x: i32, y: i32) -> Option<Rgba> {
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        (x < self.canvas.width() && y < self.canvas.height()).then(|| self.canvas.get(x, y))
    }

    fn paint(&mut self, capture: &Capture, set: &Set) {
        let Some(colour) = colour_of(capture, set) else { return };
        for clip in clips(capture, set, self.canvas.area()) {
            let before = self.canvas.clip_to(clip);
            self.paint_clipped(capture, set, colour);
            self.canvas.set_clip(before);
        }
    }

    fn paint_clipped(&mut self, capture: &Capture, set: &Set, colour: Rgba) {
        if let Shapes::Rectangles(rectangles) = &set.shapes {
            for rectangle in rectangles {
                self.canvas.fill_area(area_of(rectangle), colour);
            }
            return;
        }
        let Some(area) = reach(set, &capture.glyphs) else { return };
        let area = area.intersection(&self.canvas.area());
        if area.is_empty() {
            return;
        }
        let plane = coverage(set, &capture.glyphs, MaskFormat::A8, Engine::Raster, area);
        let width = area.width() as usize;
        self.canvas.fill_mask(area.left, area.top, width, &plane.bytes, colour);
    }
}

fn area_of(&Rectangle { x, y, width, height }: &Rectangle) -> Area {
    let (left, top) = (i32::from(x), i32::from(y));
    Area::new(left, top, left + i32::from(width), top + i32::from(height))
}

/// The colour that a set leaves, if that can be said.
fn colour_of(capture: &Capture, set: &Set) -> Option<Rgba> {
    let Some(drawing) = set.drawing else { return Some(set.colour) };
    if matches!(set.shapes, Shapes::Traps(_)) {
        // Coverage is shown as ink.
        return Some(Rgba::opaque(60, 60, 60));
    }
    if drawing.mask_picture.is_some() {
        // What the mask leaves of it is not known.
        return None;
    }
    let source = drawing.source.and_then(|id| capture.picture(id))?;
    let colour = mean_colour(source)?;
    match drawing.operator {
        Operator::CLEAR => Some(PAPER),
        // What becomes transparent shows the paper.
        Operator::SRC if colour.alpha == 0 => Some(PAPER),
        Operator::SRC | Operator::OVER | Operator::ADD => Some(colour),
        _ => None,
    }
}

fn mean_colour(picture: &Picture) -> Option<Rgba> {
    let stops = match &picture.content {
        Content::Linear { stops, .. }
        | Content::Radial { stops, .. }
        | Content::Conical { stops, .. } => stops,
        _ => return picture.colour(),
    };
    let count = u32::try_from(stops.len()).ok().filter(|count| *count > 0)?;
    let mean = |channel: fn(&Rgba) -> u8| {
        (stops.iter().map(|stop| u32::from(channel(&stop.colour))).sum::<u32>() / count) as u8
    };
    Some(Rgba {
        red: mean(|colour| colour.red),
        green: mean(|colour| colour.green),
        blue: mean(|colour| colour.blue),
        alpha: mean(|colour| colour.alpha),
    })
}

/// The rectangles that a set may draw on.
pub(super) fn clips(capture: &Capture, set: &Set, all: Area) -> Vec<Area> {
    let onto = set.drawing.and_then(|drawing| capture.picture(drawing.onto));
    match onto.map(|picture| &picture.clip) {
        Some(Clip::Rectangles(rectangles)) => {
            rectangles.iter().map(|rectangle| area_of(rectangle).intersection(&all)).collect()
        }
        _ => vec![all],
    }
}
