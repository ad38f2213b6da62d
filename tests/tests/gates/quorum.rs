//! Who must have answered: nobody is never nothing, and one that fails takes nobody with it.

use serde_json::json;

use crate::{
    Cast,
    cast::{ask, spec},
    finding, world,
};

/// R1
#[test]
fn a_gate_that_nobody_answered_has_no_quorum() {
    let world = world();
    Cast::new(&world)
        .agent(
            "prose",
            "red",
            &["read-prompt", "print", "No problems found."],
        )
        .agent(
            "other",
            "blue",
            &["read-prompt", "print", r#"{"problems": []}"#],
        )
        .agent("silent", "green", &["read-prompt"])
        .enter();
    let roster = ["prose", "other", "silent"];
    let ended = ask(&world, &spec(&world), &roster, &[]);
    assert_eq!(ended.end(), (11, "no-quorum"));
    assert_eq!(ended.of("prose"), ("failed", "no-json"));
    assert_eq!(ended.of("other"), ("failed", "schema-mismatch"));
    assert_eq!(ended.of("silent"), ("failed", "no-json"));
    let verdict = ended.run.verdict.as_ref().unwrap();
    assert_eq!((verdict.answered.len(), verdict.missing.len()), (0, 3));
    assert!(
        verdict
            .missing
            .iter()
            .all(|missing| !missing.detail.is_empty())
    );
    world.assert_invariants();
}

/// R1
#[test]
fn one_answer_below_the_quorum_passes_nothing_and_is_kept() {
    let world = world();
    Cast::new(&world)
        .agent("alice", "red", &["answer", "[]"])
        .agent("bob", "blue", &["read-prompt", "exit", "3"])
        .agent("carol", "green", &["read-prompt", "exit", "4"])
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob", "carol"], &[]);
    assert_eq!(ended.end(), (11, "no-quorum"));
    assert_eq!(ended.of("alice"), ("completed", "completed"));
    assert_eq!(ended.run.verdict.as_ref().unwrap().answered, ["alice"]);
}

/// R2: the third is cut off by its own time limit; the gate's deadlines are the core's tests.
#[test]
fn two_of_three_in_time_pass_degraded_and_the_third_is_named() {
    let world = world();
    let never = world.at("never");
    Cast::new(&world)
        .agent("alice", "red", &["answer", "[]"])
        .agent("bob", "blue", &["answer", "[]"])
        .agent_with(
            "late",
            "green",
            &["wait-file", &never],
            "timeout = \"1s\"\n",
        )
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob", "late"], &[]);
    assert_eq!(ended.end(), (0, "passed-degraded"));
    assert_eq!(ended.of("late"), ("failed", "timeout"));
    let verdict = ended.run.verdict.as_ref().unwrap();
    assert_eq!(verdict.answered, ["alice", "bob"]);
    assert_eq!(
        (
            verdict.missing[0].agent.as_str(),
            verdict.missing[0].reason.as_str()
        ),
        ("late", "timeout")
    );
    world.assert_invariants();
}

/// R2
#[test]
fn two_of_three_with_a_finding_ask_a_human_and_name_the_third() {
    let world = world();
    let never = world.at("never");
    let found = json!([finding("FR-1 gives no time.", "critical", "quickly")]).to_string();
    Cast::new(&world)
        .agent("alice", "red", &["answer", &found])
        .agent("bob", "blue", &["answer", &found])
        .agent_with(
            "late",
            "green",
            &["wait-file", &never],
            "timeout = \"1s\"\n",
        )
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob", "late"], &[]);
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(ended.only().voices.len(), 2);
    assert_eq!(ended.run.verdict.as_ref().unwrap().missing[0].agent, "late");
    // With all said, the voice that is missing still shows.
    let id = &ended.run.id;
    world.synod(["answer", id, "--rest", "dismiss"]).success();
    assert_eq!(world.run(id).state, "passed-degraded");
    world.synod(["wait", id]).success();
    world.synod(["wait", id, "--strict"]).code(14);
}

/// R4
#[test]
fn an_agent_that_cannot_be_started_leaves_the_others_alone() {
    let world = world();
    Cast::new(&world)
        .agent("alice", "red", &["answer", "[]"])
        .program("ghost", "blue", &["/nonexistent/agent", "--json"])
        .agent("carol", "green", &["answer", "[]"])
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "ghost", "carol"], &[]);
    assert_eq!(ended.end(), (0, "passed-degraded"));
    assert_eq!(ended.of("ghost"), ("failed", "spawn-failed"));
    let detail = &ended.execution("ghost").detail;
    assert!(detail.contains("/nonexistent/agent"), "{detail}");
    for agent in ["alice", "carol"] {
        assert_eq!(ended.of(agent), ("completed", "completed"));
    }
    world.assert_invariants();
}
