//! Questions and what people say to them: from any client, one by one, partially, at once.

use serde_json::json;
use synod_proto::v1::{self, answer_question_request::Disposition};
use synod_tests::World;
use tonic::Code;

use crate::{
    Cast,
    cast::{ask, spec},
    finding, with, world,
};

const CLAIMS: [(&str, &str); 3] = [
    ("FR-1 gives no time for quickly.", "answer a search quickly"),
    ("FR-2 gives no length of inactivity.", "after inactivity"),
    ("FR-4 names no address.", "by e-mail"),
];

/// A run that asks three questions, each with two options.
#[track_caller]
fn asking() -> (World, v1::Run) {
    let world = world();
    let items: Vec<_> = CLAIMS
        .iter()
        .map(|(claim, quote)| {
            let options = json!({"answer": "the first", "options": ["the first", "the second"]});
            with(finding(claim, "critical", quote), options)
        })
        .collect();
    Cast::new(&world)
        .agent("alice", "red", &["answer", &json!(items).to_string()])
        .agent("bob", "blue", &["answer", &json!(items).to_string()])
        .enter();
    let ended = ask(&world, &spec(&world), &["alice", "bob"], &[]);
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(ended.run.questions.len(), 3);
    assert_eq!(ended.run.open_questions, Some(3));
    (world, ended.run)
}

fn answer(
    question: &v1::Question,
    request_id: &str,
    said: Disposition,
) -> v1::AnswerQuestionRequest {
    v1::AnswerQuestionRequest {
        answered_from: "test".to_owned(),
        request_id: request_id.to_owned(),
        question_id: question.id.clone(),
        content_hash: question.content_hash.clone(),
        disposition: Some(said),
        answered_by: request_id.to_owned(),
    }
}

/// R12
#[test]
fn a_question_that_is_none_is_not_found() {
    let (world, run) = asking();
    let said = world.synod(["answer", "ffffffffffff", "yes"]).refusal(3);
    assert!(said.contains("a question"), "{said}");
    // A run is no question.
    world.synod(["answer", &run.id, "yes"]).refusal(3);
    assert_eq!(world.run(&run.id).questions, run.questions);
}

/// R12
#[test]
fn a_question_is_settled_once() {
    let (world, run) = asking();
    let id = &run.questions[0].id;
    world.synod(["answer", id, "200", "ms"]).success();
    let said = world.synod(["answer", id, "300 ms"]).refusal(7);
    assert!(
        said.contains("was faster: answered \"200 ms\" from cli"),
        "{said}"
    );
    let question = &world
        .run(&run.id)
        .questions
        .into_iter()
        .find(|q| q.id == *id)
        .unwrap();
    assert_eq!(
        (
            question.state.as_str(),
            question.disposition.as_str(),
            question.answer.as_str()
        ),
        ("settled", "answer", "200 ms")
    );
    assert!(question.answered_at.is_some() && !question.bulk);
}

/// R12
#[test]
fn answers_come_one_by_one_across_a_restart_until_nothing_is_open() {
    let (world, run) = asking();
    let [one, two, three] = &run.questions[..] else {
        panic!("three questions")
    };
    world
        .synod(["answer", &one.id[..10], "--option", "2"])
        .success();
    world.synod(["wait", &run.id]).code(10);
    let open = world.json(["questions", &run.name]);
    assert_eq!(open["questions"].as_array().unwrap().len(), 2);
    world.kill_daemon();
    world.synod(["answer", &two.id, "--later"]).success();
    let now = world.run(&run.id);
    assert_eq!(
        (now.state.as_str(), now.open_questions),
        ("awaiting-human", Some(2))
    );
    let last = now
        .questions
        .iter()
        .rfind(|q| q.state != "settled")
        .unwrap();
    assert_eq!(
        (last.id.as_str(), last.state.as_str()),
        (two.id.as_str(), "later")
    );
    world.synod(["answer", &two.id, "--dismiss"]).success();
    world
        .synod(["answer", &three.id, "--duplicate-of", &one.id])
        .success();
    world.synod(["wait", &run.id]).success();
    let now = world.run(&run.id);
    assert_eq!(
        (now.state.as_str(), now.open_questions),
        ("passed", Some(0))
    );
    let first = now.questions.iter().find(|q| q.id == one.id).unwrap();
    assert_eq!(first.answer, "the second");
    world.assert_invariants();
}

/// R12
#[test]
fn an_option_that_does_not_exist_is_refused_with_those_that_do() {
    let (world, run) = asking();
    let said = world
        .synod(["answer", &run.questions[0].id, "--option", "3"])
        .refusal(2);
    assert!(said.contains("from 1 to 2"), "{said}");
    let said = world
        .synod([
            "answer",
            &run.questions[0].id,
            "--duplicate-of",
            &run.questions[0].id,
        ])
        .refusal(2);
    assert!(said.contains("another finding"), "{said}");
    assert_eq!(world.run(&run.id).open_questions, Some(3));
}

/// R12
#[test]
fn what_must_be_fixed_rejects_once_all_is_said() {
    let (world, run) = asking();
    world
        .synod(["answer", &run.questions[1].id, "--must-fix"])
        .success();
    world.synod(["wait", &run.id]).code(10);
    world
        .synod(["answer", &run.id, "--rest", "recommended"])
        .success();
    world.synod(["wait", &run.id]).code(1);
    let now = world.run(&run.id);
    assert_eq!(
        (now.state.as_str(), now.reason.as_str()),
        ("rejected", "must-fix")
    );
    for question in &now.questions {
        let by_hand = question.id == run.questions[1].id;
        assert_eq!(question.bulk, !by_hand, "bulk is told apart");
        assert_eq!(
            question.disposition,
            if by_hand { "must-fix" } else { "answer" }
        );
    }
    let said = world
        .synod(["answer", &run.questions[0].id, "late"])
        .refusal(7);
    assert!(said.contains("has ended"), "{said}");
    world.assert_invariants();
}

/// R12
#[test]
fn after_a_cancel_nothing_is_answered() {
    let (world, run) = asking();
    world.synod(["cancel", &run.id]).success();
    world.synod(["wait", &run.id]).code(13);
    let said = world
        .synod(["answer", &run.questions[0].id, "yes"])
        .refusal(7);
    assert!(said.contains("has ended (cancelled)"), "{said}");
    world
        .synod(["answer", &run.id, "--rest", "dismiss"])
        .refusal(7);
    let open = world.json(["questions"]);
    assert_eq!(open.get("questions"), None, "an ended run asks nothing");
    world.assert_invariants();
}

/// R12
#[test]
fn of_two_clients_at_once_one_wins_and_the_other_is_told() {
    let (world, run) = asking();
    for question in &run.questions {
        let said = |text: &str| Disposition::Answer(text.to_owned());
        let (mut a, mut b) = (world.supervisor(), world.supervisor());
        let (first, second) = world.block_on(async {
            tokio::join!(
                a.answer_question(answer(question, &format!("a-{}", question.id), said("red"))),
                b.answer_question(answer(
                    question,
                    &format!("b-{}", question.id),
                    said("blue")
                )),
            )
        });
        let (won, lost, text) = match (first, second) {
            (Ok(won), Err(lost)) => (won, lost, "red"),
            (Err(lost), Ok(won)) => (won, lost, "blue"),
            other => panic!("exactly one wins: {other:?}"),
        };
        assert_eq!(won.into_inner().question.unwrap().answer, text);
        assert_eq!(lost.code(), Code::FailedPrecondition);
    }
    assert_eq!(world.run(&run.id).state, "passed");
    world.assert_invariants();
}

/// R12
#[test]
fn an_answer_to_another_text_is_refused_and_a_repeat_is_not_a_second_one() {
    let (world, run) = asking();
    let question = &run.questions[0];
    let mut client = world.supervisor();
    let yes = Disposition::Answer("yes".to_owned());
    let mut outdated = answer(question, "outdated", yes.clone());
    outdated.content_hash = "0".repeat(64);
    let no = world
        .block_on(client.answer_question(outdated))
        .unwrap_err();
    assert_eq!(no.code(), Code::FailedPrecondition);
    assert!(no.message().contains("has changed"), "{no}");
    let empty = answer(question, "empty", Disposition::Answer(" ".to_owned()));
    let no = world.block_on(client.answer_question(empty)).unwrap_err();
    assert_eq!(no.code(), Code::InvalidArgument);

    let once = answer(question, "once", yes);
    let first = world
        .block_on(client.answer_question(once.clone()))
        .unwrap()
        .into_inner();
    let again = world
        .block_on(client.answer_question(once.clone()))
        .unwrap()
        .into_inner();
    assert_eq!(first.question, again.question);
    let mut other = once;
    other.disposition = Some(Disposition::MustFix(v1::MustFix {}));
    let no = world.block_on(client.answer_question(other)).unwrap_err();
    assert_eq!(no.code(), Code::InvalidArgument, "{no}");
}
