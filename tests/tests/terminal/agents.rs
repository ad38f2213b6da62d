//! Agents that tell what they do: what they say and run is read, what they ask is answered, with keys.

use synod_proto::v1;
use synod_tests::{World, config, terminal::Key};

use crate::{programs, stage::open, world};

/// `[agents.NAME]` of this adapter: a fake agent that plays this script.
fn configure(world: &World, adapter: &str, script: &[&str]) {
    let script: Vec<&str> = ["as", adapter].iter().chain(script).copied().collect();
    let section = config::agent("c1", "house", &programs().fake(&script), "");
    let section = section.replace("adapter = \"command\"", &format!("adapter = {adapter:?}"));
    world.write_config(&section);
}

#[track_caller]
fn start(world: &World) -> String {
    let run = world.json(["run", "--agent", "c1", "--detach", "mend it"]);
    run["id"].as_str().unwrap().to_owned()
}

#[test]
fn what_a_structured_agent_says_and_runs_is_read_as_text_and_its_protocol_on_demand() {
    let world = world();
    let go = world.at("go");
    let script = [
        "read-prompt",
        "model",
        "opus-of-tests",
        "says",
        "I look at what fails.",
        "calls",
        "bash",
        "cargo test -p checkout",
        "wait-file",
        &go,
        "returned",
        "all 12 tests pass",
        "usage",
        "1200",
        "200",
        "34",
        "0",
        "cost",
        "0.0321",
        "final",
        "It is mended.",
        "done",
    ];
    configure(&world, "claude", &script);
    let id = start(&world);
    let terminal = open(&world);
    terminal.wait_text("LIVE (1)");
    terminal.press_key(Key::Enter);
    terminal.wait_for("what it does now", |screen| {
        screen.has("cargo test -p checkout") && screen.has("opus-of-tests")
    });
    terminal.press("o");
    terminal.wait_for("what it said and runs", |screen| {
        screen.has("transcript") && screen.has("I look at what fails.")
    });
    assert!(!terminal.screen().has("\"type\""), "{}", terminal.screen());
    std::fs::write(&go, "").unwrap();
    let run = world.wait_end(&id);
    assert_eq!(run.state, "passed", "{run:#?}");
    terminal.wait_for("its end", |screen| {
        screen.has("It is mended.") && screen.has("ended: completed")
    });
    // The same, as it was printed.
    terminal.press("s");
    terminal.wait_for("the protocol", |screen| {
        screen.has("stdout") && screen.has("\"type\"")
    });
    terminal.press_key(Key::Esc);
    terminal.wait_for("the run, with what it used", |screen| {
        screen.has("said at last") && screen.has("It is mended.") && screen.has("$0.0321")
    });
    terminal.press("R");
    terminal.wait_for("the list, with what it cost", |screen| {
        screen.has("COST") && screen.has("FINISHED (1)") && screen.has("today")
    });
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
    terminal.commands().assert_harmless();
}

/// The one permission that is asked for.
#[track_caller]
fn permission(run: &v1::Run) -> &v1::Question {
    let [question] = run.questions.as_slice() else {
        panic!("expected one question, found {:#?}", run.questions);
    };
    question
}

#[test]
fn a_permission_is_answered_with_a_key_and_the_agent_goes_on() {
    let world = world();
    let script = [
        "asks",
        "execute",
        "rm -rf build",
        "if-allowed",
        "[",
        "says",
        "It is gone.",
        "]",
        "if-rejected",
        "[",
        "says",
        "I leave it.",
        "]",
        "done",
    ];
    configure(&world, "acp", &script);
    let id = start(&world);
    let terminal = open(&world);
    terminal.wait_for("a run that needs somebody, though it goes on", |screen| {
        screen.has("NEEDS YOU (1)") && screen.has("executing")
    });
    terminal.press("Q");
    terminal.wait_for("the permission in full", |screen| {
        screen.has("c1 wants to run:") && screen.has("rm -rf build") && screen.has("yes, this time")
    });
    let asked = permission(&world.run(&id)).clone();
    let kinds = &asked.permission.as_ref().unwrap().option_kinds;
    let allow = kinds.iter().position(|kind| kind == "allow-once").unwrap();
    terminal.press(&(allow + 1).to_string());
    let run = world.wait_end(&id);
    assert_eq!(run.state, "passed", "{run:#?}");
    let answered = permission(&run);
    assert_eq!(
        (answered.state.as_str(), answered.answer.as_str()),
        ("settled", asked.options[allow].as_str())
    );
    terminal.wait_text("Questions (0)");
    terminal.press("R");
    terminal.wait_text("FINISHED (1)");
    terminal.press("o");
    terminal.wait_text("It is gone.");
    terminal.press("q");
    terminal.wait_exit();
    terminal.assert_restored();
    terminal.commands().assert_harmless();
    world.assert_invariants();
}
