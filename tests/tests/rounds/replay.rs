//! What is stored is enough to decide again, and to say what was accepted.

use serde_json::json;
use synod_proto::v1;
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{ask, ask_gate, gate, spec},
    finding,
    stage::{TIME, in_round, says, time, vote},
    with, world,
};

pub fn replayed(world: &World, run: &str, table: &str) -> v1::ReplayGateResponse {
    let request = v1::ReplayGateRequest {
        run_id: run.to_owned(),
        table: table.to_owned(),
        table_name: "strict.toml".to_owned(),
    };
    let answer = world.block_on(world.supervisor().replay_gate(request));
    answer.unwrap().into_inner()
}

/// R10
#[test]
fn a_verdict_of_three_rounds_is_the_same_bytes_whenever_it_is_decided_again() {
    let world = world();
    gate(&world, "judged", "ballot = true\narbiter = \"judge\"\n");
    let raised = json!([
        time("important"),
        finding("FR-4 names no address.", "minor", "by e-mail"),
        finding(
            "FR-2 gives no length of inactivity.",
            "critical",
            "after inactivity"
        ),
    ]);
    let rulings = r#"[{"claim": "FR-1", "ruling": "uphold", "answer": "200 ms", "reason": "So."}]"#;
    let doubts = json!([vote("FR-1", "no"), vote("FR-2", "yes")]);
    Cast::new(&world)
        .played("alice", "red", &says(&raised, &json!([vote("", "yes")])))
        .played("bob", "blue", &says(&json!([]), &doubts))
        .played(
            "judge",
            "black",
            &in_round("arbitration", &["rule", rulings]),
        )
        .enter();
    let ended = ask_gate(&world, "judged", &spec(&world), &["alice", "bob"], &[]);
    assert_eq!(ended.end(), (10, "awaiting-human"), "{}", ended.out);
    let id = &ended.run.id;
    let first = replayed(&world, id, "");
    assert!(first.same);
    assert_eq!(
        (first.state.as_str(), first.recorded_state.as_str()),
        ("awaiting-human", "awaiting-human")
    );
    assert!(first.redecided.is_empty());
    assert_eq!(replayed(&world, id, "").outcome, first.outcome);
    // By the next daemon, after the question was answered, and after the gate and the subject have changed.
    world.kill_daemon();
    world.start_daemon();
    world.synod(["answer", id, "--rest", "dismiss"]).success();
    gate(&world, "judged", "quorum = 1\n");
    std::fs::write(world.at("checkout/spec.md"), "# Nothing\n").unwrap();
    let later = replayed(&world, id, "");
    assert!(later.same);
    assert_eq!(later.outcome, first.outcome, "the same bytes");
}

#[test]
fn another_table_says_what_it_would_have_decided_and_changes_nothing() {
    let world = world();
    let raised = json!([
        time("important"),
        finding("FR-4 names no address.", "minor", "by e-mail"),
    ]);
    Cast::new(&world)
        .played("alice", "red", &says(&raised, &json!([])))
        .played("bob", "blue", &says(&json!([]), &json!([])))
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob"], &[]);
    assert_eq!(ended.end(), (0, "passed"));
    let id = &ended.run.id;
    let strict = "unconfirmed = { critical = \"ask\", important = \"ask\", minor = \"note\" }\n";
    let other = replayed(&world, id, strict);
    assert!(!other.same);
    assert_eq!(
        (other.state.as_str(), other.recorded_state.as_str()),
        ("awaiting-human", "passed")
    );
    let told: Vec<(&str, &str, &str)> = other
        .redecided
        .iter()
        .map(|one| (one.text.as_str(), one.was.as_str(), one.would_be.as_str()))
        .collect();
    assert_eq!(told, [(TIME, "watch", "ask")]);
    let known = ended.run.findings.iter().find(|one| one.text == TIME);
    assert_eq!(other.redecided[0].finding_id, known.unwrap().id);
    assert!(replayed(&world, id, "").same, "nothing has changed");
    assert_eq!(world.run(id).findings, ended.run.findings);
}

#[test]
fn what_was_never_weighed_is_not_decided_again() {
    let world = world();
    let waits = [&world.at("go")].map(|go| in_round("first", &["wait-file", go, "answer", "[]"]));
    Cast::new(&world).played("alice", "red", &waits[0]).enter();
    let id = crate::cast::submit(&world, &spec(&world), &["alice"], &[]);
    let request = v1::ReplayGateRequest {
        run_id: id.clone(),
        ..Default::default()
    };
    let no = world
        .block_on(world.supervisor().replay_gate(request))
        .unwrap_err();
    assert_eq!(no.code(), tonic::Code::FailedPrecondition);
    crate::cast::release(&world, "go");
    world.wait_end(&id);
}

#[test]
fn accepted_edits_are_a_diff_of_what_the_run_read_and_nothing_is_written() {
    let world = world();
    let fix = with(
        time("critical"),
        json!({"suggested_fix": "answer a search within 200 ms"}),
    );
    let other = with(
        finding("FR-4 names no address.", "critical", "by e-mail"),
        json!({"suggested_fix": "by e-mail to the buyer", "answer": "to the buyer"}),
    );
    let script = says(&json!([fix, other]), &json!([]));
    Cast::new(&world)
        .played("alice", "red", &script)
        .played("bob", "blue", &script)
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob"], &[]);
    let of = |claim: &str| {
        let mut all = ended.run.findings.iter();
        all.find(|one| one.text == claim).unwrap().id.clone()
    };
    let edits = || {
        let request = v1::GetEditsRequest {
            run_id: ended.run.id.clone(),
        };
        let answer = world.block_on(world.supervisor().get_edits(request));
        answer.unwrap().into_inner()
    };
    assert!(edits().files.is_empty(), "nobody has accepted anything yet");
    world.synod(["answer", &of(TIME), "200 ms"]).success();
    world
        .synod(["answer", &of("FR-4 names no address."), "--dismiss"])
        .success();
    let found = edits();
    assert_eq!(found.files.len(), 1, "{found:?}");
    let file = &found.files[0];
    assert_eq!(file.path, "spec.md");
    let after = SPEC.replace("answer a search quickly", "answer a search within 200 ms");
    assert_eq!(String::from_utf8_lossy(&file.text), after);
    assert_eq!(file.finding_ids, [of(TIME)]);
    assert!(
        file.diff
            .contains("\n+- FR-1: The system shall answer a search within 200 ms.")
    );
    assert_eq!(found.root, world.at("checkout"));
    let untouched = std::fs::read_to_string(world.at("checkout/spec.md")).unwrap();
    assert_eq!(untouched, SPEC);
}
