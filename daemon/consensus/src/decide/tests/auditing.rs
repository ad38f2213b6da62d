//! A share of what is decided without a human, put to one blind.

use super::*;
use crate::decide::decide;
use crate::evidence::Next;
use crate::finding::{Decision, Finding};
use crate::settle::{Disposition, RunEnd, settle};
use Severity::{Important, Minor};

fn audited(permille: u32, seed: &str) -> Outcome {
    let lone = raw(RETRY, "Failed payments are retried.", Minor);
    let watched = raw(
        "Refund days are open",
        "Refunds end within 5 days.",
        Important,
    );
    let mut evidence = evidence(vec![
        member("a", "x", vec![fast(Important, "200 ms"), lone, watched]),
        member("b", "y", vec![fast(Important, "200 ms")]),
    ]);
    evidence.policy.ballot = false;
    evidence.policy.audit_permille = permille;
    evidence.policy.seed = seed.into();
    decide(&evidence)
}

#[test]
fn what_is_drawn_is_asked_without_a_recommendation_and_its_decision_kept() {
    let outcome = audited(1000, "run");
    assert_eq!(outcome.next, Next::Done);
    let resolved = finding(&outcome, FAST);
    assert_eq!(
        (resolved.decision, &resolved.answer),
        (Decision::Ask, &None)
    );
    assert_eq!(resolved.options, ["200 ms"]);
    assert!(!resolved.cell.contains("resolve"), "{}", resolved.cell);
    let kept = resolved.audited.as_ref().unwrap();
    assert_eq!(
        (kept.decision, kept.answer.as_deref()),
        (Decision::Resolve, Some("200 ms"))
    );
    assert!(
        kept.cell.starts_with("confirmed, one answer × important"),
        "{}",
        kept.cell
    );
    let noted = finding(&outcome, RETRY);
    assert_eq!(noted.audited.as_ref().unwrap().decision, Decision::Note);
    let watched = finding(&outcome, "Refund days");
    assert_eq!(watched.audited.as_ref().unwrap().decision, Decision::Watch);
    assert_eq!(
        outcome.trust.line,
        "2 of 2 answered, 2 families ≈ 1.4 independent votes; 0 resolved without you, 3 for you \
         (3 of them to check on us), 0 noted"
    );
    assert_ne!(
        resolved.question_hash,
        finding(&audited(0, "run"), FAST).question_hash
    );
}

#[test]
fn what_is_drawn_is_open_until_it_is_answered() {
    let outcome = audited(1000, "run");
    let RunEnd::AwaitingHuman { open } = &outcome.state else {
        panic!("{:?}", outcome.state)
    };
    let said = open
        .iter()
        .map(|key| (key.clone(), Disposition::Dismiss))
        .collect();
    assert_eq!(settle(&outcome, &said), RunEnd::Passed);
}

#[test]
fn the_draw_follows_from_the_run_and_the_finding() {
    let drawn = |outcome: &Outcome| -> Vec<String> {
        let audited = outcome.findings.iter().filter(|f| f.audited.is_some());
        audited.map(|f: &Finding| f.key.clone()).collect()
    };
    assert!(drawn(&audited(0, "run")).is_empty());
    let seeds: Vec<String> = (0..40).map(|n| format!("run-{n}")).collect();
    let of = |seed: &String| drawn(&audited(500, seed));
    let first: Vec<_> = seeds.iter().map(of).collect();
    assert_eq!(first, seeds.iter().map(of).collect::<Vec<_>>());
    let counts: Vec<usize> = first.iter().map(Vec::len).collect();
    for count in 0..=2 {
        assert!(counts.contains(&count), "{counts:?}");
    }
}
