//! What does the model make of an event? Reads events as JSON, one a line,
//! from a file or the standard input, and prints the requests that follow
//! from each. Without a file it plays a short scene of its own.
//!
//! `cargo run -p trapeze-examples --bin trace_events`

use std::io::{BufRead, BufReader, Write};

use anyhow::{Context, Result};
use wm_core::event::{Event, Monitor};
use wm_core::geom::{Rect, Size};
use wm_core::hints::{ClientFacts, Property};
use wm_core::{Action, Settings, Time, Timestamp, Wm, Xid};

fn scene() -> Vec<Event> {
    let facts = ClientFacts {
        geometry: Rect::new(100, 80, 400, 300),
        title: "a window".to_owned(),
        ..ClientFacts::default()
    };
    let window = Xid(0x40_0001);
    let monitor = Monitor {
        name: "screen".to_owned(),
        rect: Rect::new(0, 0, 1280, 800),
        primary: true,
        scale_percent: 100,
    };
    let act = |action| Event::Action { action, window: None, time: Timestamp(1000) };
    vec![
        Event::Screen { size: Size::new(1280, 800), monitors: vec![monitor] },
        Event::Manage { window, facts: Box::new(facts), adopted: false },
        Event::Property { window, property: Property::Title("another title".to_owned()) },
        act(Action::ToggleMaximize),
        act(Action::ToggleMaximize),
        Event::Destroyed(window),
        Event::Quit,
    ]
}

fn read(from: impl BufRead) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for (number, line) in from.lines().enumerate() {
        let line = line?;
        if !line.trim().is_empty() {
            events
                .push(serde_json::from_str(&line).with_context(|| format!("line {}", number + 1))?);
        }
    }
    Ok(events)
}

fn main() -> Result<()> {
    let events = match std::env::args_os().nth(1) {
        None => scene(),
        Some(name) if name == "-" => read(std::io::stdin().lock())?,
        Some(name) => read(BufReader::new(std::fs::File::open(name)?))?,
    };
    let mut out = std::io::stdout().lock();
    let mut wm = Wm::new(Settings::default());
    for (tick, event) in events.into_iter().enumerate() {
        let now = Time(tick as u64 * 16_667);
        writeln!(out, "{}", serde_json::to_string(&event)?)?;
        wm.handle(event, now);
        for request in wm.settle(now) {
            writeln!(out, "    {}", serde_json::to_string(&request)?)?;
        }
    }
    Ok(())
}
