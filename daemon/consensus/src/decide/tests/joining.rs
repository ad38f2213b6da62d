//! What ballots join: two families, linked pairs, never what one agent raised or what contradicts.

use super::ballots::voted;
use super::*;
use crate::decide::decide;
use crate::finding::Agreement;
use Real::{No, Unsure, Yes};
use Severity::{Important, Minor};

/// Of two findings at one place that the matcher only links.
fn linked() -> (Evidence, [String; 2]) {
    const OTHER: &str = "Nobody can say when a query counts as answered";
    let quote = "Search must answer fast.";
    let evidence = evidence(vec![
        member("a", "x", vec![fast(Important, "200 ms")]),
        member(
            "b",
            "y",
            vec![answered(raw(OTHER, quote, Important), "200 ms")],
        ),
        member("c", "z", vec![]),
    ]);
    let first = decide(&evidence);
    assert_eq!(first.findings.len(), 2);
    let keys = [key(&first, FAST), key(&first, OTHER)];
    (evidence, keys)
}

#[test]
fn two_families_join_what_is_linked() {
    let (evidence, [one, other]) = linked();
    let says = |agent: &str, family: &str| ballot(agent, family, &[(&one, same(Yes, &[&other]))]);
    let back = |agent: &str, family: &str| ballot(agent, family, &[(&other, same(Yes, &[&one]))]);
    for ballots in [
        vec![says("a", "x"), says("c", "z")],
        vec![says("a", "x"), back("b", "y")],
    ] {
        let outcome = voted(evidence.clone(), ballots);
        let finding = only(&outcome);
        let mut parts = vec![one.clone(), other.clone()];
        parts.sort();
        assert_eq!(finding.merged, parts);
        assert_eq!(finding.voices.len(), 2);
        assert_eq!(finding.agreement, Agreement::Confirmed);
        assert!(finding.possibly_same.is_empty());
        let balloted = outcome.trust.ballot.unwrap();
        assert_eq!(balloted.merged, 1);
        assert_eq!(
            (balloted.before.confirmed, balloted.after.confirmed),
            (0, 1)
        );
        assert_eq!((balloted.before.watched, balloted.after.watched), (2, 0));
    }
    for ballots in [
        vec![says("a", "x")],
        vec![says("a", "x"), no_ballot("c", "z")],
        vec![
            says("c", "z"),
            ballot("b", "y", &[(&one, same(Yes, &[&one, "gone"]))]),
        ],
    ] {
        assert_eq!(voted(evidence.clone(), ballots).findings.len(), 2);
    }
}

#[test]
fn a_family_that_is_split_over_whether_two_are_one_does_not_say_so() {
    let (mut evidence, [one, other]) = linked();
    evidence.members.push(member("d", "z", vec![]));
    let says = |agent: &str, family: &str| ballot(agent, family, &[(&one, same(Yes, &[&other]))]);
    let silent = ballot("d", "z", &[(&one, vote(Yes))]);
    let split = voted(
        evidence.clone(),
        vec![says("a", "x"), says("c", "z"), silent],
    );
    assert_eq!(split.findings.len(), 2);
    let both = voted(
        evidence,
        vec![says("a", "x"), says("c", "z"), says("d", "z")],
    );
    assert_eq!(both.findings.len(), 1);
}

#[test]
fn a_voter_on_both_parts_of_what_was_joined_has_one_vote() {
    let (evidence, [one, other]) = linked();
    let join =
        |agent: &str, family: &str| ballot(agent, family, &[(&one, same(Unsure, &[&other]))]);
    let mut c = ballot("c", "z", &[(&one, vote(Yes)), (&other, vote(No))]);
    let outcome = voted(
        evidence.clone(),
        vec![join("a", "x"), join("b", "y"), c.clone()],
    );
    let finding = only(&outcome);
    assert_eq!(finding.families, ["x", "y"]);
    assert_eq!(finding.ballots[2].real, Unsure);
    c = ballot("c", "z", &[(&other, vote(No))]);
    let outcome = voted(evidence, vec![join("a", "x"), join("b", "y"), c]);
    assert_eq!(only(&outcome).agreement, Agreement::Contested);
}

#[test]
fn findings_of_one_agent_contradictions_and_what_is_not_linked_are_never_joined() {
    let quote = "Admins must delete orders.";
    let everything = |evidence: Evidence| {
        let first = decide(&evidence);
        let keys: Vec<&str> = first.findings.iter().map(|f| f.key.as_str()).collect();
        let all = |agent: &str, family: &str| {
            let votes: Vec<(&str, Vote)> =
                keys.iter().map(|key| (*key, same(Yes, &keys))).collect();
            ballot(agent, family, &votes)
        };
        let ballots = vec![all("a", "x"), all("b", "y"), all("c", "z")];
        let second = voted(evidence.clone(), ballots);
        assert_eq!(
            second.findings.len(),
            first.findings.len(),
            "{:#?}",
            second.findings
        );
    };
    let near = raw(
        "Nobody can say when a query counts as answered",
        "answer fast",
        Minor,
    );
    let c = || member("c", "z", vec![]);
    let b = || member("b", "y", vec![]);
    everything(evidence(vec![
        member("a", "x", vec![fast(Minor, ""), near]),
        b(),
        c(),
    ]));
    everything(evidence(vec![
        member(
            "a",
            "x",
            vec![raw("Admins must delete orders", quote, Minor)],
        ),
        member(
            "b",
            "y",
            vec![raw("Admins must not delete orders", quote, Minor)],
        ),
        c(),
    ]));
    everything(evidence(vec![
        member("a", "x", vec![fast(Minor, "")]),
        member(
            "b",
            "y",
            vec![raw(RETRY, "Failed payments are retried.", Minor)],
        ),
        c(),
    ]));
}

#[test]
fn a_chain_joins_no_two_that_contradict_or_share_an_agent() {
    // `b` stands between two findings of `a`: everybody takes all three for one.
    let quote = "Search must answer fast.";
    let evidence = evidence(vec![
        member(
            "a",
            "x",
            vec![
                fast(Minor, ""),
                raw(
                    "Nobody can say when a query counts as answered",
                    quote,
                    Minor,
                ),
            ],
        ),
        member(
            "b",
            "y",
            vec![raw(
                "What a user waits for after typing is open",
                quote,
                Minor,
            )],
        ),
        member("c", "z", vec![]),
    ]);
    let first = decide(&evidence);
    assert_eq!(first.findings.len(), 3);
    let keys: Vec<&str> = first.findings.iter().map(|f| f.key.as_str()).collect();
    let all = |agent: &str, family: &str| {
        // In a circle, each names the next.
        let votes = (0..3).map(|n| (keys[n], same(Yes, &[keys[(n + 1) % 3]])));
        ballot(agent, family, &votes.collect::<Vec<_>>())
    };
    let outcome = voted(evidence, vec![all("a", "x"), all("b", "y"), all("c", "z")]);
    assert_eq!(outcome.findings.len(), 2);
    for finding in &outcome.findings {
        let by_a = finding.voices.iter().filter(|voice| voice.agent == "a");
        assert_eq!(by_a.count(), 1);
    }
}
