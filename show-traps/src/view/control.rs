//! What inputs do.
//!
//! Owns keys, pointer and wheel, and what comes from a program. It must not
//! paint.

use super::keys::{Command, command};
use super::{Context, Engine, Hold, Input, Mode, Outcome, SampleChoice, Viewer, paint};
use crate::capture::{Record, Shapes};
use raster::MaskFormat;

/// Pixels that the pointer may move in a click.
const CLICK: f64 = 4.0;

impl Viewer {
    /// Takes an input.
    pub fn handle(&mut self, input: Input) -> Outcome {
        let mut outcome = Outcome { redraw: true, quit: false };
        match input {
            Input::Resized { size, scale } => {
                let before = self.pane_size();
                (self.size, self.scale) = (size, scale);
                self.pane_changed(before);
            }
            Input::Key(key) => match command(key) {
                Some(Command::Quit) => outcome.quit = true,
                Some(command) => self.obey(command),
                None => outcome.redraw = false,
            },
            Input::Pointer(x, y) => outcome.redraw = self.point_at((x, y)),
            Input::Left => {
                self.pointer = None;
                self.hovered = None;
            }
            Input::Pressed => self.press(),
            Input::Released => self.release(),
            Input::Wheel(dx, dy) => self.turn_wheel(dx, dy),
            Input::Records(records) => self.add(records),
            Input::Ended(how) => {
                self.live = None;
                self.ended = Some(how);
            }
        }
        outcome
    }

    fn add(&mut self, records: Vec<Record>) {
        let was_empty = self.capture.sets.is_empty();
        for record in records {
            self.push(record);
        }
        if self.follow && !self.capture.sets.is_empty() {
            let last = self.capture.sets.len() - 1;
            let wanted = (0..=last).rev().find(|&place| self.steps_on(place));
            self.go_to(wanted.unwrap_or(last));
        }
        if was_empty || self.fitted {
            self.fit_all();
        }
    }

    fn obey(&mut self, command: Command) {
        let before = self.pane_size();
        match command {
            Command::Pan(dx, dy) => {
                let (width, height) = before;
                self.camera.pan(width / 10.0 * f64::from(dx), height / 10.0 * f64::from(dy));
                self.fitted = false;
            }
            Command::ZoomIn | Command::ZoomOut => {
                let factor = if command == Command::ZoomIn { 1.25 } else { 0.8 };
                self.camera.zoom_at((before.0 / 2.0, before.1 / 2.0), factor);
                self.fitted = false;
            }
            Command::FitAll => {
                self.fitted = true;
                self.fit_all();
            }
            Command::FitRequest => self.fit_to(self.bounds_of_current()),
            Command::FitShape => {
                let bounds =
                    self.focus().and_then(|at| self.shape(at)?.bounds(&self.capture.glyphs));
                self.fit_to(bounds);
            }
            Command::Step(by) => self.step(by),
            Command::First => self.step(isize::MIN),
            Command::Last => self.step(isize::MAX),
            Command::StepShape(by) => self.step_shape(by),
            Command::Mode(place) => self.set_mode(Mode::ALL[place.min(Mode::ALL.len() - 1)]),
            Command::NextMode => {
                let place = Mode::ALL.iter().position(|mode| *mode == self.mode).unwrap_or(0);
                self.set_mode(Mode::ALL[(place + 1) % Mode::ALL.len()]);
            }
            Command::Context => {
                self.context = match self.context {
                    Context::Alone => Context::Drawn,
                    Context::Drawn => Context::All,
                    Context::All => Context::Alone,
                };
                self.hovered = self.shape_under_pointer();
            }
            Command::Kinds => self.skip = !self.skip,
            Command::NextTarget => self.next_target(),
            Command::Samples => {
                self.samples = match self.samples {
                    SampleChoice::Mask => SampleChoice::Format(MaskFormat::A8),
                    SampleChoice::Format(MaskFormat::A8) => SampleChoice::Format(MaskFormat::A4),
                    SampleChoice::Format(MaskFormat::A4) => SampleChoice::Format(MaskFormat::A1),
                    SampleChoice::Format(MaskFormat::A1) => SampleChoice::None,
                    SampleChoice::None => SampleChoice::Mask,
                };
                self.planes.clear();
            }
            Command::Edges => self.edges = !self.edges,
            Command::Reference => self.reference = (self.reference + 1) % Engine::OTHERS.len(),
            Command::Amplify => self.amplify = (self.amplify + 1) % 4,
            Command::Follow => {
                self.follow = !self.follow && self.live.is_some();
                if self.follow {
                    self.step(isize::MAX);
                    self.follow = true;
                }
            }
            Command::Panel => self.panel = !self.panel,
            Command::Timeline => self.timeline = !self.timeline,
            Command::Help => self.help = !self.help,
            Command::Escape if self.help => self.help = false,
            Command::Escape => self.selected = None,
            Command::Quit => {}
        }
        self.pane_changed(before);
    }

    fn set_mode(&mut self, mode: Mode) {
        let before = self.pane_size();
        self.mode = mode;
        self.pane_changed(before);
    }

    fn point_at(&mut self, at: (f64, f64)) -> bool {
        let before = self.pointer.replace(at);
        match self.hold {
            Some(Hold::Pan { moved, last }) => {
                let (dx, dy) = (at.0 - last.0, at.1 - last.1);
                if moved || dx.hypot(dy) >= CLICK {
                    self.camera.pan(dx, dy);
                    self.fitted = false;
                    self.hold = Some(Hold::Pan { moved: true, last: at });
                }
            }
            Some(Hold::Scrub) => self.scrub(at.0),
            Some(Hold::Other) => {}
            None => self.hovered = self.shape_under_pointer(),
        }
        before != self.pointer
    }

    fn press(&mut self) {
        let Some(at) = self.pointer else { return };
        let layout = self.layout();
        self.hold = Some(Hold::Other);
        if self.help {
            self.help = false;
        } else if layout.help().is_some_and(|area| area.contains(at)) {
            self.help = true;
        } else if let Some((mode, _)) = layout.tabs().iter().find(|(_, area)| area.contains(at)) {
            self.set_mode(*mode);
        } else if layout.timeline.is_some_and(|area| area.contains(at)) {
            self.hold = Some(Hold::Scrub);
            self.scrub(at.0);
        } else if layout.pane.contains(at) {
            self.hold = Some(Hold::Pan { moved: false, last: at });
        }
    }

    fn release(&mut self) {
        if let Some(Hold::Pan { moved: false, .. }) = self.hold.take() {
            self.selected = self.shape_under_pointer();
            self.hovered = self.selected;
            self.scroll = 0.0;
        }
    }

    fn turn_wheel(&mut self, dx: f64, dy: f64) {
        let Some(at) = self.pointer else { return };
        let layout = self.layout();
        if layout.timeline.is_some_and(|area| area.contains(at)) {
            self.step((dx + dy).round() as isize);
        } else if layout.panel.is_some_and(|area| area.contains(at)) {
            self.scroll = (self.scroll + 3.0 * dy).max(0.0);
        } else if let Some(local) = self.in_pane(at) {
            self.camera.zoom_at(local, 1.25_f64.powf(-dy));
            self.camera.pan(-40.0 * dx, 0.0);
            self.fitted = false;
            self.hovered = self.shape_under_pointer();
        }
    }

    /// The request under a column of the timeline.
    fn scrub(&mut self, x: f64) {
        let Some(area) = self.layout().timeline else { return };
        let Some(last) = self.capture.sets.len().checked_sub(1) else { return };
        let (left, width) = paint::timeline_span(area, self.scale);
        let part = ((x - left) / width).clamp(0.0, 1.0);
        self.follow = false;
        self.go_to(((part * (last + 1) as f64) as usize).min(last));
    }

    fn step(&mut self, by: isize) {
        let Some(last) = self.capture.sets.len().checked_sub(1) else { return };
        self.follow = by == isize::MAX && self.live.is_some();
        let places: &mut dyn Iterator<Item = usize> =
            if by >= 0 { &mut (self.current + 1..=last) } else { &mut (0..self.current).rev() };
        let wanted = places.filter(|&place| self.steps_on(place)).take(by.unsigned_abs()).last();
        if let Some(wanted) = wanted {
            self.go_to(wanted);
        }
    }

    /// Whether stepping stops at a set.
    fn steps_on(&self, place: usize) -> bool {
        let kind = &self.capture.sets[place].shapes;
        !self.skip || !matches!(kind, Shapes::Glyphs(_) | Shapes::Rectangles(_))
    }

    fn go_to(&mut self, place: usize) {
        let target = self.target();
        self.current = place;
        self.stats = None;
        self.planes.clear();
        self.scroll = 0.0;
        if self.selected.is_some_and(|(set, _)| set != place) {
            self.selected = None;
        }
        if target != self.target() && self.fitted {
            self.fit_all();
        }
        self.hovered = self.shape_under_pointer();
    }

    fn step_shape(&mut self, by: isize) {
        let Some(set) = self.capture.sets.get(self.current) else { return };
        let count = set.shapes.len() as isize;
        if count == 0 {
            return;
        }
        let place = match self.selected {
            Some((set, shape)) if set == self.current => shape as isize + by,
            _ if by > 0 => 0,
            _ => count - 1,
        };
        // Both are positive.
        self.selected = Some((self.current, place.rem_euclid(count) as usize));
    }

    fn next_target(&mut self) {
        let target = self.target();
        let after = (self.current..self.targets.len()).chain(0..self.current);
        let mut others = after.filter(|&place| self.targets[place] != target);
        if let Some(place) = others.next() {
            self.follow = false;
            self.go_to(place);
        }
    }
}
