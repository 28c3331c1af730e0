//! Draws the pictures of `docs/raster.md`: what pixman samples of a pixel.
//!
//! `cargo run -p raster --example sampling_grid -- FOLDER`

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use raster::{Fixed, Grid, Line, Mask, MaskFormat, Point, Rasterizer, Trapezoid};

/// Pixels of the picture for one pixel of the mask.
const ZOOM: i32 = 136;
/// Pixels of the mask.
const SIZE: (i32, i32) = (5, 3);

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for (format, name) in
        [(MaskFormat::A8, "a8.png"), (MaskFormat::A4, "a4.png"), (MaskFormat::A1, "a1.png")]
    {
        draw(format, &Path::new(&folder).join(name))?;
    }
    Ok(())
}

/// The shape of all pictures.
fn shape() -> Trapezoid {
    let line = |from: (f64, f64), to: (f64, f64)| {
        Line::new(Point::from_f64(from.0, from.1), Point::from_f64(to.0, to.1))
    };
    Trapezoid {
        top: Fixed::from_f64(0.3),
        bottom: Fixed::from_f64(2.6),
        left: line((1.7, 0.0), (0.4, 3.0)),
        right: line((2.6, 0.0), (4.5, 3.0)),
    }
}

fn draw(format: MaskFormat, path: &Path) -> Result<(), Box<dyn Error>> {
    let (width, height) = (SIZE.0 as u32, SIZE.1 as u32);
    let mut mask = Mask::new(format, width, height)?;
    Rasterizer::new().rasterize_trapezoid(&mut mask.as_mut(), &shape(), 0, 0);
    let (columns, rows) = (SIZE.0 * ZOOM, SIZE.1 * ZOOM);
    let mut pixels = vec![0; (columns * rows) as usize];
    for y in 0..rows {
        for x in 0..columns {
            // Grey by coverage, lines between pixels.
            let value = mask.get((x / ZOOM) as u32, (y / ZOOM) as u32);
            let grey = 250 - 150 * i32::from(value) / i32::from(format.full());
            let line = x % ZOOM == 0 || y % ZOOM == 0;
            pixels[(y * columns + x) as usize] = if line { 60 } else { grey as u8 };
        }
    }
    let grid = Grid::of(format);
    let dot = (ZOOM / (4 * grid.rows.max(grid.columns))).max(1);
    for y in 0..SIZE.1 * grid.rows {
        let row = (y / grid.rows * 65536) + grid.first_row + y % grid.rows * grid.step_small;
        for x in 0..SIZE.0 * grid.columns {
            let column = x / grid.columns * 65536 + grid.column(x % grid.columns);
            let (at_x, at_y) = (column * ZOOM / 65536, row * ZOOM / 65536);
            let inside = contains(f64::from(column) / 65536.0, f64::from(row) / 65536.0);
            for dy in -dot..=dot {
                for dx in -dot..=dot {
                    let (px, py) =
                        ((at_x + dx).clamp(0, columns - 1), (at_y + dy).clamp(0, rows - 1));
                    // Samples inside are black, the others hollow.
                    let rim = dx.abs() == dot || dy.abs() == dot;
                    let at = (py * columns + px) as usize;
                    if inside {
                        pixels[at] = 0;
                    } else if rim && dot > 1 {
                        pixels[at] = 190;
                    }
                }
            }
        }
    }
    let mut encoder =
        png::Encoder::new(BufWriter::new(File::create(path)?), columns as u32, rows as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(())
}

/// Whether the shape contains a point, both in pixels.
fn contains(x: f64, y: f64) -> bool {
    let shape = shape();
    let at = |line: Line| {
        let (a, b) = (line.p1, line.p2);
        let down = (y - a.y.to_f64()) / (b.y.to_f64() - a.y.to_f64());
        a.x.to_f64() + down * (b.x.to_f64() - a.x.to_f64())
    };
    shape.top.to_f64() <= y
        && y < shape.bottom.to_f64()
        && at(shape.left) < x
        && x <= at(shape.right)
}
