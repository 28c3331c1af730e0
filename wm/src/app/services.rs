//! What the application does for the person and for programs beside managing
//! windows: configuration, programs of the session, the JSON socket, the
//! recording.
//!
//! Owns the wiring of these services to the loop. Must not know their
//! insides.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use calloop::generic::Generic;
use calloop::{Interest, LoopHandle, Mode, PostAction};
use trapeze_config::{Config, Directories};
use trapeze_decor::Notice;
use trapeze_ipc as messages;
use wm_core::Time;
use wm_core::event::{Event, Monitor};
use wm_core::geom::{Rect, Root, Source};
use wm_core::look::Background;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, ImageFormat, SubwindowMode};

use super::{App, Options};
use crate::compositor::Compositor;
use crate::control::{self, Answer};
use crate::ipc::{IpcRequest, IpcServer};
use crate::notice::{self, Reading};
use crate::recording::Recorder;
use crate::session::Session;
use crate::watch::Watcher;

/// A shell's exit status where there is no such program.
const NOT_FOUND: i32 = 127;

/// The services.
#[derive(Debug, Default)]
pub(super) struct Services {
    pub session: Session,
    ipc: Option<IpcServer>,
    watcher: Option<Watcher>,
    recorder: Option<Recorder>,
    /// The configuration file that was asked for by name.
    file: Option<PathBuf>,
    /// Something that subscribers are told of may have changed.
    news: bool,
}

/// The configuration, from `file` or where one is looked for.
///
/// # Errors
///
/// What is wrong with it.
fn load(file: Option<&Path>) -> Result<(Config, Option<PathBuf>), trapeze_config::LoadError> {
    match file {
        Some(file) => Ok((Config::load(file)?, Some(file.to_owned()))),
        None => Config::load_or_default(&Directories::from_environment()),
    }
}

/// The configuration to start with: a wrong one is told about and replaced
/// by the defaults, because a session without a window manager helps nobody.
#[must_use]
pub(super) fn initial_config(file: Option<&Path>) -> (Config, Option<Notice>) {
    match load(file) {
        Ok((config, file)) => {
            tracing::info!(file = ?file, "configuration read");
            (config, None)
        }
        Err(error) => {
            tracing::warn!("{error}");
            tracing::warn!("using the default configuration");
            (Config::default(), Some(notice::of_config(&error, Reading::First)))
        }
    }
}

impl Services {
    /// Starts what can be started; what cannot is logged and left out.
    pub(super) fn start(options: &Options, display: &str) -> anyhow::Result<Self> {
        let mut services = Self { file: options.config_file.clone(), ..Self::default() };
        services.session = Session::new();
        services.session.set("DISPLAY", display);
        services.session.set_environment(&options.config.environment);
        if let Some(path) = &options.record {
            let recorder = Recorder::create(path)
                .with_context(|| format!("cannot record to {}", path.display()))?;
            services.recorder = Some(recorder);
        }
        let directory = std::env::var_os("XDG_RUNTIME_DIR").filter(|d| !d.is_empty());
        match directory {
            Some(directory) => {
                let path = messages::client::socket_path(Path::new(&directory), display);
                match IpcServer::new(&path) {
                    Ok(server) => {
                        services.session.set(messages::client::SOCKET_VARIABLE, server.path());
                        services.ipc = Some(server);
                    }
                    Err(error) => {
                        tracing::warn!(%error, path = %path.display(), "no socket for messages");
                    }
                }
            }
            None => tracing::info!("XDG_RUNTIME_DIR is not set: no socket for messages"),
        }
        let candidates = match &services.file {
            Some(file) => vec![file.clone()],
            None => Directories::from_environment().candidates(),
        };
        match Watcher::new(candidates) {
            Ok(watcher) => services.watcher = Some(watcher),
            Err(error) => tracing::warn!(%error, "changes of the configuration go unnoticed"),
        }
        Ok(services)
    }

    /// Has the loop watch the services' descriptors.
    pub(super) fn attach(&self, handle: &LoopHandle<'_, App>) -> anyhow::Result<()> {
        if let Some(ipc) = &self.ipc {
            attach(handle, ipc.source()?, App::serve_messages)?;
        }
        if let Some(watcher) = &self.watcher {
            attach(handle, watcher.source()?, App::config_changed)?;
        }
        Ok(())
    }

    /// Notes an event that the model is given.
    pub(super) fn record(&mut self, now: Time, event: &Event) {
        if let Some(recorder) = &mut self.recorder {
            recorder.record(now, event);
        }
        self.news |= !matches!(event, Event::Damaged { .. } | Event::Motion { .. });
    }

    /// Makes the recording safe, before requests are carried out.
    pub(super) fn flush(&mut self) {
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.flush()
        {
            tracing::warn!(%error, "the recording ends here");
            self.recorder = None;
        }
    }
}

fn attach(
    handle: &LoopHandle<'_, App>,
    source: OwnedFd,
    serve: fn(&mut App),
) -> anyhow::Result<()> {
    let source = Generic::new(source, Interest::READ, Mode::Level);
    handle
        .insert_source(source, move |_, _, app: &mut App| {
            serve(app);
            Ok(PostAction::Continue)
        })
        .map_err(|error| anyhow::anyhow!("cannot watch a descriptor: {error}"))?;
    Ok(())
}

impl App {
    fn backend_name(&self) -> &'static str {
        self.compositor.as_ref().map_or("none", Compositor::name)
    }

    /// Answers what came through the socket.
    fn serve_messages(&mut self) {
        let requests = self.services.ipc.as_mut().map(IpcServer::dispatch).unwrap_or_default();
        for IpcRequest { from, request } in requests {
            tracing::debug!(?request, "a message");
            let answer = control::answer(&self.wm, self.backend_name(), self.server.time, request);
            let reply = match answer {
                Answer::Say(reply) => reply,
                Answer::Do(Event::Quit) => {
                    self.quit();
                    messages::Reply::Ok
                }
                Answer::Do(event) => {
                    let now = self.now();
                    self.handle(event, now);
                    self.dirty = true;
                    messages::Reply::Ok
                }
                Answer::Reload => messages::Reply::Check(self.reload()),
                Answer::Check(path) => {
                    let file = path.map(PathBuf::from).or_else(|| self.services.file.clone());
                    messages::Reply::Check(check(&load(file.as_deref()), file.as_deref()))
                }
                Answer::Stats => messages::Reply::Stats(self.stats()),
                Answer::Screenshot(path) => match self.screenshot(Path::new(&path)) {
                    Ok(()) => messages::Reply::Screenshot { path },
                    Err(error) => messages::Reply::error(format!("{error:#}")),
                },
                Answer::Subscribe => {
                    let state = control::state(&self.wm, self.backend_name());
                    if let Some(ipc) = &mut self.services.ipc {
                        ipc.subscribe(from, state);
                    }
                    continue;
                }
            };
            if let Some(ipc) = &mut self.services.ipc {
                ipc.reply(from, &reply);
            }
        }
    }

    /// Tells subscribers what changed in this turn.
    pub(super) fn publish(&mut self) {
        if !std::mem::take(&mut self.services.news) {
            return;
        }
        let backend = self.backend_name();
        if let Some(ipc) = self.services.ipc.as_mut().filter(|ipc| ipc.has_subscribers()) {
            ipc.publish(&control::state(&self.wm, backend));
        }
    }

    fn config_changed(&mut self) {
        if self.services.watcher.as_mut().is_some_and(Watcher::dispatch) {
            self.reload();
        }
    }

    /// Reads the configuration again; a wrong one changes nothing.
    pub(super) fn reload(&mut self) -> messages::Check {
        let file = self.services.file.clone();
        let loaded = load(file.as_deref());
        let report = check(&loaded, file.as_deref());
        let mut notice = None;
        match loaded {
            Ok((config, _)) => {
                if let Err(error) = self.use_config(config) {
                    // A broken connection: the next turn ends the session.
                    tracing::warn!(%error, "the configuration is used in part");
                }
                if let Some(ipc) = &mut self.services.ipc {
                    ipc.broadcast(&[messages::Change::ConfigReloaded]);
                }
                tracing::info!("configuration read again");
            }
            Err(error) => {
                tracing::warn!("the old configuration stays in force: {error}");
                if let Some(ipc) = &mut self.services.ipc {
                    let problems = report.problems.clone();
                    ipc.broadcast(&[messages::Change::ConfigFailed { problems }]);
                }
                notice = Some(notice::of_config(&error, Reading::Again));
            }
        }
        if let Err(error) = self.notify(notice) {
            tracing::warn!(%error, "a notice cannot be shown");
        }
        report
    }

    /// Tells the person something, or that all is well again.
    pub(super) fn notify(&mut self, notice: Option<Notice>) -> crate::x11::Result<()> {
        let (area, scale) = self.notice_area();
        self.board.set(&self.server, &mut self.painter, notice, area, scale)
    }

    /// Collects the programs that ended, and tells of those that are not there.
    pub(super) fn reap(&mut self) {
        let ended = self.services.session.reap();
        let missing = ended.into_iter().filter(|ended| ended.status.code() == Some(NOT_FOUND));
        for program in missing {
            let notice = notice::of_program(&program.command, self.board.notice());
            if let Some(notice) = notice
                && let Err(error) = self.notify(Some(notice))
            {
                tracing::warn!(%error, "a notice cannot be shown");
            }
        }
    }

    /// Screen or looks changed.
    pub(super) fn redraw_notice(&mut self) -> crate::x11::Result<()> {
        let (area, scale) = self.notice_area();
        self.board.draw(&self.server, &mut self.painter, area, scale)
    }

    /// What the primary monitor leaves free, and the scale of its pictures.
    fn notice_area(&self) -> (Rect<Root>, u16) {
        let monitors = self.wm.monitors();
        let monitor = monitors.iter().find(|m| m.primary).or(monitors.first());
        let screen = self.server.screen.size;
        let whole = Rect::new(0, 0, screen.w, screen.h);
        let area = monitor.map_or(whole, |monitor| self.wm.work_area(&monitor.rect));
        let theme = &self.config.settings_at(self.server.screen.chosen_scale).theme;
        (area, theme.scale_percent)
    }

    fn use_config(&mut self, config: Config) -> crate::x11::Result<()> {
        let now = self.now();
        let old = std::mem::replace(&mut self.config, config);
        let settings = self.config.settings().clone();
        self.services.session.set_environment(&self.config.environment);
        if old.bindings != self.config.bindings {
            self.bind_keys()?;
        }
        if old.settings().drag_modifiers != settings.drag_modifiers {
            self.server.regrab_clicks(settings.drag_modifiers)?;
        }
        self.use_settings(now);
        self.tell_toolkits()?;
        // The built-in background goes with the theme.
        if old.background != self.config.background
            || old.settings().theme != self.config.settings().theme
        {
            let background = self.config.background.clone();
            self.paint_background(&background)?;
        }
        Ok(())
    }

    pub(super) fn paint_background(&mut self, background: &Background) -> crate::x11::Result<()> {
        let size = self.server.screen.size;
        let place = |m: &Monitor| Rect::new(m.rect.x, m.rect.y, m.rect.w, m.rect.h);
        let monitors: Vec<Rect<Source>> = self.server.screen.monitors.iter().map(place).collect();
        let picture = match self.painter.desktop(background, size, &monitors) {
            Ok(picture) => picture,
            Err(error) => {
                tracing::warn!(%error, "the background cannot be shown");
                match self.painter.desktop(&Background::Default, size, &monitors) {
                    Ok(picture) => picture,
                    Err(_) => return Ok(()),
                }
            }
        };
        self.server.background.set(&self.server.display, &picture)?;
        if let Some(compositor) = &mut self.compositor {
            compositor.background_changed();
        }
        Ok(())
    }

    /// Another program may have set the background.
    pub(super) fn background_announced(&mut self) -> crate::x11::Result<()> {
        let screen = self.server.screen.size;
        if self.server.background.announced(&self.server.display, screen)?
            && let Some(compositor) = &mut self.compositor
        {
            compositor.background_changed();
        }
        Ok(())
    }

    /// Tells model and painter the settings, scaled as the display asks for.
    pub(super) fn use_settings(&mut self, now: Time) {
        let settings = self.config.settings_at(self.server.screen.chosen_scale);
        self.painter.set_theme(&settings.theme);
        self.handle(Event::Settings(Box::new(settings)), now);
        self.dirty = true;
    }

    /// Starts a program.
    pub(super) fn spawn(&mut self, command: &str) {
        if let Err(error) = self.services.session.spawn(command) {
            tracing::warn!(command, %error, "cannot be started");
        }
    }

    fn stats(&self) -> messages::Stats {
        let stats = self.compositor.as_ref().map(Compositor::stats).unwrap_or_default();
        let counters: BTreeMap<String, u64> = [
            ("frames", stats.frames),
            ("requests", stats.requests),
            ("replies", stats.replies),
            ("bytes-uploaded", stats.bytes_uploaded),
            ("bytes-fetched", stats.bytes_fetched),
            ("pixels-drawn", stats.pixels_drawn),
            ("pixels-presented", stats.pixels_presented),
            ("turns", self.turns),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        messages::Stats { counters }
    }

    /// Writes what the screen shows to a PNG file.
    fn screenshot(&self, path: &Path) -> anyhow::Result<()> {
        let display = &self.server.display;
        let size = self.server.screen.size;
        let (w, h) = (crate::x11::extent16(size.w), crate::x11::extent16(size.h));
        // From a copy: to answer a GetImage of a window, the server first draws
        // the windows that it redirects by itself, and the DamageNotify events
        // of that would be sent to us amid the reply's pixels.
        let (copy, gc) = (display.generate_id()?, display.generate_id()?);
        display.create_pixmap(display.root_depth, copy, display.root, w, h)?;
        let aux = CreateGCAux::new()
            .subwindow_mode(SubwindowMode::INCLUDE_INFERIORS)
            .graphics_exposures(0);
        display.create_gc(gc, display.root, &aux)?;
        display.copy_area(display.root, copy, gc, 0, 0, 0, 0, w, h)?;
        let image = display.get_image(ImageFormat::Z_PIXMAP, copy, 0, 0, w, h, u32::MAX)?;
        display.free_gc(gc)?;
        display.free_pixmap(copy)?;
        let image = image.reply()?;
        anyhow::ensure!(matches!(image.depth, 24 | 32), "a screen of depth {}", image.depth);
        let rgb: Vec<u8> = image.data.chunks_exact(4).flat_map(|p| [p[2], p[1], p[0]]).collect();
        let file = std::fs::File::create(path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), w.into(), h.into());
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&rgb)?;
        writer.finish()?;
        Ok(())
    }
}

fn check(
    loaded: &Result<(Config, Option<PathBuf>), trapeze_config::LoadError>,
    file: Option<&Path>,
) -> messages::Check {
    let name = |path: &Path| path.display().to_string();
    match loaded {
        Ok((_, found)) => {
            messages::Check { file: found.as_deref().map(name), problems: Vec::new() }
        }
        Err(error) => messages::Check { file: file.map(name), problems: vec![error.to_string()] },
    }
}
