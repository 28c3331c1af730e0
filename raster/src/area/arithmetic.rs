//! What is computed for a block of pixels: sums, coverage, blending.
//!
//! Owns the arithmetic of pixels, once in plain numbers, which is the
//! definition, and once in vectors, equal to the bit. It must not know where
//! pixels are.

use fearless_simd::prelude::*;
use fearless_simd::{i32x4, i32x16, u8x16, u8x64, u16x8, u16x32, u32x4, u32x16};

use super::plane::{BLOCK, ONE};
use crate::path::FillRule;

/// What is computed for many pixels at once.
pub(super) trait Arithmetic: Copy {
    /// The coverage in a block of pixels, given the sum left of it. The sum
    /// becomes that at its right end, the changes become zero.
    fn sum(self, changes: &mut [i32; BLOCK], sum: &mut i32) -> [u8; BLOCK];
    /// The coverage at one sum.
    fn value(self, sum: i32) -> u8;
    /// A bit for each byte that is not 0.
    fn bits(self, bytes: &[u8; 64]) -> u64;
    /// Whether a block has the same coverage everywhere.
    fn is_all(self, values: &[u8; BLOCK], value: u8) -> bool;
    /// Adds bytes, with saturation.
    fn add(self, to: &mut [u8; BLOCK], values: &[u8; BLOCK]);
    /// Blends a colour over pixels, as far as their coverage goes.
    fn blend(self, pixels: &mut [[u8; 4]; BLOCK], solid: Solid, values: &[u8; BLOCK]);
}

/// A colour for blending: four channels, premultiplied, the last one alpha.
#[derive(Clone, Copy, Debug)]
pub(super) struct Solid(pub(super) [u8; 4]);

impl Solid {
    pub(super) fn is_opaque(self) -> bool {
        self.alpha() == 255
    }

    fn alpha(self) -> u8 {
        self.0[3]
    }
}

/// Plain numbers: the definition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain(pub(super) FillRule);

impl Arithmetic for Plain {
    fn sum(self, changes: &mut [i32; BLOCK], sum: &mut i32) -> [u8; BLOCK] {
        std::mem::take(changes).map(|change| {
            *sum = sum.wrapping_add(change);
            self.value(*sum)
        })
    }

    fn value(self, sum: i32) -> u8 {
        let inside = match self.0 {
            FillRule::NonZero => sum.unsigned_abs(),
            FillRule::EvenOdd => {
                let odd = sum & (2 * ONE - 1);
                odd.min(2 * ONE - odd) as u32
            }
        };
        // 255 / ONE of it, rounded to nearest but for 1/4096 of a level.
        ((inside - (inside >> 8) + 2048) >> 12).min(255) as u8
    }

    fn bits(self, bytes: &[u8; 64]) -> u64 {
        bytes.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte != 0))
    }

    fn is_all(self, values: &[u8; BLOCK], value: u8) -> bool {
        *values == [value; BLOCK]
    }

    fn add(self, to: &mut [u8; BLOCK], values: &[u8; BLOCK]) {
        for (to, value) in to.iter_mut().zip(values) {
            *to = to.saturating_add(*value);
        }
    }

    fn blend(self, pixels: &mut [[u8; 4]; BLOCK], solid: Solid, values: &[u8; BLOCK]) {
        for (pixel, value) in pixels.iter_mut().zip(values) {
            let keep = 255 - product(solid.alpha(), *value);
            for (channel, source) in pixel.iter_mut().zip(solid.0) {
                *channel = product(source, *value).saturating_add(product(*channel, keep));
            }
        }
    }
}

/// `a` · `b` / 255, rounded to nearest.
fn product(a: u8, b: u8) -> u8 {
    let product = u16::from(a) * u16::from(b) + 128;
    ((product + (product >> 8)) >> 8) as u8
}

/// The same with vectors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vectors<S> {
    pub(super) simd: S,
    pub(super) plain: Plain,
}

impl<S: Simd> Arithmetic for Vectors<S> {
    #[inline(always)]
    fn sum(self, changes: &mut [i32; BLOCK], sum: &mut i32) -> [u8; BLOCK] {
        if S::i32s::LEN == BLOCK {
            return self.sum_whole(changes, sum);
        }
        let mut carry = i32x4::splat(self.simd, *sum);
        let a = self.sum_quarter(&changes[..4], &mut carry);
        let b = self.sum_quarter(&changes[4..8], &mut carry);
        let c = self.sum_quarter(&changes[8..12], &mut carry);
        let d = self.sum_quarter(&changes[12..], &mut carry);
        *sum = carry[0];
        let zero = i32x4::splat(self.simd, 0);
        for quarter in changes.as_chunks_mut().0 {
            *quarter = zero.into();
        }
        let (low, high) = (a.saturating_narrow(b), c.saturating_narrow(d));
        low.bitcast::<u16x8<S>>().saturating_narrow(high.bitcast::<u16x8<S>>()).into()
    }

    #[inline(always)]
    fn value(self, sum: i32) -> u8 {
        self.plain.value(sum)
    }

    #[inline(always)]
    fn bits(self, bytes: &[u8; 64]) -> u64 {
        let zero = u8x64::splat(self.simd, 0);
        u8x64::from_slice(self.simd, bytes).simd_gt(zero).to_bitmask()
    }

    #[inline(always)]
    fn is_all(self, values: &[u8; BLOCK], value: u8) -> bool {
        u8x16::from_slice(self.simd, values).simd_eq(value).all_true()
    }

    #[inline(always)]
    fn add(self, to: &mut [u8; BLOCK], values: &[u8; BLOCK]) {
        let sum = u8x16::from_slice(self.simd, to);
        *to = sum.saturating_add(u8x16::from_slice(self.simd, values)).into();
    }

    #[inline(always)]
    fn blend(self, pixels: &mut [[u8; 4]; BLOCK], solid: Solid, values: &[u8; BLOCK]) {
        let simd = self.simd;
        // Each value four times, once for each channel.
        let values = u8x16::from_slice(simd, values);
        let (low, high) = (values.zip_low(values), values.zip_high(values));
        let low = low.zip_low(low).combine(low.zip_high(low));
        let high = high.zip_low(high).combine(high.zip_high(high));
        let values: u8x64<S> = low.combine(high);

        let source = u32x16::splat(simd, u32::from_le_bytes(solid.0)).bitcast::<u8x64<S>>();
        let alpha = u16x32::splat(simd, solid.alpha().into());
        let under = u8x64::from_slice(simd, pixels.as_flattened());
        let (values, source, under) = (values.widen(), source.widen(), under.widen());
        let low = blend_half(alpha, values.0, source.0, under.0);
        let high = blend_half(alpha, values.1, source.1, under.1);
        low.saturating_narrow(high).store_slice(pixels.as_flattened_mut());
    }
}

/// Blends half of the channels; each stays below 511.
#[inline(always)]
fn blend_half<S: Simd>(
    alpha: u16x32<S>,
    values: u16x32<S>,
    source: u16x32<S>,
    under: u16x32<S>,
) -> u16x32<S> {
    let keep = u16x32::splat(alpha.token(), 255) - products(alpha, values);
    products(source, values) + products(under, keep)
}

/// [`product`] of each channel.
#[inline(always)]
fn products<S: Simd>(a: u16x32<S>, b: u16x32<S>) -> u16x32<S> {
    let product = a * b + 128;
    (product + (product >> 8)) >> 8
}

impl<S: Simd> Vectors<S> {
    /// As [`sum`](Arithmetic::sum), where a vector holds a block.
    #[inline(always)]
    fn sum_whole(self, changes: &mut [i32; BLOCK], sum: &mut i32) -> [u8; BLOCK] {
        let zero = i32x16::splat(self.simd, 0);
        let mut sums = i32x16::from_slice(self.simd, changes);
        *changes = zero.into();
        sums += zero.slide::<8>(sums);
        sums += zero.slide::<12>(sums);
        sums += zero.slide::<14>(sums);
        sums += zero.slide::<15>(sums);
        // Apart from the sum before: the next block need not wait for this.
        let total = sums[BLOCK - 1];
        sums += *sum;
        *sum = sum.wrapping_add(total);
        let inside = match self.plain.0 {
            FillRule::NonZero => sums.max(-sums),
            FillRule::EvenOdd => {
                let odd = sums & (2 * ONE - 1);
                odd.min(i32x16::splat(self.simd, 2 * ONE) - odd)
            }
        };
        let inside = inside.bitcast::<u32x16<S>>();
        let values = (inside - (inside >> 8) + 2048) >> 12;
        let values = values.bitcast::<i32x16<S>>().min(i32x16::splat(self.simd, 255));
        values.as_array().map(|value| value as u8)
    }

    /// The coverage of four pixels, which is at least 255 if full; `carry` is the sum before them
    /// in each lane, and becomes that behind them.
    #[inline(always)]
    fn sum_quarter(self, changes: &[i32], carry: &mut i32x4<S>) -> i32x4<S> {
        let zero = i32x4::splat(self.simd, 0);
        let mut sums = i32x4::from_slice(self.simd, changes);
        sums += zero.slide::<3>(sums);
        sums += zero.slide::<2>(sums);
        sums += *carry;
        *carry = i32x4::splat(self.simd, sums[3]);
        let inside = match self.plain.0 {
            FillRule::NonZero => sums.max(-sums),
            FillRule::EvenOdd => {
                let odd = sums & (2 * ONE - 1);
                odd.min(i32x4::splat(self.simd, 2 * ONE) - odd)
            }
        };
        let inside = inside.bitcast::<u32x4<S>>();
        ((inside - (inside >> 8) + 2048) >> 12).bitcast()
    }
}
