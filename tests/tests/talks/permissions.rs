//! Who may do what, and who says so.

use crate::stage::{Stage, open_of};

const ASKS: [&str; 14] = [
    "asks",
    "execute",
    "touch made.txt",
    "if-allowed",
    "[",
    "final",
    "went on",
    "]",
    "if-rejected",
    "[",
    "final",
    "left it",
    "]",
    "done",
];

fn final_text(run: &synod_proto::v1::Run) -> String {
    synod_tests::World::only_attempt(run)
        .final_text
        .clone()
        .unwrap_or_default()
}

#[test]
fn a_human_allows_it_and_the_agent_goes_on() {
    let stage = Stage::of(&ASKS, "");
    let run = stage.start();
    let question = stage.wait_question(&run);
    assert!(question.text.contains("touch made.txt"), "{question:?}");
    let permission = question.permission.clone().unwrap();
    assert_eq!(permission.tool_kind, "execute");
    assert_eq!(permission.agent, "acp");
    let allows = permission
        .option_kinds
        .iter()
        .position(|kind| kind == "allow-once")
        .unwrap();
    let number = (allows + 1).to_string();
    stage
        .world
        .synod(["answer", &question.id, "--option", &number])
        .success();
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "passed", "{ended:?}");
    assert_eq!(final_text(&ended), "went on");
    assert_eq!(ended.open_questions.unwrap_or_default(), 0);
    stage.assert_heard_nothing_twice();
    let chosen = stage.chosen();
    assert!(
        chosen.len() == 1 && chosen[0].starts_with("allow"),
        "{chosen:?}"
    );
}

#[test]
fn a_human_dismisses_it_and_the_agent_is_refused() {
    let stage = Stage::of(&ASKS, "");
    let run = stage.start();
    let question = stage.wait_question(&run);
    // Nothing that settles findings settles this one.
    stage
        .world
        .synod(["answer", &question.id, "--must-fix"])
        .refusal(2);
    stage
        .world
        .synod(["answer", &question.id, "perhaps"])
        .refusal(2);
    assert_eq!(stage.wait_question(&run).id, question.id);
    stage
        .world
        .synod(["answer", &question.id, "--dismiss"])
        .success();
    let ended = stage.world.wait_end(&run);
    assert_eq!(final_text(&ended), "left it");
    let chosen = stage.chosen();
    assert!(
        chosen.len() == 1 && chosen[0].starts_with("reject"),
        "{chosen:?}"
    );
    let said = stage.world.synod(["answer", &question.id, "--dismiss"]);
    said.refusal(7);
}

#[test]
fn answering_all_that_is_open_never_answers_a_permission() {
    let stage = Stage::of(&ASKS, "");
    let run = stage.start();
    let question = stage.wait_question(&run);
    for rest in ["dismiss", "recommended", "later"] {
        let _ = stage.world.synod(["answer", &run, "--rest", rest]);
        assert_eq!(stage.wait_question(&run).id, question.id, "{rest}");
    }
    assert_eq!(stage.chosen(), Vec::<String>::new());
    stage.world.synod(["cancel", &run]).success();
    stage.world.wait_end(&run);
}

#[test]
fn a_policy_allows_and_denies_without_asking_anybody() {
    for (ruling, answer) in [("allow", "went on"), ("deny", "left it")] {
        let rules = format!(
            "[agents.acp.permissions]\ndefault = \"ask\"\nrules = [{{ kinds = [\"execute\"], ruling = {ruling:?} }}]"
        );
        let stage = Stage::of(&ASKS, &rules);
        let run = stage.start();
        let ended = stage.world.wait_end(&run);
        assert_eq!(final_text(&ended), answer);
        assert_eq!(ended.questions.len(), 0, "{:?}", ended.questions);
        stage.assert_heard_nothing_twice();
    }
}

#[test]
fn a_request_that_is_sent_twice_is_one_question_and_has_one_answer() {
    let stage = Stage::of(&[&["ask-twice"][..], &ASKS].concat(), "");
    let run = stage.start();
    let question = stage.wait_question(&run);
    stage
        .world
        .synod(["answer", &question.id, "--option", "1"])
        .success();
    let ended = stage.world.wait_end(&run);
    assert_eq!(ended.state, "passed", "{ended:?}");
    assert_eq!(ended.questions.len(), 1);
    assert_eq!(open_of(&ended).count(), 0);
    stage.assert_heard_nothing_twice();
}
