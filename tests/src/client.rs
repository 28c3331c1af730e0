//! A scripted X client: one connection, and everything it has seen.
//!
//! Every event that arrives is kept in order, so that a test can ask for "a ConfigureNotify after
//! this moment" without racing against it. Waiting blocks on the connection's descriptor.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::os::fd::AsFd;

use anyhow::{Result, bail};
use x11rb::connection::{Connection, RequestConnection};
use x11rb::properties::WmHints;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, GetPropertyReply,
    Screen, Window as WindowId,
};

use crate::link;
use crate::process::Process;
use crate::server::Server;
use crate::wait::{Deadline, any_readable, readable};
use crate::window::Builder;

/// A place in the sequence of events that a client has seen.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

/// A connection to an X server under a test's control.
#[derive(Debug)]
pub struct Client {
    connection: link::Connection,
    screen: usize,
    atoms: RefCell<HashMap<String, Atom>>,
    seen: RefCell<Vec<Event>>,
    deadline: Cell<Option<Deadline>>,
}

impl Client {
    /// Connects to a private server and asks for the root window's events.
    ///
    /// # Errors
    /// When the connection or the first request fails.
    pub fn connect(server: &Server) -> Result<Self> {
        Self::connect_to(server.display())
    }

    /// Connects to a display by its name, such as `:3`.
    ///
    /// # Errors
    /// When the connection or the first request fails.
    pub fn connect_to(display: &str) -> Result<Self> {
        let (connection, screen) = link::connect(display)?;
        let client = Self {
            connection,
            screen,
            atoms: RefCell::default(),
            seen: RefCell::default(),
            deadline: Cell::new(None),
        };
        let mask = EventMask::PROPERTY_CHANGE
            | EventMask::STRUCTURE_NOTIFY
            | EventMask::SUBSTRUCTURE_NOTIFY;
        client.select(client.root(), mask)?;
        if client.connection.extension_information(randr::X11_EXTENSION_NAME)?.is_some() {
            client.connection.randr_query_version(1, 5)?.reply()?;
            let mask = randr::NotifyMask::SCREEN_CHANGE | randr::NotifyMask::CRTC_CHANGE;
            client.connection.randr_select_input(client.root(), mask)?.check()?;
        }
        Ok(client)
    }

    /// The connection, for any request that the kit has no word for.
    #[must_use]
    pub fn connection(&self) -> &link::Connection {
        &self.connection
    }

    /// The screen that it uses.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        &self.connection.setup().roots[self.screen]
    }

    /// The root window.
    #[must_use]
    pub fn root(&self) -> WindowId {
        self.screen().root
    }

    /// The root window's size in pixels when the client connected.
    #[must_use]
    pub fn screen_size(&self) -> (u16, u16) {
        (self.screen().width_in_pixels, self.screen().height_in_pixels)
    }

    /// A new identifier for a resource.
    ///
    /// # Errors
    /// When they have run out.
    pub fn new_id(&self) -> Result<u32> {
        Ok(self.connection.generate_id()?)
    }

    /// Begins a top-level window.
    #[must_use]
    pub fn window(&self) -> Builder<'_> {
        Builder::new(self)
    }

    /// The atom of this name.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn atom(&self, name: &str) -> Result<Atom> {
        if let Some(&atom) = self.atoms.borrow().get(name) {
            return Ok(atom);
        }
        let atom = self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom;
        self.atoms.borrow_mut().insert(name.to_owned(), atom);
        Ok(atom)
    }

    /// The name of an atom.
    ///
    /// # Errors
    /// When there is no such atom.
    pub fn atom_name(&self, atom: Atom) -> Result<String> {
        let reply = self.connection.get_atom_name(atom)?.reply()?;
        Ok(String::from_utf8_lossy(&reply.name).into_owned())
    }

    /// Asks for a window's events; replaces what this client asked for before.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn select(&self, window: WindowId, mask: EventMask) -> Result<()> {
        let attributes = ChangeWindowAttributesAux::new().event_mask(mask);
        Ok(self.connection.change_window_attributes(window, &attributes)?.check()?)
    }

    /// Waits until the server has carried out all that was sent.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn sync(&self) -> Result<()> {
        self.connection.get_input_focus()?.reply()?;
        Ok(())
    }

    /// Moves the events that have arrived to the log and returns how many there were.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn pump(&self) -> Result<usize> {
        let mut count = 0;
        while let Some(event) = self.connection.poll_for_event()? {
            self.seen.borrow_mut().push(event);
            count += 1;
        }
        Ok(count)
    }

    /// The present end of the log: what comes later is after this mark.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn mark(&self) -> Result<Mark> {
        self.sync()?;
        self.pump()?;
        Ok(Mark(self.seen.borrow().len()))
    }

    /// All events since the mark that have arrived, in order.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn events_since(&self, mark: Mark) -> Result<Vec<Event>> {
        self.sync()?;
        self.pump()?;
        Ok(self.seen.borrow()[mark.0..].to_vec())
    }

    /// Overrides the deadline of every later wait of this client.
    pub fn set_deadline(&self, deadline: Option<Deadline>) {
        self.deadline.set(deadline);
        self.connection.stream().set_deadline(deadline);
    }

    /// Waits for an event at or after the mark of which `pick` makes something.
    ///
    /// # Errors
    /// When the deadline passes; the message says `what` was awaited and what came instead.
    pub fn wait_event<T>(
        &self,
        mark: Mark,
        what: &str,
        mut pick: impl FnMut(&Event) -> Option<T>,
    ) -> Result<T> {
        let deadline = self.deadline.get().unwrap_or_else(Deadline::patient);
        let mut next = mark.0;
        loop {
            self.pump()?;
            while next < self.seen.borrow().len() {
                let picked = pick(&self.seen.borrow()[next]);
                next += 1;
                if let Some(value) = picked {
                    return Ok(value);
                }
            }
            self.connection.flush()?;
            if deadline.has_passed() || !self.block(deadline)? {
                let seen = self.seen.borrow();
                bail!("no {what} in time; instead: {:#?}", &seen[mark.0..]);
            }
        }
    }

    /// Waits until `check` finds what it looks for; it is called again after every event.
    ///
    /// The client must have asked for an event that accompanies the change.
    ///
    /// # Errors
    /// When `check` fails or the deadline passes.
    pub fn wait_until<T>(
        &self,
        what: &str,
        mut check: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = self.deadline.get().unwrap_or_else(Deadline::patient);
        loop {
            if let Some(value) = check()? {
                return Ok(value);
            }
            // Something else may happen all the time.
            if self.pump()? > 0 && !deadline.has_passed() {
                continue;
            }
            self.connection.flush()?;
            if deadline.has_passed() || !self.block(deadline)? {
                bail!("{what}: not so in time");
            }
        }
    }

    /// As [`Client::wait_until`], given up at once when a process ends that should bring it about.
    ///
    /// # Errors
    /// When `check` fails, the deadline passes or the process ends; the message then ends with its
    /// output.
    pub fn wait_for_process<T>(
        &self,
        what: &str,
        process: &mut Process,
        mut check: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = self.deadline.get().unwrap_or_else(Deadline::patient);
        loop {
            if let Some(value) = check()? {
                return Ok(value);
            }
            // Something else may happen all the time.
            if self.pump()? > 0 && !deadline.has_passed() {
                continue;
            }
            self.connection.flush()?;
            let ended = !process.is_running()?;
            if ended {
                bail!("{what}: {} ended; its output:\n{}", process.name(), process.output());
            }
            let end = process.end_descriptor()?;
            if deadline.has_passed()
                || !any_readable(&[self.connection.stream().as_fd(), end.as_fd()], deadline)?
            {
                bail!(
                    "{what}: not so in time; the output of {}:\n{}",
                    process.name(),
                    process.output()
                );
            }
        }
    }

    /// As [`Client::wait_until`] for a plain condition.
    ///
    /// # Errors
    /// When `check` fails or the deadline passes.
    pub fn wait_true(&self, what: &str, mut check: impl FnMut() -> Result<bool>) -> Result<()> {
        self.wait_until(what, || Ok(check()?.then_some(())))
    }

    /// Blocks until something arrives; `false` when the deadline passes first.
    fn block(&self, deadline: Deadline) -> Result<bool> {
        readable(self.connection.stream(), deadline)
    }

    /// A property's value, whole; `None` when the window does not have it or is gone.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn property(&self, window: WindowId, name: &str) -> Result<Option<GetPropertyReply>> {
        let atom = self.atom(name)?;
        let cookie =
            self.connection.get_property(false, window, atom, AtomEnum::ANY, 0, u32::MAX / 4)?;
        match cookie.reply() {
            Ok(reply) if reply.type_ == u32::from(AtomEnum::NONE) => Ok(None),
            Ok(reply) => Ok(Some(reply)),
            Err(x11rb::errors::ReplyError::X11Error(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A property's 32-bit values; `None` when absent or of another format.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn numbers(&self, window: WindowId, name: &str) -> Result<Option<Vec<u32>>> {
        Ok(self.property(window, name)?.and_then(|reply| reply.value32().map(Iterator::collect)))
    }

    /// A property's bytes as text; `None` when absent.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn text(&self, window: WindowId, name: &str) -> Result<Option<String>> {
        Ok(self
            .property(window, name)?
            .map(|reply| String::from_utf8_lossy(&reply.value).into_owned()))
    }

    /// The window's `WM_HINTS`.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn wm_hints(&self, window: WindowId) -> Result<Option<WmHints>> {
        Ok(WmHints::get(&self.connection, window)?.reply().ok().flatten())
    }

    /// Children of a window from bottom to top.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn children(&self, window: WindowId) -> Result<Vec<WindowId>> {
        Ok(self.connection.query_tree(window)?.reply()?.children)
    }

    /// The child of the root that holds a window: its frame, or itself.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn top_level(&self, window: WindowId) -> Result<WindowId> {
        let mut current = window;
        loop {
            let parent = self.connection.query_tree(current)?.reply()?.parent;
            if parent == self.root() || parent == x11rb::NONE {
                return Ok(current);
            }
            current = parent;
        }
    }

    /// A window's rectangle without its border, in root coordinates.
    ///
    /// # Errors
    /// When the window is gone.
    pub fn geometry(&self, window: WindowId) -> Result<crate::pixels::Rectangle> {
        let geometry = self.connection.get_geometry(window)?;
        let place = self.connection.translate_coordinates(window, self.root(), 0, 0)?;
        let (geometry, place) = (geometry.reply()?, place.reply()?);
        Ok(crate::pixels::Rectangle {
            x: i32::from(place.dst_x),
            y: i32::from(place.dst_y),
            width: u32::from(geometry.width),
            height: u32::from(geometry.height),
        })
    }

    /// Whether the window and all that it is in are mapped; `false` when it is gone.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn is_viewable(&self, window: WindowId) -> Result<bool> {
        use x11rb::protocol::xproto::MapState;
        match self.connection.get_window_attributes(window)?.reply() {
            Ok(attributes) => Ok(attributes.map_state == MapState::VIEWABLE),
            Err(x11rb::errors::ReplyError::X11Error(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the window exists.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn exists(&self, window: WindowId) -> Result<bool> {
        match self.connection.get_geometry(window)?.reply() {
            Ok(_) => Ok(true),
            Err(x11rb::errors::ReplyError::X11Error(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The window that has the keyboard.
    ///
    /// # Errors
    /// When the connection fails.
    pub fn focus(&self) -> Result<WindowId> {
        Ok(self.connection.get_input_focus()?.reply()?.focus)
    }
}
