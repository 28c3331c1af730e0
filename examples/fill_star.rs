//! A star, three ways: the trapezoids that a Render client would send, their
//! sampled coverage as the X server draws it, and the exact area.
//!
//! `cargo run -p trapeze-examples --bin fill_star -- star.png` writes both
//! coverages side by side as a grey picture.

use std::f32::consts::PI;
use std::fs::File;
use std::io::{BufWriter, Write};

use anyhow::Result;
use lyon::math::point;
use lyon::path::Path;
use raster::area::Accumulator;
use raster::path::{FillRule, fill};
use raster::{Mask, MaskFormat, scalar};

const SIZE: u32 = 96;

fn star() -> Path {
    let mut path = Path::builder();
    for corner in 0..5 {
        // Every second corner of a pentagon: the lines cross.
        let angle = 4.0 * PI * corner as f32 / 5.0 - PI / 2.0;
        let at = point(48.0 + 44.0 * angle.cos(), 48.0 + 44.0 * angle.sin());
        if corner == 0 {
            path.begin(at)
        } else {
            path.line_to(at)
        };
    }
    path.end(true);
    path.build()
}

fn main() -> Result<()> {
    let path = star();
    let trapezoids = fill(&path, FillRule::EvenOdd, 0.1);

    let mut sampled = Mask::new(MaskFormat::A8, SIZE, SIZE)?;
    for trapezoid in &trapezoids {
        scalar::rasterize_trapezoid(&mut sampled.as_mut(), trapezoid, 0, 0);
    }

    let mut exact = Mask::new(MaskFormat::A8, SIZE, SIZE)?;
    let mut area = Accumulator::new(SIZE, SIZE);
    area.add_path(&path, 0.1);
    area.add_to(&mut exact.as_mut(), FillRule::EvenOdd);

    let pixels = |mask: &Mask| mask.total() as f64 / 255.0;
    writeln!(
        std::io::stdout().lock(),
        "{} trapezoids cover {:.2} pixels sampled, {:.2} exactly",
        trapezoids.len(),
        pixels(&sampled),
        pixels(&exact),
    )?;

    if let Some(file) = std::env::args_os().nth(1) {
        let mut picture = Vec::new();
        for y in 0..SIZE {
            picture.extend_from_slice(sampled.row(y).unwrap_or_default());
            picture.extend_from_slice(exact.row(y).unwrap_or_default());
        }
        let mut encoder = png::Encoder::new(BufWriter::new(File::create(file)?), 2 * SIZE, SIZE);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header()?.write_image_data(&picture)?;
    }
    Ok(())
}
