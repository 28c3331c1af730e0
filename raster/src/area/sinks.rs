//! What coverage is drawn into: masks, pixels, closures.
//!
//! Owns who gets which pixels. It must not know sums, nor what is computed
//! for a pixel.

use std::ops::Range;

use super::arithmetic::{Arithmetic, Solid};
use super::plane::BLOCK;
use super::runs::{Run, runs};
use crate::mask::MaskMut;

/// What takes coverage, from top to bottom.
pub(super) trait Rows {
    /// What takes that of a row.
    type Row<'a>: Row
    where
        Self: 'a;
    /// The next row. None if nothing of it is wanted.
    fn row(&mut self, y: u32) -> Option<Self::Row<'_>>;
}

/// What takes coverage from left to right; what is left out has none. All
/// columns are within the window.
pub(super) trait Row {
    /// The same coverage, not 0, over a range of columns.
    fn level(&mut self, with: impl Arithmetic, columns: Range<u32>, value: u8);
    /// The coverage of a block of pixels from column `x` on, of which the
    /// first `length` are within the window. Some may have none.
    fn block(&mut self, with: impl Arithmetic, x: u32, values: &[u8; BLOCK], length: usize);
}

/// Adds to an A8 mask, with saturation.
#[derive(Debug)]
pub(super) struct AddTo<'a, 'b>(pub(super) &'a mut MaskMut<'b>);

/// Adds to a row of an A8 mask.
pub(super) struct AddToRow<'a>(&'a mut [u8]);

impl Rows for AddTo<'_, '_> {
    type Row<'a>
        = AddToRow<'a>
    where
        Self: 'a;

    #[inline(always)]
    fn row(&mut self, y: u32) -> Option<AddToRow<'_>> {
        self.0.row_mut(y).map(AddToRow)
    }
}

impl Row for AddToRow<'_> {
    #[inline(always)]
    fn level(&mut self, _: impl Arithmetic, columns: Range<u32>, value: u8) {
        let end = self.0.len().min(columns.end as usize);
        let Some(pixels) = self.0.get_mut(columns.start as usize..end) else { return };
        if value == 255 {
            pixels.fill(255);
        } else {
            pixels.iter_mut().for_each(|pixel| *pixel = pixel.saturating_add(value));
        }
    }

    #[inline(always)]
    fn block(&mut self, with: impl Arithmetic, x: u32, values: &[u8; BLOCK], length: usize) {
        let Some(pixels) = self.0.get_mut(x as usize..) else { return };
        if let Some(pixels) = pixels.first_chunk_mut() {
            with.add(pixels, values);
        } else {
            for (pixel, value) in pixels.iter_mut().zip(&values[..length]) {
                *pixel = pixel.saturating_add(*value);
            }
        }
    }
}

/// Blends a colour over pixels of four bytes.
#[derive(Debug)]
pub(super) struct BlendOver<'a> {
    pixels: &'a mut [[u8; 4]],
    stride: usize,
    width: usize,
    solid: Solid,
}

/// Blends a colour over a row of pixels of four bytes.
pub(super) struct BlendOverRow<'a> {
    pixels: &'a mut [[u8; 4]],
    solid: Solid,
}

impl<'a> BlendOver<'a> {
    pub(super) fn new(
        pixels: &'a mut [[u8; 4]],
        stride: usize,
        width: usize,
        color: [u8; 4],
    ) -> Self {
        Self { pixels, stride, width: width.min(stride), solid: Solid(color) }
    }
}

impl Rows for BlendOver<'_> {
    type Row<'a>
        = BlendOverRow<'a>
    where
        Self: 'a;

    #[inline(always)]
    fn row(&mut self, y: u32) -> Option<BlendOverRow<'_>> {
        let start = (y as usize).checked_mul(self.stride)?;
        let end = start.checked_add(self.width)?.min(self.pixels.len());
        let pixels = self.pixels.get_mut(start..end)?;
        Some(BlendOverRow { pixels, solid: self.solid })
    }
}

impl Row for BlendOverRow<'_> {
    #[inline(always)]
    fn level(&mut self, with: impl Arithmetic, columns: Range<u32>, value: u8) {
        let end = self.pixels.len().min(columns.end as usize);
        let Some(pixels) = self.pixels.get_mut(columns.start as usize..end) else { return };
        if value == 255 && self.solid.is_opaque() {
            pixels.fill(self.solid.0);
            return;
        }
        let (blocks, rest) = pixels.as_chunks_mut();
        for pixels in blocks {
            with.blend(pixels, self.solid, &[value; BLOCK]);
        }
        blend_few(with, rest, self.solid, &[value; BLOCK]);
    }

    #[inline(always)]
    fn block(&mut self, with: impl Arithmetic, x: u32, values: &[u8; BLOCK], length: usize) {
        let Some(pixels) = self.pixels.get_mut(x as usize..) else { return };
        if let Some(pixels) = pixels.first_chunk_mut() {
            if self.solid.is_opaque() && with.is_all(values, 255) {
                pixels.fill(self.solid.0);
            } else if !with.is_all(values, 0) {
                with.blend(pixels, self.solid, values);
            }
        } else {
            let length = length.min(pixels.len());
            blend_few(with, &mut pixels[..length], self.solid, values);
        }
    }
}

/// Blends over less than a block of pixels.
#[inline(always)]
fn blend_few(with: impl Arithmetic, pixels: &mut [[u8; 4]], solid: Solid, values: &[u8; BLOCK]) {
    let mut block = [[0; 4]; BLOCK];
    for (to, from) in block.iter_mut().zip(&*pixels) {
        *to = *from;
    }
    with.blend(&mut block, solid, values);
    for (to, from) in pixels.iter_mut().zip(block) {
        *to = from;
    }
}

/// Hands runs to a closure, joining what lies side by side.
pub(super) struct Runs<'a, F> {
    run: F,
    /// Bytes that wait for their neighbours, and where they begin.
    waiting: &'a mut Vec<u8>,
    y: u32,
    x: u32,
}

/// Hands out the runs of one row.
pub(super) struct RunsRow<'a, 'b, F>(&'a mut Runs<'b, F>, u32);

impl<'a, F: FnMut(u32, u32, Run<'_>)> Runs<'a, F> {
    pub(super) fn new(waiting: &'a mut Vec<u8>, run: F) -> Self {
        waiting.clear();
        Self { run, waiting, y: 0, x: 0 }
    }

    /// Hands out what waits.
    pub(super) fn finish(&mut self) {
        let mut x = self.x;
        for run in runs(self.waiting) {
            if !matches!(run, Run::Empty(_)) {
                (self.run)(self.y, x, run);
            }
            x += run.length() as u32;
        }
        self.waiting.clear();
    }

    /// Makes the next byte that waits that of column `x`.
    fn go_to(&mut self, y: u32, x: u32) {
        // A row is at most 2^16 pixels long.
        if self.y != y || self.x + self.waiting.len() as u32 != x {
            self.finish();
            (self.y, self.x) = (y, x);
        }
    }
}

impl<'b, F: FnMut(u32, u32, Run<'_>)> Rows for Runs<'b, F> {
    type Row<'a>
        = RunsRow<'a, 'b, F>
    where
        Self: 'a;

    fn row(&mut self, y: u32) -> Option<RunsRow<'_, 'b, F>> {
        Some(RunsRow(self, y))
    }
}

impl<F: FnMut(u32, u32, Run<'_>)> Row for RunsRow<'_, '_, F> {
    fn level(&mut self, _: impl Arithmetic, columns: Range<u32>, value: u8) {
        let Self(runs, y) = self;
        let length = (columns.end - columns.start) as usize;
        if value == 255 {
            runs.finish();
            (runs.run)(*y, columns.start, Run::Full(length));
            (runs.y, runs.x) = (*y, columns.end);
        } else {
            runs.go_to(*y, columns.start);
            runs.waiting.resize(runs.waiting.len() + length, value);
        }
    }

    fn block(&mut self, _: impl Arithmetic, x: u32, values: &[u8; BLOCK], length: usize) {
        let Self(runs, y) = self;
        runs.go_to(*y, x);
        runs.waiting.extend_from_slice(&values[..length]);
    }
}
