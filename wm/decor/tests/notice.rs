//! Notices.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::is_premultiplied;
use trapeze_decor::{Notice, Painter, Picture};
use wm_core::geom::Size;
use wm_core::look::Theme;

const MOST: Size = Size { w: 640, h: 900 };

fn notice(paragraphs: &[&str]) -> Notice {
    Notice {
        title: "Something is wrong".to_owned(),
        paragraphs: paragraphs.iter().map(|&text| text.to_owned()).collect(),
        footer: "Mend it.".to_owned(),
    }
}

fn paint(paragraphs: &[&str], most: Size) -> Picture {
    let picture = Painter::new(&Theme::default()).notice(&notice(paragraphs), most);
    assert!(is_premultiplied(&picture));
    picture
}

#[test]
fn it_is_as_large_as_its_text() {
    let small = paint(&["short"], MOST);
    let wide = paint(&["a line that is a good deal longer than the title of this notice"], MOST);
    let high = paint(&["short", "and a second"], MOST);
    assert!(small.size.w < wide.size.w && wide.size.w <= MOST.w, "{small:?} {wide:?}");
    assert!(small.size.h < high.size.h, "{small:?} {high:?}");
    assert_eq!(small.size.h, wide.size.h, "one line each");
}

#[test]
fn long_paragraphs_are_wrapped_and_at_last_cut() {
    let one = paint(&["word"], MOST).size;
    let [two, many, more] = [20, 200, 2000].map(|n| paint(&["word ".repeat(n).trim()], MOST).size);
    assert!(one.h < two.h && two.h < many.h, "{one:?} {two:?} {many:?}");
    assert_eq!(many, more, "no notice fills the screen");
    let unbroken = paint(&[&"x".repeat(500)], MOST).size;
    assert_eq!(unbroken.h, one.h, "a word without end is cut");
    assert!(unbroken.w <= MOST.w);
}

#[test]
fn it_never_is_larger_than_it_may_be() {
    for most in [Size::new(1, 1), Size::new(40, 40), Size::new(300, 60)] {
        let picture = paint(&["a few words", &"word ".repeat(300)], most);
        assert!(picture.size.w <= most.w && picture.size.h <= most.h, "{picture:?} in {most:?}");
    }
}

#[test]
fn its_bar_has_the_urgent_colour() {
    let picture = paint(&["text"], MOST);
    let urgent = Theme::default().urgent;
    let middle = picture.size.h / 2;
    let has =
        (0..40).any(|x| picture.pixel(x, middle) == Some([urgent.b, urgent.g, urgent.r, 255]));
    assert!(has, "a bar tells at a glance that it is no menu");
}
