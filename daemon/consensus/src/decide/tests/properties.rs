//! What holds for any roster and any set of answers.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::finding::{Agreement, Decision};
use crate::settle::{Disposition, RunEnd, settle};

/// Few matters, and the first of each list often, so that agents meet.
const CLAIMS: &[&str] = &[
    FAST,
    FAST,
    FAST,
    FAST,
    "Search response time is not measurable",
    RETRY,
    "The number of payment retries is defined",
    "Refunds end within 5 days",
    "Refunds end within 10 days",
    "Admins must delete orders",
    "Admins must not delete orders",
];
const QUOTES: &[&str] = &[
    "Search must answer fast.",
    "Search must answer fast.",
    "Search must answer fast.",
    "Search must answer fast.",
    "Failed payments are retried.",
    "Refunds end within 5 days.",
    "Admins must delete orders.",
    "not in the spec",
];
const ANSWERS: &[&str] = &["yes", "Yes.", "yes", "", "no"];

pub(super) fn finding() -> impl Strategy<Value = RawFinding> {
    (
        proptest::sample::select(CLAIMS),
        proptest::sample::select(QUOTES),
        proptest::sample::select(ANSWERS),
        prop_oneof![
            4 => Just(Severity::Minor),
            2 => Just(Severity::Important),
            1 => Just(Severity::Critical),
        ],
        prop_oneof![
            9 => Just(Resolvability::AutoFix),
            1 => Just(Resolvability::NeedHuman),
        ],
        proptest::sample::select(&["ambiguity", "ambiguity", "ambiguity", "scope"][..]),
    )
        .prop_map(
            |(claim, quote, answer, severity, resolvability, kind)| RawFinding {
                resolvability,
                kind: kind.into(),
                ..answered(raw(claim, quote, severity), answer)
            },
        )
}

pub(super) fn roster() -> impl Strategy<Value = Vec<Member>> {
    let seat = (
        proptest::sample::select(&["x", "y", "z", crate::RULES][..]),
        proptest::option::weighted(0.8, proptest::collection::vec(finding(), 0..6)),
    )
        .boxed();
    proptest::sample::select(&[1_usize, 2, 3, 4, 7][..])
        .prop_flat_map(move |size| proptest::collection::vec(seat.clone(), size))
        .prop_map(|seats| {
            let of = |(n, (family, answer)): (usize, (&str, Option<Vec<RawFinding>>))| {
                let agent = format!("a{n}");
                match answer {
                    Some(findings) => member(&agent, family, findings),
                    None => failed(&agent, family, "timeout"),
                }
            };
            seats.into_iter().enumerate().map(of).collect()
        })
}

fn raised(members: &[Member]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for member in members {
        for finding in member.result.iter().flat_map(|answer| &answer.findings) {
            *counts
                .entry((member.agent.clone(), finding.claim.clone()))
                .or_default() += 1;
        }
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// R10
    #[test]
    fn any_permutation_gives_byte_identical_outcomes(
        (members, shuffled) in roster().prop_flat_map(|m| (Just(m.clone()), Just(m).prop_shuffle())),
    ) {
        let mut shuffled = shuffled;
        for member in &mut shuffled {
            if let Ok(answer) = &mut member.result {
                answer.findings.reverse();
            }
        }
        let bytes = |members: &[Member]| serde_json::to_string(&outcome(members)).unwrap();
        prop_assert_eq!(bytes(&members), bytes(&shuffled));
    }

    #[test]
    fn every_raw_finding_is_in_exactly_one_decision(members in roster()) {
        let outcome = outcome(&members);
        let mut heard: BTreeMap<(String, String), usize> = BTreeMap::new();
        for voice in outcome.findings.iter().flat_map(|finding| &finding.voices) {
            *heard.entry((voice.agent.clone(), voice.claim.clone())).or_default() += 1;
        }
        prop_assert_eq!(heard, raised(&members));
        let mut keys: Vec<_> = outcome.findings.iter().map(|finding| &finding.key).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), outcome.findings.len());
    }

    /// R8b
    #[test]
    fn nothing_is_resolved_without_two_families_a_whole_roster_and_an_anchor(members in roster()) {
        let outcome = outcome(&members);
        for finding in outcome.findings.iter().filter(|f| f.decision == Decision::Resolve) {
            prop_assert!(finding.families.len() >= 2);
            prop_assert!(members.iter().all(|member| member.result.is_ok()));
            prop_assert!(!finding.unanchored && finding.answer.is_some());
            prop_assert!(finding.voices.iter().all(|v| v.resolvability != Resolvability::NeedHuman));
        }
    }

    /// R1
    #[test]
    fn without_a_valid_answer_nothing_passes(members in roster(), quorum in 0_usize..4) {
        let none: Vec<Member> =
            members.iter().map(|m| failed(&m.agent, &m.family, "no-json")).collect();
        let outcome = decide(&none, &[], &inputs(), &policy(quorum, none.len()));
        let is_no_quorum = matches!(outcome.state, RunEnd::NoQuorum { .. });
        prop_assert!(is_no_quorum);
    }

    /// R11
    #[test]
    fn agreement_follows_from_the_families(members in roster()) {
        let outcome = outcome(&members);
        let families = outcome.quorum.families.len();
        for finding in &outcome.findings {
            let expected = match (families, finding.families.len(), finding.contradicts.len()) {
                (1, _, _) => Agreement::SingleFamily,
                (_, 2.., 0) => Agreement::Confirmed,
                (_, _, 0) => Agreement::Unconfirmed,
                // Whether a contradiction contests it depends on who is of two minds.
                (_, _, _) => finding.agreement,
            };
            prop_assert_eq!(finding.agreement, expected);
        }
    }

    #[test]
    fn a_run_passes_exactly_when_no_open_question_is_left(members in roster(), answer in any::<bool>()) {
        let outcome = outcome(&members);
        let open: Vec<_> = outcome.findings.iter().filter(|f| f.decision.is_open()).collect();
        let answers: BTreeMap<String, Disposition> = open
            .iter()
            .skip(usize::from(!answer))
            .map(|finding| (finding.key.clone(), Disposition::Dismiss))
            .collect();
        match settle(&outcome, &answers) {
            RunEnd::NoQuorum { valid, needed, .. } => prop_assert!(valid < needed),
            RunEnd::AwaitingHuman { open } => prop_assert!(!answer && open.len() == 1),
            RunEnd::Rejected { .. } => prop_assert!(false, "nothing was to be fixed"),
            RunEnd::Passed => prop_assert!(members.iter().all(|member| member.result.is_ok())),
            RunEnd::PassedDegraded { missing } => prop_assert!(!missing.is_empty()),
        }
    }

    #[test]
    fn outcomes_survive_being_stored(members in roster()) {
        let outcome = outcome(&members);
        let text = serde_json::to_string(&outcome).unwrap();
        prop_assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
    }
}
