//! Rounded rectangles and circles, integrated over each pixel.
//!
//! A rounded rectangle is a cross of two plain rectangles and four quarter
//! discs. The area of each within a pixel has a closed form: for a quarter
//! disc of radius r around the origin, with its height at abscissa u being
//! √(r² − u²),
//!
//! ```text
//! ∫ √(r² − u²) du = ½ (u √(r² − u²) + r² asin(u / r))
//! ```
//!
//! so that no sampling and no flattening tolerance enters; the only error is
//! that of the final rounding to 8 bits.

use crate::mask::{Mask, MaskFormat, MaskMut};

/// A rectangle with equal circular corners, in pixels; y grows downwards.
///
/// The radius is cut to half of the shorter side. A non-finite number or a
/// side that is not positive makes the shape empty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundedRect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Radius of all four corners.
    pub radius: f64,
}

impl RoundedRect {
    /// A circle around (`center_x`, `center_y`).
    #[must_use]
    pub fn circle(center_x: f64, center_y: f64, radius: f64) -> Self {
        let side = 2.0 * radius;
        Self { x: center_x - radius, y: center_y - radius, width: side, height: side, radius }
    }

    /// The shape grown by `by` pixels on every side (shrunk when negative);
    /// its corners stay concentric.
    #[must_use]
    pub fn outset(self, by: f64) -> Self {
        Self {
            x: self.x - by,
            y: self.y - by,
            width: self.width + 2.0 * by,
            height: self.height + 2.0 * by,
            radius: (self.radius + by).max(0.0),
        }
    }

    /// Whether nothing is covered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let finite = [self.x, self.y, self.width, self.height, self.radius]
            .iter()
            .all(|value| value.is_finite());
        !finite || self.width <= 0.0 || self.height <= 0.0
    }

    /// The radius in effect.
    fn corner(&self) -> f64 {
        self.radius.clamp(0.0, self.width.min(self.height) / 2.0)
    }

    /// The covered area of the pixel whose top-left corner is (`x`, `y`),
    /// 0 to 1.
    #[must_use]
    pub fn coverage(&self, x: i32, y: i32) -> f64 {
        if self.is_empty() {
            return 0.0;
        }
        let radius = self.corner();
        // The pixel relative to the top-left corner of the shape.
        let horizontal = Interval::unit(f64::from(x) - self.x);
        let vertical = Interval::unit(f64::from(y) - self.y);
        let (width, height) = (self.width, self.height);

        // The cross: a full-width band, and a block above and below it.
        let band =
            horizontal.cut(0.0, width).length() * vertical.cut(radius, height - radius).length();
        let middle = horizontal.cut(radius, width - radius).length();
        let blocks = middle
            * (vertical.cut(0.0, radius).length() + vertical.cut(height - radius, height).length());

        // The corners: mirrored so that each is a quarter disc at the origin.
        let columns = [horizontal.mirror(radius), horizontal.shift(width - radius)];
        let rows = [vertical.mirror(radius), vertical.shift(height - radius)];
        let mut corners = 0.0;
        for column in columns {
            for row in rows {
                corners += quarter_disc(radius, column.cut(0.0, radius), row.cut(0.0, radius));
            }
        }
        (band + blocks + corners).clamp(0.0, 1.0)
    }

    /// Adds the shape's coverage to an A8 mask with saturation; masks of other
    /// formats are left alone (exact areas need their 8 bits).
    ///
    /// Coverage is rounded to nearest. Between the corners all pixels of a row
    /// are alike and cost a byte's addition; only the columns of the corners
    /// are integrated one by one.
    pub fn add_to(&self, mask: &mut MaskMut<'_>) {
        if mask.format() != MaskFormat::A8 || self.is_empty() {
            return;
        }
        let columns = pixel_range(self.x, self.x + self.width, mask.width());
        let corner = self.corner();
        let (left, right) = (self.x + corner, self.x + self.width - corner);
        // Saturating casts: a middle outside of the mask is empty.
        let middle_start = (left.ceil() as u32).clamp(columns.start, columns.end);
        let middle_end = (right.floor() as u32).clamp(middle_start, columns.end);
        for y in pixel_range(self.y, self.y + self.height, mask.height()) {
            let Some(row) = mask.row_mut(y) else { continue };
            // Sides are at most 2^16 pixels, so the casts keep the value.
            let value = |x: u32| to_byte(self.coverage(x as i32, y as i32));
            let add = |pixel: &mut u8, value| *pixel = pixel.saturating_add(value);
            for x in (columns.start..middle_start).chain(middle_end..columns.end) {
                add(&mut row[x as usize], value(x));
            }
            if middle_start < middle_end {
                let value = value(middle_start);
                let middle = &mut row[middle_start as usize..middle_end as usize];
                middle.iter_mut().for_each(|pixel| add(pixel, value));
            }
        }
    }
}

/// The coverage of the top-left corner of a rounded rectangle: an A8 mask of
/// `radius` × `radius` pixels, whose arc's centre is its bottom-right corner.
///
/// The other three corners are its mirror images; the mask itself is symmetric
/// about its diagonal. A radius above 4096 pixels is cut to that.
///
/// ```
/// let corner = raster::area::rounded_corner(8);
/// assert_eq!((corner.width(), corner.height()), (8, 8));
/// assert_eq!(corner.get(0, 0), 0, "cut away");
/// assert_eq!(corner.get(7, 7), 255, "inside");
/// ```
#[must_use]
pub fn rounded_corner(radius: u32) -> Mask {
    let radius = radius.min(4096);
    let mut mask = Mask::new_a8_clamped(radius, radius);
    let diameter = 2.0 * f64::from(radius);
    RoundedRect { x: 0.0, y: 0.0, width: diameter, height: diameter, radius: diameter / 2.0 }
        .add_to(&mut mask.as_mut());
    mask
}

/// Coverage 0..=1 to 0..=255, rounded to nearest.
pub(crate) fn to_byte(coverage: f64) -> u8 {
    // Float-to-integer casts saturate, and a NaN becomes 0.
    (coverage * 255.0).round() as u8
}

/// The pixels from `low` to `high` that exist in 0..`side`.
pub(super) fn pixel_range(low: f64, high: f64, side: u32) -> std::ops::Range<u32> {
    // Saturating casts: what lies left of the mask begins at 0.
    let first = low.floor() as u32;
    let end = high.ceil() as u32;
    first.min(side)..end.min(side)
}

/// A range on one axis; empty when `high <= low`.
#[derive(Clone, Copy)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Interval {
    fn unit(low: f64) -> Self {
        Self { low, high: low + 1.0 }
    }

    pub(super) fn cut(self, low: f64, high: f64) -> Self {
        Self { low: self.low.max(low), high: self.high.min(high) }
    }

    fn length(self) -> f64 {
        (self.high - self.low).max(0.0)
    }

    /// Reflected about `center`, which becomes the origin.
    pub(super) fn mirror(self, center: f64) -> Self {
        Self { low: center - self.high, high: center - self.low }
    }

    /// Moved so that `origin` becomes the origin.
    fn shift(self, origin: f64) -> Self {
        Self { low: self.low - origin, high: self.high - origin }
    }
}

/// The area of {u, v ≥ 0, u² + v² ≤ r²} within a box of the first quadrant.
pub(super) fn quarter_disc(radius: f64, columns: Interval, rows: Interval) -> f64 {
    if columns.length() <= 0.0 || rows.length() <= 0.0 {
        return 0.0;
    }
    let square = radius * radius;
    if columns.high * columns.high + rows.high * rows.high <= square {
        return columns.length() * rows.length();
    }
    if columns.low * columns.low + rows.low * rows.low >= square {
        return 0.0;
    }
    // Up to `full` the arc lies above the box, from `none` on below it.
    let height_at = |u: f64| (square - u * u).max(0.0).sqrt();
    let full = height_at(rows.high).clamp(columns.low, columns.high);
    let none = height_at(rows.low).clamp(columns.low, columns.high);
    let integral =
        |u: f64| 0.5 * (u * height_at(u) + square * (u / radius).clamp(-1.0, 1.0).asin());
    let under_arc = integral(none) - integral(full) - (none - full) * rows.low;
    (full - columns.low) * rows.length() + under_arc.max(0.0)
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_corner_of_radius_one_is_a_quarter_disc() {
        let corner = rounded_corner(1);
        assert_eq!(corner.get(0, 0), to_byte(PI / 4.0));
    }

    #[test]
    fn corners_have_the_area_of_a_quarter_disc() {
        for radius in 1..=64 {
            let corner = rounded_corner(radius);
            let area = corner.total() as f64 / 255.0;
            let expected = PI * f64::from(radius * radius) / 4.0;
            // Every arc pixel may be half a level off, to either side.
            let allowed = f64::from(radius) * 2.0 * 0.5 / 255.0;
            assert!((area - expected).abs() <= allowed, "radius {radius}: {area}, not {expected}");
        }
    }

    #[test]
    fn a_corner_is_symmetric_and_falls_towards_its_tip() {
        let corner = rounded_corner(17);
        for y in 0..17 {
            for x in 0..17 {
                assert_eq!(corner.get(x, y), corner.get(y, x), "not symmetric at {x}, {y}");
                assert!(x == 0 || corner.get(x - 1, y) <= corner.get(x, y), "not monotone");
            }
        }
    }

    #[test]
    fn a_radius_of_nothing_is_an_empty_mask() {
        let corner = rounded_corner(0);
        assert_eq!((corner.width(), corner.height(), corner.data().len()), (0, 0, 0));
    }

    #[test]
    fn only_a8_takes_areas() {
        let mut mask = Mask::new(MaskFormat::A4, 4, 4).unwrap();
        RoundedRect::circle(2.0, 2.0, 2.0).add_to(&mut mask.as_mut());
        assert_eq!(mask.total(), 0);
    }

    /// Counts a fine grid of points: slow, and evidently right.
    fn by_counting(shape: &RoundedRect, x: i32, y: i32) -> f64 {
        const FINE: i32 = 64;
        let radius = shape.corner();
        let inside = |x: f64, y: f64| {
            let (u, v) = (x - shape.x, y - shape.y);
            if u < 0.0 || v < 0.0 || u > shape.width || v > shape.height {
                return false;
            }
            let du = (radius - u).max(u - (shape.width - radius)).max(0.0);
            let dv = (radius - v).max(v - (shape.height - radius)).max(0.0);
            du * du + dv * dv <= radius * radius
        };
        let mut hits = 0;
        for j in 0..FINE {
            for i in 0..FINE {
                let at =
                    |base: i32, k: i32| f64::from(base) + (f64::from(k) + 0.5) / f64::from(FINE);
                hits += i32::from(inside(at(x, i), at(y, j)));
            }
        }
        f64::from(hits) / f64::from(FINE * FINE)
    }

    proptest! {
        #[test]
        fn coverage_is_the_covered_area(
            x in -3.0..9.0f64, y in -3.0..9.0f64,
            width in 0.1..9.0f64, height in 0.1..9.0f64, radius in 0.0..6.0f64,
            px in 0..8i32, py in 0..8i32,
        ) {
            let shape = RoundedRect { x, y, width, height, radius };
            let counted = by_counting(&shape, px, py);
            // A straight or round edge cuts at most a few cells of 64 per row.
            prop_assert!((shape.coverage(px, py) - counted).abs() < 0.05);
        }

        #[test]
        fn all_pixels_together_have_the_area(
            x in 1.0..4.0f64, y in 1.0..4.0f64,
            width in 0.1..30.0f64, height in 0.1..30.0f64, radius in 0.0..20.0f64,
        ) {
            let shape = RoundedRect { x, y, width, height, radius };
            let sum: f64 =
                (0..40).flat_map(|y| (0..40).map(move |x| (x, y))).map(|(x, y)| shape.coverage(x, y)).sum();
            let corner = shape.corner();
            let expected = width * height - (4.0 - PI) * corner * corner;
            prop_assert!((sum - expected).abs() < 1e-9, "{sum}, not {expected}");
        }

        #[test]
        fn masks_gain_the_coverage_of_each_pixel(
            x in -9.0..9.0f64, y in -9.0..9.0f64,
            width in 0.1..30.0f64, height in 0.1..30.0f64, radius in 0.0..20.0f64,
        ) {
            let shape = RoundedRect { x, y, width, height, radius };
            let mut mask = Mask::new(MaskFormat::A8, 16, 12).unwrap();
            shape.add_to(&mut mask.as_mut());
            for y in 0..12 {
                for x in 0..16 {
                    let expected = to_byte(shape.coverage(x as i32, y as i32));
                    prop_assert_eq!(mask.get(x, y), expected, "at {}, {}", x, y);
                }
            }
        }

        #[test]
        fn any_numbers_are_survived(numbers in prop::array::uniform5(any::<f64>())) {
            let [x, y, width, height, radius] = numbers;
            let mut mask = Mask::new(MaskFormat::A8, 7, 5).unwrap();
            RoundedRect { x, y, width, height, radius }.add_to(&mut mask.as_mut());
            let padding = mask.row(0).map(<[u8]>::len);
            prop_assert_eq!(padding, Some(7));
        }
    }
}
