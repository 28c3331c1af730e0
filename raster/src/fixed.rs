//! 16.16 fixed-point numbers, the coordinates of Render and pixman.
//!
//! Owns their arithmetic, wrapping where the original's 32-bit integers wrap.
//! It must not know the sampling grids, which are [`grid`](crate::grid)'s.

use std::fmt;

/// A signed number with 16 bits before and 16 bits after the point
/// (Render's `FIXED`, pixman's `pixman_fixed_t`): −32768 to 32768 − 1/65536.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Fixed(i32);

impl Fixed {
    /// Zero.
    pub const ZERO: Self = Self(0);
    /// One pixel.
    pub const ONE: Self = Self(1 << 16);
    /// The smallest step, 1/65536 (`pixman_fixed_e`).
    pub const EPSILON: Self = Self(1);
    /// The least number, −32768.
    pub const MIN: Self = Self(i32::MIN);
    /// The greatest number, 32768 − 1/65536.
    pub const MAX: Self = Self(i32::MAX);

    /// The number of `bits` / 65536.
    #[must_use]
    pub const fn from_bits(bits: i32) -> Self {
        Self(bits)
    }

    /// The number times 65536.
    #[must_use]
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// A whole number; only its lower 16 bits count (`pixman_int_to_fixed`,
    /// whose shift drops the others).
    #[must_use]
    pub const fn from_int(whole: i32) -> Self {
        Self(whole << 16)
    }

    /// The nearest number, ties away from zero; saturating, and zero for NaN.
    #[must_use]
    pub fn from_f64(value: f64) -> Self {
        // Float-to-integer casts saturate, and a NaN becomes 0.
        Self((value * 65536.0).round() as i32)
    }

    /// The same number as a float, exactly.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        f64::from(self.0) / 65536.0
    }

    /// The whole part, rounded down (`pixman_fixed_to_int`).
    #[must_use]
    pub const fn floor_int(self) -> i32 {
        self.0 >> 16
    }

    /// The whole part, rounded down, as a number (`pixman_fixed_floor`).
    #[must_use]
    pub const fn floor(self) -> Self {
        Self(self.0 & !0xffff)
    }

    /// What lies above the whole part, in 1/65536: 0 to 65535
    /// (`pixman_fixed_frac`).
    #[must_use]
    pub const fn frac(self) -> i32 {
        self.0 & 0xffff
    }

    /// The sum, wrapping at the ends of the range as pixman's does.
    #[must_use]
    pub const fn wrapping_add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The difference, wrapping at the ends of the range as pixman's does.
    #[must_use]
    pub const fn wrapping_sub(self, other: Self) -> Self {
        Self(self.0.wrapping_sub(other.0))
    }
}

impl fmt::Display for Fixed {
    /// Decimal, exact: 16 binary digits need at most 16 decimal ones.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_f64().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_negative_numbers_go_down() {
        let number = Fixed::from_f64(-1.25);
        assert_eq!(number.floor_int(), -2);
        assert_eq!(number.frac(), 0xc000);
        assert_eq!(number.floor(), Fixed::from_int(-2));
        assert_eq!(number.to_string(), "-1.25");
    }

    #[test]
    fn floats_saturate() {
        assert_eq!(Fixed::from_f64(1e9), Fixed::MAX);
        assert_eq!(Fixed::from_f64(-1e9), Fixed::MIN);
        assert_eq!(Fixed::from_f64(f64::NAN), Fixed::ZERO);
        assert_eq!(Fixed::from_f64(1.0 / 65536.0), Fixed::EPSILON);
    }

    #[test]
    fn whole_numbers_lose_their_upper_half() {
        assert_eq!(Fixed::from_int(0x1_0003), Fixed::from_int(3));
        assert_eq!(Fixed::from_int(32768), Fixed::MIN);
    }
}
