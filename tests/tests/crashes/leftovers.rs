//! Files that a daemon wrote for a change it did not live to commit: they go at the next start, and what is needed stays.

use std::fs;

use synod_proto::v1;
use synod_shared::ids::{ExecutionId, RunId};
use synod_tests::{
    World,
    cast::{SPEC, release},
    eventually,
};

use crate::{
    expected::starts,
    programs,
    rebuilt_rounds::{attempts, enter},
    rounds::{names, request},
    submit::submit_gate,
};

/// As a daemon leaves them that dies before it opens a round, or commits a submission: whole, or begun.
fn plant(world: &World) {
    let [env, submissions] = ["env", "submissions"].map(|dir| world.state_dir().join(dir));
    for prompt in ["What do you say to F1?", ""] {
        let execution = ExecutionId::mint();
        fs::write(env.join(execution.to_string()), r#"{"KEY": "secret"}"#).unwrap();
        fs::write(submissions.join(format!("{execution}.prompt")), prompt).unwrap();
    }
    let run = RunId::mint();
    fs::write(env.join(run.to_string()), "{}").unwrap();
    for kind in ["inputs.json", "gate.json"] {
        fs::write(submissions.join(format!("{run}.{kind}")), "[]").unwrap();
    }
}

fn kept(world: &World) -> [Vec<String>; 2] {
    ["env", "submissions"].map(|dir| names(&world.state_dir().join(dir)))
}

/// C1
#[test]
fn what_was_prepared_and_never_committed_goes_at_the_next_start_and_nothing_else() {
    let world = World::new(programs());
    enter(&world);
    world.start_daemon();
    release(&world, "answer");
    let run = submit_gate(&world, &request(&world)).id;
    // A ballot that runs, and one that waits for it.
    world.wait_run(&run, |run| attempts(run, "alice", "ballot") == ["running"]);
    world.spec_dir("other", &[("spec.md", SPEC)]);
    let never = v1::SpawnQualityGateRequest {
        request_id: "never".to_owned(),
        subject: world.at("other"),
        ..request(&world)
    };
    let never = submit_gate(&world, &never).id;
    world.synod(["cancel", &never]).success();
    assert_eq!(world.wait_end(&never).state, "cancelled");
    let before = eventually("what is not needed any more has gone", || {
        let kept = kept(&world);
        // The environments of two ballots and of their run; its definition, its inputs and two prompts. Of the one that
        // was cancelled all but the environments: its prompts are shown when somebody asks.
        (kept.each_ref().map(Vec::len) == [3, 4 + 4]).then_some(kept)
    });
    world.kill_daemon();
    plant(&world);
    let stranger = world.state_dir().join("submissions/notes.txt");
    fs::write(&stranger, "not Synod's").unwrap();
    world.start_daemon();
    assert!(stranger.exists(), "it is nobody's to remove");
    fs::remove_file(stranger).unwrap();
    assert_eq!(kept(&world), before);
    // What stayed is what the round needs.
    release(&world, "alice-votes");
    release(&world, "bob-votes");
    assert_eq!(world.wait_end(&run).state, "passed");
    assert_eq!(starts(&world).into_values().collect::<Vec<_>>(), [1; 4]);
    world.assert_invariants();
}
