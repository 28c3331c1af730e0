//! The smallest window manager around the model, to read before the real
//! one: one file, no frames drawn, no compositing, one blocking loop.
//!
//! X events become facts, facts go into `Wm::handle`, and what `Wm::settle`
//! returns is done. Everything else (placement, stacking, focus, maximizing,
//! EWMH states) is already in the model.
//!
//! `DISPLAY=:1 cargo run -p trapeze-examples --bin tiny_wm`

use std::collections::HashMap;
use std::time::Instant;

use anyhow::{Context, Result};
use wm_core::event::{ConfigureValues, Event, Monitor};
use wm_core::geom::{Rect, Size};
use wm_core::hints::ClientFacts;
use wm_core::request::{FocusTarget, Request};
use wm_core::{Settings, Time, WindowId, Wm, Xid};
use x11rb::CURRENT_TIME;
use x11rb::connection::Connection;
use x11rb::protocol::Event as XEvent;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConfigWindow, ConfigureWindowAux, ConnectionExt as _,
    CreateWindowAux, EventMask, InputFocus, MapState, SetMode, StackMode, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

struct TinyWm {
    x: RustConnection,
    root: Window,
    wm: Wm,
    frames: HashMap<WindowId, Window>,
    start: Instant,
    /// Our own unmaps and reparents come back as UnmapNotify; that many are
    /// still to come for each client.
    expected: HashMap<Window, u32>,
}

fn main() -> Result<()> {
    let (x, screen) = x11rb::connect(None).context("cannot open the display")?;
    let setup = &x.setup().roots[screen];
    let (root, width, height) = (setup.root, setup.width_in_pixels, setup.height_in_pixels);
    x.change_window_attributes(
        root,
        &ChangeWindowAttributesAux::new()
            .event_mask(EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY),
    )?
    .check()
    .context("another window manager is running")?;

    let mut tiny = TinyWm {
        x,
        root,
        wm: Wm::new(Settings::default()),
        frames: HashMap::new(),
        start: Instant::now(),
        expected: HashMap::new(),
    };
    let rect = Rect::new(0, 0, width.into(), height.into());
    let monitor = Monitor { name: "screen".to_owned(), rect, primary: true, scale_percent: 100 };
    let size = Size::new(width.into(), height.into());
    tiny.tell(Event::Screen { size, monitors: vec![monitor] })?;
    let children = tiny.x.query_tree(root)?.reply()?.children;
    for window in children {
        let attributes = tiny.x.get_window_attributes(window)?.reply();
        if attributes.is_ok_and(|a| a.map_state == MapState::VIEWABLE && !a.override_redirect) {
            tiny.manage(window, true)?;
        }
    }
    loop {
        tiny.x.flush()?;
        let event = tiny.x.wait_for_event()?;
        tiny.translate(&event)?;
    }
}

impl TinyWm {
    fn now(&self) -> Time {
        Time(self.start.elapsed().as_micros() as u64)
    }

    fn tell(&mut self, event: Event) -> Result<()> {
        let now = self.now();
        self.wm.handle(event, now);
        for request in self.wm.settle(now) {
            self.carry_out(request)?;
        }
        Ok(())
    }

    /// One way in: X events to facts.
    fn translate(&mut self, event: &XEvent) -> Result<()> {
        match event {
            XEvent::MapRequest(e) => self.manage(e.window, false),
            XEvent::DestroyNotify(e) => self.tell(Event::Destroyed(Xid(e.window))),
            XEvent::UnmapNotify(e) if e.event != self.root || !self.is_ours(e.window) => {
                match self.expected.get_mut(&e.window) {
                    Some(count) if *count > 0 => {
                        *count -= 1;
                        Ok(())
                    }
                    _ => self.tell(Event::Unmapped(Xid(e.window))),
                }
            }
            XEvent::ConfigureRequest(e) => {
                let has = |bit: ConfigWindow| e.value_mask.contains(bit);
                let values = ConfigureValues {
                    x: has(ConfigWindow::X).then_some(e.x.into()),
                    y: has(ConfigWindow::Y).then_some(e.y.into()),
                    width: has(ConfigWindow::WIDTH).then_some(e.width.into()),
                    height: has(ConfigWindow::HEIGHT).then_some(e.height.into()),
                    ..ConfigureValues::default()
                };
                if self.wm.manages(Xid(e.window)) {
                    return self.tell(Event::ConfigureRequest { window: Xid(e.window), values });
                }
                // Not ours (yet): as it wishes.
                self.x
                    .configure_window(e.window, &ConfigureWindowAux::from_configure_request(e))?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn is_ours(&self, window: Window) -> bool {
        self.frames.values().any(|frame| *frame == window)
    }

    fn manage(&mut self, window: Window, adopted: bool) -> Result<()> {
        let Ok(at) = self.x.get_geometry(window)?.reply() else { return Ok(()) };
        let facts = ClientFacts {
            geometry: Rect::new(at.x.into(), at.y.into(), at.width.into(), at.height.into()),
            border_width: at.border_width.into(),
            depth: at.depth,
            ..ClientFacts::default()
        };
        self.tell(Event::Manage { window: Xid(window), facts: Box::new(facts), adopted })
    }

    /// One way out: requests to X.
    fn carry_out(&mut self, request: Request) -> Result<()> {
        let x = &self.x;
        match request {
            Request::Manage { id, frame, client } => {
                let window = x.generate_id()?;
                x.create_window(
                    x11rb::COPY_DEPTH_FROM_PARENT,
                    window,
                    self.root,
                    frame.x as i16,
                    frame.y as i16,
                    frame.w as u16,
                    frame.h as u16,
                    0,
                    WindowClass::INPUT_OUTPUT,
                    x11rb::COPY_FROM_PARENT,
                    &CreateWindowAux::new().background_pixel(0x40_44_50).event_mask(
                        EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY,
                    ),
                )?;
                x.change_save_set(SetMode::INSERT, id.xid.0)?;
                x.reparent_window(id.xid.0, window, client.x as i16, client.y as i16)?;
                *self.expected.entry(id.xid.0).or_default() += 1;
                self.frames.insert(id, window);
            }
            Request::Unmanage { id, at, alive, .. } => {
                if let Some(at) = at.filter(|_| alive) {
                    x.reparent_window(id.xid.0, self.root, at.x as i16, at.y as i16)?;
                }
                if let Some(frame) = self.frames.remove(&id) {
                    x.destroy_window(frame)?;
                }
                self.expected.remove(&id.xid.0);
            }
            Request::ConfigureFrame { id, rect } => {
                if let Some(frame) = self.frames.get(&id) {
                    x.configure_window(
                        *frame,
                        &ConfigureWindowAux::new()
                            .x(rect.x)
                            .y(rect.y)
                            .width(rect.w as u32)
                            .height(rect.h as u32),
                    )?;
                }
            }
            Request::ConfigureClient { id, rect } => {
                let values = ConfigureWindowAux::new().x(rect.x).y(rect.y);
                let values = values.width(rect.w as u32).height(rect.h as u32);
                x.configure_window(id.xid.0, &values)?;
            }
            Request::SetMapped { id, frame, client } => {
                if client {
                    x.map_window(id.xid.0)?;
                }
                if let Some(window) = self.frames.get(&id) {
                    if frame {
                        x.map_window(*window)?
                    } else {
                        x.unmap_window(*window)?
                    };
                }
            }
            Request::Restack { id, below: None } => {
                if let Some(frame) = self.frames.get(&id) {
                    let top = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
                    x.configure_window(*frame, &top)?;
                }
            }
            Request::Focus { target: FocusTarget::Client { id, .. }, .. } => {
                x.set_input_focus(InputFocus::POINTER_ROOT, id.xid.0, CURRENT_TIME)?;
            }
            // A real window manager does the rest too.
            _ => {}
        }
        Ok(())
    }
}
