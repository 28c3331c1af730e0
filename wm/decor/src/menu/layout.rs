//! Where lines stand in a menu, and menus on the screen.
//!
//! Owns measures and placement. Must not know input.

use wm_core::action::Action;
use wm_core::geom::{Point, Rect, Root, Size};
use wm_core::look::MenuItem;

use super::Level;
use crate::painter::Painter;
use crate::text::{Line, Style};

/// Menus nest no deeper; what lies below is left out.
const MAX_DEPTH: usize = 12;

/// Measures in real pixels.
#[derive(Debug, Clone)]
pub(super) struct Metrics {
    pub(super) scale: f32,
    pub(super) style: Style,
    /// Above the first and below the last line, and beside the highlight.
    pub(super) padding: i32,
    pub(super) row: i32,
    pub(super) separator: i32,
    /// From the panel's edge to a label without check marks, and after the
    /// last column.
    pub(super) margin: i32,
    /// Width of the column of check marks.
    pub(super) check: i32,
    /// Least space between label and shortcut.
    pub(super) gap: i32,
    /// Width of the column of arrows.
    pub(super) arrow: i32,
    /// Height of the strips that scroll.
    pub(super) strip: i32,
    /// How far a submenu overlaps its parent.
    pub(super) overlap: i32,
    pub(super) min_width: i32,
    pub(super) max_label: i32,
    /// Corners of the panel.
    pub(super) radius: f64,
}

impl Metrics {
    pub(super) fn new(painter: &Painter) -> Self {
        let scale = painter.scale();
        let px = |length: f32| (length * scale).round() as i32;
        let size = f32::from(painter.theme.font_size) * scale;
        Self {
            scale,
            style: Style { size, weight: 400.0 },
            padding: px(6.0),
            row: px(28.0).max((size * 1.9).round() as i32),
            separator: px(11.0) | 1,
            margin: px(16.0),
            check: px(20.0),
            gap: px(32.0),
            arrow: px(18.0),
            strip: px(20.0),
            overlap: px(3.0),
            min_width: px(170.0),
            max_label: px(460.0),
            radius: f64::from(painter.theme.corner_radius.min(12)) * f64::from(scale),
        }
    }
}

/// What a line is.
pub(super) enum Content {
    Action { action: Action, enabled: bool, checked: bool, shortcut: Option<Line> },
    Submenu { panel: Panel },
    Separator,
}

/// A line of a menu.
pub(super) struct Row {
    pub(super) content: Content,
    pub(super) label: Line,
    /// The first letter or digit, in lower case, for type-ahead.
    pub(super) initial: Option<char>,
    /// From the content's top.
    pub(super) top: i32,
    pub(super) height: i32,
}

impl Row {
    /// Whether the keyboard stops here and the pointer lights it up.
    pub(super) fn selectable(&self) -> bool {
        match &self.content {
            Content::Action { enabled, .. } => *enabled,
            Content::Submenu { .. } => true,
            Content::Separator => false,
        }
    }
}

/// A menu laid out.
pub(super) struct Panel {
    pub(super) rows: Vec<Row>,
    /// Height of all lines together.
    pub(super) content_height: i32,
    /// On the screen; not higher than the bounds.
    pub(super) size: Size,
    /// Some line can be ticked, so all make room for it.
    pub(super) checks: bool,
    /// Some line opens a submenu.
    pub(super) arrows: bool,
}

impl Panel {
    pub(super) fn new(
        painter: &mut Painter,
        metrics: &Metrics,
        items: &[MenuItem],
        bounds: Rect<Root>,
        depth: usize,
    ) -> Self {
        let most = metrics.max_label.min((bounds.w / 2).max(metrics.row));
        let mut rows = Vec::with_capacity(items.len());
        let mut top = 0_i32;
        let (mut label_width, mut shortcut_width) = (0, 0);
        let (mut checks, mut arrows) = (false, false);
        for item in tidy(items) {
            let (text, content) = match item {
                MenuItem::Separator => ("", Content::Separator),
                MenuItem::Action { label, action, enabled, checked, shortcut } => {
                    checks |= *checked;
                    let shortcut = shortcut
                        .as_ref()
                        .map(|keys| painter.fonts.line(keys, metrics.style, most as f32));
                    if let Some(line) = &shortcut {
                        shortcut_width = shortcut_width.max(line.columns());
                    }
                    let (enabled, checked) = (*enabled, *checked);
                    let action = action.clone();
                    (label.as_str(), Content::Action { action, enabled, checked, shortcut })
                }
                MenuItem::Submenu { .. } if depth >= MAX_DEPTH => continue,
                MenuItem::Submenu { label, items } => {
                    arrows = true;
                    let panel = Self::new(painter, metrics, items, bounds, depth + 1);
                    (label.as_str(), Content::Submenu { panel })
                }
            };
            let separator = matches!(content, Content::Separator);
            let height = if separator { metrics.separator } else { metrics.row };
            let label = painter.fonts.line(text, metrics.style, most as f32);
            label_width = label_width.max(label.columns());
            let initial =
                text.chars().find(|c| c.is_alphanumeric()).and_then(|c| c.to_lowercase().next());
            rows.push(Row { content, label, initial, top, height });
            top = top.saturating_add(height);
        }
        let mut width = metrics.margin + label_width + metrics.margin;
        if checks {
            width += metrics.check;
        }
        if shortcut_width > 0 {
            width += metrics.gap + shortcut_width;
        }
        if arrows {
            width += metrics.arrow;
        }
        let width = width.max(metrics.min_width).min(bounds.w.max(1));
        let height = top.saturating_add(2 * metrics.padding).min(bounds.h.max(1));
        Self { rows, content_height: top, size: Size::new(width, height), checks, arrows }
    }

    /// Whether not all lines have room.
    pub(super) fn scrolls(&self, metrics: &Metrics) -> bool {
        self.content_height + 2 * metrics.padding > self.size.h
    }
}

/// Without separators at the ends and without double ones.
fn tidy(items: &[MenuItem]) -> impl Iterator<Item = &MenuItem> {
    let is_line = |item: &MenuItem| *item != MenuItem::Separator;
    let first = items.iter().position(is_line).unwrap_or(items.len());
    let end = items.iter().rposition(is_line).map_or(first, |last| last + 1);
    let mut after_separator = false;
    items[first..end].iter().filter(move |item| {
        let separator = **item == MenuItem::Separator;
        let keep = !(separator && after_separator);
        after_separator = separator;
        keep
    })
}

/// Pixels above and below the visible lines.
fn edge(metrics: &Metrics, panel: &Panel) -> i32 {
    if panel.scrolls(metrics) { metrics.padding.max(metrics.strip) } else { metrics.padding }
}

/// The row of the screen on which an unscrolled menu's content begins.
pub(super) fn content_top(metrics: &Metrics, level: &Level, panel: &Panel) -> i32 {
    level.rect.y.saturating_add(edge(metrics, panel))
}

/// How many pixels of content are visible at once.
pub(super) fn view_height(metrics: &Metrics, level: &Level, panel: &Panel) -> i32 {
    (level.rect.h - 2 * edge(metrics, panel)).max(1)
}

/// Down and right from `at`; up or left where there is no room; and in any
/// case inside `bounds`.
pub(super) fn place_root(at: Point<Root>, size: Size, bounds: Rect<Root>) -> Rect<Root> {
    let flip = |start: i32, length: i32, low: i32, high: i32| {
        let fits = start.saturating_add(length) <= high;
        if fits || start.saturating_sub(length) < low { start } else { start - length }
    };
    let x = flip(at.x, size.w, bounds.x, bounds.right());
    let y = flip(at.y, size.h, bounds.y, bounds.bottom());
    Rect::new(x, y, size.w, size.h).moved_into(&bounds)
}

/// Beside `parent`, its first line level with the row of the screen `top`; to
/// the right if it fits there, else to the left, else where it covers less.
pub(super) fn place_submenu(
    metrics: &Metrics,
    parent: Rect<Root>,
    top: i32,
    size: Size,
    bounds: Rect<Root>,
) -> Rect<Root> {
    let right = parent.right().saturating_sub(metrics.overlap);
    let left = parent.x.saturating_add(metrics.overlap).saturating_sub(size.w);
    let fits_right = right.saturating_add(size.w) <= bounds.right();
    let fits_left = left >= bounds.x;
    let more_room_right = bounds.right() - parent.right() >= parent.x - bounds.x;
    let x = if fits_right || (!fits_left && more_room_right) { right } else { left };
    Rect::new(x, top.saturating_sub(metrics.padding), size.w, size.h).moved_into(&bounds)
}
