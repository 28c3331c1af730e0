//! The end: what is given back besides the windows.
//!
//! Owns its order. Must not know why the session ends.

use wm_core::Timestamp;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, InputFocus,
};
use x11rb::wrapper::ConnectionExt as _;

use super::App;
use crate::x11::ewmh;

impl App {
    /// Gives the rest back, once the model has handed over every window.
    pub(super) fn leave(mut self) -> anyhow::Result<()> {
        let now = self.now();
        if let Some(menu) = self.menu.take() {
            menu.close(&mut self.server)?;
        }
        self.board.close(&self.server.display)?;
        if self.compositor.is_some() {
            self.end_compositing(now)?;
        }
        let display = &self.server.display;
        ewmh::retract(display)?;
        self.server.background.retract(display)?;
        // Who works goes on working: reparenting took the focus away. A client
        // that cannot have it leaves it where the request before put it.
        let nobody = u32::from(InputFocus::POINTER_ROOT);
        let active = self.wm.active().map(|xid| xid.0);
        for focus in std::iter::once(nobody).chain(active) {
            let revert = InputFocus::POINTER_ROOT;
            display.set_input_focus(revert, focus, Timestamp::CURRENT.0)?.ignore_error();
        }
        display.ungrab_key(0u8, display.root, x11rb::protocol::xproto::ModMask::ANY)?;
        let none = ChangeWindowAttributesAux::new().event_mask(EventMask::NO_EVENT);
        display.change_window_attributes(display.root, &none)?;
        // The next window manager waits for this window to go: last of all.
        display.destroy_window(self.server.guard)?;
        display.destroy_window(self.server.selections.window)?;
        display.sync()?;
        tracing::info!("everything is handed back");
        Ok(())
    }
}
