//! R12 in two user interfaces on one daemon: each has its own place and filter, both show the same truth.

use synod_tests::terminal::{Job, Key, Terminal};

use crate::{
    stage::{asking, open},
    world,
};

#[track_caller]
fn at_questions() -> impl Fn(&Terminal) {
    |terminal| {
        terminal.wait_text("clarify/spec");
        terminal.press("Q");
        terminal.wait_text("Questions (3)");
        terminal.press("g");
        terminal.wait_text("FR-1: The part 1 shall be quick");
    }
}

/// R12
#[test]
fn an_answer_given_in_one_is_seen_in_the_other_at_once_and_its_own_is_refused_with_the_reason() {
    let world = world();
    let run = asking(&world, "spec", 3);
    let (one, other) = (open(&world), open(&world));
    at_questions()(&one);
    at_questions()(&other);
    // The other writes an answer of its own to the same question, and has not sent it.
    other.press("e");
    other.wait_text("ctrl-s send");
    other.press("mine");
    other.wait_text("mine");
    one.press("1");
    one.wait_text("Questions (2)");
    other.wait_text("Questions (2)");
    other.press_key(Key::Ctrl('s'));
    let screen = other.wait_text("this is settled");
    println!("{screen}");
    let first = world
        .run(&run.id)
        .questions
        .into_iter()
        .find(|q| q.text.starts_with("FR-1"));
    let first = first.unwrap();
    assert_eq!(
        (first.state.as_str(), first.answer.as_str()),
        ("settled", &*first.options[0])
    );
    // Nothing of what was written is lost until it is left.
    assert!(screen.has("mine"), "{screen}");
    other.press_key(Key::Esc);
    other.wait_gone("ctrl-s send");
    // And it goes on with what is left.
    other.press("j");
    other.wait_text("FR-2: The part 2 shall be quick");
    other.press("2");
    one.wait_text("Questions (1)");
    other.wait_text("Questions (1)");
    for terminal in [&one, &other] {
        terminal.commands().assert_harmless();
    }
    assert_eq!(world.run(&run.id).open_questions, Some(1));
    world.assert_invariants();
}

/// R12: the same question, the same moment.
#[test]
fn two_that_answer_the_same_question_at_once_give_one_answer() {
    let world = world();
    let run = asking(&world, "spec", 3);
    let (one, other) = (open(&world), open(&world));
    at_questions()(&one);
    at_questions()(&other);
    one.press("1");
    other.press("2");
    // Whoever lost is told: by the daemon, or by the news that came first.
    synod_tests::eventually("a refusal that is shown", || {
        let lost = |terminal: &Terminal| {
            let screen = terminal.screen();
            screen.has("settled already") || screen.has("this is settled")
        };
        (lost(&one) || lost(&other)).then_some(())
    });
    one.wait_text("Questions (2)");
    other.wait_text("Questions (2)");
    let now = world.run(&run.id);
    assert_eq!(now.open_questions, Some(2), "{now:#?}");
    world.assert_invariants();
}

/// Each has its own place and filter.
#[test]
fn each_has_its_own_place_and_filter() {
    let world = world();
    asking(&world, "spec", 3);
    for name in ["red", "blue"] {
        let id = world.exec_detached(&["--name", name], &["print", "x"]);
        world.wait_end(&id);
    }
    let (one, other) = (open(&world), open(&world));
    for terminal in [&one, &other] {
        terminal.wait_for("all three", |screen| {
            ["red", "blue", "clarify/spec"]
                .iter()
                .all(|name| screen.has(name))
        });
    }
    one.press("/red");
    one.press_key(Key::Enter);
    one.wait_gone("blue");
    other.press("Q");
    other.wait_text("Questions (3)");
    let id = world.exec_detached(&["--name", "red-again"], &["print", "x"]);
    world.wait_end(&id);
    let screen = one.wait_text("red-again");
    assert!(
        !screen.has("blue") && !screen.has("[Questions]"),
        "{screen}"
    );
    let screen = other.wait_text("[Questions]");
    assert!(screen.has("Questions (3)"), "{screen}");
    other.press("R");
    other.wait_for("all four, unfiltered", |screen| {
        ["red-again", "blue", "clarify/spec"]
            .iter()
            .all(|name| screen.has(name))
    });
    for terminal in [one, other] {
        terminal.press("q");
        assert_eq!(terminal.wait_exit(), Job::Exited { code: 0 });
        terminal.assert_restored();
    }
}
