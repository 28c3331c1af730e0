//! The model's requests, carried out: the only place that changes X state on
//! the model's behalf.
//!
//! Owns the order and form of the X requests for each wish. Must not know why
//! it was wished. A request on a window that has vanished does nothing.

use wm_core::geom::{Frame, Point, Rect, Root};
use wm_core::model::border::RingGeometry;
use wm_core::request::{Cursor, Request};
use wm_core::{WindowId, Xid};
use x11rb::connection::Connection as _;
use x11rb::protocol::shape::SK;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigureNotifyEvent, ConfigureWindowAux, ConnectionExt as _,
    CreateWindowAux, EventMask, SetMode, StackMode, WindowClass,
};

use super::crossing::may_cross;
use super::errors::Error;
use super::frames::ring_mask;
use super::windows::{Managed, Ring};
use super::{Result, Server, ewmh, extent16, int16, shape, sync};

impl Server {
    /// Carries a request out, as far as it is one for the server; others
    /// are the application's and ignored here.
    ///
    /// # Errors
    ///
    /// If the connection broke. Anything else is logged.
    pub fn apply(&mut self, request: Request) -> Result<()> {
        if may_cross(&request) {
            self.begin_crossings()?;
        } else if matches!(request, Request::Focus { .. }) {
            // Whoever sees the focus may move the pointer at once.
            self.end_crossings()?;
        }
        match self.try_apply(request) {
            Err(error @ Error::Connection(_)) => Err(error),
            Err(error) => {
                tracing::warn!(%error, "a request was not carried out");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    fn try_apply(&mut self, request: Request) -> Result<()> {
        match request {
            Request::Manage { id, frame, client } => self.manage(id, frame, client),
            Request::Unmanage { id, at, border_width, alive, map } => {
                self.unmanage(id, at, border_width, alive, map)
            }
            Request::ConfigureFrame { id, rect } => self.configure_frame(id, rect),
            Request::ConfigureClient { id, rect } => self.configure_client(id, rect),
            Request::NotifyConfigure { id, rect, border } => {
                self.notify_configure(id, rect, border)
            }
            Request::SetMapped { id, frame, client } => self.set_mapped(id, frame, client),
            Request::SetRing { id, ring } => self.set_ring(id, ring),
            Request::ShapeFrame { id, bounding, input } => {
                let Some(managed) = self.windows.get(id) else { return Ok(()) };
                let frame = managed.frame;
                shape::set(&self.display, frame, SK::BOUNDING, bounding.as_ref(), (0, 0))?;
                shape::set(&self.display, frame, SK::INPUT, input.as_ref(), (0, 0))
            }
            Request::Restack { id, below } => self.restack(id, below),
            Request::Focus { target, time } => self.focus(target, time),
            Request::GrabClicks { id, all } => self.grab_clicks(id, all),
            Request::AllowEvents { replay, .. } => self.allow_events(replay),
            Request::GrabPointer { cursor, .. } => self.grab_pointer(cursor),
            Request::UngrabPointer(time) => self.ungrab_pointer(time),
            Request::GrabKeyboard(time) => self.grab_keyboard(time),
            Request::UngrabKeyboard(_) => self.ungrab_keyboard(),
            Request::WarpPointer(to) => self.warp(to),
            Request::AskPointer => self.ask_pointer(),
            Request::SetCursor { id, cursor } => self.set_cursor(id, cursor),
            Request::SetClientProperty { id, property } => {
                ewmh::set_client(&self.display, id.xid.0, &property)
            }
            Request::AnswerFrameExtents { window, extents } => {
                ewmh::set_frame_extents(&self.display, window.0, extents)
            }
            Request::SetRootProperty(property) => ewmh::set_root(&self.display, &property),
            Request::SendDelete { id, time } => {
                self.send_protocol(id.xid.0, self.display.atoms.WM_DELETE_WINDOW, time, [0; 3])
            }
            Request::SendPing { id, time } => {
                let ping = self.display.atoms._NET_WM_PING;
                self.send_protocol(id.xid.0, ping, time, [id.xid.0, 0, 0])
            }
            Request::SendSync { id, value, time } => {
                let (low, high) = (value as u32, (value >> 32) as u32);
                let sync = self.display.atoms._NET_WM_SYNC_REQUEST;
                self.send_protocol(id.xid.0, sync, time, [low, high, 0])
            }
            Request::Kill { id, hung } => self.kill(id, hung),
            Request::Redirect { id, on } => match &mut self.composite {
                Some(composite) => composite.redirect(&self.display, self.screen.size, id.xid, on),
                None => Ok(()),
            },
            Request::SetOverlayHoles(holes) => match &mut self.composite {
                Some(composite) => composite.set_holes(&self.display, self.screen.size, holes),
                None => Ok(()),
            },
            Request::Bell => {
                self.display.bell(0)?;
                Ok(())
            }
            Request::PaintFrame { .. }
            | Request::OpenMenu(_)
            | Request::CloseMenu
            | Request::PaintSwitcher(_)
            | Request::Spawn(_)
            | Request::ReloadConfig
            | Request::ToggleCompositing
            | Request::Restart
            | Request::Exit => Ok(()),
        }
    }

    fn manage(&mut self, id: WindowId, frame: Rect<Root>, client: Rect<Frame>) -> Result<()> {
        let candidate = self.windows.take_candidate(id.xid).unwrap_or_default();
        let (colormap, listed) = (candidate.colormap, &candidate.colormap_windows);
        self.colormaps.add(&self.display, id.xid, colormap, listed)?;
        let window = self.create_frame(frame, candidate.depth, candidate.visual)?;
        self.pace.set(&self.display, id.xid, candidate.frame_counter)?;
        let x = &self.display;
        let xid = id.xid.0;
        x.change_save_set(SetMode::INSERT, xid)?;
        let aux = ConfigureWindowAux::new()
            .border_width(0)
            .width(u32::from(extent16(client.w)))
            .height(u32::from(extent16(client.h)));
        x.configure_window(xid, &aux)?;
        let cookie = x.reparent_window(xid, window, int16(client.x), int16(client.y))?;
        let since = x11rb::cookie::VoidCookie::sequence_number(&cookie);
        drop(cookie);
        let alarm = match candidate.sync_counter {
            Some((counter, value)) => Some(sync::watch(x, counter, value)?),
            None => None,
        };
        if let Some(composite) = &mut self.composite {
            let depth = if candidate.visual == 0 { x.root_depth } else { candidate.depth };
            let visual = if candidate.visual == 0 { x.root_visual } else { candidate.visual };
            composite.add(x, id.xid, window, frame.size(), (0, depth, visual), false)?;
        }
        self.windows.manage(Managed {
            id,
            frame: window,
            rect: frame,
            ring: None,
            frame_mapped: false,
            client_mapped: false,
            since,
            look: None,
            fill: None,
            grabs_all: None,
            cursor: Cursor::Default,
            alarm,
            candidate,
        });
        Ok(())
    }

    fn unmanage(
        &mut self,
        id: WindowId,
        at: Option<Point<Root>>,
        border_width: i32,
        alive: bool,
        map: bool,
    ) -> Result<()> {
        if self.windows.get(id).is_none() {
            return Ok(());
        }
        let Some(managed) = self.windows.unmanage(id.xid) else { return Ok(()) };
        self.colormaps.remove(id.xid);
        self.pace.set(&self.display, id.xid, None)?;
        let x = &self.display;
        let xid = id.xid.0;
        if let Some(alarm) = managed.alarm {
            // It is ours, and outlives the client's counter.
            sync::forget(x, alarm)?;
        }
        if let Some(window) = managed.candidate.user_time_window.filter(|_| alive) {
            let none = ChangeWindowAttributesAux::new().event_mask(EventMask::NO_EVENT);
            x.change_window_attributes(window, &none)?;
        }
        if alive {
            let none = ChangeWindowAttributesAux::new().event_mask(EventMask::NO_EVENT);
            x.change_window_attributes(xid, &none)?;
            x.ungrab_button(
                x11rb::protocol::xproto::ButtonIndex::ANY,
                xid,
                x11rb::protocol::xproto::ModMask::ANY,
            )?;
            if at.is_some() && !map {
                // It withdrew, perhaps between our reparenting and mapping it.
                x.unmap_window(xid)?;
            }
            if let Some(at) = at {
                x.reparent_window(xid, x.root, int16(at.x), int16(at.y))?;
                let border = u32::try_from(border_width.clamp(0, 32767)).unwrap_or(0);
                x.configure_window(xid, &ConfigureWindowAux::new().border_width(border))?;
            }
            x.change_save_set(SetMode::DELETE, xid)?;
            if map {
                x.map_window(xid)?;
            } else {
                // ICCCM 4.1.3.1, EWMH: a withdrawn window has no state.
                ewmh::forget_client(x, xid)?;
            }
        }
        if let Some(composite) = &mut self.composite {
            composite.remove(x, id.xid, true)?;
        }
        self.frames.set_icon(id.xid, None);
        if let Some(ring) = managed.ring {
            x.destroy_window(ring.window)?;
        }
        x.destroy_window(managed.frame)?;
        Ok(())
    }

    fn configure_frame(&mut self, id: WindowId, rect: Rect<Root>) -> Result<()> {
        let Some(managed) = self.windows.get_mut(id) else { return Ok(()) };
        let mut aux =
            ConfigureWindowAux::new().x(i32::from(int16(rect.x))).y(i32::from(int16(rect.y)));
        if managed.rect.size() != rect.size() {
            // Its picture may be shown until the client has drawn another.
            if let Some(composite) = &mut self.composite {
                composite.secure(&self.display, id)?;
            }
            aux = aux.width(u32::from(extent16(rect.w))).height(u32::from(extent16(rect.h)));
        }
        managed.rect = rect;
        let cookie = self.display.configure_window(managed.frame, &aux)?;
        self.expectations.must(cookie, "configure a frame");
        if let Some(composite) = &mut self.composite
            && composite.set_size(id.xid, rect.size(), 0)
        {
            self.facts.push_back(wm_core::Event::ContentReset(id.xid));
        }
        Ok(())
    }

    fn configure_client(&mut self, id: WindowId, rect: Rect<Frame>) -> Result<()> {
        if self.windows.get(id).is_none() {
            return Ok(());
        }
        let aux = ConfigureWindowAux::new()
            .x(i32::from(int16(rect.x)))
            .y(i32::from(int16(rect.y)))
            .width(u32::from(extent16(rect.w)))
            .height(u32::from(extent16(rect.h)));
        self.display.configure_window(id.xid.0, &aux)?;
        Ok(())
    }

    /// In the client's own terms: with the border that it asked for, whose
    /// outer corner is its place (ICCCM 4.1.5).
    fn notify_configure(&self, id: WindowId, rect: Rect<Root>, border: i32) -> Result<()> {
        let event = ConfigureNotifyEvent {
            response_type: x11rb::protocol::xproto::CONFIGURE_NOTIFY_EVENT,
            sequence: 0,
            event: id.xid.0,
            window: id.xid.0,
            above_sibling: x11rb::NONE,
            x: int16(rect.x.saturating_sub(border)),
            y: int16(rect.y.saturating_sub(border)),
            width: extent16(rect.w),
            height: extent16(rect.h),
            border_width: u16::try_from(border).unwrap_or(0),
            override_redirect: false,
        };
        self.display.send_event(false, id.xid.0, EventMask::STRUCTURE_NOTIFY, event)?;
        Ok(())
    }

    fn set_mapped(&mut self, id: WindowId, frame: bool, client: bool) -> Result<()> {
        // A frame that appears is complete, and so is one that goes: its last
        // picture may be shown later. Hence the client first, or last.
        if !frame {
            self.set_frame_mapped(id, false)?;
        }
        let Some(managed) = self.windows.get_mut(id) else { return Ok(()) };
        let x = &self.display;
        if client {
            x.map_window(id.xid.0)?;
        } else if managed.client_mapped {
            let cookie = x.unmap_window(id.xid.0)?;
            self.own_unmaps.push_back((cookie.sequence_number(), id.xid.0));
        }
        managed.client_mapped = client;
        if frame { self.set_frame_mapped(id, true) } else { Ok(()) }
    }

    fn set_frame_mapped(&mut self, id: WindowId, on: bool) -> Result<()> {
        let Some(managed) = self.windows.get_mut(id).filter(|m| m.frame_mapped != on) else {
            return Ok(());
        };
        let x = &self.display;
        if !on && let Some(composite) = &mut self.composite {
            composite.secure(x, id)?;
        }
        let cookie = if on { x.map_window(managed.frame)? } else { x.unmap_window(managed.frame)? };
        self.expectations.must(cookie, "map or unmap a frame");
        managed.frame_mapped = on;
        if let Some(ring) = &mut managed.ring
            && !on
            && ring.mapped
        {
            x.unmap_window(ring.window)?;
            ring.mapped = false;
        }
        if let Some(composite) = &mut self.composite
            && composite.set_mapped(id.xid, on)
        {
            self.facts.push_back(wm_core::Event::ContentReset(id.xid));
        }
        Ok(())
    }

    fn set_ring(&mut self, id: WindowId, geometry: Option<RingGeometry>) -> Result<()> {
        let Some(managed) = self.windows.get(id) else { return Ok(()) };
        let (frame, cursor) = (managed.frame, managed.cursor);
        let ring = managed.ring;
        // Without input shapes a ring would swallow its window's clicks.
        let geometry = geometry.filter(|_| self.display.extensions.shape);
        let Some(geometry) = geometry.filter(|g| !g.input.is_empty()) else {
            if let Some(mut ring) = ring.filter(|ring| ring.mapped) {
                self.display.unmap_window(ring.window)?;
                ring.mapped = false;
                self.windows.set_ring(id.xid, ring);
            }
            return Ok(());
        };
        let bounds = geometry.bounds;
        let cursor = self.cursors.get(&self.display, cursor);
        let x = &self.display;
        let mut ring = match ring {
            Some(ring) => {
                let aux = ConfigureWindowAux::new()
                    .x(i32::from(int16(bounds.x)))
                    .y(i32::from(int16(bounds.y)))
                    .width(u32::from(extent16(bounds.w)))
                    .height(u32::from(extent16(bounds.h)));
                let cookie = x.configure_window(ring.window, &aux)?;
                self.expectations.must(cookie, "configure a ring");
                ring
            }
            None => {
                let window = x.generate_id()?;
                let aux = CreateWindowAux::new()
                    .override_redirect(1)
                    .cursor(cursor)
                    .event_mask(ring_mask());
                let cookie = x.create_window(
                    x11rb::COPY_DEPTH_FROM_PARENT,
                    window,
                    x.root,
                    int16(bounds.x),
                    int16(bounds.y),
                    extent16(bounds.w),
                    extent16(bounds.h),
                    0,
                    WindowClass::INPUT_ONLY,
                    x11rb::COPY_FROM_PARENT,
                    &aux,
                )?;
                self.expectations.must(cookie, "create a ring");
                let aux = ConfigureWindowAux::new().sibling(frame).stack_mode(StackMode::BELOW);
                let cookie = x.configure_window(window, &aux)?;
                self.expectations.must(cookie, "put a ring below its frame");
                Ring { window, mapped: false }
            }
        };
        let offset = (-bounds.x, -bounds.y);
        shape::set(x, ring.window, SK::INPUT, Some(&geometry.input), offset)?;
        if !ring.mapped {
            x.map_window(ring.window)?;
            ring.mapped = true;
        }
        self.windows.set_ring(id.xid, ring);
        Ok(())
    }

    fn restack(&mut self, id: WindowId, below: Option<WindowId>) -> Result<()> {
        let Some(managed) = self.windows.get(id) else { return Ok(()) };
        // Below another window means below its ring too.
        let sibling = below
            .and_then(|below| self.windows.get(below))
            .map_or(self.guard, |m| m.ring.map_or(m.frame, |ring| ring.window));
        let x = &self.display;
        let aux = ConfigureWindowAux::new().sibling(sibling).stack_mode(StackMode::BELOW);
        let cookie = x.configure_window(managed.frame, &aux)?;
        self.expectations.must(cookie, "restack a frame");
        if let Some(ring) = managed.ring {
            let aux = ConfigureWindowAux::new().sibling(managed.frame).stack_mode(StackMode::BELOW);
            let cookie = x.configure_window(ring.window, &aux)?;
            self.expectations.must(cookie, "restack a ring");
        }
        Ok(())
    }

    fn set_cursor(&mut self, id: WindowId, cursor: Cursor) -> Result<()> {
        let Some(managed) = self.windows.get_mut(id) else { return Ok(()) };
        managed.cursor = cursor;
        let (frame, ring) = (managed.frame, managed.ring);
        let shape = self.cursors.get(&self.display, cursor);
        let aux = ChangeWindowAttributesAux::new().cursor(shape);
        self.display.change_window_attributes(frame, &aux)?;
        if let Some(ring) = ring {
            self.display.change_window_attributes(ring.window, &aux)?;
        }
        Ok(())
    }

    /// Kills a client; a hung one on this machine also loses its process,
    /// which may not notice that its connection is gone.
    fn kill(&self, id: WindowId, hung: bool) -> Result<()> {
        let pid = self.windows.get(id).and_then(|managed| managed.candidate.local_pid);
        if let Some(pid) = pid.filter(|_| hung)
            && let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw)
            // Never ourselves, nor the process that every other comes from.
            && pid != rustix::process::getpid()
            && pid != rustix::process::Pid::INIT
            && let Err(error) = rustix::process::kill_process(pid, rustix::process::Signal::KILL)
        {
            tracing::info!(%error, "a hung process cannot be killed");
        }
        self.display.kill_client(id.xid.0)?;
        Ok(())
    }

    /// The toplevel of a client as the compositor sees it, for windows that
    /// were there before compositing began.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn composite_managed(&mut self) -> Result<()> {
        let x = &self.display;
        let Some(composite) = &mut self.composite else { return Ok(()) };
        for managed in self.windows.managed() {
            let (mut depth, mut visual) = (managed.candidate.depth, managed.candidate.visual);
            if visual == 0 {
                (depth, visual) = (x.root_depth, x.root_visual);
            }
            let size = managed.rect.size();
            let mapped = managed.frame_mapped;
            composite.add(x, managed.id.xid, managed.frame, size, (0, depth, visual), mapped)?;
            self.facts.push_back(wm_core::Event::ContentReset(managed.id.xid));
        }
        Ok(())
    }

    /// As [`Server::composite_managed`], for windows that are not managed.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn composite_unmanaged(&mut self) -> Result<()> {
        if self.composite.is_none() {
            return Ok(());
        }
        let known: Vec<Xid> = self.windows.unmanaged().collect();
        let ids: Vec<u32> = known.iter().map(|xid| xid.0).collect();
        let found = super::query::unmanaged(&self.display, &ids)?;
        let Some(composite) = &mut self.composite else { return Ok(()) };
        for (xid, found) in known.into_iter().zip(found) {
            let Some(found) = found.filter(|f| f.mapped && !f.facts.input_only) else { continue };
            let look = (found.border, found.facts.depth, found.visual);
            composite.add(&self.display, xid, xid.0, found.facts.geometry.size(), look, true)?;
            self.facts.push_back(wm_core::Event::ContentReset(xid));
        }
        Ok(())
    }

    /// Whether this window is a client's frame.
    #[must_use]
    pub fn is_managed(&self, client: Xid) -> bool {
        self.windows.by_client(client).is_some()
    }
}
