//! Where windows stand: size hints, gravity, work areas, placement, and the
//! geometry of maximized, tiled and fullscreen windows.
//!
//! Owns pure functions over rectangles. Must not know the model's state.

use crate::action::Tile;
use crate::event::Monitor;
use crate::geom::{Point, Rect, Root, Sides, Size};
use crate::hints::{Gravity, SizeHints, Strut};

/// The largest window side: X geometry is 16 bits, and signed for positions.
pub(super) const MAX_SIDE: i32 = 32_767;

/// `rect` as far as the protocol can express it: positions are signed and
/// sizes unsigned 16-bit numbers, and no window is without pixels. Numbers
/// from messages are 32 bits wide and may be anything.
#[must_use]
pub fn sane(rect: Rect<Root>) -> Rect<Root> {
    Rect::new(
        rect.x.clamp(-MAX_SIDE, MAX_SIDE),
        rect.y.clamp(-MAX_SIDE, MAX_SIDE),
        rect.w.clamp(1, MAX_SIDE),
        rect.h.clamp(1, MAX_SIDE),
    )
}

/// A point that can be on a screen.
#[must_use]
pub fn sane_point(point: Point<Root>) -> Point<Root> {
    Point::new(point.x.clamp(-MAX_SIDE, MAX_SIDE), point.y.clamp(-MAX_SIDE, MAX_SIDE))
}

/// Margins that a client can really have.
#[must_use]
pub fn sane_sides(sides: Sides) -> Sides {
    let sane = |v: i32| v.clamp(0, 1000);
    Sides {
        left: sane(sides.left),
        right: sane(sides.right),
        top: sane(sides.top),
        bottom: sane(sides.bottom),
    }
}

/// The client size nearest to `size` that the hints allow (ICCCM 4.1.2.3):
/// within minimum and maximum, in whole increments from the base size, with
/// the aspect ratio measured without the base size. Rounds down.
#[must_use]
pub fn constrain(size: Size, hints: &SizeHints, use_increments: bool) -> Size {
    let bounded = |s: Size| Size::new(s.w.min(MAX_SIDE), s.h.min(MAX_SIDE));
    let base = hints.base.map(bounded);
    let min = hints.min.or(base).unwrap_or(Size::new(1, 1));
    let min = Size::new(min.w.clamp(1, MAX_SIDE), min.h.clamp(1, MAX_SIDE));
    let max = hints.max.unwrap_or(Size::new(MAX_SIDE, MAX_SIDE));
    let max = Size::new(max.w.clamp(min.w, MAX_SIDE), max.h.clamp(min.h, MAX_SIDE));
    let clamp = |s: Size| Size::new(s.w.clamp(min.w, max.w), s.h.clamp(min.h, max.h));
    let mut size = clamp(size);

    if let Some(((min_w, min_h), (max_w, max_h))) = hints.aspect {
        let base = base.unwrap_or_default();
        let limit = i64::from(MAX_SIDE);
        let w = i64::from(size.w - base.w).max(1);
        let h = i64::from(size.h - base.h).max(1);
        if min_w > 0 && min_h > 0 && w * i64::from(min_h) < h * i64::from(min_w) {
            // Too tall.
            size.h = base.h + (w * i64::from(min_h) / i64::from(min_w)).clamp(1, limit) as i32;
        } else if max_w > 0 && max_h > 0 && w * i64::from(max_h) > h * i64::from(max_w) {
            // Too wide.
            size.w = base.w + (h * i64::from(max_w) / i64::from(max_h)).clamp(1, limit) as i32;
        }
        size = clamp(size);
    }
    if use_increments && let Some(step) = hints.increment {
        let base = base.or(hints.min.map(bounded)).unwrap_or_default();
        let snap = |v: i32, base: i32, step: i32, min: i32| {
            if step <= 1 || v <= base {
                return v;
            }
            let snapped = base + (v - base) / step * step;
            if snapped < min { snapped + step } else { snapped }
        };
        let stepped =
            Size::new(snap(size.w, base.w, step.w, min.w), snap(size.h, base.h, step.h, min.h));
        if clamp(stepped) == stepped {
            size = stepped;
        }
    }
    size
}

/// The frame of size `frame` whose gravity point is that of the outer
/// rectangle `outer` (border included) which the client asked for. For
/// Static the client's inside stays: `border` and `extents` tell where it is.
#[must_use]
pub fn apply_gravity(
    outer: Rect<Root>,
    border: i32,
    frame: Size,
    extents: Sides,
    gravity: Gravity,
) -> Rect<Root> {
    let dw = frame.w - outer.w;
    let dh = frame.h - outer.h;
    let (dx, dy) = match gravity {
        Gravity::NorthWest => (0, 0),
        Gravity::North => (dw / 2, 0),
        Gravity::NorthEast => (dw, 0),
        Gravity::West => (0, dh / 2),
        Gravity::Center => (dw / 2, dh / 2),
        Gravity::East => (dw, dh / 2),
        Gravity::SouthWest => (0, dh),
        Gravity::South => (dw / 2, dh),
        Gravity::SouthEast => (dw, dh),
        Gravity::Static => (extents.left - border, extents.top - border),
    };
    Rect::from_parts(outer.origin().offset(-dx, -dy), frame)
}

/// The inverse of [`apply_gravity`]: where the client's outer top-left
/// corner goes when the frame is taken away.
#[must_use]
pub fn remove_gravity(
    frame: Rect<Root>,
    outer: Size,
    border: i32,
    extents: Sides,
    gravity: Gravity,
) -> Point<Root> {
    let placed = apply_gravity(
        Rect::from_parts(frame.origin(), outer),
        border,
        frame.size(),
        extents,
        gravity,
    );
    // `placed` is where the frame would go if the client stood at the frame's
    // corner; go back by the same way.
    frame.origin().offset(frame.x - placed.x, frame.y - placed.y)
}

/// The monitor that shows most of `rect`; else the nearest one to its centre.
/// `None` only if there are no monitors.
#[must_use]
pub fn monitor_of<'a>(monitors: &'a [Monitor], rect: &Rect<Root>) -> Option<&'a Monitor> {
    let overlap = |m: &Monitor| m.rect.intersection(rect).map_or(0, |r| r.size().area());
    let best = monitors.iter().rev().max_by_key(|m| overlap(m))?;
    if overlap(best) > 0 {
        return Some(best);
    }
    monitors.iter().min_by_key(|m| distance(&m.rect, rect.center()))
}

/// The monitor under `point`, or the nearest.
#[must_use]
pub fn monitor_at(monitors: &[Monitor], point: Point<Root>) -> Option<&Monitor> {
    monitors.iter().min_by_key(|m| distance(&m.rect, point))
}

/// Squared distance in pixels from a point to a rectangle, 0 inside.
fn distance(rect: &Rect<Root>, point: Point<Root>) -> i64 {
    let beyond = |low: i32, high: i32, at: i32| {
        let (low, high, at) = (i64::from(low), i64::from(high), i64::from(at));
        (low - at).max(at - high + 1).max(0)
    };
    let dx = beyond(rect.x, rect.right(), point.x);
    let dy = beyond(rect.y, rect.bottom(), point.y);
    (dx * dx).saturating_add(dy * dy)
}

/// A strut and the window that holds it: reserved space counts on the
/// monitors that the window stands on, because the protocol measures struts
/// from the edges of the whole X screen, across monitors in between.
#[derive(Debug, Clone, Copy)]
pub struct Reserved {
    /// The strut.
    pub strut: Strut,
    /// The window.
    pub window: Rect<Root>,
}

/// What of a monitor is left for windows.
#[must_use]
pub fn work_area(monitor: &Rect<Root>, screen: Size, reserved: &[Reserved]) -> Rect<Root> {
    let (mut left, mut top) = (monitor.x, monitor.y);
    let (mut right, mut bottom) = (monitor.right(), monitor.bottom());
    for Reserved { strut, window } in reserved {
        if !window.intersects(monitor) {
            continue;
        }
        let rows = |range: (i32, i32)| range.0 < monitor.bottom() && range.1 >= monitor.y;
        let columns = |range: (i32, i32)| range.0 < monitor.right() && range.1 >= monitor.x;
        let sides = strut.sides;
        if sides.left > 0 && rows(strut.left_range) {
            left = left.max(sides.left);
        }
        if sides.right > 0 && rows(strut.right_range) {
            right = right.min(screen.w.saturating_sub(sides.right));
        }
        if sides.top > 0 && columns(strut.top_range) {
            top = top.max(sides.top);
        }
        if sides.bottom > 0 && columns(strut.bottom_range) {
            bottom = bottom.min(screen.h.saturating_sub(sides.bottom));
        }
    }
    // A strut that takes (nearly) everything is a lie; ignore that axis.
    if right - left < monitor.w / 10 {
        (left, right) = (monitor.x, monitor.right());
    }
    if bottom - top < monitor.h / 10 {
        (top, bottom) = (monitor.y, monitor.bottom());
    }
    Rect::from_edges(left, top, right, bottom)
}

/// The part of a work area that a tiled window fills. Halves of an odd
/// length give the extra pixel to the second.
#[must_use]
pub fn tile_rect(area: &Rect<Root>, tile: Tile) -> Rect<Root> {
    let (half_w, half_h) = (area.w / 2, area.h / 2);
    let (middle_x, middle_y) = (area.x + half_w, area.y + half_h);
    let columns = match tile {
        Tile::Left | Tile::TopLeft | Tile::BottomLeft => (area.x, middle_x),
        Tile::Right | Tile::TopRight | Tile::BottomRight => (middle_x, area.right()),
        Tile::Top | Tile::Bottom => (area.x, area.right()),
    };
    let rows = match tile {
        Tile::Top | Tile::TopLeft | Tile::TopRight => (area.y, middle_y),
        Tile::Bottom | Tile::BottomLeft | Tile::BottomRight => (middle_y, area.bottom()),
        Tile::Left | Tile::Right => (area.y, area.bottom()),
    };
    Rect::from_edges(columns.0, rows.0, columns.1, rows.1)
}

/// `rect`, a client's part of a tile, but not smaller than `min`. It grows
/// away from the sides that the tile touches, and never beyond `whole`, the
/// client of a maximized window: there is no more to be had on a screen.
#[must_use]
pub fn at_least(rect: Rect<Root>, min: Size, tile: Tile, whole: &Rect<Root>) -> Rect<Root> {
    let (left, _, top, _) = tile_sides(tile);
    let w = rect.w.max(min.w.min(whole.w));
    let h = rect.h.max(min.h.min(whole.h));
    let x = if left { rect.x } else { rect.right() - w };
    let y = if top { rect.y } else { rect.bottom() - h };
    Rect::new(x, y, w, h)
}

/// Which sides of its monitor a tile touches.
#[must_use]
pub const fn tile_sides(tile: Tile) -> (bool, bool, bool, bool) {
    // left, right, top, bottom
    match tile {
        Tile::Left => (true, false, true, true),
        Tile::Right => (false, true, true, true),
        Tile::Top => (true, true, true, false),
        Tile::Bottom => (true, true, false, true),
        Tile::TopLeft => (true, false, true, false),
        Tile::TopRight => (false, true, true, false),
        Tile::BottomLeft => (true, false, false, true),
        Tile::BottomRight => (false, true, false, true),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn monitor(x: i32, y: i32, w: i32, h: i32) -> Monitor {
        Monitor {
            name: format!("M{x}"),
            rect: Rect::new(x, y, w, h),
            primary: x == 0,
            scale_percent: 100,
        }
    }

    const GRAVITIES: [Gravity; 10] = [
        Gravity::NorthWest,
        Gravity::North,
        Gravity::NorthEast,
        Gravity::West,
        Gravity::Center,
        Gravity::East,
        Gravity::SouthWest,
        Gravity::South,
        Gravity::SouthEast,
        Gravity::Static,
    ];

    proptest! {
        #[test]
        fn gravity_round_trips(
            x in -2000..2000i32, y in -2000..2000i32, w in 1..500i32, h in 1..500i32,
            border in 0..9i32, top in 0..40i32, side in 0..9i32, which in 0..10usize,
        ) {
            let extents = Sides { left: side, right: side, top, bottom: side };
            let outer = Rect::new(x, y, w + 2 * border, h + 2 * border);
            let frame = Size::new(w + extents.horizontal(), h + extents.vertical());
            let placed = apply_gravity(outer, border, frame, extents, GRAVITIES[which]);
            let back = remove_gravity(placed, outer.size(), border, extents, GRAVITIES[which]);
            prop_assert_eq!(back, outer.origin(), "a window drifts when it is remapped");
        }

        #[test]
        fn constrain_is_idempotent_and_within(
            w in -10..4000i32, h in -10..4000i32,
            min in prop::option::of((1..500i32, 1..500i32)),
            max in prop::option::of((1..900i32, 1..900i32)),
            inc in prop::option::of((1..30i32, 1..30i32)),
            base in prop::option::of((0..60i32, 0..60i32)),
        ) {
            let size = |p: Option<(i32, i32)>| p.map(|(w, h)| Size::new(w, h));
            let hints = SizeHints {
                min: size(min), max: size(max), increment: size(inc), base: size(base),
                ..SizeHints::default()
            };
            let once = constrain(Size { w, h }, &hints, true);
            prop_assert!(once.w >= 1 && once.h >= 1);
            if let Some((mw, mh)) = min {
                prop_assert!(once.w >= mw && once.h >= mh, "below the minimum: {:?}", once);
                if let Some((xw, xh)) = max {
                    prop_assert!(once.w <= xw.max(mw) && once.h <= xh.max(mh));
                }
            }
            prop_assert_eq!(constrain(once, &hints, true), once);
        }
    }

    #[test]
    fn static_gravity_keeps_the_inside() {
        let extents = Sides { left: 0, right: 0, top: 30, bottom: 0 };
        let outer = Rect::new(98, 98, 204, 104);
        let frame = apply_gravity(outer, 2, Size::new(200, 130), extents, Gravity::Static);
        assert_eq!(frame.y + extents.top, 100);
        assert_eq!(frame.x, 100);
    }

    #[test]
    fn terminals_resize_by_whole_cells() {
        let hints = SizeHints {
            base: Some(Size::new(19, 4)),
            min: Some(Size::new(25, 17)),
            increment: Some(Size::new(6, 13)),
            ..SizeHints::default()
        };
        assert_eq!(
            constrain(Size::new(500, 320), &hints, true),
            Size::new(19 + 80 * 6, 4 + 24 * 13)
        );
        assert_eq!(constrain(Size::new(500, 320), &hints, false), Size::new(500, 320));
    }

    #[test]
    fn aspect_is_relative_to_the_base_size() {
        let hints = SizeHints {
            base: Some(Size::new(10, 20)),
            min: Some(Size::new(1, 1)),
            aspect: Some(((2, 1), (2, 1))),
            ..SizeHints::default()
        };
        assert_eq!(constrain(Size::new(210, 400), &hints, false), Size::new(210, 120));
        assert_eq!(constrain(Size::new(900, 120), &hints, false), Size::new(210, 120));
    }

    #[test]
    fn struts_count_only_where_their_window_stands() {
        let screen = Size::new(3840, 1080);
        let panel = Reserved {
            strut: Strut {
                sides: Sides { left: 1920 + 48, ..Sides::default() },
                left_range: (0, 1079),
                ..Strut::default()
            },
            window: Rect::new(1920, 0, 48, 1080),
        };
        let first = work_area(&Rect::new(0, 0, 1920, 1080), screen, &[panel]);
        let second = work_area(&Rect::new(1920, 0, 1920, 1080), screen, &[panel]);
        assert_eq!(first, Rect::new(0, 0, 1920, 1080), "an inner strut is not the other monitor's");
        assert_eq!(second, Rect::new(1968, 0, 1872, 1080));
    }

    #[test]
    fn a_strut_cannot_take_the_whole_monitor() {
        let all = Reserved {
            strut: Strut {
                sides: Sides { top: 5000, ..Sides::default() },
                top_range: (0, 5000),
                ..Strut::default()
            },
            window: Rect::new(0, 0, 10, 10),
        };
        let area = work_area(&Rect::new(0, 0, 800, 600), Size::new(800, 600), &[all]);
        assert_eq!(area, Rect::new(0, 0, 800, 600));
    }

    #[test]
    fn tiles_cover_the_area_without_overlap() {
        let area = Rect::new(3, 5, 101, 77);
        let quarters = [Tile::TopLeft, Tile::TopRight, Tile::BottomLeft, Tile::BottomRight];
        let sum: i64 = quarters.iter().map(|t| tile_rect(&area, *t).size().area()).sum();
        assert_eq!(sum, area.size().area());
        let (left, right) = (tile_rect(&area, Tile::Left), tile_rect(&area, Tile::Right));
        assert_eq!(left.union(&right), area);
        assert!(!left.intersects(&right));
    }

    #[test]
    fn monitors_by_overlap_then_distance() {
        let monitors = [monitor(0, 0, 100, 100), monitor(100, 0, 100, 100)];
        let of = |r| monitor_of(&monitors, &r).map(|m| m.rect.x);
        assert_eq!(of(Rect::new(90, 0, 50, 50)), Some(100));
        assert_eq!(of(Rect::new(500, 500, 5, 5)), Some(100));
        assert_eq!(of(Rect::new(-50, 5, 5, 5)), Some(0));
    }
}
