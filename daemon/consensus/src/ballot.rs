//! The second round: everybody is asked about everybody's findings, without names, counts or reasons.
//!
//! Owns what a ballot is and how one is read. What votes come to is `decide`'s; how a ballot looks in a
//! prompt is the configuration's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decide::FailReason;

/// What a voter says about whether a matter is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Real {
    Yes,
    No,
    Unsure,
}

impl Real {
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unsure => "unsure",
        }
    }
}

/// A voter's word on one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    pub real: Real,
    pub answer: Option<String>,
    /// Keys of the matters it takes for the same one.
    #[serde(default)]
    pub same_as: Vec<String>,
}

/// The votes of one voter, by the keys of the first round's findings. A matter that is left out is unsure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Votes {
    pub votes: BTreeMap<String, Vote>,
}

/// One voter's ballot, or why there is none: then it is unsure about everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    pub agent: String,
    pub family: String,
    pub execution_id: String,
    pub attempt_id: String,
    pub result: Result<Votes, FailReason>,
}
