//! The window switcher's panel.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod common;

use common::{difference, is_premultiplied};
use proptest::prelude::*;
use trapeze_decor::{Icon, Painter};
use wm_core::geom::{Point, Rect, Size, Source};
use wm_core::id::{WindowId, Xid};
use wm_core::look::{SwitcherCell, SwitcherLook, Theme};

fn look(count: i32, selected: usize) -> SwitcherLook {
    let cells = (0..count)
        .map(|index| {
            let at: Point<Source> = Point::new(12 + 224 * index, 12);
            SwitcherCell {
                window: WindowId { xid: Xid(index as u32), generation: 0 },
                title: format!("Window {index}"),
                rect: Rect::new(at.x, at.y, 224, 180),
                preview: Rect::new(at.x + 12, at.y + 12, 200, 130),
                has_preview: index % 2 == 0,
                minimized: index == 3,
            }
        })
        .collect();
    let rect = Rect::new(50, 60, 24 + 224 * count, 204);
    SwitcherLook { rect, cells, selected, theme_revision: 0 }
}

#[test]
fn selecting_changes_the_two_cells_only() {
    let mut painter = Painter::new(&Theme::default());
    let (first, second) = (look(4, 0), look(4, 1));
    let pictures = [&first, &second].map(|look| painter.switcher(look, &|_| None));
    assert_eq!(pictures[0].size, first.rect.size());
    let area = difference(&pictures[0], &pictures[1]);
    assert_eq!(area, first.cells[0].rect.union(&first.cells[1].rect), "outlines reach the edges");
    let accent = Theme::default().accent;
    let edge = Point::<Source>::new(12 + 112, 12);
    let bytes = Some([accent.b, accent.g, accent.r, 255]);
    assert_eq!(pictures[0].pixel(edge.x, edge.y), bytes);
    assert_ne!(pictures[1].pixel(edge.x, edge.y), bytes);
}

#[test]
fn a_live_preview_has_a_plain_place_and_the_others_an_icon() {
    let mut painter = Painter::new(&Theme::default());
    let look = look(2, 5);
    let icon = Icon::from_net_wm_icon(&[&[64, 64][..], &[0xff00_ff00; 4096]].concat()).unwrap();
    let picture = painter.switcher(&look, &|_| Some(&icon));
    let ground = Theme::default().menu_background;
    let place = look.cells[0].preview;
    for y in place.y..place.bottom() {
        for x in place.x..place.right() {
            assert_eq!(picture.pixel(x, y), Some([ground.b, ground.g, ground.r, 255]));
        }
    }
    let middle = look.cells[1].preview.center();
    assert_eq!(picture.pixel(middle.x, middle.y), Some([0, 255, 0, 255]));
}

#[test]
fn titles_stand_in_line_below_previews_of_any_shape() {
    let mut painter = Painter::new(&Theme::default());
    let tall = look(1, 0);
    let mut flat = tall.clone();
    flat.cells[0].preview = Rect::new(24, 70, 200, 20);
    assert!(painter.switcher(&tall, &|_| None) == painter.switcher(&flat, &|_| None));
    let mut untitled = tall.clone();
    untitled.cells[0].title.clear();
    let ink =
        difference(&painter.switcher(&tall, &|_| None), &painter.switcher(&untitled, &|_| None));
    let cell = tall.cells[0].rect;
    let below =
        Rect::from_edges(cell.x, tall.cells[0].preview.bottom(), cell.right(), cell.bottom());
    assert!(below.contains_rect(&ink) && !ink.is_empty(), "{ink:?}");
}

#[test]
fn the_panel_has_round_transparent_corners() {
    let picture = Painter::new(&Theme::default()).switcher(&look(3, 0), &|_| None);
    assert_eq!(picture.pixel(0, 0), Some([0; 4]));
    assert_eq!(picture.pixel(300, 100).unwrap()[3], 255);
    assert!(is_premultiplied(&picture));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn odd_cells_are_survived(
        rects in prop::collection::vec((-50..400_i32, -50..200_i32, 0..500_i32, 0..300_i32), 0..6),
        selected in 0..9_usize, scale in 0..400_u16, minimized: bool, has_preview: bool,
    ) {
        let cells = rects.iter().map(|&(x, y, w, h)| SwitcherCell {
            window: WindowId { xid: Xid(1), generation: 0 },
            title: "Title".to_owned(),
            rect: Rect::new(x, y, w, h),
            preview: Rect::new(y, x, h, w),
            has_preview,
            minimized,
        }).collect();
        let look = SwitcherLook { rect: Rect::new(0, 0, 300, 150), cells, selected, theme_revision: 0 };
        let theme = Theme { scale_percent: scale, ..Theme::default() };
        let picture = Painter::new(&theme).switcher(&look, &|_| None);
        prop_assert_eq!(picture.size, Size::new(300, 150));
        prop_assert!(is_premultiplied(&picture));
    }
}
