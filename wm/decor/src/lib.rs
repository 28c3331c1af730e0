//! Pictures that Trapeze draws on the CPU: title bars, menus, the window
//! switcher, notices, icons and the background.
//!
//! A [`Painter`] turns descriptions from [`wm_core::look`] into
//! [`Picture`]s: premultiplied BGRA bytes. Equal descriptions (and equal
//! icons) give equal bytes. [`MenuView`] also follows the pointer and the
//! keyboard while a menu is open, because hitting a line needs its layout.
//!
//! Must not know X, windows or policy. Nothing here fails on bad text or bad
//! icons: without any font there is simply no text.

#![forbid(unsafe_code)]

mod background;
mod canvas;
mod dusk;
mod icon;
pub mod menu;
mod notice;
mod painter;
mod picture;
mod switcher;
mod symbol;
mod text;
mod title_bar;

pub use background::BackgroundError;
pub use icon::Icon;
pub use menu::{MenuView, Outcome};
pub use notice::Notice;
pub use painter::Painter;
pub use picture::Picture;
