//! The window without a window.
