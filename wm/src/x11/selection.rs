//! The manager selections: being *the* window manager and *the* compositor
//! (ICCCM 2.8, EWMH).
//!
//! Owns acquiring and giving them up, and the redirection of the root window
//! that goes with the first. Must not know what is managed.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::ErrorKind;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, CreateWindowAux,
    EventMask, PropMode, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;

use super::errors::optional;
use super::query::PendingValue;
use super::{Display, Result};

/// How long the window manager before us may take to go.
const HANDOVER: Duration = Duration::from_secs(15);

/// What the manager selections gave us.
#[derive(Debug)]
pub struct Selections {
    /// The window that owns them; also the EWMH check window and the holder
    /// of the focus when no window has it.
    pub window: u32,
    /// WM_Sn.
    pub manager: u32,
    /// _NET_WM_CM_Sn, if it is ours.
    pub compositor: Option<u32>,
    /// When they were acquired.
    pub time: u32,
    /// Events that came while we waited for another owner to go, with their
    /// sequence numbers: from the moment the root is ours a MapRequest among
    /// them is asked of nobody else.
    pub missed: Vec<(Event, u64)>,
}

/// What the root window tells us once we manage.
#[must_use]
pub fn root_mask() -> EventMask {
    EventMask::SUBSTRUCTURE_REDIRECT
        | EventMask::SUBSTRUCTURE_NOTIFY
        | EventMask::STRUCTURE_NOTIFY
        | EventMask::PROPERTY_CHANGE
        | EventMask::BUTTON_PRESS
        | EventMask::BUTTON_RELEASE
        | EventMask::ENTER_WINDOW
        | EventMask::FOCUS_CHANGE
}

/// Becomes the window manager of the screen.
///
/// # Errors
///
/// If another one runs and `replace` is false, or it does not go, or it does
/// not know about being replaced.
pub fn acquire(display: &Display, replace: bool) -> anyhow::Result<Selections> {
    let window = display.generate_id()?;
    let aux = CreateWindowAux::new()
        .override_redirect(1)
        .event_mask(EventMask::PROPERTY_CHANGE | EventMask::FOCUS_CHANGE);
    display.create_window(
        x11rb::COPY_DEPTH_FROM_PARENT,
        window,
        display.root,
        -100,
        -100,
        1,
        1,
        0,
        WindowClass::INPUT_ONLY,
        x11rb::COPY_FROM_PARENT,
        &CreateWindowAux { event_mask: None, ..aux },
    )?;
    // The focus goes there, so it must be viewable.
    display.map_window(window)?;
    let events = ChangeWindowAttributesAux::new()
        .event_mask(EventMask::PROPERTY_CHANGE | EventMask::FOCUS_CHANGE);
    display.change_window_attributes(window, &events)?;
    let time = server_time(display, window, &mut Vec::new())?;
    let name = format!("WM_S{}", display.screen);
    let manager = display.intern_atom(false, name.as_bytes())?.reply()?.atom;
    take(display, manager, window, time, replace, &mut Vec::new()).with_context(|| {
        format!("cannot become the window manager of screen {}", display.screen)
    })?;
    redirect(display, replace)?;
    Ok(Selections { window, manager, compositor: None, time, missed: Vec::new() })
}

/// Takes the redirection of the root window, which only one client can have.
/// The one before may still have it for a moment after its selection window
/// is gone: its connection closes later.
fn redirect(display: &Display, replace: bool) -> anyhow::Result<()> {
    let deadline = Instant::now() + HANDOVER;
    let aux = ChangeWindowAttributesAux::new().event_mask(root_mask());
    loop {
        match display.change_window_attributes(display.root, &aux)?.check() {
            Ok(()) => return Ok(()),
            Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => {
                if !replace {
                    let running = running(display)?;
                    bail!("another window manager is running ({running}), use --replace");
                }
                if Instant::now() > deadline {
                    let running = running(display)?;
                    bail!(
                        "another window manager is running ({running}), and it does not support being replaced: end it first"
                    );
                }
                let soon = Instant::now() + Duration::from_millis(20);
                // Nothing is redirected to us yet, so nothing can be missed.
                wait_for(display, soon, &mut Vec::new(), |_| None::<()>)?;
            }
            Err(error) => return Err(error).context("cannot manage the root window"),
        }
    }
}

/// Becomes the compositor of the screen too. False if there is another one
/// that may not be, or cannot be, replaced.
///
/// # Errors
///
/// If the connection broke.
pub fn acquire_compositor(
    display: &Display,
    selections: &mut Selections,
    replace: bool,
) -> anyhow::Result<bool> {
    let name = format!("_NET_WM_CM_S{}", display.screen);
    let atom = display.intern_atom(false, name.as_bytes())?.reply()?.atom;
    let (window, time) = (selections.window, selections.time);
    match take(display, atom, window, time, replace, &mut selections.missed) {
        Ok(()) => {
            selections.compositor = Some(atom);
            Ok(true)
        }
        Err(error) => {
            tracing::warn!(%error, "another compositor is running; not compositing");
            Ok(false)
        }
    }
}

/// Gives the compositor's selection up.
///
/// # Errors
///
/// If the connection broke.
pub fn release_compositor(display: &Display, selections: &mut Selections) -> Result<()> {
    if let Some(atom) = selections.compositor.take() {
        display.set_selection_owner(x11rb::NONE, atom, selections.time)?;
    }
    Ok(())
}

/// A timestamp of the server: what a property change of our own says.
fn server_time(
    display: &Display,
    window: u32,
    missed: &mut Vec<(Event, u64)>,
) -> anyhow::Result<u32> {
    let timestamp = display.atoms.TIMESTAMP;
    display.change_property8(PropMode::APPEND, window, timestamp, AtomEnum::STRING, &[])?;
    let deadline = Instant::now() + HANDOVER;
    let time = wait_for(display, deadline, missed, |event| match event {
        Event::PropertyNotify(event) if event.window == window && event.atom == timestamp => {
            Some(event.time)
        }
        _ => None,
    })?;
    time.context("the server did not answer")
}

fn take(
    display: &Display,
    selection: u32,
    window: u32,
    time: u32,
    replace: bool,
    missed: &mut Vec<(Event, u64)>,
) -> anyhow::Result<()> {
    let owner = display.get_selection_owner(selection)?.reply()?.owner;
    if owner != x11rb::NONE {
        if !replace {
            bail!("another one is running ({}), use --replace", running(display)?);
        }
        let aux = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        display.change_window_attributes(owner, &aux)?.ignore_error();
    }
    display.set_selection_owner(window, selection, time)?;
    if display.get_selection_owner(selection)?.reply()?.owner != window {
        bail!("another program was faster");
    }
    if owner != x11rb::NONE {
        let gone = |event: &Event| match event {
            Event::DestroyNotify(event) if event.window == owner => Some(()),
            _ => None,
        };
        // It may have gone before we listened.
        let there = optional(display.get_window_attributes(owner)?.reply())?.is_some();
        if there && wait_for(display, Instant::now() + HANDOVER, missed, gone)?.is_none() {
            bail!("the one that runs ({}) does not go", running(display)?);
        }
    }
    // ICCCM 2.8: tell the clients that a new manager is there.
    let data = [time, selection, window, 0, 0];
    let announcement = ClientMessageEvent::new(32, display.root, display.atoms.MANAGER, data);
    display.send_event(false, display.root, EventMask::STRUCTURE_NOTIFY, announcement)?;
    Ok(())
}

/// Waits for an event; events before it are of no interest yet.
fn wait_for<T>(
    display: &Display,
    deadline: Instant,
    missed: &mut Vec<(Event, u64)>,
    wanted: impl Fn(&Event) -> Option<T>,
) -> anyhow::Result<Option<T>> {
    loop {
        display.flush()?;
        while let Some((event, sequence)) = display.poll_for_event_with_sequence()? {
            if let Some(value) = wanted(&event) {
                return Ok(Some(value));
            }
            missed.push((event, sequence));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        let left =
            Timespec { tv_sec: left.as_secs().cast_signed(), tv_nsec: left.subsec_nanos().into() };
        match poll(&mut [PollFd::new(&**display, PollFlags::IN)], Some(&left)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error).context("cannot wait for the server"),
        }
    }
}

/// The name of the window manager that runs, as it says itself.
fn running(display: &Display) -> anyhow::Result<String> {
    let a = &display.atoms;
    let check = PendingValue::ask(display, display.root, a._NET_SUPPORTING_WM_CHECK)?.value()?;
    let Some(window) = check.long() else { return Ok("unknown".to_owned()) };
    let name = PendingValue::ask(display, window, a._NET_WM_NAME)?.value()?;
    Ok(name.text(a).filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned()))
}
