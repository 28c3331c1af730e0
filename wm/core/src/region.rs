//! Sets of pixels as bands of disjoint rectangles, and their algebra.
//!
//! The canonical form is that of the X server's own regions: rectangles
//! sorted by row, then column; all rectangles of a band share their rows;
//! touching rectangles of a band are merged, and so are adjacent bands with
//! equal columns. Canonical means that `==` compares pixel sets.
//!
//! Owns set algebra over whole pixels. Must not know what a region is for.

use serde::{Deserialize, Serialize};

use crate::geom::{Point, Rect};

/// A set of pixels of space `S`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Rect<S>>", into = "Vec<Rect<S>>")]
#[serde(bound(serialize = "S: Copy", deserialize = "S: Copy"))]
pub struct Region<S> {
    rects: Vec<Rect<S>>,
}

impl<S: Copy> From<Vec<Rect<S>>> for Region<S> {
    fn from(rects: Vec<Rect<S>>) -> Self {
        Self::from_rects(rects)
    }
}

impl<S: Copy> From<Region<S>> for Vec<Rect<S>> {
    fn from(region: Region<S>) -> Self {
        region.rects
    }
}

impl<S: Copy> From<Rect<S>> for Region<S> {
    fn from(rect: Rect<S>) -> Self {
        Self::from_rect(rect)
    }
}

impl<S> Default for Region<S> {
    fn default() -> Self {
        Self { rects: Vec::new() }
    }
}

#[derive(Clone, Copy)]
enum Operation {
    Union,
    Subtract,
    Intersect,
}

impl Operation {
    const fn keeps(self, in_left: bool, in_right: bool) -> bool {
        match self {
            Self::Union => in_left || in_right,
            Self::Subtract => in_left && !in_right,
            Self::Intersect => in_left && in_right,
        }
    }
}

impl<S: Copy> Region<S> {
    /// The empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { rects: Vec::new() }
    }

    /// All pixels of one rectangle.
    #[must_use]
    pub fn from_rect(rect: Rect<S>) -> Self {
        if rect.is_empty() { Self::new() } else { Self { rects: vec![rect] } }
    }

    /// The union of any rectangles, overlapping or not, in any order.
    /// Takes O(n log n) merging steps for n rectangles.
    #[must_use]
    pub fn from_rects(rects: impl IntoIterator<Item = Rect<S>>) -> Self {
        let mut parts: Vec<Self> =
            rects.into_iter().filter(|r| !r.is_empty()).map(Self::from_rect).collect();
        while parts.len() > 1 {
            parts = parts
                .chunks(2)
                .map(|pair| match pair {
                    [a, b] => a.union(b),
                    _ => pair[0].clone(),
                })
                .collect();
        }
        parts.pop().unwrap_or_default()
    }

    /// Whether it holds no pixel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rects.is_empty()
    }

    /// The disjoint rectangles, in canonical order.
    #[must_use]
    pub fn rects(&self) -> &[Rect<S>] {
        &self.rects
    }

    /// The smallest rectangle around all pixels; empty for the empty set.
    #[must_use]
    pub fn bounds(&self) -> Rect<S> {
        let (Some(first), Some(last)) = (self.rects.first(), self.rects.last()) else {
            return Rect::default();
        };
        let left = self.rects.iter().map(|r| r.x).min().unwrap_or(0);
        let right = self.rects.iter().map(Rect::right).max().unwrap_or(0);
        Rect::from_edges(left, first.y, right, last.bottom())
    }

    /// The number of pixels.
    #[must_use]
    pub fn area(&self) -> i64 {
        self.rects.iter().map(|r| r.size().area()).sum()
    }

    /// Whether the pixel `point` belongs to it.
    #[must_use]
    pub fn contains(&self, point: Point<S>) -> bool {
        self.rects.iter().any(|r| r.contains(point))
    }

    /// Whether every pixel of `rect` belongs to it.
    #[must_use]
    pub fn contains_rect(&self, rect: &Rect<S>) -> bool {
        Self::from_rect(*rect).subtract(self).is_empty()
    }

    /// Whether a pixel belongs to both.
    #[must_use]
    pub fn intersects_rect(&self, rect: &Rect<S>) -> bool {
        self.rects.iter().any(|r| r.intersects(rect))
    }

    /// Moved by (`dx`, `dy`).
    #[must_use]
    pub fn offset(&self, dx: i32, dy: i32) -> Self {
        Self { rects: self.rects.iter().map(|r| r.offset(dx, dy)).collect() }
    }

    /// The same numbers in another space. The caller states the meaning.
    #[must_use]
    pub fn cast<T: Copy>(&self) -> Region<T> {
        Region { rects: self.rects.iter().map(Rect::cast).collect() }
    }

    /// Pixels of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        if let [one] = self.rects[..]
            && one.contains_rect(&other.bounds())
        {
            return self.clone();
        }
        self.combine(other, Operation::Union)
    }

    /// Pixels of `self` that are not in `other`.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        if self.is_empty() || other.is_empty() || !self.bounds().intersects(&other.bounds()) {
            return self.clone();
        }
        self.combine(other, Operation::Subtract)
    }

    /// Pixels of both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        if self.is_empty() || other.is_empty() || !self.bounds().intersects(&other.bounds()) {
            return Self::new();
        }
        // Of a large region a small rectangle often meets nothing, or one part.
        if let ([one], many) | (many, [one]) = (&self.rects[..], &other.rects[..]) {
            let mut parts = many.iter().filter_map(|part| part.intersection(one));
            match (parts.next(), parts.next()) {
                (None, _) => return Self::new(),
                (Some(part), None) => return Self::from_rect(part),
                (Some(_), Some(_)) => {}
            }
        }
        self.combine(other, Operation::Intersect)
    }

    /// [`Region::union`] with one rectangle.
    #[must_use]
    pub fn union_rect(&self, rect: &Rect<S>) -> Self {
        self.union(&Self::from_rect(*rect))
    }

    /// [`Region::subtract`] of one rectangle.
    #[must_use]
    pub fn subtract_rect(&self, rect: &Rect<S>) -> Self {
        self.subtract(&Self::from_rect(*rect))
    }

    /// [`Region::intersect`] with one rectangle.
    #[must_use]
    pub fn intersect_rect(&self, rect: &Rect<S>) -> Self {
        self.intersect(&Self::from_rect(*rect))
    }

    /// Adds `other` in place.
    pub fn add(&mut self, other: &Self) {
        if !other.is_empty() {
            *self = self.union(other);
        }
    }

    /// Sweeps down both regions at once. Between two neighbouring row
    /// boundaries of either region the columns of both are constant, so each
    /// such strip is one merge of two sorted column lists.
    fn combine(&self, other: &Self, operation: Operation) -> Self {
        let mut edges: Vec<i32> = Vec::with_capacity(2 * (self.rects.len() + other.rects.len()));
        for rect in self.rects.iter().chain(&other.rects) {
            edges.push(rect.y);
            edges.push(rect.bottom());
        }
        edges.sort_unstable();
        edges.dedup();

        let mut out = Builder { rects: Vec::new(), band: 0..0 };
        let (mut left, mut right) = (&self.rects[..], &other.rects[..]);
        let mut columns = Vec::new();
        for pair in edges.windows(2) {
            let (top, bottom) = (pair[0], pair[1]);
            left = skip_above(left, top);
            right = skip_above(right, top);
            merge_columns(band_at(left, top), band_at(right, top), operation, &mut columns);
            out.push_band(top, bottom, &columns);
        }
        Self { rects: out.rects }
    }
}

/// Drops the bands that end at or above row `top`.
fn skip_above<S>(rects: &[Rect<S>], top: i32) -> &[Rect<S>] {
    let gone = rects.iter().take_while(|r| r.bottom() <= top).count();
    &rects[gone..]
}

/// The rectangles of the first band if it covers row `top`.
fn band_at<S>(rects: &[Rect<S>], top: i32) -> &[Rect<S>] {
    let Some(first) = rects.first() else { return &[] };
    if first.y > top {
        return &[];
    }
    let count = rects.iter().take_while(|r| r.y == first.y).count();
    &rects[..count]
}

fn merge_columns<S>(
    left: &[Rect<S>],
    right: &[Rect<S>],
    operation: Operation,
    out: &mut Vec<(i32, i32)>,
) {
    out.clear();
    let (mut l, mut r) = (0, 0);
    // Position in each list: an even index enters rectangle i / 2, an odd one leaves it.
    let edge = |rects: &[Rect<S>], i: usize| {
        rects.get(i / 2).map(|rect| if i.is_multiple_of(2) { rect.x } else { rect.right() })
    };
    let mut start = None;
    loop {
        let at = match (edge(left, l), edge(right, r)) {
            (None, None) => break,
            (Some(a), None) => a,
            (None, Some(b)) => b,
            (Some(a), Some(b)) => a.min(b),
        };
        while edge(left, l) == Some(at) {
            l += 1;
        }
        while edge(right, r) == Some(at) {
            r += 1;
        }
        match (start, operation.keeps(l % 2 == 1, r % 2 == 1)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                out.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
}

struct Builder<S> {
    rects: Vec<Rect<S>>,
    band: std::ops::Range<usize>,
}

impl<S: Copy> Builder<S> {
    fn push_band(&mut self, top: i32, bottom: i32, columns: &[(i32, i32)]) {
        if columns.is_empty() {
            self.band = self.rects.len()..self.rects.len();
            return;
        }
        let previous = &self.rects[self.band.clone()];
        let continues = previous.len() == columns.len()
            && previous
                .iter()
                .zip(columns)
                .all(|(r, c)| r.bottom() == top && r.x == c.0 && r.right() == c.1);
        if continues {
            for rect in &mut self.rects[self.band.clone()] {
                *rect = Rect::from_edges(rect.x, rect.y, rect.right(), bottom);
            }
        } else {
            let from = self.rects.len();
            self.rects.extend(columns.iter().map(|c| Rect::from_edges(c.0, top, c.1, bottom)));
            self.band = from..self.rects.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::geom::Root;

    type R = Region<Root>;

    fn rects() -> impl Strategy<Value = Vec<Rect<Root>>> {
        prop::collection::vec(
            (0..12, 0..12, 0..7, 0..7).prop_map(|(x, y, w, h)| Rect::new(x, y, w, h)),
            0..8,
        )
    }

    fn pixels(rects: &[Rect<Root>]) -> BTreeSet<(i32, i32)> {
        rects
            .iter()
            .flat_map(|r| {
                (r.x..r.right()).flat_map(move |x| (r.y..r.bottom()).map(move |y| (x, y)))
            })
            .collect()
    }

    fn assert_canonical(region: &R) {
        let disjoint: i64 = region.area();
        assert_eq!(disjoint as usize, pixels(region.rects()).len(), "rectangles overlap");
        assert_eq!(&R::from_rects(region.rects().to_vec()), region, "not canonical");
    }

    proptest! {
        #[test]
        fn algebra_is_that_of_pixel_sets(a in rects(), b in rects()) {
            let (ra, rb) = (R::from_rects(a.clone()), R::from_rects(b.clone()));
            let (pa, pb) = (pixels(&a), pixels(&b));
            prop_assert_eq!(&pixels(ra.rects()), &pa);
            for (region, set) in [
                (ra.union(&rb), pa.union(&pb).copied().collect::<BTreeSet<_>>()),
                (ra.subtract(&rb), pa.difference(&pb).copied().collect()),
                (ra.intersect(&rb), pa.intersection(&pb).copied().collect()),
            ] {
                assert_canonical(&region);
                prop_assert_eq!(pixels(region.rects()), set);
            }
        }

        #[test]
        fn equal_sets_compare_equal(a in rects()) {
            let mut reversed = a.clone();
            reversed.reverse();
            prop_assert_eq!(R::from_rects(a), R::from_rects(reversed));
        }
    }

    #[test]
    fn hole_in_the_middle() {
        let ring = R::from_rect(Rect::new(0, 0, 9, 9)).subtract_rect(&Rect::new(3, 3, 3, 3));
        assert_eq!(ring.rects().len(), 4);
        assert_eq!(ring.area(), 72);
        assert!(!ring.contains(Point::new(4, 4)));
        assert_eq!(ring.bounds(), Rect::new(0, 0, 9, 9));
    }
}
