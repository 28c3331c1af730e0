//! Grabs of pointer, keyboard and buttons, and giving the focus.
//!
//! Owns how they are asked for. Must not know why.

use wm_core::event::Event;
use wm_core::geom::Point;
use wm_core::geom::Root;
use wm_core::request::{Cursor, FocusTarget};
use wm_core::settings::Modifiers;
use wm_core::{Timestamp, WindowId};
use x11rb::protocol::xproto::{
    Allow, AtomEnum, ButtonIndex, ClientMessageEvent, ConnectionExt as _, EventMask, GrabMode,
    GrabStatus, InputFocus, ModMask, PropMode,
};
use x11rb::wrapper::ConnectionExt as _;

use super::errors::optional;
use super::{Result, Server, int16};

/// Which grabs are active.
#[derive(Debug, Default)]
pub struct Grabs {
    /// The pointer, by the model.
    pub pointer: bool,
    /// The keyboard, by the model.
    pub keyboard: bool,
    /// Keyboard and pointer, by an open menu.
    pub menu: bool,
}

/// Events of a pointer grab.
fn pointer_mask() -> EventMask {
    EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::POINTER_MOTION
}

impl Server {
    /// Grabs the pointer, or changes the grab's cursor.
    pub(super) fn grab_pointer(&mut self, cursor: Cursor) -> Result<()> {
        let shape = self.cursors.get(&self.display, cursor);
        let x = &self.display;
        if self.grabs.pointer {
            x.change_active_pointer_grab(shape, x11rb::CURRENT_TIME, pointer_mask())?;
            return Ok(());
        }
        let (mode, none) = (GrabMode::ASYNC, x11rb::NONE);
        // Not `time`: a press that only its client saw would be newer, and the
        // grab that it asks for refused.
        let now = x11rb::CURRENT_TIME;
        let cookie = x.grab_pointer(false, x.root, pointer_mask(), mode, mode, none, shape, now)?;
        let place = x.query_pointer(x.root)?;
        let granted = optional(cookie.reply())?.is_some_and(|r| r.status == GrabStatus::SUCCESS);
        let place = optional(place.reply())?;
        if granted {
            self.grabs.pointer = true;
            if let Some(place) = place {
                let state = u16::from(place.mask);
                self.facts.push_back(Event::PointerGrabbed {
                    at: Point::new(place.root_x.into(), place.root_y.into()),
                    // The buttons follow the eight modifiers.
                    buttons: (state >> 8 & 0x1f) as u8,
                    modifiers: self.keys.mapping.modifiers_of(state),
                    time: Timestamp(self.time.0),
                });
            }
        } else {
            tracing::debug!("the pointer is grabbed by another program");
            self.facts.push_back(Event::GrabFailed);
        }
        Ok(())
    }

    /// Lets the pointer go.
    pub(super) fn ungrab_pointer(&mut self, time: Timestamp) -> Result<()> {
        self.grabs.pointer = false;
        // An ungrab with a time before the grab's would be ignored.
        let _ = time;
        self.display.ungrab_pointer(x11rb::CURRENT_TIME)?;
        Ok(())
    }

    /// Grabs the keyboard. A modifier that was let go before the grab was
    /// there would never be heard of: the state is asked for with the grab.
    pub(super) fn grab_keyboard(&mut self, time: Timestamp) -> Result<()> {
        let x = &self.display;
        let (mode, now) = (GrabMode::ASYNC, x11rb::CURRENT_TIME);
        let grab = x.grab_keyboard(false, x.root, now, mode, mode)?;
        let pointer = x.query_pointer(x.root)?;
        let granted = optional(grab.reply())?.is_some_and(|r| r.status == GrabStatus::SUCCESS);
        let pointer = optional(pointer.reply())?;
        if !granted {
            tracing::debug!("the keyboard is grabbed by another program");
            self.facts.push_back(Event::GrabFailed);
            return Ok(());
        }
        self.grabs.keyboard = true;
        if let Some(pointer) = pointer {
            self.facts.push_back(Event::Key(wm_core::event::KeyEvent {
                keysym: 0,
                pressed: false,
                modifiers: self.keys.mapping.modifiers_of(pointer.mask.into()),
                action: None,
                time,
            }));
        }
        Ok(())
    }

    /// Lets the keyboard go.
    pub(super) fn ungrab_keyboard(&mut self) -> Result<()> {
        self.grabs.keyboard = false;
        self.display.ungrab_keyboard(x11rb::CURRENT_TIME)?;
        Ok(())
    }

    /// Lets the server go on after a press that a passive grab has frozen.
    pub(super) fn allow_events(&self, replay: bool) -> Result<()> {
        let mode = if replay { Allow::REPLAY_POINTER } else { Allow::ASYNC_POINTER };
        self.display.allow_events(mode, x11rb::CURRENT_TIME)?;
        Ok(())
    }

    /// Grabs all clicks on a client, or only those with the drag modifiers.
    pub(super) fn grab_clicks(&mut self, id: WindowId, all: bool) -> Result<()> {
        let Some(managed) = self.windows.get_mut(id) else { return Ok(()) };
        if managed.grabs_all == Some(all) {
            return Ok(());
        }
        managed.grabs_all = Some(all);
        let x = &self.display;
        let client = id.xid.0;
        x.ungrab_button(ButtonIndex::ANY, client, ModMask::ANY)?;
        let grab = |button, modifiers| {
            x.grab_button(
                false,
                client,
                EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE,
                GrabMode::SYNC,
                GrabMode::ASYNC,
                x11rb::NONE,
                x11rb::NONE,
                button,
                modifiers,
            )
        };
        if all {
            grab(ButtonIndex::ANY, ModMask::ANY)?;
        } else if self.drag_modifiers != 0 {
            for button in [ButtonIndex::M1, ButtonIndex::M2, ButtonIndex::M3] {
                for lock in self.keys.mapping.locks() {
                    grab(button, ModMask::from(self.drag_modifiers | lock))?;
                }
            }
        }
        Ok(())
    }

    /// Grabs all clients' buttons anew: the drag modifiers or the keyboard
    /// mapping changed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn regrab_clicks(&mut self, drag_modifiers: Modifiers) -> Result<()> {
        self.drag_modifiers = drag_modifiers.0;
        let all: Vec<_> =
            self.windows.managed().filter_map(|m| m.grabs_all.map(|all| (m.id, all))).collect();
        for (id, grabs_all) in all {
            if let Some(managed) = self.windows.get_mut(id) {
                managed.grabs_all = None;
            }
            self.grab_clicks(id, grabs_all)?;
        }
        Ok(())
    }

    /// Gives the focus. CurrentTime wins over whatever other programs have
    /// done; but then later requests must not be older than that moment, so
    /// the server is asked for a time (by a change of a property of our own),
    /// and until it is known CurrentTime is used again.
    pub(super) fn focus(&mut self, target: FocusTarget, time: Timestamp) -> Result<()> {
        let now = time == Timestamp::CURRENT || self.focus_times > 0;
        let time = if now { Timestamp::CURRENT } else { Timestamp(self.time.0) };
        self.set_focus(target, time)?;
        let client = match target {
            FocusTarget::Client { id, .. } => Some(id.xid),
            FocusTarget::Nothing => None,
        };
        self.colormaps.focus(&self.display, client)?;
        if now {
            self.ask_time()?;
        }
        Ok(())
    }

    fn set_focus(&mut self, target: FocusTarget, time: Timestamp) -> Result<()> {
        let (window, set_input, take_focus) = match target {
            FocusTarget::Client { id, set_input, take_focus } => (id.xid.0, set_input, take_focus),
            FocusTarget::Nothing => (self.selections.window, true, false),
        };
        if set_input {
            let to_root = InputFocus::POINTER_ROOT;
            let cookie = self.display.set_input_focus(to_root, window, time.0)?;
            self.focus_since = cookie.sequence_number();
            self.focus_holder = window;
        }
        self.take_focus_due = None;
        if take_focus && time == Timestamp::CURRENT {
            // The client sets the focus at the time that it is told, which
            // must not be before this.
            self.take_focus_due = Some(window);
        } else if take_focus {
            let protocol = self.display.atoms.WM_TAKE_FOCUS;
            self.send_protocol(window, protocol, time, [0; 3])?;
        }
        Ok(())
    }

    /// The focus went to a window. If a client took it by itself, it may have
    /// been at a time that is newer than any that was seen here: the server is
    /// asked for one.
    pub(super) fn focus_went(&mut self, window: u32) -> Result<()> {
        if std::mem::replace(&mut self.focus_holder, window) != window {
            self.ask_time()?;
        }
        Ok(())
    }

    /// Has the server tell its time, by a change of a property of our own.
    fn ask_time(&mut self) -> Result<()> {
        self.focus_times += 1;
        let (window, stamp) = (self.selections.window, self.display.atoms.TIMESTAMP);
        let (mode, kind) = (PropMode::APPEND, AtomEnum::STRING);
        self.display.change_property8(mode, window, stamp, kind, &[])?;
        Ok(())
    }

    /// The server has told its time.
    pub(super) fn time_came(&mut self) -> Result<()> {
        self.focus_times = self.focus_times.saturating_sub(1);
        if self.focus_times == 0
            && let Some(window) = self.take_focus_due.take()
        {
            let protocol = self.display.atoms.WM_TAKE_FOCUS;
            self.send_protocol(window, protocol, self.time, [0; 3])?;
        }
        Ok(())
    }

    /// Tells the model where the pointer is.
    pub(super) fn ask_pointer(&mut self) -> Result<()> {
        let reply = optional(self.display.query_pointer(self.display.root)?.reply())?;
        let at = reply.map_or(Point::new(0, 0), |r| Point::new(r.root_x.into(), r.root_y.into()));
        self.facts.push_back(Event::PointerAt(at));
        Ok(())
    }

    /// Sends a WM_PROTOCOLS message.
    pub(super) fn send_protocol(
        &self,
        client: u32,
        protocol: u32,
        time: Timestamp,
        rest: [u32; 3],
    ) -> Result<()> {
        let data = [protocol, self.stamp(time), rest[0], rest[1], rest[2]];
        let message = ClientMessageEvent::new(32, client, self.display.atoms.WM_PROTOCOLS, data);
        self.display.send_event(false, client, EventMask::NO_EVENT, message)?;
        Ok(())
    }

    /// A time for messages: the newest known instead of CurrentTime, which
    /// clients may not use.
    const fn stamp(&self, time: Timestamp) -> u32 {
        if time.0 == 0 { self.time.0 } else { time.0 }
    }

    /// Puts the pointer somewhere.
    pub(super) fn warp(&self, to: Point<Root>) -> Result<()> {
        let (none, root) = (x11rb::NONE, self.display.root);
        self.display.warp_pointer(none, root, 0, 0, 0, 0, int16(to.x), int16(to.y))?;
        Ok(())
    }
}
