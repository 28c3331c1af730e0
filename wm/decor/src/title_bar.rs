//! Title bars.
//!
//! Owns their composition. Must not know windows: a [`FrameLook`] says all.

use wm_core::geom::{Rect, Source};
use wm_core::look::{Button, ButtonLook, ButtonState, Color, FrameColors, FrameLook};

use crate::canvas::{lightness, mix};
use crate::icon::Icon;
use crate::painter::Painter;
use crate::picture::Picture;
use crate::symbol::Pen;
use crate::text::Style;

/// Free space at both ends of the title, pixels at 96 DPI.
const TITLE_MARGIN: f32 = 2.0;
/// The icon's side, pixels at 96 DPI.
const ICON_SIDE: f32 = 16.0;
/// Diameter of the disc behind a hovered button, pixels at 96 DPI.
const DISC: f32 = 24.0;

/// Medium: as calm as regular text, but it holds its own on a dark bar.
const WEIGHT: f32 = 500.0;

pub(crate) fn paint(painter: &mut Painter, look: &FrameLook, icon: Option<&Icon>) -> Picture {
    let mut picture = Picture::new(look.size);
    let scale = scale(painter, look);
    let colors = colors(painter, look);
    picture.fill(picture.bounds(), colors.background);
    let line = (scale.floor() as i32).max(1);
    let separator = Rect::new(0, look.size.h - line, look.size.w, line);
    picture.fill(separator, colors.border);

    for button in &look.buttons {
        paint_button(
            painter,
            &mut picture,
            button,
            icon,
            &colors,
            look.active || look.urgent,
            scale,
        );
    }
    paint_title(painter, &mut picture, look, &colors, scale);
    picture
}

/// Real pixels per pixel at 96 DPI. Where the bar has the height that the
/// theme gives it, the theme's scale; else the ratio of the heights.
fn scale(painter: &Painter, look: &FrameLook) -> f32 {
    let height = painter.theme.scaled(painter.theme.title_height);
    if height == look.size.h || painter.theme.title_height == 0 {
        return painter.scale();
    }
    (look.size.h as f32 / f32::from(painter.theme.title_height)).clamp(0.25, 10.0)
}

fn colors(painter: &Painter, look: &FrameLook) -> FrameColors {
    let theme = &painter.theme;
    let own = if look.active { theme.active } else { theme.inactive };
    if !look.urgent || look.active {
        return own;
    }
    let ground = theme.urgent;
    let ink =
        if lightness(ground) > 150 { Color::rgb(0x001a_1a1a) } else { Color::rgb(0x00ff_ffff) };
    FrameColors {
        background: ground,
        text: ink,
        border: mix(ground, Color::rgb(0), 70),
        button_hover: mix(ground, ink, 50),
        button_pressed: mix(ground, ink, 85),
        close_hover: own.close_hover,
    }
}

fn paint_button(
    painter: &Painter,
    picture: &mut Picture,
    look: &ButtonLook,
    icon: Option<&Icon>,
    colors: &FrameColors,
    awake: bool,
    scale: f32,
) {
    let Some(clip) = look.rect.intersection(&picture.bounds()) else { return };
    let mut glyph = colors.text;
    let ground = match (look.button, look.state) {
        (_, ButtonState::Normal) => None,
        (Button::Close, state) => {
            glyph = Color::rgb(0x00ff_ffff);
            let pressed = mix(colors.close_hover, Color::rgb(0), 50);
            Some(if state == ButtonState::Pressed { pressed } else { colors.close_hover })
        }
        (_, ButtonState::Hovered) => Some(colors.button_hover),
        (_, ButtonState::Pressed) => Some(colors.button_pressed),
    };
    if ground.is_some() && !awake && look.button != Button::Close {
        // Under the pointer an inactive window's button wakes up.
        glyph = mix(glyph, painter.theme.active.text, 160);
    }
    if let Some(ground) = ground {
        let disc = disc(look.rect, scale);
        if let Some(disc) = disc.intersection(&clip) {
            let radius = f64::from(disc.w.min(disc.h)) / 2.0;
            picture.fill_rounded(disc, radius, ground);
        }
    }
    if look.button == Button::Icon {
        let side = ((ICON_SIDE * scale).round() as i32).min(look.rect.w).min(look.rect.h);
        let image = painter.icon(icon, side);
        let x = look.rect.x + (look.rect.w - side) / 2;
        let y = look.rect.y + (look.rect.h - side) / 2;
        // An inactive window's icon steps back as its title does.
        picture.draw(&image, x, y, clip, if awake { 255 } else { 150 });
        return;
    }
    let mut pen = Pen { picture, clip, color: glyph, scale };
    pen.button(look.button, look.on, look.rect);
}

/// The disc behind a button; a wide button gets a pill.
fn disc(rect: Rect<Source>, scale: f32) -> Rect<Source> {
    let mut height = ((DISC * scale).round() as i32).min(rect.h);
    if (rect.h - height) % 2 != 0 {
        height -= 1;
    }
    let spare = rect.h - height;
    let mut width = rect.w - spare.max(0);
    if (width - height).abs() <= (8.0 * scale) as i32 || width < height {
        width = height.min(rect.w);
    }
    if (rect.w - width) % 2 != 0 {
        width -= 1;
    }
    let (x, y) = (rect.x + (rect.w - width) / 2, rect.y + spare / 2);
    Rect::new(x, y, width, height)
}

fn paint_title(
    painter: &mut Painter,
    picture: &mut Picture,
    look: &FrameLook,
    colors: &FrameColors,
    scale: f32,
) {
    let Some(place) = look.title_rect.intersection(&picture.bounds()) else { return };
    let margin = ((TITLE_MARGIN * scale) as i32).min(place.w / 8);
    let (left, right) = (place.x + margin, place.right() - margin);
    let style = Style { size: f32::from(painter.theme.font_size) * scale, weight: WEIGHT };
    let line = painter.fonts.line(&look.title, style, (right - left) as f32);
    let width = line.columns();
    let start = if painter.theme.title_centered {
        // In the middle of the whole bar, or as near to it as fits.
        ((look.size.w - width) / 2).clamp(left, (right - width).max(left))
    } else if line.rtl {
        (right - width).max(left)
    } else {
        left
    };
    let capitals = painter.fonts.cap_height(style).round() as i32;
    let baseline = place.y + (place.h - capitals + 1) / 2 + capitals;
    painter.fonts.draw(picture, &line, (start as f32, baseline), place, colors.text);
}
