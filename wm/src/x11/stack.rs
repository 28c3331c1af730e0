//! The server's stacking order of top-level windows, mirrored from events.
//!
//! Owns the order of the root's children, our own windows included. Must not
//! know what any of them is.

/// Children of the root window, bottom to top.
#[derive(Debug, Default)]
pub struct Stack {
    order: Vec<u32>,
}

impl Stack {
    /// As QueryTree gave it.
    pub fn reset(&mut self, order: Vec<u32>) {
        self.order = order;
    }

    /// A window was created or reparented to the root: it is at the top.
    pub fn added(&mut self, window: u32) {
        self.removed(window);
        self.order.push(window);
    }

    /// A window was destroyed or reparented away.
    pub fn removed(&mut self, window: u32) {
        self.order.retain(|w| *w != window);
    }

    /// A window now stands directly above `sibling`; 0 is the bottom.
    pub fn configured(&mut self, window: u32, sibling: u32) {
        let Some(from) = self.order.iter().position(|w| *w == window) else { return };
        if sibling == 0 {
            self.order[..=from].rotate_right(1);
            return;
        }
        if from > 0 && self.order[from - 1] == sibling {
            return;
        }
        self.order.remove(from);
        match self.order.iter().position(|w| *w == sibling) {
            Some(below) => self.order.insert(below + 1, window),
            // An unknown sibling: stay where it was.
            None => self.order.insert(from.min(self.order.len()), window),
        }
    }

    /// A CirculateNotify: to the top or to the bottom.
    pub fn circulated(&mut self, window: u32, to_top: bool) {
        let Some(from) = self.order.iter().position(|w| *w == window) else { return };
        let window = self.order.remove(from);
        if to_top {
            self.order.push(window);
        } else {
            self.order.insert(0, window);
        }
    }

    /// What stands below `window`, nearest first.
    pub fn below(&self, window: u32) -> impl Iterator<Item = u32> + '_ {
        let end = self.order.iter().position(|w| *w == window).unwrap_or(0);
        self.order[..end].iter().rev().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_server() {
        let mut stack = Stack::default();
        stack.reset(vec![1, 2, 3]);
        stack.added(4);
        stack.configured(4, 1);
        assert_eq!(stack.order, [1, 4, 2, 3]);
        stack.configured(3, 0);
        assert_eq!(stack.order, [3, 1, 4, 2]);
        stack.configured(1, 2);
        assert_eq!(stack.order, [3, 4, 2, 1]);
        stack.configured(1, 2);
        assert_eq!(stack.order, [3, 4, 2, 1], "already there");
        stack.removed(4);
        stack.circulated(3, true);
        assert_eq!(stack.order, [2, 1, 3]);
        assert_eq!(stack.below(3).collect::<Vec<_>>(), [1, 2]);
        stack.configured(3, 99);
        assert_eq!(stack.order, [2, 1, 3], "an unknown sibling moves nothing");
        assert_eq!(stack.below(77).count(), 0);
    }
}
