//! Which samples of pixman's grid are in.
//!
//! Owns the bits of a view's samples. It must not draw them.

use raster::{Edge, Fixed, Grid, MaskFormat, Trapezoid};

use super::View;

/// The samples of a view: for each, whether any trapezoid covers it.
///
/// As in a mask at the drawing's origin, samples above or left of that are never
/// in, unless masks lie where their shapes do.
pub struct Samples {
    grid: Grid,
    view: View,
    /// Samples above and left of this are never in.
    from: Fixed,
    /// Row of samples by row, from the top.
    inside: Vec<bool>,
}

impl Samples {
    /// Walks the trapezoids' edges over the sample rows of a view, as
    /// [`raster::scalar`] does, but notes samples instead of counting them.
    #[must_use]
    pub fn of(
        shapes: impl IntoIterator<Item = Trapezoid>,
        view: &View,
        format: MaskFormat,
    ) -> Self {
        Self::from(Fixed::ZERO, shapes, view, format)
    }

    /// The same in a mask that holds all shapes whole, as the server makes them.
    #[must_use]
    pub fn of_masks(
        shapes: impl IntoIterator<Item = Trapezoid>,
        view: &View,
        format: MaskFormat,
    ) -> Self {
        Self::from(Fixed::MIN, shapes, view, format)
    }

    fn from(
        from: Fixed,
        shapes: impl IntoIterator<Item = Trapezoid>,
        view: &View,
        format: MaskFormat,
    ) -> Self {
        let grid = Grid::of(format);
        let per_row = view.width as usize * grid.columns.unsigned_abs() as usize;
        let rows = view.height as usize * grid.rows.unsigned_abs() as usize;
        let mut samples = Self { grid, view: *view, from, inside: vec![false; per_row * rows] };
        for shape in shapes.into_iter().filter(Trapezoid::is_valid) {
            samples.add(&shape);
        }
        samples
    }

    /// How many samples a row of one pixel has.
    #[must_use]
    pub fn columns_per_pixel(&self) -> u32 {
        self.grid.columns.unsigned_abs()
    }

    /// Each sample: where it is, and whether it is in.
    pub fn iter(&self) -> impl Iterator<Item = (Fixed, Fixed, bool)> + '_ {
        let per_row = self.per_row();
        self.inside.iter().enumerate().map(move |(index, &inside)| {
            let x = self.column(index % per_row);
            (x, self.row(index / per_row), inside)
        })
    }

    fn add(&mut self, shape: &Trapezoid) {
        let top = self.grid.row_at_or_below(shape.top.max(self.from));
        let bottom = self.grid.row_above(shape.bottom);
        let mut left = Edge::along(self.grid, top, &shape.left, 0, 0);
        let mut right = Edge::along(self.grid, top, &shape.right, 0, 0);
        let mut y = top;
        while y <= bottom {
            self.add_row(y, Fixed::from_bits(left.x), Fixed::from_bits(right.x));
            let (step, big) = if y.frac() == self.grid.last_row {
                (self.grid.step_big, true)
            } else {
                (self.grid.step_small, false)
            };
            for edge in [&mut left, &mut right] {
                if big { edge.step_big() } else { edge.step_small() }
            }
            match y.bits().checked_add(step) {
                Some(bits) => y = Fixed::from_bits(bits),
                None => break,
            }
        }
    }

    fn add_row(&mut self, y: Fixed, left: Fixed, right: Fixed) {
        let pixel = i64::from(y.floor_int()) - i64::from(self.view.top);
        let within = (y.frac() - self.grid.first_row) / self.grid.step_small;
        let row = pixel * i64::from(self.grid.rows) + i64::from(within);
        let per_row = self.per_row();
        let rows = self.inside.len() / per_row.max(1);
        let Some(row) = usize::try_from(row).ok().filter(|&row| row < rows) else { return };
        let left = left.max(self.from);
        for column in 0..per_row {
            // A sample is in if it lies left of the right edge, but not left
            // of the left one; one that is on an edge lies left of it.
            let x = self.column(column);
            if left < x && x <= right {
                self.inside[row * per_row + column] = true;
            }
        }
    }

    fn per_row(&self) -> usize {
        self.view.width as usize * self.grid.columns.unsigned_abs() as usize
    }

    /// The abscissa of a column of samples, from the left of the view.
    fn column(&self, index: usize) -> Fixed {
        let per_pixel = self.grid.columns;
        // Views are at most 16384 pixels wide and high.
        let index = index as i32;
        let pixel = Fixed::from_int(self.view.left.wrapping_add(index / per_pixel));
        pixel.wrapping_add(Fixed::from_bits(self.grid.column(index % per_pixel)))
    }

    /// The height of a row of samples, from the top of the view.
    fn row(&self, index: usize) -> Fixed {
        let index = index as i32;
        let pixel = Fixed::from_int(self.view.top.wrapping_add(index / self.grid.rows));
        let within = index % self.grid.rows * self.grid.step_small;
        pixel.wrapping_add(Fixed::from_bits(self.grid.first_row + within))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use raster::{Line, Mask, Point, scalar};

    use super::*;

    proptest! {
        /// The dots are the truth: counted per pixel, they are the mask.
        #[test]
        fn samples_add_up_to_coverage(
            ends in (-2.0..10.0f64, 0.1..9.0f64),
            xs in prop::array::uniform4(-4.0..12.0f64),
            snapped in any::<bool>(),
            format in prop::sample::select(MaskFormat::ALL.to_vec()),
        ) {
            let snap = |value: f64| Fixed::from_f64(if snapped { value.round() } else { value });
            let (top, bottom) = (snap(ends.0), snap(ends.0 + ends.1));
            let line = |x1: f64, x2: f64| Line::new(
                Point::new(snap(x1), top),
                Point::new(snap(x2), bottom.max(top.wrapping_add(Fixed::EPSILON))),
            );
            let shape =
                Trapezoid { top, bottom, left: line(xs[0], xs[1]), right: line(xs[2], xs[3]) };
            let mut mask = Mask::new(format, 8, 8).unwrap();
            scalar::rasterize_trapezoid(&mut mask.as_mut(), &shape, 0, 0);

            let view = View { left: 0, top: 0, width: 8, height: 8, zoom: 1 };
            let mut counts = [[0_u32; 8]; 8];
            for (x, y, inside) in Samples::of([shape], &view, format).iter() {
                counts[y.floor_int() as usize][x.floor_int() as usize] += u32::from(inside);
            }
            for (y, row) in counts.iter().enumerate() {
                for (x, count) in row.iter().enumerate() {
                    prop_assert_eq!(u32::from(mask.get(x as u32, y as u32)), *count, "{} {}", x, y);
                }
            }
        }
    }

    #[test]
    fn far_views_and_shapes_are_survived() {
        let shape = Trapezoid::rectangle(Fixed::MIN, Fixed::MIN, Fixed::MAX, Fixed::MAX);
        let view = View { left: 32767, top: 32767, width: 3, height: 3, zoom: 80 };
        assert_eq!(Samples::of([shape], &view, MaskFormat::A8).iter().count(), 9 * 255);
    }
}
