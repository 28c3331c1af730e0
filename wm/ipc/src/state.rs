//! What is on the screen, as other programs see it, and how it changes.
//!
//! Owns the state, its differences and the reducer. Must not know how either
//! is sent.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// A rectangle in root-window pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Rect {
    /// First column.
    pub x: i32,
    /// First row.
    pub y: i32,
    /// Pixels wide.
    pub width: i32,
    /// Pixels high.
    pub height: i32,
}

/// One managed window.
///
/// ```
/// # use trapeze_ipc::Window;
/// let window: Window = serde_json::from_str(r#"{
///     "id": 14680067, "title": "~/notes", "class": "XTerm", "workspace": 1,
///     "rect": { "x": 40, "y": 60, "width": 800, "height": 630 },
///     "maximized": true
/// }"#)?;
/// assert!(window.maximized && !window.focused);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Window {
    /// The client's X window, which names it in requests.
    pub id: u32,
    /// Its title.
    pub title: String,
    /// The class part of WM_CLASS: which program.
    pub class: String,
    /// The instance part of WM_CLASS.
    pub instance: String,
    /// `_NET_WM_PID`, if the client told.
    pub pid: Option<u32>,
    /// EWMH type, such as `normal`, `dialog` or `dock`.
    pub kind: String,
    /// The workspace it is on, counted from 1; `null` is all of them.
    pub workspace: Option<u32>,
    /// The monitor that shows most of it.
    pub monitor: Option<String>,
    /// Its frame, or the client itself where there is no frame.
    pub rect: Rect,
    /// The client's inside.
    pub client_rect: Rect,
    /// Has the input focus.
    pub focused: bool,
    /// Hidden by minimizing.
    pub minimized: bool,
    /// Fills the work area in both directions.
    pub maximized: bool,
    /// Fills the work area's width, at least.
    pub maximized_horizontally: bool,
    /// Fills the work area's height, at least.
    pub maximized_vertically: bool,
    /// Covers its monitor without a frame.
    pub fullscreen: bool,
    /// Rolled up into its title bar.
    pub shaded: bool,
    /// Kept above normal windows.
    pub above: bool,
    /// Kept below normal windows.
    pub below: bool,
    /// Demands attention.
    pub urgent: bool,
    /// Has a frame of Trapeze's.
    pub decorated: bool,
    /// The half or quarter that it is snapped to, such as `top-left`.
    pub tile: Option<String>,
    /// Shown by the X server itself, without composition.
    pub bypassed: bool,
}

/// One workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Workspace {
    /// Counted from 1.
    pub number: u32,
    /// Its name.
    pub name: String,
}

/// One monitor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Monitor {
    /// Its output's name, such as `DP-1`.
    pub name: String,
    /// Its part of the screen.
    pub rect: Rect,
    /// What panels leave of it.
    pub work_area: Rect,
    /// RandR's primary flag.
    pub primary: bool,
    /// Scale of decorations in percent of 96 DPI.
    pub scale_percent: u16,
}

/// Everything at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct State {
    /// Managed windows from the bottom of the stack to its top; no id twice.
    pub windows: Vec<Window>,
    /// Workspaces in order.
    pub workspaces: Vec<Workspace>,
    /// The current workspace, counted from 1.
    pub workspace: u32,
    /// Monitors in RandR's order.
    pub monitors: Vec<Monitor>,
    /// The windows are hidden to show the desktop.
    pub showing_desktop: bool,
    /// The renderer in use: `glx`, `xrender`, `record` or `none`.
    pub backend: String,
}

impl State {
    /// The window that has the focus.
    #[must_use]
    pub fn focused(&self) -> Option<&Window> {
        self.windows.iter().find(|window| window.focused)
    }

    /// The window of this id.
    #[must_use]
    pub fn window(&self, id: u32) -> Option<&Window> {
        self.windows.iter().find(|window| window.id == id)
    }
}

/// One difference between two states, or news that leave no trace in one.
///
/// ```
/// # use trapeze_ipc::Change;
/// let change: Change = serde_json::from_str(r#"{"event": "window-closed", "window": 7}"#)?;
/// assert_eq!(change, Change::WindowClosed { window: 7 });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Change {
    /// A window is managed from now on; it is on top of the stack until
    /// [`Change::StackingChanged`] says otherwise.
    WindowOpened {
        /// All that is known of it.
        window: Window,
    },
    /// Something about a window changed: this is what it is like now. Its
    /// place in the stack stays.
    WindowChanged {
        /// All that is known of it.
        window: Window,
    },
    /// A window is not managed any more.
    WindowClosed {
        /// Its id.
        window: u32,
    },
    /// The input focus moved.
    WindowFocused {
        /// To which window's id; `null` is to none.
        window: Option<u32>,
    },
    /// The stack has a new order.
    StackingChanged {
        /// All window ids from bottom to top.
        windows: Vec<u32>,
    },
    /// Another workspace is current.
    WorkspaceChanged {
        /// Its number, counted from 1.
        workspace: u32,
    },
    /// Workspaces were added, removed or renamed.
    WorkspacesChanged {
        /// All of them.
        workspaces: Vec<Workspace>,
    },
    /// Monitors came, went, moved, or their work areas changed.
    MonitorsChanged {
        /// All of them.
        monitors: Vec<Monitor>,
    },
    /// The desktop is shown, or not any more.
    ShowingDesktopChanged {
        /// Shown.
        showing: bool,
    },
    /// Another renderer composes the screen.
    BackendChanged {
        /// Its name.
        backend: String,
    },
    /// The configuration was read again and is in force.
    ConfigReloaded,
    /// The configuration was read again, is wrong, and the old one stays in
    /// force.
    ConfigFailed {
        /// What is wrong, each with file, line and column.
        problems: Vec<String>,
    },
}

/// The changes that turn `old` into `new`:
/// [applied](State::apply) to `old` one after the other they give `new`.
#[must_use]
pub fn diff(old: &State, new: &State) -> Vec<Change> {
    let mut changes = Vec::new();
    if old.monitors != new.monitors {
        changes.push(Change::MonitorsChanged { monitors: new.monitors.clone() });
    }
    if old.workspaces != new.workspaces {
        changes.push(Change::WorkspacesChanged { workspaces: new.workspaces.clone() });
    }
    if old.workspace != new.workspace {
        changes.push(Change::WorkspaceChanged { workspace: new.workspace });
    }
    if old.showing_desktop != new.showing_desktop {
        changes.push(Change::ShowingDesktopChanged { showing: new.showing_desktop });
    }
    if old.backend != new.backend {
        changes.push(Change::BackendChanged { backend: new.backend.clone() });
    }
    let before: HashMap<u32, &Window> = old.windows.iter().map(|w| (w.id, w)).collect();
    let after: HashMap<u32, &Window> = new.windows.iter().map(|w| (w.id, w)).collect();
    let closed = old.windows.iter().filter(|w| !after.contains_key(&w.id));
    changes.extend(closed.map(|w| Change::WindowClosed { window: w.id }));
    for window in &new.windows {
        match before.get(&window.id) {
            None => changes.push(Change::WindowOpened { window: window.clone() }),
            // A focus that moved is told once, not as two changed windows.
            Some(earlier) if !equal_but_for_focus(earlier, window) => {
                changes.push(Change::WindowChanged { window: window.clone() });
            }
            Some(_) => {}
        }
    }
    // What the changes so far make of the old stack: closed ones leave it,
    // opened ones come on top in their own order.
    let kept = old.windows.iter().map(|w| w.id).filter(|id| after.contains_key(id));
    let opened = new.windows.iter().map(|w| w.id).filter(|id| !before.contains_key(id));
    let order = new.windows.iter().map(|w| w.id);
    if !kept.chain(opened).eq(order.clone()) {
        changes.push(Change::StackingChanged { windows: order.collect() });
    }
    let focus = new.focused().map(|w| w.id);
    if old.focused().map(|w| w.id) != focus {
        changes.push(Change::WindowFocused { window: focus });
    }
    changes
}

fn equal_but_for_focus(a: &Window, b: &Window) -> bool {
    a == b || { *a == Window { focused: a.focused, ..b.clone() } }
}

impl State {
    /// Makes one change. A change about a window that is not there, as after
    /// a lost line, is ignored.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::WindowOpened { window } => {
                self.windows.retain(|known| known.id != window.id);
                self.move_focus_to(&window);
                self.windows.push(window);
            }
            Change::WindowChanged { window } => {
                self.move_focus_to(&window);
                if let Some(known) = self.windows.iter_mut().find(|known| known.id == window.id) {
                    *known = window;
                }
            }
            Change::WindowClosed { window } => self.windows.retain(|known| known.id != window),
            Change::WindowFocused { window } => {
                for known in &mut self.windows {
                    known.focused = Some(known.id) == window;
                }
            }
            Change::StackingChanged { windows } => {
                let place: HashMap<u32, usize> = windows.into_iter().zip(0..).collect();
                // Stable, so unknown ones keep their order, on top.
                self.windows.sort_by_key(|w| place.get(&w.id).copied().unwrap_or(usize::MAX));
            }
            Change::WorkspaceChanged { workspace } => self.workspace = workspace,
            Change::WorkspacesChanged { workspaces } => self.workspaces = workspaces,
            Change::MonitorsChanged { monitors } => self.monitors = monitors,
            Change::ShowingDesktopChanged { showing } => self.showing_desktop = showing,
            Change::BackendChanged { backend } => self.backend = backend,
            Change::ConfigReloaded | Change::ConfigFailed { .. } => {}
        }
    }

    /// Only one window has the focus.
    fn move_focus_to(&mut self, window: &Window) {
        if window.focused {
            for known in &mut self.windows {
                known.focused = known.id == window.id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_rect() -> impl Strategy<Value = Rect> {
        (0..3, 0..3).prop_map(|(x, y)| Rect { x, y, width: 10, height: 20 })
    }

    fn any_window() -> impl Strategy<Value = Window> {
        (1u32..7, 0u8..2, any_rect(), any::<bool>(), prop::option::of(1u32..3)).prop_map(
            |(id, title, rect, shaded, workspace)| Window {
                id,
                title: title.to_string(),
                rect,
                shaded,
                workspace,
                ..Window::default()
            },
        )
    }

    /// States as the server sends them: no id twice, at most one focus.
    fn any_state() -> impl Strategy<Value = State> {
        (
            prop::collection::vec(any_window(), 0..7),
            prop::option::of(0usize..7),
            1u32..4,
            any::<bool>(),
            any_rect(),
        )
            .prop_map(|(mut windows, focus, workspace, showing_desktop, rect)| {
                let mut seen = std::collections::HashSet::new();
                windows.retain(|window| seen.insert(window.id));
                if let Some(window) = focus.and_then(|index| windows.get_mut(index)) {
                    window.focused = true;
                }
                let workspaces = (1..=workspace)
                    .map(|number| Workspace { number, name: number.to_string() })
                    .collect();
                let monitors = vec![Monitor { rect, ..Monitor::default() }];
                let backend = if showing_desktop { "glx" } else { "none" }.to_owned();
                State { windows, workspaces, workspace, monitors, showing_desktop, backend }
            })
    }

    proptest! {
        #[test]
        fn applying_the_difference_gives_the_new_state(old in any_state(), new in any_state()) {
            let mut state = old.clone();
            for change in diff(&old, &new) {
                let line = serde_json::to_string(&change).unwrap();
                state.apply(serde_json::from_str(&line).unwrap());
            }
            prop_assert_eq!(state, new);
        }

        #[test]
        fn equal_states_differ_in_nothing(state in any_state()) {
            prop_assert_eq!(diff(&state, &state), vec![]);
        }

        #[test]
        fn a_state_survives_json(state in any_state()) {
            let text = serde_json::to_string(&state).unwrap();
            prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), state);
        }
    }

    #[test]
    fn a_moved_focus_is_one_change() {
        let window = |id, focused| Window { id, focused, ..Window::default() };
        let old = State { windows: vec![window(1, true), window(2, false)], ..State::default() };
        let new = State { windows: vec![window(1, false), window(2, true)], ..State::default() };
        assert_eq!(diff(&old, &new), [Change::WindowFocused { window: Some(2) }]);
    }
}
