//! The kinds of values that settings have, each of which checks itself.
//!
//! Owns reading of one value. Must not know which setting it belongs to.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Unexpected, Visitor};
use toml::Spanned;
use wm_core::Action;
use wm_core::look::Color;
use wm_core::settings::Modifiers;

use crate::action::parse_action;
use crate::key::{Chord, parse_modifiers};

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<const MIN: i64, const MAX: i64>(pub(crate) i64);

impl<'de, const MIN: i64, const MAX: i64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V<const MIN: i64, const MAX: i64>;
        impl<const MIN: i64, const MAX: i64> Visitor<'_> for V<MIN, MAX> {
            type Value = i64;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a whole number from {MIN} to {MAX}")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<i64, E> {
                if (MIN..=MAX).contains(&value) {
                    Ok(value)
                } else {
                    Err(E::invalid_value(Unexpected::Signed(value), &self))
                }
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<i64, E> {
                self.visit_i64(i64::try_from(value).unwrap_or(i64::MAX))
            }
        }
        deserializer.deserialize_i64(V::<MIN, MAX>).map(Self)
    }
}

impl<const MIN: i64, const MAX: i64> Whole<MIN, MAX> {
    /// As the narrower type that the settings use; the type's bounds, should
    /// `MIN` and `MAX` ever be wider.
    pub(crate) fn as_u16(self) -> u16 {
        u16::try_from(self.0.max(0)).unwrap_or(u16::MAX)
    }

    pub(crate) fn as_u32(self) -> u32 {
        u32::try_from(self.0.max(0)).unwrap_or(u32::MAX)
    }

    pub(crate) fn as_i16(self) -> i16 {
        i16::try_from(self.0).unwrap_or(if self.0 < 0 { i16::MIN } else { i16::MAX })
    }

    pub(crate) fn as_u8(self) -> u8 {
        u8::try_from(self.0.max(0)).unwrap_or(u8::MAX)
    }
}

/// Deserializes a string and hands it to a function.
struct Text<T, F>(&'static str, F, PhantomData<T>);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Text<T, F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).map_err(E::custom)
    }
}

fn from_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &'static str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text(expecting, read, PhantomData))
}

/// A colour: `#rgb`, `#rrggbb` or `#rrggbbaa`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ColorValue(pub(crate) Color);

const COLOR: &str = "a colour such as \"#3d7eea\" or, with alpha, \"#3d7eea80\"";

pub(crate) fn parse_color(text: &str) -> Option<Color> {
    let digits = text.strip_prefix('#')?;
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        3 => {
            let doubled = |shift: u32| (number >> shift & 15) * 17;
            Some(Color::rgb(doubled(8) << 16 | doubled(4) << 8 | doubled(0)))
        }
        6 => Some(Color::rgb(number)),
        8 => Some(Color::rgb(number >> 8).with_alpha((number & 255) as u8)),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for ColorValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, COLOR, |text| {
            parse_color(text)
                .map(ColorValue)
                .ok_or_else(|| format!("`{text}` is no colour, expected {COLOR}"))
        })
    }
}

/// Modifier names with `+` between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModifiersValue(pub(crate) Modifiers);

impl<'de> Deserialize<'de> for ModifiersValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "modifiers such as \"Super\" or \"Ctrl+Alt\"", |text| {
            parse_modifiers(text).map(ModifiersValue).map_err(|error| error.to_string())
        })
    }
}

/// A program with a name of its own in `[programs]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    Terminal,
    Launcher,
    Screenshot,
    Lock,
}

/// An action, as text or as a table with one entry, such as
/// `{ spawn = "xterm" }`.
#[derive(Debug, Clone)]
pub(crate) enum ActionValue {
    Action(Action),
    Program(Program),
}

impl ActionValue {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Ok(Self::Program(match text.trim() {
            "terminal" => Program::Terminal,
            "launcher" => Program::Launcher,
            "screenshot" => Program::Screenshot,
            "lock" => Program::Lock,
            other => {
                return parse_action(other).map(Self::Action).map_err(|error| error.to_string());
            }
        }))
    }
}

impl<'de> Deserialize<'de> for ActionValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = ActionValue;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an action such as \"close\", \"tile left\" or { spawn = \"xterm\" }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ActionValue, E> {
                ActionValue::parse(text).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ActionValue, A::Error> {
                let Some((name, Argument(argument))) = map.next_entry::<String, Argument>()? else {
                    return Err(de::Error::invalid_length(0, &self));
                };
                if map.next_key::<String>()?.is_some() {
                    return Err(de::Error::custom("an action is one entry, not several"));
                }
                ActionValue::parse(&format!("{name} {argument}")).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// What follows an action's name: a word or a number.
struct Argument(String);

impl<'de> Deserialize<'de> for Argument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Argument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Argument, E> {
                Ok(Argument(text.to_owned()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Argument, E> {
                Ok(Argument(number.to_string()))
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// One text, or several in a list.
#[derive(Debug, Clone)]
pub(crate) struct Texts(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(V)
    }
}

/// A table of key bindings, in any order, with the place of each key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys(pub(crate) Vec<(Spanned<ChordValue>, ActionValue)>);

/// A chord, as a table's key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChordValue(pub(crate) Chord);

impl<'de> Deserialize<'de> for ChordValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer, "a key such as \"Super+Return\"", |text| {
            text.parse().map(ChordValue).map_err(|error: crate::ChordError| error.to_string())
        })
    }
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of keys and actions")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    keys.push(entry);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(V)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours() {
        assert_eq!(parse_color("#3d7eea"), Some(Color::rgb(0x003d_7eea)));
        assert_eq!(parse_color("#3d7eea80"), Some(Color::rgb(0x003d_7eea).with_alpha(128)));
        assert_eq!(parse_color("#fa0"), Some(Color::rgb(0x00ff_aa00)));
        for wrong in ["", "#", "3d7eea", "#3d7ee", "#+d7eea", "#ggg", "#3d7eea8", "blue"] {
            assert_eq!(parse_color(wrong), None, "{wrong}");
        }
    }
}
