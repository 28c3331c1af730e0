//! Tells what the first title bar costs, and the next ones: time and memory.

use std::io::Write;
use std::time::Instant;

use trapeze_decor::Painter;
use wm_core::geom::{Rect, Size};
use wm_core::look::{FrameLook, Theme};

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
