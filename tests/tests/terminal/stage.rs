//! What the tests of this binary have in common: a user interface that has come up, runs that ask, a burst.

use std::fmt::Write as _;

use serde_json::{Value, json};
use synod_proto::v1;
use synod_tests::{
    World, config,
    terminal::{Opening, Screen, Terminal},
};

use crate::programs;

/// The user interface, once it shows its first screen and knows a daemon.
#[track_caller]
pub fn open(world: &World) -> Terminal {
    at_home(world.terminal())
}

/// The same as arranged.
#[track_caller]
pub fn at_home(opening: Opening) -> Terminal {
    let terminal = opening.open();
    terminal.wait_for("the first screen", is_home);
    terminal
}

/// The list of runs, with a daemon behind it.
pub fn is_home(screen: &Screen) -> bool {
    screen.is_alternate() && screen.has("[Runs]") && screen.has("live")
}

/// The text of a screen without what the clock changes.
pub fn words(screen: &Screen) -> Vec<String> {
    let text = screen.text();
    let words = text.split_whitespace();
    words
        .filter(|word| !word.chars().any(|c| c.is_ascii_digit()))
        .map(str::to_owned)
        .collect()
}

/// How many rows of the list of runs are this run's. What just happened to it is told beside the list, too.
pub fn listed(screen: &Screen, name: &str) -> usize {
    let rows = screen.rows();
    let row_of = |row: &&String| {
        let rest = row.trim_start_matches(['▸', ' ']).strip_prefix(name);
        rest.is_some_and(|rest| rest.starts_with(' ')) && !row.starts_with("      ")
    };
    rows.iter().filter(row_of).count()
}

/// A run that asks as many questions, each with two options, among agents that answer.
#[track_caller]
pub fn asking(world: &World, name: &str, count: usize) -> v1::Run {
    let mut spec = String::new();
    let mut items: Vec<Value> = Vec::new();
    for n in 1..=count {
        let quote = format!("FR-{n}: The part {n} shall be quick.");
        writeln!(spec, "- {quote}").unwrap();
        items.push(
            json!({"kind": "ambiguity", "claim": format!("FR-{n} gives no time for part {n}."),
            "severity": "critical", "resolvability": "need-human", "reasoning": "Two readings.",
            "answer": "200 ms", "options": ["200 ms", "2 seconds"],
            "quotes": [{"path": "spec.md", "text": quote}]}),
        );
    }
    let file = world.at(&format!("{name}.json"));
    std::fs::write(&file, json!(items).to_string()).unwrap();
    let agents = ["alice", "bob"].map(|agent| {
        let argv = programs().fake(&["answer", &file]);
        config::agent(agent, &format!("of-{agent}"), &argv, "")
    });
    world.write_config(&agents.concat());
    let spec = world.spec_dir(name, &[("spec.md", &spec)]);
    let args = [
        "--json",
        "gate",
        "run",
        "clarify",
        "--spec",
        &spec,
        "--roster",
        "alice,bob",
    ];
    let run = world.synod(args).code(10).json();
    let run = world.run(run["id"].as_str().unwrap());
    assert_eq!(run.questions.len(), count);
    run
}

/// Puts all questions of a run off, in one commit with a change for each.
pub async fn noise(world: &World, run: &v1::Run, name: &str) {
    let request = v1::AnswerRestRequest {
        request_id: name.to_owned(),
        run_id: run.id.clone(),
        disposition: "later".to_owned(),
        ..Default::default()
    };
    world.supervisor().answer_rest(request).await.unwrap();
}
