//! Pictures without text, which no installed font changes, against the PNG
//! files in `goldens/`: equal in every byte.
//!
//! `UPDATE_GOLDENS=1 cargo test -p trapeze-decor --test goldens` writes them
//! anew; look at them before you commit them. A difference leaves the new
//! picture in the target's temporary folder.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use std::path::Path;

use common::bar;
use trapeze_decor::{MenuView, Painter, Picture};
use wm_core::action::Action;
use wm_core::geom::{Point, Rect, Size};
use wm_core::id::{WindowId, Xid};
use wm_core::look::{
    Background, Button, ButtonLook, ButtonState, Menu, MenuItem, SwitcherCell, SwitcherLook, Theme,
};
use xkeysym::key;

fn check(name: &str, picture: &Picture) {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens").join(name);
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        write(&golden, picture);
        return;
    }
    let wanted = read(&golden);
    assert_eq!(wanted.size, picture.size, "{name} has another size");
    if wanted != *picture {
        let area = common::difference(&wanted, picture);
        let actual = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        write(&actual, picture);
        panic!("{name} differs within {area:?}; the new one is {}", actual.display());
    }
}

/// As straight RGBA would lose bits, the file holds the premultiplied bytes.
fn write(path: &Path, picture: &Picture) {
    let file = std::fs::File::create(path).unwrap();
    let mut encoder = png::Encoder::new(file, picture.size.w as u32, picture.size.h as u32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_compression(png::Compression::High);
    let swapped: Vec<u8> =
        picture.pixels.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0], p[3]]).collect();
    encoder.write_header().unwrap().write_image_data(&swapped).unwrap();
}

fn read(path: &Path) -> Picture {
    let file = std::fs::File::open(path).expect("a golden; UPDATE_GOLDENS=1 writes new ones");
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let info = reader.info();
    let mut picture = Picture::new(Size::new(info.width as i32, info.height as i32));
    reader.next_frame(&mut picture.pixels).unwrap();
    for pixel in picture.pixels.chunks_exact_mut(4) {
        pixel.swap(0, 2);
    }
    picture
}

#[test]
fn every_button_in_every_state() {
    let all = [
        Button::Menu,
        Button::Sticky,
        Button::Above,
        Button::Shade,
        Button::Minimize,
        Button::Maximize,
        Button::Close,
    ];
    for percent in [100, 150, 200] {
        let theme = Theme { scale_percent: percent, ..Theme::default() };
        let mut painter = Painter::new(&theme);
        let h = theme.scaled(theme.title_height);
        for (state, name) in [
            (ButtonState::Normal, "normal"),
            (ButtonState::Hovered, "hovered"),
            (ButtonState::Pressed, "pressed"),
        ] {
            let mut look = bar(&theme, h * 15, "");
            let places = all.iter().flat_map(|&button| [(button, false), (button, true)]);
            look.buttons = std::iter::once((Button::Icon, false))
                .chain(places)
                .enumerate()
                .map(|(place, (button, on))| ButtonLook {
                    button,
                    rect: Rect::new(h * place as i32, 0, h, h),
                    state,
                    on,
                })
                .collect();
            let picture = painter.title_bar(&look, None);
            check(&format!("buttons-{name}-{percent}.png"), &picture);
        }
    }
}

#[test]
fn a_menu_without_words() {
    let line = |checked| MenuItem::Action {
        label: String::new(),
        action: Action::None,
        enabled: true,
        checked,
        shortcut: None,
    };
    let mut items = vec![line(true), MenuItem::Separator];
    items.push(MenuItem::Submenu { label: String::new(), items: vec![line(false)] });
    let mut tall = items.clone();
    tall.extend((0..9).map(|n| line(n % 2 == 0)));
    for percent in [100, 200] {
        let theme = Theme { scale_percent: percent, ..Theme::default() };
        let mut painter = Painter::new(&theme);
        for (items, name) in [(items.clone(), "menu"), (tall.clone(), "menu-scrolled")] {
            let bounds = Rect::new(0, 0, 800, 110 * i32::from(percent) / 100);
            let menu = Menu { items, at: Point::new(0, 0), bounds, window: None };
            let mut view = MenuView::new(&mut painter, menu);
            view.key(key::Down);
            view.key(key::Down);
            check(&format!("{name}-{percent}.png"), &view.picture(&mut painter, 0).unwrap());
        }
    }
}

#[test]
fn a_switcher_without_words() {
    let cell = |index: i32, has_preview, minimized| SwitcherCell {
        window: WindowId { xid: Xid(index as u32), generation: 0 },
        title: String::new(),
        rect: Rect::new(8 + 120 * index, 8, 120, 100),
        preview: Rect::new(18 + 120 * index, 18, 100, 60),
        has_preview,
        minimized,
    };
    let look = SwitcherLook {
        rect: Rect::new(0, 0, 376, 116),
        cells: vec![cell(0, true, false), cell(1, false, false), cell(2, false, true)],
        selected: 1,
        theme_revision: 0,
    };
    check("switcher-100.png", &Painter::new(&Theme::default()).switcher(&look, &|_| None));
}

#[test]
fn the_built_in_background() {
    let painter = Painter::new(&Theme::default());
    let picture = painter.background(&Background::Default, Size::new(320, 180)).unwrap();
    check("background.png", &picture);
}
