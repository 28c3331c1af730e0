//! From operations to triangles.
//!
//! Owns the list of draws of one frame. Every quad is cut to its operation's
//! rectangles beforehand, so no scissor is needed and nothing outside the
//! damage is touched. Must not know windows.

use std::ops::Range;

use glow::NativeTexture;
use wm_core::geom::{Point, Rect, Root, Size};
use wm_core::plan::{CornerMask, Op, Paint};
use wm_core::region::Region;
use wm_core::scene::Shadow;

use super::gl::{Program, Vertex};
use super::shaders::Programs;
use super::sources::{Sources, Texture};
use super::stencils::Stencils;
use crate::glx::context::Context;
use crate::masks;
use crate::pixel::{Pixel, premultiply};

/// More tiles than this go through a repeating texture, which Mesa's software
/// renderer does not draw on its fast path.
const MOST_TILES: i64 = 64;

/// One call of glDrawArrays.
#[derive(Debug)]
struct Draw {
    program: Program,
    picture: Option<NativeTexture>,
    mask: Option<NativeTexture>,
    factor: [f32; 4],
    over: bool,
    linear: bool,
    repeat: bool,
    vertices: Range<usize>,
}

/// The draws of a frame.
#[derive(Debug, Default)]
pub(super) struct Frame {
    vertices: Vec<Vertex>,
    draws: Vec<Draw>,
    /// Pixels touched.
    pub(super) pixels: u64,
}

/// What a draw needs to know.
pub(super) struct Kit<'a> {
    pub(super) context: &'a Context,
    pub(super) programs: &'a Programs,
    pub(super) sources: &'a Sources,
    pub(super) stencils: &'a mut Stencils,
}

/// Maps root pixels to texture coordinates: `coordinate = at · scale + shift`.
#[derive(Debug, Clone, Copy, Default)]
struct Map {
    scale: (f32, f32),
    shift: (f32, f32),
}

impl Map {
    /// Root pixel (`at`) is pixel `from` of a texture of `size`, one to one.
    fn plain(at: Point<Root>, from: (i32, i32), size: (i32, i32), inverted: bool) -> Self {
        let one = Rect::new(at.x, at.y, 1, 1);
        Self::scaled(&one, (from.0, from.1, 1, 1), size, inverted)
    }

    /// The root rectangle `to` shows the rectangle `from` of a texture.
    fn scaled(
        to: &Rect<Root>,
        (x, y, w, h): (i32, i32, i32, i32),
        size: (i32, i32),
        inverted: bool,
    ) -> Self {
        let axis = |from: i32, length: i32, size: i32, to: i32, to_length: i32| {
            let scale = f64::from(length) / f64::from(to_length) / f64::from(size);
            (scale, f64::from(from) / f64::from(size) - f64::from(to) * scale)
        };
        let (sx, tx) = axis(x, w, size.0, to.x, to.w);
        let (sy, ty) = axis(y, h, size.1, to.y, to.h);
        let (sy, ty) = if inverted { (sy, ty) } else { (-sy, 1.0 - ty) };
        Self { scale: (sx as f32, sy as f32), shift: (tx as f32, ty as f32) }
    }

    fn at(&self, x: i32, y: i32) -> [f32; 2] {
        [x as f32 * self.scale.0 + self.shift.0, y as f32 * self.scale.1 + self.shift.1]
    }
}

/// How a quad is drawn; its region and maps come with each call.
#[derive(Clone, Copy)]
struct Style {
    program: Program,
    picture: Option<NativeTexture>,
    mask: Option<NativeTexture>,
    factor: [f32; 4],
    over: bool,
    linear: bool,
    repeat: bool,
}

impl Frame {
    /// Adds an operation.
    pub(super) fn add(&mut self, kit: &mut Kit<'_>, op: &Op) {
        match &op.paint {
            Paint::Fill(color) => self.fill(kit, op.blend, &op.region, premultiply(*color)),
            Paint::Shadow(shadow) => self.shadow(kit, &op.region, shadow),
            Paint::Picture { source, .. } => match kit.sources.get(*source) {
                Some(texture) => self.picture(kit, op, texture),
                None if op.blend => {}
                None => self.fill(kit, false, &op.region, [0; 4]),
            },
        }
    }

    fn fill(&mut self, kit: &Kit<'_>, over: bool, region: &Region<Root>, pixel: Pixel) {
        let style = Style {
            program: kit.programs.fill,
            picture: None,
            mask: None,
            factor: factor(pixel),
            over,
            linear: false,
            repeat: false,
        };
        self.quads(&style, region, Map::default(), Map::default());
    }

    fn picture(&mut self, kit: &mut Kit<'_>, op: &Op, texture: &Texture) {
        let Paint::Picture { from, to, tile, opacity, mask, .. } = &op.paint else { return };
        if from.is_empty() || to.is_empty() {
            return;
        }
        let size = (texture.size.w, texture.size.h);
        let whole = Rect::new(0, 0, size.0, size.1);
        let inverted = texture.inverted;
        let programs = kit.programs;
        // What replaces may have any alpha; what blends needs the right one.
        let program = match (texture.opaque && op.blend, *opacity) {
            (false, 255) => programs.plain,
            (false, _) => programs.picture,
            (true, _) => programs.opaque,
        };
        let style = Style {
            program,
            picture: Some(texture.name),
            mask: None,
            factor: [f32::from(*opacity) / 255.0; 4],
            over: op.blend,
            linear: false,
            repeat: false,
        };
        let masked = (mask.as_ref(), texture.opaque);
        if *tile {
            let tiles = op.region.bounds().size().area() / from.size().area().max(1);
            if *from == whole.cast() && tiles > MOST_TILES {
                let map = Map::plain(to.origin(), (0, 0), size, inverted);
                let style = Style { repeat: true, ..style };
                return self.masked(kit, &style, &op.region, map, masked);
            }
            for at in tile_origins(&op.region.bounds(), to.origin(), from.size()) {
                let rect = Rect::from_parts(at, from.size());
                let map = Map::plain(at, (from.x, from.y), size, inverted);
                let part = op.region.intersect_rect(&rect);
                self.cut(kit, &style, &part, (map, (at.x - from.x, at.y - from.y), whole), masked);
            }
        } else if from.size() == to.size() {
            let map = Map::plain(to.origin(), (from.x, from.y), size, inverted);
            let at = (to.x - from.x, to.y - from.y);
            self.cut(kit, &style, &op.region, (map, at, whole), masked);
        } else {
            let map = Map::scaled(to, (from.x, from.y, from.w, from.h), size, inverted);
            let style = Style { linear: true, ..style };
            self.masked(kit, &style, &op.region, map, masked);
        }
    }

    /// Draws what of `region` the texture covers when it stands at `at`. The
    /// rest is transparent, which replaces or does nothing.
    fn cut(
        &mut self,
        kit: &mut Kit<'_>,
        style: &Style,
        region: &Region<Root>,
        (map, at, whole): (Map, (i32, i32), Rect<Root>),
        masked: (Option<&CornerMask>, bool),
    ) {
        let inside = whole.offset(at.0, at.1);
        if inside.contains_rect(&region.bounds()) {
            return self.masked(kit, style, region, map, masked);
        }
        if !style.over {
            self.fill(kit, false, &region.subtract_rect(&inside), [0; 4]);
        }
        self.masked(kit, style, &region.intersect_rect(&inside), map, masked);
    }

    fn masked(
        &mut self,
        kit: &mut Kit<'_>,
        style: &Style,
        region: &Region<Root>,
        map: Map,
        (mask, opaque): (Option<&CornerMask>, bool),
    ) {
        let Some(mask) = mask else {
            return self.quads(style, region, map, Map::default());
        };
        let mut rest = region.intersect_rect(&mask.rect);
        for corner in masks::corners(mask) {
            let part = rest.intersect_rect(&corner.rect);
            if part.is_empty() {
                continue;
            }
            rest = rest.subtract(&part);
            let Some(disc) = kit.stencils.disc(kit.context, mask.radius) else { continue };
            let cover = Map::plain(corner.rect.origin(), corner.from, (disc.side, disc.side), true);
            let program = if opaque { kit.programs.opaque_masked } else { kit.programs.masked };
            let style = Style { program, mask: Some(disc.name), ..*style };
            self.quads(&style, &part, map, cover);
        }
        self.quads(style, &rest, map, Map::default());
    }

    fn shadow(&mut self, kit: &mut Kit<'_>, region: &Region<Root>, shadow: &Shadow) {
        for part in masks::parts(shadow) {
            if !region.intersects_rect(&part.rect) {
                continue;
            }
            let Some(stretched) = kit.stencils.shadow(kit.context, part.style) else { continue };
            let slices = &stretched.slices;
            let size = (slices.mask.width() as i32, slices.mask.height() as i32);
            let style = Style {
                program: kit.programs.shadow,
                picture: None,
                mask: Some(stretched.name),
                factor: factor(part.color),
                over: true,
                linear: false,
                repeat: false,
            };
            for piece in slices.pieces(part.rect) {
                let length = |stretched, length| if stretched { 1 } else { length };
                let from = (
                    piece.from.0,
                    piece.from.1,
                    length(piece.stretched.0, piece.rect.w),
                    length(piece.stretched.1, piece.rect.h),
                );
                let cover = Map::scaled(&piece.rect, from, size, true);
                let inside = region.intersect_rect(&piece.rect);
                self.quads(&style, &inside, Map::default(), cover);
            }
        }
    }

    /// Adds two triangles per rectangle, to the last draw if it is alike.
    fn quads(&mut self, style: &Style, region: &Region<Root>, picture: Map, cover: Map) {
        let start = self.vertices.len();
        for rect in region.rects() {
            self.pixels += u64::try_from(rect.size().area()).unwrap_or(0);
            let corner = |x: i32, y: i32| {
                let ([u, v], [a, b]) = (picture.at(x, y), cover.at(x, y));
                [x as f32, y as f32, u, v, a, b]
            };
            let (left, top, right, bottom) = (rect.x, rect.y, rect.right(), rect.bottom());
            let [a, b, c, d] = [
                corner(left, top),
                corner(right, top),
                corner(right, bottom),
                corner(left, bottom),
            ];
            self.vertices.extend([a, b, c, a, c, d]);
        }
        let end = self.vertices.len();
        if start == end {
            return;
        }
        self.draws.push(Draw {
            program: style.program,
            picture: style.picture,
            mask: style.mask,
            factor: style.factor,
            over: style.over,
            linear: style.linear,
            repeat: style.repeat,
            vertices: start..end,
        });
    }

    /// Draws everything onto a surface of `size`.
    pub(super) fn execute(&self, context: &Context, size: Size) {
        if self.draws.is_empty() {
            return;
        }
        let gl = &context.gl;
        gl.viewport(size.w, size.h);
        gl.vertices(&self.vertices);
        for draw in &self.draws {
            if let Some(picture) = draw.picture {
                gl.bind(picture);
                gl.sampling(draw.linear, draw.repeat);
            }
            if let Some(mask) = draw.mask {
                gl.bind_mask(mask);
            }
            gl.apply(&draw.program, size.w, size.h, draw.factor);
            gl.blend(draw.over);
            gl.triangles(draw.vertices.start, draw.vertices.len());
        }
    }
}

/// The corners of all tiles of `size`, one of them at `first`, that touch
/// `bounds`.
fn tile_origins(
    bounds: &Rect<Root>,
    first: Point<Root>,
    size: Size,
) -> impl Iterator<Item = Point<Root>> + use<> {
    let start = |first: i32, low: i32, step: i32| first + (low - first).div_euclid(step) * step;
    let (left, top) = (start(first.x, bounds.x, size.w), start(first.y, bounds.y, size.h));
    let (right, bottom) = (bounds.right(), bounds.bottom());
    (top..bottom).step_by(size.h.max(1) as usize).flat_map(move |y| {
        (left..right).step_by(size.w.max(1) as usize).map(move |x| Point::new(x, y))
    })
}

/// Red, green, blue, alpha from 0 to 1.
fn factor([b, g, r, a]: Pixel) -> [f32; 4] {
    [r, g, b, a].map(|channel| f32::from(channel) / 255.0)
}
