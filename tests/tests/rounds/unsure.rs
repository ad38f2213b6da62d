//! A ballot that is missing, malformed, without receipts or late says nothing: no pass, no word against anything.

use serde_json::json;

use crate::{
    Cast,
    cast::{ask_gate, gate, spec},
    stage::{TIME, in_round, of_part, routed, says, time, verdict, vote, votes},
    world,
};

/// Bob's ballot is these words, under a gate with these lines. It ends for this reason, and what would have been
/// his *no* counts for nothing.
#[track_caller]
fn says_nothing(ballot: &[&str], more: &str, reason: &str) {
    let world = world();
    gate(&world, "votes", &format!("ballot = true\n{more}"));
    let answer = in_round("first", &["answer", "[]"]);
    let bob = [answer, in_round("ballot", ballot)].concat();
    let stands = json!([vote("", "yes")]);
    Cast::new(&world)
        .played("alice", "red", &says(&json!([time("critical")]), &stands))
        .played("bob", "blue", &bob)
        .played("carol", "green", &says(&json!([]), &json!([])))
        .enter();
    let roster = ["alice", "bob", "carol"];
    let ended = ask_gate(&world, "votes", &spec(&world), &roster, &["--quorum", "3"]);
    let found = ended.only();
    assert_eq!(found.text, TIME);
    assert_eq!(routed(found), ("unconfirmed", "ask"), "{}", found.rule);
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(votes(found), [("alice", "yes"), ("carol", "unsure")]);
    let bob = of_part(&ended.run, "ballot")[1];
    assert_eq!(
        (bob.state.as_str(), bob.reason.as_str()),
        ("failed", reason),
        "{}",
        bob.detail
    );
    let verdict = verdict(&ended);
    assert_eq!(
        (verdict.ballots_valid, verdict.ballots_asked),
        (Some(2), Some(3))
    );
    let said = |note: &&String| note.contains("bob cast no ballot");
    assert_eq!(
        verdict.notes.iter().filter(said).count(),
        1,
        "{:?}",
        verdict.notes
    );
    // A voter is no member of the roster: all three have answered.
    assert_eq!(
        (verdict.answered.len(), verdict.missing.len()),
        (3, 0),
        "{verdict:?}"
    );
    world.assert_invariants();
    assert_eq!(world.agents_alive(), Vec::<i32>::new());
}

const NO: &str = r#"[{"claim": "", "real": "no"}]"#;

#[test]
fn a_ballot_that_is_missing_is_unsure() {
    says_nothing(&["exit", "3"], "", "exit-nonzero");
}

#[test]
fn a_ballot_of_prose_is_unsure() {
    says_nothing(&["print", "I see none of these."], "", "no-json");
}

#[test]
fn a_malformed_ballot_is_unsure() {
    let maybe = r#"[{"claim": "", "real": "perhaps not"}]"#;
    says_nothing(&["vote", maybe], "", "schema-mismatch");
}

#[test]
fn an_answer_in_place_of_a_ballot_is_unsure() {
    says_nothing(&["answer", "[]"], "", "schema-mismatch");
}

#[test]
fn a_ballot_without_receipts_is_unsure() {
    says_nothing(&["vote-without-receipts", NO], "", "no-receipt");
}

#[test]
fn an_echo_of_the_ballots_prompt_is_unsure() {
    says_nothing(&["echo-prompt"], "", "echo-of-prompt");
}

/// R2
#[test]
fn a_gate_goes_ahead_without_a_slow_voter() {
    let deadlines = "[gate.deadlines]\npartial_after = \"4s\"\nfail_after = \"50s\"\n";
    says_nothing(
        &["wait-file", "/nonexistent", "vote", NO],
        deadlines,
        "timeout",
    );
}

/// R3
#[test]
fn a_ballot_that_comes_after_the_gate_went_ahead_changes_nothing() {
    // It ignores being asked to end, and says no in its last moments.
    let deadlines = "[gate.deadlines]\npartial_after = \"4s\"\nfail_after = \"50s\"\n";
    let words = [
        "ignore", "TERM", "sleep", "4100", "vote", NO, "sleep", "60000",
    ];
    says_nothing(&words, deadlines, "timeout");
}
