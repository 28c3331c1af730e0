//! A server, the window manager under test and a client: what most tests begin with.

use anyhow::Result;
use trapeze_testkit::wm::Options;
use trapeze_testkit::{Client, Rectangle, Server, Window, WindowManager, ewmh, pixels};

/// In the order in which they must end.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) client: Client,
    pub(crate) manager: WindowManager,
    pub(crate) server: Server,
}

impl Desk {
    /// Xvfb, the XRender backend, the default configuration.
    pub(crate) fn start() -> Result<Self> {
        Self::on(Server::xvfb().start()?, under_test_with_xrender)
    }

    /// On a server that runs already, with a window manager of the caller's choice.
    pub(crate) fn on(server: Server, options: impl FnOnce(&Server) -> Options<'_>) -> Result<Self> {
        let manager = options(&server).start()?;
        let client = Client::connect(&server)?;
        Ok(Self { client, manager, server })
    }

    /// Waits for the first frame: the compositor's selection is taken before.
    pub(crate) fn wait_painted(&self) -> Result<()> {
        let corner = Rectangle::new(0, 0, 4, 4);
        pixels::wait_until(&self.client, "first-frame", corner, |image| {
            image.is_solid(corner, PLAIN_COLOR)
        })?;
        Ok(())
    }

    /// Shows that the window manager has survived: it runs and takes in another window.
    pub(crate) fn assert_alive(&mut self) -> Result<()> {
        assert!(self.manager.is_running()?, "ended; its output:\n{}", self.manager.output());
        let window = self.client.window().title("alive?").map()?;
        window.wait_managed()?;
        window.destroy()?;
        ewmh::wait_listed(&self.client, window.id(), false)?;
        assert!(self.server.is_running()?, "the server ended");
        Ok(())
    }
}

/// A background of one colour, for tests that are not about it: painted at once.
pub(crate) const PLAIN: &str = "[background]\ncolor = \"#20242e\"\n";

/// The colour of [`PLAIN`].
pub(crate) const PLAIN_COLOR: u32 = 0x0020_242e;

/// The window manager under test: Trapeze, or what `TRAPEZE_TEST_WM` names.
pub(crate) fn under_test(server: &Server) -> Options<'_> {
    match std::env::var("TRAPEZE_TEST_WM").as_deref() {
        Ok("openbox") => WindowManager::openbox(server),
        Ok("xfwm4") => WindowManager::xfwm4(server),
        _ => WindowManager::trapeze(server).config(PLAIN),
    }
}

/// The window manager under test, on the XRender backend if it is Trapeze.
pub(crate) fn under_test_with_xrender(server: &Server) -> Options<'_> {
    with_backend(server, "xrender")
}

/// The window manager under test, on a backend if it is Trapeze.
pub(crate) fn with_backend<'s>(server: &'s Server, backend: &str) -> Options<'s> {
    let options = under_test(server);
    if std::env::var_os("TRAPEZE_TEST_WM").is_some() {
        options
    } else {
        options.argument("--backend").argument(backend)
    }
}

/// The visible frame of a managed window in root coordinates.
pub(crate) fn frame(desk: &Desk, window: Window<'_>) -> Result<Rectangle> {
    let inner = window.geometry()?;
    let [left, right, top, bottom] = ewmh::frame_extents(&desk.client, window.id())?;
    Ok(Rectangle {
        x: inner.x - left.cast_signed(),
        y: inner.y - top.cast_signed(),
        width: inner.width + left + right,
        height: inner.height + top + bottom,
    })
}

/// Waits until the window manager has dealt with everything that this client did before: for what
/// is to have no effect.
pub(crate) fn barrier(desk: &Desk) -> Result<()> {
    let window = desk.client.window().create()?;
    // What it sends for one answer has arrived before the next.
    for _ in 0..2 {
        window.delete_property("_NET_FRAME_EXTENTS")?;
        ewmh::message(&desk.client, window.id(), "_NET_REQUEST_FRAME_EXTENTS", [0; 5])?;
        desk.client.wait_true("an answer", || {
            Ok(desk.client.numbers(window.id(), "_NET_FRAME_EXTENTS")?.is_some())
        })?;
    }
    window.destroy()
}

/// Has every change so far painted: a marker that comes and goes later than they.
pub(crate) fn settle(client: &Client) -> Result<()> {
    let place = Rectangle::new(1270, 790, 10, 10);
    let whole = Rectangle::new(0, 0, 10, 10);
    let marker = client
        .window()
        .override_redirect()
        .at(1270, 790)
        .size(10, 10)
        .color(0x00fe_01fe)
        .create()?;
    marker.map()?;
    pixels::wait_until(client, "marker", place, |image| image.is_solid(whole, 0x00fe_01fe))?;
    marker.destroy()?;
    pixels::wait_until(client, "no marker", place, |image| image.count(0x00fe_01fe) == 0)?;
    Ok(())
}
