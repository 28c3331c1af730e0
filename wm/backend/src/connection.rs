//! The one X connection of the process.
//!
//! Owns opening it, with plain libxcb or, where OpenGL may be wanted, through
//! Xlib, whose display GLX needs; both libraries are loaded at run time and
//! only when used. Must not know events, windows or painting.
//!
//! XCB owns the event queue in both cases: Xlib never reads an event.

mod probe;
mod xlib;

pub(crate) use xlib::add_error_hook;

use std::ffi::CString;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use x11rb::errors::ConnectError;
use x11rb::xcb_ffi::{XCBConnection, load_libxcb};

use crate::{Choice, Error};

/// An open X connection; dereferences to x11rb's.
#[derive(Debug)]
pub struct Connection {
    /// Dropped before `xlib`, whose display it borrows when there is one.
    xcb: ManuallyDrop<XCBConnection>,
    screen: usize,
    xlib: Option<xlib::Display>,
}

impl Connection {
    /// Opens `display` (`$DISPLAY` if `None`) for a backend choice: through
    /// Xlib only if `choice` is GLX, or if it is automatic and the server
    /// looks as if it had OpenGL in hardware. So a session on a virtual
    /// server never loads Xlib or libGL.
    ///
    /// # Errors
    ///
    /// If the display cannot be opened. A missing Xlib is not an error: the
    /// connection then does not [carry GL](Self::carries_gl).
    pub fn open_for(display: Option<&str>, choice: Choice) -> Result<Self, Error> {
        match choice {
            Choice::Glx => Self::open(display, true),
            Choice::XRender | Choice::Record => Self::open(display, false),
            Choice::Auto => {
                let plain = Self::open(display, false)?;
                if plain.gl_plausible()? { Self::open(display, true) } else { Ok(plain) }
            }
        }
    }

    /// Opens `display` (`$DISPLAY` if `None`), through Xlib if `gl`.
    ///
    /// # Errors
    ///
    /// If the display cannot be opened. A missing Xlib is not an error: the
    /// connection then does not [carry GL](Self::carries_gl).
    pub fn open(display: Option<&str>, gl: bool) -> Result<Self, Error> {
        load_libxcb().map_err(|error| Error::Library(error.to_string()))?;
        let name = match display.map(CString::new) {
            None => None,
            Some(Ok(name)) => Some(name),
            Some(Err(_)) => return Err(ConnectError::DisplayParsingError(malformed()).into()),
        };
        if gl {
            match xlib::Display::open(name.as_deref()) {
                Ok(opened) => {
                    let xcb = opened.connection()?;
                    let screen = opened.screen();
                    return Ok(Self { xcb: ManuallyDrop::new(xcb), screen, xlib: Some(opened) });
                }
                Err(xlib::OpenError::Refused) => {
                    tracing::debug!("Xlib cannot open the display; trying without it");
                }
                Err(xlib::OpenError::Missing(error)) => {
                    tracing::warn!(%error, "no Xlib, hence no OpenGL");
                }
            }
        }
        let (xcb, screen) = XCBConnection::connect(name.as_deref())?;
        Ok(Self { xcb: ManuallyDrop::new(xcb), screen, xlib: None })
    }

    /// The index of the default screen in the setup's roots.
    #[must_use]
    pub const fn screen(&self) -> usize {
        self.screen
    }

    /// Whether GLX can share this connection.
    #[must_use]
    pub const fn carries_gl(&self) -> bool {
        self.xlib.is_some()
    }

    /// Whether OpenGL in hardware is plausible on this server: it is local
    /// and gives out a DRM device (DRI3) or is NVIDIA's. Takes up to three
    /// round trips and loads nothing.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn gl_plausible(&self) -> Result<bool, Error> {
        probe::gl_plausible(self)
    }

    /// Sends what libGL has asked of Xlib.
    pub(crate) fn flush_xlib(&self) {
        if let Some(xlib) = self.xlib.as_ref().filter(|_| self.xcb.has_error().is_none()) {
            xlib.flush();
        }
    }

    /// The Xlib `Display*`, for GLX.
    pub(crate) fn xlib_display(&self) -> Option<NonNull<std::ffi::c_void>> {
        self.xlib.as_ref().map(xlib::Display::raw)
    }
}

const fn malformed() -> x11rb::errors::DisplayParsingError {
    x11rb::errors::DisplayParsingError::Unknown
}

impl Deref for Connection {
    type Target = XCBConnection;

    fn deref(&self) -> &XCBConnection {
        &self.xcb
    }
}

impl AsRef<XCBConnection> for Connection {
    fn as_ref(&self) -> &XCBConnection {
        &self.xcb
    }
}

#[allow(unsafe_code, reason = "x11rb's connection must go before the display that it borrows")]
impl Drop for Connection {
    fn drop(&mut self) {
        if self.xcb.has_error().is_some()
            && let Some(xlib) = &mut self.xlib
        {
            xlib.abandon();
        }
        // SAFETY: dropped once, here, and not used afterwards. `xlib` is
        // still open: fields are dropped after this.
        unsafe { ManuallyDrop::drop(&mut self.xcb) };
    }
}
