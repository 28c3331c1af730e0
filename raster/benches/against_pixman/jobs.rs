//! The workloads and what they are asked to reach.
//!
//! Owns which calls are made, on which buffers, by either side.

use raster::{MaskFormat, MaskMut, Rasterizer, Trapezoid, Triangle};

use crate::oracle::Stock;
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
            Calls::Lists(lists) => lists.iter().map(Vec::len).sum(),
            Calls::Triangles(shapes) => shapes.len(),
        }
    }

    fn stride(&self) -> usize {
        self.format.padded_row_bytes(self.side)
    }

    fn bytes(&self) -> Vec<u8> {
        vec![0; self.stride() * self.side as usize]
    }

    /// A pass by pixman.
    pub(crate) fn stock(&self) -> Box<dyn FnMut()> {
        let (format, side, stride) = (self.format, self.side, self.stride() as isize);
        let (mut bytes, calls) = (self.bytes(), self.calls.clone());
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
            }
        })
    }

    /// A pass by this crate.
    pub(crate) fn ours(&self) -> Box<dyn FnMut()> {
        let (format, side, stride) = (self.format, self.side, self.stride() as isize);
        let (mut bytes, calls) = (self.bytes(), self.calls.clone());
        let mut rasterizer = Rasterizer::new();
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
    jobs
}
