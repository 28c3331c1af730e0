//! Painting in the server with the Render extension.
//!
//! Owns the pictures of sources, masks and the screen. Opaque content goes in
//! one copy from a window's pixmap to the screen; only what blends is composed
//! in a scratch pixmap first, so that nothing half-painted is ever seen.
//! There is no back buffer, and a frame waits for no reply. Must not know
//! what a source is.

mod canvas;
mod formats;
mod sources;
mod stencils;

use std::collections::HashMap;
use std::rc::Rc;

use wm_core::geom::{Size, Source};
use wm_core::id::SourceId;
use wm_core::plan::FramePlan;
use wm_core::region::Region;
use x11rb::connection::RequestConnection as _;
use x11rb::protocol::render::{self, ConnectionExt as _, CreatePictureAux, Pictformat};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, Gcontext, SubwindowMode};

use crate::wire::{Wire, size16};
use crate::{Connection, Error, Pixmap, Presented, Stats, Target};
use canvas::Surface;
use formats::Formats;
use sources::Bound;
use stencils::Stencils;

pub(crate) use sources::ratio;

/// The XRender backend.
#[derive(Debug)]
pub struct XRender {
    wire: Wire,
    formats: Formats,
    target: Target,
    screen: Surface,
    /// For depth-32 uploads; made with the first.
    argb_gc: Option<Gcontext>,
    scratch: Option<(Surface, Size)>,
    slack: Slack,
    sources: HashMap<SourceId, Bound>,
    stencils: Stencils,
    /// Whether the screen holds the last frame.
    kept: bool,
}

impl XRender {
    /// Prepares painting on `target`. Waits for three replies.
    pub(crate) fn new(connection: &Rc<Connection>, target: Target) -> Result<Self, Error> {
        if connection.extension_information(render::X11_EXTENSION_NAME)?.is_none() {
            return Err(Error::Unsupported("the server has no Render extension".to_owned()));
        }
        let version = connection.render_query_version(0, 11)?;
        let formats = connection.render_query_pict_formats()?;
        let version = version.reply()?;
        if (version.major_version, version.minor_version) < (0, 10) {
            return Err(Error::Unsupported("Render is older than 0.10".to_owned()));
        }
        let formats = Formats::new(&formats.reply()?);
        let (Some(a8), Some(format)) = (formats.a8, formats.of(target.visual, target.depth)) else {
            return Err(Error::Unsupported("Render lacks a format".to_owned()));
        };
        let mut wire = Wire::new(connection);
        wire.stats.replies += 3;
        // Only a root window has children that must be painted over.
        let mode = if target.window == target.root {
            SubwindowMode::INCLUDE_INFERIORS
        } else {
            SubwindowMode::CLIP_BY_CHILDREN
        };
        let screen = surface(&mut wire, target.window, format, mode);
        Ok(Self {
            wire,
            formats,
            target,
            screen,
            argb_gc: None,
            scratch: None,
            slack: Slack::default(),
            sources: HashMap::new(),
            stencils: Stencils::new(target.root, a8),
            kept: false,
        })
    }

    pub(crate) fn bind(&mut self, source: SourceId, pixmap: Pixmap) {
        self.release(source);
        let Some(format) = self.formats.of(pixmap.visual, pixmap.depth) else {
            tracing::debug!(?source, depth = pixmap.depth, "no picture format");
            return;
        };
        let Pixmap { xid, size, depth, .. } = pixmap;
        let bound = Bound::new(&mut self.wire, xid, false, size, depth, format);
        self.sources.insert(source, bound);
    }

    pub(crate) fn upload(&mut self, source: SourceId, size: Size, pixels: &[u8]) {
        let Some(format) = self.formats.argb32 else { return };
        let stride = usize::try_from(size.w).unwrap_or(0) * 4;
        if size.is_empty() || pixels.len() < stride * size.h as usize {
            self.release(source);
            return;
        }
        let reusable = self
            .sources
            .get(&source)
            .is_some_and(|bound| bound.owned && bound.size == size && bound.depth == 32);
        if !reusable {
            self.release(source);
            let (pixmap, root) = (self.wire.id(), self.target.root);
            let (w, h) = (size16(size.w), size16(size.h));
            self.wire.send(|c| c.create_pixmap(32, pixmap, root, w, h));
            let bound = Bound::new(&mut self.wire, pixmap, true, size, 32, format);
            self.sources.insert(source, bound);
        }
        let Some(drawable) = self.sources.get(&source).map(|bound| bound.drawable) else { return };
        let wire = &mut self.wire;
        let gc = *self.argb_gc.get_or_insert_with(|| {
            let gc = wire.id();
            let aux = CreateGCAux::new().graphics_exposures(0);
            wire.send(|c| c.create_gc(gc, drawable, &aux));
            gc
        });
        let pixels = &pixels[..stride * size.h as usize];
        self.wire.put_image(drawable, gc, 32, (0, 0), size.w, stride, pixels);
    }

    pub(crate) fn release(&mut self, source: SourceId) {
        if let Some(bound) = self.sources.remove(&source) {
            bound.free(&mut self.wire);
        }
    }

    /// Nothing to do: pictures show the server's own pixels.
    #[expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "as other backends")]
    pub(crate) fn damaged(&mut self, _source: SourceId, _region: &Region<Source>) {}

    pub(crate) fn resize(&mut self, size: Size) {
        self.target.size = size;
        self.kept = false;
        self.free_scratch();
    }

    pub(crate) fn buffer_age(&mut self) -> usize {
        usize::from(self.kept)
    }

    pub(crate) fn render(&mut self, plan: &FramePlan) -> Result<Presented, Error> {
        self.kept = false;
        let screen = self.screen;
        for op in plan.ops.iter().filter(|op| !op.blend) {
            let direct = op.region.subtract(&plan.blended);
            if !direct.is_empty() {
                self.paint(&screen, op, &direct);
            }
        }
        if !plan.blended.is_empty() {
            let bounds = plan.blended.bounds();
            let mut scratch = self.scratch(bounds.size());
            scratch.origin = (bounds.x, bounds.y);
            for op in &plan.ops {
                let region = op.region.intersect(&plan.blended);
                if !region.is_empty() {
                    self.paint(&scratch, op, &region);
                }
            }
            let shift = (-bounds.x, -bounds.y);
            canvas::copy(&mut self.wire, scratch.drawable, shift, &screen, &plan.blended);
            let has = self.scratch.map_or(0, |(_, size)| size.area());
            if self.slack.is_lasting(bounds.size().area(), has) {
                self.free_scratch();
            }
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

    /// A surface of at least `size`, whatever it holds.
    fn scratch(&mut self, size: Size) -> Surface {
        if let Some((surface, has)) = self.scratch
            && has.w >= size.w
            && has.h >= size.h
        {
            return surface;
        }
        let had = self.scratch.map_or(Size::default(), |(_, has)| has);
        self.free_scratch();
        let size = canvas::roomy(Size::new(size.w.max(had.w), size.h.max(had.h)));
        let (pixmap, target) = (self.wire.id(), self.target);
        let (w, h) = (size16(size.w), size16(size.h));
        self.wire.send(|c| c.create_pixmap(target.depth, pixmap, target.root, w, h));
        let mode = SubwindowMode::CLIP_BY_CHILDREN;
        let surface = surface(&mut self.wire, pixmap, self.screen.format, mode);
        self.scratch = Some((surface, size));
        surface
    }

    fn free_scratch(&mut self) {
        if let Some((surface, _)) = self.scratch.take() {
            free(&mut self.wire, surface);
            self.wire.send(|c| c.free_pixmap(surface.drawable));
        }
    }
}

/// How long the scratch surface has been far too large. One repaint of the
/// whole screen would otherwise hold its memory for good.
#[derive(Debug, Default)]
struct Slack {
    frames: u32,
}

impl Slack {
    /// Frames of little need after which memory is given back: ten seconds at
    /// 60 Hz, so that a burst of large frames allocates once.
    const PATIENCE: u32 = 600;

    /// Notes a frame that `needed` so many pixels of the `has` there are.
    /// Whether it has been a quarter or less for long enough.
    fn is_lasting(&mut self, needed: i64, has: i64) -> bool {
        self.frames = if needed.saturating_mul(4) <= has { self.frames + 1 } else { 0 };
        let lasting = self.frames >= Self::PATIENCE;
        if lasting {
            self.frames = 0;
        }
        lasting
    }
}

impl Drop for XRender {
    fn drop(&mut self) {
        for (_, bound) in self.sources.drain() {
            bound.free(&mut self.wire);
        }
        self.free_scratch();
        self.stencils.free(&mut self.wire);
        if let Some(gc) = self.argb_gc.take() {
            self.wire.send(|c| c.free_gc(gc));
        }
        free(&mut self.wire, self.screen);
        // A broken connection frees everything anyway.
        let _ = self.wire.flush();
    }
}

fn surface(wire: &mut Wire, drawable: u32, format: Pictformat, mode: SubwindowMode) -> Surface {
    let (picture, gc) = (wire.id(), wire.id());
    let picture_aux = CreatePictureAux::new().subwindowmode(mode);
    wire.send(|c| c.render_create_picture(picture, drawable, format, &picture_aux));
    let gc_aux = CreateGCAux::new().graphics_exposures(0).subwindow_mode(mode);
    wire.send(|c| c.create_gc(gc, drawable, &gc_aux));
    Surface { drawable, picture, format, gc, origin: (0, 0) }
}

fn free(wire: &mut Wire, surface: Surface) {
    wire.send(|c| c.render_free_picture(surface.picture));
    wire.send(|c| c.free_gc(surface.gc));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_after_a_while_of_little_need() {
        let mut slack = Slack::default();
        for _ in 1..Slack::PATIENCE {
            assert!(!slack.is_lasting(10, 100));
        }
        assert!(!slack.is_lasting(26, 100), "more than a quarter starts the wait again");
        for _ in 1..Slack::PATIENCE {
            assert!(!slack.is_lasting(25, 100));
        }
        assert!(slack.is_lasting(25, 100));
        assert!(!slack.is_lasting(25, 100), "and once is enough");
    }
}
