//! Any bytes that a client may put into a property parse to a value or to nothing.

use proptest::prelude::*;

use super::*;

fn atoms() -> Atoms {
    // Any distinct numbers do: parsing only compares them.
    Atoms {
        UTF8_STRING: 301,
        COMPOUND_TEXT: 302,
        WM_DELETE_WINDOW: 303,
        WM_TAKE_FOCUS: 304,
        _NET_WM_PING: 305,
        _NET_WM_SYNC_REQUEST: 306,
        _NET_WM_STATE_ABOVE: 307,
        _NET_WM_STATE_MODAL: 308,
        _NET_WM_WINDOW_TYPE_DOCK: 309,
        ..Atoms::default()
    }
}

fn longs(items: &[i32]) -> Value {
    let bytes = items.iter().flat_map(|i| i.to_ne_bytes()).collect();
    Value { kind: 6, format: 32, bytes }
}

fn text(kind: u32, bytes: &[u8]) -> Value {
    Value { kind, format: 8, bytes: bytes.to_vec() }
}

#[test]
fn titles_in_every_encoding() {
    let atoms = atoms();
    let none = Value::default();
    assert_eq!(title(&text(301, "né\u{7}t\n".as_bytes()), &none, &atoms), "né t ");
    assert_eq!(title(&none, &text(31, b"caf\xe9"), &atoms), "café", "Latin-1");
    assert_eq!(title(&none, &text(31, "café".as_bytes()), &atoms), "café", "UTF-8 all the same");
    assert_eq!(title(&none, &text(302, b"\x1b-Aa\xe9\x1b%Gb"), &atoms), "aéb");
    let surrogates = b"a\xed\xa0\xbd\xed\xb8\x80b";
    assert_eq!(title(&text(301, surrogates), &none, &atoms), "a\u{1f600}b", "as Tk writes it");
    let half = title(&text(301, b"\xed\xa0\xbdb"), &none, &atoms);
    assert!(half.ends_with('b') && half.contains('\u{fffd}'), "half a character is none: {half}");
    assert_eq!(title(&text(301, b"a\xff\xfeb"), &none, &atoms), "a\u{fffd}\u{fffd}b");
    assert_eq!(title(&text(301, b""), &text(31, b"old"), &atoms), "old", "empty does not count");
    let long = "€".repeat(5000);
    let kept = title(&text(301, long.as_bytes()), &none, &atoms);
    assert!(kept.len() <= MAX_TITLE && kept.chars().all(|c| c == '€' || c == '\u{fffd}'));
}

#[test]
fn size_hints_drop_the_impossible() {
    let mut items = [0; 18];
    items[0] = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9;
    (items[5], items[6]) = (100, 50);
    (items[7], items[8]) = (20, 4000);
    (items[9], items[10]) = (0, 7);
    (items[11], items[12], items[13], items[14]) = (1, 0, 2, 1);
    items[17] = 10;
    let hints = size_hints(&longs(&items));
    assert_eq!(hints.min, Some(Size::new(100, 50)));
    assert_eq!(hints.max, Some(Size::new(100, 4000)), "a maximum below the minimum is raised");
    assert_eq!(hints.increment, None, "a step of 0");
    assert_eq!(hints.aspect, None, "a denominator of 0");
    assert_eq!(hints.gravity, Gravity::Static);
    assert_eq!(size_hints(&longs(&items[..10])), SizeHints::default(), "too short");
}

#[test]
fn wm_hints_default_to_input() {
    assert!(wm_hints(&Value::default()).0.input);
    assert!(!wm_hints(&longs(&[1, 0])).0.input);
    let (hints, icon) = wm_hints(&longs(&[2 | 4 | 64 | 256, 0, 3, 77, 0, 0, 0, 0, 9]));
    assert!(hints.start_iconic && hints.urgent);
    assert_eq!(hints.group, Some(Xid(9)));
    assert_eq!(icon, Some((77, 0)));
}

#[test]
fn motif_all_inverts() {
    let hints = motif(&longs(&[3, 1 | 2, 0, 0, 0])).unwrap();
    assert!(!hints.resize && hints.moving && hints.close && !hints.decorated);
    let hints = motif(&longs(&[2, 0, 1, 0, 0])).unwrap();
    assert!(hints.decorated && hints.resize);
    assert_eq!(motif(&longs(&[2])), None);
}

#[test]
fn struts_prefer_the_partial_form() {
    let old = longs(&[0, 0, 24, 0]);
    assert_eq!(strut(&Value::default(), &old).map(|s| s.top_range), Some((0, i32::MAX)));
    let partial = longs(&[0, 0, 30, 0, 0, 0, 0, 0, 10, 99, 0, 0]);
    let strut_ = strut(&partial, &old).unwrap();
    assert_eq!((strut_.sides.top, strut_.top_range), (30, (10, 99)));
    assert_eq!(strut(&longs(&[0; 12]), &Value::default()), None, "reserves nothing");
    assert_eq!(strut(&longs(&[1; 5]), &Value::default()), None, "malformed");
}

proptest! {
    #[test]
    fn garbage_never_hurts(kind in 0u32..400, format in prop::sample::select(vec![0u8, 8, 16, 32, 7]),
                           bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let atoms = atoms();
        let value = Value { kind, format, bytes };
        prop_assert!(title(&value, &value, &atoms).len() <= MAX_TITLE);
        prop_assert!(!class(&value).0.contains(char::is_control));
        let hints = size_hints(&value);
        for size in [hints.min, hints.max, hints.increment, hints.base].into_iter().flatten() {
            prop_assert!(size.w <= MAX_SIZE && size.h <= MAX_SIZE && size.w >= 0 && size.h >= 0);
        }
        if let Some(extents) = extents(&value) {
            prop_assert!(extents.left >= 0 && extents.left <= 4096);
        }
        let _ = (protocols(&value, &atoms), wm_hints(&value), window(&value), motif(&value));
        let _ = (window_types(&value, &atoms), net_states(&value, &atoms), strut(&value, &value));
        let _ = (opacity(&value), opaque_region(&value), bypass(&value), wm_state(&value));
        let _ = (timestamp(&value), icon_geometry(&value));
    }
}
