//! Key codes to keys.
//!
//! Owns the core protocol's keyboard map. It must not know what keys do.

use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{ConnectionExt as _, KeyButMask, Keycode};
use x11rb::rust_connection::RustConnection;
use xkeysym::{Keysym, RawKeysym};

use crate::view::keys::Key;

#[derive(Debug)]
pub(super) struct Keyboard {
    first: Keycode,
    per_code: usize,
    keysyms: Vec<RawKeysym>,
}

impl Keyboard {
    pub(super) fn new(connection: &RustConnection) -> Result<Self, ReplyError> {
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let count = last.saturating_sub(first).saturating_add(1);
        let map = connection.get_keyboard_mapping(first, count)?.reply()?;
        Ok(Self { first, per_code: map.keysyms_per_keycode.into(), keysyms: map.keysyms })
    }

    /// What a key means with these modifiers, if it means anything to us.
    pub(super) fn key(&self, code: Keycode, state: KeyButMask) -> Option<Key> {
        let shift = usize::from(state.contains(KeyButMask::SHIFT));
        // XKB writes the group into two bits that the core protocol leaves free.
        let group = usize::from(u16::from(state) >> 13 & 3);
        let place = usize::from(code.checked_sub(self.first)?) * self.per_code;
        let keysyms = self.keysyms.get(place..place + self.per_code)?;
        let columns = [2 * group + shift, shift, 0];
        columns.into_iter().find_map(|column| key_of(Keysym::new(*keysyms.get(column)?)))
    }
}

fn key_of(keysym: Keysym) -> Option<Key> {
    Some(match keysym {
        Keysym::Left | Keysym::KP_Left => Key::Left,
        Keysym::Right | Keysym::KP_Right => Key::Right,
        Keysym::Up | Keysym::KP_Up => Key::Up,
        Keysym::Down | Keysym::KP_Down => Key::Down,
        Keysym::Prior | Keysym::KP_Prior => Key::PageUp,
        Keysym::Next | Keysym::KP_Next => Key::PageDown,
        Keysym::Home | Keysym::KP_Home => Key::Home,
        Keysym::End | Keysym::KP_End => Key::End,
        Keysym::Tab | Keysym::ISO_Left_Tab => Key::Tab,
        Keysym::Return | Keysym::KP_Enter => Key::Enter,
        Keysym::Escape => Key::Escape,
        // Capitals mean what their letters do.
        other => Key::Char(other.key_char().filter(|c| !c.is_control())?.to_ascii_lowercase()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_and_groups_choose_the_column() {
        // As a German keyboard's ß key with a Greek second group.
        let keysyms = [Keysym::ssharp, Keysym::question, Keysym::Greek_alpha, Keysym::Greek_ALPHA];
        let keysyms = keysyms.map(Keysym::raw).to_vec();
        let keyboard = Keyboard { first: 20, per_code: 4, keysyms };
        let key = |state: u16| keyboard.key(20, KeyButMask::from(state));
        assert_eq!(key(0), Some(Key::Char('ß')));
        assert_eq!(key(1), Some(Key::Char('?')));
        assert_eq!(key(1 << 13), Some(Key::Char('α')));
        for beyond in [19, 21] {
            assert_eq!(keyboard.key(beyond, KeyButMask::default()), None);
        }
        assert_eq!(key_of(Keysym::Q), Some(Key::Char('q')));
        assert_eq!(key_of(Keysym::KP_Add), Some(Key::Char('+')));
        assert_eq!(key_of(Keysym::Shift_L), None);
    }
}
