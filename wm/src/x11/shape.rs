//! Shapes on the wire: regions to rectangles and back.
//!
//! Owns the conversion and the SHAPE requests. Must not know why a window
//! has a shape.

use wm_core::geom::Rect;
use wm_core::region::Region;
use x11rb::protocol::shape::{ConnectionExt as _, SK, SO};
use x11rb::protocol::xproto::{ClipOrdering, Rectangle, Window};

use super::{Display, Result, int16};

/// Most rectangles of a client's shape that are kept; a wilder one is taken
/// for its bounding box.
const MAX_RECTS: usize = 4096;

/// A region's rectangles, clamped to what the protocol carries, moved by
/// (`dx`, `dy`).
#[must_use]
pub fn rectangles<S: Copy>(region: &Region<S>, dx: i32, dy: i32) -> Vec<Rectangle> {
    region
        .rects()
        .iter()
        .map(|rect| {
            let rect = rect.offset(dx, dy);
            Rectangle {
                x: int16(rect.x),
                y: int16(rect.y),
                width: u16::try_from(rect.w).unwrap_or(u16::MAX),
                height: u16::try_from(rect.h).unwrap_or(u16::MAX),
            }
        })
        .collect()
}

/// A region from the server's rectangles.
#[must_use]
pub fn region<S: Copy>(rects: &[Rectangle]) -> Region<S> {
    let convert = |r: &Rectangle| {
        Rect::new(i32::from(r.x), i32::from(r.y), i32::from(r.width), i32::from(r.height))
    };
    if rects.len() > MAX_RECTS {
        let bounds = rects.iter().map(convert).reduce(|a, b| a.union(&b));
        return bounds.map(Region::from_rect).unwrap_or_default();
    }
    Region::from_rects(rects.iter().map(convert))
}

/// Sets the shape of one kind; `None` is the plain rectangle.
///
/// # Errors
///
/// If the connection broke.
pub fn set<S: Copy>(
    display: &Display,
    window: Window,
    kind: SK,
    shape: Option<&Region<S>>,
    offset: (i32, i32),
) -> Result<()> {
    if !display.extensions.shape {
        return Ok(());
    }
    match shape {
        Some(region) => {
            let rects = rectangles(region, offset.0, offset.1);
            display.shape_rectangles(
                SO::SET,
                kind,
                ClipOrdering::YX_BANDED,
                window,
                0,
                0,
                &rects,
            )?;
        }
        None => {
            display.shape_mask(SO::SET, kind, window, 0, 0, x11rb::NONE)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use wm_core::geom::Root;

    use super::*;

    #[test]
    fn there_and_back() {
        let region_: Region<Root> =
            Region::from_rects([Rect::new(1, 2, 3, 4), Rect::new(10, 2, 3, 8)]);
        assert_eq!(region::<Root>(&rectangles(&region_, 0, 0)), region_);
        assert_eq!(rectangles(&region_, -1, -2)[0].x, 0);
    }
}
