//! Key names: a keysym with modifiers, as people write it (`Super+Return`).
//!
//! Owns the words for keys and modifiers, and their printing. Must not know
//! keycodes, keymaps or what a key is bound to.
//!
//! Key names are those of the X headers (`keysymdef.h` without `XK_`,
//! `XF86keysym.h` with `XF86` and without `XK_`), a single character, or
//! `U` and the hexadecimal code point.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use wm_core::settings::Modifiers;
use xkeysym::Keysym;

use crate::error::nearest;

/// A key together with the modifiers that are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The keysym of the key in its first shift level: a lower-case letter
    /// stands for the key, whether or not Shift is among the modifiers.
    pub keysym: u32,
    /// The modifiers; only [`Modifiers::significant`] ones.
    pub modifiers: Modifiers,
}

/// Why a text names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChordError {
    /// Nothing was written, or nothing after the last `+`.
    #[error("a key is missing")]
    NoKey,
    /// A word before a `+` is no modifier.
    #[error("there is no modifier called `{0}`; the modifiers are {MODIFIER_LIST}")]
    Modifier(String),
    /// Num Lock cannot be part of a binding.
    #[error("Mod2 is Num Lock, which key bindings ignore")]
    NumLock,
    /// The last word is no key.
    #[error("there is no key called `{name}`{}", did_you_mean(nearest.as_deref()))]
    Key {
        /// What was written.
        name: String,
        /// What it probably means.
        nearest: Option<String>,
    },
}

const MODIFIER_LIST: &str = "Shift, Ctrl, Alt, Super, Hyper, Meta, Mod1, Mod3, Mod4 and Mod5";

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// Bits of the core protocol's KeyButMask, in the order of printing. Alt and
/// Super are where every usual keymap has them; Hyper is Mod3, which usual
/// keymaps leave free for it, and Meta is the same bit as Alt.
const PRINTED: [(u16, &str); 6] =
    [(64, "Super"), (4, "Ctrl"), (8, "Alt"), (1, "Shift"), (32, "Hyper"), (128, "Mod5")];

/// The modifier of this name, in any case.
fn modifier(name: &str) -> Option<Modifiers> {
    Some(Modifiers(match name.to_ascii_lowercase().as_str() {
        "shift" => 1,
        "ctrl" | "control" => 4,
        "alt" | "mod1" | "meta" => 8,
        "mod2" => 16,
        "hyper" | "mod3" => 32,
        "super" | "mod4" | "win" => 64,
        "mod5" | "altgr" => 128,
        _ => return None,
    }))
}

/// Modifiers written with `+` between, such as `Super+Shift`; the empty text
/// is none.
///
/// # Errors
/// As [`Chord::from_str`], except for the key's.
pub(crate) fn parse_modifiers(text: &str) -> Result<Modifiers, ChordError> {
    let mut all = Modifiers::default();
    for name in text.split('+').map(str::trim).filter(|name| !name.is_empty()) {
        let one = modifier(name).ok_or_else(|| ChordError::Modifier(name.to_owned()))?;
        if one == Modifiers(16) {
            return Err(ChordError::NumLock);
        }
        all = all.with(one);
    }
    Ok(all)
}

impl FromStr for Chord {
    type Err = ChordError;

    /// Reads modifiers and a key with `+` between. The key `+` itself is
    /// `plus`, or stands last: `Super++`.
    fn from_str(text: &str) -> Result<Self, ChordError> {
        let text = text.trim();
        let (modifiers, key) = match text.strip_suffix('+') {
            Some("") => ("", "plus"),
            Some(rest) if rest.ends_with('+') => (rest, "plus"),
            Some(_) => return Err(ChordError::NoKey),
            None => text.rsplit_once('+').unwrap_or(("", text)),
        };
        let key = key.trim();
        if key.is_empty() {
            return Err(ChordError::NoKey);
        }
        let modifiers = parse_modifiers(modifiers)?;
        let keysym = keysym_from_name(key).ok_or_else(|| ChordError::Key {
            name: key.to_owned(),
            nearest: nearest(key, NAMES.keys().map(String::as_str)).map(str::to_owned),
        })?;
        Ok(Self { keysym: first_level(keysym), modifiers })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (bit, name) in PRINTED {
            if self.modifiers.0 & bit != 0 {
                write!(f, "{name}+")?;
            }
        }
        f.write_str(&keysym_name(self.keysym))
    }
}

impl Chord {
    /// The chord as it is printed on keys, such as `Super+Q` or `Alt+PgUp`;
    /// [`Chord::from_str`] need not read it.
    #[must_use]
    pub fn label(&self) -> String {
        let text = self.to_string();
        let (modifiers, key) = match text.rfind('+') {
            Some(at) if at + 1 < text.len() => text.split_at(at + 1),
            _ => ("", text.as_str()),
        };
        let printed = match key {
            "Prior" | "Page_Up" => "PgUp",
            "Next" | "Page_Down" => "PgDn",
            "Return" => "Enter",
            "Escape" => "Esc",
            "space" => "Space",
            "grave" => "`",
            _ => match Keysym::new(self.keysym).key_char() {
                Some(letter) if !letter.is_control() && !key.starts_with("KP_") => {
                    return format!("{modifiers}{}", letter.to_uppercase());
                }
                _ => key,
            },
        };
        format!("{modifiers}{printed}")
    }
}

/// The lower-case form of a letter: `Super+Q` and `Super+q` are one key.
fn first_level(keysym: u32) -> u32 {
    let Some(upper) = Keysym::new(keysym).key_char().filter(|c| c.is_uppercase()) else {
        return keysym;
    };
    let mut lower = upper.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => Keysym::from_char(one).raw(),
        _ => keysym,
    }
}

/// Name → keysym for every name that the X headers know.
static NAMES: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
    // The generated table goes from keysym to name only. Its keysyms lie in
    // the 16-bit part, the Unicode part (not named there worth the while),
    // and the vendors' parts above 0x1000_0000, of which XFree86's matters.
    let mut names = HashMap::new();
    for raw in (0x20..=0xffff).chain(0x1008_1000..=0x1008_13ff).chain(0x1008_fe00..=0x1008_ffff) {
        if let Some(name) = Keysym::new(raw).name().and_then(header_name) {
            names.entry(name).or_insert(raw);
        }
    }
    // Second names of one value, of which that table holds the first.
    for (name, raw) in SYNONYMS {
        names.entry(name.to_owned()).or_insert(raw);
    }
    names
});

/// Names that share a value with the one that is printed.
const SYNONYMS: [(&str, u32); 14] = [
    ("Page_Up", 0xff55),
    ("Prior", 0xff55),
    ("Page_Down", 0xff56),
    ("Next", 0xff56),
    ("KP_Page_Up", 0xff9a),
    ("KP_Prior", 0xff9a),
    ("KP_Page_Down", 0xff9b),
    ("KP_Next", 0xff9b),
    ("Enter", 0xff0d),
    ("Esc", 0xff1b),
    ("Backspace", 0xff08),
    ("Del", 0xffff),
    ("PrintScreen", 0xff61),
    ("ISO_Left_Tab", 0xfe20),
];

fn header_name(generated: &str) -> Option<String> {
    if let Some(name) = generated.strip_prefix("XF86XK_") {
        return Some(format!("XF86{name}"));
    }
    generated.strip_prefix("XK_").map(str::to_owned)
}

/// The keysym of this name, or of this single character. Case matters for
/// characters only; a name that differs from one of the headers in case
/// alone is understood.
#[must_use]
pub fn keysym_from_name(name: &str) -> Option<u32> {
    if let Some(keysym) = NAMES.get(name) {
        return Some(*keysym);
    }
    let mut characters = name.chars();
    if let (Some(one), None) = (characters.next(), characters.next()) {
        return (!one.is_control()).then(|| Keysym::from_char(one).raw()).filter(|raw| *raw != 0);
    }
    if let Some(code) = name.strip_prefix('U').filter(|code| code.len() >= 4)
        && let Ok(code) = u32::from_str_radix(code, 16)
        && let Some(one) = char::from_u32(code).filter(|c| !c.is_control())
    {
        return Some(Keysym::from_char(one).raw()).filter(|raw| *raw != 0);
    }
    // Ambiguous ones (`Aring`, `aring`) were found exactly above, or not at all.
    let mut found = NAMES.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    match (found.next(), found.next()) {
        (Some((_, keysym)), None) => Some(*keysym),
        _ => None,
    }
}

/// The name by which [`keysym_from_name`] finds this keysym again:
/// the headers' name, or `U` and the code point, or `0x` and the value where
/// there is neither.
#[must_use]
pub fn keysym_name(keysym: u32) -> String {
    match keysym {
        0xff55 => return "Page_Up".to_owned(),
        0xff56 => return "Page_Down".to_owned(),
        _ => {}
    }
    let symbol = Keysym::new(keysym);
    let named = symbol.name().and_then(header_name);
    if let Some(name) = named.filter(|name| NAMES.get(name) == Some(&keysym)) {
        return name;
    }
    match symbol.key_char() {
        Some(one) if Keysym::from_char(one).raw() == keysym => format!("U{:04X}", u32::from(one)),
        _ => format!("{keysym:#x}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chord(text: &str) -> Chord {
        text.parse().unwrap()
    }

    #[test]
    fn keys_and_modifiers_have_their_protocol_values() {
        assert_eq!(chord("Super+Return"), Chord { keysym: 0xff0d, modifiers: Modifiers(64) });
        assert_eq!(chord("ctrl + ALT+Delete"), Chord { keysym: 0xffff, modifiers: Modifiers(12) });
        assert_eq!(chord("XF86AudioRaiseVolume").keysym, 0x1008_ff13);
        assert_eq!(chord("F12").keysym, 0xffc9);
        assert_eq!(chord("Mod5+Shift+ä"), Chord { keysym: 0xe4, modifiers: Modifiers(129) });
        assert_eq!(chord("Super++").keysym, u32::from(b'+'));
        assert_eq!(chord("+").keysym, u32::from(b'+'));
        assert_eq!(chord("Prior"), chord("Page_Up"));
        assert_eq!(chord("U20AC").keysym, 0x20ac, "EuroSign has its own keysym");
        assert_eq!(chord("U1F600").keysym, 0x0101_f600);
        assert_eq!(chord("return"), chord("Return"));
    }

    #[test]
    fn a_letter_is_its_key_in_either_case() {
        assert_eq!(chord("Super+Q"), chord("Super+q"));
        assert_eq!(chord("Super+Ж"), chord("Super+ж"));
        assert_ne!(chord("Super+Shift+q"), chord("Super+q"));
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| text.parse::<Chord>().unwrap_err().to_string();
        assert!(error("Supr+q").contains("no modifier called `Supr`"));
        assert_eq!(
            error("Super+Retrun"),
            "there is no key called `Retrun`; did you mean `Return`?"
        );
        assert_eq!(error("Super+"), "a key is missing");
        assert_eq!(error(""), "a key is missing");
        assert!(error("Mod2+q").contains("Num Lock"));
        assert!(error("Super+\u{7}").contains("no key called"));
    }

    #[test]
    fn every_known_name_survives_printing() {
        for (name, keysym) in NAMES.iter() {
            let printed = keysym_name(*keysym);
            assert_eq!(keysym_from_name(&printed), Some(*keysym), "{name} became {printed}");
        }
    }

    proptest! {
        #[test]
        fn a_printed_chord_is_read_as_itself(
            character in any::<char>().prop_filter("keys are visible", |c| !c.is_control()),
            bits in any::<u16>(),
        ) {
            let keysym = first_level(Keysym::from_char(character).raw());
            prop_assume!(keysym != 0);
            let chord = Chord { keysym, modifiers: Modifiers(bits).significant() };
            prop_assert_eq!(chord.to_string().parse::<Chord>(), Ok(chord));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<Chord>();
        }
    }
}
