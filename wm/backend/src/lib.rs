//! Painting a frame plan: GLX, XRender, or the CPU recording backend.
//!
//! Owns everything that turns a [`FramePlan`] into pixels on the screen, the
//! X connection that GLX has to share, and all unsafe code of the window
//! manager. Must not know windows, scenes, policy, or why something is
//! painted: a backend sees sources, plans, and nothing else.
//!
//! # Contract of [`Backend`]
//! - [`bind`](Backend::bind) lends an X pixmap to a source. The X pixmap must
//!   outlive the next `bind` or [`release`](Backend::release) of that source;
//!   after that call returned, the caller frees it.
//! - [`damaged`](Backend::damaged) must be told of every change of a bound
//!   pixmap's pixels, before the plan that shows them is rendered.
//! - A plan is rendered over a frame of [`buffer_age`](Backend::buffer_age):
//!   ask for it directly before making the plan.
//! - A source that is unknown, or whose pixmap the server has dropped, leaves
//!   its pixels unspecified. It is never an error: the X errors that it
//!   causes arrive as events.
//! - Nothing panics or exits because of the server's or the driver's doing.

pub mod connection;
mod error;
mod fetch;
pub mod glx;
pub mod masks;
pub mod pixel;
pub mod record;
mod stats;
mod target;
mod wire;
pub mod xrender;

use std::rc::Rc;

use wm_core::geom::{Size, Source};
use wm_core::id::SourceId;
use wm_core::plan::FramePlan;
use wm_core::region::Region;

pub use connection::Connection;
pub use error::Error;
pub use stats::Stats;
pub use target::{Pixmap, Target};

/// Which backend is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Choice {
    /// GLX on hardware, else XRender, else Record.
    #[default]
    Auto,
    /// OpenGL, in software too.
    Glx,
    /// The Render extension, in the server.
    XRender,
    /// The CPU of this process.
    Record,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presented {
    /// Pixels put on the screen.
    pub pixels: u64,
    /// Whether presenting waits for the vertical blank, so that the next
    /// frame may block until then.
    pub paced: bool,
}

/// A painter of frame plans.
#[derive(Debug)]
pub enum Backend {
    /// OpenGL through GLX.
    Glx(Box<glx::Glx>),
    /// The server's Render extension.
    XRender(Box<xrender::XRender>),
    /// This process's CPU.
    Record(Box<record::Record>),
}

macro_rules! each {
    ($self:ident, $backend:ident => $call:expr) => {
        match $self {
            Self::Glx($backend) => $call,
            Self::XRender($backend) => $call,
            Self::Record($backend) => $call,
        }
    };
}

impl Backend {
    /// Makes the chosen backend. [`Choice::Auto`] takes the first that works:
    /// GLX if the connection can carry it and the renderer is hardware, then
    /// XRender, then Record; a particular choice is not replaced by another.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if the choice cannot work here, or a broken
    /// connection.
    pub fn new(choice: Choice, connection: &Rc<Connection>, target: Target) -> Result<Self, Error> {
        match choice {
            Choice::Glx => {
                Ok(Self::Glx(Box::new(glx::Glx::new(connection, target, glx::Options::default())?)))
            }
            Choice::XRender => {
                Ok(Self::XRender(Box::new(xrender::XRender::new(connection, target)?)))
            }
            Choice::Record => Ok(Self::Record(Box::new(record::Record::new(connection, target)?))),
            Choice::Auto => Self::best(connection, target),
        }
    }

    fn best(connection: &Rc<Connection>, target: Target) -> Result<Self, Error> {
        if connection.carries_gl() {
            let options =
                glx::Options { renderer: glx::Renderer::Hardware, ..glx::Options::default() };
            match glx::Glx::new(connection, target, options) {
                Ok(glx) => return Ok(Self::Glx(Box::new(glx))),
                Err(error) if error.can_fall_back() => {
                    tracing::info!(%error, "painting without OpenGL");
                }
                Err(error) => return Err(error),
            }
        }
        match Self::new(Choice::XRender, connection, target) {
            Err(error) if error.can_fall_back() => {
                tracing::warn!(%error, "painting without Render");
                Self::new(Choice::Record, connection, target)
            }
            result => result,
        }
    }

    /// The backend to try after this one failed with an error that
    /// [can fall back](Error::can_fall_back).
    #[must_use]
    pub const fn next_down(&self) -> Choice {
        match self {
            Self::Glx(_) => Choice::XRender,
            Self::XRender(_) | Self::Record(_) => Choice::Record,
        }
    }

    /// `glx`, `xrender` or `record`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Glx(_) => "glx",
            Self::XRender(_) => "xrender",
            Self::Record(_) => "record",
        }
    }

    /// Lends `pixmap` to `source`, in place of what it had.
    pub fn bind(&mut self, source: SourceId, pixmap: Pixmap) {
        each!(self, backend => backend.bind(source, pixmap));
    }

    /// Gives `source` a picture of its own: premultiplied pixels, bytes B, G,
    /// R, A, rows from the top without padding. Too few bytes leave it empty.
    pub fn upload(&mut self, source: SourceId, size: Size, pixels: &[u8]) {
        each!(self, backend => backend.upload(source, size, pixels));
    }

    /// Forgets `source`. Its pixmap may be freed afterwards.
    pub fn release(&mut self, source: SourceId) {
        each!(self, backend => backend.release(source));
    }

    /// Says that `region` of the source's pixels changed in the server.
    pub fn damaged(&mut self, source: SourceId, region: &Region<Source>) {
        each!(self, backend => backend.damaged(source, region));
    }

    /// The target window has another size now. Its content counts as lost.
    pub fn resize(&mut self, size: Size) {
        each!(self, backend => backend.resize(size));
    }

    /// How many frames ago what the next plan paints over was presented: 1 is
    /// the last frame, 0 is unknown (repaint everything).
    pub fn buffer_age(&mut self) -> usize {
        each!(self, backend => backend.buffer_age())
    }

    /// Paints `plan` and puts it on the screen. Requests are flushed.
    ///
    /// # Errors
    ///
    /// [`Error::Lost`] if the backend must be replaced, or a broken
    /// connection. After an error nothing is known about the screen.
    pub fn render(&mut self, plan: &FramePlan) -> Result<Presented, Error> {
        each!(self, backend => backend.render(plan))
    }

    /// What painting has cost so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        each!(self, backend => backend.stats())
    }
}
