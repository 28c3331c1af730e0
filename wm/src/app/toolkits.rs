//! What toolkits are told of fonts and themes, in a session that has no other
//! program for it.
//!
//! Owns the decision whether that is this session. Must not know the wire
//! form.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use trapeze_config::{Manage, Setting};

use super::App;
use crate::x11::Result;
use crate::x11::xsettings::XSettings;

/// Whether a desktop environment runs this session, by what display and
/// session managers set: it brings its own settings manager, which may start
/// after us and would then find its place taken.
fn is_desktop(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let desktop = set("XDG_CURRENT_DESKTOP");
    let own = |name: &OsStr| name.eq_ignore_ascii_case("trapeze");
    set("SESSION_MANAGER").is_some() || desktop.is_some_and(|name| !own(&name))
}

impl App {
    /// What toolkits are told: the configuration's values, and the scale
    /// where it does not say another one.
    fn toolkit_settings(&self) -> BTreeMap<String, Setting> {
        let mut values = self.config.xsettings.values.clone();
        let settings = self.config.settings_at(self.server.screen.chosen_scale);
        // In 1024ths of a dot per inch; 100 percent are 96.
        let dpi = i32::from(settings.theme.scale_percent) * 96 * 1024 / 100;
        values.entry("Xft/DPI".to_owned()).or_insert(Setting::Integer(dpi));
        values
    }

    /// Becomes, stays or ceases to be the settings manager, as configured,
    /// and tells what has changed.
    pub(super) fn tell_toolkits(&mut self) -> Result<()> {
        let wanted = match self.config.xsettings.manage {
            Manage::Always => true,
            Manage::Never => false,
            Manage::Auto => !is_desktop(|name| std::env::var_os(name)),
        };
        let display = std::rc::Rc::clone(&self.server.display);
        if !wanted {
            return self.server.xsettings.take().map_or(Ok(()), |ours| ours.end(&display));
        }
        if self.server.xsettings.is_none() {
            self.server.xsettings = XSettings::acquire(&display, self.server.time.0)?;
            if let Some(ours) = &self.server.xsettings {
                self.server.windows.add_own(ours.window);
            }
        }
        let values = self.toolkit_settings();
        match &mut self.server.xsettings {
            Some(ours) => ours.set(&display, &values),
            None => Ok(()),
        }
    }

    /// Another program tells the toolkits from now on.
    pub(super) fn toolkits_are_told_by_another(&mut self) -> Result<()> {
        let Some(ours) = self.server.xsettings.take() else { return Ok(()) };
        tracing::info!("another settings manager takes over");
        self.server.windows.remove_own(ours.window);
        ours.end(&self.server.display)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_environments_session_has_a_manager_of_its_own() {
        let with = |name: &'static str, value: &'static str| {
            is_desktop(move |asked| (asked == name).then(|| value.into()))
        };
        assert!(with("XDG_CURRENT_DESKTOP", "XFCE"));
        assert!(with("SESSION_MANAGER", "local/host:@/tmp/.ICE-unix/1"));
        assert!(!with("XDG_CURRENT_DESKTOP", "Trapeze"), "a display manager started ours");
        assert!(!with("XDG_CURRENT_DESKTOP", ""));
        assert!(!with("HOME", "/"));
    }
}
