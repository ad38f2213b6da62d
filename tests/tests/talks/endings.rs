//! Ends that are not the agent's idea: cancels, agents that die while they wait, turns that cannot begin.

use crate::stage::Stage;

/// Waits for a permission for ever.
const WAITS: [&str; 4] = ["asks", "execute", "touch made.txt", "done"];

#[test]
fn a_cancelled_turn_is_called_off_in_the_agent_and_nothing_is_left() {
    let stage = Stage::of(&WAITS, "");
    let run = stage.start();
    let question = stage.wait_question(&run);
    stage.world.synod(["cancel", &run]).success();
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "cancelled", "{ended:?}");
    assert!(
        stage.methods().contains(&"session/cancel".to_owned()),
        "{:?}",
        stage.methods()
    );
    assert_eq!(stage.chosen(), ["cancelled"]);
    stage.assert_heard_nothing_twice();
    let question = ended
        .questions
        .iter()
        .find(|it| it.id == question.id)
        .unwrap();
    assert_eq!(question.state, "withdrawn");
    assert_eq!(stage.world.agents_alive(), Vec::<i32>::new());
    stage
        .world
        .synod(["answer", &question.id, "--option", "1"])
        .refusal(7);
}

#[test]
fn an_agent_that_will_not_be_cancelled_is_ended() {
    // A signal is ignored by beginning anew, so that stands first.
    let stage = Stage::after(
        &["ignore", "TERM"],
        &[&["ignore-cancel", "stay-after-eof"][..], &WAITS].concat(),
        "",
    );
    let run = stage.start();
    stage.wait_question(&run);
    stage.world.synod(["cancel", &run]).success();
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "cancelled", "{ended:?}");
    assert_eq!(stage.world.agents_alive(), Vec::<i32>::new());
}

#[test]
fn a_question_is_withdrawn_when_its_agent_dies() {
    let stage = Stage::of(&WAITS, "");
    let run = stage.start();
    let question = stage.wait_question(&run);
    let asking = stage.world.run(&run);
    let pid = synod_tests::World::only_attempt(&asking).pid.unwrap();
    synod_tests::processes::signal(i32::try_from(pid).unwrap(), rustix::process::Signal::KILL);
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "failed", "{ended:?}");
    let question = ended
        .questions
        .iter()
        .find(|it| it.id == question.id)
        .unwrap();
    assert_eq!(question.state, "withdrawn");
}

/// Work that was meant to be read-only must not begin in another mode.
#[test]
fn a_mode_that_the_agent_lacks_is_said_and_no_work_begins() {
    let stage = Stage::of(&WAITS, "mode = \"no-such-mode\"");
    let run = stage.start();
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "failed", "{ended:?}");
    let attempt = synod_tests::World::only_attempt(&ended);
    assert_eq!(attempt.reason, "unsupported", "{attempt:?}");
    assert!(attempt.detail.contains("no-such-mode"), "{attempt:?}");
    assert!(!stage.methods().contains(&"session/prompt".to_owned()));
}

/// P4: an agent that lives on when its input is closed.
#[test]
fn an_agent_that_stays_after_its_work_is_done_is_ended_and_has_completed() {
    let stage = Stage::of(&["stay-after-eof", "final", "fine", "done"], "");
    let run = stage.start();
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "passed", "{ended:?}");
    let attempt = synod_tests::World::only_attempt(&ended);
    assert_eq!(attempt.final_text.as_deref(), Some("fine"));
    assert_eq!(stage.world.agents_alive(), Vec::<i32>::new());
}

/// The same work once more goes on with what the agent had come to know, where it can load that.
#[test]
fn a_retry_loads_the_session_that_the_failed_attempt_left() {
    let stage = Stage::of(&["says", "half way", "fails", "429"], "");
    let run = stage.start();
    let first = stage.world.wait_end(&run);
    assert_eq!(first.reason, "rate-limited", "{first:?}");
    let again = stage.world.json(["retry", &run]);
    let second = stage.world.wait_end(again["id"].as_str().unwrap());
    let sessions: Vec<String> = stage
        .methods()
        .into_iter()
        .filter(|method| method.starts_with("session/new") || method.starts_with("session/load"))
        .collect();
    assert_eq!(sessions, ["session/new", "session/load"], "{second:?}");
    let session = |run: &synod_proto::v1::Run| run.executions[0].attempts[0].session_id.clone();
    assert_eq!(session(&second), session(&first));
    stage.world.assert_invariants();
}
