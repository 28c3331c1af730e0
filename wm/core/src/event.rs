//! Facts from the X server, the clock's caller and the user's programs: the
//! only way into the model.
//!
//! Owns the vocabulary of input. Must not know what the model does with it,
//! nor any wire format. Events are serializable so that a run can be
//! recorded and replayed.

use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::geom::{Point, Rect, Root, Size};
use crate::hints::{ClientFacts, NetState, Property, UnmanagedFacts};
use crate::id::{Timestamp, Xid};
use crate::layout::DesktopLayout;
use crate::region::Region;
use crate::settings::{Modifiers, Settings};

/// A RandR monitor (or the whole screen without RandR 1.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Monitor {
    /// Output name, such as `DP-1`: identity across hotplug.
    pub name: String,
    /// Its part of the root window.
    pub rect: Rect<Root>,
    /// RandR's primary flag.
    pub primary: bool,
    /// Scale for border widths in percent of 96 DPI.
    pub scale_percent: u16,
}

/// Which of a managed window's X windows got an input event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Surface {
    /// The client window, through a passive grab.
    Client,
    /// The frame: the title bar.
    Frame,
    /// The invisible resize border.
    Ring,
}

/// Where a pointer event happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InputTarget {
    /// On a managed window.
    Window(Xid, Surface),
    /// On the root window, or reported to it during a grab.
    Root,
}

/// Why the pointer is in another window than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Crossing {
    /// A person moved it there, or let go a button that had held it.
    #[default]
    Motion,
    /// It rests: windows came, went or moved under it.
    Windows,
    /// From one part of the same window to another.
    Inside,
}

/// Who asks, in EWMH messages (source indication).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Requester {
    /// 0: an old client that does not say.
    #[default]
    Unknown,
    /// 1: a normal application.
    Application,
    /// 2: a pager, taskbar or the person through a tool.
    Pager,
}

/// _NET_WM_STATE message actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the EWMH actions of the same name")]
pub enum StateChange {
    Remove,
    Add,
    Toggle,
}

/// Stack modes of a ConfigureWindow request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the protocol's stack modes of the same name")]
pub enum StackMode {
    Above,
    Below,
    TopIf,
    BottomIf,
    Opposite,
}

/// The values of a ConfigureRequest, or of _NET_MOVERESIZE_WINDOW; absent
/// ones are to stay. Position as the client means it (before gravity).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct ConfigureValues {
    /// Left.
    pub x: Option<i32>,
    /// Top.
    pub y: Option<i32>,
    /// Inside width.
    pub width: Option<i32>,
    /// Inside height.
    pub height: Option<i32>,
    /// Border width that the client believes in.
    pub border_width: Option<i32>,
    /// Sibling for the stack mode.
    pub sibling: Option<Xid>,
    /// Stack mode.
    pub stack_mode: Option<StackMode>,
}

/// _NET_WM_MOVERESIZE directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the EWMH directions of the same name")]
pub enum MoveResizeDirection {
    SizeTopLeft,
    SizeTop,
    SizeTopRight,
    SizeRight,
    SizeBottomRight,
    SizeBottom,
    SizeBottomLeft,
    SizeLeft,
    Move,
    SizeKeyboard,
    MoveKeyboard,
    Cancel,
}

/// A message from a client or pager about a window or the desktop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// _NET_ACTIVE_WINDOW.
    Activate {
        /// Which window.
        window: Xid,
        /// Who asks.
        requester: Requester,
        /// The requester's last user time.
        time: Timestamp,
    },
    /// _NET_CLOSE_WINDOW.
    Close {
        /// Which window.
        window: Xid,
        /// When.
        time: Timestamp,
    },
    /// WM_CHANGE_STATE to IconicState (ICCCM 4.1.4).
    Iconify {
        /// Which window.
        window: Xid,
    },
    /// _NET_WM_STATE.
    State {
        /// Which window.
        window: Xid,
        /// Add, remove or toggle.
        change: StateChange,
        /// One or two states.
        states: Vec<NetState>,
        /// Who asks.
        requester: Requester,
    },
    /// _NET_WM_DESKTOP; 0xFFFFFFFF is all.
    Desktop {
        /// Which window.
        window: Xid,
        /// To which, counted from 0.
        desktop: u32,
    },
    /// _NET_WM_MOVERESIZE.
    MoveResize {
        /// Which window.
        window: Xid,
        /// Where the pointer was pressed.
        at: Point<Root>,
        /// What to do.
        direction: MoveResizeDirection,
        /// Which button is held.
        button: u8,
    },
    /// _NET_MOVERESIZE_WINDOW, gravity already resolved to the client's own
    /// when 0.
    MoveResizeWindow {
        /// Which window.
        window: Xid,
        /// Gravity of the message, if not 0.
        gravity: Option<crate::hints::Gravity>,
        /// Geometry.
        values: ConfigureValues,
    },
    /// _NET_RESTACK_WINDOW.
    Restack {
        /// Which window.
        window: Xid,
        /// Sibling and mode.
        values: ConfigureValues,
        /// Who asks.
        requester: Requester,
    },
    /// _NET_REQUEST_FRAME_EXTENTS, possibly before the window is mapped;
    /// the shell sends what is known of it along.
    FrameExtents {
        /// Which window.
        window: Xid,
        /// Facts of a window that is not managed yet.
        facts: Option<Box<ClientFacts>>,
    },
    /// _NET_WM_FULLSCREEN_MONITORS: top, bottom, left, right monitor
    /// indices.
    FullscreenMonitors {
        /// Which window.
        window: Xid,
        /// Indices into the monitor list.
        monitors: [u32; 4],
    },
    /// _NET_CURRENT_DESKTOP.
    CurrentDesktop {
        /// Counted from 0.
        desktop: u32,
        /// When.
        time: Timestamp,
    },
    /// _NET_NUMBER_OF_DESKTOPS.
    NumberOfDesktops(u32),
    /// _NET_SHOWING_DESKTOP.
    ShowingDesktop(bool),
    /// _GTK_SHOW_WINDOW_MENU.
    WindowMenu {
        /// Which window.
        window: Xid,
        /// Where.
        at: Point<Root>,
    },
    /// The answer to a _NET_WM_PING, whose data carried this timestamp.
    Pong {
        /// Which window.
        window: Xid,
        /// The timestamp sent.
        time: Timestamp,
    },
}

/// A pointer button event. Button numbers as in the core protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ButtonEvent {
    /// On what.
    pub target: InputTarget,
    /// Where.
    pub at: Point<Root>,
    /// 1 left, 2 middle, 3 right, 4 and 5 wheel.
    pub button: u8,
    /// Held modifiers.
    pub modifiers: Modifiers,
    /// When.
    pub time: Timestamp,
}

/// A key event while the model holds the keyboard, or of a bound key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyEvent {
    /// The keysym of the key in the first shift level of its group.
    pub keysym: u32,
    /// Pressed or released.
    pub pressed: bool,
    /// Modifiers held after this event.
    pub modifiers: Modifiers,
    /// What the configuration binds to this key with these modifiers.
    pub action: Option<Action>,
    /// When.
    pub time: Timestamp,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The root window's size and its monitors, at start and on every RandR
    /// change.
    Screen {
        /// Root size.
        size: Size,
        /// At least one monitor.
        monitors: Vec<Monitor>,
    },
    /// A new configuration.
    Settings(Box<Settings>),
    /// What a pager says of the workspaces.
    Desktops {
        /// _NET_DESKTOP_LAYOUT; the default one if there is none.
        layout: DesktopLayout,
        /// _NET_DESKTOP_NAMES; may be more or fewer than there are.
        names: Vec<String>,
    },
    /// Whether a compositor of ours paints the screen (it can fail or be
    /// turned off at run time).
    Compositing(bool),
    /// A client that is to be managed: it asked to be mapped, or was found
    /// mapped at start (`adopted`).
    Manage {
        /// The client window.
        window: Xid,
        /// All that is known of it.
        facts: Box<ClientFacts>,
        /// Found at start rather than mapped now.
        adopted: bool,
    },
    /// A managed client asked to be mapped again.
    MapRequest(Xid),
    /// A managed client was unmapped by someone else than the window
    /// manager, or withdrew by the synthetic event of ICCCM 4.1.4.
    Unmapped(Xid),
    /// A managed client was reparented by someone else.
    ReparentedAway(Xid),
    /// A window was destroyed.
    Destroyed(Xid),
    /// A client asked for another geometry or stacking.
    ConfigureRequest {
        /// Managed client.
        window: Xid,
        /// What it asked for.
        values: ConfigureValues,
    },
    /// A property of a managed or unmanaged window changed.
    Property {
        /// Which window.
        window: Xid,
        /// The new value.
        property: Property,
    },
    /// An override-redirect window was mapped; it is on top of the stack.
    UnmanagedMapped {
        /// The window.
        window: Xid,
        /// What is known of it.
        facts: Box<UnmanagedFacts>,
    },
    /// An override-redirect window moved, changed its size or its place in
    /// the stack.
    UnmanagedConfigured {
        /// The window.
        window: Xid,
        /// Outer geometry.
        geometry: Rect<Root>,
        /// The toplevel that it now stands directly above; `None` is the
        /// bottom.
        above: Option<Xid>,
    },
    /// An override-redirect window was unmapped.
    UnmanagedUnmapped(Xid),
    /// The named pixmap of a toplevel was replaced: its whole picture is new.
    ContentReset(Xid),
    /// A client or pager message.
    Message(Message),
    /// A button went down.
    ButtonPress(ButtonEvent),
    /// A button went up.
    ButtonRelease(ButtonEvent),
    /// The pointer moved, with a button held or over a frame or ring.
    Motion {
        /// On what.
        target: InputTarget,
        /// Where.
        at: Point<Root>,
        /// Held modifiers.
        modifiers: Modifiers,
        /// When.
        time: Timestamp,
    },
    /// Where the pointer is, told along with something else (a key), or in
    /// answer to [`crate::request::Request::AskPointer`]: over clients it
    /// moves unheard.
    PointerAt(Point<Root>),
    /// The pointer grab that was asked for was given.
    PointerGrabbed {
        /// Where the pointer was by then: what it did since the press that
        /// led to the grab may have gone elsewhere.
        at: Point<Root>,
        /// Buttons 1 to 5 that were still held, the first in the lowest bit.
        buttons: u8,
        /// Held modifiers.
        modifiers: Modifiers,
        /// When.
        time: Timestamp,
    },
    /// The pointer entered a managed window (its frame, client or ring) or
    /// the root, not because a grab began.
    Enter {
        /// What it entered.
        target: InputTarget,
        /// Where.
        at: Point<Root>,
        /// When.
        time: Timestamp,
        /// Why.
        #[serde(default)]
        cause: Crossing,
    },
    /// The pointer left a frame or ring for something that is not ours.
    Leave {
        /// What it left.
        target: InputTarget,
    },
    /// A key of a binding, or any key while the model holds the keyboard.
    Key(KeyEvent),
    /// The server's input focus went to a managed client (or its child), or
    /// to no window at all, after the last [`crate::request::Request::Focus`]
    /// was carried out: it is no echo of an older one.
    FocusIn(Option<Xid>),
    /// A client's sync counter reached this value.
    SyncCounter {
        /// Which client.
        window: Xid,
        /// The counter's value.
        value: i64,
    },
    /// A person's wish, from a menu or by IPC.
    Action {
        /// What.
        action: Action,
        /// About which window; `None` is the active one.
        window: Option<Xid>,
        /// When.
        time: Timestamp,
    },
    /// An exact geometry for a window, by IPC: the frame's outer rectangle.
    Place {
        /// Which window.
        window: Xid,
        /// Where.
        rect: Rect<Root>,
    },
    /// A menu opened by [`crate::Request::OpenMenu`] has gone, whether or
    /// not something was chosen.
    MenuClosed,
    /// A grab that was asked for was refused by the server.
    GrabFailed,
    /// Time passed: sent when [`crate::Wm::deadline`] is reached.
    Tick,
    /// A damaged region of a toplevel, in its picture's coordinates: only
    /// counted here (the frame plan takes it from the tracker); for windows
    /// being resized it tells that the client has drawn.
    Damaged {
        /// Which toplevel.
        window: Xid,
        /// Where.
        region: Region<crate::geom::Source>,
    },
    /// The session ends: hand everything back.
    Quit,
}
