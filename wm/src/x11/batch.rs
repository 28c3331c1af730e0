//! One batch of X events on its way to the model.
//!
//! Owns what has been taken so far: facts and questions in their order, chores
//! for the loop, and which windows began or ended in between. Must not know
//! what an event means: `translate` does.

use std::collections::HashSet;

use wm_core::Xid;
use wm_core::event::Event;
use x11rb::protocol::Event as XEvent;

/// A fact, or the place of one that has to be asked for.
#[derive(Debug)]
pub(super) enum Step {
    Fact(Event),
    Manage { window: u32, adopted: bool },
    Unmanaged { window: u32 },
    Property { window: u32, atom: u32 },
    Extents { window: u32 },
}

/// What the loop has to do beside feeding the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chore {
    /// A title bar has to be painted again.
    RepaintFrame(Xid),
    /// One of our own windows (a menu, the switcher) was exposed.
    Exposed(u32),
    /// The pointer or the keyboard did this while a menu has them.
    MenuInput(MenuInput),
    /// A button went down in a window that belongs to nobody's client: one of
    /// our own, if it still is there.
    Pressed(u32),
    /// The overlay or the root was exposed: repaint all.
    RepaintAll,
    /// The keyboard mapping changed.
    Keyboard,
    /// The background pixmap changed.
    Background,
    /// Theme or DPI changed.
    Resources,
    /// Monitors changed.
    Screen,
    /// Another window manager takes over.
    Replaced,
    /// Another compositor takes over.
    CompositorReplaced,
    /// Another settings manager takes over.
    SettingsReplaced,
    /// A client waits for its frame to be shown, perhaps.
    Awaited,
    /// Pixels of something visible changed.
    Damage(Xid),
}

/// Input while a menu is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuInput {
    /// The pointer moved here.
    Motion(i32, i32),
    /// A button went down.
    Press(i32, i32, u8),
    /// A button went up.
    Release(i32, i32, u8),
    /// A key went down: its keysym.
    Key(u32),
}

/// One batch of events, translated.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) steps: Vec<Step>,
    pub(super) asked: HashSet<(u32, u32)>,
    pub(super) managing: HashSet<u32>,
    pub(super) mapping: HashSet<u32>,
    /// Windows that ended in this batch, as clients or altogether. The model
    /// has not heard of it yet, and their names may be used again.
    pub(super) gone: HashSet<u32>,
    /// The request number of the last change of windows, unless input came
    /// after it.
    pub(super) restructured: Option<u64>,
    /// For the loop.
    pub chores: Vec<Chore>,
}

impl Batch {
    pub(super) fn fact(&mut self, event: Event) {
        self.steps.push(Step::Fact(event));
    }

    /// Whether `event` is about a new life of a window whose old one ends in
    /// this batch: it withdrew and asks to be mapped again, or its name was
    /// given to another window. Such an event, and all after it, belong to
    /// the next batch, when the old life is over.
    pub fn must_wait(&self, event: &XEvent) -> bool {
        let window = match event {
            XEvent::CreateNotify(event) => event.window,
            XEvent::MapRequest(event) => event.window,
            XEvent::MapNotify(event) => event.window,
            XEvent::ConfigureRequest(event) => event.window,
            _ => return false,
        };
        self.gone.contains(&window)
    }

    pub(super) fn chore(&mut self, chore: Chore) {
        if !self.chores.contains(&chore) || matches!(chore, Chore::MenuInput(_)) {
            self.chores.push(chore);
        }
    }
}
