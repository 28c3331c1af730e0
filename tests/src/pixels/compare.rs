//! Comparing images, and leaving what is needed to see why they differ.

use anyhow::{Result, bail};

use super::{Image, Rectangle};
use crate::sandbox::{target_directory, test_name};

/// What may differ. The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tolerance {
    /// By how much each of red, green and blue may differ, 0 to 255.
    pub channel: u8,
    /// How many pixels may differ by more than that.
    pub pixels: usize,
}

impl Tolerance {
    /// No difference at all.
    pub const EXACT: Self = Self { channel: 0, pixels: 0 };
}

/// How two images of one size differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The largest difference of a channel.
    pub channel: u8,
    /// How many pixels differ by more than the tolerance.
    pub pixels: usize,
    /// The smallest rectangle that holds those pixels.
    pub bounds: Rectangle,
}

impl Difference {
    /// Measures; `None` when the sizes differ.
    #[must_use]
    pub fn between(actual: &Image, expected: &Image, channel: u8) -> Option<Self> {
        if (actual.width(), actual.height()) != (expected.width(), expected.height()) {
            return None;
        }
        let mut largest = 0;
        let mut pixels = 0;
        let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
        for (index, (&one, &other)) in (0u32..).zip(actual.pixels().iter().zip(expected.pixels())) {
            let distance = distance(one, other);
            largest = largest.max(distance);
            if distance > channel {
                let (x, y) = (index % actual.width(), index / actual.width());
                pixels += 1;
                (left, top) = (left.min(x), top.min(y));
                (right, bottom) = (right.max(x + 1), bottom.max(y + 1));
            }
        }
        let bounds = if pixels == 0 {
            Rectangle::default()
        } else {
            Rectangle::new(left.cast_signed(), top.cast_signed(), right - left, bottom - top)
        };
        Some(Self { channel: largest, pixels, bounds })
    }
}

/// The largest difference of two colours' channels.
fn distance(one: u32, other: u32) -> u8 {
    let (one, other) = (one.to_be_bytes(), other.to_be_bytes());
    (1..4).map(|channel| one[channel].abs_diff(other[channel])).max().unwrap_or(0)
}

/// Compares two images. On failure `target/test-failures/<test>/<name>-{actual,expected,diff}.png`
/// are left: in the last, what agrees is dark and what differs is red, brighter by how much.
///
/// # Errors
/// When they differ by more than the tolerance; the message says where, by how much, and where
/// the files are.
pub fn assert_same(
    name: &str,
    actual: &Image,
    expected: &Image,
    tolerance: Tolerance,
) -> Result<()> {
    let difference = Difference::between(actual, expected, tolerance.channel);
    if difference.is_some_and(|difference| difference.pixels <= tolerance.pixels) {
        return Ok(());
    }
    let directory = target_directory().join("test-failures").join(test_name());
    actual.save(&directory.join(format!("{name}-actual.png")))?;
    expected.save(&directory.join(format!("{name}-expected.png")))?;
    let Some(difference) = difference else {
        bail!("{name}: {actual:?} instead of {expected:?}; see {}", directory.display());
    };
    let picture = Image::from_fn(actual.width(), actual.height(), |x, y| {
        let (x, y) = (x.cast_signed(), y.cast_signed());
        let (one, other) = (actual.pixel(x, y).unwrap_or(0), expected.pixel(x, y).unwrap_or(0));
        let distance = distance(one, other);
        if distance > tolerance.channel {
            u32::from(distance / 2 + 128) << 16
        } else {
            other >> 2 & 0x3f_3f3f
        }
    });
    picture.save(&directory.join(format!("{name}-diff.png")))?;
    bail!("{name}: {difference:?} with {tolerance:?}; see {}", directory.display());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn difference_is_measured_and_placed() {
        let one = Image::from_fn(8, 8, |x, y| x << 8 | y);
        let other =
            Image::from_fn(
                8,
                8,
                |x, y| if x == 3 && y > 5 { x << 8 | (y + 9) } else { x << 8 | y },
            );
        let difference = Difference::between(&one, &other, 0).unwrap();
        let bounds = Rectangle::new(3, 6, 1, 2);
        assert_eq!(difference, Difference { channel: 9, pixels: 2, bounds });
        assert_eq!(Difference::between(&one, &other, 9).unwrap().pixels, 0);
        assert_eq!(Difference::between(&one, &one.crop(bounds), 0), None);
    }

    #[test]
    fn a_failure_leaves_three_pictures() {
        let one = Image::from_fn(4, 4, |_, _| 0x102030);
        let other = Image::from_fn(4, 4, |x, _| if x == 0 { 0x112030 } else { 0x102030 });
        assert_same("within", &one, &other, Tolerance { channel: 1, pixels: 0 }).unwrap();
        assert_same("few", &one, &other, Tolerance { channel: 0, pixels: 4 }).unwrap();
        assert_same("wrong", &one, &other, Tolerance { channel: 0, pixels: 3 }).unwrap_err();
        let directory = target_directory().join("test-failures").join(test_name());
        let diff = Image::load(&directory.join("wrong-diff.png")).unwrap();
        assert_eq!((diff.pixel(0, 0), diff.pixel(1, 0)), (Some(0x80_0000), Some(0x04_080c)));
        assert!(directory.join("wrong-actual.png").exists());
        assert!(!directory.join("within-actual.png").exists());
        std::fs::remove_dir_all(directory).unwrap();
    }
}
