//! Title bars, by properties of their pixels.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{Area, bar, colourfulness, difference, is_premultiplied};
use proptest::prelude::*;
use trapeze_decor::{Icon, Painter, Picture};
use wm_core::geom::{Rect, Size};
use wm_core::look::{Button, ButtonState, Color, FrameLook, Theme};

/// Everything grey, so that colour can only come from emoji.
fn grey() -> Theme {
    let mut theme = Theme::default();
    theme.active.background = Color::rgb(0x0030_3030);
    theme.active.text = Color::rgb(0x00f0_f0f0);
    theme.active.border = Color::rgb(0x0020_2020);
    theme.accent = Color::rgb(0x0080_8080);
    theme
}

/// Where a title's ink is: what an untitled bar has not.
fn ink(painter: &mut Painter, look: &FrameLook) -> Area {
    let bare = painter.title_bar(&FrameLook { title: String::new(), ..look.clone() }, None);
    difference(&bare, &painter.title_bar(look, None))
}

const SCRIPTS: [&str; 7] = [
    "Terminal",
    "日本語のタイトル",
    "العربية عنوان",
    "שלום עולם",
    "हिन्दी शीर्षक",
    "Русский Ελληνικά",
    "mixed עברית and English",
];

#[test]
fn every_script_leaves_ink_inside_the_title_rect() {
    for percent in [100, 150, 200] {
        let theme = Theme { scale_percent: percent, ..Theme::default() };
        let mut painter = Painter::new(&theme);
        for title in SCRIPTS {
            for width in [900, 420, 300] {
                let look = bar(&theme, width, title);
                let ink = ink(&mut painter, &look);
                assert!(look.title_rect.contains_rect(&ink), "{title} at {width}: {ink:?}");
                assert!(width < 900 || !ink.is_empty(), "{title} has no ink");
            }
        }
    }
}

#[test]
fn a_short_title_is_centred_on_the_bar_and_by_its_capitals() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    let look = bar(&theme, 800, "HHHH");
    let ink = ink(&mut painter, &look);
    let centre = ink.x * 2 + ink.w;
    assert!((centre - 800).abs() <= 4, "off by {} half pixels", centre - 800);
    let (above, below) = (ink.y, look.size.h - ink.bottom());
    assert!((above - below).abs() <= 1, "{above} above, {below} below");
}

#[test]
fn a_title_that_cannot_be_centred_stays_beside_the_buttons() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    let mut look = bar(&theme, 500, "As long as the room");
    look.title_rect = Rect::from_edges(36, 0, 240, look.size.h);
    let ink = ink(&mut painter, &look);
    assert!(look.title_rect.contains_rect(&ink));
    assert!(ink.right() > 225, "pushed against the right end, not cut: {ink:?}");
}

#[test]
fn uncentred_titles_begin_where_they_are_read_from() {
    let theme = Theme { title_centered: false, ..Theme::default() };
    let mut painter = Painter::new(&theme);
    let english = bar(&theme, 800, "Terminal");
    let area = ink(&mut painter, &english);
    assert!(area.x - english.title_rect.x < 8, "{area:?}");
    for title in ["שלום", "العربية", "(שלום) abc"] {
        let look = bar(&theme, 800, title);
        let area = ink(&mut painter, &look);
        assert!(look.title_rect.right() - area.right() < 8, "{title}: {area:?}");
        assert!(area.x > 400, "{title}: {area:?}");
    }
}

#[test]
fn a_long_title_ends_in_dots_that_fit() {
    let theme = Theme { title_centered: false, ..Theme::default() };
    let mut painter = Painter::new(&theme);
    for title in SCRIPTS.iter().map(|s| format!("{s} ").repeat(30)) {
        for width in [240, 301, 500] {
            let look = bar(&theme, width, &title);
            let area = ink(&mut painter, &look);
            assert!(look.title_rect.contains_rect(&area), "{title} at {width}: {area:?}");
            assert!(area.w * 2 > look.title_rect.w, "{title} at {width} was cut too far");
        }
    }
    // The last columns of an English one hold only the dots, low down.
    let look = bar(&theme, 400, &"HHHH HHHH ".repeat(20));
    let bare = painter.title_bar(&FrameLook { title: String::new(), ..look.clone() }, None);
    let full = painter.title_bar(&look, None);
    let area = difference(&bare, &full);
    for y in area.y..area.y + area.h * 2 / 3 {
        for x in area.right() - 8..area.right() {
            assert_eq!(full.pixel(x, y), bare.pixel(x, y), "ink above the dots");
        }
    }
}

#[test]
fn no_room_means_no_title() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    for width in [0, 1, 3, 6] {
        let mut look = bar(&theme, 400, "Terminal");
        look.title_rect = Rect::new(100, 0, width, look.size.h);
        assert!(ink(&mut painter, &look).is_empty(), "{width} pixels hold no letter and no dots");
    }
}

#[test]
fn emoji_have_colour_and_text_has_none() {
    let theme = grey();
    let mut painter = Painter::new(&theme);
    let plain = bar(&theme, 600, "plain ✓");
    let picture = painter.title_bar(&plain, None);
    assert_eq!(colourfulness(&picture, plain.title_rect), 0);
    for title in ["🎉", "a ❤\u{fe0f} b", "🇫🇷", "👩\u{200d}💻"] {
        let look = bar(&theme, 600, title);
        let picture = painter.title_bar(&look, None);
        let colour = colourfulness(&picture, look.title_rect);
        assert!(
            colour > 60 || std::env::var_os("TRAPEZE_TESTS_WITHOUT_EMOJI").is_some(),
            "{title} is grey ({colour}): is a colour emoji font installed?"
        );
    }
}

#[test]
fn a_joined_emoji_is_one_picture() {
    let theme = grey();
    let mut painter = Painter::new(&theme);
    let one = ink(&mut painter, &bar(&theme, 600, "👩"));
    let joined = ink(&mut painter, &bar(&theme, 600, "👩\u{200d}💻"));
    assert!(joined.w < one.w * 3 / 2, "{joined:?} is as wide as two of {one:?}");
}

#[test]
fn pointer_states_change_their_button_only() {
    for percent in [100, 125, 200] {
        let theme = Theme { scale_percent: percent, ..Theme::default() };
        let mut painter = Painter::new(&theme);
        let calm = bar(&theme, 500, "Terminal");
        let before = painter.title_bar(&calm, None);
        for index in 1..calm.buttons.len() {
            let mut pictures = vec![before.clone()];
            for state in [ButtonState::Hovered, ButtonState::Pressed] {
                let mut look = calm.clone();
                look.buttons[index].state = state;
                let picture = painter.title_bar(&look, None);
                let area = difference(&before, &picture);
                let rect = look.buttons[index].rect;
                assert!(rect.contains_rect(&area), "{:?}: {area:?}", look.buttons[index]);
                assert!(!area.is_empty());
                assert!(!pictures.contains(&picture), "each state has its own look");
                pictures.push(picture);
            }
        }
    }
}

#[test]
fn a_hovered_close_button_is_red() {
    let theme = Theme::default();
    let mut look = bar(&theme, 500, "");
    let close = look.buttons.iter_mut().find(|b| b.button == Button::Close).unwrap();
    close.state = ButtonState::Hovered;
    let rect = close.rect;
    let picture = Painter::new(&theme).title_bar(&look, None);
    let red = theme.active.close_hover;
    assert_eq!(picture.pixel(rect.x + 5, rect.center().y), Some([red.b, red.g, red.r, 255]));
}

#[test]
fn equal_looks_are_equal_bytes_whatever_was_painted_before() {
    let theme = Theme::default();
    let look = bar(&theme, 640, "Equal 等しい 🎉");
    let first = Painter::new(&theme).title_bar(&look, None);
    let mut painter = Painter::new(&Theme { font_size: 22, ..Theme::default() });
    for title in SCRIPTS {
        let _ = painter.title_bar(&bar(&theme, 333, title), None);
    }
    painter.set_theme(&theme);
    assert!(painter.title_bar(&look, None) == first, "a cache leaks into the picture");
    assert!(painter.title_bar(&look, None) == first);
}

#[test]
fn states_differ_and_the_line_below_has_the_border_colour() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    let active = bar(&theme, 500, "State");
    let inactive = FrameLook { active: false, ..active.clone() };
    let urgent = FrameLook { urgent: true, ..inactive.clone() };
    let pictures = [active, inactive, urgent].map(|look| painter.title_bar(&look, None));
    assert!(pictures[0] != pictures[1] && pictures[1] != pictures[2]);
    let ground = theme.urgent;
    assert_eq!(pictures[2].pixel(200, 2), Some([ground.b, ground.g, ground.r, 255]));
    let border = theme.active.border;
    for x in 0..500 {
        assert_eq!(pictures[0].pixel(x, 29), Some([border.b, border.g, border.r, 255]));
        assert_ne!(pictures[0].pixel(x, 28), pictures[0].pixel(x, 29));
    }
}

#[test]
fn straight_symbols_fall_on_whole_pixels() {
    let text = Theme::default().active.text;
    let ground = Theme::default().active.background;
    for percent in [100, 125, 150, 175, 200, 300] {
        let theme = Theme { scale_percent: percent, ..Theme::default() };
        let look = bar(&theme, 700, "");
        let picture = Painter::new(&theme).title_bar(&look, None);
        for (button, most_partial) in
            [(Button::Minimize, 0), (Button::Maximize, 20 * i32::from(percent) / 100)]
        {
            let rect = look.buttons.iter().find(|b| b.button == button).unwrap().rect;
            let (mut full, mut partial) = (0, 0);
            for y in rect.y..rect.bottom() - 4 {
                for x in rect.x..rect.right() {
                    match picture.pixel(x, y).unwrap() {
                        [b, g, r, _] if [r, g, b] == [text.r, text.g, text.b] => full += 1,
                        [b, g, r, _] if [r, g, b] == [ground.r, ground.g, ground.b] => {}
                        _ => partial += 1,
                    }
                }
            }
            assert!(full >= 10, "{button:?} at {percent} % is not there");
            assert!(partial <= most_partial, "{button:?} at {percent} %: {partial} blurred pixels");
        }
    }
}

#[test]
fn the_icon_is_drawn_in_its_button() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    let look = bar(&theme, 400, "");
    let icon = Icon::from_net_wm_icon(&[&[16, 16][..], &[0xff00_ff00; 256]].concat()).unwrap();
    let (own, default) = (painter.title_bar(&look, Some(&icon)), painter.title_bar(&look, None));
    assert_eq!(own.pixel(15, 15), Some([0, 255, 0, 255]));
    assert!(look.buttons[0].rect.contains_rect(&difference(&own, &default)));
    assert_ne!(own, default);
}

#[test]
fn a_taller_bar_has_larger_text() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    let small = ink(&mut painter, &bar(&theme, 600, "HHHH"));
    let double = Theme { scale_percent: 200, ..Theme::default() };
    let look = bar(&double, 1200, "HHHH");
    let tall = ink(&mut painter, &look);
    assert!((tall.h - 2 * small.h).abs() <= 1, "{small:?} and {tall:?}");
    painter.set_theme(&double);
    assert_eq!(ink(&mut painter, &look), tall, "as if the theme had that scale");
}

#[test]
fn endless_titles_look_like_their_beginning() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    let short = painter.title_bar(&bar(&theme, 800, &"i".repeat(5000)), None);
    let long = painter.title_bar(&bar(&theme, 800, &"i".repeat(100_000)), None);
    assert!(short == long);
    let _ = painter.title_bar(&bar(&theme, 800, &"e\u{301}\u{323}".repeat(50_000)), None);
    let _ = painter.title_bar(&bar(&theme, 800, &"\u{202e}א".repeat(50_000)), None);
}

#[test]
fn control_characters_are_spaces() {
    let theme = Theme::default();
    let mut painter = Painter::new(&theme);
    let spaces = painter.title_bar(&bar(&theme, 600, "one two three"), None);
    for title in ["one\ntwo\tthree", "one\u{2028}two\u{2029}three", "one\u{7}two\u{85}three"] {
        let other = painter.title_bar(&bar(&theme, 600, title), None);
        assert!(other == spaces, "{title:?}");
    }
}

/// Characters that titles hurt with: bidi controls, joiners, marks,
/// noncharacters, emoji parts.
fn hostile() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "\u{202e}",
        "\u{2066}",
        "\u{2069}",
        "\u{200d}",
        "\u{200b}",
        "\u{fe0f}",
        "\u{fe0e}",
        "\u{301}",
        "\u{20e3}",
        "\u{1f3fd}",
        "\u{1f1eb}",
        "\u{fffd}",
        "\u{ffff}",
        "\u{10ffff}",
        "\u{feff}",
        "\n",
        "\r\n",
        "\0",
        "\u{1b}[31m",
        "🎉",
        "ا",
        "ﷺ",
        "ि",
        "가",
        "𓀀",
        "a",
        " ",
        "\u{e0067}",
        "\u{2028}",
        "…",
        "日",
        "ﬃ",
        "꧅",
        "\u{115f}",
        "\u{a0}",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(nasty, 0..60).prop_map(|parts| parts.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn hostile_titles_stay_in_their_place(title in hostile(), width in 150..700_i32) {
        let theme = Theme::default();
        let mut painter = Painter::new(&theme);
        let look = bar(&theme, width, &title);
        let ink = ink(&mut painter, &look);
        prop_assert!(look.title_rect.contains_rect(&ink), "{:?}: {:?}", title, ink);
    }

    #[test]
    fn hostile_geometry_is_survived(
        w in -5..400_i32, h in -5..90_i32, x in -9999..9999_i32, y in -99..99_i32,
        title_w in prop_oneof![0..500_i32, Just(i32::MAX)], scale in 0..1200_u16,
    ) {
        let theme = Theme { scale_percent: scale, ..Theme::default() };
        let mut look = bar(&Theme::default(), 500, "Title");
        look.size = Size { w, h };
        look.title_rect = Rect::new(x, y, title_w, title_w);
        for (index, button) in look.buttons.iter_mut().enumerate() {
            button.rect = Rect::new(x, y, title_w.min(300), h);
            button.state = [ButtonState::Hovered, ButtonState::Pressed][index % 2];
        }
        let picture: Picture = Painter::new(&theme).title_bar(&look, None);
        prop_assert_eq!(picture.size, Size::new(w, h));
        prop_assert!(is_premultiplied(&picture));
    }
}
