//! Trapeze, a compositing window manager for X11.
//!
//! Owns nothing but the way from the command line to the work.

use std::process::ExitCode;

use trapeze::app;

fn main() -> ExitCode {
    let filter = std::env::var("TRAPEZE_LOG").unwrap_or_else(|_| "info".to_owned());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut options = app::Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--replace" => options.replace = true,
            "--display" => options.display = arguments.next(),
            "--backend" => {
                options.backend = match arguments.next().as_deref() {
                    Some("glx") => Some(trapeze_config::BackendChoice::Glx),
                    Some("xrender") => Some(trapeze_config::BackendChoice::Xrender),
                    Some("record") => Some(trapeze_config::BackendChoice::Record),
                    Some("none") => Some(trapeze_config::BackendChoice::None),
                    _ => None,
                }
            }
            _ => {}
        }
    }
    match app::run(options) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
