//! Small override-redirect windows that show one picture each: menus, notices,
//! and the switcher where nothing is composited.
//!
//! Owns such a window and its picture. Must not know what the picture is.

use trapeze_decor::Picture;
use wm_core::geom::{Rect, Root};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ColormapAlloc, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux,
    EventMask, PropMode, StackMode, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use crate::x11::frames::put_picture;
use crate::x11::{Display, Result, extent16, int16};

/// A window that shows a picture.
#[derive(Debug)]
pub struct Popup {
    /// The X window.
    pub window: u32,
    rect: Rect<Root>,
    depth: u8,
    gc: u32,
    colormap: u32,
    picture: Option<Picture>,
}

impl Popup {
    /// Creates and maps one at the top of the stack. With `translucent` it
    /// has an alpha channel, if the server has such visuals. `kind` is its
    /// `_NET_WM_WINDOW_TYPE`. The server tells of `events` in it beside
    /// exposures.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn new(
        display: &Display,
        rect: Rect<Root>,
        translucent: bool,
        kind: u32,
        events: EventMask,
    ) -> Result<Self> {
        let argb = display.argb_visual.filter(|_| translucent);
        let (depth, visual) = match argb {
            Some(visual) => (32, visual),
            None => (display.root_depth, display.root_visual),
        };
        let colormap = display.generate_id()?;
        display.create_colormap(ColormapAlloc::NONE, colormap, display.root, visual)?;
        let window = display.generate_id()?;
        let aux = CreateWindowAux::new()
            .background_pixmap(x11rb::NONE)
            .border_pixel(0)
            .colormap(colormap)
            .override_redirect(1)
            .save_under(u32::from(argb.is_none()))
            .event_mask(EventMask::EXPOSURE | events);
        display.create_window(
            depth,
            window,
            display.root,
            int16(rect.x),
            int16(rect.y),
            extent16(rect.w),
            extent16(rect.h),
            0,
            WindowClass::INPUT_OUTPUT,
            visual,
            &aux,
        )?;
        let kind_atom = display.atoms._NET_WM_WINDOW_TYPE;
        display.change_property32(PropMode::REPLACE, window, kind_atom, AtomEnum::ATOM, &[kind])?;
        let class = b"trapeze\0Trapeze\0";
        let (name, string) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        display.change_property8(PropMode::REPLACE, window, name, string, class)?;
        let gc = display.generate_id()?;
        display.create_gc(gc, window, &CreateGCAux::new().graphics_exposures(0))?;
        display.map_window(window)?;
        Ok(Self { window, rect, depth, gc, colormap, picture: None })
    }

    /// Moves and resizes it, and raises it.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn place(&mut self, display: &Display, rect: Rect<Root>) -> Result<()> {
        if self.rect == rect {
            return Ok(());
        }
        self.rect = rect;
        let aux = ConfigureWindowAux::new()
            .x(i32::from(int16(rect.x)))
            .y(i32::from(int16(rect.y)))
            .width(u32::from(extent16(rect.w)))
            .height(u32::from(extent16(rect.h)))
            .stack_mode(StackMode::ABOVE);
        display.configure_window(self.window, &aux)?;
        Ok(())
    }

    /// Shows a picture.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn show(&mut self, display: &Display, picture: Picture) -> Result<()> {
        if self.picture.as_ref() == Some(&picture) {
            return Ok(());
        }
        self.picture = Some(picture);
        self.redraw(display)
    }

    /// Shows it again, after an exposure.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn redraw(&self, display: &Display) -> Result<()> {
        match &self.picture {
            Some(picture) => put_picture(display, self.window, self.gc, self.depth, picture),
            None => Ok(()),
        }
    }

    /// Takes it away.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn close(self, display: &Display) -> Result<()> {
        display.free_gc(self.gc)?;
        display.destroy_window(self.window)?;
        display.free_colormap(self.colormap)?;
        Ok(())
    }
}
