//! Menus: layout, both pointer styles, the keyboard, and random input.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::is_premultiplied;
use proptest::prelude::*;
use trapeze_decor::{MenuView, Outcome, Painter};
use wm_core::action::Action;
use wm_core::geom::{Point, Rect, Root};
use wm_core::look::{Menu, MenuItem, Theme};
use xkeysym::key;

const BOUNDS: Rect<Root> = Rect::new(100, 50, 1000, 700);

fn line(label: &str, action: Action) -> MenuItem {
    MenuItem::Action {
        label: label.to_owned(),
        action,
        enabled: true,
        checked: false,
        shortcut: None,
    }
}

fn disabled(label: &str) -> MenuItem {
    MenuItem::Action {
        label: label.to_owned(),
        action: Action::Kill,
        enabled: false,
        checked: false,
        shortcut: Some("Alt+F4".to_owned()),
    }
}

fn sub(label: &str, items: Vec<MenuItem>) -> MenuItem {
    MenuItem::Submenu { label: label.to_owned(), items }
}

/// Raise, a disabled line, a separator, a submenu (Above, Below → Center),
/// Close.
fn items() -> Vec<MenuItem> {
    vec![
        line("Raise", Action::Raise),
        disabled("Kill"),
        MenuItem::Separator,
        sub(
            "More",
            vec![
                line("Above", Action::ToggleAbove),
                sub("Below", vec![line("Center", Action::Center)]),
            ],
        ),
        line("Close", Action::Close),
    ]
}

fn open(items: Vec<MenuItem>, x: i32, y: i32) -> MenuView {
    let menu = Menu { items, at: Point::new(x, y), bounds: BOUNDS, window: None };
    let mut view = MenuView::new(&mut Painter::new(&Theme::default()), menu);
    view.pointer_starts_at(Point::new(x, y));
    view
}

/// The middle of a line of a level, for the layout of [`items`].
fn middle(view: &MenuView, level: usize, line: i32) -> Point<Root> {
    let rect = view.rects()[level];
    let above = if level == 0 && line > 2 { 28 * (line - 1) + 11 } else { 28 * line };
    Point::new(rect.center().x, rect.y + 6 + above + 14)
}

fn keys(view: &mut MenuView, keys: &[u32]) -> Outcome {
    keys.iter().map(|&key| view.key(key)).last().unwrap_or(Outcome::Nothing)
}

#[test]
fn menus_open_towards_the_room() {
    assert_eq!(open(items(), 300, 200).rects()[0].origin(), Point::new(300, 200));
    let rect = open(items(), 1090, 740).rects()[0];
    assert_eq!((rect.right(), rect.bottom()), (1090, 740), "up and to the left");
    let rect = open(items(), 5000, -400).rects()[0];
    assert!(BOUNDS.contains_rect(&rect), "a corner outside the bounds: {rect:?}");
}

#[test]
fn submenus_open_to_the_side_that_fits() {
    let mut view = open(items(), 300, 200);
    keys(&mut view, &[key::m, key::Right]);
    let rects = view.rects();
    assert!(rects[1].x >= rects[0].right() - 4, "{rects:?}");
    assert_eq!(rects[1].y + 6 + 14, middle(&view, 0, 3).y, "level with the line");
    let mut view = open(items(), 1095, 200);
    keys(&mut view, &[key::m, key::Right]);
    let rects = view.rects();
    assert!(rects[1].right() <= rects[0].x + 4, "{rects:?}");
    assert!(rects.iter().all(|rect| BOUNDS.contains_rect(rect)));
}

#[test]
fn the_keyboard_skips_what_cannot_be_chosen_and_wraps() {
    let mut view = open(items(), 300, 200);
    assert_eq!(keys(&mut view, &[key::Down, key::Return]), Outcome::Chosen(Action::Raise));
    assert_eq!(
        keys(&mut view, &[key::Down, key::Down, key::Return]),
        Outcome::Chosen(Action::Close)
    );
    assert_eq!(keys(&mut view, &[key::Down, key::Return]), Outcome::Chosen(Action::Raise));
    assert_eq!(keys(&mut view, &[key::Up, key::KP_Enter]), Outcome::Chosen(Action::Close));
    assert_eq!(keys(&mut view, &[key::Home, key::space]), Outcome::Chosen(Action::Raise));
    assert_eq!(keys(&mut view, &[key::End, key::Return]), Outcome::Chosen(Action::Close));
    assert_eq!(view.key(key::F5), Outcome::Nothing);
}

#[test]
fn right_left_and_escape_go_through_the_levels() {
    let mut view = open(items(), 300, 200);
    assert_eq!(keys(&mut view, &[key::m, key::Right]), Outcome::Redraw);
    assert_eq!(view.rects().len(), 2);
    keys(&mut view, &[key::Down, key::Right]);
    assert_eq!(view.rects().len(), 3);
    assert_eq!(view.key(key::Return), Outcome::Chosen(Action::Center));
    assert_eq!(view.key(key::Right), Outcome::Nothing, "nothing to the right of an action");
    assert_eq!(view.key(key::Left), Outcome::Redraw);
    assert_eq!(view.rects().len(), 2);
    assert_eq!(view.key(key::Escape), Outcome::Redraw);
    assert_eq!(view.rects().len(), 1);
    assert_eq!(view.key(key::Left), Outcome::Nothing);
    assert_eq!(view.key(key::Return), Outcome::Redraw, "Return opens a submenu too");
    keys(&mut view, &[key::Escape]);
    assert_eq!(view.key(key::Escape), Outcome::Close);
}

#[test]
fn letters_go_to_the_next_line_with_that_initial() {
    let lines = vec![
        line("Alpha", Action::Raise),
        disabled("Bad"),
        line("Beta", Action::Lower),
        line("…bits", Action::Center),
        line("Éclair", Action::Close),
    ];
    let mut view = open(lines, 300, 200);
    let b = u32::from(b'b');
    assert_eq!(keys(&mut view, &[b, key::Return]), Outcome::Chosen(Action::Lower));
    assert_eq!(keys(&mut view, &[b, key::Return]), Outcome::Chosen(Action::Center));
    assert_eq!(keys(&mut view, &[u32::from(b'B'), key::Return]), Outcome::Chosen(Action::Lower));
    assert_eq!(keys(&mut view, &[key::Eacute, key::Return]), Outcome::Chosen(Action::Close));
    assert_eq!(view.key(u32::from(b'z')), Outcome::Nothing);
}

#[test]
fn press_drag_release_chooses() {
    let mut view = open(items(), 300, 200);
    // The press that opened the menu is still held.
    assert_eq!(view.pointer_moved(Point::new(301, 201)), Outcome::Nothing);
    let close = middle(&view, 0, 4);
    assert_eq!(view.pointer_moved(close), Outcome::Redraw);
    assert_eq!(view.button_released(close, 3), Outcome::Chosen(Action::Close));
    let mut view = open(items(), 300, 200);
    let away = Point::new(900, 600);
    view.pointer_moved(away);
    assert_eq!(view.button_released(away, 3), Outcome::Close, "dragged off: nothing wanted");
}

#[test]
fn click_and_click_again_chooses() {
    let mut view = open(items(), 300, 200);
    let at = Point::new(301, 202);
    assert_eq!(view.button_released(at, 3), Outcome::Nothing, "the opening click stays open");
    let raise = middle(&view, 0, 0);
    view.pointer_moved(raise);
    view.button_pressed(raise, 1);
    assert_eq!(view.button_released(raise, 1), Outcome::Chosen(Action::Raise));
    let kill = middle(&view, 0, 1);
    view.button_pressed(kill, 1);
    assert_eq!(view.button_released(kill, 1), Outcome::Nothing, "disabled");
    assert_eq!(view.button_pressed(Point::new(900, 600), 1), Outcome::Close);
}

#[test]
fn a_menu_that_opens_under_the_pointer_survives_the_opening_click() {
    let lines = (0..80).map(|n| line(&format!("{n}"), Action::Raise)).collect();
    let mut view = open(lines, 300, 600);
    let at = Point::new(300, 600);
    assert!(view.rects()[0].contains(at), "too tall to stand anywhere else");
    assert_eq!(view.button_released(at, 3), Outcome::Nothing);
    view.button_pressed(at, 3);
    assert_eq!(
        view.button_released(at, 3),
        Outcome::Chosen(Action::Raise),
        "a second click counts"
    );
}

#[test]
fn a_menu_below_the_clicked_icon_stays_open_as_the_button_goes_up() {
    let icon = Point::new(14, 15);
    let below = Menu { items: items(), at: Point::new(0, 30), bounds: BOUNDS, window: None };
    let mut view = MenuView::new(&mut Painter::new(&Theme::default()), below.clone());
    view.pointer_starts_at(icon);
    view.pointer_moved(icon.offset(2, -3));
    assert_eq!(view.button_released(icon.offset(2, -3), 1), Outcome::Nothing, "a mere click");

    // Nobody said where the pointer was: the first that is heard counts.
    let mut view = MenuView::new(&mut Painter::new(&Theme::default()), below);
    assert_eq!(view.button_released(icon, 1), Outcome::Nothing);
    let close = middle(&view, 0, 4);
    view.pointer_moved(close);
    assert_eq!(view.button_released(close, 1), Outcome::Chosen(Action::Close));
}

#[test]
fn hovering_opens_submenus_and_moving_on_closes_them() {
    let mut view = open(items(), 300, 200);
    let more = middle(&view, 0, 3);
    assert_eq!(view.pointer_moved(more), Outcome::Redraw);
    assert_eq!(view.rects().len(), 2);
    assert_eq!(view.pointer_moved(more), Outcome::Nothing);
    let above = middle(&view, 1, 0);
    view.pointer_moved(above);
    assert_eq!(view.rects().len(), 2);
    assert_eq!(view.button_released(above, 1), Outcome::Chosen(Action::ToggleAbove));
    view.pointer_moved(middle(&view, 0, 0));
    assert_eq!(view.rects().len(), 1);
}

#[test]
fn a_slanted_way_to_a_submenu_keeps_it_open() {
    let mut view = open(items(), 300, 200);
    let more = middle(&view, 0, 3);
    view.pointer_moved(more);
    // Down and to the right over "Close", towards the submenu's second line.
    let target: Point<Root> = Point::new(view.rects()[1].x + 20, view.rects()[1].bottom() - 8);
    for step in 1..=10 {
        let x = more.x + (target.x - more.x) * step / 10;
        let y = more.y + (target.y - more.y) * step / 10;
        view.pointer_moved(Point::new(x, y));
        assert_eq!(view.rects().len(), if step == 10 { 3 } else { view.rects().len() });
        assert!(view.rects().len() >= 2, "closed at step {step}");
    }
    // Straight down means the line below.
    let mut view = open(items(), 300, 200);
    view.pointer_moved(middle(&view, 0, 3));
    view.pointer_moved(middle(&view, 0, 4));
    assert_eq!(view.rects().len(), 1);
}

#[test]
fn a_tall_menu_scrolls_within_its_bounds() {
    let lines: Vec<MenuItem> =
        (0..80).map(|n| line(&format!("{n}"), Action::Spawn(n.to_string()))).collect();
    let mut view = open(lines, 300, 600);
    let rect = view.rects()[0];
    assert_eq!((rect.y, rect.h), (BOUNDS.y, BOUNDS.h));
    let near_end = Point::new(rect.center().x, rect.bottom() - 30);
    let chosen_at = |view: &mut MenuView, at| {
        view.pointer_moved(at);
        view.button_pressed(at, 1);
        match view.button_released(at, 1) {
            Outcome::Chosen(Action::Spawn(n)) => n.parse::<i32>().unwrap(),
            other => panic!("nothing chosen: {other:?}"),
        }
    };
    let first = chosen_at(&mut view, near_end);
    assert_eq!(view.button_pressed(near_end, 5), Outcome::Redraw);
    assert_eq!(chosen_at(&mut view, near_end), first + 3, "the wheel turns three lines");
    assert_eq!(
        keys(&mut view, &[key::End, key::Return]),
        Outcome::Chosen(Action::Spawn("79".into()))
    );
    assert_eq!(chosen_at(&mut view, near_end), 79, "the last line is in view");
    assert_eq!(view.button_pressed(near_end, 5), Outcome::Nothing, "the end is the end");
    // A press on the upper strip scrolls back.
    assert_eq!(view.button_pressed(Point::new(rect.center().x, rect.y + 4), 1), Outcome::Redraw);
    assert_eq!(chosen_at(&mut view, near_end), 76);
}

#[test]
fn pictures_have_round_transparent_corners_and_light_up_one_line() {
    let mut painter = Painter::new(&Theme::default());
    let menu = Menu { items: items(), at: Point::new(300, 200), bounds: BOUNDS, window: None };
    let mut view = MenuView::new(&mut painter, menu);
    let calm = view.picture(&mut painter, 0).unwrap();
    let rect = view.rects()[0];
    assert_eq!(calm.size, rect.size());
    assert_eq!(calm.pixel(0, 0), Some([0; 4]));
    assert_eq!(calm.pixel(rect.w - 1, rect.h - 1), Some([0; 4]));
    assert_eq!(calm.pixel(rect.w / 2, 0).unwrap()[3], 255);
    let at = middle(&view, 0, 4);
    view.pointer_moved(at);
    let lit = view.picture(&mut painter, 0).unwrap();
    let changed = common::difference(&calm, &lit);
    let row = Rect::new(0, at.y - 14 - rect.y, rect.w, 28);
    assert!(row.contains_rect(&changed) && !changed.is_empty(), "{changed:?} in {row:?}");
    let accent = Theme::default().accent;
    assert_eq!(lit.pixel(8, row.center().y), Some([accent.b, accent.g, accent.r, 255]));
    assert_eq!(view.picture(&mut painter, 1), None, "no second level is open");
}

#[test]
fn separators_at_the_ends_and_double_ones_vanish() {
    let tidy = open(items(), 300, 200).rects()[0];
    let mut messy = vec![MenuItem::Separator, MenuItem::Separator];
    for item in items() {
        if item == MenuItem::Separator {
            messy.push(MenuItem::Separator);
        }
        messy.push(item);
    }
    messy.push(MenuItem::Separator);
    assert_eq!(open(messy, 300, 200).rects()[0], tidy);
    let empty = open(vec![MenuItem::Separator], 300, 200);
    assert!(!empty.rects()[0].is_empty());
}

fn any_items() -> impl Strategy<Value = Vec<MenuItem>> {
    let leaf = prop_oneof![
        3 => (any::<bool>(), any::<bool>(), "[a-c]{0,9}").prop_map(|(enabled, checked, label)| {
            MenuItem::Action { label, action: Action::Raise, enabled, checked, shortcut: None }
        }),
        1 => Just(MenuItem::Separator),
    ];
    let tree = leaf.prop_recursive(3, 60, 8, |inner| {
        prop::collection::vec(inner, 0..8).prop_map(|items| sub("sub", items))
    });
    prop::collection::vec(tree, 0..40)
}

#[derive(Debug, Clone)]
enum Input {
    Key(u32),
    Move(i32, i32),
    Press(i32, i32, u8),
    Release(i32, i32, u8),
}

fn any_input() -> impl Strategy<Value = Input> {
    let key = prop::sample::select(vec![
        key::Up,
        key::Down,
        key::Left,
        key::Right,
        key::Home,
        key::End,
        key::Return,
        key::Escape,
        key::Tab,
        u32::from(b'a'),
        u32::from(b'b'),
    ]);
    let (x, y) = (80..1120_i32, 30..770_i32);
    prop_oneof![
        4 => key.prop_map(Input::Key),
        3 => (x.clone(), y.clone()).prop_map(|(x, y)| Input::Move(x, y)),
        1 => (x.clone(), y.clone(), 0..9_u8).prop_map(|(x, y, b)| Input::Press(x, y, b)),
        1 => (x, y, 0..9_u8).prop_map(|(x, y, b)| Input::Release(x, y, b)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_input_keeps_menus_sound(
        items in any_items(),
        (x, y) in (0..1300_i32, 0..900_i32),
        inputs in prop::collection::vec(any_input(), 0..40),
    ) {
        let mut painter = Painter::new(&Theme::default());
        let menu = Menu { items, at: Point::new(x, y), bounds: BOUNDS, window: None };
        let mut view = MenuView::new(&mut painter, menu);
        for input in inputs {
            let before = (view.rects(), view.extent());
            let outcome = match input {
                Input::Key(key) => view.key(key),
                Input::Move(x, y) => view.pointer_moved(Point::new(x, y)),
                Input::Press(x, y, button) => view.button_pressed(Point::new(x, y), button),
                Input::Release(x, y, button) => view.button_released(Point::new(x, y), button),
            };
            prop_assert!(!view.rects().is_empty(), "the root menu stays until the shell closes it");
            for rect in view.rects() {
                prop_assert!(BOUNDS.contains_rect(&rect), "{:?} leaves the bounds", rect);
            }
            if outcome == Outcome::Nothing {
                prop_assert_eq!(before, (view.rects(), view.extent()), "a change without Redraw");
            }
        }
        for (level, rect) in view.rects().into_iter().enumerate() {
            let picture = view.picture(&mut painter, level);
            prop_assert_eq!(picture.as_ref().map(|p| p.size), Some(rect.size()));
            prop_assert!(picture.is_some_and(|p| is_premultiplied(&p)));
        }
    }
}
