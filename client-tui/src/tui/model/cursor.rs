//! A place in a list: what is selected, and what is the first row on the screen.

use std::ops::Range;

use crate::tui::keys::Action;

/// A selected row and the first visible one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// The selected row.
    pub index: usize,
    /// The first visible row.
    pub top: usize,
}

/// A way to move in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// So many rows up.
    Up(usize),
    /// So many rows down.
    Down(usize),
    /// To the first.
    First,
    /// To the last.
    Last,
}

impl Motion {
    /// What an action means in a list of which `page` rows are visible.
    pub fn of(action: Action, page: usize) -> Option<Self> {
        let half = (page / 2).max(1);
        Some(match action {
            Action::Up => Self::Up(1),
            Action::Down => Self::Down(1),
            Action::Top => Self::First,
            Action::Bottom => Self::Last,
            Action::HalfPageUp => Self::Up(half),
            Action::HalfPageDown => Self::Down(half),
            Action::PageUp => Self::Up(page.max(1)),
            Action::PageDown => Self::Down(page.max(1)),
            _ => return None,
        })
    }
}

impl Cursor {
    /// Moves within a list of `len` rows.
    pub fn step(&mut self, motion: Motion, len: usize) {
        let last = len.saturating_sub(1);
        self.index = match motion {
            Motion::Up(rows) => self.index.saturating_sub(rows),
            Motion::Down(rows) => self.index.saturating_add(rows),
            Motion::First => 0,
            Motion::Last => last,
        }
        .min(last);
    }

    /// Keeps both within a list of `len` rows of which `height` are visible, the selected one among them.
    pub fn settle(&mut self, len: usize, height: usize) {
        self.index = self.index.min(len.saturating_sub(1));
        self.top = self.window(len, height).start;
    }

    /// The rows to draw.
    pub fn window(&self, len: usize, height: usize) -> Range<usize> {
        let lowest = (self.index + 1).saturating_sub(height);
        let top = self.top.clamp(lowest, self.index.max(lowest));
        let top = top.min(len.saturating_sub(height));
        top..(top + height).min(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_row_is_always_visible() {
        let mut cursor = Cursor::default();
        for (motion, index, top) in [
            (Motion::Down(1), 1, 0),
            (Motion::Down(5), 6, 3),
            (Motion::Up(1), 5, 3),
            (Motion::First, 0, 0),
            (Motion::Last, 99, 96),
            (Motion::Down(9), 99, 96),
            (Motion::Up(50), 49, 49),
        ] {
            cursor.step(motion, 100);
            cursor.settle(100, 4);
            assert_eq!((cursor.index, cursor.top), (index, top), "{motion:?}");
        }
        cursor.settle(3, 4);
        assert_eq!((cursor.index, cursor.top), (2, 0));
        cursor.settle(0, 4);
        assert_eq!(cursor.window(0, 4), 0..0);
        assert_eq!(cursor.window(0, 0), 0..0);
    }
}
