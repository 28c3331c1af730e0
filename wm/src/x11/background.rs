//! The desktop background: a pixmap on the root window, announced so that
//! other programs find it, or the pixmap that another program announced.
//!
//! Owns that pixmap. Must not know how the picture is made.
//!
//! Programs such as `feh` set `_XROOTPMAP_ID`; theirs then counts until the
//! configuration changes. One that is smaller than the screen is repeated.

use trapeze_backend::{Backend, Pixmap};
use trapeze_decor::Picture;
use wm_core::SourceId;
use wm_core::geom::Size;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, FillStyle, PropMode,
    Rectangle,
};
use x11rb::wrapper::ConnectionExt as _;

use super::errors::optional;
use super::frames::put_picture;
use super::query::PendingValue;
use super::{Display, Result, extent16};

/// The background pixmap.
#[derive(Debug, Default)]
pub struct Background {
    /// Our own picture, to be freed.
    own: Option<u32>,
    /// The one that another program announced.
    theirs: Option<u32>,
    /// The screen full of a smaller one of theirs, to be freed.
    repeated: Option<u32>,
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
        // Not as ESETROOT_PMAP_ID too: where both are one pixmap, programs that
        // set another kill its owner, which by that custom lives on for nothing
        // but the pixmap.
        let (atom, kind) = (display.atoms._XROOTPMAP_ID, AtomEnum::PIXMAP);
        display.change_property32(PropMode::REPLACE, display.root, atom, kind, &[pixmap])?;
        self.forget(display)?;
        self.own = Some(pixmap);
        self.shown = Some((pixmap, size, display.root_depth));
        self.stale = true;
        Ok(())
    }

    fn forget(&mut self, display: &Display) -> Result<()> {
        self.theirs = None;
        for old in [self.own.take(), self.repeated.take()].into_iter().flatten() {
            display.free_pixmap(old)?;
        }
        Ok(())
    }

    /// The root property changed, or the size of the `screen` did: takes over
    /// what another program set. True if the background is another one now.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn announced(&mut self, display: &Display, screen: Size) -> Result<bool> {
        let value =
            PendingValue::ask(display, display.root, display.atoms._XROOTPMAP_ID)?.value()?;
        let Some(pixmap) = value.long().filter(|pixmap| *pixmap != 0) else { return Ok(false) };
        let covers = self.shown.is_some_and(|(_, s, _)| s.w >= screen.w && s.h >= screen.h);
        if self.own == Some(pixmap) || (self.theirs == Some(pixmap) && covers) {
            return Ok(false);
        }
        // A lie, or already freed, has no geometry.
        let Some(geometry) = optional(display.get_geometry(pixmap)?.reply())? else {
            return Ok(false);
        };
        let size = Size::new(geometry.width.into(), geometry.height.into());
        self.forget(display)?;
        self.theirs = Some(pixmap);
        self.shown = Some((pixmap, size, geometry.depth));
        self.stale = true;
        if size.w < screen.w || size.h < screen.h {
            let whole = display.generate_id()?;
            let (w, h) = (extent16(screen.w), extent16(screen.h));
            display.create_pixmap(geometry.depth, whole, display.root, w, h)?;
            let gc = display.generate_id()?;
            let aux = CreateGCAux::new().tile(pixmap).fill_style(FillStyle::TILED);
            display.create_gc(gc, whole, &aux)?;
            let all = Rectangle { x: 0, y: 0, width: w, height: h };
            display.poly_fill_rectangle(whole, gc, &[all])?;
            display.free_gc(gc)?;
            self.repeated = Some(whole);
            self.shown = Some((whole, screen, geometry.depth));
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
            display.delete_property(display.root, display.atoms._XROOTPMAP_ID)?;
        }
        Ok(())
    }

    /// Whether it is ours rather than another program's.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// What is shown.
    #[must_use]
    pub fn pixmap(&self) -> Option<u32> {
        self.shown.map(|(pixmap, ..)| pixmap)
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
