//! Pictures into the window.
//!
//! Owns pixel formats and the way to the server: a memory file that it maps
//! (MIT-SHM 1.2), or PutImage where it cannot. No memory is mapped here: pixels
//! are written into the file, which costs one copy and no unsafe code.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt as _;

use rustix::fs::{MemfdFlags, memfd_create};
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::shm::{self, ConnectionExt as _, Seg};
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateGCAux, Gcontext, ImageFormat, ImageOrder, VisualClass, Visualtype,
};
use x11rb::rust_connection::RustConnection;

use super::WindowError;
use super::shell::Shell;
use crate::canvas::Canvas;

#[derive(Debug)]
pub(super) struct Presenter {
    format: Format,
    depth: u8,
    gc: Gcontext,
    /// Not, once the server has refused it.
    may_share: bool,
    shared: Option<Shared>,
    bytes: Vec<u8>,
}

/// How a pixel is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Format {
    /// Lowest bit and number of bits: red, green, blue.
    channels: [(u32, u32); 3],
    bytes: usize,
    big_endian: bool,
}

#[derive(Debug)]
struct Shared {
    segment: Seg,
    file: File,
    length: usize,
    /// The server still reads it.
    busy: bool,
}

impl Presenter {
    pub(super) fn new(shell: &Shell) -> Result<Self, WindowError> {
        let (connection, screen) = (&shell.connection, &shell.screen);
        let depth = screen.root_depth;
        let visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
        let mut same = visuals.filter(|visual| visual.visual_id == screen.root_visual);
        let visual = same.next().ok_or(WindowError::Visual)?;
        let setup = connection.setup();
        let mut formats = setup.pixmap_formats.iter().filter(|format| format.depth == depth);
        let bits = formats.next().ok_or(WindowError::Visual)?.bits_per_pixel;
        let big_endian = setup.image_byte_order == ImageOrder::MSB_FIRST;
        let format = Format::new(visual, bits, big_endian).ok_or(WindowError::Visual)?;
        let gc = connection.generate_id()?;
        connection.create_gc(gc, shell.window, &CreateGCAux::new())?;
        let version = connection
            .extension_information(shm::X11_EXTENSION_NAME)?
            .map(|_| connection.shm_query_version())
            .transpose()?
            .and_then(|cookie| cookie.reply().ok());
        let may_share = version.is_some_and(|shm| (shm.major_version, shm.minor_version) >= (1, 2));
        Ok(Self { format, depth, gc, may_share, shared: None, bytes: Vec::new() })
    }

    /// Whether the server is done with the last picture.
    pub(super) fn is_ready(&self) -> bool {
        !self.shared.as_ref().is_some_and(|shared| shared.busy)
    }

    /// The server is done with a segment.
    pub(super) fn completed(&mut self, segment: Seg) {
        if let Some(shared) = &mut self.shared
            && shared.segment == segment
        {
            shared.busy = false;
        }
    }

    /// Shows a picture in the window's upper left corner.
    pub(super) fn show(&mut self, shell: &Shell, canvas: &Canvas) -> Result<(), WindowError> {
        let connection = &shell.connection;
        let stride = self.format.write(canvas, &mut self.bytes);
        if !self.share(connection)? {
            return self.put(shell, canvas, stride);
        }
        let Some(shared) = &mut self.shared else { return Ok(()) };
        // Sides are at most 16384 pixels.
        let (width, height) = (canvas.width() as u16, canvas.height() as u16);
        connection.shm_put_image(
            shell.window,
            self.gc,
            width,
            height,
            0,
            0,
            width,
            height,
            0,
            0,
            self.depth,
            ImageFormat::Z_PIXMAP.into(),
            true,
            shared.segment,
            0,
        )?;
        shared.busy = true;
        Ok(())
    }

    /// Writes the bytes where the server sees them; whether it does.
    fn share(&mut self, connection: &RustConnection) -> Result<bool, WindowError> {
        let needed = self.bytes.len();
        if self.may_share && self.shared.as_ref().is_none_or(|shared| shared.length < needed) {
            if let Some(old) = self.shared.take() {
                connection.shm_detach(old.segment)?;
            }
            // Some room to grow, so that not every step of a resize makes one.
            let length = needed + needed / 4;
            self.shared = attach(connection, length)?;
            self.may_share = self.shared.is_some();
        }
        let Some(shared) = &self.shared else { return Ok(false) };
        Ok(shared.file.write_all_at(&self.bytes, 0).is_ok())
    }

    /// Sends the picture through the connection, in as many pieces as it takes.
    fn put(&self, shell: &Shell, canvas: &Canvas, stride: usize) -> Result<(), WindowError> {
        let connection = &shell.connection;
        let most = connection.maximum_request_bytes().saturating_sub(64);
        let rows = (most / stride.max(1)).max(1);
        let mut top: i16 = 0;
        for piece in self.bytes.chunks(rows * stride.max(1)) {
            // Sides are at most 16384 pixels.
            let height = (piece.len() / stride.max(1)) as u16;
            connection.put_image(
                ImageFormat::Z_PIXMAP,
                shell.window,
                self.gc,
                canvas.width() as u16,
                height,
                0,
                top,
                0,
                self.depth,
                piece,
            )?;
            top = top.saturating_add_unsigned(height);
        }
        // So that we do not run ahead of the server.
        connection.get_input_focus()?.reply()?;
        Ok(())
    }
}

/// A new memory file, if the server takes it.
fn attach(connection: &RustConnection, length: usize) -> Result<Option<Shared>, WindowError> {
    let Ok(file) = memfd_create("show-traps", MemfdFlags::CLOEXEC) else { return Ok(None) };
    let file = File::from(file);
    let Ok(theirs) = file.set_len(length as u64).and_then(|()| file.try_clone()) else {
        return Ok(None);
    };
    let segment = connection.generate_id()?;
    let attached = connection.shm_attach_fd(segment, OwnedFd::from(theirs), true)?.check();
    Ok(attached.is_ok().then_some(Shared { segment, file, length, busy: false }))
}

impl Format {
    fn new(visual: &Visualtype, bits: u8, big_endian: bool) -> Option<Self> {
        let direct = [VisualClass::TRUE_COLOR, VisualClass::DIRECT_COLOR].contains(&visual.class);
        if !direct || ![16, 32].contains(&bits) {
            return None;
        }
        let masks = [visual.red_mask, visual.green_mask, visual.blue_mask];
        let channels = masks.map(|mask| (mask.trailing_zeros() % 32, mask.count_ones()));
        Some(Self { channels, bytes: usize::from(bits / 8), big_endian })
    }

    /// Writes a picture as the server's images are; how long a row is.
    fn write(&self, canvas: &Canvas, out: &mut Vec<u8>) -> usize {
        let row = canvas.width() as usize * self.bytes;
        // Rows are padded to 32 bits, which no server asks to exceed.
        let stride = row.next_multiple_of(4);
        out.clear();
        out.reserve(stride * canvas.height() as usize);
        let usual = Self { channels: [(16, 8), (8, 8), (0, 8)], bytes: 4, big_endian: false };
        for line in canvas.bytes().chunks_exact((3 * canvas.width() as usize).max(1)) {
            if *self == usual {
                for [red, green, blue] in line.as_chunks().0 {
                    out.extend_from_slice(&[*blue, *green, *red, 0]);
                }
                continue;
            }
            for pixel in line.as_chunks::<3>().0 {
                let mut word = 0_u32;
                for (value, (shift, bits)) in pixel.iter().zip(self.channels) {
                    // The high bits, repeated where there are more than eight.
                    let wide = u32::from(*value) * 0x0101_0101;
                    word |= wide.checked_shr(32 - bits).unwrap_or(0) << shift;
                }
                match (self.bytes, self.big_endian) {
                    (2, false) => out.extend_from_slice(&(word as u16).to_le_bytes()),
                    (2, true) => out.extend_from_slice(&(word as u16).to_be_bytes()),
                    (_, false) => out.extend_from_slice(&word.to_le_bytes()),
                    (_, true) => out.extend_from_slice(&word.to_be_bytes()),
                }
            }
            out.resize(out.len() + stride - row, 0);
        }
        stride
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colour::Rgba;

    fn written(format: Format) -> Vec<u8> {
        let mut bytes = Vec::new();
        let canvas = Canvas::new(1, 1, Rgba::opaque(255, 128, 16));
        format.write(&canvas, &mut bytes);
        bytes
    }

    #[test]
    fn pixels_are_as_the_visual_wants_them() {
        let usual = Format { channels: [(16, 8), (8, 8), (0, 8)], bytes: 4, big_endian: false };
        assert_eq!(written(usual), [16, 128, 255, 0]);
        assert_eq!(written(Format { big_endian: true, ..usual }), [0, 255, 128, 16]);
        let deep = Format { channels: [(20, 10), (10, 10), (0, 10)], ..usual };
        assert_eq!(written(deep), (1023_u32 << 20 | 514 << 10 | 64).to_le_bytes());
        let small = Format { channels: [(11, 5), (5, 6), (0, 5)], bytes: 2, big_endian: false };
        assert_eq!(written(small), [0b0000_0010, 0b1111_1100, 0, 0], "and padded");
    }
}
