//! A session from `startx` to its end, as on a console.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rustix::fs::{Mode, OFlags};
use std::os::fd::AsFd;
use trapeze_testkit::process::Process;
use trapeze_testkit::sandbox::Sandbox;
use trapeze_testkit::wait::{Deadline, any_readable};
use trapeze_testkit::wm::trapeze_program;
use trapeze_testkit::{Client, Rectangle, ewmh, pixels, server};

/// A display number that no server has.
fn free_display() -> Result<u32> {
    (200..400)
        .find(|number| {
            !Path::new(&format!("/tmp/.X{number}-lock")).exists()
                && !Path::new(&format!("/tmp/.X11-unix/X{number}")).exists()
        })
        .context("no free display")
}

#[test]
fn startx_gives_a_managed_composited_desktop_and_ends_with_it() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let home = sandbox.home();
    let trapeze = trapeze_program()?;
    std::fs::write(home.join("trapeze.toml"), "")?;
    std::fs::write(home.join("xorg.conf"), server::xorg_configuration(1280, 800, 24))?;
    // The session tells through a pipe that it has begun; the last line is what a person writes.
    let pipe = home.join("begun");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &pipe,
        rustix::fs::FileType::Fifo,
        Mode::from_raw_mode(0o600),
        0,
    )?;
    std::fs::write(
        home.join(".xinitrc"),
        format!(
            "xhost +local: >/dev/null\necho \"$DISPLAY\" >begun\nexec {} --config trapeze.toml\n",
            trapeze.display()
        ),
    )?;
    let mut reader = std::fs::File::from(rustix::fs::open(
        &pipe,
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC,
        Mode::empty(),
    )?);
    let display = free_display()?;
    let program =
        if Path::new("/usr/lib/xorg/Xorg").exists() { "/usr/lib/xorg/Xorg" } else { "Xorg" };
    let mut command = sandbox.command("startx");
    command.arg(home.join(".xinitrc")).arg("--").args([program, &format!(":{display}")]);
    command.arg("-config").arg(home.join("xorg.conf"));
    command.arg("-logfile").arg(home.join("xorg.log"));
    command.args(["-novtswitch", "-sharevts", "-keeptty", "-noreset"]);
    let mut session = Process::spawn("startx", command, &sandbox.log("startx"))?;

    let end = session.end_descriptor()?;
    let deadline = Deadline::patient();
    let mut name = Vec::new();
    while !name.ends_with(b"\n") {
        if !any_readable(&[reader.as_fd(), end.as_fd()], deadline)? {
            bail!("startx did not begin a session:\n{}", session.output());
        }
        let mut part = [0; 64];
        match reader.read(&mut part) {
            Ok(length) => name.extend_from_slice(&part[..length]),
            // Nothing yet.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.into()),
        }
        if !session.is_running()? {
            bail!("startx ended:\n{}", session.output());
        }
    }
    let name = String::from_utf8(name)?;
    let client = Client::connect_to(name.trim()).with_context(|| session.output())?;
    client.wait_for_process("a window manager", &mut session, || ewmh::window_manager(&client))?;
    assert_eq!(ewmh::window_manager_name(&client)?.as_deref(), Some("Trapeze"));
    client.wait_for_process("a compositor", &mut session, || {
        use x11rb::protocol::xproto::ConnectionExt as _;
        let selection = client.atom("_NET_WM_CM_S0")?;
        let owner = client.connection().get_selection_owner(selection)?.reply()?.owner;
        Ok((owner != x11rb::NONE).then_some(()))
    })?;
    let window = client.window().placed(100, 100).size(300, 200).color(0x12_3456).map()?;
    window.wait_managed()?;
    let middle = Rectangle::new(20, 20, 260, 160);
    pixels::wait_until(&client, "window", window.geometry()?, |image| {
        image.is_solid(middle, 0x12_3456)
    })?;
    window.destroy()?;

    // Logging out ends the window manager, and with it the server and startx.
    let check = ewmh::window_manager(&client)?.context("window manager")?;
    let manager = client
        .numbers(check, "_NET_WM_PID")?
        .and_then(|values| values.first().copied())
        .context("_NET_WM_PID of the window manager")?;
    let manager = rustix::process::Pid::from_raw(manager.cast_signed()).context("process id")?;
    rustix::process::kill_process(manager, rustix::process::Signal::TERM)?;
    let status = session.wait(Deadline::patient())?;
    assert!(status.success(), "{status}: {}", session.output());
    assert!(client.sync().is_err(), "the server is gone");
    Ok(())
}
