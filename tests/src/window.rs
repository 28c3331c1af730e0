//! Synthetic top-level windows with any properties, good or bad.
//!
//! A window paints itself from its background, so that no exposure needs an answer and what
//! stands on the screen is known to the pixel.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::properties::{WmHints, WmHintsState, WmSizeHints, WmSizeHintsSpecification};
use x11rb::protocol::Event;
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::sync::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ColormapAlloc, ConfigureNotifyEvent,
    ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask, Gravity,
    PropMode, Rectangle as XRectangle, UnmapNotifyEvent, VisualClass, Window as WindowId,
    WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use crate::client::{Client, Mark};
use crate::pixels::Rectangle;

/// `WM_STATE` of a window that is not managed (ICCCM 4.1.3.1).
pub const WITHDRAWN: u32 = 0;
/// `WM_STATE` of a window that is shown.
pub const NORMAL: u32 = 1;
/// `WM_STATE` of a minimized window.
pub const ICONIC: u32 = 3;

/// What a window shows.
#[derive(Clone, Copy, Debug)]
enum Background {
    /// One colour, `0xAARRGGBB`.
    Color(u32),
    /// A picture in which every place looks different, and different for every seed.
    TestCard(u32),
}

/// A property to set before the window is mapped.
#[derive(Debug)]
struct Property {
    name: String,
    kind: Atom,
    format: u8,
    value: Vec<u8>,
}

/// A window in the making; ends with [`Builder::create`] or [`Builder::map`].
#[derive(Debug)]
pub struct Builder<'c> {
    client: &'c Client,
    title: Option<String>,
    class: (String, String),
    place: (i16, i16),
    size: (u16, u16),
    border: u16,
    background: Background,
    override_redirect: bool,
    input_only: bool,
    argb: bool,
    size_hints: WmSizeHints,
    hints: WmHints,
    protocols: Vec<String>,
    atoms: Vec<(&'static str, Vec<String>)>,
    numbers: Vec<(String, AtomEnum, Vec<u32>)>,
    properties: Vec<Property>,
    sync_counter: bool,
    shape: Option<Vec<XRectangle>>,
}

impl<'c> Builder<'c> {
    pub(crate) fn new(client: &'c Client) -> Self {
        Self {
            client,
            title: None,
            class: ("testkit".to_owned(), "Testkit".to_owned()),
            place: (0, 0),
            size: (200, 150),
            border: 0,
            background: Background::Color(0xff30_60c0),
            override_redirect: false,
            input_only: false,
            argb: false,
            size_hints: WmSizeHints::new(),
            hints: WmHints { input: Some(true), ..WmHints::new() },
            protocols: Vec::new(),
            atoms: Vec::new(),
            numbers: Vec::new(),
            properties: Vec::new(),
            sync_counter: false,
            shape: None,
        }
    }

    /// `WM_NAME` and `_NET_WM_NAME`.
    #[must_use]
    pub fn title(mut self, title: &str) -> Self {
        self.title = Some(title.to_owned());
        self
    }

    /// `WM_CLASS`: instance and class.
    #[must_use]
    pub fn class(mut self, instance: &str, class: &str) -> Self {
        self.class = (instance.to_owned(), class.to_owned());
        self
    }

    /// Size in pixels.
    #[must_use]
    pub fn size(mut self, width: u16, height: u16) -> Self {
        self.size = (width, height);
        self
    }

    /// Place of the upper left corner in root coordinates, with no say in the hints.
    #[must_use]
    pub fn at(mut self, x: i16, y: i16) -> Self {
        self.place = (x, y);
        self
    }

    /// Place with the hint that the user chose it (`USPosition`), which a window manager keeps.
    #[must_use]
    pub fn placed(mut self, x: i16, y: i16) -> Self {
        self.size_hints.position =
            Some((WmSizeHintsSpecification::UserSpecified, x.into(), y.into()));
        self.at(x, y)
    }

    /// The X border's width in pixels.
    #[must_use]
    pub fn border(mut self, width: u16) -> Self {
        self.border = width;
        self
    }

    /// Filled with one colour, `0xAARRGGBB`; the alpha matters with [`Builder::argb`] only.
    #[must_use]
    pub fn color(mut self, color: u32) -> Self {
        self.background = Background::Color(color);
        self
    }

    /// Filled with a picture in which every place looks different, another for each seed; see
    /// [`crate::pixels::test_card_pixel`].
    #[must_use]
    pub fn test_card(mut self, seed: u32) -> Self {
        self.background = Background::TestCard(seed);
        self
    }

    /// Unmanaged: a menu, a tooltip.
    #[must_use]
    pub fn override_redirect(mut self) -> Self {
        self.override_redirect = true;
        self
    }

    /// A window without pixels.
    #[must_use]
    pub fn input_only(mut self) -> Self {
        self.input_only = true;
        self
    }

    /// Depth 32: colours have alpha, premultiplied.
    #[must_use]
    pub fn argb(mut self) -> Self {
        self.argb = true;
        self
    }

    /// Changes `WM_NORMAL_HINTS`.
    #[must_use]
    pub fn size_hints(mut self, change: impl FnOnce(&mut WmSizeHints)) -> Self {
        change(&mut self.size_hints);
        self
    }

    /// Smallest size in pixels (`PMinSize`).
    #[must_use]
    pub fn min_size(self, width: i32, height: i32) -> Self {
        self.size_hints(|hints| hints.min_size = Some((width, height)))
    }

    /// Largest size in pixels (`PMaxSize`).
    #[must_use]
    pub fn max_size(self, width: i32, height: i32) -> Self {
        self.size_hints(|hints| hints.max_size = Some((width, height)))
    }

    /// Which point of the window stays where the client asked (`PWinGravity`).
    #[must_use]
    pub fn gravity(self, gravity: Gravity) -> Self {
        self.size_hints(|hints| hints.win_gravity = Some(gravity))
    }

    /// Changes `WM_HINTS`.
    #[must_use]
    pub fn hints(mut self, change: impl FnOnce(&mut WmHints)) -> Self {
        change(&mut self.hints);
        self
    }

    /// Begins minimized.
    #[must_use]
    pub fn iconic(self) -> Self {
        self.hints(|hints| hints.initial_state = Some(WmHintsState::Iconic))
    }

    /// Whether it takes the keyboard when given it (`WM_HINTS.input`).
    #[must_use]
    pub fn input(self, input: bool) -> Self {
        self.hints(|hints| hints.input = Some(input))
    }

    /// Adds a protocol to `WM_PROTOCOLS`, such as `WM_DELETE_WINDOW`.
    #[must_use]
    pub fn protocol(mut self, name: &str) -> Self {
        self.protocols.push(name.to_owned());
        self
    }

    /// `_NET_WM_WINDOW_TYPE`, such as `DIALOG` for `_NET_WM_WINDOW_TYPE_DIALOG`.
    #[must_use]
    pub fn window_type(mut self, short: &str) -> Self {
        self.atoms.push(("_NET_WM_WINDOW_TYPE", vec![format!("_NET_WM_WINDOW_TYPE_{short}")]));
        self
    }

    /// `_NET_WM_STATE` at the start, such as `ABOVE` for `_NET_WM_STATE_ABOVE`.
    #[must_use]
    pub fn states(mut self, short: &[&str]) -> Self {
        let names = short.iter().map(|name| format!("_NET_WM_STATE_{name}")).collect();
        self.atoms.push(("_NET_WM_STATE", names));
        self
    }

    /// `WM_TRANSIENT_FOR`.
    #[must_use]
    pub fn transient_for(mut self, window: WindowId) -> Self {
        self.numbers.push(("WM_TRANSIENT_FOR".to_owned(), AtomEnum::WINDOW, vec![window]));
        self
    }

    /// `_NET_WM_WINDOW_OPACITY`, `u32::MAX` being opaque.
    #[must_use]
    pub fn opacity(self, opacity: u32) -> Self {
        self.cardinals("_NET_WM_WINDOW_OPACITY", &[opacity])
    }

    /// `_NET_WM_STRUT_PARTIAL`: left, right, top, bottom, then the span of each.
    #[must_use]
    pub fn strut(self, strut: [u32; 12]) -> Self {
        self.cardinals("_NET_WM_STRUT_PARTIAL", &strut)
    }

    /// A property of 32-bit numbers (`CARDINAL`).
    #[must_use]
    pub fn cardinals(mut self, name: &str, values: &[u32]) -> Self {
        self.numbers.push((name.to_owned(), AtomEnum::CARDINAL, values.to_owned()));
        self
    }

    /// `_MOTIF_WM_HINTS` with a word on decorations: 0 for none, 1 for all.
    #[must_use]
    pub fn motif_decorations(mut self, decorations: u32) -> Self {
        let values = vec![2, 0, decorations, 0, 0];
        self.numbers.push(("_MOTIF_WM_HINTS".to_owned(), AtomEnum::NONE, values));
        self
    }

    /// Any property of any type and format, for what a hostile client may send.
    #[must_use]
    pub fn property(mut self, name: &str, kind: impl Into<Atom>, format: u8, value: &[u8]) -> Self {
        self.properties.push(Property {
            name: name.to_owned(),
            kind: kind.into(),
            format,
            value: value.to_owned(),
        });
        self
    }

    /// Takes part in `_NET_WM_SYNC_REQUEST`; the counter is [`Window::sync_counter`].
    #[must_use]
    pub fn sync_counter(mut self) -> Self {
        self.sync_counter = true;
        self.protocol("_NET_WM_SYNC_REQUEST")
    }

    /// Bounds its shape to these rectangles of the window.
    #[must_use]
    pub fn shape(mut self, rectangles: &[Rectangle]) -> Self {
        self.shape = Some(rectangles.iter().map(|r| r.to_x()).collect());
        self
    }

    /// Makes the window with all its properties and leaves it unmapped.
    ///
    /// # Errors
    /// When a request fails.
    pub fn create(self) -> Result<Window<'c>> {
        let client = self.client;
        let connection = client.connection();
        let id = client.new_id()?;
        let (depth, visual, class) = if self.input_only {
            (0, x11rb::COPY_FROM_PARENT, WindowClass::INPUT_ONLY)
        } else if self.argb {
            (32, argb_visual(client)?, WindowClass::INPUT_OUTPUT)
        } else {
            (client.screen().root_depth, client.screen().root_visual, WindowClass::INPUT_OUTPUT)
        };
        let mut attributes = CreateWindowAux::new()
            .event_mask(event_mask())
            .override_redirect(u32::from(self.override_redirect));
        if self.argb {
            let colormap = client.new_id()?;
            connection.create_colormap(ColormapAlloc::NONE, colormap, client.root(), visual)?;
            attributes = attributes.colormap(colormap).border_pixel(0);
        }
        let border = if self.input_only { 0 } else { self.border };
        connection
            .create_window(
                depth,
                id,
                client.root(),
                self.place.0,
                self.place.1,
                self.size.0,
                self.size.1,
                border,
                class,
                visual,
                &attributes,
            )?
            .check()
            .context("create window")?;
        let window = Window { client, id };
        if !self.input_only {
            window.set_background(self.background, depth, self.size)?;
        }
        self.set_properties(window)?;
        client.sync()?;
        Ok(window)
    }

    /// Makes the window and asks for it to be mapped, without waiting for that.
    ///
    /// # Errors
    /// When a request fails.
    pub fn map(self) -> Result<Window<'c>> {
        let window = self.create()?;
        window.map()?;
        Ok(window)
    }

    fn set_properties(&self, window: Window<'c>) -> Result<()> {
        let connection = self.client.connection();
        if let Some(title) = &self.title {
            window.set_title(title)?;
        }
        let class = format!("{}\0{}\0", self.class.0, self.class.1);
        connection.change_property8(
            PropMode::REPLACE,
            window.id,
            AtomEnum::WM_CLASS,
            AtomEnum::STRING,
            class.as_bytes(),
        )?;
        self.size_hints.set_normal_hints(connection, window.id)?;
        self.hints.set(connection, window.id)?;
        if !self.protocols.is_empty() {
            window.set_atoms("WM_PROTOCOLS", &self.protocols)?;
        }
        for (name, values) in &self.atoms {
            window.set_atoms(name, values)?;
        }
        for (name, kind, values) in &self.numbers {
            let atom = self.client.atom(name)?;
            // `_MOTIF_WM_HINTS` is of the type that bears its own name.
            let kind = if *kind == AtomEnum::NONE { atom } else { Atom::from(*kind) };
            connection.change_property32(PropMode::REPLACE, window.id, atom, kind, values)?;
        }
        for property in &self.properties {
            window.set_property(&property.name, property.kind, property.format, &property.value)?;
        }
        if self.sync_counter {
            connection.sync_initialize(3, 1)?.reply()?;
            let counter = self.client.new_id()?;
            connection.sync_create_counter(counter, sync::Int64 { hi: 0, lo: 0 })?;
            window.set_numbers("_NET_WM_SYNC_REQUEST_COUNTER", &[counter])?;
        }
        if let Some(rectangles) = &self.shape {
            connection.shape_rectangles(
                shape::SO::SET,
                shape::SK::BOUNDING,
                x11rb::protocol::xproto::ClipOrdering::UNSORTED,
                window.id,
                0,
                0,
                rectangles,
            )?;
        }
        Ok(())
    }
}

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

/// The first TrueColor visual of depth 32.
fn argb_visual(client: &Client) -> Result<u32> {
    client
        .screen()
        .allowed_depths
        .iter()
        .filter(|depth| depth.depth == 32)
        .flat_map(|depth| &depth.visuals)
        .find(|visual| visual.class == VisualClass::TRUE_COLOR)
        .map(|visual| visual.visual_id)
        .context("no visual of depth 32")
}
