//! Wishes to the X server and to the shell: the only way out of the model
//! besides the scene.
//!
//! Owns the vocabulary of output. Must not know how a wish is carried out.
//! The shell carries requests out in order.

use serde::{Deserialize, Serialize};

use crate::geom::{Frame, Point, Rect, Root, Size};
use crate::hints::{NetState, WmState};
use crate::id::{Timestamp, WindowId, Xid};
use crate::look::{FrameLook, Menu, SwitcherLook};
use crate::model::border::{Edges, RingGeometry};
use crate::region::Region;

/// Pointer shapes, by their freedesktop cursor-spec (CSS) meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "CSS cursor names")]
pub enum Cursor {
    #[default]
    Default,
    Move,
    NorthResize,
    SouthResize,
    WestResize,
    EastResize,
    NorthWestResize,
    NorthEastResize,
    SouthWestResize,
    SouthEastResize,
}

/// How the input focus is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FocusTarget {
    /// To a client: by SetInputFocus, by WM_TAKE_FOCUS, or both (ICCCM
    /// 4.1.7's passive, globally active and locally active models).
    Client {
        /// Which.
        id: WindowId,
        /// Call SetInputFocus.
        set_input: bool,
        /// Send WM_TAKE_FOCUS.
        take_focus: bool,
    },
    /// To no window: to the window manager's own focus holder, so that key
    /// bindings go on working.
    Nothing,
}

/// What is written in `_NET_WM_ALLOWED_ACTIONS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the EWMH actions of the same name")]
pub struct AllowedActions {
    pub moving: bool,
    pub resize: bool,
    pub minimize: bool,
    pub shade: bool,
    pub stick: bool,
    pub maximize_horz: bool,
    pub maximize_vert: bool,
    pub fullscreen: bool,
    pub change_desktop: bool,
    pub close: bool,
    pub above: bool,
    pub below: bool,
}

/// A property that the window manager writes on a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientProperty {
    /// WM_STATE; Withdrawn deletes it.
    WmState(WmState),
    /// _NET_WM_STATE.
    NetState(Vec<NetState>),
    /// _NET_FRAME_EXTENTS: what is visible of the frame.
    FrameExtents(crate::geom::Sides),
    /// _NET_WM_DESKTOP; `None` is all workspaces (0xFFFFFFFF).
    Desktop(Option<u32>),
    /// _NET_WM_ALLOWED_ACTIONS.
    AllowedActions(AllowedActions),
    /// _NET_WM_VISIBLE_NAME; `None` deletes it.
    VisibleName(Option<String>),
    /// _NET_WM_FULLSCREEN_MONITORS as granted.
    FullscreenMonitors([u32; 4]),
    /// `_TRAPEZE_RESTORE`; `None` deletes it.
    Restore(Option<crate::hints::Restore>),
    /// _GTK_EDGE_CONSTRAINTS: which edges of a client-decorated window are
    /// bound to something, and which the user can move.
    EdgeConstraints(EdgeConstraints),
}

/// What holds the edges of a window (`_GTK_EDGE_CONSTRAINTS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EdgeConstraints {
    /// Edges that touch an edge of the screen or another tile.
    pub tiled: Edges,
    /// Edges that a resize can move.
    pub resizable: Edges,
}

/// A property that the window manager writes on the root window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RootProperty {
    /// _NET_CLIENT_LIST: in the order of first mapping.
    ClientList(Vec<Xid>),
    /// _NET_CLIENT_LIST_STACKING: bottom to top.
    ClientListStacking(Vec<Xid>),
    /// _NET_ACTIVE_WINDOW.
    ActiveWindow(Option<Xid>),
    /// _NET_NUMBER_OF_DESKTOPS.
    NumberOfDesktops(u32),
    /// _NET_CURRENT_DESKTOP.
    CurrentDesktop(u32),
    /// _NET_DESKTOP_NAMES.
    DesktopNames(Vec<String>),
    /// _NET_DESKTOP_GEOMETRY.
    DesktopGeometry(Size),
    /// _NET_DESKTOP_VIEWPORT: always the origin, once per workspace.
    DesktopViewport(u32),
    /// _NET_WORKAREA: one rectangle for every workspace.
    WorkArea(Vec<Rect<Root>>),
    /// _NET_SHOWING_DESKTOP.
    ShowingDesktop(bool),
    /// _GTK_WORKAREAS_Dn of each workspace: the work area of every monitor.
    MonitorWorkAreas(u32, Vec<Rect<Root>>),
}

/// One wish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Create the frame and ring, add the client to the save-set, set its
    /// border to 0, reparent it. The frame has the client's visual and depth
    /// and stays unmapped.
    Manage {
        /// Which client.
        id: WindowId,
        /// The frame's outer rectangle.
        frame: Rect<Root>,
        /// The client inside it.
        client: Rect<Frame>,
    },
    /// Undo [`Request::Manage`] and forget the window.
    Unmanage {
        /// Which client.
        id: WindowId,
        /// Where on the root window its outer top-left corner goes; `None`
        /// if another program has reparented it.
        at: Option<Point<Root>>,
        /// Border width to restore.
        border_width: i32,
        /// The client window still exists (false after a destroy).
        alive: bool,
        /// Leave it mapped (hand-back) or as it is (it withdrew).
        map: bool,
    },
    /// Move and resize a frame.
    ConfigureFrame {
        /// Which window.
        id: WindowId,
        /// Its outer rectangle.
        rect: Rect<Root>,
    },
    /// Move and resize a client within its frame.
    ConfigureClient {
        /// Which window.
        id: WindowId,
        /// Within the frame.
        rect: Rect<Frame>,
    },
    /// Send a synthetic ConfigureNotify (ICCCM 4.1.5).
    NotifyConfigure {
        /// Which client.
        id: WindowId,
        /// Its inside in root coordinates.
        rect: Rect<Root>,
        /// The width in pixels of the X border that it asked for, which lies
        /// outside `rect` and is not there while it is managed.
        border: i32,
    },
    /// Map or unmap frame and client. The unmap is the window manager's own
    /// and is not to be reported back as [`crate::Event::Unmapped`].
    SetMapped {
        /// Which window.
        id: WindowId,
        /// The frame.
        frame: bool,
        /// The client within the frame.
        client: bool,
    },
    /// The input ring around the frame; `None` unmaps it.
    SetRing {
        /// Which window.
        id: WindowId,
        /// Where it reacts, and how.
        ring: Option<RingGeometry>,
    },
    /// Bounding and input shapes of the frame; `None` is the rectangle.
    ShapeFrame {
        /// Which window.
        id: WindowId,
        /// What exists.
        bounding: Option<Region<Frame>>,
        /// What takes clicks.
        input: Option<Region<Frame>>,
    },
    /// Put `id`'s frame (its ring directly below it) directly below the frame
    /// of `below`, or, for `None`, at the top of the managed windows: directly
    /// below the guard window, under which all managed windows stay.
    Restack {
        /// Which window.
        id: WindowId,
        /// Below which.
        below: Option<WindowId>,
    },
    /// Give the input focus.
    Focus {
        /// To whom.
        target: FocusTarget,
        /// With which timestamp.
        time: Timestamp,
    },
    /// Grab buttons on the client so that a click is seen first (true), or
    /// only those of the drag modifiers (false).
    GrabClicks {
        /// Which window.
        id: WindowId,
        /// All clicks.
        all: bool,
    },
    /// Let the server go on after a grabbed press: replay it to the client,
    /// or keep it.
    AllowEvents {
        /// Replay to the client.
        replay: bool,
        /// When.
        time: Timestamp,
    },
    /// Grab the pointer with this cursor, or change the cursor of the grab.
    GrabPointer {
        /// Which shape.
        cursor: Cursor,
        /// When.
        time: Timestamp,
    },
    /// Let the pointer go.
    UngrabPointer(Timestamp),
    /// Grab the keyboard: all keys come as [`crate::Event::Key`].
    GrabKeyboard(Timestamp),
    /// Let the keyboard go.
    UngrabKeyboard(Timestamp),
    /// Put the pointer somewhere.
    WarpPointer(Point<Root>),
    /// Tell where the pointer is, by [`crate::Event::PointerAt`]: over
    /// clients it moves unseen.
    AskPointer,
    /// The cursor that a frame or ring shows.
    SetCursor {
        /// Which window.
        id: WindowId,
        /// Which shape.
        cursor: Cursor,
    },
    /// Write a property on a client.
    SetClientProperty {
        /// Which client.
        id: WindowId,
        /// What.
        property: ClientProperty,
    },
    /// Write _NET_FRAME_EXTENTS on a window that is not managed yet.
    AnswerFrameExtents {
        /// Which window.
        window: Xid,
        /// What it would get.
        extents: crate::geom::Sides,
    },
    /// Write a property on the root window.
    SetRootProperty(RootProperty),
    /// Draw a title bar into the frame.
    PaintFrame {
        /// Which window.
        id: WindowId,
        /// How.
        look: Box<FrameLook>,
    },
    /// Send WM_DELETE_WINDOW.
    SendDelete {
        /// Which client.
        id: WindowId,
        /// When.
        time: Timestamp,
    },
    /// Send _NET_WM_PING.
    SendPing {
        /// Which client.
        id: WindowId,
        /// The timestamp that comes back.
        time: Timestamp,
    },
    /// Send _NET_WM_SYNC_REQUEST before the ConfigureClient that follows.
    SendSync {
        /// Which client.
        id: WindowId,
        /// The value that the counter is to reach.
        value: i64,
        /// When.
        time: Timestamp,
    },
    /// Kill the client (KillClient, and its process if it is local and hung).
    Kill {
        /// Which client.
        id: WindowId,
        /// Its _NET_WM_PID, if it is known to be local.
        hung: bool,
    },
    /// Redirect (true) or unredirect the window's frame: bypass.
    Redirect {
        /// Which toplevel.
        id: WindowId,
        /// Composited.
        on: bool,
    },
    /// What the overlay window covers: all of it, minus the holes over
    /// bypassed windows.
    SetOverlayHoles(Region<Root>),
    /// Open a menu; the shell shows it, follows the keys and the pointer,
    /// and answers with [`crate::Event::Action`] and
    /// [`crate::Event::MenuClosed`].
    OpenMenu(Box<Menu>),
    /// Close the open menu.
    CloseMenu,
    /// Draw the switcher's panel; `None` takes it away.
    PaintSwitcher(Option<Box<SwitcherLook>>),
    /// Start a program.
    Spawn(String),
    /// Ring the bell: what was asked for cannot be done.
    Bell,
    /// Read the configuration again.
    ReloadConfig,
    /// Turn compositing off or on.
    ToggleCompositing,
    /// Replace this process by its new binary after handing everything back.
    Restart,
    /// Everything is handed back: end the loop.
    Exit,
}
