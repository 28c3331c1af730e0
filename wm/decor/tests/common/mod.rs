//! What the tests of pictures share: looks to start from, and questions about
//! pixels.

#![allow(dead_code, reason = "each test binary uses its own part")]

use trapeze_decor::Picture;
use wm_core::geom::{Rect, Size, Source};
use wm_core::look::{Button, ButtonLook, ButtonState, FrameLook, Theme};

pub(crate) type Area = Rect<Source>;

/// A title bar of `width` pixels with the usual buttons, at the theme's scale.
pub(crate) fn bar(theme: &Theme, width: i32, title: &str) -> FrameLook {
    let h = theme.scaled(theme.title_height);
    let mut buttons = vec![(Button::Icon, Rect::new(0, 0, h, h))];
    for (place, button) in [Button::Close, Button::Maximize, Button::Minimize].iter().enumerate() {
        buttons.push((*button, Rect::new(width - h * (place as i32 + 1), 0, h, h)));
    }
    FrameLook {
        size: Size::new(width, h),
        title: title.to_owned(),
        title_rect: Rect::from_edges(h + 6, 0, width - 3 * h - 6, h),
        active: true,
        urgent: false,
        buttons: buttons
            .into_iter()
            .map(|(button, rect)| ButtonLook {
                button,
                rect,
                state: ButtonState::Normal,
                on: false,
            })
            .collect(),
        icon_revision: 0,
        theme_revision: 0,
    }
}

/// The smallest rectangle around all pixels that differ.
pub(crate) fn difference(a: &Picture, b: &Picture) -> Area {
    assert_eq!(a.size, b.size, "pictures of one size can be compared");
    let mut area = Area::default();
    for y in 0..a.size.h {
        for x in 0..a.size.w {
            if a.pixel(x, y) != b.pixel(x, y) {
                area = area.union(&Rect::new(x, y, 1, 1));
            }
        }
    }
    area
}

/// Whether any colour is brighter than its alpha, which no premultiplied
/// pixel can be.
pub(crate) fn is_premultiplied(picture: &Picture) -> bool {
    picture.pixels.chunks_exact(4).all(|p| p[0] <= p[3] && p[1] <= p[3] && p[2] <= p[3])
}

/// The greatest distance between two colour channels of a pixel within
/// `area`: 0 is grey.
pub(crate) fn colourfulness(picture: &Picture, area: Area) -> u8 {
    let mut most = 0;
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            if let Some([b, g, r, _]) = picture.pixel(x, y) {
                most = most.max(b.max(g).max(r) - b.min(g).min(r));
            }
        }
    }
    most
}
