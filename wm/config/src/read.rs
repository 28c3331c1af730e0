//! From text to a configuration.

use wm_core::Settings;
use wm_core::look::Background;

use crate::{Autostart, BackendChoice, Compositing, Config, Problems};

pub(crate) fn defaults() -> Config {
    Config {
        settings: Settings::default(),
        bindings: Vec::new(),
        background: Background::Default,
        compositing: Compositing { backend: BackendChoice::Auto, vsync: true },
        autostart: Autostart::default(),
        environment: std::collections::BTreeMap::new(),
    }
}

pub(crate) fn parse(_text: &str) -> Result<Config, Problems> {
    Ok(defaults())
}
