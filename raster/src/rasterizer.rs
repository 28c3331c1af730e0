//! The one door to all ways of drawing.
//!
//! Owns the choice between them, and the memory that they keep. It must not
//! know how any of them computes coverage.

use fearless_simd::{Simd, dispatch};

use crate::grid::Grid;
use crate::lanes::{Drawing, Eight, EightBits, Four, FourBits, Queue, Sampling, Sink, bits};
use crate::level::Level;
use crate::mask::{MaskFormat, MaskMut};
use crate::rows::Changes;
use crate::scalar::Outline;
use crate::solid::Scratch;
use crate::trap::{Trap, Trapezoid};
use crate::tri::Triangle;

/// Draws shapes into masks, as fast as the processor allows.
///
/// Each method adds what the function of the same name in
/// [`scalar`](crate::scalar) adds, to the bit, whatever the [`Level`]. Shapes
/// of one call are drawn in one pass, which is much cheaper than a call for
/// each when they are small.
///
/// A rasterizer keeps the memory that it needs while drawing (some kilobytes,
/// and four bytes for each pixel of the widest mask), so that in steady state
/// nothing is allocated.
#[derive(Clone, Debug, Default)]
pub struct Rasterizer {
    level: Option<Level>,
    changes: Changes,
    queue: Option<Box<Queue>>,
    scratch: Scratch,
}

impl Rasterizer {
    /// A rasterizer of the level that [`Level::chosen`] names.
    #[must_use]
    pub const fn new() -> Self {
        Self { level: None, changes: Changes::new(), queue: None, scratch: Scratch::new() }
    }

    /// A rasterizer of that level, or, if the processor lacks it, of
    /// [`Level::chosen`].
    #[must_use]
    pub fn with_level(level: Level) -> Self {
        Self { level: Some(level).filter(|level| level.is_available()), ..Self::new() }
    }

    /// The level that is used.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level.unwrap_or_else(Level::chosen)
    }

    /// See [`scalar::rasterize_trapezoid`](crate::scalar::rasterize_trapezoid).
    pub fn rasterize_trapezoid(
        &mut self,
        mask: &mut MaskMut<'_>,
        trapezoid: &Trapezoid,
        x_offset: i32,
        y_offset: i32,
    ) {
        self.add_moved(mask, x_offset, y_offset, std::slice::from_ref(trapezoid));
    }

    /// See [`scalar::add_trapezoids`](crate::scalar::add_trapezoids).
    pub fn add_trapezoids(
        &mut self,
        mask: &mut MaskMut<'_>,
        x_offset: i16,
        y_offset: i32,
        trapezoids: &[Trapezoid],
    ) {
        self.add_moved(mask, x_offset.into(), y_offset, trapezoids);
    }

    /// As [`add_trapezoids`](Self::add_trapezoids), with all 32 bits of the
    /// offset: [`rasterize_trapezoid`](Self::rasterize_trapezoid) for each.
    pub fn add_moved(
        &mut self,
        mask: &mut MaskMut<'_>,
        x_offset: i32,
        y_offset: i32,
        trapezoids: &[Trapezoid],
    ) {
        self.draw(mask, trapezoids, MovedTrapezoids { x_offset, y_offset });
    }

    /// See [`scalar::add_triangles`](crate::scalar::add_triangles).
    pub fn add_triangles(
        &mut self,
        mask: &mut MaskMut<'_>,
        x_offset: i32,
        y_offset: i32,
        triangles: &[Triangle],
    ) {
        let x_offset = i32::from(x_offset as i16);
        self.draw(mask, triangles, MovedTriangles(MovedTrapezoids { x_offset, y_offset }));
    }

    /// See [`scalar::add_traps`](crate::scalar::add_traps).
    pub fn add_traps(
        &mut self,
        mask: &mut MaskMut<'_>,
        x_offset: i16,
        y_offset: i16,
        traps: &[Trap],
    ) {
        self.draw(mask, traps, MovedTraps { x_offset, y_offset });
    }

    /// What drawing needs, for other ways into it.
    pub(crate) fn parts(&mut self) -> (&mut Changes, &mut Queue, &mut Scratch) {
        let Self { changes, queue, scratch, .. } = self;
        (changes, queue.get_or_insert_with(|| Box::new(Queue::new())), scratch)
    }

    fn draw<M: Moved>(&mut self, mask: &mut MaskMut<'_>, shapes: &[M::Shape], moved: M) {
        let (grid, height) = (Grid::of(mask.format()), mask.height());
        let token = self.level().token();
        let Self { changes, queue, .. } = self;
        let Some(token) = token else {
            for shape in shapes {
                moved.outlines(grid, height, shape, |outline| {
                    changes.draw(mask, outline.walk(grid));
                });
            }
            return;
        };
        let queue = queue.get_or_insert_with(|| Box::new(Queue::new()));
        dispatch!(token, simd => draw_all(simd, mask, shapes, moved, queue, changes));
    }
}

/// Draws all shapes in vectors.
#[inline(always)]
fn draw_all<S: Simd, M: Moved>(
    simd: S,
    mask: &mut MaskMut<'_>,
    shapes: &[M::Shape],
    moved: M,
    queue: &mut Queue,
    changes: &mut Changes,
) {
    match mask.format() {
        MaskFormat::A1 => {
            let height = mask.height();
            for shape in shapes {
                moved.outlines(
                    Grid::A1,
                    height,
                    shape,
                    #[inline(always)]
                    |outline| bits::draw(simd, mask, changes, outline),
                );
            }
        }
        MaskFormat::A4 => draw_list(simd, Four, FourBits::new(mask), shapes, moved, queue, changes),
        MaskFormat::A8 => {
            draw_list(simd, Eight, EightBits::new(simd, mask), shapes, moved, queue, changes);
        }
    }
}

#[inline(always)]
fn draw_list<S: Simd, G: Sampling, K: Sink, M: Moved>(
    simd: S,
    grid: G,
    sink: K,
    shapes: &[M::Shape],
    moved: M,
    queue: &mut Queue,
    changes: &mut Changes,
) {
    let (width, height) = sink.size();
    let mut drawing = Drawing::new(simd, grid, sink, queue, changes, width);
    for shape in shapes {
        moved.outlines(
            G::GRID,
            height,
            shape,
            #[inline(always)]
            |outline| drawing.draw(outline),
        );
    }
    drawing.finish();
}

/// Shapes of one kind, moved by whole pixels.
trait Moved: Copy {
    type Shape;

    /// Hands what `shape` consists of to `draw`.
    fn outlines(self, grid: Grid, height: u32, shape: &Self::Shape, draw: impl FnMut(&Outline));
}

#[derive(Clone, Copy)]
struct MovedTrapezoids {
    x_offset: i32,
    y_offset: i32,
}

impl Moved for MovedTrapezoids {
    type Shape = Trapezoid;

    #[inline(always)]
    fn outlines(self, grid: Grid, height: u32, shape: &Trapezoid, mut draw: impl FnMut(&Outline)) {
        let Self { x_offset, y_offset } = self;
        if let Some(outline) = Outline::of_trapezoid(grid, height, shape, x_offset, y_offset) {
            draw(&outline);
        }
    }
}

#[derive(Clone, Copy)]
struct MovedTriangles(MovedTrapezoids);

impl Moved for MovedTriangles {
    type Shape = Triangle;

    #[inline(always)]
    fn outlines(self, grid: Grid, height: u32, shape: &Triangle, mut draw: impl FnMut(&Outline)) {
        for part in shape.to_trapezoids() {
            self.0.outlines(grid, height, &part, &mut draw);
        }
    }
}

#[derive(Clone, Copy)]
struct MovedTraps {
    x_offset: i16,
    y_offset: i16,
}

impl Moved for MovedTraps {
    type Shape = Trap;

    #[inline(always)]
    fn outlines(self, grid: Grid, height: u32, shape: &Trap, mut draw: impl FnMut(&Outline)) {
        let Self { x_offset, y_offset } = self;
        if let Some(outline) = Outline::of_trap(grid, height, shape, x_offset, y_offset) {
            draw(&outline);
        }
    }
}
