//! Private X servers, scripted clients and pixel comparison for whole-system tests.
//!
//! A whole-system test starts an X server of its own ([`server`]), a window manager on it
//! ([`wm`]), drives synthetic windows ([`client`], [`window`]) or real programs ([`program`])
//! with a real pointer and keyboard ([`input`]), and looks at properties ([`ewmh`]) and at the
//! screen ([`pixels`]). Everything that waits does so on an event, a file descriptor or a
//! process, under a [`wait::Deadline`]; nothing sleeps.
//!
//! ```no_run
//! use trapeze_testkit::{Client, Server, WindowManager};
//!
//! fn a_window_is_managed() -> anyhow::Result<()> {
//!     let server = Server::xvfb().size(800, 600).start()?;
//!     let _wm = WindowManager::trapeze(&server).argument("--backend=xrender").start()?;
//!     let client = Client::connect(&server)?;
//!     let window = client.window().title("Hello").size(300, 200).map()?;
//!     window.wait_managed()?;
//!     Ok(())
//! }
//! ```
//!
//! The kit knows no crate of the window manager: it sees what any other X client sees.

pub mod client;
pub mod ewmh;
pub mod input;
pub mod link;
pub mod pixels;
pub mod process;
pub mod program;
pub mod sandbox;
pub mod server;
pub mod wait;
pub mod window;
pub mod wm;

pub use client::Client;
pub use pixels::{Image, Rectangle, Tolerance};
pub use program::Program;
pub use server::Server;
pub use wait::Deadline;
pub use window::Window;
pub use wm::WindowManager;
