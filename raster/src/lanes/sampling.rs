//! The grids as constants, for code that is compiled for each.
//!
//! Owns the one multiplication that counts samples. It must not know sides or
//! masks.

use crate::grid::Grid;

/// A grid of samples.
///
/// # Counting with one multiplication
///
/// Pixman counts the sample columns left of x pixel by pixel, by a division
/// whose remainder grows by one unit from pixel to pixel, as n columns of
/// ⌊65536 / n⌋ leave one unit of the pixel over. A division by n ÷ 65536
/// instead spreads that unit over the columns, and with the right constant it
/// still rounds in the same places:
///
/// ```text
/// samples left of x, from pixel 0 on = (n · x + BIAS) >> 16
/// ```
///
/// The tests compare every fraction.
pub(crate) trait Sampling: Copy {
    /// The grid.
    const GRID: Grid;
    /// See above.
    const BIAS: i32;

    /// How many sample columns lie left of `x`, which is at least −1 pixel and
    /// less than 2²⁵, counted from pixel 0 on.
    #[inline(always)]
    fn samples(x: i32) -> i32 {
        (x >> 16) * Self::GRID.columns + ((Self::GRID.columns * (x & 0xffff) + Self::BIAS) >> 16)
    }
}

/// A1.
#[derive(Clone, Copy)]
pub(crate) struct One;

impl Sampling for One {
    const GRID: Grid = Grid::A1;
    const BIAS: i32 = 32767;
}

/// A4.
#[derive(Clone, Copy)]
pub(crate) struct Four;

impl Sampling for Four {
    const GRID: Grid = Grid::A4;
    const BIAS: i32 = 32775;
}

/// A8.
#[derive(Clone, Copy)]
pub(crate) struct Eight;

impl Sampling for Eight {
    const GRID: Grid = Grid::A8;
    const BIAS: i32 = 32793;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixed::Fixed;

    fn compare<G: Sampling>() {
        for x in -65536..3 * 65536 {
            let fixed = Fixed::from_bits(x);
            let expected = fixed.floor_int() * G::GRID.columns + G::GRID.samples_left_of(fixed);
            assert_eq!(G::samples(x), expected, "at {x}");
            assert_eq!((G::GRID.columns * x + G::BIAS) >> 16, expected, "at {x}");
        }
    }

    #[test]
    fn samples_are_counted_as_pixman_counts_them() {
        compare::<One>();
        compare::<Four>();
        compare::<Eight>();
    }
}
