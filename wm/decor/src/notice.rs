//! A notice: a small panel that tells the person what went wrong.
//!
//! Owns its composition and the wrapping of its text. Must not know what it
//! is about, nor where it stands on the screen.

use wm_core::geom::{Rect, Size};
use wm_core::look::Button;

use crate::canvas::mix;
use crate::painter::{Painter, tint};
use crate::picture::Picture;
use crate::symbol::Pen;
use crate::text::{Line, Style};

/// Around the text, pixels at 96 DPI.
const PADDING: f32 = 18.0;
/// Of the coloured bar beside the text, pixels at 96 DPI.
const BAR: f32 = 4.0;
/// The closing cross stands in the middle of such a square, pixels at 96 DPI.
const CROSS: f32 = 32.0;
/// Between paragraphs, as a part of a line's height.
const APART: f32 = 0.5;
/// A paragraph is cut after so many lines.
const LONGEST: usize = 4;

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Notice {
    /// One line that says what happened.
    pub title: String,
    /// What there is to know about it. Each is wrapped at spaces.
    pub paragraphs: Vec<String>,
    /// What can be done, in fainter letters.
    pub footer: String,
}

pub(crate) fn paint(painter: &mut Painter, notice: &Notice, most: Size) -> Picture {
    let scale = painter.scale();
    let px = |length: f32| ((length * scale).round() as i32).max(1);
    let size = f32::from(painter.theme.font_size) * scale;
    let title_style = Style { size: size * 1.05, weight: 600.0 };
    let style = Style { size, weight: 400.0 };
    let (padding, bar, cross) = (px(PADDING), px(BAR), px(CROSS));
    let left = padding + bar + padding * 2 / 3;
    let room = (most.w - left - padding).max(1);

    let title = painter.fonts.line(&notice.title, title_style, (room - cross).max(1) as f32);
    let mut blocks = Vec::new();
    for paragraph in &notice.paragraphs {
        blocks.push(wrapped(painter, paragraph, style, room));
    }
    let footer = wrapped(painter, &notice.footer, style, room);

    let row = (size * 1.5).round() as i32;
    let apart = (row as f32 * APART).round() as i32;
    let all = || blocks.iter().chain(std::iter::once(&footer)).filter(|lines| !lines.is_empty());
    let widest = all().flatten().map(Line::columns).max().unwrap_or(0);
    let text = widest.max(title.columns() + cross);
    let rows: i32 = all().map(|lines| row * lines.len() as i32 + apart).sum();
    let wanted = Size::new(left + text + padding, 2 * padding + row + rows);
    let mut picture = Picture::new(Size::new(wanted.w.min(most.w), wanted.h.min(most.h)));

    let theme = &painter.theme;
    let (ground, ink, urgent) = (theme.menu_background, theme.menu_text, theme.urgent);
    let radius = f64::from(theme.corner_radius.min(12)) * f64::from(scale);
    let bounds = picture.bounds();
    picture.fill_rounded(bounds, radius, ground);
    let stripe = Rect::new(padding * 2 / 3, padding, bar, bounds.h - 2 * padding);
    picture.fill_rounded(stripe, f64::from(bar) / 2.0, urgent);
    let corner = Rect::new(bounds.w - cross - px(4.0), px(4.0), cross, cross);
    let faint = mix(ground, ink, 165).with_alpha(ink.a);
    Pen { picture: &mut picture, clip: bounds, color: faint, scale }.button(
        Button::Close,
        false,
        corner,
    );

    // Each with the space above it.
    let mut lines = vec![(0, &title, title_style, ink)];
    for (index, block) in blocks.iter().chain(std::iter::once(&footer)).enumerate() {
        let color = if index == blocks.len() { faint } else { ink };
        let above = |n| if n == 0 { apart } else { 0 };
        lines.extend(block.iter().enumerate().map(|(n, line)| (above(n), line, style, color)));
    }
    let mut y = padding;
    for (above, line, style, color) in lines {
        y += above;
        let capitals = painter.fonts.cap_height(style).round() as i32;
        let baseline = y + (row - capitals + 1) / 2 + capitals;
        let x = if line.rtl { left + text - line.columns() } else { left };
        painter.fonts.draw(&mut picture, line, (x as f32, baseline), bounds, color);
        y += row;
    }
    let line = f64::from(scale.floor().max(1.0));
    picture.outline_rounded(bounds, radius, line, tint(ground, ink, 34));
    picture
}

/// `text` in lines of at most `room` pixels, broken at spaces; the last of
/// [`LONGEST`] holds what is left of it and ends in an ellipsis if need be.
fn wrapped(painter: &mut Painter, text: &str, style: Style, room: i32) -> Vec<Line> {
    /// Wider than any line that is asked for: how long a text is in itself.
    const UNCUT: f32 = 20_000.0;
    let room = room as f32;
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let mut end = rest.len();
        if lines.len() + 1 < LONGEST {
            let spaces = rest.match_indices(' ').map(|(at, _)| at);
            let fits = |end: &usize, painter: &mut Painter| {
                painter.fonts.line(&rest[..*end], style, UNCUT).width <= room
            };
            // The longest beginning that fits, or the first word.
            let mut best = None;
            for at in spaces.chain([rest.len()]) {
                if best.is_some() && !fits(&at, painter) {
                    break;
                }
                best = Some(at);
            }
            end = best.unwrap_or(rest.len());
        }
        lines.push(painter.fonts.line(&rest[..end], style, room));
        rest = rest[end..].trim_start();
    }
    lines
}
