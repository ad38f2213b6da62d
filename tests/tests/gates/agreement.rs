//! Who agrees with whom, and what may be settled without a human.

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::World;

use crate::{
    Cast,
    cast::{Ended, ask, spec},
    finding, with, world,
};

const NAMES: [&str; 7] = ["ann", "ben", "cat", "dan", "eve", "fay", "gus"];
const QUICKLY: &str = "answer a search quickly";

/// The matter that everybody sees.
fn shared(answer: &str) -> Value {
    with(
        finding("FR-1 gives no time for quickly.", "important", QUICKLY),
        json!({"answer": answer}),
    )
}

/// As many agents as answers, each of a family of its own unless one family is named for all.
#[track_caller]
fn asked(answers: &[Value], family: Option<&str>, flags: &[&str]) -> (World, Ended) {
    let world = world();
    let mut cast = Cast::new(&world);
    for (name, answer) in NAMES.iter().zip(answers) {
        let text = answer.to_string();
        let script: &[&str] = if answer.is_null() {
            &["read-prompt", "print", "sorry"]
        } else {
            &["answer", &text]
        };
        cast = cast.agent(name, family.unwrap_or(name), script);
    }
    cast.enter();
    let ended = ask(&world, &spec(&world), &NAMES[..answers.len()], flags);
    (world, ended)
}

fn of<'a>(ended: &'a Ended, claim: &str) -> &'a v1::Finding {
    let found = ended.run.findings.iter().find(|f| f.text == claim);
    found.unwrap_or_else(|| panic!("{claim} is dropped: {:#?}", ended.run.findings))
}

fn routed(finding: &v1::Finding) -> (&str, &str) {
    (&finding.agreement, &finding.decision)
}

/// R11
#[test]
fn agreement_is_right_for_rosters_of_1_2_3_4_and_7() {
    for (size, quorum) in [(1, 1), (2, 2), (3, 2), (4, 3), (7, 4)] {
        let answers: Vec<Value> = (0..size)
            .map(|n| {
                if n == 0 {
                    let alone = finding("FR-4 names no address.", "important", "by e-mail");
                    json!([shared("200 ms"), alone])
                } else {
                    json!([shared("200 ms.")])
                }
            })
            .collect();
        let (world, ended) = asked(&answers, None, &[]);
        assert_eq!(ended.run.quorum, quorum, "of {size}");
        assert_eq!(ended.run.findings.len(), 2);
        let expected = if size == 1 {
            [("single-family", "ask"), ("single-family", "ask")]
        } else {
            [("confirmed", "resolve"), ("unconfirmed", "watch")]
        };
        let common = of(&ended, "FR-1 gives no time for quickly.");
        let alone = of(&ended, "FR-4 names no address.");
        assert_eq!([routed(common), routed(alone)], expected, "of {size}");
        assert_eq!((common.voices.len(), alone.voices.len()), (size, 1));
        let end = if size == 1 {
            (10, "awaiting-human")
        } else {
            (0, "passed")
        };
        assert_eq!(ended.end(), end, "of {size}");
        assert_eq!(ended.run.verdict.as_ref().unwrap().answered.len(), size);
        world.assert_invariants();
    }
}

/// R8
#[test]
fn three_empty_answers_are_no_agreement_on_an_answer() {
    let answers = ["", " ", "."].map(|blank| json!([shared(blank)]));
    let (_world, ended) = asked(&answers, None, &[]);
    let found = ended.only();
    assert_eq!(routed(found), ("confirmed", "ask"), "{}", found.rule);
    assert_eq!((found.answer.as_str(), found.options.len()), ("", 0));
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(ended.run.questions[0].recommended, "");
}

/// R8b
#[test]
fn one_family_settles_nothing_however_many_agents_it_has() {
    let answers = ["200 ms"; 3].map(|answer| json!([shared(answer)]));
    let (_world, ended) = asked(&answers, Some("house"), &[]);
    let found = ended.only();
    assert_eq!(routed(found), ("single-family", "ask"), "{}", found.rule);
    assert_eq!(found.voices.len(), 3);
    assert_eq!(ended.end(), (10, "awaiting-human"));
}

/// R8b
#[test]
fn two_of_five_that_agree_settle_nothing() {
    let said = json!([shared("200 ms")]);
    let answers = [said.clone(), said, Value::Null, Value::Null, Value::Null];
    let (_world, ended) = asked(&answers, None, &["--quorum", "2"]);
    let found = ended.only();
    assert_eq!(routed(found), ("confirmed", "ask"), "{}", found.rule);
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(ended.run.questions[0].recommended, "200 ms");
    assert_eq!(ended.run.verdict.as_ref().unwrap().missing.len(), 3);
}

/// R9: without an arbiter what is disputed is asked, beside what is critical.
#[test]
fn a_disputed_finding_beside_a_critical_one_is_asked_too() {
    let critical = finding(
        "FR-2 gives no length of inactivity.",
        "critical",
        "after inactivity",
    );
    let answers = [
        json!([shared("200 ms"), critical.clone()]),
        json!([shared("2 seconds"), critical]),
    ];
    let (_world, ended) = asked(&answers, None, &[]);
    let disputed = of(&ended, "FR-1 gives no time for quickly.");
    assert_eq!(routed(disputed), ("confirmed", "ask"), "{}", disputed.rule);
    assert_eq!(disputed.options, ["2 seconds", "200 ms"]);
    let critical = of(&ended, "FR-2 gives no length of inactivity.");
    assert_eq!(routed(critical), ("confirmed", "ask"), "{}", critical.rule);
    assert_eq!(ended.run.questions.len(), 2);
    assert_eq!(
        ended.run.questions[0].severity, "critical",
        "most urgent first"
    );
}
