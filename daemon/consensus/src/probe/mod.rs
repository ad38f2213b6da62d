//! Known faults planted in a copy of a specification, and whether a finding found one.
//!
//! Measures agents: what they raise about a fault that is certainly there. It starts nobody, counts nothing
//! (`synod-calibration` does) and touches no file: the copy is planted in memory.

mod found;
mod ground;
mod lot;
mod measure;
mod plant;
mod sort;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::anchor::Input;
use crate::shape::Shape;

pub use found::Raised;
pub use plant::{MOST, plant};

/// What is done to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// A measurable criterion loses its number.
    NumberDeleted,
    /// One of two places that state the same limit states another, so that they conflict.
    LimitChanged,
    /// A limit becomes one that nothing can keep: 0 s, 199 %.
    LimitAbsurd,
    /// The only task that covers a requirement goes.
    TaskDropped,
    /// The line that defines a term goes; the term is still used.
    DefinitionRemoved,
    /// The sentence that says what happens on failure goes.
    FailureRemoved,
    /// `must not` becomes `must`, or the other way round, where another place says what it said before.
    Negation,
}

impl Sort {
    pub const ALL: [Self; 7] = [
        Self::NumberDeleted,
        Self::LimitChanged,
        Self::LimitAbsurd,
        Self::TaskDropped,
        Self::DefinitionRemoved,
        Self::FailureRemoved,
        Self::Negation,
    ];

    /// As it is written everywhere.
    pub fn word(self) -> &'static str {
        match self {
            Self::NumberDeleted => "number-deleted",
            Self::LimitChanged => "limit-changed",
            Self::LimitAbsurd => "limit-absurd",
            Self::TaskDropped => "task-dropped",
            Self::DefinitionRemoved => "definition-removed",
            Self::FailureRemoved => "failure-removed",
            Self::Negation => "negation",
        }
    }

    /// The sorts that an answer of this shape can report: nobody is measured by what the gate did not ask.
    pub fn seen_by(shape: Shape) -> &'static [Self] {
        match shape {
            Shape::Findings => &Self::ALL,
            Shape::Checks => &[
                Self::NumberDeleted,
                Self::DefinitionRemoved,
                Self::FailureRemoved,
            ],
            // Remarks are about a diff, and a diff is not planted.
            Shape::Remarks => &[],
        }
    }
}

/// A copy of the inputs with faults in it, and where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planted {
    /// In the order and under the paths they came in.
    pub inputs: Vec<Input>,
    pub key: Key,
}

/// What nobody who is measured may see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// In the order of the inputs, and of the text.
    pub faults: Vec<Fault>,
    /// Places where a fault of the sort could have been planted, and was not: what is "found" there by the same
    /// rule is found by chance.
    pub controls: Vec<Control>,
}

/// One planted fault. Putting `before` in the place of `start..end` takes it out again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// `P1`, `P2` …, unique within a key.
    pub id: String,
    pub sort: Sort,
    pub path: String,
    /// Bytes of the planted text; empty where something was only removed.
    pub start: usize,
    pub end: usize,
    /// Of the planted text, from 1.
    pub line: usize,
    /// What stood there.
    pub before: String,
    /// What stands there.
    pub after: String,
    pub place: Place,
}

/// A place left as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub sort: Sort,
    pub place: Place,
}

/// By what a finding shows that it is about this fault.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The paragraph, list item or row the fault is in. Absent when it is the whole of one that is gone.
    pub block: Option<Stretch>,
    /// The blocks before and after one that is gone; the block that says otherwise.
    pub beside: Vec<Stretch>,
    /// Words that stand nowhere else: the id of the task that is gone, the value that was put in.
    pub unique: Vec<String>,
    /// Words that stand elsewhere too: the requirement that lost its task, the term without a definition.
    pub shared: Vec<String>,
}

/// Bytes of a planted text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stretch {
    pub path: String,
    pub start: usize,
    pub end: usize,
}
