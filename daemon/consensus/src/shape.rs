//! The shapes answers come in. Each is mapped to findings before anything else sees it.
//!
//! What a value of each shape must look like is its gate's schema; how it is read is `answer`'s.

use serde::{Deserialize, Serialize};

/// What an answer of a gate is a list of. Written in gate files by these words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Matters found in documents: `findings`.
    #[default]
    Findings,
    /// Binary checks over enumerated requirements: `checks`.
    Checks,
    /// Remarks on the lines of a diff: `remarks`.
    Remarks,
}

impl Shape {
    pub const ALL: [Self; 3] = [Self::Findings, Self::Checks, Self::Remarks];

    /// The word in gate files, and the key of the list in an answer.
    pub fn word(self) -> &'static str {
        match self {
            Self::Findings => "findings",
            Self::Checks => "checks",
            Self::Remarks => "remarks",
        }
    }
}
