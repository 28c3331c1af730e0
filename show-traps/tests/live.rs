//! Live captures of real programs on a private server.

mod server;

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;

use raster::{Fixed, Point};
use rustix::process::{Pid, Signal, kill_process};
use server::{Proxied, Server, connect, first_line};
use show_traps::capture::{Capture, Content, DrawableKind, Shapes};
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::Event;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::record::{self, ConnectionExt as _};
use x11rb::protocol::render::{self, ConnectionExt as _};
use x11rb::protocol::shm::ConnectionExt as _;
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, CreateGCAux, EventMask, ImageFormat, Rectangle,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// A file of this test's own in cargo's folder for such.
fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn read(path: &PathBuf) -> Capture {
    let text = fs::read_to_string(path).expect("the record is there");
    Capture::parse(&text).expect("the record is whole")
}

/// What the server says that it was asked: Render requests, as it records them.
struct Recording {
    control: RustConnection,
    context: record::Context,
    received: mpsc::Receiver<Vec<(u8, Vec<u8>)>>,
    render: u8,
}

impl Recording {
    /// From now on, of all clients that connect.
    fn start(server: &Server) -> Self {
        let (control, _) = server.connect();
        let (data, _) = server.connect();
        let render = control
            .extension_information(render::X11_EXTENSION_NAME)
            .expect("the connection lives")
            .expect("Render is there")
            .major_opcode;
        let context = control.generate_id().expect("numbers are left");
        let range = record::Range {
            ext_requests: record::ExtRange {
                major: record::Range8 { first: render, last: render },
                minor: record::Range16 { first: 0, last: u16::MAX },
            },
            ..record::Range::default()
        };
        control
            .record_create_context(context, 0, &[record::CS::FUTURE_CLIENTS.into()], &[range])
            .expect("the connection lives")
            .check()
            .expect("RECORD is there");
        let (sender, received) = mpsc::channel();
        let (began, begins) = mpsc::channel();
        thread::spawn(move || {
            let mut requests = Vec::new();
            let replies = data.record_enable_context(context).expect("the connection lives");
            for reply in replies {
                let reply = reply.expect("the context lives");
                match reply.category {
                    // From a client; the recording has begun.
                    1 => collect(&reply.data, &mut requests),
                    4 => began.send(()).expect("the test waits"),
                    _ => {}
                }
                if reply.category == 5 {
                    break;
                }
            }
            sender.send(requests).expect("the test waits");
        });
        begins.recv().expect("recording begins");
        Self { control, context, received, render }
    }

    /// The requests' minor opcodes, and what follows their heads.
    fn stop(self) -> Vec<(u8, Vec<u8>)> {
        self.control.record_disable_context(self.context).expect("the connection lives");
        self.control.sync().expect("the connection lives");
        let mut requests = self.received.recv().expect("the recording ends");
        requests.retain(|(major, _)| *major == self.render);
        requests.into_iter().map(|(_, bytes)| (bytes[0], bytes[1..].to_vec())).collect()
    }
}

/// Cuts data into requests: major opcode; then minor opcode and body.
fn collect(mut data: &[u8], requests: &mut Vec<(u8, Vec<u8>)>) {
    while data.len() >= 4 {
        let mut head = 4;
        let mut words = usize::from(u16::from_ne_bytes([data[2], data[3]]));
        if words == 0 && data.len() >= 8 {
            head = 8;
            words = u32::from_ne_bytes([data[4], data[5], data[6], data[7]]) as usize;
        }
        let length = (4 * words).max(head).min(data.len());
        let mut bytes = vec![data[1]];
        bytes.extend_from_slice(&data[head..length]);
        requests.push((data[0], bytes));
        data = &data[length..];
    }
}

/// What a capture says was sent, as the protocol writes it: by name of the
/// request, the bytes of its shapes. (Strips and fans are captured as triangles
/// and glyphs at their places: of those, only the numbers of requests.)
fn captured(capture: &Capture) -> BTreeMap<&str, Vec<Vec<u8>>> {
    let fixed = |value: Fixed| value.bits().to_ne_bytes();
    let point = |at: Point| [fixed(at.x), fixed(at.y)].concat();
    let mut requests: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    for set in &capture.sets {
        let bytes: Vec<u8> = match &set.shapes {
            _ if set.name == "TriStrip" || set.name == "TriFan" => Vec::new(),
            Shapes::Trapezoids(list) => list
                .iter()
                .flat_map(|shape| {
                    let lines = [shape.left.p1, shape.left.p2, shape.right.p1, shape.right.p2];
                    let lines = lines.map(point).concat();
                    [&fixed(shape.top)[..], &fixed(shape.bottom), &lines].concat()
                })
                .collect(),
            Shapes::Triangles(list) => list
                .iter()
                .flat_map(|shape| [shape.p1, shape.p2, shape.p3].map(point).concat())
                .collect(),
            Shapes::Traps(list) => list
                .iter()
                .flat_map(|shape| {
                    let spans = [shape.top, shape.bottom];
                    spans.map(|span| [span.left, span.right, span.y].map(fixed).concat()).concat()
                })
                .collect(),
            Shapes::Rectangles(list) => list
                .iter()
                .flat_map(|shape| {
                    let place = [shape.x, shape.y].map(i16::to_ne_bytes).concat();
                    let size = [shape.width, shape.height].map(u16::to_ne_bytes).concat();
                    [place, size].concat()
                })
                .collect(),
            Shapes::Glyphs(_) => Vec::new(),
        };
        requests.entry(&set.name).or_default().push(bytes);
    }
    requests
}

/// The same, of what the server recorded.
fn recorded(requests: &[(u8, Vec<u8>)]) -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut drawn: BTreeMap<&str, Vec<Vec<u8>>> = BTreeMap::new();
    for (minor, body) in requests {
        // Where the shapes begin.
        let (name, start) = match minor {
            8 => ("Composite", 24),
            10 => ("Trapezoids", 20),
            11 => ("Triangles", 20),
            12 => ("TriStrip", body.len()),
            13 => ("TriFan", body.len()),
            23 => ("CompositeGlyphs8", body.len()),
            24 => ("CompositeGlyphs16", body.len()),
            25 => ("CompositeGlyphs32", body.len()),
            26 => ("FillRectangles", 16),
            32 => ("AddTraps", 8),
            _ => continue,
        };
        drawn.entry(name).or_default().push(body[start..].to_vec());
    }
    drawn
}

/// How a program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    ByItself,
    /// At any moment: what it said last, the server may never have read.
    Killed,
}

/// Runs a program under `show-traps` while the server records; both must tell
/// the same. What was captured.
fn heard_alike(
    server: &Server,
    name: &str,
    ending: Ending,
    program: &[&str],
    wanted: &[&str],
) -> Capture {
    let path = file(name);
    let recording = Recording::start(server);
    let mut arguments = vec!["--record", path.to_str().expect("UTF-8"), "--"];
    arguments.extend(program);
    let output = server.show_traps(&arguments).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let requests = recording.stop();
    let capture = read(&path);
    let (ours, theirs) = (captured(&capture), recorded(&requests));
    let counts = |all: &BTreeMap<&str, Vec<Vec<u8>>>| -> Vec<(String, usize)> {
        all.iter().map(|(name, list)| ((*name).to_owned(), list.len())).collect()
    };
    if ending == Ending::Killed {
        // The server has heard a part of it; and of several connections of a
        // program it may read another one first than the proxy did.
        for (request, list) in &theirs {
            let mut said = ours.get(request).cloned().unwrap_or_default();
            for (index, body) in list.iter().enumerate() {
                let at = said.iter().position(|ours| ours == body);
                assert!(at.is_some(), "{name}: {request} {index} was not captured");
                said.swap_remove(at.unwrap_or_default());
            }
        }
    } else {
        assert_eq!(counts(&ours), counts(&theirs), "{name}");
        assert!(ours == theirs, "{name}: some shapes differ");
    }
    for request in wanted {
        assert!(ours.contains_key(request), "{name} sends no {request}: {:?}", counts(&ours));
    }
    capture
}

#[test]
fn x11perf_is_heard_as_the_server_hears_it() {
    let server = Server::start();
    let program = |test| ["x11perf", "-repeat", "1", "-reps", "3", "-sync", test];
    for (test, wanted) in
        [("-aatrap10", &["AddTraps", "Composite"][..]), ("-addaatrapezoid10", &["Trapezoids"])]
    {
        let name = format!("perf{test}.traps");
        heard_alike(&server, &name, Ending::ByItself, &program(test), wanted);
    }
}

/// Programs that would not end by themselves are ended by `timeout`, long after
/// they have drawn; what they draw until then both hear.
#[test]
fn programs_are_heard_as_the_server_hears_them() {
    let server = Server::start();
    // `timeout` ends the clock and is content with that.
    let clock = ["timeout", "--preserve-status", "-s", "HUP", "2", "xclock", "-render"];
    let script = format!("{} || true", clock.join(" "));
    let capture = heard_alike(
        &server,
        "clock.traps",
        Ending::Killed,
        &["sh", "-c", &script],
        &["Trapezoids"],
    );
    let pixmap = capture.sets.iter().find_map(|set| capture.target(set)).expect("drawn on");
    assert_eq!((pixmap.size, pixmap.title.as_deref()), (Some((164, 164)), Some("xclock")));

    let script = "timeout -s HUP 3 gtk3-widget-factory || true";
    let wanted = ["Trapezoids", "FillRectangles", "CompositeGlyphs8"];
    let capture = heard_alike(&server, "gtk.traps", Ending::Killed, &["sh", "-c", script], &wanted);
    let glyphs: usize = capture
        .sets
        .iter()
        .filter(|set| matches!(set.shapes, Shapes::Glyphs(_)))
        .map(|set| set.shapes.len())
        .sum();
    assert!(glyphs > 50 && !capture.glyphs.is_empty(), "{glyphs} glyphs");
    assert!(capture.glyphs.iter().any(|glyph| glyph.data.iter().any(|byte| *byte > 128)));
}

/// The last picture in the window that a program maps, which its pixmap keeps
/// when the window is gone.
fn last_picture(server: &Server, run: impl FnOnce() -> std::process::Output) -> Vec<u8> {
    let (connection, root) = server.connect();
    connection.composite_query_version(0, 4).expect("sent").reply().expect("Composite is there");
    connection.composite_redirect_subwindows(root, Redirect::AUTOMATIC).expect("sent");
    let listen = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
    connection.change_window_attributes(root, &listen).expect("sent").check().expect("possible");
    // Named as soon as it is mapped, by a thread, while the program runs.
    let watcher = thread::spawn(move || {
        loop {
            let event = connection.wait_for_event().expect("the connection lives");
            let Event::MapNotify(event) = event else { continue };
            let pixmap = connection.generate_id().expect("numbers are left");
            connection
                .composite_name_window_pixmap(event.window, pixmap)
                .expect("sent")
                .check()
                .expect("it is mapped");
            let size = connection.get_geometry(pixmap).expect("sent").reply().expect("named");
            return (connection, pixmap, size.width, size.height);
        }
    });
    let output = run();
    assert!(output.status.success(), "{output:?}");
    let (connection, pixmap, width, height) = watcher.join().expect("a window was mapped");
    let image = connection
        .get_image(ImageFormat::Z_PIXMAP, pixmap, 0, 0, width, height, !0)
        .expect("sent")
        .reply()
        .expect("the pixmap lives on");
    image.data
}

#[test]
fn x11perf_draws_the_same_with_and_without_us() {
    let server = Server::start();
    for test in ["-aatrap100", "-aatrapezoid100"] {
        let arguments = ["-repeat", "1", "-reps", "20", test];
        let direct =
            last_picture(&server, || server.command("x11perf", &arguments).output().expect("runs"));
        let mut through = vec!["--stats", "--", "x11perf"];
        through.extend(arguments);
        let captured =
            last_picture(&server, || server.show_traps(&through).output().expect("runs"));
        assert!(direct == captured, "{test}: other pixels");
        assert!(direct.iter().any(|byte| *byte != direct[0]), "{test}: nothing was drawn");
    }
}

#[test]
fn descriptors_pass_both_ways() {
    let server = Server::start();
    let path = file("descriptors.traps");
    let proxied = Proxied::start(&server, &path);
    let (connection, root) = connect(&proxied.display);
    let version = connection.shm_query_version().expect("sent").reply().expect("MIT-SHM");
    assert!((version.major_version, version.minor_version) >= (1, 2));

    // To the server: memory of ours, which it reads.
    let memory = rustix::fs::memfd_create("test", rustix::fs::MemfdFlags::CLOEXEC).expect("memory");
    let memory = fs::File::from(memory);
    memory.set_len(4096).expect("memory");
    memory.write_all_at(&[0x5a; 4096], 0).expect("memory");
    let segment = connection.generate_id().expect("numbers are left");
    let theirs = std::os::fd::OwnedFd::from(memory.try_clone().expect("memory"));
    connection.shm_attach_fd(segment, theirs, true).expect("sent").check().expect("attached");
    let pixmap = connection.generate_id().expect("numbers are left");
    connection.create_pixmap(24, pixmap, root, 8, 8).expect("sent");
    let gc = connection.generate_id().expect("numbers are left");
    connection.create_gc(gc, pixmap, &CreateGCAux::new()).expect("sent");
    let format = ImageFormat::Z_PIXMAP;
    connection
        .shm_put_image(pixmap, gc, 8, 8, 0, 0, 8, 8, 0, 0, 24, format.into(), false, segment, 0)
        .expect("sent")
        .check()
        .expect("read");
    let image = connection.get_image(format, pixmap, 0, 0, 8, 8, !0).expect("sent");
    assert_eq!(image.reply().expect("read").data[..3], [0x5a; 3]);

    // To us: memory of the server's, which we read.
    let segment = connection.generate_id().expect("numbers are left");
    let reply = connection.shm_create_segment(segment, 4096, false).expect("sent").reply();
    let memory = fs::File::from(reply.expect("made").shm_fd);
    connection
        .shm_get_image(pixmap, 0, 0, 8, 8, !0, format.into(), segment, 0)
        .expect("sent")
        .reply()
        .expect("written");
    let mut pixel = [0; 3];
    memory.read_exact_at(&mut pixel, 0).expect("it is memory");
    assert_eq!(pixel, [0x5a; 3]);
    drop(connection);
    assert!(proxied.finish().status.success());
}

/// Fills a window's picture with a colour by Render.
fn fill(connection: &RustConnection, root: u32) {
    let formats = connection.render_query_pict_formats().expect("sent").reply().expect("known");
    let format = formats.formats.iter().find(|format| format.depth == 24).expect("one of 24 bits");
    let pixmap = connection.generate_id().expect("numbers are left");
    connection.create_pixmap(24, pixmap, root, 8, 8).expect("sent");
    let picture = connection.generate_id().expect("numbers are left");
    connection
        .render_create_picture(picture, pixmap, format.id, &Default::default())
        .expect("sent");
    let colour = render::Color { red: 0xffff, green: 0, blue: 0, alpha: 0xffff };
    let all = Rectangle { x: 0, y: 0, width: 8, height: 8 };
    connection
        .render_fill_rectangles(render::PictOp::SRC, picture, colour, &[all])
        .expect("sent")
        .check()
        .expect("drawn");
}

#[test]
fn killed_clients_and_servers_are_survived() {
    let mut server = Server::start();
    let path = file("killed.traps");
    let proxied = Proxied::start(&server, &path);
    // One client leaves in the middle of a request.
    let (client, root) = connect(&proxied.display);
    fill(&client, root);
    let half = rustix::io::write(client.stream(), &[1, 0, 8, 0, 1]).expect("sent");
    assert_eq!(half, 5);
    drop(client);
    // Others are served as before.
    let (client, root) = connect(&proxied.display);
    fill(&client, root);
    server.kill();
    let error = client.wait_for_event();
    assert!(error.is_err(), "the server's end is ours: {error:?}");
    drop(client);
    let socket = format!("/tmp/.X11-unix/X{}", display_number(&proxied.display));
    assert!(fs::exists(&socket).expect("it can be seen"));
    let output = proxied.finish();
    assert!(output.status.success(), "{output:?}");
    assert!(!fs::exists(&socket).expect("it can be seen"), "nothing stays behind");
    let capture = read(&path);
    let clients: Vec<Option<u32>> =
        capture.sets.iter().map(|set| set.origin.map(|from| from.client)).collect();
    assert_eq!(clients, [Some(1), Some(2)]);
    assert_eq!(capture.target(&capture.sets[0]).map(|at| at.kind), Some(DrawableKind::Pixmap));
    let source = capture.sets[1].drawing.and_then(|drawing| capture.picture(drawing.source?));
    assert!(matches!(source.map(|picture| &picture.content), Some(Content::Solid(_))));
}

fn display_number(display: &str) -> &str {
    display.trim_start_matches(':').split('.').next().expect("there is a number")
}

#[test]
fn what_a_program_started_is_waited_for() {
    let server = Server::start();
    let path = file("outlived.traps");
    let (connection, root) = server.connect();
    let listen = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
    connection.change_window_attributes(root, &listen).expect("sent").check().expect("possible");
    let record = path.to_str().expect("UTF-8");
    let script = "xclock -render >/dev/null 2>&1 & echo $!";
    let mut process = server
        .show_traps(&["--record", record, "--", "sh", "-c", script])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let clock: i32 = first_line(process.stdout.take().expect("piped")).parse().expect("a number");
    // The shell has said all, the clock comes later.
    while !matches!(connection.wait_for_event().expect("alive"), Event::MapNotify(_)) {}
    assert!(process.try_wait().expect("ours").is_none(), "not ended with the shell");
    kill_process(Pid::from_raw(clock).expect("a process"), Signal::KILL).expect("it runs");
    let status = process.wait().expect("it ends");
    assert!(status.success(), "{status}");
    read(&path);
}

#[test]
fn cookies_are_passed_on() {
    let key = file("key.xauth");
    let mut entry = Vec::new();
    let host = rustix::system::uname().nodename().to_bytes().to_vec();
    entry.extend(256_u16.to_be_bytes());
    // Number: none, which is all.
    for field in [&host[..], b"", b"MIT-MAGIC-COOKIE-1", &[0x17; 16]] {
        entry.extend((field.len() as u16).to_be_bytes());
        entry.extend(field);
    }
    fs::write(&key, &entry).expect("written");
    let server = Server::with_authority(&key);
    let path = file("cookie.traps");
    let record = path.to_str().expect("UTF-8");
    let arguments = ["--record", record, "--", "x11perf", "-repeat", "1", "-reps", "1", "-aatrap1"];
    let output = server.show_traps(&arguments).output().expect("it runs");
    assert!(output.status.success(), "{output:?}");
    assert!(!read(&path).sets.is_empty());
    // Without the cookie nobody gets in, through us either.
    let empty = file("empty.xauth");
    fs::write(&empty, b"").expect("written");
    let output = server.show_traps(&arguments).env("XAUTHORITY", &empty).output().expect("it runs");
    assert!(!output.status.success(), "{output:?}");
    assert!(read(&path).sets.is_empty());
}

#[test]
fn a_program_without_windows_is_told() {
    let server = Server::start();
    let output =
        server.show_traps(&["--stats", "--", "sh", "-c", "exit 3"]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "the program's");
    assert!(said.contains("sh made no connection to the X server"), "{said}");
    let output = server.show_traps(&["--stats", "--", "/nowhere/at/all"]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("cannot run /nowhere/at/all"), "{said}");
    let mut command = server.show_traps(&["--stats", "--", "xclock"]);
    let output = command.env("DISPLAY", ":4711").output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no X server"), "{said}");
}

#[test]
fn a_signal_ends_the_capture_and_not_the_record() {
    let server = Server::start();
    let path = file("signal.traps");
    let (connection, root) = server.connect();
    let listen = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
    connection.change_window_attributes(root, &listen).expect("sent").check().expect("possible");
    let record = path.to_str().expect("UTF-8");
    let mut process = server
        .show_traps(&["--record", record, "--stats", "--", "xclock", "-render"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    while !matches!(connection.wait_for_event().expect("alive"), Event::MapNotify(_)) {}
    kill_process(Pid::from_child(&process), Signal::INT).expect("it runs");
    let mut said = String::new();
    process.stdout.take().expect("piped").read_to_string(&mut said).expect("text");
    process.wait().expect("it ends");
    assert!(said.contains("bytes in Render requests"), "what there is is counted: {said}");
    read(&path);
    // The clock is asked to end, too.
    while !matches!(connection.wait_for_event().expect("alive"), Event::DestroyNotify(_)) {}
}
