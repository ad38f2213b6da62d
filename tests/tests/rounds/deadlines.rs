//! What a gate waits for, and how long: deadlines of its own.

use serde_json::json;
use synod_tests::World;

use crate::{
    Cast,
    cast::{Ended, ask_gate, gate, release, spec, submit_gate},
    stage::{TIME, in_round, of_part, routed, says, time, verdict, vote},
    world,
};

/// Two answer at once, the third waits for a file.
fn waited_for(deadlines: &str, flags: &[&str]) -> (World, Ended) {
    let world = world();
    gate(
        &world,
        "hasty",
        &format!("ballot = true\n[gate.deadlines]\n{deadlines}"),
    );
    let raises = says(&json!([time("critical")]), &json!([vote("", "yes")]));
    let late = in_round("first", &["wait-file", &world.at("go"), "answer", "[]"]);
    Cast::new(&world)
        .played("alice", "red", &raises)
        .played("bob", "blue", &raises)
        .played("late", "green", &late)
        .enter();
    let roster = ["alice", "bob", "late"];
    let ended = ask_gate(&world, "hasty", &spec(&world), &roster, flags);
    (world, ended)
}

/// R2
#[test]
fn from_its_first_deadline_on_a_gate_goes_ahead_with_the_quorum_and_holds_its_ballot() {
    let (world, ended) = waited_for("partial_after = \"5s\"\nfail_after = \"50s\"\n", &[]);
    assert_eq!(ended.end(), (10, "awaiting-human"), "{}", ended.out);
    assert_eq!(ended.of("late"), ("failed", "timeout"));
    assert_eq!(routed(ended.only()), ("confirmed", "ask"));
    let told = verdict(&ended);
    assert_eq!(told.answered, ["alice", "bob"]);
    assert_eq!(told.missing[0].agent, "late");
    // Who said nothing is not asked what others said.
    assert_eq!(of_part(&ended.run, "ballot").len(), 2);
    assert_eq!(told.ballots_valid, Some(2));
    world
        .synod(["answer", &ended.run.id, "--rest", "dismiss"])
        .success();
    assert_eq!(world.run(&ended.run.id).state, "passed-degraded");
    world.assert_invariants();
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
}

/// R3
#[test]
fn at_its_last_deadline_a_gate_without_a_quorum_ends_and_good_answers_are_kept() {
    let deadlines = "partial_after = \"1s\"\nfail_after = \"6s\"\n";
    let (world, ended) = waited_for(deadlines, &["--quorum", "3"]);
    assert_eq!(ended.end(), (12, "deadline-exceeded"), "{}", ended.out);
    assert_eq!(ended.of("late"), ("failed", "timeout"));
    for agent in ["alice", "bob"] {
        assert_eq!(ended.of(agent), ("completed", "completed"));
        let kept = world.raw_output(&ended.execution(agent).id);
        assert!(String::from_utf8(kept).unwrap().contains(TIME));
    }
    let told = verdict(&ended);
    assert_eq!(told.answered, ["alice", "bob"]);
    assert!(told.trust.contains("nothing was decided"), "{}", told.trust);
    assert!(ended.run.findings.is_empty() && of_part(&ended.run, "ballot").is_empty());
    world.assert_invariants();
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
}

/// R3, R5: a voter that is still at it when all is over does not hold anything up.
#[test]
fn the_last_deadline_ends_a_ballot_and_the_first_round_stands() {
    let world = world();
    let deadlines = "[gate.deadlines]\npartial_after = \"6s\"\nfail_after = \"6s\"\n";
    gate(&world, "hasty", &format!("ballot = true\n{deadlines}"));
    let go = world.at("go");
    let alice = [
        in_round("first", &["answer", &json!([time("critical")]).to_string()]),
        in_round(
            "ballot",
            &["wait-file", &go, "vote", r#"[{"claim": "", "real": "no"}]"#],
        ),
    ]
    .concat();
    let bob = says(&json!([]), &json!([vote("", "no")]));
    Cast::new(&world)
        .played("alice", "red", &alice)
        .played("bob", "blue", &bob)
        .enter();
    let id = submit_gate(&world, "hasty", &spec(&world), &["alice", "bob"], &[]);
    let run = world.wait_end(&id);
    release(&world, "go");
    assert_eq!(run.state, "awaiting-human", "{run:#?}");
    let found = &run.findings[0];
    assert_eq!(routed(found), ("contested", "ask"), "{}", found.rule);
    assert_eq!(found.ballots.len(), 1, "bob's alone");
    let ballots = of_part(&run, "ballot");
    assert_eq!(
        (ballots[0].agent.as_str(), ballots[0].reason.as_str()),
        ("alice", "timeout")
    );
    assert!(run.verdict.as_ref().unwrap().missing.is_empty());
    world.assert_invariants();
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
}
