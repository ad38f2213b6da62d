//! A database that is lost, or replaced by an older copy, while one voter of a ballot is asked and the other has been:
//! what was said is still said, and nobody is asked again.
//!
//! One agent runs at a time, so that whoever is asked later is started by the very change that ends the one before:
//! its directory tells of an answer that nobody has read yet, and the earlier directory is in the archive.

use std::{fs, path::PathBuf};

use synod_proto::v1;
use synod_tests::{
    World,
    cast::{Cast, SPEC, release},
    config, eventually,
};

use crate::{
    expected::{starts, starts_file},
    programs,
    rounds::{FINDING, request},
    submit::submit_gate,
};

const FILES: [&str; 3] = ["synod.db", "synod.db-wal", "synod.db-shm"];

fn files(world: &World) -> [PathBuf; 3] {
    FILES.map(|name| world.state_dir().join(name))
}

/// What becomes of the database.
#[derive(Debug, Clone, Copy)]
enum Lost {
    Deleted,
    /// A copy from the first round takes its place.
    Older,
    /// The same, and nothing says that it is older: the mark beside it is not made durable, and so may be gone after a
    /// power cut.
    OlderUnmarked,
}

/// Alice raises one matter, and bob has nothing to raise. She waits for `answer` and for `alice-votes`, and bob for
/// `bob-votes`.
pub fn enter(world: &World) {
    world.spec_dir("spec", &[("spec.md", SPEC)]);
    let starts = starts_file(world);
    let votes = r#"[{"claim": "", "real": "yes", "answer": "200 ms"}]"#;
    let agent = |name: &str, first: &[&str], ballot: &[&str]| {
        let round = |round: &str, words: &[&str]| {
            let tag = format!("{name} {round}");
            let begin = ["in", round, "[", "append", &starts, &tag];
            let words = begin.iter().chain(words).chain(&["]"]);
            words.map(|&word| word.to_owned()).collect::<Vec<_>>()
        };
        [round("first", first), round("ballot", ballot)].concat()
    };
    let [answer, alice_votes, bob_votes] =
        ["answer", "alice-votes", "bob-votes"].map(|file| world.at(file));
    let alice = agent(
        "alice",
        &["wait-file", &answer, "answer", FINDING],
        &["wait-file", &alice_votes, "vote", votes],
    );
    let bob = agent(
        "bob",
        &["answer", "[]"],
        &["wait-file", &bob_votes, "vote", votes],
    );
    let limits = format!("{}max_running = 1\n", config::SHORT_GRACE);
    Cast::with_limits(world, &limits)
        .played("alice", "red", &alice)
        .played("bob", "blue", &bob)
        .enter();
}

/// The states of an agent's attempts in a round.
pub fn attempts<'a>(run: &'a v1::Run, agent: &str, part: &str) -> Vec<&'a str> {
    let mut all = run.executions.iter();
    all.find(|one| one.agent == agent && one.part == part)
        .map(|one| one.attempts.iter().map(|one| one.state.as_str()).collect())
        .unwrap_or_default()
}

#[track_caller]
fn assert_nobody_is_asked_twice_after(lost: Lost) {
    let world = World::new(programs());
    enter(&world);
    world.start_daemon();
    let id = submit_gate(&world, &request(&world)).id;
    world.wait_run(&id, |run| attempts(run, "alice", "") == ["running"]);
    world.kill_daemon();
    let older = files(&world).map(|path| fs::read(path).unwrap());
    world.start_daemon();
    release(&world, "alice-votes");
    release(&world, "answer");
    world.wait_run(&id, |run| attempts(run, "bob", "ballot") == ["running"]);
    eventually("all but the running one in the archive", || {
        (world.live_dirs().len() == 1 && world.archived_dirs().len() == 3).then_some(())
    });
    world.kill_daemon();
    match lost {
        Lost::Deleted => {
            for path in files(&world) {
                fs::remove_file(path).unwrap();
            }
        }
        Lost::Older | Lost::OlderUnmarked => {
            for (path, bytes) in files(&world).iter().zip(older) {
                fs::write(path, bytes).unwrap();
            }
        }
    }
    if let Lost::OlderUnmarked = lost {
        fs::remove_file(world.state_dir().join("watermark")).unwrap();
    }
    world.start_daemon();
    let run = world.wait_run(&id, |run| attempts(run, "alice", "ballot") == ["exited"]);
    assert_eq!(run.state, "executing", "bob is waited for: {run:#?}");
    release(&world, "bob-votes");
    let run = world.wait_end(&id);
    assert_eq!(run.state, "passed", "{run:#?}");
    for execution in &run.executions {
        assert_eq!(
            (execution.state.as_str(), execution.attempts.len()),
            ("completed", 1),
            "{execution:#?}"
        );
    }
    let verdict = run.verdict.as_ref().unwrap();
    assert_eq!(verdict.answered, ["alice", "bob"]);
    let cast: Vec<_> = run.findings[0].ballots.iter().map(|b| &b.agent).collect();
    assert_eq!(cast.len(), 2, "both have voted: {:#?}", run.findings);
    let once = ["alice first", "alice ballot", "bob first", "bob ballot"];
    assert_eq!(
        starts(&world),
        once.map(|tag| (tag.to_owned(), 1)).into(),
        "each once"
    );
    let replay = v1::ReplayGateRequest {
        run_id: id,
        ..Default::default()
    };
    let replay = world.block_on(world.supervisor().replay_gate(replay));
    assert!(replay.unwrap().into_inner().same);
    world.assert_invariants();
}

/// C4
#[test]
fn a_vote_given_before_the_database_was_deleted_is_counted_and_not_asked_for_again() {
    assert_nobody_is_asked_twice_after(Lost::Deleted);
}

/// C4
#[test]
fn a_vote_that_an_older_database_does_not_know_is_counted_and_not_asked_for_again() {
    assert_nobody_is_asked_twice_after(Lost::Older);
}

/// C4
#[test]
fn a_vote_that_an_older_database_not_known_for_one_does_not_know_is_counted() {
    assert_nobody_is_asked_twice_after(Lost::OlderUnmarked);
}
