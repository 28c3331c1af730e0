//! The window's inside: from events to a state, from a state to pixels.
//!
//! Owns what is seen and selected, and all painting. Pure: it must not know a
//! display, a clock or a file, so that a test can press keys and look.
//!
//! ```text
//! Input ─▶ Viewer::handle ─▶ state ─▶ Viewer::paint ─▶ Canvas
//! ```

mod backdrop;
mod camera;
mod control;
mod coverage;
mod heat;
pub mod keys;
mod layout;
mod paint;
mod panel;
mod text;
mod theme;

use std::collections::HashMap;
use std::rc::Rc;

pub use camera::Camera;
pub use coverage::{Engine, Plane, coverage, reach};
pub use heat::Heat;
use keys::Key;
pub use layout::Layout;
use raster::MaskFormat;
pub use text::{Face, Fonts};

use crate::canvas::Area;
use crate::capture::{Capture, Record, Set, Shape, Shapes};
use crate::stats::Stats;
use backdrop::Backdrop;

/// A way of looking at a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Each shape in its own colour.
    Shapes,
    /// How often each pixel is covered.
    Overlap,
    /// How thin each shape is.
    Slivers,
    /// The bytes of the mask.
    Coverage,
    /// The mask beside another rasterizer's.
    Compare,
}

impl Mode {
    /// All, in the order of their tabs.
    pub const ALL: [Self; 5] =
        [Self::Shapes, Self::Overlap, Self::Slivers, Self::Coverage, Self::Compare];

    fn name(self) -> &'static str {
        match self {
            Self::Shapes => "Shapes",
            Self::Overlap => "Overlap",
            Self::Slivers => "Slivers",
            Self::Coverage => "Coverage",
            Self::Compare => "Compare",
        }
    }
}

/// What is shown beside the request's own shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Nothing.
    Alone,
    /// What was drawn before it, in its colours.
    Drawn,
    /// The shapes of all requests before it.
    All,
}

/// Which samples are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SampleChoice {
    Mask,
    Format(MaskFormat),
    None,
}

/// What happens to the window.
#[derive(Clone, Debug)]
pub enum Input {
    /// It has another size in pixels, or another scale of text.
    Resized {
        /// Width and height in pixels.
        size: (u32, u32),
        /// 1 for 96 dots per inch.
        scale: f64,
    },
    /// A key is pressed.
    Key(Key),
    /// The pointer is at a point of the window.
    Pointer(f64, f64),
    /// The pointer has left.
    Left,
    /// The first button is pressed.
    Pressed,
    /// The first button is released.
    Released,
    /// The wheel is turned: steps to the right and down.
    Wheel(f64, f64),
    /// A program has drawn more.
    Records(Vec<Record>),
    /// The program has left, or cannot be heard any more; in a few words.
    Ended(String),
}

/// What follows from an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Something looks different.
    pub redraw: bool,
    /// The window shall be closed.
    pub quit: bool,
}

/// What the button is held for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    /// The drawing is moved; whether it has been, and from where.
    Pan { moved: bool, last: (f64, f64) },
    /// The timeline is run through.
    Scrub,
    /// Nothing that moving would change.
    Other,
}

/// A shape: its set's place, and its own in the set.
pub(crate) type ShapeAt = (usize, usize);

/// More shapes than this are not shown at once, the newest are.
const MOST_SHOWN: usize = 50_000;

/// Masks larger than this many pixels are seen in part.
const LARGEST_MASK: i64 = 16 << 20;

/// The state of the window.
#[derive(Debug)]
pub struct Viewer {
    capture: Capture,
    /// The XID that each set is drawn on; 0 for drawings.
    targets: Vec<u32>,
    /// How high each set's bar is in the timeline, and the highest.
    costs: Vec<f32>,
    most_cost: f32,
    current: usize,
    mode: Mode,
    context: Context,
    samples: SampleChoice,
    edges: bool,
    /// Whether glyphs and rectangles are stepped over.
    skip: bool,
    reference: usize,
    amplify: u8,
    follow: bool,
    /// What is captured, while it is; then how that ended.
    live: Option<String>,
    ended: Option<String>,
    panel: bool,
    timeline: bool,
    help: bool,
    scroll: f64,
    selected: Option<ShapeAt>,
    hovered: Option<ShapeAt>,
    size: (u32, u32),
    scale: f64,
    camera: Camera,
    /// Whether the camera shows all, until somebody moves it.
    fitted: bool,
    pointer: Option<(f64, f64)>,
    hold: Option<Hold>,
    stats: Option<(usize, Stats)>,
    planes: HashMap<(Engine, MaskFormat), Rc<Plane>>,
    heat: Option<((usize, Context, Area), Rc<Heat>)>,
    backdrop: Option<Backdrop>,
}

impl Viewer {
    /// A window on a capture; `live` names the program whose capture goes on.
    #[must_use]
    pub fn new(capture: Capture, live: Option<String>) -> Self {
        let is_drawing = live.is_none() && capture.sets.iter().all(|set| set.drawing.is_none());
        let mut viewer = Self {
            capture: Capture::default(),
            targets: Vec::new(),
            costs: Vec::new(),
            most_cost: 0.0,
            current: 0,
            mode: Mode::Shapes,
            context: if is_drawing { Context::All } else { Context::Drawn },
            samples: SampleChoice::Mask,
            edges: false,
            skip: false,
            reference: 0,
            amplify: 2,
            follow: live.is_some(),
            live,
            ended: None,
            panel: true,
            timeline: true,
            help: false,
            scroll: 0.0,
            selected: None,
            hovered: None,
            size: (1, 1),
            scale: 1.0,
            camera: Camera { left: 0.0, top: 0.0, zoom: 1.0 },
            fitted: true,
            pointer: None,
            hold: None,
            stats: None,
            planes: HashMap::new(),
            heat: None,
            backdrop: None,
        };
        let Capture { sets, pictures, glyphs } = capture;
        viewer.capture.pictures = pictures;
        viewer.capture.glyphs = glyphs;
        for set in sets {
            viewer.push(Record::Set(set));
        }
        // Of a program's capture the beginning is the story's; of a drawing, all.
        viewer.current = if is_drawing { viewer.capture.sets.len().saturating_sub(1) } else { 0 };
        viewer
    }

    /// What has been captured so far.
    #[must_use]
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// The place of the request that is shown.
    #[must_use]
    pub fn current(&self) -> usize {
        self.current
    }

    /// Where the parts of the window are.
    #[must_use]
    pub fn layout(&self) -> Layout {
        Layout::new(self.size, self.scale, self.panel, self.timeline)
    }

    /// The panes that show drawings.
    #[must_use]
    pub fn panes(&self) -> Vec<Area> {
        self.layout().panes(if self.mode == Mode::Compare { 3 } else { 1 })
    }

    /// Where the drawing lies in each pane.
    #[must_use]
    pub fn camera(&self) -> Camera {
        self.camera
    }

    /// The selected shape, or else the one under the pointer: the places of its
    /// set and of itself.
    #[must_use]
    pub fn focus(&self) -> Option<(usize, usize)> {
        self.selected.or(self.hovered)
    }

    fn push(&mut self, record: Record) {
        if let Record::Set(set) = &record {
            self.targets.push(self.capture.target(set).map_or(0, |target| target.xid));
            let cost = cost(set);
            self.most_cost = self.most_cost.max(cost);
            self.costs.push(cost);
        }
        self.capture.push(record);
    }

    /// The drawable of the current request; 0 for drawings.
    fn target(&self) -> u32 {
        self.targets.get(self.current).copied().unwrap_or(0)
    }

    fn pane_size(&self) -> (f64, f64) {
        let panes = self.panes();
        let pane = panes.first().copied().unwrap_or_default();
        (f64::from(pane.width()), f64::from(pane.height()))
    }

    /// Keeps what is in the middle of the pane there.
    fn pane_changed(&mut self, before: (f64, f64)) {
        let now = self.pane_size();
        if now == before {
            return;
        }
        if self.fitted {
            self.fit_all();
        } else {
            self.camera.pan((now.0 - before.0) / 2.0, (now.1 - before.1) / 2.0);
        }
        self.hovered = self.shape_under_pointer();
    }

    fn fit_all(&mut self) {
        if let Some(bounds) = self.page_bounds() {
            self.camera = Camera::fitting(bounds, self.pane_size());
        }
    }

    fn fit_to(&mut self, bounds: Option<[f64; 4]>) {
        if let Some(bounds) = bounds {
            self.camera = Camera::fitting(bounds, self.pane_size());
            self.fitted = false;
        }
    }

    /// What the page holds: the drawable, if its size is known, or the shapes.
    fn page_bounds(&self) -> Option<[f64; 4]> {
        let set = self.capture.sets.get(self.current)?;
        let size = self.capture.target(set).and_then(|target| target.size);
        if let Some((width, height)) = size {
            return Some([0.0, 0.0, width.into(), height.into()]);
        }
        let target = self.target();
        let sets = self.capture.sets.iter().zip(&self.targets);
        sets.filter(|(_, at)| **at == target)
            .filter_map(|(set, _)| bounds_of(set, &self.capture))
            .reduce(joined)
    }

    fn bounds_of_current(&self) -> Option<[f64; 4]> {
        bounds_of(self.capture.sets.get(self.current)?, &self.capture)
    }

    /// A point of the window in the pane that it lies in.
    fn in_pane(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        let pane = self.panes().into_iter().find(|pane| pane.contains((x, y)))?;
        Some((x - f64::from(pane.left), y - f64::from(pane.top)))
    }

    /// A point of the drawing under the pointer.
    fn pointed(&self) -> Option<(f64, f64)> {
        Some(self.camera.point(self.in_pane(self.pointer?)?))
    }

    fn shape(&self, (set, shape): ShapeAt) -> Option<Shape> {
        self.capture.sets.get(set)?.shape(shape)
    }

    /// The sets whose shapes are shown, the newest last.
    fn shown(&self) -> Vec<usize> {
        if self.capture.sets.is_empty() {
            return Vec::new();
        }
        if self.context != Context::All {
            return vec![self.current];
        }
        let target = self.target();
        let mut room = MOST_SHOWN;
        let mut shown = Vec::new();
        for place in (0..=self.current).rev().filter(|&place| self.targets[place] == target) {
            let count = self.capture.sets[place].shapes.len();
            if count > room && !shown.is_empty() {
                break;
            }
            room = room.saturating_sub(count);
            shown.push(place);
        }
        shown.reverse();
        shown
    }

    fn shape_under_pointer(&self) -> Option<ShapeAt> {
        let at = self.pointed()?;
        for set in self.shown().into_iter().rev() {
            let shapes = &self.capture.sets[set];
            let found = (0..shapes.shapes.len()).rev().find(|&shape| {
                shapes
                    .shape(shape)
                    .is_some_and(|shape| contains(&shape.corners(&self.capture.glyphs), at))
            });
            if let Some(shape) = found {
                return Some((set, shape));
            }
        }
        None
    }

    fn stats(&mut self) -> Option<Stats> {
        if let Some((place, stats)) = self.stats
            && place == self.current
        {
            return Some(stats);
        }
        let set = self.capture.sets.get(self.current)?;
        let stats = Stats::of_set(&self.capture, set);
        self.stats = Some((self.current, stats));
        Some(stats)
    }

    /// The format that masks are shown in.
    fn format(&self) -> MaskFormat {
        match (self.samples, self.capture.sets.get(self.current)) {
            (SampleChoice::Format(format), _) => format,
            (_, Some(set)) => self.capture.mask_format(set),
            _ => MaskFormat::A8,
        }
    }

    /// The pixels that a pane shows, of the drawing.
    fn visible(&self, pane: Area) -> Area {
        let size = (f64::from(pane.width()), f64::from(pane.height()));
        let (left, top) = self.camera.point((0.0, 0.0));
        let (right, bottom) = self.camera.point(size);
        // Cameras stay where this fits.
        Area::new(
            left.floor() as i32,
            top.floor() as i32,
            right.ceil() as i32,
            bottom.ceil() as i32,
        )
    }

    /// The current request's mask.
    fn plane(&mut self, engine: Engine) -> Option<Rc<Plane>> {
        let format = self.format();
        if let Some(plane) = self.planes.get(&(engine, format)) {
            return Some(Rc::clone(plane));
        }
        let set = self.capture.sets.get(self.current)?;
        let whole = reach(set, &self.capture.glyphs)?;
        let area = bounded(whole, || self.visible(self.layout().pane));
        let plane = Rc::new(coverage(set, &self.capture.glyphs, format, engine, area));
        if area == whole {
            self.planes.insert((engine, format), Rc::clone(&plane));
        }
        Some(plane)
    }

    /// How often the shown shapes cover each pixel.
    fn heat(&mut self) -> Option<Rc<Heat>> {
        let shown = self.shown();
        let sets = || shown.iter().map(|&place| &self.capture.sets[place]);
        let whole =
            sets().filter_map(|set| reach(set, &self.capture.glyphs)).reduce(|a, b| Area {
                left: a.left.min(b.left),
                top: a.top.min(b.top),
                right: a.right.max(b.right),
                bottom: a.bottom.max(b.bottom),
            })?;
        let area = bounded(whole, || self.visible(self.layout().pane));
        let key = (self.current, self.context, area);
        if let Some((known, heat)) = &self.heat
            && *known == key
        {
            return Some(Rc::clone(heat));
        }
        let heat = Rc::new(Heat::of(sets(), area));
        self.heat = Some((key, Rc::clone(&heat)));
        Some(heat)
    }

    /// Brings the page before the current request up to date.
    fn prepare_backdrop(&mut self) {
        let target = self.target();
        let [_, _, right, bottom] = self.page_bounds().unwrap_or([0.0; 4]);
        let size = (right.ceil() as i32, bottom.ceil() as i32);
        let known = self.backdrop.take().filter(|known| known.leads_to(target, self.current, size));
        let mut backdrop = known.unwrap_or_else(|| Backdrop::new(target, size));
        backdrop.advance(&self.capture, &self.targets, self.current);
        self.backdrop = Some(backdrop);
    }
}

/// The area, or the seen part of one that is too large for a mask.
fn bounded(area: Area, visible: impl FnOnce() -> Area) -> Area {
    if i64::from(area.width()) * i64::from(area.height()) <= LARGEST_MASK {
        return area;
    }
    let part = area.intersection(&visible());
    let side = 4096;
    Area {
        right: part.right.min(part.left.saturating_add(side)),
        bottom: part.bottom.min(part.top.saturating_add(side)),
        ..part
    }
}

/// How high a bar is: by the logarithm of what the set costs.
fn cost(set: &Set) -> f32 {
    let weight = match &set.shapes {
        Shapes::Trapezoids(_) | Shapes::Triangles(_) | Shapes::Traps(_) => {
            set.iter().map(|shape| 1.0 + shape.extent(&[]).1.min(4096.0)).sum::<f64>()
        }
        Shapes::Glyphs(shapes) => 4.0 * shapes.len() as f64,
        Shapes::Rectangles(shapes) => shapes.len() as f64,
    };
    (2.0 + weight).log2() as f32
}

fn bounds_of(set: &Set, capture: &Capture) -> Option<[f64; 4]> {
    set.iter().filter_map(|shape| shape.bounds(&capture.glyphs)).reduce(joined)
}

fn joined(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// Whether a point lies in a convex polygon whose corners go clockwise, as seen
/// with y downwards, or the other way.
fn contains(corners: &[(f64, f64); 4], (x, y): (f64, f64)) -> bool {
    let turns = (0..4).map(|k| {
        let (from, to) = (corners[k], corners[(k + 1) % 4]);
        (to.0 - from.0) * (y - from.1) - (to.1 - from.1) * (x - from.0)
    });
    let (mut left, mut right) = (false, false);
    for turn in turns {
        left |= turn < 0.0;
        right |= turn > 0.0;
    }
    // Neither: all corners are one point.
    left != right
}

#[cfg(test)]
mod tests;
