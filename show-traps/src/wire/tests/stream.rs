//! Streams of the X protocol, made by hand: what a client says and what a server
//! answers, byte by byte from the protocol's tables, in either order.
//!
//! It shares no code with what reads them.

use proptest::prelude::*;
use raster::{Fixed, Line, Point, Span, Trap, Trapezoid, Triangle, tri};

use super::super::ByteOrder;
use crate::capture::{Rectangle, Shapes};

const RENDER: u8 = 139;
const BIG_REQUESTS: u8 = 133;
const BASE: u32 = 0x0020_0000;
pub(super) const TOPLEVEL: u32 = BASE + 1;
const WINDOW: u32 = BASE + 2;
const ROOT: u32 = 0x100;
const GLYPHS: u32 = BASE + 30;
const NET_WM_NAME: u32 = 300;
/// Picture formats.
const A8: u32 = 0x40;
const RGB24: u32 = 0x41;

/// A request that draws, and what its name is.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    minor: u8,
    pub(super) shapes: Shapes,
    /// The points of a strip or a fan.
    points: Vec<Point>,
}

impl Drawn {
    pub(super) fn example() -> Self {
        let point = |x: f64, y: f64| Point::from_f64(x, y);
        let shape = Trapezoid {
            top: Fixed::from_f64(2.5),
            bottom: Fixed::from_f64(10.25),
            left: Line::new(point(3.0, 2.0), point(-1.5, 11.0)),
            right: Line::new(point(7.0, 2.0), point(8.0, 11.0)),
        };
        Self { minor: 10, shapes: Shapes::Trapezoids(vec![shape; 2]), points: Vec::new() }
    }

    pub(super) fn name(&self) -> &'static str {
        match self.minor {
            8 => "Composite",
            10 => "Trapezoids",
            11 => "Triangles",
            12 => "TriStrip",
            13 => "TriFan",
            26 => "FillRectangles",
            _ => "AddTraps",
        }
    }
}

pub(super) fn any_drawn() -> impl Strategy<Value = Drawn> {
    let fixed = || any::<i32>().prop_map(Fixed::from_bits);
    let point = move || (fixed(), fixed()).prop_map(|(x, y)| Point::new(x, y));
    let line = move || (point(), point()).prop_map(|(a, b)| Line::new(a, b));
    let trapezoid = (fixed(), fixed(), line(), line())
        .prop_map(|(top, bottom, left, right)| Trapezoid { top, bottom, left, right });
    let triangle = (point(), point(), point()).prop_map(|(a, b, c)| Triangle::new(a, b, c));
    let span =
        move || (fixed(), fixed(), fixed()).prop_map(|(left, right, y)| Span { left, right, y });
    let trap = (span(), span()).prop_map(|(top, bottom)| Trap { top, bottom });
    let rectangle = any::<(i16, i16, u16, u16)>().prop_map(|(x, y, width, height)| Rectangle {
        x,
        y,
        width,
        height,
    });
    let drawn = |minor, shapes| Drawn { minor, shapes, points: Vec::new() };
    let chain = move |minor, points: Vec<Point>| {
        let triangles = match minor {
            12 => tri::strip(&points).collect(),
            _ => tri::fan(&points).collect(),
        };
        Drawn { minor, shapes: Shapes::Triangles(triangles), points }
    };
    prop_oneof![
        prop::collection::vec(trapezoid, 0..6)
            .prop_map(move |shapes| drawn(10, Shapes::Trapezoids(shapes))),
        prop::collection::vec(triangle, 0..6)
            .prop_map(move |shapes| drawn(11, Shapes::Triangles(shapes))),
        prop::collection::vec(trap, 0..6).prop_map(move |shapes| drawn(32, Shapes::Traps(shapes))),
        prop::collection::vec(rectangle.clone(), 0..6)
            .prop_map(move |shapes| drawn(26, Shapes::Rectangles(shapes))),
        rectangle.prop_map(move |shape| drawn(8, Shapes::Rectangles(vec![shape]))),
        (12..14_u8, prop::collection::vec(point(), 0..8))
            .prop_map(move |(minor, points)| chain(minor, points)),
    ]
}

/// Both streams, in turns: whether it is the client's, and what is said.
#[derive(Clone, Debug)]
pub(super) struct Session {
    order: ByteOrder,
    pub(super) turns: Vec<(bool, Vec<u8>)>,
    /// Whether requests are written with 32-bit lengths.
    pub(super) big: bool,
    requests: u64,
    last_length: usize,
}

impl Session {
    pub(super) fn new(order: ByteOrder) -> Self {
        Self { order, turns: Vec::new(), big: false, requests: 0, last_length: 0 }
    }

    /// How many requests were sent.
    pub(super) fn requests(&self) -> u64 {
        self.requests
    }

    pub(super) fn last_length(&self) -> u64 {
        self.last_length as u64
    }

    fn u16(&self, value: u16) -> [u8; 2] {
        match self.order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        }
    }

    fn u32(&self, value: u32) -> [u8; 4] {
        match self.order {
            ByteOrder::Little => value.to_le_bytes(),
            ByteOrder::Big => value.to_be_bytes(),
        }
    }

    fn words(&self, values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|value| self.u32(*value)).collect()
    }

    fn shorts(&self, values: &[u16]) -> Vec<u8> {
        values.iter().flat_map(|value| self.u16(*value)).collect()
    }

    fn fixed(&self, values: &[Fixed]) -> Vec<u8> {
        values.iter().flat_map(|value| self.u32(value.bits().cast_unsigned())).collect()
    }

    fn points(&self, points: &[Point]) -> Vec<u8> {
        points.iter().flat_map(|point| self.fixed(&[point.x, point.y])).collect()
    }

    fn request(&mut self, major: u8, minor: u8, body: &[&[u8]]) {
        let mut body = body.concat();
        body.resize(body.len().next_multiple_of(4), 0);
        let words = body.len() / 4 + 1;
        let mut bytes = vec![major, minor];
        if self.big || words > 0xffff {
            bytes.extend(self.u16(0));
            bytes.extend(self.u32(words as u32 + 1));
        } else {
            bytes.extend(self.u16(words as u16));
        }
        bytes.extend(body);
        self.requests += 1;
        self.last_length = bytes.len();
        self.turns.push((true, bytes));
    }

    /// A reply to the last request, from its second byte on.
    fn reply(&mut self, second: u8, rest: &[u8]) {
        let mut bytes = vec![1, second];
        bytes.extend(self.u16(self.requests as u16));
        let extra = rest.len().saturating_sub(24).div_ceil(4);
        bytes.extend(self.u32(extra as u32));
        bytes.extend(rest);
        bytes.resize(32 + 4 * extra, 0);
        self.turns.push((false, bytes));
    }

    /// An event, a long event and a reply of no interest.
    fn answer_noise(&mut self) {
        let sequence = self.u16(self.requests as u16);
        let mut event = vec![12, 0, sequence[0], sequence[1]];
        event.resize(32, 7);
        let mut long = vec![35, 0, sequence[0], sequence[1]];
        long.extend(self.u32(2));
        long.resize(40, 1);
        self.turns.push((false, [event, long].concat()));
    }

    /// The setup, with authority and two screens; the extensions; the formats.
    pub(super) fn begin(&mut self) {
        let mut setup = match self.order {
            ByteOrder::Little => vec![b'l', 0],
            ByteOrder::Big => vec![b'B', 0],
        };
        setup.extend(self.shorts(&[11, 0, 18, 16, 0]));
        setup.extend(b"MIT-MAGIC-COOKIE-1\0\0");
        setup.extend([9; 16]);
        self.turns.push((true, setup));
        self.answer_setup();
        self.query_extension("SHAPE", 129);
        self.query_extension("RENDER", RENDER);
        self.query_extension("BIG-REQUESTS", BIG_REQUESTS);
        self.request(RENDER, 1, &[]);
        let mut rest = self.words(&[2, 0, 0, 0, 0, 0]);
        rest.extend(self.words(&[A8]));
        rest.extend([1, 8, 0, 0]);
        rest.extend(self.shorts(&[0, 0, 0, 0, 0, 0, 0, 255]));
        rest.extend(self.words(&[0]));
        rest.extend(self.words(&[RGB24]));
        rest.extend([1, 24, 0, 0]);
        rest.extend(self.shorts(&[16, 255, 8, 255, 0, 255, 0, 0]));
        rest.extend(self.words(&[0]));
        self.reply(0, &rest);
    }

    fn answer_setup(&mut self) {
        let vendor = b"Nobody in particular";
        let mut rest = self.words(&[1, BASE, 0x001f_ffff, 256]);
        rest.extend(self.shorts(&[vendor.len() as u16, 0xffff]));
        // Screens, formats, byte order, bit order, unit, pad, key codes.
        rest.extend([2, 1, 0, 0, 32, 32, 8, 255, 0, 0, 0, 0]);
        rest.extend(vendor);
        rest.extend([24, 32, 32, 0, 0, 0, 0, 0]);
        for root in [ROOT, ROOT + 1] {
            rest.extend(self.words(&[root, 1, 2, 3, 4]));
            rest.extend(self.shorts(&[1280, 800, 300, 200, 1, 1]));
            rest.extend(self.words(&[33]));
            rest.extend([0, 0, 24, 1]);
            rest.extend([24, 0]);
            rest.extend(self.u16(1));
            rest.extend([0; 4 + 24]);
        }
        let mut bytes = vec![1, 0];
        bytes.extend(self.shorts(&[11, 0, (rest.len() / 4) as u16]));
        bytes.extend(rest);
        self.turns.push((false, bytes));
    }

    fn query_extension(&mut self, name: &str, opcode: u8) {
        let length = self.u16(name.len() as u16);
        self.request(98, 0, &[&length, &[0, 0], name.as_bytes()]);
        self.answer_noise();
        self.reply(0, &[1, opcode, 0, 0]);
    }

    pub(super) fn enable_big_requests(&mut self) {
        self.request(BIG_REQUESTS, 0, &[]);
        self.reply(0, &[255; 4]);
    }

    /// A toplevel with a child, and a title in both ways.
    pub(super) fn window_with_title(&mut self, title: &str) {
        for (window, parent) in [(TOPLEVEL, ROOT), (WINDOW, TOPLEVEL)] {
            let ids = self.words(&[window, parent]);
            let place = self.shorts(&[0, 0, 100, 100, 0, 1]);
            let rest = self.words(&[0, 0]);
            self.request(1, 0, &[&ids, &place, &rest]);
        }
        // Resized later.
        let id = self.words(&[WINDOW]);
        let mask = self.shorts(&[0b1101, 0]);
        let values = self.words(&[5, 300, 200]);
        self.request(12, 0, &[&id, &mask, &values]);
        let name = b"_NET_WM_NAME";
        let length = self.shorts(&[name.len() as u16, 0]);
        self.request(16, 0, &[&length, name]);
        let atom = self.words(&[NET_WM_NAME]);
        self.reply(0, &atom);
        for (property, text) in [(NET_WM_NAME, title), (39, "the older way")] {
            let head = self.words(&[TOPLEVEL, property, 31]);
            let length = self.words(&[text.len() as u32]);
            self.request(18, 0, &[&head, &[8, 0, 0, 0], &length, text.as_bytes()]);
        }
    }

    pub(super) fn window_picture(&mut self) -> u32 {
        let picture = BASE + 10;
        let body = self.words(&[picture, WINDOW, RGB24, 0]);
        self.request(RENDER, 4, &[&body]);
        picture
    }

    /// A pixmap for the window, and another like that.
    pub(super) fn pixmap_picture(&mut self) -> u32 {
        let picture = BASE + 13;
        for (pixmap, like) in [(BASE + 20, WINDOW), (BASE + 21, BASE + 20)] {
            let ids = self.words(&[pixmap, like]);
            let size = self.shorts(&[30, 20]);
            self.request(53, 8, &[&ids, &size]);
        }
        let body = self.words(&[picture, BASE + 21, A8, 0]);
        self.request(RENDER, 4, &[&body]);
        picture
    }

    pub(super) fn solid(&mut self, colour: [u16; 4]) -> u32 {
        let picture = BASE + 11;
        let (id, colour) = (self.words(&[picture]), self.shorts(&colour));
        self.request(RENDER, 33, &[&id, &colour]);
        picture
    }

    pub(super) fn linear_gradient(&mut self) -> u32 {
        let picture = BASE + 12;
        let id = self.words(&[picture]);
        let points = self.points(&[Point::from_f64(1.0, 2.5), Point::from_f64(30.0, 40.0)]);
        let count = self.words(&[2]);
        let stops = self.fixed(&[Fixed::ZERO, Fixed::ONE]);
        let colours = self.shorts(&[0xffff, 0, 0, 0xffff, 0, 0xffff, 0, 0xffff]);
        self.request(RENDER, 34, &[&id, &points, &count, &stops, &colours]);
        picture
    }

    pub(super) fn clip(&mut self, picture: u32, x: u16, y: u16, list: &[(u16, u16, u16, u16)]) {
        let (id, at) = (self.words(&[picture]), self.shorts(&[x, y]));
        let rectangles: Vec<u8> =
            list.iter().flat_map(|(x, y, w, h)| self.shorts(&[*x, *y, *w, *h])).collect();
        self.request(RENDER, 6, &[&id, &at, &rectangles]);
    }

    pub(super) fn smooth_and_unclipped(&mut self, picture: u32) {
        let body = self.words(&[picture, 1 << 6 | 1 << 9, 0, 1]);
        self.request(RENDER, 5, &[&body]);
    }

    pub(super) fn transform(&mut self, picture: u32) {
        let id = self.words(&[picture]);
        let [zero, one, nine] = [0, 1, 9].map(Fixed::from_int);
        let matrix = self.fixed(&[one, zero, nine, zero, one, zero, zero, zero, one]);
        self.request(RENDER, 28, &[&id, &matrix]);
    }

    /// A glyph set, through a second name for the first.
    pub(super) fn glyph_set(&mut self) {
        let body = self.words(&[GLYPHS + 1, A8]);
        self.request(RENDER, 17, &[&body]);
        let body = self.words(&[GLYPHS, GLYPHS + 1]);
        self.request(RENDER, 18, &[&body]);
        let body = self.words(&[GLYPHS + 1]);
        self.request(RENDER, 19, &[&body]);
    }

    pub(super) fn add_glyph(
        &mut self,
        id: u32,
        size: (u16, u16),
        origin: (u16, u16),
        advance: u16,
        pixels: &[u8],
    ) {
        let head = self.words(&[GLYPHS, 1, id]);
        let info = self.shorts(&[size.0, size.1, origin.0, origin.1, advance, 0]);
        let mut rows = Vec::new();
        for row in pixels.chunks(size.0.into()) {
            rows.extend_from_slice(row);
            rows.resize(rows.len().next_multiple_of(4), 0xee);
        }
        self.request(RENDER, 20, &[&head, &info, &rows]);
    }

    /// `CompositeGlyphs16`, each run with its step; the set is changed to
    /// itself between.
    pub(super) fn write(&mut self, source: u32, onto: u32, runs: &[(i16, i16, &[u16])]) {
        let head = self.words(&[source, onto, A8, GLYPHS]);
        let at = self.shorts(&[0, 0]);
        let mut elements = Vec::new();
        for (dx, dy, glyphs) in runs {
            elements.extend([255, 0, 0, 0, 0, 0, 0, 0]);
            elements.extend(self.words(&[GLYPHS]));
            elements.extend([glyphs.len() as u8, 0, 0, 0]);
            elements.extend(self.shorts(&[dx.cast_unsigned(), dy.cast_unsigned()]));
            elements.extend(self.shorts(glyphs));
            elements.resize(elements.len().next_multiple_of(4), 0);
        }
        self.request(RENDER, 24, &[&[3, 0, 0, 0], &head, &at, &elements]);
    }

    /// A request that nobody listens for, of a length, and an answer.
    pub(super) fn noise(&mut self, length: usize) {
        let body = vec![RENDER; length];
        self.request(72, 2, &[&body]);
        self.answer_noise();
    }

    pub(super) fn draw(&mut self, drawn: &Drawn, source: u32, onto: u32) {
        let shapes = match &drawn.shapes {
            _ if drawn.minor == 12 || drawn.minor == 13 => self.points(&drawn.points),
            Shapes::Trapezoids(list) => list
                .iter()
                .flat_map(|shape| {
                    let mut bytes = self.fixed(&[shape.top, shape.bottom]);
                    for line in [shape.left, shape.right] {
                        bytes.extend(self.points(&[line.p1, line.p2]));
                    }
                    bytes
                })
                .collect(),
            Shapes::Triangles(list) => {
                list.iter().flat_map(|shape| self.points(&[shape.p1, shape.p2, shape.p3])).collect()
            }
            Shapes::Traps(list) => list
                .iter()
                .flat_map(|Trap { top, bottom }| {
                    self.fixed(&[top.left, top.right, top.y, bottom.left, bottom.right, bottom.y])
                })
                .collect(),
            Shapes::Rectangles(list) => list
                .iter()
                .flat_map(|shape| {
                    let (x, y) = (shape.x.cast_unsigned(), shape.y.cast_unsigned());
                    self.shorts(&[x, y, shape.width, shape.height])
                })
                .collect(),
            Shapes::Glyphs(_) => Vec::new(),
        };
        let over = [3, 0, 0, 0];
        let at = self.shorts(&[3, (-4_i16).cast_unsigned()]);
        match drawn.minor {
            8 => {
                let head = self.words(&[source, 0, onto]);
                let mask_at = self.shorts(&[0, 0]);
                self.request(RENDER, 8, &[&over, &head, &at, &mask_at, &shapes]);
            }
            26 => {
                let onto = self.words(&[onto]);
                let colour = self.shorts(&[1, 2, 3, 4]);
                self.request(RENDER, 26, &[&over, &onto, &colour, &shapes]);
            }
            32 => {
                let onto = self.words(&[onto]);
                self.request(RENDER, 32, &[&onto, &at, &shapes]);
            }
            minor => {
                let head = self.words(&[source, onto, A8]);
                self.request(RENDER, minor, &[&over, &head, &at, &shapes]);
            }
        }
    }
}
