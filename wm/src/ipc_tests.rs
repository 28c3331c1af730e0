//! Tests of the IPC server, with real clients on a real socket and no clock:
//! everything happens in one thread, in an order that the test decides.

use std::io::{BufRead, BufReader};

use trapeze_ipc::client::Client as Caller;
use trapeze_ipc::{Window, WorkspaceRef};

use super::*;

struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("trapeze-ipc-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn socket(&self) -> PathBuf {
        self.0.join("trapeze-0.sock")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A client that is never waited for.
struct Peer(BufReader<UnixStream>);

impl Peer {
    fn new(server: &IpcServer) -> Self {
        let stream = UnixStream::connect(server.path()).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self(BufReader::new(stream))
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    /// The next line, if it is there.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(line.trim_end().to_owned()),
        }
    }
}

fn state(workspace: u32) -> State {
    State { workspace, ..State::default() }
}

#[test]
fn the_socket_is_private_and_leaves_with_its_server() {
    let directory = Directory::new("private");
    let server = IpcServer::new(&directory.socket()).unwrap();
    let mode = fs::metadata(server.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(server);
    assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 0);
}

#[test]
fn a_stale_socket_is_replaced_and_a_successors_is_left() {
    let directory = Directory::new("stale");
    let path = directory.socket();
    let old = IpcServer::new(&path).unwrap();
    let mut new = IpcServer::new(&path).unwrap();
    drop(old);
    let mut peer = Peer::new(&new);
    peer.send("{\"request\":\"version\"}\n");
    assert_eq!(new.dispatch().len(), 1, "the successor can still be reached");

    fs::remove_file(&path).unwrap();
    fs::write(&path, "a person's file").unwrap();
    assert_eq!(IpcServer::new(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
    drop(new);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a person's file");
    assert!(IpcServer::new(&directory.0.join("missing/x.sock")).is_err());
}

#[test]
fn answers_keep_the_order_of_requests() {
    let directory = Directory::new("order");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    peer.send("{\"request\":\"list\"}\nnonsense\n\n{\"request\":\"workspace\",\"workspace\":2}\n");
    let requests = server.dispatch();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].request, Request::List);
    assert_eq!(requests[1].request, Request::Workspace { workspace: WorkspaceRef::Number(2) });
    server.reply(requests[1].from, &Reply::Ok);
    assert_eq!(peer.line(), None, "the first request has no answer yet");
    server.reply(requests[0].from, &Reply::State(state(1)));
    server.reply(requests[0].from, &Reply::error("a second answer"));
    assert!(peer.line().unwrap().starts_with(r#"{"reply":"state""#));
    assert!(peer.line().unwrap().starts_with(r#"{"reply":"error","message":"no request: "#));
    assert_eq!(peer.line().as_deref(), Some(r#"{"reply":"ok"}"#));
    assert_eq!(peer.line(), None);
}

#[test]
fn requests_in_pieces_and_floods_of_them_are_all_answered() {
    let directory = Directory::new("pieces");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    for piece in ["{\"requ", "est\":\"st", "ats\"}"] {
        peer.send(piece);
        assert_eq!(server.dispatch(), []);
    }
    peer.send("\n");
    peer.send(&"{\"request\":\"version\"}\n".repeat(1000));
    let mut answered = 0;
    let mut read = 0;
    loop {
        let requests = server.dispatch();
        if requests.is_empty() {
            break;
        }
        assert!(requests.len() <= TURN, "one client does not take the whole turn");
        for request in requests {
            server.reply(request.from, &Reply::Ok);
            answered += 1;
        }
        while peer.line().is_some() {
            read += 1;
        }
    }
    assert_eq!((answered, read), (1001, 1001));
}

#[test]
fn what_is_asked_in_leaving_is_done() {
    let directory = Directory::new("leaving");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    peer.send(&"{\"request\":\"reload\"}\n".repeat(100));
    drop(peer);
    let mut asked = 0;
    loop {
        let requests = server.dispatch();
        if requests.is_empty() {
            break;
        }
        asked += requests.len();
        for request in requests {
            server.reply(request.from, &Reply::Ok);
        }
    }
    assert_eq!(asked, 100);
    assert!(server.clients.is_empty(), "and nobody is waited for");
}

#[test]
fn a_client_that_left_does_not_keep_the_loop_awake() {
    let directory = Directory::new("left");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    peer.send("{\"request\":\"reload\"}\n");
    drop(peer);
    let requests = server.dispatch();
    assert_eq!(requests.len(), 1);
    assert_eq!(server.dispatch(), [], "its end is read after its last line");
    let mut poll = [rustix::event::PollFd::new(&server, rustix::event::PollFlags::IN)];
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    assert_eq!(rustix::event::poll(&mut poll, Some(&now)), Ok(0), "nothing is left to do");
    server.reply(requests[0].from, &Reply::Ok);
}

#[test]
fn a_client_that_ends_its_side_still_gets_its_answer() {
    let directory = Directory::new("half");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    peer.send("{\"request\":\"version\"}\n");
    peer.0.get_mut().shutdown(std::net::Shutdown::Write).unwrap();
    let requests = server.dispatch();
    assert_eq!(server.dispatch(), [], "it is waited with, not dropped");
    server.reply(requests[0].from, &Reply::Ok);
    assert_eq!(peer.line().as_deref(), Some(r#"{"reply":"ok"}"#));
    assert!(server.clients.is_empty());
}

#[test]
fn a_line_without_end_is_refused_and_the_next_one_is_read() {
    let directory = Directory::new("oversized");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    let chunk = "x".repeat(8 * 1024);
    for _ in 0..=(3 * MAX_LINE / chunk.len()) {
        peer.send(&chunk);
        assert_eq!(server.dispatch(), []);
        let kept: usize = server.clients.values().map(|client| client.input.len()).sum();
        assert!(kept <= MAX_LINE + 64 * 1024, "{kept} bytes are kept");
    }
    peer.send("\n{\"request\":\"quit\"}\n");
    let mut requests = Vec::new();
    while requests.is_empty() {
        requests = server.dispatch();
    }
    assert_eq!(requests[0].request, Request::Quit);
    server.reply(requests[0].from, &Reply::Ok);
    assert!(peer.line().unwrap().contains("longer than"));
    assert_eq!(peer.line().as_deref(), Some(r#"{"reply":"ok"}"#));
    assert_eq!(peer.line(), None, "an endless line is one error");
}

#[test]
fn subscribers_are_told_everything_and_only_they() {
    let directory = Directory::new("subscribe");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let (mut peer, mut other) = (Peer::new(&server), Peer::new(&server));
    assert!(!server.has_subscribers());
    peer.send("{\"request\":\"subscribe\"}\n");
    let requests = server.dispatch();
    server.subscribe(requests[0].from, state(1));
    assert!(server.has_subscribers());
    server.publish(&state(1));
    let window = Window { id: 5, focused: true, ..Window::default() };
    let newer = State { windows: vec![window], ..state(2) };
    server.publish(&newer);
    server.broadcast(&[Change::ConfigReloaded]);

    assert_eq!(peer.line().as_deref(), Some(r#"{"reply":"ok"}"#));
    let Ok(Event::State(mut copy)) = serde_json::from_str(&peer.line().unwrap()) else {
        panic!("a subscription opens with the state")
    };
    assert_eq!(copy.state, state(1));
    while let Some(line) = peer.line() {
        let Ok(Event::Change(change)) = serde_json::from_str(&line) else { panic!("{line}") };
        copy.state.apply(change);
    }
    assert_eq!(copy.state, newer);
    assert_eq!(other.line(), None);

    drop(peer);
    server.dispatch();
    assert!(!server.has_subscribers(), "nobody is left to be told");
}

#[test]
fn a_subscriber_that_does_not_read_is_dropped() {
    let directory = Directory::new("slow");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    peer.send("{\"request\":\"subscribe\"}\n");
    let requests = server.dispatch();
    server.subscribe(requests[0].from, state(1));
    let title = "t".repeat(64 * 1024);
    let window = Window { title, ..Window::default() };
    let change = [Change::WindowChanged { window }];
    let mut sent = 0;
    while server.has_subscribers() {
        server.broadcast(&change);
        sent += 1;
        assert!(sent < 1000, "memory without bounds");
    }
    assert!(server.clients.is_empty());
}

#[test]
fn a_program_with_the_client_library_is_served() {
    let directory = Directory::new("library");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let path = server.path().to_owned();
    let program = std::thread::spawn(move || {
        let mut caller = Caller::connect(&path).unwrap();
        (caller.request(&Request::List).unwrap(), caller.request(&Request::Reload).unwrap())
    });
    let mut answered = 0;
    while answered < 2 {
        let mut poll = [rustix::event::PollFd::new(&server, rustix::event::PollFlags::IN)];
        rustix::event::poll(&mut poll, None).unwrap();
        for request in server.dispatch() {
            let reply = match request.request {
                Request::List => Reply::State(state(3)),
                _ => Reply::error("no"),
            };
            server.reply(request.from, &reply);
            answered += 1;
        }
    }
    assert_eq!(program.join().unwrap(), (Reply::State(state(3)), Reply::error("no")));
}

/// A client with one end of a pair, and the other end.
fn pair() -> (Client, UnixStream) {
    let (near, far) = UnixStream::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    (Client::new(near, epoll::EventFlags::empty()), far)
}

/// What becomes of `bytes` that come in pieces.
fn lines_of_pieces(bytes: &[u8], piece: usize) -> Vec<Result<Vec<u8>, String>> {
    let (mut client, mut far) = pair();
    let mut lines = Vec::new();
    for part in bytes.chunks(piece) {
        far.write_all(part).unwrap();
        client.read().unwrap();
        while let Some(line) = client.line() {
            lines.push(line);
        }
    }
    lines
}

proptest::proptest! {
    /// However the kernel cuts a client's bytes, they are the same lines:
    /// those of the text that are whole and not blank.
    #[test]
    fn lines_do_not_depend_on_how_they_arrive(
        bytes in proptest::collection::vec(
            proptest::prop_oneof![proptest::prelude::Just(b'\n'), proptest::prelude::any::<u8>()],
            0..300,
        ),
        piece in 1usize..50,
    ) {
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let expected: Vec<_> = bytes[..whole]
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| !line.trim_ascii().is_empty())
            .map(|line| Ok(line.to_vec()))
            .collect();
        proptest::prop_assert_eq!(lines_of_pieces(&bytes, piece), expected);
    }
}

#[test]
fn garbage_is_answered_line_by_line() {
    let directory = Directory::new("garbage");
    let mut server = IpcServer::new(&directory.socket()).unwrap();
    let mut peer = Peer::new(&server);
    let nested = "[".repeat(100_000);
    let lines = ["{", "null", "\u{0}\u{1}", "{\"request\":{}}", "{\"request\":\"list\"", &nested];
    for line in lines {
        peer.send(line);
        peer.send("\n");
        assert_eq!(server.dispatch(), []);
    }
    peer.0.get_mut().write_all(b"\xff\xfe\n").unwrap();
    assert_eq!(server.dispatch(), []);
    for _ in 0..=lines.len() {
        let line = peer.line().unwrap();
        assert!(matches!(serde_json::from_str(&line), Ok(Reply::Error { .. })), "{line}");
    }
    peer.send("{\"request\":\"list\"}\n");
    assert_eq!(server.dispatch().len(), 1, "the connection lives");
}
