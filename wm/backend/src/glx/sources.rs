//! Textures of sources, kept up to date.
//!
//! Owns the two ways of getting a pixmap's pixels: bound to it where the GPU
//! shares memory with the server, else fetched, and then only what changed.
//! Must not know what is drawn with them.

use std::collections::HashMap;

use glow::NativeTexture;
use wm_core::geom::{Rect, Size, Source};
use wm_core::id::SourceId;
use wm_core::region::Region;
use x11rb::protocol::xproto::ConnectionExt as _;

use super::context::Context;
use super::tfp::{GlxPixmap, TextureFromPixmap};
use crate::Pixmap;
use crate::fetch::Fetcher;
use crate::wire::Wire;

/// A region of more rectangles than this is fetched as one: each costs a
/// request, a reply and an upload.
const MOST_FETCHES: usize = 8;

/// A source's texture.
#[derive(Debug)]
pub(super) struct Texture {
    pub(super) name: NativeTexture,
    pub(super) size: Size,
    /// Whether the fourth byte of its pixels means nothing.
    pub(super) opaque: bool,
    /// Whether its first row is at coordinate 0.
    pub(super) inverted: bool,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Ours.
    Uploaded,
    /// A copy, out of date in a region.
    Fetched { pixmap: u32, stale: Region<Source> },
    /// Shares the pixmap's memory, or takes it at each bind. The GLX pixmap
    /// is made when it is first shown.
    Bound { xid: u32, depth: u8, pixmap: Option<GlxPixmap>, stale: bool },
    /// The pixmap was gone before it was ever shown.
    Gone,
}

/// All sources.
#[derive(Debug)]
pub(super) struct Sources {
    textures: HashMap<SourceId, Texture>,
    tfp: Option<TextureFromPixmap>,
    fetcher: Fetcher,
    largest: i32,
}

impl Sources {
    pub(super) fn new(tfp: Option<TextureFromPixmap>, fetcher: Fetcher, largest: i32) -> Self {
        Self { textures: HashMap::new(), tfp, fetcher, largest }
    }

    pub(super) fn get(&self, source: SourceId) -> Option<&Texture> {
        self.textures.get(&source).filter(|texture| !matches!(texture.content, Content::Gone))
    }

    pub(super) fn bind(&mut self, context: &Context, wire: &Wire, source: SourceId, from: Pixmap) {
        self.release(context, source);
        let size = from.size;
        if size.is_empty() || size.w > self.largest || size.h > self.largest {
            return;
        }
        let shared = self.tfp.as_mut().is_some_and(|tfp| tfp.fits(context, from.depth));
        if !shared && !Fetcher::can_read(wire.connection(), from.depth) {
            tracing::debug!(?source, depth = from.depth, "no texture for this depth");
            return;
        }
        let Some(name) = context.gl.texture() else { return };
        let (xid, depth) = (from.xid, from.depth);
        let content = if shared {
            Content::Bound { xid, depth, pixmap: None, stale: true }
        } else {
            context.gl.allocate(size.w, size.h);
            let stale = Region::from_rect(Rect::new(0, 0, size.w, size.h));
            Content::Fetched { pixmap: xid, stale }
        };
        let inverted = true;
        let opaque = from.depth != 32;
        self.textures.insert(source, Texture { name, size, opaque, inverted, content });
    }

    pub(super) fn upload(
        &mut self,
        context: &Context,
        wire: &mut Wire,
        source: SourceId,
        size: Size,
        pixels: &[u8],
    ) {
        let whole = usize::try_from(size.area()).unwrap_or(usize::MAX).saturating_mul(4);
        let fits = !size.is_empty() && size.w <= self.largest && size.h <= self.largest;
        if !fits || pixels.len() < whole {
            self.release(context, source);
            return;
        }
        let reusable = self
            .textures
            .get(&source)
            .is_some_and(|t| matches!(t.content, Content::Uploaded) && t.size == size);
        if !reusable {
            self.release(context, source);
            let Some(name) = context.gl.texture() else { return };
            context.gl.allocate(size.w, size.h);
            let content = Content::Uploaded;
            let texture = Texture { name, size, opaque: false, inverted: true, content };
            self.textures.insert(source, texture);
        }
        if let Some(texture) = self.textures.get(&source) {
            context.gl.bind(texture.name);
            context.gl.write(0, 0, size.w, size.h, &pixels[..whole]);
            wire.stats.bytes_uploaded += whole as u64;
        }
    }

    pub(super) fn damaged(&mut self, source: SourceId, region: &Region<Source>) {
        let Some(texture) = self.textures.get_mut(&source) else { return };
        let Size { w, h } = texture.size;
        match &mut texture.content {
            Content::Uploaded | Content::Gone => {}
            Content::Fetched { stale, .. } => {
                stale.add(&region.intersect_rect(&Rect::new(0, 0, w, h)));
            }
            Content::Bound { stale, .. } => *stale |= !region.is_empty(),
        }
    }

    /// Whether a texture that shares memory has to be bound again: the server
    /// must then be done with what it was asked before.
    pub(super) fn must_wait(&self, mut sources: impl Iterator<Item = SourceId>) -> bool {
        sources.any(|source| {
            self.textures.get(&source).is_some_and(|texture| {
                matches!(texture.content, Content::Bound { stale: true, .. })
            })
        })
    }

    /// Brings a texture up to date.
    pub(super) fn refresh(&mut self, context: &Context, wire: &mut Wire, source: SourceId) {
        let Self { textures, tfp, fetcher, .. } = self;
        let Some(texture) = textures.get_mut(&source) else { return };
        match &mut texture.content {
            Content::Uploaded | Content::Gone => {}
            Content::Fetched { pixmap, stale } => {
                if stale.is_empty() {
                    return;
                }
                let mut stale = std::mem::take(stale);
                if stale.rects().len() > MOST_FETCHES {
                    stale = Region::from_rect(stale.bounds());
                }
                context.gl.bind(texture.name);
                let mut uploaded = 0;
                fetcher.read(wire, *pixmap, stale.rects(), |rect, bytes| {
                    context.gl.write(rect.x, rect.y, rect.w, rect.h, bytes);
                    uploaded += bytes.len() as u64;
                });
                wire.stats.bytes_uploaded += uploaded;
            }
            Content::Bound { xid, depth, pixmap, stale } => {
                let Some(tfp) = tfp.as_mut().filter(|_| *stale) else { return };
                if pixmap.is_none() && exists(wire, *xid) {
                    *pixmap = tfp.create(context, *xid, *depth);
                }
                let Some(pixmap) = pixmap else {
                    texture.content = Content::Gone;
                    return;
                };
                texture.inverted = pixmap.inverted;
                context.gl.bind(texture.name);
                tfp.bind(context, pixmap);
                *stale = false;
            }
        }
    }

    pub(super) fn release(&mut self, context: &Context, source: SourceId) {
        if let Some(texture) = self.textures.remove(&source) {
            self.free_texture(context, texture);
        }
    }

    pub(super) fn free(&mut self, context: &Context, wire: &mut Wire) {
        let textures: Vec<_> = self.textures.drain().map(|(_, texture)| texture).collect();
        for texture in textures {
            self.free_texture(context, texture);
        }
        self.fetcher.free(wire);
    }

    /// The texture first, then the GLX pixmap; the caller then frees the X
    /// pixmap. Drivers crash in any other order.
    fn free_texture(&self, context: &Context, texture: Texture) {
        context.gl.free(texture.name);
        if let (Content::Bound { pixmap: Some(pixmap), .. }, Some(tfp)) =
            (texture.content, &self.tfp)
        {
            tfp.destroy(context, pixmap);
        }
    }
}

/// Whether a pixmap is there. Naming a window's pixmap races with the window
/// being unmapped, and Mesa does not survive binding what was never made.
fn exists(wire: &mut Wire, pixmap: u32) -> bool {
    wire.stats.requests += 1;
    wire.stats.replies += 1;
    let geometry = wire.connection().get_geometry(pixmap);
    geometry.is_ok_and(|cookie| cookie.reply().is_ok())
}
