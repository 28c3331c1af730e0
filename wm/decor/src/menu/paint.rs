//! Pictures of menus.
//!
//! Owns their looks. Must not know input.

use wm_core::geom::{Rect, Sides, Source};

use super::Level;
use super::layout::{Content, Metrics, Panel, Row};
use crate::canvas::mix;
use crate::painter::{Painter, tint};
use crate::picture::Picture;
use crate::symbol::{Chevron, Pen};
use crate::text::Line;

pub(super) fn paint(
    painter: &mut Painter,
    metrics: &Metrics,
    panel: &Panel,
    level: &Level,
) -> Picture {
    let mut picture = Picture::new(level.rect.size());
    let (ground, ink) = (painter.theme.menu_background, painter.theme.menu_text);
    let bounds = picture.bounds();
    let line = f64::from(metrics.scale.floor().max(1.0));
    picture.fill_rounded(bounds, metrics.radius, ground);

    let scrolls = panel.scrolls(metrics);
    let edge = if scrolls { metrics.strip.max(metrics.padding) } else { metrics.padding };
    let view = bounds.inset(Sides { left: 0, right: 0, top: edge, bottom: edge });
    for (index, row) in panel.rows.iter().enumerate() {
        let y = edge + row.top - level.scroll;
        let rect = Rect::new(0, y, bounds.w, row.height);
        if rect.intersects(&view) {
            let selected = level.selected == Some(index);
            let clip = rect.intersection(&view).unwrap_or_default();
            paint_row(painter, metrics, panel, row, selected, &mut picture, rect, clip);
        }
    }
    if scrolls {
        let most = panel.content_height - view.h;
        let top = Rect::new(0, 0, bounds.w, edge);
        let bottom = Rect::new(0, bounds.h - edge, bounds.w, edge);
        for (rect, direction, live) in
            [(top, Chevron::Up, level.scroll > 0), (bottom, Chevron::Down, level.scroll < most)]
        {
            let color = mix(ground, ink, if live { 220 } else { 60 });
            Pen { picture: &mut picture, clip: rect, color, scale: metrics.scale }
                .chevron(rect, direction);
        }
    }
    picture.outline_rounded(bounds, metrics.radius, line, tint(ground, ink, 34));
    picture
}

#[expect(clippy::too_many_arguments, reason = "one call, and each is a different thing")]
fn paint_row(
    painter: &mut Painter,
    metrics: &Metrics,
    panel: &Panel,
    row: &Row,
    selected: bool,
    picture: &mut Picture,
    rect: Rect<Source>,
    clip: Rect<Source>,
) {
    let theme = &painter.theme;
    let (ground, text) = (theme.menu_background, theme.menu_text);
    if matches!(row.content, Content::Separator) {
        let line = (metrics.scale.floor() as i32).max(1);
        let y = rect.y + (rect.h - line) / 2;
        let inset = metrics.margin - metrics.padding;
        let rule = Rect::new(inset, y, rect.w - 2 * inset, line);
        if let Some(rule) = rule.intersection(&clip) {
            picture.fill(rule, tint(ground, text, 34));
        }
        return;
    }
    let lit = selected && row.selectable();
    if lit {
        let inset = Sides { left: metrics.padding, right: metrics.padding, top: 0, bottom: 0 };
        let bar = rect.inset(inset);
        let radius = (metrics.radius - f64::from(metrics.padding) / 2.0).max(0.0);
        // Lines at the rim of a scrolled menu are cut, not squeezed.
        let mut bar_picture = Picture::new(bar.size());
        bar_picture.fill_rounded(bar_picture.bounds(), radius, theme.accent);
        picture.draw(&bar_picture, bar.x, bar.y, clip, 255);
    }
    let enabled = row.selectable();
    let ink = match (lit, enabled) {
        (true, _) => theme.accent_text,
        (false, true) => text,
        (false, false) => mix(ground, text, 105).with_alpha(text.a),
    };
    let behind = if lit { theme.accent } else { ground };
    // Shortcuts and arrows say less than labels.
    let faint = mix(behind, ink, if lit { 215 } else { 150 }).with_alpha(ink.a);
    let faint = if enabled { faint } else { ink };

    let mut left = metrics.margin;
    let mut right = rect.w - metrics.margin;
    if panel.checks {
        if let Content::Action { checked: true, .. } = row.content {
            let column = Rect::new(left - metrics.check / 8, rect.y, metrics.check * 3 / 4, rect.h);
            Pen { picture, clip, color: ink, scale: metrics.scale }.check(column);
        }
        left += metrics.check;
    }
    if panel.arrows {
        if let Content::Submenu { .. } = row.content {
            let column = Rect::new(right - metrics.arrow / 2, rect.y, metrics.arrow / 2, rect.h);
            Pen { picture, clip, color: faint, scale: metrics.scale }
                .chevron(column, Chevron::Right);
        }
        right -= metrics.arrow;
    }
    let capitals = painter.fonts.cap_height(metrics.style).round() as i32;
    let baseline = rect.y + (rect.h - capitals + 1) / 2 + capitals;
    let mut write = |line: &Line, x: i32, color| {
        painter.fonts.draw(picture, line, (x as f32, baseline), clip, color);
    };
    if let Content::Action { shortcut: Some(keys), .. } = &row.content {
        write(keys, right - keys.columns(), faint);
    }
    // A label that reads from the right starts at the right.
    let x = if row.label.rtl && !has_shortcuts(panel) {
        (right - row.label.columns()).max(left)
    } else {
        left
    };
    write(&row.label, x, ink);
}

fn has_shortcuts(panel: &Panel) -> bool {
    panel.rows.iter().any(|r| matches!(r.content, Content::Action { shortcut: Some(_), .. }))
}
