//! Redirection: every toplevel's pixels in a pixmap, and what changed of
//! them.
//!
//! Owns the overlay window, the Damage objects and the named pixmaps, bound
//! to a backend as the scene needs them. Must not know how anything is
//! painted, nor why a layer is in the scene.
//!
//! Damage is reported as rectangles that were not damaged before
//! (DeltaRectangles) and subtracted blindly just before painting: whatever is
//! drawn between the report and the painting is painted, whatever is drawn
//! later is reported anew. So a frame needs no reply.

use std::collections::HashMap;

use trapeze_backend::{Backend, Pixmap, Target};
use wm_core::damage::Tracker;
use wm_core::geom::{Rect, Root, Size, Source};
use wm_core::region::Region;
use wm_core::scene::{Content, LayerKey, Scene};
use wm_core::{SourceId, WindowId, Xid};
use x11rb::connection::Connection as _;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::shape::SK;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, Rectangle, SubwindowMode,
};

use super::{Display, Result, extent16, shape};

/// One toplevel whose pixels may be shown.
#[derive(Debug)]
struct Toplevel {
    /// The redirected window: a frame, or an unmanaged window.
    window: u32,
    /// Outer size in pixels: border included.
    size: Size,
    /// Its X border in pixels.
    border: i32,
    depth: u8,
    visual: u32,
    damage: u32,
    /// Damage since the last frame.
    pending: Region<Source>,
    /// The named pixmap is not (any longer) the window's.
    stale: bool,
    mapped: bool,
    redirected: bool,
}

/// The named pixmap of a window's pixels.
#[derive(Debug, Clone, Copy)]
struct Bound {
    pixmap: Pixmap,
    /// The backend holds it.
    lent: bool,
    /// The pixmap before, which the backend holds until it is lent this one.
    former: Option<u32>,
}

impl Bound {
    fn pixmaps(self) -> impl Iterator<Item = u32> {
        std::iter::once(self.pixmap.xid).chain(self.former)
    }
}

/// Redirection of the whole screen.
#[derive(Debug)]
pub struct Composite {
    /// The overlay window.
    pub overlay: u32,
    toplevels: HashMap<Xid, Toplevel>,
    by_damage: HashMap<u32, Xid>,
    /// Toplevels with pending damage.
    touched: Vec<Xid>,
    bound: HashMap<WindowId, Bound>,
    holes: Region<Root>,
    /// Whatever the last scene shows was lent to the backend.
    complete: bool,
    /// The root window's background is a picture of the screen.
    frozen: bool,
}

impl Composite {
    /// Redirects all toplevels and takes the overlay window, which lets input
    /// through.
    ///
    /// # Errors
    ///
    /// If another program redirects already, or the connection broke.
    pub fn new(display: &Display) -> anyhow::Result<Self> {
        display.composite_redirect_subwindows(display.root, Redirect::MANUAL)?.check()?;
        let overlay = display.composite_get_overlay_window(display.root)?.reply()?.overlay_win;
        shape::set::<Root>(display, overlay, SK::INPUT, Some(&Region::new()), (0, 0))?;
        shape::set::<Root>(display, overlay, SK::BOUNDING, None, (0, 0))?;
        display.map_window(overlay)?;
        Ok(Self {
            overlay,
            toplevels: HashMap::new(),
            by_damage: HashMap::new(),
            touched: Vec::new(),
            bound: HashMap::new(),
            holes: Region::new(),
            complete: false,
            frozen: false,
        })
    }

    /// What a backend paints on.
    #[must_use]
    pub fn target(&self, display: &Display, size: Size) -> Target {
        Target {
            root: display.root,
            window: self.overlay,
            size,
            depth: display.root_depth,
            visual: display.root_visual,
        }
    }

    /// Gives everything back; the backend must have been dropped.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn end(self, display: &Display) -> Result<()> {
        for toplevel in self.toplevels.values() {
            display.damage_destroy(toplevel.damage)?;
        }
        for pixmap in self.bound.values().copied().flat_map(Bound::pixmaps) {
            display.free_pixmap(pixmap)?;
        }
        display.composite_unredirect_subwindows(display.root, Redirect::MANUAL)?;
        display.composite_release_overlay_window(display.root)?;
        Ok(())
    }

    /// A toplevel that can be shown: `client` is its name in the model.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn add(
        &mut self,
        display: &Display,
        client: Xid,
        window: u32,
        size: Size,
        look: (i32, u8, u32),
        mapped: bool,
    ) -> Result<()> {
        self.remove(display, client, true)?;
        let damage = display.generate_id()?;
        display.damage_create(damage, window, ReportLevel::DELTA_RECTANGLES)?;
        let (border, depth, visual) = look;
        self.touched.push(client);
        self.by_damage.insert(damage, client);
        self.toplevels.insert(
            client,
            Toplevel {
                window,
                size,
                border,
                depth,
                visual,
                damage,
                // Drawn before the Damage object was there: all of it.
                pending: Region::from_rect(Rect::new(0, 0, size.w, size.h)),
                stale: true,
                mapped,
                redirected: true,
            },
        );
        Ok(())
    }

    /// A toplevel has gone from the screen; its last pixels stay bound as
    /// long as the scene shows them. `alive`: its window still exists.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn remove(&mut self, display: &Display, client: Xid, alive: bool) -> Result<()> {
        if let Some(toplevel) = self.toplevels.remove(&client) {
            self.by_damage.remove(&toplevel.damage);
            // The server destroys the Damage object with its window.
            if alive {
                display.damage_destroy(toplevel.damage)?;
            }
        }
        Ok(())
    }

    /// A toplevel was mapped or unmapped. True if its pixels are new ones.
    pub fn set_mapped(&mut self, client: Xid, mapped: bool) -> bool {
        let Some(toplevel) = self.toplevels.get_mut(&client) else { return false };
        let fresh = mapped && !toplevel.mapped;
        toplevel.mapped = mapped;
        toplevel.stale |= fresh;
        fresh
    }

    /// A toplevel has another size (border included). True if it differs:
    /// its pixmap is a new one.
    pub fn set_size(&mut self, client: Xid, size: Size, border: i32) -> bool {
        let Some(toplevel) = self.toplevels.get_mut(&client) else { return false };
        toplevel.border = border;
        let fresh = toplevel.size != size;
        toplevel.size = size;
        toplevel.stale |= fresh;
        fresh
    }

    /// Takes a DamageNotify in; returns whose pixels changed, and where.
    pub fn damaged(&mut self, damage: u32, area: Rect<Source>) -> Option<(Xid, Region<Source>)> {
        let client = *self.by_damage.get(&damage)?;
        let toplevel = self.toplevels.get_mut(&client)?;
        let rect = area.offset(toplevel.border, toplevel.border);
        let rect = rect.intersection(&Rect::new(0, 0, toplevel.size.w, toplevel.size.h))?;
        let region = Region::from_rect(rect);
        if toplevel.pending.is_empty() {
            self.touched.push(client);
        }
        toplevel.pending.add(&region);
        Some((client, region))
    }

    /// Which identity of this client the backend shows.
    #[must_use]
    pub fn bound(&self, client: Xid) -> Option<WindowId> {
        self.bound.keys().filter(|id| id.xid == client).max_by_key(|id| id.generation).copied()
    }

    /// Redirects a toplevel, or lets the server draw it by itself. `size` is
    /// the screen's.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn redirect(&mut self, display: &Display, size: Size, client: Xid, on: bool) -> Result<()> {
        if self.toplevels.get(&client).is_none_or(|toplevel| toplevel.redirected == on) {
            return Ok(());
        }
        if on {
            let holes = self.holes.clone();
            self.freeze(display, size, &holes)?;
        }
        let Some(toplevel) = self.toplevels.get_mut(&client) else { return Ok(()) };
        toplevel.redirected = on;
        if on {
            display.composite_redirect_window(toplevel.window, Redirect::MANUAL)?;
            toplevel.stale = true;
        } else {
            display.composite_unredirect_window(toplevel.window, Redirect::MANUAL)?;
        }
        Ok(())
    }

    /// What the overlay leaves free, from now on.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set_holes(&mut self, display: &Display, size: Size, holes: Region<Root>) -> Result<()> {
        if holes == self.holes {
            return Ok(());
        }
        let changed = self.holes.union(&holes);
        self.freeze(display, size, &changed)?;
        self.holes = holes;
        if self.holes.is_empty() {
            return shape::set::<Root>(display, self.overlay, SK::BOUNDING, None, (0, 0));
        }
        let rest = Region::from_rect(Rect::new(0, 0, size.w, size.h)).subtract(&self.holes);
        shape::set(display, self.overlay, SK::BOUNDING, Some(&rest), (0, 0))
    }

    /// Has the root window look like the screen does now, in `area`.
    ///
    /// Where the overlay has a hole and the window behind it is redirected,
    /// the server paints the root window's background: before the window
    /// takes its place on the way into a bypass, and until the hole is closed
    /// on the way out. The overlay itself has no background, so that what is
    /// there when a hole closes stays until a frame is painted.
    fn freeze(&mut self, display: &Display, size: Size, area: &Region<Root>) -> Result<()> {
        if self.frozen || size.is_empty() {
            return Ok(());
        }
        self.frozen = true;
        let (pixmap, gc) = (display.generate_id()?, display.generate_id()?);
        let (w, h) = (extent16(size.w), extent16(size.h));
        display.create_pixmap(display.root_depth, pixmap, display.root, w, h)?;
        let aux = CreateGCAux::new()
            .graphics_exposures(0)
            .subwindow_mode(SubwindowMode::INCLUDE_INFERIORS);
        display.create_gc(gc, display.root, &aux)?;
        for rect in shape::rectangles(area, 0, 0) {
            let Rectangle { x, y, width, height } = rect;
            display.copy_area(display.root, pixmap, gc, x, y, x, y, width, height)?;
        }
        let aux = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
        display.change_window_attributes(display.root, &aux)?;
        // The window keeps it alive.
        display.free_gc(gc)?;
        display.free_pixmap(pixmap)?;
        Ok(())
    }

    /// Gives the root window its own background again, after all changes
    /// that [`Composite::set_holes`] and [`Composite::redirect`] belong to.
    /// True if there were any: then everything is to be painted again.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn thaw(&mut self, display: &Display, background: Option<u32>) -> Result<bool> {
        if !std::mem::take(&mut self.frozen) {
            return Ok(false);
        }
        // In case the pixmap is another program's and has gone.
        let plain = ChangeWindowAttributesAux::new().background_pixel(0);
        display.change_window_attributes(display.root, &plain)?;
        if let Some(pixmap) = background {
            let aux = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
            display.change_window_attributes(display.root, &aux)?;
        }
        Ok(true)
    }

    /// Lends the backend every pixmap that the scene shows, takes back those
    /// that it no longer does, and hands the damage over.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn prepare(
        &mut self,
        display: &Display,
        scene: &Scene,
        backend: &mut Backend,
        tracker: &mut Tracker,
    ) -> Result<()> {
        // The size that the scene wants of each, where a whole window is shown.
        let mut shown = HashMap::new();
        for layer in &scene.layers {
            let Content::Picture { source: SourceId::Window(id), from, .. } = &layer.content else {
                continue;
            };
            let whole = matches!(layer.key, LayerKey::Window(_)).then(|| from.size());
            let wanted = shown.entry(*id).or_insert(whole);
            *wanted = wanted.or(whole);
        }
        for (id, wanted) in &shown {
            self.lend(display, *id, *wanted, backend, tracker)?;
        }
        let gone: Vec<_> =
            self.bound.keys().filter(|id| !shown.contains_key(id)).copied().collect();
        for id in gone {
            let kept = scene.kept.contains(&SourceId::Window(id));
            self.take_back(display, id, kept, backend, tracker)?;
        }
        self.complete = shown.keys().all(|id| self.bound.contains_key(id));
        self.hand_over(display, backend, tracker)
    }

    /// Whether the last scene needs nothing more than [`Composite::hand_over`]
    /// to be painted again.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Tells backend and tracker which pixels changed, of what they have been
    /// lent: all that there is to do before a frame of the same scene.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn hand_over(
        &mut self,
        display: &Display,
        backend: &mut Backend,
        tracker: &mut Tracker,
    ) -> Result<()> {
        for client in std::mem::take(&mut self.touched) {
            let Some(toplevel) = self.toplevels.get_mut(&client) else { continue };
            if toplevel.pending.is_empty() {
                continue;
            }
            let region = std::mem::take(&mut toplevel.pending);
            display.damage_subtract(toplevel.damage, x11rb::NONE, x11rb::NONE)?;
            let lent = self.bound.iter().filter(|(id, bound)| id.xid == client && bound.lent);
            let Some((id, _)) = lent.max_by_key(|(id, _)| id.generation) else { continue };
            let source = SourceId::Window(*id);
            backend.damaged(source, &region);
            tracker.client_damage(source, &region);
        }
        Ok(())
    }

    /// Makes sure that there is a picture of a window that is about to be
    /// hidden or to get another size, so that its pixels can still be shown.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn secure(&mut self, display: &Display, id: WindowId) -> Result<()> {
        let Some(toplevel) = self.toplevels.get_mut(&id.xid) else { return Ok(()) };
        let bound = self.bound.get(&id).copied();
        if !toplevel.mapped || !toplevel.redirected || (bound.is_some() && !toplevel.stale) {
            return Ok(());
        }
        toplevel.stale = false;
        let xid = display.generate_id()?;
        display.composite_name_window_pixmap(toplevel.window, xid)?;
        let Toplevel { size, depth, visual, .. } = *toplevel;
        let former = match bound {
            Some(Bound { pixmap, lent: true, .. }) => Some(pixmap.xid),
            Some(Bound { pixmap, former, .. }) => {
                display.free_pixmap(pixmap.xid)?;
                former
            }
            None => None,
        };
        let pixmap = Pixmap { xid, size, depth, visual };
        self.bound.insert(id, Bound { pixmap, lent: false, former });
        Ok(())
    }

    /// Lends the backend a window's pixmap if it has not got it: a new one,
    /// or one that was kept. The window's former picture stays as long as it
    /// has the `wanted` size and the window has not.
    fn lend(
        &mut self,
        display: &Display,
        id: WindowId,
        wanted: Option<Size>,
        backend: &mut Backend,
        tracker: &mut Tracker,
    ) -> Result<()> {
        let former = self.bound.get(&id).map(|bound| bound.pixmap.size);
        let now = self.toplevels.get(&id.xid).map(|toplevel| toplevel.size);
        if former.is_none() || former != wanted || now == wanted {
            self.secure(display, id)?;
        }
        let Some(bound) = self.bound.get_mut(&id).filter(|bound| !bound.lent) else {
            return Ok(());
        };
        bound.lent = true;
        let (source, size) = (SourceId::Window(id), bound.pixmap.size);
        backend.bind(source, bound.pixmap);
        tracker.client_damage(source, &Region::from_rect(Rect::new(0, 0, size.w, size.h)));
        if let Some(former) = bound.former.take() {
            display.free_pixmap(former)?;
        }
        Ok(())
    }

    /// Takes a pixmap back from the backend; it is freed unless it is `kept`.
    fn take_back(
        &mut self,
        display: &Display,
        id: WindowId,
        kept: bool,
        backend: &mut Backend,
        tracker: &mut Tracker,
    ) -> Result<()> {
        let Some(bound) = self.bound.get_mut(&id) else { return Ok(()) };
        if bound.lent || bound.former.is_some() {
            backend.release(SourceId::Window(id));
        }
        tracker.forget(SourceId::Window(id));
        bound.lent = false;
        if let Some(former) = bound.former.take() {
            display.free_pixmap(former)?;
        }
        if !kept && let Some(bound) = self.bound.remove(&id) {
            display.free_pixmap(bound.pixmap.xid)?;
        }
        Ok(())
    }

    /// The backend is another one: everything is to be lent anew.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn rebind(&mut self, display: &Display) -> Result<()> {
        for bound in self.bound.values_mut() {
            bound.lent = false;
            if let Some(former) = bound.former.take() {
                display.free_pixmap(former)?;
            }
        }
        Ok(())
    }
}
