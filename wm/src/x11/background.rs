//! The desktop background: a pixmap on the root window, announced so that
//! other programs find it, or the pixmap that another program announced.
//!
//! Owns that pixmap. Must not know how the picture is made.
//!
//! Programs such as `feh` set `_XROOTPMAP_ID`; theirs then counts until the
//! configuration changes.

use trapeze_backend::{Backend, Pixmap};
use trapeze_decor::Picture;
use wm_core::SourceId;
use wm_core::geom::Size;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, PropMode,
};
use x11rb::wrapper::ConnectionExt as _;

use super::errors::optional;
use super::frames::put_picture;
use super::query::PendingValue;
use super::{Display, Result, extent16};

/// The background pixmap.
#[derive(Debug, Default)]
pub struct Background {
    /// Ours, to be freed.
    own: Option<u32>,
    /// What is shown, with size and depth.
    shown: Option<(u32, Size, u8)>,
    /// The backend has not seen it yet.
    stale: bool,
}

impl Background {
    /// Shows a picture of our own and announces it.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set(&mut self, display: &Display, picture: &Picture) -> Result<()> {
        let size = picture.size;
        if size.is_empty() {
            return Ok(());
        }
        let pixmap = display.generate_id()?;
        let (w, h) = (extent16(size.w), extent16(size.h));
        display.create_pixmap(display.root_depth, pixmap, display.root, w, h)?;
        let gc = display.generate_id()?;
        display.create_gc(gc, pixmap, &CreateGCAux::new())?;
        put_picture(display, pixmap, gc, display.root_depth, picture)?;
        display.free_gc(gc)?;
        let aux = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
        display.change_window_attributes(display.root, &aux)?;
        display.clear_area(false, display.root, 0, 0, 0, 0)?;
        for atom in [display.atoms._XROOTPMAP_ID, display.atoms.ESETROOT_PMAP_ID] {
            let kind = AtomEnum::PIXMAP;
            display.change_property32(PropMode::REPLACE, display.root, atom, kind, &[pixmap])?;
        }
        if let Some(old) = self.own.replace(pixmap) {
            display.free_pixmap(old)?;
        }
        self.shown = Some((pixmap, size, display.root_depth));
        self.stale = true;
        Ok(())
    }

    /// The root property changed: takes over what another program set. True
    /// if the background is another one now.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn announced(&mut self, display: &Display) -> Result<bool> {
        let value =
            PendingValue::ask(display, display.root, display.atoms._XROOTPMAP_ID)?.value()?;
        let Some(pixmap) = value.long().filter(|pixmap| *pixmap != 0) else { return Ok(false) };
        if self.shown.is_some_and(|(shown, ..)| shown == pixmap) {
            return Ok(false);
        }
        // A lie, or already freed, has no geometry.
        let Some(geometry) = optional(display.get_geometry(pixmap)?.reply())? else {
            return Ok(false);
        };
        let size = Size::new(geometry.width.into(), geometry.height.into());
        self.shown = Some((pixmap, size, geometry.depth));
        self.stale = true;
        if let Some(old) = self.own.take() {
            display.free_pixmap(old)?;
        }
        Ok(true)
    }

    /// Takes the announcement of a pixmap of our own back, which goes with
    /// our connection. What the root window shows stays.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn retract(&self, display: &Display) -> Result<()> {
        if self.own.is_some() {
            for atom in [display.atoms._XROOTPMAP_ID, display.atoms.ESETROOT_PMAP_ID] {
                display.delete_property(display.root, atom)?;
            }
        }
        Ok(())
    }

    /// What is shown.
    #[must_use]
    pub fn pixmap(&self) -> Option<u32> {
        self.shown.map(|(pixmap, ..)| pixmap)
    }

    /// Size of what is shown, which is repeated over the screen.
    #[must_use]
    pub fn size(&self) -> Option<Size> {
        self.shown.map(|(_, size, _)| size)
    }

    /// Lends it to the backend if it is new. True if so.
    pub fn lend(&mut self, backend: &mut Backend) -> bool {
        if !std::mem::take(&mut self.stale) {
            return false;
        }
        if let Some((xid, size, depth)) = self.shown {
            backend.bind(SourceId::Background, Pixmap { xid, size, depth, visual: 0 });
        }
        true
    }

    /// The backend is another one.
    pub const fn rebind(&mut self) {
        self.stale = self.shown.is_some();
    }
}
