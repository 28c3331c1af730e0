//! A frame plan executed on the CPU, in plain integer loops.
//!
//! Owns the meaning of every operation: what this module computes is what the
//! other backends are tested against. Must not know X.
//!
//! Pixels of a source outside its image are transparent; a source that is
//! unknown is transparent everywhere.

use std::collections::HashMap;

use raster::Mask;
use wm_core::geom::{Point, Rect, Root, Size, Source};
use wm_core::id::SourceId;
use wm_core::plan::{CornerMask, FramePlan, Op, Paint};
use wm_core::region::Region;
use wm_core::scene::Shadow;

use super::image::Image;
use crate::masks::{self, Slices, Style};
use crate::pixel::{Pixel, mul, over, premultiply, scale};

/// A picture of the screen, and the sources it is painted from.
#[derive(Debug, Default)]
pub struct Canvas {
    screen: Image,
    sources: HashMap<SourceId, Image>,
    discs: HashMap<i32, Mask>,
    shadows: HashMap<Style, Slices>,
}

/// Cached masks of one kind; forgotten all at once beyond.
const LARGEST_CACHE: usize = 64;

impl Canvas {
    /// A black canvas.
    #[must_use]
    pub fn new(size: Size) -> Self {
        Self { screen: Image::new(size), ..Self::default() }
    }

    /// What is painted so far.
    #[must_use]
    pub const fn screen(&self) -> &Image {
        &self.screen
    }

    /// Replaces what is painted, for painting over an older frame.
    pub fn set_screen(&mut self, screen: Image) {
        self.screen = screen;
    }

    /// Gives `source` an image.
    pub fn set_source(&mut self, source: SourceId, image: Image) {
        self.sources.insert(source, image);
    }

    /// The image of `source`, to be changed.
    pub fn source_mut(&mut self, source: SourceId) -> Option<&mut Image> {
        self.sources.get_mut(&source)
    }

    /// Forgets `source`.
    pub fn remove_source(&mut self, source: SourceId) {
        self.sources.remove(&source);
    }

    /// Paints `plan`. Returns how many pixels its operations touched.
    pub fn paint(&mut self, plan: &FramePlan) -> u64 {
        let screen = self.screen.bounds().cast();
        let mut drawn = 0;
        for op in &plan.ops {
            let region = op.region.intersect_rect(&screen);
            drawn += region.area();
            self.operate(op, &region);
        }
        u64::try_from(drawn).unwrap_or(0)
    }

    fn operate(&mut self, op: &Op, region: &Region<Root>) {
        match &op.paint {
            Paint::Fill(color) => {
                let pixel = premultiply(*color);
                self.each(region, op.blend, |_| pixel);
            }
            Paint::Shadow(shadow) => self.shadow(region, shadow),
            Paint::Picture { source, from, to, tile, opacity, mask } => {
                // Taken out, so that the screen can be borrowed meanwhile.
                let image = self.sources.remove(source);
                let placed = Placed { from: *from, to: *to, tile: *tile };
                match (&image, mask) {
                    (None, _) => self.each(region, op.blend, |_| [0; 4]),
                    (Some(image), None) if *opacity == 255 => {
                        self.plain(region, op.blend, image, &placed);
                    }
                    (Some(image), None) => {
                        self.each(region, op.blend, |at| scale(placed.sample(image, at), *opacity));
                    }
                    (Some(image), Some(mask)) => {
                        let disc = self.disc(mask.radius);
                        self.each(region, op.blend, |at| {
                            let coverage = mul(coverage(&disc, mask, at), *opacity);
                            scale(placed.sample(image, at), coverage)
                        });
                        self.discs.insert(mask.radius, disc);
                    }
                }
                if let Some(image) = image {
                    self.sources.insert(*source, image);
                }
            }
        }
    }

    /// Copies rows where nothing but copying is to be done.
    fn plain(&mut self, region: &Region<Root>, blend: bool, image: &Image, placed: &Placed) {
        let shift = (placed.to.x - placed.from.x, placed.to.y - placed.from.y);
        let inside = image.bounds().cast::<Root>().offset(shift.0, shift.1);
        let simple = !placed.tile && placed.from.size() == placed.to.size();
        if blend || !simple || !inside.contains_rect(&region.bounds()) {
            return self.each(region, blend, |at| placed.sample(image, at));
        }
        for rect in region.rects() {
            self.screen.copy_from(image, &rect.cast(), (-shift.0, -shift.1));
        }
    }

    fn shadow(&mut self, region: &Region<Root>, shadow: &Shadow) {
        for part in masks::parts(shadow) {
            let slices =
                self.shadows.remove(&part.style).unwrap_or_else(|| Slices::new(part.style));
            let inside = region.intersect_rect(&part.rect);
            self.each(&inside, true, |at| scale(part.color, slices.coverage(part.rect, at)));
            if self.shadows.len() >= LARGEST_CACHE {
                self.shadows.clear();
            }
            self.shadows.insert(part.style, slices);
        }
    }

    fn disc(&mut self, radius: i32) -> Mask {
        if self.discs.len() >= LARGEST_CACHE {
            self.discs.clear();
        }
        self.discs.remove(&radius).unwrap_or_else(|| masks::disc(radius, 255))
    }

    fn each(&mut self, region: &Region<Root>, blend: bool, pixel: impl Fn(Point<Root>) -> Pixel) {
        for rect in region.rects() {
            for y in rect.y..rect.bottom() {
                let row = self.screen.row_mut(y, rect.x, rect.right());
                for (x, below) in (rect.x..).zip(row) {
                    let above = pixel(Point::new(x, y));
                    *below = if blend { over(above, *below) } else { above };
                }
            }
        }
    }
}

/// The corner coverage of `mask` at a root pixel: full inside, none outside
/// its rectangle.
fn coverage(disc: &Mask, mask: &CornerMask, at: Point<Root>) -> u8 {
    if !mask.rect.contains(at) {
        return 0;
    }
    masks::corners(mask).iter().find(|corner| corner.rect.contains(at)).map_or(255, |corner| {
        let (x, y) = (at.x - corner.rect.x + corner.from.0, at.y - corner.rect.y + corner.from.1);
        disc.get(x as u32, y as u32)
    })
}

struct Placed {
    from: Rect<Source>,
    to: Rect<Root>,
    tile: bool,
}

impl Placed {
    fn sample(&self, image: &Image, at: Point<Root>) -> Pixel {
        let Self { from, to, tile } = self;
        let (x, y) = (at.x - to.x, at.y - to.y);
        if from.is_empty() || to.is_empty() {
            [0; 4]
        } else if *tile {
            image.get(from.x + x.rem_euclid(from.w), from.y + y.rem_euclid(from.h))
        } else if from.size() == to.size() {
            image.get(from.x + x, from.y + y)
        } else {
            let (column, right) = Self::place(from.x, from.w, to.w, x);
            let (row, down) = Self::place(from.y, from.h, to.h, y);
            image.bilinear(column, row, right, down)
        }
    }

    /// Where the centre of pixel `at` of `to` falls among the centres of the
    /// source's pixels: the one before it, and 128ths towards the next. The
    /// arithmetic is that of a 16.16 picture transform.
    fn place(from: i32, from_length: i32, to_length: i32, at: i32) -> (i32, u32) {
        let step = i64::from(crate::xrender::ratio(from_length, to_length));
        let center = ((i64::from(at) << 16) + 0x8000) * step + 0x8000;
        let position = (center >> 16) + (i64::from(from) << 16) - 0x8000;
        ((position >> 16) as i32, (position >> 9) as u32 & 127)
    }
}
