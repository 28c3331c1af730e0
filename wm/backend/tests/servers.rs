//! Every backend on a real server against the CPU oracle.
//!
//! XRender must agree with it bit for bit, except where a picture is scaled
//! (pixman's bilinear fetchers round differently from one another: ±2). GLX
//! may differ by ±2 per channel and operation that blends, since GL computes
//! in floats and rounds once.

mod common;

use std::collections::HashMap;
use std::rc::Rc;

use common::{Drawing, SCREEN, Step, World, compare, pixels, sources, steps};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trapeze_backend::record::Image;
use trapeze_backend::{Backend, Choice, Connection, Pixmap, Target};
use trapeze_testkit::Server;
use wm_core::geom::{Rect, Size};
use wm_core::id::{ImageId, SourceId};
use wm_core::region::Region;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat, WindowClass,
};

/// A connection with a mapped window to paint on.
struct Stage {
    connection: Rc<Connection>,
    target: Target,
    gcs: HashMap<u8, u32>,
    pixmaps: HashMap<SourceId, Pixmap>,
}

impl Stage {
    fn new(server: &Server, gl: bool) -> Self {
        let connection = Rc::new(Connection::open(Some(server.display()), gl).unwrap());
        assert_eq!(connection.carries_gl(), gl, "Xlib is installed here");
        let screen = connection.setup().roots[connection.screen()].clone();
        let window = connection.generate_id().unwrap();
        let aux = CreateWindowAux::new().override_redirect(1);
        connection
            .create_window(
                0,
                window,
                screen.root,
                0,
                0,
                SCREEN.w as u16,
                SCREEN.h as u16,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &aux,
            )
            .unwrap();
        connection.map_window(window).unwrap().check().unwrap();
        let target = Target {
            root: screen.root,
            window,
            size: SCREEN,
            depth: screen.root_depth,
            visual: screen.root_visual,
        };
        let mut stage = Self { connection, target, gcs: HashMap::new(), pixmaps: HashMap::new() };
        for (source, size, depth) in sources() {
            if source == SourceId::Image(ImageId::Switcher) {
                continue;
            }
            stage.pixmap(source, size, depth);
        }
        stage
    }

    fn pixmap(&mut self, source: SourceId, size: Size, depth: u8) {
        let c = &self.connection;
        let xid = c.generate_id().unwrap();
        c.create_pixmap(depth, xid, self.target.root, size.w as u16, size.h as u16).unwrap();
        self.gcs.entry(depth).or_insert_with(|| {
            let gc = c.generate_id().unwrap();
            c.create_gc(gc, xid, &CreateGCAux::new().graphics_exposures(0)).unwrap();
            gc
        });
        self.pixmaps.insert(source, Pixmap { xid, size, depth, visual: 0 });
    }

    fn put(&self, drawing: &Drawing) {
        let Drawing { source, rect, depth, bytes } = drawing;
        self.connection
            .put_image(
                ImageFormat::Z_PIXMAP,
                self.pixmaps[source].xid,
                self.gcs[depth],
                rect.w as u16,
                rect.h as u16,
                rect.x as i16,
                rect.y as i16,
                0,
                *depth,
                bytes,
            )
            .unwrap();
    }

    /// A backend with every source in its first state.
    fn backend(&self, choice: Choice) -> Backend {
        let mut backend = Backend::new(choice, &self.connection, self.target).unwrap();
        for (source, size, depth) in sources() {
            let rect = Rect::new(0, 0, size.w, size.h);
            let bytes = pixels(0, &rect, depth);
            if source == SourceId::Image(ImageId::Switcher) {
                backend.upload(source, size, &bytes);
            } else {
                self.put(&Drawing { source, rect, depth, bytes });
                backend.bind(source, self.pixmaps[&source]);
            }
        }
        backend
    }

    fn screenshot(&self) -> Image {
        let (w, h) = (SCREEN.w as u16, SCREEN.h as u16);
        let reply = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.target.window, 0, 0, w, h, u32::MAX)
            .unwrap()
            .reply()
            .unwrap();
        Image::from_bytes(SCREEN, &reply.data).unwrap()
    }

    /// No request of a backend may have failed.
    fn assert_no_errors(&self) {
        self.connection.get_input_focus().unwrap().reply().unwrap();
        while let Some(event) = self.connection.poll_for_event().unwrap() {
            assert!(
                !matches!(event, x11rb::protocol::Event::Error(_)),
                "a request failed: {event:?}"
            );
        }
    }

    fn play(&self, choice: Choice, steps: Vec<Step>, tolerance: u8) -> Result<(), TestCaseError> {
        let mut backend = self.backend(choice);
        let mut world = World::new();
        for step in steps {
            for (n, rect) in step.draws {
                let drawing = world.draw(n, rect);
                self.put(&drawing);
                backend.damaged(drawing.source, &Region::from_rect(rect));
            }
            let plan = world.tracker.plan(&step.scene, backend.buffer_age());
            let presented = backend.render(&plan).unwrap();
            prop_assert_eq!(presented.pixels, plan.damage.area() as u64);
            world.tracker.commit(step.scene.clone());
            let wanted = world.from_scratch(&step.scene);
            compare(&self.screenshot(), &wanted, tolerance, backend.name())?;
        }
        Ok(())
    }
}

fn server() -> Server {
    Server::xvfb().size(SCREEN.w as u16, SCREEN.h as u16).start().unwrap()
}

fn check(choice: Choice, scaled: bool, tolerance: u8, cases: u32) {
    let server = server();
    let stage = Stage::new(&server, choice == Choice::Glx);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&steps(scaled), |steps| stage.play(choice, steps, tolerance))
        .unwrap_or_else(|error| panic!("{error}"));
    stage.assert_no_errors();
}

#[test]
fn record_shows_what_it_computes() {
    check(Choice::Record, true, 0, 32);
}

#[test]
fn xrender_equals_the_oracle() {
    check(Choice::XRender, false, 0, 128);
}

#[test]
fn xrender_scales_as_the_oracle_does() {
    check(Choice::XRender, true, 2, 64);
}

#[test]
fn glx_is_close_to_the_oracle() {
    check(Choice::Glx, false, 2, 48);
}
