//! The order in which answers arrive decides nothing.

use serde_json::json;

use crate::{
    Cast, SPEC,
    cast::{release, said, submit},
    finding, with, world,
};

/// R10
#[test]
fn any_order_of_arrival_gives_the_same_verdict() {
    let world = world();
    let quickly = |severity: &str, claim: &str, answer: &str| {
        with(
            finding(claim, severity, "answer a search quickly"),
            json!({"answer": answer}),
        )
    };
    let [a, b, c] = [
        json!([
            quickly("important", "FR-1 gives no time for quickly.", "200 ms"),
            finding(
                "FR-2 gives no length of inactivity.",
                "critical",
                "after inactivity"
            ),
        ]),
        json!([
            quickly("minor", "FR-1 gives no time for quickly", "200 ms."),
            finding(
                "FR-4 does not say to which address.",
                "important",
                "by e-mail"
            ),
        ]),
        json!([
            quickly(
                "critical",
                "What is quickly in FR-1? It gives no time.",
                "2 s"
            ),
            finding(
                "FR-2 gives no length for inactivity.",
                "important",
                "a session after inactivity"
            ),
        ]),
    ]
    .map(|answer| answer.to_string());
    // A shell between the file and the agent: each run waits for files of its own.
    let script = |name: &str| format!("{}-go", world.at(name));
    let (go_a, go_b, go_c) = (script("a"), script("b"), script("c"));
    let votes = r#"[{"claim": "FR-1", "real": "yes"}, {"claim": "FR-2", "real": "no"}]"#;
    let played = |go: &str, answer: &str| -> Vec<String> {
        let words = [
            "in",
            "first",
            "[",
            "wait-file",
            go,
            "answer",
            answer,
            "]",
            "in",
            "ballot",
            "[",
            "vote",
            votes,
            "]",
        ];
        words.map(str::to_owned).to_vec()
    };
    let (a, b, c) = (played(&go_a, &a), played(&go_b, &b), played(&go_c, &c));
    Cast::new(&world)
        .played("a", "red", &a)
        .played("b", "blue", &b)
        .played("c", "green", &c)
        .enter();
    let mut verdicts = Vec::new();
    for order in [
        ["a", "b", "c"],
        ["a", "c", "b"],
        ["b", "a", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["c", "b", "a"],
    ] {
        // A subject of its own for each, with no decisions of earlier runs about it.
        let spec = world.spec_dir(&order.concat(), &[("spec.md", SPEC)]);
        let id = submit(&world, &spec, &["a", "b", "c"], &[]);
        for agent in order {
            release(&world, &format!("{agent}-go"));
            world.wait_run(&id, |run| {
                let mut all = run.executions.iter();
                all.any(|e| e.agent == agent && e.state == "completed")
            });
        }
        verdicts.push((order, said(&world.wait_end(&id))));
        for agent in order {
            std::fs::remove_file(script(agent)).unwrap();
        }
    }
    let (_, first) = &verdicts[0];
    for (order, verdict) in &verdicts {
        assert_eq!(verdict, first, "{order:?}");
    }
    world.assert_invariants();
}
