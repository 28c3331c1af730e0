//! The window switcher's panel: a source of the scene while compositing, a
//! window of its own otherwise.
//!
//! Owns showing it. Must not know which windows are in it, nor its looks.

use trapeze_decor::{Painter, Picture};
use wm_core::ImageId;
use wm_core::look::SwitcherLook;
use x11rb::protocol::xproto::EventMask;

use crate::compositor::Compositor;
use crate::popup::Popup;
use crate::x11::{Result, Server};

/// The panel.
#[derive(Debug, Default)]
pub struct Switcher {
    popup: Option<Popup>,
    picture: Option<Picture>,
}

impl Switcher {
    /// Shows another panel, or none.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set(
        &mut self,
        server: &Server,
        painter: &mut Painter,
        compositor: Option<&mut Compositor>,
        look: Option<&SwitcherLook>,
    ) -> Result<()> {
        let Some(look) = look else {
            self.picture = None;
            if let Some(compositor) = compositor {
                compositor.release(ImageId::Switcher);
            }
            return match self.popup.take() {
                Some(popup) => popup.close(&server.display),
                None => Ok(()),
            };
        };
        let picture = painter.switcher(look, &|id| server.frames.icon(id.xid));
        if let Some(compositor) = compositor {
            compositor.upload(ImageId::Switcher, &picture);
            self.picture = Some(picture);
            return Ok(());
        }
        let display = &server.display;
        let popup = match &mut self.popup {
            Some(popup) => popup,
            None => {
                let kind = display.atoms._NET_WM_WINDOW_TYPE_POPUP_MENU;
                self.popup.insert(Popup::new(display, look.rect, false, kind, EventMask::NO_EVENT)?)
            }
        };
        popup.place(display, look.rect)?;
        popup.show(display, picture)
    }

    /// The backend is another one: it has to be given the picture again.
    pub fn rebind(&self, compositor: &mut Compositor) {
        if let Some(picture) = &self.picture {
            compositor.upload(ImageId::Switcher, picture);
        }
    }

    /// Its window was exposed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn exposed(&self, server: &Server, window: u32) -> Result<()> {
        match &self.popup {
            Some(popup) if popup.window == window => popup.redraw(&server.display),
            _ => Ok(()),
        }
    }
}
