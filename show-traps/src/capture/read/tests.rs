//! The text format, both ways.

use proptest::prelude::*;

use super::*;

const DRAWN: &str = "\
show-traps 1
set #ff0000ff fill of the circle
trap 2.5 10  3 2 1 11  7 2 8 11
";

const CAPTURED: &str = "\
show-traps 1
picture 1 window 0x400007 size=300x200 format=x8r8g8b8 toplevel=0x400001 title=\"A clock\"
picture 2 linear from=0,0 to=0,20.5 stops=0:#ff0000ff,1:#00ff0080 repeat=pad clip=1,2,3,4;-5,6,7,8
set #808080ff Trapezoids
from client=1 request=245 time=0.034567 bytes=64
draw op=over source=2 at=0,-3 onto=1 mask=a8
trap 2.5 10  3 2 1 11  7 2 8 11
picture 3 radial inner=1,2,0 outer=1,2,30 stops=
set #000000ff Triangles
draw op=disjoint-atop source=3 at=0,0 onto=1 mask=none
triangle 0 0 4.5 0 2 3
picture 4 pixmap 0x400009 format=a8 edge=smooth component-alpha=yes
set #ffffffff AddTraps
draw op=add at=4,5 onto=4 mask=none
spans 1 2 3  0.5 2.5 4
glyph-image 1 2x1 origin=-1,8 advance=9,0 format=a8 data=00ff
set #00000080 CompositeGlyphs8
draw op=over source=2 at=0,0 onto=1 mask=a8
glyph 1 12 -40
picture 5 conical center=0,1 angle=90 stops= transform=1,0,0,0,1,0,0,0,1 filter=convolution,3,3
picture 6 drawable 0x1
set #ffffff00 Composite
draw op=src source=5 mask-picture=6 at=0,0 onto=1 mask=none
rectangle -1 2 3 65535
picture 7 solid #01020304
";

fn error(text: &str) -> String {
    Capture::parse(text).unwrap_err().to_string()
}

#[test]
fn the_documented_examples_are_read() {
    let capture = Capture::parse(DRAWN).unwrap();
    assert_eq!(capture.sets[0].name, "fill of the circle");
    let Shapes::Trapezoids(shapes) = &capture.sets[0].shapes else { panic!("{capture:?}") };
    assert_eq!(shapes[0].top, Fixed::from_f64(2.5));
    assert_eq!(capture.to_string(), DRAWN);
}

#[test]
fn all_that_a_request_says_is_kept() {
    let capture = Capture::parse(CAPTURED).unwrap();
    assert_eq!(capture.to_string(), CAPTURED);
    let first = &capture.sets[0];
    assert_eq!(first.origin.map(|origin| origin.time), Some(34_567));
    assert_eq!(capture.target(first).and_then(|window| window.title.as_deref()), Some("A clock"));
    assert_eq!(capture.mask_format(first), MaskFormat::A8);
    assert_eq!(capture.mask_format(&capture.sets[1]), MaskFormat::A1, "sharp edges");
    assert_eq!(capture.mask_format(&capture.sets[2]), MaskFormat::A8, "of the destination");
    let shape = capture.sets[2].shape(0).unwrap();
    assert_eq!(shape.bounds(&[]), Some([4.5, 8.0, 6.5, 9.0]), "AddTraps moves");
}

#[test]
fn comments_and_blanks_count_as_lines() {
    let text = "# by hand\n\n show-traps 1\n\tset #ffffff\n# one\ntrap 1 2 3\n";
    assert_eq!(error(text), "line 6: `trap` needs 10 numbers, this one has 3");
}

#[test]
fn errors_say_what_is_wrong() {
    assert_eq!(error(""), "line 1: a capture begins with the line `show-traps 1`");
    assert_eq!(error("set #ffffff"), "line 1: a capture begins with the line `show-traps 1`");
    assert_eq!(
        error("show-traps 2"),
        "line 1: format version `2` is unknown, this program reads 1"
    );
    let cases = [
        ("trap 1 2 3 4 5 6 7 8 9 10", "`trap` before any `set`"),
        ("circle", "`circle` begins no line of a capture"),
        ("set red fill", "`red` is not a colour such as #ff8000 or #ff8000ff"),
        ("picture 2 solid #ffffff", "the next picture is number 1"),
        ("picture 1", "`picture` needs `content`"),
        ("picture 1 window 12", "`12` is not an XID such as 0x400001"),
        ("picture 1 solid #ffffff title=x", "`title=x` is not an attribute of this picture"),
        ("picture 1 window 0x1 title=\"x", "the quote is not closed: \"x"),
        ("picture 1 window 0x1 clip=1,2,3,70000", "`1,2,3,70000` is not X,Y,WIDTH,HEIGHT"),
        ("picture 1 window 0x1 transform=1", "`1` is not nine numbers between commas"),
        ("glyph-image 1 3x3 data=0", "`0` is not pairs of hexadecimal digits"),
    ];
    for (line, expected) in cases {
        assert_eq!(error(&format!("show-traps 1\n{line}")), format!("line 2: {expected}"));
    }
    let cases = [
        ("draw op=over", "`draw` needs `onto=`"),
        ("draw op=over onto=1", "picture 1 is not declared"),
        ("draw op=sideways onto=1", "`sideways` is not an operator of Render"),
        ("glyph 1 2 3", "glyph-image 1 is not declared"),
        ("from time=1.2345678", "`1.2345678` is not a time in seconds"),
        ("from here", "`here` is not client=, request=, time= or bytes="),
        ("trap 0 0 0 0 0 0 0 0 0 0\ntriangle 0 0 0 0 0 0", "`triangle` in a set of other shapes"),
    ];
    for (line, expected) in cases {
        let said = error(&format!("show-traps 1\nset #ffffff\n{line}"));
        assert_eq!(said, format!("line {}: {expected}", 2 + line.lines().count()));
    }
    for number in ["x", "NaN", "inf", "32768", "-1e9"] {
        let text = format!("show-traps 1\nset #ffffff\ntrap 0 0 0 0 0 0 0 0 0 {number}");
        let expected = format!("line 3: `{number}` is not a number from -32768 to below 32768");
        assert_eq!(error(&text), expected);
    }
}

fn any_fixed() -> impl Strategy<Value = Fixed> {
    any::<i32>().prop_map(Fixed::from_bits)
}

fn any_point() -> impl Strategy<Value = Point> {
    (any_fixed(), any_fixed()).prop_map(|(x, y)| Point::new(x, y))
}

fn any_colour() -> impl Strategy<Value = Rgba> {
    any::<[u8; 4]>().prop_map(|[red, green, blue, alpha]| Rgba { red, green, blue, alpha })
}

fn any_rectangle() -> impl Strategy<Value = Rectangle> {
    any::<(i16, i16, u16, u16)>().prop_map(|(x, y, width, height)| Rectangle {
        x,
        y,
        width,
        height,
    })
}

fn any_shapes() -> impl Strategy<Value = Shapes> {
    let trapezoid =
        prop::array::uniform10(any_fixed()).prop_map(|[top, bottom, a, b, c, d, e, f, g, h]| {
            let line = |x1, y1, x2, y2| Line::new(Point::new(x1, y1), Point::new(x2, y2));
            Trapezoid { top, bottom, left: line(a, b, c, d), right: line(e, f, g, h) }
        });
    let triangle = prop::array::uniform3(any_point()).prop_map(|[a, b, c]| Triangle::new(a, b, c));
    let trap = prop::array::uniform6(any_fixed()).prop_map(|[a, b, c, d, e, f]| Trap {
        top: Span { left: a, right: b, y: c },
        bottom: Span { left: d, right: e, y: f },
    });
    let glyph = any::<(i32, i32)>().prop_map(|(x, y)| PlacedGlyph { image: 0, x, y });
    prop_oneof![
        prop::collection::vec(trapezoid, 0..4).prop_map(Shapes::Trapezoids),
        prop::collection::vec(triangle, 1..4).prop_map(Shapes::Triangles),
        prop::collection::vec(trap, 1..4).prop_map(Shapes::Traps),
        prop::collection::vec(glyph, 1..4).prop_map(Shapes::Glyphs),
        prop::collection::vec(any_rectangle(), 1..4).prop_map(Shapes::Rectangles),
    ]
}

fn any_picture() -> impl Strategy<Value = Picture> {
    let stops = || {
        let stop = (any_fixed(), any_colour());
        prop::collection::vec(stop.prop_map(|(position, colour)| Stop { position, colour }), 0..3)
    };
    let drawable = (
        any::<(u32, Option<(u16, u16)>, Option<u32>)>(),
        prop::option::of("[ -~äλ\n]{0,9}"),
        prop::option::of("[a-z0-9:]{1,6}"),
        prop::option::of(any_colour()),
    )
        .prop_map(|((xid, size, toplevel), title, format, filled)| {
            let kind = [DrawableKind::Window, DrawableKind::Pixmap, DrawableKind::Unknown]
                [xid as usize % 3];
            Content::Drawable(Drawable { kind, xid, size, format, toplevel, title, filled })
        });
    let content =
        prop_oneof![
            any_colour().prop_map(Content::Solid),
            (any_point(), any_point(), stops()).prop_map(|(from, to, stops)| Content::Linear {
                from,
                to,
                stops
            }),
            ((any_point(), any_fixed()), (any_point(), any_fixed()), stops())
                .prop_map(|(inner, outer, stops)| Content::Radial { inner, outer, stops }),
            (any_point(), any_fixed(), stops())
                .prop_map(|(center, angle, stops)| Content::Conical { center, angle, stops }),
            drawable,
        ];
    let clip = prop_oneof![
        Just(Clip::None),
        Just(Clip::Mask),
        prop::collection::vec(any_rectangle(), 0..3).prop_map(Clip::Rectangles),
    ];
    let repeat =
        prop::sample::select(vec![Repeat::None, Repeat::Normal, Repeat::Pad, Repeat::Reflect]);
    let transform = prop::option::of(prop::array::uniform9(any_fixed()));
    let filter = prop::option::of("[a-z]{1,5}(,[0-9]){0,2}");
    (content, clip, repeat, transform, filter, any::<(bool, bool)>()).prop_map(
        |(content, clip, repeat, transform, filter, (smooth_edges, component_alpha))| Picture {
            content,
            repeat,
            transform,
            filter,
            clip,
            smooth_edges,
            component_alpha,
        },
    )
}

fn any_set() -> impl Strategy<Value = Set> {
    let origin = prop::option::of(any::<(u32, u64, u64, u64)>()).prop_map(|some| {
        some.map(|(client, request, time, bytes)| Origin {
            client,
            request,
            time: time >> 20,
            bytes,
        })
    });
    let masking = prop::sample::select(vec![
        Masking::Each,
        Masking::Shared(MaskFormat::A1),
        Masking::Shared(MaskFormat::A4),
        Masking::Shared(MaskFormat::A8),
        Masking::Colour,
    ]);
    let drawing = (any::<(u8, bool, bool, i16, i16)>(), masking).prop_map(
        |((operator, source, mask, x, y), masking)| Drawing {
            operator: Operator(operator),
            source: source.then_some(PictureId(1)),
            mask_picture: mask.then_some(PictureId(0)),
            onto: PictureId(0),
            at: (x, y),
            masking,
        },
    );
    let name = "([a-z#äλ][a-z0-9 #äλ]{0,8}[a-z#])?";
    (name, any_colour(), origin, prop::option::of(drawing), any_shapes()).prop_map(
        |(name, colour, origin, drawing, shapes)| Set { name, colour, origin, drawing, shapes },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        sets in prop::collection::vec(any_set(), 0..4),
        pictures in prop::collection::vec(any_picture(), 2..5),
        glyph in (any::<(u16, u16, (i16, i16), (i16, i16), bool)>(), any::<Vec<u8>>()),
    ) {
        let ((width, height, origin, advance, coloured), data) = glyph;
        let glyphs = vec![GlyphImage { width, height, origin, advance, coloured, data }];
        let capture = Capture { sets, pictures, glyphs };
        prop_assert_eq!(Capture::parse(&capture.to_string()), Ok(capture));
    }

    #[test]
    fn any_text_is_survived(
        text in "(show-traps 1\n)?([ -~\n\u{e9}]|\nset #ffffff|\ntrap|#|\npicture 1|[0-9]| draw|=){0,60}",
    ) {
        if let Err(error) = Capture::parse(&text) {
            prop_assert!(error.line >= 1 && error.line <= text.lines().count().max(1));
        }
    }

    /// A real capture with a few characters changed is read, or refused at a
    /// line that it has.
    #[test]
    fn damaged_captures_are_survived(
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[ -~\n]{0,3}"), 1..5),
    ) {
        let mut text = CAPTURED.to_owned();
        for (index, with) in changes {
            let at = index.index(text.len());
            text.replace_range(at..(at + 1).min(text.len()), &with);
        }
        if let Err(error) = Capture::parse(&text) {
            prop_assert!(error.line >= 1 && error.line <= text.lines().count().max(1));
        }
    }
}
