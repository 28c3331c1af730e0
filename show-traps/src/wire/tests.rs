//! What is heard of streams: whole, cut anywhere, of both byte orders, damaged
//! and made up.

mod stream;

use std::time::Duration;

use proptest::prelude::*;
use raster::{Fixed, MaskFormat, Point};

use self::stream::{Drawn, Session, any_drawn};
use super::*;
use crate::capture::{Capture, Content, DrawableKind, Masking, Operator, Shapes};

/// Says both streams to a listener, in pieces of the given lengths, so that
/// nothing is said before what it answers.
fn hear(session: &Session, pieces: &[usize]) -> (Capture, Listener) {
    let mut listener = Listener::new(usize::MAX);
    let id = listener.open();
    let mut lengths = pieces.iter().copied().cycle();
    for (from_client, bytes) in &session.turns {
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let length = lengths.next().unwrap_or(usize::MAX).clamp(1, rest.len());
            let (piece, after) = rest.split_at(length);
            if *from_client {
                listener.from_client(id, piece, Duration::from_micros(7));
            } else {
                listener.from_server(id, piece);
            }
            rest = after;
        }
    }
    let mut capture = Capture::default();
    for record in listener.take() {
        capture.push(record);
    }
    (capture, listener)
}

fn expect(drawn: &[Drawn], capture: &Capture) {
    let heard: Vec<(&str, &Shapes)> =
        capture.sets.iter().map(|set| (set.name.as_str(), &set.shapes)).collect();
    let said: Vec<(&str, &Shapes)> =
        drawn.iter().map(|drawn| (drawn.name(), &drawn.shapes)).collect();
    assert_eq!(heard, said);
}

/// What is heard can be written and read; of what kind no shapes are does not
/// show in the text.
fn can_be_read(capture: &Capture) {
    let text = capture.to_string();
    assert_eq!(Capture::parse(&text).map(|again| again.to_string()), Ok(text));
}

#[test]
fn a_session_is_understood() {
    let mut session = Session::new(ByteOrder::Little);
    session.begin();
    session.window_with_title("A clock");
    let onto = session.window_picture();
    let source = session.solid([0xffff, 0x8080, 0, 0xffff]);
    let drawn = Drawn::example();
    session.draw(&drawn, source, onto);
    let (capture, listener) = hear(&session, &[usize::MAX]);
    expect(std::slice::from_ref(&drawn), &capture);
    let set = &capture.sets[0];
    let drawing = set.drawing.unwrap();
    assert_eq!((drawing.operator, drawing.at), (Operator::OVER, (3, -4)));
    assert_eq!(drawing.masking, Masking::Shared(MaskFormat::A8));
    assert_eq!(set.colour.to_string(), "#ff8000ff");
    let target = capture.target(set).unwrap();
    assert_eq!(target.kind, DrawableKind::Window);
    assert_eq!((target.size, target.title.as_deref()), (Some((300, 200)), Some("A clock")));
    assert_eq!(target.format.as_deref(), Some("x8r8g8b8"));
    assert_eq!(target.toplevel, Some(stream::TOPLEVEL));
    let origin = set.origin.unwrap();
    assert_eq!((origin.client, origin.request), (1, session.requests()));
    assert_eq!((origin.time, origin.bytes), (7, session.last_length()));
    assert_eq!(listener.dropped(), 0);
}

#[test]
fn pixmaps_belong_to_the_window_that_they_were_made_for() {
    let mut session = Session::new(ByteOrder::Big);
    session.begin();
    session.window_with_title("A clock");
    let onto = session.pixmap_picture();
    let source = session.solid([0; 4]);
    session.draw(&Drawn::example(), source, onto);
    let (capture, _) = hear(&session, &[usize::MAX]);
    let target = capture.target(&capture.sets[0]).unwrap();
    assert_eq!((target.kind, target.size), (DrawableKind::Pixmap, Some((30, 20))));
    assert_eq!(target.format.as_deref(), Some("a8"));
    assert_eq!(target.toplevel, Some(stream::TOPLEVEL));
    assert_eq!(target.title.as_deref(), Some("A clock"));
}

#[test]
fn attributes_are_those_of_the_moment() {
    let mut session = Session::new(ByteOrder::Big);
    session.begin();
    session.window_with_title("x");
    let onto = session.window_picture();
    let source = session.linear_gradient();
    session.clip(onto, 5, 6, &[(1, 2, 3, 4)]);
    session.draw(&Drawn::example(), source, onto);
    session.smooth_and_unclipped(onto);
    session.transform(source);
    session.draw(&Drawn::example(), source, onto);
    let (capture, _) = hear(&session, &[3]);
    let [first, second] = [0, 1].map(|k| capture.sets[k].drawing.unwrap());
    let text = capture.to_string();
    assert_ne!(first.onto, second.onto);
    assert!(text.contains("clip=6,8,3,4\n"), "moved by its origin: {text}");
    assert!(text.contains("title=x edge=smooth\n"), "{text}");
    let gradients: Vec<_> = [first, second]
        .map(|drawing| capture.picture(drawing.source.unwrap()).unwrap().clone())
        .to_vec();
    let Content::Linear { from, stops, .. } = &gradients[0].content else { panic!("{text}") };
    assert_eq!((*from, stops.len()), (Point::from_f64(1.0, 2.5), 2));
    assert_eq!(gradients[0].transform, None);
    assert_eq!(gradients[1].transform.map(|m| m[2]), Some(Fixed::from_int(9)));
}

#[test]
fn glyphs_stand_where_the_pen_was() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let mut session = Session::new(order);
        session.begin();
        session.window_with_title("x");
        let onto = session.window_picture();
        let source = session.solid([0, 0, 0, 0xffff]);
        session.glyph_set();
        // 3×2 pixels, and 1×1.
        session.add_glyph(65, (3, 2), (1, 2), 5, &[1, 2, 3, 4, 5, 6]);
        session.add_glyph(66, (1, 1), (0, 0), 2, &[200]);
        session.write(source, onto, &[(10, 20, &[65, 66]), (3, -1, &[65, 99])]);
        let (capture, _) = hear(&session, &[usize::MAX]);
        let Shapes::Glyphs(glyphs) = &capture.sets[0].shapes else { panic!("{capture}") };
        let places: Vec<_> = glyphs.iter().map(|glyph| (glyph.image, glyph.x, glyph.y)).collect();
        assert_eq!(places, [(0, 10, 20), (1, 15, 20), (0, 20, 19)], "glyph 99 is unknown");
        assert_eq!(capture.glyphs[0].data, [1, 2, 3, 4, 5, 6]);
        assert_eq!(capture.glyphs[0].origin, (1, 2));
    }
}

#[test]
fn big_requests_count_once_enabled() {
    let mut session = Session::new(ByteOrder::Big);
    session.begin();
    session.window_with_title("x");
    let onto = session.window_picture();
    let source = session.solid([0; 4]);
    session.enable_big_requests();
    session.big = true;
    session.draw(&Drawn::example(), source, onto);
    session.big = false;
    session.draw(&Drawn::example(), source, onto);
    let (capture, _) = hear(&session, &[5]);
    expect(&[Drawn::example(), Drawn::example()], &capture);
}

#[test]
fn too_much_is_counted_and_not_kept() {
    let mut session = Session::new(ByteOrder::Little);
    session.begin();
    session.window_with_title("x");
    let onto = session.window_picture();
    let source = session.solid([0; 4]);
    for _ in 0..3 {
        session.draw(&Drawn::example(), source, onto);
    }
    let mut listener = Listener::new(Drawn::example().shapes.len() + 2);
    let id = listener.open();
    for (from_client, bytes) in &session.turns {
        match from_client {
            true => listener.from_client(id, bytes, Duration::ZERO),
            false => listener.from_server(id, bytes),
        }
    }
    let sets = listener.take().into_iter().filter(|record| matches!(record, Record::Set(_)));
    assert_eq!((sets.count(), listener.dropped()), (1, 2));
}

#[test]
fn a_client_takes_its_resources_along() {
    let mut session = Session::new(ByteOrder::Little);
    session.begin();
    session.window_with_title("x");
    session.window_picture();
    session.glyph_set();
    let (_, mut listener) = hear(&session, &[usize::MAX]);
    assert!(!listener.resources.windows.is_empty() && !listener.resources.glyphs.is_empty());
    listener.close(ClientId(1));
    let left = &listener.resources;
    assert!(left.windows.is_empty() && left.pictures.is_empty() && left.glyphs.is_empty());
}

/// What a random session says, and which order it says it in.
fn any_session() -> impl Strategy<Value = (Session, Vec<Drawn>)> {
    let order = prop::sample::select(vec![ByteOrder::Little, ByteOrder::Big]);
    let steps = prop::collection::vec((any_drawn(), any::<bool>(), 0..40_usize), 0..8);
    (order, steps).prop_map(|(order, steps)| {
        let mut session = Session::new(order);
        session.begin();
        session.window_with_title("random");
        let onto = session.window_picture();
        let source = session.solid([1, 2, 3, 4]);
        session.enable_big_requests();
        let mut said = Vec::new();
        for (drawn, big, other) in steps {
            session.noise(other);
            session.big = big;
            session.draw(&drawn, source, onto);
            session.big = false;
            said.push(drawn);
        }
        (session, said)
    })
}

proptest! {
    #[test]
    fn valid_streams_are_understood_however_they_are_cut(
        (session, said) in any_session(),
        pieces in prop::collection::vec(1..200_usize, 1..20),
    ) {
        let (capture, _) = hear(&session, &pieces);
        expect(&said, &capture);
        can_be_read(&capture);
    }

    #[test]
    fn any_bytes_are_survived(
        client in prop::collection::vec(any::<u8>(), 0..600),
        server in prop::collection::vec(any::<u8>(), 0..600),
        order in prop::sample::select(vec![b'l', b'B', 0]),
    ) {
        let mut listener = Listener::new(1000);
        let id = listener.open();
        let setup = [order, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0];
        listener.from_client(id, &setup, Duration::ZERO);
        for (k, piece) in client.chunks(37).enumerate() {
            listener.from_client(id, piece, Duration::ZERO);
            if let Some(piece) = server.chunks(41).nth(k) {
                listener.from_server(id, piece);
            }
        }
        listener.close(id);
        prop_assert!(listener.take().len() <= 1000 * 3);
    }

    /// Damage anywhere, in either stream: nothing worse than other records.
    #[test]
    fn damaged_streams_are_survived(
        (session, said) in any_session(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        pieces in prop::collection::vec(1..300_usize, 1..5),
    ) {
        let mut session = session;
        let total: usize = session.turns.iter().map(|(_, bytes)| bytes.len()).sum();
        for (index, byte) in damage {
            let mut at = index.index(total);
            for (_, bytes) in &mut session.turns {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                    break;
                }
                at -= bytes.len();
            }
        }
        let (capture, _) = hear(&session, &pieces);
        let most: usize = said.iter().map(|drawn| drawn.shapes.len() + 1).sum();
        // A byte may turn other requests into drawing ones, but not make up many.
        prop_assert!(capture.sets.len() <= 2 * most + 40);
        can_be_read(&capture);
    }
}
