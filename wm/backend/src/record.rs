//! Painting on the CPU of this process.
//!
//! Owns a copy of every source's pixels, read back when they changed, and of
//! the screen. It needs nothing of the server but GetImage and PutImage, and
//! is the reference that the other backends are tested against. Must not know
//! what a source is.

mod canvas;
mod image;

use std::collections::HashMap;
use std::rc::Rc;

use wm_core::geom::{Size, Source};
use wm_core::id::SourceId;
use wm_core::plan::FramePlan;
use wm_core::region::Region;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, Gcontext, SubwindowMode};

use crate::fetch::Fetcher;
use crate::wire::Wire;
use crate::{Connection, Error, Pixmap, Presented, Stats, Target};

pub use canvas::Canvas;
pub use image::Image;

/// The recording backend.
#[derive(Debug)]
pub struct Record {
    wire: Wire,
    fetcher: Fetcher,
    target: Target,
    gc: Gcontext,
    canvas: Canvas,
    bound: HashMap<SourceId, Bound>,
    kept: bool,
}

#[derive(Debug)]
struct Bound {
    pixmap: Pixmap,
    stale: Region<Source>,
}

impl Record {
    /// Prepares painting on `target`.
    pub(crate) fn new(connection: &Rc<Connection>, target: Target) -> Result<Self, Error> {
        if !Fetcher::can_read(connection, target.depth) {
            return Err(Error::Unsupported("the screen's pixels are not 32 bits".to_owned()));
        }
        let mut wire = Wire::new(connection);
        let gc = wire.id();
        // A root window has children that must be painted over.
        let mode = if target.window == target.root {
            SubwindowMode::INCLUDE_INFERIORS
        } else {
            SubwindowMode::CLIP_BY_CHILDREN
        };
        let aux = CreateGCAux::new().graphics_exposures(0).subwindow_mode(mode);
        wire.send(|c| c.create_gc(gc, target.window, &aux));
        Ok(Self {
            wire,
            fetcher: Fetcher::new(connection),
            target,
            gc,
            canvas: Canvas::new(target.size),
            bound: HashMap::new(),
            kept: false,
        })
    }

    /// What has been painted.
    #[must_use]
    pub const fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    pub(crate) fn bind(&mut self, source: SourceId, pixmap: Pixmap) {
        self.release(source);
        if !Fetcher::can_read(self.wire.connection(), pixmap.depth) {
            tracing::debug!(?source, depth = pixmap.depth, "pixels of another size");
            return;
        }
        self.canvas.set_source(source, Image::new(pixmap.size));
        let stale = Region::from_rect(wm_core::geom::Rect::new(0, 0, pixmap.size.w, pixmap.size.h));
        self.bound.insert(source, Bound { pixmap, stale });
    }

    pub(crate) fn upload(&mut self, source: SourceId, size: Size, pixels: &[u8]) {
        self.release(source);
        if let Some(image) = Image::from_bytes(size, pixels) {
            self.canvas.set_source(source, image);
        }
    }

    pub(crate) fn release(&mut self, source: SourceId) {
        self.bound.remove(&source);
        self.canvas.remove_source(source);
    }

    pub(crate) fn damaged(&mut self, source: SourceId, region: &Region<Source>) {
        if let Some(bound) = self.bound.get_mut(&source) {
            let Size { w, h } = bound.pixmap.size;
            bound.stale.add(&region.intersect_rect(&wm_core::geom::Rect::new(0, 0, w, h)));
        }
    }

    pub(crate) fn resize(&mut self, size: Size) {
        self.target.size = size;
        self.canvas.set_screen(Image::new(size));
        self.kept = false;
    }

    pub(crate) fn buffer_age(&mut self) -> usize {
        usize::from(self.kept)
    }

    pub(crate) fn render(&mut self, plan: &FramePlan) -> Result<Presented, Error> {
        self.kept = false;
        for source in plan.sources() {
            self.refresh(source);
        }
        self.wire.stats.pixels_drawn += self.canvas.paint(plan);
        let target = self.target;
        let mut bytes = Vec::new();
        let screen = self.canvas.screen();
        for rect in plan.damage.intersect_rect(&screen.bounds().cast()).rects() {
            bytes.clear();
            for y in rect.y..rect.bottom() {
                bytes.extend_from_slice(screen.row(y, rect.x, rect.right()).as_flattened());
            }
            let (at, stride) = ((rect.x, rect.y), rect.w as usize * 4);
            self.wire.put_image(target.window, self.gc, target.depth, at, rect.w, stride, &bytes);
        }
        self.wire.flush()?;
        self.kept = true;
        let pixels = u64::try_from(plan.damage.area()).unwrap_or(0);
        self.wire.stats.frames += 1;
        self.wire.stats.pixels_presented += pixels;
        Ok(Presented { pixels, paced: false })
    }

    pub(crate) const fn stats(&self) -> Stats {
        self.wire.stats
    }

    /// Reads what changed of a source that is about to be shown.
    fn refresh(&mut self, source: SourceId) {
        let Some(bound) = self.bound.get_mut(&source) else { return };
        let stale = std::mem::take(&mut bound.stale);
        if stale.is_empty() {
            return;
        }
        let (xid, opaque) = (bound.pixmap.xid, bound.pixmap.depth != 32);
        let Some(image) = self.canvas.source_mut(source) else { return };
        self.fetcher.read(&mut self.wire, xid, stale.rects(), |rect, bytes| {
            image.write(rect, bytes, opaque);
        });
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.fetcher.free(&mut self.wire);
        let gc = self.gc;
        self.wire.send(|c| c.free_gc(gc));
        // A broken connection frees everything anyway.
        let _ = self.wire.flush();
    }
}
