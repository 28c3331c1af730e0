//! Whether OpenGL in hardware is plausible, found out without loading it.
//!
//! Owns that guess. Must not know GLX: a wrong yes costs memory, a wrong no
//! costs speed, and neither costs correctness.

use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::dri3::ConnectionExt as _;
use x11rb::protocol::xproto::ConnectionExt as _;

use super::Connection;
use crate::Error;

/// See [`Connection::gl_plausible`].
pub(super) fn gl_plausible(connection: &Connection) -> Result<bool, Error> {
    // NVIDIA's driver has had its own protocol since long before DRI3.
    let nvidia = connection.query_extension(b"NV-GLX")?;
    let glx = connection.query_extension(b"GLX")?;
    let dri3 = connection.extension_information("DRI3")?;
    if !glx.reply()?.present {
        return Ok(false);
    }
    if nvidia.reply()?.present {
        return Ok(true);
    }
    if dri3.is_none() {
        return Ok(false);
    }
    let Some(root) = connection.setup().roots.get(connection.screen()).map(|s| s.root) else {
        return Ok(false);
    };
    // Only a server on this machine can hand over a device, and only if it
    // renders with one: Xvfb, Xvnc and the dummy driver fail here.
    let version = connection.dri3_query_version(1, 0)?;
    let device = connection.dri3_open(root, 0)?;
    if version.reply().is_err() {
        return Ok(false);
    }
    Ok(device.reply().is_ok_and(|reply| reply.nfd == 1))
}
