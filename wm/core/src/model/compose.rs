//! The scene: what should be on the screen now.
//!
//! Owns the translation of windows into layers. Must not know what was
//! painted before.

use crate::geom::{Rect, Root, Sides, Size};
use crate::hints::WindowType;
use crate::id::{ImageId, SourceId, Time};
use crate::look::{Color, ShadowStyle};
use crate::model::Wm;
use crate::model::window::{Unmanaged, Window};
use crate::region::Region;
use crate::scene::{Content, Layer, LayerKey, Scene, Shadow};

/// Contour line around decorated windows: alpha of the border colour.
const CONTOUR_ALPHA: u8 = 150;
/// Menus are no rounder than this, in pixels at 96 DPI.
const MOST_POPUP_RADIUS: u16 = 12;

/// Override-redirect windows smaller than this throw no shadow, in pixels.
const SMALL: i32 = 12;

impl Wm {
    /// What should be on the screen now.
    #[must_use]
    pub fn scene(&self, _now: Time) -> Scene {
        let mut scene = Scene {
            size: self.size,
            layers: Vec::new(),
            holes: self.holes(),
            kept: self.pictures.sources(),
        };
        scene.layers.push(self.background());
        for xid in &self.beneath {
            self.compose_unmanaged(*xid, &mut scene.layers);
        }
        let preview = self.snap_preview();
        for xid in &self.stacked {
            if let Some((dragged, rect)) = preview
                && dragged == *xid
            {
                scene.layers.push(self.preview_layer(rect));
            }
            if let Some(window) = self.windows.get(xid)
                && self.is_shown(window)
                && window.sent.mapped.is_some_and(|(frame, _)| frame)
            {
                self.compose_window(window, &mut scene.layers);
            }
        }
        for xid in &self.above {
            self.compose_unmanaged(*xid, &mut scene.layers);
        }
        self.compose_switcher(&mut scene.layers);
        scene
    }

    fn background(&self) -> Layer {
        let rect = Rect::new(0, 0, self.size.w, self.size.h);
        Layer {
            key: LayerKey::Background,
            rect,
            clip: None,
            opaque: Region::from_rect(rect),
            opacity: 255,
            radius: 0,
            round_bottom: false,
            content: Content::Picture {
                source: SourceId::Background,
                from: Rect::new(0, 0, self.size.w, self.size.h),
                revision: 0,
                tile: false,
            },
        }
    }

    /// The radius of a window's cut corners: 0 where it touches edges of the
    /// screen, has a shape, or draws its own frame.
    pub(super) fn corner_radius(&self, window: &Window) -> i32 {
        let square = !window.is_decorated()
            || !window.is_free()
            || window.facts.shape.is_some()
            || !self.compositing;
        if square { 0 } else { self.settings.theme.scaled(self.settings.theme.corner_radius) }
    }

    /// Where the screen shows a window: it changes its size when the client
    /// has drawn for it.
    pub(super) fn shown_frame(&self, window: &Window) -> Rect<Root> {
        let sent = window.sync.shown.or(window.sent.frame);
        sent.unwrap_or_else(|| self.frame_rect(window))
    }

    fn compose_window(&self, window: &Window, layers: &mut Vec<Layer>) {
        let rect = self.shown_frame(window);
        let radius = self.corner_radius(window);
        let active = self.focus.active == Some(window.id.xid);
        let extents = self.extents(window);
        let theme = &self.settings.theme;
        let opacity = window.opacity();
        // Where the window fills its place edge to edge, a shadow would only
        // fall on its neighbours.
        let casts = window.facts.shape.is_none()
            && !window.is_client_decorated()
            && !window.fullscreen
            && !window.is_maximized()
            && (window.facts.depth < 32 || window.is_decorated())
            && !window.is_furniture();
        if casts {
            let style = if active { theme.shadow_active } else { theme.shadow_inactive };
            let border = if active { theme.active.border } else { theme.inactive.border };
            let contour = if window.is_decorated() {
                border.with_alpha(CONTOUR_ALPHA)
            } else {
                Color::default()
            };
            layers.extend(self.shadow_layer(
                LayerKey::Shadow(window.id),
                rect,
                radius,
                style,
                contour,
                opacity,
            ));
        }
        let client = Size::new(rect.w, rect.h - extents.top);
        let mut opaque: Region<Root> =
            window.opaque_client(client).offset(rect.x, rect.y + extents.top).cast();
        if extents.top > 0 {
            opaque.add(&Region::from_rect(Rect::new(rect.x, rect.y, rect.w, extents.top)));
        }
        let clip = window.facts.shape.as_ref().map(|shape| {
            let shape = shape.offset(rect.x, rect.y + extents.top).cast::<Root>();
            let bar = Rect::new(rect.x, rect.y, rect.w, extents.top);
            let shape = if window.shaded { Region::new() } else { shape };
            shape.union_rect(&bar).intersect_rect(&rect)
        });
        layers.push(Layer {
            key: LayerKey::Window(window.id),
            rect,
            clip,
            opaque: opaque.intersect_rect(&rect),
            opacity,
            radius,
            round_bottom: self.settings.round_bottom,
            content: Content::Picture {
                source: SourceId::Window(window.id),
                from: Rect::new(0, 0, rect.w, rect.h),
                revision: window.revision,
                tile: false,
            },
        });
    }

    fn compose_unmanaged(&self, xid: crate::id::Xid, layers: &mut Vec<Layer>) {
        let Some(window) = self.unmanaged.get(&xid) else { return };
        if !window.is_visible() {
            return;
        }
        let facts = &window.facts;
        let rect = facts.geometry;
        let opacity = (facts.opacity >> 24) as u8;
        let own = is_own(window);
        if own || casts_popup_shadow(window, self.size) {
            let theme = &self.settings.theme;
            let radius = theme.scaled(theme.corner_radius.min(MOST_POPUP_RADIUS));
            layers.extend(self.shadow_layer(
                LayerKey::Shadow(window.id),
                rect,
                if own { radius } else { 0 },
                self.settings.theme.shadow_popup,
                Color::default(),
                opacity,
            ));
        }
        let clip = facts
            .shape
            .as_ref()
            .map(|shape| shape.offset(rect.x, rect.y).cast::<Root>().intersect_rect(&rect));
        let opaque = if facts.depth < 32 {
            Region::from_rect(rect)
        } else {
            facts.opaque_region.as_ref().map_or_else(Region::new, |region| {
                region.offset(rect.x, rect.y).cast::<Root>().intersect_rect(&rect)
            })
        };
        layers.push(Layer {
            key: LayerKey::Window(window.id),
            rect,
            clip,
            opaque,
            opacity,
            radius: 0,
            round_bottom: false,
            content: Content::Picture {
                source: SourceId::Window(window.id),
                from: Rect::new(0, 0, rect.w, rect.h),
                revision: window.revision,
                tile: false,
            },
        });
    }

    fn shadow_layer(
        &self,
        key: LayerKey,
        around: Rect<Root>,
        radius: i32,
        style: ShadowStyle,
        contour: Color,
        opacity: u8,
    ) -> Option<Layer> {
        let theme = &self.settings.theme;
        if (style.extent == 0 || style.opacity == 0) && contour.a == 0 {
            return None;
        }
        let strength = if style.extent == 0 { 0 } else { style.opacity };
        let shadow = Shadow {
            around,
            radius,
            extent: theme.scaled(style.extent),
            offset_y: (i32::from(style.offset_y) * i32::from(theme.scale_percent) + 50) / 100,
            color: style.color.with_alpha(strength),
            contour,
        };
        let rect = shadow.bounds();
        // Not below the window itself, but below its cut corners.
        let mut inside = Region::from_rect(around);
        if radius > 0 {
            let r = radius;
            for (x, y) in [
                (around.x, around.y),
                (around.right() - r, around.y),
                (around.x, around.bottom() - r),
                (around.right() - r, around.bottom() - r),
            ] {
                inside = inside.subtract_rect(&Rect::new(x, y, r, r));
            }
        }
        Some(Layer {
            key,
            rect,
            clip: Some(Region::from_rect(rect).subtract(&inside)),
            opaque: Region::new(),
            opacity,
            radius: 0,
            round_bottom: false,
            content: Content::Shadow(shadow),
        })
    }

    fn preview_layer(&self, rect: Rect<Root>) -> Layer {
        Layer {
            key: LayerKey::SnapPreview,
            rect: rect.inset(Sides::all(self.settings.theme.scaled(6))),
            clip: None,
            opaque: Region::new(),
            opacity: 255,
            radius: 0,
            round_bottom: false,
            content: Content::Fill(self.settings.theme.accent.with_alpha(90)),
        }
    }

    fn compose_switcher(&self, layers: &mut Vec<Layer>) {
        let Some(look) = self.switcher_look() else { return };
        if !self.compositing {
            return;
        }
        let theme = &self.settings.theme;
        // As round as the painter makes the panel.
        let radius = theme.scaled(theme.corner_radius.min(32)) * 7 / 5;
        layers.extend(self.shadow_layer(
            LayerKey::SwitcherShadow,
            look.rect,
            radius,
            theme.shadow_active,
            Color::default(),
            255,
        ));
        layers.push(Layer {
            key: LayerKey::SwitcherPanel,
            rect: look.rect,
            clip: None,
            opaque: Region::new(),
            opacity: 255,
            radius: 0,
            round_bottom: false,
            content: Content::Picture {
                source: SourceId::Image(ImageId::Switcher),
                from: Rect::new(0, 0, look.rect.w, look.rect.h),
                revision: look.selected as u64,
                tile: false,
            },
        });
        for cell in &look.cells {
            let Some(window) = self.windows.get(&cell.window.xid) else { continue };
            if !cell.has_preview {
                continue;
            }
            let rect = cell.preview.offset(look.rect.x, look.rect.y).cast::<Root>();
            layers.push(Layer {
                key: LayerKey::SwitcherPreview(window.id),
                rect,
                clip: None,
                opaque: Region::new(),
                opacity: if cell.minimized { 130 } else { 255 },
                radius: 0,
                round_bottom: false,
                content: Content::Picture {
                    source: SourceId::Window(window.id),
                    from: self.preview_source(window),
                    revision: window.revision,
                    tile: false,
                },
            });
        }
    }
}

/// Our own menus: pictures with round corners and no shadow of their own.
fn is_own(window: &Unmanaged) -> bool {
    let (instance, class) = &window.facts.class;
    window.facts.depth == 32 && instance == "trapeze" && class == "Trapeze"
}

/// Menus, tooltips and the like. Windows with alpha draw their own; shaped
/// and tiny ones, dragged icons and whole-screen ones have none.
fn casts_popup_shadow(window: &Unmanaged, screen: Size) -> bool {
    let facts = &window.facts;
    let rect = facts.geometry;
    facts.depth < 32
        && facts.shape.is_none()
        && facts.gtk_extents.is_none()
        && rect.w >= SMALL
        && rect.h >= SMALL
        && (rect.w < screen.w || rect.h < screen.h)
        && !matches!(
            facts.types.first(),
            Some(WindowType::Dnd | WindowType::Desktop | WindowType::Dock)
        )
}
