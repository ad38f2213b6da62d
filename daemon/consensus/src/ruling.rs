//! The third round: what an arbiter says about the findings in dispute, one by one.
//!
//! Owns what a ruling is and how one is read. What it leaves out, repeats or invents is asked, and said: that
//! is `decide`'s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decide::FailReason;

/// What the arbiter says about one matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ruling")]
pub enum Ruling {
    /// It is real, and this is the answer.
    Uphold {
        answer: Option<String>,
        reason: Option<String>,
    },
    /// It is not an issue.
    Overrule { reason: Option<String> },
    /// The arbiter cannot tell: a human is asked.
    Abstain { reason: Option<String> },
}

/// What an arbiter's answer held, by the keys of the findings in dispute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rulings {
    pub rulings: BTreeMap<String, Ruling>,
    /// Keys it ruled on more than once: none of those counts.
    #[serde(default)]
    pub repeated: Vec<String>,
    /// Labels it ruled on that were not put to it.
    #[serde(default)]
    pub invented: Vec<String>,
}

/// What came of the arbitration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arbitration {
    pub agent: String,
    pub family: String,
    pub execution_id: String,
    pub attempt_id: String,
    pub result: Result<Rulings, FailReason>,
}
