//! The window on a server: what is on the screen is what the view paints, pixel
//! for pixel, after keys, clicks and another size.

mod server;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use server::Server;
use show_traps::canvas::Canvas;
use show_traps::capture::Capture;
use show_traps::colour::Rgba;
use show_traps::view::keys::Key;
use show_traps::view::{Fonts, Input, Viewer};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConfigureWindowAux,
    ConnectionExt as _, EventMask, ImageFormat, InputFocus, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

const DRAWN: &str = "\
show-traps 1
picture 1 solid #c01020ff
picture 2 window 0x400007 size=40x30 format=x8r8g8b8 title=\"A clock\"
set #c01020ff Trapezoids
from client=1 request=10 time=0.25 bytes=104
draw op=over source=1 at=0,0 onto=2 mask=a8
trap 2.5 10  3 2 1 11  7 2 8 11
set #c01020ff Triangles
from client=1 request=12 time=1.5 bytes=48
draw op=over source=1 at=0,0 onto=2 mask=a8
triangle 20 20 30 22 24 29
";

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The program's window, and what should be in it.
struct Screen {
    connection: RustConnection,
    window: Window,
    process: Child,
    viewer: Viewer,
    fonts: Fonts,
    size: (u16, u16),
}

/// The next event, or a failure when none comes for long.
fn next_event(connection: &RustConnection) -> Event {
    loop {
        if let Some(event) = connection.poll_for_event().expect("the server lives") {
            return event;
        }
        let mut fds = [PollFd::new(connection.stream(), PollFlags::IN)];
        let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
        let ready = poll(&mut fds, Some(&patience)).expect("it can be waited for");
        assert!(ready > 0, "nothing happens on the screen");
    }
}

fn listen(connection: &RustConnection, root: Window) {
    let events = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
    connection.change_window_attributes(root, &events).expect("sent").check().expect("possible");
}

fn mapped(connection: &RustConnection) -> Window {
    loop {
        if let Event::MapNotify(event) = next_event(connection) {
            return event.window;
        }
    }
}

impl Screen {
    fn open(server: &Server, name: &str) -> Self {
        let path = file(name);
        fs::write(&path, DRAWN).expect("written");
        let (connection, root) = server.connect();
        connection.damage_query_version(1, 1).expect("sent").reply().expect("DAMAGE is there");
        listen(&connection, root);
        let mut command = server.show_traps(&[path.to_str().expect("UTF-8")]);
        let process = command.stderr(Stdio::inherit()).spawn().expect("it starts");
        let window = mapped(&connection);
        let damage = connection.generate_id().expect("numbers are left");
        connection.damage_create(damage, window, ReportLevel::RAW_RECTANGLES).expect("sent");
        let size = connection.get_geometry(window).expect("sent").reply().expect("it is there");
        let focus = InputFocus::PARENT;
        connection.set_input_focus(focus, window, x11rb::CURRENT_TIME).expect("sent");
        let mut viewer = Viewer::new(Capture::parse(DRAWN).expect("a capture"), None);
        let size = (size.width, size.height);
        viewer.handle(resized(size));
        let fonts = Fonts::default();
        Self { connection, window, process, viewer, fonts, size }
    }

    /// Waits until the screen shows what the view paints.
    fn expect_picture(&mut self) {
        let (width, height) = self.size;
        let mut canvas = Canvas::new(width.into(), height.into(), Rgba::opaque(0, 0, 0));
        self.viewer.paint(&mut canvas, &mut self.fonts);
        let expected: Vec<u8> =
            canvas.bytes().chunks_exact(3).flat_map(|p| [p[2], p[1], p[0], 0]).collect();
        loop {
            let image = self
                .connection
                .get_image(ImageFormat::Z_PIXMAP, self.window, 0, 0, width, height, !0)
                .expect("sent")
                .reply();
            // While it is resized there may be less of it.
            let data = image.map(|image| image.data).unwrap_or_default();
            if data == expected {
                return;
            }
            while !matches!(next_event(&self.connection), Event::DamageNotify(_)) {}
        }
    }

    fn press(&mut self, key: char) {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.connection.get_keyboard_mapping(first, last - first + 1).expect("sent");
        let map = map.reply().expect("there is a keyboard");
        let each = usize::from(map.keysyms_per_keycode);
        let place = map.keysyms.chunks(each).position(|row| row[0] == u32::from(key));
        let code = first + u8::try_from(place.expect("such a key")).expect("few keys");
        for kind in [2, 3] {
            self.fake(kind, code, 0, 0);
        }
        self.viewer.handle(Input::Key(Key::Char(key)));
    }

    fn point(&mut self, x: i16, y: i16) {
        self.fake(6, 0, x, y);
        self.viewer.handle(Input::Pointer(x.into(), y.into()));
    }

    fn button(&mut self, button: u8, input: &[Input]) {
        for kind in [4, 5] {
            self.fake(kind, button, 0, 0);
        }
        for input in input {
            self.viewer.handle(input.clone());
        }
    }

    fn fake(&self, kind: u8, detail: u8, x: i16, y: i16) {
        let sent = self.connection.xtest_fake_input(kind, detail, 0, x11rb::NONE, x, y, 0);
        sent.expect("sent").check().expect("XTEST is there");
    }
}

fn resized((width, height): (u16, u16)) -> Input {
    Input::Resized { size: (width.into(), height.into()), scale: 1.0 }
}

#[test]
fn the_window_shows_what_the_view_paints() {
    let server = Server::start();
    let mut screen = Screen::open(&server, "window.traps");
    screen.expect_picture();
    screen.press('.');
    screen.expect_picture();
    // The window is at the corner of the screen: there is no window manager.
    screen.point(430, 300);
    screen.button(4, &[Input::Wheel(0.0, -1.0)]);
    screen.button(4, &[Input::Wheel(0.0, -1.0)]);
    screen.expect_picture();
    screen.button(1, &[Input::Pressed, Input::Released]);
    screen.press('e');
    screen.expect_picture();
    screen.press('5');
    screen.expect_picture();
    screen.size = (500, 420);
    let smaller = ConfigureWindowAux::new().width(500).height(420);
    screen.connection.configure_window(screen.window, &smaller).expect("sent");
    screen.viewer.handle(resized(screen.size));
    screen.expect_picture();
    screen.press('h');
    screen.expect_picture();

    // Closed as window managers do.
    let atom = |name: &[u8]| {
        let cookie = screen.connection.intern_atom(false, name).expect("sent");
        cookie.reply().expect("made").atom
    };
    let (protocols, delete) = (atom(b"WM_PROTOCOLS"), atom(b"WM_DELETE_WINDOW"));
    let message = ClientMessageEvent::new(32, screen.window, protocols, [delete, 0, 0, 0, 0]);
    let window = screen.window;
    let mask = EventMask::NO_EVENT;
    screen.connection.send_event(false, window, mask, message).expect("sent");
    screen.connection.flush().expect("sent");
    let status = screen.process.wait().expect("it ends");
    assert!(status.success(), "{status}");
}

#[test]
fn a_live_window_records_until_it_is_closed() {
    let server = Server::start();
    let path = file("live-window.traps");
    let (connection, root) = server.connect();
    listen(&connection, root);
    let record = path.to_str().expect("UTF-8");
    let program = ["x11perf", "-repeat", "1", "-reps", "2", "-aatrap10"];
    let mut arguments = vec!["--window", "--record", record, "--"];
    arguments.extend(program);
    let mut command = server.show_traps(&arguments);
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    let is_ours = |window: Window| {
        let class = connection
            .get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64)
            .expect("sent");
        class.reply().is_ok_and(|class| class.value.starts_with(b"show-traps"))
    };
    // Ours and the program's come in any order; the program's go first.
    let mut ours = None;
    loop {
        match next_event(&connection) {
            Event::MapNotify(event) if is_ours(event.window) => ours = Some(event.window),
            Event::DestroyNotify(event) if ours != Some(event.window) => break,
            _ => {}
        }
    }
    let ours = ours.unwrap_or_else(|| mapped(&connection));
    assert!(process.try_wait().expect("ours").is_none(), "the window stays");
    connection.set_input_focus(InputFocus::PARENT, ours, x11rb::CURRENT_TIME).expect("sent");
    // The key for `q`, as Xvfb's keyboard has it.
    for kind in [2, 3] {
        let sent = connection.xtest_fake_input(kind, 24, 0, root, 0, 0, 0);
        sent.expect("sent").check().expect("XTEST is there");
    }
    connection.sync().expect("the server lives");
    let status = process.wait().expect("it ends");
    assert!(status.success(), "{status}");
    let text = fs::read_to_string(&path).expect("the record is there");
    let capture = Capture::parse(&text).expect("the record is whole");
    let traps = capture.sets.iter().filter(|set| set.name == "AddTraps").count();
    // One to warm up, two that count.
    assert!(traps >= 2, "{traps}");
}
