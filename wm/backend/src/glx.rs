//! Painting with OpenGL through GLX.
//!
//! Owns a context on the session's own connection, and textures of all
//! sources. On a GPU they share the pixmaps' memory; in software only what
//! changed is fetched and only what was painted is put on the screen. Must
//! not know what a source is.

mod context;
mod draw;
mod gl;
mod shaders;
mod sources;
mod stencils;
mod tfp;

use std::rc::Rc;

use wm_core::geom::{Rect, Root, Size, Source};
use wm_core::id::SourceId;
use wm_core::plan::FramePlan;
use wm_core::region::Region;
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::fetch::Fetcher;
use crate::wire::Wire;
use crate::{Connection, Error, Pixmap, Presented, Stats, Target};
use context::Context;
use draw::{Frame, Kit};
use shaders::Programs;
use sources::Sources;
use stencils::Stencils;
use tfp::TextureFromPixmap;

/// Which renderers are acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Renderer {
    /// Only hardware.
    Hardware,
    /// Software too.
    #[default]
    Any,
}

/// How pixmaps become textures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sharing {
    /// Shared in hardware, copied in software: there a shared texture is a
    /// copy of the whole pixmap at every bind, in a layout that is slow to
    /// draw.
    #[default]
    Auto,
    /// GLX_EXT_texture_from_pixmap wherever it exists.
    Shared,
    /// Fetched from the server.
    Copied,
}

/// How frames come to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Presenting {
    /// Swapped in hardware that tells buffer ages, which also paces frames;
    /// else copied.
    #[default]
    Auto,
    /// By exchanging buffers.
    Swapped,
}

/// How to paint with OpenGL. The default suits every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Which renderers are acceptable.
    pub renderer: Renderer,
    /// How pixmaps become textures.
    pub sharing: Sharing,
    /// How frames come to the screen.
    pub presenting: Presenting,
}

/// A region of more rectangles than this is presented as one: each costs
/// requests of its own.
const MOST_COPIES: usize = 6;

/// The OpenGL backend.
#[derive(Debug)]
pub struct Glx {
    wire: Wire,
    target: Target,
    /// `None` only while being dropped.
    live: Option<Live>,
    /// What went wrong outside of a frame.
    failure: Option<Error>,
}

#[derive(Debug)]
struct Live {
    context: Context,
    programs: Programs,
    sources: Sources,
    stencils: Stencils,
}

impl Glx {
    /// Makes a context and everything that lives as long as it.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if there is no direct context of an acceptable
    /// renderer, or a broken connection.
    pub fn new(
        connection: &Rc<Connection>,
        target: Target,
        options: Options,
    ) -> Result<Self, Error> {
        let mut wire = Wire::new(connection);
        let context = Context::new(&mut wire, &target, options)?;
        // From here on, dropping `glx` frees what was made.
        let programs = match Programs::new(&context.gl) {
            Ok(programs) => programs,
            Err(error) => {
                context.destroy(&mut wire);
                return Err(error);
            }
        };
        if context.gl.prepare().is_none() {
            context.destroy(&mut wire);
            return Err(Error::Unsupported("OpenGL has no buffers".to_owned()));
        }
        let shared = match options.sharing {
            Sharing::Auto => !context.software,
            Sharing::Shared => true,
            Sharing::Copied => false,
        };
        let tfp = shared.then(|| TextureFromPixmap::new(&context, connection)).flatten();
        let sources = Sources::new(tfp, Fetcher::new(connection), context.gl.largest_texture());
        let live = Live { context, programs, sources, stencils: Stencils::default() };
        Ok(Self { wire, target, live: Some(live), failure: None })
    }

    /// Whether the renderer is this machine's CPU.
    #[must_use]
    pub fn is_software(&self) -> bool {
        self.live.as_ref().is_some_and(|live| live.context.software)
    }

    /// Makes the next frame fail as it does when the driver was reset: the
    /// way to try what the session does then.
    pub fn lose(&mut self) {
        self.failure = Some(Error::Lost("asked for".to_owned()));
    }

    /// Everything that may be used. On a dead connection that is nothing:
    /// neither Xlib nor Mesa survive many calls there.
    fn live(&mut self) -> Option<(&mut Live, &mut Wire)> {
        let Self { wire, live, .. } = self;
        if wire.death().is_some() { None } else { live.as_mut().map(|live| (live, wire)) }
    }

    pub(crate) fn bind(&mut self, source: SourceId, pixmap: Pixmap) {
        if let Some((live, wire)) = self.live() {
            live.sources.bind(&live.context, wire, source, pixmap);
        }
    }

    pub(crate) fn upload(&mut self, source: SourceId, size: Size, pixels: &[u8]) {
        if let Some((live, wire)) = self.live() {
            live.sources.upload(&live.context, wire, source, size, pixels);
        }
    }

    pub(crate) fn release(&mut self, source: SourceId) {
        if let Some((live, _)) = self.live() {
            live.sources.release(&live.context, source);
        }
    }

    pub(crate) fn damaged(&mut self, source: SourceId, region: &Region<Source>) {
        if let Some(live) = &mut self.live {
            live.sources.damaged(source, region);
        }
    }

    pub(crate) fn resize(&mut self, size: Size) {
        self.target.size = size;
        let target = self.target;
        let resized = self.live().map(|(live, wire)| live.context.resize(wire, &target));
        if let Some(Err(error)) = resized {
            self.failure = Some(error);
        }
    }

    pub(crate) fn buffer_age(&mut self) -> usize {
        self.live().map_or(0, |(live, _)| live.context.buffer_age())
    }

    pub(crate) fn render(&mut self, plan: &FramePlan) -> Result<Presented, Error> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if let Some(death) = self.wire.death() {
            return Err(death.into());
        }
        let size = self.target.size;
        let Some(live) = &mut self.live else {
            return Err(Error::Lost("the context is gone".to_owned()));
        };
        let paced = live.context.is_paced();
        if plan.is_empty() {
            self.wire.flush()?;
            return Ok(Presented { pixels: 0, paced });
        }
        if live.sources.must_wait(plan.sources()) {
            // The GPU may read a shared pixmap as soon as it is told to; the
            // server must have painted into it and have fetched the damage
            // before, or the next damage would not be reported.
            self.wire.stats.requests += 1;
            self.wire.stats.replies += 1;
            let focus = self.wire.connection().get_input_focus()?;
            focus.reply()?;
        }
        for source in plan.sources() {
            live.sources.refresh(&live.context, &mut self.wire, source);
        }
        // Reading may have shown that the server is gone, and Mesa crashes on
        // its first request then.
        if let Some(death) = self.wire.death() {
            return Err(death.into());
        }
        live.stencils.trim(&live.context);
        let mut frame = Frame::default();
        let Live { context, programs, sources, stencils } = live;
        let mut kit = Kit { context, programs, sources, stencils };
        for op in &plan.ops {
            frame.add(&mut kit, op);
        }
        frame.execute(&live.context, size);
        let rects = presentable(&plan.damage, size);
        let presented = live.context.present(&rects, size);
        let checked = live.context.check();
        if presented.is_err() || checked.is_err() {
            live.context.forget();
        }
        checked?;
        let pixels = presented?;
        self.wire.connection().flush_xlib();
        self.wire.flush()?;
        self.wire.stats.frames += 1;
        self.wire.stats.pixels_drawn += frame.pixels;
        self.wire.stats.pixels_presented += pixels;
        Ok(Presented { pixels, paced })
    }

    pub(crate) const fn stats(&self) -> Stats {
        self.wire.stats
    }
}

impl Drop for Glx {
    fn drop(&mut self) {
        let Some(mut live) = self.live.take() else { return };
        if self.wire.death().is_some() {
            // Its drop would call Xlib; the process is about to end.
            let _ = std::mem::ManuallyDrop::new(live);
        } else {
            live.sources.free(&live.context, &mut self.wire);
            live.stencils.free(&live.context);
            live.context.gl.finish();
            live.context.destroy(&mut self.wire);
        }
        // A broken connection frees everything anyway.
        let _ = self.wire.flush();
    }
}

/// What to put on the screen: the damage, as few rectangles. The back buffer
/// holds the whole frame, so that more than the damage does no harm.
fn presentable(damage: &Region<Root>, size: Size) -> Vec<Rect<Root>> {
    let damage = damage.intersect_rect(&Rect::new(0, 0, size.w, size.h));
    if damage.rects().len() > MOST_COPIES { vec![damage.bounds()] } else { damage.rects().to_vec() }
}
