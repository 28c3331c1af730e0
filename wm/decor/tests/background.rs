//! Backgrounds: colours, files in every mode, and files that lie.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::PathBuf;

use image::{Rgba, RgbaImage};
use trapeze_decor::{BackgroundError, Painter, Picture};
use wm_core::geom::{Rect, Size};
use wm_core::look::{Background, Color, ImageFit, Theme};

const BEHIND: Color = Color::rgb(0x0010_2030);
const BEHIND_BYTES: [u8; 4] = [0x30, 0x20, 0x10, 255];

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn paint(background: &Background, w: i32, h: i32) -> Result<Picture, BackgroundError> {
    Painter::new(&Theme::default()).background(background, Size::new(w, h))
}

fn image(path: PathBuf, fit: ImageFit) -> Background {
    Background::Image { path, fit, behind: BEHIND }
}

/// 40 × 20: left half red, right half green.
fn halves() -> RgbaImage {
    RgbaImage::from_fn(
        40,
        20,
        |x, _| {
            if x < 20 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 255, 0, 255]) }
        },
    )
}

const RED: [u8; 4] = [0, 0, 255, 255];
const GREEN: [u8; 4] = [0, 255, 0, 255];

fn opaque(picture: &Picture) -> bool {
    picture.pixels.chunks_exact(4).all(|pixel| pixel[3] == 255)
}

#[test]
fn colours_and_gradients_cover_everything() {
    let solid = paint(&Background::Solid(BEHIND.with_alpha(7)), 33, 9).unwrap();
    assert!(solid.pixels.chunks_exact(4).all(|p| p == BEHIND_BYTES), "alpha is ignored");
    let (top, bottom) = (Color::rgb(0x0000_0000), Color::rgb(0x00ff_8000));
    let gradient = paint(&Background::Gradient { top, bottom }, 8, 256).unwrap();
    assert!(opaque(&gradient));
    let red = |y| gradient.pixel(3, y).unwrap()[2];
    assert_eq!((red(0), red(255)), (0, 255));
    for y in 1..256 {
        assert!(red(y) >= red(y - 1), "row {y} goes back");
    }
    assert!(paint(&Background::Gradient { top, bottom }, 5, 1).is_ok(), "one row is no division");
}

#[test]
fn the_built_in_one_is_opaque_dark_and_the_same_every_time() {
    for (w, h) in [(1280, 720), (720, 1280), (3440, 600), (1, 1), (0, 0)] {
        let picture = paint(&Background::Default, w, h).unwrap();
        assert_eq!(picture.size, Size::new(w, h));
        assert!(opaque(&picture));
        assert!(picture.pixels.chunks_exact(4).all(|p| p[..3].iter().all(|&c| c < 165)));
        assert!(picture == paint(&Background::Default, w, h).unwrap());
    }
}

#[test]
fn with_a_light_theme_the_built_in_one_is_bright() {
    let menu_background = Color::rgb(0x00fa_fbfc);
    let theme = Theme { menu_background, ..Theme::default() };
    let picture =
        Painter::new(&theme).background(&Background::Default, Size::new(640, 400)).unwrap();
    assert!(picture.pixels.chunks_exact(4).all(|p| p[..3].iter().all(|&c| c > 80)));
}

#[test]
fn images_meet_the_screen_as_they_are_told() {
    let path = file("halves.png");
    halves().save(&path).unwrap();
    let at = |fit, x, y| {
        let picture = paint(&image(path.clone(), fit), 80, 80).unwrap();
        assert!(opaque(&picture), "{fit:?}");
        picture.pixel(x, y).unwrap()
    };
    use ImageFit::{Center, Fill, Fit, Stretch, Tile};
    assert_eq!([at(Fill, 0, 0), at(Fill, 79, 79)], [RED, GREEN]);
    assert_eq!([at(Stretch, 0, 0), at(Stretch, 30, 79), at(Stretch, 79, 40)], [RED, RED, GREEN]);
    assert_eq!([at(Fit, 0, 19), at(Fit, 0, 20), at(Fit, 79, 59)], [BEHIND_BYTES, RED, GREEN]);
    assert_eq!(at(Fit, 79, 60), BEHIND_BYTES);
    assert_eq!([at(Center, 19, 30), at(Center, 20, 30)], [BEHIND_BYTES, RED]);
    assert_eq!([at(Center, 59, 49), at(Center, 59, 50)], [GREEN, BEHIND_BYTES]);
    assert_eq!([at(Tile, 0, 0), at(Tile, 39, 25), at(Tile, 40, 79)], [RED, GREEN, RED]);
}

#[test]
fn a_screen_smaller_than_the_image_is_covered_too() {
    let path = file("small-screen.png");
    halves().save(&path).unwrap();
    for fit in [ImageFit::Fill, ImageFit::Fit, ImageFit::Center, ImageFit::Tile, ImageFit::Stretch]
    {
        let picture = paint(&image(path.clone(), fit), 10, 6).unwrap();
        assert_eq!(picture.size, Size::new(10, 6));
        assert!(opaque(&picture));
    }
}

#[test]
fn transparent_images_show_what_is_behind() {
    let path = file("hole.png");
    RgbaImage::from_pixel(4, 4, Rgba([255, 255, 255, 0])).save(&path).unwrap();
    let picture = paint(&image(path, ImageFit::Stretch), 8, 8).unwrap();
    assert_eq!(picture.pixel(4, 4), Some(BEHIND_BYTES));
}

#[test]
fn png_jpeg_and_webp_are_known_by_their_content() {
    for (name, format) in [
        ("a.png", image::ImageFormat::Png),
        ("b.jpg", image::ImageFormat::Jpeg),
        ("c.webp", image::ImageFormat::WebP),
    ] {
        // The name lies: only the content counts.
        let path = file(&format!("{name}.dat"));
        let rgb = image::DynamicImage::ImageRgba8(halves()).into_rgb8();
        rgb.save_with_format(&path, format).unwrap();
        let picture = paint(&image(path, ImageFit::Stretch), 40, 20).unwrap();
        let [b, g, r, a] = picture.pixel(3, 10).unwrap();
        assert!(r > 240 && g < 20 && b < 20 && a == 255, "{name}");
    }
}

#[test]
fn files_that_are_no_images_are_errors_with_their_name() {
    let missing = paint(&image(file("there-is-none.png"), ImageFit::Fill), 8, 8).unwrap_err();
    assert!(matches!(missing, BackgroundError::Read { .. }), "{missing}");
    assert!(missing.to_string().contains("there-is-none.png"));
    let garbage = file("garbage.png");
    std::fs::write(&garbage, b"not an image, but long enough to be looked at").unwrap();
    let error = paint(&image(garbage, ImageFit::Fill), 8, 8).unwrap_err();
    assert!(matches!(error, BackgroundError::Decode { .. }), "{error}");
    let folder = paint(&image(file(""), ImageFit::Fill), 8, 8).unwrap_err();
    assert!(folder.to_string().contains("cannot"), "{folder}");
    let cut = file("cut.png");
    halves().save(&cut).unwrap();
    let bytes = std::fs::read(&cut).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    assert!(paint(&image(cut, ImageFit::Fill), 8, 8).is_err());
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let path = file("bomb.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 60_000, 60_000);
    encoder.set_color(png::ColorType::Rgba);
    // Only the header: decoding would need 14 GB.
    drop(encoder.write_header().unwrap());
    let error = paint(&image(path, ImageFit::Fill), 8, 8).unwrap_err();
    let BackgroundError::Decode { source: image::ImageError::Limits(_), .. } = error else {
        panic!("refused for another reason: {error}");
    };
}

#[test]
fn every_monitor_has_the_background_to_itself() {
    let painter = Painter::new(&Theme::default());
    let one = painter.background(&Background::Default, Size::new(320, 200)).unwrap();
    let monitors = [Rect::new(0, 0, 320, 200), Rect::new(320, 50, 320, 200)];
    let both = painter.desktop(&Background::Default, Size::new(640, 250), &monitors).unwrap();
    for monitor in monitors {
        for (x, y) in [(0, 0), (319, 0), (160, 100), (0, 199), (319, 199)] {
            assert_eq!(both.pixel(monitor.x + x, monitor.y + y), one.pixel(x, y));
        }
    }
    assert_eq!(both.pixel(10, 240), Some([0, 0, 0, 255]), "what no monitor shows is opaque too");
    let whole = [Rect::new(0, 0, 320, 200); 2];
    let mirrored = painter.desktop(&Background::Default, Size::new(320, 200), &whole).unwrap();
    assert_eq!(mirrored, one);
}
