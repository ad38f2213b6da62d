//! The verdict on a run: every finding of every valid answer, grouped, weighed and routed.
//!
//! A function of the evidence as a set: members, ballots and entries in any order give the same bytes. It records
//! no decision and asks nobody; `settle` says what the run's state is.

mod arbitrate;
mod audit;
mod by_rule;
mod claims;
mod ground;
mod poll;
mod remember;
mod route;
#[cfg(test)]
mod tests;
mod voices;
mod weigh;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::RULES;
use crate::answer::Answer;
use crate::ballot::MAX_BALLOT;
use crate::cluster::{MAX_FINDINGS, Merging};
use crate::evidence::{Evidence, Next};
use crate::finding::{Decision, Finding};
use crate::ledger::{Meetings, content_hash};
use crate::questions::rank;
use crate::record::TrackRecord;
use crate::settle::{Missing, RunEnd, end};
use crate::shape::Shape;
use crate::table::Table;
use crate::trust::{Balloted, Counts, Quorum, Trust};
use claims::{Claims, Matters, unique};
use ground::Ground;
use poll::Poll;
use remember::Memory;
use weigh::{Scales, Weighed};

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
    /// What is known of the families.
    #[serde(default)]
    pub record: TrackRecord,
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

/// Decides, and says which round is to be held before the decision stands.
pub fn decide(evidence: &Evidence) -> Outcome {
    let policy = &evidence.policy;
    let members = members(&evidence.members);
    let quorum = count(&members, policy);
    let ground = Ground::of(policy.shape, &evidence.inputs);
    let content = content_hash(&evidence.inputs);
    let memory = Memory::of(&evidence.ledger, &ground, &content, &policy.seed);
    let (claims, groups) = Claims::of(&members, &ground);
    let first = Matters::first(&claims, groups, &ground);
    let scales = Scales {
        members: &members,
        cleared: weigh::cleared(&members),
        ground: &ground,
        quorum: &quorum,
        policy,
    };
    let mut notes = merging(&claims);

    let mut before = scales.weigh(&first, None);
    let recalled = memory.apply(&mut before);
    let open = votable(&before);
    let mut next = ballot_due(evidence, &members, &quorum, open.len(), &mut notes)
        .then(|| Next::Ballot(open.iter().cloned().collect()));

    let (mut weighed, met, balloted) = match &evidence.ballots {
        None => (before, recalled, None),
        Some(ballots) => {
            let poll = Poll::of(ballots, &members, &open);
            notes.extend(poll.notes.iter().cloned());
            let sets = poll.same(&first, |group| open.contains(&group.key));
            let second = first.joined(&sets);
            let mut after = scales.weigh(&second, Some(&poll));
            let met = memory.apply_again(&mut after, &recalled);
            let balloted = Balloted {
                asked: poll.asked,
                valid: poll.voters.len(),
                merged: sets.iter().map(|set| set.len() - 1).sum(),
                before: Counts::of(before.iter().map(|one| &one.finding)),
                after: Counts::of(after.iter().map(|one| &one.finding)),
            };
            (after, met, Some(balloted))
        }
    };

    let mut arbitrated = None;
    let due = disputed(&weighed);
    if let Some(arbitration) = &evidence.arbitration {
        let counts = arbitrate::apply(&mut weighed, arbitration, &quorum, policy, &mut notes);
        arbitrated = Some(counts);
    } else if next.is_none() && !due.is_empty() && quorum.is_met() {
        next = Some(Next::Arbitrate(due));
    }

    let mut findings: Vec<Finding> = weighed.into_iter().map(|one| one.finding).collect();
    for finding in &mut findings {
        audit::audit(finding, &policy.seed, policy.audit_permille);
        policy.record.preselect(finding, &voices::said_by(finding));
    }
    let own = unraised(evidence, &ground, &memory, &met, &findings, &mut notes);
    findings.extend(own);

    put_in_order(&mut findings, &policy.record, &ground);
    notes.extend(policy.record.notes());
    notes.sort();
    let trust = Trust::of(
        &quorum,
        &policy.record,
        &findings,
        balloted,
        arbitrated,
        notes,
    );
    let state = end(&quorum, &findings, &BTreeMap::new());
    Outcome {
        trust,
        quorum,
        findings,
        state,
        next: next.unwrap_or_default(),
    }
}

/// What no member raised: findings by rule, and what earlier runs left to be fixed or still ask about.
fn unraised(
    evidence: &Evidence,
    ground: &Ground<'_>,
    memory: &Memory<'_>,
    met: &Meetings<'_>,
    raised: &[Finding],
    notes: &mut Vec<String>,
) -> Vec<Finding> {
    let mut found = by_rule::findings(&evidence.by_rule, ground);
    let nothing = by_rule::nothing_to_check(evidence.policy.shape, ground);
    found.extend(by_rule::findings(nothing.as_slice(), ground));
    if !evidence.by_rule.is_empty() {
        notes.push(format!(
            "{} found by rule in the inputs themselves: read them before trusting any answer",
            evidence.by_rule.len()
        ));
    }
    let keys = raised.iter().map(|finding| (finding.key.clone(), 1));
    let mut seen: BTreeMap<String, usize> = keys.collect();
    for finding in &mut found {
        finding.key = unique(finding.key.clone(), &mut seen);
    }
    let met_by_rules = memory.apply_to_rules(&mut found);
    let forgotten = memory.holding().into_iter();
    let forgotten = forgotten.filter(|entry| !met.has(entry) && !met_by_rules.has(entry));
    found.extend(forgotten.map(|entry| by_rule::carried(entry, ground)));
    found
}

/// Each seat once, in an order of content.
fn members(all: &[Member]) -> Vec<&Member> {
    let mut members: Vec<&Member> = all.iter().collect();
    members.sort_by_cached_key(|member| {
        let said = match &member.result {
            Ok(answer) => answer.canonical_hash(),
            Err(fail) => format!("{} {}", fail.reason, fail.detail),
        };
        let (agent, execution) = (member.agent.clone(), member.execution_id.clone());
        (agent, execution, member.attempt_id.clone(), said)
    });
    members.dedup();
    members
}

fn merging(claims: &Claims<'_>) -> Vec<String> {
    match claims.merging {
        Merging::Done => Vec::new(),
        Merging::GivenUp { findings } => vec![format!(
            "{findings} findings: more than {MAX_FINDINGS}, so nothing was merged and each stands alone"
        )],
    }
}

/// Keys of what a ballot can still say something about: all but what earlier runs settled.
fn votable(weighed: &[Weighed<'_>]) -> BTreeSet<String> {
    let open = weighed
        .iter()
        .filter(|one| one.finding.decision != Decision::Settled);
    open.map(|one| one.finding.key.clone()).collect()
}

/// Whether a ballot is to be held. It takes a quorum, two families of models, and something to vote on.
fn ballot_due(
    evidence: &Evidence,
    members: &[&Member],
    quorum: &Quorum,
    matters: usize,
    notes: &mut Vec<String>,
) -> bool {
    let models: BTreeSet<&str> = members
        .iter()
        .filter(|member| member.result.is_ok() && member.family != RULES)
        .map(|member| member.family.as_str())
        .collect();
    let wanted = evidence.policy.ballot
        && evidence.ballots.is_none()
        && quorum.is_met()
        && models.len() >= 2
        && matters > 0;
    if wanted && matters > MAX_BALLOT {
        notes.push(format!(
            "{matters} findings: more than {MAX_BALLOT}, so no ballot was held and the first round alone decides"
        ));
        return false;
    }
    wanted
}

/// Keys of what the table puts to the arbiter.
fn disputed(weighed: &[Weighed<'_>]) -> Vec<String> {
    let mut keys: Vec<String> = weighed
        .iter()
        .filter(|one| one.finding.decision == Decision::Arbitrate)
        .map(|one| one.finding.key.clone())
        .collect();
    keys.sort();
    keys
}

/// The most urgent first; ties in document order.
fn put_in_order(findings: &mut [Finding], record: &TrackRecord, ground: &Ground) {
    for finding in &mut *findings {
        finding.rank = rank(finding, record);
        finding.question_hash = finding.hash_of_question();
    }
    findings.sort_by_cached_key(|f| {
        let place = f.anchors.first();
        let order = place.map_or(usize::MAX, |a| ground.order(&a.path));
        (
            std::cmp::Reverse(f.rank),
            order,
            place.map_or(0, |a| a.start),
            f.key.clone(),
        )
    });
}

/// Rule-based members fill up no quorum of models: they count only where there are no models.
fn count(members: &[&Member], policy: &Policy) -> Quorum {
    let models = members.iter().any(|member| member.family != RULES);
    let answered = members.iter().filter(|member| member.result.is_ok());
    // A seat that answers twice has one voice.
    let seats = |counted: &dyn Fn(&Member) -> bool| {
        let seats = answered.clone().filter(|member| counted(member));
        let seats = seats.map(|member| (&member.agent, &member.execution_id));
        seats.collect::<BTreeSet<_>>().len()
    };
    let valid = seats(&|member| !models || member.family != RULES);
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
        answered: seats(&|_| true),
        roster: policy.roster_size.max(members.len()),
        families,
        missing: missing.collect(),
    }
}
