//! Requests drawn here and by a stock X server: every byte the same.

#![allow(clippy::unwrap_used, reason = "helpers of tests, too, end the test")]

#[path = "../../raster/tests/random/mod.rs"]
#[allow(dead_code, reason = "shared with raster's tests, which use all of it")]
mod random;
mod server;

use pixman::{FormatCode, Image, ImageRef, Operation, Repeat, Solid};
use random::{Random, setting};
use raster::{Line, MaskFormat, MaskMut, Point, Span, Trap, Trapezoid, Triangle};
use server::{Server, pixels};
use x11rb::connection::Connection as _;
use x11rb::protocol::render::{self, ConnectionExt as _, PictOp, Pictformat, Picture};
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, ImageFormat, Pixmap, Window};
use x11rb::rust_connection::RustConnection;
use xrender_bridge::render::{
    Drawing, Masking, PolyEdge, add_traps, trapezoids, tri_fan, tri_strip, triangles,
};

const WIDTH: u16 = 64;
const HEIGHT: u16 = 48;

/// One picture in the server and its double in memory.
struct Twin<'a> {
    connection: &'a RustConnection,
    pixmap: Pixmap,
    picture: Picture,
    format: FormatCode,
    words: Vec<u32>,
}

impl<'a> Twin<'a> {
    fn new(
        connection: &'a RustConnection,
        root: Window,
        formats: &Formats,
        format: FormatCode,
        random: &mut Random,
    ) -> Self {
        let (depth, id) = match format {
            FormatCode::A1 => (1, formats.a1),
            FormatCode::A8 => (8, formats.a8),
            _ => (32, formats.argb),
        };
        let bits_per_pixel = usize::from(depth);
        let words: Vec<u32> = (0..usize::from(WIDTH) * usize::from(HEIGHT) * bits_per_pixel / 32)
            .map(|_| match depth {
                // Colours are premultiplied: no channel exceeds alpha.
                32 => random.pick(&[0, 0xff80_2000, 0x8060_4020, 0x4040_4040, !0]),
                _ => random.next() as u32 & random.next() as u32,
            })
            .collect();
        let pixmap = connection.generate_id().unwrap();
        connection.create_pixmap(depth, pixmap, root, WIDTH, HEIGHT).unwrap();
        let gc = connection.generate_id().unwrap();
        connection.create_gc(gc, pixmap, &CreateGCAux::new()).unwrap();
        let bytes = bytemuck::cast_slice(&words);
        connection
            .put_image(ImageFormat::Z_PIXMAP, pixmap, gc, WIDTH, HEIGHT, 0, 0, 0, depth, bytes)
            .unwrap();
        let picture = connection.generate_id().unwrap();
        let values = render::CreatePictureAux::new().repeat(render::Repeat::NORMAL);
        connection.render_create_picture(picture, pixmap, id, &values).unwrap();
        Self { connection, pixmap, picture, format, words }
    }

    fn stride(&self) -> usize {
        self.words.len() * 4 / usize::from(HEIGHT)
    }

    fn image(&mut self) -> Image<'_, 'static> {
        let (stride, format) = (self.stride(), self.format);
        let mut image = Image::from_slice_mut(
            format,
            WIDTH.into(),
            HEIGHT.into(),
            &mut self.words,
            stride,
            false,
        )
        .unwrap();
        image.set_repeat(Repeat::Normal);
        image
    }

    fn check(&self, what: &str) {
        let server = pixels(self.connection, self.pixmap, WIDTH, HEIGHT);
        let here: &[u8] = bytemuck::cast_slice(&self.words);
        let difference = here.iter().zip(&server).position(|(a, b)| a != b).map(|at| {
            let (x, y) = (at % self.stride(), at / self.stride());
            format!("byte {x} of row {y} is {}, the server's {}", here[at], server[at])
        });
        assert_eq!(difference, None, "{what}");
    }
}

struct Formats {
    argb: Pictformat,
    a1: Pictformat,
    a8: Pictformat,
}

impl Formats {
    fn of(connection: &RustConnection) -> Self {
        let reply = connection.render_query_pict_formats().unwrap().reply().unwrap();
        let find = |depth: u8, alpha: u16, red: u16| {
            reply
                .formats
                .iter()
                .find(|format| {
                    let direct = &format.direct;
                    (format.depth, direct.alpha_mask, direct.red_mask, direct.blue_shift)
                        == (depth, alpha, red, 0)
                })
                .expect("a standard format")
                .id
        };
        Self { argb: find(32, 0xff, 0xff), a1: find(1, 1, 0), a8: find(8, 0xff, 0) }
    }
}

const OPERATIONS: [(PictOp, Operation); 13] = [
    (PictOp::CLEAR, Operation::Clear),
    (PictOp::SRC, Operation::Src),
    (PictOp::DST, Operation::Dst),
    (PictOp::OVER, Operation::Over),
    (PictOp::OVER_REVERSE, Operation::OverReverse),
    (PictOp::IN, Operation::In),
    (PictOp::IN_REVERSE, Operation::InReverse),
    (PictOp::OUT, Operation::Out),
    (PictOp::OUT_REVERSE, Operation::OutReverse),
    (PictOp::ATOP, Operation::Atop),
    (PictOp::ATOP_REVERSE, Operation::AtopReverse),
    (PictOp::XOR, Operation::Xor),
    (PictOp::ADD, Operation::Add),
];

/// A solid colour or a repeated pixmap, here and there.
enum Source<'a> {
    Solid(Picture, Solid<'static>),
    Pixmap(Twin<'a>),
}

fn wire_point(point: &Point) -> render::Pointfix {
    render::Pointfix { x: point.x.bits(), y: point.y.bits() }
}

fn wire_line(line: &Line) -> render::Linefix {
    render::Linefix { p1: wire_point(&line.p1), p2: wire_point(&line.p2) }
}

fn wire_trapezoid(shape: &Trapezoid) -> render::Trapezoid {
    render::Trapezoid {
        top: shape.top.bits(),
        bottom: shape.bottom.bits(),
        left: wire_line(&shape.left),
        right: wire_line(&shape.right),
    }
}

fn wire_triangle(shape: &Triangle) -> render::Triangle {
    render::Triangle {
        p1: wire_point(&shape.p1),
        p2: wire_point(&shape.p2),
        p3: wire_point(&shape.p3),
    }
}

fn wire_trap(shape: &Trap) -> render::Trap {
    let span = |span: &Span| render::Spanfix {
        l: span.left.bits(),
        r: span.right.bits(),
        y: span.y.bits(),
    };
    render::Trap { top: span(&shape.top), bot: span(&shape.bottom) }
}

#[test]
fn requests_equal_a_stock_servers() {
    let server = Server::start(&[]);
    let (connection, root) = server.connect();
    let formats = Formats::of(&connection);
    let seed = setting("BRIDGE_SEED", 1);
    let mut random = Random::new(seed);

    for round in 0..setting("BRIDGE_CASES", 600) {
        let format = random.pick(&[
            FormatCode::A8R8G8B8,
            FormatCode::A8R8G8B8,
            FormatCode::A8,
            FormatCode::A1,
        ]);
        let mut target = Twin::new(&connection, root, &formats, format, &mut random);
        let mut source = match random.below(2) {
            0 => {
                let alpha = random.pick(&[0xffff, 0x8000, 0x1234, 0]);
                let channel = |random: &mut Random| (random.below(u32::from(alpha) + 1)) as u16;
                let [red, green, blue] = [0; 3].map(|_| channel(&mut random));
                let picture = connection.generate_id().unwrap();
                let color = render::Color { red, green, blue, alpha };
                connection.render_create_solid_fill(picture, color).unwrap();
                Source::Solid(picture, Solid::new([red, green, blue, alpha]).unwrap())
            }
            _ => Source::Pixmap(Twin::new(
                &connection,
                root,
                &formats,
                FormatCode::A8R8G8B8,
                &mut random,
            )),
        };
        let edge = random.pick(&[PolyEdge::Sharp, PolyEdge::Smooth]);
        let poly_edge = match edge {
            PolyEdge::Sharp => render::PolyEdge::SHARP,
            PolyEdge::Smooth => render::PolyEdge::SMOOTH,
        };
        let values = render::ChangePictureAux::new().polyedge(poly_edge);
        connection.render_change_picture(target.picture, &values).unwrap();

        let (masking, mask_format) = match random.below(3) {
            0 => (Masking::OneByOne(edge), 0),
            // Xvfb has no A4 format; the test below compares that.
            1 => (Masking::Together(MaskFormat::A1), formats.a1),
            _ => (Masking::Together(MaskFormat::A8), formats.a8),
        };
        let (wire_operation, operation) = random.pick(&OPERATIONS);
        let (x, y) = (random.below(90) as i16 - 40, random.below(90) as i16 - 40);
        let (source_picture, source_image): (Picture, &ImageRef) = match &mut source {
            Source::Solid(picture, solid) => (*picture, solid),
            Source::Pixmap(twin) => (twin.picture, &twin.image()),
        };
        let drawing = Drawing { operation, source: source_image, source_at: (x, y), masking };
        let (width, height) = (u32::from(WIDTH), u32::from(HEIGHT));
        let count = 1 + random.below(6);
        let picture = target.picture;
        let kind = random.below(5);
        let what = format!(
            "seed {seed}, round {round}, kind {kind}, {operation:?}, {masking:?}, {format:?}"
        );
        match kind {
            0 => {
                let shapes: Vec<_> =
                    (0..count).map(|_| random.trapezoid(width, height, false)).collect();
                let wire: Vec<_> = shapes.iter().map(wire_trapezoid).collect();
                connection
                    .render_trapezoids(
                        wire_operation,
                        source_picture,
                        picture,
                        mask_format,
                        x,
                        y,
                        &wire,
                    )
                    .unwrap();
                trapezoids(&mut target.image(), &drawing, &shapes).unwrap();
            }
            1 => {
                let shapes: Vec<_> =
                    (0..count).map(|_| random.triangle(width, height, false)).collect();
                let wire: Vec<_> = shapes.iter().map(wire_triangle).collect();
                connection
                    .render_triangles(
                        wire_operation,
                        source_picture,
                        picture,
                        mask_format,
                        x,
                        y,
                        &wire,
                    )
                    .unwrap();
                triangles(&mut target.image(), &drawing, &shapes).unwrap();
            }
            2 | 3 => {
                let points: Vec<_> =
                    (0..count + 2).map(|_| random.point(width, height, false)).collect();
                let wire: Vec<_> = points.iter().map(wire_point).collect();
                if kind == 2 {
                    connection
                        .render_tri_strip(
                            wire_operation,
                            source_picture,
                            picture,
                            mask_format,
                            x,
                            y,
                            &wire,
                        )
                        .unwrap();
                    tri_strip(&mut target.image(), &drawing, &points).unwrap();
                } else {
                    connection
                        .render_tri_fan(
                            wire_operation,
                            source_picture,
                            picture,
                            mask_format,
                            x,
                            y,
                            &wire,
                        )
                        .unwrap();
                    tri_fan(&mut target.image(), &drawing, &points).unwrap();
                }
            }
            _ => {
                let mask = match format {
                    FormatCode::A1 => MaskFormat::A1,
                    FormatCode::A8 => MaskFormat::A8,
                    // Only alpha-only pictures take traps.
                    _ => continue,
                };
                let shapes: Vec<_> =
                    (0..count).map(|_| random.trap(width, height, false)).collect();
                let wire: Vec<_> = shapes.iter().map(wire_trap).collect();
                connection.render_add_traps(picture, x, y, &wire).unwrap();
                let stride = target.stride() as isize;
                let bytes = bytemuck::cast_slice_mut(&mut target.words);
                let mut mask = MaskMut::new(bytes, mask, width, height, stride).unwrap();
                add_traps(&mut mask, (x, y), &shapes);
            }
        }
        target.check(&what);
        connection.render_free_picture(target.picture).unwrap();
        connection.free_pixmap(target.pixmap).unwrap();
    }
}

/// Every mask format, A4 included, against pixman in this process.
#[test]
fn masks_equal_pixmans() {
    let mut random = Random::new(setting("BRIDGE_SEED", 1));
    for round in 0..setting("BRIDGE_CASES", 600) {
        let words: Vec<u32> = (0..32 * 20).map(|_| random.pick(&[0, 0x8060_4020, !0])).collect();
        let (mut ours, mut stock) = (words.clone(), words);
        let image =
            |words| Image::from_slice_mut(FormatCode::A8R8G8B8, 32, 20, words, 128, false).unwrap();
        let source = Solid::new([0x2000, 0x7000, 0x1000, 0x9000]).unwrap();
        let (_, operation) = random.pick(&OPERATIONS);
        let format = random.pick(&MaskFormat::ALL);
        let shapes: Vec<_> =
            (0..1 + random.below(4)).map(|_| random.trapezoid(32, 20, false)).collect();

        let masking = Masking::Together(format);
        let drawing = Drawing { operation, source: &source, source_at: (0, 0), masking };
        trapezoids(&mut image(&mut ours), &drawing, &shapes).unwrap();

        let code = match format {
            MaskFormat::A1 => FormatCode::A1,
            MaskFormat::A4 => FormatCode::A4,
            MaskFormat::A8 => FormatCode::A8,
        };
        let fixed = |value: raster::Fixed| pixman::Fixed::from_raw(value.bits());
        let point = |point: Point| pixman::Point::new(fixed(point.x), fixed(point.y));
        let line = |line: Line| pixman::Line::new(point(line.p1), point(line.p2));
        let stock_shapes: Vec<_> = shapes
            .iter()
            .map(|s| {
                pixman::Trapezoid::new(fixed(s.top), fixed(s.bottom), line(s.left), line(s.right))
            })
            .collect();
        let mut target = image(&mut stock);
        target.composite_trapezoids(operation, &source, code, (0, 0), (0, 0), &stock_shapes);
        drop(target);
        assert_eq!(ours, stock, "round {round}: {operation:?} {format:?} {shapes:?}");
    }
}
