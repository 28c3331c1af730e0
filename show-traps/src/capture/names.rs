//! The names of Render's operators.
//!
//! Owns the list. It must not know what they do.

use std::fmt;

/// A compositing operator by its number in the protocol (`PICTOP`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operator(pub u8);

const BASIC: [&str; 14] = [
    "clear",
    "src",
    "dst",
    "over",
    "over-reverse",
    "in",
    "in-reverse",
    "out",
    "out-reverse",
    "atop",
    "atop-reverse",
    "xor",
    "add",
    "saturate",
];

const BLEND: [&str; 15] = [
    "multiply",
    "screen",
    "overlay",
    "darken",
    "lighten",
    "color-dodge",
    "color-burn",
    "hard-light",
    "soft-light",
    "difference",
    "exclusion",
    "hsl-hue",
    "hsl-saturation",
    "hsl-color",
    "hsl-luminosity",
];

/// The operators that have disjoint and conjoint forms: the basic ones without
/// `add` and `saturate`, in order.
const PAIRED: usize = 12;

impl Operator {
    /// `Clear`.
    pub const CLEAR: Self = Self(0);
    /// `Src`.
    pub const SRC: Self = Self(1);
    /// `Over`.
    pub const OVER: Self = Self(3);
    /// `Add`.
    pub const ADD: Self = Self(12);

    /// The operator of a name, or of a number that has none.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if let Ok(number) = name.parse() {
            return Some(Self(number));
        }
        // Numbers have no dashes, so no name is one.
        (0..=u8::MAX).map(Self).find(|operator| operator.to_string() == name)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = usize::from(self.0);
        let (group, within) = (number >> 4, number & 15);
        match group {
            0 if within < BASIC.len() => write!(f, "{}", BASIC[within]),
            1 if within < PAIRED => write!(f, "disjoint-{}", BASIC[within]),
            2 if within < PAIRED => write!(f, "conjoint-{}", BASIC[within]),
            3 if within < BLEND.len() => write!(f, "{}", BLEND[within]),
            _ => write!(f, "{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_known_by_its_name() {
        for number in 0..=u8::MAX {
            let operator = Operator(number);
            assert_eq!(Operator::named(&operator.to_string()), Some(operator));
        }
        // As render.h numbers them.
        assert_eq!(Operator(0x3).to_string(), "over");
        assert_eq!(Operator(0xd).to_string(), "saturate");
        assert_eq!(Operator(0x1b).to_string(), "disjoint-xor");
        assert_eq!(Operator(0x24).to_string(), "conjoint-over-reverse");
        assert_eq!(Operator(0x39).to_string(), "difference");
        assert_eq!(Operator(0x3e).to_string(), "hsl-luminosity");
        assert_eq!(Operator::named("overt"), None);
    }
}
