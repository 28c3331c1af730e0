//! The X server as the window manager sees it: facts in, wishes out.
//!
//! Owns the display's constants (root, atoms, extensions) and the errors of
//! talking to it. Must not know the model's policy: `translate` turns X
//! events into the model's, `apply` turns its requests into X's, and only
//! that module changes X state on the model's behalf.

pub mod apply;
pub mod atoms;
pub mod background;
pub mod batch;
pub mod colormaps;
pub mod composite;
pub mod crossing;
pub mod cursors;
pub mod devices;
pub mod errors;
pub mod ewmh;
pub mod frames;
pub mod inherit;
pub mod input;
pub mod keys;
pub mod messages;
pub mod monitors;
pub mod pace;
pub mod properties;
pub mod query;
pub mod selection;
pub mod server;
pub mod shape;
pub mod stack;
pub mod startup;
pub mod sync;
pub mod translate;
pub mod windows;
pub mod xsettings;

use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;

use trapeze_backend::Connection;
use x11rb::connection::{Connection as _, RequestConnection};
use x11rb::protocol::xproto::{Screen, VisualClass, Visualid, Window};
use x11rb::protocol::{composite as xcomposite, damage, randr, shape as xshape, sync as xsync};
use x11rb::protocol::{shm, xfixes};
use x11rb::xcb_ffi::XCBConnection;

pub use errors::{Error, Result};
pub use server::Server;

/// Which extensions are there, in versions that suffice.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extensions {
    /// Composite 0.3 or later (overlay window), with XFixes and Damage.
    pub composite: bool,
    /// RandR 1.5 (monitors).
    pub randr: bool,
    /// Shape 1.1 (input shapes).
    pub shape: bool,
    /// SYNC 3.
    pub sync: bool,
    /// MIT-SHM.
    pub shm: bool,
}

/// The display: its connection and what never changes about it.
#[derive(Debug)]
pub struct Display {
    /// The one X connection.
    pub connection: Rc<Connection>,
    /// The managed screen's number.
    pub screen: usize,
    /// Its root window.
    pub root: Window,
    /// The root's depth.
    pub root_depth: u8,
    /// The root's visual.
    pub root_visual: Visualid,
    /// A TrueColor visual of depth 32, if there is one.
    pub argb_visual: Option<Visualid>,
    /// All atoms.
    pub atoms: atoms::Atoms,
    /// Extensions.
    pub extensions: Extensions,
    depths: HashMap<Visualid, u8>,
}

impl Deref for Display {
    type Target = XCBConnection;

    fn deref(&self) -> &XCBConnection {
        &self.connection
    }
}

impl Display {
    /// Whether `window`, as a client named it, may be some client's window.
    /// A connection has one event mask per window: selecting on the root, or
    /// on a window of our own, because a client named it would take away what
    /// a window manager lives on.
    #[must_use]
    pub fn is_foreign(&self, window: Window) -> bool {
        let setup = x11rb::connection::Connection::setup(&**self);
        let own = window & !setup.resource_id_mask == setup.resource_id_base;
        window != x11rb::NONE && window != self.root && !own
    }

    /// Learns about the display behind `connection`, in one batch.
    ///
    /// # Errors
    ///
    /// If the connection breaks, or the setup names no such screen.
    pub fn new(connection: Rc<Connection>) -> anyhow::Result<Self> {
        let x: &XCBConnection = &connection;
        let screen = connection.screen();
        let atoms = atoms::Atoms::new(x)?;
        for name in [
            xcomposite::X11_EXTENSION_NAME,
            damage::X11_EXTENSION_NAME,
            randr::X11_EXTENSION_NAME,
            xshape::X11_EXTENSION_NAME,
            xsync::X11_EXTENSION_NAME,
            shm::X11_EXTENSION_NAME,
            xfixes::X11_EXTENSION_NAME,
        ] {
            x.prefetch_extension_information(name)?;
        }
        x.prefetch_maximum_request_bytes();
        let extensions = extensions(x)?;
        let atoms = atoms.reply()?;
        let roots = &x.setup().roots;
        let root = roots
            .get(screen)
            .ok_or_else(|| anyhow::anyhow!("the display has no screen {screen}"))?;
        let depths = root
            .allowed_depths
            .iter()
            .flat_map(|depth| depth.visuals.iter().map(|visual| (visual.visual_id, depth.depth)))
            .collect();
        let display = Self {
            screen,
            root: root.root,
            root_depth: root.root_depth,
            root_visual: root.root_visual,
            argb_visual: argb_visual(root),
            atoms,
            extensions,
            depths,
            connection: Rc::clone(&connection),
        };
        Ok(display)
    }

    /// The depth of a visual, that of the root if the server never named it.
    #[must_use]
    pub fn depth_of(&self, visual: Visualid) -> u8 {
        self.depths.get(&visual).copied().unwrap_or(self.root_depth)
    }
}

fn argb_visual(screen: &Screen) -> Option<Visualid> {
    screen
        .allowed_depths
        .iter()
        .filter(|depth| depth.depth == 32)
        .flat_map(|depth| &depth.visuals)
        .find(|visual| visual.class == VisualClass::TRUE_COLOR && visual.red_mask == 0x00ff_0000)
        .map(|visual| visual.visual_id)
}

/// Asks for all versions at once, then waits once.
fn extensions(x: &XCBConnection) -> anyhow::Result<Extensions> {
    let present = |name| x.extension_information(name).map(|info| info.is_some());
    let composite = present(xcomposite::X11_EXTENSION_NAME)?
        .then(|| xcomposite::query_version(x, 0, 4))
        .transpose()?;
    let damage_version =
        present(damage::X11_EXTENSION_NAME)?.then(|| damage::query_version(x, 1, 1)).transpose()?;
    let fixes =
        present(xfixes::X11_EXTENSION_NAME)?.then(|| xfixes::query_version(x, 5, 0)).transpose()?;
    let randr_version =
        present(randr::X11_EXTENSION_NAME)?.then(|| randr::query_version(x, 1, 5)).transpose()?;
    let shape =
        present(xshape::X11_EXTENSION_NAME)?.then(|| xshape::query_version(x)).transpose()?;
    let sync =
        present(xsync::X11_EXTENSION_NAME)?.then(|| xsync::initialize(x, 3, 1)).transpose()?;
    let shm = present(shm::X11_EXTENSION_NAME)?;
    let at_least = |have: (u32, u32), want: (u32, u32)| have >= want;
    let composite = match composite {
        Some(cookie) => {
            cookie.reply().is_ok_and(|v| at_least((v.major_version, v.minor_version), (0, 3)))
        }
        None => false,
    };
    let damage = match damage_version {
        Some(cookie) => cookie.reply().is_ok(),
        None => false,
    };
    let fixes = match fixes {
        Some(cookie) => {
            cookie.reply().is_ok_and(|v| at_least((v.major_version, v.minor_version), (2, 0)))
        }
        None => false,
    };
    let randr = match randr_version {
        Some(cookie) => {
            cookie.reply().is_ok_and(|v| at_least((v.major_version, v.minor_version), (1, 5)))
        }
        None => false,
    };
    let shape = match shape {
        Some(cookie) => cookie.reply().is_ok_and(|v| (v.major_version, v.minor_version) >= (1, 1)),
        None => false,
    };
    let sync = match sync {
        Some(cookie) => cookie.reply().is_ok_and(|v| v.major_version >= 3),
        None => false,
    };
    Ok(Extensions { composite: composite && damage && fixes, randr, shape, sync, shm })
}

/// A coordinate as the protocol carries it, saturating.
#[must_use]
pub fn int16(value: i32) -> i16 {
    i16::try_from(value).unwrap_or(if value < 0 { i16::MIN } else { i16::MAX })
}

/// A size as the protocol carries it: at least 1, at most 32767 (the largest
/// that all servers take).
#[must_use]
pub fn extent16(value: i32) -> u16 {
    value.clamp(1, 32767) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fit_the_wire() {
        assert_eq!(int16(70_000), i16::MAX);
        assert_eq!(int16(-70_000), i16::MIN);
        assert_eq!(int16(-3), -3);
        assert_eq!(extent16(0), 1, "X has no windows of width 0");
        assert_eq!(extent16(i32::MAX), 32767);
    }
}
