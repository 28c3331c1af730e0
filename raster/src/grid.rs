//! Where a pixel is sampled: one constant grid for each mask format.
//!
//! Owns the positions of sample rows and columns and the roundings to them.
//! It must not know edges or shapes.
//!
//! A pixel of a mask with n > 1 bits has 2^(n/2) − 1 sample rows and
//! 2^(n/2) + 1 sample columns, whose product is the value of a full pixel:
//! 15 × 17 = 255 for A8, 3 × 5 = 15 for A4. A1 has the one sample in its
//! centre. Neither 15 nor 17 divides 65536, so one gap per pixel is larger than the
//! others: for rows the one across the pixel boundary, split evenly between
//! the top and the bottom.

use crate::fixed::Fixed;
use crate::mask::MaskFormat;

/// The sample positions within one pixel, in 1/65536 pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Sample rows in a pixel (pixman's `N_Y_FRAC`).
    pub rows: i32,
    /// From one row of a pixel to the next (`STEP_Y_SMALL`).
    pub step_small: i32,
    /// From the last row of a pixel to the first of the one below
    /// (`STEP_Y_BIG`).
    pub step_big: i32,
    /// The first row (`Y_FRAC_FIRST`).
    pub first_row: i32,
    /// The last row (`Y_FRAC_LAST`).
    pub last_row: i32,
    /// Sample columns in a pixel (`N_X_FRAC`).
    pub columns: i32,
    /// From one column to the next (`STEP_X_SMALL`).
    pub column_step: i32,
    /// The first column (`X_FRAC_FIRST`).
    pub first_column: i32,
}

impl Grid {
    /// One sample in the centre.
    pub const A1: Self = Self::new(1, 1);
    /// 3 rows of 5 samples.
    pub const A4: Self = Self::new(3, 5);
    /// 15 rows of 17 samples.
    pub const A8: Self = Self::new(15, 17);

    /// The grid that masks of `format` are sampled on.
    #[must_use]
    pub const fn of(format: MaskFormat) -> Self {
        match format {
            MaskFormat::A1 => Self::A1,
            MaskFormat::A4 => Self::A4,
            MaskFormat::A8 => Self::A8,
        }
    }

    const fn new(rows: i32, columns: i32) -> Self {
        let step_small = 65536 / rows;
        let step_big = 65536 - (rows - 1) * step_small;
        let first_row = step_big / 2;
        let column_step = 65536 / columns;
        Self {
            rows,
            step_small,
            step_big,
            first_row,
            last_row: first_row + (rows - 1) * step_small,
            columns,
            column_step,
            first_column: (65536 - (columns - 1) * column_step) / 2,
        }
    }

    /// The first sample row at or below `y` (y grows downwards;
    /// `pixman_sample_ceil_y`).
    ///
    /// Below the last row of pixel 32767 there is none: the very end of the
    /// range stands for it.
    #[must_use]
    pub const fn row_at_or_below(self, y: Fixed) -> Fixed {
        let slots = (y.frac() - self.first_row + self.step_small - 1).div_euclid(self.step_small);
        let row = slots * self.step_small + self.first_row;
        if row <= self.last_row {
            Fixed::from_bits(y.floor().bits() | row)
        } else if y.floor_int() == 0x7fff {
            Fixed::from_bits(y.floor().bits() | 0xffff)
        } else {
            Fixed::from_bits(y.floor().wrapping_add(Fixed::ONE).bits() | self.first_row)
        }
    }

    /// The last sample row strictly above `y` (`pixman_sample_floor_y`).
    ///
    /// Above the first row of pixel −32768 there is none: the very start of
    /// the range stands for it.
    #[must_use]
    pub const fn row_above(self, y: Fixed) -> Fixed {
        let slots = (y.frac() - 1 - self.first_row).div_euclid(self.step_small);
        let row = slots * self.step_small + self.first_row;
        if row >= self.first_row {
            Fixed::from_bits(y.floor().bits() | row)
        } else if y.floor_int() == -0x8000 {
            y.floor()
        } else {
            Fixed::from_bits(y.floor().wrapping_sub(Fixed::ONE).bits() | self.last_row)
        }
    }

    /// Whether a sample row passes through `y`.
    #[must_use]
    pub const fn is_row(self, y: Fixed) -> bool {
        let from_first = y.frac() - self.first_row;
        from_first >= 0 && y.frac() <= self.last_row && from_first % self.step_small == 0
    }

    /// How many sample columns of a pixel lie left of the fraction of `x`,
    /// 0 to [`columns`](Self::columns) (`RENDER_SAMPLES_X`). A column at `x`
    /// is left of it; see [`column`](Self::column) for where columns are.
    ///
    /// For A1 pixman shifts the edges instead of counting columns; the answer
    /// counts the one sample so that the outcome is the same.
    #[must_use]
    pub const fn samples_left_of(self, x: Fixed) -> i32 {
        (x.frac() + self.column_step - self.column(0)) / self.column_step
    }

    /// Where sample column `number`, from 0, lies in a pixel, in 1/65536: the
    /// first fraction of which it is left. By pixman's roundings that is one
    /// less than [`first_column`](Self::first_column) and its followers for A4
    /// and A8 (`RENDER_SAMPLES_X`), and one more for A1 (the shift of both
    /// edges in `rasterize_edges_1`).
    #[must_use]
    pub const fn column(self, number: i32) -> i32 {
        let rounding = if self.columns == 1 { 1 } else { -1 };
        self.first_column + rounding + number * self.column_step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grids_are_the_known_ones() {
        let a8 = Grid::A8;
        assert_eq!(
            (a8.step_small, a8.step_big, a8.first_row, a8.last_row),
            (4369, 4370, 2185, 63351)
        );
        assert_eq!((a8.column_step, a8.first_column), (3855, 1928));
        let a4 = Grid::A4;
        assert_eq!(
            (a4.step_small, a4.step_big, a4.first_row, a4.last_row),
            (21845, 21846, 10923, 54613)
        );
        assert_eq!((a4.column_step, a4.first_column), (13107, 6554));
        let a1 = Grid::A1;
        assert_eq!(
            (a1.step_big, a1.first_row, a1.last_row, a1.first_column),
            (65536, 32768, 32768, 32768)
        );
    }

    #[test]
    fn rows_times_columns_is_a_full_pixel() {
        for format in MaskFormat::ALL {
            let grid = Grid::of(format);
            assert_eq!(grid.rows * grid.columns, i32::from(format.full()));
        }
    }

    /// Every fraction against the list of rows, which is too simple to err.
    #[test]
    fn rows_are_found_from_everywhere_in_a_pixel() {
        for grid in [Grid::A1, Grid::A4, Grid::A8] {
            let rows: Vec<i32> = (-1..2)
                .flat_map(|pixel| {
                    (0..grid.rows)
                        .map(move |row| pixel * 65536 + grid.first_row + row * grid.step_small)
                })
                .collect();
            for bits in 0..=65536 {
                let y = Fixed::from_bits(bits);
                let below = rows.iter().copied().find(|&row| row >= bits);
                let above = rows.iter().copied().rev().find(|&row| row < bits);
                assert_eq!(Some(grid.row_at_or_below(y).bits()), below);
                assert_eq!(Some(grid.row_above(y).bits()), above);
                assert_eq!(grid.is_row(y), rows.contains(&bits));
            }
        }
    }

    #[test]
    fn rows_saturate_at_the_ends() {
        assert_eq!(Grid::A8.row_at_or_below(Fixed::MAX), Fixed::MAX);
        assert_eq!(Grid::A8.row_above(Fixed::MIN), Fixed::MIN);
    }

    #[test]
    fn columns_are_where_they_begin_to_count() {
        for grid in [Grid::A1, Grid::A4, Grid::A8] {
            for number in 0..grid.columns {
                let at = grid.column(number);
                assert_eq!(grid.samples_left_of(Fixed::from_bits(at)), number + 1);
                assert_eq!(grid.samples_left_of(Fixed::from_bits(at - 1)), number);
            }
        }
    }

    #[test]
    fn all_columns_lie_left_of_the_right_end() {
        for grid in [Grid::A1, Grid::A4, Grid::A8] {
            assert_eq!(grid.samples_left_of(Fixed::ZERO), 0);
            assert_eq!(grid.samples_left_of(Fixed::from_bits(0xffff)), grid.columns);
        }
    }
}
