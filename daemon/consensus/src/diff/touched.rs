//! Which lines of a side a change touches: those it changes, and three around them.
//!
//! Lines that are taken away count as those that are added do: what follows from their absence is seen beside the
//! gap.

use super::{FileChange, Mark};
use crate::answer::Side;

/// How far from a changed line a remark is still about the change.
const NEAR: u32 = 3;

/// Lines of one side, as ranges in order that neither overlap nor meet.
#[derive(Debug, Clone, Default)]
pub(super) struct Touched {
    /// First and last.
    ranges: Vec<(u32, u32)>,
}

impl Touched {
    pub(super) fn of(file: &FileChange<'_>, side: Side) -> Self {
        let mut touched = Self::default();
        for hunk in file.hunks() {
            // The line that the next one of this side has.
            let mut next = match side {
                Side::Old => hunk.old.first,
                Side::New => hunk.new.first,
            };
            for (numbered, line) in hunk.numbered() {
                let number = numbered.on(side);
                match (line.mark, number) {
                    (Mark::Context, _) => {}
                    (Mark::Added | Mark::Removed, Some(here)) => {
                        touched.add(here.saturating_sub(NEAR), here.saturating_add(NEAR));
                    }
                    // Between the line before and the next one.
                    (Mark::Added | Mark::Removed, None) => {
                        touched.add(next.saturating_sub(NEAR), next.saturating_add(NEAR - 1));
                    }
                }
                next = number.map_or(next, |number| number + 1);
            }
        }
        touched
    }

    pub(super) fn meets(&self, first: u32, last: u32) -> bool {
        let next = self.ranges.partition_point(|(_, end)| *end < first);
        self.ranges
            .get(next)
            .is_some_and(|(start, _)| *start <= last)
    }

    fn add(&mut self, first: u32, last: u32) {
        match self.ranges.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => self.ranges.push((first, last)),
        }
    }
}
