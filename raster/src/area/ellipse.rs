//! Ellipses, integrated over each pixel.
//!
//! Owns one shape. An ellipse is a disc under a scale, which scales areas: a
//! pixel's part of it is that of a scaled box's part of the unit disc, whose
//! closed form is [`rounded`](super::rounded)'s.

use super::rounded::{Interval, pixel_range, quarter_disc, to_byte};
use crate::mask::{MaskFormat, MaskMut};

/// An ellipse whose axes are those of the pixels, in pixels.
///
/// A non-finite number or a radius that is not positive makes it empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ellipse {
    /// Centre.
    pub center_x: f64,
    /// Centre; y grows downwards.
    pub center_y: f64,
    /// Half of the width.
    pub radius_x: f64,
    /// Half of the height.
    pub radius_y: f64,
}

impl Ellipse {
    /// Whether nothing is covered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let numbers = [self.center_x, self.center_y, self.radius_x, self.radius_y];
        let finite = numbers.iter().all(|value| value.is_finite());
        !finite || self.radius_x <= 0.0 || self.radius_y <= 0.0
    }

    /// The covered area of the pixel whose top-left corner is (`x`, `y`),
    /// 0 to 1.
    #[must_use]
    pub fn coverage(&self, x: i32, y: i32) -> f64 {
        if self.is_empty() {
            return 0.0;
        }
        let scaled = |from: i32, center: f64, radius: f64| {
            let low = f64::from(from) - center;
            Interval { low: low / radius, high: (low + 1.0) / radius }
        };
        let columns = scaled(x, self.center_x, self.radius_x);
        let rows = scaled(y, self.center_y, self.radius_y);
        let mut area = 0.0;
        for column in [columns, columns.mirror(0.0)] {
            for row in [rows, rows.mirror(0.0)] {
                area += quarter_disc(1.0, column.cut(0.0, 1.0), row.cut(0.0, 1.0));
            }
        }
        (area * self.radius_x * self.radius_y).clamp(0.0, 1.0)
    }

    /// Adds the shape's coverage to an A8 mask with saturation; masks of other
    /// formats are left alone. Coverage is rounded to nearest.
    ///
    /// What is full in each row costs a byte's store; only the pixels of the
    /// edge are integrated.
    pub fn add_to(&self, mask: &mut MaskMut<'_>) {
        if mask.format() != MaskFormat::A8 || self.is_empty() {
            return;
        }
        let columns =
            pixel_range(self.center_x - self.radius_x, self.center_x + self.radius_x, mask.width());
        let rows = pixel_range(
            self.center_y - self.radius_y,
            self.center_y + self.radius_y,
            mask.height(),
        );
        for y in rows {
            let Some(row) = mask.row_mut(y) else { continue };
            // A row is full where both its ends are inside.
            let half = |y: f64| {
                let v = (y - self.center_y) / self.radius_y;
                self.radius_x * (1.0 - v * v).max(0.0).sqrt()
            };
            let half = half(f64::from(y)).min(half(f64::from(y) + 1.0));
            // Saturating casts, then within the columns.
            let start = ((self.center_x - half).ceil() as u32).clamp(columns.start, columns.end);
            let end = ((self.center_x + half).floor() as u32).clamp(start, columns.end);
            for x in (columns.start..start).chain(end..columns.end) {
                let value = to_byte(self.coverage(x as i32, y as i32));
                row[x as usize] = row[x as usize].saturating_add(value);
            }
            row[start as usize..end as usize].fill(255);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use proptest::prelude::*;

    use super::*;
    use crate::area::RoundedRect;
    use crate::mask::Mask;

    proptest! {
        #[test]
        fn an_ellipse_of_equal_radii_is_a_circle(
            x in -4.0..20.0f64, y in -4.0..20.0f64, radius in 0.05..12.0f64,
        ) {
            let ellipse = Ellipse { center_x: x, center_y: y, radius_x: radius, radius_y: radius };
            let circle = RoundedRect::circle(x, y, radius);
            for y in 0..16 {
                for x in 0..16 {
                    let (a, b) = (ellipse.coverage(x, y), circle.coverage(x, y));
                    prop_assert!((a - b).abs() < 1e-9, "{} and {} at {}, {}", a, b, x, y);
                }
            }
        }

        #[test]
        fn pixels_together_have_the_area(
            center_x in 15.0..20.0f64, center_y in 15.0..20.0f64,
            radius_x in 0.05..14.0f64, radius_y in 0.05..14.0f64,
        ) {
            let ellipse = Ellipse { center_x, center_y, radius_x, radius_y };
            let sum: f64 =
                (0..36).flat_map(|y| (0..36).map(move |x| (x, y))).map(|(x, y)| ellipse.coverage(x, y)).sum();
            prop_assert!((sum - PI * radius_x * radius_y).abs() < 1e-8, "{sum}");
        }

        #[test]
        fn masks_gain_the_coverage_of_each_pixel(
            center_x in -5.0..25.0f64, center_y in -5.0..25.0f64,
            radius_x in 0.05..30.0f64, radius_y in 0.05..14.0f64,
        ) {
            let ellipse = Ellipse { center_x, center_y, radius_x, radius_y };
            let mut mask = Mask::new(MaskFormat::A8, 20, 18).unwrap();
            ellipse.add_to(&mut mask.as_mut());
            for y in 0..18 {
                for x in 0..20 {
                    let expected = to_byte(ellipse.coverage(x as i32, y as i32));
                    prop_assert_eq!(mask.get(x, y), expected, "at {}, {}", x, y);
                }
            }
        }

        #[test]
        fn any_numbers_are_survived(numbers in prop::array::uniform4(any::<f64>())) {
            let [center_x, center_y, radius_x, radius_y] = numbers;
            let mut mask = Mask::new(MaskFormat::A8, 7, 5).unwrap();
            Ellipse { center_x, center_y, radius_x, radius_y }.add_to(&mut mask.as_mut());
            prop_assert_eq!(mask.row(0).map(<[u8]>::len), Some(7));
        }
    }
}
