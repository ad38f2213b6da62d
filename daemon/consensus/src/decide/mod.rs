//! The verdict on a run: every finding of every valid answer, grouped, weighed and routed.
//!
//! A function of the set of answers: members in any order give the same bytes. It records no
//! decision and asks nobody; `settle` says what the run's state is.

mod assemble;
mod route;
#[cfg(test)]
mod tests;
mod voices;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::RULES;
use crate::anchor::{Corpus, Input};
use crate::answer::{Answer, RawFinding};
use crate::evidence::Next;
use crate::finding::Finding;
use crate::settle::{Missing, RunEnd, end};
use crate::shape::Shape;
use crate::table::Table;
use crate::trust::{Quorum, Trust};

/// Why a member of the roster has no valid answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailReason {
    /// A word from the published table of reasons.
    pub reason: String,
    pub detail: String,
}

/// One seat of the roster, answered or not. Every seat has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub agent: String,
    pub family: String,
    pub execution_id: String,
    pub attempt_id: String,
    pub result: Result<Answer, FailReason>,
    /// The bytes of the attempt's output that hold the answer.
    pub range: Option<Range<u64>>,
}

/// The agent that decides disputes, in a later execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arbiter {
    pub agent: String,
    pub family: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Valid answers needed. Never less than one.
    pub quorum: usize,
    /// Seats of the declared roster; a seat without a `Member` is a voice missing.
    pub roster_size: usize,
    pub table: Table,
    pub arbiter: Option<Arbiter>,
    /// Whether a second round is held.
    #[serde(default)]
    pub ballot: bool,
    /// The share of automatic decisions that is put to a human, blind, in thousandths.
    #[serde(default)]
    pub audit_permille: u32,
    /// Whatever is drawn by lot (orders, audits) is drawn from this: the run's id.
    #[serde(default)]
    pub seed: String,
    #[serde(default)]
    pub shape: Shape,
}

/// All that consensus has to say about a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub trust: Trust,
    pub quorum: Quorum,
    /// The most urgent first; ties in document order.
    pub findings: Vec<Finding>,
    /// The run's state before any human has said a word.
    pub state: RunEnd,
    /// What is to be done before it stands.
    #[serde(default)]
    pub next: Next,
}

/// Decides. `by_rule` are findings raised by the daemon itself about the inputs (`inject`).
pub fn decide(
    members: &[Member],
    by_rule: &[RawFinding],
    inputs: &[Input],
    policy: &Policy,
) -> Outcome {
    let mut members: Vec<&Member> = members.iter().collect();
    members.sort_by(|a, b| {
        (&a.agent, &a.execution_id, &a.attempt_id).cmp(&(&b.agent, &b.execution_id, &b.attempt_id))
    });
    let quorum = count(&members, policy);
    let corpus = Corpus::new(inputs);
    let (findings, notes) = assemble::findings(&members, by_rule, &corpus, &quorum, policy);
    let trust = Trust::of(&quorum, &findings, notes);
    let state = end(&quorum, &findings, &BTreeMap::new());
    Outcome {
        trust,
        quorum,
        findings,
        state,
        next: Next::Done,
    }
}

/// Rule-based members fill up no quorum of models: they count only where there are no models.
fn count(members: &[&Member], policy: &Policy) -> Quorum {
    let models = members.iter().any(|member| member.family != RULES);
    let answered = members.iter().filter(|member| member.result.is_ok());
    let valid = answered
        .clone()
        .filter(|member| !models || member.family != RULES)
        .count();
    let mut families: Vec<String> = answered
        .clone()
        .map(|member| member.family.clone())
        .collect();
    families.sort();
    families.dedup();
    let missing = members.iter().filter_map(|member| {
        let FailReason { reason, detail } = member.result.as_ref().err()?;
        let (agent, reason, detail) = (member.agent.clone(), reason.clone(), detail.clone());
        Some(Missing {
            agent,
            reason,
            detail,
        })
    });
    Quorum {
        valid,
        needed: policy.quorum.max(1),
        answered: answered.count(),
        roster: policy.roster_size.max(members.len()),
        families,
        missing: missing.collect(),
    }
}
