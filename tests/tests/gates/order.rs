//! The order in which answers arrive decides nothing.

use serde_json::{Value, json};

use crate::{
    Cast,
    cast::{release, spec, submit},
    finding, with, world,
};

/// What a verdict says, without ids and times.
fn said(run: &synod_proto::v1::Run) -> Value {
    let of_agent = |execution: &str| {
        let mut all = run.executions.iter();
        all.find(|e| e.id == execution).map(|e| e.agent.clone())
    };
    let place = |id: &String| run.findings.iter().position(|f| f.id == *id);
    let findings: Vec<Value> = run
        .findings
        .iter()
        .map(|finding| {
            let mut finding = finding.clone();
            let beside: Vec<_> = finding.possibly_same.iter().map(place).collect();
            finding.possibly_same.clear();
            for voice in &mut finding.voices {
                voice.attempt_id.clear();
                voice.execution_id = of_agent(&voice.execution_id).unwrap();
            }
            (finding.id, finding.run_id, finding.revision) = Default::default();
            json!([synod_shared::json::to_json(&finding).unwrap(), beside])
        })
        .collect();
    let questions: Vec<Value> = run
        .questions
        .iter()
        .map(|q| {
            json!([
                place(&q.finding_id),
                q.text,
                q.rank,
                q.content_hash,
                q.recommended
            ])
        })
        .collect();
    let verdict = run.verdict.as_ref().unwrap();
    json!([
        run.state,
        findings,
        questions,
        verdict.trust,
        verdict.answered
    ])
}

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
    Cast::new(&world)
        .agent(
            "a",
            "red",
            &["read-prompt", "wait-file", &go_a, "answer", &a],
        )
        .agent(
            "b",
            "blue",
            &["read-prompt", "wait-file", &go_b, "answer", &b],
        )
        .agent(
            "c",
            "green",
            &["read-prompt", "wait-file", &go_c, "answer", &c],
        )
        .enter();
    let spec = spec(&world);
    let mut verdicts = Vec::new();
    for order in [
        ["a", "b", "c"],
        ["a", "c", "b"],
        ["b", "a", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["c", "b", "a"],
    ] {
        let id = submit(&world, &spec, &["a", "b", "c"], &["--force"]);
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
