//! Random sequences of scenes, and what every painter has to make of them.
//!
//! Owns the generator and the pixels of the sources. Must not know any
//! painter: the tests beside it bring theirs.
#![allow(dead_code, unreachable_pub, reason = "each test uses its own part")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use trapeze_backend::record::{Canvas, Image};
use wm_core::damage::Tracker;
use wm_core::geom::{Point, Rect, Root, Size, Source};
use wm_core::id::{ImageId, SourceId, WindowId, Xid};
use wm_core::look::Color;
use wm_core::plan::FramePlan;
use wm_core::region::Region;
use wm_core::scene::{Content, Layer, LayerKey, Scene, Shadow};

/// The screen of the tests, in pixels.
pub const SCREEN: Size = Size { w: 160, h: 120 };

/// Windows by number: their pixmaps' sizes and depths.
pub const WINDOWS: [(Size, u8); 4] = [
    (Size { w: 60, h: 50 }, 24),
    (Size { w: 90, h: 40 }, 32),
    (Size { w: 33, h: 77 }, 24),
    (Size { w: 190, h: 140 }, 32),
];

/// The background's pixmap.
pub const BACKGROUND: (Size, u8) = (Size { w: 47, h: 31 }, 24);

/// The uploaded picture.
pub const PANEL: Size = Size { w: 50, h: 40 };

/// A window by its number.
pub fn window(n: u32) -> WindowId {
    WindowId { xid: Xid(n), generation: 0 }
}

/// Every source with its size and depth; the panel is uploaded.
pub fn sources() -> Vec<(SourceId, Size, u8)> {
    let mut sources = vec![
        (SourceId::Background, BACKGROUND.0, BACKGROUND.1),
        (SourceId::Image(ImageId::Switcher), PANEL, 32),
    ];
    for (n, (size, depth)) in WINDOWS.iter().enumerate() {
        sources.push((SourceId::Window(window(n as u32)), *size, *depth));
    }
    sources
}

/// Pixels of a source that look like nothing else: smooth enough to be scaled,
/// valid as premultiplied, opaque below depth 32.
pub fn pixels(seed: u32, rect: &Rect<Source>, depth: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    for y in rect.y..rect.bottom() {
        for x in rect.x..rect.right() {
            let mut mixed = seed.wrapping_mul(0x9e37_79b9) ^ (x as u32 / 3) ^ ((y as u32 / 3) << 9);
            mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca6b);
            mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
            let [b, g, r, a] = (mixed ^ (mixed >> 16)).to_le_bytes();
            // Opaque, clear and in between alike.
            let a = match (depth, a % 4) {
                (32, 0) => 255,
                (32, 1) => 0,
                (32, _) => a,
                _ => 255,
            };
            let premultiplied = |c: u8| trapeze_backend::pixel::mul(c, a);
            bytes.extend([premultiplied(b), premultiplied(g), premultiplied(r), a]);
        }
    }
    bytes
}

/// One step of a sequence.
#[derive(Debug, Clone)]
pub struct Step {
    pub scene: Scene,
    /// Windows that draw before it: which, where.
    pub draws: Vec<(u32, Rect<Source>)>,
    /// Age of the buffer that it is painted over.
    pub age: usize,
}

fn color() -> impl Strategy<Value = Color> {
    (any::<[u8; 3]>(), prop_oneof![Just(255_u8), any::<u8>()]).prop_map(|([r, g, b], a)| Color {
        r,
        g,
        b,
        a,
    })
}

fn opacity() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(255_u8), 1 => any::<u8>()]
}

fn layer(key: LayerKey, rect: Rect<Root>, content: Content) -> Layer {
    Layer {
        key,
        rect,
        clip: None,
        opaque: Region::new(),
        opacity: 255,
        radius: 0,
        round_bottom: false,
        content,
    }
}

fn background() -> impl Strategy<Value = Layer> {
    let screen = Rect::new(0, 0, SCREEN.w, SCREEN.h);
    prop_oneof![
        (0..20, 0..20, 1..27, 1..11).prop_map(move |(x, y, w, h)| {
            let from = Rect::new(x, y, w, h);
            let content =
                Content::Picture { source: SourceId::Background, from, revision: 0, tile: true };
            layer(LayerKey::Background, screen, content)
        }),
        Just({
            let from = Rect::new(0, 0, BACKGROUND.0.w, BACKGROUND.0.h);
            let content =
                Content::Picture { source: SourceId::Background, from, revision: 0, tile: true };
            layer(LayerKey::Background, screen, content)
        }),
        color().prop_map(move |c| {
            layer(LayerKey::Background, screen, Content::Fill(Color { a: 255, ..c }))
        }),
    ]
    .prop_map(|mut background| {
        background.opaque = Region::from_rect(background.rect);
        background
    })
}

fn window_layers(n: u32) -> impl Strategy<Value = Vec<Layer>> {
    let (size, depth) = WINDOWS[n as usize];
    let clip = prop::option::weighted(
        0.3,
        prop::collection::vec((0..size.w, 0..size.h, 1..30, 1..30), 1..20),
    );
    let shadow = prop::option::of((0..12, -5..9, color(), color()));
    (-40..SCREEN.w, -40..SCREEN.h, opacity(), 0..14, any::<bool>(), clip, shadow, any::<bool>())
        .prop_map(move |(x, y, opacity, radius, round_bottom, clip, shadow, present)| {
            if !present {
                return Vec::new();
            }
            let rect = Rect::new(x, y, size.w, size.h);
            let content = Content::Picture {
                source: SourceId::Window(window(n)),
                from: Rect::new(0, 0, size.w, size.h),
                revision: 0,
                tile: false,
            };
            let clip = clip.map(|rects| {
                Region::from_rects(
                    rects.into_iter().map(|(u, v, w, h)| Rect::new(x + u, y + v, w, h)),
                )
                .intersect_rect(&rect)
            });
            let opaque = if depth == 32 { Region::new() } else { Region::from_rect(rect) };
            let mut layers = Vec::new();
            if let Some((extent, offset_y, color, contour)) = shadow {
                let shadow = Shadow { around: rect, radius, extent, offset_y, color, contour };
                let mut below =
                    layer(LayerKey::Shadow(window(n)), shadow.bounds(), Content::Shadow(shadow));
                let mut outside = Region::from_rect(rect);
                let r = radius.min(rect.w / 2).min(rect.h / 2);
                for (u, v) in [(x, y), (rect.right() - r, y)] {
                    outside = outside.subtract_rect(&Rect::new(u, v, r, r));
                }
                below.clip = Some(Region::from_rect(shadow.bounds()).subtract(&outside));
                below.opacity = opacity;
                layers.push(below);
            }
            layers.push(Layer {
                clip,
                opaque,
                opacity,
                radius,
                round_bottom,
                ..layer(LayerKey::Window(window(n)), rect, content)
            });
            layers
        })
}

fn extras(scaled: bool) -> impl Strategy<Value = Vec<Layer>> {
    let snap = prop::option::of((0..SCREEN.w, 0..SCREEN.h, 1..80, 1..60, color()));
    let panel = prop::option::of((-20..SCREEN.w, -20..SCREEN.h, opacity()));
    let preview = prop::option::of((0..4_u32, 0..SCREEN.w, 0..SCREEN.h, 5..150, 5..150, opacity()));
    (snap, panel, preview).prop_map(move |(snap, panel, preview)| {
        let mut layers = Vec::new();
        if let Some((x, y, w, h, color)) = snap {
            let rect = Rect::new(x, y, w, h);
            layers.push(layer(LayerKey::SnapPreview, rect, Content::Fill(color)));
        }
        if let Some((x, y, opacity)) = panel {
            let content = Content::Picture {
                source: SourceId::Image(ImageId::Switcher),
                from: Rect::new(0, 0, PANEL.w, PANEL.h),
                revision: 0,
                tile: false,
            };
            let rect = Rect::new(x, y, PANEL.w, PANEL.h);
            layers.push(Layer { opacity, ..layer(LayerKey::SwitcherPanel, rect, content) });
        }
        if let Some((n, x, y, w, h, opacity)) = preview.filter(|_| scaled) {
            let size = WINDOWS[n as usize].0;
            let content = Content::Picture {
                source: SourceId::Window(window(n)),
                from: Rect::new(0, 0, size.w, size.h),
                revision: 0,
                tile: false,
            };
            let key = LayerKey::SwitcherPreview(window(n));
            layers.push(Layer { opacity, ..layer(key, Rect::new(x, y, w, h), content) });
        }
        layers
    })
}

/// Random scenes over the sources; with previews if `scaled`.
pub fn scene(scaled: bool) -> impl Strategy<Value = Scene> {
    let windows = (window_layers(0), window_layers(1), window_layers(2), window_layers(3));
    let order = Just(vec![0_usize, 1, 2, 3]).prop_shuffle();
    (background(), windows, order, extras(scaled)).prop_map(
        |(background, (a, b, c, d), order, extras)| {
            let windows = [a, b, c, d];
            let mut layers = vec![background];
            for n in order {
                layers.extend(windows[n].iter().cloned());
            }
            layers.extend(extras);
            Scene { size: SCREEN, layers, ..Scene::default() }
        },
    )
}

/// Random sequences: a few scenes, half of them the one before with clients
/// that drew.
pub fn steps(scaled: bool) -> impl Strategy<Value = Vec<Step>> {
    let draw = (0..4_u32, 0..100, 0..80, 1..50, 1..50).prop_map(|(n, x, y, w, h)| {
        let (size, _) = WINDOWS[n as usize];
        let bounds = Rect::new(0, 0, size.w, size.h);
        let rect = Rect::new(x % size.w, y % size.h, w, h).intersection(&bounds);
        (n, rect.unwrap_or(bounds))
    });
    let draws = prop::collection::vec(draw, 0..3);
    prop::collection::vec((scene(scaled), draws, 0..4_usize, any::<bool>()), 1..6).prop_map(
        |steps| {
            let mut out: Vec<Step> = Vec::new();
            for (scene, draws, age, again) in steps {
                let scene = match out.last() {
                    Some(last) if again => last.scene.clone(),
                    _ => scene,
                };
                out.push(Step { scene, draws, age });
            }
            out
        },
    )
}

/// The sources' pixels as they are now, with what clients drew.
#[derive(Debug)]
pub struct World {
    pub canvas: Canvas,
    pub tracker: Tracker,
    version: BTreeMap<u32, u32>,
}

/// One drawing of a client, as bytes for PutImage.
#[derive(Debug)]
pub struct Drawing {
    pub source: SourceId,
    pub rect: Rect<Source>,
    pub depth: u8,
    pub bytes: Vec<u8>,
}

impl World {
    /// Sources in their first state.
    pub fn new() -> Self {
        let mut canvas = Canvas::new(SCREEN);
        for (source, size, depth) in sources() {
            let bytes = pixels(0, &Rect::new(0, 0, size.w, size.h), depth);
            canvas.set_source(source, Image::from_bytes(size, &bytes).unwrap());
        }
        Self { canvas, tracker: Tracker::new(), version: BTreeMap::new() }
    }

    /// Draws in window `n`, on the canvas's sources and in the tracker.
    pub fn draw(&mut self, n: u32, rect: Rect<Source>) -> Drawing {
        let version = self.version.entry(n).or_default();
        *version += 1;
        let source = SourceId::Window(window(n));
        let depth = WINDOWS[n as usize].1;
        let bytes = pixels(*version * 7 + n, &rect, depth);
        self.canvas.source_mut(source).unwrap().write(&rect, &bytes, false);
        self.tracker.client_damage(source, &Region::from_rect(rect));
        Drawing { source, rect, depth, bytes }
    }

    /// `scene` painted from nothing.
    pub fn whole(&mut self, scene: &Scene) -> Image {
        let plan = Tracker::new().plan(scene, 0);
        self.paint_over(Image::new(SCREEN), &plan)
    }

    /// `plan` painted over `frame`.
    pub fn paint_over(&mut self, frame: Image, plan: &FramePlan) -> Image {
        self.canvas.set_screen(frame);
        self.canvas.paint(plan);
        self.canvas.screen().clone()
    }
}

/// Fails with the first pixel whose red, green or blue differ by more than
/// `tolerance`.
pub fn compare(
    found: &Image,
    wanted: &Image,
    tolerance: u8,
    what: &str,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.size(), wanted.size());
    let width = wanted.size().w as usize;
    let mut worst = (0, Point::<Root>::new(0, 0));
    for (i, (a, b)) in found.pixels().iter().zip(wanted.pixels()).enumerate() {
        let difference = (0..3).map(|c| a[c].abs_diff(b[c])).max().unwrap_or(0);
        if difference > worst.0 {
            worst = (difference, Point::new((i % width) as i32, (i / width) as i32));
        }
    }
    let (difference, at) = worst;
    prop_assert!(
        difference <= tolerance,
        "{}: the pixel ({}, {}) is off by {}: {:?} instead of {:?}",
        what,
        at.x,
        at.y,
        difference,
        found.get(at.x, at.y),
        wanted.get(at.x, at.y)
    );
    Ok(())
}
