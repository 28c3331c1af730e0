//! The GLX context and the surface that it draws on.
//!
//! Owns choosing a framebuffer configuration, the child window that carries
//! it, and bringing pixels to the screen. Must not know plans or sources.
#![allow(unsafe_code, reason = "the foreign interface to GLX; each block says why it is sound")]

use std::ffi::{CStr, c_int, c_ulong, c_void};
use std::num::NonZeroU32;
use std::ptr::NonNull;
use std::rc::Rc;

use glutin::api::glx::config::Config;
use glutin::api::glx::context::PossiblyCurrentContext;
use glutin::api::glx::display::Display;
use glutin::api::glx::surface::Surface;
use glutin::config::{ConfigTemplateBuilder, GlConfig as _};
use glutin::context::{
    ContextApi, ContextAttributesBuilder, NotCurrentGlContext as _, PossiblyCurrentGlContext as _,
    Robustness, Version,
};
use glutin::display::GlDisplay as _;
use glutin::platform::x11::X11GlConfigExt as _;
use glutin::surface::{
    AsRawSurface as _, GlSurface as _, RawSurface, SurfaceAttributesBuilder, SwapInterval,
    WindowSurface,
};
use raw_window_handle::{RawDisplayHandle, RawWindowHandle, XlibDisplayHandle, XlibWindowHandle};
use wm_core::geom::{Rect, Root, Size};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ColormapAlloc, ConnectionExt as _, CreateWindowAux, Visualid, WindowClass,
};

use super::gl::Gl;
use super::{Options, Presenting, Renderer};
use crate::connection::add_error_hook;
use crate::wire::{Wire, size16};
use crate::{Connection, Error, Target};

/// glXCopySubBufferMESA: puts a rectangle of the back buffer on the screen
/// and keeps it. Rows count from the bottom.
type CopySubBuffer = unsafe extern "C" fn(*mut c_void, c_ulong, c_int, c_int, c_int, c_int);

/// How pixels come to the screen.
#[derive(Debug, Clone, Copy)]
enum Present {
    /// Rectangle by rectangle; the back buffer stays.
    Copy(CopySubBuffer),
    /// All at once, in exchange for an older buffer.
    Swap,
}

/// A current context.
#[derive(Debug)]
pub(super) struct Context {
    // Dropped in this order.
    pub(super) gl: Gl,
    reset_status: Option<unsafe extern "C" fn() -> u32>,
    surface: Surface<WindowSurface>,
    context: PossiblyCurrentContext,
    pub(super) display: Display,
    raw: NonNull<c_void>,
    presenting: Presenting,
    present: Present,
    /// Whether the renderer is this machine's CPU.
    pub(super) software: bool,
    /// What GLX can do on this screen.
    pub(super) extensions: Vec<String>,
    config: Config,
    visual: Visualid,
    window: u32,
    colormap: u32,
    kept: bool,
}

impl Context {
    pub(super) fn new(wire: &mut Wire, target: &Target, options: Options) -> Result<Self, Error> {
        if target.window == target.root {
            return Err(Error::Unsupported("OpenGL needs an overlay window".to_owned()));
        }
        let connection = Rc::clone(wire.connection());
        let raw = connection.xlib_display().ok_or_else(|| {
            Error::Unsupported("the connection was opened without Xlib".to_owned())
        })?;
        let handle = XlibDisplayHandle::new(Some(raw), connection.screen() as c_int);
        // SAFETY: the display is open, `Wire` keeps it so until after this
        // context is dropped, and the hook is called by its error handler.
        let display = unsafe {
            Display::new(RawDisplayHandle::Xlib(handle), Box::new(add_error_hook))
                .map_err(unsupported)?
        };
        let config = choose(&display, &connection, target)?;
        let visual = config
            .x11_visual()
            .map(|visual| visual.visual_id() as Visualid)
            .ok_or_else(|| Error::Unsupported("a configuration without visual".to_owned()))?;
        let colormap = wire.id();
        let root = target.root;
        wire.send(|c| c.create_colormap(ColormapAlloc::NONE, colormap, root, visual));
        let window = child(wire, target, visual, colormap);
        wire.flush()?;
        let made = Self::on_window(raw, display, &config, window);
        let (display, surface, context, gl) = match made {
            Ok(made) => made,
            Err(error) => {
                wire.send(|c| c.destroy_window(window));
                wire.send(|c| c.free_colormap(colormap));
                wire.flush()?;
                return Err(error);
            }
        };
        let extensions = extensions(&display, raw, &connection);
        let software = is_software(&gl.renderer());
        let reset_status = reset_status(&display);
        let mut context = Self {
            gl,
            reset_status,
            surface,
            context,
            display,
            raw,
            presenting: options.presenting,
            present: Present::Swap,
            software,
            extensions,
            config,
            visual,
            window,
            colormap,
            kept: false,
        };
        tracing::info!(renderer = context.gl.renderer(), software, "OpenGL context");
        if software && options.renderer == Renderer::Hardware {
            context.destroy(wire);
            return Err(Error::Unsupported("the OpenGL renderer is software".to_owned()));
        }
        context.present = context.choose_present();
        Ok(context)
    }

    fn on_window(
        raw: NonNull<c_void>,
        display: Display,
        config: &Config,
        window: u32,
    ) -> Result<(Display, Surface<WindowSurface>, PossiblyCurrentContext, Gl), Error> {
        let handle = RawWindowHandle::Xlib(XlibWindowHandle::new(c_ulong::from(window)));
        let surface = surface(&display, config, window)?;
        let context = create(&display, config, handle)?;
        let context = context.make_current(&surface).map_err(unsupported)?;
        // SAFETY: an open display and a context of it.
        let direct = unsafe {
            let current = display.glx().GetCurrentContext();
            display.glx().IsDirect(raw.as_ptr().cast(), current) != 0
        };
        if !direct {
            return Err(Error::Unsupported("OpenGL is not direct".to_owned()));
        }
        // SAFETY: the context is current and stays so: nothing else in the
        // process makes one current, and `Context` drops `gl` first.
        let gl = unsafe {
            Gl::new(glow::Context::from_loader_function_cstr(|name| display.get_proc_address(name)))
        };
        Ok((display, surface, context, gl))
    }

    fn choose_present(&self) -> Present {
        let has = |name: &str| self.extensions.iter().any(|extension| extension == name);
        // A swap in software puts the whole window; with buffer ages in
        // hardware it is the way to be paced and to flip.
        if self.presenting == Presenting::Auto
            && (self.software || !has("GLX_EXT_buffer_age"))
            && has("GLX_MESA_copy_sub_buffer")
            && let Some(function) = self.function(c"glXCopySubBufferMESA")
        {
            // SAFETY: the extension's specification gives this signature.
            return Present::Copy(unsafe {
                std::mem::transmute::<NonNull<c_void>, CopySubBuffer>(function)
            });
        }
        let interval = SwapInterval::Wait(NonZeroU32::MIN);
        if let Err(error) = self.surface.set_swap_interval(&self.context, interval) {
            tracing::debug!(%error, "swaps do not wait for the vertical blank");
        }
        Present::Swap
    }

    /// A GLX or GL function.
    pub(super) fn function(&self, name: &CStr) -> Option<NonNull<c_void>> {
        NonNull::new(self.display.get_proc_address(name).cast_mut())
    }

    /// The Xlib display as GLX takes it.
    pub(super) const fn raw(&self) -> *mut c_void {
        self.raw.as_ptr()
    }

    /// How many frames ago the back buffer's content was presented.
    pub(super) fn buffer_age(&self) -> usize {
        match self.present {
            Present::Copy(_) => usize::from(self.kept),
            Present::Swap if self.kept => self.surface.buffer_age() as usize,
            Present::Swap => 0,
        }
    }

    /// Whether presenting is paced by the screen.
    pub(super) const fn is_paced(&self) -> bool {
        matches!(self.present, Present::Swap)
    }

    /// Puts `rects` of the back buffer on a screen of `size`. Returns how
    /// many pixels were put there.
    pub(super) fn present(&mut self, rects: &[Rect<Root>], size: Size) -> Result<u64, Error> {
        let pixels = match self.present {
            Present::Copy(copy) => {
                let RawSurface::Glx(drawable) = self.surface.raw_surface();
                let mut pixels = 0;
                for rect in rects {
                    let y = size.h - rect.bottom();
                    // SAFETY: an open display and a surface of it.
                    unsafe {
                        copy(self.raw(), drawable as c_ulong, rect.x, y, rect.w, rect.h);
                    }
                    pixels += rect.size().area();
                }
                pixels
            }
            Present::Swap => {
                self.surface.swap_buffers(&self.context).map_err(lost)?;
                size.area()
            }
        };
        self.kept = true;
        Ok(u64::try_from(pixels).unwrap_or(0))
    }

    /// Errors and resets since the last call.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        // SAFETY: a function without arguments of the current context.
        let status = self.reset_status.map_or(0, |status| unsafe { status() });
        if status != 0 {
            self.kept = false;
            return Err(Error::Lost(format!("the context was reset (0x{status:x})")));
        }
        match self.gl.error() {
            0 => Ok(()),
            glow::OUT_OF_MEMORY => {
                self.kept = false;
                Err(Error::Lost("OpenGL is out of memory".to_owned()))
            }
            error => {
                // A texture of a vanished pixmap is no reason to stop.
                tracing::debug!("OpenGL error 0x{error:x}");
                Ok(())
            }
        }
    }

    /// Exchanges the surface for one of another size, without content.
    ///
    /// Mesa's software renderer notices a resized window only when buffers
    /// are swapped; a new window it cannot mistake.
    pub(super) fn resize(&mut self, wire: &mut Wire, target: &Target) -> Result<(), Error> {
        self.kept = false;
        let window = child(wire, target, self.visual, self.colormap);
        wire.flush()?;
        let surface = surface(&self.display, &self.config, window).and_then(|surface| {
            self.context.make_current(&surface).map_err(lost)?;
            Ok(surface)
        });
        match surface {
            Ok(surface) => {
                drop(std::mem::replace(&mut self.surface, surface));
                let old = std::mem::replace(&mut self.window, window);
                wire.send(|c| c.destroy_window(old));
                self.present = self.choose_present();
                Ok(())
            }
            Err(error) => {
                wire.send(|c| c.destroy_window(window));
                Err(Error::Lost(error.to_string()))
            }
        }
    }

    /// Content of the back buffer is unknown from here on.
    pub(super) const fn forget(&mut self) {
        self.kept = false;
    }

    /// Drops everything, then the window.
    pub(super) fn destroy(self, wire: &mut Wire) {
        let (window, colormap) = (self.window, self.colormap);
        drop(self);
        wire.send(|c| c.destroy_window(window));
        wire.send(|c| c.free_colormap(colormap));
    }
}

/// The configuration that costs least: no depth, stencil or samples, which
/// also lets Mesa's software renderer take its fast path.
fn choose(display: &Display, connection: &Connection, target: &Target) -> Result<Config, Error> {
    let template = ConfigTemplateBuilder::new()
        .with_depth_size(0)
        .with_stencil_size(0)
        .with_alpha_size(0)
        .build();
    // SAFETY: the template names no native window.
    let configs = unsafe { display.find_configs(template).map_err(unsupported)? };
    let depths = visuals(connection, target.depth);
    configs
        .filter(|config| {
            let visual = config.x11_visual().map(|visual| visual.visual_id() as Visualid);
            visual.is_some_and(|visual| depths.contains(&visual)) && !config.float_pixels()
        })
        .min_by_key(|config| {
            let spare = u32::from(config.depth_size())
                + u32::from(config.stencil_size())
                + u32::from(config.num_samples());
            (spare, !config.hardware_accelerated())
        })
        .ok_or_else(|| Error::Unsupported("GLX has no configuration for the screen".to_owned()))
}

/// The visuals of `depth`.
fn visuals(connection: &Connection, depth: u8) -> Vec<Visualid> {
    let Some(screen) = connection.setup().roots.get(connection.screen()) else {
        return Vec::new();
    };
    let depths = screen.allowed_depths.iter().filter(|d| d.depth == depth);
    depths.flat_map(|d| d.visuals.iter().map(|visual| visual.visual_id)).collect()
}

/// A window over all of the target, since the target's own visual may have a
/// depth buffer.
fn child(wire: &mut Wire, target: &Target, visual: Visualid, colormap: u32) -> u32 {
    let window = wire.id();
    let (parent, depth) = (target.window, target.depth);
    let (w, h) = (size16(target.size.w.max(1)), size16(target.size.h.max(1)));
    let aux = CreateWindowAux::new().border_pixel(0).colormap(colormap).override_redirect(1);
    wire.send(|c| {
        let class = WindowClass::INPUT_OUTPUT;
        c.create_window(depth, window, parent, 0, 0, w, h, 0, class, visual, &aux)
    });
    wire.send(|c| c.map_window(window));
    window
}

fn surface(
    display: &Display,
    config: &Config,
    window: u32,
) -> Result<Surface<WindowSurface>, Error> {
    let handle = RawWindowHandle::Xlib(XlibWindowHandle::new(c_ulong::from(window)));
    // The size is that of the X window; GLX ignores this one.
    let one = NonZeroU32::MIN;
    let attributes = SurfaceAttributesBuilder::<WindowSurface>::new().build(handle, one, one);
    // SAFETY: the window exists, with the configuration's visual.
    unsafe { display.create_window_surface(config, &attributes).map_err(unsupported) }
}

/// A context that says when it is lost, or else any.
fn create(
    display: &Display,
    config: &Config,
    window: RawWindowHandle,
) -> Result<glutin::api::glx::context::NotCurrentContext, Error> {
    let mut refused = None;
    for robustness in [Robustness::RobustLoseContextOnReset, Robustness::NotRobust] {
        let attributes = ContextAttributesBuilder::new()
            .with_context_api(ContextApi::OpenGl(Some(Version::new(2, 1))))
            .with_robustness(robustness)
            .build(Some(window));
        // SAFETY: the window exists.
        match unsafe { display.create_context(config, &attributes) } {
            Ok(context) => return Ok(context),
            Err(error) => refused = Some(error),
        }
    }
    Err(refused.map_or_else(|| Error::Unsupported("no context".to_owned()), unsupported))
}

fn extensions(display: &Display, raw: NonNull<c_void>, connection: &Connection) -> Vec<String> {
    // SAFETY: an open display; the text belongs to GLX and is copied.
    unsafe {
        let text =
            display.glx().QueryExtensionsString(raw.as_ptr().cast(), connection.screen() as c_int);
        if text.is_null() {
            return Vec::new();
        }
        CStr::from_ptr(text).to_string_lossy().split_whitespace().map(str::to_owned).collect()
    }
}

fn reset_status(display: &Display) -> Option<unsafe extern "C" fn() -> u32> {
    let function = [c"glGetGraphicsResetStatus", c"glGetGraphicsResetStatusARB"]
        .into_iter()
        .find_map(|name| NonNull::new(display.get_proc_address(name).cast_mut()))?;
    // SAFETY: GL_ARB_robustness gives this signature. libglvnd's stub returns
    // 0 where the driver has no such function.
    Some(unsafe { std::mem::transmute::<NonNull<c_void>, unsafe extern "C" fn() -> u32>(function) })
}

/// Whether a GL_RENDERER is one of Mesa's software ones or Microsoft's.
fn is_software(renderer: &str) -> bool {
    let renderer = renderer.to_ascii_lowercase();
    ["llvmpipe", "softpipe", "swrast", "software", "swr ", "lavapipe", "gdi generic"]
        .iter()
        .any(|name| renderer.contains(name))
}

fn unsupported(error: glutin::error::Error) -> Error {
    Error::Unsupported(format!("GLX: {error}"))
}

fn lost(error: glutin::error::Error) -> Error {
    Error::Lost(format!("GLX: {error}"))
}
