//! Memory that the server sees (MIT-SHM 1.2).
//!
//! Owns a segment and who may write it when. It must not know masks.
//!
//! The segment is a descriptor without a name that the server maps; this side
//! writes it like a file, so that no memory appears whose content another
//! process may change, and no `unsafe` is needed.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use x11rb::connection::Connection;
use x11rb::errors::ConnectionError;
use x11rb::protocol::shm::{ConnectionExt as _, Seg};
use x11rb::protocol::xproto::ConnectionExt as _;

use super::UploadError;

/// Images begin at addresses that any server can read as words.
const ALIGNMENT: usize = 16;

/// A shared segment, filled from its start and from there again.
#[derive(Debug)]
pub(super) struct Segment {
    id: Seg,
    memory: File,
    size: usize,
    /// Everything before this may still be read by the server.
    used: usize,
}

impl Segment {
    /// Shares `size` bytes; `None` if either side cannot.
    pub(super) fn attach(
        connection: &impl Connection,
        size: usize,
    ) -> Result<Option<Self>, UploadError> {
        let Ok(memory) = memfd_create("trapeze-masks", MemfdFlags::CLOEXEC) else {
            return Ok(None);
        };
        if ftruncate(&memory, size as u64).is_err() {
            return Ok(None);
        }
        let memory = File::from(memory);
        let Ok(for_server) = memory.try_clone() else { return Ok(None) };
        let id = connection.generate_id()?;
        // Asked for once, and the only place where the answer matters: a
        // server behind a proxy may announce what it cannot do.
        let attached = connection.shm_attach_fd(id, for_server, true)?.check();
        match attached {
            Ok(()) => Ok(Some(Self { id, memory, size, used: 0 })),
            Err(x11rb::errors::ReplyError::X11Error(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Copies bytes in and says where they are; waits for the server when the
    /// segment is full. `None` if the memory cannot be written.
    pub(super) fn write(
        &mut self,
        connection: &impl Connection,
        bytes: &[u8],
    ) -> Result<Option<(Seg, u32)>, UploadError> {
        if self.used + bytes.len() > self.size {
            // Any reply says that all earlier requests have been read.
            connection.get_input_focus()?.reply()?;
            self.used = 0;
        }
        let offset = self.used;
        if self.memory.write_all_at(bytes, offset as u64).is_err() {
            return Ok(None);
        }
        self.used = (offset + bytes.len()).next_multiple_of(ALIGNMENT);
        // Segments are no larger than the largest mask, 2^30 bytes.
        Ok(Some((self.id, offset as u32)))
    }

    pub(super) fn detach(self, connection: &impl Connection) -> Result<(), ConnectionError> {
        connection.shm_detach(self.id)?;
        Ok(())
    }
}
