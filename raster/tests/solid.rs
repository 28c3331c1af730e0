//! Solid colours through shapes, against `pixman_composite_trapezoids`, byte
//! for byte, at every level.
//!
//! `RASTER_CASES` and `RASTER_SEED` as in the tests of coverage.

#![allow(unsafe_code, reason = "the oracle is a C library")]

#[allow(dead_code, reason = "shared with the tests of coverage")]
mod oracle;
#[allow(dead_code, reason = "shared with the tests of coverage")]
mod random;

use random::{Random, setting};
use raster::solid::{Clip, Color, Operator, PixelFormat, PixelsMut};
use raster::{Level, Rasterizer};

fn color(random: &mut Random) -> Color {
    let mut byte = || match random.below(4) {
        0 => 255,
        1 => 0,
        _ => random.below(256) as u8,
    };
    // Not always premultiplied: sums saturate.
    Color { alpha: byte(), red: byte(), green: byte(), blue: byte() }
}

#[test]
fn solid_colours_equal_pixmans() {
    let cases = setting("RASTER_CASES", 200_000) / 4;
    let seed = setting("RASTER_SEED", 1);
    let mut random = Random::new(seed);
    let levels = Level::ALL.into_iter().filter(|level| level.is_available());
    let mut rasterizers: Vec<Rasterizer> = levels.map(Rasterizer::with_level).collect();
    let (mut drawn, mut declined) = (0, 0);
    for number in 0..cases {
        let format = random.pick(&[PixelFormat::A8r8g8b8, PixelFormat::X8r8g8b8, PixelFormat::A8]);
        let operator = random.pick(&[Operator::Over, Operator::Add, Operator::Src, Operator::In]);
        let mut side =
            || if random.below(4) == 0 { 1 + random.below(90) } else { 1 + random.below(20) };
        let (width, height) = (side(), side());
        let stride = (width as usize * format.bytes()).next_multiple_of(4) as isize;
        let bytes: Vec<u8> =
            (0..stride as usize * height as usize).map(|_| random.next() as u8).collect();
        let stride = if random.below(4) == 0 { -stride } else { stride };
        let count = random.pick(&[0, 1, 1, 1, 2, 5, 40]);
        let hostile = random.below(16) == 0;
        let mut shapes = Vec::new();
        for _ in 0..count {
            let mut shape = random.trapezoid(width, height, false);
            if hostile {
                shape.left.p1.x = random.coordinate(width, true);
            }
            shapes.push(shape);
        }
        let color = color(&mut random);
        let mut offset = || if random.below(2) == 0 { 0 } else { random.below(30) as i32 - 15 };
        let offset = (offset(), offset());
        let clip = (random.below(2) == 0).then(|| {
            let mut edge = |side: u32| random.below(side + 1) as i32;
            let (mut x, mut y) = ([edge(width), edge(width)], [edge(height), edge(height)]);
            x.sort_unstable();
            y.sort_unstable();
            [x[0], y[0], x[1], y[1]]
        });
        let mut expected = bytes.clone();
        if !hostile {
            oracle::composite_solid(
                &mut expected,
                format,
                (width, height),
                stride,
                operator,
                color,
                clip,
                offset,
                &shapes,
            );
        }
        drawn += u32::from(expected != bytes);
        for rasterizer in &mut rasterizers {
            let mut actual = bytes.clone();
            let mut pixels =
                PixelsMut::new(&mut actual, format, width, height, stride).expect("sized for it");
            let [left, top, right, bottom] = clip.unwrap_or([0, 0, i32::MAX, i32::MAX]);
            let clip = Clip { left, top, right, bottom };
            if !rasterizer.composite_solid(&mut pixels, operator, color, clip, offset, &shapes) {
                assert_eq!(actual, bytes, "declined, and drew");
                declined += u32::from(rasterizer.level() != Level::Portable);
                continue;
            }
            if hostile {
                // Only that it survives: stock makes a mask of the whole width.
                continue;
            }
            if format == PixelFormat::X8r8g8b8 {
                // The unused byte differs between pixman's own paths.
                for (actual, expected) in actual.chunks_mut(4).zip(expected.chunks_mut(4)) {
                    (actual[3], expected[3]) = (0, 0);
                }
            }
            assert!(
                actual == expected,
                "{}, seed {seed}, case {number}: {operator:?} {color:?} on {format:?} \
                 {width}×{height}, stride {stride}, at {offset:?} in {clip:?}: {shapes:?}\n\
                 before {bytes:?}\n ours  {actual:?}\n stock {expected:?}",
                rasterizer.level(),
            );
        }
    }
    assert!(u64::from(drawn) > cases / 4, "only {drawn} of {cases} cases drew anything");
    assert!(u64::from(declined) < cases, "{declined} of {cases} cases were declined");
}
