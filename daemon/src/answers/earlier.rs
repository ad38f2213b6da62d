//! What other runs of a gate and subject left: decisions, and questions that nobody has answered.

use std::ops::Range;

use synod_consensus::{
    Finding, Input,
    ledger::{Asked, Entry, still_asked},
};

use super::Heard;
use crate::store::{Reader, StillOpen, StoreError};

/// An input's path, and the bytes of one of its blocks.
pub type Place = (String, Range<usize>);

/// Of the questions of other runs those about text that stands in these inputs, that none of the findings is and nobody
/// has decided, each with the first place of what it is about.
pub fn still_open<'a>(
    open: &'a [StillOpen],
    kept: &[Entry],
    findings: &[&Finding],
    inputs: &[Input],
) -> Vec<(&'a StillOpen, Option<Place>)> {
    let asked: Vec<Asked<'_>> = open.iter().filter_map(StillOpen::asked).collect();
    still_asked(&asked, kept, findings, inputs)
        .into_iter()
        .filter_map(|still| {
            let mut all = open.iter();
            let one = all.find(|open| std::ptr::eq(&raw const open.finding.content, still.of))?;
            Some((one, still.place))
        })
        .collect()
}

/// What other runs left about this gate and subject.
#[derive(Default)]
pub(super) struct Earlier {
    /// The ledger.
    pub(super) kept: Vec<Entry>,
    /// What they still ask people about, the newest run first.
    open: Vec<StillOpen>,
}

impl Earlier {
    pub(super) fn of(reader: &Reader, heard: &Heard) -> Result<Self, StoreError> {
        // A probe is about a copy of it: what was decided about the subject says nothing of the faults.
        if heard.gate.probe.is_some() {
            return Ok(Self::default());
        }
        let (gate, subject) = (&heard.gate.gate, &heard.subject);
        let kept = reader.ledger_of(gate, subject)?;
        let mut open = reader.asked_of(gate, subject, &heard.run.to_string())?;
        // What checks on a decision waits for nobody: the decision was made.
        open.retain(|open| open.finding.content.audited.is_none());
        Ok(Self {
            kept: kept.into_iter().map(|kept| kept.value.entry).collect(),
            open,
        })
    }

    /// Whether some of it lets nothing pass while its text stands.
    pub(super) fn holds(&self) -> bool {
        !self.open.is_empty() || self.kept.iter().any(|entry| entry.standing.holds())
    }

    /// The ledger, and what is still asked about text that stands in these inputs and was decided by nobody since.
    pub(super) fn about(self, inputs: &[Input]) -> Vec<Entry> {
        let still = still_open(&self.open, &self.kept, &[], inputs).into_iter();
        let open: Vec<Entry> = still.filter_map(|(open, _)| open.entry()).collect();
        self.kept.into_iter().chain(open).collect()
    }
}
