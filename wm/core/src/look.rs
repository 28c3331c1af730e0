//! What things should look like, as data: the theme, and the content of each
//! picture that the window manager draws itself.
//!
//! Owns descriptions. Must not know fonts, pixels or X. Two equal
//! descriptions are the same picture, which is how a repaint is decided.

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::geom::{Point, Rect, Root, Size, Source};
use crate::id::WindowId;

/// A colour with straight (not premultiplied) alpha, 8 bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Color {
    /// Red.
    pub r: u8,
    /// Green.
    pub g: u8,
    /// Blue.
    pub b: u8,
    /// Alpha: 255 is opaque.
    pub a: u8,
}

impl Color {
    /// From 0xRRGGBB, opaque.
    #[must_use]
    pub const fn rgb(hex: u32) -> Self {
        Self { r: (hex >> 16) as u8, g: (hex >> 8) as u8, b: hex as u8, a: 255 }
    }

    /// This colour with another alpha.
    #[must_use]
    pub const fn with_alpha(self, a: u8) -> Self {
        Self { a, ..self }
    }
}

/// A title-bar button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Button {
    /// The window's icon; a click opens the window menu.
    Icon,
    /// The window menu.
    Menu,
    /// Minimize.
    Minimize,
    /// Maximize or restore.
    Maximize,
    /// Close.
    Close,
    /// Roll up or down.
    Shade,
    /// Keep above.
    Above,
    /// On all workspaces.
    Sticky,
}

/// Colours of a frame in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameColors {
    /// The title bar.
    pub background: Color,
    /// Title text and button glyphs.
    pub text: Color,
    /// A line between the title bar and the client, and the window's contour.
    pub border: Color,
    /// Behind a hovered button.
    pub button_hover: Color,
    /// Behind a pressed button.
    pub button_pressed: Color,
    /// Behind the hovered close button.
    pub close_hover: Color,
}

/// Shadows behind windows. Lengths in pixels at 96 DPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowStyle {
    /// How far the shadow spreads beyond the window; 0 draws none.
    pub extent: u16,
    /// Moved down by this much.
    pub offset_y: i16,
    /// Strength at its darkest: 0 is none, 255 is the full colour.
    pub opacity: u8,
    /// Its colour; alpha is ignored.
    pub color: Color,
}

/// The looks of frames, menus and the switcher. Lengths in pixels at 96 DPI,
/// scaled by [`Theme::scaled`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// Fontconfig-style family names, the first available wins.
    pub font_family: Vec<String>,
    /// Text size in pixels at 96 DPI.
    pub font_size: u16,
    /// Height of the title bar.
    pub title_height: u16,
    /// Centre the title rather than aligning it to the left.
    pub title_centered: bool,
    /// Radius of window corners; 0 is square.
    pub corner_radius: u16,
    /// Buttons left of the title, from the left.
    pub buttons_left: Vec<Button>,
    /// Buttons right of the title, from the left.
    pub buttons_right: Vec<Button>,
    /// The focused window's frame.
    pub active: FrameColors,
    /// Any other window's frame.
    pub inactive: FrameColors,
    /// Title bar of a window that demands attention.
    pub urgent: Color,
    /// Menus' and the switcher's background.
    pub menu_background: Color,
    /// Their text.
    pub menu_text: Color,
    /// Behind the selected line or window, and the snap preview.
    pub accent: Color,
    /// Text on the accent colour.
    pub accent_text: Color,
    /// Shadow of the active window.
    pub shadow_active: ShadowStyle,
    /// Shadow of any other window.
    pub shadow_inactive: ShadowStyle,
    /// Shadow of menus, tooltips and other override-redirect windows.
    pub shadow_popup: ShadowStyle,
    /// Scale of all lengths in percent; 100 is 96 DPI.
    pub scale_percent: u16,
}

impl Theme {
    /// `length` (pixels at 96 DPI) in real pixels, rounded to nearest.
    #[must_use]
    pub const fn scaled(&self, length: u16) -> i32 {
        (length as i32 * self.scale_percent as i32 + 50) / 100
    }
}

impl Default for Theme {
    fn default() -> Self {
        let active = FrameColors {
            background: Color::rgb(0x0030_3440),
            text: Color::rgb(0x00f2_f4f8),
            border: Color::rgb(0x001d_2028),
            button_hover: Color::rgb(0x0047_4d5e),
            button_pressed: Color::rgb(0x005a_6178),
            close_hover: Color::rgb(0x00d6_4550),
        };
        Self {
            font_family: vec!["Sans".to_owned()],
            font_size: 14,
            title_height: 30,
            title_centered: true,
            corner_radius: 10,
            buttons_left: vec![Button::Icon],
            buttons_right: vec![Button::Minimize, Button::Maximize, Button::Close],
            active,
            inactive: FrameColors {
                background: Color::rgb(0x0024_2730),
                text: Color::rgb(0x008a_91a3),
                ..active
            },
            urgent: Color::rgb(0x00b5_6a1c),
            menu_background: Color::rgb(0x0028_2b35),
            menu_text: Color::rgb(0x00e6_e9f0),
            accent: Color::rgb(0x003d_7eea),
            accent_text: Color::rgb(0x00ff_ffff),
            shadow_active: ShadowStyle {
                extent: 32,
                offset_y: 8,
                opacity: 130,
                color: Color::rgb(0),
            },
            shadow_inactive: ShadowStyle {
                extent: 20,
                offset_y: 4,
                opacity: 80,
                color: Color::rgb(0),
            },
            shadow_popup: ShadowStyle {
                extent: 14,
                offset_y: 4,
                opacity: 90,
                color: Color::rgb(0),
            },
            scale_percent: 100,
        }
    }
}

/// How a background image meets a screen of another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageFit {
    /// Scaled to cover the screen, its ratio kept; what overhangs is cut off.
    #[default]
    Fill,
    /// Scaled to lie inside the screen, its ratio kept.
    Fit,
    /// Not scaled, centred.
    Center,
    /// Not scaled, repeated from the top-left corner.
    Tile,
    /// Scaled to the screen's size, its ratio lost.
    Stretch,
}

/// What covers the root window. Alpha of its colours is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Background {
    /// The built-in picture.
    #[default]
    Default,
    /// One colour.
    Solid(Color),
    /// From one colour down to another.
    Gradient {
        /// At the top.
        top: Color,
        /// At the bottom.
        bottom: Color,
    },
    /// A PNG, JPEG or WebP file.
    Image {
        /// The file; a relative path is relative to the working directory.
        path: std::path::PathBuf,
        /// How it meets the screen.
        fit: ImageFit,
        /// Where the image does not reach, and through its holes.
        behind: Color,
    },
}

/// Where the pointer is on a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ButtonState {
    /// Elsewhere.
    #[default]
    Normal,
    /// Over it.
    Hovered,
    /// Held down on it.
    Pressed,
}

/// One button of a title bar, placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonLook {
    /// Which.
    pub button: Button,
    /// Where, from the title bar's top-left corner.
    pub rect: Rect<Source>,
    /// Pointer state.
    pub state: ButtonState,
    /// Whether its state is on (maximized, above, sticky, shaded).
    pub on: bool,
}

/// A title bar's picture. Width and height are those of the title bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameLook {
    /// Size of the title bar in pixels.
    pub size: Size,
    /// The title, already made safe (no control characters, bounded length).
    pub title: String,
    /// Where the title may stand, from the title bar's top-left corner.
    pub title_rect: Rect<Source>,
    /// Focused look.
    pub active: bool,
    /// Demands attention.
    pub urgent: bool,
    /// The buttons, left to right.
    pub buttons: Vec<ButtonLook>,
    /// Changes whenever the icon's pixels do.
    pub icon_revision: u32,
    /// Changes whenever the theme does.
    pub theme_revision: u32,
}

/// One window in the switcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitcherCell {
    /// The window.
    pub window: WindowId,
    /// Its title.
    pub title: String,
    /// The whole cell, from the panel's top-left corner.
    pub rect: Rect<Source>,
    /// Where the live preview is composed, from the panel's top-left corner.
    pub preview: Rect<Source>,
    /// Whether a live preview will be drawn there; otherwise the painter
    /// shows the icon.
    pub has_preview: bool,
    /// Minimized: drawn dimmed.
    pub minimized: bool,
}

/// The window switcher's panel; previews are composed on top of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitcherLook {
    /// Where the panel stands.
    pub rect: Rect<Root>,
    /// One cell per window, in the order of recent use.
    pub cells: Vec<SwitcherCell>,
    /// Index of the selected cell.
    pub selected: usize,
    /// Changes whenever the theme does.
    pub theme_revision: u32,
}

/// One line of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MenuItem {
    /// Does something.
    Action {
        /// Its text.
        label: String,
        /// What it does.
        action: Action,
        /// Can be chosen.
        enabled: bool,
        /// Ticked: the state it toggles is on.
        checked: bool,
        /// The key bound to the same action, for the reader.
        shortcut: Option<String>,
    },
    /// Opens another menu.
    Submenu {
        /// Its text.
        label: String,
        /// Its lines.
        items: Vec<MenuItem>,
    },
    /// A line between groups.
    Separator,
}

/// A menu to open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// Its lines.
    pub items: Vec<MenuItem>,
    /// The corner that it opens from: the pointer, or below a title bar.
    pub at: Point<Root>,
    /// The monitor that it must stay inside.
    pub bounds: Rect<Root>,
    /// The window that its actions are about.
    pub window: Option<WindowId>,
}
