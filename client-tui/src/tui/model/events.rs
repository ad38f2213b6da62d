//! The feed as it came, and where in it somebody is.

pub mod chain;
pub mod ring;

use std::collections::VecDeque;

use super::cursor::Cursor;
use chain::Chain;
use ring::{Entry, Ring};

/// Whether the newest stays selected as more come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    /// The newest is selected.
    #[default]
    Newest,
    /// What is selected stays selected.
    Still,
}

/// Whether there is more before what is held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Before {
    /// As far as is known.
    #[default]
    More,
    /// The daemon keeps nothing earlier.
    Nothing,
    /// It could not be read, for this reason.
    Unread(String),
}

/// What matches the filter, by revision; kept up as changes come.
#[derive(Debug, Clone, Default)]
pub struct Matched {
    /// The filter, and the ring's generation, it was made of.
    pub made_of: Option<(String, u64)>,
    /// First revisions of the entries that match, in order.
    pub revisions: VecDeque<u64>,
    /// The last revision that was looked at.
    pub until: u64,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct EventsPlace {
    /// What came.
    pub ring: Ring,
    /// Where.
    pub cursor: Cursor,
    /// The revision of the selected row: it stays selected while others come.
    pub selected: Option<u64>,
    /// Whether the newest stays selected.
    pub follow: Follow,
    /// Only what matches; empty: everything.
    pub filter: String,
    /// What does.
    pub matched: Matched,
    /// The last revision shown: of the past that is looked at; none in the present.
    pub until: Option<u64>,
    /// Instead of the list: what led to one of them and came of it.
    pub chain: Option<Chain>,
    /// Older changes that were asked for: after the first, up to the second.
    pub asked: Option<(u64, u64)>,
    /// Whether there is more.
    pub before: Before,
}

/// A row of the list.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// There is more before the first.
    Earlier,
    /// An entry with its index in the ring.
    Entry(usize, &'a Entry),
}

impl EventsPlace {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        let shown = match (self.until, self.filtered()) {
            (Some(until), None) => self.ring.count_until(until),
            (Some(until), Some(matched)) => matched.partition_point(|at| *at <= until),
            (None, None) => self.ring.count(),
            (None, Some(matched)) => matched.len(),
        };
        shown + self.lead()
    }

    /// A row.
    pub fn row(&self, row: usize) -> Option<Row<'_>> {
        let Some(index) = row.checked_sub(self.lead()) else {
            return Some(Row::Earlier);
        };
        let index = match self.filtered() {
            None => index,
            Some(matched) => self.ring.position(*matched.get(index)?)?,
        };
        Some(Row::Entry(index, self.ring.get(index)?))
    }

    /// The row of an entry, or the one after where it was.
    pub fn row_of(&self, revision: u64) -> usize {
        let index = match self.filtered() {
            None => self.ring.place_of(revision),
            Some(matched) => matched.partition_point(|at| *at < revision),
        };
        index + self.lead()
    }

    /// The revision of a row; none for the one that stands for what is not here.
    pub fn revision_at(&self, row: usize) -> Option<u64> {
        match self.row(row)? {
            Row::Earlier => None,
            Row::Entry(_, entry) => Some(entry.first()),
        }
    }

    /// The last revision before those that are shown: what to ask for next.
    pub fn missing_before(&self) -> u64 {
        let first = self.ring.first();
        match self.until {
            Some(until) if until < first => until,
            Some(_) | None => first.saturating_sub(1),
        }
    }

    fn filtered(&self) -> Option<&VecDeque<u64>> {
        (!self.filter.is_empty()).then_some(&self.matched.revisions)
    }

    /// Rows before the first entry.
    fn lead(&self) -> usize {
        usize::from(self.missing_before() > 0 && self.before != Before::Nothing)
    }
}
