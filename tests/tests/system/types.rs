//! Window types, where new windows go, and what shines through them (EWMH `_NET_WM_WINDOW_TYPE`,
//! `_NET_WM_FULL_PLACEMENT`, `_NET_WM_WINDOW_OPACITY`, `_NET_WM_OPAQUE_REGION`).

use anyhow::Result;
use trapeze_testkit::input::{self, keysym};
use trapeze_testkit::wm::trapeze_program;
use trapeze_testkit::{Rectangle, Window, ewmh, pixels};

use crate::desk::{Desk, PLAIN_COLOR, barrier, frame};

/// Type, whether it is framed, whether it gets the keyboard when it appears.
const TYPES: [(&str, bool, bool); 14] = [
    ("DESKTOP", false, false),
    ("DOCK", false, false),
    ("TOOLBAR", true, true),
    ("MENU", true, true),
    ("UTILITY", true, true),
    ("SPLASH", false, false),
    ("DIALOG", true, true),
    ("DROPDOWN_MENU", false, false),
    ("POPUP_MENU", false, false),
    ("TOOLTIP", false, false),
    ("NOTIFICATION", false, false),
    ("COMBO", false, false),
    ("DND", false, false),
    ("NORMAL", true, true),
];

/// Clauses: ewmh.window-type
#[test]
fn every_type_is_framed_and_focused_as_it_should_be() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let first = client.window().placed(50, 50).map()?;
    first.wait_focused()?;
    for (kind, framed, focused) in TYPES {
        let window = client.window().window_type(kind).placed(400, 300).map()?;
        window.wait_managed()?;
        barrier(&desk)?;
        let top = ewmh::frame_extents(client, window.id())?[2];
        assert_eq!(top > 0, framed, "{kind}: {top} pixels of title");
        assert_eq!(client.focus()? == window.id(), focused, "{kind}");
        window.destroy()?;
        first.wait_focused()?;
    }
    // The first that is known counts.
    let window = client.window().create()?;
    let types = ["_TESTKIT_NO_TYPE", "_NET_WM_WINDOW_TYPE_DOCK", "_NET_WM_WINDOW_TYPE_NORMAL"];
    window.set_atoms("_NET_WM_WINDOW_TYPE", &types)?;
    window.map()?;
    window.wait_managed()?;
    barrier(&desk)?;
    assert_eq!(ewmh::frame_extents(client, window.id())?, [0; 4]);
    // None: a dialog if it belongs to another window, as EWMH says.
    let dialog = client.window().size(100, 80).transient_for(first.id()).map()?;
    dialog.wait_focused()?;
    let (inside, around) = (frame(&desk, dialog)?.center(), frame(&desk, first)?.center());
    assert!((inside.0 - around.0).abs() <= 1 && (inside.1 - around.1).abs() <= 40);
    Ok(())
}

/// Clauses: ewmh.full-placement
#[test]
fn new_windows_are_placed_by_what_they_are() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let supported = ewmh::supported(client)?;
    assert!(supported.iter().any(|name| name == "_NET_WM_FULL_PLACEMENT"));
    let panel = client.window().window_type("DOCK").placed(0, 0).size(1280, 40);
    panel.strut([0, 0, 40, 0, 0, 0, 0, 0, 0, 1279, 0, 0]).map()?.wait_managed()?;
    let area = Rectangle::new(0, 40, 1280, 760);
    let appear = |window: trapeze_testkit::window::Builder<'_>| -> Result<Rectangle> {
        let window = window.map()?;
        window.wait_managed()?;
        frame(&desk, window)
    };
    // Where there is room, none lies over another.
    let normal = || client.window().size(300, 200);
    let places = [appear(normal())?, appear(normal())?, appear(normal())?, appear(normal())?];
    for (at, place) in places.iter().enumerate() {
        assert!(area.contains_rectangle(*place), "{place:?} is in the work area");
        for other in &places[at + 1..] {
            assert!(place.intersection(*other).is_none(), "{place:?} lies over {other:?}");
        }
    }
    // A dialog over its window; without one, and a splash screen, in the middle.
    let parent = client.window().placed(700, 400).size(400, 300).map()?;
    parent.wait_managed()?;
    let over = frame(&desk, parent)?;
    let middle = |place: Rectangle, of: Rectangle| {
        let (one, other) = (place.center(), of.center());
        (one.0 - other.0).abs() <= 1 && (one.1 - other.1).abs() <= 1
    };
    let dialog = || client.window().window_type("DIALOG").size(200, 100);
    let place = appear(dialog().transient_for(parent.id()))?;
    assert!(middle(place, over), "{place:?} over {over:?}");
    for window in [dialog(), client.window().window_type("SPLASH").size(300, 200)] {
        let place = appear(window)?;
        assert!(middle(place, area), "{place:?} in {area:?}");
    }
    // A person's word goes before.
    let place = appear(dialog().placed(33, 444))?;
    assert_eq!((place.x, place.y), (33, 444));
    // Larger than the screen: cut to what there is.
    let place = appear(client.window().size(3000, 2000))?;
    assert!(area.contains_rectangle(place), "{place:?}");
    Ok(())
}

/// Clauses: ewmh.opacity
#[test]
fn opacity_is_blended_and_may_change() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().motif_decorations(0).placed(300, 200).color(0x00ff_ffff);
    let window = window.opacity(0x8000_0000).map()?;
    window.wait_managed()?;
    let middle = Rectangle::new(380, 260, 10, 10);
    let whole = Rectangle::new(0, 0, 10, 10);
    let wait = |what: &str, is: fn(u32) -> bool| {
        pixels::wait_until(&desk.client, what, middle, |image| {
            image.pixel(5, 5).is_some_and(|color| is(color & 0xff) && image.is_solid(whole, color))
        })
    };
    wait("half", |blue| (0x80..0xb0).contains(&blue))?;
    window.set_numbers("_NET_WM_WINDOW_OPACITY", &[0])?;
    wait("nothing", |blue| blue == PLAIN_COLOR & 0xff)?;
    window.delete_property("_NET_WM_WINDOW_OPACITY")?;
    wait("all", |blue| blue == 0xff)?;
    Ok(())
}

/// Clauses: ewmh.opaque-region
#[test]
fn a_window_with_alpha_may_say_that_it_has_none() -> Result<()> {
    let desk = Desk::start()?;
    let window = desk.client.window().argb().color(0xff20_4060).states(&["FULLSCREEN"]);
    let window = window.map()?;
    window.wait_geometry("the screen", |place| place.width == 1280)?;
    let program = trapeze_program()?.to_string_lossy().into_owned();
    let bypassed = |wanted: bool| {
        desk.client.wait_true(&format!("opaque {wanted}"), || {
            // Makes an event, so that this is asked again.
            window.set_numbers("_TESTKIT_ASK_AGAIN", &[1])?;
            let text = desk.server.run(&program, &["msg", "--json", "explain-bypass"])?;
            let text: String = text.split_whitespace().collect();
            let holds = format!("\"holds\":{wanted}");
            let about = text.split('{').find(|part| part.contains("\"itisopaque\""));
            Ok(about.is_some_and(|about| about.contains(&holds)))
        })
    };
    bypassed(false)?;
    window.set_numbers("_NET_WM_OPAQUE_REGION", &[0, 0, 1280, 800])?;
    bypassed(true)?;
    window.set_numbers("_NET_WM_OPAQUE_REGION", &[0, 0, 1280, 799])?;
    bypassed(false)?;
    window.set_numbers("_NET_WM_OPAQUE_REGION", &[0, 0, 640, 800, 640, 0, 640, 800])?;
    bypassed(true)
}

/// A menu of the window manager's own.
fn menu(desk: &Desk) -> Result<Option<Rectangle>> {
    let kind = desk.client.atom("_NET_WM_WINDOW_TYPE_POPUP_MENU")?;
    for popup in desk.client.children(desk.client.root())? {
        let kinds = desk.client.numbers(popup, "_NET_WM_WINDOW_TYPE")?;
        if kinds.is_some_and(|kinds| kinds.contains(&kind)) && desk.client.is_viewable(popup)? {
            return desk.client.geometry(popup).map(Some);
        }
    }
    Ok(None)
}

/// Clauses: gtk.show-window-menu
#[test]
fn a_client_opens_its_window_menu_where_it_says() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let window: Window<'_> = client.window().placed(300, 200).size(300, 200).map()?;
    window.wait_focused()?;
    // The device, then the place in root coordinates.
    ewmh::message(client, window.id(), "_GTK_SHOW_WINDOW_MENU", [2, 420, 310, 0, 0])?;
    let place = client.wait_until("a menu", || menu(&desk))?;
    assert!((place.x - 420).abs() <= 4 && (place.y - 310).abs() <= 4, "{place:?}");
    barrier(&desk)?;
    input::chord(client, &[keysym::ESCAPE])?;
    client.wait_true("no menu", || Ok(menu(&desk)?.is_none()))?;
    window.wait_focused()
}
