//! Masks as textures, made once per style.
//!
//! Owns small caches in the driver. Must not know operations.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use glow::NativeTexture;
use raster::Mask;

use super::context::Context;
use crate::masks::{self, Slices, Style};

/// Masks kept from one frame to the next.
const LARGEST_CACHE: usize = 64;

/// Four corners in a texture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disc {
    pub(super) name: NativeTexture,
    /// Width and height in pixels.
    pub(super) side: i32,
}

/// A shadow's mask in a texture.
#[derive(Debug)]
pub(super) struct Stretched {
    pub(super) name: NativeTexture,
    pub(super) slices: Slices,
}

/// The caches.
#[derive(Debug, Default)]
pub(super) struct Stencils {
    discs: HashMap<i32, Disc>,
    shadows: HashMap<Style, Stretched>,
}

impl Stencils {
    /// [`masks::disc`] as a texture; `None` if the driver is out of names.
    pub(super) fn disc(&mut self, context: &Context, radius: i32) -> Option<Disc> {
        if let Some(disc) = self.discs.get(&radius) {
            return Some(*disc);
        }
        let mask = masks::disc(radius, 255);
        let disc = Disc { name: put(context, &mask)?, side: mask.width() as i32 };
        self.discs.insert(radius, disc);
        Some(disc)
    }

    /// The mask of a shadow style; `None` if the driver is out of names.
    pub(super) fn shadow(&mut self, context: &Context, style: Style) -> Option<&Stretched> {
        match self.shadows.entry(style) {
            Entry::Occupied(kept) => Some(kept.into_mut()),
            Entry::Vacant(vacant) => {
                let slices = Slices::new(style);
                let name = put(context, &slices.mask)?;
                Some(vacant.insert(Stretched { name, slices }))
            }
        }
    }

    /// Forgets everything if there is much of it. Only between frames: draws
    /// that were not executed yet would lose their masks.
    pub(super) fn trim(&mut self, context: &Context) {
        if self.discs.len() + self.shadows.len() >= LARGEST_CACHE {
            self.free(context);
        }
    }

    /// Frees everything.
    pub(super) fn free(&mut self, context: &Context) {
        for (_, disc) in self.discs.drain() {
            context.gl.free(disc.name);
        }
        for (_, shadow) in self.shadows.drain() {
            context.gl.free(shadow.name);
        }
    }
}

fn put(context: &Context, mask: &Mask) -> Option<NativeTexture> {
    let name = context.gl.texture()?;
    let (width, height) = (mask.width() as i32, mask.height() as i32);
    context.gl.coverage(width, height, mask.stride(), mask.data());
    Some(name)
}
