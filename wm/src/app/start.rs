//! From options to a running window manager.
//!
//! Owns the order of beginning: display, selections, signals, server, model.
//! Must not know what happens once the loop runs.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Instant;

use anyhow::Context as _;
use calloop::signals::Signals;
use trapeze_backend::{Choice, Connection};
use trapeze_config::BackendChoice;
use trapeze_decor::Painter;
use wm_core::Wm;
use x11rb::connection::Connection as _;

use super::services::Services;
use super::{App, Ending, Options, SIGNALS};
use crate::notice::Board;
use crate::switcher::Switcher;
use crate::x11::{Display, Server, selection};

/// The renderer that a configuration asks for; `None` does not composite.
const fn choice(backend: BackendChoice) -> Option<Choice> {
    match backend {
        BackendChoice::Auto => Some(Choice::Auto),
        BackendChoice::Glx => Some(Choice::Glx),
        BackendChoice::Xrender => Some(Choice::XRender),
        BackendChoice::Record => Some(Choice::Record),
        BackendChoice::None => None,
    }
}

/// Describes a display's server for a bug report, a line per fact.
///
/// # Errors
///
/// If the display cannot be opened.
pub fn describe_server(name: Option<&str>) -> anyhow::Result<Vec<String>> {
    let connection = Connection::open_for(name, Choice::XRender)?;
    let display = Display::new(Rc::new(connection))?;
    let setup = display.setup();
    let screen = crate::x11::monitors::read(&display, None)?;
    let mut lines = vec![
        format!("X server: {} {}", String::from_utf8_lossy(&setup.vendor), setup.release_number),
        format!(
            "screen {}: {} x {}, depth {}",
            display.screen, screen.size.w, screen.size.h, display.root_depth
        ),
        format!("extensions: {:?}", display.extensions),
    ];
    lines.extend(screen.monitors.iter().map(|monitor| format!("monitor: {monitor:?}")));
    Ok(lines)
}

/// Runs the window manager until it is told to end.
///
/// # Errors
///
/// If the display cannot be opened or managed, or the connection breaks.
pub fn run(options: Options) -> anyhow::Result<Ending> {
    let choice = choice(options.backend.unwrap_or(options.config.compositing.backend));
    let gl = choice.unwrap_or(Choice::Record);
    let connection = Connection::open_for(options.display.as_deref(), gl)
        .context("cannot open the display; is DISPLAY set, and a server running?")?;
    let display = Rc::new(Display::new(Rc::new(connection))?);
    let mut selections = selection::acquire(&display, options.replace)?;
    let compositing = choice.is_some()
        && display.extensions.composite
        && selection::acquire_compositor(&display, &mut selections, options.replace)?;
    if choice.is_some() && !display.extensions.composite {
        tracing::warn!("no Composite, Damage or XFixes here; not compositing");
    }
    // From here on windows are touched: an early end, too, hands them back.
    let signals = Signals::new(&SIGNALS).context("cannot watch signals")?;
    let server = Server::new(Rc::clone(&display), selections)?;
    let settings = options.config.settings_at(server.screen.chosen_scale);
    let name = match &options.display {
        Some(name) => name.clone(),
        None => std::env::var("DISPLAY").unwrap_or_default(),
    };
    let services = Services::start(&options, &name)?;
    let mut app = App {
        painter: Painter::new(&settings.theme),
        wm: Wm::new(settings),
        server,
        compositor: None,
        menu: None,
        switcher: Switcher::default(),
        board: Board::default(),
        services,
        config: options.config,
        choice,
        started: Instant::now(),
        dirty: true,
        unsettled: true,
        readable: true,
        spoke: true,
        early: VecDeque::new(),
        turns: 0,
        ending: None,
        quitting: false,
    };
    app.start(compositing)?;
    app.tell_toolkits()?;
    if options.notice.is_some() {
        app.notify(options.notice)?;
    }
    if !options.no_autostart {
        app.services.session.autostart(&app.config.autostart);
    }
    if let Some(program) = options.program {
        app.spawn(&program);
    }
    app.serve(signals)
}
