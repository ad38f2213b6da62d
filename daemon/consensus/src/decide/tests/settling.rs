//! What dispositions make of a run, and the order in which questions are put.

use std::collections::BTreeMap;

use super::*;
use crate::Corpus;
use crate::questions::{order, sections};
use crate::settle::{Disposition, RunEnd, settle};
use Severity::{Critical, Important, Minor};

/// Two questions and a note, of one family.
fn three() -> Outcome {
    let mut options = raw(RETRY, "Failed payments are retried.", Important);
    options.options = vec!["3".into(), "5".into()];
    let note = raw("Page size is missing", "shown in pages", Minor);
    outcome(&[member(
        "a",
        "x",
        vec![fast(Critical, "200 ms"), options, note],
    )])
}

fn said(outcome: &Outcome, dispositions: &[(usize, Disposition)]) -> BTreeMap<String, Disposition> {
    let of = |(n, d): &(usize, Disposition)| (outcome.findings[*n].key.clone(), d.clone());
    dispositions.iter().map(of).collect()
}

#[track_caller]
fn check(dispositions: &[(usize, Disposition)], expected: impl Fn(&RunEnd) -> bool) {
    let outcome = three();
    let end = settle(&outcome, &said(&outcome, dispositions));
    assert!(expected(&end), "{end:?}");
}

fn open(n: usize) -> impl Fn(&RunEnd) -> bool {
    move |end| matches!(end, RunEnd::AwaitingHuman { open } if open.len() == n)
}

#[test]
fn a_run_waits_until_every_question_is_closed() {
    use Disposition::{Answer, Dismiss, Later, Option};
    let passed = |end: &RunEnd| *end == RunEnd::Passed;
    check(&[], open(2));
    check(&[(0, Answer("250 ms".into()))], open(1));
    check(&[(0, Answer("250 ms".into())), (1, Option(1))], passed);
    check(&[(0, Dismiss), (1, Dismiss)], passed);
    check(&[(0, Dismiss), (1, Later)], open(1));
}

/// R12
#[test]
fn dispositions_that_decide_nothing_leave_a_question_open() {
    use Disposition::{Answer, Dismiss, DuplicateOf, Later, Option};
    let outcome = three();
    let key = |n: usize| outcome.findings[n].key.clone();
    check(&[(0, Answer("  ".into())), (1, Dismiss)], open(1));
    check(&[(0, Dismiss), (1, Option(2))], open(1));
    check(&[(0, DuplicateOf("gone".into())), (1, Dismiss)], open(1));
    check(
        &[(0, DuplicateOf(key(1))), (1, DuplicateOf(key(0)))],
        open(2),
    );
    check(&[(0, DuplicateOf(key(0))), (1, Dismiss)], open(1));
    check(&[(0, DuplicateOf(key(1)))], open(1));
    // A note that is put off is still a note.
    check(&[(0, Dismiss), (1, Dismiss), (2, Later)], |end| {
        *end == RunEnd::Passed
    });
}

/// R12
#[test]
fn words_about_findings_that_are_not_there_change_nothing() {
    let outcome = three();
    let mut answers = said(&outcome, &[(0, Disposition::Dismiss)]);
    let before = settle(&outcome, &answers);
    for strange in [Disposition::Dismiss, Disposition::MustFix] {
        answers.insert("gone".into(), strange);
        assert_eq!(settle(&outcome, &answers), before);
    }
    assert!(open(1)(&before), "{before:?}");
}

#[test]
fn what_must_be_fixed_rejects_once_nothing_is_open() {
    use Disposition::{Dismiss, DuplicateOf, MustFix};
    let outcome = three();
    let rejected = |n: usize| move |end: &RunEnd| matches!(end, RunEnd::Rejected { must_fix } if must_fix.len() == n);
    check(&[(0, MustFix)], open(1));
    check(&[(0, MustFix), (1, Dismiss)], rejected(1));
    check(
        &[
            (0, MustFix),
            (1, DuplicateOf(outcome.findings[0].key.clone())),
        ],
        rejected(2),
    );
    check(&[(0, Dismiss), (1, Dismiss), (2, MustFix)], rejected(1));
}

#[test]
fn no_disposition_makes_up_for_a_missing_quorum() {
    let outcome = decide(
        &[failed("a", "x", "no-json")],
        &[],
        &inputs(),
        &policy(1, 1),
    );
    assert!(matches!(
        settle(&outcome, &BTreeMap::new()),
        RunEnd::NoQuorum { .. }
    ));
}

#[test]
fn questions_stand_by_rank_then_place_with_the_postponed_last_and_grouped_by_section() {
    let days = raw(
        "Refund days are calendar days or working days",
        "Refunds end",
        Important,
    );
    let mut human = raw("Page size is missing", "shown in pages", Important);
    human.resolvability = Resolvability::NeedHuman;
    let retry = raw(RETRY, "Failed payments are retried.", Important);
    let outcome = outcome(&[member(
        "a",
        "x",
        vec![days, retry, human, fast(Critical, "")],
    )]);
    let keys = order(&outcome.findings, &BTreeMap::new());
    let texts = |keys: &[String]| {
        let text = |key: &String| {
            outcome
                .findings
                .iter()
                .find(|f| f.key == *key)
                .unwrap()
                .text
                .clone()
        };
        keys.iter()
            .map(text)
            .map(|t| t.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        texts(&keys),
        ["The search", "Page size", "The number", "Refund days"]
    );
    let later = BTreeMap::from([
        (keys[0].clone(), Disposition::Later),
        (keys[2].clone(), Disposition::Dismiss),
    ]);
    assert_eq!(
        texts(&order(&outcome.findings, &later)),
        ["Page size", "Refund days", "The search"]
    );
    let groups = sections(&outcome.findings, &keys, &Corpus::new(&inputs()));
    let groups: Vec<_> = groups
        .iter()
        .map(|s| (s.heading.as_deref(), s.keys.len()))
        .collect();
    assert_eq!(groups, [(Some("Search"), 2), (Some("Payment"), 2)]);
}
