//! The keyboard: which key code makes which keysym, and the grabs of the
//! bound keys.
//!
//! Owns the mapping, as of the last MappingNotify. Must not know what an
//! action does.
//!
//! Every binding is grabbed with all combinations of the locking modifiers,
//! which do not count. A keysym is looked for in all groups and levels: so a
//! binding of Latin letters works on a keyboard whose first group is Greek.

use std::collections::{HashMap, HashSet};

use wm_core::Action;
use wm_core::settings::Modifiers;
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    ConnectionExt as _, GetKeyboardMappingReply, GetModifierMappingReply, GrabMode, ModMask,
};
use x11rb::xcb_ffi::XCBConnection;

use super::{Display, Result};

/// Num_Lock's keysym.
const NUM_LOCK: u32 = 0xff7f;
/// Caps Lock's modifier bit.
const LOCK: u16 = 2;

/// One configured key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Its keysym.
    pub keysym: u32,
    /// The modifiers that must be held: exactly these of the significant
    /// ones.
    pub modifiers: Modifiers,
    /// What it does.
    pub action: Action,
}

/// A keyboard mapping: what the server said, as plain data.
#[derive(Debug, Clone, Default)]
pub struct Mapping {
    first: u8,
    per_code: usize,
    keysyms: Vec<u32>,
    /// The modifier bits of a key code.
    modifiers: HashMap<u8, u16>,
    num_lock: u16,
}

impl Mapping {
    fn new(first: u8, keys: &GetKeyboardMappingReply, mods: &GetModifierMappingReply) -> Self {
        let per_code = usize::from(keys.keysyms_per_keycode).max(1);
        let mut mapping =
            Self { first, per_code, keysyms: keys.keysyms.clone(), ..Self::default() };
        let per_modifier = (mods.keycodes.len() / 8).max(1);
        for (index, codes) in mods.keycodes.chunks(per_modifier).take(8).enumerate() {
            for &code in codes.iter().filter(|code| **code != 0) {
                *mapping.modifiers.entry(code).or_default() |= 1 << index;
                if mapping.of(code).contains(&NUM_LOCK) {
                    mapping.num_lock |= 1 << index;
                }
            }
        }
        mapping
    }

    fn of(&self, code: u8) -> &[u32] {
        let Some(index) = code.checked_sub(self.first) else { return &[] };
        self.keysyms.chunks(self.per_code).nth(usize::from(index)).unwrap_or(&[])
    }

    /// The keysym of a key in the first level of the group that the event's
    /// `state` names, or of the first group where that has none.
    #[must_use]
    pub fn keysym(&self, code: u8, state: u16) -> u32 {
        let symbols = self.of(code);
        let group = usize::from(state >> 13 & 3);
        // The core mapping lists two levels of groups 1 and 2, then the rest.
        let at = symbols.get(group * 2).copied().unwrap_or(0);
        if at == 0 { symbols.first().copied().unwrap_or(0) } else { at }
    }

    /// The modifiers that are held after a key went down or up.
    #[must_use]
    pub fn after(&self, code: u8, pressed: bool, state: u16) -> Modifiers {
        let own = self.modifiers.get(&code).copied().unwrap_or(0);
        self.modifiers_of(if pressed { state | own } else { state & !own })
    }

    /// The modifiers of an event's `state`: neither buttons nor locks,
    /// whichever modifier Num_Lock is.
    #[must_use]
    pub const fn modifiers_of(&self, state: u16) -> Modifiers {
        Modifiers(state & 0xff & !(LOCK | self.num_lock))
    }

    /// Where a keysym is: key codes, and the modifiers it takes to reach it
    /// beyond the binding's own.
    #[must_use]
    pub fn codes(&self, keysym: u32) -> Vec<(u8, Modifiers)> {
        let mut found = Vec::new();
        for (index, symbols) in self.keysyms.chunks(self.per_code).enumerate() {
            let Some(code) =
                u8::try_from(index).ok().and_then(|index| self.first.checked_add(index))
            else {
                break;
            };
            let column = |parity: usize| {
                symbols.iter().enumerate().any(|(i, s)| i % 2 == parity && *s == keysym)
            };
            if column(0) {
                found.push((code, Modifiers(0)));
            } else if column(1) {
                found.push((code, Modifiers::SHIFT));
            }
        }
        found
    }

    /// All combinations of the locks: they must not matter.
    #[must_use]
    pub fn locks(&self) -> Vec<u16> {
        let mut locks = vec![0, LOCK, self.num_lock, LOCK | self.num_lock];
        locks.sort_unstable();
        locks.dedup();
        locks
    }
}

/// The keyboard and its bindings.
#[derive(Debug, Default)]
pub struct Keys {
    /// The mapping.
    pub mapping: Mapping,
    bindings: Vec<Binding>,
    bound: HashMap<(u8, u16), usize>,
}

impl Keys {
    /// Reads the keyboard's mapping: one wait.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn read(&mut self, display: &Display) -> Result<()> {
        let x: &XCBConnection = display;
        let setup = x.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let count = last.saturating_sub(first).saturating_add(1);
        let keys = x.get_keyboard_mapping(first, count)?;
        let modifiers = x.get_modifier_mapping()?;
        self.mapping = Mapping::new(first, &keys.reply()?, &modifiers.reply()?);
        Ok(())
    }

    /// Takes other bindings and grabs them: one wait, which tells of keys
    /// that another program holds.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn bind(&mut self, display: &Display, bindings: Vec<Binding>) -> Result<()> {
        self.bindings = bindings;
        self.grab(display)
    }

    /// Grabs the bindings anew, after the mapping changed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn grab(&mut self, display: &Display) -> Result<()> {
        let x: &XCBConnection = display;
        self.bound.clear();
        x.ungrab_key(0u8, display.root, ModMask::ANY)?;
        let mut cookies = Vec::new();
        for (index, binding) in self.bindings.iter().enumerate() {
            let codes = self.mapping.codes(binding.keysym);
            if codes.is_empty() {
                tracing::info!(keysym = binding.keysym, "no key for a binding");
            }
            for (code, extra) in codes {
                let modifiers = binding.modifiers.with(extra).significant();
                // The first binding of a key wins.
                if self.bound.contains_key(&(code, modifiers.0)) {
                    continue;
                }
                self.bound.insert((code, modifiers.0), index);
                for lock in self.mapping.locks() {
                    let mask = ModMask::from(modifiers.0 | lock);
                    let mode = GrabMode::ASYNC;
                    let cookie = x.grab_key(true, display.root, mask, code, mode, mode)?;
                    cookies.push((index, cookie));
                }
            }
        }
        let mut refused = HashSet::new();
        for (index, cookie) in cookies {
            match cookie.check() {
                Ok(()) => {}
                Err(ReplyError::ConnectionError(error)) => return Err(error.into()),
                Err(ReplyError::X11Error(_)) => {
                    refused.insert(index);
                }
            }
        }
        for index in refused {
            let Some(binding) = self.bindings.get(index) else { continue };
            tracing::warn!(
                keysym = binding.keysym, modifiers = binding.modifiers.0, action = ?binding.action,
                "another program holds this key"
            );
        }
        Ok(())
    }

    /// What is bound to a key with these modifiers held.
    #[must_use]
    pub fn action(&self, code: u8, state: u16) -> Option<&Action> {
        let modifiers = self.mapping.modifiers_of(state).significant();
        let index = *self.bound.get(&(code, modifiers.0))?;
        self.bindings.get(index).map(|binding| &binding.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping() -> Mapping {
        let keys = GetKeyboardMappingReply {
            keysyms_per_keycode: 4,
            sequence: 0,
            keysyms: vec![
                // code 8: a A, Greek in group 2
                0x61, 0x41, 0x7e1, 0x7c1, // code 9: Num_Lock
                NUM_LOCK, 0, 0, 0, // code 10: Super
                0xffeb, 0, 0, 0, // code 11: Greek first, Latin second
                0x7e2, 0x7c2, 0x62, 0x42,
            ],
        };
        let mods = GetModifierMappingReply {
            sequence: 0,
            length: 0,
            keycodes: vec![0, 0, 0, 0, 9, 0, 10, 0],
        };
        Mapping::new(8, &keys, &mods)
    }

    #[test]
    fn finds_keysyms_in_all_groups() {
        let mapping = mapping();
        assert_eq!(mapping.codes(0x61), [(8, Modifiers(0))]);
        assert_eq!(mapping.codes(0x41), [(8, Modifiers::SHIFT)]);
        assert_eq!(mapping.codes(0x62), [(11, Modifiers(0))], "Latin in the second group");
        assert_eq!(mapping.keysym(8, 1 << 13), 0x7e1);
        assert_eq!(mapping.keysym(9, 1 << 13), NUM_LOCK, "no second group: the first");
        assert_eq!(mapping.keysym(200, 0), 0);
        assert_eq!(mapping.keysym(3, 0), 0);
    }

    #[test]
    fn modifiers_after_the_event() {
        let mapping = mapping();
        assert_eq!(mapping.after(10, true, 0), Modifiers::SUPER);
        assert_eq!(mapping.after(10, false, 64 | 256), Modifiers(0), "buttons do not count");
        assert_eq!(mapping.after(8, false, 64), Modifiers::SUPER);
        assert_eq!(mapping.locks(), [0, 2, 16, 18]);
    }
}
