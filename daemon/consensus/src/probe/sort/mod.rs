//! Where each sort of fault can be planted: one file a sort, each a list of candidates.
//!
//! Only where the text allows it: a candidate leaves text that somebody could have written. Which are taken is
//! `plant`'s to say.

mod definition;
mod failure;
mod limit;
mod negation;
mod number;
mod task;

use std::ops::Range;

use super::Sort;
use super::ground::Ground;

/// One edit that would make a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) sort: Sort,
    /// The patch it is in.
    pub(super) patch: usize,
    /// Bytes of the input that go.
    pub(super) edit: Range<usize>,
    /// What comes in their place.
    pub(super) after: String,
    /// Patches that say otherwise than the edited one, once it is edited.
    pub(super) against: Vec<usize>,
    /// Patches that must stay as they are, or it is no fault.
    pub(super) needs: Vec<usize>,
    pub(super) unique: Vec<String>,
    pub(super) shared: Vec<String>,
}

impl Candidate {
    fn new(sort: Sort, patch: usize, edit: Range<usize>, after: &str) -> Self {
        Self {
            sort,
            patch,
            edit,
            after: after.to_owned(),
            against: Vec::new(),
            needs: Vec::new(),
            unique: Vec::new(),
            shared: Vec::new(),
        }
    }
}

/// Every place for this sort, in document order.
pub(super) fn candidates(sort: Sort, ground: &Ground<'_>) -> Vec<Candidate> {
    match sort {
        Sort::NumberDeleted => number::candidates(ground),
        Sort::LimitChanged => limit::changed(ground),
        Sort::LimitAbsurd => limit::absurd(ground),
        Sort::TaskDropped => task::candidates(ground),
        Sort::DefinitionRemoved => definition::candidates(ground),
        Sort::FailureRemoved => failure::candidates(ground),
        Sort::Negation => negation::candidates(ground),
    }
}
