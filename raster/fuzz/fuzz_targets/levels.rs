//! Any trapezoids into any mask: libpixman, the specification and every level
//! must agree in every byte.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use raster::{Fixed, Level, Line, MaskFormat, MaskMut, Point, Rasterizer, Trapezoid, scalar};

#[path = "../../tests/oracle/mod.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod oracle;

#[derive(Arbitrary, Debug)]
struct Case {
    format: u8,
    width: u8,
    height: u8,
    padding: u8,
    upwards: bool,
    x: i16,
    y: i32,
    /// Fractions of the range are as likely as whole numbers: shifted left.
    shift: u8,
    shapes: Vec<[i32; 10]>,
}

fuzz_target!(|case: Case| {
    let format = MaskFormat::ALL[usize::from(case.format) % 3];
    let (width, height) = (u32::from(case.width), u32::from(case.height));
    let stride = format.padded_row_bytes(width) + 4 * usize::from(case.padding % 4);
    let stride = if case.upwards { -(stride as isize) } else { stride as isize };
    let shapes: Vec<Trapezoid> = case
        .shapes
        .iter()
        .take(80)
        .map(|numbers| {
            let n = numbers.map(|number| Fixed::from_bits(number >> (case.shift % 24)));
            let line = |at: usize| {
                Line::new(Point::new(n[at], n[at + 1]), Point::new(n[at + 2], n[at + 3]))
            };
            Trapezoid { top: n[0], bottom: n[1], left: line(2), right: line(6) }
        })
        .filter(|shape| !kills_stock(&shape.left) && !kills_stock(&shape.right))
        .collect();
    let blank = vec![0_u8; stride.unsigned_abs() * height as usize];
    let mut expected = blank.clone();
    oracle::Stock::new(&mut expected, format, width, height, stride)
        .add_trapezoids(case.x, case.y, &shapes);
    let mut bytes = blank.clone();
    let Ok(mut mask) = MaskMut::new(&mut bytes, format, width, height, stride) else { return };
    scalar::add_trapezoids(&mut mask, case.x, case.y, &shapes);
    assert!(bytes == expected, "the specification differs");
    for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
        let mut bytes = blank.clone();
        let Ok(mut mask) = MaskMut::new(&mut bytes, format, width, height, stride) else { return };
        Rasterizer::with_level(level).add_trapezoids(&mut mask, case.x, case.y, &shapes);
        assert!(bytes == expected, "{level} differs");
    }
});

/// Stock pixman divides −2³¹ by −1, and dies, for exactly this line.
fn kills_stock(line: &Line) -> bool {
    let (top, bottom) =
        if line.p1.y <= line.p2.y { (line.p1, line.p2) } else { (line.p2, line.p1) };
    bottom.y.wrapping_sub(top.y).bits() == -1 && bottom.x.wrapping_sub(top.x) == Fixed::MIN
}
