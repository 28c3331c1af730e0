//! Whether the loaded pixman rounds as raster does.
//!
//! Owns the comparison where pixman's versions differ or could: at the ends of
//! the range, and in an edge's start. It must not decide what follows.

use raster::{Edge, Fixed, Grid, Line, Point};

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
