//! The workloads and what they are asked to reach.
//!
//! Owns which calls are made, on which buffers, by either side.

use raster::solid::{Clip, Color, Operator, PixelFormat, PixelsMut};
use raster::{MaskFormat, MaskMut, Rasterizer, Trapezoid, Triangle};

use crate::oracle::{self, Stock};
use crate::shapes;

/// What is called, once for each element.
#[derive(Clone)]
enum Calls {
    /// `pixman_rasterize_trapezoid`.
    Single(Vec<Trapezoid>),
    /// `pixman_add_trapezoids`.
    Lists(Vec<Vec<Trapezoid>>),
    /// `pixman_add_triangles`, all in one call.
    Triangles(Vec<Triangle>),
    /// `pixman_composite_trapezoids`, Over on 32-bit pixels, through A8.
    Over(Color, Vec<Vec<Trapezoid>>),
}

/// A row of the table.
pub(crate) struct Job {
    pub(crate) name: String,
    /// The ratio that is asked for.
    pub(crate) target: &'static str,
    format: MaskFormat,
    /// Width and height of the buffer in pixels.
    side: u32,
    calls: Calls,
}

impl Job {
    /// Shapes drawn in a pass.
    pub(crate) fn shapes(&self) -> usize {
        match &self.calls {
            Calls::Single(shapes) => shapes.len(),
            Calls::Lists(lists) | Calls::Over(_, lists) => lists.iter().map(Vec::len).sum(),
            Calls::Triangles(shapes) => shapes.len(),
        }
    }

    fn stride(&self) -> usize {
        match self.calls {
            Calls::Over(..) => 4 * self.side as usize,
            _ => self.format.padded_row_bytes(self.side),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        vec![0; self.stride() * self.side as usize]
    }

    /// A pass by pixman.
    pub(crate) fn stock(&self) -> Box<dyn FnMut()> {
        let (format, side, stride) = (self.format, self.side, self.stride() as isize);
        let (mut bytes, calls) = (self.bytes(), self.calls.clone());
        if let Calls::Over(color, lists) = calls {
            return Box::new(move || {
                for list in &lists {
                    oracle::composite_solid(
                        &mut bytes,
                        PixelFormat::A8r8g8b8,
                        (side, side),
                        stride,
                        Operator::Over,
                        color,
                        None,
                        (0, 0),
                        list,
                    );
                }
            });
        }
        Box::new(move || {
            let image = Stock::new(&mut bytes, format, side, side, stride);
            match &calls {
                Calls::Single(shapes) => {
                    shapes.iter().for_each(|shape| image.rasterize_trapezoid(shape, 0, 0));
                }
                Calls::Lists(lists) => {
                    lists.iter().for_each(|list| image.add_trapezoids(0, 0, list));
                }
                Calls::Triangles(shapes) => image.add_triangles(0, 0, shapes),
                Calls::Over(..) => {}
            }
        })
    }

    /// A pass by this crate.
    pub(crate) fn ours(&self) -> Box<dyn FnMut()> {
        let (format, side, stride) = (self.format, self.side, self.stride() as isize);
        let (mut bytes, calls) = (self.bytes(), self.calls.clone());
        let mut rasterizer = Rasterizer::new();
        if let Calls::Over(color, lists) = calls {
            let clip = Clip { left: 0, top: 0, right: i32::MAX, bottom: i32::MAX };
            return Box::new(move || {
                let format = PixelFormat::A8r8g8b8;
                let Ok(mut pixels) = PixelsMut::new(&mut bytes, format, side, side, stride) else {
                    return;
                };
                for list in &lists {
                    let over = Operator::Over;
                    let _ =
                        rasterizer.composite_solid(&mut pixels, over, color, clip, (0, 0), list);
                }
            });
        }
        Box::new(move || {
            let Ok(mut mask) = MaskMut::new(&mut bytes, format, side, side, stride) else { return };
            match &calls {
                Calls::Single(shapes) => shapes
                    .iter()
                    .for_each(|shape| rasterizer.rasterize_trapezoid(&mut mask, shape, 0, 0)),
                Calls::Lists(lists) => {
                    lists.iter().for_each(|list| rasterizer.add_trapezoids(&mut mask, 0, 0, list));
                }
                Calls::Triangles(shapes) => rasterizer.add_triangles(&mut mask, 0, 0, shapes),
                Calls::Over(..) => {}
            }
        })
    }
}

/// All rows, in the order of the table.
pub(crate) fn all() -> Vec<Job> {
    let mut jobs = Vec::new();
    let mut add = |name: String, target, format, side, calls| {
        jobs.push(Job { name, target, format, side, calls });
    };
    let sized = |count, width, height| shapes::trapezoids(count, (width, height), 1100.0);
    {
        let mut a8 = |name: &str, target, calls| {
            add(format!("A8 {name}"), target, MaskFormat::A8, 1100, calls);
        };
        a8("trapezoid 1 px, single calls", "2", Calls::Single(sized(4000, 1.0, 1.0)));
        a8("trapezoid 1 px, list", "", Calls::Lists(vec![sized(4000, 1.0, 1.0)]));
        a8("trapezoid 10 px, single calls", "5.5", Calls::Single(sized(2000, 10.0, 10.0)));
        a8("trapezoid 10 px, list", "5.5", Calls::Lists(vec![sized(2000, 10.0, 10.0)]));
        a8("trapezoid 100 px", "10", Calls::Lists(vec![sized(64, 100.0, 100.0)]));
        a8("trapezoid 300 px", "10", Calls::Lists(vec![sized(32, 300.0, 300.0)]));
        a8("trapezoid 1000 px", "5", Calls::Lists(vec![sized(8, 1000.0, 1000.0)]));
        a8("tall thin 2×1000", "11", Calls::Lists(vec![sized(32, 2.0, 1000.0)]));
        a8("shallow 1000×12", "", Calls::Lists(vec![sized(32, 1000.0, 12.0)]));
        a8("rectangle 300 px", "", Calls::Lists(vec![shapes::rectangles(32, 300.0, 1100.0)]));
        a8("text-like groups of 12", "7", Calls::Lists(shapes::text(400)));
        a8("circle strokes, slivers", "3", Calls::Lists(shapes::circle_strokes(40)));
        a8("disc of 1000 edges", "", Calls::Lists(vec![shapes::disc(1000, 400.0)]));
        a8("star of 21 points", "", Calls::Lists(vec![shapes::star(21, 480.0)]));
        a8("triangle 10 px", "", Calls::Triangles(shapes::triangles(2000, 10.0, 1100.0)));
        a8("triangle 100 px", "10", Calls::Triangles(shapes::triangles(64, 100.0, 1100.0)));
        a8("triangle 300 px", "10", Calls::Triangles(shapes::triangles(32, 300.0, 1100.0)));
    }
    for (format, name, target) in [(MaskFormat::A4, "A4", "20"), (MaskFormat::A1, "A1", "2")] {
        let mut add = |size: &str, target, calls| {
            add(format!("{name} {size}"), target, format, 1100, calls);
        };
        let small = if format == MaskFormat::A1 { "1" } else { target };
        add("trapezoid 1 px, list", small, Calls::Lists(vec![sized(4000, 1.0, 1.0)]));
        add("trapezoid 10 px, list", small, Calls::Lists(vec![sized(2000, 10.0, 10.0)]));
        add("trapezoid 100 px", target, Calls::Lists(vec![sized(64, 100.0, 100.0)]));
        add("trapezoid 300 px", target, Calls::Lists(vec![sized(32, 300.0, 300.0)]));
        add("trapezoid 1000 px", target, Calls::Lists(vec![sized(8, 1000.0, 1000.0)]));
        add("circle strokes, slivers", small, Calls::Lists(shapes::circle_strokes(40)));
    }
    over(&mut add, "opaque", Color { alpha: 255, red: 30, green: 200, blue: 90 }, "5");
    over(&mut add, "translucent", Color { alpha: 120, red: 30, green: 100, blue: 90 }, "4");
    jobs
}

/// Solid Over on 32-bit pixels: whole calls.
fn over(
    add: &mut impl FnMut(String, &'static str, MaskFormat, u32, Calls),
    name: &str,
    color: Color,
    target: &'static str,
) {
    // The size of x11perf's window.
    const SIDE: u32 = 600;
    let one_each = |count, size: (f64, f64)| -> Vec<Vec<Trapezoid>> {
        let field = if size.1 < 600.0 { 600.0 } else { 1100.0 };
        shapes::trapezoids(count, size, field).into_iter().map(|shape| vec![shape]).collect()
    };
    let parts = |count, size| -> Vec<Vec<Trapezoid>> {
        let triangles = shapes::triangles(count, size, 600.0);
        triangles.into_iter().map(|triangle| triangle.to_trapezoids().to_vec()).collect()
    };
    let mut over = |what: &str, target, side, lists| {
        add(format!("Over {name} {what}"), target, MaskFormat::A8, side, Calls::Over(color, lists));
    };
    over("trapezoid 1 px", "", SIDE, one_each(4000, (1.0, 1.0)));
    over("trapezoid 10 px", "", SIDE, one_each(2000, (10.0, 10.0)));
    over("trapezoid 100 px", target, SIDE, one_each(64, (100.0, 100.0)));
    over("trapezoid 300 px", target, SIDE, one_each(32, (300.0, 300.0)));
    over("trapezoid 1000 px", "", 1100, one_each(8, (1000.0, 1000.0)));
    over("tall thin 2×1000", "", 1100, one_each(32, (2.0, 1000.0)));
    over("triangle 100 px", target, SIDE, parts(64, 100.0));
    over("triangle 300 px", target, SIDE, parts(32, 300.0));
    over("text-like groups of 12", "5.5", SIDE, shapes::text(400));
    over("circle strokes, slivers", "3", SIDE, shapes::circle_strokes(40));
    over("disc of 1000 edges", "3.5", SIDE, vec![shapes::disc(1000, 290.0)]);
    over("star of 21 points", "3.5", SIDE, vec![shapes::star(21, 290.0)]);
}
