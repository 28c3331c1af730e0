//! Fullscreen windows without a compositor in between.
//!
//! Owns the decision, per monitor, and its explanation. Must not know how a
//! window is unredirected.
//!
//! Per monitor the topmost *visible* thing is the candidate; what nobody can
//! see (InputOnly windows, fully transparent ones, empty shapes, windows
//! elsewhere) does not count. It is bypassed when every condition has held
//! for a moment, and comes back at once when one fails.

use serde::{Deserialize, Serialize};

use crate::geom::{Rect, Root};
use crate::hints::{BypassHint, WindowType};
use crate::id::{Time, WindowId, Xid};
use crate::model::Wm;
use crate::region::Region;

/// How long the conditions must hold first, in milliseconds: long enough for
/// a game's burst of mapping and moving, too short to notice.
const SETTLE_MS: u64 = 200;

/// State per monitor.
#[derive(Debug, Default)]
pub(super) struct Bypass {
    /// Windows that meet all conditions, since when.
    waiting: Vec<(WindowId, Time)>,
    /// Windows that are shown by the server itself.
    pub active: Vec<WindowId>,
}

impl Bypass {
    /// When a waiting window may go.
    pub(super) fn deadline(&self) -> Option<Time> {
        self.waiting.iter().map(|(_, since)| since.after_ms(SETTLE_MS)).min()
    }
}

/// One condition of the bypass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What is asked.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// The values behind the answer.
    pub detail: String,
}

/// Why a monitor is, or is not, bypassed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The monitor's name.
    pub monitor: String,
    /// The topmost visible window there.
    pub window: Option<Xid>,
    /// Its title.
    pub title: String,
    /// Whether it is bypassed now.
    pub bypassed: bool,
    /// All conditions, in the order in which they are checked.
    pub conditions: Vec<Condition>,
    /// What bypassing can give on this screen.
    pub note: String,
}

/// What matters of a candidate, managed or not.
struct Candidate {
    id: WindowId,
    title: String,
    rect: Rect<Root>,
    depth: u8,
    solid: bool,
    opacity: u8,
    shaped: bool,
    hint: BypassHint,
    desktop: bool,
}

impl Wm {
    /// The topmost visible window on a monitor.
    fn candidate(&self, monitor: &Rect<Root>) -> Option<Candidate> {
        for xid in self.above.iter().rev() {
            let Some(window) = self.unmanaged.get(xid) else { continue };
            let facts = &window.facts;
            if !window.is_visible() || !facts.geometry.intersects(monitor) {
                continue;
            }
            let opaque = facts.opaque_region.as_ref().is_some_and(|region| {
                region.contains_rect(&Rect::new(0, 0, facts.geometry.w, facts.geometry.h))
            });
            return Some(Candidate {
                id: window.id,
                title: facts.class.1.clone(),
                rect: facts.geometry,
                depth: facts.depth,
                solid: facts.depth < 32 || opaque,
                opacity: (facts.opacity >> 24) as u8,
                shaped: facts.shape.is_some(),
                hint: BypassHint::NoPreference,
                desktop: false,
            });
        }
        self.stacked.iter().rev().find_map(|xid| {
            let window = self.windows.get(xid)?;
            let rect = self.frame_rect(window);
            if !self.is_shown(window) || window.opacity() == 0 || !rect.intersects(monitor) {
                return None;
            }
            let client = self.client_rect(window);
            Some(Candidate {
                id: window.id,
                title: window.facts.title.clone(),
                rect: if window.is_decorated() || window.shaded { Rect::default() } else { client },
                depth: window.facts.depth,
                solid: window
                    .opaque_client(client.size())
                    .contains_rect(&Rect::new(0, 0, client.w, client.h)),
                opacity: window.opacity(),
                shaped: window.facts.shape.is_some(),
                hint: window.facts.bypass,
                desktop: window.kind() == WindowType::Desktop,
            })
        })
    }

    fn conditions(&self, monitor: &Rect<Root>, candidate: Option<&Candidate>) -> Vec<Condition> {
        let mut list = Vec::new();
        let mut check = |name: &str, holds: bool, detail: String| {
            list.push(Condition { name: name.to_owned(), holds, detail });
        };
        check(
            "enabled in the configuration",
            self.settings.bypass,
            self.settings.bypass.to_string(),
        );
        check("compositing is on", self.compositing, self.compositing.to_string());
        let busy = match (&self.drag, &self.switcher, self.menu_open) {
            (Some(_), ..) => "a window is being dragged",
            (_, Some(_), _) => "the window switcher is open",
            (.., true) => "a menu is open",
            _ => "nothing",
        };
        check("nothing is shown above by the window manager", busy == "nothing", busy.to_owned());
        let Some(c) = candidate else {
            check("a window is on the monitor", false, "none".to_owned());
            return list;
        };
        check("a window is on the monitor", true, format!("0x{:x} “{}”", c.id.xid.0, c.title));
        check("it is not the desktop", !c.desktop, c.desktop.to_string());
        check(
            "it covers the monitor without a frame",
            c.rect.contains_rect(monitor),
            format!(
                "window {}×{}+{}+{}, monitor {}×{}+{}+{}",
                c.rect.w, c.rect.h, c.rect.x, c.rect.y, monitor.w, monitor.h, monitor.x, monitor.y
            ),
        );
        check("it is opaque", c.solid, format!("depth {}", c.depth));
        check("its opacity is full", c.opacity == 255, format!("{}/255", c.opacity));
        check("it has no shape", !c.shaped, if c.shaped { "shaped" } else { "none" }.to_owned());
        check(
            "it does not forbid it (_NET_WM_BYPASS_COMPOSITOR)",
            c.hint != BypassHint::Forbid,
            format!("{:?}", c.hint),
        );
        let alone = self.monitors.iter().all(|m| {
            !c.rect.intersects(&m.rect)
                || self.candidate(&m.rect).is_some_and(|other| other.id == c.id)
        });
        check("nothing covers it on other monitors", alone, alone.to_string());
        list
    }

    /// Decides anew; `settle` carries it out.
    pub(super) fn update_bypass(&mut self) {
        let mut fit: Vec<(WindowId, bool)> = Vec::new();
        for monitor in &self.monitors {
            let candidate = self.candidate(&monitor.rect);
            let holds = self.conditions(&monitor.rect, candidate.as_ref()).iter().all(|c| c.holds);
            if let (true, Some(c)) = (holds, candidate)
                && !fit.iter().any(|(id, _)| *id == c.id)
            {
                fit.push((c.id, c.hint == BypassHint::Prefer));
            }
        }
        let now = self.now;
        let bypass = &mut self.bypass;
        bypass.active.retain(|id| fit.iter().any(|(other, _)| other == id));
        bypass.waiting.retain(|(id, _)| fit.iter().any(|(other, _)| other == id));
        for (id, at_once) in fit {
            if bypass.active.contains(&id) {
                continue;
            }
            let since = match bypass.waiting.iter().find(|(other, _)| *other == id) {
                Some((_, since)) => *since,
                None => {
                    bypass.waiting.push((id, now));
                    now
                }
            };
            if at_once || now >= since.after_ms(SETTLE_MS) {
                bypass.waiting.retain(|(other, _)| *other != id);
                bypass.active.push(id);
            }
        }
    }

    pub(super) fn is_bypassed(&self, id: WindowId) -> bool {
        self.bypass.active.contains(&id)
    }

    /// Where the server shows windows by itself.
    pub(super) fn holes(&self) -> Region<Root> {
        let rects = self.bypass.active.iter().filter_map(|id| {
            let managed = self.windows.get(&id.xid).map(|w| self.client_rect(w));
            managed.or_else(|| self.unmanaged.get(&id.xid).map(|w| w.facts.geometry))
        });
        Region::from_rects(rects).intersect_rect(&Rect::new(0, 0, self.size.w, self.size.h))
    }

    /// Each monitor's conditions with their values.
    #[must_use]
    pub fn explain_bypass(&self) -> Vec<Explanation> {
        let note = if self.monitors.len() > 1 {
            "With several monitors the X server copies the window's frames instead of flipping \
             to them: a page flip needs a window that covers the whole X screen."
        } else {
            "The window covers the whole X screen: the X server can flip to its frames, if the \
             driver does."
        };
        self.monitors
            .iter()
            .map(|monitor| {
                let candidate = self.candidate(&monitor.rect);
                let mut conditions = self.conditions(&monitor.rect, candidate.as_ref());
                let bypassed = candidate.as_ref().is_some_and(|c| self.is_bypassed(c.id));
                let waiting = candidate
                    .as_ref()
                    .and_then(|c| self.bypass.waiting.iter().find(|(id, _)| *id == c.id));
                conditions.push(Condition {
                    name: "all of it has held for a moment".to_owned(),
                    holds: bypassed,
                    detail: waiting.map_or_else(
                        || format!("{SETTLE_MS} ms"),
                        |(_, since)| format!("{} of {SETTLE_MS} ms", self.now.since(*since) / 1000),
                    ),
                });
                Explanation {
                    monitor: monitor.name.clone(),
                    window: candidate.as_ref().map(|c| c.id.xid),
                    title: candidate.map(|c| c.title).unwrap_or_default(),
                    bypassed,
                    conditions,
                    note: note.to_owned(),
                }
            })
            .collect()
    }
}
