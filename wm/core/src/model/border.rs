//! The invisible resize border: where a press resizes, and which way.
//!
//! Owns the ring's geometry and hit test. Must not know X windows or how a
//! resize proceeds.
//!
//! The ring lies outside the frame's visible rectangle. It is absent along
//! edges that cannot move, and yields to a neighbour: where another window's
//! facing edge is nearer than twice the ring's width, that window's pixels
//! stay its own.

use serde::{Deserialize, Serialize};

use crate::geom::{Point, Rect, Root, Sides};
use crate::region::Region;
use crate::request::Cursor;

/// Where a window's resize ring takes input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingGeometry {
    /// The ring window's rectangle.
    pub bounds: Rect<Root>,
    /// The part of it that takes input, in root coordinates.
    pub input: Region<Root>,
}

/// Edges of a window that move in a resize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Edges {
    /// The left edge.
    pub left: bool,
    /// The right edge.
    pub right: bool,
    /// The top edge.
    pub top: bool,
    /// The bottom edge.
    pub bottom: bool,
}

impl Edges {
    /// All four.
    pub const ALL: Self = Self { left: true, right: true, top: true, bottom: true };

    /// Whether no edge moves.
    #[must_use]
    pub const fn is_none(self) -> bool {
        !(self.left || self.right || self.top || self.bottom)
    }

    /// The cursor that tells what a press here does.
    #[must_use]
    pub const fn cursor(self) -> Cursor {
        match (self.left, self.right, self.top, self.bottom) {
            (true, _, true, _) => Cursor::NorthWestResize,
            (_, true, true, _) => Cursor::NorthEastResize,
            (true, _, _, true) => Cursor::SouthWestResize,
            (_, true, _, true) => Cursor::SouthEastResize,
            (true, _, _, _) => Cursor::WestResize,
            (_, true, _, _) => Cursor::EastResize,
            (_, _, true, _) => Cursor::NorthResize,
            (_, _, _, true) => Cursor::SouthResize,
            _ => Cursor::Default,
        }
    }
}

/// The ring around `frame` (the visible rectangle): `width` pixels on the
/// sides in `edges`, yielding to `neighbours` (visible rectangles of other
/// windows). `None` if nothing is left.
#[must_use]
pub fn ring(
    frame: Rect<Root>,
    width: i32,
    edges: Edges,
    neighbours: &[Rect<Root>],
) -> Option<RingGeometry> {
    if width <= 0 || frame.is_empty() {
        return None;
    }
    let on = |edge: bool| if edge { width } else { 0 };
    let sides = Sides {
        left: on(edges.left),
        right: on(edges.right),
        top: on(edges.top),
        bottom: on(edges.bottom),
    };
    let outer = frame.outset(sides);
    let mut input = Region::from_rect(outer).subtract_rect(&frame);
    for neighbour in neighbours {
        if faces(&frame, neighbour, width) {
            input = input.subtract_rect(neighbour);
        }
    }
    (!input.is_empty()).then(|| RingGeometry { bounds: input.bounds(), input })
}

/// Whether an edge of `neighbour` stands beside an edge of `frame`, nearer
/// than twice the ring's width. A window that merely lies underneath does
/// not: its facing edge is hidden.
fn faces(frame: &Rect<Root>, neighbour: &Rect<Root>, width: i32) -> bool {
    let near = |gap: i32| (0..2 * width).contains(&gap);
    let beside_rows = neighbour.y < frame.bottom() + width && neighbour.bottom() > frame.y - width;
    let beside_columns = neighbour.x < frame.right() + width && neighbour.right() > frame.x - width;
    (beside_rows && (near(neighbour.x - frame.right()) || near(frame.x - neighbour.right())))
        || (beside_columns
            && (near(neighbour.y - frame.bottom()) || near(frame.y - neighbour.bottom())))
}

/// Which edges a press at `at`, in the ring of `frame`, moves. Corner zones
/// reach `corner` pixels along each side.
#[must_use]
pub fn edges_at(frame: &Rect<Root>, corner: i32, edges: Edges, at: Point<Root>) -> Edges {
    // Zones of a small window must not meet.
    let zone_x = corner.min(frame.w / 3);
    let zone_y = corner.min(frame.h / 3);
    let beside = at.x < frame.x || at.x >= frame.right();
    let over = at.y < frame.y || at.y >= frame.bottom();
    let mut hit = Edges {
        left: at.x < frame.x || (over && at.x < frame.x + zone_x),
        right: at.x >= frame.right() || (over && at.x >= frame.right() - zone_x),
        top: at.y < frame.y || (beside && at.y < frame.y + zone_y),
        bottom: at.y >= frame.bottom() || (beside && at.y >= frame.bottom() - zone_y),
    };
    hit.left &= edges.left;
    hit.right &= edges.right;
    hit.top &= edges.top;
    hit.bottom &= edges.bottom;
    hit
}

/// The edges that a resize by a press anywhere in the window moves: those of
/// the third of the window that the pointer is in, the nearest in the middle.
#[must_use]
pub fn nearest_edges(frame: &Rect<Root>, edges: Edges, at: Point<Root>) -> Edges {
    let (x, y) = (at.x - frame.x, at.y - frame.y);
    let mut hit = Edges {
        left: 3 * x < frame.w,
        right: 3 * x >= 2 * frame.w,
        top: 3 * y < frame.h,
        bottom: 3 * y >= 2 * frame.h,
    };
    if hit.is_none() {
        hit = Edges { right: true, bottom: true, ..Edges::default() };
    }
    hit.left &= edges.left;
    hit.right &= edges.right;
    hit.top &= edges.top;
    hit.bottom &= edges.bottom;
    hit
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect<Root> = Rect::new(100, 100, 300, 200);

    fn hit(x: i32, y: i32) -> Cursor {
        edges_at(&FRAME, 24, Edges::ALL, Point::new(x, y)).cursor()
    }

    #[test]
    fn eight_directions() {
        assert_eq!(hit(95, 200), Cursor::WestResize);
        assert_eq!(hit(404, 200), Cursor::EastResize);
        assert_eq!(hit(250, 95), Cursor::NorthResize);
        assert_eq!(hit(250, 305), Cursor::SouthResize);
        assert_eq!(hit(95, 95), Cursor::NorthWestResize);
        assert_eq!(hit(405, 95), Cursor::NorthEastResize);
        assert_eq!(hit(95, 305), Cursor::SouthWestResize);
        assert_eq!(hit(405, 305), Cursor::SouthEastResize);
        assert_eq!(hit(95, 110), Cursor::NorthWestResize, "corner zones reach along the side");
        assert_eq!(hit(120, 95), Cursor::NorthWestResize);
    }

    #[test]
    fn ring_surrounds_the_frame_and_nothing_of_it() {
        let ring = ring(FRAME, 10, Edges::ALL, &[]).unwrap();
        assert_eq!(ring.bounds, Rect::new(90, 90, 320, 220));
        assert_eq!(ring.input.area(), 320 * 220 - 300 * 200);
        assert!(!ring.input.intersects_rect(&FRAME));
    }

    #[test]
    fn fixed_edges_have_no_ring() {
        let edges = Edges { top: false, left: false, ..Edges::ALL };
        let ring = ring(FRAME, 10, edges, &[]).unwrap();
        assert!(!ring.input.contains(Point::new(95, 200)));
        assert!(!ring.input.contains(Point::new(200, 95)));
        assert!(ring.input.contains(Point::new(405, 200)));
        assert_eq!(super::ring(FRAME, 10, Edges::default(), &[]), None);
        assert_eq!(super::ring(FRAME, 0, Edges::ALL, &[]), None);
    }

    #[test]
    fn neighbours_keep_their_pixels() {
        let beside = Rect::new(405, 150, 100, 100);
        let ring_of = |n| ring(FRAME, 10, Edges::ALL, &[n]).unwrap().input;
        assert!(!ring_of(beside).intersects_rect(&beside));
        assert!(ring_of(beside).contains(Point::new(402, 200)), "the gap still resizes");
        let underneath = Rect::new(50, 50, 600, 500);
        assert_eq!(
            ring_of(underneath).area(),
            320 * 220 - 300 * 200,
            "over a window that lies below, the ring is whole"
        );
    }

    #[test]
    fn grabbing_inside_takes_the_nearest_third() {
        let at = |x, y| nearest_edges(&FRAME, Edges::ALL, Point::new(x, y)).cursor();
        assert_eq!(at(110, 110), Cursor::NorthWestResize);
        assert_eq!(at(390, 290), Cursor::SouthEastResize);
        assert_eq!(at(250, 200), Cursor::SouthEastResize, "the middle falls to the corner");
        assert_eq!(at(250, 110), Cursor::NorthResize);
    }
}
