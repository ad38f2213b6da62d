//! What is known of the families puts questions in order and preselects answers, and decides nothing.

use proptest::prelude::*;

use super::rounds::{case, held};
use super::*;
use crate::TrackRecord;
use crate::decide::decide;
use crate::finding::Decision;

fn record(weights: &[(&str, u32)]) -> TrackRecord {
    TrackRecord {
        correlation_permille: None,
        weights_permille: weights
            .iter()
            .map(|&(family, weight)| (family.to_owned(), weight))
            .collect(),
    }
}

/// Two families see it and answer differently.
fn differing(record: TrackRecord, severity: Severity) -> Finding {
    let members = vec![
        member("a", "red", vec![fast(severity, "1 s")]),
        member("b", "blue", vec![fast(severity, "2 s")]),
    ];
    let mut evidence = evidence(members);
    evidence.policy.ballot = false;
    evidence.policy.record = record;
    only(&decide(&evidence)).clone()
}

#[test]
fn of_differing_answers_that_of_the_heavier_family_is_recommended() {
    let of = |weights: &[(&str, u32)]| differing(record(weights), Severity::Critical).answer;
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[("red", 1000), ("blue", 900)]).as_deref(), Some("1 s"));
    assert_eq!(of(&[("red", 500), ("blue", 1000)]).as_deref(), Some("2 s"));
    assert_eq!(of(&[("red", 1000), ("blue", 1000)]), None);
}

#[test]
fn a_family_without_a_weight_is_not_outweighed() {
    let of = |weights: &[(&str, u32)]| differing(record(weights), Severity::Critical).answer;
    assert_eq!(of(&[("red", 1000), ("green", 500)]), None);
}

#[test]
fn what_is_not_asked_is_given_no_answer() {
    let heavy = record(&[("red", 1000), ("blue", 500)]);
    let noted = differing(heavy, Severity::Minor);
    assert_eq!((noted.decision, noted.answer), (Decision::Note, None));
}

#[test]
fn what_heavier_families_see_comes_first() {
    let members = || {
        vec![
            member(
                "a",
                "red",
                vec![raw(FAST, "Search must answer fast.", Severity::Critical)],
            ),
            member(
                "b",
                "blue",
                vec![raw(
                    RETRY,
                    "Failed payments are retried.",
                    Severity::Critical,
                )],
            ),
        ]
    };
    let first = |record: TrackRecord| {
        let mut evidence = evidence(members());
        evidence.policy.ballot = false;
        evidence.policy.record = record;
        decide(&evidence).findings[0].text.clone()
    };
    assert_eq!(first(TrackRecord::default()), FAST);
    assert_eq!(first(record(&[("red", 500), ("blue", 1000)])), RETRY);
}

#[test]
fn a_verdict_says_what_it_knew_of_the_families() {
    let mut evidence = evidence(vec![
        member("a", "red", vec![]),
        member("b", "blue", vec![]),
    ]);
    evidence.policy.record = TrackRecord {
        correlation_permille: Some(120),
        ..record(&[("red", 1000), ("blue", 834)])
    };
    let trust = decide(&evidence).trust;
    assert!(
        trust.line.contains("2 families ≈ 1.8 independent votes"),
        "{}",
        trust.line
    );
    let notes = trust.notes.join("\n");
    assert!(notes.contains("alike by 0.12"), "{notes}");
    assert!(notes.contains("blue 83, red 100"), "{notes}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_weight_changes_any_decision(
        case in case(),
        weights in proptest::collection::btree_map("[u-z]", 500_u32..=1000, 0..6),
        correlation in proptest::option::of(0_u32..=1000),
    ) {
        let mut evidence = held(&case);
        let before = decide(&evidence);
        evidence.policy.record = TrackRecord { correlation_permille: correlation, weights_permille: weights };
        let after = decide(&evidence);
        let decided = |outcome: &Outcome| {
            let mut all: Vec<_> = outcome
                .findings
                .iter()
                .map(|f| (f.key.clone(), f.decision, f.cell.clone(), f.agreement, f.basis.clone(), f.audited.clone()))
                .collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        prop_assert_eq!(decided(&after), decided(&before));
        prop_assert_eq!(std::mem::discriminant(&after.state), std::mem::discriminant(&before.state));
        prop_assert_eq!(after.next, before.next);
        // An answer is added where one is asked for, and none is taken away or exchanged.
        for finding in &before.findings {
            let twin = after.findings.iter().find(|other| other.key == finding.key).unwrap();
            prop_assert!(twin.answer == finding.answer
                || finding.answer.is_none() && twin.decision == Decision::Ask && twin.audited.is_none());
        }
    }
}
