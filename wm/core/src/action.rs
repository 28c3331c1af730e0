//! Everything a person can ask for: by key, button, menu or IPC.
//!
//! Owns the vocabulary only. Must not know how an action is bound or done.

use serde::{Deserialize, Serialize};

use crate::id::WindowId;

/// A direction on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Towards smaller x.
    Left,
    /// Towards larger x.
    Right,
    /// Towards smaller y.
    Up,
    /// Towards larger y.
    Down,
}

/// A place that a window can be snapped (tiled) to, as a part of its
/// monitor's work area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tile {
    /// Left half.
    Left,
    /// Right half.
    Right,
    /// Top half.
    Top,
    /// Bottom half.
    Bottom,
    /// Top-left quarter.
    TopLeft,
    /// Top-right quarter.
    TopRight,
    /// Bottom-left quarter.
    BottomLeft,
    /// Bottom-right quarter.
    BottomRight,
}

/// Which workspace: an absolute one or a step from the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkspaceTarget {
    /// The `n`th, counted from 1 as people do.
    Number(u32),
    /// The next one, wrapping around.
    Next,
    /// The one before, wrapping around.
    Previous,
    /// The one that was current before this one.
    Last,
    /// The one beside it as the pager lays them out, one row by default;
    /// none at the edge.
    Toward(Direction),
}

/// What a person can ask for. Actions on a window mean the one that the
/// event names, or else the active window.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Ask the window to close (WM_DELETE_WINDOW), or kill a client that
    /// does not take part in that protocol.
    Close,
    /// Kill the window's client at once (KillClient).
    Kill,
    /// Give it the focus and raise it, on its workspace.
    Activate,
    /// Raise it within its layer.
    Raise,
    /// Lower it within its layer.
    Lower,
    /// Raise it, or lower it if nothing covers it.
    RaiseOrLower,
    /// Hide it (ICCCM IconicState).
    Minimize,
    /// Show again the window minimized last on this workspace.
    RestoreMinimized,
    /// Maximize in both directions, or restore.
    ToggleMaximize,
    /// Maximize in height only, or restore.
    ToggleMaximizeVertical,
    /// Maximize in width only, or restore.
    ToggleMaximizeHorizontal,
    /// Cover the whole monitor without a frame, or restore.
    ToggleFullscreen,
    /// Roll up into the title bar, or down.
    ToggleShade,
    /// Keep above normal windows, or no longer.
    ToggleAbove,
    /// Keep below normal windows, or no longer.
    ToggleBelow,
    /// Show on all workspaces, or only on this one.
    ToggleSticky,
    /// Take the frame away, or give it back.
    ToggleDecorations,
    /// Fill a half or quarter of the work area; the same again restores.
    Tile(Tile),
    /// Snap towards a side: maximized, half, quarter and restore, in the
    /// order that people know from Super + arrow keys.
    Snap(Direction),
    /// Back from maximized, tiled or shaded to the size before.
    Restore,
    /// Centre in the work area.
    Center,
    /// Move by keyboard or pointer until a button or Return.
    BeginMove,
    /// Resize by keyboard or pointer until a button or Return.
    BeginResize,
    /// To the neighbouring monitor in this direction.
    MoveToMonitor(Direction),
    /// Send the window to a workspace and stay.
    MoveToWorkspace(WorkspaceTarget),
    /// Send the window to a workspace and follow it.
    MoveToWorkspaceAndFollow(WorkspaceTarget),
    /// Go to a workspace.
    Workspace(WorkspaceTarget),
    /// Go through windows, most recently used first, with live previews;
    /// selects when the modifiers are released.
    SwitchWindows,
    /// [`Action::SwitchWindows`], backwards.
    SwitchWindowsReverse,
    /// [`Action::SwitchWindows`] among the windows of the active program.
    SwitchGroup,
    /// Focus the nearest window in a direction.
    Focus(Direction),
    /// Hide all windows, or bring them back (`_NET_SHOWING_DESKTOP`).
    ToggleShowDesktop,
    /// The window's menu, as by a right click on the title bar.
    WindowMenu,
    /// The root menu at the pointer.
    RootMenu,
    /// A menu of all windows by workspace, at the pointer.
    WindowList,
    /// Go to this very window, wherever it is: a line of the window list.
    ActivateWindow(WindowId),
    /// Start a program through `/bin/sh -c`.
    Spawn(String),
    /// Read the configuration again.
    ReloadConfig,
    /// Turn compositing off, or on again.
    ToggleCompositing,
    /// Start this program's new binary in place, keeping every window.
    Restart,
    /// End the session: hand every window back and exit.
    Quit,
    /// Nothing: takes a key or a menu line away.
    None,
}
