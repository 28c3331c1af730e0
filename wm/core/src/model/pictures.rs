//! The last pictures of hidden windows, for the switcher.
//!
//! Owns which of them are kept, and the bound on what that costs. Must not
//! know where the pixels are.
//!
//! A picture is kept when a window is hidden on the workspace in use
//! (minimized, or by showing the desktop), until it is shown again or goes.
//! Those of windows that went with their workspace are not: the switcher does
//! not offer them. All together have at most [`MOST_PIXELS`] (64 MiB of the
//! server's memory); those hidden first make room for the next, and are shown
//! by their icons.

use std::collections::VecDeque;

use crate::geom::{Rect, Size, Source};
use crate::id::{SourceId, WindowId};

/// Eight screens of 1920 × 1080.
const MOST_PIXELS: i64 = 16 << 20;

/// All pictures that are kept.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// Hidden last comes last.
    kept: VecDeque<Kept>,
}

#[derive(Debug)]
struct Kept {
    id: WindowId,
    size: Size,
    seen: Rect<Source>,
}

impl Pictures {
    /// A window is hidden that shows pixels of `size`, of which `seen` are
    /// not invisible margins.
    pub(super) fn keep(&mut self, id: WindowId, size: Size, seen: Rect<Source>) {
        self.drop(id);
        if size.is_empty() || size.area() > MOST_PIXELS {
            return;
        }
        self.kept.push_back(Kept { id, size, seen });
        let mut total: i64 = self.kept.iter().map(|kept| kept.size.area()).sum();
        while total > MOST_PIXELS
            && let Some(oldest) = self.kept.pop_front()
        {
            total -= oldest.size.area();
        }
    }

    /// It is shown again, or gone.
    pub(super) fn drop(&mut self, id: WindowId) {
        self.kept.retain(|kept| kept.id != id);
    }

    /// Nothing is composited any more.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
    }

    /// What is to be seen of a hidden window, in the pixels of its picture.
    pub(super) fn get(&self, id: WindowId) -> Option<Rect<Source>> {
        self.kept.iter().find(|kept| kept.id == id).map(|kept| kept.seen)
    }

    /// All of them, for the scene.
    pub(super) fn sources(&self) -> Vec<SourceId> {
        self.kept.iter().map(|kept| SourceId::Window(kept.id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Xid;

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut pictures = Pictures::default();
        let id = |n| WindowId { xid: Xid(n), generation: 1 };
        let size = Size::new(1920, 1080);
        let seen = Rect::new(0, 0, 1920, 1080);
        for n in 0..20 {
            pictures.keep(id(n), size, seen);
        }
        pictures.keep(id(19), size, seen);
        let left: Vec<_> = (12..20).map(|n| SourceId::Window(id(n))).collect();
        assert_eq!(pictures.sources(), left);
        pictures.keep(id(30), Size::new(30_000, 30_000), seen);
        assert_eq!(pictures.sources(), left, "one that is too large displaces nobody");
        pictures.drop(id(15));
        assert_eq!(pictures.get(id(15)), None);
        assert_eq!(pictures.get(id(16)), Some(seen));
    }
}
