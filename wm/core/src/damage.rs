//! What has to be painted again: derived from two scenes and the clients'
//! damage, never pushed by a handler.
//!
//! Owns the history of presented frames. Must not know windows or backends.
//!
//! The law that the tests hold: painting `plan(scene, n)` over the frame that
//! was presented `n` frames ago gives the same pixels as painting `scene`
//! from scratch.
//!
//! # How
//! 1. *Visibility.* From the top layer down, each layer's visible region is
//!    its extent minus everything opaque above it.
//! 2. *Step.* Layers of the last presented scene and the new one are aligned
//!    by key. A layer that came, went or changed damages what was visible of
//!    it and what is. A layer that only changed its place in the stack
//!    damages its overlap with those that it passed. Client damage is mapped
//!    through every layer that shows the source and cut to what is visible.
//! 3. *Age.* A buffer that is `n` frames old also needs the steps of the
//!    `n − 1` frames between.
//! 4. *Operations.* Each layer contributes what of it is visible and damaged,
//!    split into a part that replaces and parts that blend.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::geom::{Rect, Root, Source};
use crate::id::SourceId;
use crate::look::Color;
use crate::plan::{CornerMask, FramePlan, Op, Paint};
use crate::region::Region;
use crate::scene::{Content, Layer, Scene};

/// Older buffers than this are repainted whole.
const MAX_AGE: usize = 6;

/// Remembers what was presented, and plans what comes next.
#[derive(Debug, Default)]
pub struct Tracker {
    presented: Option<Seen>,
    /// Steps of the last frames, newest first.
    history: VecDeque<Region<Root>>,
    pending: BTreeMap<SourceId, Region<Source>>,
    in_flight: BTreeMap<SourceId, Region<Source>>,
    step: Region<Root>,
}

/// A scene with what is visible of each layer.
#[derive(Debug, Clone)]
struct Seen {
    scene: Scene,
    visible: Vec<Region<Root>>,
}

impl Tracker {
    /// Nothing presented yet: the first plan paints everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Pixels of `source` changed: `region` in the source's own pixels.
    pub fn client_damage(&mut self, source: SourceId, region: &Region<Source>) {
        self.pending.entry(source).or_default().add(region);
    }

    /// Whether any client damage waits for the next plan.
    #[must_use]
    pub fn has_client_damage(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Forgets damage of a source that is gone.
    pub fn forget(&mut self, source: SourceId) {
        self.pending.remove(&source);
        self.in_flight.remove(&source);
    }

    /// What has to be painted so that a buffer which holds the frame
    /// presented `age` frames ago (1: the last one; 0: unknown content)
    /// shows `scene`.
    pub fn plan(&mut self, scene: &Scene, age: usize) -> FramePlan {
        for (source, region) in std::mem::take(&mut self.pending) {
            self.in_flight.entry(source).or_default().add(&region);
        }
        let everything = everything(scene);
        let visible = match &self.presented {
            Some(seen) if same_visibility(&seen.scene, scene) => seen.visible.clone(),
            _ => visibility(scene, &everything),
        };
        self.step = match &self.presented {
            Some(seen) if seen.scene.size == scene.size => {
                let mut step = difference(seen, scene, &visible);
                for (layer, visible) in scene.layers.iter().zip(&visible) {
                    step.add(&client_damage_of(layer, &self.in_flight).intersect(visible));
                }
                step.intersect(&everything)
            }
            _ => everything.clone(),
        };
        let damage =
            if self.presented.is_none() { everything } else { self.since(age, everything) };
        operations(scene, &visible, damage)
    }

    /// As [`Tracker::plan`] for the scene that was presented last, of which
    /// nothing but clients' pixels changed; `None` if there is none. It costs
    /// no scene and no comparison.
    pub fn plan_again(&mut self, age: usize) -> Option<FramePlan> {
        for (source, region) in std::mem::take(&mut self.pending) {
            self.in_flight.entry(source).or_default().add(&region);
        }
        let seen = self.presented.take()?;
        let everything = everything(&seen.scene);
        let mut step = Region::new();
        for (layer, visible) in seen.scene.layers.iter().zip(&seen.visible) {
            step.add(&client_damage_of(layer, &self.in_flight).intersect(visible));
        }
        self.step = step.intersect(&everything);
        let damage = self.since(age, everything);
        let plan = operations(&seen.scene, &seen.visible, damage);
        self.presented = Some(seen);
        Some(plan)
    }

    /// What differs from the frame of this age.
    fn since(&self, age: usize, everything: Region<Root>) -> Region<Root> {
        if age == 0 || age - 1 > self.history.len() {
            return everything;
        }
        let mut damage = self.step.clone();
        for older in self.history.iter().take(age - 1) {
            damage.add(older);
        }
        damage.intersect(&everything)
    }

    /// The last plan, made for `scene`, is on the screen.
    pub fn commit(&mut self, scene: Scene) {
        self.in_flight.clear();
        self.history.push_front(std::mem::take(&mut self.step));
        self.history.truncate(MAX_AGE);
        let visible = match self.presented.take() {
            Some(seen) if same_visibility(&seen.scene, &scene) => seen.visible,
            _ => visibility(&scene, &everything(&scene)),
        };
        self.presented = Some(Seen { scene, visible });
    }

    /// The last plan, made by [`Tracker::plan_again`], is on the screen.
    pub fn commit_again(&mut self) {
        self.in_flight.clear();
        self.history.push_front(std::mem::take(&mut self.step));
        self.history.truncate(MAX_AGE);
    }

    /// Whether `scene` is the one that was presented last.
    #[must_use]
    pub fn presents(&self, scene: &Scene) -> bool {
        self.presented.as_ref().is_some_and(|seen| seen.scene == *scene)
    }

    /// The screen's content is unknown (a failed frame, a new backend):
    /// the next plan paints everything.
    pub fn reset(&mut self) {
        self.presented = None;
        self.history.clear();
        self.step = Region::new();
    }

    /// What of a presented source was visible on the screen: client damage
    /// outside it costs nothing.
    #[must_use]
    pub fn is_visible(&self, source: SourceId) -> bool {
        let Some(seen) = &self.presented else { return true };
        seen.scene.layers.iter().zip(&seen.visible).any(|(layer, visible)| {
            matches!(&layer.content, Content::Picture { source: s, .. } if *s == source)
                && !visible.is_empty()
        })
    }
}

/// Every pixel that frames of this scene may paint.
fn everything(scene: &Scene) -> Region<Root> {
    Region::from_rect(scene.bounds()).subtract(&scene.holes)
}

/// Whether two scenes hide the same pixels of the same layers, so that the
/// visibility of one holds for the other.
fn same_visibility(a: &Scene, b: &Scene) -> bool {
    a.size == b.size
        && a.holes == b.holes
        && a.layers.len() == b.layers.len()
        && a.layers.iter().zip(&b.layers).all(|(a, b)| {
            a.rect == b.rect
                && a.clip == b.clip
                && a.opaque == b.opaque
                && (a.opacity == 255) == (b.opacity == 255)
                && a.radius == b.radius
                && a.round_bottom == b.round_bottom
        })
}

/// What is visible of each layer, bottom to top.
fn visibility(scene: &Scene, everything: &Region<Root>) -> Vec<Region<Root>> {
    let mut free = everything.clone();
    let mut visible: Vec<Region<Root>> = scene
        .layers
        .iter()
        .rev()
        .map(|layer| {
            if free.is_empty() || layer.opacity == 0 {
                return Region::new();
            }
            let seen = layer.extent().intersect(&free);
            if !seen.is_empty() {
                free = free.subtract(&layer.hides());
            }
            seen
        })
        .collect();
    visible.reverse();
    visible
}

/// The damage of going from `old` to `new`, without client damage.
fn difference(old: &Seen, new: &Scene, new_visible: &[Region<Root>]) -> Region<Root> {
    let mut damage = old.scene.holes.subtract(&new.holes);
    if old.scene.layers == new.layers && old.scene.holes == new.holes {
        return damage;
    }
    let old_at: HashMap<_, _> =
        old.scene.layers.iter().enumerate().map(|(i, layer)| (layer.key, i)).collect();
    let mut kept = vec![false; old.scene.layers.len()];
    // (index in old, index in new) of layers that are in both scenes.
    let mut common = Vec::new();
    for (n, layer) in new.layers.iter().enumerate() {
        match old_at.get(&layer.key) {
            Some(&o) => {
                kept[o] = true;
                common.push((o, n));
                if old.scene.layers[o] != *layer {
                    damage.add(&old.visible[o]);
                    damage.add(&new_visible[n]);
                }
            }
            None => damage.add(&new_visible[n]),
        }
    }
    for (o, kept) in kept.iter().enumerate() {
        if !kept {
            damage.add(&old.visible[o]);
        }
    }
    let steady = longest_increasing(&common);
    for (i, &(o, n)) in common.iter().enumerate() {
        if steady[i] {
            continue;
        }
        let mut passed = Region::new();
        for (j, &(other_o, other_n)) in common.iter().enumerate() {
            if i != j && (o < other_o) != (n < other_n) {
                passed.add(&new.layers[other_n].extent());
                passed.add(&old.scene.layers[other_o].extent());
            }
        }
        let seen = old.visible[o].union(&new_visible[n]);
        damage.add(&seen.intersect(&passed));
    }
    damage
}

/// Which of the pairs belong to a longest run whose first numbers increase;
/// second numbers already do.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<bool> {
    // Patience sorting: tails[k] is the index of the smallest last element of
    // an increasing run of length k + 1.
    let mut tails: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; pairs.len()];
    for (i, &(old, _)) in pairs.iter().enumerate() {
        let k = tails.partition_point(|&t| pairs[t].0 < old);
        if k > 0 {
            before[i] = tails[k - 1];
        }
        if k == tails.len() {
            tails.push(i);
        } else {
            tails[k] = i;
        }
    }
    let mut steady = vec![false; pairs.len()];
    let mut at = tails.last().copied();
    while let Some(i) = at {
        steady[i] = true;
        at = (before[i] != usize::MAX).then_some(before[i]);
    }
    steady
}

/// Where the damage of sources shows on the screen through this layer.
fn client_damage_of(layer: &Layer, damaged: &BTreeMap<SourceId, Region<Source>>) -> Region<Root> {
    let Content::Picture { source, from, tile, .. } = &layer.content else {
        return Region::new();
    };
    let Some(region) = damaged.get(source) else { return Region::new() };
    let region = region.intersect_rect(from);
    if region.is_empty() {
        return Region::new();
    }
    if *tile {
        return layer.extent();
    }
    if from.size() == layer.rect.size() {
        return region.offset(layer.rect.x - from.x, layer.rect.y - from.y).cast();
    }
    let scaled = region.rects().iter().map(|rect| scale_out(rect, from, &layer.rect));
    Region::from_rects(scaled)
}

/// The pixels of `to` that a bilinear scaling of `from` onto it can compute
/// from pixels of `rect`: rounded outwards, with one source pixel around.
fn scale_out(rect: &Rect<Source>, from: &Rect<Source>, to: &Rect<Root>) -> Rect<Root> {
    let axis = |low: i32, high: i32, from: i32, from_len: i32, to: i32, to_len: i32| {
        let (from_len, to_len) = (i64::from(from_len.max(1)), i64::from(to_len));
        let low = (i64::from(low) - 1 - i64::from(from)) * to_len;
        let high = (i64::from(high) + 1 - i64::from(from)) * to_len;
        let low = low.div_euclid(from_len) - 1;
        let high = high.div_euclid(from_len) + 2;
        let clamp = |v: i64| to.saturating_add(v.clamp(0, to_len) as i32);
        (clamp(low), clamp(high))
    };
    let (x1, x2) = axis(rect.x, rect.right(), from.x, from.w, to.x, to.w);
    let (y1, y2) = axis(rect.y, rect.bottom(), from.y, from.h, to.y, to.h);
    Rect::from_edges(x1, y1, x2, y2)
}

/// `a · b / 255`, rounded as pixman does.
const fn mul(a: u8, b: u8) -> u8 {
    let t = a as u32 * b as u32 + 128;
    ((t + (t >> 8)) >> 8) as u8
}

fn operations(scene: &Scene, visible: &[Region<Root>], damage: Region<Root>) -> FramePlan {
    let mut plan = FramePlan { size: scene.size, ..FramePlan::default() };
    let mut blends = Vec::new();
    let mut bare = damage.clone();
    for (layer, visible) in scene.layers.iter().zip(visible) {
        let region = visible.intersect(&damage);
        if region.is_empty() {
            continue;
        }
        let replaced = layer.hides().intersect(&region);
        let mut rest = region.subtract(&replaced);
        if !replaced.is_empty() {
            bare = bare.subtract(&replaced);
            plan.ops.push(Op { region: replaced, blend: false, paint: paint(layer, None) });
        }
        for corner in layer.corners() {
            let region = rest.intersect_rect(&corner);
            if region.is_empty() {
                continue;
            }
            rest = rest.subtract(&region);
            let mask = CornerMask { rect: layer.rect, radius: corner.w };
            blends.push(Op { region, blend: true, paint: paint(layer, Some(mask)) });
        }
        if !rest.is_empty() {
            blends.push(Op { region: rest, blend: true, paint: paint(layer, None) });
        }
    }
    if !bare.is_empty() {
        plan.ops.push(Op { region: bare, blend: false, paint: Paint::Fill(Color::rgb(0)) });
    }
    for op in &blends {
        plan.blended.add(&op.region);
    }
    plan.ops.extend(blends);
    plan.damage = damage;
    plan
}

fn paint(layer: &Layer, mask: Option<CornerMask>) -> Paint {
    let faded = |color: Color| color.with_alpha(mul(color.a, layer.opacity));
    match &layer.content {
        Content::Fill(color) => Paint::Fill(faded(*color)),
        Content::Picture { source, from, tile, .. } => Paint::Picture {
            source: *source,
            from: *from,
            to: layer.rect,
            tile: *tile,
            opacity: layer.opacity,
            mask,
        },
        Content::Shadow(shadow) => {
            let mut shadow = *shadow;
            shadow.color = faded(shadow.color);
            shadow.contour = faded(shadow.contour);
            Paint::Shadow(shadow)
        }
    }
}

#[cfg(test)]
mod tests;
