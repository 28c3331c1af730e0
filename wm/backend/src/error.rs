//! Why painting failed, and what the caller should do about it.
//!
//! Owns the error type. Must not know any backend.

use thiserror::Error;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError, ReplyOrIdError};

/// A failure to open the connection, to make a backend, or to paint.
#[derive(Debug, Error)]
pub enum Error {
    /// libxcb cannot be loaded.
    #[error("{0}")]
    Library(String),
    /// The display cannot be opened at all.
    #[error("cannot open the display")]
    Connect(#[from] ConnectError),
    /// The connection to the X server is gone: nothing can be done but exit.
    #[error("the connection to the X server broke")]
    Connection(#[from] ConnectionError),
    /// This backend cannot work here; the text says what is missing. Try
    /// another one.
    #[error("not supported here: {0}")]
    Unsupported(String),
    /// This backend worked and does no longer (context lost, out of memory).
    /// Drop it, make a new one (or the next one down), bind everything again
    /// and repaint all.
    #[error("the backend's state was lost: {0}")]
    Lost(String),
}

impl Error {
    /// Whether another backend may still work on this connection.
    #[must_use]
    pub const fn can_fall_back(&self) -> bool {
        matches!(self, Self::Unsupported(_) | Self::Lost(_))
    }
}

impl From<ReplyError> for Error {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::ConnectionError(error) => Self::Connection(error),
            ReplyError::X11Error(error) => Self::Unsupported(format!("the server said {error:?}")),
        }
    }
}

impl From<ReplyOrIdError> for Error {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::IdsExhausted => Self::Unsupported("no X identifiers left".to_owned()),
            ReplyOrIdError::ConnectionError(error) => Self::Connection(error),
            ReplyOrIdError::X11Error(error) => {
                Self::Unsupported(format!("the server said {error:?}"))
            }
        }
    }
}
