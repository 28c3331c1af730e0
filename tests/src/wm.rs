//! Starting a window manager, Trapeze or a rival, and stopping it.
//!
//! It counts as ready when the window that `_NET_SUPPORTING_WM_CHECK` names is its own and, where
//! it composites, the selection `_NET_WM_CM_S0` has an owner: both are told by events. Knows no
//! crate of Trapeze, only its command line.

use std::path::PathBuf;
use std::process::ExitStatus;

use anyhow::{Result, bail};
use x11rb::protocol::xfixes::{ConnectionExt as _, SelectionEventMask};
use x11rb::protocol::xproto::ConnectionExt as _;

use crate::client::Client;
use crate::ewmh;
use crate::process::Process;
use crate::sandbox::profile_directory;
use crate::server::Server;
use crate::wait::Deadline;

/// The root property by which a window manager's start-up command tells that it has begun.
const READY_PROPERTY: &str = "_TESTKIT_READY";

/// How to start a window manager.
#[derive(Debug)]
pub struct Options<'s> {
    server: &'s Server,
    name: String,
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    composites: bool,
    manages: bool,
    announces: bool,
    config: Option<String>,
}

/// A running window manager.
#[derive(Debug)]
pub struct WindowManager {
    process: Process,
}

/// The `trapeze` program: `TRAPEZE_BIN`, or where Cargo puts it in this build profile.
///
/// # Errors
/// When it is not there: `cargo build -p trapeze` makes it.
pub fn trapeze_program() -> Result<PathBuf> {
    let path = std::env::var_os("TRAPEZE_BIN")
        .map_or_else(|| profile_directory().join("trapeze"), PathBuf::from);
    if !path.is_file() {
        bail!("{} is not there; `cargo build -p trapeze` makes it", path.display());
    }
    Ok(path)
}

impl WindowManager {
    /// Trapeze with an empty configuration, unless one is given.
    #[must_use]
    pub fn trapeze(server: &Server) -> Options<'_> {
        // A missing program is reported by `start`, which can say so.
        let program = trapeze_program().unwrap_or_default();
        Options { composites: true, ..Options::new(server, "trapeze", program) }
    }

    /// Openbox, which manages and does not composite.
    #[must_use]
    pub fn openbox(server: &Server) -> Options<'_> {
        // It names itself long before it looks after windows, and loses those that are mapped
        // in between; its start-up command runs after that.
        let options = Options::new(server, "openbox", "openbox");
        Options { announces: true, ..options }
            .argument("--startup")
            .argument(&format!("xprop -root -f {READY_PROPERTY} 8s -set {READY_PROPERTY} yes"))
    }

    /// xfwm4, which manages and composites; it will not run without a session bus, so it gets one.
    #[must_use]
    pub fn xfwm4(server: &Server) -> Options<'_> {
        let options = Options::new(server, "xfwm4", "dbus-run-session");
        Options { composites: true, ..options }
            .argument("--")
            .argument("xfwm4")
            .argument("--compositor=on")
            .argument("--vblank=off")
    }

    /// picom, which composites and does not manage.
    #[must_use]
    pub fn picom(server: &Server) -> Options<'_> {
        let options = Options::new(server, "picom", "picom");
        Options { composites: true, manages: false, ..options }.argument("--config=/dev/null")
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// The process id of the program itself, which a wrapper may have started.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        let mut generation = vec![self.process.id()];
        while !generation.is_empty() {
            for &id in &generation {
                let name = std::fs::read_to_string(format!("/proc/{id}/comm"));
                if name.is_ok_and(|name| name.trim_end() == self.process.name()) {
                    return id;
                }
            }
            generation = generation
                .iter()
                .filter_map(|id| {
                    std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()
                })
                .flat_map(|text| {
                    text.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()
                })
                .collect();
        }
        self.process.id()
    }

    /// What it has written so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Whether it still runs: a test of bad input asks this last.
    ///
    /// # Errors
    /// When waitpid(2) fails.
    pub fn is_running(&mut self) -> Result<bool> {
        self.process.is_running()
    }

    /// Waits until it ends by itself, as it does when another replaces it.
    ///
    /// # Errors
    /// When the deadline passes.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        self.process.wait(Deadline::patient())
    }

    /// Asks it to end by SIGTERM and waits.
    ///
    /// # Errors
    /// When it does not within the deadline; it is not killed, for that would hide the fault.
    pub fn terminate(&mut self) -> Result<ExitStatus> {
        self.process.terminate()?;
        self.wait()
    }
}

impl<'s> Options<'s> {
    fn new(server: &'s Server, name: &str, program: impl Into<PathBuf>) -> Self {
        Self {
            server,
            name: name.to_owned(),
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            composites: false,
            manages: true,
            announces: false,
            config: None,
        }
    }

    /// Another build of the same program.
    #[must_use]
    pub fn program(mut self, path: impl Into<PathBuf>) -> Self {
        self.program = path.into();
        self
    }

    /// One more argument.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// One more environment variable.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The text of Trapeze's configuration file.
    #[must_use]
    pub fn config(mut self, text: &str) -> Self {
        self.config = Some(text.to_owned());
        self
    }

    /// Whether it is expected to own the compositor's selection.
    #[must_use]
    pub fn composites(mut self, composites: bool) -> Self {
        self.composites = composites;
        self
    }

    /// Starts it without waiting for anything.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn spawn(self) -> Result<WindowManager> {
        if self.name == "trapeze" && self.program.as_os_str().is_empty() {
            trapeze_program()?;
        }
        let mut command = self.server.command(&self.program);
        if self.name == "trapeze" {
            let path = self.server.sandbox().home().join("trapeze.toml");
            std::fs::write(&path, self.config.as_deref().unwrap_or_default())?;
            command.arg("--config").arg(path);
        }
        command.args(&self.arguments).envs(self.environment.iter().map(|(n, v)| (n, v)));
        Ok(WindowManager { process: self.server.spawn(&self.name, command)? })
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// When it cannot be started, ends, or is not ready in time; the message ends with its
    /// output.
    pub fn start(self) -> Result<WindowManager> {
        let client = Client::connect(self.server)?;
        let before = ewmh::window_manager(&client)?;
        let ready = client.atom(READY_PROPERTY)?;
        client.connection().delete_property(client.root(), ready)?;
        let selection = client.atom("_NET_WM_CM_S0")?;
        let owner = || -> Result<u32> {
            Ok(client.connection().get_selection_owner(selection)?.reply()?.owner)
        };
        let owner_before = owner()?;
        client.connection().xfixes_query_version(5, 0)?.reply()?;
        client.connection().xfixes_select_selection_input(
            client.root(),
            selection,
            SelectionEventMask::SET_SELECTION_OWNER,
        )?;
        let (composites, manages, announces) = (self.composites, self.manages, self.announces);
        let name = self.name.clone();
        let mut manager = self.spawn()?;
        client.wait_for_process(&format!("{name} ready"), &mut manager.process, || {
            let check = ewmh::window_manager(&client)?;
            let managing = !manages || (check.is_some() && check != before);
            let managing = managing
                && (!announces || client.property(client.root(), READY_PROPERTY)?.is_some());
            let now = owner()?;
            let compositing = !composites || (now != x11rb::NONE && now != owner_before);
            Ok((managing && compositing).then_some(()))
        })?;
        Ok(manager)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program;
    use crate::{Program, input, window};

    #[test]
    fn openbox_manages_what_the_kit_makes() {
        let server = Server::xvfb().start().unwrap();
        let mut manager = WindowManager::openbox(&server).start().unwrap();
        let client = Client::connect(&server).unwrap();
        assert_eq!(ewmh::window_manager_name(&client).unwrap().as_deref(), Some("Openbox"));
        let first = client.window().title("first").placed(50, 60).map().unwrap();
        first.wait_managed().unwrap();
        ewmh::wait_listed(&client, first.id(), true).unwrap();
        let second = client.window().title("second").placed(400, 60).map().unwrap();
        second.wait_managed().unwrap();
        let [left, _, top, _] = ewmh::frame_extents(&client, first.id()).unwrap();
        let place = first.geometry().unwrap();
        assert_eq!((place.x, place.y), (50 + left.cast_signed(), 60 + top.cast_signed()));
        let (x, y) = place.center();
        input::click(&client, x, y, 1).unwrap();
        first.wait_focused().unwrap();
        ewmh::wait_active(&client, Some(first.id())).unwrap();
        first.iconify().unwrap();
        first.wait_wm_state(Some(window::ICONIC)).unwrap();
        assert!(manager.terminate().unwrap().success());
        first.wait_viewable().unwrap();
    }

    #[test]
    fn a_real_program_is_awaited_until_it_is_managed() {
        let server = Server::xvfb().start().unwrap();
        let _manager = WindowManager::openbox(&server).start().unwrap();
        let client = Client::connect(&server).unwrap();
        let eyes = Program::start(&server, &client, program::XEYES).unwrap();
        assert!(ewmh::client_list(&client).unwrap().contains(&eyes.window()));
    }

    #[test]
    fn a_compositor_is_ready_when_it_owns_its_selection() {
        let server = Server::xvfb().start().unwrap();
        let _compositor = WindowManager::picom(&server).start().unwrap();
        let client = Client::connect(&server).unwrap();
        let selection = client.atom("_NET_WM_CM_S0").unwrap();
        let owner = client.connection().get_selection_owner(selection).unwrap().reply().unwrap();
        assert_ne!(owner.owner, x11rb::NONE);
    }

    #[test]
    fn a_window_manager_that_cannot_start_says_why() {
        let server = Server::xvfb().start().unwrap();
        let error = WindowManager::openbox(&server).program("/bin/false").start().unwrap_err();
        assert!(format!("{error:#}").contains("ended"), "{error:#}");
    }
}
