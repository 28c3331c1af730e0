//! Pointer shapes: from the person's cursor theme, or else the server's own
//! cursor font.
//!
//! Owns the loaded cursors. Must not know which window shows which.

use std::collections::HashMap;

use wm_core::request::Cursor;
use x11rb::cursor::Handle;
use x11rb::protocol::xproto::ConnectionExt as _;
use x11rb::resource_manager::{Database, new_from_default};
use x11rb::xcb_ffi::XCBConnection;

use super::{Display, Result};

/// The name in the cursor specification, and the names that older themes and
/// the cursor font use.
const fn names(cursor: Cursor) -> [&'static str; 2] {
    match cursor {
        Cursor::Default => ["default", "left_ptr"],
        Cursor::Move => ["move", "fleur"],
        Cursor::NorthResize => ["n-resize", "top_side"],
        Cursor::SouthResize => ["s-resize", "bottom_side"],
        Cursor::WestResize => ["w-resize", "left_side"],
        Cursor::EastResize => ["e-resize", "right_side"],
        Cursor::NorthWestResize => ["nw-resize", "top_left_corner"],
        Cursor::NorthEastResize => ["ne-resize", "top_right_corner"],
        Cursor::SouthWestResize => ["sw-resize", "bottom_left_corner"],
        Cursor::SouthEastResize => ["se-resize", "bottom_right_corner"],
    }
}

/// Cursors, each loaded when it is first wanted.
pub struct Cursors {
    handle: Option<Handle>,
    database: Option<Database>,
    loaded: HashMap<Cursor, u32>,
}

impl std::fmt::Debug for Cursors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cursors").field("loaded", &self.loaded).finish_non_exhaustive()
    }
}

impl Cursors {
    /// Finds the theme that `RESOURCE_MANAGER` or the environment names.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn new(display: &Display) -> Result<Self> {
        let x: &XCBConnection = display;
        let database = new_from_default(x)?;
        let handle = Handle::new(x, display.screen, &database)?.reply()?;
        Ok(Self { handle: Some(handle), database: Some(database), loaded: HashMap::new() })
    }

    /// The value of an X resource.
    #[must_use]
    pub fn resource(&self, name: &str) -> Option<&str> {
        self.database.as_ref()?.get_string(name, "")
    }

    /// The X cursor for a shape; 0 (the parent's) if none can be had.
    pub fn get(&mut self, display: &Display, cursor: Cursor) -> u32 {
        if let Some(&xid) = self.loaded.get(&cursor) {
            return xid;
        }
        let xid = self.load(display, cursor);
        self.loaded.insert(cursor, xid);
        xid
    }

    fn load(&self, display: &Display, cursor: Cursor) -> u32 {
        let Some(handle) = &self.handle else { return x11rb::NONE };
        let x: &XCBConnection = display;
        for name in names(cursor) {
            match handle.load_cursor(x, name) {
                Ok(x11rb::NONE) => {}
                Ok(xid) => return xid,
                Err(error) => tracing::debug!(name, %error, "no such cursor"),
            }
        }
        x11rb::NONE
    }

    /// Frees them all, for another theme.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn free(&mut self, display: &Display) -> Result<()> {
        for (_, xid) in self.loaded.drain().filter(|(_, xid)| *xid != x11rb::NONE) {
            display.free_cursor(xid)?;
        }
        Ok(())
    }
}
