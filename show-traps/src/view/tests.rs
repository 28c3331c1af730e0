//! The window without a window: keys and pointers in, state and pixels out.

use std::path::PathBuf;

use proptest::prelude::*;
use raster::{Fixed, Line, Point, Trapezoid};

use super::*;
use crate::canvas::Canvas;
use crate::colour::Rgba;
use crate::source::{Brush, Options, from_path};

const CIRCLE: &str = "M 10 50 a 40 40 0 1 0 80 0 a 40 40 0 1 0 -80 0 z";

fn circle() -> Capture {
    let options = Options { fills: true, strokes: true, tolerance: 0.1 };
    from_path(CIRCLE, &Brush::default(), &options).unwrap()
}

/// Three requests on a window of 40 × 30 pixels and one on a pixmap.
const CAPTURED: &str = "\
show-traps 1
picture 1 solid #c01020ff
picture 2 window 0x400007 size=40x30 format=x8r8g8b8 toplevel=0x400007 title=\"A clock\" clip=0,0,40,30
picture 3 pixmap 0x400009 size=10x10 format=a8
set #c01020ff FillRectangles
from client=1 request=9 time=0.1 bytes=28
draw op=src source=1 at=0,0 onto=2 mask=none
rectangle 4 4 20 10
set #c01020ff Trapezoids
from client=1 request=10 time=0.25 bytes=104
draw op=over source=1 at=0,0 onto=2 mask=a8
trap 2.5 10  3 2 1 11  7 2 8 11
trap 12 20  12 12 12 20  30 12 20 20
set #ffffffff AddTraps
from client=1 request=11 time=0.5 bytes=36
draw op=add at=1,1 onto=3 mask=none
spans 1 4 1  2 3 8
set #c01020ff Triangles
from client=1 request=12 time=1.5 bytes=48
draw op=over source=1 at=0,0 onto=2 mask=none
triangle 20 20 30 22 24 29
";

fn captured() -> Capture {
    Capture::parse(CAPTURED).unwrap()
}

fn viewer(capture: Capture, size: (u32, u32)) -> Viewer {
    let mut viewer = Viewer::new(capture, None);
    viewer.handle(Input::Resized { size, scale: 1.0 });
    viewer
}

fn press(viewer: &mut Viewer, keys: &str) {
    for key in keys.chars() {
        viewer.handle(Input::Key(Key::Char(key)));
    }
}

/// A click on a point of the drawing.
fn click_at(viewer: &mut Viewer, at: (f64, f64)) {
    let at = on_screen(viewer, at);
    click(viewer, at);
}

fn click(viewer: &mut Viewer, (x, y): (f64, f64)) {
    viewer.handle(Input::Pointer(x, y));
    viewer.handle(Input::Pressed);
    viewer.handle(Input::Released);
}

/// A point of the drawing, in the window.
fn on_screen(viewer: &Viewer, at: (f64, f64)) -> (f64, f64) {
    let pane = viewer.panes()[0];
    let (x, y) = viewer.camera().place(at);
    (x + f64::from(pane.left), y + f64::from(pane.top))
}

fn painted(viewer: &mut Viewer) -> Canvas {
    let (width, height) = viewer.size;
    let mut canvas = Canvas::new(width, height, Rgba::opaque(255, 0, 255));
    viewer.paint(&mut canvas, &mut Fonts::default());
    canvas
}

#[test]
fn the_pointer_finds_shapes_and_a_click_keeps_them() {
    let mut viewer = viewer(captured(), (900, 700));
    press(&mut viewer, ".");
    assert_eq!(viewer.current(), 1);
    let (x, y) = on_screen(&viewer, (15.0, 15.0));
    viewer.handle(Input::Pointer(x, y));
    assert_eq!(viewer.focus(), Some((1, 1)));
    click_at(&mut viewer, (5.0, 5.0));
    viewer.handle(Input::Left);
    assert_eq!(viewer.focus(), Some((1, 0)));
    press(&mut viewer, "]");
    assert_eq!(viewer.focus(), Some((1, 1)));
    press(&mut viewer, "]");
    assert_eq!(viewer.focus(), Some((1, 0)), "around");
    viewer.handle(Input::Key(Key::Escape));
    assert_eq!(viewer.focus(), None);
    click_at(&mut viewer, (39.0, 29.0));
    assert_eq!(viewer.focus(), None, "there is nothing");
}

#[test]
fn dragging_moves_and_selects_nothing() {
    let mut viewer = viewer(captured(), (900, 700));
    press(&mut viewer, ".");
    let from = on_screen(&viewer, (5.0, 5.0));
    viewer.handle(Input::Pointer(from.0, from.1));
    viewer.handle(Input::Pressed);
    viewer.handle(Input::Pointer(from.0 + 50.0, from.1 - 30.0));
    viewer.handle(Input::Released);
    let now = on_screen(&viewer, (5.0, 5.0));
    assert!((now.0 - from.0 - 50.0).abs() < 1e-9 && (now.1 - from.1 + 30.0).abs() < 1e-9);
    assert_eq!(viewer.selected, None);
}

#[test]
fn steps_go_where_they_should() {
    let mut viewer = viewer(captured(), (900, 700));
    assert_eq!(viewer.current(), 0);
    press(&mut viewer, "k.");
    assert_eq!(viewer.current(), 1);
    press(&mut viewer, "w");
    assert_eq!((viewer.current(), viewer.target()), (2, 0x0040_0009));
    viewer.handle(Input::Key(Key::End));
    assert_eq!(viewer.current(), 3);
    viewer.handle(Input::Key(Key::Home));
    assert_eq!(viewer.current(), 1, "the first is a rectangle");
    press(&mut viewer, "k,");
    assert_eq!(viewer.current(), 0);
    press(&mut viewer, ",");
    assert_eq!(viewer.current(), 0);
    viewer.handle(Input::Key(Key::PageDown));
    assert_eq!(viewer.current(), 3, "as far as there are any");
}

#[test]
fn the_timeline_leads_to_requests() {
    let mut viewer = viewer(captured(), (900, 700));
    let timeline = viewer.layout().timeline.unwrap();
    let y = f64::from(timeline.top + 10);
    click(&mut viewer, (f64::from(timeline.right) - 20.0, y));
    assert_eq!(viewer.current(), 3);
    viewer.handle(Input::Pressed);
    viewer.handle(Input::Pointer(f64::from(timeline.left) + 20.0, y));
    assert_eq!(viewer.current(), 0, "dragged");
    viewer.handle(Input::Released);
    viewer.handle(Input::Wheel(0.0, 1.0));
    assert_eq!(viewer.current(), 1);
}

#[test]
fn tabs_choose_the_way_of_looking() {
    let mut viewer = viewer(captured(), (900, 700));
    for (mode, area) in viewer.layout().tabs() {
        click(&mut viewer, (f64::from(area.left) + 5.0, f64::from(area.top) + 5.0));
        assert_eq!(viewer.mode, mode);
    }
    assert_eq!(viewer.panes().len(), 3, "compare");
    let help = viewer.layout().help().unwrap();
    click(&mut viewer, (f64::from(help.left) + 5.0, f64::from(help.top) + 5.0));
    assert!(viewer.help);
    click(&mut viewer, (300.0, 300.0));
    assert!(!viewer.help);
    assert!(viewer.handle(Input::Key(Key::Char('q'))).quit);
}

#[test]
fn live_records_are_followed_until_somebody_looks_back() {
    let mut viewer = Viewer::new(Capture::default(), Some("clock".into()));
    viewer.handle(Input::Resized { size: (900, 700), scale: 1.0 });
    assert!(viewer.status_words().contains("clock has drawn nothing"));
    let Capture { sets, pictures, .. } = captured();
    let pictures = pictures.into_iter().map(Record::Picture);
    let mut records: Vec<Record> = pictures.chain(sets.into_iter().map(Record::Set)).collect();
    let last = records.pop().unwrap();
    viewer.handle(Input::Records(records));
    assert_eq!(viewer.current(), 2);
    press(&mut viewer, ",");
    viewer.handle(Input::Records(vec![last.clone()]));
    assert_eq!(viewer.current(), 1, "not torn away");
    press(&mut viewer, "f");
    assert_eq!(viewer.current(), 3);
    viewer.handle(Input::Records(vec![last]));
    assert_eq!(viewer.current(), 4);
    viewer.handle(Input::Ended("ended".into()));
    assert_eq!(viewer.capture().sets.len(), 5);
}

#[test]
fn the_panel_says_what_a_request_says() {
    let mut viewer = viewer(captured(), (900, 700));
    press(&mut viewer, ".]");
    let rows = viewer.rows();
    let text = format!("{rows:?}");
    for expected in [
        r#"Heading("Trapezoid 1", "of 2, selected")"#,
        r#"Number("top", Fixed(163840))"#,
        "left: x = 3 − 0.22222 (y − 2)",
        r#"Heading("Trapezoids", "2 of 4")"#,
        "window 0x400007",
        "A clock",
        "40 × 30  x8r8g8b8",
        "40 × 30 at 0, 0",
        r##"Colour("Source", Rgba { red: 192, green: 16, blue: 32, alpha: 255 }, "#c01020ff")"##,
        r#"Pair("Operator", "over")"#,
        r#"Pair("Mask format", "a8")"#,
        r#"Pair("Sent by", "client 1, request 10")"#,
        r#"Pair("At", "0.250000 s")"#,
        r#"Pair("Request", "104 bytes")"#,
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn raster_and_pixman_do_not_differ_on_the_screen() {
    let mut viewer = viewer(circle(), (600, 300));
    press(&mut viewer, "5il");
    let canvas = painted(&mut viewer);
    let panes = viewer.panes();
    let pixels = |pane: &Area| -> Vec<Rgba> {
        // Below the captions, within the borders.
        let rows = (pane.top + 40..pane.bottom)
            .flat_map(|y| (pane.left + 2..pane.left + 190).map(move |x| (x as u32, y as u32)));
        rows.map(|(x, y)| canvas.get(x, y)).collect()
    };
    assert_eq!(pixels(&panes[0]), pixels(&panes[1]));
    let paper = Rgba::opaque(250, 250, 250);
    assert!(pixels(&panes[2]).iter().all(|pixel| *pixel == paper), "no difference");
    assert!(pixels(&panes[0]).iter().any(|pixel| *pixel != paper), "but a circle");
    press(&mut viewer, "c");
    let canvas = painted(&mut viewer);
    let difference = |y: i32| {
        (panes[2].left + 2..panes[2].right).any(|x| canvas.get(x as u32, y as u32) != paper)
    };
    assert!((panes[2].top + 40..panes[2].bottom).any(difference), "tiny-skia samples otherwise");
}

/// Compares a pane with a picture that was looked at. `SHOW_TRAPS_BLESS=1`
/// writes the pictures anew, to be looked at again.
fn golden(name: &str, viewer: &mut Viewer) {
    let canvas = painted(viewer);
    let pane = viewer.layout().pane;
    let (width, height) = (pane.width() as u32, pane.height() as u32);
    let mut bytes = Vec::new();
    for y in pane.top..pane.bottom {
        for x in pane.left..pane.right {
            let pixel = canvas.get(x as u32, y as u32);
            bytes.extend([pixel.red, pixel.green, pixel.blue]);
        }
    }
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/goldens/{name}.png"));
    if std::env::var_os("SHOW_TRAPS_BLESS").is_some() {
        let file = std::fs::File::create(&path).unwrap();
        let mut encoder = png::Encoder::new(file, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
    }
    let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut expected = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut expected).unwrap();
    assert_eq!((info.width, info.height), (width, height), "{name}");
    // Floating point may round otherwise elsewhere; one step shows nowhere.
    let most = expected.iter().zip(&bytes).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(most <= Some(1), "{name}: a channel differs by {most:?}");
}

/// Too small for legends and captions, whose letters are the system's.
const SMALL: (u32, u32) = (200, 150);

#[test]
fn pictures_are_those_that_were_looked_at() {
    let mut shapes = viewer(circle(), (420, 420));
    golden("circle", &mut shapes);
    press(&mut shapes, "e]");
    shapes.handle(Input::Key(Key::Enter));
    golden("edges", &mut shapes);

    let mut samples = viewer(captured(), (420, 420));
    press(&mut samples, ".]]");
    samples.handle(Input::Key(Key::Enter));
    let middle = on_screen(&samples, (28.0, 13.0));
    samples.handle(Input::Pointer(middle.0, middle.1));
    for _ in 0..9 {
        samples.handle(Input::Wheel(0.0, -1.0));
    }
    samples.handle(Input::Left);
    golden("samples", &mut samples);

    let mut drawn = viewer(captured(), SMALL);
    drawn.handle(Input::Key(Key::End));
    golden("drawn", &mut drawn);
    press(&mut drawn, "a");
    golden("all", &mut drawn);
    press(&mut drawn, "2");
    golden("overlap", &mut drawn);
    press(&mut drawn, "3");
    golden("slivers", &mut drawn);
    press(&mut drawn, "4");
    golden("coverage", &mut drawn);
}

fn any_input() -> impl Strategy<Value = Input> {
    let keys: Vec<Key> = "+-0r.,[]kwf12345asecdil?<>np~".chars().map(Key::Char).collect();
    let others = [
        Key::Left,
        Key::Right,
        Key::Up,
        Key::Down,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
        Key::Tab,
        Key::Enter,
        Key::Escape,
    ];
    let keys: Vec<Key> = keys.into_iter().chain(others).collect();
    prop_oneof![
        6 => prop::sample::select(keys).prop_map(Input::Key),
        4 => (-10.0..500.0_f64, -10.0..400.0_f64).prop_map(|(x, y)| Input::Pointer(x, y)),
        1 => Just(Input::Left),
        2 => Just(Input::Pressed),
        2 => Just(Input::Released),
        3 => (-3.0..3.0_f64, -9.0..9.0_f64).prop_map(|(x, y)| Input::Wheel(x, y)),
        1 => ((1..600_u32, 1..500_u32), 0.5..2.5_f64)
            .prop_map(|(size, scale)| Input::Resized { size, scale }),
    ]
}

fn far_shapes() -> Capture {
    let (low, high) = (Fixed::MIN, Fixed::MAX);
    let line = Line::new(Point::new(low, low), Point::new(high, high));
    let far = Trapezoid { top: low, bottom: high, left: line, right: line };
    let wide = Trapezoid::rectangle(low, low, high, high);
    let colour = Rgba::opaque(1, 2, 3);
    let sets = vec![
        Set::of_trapezoids("far", colour, vec![far, wide]),
        Set::of_trapezoids("none", colour, Vec::new()),
    ];
    Capture { sets, ..Capture::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is done, at whatever size: nothing breaks, and the state names
    /// only what there is.
    #[test]
    fn any_inputs_are_survived(
        inputs in prop::collection::vec(any_input(), 1..40),
        which in 0..4_usize,
    ) {
        let capture = match which {
            0 => circle(),
            1 => captured(),
            2 => far_shapes(),
            _ => Capture::default(),
        };
        let mut viewer = viewer(capture, (300, 220));
        for input in inputs {
            viewer.handle(input);
            prop_assert!(viewer.current() < viewer.capture().sets.len().max(1));
            if let Some((set, shape)) = viewer.focus() {
                prop_assert!(shape < viewer.capture().sets[set].shapes.len());
            }
        }
        let canvas = painted(&mut viewer);
        // No pixel is left as it was before.
        let untouched = Rgba::opaque(255, 0, 255);
        let (width, height) = (canvas.width(), canvas.height());
        for (x, y) in [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)] {
            prop_assert_ne!(canvas.get(x, y), untouched);
        }
    }
}
