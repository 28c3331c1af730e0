//! Which menus open, and what stands in them.
//!
//! Owns their content. Must not know how a menu looks or is steered, nor what
//! its lines do (`act`).

use crate::action::{Action, WorkspaceTarget};
use crate::geom::{Point, Root};
use crate::id::Xid;
use crate::look::{Menu, MenuItem};
use crate::model::Wm;
use crate::request::Request;

/// Characters of a title in a menu; what is cut off is far beyond the
/// screen's edge in any font.
const LONGEST_TITLE: usize = 200;

/// Before the windows below their workspace.
const INDENT: &str = "\u{2003}";

fn line(label: &str, action: Action, enabled: bool, checked: bool) -> MenuItem {
    MenuItem::Action { label: label.to_owned(), action, enabled, checked, shortcut: None }
}

/// Fills in the keys of lines that do not name one themselves.
fn show_shortcuts(items: &mut [MenuItem], shortcuts: &[(Action, String)]) {
    for item in items {
        match item {
            MenuItem::Action { action, shortcut: shortcut @ None, .. } => {
                let bound = shortcuts.iter().find(|(of, _)| of == action);
                *shortcut = bound.map(|(_, keys)| keys.clone());
            }
            MenuItem::Submenu { items, .. } => show_shortcuts(items, shortcuts),
            _ => {}
        }
    }
}

impl Wm {
    pub(super) fn open_menu(
        &mut self,
        mut items: Vec<MenuItem>,
        at: Point<Root>,
        window: Option<Xid>,
    ) {
        if items.is_empty() {
            return;
        }
        self.end_switcher(false);
        self.menu_open = true;
        show_shortcuts(&mut items, &self.settings.shortcuts);
        let menu = Menu {
            items,
            at,
            bounds: self.monitor_at(at),
            window: window.and_then(|x| self.id_of(x)),
        };
        self.request(Request::OpenMenu(Box::new(menu)));
    }

    pub(super) fn open_root_menu(&mut self, at: Point<Root>) {
        self.open_menu(self.settings.root_menu.clone(), at, None);
    }

    /// All windows by workspace, as a middle click on the desktop shows them.
    pub(super) fn open_window_list(&mut self, at: Point<Root>) {
        let mut items = Vec::new();
        let names = &self.settings.workspaces;
        for (n, name) in (0..).zip(names) {
            let label = match name.parse::<u32>() {
                Ok(_) => format!("Workspace {name}"),
                Err(_) => name.clone(),
            };
            let go = Action::Workspace(WorkspaceTarget::Number(n + 1));
            items.push(MenuItem::Separator);
            items.push(line(&label, go, true, n == self.workspace));
            items.extend(self.listed_on(Some(n)));
        }
        let everywhere: Vec<MenuItem> = self.listed_on(None).collect();
        if !everywhere.is_empty() {
            items.push(MenuItem::Separator);
            items.push(line("On all workspaces", Action::None, false, false));
            items.extend(everywhere);
        }
        self.open_menu(items, at, None);
    }

    /// A line for each window of a workspace (`None`: of all workspaces), in
    /// the order in which they were opened. The active one is ticked, the
    /// titles of minimized ones stand in brackets.
    fn listed_on(&self, workspace: Option<u32>) -> impl Iterator<Item = MenuItem> {
        let windows = self.listed.iter().filter_map(|xid| self.windows.get(xid));
        windows.filter(move |w| w.workspace == workspace && w.in_switcher()).map(|window| {
            let title: String = window.facts.title.chars().take(LONGEST_TITLE).collect();
            let title = if title.trim().is_empty() { "Untitled" } else { title.trim() };
            let label = if window.minimized {
                format!("{INDENT}[{title}]")
            } else {
                format!("{INDENT}{title}")
            };
            let active = self.focus.active == Some(window.id.xid);
            line(&label, Action::ActivateWindow(window.id), true, active)
        })
    }

    /// The window menu: at a point, or below the title bar's left end.
    pub(super) fn open_window_menu(&mut self, xid: Xid, at: Option<Point<Root>>) {
        let Some(window) = self.windows.get(&xid) else { return };
        let allowed = window.allowed();
        let maximize = allowed.maximize_horz && allowed.maximize_vert;
        let mut items = vec![
            line("Restore", Action::Restore, !window.is_free() || window.shaded, false),
            line("Move", Action::BeginMove, allowed.moving, false),
            line("Resize", Action::BeginResize, allowed.resize, false),
            line("Minimize", Action::Minimize, allowed.minimize, false),
            line("Maximize", Action::ToggleMaximize, maximize, window.is_maximized()),
            line("Fullscreen", Action::ToggleFullscreen, allowed.fullscreen, window.fullscreen),
            line("Roll up", Action::ToggleShade, allowed.shade, window.shaded),
            MenuItem::Separator,
            line("Always on top", Action::ToggleAbove, allowed.above, window.above),
            line("Always below", Action::ToggleBelow, allowed.below, window.below),
            line(
                "On all workspaces",
                Action::ToggleSticky,
                allowed.stick,
                window.workspace.is_none(),
            ),
        ];
        if self.workspace_count() > 1 {
            let names = self.settings.workspaces.iter().enumerate();
            let to = names
                .map(|(n, name)| {
                    let target = WorkspaceTarget::Number(n as u32 + 1);
                    let here = window.workspace == Some(n as u32);
                    line(name, Action::MoveToWorkspace(target), allowed.change_desktop, here)
                })
                .collect();
            items.push(MenuItem::Submenu { label: "Move to workspace".to_owned(), items: to });
        }
        items.push(MenuItem::Separator);
        items.push(line("Close", Action::Close, allowed.close, false));
        let frame = self.visible_rect(window);
        let below_title = Point::new(frame.x, frame.y + self.extents(window).top);
        self.open_menu(items, at.unwrap_or(below_title), Some(xid));
    }

    /// A window that was asked to close does not answer.
    pub(super) fn offer_to_kill(&mut self, xid: Xid) {
        let Some(window) = self.windows.get(&xid) else { return };
        let title: String = window.facts.title.chars().take(60).collect();
        let frame = self.visible_rect(window);
        let items = vec![
            line(&format!("“{title}” does not respond"), Action::None, false, false),
            MenuItem::Separator,
            line("Wait", Action::None, true, false),
            line("Force it to quit", Action::Kill, true, false),
        ];
        let at = Point::new(frame.x + frame.w / 3, frame.y + frame.h / 3);
        self.open_menu(items, at, Some(xid));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Monitor};
    use crate::geom::{Rect, Size};
    use crate::hints::ClientFacts;
    use crate::id::{Time, Timestamp};
    use crate::settings::Settings;

    fn session(settings: Settings, titles: &[&str]) -> Wm {
        let mut wm = Wm::new(settings);
        let rect = Rect::new(0, 0, 1000, 800);
        let monitor = Monitor { name: "A".to_owned(), rect, primary: true, scale_percent: 100 };
        wm.handle(
            Event::Screen { size: Size::new(1000, 800), monitors: vec![monitor] },
            Time::default(),
        );
        for (xid, title) in (1..).zip(titles) {
            let facts = ClientFacts {
                title: (*title).to_owned(),
                geometry: Rect::new(0, 0, 200, 100),
                ..ClientFacts::default()
            };
            let facts = Box::new(facts);
            wm.handle(Event::Manage { window: Xid(xid), facts, adopted: false }, Time::default());
        }
        wm.settle(Time::default());
        wm
    }

    fn act(wm: &mut Wm, action: Action, window: Option<Xid>) -> Option<Menu> {
        let time = Timestamp(1);
        wm.handle(Event::Action { action, window, time }, Time::default());
        wm.settle(Time::default()).into_iter().find_map(|request| match request {
            Request::OpenMenu(menu) => Some(*menu),
            _ => None,
        })
    }

    #[test]
    fn lines_show_the_keys_bound_to_them() {
        let shortcuts = vec![
            (Action::Close, "Alt+F4".to_owned()),
            (Action::MoveToWorkspace(WorkspaceTarget::Number(2)), "Super+Shift+2".to_owned()),
        ];
        let mut wm = session(Settings { shortcuts, ..Settings::default() }, &["one"]);
        let menu = act(&mut wm, Action::WindowMenu, Some(Xid(1))).expect("a menu opens");
        let keys = |items: &[MenuItem], wanted: &str| {
            items.iter().find_map(|item| match item {
                MenuItem::Action { label, shortcut, .. } if label == wanted => shortcut.clone(),
                _ => None,
            })
        };
        assert_eq!(keys(&menu.items, "Close").as_deref(), Some("Alt+F4"));
        assert_eq!(keys(&menu.items, "Minimize"), None, "not bound");
        let submenu = menu.items.iter().find_map(|item| match item {
            MenuItem::Submenu { items, .. } => keys(items, "2"),
            _ => None,
        });
        assert_eq!(submenu.as_deref(), Some("Super+Shift+2"));
    }

    #[test]
    fn the_window_list_shows_each_window_below_its_workspace_and_goes_there() {
        let mut wm = session(Settings::default(), &["here", "there", "hidden"]);
        let there = Action::MoveToWorkspace(WorkspaceTarget::Number(2));
        act(&mut wm, there, Some(Xid(2)));
        act(&mut wm, Action::Minimize, Some(Xid(3)));
        let menu = act(&mut wm, Action::WindowList, None).expect("a menu opens");
        let labels: Vec<String> = menu
            .items
            .iter()
            .filter_map(|item| match item {
                MenuItem::Action { label, checked, .. } => {
                    let tick = if *checked { "*" } else { "" };
                    Some(format!("{tick}{}", label.trim()))
                }
                _ => None,
            })
            .collect();
        let wanted = [
            "*Workspace 1",
            "*here",
            "[hidden]",
            "Workspace 2",
            "there",
            "Workspace 3",
            "Workspace 4",
        ];
        assert_eq!(labels, wanted);
        let go = menu.items.iter().find_map(|item| match item {
            MenuItem::Action { label, action, .. } if label.trim() == "there" => Some(action),
            _ => None,
        });
        let Some(Action::ActivateWindow(id)) = go.cloned() else { panic!("no action: {go:?}") };
        act(&mut wm, Action::ActivateWindow(id), None);
        assert_eq!(wm.workspace, 1, "gone to its workspace");
        assert_eq!(wm.focus.active, Some(Xid(2)));

        let gone = crate::id::WindowId { generation: id.generation + 1, xid: Xid(1) };
        act(&mut wm, Action::ActivateWindow(gone), None);
        assert_eq!(wm.focus.active, Some(Xid(2)), "another window that had this number");
    }
}
