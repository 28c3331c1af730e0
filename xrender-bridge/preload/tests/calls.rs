//! Every call that the object takes over, in a program that has it loaded and
//! in one that has not: the same bytes.
//!
//! The programs are this one again. `BRIDGE_LIBRARIES` names a directory with
//! another libpixman-1.so.0 for both; `BRIDGE_TAME=1` keeps to coordinates that
//! pixman before 0.42.2 survives.

#![allow(unsafe_code, reason = "calls pixman itself")]
#![allow(clippy::unwrap_used, reason = "helpers of tests, too, end the test")]

#[path = "calls/pictures.rs"]
mod pictures;
#[path = "../../../raster/tests/random/mod.rs"]
#[allow(dead_code, reason = "shared with raster's tests, which use all of it")]
mod random;

use std::process::{Command, Stdio};

use pictures::{A1, A4, A8, Picture};
use pixman_sys as pixman;
use random::{Random, setting};
use raster::{Fixed, Line, Trapezoid, Triangle};
use xrender_bridge::place::{Bounds, Placement, zero_source_has_no_effect};

/// Every operator of Render and of pixman's.
fn operators() -> Vec<u32> {
    (0..=13).chain(0x10..=0x1b).chain(0x20..=0x2b).chain(0x30..=0x3e).collect()
}

/// Masks of more pixels take stock pixman too long.
const PATIENCE: u32 = 1 << 22;

/// The last operators of a call.
struct Arguments {
    operator: u32,
    mask_format: u32,
    source: (i32, i32),
    destination: (i32, i32),
}

impl Arguments {
    fn random(random: &mut Random) -> Self {
        let all = operators();
        let operator =
            if random.below(2) == 0 { random.pick(&[1, 3, 5, 12]) } else { random.pick(&all) };
        let mut at = |common: bool| match random.below(if common { 4 } else { 12 }) {
            0 => random.below(80) as i32 - 40,
            4 => random.pick(&[0x7ff0, -0x7ff0, 0x1_0003, i32::MAX, i32::MIN]),
            _ => 0,
        };
        let (source, destination) = ((at(false), at(false)), (at(true), at(true)));
        Self { operator, mask_format: random.pick(&[A1, A4, A8, A8]), source, destination }
    }

    /// Whether stock pixman survives this, and soon.
    fn is_bearable(&self, destination: &Picture, shapes: &[Trapezoid], tame: bool) -> bool {
        let size = Bounds::of_size(destination.width, destination.height);
        let bounds = if zero_source_has_no_effect(self.operator) {
            Bounds::of_trapezoids(shapes)
        } else {
            Some(size)
        };
        let Some(bounds) = bounds else { return true };
        let everything = Bounds::of_size(0x7fff, 0x7fff);
        let size = Placement::new(bounds, (0, 0), (-bounds.left, -bounds.top), everything)
            .map_or((1 << 15, 1 << 15), |place| place.size);
        let lines = shapes.iter().flat_map(|shape| [shape.left, shape.right]);
        size.0 * size.1 <= PATIENCE
            && lines.into_iter().all(survives)
            && !(tame && size.1 >= 1 << 14)
    }
}

/// Stock pixman divides −2³¹ by −1 for the other lines, and dies.
fn survives(line: Line) -> bool {
    let (top, bottom) =
        if line.p1.y <= line.p2.y { (line.p1, line.p2) } else { (line.p2, line.p1) };
    bottom.y.wrapping_sub(top.y).bits() != -1 || bottom.x.wrapping_sub(top.x) != Fixed::MIN
}

fn hostility(random: &mut Random, tame: bool) -> bool {
    random.below(4) == 0 && !tame
}

/// Draws one case and returns a digest of what it left.
fn case(random: &mut Random, tame: bool) -> Option<u64> {
    match random.below(10) {
        0..=4 => {
            let (source, destination) = (Picture::source(random), Picture::destination(random));
            let arguments = Arguments::random(random);
            let hostile = hostility(random, tame);
            let (width, height) = (destination.width as u32, destination.height as u32);
            let shapes: Vec<_> = (0..1 + random.below(8))
                .map(|_| random.trapezoid(width, height, hostile))
                .collect();
            if !arguments.is_bearable(&destination, &shapes, tame) {
                return None;
            }
            // SAFETY: images, and so many shapes.
            unsafe {
                pixman::pixman_composite_trapezoids(
                    arguments.operator,
                    source.image,
                    destination.image,
                    arguments.mask_format,
                    arguments.source.0,
                    arguments.source.1,
                    arguments.destination.0,
                    arguments.destination.1,
                    shapes.len() as i32,
                    shapes.as_ptr().cast(),
                );
            }
            Some(destination.digest())
        }
        5 | 6 => {
            let (source, destination) = (Picture::source(random), Picture::destination(random));
            let arguments = Arguments::random(random);
            let hostile = hostility(random, tame);
            let (width, height) = (destination.width as u32, destination.height as u32);
            let shapes: Vec<Triangle> =
                (0..1 + random.below(8)).map(|_| random.triangle(width, height, hostile)).collect();
            let parts: Vec<_> = shapes.iter().flat_map(|shape| shape.to_trapezoids()).collect();
            if !arguments.is_bearable(&destination, &parts, tame) {
                return None;
            }
            // SAFETY: images, and so many shapes.
            unsafe {
                pixman::pixman_composite_triangles(
                    arguments.operator,
                    source.image,
                    destination.image,
                    arguments.mask_format,
                    arguments.source.0,
                    arguments.source.1,
                    arguments.destination.0,
                    arguments.destination.1,
                    shapes.len() as i32,
                    shapes.as_ptr().cast(),
                );
            }
            Some(destination.digest())
        }
        kind => {
            let mask = Picture::mask(random);
            let hostile = hostility(random, tame);
            let (x, y) = random.offsets(hostile);
            let (width, height) = (mask.width as u32, mask.height as u32);
            let trapezoids: Vec<_> = (0..1 + random.below(8))
                .map(|_| random.trapezoid(width, height, hostile))
                .filter(|shape| survives(shape.left) && survives(shape.right))
                .collect();
            let triangles: Vec<_> =
                (0..1 + random.below(8)).map(|_| random.triangle(width, height, hostile)).collect();
            let traps: Vec<_> =
                (0..1 + random.below(8)).map(|_| random.trap(width, height, false)).collect();
            let image = mask.image;
            // SAFETY: an image, and so many shapes.
            unsafe {
                match kind {
                    7 => pixman::pixman_add_trapezoids(
                        image,
                        x as i16,
                        y,
                        trapezoids.len() as i32,
                        trapezoids.as_ptr().cast(),
                    ),
                    8 => {
                        let (count, shapes) = (triangles.len() as i32, triangles.as_ptr().cast());
                        pixman::pixman_add_triangles(image, x, y, count, shapes);
                        for shape in &trapezoids {
                            let shape: *const Trapezoid = shape;
                            pixman::pixman_rasterize_trapezoid(image, shape.cast(), x, y);
                        }
                    }
                    _ => pixman::pixman_add_traps(
                        image,
                        x as i16,
                        y as i16,
                        traps.len() as i32,
                        traps.as_ptr().cast(),
                    ),
                }
            }
            Some(mask.digest())
        }
    }
}

/// What the other two programs do.
#[test]
#[ignore = "the test below runs it in programs of its own"]
#[allow(clippy::disallowed_macros, reason = "standard output is read by the test below")]
fn draw_everything() {
    let (seed, tame) = (setting("BRIDGE_SEED", 1), setting("BRIDGE_TAME", 0) != 0);
    for number in 0..setting("BRIDGE_CASES", 6000) {
        let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
        if let Some(digest) = case(&mut random, tame) {
            println!("case {number} {digest:016x}");
        }
    }
}

/// Runs the program above; the cases, and what the object said.
fn digests(environment: &[(&str, &str)]) -> (Vec<String>, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "draw_everything", "--ignored", "--nocapture"]);
    if let Ok(libraries) = std::env::var("BRIDGE_LIBRARIES") {
        command.env("LD_LIBRARY_PATH", libraries);
    }
    let output = command.envs(environment.iter().copied()).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{environment:?}: {output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let cases = lines.lines().filter(|line| line.contains("case ")).map(str::to_owned).collect();
    (cases, String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_call_equals_the_real_pixmans() {
    let object = std::env::current_exe().unwrap().with_file_name("libxrender_bridge_preload.so");
    assert!(object.exists(), "{} is not built", object.display());
    let (stock, _) = digests(&[]);
    let (ours, said) =
        digests(&[("LD_PRELOAD", object.to_str().unwrap()), ("XRENDER_BRIDGE", "stats")]);
    assert!(stock.len() as u64 > setting("BRIDGE_CASES", 6000) / 2, "most cases are drawn");
    let difference = stock.iter().zip(&ours).find(|(stock, ours)| stock != ours);
    assert_eq!(difference, None, "seed {}", setting("BRIDGE_SEED", 1));
    assert_eq!(stock.len(), ours.len());

    let numbers: Vec<u64> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
    let &[drawn, forwarded] = &numbers[..] else { panic!("no statistics: {said}") };
    assert!(drawn > 3 * stock.len() as u64 && forwarded < stock.len() as u64 / 2, "{said}");
}
