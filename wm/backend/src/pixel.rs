//! 8-bit arithmetic on premultiplied pixels, as pixman does it.
//!
//! Owns the integer formulas of the plan's contract. Must not know images.

use wm_core::look::Color;

/// One pixel's bytes in memory: B, G, R, A, premultiplied.
pub type Pixel = [u8; 4];

/// a · b / 255, rounded to nearest (pixman's MUL_UN8).
#[must_use]
pub const fn mul(a: u8, b: u8) -> u8 {
    let t = a as u32 * b as u32 + 128;
    ((t + (t >> 8)) >> 8) as u8
}

/// Every channel of `pixel` times `by`.
#[must_use]
pub const fn scale(pixel: Pixel, by: u8) -> Pixel {
    let [b, g, r, a] = pixel;
    [mul(b, by), mul(g, by), mul(r, by), mul(a, by)]
}

/// Porter-Duff Over. Channels that exceed their alpha saturate, as pixman's do.
#[must_use]
pub const fn over(source: Pixel, below: Pixel) -> Pixel {
    let under = scale(below, 255 - source[3]);
    [
        source[0].saturating_add(under[0]),
        source[1].saturating_add(under[1]),
        source[2].saturating_add(under[2]),
        source[3].saturating_add(under[3]),
    ]
}

/// A colour as a premultiplied pixel.
#[must_use]
pub const fn premultiply(color: Color) -> Pixel {
    scale_color([color.b, color.g, color.r], color.a)
}

const fn scale_color([b, g, r]: [u8; 3], a: u8) -> Pixel {
    [mul(b, a), mul(g, a), mul(r, a), a]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplication_rounds_to_nearest() {
        for a in 0..=255_u8 {
            for b in 0..=255_u8 {
                let exact = (f64::from(a) * f64::from(b) / 255.0).round();
                assert_eq!(f64::from(mul(a, b)), exact, "{a} · {b}");
            }
        }
    }

    #[test]
    fn over_keeps_the_ends() {
        let below = [10, 20, 30, 255];
        assert_eq!(over([0, 0, 0, 0], below), below, "nothing changes nothing");
        assert_eq!(over([1, 2, 3, 255], below), [1, 2, 3, 255], "opaque replaces");
        assert_eq!(over([255, 0, 0, 0], below)[0], 255, "invalid pixels saturate");
        assert_eq!(premultiply(Color { r: 255, g: 128, b: 0, a: 128 }), [0, 64, 128, 128]);
    }
}
