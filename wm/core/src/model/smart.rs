//! The place of a new window that does not say one: near the middle, beside
//! the others while there is room, staggered over them when there is none.
//!
//! Owns one pure search over rectangles. Must not know the model's state.

use crate::geom::{Point, Rect, Root, Sides, Size};

/// At most so many others offer their edges as candidates (the last ones
/// opened), so that a thousand windows do not make a million candidates.
const MOST_OFFERING: usize = 12;

/// How much a covered pixel of a title bar counts against one of a window:
/// what is left of a covered window should be the part by which it is known
/// and grabbed.
const TITLE_WEIGHT: i64 = 8;

/// What it costs in squared distance if all of a window lies in the gaps
/// around others: more than the few pixels by which a window without a gap is
/// nearer to the middle, less than the way to a far corner.
const CROWD_WEIGHT: i64 = 2_000_000;

/// Lengths of the theme, in real pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spacing {
    /// Between neighbours, and to the edges of the work area, where there is
    /// room.
    pub gap: i32,
    /// The height of a title bar: how far windows are staggered.
    pub title: i32,
}

/// What a place costs; compared in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    /// Pixels of other windows that are covered, weighted.
    covered: i64,
    /// From the middle of the area, in squared thousandths of half its sides,
    /// and what the gaps lack.
    away: i64,
    y: i32,
    x: i32,
}

/// Where a window of this (visible) size goes among `others`, the oldest
/// first. The result is inside `area`, or at its origin on an axis on which
/// the window is too large.
#[must_use]
pub(super) fn place(
    area: &Rect<Root>,
    size: Size,
    others: &[Rect<Root>],
    spacing: Spacing,
) -> Point<Root> {
    let Spacing { gap, title } = spacing;
    let along = |low: i32, high: i32, length: i32, sides: &dyn Fn(&Rect<Root>) -> (i32, i32)| {
        let last = high - length;
        let middle = low + (last - low) / 2;
        let mut all = vec![low, low + gap, middle, last - gap, last];
        for other in others.iter().rev().take(MOST_OFFERING) {
            let (start, end) = sides(other);
            all.extend([start, start + title, start - title, end - length]);
            all.extend([end, end + gap, start - length, start - length - gap]);
        }
        all.retain(|at| (low..=last.max(low)).contains(at));
        all.sort_unstable();
        all.dedup();
        if all.is_empty() { vec![low] } else { all }
    };
    let xs = along(area.x, area.right(), size.w, &|r| (r.x, r.right()));
    let ys = along(area.y, area.bottom(), size.h, &|r| (r.y, r.bottom()));
    let mut best: Option<Cost> = None;
    for &y in &ys {
        for &x in &xs {
            let rect = Rect::new(x, y, size.w, size.h);
            let cost = cost(area, &rect, others, spacing);
            best = Some(best.map_or(cost, |best| best.min(cost)));
        }
    }
    best.map_or(area.origin(), |best| Point::new(best.x, best.y))
}

fn cost(area: &Rect<Root>, rect: &Rect<Root>, others: &[Rect<Root>], spacing: Spacing) -> Cost {
    let Spacing { gap, title } = spacing;
    let common = |r: &Rect<Root>| r.intersection(rect).map_or(0, |common| common.size().area());
    let covered = |other: &Rect<Root>| {
        let bar = Rect::new(other.x, other.y, other.w, title.min(other.h));
        // Two windows with one corner look like one.
        let same = (other.x - rect.x).abs() < title && (other.y - rect.y).abs() < title;
        let hidden = if same { other.size().area() } else { 0 };
        common(other) + TITLE_WEIGHT * (common(&bar) + hidden)
    };
    let (middle, at) = (area.center(), rect.center());
    let part = |d: i32, side: i32| i64::from(d) * 2000 / i64::from(side.max(1));
    let (dx, dy) = (part(at.x - middle.x, area.w), part(at.y - middle.y, area.h));
    let around = |other: &Rect<Root>| common(&other.outset(Sides::all(gap))) - common(other);
    let crowded: i64 = others.iter().map(around).sum();
    Cost {
        covered: others.iter().map(covered).sum(),
        away: dx * dx + dy * dy + crowded * CROWD_WEIGHT / rect.size().area().max(1),
        y: rect.y,
        x: rect.x,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AREA: Rect<Root> = Rect::new(0, 0, 1920, 1050);
    const SPACING: Spacing = Spacing { gap: 16, title: 30 };

    fn open(sizes: impl IntoIterator<Item = Size>) -> Vec<Rect<Root>> {
        let mut others = Vec::new();
        for size in sizes {
            let at = place(&AREA, size, &others, SPACING);
            others.push(Rect::from_parts(at, size));
        }
        others
    }

    #[test]
    fn the_first_window_stands_in_the_middle() {
        let first = open([Size::new(484, 346)])[0];
        assert_eq!(first, Rect::new(718, 352, 484, 346));
    }

    #[test]
    fn terminals_spread_from_the_middle_with_gaps() {
        let all = open([Size::new(484, 346); 5]);
        for (n, a) in all.iter().enumerate() {
            for b in &all[n + 1..] {
                assert!(!a.intersects(b), "{a:?} covers {b:?} in {all:?}");
            }
        }
        assert_eq!((all[1].right(), all[2].x), (all[0].x - 16, all[0].right() + 16), "{all:?}");
        assert_eq!(all[3].x, all[0].x, "above the first, not in a far corner: {all:?}");
        assert_eq!(all[1].y, all[0].y, "beside, not above: {all:?}");
    }

    #[test]
    fn large_windows_leave_each_others_title_and_corner_free() {
        let all = open([Size::new(1500, 900); 6]);
        for (n, a) in all.iter().enumerate() {
            for b in &all[n + 1..] {
                let apart = (a.x - b.x).abs().max((a.y - b.y).abs());
                assert!(apart >= 30, "{a:?} hides {b:?} in {all:?}");
            }
        }
    }

    #[test]
    fn over_a_maximized_window_the_middle_is_best() {
        let at = place(&AREA, Size::new(600, 400), &[AREA], SPACING);
        assert_eq!(at, Point::new(660, 325));
    }

    #[test]
    fn too_large_its_title_bar_is_still_reachable() {
        let at = place(&AREA, Size::new(3000, 2000), &[Rect::new(0, 0, 400, 400)], SPACING);
        assert_eq!(at, AREA.origin());
    }

    proptest! {
        #[test]
        fn inside_and_beside_where_there_is_room(
            sizes in prop::collection::vec((1..900i32, 1..700i32), 1..12),
        ) {
            let all = open(sizes.iter().map(|&(w, h)| Size::new(w, h)));
            for rect in &all {
                prop_assert_eq!(rect.intersection(&AREA), Some(*rect), "it leaves the area");
            }
            if let [a, b, ..] = all[..] {
                // In the middle the first leaves this much on each side.
                let beside = b.w <= (AREA.w - a.w) / 2 || b.h <= (AREA.h - a.h) / 2;
                prop_assert!(!beside || !a.intersects(&b), "{:?} covers {:?}", b, a);
            }
        }
    }
}
