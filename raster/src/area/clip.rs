//! Edges that leave the window.
//!
//! Owns the cutting: what is above, below or right of the window covers
//! nothing in it; what is left of it covers whole rows. It must not know what
//! edges become.

/// Coordinates beyond this many pixels are moved to there.
const FARTHEST: f32 = 1e9;

/// Hands the parts of an edge that matter to `part`, all of them within a
/// window of `size` pixels at the origin, directed as the edge is. A
/// coordinate that is not a number is 0.
pub(super) fn clip(
    [width, height]: [f32; 2],
    from: [f32; 2],
    to: [f32; 2],
    mut part: impl FnMut([f32; 2], [f32; 2]),
) {
    let (from, to) = (from.map(tame), to.map(tame));
    let down = from[1] <= to[1];
    let ([x0, y0], [x1, y1]) = if down { (from, to) } else { (to, from) };
    let (top, bottom) = (y0.max(0.0), y1.min(height));
    if top >= bottom {
        return;
    }
    let mut part = |top: [f32; 2], bottom: [f32; 2]| {
        if top[1] < bottom[1] {
            let (from, to) = if down { (top, bottom) } else { (bottom, top) };
            part(from, to);
        }
    };
    let run = f64::from(x1) - f64::from(x0);
    let rise = f64::from(y1) - f64::from(y0);
    let x_at = |y: f32| {
        let x = if y == y0 {
            x0
        } else if y == y1 {
            x1
        } else {
            (f64::from(x0) + (f64::from(y) - f64::from(y0)) * (run / rise)) as f32
        };
        x.clamp(0.0, width)
    };
    // Where a vertical line is crossed; only asked of edges that cross it.
    let y_at = |x: f32| {
        let y = f64::from(y0) + (f64::from(x) - f64::from(x0)) * (rise / run);
        (y as f32).clamp(top, bottom)
    };
    // The heights between which the edge is left of the window, and right.
    let (mut from, mut until) = (top, bottom);
    if x0 < 0.0 && x1 < 0.0 {
        part([0.0, top], [0.0, bottom]);
        return;
    }
    if x0 > width && x1 > width {
        return;
    }
    if x0 < 0.0 {
        from = y_at(0.0);
        part([0.0, top], [0.0, from]);
    } else if x0 > width {
        from = y_at(width);
    }
    if x1 < 0.0 {
        until = y_at(0.0).max(from);
        part([0.0, until], [0.0, bottom]);
    } else if x1 > width {
        until = y_at(width).max(from);
    }
    part([x_at(from), from], [x_at(until), until]);
}

fn tame(value: f32) -> f32 {
    if value.is_nan() { 0.0 } else { value.clamp(-FARTHEST, FARTHEST) }
}
