//! Painting one operation onto one drawable.
//!
//! Owns the choice of requests: plain copies where formats agree, Composite
//! elsewhere. Every request is confined to the operation's rectangles, so no
//! clip has to be set, sent and taken back; only regions of many rectangles
//! use one. Must not know plans.

use wm_core::geom::{Rect, Root, Size, Source};
use wm_core::plan::{CornerMask, Op, Paint};
use wm_core::region::Region;
use wm_core::scene::Shadow;
use x11rb::protocol::render::{ChangePictureAux, ConnectionExt as _, PictOp, Pictformat, Picture};
use x11rb::protocol::xproto::ChangeGCAux;
use x11rb::protocol::xproto::{ClipOrdering, ConnectionExt as _, Gcontext, Rectangle};

use super::XRender;
use super::sources::Bound;
use super::stencils::{STRIP, color};
use crate::masks;
use crate::pixel::{premultiply, scale};
use crate::wire::{Wire, at16, size16};

/// From this many rectangles on, one clip and one request are cheaper than a
/// request for each: a clip costs two requests and 8 bytes per rectangle, a
/// Composite 36 bytes.
const RECTANGLES_WORTH_A_CLIP: usize = 12;

/// Something to paint on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surface {
    pub(super) drawable: u32,
    pub(super) picture: Picture,
    pub(super) format: Pictformat,
    /// For copies between drawables of this one's depth.
    pub(super) gc: Gcontext,
    /// The root pixel that is the drawable's first.
    pub(super) origin: (i32, i32),
}

impl Surface {
    fn at(&self, rect: &Rect<Root>) -> (i16, i16, u16, u16) {
        let (x, y) = (rect.x - self.origin.0, rect.y - self.origin.1);
        (at16(x), at16(y), size16(rect.w), size16(rect.h))
    }

    fn rectangles(&self, region: &Region<Root>) -> Vec<Rectangle> {
        region
            .rects()
            .iter()
            .map(|rect| {
                let (x, y, width, height) = self.at(rect);
                Rectangle { x, y, width, height }
            })
            .collect()
    }
}

/// A picture and the root pixel at which its pixel (0, 0) lands.
type Placed = (Picture, (i32, i32));

impl XRender {
    /// Paints `op` inside `region`.
    pub(super) fn paint(&mut self, on: &Surface, op: &Op, region: &Region<Root>) {
        let operator = if op.blend { PictOp::OVER } else { PictOp::SRC };
        match &op.paint {
            Paint::Fill(fill) => self.fill(on, operator, region, premultiply(*fill)),
            Paint::Shadow(shadow) => self.shadow(on, region, shadow),
            Paint::Picture { source, from, to, tile, opacity, mask } => {
                let Some(mut bound) = self.sources.remove(source) else {
                    if !op.blend {
                        self.fill(on, operator, region, [0; 4]);
                    }
                    return;
                };
                let masks = Masks { opacity: *opacity, corners: mask.as_ref() };
                self.picture(on, operator, region, &mut bound, (*from, *to, *tile), &masks);
                self.sources.insert(*source, bound);
            }
        }
    }

    /// Replaces `region` by a premultiplied colour, or composites it.
    fn fill(&mut self, on: &Surface, operator: PictOp, region: &Region<Root>, pixel: [u8; 4]) {
        if region.is_empty() {
            return;
        }
        self.wire.stats.pixels_drawn += area(region);
        let rectangles = on.rectangles(region);
        self.wire
            .send(|c| c.render_fill_rectangles(operator, on.picture, color(pixel), &rectangles));
    }

    fn picture(
        &mut self,
        on: &Surface,
        operator: PictOp,
        region: &Region<Root>,
        bound: &mut Bound,
        (from, to, tile): (Rect<Source>, Rect<Root>, bool),
        masks: &Masks<'_>,
    ) {
        if from.is_empty() || to.is_empty() {
            return;
        }
        if tile {
            if from == bound.bounds() {
                let picture = bound.tile(&mut self.wire);
                return self.masked(on, operator, region, (picture, (to.x, to.y)), masks);
            }
            return self.tiles(on, operator, region, bound, (from, to), masks);
        }
        if from.size() != to.size() {
            let picture = bound.scaled(&mut self.wire, from, to.size());
            return self.masked(on, operator, region, (picture, (to.x, to.y)), masks);
        }
        let at = (to.x - from.x, to.y - from.y);
        let inside = bound.bounds().cast::<Root>().offset(at.0, at.1);
        let plain = operator == PictOp::SRC && masks.are_none() && bound.format == on.format;
        if plain && inside.contains_rect(&region.bounds()) {
            let drawable = bound.drawable;
            copy(&mut self.wire, drawable, (-at.0, -at.1), on, region);
        } else {
            self.masked(on, operator, region, (bound.picture, at), masks);
        }
    }

    /// Repeats a part of a pixmap, which no picture attribute can do.
    fn tiles(
        &mut self,
        on: &Surface,
        operator: PictOp,
        region: &Region<Root>,
        bound: &Bound,
        (from, to): (Rect<Source>, Rect<Root>),
        masks: &Masks<'_>,
    ) {
        let bounds = region.bounds();
        let first = |start: i32, low: i32, step: i32| start + (low - start).div_euclid(step) * step;
        let mut y = first(to.y, bounds.y, from.h);
        while y < bounds.bottom() {
            let mut x = first(to.x, bounds.x, from.w);
            while x < bounds.right() {
                let part = region.intersect_rect(&Rect::new(x, y, from.w, from.h));
                let placed = (bound.picture, (x - from.x, y - from.y));
                self.masked(on, operator, &part, placed, masks);
                x += from.w;
            }
            y += from.h;
        }
    }

    /// Composites with opacity and corner coverage.
    fn masked(
        &mut self,
        on: &Surface,
        operator: PictOp,
        region: &Region<Root>,
        source: Placed,
        masks: &Masks<'_>,
    ) {
        let mut rest = region.clone();
        if let Some(mask) = masks.corners {
            rest = rest.intersect_rect(&mask.rect);
            for corner in masks::corners(mask) {
                let part = rest.intersect_rect(&corner.rect);
                if part.is_empty() {
                    continue;
                }
                rest = rest.subtract(&part);
                let disc = self.stencils.disc(&mut self.wire, mask.radius, masks.opacity);
                let at = (corner.rect.x - corner.from.0, corner.rect.y - corner.from.1);
                self.composite(on, operator, &part, source, Some((disc, at)));
            }
        }
        let mask = (masks.opacity < 255).then(|| {
            let a = masks.opacity;
            (self.stencils.solid(&mut self.wire, [0, 0, 0, a]), (0, 0))
        });
        self.composite(on, operator, &rest, source, mask);
    }

    fn shadow(&mut self, on: &Surface, region: &Region<Root>, shadow: &Shadow) {
        for part in masks::parts(shadow) {
            if !region.intersects_rect(&part.rect) {
                continue;
            }
            let solid = self.stencils.solid(&mut self.wire, part.color);
            let Some(stretched) = self.stencils.shadow(&mut self.wire, part.style) else {
                continue;
            };
            let slices = &stretched.slices;
            let (whole, wide, high) = (stretched.whole, stretched.wide, stretched.high);
            let pieces: Vec<_> = slices.pieces(part.rect).collect();
            let middle = slices
                .column
                .zip(slices.row)
                .map_or(0, |(column, row)| slices.mask.get(column as u32, row as u32));
            for piece in pieces {
                let inside = region.intersect_rect(&piece.rect);
                if inside.is_empty() {
                    continue;
                }
                let (x, y) = (piece.rect.x, piece.rect.y);
                match piece.stretched {
                    (true, true) => {
                        self.fill(on, PictOp::OVER, &inside, scale(part.color, middle));
                    }
                    (false, false) => {
                        let mask = (whole, (x - piece.from.0, y - piece.from.1));
                        self.composite(on, PictOp::OVER, &inside, (solid, (0, 0)), Some(mask));
                    }
                    (along_x, _) => {
                        let Some(strip) = (if along_x { wide } else { high }) else { continue };
                        let (length, step) = if along_x {
                            (piece.rect.w, (STRIP, 0))
                        } else {
                            (piece.rect.h, (0, STRIP))
                        };
                        for n in 0..(length + STRIP - 1) / STRIP {
                            let (x, y) = (x + n * step.0, y + n * step.1);
                            let at = if along_x {
                                Rect::new(x, y, STRIP, piece.rect.h)
                            } else {
                                Rect::new(x, y, piece.rect.w, STRIP)
                            };
                            let inside = inside.intersect_rect(&at);
                            let skip = if along_x { (0, piece.from.1) } else { (piece.from.0, 0) };
                            let mask = (strip, (x - skip.0, y - skip.1));
                            self.composite(on, PictOp::OVER, &inside, (solid, (0, 0)), Some(mask));
                        }
                    }
                }
            }
        }
    }

    fn composite(
        &mut self,
        on: &Surface,
        operator: PictOp,
        region: &Region<Root>,
        source: Placed,
        mask: Option<Placed>,
    ) {
        let bounds;
        let rects = if region.rects().len() < RECTANGLES_WORTH_A_CLIP {
            region.rects()
        } else {
            let rectangles = on.rectangles(region);
            self.wire.send(|c| c.render_set_picture_clip_rectangles(on.picture, 0, 0, &rectangles));
            bounds = [region.bounds()];
            &bounds
        };
        let (mask, mask_at) = mask.unwrap_or((x11rb::NONE, (0, 0)));
        for rect in rects {
            let (x, y, w, h) = on.at(rect);
            let (sx, sy) = (at16(rect.x - source.1.0), at16(rect.y - source.1.1));
            let (mx, my) = (at16(rect.x - mask_at.0), at16(rect.y - mask_at.1));
            self.wire.send(|c| {
                c.render_composite(operator, source.0, mask, on.picture, sx, sy, mx, my, x, y, w, h)
            });
        }
        self.wire.stats.pixels_drawn += area(region);
        if region.rects().len() >= RECTANGLES_WORTH_A_CLIP {
            let none = ChangePictureAux::new().clipmask(x11rb::NONE);
            self.wire.send(|c| c.render_change_picture(on.picture, &none));
        }
    }
}

/// What multiplies a picture.
struct Masks<'a> {
    opacity: u8,
    corners: Option<&'a CornerMask>,
}

impl Masks<'_> {
    const fn are_none(&self) -> bool {
        self.opacity == 255 && self.corners.is_none()
    }
}

/// Copies `region` from a drawable of the same depth in which the root pixel
/// (0, 0) is at `shift`.
pub(super) fn copy(
    wire: &mut Wire,
    from: u32,
    shift: (i32, i32),
    on: &Surface,
    region: &Region<Root>,
) {
    let clipped = region.rects().len() >= RECTANGLES_WORTH_A_CLIP;
    let bounds = [region.bounds()];
    let mut rects = region.rects();
    if clipped {
        let rectangles = on.rectangles(region);
        wire.send(|c| c.set_clip_rectangles(ClipOrdering::YX_BANDED, on.gc, 0, 0, &rectangles));
        rects = &bounds;
    }
    for rect in rects {
        let (x, y, w, h) = on.at(rect);
        let (sx, sy) = (at16(rect.x + shift.0), at16(rect.y + shift.1));
        wire.send(|c| c.copy_area(from, on.drawable, on.gc, sx, sy, x, y, w, h));
    }
    wire.stats.pixels_drawn += area(region);
    if clipped {
        let none = ChangeGCAux::new().clip_mask(x11rb::NONE);
        wire.send(|c| c.change_gc(on.gc, &none));
    }
}

fn area(region: &Region<Root>) -> u64 {
    u64::try_from(region.area()).unwrap_or(0)
}

/// The size of a scratch surface for `needed`: rounded up, so that a region
/// that grows pixel by pixel does not make a pixmap per frame.
pub(super) fn roomy(needed: Size) -> Size {
    let up = |length: i32| (length.max(1) + 127) / 128 * 128;
    Size::new(up(needed.w), up(needed.h))
}
