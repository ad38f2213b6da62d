//! The third round: when it is held, and what rulings make of a dispute.

use super::*;
use crate::decide::{Arbiter, decide};
use crate::evidence::Next;
use crate::finding::{Basis, Decision};
use crate::ruling::{Arbitration, Ruling, Rulings};
use crate::settle::RunEnd;
use Severity::Important;

/// Two families see it and answer differently.
fn dispute() -> (Evidence, String) {
    let mut evidence = evidence(vec![
        member("a", "x", vec![fast(Important, "200 ms")]),
        member("b", "y", vec![fast(Important, "2 s")]),
    ]);
    evidence.ballots = Some(vec![]);
    evidence.policy.arbiter = Some(Arbiter {
        agent: "judge".into(),
        family: "z".into(),
    });
    let key = only(&decide(&evidence)).key.clone();
    (evidence, key)
}

fn uphold(answer: &str) -> Ruling {
    Ruling::Uphold {
        answer: Some(answer.into()),
        reason: None,
    }
}

fn arbitration(family: &str, result: Result<Rulings, FailReason>) -> Arbitration {
    Arbitration {
        agent: "judge".into(),
        family: family.into(),
        execution_id: "j".into(),
        attempt_id: "ja".into(),
        result,
    }
}

fn rulings(rulings: &[(&str, Ruling)]) -> Rulings {
    Rulings {
        rulings: rulings
            .iter()
            .map(|(key, ruling)| ((*key).to_owned(), ruling.clone()))
            .collect(),
        ..Rulings::default()
    }
}

#[track_caller]
fn asked(evidence: &Evidence, why: &str) {
    let outcome = decide(evidence);
    let finding = only(&outcome);
    assert_eq!(finding.decision, Decision::Ask);
    assert!(finding.cell.contains(why), "{}", finding.cell);
    assert_eq!(outcome.next, Next::Done);
    assert!(matches!(outcome.state, RunEnd::AwaitingHuman { .. }));
}

#[test]
fn a_dispute_is_put_to_the_arbiter_once_the_ballot_is_over() {
    let (mut evidence, key) = dispute();
    assert_eq!(decide(&evidence).next, Next::Arbitrate(vec![key]));
    evidence.ballots = None;
    assert!(matches!(decide(&evidence).next, Next::Ballot(_)));
}

#[test]
fn an_upheld_finding_is_resolved_with_an_answer_that_was_proposed() {
    let (mut evidence, key) = dispute();
    let ruling = uphold("2 S.");
    evidence.arbitration = Some(arbitration("z", Ok(rulings(&[(&key, ruling.clone())]))));
    let outcome = decide(&evidence);
    let finding = only(&outcome);
    assert_eq!(finding.decision, Decision::Resolve);
    assert_eq!(finding.answer.as_deref(), Some("2 s"));
    let agent = "judge".to_owned();
    assert_eq!(finding.basis, Some(Basis::Arbiter { agent, ruling }));
    assert_eq!(outcome.state, RunEnd::Passed);
    assert!(
        outcome
            .trust
            .line
            .contains("; arbiter: 1 of 1 decided; 1 resolved"),
        "{}",
        outcome.trust.line
    );
}

/// One family raises it, another votes against it.
fn contested() -> (Evidence, String) {
    let (mut evidence, _) = dispute();
    evidence.members[1] = member("b", "y", Vec::new());
    evidence.ballots = None;
    let key = only(&decide(&evidence)).key.clone();
    let no = |agent: &str, family: &str| ballot(agent, family, &[(&key, vote(Real::No))]);
    evidence.ballots = Some(vec![no("b", "y")]);
    (evidence, key)
}

fn overrule() -> Ruling {
    Ruling::Overrule {
        reason: Some("FR-1 says so".into()),
    }
}

#[test]
fn an_overruled_finding_is_noted_by_the_arbiters_word() {
    let (mut evidence, key) = contested();
    assert_eq!(decide(&evidence).next, Next::Arbitrate(vec![key.clone()]));
    evidence.arbitration = Some(arbitration("z", Ok(rulings(&[(&key, overrule())]))));
    let outcome = decide(&evidence);
    assert_eq!(only(&outcome).decision, Decision::Note);
    assert!(
        only(&outcome)
            .cell
            .ends_with("overruled by the arbiter judge")
    );
}

/// One family's word does not make two families' finding go away: a gate would pass by it.
#[test]
fn what_two_families_see_is_asked_though_the_arbiter_overrules_it() {
    let (mut evidence, key) = dispute();
    evidence.arbitration = Some(arbitration("z", Ok(rulings(&[(&key, overrule())]))));
    asked(&evidence, "the arbiter judge overruled what 2 families see");
}

/// R9, second part
#[test]
fn what_the_arbiter_leaves_out_repeats_or_may_not_rule_on_is_asked_and_said() {
    let (evidence, key) = dispute();
    let with = |family: &str, result: Result<Rulings, FailReason>| Evidence {
        arbitration: Some(arbitration(family, result)),
        ..evidence.clone()
    };
    asked(
        &with("z", Ok(rulings(&[]))),
        "the arbiter judge left it out",
    );
    let twice = Rulings {
        repeated: vec![key.clone()],
        ..rulings(&[(&key, uphold("2 s"))])
    };
    asked(&with("z", Ok(twice)), "ruled on it more than once");
    let abstain = Ruling::Abstain { reason: None };
    asked(&with("z", Ok(rulings(&[(&key, abstain)]))), "abstained");
    let fail = FailReason {
        reason: "timeout".into(),
        detail: String::new(),
    };
    asked(&with("z", Err(fail)), "gave no valid answer (timeout)");
    // The execution reports another model than the configuration does.
    asked(
        &with("x", Ok(rulings(&[(&key, uphold("2 s"))]))),
        "family x, a party to it",
    );
    asked(
        &with("z", Ok(rulings(&[(&key, uphold("5 s"))]))),
        "nobody else has proposed",
    );
    asked(
        &with("z", Ok(rulings(&[(&key, uphold(" . "))]))),
        "without an answer",
    );
    let invented = Rulings {
        invented: vec!["D9".into()],
        ..rulings(&[("gone", uphold("2 s"))])
    };
    let invented = with("z", Ok(invented));
    asked(&invented, "left it out");
    assert!(decide(&invented).trust.notes[0].ends_with("do not count: D9"));
}

#[test]
fn an_arbiter_of_a_family_that_voted_is_no_longer_one() {
    let (mut evidence, key) = dispute();
    evidence.members.push(member("c", "z", vec![]));
    evidence.policy.roster_size = 3;
    let voted = |real| {
        let mut evidence = evidence.clone();
        evidence.ballots = Some(vec![ballot("c", "z", &[(&key, vote(real))])]);
        evidence.arbitration = Some(arbitration("z", Ok(rulings(&[(&key, uphold("2 s"))]))));
        only(&decide(&evidence)).decision
    };
    assert_eq!(voted(Real::Unsure), Decision::Resolve);
    assert_eq!(voted(Real::Yes), Decision::Ask);
    assert_eq!(voted(Real::No), Decision::Ask);
}

#[test]
fn an_arbiter_lifts_no_restraint() {
    let (evidence, _) = dispute();
    let with = |change: &dyn Fn(&mut Evidence)| {
        let mut evidence = evidence.clone();
        change(&mut evidence);
        let key = only(&decide(&evidence)).key.clone();
        evidence.arbitration = Some(arbitration("z", Ok(rulings(&[(&key, uphold("2 s"))]))));
        evidence
    };
    let each = |evidence: &mut Evidence, change: &dyn Fn(&mut RawFinding)| {
        for member in &mut evidence.members {
            change(&mut member.result.as_mut().unwrap().findings[0]);
        }
    };
    asked(
        &with(&|e| each(e, &|f| f.resolvability = Resolvability::NeedHuman)),
        "needs a human",
    );
    asked(
        &with(&|e| each(e, &|f| f.quotes[0].text = "not in the spec".into())),
        "unanchored",
    );
    asked(
        &with(&|e| e.members.push(failed("c", "w", "timeout"))),
        "c of the roster gave no valid answer",
    );
}

#[test]
fn without_a_quorum_nobody_is_troubled() {
    let (mut evidence, _) = dispute();
    evidence.policy.quorum = 3;
    assert_eq!(decide(&evidence).next, Next::Done);
}
