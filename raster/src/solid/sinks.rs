//! Where coverage of one colour goes: onto pixels, or into a window's mask.
//!
//! Owns the bookkeeping of what was touched. It must not know how coverage is
//! computed, nor how colours mix.

use fearless_simd::Simd;

use crate::grid::Grid;
use crate::lanes::{EightBits, Sink};
use crate::mask::{MaskFormat, MaskMut};
use crate::rows::Changes;
use crate::scalar::Outline;
use crate::solid::blend::Blend;
use crate::solid::{PixelFormat, PixelsMut, Scratch};

/// A row of which nothing was touched.
pub(crate) const NOTHING: (i32, i32) = (i32::MAX, i32::MIN);

/// The window of pixels that may change. Its rows are counted from where the
/// shapes begin, which may be above the clip.
pub(crate) struct Canvas<'a> {
    pixels: PixelsMut<'a>,
    /// The pixel at the window's upper left.
    origin: (i32, i32),
    size: (i32, i32),
    /// Rows at the top that are not drawn.
    skipped: i32,
}

impl<'a> Canvas<'a> {
    pub(crate) fn new(
        pixels: PixelsMut<'a>,
        origin: (i32, i32),
        size: (i32, i32),
        skipped: i32,
    ) -> Self {
        Self { pixels, origin, size, skipped }
    }

    pub(crate) fn format(&self) -> PixelFormat {
        self.pixels.format()
    }

    /// Width and height of the window.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.size.0.unsigned_abs(), self.size.1.unsigned_abs())
    }

    /// The bytes of a row of the window, and of what follows it on the right;
    /// none if it is not drawn.
    #[inline(always)]
    fn row(&mut self, y: u32) -> &mut [u8] {
        // At most as high as a mask.
        let y = y as i32;
        if y < self.skipped {
            return &mut [];
        }
        let bytes = self.pixels.format().bytes();
        // Within the pixels, as the clip is.
        let left = self.origin.0 as usize * bytes;
        let row = self.pixels.row(self.origin.1 + y);
        row.get_mut(left..).unwrap_or_default()
    }
}

/// Blends each pixel as it is drawn: for one shape, whose pixels are never
/// drawn twice.
pub(crate) struct Direct<'a, S: Simd> {
    canvas: Canvas<'a>,
    blend: Blend<S>,
    /// Coverage of a row; zero between rows.
    row: &'a mut [u8],
}

impl<'a, S: Simd> Direct<'a, S> {
    #[inline(always)]
    pub(crate) fn new(canvas: Canvas<'a>, blend: Blend<S>, row: &'a mut [u8]) -> Self {
        Self { canvas, blend, row }
    }
}

impl<S: Simd> Sink for Direct<'_, S> {
    fn size(&self) -> (u32, u32) {
        self.canvas.size()
    }

    #[inline(always)]
    fn add_eight(&mut self, y: u32, x: i32, bytes: u64) {
        let limit = self.canvas.size.0;
        self.blend.sixteen(self.canvas.row(y), limit, x, bytes.into());
    }

    #[inline(always)]
    fn add_row(&mut self, y: u32, left: (i32, u32), right: (i32, u32)) {
        let limit = self.canvas.size.0;
        self.blend.span(self.canvas.row(y), limit, left, right);
    }

    #[inline(always)]
    fn add_level(&mut self, y: u32, start: i32, end: i32, value: u8) {
        let limit = self.canvas.size.0;
        let (start, end) = (start.max(0), end.min(limit));
        if start >= end {
            return;
        }
        let row = self.canvas.row(y);
        let mut x = start;
        if value == 255 && !row.is_empty() {
            x = self.blend.full(row, start, end);
        }
        let level = u128::from_le_bytes([value; 16]);
        while x < end {
            self.blend.sixteen(row, end, x, level);
            x += 16;
        }
    }

    fn add_changes(&mut self, y: u32, changes: &mut Changes) {
        let width = self.canvas.size.0 as usize;
        let (start, end) = changes.touched();
        changes.add_to::<8>(&mut self.row[..width]);
        let (start, end) = (start.max(0) as usize, (end.max(0) as usize).min(width));
        if start < end {
            let row = self.canvas.row(y);
            if !row.is_empty() {
                self.blend.segment(row, self.row, start, end);
            }
            self.row[start..end].fill(0);
        }
    }

    fn walk(&mut self, changes: &mut Changes, outline: &Outline) {
        changes.walk_rows(Grid::A8, self.size().0, outline.walk(Grid::A8), |y, changes| {
            self.add_changes(y, changes);
        });
    }
}

/// A mask that knows which part of each row was touched.
pub(crate) struct Touched<'a, 'm, S: Simd> {
    mask: EightBits<'a, 'm, S>,
    touched: &'a mut [(i32, i32)],
}

impl<'a, 'm, S: Simd> Touched<'a, 'm, S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, mask: &'a mut MaskMut<'m>, touched: &'a mut [(i32, i32)]) -> Self {
        Self { mask: EightBits::new(simd, mask), touched }
    }

    #[inline(always)]
    fn touch(&mut self, y: u32, start: i32, end: i32) {
        if let Some((low, high)) = self.touched.get_mut(y as usize) {
            (*low, *high) = ((*low).min(start), (*high).max(end));
        }
    }
}

impl<S: Simd> Sink for Touched<'_, '_, S> {
    fn size(&self) -> (u32, u32) {
        self.mask.size()
    }

    #[inline(always)]
    fn add_eight(&mut self, y: u32, x: i32, bytes: u64) {
        self.touch(y, x, x + 8);
        self.mask.add_eight(y, x, bytes);
    }

    #[inline(always)]
    fn add_row(&mut self, y: u32, left: (i32, u32), right: (i32, u32)) {
        self.touch(y, left.0, right.0 + 4);
        self.mask.add_row(y, left, right);
    }

    #[inline(always)]
    fn add_level(&mut self, y: u32, start: i32, end: i32, value: u8) {
        self.touch(y, start, end);
        self.mask.add_level(y, start, end, value);
    }

    fn add_changes(&mut self, y: u32, changes: &mut Changes) {
        let (start, end) = changes.touched();
        self.touch(y, start, end);
        self.mask.add_changes(y, changes);
    }

    fn walk(&mut self, changes: &mut Changes, outline: &Outline) {
        changes.walk_rows(Grid::A8, self.size().0, outline.walk(Grid::A8), |y, changes| {
            self.add_changes(y, changes);
        });
    }
}

/// A mask over the scratch memory.
pub(crate) fn mask(coverage: &mut [u8], (width, height): (u32, u32)) -> Option<MaskMut<'_>> {
    let stride = stride(width as usize) as isize;
    MaskMut::new(coverage, MaskFormat::A8, width, height, stride).ok()
}

/// Blends what was touched, and makes the scratch zero again.
#[inline(always)]
pub(crate) fn blend_touched<S: Simd>(
    canvas: &mut Canvas<'_>,
    blend: Blend<S>,
    scratch: &mut Scratch,
) {
    let width = canvas.size.0 as usize;
    let bytes = blend.pixel_bytes();
    let rows = scratch.coverage.chunks_exact_mut(stride(width));
    for ((y, coverage), &(low, high)) in (0..).zip(rows).zip(&scratch.touched) {
        let (start, end) = (low.max(0) as usize, (high.max(0) as usize).min(width));
        let row = canvas.row(y);
        if !row.is_empty() {
            if !blend.keeps_uncovered() {
                blend.row(&mut row[..width * bytes], &coverage[..width]);
            } else if start < end {
                blend.segment(row, coverage, start, end);
            }
        }
        if start < end {
            coverage[start..end].fill(0);
        }
    }
}

/// Bytes from row to row of the scratch memory: behind each row, empty ones
/// for a vector that reaches beyond its end.
pub(crate) fn stride(width: usize) -> usize {
    (width + 64).next_multiple_of(64)
}
