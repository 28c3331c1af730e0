//! Requests, counted, and images in pieces that fit a request.
//!
//! Owns how a backend talks to the server: nothing here waits. A connection
//! that breaks is remembered and reported once per frame, so that painting
//! code is a plain sequence of requests. Must not know what is painted.

use std::rc::Rc;

use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::cookie::VoidCookie;
use x11rb::errors::ConnectionError;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};
use x11rb::xcb_ffi::XCBConnection;

use crate::{Connection, Error, Stats};

/// The largest piece of an image in one request, in bytes. Larger ones stall
/// other clients for longer than a frame.
const LARGEST_PIECE: usize = 1 << 22;

/// A backend's end of the connection.
#[derive(Debug)]
pub(crate) struct Wire {
    connection: Rc<Connection>,
    /// What was done so far.
    pub(crate) stats: Stats,
    failure: Option<ConnectionError>,
    piece: usize,
}

impl Wire {
    pub(crate) fn new(connection: &Rc<Connection>) -> Self {
        let piece = connection.maximum_request_bytes().min(LARGEST_PIECE);
        Self {
            connection: Rc::clone(connection),
            stats: Stats::default(),
            failure: None,
            // The header of PutImage with a big-request length.
            piece: piece.saturating_sub(28).max(4),
        }
    }

    /// The connection, for requests with replies; the caller counts those.
    pub(crate) fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// Sends a request without reply. Its errors arrive as events.
    pub(crate) fn send<F>(&mut self, request: F)
    where
        F: for<'c> FnOnce(
            &'c XCBConnection,
        ) -> Result<VoidCookie<'c, XCBConnection>, ConnectionError>,
    {
        self.stats.requests += 1;
        if let Err(error) = request(&self.connection).map(drop) {
            self.failure.get_or_insert(error);
        }
    }

    /// Why the connection is dead, if it is.
    pub(crate) fn death(&self) -> Option<ConnectionError> {
        self.connection.has_error()
    }

    /// A new X identifier, 0 once there are none.
    pub(crate) fn id(&mut self) -> u32 {
        match self.connection.generate_id() {
            Ok(id) => id,
            Err(error) => {
                tracing::error!(%error, "no X identifier");
                0
            }
        }
    }

    /// Puts the end of a frame on its way.
    ///
    /// # Errors
    ///
    /// If the connection broke since the last call.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure.into());
        }
        Ok(self.connection.flush()?)
    }

    /// Writes `rows` of `stride` bytes, each `width` pixels of a ZPixmap of
    /// `depth`, at (`x`, `y`) of `drawable`. A last row that is not whole is
    /// left out.
    #[expect(clippy::too_many_arguments, reason = "PutImage has them too")]
    pub(crate) fn put_image(
        &mut self,
        drawable: u32,
        gc: u32,
        depth: u8,
        (x, y): (i32, i32),
        width: i32,
        stride: usize,
        rows: &[u8],
    ) {
        if width <= 0 || stride == 0 {
            return;
        }
        let rows_at_once = (self.piece / stride).max(1);
        let mut row = y;
        for piece in rows.chunks(rows_at_once * stride) {
            let height = piece.len() / stride;
            let data = &piece[..height * stride];
            if height == 0 {
                break;
            }
            self.stats.bytes_uploaded += data.len() as u64;
            self.send(|c| {
                c.put_image(
                    ImageFormat::Z_PIXMAP,
                    drawable,
                    gc,
                    size16(width),
                    height as u16,
                    at16(x),
                    at16(row),
                    0,
                    depth,
                    data,
                )
            });
            row += height as i32;
        }
    }
}

/// A coordinate as the protocol has it, saturated.
pub(crate) const fn at16(value: i32) -> i16 {
    if value > i16::MAX as i32 {
        i16::MAX
    } else if value < i16::MIN as i32 {
        i16::MIN
    } else {
        value as i16
    }
}

/// A length as the protocol has it, saturated.
pub(crate) const fn size16(value: i32) -> u16 {
    if value > u16::MAX as i32 {
        u16::MAX
    } else if value < 0 {
        0
    } else {
        value as u16
    }
}
