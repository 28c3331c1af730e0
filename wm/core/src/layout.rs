//! How a pager lays the workspaces out (`_NET_DESKTOP_LAYOUT`): which one is
//! beside which.
//!
//! Owns the grid. Must not know who laid it out.

use serde::{Deserialize, Serialize};

use crate::action::Direction;

/// The corner of the grid in which the first workspace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "corners")]
pub enum Corner {
    #[default]
    TopLeft,
    TopRight,
    BottomRight,
    BottomLeft,
}

/// A grid of workspaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DesktopLayout {
    /// Columns are filled one after the other, rather than rows.
    pub by_column: bool,
    /// 0: as many as are needed for the rows.
    pub columns: u32,
    /// 0: as many as are needed for the columns.
    pub rows: u32,
    /// Where it begins.
    pub corner: Corner,
}

impl DesktopLayout {
    /// Columns and rows for `count` workspaces. Neither is 0; a grid that is
    /// too small grows in the direction in which it is not filled first.
    fn size(self, count: u32) -> (u32, u32) {
        let count = count.max(1);
        // More of either than there are workspaces are empty.
        let (columns, rows) = (self.columns.min(count), self.rows.min(count));
        match (columns, rows) {
            // One row, which is what nobody laying anything out means.
            (0, 0) if self.by_column => (1, count),
            (0, 0) => (count, 1),
            (0, rows) => (count.div_ceil(rows), rows),
            (columns, 0) => (columns, count.div_ceil(columns)),
            (columns, rows) if self.by_column => (columns.max(count.div_ceil(rows)), rows),
            (columns, rows) => (columns, rows.max(count.div_ceil(columns))),
        }
    }

    /// Column and row of a workspace, counted from 0 at the top left.
    fn place(self, workspace: u32, (columns, rows): (u32, u32)) -> (u32, u32) {
        let (column, row) = if self.by_column {
            (workspace / rows, workspace % rows)
        } else {
            (workspace % columns, workspace / columns)
        };
        let column = match self.corner {
            Corner::TopRight | Corner::BottomRight => columns - 1 - column,
            Corner::TopLeft | Corner::BottomLeft => column,
        };
        let row = match self.corner {
            Corner::BottomLeft | Corner::BottomRight => rows - 1 - row,
            Corner::TopLeft | Corner::TopRight => row,
        };
        (column, row)
    }

    /// The workspace beside `from`, of `count`, all counted from 0; `None` at
    /// the grid's edge.
    #[must_use]
    pub fn beside(self, from: u32, count: u32, direction: Direction) -> Option<u32> {
        if from >= count {
            return None;
        }
        let size = self.size(count);
        let (column, row) = self.place(from, size);
        let wanted = match direction {
            Direction::Left => (column.checked_sub(1)?, row),
            Direction::Right => (column + 1, row),
            Direction::Up => (column, row.checked_sub(1)?),
            Direction::Down => (column, row + 1),
        };
        (0..count).find(|other| self.place(*other, size) == wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Direction; 4] = [Direction::Left, Direction::Right, Direction::Up, Direction::Down];

    fn around(layout: DesktopLayout, from: u32, count: u32) -> [Option<u32>; 4] {
        ALL.map(|direction| layout.beside(from, count, direction))
    }

    #[test]
    fn without_a_pager_all_are_in_a_row() {
        let layout = DesktopLayout::default();
        assert_eq!(around(layout, 0, 4), [None, Some(1), None, None]);
        assert_eq!(around(layout, 3, 4), [Some(2), None, None, None]);
        assert_eq!(around(layout, 0, 1), [None; 4]);
        assert_eq!(around(layout, 7, 4), [None; 4], "there is no such workspace");
    }

    #[test]
    fn a_grid_has_neighbours_in_four_directions() {
        // 0 1 2
        // 3 4
        let layout = DesktopLayout { rows: 2, ..DesktopLayout::default() };
        assert_eq!(around(layout, 4, 5), [Some(3), None, Some(1), None]);
        assert_eq!(around(layout, 2, 5), [Some(1), None, None, None], "nothing is below");
        // 0 2 4
        // 1 3
        let layout = DesktopLayout { by_column: true, ..layout };
        assert_eq!(around(layout, 2, 5), [Some(0), Some(4), None, Some(3)]);
    }

    #[test]
    fn it_may_begin_in_any_corner() {
        // 3 2
        // 1 0
        let layout =
            DesktopLayout { columns: 2, corner: Corner::BottomRight, ..DesktopLayout::default() };
        assert_eq!(around(layout, 0, 4), [Some(1), None, Some(2), None]);
        assert_eq!(around(layout, 3, 4), [None, Some(2), None, Some(1)]);
    }

    #[test]
    fn nonsense_is_a_grid_all_the_same() {
        for (columns, rows) in [(u32::MAX, u32::MAX), (1, 1), (3, 1), (0, u32::MAX)] {
            for by_column in [false, true] {
                let layout = DesktopLayout { by_column, columns, rows, ..Default::default() };
                for from in 0..7 {
                    for (to, back) in ALL.iter().zip([1, 0, 3, 2]) {
                        if let Some(other) = layout.beside(from, 7, *to) {
                            assert_eq!(layout.beside(other, 7, ALL[back]), Some(from));
                        }
                    }
                }
            }
        }
    }
}
