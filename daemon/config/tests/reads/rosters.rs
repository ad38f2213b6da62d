//! Whom a gate asks in the end, and what is said when it cannot ask anybody.

use std::path::Path;

use synod_config::Config;

use super::material::builtin;

const AGENTS: &str = "\
[agents.alice]\nadapter = \"command\"\nargv = [\"a\"]\n\
[agents.bob]\nadapter = \"command\"\nargv = [\"b\"]\n";

fn config(toml: &str) -> Config {
    Config::parse(Path::new("config.toml"), toml, Path::new("synodd")).unwrap()
}

fn named(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[track_caller]
fn refused(gate: &str, config: &Config, names: &[&str], code: &str, sentence: &str) {
    let error = builtin(gate).asked(config, &named(names)).unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), (code, sentence));
}

#[test]
fn a_gate_that_names_nobody_says_what_to_name() {
    refused(
        "checklist",
        &config(""),
        &[],
        "empty-roster",
        "the gate checklist asks whom the submission names, and it names nobody; none is configured yet: run `synod init`, then name some with --roster",
    );
    refused(
        "review",
        &config(AGENTS),
        &[],
        "empty-roster",
        "the gate review asks whom the submission names, and it names nobody; name some with --roster, such as --roster alice (configured: alice, bob)",
    );
    refused(
        "review",
        &config(&format!("{AGENTS}[rosters]\nall = [\"alice\", \"bob\"]\n")),
        &[],
        "empty-roster",
        "the gate review asks whom the submission names, and it names nobody; name some with --roster, such as --roster all (configured: all, alice, bob)",
    );
}

#[test]
fn rules_are_not_asked_for_what_only_models_can_give() {
    refused(
        "checklist",
        &config(AGENTS),
        &["alice", "testability"],
        "needs-models",
        "agent \"testability\" works by rules and gives no checks; the gate checklist needs models: name some with --roster, such as --roster alice (configured: alice, bob)",
    );
    refused(
        "review",
        &config(""),
        &["consistency"],
        "needs-models",
        "agent \"consistency\" works by rules and gives no remarks; the gate review needs models: none is configured yet: run `synod init`, then name some with --roster",
    );
    for gate in ["clarify", "analyze"] {
        let config = config("");
        let all = named(&["ambiguity", "testability", "consistency"]);
        assert_eq!(builtin(gate).asked(&config, &all).unwrap().len(), 3);
    }
}

#[test]
fn a_roster_by_name_is_asked_for_any_gate() {
    let config = config(&format!("{AGENTS}[rosters]\nall = [\"bob\", \"alice\"]\n"));
    for gate in ["clarify", "checklist", "analyze", "review"] {
        let gate = builtin(gate);
        let roster = gate.asked(&config, &named(&["all"])).unwrap();
        let names: Vec<&str> = roster.iter().map(|agent| agent.name.as_str()).collect();
        assert_eq!(names, ["bob", "alice"]);
    }
}

#[test]
fn an_arbiter_is_an_agent_with_a_model() {
    let config = config(AGENTS);
    let mut gate = builtin("clarify");
    assert_eq!(gate.arbiter_of(&config).unwrap(), None);
    gate.arbiter = Some("bob".to_owned());
    assert_eq!(gate.arbiter_of(&config).unwrap().unwrap().name, "bob");
    gate.arbiter = Some("bobb".to_owned());
    let error = gate.arbiter_of(&config).unwrap_err().to_string();
    assert!(
        error.starts_with("unknown agent \"bobb\"; did you mean \"bob\"?"),
        "{error}"
    );
    gate.arbiter = Some("ambiguity".to_owned());
    let error = gate.arbiter_of(&config).unwrap_err();
    assert_eq!(error.code(), "rule-as-arbiter");
}
