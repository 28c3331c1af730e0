//! Where the parts of the window are.
//!
//! Owns the division of its area; parts that find no room are left out. It must
//! not know what is in them.

use super::Mode;
use crate::canvas::Area;

/// The parts, which do not overlap and together are the window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    /// Modes and buttons, at the top.
    pub bar: Area,
    /// The drawing.
    pub pane: Area,
    /// Numbers, at the right.
    pub panel: Option<Area>,
    /// Requests, at the bottom.
    pub timeline: Option<Area>,
    /// What is under the pointer, below all.
    pub status: Area,
    scale: f64,
}

/// Heights and widths at a scale of 1.
const BAR: f64 = 32.0;
const STATUS: f64 = 24.0;
const PANEL: f64 = 308.0;
const TIMELINE: f64 = 74.0;

/// A pane that is smaller than this gets the room of the panel or the timeline.
const LEAST_PANE: (f64, f64) = (330.0, 180.0);

impl Layout {
    /// Divides a window of a size, with those parts that are wanted.
    #[must_use]
    pub fn new((width, height): (u32, u32), scale: f64, panel: bool, timeline: bool) -> Self {
        // Windows have at most 65535 pixels a side.
        let (right, bottom) = (width as i32, height as i32);
        let px = |length: f64| (length * scale).round() as i32;
        let bar = Area::new(0, 0, right, px(BAR).min(bottom));
        let status_top = (bottom - px(STATUS)).max(bar.bottom);
        let status = Area::new(0, status_top, right, bottom);
        let mut low = status_top;
        let mut timeline_area = None;
        if timeline && low - bar.bottom >= px(TIMELINE + LEAST_PANE.1) {
            timeline_area = Some(Area::new(0, low - px(TIMELINE), right, low));
            low -= px(TIMELINE);
        }
        let mut far = right;
        let mut panel_area = None;
        if panel && right >= px(PANEL + LEAST_PANE.0) {
            panel_area = Some(Area::new(right - px(PANEL), bar.bottom, right, low));
            far -= px(PANEL);
        }
        let pane = Area::new(0, bar.bottom, far, low);
        Self { bar, pane, panel: panel_area, timeline: timeline_area, status, scale }
    }

    /// The panes that show drawings: one, or three beside or below each other.
    #[must_use]
    pub fn panes(&self, count: usize) -> Vec<Area> {
        let Area { left, top, right, bottom } = self.pane;
        let count = count.max(1) as i32;
        let beside = self.pane.width() >= self.pane.height();
        (0..count)
            .map(|k| {
                if beside {
                    let at = |k: i32| left + self.pane.width() * k / count;
                    Area::new(at(k), top, at(k + 1), bottom)
                } else {
                    let at = |k: i32| top + self.pane.height() * k / count;
                    Area::new(left, at(k), right, at(k + 1))
                }
            })
            .collect()
    }

    /// The tabs of the modes.
    #[must_use]
    pub fn tabs(&self) -> [(Mode, Area); 5] {
        let px = |length: f64| (length * self.scale).round() as i32;
        let room = self.bar.width() - if self.help().is_some() { px(96.0) } else { 0 };
        let each = (room / 5).min(px(94.0)).max(0);
        let mut left = 0;
        Mode::ALL.map(|mode| {
            let area = Area::new(left, self.bar.top, left + each, self.bar.bottom);
            left += each;
            (mode, area)
        })
    }

    /// Whether tabs have room for names and not only for numbers.
    #[must_use]
    pub fn tabs_have_names(&self) -> bool {
        f64::from(self.tabs()[0].1.width()) >= 80.0 * self.scale
    }

    /// The button that opens the list of keys.
    #[must_use]
    pub fn help(&self) -> Option<Area> {
        let px = |length: f64| (length * self.scale).round() as i32;
        let Area { top, right, bottom, .. } = self.bar;
        (right >= px(260.0)).then(|| Area::new(right - px(76.0), top, right, bottom))
    }

    /// Where zoom and state are written: between tabs and help, if anything is.
    #[must_use]
    pub fn state(&self) -> Option<Area> {
        let left = self.tabs()[4].1.right;
        let right = self.help()?.left;
        let area = Area::new(left, self.bar.top, right, self.bar.bottom);
        (f64::from(area.width()) >= 150.0 * self.scale).then_some(area)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// At any size the parts cover the window and do not overlap.
        #[test]
        fn parts_are_the_window(
            size in (1..3000_u32, 1..2000_u32),
            scale in 0.5..3.0_f64,
            wanted in any::<(bool, bool)>(),
        ) {
            let layout = Layout::new(size, scale, wanted.0, wanted.1);
            let parts = [Some(layout.bar), Some(layout.pane), layout.panel, layout.timeline,
                Some(layout.status)];
            let parts: Vec<Area> = parts.into_iter().flatten().collect();
            let pixels = |area: &Area| i64::from(area.width()) * i64::from(area.height());
            let sum: i64 = parts.iter().map(pixels).sum();
            prop_assert_eq!(sum, i64::from(size.0) * i64::from(size.1));
            for (k, a) in parts.iter().enumerate() {
                for b in &parts[k + 1..] {
                    prop_assert!(a.intersection(b).is_empty());
                }
            }
            let panes = layout.panes(3);
            prop_assert_eq!(panes.iter().map(pixels).sum::<i64>(), pixels(&layout.pane));
        }

        #[test]
        fn what_is_in_the_bar_does_not_overlap(width in 1..3000_u32, scale in 0.5..3.0_f64) {
            let layout = Layout::new((width, 600), scale, true, true);
            let tabs = layout.tabs();
            let all = tabs.iter().map(|(_, area)| *area).chain(layout.state()).chain(layout.help());
            let areas: Vec<Area> = all.collect();
            for two in areas.windows(2) {
                prop_assert!(two[0].right <= two[1].left, "{:?}", two);
            }
            prop_assert!(areas.iter().all(|area| area.right <= layout.bar.right));
        }
    }

    #[test]
    fn small_windows_keep_the_drawing() {
        let layout = Layout::new((400, 260), 1.0, true, true);
        assert_eq!((layout.panel, layout.timeline), (None, None));
        let layout = Layout::new((1100, 700), 1.0, true, true);
        assert!(layout.panel.is_some() && layout.timeline.is_some());
    }
}
