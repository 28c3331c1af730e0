//! What a client says about its window: parsed, bounded property values.
//!
//! Owns the typed form of ICCCM, EWMH, Motif and GTK hints. Must not know
//! wire formats (the shell parses) or what follows from a hint (the model).

use serde::{Deserialize, Serialize};

use crate::geom::{Client, Rect, Root, Sides, Size};
use crate::id::{Timestamp, Xid};
use crate::region::Region;

/// ICCCM 4.1.3.1 WM_STATE values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WmState {
    /// Not managed.
    Withdrawn,
    /// Shown (perhaps on another workspace).
    Normal,
    /// Minimized.
    Iconic,
}

/// Window gravity (ICCCM 4.1.2.3): which point of the window stays where the
/// client put it when a frame is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Gravity {
    /// Top-left corner.
    #[default]
    NorthWest,
    /// Middle of the top side.
    North,
    /// Top-right corner.
    NorthEast,
    /// Middle of the left side.
    West,
    /// Centre.
    Center,
    /// Middle of the right side.
    East,
    /// Bottom-left corner.
    SouthWest,
    /// Middle of the bottom side.
    South,
    /// Bottom-right corner.
    SouthEast,
    /// The client's own inside stays; the frame grows around it.
    Static,
}

/// WM_NORMAL_HINTS (ICCCM 4.1.2.3), with impossible values dropped by the
/// parser (negative sizes, zero increments, zero aspect denominators).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct SizeHints {
    /// The person placed the window (USPosition).
    pub user_position: bool,
    /// The program placed the window (PPosition).
    pub program_position: bool,
    /// The person sized the window (USSize).
    pub user_size: bool,
    /// Smallest client size.
    pub min: Option<Size>,
    /// Largest client size.
    pub max: Option<Size>,
    /// Size steps.
    pub increment: Option<Size>,
    /// Size at step 0.
    pub base: Option<Size>,
    /// Smallest and largest width : height, as fractions.
    pub aspect: Option<((i32, i32), (i32, i32))>,
    /// The fixed point when a frame is added.
    pub gravity: Gravity,
}

/// WM_HINTS (ICCCM 4.1.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WmHints {
    /// The input field: whether the window manager sets the focus. True when
    /// the hint is absent.
    pub input: bool,
    /// Wants to begin minimized.
    pub start_iconic: bool,
    /// Window group leader.
    pub group: Option<Xid>,
    /// UrgencyHint.
    pub urgent: bool,
}

impl Default for WmHints {
    fn default() -> Self {
        Self { input: true, start_iconic: false, group: None, urgent: false }
    }
}

/// WM_PROTOCOLS that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Protocols {
    /// WM_DELETE_WINDOW.
    pub delete_window: bool,
    /// WM_TAKE_FOCUS.
    pub take_focus: bool,
    /// _NET_WM_PING.
    pub ping: bool,
    /// _NET_WM_SYNC_REQUEST.
    pub sync_request: bool,
}

/// _NET_WM_WINDOW_TYPE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the EWMH type of the same name")]
pub enum WindowType {
    Desktop,
    Dock,
    Toolbar,
    Menu,
    Utility,
    Splash,
    Dialog,
    DropdownMenu,
    PopupMenu,
    Tooltip,
    Notification,
    Combo,
    Dnd,
    #[default]
    Normal,
}

/// _NET_WM_STATE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the EWMH state of the same name")]
pub enum NetState {
    Modal,
    Sticky,
    MaximizedVert,
    MaximizedHorz,
    Shaded,
    SkipTaskbar,
    SkipPager,
    Hidden,
    Fullscreen,
    Above,
    Below,
    DemandsAttention,
    Focused,
}

/// _NET_WM_STRUT_PARTIAL, or _NET_WM_STRUT with full ranges: reserved space
/// along the edges of the X screen, in root pixels. Ranges are inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Strut {
    /// Reserved widths.
    pub sides: Sides,
    /// Rows of the left strut, first and last.
    pub left_range: (i32, i32),
    /// Rows of the right strut.
    pub right_range: (i32, i32),
    /// Columns of the top strut.
    pub top_range: (i32, i32),
    /// Columns of the bottom strut.
    pub bottom_range: (i32, i32),
}

/// _MOTIF_WM_HINTS: functions and decorations, already resolved (the ALL bit
/// inverts the others).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MotifHints {
    /// Wants a title bar and borders.
    pub decorated: bool,
    /// MWM_FUNC_RESIZE.
    pub resize: bool,
    /// MWM_FUNC_MOVE.
    pub moving: bool,
    /// MWM_FUNC_MINIMIZE.
    pub minimize: bool,
    /// MWM_FUNC_MAXIMIZE.
    pub maximize: bool,
    /// MWM_FUNC_CLOSE.
    pub close: bool,
}

impl Default for MotifHints {
    fn default() -> Self {
        Self {
            decorated: true,
            resize: true,
            moving: true,
            minimize: true,
            maximize: true,
            close: true,
        }
    }
}

/// _NET_WM_BYPASS_COMPOSITOR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum BypassHint {
    /// 0 or absent.
    #[default]
    NoPreference,
    /// 1: please bypass.
    Prefer,
    /// 2: never bypass.
    Forbid,
}

/// Where a window goes back to when it is no longer maximized, tiled or
/// fullscreen: kept on the client (`_TRAPEZE_RESTORE`) for the next start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Restore {
    /// The client's inside then, root coordinates.
    pub normal: Rect<Root>,
    /// The client's inside size while it is held. A tile counts only if it
    /// still has that size: another window manager may have moved it since.
    pub held: Size,
    /// The part of the monitor that it fills.
    pub tile: Option<crate::action::Tile>,
    /// The person took the decorations away.
    pub undecorated: bool,
}

/// Everything known of a client when it is first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientFacts {
    /// Where the client put its inside, root coordinates (its X border
    /// added to x and y), and its inside size.
    pub geometry: Rect<Root>,
    /// Its X border width in pixels, restored when it is handed back.
    pub border_width: i32,
    /// Bits per pixel of its visual that mean something: 32 has alpha.
    pub depth: u8,
    /// It was mapped when it was found (adoption).
    pub viewable: bool,
    /// _NET_WM_NAME or WM_NAME.
    pub title: String,
    /// WM_CLASS instance and class.
    pub class: (String, String),
    /// WM_PROTOCOLS.
    pub protocols: Protocols,
    /// WM_NORMAL_HINTS.
    pub size_hints: SizeHints,
    /// WM_HINTS.
    pub wm_hints: WmHints,
    /// WM_TRANSIENT_FOR; the root, none (0) or the window itself stays as it is.
    pub transient_for: Option<Xid>,
    /// _NET_WM_WINDOW_TYPE, best first.
    pub types: Vec<WindowType>,
    /// _NET_WM_STATE before mapping.
    pub states: Vec<NetState>,
    /// _NET_WM_DESKTOP; 0xFFFFFFFF is all.
    pub desktop: Option<u32>,
    /// Struts.
    pub strut: Option<Strut>,
    /// _NET_WM_USER_TIME, from _NET_WM_USER_TIME_WINDOW if that is set.
    pub user_time: Option<Timestamp>,
    /// _MOTIF_WM_HINTS.
    pub motif: Option<MotifHints>,
    /// _GTK_FRAME_EXTENTS: set by clients that draw their own frame.
    pub gtk_extents: Option<Sides>,
    /// _GTK_HIDE_TITLEBAR_WHEN_MAXIMIZED.
    pub hides_maximized_title: bool,
    /// _NET_WM_WINDOW_OPACITY, 0xFFFFFFFF is opaque.
    pub opacity: u32,
    /// _NET_WM_OPAQUE_REGION.
    pub opaque_region: Option<Region<Client>>,
    /// _NET_WM_BYPASS_COMPOSITOR.
    pub bypass: BypassHint,
    /// Has a _NET_WM_SYNC_REQUEST_COUNTER, whose value this was.
    pub sync_counter: Option<i64>,
    /// _NET_WM_PID.
    pub pid: Option<u32>,
    /// WM_STATE as an earlier window manager left it.
    pub wm_state: Option<WmState>,
    /// Bounding shape, if it is not the plain rectangle.
    pub shape: Option<Region<Client>>,
    /// _NET_STARTUP_ID.
    pub startup_id: Option<String>,
    /// _NET_WM_ICON_GEOMETRY.
    pub icon_geometry: Option<Rect<Root>>,
    /// What an earlier run left about its place.
    #[serde(default)]
    pub restore: Option<Restore>,
}

impl Default for ClientFacts {
    fn default() -> Self {
        Self {
            geometry: Rect::default(),
            border_width: 0,
            depth: 24,
            viewable: false,
            title: String::new(),
            class: (String::new(), String::new()),
            protocols: Protocols::default(),
            size_hints: SizeHints::default(),
            wm_hints: WmHints::default(),
            transient_for: None,
            types: Vec::new(),
            states: Vec::new(),
            desktop: None,
            strut: None,
            user_time: None,
            motif: None,
            gtk_extents: None,
            hides_maximized_title: false,
            opacity: u32::MAX,
            opaque_region: None,
            bypass: BypassHint::NoPreference,
            sync_counter: None,
            pid: None,
            wm_state: None,
            shape: None,
            startup_id: None,
            icon_geometry: None,
            restore: None,
        }
    }
}

/// One property that changed after the window was first seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is the field of ClientFacts of the same name")]
pub enum Property {
    Title(String),
    Class(String, String),
    Protocols(Protocols),
    SizeHints(SizeHints),
    WmHints(WmHints),
    TransientFor(Option<Xid>),
    Types(Vec<WindowType>),
    Strut(Option<Strut>),
    UserTime(Option<Timestamp>),
    Motif(Option<MotifHints>),
    GtkExtents(Option<Sides>),
    HidesMaximizedTitle(bool),
    Opacity(u32),
    OpaqueRegion(Option<Region<Client>>),
    Bypass(BypassHint),
    SyncCounter(Option<i64>),
    Shape(Option<Region<Client>>),
    IconGeometry(Option<Rect<Root>>),
    Pid(Option<u32>),
    /// The pixels of _NET_WM_ICON or WM_HINTS' icon changed; the shell keeps
    /// them.
    Icon,
}

/// What is known of a window that is not managed: override-redirect windows,
/// which still are composited and stacked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmanagedFacts {
    /// Outer geometry in root coordinates: X border included.
    pub geometry: Rect<Root>,
    /// InputOnly: never visible.
    pub input_only: bool,
    /// 32 has alpha.
    pub depth: u8,
    /// _NET_WM_WINDOW_TYPE, best first.
    pub types: Vec<WindowType>,
    /// _NET_WM_WINDOW_OPACITY.
    pub opacity: u32,
    /// Bounding shape, if it is not the plain rectangle.
    pub shape: Option<Region<Client>>,
    /// _NET_WM_OPAQUE_REGION.
    pub opaque_region: Option<Region<Client>>,
    /// _GTK_FRAME_EXTENTS: it draws its own shadow.
    pub gtk_extents: Option<Sides>,
    /// WM_CLASS instance and class.
    pub class: (String, String),
}
