//! Render requests at random, and the pictures that they name.
//!
//! Owns what is asked of a server. A request names pictures by number, so that
//! it can be sent to servers that know them by other identifiers.

use raster::{Line, Point, Span, Trap, Trapezoid};
use x11rb::connection::Connection as _;
use x11rb::protocol::render::{
    self, ChangePictureAux, ConnectionExt as _, Pictformat, Picture, Pointfix, Repeat, Transform,
};
use x11rb::protocol::xproto::{
    ConnectionExt as _, CreateGCAux, CreateWindowAux, Drawable, ImageFormat, Rectangle, WindowClass,
};
use x11rb::rust_connection::RustConnection;

use crate::random::Random;
use crate::server::{Server, pixels};

pub(crate) const WIDTH: u16 = 90;
pub(crate) const HEIGHT: u16 = 70;

/// Every operator of Render 0.11.
fn operators() -> Vec<u8> {
    (0..=13).chain(0x10..=0x1b).chain(0x20..=0x2b).chain(0x30..=0x3e).collect()
}

/// The first pictures are drawn on: pixmaps of depth 1, 8, 24 and 32, and a
/// window that another covers in part.
pub(crate) const TARGETS: u32 = 5;
/// Then come sources: solid, pixels that repeat, pixmaps, gradients.
const SOURCES: u32 = 9;
/// Last an A8 picture that serves as alpha map.
const ALPHA_MAP: u32 = TARGETS + SOURCES;

/// One server's side of the drawing.
pub(crate) struct Side {
    pub(crate) connection: RustConnection,
    drawables: Vec<Drawable>,
    pictures: Vec<Picture>,
    masks: [Pictformat; 2],
}

/// The formats that every server has.
struct Formats {
    a1: Pictformat,
    a8: Pictformat,
    rgb: Pictformat,
    argb: Pictformat,
}

impl Formats {
    fn of(connection: &RustConnection) -> Self {
        let formats = connection.render_query_pict_formats().unwrap().reply().unwrap().formats;
        let find = |depth: u8, alpha: u16, red: u16, blue_at: u16| {
            let fits = |format: &&render::Pictforminfo| {
                let direct = &format.direct;
                (format.depth, direct.alpha_mask, direct.red_mask, direct.blue_shift)
                    == (depth, alpha, red, blue_at)
            };
            formats.iter().find(fits).expect("a standard format").id
        };
        Self {
            a1: find(1, 1, 0, 0),
            a8: find(8, 0xff, 0, 0),
            rgb: find(24, 0, 0xff, 0),
            argb: find(32, 0xff, 0xff, 0),
        }
    }
}

impl Side {
    pub(crate) fn new(server: &Server) -> Self {
        let (connection, root) = server.connect();
        let formats = Formats::of(&connection);
        let mut side = Self {
            connection,
            drawables: Vec::new(),
            pictures: Vec::new(),
            masks: [formats.a1, formats.a8],
        };
        let kinds = [(1, formats.a1), (8, formats.a8), (24, formats.rgb), (32, formats.argb)];
        for (depth, format) in kinds {
            side.pixmap(root, depth, format, (WIDTH, HEIGHT));
        }
        side.window(root, formats.rgb);
        side.solid();
        let sizes =
            [(32, formats.argb, (1, 1)), (24, formats.rgb, (1, 1)), (8, formats.a8, (1, 1))];
        let large = [(32, formats.argb, (40, 30)), (24, formats.rgb, (17, 50))];
        for (depth, format, size) in sizes.into_iter().chain(large) {
            side.pixmap(root, depth, format, size);
            let repeat = ChangePictureAux::new().repeat(Repeat::NORMAL);
            let picture = side.pictures[side.pictures.len() - 1];
            side.connection.render_change_picture(picture, &repeat).unwrap();
        }
        side.gradients();
        side.pixmap(root, 8, formats.a8, (WIDTH, HEIGHT));
        assert_eq!(side.pictures.len() as u32, ALPHA_MAP + 1);
        side
    }

    /// A pixmap with pixels that are the same on every server.
    fn pixmap(&mut self, root: u32, depth: u8, format: Pictformat, size: (u16, u16)) {
        let connection = &self.connection;
        let (pixmap, picture, gc) = (self.id(), self.id(), self.id());
        connection.create_pixmap(depth, pixmap, root, size.0, size.1).unwrap();
        let values = render::CreatePictureAux::new();
        connection.render_create_picture(picture, pixmap, format, &values).unwrap();
        connection.create_gc(gc, pixmap, &CreateGCAux::new()).unwrap();
        let bits = if depth == 24 { 32 } else { u32::from(depth) };
        let stride = (u32::from(size.0) * bits).div_ceil(32) * 4;
        let mut random = Random::new(u64::from(depth) + 100 * u64::from(size.0));
        let bytes: Vec<u8> = (0..stride * u32::from(size.1)).map(|_| random.next() as u8).collect();
        connection
            .put_image(ImageFormat::Z_PIXMAP, pixmap, gc, size.0, size.1, 0, 0, 0, depth, &bytes)
            .unwrap();
        self.drawables.push(pixmap);
        self.pictures.push(picture);
    }

    /// A window somewhere on the screen, with a smaller one above it.
    fn window(&mut self, root: u32, format: Pictformat) {
        let connection = &self.connection;
        let (window, above, picture) = (self.id(), self.id(), self.id());
        let plain = CreateWindowAux::new().background_pixel(0x20_4060).override_redirect(1);
        let copy = WindowClass::COPY_FROM_PARENT;
        connection
            .create_window(0, window, root, 37, 21, WIDTH, HEIGHT, 2, copy, 0, &plain)
            .unwrap();
        connection.create_window(0, above, root, 80, 50, 20, 20, 0, copy, 0, &plain).unwrap();
        connection.map_window(window).unwrap();
        connection.map_window(above).unwrap();
        let values = render::CreatePictureAux::new();
        connection.render_create_picture(picture, window, format, &values).unwrap();
        self.drawables.push(window);
        self.pictures.push(picture);
    }

    fn solid(&mut self) {
        let picture = self.id();
        let color = render::Color { red: 0x9000, green: 0x3000, blue: 0x6000, alpha: 0xb000 };
        self.connection.render_create_solid_fill(picture, color).unwrap();
        self.pictures.push(picture);
    }

    fn gradients(&mut self) {
        let connection = &self.connection;
        let stops = [0, 0x6000, 0x1_0000];
        let color = |red, alpha| render::Color { red, green: 0x2000, blue: alpha / 2, alpha };
        let colors = [color(0x1000, 0xffff), color(0x8000, 0x9000), color(0x4000, 0x5000)];
        let point = |x: i32, y: i32| Pointfix { x: x << 16, y: y << 16 };
        let [linear, radial, conical] = [self.id(), self.id(), self.id()];
        connection
            .render_create_linear_gradient(linear, point(5, 9), point(70, 9), &stops, &colors)
            .unwrap();
        connection
            .render_create_radial_gradient(
                radial,
                point(30, 30),
                point(45, 35),
                2 << 16,
                40 << 16,
                &stops,
                &colors,
            )
            .unwrap();
        connection
            .render_create_conical_gradient(conical, point(40, 20), 30 << 16, &stops, &colors)
            .unwrap();
        self.pictures.extend([linear, radial, conical]);
    }

    fn id(&self) -> u32 {
        self.connection.generate_id().unwrap()
    }

    pub(crate) fn clear(&self, target: u32) {
        let nothing = render::Color { red: 0, green: 0, blue: 0, alpha: 0 };
        let all = [Rectangle { x: 0, y: 0, width: WIDTH, height: HEIGHT }];
        let picture = self.pictures[target as usize];
        let free = ChangePictureAux::new().clipmask(0);
        self.connection.render_change_picture(picture, &free).unwrap();
        let source = render::PictOp::SRC;
        self.connection.render_fill_rectangles(source, picture, nothing, &all).unwrap();
    }

    /// All bytes of a target.
    pub(crate) fn pixels(&self, target: u32) -> Vec<u8> {
        pixels(&self.connection, self.drawables[target as usize], WIDTH, HEIGHT)
    }

    pub(crate) fn send(&self, request: &Request) {
        let connection = &self.connection;
        for change in &request.changes {
            self.change(change);
        }
        let target = self.pictures[request.target as usize];
        let source = self.pictures[request.source as usize];
        let mask = request.mask.map_or(0, |mask| self.masks[mask]);
        let (x, y) = request.offset;
        let operator = request.operator.into();
        match &request.shapes {
            Shapes::Traps(shapes) => drop(connection.render_add_traps(target, x, y, shapes)),
            Shapes::Trapezoids(shapes) => {
                drop(connection.render_trapezoids(operator, source, target, mask, x, y, shapes));
            }
            Shapes::Triangles(shapes) => {
                drop(connection.render_triangles(operator, source, target, mask, x, y, shapes));
            }
            Shapes::Strip(points) => {
                drop(connection.render_tri_strip(operator, source, target, mask, x, y, points));
            }
            Shapes::Fan(points) => {
                drop(connection.render_tri_fan(operator, source, target, mask, x, y, points));
            }
        }
    }

    fn change(&self, change: &Change) {
        let connection = &self.connection;
        let picture = |number: u32| self.pictures[number as usize];
        match change {
            Change::Transform(which, transform) => {
                connection.render_set_picture_transform(picture(*which), *transform).unwrap();
            }
            Change::Filter(which, name) => {
                connection
                    .render_set_picture_filter(picture(*which), name.as_bytes(), &[])
                    .unwrap();
            }
            Change::Clip(which, x, y, rectangles) => {
                connection
                    .render_set_picture_clip_rectangles(picture(*which), *x, *y, rectangles)
                    .unwrap();
            }
            Change::AlphaMap(which, map) => {
                let map = map.map_or(0, picture);
                let values = ChangePictureAux::new().alphamap(map).alphaxorigin(-3).alphayorigin(2);
                connection.render_change_picture(picture(*which), &values).unwrap();
            }
            Change::Values(which, values) => {
                connection.render_change_picture(picture(*which), values).unwrap();
            }
        }
    }
}

/// Something drawn, after some properties of pictures are changed.
#[derive(Debug)]
pub(crate) struct Request {
    changes: Vec<Change>,
    pub(crate) target: u32,
    source: u32,
    operator: u8,
    mask: Option<usize>,
    offset: (i16, i16),
    shapes: Shapes,
}

#[derive(Debug)]
enum Change {
    Transform(u32, Transform),
    Filter(u32, &'static str),
    Clip(u32, i16, i16, Vec<Rectangle>),
    AlphaMap(u32, Option<u32>),
    Values(u32, ChangePictureAux),
}

#[derive(Debug)]
enum Shapes {
    Traps(Vec<render::Trap>),
    Trapezoids(Vec<render::Trapezoid>),
    Triangles(Vec<render::Triangle>),
    Strip(Vec<Pointfix>),
    Fan(Vec<Pointfix>),
}

impl Request {
    pub(crate) fn random(random: &mut Random) -> Self {
        let target = random.below(TARGETS);
        let source = TARGETS + random.below(SOURCES);
        let all = operators();
        let operator =
            if random.below(2) == 0 { random.pick(&[1, 3, 5, 12]) } else { random.pick(&all) };
        let mut changes = Vec::new();
        if random.below(3) == 0 {
            changes.push(Change::random(random, source));
        }
        if random.below(3) == 0 {
            changes.push(Change::of_target(random, target));
        }
        let offset = match random.below(3) {
            0 => (0, 0),
            _ => (random.below(90) as i16 - 45, random.below(90) as i16 - 45),
        };
        let (width, height) = (u32::from(WIDTH), u32::from(HEIGHT));
        let count = 1 + random.below(12);
        let mut points = |count: u32| -> Vec<Pointfix> {
            (0..count).map(|_| wire_point(random.point(width, height, false))).collect()
        };
        let (strip, corners) = (points(count + 2), points(3 * count));
        let shapes = match random.below(7) {
            // Only alpha-only pictures take traps.
            0 | 1 if target < 2 => {
                let hostile = random.hostility();
                let shapes = (0..count)
                    .map(|_| random.trap(width, height, hostile))
                    .filter(|trap| !kills_stock(trap));
                Shapes::Traps(shapes.map(|trap| wire_trap(&trap)).collect())
            }
            2 => Shapes::Strip(strip),
            3 => Shapes::Fan(strip),
            4 => Shapes::Triangles(
                corners
                    .chunks_exact(3)
                    .map(|p| render::Triangle { p1: p[0], p2: p[1], p3: p[2] })
                    .collect(),
            ),
            _ => Shapes::Trapezoids(
                (0..count)
                    .map(|_| wire_trapezoid(&random.trapezoid(width, height, false)))
                    .collect(),
            ),
        };
        let mask = random.pick(&[None, Some(0), Some(1), Some(1)]);
        Self { changes, target, source, operator, mask, offset, shapes }
    }
}

impl Change {
    /// A change of any picture.
    fn random(random: &mut Random, which: u32) -> Self {
        match random.below(6) {
            0 => {
                let cell = |random: &mut Random| random.below(3 << 16) as i32 - (1 << 16);
                let one = 1 << 16;
                let mut transform = Transform {
                    matrix11: one,
                    matrix22: one,
                    matrix33: one,
                    ..Transform::default()
                };
                match random.below(4) {
                    0 => {}
                    1 => (transform.matrix13, transform.matrix23) = (3 * one, -5 * one),
                    2 => {
                        transform.matrix11 = cell(random);
                        transform.matrix12 = cell(random);
                        transform.matrix21 = cell(random);
                        transform.matrix22 = cell(random);
                    }
                    _ => transform.matrix31 = 500,
                }
                Self::Transform(which, transform)
            }
            1 => Self::Filter(which, random.pick(&["nearest", "bilinear", "good", "best"])),
            2 => Self::AlphaMap(which, random.pick(&[None, None, Some(ALPHA_MAP)])),
            3 => {
                let repeat =
                    random.pick(&[Repeat::NONE, Repeat::NORMAL, Repeat::PAD, Repeat::REFLECT]);
                Self::Values(which, ChangePictureAux::new().repeat(repeat))
            }
            4 => {
                let component = random.pick(&[0, 0, 1]);
                Self::Values(which, ChangePictureAux::new().componentalpha(component))
            }
            _ => Self::clip(random, which),
        }
    }

    /// A change of a picture that is drawn on.
    fn of_target(random: &mut Random, which: u32) -> Self {
        match random.below(6) {
            0 | 1 => Self::clip(random, which),
            2 => Self::Values(which, ChangePictureAux::new().clipmask(0)),
            3 => {
                let edge = random.pick(&[render::PolyEdge::SHARP, render::PolyEdge::SMOOTH]);
                Self::Values(which, ChangePictureAux::new().polyedge(edge))
            }
            // Alpha maps stay rare: they change what all that follows does.
            4 => Self::AlphaMap(which, random.pick(&[None, None, None, None, Some(ALPHA_MAP)])),
            _ => Self::Values(
                which,
                ChangePictureAux::new().repeat(random.pick(&[
                    Repeat::NONE,
                    Repeat::NONE,
                    Repeat::NORMAL,
                ])),
            ),
        }
    }

    fn clip(random: &mut Random, which: u32) -> Self {
        let count = random.pick(&[0, 1, 1, 2, 3, 20]);
        let rectangles = (0..count).map(|_| Rectangle {
            x: random.below(100) as i16 - 10,
            y: random.below(80) as i16 - 10,
            width: random.below(70) as u16,
            height: random.below(50) as u16,
        });
        let rectangles = rectangles.collect();
        Self::Clip(which, random.below(9) as i16 - 4, random.below(9) as i16 - 4, rectangles)
    }
}

fn wire_point(point: Point) -> Pointfix {
    Pointfix { x: point.x.bits(), y: point.y.bits() }
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

impl Side {
    /// Traps onto the A8 pixmap.
    pub(crate) fn add_traps(&self, shapes: &[render::Trap]) {
        self.connection.render_add_traps(self.pictures[1], 0, 0, shapes).unwrap();
    }

    /// Trapezoids of a solid colour over the window.
    pub(crate) fn trapezoids(&self, with_mask: bool, shapes: &[render::Trapezoid]) {
        let (source, target) = (self.pictures[TARGETS as usize], self.pictures[4]);
        let mask = if with_mask { self.masks[1] } else { 0 };
        let over = render::PictOp::OVER;
        self.connection.render_trapezoids(over, source, target, mask, 0, 0, shapes).unwrap();
    }

    /// Triangles likewise.
    pub(crate) fn triangles(&self, with_mask: bool, shapes: &[render::Triangle]) {
        let (source, target) = (self.pictures[TARGETS as usize], self.pictures[4]);
        let mask = if with_mask { self.masks[1] } else { 0 };
        let over = render::PictOp::OVER;
        self.connection.render_triangles(over, source, target, mask, 0, 0, shapes).unwrap();
    }
}
