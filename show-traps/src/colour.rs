//! Colours: those of captures, and one for each trapezoid.
//!
//! Owns their text and the palette. It must not know what is coloured.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A colour of sRGB, not premultiplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rgba {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
    /// Opacity, 0 to 255.
    pub alpha: u8,
}

/// The text is not a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a colour is written #rrggbb or #rrggbbaa")]
pub struct ColourError;

impl Rgba {
    /// An opaque colour.
    #[must_use]
    pub const fn opaque(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, alpha: 255 }
    }

    /// The same colour at another opacity.
    #[must_use]
    pub const fn with_alpha(self, alpha: u8) -> Self {
        Self { alpha, ..self }
    }

    /// Halfway to black.
    #[must_use]
    pub const fn darker(self) -> Self {
        Self { red: self.red / 2, green: self.green / 2, blue: self.blue / 2, ..self }
    }

    /// From Render's 16-bit channels, premultiplied with the last.
    #[must_use]
    pub fn of_render([red, green, blue, alpha]: [u16; 4]) -> Self {
        let channel = |value: u16| {
            let whole = u32::from(value) * 255 + u32::from(alpha) / 2;
            whole.checked_div(u32::from(alpha)).unwrap_or(0).min(255) as u8
        };
        let opacity = (u32::from(alpha) * 255 + 32767) / 65535;
        Self { red: channel(red), green: channel(green), blue: channel(blue), alpha: opacity as u8 }
    }

    /// A colour for the trapezoid of this number: neighbours in the sequence
    /// lie a golden angle apart on the circle of hues, so that any few
    /// consecutive ones are easily told apart.
    #[must_use]
    pub fn of_number(number: usize) -> Self {
        // In 1/1536 turns; exact for any number that a capture can have.
        let hue = (number as u64).wrapping_mul(587) % 1536;
        let (sector, step) = (hue / 256, (hue % 256) as u8);
        let (low, high) = (60, 245);
        let ramp = |t: u8| low + (u16::from(t) * (high - low) / 255);
        let (up, down) = (ramp(step), ramp(255 - step));
        let (red, green, blue) = match sector {
            0 => (high, up, low),
            1 => (down, high, low),
            2 => (low, high, up),
            3 => (low, down, high),
            4 => (up, low, high),
            _ => (high, low, down),
        };
        // All are at most 245.
        Self::opaque(red as u8, green as u8, blue as u8)
    }
}

impl fmt::Display for Rgba {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { red, green, blue, alpha } = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}{alpha:02x}")
    }
}

impl FromStr for Rgba {
    type Err = ColourError;

    fn from_str(text: &str) -> Result<Self, ColourError> {
        let digits = text.strip_prefix('#').ok_or(ColourError)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ColourError);
        }
        let value = u32::from_str_radix(digits, 16).map_err(|_error| ColourError)?;
        let value = match digits.len() {
            6 => value << 8 | 0xff,
            8 => value,
            _ => return Err(ColourError),
        };
        let [red, green, blue, alpha] = value.to_be_bytes();
        Ok(Self { red, green, blue, alpha })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_written_as_they_are_read() {
        assert_eq!("#ff8000".parse(), Ok(Rgba::opaque(255, 128, 0)));
        assert_eq!("#01020304".parse::<Rgba>().unwrap().to_string(), "#01020304");
        for wrong in ["ff8000", "#ff80", "#+f8000", "#ff80000", "#ffffffffff", "#", ""] {
            assert_eq!(wrong.parse::<Rgba>(), Err(ColourError), "{wrong}");
        }
    }

    #[test]
    fn neighbours_are_told_apart() {
        let distance = |a: Rgba, b: Rgba| {
            u32::from(a.red.abs_diff(b.red))
                + u32::from(a.green.abs_diff(b.green))
                + u32::from(a.blue.abs_diff(b.blue))
        };
        for number in 0..500 {
            for other in number + 1..number + 4 {
                let (a, b) = (Rgba::of_number(number), Rgba::of_number(other));
                assert!(distance(a, b) > 100, "{number}: {a}, {other}: {b}");
            }
        }
    }
}
