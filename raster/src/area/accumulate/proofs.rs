//! Exactness, against polygons clipped in f64; and the same from every level.

use proptest::prelude::*;

use super::*;

/// The signed area of a polygon within a box, each part counted as often as it
/// is wound around: Sutherland and Hodgman's clipping, then the shoelace
/// formula. Slow, and short enough to be seen to be right.
fn wound_area(polygon: &[[f32; 2]], [left, top]: [f64; 2], [right, bottom]: [f64; 2]) -> f64 {
    let mut points: Vec<[f64; 2]> = polygon.iter().map(|point| point.map(f64::from)).collect();
    // Axis, the limit on it, and the side to keep.
    for (axis, limit, side) in [(0, left, 1.0), (0, right, -1.0), (1, top, 1.0), (1, bottom, -1.0)]
    {
        let depth = |point: [f64; 2]| (point[axis] - limit) * side;
        let mut kept = Vec::new();
        for (k, &from) in points.iter().enumerate() {
            let to = points[(k + 1) % points.len()];
            let (a, b) = (depth(from), depth(to));
            if a >= 0.0 {
                kept.push(from);
            }
            if (a >= 0.0) != (b >= 0.0) {
                let part = a / (a - b);
                let mut at = [0, 1].map(|axis| from[axis] + part * (to[axis] - from[axis]));
                at[axis] = limit;
                kept.push(at);
            }
        }
        points = kept;
    }
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(a, b)| a[0] * b[1] - a[1] * b[0]).sum::<f64>() / 2.0
}

/// The coverage of a pixel with this average winding.
fn covered(winding: f64, rule: FillRule) -> f64 {
    match rule {
        FillRule::NonZero => winding.abs().min(1.0),
        FillRule::EvenOdd => {
            let odd = winding.abs() % 2.0;
            odd.min(2.0 - odd)
        }
    }
}

fn rule(even_odd: bool) -> FillRule {
    if even_odd { FillRule::EvenOdd } else { FillRule::NonZero }
}

fn levels() -> impl Iterator<Item = Level> {
    Level::ALL.into_iter().filter(|level| level.is_available())
}

fn drawn(level: Level, size: [u32; 2], polygons: &[Vec<[f32; 2]>], rule: FillRule) -> Mask {
    let mut accumulator = Accumulator::with_level(level, size[0], size[1]);
    let mut mask = Mask::new(MaskFormat::A8, size[0], size[1]).unwrap();
    for polygon in polygons {
        accumulator.add_polygon(polygon);
    }
    accumulator.add_to(&mut mask.as_mut(), rule);
    mask
}

/// The largest distance of a pixel from its true coverage, in levels of 255.
fn error(mask: &Mask, polygons: &[Vec<[f32; 2]>], rule: FillRule) -> f64 {
    let mut most = 0.0_f64;
    for y in 0..mask.height() {
        for x in 0..mask.width() {
            let corner = [f64::from(x), f64::from(y)];
            let winding: f64 = polygons
                .iter()
                .map(|polygon| wound_area(polygon, corner, corner.map(|at| at + 1.0)))
                .sum();
            let expected = 255.0 * covered(winding, rule);
            most = most.max((f64::from(mask.get(x, y)) - expected).abs());
        }
    }
    most
}

/// Polygons of a few points in and around a window of 40 × 24 pixels.
fn polygons() -> impl Strategy<Value = Vec<Vec<[f32; 2]>>> {
    let point = (-6.0..46.0f32, -5.0..29.0f32).prop_map(|(x, y)| [x, y]);
    // Some on whole pixels, where rows and columns begin.
    let grid = (-2..42i32, -2..26i32).prop_map(|(x, y)| [x as f32, y as f32]);
    let point = prop_oneof![3 => point, 1 => grid];
    prop::collection::vec(prop::collection::vec(point, 1..9), 1..4)
}

/// A blob of many short edges around (`x`, `y`).
fn blob(x: f32, y: f32, radius: f32, wobble: f32, points: usize) -> Vec<[f32; 2]> {
    (0..points)
        .map(|k| {
            let angle = std::f32::consts::TAU * k as f32 / points as f32;
            let radius = radius * (1.0 + wobble * (5.0 * angle).sin());
            [x + radius * angle.cos(), y + radius * angle.sin()]
        })
        .collect()
}

fn star(points: usize, center: f32, radius: f32) -> Vec<[f32; 2]> {
    (0..points)
        .map(|k| {
            let angle = std::f32::consts::TAU * (k * (points / 2)) as f32 / points as f32;
            [center + radius * angle.sin(), center - radius * angle.cos()]
        })
        .collect()
}

#[test]
fn the_reference_knows_simple_areas() {
    let square = [[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]];
    assert_eq!(wound_area(&square, [0.0, 0.0], [2.0, 2.0]), 1.0);
    let twice: Vec<_> = square.iter().chain(&square).copied().collect();
    assert_eq!(wound_area(&twice, [0.0, 0.0], [9.0, 9.0]), 8.0, "wound around twice");
    let triangle = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
    assert_eq!(wound_area(&triangle, [0.0, 0.0], [1.0, 1.0]), 0.5);
    assert_eq!(covered(1.75, FillRule::EvenOdd), 0.25);
}

#[test]
fn large_shapes_in_bands_are_exact() {
    // Two bands and more; edges that begin above a band and end below it.
    let polygons = [star(7, 400.0, 390.0), blob(300.5, 420.25, 200.0, 0.2, 600)];
    for even_odd in [false, true] {
        let rule = rule(even_odd);
        let expected = drawn(Level::Portable, [790, 800], &polygons, rule);
        for level in levels() {
            assert!(drawn(level, [790, 800], &polygons, rule) == expected, "{level} differs");
        }
        // Every pixel would take minutes to clip.
        for y in (0..800).step_by(37) {
            for x in 0..790 {
                let corner = [f64::from(x), f64::from(y)];
                let winding: f64 = polygons
                    .iter()
                    .map(|polygon| wound_area(polygon, corner, corner.map(|at| at + 1.0)))
                    .sum();
                let exact = 255.0 * covered(winding, rule);
                let value = f64::from(expected.get(x, y));
                assert!((value - exact).abs() < 0.53, "{value}, not {exact} at {x}, {y}");
            }
        }
    }
}

#[test]
fn the_rules_differ_inside_a_star() {
    let star = [star(5, 50.0, 45.0)];
    for level in levels() {
        let [full, odd] = [false, true].map(|odd| drawn(level, [100, 100], &star, rule(odd)));
        assert_eq!((full.get(50, 50), odd.get(50, 50)), (255, 0), "the middle is wound twice");
        assert_eq!((full.get(50, 12), odd.get(50, 12)), (255, 255), "an arm once");
        // A pentagram's arms are what is left when the pentagon is taken away.
        let radius = 45.0_f64;
        let inner = radius * (72.0_f64).to_radians().cos() / (36.0_f64).to_radians().cos();
        let pentagon = 2.5 * inner * inner * (72.0_f64).to_radians().sin();
        let difference = (full.total() - odd.total()) as f64 / 255.0;
        assert!((difference - pentagon).abs() < 2.0, "{difference}, not {pentagon}");
    }
}

#[test]
fn drawing_again_allocates_nothing() {
    for level in levels() {
        let mut accumulator = Accumulator::with_level(level, 500, 500);
        let mut mask = Mask::new(MaskFormat::A8, 500, 500).unwrap();
        let mut draw = |accumulator: &mut Accumulator| {
            for k in 0..9 {
                let offset = 50.0 * k as f32;
                accumulator.add_polygon(&blob(offset, 240.0, 9.0 + offset, 0.3, 300));
                accumulator.add_to(&mut mask.as_mut(), FillRule::NonZero);
                accumulator.add_polygon(&blob(offset, 240.0, 9.0 + offset, 0.3, 300));
                accumulator.for_each_run(FillRule::NonZero, |_, _, _| {});
            }
        };
        draw(&mut accumulator);
        let before = accumulator.memory();
        draw(&mut accumulator);
        assert_eq!(accumulator.memory(), before, "{level}");
    }
}

#[test]
fn memory_follows_the_shape_and_not_the_window() {
    let mut accumulator = Accumulator::new(60_000, 60_000);
    let mut pixels = 0;
    accumulator.add_polygon(&blob(59_000.0, 59_000.0, 10.0, 0.0, 60));
    accumulator.for_each_run(FillRule::NonZero, |_, _, run| pixels += run.length());
    assert!((300..400).contains(&pixels), "{pixels} pixels in a circle of radius 10");
    accumulator.add_polygon(&[[0.5, 0.5], [60_000.0, 30_000.0], [0.5, 59_999.5]]);
    let mut rows = 0;
    accumulator.for_each_run(FillRule::NonZero, |_, x, _| rows += u32::from(x == 0));
    assert_eq!(rows, 60_000);
    let bytes: usize = accumulator.memory().iter().map(|(_, bytes)| bytes).sum();
    assert!(bytes < 8 << 20, "{bytes} bytes");
}

proptest! {
    #[test]
    fn coverage_is_the_true_area(polygons in polygons(), even_odd in any::<bool>()) {
        let rule = rule(even_odd);
        let mask = drawn(Level::best(), [40, 24], &polygons, rule);
        let error = error(&mask, &polygons, rule);
        prop_assert!(error < 0.51, "{error} levels off, of which rounding may be a half");
    }

    #[test]
    fn every_level_draws_the_same(
        polygons in polygons(),
        (x, y, radius, wobble) in (-5.0..200.0f32, -5.0..90.0f32, 0.1..60.0f32, 0.0..1.5f32),
        (points, even_odd) in (3..400usize, any::<bool>()),
    ) {
        let mut polygons = polygons;
        polygons.push(blob(x, y, radius, wobble, points));
        let size = [180, 70];
        let expected = drawn(Level::Portable, size, &polygons, rule(even_odd));
        for level in levels() {
            prop_assert!(drawn(level, size, &polygons, rule(even_odd)) == expected, "{} differs", level);
        }
    }

    #[test]
    fn every_level_blends_the_same_and_as_defined(
        polygons in polygons(),
        background in any::<[u8; 4]>(),
        mut color in any::<[u8; 4]>(),
        opaque in any::<bool>(),
    ) {
        color[3] = if opaque { 255 } else { color[3] };
        let premultiply = |[a, b, c, alpha]: [u8; 4]| [a.min(alpha), b.min(alpha), c.min(alpha), alpha];
        let (background, color) = (premultiply(background), premultiply(color));
        let mask = drawn(Level::Portable, [40, 24], &polygons, FillRule::NonZero);
        let mul = |a: u8, b: u8| ((u32::from(a) * u32::from(b) * 2 + 255) / 510) as u8;
        for level in levels() {
            let mut accumulator = Accumulator::with_level(level, 40, 24);
            polygons.iter().for_each(|polygon| accumulator.add_polygon(polygon));
            let mut pixels = vec![background; 43 * 24];
            accumulator.blend_over(&mut pixels, 43, color, FillRule::NonZero);
            for (k, pixel) in pixels.iter().enumerate() {
                let (x, y) = ((k % 43) as u32, (k / 43) as u32);
                // Outside of the window, coverage is 0.
                let value = mask.get(x, y);
                let keep = 255 - mul(color[3], value);
                let expected: [u8; 4] =
                    std::array::from_fn(|k| mul(color[k], value).saturating_add(mul(background[k], keep)));
                prop_assert_eq!(*pixel, expected, "{} at {}, {}: {} of 255", level, x, y, value);
            }
        }
    }

    #[test]
    fn runs_say_what_masks_hold(polygons in polygons(), even_odd in any::<bool>()) {
        let mask = drawn(Level::best(), [40, 24], &polygons, rule(even_odd));
        for level in levels() {
            let mut accumulator = Accumulator::with_level(level, 40, 24);
            polygons.iter().for_each(|polygon| accumulator.add_polygon(polygon));
            let mut again = vec![0; 40 * 24];
            let mut last = 0;
            accumulator.for_each_run(rule(even_odd), |y, x, run| {
                let start = (y * 40 + x) as usize;
                assert!(start >= last, "runs go forward");
                last = start + run.length();
                match run {
                    Run::Full(length) => again[start..start + length].fill(255),
                    Run::Partial(bytes) => again[start..start + bytes.len()].copy_from_slice(bytes),
                    Run::Empty(_) => unreachable!(),
                }
            });
            let expected: Vec<u8> = (0..24).flat_map(|y| mask.row(y).unwrap().to_vec()).collect();
            prop_assert_eq!(again, expected);
        }
    }

    #[test]
    fn disjoint_shapes_add_up(
        (left, right) in (0.5..9.0f32, 0.5..9.0f32),
        (wobble, points) in (0.0..0.5f32, 3..90usize),
    ) {
        // Side by side, so near that they share pixels.
        let middle = 20.3;
        let shapes = [
            blob(middle - left * (1.0 + wobble), 12.2, left, wobble, points),
            blob(middle + right * (1.0 + wobble), 11.7, right, wobble, points),
        ];
        let both = drawn(Level::best(), [40, 24], &shapes, FillRule::NonZero);
        let one = drawn(Level::best(), [40, 24], &shapes[..1], FillRule::NonZero);
        let other = drawn(Level::best(), [40, 24], &shapes[1..], FillRule::NonZero);
        for y in 0..24 {
            for x in 0..40 {
                let sum = u16::from(one.get(x, y)) + u16::from(other.get(x, y));
                prop_assert!(sum.abs_diff(both.get(x, y).into()) <= 1, "{} at {}, {}", sum, x, y);
            }
        }
    }

    #[test]
    fn area_is_conserved(
        (x, y, radius) in (20.0..80.0f32, 20.0..60.0f32, 1.0..18.0f32),
        (wobble, points) in (0.0..0.1f32, 3..200usize),
    ) {
        let shape = [blob(x, y, radius, wobble, points)];
        let mask = drawn(Level::best(), [100, 80], &shape, FillRule::NonZero);
        let expected = wound_area(&shape[0], [0.0, 0.0], [100.0, 80.0]).abs();
        let partial = (0..80).flat_map(|y| mask.row(y).unwrap()).filter(|&&v| v != 0 && v != 255).count();
        let total = mask.total() as f64 / 255.0;
        // Half a level for each pixel that is neither full nor empty, and the
        // few whose rounding made them so.
        let allowed = (partial as f64 + 8.0) * 0.51 / 255.0;
        prop_assert!((total - expected).abs() <= allowed, "{total}, not {expected}");
    }

    #[test]
    fn any_numbers_are_survived_and_mean_the_same_everywhere(
        numbers in prop::collection::vec(any::<u32>(), 0..40),
        tame in prop::collection::vec(-100.0..200.0f32, 0..20),
        even_odd in any::<bool>(),
    ) {
        let wild = numbers.iter().map(|bits| f32::from_bits(*bits));
        let all: Vec<f32> = wild.chain(tame).collect();
        let points: Vec<[f32; 2]> = all.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
        let expected = drawn(Level::Portable, [70, 50], std::slice::from_ref(&points), rule(even_odd));
        for level in levels() {
            let mask = drawn(level, [70, 50], std::slice::from_ref(&points), rule(even_odd));
            prop_assert!(mask == expected, "{} differs", level);
        }
    }
}
