//! `gate apply`: the edits that people accepted, as a diff and in the files.

use serde_json::json;
use synod_tests::World;

use crate::{
    Cast, SPEC,
    cast::{ask, spec},
    finding,
    stage::says,
    with, world,
};

const FIXED: &str = "answer a search within 200 ms";

/// One agent proposes to mend FR-1 and FR-2, and both are asked about.
fn asked(world: &World) -> (String, synod_proto::v1::Run) {
    let mend = |claim: &str, quote: &str, answer: &str, fix: &str| {
        with(
            finding(claim, "critical", quote),
            json!({"answer": answer, "suggested_fix": fix}),
        )
    };
    let raised = json!([
        mend(
            "FR-1 gives no time for quickly.",
            "answer a search quickly",
            "200 ms",
            FIXED
        ),
        mend(
            "FR-2 gives no length of inactivity.",
            "after inactivity",
            "10 min",
            "after 10 minutes"
        ),
    ]);
    Cast::new(world)
        .played("alice", "red", &says(&raised, &json!([])))
        .played("bob", "blue", &says(&json!([]), &json!([])))
        .enter();
    let spec = spec(world);
    let run = ask(world, &spec, &["alice", "bob"], &[]).run;
    assert_eq!(run.questions.len(), 2, "{run:#?}");
    (spec, run)
}

fn answer(world: &World, run: &synod_proto::v1::Run, number: &str, words: &[&str]) {
    let mut all = run.questions.iter();
    let question = all
        .find(|question| question.text.starts_with(number))
        .unwrap();
    let mut args = vec!["answer", &question.id];
    args.extend(words);
    world.synod(args).success();
}

#[test]
fn what_was_accepted_is_a_diff_and_written_only_when_asked_for() {
    let world = world();
    let (spec, run) = asked(&world);
    let file = format!("{spec}/spec.md");
    answer(&world, &run, "FR-1", &["200 ms"]);
    answer(&world, &run, "FR-2", &["--dismiss"]);
    let shown = world.synod(["gate", "apply", &run.id]).success().stdout();
    assert!(shown.contains("--- a/spec.md\n+++ b/spec.md\n"), "{shown}");
    assert!(
        shown.contains(&format!("+- FR-1: The system shall {FIXED}.\n")),
        "{shown}"
    );
    assert!(!shown.contains("after 10 minutes"), "{shown}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), SPEC, "shown only");

    // Another file of the folder is none of its business.
    let other = format!("{spec}/notes.txt");
    std::fs::write(&other, "mine").unwrap();
    let written = world.synod(["gate", "apply", &run.id, "--write"]).success();
    assert!(
        written
            .stdout()
            .contains("changed spec.md, from one finding"),
        "{written}"
    );
    let expected = SPEC.replace("answer a search quickly", FIXED);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), expected);
    assert_eq!(std::fs::read_to_string(&other).unwrap(), "mine");
    let names = std::fs::read_dir(&spec).unwrap();
    assert_eq!(names.count(), 2, "nothing is left beside them");
}

#[test]
fn a_file_that_changed_since_the_run_read_it_is_left_alone() {
    let world = world();
    let (spec, run) = asked(&world);
    let file = format!("{spec}/spec.md");
    answer(&world, &run, "FR-1", &["200 ms"]);
    let mine = format!("{SPEC}\nMine.\n");
    std::fs::write(&file, &mine).unwrap();
    let said = world
        .synod(["gate", "apply", &run.id, "--write"])
        .refusal(7);
    assert!(
        said.contains("spec.md has changed since the run read it"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), mine);
}

#[test]
fn an_answer_of_ones_own_accepts_no_text_that_goes_with_another() {
    let world = world();
    let (_, run) = asked(&world);
    answer(&world, &run, "FR-1", &["1 s"]);
    let shown = world.synod(["gate", "apply", &run.id]).success();
    assert_eq!(shown.stdout(), "", "{shown}");
}
