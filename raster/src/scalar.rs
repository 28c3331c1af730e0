//! The specification: pixman 0.42.2's coverage of trapezoids, in integers.
//!
//! Owns what the right answer is. Faster code is compared with this module,
//! and this module with libpixman; it is kept plain rather than fast. It must
//! not know floats, paths or processors.
//!
//! # The algorithm
//!
//! ```text
//! for every sample row y from the first at or below the top
//!                       to the last strictly above the bottom:
//!     left, right = where the two edges are at y, cut to the mask
//!     if right > left:
//!         every pixel from left to right gains the number of its
//!         sample columns between them, saturating
//! ```
//!
//! Pixman defers the inner pixels of A8 spans and adds several rows at once.
//! As counts are never negative, a saturating sum does not depend on its
//! order, so that is an optimisation and not part of the specification.

use thiserror::Error;

use crate::edge::Edge;
use crate::fixed::Fixed;
use crate::grid::Grid;
use crate::mask::{MaskFormat, MaskMut};
use crate::trap::{Line, Point, Trap, Trapezoid};
use crate::tri::Triangle;

/// Two edges and the sample rows between which they bound a shape, all within
/// a mask. The edges stand on `top`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    pub(crate) left: Edge,
    pub(crate) right: Edge,
    pub(crate) top: Fixed,
    pub(crate) bottom: Fixed,
}

/// Why edges cannot be walked between two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RowError {
    /// The height does not lie on a sample row of the mask's grid.
    #[error("y = {0} is not on a sample row")]
    NotARow(Fixed),
    /// The row lies outside of the mask.
    #[error("the row at y = {0} lies outside of the mask")]
    Outside(Fixed),
}

/// Adds the coverage of a trapezoid, moved by whole pixels
/// (`pixman_rasterize_trapezoid`).
///
/// An [invalid](Trapezoid::is_valid) one adds nothing. Coordinates wrap at 32
/// bits when moved, as pixman's do, so what a trapezoid covers far outside of
/// ±32768 pixels is well-defined rather than sensible.
pub fn rasterize_trapezoid(
    mask: &mut MaskMut<'_>,
    trapezoid: &Trapezoid,
    x_offset: i32,
    y_offset: i32,
) {
    let grid = Grid::of(mask.format());
    if let Some(shape) = Outline::of_trapezoid(grid, mask.height(), trapezoid, x_offset, y_offset) {
        walk(mask, shape.walk(grid));
    }
}

/// Adds the coverage of all trapezoids (`pixman_add_trapezoids`).
pub fn add_trapezoids(
    mask: &mut MaskMut<'_>,
    x_offset: i16,
    y_offset: i32,
    trapezoids: &[Trapezoid],
) {
    for trapezoid in trapezoids {
        rasterize_trapezoid(mask, trapezoid, i32::from(x_offset), y_offset);
    }
}

/// Adds the coverage of all triangles (`pixman_add_triangles`).
///
/// Only the lower 16 bits of `x_offset` count: pixman hands it on through a
/// 16-bit parameter.
pub fn add_triangles(mask: &mut MaskMut<'_>, x_offset: i32, y_offset: i32, triangles: &[Triangle]) {
    for triangle in triangles {
        add_trapezoids(mask, x_offset as i16, y_offset, &triangle.to_trapezoids());
    }
}

/// Adds the coverage of all traps (`pixman_add_traps`).
///
/// Unlike trapezoids, traps are not tested for validity; one without height
/// has no sample rows.
pub fn add_traps(mask: &mut MaskMut<'_>, x_offset: i16, y_offset: i16, traps: &[Trap]) {
    let grid = Grid::of(mask.format());
    for trap in traps {
        if let Some(shape) = Outline::of_trap(grid, mask.height(), trap, x_offset, y_offset) {
            walk(mask, shape.walk(grid));
        }
    }
}

/// Adds what lies between two edges from the sample row `top` to the sample
/// row `bottom`, both included (`pixman_rasterize_edges`). The edges must
/// stand on `top`; afterwards they stand on `bottom`.
///
/// # Errors
///
/// Before anything is drawn, if a height is not on a sample row of the mask,
/// where pixman would write outside of its image.
pub fn rasterize_edges(
    mask: &mut MaskMut<'_>,
    left: &mut Edge,
    right: &mut Edge,
    top: Fixed,
    bottom: Fixed,
) -> Result<(), RowError> {
    let grid = Grid::of(mask.format());
    for y in [top, bottom] {
        if !grid.is_row(y) {
            return Err(RowError::NotARow(y));
        }
        if y < Fixed::ZERO || y.floor_int().unsigned_abs() >= mask.height() {
            return Err(RowError::Outside(y));
        }
    }
    if top <= bottom {
        (*left, *right) = walk(mask, Walk { left: *left, right: *right, top, bottom });
    }
    Ok(())
}

/// A shape within a mask: its first and last sample row, and its sides from
/// their upper to their lower points, moved to where they are drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline {
    pub(crate) top: Fixed,
    pub(crate) bottom: Fixed,
    pub(crate) left: (Point, Point),
    pub(crate) right: (Point, Point),
}

impl Outline {
    /// A trapezoid moved by whole pixels; `None` if it has no sample row in a
    /// mask of that height.
    #[inline]
    pub(crate) fn of_trapezoid(
        grid: Grid,
        height: u32,
        trapezoid: &Trapezoid,
        x_offset: i32,
        y_offset: i32,
    ) -> Option<Self> {
        if !trapezoid.is_valid() {
            return None;
        }
        let (top, bottom) = rows(grid, height, trapezoid.top, trapezoid.bottom, y_offset)?;
        let side = |line: &Line| line.downwards(x_offset, y_offset);
        let (left, right) = (side(&trapezoid.left), side(&trapezoid.right));
        Some(Self { top, bottom, left, right })
    }

    /// A trap moved by whole pixels; `None` if it has no sample row in a mask
    /// of that height.
    #[inline]
    pub(crate) fn of_trap(
        grid: Grid,
        height: u32,
        trap: &Trap,
        x_offset: i16,
        y_offset: i16,
    ) -> Option<Self> {
        let (dx, dy) = (Fixed::from_int(x_offset.into()), Fixed::from_int(y_offset.into()));
        let (top, bottom) = rows(grid, height, trap.top.y, trap.bottom.y, y_offset.into())?;
        let point = |x: Fixed, y: Fixed| Point::new(x.wrapping_add(dx), y.wrapping_add(dy));
        let side = |x_top: Fixed, x_bottom: Fixed| {
            (point(x_top, trap.top.y), point(x_bottom, trap.bottom.y))
        };
        let left = side(trap.top.left, trap.bottom.left);
        let right = side(trap.top.right, trap.bottom.right);
        Some(Self { top, bottom, left, right })
    }

    /// The sides as edges that stand on the first sample row.
    pub(crate) fn walk(&self, grid: Grid) -> Walk {
        let Self { top, bottom, left, right } = *self;
        let edge = |side: (Point, Point)| Edge::new(grid, top, side.0, side.1);
        Walk { left: edge(left), right: edge(right), top, bottom }
    }
}

/// The first and the last sample row of a shape within a mask of that height,
/// if there is any. Heights wrap when moved, before they are cut.
#[inline]
fn rows(
    grid: Grid,
    height: u32,
    top: Fixed,
    bottom: Fixed,
    y_offset: i32,
) -> Option<(Fixed, Fixed)> {
    let offset = Fixed::from_int(y_offset);
    let top = grid.row_at_or_below(top.wrapping_add(offset).max(Fixed::ZERO));
    let bottom = grid.row_above(cut(bottom.wrapping_add(offset), height));
    // Of a mask of no rows the cut is −1/65536, whose row lies above any top.
    (bottom >= top).then_some((top, bottom))
}

/// `value`, or the last number before pixel `side` if it lies beyond. Sides of
/// 32768 and more are never exceeded.
pub(crate) fn cut(value: Fixed, side: u32) -> Fixed {
    if i64::from(value.floor_int()) >= i64::from(side) {
        Fixed::from_int(side as i32).wrapping_sub(Fixed::EPSILON)
    } else {
        value
    }
}

/// Walks both edges over the rows, which lie in the mask, and returns them as
/// they stand on the last.
fn walk(mask: &mut MaskMut<'_>, shape: Walk) -> (Edge, Edge) {
    let Walk { mut left, mut right, top, bottom } = shape;
    let (format, width) = (mask.format(), mask.width());
    let grid = Grid::of(format);
    let mut y = top;
    loop {
        // `top` ≥ 0, so the row's number is not negative.
        if let Some(row) = mask.row_mut(y.floor_int().unsigned_abs()) {
            add_span(row, format, width, Fixed::from_bits(left.x), Fixed::from_bits(right.x));
        }
        if y >= bottom {
            return (left, right);
        }
        if y.frac() == grid.last_row {
            left.step_big();
            right.step_big();
            y = y.wrapping_add(Fixed::from_bits(grid.step_big));
        } else {
            left.step_small();
            right.step_small();
            y = y.wrapping_add(Fixed::from_bits(grid.step_small));
        }
    }
}

/// Adds one sample row between `left` and `right` (the inner part of pixman's
/// `rasterize_edges_1`, `_4` and `_8`).
fn add_span(row: &mut [u8], format: MaskFormat, width: u32, left: Fixed, right: Fixed) {
    let grid = Grid::of(format);
    if format == MaskFormat::A1 {
        // Shifted so that a pixel is in when its centre is; a centre exactly
        // on an edge belongs to the pixel at its right.
        let shift = Fixed::from_bits(grid.first_column - 1);
        let left = left.wrapping_add(shift).max(Fixed::ZERO).floor_int();
        let right = i64::from(right.wrapping_add(shift).floor_int()).min(i64::from(width));
        for x in i64::from(left)..right {
            add_samples(row, format, x as usize, 1);
        }
        return;
    }
    let (left, right) = (left.max(Fixed::ZERO), cut(right, width));
    if right <= left {
        return;
    }
    // Not negative, and left of the mask's right end: they name pixels.
    let (first, last) = (left.floor_int() as usize, right.floor_int() as usize);
    let (skipped, reached) = (grid.samples_left_of(left), grid.samples_left_of(right));
    if first == last {
        add_samples(row, format, first, reached - skipped);
        return;
    }
    add_samples(row, format, first, grid.columns - skipped);
    for x in first + 1..last {
        add_samples(row, format, x, grid.columns);
    }
    add_samples(row, format, last, reached);
}

/// Adds a count of samples, 0 to 17, to pixel `x` with saturation.
fn add_samples(row: &mut [u8], format: MaskFormat, x: usize, samples: i32) {
    // 0 to 17 by the grid's construction.
    let samples = samples as u8;
    match format {
        MaskFormat::A8 => row[x] = row[x].saturating_add(samples),
        MaskFormat::A4 => {
            let shift = 4 * (x % 2);
            let byte = &mut row[x / 2];
            let sum = ((*byte >> shift & 15) + samples).min(15);
            *byte = *byte & !(15 << shift) | sum << shift;
        }
        MaskFormat::A1 => row[x / 8] |= 1 << (x % 8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;

    fn square(format: MaskFormat, low: f64, high: f64) -> Mask {
        let mut mask = Mask::new(format, 4, 4).unwrap();
        let (low, high) = (Fixed::from_f64(low), Fixed::from_f64(high));
        rasterize_trapezoid(&mut mask.as_mut(), &Trapezoid::rectangle(low, low, high, high), 0, 0);
        mask
    }

    #[test]
    fn whole_pixels_are_full() {
        for format in MaskFormat::ALL {
            let mask = square(format, 1.0, 3.0);
            assert_eq!(mask.total(), 4 * u64::from(format.full()), "{format:?}");
            assert_eq!(mask.get(1, 2), format.full());
        }
    }

    #[test]
    fn half_pixels_count_their_samples() {
        let mask = square(MaskFormat::A8, 1.5, 2.0);
        // 7 of 15 rows and 8 of 17 columns start at the pixel's middle, plus
        // the column in the middle, which is left of an edge that is on it.
        assert_eq!(mask.get(1, 1), 8 * 8);
    }

    #[test]
    fn sums_saturate() {
        for format in MaskFormat::ALL {
            let mut mask = Mask::new(format, 2, 1).unwrap();
            let [low, high] = [Fixed::from_int(-9), Fixed::from_int(9)];
            let everything = Trapezoid::rectangle(low, low, high, high);
            add_trapezoids(&mut mask.as_mut(), 0, 0, &[everything; 3]);
            assert_eq!((mask.get(0, 0), mask.get(1, 0)), (format.full(), format.full()));
        }
    }

    #[test]
    fn raw_rows_must_exist() {
        let mut mask = Mask::new(MaskFormat::A8, 2, 2).unwrap();
        let first = Fixed::from_bits(Grid::A8.first_row);
        let (mut left, mut right) = (Edge::default(), Edge { x: 65536, ..Edge::default() });
        let mut edges =
            |top, bottom| rasterize_edges(&mut mask.as_mut(), &mut left, &mut right, top, bottom);
        assert_eq!(edges(Fixed::ZERO, first), Err(RowError::NotARow(Fixed::ZERO)));
        let below = first.wrapping_add(Fixed::from_int(2));
        assert_eq!(edges(first, below), Err(RowError::Outside(below)));
        let above = first.wrapping_sub(Fixed::ONE);
        assert_eq!(edges(above, first), Err(RowError::Outside(above)));
        assert_eq!(edges(first, first), Ok(()));
        assert_eq!(mask.get(0, 0), 17);
    }
}
