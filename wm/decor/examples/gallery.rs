//! Paints every look at 1× and 2× into PNG files, for eyes.
//!
//! `cargo run -p trapeze-decor --example gallery -- DIRECTORY` writes
//! `gallery-100.png`, `gallery-200.png` and `background.png` there (the
//! default is `target`).

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use trapeze_decor::{Icon, MenuView, Painter, Picture};
use wm_core::action::Action;
use wm_core::geom::{Point, Rect, Size, Source};
use wm_core::id::{WindowId, Xid};
use wm_core::look::{
    Background, Button, ButtonLook, ButtonState, Color, FrameColors, FrameLook, Menu, MenuItem,
    SwitcherCell, SwitcherLook, Theme,
};

type Failure = Box<dyn std::error::Error>;

/// Title, active, urgent, buttons at the right, pointer states, buttons on.
type Case<'a> = (&'a str, bool, bool, &'a [Button], &'a [(Button, ButtonState)], bool);

fn main() -> Result<(), Failure> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "target".to_owned()));
    for percent in [100, 200] {
        let sheet = sheet(percent)?;
        write(&sheet, &directory.join(format!("gallery-{percent}.png")))?;
    }
    let painter = Painter::new(&Theme::default());
    let background = painter.background(&Background::Default, Size::new(1920, 1080))?;
    write(&background, &directory.join("background.png"))?;
    writeln!(std::io::stdout(), "written to {}", directory.display())?;
    Ok(())
}

fn light() -> Theme {
    let active = FrameColors {
        background: Color::rgb(0x00e9_ebf0),
        text: Color::rgb(0x0025_2a35),
        border: Color::rgb(0x00cf_d3dc),
        button_hover: Color::rgb(0x00d5_d9e2),
        button_pressed: Color::rgb(0x00c2_c8d4),
        close_hover: Color::rgb(0x00d6_4550),
    };
    Theme {
        active,
        inactive: FrameColors {
            background: Color::rgb(0x00f3_f4f7),
            text: Color::rgb(0x0087_8e9c),
            ..active
        },
        menu_background: Color::rgb(0x00fa_fbfc),
        menu_text: Color::rgb(0x0025_2a35),
        ..Theme::default()
    }
}

fn sheet(percent: u16) -> Result<Picture, Failure> {
    let px = |length: i32| length * i32::from(percent) / 100;
    let ground = Painter::new(&Theme::default());
    let mut sheet = ground.background(&Background::Default, Size::new(px(1480), px(1040)))?;
    for (column, theme) in [Theme::default(), light()].into_iter().enumerate() {
        let theme = Theme { scale_percent: percent, ..theme };
        let mut painter = Painter::new(&theme);
        let left = px(20 + 730 * column as i32);
        title_bars(&mut painter, &theme, &mut sheet, left, &px);
        menus(&mut painter, &mut sheet, left, &px);
        switcher(&mut painter, &mut sheet, left, &px);
    }
    Ok(sheet)
}

fn title_bars(
    painter: &mut Painter,
    theme: &Theme,
    sheet: &mut Picture,
    left: i32,
    px: &dyn Fn(i32) -> i32,
) {
    use Button::{
        Above, Close, Icon as IconButton, Maximize, Menu as MenuButton, Minimize, Shade, Sticky,
    };
    use ButtonState::{Hovered, Pressed};
    let all = [Minimize, Maximize, Close];
    let many = [MenuButton, Sticky, Above, Shade, Minimize, Maximize, Close];
    let none: [(Button, ButtonState); 0] = [];
    let icon = icon();
    let long = "A very long title of a document about nothing in particular, which does not fit here at all.odt — Writer";
    let cases: [Case<'_>; 14] = [
        ("Trapeze — an active window", true, false, &all, &none, false),
        ("An inactive window", false, false, &all, &none, false),
        ("Demands attention", false, true, &all, &none, false),
        ("Close, hovered", true, false, &all, &[(Close, Hovered)], false),
        ("Minimize hovered, maximized", true, false, &all, &[(Minimize, Hovered)], true),
        ("Maximize pressed", true, false, &all, &[(Maximize, Pressed)], false),
        ("Every button", true, false, &many, &[(Above, Hovered)], false),
        ("… and on", true, false, &many, &none, true),
        (long, true, false, &all, &none, false),
        ("日本語のタイトル — 한국어 제목 — 简体中文", true, false, &all, &none, false),
        ("العربية: عنوان النافذة (file.txt)", true, false, &all, &none, false),
        ("שלום עולם — Firefox", true, false, &all, &none, false),
        ("हिन्दी शीर्षक · ไทย · Ελληνικά · Русский", true, false, &all, &none, false),
        ("Emoji 🎉🦀 👩‍💻 ❤️ ✓ → ∑ 🇫🇷", true, false, &all, &none, false),
    ];
    for (index, (title, active, urgent, right, states, on)) in cases.into_iter().enumerate() {
        let (w, h) = (px(540), theme.scaled(theme.title_height));
        let mut buttons = vec![(IconButton, Rect::new(0, 0, h, h))];
        for (place, button) in right.iter().enumerate() {
            let x = w - h * (right.len() - place) as i32;
            buttons.push((*button, Rect::new(x, 0, h, h)));
        }
        let end = w - h * right.len() as i32 - px(6);
        let look = FrameLook {
            size: Size::new(w, h),
            title: title.to_owned(),
            title_rect: Rect::from_edges(h + px(6), 0, end, h),
            active,
            urgent,
            buttons: buttons
                .into_iter()
                .map(|(button, rect)| ButtonLook {
                    button,
                    rect,
                    state: states
                        .iter()
                        .find(|(which, _)| *which == button)
                        .map_or(ButtonState::Normal, |&(_, state)| state),
                    on,
                })
                .collect(),
            icon_revision: 0,
            theme_revision: 0,
        };
        let picture = painter.title_bar(&look, (index % 2 == 0).then_some(&icon));
        put(sheet, &picture, left, px(16 + 38 * index as i32));
    }
}

fn menus(painter: &mut Painter, sheet: &mut Picture, left: i32, px: &dyn Fn(i32) -> i32) {
    let action = |label: &str, enabled, checked, shortcut: &str| MenuItem::Action {
        label: label.to_owned(),
        action: Action::None,
        enabled,
        checked,
        shortcut: (!shortcut.is_empty()).then(|| shortcut.to_owned()),
    };
    let workspaces = (1..=4).map(|n| action(&format!("Workspace {n}"), true, n == 2, "")).collect();
    let menu = Menu {
        items: vec![
            action("Minimize", true, false, "Super+H"),
            action("Maximize", true, false, "Super+Up"),
            action("Move", true, false, "Alt+F7"),
            action("Resize", false, false, "Alt+F8"),
            MenuItem::Separator,
            action("Always on top", true, true, ""),
            MenuItem::Submenu { label: "Move to workspace".to_owned(), items: workspaces },
            MenuItem::Separator,
            action("Close", true, false, "Alt+F4"),
        ],
        at: Point::new(left, px(560)),
        bounds: Rect::new(0, 0, sheet.size.w, sheet.size.h),
        window: None,
    };
    let many = Menu {
        items: (1..30).map(|n| action(&format!("Line {n}"), n % 7 != 3, false, "")).collect(),
        at: Point::new(left + px(490), px(560)),
        bounds: Rect::new(left, px(560), px(760), px(230)),
        window: None,
    };
    let mut view = MenuView::new(painter, menu);
    for key in ["w", "m", "m", "m", "m"] {
        view.key(u32::from(key.as_bytes()[0]));
    }
    view.key(xkeysym::key::Right);
    view.key(xkeysym::key::Down);
    let mut scrolled = MenuView::new(painter, many);
    for _ in 0..9 {
        scrolled.key(xkeysym::key::Down);
    }
    for view in [view, scrolled] {
        for (level, rect) in view.rects().into_iter().enumerate() {
            if let Some(picture) = view.picture(painter, level) {
                put(sheet, &picture, rect.x, rect.y);
            }
        }
    }
}

fn switcher(painter: &mut Painter, sheet: &mut Picture, left: i32, px: &dyn Fn(i32) -> i32) {
    let icon = icon();
    let cells: Vec<SwitcherCell> =
        ["Terminal", "README.md — Editor with a long name", "日本語 Files"]
            .iter()
            .enumerate()
            .map(|(index, title)| {
                let at: Point<Source> = Point::new(px(12 + 172 * index as i32), px(12));
                SwitcherCell {
                    window: WindowId { xid: Xid(index as u32), generation: 0 },
                    title: (*title).to_owned(),
                    rect: Rect::new(at.x, at.y, px(172), px(170)),
                    preview: Rect::new(at.x + px(12), at.y + px(12), px(148), px(120)),
                    has_preview: index < 2,
                    minimized: index == 2,
                }
            })
            .collect();
    let look = SwitcherLook {
        rect: Rect::new(0, 0, px(540), px(194)),
        cells,
        selected: 1,
        theme_revision: 0,
    };
    let mut picture = painter.switcher(&look, &|id| (id.xid.0 != 2).then_some(&icon));
    // Something in place of the live previews.
    for cell in look.cells.iter().filter(|cell| cell.has_preview) {
        for y in cell.preview.y..cell.preview.bottom() {
            for x in cell.preview.x..cell.preview.right() {
                let at = 4 * (y * picture.size.w + x) as usize;
                picture.pixels[at..at + 4].copy_from_slice(&[120, 100, 90, 255]);
            }
        }
    }
    put(sheet, &picture, left, px(820));
}

/// An icon as programs send them: a disc on a rounded square, in two sizes.
fn icon() -> Icon {
    let mut data = Vec::new();
    for side in [16_u32, 64] {
        data.extend([side, side]);
        for y in 0..side {
            for x in 0..side {
                let (dx, dy) = (
                    (x * 2 + 1) as f32 / side as f32 - 1.0,
                    (y * 2 + 1) as f32 / side as f32 - 1.0,
                );
                let distance = (dx * dx + dy * dy).sqrt();
                let edge = ((0.95 - distance) * side as f32 / 2.0).clamp(0.0, 1.0);
                let ring = if distance > 0.5 { 0x002e_9d6a } else { 0x00f4_f7f2 };
                data.push(ring | ((edge * 255.0) as u32) << 24);
            }
        }
    }
    Icon::from_net_wm_icon(&data).unwrap_or_else(|| unreachable!("both sizes are visible"))
}

fn put(sheet: &mut Picture, picture: &Picture, left: i32, top: i32) {
    for y in 0..picture.size.h {
        for x in 0..picture.size.w {
            let Some(source) = picture.pixel(x, y) else { continue };
            let (column, row) = (left + x, top + y);
            if sheet.pixel(column, row).is_none() {
                continue;
            }
            let at = 4 * (row * sheet.size.w + column) as usize;
            let keep = 255 - u32::from(source[3]);
            for (target, source) in sheet.pixels[at..at + 4].iter_mut().zip(source) {
                *target = (u32::from(source) + (u32::from(*target) * keep + 127) / 255) as u8;
            }
        }
    }
}

fn write(picture: &Picture, path: &Path) -> Result<(), Failure> {
    let file = BufWriter::new(std::fs::File::create(path)?);
    let mut encoder = png::Encoder::new(file, picture.size.w as u32, picture.size.h as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let bytes: Vec<u8> =
        picture.pixels.chunks_exact(4).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    encoder.write_header()?.write_image_data(&bytes)?;
    Ok(())
}
