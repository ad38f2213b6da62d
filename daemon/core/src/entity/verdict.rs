//! What a gate came to: findings, the verdict over them, and what outlives the run.

use serde::{Deserialize, Serialize};
use synod_consensus::{Finding as Content, Trust, ledger::Entry, trust::Quorum};
use synod_shared::{
    ids::{FindingId, RunId},
    words::RunState,
};

/// A finding of a verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    pub id: FindingId,
    pub run: RunId,
    pub content: Content,
    /// Ids of findings that may be the same matter.
    pub possibly_same: Vec<FindingId>,
    /// Place within the verdict, most urgent first.
    #[serde(default)]
    pub position: u32,
    /// Whether its voices' claims and fixes are told. Those of a daemon that told neither stay as they were told: the
    /// feed's bytes do not change.
    #[serde(default)]
    pub voices: Voices,
}

/// How much of the voices is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voices {
    /// Answer and reasoning.
    #[default]
    InBrief,
    /// Also their own claims, and the text they propose.
    InFull,
}

/// What consensus decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub run: RunId,
    pub gate: String,
    pub state: RunState,
    /// One line: how far this can be trusted.
    pub line: String,
    pub answered: Vec<String>,
    pub missing: Vec<Missing>,
    /// What the answers came to; absent when they were never weighed.
    pub weighed: Option<Weighed>,
    pub decided_at_us: i64,
}

/// What the answers came to, beside the findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    pub trust: Trust,
    pub quorum: Quorum,
    /// Entries of the ledger that were met.
    #[serde(default)]
    pub ledger: Vec<Entry>,
    /// Hash of the outcome as it was weighed: what computing it again must give.
    #[serde(default)]
    pub outcome_hash: String,
}

/// A decision that outlives its run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub gate: String,
    pub subject: String,
    pub entry: Entry,
}

/// An agent without a valid answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    pub agent: String,
    pub reason: String,
    pub detail: String,
}
