//! Everything a verdict is a function of. Stored with the run, so that the verdict can be computed again.

use serde::{Deserialize, Serialize};

use crate::anchor::Input;
use crate::answer::RawFinding;
use crate::ballot::Ballot;
use crate::decide::{Member, Policy};
use crate::ledger::Entry;
use crate::ruling::Arbitration;

/// What is stored about a run, for `decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The first round.
    pub members: Vec<Member>,
    /// Findings the daemon itself raised about the inputs (`inject`).
    #[serde(default)]
    pub by_rule: Vec<RawFinding>,
    /// The inputs, whole, as they were submitted.
    pub inputs: Vec<Input>,
    /// The second round; absent while it has not been held.
    #[serde(default)]
    pub ballots: Option<Vec<Ballot>>,
    /// The third round; absent while it has not been held.
    #[serde(default)]
    pub arbitration: Option<Arbitration>,
    /// What earlier runs left about the same gate and subject.
    #[serde(default)]
    pub ledger: Vec<Entry>,
    pub policy: Policy,
}

impl Evidence {
    /// The first round alone, of a subject nothing is known about.
    pub fn of(members: Vec<Member>, inputs: Vec<Input>, policy: Policy) -> Self {
        Self {
            members,
            by_rule: Vec::new(),
            inputs,
            ballots: None,
            arbitration: None,
            ledger: Vec::new(),
            policy,
        }
    }
}

/// What is to be done before the verdict stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "step", content = "keys")]
pub enum Next {
    /// Nothing: it stands.
    #[default]
    Done,
    /// A ballot on the findings with these keys.
    Ballot(Vec<String>),
    /// An arbitration of the findings with these keys.
    Arbitrate(Vec<String>),
}
