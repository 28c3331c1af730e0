//! Shapes at random, from the tame to the hostile, the same for a seed.

use raster::{Fixed, Grid, Line, Point, Span, Trap, Trapezoid, Triangle};

/// A whole number from the environment.
pub(crate) fn setting(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("a whole number in the environment"),
        Err(_) => default,
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, seeded, good enough.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// 0 to `end` − 1.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        (self.next() % u64::from(end.max(1))) as u32
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u32) as usize]
    }

    /// Whether a case may use the ends of the range.
    pub(crate) fn hostility(&mut self) -> bool {
        self.below(3) == 0
    }

    /// A coordinate around 0..`side` pixels; a hostile one may be anywhere.
    pub(crate) fn coordinate(&mut self, side: u32, hostile: bool) -> Fixed {
        let fraction = match self.below(4) {
            0 => 0,
            1 => self.pick(&[1, 0xffff, 0x7fff, 0x8000, 0x8001]),
            2 => {
                // On, just before or just after a sample row or column.
                let grid = self.pick(&[Grid::A1, Grid::A4, Grid::A8]);
                let row = grid.first_row + grid.step_small * self.below(grid.rows as u32) as i32;
                let column =
                    grid.first_column + grid.column_step * self.below(grid.columns as u32) as i32;
                self.pick(&[row, column]) + self.pick(&[-1, 0, 1])
            }
            _ => self.below(1 << 16) as i32,
        };
        let around = |random: &mut Self| random.below(side + 9) as i32 - 4;
        let pixel = match if hostile { self.below(6) } else { 9 } {
            0 => self.pick(&[-0x8000, -0x7fff, 0x7fff, 0x7ffe]),
            1 => self.below(1 << 16) as i32 - 0x8000,
            2 => return Fixed::from_bits(self.pick(&[i32::MIN, i32::MIN + 1, i32::MAX, -1])),
            _ => around(self),
        };
        Fixed::from_bits((pixel << 16).wrapping_add(fraction))
    }

    pub(crate) fn offsets(&mut self, hostile: bool) -> (i32, i32) {
        let mut offset = || match (hostile, self.below(4)) {
            (true, 0) => self.next() as i32,
            (true, 1) => self.pick(&[-0x8000, 0x7fff, 0x10000, i32::MIN]),
            (_, 2) => self.below(9) as i32 - 4,
            _ => 0,
        };
        (offset(), offset())
    }

    pub(crate) fn point(&mut self, width: u32, height: u32, hostile: bool) -> Point {
        Point::new(self.coordinate(width, hostile), self.coordinate(height, hostile))
    }

    pub(crate) fn line(&mut self, width: u32, height: u32, hostile: bool) -> Line {
        let mut line =
            Line::new(self.point(width, height, hostile), self.point(width, height, hostile));
        match self.below(8) {
            0 => line.p2.x = line.p1.x,
            1 => {
                // Exactly 45°: the remainder is 0.
                let down = line.p2.y.wrapping_sub(line.p1.y);
                line.p2.x = line.p1.x.wrapping_add(down);
            }
            _ => {}
        }
        line
    }

    pub(crate) fn trapezoid(&mut self, width: u32, height: u32, hostile: bool) -> Trapezoid {
        let mut ends = [0; 2].map(|_| self.coordinate(height, hostile));
        let mut sides = [0; 2].map(|_| self.line(width, height, hostile));
        // Random order is often invalid or empty; put most of it right.
        if self.below(16) != 0 {
            ends.sort_unstable();
        }
        if self.below(8) != 0 {
            sides.sort_unstable_by_key(|line| line.p1.x);
        }
        if self.below(4) == 0 {
            sides[1] = self.pick(&[sides[0], sides[1]]);
        }
        Trapezoid { top: ends[0], bottom: ends[1], left: sides[0], right: sides[1] }
    }

    pub(crate) fn triangle(&mut self, width: u32, height: u32, hostile: bool) -> Triangle {
        let mut corners = [0; 3].map(|_| self.point(width, height, hostile));
        match self.below(8) {
            0 => corners[1].y = corners[0].y,
            1 => corners[2] = corners[0],
            _ => {}
        }
        Triangle::new(corners[0], corners[1], corners[2])
    }

    pub(crate) fn trap(&mut self, width: u32, height: u32, hostile: bool) -> Trap {
        let mut span = || {
            let mut ends = [0; 2].map(|_| self.coordinate(width, hostile));
            if self.below(8) != 0 {
                ends.sort_unstable();
            }
            Span { left: ends[0], right: ends[1], y: self.coordinate(height, hostile) }
        };
        let mut trap = Trap { top: span(), bottom: span() };
        if trap.top.y > trap.bottom.y && self.below(8) != 0 {
            (trap.top, trap.bottom) = (trap.bottom, trap.top);
        }
        trap
    }
}
