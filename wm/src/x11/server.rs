//! The server's side of the window manager in one place: the display, the
//! table of windows, keyboard, cursors, and what was asked of the server.
//!
//! Owns that state; `translate`, `apply`, `input`, `frames` and `composite`
//! add their part of the behaviour. Must not know the model.

use std::collections::VecDeque;
use std::rc::Rc;

use wm_core::{Event, Timestamp};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, StackMode,
    WindowClass,
};

use super::background::Background;
use super::colormaps::Colormaps;
use super::composite::Composite;
use super::crossing::Crossings;
use super::cursors::Cursors;
use super::errors::Expectations;
use super::input::Grabs;
use super::keys::Keys;
use super::monitors::Screen;
use super::pace::Pace;
use super::selection::Selections;
use super::stack::Stack;
use super::startup::Startup;
use super::windows::Windows;
use super::xsettings::XSettings;
use super::{Display, Result, ewmh, monitors};

/// The X server, as the window manager uses it.
#[derive(Debug)]
pub struct Server {
    /// Connection and constants.
    pub display: Rc<Display>,
    /// Which window is what.
    pub windows: Windows,
    /// The order of the root's children.
    pub stack: Stack,
    /// Keyboard mapping and bindings.
    pub keys: Keys,
    /// Pointer shapes.
    pub cursors: Cursors,
    /// Manager selections.
    pub selections: Selections,
    /// What toolkits are told, if it is told by us.
    pub xsettings: Option<XSettings>,
    /// Programs that are being started.
    pub startup: Startup,
    /// Clients that wait for their frames to be shown.
    pub pace: Pace,
    /// Installed colormaps.
    pub colormaps: Colormaps,
    /// Root size and monitors.
    pub screen: Screen,
    /// Redirection and pixmaps, while compositing.
    pub composite: Option<Composite>,
    /// The desktop background.
    pub background: Background,
    /// Active grabs.
    pub grabs: Grabs,
    /// Requests that must not fail.
    pub expectations: Expectations,
    /// Facts that came up while requests were carried out.
    pub facts: VecDeque<Event>,
    /// Below this window stand all managed ones.
    pub guard: u32,
    /// The newest server time seen.
    pub time: Timestamp,
    /// The last SetInputFocus: older events tell of older wishes.
    pub focus_since: u64,
    /// Who got the focus by it, or took it since.
    pub focus_holder: u32,
    /// So often the focus was set at a time that is not known yet.
    pub focus_times: u32,
    /// Changes of windows by our own requests.
    pub crossings: Crossings,
    /// A client that is to be told to take the focus, at that time.
    pub take_focus_due: Option<u32>,
    /// Our own unmaps of clients, by request number, not yet seen as events.
    pub own_unmaps: VecDeque<(u64, u32)>,
    /// Icons and colormaps.
    pub frames: super::frames::Frames,
    /// The client's drag modifiers, as grabbed.
    pub drag_modifiers: u16,
}

impl Server {
    /// Sets up what a window manager has, once the selections are acquired.
    ///
    /// # Errors
    ///
    /// If the connection broke, or the server refuses what every server can.
    pub fn new(display: Rc<Display>, selections: Selections) -> Result<Self> {
        let mut cursors = Cursors::new(&display)?;
        monitors::watch(&display)?;
        let screen = monitors::read(&display, cursors.resource("Xft.dpi"))?;
        let mut windows = Windows::default();
        windows.add_own(selections.window);
        let guard = display.generate_id()?;
        let aux = CreateWindowAux::new().override_redirect(1);
        display.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            guard,
            display.root,
            -100,
            -100,
            1,
            1,
            0,
            WindowClass::INPUT_ONLY,
            x11rb::COPY_FROM_PARENT,
            &aux,
        )?;
        windows.add_own(guard);
        let mut keys = Keys::default();
        keys.read(&display)?;
        ewmh::announce(&display, selections.window)?;
        let cursor = cursors.get(&display, wm_core::request::Cursor::Default);
        let aux = ChangeWindowAttributesAux::new().cursor(cursor);
        display.change_window_attributes(display.root, &aux)?;
        let time = Timestamp(selections.time);
        Ok(Self {
            display,
            windows,
            stack: Stack::default(),
            keys,
            cursors,
            selections,
            xsettings: None,
            pace: Pace::default(),
            colormaps: Colormaps::default(),
            startup: Startup::default(),
            screen,
            composite: None,
            background: Background::default(),
            grabs: Grabs::default(),
            expectations: Expectations::default(),
            facts: VecDeque::new(),
            guard,
            time,
            focus_since: 0,
            focus_holder: x11rb::NONE,
            focus_times: 0,
            take_focus_due: None,
            crossings: Crossings::default(),
            own_unmaps: VecDeque::new(),
            frames: super::frames::Frames::default(),
            drag_modifiers: 0,
        })
    }

    /// Puts the guard directly above `window`, or at the bottom.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn place_guard(&self, window: Option<u32>) -> Result<()> {
        let aux = match window {
            Some(window) => ConfigureWindowAux::new().sibling(window).stack_mode(StackMode::ABOVE),
            None => ConfigureWindowAux::new().stack_mode(StackMode::BELOW),
        };
        self.display.configure_window(self.guard, &aux)?;
        Ok(())
    }

    /// Tells the clients that wait for it that their frames are shown.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn answer_paced(&mut self) -> Result<()> {
        self.pace.answer(&self.display, self.time.0, self.screen.rate)
    }

    /// Ends what a change of redirection has begun, see [`Composite::thaw`].
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn thaw(&mut self) -> Result<bool> {
        match &mut self.composite {
            Some(composite) => composite.thaw(&self.display, self.background.pixmap()),
            None => Ok(false),
        }
    }

    /// Reads the monitors again.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn read_screen(&mut self) -> Result<Event> {
        self.screen = monitors::read(&self.display, self.cursors.resource("Xft.dpi"))?;
        Ok(self.screen_event())
    }

    /// The screen as the model wants to know it.
    #[must_use]
    pub fn screen_event(&self) -> Event {
        Event::Screen { size: self.screen.size, monitors: self.screen.monitors.clone() }
    }

    /// Reads theme and DPI again, after RESOURCE_MANAGER changed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn read_resources(&mut self) -> Result<Event> {
        self.cursors.free(&self.display)?;
        self.cursors = Cursors::new(&self.display)?;
        let cursor = self.cursors.get(&self.display, wm_core::request::Cursor::Default);
        let aux = ChangeWindowAttributesAux::new().cursor(cursor);
        self.display.change_window_attributes(self.display.root, &aux)?;
        self.read_screen()
    }
}
