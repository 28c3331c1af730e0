//! The model: every window, and what should be true of it.

pub mod border;

pub use wm::Wm;

mod wm {
    //! Placeholder of the public face while its parts are written.
    use crate::{Event, Request, Scene, Settings, Time};

    /// The window manager's state.
    #[derive(Debug, Default)]
    pub struct Wm {
        _settings: Settings,
    }

    impl Wm {
        /// With these settings, knowing no window yet.
        #[must_use]
        pub fn new(settings: Settings) -> Self {
            Self { _settings: settings }
        }
        /// Records a fact.
        pub fn handle(&mut self, _event: Event, _now: Time) {}
        /// Returns what is to be done so that X agrees with the model.
        pub fn settle(&mut self, _now: Time) -> Vec<Request> {
            Vec::new()
        }
        /// What should be on the screen now.
        #[must_use]
        pub fn scene(&self, _now: Time) -> Scene {
            Scene::default()
        }
        /// When [`Event::Tick`] is wanted next.
        #[must_use]
        pub fn deadline(&self) -> Option<Time> {
            None
        }
    }
}
