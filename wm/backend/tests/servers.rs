//! Every backend on a real server against the CPU oracle.
//!
//! XRender must agree with it bit for bit, except where a picture is scaled
//! (pixman's bilinear fetchers round differently from one another: ±2). GLX
//! may differ by ±2 per channel and operation that blends, since GL computes
//! in floats and rounds once.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use common::{Drawing, SCREEN, Step, WINDOWS, World, compare, pixels, sources, steps, window};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trapeze_backend::glx::{Glx, Options, Presenting, Sharing};
use trapeze_backend::record::Image;
use trapeze_backend::{Backend, Choice, Connection, Error, Pixmap, Target};
use trapeze_testkit::Server;
use wm_core::damage::Tracker;
use wm_core::geom::{Rect, Size};
use wm_core::id::{ImageId, SourceId};
use wm_core::look::Color;
use wm_core::region::Region;
use wm_core::scene::{Content, Layer, LayerKey, Scene};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, ImageFormat, WindowClass,
};

/// Which backend a test is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Painter {
    Record,
    XRender,
    Glx(Sharing),
    /// As hardware does it: shared textures, swapped buffers.
    Swapping,
}

impl Painter {
    fn is_glx(self) -> bool {
        matches!(self, Self::Glx(_) | Self::Swapping)
    }
}

/// Xlib and GLX are used from one thread at a time, as in the session.
static GL: Mutex<()> = Mutex::new(());

/// A connection with a mapped window to paint on.
struct Stage {
    connection: Rc<Connection>,
    target: Target,
    gcs: HashMap<u8, u32>,
    pixmaps: HashMap<SourceId, Pixmap>,
    /// Given back after the connection is closed.
    _gl: Option<MutexGuard<'static, ()>>,
}

impl Stage {
    fn new(server: &Server, gl: bool) -> Self {
        let guard = gl.then(|| GL.lock().unwrap_or_else(PoisonError::into_inner));
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
        let mut stage =
            Self { connection, target, gcs: HashMap::new(), pixmaps: HashMap::new(), _gl: guard };
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

    fn make(&self, painter: Painter) -> Backend {
        let choice = match painter {
            Painter::Record => Choice::Record,
            Painter::XRender => Choice::XRender,
            Painter::Glx(Sharing::Auto) => Choice::Glx,
            Painter::Glx(_) | Painter::Swapping => {
                let (sharing, presenting) = match painter {
                    Painter::Glx(sharing) => (sharing, Presenting::Auto),
                    _ => (Sharing::Shared, Presenting::Swapped),
                };
                let options = Options { sharing, presenting, ..Options::default() };
                let glx = Glx::new(&self.connection, self.target, options);
                return Backend::Glx(Box::new(glx.unwrap()));
            }
        };
        Backend::new(choice, &self.connection, self.target).unwrap()
    }

    /// A backend with every source in its first state.
    fn backend(&self, painter: Painter) -> Backend {
        let mut backend = self.make(painter);
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

    fn play(&self, painter: Painter, steps: Vec<Step>, tolerance: u8) -> Result<(), TestCaseError> {
        let mut backend = self.backend(painter);
        let mut world = World::new();
        for step in steps {
            for (n, rect) in step.draws {
                let drawing = world.draw(n, rect);
                self.put(&drawing);
                backend.damaged(drawing.source, &Region::from_rect(rect));
            }
            let plan = world.tracker.plan(&step.scene, backend.buffer_age());
            let presented = backend.render(&plan).unwrap();
            // GLX presents a region of many rectangles as one.
            let (least, mut most) = (plan.damage.area(), plan.damage.bounds().size().area());
            if painter == Painter::Swapping {
                most = SCREEN.area();
            }
            prop_assert!((least..=most).contains(&(presented.pixels as i64)));
            prop_assert!(painter.is_glx() || presented.pixels as i64 == least);
            world.tracker.commit(step.scene.clone());
            let wanted = world.whole(&step.scene);
            compare(&self.screenshot(), &wanted, tolerance, backend.name())?;
        }
        Ok(())
    }
}

fn server() -> Server {
    Server::xvfb().size(SCREEN.w as u16, SCREEN.h as u16).start().unwrap()
}

fn check(painter: Painter, scaled: bool, tolerance: u8, cases: u32) {
    let server = server();
    let stage = Stage::new(&server, painter.is_glx());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&steps(scaled), |steps| stage.play(painter, steps, tolerance))
        .map_err(|error| error.to_string())
        .unwrap();
    stage.assert_no_errors();
}

#[test]
fn record_shows_what_it_computes() {
    check(Painter::Record, true, 0, 32);
}

#[test]
fn xrender_equals_the_oracle() {
    check(Painter::XRender, false, 0, 128);
}

#[test]
fn xrender_scales_as_the_oracle_does() {
    check(Painter::XRender, true, 2, 64);
}

#[test]
fn glx_is_close_to_the_oracle() {
    check(Painter::Glx(Sharing::Copied), false, 2, 48);
}

#[test]
fn glx_with_shared_textures_is_close_to_the_oracle() {
    check(Painter::Glx(Sharing::Shared), false, 2, 32);
}

#[test]
fn glx_that_swaps_is_close_to_the_oracle() {
    check(Painter::Swapping, false, 2, 16);
}

#[test]
fn glx_scales_nearly_as_the_oracle_does() {
    check(Painter::Glx(Sharing::Copied), true, 5, 32);
}

/// Every painter that needs nothing but Xvfb.
const PAINTERS: [Painter; 5] = [
    Painter::Record,
    Painter::XRender,
    Painter::Glx(Sharing::Copied),
    Painter::Glx(Sharing::Shared),
    Painter::Swapping,
];

/// A scene with one opaque window at (10, 10) on black.
fn one_window() -> Scene {
    let rect = Rect::new(10, 10, WINDOWS[0].0.w, WINDOWS[0].0.h);
    let content = Content::Picture {
        source: SourceId::Window(window(0)),
        from: Rect::new(0, 0, rect.w, rect.h),
        revision: 0,
        tile: false,
    };
    let layer = Layer {
        key: LayerKey::Window(window(0)),
        rect,
        clip: None,
        opaque: Region::from_rect(rect),
        opacity: 255,
        radius: 0,
        round_bottom: false,
        content,
    };
    Scene { size: SCREEN, layers: vec![layer], ..Scene::default() }
}

fn frame(backend: &mut Backend, tracker: &mut Tracker, scene: &Scene) -> Result<(), Error> {
    let plan = tracker.plan(scene, backend.buffer_age());
    backend.render(&plan)?;
    tracker.commit(scene.clone());
    Ok(())
}

/// picom's OpenGL backend shows frozen windows on Mesa's software renderer,
/// where a texture that was bound once never changes.
#[test]
fn a_window_that_changes_changes_on_the_screen() {
    for painter in PAINTERS {
        let server = server();
        let stage = Stage::new(&server, painter.is_glx());
        let mut backend = stage.backend(painter);
        let mut tracker = Tracker::new();
        let scene = one_window();
        let source = SourceId::Window(window(0));
        for color in [[10, 20, 30, 255], [200, 100, 50, 255], [0, 255, 0, 255]] {
            let rect = Rect::new(5, 6, 7, 8);
            let bytes = color.repeat(7 * 8);
            stage.put(&Drawing { source, rect, depth: 24, bytes });
            backend.damaged(source, &Region::from_rect(rect));
            tracker.client_damage(source, &Region::from_rect(rect));
            frame(&mut backend, &mut tracker, &scene).unwrap();
            let seen = stage.screenshot();
            assert_eq!(seen.get(15, 16)[..3], color[..3], "{painter:?}: the drawing's first pixel");
            assert_eq!(seen.get(21, 23)[..3], color[..3], "{painter:?}: its last");
            assert_eq!(seen.get(9, 9)[..3], [0; 3], "{painter:?}: outside the window");
        }
    }
}

#[test]
fn a_small_damage_costs_little() {
    // A swap is of the whole window, and here without buffer ages.
    for painter in PAINTERS.into_iter().filter(|painter| *painter != Painter::Swapping) {
        let server = server();
        let stage = Stage::new(&server, painter.is_glx());
        let mut backend = stage.backend(painter);
        let mut tracker = Tracker::new();
        let scene = one_window();
        let source = SourceId::Window(window(0));
        frame(&mut backend, &mut tracker, &scene).unwrap();
        let before = backend.stats();
        let region = Region::from_rect(Rect::new(3, 4, 16, 16));
        for _ in 0..10 {
            backend.damaged(source, &region);
            tracker.client_damage(source, &region);
            frame(&mut backend, &mut tracker, &scene).unwrap();
        }
        let after = backend.stats();
        let pixels = 10 * 16 * 16;
        let name = format!("{painter:?}: {before:?} then {after:?}");
        assert_eq!(after.frames - before.frames, 10, "{name}");
        assert_eq!(after.pixels_presented - before.pixels_presented, pixels, "{name}");
        assert_eq!(after.pixels_drawn - before.pixels_drawn, pixels, "{name}");
        let (requests, replies) =
            (after.requests - before.requests, after.replies - before.replies);
        let fetched = after.bytes_fetched - before.bytes_fetched;
        match painter {
            Painter::XRender => {
                assert_eq!((requests, replies), (10, 0), "one copy per frame: {name}");
                assert_eq!(fetched, 0, "{name}");
            }
            Painter::Record | Painter::Glx(Sharing::Copied | Sharing::Auto) => {
                assert_eq!((fetched, replies), (pixels * 4, 10), "{name}");
            }
            Painter::Glx(Sharing::Shared) | Painter::Swapping => {
                assert_eq!((fetched, replies), (0, 10), "one synchronization per frame: {name}");
            }
        }
    }
}

#[test]
fn a_frame_with_shadow_and_corners_waits_for_nothing() {
    let server = server();
    let stage = Stage::new(&server, false);
    let mut backend = stage.backend(Painter::XRender);
    let mut tracker = Tracker::new();
    let mut scene = one_window();
    scene.layers[0].radius = 6;
    scene.layers[0].opacity = 200;
    frame(&mut backend, &mut tracker, &scene).unwrap();
    let before = backend.stats();
    let source = SourceId::Window(window(0));
    let region = Region::from_rect(Rect::new(0, 0, 20, 20));
    backend.damaged(source, &region);
    tracker.client_damage(source, &region);
    frame(&mut backend, &mut tracker, &scene).unwrap();
    let after = backend.stats();
    assert_eq!(after.replies, before.replies);
    assert_eq!(after.bytes_uploaded, before.bytes_uploaded, "masks are kept");
    let requests = after.requests - before.requests;
    assert!(requests <= 10, "{requests} requests");
}

#[test]
fn a_vanished_pixmap_is_survived() {
    for painter in PAINTERS {
        let server = server();
        let stage = Stage::new(&server, painter.is_glx());
        let mut backend = stage.backend(painter);
        let mut tracker = Tracker::new();
        let scene = one_window();
        let source = SourceId::Window(window(0));
        let pixmap = stage.pixmaps[&source];
        stage.connection.free_pixmap(pixmap.xid).unwrap();
        // Freed before it was ever read, damaged, and bound a second time.
        frame(&mut backend, &mut tracker, &scene).unwrap();
        let region = Region::from_rect(Rect::new(3, 4, 16, 16));
        backend.damaged(source, &region);
        tracker.client_damage(source, &region);
        frame(&mut backend, &mut tracker, &scene).unwrap();
        backend.bind(source, pixmap);
        tracker.client_damage(source, &region);
        frame(&mut backend, &mut tracker, &scene).unwrap();
        backend.release(source);
        // And the next window is painted as ever.
        let bytes = [9, 8, 7, 255].repeat((pixmap.size.area()) as usize);
        backend.upload(source, pixmap.size, &bytes);
        tracker.reset();
        frame(&mut backend, &mut tracker, &scene).unwrap();
        assert_eq!(stage.screenshot().get(12, 12)[..3], [9, 8, 7], "{painter:?}");
    }
}

#[test]
fn another_size_is_painted_whole() {
    for painter in PAINTERS {
        let server = Server::xvfb().size(400, 300).start().unwrap();
        let stage = Stage::new(&server, painter.is_glx());
        let mut backend = stage.backend(painter);
        let mut tracker = Tracker::new();
        let mut scene = one_window();
        frame(&mut backend, &mut tracker, &scene).unwrap();
        // Whether the age of swapped buffers is known depends on the driver.
        assert!(backend.buffer_age() == 1 || painter == Painter::Swapping, "{painter:?}");
        for (w, h) in [(300, 200), (70, 60), (200, 250)] {
            let size = ConfigureWindowAux::new().width(w).height(h);
            stage.connection.configure_window(stage.target.window, &size).unwrap();
            backend.resize(Size::new(w as i32, h as i32));
            assert_eq!(backend.buffer_age(), 0, "{painter:?}");
            scene.size = Size::new(w as i32, h as i32);
            let green = Color { r: 0, g: 200, b: 0, a: 255 };
            let rect = Rect::new(0, 0, w as i32, h as i32);
            scene.layers[0] = Layer {
                rect,
                opaque: Region::from_rect(rect),
                content: Content::Fill(green),
                ..scene.layers[0].clone()
            };
            frame(&mut backend, &mut tracker, &scene).unwrap();
            let last = stage
                .connection
                .get_image(
                    ImageFormat::Z_PIXMAP,
                    stage.target.window,
                    w as i16 - 1,
                    h as i16 - 1,
                    1,
                    1,
                    u32::MAX,
                )
                .unwrap()
                .reply()
                .unwrap();
            assert_eq!(last.data[..3], [0, 200, 0], "{painter:?} at {w}×{h}");
        }
    }
}

#[test]
fn a_lost_context_is_replaced() {
    let server = server();
    let stage = Stage::new(&server, true);
    let scene = one_window();
    let mut backend = stage.backend(Painter::Glx(Sharing::Auto));
    frame(&mut backend, &mut Tracker::new(), &scene).unwrap();
    let Backend::Glx(glx) = &mut backend else { unreachable!("GLX was asked for") };
    glx.lose();
    let error = frame(&mut backend, &mut Tracker::new(), &scene).unwrap_err();
    assert!(error.can_fall_back(), "{error}");
    assert_eq!(backend.next_down(), Choice::XRender);
    drop(backend);
    for painter in [Painter::XRender, Painter::Glx(Sharing::Auto), Painter::Record] {
        let mut backend = stage.backend(painter);
        assert_eq!(backend.buffer_age(), 0, "{painter:?}");
        let mut tracker = Tracker::new();
        frame(&mut backend, &mut tracker, &scene).unwrap();
        let mut world = World::new();
        compare(&stage.screenshot(), &world.whole(&scene), 0, backend.name()).unwrap();
    }
    stage.assert_no_errors();
}

#[test]
fn the_end_of_the_window_or_the_server_is_an_error_at_most() {
    for painter in PAINTERS {
        let server = server();
        let stage = Stage::new(&server, painter.is_glx());
        let mut backend = stage.backend(painter);
        let mut tracker = Tracker::new();
        let mut scene = one_window();
        frame(&mut backend, &mut tracker, &scene).unwrap();
        stage.connection.destroy_window(stage.target.window).unwrap();
        for x in 20..25 {
            scene.layers[0].rect.x = x;
            // X errors come as events; nothing else is promised.
            let _ = frame(&mut backend, &mut tracker, &scene);
        }
        drop(server);
        let source = SourceId::Window(window(0));
        let region = Region::from_rect(Rect::new(0, 0, 9, 9));
        let failed = (30..40).any(|x| {
            scene.layers[0].rect.x = x;
            backend.damaged(source, &region);
            frame(&mut backend, &mut tracker, &scene).is_err()
        });
        assert!(failed, "{painter:?}: a dead connection must be told");
        backend.bind(source, stage.pixmaps[&source]);
        backend.resize(Size::new(50, 50));
        backend.release(source);
    }
}
