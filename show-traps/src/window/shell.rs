//! The window itself: made, told apart, listened to.
//!
//! Owns the X side of events. It must not know what they do.

use std::collections::VecDeque;

use x11rb::connection::Connection as _;
use x11rb::cursor::Handle as CursorHandle;
use x11rb::errors::ConnectionError;
use x11rb::properties::WmSizeHints;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ButtonPressEvent, ConnectionExt as _, CreateWindowAux, EventMask, KeyButMask,
    PropMode, Screen, Window, WindowClass,
};
use x11rb::resource_manager;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::WindowError;
use super::keyboard::Keyboard;
use super::present::Presenter;
use crate::canvas::Canvas;
use crate::colour::Rgba;
use crate::view::Input;
use crate::view::keys::Key;

x11rb::atom_manager! {
    /// What a window is told apart by.
    pub(super) Atoms: AtomsCookie {
        WM_PROTOCOLS,
        WM_DELETE_WINDOW,
        UTF8_STRING,
        _NET_WM_NAME,
        _NET_WM_ICON,
        _NET_WM_PID,
    }
}

/// The size that is asked for, at a scale of 1.
const SIZE: (f64, f64) = (1180.0, 780.0);

/// The least size that makes sense.
const LEAST: (i32, i32) = (240, 160);

pub(super) struct Shell {
    pub(super) connection: RustConnection,
    pub(super) screen: Screen,
    pub(super) window: Window,
    atoms: Atoms,
    keyboard: Keyboard,
    size: (u32, u32),
    scale: f64,
    pending: VecDeque<Event>,
    /// Something must be painted again.
    pub(super) exposed: bool,
    /// The user closed the window.
    pub(super) closed: bool,
}

impl Shell {
    pub(super) fn open(title: &str) -> Result<Self, WindowError> {
        let (connection, number) = RustConnection::connect(None)?;
        let screen = connection.setup().roots[number].clone();
        let atoms = Atoms::new(&connection)?;
        let resources = resource_manager::new_from_default(&connection)?;
        let keyboard = Keyboard::new(&connection)?;
        // Without a cursor of its own the window shows its parent's.
        let cursor = CursorHandle::new(&connection, number, &resources)?.reply();
        let cursor = cursor.ok().and_then(|theme| theme.load_cursor(&connection, "left_ptr").ok());
        let dpi = resources.get_value::<f64>("Xft.dpi", "").ok().flatten();
        let scale = dpi.map_or(1.0, |dpi| (dpi / 96.0).clamp(0.5, 4.0));
        let side =
            |length: f64, room: u16| (length * scale).min(f64::from(room) * 0.92).max(1.0) as u16;
        let width = side(SIZE.0, screen.width_in_pixels);
        let height = side(SIZE.1, screen.height_in_pixels);
        let window = connection.generate_id()?;
        let attributes = CreateWindowAux::new().event_mask(
            EventMask::EXPOSURE
                | EventMask::STRUCTURE_NOTIFY
                | EventMask::KEY_PRESS
                | EventMask::BUTTON_PRESS
                | EventMask::BUTTON_RELEASE
                | EventMask::POINTER_MOTION
                | EventMask::LEAVE_WINDOW,
        );
        let attributes = CreateWindowAux { cursor, ..attributes };
        connection.create_window(
            x11rb::COPY_DEPTH_FROM_PARENT,
            window,
            screen.root,
            0,
            0,
            width,
            height,
            0,
            WindowClass::INPUT_OUTPUT,
            x11rb::COPY_FROM_PARENT,
            &attributes,
        )?;
        let atoms = atoms.reply()?;
        let shell = Self {
            keyboard,
            connection,
            screen,
            window,
            atoms,
            size: (width.into(), height.into()),
            scale,
            pending: VecDeque::new(),
            exposed: false,
            closed: false,
        };
        shell.set_properties(title)?;
        shell.connection.map_window(window)?.check()?;
        Ok(shell)
    }

    fn set_properties(&self, title: &str) -> Result<(), WindowError> {
        let (connection, window, atoms) = (&self.connection, self.window, &self.atoms);
        let (replace, string) = (PropMode::REPLACE, AtomEnum::STRING);
        connection.change_property8(
            replace,
            window,
            AtomEnum::WM_NAME,
            string,
            title.as_bytes(),
        )?;
        let (name, utf8) = (atoms._NET_WM_NAME, atoms.UTF8_STRING);
        connection.change_property8(replace, window, name, utf8, title.as_bytes())?;
        let class = b"show-traps\0Show-traps\0";
        connection.change_property8(replace, window, AtomEnum::WM_CLASS, string, class)?;
        let mut hints = WmSizeHints::new();
        hints.min_size = Some(LEAST);
        hints.set_normal_hints(connection, window)?;
        connection.change_property32(
            replace,
            window,
            atoms.WM_PROTOCOLS,
            AtomEnum::ATOM,
            &[atoms.WM_DELETE_WINDOW],
        )?;
        let (pid, number) = (atoms._NET_WM_PID, AtomEnum::CARDINAL);
        connection.change_property32(replace, window, pid, number, &[std::process::id()])?;
        connection.change_property32(replace, window, atoms._NET_WM_ICON, number, &icon())?;
        Ok(())
    }

    /// Width and height in pixels.
    pub(super) fn size(&self) -> (u32, u32) {
        self.size
    }

    pub(super) fn resized(&self) -> Input {
        Input::Resized { size: self.size, scale: self.scale }
    }

    /// Whether no event waits.
    pub(super) fn is_idle(&mut self) -> Result<bool, ConnectionError> {
        if let Some(event) = self.connection.poll_for_event()? {
            self.pending.push_back(event);
        }
        Ok(self.pending.is_empty())
    }

    /// Takes all events that have come.
    pub(super) fn drain(
        &mut self,
        inputs: &mut Vec<Input>,
        presenter: &mut Presenter,
    ) -> Result<(), WindowError> {
        loop {
            let event = match self.pending.pop_front() {
                Some(event) => event,
                None => match self.connection.poll_for_event()? {
                    Some(event) => event,
                    None => return Ok(()),
                },
            };
            self.take(event, inputs, presenter)?;
        }
    }

    fn take(
        &mut self,
        event: Event,
        inputs: &mut Vec<Input>,
        presenter: &mut Presenter,
    ) -> Result<(), WindowError> {
        match event {
            Event::Expose(event) => self.exposed |= event.count == 0,
            Event::ConfigureNotify(event) => {
                let size = (u32::from(event.width), u32::from(event.height));
                if size != self.size {
                    self.size = size;
                    inputs.push(self.resized());
                }
            }
            Event::KeyPress(event) => {
                let key = self.keyboard.key(event.detail, event.state);
                let control = event.state.contains(KeyButMask::CONTROL);
                match key {
                    Some(Key::Char('q' | 'w' | 'c')) if control => self.closed = true,
                    Some(key) if !control => inputs.push(Input::Key(key)),
                    _ => {}
                }
            }
            Event::MappingNotify(_) => self.keyboard = Keyboard::new(&self.connection)?,
            Event::MotionNotify(event) => {
                let input = Input::Pointer(event.event_x.into(), event.event_y.into());
                // Where the pointer was in between changes nothing.
                match inputs.last_mut() {
                    Some(last @ Input::Pointer(..)) => *last = input,
                    _ => inputs.push(input),
                }
            }
            Event::LeaveNotify(_) => inputs.push(Input::Left),
            Event::ButtonPress(event) => press(&event, inputs),
            Event::ButtonRelease(event) if event.detail == 1 => {
                inputs.push(Input::Pointer(event.event_x.into(), event.event_y.into()));
                inputs.push(Input::Released);
            }
            Event::ClientMessage(event) => {
                let asked = event.data.as_data32()[0];
                self.closed |=
                    event.type_ == self.atoms.WM_PROTOCOLS && asked == self.atoms.WM_DELETE_WINDOW;
            }
            Event::DestroyNotify(_) => self.closed = true,
            Event::ShmCompletion(event) => presenter.completed(event.shmseg),
            _ => {}
        }
        Ok(())
    }
}

fn press(event: &ButtonPressEvent, inputs: &mut Vec<Input>) {
    inputs.push(Input::Pointer(event.event_x.into(), event.event_y.into()));
    let sideways = event.state.contains(KeyButMask::SHIFT);
    let wheel = |step: f64| {
        if sideways { Input::Wheel(step, 0.0) } else { Input::Wheel(0.0, step) }
    };
    match event.detail {
        1 => inputs.push(Input::Pressed),
        4 => inputs.push(wheel(-1.0)),
        5 => inputs.push(wheel(1.0)),
        6 => inputs.push(Input::Wheel(-1.0, 0.0)),
        7 => inputs.push(Input::Wheel(1.0, 0.0)),
        _ => {}
    }
}

/// A red circle with a black line around it, as `_NET_WM_ICON` wants it.
fn icon() -> Vec<u32> {
    const SIDE: u32 = 48;
    let mut shape = Canvas::new(SIDE, SIDE, Rgba::opaque(0, 0, 0));
    let mut colour = shape.clone();
    let middle = f64::from(SIDE) / 2.0;
    shape.dot((middle, middle), middle - 1.0, Rgba::opaque(255, 255, 255));
    colour.dot((middle, middle), middle - 5.0, Rgba::opaque(230, 30, 30));
    let mut data = vec![SIDE, SIDE];
    for y in 0..SIDE {
        for x in 0..SIDE {
            let (alpha, paint) = (shape.get(x, y).red, colour.get(x, y));
            data.push(u32::from_be_bytes([alpha, paint.red, paint.green, paint.blue]));
        }
    }
    data
}
