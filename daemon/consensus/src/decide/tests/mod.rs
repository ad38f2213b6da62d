//! Verdicts, from members to outcome and settlement: the catalogue's rows, and properties.

mod arbitration;
mod auditing;
mod ballots;
mod catalogue;
mod checking;
mod joining;
mod matching;
mod properties;
mod remembering;
mod review;
mod rounds;
mod settling;
mod weighing;

use std::collections::BTreeMap;

use crate::answer::{Answer, Quote, RawFinding, Resolvability, Severity};
use crate::ballot::{Ballot, Real, Vote, Votes};
use crate::decide::{FailReason, Member, Outcome, Policy};
use crate::evidence::Evidence;
use crate::finding::Finding;
use crate::table::Families;
use crate::{Input, Table};

pub(super) const SPEC: &str = "# Shop\n\n## Search\n\nFR-1: Search must answer fast.\n\
    FR-2: Results are shown in pages.\n\n## Payment\n\nFR-3: Failed payments are retried.\n\
    FR-4: Refunds end within 5 days.\nFR-5: Admins must delete orders.\n";

pub(super) const FAST: &str = "The search response time is not measurable";
pub(super) const RETRY: &str = "The number of payment retries is undefined";

pub(super) fn inputs() -> Vec<Input> {
    vec![Input {
        path: "spec.md".into(),
        text: SPEC.into(),
    }]
}

/// A finding about `quote`, without an answer.
pub(super) fn raw(claim: &str, quote: &str, severity: Severity) -> RawFinding {
    RawFinding {
        kind: "ambiguity".into(),
        claim: claim.into(),
        severity,
        resolvability: Resolvability::SuggestFix,
        answer: None,
        options: Vec::new(),
        reasoning: Some("because".into()),
        suggested_fix: None,
        quotes: vec![Quote {
            path: Some("spec.md".into()),
            text: quote.into(),
        }],
        about: None,
        matter: None,
        place: None,
    }
}

pub(super) fn answered(mut finding: RawFinding, answer: &str) -> RawFinding {
    finding.answer = Some(answer.into());
    finding
}

/// About how fast search must be: what most tests talk about.
pub(super) fn fast(severity: Severity, answer: &str) -> RawFinding {
    answered(raw(FAST, "Search must answer fast.", severity), answer)
}

pub(super) fn member(agent: &str, family: &str, findings: Vec<RawFinding>) -> Member {
    Member {
        agent: agent.into(),
        family: family.into(),
        execution_id: format!("e-{agent}"),
        attempt_id: format!("a-{agent}"),
        result: Ok(Answer {
            findings,
            cleared: Vec::new(),
        }),
        range: Some(0..10),
    }
}

pub(super) fn failed(agent: &str, family: &str, reason: &str) -> Member {
    let fail = FailReason {
        reason: reason.into(),
        detail: String::new(),
    };
    Member {
        result: Err(fail),
        range: None,
        ..member(agent, family, Vec::new())
    }
}

pub(super) fn policy(quorum: usize, roster_size: usize) -> Policy {
    Policy {
        quorum,
        roster_size,
        // How many families it takes is one test's matter, and would hide all else from the others.
        table: Table {
            families: Families::TWO,
            ..Table::default()
        },
        arbiter: None,
        ballot: false,
        audit_permille: 0,
        seed: String::new(),
        shape: crate::Shape::Findings,
        record: crate::TrackRecord::default(),
    }
}

/// The first round alone.
pub(super) fn decide(
    members: &[Member],
    by_rule: &[RawFinding],
    inputs: &[Input],
    policy: &Policy,
) -> Outcome {
    crate::decide::decide(&Evidence {
        by_rule: by_rule.to_vec(),
        ..Evidence::of(members.to_vec(), inputs.to_vec(), policy.clone())
    })
}

/// With a quorum of a majority of the members.
pub(super) fn outcome(members: &[Member]) -> Outcome {
    decide(
        members,
        &[],
        &inputs(),
        &policy(members.len() / 2 + 1, members.len()),
    )
}

#[track_caller]
pub(super) fn only(outcome: &Outcome) -> &Finding {
    assert_eq!(outcome.findings.len(), 1, "{:#?}", outcome.findings);
    &outcome.findings[0]
}

/// Evidence with a ballot wanted, of members with these findings; nobody is missing.
pub(super) fn evidence(members: Vec<Member>) -> Evidence {
    let policy = Policy {
        ballot: true,
        seed: "run-1".into(),
        ..policy(members.len() / 2 + 1, members.len())
    };
    Evidence::of(members, inputs(), policy)
}

/// The key of the finding whose claim begins with these words.
pub(super) fn key(outcome: &Outcome, words: &str) -> String {
    finding(outcome, words).key.clone()
}

#[track_caller]
pub(super) fn finding<'a>(outcome: &'a Outcome, words: &str) -> &'a Finding {
    let mut found = outcome
        .findings
        .iter()
        .filter(|f| f.text.starts_with(words));
    let first = found.next();
    assert!(found.next().is_none(), "several begin with {words:?}");
    first.unwrap_or_else(|| panic!("none begins with {words:?}: {:#?}", outcome.findings))
}

/// A ballot that says one thing about each key.
pub(super) fn ballot(agent: &str, family: &str, votes: &[(&str, Vote)]) -> Ballot {
    let votes: BTreeMap<String, Vote> = votes
        .iter()
        .map(|(key, vote)| ((*key).to_owned(), vote.clone()))
        .collect();
    Ballot {
        agent: agent.into(),
        family: family.into(),
        execution_id: format!("b-{agent}"),
        attempt_id: format!("ba-{agent}"),
        result: Ok(Votes {
            votes,
            ..Votes::default()
        }),
    }
}

pub(super) fn no_ballot(agent: &str, family: &str) -> Ballot {
    let fail = FailReason {
        reason: "timeout".into(),
        detail: String::new(),
    };
    Ballot {
        result: Err(fail),
        ..ballot(agent, family, &[])
    }
}

pub(super) fn vote(real: Real) -> Vote {
    Vote {
        real,
        ..Vote::unsure()
    }
}

pub(super) fn yes(answer: &str) -> Vote {
    Vote {
        answer: Some(answer.into()),
        ..vote(Real::Yes)
    }
}

pub(super) fn same(real: Real, keys: &[&str]) -> Vote {
    Vote {
        same_as: keys.iter().map(|key| (*key).to_owned()).collect(),
        ..vote(real)
    }
}
