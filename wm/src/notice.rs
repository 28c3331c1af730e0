//! Notices to the person: a small window in a corner of the screen that stays
//! until it is clicked or what it is about is mended.
//!
//! Owns that window, and the words. Must not know how it looks (decor).

use std::path::Path;

use trapeze_config::LoadError;
use trapeze_decor::{Notice, Painter};
use wm_core::geom::{Rect, Root, Size};

use x11rb::protocol::xproto::EventMask;

use crate::popup::Popup;
use crate::x11::{Display, Result, Server};

/// From the edges of the work area, and the widest that a notice gets, in
/// pixels at 96 DPI.
const MARGIN: i32 = 16;
const WIDEST: i32 = 620;
/// So many mistakes are shown; the others are counted.
const MOST: usize = 4;
/// So much of a command is shown, in characters.
const LONGEST_COMMAND: usize = 160;

/// When a configuration was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// As the session began.
    First,
    /// While another one is in force.
    Again,
}

/// What is wrong with a configuration, for a person who looks at the screen.
#[must_use]
pub fn of_config(error: &LoadError, reading: Reading) -> Notice {
    let mut paragraphs = Vec::new();
    let title = match error {
        LoadError::Read { file, error } => {
            paragraphs.push(shown(file));
            paragraphs.push(error.to_string());
            "The configuration cannot be read".to_owned()
        }
        LoadError::Wrong(problems) => {
            paragraphs.extend(problems.file.as_deref().map(shown));
            for problem in problems.list.iter().take(MOST) {
                let help = problem.help.as_ref().map_or_else(String::new, |h| format!(" ({h})"));
                let (line, column) = (problem.line, problem.column);
                // A parser's message may have lines of its own.
                let message = problem.message.split_whitespace().collect::<Vec<_>>().join(" ");
                paragraphs.push(format!("Line {line}, column {column}: {message}{help}"));
            }
            match problems.list.len() {
                0 | 1 => "A mistake in the configuration".to_owned(),
                count => {
                    if count > MOST {
                        paragraphs.push(format!("… and {} more.", count - MOST));
                    }
                    format!("{count} mistakes in the configuration")
                }
            }
        }
    };
    let meanwhile = match reading {
        Reading::First => "Until it is mended, Trapeze has its default settings.",
        Reading::Again => "Until it is mended, the settings of before stay in force.",
    };
    Notice { title, paragraphs, footer: format!("{meanwhile} See “trapeze check”.") }
}

/// That a command is not there, added to what is said of others; `None` while
/// there is something else to tell.
#[must_use]
pub fn of_program(command: &str, shown: Option<&Notice>) -> Option<Notice> {
    const TITLE: &str = "A program cannot be found";
    let mut notice = match shown {
        None => Notice {
            title: TITLE.to_owned(),
            paragraphs: Vec::new(),
            footer: "See [programs], [keys], [menu] and [autostart] in the configuration.".into(),
        },
        Some(notice) if notice.title == TITLE => notice.clone(),
        Some(_) => return None,
    };
    let mut line: String = command.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LONGEST_COMMAND) {
        line.truncate(end);
        line.push('…');
    }
    notice.paragraphs.retain(|other| *other != line);
    notice.paragraphs.push(line);
    let surplus = notice.paragraphs.len().saturating_sub(MOST);
    notice.paragraphs.drain(..surplus);
    Some(notice)
}

/// The home directory as a person writes it.
fn shown(file: &Path) -> String {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    match home.and_then(|home| file.strip_prefix(home).ok()) {
        Some(rest) => format!("~/{}", rest.display()),
        None => file.display().to_string(),
    }
}

/// The notice on the screen, if any.
#[derive(Debug, Default)]
pub struct Board {
    notice: Option<Notice>,
    popup: Option<Popup>,
}

impl Board {
    /// Shows this notice in place of any other, in the upper right corner of
    /// `area`; `None` takes it away.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set(
        &mut self,
        server: &Server,
        painter: &mut Painter,
        notice: Option<Notice>,
        area: Rect<Root>,
        scale_percent: u16,
    ) -> Result<()> {
        self.notice = notice;
        self.draw(server, painter, area, scale_percent)
    }

    /// Shows it anew: the screen or the looks changed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn draw(
        &mut self,
        server: &Server,
        painter: &mut Painter,
        area: Rect<Root>,
        scale_percent: u16,
    ) -> Result<()> {
        let display = &server.display;
        let Some(notice) = &self.notice else { return self.close(display) };
        let px = |length: i32| length * i32::from(scale_percent) / 100;
        let margin = px(MARGIN);
        let room = Size::new(area.w - 2 * margin, area.h - 2 * margin);
        let most = Size::new(room.w.min(px(WIDEST)).max(1), room.h.max(1));
        let picture = painter.notice(notice, most);
        let (w, h) = (picture.size.w, picture.size.h);
        let rect = Rect::new(area.right() - margin - w, area.y + margin, w, h);
        let popup = match &mut self.popup {
            Some(popup) => popup,
            None => {
                let kind = display.atoms._NET_WM_WINDOW_TYPE_NOTIFICATION;
                let translucent = server.composite.is_some();
                let events = EventMask::BUTTON_PRESS;
                self.popup.insert(Popup::new(display, rect, translucent, kind, events)?)
            }
        };
        popup.place(display, rect)?;
        popup.show(display, picture)
    }

    /// What is shown.
    #[must_use]
    pub const fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// A button went down in a window: if it is the notice's, it has been
    /// read.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn pressed(&mut self, display: &Display, window: u32) -> Result<()> {
        if self.popup.as_ref().is_some_and(|popup| popup.window == window) {
            self.close(display)?;
        }
        Ok(())
    }

    /// Its window was exposed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn exposed(&self, display: &Display, window: u32) -> Result<()> {
        match &self.popup {
            Some(popup) if popup.window == window => popup.redraw(display),
            _ => Ok(()),
        }
    }

    /// Takes it away.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn close(&mut self, display: &Display) -> Result<()> {
        self.notice = None;
        match self.popup.take() {
            Some(popup) => popup.close(display),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trapeze_config::Config;

    #[test]
    fn mistakes_are_told_with_their_place_and_the_rest_is_counted() {
        let one = Config::parse("[focus]\nmoed = \"sloppy\"\n").unwrap_err().into();
        let notice = of_config(&one, Reading::First);
        assert_eq!(notice.title, "A mistake in the configuration");
        assert!(notice.paragraphs[0].starts_with("Line 2, column 1: "), "{notice:?}");
        assert!(notice.paragraphs[0].contains("mode"), "with the advice: {notice:?}");
        assert!(notice.footer.contains("default"), "{notice:?}");

        let text = "a = 1\nb = 1\nc = 1\nd = 1\ne = 1\nf = 1\n";
        let many = Config::parse(text).unwrap_err().into();
        let notice = of_config(&many, Reading::Again);
        assert_eq!(notice.title, "6 mistakes in the configuration");
        assert_eq!(notice.paragraphs.len(), MOST + 1);
        assert_eq!(notice.paragraphs[MOST], "… and 2 more.");
        assert!(notice.footer.contains("before"), "{notice:?}");
    }

    #[test]
    fn missing_programs_are_collected_and_hide_no_mistake() {
        let first = of_program("a  b\n c", None).unwrap();
        assert_eq!(first.paragraphs, ["a b c"]);
        let mut all = of_program(&"x".repeat(500), Some(&first)).unwrap();
        assert_eq!(all.paragraphs[1].chars().count(), LONGEST_COMMAND + 1);
        for n in 0..9 {
            all = of_program(&format!("p{n}"), Some(&all)).unwrap();
        }
        assert_eq!(all.paragraphs, ["p5", "p6", "p7", "p8"]);
        assert_eq!(of_program("p6", Some(&all)).unwrap().paragraphs, ["p5", "p7", "p8", "p6"]);
        let mistake = Notice { title: "Other".into(), ..Notice::default() };
        assert_eq!(of_program("a", Some(&mistake)), None);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let error = Config::load(Path::new("/trapeze-has-no-such-file")).unwrap_err();
        let notice = of_config(&error, Reading::First);
        assert_eq!(notice.title, "The configuration cannot be read");
        assert_eq!(notice.paragraphs[0], "/trapeze-has-no-such-file");
    }
}
