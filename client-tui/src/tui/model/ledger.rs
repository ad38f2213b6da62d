//! The ledger looked at: whose decisions, those that are here, and the one that is read.
//!
//! It is as it is now, also while the past is shown: the daemon keeps no other.

use synod_proto::v1::LedgerEntry;

use super::{
    load::Load,
    run::{Spot, TextRow},
};
use crate::tui::msg::Scope;

/// An entry read in full.
#[derive(Debug, Clone, Default)]
pub struct Reader {
    /// Which.
    pub entry: String,
    /// The first line shown.
    pub top: usize,
    /// All lines.
    pub rows: Vec<TextRow>,
    /// What they were made of: the entries' version, the columns, and how long ago it was.
    pub made_of: Option<(u64, u16, String)>,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct LedgerPlace {
    /// Whose decisions.
    pub scope: Scope,
    /// The one gate and subject, while all are shown: the way back.
    pub narrower: Option<Scope>,
    /// Those that are here, the newest first.
    pub entries: Vec<LedgerEntry>,
    /// Grows whenever they change.
    pub version: u64,
    /// What became of the wish to read them.
    pub load: Load,
    /// For the next page; empty: there is none.
    pub next_page: String,
    /// Only what matches; empty: everything.
    pub filter: String,
    /// The ids of those that are listed.
    pub rows: Vec<String>,
    /// Where.
    pub spot: Spot,
    /// What the rows were made of.
    pub made_of: Option<(u64, String)>,
    /// The entry that is read instead.
    pub reader: Option<Reader>,
}

impl LedgerPlace {
    /// An entry that is here.
    pub fn entry(&self, id: &str) -> Option<&LedgerEntry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The entry that is read or selected.
    pub fn selected(&self) -> Option<&LedgerEntry> {
        let read = self.reader.as_ref().map(|reader| &reader.entry);
        self.entry(read.or(self.spot.selected.as_ref())?)
    }
}
