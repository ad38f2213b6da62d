//! Verdicts, from members to outcome and settlement: the catalogue's rows, and properties.

mod catalogue;
mod matching;
mod properties;
mod settling;

use crate::answer::{Answer, Quote, RawFinding, Resolvability, Severity};
use crate::decide::{FailReason, Member, Outcome, Policy, decide};
use crate::finding::Finding;
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
        table: Table::default(),
        arbiter: None,
        ballot: false,
        audit_permille: 0,
        seed: String::new(),
        shape: crate::Shape::Findings,
    }
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
