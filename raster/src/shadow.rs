//! Soft shadows and outlines of rounded rectangles, as nine-slices.
//!
//! Owns the blur and the cutting into slices. It must not know colours,
//! offsets or windows: those multiply, move and stretch what is made here.
//!
//! # The blur
//!
//! The coverage of the shape is blurred by three box filters in each
//! direction, in integers, so that the bytes are the same on every machine.
//! Three boxes of half-widths k₁ + k₂ + k₃ = `extent` are a piecewise
//! quadratic bell of standard deviation
//!
//! ```text
//! σ = √( Σ kᵢ (kᵢ + 1) / 3 )  ≈  extent / 3 + ½
//! ```
//!
//! that, unlike a Gaussian, ends: nothing farther than `extent` pixels from
//! the shape is touched. That end is what makes nine slices exact and not
//! merely close: past the reach of both blurred corners, all columns are equal.
//!
//! # The slices
//!
//! ```text
//!         slice    1   slice
//!       ┌────────┬───┬────────┐
//! slice │ corner │ → │ corner │     → repeated to the right
//!       ├────────┼───┼────────┤     ↓ repeated downwards
//!     1 │   ↓    │ ⤡ │   ↓    │     ⤡ both
//!       ├────────┼───┼────────┤
//! slice │ corner │ → │ corner │
//!       └────────┴───┴────────┘
//! ```
//!
//! The shape's own top-left corner lies at (`margin`, `margin`). Repeating the
//! middle column and row `n` times gives, byte for byte, the shadow of a shape
//! of [`min_side`](NineSlice::min_side) + n − 1 pixels ([`NineSlice::render`]);
//! shapes with a shorter side need [`shadow`] or [`outline`] themselves.

use crate::area::RoundedRect;
use crate::mask::{Mask, MaskFormat, MaskMut};

/// The farthest that a shadow may reach, and the largest corner, in pixels.
pub const MAX_REACH: u32 = 1024;

/// A square A8 mask whose middle row and column stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NineSlice {
    mask: Mask,
    slice: u32,
    margin: u32,
}

impl NineSlice {
    /// The shadow of any rounded rectangle with corners of `radius` pixels,
    /// blurred over `extent` pixels; see the module documentation.
    ///
    /// `slice` = `radius` + 2 `extent`, `margin` = `extent`. Both parameters
    /// are cut to [`MAX_REACH`].
    #[must_use]
    pub fn shadow(radius: u32, extent: u32) -> Self {
        let (radius, extent) = (radius.min(MAX_REACH), extent.min(MAX_REACH));
        let side = 2 * (radius + extent) + 1;
        Self {
            mask: shadow(side, side, radius, extent),
            slice: radius + 2 * extent,
            margin: extent,
        }
    }

    /// A ring of `thickness` pixels around any rounded rectangle with corners
    /// of `radius` pixels: the contour that keeps a window apart from a
    /// background of its own colour.
    ///
    /// `slice` = `radius` + `thickness`, `margin` = `thickness`. Both
    /// parameters are cut to [`MAX_REACH`].
    #[must_use]
    pub fn outline(radius: u32, thickness: u32) -> Self {
        let (radius, thickness) = (radius.min(MAX_REACH), thickness.min(MAX_REACH));
        let side = 2 * radius + 1;
        Self {
            mask: outline(side, side, radius, thickness),
            slice: radius + thickness,
            margin: thickness,
        }
    }

    /// The mask, 2 × [`slice`](Self::slice) + 1 pixels wide and high.
    #[must_use]
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    /// Width and height of a corner in pixels, which is also the index of the
    /// stretching row and column.
    #[must_use]
    pub fn slice(&self) -> u32 {
        self.slice
    }

    /// How far the mask reaches beyond the shape on every side, in pixels.
    #[must_use]
    pub fn margin(&self) -> u32 {
        self.margin
    }

    /// The shortest side of a shape that can be composed from the slices.
    #[must_use]
    pub fn min_side(&self) -> u32 {
        2 * (self.slice - self.margin) + 1
    }

    /// The mask of a shape of `width` × `height` pixels, composed from the
    /// slices: `width` + 2 × [`margin`](Self::margin) pixels wide, likewise
    /// high. `None` if a side is shorter than [`min_side`](Self::min_side) or
    /// the mask would be longer than [`Mask::MAX_SIDE`].
    #[must_use]
    pub fn render(&self, width: u32, height: u32) -> Option<Mask> {
        if width.min(height) < self.min_side() {
            return None;
        }
        let out_width = width.checked_add(2 * self.margin)?;
        let out_height = height.checked_add(2 * self.margin)?;
        let mut out = Mask::new(MaskFormat::A8, out_width, out_height).ok()?;
        let mut target = out.as_mut();
        for y in 0..out_height {
            let source = self.mask.row(self.source_of(y, out_height))?;
            let row = target.row_mut(y)?;
            let slice = self.slice as usize;
            let right = row.len() - slice;
            row[..slice].copy_from_slice(&source[..slice]);
            row[slice..right].fill(source[slice]);
            row[right..].copy_from_slice(&source[slice + 1..]);
        }
        Some(out)
    }

    /// The row of the slices that row `y` of a mask of `length` rows repeats.
    fn source_of(&self, y: u32, length: u32) -> u32 {
        if y < self.slice {
            y
        } else if y < length - self.slice {
            self.slice
        } else {
            2 * self.slice + 1 - (length - y)
        }
    }
}

/// The whole shadow of a rounded rectangle of `width` × `height` pixels: an A8
/// mask `extent` pixels larger on every side.
///
/// For shapes too small for [`NineSlice`]; the same bytes where both apply.
/// `radius` and `extent` are cut to [`MAX_REACH`], sides so that the mask
/// stays within [`Mask::MAX_SIDE`].
#[must_use]
pub fn shadow(width: u32, height: u32, radius: u32, extent: u32) -> Mask {
    let extent = extent.min(MAX_REACH);
    blur(covered(width, height, radius, extent), extent)
}

/// Any A8 mask, blurred over `extent` pixels as the shadows of this module
/// are: that of an ellipse, of a path. Coverage beyond the mask is 0, and what
/// is spread there is lost: leave `extent` pixels around the shape. Masks of
/// other formats stay as they are, and `extent` is cut to [`MAX_REACH`].
#[must_use]
pub fn blur(mut mask: Mask, extent: u32) -> Mask {
    if mask.format() != MaskFormat::A8 {
        return mask;
    }
    let extent = extent.min(MAX_REACH);
    let (columns, rows) = (mask.width() as usize, mask.height() as usize);

    // 16 bits between the passes, so that six roundings stay invisible.
    let mut plane: Vec<u16> = (0..mask.height())
        .filter_map(|y| mask.row(y))
        .flat_map(|row| row.iter().map(|&value| u16::from(value) * 257))
        .collect();
    let mut line = vec![0; columns.max(rows)];
    for half_width in half_widths(extent) {
        for row in plane.chunks_exact_mut(columns.max(1)) {
            box_blur(row, &mut line[..columns], half_width);
        }
    }
    let mut column = vec![0; rows];
    for x in 0..columns {
        for (y, value) in column.iter_mut().enumerate() {
            *value = plane[y * columns + x];
        }
        for half_width in half_widths(extent) {
            box_blur(&mut column, &mut line[..rows], half_width);
        }
        for (y, value) in column.iter().enumerate() {
            plane[y * columns + x] = *value;
        }
    }

    let mut target = mask.as_mut();
    for (y, blurred) in plane.chunks_exact(columns.max(1)).enumerate() {
        let Some(row) = target.row_mut(y as u32) else { continue };
        for (pixel, value) in row.iter_mut().zip(blurred) {
            *pixel = ((u32::from(*value) + 128) / 257) as u8;
        }
    }
    mask
}

/// The ring of `thickness` pixels around a rounded rectangle of `width` ×
/// `height` pixels: an A8 mask `thickness` pixels larger on every side. The
/// arcs of both its edges have the same centres.
///
/// Parameters are cut as those of [`shadow`].
#[must_use]
pub fn outline(width: u32, height: u32, radius: u32, thickness: u32) -> Mask {
    let thickness = thickness.min(MAX_REACH);
    let inner = covered(width, height, radius, thickness);
    let mut ring = Mask::new_a8_clamped(inner.width(), inner.height());
    shape(width, height, radius, thickness).outset(f64::from(thickness)).add_to(&mut ring.as_mut());
    let mut target = ring.as_mut();
    for y in 0..inner.height() {
        subtract_row(&mut target, &inner, y);
    }
    ring
}

fn subtract_row(target: &mut MaskMut<'_>, inner: &Mask, y: u32) {
    if let (Some(row), Some(cut)) = (target.row_mut(y), inner.row(y)) {
        for (pixel, cut) in row.iter_mut().zip(cut) {
            *pixel = pixel.saturating_sub(*cut);
        }
    }
}

/// The shape at (`margin`, `margin`), in a mask `margin` larger on every side.
fn covered(width: u32, height: u32, radius: u32, margin: u32) -> Mask {
    let longest = Mask::MAX_SIDE - 2 * MAX_REACH;
    let (width, height) = (width.min(longest), height.min(longest));
    let mut mask = Mask::new_a8_clamped(width + 2 * margin, height + 2 * margin);
    shape(width, height, radius, margin).add_to(&mut mask.as_mut());
    mask
}

fn shape(width: u32, height: u32, radius: u32, margin: u32) -> RoundedRect {
    let longest = Mask::MAX_SIDE - 2 * MAX_REACH;
    RoundedRect {
        x: f64::from(margin),
        y: f64::from(margin),
        width: f64::from(width.min(longest)),
        height: f64::from(height.min(longest)),
        radius: f64::from(radius.min(MAX_REACH)),
    }
}

/// Three half-widths, as equal as integers can be, whose sum is `extent`.
fn half_widths(extent: u32) -> [usize; 3] {
    let extent = extent as usize;
    [extent / 3, (extent + 1) / 3, extent.div_ceil(3)]
}

/// Replaces each value by the mean of those at most `half_width` away, rounded
/// to nearest; outside the line is 0. `scratch` is as long as `line`.
fn box_blur(line: &mut [u16], scratch: &mut [u16], half_width: usize) {
    if half_width == 0 {
        return;
    }
    let size = 2 * half_width as u64 + 1;
    scratch.copy_from_slice(line);
    let mut sum: u64 = scratch.iter().take(half_width).map(|&value| u64::from(value)).sum();
    for (x, value) in line.iter_mut().enumerate() {
        if let Some(entering) = scratch.get(x + half_width) {
            sum += u64::from(*entering);
        }
        *value = ((sum + size / 2) / size) as u16;
        if let Some(leaving) = x.checked_sub(half_width) {
            sum -= u64::from(scratch[leaving]);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_slice_has_the_documented_size() {
        let slices = NineSlice::shadow(8, 12);
        assert_eq!((slices.slice(), slices.margin(), slices.min_side()), (32, 12, 41));
        assert_eq!(slices.mask().width(), 65);
        let ring = NineSlice::outline(8, 1);
        assert_eq!((ring.slice(), ring.margin(), ring.min_side()), (9, 1, 17));
        assert_eq!(ring.mask().height(), 19);
    }

    #[test]
    fn a_shadow_ends_dark_inside_and_clear_outside() {
        let slices = NineSlice::shadow(6, 15);
        let middle = slices.slice();
        assert_eq!(slices.mask().get(middle, middle), 255, "full under the shape");
        assert_eq!(slices.mask().get(0, 0), 0, "nothing at the tip");
        // At the edge half of the bell lies inside.
        let inside = slices.mask().get(middle, slices.margin());
        let outside = slices.mask().get(middle, slices.margin() - 1);
        assert_eq!(u32::from(inside) + u32::from(outside), 255, "half above, half below");
    }

    #[test]
    fn any_shape_has_a_shadow() {
        let mut mask = Mask::new(MaskFormat::A8, 40, 40).unwrap();
        let ellipse =
            crate::area::Ellipse { center_x: 20.0, center_y: 20.0, radius_x: 10.0, radius_y: 5.0 };
        ellipse.add_to(&mut mask.as_mut());
        let before = mask.total() as f64;
        let soft = blur(mask.clone(), 9);
        assert!((soft.total() as f64 - before).abs() < 1600.0 * 0.5, "as dark as before");
        assert!(soft.get(20, 20) < 255 && soft.get(20, 12) > 0, "but softer");
        assert_eq!(soft.get(20, 5), 0, "and ends 9 pixels from the shape");
        assert_eq!(blur(mask.clone(), 0), mask);
        let bits = Mask::new(MaskFormat::A1, 9, 9).unwrap();
        assert_eq!(blur(bits.clone(), 3), bits);
    }

    #[test]
    fn no_blur_is_the_shape_itself() {
        let plain = shadow(20, 10, 4, 0);
        let corner = crate::area::rounded_corner(4);
        for y in 0..4 {
            assert_eq!(&plain.row(y).unwrap()[..4], corner.row(y).unwrap());
        }
        assert_eq!(plain.get(10, 5), 255);
    }

    #[test]
    fn an_outline_is_one_pixel_along_the_sides() {
        let ring = outline(20, 10, 4, 1);
        assert_eq!((ring.width(), ring.height()), (22, 12));
        let column: Vec<u8> = (0..12).map(|y| ring.get(11, y)).collect();
        assert_eq!(column, [255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
        assert_eq!(ring.get(0, 0), 0, "round at the corner");
        let total = ring.total() as f64 / 255.0;
        let expected = 2.0 * 12.0 + 2.0 * 2.0 + std::f64::consts::PI * (25.0 - 16.0);
        assert!((total - expected).abs() < 0.2, "a ring of {total} pixels, not {expected}");
    }

    #[test]
    fn the_blur_has_the_documented_deviation() {
        // A line of one bright pixel spreads into the bell itself.
        let (extent, middle) = (12, 40);
        let mut line = vec![0; 81];
        line[middle] = 60000;
        let mut scratch = vec![0; 81];
        for half_width in half_widths(extent) {
            box_blur(&mut line, &mut scratch, half_width);
        }
        let total: f64 = line.iter().map(|&value| f64::from(value)).sum();
        let variance: f64 = line
            .iter()
            .enumerate()
            .map(|(x, &value)| (x as f64 - middle as f64).powi(2) * f64::from(value))
            .sum::<f64>()
            / total;
        let expected: f64 = half_widths(extent).iter().map(|&k| (k * (k + 1)) as f64 / 3.0).sum();
        assert!((variance - expected).abs() < 0.05, "{variance}, not {expected}");
        assert_eq!(line[middle - 13], 0, "the bell ends");
        assert_ne!(line[middle - 11], 0, "but not too soon");
    }

    #[test]
    fn absurd_sizes_are_cut() {
        assert_eq!(NineSlice::outline(3, u32::MAX).margin(), MAX_REACH);
        assert!(NineSlice::shadow(2, 2).render(u32::MAX, 50).is_none());
        assert_eq!(shadow(0, 0, u32::MAX, 0).data().len(), 0);
    }

    proptest! {
        #[test]
        fn nine_slices_equal_the_whole(
            radius in 0u32..12, extent in 0u32..14, more in (0u32..20, 0u32..20), ring in any::<bool>(),
        ) {
            let slices =
                if ring { NineSlice::outline(radius, extent) } else { NineSlice::shadow(radius, extent) };
            let (width, height) = (slices.min_side() + more.0, slices.min_side() + more.1);
            let whole = if ring { outline } else { shadow }(width, height, radius, extent);
            prop_assert_eq!(slices.render(width, height), Some(whole));
        }

        #[test]
        fn a_shadow_keeps_the_amount_of_darkness(
            width in 1u32..40, height in 1u32..40, radius in 0u32..10, extent in 0u32..12,
        ) {
            let sharp = shadow(width, height, radius, 0).total() as f64;
            let soft = shadow(width, height, radius, extent);
            // Half a level of rounding at each touched pixel.
            let allowed = f64::from(soft.width() * soft.height()) * 0.5;
            prop_assert!((soft.total() as f64 - sharp).abs() <= allowed);
            for y in 0..soft.height() {
                for x in 0..soft.width() {
                    let mirrored = soft.get(soft.width() - 1 - x, soft.height() - 1 - y);
                    prop_assert_eq!(soft.get(x, y), mirrored);
                }
            }
        }
    }
}
