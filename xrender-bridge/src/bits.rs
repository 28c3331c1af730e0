//! The runs of pixels that a shape covers in a mask of bits.
//!
//! Owns the walk down a shape's centre lines, the same as `raster`'s into A1
//! masks, for those who need no mask. It must not know pixels.

use raster::{Edge, Fixed, Grid, Trapezoid};

/// Hands every run of a trapezoid, moved by whole pixels into a mask of that
/// size, to `visit`: the row, the first column and the one after the last. No
/// run is empty; rows go downwards.
///
/// The same pixels as `raster::scalar::rasterize_trapezoid` sets in an A1 mask
/// (`pixman_rasterize_trapezoid`), including where coordinates wrap. Inlined
/// everywhere, so that it is compiled for the instructions that its caller may
/// use.
#[inline(always)]
pub fn runs(
    shape: &Trapezoid,
    offset: (i32, i32),
    size: (u32, u32),
    mut visit: impl FnMut(u32, u32, u32),
) {
    let (grid, (width, height)) = (Grid::A1, size);
    if !shape.is_valid() {
        return;
    }
    let down = Fixed::from_int(offset.1);
    let top = grid.row_at_or_below(shape.top.wrapping_add(down).max(Fixed::ZERO));
    let end = shape.bottom.wrapping_add(down);
    let bottom = grid.row_above(if i64::from(end.floor_int()) < i64::from(height) {
        end
    } else {
        // Lower than any number if there is no row.
        Fixed::from_int(height as i32).wrapping_sub(Fixed::EPSILON)
    });
    if bottom < top {
        return;
    }
    let mut left = Edge::along(grid, top, &shape.left, offset.0, offset.1);
    let mut right = Edge::along(grid, top, &shape.right, offset.0, offset.1);
    let shift = Fixed::from_bits(grid.first_column - 1);
    let pixel = |edge: &Edge| Fixed::from_bits(edge.x).wrapping_add(shift).floor_int();
    // Both ends lie in the mask: not negative.
    for y in top.floor_int().unsigned_abs()..=bottom.floor_int().unsigned_abs() {
        let first = pixel(&left).max(0).unsigned_abs();
        let end = pixel(&right).max(0).unsigned_abs().min(width);
        if first < end {
            visit(y, first, end);
        }
        left.step_big();
        right.step_big();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use raster::{Line, Mask, MaskFormat, Point, scalar};

    use super::*;

    /// Anything, but often near the mask.
    fn fixed() -> impl Strategy<Value = Fixed> {
        let on_samples = (-9..64).prop_map(|pixel| pixel << 16 | 0x8000);
        prop_oneof![3 => -0x0a_0000..0x40_0000_i32, 1 => any::<i32>(), 2 => on_samples]
            .prop_map(Fixed::from_bits)
    }

    fn line() -> impl Strategy<Value = Line> {
        let point = || (fixed(), fixed()).prop_map(|(x, y)| Point::new(x, y));
        let steep = (fixed(), fixed(), fixed())
            .prop_map(|(x, y1, y2)| Line::new(Point::new(x, y1), Point::new(x, y2)));
        prop_oneof![(point(), point()).prop_map(|(p1, p2)| Line::new(p1, p2)), steep]
    }

    proptest! {
        #[test]
        fn runs_are_the_pixels_of_the_specification(
            ends in (fixed(), fixed()),
            left in line(),
            right in line(),
            offset in (-9..9, -9..9),
            size in (0_u32..60, 0_u32..50),
        ) {
            let shape = Trapezoid { top: ends.0, bottom: ends.1, left, right };
            let mut expected = Mask::new(MaskFormat::A1, size.0, size.1).unwrap();
            scalar::rasterize_trapezoid(&mut expected.as_mut(), &shape, offset.0, offset.1);
            let mut found = vec![0; (size.0 * size.1) as usize];
            runs(&shape, offset, size, |y, first, end| {
                assert!(first < end && end <= size.0 && y < size.1);
                (first..end).for_each(|x| found[(y * size.0 + x) as usize] += 1);
            });
            for y in 0..size.1 {
                for x in 0..size.0 {
                    prop_assert_eq!(found[(y * size.0 + x) as usize], expected.get(x, y));
                }
            }
        }
    }
}
