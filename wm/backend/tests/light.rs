//! What a session on a virtual server does not load. Alone in its process, so
//! that no other test loads it.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::rc::Rc;

use trapeze_backend::{Backend, Choice, Connection, Target};
use trapeze_testkit::Server;
use wm_core::geom::Size;
use x11rb::connection::Connection as _;

#[test]
fn automatic_choice_loads_no_opengl_on_a_virtual_server() {
    let server = Server::xvfb().size(64, 64).start().unwrap();
    let connection = Rc::new(Connection::open_for(Some(server.display()), Choice::Auto).unwrap());
    assert!(!connection.gl_plausible().unwrap());
    assert!(!connection.carries_gl());
    let screen = connection.setup().roots[connection.screen()].clone();
    let target = Target {
        root: screen.root,
        window: screen.root,
        size: Size::new(64, 64),
        depth: screen.root_depth,
        visual: screen.root_visual,
    };
    let backend = Backend::new(Choice::Auto, &connection, target).unwrap();
    assert_eq!(backend.name(), "xrender");
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    for library in ["libGL", "libX11", "swrast", "LLVM"] {
        assert!(!maps.contains(library), "{library} was loaded");
    }
}
