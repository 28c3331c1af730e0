//! Numbers about a capture.
//!
//! Owns the counting. It must not draw or print.

use raster::{Fixed, Grid, Line, Mask, MaskError, MaskFormat, Trapezoid, scalar};
use serde::Serialize;

use crate::capture::{Capture, Set};

/// What can be said about a set of trapezoids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    /// How many there are.
    pub trapezoids: usize,
    /// How many draw nothing by definition (`pixman_trapezoid_valid`).
    pub invalid: usize,
    /// How many, of the valid ones, are nowhere as wide as a pixel, or lower
    /// than one.
    pub slivers: usize,
    /// How many, of the valid ones, no sample row of A8 crosses.
    pub rowless: usize,
    /// Bytes that they occupy in a Render request.
    pub request_bytes: usize,
    /// The sum of their areas in pixels; overlaps count as often as they are
    /// covered.
    pub area: f64,
    /// Left, top, right and bottom of what lies between the sides, in pixels.
    pub bounds: Option<[f64; 4]>,
}

impl Stats {
    /// Counts one set.
    #[must_use]
    pub fn of_set(set: &Set) -> Self {
        Self::of(&set.trapezoids)
    }

    /// Counts all sets together.
    #[must_use]
    pub fn of_capture(capture: &Capture) -> Self {
        Self::of(capture.trapezoids())
    }

    fn of<'a>(trapezoids: impl IntoIterator<Item = &'a Trapezoid>) -> Self {
        let mut stats = Self::default();
        for shape in trapezoids {
            stats.trapezoids += 1;
            stats.request_bytes += size_of::<Trapezoid>();
            if !shape.is_valid() {
                stats.invalid += 1;
                continue;
            }
            let [top, bottom] = [shape.top, shape.bottom];
            let widths = [top, bottom].map(|y| x_at(&shape.right, y) - x_at(&shape.left, y));
            let height = bottom.to_f64() - top.to_f64();
            let sliver = widths[0].max(widths[1]) < 1.0 || height < 1.0;
            stats.slivers += usize::from(sliver);
            let rowless = Grid::A8.row_at_or_below(top) > Grid::A8.row_above(bottom);
            stats.rowless += usize::from(rowless);
            stats.area += (widths[0] + widths[1]).max(0.0) / 2.0 * height;
            stats.bounds = Some(joined(stats.bounds, bounds(shape)));
        }
        stats
    }
}

/// How many pixels a capture's sets cover, and how many more than once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Pixels that any trapezoid covers in part or whole.
    pub touched: u64,
    /// Pixels whose trapezoids together cover more than the whole.
    pub overlapping: u64,
}

impl Coverage {
    /// Samples each set as A8, as a server would, and compares with the same
    /// trapezoids one by one.
    ///
    /// # Errors
    ///
    /// If the window is too large for a mask.
    pub fn of_set(set: &Set, width: u32, height: u32) -> Result<Self, MaskError> {
        let mut one = Mask::new(MaskFormat::A8, width, height)?;
        let mut sums = vec![0_u32; width as usize * height as usize];
        for shape in set.trapezoids.iter().filter(|shape| shape.is_valid()) {
            scalar::rasterize_trapezoid(&mut one.as_mut(), shape, 0, 0);
            // Only the rows that the shape can touch, and clean again.
            let rows = shape.top.floor_int().max(0)..=shape.bottom.floor_int();
            for y in rows.map(i32::unsigned_abs).take_while(|&y| y < height) {
                let start = y as usize * width as usize;
                let mut target = one.as_mut();
                let Some(row) = target.row_mut(y) else { continue };
                for (sum, value) in sums[start..].iter_mut().zip(row) {
                    *sum += u32::from(*value);
                    *value = 0;
                }
            }
        }
        Ok(Self {
            touched: sums.iter().filter(|&&sum| sum > 0).count() as u64,
            overlapping: sums.iter().filter(|&&sum| sum > 255).count() as u64,
        })
    }
}

/// Where a line is at height `y`, in pixels; its first point if it is level.
#[must_use]
pub fn x_at(line: &Line, y: Fixed) -> f64 {
    let [(x1, y1), (x2, y2)] = [line.p1, line.p2].map(|point| (point.x.to_f64(), point.y.to_f64()));
    if y1 == y2 {
        return x1;
    }
    x1 + (x2 - x1) * (y.to_f64() - y1) / (y2 - y1)
}

/// The bounds of what lies between the sides.
fn bounds(shape: &Trapezoid) -> [f64; 4] {
    let xs =
        [&shape.left, &shape.right].map(|line| [x_at(line, shape.top), x_at(line, shape.bottom)]);
    let [[a, b], [c, d]] = xs;
    [a.min(b), shape.top.to_f64(), c.max(d), shape.bottom.to_f64()]
}

fn joined(so_far: Option<[f64; 4]>, more: [f64; 4]) -> [f64; 4] {
    so_far.map_or(more, |[left, top, right, bottom]| {
        [left.min(more[0]), top.min(more[1]), right.max(more[2]), bottom.max(more[3])]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::Rgba;

    fn rectangle(left: f64, top: f64, right: f64, bottom: f64) -> Trapezoid {
        let [left, top, right, bottom] = [left, top, right, bottom].map(Fixed::from_f64);
        Trapezoid::rectangle(left, top, right, bottom)
    }

    fn set(trapezoids: Vec<Trapezoid>) -> Set {
        Set { name: "set".into(), colour: Rgba::opaque(0, 0, 0), trapezoids }
    }

    #[test]
    fn shapes_are_counted_by_kind() {
        let stats = Stats::of_set(&set(vec![
            rectangle(1.0, 1.0, 5.0, 4.0),
            rectangle(1.0, 1.0, 1.5, 9.0),
            rectangle(2.0, 4.0, 8.0, 4.01),
            rectangle(2.0, 4.0, 8.0, 4.0),
        ]));
        assert_eq!((stats.trapezoids, stats.invalid, stats.slivers, stats.rowless), (4, 1, 2, 1));
        assert_eq!(stats.request_bytes, 160);
        assert!((stats.area - (12.0 + 4.0 + 0.06)).abs() < 1e-3);
        assert_eq!(stats.bounds.map(|b| b[2]), Some(8.0));
        assert_eq!(Stats::of_set(&set(vec![])).bounds, None);
    }

    #[test]
    fn overlaps_are_found() {
        let twice = set(vec![rectangle(0.0, 0.0, 4.0, 4.0), rectangle(2.0, 2.0, 6.0, 6.0)]);
        let coverage = Coverage::of_set(&twice, 8, 8).unwrap();
        assert_eq!(coverage, Coverage { touched: 28, overlapping: 4 });
        let beside = set(vec![rectangle(0.0, 0.0, 1.5, 1.0), rectangle(1.5, 0.0, 3.0, 1.0)]);
        let coverage = Coverage::of_set(&beside, 8, 8).unwrap();
        assert_eq!(coverage, Coverage { touched: 3, overlapping: 0 }, "halves add up to a whole");
    }
}
