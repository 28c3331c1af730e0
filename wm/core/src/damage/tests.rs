//! The law of the damage tracker, on symbolic pixels: a pixel is the hash of
//! everything that was painted into it, in order, so that any difference in
//! content, version, opacity, corner or order shows, with no tolerance.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;

use super::*;
use crate::geom::Size;
use crate::id::{WindowId, Xid};
use crate::scene::{LayerKey, Shadow};

const SCREEN: Size = Size { w: 24, h: 20 };
const SOURCE: i32 = 12;

fn window(n: u32) -> WindowId {
    WindowId { xid: Xid(n), generation: 0 }
}

/// Versions of each source's pixels; drawing in a client bumps them.
#[derive(Clone, Default)]
struct Sources(BTreeMap<(SourceId, i32, i32), u32>);

impl Sources {
    fn draw(&mut self, source: SourceId, rect: Rect<Source>) {
        for y in rect.y..rect.bottom() {
            for x in rect.x..rect.right() {
                *self.0.entry((source, x, y)).or_default() += 1;
            }
        }
    }

    fn version(&self, source: SourceId, x: i32, y: i32) -> u32 {
        self.0.get(&(source, x, y)).copied().unwrap_or(0)
    }
}

#[derive(Clone, PartialEq, Debug)]
struct Canvas(Vec<u64>);

impl Canvas {
    fn garbage() -> Self {
        Self((0..SCREEN.area() as u64).map(|i| 0xdead_0000 + i).collect())
    }

    fn execute(&mut self, plan: &FramePlan, sources: &Sources) {
        let mut replaced = Region::new();
        for op in &plan.ops {
            assert!(!op.region.is_empty(), "an empty operation is a waste");
            assert!(
                op.region.subtract(&plan.damage).is_empty(),
                "an operation paints outside the damage"
            );
            if op.blend {
                assert!(
                    op.region.subtract(&plan.blended).is_empty(),
                    "a blend outside the blended region"
                );
            } else {
                assert!(
                    replaced.intersect(&op.region).is_empty(),
                    "two operations replace the same pixel"
                );
                replaced.add(&op.region);
            }
            for rect in op.region.rects() {
                for y in rect.y..rect.bottom() {
                    for x in rect.x..rect.right() {
                        let at = (y * SCREEN.w + x) as usize;
                        let mut hash = DefaultHasher::new();
                        if op.blend {
                            self.0[at].hash(&mut hash);
                        }
                        symbol(&op.paint, x, y, sources, &mut hash);
                        self.0[at] = hash.finish();
                    }
                }
            }
        }
        assert!(
            plan.damage.subtract(&replaced).is_empty(),
            "damage that nothing replaces keeps old pixels"
        );
    }
}

fn symbol(paint: &Paint, x: i32, y: i32, sources: &Sources, hash: &mut DefaultHasher) {
    match paint {
        Paint::Fill(color) => color.hash(hash),
        Paint::Shadow(shadow) => {
            shadow.hash(hash);
            (x, y).hash(hash);
        }
        Paint::Picture { source, from, to, tile, opacity, mask } => {
            opacity.hash(hash);
            if let Some(mask) = mask {
                (mask.radius, x - mask.rect.x, y - mask.rect.y).hash(hash);
            }
            let mut taps = Vec::new();
            if *tile {
                taps.push((
                    from.x + (x - to.x).rem_euclid(from.w),
                    from.y + (y - to.y).rem_euclid(from.h),
                ));
            } else if from.size() == to.size() {
                taps.push((x - to.x + from.x, y - to.y + from.y));
            } else {
                // Bilinear: the four pixels around the sample point, in 1/256.
                let sx = ((2 * (x - to.x) + 1) * from.w * 128 / to.w) - 128;
                let sy = ((2 * (y - to.y) + 1) * from.h * 128 / to.h) - 128;
                for dy in 0..2 {
                    for dx in 0..2 {
                        taps.push((
                            from.x + ((sx >> 8) + dx).clamp(0, from.w - 1),
                            from.y + ((sy >> 8) + dy).clamp(0, from.h - 1),
                        ));
                    }
                }
            }
            for (sx, sy) in taps {
                (source, sx, sy, sources.version(*source, sx, sy)).hash(hash);
            }
        }
    }
}

fn root_rect() -> impl Strategy<Value = Rect<Root>> {
    (-4..SCREEN.w, -4..SCREEN.h, 1..16i32, 1..16i32).prop_map(|(x, y, w, h)| Rect::new(x, y, w, h))
}

fn layer() -> impl Strategy<Value = Layer> {
    (
        1..6u32,
        root_rect(),
        prop::option::weighted(0.2, root_rect()),
        prop_oneof![3 => Just(255u8), 1 => Just(128), 1 => Just(0)],
        prop_oneof![2 => Just(0), 1 => 1..5i32],
        any::<bool>(),
        0..6u8,
        0..3u64,
    )
        .prop_map(|(id, rect, hole, opacity, radius, opaque, kind, revision)| {
            let clip = hole.map(|hole| Region::from_rect(rect).subtract_rect(&hole));
            let source = SourceId::Window(window(id));
            let (key, content, radius) = match kind {
                0 => {
                    let shadow = Shadow {
                        around: rect,
                        radius,
                        extent: 3,
                        offset_y: 1,
                        color: Color::rgb(0).with_alpha(90),
                        contour: Color::rgb(1),
                    };
                    (LayerKey::Shadow(window(id)), Content::Shadow(shadow), 0)
                }
                1 => (LayerKey::SnapPreview, Content::Fill(Color::rgb(7).with_alpha(99)), 0),
                2 => (
                    LayerKey::SwitcherPreview(window(id)),
                    Content::Picture {
                        source,
                        from: Rect::new(0, 0, SOURCE, SOURCE),
                        revision,
                        tile: false,
                    },
                    radius,
                ),
                3 => (
                    LayerKey::Background,
                    Content::Picture {
                        source: SourceId::Background,
                        from: Rect::new(0, 0, 5, 4),
                        revision,
                        tile: true,
                    },
                    0,
                ),
                _ => (
                    LayerKey::Window(window(id)),
                    Content::Picture {
                        source,
                        from: Rect::new(1, 2, rect.w, rect.h),
                        revision,
                        tile: false,
                    },
                    radius,
                ),
            };
            let solid = opaque && kind >= 2;
            Layer {
                key,
                rect,
                clip,
                opaque: if solid { Region::from_rect(rect) } else { Region::new() },
                opacity,
                radius,
                round_bottom: revision == 0,
                content,
            }
        })
}

fn scene() -> impl Strategy<Value = Scene> {
    (prop::collection::vec(layer(), 0..7), prop::option::weighted(0.15, root_rect())).prop_map(
        |(mut layers, hole)| {
            let mut seen = std::collections::BTreeSet::new();
            layers.retain(|l| seen.insert(l.key));
            let holes = hole.map_or_else(Region::new, Region::from_rect);
            Scene { size: SCREEN, layers, holes, ..Scene::default() }
        },
    )
}

#[derive(Debug, Clone)]
enum Step {
    /// Something else entirely.
    New(Scene),
    /// The last scene with two layers swapped.
    Swap(usize, usize),
    /// The same scene.
    Same,
    /// A client draws.
    Draw(u32, Rect<Source>),
    /// The background is drawn.
    DrawBackground,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => scene().prop_map(Step::New),
        2 => (0..7usize, 0..7usize).prop_map(|(a, b)| Step::Swap(a, b)),
        1 => Just(Step::Same),
        3 => (1..6u32, 0..10i32, 0..10i32, 1..8i32, 1..8i32)
            .prop_map(|(id, x, y, w, h)| Step::Draw(id, Rect::new(x, y, w, h))),
        1 => Just(Step::DrawBackground),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 4 } else { 400 }))]

    #[test]
    fn incremental_equals_full(steps in prop::collection::vec(step(), 1..24), ages in prop::collection::vec(0..9usize, 24)) {
        let mut tracker = Tracker::new();
        let mut sources = Sources::default();
        let mut scene = Scene { size: SCREEN, ..Scene::default() };
        // Presented frames, newest first.
        let mut frames: Vec<Canvas> = Vec::new();
        for (step, age) in steps.into_iter().zip(ages) {
            match step {
                Step::New(new) => scene = new,
                Step::Swap(a, b) => {
                    let n = scene.layers.len();
                    if n > 0 {
                        scene.layers.swap(a % n, b % n);
                    }
                }
                Step::Same => {}
                Step::Draw(id, rect) => {
                    let source = SourceId::Window(window(id));
                    sources.draw(source, rect);
                    tracker.client_damage(source, &Region::from_rect(rect));
                }
                Step::DrawBackground => {
                    let rect = Rect::new(0, 0, 5, 4);
                    sources.draw(SourceId::Background, rect);
                    tracker.client_damage(SourceId::Background, &Region::from_rect(rect));
                }
            }
            // What did not change may be planned without being looked at.
            let again = tracker.presents(&scene);
            let plan = if again { tracker.plan_again(age).unwrap() } else { tracker.plan(&scene, age) };
            let mut incremental = match age.checked_sub(1) {
                None => Canvas::garbage(),
                Some(back) => frames.get(back).cloned().unwrap_or_else(Canvas::garbage),
            };
            incremental.execute(&plan, &sources);
            let mut full = Canvas::garbage();
            full.execute(&Tracker::new().plan(&scene, 0), &sources);
            // What the server shows by itself is nobody's business here.
            for rect in scene.holes.intersect_rect(&scene.bounds()).rects() {
                for y in rect.y..rect.bottom() {
                    for x in rect.x..rect.right() {
                        let at = (y * SCREEN.w + x) as usize;
                        incremental.0[at] = 0;
                        full.0[at] = 0;
                    }
                }
            }
            prop_assert_eq!(&incremental, &full);
            if again { tracker.commit_again() } else { tracker.commit(scene.clone()) }
            frames.insert(0, full);
        }
    }
}

fn plain(id: u32, rect: Rect<Root>) -> Layer {
    Layer {
        key: LayerKey::Window(window(id)),
        rect,
        clip: None,
        opaque: Region::from_rect(rect),
        opacity: 255,
        radius: 0,
        round_bottom: false,
        content: Content::Picture {
            source: SourceId::Window(window(id)),
            from: Rect::new(0, 0, rect.w, rect.h),
            revision: 0,
            tile: false,
        },
    }
}

fn presented(layers: Vec<Layer>) -> (Tracker, Scene) {
    let scene = Scene { size: SCREEN, layers, ..Scene::default() };
    let mut tracker = Tracker::new();
    let _ = tracker.plan(&scene, 0);
    tracker.commit(scene.clone());
    (tracker, scene)
}

#[test]
fn nothing_changed_means_nothing_to_paint() {
    let (mut tracker, scene) = presented(vec![plain(1, Rect::new(0, 0, 10, 10))]);
    assert_eq!(tracker.plan(&scene, 1), FramePlan { size: SCREEN, ..FramePlan::default() });
}

#[test]
fn a_blinking_cursor_costs_its_own_pixels() {
    let (mut tracker, scene) =
        presented(vec![plain(1, Rect::new(0, 0, 24, 20)), plain(2, Rect::new(2, 2, 10, 10))]);
    let cursor = Region::from_rect(Rect::new(3, 3, 1, 2));
    tracker.client_damage(SourceId::Window(window(2)), &cursor);
    let plan = tracker.plan(&scene, 1);
    assert_eq!(plan.damage, Region::from_rect(Rect::new(5, 5, 1, 2)));
    assert_eq!(plan.ops.len(), 1, "only the window that blinks is read");
}

#[test]
fn hidden_windows_are_not_painted() {
    let (mut tracker, scene) =
        presented(vec![plain(1, Rect::new(2, 2, 5, 5)), plain(2, Rect::new(0, 0, 12, 12))]);
    tracker.client_damage(SourceId::Window(window(1)), &Region::from_rect(Rect::new(0, 0, 5, 5)));
    assert!(tracker.plan(&scene, 1).is_empty());
    assert!(!tracker.is_visible(SourceId::Window(window(1))));
}

#[test]
fn raising_a_window_repaints_only_the_overlap() {
    let (mut tracker, scene) =
        presented(vec![plain(1, Rect::new(0, 0, 10, 10)), plain(2, Rect::new(8, 8, 10, 10))]);
    let mut raised = scene;
    raised.layers.swap(0, 1);
    let plan = tracker.plan(&raised, 1);
    assert_eq!(plan.damage, Region::from_rect(Rect::new(8, 8, 2, 2)));
}

#[test]
fn damage_survives_a_frame_that_was_never_presented() {
    let (mut tracker, scene) = presented(vec![plain(1, Rect::new(0, 0, 10, 10))]);
    let dot = Region::from_rect(Rect::new(1, 1, 1, 1));
    tracker.client_damage(SourceId::Window(window(1)), &dot);
    let lost = tracker.plan(&scene, 1);
    assert_eq!(tracker.plan(&scene, 1), lost, "not committed, so still due");
}
