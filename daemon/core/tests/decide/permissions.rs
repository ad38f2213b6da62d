//! Permissions as durable questions: asked once, answered once, closed with their attempt.

use synod_adapters::{Choice, ChoiceKind, Permission, ToolKind};
use synod_consensus::Disposition;
use synod_core::{
    decide::Rejection,
    entity::Question,
    input::{AnswerQuestion, AnswerRest, Command, Observation, Rest},
};
use synod_shared::{
    ids::{AttemptId, RunId},
    words::{Reason, RunState},
};

use crate::sim::Sim;

fn permission(request: &str) -> Permission {
    let choice = |id: &str, name: &str, kind| Choice {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
    };
    Permission {
        request: request.to_owned(),
        what: "cargo test".to_owned(),
        kind: ToolKind::Execute,
        paths: Vec::new(),
        choices: vec![
            choice("always", "Allow for this session", ChoiceKind::AllowAlways),
            choice("once", "Allow", ChoiceKind::AllowOnce),
            choice("no", "Reject", ChoiceKind::RejectOnce),
        ],
    }
}

/// A running agent that asks.
fn asking(requests: &[&str]) -> (Sim, RunId, AttemptId) {
    let mut sim = Sim::new();
    let run = sim.exec("local").unwrap();
    sim.start(run, 0);
    let attempt = sim.attempt(run, 0);
    ask(&mut sim, attempt, requests);
    (sim, run, attempt)
}

fn ask(sim: &mut Sim, attempt: AttemptId, requests: &[&str]) {
    let open = requests.iter().map(|one| permission(one)).collect();
    sim.see(Observation::Asked { attempt, open });
}

fn questions(sim: &Sim, run: RunId) -> Vec<Question> {
    sim.state.permissions_of(run).cloned().collect()
}

fn say(sim: &mut Sim, question: &Question, disposition: Disposition) -> Result<(), Rejection> {
    sim.command(Command::Answer(AnswerQuestion {
        question: question.id,
        content_hash: question.content_hash.clone(),
        disposition,
        by: "ann".to_owned(),
        from: "test".to_owned(),
    }))
    .map(drop)
}

fn chosen(sim: &Sim, attempt: AttemptId) -> Vec<(String, String)> {
    sim.state.choices_for(sim.state.attempt(attempt).unwrap())
}

/// A daemon that reads the same output again, after a restart, asks nobody twice.
#[test]
fn the_same_request_is_asked_once_however_often_it_is_seen() {
    let (mut sim, run, attempt) = asking(&["1"]);
    let first = questions(&sim, run);
    let writes = sim.log.len();
    ask(&mut sim, attempt, &["1"]);
    assert_eq!(questions(&sim, run), first);
    assert_eq!(sim.log.len(), writes, "nothing new was written");
    assert_eq!(sim.run(run).open_questions, 1);
}

#[test]
fn an_answer_names_the_agents_own_choice_by_number_name_or_meaning() {
    for (said, id) in [
        (Disposition::Option(1), "once"),
        (
            Disposition::Answer("allow for this SESSION".to_owned()),
            "always",
        ),
        (Disposition::Answer("allow once".to_owned()), "once"),
        (Disposition::Answer(" reject ".to_owned()), "no"),
        (Disposition::Dismiss, "no"),
    ] {
        let (mut sim, run, attempt) = asking(&["7"]);
        let question = questions(&sim, run).remove(0);
        say(&mut sim, &question, said.clone()).unwrap();
        assert_eq!(
            chosen(&sim, attempt),
            [("7".to_owned(), id.to_owned())],
            "{said:?}"
        );
        assert_eq!(sim.run(run).open_questions, 0);
        assert_eq!(sim.run(run).state, RunState::Executing);
    }
}

#[test]
fn what_is_no_choice_is_refused_and_the_agent_goes_on_waiting() {
    for said in [
        Disposition::MustFix,
        Disposition::DuplicateOf("x".to_owned()),
        Disposition::Answer("perhaps".to_owned()),
        Disposition::Option(3),
    ] {
        let (mut sim, run, attempt) = asking(&["1"]);
        let question = questions(&sim, run).remove(0);
        let refused = say(&mut sim, &question, said.clone()).unwrap_err();
        assert!(
            matches!(refused.code(), "not-a-choice" | "no-such-option"),
            "{said:?}: {refused}"
        );
        assert_eq!(chosen(&sim, attempt), []);
        assert_eq!(sim.run(run).open_questions, 1);
    }
}

/// R12: two clients at once.
#[test]
fn the_second_answer_is_told_of_the_first() {
    let (mut sim, run, attempt) = asking(&["1"]);
    let question = questions(&sim, run).remove(0);
    say(&mut sim, &question, Disposition::Option(1)).unwrap();
    let refused = say(&mut sim, &question, Disposition::Dismiss).unwrap_err();
    assert_eq!(refused.code(), "already-settled");
    assert_eq!(chosen(&sim, attempt), [("1".to_owned(), "once".to_owned())]);
}

#[test]
fn put_off_it_stays_open_and_can_be_answered_later() {
    let (mut sim, run, attempt) = asking(&["1"]);
    let question = questions(&sim, run).remove(0);
    say(&mut sim, &question, Disposition::Later).unwrap();
    assert_eq!(sim.run(run).open_questions, 1);
    say(&mut sim, &question, Disposition::Dismiss).unwrap();
    assert_eq!(chosen(&sim, attempt), [("1".to_owned(), "no".to_owned())]);
}

#[test]
fn a_request_taken_back_and_one_whose_attempt_ended_take_no_answer() {
    let (mut sim, run, attempt) = asking(&["1", "2"]);
    ask(&mut sim, attempt, &["2"]);
    assert_eq!(sim.run(run).open_questions, 1);
    sim.end(run, 0, Reason::Completed);
    assert_eq!(sim.run(run).open_questions, 0);
    for question in questions(&sim, run) {
        assert!(!question.is_open());
        let refused = say(&mut sim, &question, Disposition::Option(1)).unwrap_err();
        assert!(
            matches!(refused.code(), "withdrawn" | "too-late"),
            "{refused}"
        );
    }
}

#[test]
fn answering_the_rest_of_a_run_answers_no_permission() {
    let (mut sim, run, attempt) = asking(&["1"]);
    let reply = sim
        .command(Command::AnswerRest(AnswerRest {
            run,
            rest: Rest::Dismiss,
            by: "ann".to_owned(),
            from: "test".to_owned(),
        }))
        .unwrap();
    assert_eq!(reply.questions, []);
    assert_eq!(chosen(&sim, attempt), []);
    assert_eq!(sim.run(run).open_questions, 1);
}

#[test]
fn a_request_of_an_ended_attempt_is_not_asked() {
    let (mut sim, run, attempt) = asking(&[]);
    sim.end(run, 0, Reason::Completed);
    ask(&mut sim, attempt, &["1"]);
    assert_eq!(questions(&sim, run), []);
}
