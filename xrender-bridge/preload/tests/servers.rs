//! A stock Xvfb and one with the object loaded must draw the same pixels.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, end the test")]

#[path = "../../../raster/tests/random/mod.rs"]
#[allow(dead_code, reason = "shared with raster's tests, which use all of it")]
mod random;
#[path = "../../tests/server/mod.rs"]
mod server;

use std::path::PathBuf;

use random::{Random, setting};
use raster::{Line, Point, Span, Trap, Trapezoid};
use server::{Server, pixels};
use x11rb::connection::Connection as _;
use x11rb::protocol::render::{self, ConnectionExt as _, PictOp, Pictformat, Picture};
use x11rb::protocol::xproto::{ConnectionExt as _, Pixmap, Rectangle};
use x11rb::rust_connection::RustConnection;

const WIDTH: u16 = 90;
const HEIGHT: u16 = 70;

/// The object under test, which cargo builds beside this program.
fn object() -> PathBuf {
    let object = std::env::current_exe().unwrap().with_file_name("libxrender_bridge_preload.so");
    assert!(object.exists(), "{} is not built", object.display());
    object
}

fn loaded(switch: &str) -> Server {
    let object = object();
    Server::start(&[("LD_PRELOAD", object.to_str().unwrap()), ("XRENDER_BRIDGE", switch)])
}

/// One server's side of the drawing.
struct Side {
    connection: RustConnection,
    /// A drawable of each format, with its picture.
    targets: Vec<(Pixmap, Picture)>,
    source: Picture,
    masks: [Pictformat; 2],
}

impl Side {
    fn new(server: &Server) -> Self {
        let (connection, root) = server.connect();
        let formats = connection.render_query_pict_formats().unwrap().reply().unwrap().formats;
        let find = |depth: u8, alpha: u16, shift: u16| {
            let fits = |format: &&render::Pictforminfo| {
                let direct = &format.direct;
                (format.depth, direct.alpha_mask, direct.alpha_shift) == (depth, alpha, shift)
            };
            formats.iter().find(fits).expect("a standard format").id
        };
        let masks = [find(1, 1, 0), find(8, 0xff, 0)];
        let kinds = [(1, masks[0]), (8, masks[1]), (32, find(32, 0xff, 24))];
        let targets = kinds.map(|(depth, format)| {
            let pixmap = connection.generate_id().unwrap();
            connection.create_pixmap(depth, pixmap, root, WIDTH, HEIGHT).unwrap();
            let picture = connection.generate_id().unwrap();
            let values = render::CreatePictureAux::new();
            connection.render_create_picture(picture, pixmap, format, &values).unwrap();
            (pixmap, picture)
        });
        let source = connection.generate_id().unwrap();
        let color = render::Color { red: 0x9000, green: 0x3000, blue: 0x6000, alpha: 0xb000 };
        connection.render_create_solid_fill(source, color).unwrap();
        let side = Self { connection, targets: targets.to_vec(), source, masks };
        for target in 0..side.targets.len() {
            side.clear(target);
        }
        side
    }

    fn clear(&self, target: usize) {
        let nothing = render::Color { red: 0, green: 0, blue: 0, alpha: 0 };
        let all = [Rectangle { x: 0, y: 0, width: WIDTH, height: HEIGHT }];
        let picture = self.targets[target].1;
        self.connection.render_fill_rectangles(PictOp::SRC, picture, nothing, &all).unwrap();
    }

    fn draw(&self, request: &Request) {
        let connection = &self.connection;
        let (_, picture) = self.targets[request.target()];
        match request {
            Request::Traps { offset, shapes, .. } => {
                connection.render_add_traps(picture, offset.0, offset.1, shapes).unwrap();
            }
            Request::Trapezoids { operation, mask, shapes, .. } => {
                let mask = mask.map_or(0, |mask| self.masks[mask]);
                connection
                    .render_trapezoids(*operation, self.source, picture, mask, 0, 0, shapes)
                    .unwrap();
            }
            Request::Triangles { operation, mask, shapes, .. } => {
                let mask = mask.map_or(0, |mask| self.masks[mask]);
                connection
                    .render_triangles(*operation, self.source, picture, mask, 0, 0, shapes)
                    .unwrap();
            }
        }
    }

    fn pixels(&self, target: usize) -> Vec<u8> {
        pixels(&self.connection, self.targets[target].0, WIDTH, HEIGHT)
    }
}

#[derive(Debug)]
enum Request {
    Traps {
        target: usize,
        offset: (i16, i16),
        shapes: Vec<render::Trap>,
    },
    Trapezoids {
        target: usize,
        operation: PictOp,
        mask: Option<usize>,
        shapes: Vec<render::Trapezoid>,
    },
    Triangles {
        target: usize,
        operation: PictOp,
        mask: Option<usize>,
        shapes: Vec<render::Triangle>,
    },
}

impl Request {
    fn random(random: &mut Random) -> Self {
        let (width, height) = (u32::from(WIDTH), u32::from(HEIGHT));
        let count = 1 + random.below(12);
        let operation =
            random.pick(&[PictOp::OVER, PictOp::ADD, PictOp::SRC, PictOp::IN, PictOp::XOR]);
        let mask = random.pick(&[None, Some(0), Some(1)]);
        let target = random.below(3) as usize;
        match random.below(3) {
            0 => {
                // No mask is made for traps, so they may be anywhere.
                let hostile = random.hostility();
                let (x, y) = random.offsets(hostile);
                let shapes = (0..count)
                    .map(|_| random.trap(width, height, hostile))
                    .filter(|trap| !kills_stock(trap))
                    .map(|trap| wire_trap(&trap))
                    .collect();
                // Only alpha-only pictures take traps.
                Self::Traps { target: target.min(1), offset: (x as i16, y as i16), shapes }
            }
            1 => {
                let shapes = (0..count)
                    .map(|_| wire_trapezoid(&random.trapezoid(width, height, false)))
                    .collect();
                Self::Trapezoids { target, operation, mask, shapes }
            }
            _ => {
                let shapes = (0..count)
                    .map(|_| {
                        let shape = random.triangle(width, height, false);
                        let [p1, p2, p3] = [shape.p1, shape.p2, shape.p3].map(wire_point);
                        render::Triangle { p1, p2, p3 }
                    })
                    .collect();
                Self::Triangles { target, operation, mask, shapes }
            }
        }
    }

    fn target(&self) -> usize {
        match self {
            Self::Traps { target, .. }
            | Self::Trapezoids { target, .. }
            | Self::Triangles { target, .. } => *target,
        }
    }
}

fn wire_point(point: Point) -> render::Pointfix {
    render::Pointfix { x: point.x.bits(), y: point.y.bits() }
}

fn wire_trapezoid(shape: &Trapezoid) -> render::Trapezoid {
    let line = |line: Line| render::Linefix { p1: wire_point(line.p1), p2: wire_point(line.p2) };
    render::Trapezoid {
        top: shape.top.bits(),
        bottom: shape.bottom.bits(),
        left: line(shape.left),
        right: line(shape.right),
    }
}

fn wire_trap(shape: &Trap) -> render::Trap {
    let span = |span: Span| render::Spanfix {
        l: span.left.bits(),
        r: span.right.bits(),
        y: span.y.bits(),
    };
    render::Trap { top: span(shape.top), bot: span(shape.bottom) }
}

/// Stock pixman divides −2³¹ by −1 for these, and its server dies.
fn kills_stock(trap: &Trap) -> bool {
    let across =
        |top: raster::Fixed, bottom: raster::Fixed| bottom.wrapping_sub(top) == raster::Fixed::MIN;
    trap.bottom.y.wrapping_sub(trap.top.y).bits() == -1
        && (across(trap.top.left, trap.bottom.left) || across(trap.top.right, trap.bottom.right))
}

/// How many shapes the object says it drew.
fn drawn(said: &str) -> Option<u64> {
    let line = said.lines().find_map(|line| line.strip_prefix("xrender-bridge: "))?;
    line.split(' ').next()?.parse().ok()
}

#[test]
fn a_loaded_server_draws_as_a_stock_one() {
    let (stock, ours) = (Server::start(&[]), loaded("stats"));
    let sides = [Side::new(&stock), Side::new(&ours)];
    let seed = setting("BRIDGE_SEED", 1);
    let mut random = Random::new(seed);
    for round in 0..setting("BRIDGE_CASES", 600) {
        let request = Request::random(&mut random);
        for side in &sides {
            if random_clear(round) {
                side.clear(request.target());
            }
            side.draw(&request);
        }
        let [stock, ours] = [0, 1].map(|k: usize| sides[k].pixels(request.target()));
        assert!(stock == ours, "seed {seed}, round {round}: {request:?}");
    }
    let shapes = drawn(&ours.stop()).expect("statistics were asked for");
    assert!(shapes > 1000, "only {shapes} shapes were drawn by the object");
}

/// Targets fill up and saturate: begin anew now and then.
fn random_clear(round: u64) -> bool {
    round.is_multiple_of(4)
}

#[test]
fn a_switched_off_object_only_forwards() {
    let server = loaded("off");
    let side = Side::new(&server);
    side.draw(&Request::Traps { target: 1, offset: (0, 0), shapes: vec![square()] });
    assert_eq!(side.pixels(1)[0], 255, "the real pixman drew");
    assert_eq!(drawn(&server.stop()), None, "nothing is reported");
}

#[test]
fn a_loaded_server_survives_what_kills_a_stock_one() {
    let mut worst = wire_trap(&Trap::default());
    worst.top.y = i32::MIN;
    worst.bot.y = i32::MAX;
    worst.bot.l = i32::MIN;
    worst.top.r = i32::MAX;
    let server = loaded("stats");
    let side = Side::new(&server);
    side.draw(&Request::Traps { target: 1, offset: (0, 0), shapes: vec![worst; 3] });
    side.clear(1);
    side.draw(&Request::Traps { target: 1, offset: (0, 0), shapes: vec![square()] });
    assert_eq!(side.pixels(1)[0], 255, "it lives and draws");
}

fn square() -> render::Trap {
    let span = |y| render::Spanfix { l: 0, r: 5 << 16, y };
    render::Trap { top: span(0), bot: span(5 << 16) }
}
