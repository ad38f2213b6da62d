//! What stays in dispute is put to one more agent, and what it may not or does not decide to a human.

use serde_json::{Value, json};
use synod_tests::{World, cast::Ended};

use crate::{
    Cast,
    cast::{ask_gate, gate, spec},
    finding,
    stage::{TIME, agents, in_round, of_part, routed, says, time, verdict, vote},
    with, world,
};

const INACTIVITY: &str = "FR-2 gives no length of inactivity.";

/// Alice (red) raises two matters, bob (blue) says no to both, carol (green) is unsure. Judge is of `family`.
fn disputed(family: &str, rulings: &Value) -> (World, Ended) {
    let world = world();
    gate(&world, "judged", "ballot = true\narbiter = \"judge\"\n");
    let second = with(
        finding(INACTIVITY, "important", "after inactivity"),
        json!({"answer": "15 minutes"}),
    );
    let raised = json!([time("important"), second]);
    Cast::new(&world)
        .played("alice", "red", &says(&raised, &json!([vote("", "yes")])))
        .played("bob", "blue", &says(&json!([]), &json!([vote("", "no")])))
        .played("carol", "green", &says(&json!([]), &json!([])))
        .played(
            "judge",
            family,
            &in_round("arbitration", &["rule", &rulings.to_string()]),
        )
        .enter();
    let roster = ["alice", "bob", "carol"];
    let ended = ask_gate(&world, "judged", &spec(&world), &roster, &[]);
    world.assert_invariants();
    (world, ended)
}

fn of<'a>(ended: &'a Ended, claim: &str) -> &'a synod_proto::v1::Finding {
    let found = ended.run.findings.iter().find(|one| one.text == claim);
    found.unwrap_or_else(|| panic!("{claim} is dropped: {:#?}", ended.run.findings))
}

fn ruling(claim: &str, ruling: &str, answer: &str) -> Value {
    json!({"claim": claim, "ruling": ruling, "answer": answer, "reason": "The glossary says so."})
}

/// R9
#[test]
fn a_dispute_that_the_arbiter_leaves_out_is_asked_beside_what_is_critical() {
    let world = world();
    gate(&world, "judged", "ballot = true\narbiter = \"judge\"\n");
    let critical = finding(INACTIVITY, "critical", "after inactivity");
    let raised = says(
        &json!([time("important"), critical]),
        &json!([vote("", "yes")]),
    );
    let rulings = r#"[{"finding": "D9", "ruling": "overrule", "reason": "Not put to it."}]"#;
    let judge = in_round("arbitration", &["rule", rulings]);
    Cast::new(&world)
        .played("alice", "red", &raised)
        .played("bob", "blue", &says(&json!([]), &json!([vote("", "no")])))
        .played("judge", "black", &judge)
        .enter();
    let ended = ask_gate(&world, "judged", &spec(&world), &["alice", "bob"], &[]);
    assert_eq!(ended.end(), (10, "awaiting-human"));
    let asked: Vec<&str> = ended
        .run
        .questions
        .iter()
        .map(|q| q.text.as_str())
        .collect();
    assert_eq!(asked, [INACTIVITY, TIME], "both, the critical one first");
    assert!(of(&ended, TIME).rule.contains("left it out"));
}

/// R9
#[test]
fn an_arbiter_upholds_one_dispute_and_overrules_another() {
    let rulings = json!([
        ruling("FR-1", "uphold", "200 ms"),
        {"claim": "FR-2", "ruling": "overrule", "reason": "It stands in the glossary."},
    ]);
    let (_world, ended) = disputed("black", &rulings);
    assert_eq!(ended.end(), (0, "passed"), "{:#?}", ended.run.findings);
    assert_eq!(agents(&of_part(&ended.run, "arbiter")), ["judge"]);
    let upheld = of(&ended, TIME);
    assert_eq!(routed(upheld), ("contested", "resolve"), "{}", upheld.rule);
    assert_eq!(upheld.answer, "200 ms");
    assert!(upheld.rule.contains("upheld by the arbiter judge"));
    let basis = upheld.basis.as_ref().unwrap();
    assert_eq!(
        (
            basis.by.as_str(),
            basis.agent.as_str(),
            basis.ruling.as_str()
        ),
        ("arbiter", "judge", "uphold")
    );
    assert_eq!(basis.reason, "The glossary says so.");
    let overruled = of(&ended, INACTIVITY);
    assert_eq!(
        routed(overruled),
        ("contested", "note"),
        "{}",
        overruled.rule
    );
    let verdict = verdict(&ended);
    assert_eq!(verdict.answered, ["alice", "bob", "carol"]);
    let after = verdict.after_ballot.as_ref().unwrap();
    assert_eq!(after.arbitrated, Some(2), "before its word");
}

#[test]
fn what_an_arbiter_leaves_out_repeats_or_answers_in_its_own_way_is_asked() {
    let asked = |rulings: &Value, because: &str| {
        let (_world, ended) = disputed("black", rulings);
        assert_eq!(ended.end(), (10, "awaiting-human"));
        let found = of(&ended, TIME);
        assert_eq!(routed(found), ("contested", "ask"));
        assert!(found.rule.contains(because), "{}", found.rule);
        ended
    };
    let other = json!({"claim": "FR-2", "ruling": "overrule", "reason": "No."});
    asked(&json!([other]), "left it out");
    asked(
        &json!([
            ruling("FR-1", "uphold", "200 ms"),
            ruling("FR-1", "overrule", "")
        ]),
        "more than once",
    );
    asked(
        &json!([ruling("FR-1", "uphold", "3 hours")]),
        "nobody else has proposed",
    );
    asked(&json!([ruling("FR-1", "abstain", "")]), "abstained");
    let ended = asked(
        &json!([{"finding": "D77", "ruling": "overrule", "reason": "No."}]),
        "left it out",
    );
    let notes = &verdict(&ended).notes;
    assert!(notes.iter().any(|note| note.contains("D77")), "{notes:?}");
}

#[test]
fn an_arbiter_that_gives_no_valid_answer_settles_nothing() {
    let (_world, ended) = disputed("black", &json!([{"claim": "FR-1", "ruling": "perhaps"}]));
    assert_eq!(ended.end(), (10, "awaiting-human"));
    assert_eq!(ended.run.questions.len(), 2);
    let arbiter = of_part(&ended.run, "arbiter")[0];
    assert_eq!(arbiter.reason, "schema-mismatch", "{}", arbiter.detail);
    let found = of(&ended, TIME);
    assert!(
        found.rule.contains("gave no valid answer"),
        "{}",
        found.rule
    );
}

#[test]
fn an_arbiter_of_a_family_that_is_a_party_is_not_asked() {
    for family in ["red", "blue"] {
        let rulings = json!([ruling("FR-1", "uphold", "200 ms")]);
        let (_world, ended) = disputed(family, &rulings);
        assert!(of_part(&ended.run, "arbiter").is_empty(), "{family}");
        assert_eq!(ended.end(), (10, "awaiting-human"));
        let found = of(&ended, TIME);
        assert_eq!(routed(found), ("contested", "ask"));
        assert!(found.rule.contains("a party to it"), "{}", found.rule);
    }
}

#[test]
fn an_arbiter_whose_family_took_no_side_is_asked() {
    let rulings = json!([
        ruling("FR-1", "uphold", "200 ms"),
        ruling("FR-2", "abstain", "")
    ]);
    let (_world, ended) = disputed("green", &rulings);
    assert_eq!(agents(&of_part(&ended.run, "arbiter")), ["judge"]);
    assert_eq!(of(&ended, TIME).decision, "resolve");
}
