//! The window switcher's panel.
//!
//! Owns its composition. Must not know windows; live previews are composed on
//! top of it elsewhere.

use wm_core::geom::{Rect, Sides, Source};
use wm_core::id::WindowId;
use wm_core::look::{SwitcherCell, SwitcherLook};

use crate::canvas::mix;
use crate::icon::Icon;
use crate::painter::{Painter, tint};
use crate::picture::Picture;
use crate::text::Style;

/// Side of the icon beside a title, pixels at 96 DPI.
const SMALL_ICON: f32 = 16.0;
/// Side of the icon in place of a preview, pixels at 96 DPI.
const LARGE_ICON: f32 = 64.0;
/// Between icon and title, and around both, pixels at 96 DPI.
const GAP: f32 = 7.0;
/// Height of the part of a cell that its title stands in the middle of.
const STRIP: f32 = 38.0;
/// Width of the selected cell's outline, pixels at 96 DPI.
const OUTLINE: f32 = 2.0;

pub(crate) fn paint<'a>(
    painter: &mut Painter,
    look: &SwitcherLook,
    icons: &dyn Fn(WindowId) -> Option<&'a Icon>,
) -> Picture {
    let mut picture = Picture::new(look.rect.size());
    let theme = &painter.theme;
    let scale = painter.scale();
    let radius = f64::from(theme.corner_radius.min(32)) * f64::from(scale) * 1.4;
    let (ground, ink) = (theme.menu_background, theme.menu_text);
    let bounds = picture.bounds();
    picture.fill_rounded(bounds, radius, ground);
    picture.outline_rounded(
        bounds,
        radius,
        f64::from(scale.floor().max(1.0)),
        tint(ground, ink, 34),
    );
    for (index, cell) in look.cells.iter().enumerate() {
        let selected = index == look.selected;
        paint_cell(painter, &mut picture, cell, icons(cell.window), selected);
    }
    picture
}

fn paint_cell(
    painter: &mut Painter,
    picture: &mut Picture,
    cell: &SwitcherCell,
    icon: Option<&Icon>,
    selected: bool,
) {
    let scale = painter.scale();
    let px = |length: f32| (length * scale).round() as i32;
    let (ground, ink) = (painter.theme.menu_background, painter.theme.menu_text);
    let accent = painter.theme.accent;
    let radius = f64::from(painter.theme.corner_radius.min(20)) * f64::from(scale);
    let behind = if selected { mix(ground, accent.with_alpha(ground.a), 56) } else { ground };
    if selected {
        picture.fill_rounded(cell.rect, radius, behind);
        picture.outline_rounded(cell.rect, radius, f64::from(px(OUTLINE).max(1)), accent);
    }
    if !cell.has_preview {
        let surface = tint(behind, ink, 14);
        picture.fill_rounded(cell.preview, f64::from(px(6.0)), surface);
        let side = px(LARGE_ICON).min(cell.preview.w * 3 / 5).min(cell.preview.h * 3 / 5);
        let image = painter.icon(icon, side);
        let middle = cell.preview.center();
        let (x, y) = (middle.x - image.size.w / 2, middle.y - image.size.h / 2);
        picture.draw(&image, x, y, cell.preview, if cell.minimized { 140 } else { 255 });
    }
    let Some(strip) = title_strip(cell, px(STRIP)) else { return };
    let gap = px(GAP);
    let inner = strip.inset(Sides { left: gap, right: gap, top: 0, bottom: 0 });
    let side = px(SMALL_ICON).min(strip.h).max(0);
    let style = Style {
        size: (f32::from(painter.theme.font_size) * scale * 0.93).max(1.0),
        weight: if selected { 500.0 } else { 400.0 },
    };
    // Where the preview already shows the icon, once is enough.
    let with_icon = cell.has_preview && inner.w > 3 * side;
    let taken = if with_icon { side + gap } else { 0 };
    let line = painter.fonts.line(&cell.title, style, (inner.w - taken) as f32);
    let x = inner.x + (inner.w - taken - line.columns()).max(0) / 2;
    if with_icon {
        let image = painter.icon(icon, side);
        let y = strip.y + (strip.h - side) / 2;
        picture.draw(&image, x, y, strip, if cell.minimized { 140 } else { 255 });
    }
    let strength = match (selected, cell.minimized) {
        (true, _) => 255,
        (false, false) => 215,
        (false, true) => 130,
    };
    let capitals = painter.fonts.cap_height(style).round() as i32;
    let baseline = strip.y + (strip.h - capitals + 1) / 2 + capitals;
    let color = mix(behind, ink, strength).with_alpha(ink.a);
    painter.fonts.draw(picture, &line, ((x + taken) as f32, baseline), inner, color);
}

/// The lowest part of a cell, which its preview leaves free. Previews differ in
/// shape, titles are to stand in line, so no more of it is used than a line of
/// text needs.
fn title_strip(cell: &SwitcherCell, wanted: i32) -> Option<Rect<Source>> {
    let (rect, preview) = (cell.rect, cell.preview);
    let free = rect.bottom().saturating_sub(preview.bottom());
    let height = wanted.min(free);
    let strip = Rect::new(rect.x, rect.bottom() - height, rect.w, height);
    (!strip.is_empty()).then_some(strip)
}
