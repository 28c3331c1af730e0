//! Masks and plain colours as pictures, made once per style.
//!
//! Owns small server-side caches. Must not know operations.

use std::collections::HashMap;

use raster::Mask;
use x11rb::protocol::render::{Color, ConnectionExt as _, CreatePictureAux, Pictformat, Picture};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux};

use crate::masks::{self, Slices, Style};
use crate::pixel::Pixel;
use crate::wire::{Wire, size16};

/// How far the stretching row or column of a shadow is repeated beforehand,
/// in pixels. A longer side takes several requests.
pub(super) const STRIP: i32 = 128;

/// Entries of one cache. A fade passes through 255 opacities; more than this
/// many at once are not in use, and all are cheap to make again.
const LARGEST_CACHE: usize = 256;

/// A shadow style's masks in the server.
#[derive(Debug)]
pub(super) struct Stretched {
    /// Geometry, and the coverage itself.
    pub(super) slices: Slices,
    /// The mask as it is.
    pub(super) whole: Picture,
    /// Its stretching column, [`STRIP`] pixels wide.
    pub(super) wide: Option<Picture>,
    /// Its stretching row, [`STRIP`] pixels high.
    pub(super) high: Option<Picture>,
}

/// The caches.
#[derive(Debug)]
pub(super) struct Stencils {
    root: u32,
    a8: Pictformat,
    /// A graphics context for depth 8, made with the first mask.
    gc: Option<u32>,
    discs: HashMap<(i32, u8), Picture>,
    solids: HashMap<Pixel, Picture>,
    shadows: HashMap<Style, Stretched>,
}

impl Stencils {
    pub(super) fn new(root: u32, a8: Pictformat) -> Self {
        Self {
            root,
            a8,
            gc: None,
            discs: HashMap::new(),
            solids: HashMap::new(),
            shadows: HashMap::new(),
        }
    }

    /// [`masks::disc`] as a picture.
    pub(super) fn disc(&mut self, wire: &mut Wire, radius: i32, opacity: u8) -> Picture {
        if let Some(disc) = self.discs.get(&(radius, opacity)) {
            return *disc;
        }
        make_room(&mut self.discs, wire, |disc| [Some(disc), None, None]);
        let picture = self.put(wire, &masks::disc(radius, opacity));
        self.discs.insert((radius, opacity), picture);
        picture
    }

    /// One premultiplied colour everywhere.
    pub(super) fn solid(&mut self, wire: &mut Wire, pixel: Pixel) -> Picture {
        if let Some(solid) = self.solids.get(&pixel) {
            return *solid;
        }
        make_room(&mut self.solids, wire, |solid| [Some(solid), None, None]);
        let picture = wire.id();
        wire.send(|c| c.render_create_solid_fill(picture, color(pixel)));
        self.solids.insert(pixel, picture);
        picture
    }

    /// The masks of a shadow style. `None` cannot happen; it spares a panic.
    pub(super) fn shadow(&mut self, wire: &mut Wire, style: Style) -> Option<&Stretched> {
        if !self.shadows.contains_key(&style) {
            make_room(&mut self.shadows, wire, |s| [Some(s.whole), s.wide, s.high]);
            let slices = Slices::new(style);
            let whole = self.put(wire, &slices.mask);
            let wide = slices.column.map(|column| {
                let (mut bytes, height) = (Vec::new(), slices.mask.height());
                for y in 0..height {
                    bytes.extend([slices.mask.get(column as u32, y); STRIP as usize]);
                }
                self.put_bytes(wire, STRIP, height as i32, STRIP as usize, &bytes)
            });
            let high = slices.row.and_then(|row| {
                let (start, stride) = (row as usize * slices.mask.stride(), slices.mask.stride());
                let bytes = slices.mask.data().get(start..start + stride)?.repeat(STRIP as usize);
                Some(self.put_bytes(wire, slices.mask.width() as i32, STRIP, stride, &bytes))
            });
            self.shadows.insert(style, Stretched { slices, whole, wide, high });
        }
        self.shadows.get(&style)
    }

    /// Frees everything.
    pub(super) fn free(&mut self, wire: &mut Wire) {
        let discs = self.discs.drain().map(|(_, disc)| disc);
        let solids = self.solids.drain().map(|(_, solid)| solid);
        let shadows = self.shadows.drain().flat_map(|(_, s)| {
            [Some(s.whole), s.wide, s.high].into_iter().flatten().collect::<Vec<_>>()
        });
        for picture in discs.chain(solids).chain(shadows) {
            wire.send(|c| c.render_free_picture(picture));
        }
        if let Some(gc) = self.gc.take() {
            wire.send(|c| c.free_gc(gc));
        }
    }

    fn put(&mut self, wire: &mut Wire, mask: &Mask) -> Picture {
        let (width, height) = (mask.width() as i32, mask.height() as i32);
        self.put_bytes(wire, width, height, mask.stride(), mask.data())
    }

    fn put_bytes(
        &mut self,
        wire: &mut Wire,
        width: i32,
        height: i32,
        stride: usize,
        bytes: &[u8],
    ) -> Picture {
        let pixmap = wire.id();
        let (root, a8) = (self.root, self.a8);
        let (w, h) = (size16(width.max(1)), size16(height.max(1)));
        wire.send(|c| c.create_pixmap(8, pixmap, root, w, h));
        let gc = *self.gc.get_or_insert_with(|| {
            let gc = wire.id();
            let aux = CreateGCAux::new().graphics_exposures(0);
            wire.send(|c| c.create_gc(gc, pixmap, &aux));
            gc
        });
        wire.put_image(pixmap, gc, 8, (0, 0), width, stride, bytes);
        let picture = wire.id();
        wire.send(|c| c.render_create_picture(picture, pixmap, a8, &CreatePictureAux::new()));
        // The picture keeps the pixmap.
        wire.send(|c| c.free_pixmap(pixmap));
        picture
    }
}

/// A premultiplied pixel as Render has it; the server takes the high bytes.
pub(super) const fn color(pixel: Pixel) -> Color {
    Color {
        red: pixel[2] as u16 * 257,
        green: pixel[1] as u16 * 257,
        blue: pixel[0] as u16 * 257,
        alpha: pixel[3] as u16 * 257,
    }
}

fn make_room<K, V>(
    cache: &mut HashMap<K, V>,
    wire: &mut Wire,
    pictures: impl Fn(V) -> [Option<Picture>; 3],
) {
    if cache.len() < LARGEST_CACHE {
        return;
    }
    for (_, value) in cache.drain() {
        for picture in pictures(value).into_iter().flatten() {
            wire.send(|c| c.render_free_picture(picture));
        }
    }
}
