//! XSETTINGS: what toolkits are told about fonts, themes and the like.
//!
//! Owns the section's values. Must not know the protocol, nor what any name
//! means.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// The longest name or text, in bytes. The protocol's limit for names is
/// 65535; nobody means that.
const LONGEST: usize = 4096;

/// When Trapeze owns the XSETTINGS selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Manage {
    /// When no other program does, in a session that is not a desktop
    /// environment's (which has a program for this).
    #[default]
    Auto,
    /// Whenever no other program does.
    Always,
    /// Never.
    Never,
}

/// A setting's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// A number; yes and no are 1 and 0.
    Integer(i32),
    /// A text.
    Text(String),
}

/// The section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct XSettings {
    /// When they are ours to tell.
    pub manage: Manage,
    /// By name, such as `Net/ThemeName`.
    pub values: BTreeMap<String, Setting>,
}

/// Whether the protocol allows this name: letters, digits, `_` and single
/// `/` in between, no part beginning with a digit.
#[must_use]
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= LONGEST
        && name.split('/').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl Visitor<'_> for V {
            type Value = Setting;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number of 32 bits, true or false")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Setting, E> {
                Ok(Setting::Integer(value.into()))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Setting, E> {
                i32::try_from(value)
                    .map(Setting::Integer)
                    .map_err(|_range| E::invalid_value(serde::de::Unexpected::Signed(value), &self))
            }

            fn visit_str<E: Error>(self, value: &str) -> Result<Setting, E> {
                if value.len() > LONGEST || value.contains('\0') {
                    return Err(E::custom(format!(
                        "a text has at most {LONGEST} bytes and no null character"
                    )));
                }
                Ok(Setting::Text(value.to_owned()))
            }
        }
        deserializer.deserialize_any(V)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;

    #[test]
    fn names_are_those_of_the_protocol() {
        for good in ["Xft/DPI", "Net/ThemeName", "_x/y_1", "Gtk"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "/x", "x/", "x//y", "1x", "x/1", "x y", "ä"] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn values_are_numbers_and_texts() {
        let text = "[xsettings]\nmanage = \"always\"\n[xsettings.values]\n\
                    \"Net/ThemeName\" = \"Adwaita-dark\"\n\"Net/CursorBlink\" = true\n\
                    \"Gtk/CursorThemeSize\" = 24\n";
        let settings = Config::parse(text).unwrap().xsettings;
        assert_eq!(settings.manage, Manage::Always);
        assert_eq!(settings.values["Net/ThemeName"], Setting::Text("Adwaita-dark".into()));
        assert_eq!(settings.values["Net/CursorBlink"], Setting::Integer(1));
        assert_eq!(settings.values["Gtk/CursorThemeSize"], Setting::Integer(24));
    }

    #[test]
    fn wrong_names_and_values_are_told() {
        let line = |text: &str| {
            let problems = Config::parse(text).unwrap_err();
            assert_eq!(problems.list.len(), 1, "{problems}");
            (problems.list[0].line, problems.list[0].column)
        };
        assert_eq!(line("[xsettings.values]\n\"no name\" = 1\n"), (2, 1));
        assert_eq!(line("[xsettings.values]\nX = 5000000000\n"), (2, 5));
        assert_eq!(line("[xsettings.values]\nX = [1]\n"), (2, 5));
        assert_eq!(line("[xsettings]\nmanage = \"perhaps\"\n"), (2, 10));
    }
}
