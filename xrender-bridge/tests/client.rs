//! Masks uploaded to a real server come back as they were.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, end the test")]

mod server;

use raster::area::{RoundedRect, rounded_corner};
use raster::shadow::NineSlice;
use raster::{Mask, MaskFormat};
use server::{Server, pixels};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::render::{Color, ConnectionExt as _, PictOp};
use x11rb::protocol::xproto::ConnectionExt as _;
use xrender_bridge::client::{Sharing, UploadError, Uploader};

/// A mask of which no two rows or columns are alike.
fn large(width: u32, height: u32) -> Mask {
    let mut mask = Mask::new(MaskFormat::A8, width, height).unwrap();
    let mut target = mask.as_mut();
    for y in 0..height {
        for (x, pixel) in target.row_mut(y).unwrap().iter_mut().enumerate() {
            *pixel = (x as u32).wrapping_mul(31).wrapping_add(y.wrapping_mul(17) ^ (y >> 7)) as u8;
        }
    }
    mask
}

#[test]
fn masks_of_every_size_arrive() {
    let server = Server::start(&[]);
    let (connection, root) = server.connect();
    for sharing in [Sharing::Never, Sharing::Try] {
        let mut uploader = Uploader::new(&connection, root, sharing).unwrap();
        assert_eq!(uploader.sharing(), sharing, "Xvfb shares memory");
        // Small, odd widths, more than one request, more than one segment,
        // and again a large one in what is then a used segment.
        let masks = [
            rounded_corner(13),
            NineSlice::shadow(9, 20).mask().clone(),
            large(517, 300),
            large(5000, 4001),
            large(1001, 900),
            large(1002, 1001),
        ];
        for mask in &masks {
            let picture = uploader.upload(&connection, mask).unwrap();
            let bytes = pixels(&connection, picture.pixmap(), picture.width(), picture.height());
            assert!(bytes == mask.data(), "{}×{} by {sharing:?}", mask.width(), mask.height());
            picture.free(&connection).unwrap();
        }
        assert_eq!(uploader.sharing(), sharing, "sharing worked to the end");
        uploader.close(&connection).unwrap();
    }
    connection.get_input_focus().unwrap().reply().unwrap();
    if let Some(Event::Error(error)) = connection.poll_for_event().unwrap() {
        panic!("the server refused something: {error:?}");
    }
}

#[test]
fn a_picture_works_as_a_mask() {
    let server = Server::start(&[]);
    let (connection, root) = server.connect();
    let mut uploader = Uploader::new(&connection, root, Sharing::Try).unwrap();
    let mut shape = Mask::new(MaskFormat::A8, 30, 20).unwrap();
    RoundedRect { x: 2.5, y: 1.25, width: 24.0, height: 17.0, radius: 6.0 }
        .add_to(&mut shape.as_mut());
    let mask = uploader.upload(&connection, &shape).unwrap();
    let target = uploader.upload(&connection, &Mask::new(MaskFormat::A8, 30, 20).unwrap()).unwrap();

    let white = Color { red: 0xffff, green: 0xffff, blue: 0xffff, alpha: 0xffff };
    let source = connection.generate_id().unwrap();
    connection.render_create_solid_fill(source, white).unwrap();
    connection
        .render_composite(
            PictOp::OVER,
            source,
            mask.picture(),
            target.picture(),
            0,
            0,
            0,
            0,
            0,
            0,
            30,
            20,
        )
        .unwrap();
    assert!(pixels(&connection, target.pixmap(), 30, 20) == shape.data());
}

#[test]
fn impossible_sizes_are_errors_not_requests() {
    let server = Server::start(&[]);
    let (connection, root) = server.connect();
    let mut uploader = Uploader::new(&connection, root, Sharing::Never).unwrap();
    for (width, height) in [(0, 5), (5, 0), (40_000, 1)] {
        let mask = Mask::new(MaskFormat::A8, width, height).unwrap();
        let error = uploader.upload(&connection, &mask).unwrap_err();
        assert!(matches!(error, UploadError::Size { .. }), "{error}");
    }
}
