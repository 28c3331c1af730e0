//! XSETTINGS: being the settings manager of the screen.
//!
//! Owns the selection `_XSETTINGS_Sn`, the property that holds the settings,
//! and its wire form (XSETTINGS specification 0.5). Must not know what any
//! setting means, nor when it is ours to be the manager.

use std::collections::BTreeMap;

use trapeze_config::Setting;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::{Display, Result};

/// A value and the change of the whole in which it got it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamped {
    value: Setting,
    serial: u32,
}

/// The settings and how often they changed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    serial: u32,
    settings: BTreeMap<String, Stamped>,
}

impl Table {
    /// Takes these values; false if they are what is there already.
    fn set(&mut self, values: &BTreeMap<String, Setting>) -> bool {
        let same = self.settings.len() == values.len()
            && values.iter().all(|(name, value)| {
                self.settings.get(name).is_some_and(|known| known.value == *value)
            });
        if same && self.serial > 0 {
            return false;
        }
        self.serial = self.serial.wrapping_add(1);
        let serial = self.serial;
        let stamped = |(name, value): (&String, &Setting)| {
            let known = self.settings.get(name).filter(|known| known.value == *value);
            let serial = known.map_or(serial, |known| known.serial);
            (name.clone(), Stamped { value: value.clone(), serial })
        };
        self.settings = values.iter().map(stamped).collect();
        true
    }

    /// As the property holds them, in this machine's byte order.
    fn encode(&self) -> Vec<u8> {
        const INTEGER: u8 = 0;
        const TEXT: u8 = 1;
        // LSBFirst or MSBFirst, as X names them.
        let mut bytes = vec![u8::from(cfg!(target_endian = "big")), 0, 0, 0];
        bytes.extend(self.serial.to_ne_bytes());
        bytes.extend((self.settings.len() as u32).to_ne_bytes());
        for (name, Stamped { value, serial }) in &self.settings {
            let kind = match value {
                Setting::Integer(_) => INTEGER,
                Setting::Text(_) => TEXT,
            };
            // The configuration bounds both lengths.
            bytes.extend([kind, 0]);
            bytes.extend((name.len() as u16).to_ne_bytes());
            bytes.extend(name.as_bytes());
            pad(&mut bytes);
            bytes.extend(serial.to_ne_bytes());
            match value {
                Setting::Integer(number) => bytes.extend(number.to_ne_bytes()),
                Setting::Text(text) => {
                    bytes.extend((text.len() as u32).to_ne_bytes());
                    bytes.extend(text.as_bytes());
                    pad(&mut bytes);
                }
            }
        }
        bytes
    }
}

/// To a multiple of four bytes.
fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// The settings manager's side.
#[derive(Debug)]
pub struct XSettings {
    /// The window that owns the selection and has the property.
    pub window: u32,
    property: u32,
    table: Table,
}

impl XSettings {
    /// Becomes the settings manager; `None` if another program is.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn acquire(display: &Display, time: u32) -> Result<Option<Self>> {
        let name = format!("_XSETTINGS_S{}", display.screen);
        let selection = display.intern_atom(false, name.as_bytes())?;
        let property = display.intern_atom(false, b"_XSETTINGS_SETTINGS")?;
        let (selection, property) = (selection.reply()?.atom, property.reply()?.atom);
        if display.get_selection_owner(selection)?.reply()?.owner != x11rb::NONE {
            return Ok(None);
        }
        let window = display.generate_id()?;
        display.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            display.root,
            -100,
            -100,
            1,
            1,
            0,
            WindowClass::INPUT_ONLY,
            x11rb::COPY_FROM_PARENT,
            &CreateWindowAux::new().override_redirect(1),
        )?;
        display.set_selection_owner(window, selection, time)?;
        if display.get_selection_owner(selection)?.reply()?.owner != window {
            display.destroy_window(window)?;
            return Ok(None);
        }
        // ICCCM 2.8: those who wait for a manager hear of it.
        let data = [time, selection, window, 0, 0];
        let announcement = ClientMessageEvent::new(32, display.root, display.atoms.MANAGER, data);
        display.send_event(false, display.root, EventMask::STRUCTURE_NOTIFY, announcement)?;
        Ok(Some(Self { window, property, table: Table::default() }))
    }

    /// Tells these settings, if they are others than before.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set(&mut self, display: &Display, values: &BTreeMap<String, Setting>) -> Result<()> {
        if self.table.set(values) {
            let (window, property) = (self.window, self.property);
            let bytes = self.table.encode();
            // The type has the property's name.
            display.change_property8(PropMode::REPLACE, window, property, property, &bytes)?;
        }
        Ok(())
    }

    /// Is the manager no longer.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn end(self, display: &Display) -> Result<()> {
        display.destroy_window(self.window)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[(&str, Setting)]) -> BTreeMap<String, Setting> {
        list.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn only_what_changed_gets_a_new_serial() {
        let mut table = Table::default();
        let (one, two) = (Setting::Integer(1), Setting::Integer(2));
        assert!(table.set(&values(&[("a", one.clone()), ("b", one.clone())])));
        assert!(!table.set(&values(&[("a", one.clone()), ("b", one.clone())])), "nothing new");
        assert!(table.set(&values(&[("a", one), ("b", two)])));
        assert_eq!((table.serial, table.settings["a"].serial), (2, 1));
        assert_eq!(table.settings["b"].serial, 2);
        assert!(table.set(&BTreeMap::new()));
        assert_eq!(table.serial, 3, "less is a change too");
    }

    #[test]
    fn an_empty_table_is_told_once() {
        let mut table = Table::default();
        assert!(table.set(&BTreeMap::new()));
        assert!(!table.set(&BTreeMap::new()));
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn the_wire_form_is_that_of_the_specification() {
        let mut table = Table::default();
        table.set(&values(&[("Ab", Setting::Text("xyz".into())), ("C", Setting::Integer(-1))]));
        let expected = [
            &[0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0][..],
            &[1, 0, 2, 0, b'A', b'b', 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, b'x', b'y', b'z', 0],
            &[0, 0, 1, 0, b'C', 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 255],
        ]
        .concat();
        assert_eq!(table.encode(), expected);
    }
}
