//! Requests of the core protocol that say what pictures are made of.
//!
//! Owns which they are and what they tell: windows and their places, titles and
//! sizes, pixmaps, extensions. It must not know Render.

use super::Awaited;
use super::bytes::Reader;
use super::frames::Request;
use super::resources::{Pixmap, Resources, Window};

const CREATE_WINDOW: u8 = 1;
const DESTROY_WINDOW: u8 = 4;
const REPARENT_WINDOW: u8 = 7;
const CONFIGURE_WINDOW: u8 = 12;
const INTERN_ATOM: u8 = 16;
const CHANGE_PROPERTY: u8 = 18;
const CREATE_PIXMAP: u8 = 53;
const FREE_PIXMAP: u8 = 54;
const QUERY_EXTENSION: u8 = 98;

/// The major opcodes of what [`decode`] understands.
pub(super) const WANTED: [u8; 9] = [
    CREATE_WINDOW,
    DESTROY_WINDOW,
    REPARENT_WINDOW,
    CONFIGURE_WINDOW,
    INTERN_ATOM,
    CHANGE_PROPERTY,
    CREATE_PIXMAP,
    FREE_PIXMAP,
    QUERY_EXTENSION,
];

/// The predefined atom `WM_NAME`.
const WM_NAME: u32 = 39;

/// The longest title that is kept, in bytes.
const LONGEST_TITLE: usize = 256;

/// Notes what a request tells; what its reply will tell.
pub(super) fn decode(
    resources: &mut Resources,
    request: &Request,
    mut reader: Reader<'_>,
) -> Option<Awaited> {
    let r = &mut reader;
    match request.major {
        CREATE_WINDOW => {
            let (xid, parent) = (r.u32()?, r.u32()?);
            r.skip(4)?;
            let size = (r.u16()?, r.u16()?);
            resources.windows.insert(xid, Window { parent, size, ..Window::default() });
        }
        DESTROY_WINDOW => {
            resources.windows.remove(&r.u32()?);
        }
        REPARENT_WINDOW => {
            let window = resources.windows.get_mut(&r.u32()?)?;
            window.parent = r.u32()?;
        }
        CONFIGURE_WINDOW => configure(resources.windows.get_mut(&r.u32()?)?, r)?,
        INTERN_ATOM => {
            let length = usize::from(r.u16()?);
            r.skip(2)?;
            return (r.take(length)? == b"_NET_WM_NAME").then_some(Awaited::NetWmName);
        }
        CHANGE_PROPERTY => {
            let (xid, property) = (r.u32()?, r.u32()?);
            let is_net = Some(property) == resources.net_wm_name;
            if property != WM_NAME && !is_net {
                return None;
            }
            r.skip(4)?;
            let format = r.u8()?;
            r.skip(3)?;
            let length = r.u32()? as usize;
            let window = resources.windows.get_mut(&xid)?;
            if format == 8 && (is_net || !window.has_net_title) {
                let text = r.take(length)?;
                let text = &text[..length.min(LONGEST_TITLE)];
                window.title = Some(String::from_utf8_lossy(text).into_owned());
                window.has_net_title |= is_net;
            }
        }
        CREATE_PIXMAP => {
            let (xid, made_for) = (r.u32()?, r.u32()?);
            let size = (r.u16()?, r.u16()?);
            resources.pixmaps.insert(xid, Pixmap { size, made_for, filled: None });
        }
        FREE_PIXMAP => {
            resources.pixmaps.remove(&r.u32()?);
        }
        QUERY_EXTENSION => {
            let length = usize::from(r.u16()?);
            r.skip(2)?;
            return match r.take(length)? {
                b"RENDER" => Some(Awaited::RenderOpcode),
                b"BIG-REQUESTS" => Some(Awaited::BigRequestsOpcode),
                _ => None,
            };
        }
        _ => {}
    }
    None
}

fn configure(window: &mut Window, r: &mut Reader<'_>) -> Option<()> {
    let mask = r.u16()?;
    r.skip(2)?;
    for bit in 0..4 {
        if mask & 1 << bit != 0 {
            // Sizes are CARD16 in 32 bits.
            let value = r.u32()? as u16;
            match bit {
                2 => window.size.0 = value,
                3 => window.size.1 = value,
                _ => {}
            }
        }
    }
    Some(())
}
