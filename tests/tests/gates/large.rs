//! Answers of a size nobody expects: memory stays bounded, and a limit says so.

use serde_json::json;
use synod_tests::{World, processes};

use crate::{
    Cast,
    cast::{Ended, ask, spec},
    finding, with, world,
};

const MB: u64 = 1_000_000;

#[track_caller]
fn asked(script: impl Fn(&World) -> Vec<String>) -> (World, Ended, u64) {
    let world = world();
    let words = script(&world);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Cast::new(&world).agent("large", "house", &words).enter();
    let pid = world.start_daemon();
    let before = processes::resident(pid);
    let ended = ask(&world, &spec(&world), &["large"], &[]);
    assert_eq!(world.daemon_pid(), pid, "the same daemon all along");
    let grown = processes::peak_resident(pid).saturating_sub(before);
    (world, ended, grown)
}

fn words(script: &[&str]) -> Vec<String> {
    script.iter().map(|word| (*word).to_owned()).collect()
}

/// Findings in a file, padded to this size by a reasoning.
fn padded(world: &World, bytes: u64) -> String {
    let reasoning = "because ".repeat(bytes as usize / 8);
    let item = with(
        finding("FR-1 gives no time.", "critical", "quickly"),
        json!({"reasoning": reasoning}),
    );
    std::fs::write(world.at("findings.json"), json!([item]).to_string()).unwrap();
    world.at("findings.json")
}

/// O7
#[test]
fn an_answer_after_10_mb_of_talk_is_found() {
    let found = json!([finding("FR-1 gives no time.", "critical", "quickly")]).to_string();
    let (world, ended, grown) =
        asked(|_| words(&["read-prompt", "print-bytes", "10000000", "answer", &found]));
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(ended.only().text, "FR-1 gives no time.");
    assert!(grown < 200 * MB, "the daemon grew by {grown} bytes");
    world.assert_invariants();
}

/// O7: all that is said in a run must fit into one message, or no client could be told of it.
#[test]
fn an_answer_of_more_than_its_share_is_refused_and_one_of_just_less_is_shown() {
    let (world, ended, grown) = asked(|world| words(&["answer", &padded(world, 10 * MB)]));
    assert_eq!(ended.end(), (11, "no-quorum"));
    assert_eq!(ended.of("large"), ("failed", "output-limit"));
    let detail = &ended.execution("large").detail;
    assert!(detail.contains("have the agent report less"), "{detail}");
    assert!(grown < 300 * MB, "the daemon grew by {grown} bytes");
    let kept = world.raw_output(&ended.run.id).len() as u64;
    assert!(kept > 10 * MB, "{kept}");
    world.assert_invariants();

    let world = crate::world();
    let file = padded(&world, 2 * MB);
    Cast::new(&world)
        .agent("one", "red", &["answer", &file])
        .agent("two", "blue", &["answer", &file])
        .enter();
    let ended = ask(&world, &spec(&world), &["one", "two"], &[]);
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(ended.only().voices.len(), 2);
    world.synod(["show", &ended.run.id]).success();
    world.assert_invariants();
}

/// O7
#[test]
fn an_answer_of_100_mb_is_refused_by_a_limit_that_says_so() {
    let (world, ended, grown) = asked(|world| words(&["answer", &padded(world, 100 * MB)]));
    assert_eq!(ended.end(), (11, "no-quorum"));
    assert_eq!(ended.of("large"), ("failed", "output-limit"));
    assert!(!ended.execution("large").detail.is_empty());
    assert!(grown < 200 * MB, "the daemon grew by {grown} bytes");
    world.assert_invariants();
}

/// O7
#[test]
fn nesting_100_000_deep_is_no_answer_and_no_overflow() {
    let world = world();
    let deep = world.at("deep.sh");
    // Too long for an argument, so a shell prints it.
    let text = "cat >/dev/null; for half in '[' ']'; do head -c 100000 /dev/zero | tr '\\0' \"$half\"; done";
    std::fs::write(&deep, text).unwrap();
    Cast::new(&world)
        .program("deep", "house", &["sh", &deep])
        .enter();
    let ended = ask(&world, &spec(&world), &["deep"], &[]);
    assert_eq!(ended.end(), (11, "no-quorum"));
    let (state, reason) = ended.of("deep");
    assert_eq!(state, "failed");
    assert!(
        ["output-limit", "no-json", "schema-mismatch"].contains(&reason),
        "{reason}"
    );
}
