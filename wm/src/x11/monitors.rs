//! The monitors: RandR 1.5's, or the whole screen.
//!
//! Owns reading them and their scale. Must not know what is placed on them.

use wm_core::event::Monitor;
use wm_core::geom::{Rect, Size};
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _};
use x11rb::xcb_ffi::XCBConnection;

use super::errors::optional;
use super::{Display, Result};

/// What a refresh rate is taken for when RandR does not tell, in millihertz.
const FALLBACK_RATE: u32 = 60_000;

/// The screen as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Screen {
    /// Size of the root window.
    pub size: Size,
    /// At least one monitor.
    pub monitors: Vec<Monitor>,
    /// Refresh rate of the fastest monitor, in millihertz.
    pub rate: u32,
    /// Percent of 96 DPI that the person chose (`Xft.dpi`): the scale of text.
    pub chosen_scale: Option<u16>,
}

/// Asks to be told of changes.
///
/// # Errors
///
/// If the connection broke.
pub fn watch(display: &Display) -> Result<()> {
    if display.extensions.randr {
        let mask = randr::NotifyMask::SCREEN_CHANGE
            | randr::NotifyMask::CRTC_CHANGE
            | randr::NotifyMask::OUTPUT_CHANGE;
        display.randr_select_input(display.root, mask)?;
    }
    Ok(())
}

/// Scale in percent from a DPI: 100 is 96 DPI; between 100 and 300.
fn scale(dpi: f64) -> u16 {
    if dpi.is_finite() { (dpi / 96.0 * 100.0).clamp(100.0, 300.0).round() as u16 } else { 100 }
}

/// Scale from a monitor's physical width, in steps of 25 % and only from
/// about 1.4 on: physical sizes are often wrong and ordinary screens have
/// anything from 80 to 125 DPI.
fn physical_scale(pixels: u16, millimetres: u32) -> u16 {
    // Below 10 cm it is not a size but an aspect ratio or nonsense.
    if millimetres < 100 {
        return 100;
    }
    let scale = scale(f64::from(pixels) * 25.4 / f64::from(millimetres));
    if scale < 140 { 100 } else { (scale + 12) / 25 * 25 }
}

/// Reads the monitors; `xft_dpi` is the person's own choice and wins.
///
/// # Errors
///
/// If the connection broke.
pub fn read(display: &Display, xft_dpi: Option<&str>) -> Result<Screen> {
    let x: &XCBConnection = display;
    let geometry = x.get_geometry(display.root)?;
    let (monitors, resources) = if display.extensions.randr {
        (
            Some(x.randr_get_monitors(display.root, true)?),
            Some(x.randr_get_screen_resources_current(display.root)?),
        )
    } else {
        (None, None)
    };
    let geometry = geometry.reply()?;
    let size = Size::new(geometry.width.into(), geometry.height.into());
    let chosen = xft_dpi.and_then(|dpi| dpi.trim().parse().ok()).map(scale);
    let mut found = Vec::new();
    if let Some(reply) = monitors.map(|cookie| optional(cookie.reply())).transpose()?.flatten() {
        let names = reply
            .monitors
            .iter()
            .map(|monitor| x.get_atom_name(monitor.name))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        for (monitor, name) in reply.monitors.iter().zip(names) {
            let name = optional(name.reply())?
                .map(|reply| String::from_utf8_lossy(&reply.name).into_owned())
                .unwrap_or_default();
            let rect = Rect::new(
                monitor.x.into(),
                monitor.y.into(),
                monitor.width.into(),
                monitor.height.into(),
            );
            if rect.is_empty() {
                continue;
            }
            let physical = physical_scale(monitor.width, monitor.width_in_millimeters);
            found.push(Monitor {
                name,
                rect,
                primary: monitor.primary,
                scale_percent: chosen.unwrap_or(physical),
            });
        }
    }
    if found.is_empty() {
        found.push(Monitor {
            name: "screen".to_owned(),
            rect: Rect::new(0, 0, size.w, size.h),
            primary: true,
            scale_percent: chosen.unwrap_or(100),
        });
    }
    let rate = match resources.map(|cookie| optional(cookie.reply())).transpose()?.flatten() {
        Some(resources) => fastest(x, &resources)?,
        None => None,
    };
    let rate = rate.unwrap_or(FALLBACK_RATE);
    Ok(Screen { size, monitors: found, rate, chosen_scale: chosen })
}

/// The highest refresh rate among the CRTCs that show something, in
/// millihertz.
fn fastest(
    x: &XCBConnection,
    resources: &randr::GetScreenResourcesCurrentReply,
) -> Result<Option<u32>> {
    let asked = resources
        .crtcs
        .iter()
        .map(|crtc| x.randr_get_crtc_info(*crtc, resources.config_timestamp))
        .collect::<std::result::Result<Vec<_>, _>>()?;
    let mut best = None;
    for cookie in asked {
        let Some(crtc) = optional(cookie.reply())? else { continue };
        let mode = resources.modes.iter().find(|mode| mode.id == crtc.mode);
        best = best.max(mode.and_then(rate));
    }
    Ok(best)
}

/// A mode's refresh rate in millihertz; virtual servers say 0 or nonsense.
fn rate(mode: &randr::ModeInfo) -> Option<u32> {
    let mut lines = u64::from(mode.vtotal);
    if mode.mode_flags.contains(randr::ModeFlag::DOUBLE_SCAN) {
        lines *= 2;
    }
    // Half of the lines at a time.
    let fields = if mode.mode_flags.contains(randr::ModeFlag::INTERLACE) { 2 } else { 1 };
    let total = u64::from(mode.htotal) * lines;
    let rate = (u64::from(mode.dot_clock) * 1000 * fields).checked_div(total)?;
    u32::try_from(rate).ok().filter(|rate| (20_000..=600_000).contains(rate))
}

/// Whether a root property change means other resources (`Xft.dpi`, cursor
/// theme).
#[must_use]
pub fn is_resources(atom: u32) -> bool {
    atom == u32::from(AtomEnum::RESOURCE_MANAGER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_mode() {
        let mode = randr::ModeInfo {
            dot_clock: 148_500_000,
            htotal: 2200,
            vtotal: 1125,
            ..randr::ModeInfo::default()
        };
        assert_eq!(rate(&mode), Some(60_000), "1080p60");
        let flags = randr::ModeFlag::INTERLACE;
        let halved = randr::ModeInfo { dot_clock: 74_250_000, mode_flags: flags, ..mode };
        assert_eq!(rate(&halved), Some(60_000), "1080i60, 60 fields");
        let twice = randr::ModeInfo { mode_flags: randr::ModeFlag::DOUBLE_SCAN, ..mode };
        assert_eq!(rate(&twice), Some(30_000));
        assert_eq!(rate(&randr::ModeInfo { htotal: 0, ..mode }), None, "nonsense");
        assert_eq!(rate(&randr::ModeInfo { dot_clock: 0, ..mode }), None);
    }

    #[test]
    fn scales_are_sane() {
        assert_eq!(scale(96.0), 100);
        assert_eq!(scale(144.0), 150);
        assert_eq!(scale(1e9), 300);
        assert_eq!(scale(f64::NAN), 100);
        assert_eq!(physical_scale(1920, 510), 100, "a 23-inch screen");
        assert_eq!(physical_scale(3840, 340), 300, "a 15-inch 4K laptop");
        assert_eq!(physical_scale(2560, 310), 225);
        assert_eq!(physical_scale(1920, 16), 100, "an aspect ratio instead of a size");
        assert_eq!(physical_scale(1920, 0), 100);
    }
}
