//! Textures that show X pixmaps (GLX_EXT_texture_from_pixmap).
//!
//! Owns GLX pixmaps and the extension's functions. Must not know when a
//! pixmap changes: whoever does binds again.
#![allow(unsafe_code, reason = "the foreign interface to GLX; each block says why it is sound")]

use std::collections::HashMap;
use std::ffi::{c_int, c_ulong, c_void};
use std::ptr::NonNull;

use super::context::Context;
use crate::Connection;

// Numbers of GLX 1.4 and of the extension's specification.
const DRAWABLE_TYPE: c_int = 0x8010;
const PIXMAP_BIT: c_int = 0x2;
const BUFFER_SIZE: c_int = 2;
const ALPHA_SIZE: c_int = 11;
const DEPTH_SIZE: c_int = 12;
const STENCIL_SIZE: c_int = 13;
const SAMPLES: c_int = 100_001;
const BIND_TO_TEXTURE_RGB: c_int = 0x20D0;
const BIND_TO_TEXTURE_RGBA: c_int = 0x20D1;
const BIND_TO_TEXTURE_TARGETS: c_int = 0x20D3;
const Y_INVERTED: c_int = 0x20D4;
const TEXTURE_FORMAT: c_int = 0x20D5;
const TEXTURE_TARGET: c_int = 0x20D6;
const TEXTURE_FORMAT_RGB: c_int = 0x20D9;
const TEXTURE_FORMAT_RGBA: c_int = 0x20DA;
const TEXTURE_2D_BIT: c_int = 0x2;
const TEXTURE_2D: c_int = 0x20DC;
const FRONT_LEFT: c_int = 0x20DE;

type Bind = unsafe extern "C" fn(*mut c_void, c_ulong, c_int, *const c_int);
type Release = unsafe extern "C" fn(*mut c_void, c_ulong, c_int);

/// The extension, and which configuration fits each depth.
#[derive(Debug)]
pub(super) struct TextureFromPixmap {
    bind: Bind,
    release: Release,
    screen: c_int,
    configs: HashMap<u8, Option<Fitting>>,
}

#[derive(Debug, Clone, Copy)]
struct Fitting {
    config: *const c_void,
    inverted: bool,
}

/// A GLX pixmap, destroyed by [`TextureFromPixmap::destroy`] only.
#[derive(Debug, Clone, Copy)]
pub(super) struct GlxPixmap {
    xid: c_ulong,
    /// Whether its first row is at coordinate 0.
    pub(super) inverted: bool,
    bound: bool,
}

impl TextureFromPixmap {
    pub(super) fn new(context: &Context, connection: &Connection) -> Option<Self> {
        if !context.extensions.iter().any(|name| name == "GLX_EXT_texture_from_pixmap") {
            return None;
        }
        let bind = context.function(c"glXBindTexImageEXT")?;
        let release = context.function(c"glXReleaseTexImageEXT")?;
        // SAFETY: the extension's specification gives these signatures.
        let (bind, release) = unsafe {
            (
                std::mem::transmute::<NonNull<c_void>, Bind>(bind),
                std::mem::transmute::<NonNull<c_void>, Release>(release),
            )
        };
        let screen = c_int::try_from(connection.screen()).ok()?;
        Some(Self { bind, release, screen, configs: HashMap::new() })
    }

    fn fitting(&mut self, context: &Context, depth: u8) -> Option<Fitting> {
        let screen = self.screen;
        *self.configs.entry(depth).or_insert_with(|| fitting(context, screen, depth))
    }

    /// Whether pixmaps of `depth` can be textures.
    pub(super) fn fits(&mut self, context: &Context, depth: u8) -> bool {
        self.fitting(context, depth).is_some()
    }

    /// A GLX pixmap of `pixmap`, which exists.
    pub(super) fn create(
        &mut self,
        context: &Context,
        pixmap: u32,
        depth: u8,
    ) -> Option<GlxPixmap> {
        let fitting = self.fitting(context, depth)?;
        let format = if depth == 32 { TEXTURE_FORMAT_RGBA } else { TEXTURE_FORMAT_RGB };
        let attributes = [TEXTURE_TARGET, TEXTURE_2D, TEXTURE_FORMAT, format, 0];
        // SAFETY: an open display, a configuration of it, a terminated list.
        let xid = unsafe {
            context.display.glx().CreatePixmap(
                context.raw().cast(),
                fitting.config.cast(),
                c_ulong::from(pixmap),
                attributes.as_ptr(),
            )
        };
        let inverted = fitting.inverted;
        (xid != 0).then_some(GlxPixmap { xid, inverted, bound: false })
    }

    /// Makes the texture bound to unit 0 show the pixmap as it is now.
    pub(super) fn bind(&self, context: &Context, pixmap: &mut GlxPixmap) {
        self.release(context, pixmap);
        // SAFETY: an open display and a GLX pixmap of it; no attributes.
        unsafe { (self.bind)(context.raw(), pixmap.xid, FRONT_LEFT, std::ptr::null()) };
        pixmap.bound = true;
    }

    fn release(&self, context: &Context, pixmap: &mut GlxPixmap) {
        if pixmap.bound {
            // SAFETY: as above.
            unsafe { (self.release)(context.raw(), pixmap.xid, FRONT_LEFT) };
            pixmap.bound = false;
        }
    }

    /// Destroys the GLX pixmap, which has to precede the X pixmap's end.
    pub(super) fn destroy(&self, context: &Context, mut pixmap: GlxPixmap) {
        self.release(context, &mut pixmap);
        // SAFETY: as above; not used again.
        unsafe { context.display.glx().DestroyPixmap(context.raw().cast(), pixmap.xid) };
    }
}

/// The configuration for pixmaps of `depth` with the least besides colour.
fn fitting(context: &Context, screen: c_int, depth: u8) -> Option<Fitting> {
    let glx = context.display.glx();
    let mut count = 0;
    // SAFETY: an open display; the list has `count` entries and is copied. It
    // belongs to Xlib and is leaked: it is asked for once per depth.
    let configs = unsafe {
        let list = glx.GetFBConfigs(context.raw().cast(), screen, &raw mut count);
        if list.is_null() {
            return None;
        }
        std::slice::from_raw_parts(list, usize::try_from(count).unwrap_or(0)).to_vec()
    };
    let depth = c_int::from(depth);
    let bindable = if depth == 32 { BIND_TO_TEXTURE_RGBA } else { BIND_TO_TEXTURE_RGB };
    configs
        .into_iter()
        .filter_map(|config| {
            let attribute = |name: c_int| {
                let mut value = 0;
                // SAFETY: a configuration from the list.
                let failed = unsafe {
                    glx.GetFBConfigAttrib(context.raw().cast(), config, name, &raw mut value)
                };
                (failed == 0).then_some(value)
            };
            let get = |name| attribute(name).unwrap_or(0);
            let alpha = get(ALPHA_SIZE);
            let size = get(BUFFER_SIZE);
            let fits = get(DRAWABLE_TYPE) & PIXMAP_BIT != 0
                && get(BIND_TO_TEXTURE_TARGETS) & TEXTURE_2D_BIT != 0
                && get(bindable) != 0
                && if depth == 32 {
                    size == 32 && alpha == 8
                } else {
                    size == depth || size - alpha == depth
                };
            let spare = get(DEPTH_SIZE) + get(STENCIL_SIZE) + get(SAMPLES);
            // Mesa's software renderer answers GLX_DONT_CARE and means yes.
            let inverted = attribute(Y_INVERTED) != Some(0);
            let fitting = Fitting { config: config.cast(), inverted };
            fits.then_some((spare, fitting))
        })
        .min_by_key(|(spare, _)| *spare)
        .map(|(_, fitting)| fitting)
}
