//! Putting the scene on the screen: backend, damage tracker and frame clock
//! together, and what happens when a backend fails.
//!
//! Owns the order of a frame and the ladder of fallbacks: the same backend
//! anew, then the next one down, then none. Must not know windows.

use std::rc::Rc;

use trapeze_backend::{Backend, Choice, Error as BackendError, Stats};
use trapeze_decor::Picture;
use wm_core::clock::FrameClock;
use wm_core::damage::Tracker;
use wm_core::geom::{Rect, Size};
use wm_core::region::Region;
use wm_core::{ImageId, Scene, SourceId, Time, Xid};

use crate::x11::composite::Composite;
use crate::x11::{Display, Error, Result, Server};

/// So many good frames make an old failure forgotten.
const FORGIVEN_AFTER: u32 = 3600;

/// Names frames that are to fail, counted from 1 and separated by commas: the
/// way to try what the session does when a driver is reset.
const REHEARSAL: &str = "TRAPEZE_FAIL_FRAMES";

/// Paints scenes.
#[derive(Debug)]
pub struct Compositor {
    /// `None` only while one is replaced by another.
    backend: Option<Backend>,
    choice: Choice,
    tracker: Tracker,
    clock: FrameClock,
    /// The scene is another one than the screen shows, or may be.
    changed: bool,
    size: Size,
    failures: u32,
    good: u32,
    /// How many frames were begun, and which of them fail on purpose.
    begun: u64,
    rehearsed: Vec<u64>,
}

/// How a frame ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// On the screen, or nothing to do.
    Fine,
    /// The backend is another one: pictures have to be given to it again.
    Rebuilt,
    /// No backend is left: go on without compositing.
    GivenUp,
}

impl Compositor {
    /// Begins to composite with the chosen backend, or one below it.
    ///
    /// # Errors
    ///
    /// If no backend works or the connection broke.
    pub fn new(server: &Server, choice: Choice) -> anyhow::Result<Self> {
        let composite = server
            .composite
            .as_ref()
            .ok_or_else(|| anyhow::anyhow!("the server does not redirect"))?;
        let display = &server.display;
        let size = server.screen.size;
        let target = composite.target(display, size);
        let mut choice = choice;
        let backend = loop {
            match Backend::new(choice, &display.connection, target) {
                Ok(backend) => break backend,
                Err(error) if error.can_fall_back() => {
                    tracing::warn!(%error, ?choice, "a backend does not work here");
                    choice = match choice {
                        Choice::Glx => Choice::XRender,
                        Choice::XRender => Choice::Record,
                        Choice::Auto | Choice::Record => return Err(error.into()),
                    };
                }
                Err(error) => return Err(error.into()),
            }
        };
        tracing::info!(backend = backend.name(), "compositing");
        Ok(Self {
            backend: Some(backend),
            choice,
            tracker: Tracker::new(),
            clock: FrameClock::new(server.screen.rate),
            changed: true,
            size,
            failures: 0,
            good: 0,
            begun: 0,
            rehearsed: rehearsed(),
        })
    }

    /// The backend's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.backend.as_ref().map_or("none", Backend::name)
    }

    /// What painting has cost.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.backend.as_ref().map(Backend::stats).unwrap_or_default()
    }

    /// The screen has another size or rate.
    pub fn resize(&mut self, server: &Server) {
        if self.size != server.screen.size {
            self.size = server.screen.size;
            if let Some(backend) = &mut self.backend {
                backend.resize(self.size);
            }
            self.tracker.reset();
            self.changed = true;
        }
        self.clock = FrameClock::new(server.screen.rate);
        self.clock.request();
    }

    /// Everything has to be painted again.
    pub fn repaint(&mut self) {
        self.tracker.reset();
        self.changed = true;
        self.clock.request();
    }

    /// Pixels of a window changed: a frame is wanted if they can be seen.
    pub fn damaged(&mut self, server: &Server, window: Xid) {
        let id = server.composite.as_ref().and_then(|composite| composite.bound(window));
        if id.is_some_and(|id| self.tracker.is_visible(SourceId::Window(id))) {
            self.clock.request();
        }
    }

    /// A client waits for the next frame, whatever is in it.
    pub fn tick(&mut self) {
        self.clock.request();
    }

    /// The background is another one.
    pub fn background_changed(&mut self) {
        self.clock.request();
    }

    /// Shows a picture of the window manager's own.
    pub fn upload(&mut self, image: ImageId, picture: &Picture) {
        let source = SourceId::Image(image);
        if let Some(backend) = &mut self.backend {
            backend.upload(source, picture.size, &picture.pixels);
        }
        let all = Rect::new(0, 0, picture.size.w, picture.size.h);
        self.tracker.client_damage(source, &Region::from_rect(all));
        self.clock.request();
    }

    /// Takes it away.
    pub fn release(&mut self, image: ImageId) {
        let source = SourceId::Image(image);
        if let Some(backend) = &mut self.backend {
            backend.release(source);
        }
        self.tracker.forget(source);
    }

    /// The scene may have changed.
    pub fn consider(&mut self, scene: &Scene) {
        self.changed = !self.tracker.presents(scene);
        if self.changed {
            self.clock.request();
        }
    }

    /// Whether the next frame shows the last one's scene: only pixels of
    /// clients changed, if anything.
    #[must_use]
    pub fn repeats(&self, server: &Server) -> bool {
        !self.changed && server.composite.as_ref().is_some_and(Composite::is_complete)
    }

    /// When the next frame is due.
    #[must_use]
    pub fn due(&self, now: Time) -> Option<Time> {
        self.clock.due(now)
    }

    /// Paints the scene; `None` is the last one, if that [repeats](Self::repeats).
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn paint(
        &mut self,
        server: &mut Server,
        scene: Option<Scene>,
        now: Time,
    ) -> Result<Outcome> {
        let display = Rc::clone(&server.display);
        let Some(backend) = &mut self.backend else { return Ok(Outcome::GivenUp) };
        if server.background.lend(backend) {
            // All of the screen, over which a small picture is repeated.
            let size = server.screen.size;
            let all = Region::from_rect(Rect::new(0, 0, size.w, size.h));
            self.tracker.client_damage(SourceId::Background, &all);
        }
        let Some(composite) = &mut server.composite else { return Ok(Outcome::GivenUp) };
        let plan = if let Some(scene) = &scene {
            composite.prepare(&display, scene, backend, &mut self.tracker)?;
            let age = backend.buffer_age();
            self.tracker.plan(scene, age)
        } else {
            composite.hand_over(&display, backend, &mut self.tracker)?;
            let age = backend.buffer_age();
            self.tracker.plan_again(age).unwrap_or_default()
        };
        if plan.is_empty() {
            self.commit(scene);
            // Who waits for frames gets no more of them for being unseen.
            self.clock.painted(now, server.pace.is_awaited());
            return Ok(Outcome::Fine);
        }
        self.begun += 1;
        let painted = if self.rehearsed.contains(&self.begun) {
            Err(BackendError::Lost(format!("frame {} fails on purpose", self.begun)))
        } else {
            backend.render(&plan)
        };
        match painted {
            Ok(presented) => {
                tracing::trace!(pixels = presented.pixels, ops = plan.ops.len(), "a frame");
                self.commit(scene);
                self.clock.painted(now, true);
                self.good += 1;
                if self.good > FORGIVEN_AFTER {
                    self.failures = 0;
                }
                Ok(Outcome::Fine)
            }
            Err(BackendError::Connection(error)) => Err(Error::Connection(error)),
            Err(error) => {
                tracing::warn!(%error, backend = backend.name(), "a frame failed");
                self.recover(server)
            }
        }
    }

    fn commit(&mut self, scene: Option<Scene>) {
        self.changed = false;
        match scene {
            Some(scene) => self.tracker.commit(scene),
            None => self.tracker.commit_again(),
        }
    }

    /// Another backend in place of the one that failed.
    fn recover(&mut self, server: &mut Server) -> Result<Outcome> {
        self.failures += 1;
        self.good = 0;
        // It goes first: two of them cannot share the overlay window, and it
        // lets its pixmaps go before they are freed.
        let Some(failed) = self.backend.take() else { return Ok(Outcome::GivenUp) };
        let mut choice = if self.failures > 1 { failed.next_down() } else { self.choice };
        drop(failed);
        if self.failures > 4 {
            return Ok(Outcome::GivenUp);
        }
        let Some(composite) = &server.composite else { return Ok(Outcome::GivenUp) };
        let target = composite.target(&server.display, self.size);
        loop {
            match Backend::new(choice, &server.display.connection, target) {
                Ok(backend) => {
                    tracing::info!(backend = backend.name(), "compositing goes on");
                    self.backend = Some(backend);
                    self.choice = choice;
                    break;
                }
                Err(BackendError::Connection(error)) => return Err(Error::Connection(error)),
                Err(error) => {
                    tracing::warn!(%error, ?choice, "a backend does not work any longer");
                    choice = match choice {
                        Choice::Auto | Choice::Glx => Choice::XRender,
                        Choice::XRender => Choice::Record,
                        Choice::Record => return Ok(Outcome::GivenUp),
                    };
                }
            }
        }
        self.rebind(server)
    }

    fn rebind(&mut self, server: &mut Server) -> Result<Outcome> {
        let display: Rc<Display> = Rc::clone(&server.display);
        if let Some(composite) = &mut server.composite {
            composite.rebind(&display)?;
        }
        server.background.rebind();
        self.repaint();
        Ok(Outcome::Rebuilt)
    }
}

fn rehearsed() -> Vec<u64> {
    let text = std::env::var(REHEARSAL).unwrap_or_default();
    text.split(',').filter_map(|number| number.trim().parse().ok()).collect()
}
