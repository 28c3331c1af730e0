//! The window manager's pure model.
//!
//! [`Event`]s go in through [`Wm::handle`], which only records;
//! [`Wm::settle`] compares what should be with what was last sent and returns
//! the [`Request`]s that make it so; [`Wm::scene`] says what should be on the
//! screen; [`damage::Tracker`] turns two scenes and the clients' damage into
//! a [`FramePlan`].
//!
//! Knows no X, GL, clock, environment or file: time is an argument, and
//! Cargo enforces the rest. Reading order: `event`, `model`, `scene`,
//! `damage`, `plan`.
#![forbid(unsafe_code)]

pub mod action;
pub mod clock;
pub mod damage;
pub mod event;
pub mod geom;
pub mod hints;
pub mod id;
pub mod layout;
pub mod look;
pub mod model;
pub mod plan;
pub mod region;
pub mod request;
pub mod scene;
pub mod settings;

pub use action::Action;
pub use event::Event;
pub use id::{ImageId, SourceId, Time, Timestamp, WindowId, Xid};
pub use model::Wm;
pub use plan::FramePlan;
pub use request::Request;
pub use scene::Scene;
pub use settings::Settings;
