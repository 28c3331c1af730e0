//! Synthetic top-level windows with any properties, good or bad.
//!
//! A window paints itself from its background, so that no exposure needs an answer and what
//! stands on the screen is known to the pixel.

mod builder;

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::sync::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConfigureNotifyEvent, ConfigureWindowAux,
    ConnectionExt as _, CreateGCAux, EventMask, PropMode, UnmapNotifyEvent, Window as WindowId,
};

use self::builder::Background;
pub use self::builder::Builder;
use crate::client::{Client, Mark};
use crate::pixels::Rectangle;

/// `WM_STATE` of a window that is not managed (ICCCM 4.1.3.1).
pub const WITHDRAWN: u32 = 0;
/// `WM_STATE` of a window that is shown.
pub const NORMAL: u32 = 1;
/// `WM_STATE` of a minimized window.
pub const ICONIC: u32 = 3;

/// A top-level window of a scripted client.
#[derive(Clone, Copy, Debug)]
pub struct Window<'c> {
    client: &'c Client,
    id: WindowId,
}

impl<'c> Window<'c> {
    /// Takes hold of a window that something else made.
    #[must_use]
    pub fn existing(client: &'c Client, id: WindowId) -> Self {
        Self { client, id }
    }

    /// Its X identifier.
    #[must_use]
    pub fn id(self) -> WindowId {
        self.id
    }

    /// Asks for it to be mapped.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn map(self) -> Result<()> {
        self.client.connection().map_window(self.id)?;
        Ok(self.client.connection().flush()?)
    }

    /// Unmaps it without the synthetic event: what an old client does to withdraw.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn unmap(self) -> Result<()> {
        self.client.connection().unmap_window(self.id)?;
        self.client.sync()
    }

    /// Withdraws it as ICCCM 4.1.4 wants: unmap, and a synthetic UnmapNotify to the root.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn withdraw(self) -> Result<()> {
        let connection = self.client.connection();
        let root = self.client.root();
        connection.unmap_window(self.id)?;
        let event = UnmapNotifyEvent {
            response_type: x11rb::protocol::xproto::UNMAP_NOTIFY_EVENT,
            sequence: 0,
            event: root,
            window: self.id,
            from_configure: false,
        };
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::SUBSTRUCTURE_REDIRECT;
        connection.send_event(false, root, mask, event)?;
        self.client.sync()
    }

    /// Asks to be minimized (`WM_CHANGE_STATE`, ICCCM 4.1.4).
    ///
    /// # Errors
    /// When the connection fails.
    pub fn iconify(self) -> Result<()> {
        crate::ewmh::message(self.client, self.id, "WM_CHANGE_STATE", [ICONIC, 0, 0, 0, 0])
    }

    /// Destroys it.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn destroy(self) -> Result<()> {
        self.client.connection().destroy_window(self.id)?;
        self.client.sync()
    }

    /// Asks for another place, size, border or stacking.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn configure(self, values: &ConfigureWindowAux) -> Result<()> {
        self.client.connection().configure_window(self.id, values)?;
        self.client.sync()
    }

    /// Asks for another place and size.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn move_resize(self, x: i32, y: i32, width: u32, height: u32) -> Result<()> {
        self.configure(&ConfigureWindowAux::new().x(x).y(y).width(width).height(height))
    }

    /// Sets `WM_NAME` and `_NET_WM_NAME`.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn set_title(self, title: &str) -> Result<()> {
        let utf8 = self.client.atom("UTF8_STRING")?;
        self.set_property("_NET_WM_NAME", utf8, 8, title.as_bytes())?;
        self.set_property("WM_NAME", utf8, 8, title.as_bytes())
    }

    /// Sets any property to any bytes; `format` is 8, 16 or 32 and the bytes are in the host's
    /// order.
    ///
    /// # Errors
    /// When the connection fails or the server refuses.
    pub fn set_property(
        self,
        name: &str,
        kind: impl Into<Atom>,
        format: u8,
        value: &[u8],
    ) -> Result<()> {
        let atom = self.client.atom(name)?;
        let units = u32::try_from(value.len() / usize::from(format / 8))?;
        self.client
            .connection()
            .change_property(PropMode::REPLACE, self.id, atom, kind, format, units, value)?
            .check()
            .with_context(|| format!("set {name}"))
    }

    /// Sets a property of 32-bit numbers (`CARDINAL`).
    ///
    /// # Errors
    /// When the connection fails.
    pub fn set_numbers(self, name: &str, values: &[u32]) -> Result<()> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
        self.set_property(name, AtomEnum::CARDINAL, 32, &bytes)
    }

    /// Sets a property of atoms, given by their names.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn set_atoms(self, name: &str, values: &[impl AsRef<str>]) -> Result<()> {
        let mut bytes = Vec::new();
        for value in values {
            bytes.extend_from_slice(&self.client.atom(value.as_ref())?.to_ne_bytes());
        }
        self.set_property(name, AtomEnum::ATOM, 32, &bytes)
    }

    /// Sets `_MOTIF_WM_HINTS`: which of the rest count, functions, decorations, input mode, status.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn set_motif(self, hints: [u32; 5]) -> Result<()> {
        let bytes: Vec<u8> = hints.iter().flat_map(|value| value.to_ne_bytes()).collect();
        let kind = self.client.atom("_MOTIF_WM_HINTS")?;
        self.set_property("_MOTIF_WM_HINTS", kind, 32, &bytes)
    }

    /// Removes a property.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn delete_property(self, name: &str) -> Result<()> {
        let atom = self.client.atom(name)?;
        self.client.connection().delete_property(self.id, atom)?;
        self.client.sync()
    }

    /// The counter made by [`Builder::sync_counter`].
    ///
    /// # Errors
    /// When it has none.
    pub fn sync_counter(self) -> Result<u32> {
        self.client
            .numbers(self.id, "_NET_WM_SYNC_REQUEST_COUNTER")?
            .and_then(|values| values.first().copied())
            .context("no sync counter")
    }

    /// Sets its synchronisation counter, as a client does after it has drawn.
    ///
    /// # Errors
    /// When it has none.
    pub fn set_sync_counter(self, value: i64) -> Result<()> {
        let counter = self.sync_counter()?;
        let [high, low] = [(value >> 32) as i32, value as i32];
        let value = sync::Int64 { hi: high, lo: u32::from_ne_bytes(low.to_ne_bytes()) };
        self.client.connection().sync_set_counter(counter, value)?;
        self.client.sync()
    }

    /// Fills a rectangle of it with a colour, `0xAARRGGBB`, at once.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn fill(self, rectangle: Rectangle, color: u32) -> Result<()> {
        let connection = self.client.connection();
        let context = self.client.new_id()?;
        connection.create_gc(context, self.id, &CreateGCAux::new().foreground(color))?;
        connection.poly_fill_rectangle(self.id, context, &[rectangle.to_x()])?;
        connection.free_gc(context)?;
        self.client.sync()
    }

    /// Changes the colour that it is filled with and repaints it.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn set_color(self, color: u32) -> Result<()> {
        let connection = self.client.connection();
        let attributes = ChangeWindowAttributesAux::new().background_pixel(color);
        connection.change_window_attributes(self.id, &attributes)?;
        connection.clear_area(false, self.id, 0, 0, 0, 0)?;
        self.client.sync()
    }

    fn set_background(self, background: Background, depth: u8, size: (u16, u16)) -> Result<()> {
        let connection = self.client.connection();
        let attributes = match background {
            Background::Color(color) => ChangeWindowAttributesAux::new().background_pixel(color),
            Background::TestCard(seed) => {
                let pixmap = self.client.new_id()?;
                connection.create_pixmap(depth, pixmap, self.id, size.0, size.1)?;
                let context = self.client.new_id()?;
                connection.create_gc(context, pixmap, &CreateGCAux::new())?;
                crate::pixels::put_test_card(self.client, pixmap, context, depth, size, seed)?;
                connection.free_gc(context)?;
                ChangeWindowAttributesAux::new().background_pixmap(pixmap)
            }
        };
        connection.change_window_attributes(self.id, &attributes)?.check()?;
        Ok(())
    }

    /// Its rectangle without border, in root coordinates.
    ///
    /// # Errors
    /// When it is gone.
    pub fn geometry(self) -> Result<Rectangle> {
        self.client.geometry(self.id)
    }

    /// The child of the root that holds it: its frame, or itself.
    ///
    /// # Errors
    /// When it is gone.
    pub fn top_level(self) -> Result<WindowId> {
        self.client.top_level(self.id)
    }

    /// `WM_STATE`'s first number; `None` when there is none.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn wm_state(self) -> Result<Option<u32>> {
        let values = self.client.numbers(self.id, "WM_STATE")?;
        Ok(values.and_then(|values| values.first().copied()))
    }

    /// Whether `_NET_WM_STATE` holds a state, such as `HIDDEN`.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn has_state(self, short: &str) -> Result<bool> {
        let atom = self.client.atom(&format!("_NET_WM_STATE_{short}"))?;
        let values = self.client.numbers(self.id, "_NET_WM_STATE")?;
        Ok(values.is_some_and(|values| values.contains(&atom)))
    }

    /// Waits until it is on the screen.
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait_viewable(self) -> Result<()> {
        self.client.wait_true("window viewable", || self.client.is_viewable(self.id))
    }

    /// Waits until a window manager has taken it in and shows it.
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait_managed(self) -> Result<()> {
        self.wait_wm_state(Some(NORMAL))?;
        self.wait_viewable()
    }

    /// Waits until `WM_STATE` has this value; `None` is satisfied by no property as well as by
    /// [`WITHDRAWN`].
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait_wm_state(self, state: Option<u32>) -> Result<()> {
        self.client.wait_true(&format!("WM_STATE {state:?} of {:#x}", self.id), || {
            let present = self.wm_state()?;
            Ok(present == state || (state.is_none() && present == Some(WITHDRAWN)))
        })
    }

    /// Waits until `_NET_WM_STATE` holds, or does not hold, a state.
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait_state(self, short: &str, present: bool) -> Result<()> {
        self.client.wait_true(&format!("_NET_WM_STATE_{short} {present}"), || {
            Ok(self.has_state(short)? == present)
        })
    }

    /// Waits until its rectangle in root coordinates satisfies a condition, and returns it.
    ///
    /// # Errors
    /// When the deadline passes; the message says where it was instead.
    pub fn wait_geometry(
        self,
        what: &str,
        mut condition: impl FnMut(Rectangle) -> bool,
    ) -> Result<Rectangle> {
        let waited = self.client.wait_until(what, || {
            let geometry = self.geometry()?;
            Ok(condition(geometry).then_some(geometry))
        });
        waited.with_context(|| format!("geometry is {:?}", self.geometry()))
    }

    /// Waits until it has the keyboard.
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait_focused(self) -> Result<()> {
        self.client
            .wait_true(&format!("focus on {:#x}", self.id), || Ok(self.client.focus()? == self.id))
            .with_context(|| format!("focus is on {:#x?}", self.client.focus()))
    }

    /// Waits for a ConfigureNotify about it after the mark; `synthetic` ones are sent by a window
    /// manager and speak in root coordinates (ICCCM 4.1.5).
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait_configure_notify(
        self,
        mark: Mark,
        synthetic: bool,
    ) -> Result<ConfigureNotifyEvent> {
        self.client.wait_event(mark, "ConfigureNotify", |event| match event {
            Event::ConfigureNotify(notify)
                if notify.window == self.id && (notify.response_type & 0x80 != 0) == synthetic =>
            {
                Some(*notify)
            }
            _ => None,
        })
    }

    /// Waits for a client message of a protocol in `WM_PROTOCOLS` and returns its five numbers.
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait_protocol(self, mark: Mark, name: &str) -> Result<[u32; 5]> {
        let protocols = self.client.atom("WM_PROTOCOLS")?;
        let protocol = self.client.atom(name)?;
        self.client.wait_event(mark, name, |event| match event {
            Event::ClientMessage(message)
                if message.window == self.id
                    && message.type_ == protocols
                    && message.data.as_data32()[0] == protocol =>
            {
                Some(message.data.as_data32())
            }
            _ => None,
        })
    }

    /// Whether no client message of a protocol has come since the mark.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn has_no_protocol(self, mark: Mark, name: &str) -> Result<bool> {
        let protocol = self.client.atom(name)?;
        let is_one = |event: &Event| match event {
            Event::ClientMessage(message) => {
                message.window == self.id && message.data.as_data32()[0] == protocol
            }
            _ => false,
        };
        Ok(!self.client.events_since(mark)?.iter().any(is_one))
    }

    /// Asks for more of its events than a synthetic window is told anyway.
    ///
    /// # Errors
    /// When it is gone.
    pub fn select(self, mask: EventMask) -> Result<()> {
        self.client.select(self.id, mask | event_mask())
    }
}

/// What a synthetic window asks to be told.
fn event_mask() -> EventMask {
    EventMask::STRUCTURE_NOTIFY
        | EventMask::PROPERTY_CHANGE
        | EventMask::FOCUS_CHANGE
        | EventMask::KEY_PRESS
        | EventMask::KEY_RELEASE
        | EventMask::BUTTON_PRESS
        | EventMask::BUTTON_RELEASE
        | EventMask::ENTER_WINDOW
}
