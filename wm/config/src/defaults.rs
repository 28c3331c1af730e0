//! The defaults that `default.toml` documents and the model does not know:
//! keys, the root menu, programs, the light theme.
//!
//! Owns values only; a test holds the file to them.

use wm_core::action::WorkspaceTarget;
use wm_core::look::{Color, FrameColors, MenuItem, Theme};
use wm_core::{Action, Settings};

use crate::value::{ActionValue, Program};
use crate::{BackendChoice, Chord, Compositing, Config};

/// How the screen is composed.
pub(crate) const COMPOSITING: Compositing = Compositing { backend: BackendChoice::Auto };

/// Shell commands behind the names `terminal`, `launcher`, `screenshot` and
/// `lock`.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    pub(crate) terminal: String,
    pub(crate) launcher: String,
    pub(crate) screenshot: String,
    pub(crate) lock: String,
}

pub(crate) fn programs() -> Programs {
    Programs {
        terminal: "for t in \"$TERMINAL\" x-terminal-emulator alacritty kitty foot gnome-terminal \
                   konsole xfce4-terminal urxvt xterm; do command -v \"$t\" >/dev/null && exec \
                   \"$t\"; done; exit 127"
            .to_owned(),
        launcher: "if command -v rofi >/dev/null; then exec rofi -show drun; elif command -v \
                   dmenu_run >/dev/null; then exec dmenu_run; else exec xterm; fi"
            .to_owned(),
        screenshot: "trapeze msg screenshot".to_owned(),
        lock: "loginctl lock-session".to_owned(),
    }
}

/// What an empty file means.
pub(crate) fn config() -> Config {
    let programs = programs();
    let mut settings = Settings::default();
    settings.root_menu = menu(&programs, &settings);
    let mut all: Vec<crate::Binding> =
        bindings(&programs).map(|(chord, action)| crate::Binding { chord, action }).collect();
    all.sort_by_key(|b| (b.chord.keysym, b.chord.modifiers.0));
    settings.shortcuts = crate::shortcuts(&all);
    Config {
        settings,
        automatic_scale: true,
        bindings: all,
        background: wm_core::look::Background::Default,
        compositing: COMPOSITING,
        autostart: crate::Autostart::default(),
        environment: std::collections::BTreeMap::new(),
        xsettings: crate::XSettings::default(),
    }
}

/// The default keys, as they are written in the file.
const KEYS: &[(&str, &str)] = &[
    // Windows.
    ("Alt+Tab", "switch-windows"),
    ("Alt+Shift+Tab", "switch-windows-reverse"),
    ("Alt+grave", "switch-group"),
    ("Alt+F4", "close"),
    ("Super+q", "close"),
    ("Ctrl+Super+Escape", "kill"),
    ("Alt+space", "window-menu"),
    ("Super+Left", "snap left"),
    ("Super+Right", "snap right"),
    ("Super+Up", "snap up"),
    ("Super+Down", "snap down"),
    ("Super+Shift+Left", "move-to-monitor left"),
    ("Super+Shift+Right", "move-to-monitor right"),
    ("Super+Shift+Up", "move-to-monitor up"),
    ("Super+Shift+Down", "move-to-monitor down"),
    ("Super+Alt+Left", "focus left"),
    ("Super+Alt+Right", "focus right"),
    ("Super+Alt+Up", "focus up"),
    ("Super+Alt+Down", "focus down"),
    ("Super+m", "toggle-maximize"),
    ("Super+Ctrl+v", "toggle-maximize-vertical"),
    ("Super+Ctrl+h", "toggle-maximize-horizontal"),
    ("Super+f", "toggle-fullscreen"),
    ("Super+n", "minimize"),
    ("Super+Shift+n", "restore-minimized"),
    ("Super+s", "toggle-shade"),
    ("Super+a", "toggle-above"),
    ("Super+b", "toggle-below"),
    ("Super+y", "toggle-sticky"),
    ("Super+t", "toggle-decorations"),
    ("Super+c", "center"),
    ("Super+r", "restore"),
    ("Alt+F7", "begin-move"),
    ("Alt+F8", "begin-resize"),
    ("Super+Prior", "raise"),
    ("Super+Next", "lower"),
    ("Super+KP_7", "tile top-left"),
    ("Super+KP_8", "tile top"),
    ("Super+KP_9", "tile top-right"),
    ("Super+KP_4", "tile left"),
    ("Super+KP_5", "center"),
    ("Super+KP_6", "tile right"),
    ("Super+KP_1", "tile bottom-left"),
    ("Super+KP_2", "tile bottom"),
    ("Super+KP_3", "tile bottom-right"),
    // Workspaces; the numbered ones are below.
    ("Ctrl+Alt+Right", "workspace next"),
    ("Ctrl+Alt+Left", "workspace previous"),
    ("Ctrl+Alt+Up", "workspace up"),
    ("Ctrl+Alt+Down", "workspace down"),
    ("Super+Tab", "workspace last"),
    ("Ctrl+Alt+Shift+Right", "move-to-workspace-and-follow next"),
    ("Ctrl+Alt+Shift+Left", "move-to-workspace-and-follow previous"),
    ("Ctrl+Alt+Shift+Up", "move-to-workspace-and-follow up"),
    ("Ctrl+Alt+Shift+Down", "move-to-workspace-and-follow down"),
    ("Super+d", "toggle-show-desktop"),
    // Programs.
    ("Super+Return", "terminal"),
    ("Ctrl+Alt+t", "terminal"),
    ("Super+space", "launcher"),
    ("Alt+F2", "launcher"),
    ("Print", "screenshot"),
    ("Super+l", "lock"),
    // The session.
    ("Super+Escape", "root-menu"),
    ("Super+w", "window-list"),
    ("Super+Shift+c", "reload-config"),
    ("Super+Shift+F12", "toggle-compositing"),
    ("Super+Shift+r", "restart"),
    ("Super+Shift+q", "quit"),
];

/// The default keys. Those that could not be read would be left out; a test
/// reads them all.
pub(crate) fn bindings(programs: &Programs) -> impl Iterator<Item = (Chord, Action)> + '_ {
    let numbered = (1..=9).flat_map(|n| {
        [
            (format!("Super+{n}"), format!("workspace {n}")),
            (format!("Super+Shift+{n}"), format!("move-to-workspace {n}")),
        ]
    });
    let named = KEYS.iter().map(|(key, action)| ((*key).to_owned(), (*action).to_owned()));
    named.chain(numbered).filter_map(|(key, action)| {
        let action = match ActionValue::parse(&action).ok()? {
            ActionValue::Action(action) => action,
            ActionValue::Program(program) => Action::Spawn(programs.command(program).to_owned()),
        };
        Some((key.parse().ok()?, action))
    })
}

/// One line of a menu that does something.
pub(crate) fn line(label: impl Into<String>, action: Action) -> MenuItem {
    let enabled = action != Action::None;
    MenuItem::Action { label: label.into(), action, enabled, checked: false, shortcut: None }
}

/// A submenu with a line per workspace.
pub(crate) fn workspace_menu(label: String, workspaces: &[String]) -> MenuItem {
    let go = |(number, name): (u32, &String)| {
        line(name.clone(), Action::Workspace(WorkspaceTarget::Number(number)))
    };
    MenuItem::Submenu { label, items: (1..).zip(workspaces).map(go).collect() }
}

/// The default root menu.
pub(crate) fn menu(programs: &Programs, settings: &Settings) -> Vec<MenuItem> {
    let spawn = |label: &str, command: &str| line(label, Action::Spawn(command.to_owned()));
    vec![
        spawn("Terminal", programs.command(Program::Terminal)),
        spawn("Run…", programs.command(Program::Launcher)),
        MenuItem::Submenu {
            label: "Applications".to_owned(),
            items: vec![
                spawn("Web browser", WEB_BROWSER),
                spawn("Files", FILES),
                spawn("Text editor", TEXT_EDITOR),
            ],
        },
        MenuItem::Separator,
        workspace_menu("Workspaces".to_owned(), &settings.workspaces),
        line("Show desktop", Action::ToggleShowDesktop),
        MenuItem::Separator,
        spawn("Screenshot", programs.command(Program::Screenshot)),
        spawn("Lock screen", programs.command(Program::Lock)),
        line("Reload configuration", Action::ReloadConfig),
        line("Exit", Action::Quit),
    ]
}

const WEB_BROWSER: &str = "for b in \"$BROWSER\" x-www-browser firefox chromium; do command -v \
                           \"$b\" >/dev/null && exec \"$b\"; done; exit 127";
const FILES: &str = "xdg-open \"$HOME\"";
const TEXT_EDITOR: &str = "for e in gnome-text-editor gedit kate mousepad; do command -v \"$e\" \
                           >/dev/null && exec \"$e\"; done; exec x-terminal-emulator -e \
                           \"${EDITOR:-vi}\"";

/// The theme for bright rooms.
pub(crate) fn light_theme() -> Theme {
    let active = FrameColors {
        background: Color::rgb(0x00e9_ebf0),
        text: Color::rgb(0x0020_242e),
        border: Color::rgb(0x00b9_bec9),
        button_hover: Color::rgb(0x00d3_d7e0),
        button_pressed: Color::rgb(0x00bc_c2ce),
        close_hover: Color::rgb(0x00e0_5560),
    };
    Theme {
        active,
        inactive: FrameColors {
            background: Color::rgb(0x00f5_f6f8),
            text: Color::rgb(0x0083_8997),
            ..active
        },
        urgent: Color::rgb(0x00f0_a44b),
        menu_background: Color::rgb(0x00fa_fbfc),
        menu_text: Color::rgb(0x0020_242e),
        accent: Color::rgb(0x0032_6fd8),
        ..Theme::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_key_is_read_and_none_twice() {
        let all: Vec<_> = bindings(&programs()).collect();
        assert_eq!(all.len(), KEYS.len() + 18, "one of the texts is not understood");
        let chords: std::collections::HashSet<_> = all.iter().map(|(chord, _)| chord).collect();
        assert_eq!(chords.len(), all.len(), "a chord is bound twice");
    }
}
