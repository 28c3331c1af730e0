//! Numbers about a capture.
//!
//! Owns the counting. It must not draw or print.

use raster::{Fixed, Grid, Line, Mask, MaskError, MaskFormat, Trapezoid, scalar};
use serde::Serialize;

use crate::capture::{Capture, GlyphImage, Set, Shape, Shapes};

/// What can be said about the shapes of a set, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Stats {
    /// How many shapes there are, of any kind.
    pub shapes: usize,
    /// How many of them are trapezoids (also those of `AddTraps`).
    pub trapezoids: usize,
    /// How many are triangles.
    pub triangles: usize,
    /// How many are glyphs.
    pub glyphs: usize,
    /// How many are rectangles.
    pub rectangles: usize,
    /// How many draw nothing by definition (`pixman_trapezoid_valid`).
    pub invalid: usize,
    /// How many, of the valid trapezoids and triangles, are nowhere as wide as a
    /// pixel, or lower than one.
    pub slivers: usize,
    /// How many, of the valid ones, no sample row of A8 crosses.
    pub rowless: usize,
    /// Bytes of the requests; where there was none, those of the shapes in one.
    pub request_bytes: u64,
    /// The sum of the areas of trapezoids and triangles in pixels; overlaps count
    /// as often as they are covered.
    pub area: f64,
    /// What sampling costs, roughly: how often a sample row of the mask's format
    /// crosses a trapezoid, and both edges take a step.
    pub sample_rows: u64,
    /// What compositing costs, roughly: the pixels of the boxes around the masks.
    pub mask_pixels: u64,
    /// Left, top, right and bottom of all that is covered, in pixels.
    pub bounds: Option<[f64; 4]>,
}

impl Stats {
    /// Counts one set.
    #[must_use]
    pub fn of_set(capture: &Capture, set: &Set) -> Self {
        let mut stats = Self::default();
        stats.add(capture, set);
        stats
    }

    /// Counts all sets together.
    #[must_use]
    pub fn of_capture(capture: &Capture) -> Self {
        let mut stats = Self::default();
        for set in &capture.sets {
            stats.add(capture, set);
        }
        stats
    }

    /// Counts what other stats counted, too.
    pub fn merge(&mut self, other: &Self) {
        self.shapes += other.shapes;
        self.trapezoids += other.trapezoids;
        self.triangles += other.triangles;
        self.glyphs += other.glyphs;
        self.rectangles += other.rectangles;
        self.invalid += other.invalid;
        self.slivers += other.slivers;
        self.rowless += other.rowless;
        self.request_bytes += other.request_bytes;
        self.area += other.area;
        self.sample_rows += other.sample_rows;
        self.mask_pixels += other.mask_pixels;
        if let Some(bounds) = other.bounds {
            self.bounds = Some(joined(self.bounds, bounds));
        }
    }

    fn add(&mut self, capture: &Capture, set: &Set) {
        let count = set.shapes.len();
        self.shapes += count;
        let (of_kind, bytes_each) = match set.shapes {
            Shapes::Trapezoids(_) => (&mut self.trapezoids, 40),
            Shapes::Traps(_) => (&mut self.trapezoids, 24),
            Shapes::Triangles(_) => (&mut self.triangles, 24),
            Shapes::Glyphs(_) => (&mut self.glyphs, 1),
            Shapes::Rectangles(_) => (&mut self.rectangles, 8),
        };
        *of_kind += count;
        self.request_bytes += set.origin.map_or(count as u64 * bytes_each, |from| from.bytes);
        let grid = Grid::of(capture.mask_format(set));
        let shared = !matches!(
            set.drawing.map(|drawing| drawing.masking),
            Some(crate::capture::Masking::Each)
        );
        let mut around = None;
        for shape in set.iter() {
            self.add_shape(&shape, &capture.glyphs, grid);
            let Some(bounds) = shape.bounds(&capture.glyphs) else { continue };
            self.bounds = Some(joined(self.bounds, bounds));
            if shared {
                around = Some(joined(around, bounds));
            } else {
                self.mask_pixels += pixels_of(bounds);
            }
        }
        self.mask_pixels += around.map_or(0, pixels_of);
    }

    fn add_shape(&mut self, shape: &Shape, glyphs: &[GlyphImage], grid: Grid) {
        if matches!(shape, Shape::Glyph(_) | Shape::Rectangle(_)) {
            return;
        }
        let valid = || shape.parts().into_iter().flatten().filter(Trapezoid::is_valid);
        if valid().next().is_none() {
            self.invalid += 1;
            return;
        }
        let (width, height) = shape.extent(glyphs);
        self.slivers += usize::from(width < 1.0 || height < 1.0);
        self.rowless += usize::from(valid().all(|part| rows(Grid::A8, &part) == 0));
        for part in valid() {
            let ends = [part.top, part.bottom];
            let [top, bottom] = ends.map(|y| x_at(&part.right, y) - x_at(&part.left, y));
            let height = part.bottom.to_f64() - part.top.to_f64();
            self.area += (top + bottom).max(0.0) / 2.0 * height;
            self.sample_rows += rows(grid, &part);
        }
    }
}

/// How many sample rows of a grid cross a valid trapezoid.
fn rows(grid: Grid, part: &Trapezoid) -> u64 {
    let number = |y: Fixed| {
        let within = (y.frac() - grid.first_row).div_euclid(grid.step_small);
        i64::from(y.floor_int()) * i64::from(grid.rows) + i64::from(within)
    };
    let (first, last) = (grid.row_at_or_below(part.top), grid.row_above(part.bottom));
    if first > last { 0 } else { (number(last) - number(first) + 1).unsigned_abs() }
}

fn pixels_of([left, top, right, bottom]: [f64; 4]) -> u64 {
    // Casts saturate, and 16.16 keeps the sides below 2^17 anyway.
    ((right.ceil() - left.floor()) * (bottom.ceil() - top.floor())) as u64
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
        for shape in set.trapezoids().filter(Trapezoid::is_valid) {
            scalar::rasterize_trapezoid(&mut one.as_mut(), &shape, 0, 0);
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

fn joined(so_far: Option<[f64; 4]>, more: [f64; 4]) -> [f64; 4] {
    so_far.map_or(more, |[left, top, right, bottom]| {
        [left.min(more[0]), top.min(more[1]), right.max(more[2]), bottom.max(more[3])]
    })
}

#[cfg(test)]
mod tests {
    use raster::{Point, Triangle};

    use super::*;
    use crate::colour::Rgba;

    fn rectangle(left: f64, top: f64, right: f64, bottom: f64) -> Trapezoid {
        let [left, top, right, bottom] = [left, top, right, bottom].map(Fixed::from_f64);
        Trapezoid::rectangle(left, top, right, bottom)
    }

    fn stats(trapezoids: Vec<Trapezoid>) -> Stats {
        Stats::of_set(&Capture::default(), &set(trapezoids))
    }

    fn set(trapezoids: Vec<Trapezoid>) -> Set {
        Set::of_trapezoids("set", Rgba::opaque(0, 0, 0), trapezoids)
    }

    #[test]
    fn shapes_are_counted_by_kind() {
        let stats = stats(vec![
            rectangle(1.0, 1.0, 5.0, 4.0),
            rectangle(1.0, 1.0, 1.5, 9.0),
            rectangle(2.0, 4.0, 8.0, 4.01),
            rectangle(2.0, 4.0, 8.0, 4.0),
        ]);
        assert_eq!((stats.trapezoids, stats.invalid, stats.slivers, stats.rowless), (4, 1, 2, 1));
        assert_eq!(stats.request_bytes, 160);
        assert!((stats.area - (12.0 + 4.0 + 0.06)).abs() < 1e-3);
        assert_eq!(stats.bounds.map(|b| b[2]), Some(8.0));
        assert_eq!(stats.sample_rows, 3 * 15 + 8 * 15);
        assert_eq!(stats.mask_pixels, 7 * 8, "one mask around all");
        assert_eq!(Stats::default().bounds, None);
    }

    #[test]
    fn triangles_count_once() {
        let corners = [(0.0, 0.0), (4.0, 2.0), (0.0, 4.0)].map(|(x, y)| Point::from_f64(x, y));
        let [a, b, c] = corners;
        let flat = Triangle::new(a, c, c);
        let triangles = Shapes::Triangles(vec![Triangle::new(a, b, c), flat]);
        let set = Set { shapes: triangles, ..set(vec![]) };
        let stats = Stats::of_set(&Capture::default(), &set);
        assert_eq!((stats.triangles, stats.trapezoids, stats.area), (2, 0, 8.0));
        assert_eq!((stats.slivers, stats.sample_rows), (1, 4 * 15 * 2), "the flat one");
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
