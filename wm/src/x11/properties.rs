//! Property values, parsed: bytes that any program may have written become
//! the typed, bounded hints of wm-core, or nothing.
//!
//! Owns the wire formats of ICCCM, EWMH, Motif and GTK properties. Must not
//! know a connection, nor what follows from a hint. Nothing here can fail: a
//! wrong type, format or length reads as an absent property, and numbers out
//! of range are dropped or clamped.

use wm_core::action::Tile;
use wm_core::geom::{Client, Rect, Root, Sides, Size};
use wm_core::hints::{
    BypassHint, Gravity, MotifHints, NetState, Protocols, Restore, SizeHints, Strut, WindowType,
    WmHints, WmState,
};
use wm_core::layout::{Corner, DesktopLayout};
use wm_core::region::Region;
use wm_core::{Timestamp, Xid};
use x11rb::protocol::xproto::{AtomEnum, GetPropertyReply};

use super::atoms::Atoms;

/// Longest title kept, in bytes of UTF-8.
pub const MAX_TITLE: usize = 4096;
/// Most atoms of a list that are looked at.
const MAX_ATOMS: usize = 64;
/// Most rectangles of an opaque region that are looked at.
const MAX_RECTS: usize = 256;
/// Largest window size that hints may ask for, in pixels: the protocol's.
const MAX_SIZE: i32 = 32767;

/// The value of a property, as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Value {
    /// Type atom, 0 if the property is absent.
    pub kind: u32,
    /// 8, 16 or 32; 0 if absent.
    pub format: u8,
    /// Its bytes, in this machine's order.
    pub bytes: Vec<u8>,
}

impl From<GetPropertyReply> for Value {
    fn from(reply: GetPropertyReply) -> Self {
        Self { kind: reply.type_, format: reply.format, bytes: reply.value }
    }
}

impl Value {
    /// Whether the property exists.
    #[must_use]
    pub const fn is_set(&self) -> bool {
        self.kind != 0
    }

    /// Its 32-bit items, whatever its type says; none in another format.
    pub fn longs(&self) -> impl Iterator<Item = u32> + '_ {
        let bytes: &[u8] = if self.format == 32 { &self.bytes } else { &[] };
        bytes.chunks_exact(4).map(|b| u32::from_ne_bytes([b[0], b[1], b[2], b[3]]))
    }

    /// Its first 32-bit item.
    #[must_use]
    pub fn long(&self) -> Option<u32> {
        self.longs().next()
    }

    fn array<const N: usize>(&self) -> Option<[i32; N]> {
        let mut array = [0; N];
        let mut longs = self.longs();
        for item in &mut array {
            *item = longs.next()?.cast_signed();
        }
        Some(array)
    }

    /// Its text, if its type is one of text: no control characters, at most
    /// [`MAX_TITLE`] bytes. COMPOUND_TEXT is read as Latin-1 without its
    /// escape sequences, which is right for Western text; other programs set
    /// _NET_WM_NAME.
    #[must_use]
    pub fn text(&self, atoms: &Atoms) -> Option<String> {
        if self.format != 8 {
            return None;
        }
        let text = if self.kind == atoms.UTF8_STRING {
            utf8(self.first_bytes())
        } else if self.kind == atoms.COMPOUND_TEXT {
            without_escapes(self.first_bytes())
        } else if self.kind == u32::from(AtomEnum::STRING) {
            // Many programs put UTF-8 there against the rules; Latin-1 text
            // that happens to be valid UTF-8 is rarer than they are.
            match std::str::from_utf8(self.first_bytes()) {
                Ok(text) => text.to_owned(),
                Err(_) => latin1(self.first_bytes()),
            }
        } else {
            return None;
        };
        Some(clean(&text))
    }

    fn first_bytes(&self) -> &[u8] {
        &self.bytes[..self.bytes.len().min(MAX_TITLE * 2)]
    }
}

/// UTF-8 text; what is none becomes U+FFFD, but for surrogates (CESU-8), in
/// which Tk and Java write characters beyond U+FFFF.
fn utf8(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        if let [
            0xed,
            a @ 0xa0..=0xaf,
            b @ 0x80..=0xbf,
            0xed,
            c @ 0xb0..=0xbf,
            d @ 0x80..=0xbf,
            ..,
        ] = *rest
        {
            let low_bits = |byte: u8, count: u32| u32::from(byte) & ((1 << count) - 1);
            let high = low_bits(a, 4) << 6 | low_bits(b, 6);
            let low = low_bits(c, 4) << 6 | low_bits(d, 6);
            if let Some(character) = char::from_u32(0x1_0000 + (high << 10 | low)) {
                joined.extend(character.encode_utf8(&mut [0; 4]).bytes());
            }
            rest = &rest[6..];
        } else {
            joined.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&joined).into_owned()
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&b| char::from(b)).collect()
}

/// Compound text without its ISO 2022 designations: ESC, intermediates
/// 0x20–0x2F, one final byte.
fn without_escapes(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        if byte == 0x1b {
            for &next in rest.by_ref() {
                if !(0x20..=0x2f).contains(&next) {
                    break;
                }
            }
        } else {
            text.push(char::from(byte));
        }
    }
    text
}

/// Control characters become spaces; the end is cut at a character boundary.
fn clean(text: &str) -> String {
    let text = text.trim_end_matches('\0');
    let mut cleaned = String::with_capacity(text.len().min(MAX_TITLE));
    for c in text.chars() {
        if cleaned.len() + c.len_utf8() > MAX_TITLE {
            break;
        }
        cleaned.push(if c.is_control() { ' ' } else { c });
    }
    cleaned
}

/// _NET_WM_NAME, or else WM_NAME.
#[must_use]
pub fn title(net: &Value, icccm: &Value, atoms: &Atoms) -> String {
    net.text(atoms)
        .filter(|text| !text.is_empty())
        .or_else(|| icccm.text(atoms))
        .unwrap_or_default()
}

/// WM_CLASS: two NUL-terminated strings.
#[must_use]
pub fn class(value: &Value) -> (String, String) {
    if value.format != 8 {
        return Default::default();
    }
    let mut parts = value.first_bytes().split(|b| *b == 0).map(|part| clean(&latin1(part)));
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// WM_PROTOCOLS.
#[must_use]
pub fn protocols(value: &Value, atoms: &Atoms) -> Protocols {
    let mut protocols = Protocols::default();
    for atom in value.longs().take(MAX_ATOMS) {
        match atom {
            a if a == atoms.WM_DELETE_WINDOW => protocols.delete_window = true,
            a if a == atoms.WM_TAKE_FOCUS => protocols.take_focus = true,
            a if a == atoms._NET_WM_PING => protocols.ping = true,
            a if a == atoms._NET_WM_SYNC_REQUEST => protocols.sync_request = true,
            _ => {}
        }
    }
    protocols
}

/// X11's window gravities (ICCCM 4.1.2.3); others are NorthWest.
#[must_use]
pub const fn gravity(number: u32) -> Gravity {
    match number {
        2 => Gravity::North,
        3 => Gravity::NorthEast,
        4 => Gravity::West,
        5 => Gravity::Center,
        6 => Gravity::East,
        7 => Gravity::SouthWest,
        8 => Gravity::South,
        9 => Gravity::SouthEast,
        10 => Gravity::Static,
        _ => Gravity::NorthWest,
    }
}

/// WM_NORMAL_HINTS (ICCCM 4.1.2.3): 18 items; 15 in the form before R4.
#[must_use]
pub fn size_hints(value: &Value) -> SizeHints {
    let items: Vec<i32> = value.longs().take(18).map(u32::cast_signed).collect();
    let Some(&flags) = items.first() else { return SizeHints::default() };
    if items.len() < 15 {
        return SizeHints::default();
    }
    let has = |bit: u32| flags & (1 << bit) != 0;
    let pair = |bit: u32, at: usize| -> Option<(i32, i32)> {
        (has(bit) && at + 1 < items.len()).then(|| (items[at], items[at + 1]))
    };
    // Sizes that no window can have are no hint at all.
    let size = |bit, at, smallest: i32| {
        pair(bit, at)
            .filter(|(w, h)| *w >= smallest && *h >= smallest)
            .map(|(w, h)| Size::new(w.min(MAX_SIZE), h.min(MAX_SIZE)))
    };
    let min = size(4, 5, 0);
    let max = size(5, 7, 1).map(|max| match min {
        Some(min) => Size::new(max.w.max(min.w), max.h.max(min.h)),
        None => max,
    });
    let aspect = match (pair(7, 11), pair(7, 13)) {
        (Some(low), Some(high)) if low.0 > 0 && low.1 > 0 && high.0 > 0 && high.1 > 0 => {
            Some((low, high))
        }
        _ => None,
    };
    SizeHints {
        user_position: has(0),
        user_size: has(1),
        program_position: has(2),
        min,
        max,
        increment: size(6, 9, 1),
        base: size(8, 15, 0),
        aspect,
        gravity: match (has(9), items.get(17)) {
            (true, Some(&number)) => gravity(number.cast_unsigned()),
            _ => Gravity::NorthWest,
        },
    }
}

/// WM_HINTS (ICCCM 4.1.2.4); the icon's pixmap and mask are the second part.
#[must_use]
pub fn wm_hints(value: &Value) -> (WmHints, Option<(u32, u32)>) {
    let items: Vec<u32> = value.longs().take(9).collect();
    let Some(&flags) = items.first() else { return (WmHints::default(), None) };
    let at = |index: usize| items.get(index).copied().unwrap_or(0);
    let hints = WmHints {
        input: flags & 1 == 0 || at(1) != 0,
        start_iconic: flags & 2 != 0 && at(2) == 3,
        group: (flags & 64 != 0).then(|| at(8)).filter(|g| *g != 0).map(Xid),
        urgent: flags & 256 != 0,
    };
    let pixmap = (flags & 4 != 0).then(|| at(3)).filter(|p| *p != 0);
    let mask = if flags & 32 != 0 { at(7) } else { 0 };
    (hints, pixmap.map(|pixmap| (pixmap, mask)))
}

/// WM_TRANSIENT_FOR. One that names no window (0) is a dialog all the same: of
/// its whole group, as one for the root window is (ICCCM 4.1.2.6).
#[must_use]
pub fn transient_for(value: &Value) -> Option<Xid> {
    value.long().map(Xid)
}

/// A property that names a window; 0 is none.
#[must_use]
pub fn window(value: &Value) -> Option<Xid> {
    value.long().filter(|xid| *xid != 0).map(Xid)
}

/// _NET_WM_WINDOW_TYPE, best first, unknown ones left out.
#[must_use]
pub fn window_types(value: &Value, atoms: &Atoms) -> Vec<WindowType> {
    let known = [
        (atoms._NET_WM_WINDOW_TYPE_DESKTOP, WindowType::Desktop),
        (atoms._NET_WM_WINDOW_TYPE_DOCK, WindowType::Dock),
        (atoms._NET_WM_WINDOW_TYPE_TOOLBAR, WindowType::Toolbar),
        (atoms._NET_WM_WINDOW_TYPE_MENU, WindowType::Menu),
        (atoms._NET_WM_WINDOW_TYPE_UTILITY, WindowType::Utility),
        (atoms._NET_WM_WINDOW_TYPE_SPLASH, WindowType::Splash),
        (atoms._NET_WM_WINDOW_TYPE_DIALOG, WindowType::Dialog),
        (atoms._NET_WM_WINDOW_TYPE_DROPDOWN_MENU, WindowType::DropdownMenu),
        (atoms._NET_WM_WINDOW_TYPE_POPUP_MENU, WindowType::PopupMenu),
        (atoms._NET_WM_WINDOW_TYPE_TOOLTIP, WindowType::Tooltip),
        (atoms._NET_WM_WINDOW_TYPE_NOTIFICATION, WindowType::Notification),
        (atoms._NET_WM_WINDOW_TYPE_COMBO, WindowType::Combo),
        (atoms._NET_WM_WINDOW_TYPE_DND, WindowType::Dnd),
        (atoms._NET_WM_WINDOW_TYPE_NORMAL, WindowType::Normal),
    ];
    value
        .longs()
        .take(MAX_ATOMS)
        .filter_map(|atom| known.iter().find(|(a, _)| *a == atom).map(|(_, kind)| *kind))
        .collect()
}

/// The states and their atoms.
#[must_use]
pub fn state_atoms(atoms: &Atoms) -> [(u32, NetState); 13] {
    [
        (atoms._NET_WM_STATE_MODAL, NetState::Modal),
        (atoms._NET_WM_STATE_STICKY, NetState::Sticky),
        (atoms._NET_WM_STATE_MAXIMIZED_VERT, NetState::MaximizedVert),
        (atoms._NET_WM_STATE_MAXIMIZED_HORZ, NetState::MaximizedHorz),
        (atoms._NET_WM_STATE_SHADED, NetState::Shaded),
        (atoms._NET_WM_STATE_SKIP_TASKBAR, NetState::SkipTaskbar),
        (atoms._NET_WM_STATE_SKIP_PAGER, NetState::SkipPager),
        (atoms._NET_WM_STATE_HIDDEN, NetState::Hidden),
        (atoms._NET_WM_STATE_FULLSCREEN, NetState::Fullscreen),
        (atoms._NET_WM_STATE_ABOVE, NetState::Above),
        (atoms._NET_WM_STATE_BELOW, NetState::Below),
        (atoms._NET_WM_STATE_DEMANDS_ATTENTION, NetState::DemandsAttention),
        (atoms._NET_WM_STATE_FOCUSED, NetState::Focused),
    ]
}

/// One state's atom as its value; `None` for an unknown atom.
#[must_use]
pub fn net_state(atom: u32, atoms: &Atoms) -> Option<NetState> {
    // A message with one state has 0 as the second.
    let atom = Some(atom).filter(|atom| *atom != 0)?;
    state_atoms(atoms).iter().find(|(a, _)| *a == atom).map(|(_, state)| *state)
}

/// _NET_WM_STATE.
#[must_use]
pub fn net_states(value: &Value, atoms: &Atoms) -> Vec<NetState> {
    let mut states: Vec<_> =
        value.longs().take(MAX_ATOMS).filter_map(|atom| net_state(atom, atoms)).collect();
    states.sort_unstable();
    states.dedup();
    states
}

/// _NET_WM_STRUT_PARTIAL, or else _NET_WM_STRUT; `None` if both are absent,
/// malformed or reserve nothing.
#[must_use]
pub fn strut(partial: &Value, old: &Value) -> Option<Strut> {
    let length = |value: i32| value.clamp(0, MAX_SIZE);
    let sides = |[left, right, top, bottom]: [i32; 4]| Sides {
        left: length(left),
        right: length(right),
        top: length(top),
        bottom: length(bottom),
    };
    let strut =
        if let Some([l, r, t, b, ly1, ly2, ry1, ry2, tx1, tx2, bx1, bx2]) = partial.array::<12>() {
            Strut {
                sides: sides([l, r, t, b]),
                left_range: (ly1, ly2),
                right_range: (ry1, ry2),
                top_range: (tx1, tx2),
                bottom_range: (bx1, bx2),
            }
        } else {
            let everything = (0, i32::MAX);
            Strut {
                sides: sides(old.array::<4>()?),
                left_range: everything,
                right_range: everything,
                top_range: everything,
                bottom_range: everything,
            }
        };
    (strut.sides != Sides::default()).then_some(strut)
}

/// _MOTIF_WM_HINTS: flags, functions, decorations, (input mode, status).
#[must_use]
pub fn motif(value: &Value) -> Option<MotifHints> {
    let [flags, functions, decorations] = value.array::<3>()?;
    let mut hints = MotifHints::default();
    if flags & 1 != 0 {
        // MWM_FUNC_ALL (bit 0) turns the other bits into exceptions.
        let all = functions & 1 != 0;
        let may = |bit: i32| (functions & bit != 0) != all;
        hints.resize = may(2);
        hints.moving = may(4);
        hints.minimize = may(8);
        hints.maximize = may(16);
        hints.close = may(32);
    }
    if flags & 2 != 0 {
        // Either a title bar or a border counts as wanting a frame; with ALL,
        // taking the title away counts as not wanting one.
        hints.decorated =
            if decorations & 1 != 0 { decorations & 8 == 0 } else { decorations & (2 | 8) != 0 };
    }
    Some(hints)
}

/// _GTK_FRAME_EXTENTS: left, right, top, bottom.
#[must_use]
pub fn extents(value: &Value) -> Option<Sides> {
    let [left, right, top, bottom] = value.array::<4>()?.map(|side| side.clamp(0, 4096));
    Some(Sides { left, right, top, bottom })
}

/// _NET_WM_WINDOW_OPACITY; absent is opaque.
#[must_use]
pub fn opacity(value: &Value) -> u32 {
    value.long().unwrap_or(u32::MAX)
}

/// _NET_WM_OPAQUE_REGION: x, y, width, height, repeated.
#[must_use]
pub fn opaque_region(value: &Value) -> Option<Region<Client>> {
    if !value.is_set() || value.format != 32 {
        return None;
    }
    let items: Vec<i32> = value.longs().take(MAX_RECTS * 4).map(u32::cast_signed).collect();
    let rects = items
        .chunks_exact(4)
        .filter(|r| r[2] > 0 && r[3] > 0)
        .map(|r| Rect::new(r[0], r[1], r[2].min(MAX_SIZE), r[3].min(MAX_SIZE)));
    Some(Region::from_rects(rects))
}

/// _NET_WM_BYPASS_COMPOSITOR.
#[must_use]
pub fn bypass(value: &Value) -> BypassHint {
    match value.long() {
        Some(1) => BypassHint::Prefer,
        Some(2) => BypassHint::Forbid,
        _ => BypassHint::NoPreference,
    }
}

/// _NET_DESKTOP_LAYOUT: orientation, columns, rows and starting corner, of
/// which the last may be missing.
#[must_use]
pub fn desktop_layout(value: &Value) -> DesktopLayout {
    let mut items = value.longs();
    let (Some(orientation), Some(columns), Some(rows)) = (items.next(), items.next(), items.next())
    else {
        return DesktopLayout::default();
    };
    let corner = match items.next() {
        Some(1) => Corner::TopRight,
        Some(2) => Corner::BottomRight,
        Some(3) => Corner::BottomLeft,
        _ => Corner::TopLeft,
    };
    DesktopLayout { by_column: orientation == 1, columns, rows, corner }
}

/// UTF-8 texts, each of which a zero ends.
#[must_use]
pub fn texts(value: &Value) -> Vec<String> {
    let bytes: &[u8] = if value.format == 8 { &value.bytes } else { &[] };
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(bytes);
    bytes.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

/// WM_STATE.
#[must_use]
pub fn wm_state(value: &Value) -> Option<WmState> {
    match value.long()? {
        0 => Some(WmState::Withdrawn),
        1 => Some(WmState::Normal),
        3 => Some(WmState::Iconic),
        _ => None,
    }
}

/// A timestamp property.
#[must_use]
pub fn timestamp(value: &Value) -> Option<Timestamp> {
    value.long().map(Timestamp)
}

/// _NET_WM_ICON_GEOMETRY.
#[must_use]
pub fn icon_geometry(value: &Value) -> Option<Rect<Root>> {
    let [x, y, w, h] = value.array::<4>()?;
    (w > 0 && h > 0).then(|| Rect::new(x, y, w.min(MAX_SIZE), h.min(MAX_SIZE)))
}

/// The tiles in the order of their numbers, from 1.
const TILES: [Tile; 8] = [
    Tile::Left,
    Tile::Right,
    Tile::Top,
    Tile::Bottom,
    Tile::TopLeft,
    Tile::TopRight,
    Tile::BottomLeft,
    Tile::BottomRight,
];

/// `_TRAPEZE_RESTORE`: x, y, width and height of the client's inside when
/// nothing holds it, its width and height while it is held, the tile (0 is
/// none), and 1 if the person took the decorations away. `None` for anything
/// else than what [`restore_items`] makes.
#[must_use]
pub fn restore(value: &Value) -> Option<Restore> {
    if value.format != 32 || value.longs().count() != 8 {
        return None;
    }
    let [x, y, w, h, held_w, held_h, tile, undecorated] = value.array::<8>()?;
    let place = |v: i32| (-MAX_SIZE..=MAX_SIZE).contains(&v);
    let size = |v: i32| (1..=MAX_SIZE).contains(&v);
    let good = place(x) && place(y) && [w, h, held_w, held_h].into_iter().all(size);
    let tile = match usize::try_from(tile).ok()? {
        0 => None,
        number => Some(*TILES.get(number - 1)?),
    };
    (good && (0..=1).contains(&undecorated)).then(|| Restore {
        normal: Rect::new(x, y, w, h),
        held: Size::new(held_w, held_h),
        tile,
        undecorated: undecorated == 1,
    })
}

/// The value of `_TRAPEZE_RESTORE`; see [`restore`].
#[must_use]
pub fn restore_items(restore: &Restore) -> [u32; 8] {
    let Restore { normal, held, tile, undecorated } = restore;
    let number = tile.and_then(|tile| TILES.iter().position(|known| *known == tile));
    let number = number.and_then(|at| i32::try_from(at + 1).ok()).unwrap_or(0);
    [normal.x, normal.y, normal.w, normal.h, held.w, held.h, number, i32::from(*undecorated)]
        .map(i32::cast_unsigned)
}

#[cfg(test)]
#[path = "properties_tests.rs"]
mod tests;
