//! Xlib, loaded at run time: a display whose event queue XCB owns.
//!
//! Owns the few functions used of libX11 and libX11-xcb, and error handlers
//! that log where Xlib's own would end the process. Must not know GLX.
#![allow(unsafe_code, reason = "the foreign interface to Xlib; all of it is in this module")]

use std::ffi::{CStr, c_char, c_int, c_uchar, c_ulong, c_void};
use std::ptr::NonNull;
use std::sync::Mutex;

use libloading::Library;
use x11rb::errors::ConnectError;
use x11rb::xcb_ffi::XCBConnection;

/// `XErrorEvent` of Xlib.h.
#[repr(C)]
struct ErrorEvent {
    kind: c_int,
    display: *mut c_void,
    resource: c_ulong,
    serial: c_ulong,
    error_code: c_uchar,
    request_code: c_uchar,
    minor_code: c_uchar,
}

type ErrorHandler = unsafe extern "C" fn(*mut c_void, *mut ErrorEvent) -> c_int;
type BrokenHandler = unsafe extern "C" fn(*mut c_void) -> c_int;
type ExitHandler = unsafe extern "C" fn(*mut c_void, *mut c_void);

/// Asked before an error is logged: true if it knows the error. glutin
/// registers one.
pub(crate) type ErrorHook = Box<dyn Fn(*mut c_void, *mut c_void) -> bool + Send + Sync>;

static HOOKS: Mutex<Vec<ErrorHook>> = Mutex::new(Vec::new());

/// Adds a hook for errors that come through Xlib.
pub(crate) fn add_error_hook(hook: ErrorHook) {
    if let Ok(mut hooks) = HOOKS.lock() {
        // One per display that was ever opened; each is the same function.
        if hooks.is_empty() {
            hooks.push(hook);
        }
    }
}

/// Why there is no Xlib display.
#[derive(Debug)]
pub(super) enum OpenError {
    /// A library or a function in it is missing.
    Missing(libloading::Error),
    /// XOpenDisplay said no.
    Refused,
}

impl From<libloading::Error> for OpenError {
    fn from(error: libloading::Error) -> Self {
        Self::Missing(error)
    }
}

/// An open `Display*`, closed when dropped.
#[derive(Debug)]
pub(super) struct Display {
    raw: NonNull<c_void>,
    xcb: NonNull<c_void>,
    screen: usize,
    close: unsafe extern "C" fn(*mut c_void) -> c_int,
    flush: unsafe extern "C" fn(*mut c_void) -> c_int,
    abandoned: bool,
}

impl Display {
    /// Opens `name`, hands its event queue to XCB and installs the handlers.
    pub(super) fn open(name: Option<&CStr>) -> Result<Self, OpenError> {
        // SAFETY: libX11's initialisers have no requirement. The libraries
        // are leaked below, so the function pointers stay valid.
        let (xlib, bridge) =
            unsafe { (Library::new("libX11.so.6")?, Library::new("libX11-xcb.so.1")?) };
        // SAFETY: each signature is that of Xlib.h or Xlib-xcb.h.
        unsafe {
            let open: unsafe extern "C" fn(*const c_char) -> *mut c_void =
                *xlib.get(b"XOpenDisplay")?;
            let close = *xlib.get(b"XCloseDisplay")?;
            let flush = *xlib.get(b"XFlush")?;
            let default_screen: unsafe extern "C" fn(*mut c_void) -> c_int =
                *xlib.get(b"XDefaultScreen")?;
            let set_error_handler: unsafe extern "C" fn(
                Option<ErrorHandler>,
            ) -> Option<ErrorHandler> = *xlib.get(b"XSetErrorHandler")?;
            let set_broken_handler: unsafe extern "C" fn(
                Option<BrokenHandler>,
            ) -> Option<BrokenHandler> = *xlib.get(b"XSetIOErrorHandler")?;
            let connection: unsafe extern "C" fn(*mut c_void) -> *mut c_void =
                *bridge.get(b"XGetXCBConnection")?;
            let set_queue_owner: unsafe extern "C" fn(*mut c_void, c_int) =
                *bridge.get(b"XSetEventQueueOwner")?;
            // Since libX11 1.7; before, a broken connection ends the process
            // no matter what a handler does.
            let set_exit_handler = xlib
                .get::<unsafe extern "C" fn(*mut c_void, ExitHandler, *mut c_void)>(
                    b"XSetIOErrorExitHandler",
                )
                .map(|function| *function)
                .ok();

            let raw = NonNull::new(open(name.map_or(std::ptr::null(), CStr::as_ptr)))
                .ok_or(OpenError::Refused)?;
            // XCBOwnsEventQueue, before the first event can be read.
            set_queue_owner(raw.as_ptr(), 1);
            set_error_handler(Some(log_error));
            set_broken_handler(Some(log_broken));
            if let Some(set) = set_exit_handler {
                set(raw.as_ptr(), ignore_exit, std::ptr::null_mut());
            }
            let screen = usize::try_from(default_screen(raw.as_ptr())).unwrap_or(0);
            let Some(xcb) = NonNull::new(connection(raw.as_ptr())) else {
                let close: unsafe extern "C" fn(*mut c_void) -> c_int = close;
                close(raw.as_ptr());
                return Err(OpenError::Refused);
            };
            // Xlib registers process-wide handlers and libGL keeps pointers
            // into it: it is never unloaded.
            Box::leak(Box::new((xlib, bridge)));
            Ok(Self { raw, xcb, screen, close, flush, abandoned: false })
        }
    }

    /// The same connection as x11rb's type. It must be dropped before `self`.
    pub(super) fn connection(&self) -> Result<XCBConnection, ConnectError> {
        // SAFETY: a live connection of the same libxcb, not to be closed by
        // x11rb. `Connection` drops it before this display.
        unsafe { XCBConnection::from_raw_xcb_connection(self.xcb.as_ptr(), false) }
    }

    /// The default screen's index.
    pub(super) const fn screen(&self) -> usize {
        self.screen
    }

    /// Sends what Xlib has buffered: XCB's own flush does not see it.
    pub(super) fn flush(&self) {
        // SAFETY: an open display.
        unsafe { (self.flush)(self.raw.as_ptr()) };
    }

    /// Leaves the display open: Xlib does not survive closing a dead one.
    pub(super) const fn abandon(&mut self) {
        self.abandoned = true;
    }

    /// The `Display*`.
    pub(super) const fn raw(&self) -> NonNull<c_void> {
        self.raw
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if !self.abandoned {
            // SAFETY: opened by XOpenDisplay and closed once.
            unsafe { (self.close)(self.raw.as_ptr()) };
        }
    }
}

/// Xlib's own handler prints and exits; a compositor lives with errors.
unsafe extern "C" fn log_error(display: *mut c_void, error: *mut ErrorEvent) -> c_int {
    let known = HOOKS.lock().is_ok_and(|hooks| {
        // Every hook must see the error, also after one knew it.
        hooks.iter().filter(|hook| hook(display, error.cast())).count() > 0
    });
    // SAFETY: Xlib passes a valid error event.
    let error = unsafe { &*error };
    tracing::debug!(
        known,
        kind = error.kind,
        on = ?error.display,
        code = error.error_code,
        request = error.request_code,
        minor = error.minor_code,
        resource = error.resource,
        serial = error.serial,
        "X error through Xlib"
    );
    0
}

unsafe extern "C" fn log_broken(_display: *mut c_void) -> c_int {
    tracing::error!("the connection to the X server broke inside Xlib");
    0
}

/// Returning from here makes Xlib go on with a dead connection, on which
/// every call does nothing; XCB reports it to the main loop.
unsafe extern "C" fn ignore_exit(_display: *mut c_void, _data: *mut c_void) {}
