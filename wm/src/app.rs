//! The application: model, server, painter and compositor, and the order in
//! which they take their turns.
//!
//! Owns the loop. Must not know any protocol or policy.
//!
//! A turn: X events are drained, translated and handled; what follows from
//! them is settled and carried out; a frame is painted if one is due; then
//! the requests are flushed. Events that arrived while waiting for a reply
//! are in memory, not in the socket, so turns go on until there are none;
//! only then does the process sleep, until something happens or a deadline
//! is reached. With nothing to do there is no deadline.

mod leave;
mod services;
mod start;
mod toolkits;

use std::collections::VecDeque;
use std::os::fd::AsFd as _;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use calloop::EventLoop;
use calloop::signals::{Signal, Signals};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use trapeze_backend::{Choice, Connection};
use trapeze_config::{BackendChoice, Config};
use trapeze_decor::{Notice, Painter};
use wm_core::event::{Event, Message, Monitor};
use wm_core::request::Request;
use wm_core::{Time, Wm, Xid};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::xproto::ConnectionExt as _;

use self::services::Services;
pub use self::start::{describe_server, run};
use crate::compositor::{Compositor, Outcome};
use crate::menus::{Ended, OpenMenu};
use crate::notice::Board;
use crate::switcher::Switcher;
use crate::x11::batch::{Batch, Chore};
use crate::x11::composite::Composite;
use crate::x11::errors::optional;
use crate::x11::keys::Binding;
use crate::x11::{Result, Server, inherit, query, selection};

/// So many X events make a batch: painting goes on in between.
const BATCH: usize = 2048;
/// So often is settled for what carrying out requests brought up.
const ROUNDS: usize = 8;

/// Signals that the loop handles.
const SIGNALS: [Signal; 4] = [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGCHLD];

/// How to run.
#[derive(Debug, Default)]
pub struct Options {
    /// The display, `$DISPLAY` by default.
    pub display: Option<String>,
    /// Take over from a running window manager.
    pub replace: bool,
    /// The configuration.
    pub config: Config,
    /// The file that it came from, if one was named.
    pub config_file: Option<PathBuf>,
    /// A backend that wins over the configuration's.
    pub backend: Option<BackendChoice>,
    /// Where every event is recorded.
    pub record: Option<PathBuf>,
    /// Do not start the configuration's programs.
    pub no_autostart: bool,
    /// A program to start.
    pub program: Option<String>,
    /// What the person has to be told as soon as there is a screen.
    pub notice: Option<Notice>,
}

impl From<crate::cli::Options> for Options {
    fn from(given: crate::cli::Options) -> Self {
        let (config, notice) = services::initial_config(given.config.as_deref());
        Self {
            program: given.program_command(),
            display: given.display,
            replace: given.replace,
            config,
            notice,
            config_file: given.config,
            backend: given.backend.map(BackendChoice::from),
            record: given.record,
            no_autostart: given.no_autostart,
        }
    }
}

/// Why the loop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Asked to, or replaced.
    Quit,
    /// To be started anew in place.
    Restart,
}

/// Sleeps until the connection or one of the loop's sources has something to
/// say (which of the two), or time is up. The connection is none of those
/// sources: that would be several system calls more for each of its events.
fn wait(
    connection: &Connection,
    sources: &EventLoop<'_, App>,
    timeout: Option<Duration>,
) -> std::io::Result<(bool, bool)> {
    let timeout = timeout.map(|timeout| Timespec {
        tv_sec: i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(timeout.subsec_nanos()),
    });
    let mut both = [
        PollFd::from_borrowed_fd(connection.as_fd(), PollFlags::IN),
        PollFd::from_borrowed_fd(sources.as_fd(), PollFlags::IN),
    ];
    match poll(&mut both, timeout.as_ref()) {
        Ok(_) => Ok((!both[0].revents().is_empty(), !both[1].revents().is_empty())),
        Err(rustix::io::Errno::INTR) => Ok((true, true)),
        Err(error) => Err(error.into()),
    }
}

/// The window manager at work.
pub struct App {
    wm: Wm,
    server: Server,
    painter: Painter,
    compositor: Option<Compositor>,
    menu: Option<OpenMenu>,
    switcher: Switcher,
    board: Board,
    services: Services,
    config: Config,
    choice: Option<Choice>,
    started: Instant,
    /// The model may want another scene.
    dirty: bool,
    /// The model has heard something that requests may follow from.
    unsettled: bool,
    /// There may be events in the socket or in memory.
    readable: bool,
    /// Requests may have been sent in this turn.
    spoke: bool,
    /// X events that were drained but not handled yet.
    early: VecDeque<(XEvent, u64)>,
    /// How often the loop went round.
    turns: u64,
    ending: Option<Ending>,
    quitting: bool,
}

impl App {
    fn now(&self) -> Time {
        // Time 0 is "never" nowhere, but a start above it keeps differences
        // to "long ago" honest.
        let micros = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        Time(micros.saturating_add(1_000_000))
    }

    /// Tells the model what is there.
    fn start(&mut self, compositing: bool) -> anyhow::Result<()> {
        let now = self.now();
        self.bind_keys()?;
        self.server.drag_modifiers = self.config.settings().drag_modifiers.0;
        self.handle(self.server.screen_event(), now);
        let layout = query::desktop_layout(&self.server.display)?;
        self.handle(Event::Desktops { layout, names: Vec::new() }, now);
        // The workspace that was shown stays the one that is shown.
        if let Some(desktop) = inherit::current_desktop(&self.server.display)? {
            let time = self.server.time;
            self.handle(Event::Message(Message::CurrentDesktop { desktop, time }), now);
        }
        if compositing {
            self.begin_compositing(now)?;
        }
        if !self.wm_composites() {
            self.handle(Event::Compositing(false), now);
        }
        let background = self.config.background.clone();
        self.paint_background(&background)?;
        let mut batch = Batch::default();
        self.server.adopt(&mut batch)?;
        let focused = inherit::focused_path(&self.server.display)?;
        for fact in self.server.resolve(&mut batch)? {
            self.handle(fact, now);
        }
        // Whoever has the keyboard keeps it; it may be a child of a client.
        if let Some(window) = focused.into_iter().map(Xid).find(|xid| self.wm.manages(*xid)) {
            let (action, time) = (wm_core::Action::Activate, self.server.time);
            self.handle(Event::Action { action, window: Some(window), time }, now);
        }
        Ok(())
    }

    const fn wm_composites(&self) -> bool {
        self.compositor.is_some()
    }

    fn begin_compositing(&mut self, now: Time) -> anyhow::Result<()> {
        let Some(choice) = self.choice else { return Ok(()) };
        if self.compositor.is_some() {
            return Ok(());
        }
        let composite = match Composite::new(&self.server.display) {
            Ok(composite) => composite,
            Err(error) => {
                tracing::warn!(%error, "cannot redirect windows; not compositing");
                return Ok(());
            }
        };
        self.server.windows.add_own(composite.overlay);
        self.server.composite = Some(composite);
        match Compositor::new(&self.server, choice) {
            Ok(compositor) => self.compositor = Some(compositor),
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "no backend works; not compositing");
                if let Some(composite) = self.server.composite.take() {
                    composite.end(&self.server.display)?;
                }
                return Ok(());
            }
        }
        self.server.background.rebind();
        self.server.composite_managed()?;
        self.server.composite_unmanaged()?;
        self.handle(Event::Compositing(true), now);
        self.dirty = true;
        Ok(())
    }

    fn end_compositing(&mut self, now: Time) -> Result<()> {
        // The root window's own background, if a bypass has lent it a picture.
        self.server.thaw()?;
        // The backend lets its pixmaps go before they are freed.
        self.compositor = None;
        if let Some(composite) = self.server.composite.take() {
            self.server.windows.remove_own(composite.overlay);
            composite.end(&self.server.display)?;
        }
        selection::release_compositor(&self.server.display, &mut self.server.selections)?;
        self.handle(Event::Compositing(false), now);
        self.dirty = true;
        // Nothing was exposed while windows were redirected.
        let clients: Vec<Xid> = self.server.windows.managed().map(|m| m.id.xid).collect();
        for client in clients {
            self.server.paint_frame(client, &mut self.painter)?;
        }
        Ok(())
    }

    fn bind_keys(&mut self) -> Result<()> {
        let bindings = self
            .config
            .bindings
            .iter()
            .map(|binding| Binding {
                keysym: binding.chord.keysym,
                modifiers: binding.chord.modifiers,
                action: binding.action.clone(),
            })
            .collect();
        self.server.keys.bind(&self.server.display, bindings)
    }

    /// The loop.
    fn serve(mut self, signals: Signals) -> anyhow::Result<Ending> {
        let mut event_loop: EventLoop<'_, Self> =
            EventLoop::try_new().context("cannot set up the event loop")?;
        let handle = event_loop.handle();
        handle
            .insert_source(signals, |signal, (), app: &mut Self| {
                if signal.signal() == Signal::SIGCHLD {
                    app.reap();
                } else {
                    tracing::info!(signal = ?signal.signal(), "asked to end");
                    app.quit();
                }
            })
            .map_err(|error| anyhow::anyhow!("cannot watch signals: {error}"))?;
        self.services.attach(&handle)?;
        tracing::info!(
            backend = self.compositor.as_ref().map_or("none", Compositor::name),
            "managing screen {}",
            self.server.display.screen
        );
        let connection = Rc::clone(&self.server.display.connection);
        loop {
            self.turn().context("the session ends")?;
            if let Some(ending) = self.ending {
                self.leave()?;
                return Ok(ending);
            }
            if self.spoke {
                // Before the last look for events: while it writes, XCB reads
                // too, and what it has read does not wake the process any more.
                self.server.display.flush().context("the session ends")?;
                self.drain()?;
            }
            if self.readable || !self.early.is_empty() {
                continue;
            }
            if self.dirty && self.compositor.is_none() {
                // Given up in this very turn: the model has to settle for it.
                continue;
            }
            let timeout = self.timeout();
            if timeout == Some(Duration::ZERO) {
                continue;
            }
            let others = wait(&connection, &event_loop, timeout).context("cannot wait")?;
            self.readable = others.0;
            if others.1 {
                event_loop.dispatch(Some(Duration::ZERO), &mut self).or_else(
                    |error| match error {
                        calloop::Error::IoError(error)
                            if error.kind() == std::io::ErrorKind::Interrupted =>
                        {
                            Ok(())
                        }
                        error => Err(error).context("the event loop failed"),
                    },
                )?;
                // They may have asked the server, and so taken in events.
                self.readable = true;
                self.unsettled = true;
            }
        }
    }

    /// Takes events out of memory and socket.
    fn drain(&mut self) -> Result<()> {
        self.early.extend(self.server.selections.missed.drain(..));
        while self.early.len() < BATCH {
            match self.server.display.poll_for_event_with_sequence()? {
                Some(event) => self.early.push_back(event),
                None if self.is_half_told() => {
                    // What the server has said by then is in memory.
                    let answer = self.server.display.get_input_focus()?;
                    optional(answer.reply())?;
                    match self.server.display.poll_for_event_with_sequence()? {
                        Some(event) => self.early.push_back(event),
                        None => return Ok(()),
                    }
                }
                None => return Ok(()),
            }
        }
        // There may be more, in memory, where waiting does not see it.
        self.readable = true;
        Ok(())
    }

    /// Whether the last event may be the first half of something: a client's
    /// unmapping says that it withdrew, unless it was reparented, which the
    /// next event tells.
    fn is_half_told(&self) -> bool {
        self.early.back().is_some_and(|(event, _)| {
            let own = |window| self.server.windows.by_client(Xid(window)).is_some();
            matches!(event, XEvent::UnmapNotify(unmap) if own(unmap.window))
        })
    }

    /// How long to sleep; `None` until something happens.
    fn timeout(&self) -> Option<Duration> {
        if self.dirty {
            // Painting failed for good: the model has yet to answer.
            return Some(Duration::ZERO);
        }
        let now = self.now();
        let due = [
            self.wm.deadline(),
            self.compositor.as_ref().and_then(|compositor| compositor.due(now)),
            self.menu.as_ref().and_then(OpenMenu::deadline),
        ];
        due.into_iter().flatten().min().map(|at| Duration::from_micros(at.since(now)))
    }

    /// Begins to end: the model hands everything back.
    pub fn quit(&mut self) {
        if !std::mem::replace(&mut self.quitting, true) {
            let now = self.now();
            self.handle(Event::Quit, now);
            self.dirty = true;
        }
    }

    fn turn(&mut self) -> Result<()> {
        let now = self.now();
        self.turns += 1;
        self.spoke = false;
        if std::mem::take(&mut self.readable) {
            self.drain()?;
        }
        let mut batch = Batch::default();
        while let Some((event, sequence)) = self.early.pop_front() {
            if batch.must_wait(&event) {
                self.early.push_front((event, sequence));
                break;
            }
            tracing::trace!(?event, sequence);
            self.server.take(&mut batch, &event, sequence)?;
        }
        for fact in self.server.resolve(&mut batch)? {
            self.dirty |= !matches!(fact, Event::Damaged { .. });
            self.handle(fact, now);
        }
        for chore in batch.chores {
            self.spoke |= !matches!(chore, Chore::Damage(_) | Chore::Awaited);
            self.chore(chore, now)?;
        }
        self.spoke |= self.menu.is_some();
        if let Some(menu) = &mut self.menu
            && let Some(ended) = menu.tick(&mut self.server, now)?
        {
            self.menu_ended(ended, now)?;
        }
        if self.menu.as_ref().and_then(OpenMenu::window).is_some_and(|x| !self.wm.manages(x)) {
            // What it is about has gone.
            self.menu_ended(Ended::Closed, now)?;
        }
        if self.wm.deadline().is_some_and(|at| at <= now) {
            self.handle(Event::Tick, now);
            self.dirty = true;
        }
        // What clients draw is none of the model's business.
        let settles = std::mem::take(&mut self.unsettled) || !self.server.facts.is_empty();
        self.spoke |= settles;
        for _ in 0..if settles { ROUNDS } else { 0 } {
            self.services.flush();
            for request in self.wm.settle(now) {
                tracing::trace!(?request);
                self.dirty = true;
                self.carry_out(request, now)?;
            }
            if self.server.facts.is_empty() {
                break;
            }
            while let Some(fact) = self.server.facts.pop_front() {
                self.handle(fact, now);
            }
        }
        if self.server.thaw()?
            && let Some(compositor) = &mut self.compositor
        {
            compositor.repaint();
        }
        self.server.end_crossings()?;
        self.publish();
        self.paint(now)
    }

    fn handle(&mut self, fact: Event, now: Time) {
        tracing::trace!(?fact);
        self.unsettled |= !matches!(fact, Event::Damaged { .. });
        self.services.record(now, &fact);
        self.wm.handle(fact, now);
    }

    fn paint(&mut self, now: Time) -> Result<()> {
        let Some(compositor) = &mut self.compositor else {
            self.dirty = false;
            self.spoke |= self.server.pace.is_awaited();
            return self.server.answer_paced();
        };
        let mut scene = None;
        if std::mem::take(&mut self.dirty) {
            let wanted = self.wm.scene(now);
            compositor.consider(&wanted);
            scene = Some(wanted);
        }
        if compositor.due(now).is_none_or(|due| due > now) {
            return Ok(());
        }
        let scene = (!compositor.repeats(&self.server))
            .then(|| scene.unwrap_or_else(|| self.wm.scene(now)));
        self.spoke = true;
        match compositor.paint(&mut self.server, scene, now)? {
            Outcome::Fine => self.server.answer_paced(),
            Outcome::Rebuilt => {
                self.switcher.rebind(compositor);
                Ok(())
            }
            Outcome::GivenUp => {
                tracing::warn!("no backend is left: windows are shown as they are");
                self.end_compositing(now)
            }
        }
    }

    fn chore(&mut self, chore: Chore, now: Time) -> Result<()> {
        match chore {
            Chore::RepaintFrame(client) => {
                self.server.paint_frame(client, &mut self.painter)?;
            }
            Chore::Exposed(window) => {
                let display = Rc::clone(&self.server.display);
                if let Some(menu) = &self.menu {
                    menu.exposed(&display, window)?;
                }
                self.switcher.exposed(&self.server, window)?;
                self.board.exposed(&display, window)?;
                let overlay = self.server.composite.as_ref().map(|c| c.overlay);
                if overlay == Some(window)
                    && let Some(compositor) = &mut self.compositor
                {
                    compositor.repaint();
                }
            }
            Chore::Pressed(window) => self.board.pressed(&self.server.display, window)?,
            Chore::RepaintAll => {
                if let Some(compositor) = &mut self.compositor {
                    compositor.repaint();
                }
            }
            Chore::MenuInput(input) => {
                if let Some(menu) = &mut self.menu
                    && let Some(ended) = menu.input(&self.server, &mut self.painter, input)?
                {
                    self.menu_ended(ended, now)?;
                }
            }
            Chore::Keyboard => {
                self.server.keys.read(&self.server.display)?;
                self.server.keys.grab(&self.server.display)?;
                let modifiers = self.config.settings().drag_modifiers;
                self.server.regrab_clicks(modifiers)?;
            }
            Chore::Background => self.background_announced()?,
            Chore::Resources => {
                let event = self.server.read_resources()?;
                self.handle(event, now);
                self.use_settings(now);
                self.tell_toolkits()?;
                self.redraw_notice()?;
                self.dirty = true;
            }
            Chore::Screen => self.screen_changed(now)?,
            Chore::Replaced => {
                tracing::info!("another window manager takes over");
                self.quit();
            }
            Chore::CompositorReplaced => {
                // The server also tells of our own letting go, perhaps after
                // we have taken it again.
                let selections = &self.server.selections;
                let owner = match selections.compositor {
                    Some(atom) => {
                        let owner = self.server.display.get_selection_owner(atom)?;
                        optional(owner.reply())?.map(|reply| reply.owner)
                    }
                    None => None,
                };
                if owner == Some(selections.window) {
                    return Ok(());
                }
                tracing::info!("another compositor takes over");
                self.server.selections.compositor = None;
                self.end_compositing(now)?;
            }
            Chore::SettingsReplaced => self.toolkits_are_told_by_another()?,
            Chore::Awaited => {
                if let Some(compositor) =
                    self.compositor.as_mut().filter(|_| self.server.pace.is_awaited())
                {
                    compositor.tick();
                }
            }
            Chore::Damage(window) => {
                if let Some(compositor) = &mut self.compositor {
                    compositor.damaged(&self.server, window);
                }
            }
        }
        Ok(())
    }

    fn screen_changed(&mut self, now: Time) -> Result<()> {
        let before = self.server.screen.clone();
        let event = self.server.read_screen()?;
        if before == self.server.screen {
            return Ok(());
        }
        self.handle(event, now);
        self.dirty = true;
        let places = |monitors: &[Monitor]| monitors.iter().map(|m| m.rect).collect::<Vec<_>>();
        let moved = places(&before.monitors) != places(&self.server.screen.monitors);
        if !self.server.background.is_own() {
            self.background_announced()?;
        } else if moved || before.size != self.server.screen.size {
            let background = self.config.background.clone();
            self.paint_background(&background)?;
        }
        if let Some(compositor) = &mut self.compositor {
            compositor.resize(&self.server);
        }
        self.redraw_notice()
    }

    fn menu_ended(&mut self, ended: Ended, now: Time) -> Result<()> {
        if let Some(menu) = self.menu.take() {
            menu.close(&mut self.server)?;
        }
        self.handle(Event::MenuClosed, now);
        if let Ended::Chosen(action, window) = ended {
            let time = self.server.time;
            self.handle(Event::Action { action, window, time }, now);
        }
        self.dirty = true;
        Ok(())
    }

    fn carry_out(&mut self, request: Request, now: Time) -> Result<()> {
        match request {
            Request::PaintFrame { id, look } => {
                self.server.set_frame_look(id, look, &mut self.painter)
            }
            Request::OpenMenu(menu) => {
                if let Some(old) = self.menu.take() {
                    old.close(&mut self.server)?;
                }
                self.menu = Some(OpenMenu::open(&mut self.server, &mut self.painter, *menu, now)?);
                Ok(())
            }
            Request::CloseMenu => match self.menu.take() {
                Some(menu) => menu.close(&mut self.server),
                None => Ok(()),
            },
            Request::PaintSwitcher(look) => self.switcher.set(
                &self.server,
                &mut self.painter,
                self.compositor.as_mut(),
                look.as_deref(),
            ),
            Request::Spawn(command) => {
                self.spawn(&command);
                Ok(())
            }
            Request::ReloadConfig => {
                self.reload();
                Ok(())
            }
            Request::ToggleCompositing => self.toggle_compositing(now),
            Request::Restart => {
                self.ending = Some(Ending::Restart);
                Ok(())
            }
            Request::Exit => {
                self.ending.get_or_insert(Ending::Quit);
                Ok(())
            }
            request => self.server.apply(request),
        }
    }

    fn toggle_compositing(&mut self, now: Time) -> Result<()> {
        if self.compositor.is_some() {
            return self.end_compositing(now);
        }
        let display = Rc::clone(&self.server.display);
        if self.choice.is_none() || !display.extensions.composite {
            tracing::info!("compositing is off by choice, or not possible here");
            return Ok(());
        }
        let selections = &mut self.server.selections;
        // The selection is not given at a time before its last owner's.
        selections.time = self.server.time.0;
        let begun = selection::acquire_compositor(&display, selections, false)
            .and_then(|ours| if ours { self.begin_compositing(now) } else { Ok(()) });
        if let Err(error) = begun {
            tracing::warn!(error = format!("{error:#}"), "cannot begin to composite");
        }
        Ok(())
    }
}
