//! The scalar specification against libpixman itself, and every level of
//! instructions against both, byte for byte.
//!
//! Random and hostile cases from a seeded generator, tolerance 0. The
//! environment widens the search, or narrows it:
//!
//! - `RASTER_CASES`: cases per test (default 200,000),
//! - `RASTER_SEED`: where the generator starts (default 1),
//! - `RASTER_WAIVE`: levels, by name and separated by commas, that need not be
//!   there. Any other level of this architecture that the processor lacks
//!   fails a test: what is not run is not tested.
//!
//! A failure prints its seed, its number and the whole case.

#![allow(unsafe_code, reason = "the oracle is a C library")]

#[allow(dead_code, reason = "shared with the tests of solid colours")]
mod oracle;
mod random;

use oracle::Stock;
use random::{Random, setting};
use raster::{
    Edge, Fixed, Grid, Level, Line, MaskFormat, MaskMut, Point, Rasterizer, Triangle, scalar,
};

/// A buffer that two implementations draw into, with a random past.
#[derive(Clone, Debug)]
struct Canvas {
    format: MaskFormat,
    width: u32,
    height: u32,
    stride: isize,
    bytes: Vec<u8>,
}

impl Canvas {
    fn random(random: &mut Random) -> Self {
        let format = random.pick(&MaskFormat::ALL);
        // Mostly tiny, so that hundreds of thousands of cases take seconds.
        let side = |random: &mut Random| match random.below(16) {
            0 => 1 + random.below(200),
            1 => random.below(2),
            2 | 3 => 1 + random.below(60),
            _ => 1 + random.below(12),
        };
        let (width, height) = match random.below(4000) {
            // Beyond what 16.16 can name; only one side, for the memory's sake.
            0 => (32_000 + random.below(33_000), 1 + random.below(2)),
            1 => (1 + random.below(2), 32_000 + random.below(33_000)),
            _ => (side(random), side(random)),
        };
        let padding = 4 * random.below(3) as usize;
        let stride = (format.padded_row_bytes(width) + padding) as isize;
        let length = stride.unsigned_abs() * height as usize;
        let bytes = match random.below(4) {
            0 => (0..length).map(|_| random.next() as u8).collect(),
            _ => vec![0; length],
        };
        let stride = if random.below(4) == 0 { -stride } else { stride };
        Self { format, width, height, stride, bytes }
    }

    fn as_mask(&mut self) -> MaskMut<'_> {
        let Self { format, width, height, stride, ref mut bytes } = *self;
        MaskMut::new(bytes, format, width, height, stride).expect("sized by the same rules")
    }
}

/// The levels that this processor has.
fn levels() -> impl Iterator<Item = Level> {
    Level::ALL.into_iter().filter(|level| level.is_available())
}

#[test]
fn no_level_is_missing() {
    let waived = std::env::var("RASTER_WAIVE").unwrap_or_default();
    let waived: Vec<&str> = waived.split(',').collect();
    let architecture: &[Level] = if cfg!(target_arch = "x86_64") {
        &[Level::Sse2, Level::Sse42, Level::Avx2, Level::Avx512]
    } else if cfg!(target_arch = "aarch64") {
        &[Level::Neon]
    } else {
        &[]
    };
    for level in architecture {
        assert!(
            level.is_available() || waived.contains(&level.to_string().as_str()),
            "this processor has no {level}, so its code is not tested; RASTER_WAIVE={level} \
             accepts that",
        );
    }
}

/// Draws each case by all and compares every byte, padding included.
fn compare<Case: std::fmt::Debug>(
    name: &str,
    make: impl Fn(&mut Random, &Canvas) -> Case,
    ours: impl Fn(&mut MaskMut<'_>, &Case),
    faster: impl Fn(&mut Rasterizer, &mut MaskMut<'_>, &Case),
    stock: impl Fn(&Stock<'_>, &Case),
) {
    let cases = setting("RASTER_CASES", 200_000);
    let seed = setting("RASTER_SEED", 1);
    let mut random = Random::new(seed);
    let mut rasterizers: Vec<Rasterizer> = levels().map(Rasterizer::with_level).collect();
    let mut drawn = 0;
    for number in 0..cases {
        let mut our_canvas = Canvas::random(&mut random);
        let case = make(&mut random, &our_canvas);
        let before = our_canvas.clone();
        let mut stock_canvas = our_canvas.clone();
        ours(&mut our_canvas.as_mask(), &case);
        let Canvas { format, width, height, stride, ref mut bytes } = stock_canvas;
        stock(&Stock::new(bytes, format, width, height, stride), &case);
        drawn += u64::from(before.bytes != our_canvas.bytes);
        assert!(
            our_canvas.bytes == stock_canvas.bytes,
            "{name}, seed {seed}, case {number}: {case:?}\nbefore {before:?}\n ours  {:?}\n stock {:?}",
            our_canvas.bytes,
            stock_canvas.bytes,
        );
        for rasterizer in &mut rasterizers {
            let mut canvas = before.clone();
            faster(rasterizer, &mut canvas.as_mask(), &case);
            assert!(
                canvas.bytes == stock_canvas.bytes,
                "{name} by {}, seed {seed}, case {number}: {case:?}\nbefore {before:?}\n ours  {:?}\n stock {:?}",
                rasterizer.level(),
                canvas.bytes,
                stock_canvas.bytes,
            );
        }
    }
    assert!(drawn > cases / 10, "{name}: only {drawn} of {cases} cases drew anything");
}

/// Stock pixman divides −2³¹ by −1, and dies, for exactly this line. Points
/// are ordered by height before, and offsets cancel in the differences.
fn kills_stock(line: &Line) -> bool {
    let (top, bottom) =
        if line.p1.y <= line.p2.y { (line.p1, line.p2) } else { (line.p2, line.p1) };
    bottom.y.wrapping_sub(top.y).bits() == -1 && bottom.x.wrapping_sub(top.x) == Fixed::MIN
}

fn triangle_kills_stock(triangle: &Triangle) -> bool {
    triangle.to_trapezoids().iter().any(|part| kills_stock(&part.left) || kills_stock(&part.right))
}

#[test]
fn trapezoids_equal_pixmans() {
    compare(
        "rasterize_trapezoid",
        |random, canvas| {
            let hostile = random.hostility();
            let offset = random.offsets(hostile);
            let shapes = 1 + random.below(3);
            let traps: Vec<_> = (0..shapes)
                .map(|_| random.trapezoid(canvas.width, canvas.height, hostile))
                .filter(|trap| !kills_stock(&trap.left) && !kills_stock(&trap.right))
                .collect();
            (traps, offset)
        },
        |mask, (traps, (x, y))| {
            for trap in traps {
                scalar::rasterize_trapezoid(mask, trap, *x, *y);
            }
        },
        |rasterizer, mask, (traps, (x, y))| {
            for trap in traps {
                rasterizer.rasterize_trapezoid(mask, trap, *x, *y);
            }
        },
        |stock, (traps, (x, y))| {
            for trap in traps {
                stock.rasterize_trapezoid(trap, *x, *y);
            }
        },
    );
}

#[test]
fn lists_of_trapezoids_equal_pixmans() {
    compare(
        "add_trapezoids",
        |random, canvas| {
            let hostile = random.hostility();
            let offset = random.offsets(hostile);
            let count = if random.below(64) == 0 { 200 } else { random.below(8) };
            let traps: Vec<_> = (0..count)
                .map(|_| random.trapezoid(canvas.width, canvas.height, hostile))
                .filter(|trap| !kills_stock(&trap.left) && !kills_stock(&trap.right))
                .collect();
            (traps, offset.0 as i16, offset.1)
        },
        |mask, (traps, x, y)| scalar::add_trapezoids(mask, *x, *y, traps),
        |rasterizer, mask, (traps, x, y)| rasterizer.add_trapezoids(mask, *x, *y, traps),
        |stock, (traps, x, y)| stock.add_trapezoids(*x, *y, traps),
    );
}

#[test]
fn triangles_equal_pixmans() {
    compare(
        "add_triangles",
        |random, canvas| {
            let hostile = random.hostility();
            let offset = random.offsets(hostile);
            let triangles: Vec<_> = (0..1 + random.below(3))
                .map(|_| random.triangle(canvas.width, canvas.height, hostile))
                .filter(|triangle| !triangle_kills_stock(triangle))
                .collect();
            (triangles, offset)
        },
        |mask, (triangles, (x, y))| scalar::add_triangles(mask, *x, *y, triangles),
        |rasterizer, mask, (triangles, (x, y))| rasterizer.add_triangles(mask, *x, *y, triangles),
        |stock, (triangles, (x, y))| stock.add_triangles(*x, *y, triangles),
    );
}

#[test]
fn traps_equal_pixmans() {
    compare(
        "add_traps",
        |random, canvas| {
            let hostile = random.hostility();
            let offset = random.offsets(hostile);
            let traps: Vec<_> = (0..1 + random.below(3))
                .map(|_| random.trap(canvas.width, canvas.height, hostile))
                .filter(|trap| {
                    let line = |top, bottom| {
                        Line::new(Point::new(top, trap.top.y), Point::new(bottom, trap.bottom.y))
                    };
                    !kills_stock(&line(trap.top.left, trap.bottom.left))
                        && !kills_stock(&line(trap.top.right, trap.bottom.right))
                })
                .collect();
            (traps, offset.0 as i16, offset.1 as i16)
        },
        |mask, (traps, x, y)| scalar::add_traps(mask, *x, *y, traps),
        |rasterizer, mask, (traps, x, y)| rasterizer.add_traps(mask, *x, *y, traps),
        |stock, (traps, x, y)| stock.add_traps(*x, *y, traps),
    );
}

/// Any state of two edges, not only those that a line can reach.
#[test]
fn raw_edges_equal_pixmans() {
    compare(
        "rasterize_edges",
        |random, canvas| {
            let grid = Grid::of(canvas.format);
            let mut rows = [0; 2].map(|_| {
                let pixel = random.below(canvas.height.clamp(1, 0x8000)) as i32;
                let row = random.below(grid.rows as u32) as i32;
                Fixed::from_bits((pixel << 16) + grid.first_row + row * grid.step_small)
            });
            rows.sort_unstable();
            let mut edge = |hostile| {
                let mut field = || match hostile {
                    true => random.coordinate(canvas.width, true).bits(),
                    false => random.below(1 << 14) as i32 - (1 << 13),
                };
                let mut edge = Edge {
                    x: field(),
                    e: field(),
                    step_x: field(),
                    sign_dx: field().signum(),
                    dy: field(),
                    dx: field(),
                    step_x_small: field(),
                    step_x_big: field(),
                    dx_small: field(),
                    dx_big: field(),
                };
                edge.x = random.coordinate(canvas.width, hostile).bits();
                edge
            };
            let (left, right) = (edge(false), edge(false));
            let hostile = random.below(4) == 0;
            let right = if hostile { Edge { x: Fixed::MAX.bits(), ..right } } else { right };
            (left, right, rows)
        },
        |mask, (left, right, [top, bottom])| {
            let (mut left, mut right) = (*left, *right);
            let result = scalar::rasterize_edges(mask, &mut left, &mut right, *top, *bottom);
            assert_eq!(result.is_ok(), mask.height() > 0);
        },
        |_, mask, (left, right, [top, bottom])| {
            // Raw edges have no faster way; once more, so that all is compared.
            let (mut left, mut right) = (*left, *right);
            let _ = scalar::rasterize_edges(mask, &mut left, &mut right, *top, *bottom);
        },
        |stock, (left, right, [top, bottom])| {
            let (mut left, mut right) = (*left, *right);
            stock.rasterize_edges(&mut left, &mut right, *top, *bottom);
        },
    );
}

#[test]
fn edges_equal_pixmans() {
    let cases = setting("RASTER_CASES", 200_000);
    let mut random = Random::new(setting("RASTER_SEED", 1));
    for number in 0..cases {
        let (format, hostile) = (random.pick(&MaskFormat::ALL), random.hostility());
        let line = random.line(200, 200, hostile);
        if kills_stock(&line) || line.p1.y == line.p2.y {
            continue;
        }
        let y = random.coordinate(200, hostile);
        let (x_offset, y_offset) = random.offsets(hostile);
        let mut ours = Edge::along(Grid::of(format), y, &line, x_offset, y_offset);
        let mut stock = oracle::edge_along(format, y, &line, x_offset, y_offset);
        assert_eq!(ours, stock, "case {number}: {line:?} from {y} in {format:?}");
        let steps = random.coordinate(200, hostile).bits();
        ours.step(steps);
        oracle::edge_step(&mut stock, steps);
        assert_eq!(ours, stock, "case {number}: {line:?} after {steps} steps");
    }
}

#[test]
fn sample_rows_equal_pixmans() {
    let mut random = Random::new(setting("RASTER_SEED", 1));
    for _ in 0..setting("RASTER_CASES", 200_000) {
        let format = random.pick(&MaskFormat::ALL);
        let y = Fixed::from_bits(random.next() as i32);
        let grid = Grid::of(format);
        assert_eq!(grid.row_at_or_below(y), oracle::sample_ceil_y(format, y), "{y} {format:?}");
        assert_eq!(grid.row_above(y), oracle::sample_floor_y(format, y), "{y} {format:?}");
    }
}
