//! The arithmetic of a colour on pixels.
//!
//! Owns pixman's rounding: the product of two bytes is
//! (a · b + 128) · 257 >> 16, which is a · b / 255 to the nearest. It must not
//! know where coverage comes from.

use fearless_simd::{Bytes, Level, Simd, SimdBase, SimdInt, u8x16};

use crate::solid::{Color, Operator, PixelFormat};

/// A colour and how it is put onto pixels, byte by byte: bytes of coverage and
/// of pixels are in the same order, with coverage repeated for every byte of a
/// pixel.
#[derive(Clone, Copy)]
pub(crate) struct Blend<S: Simd> {
    simd: S,
    operator: Operator,
    format: PixelFormat,
    /// The colour in every pixel of a vector.
    color: S::u8s,
    /// The colour of one pixel.
    bytes: [u8; 4],
    /// For every byte of a vector, the number of its pixel.
    first: S::u8s,
    /// For every byte of a pixel, its alpha.
    alpha: S::u8s,
}

impl<S: Simd> Blend<S> {
    #[inline(always)]
    pub(crate) fn new(simd: S, operator: Operator, color: Color, format: PixelFormat) -> Self {
        let Color { alpha, red, green, blue } = color;
        let bytes = match format {
            PixelFormat::A8r8g8b8 | PixelFormat::X8r8g8b8 => [blue, green, red, alpha],
            PixelFormat::A8 => [alpha; 4],
        };
        Self {
            simd,
            operator,
            format,
            color: S::u32s::splat(simd, u32::from_le_bytes(bytes)).bitcast(),
            bytes,
            first: S::u8s::from_fn(simd, |byte| byte as u8 / 4),
            alpha: S::u8s::from_fn(simd, |byte| byte as u8 & 12 | 3),
        }
    }

    /// Bytes of a pixel.
    #[inline(always)]
    pub(crate) fn pixel_bytes(&self) -> usize {
        self.format.bytes()
    }

    /// Whether pixels without coverage stay as they are.
    #[inline(always)]
    pub(crate) fn keeps_uncovered(&self) -> bool {
        matches!(self.operator, Operator::Over | Operator::Add)
    }

    /// Whether full coverage replaces what was there.
    #[inline(always)]
    fn replaces(&self) -> bool {
        match self.operator {
            Operator::Over => self.bytes[3] == 255,
            Operator::Src => true,
            Operator::Add | Operator::In => false,
        }
    }

    /// Blends a row of pixels with their coverage, one byte for each pixel.
    #[inline(always)]
    pub(crate) fn row(&self, pixels: &mut [u8], coverage: &[u8]) {
        let wide = S::u8s::LEN;
        let step = wide / self.pixel_bytes();
        let mut chunks = pixels.chunks_exact_mut(wide);
        let mut covers = coverage.chunks_exact(step);
        for (pixels, coverage) in (&mut chunks).zip(&mut covers) {
            if self.keeps_uncovered() && is_all::<0>(coverage) {
                continue;
            }
            if self.replaces() && is_all::<255>(coverage) {
                self.color.store_slice(pixels);
                continue;
            }
            let old = S::u8s::from_slice(self.simd, pixels);
            self.mix(old, self.spread(coverage)).store_slice(pixels);
        }
        let (pixels, coverage) = (chunks.into_remainder(), covers.remainder());
        if !pixels.is_empty() {
            let (mut last, mut covers) = ([0; 64], [0; 64]);
            let (last, covers) = (&mut last[..wide], &mut covers[..step]);
            last[..pixels.len()].copy_from_slice(pixels);
            covers[..coverage.len()].copy_from_slice(coverage);
            let old = S::u8s::from_slice(self.simd, last);
            self.mix(old, self.spread(covers)).store_slice(last);
            let length = pixels.len();
            pixels.copy_from_slice(&last[..length]);
        }
    }

    /// Pixels of a vector.
    #[inline(always)]
    fn step(&self) -> i32 {
        (S::u8s::LEN / self.pixel_bytes()) as i32
    }

    /// Blends the first pixels of a row, as many as have coverage in it, for
    /// operators that keep what is not covered. What lies beyond may be written
    /// again, unchanged. A row of coverage goes on, empty, for a vector.
    #[inline(always)]
    pub(crate) fn segment(&self, row: &mut [u8], coverage: &[u8], start: usize, end: usize) {
        let step = S::u8s::LEN / self.pixel_bytes();
        let bytes = self.pixel_bytes();
        let width = row.len() / bytes;
        let mut x = start;
        while x < end {
            if x + step <= width && x + step <= coverage.len() {
                let from = x * bytes;
                self.row(&mut row[from..from + S::u8s::LEN], &coverage[x..x + step]);
            } else {
                let end = end.min(width);
                self.row(&mut row[x * bytes..end * bytes], &coverage[x..end]);
                return;
            }
            x += step;
        }
    }

    /// Blends pixels of a row from pixel `x` on, given the coverage of
    /// sixteen, of which those from `limit` on do not count: only for operators
    /// that keep what is not covered.
    #[inline(always)]
    pub(crate) fn sixteen(&self, row: &mut [u8], limit: i32, mut x: i32, mut coverage: u128) {
        if x < 0 {
            coverage = if x > -16 { coverage >> (-8 * x) } else { 0 };
            x = 0;
        }
        if x >= limit {
            return;
        }
        if limit - x < 16 {
            coverage &= ones(limit - x);
        }
        let step = self.step();
        if step >= 16 {
            self.vector(row, x, coverage);
        } else {
            let mut x = x;
            while coverage != 0 {
                self.vector(row, x, coverage & ones(step));
                coverage >>= 8 * step;
                x += step;
            }
        }
    }

    /// A row between two ramps of four pixels, full in between, as
    /// [`sixteen`](Self::sixteen) does it.
    #[inline(always)]
    pub(crate) fn span(
        &self,
        row: &mut [u8],
        limit: i32,
        (left, left_ramp): (i32, u32),
        (right, right_ramp): (i32, u32),
    ) {
        let mut x = left;
        let mut coverage = u128::from(left_ramp) | (u128::MAX << 32);
        if right >= x + 16 {
            self.sixteen(row, limit, x, coverage);
            x += 16;
            if x < 0 {
                // What lies left of the window is skipped.
                x += (right.min(0) - x).max(0) / 16 * 16;
            }
            // In whole vectors, where they are inside of the window.
            let start = x.max(0);
            let end = self.full(row, start, right.min(limit));
            if end > start {
                x = end;
            }
            if x >= limit {
                return;
            }
            coverage = u128::MAX;
            while right >= x + 16 {
                self.sixteen(row, limit, x, coverage);
                x += 16;
            }
        }
        let count = right - x;
        let ramp = u128::from(right_ramp);
        self.sixteen(row, limit, x, coverage & ones(count) | ramp << (8 * count));
        if count > 12 {
            self.sixteen(row, limit, x + 16, ramp >> (8 * (16 - count)));
        }
    }

    /// Blends full pixels of a row from `start` ≥ 0 on, as whole vectors as fit
    /// before `end`; returns where the next would begin.
    #[inline(always)]
    pub(crate) fn full(&self, row: &mut [u8], start: i32, end: i32) -> i32 {
        let bytes = self.pixel_bytes();
        let step = self.step();
        let vectors = (end - start).max(0) / step;
        let end = start + vectors * step;
        let Some(pixels) = row.get_mut(start as usize * bytes..end as usize * bytes) else {
            return start;
        };
        if self.replaces() {
            for pixels in pixels.chunks_exact_mut(S::u8s::LEN) {
                self.color.store_slice(pixels);
            }
        } else {
            // What does not depend on the pixels is computed before the loop.
            let full = S::u8s::splat(self.simd, 255);
            let rest = !self.alpha(self.color);
            let over = self.operator == Operator::Over;
            for pixels in pixels.chunks_exact_mut(S::u8s::LEN) {
                let old = S::u8s::from_slice(self.simd, pixels);
                let new = if over {
                    self.color.saturating_add(product::<S>(self.simd, old, rest))
                } else {
                    self.mix(old, full)
                };
                new.store_slice(pixels);
            }
        }
        end
    }

    /// Blends a vector of pixels from pixel `x` ≥ 0 on.
    #[inline(always)]
    fn vector(&self, row: &mut [u8], x: i32, coverage: u128) {
        let bytes = self.pixel_bytes();
        let step = self.step() as usize;
        let width = row.len() / bytes;
        let start = x as usize;
        if coverage == 0 || start >= width {
            return;
        }
        if width < step || bytes == 1 {
            let covers = coverage.to_le_bytes();
            let count = (width - start).min(covers.len());
            self.row(&mut row[start * bytes..(start + count) * bytes], &covers[..count]);
            return;
        }
        // Back from the end of the row, where a vector would reach beyond.
        let back = (start + step).saturating_sub(width);
        let start = (start - back) * bytes;
        if let Some(pixels) = row.get_mut(start..start + S::u8s::LEN) {
            let old = S::u8s::from_slice(self.simd, pixels);
            let coverage = self.spread_bytes(coverage << (8 * back));
            self.mix(old, coverage).store_slice(pixels);
        }
    }

    /// Coverage of as many pixels as a vector holds, repeated for every byte.
    #[inline(always)]
    fn spread(&self, coverage: &[u8]) -> S::u8s {
        if self.pixel_bytes() == 1 {
            return S::u8s::from_slice(self.simd, coverage);
        }
        // Vectors hold four, eight or sixteen pixels.
        let bytes = if let Some(sixteen) = coverage.first_chunk::<16>() {
            u128::from_le_bytes(*sixteen)
        } else if let Some(eight) = coverage.first_chunk::<8>() {
            u64::from_le_bytes(*eight).into()
        } else {
            coverage.first_chunk::<4>().map_or(0, |four| u32::from_le_bytes(*four)).into()
        };
        self.spread_bytes(bytes)
    }

    /// Coverage of sixteen pixels or less, the first one lowest.
    #[inline(always)]
    fn spread_bytes(&self, coverage: u128) -> S::u8s {
        let block: u8x16<S> = u8x16::load_array(self.simd, coverage.to_le_bytes());
        if slow_shuffle(self.simd) {
            // Vectors of four pixels.
            let twice = block.zip_low(block);
            splat_block::<S>(twice.zip_low(twice))
        } else {
            splat_block::<S>(block).swizzle_dyn_within_blocks(self.first)
        }
    }

    /// The alpha of every pixel, repeated for every byte.
    #[inline(always)]
    fn alpha(&self, bytes: S::u8s) -> S::u8s {
        if self.pixel_bytes() == 1 {
            return bytes;
        }
        if slow_shuffle(self.simd) {
            let words: S::u32s = bytes.bitcast();
            let high = words >> 24;
            let twice = high | (high << 8);
            (twice | (twice << 16)).bitcast()
        } else {
            bytes.swizzle_dyn_within_blocks(self.alpha)
        }
    }

    /// Blends a vector of bytes.
    #[inline(always)]
    fn mix(&self, old: S::u8s, coverage: S::u8s) -> S::u8s {
        let source = product::<S>(self.simd, self.color, coverage);
        match self.operator {
            Operator::Over => {
                let rest = !self.alpha(source);
                source.saturating_add(product::<S>(self.simd, old, rest))
            }
            Operator::Add => source.saturating_add(old),
            Operator::Src => source,
            Operator::In if self.format == PixelFormat::X8r8g8b8 => source,
            Operator::In => product::<S>(self.simd, source, self.alpha(old)),
        }
    }
}

/// a · b / 255 of every byte, to the nearest (`MUL_UN8`).
#[inline(always)]
fn product<S: Simd>(simd: S, a: S::u8s, b: S::u8s) -> S::u8s {
    let (a, b): (S::u16s, S::u16s) = (a.bitcast(), b.bitcast());
    let (low, high) = (S::u16s::splat(simd, 0xff), S::u16s::splat(simd, 0xff00));
    let half = S::u16s::splat(simd, 128);
    // Even and odd bytes each for themselves: nothing has to move.
    let even = (a & low) * (b & low) + half;
    let odd = (a >> 8) * (b >> 8) + half;
    let even = (even + (even >> 8)) >> 8;
    let odd = (odd + (odd >> 8)) & high;
    (even | odd).bitcast()
}

/// So many bytes of 255, from the lowest on; at most sixteen.
#[inline(always)]
fn ones(bytes: i32) -> u128 {
    if bytes >= 16 { u128::MAX } else { (1 << (8 * bytes)) - 1 }
}

/// The same sixteen bytes all over a vector.
#[inline(always)]
fn splat_block<S: Simd>(block: u8x16<S>) -> S::u8s {
    S::u8s::block_splat(block)
}

/// Whether all bytes are that one.
#[inline(always)]
fn is_all<const BYTE: u8>(bytes: &[u8]) -> bool {
    let mut eights = bytes.chunks_exact(8);
    let want = u64::from_le_bytes([BYTE; 8]);
    let all = eights.all(|eight| {
        <[u8; 8]>::try_from(eight).is_ok_and(|eight| u64::from_le_bytes(eight) == want)
    });
    all && eights.remainder().iter().all(|&byte| byte == BYTE)
}

/// Whether bytes cannot be moved within a vector in one instruction.
#[inline(always)]
fn slow_shuffle<S: Simd>(simd: S) -> bool {
    match simd.level() {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        Level::Sse2(_) => true,
        level => level.is_fallback(),
    }
}
