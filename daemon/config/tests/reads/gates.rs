//! The gates in the binary.

use std::path::Path;
use std::time::Duration;

use synod_config::{
    Checklist, Config, Gates, InputDecl, Limits, Patience, Presence, Quorum, Subject, render,
};
use synod_consensus::extract;
use synod_reviewer::Reviewer;

use super::material::{NONCE, builtin, receipts};

#[test]
fn clarify_asks_the_three_reviewers_and_needs_most_of_them() {
    let gates = Gates::builtin().unwrap();
    let clarify = gates.get("clarify").unwrap();
    let names: Vec<&str> = clarify.roster_names().collect();
    assert_eq!(names, ["ambiguity", "testability", "consistency"]);
    assert_eq!(clarify.quorum, Quorum::Majority);
    assert_eq!(clarify.quorum.of(clarify.roster.len()), Ok(2));
    assert_eq!(clarify.checkpoint.as_deref(), Some("before-plan"));
    assert_eq!(clarify.deadlines.partial_after, Duration::from_mins(10));
    assert_eq!(clarify.patience, Patience::default());
    assert_eq!(clarify.deadlines.fail_after, Duration::from_mins(20));
    let inputs: Vec<&str> = clarify.inputs.iter().map(|i| i.path.as_str()).collect();
    assert_eq!(inputs, ["spec.md", "PRD.md", "plan.md", "tasks.md"]);
    let needed = clarify
        .inputs
        .iter()
        .map(|i| i.presence == Presence::Required);
    assert_eq!(needed.collect::<Vec<_>>(), [true, false, false, false]);
    assert_eq!((clarify.ballot, clarify.repair), (true, 1));
}

#[test]
fn the_roster_of_every_built_in_gate_exists_without_a_configuration() {
    let config = Config::defaults(Path::new("synodd"));
    for gate in Gates::builtin().unwrap().iter() {
        if !gate.roster.is_empty() {
            gate.asked(&config, &[]).unwrap();
        }
    }
}

#[test]
fn every_built_in_gate_requires_its_first_input_alone_and_says_what_it_looks_for() {
    for gate in Gates::builtin().unwrap().iter() {
        assert!(gate.description.is_some(), "{}", gate.name);
        for (n, input) in gate.inputs.iter().enumerate() {
            assert_eq!(
                input.presence == Presence::Required,
                n == 0,
                "{}",
                gate.name
            );
            assert!(input.purpose.is_some(), "{} {}", gate.name, input.path);
        }
    }
}

#[test]
fn a_gate_is_shown_as_it_was_written() {
    let gates = Gates::builtin().unwrap();
    let toml = gates.get("clarify").unwrap().to_toml();
    assert!(toml.starts_with("# clarify:"));
    assert!(toml.contains("quorum = \"majority\""));
}

#[test]
fn an_unknown_gate_is_refused_with_the_known_ones() {
    let error = Gates::builtin().unwrap().get("clarfy").unwrap_err();
    assert_eq!(error.code(), "unknown-gate");
    assert_eq!(
        error.to_string(),
        "unknown gate \"clarfy\"; did you mean \"clarify\"? known gates: analyze, checklist, clarify, review"
    );
}

#[test]
fn an_input_is_told_with_its_purpose_and_its_limit() {
    let gates = Gates::builtin().unwrap();
    let mut clarify = gates.get("clarify").unwrap().clone();
    clarify.inputs[1].limit = Some(200_000);
    let words: Vec<String> = clarify.inputs[..2]
        .iter()
        .map(InputDecl::in_words)
        .collect();
    assert_eq!(
        words,
        [
            "spec.md: what is to be built (needed)",
            "PRD.md: goals and promises that the spec must keep (if there; cut after 195.3 KiB)",
        ]
    );
}

/// Otherwise a gate's default reviewers would answer and never be counted.
#[test]
fn what_reviewers_by_rules_say_of_every_example_is_an_answer_to_the_gates_that_ask_them() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut counted = 0;
    for name in ["clarify", "analyze"] {
        let gate = builtin(name);
        for folder in ["auth-change", "checkout", "export"] {
            let limits = Limits::default();
            let subject = Subject::read(&examples.join(folder), &gate, &limits).unwrap();
            let receipts = receipts(&subject);
            let checklist = Checklist::default();
            let prompt = render(&gate, None, &subject, &checklist, NONCE, &receipts).unwrap();
            for reviewer in Reviewer::ALL {
                let answer = synod_reviewer::review(reviewer, &prompt).unwrap();
                let printed = serde_json::to_vec(&answer).unwrap();
                let known = Some(prompt.as_bytes());
                let found = extract(&printed, &gate.schema, &receipts, known).unwrap();
                counted += found.value["findings"].as_array().unwrap().len();
            }
        }
    }
    assert!(counted > 20, "{counted}");
}
