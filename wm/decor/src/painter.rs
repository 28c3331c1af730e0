//! The one who paints: theme, fonts and what is kept between pictures.
//!
//! Owns the entry points. Must not know how any picture is composed: that is
//! in the module named after it.

use wm_core::geom::{Rect, Size, Source};
use wm_core::id::WindowId;
use wm_core::look::{Background, Color, FrameLook, SwitcherLook, Theme};

use crate::background::{self, BackgroundError};
use crate::icon::{self, Icon};
use crate::notice::Notice;
use crate::picture::Picture;
use crate::text::Fonts;
use crate::{switcher, title_bar};

/// Paints every picture of one theme. Cheap to make: fonts are looked for
/// when the first text is drawn.
pub struct Painter {
    pub(crate) theme: Theme,
    pub(crate) fonts: Fonts,
}

impl Painter {
    /// A painter with this theme.
    #[must_use]
    pub fn new(theme: &Theme) -> Self {
        Self { theme: theme.clone(), fonts: Fonts::new(&theme.font_family) }
    }

    /// Another theme from now on; loaded fonts stay loaded.
    pub fn set_theme(&mut self, theme: &Theme) {
        if theme.font_family != self.theme.font_family {
            self.fonts.set_families(&theme.font_family);
        }
        self.theme = theme.clone();
    }

    /// A title bar of `look.size` pixels, opaque as far as the theme's colours
    /// are; rounding the window's corners is the compositor's work.
    ///
    /// Lengths scale with the bar's height against the theme's, so that a bar
    /// for a monitor of another density comes out right. Without an icon its
    /// button shows a drawn one.
    #[must_use]
    pub fn title_bar(&mut self, look: &FrameLook, icon: Option<&Icon>) -> Picture {
        title_bar::paint(self, look, icon)
    }

    /// The window switcher's panel of `look.rect`'s size, with round corners
    /// on a transparent ground. Where a cell has a live preview the panel is
    /// left plain.
    #[must_use]
    pub fn switcher<'a>(
        &mut self,
        look: &SwitcherLook,
        icons: &dyn Fn(WindowId) -> Option<&'a Icon>,
    ) -> Picture {
        switcher::paint(self, look, icons)
    }

    /// A notice as large as its text needs, at most `most`, with round corners
    /// on a transparent ground.
    #[must_use]
    pub fn notice(&mut self, notice: &Notice, most: Size) -> Picture {
        crate::notice::paint(self, notice, most)
    }

    /// An opaque background of `size` pixels. The built-in one is bright with
    /// a theme whose menus are.
    ///
    /// # Errors
    /// If an image cannot be read or decoded, or is too large to be one.
    pub fn background(
        &self,
        background: &Background,
        size: Size,
    ) -> Result<Picture, BackgroundError> {
        self.desktop(background, size, &[])
    }

    /// An opaque picture of a whole screen of `size` pixels on which every
    /// monitor has the background to itself. Without monitors the screen is
    /// one.
    ///
    /// # Errors
    /// As [`Painter::background`].
    pub fn desktop(
        &self,
        background: &Background,
        size: Size,
        monitors: &[Rect<Source>],
    ) -> Result<Picture, BackgroundError> {
        let menu = self.theme.menu_background;
        let light = [menu.r, menu.g, menu.b].into_iter().map(u32::from).sum::<u32>() > 3 * 128;
        background::paint_parts(background, size, monitors, light)
    }

    /// Real pixels per pixel at 96 DPI, by the theme.
    pub(crate) fn scale(&self) -> f32 {
        f32::from(self.theme.scale_percent.clamp(25, 1000)) / 100.0
    }

    /// A window's icon, or the drawn one, in a square of `side` pixels.
    pub(crate) fn icon(&self, icon: Option<&Icon>, side: i32) -> Picture {
        let side = side.clamp(0, 1024);
        match icon {
            Some(icon) => icon.at_size(side),
            None => icon::default_icon(side, self.theme.accent),
        }
    }
}

/// A faint line or surface on `ground`: a little of `ink` mixed in.
pub(crate) fn tint(ground: Color, ink: Color, amount: u8) -> Color {
    crate::canvas::mix(ground, ink.with_alpha(ground.a), amount)
}
