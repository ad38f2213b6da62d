//! Which findings become one matter, seen from the outcome.

use super::*;
use Severity::{Important, Minor};

#[track_caller]
fn together(a: RawFinding, b: RawFinding, expected: usize) -> Outcome {
    let outcome = outcome(&[member("a", "x", vec![a]), member("b", "y", vec![b])]);
    assert_eq!(outcome.findings.len(), expected, "{:#?}", outcome.findings);
    outcome
}

#[test]
fn the_same_matter_in_other_words_at_the_same_place_is_one() {
    let other = raw(
        "Search response time: not measurable at all",
        "FR-1: Search must answer",
        Minor,
    );
    let outcome = together(fast(Important, ""), other, 1);
    assert_eq!(only(&outcome).anchors.len(), 2);
}

#[test]
fn another_kind_place_or_number_stays_apart_and_is_linked() {
    let mut kind = fast(Important, "");
    kind.kind = "untestable".into();
    let elsewhere = raw(FAST, "Results are shown in pages.", Important);
    for other in [kind, elsewhere] {
        let outcome = together(fast(Important, ""), other, 2);
        assert_eq!(
            outcome.findings[0].possibly_same,
            [outcome.findings[1].key.clone()]
        );
        assert_eq!(
            outcome.findings[1].possibly_same,
            [outcome.findings[0].key.clone()]
        );
    }
    let place = "Refunds end within 5 days.";
    together(
        raw("Refunds end within 5 days", place, Minor),
        raw("Refunds end within 10 days", place, Minor),
        2,
    );
}

#[test]
fn identical_findings_merge_without_anchors_unless_they_are_about_two_places() {
    let lost = |quote| raw(FAST, quote, Important);
    together(lost("nowhere"), lost("nowhere"), 1);
    together(lost("nowhere"), lost("elsewhere"), 2);
    together(lost("Results are shown"), lost("Failed payments"), 2);
}

#[test]
fn a_chain_is_not_a_cluster() {
    // The first and the last share too few words, so the middle one goes with the nearer.
    let place = "Results are shown in pages.";
    let first = raw(
        "Paging is not specified, not described, not explained",
        place,
        Minor,
    );
    let middle = raw(
        "Paging is not specified, undefined, unclear, not described",
        place,
        Minor,
    );
    let last = raw("Paging: undefined, unclear, vague, ambiguous", place, Minor);
    let of = |agent: &str, finding: &RawFinding| member(agent, agent, vec![finding.clone()]);
    let outcome = outcome(&[of("a", &first), of("b", &middle), of("c", &last)]);
    let mut sizes: Vec<_> = outcome.findings.iter().map(|f| f.voices.len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 2]);
    assert!(outcome.findings.iter().all(|f| f.possibly_same.len() == 1));
}

#[test]
fn beyond_a_thousand_findings_nothing_merges_and_it_is_said() {
    let many = |agent: &str| {
        let of = |n: usize| raw(&format!("Claim {n} is unclear"), "Search", Minor);
        member(agent, agent, (0..501).map(of).collect())
    };
    let outcome = outcome(&[many("a"), many("b")]);
    assert_eq!(outcome.findings.len(), 1002);
    assert!(
        outcome.trust.notes[0].starts_with("1002 findings"),
        "{:?}",
        outcome.trust.notes
    );
    let mut keys: Vec<_> = outcome.findings.iter().map(|f| &f.key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 1002);
}
