//! What people's answers say about families puts later questions in order and preselects answers to them.

use serde_json::json;
use synod_tests::World;

use crate::{
    Cast,
    cast::{ask, spec},
    finding,
    stage::{says, verdict, vote},
    with, world,
};

const ROSTER: [&str; 2] = ["alice", "bob"];
/// Outcomes that each family needs before any is weighed.
const OUTCOMES: usize = 30;

fn requirement(n: usize) -> String {
    format!("Requirement {n} names no limit of its own.")
}

/// Alice raises thirty matters; bob denies every other one.
fn thirty(world: &World) -> String {
    let requirements: Vec<String> = (1..=OUTCOMES)
        .map(|n| format!("- FR-{n}: The system shall keep to limit {n}.\n"))
        .collect();
    let text = format!("# Limits\n\n## Requirements\n\n{}", requirements.concat());
    let mut raised = Vec::new();
    let mut votes = Vec::new();
    for n in 1..=OUTCOMES {
        raised.push(finding(
            &requirement(n),
            "critical",
            &format!("keep to limit {n}."),
        ));
        votes.push(vote(&requirement(n), if n % 2 == 0 { "yes" } else { "no" }));
    }
    Cast::new(world)
        .played("alice", "red", &says(&json!(raised), &json!([])))
        .played("bob", "blue", &says(&json!([]), &json!(votes)))
        .enter();
    world.spec_dir("limits", &[("spec.md", &text)])
}

#[test]
fn thirty_outcomes_of_each_family_preselect_the_answer_of_the_one_that_was_right() {
    let world = world();
    let limits = thirty(&world);
    let first = ask(&world, &limits, &ROSTER, &[]);
    assert_eq!(
        (first.end(), first.run.questions.len()),
        ((10, "awaiting-human"), OUTCOMES)
    );
    assert_eq!(verdict(&first).notes, Vec::<String>::new());
    let question = |n: usize| {
        let all = first.run.findings.iter();
        let found = all.clone().find(|found| found.text == requirement(n));
        found
            .unwrap_or_else(|| panic!("{n} is not asked"))
            .id
            .clone()
    };
    for n in 1..=OUTCOMES {
        let word = if n % 2 == 0 {
            "as proposed"
        } else {
            "--dismiss"
        };
        world.synod(["answer", &question(n), word]).success();
    }
    assert_eq!(world.run(&first.run.id).state, "passed");

    let stats = world.synod(["--json", "agents", "--stats", "--gate", "clarify"]);
    let stats = stats.success().json();
    let of = |name: &str| {
        let mut all = stats["agents"].as_array().unwrap().iter();
        let line = all.find(|line| line["name"] == name).unwrap();
        (
            line["right"].as_u64().unwrap_or(0),
            line["judged"].as_u64().unwrap(),
        )
    };
    // Alice called all of them real and half were, bob told which.
    assert_eq!((of("alice"), of("bob")), ((15, 30), (30, 30)));
    assert_eq!(stats["weightsPermille"], json!({"blue": 1000, "red": 667}));
    let told = world
        .synod(["agents", "--stats", "--gate", "clarify"])
        .success()
        .stdout();
    // Clopper and Pearson of 15 of 30.
    assert!(told.contains("15/30, 31–69 %"), "{told}");

    // Both see it, and answer differently.
    let time = |answer: &str| {
        let claim = "FR-1 gives no time for quickly.";
        json!([with(
            finding(claim, "critical", "answer a search quickly"),
            json!({"answer": answer}),
        )])
    };
    Cast::new(&world)
        .played("alice", "red", &says(&time("1 s"), &json!([])))
        .played("bob", "blue", &says(&time("200 ms"), &json!([])))
        .enter();
    let second = ask(&world, &spec(&world), &ROSTER, &[]);
    assert_eq!(second.end(), (10, "awaiting-human"));
    assert_eq!(second.run.questions[0].recommended, "200 ms");
    // (20 · 0.75 + 15) / 50 against (20 · 0.75 + 30) / 50.
    let notes = verdict(&second).notes.join("\n");
    assert!(notes.contains("blue 100, red 67"), "{notes}");
    let again = world.synod(["gate", "replay", &second.run.id]).success();
    assert!(again.stdout().contains("same"), "{again}");
    world.assert_invariants();
}
