//! Taking pictures: by GetImage, or from the file in which Xvfb keeps its screen.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use x11rb::protocol::damage::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, ImageFormat, SubwindowMode};

use super::{Difference, Image, Rectangle, Tolerance};
use crate::client::Client;
use crate::wait::{Deadline, readable};

/// A picture of a part of the root window, with all that lies on it.
///
/// It is copied first and fetched from the copy. GetImage of a window first brings up to date what
/// the server redirects by itself below it (windows of other depths); the X server does so between
/// the head of the reply and its pixels, and the DamageNotify events that this causes then stand
/// between them on the wire (X.Org server 21.1, `dix/dispatch.c`, `DoGetImage`). A client with a
/// Damage object reads them as pixels, and waits for ever for as many bytes as came too many.
///
/// # Errors
/// When the rectangle is not inside the root window.
pub fn of_root(client: &Client, rectangle: Rectangle) -> Result<Image> {
    let (x, root) = (client.connection(), client.root());
    let geometry = x.get_geometry(root)?.reply()?;
    let whole = Rectangle::new(0, 0, geometry.width.into(), geometry.height.into());
    ensure!(whole.intersection(rectangle) == Some(rectangle), "{rectangle:?} is not in {whole:?}");
    let (copy, gc) = (client.new_id()?, client.new_id()?);
    let part = rectangle.to_x();
    x.create_pixmap(geometry.depth, copy, root, part.width, part.height)?;
    let aux =
        CreateGCAux::new().subwindow_mode(SubwindowMode::INCLUDE_INFERIORS).graphics_exposures(0);
    x.create_gc(gc, root, &aux)?;
    x.copy_area(root, copy, gc, part.x, part.y, 0, 0, part.width, part.height)?;
    x.free_gc(gc)?;
    let image = of_drawable(client, copy, Rectangle { x: 0, y: 0, ..rectangle });
    x.free_pixmap(copy)?;
    image.with_context(|| format!("{rectangle:?} of the screen"))
}

/// A picture of the whole screen as it is now, whatever its size has become.
///
/// # Errors
/// When the connection fails.
pub fn of_screen(client: &Client) -> Result<Image> {
    of_root(client, client.geometry(client.root())?)
}

/// A picture of a part of a window or pixmap, in its coordinates; 24 or 32 bits deep.
///
/// # Errors
/// When the part is outside or, for a window, off the screen; or of another depth.
pub fn of_drawable(client: &Client, drawable: u32, rectangle: Rectangle) -> Result<Image> {
    let part = rectangle.to_x();
    let reply = client
        .connection()
        .get_image(ImageFormat::Z_PIXMAP, drawable, part.x, part.y, part.width, part.height, !0)?
        .reply()
        .with_context(|| format!("image of {rectangle:?}"))?;
    ensure!(matches!(reply.depth, 24 | 32), "depth {}", reply.depth);
    let pixels = reply
        .data
        .chunks_exact(4)
        .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        .collect();
    Image::new(part.width.into(), part.height.into(), pixels)
}

/// Takes pictures of a part of the screen, one after each Damage event, until one satisfies a
/// condition, and returns that one.
///
/// # Errors
/// When the deadline passes; the last picture is then kept in
/// `target/test-failures/<test>/<name>-last.png`.
pub fn wait_until(
    client: &Client,
    name: &str,
    rectangle: Rectangle,
    mut condition: impl FnMut(&Image) -> bool,
) -> Result<Image> {
    let connection = client.connection();
    connection.damage_query_version(1, 1)?.reply()?;
    let watch = client.new_id()?;
    // Raw rectangles need no subtraction to be told again.
    connection.damage_create(watch, client.root(), damage::ReportLevel::RAW_RECTANGLES)?.check()?;
    let mut last = None;
    let found = client.wait_until(&format!("picture {name}"), || {
        let image = of_root(client, rectangle)?;
        if condition(&image) {
            return Ok(Some(image));
        }
        last = Some(image);
        Ok(None)
    });
    connection.damage_destroy(watch)?;
    if let (Err(_), Some(image)) = (&found, last) {
        let directory = crate::sandbox::target_directory()
            .join("test-failures")
            .join(crate::sandbox::test_name());
        image.save(&directory.join(format!("{name}-last.png")))?;
    }
    found
}

/// Takes pictures until `quiet` has passed without a change in what `view` makes of them, and
/// returns that. For programs that fade of their own accord, of which no event tells the end;
/// stillness can only be seen by letting time pass.
///
/// # Errors
/// When it does not become still before the deadline.
pub fn wait_still(
    client: &Client,
    rectangle: Rectangle,
    quiet: Duration,
    mut view: impl FnMut(&Image) -> Image,
) -> Result<Image> {
    let deadline = Deadline::patient();
    // Nothing is ever written to it: it ends each look's pause.
    let (silence, _open) = std::io::pipe()?;
    let mut last = view(&of_root(client, rectangle)?);
    let mut still = Deadline::after(quiet);
    while !still.has_passed() {
        readable(&silence, Deadline::after(quiet / 8))?;
        let image = view(&of_root(client, rectangle)?);
        if image != last {
            last = image;
            still = Deadline::after(quiet);
        }
        ensure!(!deadline.has_passed(), "the screen does not become still");
    }
    Ok(last)
}

/// Waits until a part of the screen shows what is expected; if it does not, leaves the pictures
/// of [`assert_same`](super::assert_same).
///
/// # Errors
/// When the deadline passes first; the message says by how much the last picture differs.
pub fn wait_same(
    client: &Client,
    name: &str,
    rectangle: Rectangle,
    expected: &Image,
    tolerance: Tolerance,
) -> Result<()> {
    let close = |image: &Image| {
        Difference::between(image, expected, tolerance.channel)
            .is_some_and(|difference| difference.pixels <= tolerance.pixels)
    };
    if wait_until(client, name, rectangle, close).is_err() {
        let last = of_root(client, rectangle)?;
        super::assert_same(name, &last, expected, tolerance)?;
    }
    Ok(())
}

/// The file that Xvfb keeps its screen in: what stands there is what a monitor would show, and
/// reading it costs the server nothing.
#[derive(Debug)]
pub struct FrameBuffer {
    file: File,
    start: u64,
    stride: u64,
    width: u32,
    height: u32,
}

/// Number of 32-bit fields in an X window dump header (`XWDfile.h`), all big-endian.
const HEADER_FIELDS: usize = 25;
/// Bytes of one colour map entry.
const COLOR_BYTES: u64 = 12;

impl FrameBuffer {
    /// Opens the file of a running Xvfb, see [`crate::Server::frame_buffer`].
    ///
    /// # Errors
    /// When it is not an X window dump of 32 bits per pixel.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("read {}", path.display()))?;
        let mut bytes = [0; HEADER_FIELDS * 4];
        file.read_exact_at(&mut bytes, 0)?;
        let field = |index: usize| {
            let at = index * 4;
            u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let (header_size, version, width, height) = (field(0), field(1), field(4), field(5));
        let (byte_order, bits_per_pixel, stride, colors) =
            (field(7), field(11), field(12), field(19));
        if version != 7 || bits_per_pixel != 32 || byte_order != 0 {
            bail!("dump version {version}, {bits_per_pixel} bits, byte order {byte_order}");
        }
        Ok(Self {
            file,
            start: u64::from(header_size) + u64::from(colors) * COLOR_BYTES,
            stride: stride.into(),
            width,
            height,
        })
    }

    /// A picture of a part of the screen, cut to it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self, rectangle: Rectangle) -> Result<Image> {
        let whole = Rectangle::new(0, 0, self.width, self.height);
        let part = whole.intersection(rectangle).unwrap_or_default();
        let mut pixels = Vec::with_capacity(part.width as usize * part.height as usize);
        let mut row = vec![0; part.width as usize * 4];
        for y in part.y..part.bottom() {
            let line = u64::from(y.cast_unsigned()) * self.stride;
            let at = self.start + line + u64::from(part.x.cast_unsigned()) * 4;
            self.file.read_exact_at(&mut row, at)?;
            pixels.extend(
                row.chunks_exact(4)
                    .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])),
            );
        }
        Image::new(part.width, part.height, pixels)
    }

    /// The colour of one pixel, `0x00RRGGBB`.
    ///
    /// # Errors
    /// When it is outside or the file cannot be read.
    pub fn pixel(&self, x: u32, y: u32) -> Result<u32> {
        let part = Rectangle::new(x.cast_signed(), y.cast_signed(), 1, 1);
        self.read(part)?.pixels().first().copied().context("outside the screen")
    }
}

#[cfg(test)]
mod tests {
    use x11rb::protocol::xproto::ChangeWindowAttributesAux;

    use super::*;
    use crate::Server;
    use crate::pixels::test_card_pixel;

    #[test]
    fn file_and_request_show_the_same_test_card() {
        let server = Server::xvfb().size(400, 300).start().unwrap();
        let client = Client::connect(&server).unwrap();
        let window = client.window().at(20, 10).size(131, 77).test_card(7).map().unwrap();
        window.wait_viewable().unwrap();
        let expected = Image::from_fn(131, 77, |x, y| {
            test_card_pixel(x.try_into().unwrap(), y.try_into().unwrap(), 131, 77, 7)
        });
        let part = Rectangle::new(20, 10, 131, 77);
        let asked = of_root(&client, part).unwrap();
        super::super::assert_same("asked", &asked, &expected, Tolerance::EXACT).unwrap();
        let file = FrameBuffer::open(server.frame_buffer().unwrap()).unwrap();
        let read = file.read(part).unwrap();
        super::super::assert_same("read", &read, &expected, Tolerance::EXACT).unwrap();
        assert_eq!(file.pixel(25, 13).unwrap(), expected.pixel(5, 3).unwrap());
    }

    #[test]
    fn a_picture_is_awaited_by_damage() {
        let server = Server::xvfb().size(200, 200).start().unwrap();
        let client = Client::connect(&server).unwrap();
        let window = client.window().size(50, 50).color(0xff00_0000).map().unwrap();
        window.wait_viewable().unwrap();
        let painter = std::thread::spawn({
            let (display, id) = (server.display().to_owned(), window.id());
            move || {
                let other = Client::connect_to(&display).unwrap();
                Window::existing(&other, id).fill(Rectangle::new(0, 0, 50, 50), 0xab_cdef).unwrap();
            }
        });
        let whole = Rectangle::new(0, 0, 50, 50);
        wait_until(&client, "painted", whole, |image| image.is_solid(whole, 0xab_cdef)).unwrap();
        painter.join().unwrap();
    }

    #[test]
    fn a_picture_is_whole_where_the_server_itself_redirects() {
        let server = Server::xvfb().size(200, 200).start().unwrap();
        let client = Client::connect(&server).unwrap();
        let window = client.window().argb().size(50, 50).color(0xff00_0000).map().unwrap();
        window.wait_viewable().unwrap();
        let x = client.connection();
        x.damage_query_version(1, 1).unwrap().reply().unwrap();
        let level = damage::ReportLevel::RAW_RECTANGLES;
        x.damage_create(client.new_id().unwrap(), client.root(), level).unwrap().check().unwrap();
        let whole = Rectangle::new(0, 0, 50, 50);
        for color in 1..50 {
            // In one piece with the request for the picture, before the server comes to rest.
            let aux = ChangeWindowAttributesAux::new().background_pixel(0xff00_0000 | color);
            x.change_window_attributes(window.id(), &aux).unwrap();
            x.clear_area(false, window.id(), 0, 0, 0, 0).unwrap();
            let image = of_root(&client, whole).unwrap();
            assert!(image.is_solid(whole, color), "picture {color}");
        }
    }

    use crate::Window;
}
