//! Everybody is asked about everybody's findings, and what becomes of them follows from the votes.

use serde_json::{Value, json};
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{Ended, ask, spec},
    finding,
    stage::{QUICKLY, TIME, agents, of_part, routed, says, time, verdict, vote, votes, yes_with},
    with, world,
};

/// Alice (red) raises this; bob (blue) and carol (green) raise nothing and vote; alice stands by what she raised.
fn raised_and_voted(raised: &Value, bob: &Value, carol: &Value) -> (World, Ended) {
    let world = world();
    Cast::new(&world)
        .played("alice", "red", &says(raised, &json!([vote("", "yes")])))
        .played("bob", "blue", &says(&json!([]), bob))
        .played("carol", "green", &says(&json!([]), carol))
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob", "carol"], &[]);
    (world, ended)
}

/// R10, R11
#[test]
fn what_one_agent_alone_has_seen_is_settled_once_the_others_see_it_too() {
    let yes = json!([yes_with("FR-1", "200 ms.")]);
    let (world, ended) = raised_and_voted(&json!([time("important")]), &yes, &yes);
    assert_eq!(ended.end(), (0, "passed"), "{}", ended.out);
    let found = ended.only();
    assert_eq!(routed(found), ("confirmed", "resolve"), "{}", found.rule);
    assert_eq!(found.voices.len(), 1, "it was raised once");
    assert_eq!(
        votes(found),
        [("alice", "yes"), ("bob", "yes"), ("carol", "yes")]
    );
    let ballots = of_part(&ended.run, "ballot");
    assert_eq!(agents(&ballots), ["alice", "bob", "carol"]);
    for (cast, ballot) in found.ballots.iter().zip(&ballots) {
        assert_eq!(cast.execution_id, ballot.id);
        assert_eq!(cast.attempt_id, ballot.attempts[0].id);
        assert_eq!(cast.family, ballot.family);
    }
    let verdict = verdict(&ended);
    assert_eq!(
        (verdict.ballots_valid, verdict.ballots_asked),
        (Some(3), Some(3))
    );
    let (before, after) = (
        verdict.before_ballot.as_ref().unwrap(),
        verdict.after_ballot.as_ref().unwrap(),
    );
    assert_eq!((before.watched, before.resolved), (Some(1), Some(0)));
    assert_eq!((after.watched, after.resolved), (Some(0), Some(1)));
    assert_eq!((before.confirmed, after.confirmed), (Some(0), Some(1)));
    assert!(
        verdict.trust.contains("ballot: 3 of 3"),
        "{}",
        verdict.trust
    );
    // The command line tells the same.
    let shown = &ended.out.json()["findings"][0]["ballots"];
    assert_eq!(shown.as_array().unwrap().len(), 3, "{shown}");
    world.assert_invariants();
}

#[test]
fn another_family_that_says_no_contests_it() {
    let (world, ended) = raised_and_voted(
        &json!([time("important")]),
        &json!([vote("FR-1", "no")]),
        &json!([vote("FR-1", "yes")]),
    );
    let found = ended.only();
    assert_eq!(routed(found), ("contested", "ask"), "{}", found.rule);
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(
        votes(found),
        [("alice", "yes"), ("bob", "no"), ("carol", "yes")]
    );
    world.assert_invariants();
}

#[test]
fn what_nobody_else_sees_stays_unconfirmed() {
    let unsure = json!([vote("FR-1", "unsure")]);
    let (_world, ended) = raised_and_voted(&json!([time("important")]), &unsure, &unsure);
    let found = ended.only();
    assert_eq!(routed(found), ("unconfirmed", "watch"), "{}", found.rule);
    assert_eq!(ended.end(), (0, "passed"));
    let (_world, ended) = raised_and_voted(&json!([time("critical")]), &unsure, &json!([]));
    let found = ended.only();
    assert_eq!(routed(found), ("unconfirmed", "ask"), "{}", found.rule);
    assert_eq!(ended.end(), (10, "awaiting-human"));
}

/// Two matters on the same words that no matcher takes for one.
fn two_wordings(bob_says_same: bool) -> Ended {
    let world = world();
    let other = "A tester cannot measure how soon results must appear.";
    let same = json!([
        {"claim": "FR-1", "real": "yes", "same_as": ["tester"]},
        {"claim": "tester", "real": "yes", "same_as": ["FR-1"]},
    ]);
    let apart = json!([vote("", "yes")]);
    let bobs = if bob_says_same { &same } else { &apart };
    let raised = with(
        finding(other, "important", QUICKLY),
        json!({"answer": "200 ms"}),
    );
    Cast::new(&world)
        .played("alice", "red", &says(&json!([time("important")]), &same))
        .played("bob", "blue", &says(&json!([raised]), bobs))
        .enter();
    ask(&world, &spec(&world), &["alice", "bob"], &[])
}

#[test]
fn two_families_that_take_two_findings_for_one_merge_them_and_one_family_does_not() {
    let ended = two_wordings(true);
    let found = ended.only();
    assert_eq!(found.voices.len(), 2);
    assert_eq!(routed(found), ("confirmed", "resolve"), "{}", found.rule);
    let ended = two_wordings(false);
    assert_eq!(ended.run.findings.len(), 2, "in doubt they stay apart");
}

#[test]
fn rules_have_no_ballot_and_are_voted_on() {
    let world = world();
    let spec = world.spec_dir(
        "vague",
        &[(
            "spec.md",
            "# Shop\n\n## Requirements\n\n- FR-1: The search shall be TBD.\n",
        )],
    );
    let no = says(&json!([]), &json!([vote("", "no")]));
    Cast::new(&world)
        .played("alice", "red", &no)
        .played("bob", "blue", &no)
        .enter();
    let ended = ask(&world, &spec, &["alice", "bob", "ambiguity"], &[]);
    assert_eq!(
        agents(&of_part(&ended.run, "")),
        ["alice", "ambiguity", "bob"]
    );
    assert_eq!(agents(&of_part(&ended.run, "ballot")), ["alice", "bob"]);
    let found = &ended.run.findings[0];
    assert_eq!(found.voices[0].family, "rules");
    assert_eq!(votes(found), [("alice", "no"), ("bob", "no")]);
    assert_eq!(found.agreement, "contested");
    world.assert_invariants();
}

#[test]
fn one_family_holds_no_ballot_and_neither_does_a_run_in_which_nothing_was_found() {
    let world = world();
    let raised = says(&json!([time("important")]), &json!([vote("", "no")]));
    let silent = says(&json!([]), &json!([vote("", "no")]));
    Cast::new(&world)
        .played("alice", "red", &raised)
        .played("adam", "red", &silent)
        .played("bob", "blue", &silent)
        .enter();
    let spec = spec(&world);
    let ended = ask(&world, &spec, &["alice", "adam"], &[]);
    assert_eq!(
        routed(ended.only()),
        ("single-family", "ask"),
        "{}",
        ended.only().rule
    );
    let elsewhere = world.spec_dir("elsewhere", &[("spec.md", SPEC)]);
    let none = ask(&world, &elsewhere, &["adam", "bob"], &[]);
    assert_eq!(none.end(), (0, "passed"));
    for ended in [&ended, &none] {
        assert!(of_part(&ended.run, "ballot").is_empty());
        let verdict = verdict(ended);
        assert_eq!(
            (verdict.ballots_asked, &verdict.before_ballot),
            (None, &None)
        );
        assert!(!verdict.trust.contains("ballot"), "{}", verdict.trust);
    }
    world.assert_invariants();
}

#[test]
fn a_gate_that_wants_no_ballot_holds_none() {
    let world = world();
    crate::cast::gate(&world, "once", "");
    let no = says(&json!([]), &json!([vote("", "no")]));
    Cast::new(&world)
        .played(
            "alice",
            "red",
            &says(&json!([time("critical")]), &json!([])),
        )
        .played("bob", "blue", &no)
        .enter();
    let ended = crate::cast::ask_gate(&world, "once", &spec(&world), &["alice", "bob"], &[]);
    assert_eq!(ended.only().text, TIME);
    assert_eq!(routed(ended.only()), ("unconfirmed", "ask"));
    assert_eq!(ended.run.executions.len(), 2);
}
