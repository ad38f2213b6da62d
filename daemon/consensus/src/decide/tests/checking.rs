//! Checks over requirements: a no of two families is confirmed, a mixed one contested.

use serde_json::{Value, json};

use super::*;
use crate::CHECKS;
use crate::answer::Reading;
use crate::decide::decide;
use crate::finding::{Agreement, Decision};
use crate::settle::RunEnd;
use crate::shape::Shape;

/// An answer that says yes to everything but for what is given.
fn answers(agent: &str, family: &str, but: &[(&str, &str, &str)]) -> Member {
    let mut checks: Vec<Value> = Vec::new();
    for n in 1..=5 {
        for check in &CHECKS {
            let id = format!("FR-{n}");
            let said = but.iter().find(|(r, c, _)| *r == id && *c == check.id);
            let verdict = said.map_or("yes", |(_, _, verdict)| verdict);
            checks.push(
                json!({"requirement": id, "check": check.id, "verdict": verdict, "quote": ""}),
            );
        }
    }
    let reading = Reading::of(Shape::Checks, &inputs());
    let answer = Answer::read(&reading, &json!({"receipts": {}, "checks": checks})).unwrap();
    Member {
        result: Ok(answer),
        ..member(agent, family, Vec::new())
    }
}

fn checked(members: Vec<Member>) -> Outcome {
    let mut evidence = evidence(members);
    evidence.policy.shape = Shape::Checks;
    evidence.policy.ballot = false;
    decide(&evidence)
}

#[test]
fn a_no_of_two_families_is_confirmed_and_a_mixed_one_contested() {
    let no = [("FR-1", "measurable", "no")];
    let na = [("FR-1", "measurable", "na")];
    let agreement = |b: &[(&str, &str, &str)], c: &[(&str, &str, &str)]| {
        let outcome = checked(vec![
            answers("a", "x", &no),
            answers("b", "y", b),
            answers("c", "z", c),
        ]);
        (only(&outcome).agreement, only(&outcome).decision)
    };
    assert_eq!(agreement(&no, &na).0, Agreement::Confirmed);
    assert_eq!(
        agreement(&na, &na),
        (Agreement::Unconfirmed, Decision::Watch)
    );
    assert_eq!(agreement(&[], &na), (Agreement::Contested, Decision::Ask));
    assert_eq!(agreement(&no, &[]), (Agreement::Contested, Decision::Ask));
}

#[test]
fn who_finds_a_requirement_in_order_is_named_beside_those_who_do_not() {
    let no = [("FR-1", "measurable", "no")];
    let na = [("FR-1", "measurable", "na")];
    let outcome = checked(vec![
        answers("a", "x", &no),
        answers("b", "y", &[]),
        answers("c", "z", &na),
    ]);
    let said: Vec<_> = only(&outcome)
        .ballots
        .iter()
        .map(|cast| (cast.agent.as_str(), cast.real, cast.attempt_id.is_empty()))
        .collect();
    assert_eq!(said, [("b", Real::No, false)]);
}

#[test]
fn checks_merge_by_their_matter_and_stand_where_their_requirement_does() {
    let outcome = checked(vec![
        answers(
            "a",
            "x",
            &[("FR-1", "actor", "no"), ("FR-2", "actor", "no")],
        ),
        answers(
            "b",
            "y",
            &[("FR-1", "actor", "no"), ("FR-1", "trigger", "no")],
        ),
    ]);
    let mut seen: Vec<_> = outcome
        .findings
        .iter()
        .map(|f| {
            (
                f.matter.as_deref().unwrap(),
                f.voices.len(),
                f.anchors[0].quote.as_str(),
            )
        })
        .collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        [
            ("FR-1/actor", 2, "FR-1: Search must answer fast."),
            ("FR-1/trigger", 1, "FR-1: Search must answer fast."),
            ("FR-2/actor", 1, "FR-2: Results are shown in pages."),
        ]
    );
    assert!(outcome.findings.iter().all(|f| f.possibly_same.is_empty()));
}

#[test]
fn where_there_is_nothing_to_check_nothing_passes_unsaid() {
    let mut evidence = Evidence::of(
        vec![member("a", "x", vec![]), member("b", "y", vec![])],
        vec![Input {
            path: "spec.md".into(),
            text: "# Shop\n\nSells things.\n".into(),
        }],
        policy(2, 2),
    );
    evidence.policy.shape = Shape::Checks;
    let outcome = decide(&evidence);
    assert_eq!(only(&outcome).kind, "no-requirements");
    assert!(matches!(outcome.state, RunEnd::AwaitingHuman { .. }));
}
