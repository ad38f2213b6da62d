//! An answer that cannot be counted is sent back: a further attempt of the same execution.

use serde_json::json;
use synod_proto::v1;
use synod_tests::{World, cast::Ended};

use crate::{
    Cast,
    cast::{ask, spec},
    stage::{in_round, of_part, says, time, verdict, vote},
    world,
};

fn asked(script: &[String]) -> (World, Ended) {
    let world = world();
    Cast::new(&world).played("alice", "red", script).enter();
    let ended = ask(&world, &spec(&world), &["alice"], &[]);
    (world, ended)
}

fn prompt_of(world: &World, id: &str) -> String {
    let request = v1::GetPromptRequest { id: id.to_owned() };
    let answer = world.block_on(world.supervisor().get_prompt(request));
    String::from_utf8(answer.unwrap().into_inner().prompt).unwrap()
}

#[test]
fn an_answer_without_receipts_is_sent_back_once_and_then_counts() {
    let answer = json!([time("critical")]).to_string();
    let script = [
        in_round("fresh", &["answer-without-receipts", &answer]),
        in_round("repair", &["answer", &answer]),
    ]
    .concat();
    let (world, ended) = asked(&script);
    assert_eq!(ended.end(), (10, "awaiting-human"), "{}", ended.out);
    assert_eq!(ended.of("alice"), ("completed", "completed"));
    assert_eq!(ended.run.executions.len(), 1, "one execution");
    let attempts = &ended.execution("alice").attempts;
    let numbers: Vec<u32> = attempts.iter().map(|one| one.number).collect();
    assert_eq!(numbers, [1, 2], "two attempts");
    // What each printed is kept.
    let [first, second] = [0, 1].map(|n| {
        let bytes = world.raw_output(&attempts[n].id);
        String::from_utf8(bytes).unwrap()
    });
    assert!(!first.contains("receipts") && second.contains("receipts"));
    assert_eq!(ended.only().voices[0].attempt_id, attempts[1].id);
    // And what each was told.
    let asked = prompt_of(&world, &attempts[0].id);
    let sent_back = prompt_of(&world, &attempts[1].id);
    assert!(
        sent_back.starts_with(asked.trim_end()),
        "the whole of it again"
    );
    let rest = &sent_back[asked.trim_end().len()..];
    assert!(rest.contains("receipt"), "the validator's words: {rest}");
    assert!(rest.contains(first.trim()), "and its answer: {rest}");
    world.assert_invariants();
}

#[test]
fn an_answer_that_is_invalid_twice_fails_for_its_last_reason() {
    let script = [
        in_round("fresh", &["print", "All is well."]),
        in_round("repair", &["answer-wrong-receipts", "[]"]),
    ]
    .concat();
    let (world, ended) = asked(&script);
    assert_eq!(ended.end(), (11, "no-quorum"));
    assert_eq!(ended.of("alice"), ("failed", "no-receipt"));
    assert_eq!(ended.execution("alice").attempts.len(), 2);
    world.assert_invariants();
}

/// O11: its first answer stands in the prompt that sends it back.
#[test]
fn an_answer_that_is_repeated_fails_for_its_own_reason_and_is_no_echo() {
    let (_world, ended) = asked(&in_round("first", &["print", r#"{"findings": 3}"#]));
    assert_eq!(ended.of("alice"), ("failed", "schema-mismatch"));
    assert_eq!(ended.execution("alice").attempts.len(), 2);
}

#[test]
fn what_did_not_end_well_is_not_sent_back() {
    let (_world, ended) = asked(&in_round("first", &["answer", "[]", "exit", "3"]));
    assert_eq!(ended.of("alice"), ("failed", "exit-nonzero"));
    assert_eq!(ended.execution("alice").attempts.len(), 1);
}

#[test]
fn a_ballot_is_sent_back_too() {
    let world = world();
    let no = r#"[{"claim": "", "real": "no"}]"#;
    let ballot = [
        vec!["in".to_owned(), "ballot".to_owned(), "[".to_owned()],
        in_round("fresh", &["vote-without-receipts", no]),
        in_round("repair", &["vote", no]),
        vec!["]".to_owned()],
    ]
    .concat();
    let bob = [in_round("first", &["answer", "[]"]), ballot].concat();
    let alice = says(&json!([time("critical")]), &json!([vote("", "yes")]));
    Cast::new(&world)
        .played("alice", "red", &alice)
        .played("bob", "blue", &bob)
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob"], &[]);
    let ballots = of_part(&ended.run, "ballot");
    let attempts: Vec<usize> = ballots.iter().map(|one| one.attempts.len()).collect();
    assert_eq!(attempts, [1, 2]);
    assert_eq!(ended.only().agreement, "contested");
    assert_eq!(verdict(&ended).ballots_valid, Some(2));
    world.assert_invariants();
}
