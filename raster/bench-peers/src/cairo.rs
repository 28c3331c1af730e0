//! cairo's image surfaces, through the shared library that is installed.
//!
//! Owns the few functions of cairo's interface that filling needs. The
//! library is looked for when the benchmark runs; where there is none, cairo
//! does not take part.
#![allow(unsafe_code, reason = "cairo is a C library")]

use std::ffi::{c_int, c_void};

use libloading::Library;

use crate::contestants::Contestant;
use crate::drawing::Drawing;

/// `cairo_path_data_t`, a union of a header and a point.
#[repr(C)]
#[derive(Clone, Copy)]
union PathData {
    header: [c_int; 2],
    point: [f64; 2],
}

/// `cairo_path_t`.
#[repr(C)]
struct CairoPath {
    status: c_int,
    data: *const PathData,
    length: c_int,
}

type Function<T> = libloading::Symbol<'static, T>;

pub struct Cairo {
    context: *mut c_void,
    surface: *mut c_void,
    shapes: Vec<(Vec<PathData>, bool, [f64; 3])>,
    /// What the surface draws into; held by it.
    pixels: Vec<u32>,
    a8: bool,
    width: usize,
    stride: usize,
    append_path: Function<unsafe extern "C" fn(*mut c_void, *const CairoPath)>,
    fill: Function<unsafe extern "C" fn(*mut c_void)>,
    set_rule: Function<unsafe extern "C" fn(*mut c_void, c_int)>,
    set_rgb: Function<unsafe extern "C" fn(*mut c_void, f64, f64, f64)>,
    flush: Function<unsafe extern "C" fn(*mut c_void)>,
}

impl Cairo {
    pub fn new(drawing: &Drawing, a8: bool) -> Option<Self> {
        // SAFETY: cairo's initialisers do nothing that Rust forbids. The
        // library is never unloaded.
        let library: &'static Library =
            Box::leak(Box::new(unsafe { Library::new("libcairo.so.2") }.ok()?));
        type Create = unsafe extern "C" fn(*mut u32, c_int, c_int, c_int, c_int) -> *mut c_void;
        // SAFETY: the types are those of cairo's header.
        unsafe {
            let create: Function<Create> =
                library.get(b"cairo_image_surface_create_for_data").ok()?;
            let new: Function<unsafe extern "C" fn(*mut c_void) -> *mut c_void> =
                library.get(b"cairo_create").ok()?;
            let (width, height) = (drawing.width as usize, drawing.height as usize);
            let stride = if a8 { width.next_multiple_of(4) } else { 4 * width };
            let mut pixels = vec![0_u32; stride / 4 * height];
            let format = if a8 { 2 } else { 0 };
            let surface = create(
                pixels.as_mut_ptr(),
                format,
                width as c_int,
                height as c_int,
                stride as c_int,
            );
            let shapes = drawing.shapes.iter().map(|shape| {
                let [b, g, r, _] = shape.color.to_le_bytes().map(|byte| f64::from(byte) / 255.0);
                (data(&shape.polygons), shape.even_odd, [r, g, b])
            });
            Some(Self {
                context: new(surface),
                surface,
                shapes: shapes.collect(),
                pixels,
                a8,
                width,
                stride,
                append_path: library.get(b"cairo_append_path").ok()?,
                fill: library.get(b"cairo_fill").ok()?,
                set_rule: library.get(b"cairo_set_fill_rule").ok()?,
                set_rgb: library.get(b"cairo_set_source_rgb").ok()?,
                flush: library.get(b"cairo_surface_flush").ok()?,
            })
        }
    }
}

fn data(polygons: &[Vec<[f32; 2]>]) -> Vec<PathData> {
    let mut data = Vec::new();
    for polygon in polygons {
        for (k, [x, y]) in polygon.iter().enumerate() {
            data.push(PathData { header: [c_int::from(k > 0), 2] });
            data.push(PathData { point: [f64::from(*x), f64::from(*y)] });
        }
        data.push(PathData { header: [3, 1] });
    }
    data
}

impl Contestant for Cairo {
    fn name(&self) -> &'static str {
        "cairo"
    }
    fn draw(&mut self) {
        for (data, even_odd, [r, g, b]) in &self.shapes {
            let path = CairoPath { status: 0, data: data.as_ptr(), length: data.len() as c_int };
            // SAFETY: context and path live, and the path is well-formed.
            unsafe {
                (self.set_rgb)(self.context, *r, *g, *b);
                (self.set_rule)(self.context, c_int::from(*even_odd));
                (self.append_path)(self.context, &raw const path);
                (self.fill)(self.context);
            }
        }
        // SAFETY: the surface lives.
        unsafe { (self.flush)(self.surface) };
    }
    fn alpha(&self) -> Option<Vec<u8>> {
        Some(if self.a8 {
            let bytes: Vec<u8> = self.pixels.iter().flat_map(|word| word.to_le_bytes()).collect();
            bytes.chunks_exact(self.stride).flat_map(|row| row[..self.width].to_vec()).collect()
        } else {
            self.pixels.iter().map(|pixel| (pixel >> 24) as u8).collect()
        })
    }
}
