//! The sections and keys of the file.
//!
//! Owns their names and ranges. Must not know the defaults: here everything
//! is optional.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;
use wm_core::look::{Button, ImageFit};
use wm_core::settings::{FocusMode, Placement, StealingPrevention};

use crate::value::{ActionValue, ColorValue, Keys, ModifiersValue, Texts, Whole};
use crate::{BackendChoice, Manage, Setting};

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Document {
    pub(crate) focus: Focus,
    pub(crate) windows: Windows,
    pub(crate) workspaces: Workspaces,
    pub(crate) mouse: Mouse,
    pub(crate) theme: ThemeSection,
    pub(crate) background: BackgroundSection,
    pub(crate) compositing: CompositingSection,
    pub(crate) programs: Programs,
    pub(crate) default_keys: Option<bool>,
    pub(crate) keys: Keys,
    pub(crate) menu: Option<Vec<Spanned<MenuLine>>>,
    pub(crate) autostart: AutostartSection,
    pub(crate) environment: BTreeMap<Spanned<String>, Spanned<String>>,
    pub(crate) xsettings: XSettingsSection,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Focus {
    pub(crate) mode: Option<FocusMode>,
    pub(crate) raise_on_click: Option<bool>,
    pub(crate) auto_raise_ms: Option<Whole<0, 10_000>>,
    pub(crate) focus_new: Option<bool>,
    pub(crate) stealing_prevention: Option<StealingPrevention>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Windows {
    pub(crate) placement: Option<Placement>,
    pub(crate) resize_border: Option<Whole<0, 64>>,
    pub(crate) resize_corner: Option<Whole<0, 128>>,
    pub(crate) snap_distance: Option<Whole<0, 128>>,
    pub(crate) edge_tiling: Option<bool>,
    pub(crate) ping_timeout_ms: Option<Whole<500, 600_000>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Workspaces {
    pub(crate) count: Option<Spanned<Whole<1, 32>>>,
    pub(crate) names: Option<Spanned<Vec<String>>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Mouse {
    pub(crate) drag_modifiers: Option<ModifiersValue>,
    pub(crate) double_click_ms: Option<Whole<50, 5000>>,
    pub(crate) double_click: Option<ActionValue>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Preset {
    #[default]
    Dark,
    Light,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TitleAlign {
    Left,
    Center,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct ThemeSection {
    pub(crate) preset: Option<Preset>,
    pub(crate) font_family: Option<Texts>,
    pub(crate) font_size: Option<Whole<6, 72>>,
    pub(crate) title_height: Option<Whole<16, 128>>,
    pub(crate) title_align: Option<TitleAlign>,
    pub(crate) corner_radius: Option<Whole<0, 64>>,
    pub(crate) round_bottom: Option<bool>,
    pub(crate) buttons_left: Option<Vec<Button>>,
    pub(crate) buttons_right: Option<Vec<Button>>,
    pub(crate) scale_percent: Option<Whole<50, 400>>,
    pub(crate) urgent: Option<ColorValue>,
    pub(crate) menu_background: Option<ColorValue>,
    pub(crate) menu_text: Option<ColorValue>,
    pub(crate) accent: Option<ColorValue>,
    pub(crate) accent_text: Option<ColorValue>,
    pub(crate) active: FrameSection,
    pub(crate) inactive: FrameSection,
    pub(crate) shadow_active: ShadowSection,
    pub(crate) shadow_inactive: ShadowSection,
    pub(crate) shadow_popup: ShadowSection,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct FrameSection {
    pub(crate) background: Option<ColorValue>,
    pub(crate) text: Option<ColorValue>,
    pub(crate) border: Option<ColorValue>,
    pub(crate) button_hover: Option<ColorValue>,
    pub(crate) button_pressed: Option<ColorValue>,
    pub(crate) close_hover: Option<ColorValue>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct ShadowSection {
    pub(crate) extent: Option<Whole<0, 128>>,
    pub(crate) offset_y: Option<Whole<-64, 64>>,
    pub(crate) opacity: Option<Whole<0, 255>>,
    pub(crate) color: Option<ColorValue>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct BackgroundSection {
    pub(crate) color: Option<Spanned<ColorValue>>,
    pub(crate) gradient: Option<Spanned<[ColorValue; 2]>>,
    pub(crate) image: Option<Spanned<String>>,
    pub(crate) fit: Option<ImageFit>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct CompositingSection {
    pub(crate) backend: Option<BackendChoice>,
    pub(crate) bypass: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Programs {
    pub(crate) terminal: Option<String>,
    pub(crate) launcher: Option<String>,
    pub(crate) screenshot: Option<String>,
    pub(crate) lock: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GeneratedMenu {
    Workspaces,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct MenuLine {
    pub(crate) label: Option<String>,
    pub(crate) action: Option<ActionValue>,
    pub(crate) items: Option<Vec<Spanned<MenuLine>>>,
    pub(crate) generate: Option<GeneratedMenu>,
    pub(crate) separator: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct AutostartSection {
    pub(crate) commands: Option<Vec<String>>,
    pub(crate) xdg: Option<bool>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct XSettingsSection {
    pub(crate) manage: Option<Manage>,
    pub(crate) values: BTreeMap<Spanned<String>, Setting>,
}
