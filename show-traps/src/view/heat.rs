//! How often pixels are covered.
//!
//! Owns the sums. It must not know colours.

use raster::{Mask, MaskFormat, Rasterizer, Trapezoid};

use crate::canvas::Area;
use crate::capture::Set;

/// Sums of coverage: 255 for each shape that covers a pixel whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heat {
    area: Area,
    sums: Vec<u32>,
    /// Pixels that are covered more than once, at least in part.
    pub overlapping: usize,
    /// The greatest sum.
    pub most: u32,
}

impl Heat {
    /// Adds up the shapes of sets in an area, each sampled alone as A8.
    #[must_use]
    pub fn of<'a>(sets: impl IntoIterator<Item = &'a Set>, area: Area) -> Self {
        let mut sums = vec![0_u32; area.width() as usize * area.height() as usize];
        let mut rasterizer = Rasterizer::new();
        let shapes = sets.into_iter().flat_map(Set::trapezoids);
        for shape in shapes.filter(Trapezoid::is_valid) {
            // Only the box around the shape, so that many small ones are cheap.
            let own = box_around(&shape).intersection(&area);
            if own.is_empty() {
                continue;
            }
            let (width, height) = (own.width() as u32, own.height() as u32);
            let Ok(mut mask) = Mask::new(MaskFormat::A8, width, height) else { continue };
            rasterizer.rasterize_trapezoid(&mut mask.as_mut(), &shape, -own.left, -own.top);
            for y in 0..height {
                let row = (own.top - area.top) as usize + y as usize;
                let start = row * area.width() as usize + (own.left - area.left) as usize;
                let Some(coverage) = mask.row(y) else { continue };
                for (sum, byte) in sums[start..].iter_mut().zip(&coverage[..width as usize]) {
                    *sum += u32::from(*byte);
                }
            }
        }
        let overlapping = sums.iter().filter(|sum| **sum > 255).count();
        let most = sums.iter().copied().max().unwrap_or(0);
        Self { area, sums, overlapping, most }
    }

    /// A pixel's sum; 0 outside.
    #[must_use]
    pub fn get(&self, x: i32, y: i32) -> u32 {
        let Area { left, top, right, bottom } = self.area;
        if x < left || y < top || x >= right || y >= bottom {
            return 0;
        }
        let place = (y - top) as usize * self.area.width() as usize + (x - left) as usize;
        self.sums.get(place).copied().unwrap_or(0)
    }
}

fn box_around(shape: &Trapezoid) -> Area {
    let corners = crate::capture::Shape::Trapezoid(*shape).bounds(&[]);
    let [left, top, right, bottom] = corners.unwrap_or_default();
    // A sample may lie a little beside the true edge.
    Area::new(
        left.floor() as i32 - 1,
        top.floor() as i32,
        right.ceil() as i32 + 1,
        bottom.ceil() as i32,
    )
}

#[cfg(test)]
mod tests {
    use raster::Fixed;

    use super::*;
    use crate::colour::Rgba;

    #[test]
    fn overlaps_add_up() {
        let square = |low: f64, high: f64| {
            let [low, high] = [low, high].map(Fixed::from_f64);
            Trapezoid::rectangle(low, low, high, high)
        };
        let shapes = vec![square(0.0, 4.0), square(2.0, 6.0), square(3.0, 5.0)];
        let set = Set::of_trapezoids("", Rgba::opaque(0, 0, 0), shapes);
        let heat = Heat::of([&set], Area::new(1, 0, 8, 8));
        assert_eq!([heat.get(1, 1), heat.get(2, 2), heat.get(3, 3)], [255, 510, 765]);
        assert_eq!((heat.overlapping, heat.most), (7, 765));
        assert_eq!((heat.get(0, 0), heat.get(7, 7)), (0, 0), "outside of the area, and empty");
    }
}
