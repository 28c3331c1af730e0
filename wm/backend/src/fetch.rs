//! Reading pixels of drawables, through shared memory where the server shares.
//!
//! Owns one segment of memory, grown on demand. Must not know what the pixels
//! are for.
#![allow(unsafe_code, reason = "memory shared with the server; all of it is in this module")]

use std::ptr::NonNull;

use rustix::fs::{MemfdFlags, ftruncate, memfd_create};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
use wm_core::geom::{Rect, Source};
use x11rb::connection::RequestConnection as _;
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, ImageOrder};
use x11rb::utils::RawFdContainer;

use crate::Connection;
use crate::wire::{Wire, at16, size16};

/// Bytes of the first segment; it doubles as needed.
const FIRST_SEGMENT: usize = 1 << 20;

/// Reads pixels of 32 bits each.
#[derive(Debug)]
pub(crate) struct Fetcher {
    /// Whether sharing is worth another try.
    shares: bool,
    segment: Option<Segment>,
}

/// Memory that the server has mapped too.
#[derive(Debug)]
struct Segment {
    xid: shm::Seg,
    start: NonNull<u8>,
    length: usize,
}

impl Segment {
    /// Waits for a reply, to learn whether the server took the memory.
    fn new(wire: &mut Wire, length: usize) -> Option<Self> {
        let file = memfd_create("trapeze-pixels", MemfdFlags::CLOEXEC).ok()?;
        ftruncate(&file, length as u64).ok()?;
        // SAFETY: a fresh mapping, chosen by the kernel, of a file that
        // nothing can shrink but this process.
        let start = unsafe {
            let flags = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
            mmap(std::ptr::null_mut(), length, flags.0, flags.1, &file, 0).ok()?
        };
        let segment = Self { xid: wire.id(), start: NonNull::new(start.cast())?, length };
        let connection = std::rc::Rc::clone(wire.connection());
        wire.stats.requests += 1;
        wire.stats.replies += 1;
        let attached =
            connection.shm_attach_fd(segment.xid, RawFdContainer::from(file), false).ok()?.check();
        if let Err(error) = attached {
            tracing::debug!(%error, "the server does not share memory");
            return None;
        }
        Some(segment)
    }

    fn bytes(&self, start: usize, length: usize) -> Option<&[u8]> {
        if start.checked_add(length)? > self.length {
            return None;
        }
        // SAFETY: inside the mapping, which lives as long as `self`. The
        // server writes only between a ShmGetImage and its reply, and every
        // such reply has been read before this is called.
        Some(unsafe { std::slice::from_raw_parts(self.start.as_ptr().add(start), length) })
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // SAFETY: mapped with this length, unmapped once. The server keeps a
        // mapping of its own until ShmDetach.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.length) };
    }
}

impl Fetcher {
    pub(crate) fn new(connection: &Connection) -> Self {
        let present = connection.extension_information(shm::X11_EXTENSION_NAME);
        Self { shares: present.is_ok_and(|p| p.is_some()), segment: None }
    }

    /// Whether the server's pixels of `depth` are 32 bits each in this
    /// machine's order.
    pub(crate) fn can_read(connection: &Connection, depth: u8) -> bool {
        use x11rb::connection::Connection as _;
        let setup = connection.setup();
        let order = if cfg!(target_endian = "little") {
            ImageOrder::LSB_FIRST
        } else {
            ImageOrder::MSB_FIRST
        };
        setup.image_byte_order == order
            && setup.pixmap_formats.iter().any(|f| f.depth == depth && f.bits_per_pixel == 32)
    }

    /// Reads `rects` of `drawable` and hands each one's bytes (rows without
    /// padding) to `each`. Waits once. Rectangles that cannot be read, because
    /// the drawable is gone or too small, are left out.
    pub(crate) fn read(
        &mut self,
        wire: &mut Wire,
        drawable: u32,
        rects: &[Rect<Source>],
        mut each: impl FnMut(&Rect<Source>, &[u8]),
    ) {
        let lengths: Vec<usize> =
            rects.iter().map(|r| usize::try_from(r.size().area()).unwrap_or(0) * 4).collect();
        let total: usize = lengths.iter().sum();
        wire.stats.bytes_fetched += total as u64;
        if self.shares && self.ensure(wire, total) {
            self.read_shared(wire, drawable, rects, &lengths, &mut each);
        } else {
            Self::read_sent(wire, drawable, rects, &lengths, &mut each);
        }
    }

    /// Makes the segment large enough.
    fn ensure(&mut self, wire: &mut Wire, length: usize) -> bool {
        if self.segment.as_ref().is_some_and(|segment| segment.length >= length) {
            return true;
        }
        self.free(wire);
        let length = length.next_power_of_two().max(FIRST_SEGMENT);
        self.segment = Segment::new(wire, length);
        self.shares = self.segment.is_some();
        self.shares
    }

    fn read_shared(
        &self,
        wire: &mut Wire,
        drawable: u32,
        rects: &[Rect<Source>],
        lengths: &[usize],
        each: &mut impl FnMut(&Rect<Source>, &[u8]),
    ) {
        let Some(segment) = &self.segment else { return };
        let connection = std::rc::Rc::clone(wire.connection());
        let mut start = 0_usize;
        let mut waiting = Vec::with_capacity(rects.len());
        for (rect, length) in rects.iter().zip(lengths) {
            let cookie = connection.shm_get_image(
                drawable,
                at16(rect.x),
                at16(rect.y),
                size16(rect.w),
                size16(rect.h),
                u32::MAX,
                ImageFormat::Z_PIXMAP.into(),
                segment.xid,
                start as u32,
            );
            waiting.push((rect, start, *length, cookie));
            start += length;
        }
        // All replies first: the server must be done with the memory.
        let done: Vec<_> = waiting
            .into_iter()
            .map(|(rect, start, length, cookie)| {
                wire.stats.requests += 1;
                wire.stats.replies += 1;
                (rect, start, length, cookie.is_ok_and(|cookie| cookie.reply().is_ok()))
            })
            .collect();
        for (rect, start, length, _) in done.into_iter().filter(|(.., read)| *read) {
            if let Some(bytes) = segment.bytes(start, length) {
                each(rect, bytes);
            }
        }
    }

    fn read_sent(
        wire: &mut Wire,
        drawable: u32,
        rects: &[Rect<Source>],
        lengths: &[usize],
        each: &mut impl FnMut(&Rect<Source>, &[u8]),
    ) {
        let connection = std::rc::Rc::clone(wire.connection());
        let waiting: Vec<_> = rects
            .iter()
            .map(|rect| {
                connection.get_image(
                    ImageFormat::Z_PIXMAP,
                    drawable,
                    at16(rect.x),
                    at16(rect.y),
                    size16(rect.w),
                    size16(rect.h),
                    u32::MAX,
                )
            })
            .collect();
        for ((rect, length), cookie) in rects.iter().zip(lengths).zip(waiting) {
            wire.stats.requests += 1;
            wire.stats.replies += 1;
            if let Ok(cookie) = cookie
                && let Ok(reply) = cookie.reply()
                && let Some(bytes) = reply.data.get(..*length)
            {
                each(rect, bytes);
            }
        }
    }

    /// Gives the memory back.
    pub(crate) fn free(&mut self, wire: &mut Wire) {
        if let Some(segment) = self.segment.take() {
            let xid = segment.xid;
            wire.send(|c| c.shm_detach(xid));
        }
    }
}
