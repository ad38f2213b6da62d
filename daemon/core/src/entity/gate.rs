//! A gate as a run carries it: who is asked, by which rules, in which rounds.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};
use synod_consensus::{Policy, RawFinding};
use synod_shared::ids::ExecutionId;

use super::AgentSpec;
use crate::time::Now;

/// A gate as it stood when the run was submitted: a later edit of its definition changes nothing here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateWork {
    pub gate: String,
    pub version: u32,
    pub roster: Vec<Seat>,
    pub policy: Policy,
    pub deadlines: Deadlines,
    /// Equal for two submissions of the same gate, version, roster, quorum, subject and content.
    pub key: String,
    /// The receipt each input ends with, by path.
    pub receipts: BTreeMap<String, String>,
    /// What the daemon itself found in the inputs: instructions to reviewers and the like.
    pub planted: Vec<RawFinding>,
    /// When the first execution was submitted to the queue: the deadlines count from here.
    pub opened: Now,
    /// How often an invalid answer of one execution is sent back.
    #[serde(default)]
    pub repair: u32,
    /// Who decides disputes, as configured when the run was submitted.
    #[serde(default)]
    pub arbiter: Option<Box<AgentSpec>>,
    /// The rounds after the first, as far as they have been opened.
    #[serde(default)]
    pub rounds: Vec<Round>,
    /// The definition it was run by.
    #[serde(default)]
    pub definition: Definition,
    /// Hash of the inputs: what an unanchored decision of the ledger is bound to.
    #[serde(default)]
    pub content_hash: String,
    /// What is reviewed, for people; absent: documents.
    #[serde(default)]
    pub diff: Option<String>,
    /// When people are reminded of open questions, and when those are due.
    #[serde(default)]
    pub patience: Patience,
    /// Set when the run measures its agents instead of deciding anything.
    #[serde(default)]
    pub probe: Option<Box<Probe>>,
}

impl GateWork {
    /// The round that is open or was held last, after the first.
    #[must_use]
    pub fn round(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// The round of this part, if it was opened.
    #[must_use]
    pub fn round_of(&self, part: Part) -> Option<&Round> {
        self.rounds.iter().find(|round| round.part == part)
    }
}

/// A place in a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub agent: String,
    pub family: String,
    /// Whether it can be asked about what others found.
    #[serde(default)]
    pub voting: Voting,
}

/// Whether an agent can be asked about what others found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voting {
    /// Rules and recordings say what they say, whatever they are asked.
    #[default]
    Mute,
    Votes,
}

/// What an execution is asked for.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What it finds in the inputs; of a run that is no gate, its work.
    #[default]
    Answer,
    /// What it says about everybody's findings.
    Ballot,
    /// What it decides about disputes.
    Arbiter,
}

impl Part {
    /// The word on the wire; an answer goes without saying.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answer => "",
            Self::Ballot => "ballot",
            Self::Arbiter => "arbiter",
        }
    }
}

/// A round after the first. Opened by one change, never opened twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    pub part: Part,
    pub executions: Vec<ExecutionId>,
    /// Keys of the findings that are put to it, in order: what labels on a sheet stand for.
    pub keys: Vec<String>,
    /// The receipt each input ends with, by path.
    pub receipts: BTreeMap<String, String>,
    pub opened: Now,
    /// Why nobody was asked, if nobody was.
    #[serde(default)]
    pub unheld: String,
}

/// Which definition of a gate a run goes by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// Hash over definition, templates and schema.
    pub hash: String,
    /// `builtin`, or the file it was read from.
    pub origin: String,
}

/// How long people may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// An open question is brought to mind again and again after this time.
    pub remind_after: Option<Duration>,
    /// It is due after this time. Nobody decides in a human's place: it stays open.
    pub due_after: Option<Duration>,
}

/// Faults planted in a copy of the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// What the faults were drawn from.
    pub seed: u64,
    /// The faults, and the places left for comparison, as the one who planted them describes them (JSON).
    pub faults: serde_json::Value,
}

/// How long a gate waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// Until then all are waited for; from then on a quorum is enough.
    pub partial_after: Duration,
    /// Then the run ends, whatever is missing.
    pub fail_after: Duration,
}
