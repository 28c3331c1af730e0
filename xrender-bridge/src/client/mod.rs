//! Masks made on the CPU, as Pictures of an X server.
//!
//! Owns the way of a mask's bytes to the server: the layout that the server
//! wants, the choice between shared memory and plain requests, the splitting
//! of large masks. It must not know what a mask shows.
//!
//! ```no_run
//! use raster::area::rounded_corner;
//! use x11rb::connection::Connection;
//! use xrender_bridge::client::{Sharing, Uploader};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (connection, screen) = x11rb::connect(None)?;
//! let root = connection.setup().roots[screen].root;
//! let mut uploader = Uploader::new(&connection, root, Sharing::Never)?;
//! let corner = uploader.upload(&connection, &rounded_corner(12))?;
//! // … use corner.picture() as the mask of a Composite request …
//! corner.free(&connection)?;
//! # Ok(())
//! # }
//! ```

mod layout;
mod share;

pub use layout::{Layout, a8_bytes};
use raster::Mask;
use share::Segment;
use thiserror::Error;
use x11rb::connection::Connection;
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::render::{self, ConnectionExt as _, Pictformat, Picture};
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateGCAux, Gcontext, ImageFormat, Pixmap, Window,
};

/// Masks of fewer bytes go in the request itself: sharing memory saves a copy
/// but costs bookkeeping, and few masks are as large as this.
const WORTH_SHARING: usize = 32 * 1024;

/// Room for several large masks before the server must be waited for.
const SEGMENT_SIZE: usize = 1024 * 1024;

/// The largest side of a pixmap that servers accept, in pixels.
const MAX_SIDE: u32 = 32767;

/// Bytes of a PutImage request before its data, with a BIG-REQUESTS length.
const PUT_IMAGE_HEADER: usize = 28;

/// Why a mask did not reach the server.
#[derive(Debug, Error)]
pub enum UploadError {
    /// The connection broke.
    #[error("the connection to the X server broke")]
    Connection(#[from] ConnectionError),
    /// The server answered a request with an error.
    #[error("the X server refused a request for masks")]
    Reply(#[from] ReplyError),
    /// The server has no more identifiers, or refused.
    #[error("the X server gave no identifier")]
    Id(#[from] ReplyOrIdError),
    /// The server's Render extension has no 8-bit alpha format.
    #[error("the X server has no 8-bit alpha picture format")]
    NoA8,
    /// A pixmap cannot have this size.
    #[error("a pixmap cannot have {width}×{height} pixels")]
    Size {
        /// Width of the mask in pixels.
        width: u32,
        /// Height of the mask in pixels.
        height: u32,
    },
}

/// Whether memory may be shared with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Try it; plain requests if the server declines. Only for connections
    /// through a Unix socket ([`is_local`]): a descriptor sent elsewhere
    /// breaks the connection.
    Try,
    /// Send every byte in requests.
    Never,
}

/// Whether a display name means a Unix socket, so that descriptors may be
/// sent: `:0`, `unix:0`, `unix/host:0` or a socket's path.
#[must_use]
pub fn is_local(display: &str) -> bool {
    display.starts_with(':') || display.starts_with("unix") || display.starts_with('/')
}

/// An A8 Picture in the server, over a pixmap of the mask's size.
///
/// Not freed by itself: the connection is not kept here. It ends with
/// [`free`](Self::free) or with the connection.
#[derive(Debug)]
#[must_use = "the pixmap stays in the server until `free`"]
pub struct MaskPicture {
    pixmap: Pixmap,
    picture: Picture,
    width: u16,
    height: u16,
}

impl MaskPicture {
    /// The Picture, of the server's standard A8 format, without repetition.
    #[must_use]
    pub fn picture(&self) -> Picture {
        self.picture
    }

    /// The pixmap of depth 8 under the Picture.
    #[must_use]
    pub fn pixmap(&self) -> Pixmap {
        self.pixmap
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }

    /// Frees Picture and pixmap.
    ///
    /// # Errors
    ///
    /// If the connection is broken.
    pub fn free(self, connection: &impl Connection) -> Result<(), ConnectionError> {
        connection.render_free_picture(self.picture)?;
        connection.free_pixmap(self.pixmap)?;
        Ok(())
    }
}

/// What uploads need to know and keep.
#[derive(Debug)]
pub struct Uploader {
    root: Window,
    a8: Pictformat,
    layout: Layout,
    sharing: Sharing,
    segment: Option<Segment>,
    gc: Option<Gcontext>,
}

impl Uploader {
    /// Asks the server for its formats and, if wanted, for shared memory: one
    /// round trip for both.
    ///
    /// # Errors
    ///
    /// If the connection is broken or the server cannot do A8 Pictures.
    pub fn new(
        connection: &impl Connection,
        root: Window,
        sharing: Sharing,
    ) -> Result<Self, UploadError> {
        // The extension's absence is an error of the connection, not of shm.
        let has_shm = sharing == Sharing::Try
            && connection.extension_information(shm::X11_EXTENSION_NAME)?.is_some();
        let formats = connection.render_query_pict_formats()?;
        let shm = if has_shm { Some(connection.shm_query_version()?) } else { None };
        let formats = formats.reply()?;
        let a8 = formats.formats.iter().find(|format| is_a8(format)).ok_or(UploadError::NoA8)?.id;
        // Segments of descriptors, not of System V keys, came with 1.2.
        let shm = shm.and_then(|cookie| cookie.reply().ok());
        let can_share = shm.is_some_and(|shm| (shm.major_version, shm.minor_version) >= (1, 2));
        Ok(Self {
            root,
            a8,
            layout: Layout::of(connection.setup()),
            sharing: if can_share { Sharing::Try } else { Sharing::Never },
            segment: None,
            gc: None,
        })
    }

    /// The server's standard A8 format.
    #[must_use]
    pub fn a8_format(&self) -> Pictformat {
        self.a8
    }

    /// Whether large masks go through shared memory, as far as is known.
    #[must_use]
    pub fn sharing(&self) -> Sharing {
        self.sharing
    }

    /// Makes a Picture of the mask's size and fills it. A1 and A4 masks are
    /// widened to A8.
    ///
    /// Nothing waits for the server, but for the first large mask and when
    /// the shared memory has been used up.
    ///
    /// # Errors
    ///
    /// If a pixmap cannot have the mask's size (empty ones included) or the
    /// connection is broken. Errors of the server itself come later, as
    /// events.
    pub fn upload(
        &mut self,
        connection: &impl Connection,
        mask: &Mask,
    ) -> Result<MaskPicture, UploadError> {
        let (width, height) = pixmap_size(mask)?;
        let pixmap = connection.generate_id()?;
        connection.create_pixmap(8, pixmap, self.root, width, height)?;
        let picture = connection.generate_id()?;
        connection.render_create_picture(
            picture,
            pixmap,
            self.a8,
            &render::CreatePictureAux::new(),
        )?;
        let made = MaskPicture { pixmap, picture, width, height };
        match self.put(connection, pixmap, mask, 0, 0) {
            Ok(()) => Ok(made),
            Err(error) => {
                // The connection may be gone as well; the first error counts.
                let _ = made.free(connection);
                Err(error)
            }
        }
    }

    /// Writes a mask into a pixmap of depth 8, its top-left corner at (`x`,
    /// `y`).
    ///
    /// # Errors
    ///
    /// As [`upload`](Self::upload).
    pub fn put(
        &mut self,
        connection: &impl Connection,
        pixmap: Pixmap,
        mask: &Mask,
        x: i16,
        y: i16,
    ) -> Result<(), UploadError> {
        let (width, height) = pixmap_size(mask)?;
        let bytes = a8_bytes(mask, self.layout);
        let gc = self.gc(connection, pixmap)?;
        if bytes.len() >= WORTH_SHARING
            && let Some((segment, offset)) = self.share(connection, &bytes)?
        {
            connection.shm_put_image(
                pixmap,
                gc,
                width,
                height,
                0,
                0,
                width,
                height,
                x,
                y,
                8,
                ImageFormat::Z_PIXMAP.into(),
                false,
                segment,
                offset,
            )?;
            return Ok(());
        }

        let stride = self.layout.stride(mask.width());
        let room = connection.maximum_request_bytes().saturating_sub(PUT_IMAGE_HEADER);
        let rows_at_once = (room / stride.max(1)).max(1);
        let mut top = y;
        for rows in bytes.chunks(rows_at_once * stride) {
            // At most `height` rows, which fit 16 bits.
            let count = (rows.len() / stride) as u16;
            connection.put_image(
                ImageFormat::Z_PIXMAP,
                pixmap,
                gc,
                width,
                count,
                x,
                top,
                0,
                8,
                rows,
            )?;
            top = top.saturating_add_unsigned(count);
        }
        Ok(())
    }

    /// Frees what the uploader keeps in the server; its Pictures stay.
    ///
    /// # Errors
    ///
    /// If the connection is broken.
    pub fn close(self, connection: &impl Connection) -> Result<(), ConnectionError> {
        if let Some(gc) = self.gc {
            connection.free_gc(gc)?;
        }
        self.segment.map_or(Ok(()), |segment| segment.detach(connection))
    }

    /// A graphics context for drawables of depth 8 on this screen.
    fn gc(
        &mut self,
        connection: &impl Connection,
        pixmap: Pixmap,
    ) -> Result<Gcontext, UploadError> {
        if let Some(gc) = self.gc {
            return Ok(gc);
        }
        let gc = connection.generate_id()?;
        connection.create_gc(gc, pixmap, &CreateGCAux::new().graphics_exposures(0))?;
        self.gc = Some(gc);
        Ok(gc)
    }

    /// Puts bytes where the server sees them; `None` where it will not.
    fn share(
        &mut self,
        connection: &impl Connection,
        bytes: &[u8],
    ) -> Result<Option<(shm::Seg, u32)>, UploadError> {
        if self.sharing == Sharing::Never {
            return Ok(None);
        }
        if self.segment.as_ref().is_none_or(|segment| segment.size() < bytes.len()) {
            if let Some(small) = self.segment.take() {
                small.detach(connection)?;
            }
            let size = bytes.len().max(SEGMENT_SIZE).next_multiple_of(4096);
            self.segment = Segment::attach(connection, size)?;
        }
        let shared = match &mut self.segment {
            Some(segment) => segment.write(connection, bytes)?,
            None => None,
        };
        if shared.is_none() {
            self.sharing = Sharing::Never;
        }
        Ok(shared)
    }
}

fn pixmap_size(mask: &Mask) -> Result<(u16, u16), UploadError> {
    let (width, height) = (mask.width(), mask.height());
    let error = UploadError::Size { width, height };
    if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
        return Err(error);
    }
    // Both are at most 32767.
    Ok((width as u16, height as u16))
}

/// Render's standard format `PictStandardA8`.
fn is_a8(format: &render::Pictforminfo) -> bool {
    let direct = &format.direct;
    format.type_ == render::PictType::DIRECT
        && format.depth == 8
        && (direct.alpha_mask, direct.alpha_shift) == (0xff, 0)
        && (direct.red_mask, direct.green_mask, direct.blue_mask) == (0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_are_local() {
        for name in [":0", ":1.0", "unix:0", "/run/x11/socket"] {
            assert!(is_local(name), "{name}");
        }
        for name in ["localhost:10.0", "host:0", ""] {
            assert!(!is_local(name), "{name}");
        }
    }

    #[test]
    fn pixmaps_have_limits() {
        let size = |width, height| {
            pixmap_size(&Mask::new(raster::MaskFormat::A1, width, height).unwrap()).is_ok()
        };
        assert!(size(1, 32767) && !size(32768, 1) && !size(0, 4) && !size(4, 0));
    }
}
