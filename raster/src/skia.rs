//! tiny-skia's types: paths from there, coverage into there.
//!
//! Owns the conversions, for programs that draw with tiny-skia and want exact
//! areas, or the reverse. It must not know how areas come about.
//!
//! ```
//! use raster::area::Accumulator;
//! use raster::path::FillRule;
//! use raster::skia;
//! use tiny_skia::{Color, PathBuilder, Pixmap};
//!
//! let mut pixmap = Pixmap::new(20, 20).ok_or("too large")?;
//! let circle = PathBuilder::from_circle(10.0, 10.0, 8.0).ok_or("empty")?;
//! let mut areas = Accumulator::new(20, 20);
//! areas.add_path(skia::events(&circle), 0.05);
//! skia::fill(&mut areas, &mut pixmap.as_mut(), Color::BLACK, FillRule::NonZero);
//! assert_eq!(pixmap.pixel(10, 10).map(|pixel| pixel.alpha()), Some(255));
//! # Ok::<(), &str>(())
//! ```

use lyon::math::point;
use lyon::path::{Event, PathEvent};
use tiny_skia::{Color, Path, PathBuilder, PathSegment, PixmapMut, Point};

use crate::area::Accumulator;
use crate::mask::{Mask, MaskFormat, MaskMut};
use crate::path::FillRule;

/// The events of a path of tiny-skia's, for lyon and all of
/// [`path`](crate::path).
pub fn events(path: &Path) -> impl Iterator<Item = PathEvent> {
    let at = |at: Point| point(at.x, at.y);
    let (mut first, mut last) = (point(0.0, 0.0), point(0.0, 0.0));
    let mut open = false;
    // A segment may end a contour and begin another, whence two events each.
    let segments = path.segments().map(Some).chain(std::iter::once(None));
    segments
        .flat_map(move |segment| {
            let end = |close| Event::End { last, first, close };
            let from = last;
            match segment {
                Some(PathSegment::MoveTo(to)) => {
                    let ended = open.then(|| end(false));
                    (first, last, open) = (at(to), at(to), true);
                    [ended, Some(Event::Begin { at: at(to) })]
                }
                Some(PathSegment::Close) => {
                    let ended = open.then(|| end(true));
                    (last, open) = (first, false);
                    [ended, None]
                }
                None => [std::mem::take(&mut open).then(|| end(false)), None],
                Some(curve) => {
                    // After a close without a move, the contour begins where
                    // the one before did.
                    let begun = (!open).then_some(Event::Begin { at: from });
                    open = true;
                    let event = match curve {
                        PathSegment::QuadTo(ctrl, to) => {
                            last = at(to);
                            Event::Quadratic { from, ctrl: at(ctrl), to: last }
                        }
                        PathSegment::CubicTo(ctrl1, ctrl2, to) => {
                            last = at(to);
                            Event::Cubic { from, ctrl1: at(ctrl1), ctrl2: at(ctrl2), to: last }
                        }
                        PathSegment::LineTo(to) | PathSegment::MoveTo(to) => {
                            last = at(to);
                            Event::Line { from, to: last }
                        }
                        PathSegment::Close => Event::Line { from, to: first },
                    };
                    [begun, Some(event)]
                }
            }
        })
        .flatten()
}

/// A path of tiny-skia's. None if it would be empty, or has coordinates that
/// are not finite.
#[must_use]
pub fn path(events: impl IntoIterator<Item = PathEvent>) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for event in events {
        match event {
            Event::Begin { at } => builder.move_to(at.x, at.y),
            Event::Line { to, .. } => builder.line_to(to.x, to.y),
            Event::Quadratic { ctrl, to, .. } => builder.quad_to(ctrl.x, ctrl.y, to.x, to.y),
            Event::Cubic { ctrl1, ctrl2, to, .. } => {
                builder.cubic_to(ctrl1.x, ctrl1.y, ctrl2.x, ctrl2.y, to.x, to.y);
            }
            Event::End { close, .. } => {
                if close {
                    builder.close();
                }
            }
        }
    }
    builder.finish()
}

/// A mask of tiny-skia's as a target for everything that draws A8 coverage.
/// None if a side exceeds [`Mask::MAX_SIDE`].
pub fn target(mask: &mut tiny_skia::Mask) -> Option<MaskMut<'_>> {
    let (width, height) = (mask.width(), mask.height());
    MaskMut::new(mask.data_mut(), MaskFormat::A8, width, height, width as isize).ok()
}

/// A copy of an A8 mask. None if it is empty or of another format.
#[must_use]
pub fn mask(mask: &Mask) -> Option<tiny_skia::Mask> {
    if mask.format() != MaskFormat::A8 {
        return None;
    }
    let mut copy = tiny_skia::Mask::new(mask.width(), mask.height())?;
    let rows = copy.data_mut().chunks_exact_mut(mask.width() as usize);
    for (y, row) in (0..mask.height()).zip(rows) {
        row.copy_from_slice(mask.row(y)?);
    }
    Some(copy)
}

/// Blends a colour over a pixmap where the rule says inside, and forgets the
/// edges, as [`Accumulator::blend_over`]; window and pixmap share their
/// top-left corner.
pub fn fill(areas: &mut Accumulator, pixmap: &mut PixmapMut<'_>, color: Color, rule: FillRule) {
    let width = pixmap.width() as usize;
    let color = color.premultiply().to_color_u8();
    let color = [color.red(), color.green(), color.blue(), color.alpha()];
    areas.blend_over(pixmap.data_mut().as_chunks_mut().0, width, color, rule);
}

#[cfg(test)]
mod tests {
    use tiny_skia::{FillRule as SkiaRule, Paint, Pixmap, Transform};

    use super::*;

    fn shape() -> Path {
        let mut builder = PathBuilder::new();
        builder.move_to(3.0, 4.0);
        builder.line_to(30.0, 6.0);
        builder.quad_to(40.0, 20.0, 28.0, 33.0);
        builder.cubic_to(20.0, 40.0, 10.0, 20.0, 5.0, 30.0);
        builder.close();
        // Begins at the point where the first contour did.
        builder.line_to(12.0, 12.0);
        builder.line_to(3.0, 12.0);
        builder.move_to(20.0, 12.0);
        builder.line_to(25.0, 12.0);
        builder.line_to(25.0, 20.0);
        builder.finish().unwrap()
    }

    #[test]
    fn paths_survive_the_way_there_and_back() {
        // A move without a line afterwards is what only one of them has.
        let again = path(events(&shape())).unwrap();
        let flat = |path: &Path| -> Vec<_> {
            events(path).filter(|event| !matches!(event, Event::Begin { .. })).collect()
        };
        assert_eq!(flat(&again), flat(&shape()));
        assert_eq!(events(&shape()).filter(|event| matches!(event, Event::End { .. })).count(), 3);
    }

    #[test]
    fn a_pixmap_looks_as_if_tiny_skia_had_drawn_it() {
        let color = Color::from_rgba8(200, 100, 50, 180);
        let mut theirs = Pixmap::new(44, 44).unwrap();
        let mut paint = Paint::default();
        paint.set_color(color);
        theirs.fill_path(&shape(), &paint, SkiaRule::Winding, Transform::identity(), None);
        let mut ours = Pixmap::new(44, 44).unwrap();
        let mut areas = Accumulator::new(44, 44);
        areas.add_path(events(&shape()), 0.01);
        fill(&mut areas, &mut ours.as_mut(), color, FillRule::NonZero);
        for (a, b) in ours.data().iter().zip(theirs.data()) {
            // Theirs counts samples, a few for each pixel.
            assert!(a.abs_diff(*b) <= 24, "{a} and {b}");
        }
        assert_eq!(ours.pixel(20, 10), theirs.pixel(20, 10), "the same inside");
    }

    #[test]
    fn masks_are_copied_and_drawn_into() {
        let mut theirs = tiny_skia::Mask::new(5, 3).unwrap();
        let mut ours = Mask::new(MaskFormat::A8, 5, 3).unwrap();
        for target in [&mut target(&mut theirs).unwrap(), &mut ours.as_mut()] {
            crate::area::RoundedRect::circle(2.5, 1.5, 1.5).add_to(target);
        }
        assert_eq!(theirs.data()[7], 255);
        assert_eq!(mask(&ours).unwrap(), theirs);
        assert!(mask(&Mask::new(MaskFormat::A4, 5, 3).unwrap()).is_none());
    }
}
