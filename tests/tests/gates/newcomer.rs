//! The promise of the README: a real result on a real specification, offline, with nothing configured.

use std::path::PathBuf;

use synod_tests::World;

use crate::world;

fn example(name: &str) -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    root.join(name).to_str().unwrap().to_owned()
}

/// The whole way: run, verdict, questions, answers, end.
#[track_caller]
fn to_the_end(world: &World, name: &str) {
    let out = world
        .synod(["gate", "run", "clarify", "--spec", &example(name)])
        .code(10);
    let shown = out.stdout();
    for word in ["ambiguity", "testability", "consistency", "synod answer"] {
        assert!(shown.contains(word), "{name}: no {word:?} in {out}");
    }
    assert!(!out.stdout.contains(&0x1b), "no escapes into a pipe");
    let run = world.run(&format!("clarify/{name}"));
    assert_eq!(run.state, "awaiting-human");
    assert_eq!(run.executions.len(), 3);
    for execution in &run.executions {
        assert_eq!(
            (execution.state.as_str(), execution.family.as_str()),
            ("completed", "rules")
        );
    }
    assert!(
        run.findings.iter().all(|f| !f.anchors.is_empty()),
        "{:#?}",
        run.findings
    );
    assert!(run.findings.iter().all(|f| f.agreement == "single-family"));
    let questions = world.synod(["questions", &run.name]).success().stdout();
    assert!(questions.contains(&run.questions[0].id[..8]), "{questions}");

    world
        .synod(["answer", &run.name, "--rest", "later"])
        .success();
    world.synod(["wait", &run.name]).code(10);
    world
        .synod(["answer", &run.name, "--rest", "recommended"])
        .success();
    // Nothing is settled for what nobody recommends.
    let open = world.run(&run.id).open_questions.unwrap();
    let silent = run
        .questions
        .iter()
        .filter(|q| q.recommended.is_empty())
        .count();
    assert_eq!(open as usize, silent);
    if open > 0 {
        world
            .synod(["answer", &run.name, "--rest", "dismiss"])
            .success();
    }
    world.synod(["wait", &run.name]).success();
    let show = world.synod(["show", &run.name]).success().stdout();
    assert!(show.contains("passed"), "{show}");
}

#[test]
fn every_example_goes_from_nothing_to_an_end_without_any_configuration() {
    let world = world();
    for name in ["checkout", "auth-change", "export"] {
        to_the_end(&world, name);
    }
    world.assert_invariants();
}
