//! Whether the loaded pixman computes as we do.
//!
//! Owns the comparison where pixman's versions differ or could: in rounding at
//! the ends of the range and in an edge's start, and in blending, which it does
//! with other instructions on other processors. It must not decide what
//! follows.

use raster::{Edge, Fixed, Grid, Line, Point};

use xrender_bridge::solid::{over_all, over_covered};

use crate::abi::{Color, Image, format, operator};
use crate::forward::Called;

/// Whether sample rows and edges are the same here and there.
pub(crate) fn agrees(pixman: &Called) -> bool {
    [(1, Grid::A1), (4, Grid::A4), (8, Grid::A8)].into_iter().all(|(bits, grid)| {
        // Above the first row of the range some versions find none, and others
        // (before the repair of CVE-2022-44638) one that lies below every
        // image, and overwrite memory. No picture depends on that.
        let ends = [i32::MIN, i32::MIN + 1];
        let rows = [i32::MAX, i32::MAX - 100, -1, 0, 1, 2185, 63351, 63352, -0x7fff_0000];
        // SAFETY: functions of two numbers.
        let below = |y: &i32| unsafe { (pixman.sample_ceil)(*y, bits) }
            == grid.row_at_or_below(Fixed::from_bits(*y)).bits();
        // SAFETY: as before.
        let above = |y: &i32| unsafe { (pixman.sample_floor)(*y, bits) }
            == grid.row_above(Fixed::from_bits(*y)).bits();
        rows.iter().chain(&ends).all(below)
            && rows.iter().all(above)
            && lines().into_iter().all(|line| {
                let (y, x_offset, y_offset) = (Fixed::from_bits(2185), 3, -2);
                let mut edge = Edge::default();
                // SAFETY: both structures have pixman's layout (see `abi`).
                unsafe {
                    (pixman.edge_init)(
                        &raw mut edge,
                        bits,
                        y.bits(),
                        &raw const line,
                        x_offset,
                        y_offset,
                    );
                }
                edge == Edge::along(grid, y, &line, x_offset, y_offset)
            })
    })
}

/// Whether solid colours go over pixels to the same bytes: through every
/// coverage, and through bits, onto both formats of 32 bits.
pub(crate) fn blends(pixman: &Called) -> bool {
    let colors = [0xff20_c0ff_u32, 0x8010_407f, 0x01ff_00fe, 0];
    colors.into_iter().all(|color| {
        [format::A8R8G8B8, format::X8R8G8B8].into_iter().all(|code| {
            let before: Vec<u32> = (0..256_u32).map(|x| x.wrapping_mul(0x9e37_79b9)).collect();
            let coverage: Vec<u32> = (0..64).map(|word| 0x0302_0100 + word * 0x0404_0404).collect();
            let mut expected = before.clone();
            let bytes: Vec<u8> = coverage.iter().flat_map(|word| word.to_le_bytes()).collect();
            over_covered(&mut expected, &bytes, color);
            let mut full = before.clone();
            over_all(&mut full, color);
            // A little-endian A8: the first byte is the first pixel.
            over(pixman, code, &before, format::A8, coverage, color) == Some(expected)
                && over(pixman, code, &before, format::A1, vec![!0; 8], color) == Some(full)
        })
    })
}

/// What pixman makes of a row of 256 pixels.
fn over(
    pixman: &Called,
    code: u32,
    before: &[u32],
    mask_code: u32,
    mut mask: Vec<u32>,
    color: u32,
) -> Option<Vec<u32>> {
    let mut pixels = before.to_vec();
    let channel = |shift: u32| (color >> shift & 255) as u16 * 257;
    let color = Color { red: channel(16), green: channel(8), blue: channel(0), alpha: channel(24) };
    let row = |code: u32, words: &mut Vec<u32>| {
        // SAFETY: the words are a row of 256 such pixels and outlive the image.
        unsafe { (pixman.create_bits)(code, 256, 1, words.as_mut_ptr(), 4 * words.len() as i32) }
    };
    let images: [*mut Image; 3] = [
        // SAFETY: a colour, which is copied.
        unsafe { (pixman.create_solid_fill)(&raw const color) },
        row(mask_code, &mut mask),
        row(code, &mut pixels),
    ];
    let complete = images.iter().all(|image| !image.is_null());
    let [source, through, onto] = images;
    // SAFETY: images just made, composited only if all are, each freed once.
    unsafe {
        if complete {
            (pixman.composite)(operator::OVER, source, through, onto, 0, 0, 0, 0, 0, 0, 256, 1);
        }
        for image in images.into_iter().filter(|image| !image.is_null()) {
            (pixman.unref)(image);
        }
    }
    complete.then_some(pixels)
}

/// Lines whose edges start with and without a carry, in both directions, and
/// one across half of the range.
fn lines() -> [Line; 5] {
    let line = |x1, y1, x2, y2| {
        let point = |x, y| Point::new(Fixed::from_bits(x), Fixed::from_bits(y));
        Line::new(point(x1, y1), point(x2, y2))
    };
    [
        line(0, 0, 65_536, 200_000),
        line(9_000, 300_000, -123_457, -5),
        line(77, 500_000, 77, 131_072),
        line(i32::MIN, 0, 0, 70_001),
        line(0, 3, i32::MIN, i32::MAX),
    ]
}
