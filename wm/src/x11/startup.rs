//! Startup notification: from which moment, and on which workspace, a program
//! was asked for that maps its first window only now.
//!
//! Owns the launches that are under way (startup notification protocol 0.1).
//! Must not know the model.
//!
//! Programs that we start ourselves get no identifier: those that know nothing
//! of it, such as terminals, would hand it on to all that is started in them,
//! whose windows would then seem to be asked for long ago.

use std::collections::{HashMap, VecDeque};

use wm_core::Timestamp;
use wm_core::hints::ClientFacts;

/// So many launches are remembered; the oldest is forgotten first.
const MOST_LAUNCHES: usize = 64;
/// So many messages may be incomplete at once, and so long may one become.
const MOST_PARTIAL: usize = 16;
const LONGEST: usize = 4096;

/// Whether a message begins here or goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `_NET_STARTUP_INFO_BEGIN`.
    First,
    /// `_NET_STARTUP_INFO`.
    Next,
}

#[derive(Debug, PartialEq, Eq)]
struct Launch {
    id: String,
    desktop: Option<u32>,
}

/// The launches that are under way.
#[derive(Debug, Default)]
pub struct Startup {
    launches: VecDeque<Launch>,
    /// Messages in pieces, by the window that they come from.
    partial: HashMap<u32, Vec<u8>>,
}

impl Startup {
    /// Takes twenty bytes of a message in. Its end is a zero.
    pub fn message(&mut self, from: u32, part: Part, bytes: &[u8]) {
        if part == Part::First {
            if self.partial.len() >= MOST_PARTIAL {
                self.partial.clear();
            }
            self.partial.insert(from, Vec::new());
        }
        // What goes on without having begun came before our time.
        let Some(text) = self.partial.get_mut(&from) else { return };
        let end = bytes.iter().position(|&byte| byte == 0);
        text.extend_from_slice(&bytes[..end.unwrap_or(bytes.len())]);
        let too_long = text.len() > LONGEST;
        if (end.is_some() || too_long)
            && let Some(text) = self.partial.remove(&from)
            && !too_long
        {
            self.understand(&String::from_utf8_lossy(&text));
        }
    }

    fn understand(&mut self, text: &str) {
        let Some((kind, rest)) = text.split_once(':') else { return };
        let values = values(rest);
        let value = |key: &str| values.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str());
        let Some(id) = value("ID").filter(|id| !id.is_empty()) else { return };
        match kind {
            "new" | "change" => {
                let desktop = value("DESKTOP").and_then(|text| text.parse().ok());
                self.remember(Launch { id: id.to_owned(), desktop });
            }
            "remove" => self.launches.retain(|launch| launch.id != id),
            _ => {}
        }
    }

    fn remember(&mut self, launch: Launch) {
        let known = self.launches.iter_mut().find(|known| known.id == launch.id);
        match known {
            // A change says only what is different.
            Some(known) => known.desktop = launch.desktop.or(known.desktop),
            None => {
                if self.launches.len() >= MOST_LAUNCHES {
                    self.launches.pop_front();
                }
                self.launches.push_back(launch);
            }
        }
    }

    /// Adds what the launch of a new window's program says and the window
    /// itself does not.
    pub fn complete(&self, facts: &mut ClientFacts) {
        let Some(id) = &facts.startup_id else { return };
        facts.user_time = facts.user_time.or_else(|| time_of(id));
        let launch = self.launches.iter().find(|launch| launch.id == *id);
        facts.desktop = facts.desktop.or_else(|| launch?.desktop);
    }
}

/// The time of the input that caused a launch, which identifiers end in.
fn time_of(id: &str) -> Option<Timestamp> {
    let (_, digits) = id.rsplit_once("_TIME")?;
    digits.parse().ok().map(Timestamp)
}

/// `KEY=value KEY="a value"`: a backslash takes the next character as it is.
fn values(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        let mut key = String::new();
        while let Some(c) = rest.next_if(|&c| c != '=') {
            key.push(c);
        }
        if rest.next().is_none() {
            return found;
        }
        let (mut value, mut quoted) = (String::new(), false);
        while let Some(c) = rest.next() {
            match c {
                '\\' => value.extend(rest.next()),
                '"' => quoted = !quoted,
                c if c.is_whitespace() && !quoted => break,
                c => value.push(c),
            }
        }
        found.push((key, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(startup: &mut Startup, from: u32, text: &str) {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        for (index, chunk) in bytes.chunks(20).enumerate() {
            let mut padded = [0; 20];
            padded[..chunk.len()].copy_from_slice(chunk);
            let part = if index == 0 { Part::First } else { Part::Next };
            startup.message(from, part, &padded);
        }
    }

    fn facts(id: &str) -> ClientFacts {
        ClientFacts { startup_id: Some(id.to_owned()), ..ClientFacts::default() }
    }

    #[test]
    fn a_launchs_time_and_workspace_are_its_windows() {
        let mut startup = Startup::default();
        send(&mut startup, 1, r#"new: ID="a b\"c_TIME77" DESKTOP=2 NAME=x\ y SCREEN=0"#);
        let mut found = facts("a b\"c_TIME77");
        startup.complete(&mut found);
        assert_eq!((found.user_time, found.desktop), (Some(Timestamp(77)), Some(2)));
        let said = ClientFacts { desktop: Some(0), user_time: Some(Timestamp(9)), ..found };
        let mut other = ClientFacts { startup_id: Some("a b\"c_TIME77".into()), ..said };
        startup.complete(&mut other);
        assert_eq!(
            (other.user_time, other.desktop),
            (Some(Timestamp(9)), Some(0)),
            "it knows best"
        );
    }

    #[test]
    fn messages_of_two_windows_do_not_mix_and_change_and_remove_work() {
        let mut startup = Startup::default();
        startup.message(1, Part::First, b"new: ID=one DESKTOP=");
        startup.message(2, Part::First, b"new: ID=two DESKTOP=");
        startup.message(1, Part::Next, b"1\0");
        startup.message(2, Part::Next, b"2\0");
        let desktop = |startup: &Startup, id: &str| {
            let mut found = facts(id);
            startup.complete(&mut found);
            found.desktop
        };
        assert_eq!((desktop(&startup, "one"), desktop(&startup, "two")), (Some(1), Some(2)));
        send(&mut startup, 1, "change: ID=one NAME=x");
        assert_eq!(desktop(&startup, "one"), Some(1), "unchanged");
        send(&mut startup, 1, "remove: ID=one");
        assert_eq!(desktop(&startup, "one"), None);
    }

    #[test]
    fn nonsense_is_bounded() {
        let mut startup = Startup::default();
        for window in 0..1000 {
            startup.message(window, Part::First, &[b'x'; 20]);
        }
        assert!(startup.partial.len() <= MOST_PARTIAL);
        startup.message(1, Part::First, b"new: ID=");
        for _ in 0..1000 {
            startup.message(1, Part::Next, &[b'x'; 20]);
        }
        assert!(!startup.partial.contains_key(&1), "too long to be true");
        for number in 0..1000 {
            send(&mut startup, 1, &format!("new: ID={number}"));
        }
        assert_eq!(startup.launches.len(), MOST_LAUNCHES);
        for text in ["", ":", "new:", "new: ID", "new: ID=", "new: ID=\\", "new: =\"", "old: ID=a"]
        {
            send(&mut startup, 1, text);
        }
        assert_eq!(time_of("x_TIME"), None);
        assert_eq!(time_of("x_TIME99999999999"), None);
    }
}
