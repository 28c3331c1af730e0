//! Making a window: hints, properties, shape, depth, background.

use anyhow::{Context, Result};
use x11rb::properties::{WmHints, WmHintsState, WmSizeHints, WmSizeHintsSpecification};
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::sync::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ColormapAlloc, ConnectionExt as _, CreateWindowAux, Gravity, PropMode,
    Rectangle as XRectangle, VisualClass, Window as WindowId, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::{Window, event_mask};
use crate::client::Client;
use crate::pixels::Rectangle;

/// What a window shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Background {
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
