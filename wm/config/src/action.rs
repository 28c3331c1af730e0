//! Actions as text: `toggle-maximize`, `workspace 3`, `spawn xterm`.
//!
//! Owns the words and their printing. Must not know how an action is done.

use wm_core::Action;
use wm_core::action::{Direction, Tile, WorkspaceTarget};

use crate::error::nearest;

/// Why a text is no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    /// Nothing was written.
    #[error("an action is missing")]
    Empty,
    /// The first word is no action.
    #[error("there is no action called `{name}`{}", did_you_mean(nearest.as_deref()))]
    Unknown {
        /// What was written.
        name: String,
        /// What it probably means.
        nearest: Option<String>,
    },
    /// The action wants one of these words after it.
    #[error("`{action}` wants {wanted} after it, not {}", quoted(found))]
    Argument {
        /// The action.
        action: &'static str,
        /// What may follow.
        wanted: &'static str,
        /// What followed, perhaps nothing.
        found: String,
    },
    /// Something follows an action that takes nothing.
    #[error("`{action}` takes nothing after it, but `{found}` follows")]
    Extra {
        /// The action.
        action: &'static str,
        /// What followed.
        found: String,
    },
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

fn quoted(found: &str) -> String {
    if found.is_empty() { "nothing".to_owned() } else { format!("`{found}`") }
}

/// Actions that are one word.
const PLAIN: [(&str, Action); 37] = [
    ("close", Action::Close),
    ("kill", Action::Kill),
    ("activate", Action::Activate),
    ("raise", Action::Raise),
    ("lower", Action::Lower),
    ("raise-or-lower", Action::RaiseOrLower),
    ("minimize", Action::Minimize),
    ("restore-minimized", Action::RestoreMinimized),
    ("toggle-maximize", Action::ToggleMaximize),
    ("toggle-maximize-vertical", Action::ToggleMaximizeVertical),
    ("toggle-maximize-horizontal", Action::ToggleMaximizeHorizontal),
    ("toggle-fullscreen", Action::ToggleFullscreen),
    ("toggle-shade", Action::ToggleShade),
    ("toggle-above", Action::ToggleAbove),
    ("toggle-below", Action::ToggleBelow),
    ("toggle-sticky", Action::ToggleSticky),
    ("toggle-decorations", Action::ToggleDecorations),
    ("restore", Action::Restore),
    ("center", Action::Center),
    ("begin-move", Action::BeginMove),
    ("begin-resize", Action::BeginResize),
    ("switch-windows", Action::SwitchWindows),
    ("switch-windows-reverse", Action::SwitchWindowsReverse),
    ("switch-group", Action::SwitchGroup),
    ("toggle-show-desktop", Action::ToggleShowDesktop),
    ("window-menu", Action::WindowMenu),
    ("root-menu", Action::RootMenu),
    ("window-list", Action::WindowList),
    ("reload-config", Action::ReloadConfig),
    ("toggle-compositing", Action::ToggleCompositing),
    ("restart", Action::Restart),
    ("quit", Action::Quit),
    ("none", Action::None),
    // Second names that people try first.
    ("maximize", Action::ToggleMaximize),
    ("fullscreen", Action::ToggleFullscreen),
    ("exit", Action::Quit),
    ("reload", Action::ReloadConfig),
];

/// Actions with a word after them, and which words those are.
const WITH_ARGUMENT: [(&str, &str); 9] = [
    ("tile", TILES),
    ("snap", DIRECTIONS),
    ("move-to-monitor", DIRECTIONS),
    ("focus", DIRECTIONS),
    ("workspace", WORKSPACES),
    ("move-to-workspace", WORKSPACES),
    ("move-to-workspace-and-follow", WORKSPACES),
    ("spawn", "a shell command"),
    ("exec", "a shell command"),
];

const DIRECTIONS: &str = "left, right, up or down";
const TILES: &str = "left, right, top, bottom, top-left, top-right, bottom-left or bottom-right";
const WORKSPACES: &str = "a number from 1 to 32, next, previous, last, left, right, up or down";

/// The largest number of workspaces.
pub(crate) const MAX_WORKSPACES: u32 = 32;

/// Every action's name with what follows it, in the order of the manual;
/// second names are left out.
#[must_use]
pub fn action_names() -> Vec<(&'static str, Option<&'static str>)> {
    let plain = PLAIN[..PLAIN.len() - 4].iter().map(|(name, _)| (*name, None));
    let more = WITH_ARGUMENT[..WITH_ARGUMENT.len() - 1].iter().map(|(n, a)| (*n, Some(*a)));
    plain.chain(more).collect()
}

/// Reads an action, such as `close`, `tile top-left`, `workspace next` or
/// `spawn xterm -e top`.
///
/// # Errors
/// The action, or what follows it, is not known.
pub fn parse_action(text: &str) -> Result<Action, ActionError> {
    let text = text.trim();
    let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    if name.is_empty() {
        return Err(ActionError::Empty);
    }
    if let Some((action, done)) = PLAIN.iter().find(|(known, _)| *known == name) {
        return match rest {
            "" => Ok(done.clone()),
            found => Err(ActionError::Extra { action, found: found.to_owned() }),
        };
    }
    let Some((action, wanted)) = WITH_ARGUMENT.iter().find(|(known, _)| *known == name) else {
        let known = PLAIN.iter().map(|(n, _)| *n).chain(WITH_ARGUMENT.iter().map(|(n, _)| *n));
        return Err(ActionError::Unknown {
            name: name.to_owned(),
            nearest: nearest(name, known).map(str::to_owned),
        });
    };
    let parsed = match *action {
        "tile" => tile(rest).map(Action::Tile),
        "snap" => direction(rest).map(Action::Snap),
        "move-to-monitor" => direction(rest).map(Action::MoveToMonitor),
        "focus" => direction(rest).map(Action::Focus),
        "workspace" => workspace(rest).map(Action::Workspace),
        "move-to-workspace" => workspace(rest).map(Action::MoveToWorkspace),
        "move-to-workspace-and-follow" => workspace(rest).map(Action::MoveToWorkspaceAndFollow),
        _ => (!rest.is_empty()).then(|| Action::Spawn(rest.to_owned())),
    };
    parsed.ok_or_else(|| ActionError::Argument { action, wanted, found: rest.to_owned() })
}

/// The text that [`parse_action`] reads as this action. (A command's white
/// space at its ends is not kept.)
#[must_use]
pub fn print_action(action: &Action) -> String {
    if let Some((name, _)) = PLAIN.iter().find(|(_, plain)| plain == action) {
        return (*name).to_owned();
    }
    match action {
        Action::Tile(tile) => format!("tile {}", tile_name(*tile)),
        Action::Snap(to) => format!("snap {}", direction_name(*to)),
        Action::MoveToMonitor(to) => format!("move-to-monitor {}", direction_name(*to)),
        Action::Focus(to) => format!("focus {}", direction_name(*to)),
        Action::Workspace(to) => format!("workspace {}", workspace_name(*to)),
        Action::MoveToWorkspace(to) => format!("move-to-workspace {}", workspace_name(*to)),
        Action::MoveToWorkspaceAndFollow(to) => {
            format!("move-to-workspace-and-follow {}", workspace_name(*to))
        }
        Action::Spawn(command) => format!("spawn {}", command.trim()),
        // Every other action is in PLAIN, as a test makes sure.
        _ => "none".to_owned(),
    }
}

fn direction(word: &str) -> Option<Direction> {
    Some(match word {
        "left" => Direction::Left,
        "right" => Direction::Right,
        "up" => Direction::Up,
        "down" => Direction::Down,
        _ => return None,
    })
}

const fn direction_name(direction: Direction) -> &'static str {
    match direction {
        Direction::Left => "left",
        Direction::Right => "right",
        Direction::Up => "up",
        Direction::Down => "down",
    }
}

fn tile(word: &str) -> Option<Tile> {
    ALL_TILES.into_iter().find(|tile| tile_name(*tile) == word)
}

const ALL_TILES: [Tile; 8] = [
    Tile::Left,
    Tile::Right,
    Tile::Top,
    Tile::Bottom,
    Tile::TopLeft,
    Tile::TopRight,
    Tile::BottomLeft,
    Tile::BottomRight,
];

const fn tile_name(tile: Tile) -> &'static str {
    match tile {
        Tile::Left => "left",
        Tile::Right => "right",
        Tile::Top => "top",
        Tile::Bottom => "bottom",
        Tile::TopLeft => "top-left",
        Tile::TopRight => "top-right",
        Tile::BottomLeft => "bottom-left",
        Tile::BottomRight => "bottom-right",
    }
}

fn workspace(word: &str) -> Option<WorkspaceTarget> {
    Some(match word {
        "next" => WorkspaceTarget::Next,
        "previous" => WorkspaceTarget::Previous,
        "last" => WorkspaceTarget::Last,
        "left" | "right" | "up" | "down" => WorkspaceTarget::Toward(direction(word)?),
        number => match number.parse() {
            Ok(n) if (1..=MAX_WORKSPACES).contains(&n) => WorkspaceTarget::Number(n),
            _ => return None,
        },
    })
}

fn workspace_name(target: WorkspaceTarget) -> String {
    match target {
        WorkspaceTarget::Number(n) => n.to_string(),
        WorkspaceTarget::Next => "next".to_owned(),
        WorkspaceTarget::Previous => "previous".to_owned(),
        WorkspaceTarget::Last => "last".to_owned(),
        WorkspaceTarget::Toward(to) => direction_name(to).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn examples() {
        assert_eq!(parse_action(" close "), Ok(Action::Close));
        assert_eq!(parse_action("tile top-left"), Ok(Action::Tile(Tile::TopLeft)));
        assert_eq!(parse_action("workspace 3"), Ok(Action::Workspace(WorkspaceTarget::Number(3))));
        assert_eq!(
            parse_action("spawn  sh -c 'echo  hi'"),
            Ok(Action::Spawn("sh -c 'echo  hi'".to_owned()))
        );
    }

    #[test]
    fn mistakes_are_named() {
        let error = |text: &str| parse_action(text).unwrap_err().to_string();
        assert_eq!(
            error("togle-maximize"),
            "there is no action called `togle-maximize`; did you mean `toggle-maximize`?"
        );
        assert_eq!(
            error("snap sideways"),
            "`snap` wants left, right, up or down after it, not `sideways`"
        );
        assert_eq!(error("spawn"), "`spawn` wants a shell command after it, not nothing");
        assert_eq!(error("close now"), "`close` takes nothing after it, but `now` follows");
        assert!(error("workspace 33").contains("1 to 32"));
        assert!(error("workspace 0").contains("1 to 32"));
        assert_eq!(error("  "), "an action is missing");
    }

    #[test]
    fn every_listed_name_is_understood() {
        for (name, argument) in action_names() {
            match argument {
                None => {
                    let action = parse_action(name).unwrap();
                    assert_eq!(print_action(&action), name);
                }
                Some(words) => {
                    let first = words.split(", ").next().unwrap();
                    let word = if first.starts_with("a number") { "7" } else { first };
                    let text = format!("{name} {word}");
                    assert_eq!(print_action(&parse_action(&text).unwrap()), text);
                }
            }
        }
    }

    pub(crate) fn any_action() -> impl Strategy<Value = Action> {
        let direction = prop::sample::select(vec![
            Direction::Left,
            Direction::Right,
            Direction::Up,
            Direction::Down,
        ]);
        let workspace = prop_oneof![
            (1u32..=MAX_WORKSPACES).prop_map(WorkspaceTarget::Number),
            Just(WorkspaceTarget::Next),
            Just(WorkspaceTarget::Previous),
            Just(WorkspaceTarget::Last),
            Just(WorkspaceTarget::Toward(Direction::Up)),
        ];
        prop_oneof![
            prop::sample::select(PLAIN.iter().map(|(_, a)| a.clone()).collect::<Vec<_>>()),
            prop::sample::select(ALL_TILES.to_vec()).prop_map(Action::Tile),
            direction.clone().prop_map(Action::Snap),
            direction.clone().prop_map(Action::MoveToMonitor),
            direction.prop_map(Action::Focus),
            workspace.clone().prop_map(Action::Workspace),
            workspace.clone().prop_map(Action::MoveToWorkspace),
            workspace.prop_map(Action::MoveToWorkspaceAndFollow),
            "[^\\s](.{0,30}[^\\s])?".prop_map(Action::Spawn),
        ]
    }

    proptest! {
        #[test]
        fn a_printed_action_is_read_as_itself(action in any_action()) {
            prop_assert_eq!(parse_action(&print_action(&action)), Ok(action));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = parse_action(&text);
        }
    }
}
