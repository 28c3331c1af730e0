//! What is known of windows: all queries of all windows go out together, and
//! are waited for once.
//!
//! Owns the batches. Must not know what the model does with the facts. A
//! window that vanishes in between simply has no facts.

use wm_core::Xid;
use wm_core::geom::{Client, Rect, Root};
use wm_core::hints::{ClientFacts, Property, UnmanagedFacts};
use wm_core::layout::DesktopLayout;
use wm_core::region::Region;
use x11rb::cookie::Cookie;
use x11rb::protocol::shape::{self, ConnectionExt as _, SK};
use x11rb::protocol::sync::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, GetGeometryReply,
    GetPropertyReply, GetWindowAttributesReply, MapState, WindowClass,
};
use x11rb::xcb_ffi::XCBConnection;

use super::errors::optional;
use super::properties::{self, Value};
use super::shape::region;
use super::windows::Candidate;
use super::{Display, Result};

/// Longest ordinary property that is read, in 32-bit units (16 KiB).
const LENGTH: u32 = 4096;
/// Longest icon property that is read, in 32-bit units (2 MiB).
const ICON_LENGTH: u32 = 512 * 1024;

type Pending<'c, R> = Cookie<'c, XCBConnection, R>;

/// A GetProperty that is under way.
#[derive(Debug)]
pub struct PendingValue<'c>(Pending<'c, GetPropertyReply>);

impl<'c> PendingValue<'c> {
    /// Asks for a property of any type.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn ask(display: &'c Display, window: u32, atom: u32) -> Result<Self> {
        let any = u32::from(AtomEnum::ANY);
        let length = if atom == display.atoms._NET_WM_ICON { ICON_LENGTH } else { LENGTH };
        let x: &'c XCBConnection = display;
        Ok(Self(x.get_property(false, window, atom, any, 0, length)?))
    }

    /// Waits for it; absent if the window is gone.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn value(self) -> Result<Value> {
        Ok(optional(self.0.reply())?.map(Value::from).unwrap_or_default())
    }
}

/// A pending sync counter: the query, and which counter.
type PendingCounter<'c> = Option<(u32, Pending<'c, sync::QueryCounterReply>)>;

struct ClientQuery<'c> {
    window: u32,
    geometry: Pending<'c, GetGeometryReply>,
    attributes: Pending<'c, GetWindowAttributesReply>,
    /// The number of that question.
    sequence: u64,
    shape: Option<Pending<'c, shape::GetRectanglesReply>>,
    values: Vec<(u32, PendingValue<'c>)>,
}

/// What was found of a client.
#[derive(Debug)]
pub struct FoundClient {
    /// For the model.
    pub facts: ClientFacts,
    /// For the shell.
    pub candidate: Candidate,
    /// _NET_WM_ICON as it came.
    pub icon: Value,
    /// WM_HINTS' icon: pixmap and mask.
    pub icon_pixmap: Option<(u32, u32)>,
    /// It can have no pixels, hence no frame.
    pub input_only: bool,
}

impl FoundClient {
    /// Whether it is to be managed: one that was found at start may have
    /// withdrawn by now.
    #[must_use]
    pub fn is_manageable(&self, adopted: bool) -> bool {
        let iconic = self.facts.wm_state == Some(wm_core::hints::WmState::Iconic);
        !self.input_only && (!adopted || self.facts.viewable || iconic)
    }
}

/// Event mask on a client: its properties, whether it has the focus, and its
/// colormap.
#[must_use]
pub fn client_mask() -> EventMask {
    EventMask::PROPERTY_CHANGE | EventMask::FOCUS_CHANGE | EventMask::COLOR_MAP_CHANGE
}

fn client_atoms(display: &Display) -> Vec<u32> {
    let a = &display.atoms;
    vec![
        a._NET_WM_NAME,
        AtomEnum::WM_NAME.into(),
        AtomEnum::WM_CLASS.into(),
        a.WM_PROTOCOLS,
        AtomEnum::WM_NORMAL_HINTS.into(),
        AtomEnum::WM_HINTS.into(),
        AtomEnum::WM_TRANSIENT_FOR.into(),
        a._NET_WM_WINDOW_TYPE,
        a._NET_WM_STATE,
        a._NET_WM_DESKTOP,
        a._NET_WM_STRUT_PARTIAL,
        a._NET_WM_STRUT,
        a._NET_WM_USER_TIME,
        a._NET_WM_USER_TIME_WINDOW,
        a._MOTIF_WM_HINTS,
        a._GTK_FRAME_EXTENTS,
        a._GTK_HIDE_TITLEBAR_WHEN_MAXIMIZED,
        a._NET_WM_WINDOW_OPACITY,
        a._NET_WM_OPAQUE_REGION,
        a._NET_WM_BYPASS_COMPOSITOR,
        a._NET_WM_SYNC_REQUEST_COUNTER,
        a._NET_WM_PID,
        a.WM_CLIENT_MACHINE,
        a.WM_COLORMAP_WINDOWS,
        a.WM_STATE,
        a._NET_STARTUP_ID,
        a._NET_WM_ICON_GEOMETRY,
        a._NET_WM_ICON,
        a._TRAPEZE_RESTORE,
    ]
}

fn unmanaged_atoms(display: &Display) -> [u32; 5] {
    let a = &display.atoms;
    [
        a._NET_WM_WINDOW_TYPE,
        a._NET_WM_WINDOW_OPACITY,
        a._NET_WM_OPAQUE_REGION,
        a._GTK_FRAME_EXTENTS,
        AtomEnum::WM_CLASS.into(),
    ]
}

fn ask<'c>(
    display: &'c Display,
    window: u32,
    mask: EventMask,
    atoms: &[u32],
) -> Result<ClientQuery<'c>> {
    let x: &'c XCBConnection = display;
    // Select first: nothing that changes after the answers goes unnoticed.
    // Our own menus and notices already select what they live on.
    if display.is_foreign(window) {
        x.change_window_attributes(window, &ChangeWindowAttributesAux::new().event_mask(mask))?;
    }
    let shape = if display.extensions.shape {
        x.shape_select_input(window, true)?;
        Some(x.shape_get_rectangles(window, SK::BOUNDING)?)
    } else {
        None
    };
    let attributes = x.get_window_attributes(window)?;
    Ok(ClientQuery {
        window,
        geometry: x.get_geometry(window)?,
        sequence: attributes.sequence_number(),
        attributes,
        shape,
        values: atoms
            .iter()
            .map(|atom| Ok((*atom, PendingValue::ask(display, window, *atom)?)))
            .collect::<Result<_>>()?,
    })
}

/// The values of one window's properties.
struct Values(Vec<(u32, Value)>);

impl Values {
    fn get(&self, atom: impl Into<u32>) -> &Value {
        const ABSENT: &Value = &Value { kind: 0, format: 0, bytes: Vec::new() };
        let atom = atom.into();
        self.0.iter().find(|(a, _)| *a == atom).map_or(ABSENT, |(_, value)| value)
    }
}

struct Answered {
    window: u32,
    geometry: GetGeometryReply,
    attributes: GetWindowAttributesReply,
    sequence: u64,
    shape: Option<Region<Client>>,
    values: Values,
}

fn wait(query: ClientQuery<'_>) -> Result<Option<Answered>> {
    let geometry = optional(query.geometry.reply())?;
    let attributes = optional(query.attributes.reply())?;
    let shape = match query.shape {
        Some(cookie) => optional(cookie.reply())?,
        None => None,
    };
    let values: Vec<_> = query
        .values
        .into_iter()
        .map(|(atom, value)| Ok((atom, value.value()?)))
        .collect::<Result<_>>()?;
    let (Some(geometry), Some(attributes)) = (geometry, attributes) else { return Ok(None) };
    let shape = shape.and_then(|reply| bounding(&reply, &geometry));
    let (window, sequence) = (query.window, query.sequence);
    Ok(Some(Answered { window, geometry, attributes, sequence, shape, values: Values(values) }))
}

/// The bounding shape, `None` if it is the plain rectangle with its border.
fn bounding(
    reply: &shape::GetRectanglesReply,
    geometry: &GetGeometryReply,
) -> Option<Region<Client>> {
    let border = i32::from(geometry.border_width);
    let (w, h) = (i32::from(geometry.width), i32::from(geometry.height));
    let shape: Region<Client> = region(&reply.rectangles);
    let plain = Rect::new(-border, -border, w + 2 * border, h + 2 * border);
    let inside = Rect::new(0, 0, w, h);
    (!shape.contains_rect(&plain) && !shape.contains_rect(&inside)).then_some(shape)
}

/// All that is known of these clients, in their order; `None` for one that
/// has gone.
///
/// # Errors
///
/// If the connection broke.
pub fn clients(display: &Display, windows: &[u32]) -> Result<Vec<Option<FoundClient>>> {
    let atoms = client_atoms(display);
    let queries = windows
        .iter()
        .map(|window| ask(display, *window, client_mask(), &atoms))
        .collect::<Result<Vec<_>>>()?;
    let answers = queries.into_iter().map(wait).collect::<Result<Vec<_>>>()?;
    // Two properties name something else to ask: again in one batch.
    let more = answers
        .iter()
        .map(|answered| answered.as_ref().map(|a| follow(display, a)).transpose())
        .collect::<Result<Vec<_>>>()?;
    answers
        .into_iter()
        .zip(more)
        .map(|(answered, more)| match (answered, more) {
            (Some(answered), Some(more)) => client(display, &answered, more).map(Some),
            _ => Ok(None),
        })
        .collect()
}

type More<'c> = (Option<(u32, PendingValue<'c>)>, PendingCounter<'c>);

fn follow<'c>(display: &'c Display, answered: &Answered) -> Result<More<'c>> {
    let a = &display.atoms;
    let user_time = match properties::window(answered.values.get(a._NET_WM_USER_TIME_WINDOW)) {
        Some(Xid(window)) if window != answered.window && display.is_foreign(window) => {
            let x: &XCBConnection = display;
            // Not less than on a client, which it may be.
            let aux = ChangeWindowAttributesAux::new().event_mask(client_mask());
            x.change_window_attributes(window, &aux)?;
            Some((window, PendingValue::ask(display, window, a._NET_WM_USER_TIME)?))
        }
        _ => None,
    };
    let counter = answered.values.get(a._NET_WM_SYNC_REQUEST_COUNTER).long();
    Ok((user_time, ask_counter(display, counter)?))
}

fn ask_counter(display: &Display, counter: Option<u32>) -> Result<PendingCounter<'_>> {
    let x: &XCBConnection = display;
    match counter.filter(|counter| *counter != 0 && display.extensions.sync) {
        Some(counter) => Ok(Some((counter, x.sync_query_counter(counter)?))),
        None => Ok(None),
    }
}

fn wait_counter(pending: PendingCounter<'_>) -> Result<Option<(u32, i64)>> {
    let Some((counter, cookie)) = pending else { return Ok(None) };
    Ok(optional(cookie.reply())?.map(|reply| (counter, int64(reply.counter_value))))
}

/// A SYNC counter's value.
#[must_use]
pub const fn int64(value: sync::Int64) -> i64 {
    (value.hi as i64) << 32 | value.lo as i64
}

fn client(display: &Display, answered: &Answered, more: More<'_>) -> Result<FoundClient> {
    let a = &display.atoms;
    let v = &answered.values;
    let g = &answered.geometry;
    let (user_time_window, user_time) = match more.0 {
        Some((window, pending)) => (Some(window), pending.value()?),
        None => (None, Value::default()),
    };
    let user_time = properties::timestamp(&user_time)
        .or_else(|| properties::timestamp(v.get(a._NET_WM_USER_TIME)));
    let sync_counter = wait_counter(more.1)?;
    let border = i32::from(g.border_width);
    let pid = v.get(a._NET_WM_PID).long().filter(|pid| *pid > 0);
    let machine = v.get(a.WM_CLIENT_MACHINE).text(a);
    let (wm_hints, icon_pixmap) = properties::wm_hints(v.get(AtomEnum::WM_HINTS));
    let facts = ClientFacts {
        geometry: Rect::new(
            i32::from(g.x) + border,
            i32::from(g.y) + border,
            g.width.into(),
            g.height.into(),
        ),
        border_width: border,
        depth: g.depth,
        viewable: answered.attributes.map_state != MapState::UNMAPPED,
        title: properties::title(v.get(a._NET_WM_NAME), v.get(AtomEnum::WM_NAME), a),
        class: properties::class(v.get(AtomEnum::WM_CLASS)),
        protocols: properties::protocols(v.get(a.WM_PROTOCOLS), a),
        size_hints: properties::size_hints(v.get(AtomEnum::WM_NORMAL_HINTS)),
        wm_hints,
        transient_for: properties::transient_for(v.get(AtomEnum::WM_TRANSIENT_FOR)),
        types: properties::window_types(v.get(a._NET_WM_WINDOW_TYPE), a),
        states: properties::net_states(v.get(a._NET_WM_STATE), a),
        desktop: v.get(a._NET_WM_DESKTOP).long(),
        strut: properties::strut(v.get(a._NET_WM_STRUT_PARTIAL), v.get(a._NET_WM_STRUT)),
        user_time,
        motif: properties::motif(v.get(a._MOTIF_WM_HINTS)),
        gtk_extents: properties::extents(v.get(a._GTK_FRAME_EXTENTS)),
        hides_maximized_title: v.get(a._GTK_HIDE_TITLEBAR_WHEN_MAXIMIZED).long() == Some(1),
        opacity: properties::opacity(v.get(a._NET_WM_WINDOW_OPACITY)),
        opaque_region: properties::opaque_region(v.get(a._NET_WM_OPAQUE_REGION)),
        bypass: properties::bypass(v.get(a._NET_WM_BYPASS_COMPOSITOR)),
        sync_counter: sync_counter.map(|(_, value)| value),
        pid,
        wm_state: properties::wm_state(v.get(a.WM_STATE)),
        shape: answered.shape.clone(),
        startup_id: v.get(a._NET_STARTUP_ID).text(a),
        icon_geometry: properties::icon_geometry(v.get(a._NET_WM_ICON_GEOMETRY)),
        restore: properties::restore(v.get(a._TRAPEZE_RESTORE)),
    };
    let icon = v.get(a._NET_WM_ICON).clone();
    let candidate = Candidate {
        visual: answered.attributes.visual,
        depth: g.depth,
        local_pid: pid.filter(|_| machine.as_deref().is_some_and(is_this_machine)),
        sync_counter,
        frame_counter: v.get(a._NET_WM_SYNC_REQUEST_COUNTER).longs().nth(1),
        user_time_window,
        has_icon: icon.is_set(),
        mapped_at: facts.viewable.then_some(answered.sequence),
        colormap: answered.attributes.colormap,
        colormap_windows: v.get(a.WM_COLORMAP_WINDOWS).longs().collect(),
    };
    let input_only = answered.attributes.class == WindowClass::INPUT_ONLY;
    Ok(FoundClient { facts, candidate, icon, icon_pixmap, input_only })
}

fn is_this_machine(name: &str) -> bool {
    rustix::system::uname().nodename().to_str().is_ok_and(|here| here == name)
}

/// What was found of an unmanaged window: facts, visual, border width and
/// whether it is mapped.
#[derive(Debug)]
pub struct FoundUnmanaged {
    /// For the model.
    pub facts: UnmanagedFacts,
    /// Its visual.
    pub visual: u32,
    /// Its X border, in pixels.
    pub border: i32,
    /// It is mapped now.
    pub mapped: bool,
    /// It really is override-redirect.
    pub override_redirect: bool,
}

/// All that is known of these unmanaged windows, in their order.
///
/// # Errors
///
/// If the connection broke.
pub fn unmanaged(display: &Display, windows: &[u32]) -> Result<Vec<Option<FoundUnmanaged>>> {
    let atoms = unmanaged_atoms(display);
    let queries = windows
        .iter()
        .map(|window| ask(display, *window, EventMask::PROPERTY_CHANGE, &atoms))
        .collect::<Result<Vec<_>>>()?;
    queries
        .into_iter()
        .map(|query| {
            let Some(answered) = wait(query)? else { return Ok(None) };
            let a = &display.atoms;
            let v = &answered.values;
            let g = &answered.geometry;
            let border = i32::from(g.border_width);
            Ok(Some(FoundUnmanaged {
                facts: UnmanagedFacts {
                    geometry: Rect::<Root>::new(
                        g.x.into(),
                        g.y.into(),
                        i32::from(g.width) + 2 * border,
                        i32::from(g.height) + 2 * border,
                    ),
                    input_only: answered.attributes.class == WindowClass::INPUT_ONLY,
                    depth: g.depth,
                    types: properties::window_types(v.get(a._NET_WM_WINDOW_TYPE), a),
                    opacity: properties::opacity(v.get(a._NET_WM_WINDOW_OPACITY)),
                    shape: answered.shape,
                    opaque_region: properties::opaque_region(v.get(a._NET_WM_OPAQUE_REGION)),
                    gtk_extents: properties::extents(v.get(a._GTK_FRAME_EXTENTS)),
                    class: properties::class(v.get(AtomEnum::WM_CLASS)),
                },
                visual: answered.attributes.visual,
                border,
                mapped: answered.attributes.map_state != MapState::UNMAPPED,
                override_redirect: answered.attributes.override_redirect,
            }))
        })
        .collect()
}

/// How a top-level window found at start is to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// To be adopted.
    Client,
    /// Override-redirect and mapped.
    Unmanaged,
    /// Not shown and not iconic.
    Nothing,
}

/// Sorts the windows found at start.
///
/// # Errors
///
/// If the connection broke.
pub fn classify(display: &Display, windows: &[u32]) -> Result<Vec<Found>> {
    let x: &XCBConnection = display;
    let queries = windows
        .iter()
        .map(|window| {
            Ok((
                x.get_window_attributes(*window)?,
                PendingValue::ask(display, *window, display.atoms.WM_STATE)?,
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    queries
        .into_iter()
        .map(|(attributes, state)| {
            let attributes = optional(attributes.reply())?;
            let state = properties::wm_state(&state.value()?);
            Ok(match attributes {
                None => Found::Nothing,
                Some(a) if a.override_redirect => {
                    if a.map_state == MapState::UNMAPPED {
                        Found::Nothing
                    } else {
                        Found::Unmanaged
                    }
                }
                Some(a) if a.class == WindowClass::INPUT_ONLY => Found::Nothing,
                Some(a) if a.map_state != MapState::UNMAPPED => Found::Client,
                Some(_) if state == Some(wm_core::hints::WmState::Iconic) => Found::Client,
                Some(_) => Found::Nothing,
            })
        })
        .collect()
}

/// A property that changed, on its way to the model.
#[derive(Debug)]
pub struct PendingProperty<'c> {
    atom: u32,
    first: PendingValue<'c>,
    second: Option<PendingValue<'c>>,
    geometry: Option<Pending<'c, GetGeometryReply>>,
    shape: Option<Pending<'c, shape::GetRectanglesReply>>,
}

/// What became of a changed property.
#[derive(Debug)]
pub enum Changed {
    /// For the model.
    Property(Property),
    /// The icon's pixels, from _NET_WM_ICON, and what WM_HINTS has instead.
    Icon(Value, Option<(u32, u32)>),
    /// WM_HINTS, with the icon's pixmap and mask.
    Hints(Property, Option<(u32, u32)>),
    /// Another window carries the user time now.
    UserTimeWindow(Option<u32>),
    /// WM_COLORMAP_WINDOWS.
    ColormapWindows(Vec<u32>),
    /// Other sync counters, by their ids: the basic and the extended one.
    SyncCounter(Option<u32>, Option<u32>),
    /// What a pager says of the workspaces.
    Desktops {
        /// _NET_DESKTOP_LAYOUT.
        layout: DesktopLayout,
        /// _NET_DESKTOP_NAMES.
        names: Vec<String>,
    },
    /// Of no interest.
    Nothing,
}

/// The pseudo-atom under which a changed shape is asked for.
pub const SHAPE: u32 = 0;

/// Asks for a property that changed.
///
/// # Errors
///
/// If the connection broke.
pub fn ask_property(display: &Display, window: u32, atom: u32) -> Result<PendingProperty<'_>> {
    let a = &display.atoms;
    let x: &XCBConnection = display;
    let second = if atom == a._NET_WM_NAME {
        Some(AtomEnum::WM_NAME.into())
    } else if atom == u32::from(AtomEnum::WM_NAME) {
        Some(a._NET_WM_NAME)
    } else if atom == a._NET_WM_STRUT {
        Some(a._NET_WM_STRUT_PARTIAL)
    } else if atom == a._NET_WM_STRUT_PARTIAL {
        Some(a._NET_WM_STRUT)
    } else if atom == a._NET_WM_ICON {
        Some(AtomEnum::WM_HINTS.into())
    } else if atom == a._NET_DESKTOP_LAYOUT {
        Some(a._NET_DESKTOP_NAMES)
    } else if atom == a._NET_DESKTOP_NAMES {
        Some(a._NET_DESKTOP_LAYOUT)
    } else {
        None
    };
    let of_shape = atom == SHAPE;
    Ok(PendingProperty {
        atom,
        first: PendingValue::ask(display, window, if of_shape { a.WM_STATE } else { atom })?,
        second: second.map(|atom| PendingValue::ask(display, window, atom)).transpose()?,
        geometry: of_shape.then(|| x.get_geometry(window)).transpose()?,
        shape: (of_shape && display.extensions.shape)
            .then(|| x.shape_get_rectangles(window, SK::BOUNDING))
            .transpose()?,
    })
}

/// Waits for a property that changed.
///
/// # Errors
///
/// If the connection broke.
pub fn wait_property(display: &Display, pending: PendingProperty<'_>) -> Result<Changed> {
    let a = &display.atoms;
    let atom = pending.atom;
    let first = pending.first.value()?;
    let second = pending.second.map(PendingValue::value).transpose()?.unwrap_or_default();
    let is = |name: AtomEnum| atom == u32::from(name);
    let property = match atom {
        SHAPE => {
            let (Some(geometry), Some(shape)) = (pending.geometry, pending.shape) else {
                return Ok(Changed::Nothing);
            };
            let (geometry, shape) = (optional(geometry.reply())?, optional(shape.reply())?);
            let (Some(geometry), Some(shape)) = (geometry, shape) else {
                return Ok(Changed::Nothing);
            };
            Property::Shape(bounding(&shape, &geometry))
        }
        _ if is(AtomEnum::WM_NAME) => Property::Title(properties::title(&second, &first, a)),
        _ if is(AtomEnum::WM_CLASS) => {
            let (instance, class) = properties::class(&first);
            Property::Class(instance, class)
        }
        _ if is(AtomEnum::WM_NORMAL_HINTS) => Property::SizeHints(properties::size_hints(&first)),
        _ if is(AtomEnum::WM_HINTS) => {
            let (hints, icon) = properties::wm_hints(&first);
            return Ok(Changed::Hints(Property::WmHints(hints), icon));
        }
        _ if is(AtomEnum::WM_TRANSIENT_FOR) => {
            Property::TransientFor(properties::transient_for(&first))
        }
        n if n == a._NET_WM_NAME => Property::Title(properties::title(&first, &second, a)),
        n if n == a.WM_PROTOCOLS => Property::Protocols(properties::protocols(&first, a)),
        n if n == a._NET_WM_WINDOW_TYPE => Property::Types(properties::window_types(&first, a)),
        n if n == a._NET_WM_STRUT => Property::Strut(properties::strut(&second, &first)),
        n if n == a._NET_WM_STRUT_PARTIAL => Property::Strut(properties::strut(&first, &second)),
        n if n == a._NET_WM_USER_TIME => Property::UserTime(properties::timestamp(&first)),
        n if n == a._MOTIF_WM_HINTS => Property::Motif(properties::motif(&first)),
        n if n == a._GTK_FRAME_EXTENTS => Property::GtkExtents(properties::extents(&first)),
        n if n == a._GTK_HIDE_TITLEBAR_WHEN_MAXIMIZED => {
            Property::HidesMaximizedTitle(first.long() == Some(1))
        }
        n if n == a._NET_WM_WINDOW_OPACITY => Property::Opacity(properties::opacity(&first)),
        n if n == a._NET_WM_OPAQUE_REGION => {
            Property::OpaqueRegion(properties::opaque_region(&first))
        }
        n if n == a._NET_WM_BYPASS_COMPOSITOR => Property::Bypass(properties::bypass(&first)),
        n if n == a._NET_WM_ICON_GEOMETRY => {
            Property::IconGeometry(properties::icon_geometry(&first))
        }
        n if n == a._NET_WM_PID => Property::Pid(first.long().filter(|pid| *pid > 0)),
        n if n == a._NET_DESKTOP_LAYOUT || n == a._NET_DESKTOP_NAMES => {
            let (layout, names) =
                if n == a._NET_DESKTOP_LAYOUT { (&first, &second) } else { (&second, &first) };
            let (layout, names) = (properties::desktop_layout(layout), properties::texts(names));
            return Ok(Changed::Desktops { layout, names });
        }
        n if n == a._NET_WM_ICON => {
            return Ok(Changed::Icon(first, properties::wm_hints(&second).1));
        }
        n if n == a._NET_WM_USER_TIME_WINDOW => {
            return Ok(Changed::UserTimeWindow(properties::window(&first).map(|xid| xid.0)));
        }
        n if n == a.WM_COLORMAP_WINDOWS => {
            return Ok(Changed::ColormapWindows(first.longs().collect()));
        }
        n if n == a._NET_WM_SYNC_REQUEST_COUNTER => {
            let basic = first.long().filter(|counter| *counter != 0);
            return Ok(Changed::SyncCounter(basic, first.longs().nth(1)));
        }
        _ => return Ok(Changed::Nothing),
    };
    Ok(Changed::Property(property))
}

/// Whether a change of this property is worth a question.
#[must_use]
pub fn is_interesting(display: &Display, atom: u32) -> bool {
    let a = &display.atoms;
    // What only matters at the start, or what we write ourselves.
    let once = [
        a._TRAPEZE_RESTORE,
        a._NET_WM_STATE,
        a._NET_WM_DESKTOP,
        a.WM_STATE,
        a.WM_CLIENT_MACHINE,
        a._NET_STARTUP_ID,
    ];
    !once.contains(&atom) && client_atoms(display).contains(&atom)
}

/// Whether a change of this property of an unmanaged window is worth a
/// question.
#[must_use]
pub fn is_interesting_unmanaged(display: &Display, atom: u32) -> bool {
    unmanaged_atoms(display).contains(&atom)
}

/// How a pager lays the workspaces out (`_NET_DESKTOP_LAYOUT`).
///
/// # Errors
///
/// If the connection broke.
pub fn desktop_layout(display: &Display) -> Result<DesktopLayout> {
    let asked = PendingValue::ask(display, display.root, display.atoms._NET_DESKTOP_LAYOUT)?;
    Ok(properties::desktop_layout(&asked.value()?))
}
