//! The last changes, as they came: a bounded number of them, and of bytes. Nothing is formatted here.
//!
//! Entries stand in the order of their revisions, without a gap: what is not here between two of them is an entry
//! too.

use std::collections::VecDeque;

use prost::Message as _;
use synod_proto::v1::Change;

/// Changes kept as they come.
const KEPT: usize = 5_000;
/// Changes kept at most, with those that somebody asked for.
const MOST: usize = 20_000;
/// Bytes of changes kept at most, as on the wire; in memory they are two or three times as many.
const BYTES: usize = 8 << 20;

/// One of the ring.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A change, and its length in bytes.
    Change(Box<Change>, usize),
    /// Changes that are not here: the first and the last revision.
    Jump(u64, u64),
}

impl Entry {
    fn new(change: Change) -> Self {
        let bytes = change.encoded_len();
        Self::Change(Box::new(change), bytes)
    }

    /// Its first revision.
    pub fn first(&self) -> u64 {
        match self {
            Self::Change(change, _) => change.revision,
            Self::Jump(first, _) => *first,
        }
    }

    /// Its last revision.
    pub fn last(&self) -> u64 {
        match self {
            Self::Change(change, _) => change.revision,
            Self::Jump(_, last) => *last,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Change(_, bytes) => *bytes,
            Self::Jump(..) => 0,
        }
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Ring {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// The last revision heard of.
    newest: u64,
    /// What was asked for beyond those that are kept as they come.
    asked: usize,
    generation: u64,
}

impl Ring {
    /// A change came.
    pub fn push(&mut self, change: &Change) {
        if change.revision <= self.newest && self.newest > 0 {
            return;
        }
        if !self.entries.is_empty() && change.revision > self.newest + 1 {
            self.entries
                .push_back(Entry::Jump(self.newest + 1, change.revision - 1));
        }
        self.newest = change.revision;
        let entry = Entry::new(change.clone());
        self.bytes += entry.bytes();
        self.entries.push_back(entry);
        while self.entries.len() > KEPT + self.asked || self.bytes > BYTES {
            if self.entries.len() <= 1 {
                break;
            }
            self.drop_first();
        }
    }

    /// The state at a revision came instead of the changes up to it.
    pub fn jump(&mut self, revision: u64) {
        if revision > self.newest && !self.entries.is_empty() {
            self.entries
                .push_back(Entry::Jump(self.newest + 1, revision));
        }
        self.newest = self.newest.max(revision);
    }

    /// All that was known is of another feed.
    pub fn forget(&mut self) {
        let generation = self.generation + 1;
        *self = Self {
            generation,
            ..Self::default()
        };
    }

    /// Takes in changes that were not here, in order and without a gap among them; those that are here already
    /// are left out.
    pub fn insert(&mut self, changes: Vec<Change>) {
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return;
        };
        let (first, last) = (first.revision, last.revision);
        self.generation += 1;
        let oldest = self.first();
        if last < oldest {
            if last + 1 < oldest {
                self.entries.push_front(Entry::Jump(last + 1, oldest - 1));
            }
            self.put(0, changes);
            return;
        }
        let at = self.place_of(first);
        let Some(Entry::Jump(from, to)) = self.entries.get(at).cloned() else {
            // They overlap with what is here: what comes before it is new.
            let new = changes.into_iter().take_while(|c| c.revision < oldest);
            return self.put(0, new.collect());
        };
        self.entries.remove(at);
        let fits = |change: &Change| (from..=to).contains(&change.revision);
        let changes: Vec<Change> = changes.into_iter().filter(fits).collect();
        if last < to {
            self.entries.insert(at, Entry::Jump(last + 1, to));
        }
        self.put(at, changes);
        if from < first {
            self.entries.insert(at, Entry::Jump(from, first - 1));
        }
    }

    fn put(&mut self, at: usize, changes: Vec<Change>) {
        self.asked = (self.asked + changes.len()).min(MOST - KEPT);
        let after = self.entries.split_off(at);
        for change in changes {
            let entry = Entry::new(change);
            self.bytes += entry.bytes();
            self.entries.push_back(entry);
        }
        self.entries.extend(after);
    }

    fn drop_first(&mut self) {
        let dropped = self.entries.pop_front();
        self.bytes -= dropped.map_or(0, |entry| entry.bytes());
        if matches!(self.entries.front(), Some(Entry::Jump(..))) && self.entries.len() > 1 {
            self.entries.pop_front();
        }
    }
}

/// Looking.
impl Ring {
    /// How many entries there are.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// Whether more may be asked for.
    pub fn has_room(&self) -> bool {
        self.entries.len() < MOST && self.bytes < BYTES
    }

    /// How many are kept at most.
    pub const fn most() -> usize {
        MOST
    }

    /// An entry.
    pub fn get(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    /// All entries from an index on.
    pub fn from(&self, index: usize) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.range(index.min(self.entries.len())..)
    }

    /// Grows whenever anything but the newest is another.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The last revision heard of.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    /// The first revision of the first entry; of the next one, if there is none.
    pub fn first(&self) -> u64 {
        self.entries.front().map_or(self.newest + 1, Entry::first)
    }

    /// The index of the entry a revision belongs to, or of the first after it.
    pub fn place_of(&self, revision: u64) -> usize {
        self.entries
            .partition_point(|entry| entry.last() < revision)
    }

    /// The index of the entry that begins with a revision.
    pub fn position(&self, revision: u64) -> Option<usize> {
        let at = self.place_of(revision);
        let entry = self.entries.get(at)?;
        (entry.first() == revision).then_some(at)
    }

    /// How many entries begin at a revision or before.
    pub fn count_until(&self, revision: u64) -> usize {
        self.entries
            .partition_point(|entry| entry.first() <= revision)
    }

    /// The change of an index.
    pub fn change(&self, index: usize) -> Option<&Change> {
        match self.entries.get(index)? {
            Entry::Change(change, _) => Some(change),
            Entry::Jump(..) => None,
        }
    }

    /// The changes of the request that the change of this index belongs to, if that is the first of them: they
    /// were committed together and stand together.
    pub fn command_at(&self, index: usize) -> Option<Vec<&Change>> {
        let request = |index: usize| self.change(index).map(|change| &*change.request_id);
        let id = request(index).filter(|id| !id.is_empty())?;
        let before = index.checked_sub(1).and_then(request);
        if before == Some(id) {
            return None;
        }
        let all = (index..).take_while(|at| request(*at) == Some(id));
        Some(all.filter_map(|at| self.change(at)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(revision: u64) -> Change {
        Change {
            revision,
            ..Change::default()
        }
    }

    fn many(revisions: std::ops::RangeInclusive<u64>) -> Vec<Change> {
        revisions.map(change).collect()
    }

    #[track_caller]
    fn check(ring: &Ring, expected: &str) {
        let found: Vec<String> = ring
            .from(0)
            .map(|entry| match entry {
                Entry::Change(change, _) => change.revision.to_string(),
                Entry::Jump(first, last) => format!("[{first}-{last}]"),
            })
            .collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn what_is_missing_between_is_an_entry_and_can_be_filled() {
        let mut ring = Ring::default();
        ring.jump(100);
        check(&ring, "");
        assert_eq!(ring.first(), 101);
        for change in &many(101..=102) {
            ring.push(change);
        }
        ring.push(&change(102));
        ring.jump(110);
        ring.push(&change(111));
        check(&ring, "101 102 [103-110] 111");
        ring.insert(many(99..=100));
        check(&ring, "99 100 101 102 [103-110] 111");
        ring.insert(many(109..=110));
        check(&ring, "99 100 101 102 [103-108] 109 110 111");
        ring.insert(many(103..=108));
        ring.insert(many(50..=51));
        check(
            &ring,
            "50 51 [52-98] 99 100 101 102 103 104 105 106 107 108 109 110 111",
        );
        assert_eq!((ring.position(52), ring.position(60)), (Some(2), None));
        assert_eq!(ring.place_of(60), 2);
        assert_eq!(ring.count_until(51), 2);
        ring.insert(many(40..=55));
        check(
            &ring,
            "40 41 42 43 44 45 46 47 48 49 50 51 [52-98] 99 100 101 102 103 104 105 106 107 108 109 110 111",
        );
    }

    #[test]
    fn no_more_is_kept_than_there_is_room_for() {
        let mut ring = Ring::default();
        for revision in 1..=12_000 {
            ring.push(&change(revision));
        }
        assert_eq!((ring.count(), ring.first()), (KEPT, 7_001));
        ring.insert(many(6_501..=7_000));
        ring.push(&change(12_001));
        assert_eq!((ring.count(), ring.first()), (KEPT + 500, 6_502));
        let mut large = change(12_002);
        large.request_id = "x".repeat(BYTES);
        ring.push(&large);
        assert_eq!((ring.count(), ring.first()), (1, 12_002));
        ring.push(&change(12_003));
        assert_eq!((ring.count(), ring.first()), (1, 12_003));
    }
}
