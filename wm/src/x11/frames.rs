//! Frames on the X side: their windows, their title bars, the icons in them.
//!
//! Owns colormaps by visual, decoded icons, and sending pictures. Must not
//! know what a title bar looks like (decor) or where a frame goes (model).

use std::collections::HashMap;

use trapeze_decor::{Icon, Painter, Picture};
use wm_core::geom::{Frame, Rect, Root};
use wm_core::look::FrameLook;
use wm_core::{WindowId, Xid};
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ColormapAlloc, ConnectionExt as _, CreateGCAux, CreateWindowAux,
    EventMask, Gravity, ImageFormat, WindowClass,
};

use super::errors::optional;
use super::properties::Value;
use super::{Display, Result, Server, extent16, int16};

/// What frames share.
#[derive(Debug, Default)]
pub struct Frames {
    colormaps: HashMap<u32, u32>,
    /// One graphics context per depth.
    contexts: HashMap<u8, u32>,
    icons: HashMap<Xid, Icon>,
}

impl Frames {
    /// A client's icon.
    #[must_use]
    pub fn icon(&self, client: Xid) -> Option<&Icon> {
        self.icons.get(&client)
    }

    /// A client's icon changed.
    pub fn set_icon(&mut self, client: Xid, icon: Option<Icon>) {
        match icon {
            Some(icon) => self.icons.insert(client, icon),
            None => self.icons.remove(&client),
        };
    }
}

/// Decodes _NET_WM_ICON.
#[must_use]
pub fn icon_from_property(value: &Value) -> Option<Icon> {
    let data: Vec<u32> = value.longs().collect();
    Icon::from_net_wm_icon(&data)
}

/// Reads WM_HINTS' icon: a pixmap of depth 1 or of the root's depth, and
/// perhaps a mask of depth 1.
///
/// # Errors
///
/// If the connection broke.
pub fn icon_from_pixmap(display: &Display, (pixmap, mask): (u32, u32)) -> Result<Option<Icon>> {
    let geometry = display.get_geometry(pixmap)?;
    let mask_geometry = (mask != 0).then(|| display.get_geometry(mask)).transpose()?;
    let geometry = optional(geometry.reply())?;
    let mask_geometry = match mask_geometry {
        Some(cookie) => optional(cookie.reply())?,
        None => None,
    };
    let Some(geometry) = geometry else { return Ok(None) };
    let (w, h) = (geometry.width.min(512), geometry.height.min(512));
    let image = display.get_image(ImageFormat::Z_PIXMAP, pixmap, 0, 0, w, h, u32::MAX)?;
    let mask_image = match mask_geometry {
        Some(g) if g.depth == 1 && g.width >= w && g.height >= h => {
            Some(display.get_image(ImageFormat::Z_PIXMAP, mask, 0, 0, w, h, u32::MAX)?)
        }
        _ => None,
    };
    let image = optional(image.reply())?;
    let mask_image = match mask_image {
        Some(cookie) => optional(cookie.reply())?,
        None => None,
    };
    let Some(image) = image else { return Ok(None) };
    let lsb =
        display.setup().bitmap_format_bit_order == x11rb::protocol::xproto::ImageOrder::LSB_FIRST;
    let pad = usize::from(display.setup().bitmap_format_scanline_pad).max(8);
    let bit_stride = usize::from(w).div_ceil(pad) * pad / 8;
    let bit = |data: &[u8], x: usize, y: usize| {
        let byte = data.get(y * bit_stride + x / 8).copied().unwrap_or(0);
        byte >> (if lsb { x % 8 } else { 7 - x % 8 }) & 1 != 0
    };
    let (w, h) = (usize::from(w), usize::from(h));
    let mut data = vec![w as u32, h as u32];
    for y in 0..h {
        for x in 0..w {
            let opaque = mask_image.as_ref().is_none_or(|mask| bit(&mask.data, x, y));
            let rgb = match image.depth {
                1 if bit(&image.data, x, y) => 0,
                1 => 0x00ff_ffff,
                24 | 32 => image
                    .data
                    .get((y * w + x) * 4..)
                    .and_then(|rest| rest.first_chunk::<4>())
                    .map_or(0, |p| u32::from_le_bytes(*p) & 0x00ff_ffff),
                _ => return Ok(None),
            };
            data.push(rgb | if opaque { 0xff00_0000 } else { 0 });
        }
    }
    Ok(Icon::from_net_wm_icon(&data))
}

/// Puts a picture at a drawable's top-left corner, in as many requests as
/// their maximum length asks for.
///
/// # Errors
///
/// If the connection broke.
pub fn put_picture(
    display: &Display,
    drawable: u32,
    gc: u32,
    depth: u8,
    picture: &Picture,
) -> Result<()> {
    let (w, h) = (picture.size.w, picture.size.h);
    if picture.size.is_empty() || !matches!(depth, 24 | 32) {
        return Ok(());
    }
    let stride = 4 * usize::try_from(w).unwrap_or(0);
    let room = display.maximum_request_bytes().saturating_sub(64).min(4 << 20);
    let rows = (room / stride).max(1);
    for (index, chunk) in picture.pixels.chunks(stride * rows).enumerate() {
        let y = i32::try_from(index * rows).unwrap_or(i32::MAX);
        let count = i32::try_from(chunk.len() / stride).unwrap_or(0).min(h);
        display.put_image(
            ImageFormat::Z_PIXMAP,
            drawable,
            gc,
            extent16(w),
            extent16(count),
            0,
            int16(y),
            0,
            depth,
            chunk,
        )?;
    }
    Ok(())
}

/// Events of a frame.
fn frame_mask() -> EventMask {
    EventMask::SUBSTRUCTURE_REDIRECT
        | EventMask::SUBSTRUCTURE_NOTIFY
        | EventMask::BUTTON_PRESS
        | EventMask::BUTTON_RELEASE
        | EventMask::POINTER_MOTION
        | EventMask::ENTER_WINDOW
        | EventMask::LEAVE_WINDOW
        | EventMask::EXPOSURE
}

/// Events of a ring.
pub(super) fn ring_mask() -> EventMask {
    EventMask::BUTTON_PRESS
        | EventMask::BUTTON_RELEASE
        | EventMask::POINTER_MOTION
        | EventMask::ENTER_WINDOW
        | EventMask::LEAVE_WINDOW
}

impl Server {
    /// Creates a frame for a client of this visual.
    pub(super) fn create_frame(
        &mut self,
        rect: Rect<Root>,
        client_depth: u8,
        client_visual: u32,
    ) -> Result<u32> {
        let x = &self.display;
        // The client's own visual, or else the server would redirect the
        // client inside its frame a second time. Without one (it vanished)
        // the root's does.
        let (depth, visual) = if client_visual == 0 {
            (x.root_depth, x.root_visual)
        } else {
            (client_depth, client_visual)
        };
        let colormap = if visual == x.root_visual {
            x.setup().roots[x.screen].default_colormap
        } else if let Some(&colormap) = self.frames.colormaps.get(&visual) {
            colormap
        } else {
            let colormap = x.generate_id()?;
            x.create_colormap(ColormapAlloc::NONE, colormap, x.root, visual)?;
            self.frames.colormaps.insert(visual, colormap);
            colormap
        };
        let frame = x.generate_id()?;
        // Growing frames keep their title where it is. What is not painted yet
        // keeps what was there, until the frame has a colour of its own.
        let aux = CreateWindowAux::new()
            .background_pixmap(x11rb::NONE)
            .border_pixel(0)
            .colormap(colormap)
            .bit_gravity(Gravity::NORTH_WEST)
            .override_redirect(1)
            .event_mask(frame_mask());
        let cookie = x.create_window(
            depth,
            frame,
            x.root,
            int16(rect.x),
            int16(rect.y),
            extent16(rect.w),
            extent16(rect.h),
            0,
            WindowClass::INPUT_OUTPUT,
            visual,
            &aux,
        )?;
        self.expectations.must(cookie, "create a frame");
        Ok(frame)
    }

    /// Paints a title bar as last asked for.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn paint_frame(&mut self, client: Xid, painter: &mut Painter) -> Result<()> {
        let Some(managed) = self.windows.by_client(client) else { return Ok(()) };
        let Some(look) = &managed.look else { return Ok(()) };
        if look.size.is_empty() {
            return Ok(());
        }
        let picture = painter.title_bar(look, self.frames.icons.get(&client));
        let x = &self.display;
        let depth =
            if managed.candidate.depth == 0 { x.root_depth } else { managed.candidate.depth };
        // What a client without a background has not drawn yet looks as if the
        // title bar went on there. Where a client may be seen through, nothing.
        let middle = (picture.pixels.len() / 8) * 4;
        let fill = match picture.pixels.get(middle..middle + 4) {
            Some(&[b, g, r, _]) if depth != 32 => u32::from_be_bytes([0, r, g, b]),
            _ => 0,
        };
        if managed.fill != Some(fill) {
            let aux = ChangeWindowAttributesAux::new().background_pixel(fill);
            x.change_window_attributes(managed.frame, &aux)?;
        }
        let gc = match self.frames.contexts.get(&depth) {
            Some(&gc) => gc,
            None => {
                // A context lives as long as its screen and depth do, not the
                // drawable that it was made for.
                let gc = x.generate_id()?;
                x.create_gc(gc, managed.frame, &CreateGCAux::new().graphics_exposures(0))?;
                self.frames.contexts.insert(depth, gc);
                gc
            }
        };
        put_picture(x, managed.frame, gc, depth, &picture)?;
        if let Some(managed) = self.windows.by_client_mut(client) {
            managed.fill = Some(fill);
        }
        Ok(())
    }

    /// Remembers and paints a title bar.
    ///
    /// # Errors
    ///
    /// If the connection broke.
    pub fn set_frame_look(
        &mut self,
        id: WindowId,
        look: Box<FrameLook>,
        painter: &mut Painter,
    ) -> Result<()> {
        let Some(managed) = self.windows.get_mut(id) else { return Ok(()) };
        managed.look = Some(look);
        self.paint_frame(id.xid, painter)
    }

    /// Where the client is within its frame: unknown to X's side.
    #[must_use]
    pub fn frame_rect(&self, id: WindowId) -> Option<Rect<Frame>> {
        self.windows.get(id).map(|managed| Rect::new(0, 0, managed.rect.w, managed.rect.h))
    }
}
