//! The pictures that operations read.
//!
//! Owns one record per source: its picture, and a second one that scales.
//! Must not know where anything is painted.

use wm_core::geom::{Rect, Size, Source};
use x11rb::protocol::render::{
    ConnectionExt as _, CreatePictureAux, Pictformat, Picture, Repeat, Transform,
};
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::wire::Wire;

/// Pixels in the server.
#[derive(Debug)]
pub(super) struct Bound {
    /// The pixmap.
    pub(super) drawable: u32,
    /// Whether the pixmap belongs to the backend.
    pub(super) owned: bool,
    /// Size in pixels.
    pub(super) size: Size,
    /// Depth of the pixmap.
    pub(super) depth: u8,
    /// The format of its pictures.
    pub(super) format: Pictformat,
    /// Shows pixels one to one, transparent outside.
    pub(super) picture: Picture,
    /// Repeats the whole pixmap.
    tile: Option<Picture>,
    scaled: Option<Scaled>,
}

#[derive(Debug)]
struct Scaled {
    picture: Picture,
    from: Rect<Source>,
    to: Size,
}

impl Bound {
    pub(super) fn new(
        wire: &mut Wire,
        drawable: u32,
        owned: bool,
        size: Size,
        depth: u8,
        format: Pictformat,
    ) -> Self {
        let picture = wire.id();
        wire.send(|c| c.render_create_picture(picture, drawable, format, &CreatePictureAux::new()));
        Self { drawable, owned, size, depth, format, picture, tile: None, scaled: None }
    }

    /// The whole pixmap as a rectangle.
    pub(super) const fn bounds(&self) -> Rect<Source> {
        Rect::new(0, 0, self.size.w, self.size.h)
    }

    /// A picture that repeats the pixmap in both directions.
    pub(super) fn tile(&mut self, wire: &mut Wire) -> Picture {
        *self.tile.get_or_insert_with(|| {
            let picture = wire.id();
            let aux = CreatePictureAux::new().repeat(Repeat::NORMAL);
            wire.send(|c| c.render_create_picture(picture, self.drawable, self.format, &aux));
            picture
        })
    }

    /// A picture whose pixels (0, 0) to `to` show `from`, bilinear. Pixels
    /// beyond the pixmap's edge repeat the edge.
    pub(super) fn scaled(&mut self, wire: &mut Wire, from: Rect<Source>, to: Size) -> Picture {
        let scaled = self.scaled.get_or_insert_with(|| {
            let picture = wire.id();
            let aux = CreatePictureAux::new().repeat(Repeat::PAD);
            wire.send(|c| c.render_create_picture(picture, self.drawable, self.format, &aux));
            wire.send(|c| c.render_set_picture_filter(picture, b"bilinear", &[]));
            Scaled { picture, from: Rect::default(), to: Size::default() }
        });
        if (scaled.from, scaled.to) != (from, to) {
            (scaled.from, scaled.to) = (from, to);
            let picture = scaled.picture;
            let transform = Transform {
                matrix11: ratio(from.w, to.w),
                matrix13: fixed(from.x),
                matrix22: ratio(from.h, to.h),
                matrix23: fixed(from.y),
                matrix33: 1 << 16,
                ..Transform::default()
            };
            wire.send(|c| c.render_set_picture_transform(picture, transform));
        }
        scaled.picture
    }

    /// Frees everything that belongs to the backend.
    pub(super) fn free(self, wire: &mut Wire) {
        let pictures = [Some(self.picture), self.tile, self.scaled.map(|scaled| scaled.picture)];
        for picture in pictures.into_iter().flatten() {
            wire.send(|c| c.render_free_picture(picture));
        }
        if self.owned {
            wire.send(|c| c.free_pixmap(self.drawable));
        }
    }
}

/// `from / to` in 16.16, rounded to nearest.
pub(crate) fn ratio(from: i32, to: i32) -> i32 {
    let (from, to) = (i64::from(from) << 16, i64::from(to.max(1)));
    i32::try_from((from + to / 2) / to).unwrap_or(i32::MAX)
}

fn fixed(value: i32) -> i32 {
    i32::try_from(i64::from(value) << 16).unwrap_or(i32::MAX)
}
