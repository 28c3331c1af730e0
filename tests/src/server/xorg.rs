//! The configuration under which Xorg runs with the dummy driver, no console and no devices.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::sandbox::Sandbox;

/// Debian's `Xorg` on the path may be a wrapper that insists on a console; the program itself
/// lies here.
const BARE_XORG: &str = "/usr/lib/xorg/Xorg";

/// The command that starts Xorg on a screen of this size.
pub(super) fn command(sandbox: &Sandbox, width: u16, height: u16, depth: u8) -> Result<Command> {
    let configuration = sandbox.directory().join("xorg.conf");
    std::fs::write(&configuration, text(width, height, depth))
        .with_context(|| format!("write {}", configuration.display()))?;
    let program = if Path::new(BARE_XORG).exists() { BARE_XORG } else { "Xorg" };
    let mut command = sandbox.command(program);
    command
        .arg("-config")
        .arg(&configuration)
        .arg("-logfile")
        .arg(sandbox.directory().join("xorg.log"))
        .args(["-novtswitch", "-sharevts", "-keeptty"]);
    Ok(command)
}

/// An `xorg.conf` for a server of its own: one dummy card with memory for 7680 × 4320, screen saver off.
#[must_use]
pub fn text(width: u16, height: u16, depth: u8) -> String {
    format!(
        r#"Section "ServerFlags"
    Option "AutoAddDevices" "false"
    Option "AutoEnableDevices" "false"
    Option "AllowMouseOpenFail" "true"
    Option "DontVTSwitch" "true"
    Option "BlankTime" "0"
    Option "StandbyTime" "0"
    Option "SuspendTime" "0"
    Option "OffTime" "0"
EndSection
Section "Device"
    Identifier "dummy"
    Driver "dummy"
    VideoRam 256000
EndSection
Section "Monitor"
    Identifier "monitor"
    HorizSync 1.0-2000.0
    VertRefresh 1.0-500.0
    {modeline}
EndSection
Section "Screen"
    Identifier "screen"
    Device "dummy"
    Monitor "monitor"
    DefaultDepth {depth}
    SubSection "Display"
        Depth {depth}
        Modes "{width}x{height}"
        Virtual 7680 4320
    EndSubSection
EndSection
"#,
        modeline = modeline(width, height),
    )
}

/// The fastest pixel clock of a mode, in Hz: the dummy driver refuses modes above 300 MHz.
const CLOCK_LIMIT: u32 = 290_000_000;

/// A mode line of this size at 60 Hz, or as near as the driver's clock allows. The blanking is
/// wide, for the driver refuses "reduced blanking" too.
fn modeline(width: u16, height: u16) -> String {
    let (width, height) = (u32::from(width), u32::from(height));
    let (total_width, total_height) = (width * 5 / 4, height + 30);
    let clock = f64::from((total_width * total_height * 60).min(CLOCK_LIMIT)) / 1e6;
    format!(
        "Modeline \"{width}x{height}\" {clock:.2} {width} {} {} {total_width} {height} {} {} {total_height}",
        width + width / 16,
        width + width / 8,
        height + 3,
        height + 9,
    )
}
