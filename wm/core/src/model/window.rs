//! One managed window: what its client says, what the person decided, and
//! what was last sent to the server about it.
//!
//! Owns per-window state and what follows from it alone. Must not know other
//! windows: geometry that needs monitors is in `place`, stacking in `stack`.

use crate::geom::{Client, Frame, Point, Rect, Root, Sides, Size};
use crate::hints::{ClientFacts, NetState, Property, WindowType, WmState};
use crate::id::{Time, Timestamp, WindowId};
use crate::look::{Button, FrameLook};
use crate::model::border::RingGeometry;
use crate::region::Region;
use crate::request::{AllowedActions, Cursor, EdgeConstraints};

/// A part of the frame that a pointer can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum FramePart {
    /// The title bar, outside its buttons.
    Title,
    /// A button.
    Button(Button),
}

/// Bounding and input shape of a frame; `None` is the plain rectangle.
pub(super) type FrameShape = (Option<Region<Frame>>, Option<Region<Frame>>);

/// What the server was last told. Comparing it with what should be gives the
/// requests; `None` is "never told".
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    pub frame: Option<Rect<Root>>,
    pub client: Option<Rect<Frame>>,
    /// The client's inside in root coordinates, as the client last heard it.
    pub heard: Option<Rect<Root>>,
    pub mapped: Option<(bool, bool)>,
    pub ring: Option<RingGeometry>,
    pub shape: Option<FrameShape>,
    pub wm_state: Option<WmState>,
    pub net_state: Option<Vec<NetState>>,
    pub extents: Option<Sides>,
    pub desktop: Option<Option<u32>>,
    pub allowed: Option<AllowedActions>,
    pub look: Option<FrameLook>,
    pub visible_name: Option<Option<String>>,
    pub grab_all: Option<bool>,
    pub cursor: Option<Cursor>,
    pub monitors: Option<[u32; 4]>,
    pub restore: Option<Option<crate::hints::Restore>>,
    pub constraints: Option<EdgeConstraints>,
}

/// Waiting for a client to say, through its counter, that it has drawn.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sync {
    /// The last value asked for.
    pub value: i64,
    /// Until when a further resize waits for it.
    pub waiting: Option<Time>,
    /// The frame that the screen goes on showing until then, with the
    /// pixels that it had: frame and content change together.
    pub shown: Option<Rect<Root>>,
    /// The drag ended while it waited: the last resize waits as well.
    pub last: bool,
    /// It let the time pass. Nothing waits for it until it answers again.
    pub missed: bool,
}

impl Sync {
    /// The client has drawn, or nobody waits any longer.
    pub(super) const fn release(&mut self) {
        self.waiting = None;
        self.shown = None;
    }
}

/// A question whether the client is alive.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ping {
    pub time: Timestamp,
    pub deadline: Time,
}

/// A managed window.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent EWMH states")]
pub struct Window {
    pub(super) id: WindowId,
    pub(super) facts: ClientFacts,
    /// The client's inside when it is neither maximized, tiled nor
    /// fullscreen, in root coordinates. It is kept while the monitor it lies
    /// on is gone, so that the window returns with it.
    pub(super) normal: Rect<Root>,
    /// `None` is on all workspaces.
    pub(super) workspace: Option<u32>,
    pub(super) minimized: bool,
    /// Counts up with every minimizing, so that the last can be restored.
    pub(super) minimized_at: u64,
    pub(super) maximized_horz: bool,
    pub(super) maximized_vert: bool,
    pub(super) fullscreen: bool,
    /// Monitor indices of _NET_WM_FULLSCREEN_MONITORS: top, bottom, left,
    /// right.
    pub(super) fullscreen_monitors: Option<[u32; 4]>,
    pub(super) tile: Option<crate::action::Tile>,
    pub(super) shaded: bool,
    pub(super) above: bool,
    pub(super) below: bool,
    pub(super) modal: bool,
    pub(super) skip_taskbar: bool,
    pub(super) skip_pager: bool,
    pub(super) demands_attention: bool,
    /// The person took the decorations away.
    pub(super) undecorated: bool,
    pub(super) hung: bool,
    /// It had the keyboard once.
    pub(super) took_focus: bool,
    /// When it last lost the keyboard.
    pub(super) left_at: Option<Time>,
    pub(super) ping: Option<Ping>,
    pub(super) sync: Sync,
    /// A ConfigureRequest changed nothing: the client is owed a synthetic
    /// ConfigureNotify all the same.
    pub(super) notify_due: bool,
    /// Hovered or pressed part of the frame.
    pub(super) hovered: Option<FramePart>,
    pub(super) pressed: Option<Button>,
    pub(super) cursor: Cursor,
    pub(super) icon_revision: u32,
    /// Counts up when its whole picture is new.
    pub(super) revision: u64,
    /// The person's last input into it.
    pub(super) user_time: Option<Timestamp>,
    pub(super) sent: Sent,
}

impl ClientFacts {
    /// With numbers that X can express, whatever the client claims.
    pub(super) fn sane(mut self) -> Self {
        self.geometry = super::place::sane(self.geometry);
        self.border_width = self.border_width.clamp(0, 1000);
        self.gtk_extents = self.gtk_extents.map(super::place::sane_sides);
        self
    }
}

impl Window {
    pub(super) fn new(id: WindowId, facts: ClientFacts) -> Self {
        let mut window = Self {
            id,
            normal: facts.geometry,
            workspace: Some(0),
            minimized: false,
            minimized_at: 0,
            maximized_horz: false,
            maximized_vert: false,
            fullscreen: false,
            fullscreen_monitors: None,
            tile: None,
            shaded: false,
            above: false,
            below: false,
            modal: false,
            skip_taskbar: false,
            skip_pager: false,
            demands_attention: false,
            undecorated: false,
            hung: false,
            took_focus: false,
            left_at: None,
            ping: None,
            sync: Sync { value: facts.sync_counter.unwrap_or(0), ..Sync::default() },
            notify_due: false,
            hovered: None,
            pressed: None,
            cursor: Cursor::Default,
            icon_revision: 0,
            revision: 0,
            user_time: facts.user_time,
            sent: Sent::default(),
            facts,
        };
        for state in window.facts.states.clone() {
            window.set_state(state, true);
        }
        window
    }

    /// Its identity.
    #[must_use]
    pub const fn id(&self) -> WindowId {
        self.id
    }

    /// What the client says.
    #[must_use]
    pub const fn facts(&self) -> &ClientFacts {
        &self.facts
    }

    /// Its workspace, counted from 0; `None` is all.
    #[must_use]
    pub const fn workspace(&self) -> Option<u32> {
        self.workspace
    }

    /// The EWMH type that decides its behaviour: the first that is known, or
    /// Dialog for a transient window without one (EWMH _NET_WM_WINDOW_TYPE).
    #[must_use]
    pub fn kind(&self) -> WindowType {
        self.facts.types.first().copied().unwrap_or(if self.facts.transient_for.is_some() {
            WindowType::Dialog
        } else {
            WindowType::Normal
        })
    }

    /// Desktops and docks: not moved, decorated, listed in the switcher or
    /// hidden by "show desktop".
    #[must_use]
    pub fn is_furniture(&self) -> bool {
        matches!(self.kind(), WindowType::Desktop | WindowType::Dock)
    }

    /// Draws its own frame (GTK header bars).
    #[must_use]
    pub const fn is_client_decorated(&self) -> bool {
        self.facts.gtk_extents.is_some()
    }

    /// Whether it has a frame of ours right now.
    #[must_use]
    pub fn is_decorated(&self) -> bool {
        let kind_has = matches!(
            self.kind(),
            WindowType::Normal
                | WindowType::Dialog
                | WindowType::Utility
                | WindowType::Toolbar
                | WindowType::Menu
        );
        let hidden = self.facts.hides_maximized_title && self.is_maximized();
        kind_has
            && !hidden
            && !self.fullscreen
            && !self.undecorated
            && !self.is_client_decorated()
            && self.facts.motif.is_none_or(|motif| motif.decorated)
    }

    /// Whether any of it is bound to edges of the screen.
    #[must_use]
    pub const fn is_maximized(&self) -> bool {
        self.maximized_horz && self.maximized_vert
    }

    /// Neither maximized, tiled nor fullscreen in any way.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        !self.maximized_horz && !self.maximized_vert && !self.fullscreen && self.tile.is_none()
    }

    /// Whether it takes keyboard focus at all (ICCCM 4.1.7).
    #[must_use]
    pub fn takes_focus(&self) -> bool {
        (self.facts.wm_hints.input || self.facts.protocols.take_focus)
            && !matches!(
                self.kind(),
                WindowType::Tooltip
                    | WindowType::Notification
                    | WindowType::Dnd
                    | WindowType::Splash
            )
    }

    /// Whether minimum and maximum size leave a choice in either direction.
    #[must_use]
    pub fn is_resizable(&self) -> bool {
        let hints = &self.facts.size_hints;
        match (hints.min, hints.max) {
            (Some(min), Some(max)) => min.w < max.w || min.h < max.h,
            _ => true,
        }
    }

    /// What a person may do with it.
    #[must_use]
    pub fn allowed(&self) -> AllowedActions {
        let motif = self.facts.motif.unwrap_or_default();
        let free = !self.is_furniture() && self.kind() != WindowType::Splash;
        let resizable = self.is_resizable() && motif.resize && free;
        AllowedActions {
            moving: motif.moving && free && !self.fullscreen,
            resize: resizable && !self.fullscreen,
            minimize: motif.minimize && free,
            shade: self.is_decorated(),
            stick: free,
            maximize_horz: resizable && motif.maximize,
            maximize_vert: resizable && motif.maximize,
            // Games fix their size and still want the whole screen.
            fullscreen: free,
            change_desktop: free,
            close: motif.close && !self.is_furniture(),
            above: free,
            below: free,
        }
    }

    /// Whether the switcher and Alt+Tab show it.
    #[must_use]
    pub fn in_switcher(&self) -> bool {
        !self.is_furniture()
            && !self.skip_taskbar
            && !matches!(
                self.kind(),
                WindowType::Tooltip
                    | WindowType::Notification
                    | WindowType::Dnd
                    | WindowType::Splash
            )
    }

    /// Sets or clears one EWMH state, if it is one that can be asked for.
    pub(super) fn set_state(&mut self, state: NetState, on: bool) {
        match state {
            NetState::Modal => self.modal = on,
            NetState::Sticky | NetState::Hidden | NetState::Focused => {}
            NetState::MaximizedVert => self.maximized_vert = on,
            NetState::MaximizedHorz => self.maximized_horz = on,
            NetState::Shaded => self.shaded = on,
            NetState::SkipTaskbar => self.skip_taskbar = on,
            NetState::SkipPager => self.skip_pager = on,
            NetState::Fullscreen => self.fullscreen = on,
            NetState::Above => {
                self.above = on;
                self.below &= !on;
            }
            NetState::Below => {
                self.below = on;
                self.above &= !on;
            }
            NetState::DemandsAttention => self.demands_attention = on,
        }
    }

    /// Whether one EWMH state holds; `focused` is known elsewhere.
    #[must_use]
    pub fn has_state(&self, state: NetState) -> bool {
        match state {
            NetState::Modal => self.modal,
            NetState::Sticky => self.workspace.is_none(),
            NetState::MaximizedVert => self.maximized_vert,
            NetState::MaximizedHorz => self.maximized_horz,
            NetState::Shaded => self.shaded,
            NetState::SkipTaskbar => self.skip_taskbar,
            NetState::SkipPager => self.skip_pager,
            NetState::Hidden => self.minimized,
            NetState::Fullscreen => self.fullscreen,
            NetState::Above => self.above,
            NetState::Below => self.below,
            NetState::DemandsAttention => self.demands_attention,
            NetState::Focused => false,
        }
    }

    /// _NET_WM_STATE, in the order of the specification.
    #[must_use]
    pub fn states(&self, focused: bool) -> Vec<NetState> {
        const ORDER: [NetState; 12] = [
            NetState::Modal,
            NetState::Sticky,
            NetState::MaximizedVert,
            NetState::MaximizedHorz,
            NetState::Shaded,
            NetState::SkipTaskbar,
            NetState::SkipPager,
            NetState::Hidden,
            NetState::Fullscreen,
            NetState::Above,
            NetState::Below,
            NetState::DemandsAttention,
        ];
        // The focused window has all the attention that there is.
        let met =
            |s: &NetState| self.has_state(*s) && !(focused && *s == NetState::DemandsAttention);
        let mut states: Vec<_> = ORDER.into_iter().filter(met).collect();
        if focused {
            states.push(NetState::Focused);
        }
        states
    }

    /// Takes a new property value in.
    pub(super) fn set_property(&mut self, property: Property) {
        let facts = &mut self.facts;
        match property {
            Property::Title(title) => facts.title = title,
            Property::Class(instance, class) => facts.class = (instance, class),
            Property::Protocols(protocols) => facts.protocols = protocols,
            Property::SizeHints(hints) => facts.size_hints = hints,
            Property::WmHints(hints) => {
                if hints.urgent != facts.wm_hints.urgent {
                    self.demands_attention = hints.urgent;
                }
                facts.wm_hints = hints;
            }
            Property::TransientFor(parent) => facts.transient_for = parent,
            Property::Types(types) => facts.types = types,
            Property::Strut(strut) => facts.strut = strut,
            Property::UserTime(time) => {
                facts.user_time = time;
                self.user_time = time;
            }
            Property::Motif(motif) => facts.motif = motif,
            Property::GtkExtents(extents) => {
                facts.gtk_extents = extents.map(super::place::sane_sides);
            }
            Property::HidesMaximizedTitle(hides) => facts.hides_maximized_title = hides,
            Property::Opacity(opacity) => facts.opacity = opacity,
            Property::OpaqueRegion(region) => facts.opaque_region = region,
            Property::Bypass(bypass) => facts.bypass = bypass,
            Property::SyncCounter(value) => {
                facts.sync_counter = value;
                self.sync = Sync { value: value.unwrap_or(0), ..Sync::default() };
            }
            Property::Shape(shape) => facts.shape = shape,
            Property::IconGeometry(rect) => facts.icon_geometry = rect,
            Property::Pid(pid) => facts.pid = pid,
            Property::Icon => self.icon_revision = self.icon_revision.wrapping_add(1),
        }
    }

    /// Opacity from _NET_WM_WINDOW_OPACITY, 8 bits.
    #[must_use]
    pub const fn opacity(&self) -> u8 {
        (self.facts.opacity >> 24) as u8
    }

    /// What of the client hides everything below it.
    pub(super) fn opaque_client(&self, size: Size) -> Region<Client> {
        let all = Rect::from_parts(Point::new(0, 0), size);
        if self.facts.depth < 32 {
            Region::from_rect(all)
        } else {
            self.facts.opaque_region.as_ref().map_or_else(Region::new, |r| r.intersect_rect(&all))
        }
    }
}

/// An override-redirect window: not managed, but seen and stacked.
#[derive(Debug, Clone)]
pub struct Unmanaged {
    pub(super) id: WindowId,
    pub(super) facts: crate::hints::UnmanagedFacts,
    pub(super) revision: u64,
}

impl Unmanaged {
    /// Its identity.
    #[must_use]
    pub const fn id(&self) -> WindowId {
        self.id
    }

    /// Whether anyone can see it: not InputOnly, fully transparent, or of
    /// empty shape. Position on the screen is judged by the caller.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        !self.facts.input_only
            && self.facts.opacity >> 24 != 0
            && self.facts.shape.as_ref().is_none_or(|shape| !shape.is_empty())
            && !self.facts.geometry.is_empty()
    }

    /// Takes a new property value in.
    pub(super) fn set_property(&mut self, property: Property) {
        match property {
            Property::Opacity(opacity) => self.facts.opacity = opacity,
            Property::Shape(shape) => self.facts.shape = shape,
            Property::Types(types) => self.facts.types = types,
            Property::OpaqueRegion(region) => self.facts.opaque_region = region,
            Property::GtkExtents(extents) => self.facts.gtk_extents = extents,
            _ => {}
        }
    }
}
