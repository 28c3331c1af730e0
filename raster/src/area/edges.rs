//! Edges that wait to be noted.
//!
//! Owns their coordinates, side by side for reading by vectors, and the
//! cutting of those that leave the window. It must not know what edges
//! become.

use fearless_simd::prelude::*;

use super::clip::clip;

/// As many as any vector has lanes.
pub(super) const LANES: usize = 16;

/// Edges of closed contours: where each begins and ends, in pixels.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges {
    pub(super) x0: Vec<f32>,
    pub(super) y0: Vec<f32>,
    pub(super) x1: Vec<f32>,
    pub(super) y1: Vec<f32>,
    /// Top and bottom of each [`GROUP`] of edges, if somebody asked for them.
    groups: Vec<[f32; 2]>,
}

/// Edges of which it is known together where they are.
const GROUP: usize = 16 * LANES;

/// What all edges lie between, in pixels. None if `top` ≥ `bottom`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Edges {
    pub(super) fn len(&self) -> usize {
        self.y1.len()
    }

    pub(super) fn clear(&mut self) {
        for column in [&mut self.x0, &mut self.y0, &mut self.x1, &mut self.y1] {
            column.clear();
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, from: [f32; 2], to: [f32; 2]) {
        self.x0.push(from[0]);
        self.y0.push(from[1]);
        self.x1.push(to[0]);
        self.y1.push(to[1]);
    }

    /// Adds the edges of a polygon.
    pub(super) fn extend(&mut self, points: &[[f32; 2]]) {
        let [first, others @ ..] = points else { return };
        self.x0.extend(points.iter().map(|point| point[0]));
        self.y0.extend(points.iter().map(|point| point[1]));
        self.x1.extend(others.iter().map(|point| point[0]));
        self.y1.extend(others.iter().map(|point| point[1]));
        self.x1.push(first[0]);
        self.y1.push(first[1]);
    }

    /// Adds edges without height, of which nothing is noted, until there are
    /// enough for whole vectors.
    fn pad(&mut self) {
        let length = self.len().next_multiple_of(LANES);
        for column in [&mut self.x0, &mut self.y0, &mut self.x1, &mut self.y1] {
            column.resize(length, 0.0);
        }
    }

    /// Cuts all edges to a window of `size` pixels at the origin, and tells
    /// what they lie between. Afterwards there are whole vectors of them.
    pub(super) fn confine(&mut self, size: [f32; 2]) -> Bounds {
        let mut bounds = Bounds::none(size);
        for k in 0..self.len() {
            let ([x0, y0], [x1, y1]) = ([self.x0[k], self.y0[k]], [self.x1[k], self.y1[k]]);
            let within = |x: f32, y: f32| x >= 0.0 && x <= size[0] && y >= 0.0 && y <= size[1];
            if !(within(x0, y0) && within(x1, y1)) {
                self.cut(k, size, &mut bounds);
            } else if y0 != y1 {
                bounds.extend([x0, y0], [x1, y1]);
            }
        }
        self.pad();
        bounds
    }

    /// The same with vectors.
    #[inline(always)]
    pub(super) fn confine_lanes<S: Simd>(&mut self, simd: S, size: [f32; 2]) -> Bounds {
        self.pad();
        let mut bounds = Bounds::none(size);
        let zero = S::f32s::simd_from(simd, 0.0);
        let width = S::f32s::simd_from(simd, size[0]);
        let height = S::f32s::simd_from(simd, size[1]);
        let (mut left, mut top, mut right, mut bottom) = (width, height, zero, zero);
        let lanes = S::f32s::LEN;
        let all = u64::MAX >> (64 - lanes);
        for start in (0..self.len()).step_by(lanes) {
            let x0 = S::f32s::from_slice(simd, &self.x0[start..start + lanes]);
            let y0 = S::f32s::from_slice(simd, &self.y0[start..start + lanes]);
            let x1 = S::f32s::from_slice(simd, &self.x1[start..start + lanes]);
            let y1 = S::f32s::from_slice(simd, &self.y1[start..start + lanes]);
            let within = x0.simd_ge(zero)
                & x1.simd_ge(zero)
                & y0.simd_ge(zero)
                & y1.simd_ge(zero)
                & x0.simd_le(width)
                & x1.simd_le(width)
                & y0.simd_le(height)
                & y1.simd_le(height);
            // Lanes that do not count must not extend the bounds.
            let counts = within & !y0.simd_eq(y1);
            left = left.min(counts.select(x0.min(x1), width));
            top = top.min(counts.select(y0.min(y1), height));
            right = right.max(counts.select(x0.max(x1), zero));
            bottom = bottom.max(counts.select(y0.max(y1), zero));
            let mut bits = !within.to_bitmask() & all;
            while bits != 0 {
                self.cut(start + bits.trailing_zeros() as usize, size, &mut bounds);
                bits &= bits - 1;
            }
        }
        bounds.left = bounds.left.min(left.reduce_min());
        bounds.top = bounds.top.min(top.reduce_min());
        bounds.right = bounds.right.max(right.reduce_max());
        bounds.bottom = bounds.bottom.max(bottom.reduce_max());
        self.pad();
        bounds
    }

    /// Finds out where groups of edges are.
    #[inline(always)]
    pub(super) fn find_groups<S: Simd>(&mut self, simd: S) {
        self.groups.clear();
        for start in (0..self.len()).step_by(GROUP) {
            let mut top = S::f32s::simd_from(simd, f32::MAX);
            let mut bottom = S::f32s::simd_from(simd, 0.0);
            for k in (start..self.len().min(start + GROUP)).step_by(S::f32s::LEN) {
                let y0 = S::f32s::from_slice(simd, &self.y0[k..k + S::f32s::LEN]);
                let y1 = S::f32s::from_slice(simd, &self.y1[k..k + S::f32s::LEN]);
                top = top.min(y0.min(y1));
                bottom = bottom.max(y0.max(y1));
            }
            self.groups.push([top.reduce_min(), bottom.reduce_max()]);
        }
    }

    /// Says that all edges are to be looked at as one group.
    pub(super) fn forget_groups(&mut self) {
        self.groups.clear();
    }

    /// Which edges to look at for these rows.
    #[inline(always)]
    pub(super) fn near(
        &self,
        rows: std::ops::Range<u32>,
    ) -> impl Iterator<Item = std::ops::Range<usize>> {
        let near =
            move |[top, bottom]: [f32; 2]| top < rows.end as f32 && bottom > rows.start as f32;
        let all = self.groups.is_empty().then_some(0..self.len());
        let groups = self.groups.iter().enumerate().filter(move |(_, group)| near(**group));
        all.into_iter().chain(groups.map(|(k, _)| k * GROUP..self.len().min((k + 1) * GROUP)))
    }

    /// Replaces an edge by those of its parts that matter, at the end.
    #[cold]
    fn cut(&mut self, k: usize, size: [f32; 2], bounds: &mut Bounds) {
        let (from, to) = ([self.x0[k], self.y0[k]], [self.x1[k], self.y1[k]]);
        for column in [&mut self.x0, &mut self.y0, &mut self.x1, &mut self.y1] {
            column[k] = 0.0;
        }
        clip(size, from, to, |from, to| {
            bounds.extend(from, to);
            self.push(from, to);
        });
    }
}

impl Bounds {
    fn none([left, top]: [f32; 2]) -> Self {
        Self { left, top, right: 0.0, bottom: 0.0 }
    }

    fn extend(&mut self, from: [f32; 2], to: [f32; 2]) {
        self.left = self.left.min(from[0].min(to[0]));
        self.top = self.top.min(from[1].min(to[1]));
        self.right = self.right.max(from[0].max(to[0]));
        self.bottom = self.bottom.max(from[1].max(to[1]));
    }
}

#[cfg(test)]
impl Edges {
    /// Where the memory is, and how many bytes there are.
    pub(super) fn memory(&self) -> Vec<(usize, usize)> {
        let columns = [&self.x0, &self.y0, &self.x1, &self.y1];
        let mut all: Vec<_> =
            columns.map(|column| (column.as_ptr() as usize, 4 * column.capacity())).into();
        all.push((self.groups.as_ptr() as usize, 8 * self.groups.capacity()));
        all
    }
}
