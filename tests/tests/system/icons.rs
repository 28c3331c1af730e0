//! Icons: `_NET_WM_ICON`, and the pixmap and mask of WM_HINTS (ICCCM 4.1.2.4).

use anyhow::Result;
use trapeze_testkit::{Client, Rectangle, Window, ewmh, pixels};
use x11rb::properties::WmHints;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, CreateGCAux};

use crate::desk::{Desk, frame};

const MAGENTA: u32 = 0x00ff_00ff;
const GREEN: u32 = 0x0000_ff00;

/// A pixmap of one colour, its left half alone if it is of depth 1.
fn pixmap(client: &Client, depth: u8, color: u32) -> Result<u32> {
    let (pixmap, context) = (client.new_id()?, client.new_id()?);
    let x = client.connection();
    x.create_pixmap(depth, pixmap, client.root(), 32, 32)?;
    x.create_gc(context, pixmap, &CreateGCAux::new().foreground(0))?;
    let whole = Rectangle::new(0, 0, 32, 32).to_x();
    x.poly_fill_rectangle(pixmap, context, &[whole])?;
    let right = Rectangle::new(16, 0, 16, 32).to_x();
    let part = if depth == 1 { right } else { whole };
    let colored = client.new_id()?;
    x.create_gc(colored, pixmap, &CreateGCAux::new().foreground(color))?;
    x.poly_fill_rectangle(pixmap, colored, &[part])?;
    client.sync()?;
    Ok(pixmap)
}

/// Waits until the title bar shows so many pixels of the colours of both icons.
fn wait_shown(
    desk: &Desk,
    window: Window<'_>,
    what: &str,
    wanted: [bool; 2],
) -> Result<[usize; 2]> {
    let bar = frame(desk, window)?;
    let [_, _, top, _] = ewmh::frame_extents(&desk.client, window.id())?;
    let bar = Rectangle { height: top, ..bar };
    let count = |image: &pixels::Image| [MAGENTA, GREEN].map(|color| image.count(color));
    let image = pixels::wait_until(&desk.client, what, bar, |image| {
        count(image).map(|count| count > 20) == wanted
    })?;
    Ok(count(&image))
}

/// Clauses: icccm.icon-pixmap, ewmh.icon
#[test]
fn the_best_icon_is_shown_and_an_older_kind_stands_in() -> Result<()> {
    let desk = Desk::start()?;
    let client = &desk.client;
    let image = pixmap(client, 24, MAGENTA)?;
    let mask = pixmap(client, 1, 1)?;
    let window = client.window().title("").placed(300, 200).hints(|hints| {
        hints.icon_pixmap = Some(image);
    });
    let window = window.map()?;
    window.wait_focused()?;
    let [whole, _] = wait_shown(&desk, window, "pixmap", [true, false])?;
    let hints = |pixmap, mask| -> Result<()> {
        let mut hints = WmHints { input: Some(true), ..WmHints::new() };
        (hints.icon_pixmap, hints.icon_mask) = (pixmap, mask);
        hints.set(client.connection(), window.id())?;
        client.sync()
    };
    hints(None, None)?;
    wait_shown(&desk, window, "none", [false, false])?;
    // What lies outside the mask is not drawn.
    hints(Some(image), Some(mask))?;
    let [half, _] = wait_shown(&desk, window, "masked", [true, false])?;
    assert!(half * 3 < whole * 2 && half * 3 > whole, "{half} of {whole}");
    let mut icon = vec![16, 16];
    icon.resize(2 + 16 * 16, 0xff00_0000 | GREEN);
    window.set_numbers("_NET_WM_ICON", &icon)?;
    wait_shown(&desk, window, "net", [false, true])?;
    // A change of the older kind is of no interest now.
    hints(Some(image), None)?;
    window.delete_property("_NET_WM_ICON")?;
    let [shown, _] = wait_shown(&desk, window, "stand-in", [true, false])?;
    assert_eq!(shown, whole);
    // One that is not there any more, and one that never was.
    client.connection().free_pixmap(image)?;
    hints(Some(image), Some(mask))?;
    wait_shown(&desk, window, "freed", [false, false])?;
    window.set_property("_NET_WM_ICON", AtomEnum::CARDINAL, 32, &[0xff; 64])?;
    wait_shown(&desk, window, "garbage", [false, false])?;
    Ok(())
}
