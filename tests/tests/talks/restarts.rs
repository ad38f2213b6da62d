//! The daemon dies in the middle of a turn.

use synod_tests::random::Random;

use crate::stage::{Stage, open_of};

/// Three permissions, one after the other, with something said in between.
fn three() -> Vec<&'static str> {
    let mut script = Vec::new();
    for what in ["touch one", "touch two", "touch three"] {
        script.extend(["says", "so be it", "asks", "execute", what]);
        script.extend([
            "if-rejected",
            "[",
            "error",
            "-32603",
            "it was to be allowed",
            "]",
        ]);
    }
    script.extend(["final", "all three", "done"]);
    script
}

fn answer(stage: &Stage, run: &str) {
    let question = stage.wait_question(run);
    stage
        .world
        .synod(["answer", &question.id, "--option", "1"])
        .success();
}

#[test]
fn a_permission_outlives_the_daemon_and_is_asked_once() {
    let stage = Stage::of(&three(), "");
    let run = stage.start();
    let before = stage.wait_question(&run);
    stage.world.kill_daemon();
    stage.world.start_daemon();
    let after = stage.wait_question(&run);
    assert_eq!(before.id, after.id);
    assert_eq!(stage.world.run(&run).questions.len(), 1);
    for _ in 0..3 {
        answer(&stage, &run);
        stage.world.wait_run(&run, |run| {
            open_of(run).next().is_some() || run.ended_at.is_some()
        });
    }
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "passed", "{ended:?}");
    assert_eq!(ended.questions.len(), 3);
    stage.assert_heard_nothing_twice();
    stage.world.assert_invariants();
}

/// Killed at random moments from the start to the end: nobody is asked twice, the agent hears nothing twice.
#[test]
fn a_daemon_killed_at_any_moment_of_a_conversation_loses_and_repeats_nothing() {
    let mut random = Random::seeded("a_daemon_killed_at_any_moment_of_a_conversation");
    for _ in 0..6 {
        let stage = Stage::of(&three(), "");
        let run = stage.start();
        let mut answered = 0;
        while answered < 3 {
            random.pass_up_to(120);
            if random.below(2) == 0 {
                stage.world.kill_daemon();
                stage.world.start_daemon();
            }
            let question = stage.wait_question(&run);
            stage
                .world
                .synod(["answer", &question.id, "--option", "1"])
                .success();
            answered += 1;
            if random.below(2) == 0 {
                random.pass_up_to(20);
                stage.world.kill_daemon();
                stage.world.start_daemon();
            }
            let settled = question.id;
            stage.world.wait_run(&run, |run| {
                run.ended_at.is_some() || open_of(run).any(|open| open.id != settled)
            });
        }
        let ended = stage.world.wait_end(&run);
        assert_eq!(ended.state, "passed", "{ended:?}");
        assert_eq!(ended.questions.len(), 3, "{:?}", ended.questions);
        stage.assert_heard_nothing_twice();
        assert_eq!(
            stage
                .methods()
                .iter()
                .filter(|method| *method == "answer")
                .count(),
            3
        );
        stage.world.assert_invariants();
    }
}
