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

/// The windows that `xid` must stay above: its WM_TRANSIENT_FOR, or, for a
/// transient of the root or of nothing known, the other windows of its group
/// that are not transient themselves (ICCCM 4.1.2.6).
pub(super) fn parents(windows: &BTreeMap<Xid, Window>, xid: Xid) -> Vec<Xid> {
    let Some(window) = windows.get(&xid) else { return Vec::new() };
    let Some(parent) = window.facts.transient_for else { return Vec::new() };
    if parent != xid && windows.contains_key(&parent) {
        return vec![parent];
    }
    let Some(group) = window.facts.wm_hints.group else { return Vec::new() };
    windows
        .iter()
        .filter(|(other, w)| {
            **other != xid
                && w.facts.wm_hints.group == Some(group)
                && w.facts.transient_for.is_none()
                && !w.is_furniture()
        })
        .map(|(other, _)| *other)
        .collect()
}

/// The real order, bottom to top. `layer` gives each window's own layer.
/// Cycles of transiency are cut where they close.
pub(super) fn resolve(
    windows: &BTreeMap<Xid, Window>,
    order: &[Xid],
    layer: impl Fn(Xid) -> Layer,
) -> Vec<Xid> {
    let mut layers: BTreeMap<Xid, Layer> = BTreeMap::new();
    for &xid in order {
        let mut path = BTreeSet::new();
        effective_layer(windows, xid, &layer, &mut layers, &mut path);
    }
    let mut sorted: Vec<Xid> = order.to_vec();
    sorted.sort_by_key(|xid| layers.get(xid).copied().unwrap_or(Layer::Normal));
    let mut result = Vec::with_capacity(sorted.len());
    let mut done = BTreeSet::new();
    for &xid in &sorted {
        place(windows, &layers, xid, &mut result, &mut done, &mut BTreeSet::new());
    }
    result
}

/// A transient is never in a lower layer than its parents.
fn effective_layer(
    windows: &BTreeMap<Xid, Window>,
    xid: Xid,
    own: &impl Fn(Xid) -> Layer,
    known: &mut BTreeMap<Xid, Layer>,
    path: &mut BTreeSet<Xid>,
) -> Layer {
    if let Some(layer) = known.get(&xid) {
        return *layer;
    }
    if !path.insert(xid) {
        return own(xid);
    }
    let mut layer = own(xid);
    for parent in parents(windows, xid) {
        layer = layer.max(effective_layer(windows, parent, own, known, path));
    }
    path.remove(&xid);
    // Inside a cycle the answer depends on where it was entered; only the
    // outermost call, with nothing above it on the path, is final.
    if path.is_empty() {
        known.insert(xid, layer);
    }
    layer
}

fn place(
    windows: &BTreeMap<Xid, Window>,
    layers: &BTreeMap<Xid, Layer>,
    xid: Xid,
    result: &mut Vec<Xid>,
    done: &mut BTreeSet<Xid>,
    path: &mut BTreeSet<Xid>,
) {
    if done.contains(&xid) || !path.insert(xid) {
        return;
    }
    for parent in parents(windows, xid) {
        // Of the same layer: below it now. A lower one comes anyway.
        if layers.get(&parent) == layers.get(&xid) {
            place(windows, layers, parent, result, done, path);
        }
    }
    path.remove(&xid);
    if done.insert(xid) {
        result.push(xid);
    }
}

/// `xid` and everything transient for it, directly or not.
pub(super) fn family(windows: &BTreeMap<Xid, Window>, xid: Xid) -> BTreeSet<Xid> {
    let mut family = BTreeSet::from([xid]);
    loop {
        let more: Vec<Xid> = windows
            .keys()
            .filter(|other| !family.contains(other))
            .filter(|other| parents(windows, **other).iter().any(|p| family.contains(p)))
            .copied()
            .collect();
        if more.is_empty() {
            return family;
        }
        family.extend(more);
    }
}

/// Puts `xid`, what it is transient for, and what is transient for it at the
/// top of the wish, in their old order but with `xid`'s own family last.
pub(super) fn raise(windows: &BTreeMap<Xid, Window>, order: &mut Vec<Xid>, xid: Xid) {
    let mut ancestors = BTreeSet::new();
    let mut todo = vec![xid];
    while let Some(next) = todo.pop() {
        for parent in parents(windows, next) {
            if parent != xid && ancestors.insert(parent) {
                todo.push(parent);
            }
        }
    }
    let mine = family(windows, xid);
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
    let mine = family(windows, xid);
    let (mut bottom, rest): (Vec<_>, Vec<_>) = order.iter().partition(|o| mine.contains(o));
    bottom.extend(rest);
    *order = bottom;
}

/// The moves that turn `current` (bottom to top) into `wanted`, as (window,
/// the one it goes directly below; `None` is the top), to be done in order.
/// Windows that keep their upper neighbour are not moved.
pub(super) fn moves(current: &[Xid], wanted: &[Xid]) -> Vec<(Xid, Option<Xid>)> {
    let mut simulated: Vec<Xid> =
        current.iter().copied().filter(|xid| wanted.contains(xid)).collect();
    let mut moves = Vec::new();
    let mut above: Option<Xid> = None;
    for &xid in wanted.iter().rev() {
        let at = simulated.iter().position(|other| *other == xid);
        let upper = at.and_then(|i| simulated.get(i + 1).copied());
        if at.is_none() || upper != above {
            if let Some(i) = at {
                simulated.remove(i);
            }
            let to = above
                .and_then(|a| simulated.iter().position(|other| *other == a))
                .unwrap_or(simulated.len());
            simulated.insert(to, xid);
            moves.push((xid, above));
        }
        above = Some(xid);
    }
    moves
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
