//! Painting on the CPU of this process.

use std::rc::Rc;

use wm_core::geom::{Size, Source};
use wm_core::id::SourceId;
use wm_core::plan::FramePlan;
use wm_core::region::Region;

use crate::{Connection, Error, Pixmap, Presented, Stats, Target};

/// The backend.
#[derive(Debug)]
pub struct Record {
    stats: Stats,
}

impl Record {
    /// Makes it.
    pub(crate) fn new(_connection: &Rc<Connection>, _target: Target) -> Result<Self, Error> {
        Err(Error::Unsupported("not built yet".to_owned()))
    }
    pub(crate) fn bind(&mut self, _source: SourceId, _pixmap: Pixmap) {}
    pub(crate) fn upload(&mut self, _source: SourceId, _size: Size, _pixels: &[u8]) {}
    pub(crate) fn release(&mut self, _source: SourceId) {}
    pub(crate) fn damaged(&mut self, _source: SourceId, _region: &Region<Source>) {}
    pub(crate) fn resize(&mut self, _size: Size) {}
    pub(crate) fn buffer_age(&mut self) -> usize {
        0
    }
    pub(crate) fn render(&mut self, _plan: &FramePlan) -> Result<Presented, Error> {
        Err(Error::Unsupported("not built yet".to_owned()))
    }
    pub(crate) const fn stats(&self) -> Stats {
        self.stats
    }
}
