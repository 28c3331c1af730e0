//! Which picture format shows which pixels.
//!
//! Owns the server's answer to QueryPictFormats. Must not know sources.

use std::collections::HashMap;

use x11rb::protocol::render::{PictType, Pictformat, QueryPictFormatsReply};
use x11rb::protocol::xproto::Visualid;

/// Formats by visual and by depth.
#[derive(Debug, Default)]
pub(super) struct Formats {
    by_visual: HashMap<Visualid, Pictformat>,
    by_depth: HashMap<u8, Pictformat>,
    /// 8 bits of alpha.
    pub(super) a8: Option<Pictformat>,
    /// 8 bits each, alpha first.
    pub(super) argb32: Option<Pictformat>,
}

impl Formats {
    /// Takes what is needed out of the reply.
    pub(super) fn new(reply: &QueryPictFormatsReply) -> Self {
        let mut formats = Self::default();
        for format in &reply.formats {
            let d = &format.direct;
            let alpha_is_8 = d.alpha_mask == 0xff;
            if format.type_ != PictType::DIRECT {
                continue;
            }
            match format.depth {
                8 if alpha_is_8 && d.red_mask == 0 && d.green_mask == 0 && d.blue_mask == 0 => {
                    formats.a8 = Some(format.id);
                }
                32 if alpha_is_8
                    && d.alpha_shift == 24
                    && (d.red_mask, d.red_shift) == (0xff, 16)
                    && (d.green_mask, d.green_shift) == (0xff, 8)
                    && (d.blue_mask, d.blue_shift) == (0xff, 0) =>
                {
                    formats.argb32 = Some(format.id);
                    formats.by_depth.insert(32, format.id);
                }
                24 if d.alpha_mask == 0
                    && (d.red_shift, d.green_shift, d.blue_shift) == (16, 8, 0) =>
                {
                    formats.by_depth.insert(24, format.id);
                }
                _ => {}
            }
        }
        for screen in &reply.screens {
            for depth in &screen.depths {
                for visual in &depth.visuals {
                    formats.by_visual.insert(visual.visual, visual.format);
                    formats.by_depth.entry(depth.depth).or_insert(visual.format);
                }
            }
        }
        formats
    }

    /// The format of a drawable with `visual` (0 if unknown) and `depth`.
    pub(super) fn of(&self, visual: Visualid, depth: u8) -> Option<Pictformat> {
        self.by_visual.get(&visual).or_else(|| self.by_depth.get(&depth)).copied()
    }
}
