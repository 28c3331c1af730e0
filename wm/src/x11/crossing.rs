//! Which crossings of the pointer are caused by windows, not by a person.
//!
//! Owns that question. Must not know what a crossing does to the focus.
//!
//! A window that is mapped, moved, restacked or unmapped under a resting
//! pointer makes the server report a crossing just as a motion does. It does
//! so while it carries out the request, so the event bears that request's
//! number. The window manager's own requests of that kind stand between two
//! requests that do nothing: what the server reports from in between is their
//! effect, and what comes later is not, however long nothing else is sent.
//! Other clients' requests have no number here; but the server reports the
//! change of the window just before the crossing that it leads to.

use std::collections::VecDeque;

use wm_core::event::Crossing;
use wm_core::request::Request;
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::xproto::{ConnectionExt as _, NotifyDetail};

use super::batch::Batch;
use super::{Result, Server};

/// The window manager's own changes of windows, by request numbers.
#[derive(Debug, Default)]
pub struct Crossings {
    /// Since this request.
    open: Option<u64>,
    /// After the first and before the second of each.
    past: VecDeque<(u64, u64)>,
}

impl Crossings {
    /// Whether what happened while request `sequence` was carried out was the
    /// window manager's doing. Events are asked about in their order.
    fn are_own(&mut self, sequence: u64) -> bool {
        while self.past.front().is_some_and(|(_, end)| *end <= sequence) {
            self.past.pop_front();
        }
        let own = |begin: u64| begin < sequence;
        self.past.front().is_some_and(|(begin, _)| own(*begin)) || self.open.is_some_and(own)
    }
}

/// Whether a request may bring another window under the pointer.
pub(super) const fn may_cross(request: &Request) -> bool {
    matches!(
        request,
        Request::Manage { .. }
            | Request::Unmanage { .. }
            | Request::ConfigureFrame { .. }
            | Request::ConfigureClient { .. }
            | Request::SetMapped { .. }
            | Request::SetRing { .. }
            | Request::ShapeFrame { .. }
            | Request::Restack { .. }
            | Request::SetOverlayHoles(_)
            | Request::WarpPointer(_)
            | Request::UngrabPointer(_)
            | Request::Kill { .. }
    )
}

impl Server {
    /// Windows are about to change by the window manager's requests.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn begin_crossings(&mut self) -> Result<()> {
        if self.crossings.open.is_none() {
            let cookie = self.display.no_operation()?;
            self.crossings.open = Some(cookie.sequence_number());
        }
        Ok(())
    }

    /// From here on it is somebody else's doing again.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn end_crossings(&mut self) -> Result<()> {
        if let Some(begin) = self.crossings.open.take() {
            let cookie = self.display.no_operation()?;
            self.crossings.past.push_back((begin, cookie.sequence_number()));
        }
        Ok(())
    }

    /// Notes events after which a crossing is the effect of a change of
    /// windows, and those after which it is not.
    pub(super) fn note_restructuring(batch: &mut Batch, event: &XEvent, sequence: u64) {
        match event {
            XEvent::MapNotify(_)
            | XEvent::UnmapNotify(_)
            | XEvent::ConfigureNotify(_)
            | XEvent::ReparentNotify(_)
            | XEvent::GravityNotify(_)
            | XEvent::CirculateNotify(_)
            | XEvent::DestroyNotify(_) => batch.restructured = Some(sequence),
            XEvent::MotionNotify(_)
            | XEvent::ButtonPress(_)
            | XEvent::ButtonRelease(_)
            | XEvent::KeyPress(_)
            | XEvent::KeyRelease(_) => batch.restructured = None,
            _ => {}
        }
    }

    /// Why a crossing happened that was reported to a frame or ring with this
    /// detail.
    pub(super) fn crossing(
        &mut self,
        batch: &Batch,
        detail: NotifyDetail,
        sequence: u64,
        of_root: bool,
    ) -> Crossing {
        if detail == NotifyDetail::INFERIOR && !of_root {
            Crossing::Inside
        } else if self.crossings.are_own(sequence) || batch.restructured == Some(sequence) {
            Crossing::Windows
        } else {
            Crossing::Motion
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_is_ours() {
        let mut crossings =
            Crossings { open: Some(40), past: VecDeque::from([(10, 14), (20, 22)]) };
        let own: Vec<u64> = (8..44).filter(|n| crossings.are_own(*n)).collect();
        assert_eq!(own, [11, 12, 13, 21, 41, 42, 43]);
        assert!(crossings.past.is_empty(), "what is over is forgotten");
    }
}
