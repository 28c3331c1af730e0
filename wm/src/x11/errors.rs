//! X errors as data: which of them were to be expected.
//!
//! Owns the policy of each request's failure. Must not know what a request
//! is for, beyond a word for the log.
//!
//! Windows vanish at any time, so a request on a client's window may always
//! fail: that is said at level `debug`. A request on a window of our own must
//! work: its failure is a bug, said at level `error`.

use std::collections::VecDeque;

use x11rb::connection::RequestConnection;
use x11rb::cookie::VoidCookie;
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::x11_utils::X11Error;

/// Why talking to the server failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The connection is gone: the process has nothing left to do.
    #[error("the connection to the X server broke: {0}")]
    Connection(#[from] ConnectionError),
    /// The server refused one request; life goes on.
    #[error("the server refused: {0:?}")]
    Server(X11Error),
    /// No X identifiers are left.
    #[error("no X identifiers left")]
    Ids,
}

impl From<ReplyError> for Error {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::ConnectionError(error) => Self::Connection(error),
            ReplyError::X11Error(error) => Self::Server(error),
        }
    }
}

impl From<ReplyOrIdError> for Error {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::IdsExhausted => Self::Ids,
            ReplyOrIdError::ConnectionError(error) => Self::Connection(error),
            ReplyOrIdError::X11Error(error) => Self::Server(error),
        }
    }
}

/// The result of talking to the server.
pub type Result<T> = std::result::Result<T, Error>;

/// What a failing reply means: nothing there (a vanished window), or a lost
/// connection.
///
/// # Errors
///
/// Only if the connection broke.
pub fn optional<T>(reply: std::result::Result<T, ReplyError>) -> Result<Option<T>> {
    match reply {
        Ok(value) => Ok(Some(value)),
        Err(ReplyError::X11Error(error)) => {
            tracing::debug!(kind = ?error.error_kind, window = error.bad_value, "no answer");
            Ok(None)
        }
        Err(ReplyError::ConnectionError(error)) => Err(error.into()),
    }
}

/// Requests whose failure would be a bug.
#[derive(Debug, Default)]
pub struct Expectations {
    must: VecDeque<(u64, &'static str)>,
}

impl Expectations {
    /// This request must work; `what` says what it does.
    pub fn must<C: RequestConnection + ?Sized>(
        &mut self,
        cookie: VoidCookie<'_, C>,
        what: &'static str,
    ) {
        self.must.push_back((cookie.sequence_number(), what));
        // Errors come as events; those older than the bound are long settled.
        if self.must.len() > 4096 {
            self.must.pop_front();
        }
    }

    /// Judges an error that the server reported for request `sequence`.
    pub fn judge(&mut self, sequence: u64, error: &X11Error) {
        while self.must.front().is_some_and(|(number, _)| *number < sequence) {
            self.must.pop_front();
        }
        match self.must.front() {
            Some((number, what)) if *number == sequence => {
                tracing::error!(
                    kind = ?error.error_kind, request = error.request_name, resource = error.bad_value,
                    "the server refused to {what}"
                );
            }
            _ => {
                tracing::debug!(
                    kind = ?error.error_kind, request = error.request_name, resource = error.bad_value,
                    "a request came too late"
                );
            }
        }
    }
}
