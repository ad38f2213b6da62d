//! What was decided stands until the text it is about changes, for the same gate and subject and nowhere else.

use serde_json::{Value, json};
use synod_proto::v1::{self, answer_question_request::Disposition};
use synod_tests::{World, cast::Ended};
use tonic::Code;

use crate::{
    Cast, SPEC,
    cast::{ask, ask_gate, gate, release, spec, submit},
    finding,
    stage::{says, verdict},
    with, world,
};

const TIME: &str = "FR-1 gives no time for quickly.";
const LENGTH: &str = "FR-2 gives no length of inactivity.";
const ADDRESS: &str = "FR-4 names no address.";
const ROSTER: [&str; 2] = ["alice", "bob"];

/// Everybody raises all three, and is asked about each.
fn raised() -> Value {
    let options = json!({"answer": "the first", "options": ["the first", "the second"]});
    let all = [
        finding(TIME, "critical", "answer a search quickly"),
        finding(LENGTH, "critical", "after inactivity"),
        finding(ADDRESS, "critical", "by e-mail"),
    ];
    json!(all.map(|one| with(one, options.clone())))
}

fn everybody_raises(world: &World, raised: &Value) {
    let script = says(raised, &json!([]));
    Cast::new(world)
        .played("alice", "red", &script)
        .played("bob", "blue", &script)
        .enter();
}

fn of<'a>(run: &'a v1::Run, claim: &str) -> &'a v1::Finding {
    let found = run.findings.iter().find(|one| one.text == claim);
    found.unwrap_or_else(|| panic!("{claim} is dropped: {:#?}", run.findings))
}

fn decisions(run: &v1::Run) -> [&str; 3] {
    [TIME, LENGTH, ADDRESS].map(|claim| of(run, claim).decision.as_str())
}

#[track_caller]
fn answer(world: &World, run: &v1::Run, claim: &str, words: &[&str]) {
    let mut args = vec!["answer", &of(run, claim).id];
    args.extend(words);
    world.synod(args).success();
}

/// The first is answered, the second is no issue, the third is `third`.
fn settled(third: &str) -> (World, String, v1::Run) {
    let world = world();
    everybody_raises(&world, &raised());
    let spec = spec(&world);
    let first = ask(&world, &spec, &ROSTER, &[]).run;
    assert_eq!(first.questions.len(), 3);
    answer(&world, &first, TIME, &["200 ms"]);
    answer(&world, &first, LENGTH, &["--dismiss"]);
    answer(&world, &first, ADDRESS, &[third]);
    (world, spec, first)
}

#[test]
fn a_rerun_of_an_unchanged_subject_asks_nothing_and_says_who_decided() {
    let (world, spec, first) = settled("--dismiss");
    assert_eq!(world.run(&first.id).state, "passed");
    let again = ask(&world, &spec, &ROSTER, &["--force"]);
    assert_eq!(again.end(), (0, "passed"), "{}", again.out);
    assert!(again.run.questions.is_empty());
    assert_eq!(decisions(&again.run), ["settled"; 3]);
    let found = of(&again.run, TIME);
    let basis = found.basis.as_ref().unwrap();
    let entry = basis.entry.as_ref().unwrap();
    let asked = world.run(&first.id);
    let question = asked
        .questions
        .iter()
        .find(|question| question.text == TIME)
        .unwrap();
    assert_eq!(
        (
            basis.by.as_str(),
            entry.standing.as_str(),
            entry.disposition.as_str()
        ),
        ("ledger", "settled", "answer")
    );
    assert_eq!((entry.answer.as_str(), entry.bulk), ("200 ms", false));
    assert!(!entry.by.is_empty());
    assert_eq!(entry.by, question.answered_by);
    assert!(entry.from.starts_with("cli"), "{entry:?}");
    let listed = entries(&world);
    assert!(listed.iter().all(|entry| entry.from == "cli"), "{listed:?}");
    assert_eq!(entry.run_id, first.id);
    let counts = verdict(&again).counts.as_ref().unwrap();
    assert_eq!((counts.settled, counts.asked), (Some(3), Some(0)));
    world.assert_invariants();
}

#[test]
fn only_what_stands_on_changed_text_is_asked_again() {
    let (world, spec, _) = settled("--dismiss");
    let changed = SPEC.replace(
        "a session after inactivity",
        "a session soon after inactivity",
    );
    std::fs::write(format!("{spec}/spec.md"), &changed).unwrap();
    let again = ask(&world, &spec, &ROSTER, &[]);
    assert_eq!(again.end(), (10, "awaiting-human"));
    assert_eq!(decisions(&again.run), ["settled", "ask", "settled"]);
    assert_eq!(again.run.questions.len(), 1);
    assert_eq!(again.run.questions[0].text, LENGTH);
    // Text before and around it may change: it is the paragraph that counts.
    let moved = format!("# New\n\nAn introduction.\n\n{SPEC}");
    std::fs::write(format!("{spec}/spec.md"), moved).unwrap();
    let moved = ask(&world, &spec, &ROSTER, &[]);
    assert_eq!(decisions(&moved.run), ["settled"; 3]);
    world.assert_invariants();
}

#[test]
fn what_must_be_fixed_and_is_not_rejects_without_asking() {
    let (world, spec, first) = settled("--must-fix");
    assert_eq!(world.run(&first.id).state, "rejected");
    let again = ask(&world, &spec, &ROSTER, &["--force"]);
    assert_eq!(again.end(), (1, "rejected"), "{}", again.out);
    assert!(again.run.questions.is_empty());
    // Also where nobody raises it any more.
    everybody_raises(&world, &json!([]));
    let silent = ask(&world, &spec, &ROSTER, &[]);
    assert_eq!(silent.end(), (1, "rejected"));
    assert_eq!(of(&silent.run, ADDRESS).decision, "settled");
    // Fixed: the text has changed.
    let fixed = SPEC.replace("by e-mail", "by e-mail to the address of the order");
    std::fs::write(format!("{spec}/spec.md"), fixed).unwrap();
    assert_eq!(ask(&world, &spec, &ROSTER, &[]).end(), (0, "passed"));
    world.assert_invariants();
}

#[test]
fn what_is_watched_is_asked_when_another_family_raises_it_later() {
    let world = world();
    let spec = spec(&world);
    let one = json!([finding(TIME, "important", "answer a search quickly")]);
    let (raises, silent) = (says(&one, &json!([])), says(&json!([]), &json!([])));
    let cast = |alice: &[String], bob: &[String]| {
        Cast::new(&world)
            .played("alice", "red", alice)
            .played("bob", "blue", bob)
            .enter();
        ask(&world, &spec, &ROSTER, &[])
    };
    let first = cast(&raises, &silent);
    assert_eq!(first.end(), (0, "passed"));
    assert_eq!(of(&first.run, TIME).decision, "watch");
    let nobody = cast(&silent, &silent);
    assert_eq!(nobody.end(), (0, "passed"));
    let again = cast(&silent, &raises);
    assert_eq!(again.end(), (10, "awaiting-human"));
    let found = of(&again.run, TIME);
    assert_eq!(found.decision, "ask", "{}", found.rule);
    assert!(found.rule.contains("watched"), "{}", found.rule);
    world.assert_invariants();
}

fn entries(world: &World) -> Vec<v1::LedgerEntry> {
    let request = v1::ListLedgerRequest::default();
    let answer = world.block_on(world.supervisor().list_ledger(request));
    answer.unwrap().into_inner().entries
}

#[test]
fn a_decision_that_is_forgotten_is_asked_again() {
    let (world, spec, _) = settled("--dismiss");
    let all = entries(&world);
    assert_eq!(all.len(), 3);
    let entry = all.iter().find(|entry| entry.claim == LENGTH).unwrap();
    let request = v1::ForgetLedgerEntryRequest {
        request_id: "forget".to_owned(),
        entry_id: entry.id.clone(),
    };
    for _ in 0..2 {
        let mut client = world.supervisor();
        let answer = world.block_on(client.forget_ledger_entry(request.clone()));
        answer.expect("also when it is repeated");
    }
    assert_eq!(entries(&world).len(), 2);
    // So it stays for the next daemon.
    world.kill_daemon();
    let again = ask(&world, &spec, &ROSTER, &[]);
    assert_eq!(decisions(&again.run), ["settled", "ask", "settled"]);
    world.assert_invariants();
}

/// R1: without what a run read nobody can say that the words to be fixed are gone.
#[test]
fn what_must_be_fixed_does_not_pass_because_a_runs_inputs_are_lost() {
    let (world, spec, first) = settled("--must-fix");
    assert_eq!(world.run(&first.id).state, "rejected");
    let script = ["read-prompt", "wait-file", &world.at("go"), "answer", "[]"];
    Cast::new(&world)
        .agent("alice", "red", &script)
        .agent("bob", "blue", &script)
        .enter();
    let run = submit(&world, &spec, &ROSTER, &[]);
    let inputs = format!("submissions/{run}.inputs.json");
    std::fs::remove_file(world.state_dir().join(inputs)).unwrap();
    release(&world, "go");
    let ended = world.wait_end(&run);
    assert_eq!(ended.state, "no-quorum", "{ended:#?}");
    let notes = ended.verdict.unwrap().notes.join("; ");
    assert!(notes.contains("what must be fixed"), "{notes}");
    world.assert_invariants();
}

#[test]
fn of_two_clients_at_once_the_later_is_told_who_was_first_and_from_where() {
    let world = world();
    everybody_raises(&world, &raised());
    let run = ask(&world, &spec(&world), &ROSTER, &[]).run;
    for (n, question) in run.questions.iter().enumerate() {
        let said = |by: &str, from: &str| v1::AnswerQuestionRequest {
            request_id: format!("{by}-{n}"),
            question_id: question.id.clone(),
            content_hash: question.content_hash.clone(),
            disposition: Some(Disposition::Answer(format!("as {by} says"))),
            answered_by: by.to_owned(),
            answered_from: from.to_owned(),
        };
        let (mut one, mut two) = (world.supervisor(), world.supervisor());
        let (first, second) = world.block_on(async {
            tokio::join!(
                one.answer_question(said("ann", "tui")),
                two.answer_question(said("ben", "cli")),
            )
        });
        let (lost, by, from) = match (first, second) {
            (Ok(_), Err(lost)) => (lost, "ann", "tui"),
            (Err(lost), Ok(_)) => (lost, "ben", "cli"),
            other => panic!("exactly one wins: {other:?}"),
        };
        assert_eq!(lost.code(), Code::FailedPrecondition);
        let told = lost.message();
        assert!(told.contains(by) && told.contains(from), "{told}");
        let kept = world.run(&run.id);
        let kept = kept.questions.iter().find(|one| one.id == question.id);
        let kept = kept.unwrap();
        assert_eq!(
            (kept.answered_by.as_str(), kept.answer.as_str()),
            (by, format!("as {by} says").as_str())
        );
        assert!(
            kept.answered_from.starts_with(from),
            "{}",
            kept.answered_from
        );
    }
    world.assert_invariants();
}

/// R8: agents that are asked until none of them finds it again have not answered it.
#[test]
fn what_one_run_asks_holds_the_next_and_one_answer_settles_both() {
    let world = world();
    everybody_raises(&world, &raised());
    let spec = spec(&world);
    let first = ask(&world, &spec, &ROSTER, &[]).run;
    assert_eq!(first.questions.len(), 3);
    everybody_raises(&world, &json!([]));
    let second = ask(&world, &spec, &ROSTER, &[]);
    assert_ne!(second.run.id, first.id);
    assert_eq!(second.end(), (10, "awaiting-human"), "{}", second.out);
    assert_eq!(decisions(&second.run), ["ask"; 3]);
    let options = |run: &v1::Run| {
        let mut all: Vec<_> = run.questions.iter().map(|q| q.options.clone()).collect();
        all.sort();
        all
    };
    assert_eq!(options(&second.run), options(&first));
    // The one that is put off stays open in both; of the others either answer does for both.
    answer(&world, &first, TIME, &["200 ms"]);
    answer(&world, &second.run, LENGTH, &["--must-fix"]);
    answer(&world, &first, ADDRESS, &["--later"]);
    let open = |id: &str| world.run(id).open_questions;
    assert_eq!((open(&first.id), open(&second.run.id)), (Some(1), Some(1)));
    answer(&world, &second.run, ADDRESS, &["--dismiss"]);
    for id in [&first.id, &second.run.id] {
        let run = world.wait_end(id);
        assert_eq!(run.state, "rejected");
        let length = run
            .questions
            .iter()
            .find(|question| question.text == LENGTH);
        assert_eq!(length.unwrap().disposition, "must-fix");
    }
    // Each was told all of it: both verdicts stand.
    let again = ask(&world, &spec, &ROSTER, &[]);
    assert_eq!(again.run.id, second.run.id);
    everybody_raises(&world, &raised());
    assert_eq!(ask(&world, &spec, &ROSTER, &[]).run.id, first.id);
    world.assert_invariants();
}

#[test]
fn what_was_answered_in_bulk_is_marked_in_the_ledger_too() {
    let world = world();
    everybody_raises(&world, &raised());
    let spec = spec(&world);
    let run = ask(&world, &spec, &ROSTER, &[]).run;
    answer(&world, &run, TIME, &["by hand"]);
    world
        .synod(["answer", &run.id, "--rest", "recommended"])
        .success();
    let bulk = |claim: &str| {
        let all = entries(&world);
        all.iter().find(|entry| entry.claim == claim).unwrap().bulk
    };
    assert_eq!([TIME, LENGTH, ADDRESS].map(bulk), [false, true, true]);
    let again = ask(&world, &spec, &ROSTER, &["--force"]).run;
    let entry = of(&again, LENGTH).basis.as_ref().unwrap().entry.clone();
    assert!(entry.unwrap().bulk);
}

#[test]
fn gates_and_subjects_never_mix() {
    let (world, spec, _) = settled("--dismiss");
    gate(&world, "other", "ballot = true\n");
    let asked = |ended: &Ended| (ended.end().0, ended.run.questions.len());
    let other_gate = ask_gate(&world, "other", &spec, &ROSTER, &[]);
    assert_eq!(asked(&other_gate), (10, 3));
    let elsewhere = world.spec_dir("elsewhere", &[("spec.md", SPEC)]);
    let other_subject = ask(&world, &elsewhere, &ROSTER, &[]);
    assert_eq!(asked(&other_subject), (10, 3));
    assert_eq!(asked(&ask(&world, &spec, &ROSTER, &["--force"])), (0, 0));
}
