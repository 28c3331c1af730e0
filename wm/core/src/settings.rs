//! What a person has chosen, as far as the model needs it.
//!
//! Owns plain values with their defaults. Must not know the file format.

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::look::{MenuItem, Theme};

/// Which window gets the keyboard focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FocusMode {
    /// The one that was clicked.
    #[default]
    Click,
    /// The one that the pointer entered last; over the root the last one
    /// keeps it.
    Sloppy,
    /// The one under the pointer; over the root there is none.
    Strict,
}

/// How far a program may take the focus that the person gave to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StealingPrevention {
    /// Every request is granted.
    Off,
    /// By user time: a window that was asked for before the last input into
    /// the active window only demands attention.
    #[default]
    Normal,
    /// Only the same program's windows, and pagers, may take it.
    Strict,
}

/// Where a new window goes that does not say so itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Placement {
    /// Near the middle, where it covers the least of other windows.
    #[default]
    Smart,
    /// In the centre of the work area.
    Center,
    /// Under the pointer.
    Pointer,
    /// Down the diagonal.
    Cascade,
}

/// Modifier keys as X mask bits (Shift 1, Lock 2, Control 4, Mod1 8 …
/// Mod5 128).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Modifiers(pub u16);

impl Modifiers {
    /// Shift.
    pub const SHIFT: Self = Self(1);
    /// Control.
    pub const CONTROL: Self = Self(4);
    /// Alt on every usual keymap (Mod1).
    pub const ALT: Self = Self(8);
    /// Super on every usual keymap (Mod4).
    pub const SUPER: Self = Self(64);

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are held.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Only Shift, Control, Alt, Super and the like: without Lock, NumLock
    /// (Mod2) and the pointer buttons.
    #[must_use]
    pub const fn significant(self) -> Self {
        Self(self.0 & (1 | 4 | 8 | 32 | 64 | 128))
    }

    /// Whether none is held.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// The model's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Focus policy.
    pub focus: FocusMode,
    /// Raise the window that gets the focus by pointer, after this many
    /// milliseconds; `None` never raises by itself.
    pub auto_raise_ms: Option<u32>,
    /// Raise on a click anywhere in the window.
    pub raise_on_click: bool,
    /// Focus-stealing prevention.
    pub stealing: StealingPrevention,
    /// New windows get the focus (subject to stealing prevention).
    pub focus_new: bool,
    /// Placement of new windows.
    pub placement: Placement,
    /// Workspace names; their number is the number of workspaces, at least 1.
    pub workspaces: Vec<String>,
    /// Width of the invisible resize border in pixels at 96 DPI; 0 turns it
    /// off.
    pub resize_border: u16,
    /// Length of its corner zones along each side, pixels at 96 DPI.
    pub resize_corner: u16,
    /// Distance in pixels at 96 DPI at which a moved window snaps to edges of
    /// screens and windows; 0 turns it off.
    pub snap_distance: u16,
    /// Dragging to a screen edge tiles or maximizes.
    pub edge_tiling: bool,
    /// Held with a button on a window: left moves, right resizes, middle
    /// lowers.
    pub drag_modifiers: Modifiers,
    /// Milliseconds between two clicks of a double click.
    pub double_click_ms: u32,
    /// What a double click on the title bar does.
    pub double_click: Action,
    /// Milliseconds without an answer to a ping before a window that was
    /// asked to close counts as hung. A resize waits a fifth of it for a
    /// client to draw.
    pub ping_timeout_ms: u32,
    /// Take a fullscreen window out of compositing.
    pub bypass: bool,
    /// Round the bottom corners of decorated windows too.
    pub round_bottom: bool,
    /// The root menu; empty opens none.
    pub root_menu: Vec<MenuItem>,
    /// The keys bound to actions, in words: menus show them.
    #[serde(default)]
    pub shortcuts: Vec<(Action, String)>,
    /// Looks.
    pub theme: Theme,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            focus: FocusMode::Click,
            auto_raise_ms: None,
            raise_on_click: true,
            stealing: StealingPrevention::Normal,
            focus_new: true,
            placement: Placement::Smart,
            workspaces: (1..=4).map(|n| n.to_string()).collect(),
            resize_border: 10,
            resize_corner: 24,
            snap_distance: 10,
            edge_tiling: true,
            drag_modifiers: Modifiers::SUPER,
            double_click_ms: 400,
            double_click: Action::ToggleMaximize,
            ping_timeout_ms: 5000,
            bypass: true,
            round_bottom: true,
            root_menu: Vec::new(),
            shortcuts: Vec::new(),
            theme: Theme::default(),
        }
    }
}
