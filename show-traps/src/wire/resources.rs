//! What a server's clients have made: windows, pixmaps, pictures, glyphs.
//!
//! Owns the tables and the snapshots of pictures taken from them. It must not
//! know messages.
//!
//! The tables are the server's, not a client's: any client may use any XID.

use std::collections::HashMap;

use raster::{Fixed, MaskFormat};

use crate::capture::{
    Clip, Content, Drawable, DrawableKind, GlyphImage, Masking, Picture, Rectangle,
};
use crate::colour::Rgba;

/// No window lies deeper than this in another; a loop would.
const DEEPEST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Resources {
    pub(super) roots: HashMap<u32, (u16, u16)>,
    pub(super) windows: HashMap<u32, Window>,
    pub(super) pixmaps: HashMap<u32, Pixmap>,
    pub(super) pictures: HashMap<u32, LivePicture>,
    pub(super) formats: HashMap<u32, String>,
    /// XIDs of glyph sets; several may name one.
    pub(super) glyph_sets: HashMap<u32, u32>,
    pub(super) glyphs: HashMap<u32, GlyphSet>,
    pub(super) net_wm_name: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct Window {
    pub(super) parent: u32,
    pub(super) size: (u16, u16),
    pub(super) title: Option<String>,
    /// Whether the title came from `_NET_WM_NAME`, which is better.
    pub(super) has_net_title: bool,
}

#[derive(Debug)]
pub(super) struct Pixmap {
    pub(super) size: (u16, u16),
    /// The drawable that `CreatePixmap` names: toolkits give the window that they
    /// will copy it to.
    pub(super) made_for: u32,
    /// The colour of its only pixel.
    pub(super) filled: Option<Rgba>,
}

/// A picture as it is now.
#[derive(Clone, Debug)]
pub(super) struct LivePicture {
    /// Of drawables, only the XID and the format.
    pub(super) picture: Picture,
    /// Where the clip's origin is.
    pub(super) clip_origin: (i16, i16),
}

#[derive(Debug)]
pub(super) struct GlyphSet {
    /// How many XIDs name it.
    pub(super) names: usize,
    pub(super) format: Option<String>,
    pub(super) glyphs: HashMap<u32, Glyph>,
}

#[derive(Debug)]
pub(super) struct Glyph {
    pub(super) image: GlyphImage,
    /// Where it is in the capture, if it is.
    pub(super) recorded: Option<usize>,
}

impl LivePicture {
    pub(super) fn new(content: Content) -> Self {
        Self { picture: Picture::new(content), clip_origin: (0, 0) }
    }
}

impl Resources {
    /// A picture as it is now, with what is known about its drawable.
    pub(super) fn snapshot(&self, xid: u32) -> Picture {
        let Some(live) = self.pictures.get(&xid) else {
            // Made before the capture began, or never.
            return Picture::new(Content::Drawable(Drawable::unknown(xid)));
        };
        let mut picture = live.picture.clone();
        if let Content::Drawable(drawable) = &mut picture.content {
            self.describe(drawable);
        }
        if let Clip::Rectangles(rectangles) = &mut picture.clip {
            let (x, y) = live.clip_origin;
            for Rectangle { x: left, y: top, .. } in rectangles {
                (*left, *top) = (left.wrapping_add(x), top.wrapping_add(y));
            }
        }
        picture
    }

    fn describe(&self, drawable: &mut Drawable) {
        let xid = drawable.xid;
        if let Some(pixmap) = self.pixmaps.get(&xid) {
            drawable.kind = DrawableKind::Pixmap;
            drawable.size = Some(pixmap.size);
            drawable.filled = pixmap.filled;
            self.describe_window(drawable, self.window_of(pixmap));
        } else if let Some(window) = self.windows.get(&xid) {
            drawable.kind = DrawableKind::Window;
            drawable.size = Some(window.size);
            self.describe_window(drawable, xid);
        } else if let Some(size) = self.roots.get(&xid) {
            drawable.kind = DrawableKind::Window;
            drawable.size = Some(*size);
        }
    }

    fn describe_window(&self, drawable: &mut Drawable, window: u32) {
        if self.windows.contains_key(&window) {
            let toplevel = self.toplevel(window);
            drawable.toplevel = Some(toplevel);
            drawable.title = self.windows.get(&toplevel).and_then(|window| window.title.clone());
        }
    }

    /// The window that a pixmap, or that for which it was made, was made for.
    fn window_of(&self, pixmap: &Pixmap) -> u32 {
        let mut at = pixmap.made_for;
        for _ in 0..DEEPEST {
            match self.pixmaps.get(&at) {
                Some(pixmap) => at = pixmap.made_for,
                None => break,
            }
        }
        at
    }

    /// The highest window below the root that a window lies in, as far as its
    /// client placed it.
    fn toplevel(&self, xid: u32) -> u32 {
        let mut at = xid;
        for _ in 0..DEEPEST {
            match self.windows.get(&at) {
                Some(window) if self.windows.contains_key(&window.parent) => at = window.parent,
                _ => break,
            }
        }
        at
    }

    pub(super) fn masking(&self, format: u32) -> Masking {
        match self.formats.get(&format).map(String::as_str) {
            _ if format == 0 => Masking::Each,
            Some("a1") => Masking::Shared(MaskFormat::A1),
            Some("a4") => Masking::Shared(MaskFormat::A4),
            Some("a8") | None => Masking::Shared(MaskFormat::A8),
            Some(_) => Masking::Colour,
        }
    }

    pub(super) fn glyph_set(&mut self, xid: u32) -> Option<&mut GlyphSet> {
        self.glyphs.get_mut(self.glyph_sets.get(&xid)?)
    }

    pub(super) fn free_glyph_set(&mut self, xid: u32) {
        let Some(key) = self.glyph_sets.remove(&xid) else { return };
        if let Some(set) = self.glyphs.get_mut(&key) {
            set.names -= 1;
            if set.names == 0 {
                self.glyphs.remove(&key);
            }
        }
    }

    /// Forgets what a client that left has made: XIDs that are `base` but for
    /// the bits of `mask`.
    pub(super) fn forget(&mut self, base: u32, mask: u32) {
        let others = |xid: &u32| xid & !mask != base;
        self.windows.retain(|xid, _| others(xid));
        self.pixmaps.retain(|xid, _| others(xid));
        self.pictures.retain(|xid, _| others(xid));
        let gone: Vec<u32> = self.glyph_sets.keys().copied().filter(|xid| !others(xid)).collect();
        for xid in gone {
            self.free_glyph_set(xid);
        }
    }
}

/// A colour channel of a direct format: its name, lowest bit and mask.
pub(super) type Channel = (char, u16, u16);

/// The name of a format, in the manner of pixman: from the highest bit down.
pub(super) fn format_name(depth: u8, channels: [Channel; 4]) -> String {
    let mut channels: Vec<(char, u32, u32)> = channels
        .into_iter()
        .filter(|(_, _, mask)| *mask != 0)
        .map(|(name, shift, mask)| (name, shift.into(), mask.count_ones()))
        .collect();
    channels.sort_by_key(|channel| std::cmp::Reverse(channel.1));
    let mut above = match depth {
        0..=8 => u32::from(depth),
        9..=16 => 16,
        _ => 32,
    };
    let mut name = String::new();
    for (channel, shift, bits) in channels {
        let gap = above.saturating_sub(shift.saturating_add(bits));
        if gap > 0 {
            name.push_str(&format!("x{gap}"));
        }
        name.push_str(&format!("{channel}{bits}"));
        above = shift;
    }
    if name.is_empty() { format!("indexed{depth}") } else { name }
}

/// The matrix that changes nothing.
pub(super) const IDENTITY: [Fixed; 9] = [
    Fixed::ONE,
    Fixed::ZERO,
    Fixed::ZERO,
    Fixed::ZERO,
    Fixed::ONE,
    Fixed::ZERO,
    Fixed::ZERO,
    Fixed::ZERO,
    Fixed::ONE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_as_pixman_does() {
        let format = |depth, [r, g, b, a]: [(u16, u16); 4]| {
            let channel = |name, (shift, mask)| (name, shift, mask);
            format_name(depth, [channel('r', r), channel('g', g), channel('b', b), channel('a', a)])
        };
        let none = (0, 0);
        assert_eq!(format(8, [none, none, none, (0, 255)]), "a8");
        assert_eq!(format(1, [none, none, none, (0, 1)]), "a1");
        assert_eq!(format(32, [(16, 255), (8, 255), (0, 255), (24, 255)]), "a8r8g8b8");
        assert_eq!(format(24, [(16, 255), (8, 255), (0, 255), none]), "x8r8g8b8");
        assert_eq!(format(24, [(0, 255), (8, 255), (16, 255), none]), "x8b8g8r8");
        assert_eq!(format(15, [(10, 31), (5, 31), (0, 31), none]), "x1r5g5b5");
        assert_eq!(format(8, [none; 4]), "indexed8");
    }

    #[test]
    fn a_loop_of_windows_has_an_end() {
        let mut resources = Resources::default();
        for (xid, parent) in [(1, 2), (2, 1)] {
            resources.windows.insert(xid, Window { parent, ..Window::default() });
        }
        assert!(resources.toplevel(1) <= 2);
    }
}
