//! Tells what pictures cost: the first title bar, the next ones, backgrounds;
//! time and memory.

use std::io::Write;
use std::time::Instant;

use trapeze_decor::{Icon, MenuView, Painter};
use wm_core::action::Action;
use wm_core::geom::{Point, Rect, Size};
use wm_core::look::{
    Background, Button, ButtonLook, ButtonState, FrameLook, Menu, MenuItem, Theme,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let theme = Theme::default();
    let mut out = std::io::stdout().lock();
    let start = Instant::now();
    let mut painter = Painter::new(&theme);
    writeln!(out, "painter               {:>9.1?}  {}", start.elapsed(), memory())?;
    let titles = [
        "Terminal — the first title",
        "Terminal — the same script",
        "Terminal — the same script again",
        "日本語のタイトル",
        "العربية: عنوان النافذة",
        "हिन्दी शीर्षक",
        "Emoji 🎉🦀",
        "日本語のタイトル",
        "Terminal — the last title",
    ];
    for title in titles {
        let look = FrameLook {
            size: Size::new(900, 30),
            title: title.to_owned(),
            title_rect: Rect::new(36, 0, 768, 30),
            active: true,
            urgent: false,
            buttons: Vec::new(),
            icon_revision: 0,
            theme_revision: 0,
        };
        let start = Instant::now();
        let picture = painter.title_bar(&look, None);
        let took = start.elapsed();
        if picture.size != look.size {
            return Err("the picture has another size".into());
        }
        writeln!(out, "{title:<40}{took:>9.1?}  {}", memory())?;
    }
    let data: Vec<u32> =
        [256, 256].into_iter().chain((0..65536).map(|i| 0xff00_0000 | i)).collect();
    let start = Instant::now();
    let icon = Icon::from_net_wm_icon(&data).ok_or("the icon is visible")?;
    writeln!(out, "{:<40}{:>9.1?}", "reading an icon of 256 x 256", start.elapsed())?;
    let rect = Rect::new(0, 0, 30, 30);
    let button = ButtonLook { button: Button::Icon, rect, state: ButtonState::Hovered, on: false };
    let look = FrameLook {
        size: Size::new(900, 30),
        title: "Terminal — the last title".to_owned(),
        title_rect: Rect::new(36, 0, 768, 30),
        active: true,
        urgent: false,
        buttons: vec![button],
        icon_revision: 0,
        theme_revision: 0,
    };
    let start = Instant::now();
    let _ = painter.title_bar(&look, Some(&icon));
    writeln!(out, "{:<40}{:>9.1?}", "a title bar with it", start.elapsed())?;
    let items = (0..20)
        .map(|n| MenuItem::Action {
            label: format!("Line {n}"),
            action: Action::None,
            enabled: true,
            checked: false,
            shortcut: Some("Super+X".to_owned()),
        })
        .collect();
    let bounds = Rect::new(0, 0, 1920, 1080);
    let start = Instant::now();
    let view =
        MenuView::new(&mut painter, Menu { items, at: Point::new(9, 9), bounds, window: None });
    let _ = view.picture(&mut painter, 0);
    writeln!(out, "{:<40}{:>9.1?}", "a menu of 20 lines", start.elapsed())?;
    let start = Instant::now();
    let _ = painter.background(&Background::Default, Size::new(3840, 2160))?;
    writeln!(out, "{:<40}{:>9.1?}", "the built-in background at 3840 x 2160", start.elapsed())?;
    Ok(())
}

/// Resident memory of this process, as the kernel tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let wanted = |line: &&str| line.starts_with("RssAnon") || line.starts_with("RssFile");
    let lines: Vec<String> = status
        .lines()
        .filter(wanted)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    lines.join(", ")
}
