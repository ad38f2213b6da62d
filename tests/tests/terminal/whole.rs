//! The whole way with keys alone: start, watch, answer, verdict.

use synod_proto::v1;
use synod_tests::{
    World,
    terminal::{Job, Key, Terminal},
};

use crate::{stage::is_home, world};

fn example(name: &str) -> String {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let path = root.join(name).canonicalize().unwrap();
    path.to_str().unwrap().to_owned()
}

/// What waits, by the heading of the screen.
#[track_caller]
fn waiting(terminal: &Terminal, count: usize) {
    terminal.wait_text(&format!("Questions ({count})"));
}

fn question<'a>(run: &'a v1::Run, beginning: &str) -> &'a v1::Question {
    let mut all = run.questions.iter();
    all.find(|question| question.text.starts_with(beginning))
        .unwrap_or_else(|| panic!("no question {beginning}: {:#?}", run.questions))
}

#[test]
fn from_an_empty_home_to_a_verdict_with_keys_alone() {
    let world = world();
    let terminal = world.terminal().open();
    terminal.wait_for("the empty list", is_home);

    // Start: the gate, and the specification by its path.
    start(&terminal);

    // Watch, to where it needs somebody.
    terminal.wait_for("a run that needs somebody", |screen| {
        screen.has("clarify/checkout") && screen.has("awaiting-human")
    });
    let run = world.run("clarify/checkout");
    assert_eq!((run.executions.len(), run.questions.len()), (3, 10));

    // Answer: an option, words, a must-fix, later, and the rest at once. It moves on by itself: the quotation says to
    // what, for the list has them all.
    terminal.press("Q");
    waiting(&terminal, 10);
    terminal.wait_text("> **FR-3**");
    terminal.press("2");
    waiting(&terminal, 9);
    terminal.wait_text("> **FR-5**");
    terminal.press("e");
    terminal.wait_text("ctrl-s send");
    terminal.press("the hold is renewed once,");
    terminal.press_key(Key::Enter);
    terminal.press("for five minutes");
    terminal.wait_text("for five minutes");
    terminal.press_key(Key::Ctrl('s'));
    waiting(&terminal, 8);
    terminal.wait_text("> Invoice is offered");
    terminal.press("f");
    waiting(&terminal, 7);
    terminal.wait_text("> **FR-16**");
    terminal.press("l");
    waiting(&terminal, 6);
    terminal.wait_for("what was put off, and the next", |screen| {
        screen.has("1 put off") && screen.has("> **FR-22**")
    });
    terminal.press("b");
    terminal.wait_text("not an issue: all 7");
    terminal.press("2");
    terminal.wait_text("Settle 7 questions");
    terminal.press("y");
    waiting(&terminal, 0);

    // The verdict, in the list and in the run.
    terminal.press("R");
    terminal.wait_for("the verdict", |screen| {
        screen.has("FINISHED (1)") && screen.has("rejected")
    });
    terminal.press_key(Key::Enter);
    let screen = terminal.wait_for("the run", |screen| {
        screen.has("rejected  must-fix") && screen.has("3 of 3 answered")
    });
    println!("{screen}");
    agrees(&world, &run.id);
    terminal.press("q");
    assert_eq!(terminal.wait_exit(), Job::Exited { code: 0 });
    terminal.assert_restored();
    terminal.commands().assert_harmless();
    world.assert_invariants();
}

/// What the daemon has is what was said with keys, and the command line tells the same.
#[track_caller]
fn agrees(world: &World, id: &str) {
    let run = world.run(id);
    assert_eq!(
        (run.state.as_str(), run.reason.as_str()),
        ("rejected", "must-fix")
    );
    let said = |beginning: &str| {
        let question = question(&run, beginning);
        (
            question.disposition.as_str(),
            question.answer.as_str(),
            question.bulk,
        )
    };
    assert_eq!(said("FR-3 "), ("answer", "30 minutes (PRD.md)", false));
    let words = "the hold is renewed once,\nfor five minutes";
    assert_eq!(said("FR-5 "), ("answer", words, false));
    assert_eq!(said("FR-13 ").0, "must-fix");
    // What was put off was settled with the rest.
    for later in ["FR-16 ", "FR-22 is let", "the glossary"] {
        assert_eq!((said(later).0, said(later).2), ("dismiss", true), "{later}");
    }
    let shown = world.synod(["show", &run.name]).success().stdout();
    for words in [
        "rejected",
        "30 minutes (PRD.md)",
        "the hold is renewed once",
    ] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
}

/// The form for a gate: what is there already, and the specification by its path, completed.
#[track_caller]
fn start(terminal: &Terminal) {
    terminal.press("n");
    // The gate that needs nothing else is there already.
    terminal.wait_for("the form", |screen| {
        screen.has("new gate run") && screen.has("‹ clarify ›") && screen.has("[x] consistency")
    });
    terminal.press_key(Key::Tab);
    terminal.wait_text("▸ spec");
    let path = example("checkout");
    let (typed, completed) = path.split_at(path.len() - "ckout".len());
    terminal.press(typed);
    terminal.wait_text("/che");
    terminal.press_key(Key::Tab);
    terminal.wait_for("the completed path", |screen| {
        screen.has(&format!("/che{completed}"))
    });
    terminal.press_key(Key::Ctrl('s'));
    terminal.wait_gone("new gate run");
}
