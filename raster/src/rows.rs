//! The same coverage, a pixel row at a time.
//!
//! Owns the portable way to be faster than sample by sample. It must not know
//! what the right answer is: [`scalar`](crate::scalar) does, and every byte
//! is compared with it and with libpixman.
//!
//! # The algorithm
//!
//! An edge at x leaves, in its pixel, the samples at its right, and all of
//! them from the next pixel on. So each sample row notes only where coverage
//! *changes*; after the rows of a pixel, one running sum gives them all:
//!
//! ```text
//! for every pixel row:
//!     for every sample row in it:
//!         at the left edge's pixel: + samples at its right, next pixel: + the rest
//!         at the right edge's pixel: − samples at its right, next pixel: − the rest
//!     from the first to the last change: sum, add to the mask, saturating
//! ```
//!
//! Between the last change by a left edge and the first by a right one, the
//! sum is constant: there, bytes are filled without looking at changes. A1
//! has one sample row per pixel row and needs no sums.

use crate::fixed::Fixed;
use crate::grid::Grid;
use crate::mask::{MaskFormat, MaskMut};
use crate::scalar::{Walk, cut};

/// Changes of coverage along the row of pixels that is being drawn. Keeps its
/// memory between rows: as many words as the widest mask has had pixels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    /// Zero between rows.
    changes: Vec<i32>,
    touched: Touched,
}

impl Changes {
    pub(crate) const fn new() -> Self {
        Self { changes: Vec::new(), touched: Touched::NOTHING }
    }

    /// Adds what lies between two edges.
    pub(crate) fn draw(&mut self, mask: &mut MaskMut<'_>, shape: Walk) {
        match mask.format() {
            MaskFormat::A1 => draw_bits(mask, shape),
            MaskFormat::A4 => self.draw_rows::<4>(mask, shape),
            MaskFormat::A8 => self.draw_rows::<8>(mask, shape),
        }
    }

    /// A4 and A8, told apart at compile time so that the grid is constant.
    fn draw_rows<const BITS: u32>(&mut self, mask: &mut MaskMut<'_>, shape: Walk) {
        let grid = if BITS == 4 { Grid::A4 } else { Grid::A8 };
        self.walk_rows(grid, mask.width(), shape, |y, changes| {
            if let Some(row) = mask.row_mut(y) {
                changes.add_to::<BITS>(row);
            }
        });
    }

    /// Walks down a shape in a mask of that width, and hands over the changes
    /// of each row of pixels.
    #[inline(always)]
    pub(crate) fn walk_rows(
        &mut self,
        grid: Grid,
        width: u32,
        shape: Walk,
        mut row: impl FnMut(u32, &mut Self),
    ) {
        let Walk { mut left, mut right, top, bottom } = shape;
        // Rows lie in the mask: neither is negative.
        let last_pixel = bottom.floor_int();
        let mut slot = (top.frac() - grid.first_row) / grid.step_small;
        let last_slot = (bottom.frac() - grid.first_row) / grid.step_small;
        for pixel in top.floor_int()..=last_pixel {
            let end = if pixel == last_pixel { last_slot } else { grid.rows - 1 };
            loop {
                let [x_left, x_right] = [left.x, right.x].map(Fixed::from_bits);
                self.note(grid, width, x_left, x_right);
                if slot >= end {
                    break;
                }
                left.step_small();
                right.step_small();
                slot += 1;
            }
            row(pixel.unsigned_abs(), self);
            left.step_big();
            right.step_big();
            slot = 0;
        }
    }

    /// The pixels from the first change to after the last, in this row.
    pub(crate) fn touched(&self) -> (i32, i32) {
        let Touched { first_left, last_right, .. } = self.touched;
        // At most 65536, but where nothing was touched.
        (first_left.min(1 << 16) as i32, last_right as i32 + 1)
    }

    /// Notes the changes of one sample row of a mask of that width.
    #[inline]
    pub(crate) fn note(&mut self, grid: Grid, width: u32, left: Fixed, right: Fixed) {
        let (left, right) = (left.max(Fixed::ZERO), cut(right, width));
        if right <= left {
            return;
        }
        // A right edge in the last pixel notes a change one beyond it.
        let needed = width as usize + 1;
        if self.changes.len() < needed {
            self.changes.resize(needed, 0);
        }
        let touched = &mut self.touched;
        // Not negative, and left of the mask's right end: they name pixels.
        let (first, last) = (left.floor_int() as usize, right.floor_int() as usize);
        let (skipped, reached) = (grid.samples_left_of(left), grid.samples_left_of(right));
        self.changes[first] += grid.columns - skipped;
        self.changes[first + 1] += skipped;
        self.changes[last] -= grid.columns - reached;
        self.changes[last + 1] -= reached;
        touched.first_left = touched.first_left.min(first);
        touched.last_left = touched.last_left.max(first);
        touched.first_right = touched.first_right.min(last);
        touched.last_right = touched.last_right.max(last);
    }

    /// Sums the changes into a row of a mask and forgets them.
    pub(crate) fn add_to<const BITS: u32>(&mut self, row: &mut [u8]) {
        let touched = std::mem::replace(&mut self.touched, Touched::NOTHING);
        let Touched { first_left, last_left, first_right, last_right } = touched;
        if first_left > last_right {
            return;
        }
        let mut sum = 0;
        // The changes of the left edge end one pixel after its last one.
        let inner = last_left + 2;
        if inner < first_right {
            sum = self.ramp::<BITS>(row, first_left, inner, sum);
            add_many::<BITS>(row, inner, first_right, sum as u8);
            sum = self.ramp::<BITS>(row, first_right, last_right + 1, sum);
        } else {
            sum = self.ramp::<BITS>(row, first_left, last_right + 1, sum);
        }
        // What is left is the end of the right edge, outside of the row.
        sum += std::mem::take(&mut self.changes[last_right + 1]);
        debug_assert_eq!(sum, 0, "all that was added is taken away");
    }

    /// Adds the running sum to the pixels from `start` to before `end`.
    fn ramp<const BITS: u32>(
        &mut self,
        row: &mut [u8],
        start: usize,
        end: usize,
        mut sum: i32,
    ) -> i32 {
        for (x, change) in (start..end).zip(&mut self.changes[start..end]) {
            sum += std::mem::take(change);
            // 0 to 255 for A8, 0 to 15 for A4, by the grid's construction.
            add_one::<BITS>(row, x, sum as u8);
        }
        sum
    }
}

/// The pixels of a row in which edges have been.
#[derive(Clone, Copy, Debug)]
struct Touched {
    first_left: usize,
    last_left: usize,
    first_right: usize,
    last_right: usize,
}

impl Touched {
    const NOTHING: Self =
        Self { first_left: usize::MAX, last_left: 0, first_right: usize::MAX, last_right: 0 };
}

impl Default for Touched {
    fn default() -> Self {
        Self::NOTHING
    }
}

/// Adds to one pixel of A4 or A8, saturating.
#[inline]
pub(crate) fn add_one<const BITS: u32>(row: &mut [u8], x: usize, value: u8) {
    if BITS == 8 {
        row[x] = row[x].saturating_add(value);
    } else {
        let shift = 4 * (x % 2);
        let byte = &mut row[x / 2];
        let sum = ((*byte >> shift & 15) + value).min(15);
        *byte = *byte & !(15 << shift) | sum << shift;
    }
}

/// Adds to the pixels from `start` to before `end`, saturating.
pub(crate) fn add_many<const BITS: u32>(row: &mut [u8], start: usize, end: usize, value: u8) {
    if BITS == 8 {
        let pixels = &mut row[start..end];
        if value == 255 {
            pixels.fill(255);
        } else {
            pixels.iter_mut().for_each(|pixel| *pixel = pixel.saturating_add(value));
        }
        return;
    }
    // Whole bytes between two half ones.
    let (first, last) = (start.div_ceil(2), end / 2);
    if start % 2 == 1 {
        add_one::<BITS>(row, start, value);
    }
    for byte in &mut row[first..last] {
        let (low, high) = (((*byte & 15) + value).min(15), ((*byte >> 4) + value).min(15));
        *byte = high << 4 | low;
    }
    if end % 2 == 1 && end > start {
        add_one::<BITS>(row, end - 1, value);
    }
}

/// A1: every row of pixels is one row of samples.
fn draw_bits(mask: &mut MaskMut<'_>, shape: Walk) {
    let width = i64::from(mask.width());
    let shift = Fixed::from_bits(Grid::A1.first_column - 1);
    let Walk { mut left, mut right, top, bottom } = shape;
    for pixel in top.floor_int()..=bottom.floor_int() {
        let pixel_at = |x: i32| i64::from(Fixed::from_bits(x).wrapping_add(shift).floor_int());
        let (first, end) = (pixel_at(left.x).max(0), pixel_at(right.x).min(width));
        if first < end
            && let Some(row) = mask.row_mut(pixel.unsigned_abs())
        {
            // Both within 0..=width.
            set_bits(row, first as usize, end as usize);
        }
        left.step_big();
        right.step_big();
    }
}

/// Sets the bits from `start` to before `end`, of which there is at least one.
fn set_bits(row: &mut [u8], start: usize, end: usize) {
    let (first, last) = (start / 8, (end - 1) / 8);
    let (from_start, to_end) = (0xff << (start % 8), 0xff >> (7 - (end - 1) % 8));
    if first == last {
        row[first] |= from_start & to_end;
        return;
    }
    row[first] |= from_start;
    row[first + 1..last].fill(0xff);
    row[last] |= to_end;
}
