//! Who is above whom.
//!
//! Owns the order of managed windows and the layers of EWMH ("Stacking
//! order"). Must not know geometry or X.
//!
//! `order` is the wish: what was raised last is last. The real order is
//! derived: sorted by layer (stable), with every transient window above the
//! ones it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use crate::hints::WindowType;
use crate::id::Xid;
use crate::model::window::Window;

/// Stacking layers, bottom to top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Desktop,
    Below,
    Normal,
    /// Docks, and windows that are to stay above.
    Above,
    /// The fullscreen window that is in use.
    Fullscreen,
    Notification,
}

/// The layer that a window asks for by itself.
pub(super) fn own_layer(window: &Window, fullscreen_in_use: bool) -> Layer {
    match window.kind() {
        WindowType::Desktop => Layer::Desktop,
        WindowType::Notification | WindowType::Tooltip => Layer::Notification,
        _ if window.fullscreen && fullscreen_in_use => Layer::Fullscreen,
        WindowType::Dock if window.below => Layer::Below,
        WindowType::Dock => Layer::Above,
        _ if window.above => Layer::Above,
        _ if window.below => Layer::Below,
        _ => Layer::Normal,
    }
}

/// What a window must stay above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    /// One other window: its WM_TRANSIENT_FOR.
    Window(Xid),
    /// The windows of this group that depend on none themselves.
    Group(Xid),
}

/// What `xid` depends on: its WM_TRANSIENT_FOR, or its group for a transient
/// of the root or of nothing known (ICCCM 4.1.2.6) and for a modal dialog
/// that names no window (EWMH _NET_WM_STATE_MODAL).
fn tie(windows: &BTreeMap<Xid, Window>, xid: Xid, window: &Window) -> Option<Tie> {
    match window.facts.transient_for {
        Some(parent) if parent != xid && windows.contains_key(&parent) => Some(Tie::Window(parent)),
        None if !window.modal => None,
        _ => window.facts.wm_hints.group.map(Tie::Group),
    }
}

/// Whether a window of a group is one that the group's transients belong to.
fn is_main(window: &Window) -> bool {
    window.facts.transient_for.is_none() && !window.modal && !window.is_furniture()
}

/// Whether `xid` must stay above `parent`, by a tie of its own.
pub(super) fn depends_on(windows: &BTreeMap<Xid, Window>, xid: Xid, parent: Xid) -> bool {
    let tie = windows.get(&xid).and_then(|window| tie(windows, xid, window));
    match tie {
        Some(Tie::Window(other)) => other == parent,
        Some(Tie::Group(group)) => {
            let member = |w: &Window| w.facts.wm_hints.group == Some(group) && is_main(w);
            parent != xid && windows.get(&parent).is_some_and(member)
        }
        None => false,
    }
}

/// Whether `dialog` is modal for `xid`: transient for it, or, with no window
/// named, of the same group (EWMH _NET_WM_STATE_MODAL).
pub(super) fn is_modal_for(windows: &BTreeMap<Xid, Window>, dialog: Xid, xid: Xid) -> bool {
    let Some(modal) = windows.get(&dialog).filter(|w| w.modal && dialog != xid) else {
        return false;
    };
    match tie(windows, dialog, modal) {
        Some(Tie::Window(parent)) => parent == xid,
        Some(Tie::Group(group)) => windows
            .get(&xid)
            .is_some_and(|w| w.facts.wm_hints.group == Some(group) && !w.is_furniture()),
        None => false,
    }
}

/// Who depends on whom, of all windows at once: made in one pass, asked
/// without another.
#[derive(Debug, Default)]
pub(super) struct Families {
    ties: BTreeMap<Xid, Tie>,
    /// By group: the windows that its transients stay above.
    mains: BTreeMap<Xid, Vec<Xid>>,
    /// The group of each of them.
    main_of: BTreeMap<Xid, Xid>,
    /// By window: what is transient for it.
    transients: BTreeMap<Xid, Vec<Xid>>,
    /// By group: what is transient for the whole of it.
    group_transients: BTreeMap<Xid, Vec<Xid>>,
}

impl Families {
    /// Of these windows.
    pub(super) fn of(windows: &BTreeMap<Xid, Window>) -> Self {
        let mut families = Self::default();
        for (&xid, window) in windows {
            work::visit();
            match tie(windows, xid, window) {
                Some(tie @ Tie::Window(parent)) => {
                    families.ties.insert(xid, tie);
                    families.transients.entry(parent).or_default().push(xid);
                }
                Some(tie @ Tie::Group(group)) => {
                    families.ties.insert(xid, tie);
                    families.group_transients.entry(group).or_default().push(xid);
                }
                None => {
                    if let Some(group) = window.facts.wm_hints.group.filter(|_| is_main(window)) {
                        families.mains.entry(group).or_default().push(xid);
                        families.main_of.insert(xid, group);
                    }
                }
            }
        }
        families
    }

    /// The windows that `xid` must stay above.
    pub(super) fn parents(&self, xid: Xid) -> &[Xid] {
        match self.ties.get(&xid) {
            Some(Tie::Window(parent)) => std::slice::from_ref(parent),
            Some(Tie::Group(group)) => self.mains.get(group).map_or(&[], Vec::as_slice),
            None => &[],
        }
    }

    /// The windows that must stay above `xid`.
    fn children(&self, xid: Xid) -> impl Iterator<Item = Xid> + '_ {
        let own = self.transients.get(&xid);
        let of_group = self.main_of.get(&xid).and_then(|group| self.group_transients.get(group));
        own.into_iter().chain(of_group).flatten().copied()
    }

    /// `xid` and everything that depends on it, directly or not.
    pub(super) fn family(&self, xid: Xid) -> BTreeSet<Xid> {
        let mut family = BTreeSet::from([xid]);
        let mut todo = vec![xid];
        while let Some(next) = todo.pop() {
            for child in self.children(next) {
                work::visit();
                if family.insert(child) {
                    todo.push(child);
                }
            }
        }
        family
    }

    /// Everything that `xid` depends on, directly or not.
    fn ancestors(&self, xid: Xid) -> BTreeSet<Xid> {
        let mut ancestors = BTreeSet::new();
        let mut todo = vec![xid];
        while let Some(next) = todo.pop() {
            for &parent in self.parents(next) {
                work::visit();
                if parent != xid && ancestors.insert(parent) {
                    todo.push(parent);
                }
            }
        }
        ancestors
    }
}

/// The real order, bottom to top. `layer` gives each window's own layer.
/// Cycles of transiency are cut where they close.
pub(super) fn resolve(
    windows: &BTreeMap<Xid, Window>,
    order: &[Xid],
    layer: impl Fn(Xid) -> Layer,
) -> Vec<Xid> {
    let families = Families::of(windows);
    let mut layers =
        Layers { families: &families, own: layer, known: BTreeMap::new(), groups: BTreeMap::new() };
    for &xid in order {
        layers.of(xid, &mut BTreeSet::new());
    }
    let layers = layers.known;
    let mut sorted: Vec<Xid> = order.to_vec();
    sorted.sort_by_key(|xid| layers.get(xid).copied().unwrap_or(Layer::Normal));
    let mut order = Order {
        families: &families,
        layers: &layers,
        result: Vec::with_capacity(sorted.len()),
        done: BTreeSet::new(),
        groups: BTreeSet::new(),
    };
    for &xid in &sorted {
        order.place(xid, &mut BTreeSet::new());
    }
    order.result
}

/// The layers that windows are in with what they depend on.
struct Layers<'a, F> {
    families: &'a Families,
    own: F,
    known: BTreeMap<Xid, Layer>,
    groups: BTreeMap<Xid, Layer>,
}

impl<F: Fn(Xid) -> Layer> Layers<'_, F> {
    /// A transient is never in a lower layer than its parents.
    fn of(&mut self, xid: Xid, path: &mut BTreeSet<Xid>) -> Layer {
        if let Some(layer) = self.known.get(&xid) {
            return *layer;
        }
        work::visit();
        let mut layer = (self.own)(xid);
        if !path.insert(xid) {
            return layer;
        }
        match self.families.ties.get(&xid) {
            Some(Tie::Window(parent)) => layer = layer.max(self.of(*parent, path)),
            Some(Tie::Group(group)) => {
                if let Some(of_group) = self.of_group(*group) {
                    layer = layer.max(of_group);
                }
            }
            None => {}
        }
        path.remove(&xid);
        // Inside a cycle the answer depends on where it was entered; only the
        // outermost call, with nothing above it on the path, is final.
        if path.is_empty() {
            self.known.insert(xid, layer);
        }
        layer
    }

    /// The highest of a group's main windows, which depend on none.
    fn of_group(&mut self, group: Xid) -> Option<Layer> {
        if let Some(layer) = self.groups.get(&group) {
            return Some(*layer);
        }
        let mains = self.families.mains.get(&group)?;
        work::visits(mains.len());
        let layer = mains.iter().map(|main| (self.own)(*main)).max()?;
        self.groups.insert(group, layer);
        Some(layer)
    }
}

/// The order in the making.
struct Order<'a> {
    families: &'a Families,
    layers: &'a BTreeMap<Xid, Layer>,
    result: Vec<Xid>,
    done: BTreeSet<Xid>,
    /// Groups whose main windows of one layer are in place.
    groups: BTreeSet<(Xid, Layer)>,
}

impl Order<'_> {
    fn place(&mut self, xid: Xid, path: &mut BTreeSet<Xid>) {
        if self.done.contains(&xid) || !path.insert(xid) {
            return;
        }
        work::visit();
        let layer = self.layers.get(&xid).copied().unwrap_or(Layer::Normal);
        let same = |other: &Xid| self.layers.get(other) == Some(&layer);
        // Of the same layer: below it now. A lower one comes anyway.
        match self.families.ties.get(&xid) {
            Some(Tie::Window(parent)) if same(parent) => self.place(*parent, path),
            Some(Tie::Group(group)) if self.groups.insert((*group, layer)) => {
                for &main in self.families.mains.get(group).into_iter().flatten() {
                    if self.layers.get(&main) == Some(&layer) {
                        self.place(main, path);
                    }
                }
            }
            _ => {}
        }
        path.remove(&xid);
        if self.done.insert(xid) {
            self.result.push(xid);
        }
    }
}

/// Puts `xid`, what it is transient for, and what is transient for it at the
/// top of the wish, in their old order but with `xid`'s own family last.
pub(super) fn raise(windows: &BTreeMap<Xid, Window>, order: &mut Vec<Xid>, xid: Xid) {
    let families = Families::of(windows);
    let ancestors = families.ancestors(xid);
    let mine = families.family(xid);
    let (mut lower, mut middle, mut top) = (Vec::new(), Vec::new(), Vec::new());
    for &other in order.iter() {
        if mine.contains(&other) {
            top.push(other);
        } else if ancestors.contains(&other) {
            middle.push(other);
        } else {
            lower.push(other);
        }
    }
    lower.extend(middle);
    lower.extend(top);
    *order = lower;
}

/// Puts `xid` and its family at the bottom of the wish.
pub(super) fn lower(windows: &BTreeMap<Xid, Window>, order: &mut Vec<Xid>, xid: Xid) {
    let mine = Families::of(windows).family(xid);
    let (mut bottom, rest): (Vec<_>, Vec<_>) = order.iter().partition(|o| mine.contains(o));
    bottom.extend(rest);
    *order = bottom;
}

/// The moves that turn `current` (bottom to top) into `wanted`, as (window,
/// the one it goes directly below; `None` is the top), to be done in order.
/// Windows that keep their upper neighbour are not moved.
pub(super) fn moves(current: &[Xid], wanted: &[Xid]) -> Vec<(Xid, Option<Xid>)> {
    let keep: BTreeSet<Xid> = wanted.iter().copied().collect();
    let mut list = List::default();
    let mut last = None;
    for xid in current.iter().filter(|xid| keep.contains(xid)) {
        list.link(last, Some(*xid));
        last = Some(*xid);
    }
    list.link(last, None);
    let mut moves = Vec::new();
    let mut above: Option<Xid> = None;
    for &xid in wanted.iter().rev() {
        work::visit();
        if list.lower.get(&above).copied().flatten() != Some(xid) {
            list.put_below(xid, above);
            moves.push((xid, above));
        }
        above = Some(xid);
    }
    moves
}

/// A list linked both ways; `None` is beyond either end.
#[derive(Debug, Default)]
struct List {
    upper: BTreeMap<Option<Xid>, Option<Xid>>,
    lower: BTreeMap<Option<Xid>, Option<Xid>>,
}

impl List {
    fn link(&mut self, low: Option<Xid>, high: Option<Xid>) {
        self.upper.insert(low, high);
        self.lower.insert(high, low);
    }

    fn put_below(&mut self, xid: Xid, above: Option<Xid>) {
        let xid = Some(xid);
        if let (Some(&low), Some(&high)) = (self.lower.get(&xid), self.upper.get(&xid)) {
            self.link(low, high);
        }
        let low = self.lower.get(&above).copied().flatten();
        self.link(low, xid);
        self.link(xid, above);
    }
}

/// Counts how many windows are looked at, so that tests can say how work
/// grows; nothing outside tests.
pub(super) mod work {
    #[cfg(test)]
    thread_local! {
        static VISITED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    /// One window was looked at.
    pub(in crate::model) fn visit() {
        visits(1);
    }

    /// So many windows were looked at.
    pub(in crate::model) fn visits(_count: usize) {
        #[cfg(test)]
        VISITED.with(|visited| visited.set(visited.get() + _count));
    }

    /// How many since the last call.
    #[cfg(test)]
    pub(in crate::model) fn done() -> usize {
        VISITED.with(|visited| visited.replace(0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hints::ClientFacts;
    use crate::id::WindowId;

    fn windows(transients: &[(u32, Option<u32>)]) -> BTreeMap<Xid, Window> {
        transients
            .iter()
            .map(|&(id, parent)| {
                let facts =
                    ClientFacts { transient_for: parent.map(Xid), ..ClientFacts::default() };
                (Xid(id), Window::new(WindowId { xid: Xid(id), generation: 0 }, facts))
            })
            .collect()
    }

    fn ids(list: &[u32]) -> Vec<Xid> {
        list.iter().copied().map(Xid).collect()
    }

    proptest! {
        #[test]
        fn moves_lead_to_the_wanted_order(
            mut wanted in prop::collection::btree_set(0..12u32, 0..12)
                .prop_map(|s| s.into_iter().collect::<Vec<_>>()),
            current in prop::collection::vec(0..12u32, 0..12),
            seed in any::<u64>(),
        ) {
            for i in (1..wanted.len()).rev() {
                wanted.swap(i, (seed as usize).wrapping_mul(31).wrapping_add(i * 7) % (i + 1));
            }
            let mut seen = BTreeSet::new();
            let current: Vec<_> = current.into_iter().filter(|x| seen.insert(*x)).map(Xid).collect();
            let wanted = ids(&wanted);
            let mut order: Vec<_> =
                current.iter().copied().filter(|x| wanted.contains(x)).collect();
            let moves = moves(&current, &wanted);
            for (xid, below) in &moves {
                order.retain(|o| o != xid);
                let to = match below {
                    None => order.len(),
                    Some(b) => order.iter().position(|o| o == b).expect("placed before"),
                };
                order.insert(to, *xid);
            }
            prop_assert_eq!(order, wanted);
        }

        #[test]
        fn every_window_appears_once_whatever_the_transiency(
            parents in prop::collection::vec(prop::option::of(0..6u32), 6),
        ) {
            let list: Vec<_> = parents.iter().enumerate().map(|(i, p)| (i as u32, *p)).collect();
            let windows = windows(&list);
            let order = ids(&[0, 1, 2, 3, 4, 5]);
            let mut resolved = resolve(&windows, &order, |_| Layer::Normal);
            resolved.sort_unstable();
            prop_assert_eq!(resolved, order, "cycles must neither lose nor double a window");
        }
    }

    #[test]
    fn transients_stay_above() {
        let windows = windows(&[(1, None), (2, Some(1)), (3, None)]);
        let mut order = ids(&[2, 1, 3]);
        assert_eq!(resolve(&windows, &order, |_| Layer::Normal), ids(&[1, 2, 3]));
        raise(&windows, &mut order, Xid(1));
        assert_eq!(resolve(&windows, &order, |_| Layer::Normal), ids(&[3, 1, 2]));
        raise(&windows, &mut order, Xid(3));
        raise(&windows, &mut order, Xid(2));
        assert_eq!(
            resolve(&windows, &order, |_| Layer::Normal),
            ids(&[3, 1, 2]),
            "raising a dialog brings its parent along"
        );
        lower(&windows, &mut order, Xid(1));
        assert_eq!(resolve(&windows, &order, |_| Layer::Normal), ids(&[1, 2, 3]));
    }

    #[test]
    fn a_dialog_follows_its_parent_into_a_higher_layer() {
        let windows = windows(&[(1, None), (2, Some(1)), (3, None)]);
        let layer = |x: Xid| if x == Xid(1) { Layer::Fullscreen } else { Layer::Normal };
        assert_eq!(resolve(&windows, &ids(&[1, 2, 3]), layer), ids(&[3, 1, 2]));
    }

    #[test]
    fn raising_one_of_many_is_one_move() {
        assert_eq!(moves(&ids(&[1, 2, 3, 4]), &ids(&[1, 3, 4, 2])), [(Xid(2), None)]);
        assert_eq!(moves(&ids(&[1, 2, 3]), &ids(&[1, 2, 3])), []);
    }
}
