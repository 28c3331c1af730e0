//! A picture in which every place looks different, so that a shifted, stale or torn window shows.

use anyhow::Result;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};

use crate::client::Client;

/// The colour of a pixel of the test card, `0x00RRGGBB`: blocks of 16 pixels in colours of their
/// own with one-pixel diagonals in them, white on the outermost pixels.
#[must_use]
pub fn test_card_pixel(x: u16, y: u16, width: u16, height: u16, seed: u32) -> u32 {
    if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
        return 0xff_ffff;
    }
    let block = u32::from(x / 16) << 16 | u32::from(y / 16);
    let mut hash = block.wrapping_mul(0x9e37_79b1) ^ seed.wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 15).wrapping_mul(0x2c1b_3c6d);
    hash ^= hash >> 13;
    if x % 16 == y % 16 { !hash & 0xff_ffff } else { hash & 0xff_ffff }
}

/// Puts the test card of a size into a drawable, opaque when it has alpha.
pub(crate) fn put(
    client: &Client,
    drawable: u32,
    context: u32,
    depth: u8,
    (width, height): (u16, u16),
    seed: u32,
) -> Result<()> {
    // Bands, so that no request exceeds the 256 KiB that every server takes.
    let band = (60_000 / width.max(1)).max(1);
    let mut top = 0;
    while top < height {
        let rows = band.min(height - top);
        let mut bytes = Vec::with_capacity(usize::from(width) * usize::from(rows) * 4);
        for y in top..top + rows {
            for x in 0..width {
                let pixel = 0xff00_0000 | test_card_pixel(x, y, width, height, seed);
                bytes.extend_from_slice(&pixel.to_le_bytes());
            }
        }
        client.connection().put_image(
            ImageFormat::Z_PIXMAP,
            drawable,
            context,
            width,
            rows,
            0,
            i16::try_from(top)?,
            0,
            depth,
            &bytes,
        )?;
        top += rows;
    }
    Ok(())
}
