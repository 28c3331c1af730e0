//! What programs ask for through the JSON socket, and what they are told.
//!
//! Owns the translation between the model's reports and the IPC's messages.
//! Must not know sockets (`ipc`) or X.

use trapeze_config::parse_action;
use trapeze_ipc as ipc;
use wm_core::action::{Direction, WorkspaceTarget};
use wm_core::event::Event;
use wm_core::geom::{Rect, Root};
use wm_core::hints::NetState;
use wm_core::model::WindowReport;
use wm_core::model::place::monitor_of;
use wm_core::{Action, Timestamp, Wm, Xid};

/// What is to be done about a request.
#[derive(Debug)]
pub enum Answer {
    /// Only this is said.
    Say(ipc::Reply),
    /// This is done, and success is said.
    Do(Event),
    /// The configuration is read again; that result is said.
    Reload,
    /// A file is checked, the one in force without a name.
    Check(Option<String>),
    /// Counters are told.
    Stats,
    /// The screen is written to a file.
    Screenshot(String),
    /// All changes are told from now on.
    Subscribe,
}

const fn rect(rect: Rect<Root>) -> ipc::Rect {
    ipc::Rect { x: rect.x, y: rect.y, width: rect.w, height: rect.h }
}

/// A value's name in kebab case, as the model's own types are written.
fn name<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

fn window(wm: &Wm, report: &WindowReport) -> ipc::Window {
    let has = |state| report.states.contains(&state);
    let (horizontally, vertically) = (has(NetState::MaximizedHorz), has(NetState::MaximizedVert));
    ipc::Window {
        id: report.id.xid.0,
        title: report.title.clone(),
        instance: report.class.0.clone(),
        class: report.class.1.clone(),
        pid: report.pid,
        kind: name(&report.kind),
        workspace: report.workspace.map(|n| n.saturating_add(1)),
        monitor: monitor_of(wm.monitors(), &report.frame).map(|m| m.name.clone()),
        rect: rect(report.frame),
        client_rect: rect(report.client),
        focused: report.focused,
        minimized: has(NetState::Hidden),
        maximized: horizontally && vertically,
        maximized_horizontally: horizontally,
        maximized_vertically: vertically,
        fullscreen: has(NetState::Fullscreen),
        shaded: has(NetState::Shaded),
        above: has(NetState::Above),
        below: has(NetState::Below),
        urgent: has(NetState::DemandsAttention),
        decorated: wm.window(report.id.xid).is_some_and(wm_core::model::Window::is_decorated),
        tile: report.tile.as_ref().map(name),
        bypassed: report.bypassed,
    }
}

/// Everything, as the socket tells it.
#[must_use]
pub fn state(wm: &Wm, backend: &str) -> ipc::State {
    let names = &wm.settings().workspaces;
    let workspaces = (1..=wm.workspace_count())
        .map(|number| ipc::Workspace {
            number,
            name: usize::try_from(number - 1)
                .ok()
                .and_then(|index| names.get(index).cloned())
                .unwrap_or_else(|| number.to_string()),
        })
        .collect();
    ipc::State {
        windows: wm.windows().iter().map(|report| window(wm, report)).collect(),
        workspaces,
        workspace: wm.current_workspace().saturating_add(1),
        monitors: wm
            .monitors()
            .iter()
            .map(|monitor| ipc::Monitor {
                name: monitor.name.clone(),
                rect: rect(monitor.rect),
                work_area: rect(wm.work_area(&monitor.rect)),
                primary: monitor.primary,
                scale_percent: monitor.scale_percent,
            })
            .collect(),
        showing_desktop: wm.is_showing_desktop(),
        backend: backend.to_owned(),
    }
}

fn workspace(wm: &Wm, named: &ipc::WorkspaceRef) -> Option<WorkspaceTarget> {
    let number = match named {
        ipc::WorkspaceRef::Number(number) => *number,
        ipc::WorkspaceRef::Name(name) => {
            let names = &wm.settings().workspaces;
            if let Some(index) = names.iter().position(|n| n == name) {
                u32::try_from(index).ok()?.saturating_add(1)
            } else {
                return match name.as_str() {
                    "next" => Some(WorkspaceTarget::Next),
                    "previous" => Some(WorkspaceTarget::Previous),
                    "last" => Some(WorkspaceTarget::Last),
                    "left" => Some(WorkspaceTarget::Toward(Direction::Left)),
                    "right" => Some(WorkspaceTarget::Toward(Direction::Right)),
                    "up" => Some(WorkspaceTarget::Toward(Direction::Up)),
                    "down" => Some(WorkspaceTarget::Toward(Direction::Down)),
                    _ => None,
                };
            }
        }
    };
    (1..=wm.workspace_count()).contains(&number).then_some(WorkspaceTarget::Number(number))
}

/// Decides on a request.
#[must_use]
pub fn answer(wm: &Wm, backend: &str, time: Timestamp, request: ipc::Request) -> Answer {
    use ipc::Request as R;
    let error = |text: &str| Answer::Say(ipc::Reply::error(text));
    // The window that is meant: it must exist.
    let meant = |window: Option<u32>| match window {
        Some(xid) => Some(Xid(xid)).filter(|xid| wm.manages(*xid)),
        None => wm.active(),
    };
    let about = |window: Option<u32>, action: Action| match meant(window) {
        Some(xid) => Answer::Do(Event::Action { action, window: Some(xid), time }),
        None => error("no such window"),
    };
    let place = |window: Option<u32>, change: &dyn Fn(Rect<Root>) -> Rect<Root>| {
        let Some((xid, known)) = meant(window).and_then(|xid| Some((xid, wm.window(xid)?))) else {
            return error("no such window");
        };
        Answer::Do(Event::Place { window: xid, rect: change(wm.frame_rect(known)) })
    };
    match request {
        R::Version => Answer::Say(ipc::Reply::Version(ipc::Version {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: ipc::PROTOCOL,
            backend: backend.to_owned(),
            pid: std::process::id(),
        })),
        R::List => Answer::Say(ipc::Reply::State(state(wm, backend))),
        R::Focus { window } => about(Some(window), Action::Activate),
        R::Close { window } => about(window, Action::Close),
        R::Move { window, x, y } => place(window, &|r| Rect::new(x, y, r.w, r.h)),
        R::Resize { window, width, height } => {
            place(window, &|r| Rect::new(r.x, r.y, width, height))
        }
        R::Workspace { workspace: named } => match workspace(wm, &named) {
            Some(target) => {
                let action = Action::Workspace(target);
                Answer::Do(Event::Action { action, window: None, time })
            }
            None => error("no such workspace"),
        },
        R::MoveToWorkspace { window, workspace: named, follow } => match workspace(wm, &named) {
            Some(target) if follow => about(window, Action::MoveToWorkspaceAndFollow(target)),
            Some(target) => about(window, Action::MoveToWorkspace(target)),
            None => error("no such workspace"),
        },
        R::Action { action, window } => match parse_action(&action) {
            Ok(action) => match window {
                Some(_) => about(window, action),
                None => Answer::Do(Event::Action { action, window: None, time }),
            },
            Err(problem) => error(&problem.to_string()),
        },
        R::Reload => Answer::Reload,
        R::Check { path } => Answer::Check(path),
        R::ExplainBypass => Answer::Say(ipc::Reply::Bypass { monitors: bypass(wm) }),
        R::Stats => Answer::Stats,
        R::Screenshot { path } => Answer::Screenshot(path),
        R::Subscribe => Answer::Subscribe,
        R::Quit => Answer::Do(Event::Quit),
    }
}

fn bypass(wm: &Wm) -> Vec<ipc::BypassReport> {
    wm.explain_bypass()
        .into_iter()
        .map(|explanation| ipc::BypassReport {
            monitor: explanation.monitor,
            window: explanation.window.map(|xid| xid.0),
            bypassed: explanation.bypassed,
            conditions: explanation
                .conditions
                .into_iter()
                .map(|condition| ipc::Condition {
                    condition: condition.name,
                    holds: condition.holds,
                    value: condition.detail,
                })
                .collect(),
            note: explanation.note,
        })
        .collect()
}
