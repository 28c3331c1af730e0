//! What painting costs, counted.
//!
//! Owns the counters. Must not know any backend: each counts for itself.

/// Counters since the backend was made. They only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Frames presented.
    pub frames: u64,
    /// X requests sent by the backend itself (those inside libGL are not
    /// seen).
    pub requests: u64,
    /// X replies waited for by the backend itself.
    pub replies: u64,
    /// Bytes of pixels sent to the server or to GL.
    pub bytes_uploaded: u64,
    /// Bytes of pixels read from the server.
    pub bytes_fetched: u64,
    /// Pixels touched by painting operations, overdraw included.
    pub pixels_drawn: u64,
    /// Pixels put on the screen.
    pub pixels_presented: u64,
}
