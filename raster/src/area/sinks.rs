//! What coverage is drawn into: masks, pixels, closures.
//!
//! Owns the arithmetic of adding and blending. It must not know sums.

use std::ops::Range;

use super::plane::BLOCK;
use super::runs::{Run, runs};
use super::sums::{Arithmetic, Rows};
use crate::mask::MaskMut;

/// Adds to an A8 mask, with saturation.
#[derive(Debug)]
pub(super) struct AddTo<'a, 'b>(pub(super) &'a mut MaskMut<'b>);

impl Rows for AddTo<'_, '_> {
    #[inline(always)]
    fn level(&mut self, _: impl Arithmetic, y: u32, columns: Range<u32>, value: u8) {
        let Some(row) = self.0.row_mut(y) else { return };
        let end = row.len().min(columns.end as usize);
        let Some(pixels) = row.get_mut(columns.start as usize..end) else { return };
        if value == 255 {
            pixels.fill(255);
        } else {
            pixels.iter_mut().for_each(|pixel| *pixel = pixel.saturating_add(value));
        }
    }

    #[inline(always)]
    fn block(
        &mut self,
        with: impl Arithmetic,
        y: u32,
        x: u32,
        values: &[u8; BLOCK],
        length: usize,
    ) {
        let Some(pixels) = self.0.row_mut(y).and_then(|row| row.get_mut(x as usize..)) else {
            return;
        };
        if let Some(pixels) = pixels.first_chunk_mut() {
            with.add(pixels, values);
        } else {
            for (pixel, value) in pixels.iter_mut().zip(&values[..length]) {
                *pixel = pixel.saturating_add(*value);
            }
        }
    }
}

/// A colour for blending: four channels of 8 bits, premultiplied, in any
/// order but for alpha in the highest.
#[derive(Clone, Copy, Debug)]
struct Solid {
    channels: [u8; 4],
    opaque: bool,
    pixel: u32,
}

/// Blends a colour over 32-bit pixels.
#[derive(Debug)]
pub(super) struct BlendOver<'a> {
    pixels: &'a mut [u32],
    stride: usize,
    width: usize,
    solid: Solid,
}

impl<'a> BlendOver<'a> {
    pub(super) fn new(pixels: &'a mut [u32], stride: usize, width: usize, pixel: u32) -> Self {
        let channels = pixel.to_le_bytes();
        let solid = Solid { channels, opaque: channels[3] == 255, pixel };
        Self { pixels, stride, width: width.min(stride), solid }
    }

    #[inline(always)]
    fn row(&mut self, y: u32, x: usize) -> Option<&mut [u32]> {
        let start = y as usize * self.stride;
        self.pixels.get_mut(start + x..start + self.width)
    }
}

/// `a` · `b` / 255, rounded to nearest.
#[inline(always)]
const fn product(a: u16, b: u16) -> u16 {
    let product = a * b + 128;
    (product + (product >> 8)) >> 8
}

impl Rows for BlendOver<'_> {
    #[inline(always)]
    fn level(&mut self, _: impl Arithmetic, y: u32, columns: Range<u32>, value: u8) {
        let solid = self.solid;
        let Some(row) = self.row(y, columns.start as usize) else { return };
        let length = row.len().min((columns.end - columns.start) as usize);
        let row = &mut row[..length];
        if value == 255 && solid.opaque {
            row.fill(solid.pixel);
            return;
        }
        let source = solid.channels.map(|channel| product(channel.into(), value.into()));
        let keep = 255 - source[3];
        for pixel in row {
            let mut bytes = pixel.to_le_bytes();
            for (byte, source) in bytes.iter_mut().zip(source) {
                *byte = (source + product((*byte).into(), keep)).min(255) as u8;
            }
            *pixel = u32::from_le_bytes(bytes);
        }
    }

    #[inline(always)]
    fn block(&mut self, _: impl Arithmetic, y: u32, x: u32, values: &[u8; BLOCK], length: usize) {
        let solid = self.solid;
        let Some(row) = self.row(y, x as usize) else { return };
        for (pixel, value) in row.iter_mut().zip(&values[..length]) {
            let mut bytes = pixel.to_le_bytes();
            let source = solid.channels.map(|channel| product(channel.into(), (*value).into()));
            let keep = 255 - source[3];
            for (byte, source) in bytes.iter_mut().zip(source) {
                *byte = (source + product((*byte).into(), keep)).min(255) as u8;
            }
            *pixel = u32::from_le_bytes(bytes);
        }
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

impl<F: FnMut(u32, u32, Run<'_>)> Rows for Runs<'_, F> {
    fn level(&mut self, _: impl Arithmetic, y: u32, columns: Range<u32>, value: u8) {
        let length = (columns.end - columns.start) as usize;
        if value == 255 {
            self.finish();
            (self.run)(y, columns.start, Run::Full(length));
            (self.y, self.x) = (y, columns.end);
        } else {
            self.go_to(y, columns.start);
            self.waiting.resize(self.waiting.len() + length, value);
        }
    }

    fn block(&mut self, _: impl Arithmetic, y: u32, x: u32, values: &[u8; BLOCK], length: usize) {
        self.go_to(y, x);
        self.waiting.extend_from_slice(&values[..length]);
    }
}
