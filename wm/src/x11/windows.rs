//! Which X windows belong to what: clients, their frames and rings, windows
//! that are not managed, and our own.
//!
//! Owns the table. Must not know the protocol, nor any policy.

use std::collections::{HashMap, HashSet};

use wm_core::geom::{Rect, Root};
use wm_core::hints::UnmanagedFacts;
use wm_core::look::FrameLook;
use wm_core::request::Cursor;
use wm_core::{WindowId, Xid};

/// What the shell keeps of a client from the queries that found it, beside
/// the facts that the model got.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// The client's visual.
    pub visual: u32,
    /// Its depth.
    pub depth: u8,
    /// The process to kill when it hangs: only if it runs on this machine.
    pub local_pid: Option<u32>,
    /// The basic counter of _NET_WM_SYNC_REQUEST_COUNTER, and its value.
    pub sync_counter: Option<(u32, i64)>,
    /// The extended counter of _NET_WM_SYNC_REQUEST_COUNTER.
    pub frame_counter: Option<u32>,
    /// _NET_WM_USER_TIME_WINDOW.
    pub user_time_window: Option<u32>,
    /// The protocols it takes part in do not matter here; whether its icon
    /// has been read does.
    pub has_icon: bool,
    /// When it was found mapped: the request number of that question.
    pub mapped_at: Option<u64>,
    /// Its colormap.
    pub colormap: u32,
    /// WM_COLORMAP_WINDOWS.
    pub colormap_windows: Vec<u32>,
}

/// A managed window's X side.
#[derive(Debug)]
pub struct Managed {
    /// Its identity.
    pub id: WindowId,
    /// The frame.
    pub frame: u32,
    /// Where the frame is, as last asked for.
    pub rect: Rect<Root>,
    /// The input ring, once it was wanted.
    pub ring: Option<Ring>,
    /// The frame is mapped.
    pub frame_mapped: bool,
    /// The client is mapped.
    pub client_mapped: bool,
    /// Request number of the reparenting: older events are about its life
    /// before.
    pub since: u64,
    /// The title bar as last painted.
    pub look: Option<Box<FrameLook>>,
    /// The frame's background, as a pixel of its visual.
    pub fill: Option<u32>,
    /// All clicks are grabbed.
    pub grabs_all: Option<bool>,
    /// The cursor of frame and ring.
    pub cursor: Cursor,
    /// Alarm on its sync counter.
    pub alarm: Option<u32>,
    /// The rest.
    pub candidate: Candidate,
}

/// An input ring window.
#[derive(Debug, Clone, Copy)]
pub struct Ring {
    /// The InputOnly window.
    pub window: u32,
    /// It is mapped.
    pub mapped: bool,
}

/// What an X window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The client itself.
    Client(Xid),
    /// A client's frame.
    Frame(Xid),
    /// A client's ring.
    Ring(Xid),
    /// Mapped by a program that wants no management.
    Unmanaged(Xid),
    /// The window that carries a client's user time.
    UserTime(Xid),
    /// A window of the window manager's own.
    Own,
    /// Unknown, or not mapped.
    Other,
}

/// All windows.
#[derive(Debug, Default)]
pub struct Windows {
    managed: HashMap<Xid, Managed>,
    frames: HashMap<u32, Xid>,
    rings: HashMap<u32, Xid>,
    user_time: HashMap<u32, Xid>,
    alarms: HashMap<u32, Xid>,
    unmanaged: HashMap<Xid, UnmanagedFacts>,
    candidates: HashMap<Xid, Candidate>,
    own: HashSet<u32>,
}

impl Windows {
    /// What `window` is.
    #[must_use]
    pub fn role(&self, window: u32) -> Role {
        let xid = Xid(window);
        if self.managed.contains_key(&xid) {
            Role::Client(xid)
        } else if let Some(&client) = self.frames.get(&window) {
            Role::Frame(client)
        } else if let Some(&client) = self.rings.get(&window) {
            Role::Ring(client)
        } else if self.unmanaged.contains_key(&xid) {
            Role::Unmanaged(xid)
        } else if let Some(&client) = self.user_time.get(&window) {
            Role::UserTime(client)
        } else if self.own.contains(&window) {
            Role::Own
        } else {
            Role::Other
        }
    }

    /// A window of our own, which is no client and no layer.
    pub fn add_own(&mut self, window: u32) {
        self.own.insert(window);
    }

    /// It is gone.
    pub fn remove_own(&mut self, window: u32) {
        self.own.remove(&window);
    }

    /// Keeps what is known of a client until it is managed.
    pub fn add_candidate(&mut self, client: Xid, candidate: Candidate) {
        self.candidates.insert(client, candidate);
    }

    /// What was known of it.
    pub fn take_candidate(&mut self, client: Xid) -> Option<Candidate> {
        self.candidates.remove(&client)
    }

    /// Enters a managed window.
    pub fn manage(&mut self, managed: Managed) {
        let xid = managed.id.xid;
        self.frames.insert(managed.frame, xid);
        if let Some(window) = managed.candidate.user_time_window {
            self.user_time.insert(window, xid);
        }
        if let Some(alarm) = managed.alarm {
            self.alarms.insert(alarm, xid);
        }
        self.managed.insert(xid, managed);
    }

    /// Takes it out again.
    pub fn unmanage(&mut self, xid: Xid) -> Option<Managed> {
        let managed = self.managed.remove(&xid)?;
        self.frames.remove(&managed.frame);
        if let Some(ring) = managed.ring {
            self.rings.remove(&ring.window);
        }
        self.user_time.retain(|_, client| *client != xid);
        self.alarms.retain(|_, client| *client != xid);
        Some(managed)
    }

    /// The managed window of this identity.
    pub fn get(&self, id: WindowId) -> Option<&Managed> {
        self.managed.get(&id.xid).filter(|managed| managed.id == id)
    }

    /// The managed window of this identity, to change.
    pub fn get_mut(&mut self, id: WindowId) -> Option<&mut Managed> {
        self.managed.get_mut(&id.xid).filter(|managed| managed.id == id)
    }

    /// The managed window of this client.
    pub fn by_client(&self, client: Xid) -> Option<&Managed> {
        self.managed.get(&client)
    }

    /// The managed window of this client, to change.
    pub fn by_client_mut(&mut self, client: Xid) -> Option<&mut Managed> {
        self.managed.get_mut(&client)
    }

    /// All managed windows, in no order.
    pub fn managed(&self) -> impl Iterator<Item = &Managed> {
        self.managed.values()
    }

    /// Remembers a ring of `client`.
    pub fn set_ring(&mut self, client: Xid, ring: Ring) {
        if let Some(managed) = self.managed.get_mut(&client) {
            self.rings.insert(ring.window, client);
            managed.ring = Some(ring);
        }
    }

    /// Remembers where a client's user time is kept.
    pub fn set_user_time_window(&mut self, client: Xid, window: Option<u32>) {
        self.user_time.retain(|_, c| *c != client);
        if let Some(window) = window {
            self.user_time.insert(window, client);
        }
        if let Some(managed) = self.managed.get_mut(&client) {
            managed.candidate.user_time_window = window;
        }
    }

    /// Remembers the alarm on a client's sync counter.
    pub fn set_alarm(&mut self, client: Xid, alarm: Option<u32>) {
        self.alarms.retain(|_, c| *c != client);
        if let Some(alarm) = alarm {
            self.alarms.insert(alarm, client);
        }
        if let Some(managed) = self.managed.get_mut(&client) {
            managed.alarm = alarm;
        }
    }

    /// Whose sync counter this alarm watches.
    #[must_use]
    pub fn by_alarm(&self, alarm: u32) -> Option<Xid> {
        self.alarms.get(&alarm).copied()
    }

    /// An unmanaged window was mapped, or changed.
    pub fn set_unmanaged(&mut self, window: Xid, facts: UnmanagedFacts) {
        self.unmanaged.insert(window, facts);
    }

    /// An unmanaged window's facts.
    pub fn unmanaged_mut(&mut self, window: Xid) -> Option<&mut UnmanagedFacts> {
        self.unmanaged.get_mut(&window)
    }

    /// All unmanaged windows that are mapped, in no order.
    pub fn unmanaged(&self) -> impl Iterator<Item = Xid> + '_ {
        self.unmanaged.keys().copied()
    }

    /// An unmanaged window was unmapped; whether it was known.
    pub fn remove_unmanaged(&mut self, window: Xid) -> bool {
        self.unmanaged.remove(&window).is_some()
    }
}
