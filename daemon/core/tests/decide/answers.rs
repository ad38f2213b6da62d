//! R12: what people say, and when they are told no.

use synod_consensus::{Disposition, Severity};
use synod_core::{
    decide::Rejection,
    entity::Question,
    input::{AnswerQuestion, AnswerRest, Command, Rest},
};
use synod_shared::{
    ids::RunId,
    words::{Reason, RunState},
};

use crate::sim::{Sim, finding, unknown_finding};

/// A run of one agent that asks `count` questions.
fn asking(count: usize) -> (Sim, RunId, Vec<Question>) {
    let mut sim = Sim::new();
    let run = sim.gate(&["x"], 1);
    let claims = [
        "the limit is missing",
        "who approves a refund",
        "colours are undefined",
        "retention is open",
    ];
    let findings = claims
        .iter()
        .take(count)
        .map(|claim| finding(claim, Severity::Critical))
        .collect();
    sim.answer(run, 0, findings);
    sim.weigh(run);
    let questions = sim.questions(run);
    assert_eq!(
        (questions.len(), sim.run(run).state),
        (count, RunState::AwaitingHuman)
    );
    (sim, run, questions)
}

/// R12.
#[test]
fn the_last_answer_ends_the_run() {
    let (mut sim, run, questions) = asking(3);
    for (answered, question) in questions.iter().enumerate() {
        assert_eq!(
            sim.run(run).open_questions as usize,
            questions.len() - answered
        );
        sim.say(question, Disposition::Answer("yes".to_owned()))
            .unwrap();
    }
    assert_eq!(sim.run(run).state, RunState::Passed);
    assert_eq!(sim.run(run).reason, Some(Reason::Settled));
}

#[test]
fn one_must_fix_rejects_once_nothing_is_open() {
    let (mut sim, run, questions) = asking(2);
    sim.say(&questions[0], Disposition::MustFix).unwrap();
    assert_eq!(sim.run(run).state, RunState::AwaitingHuman);
    sim.say(&questions[1], Disposition::Dismiss).unwrap();
    assert_eq!(sim.run(run).state, RunState::Rejected);
}

#[test]
fn later_keeps_the_question_open_and_a_later_word_settles_it() {
    let (mut sim, run, questions) = asking(1);
    sim.say(&questions[0], Disposition::Later).unwrap();
    assert_eq!(
        (sim.run(run).state, sim.run(run).open_questions),
        (RunState::AwaitingHuman, 1)
    );
    sim.say(&questions[0], Disposition::Dismiss).unwrap();
    assert_eq!(sim.run(run).state, RunState::Passed);
}

/// R12.
#[test]
fn two_at_once_one_wins_and_the_other_is_told() {
    let (mut sim, _, questions) = asking(2);
    sim.say(&questions[0], Disposition::Answer("no".to_owned()))
        .unwrap();
    let second = sim.say(&questions[0], Disposition::MustFix);
    assert_eq!(
        second,
        Err(Rejection::Settled {
            disposition: "answer".to_owned(),
            by: "tester".to_owned(),
            from: "test".to_owned(),
        })
    );
}

/// R12.
#[test]
fn answers_to_nothing_to_another_text_or_after_the_end_are_refused() {
    let (mut sim, run, questions) = asking(1);
    let word = |question: &Question| AnswerQuestion {
        question: question.id,
        content_hash: question.content_hash.clone(),
        disposition: Disposition::Dismiss,
        by: "tester".to_owned(),
        from: "test".to_owned(),
    };
    let unknown = AnswerQuestion {
        question: unknown_finding(),
        ..word(&questions[0])
    };
    assert!(matches!(
        sim.command(Command::Answer(unknown)),
        Err(Rejection::Unknown { .. })
    ));
    let outdated = AnswerQuestion {
        content_hash: "another".to_owned(),
        ..word(&questions[0])
    };
    assert_eq!(
        sim.command(Command::Answer(outdated)),
        Err(Rejection::Outdated)
    );
    sim.command(Command::CancelRun { run }).unwrap();
    sim.state.forget(run);
    assert!(matches!(
        sim.command(Command::Answer(word(&questions[0]))),
        Err(Rejection::Unknown { .. })
    ));
}

/// R12.
#[test]
fn an_option_is_its_text_and_one_that_is_not_there_is_refused() {
    let (mut sim, _, questions) = asking(1);
    let refused = sim.say(&questions[0], Disposition::Option(2));
    assert_eq!(refused, Err(Rejection::NoSuchOption { known: 2, found: 3 }));
    sim.say(&questions[0], Disposition::Option(1)).unwrap();
    let settled = sim
        .state
        .question(questions[0].id)
        .unwrap()
        .settled
        .clone()
        .unwrap();
    assert_eq!(
        settled.disposition,
        Disposition::Answer(questions[0].options[1].clone())
    );
}

#[test]
fn a_duplicate_is_of_another_finding_of_the_same_run() {
    let (mut sim, run, questions) = asking(2);
    let own = sim.say(
        &questions[0],
        Disposition::DuplicateOf(questions[0].id.to_string()),
    );
    assert!(matches!(own, Err(Rejection::NoSuchFinding { .. })));
    sim.say(
        &questions[0],
        Disposition::DuplicateOf(questions[1].id.to_string()),
    )
    .unwrap();
    sim.say(&questions[1], Disposition::MustFix).unwrap();
    assert_eq!(sim.run(run).state, RunState::Rejected);
}

#[test]
fn an_empty_answer_is_refused() {
    let (mut sim, _, questions) = asking(1);
    assert_eq!(
        sim.say(&questions[0], Disposition::Answer("  ".to_owned())),
        Err(Rejection::EmptyAnswer)
    );
}

/// R12: in bulk, and marked so.
#[test]
fn the_rest_is_settled_together_and_marked_so() {
    let (mut sim, run, questions) = asking(4);
    sim.say(&questions[0], Disposition::Dismiss).unwrap();
    let reply = sim
        .command(Command::AnswerRest(AnswerRest {
            run,
            rest: Rest::Recommended,
            by: "tester".to_owned(),
            from: "test".to_owned(),
        }))
        .unwrap();
    assert_eq!(reply.questions.len(), 3);
    assert_eq!(sim.run(run).state, RunState::Passed);
    let bulk = sim
        .questions(run)
        .iter()
        .filter(|question| question.settled.as_ref().unwrap().bulk)
        .count();
    assert_eq!(bulk, 3);
}

/// R12, R5: a cancel and an answer in one batch; the run is still known, but it has ended.
#[test]
fn an_answer_that_comes_with_the_cancel_of_its_run_is_too_late() {
    let (mut sim, run, questions) = asking(1);
    sim.command(Command::CancelRun { run }).unwrap();
    let late = sim.say(&questions[0], Disposition::Dismiss);
    assert!(matches!(late, Err(Rejection::TooLate { .. })), "{late:?}");
    let rest = sim.command(Command::AnswerRest(AnswerRest {
        run,
        rest: Rest::Dismiss,
        by: "tester".to_owned(),
        from: "test".to_owned(),
    }));
    assert!(matches!(rest, Err(Rejection::TooLate { .. })), "{rest:?}");
    assert_eq!(
        (sim.run(run).state, sim.terminal_changes(run)),
        (RunState::Cancelled, 1)
    );
}
