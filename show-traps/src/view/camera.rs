//! Which part of a drawing is seen, and how large.
//!
//! Owns the arithmetic between the pixels of a drawing and those of the screen.
//! It must not know either.

/// Where the drawing lies under the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The drawing's abscissa at the left border of the pane, in its pixels.
    pub left: f64,
    /// The drawing's height at the upper border of the pane.
    pub top: f64,
    /// The side of a pixel of the drawing, in pixels of the screen.
    pub zoom: f64,
}

impl Camera {
    /// The least and the greatest zoom.
    pub const ZOOMS: (f64, f64) = (0.125, 4096.0);

    /// No drawing lies farther out than this.
    const FARTHEST: f64 = 40_000.0;

    /// Shows a part of the drawing (left, top, right, bottom) in a pane of a
    /// size, in its middle and as large as fits with a margin; pixels are
    /// enlarged by whole numbers.
    #[must_use]
    pub fn fitting([left, top, right, bottom]: [f64; 4], (width, height): (f64, f64)) -> Self {
        let margin = (width.min(height) / 12.0).min(40.0);
        let room = |side: f64, content: f64| (side - 2.0 * margin).max(1.0) / content.max(0.25);
        let zoom = room(width, right - left).min(room(height, bottom - top)).min(256.0);
        let zoom = if zoom >= 1.0 { zoom.floor() } else { zoom };
        let mut camera = Self { left: 0.0, top: 0.0, zoom };
        camera.bound();
        camera.left = left.midpoint(right) - width / 2.0 / camera.zoom;
        camera.top = top.midpoint(bottom) - height / 2.0 / camera.zoom;
        camera.bound();
        camera
    }

    /// From the drawing to the pane.
    #[must_use]
    pub fn place(&self, (x, y): (f64, f64)) -> (f64, f64) {
        ((x - self.left) * self.zoom, (y - self.top) * self.zoom)
    }

    /// From the pane to the drawing.
    #[must_use]
    pub fn point(&self, (x, y): (f64, f64)) -> (f64, f64) {
        (x / self.zoom + self.left, y / self.zoom + self.top)
    }

    /// Moves the drawing by pixels of the screen.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.left -= dx / self.zoom;
        self.top -= dy / self.zoom;
        self.bound();
    }

    /// Enlarges by a factor; what is at a point of the pane stays there.
    pub fn zoom_at(&mut self, at: (f64, f64), factor: f64) {
        let fixed = self.point(at);
        self.zoom *= factor;
        self.bound();
        self.left = fixed.0 - at.0 / self.zoom;
        self.top = fixed.1 - at.1 / self.zoom;
        self.bound();
    }

    fn bound(&mut self) {
        let (least, most) = Self::ZOOMS;
        self.zoom = if self.zoom.is_finite() { self.zoom.clamp(least, most) } else { 1.0 };
        for side in [&mut self.left, &mut self.top] {
            *side = if side.is_finite() { *side } else { 0.0 };
            *side = side.clamp(-2.0 * Self::FARTHEST, 2.0 * Self::FARTHEST);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn zooming_keeps_the_point_under_the_pointer(
            at in (0.0..900.0_f64, 0.0..700.0_f64),
            factors in prop::collection::vec(0.3..3.0_f64, 0..20),
        ) {
            let mut camera = Camera::fitting([10.0, 10.0, 60.0, 40.0], (900.0, 700.0));
            let before = camera.point(at);
            for factor in factors {
                camera.zoom_at(at, factor);
                let (least, most) = Camera::ZOOMS;
                prop_assert!((least..=most).contains(&camera.zoom));
            }
            let after = camera.point(at);
            prop_assert!((before.0 - after.0).abs() < 1e-6 && (before.1 - after.1).abs() < 1e-6);
        }

        #[test]
        fn any_drawing_and_any_pane_fit(
            part in prop::array::uniform4(-32768.0..32768.0_f64),
            pane in (0.0..5000.0_f64, 0.0..5000.0_f64),
        ) {
            let [a, b, c, d] = part;
            let camera = Camera::fitting([a.min(c), b.min(d), a.max(c), b.max(d)], pane);
            prop_assert!(camera.left.is_finite() && camera.top.is_finite());
        }
    }

    #[test]
    fn a_fitted_drawing_is_in_the_middle() {
        let camera = Camera::fitting([10.0, 10.0, 60.0, 40.0], (900.0, 700.0));
        assert_eq!(camera.zoom, 16.0);
        assert_eq!(camera.place((35.0, 25.0)), (450.0, 350.0));
    }
}
