//! The open menu: its windows, and the grabs by which it sees everything.
//!
//! Owns them. Must not know what the lines do, nor how they look (decor).

use trapeze_decor::{MenuView, Outcome, Painter};
use wm_core::geom::Point;
use wm_core::look::Menu;
use wm_core::{Action, Time, Xid};
use x11rb::protocol::xproto::{ConnectionExt as _, EventMask, GrabMode, GrabStatus};

use crate::popup::Popup;
use crate::x11::batch::MenuInput;
use crate::x11::errors::optional;
use crate::x11::{Display, Result, Server};

/// A refused grab is tried again after so many milliseconds…
const RETRY_MS: u64 = 20;
/// …and so many times.
const RETRIES: u32 = 25;

/// What a menu came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// This was chosen, about this window.
    Chosen(Action, Option<Xid>),
    /// Nothing was.
    Closed,
}

/// An open menu.
pub struct OpenMenu {
    view: MenuView,
    levels: Vec<Popup>,
    /// When the grabs are tried again, and how often they were.
    retry: Option<(Time, u32)>,
}

impl OpenMenu {
    /// Opens a menu and grabs pointer and keyboard.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn open(server: &mut Server, painter: &mut Painter, menu: Menu, now: Time) -> Result<Self> {
        let view = MenuView::new(painter, menu);
        let mut menu = Self { view, levels: Vec::new(), retry: None };
        server.begin_crossings()?;
        menu.redraw(server, painter)?;
        menu.grab(server, now, 0)?;
        Ok(menu)
    }

    fn grab(&mut self, server: &mut Server, now: Time, tries: u32) -> Result<()> {
        let x = &server.display;
        let mask = EventMask::BUTTON_PRESS | EventMask::BUTTON_RELEASE | EventMask::POINTER_MOTION;
        let (mode, none) = (GrabMode::ASYNC, x11rb::NONE);
        let cursor = server.cursors.get(x, wm_core::request::Cursor::Default);
        let pointer = x.grab_pointer(false, x.root, mask, mode, mode, none, cursor, 0u32)?;
        let keyboard = x.grab_keyboard(false, x.root, 0u32, mode, mode)?;
        let place = x.query_pointer(x.root)?;
        let pointer = optional(pointer.reply())?.is_some_and(|r| r.status == GrabStatus::SUCCESS);
        let keyboard = optional(keyboard.reply())?.is_some_and(|r| r.status == GrabStatus::SUCCESS);
        if let Some(place) = optional(place.reply())? {
            self.view.pointer_starts_at(Point::new(place.root_x.into(), place.root_y.into()));
        }
        server.grabs.menu = pointer && keyboard;
        self.retry = (!server.grabs.menu).then(|| (now.after_ms(RETRY_MS), tries + 1));
        Ok(())
    }

    /// The window that it is about, if any.
    #[must_use]
    pub fn window(&self) -> Option<Xid> {
        self.view.window().map(|id| id.xid)
    }

    /// When [`OpenMenu::tick`] is wanted.
    #[must_use]
    pub fn deadline(&self) -> Option<Time> {
        self.retry.map(|(at, _)| at)
    }

    /// Tries a refused grab again.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn tick(&mut self, server: &mut Server, now: Time) -> Result<Option<Ended>> {
        match self.retry {
            Some((_, tries)) if tries > RETRIES => {
                tracing::info!("another program holds pointer or keyboard; no menu");
                Ok(Some(Ended::Closed))
            }
            Some((at, tries)) if at <= now => {
                self.grab(server, now, tries)?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Follows the pointer and the keyboard.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn input(
        &mut self,
        server: &Server,
        painter: &mut Painter,
        input: MenuInput,
    ) -> Result<Option<Ended>> {
        let outcome = match input {
            MenuInput::Motion(x, y) => self.view.pointer_moved(Point::new(x, y)),
            MenuInput::Press(x, y, button) => self.view.button_pressed(Point::new(x, y), button),
            MenuInput::Release(x, y, button) => self.view.button_released(Point::new(x, y), button),
            MenuInput::Key(keysym) => self.view.key(keysym),
        };
        match outcome {
            Outcome::Nothing => Ok(None),
            Outcome::Redraw => {
                self.redraw(server, painter)?;
                Ok(None)
            }
            Outcome::Chosen(action) => {
                Ok(Some(Ended::Chosen(action, self.view.window().map(|id| id.xid))))
            }
            Outcome::Close => Ok(Some(Ended::Closed)),
        }
    }

    fn redraw(&mut self, server: &Server, painter: &mut Painter) -> Result<()> {
        let display: &Display = &server.display;
        let rects = self.view.rects();
        while self.levels.len() > rects.len() {
            if let Some(level) = self.levels.pop() {
                level.close(display)?;
            }
        }
        for (index, rect) in rects.into_iter().enumerate() {
            if index >= self.levels.len() {
                let translucent = server.composite.is_some();
                let kind = display.atoms._NET_WM_WINDOW_TYPE_POPUP_MENU;
                self.levels.push(Popup::new(
                    display,
                    rect,
                    translucent,
                    kind,
                    EventMask::NO_EVENT,
                )?);
            }
            let (Some(level), Some(picture)) =
                (self.levels.get_mut(index), self.view.picture(painter, index))
            else {
                continue;
            };
            level.place(display, rect)?;
            level.show(display, picture)?;
        }
        Ok(())
    }

    /// One of its windows was exposed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn exposed(&self, display: &Display, window: u32) -> Result<()> {
        match self.levels.iter().find(|level| level.window == window) {
            Some(level) => level.redraw(display),
            None => Ok(()),
        }
    }

    /// Takes it away and lets pointer and keyboard go.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn close(self, server: &mut Server) -> Result<()> {
        server.begin_crossings()?;
        for level in self.levels {
            level.close(&server.display)?;
        }
        if std::mem::take(&mut server.grabs.menu) {
            server.display.ungrab_pointer(x11rb::CURRENT_TIME)?;
            server.display.ungrab_keyboard(x11rb::CURRENT_TIME)?;
        }
        Ok(())
    }
}
