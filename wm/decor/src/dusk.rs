//! The built-in background: table mountains, which are trapezoids, at dusk; at
//! dawn with a light theme.
//!
//! Owns that picture. Must not know anything else.

use zeno::PathBuilder;

use crate::background::shade;
use crate::canvas::{Coverage, Path, filled};
use crate::picture::Picture;

/// Red, green and blue from 0 to 255.
type Light = [f32; 3];

/// The colours of a time of day.
struct Hour {
    /// The sky from the top of the screen to its bottom: where, and which
    /// colour.
    sky: [(f32, Light); 4],
    /// What the sun adds at most.
    glow: Light,
    /// Each range at its highest table, and at the bottom of the screen.
    ranges: [[Light; 2]; 3],
}

const DUSK: Hour = Hour {
    sky: [
        (0.0, [17.0, 20.0, 33.0]),
        (0.42, [34.0, 37.0, 64.0]),
        (0.70, [72.0, 60.0, 94.0]),
        (1.0, [118.0, 84.0, 104.0]),
    ],
    glow: [74.0, 40.0, 12.0],
    ranges: [
        [[66.0, 56.0, 90.0], [58.0, 50.0, 80.0]],
        [[48.0, 43.0, 72.0], [38.0, 35.0, 60.0]],
        [[30.0, 29.0, 50.0], [21.0, 21.0, 36.0]],
    ],
};

const DAWN: Hour = Hour {
    sky: [
        (0.0, [132.0, 160.0, 204.0]),
        (0.42, [176.0, 192.0, 220.0]),
        (0.70, [218.0, 208.0, 216.0]),
        (1.0, [232.0, 212.0, 204.0]),
    ],
    glow: [22.0, 22.0, 10.0],
    ranges: [
        [[176.0, 178.0, 204.0], [164.0, 166.0, 194.0]],
        [[140.0, 146.0, 180.0], [124.0, 130.0, 166.0]],
        [[102.0, 110.0, 148.0], [84.0, 92.0, 130.0]],
    ],
};

/// Where the sun went down: its middle (screen heights right of the screen's
/// middle, and a part of the height), and how far its light reaches.
const SUN: ([f32; 2], f32) = ([-0.20, 0.77], 0.66);

/// One row of mountains before another.
struct Range {
    /// The foot, as a part of the screen's height.
    foot: f32,
    /// Each: middle (in screen heights right of the screen's middle), half
    /// the width of its table, the reach of a slope, and its height, all in
    /// screen heights.
    tables: &'static [[f32; 4]],
}

const RANGES: [Range; 3] = [
    Range {
        foot: 0.80,
        tables: &[
            [-1.62, 0.20, 0.09, 0.10],
            [-0.78, 0.22, 0.10, 0.14],
            [-0.70, 0.07, 0.06, 0.19],
            [0.16, 0.07, 0.08, 0.07],
            [0.72, 0.16, 0.11, 0.21],
            [1.05, 0.30, 0.10, 0.11],
            [1.95, 0.16, 0.10, 0.15],
        ],
    },
    Range {
        foot: 0.88,
        tables: &[
            [-1.90, 0.22, 0.11, 0.14],
            [-1.12, 0.15, 0.12, 0.17],
            [-0.24, 0.20, 0.14, 0.09],
            [0.40, 0.10, 0.08, 0.12],
            [1.42, 0.24, 0.12, 0.16],
        ],
    },
    Range {
        foot: 0.965,
        tables: &[
            [-1.45, 0.36, 0.20, 0.10],
            [-0.70, 0.12, 0.12, 0.055],
            [0.62, 0.34, 0.20, 0.085],
            [1.75, 0.30, 0.18, 0.12],
        ],
    },
];

/// Covers the whole picture; `light` goes with a light theme.
pub(crate) fn paint(picture: &mut Picture, light: bool) {
    let hour = if light { &DAWN } else { &DUSK };
    let (w, h) = (picture.size.w as f32, picture.size.h as f32);
    let ranges: Vec<(f32, Coverage, [Light; 2])> = RANGES
        .iter()
        .zip(hour.ranges)
        .map(|(range, colors)| (top(range) * h, coverage(range, w, h), colors))
        .collect();
    shade(picture, |x, y| {
        let mut color = sky(hour, y as f32 / h);
        let shine = glow((x as f32 - w / 2.0) / h, y as f32 / h);
        for (light, more) in color.iter_mut().zip(hour.glow) {
            *light += more * shine;
        }
        for (top, shape, colors) in &ranges {
            let covered = covered(shape, x, y);
            if covered > 0.0 {
                let depth = ((y as f32 - top) / (h - top).max(1.0)).clamp(0.0, 1.0);
                color = mix(color, mix(colors[0], colors[1], depth), covered);
            }
        }
        color
    });
}

/// The highest table's height on the screen, as a part of the screen's.
fn top(range: &Range) -> f32 {
    range.foot - range.tables.iter().fold(0.0, |most, table| table[3].max(most))
}

fn coverage(range: &Range, w: f32, h: f32) -> Coverage {
    let mut path = Path::new();
    let foot = range.foot * h;
    path.move_to([0.0, foot]).line_to([w, foot]).line_to([w, h]).line_to([0.0, h]).close();
    for [middle, half, slope, height] in range.tables {
        let middle = w / 2.0 + middle * h;
        let (table, base) = (half * h, (half + slope) * h);
        if middle + base < 0.0 || middle - base > w {
            continue;
        }
        // A little below the foot, so that no seam shows; wound as the ground.
        let (up, down) = (foot - height * h, (foot + 2.0).min(h));
        path.move_to([middle - table, up]).line_to([middle + table, up]);
        path.line_to([middle + base, down]).line_to([middle - base, down]).close();
    }
    filled(&path)
}

fn covered(shape: &Coverage, x: i32, y: i32) -> f32 {
    let (column, row) = (x - shape.rect.x, y - shape.rect.y);
    if column < 0 || row < 0 || column >= shape.rect.w || row >= shape.rect.h {
        return 0.0;
    }
    let index = row as usize * shape.rect.w as usize + column as usize;
    shape.data.get(index).map_or(0.0, |&c| f32::from(c) / 255.0)
}

fn sky(hour: &Hour, at: f32) -> Light {
    for pair in hour.sky.windows(2) {
        let [(from, above), (to, below)] = [pair[0], pair[1]];
        if at <= to {
            return mix(above, below, ((at - from) / (to - from)).clamp(0.0, 1.0));
        }
    }
    hour.sky[hour.sky.len() - 1].1
}

/// The sun's part of the light at a point of the sky, 0 to 1. Flatter than
/// high, as haze lies along the horizon.
fn glow(x: f32, y: f32) -> f32 {
    let ([middle, height], reach) = SUN;
    let (dx, dy) = ((x - middle) / 1.5, y - height);
    let away = (dx * dx + dy * dy).sqrt() / reach;
    let near = (1.0 - away).max(0.0);
    near * near
}

fn mix(from: Light, to: Light, amount: f32) -> Light {
    std::array::from_fn(|i| from[i] + (to[i] - from[i]) * amount)
}
