//! Gates are read-only, also for agents that are spoken to: by the mode they are put into, and by what they are denied.

use synod_proto::v1;

use crate::stage::Stage;

const FINDING: &str = r#"[{"kind": "ambiguity", "claim": "FR-1 does not say to which address the receipt goes.",
    "severity": "important", "resolvability": "need-human",
    "quotes": [{"path": "spec.md", "text": "send a receipt by e-mail"}],
    "reasoning": "An account may have two addresses."}]"#;

/// Wants to run a command, and answers the gate if it may not.
const ASKS: [&str; 15] = [
    "asks",
    "execute",
    "touch made.txt",
    "if-allowed",
    "[",
    "error",
    "-32603",
    "it was to be denied",
    "]",
    "if-rejected",
    "[",
    "answers",
    FINDING,
    "]",
    "done",
];

/// An agent with these modes, and further lines of its section.
fn agent(modes: &str, more: &str) -> Stage {
    Stage::of(&[&["modes", modes][..], &ASKS].concat(), more)
}

fn modes_set(stage: &Stage) -> Vec<String> {
    stage
        .heard()
        .iter()
        .filter(|line| line["method"] == "session/set_mode")
        .map(|line| line["params"]["modeId"].as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn answered(run: &v1::Run) {
    assert_eq!(
        (run.state.as_str(), run.findings.len()),
        ("awaiting-human", 1),
        "{run:#?}"
    );
    assert!(run.questions.iter().all(|it| it.about != "permission"));
}

#[test]
fn in_a_gate_the_strictest_mode_is_set_and_a_command_is_denied_without_asking_anybody() {
    for (modes, set) in [
        ("agent,plan,default,read-only", "read-only"),
        ("build,default,plan", "plan"),
        ("auto,default", "default"),
    ] {
        let stage = agent(modes, "");
        let run = stage.start_gate();
        answered(&stage.world.wait_end(&run));
        assert_eq!(modes_set(&stage), [set], "{modes}");
        let chosen = stage.chosen();
        assert!(
            chosen.len() == 1 && chosen[0].starts_with("reject"),
            "{chosen:?}"
        );
        stage.assert_heard_nothing_twice();
        stage.world.assert_invariants();
    }
}

/// Nobody's rules make a gate write.
#[test]
fn in_a_gate_a_policy_that_allows_commands_allows_none() {
    let rules = "[agents.acp.permissions]\ndefault = \"allow\"\nrules = [{ kinds = [\"execute\"], ruling = \"allow\" }]";
    let stage = agent("default", rules);
    let run = stage.start_gate();
    answered(&stage.world.wait_end(&run));
}

/// An agent that never asks is never denied anything.
#[test]
fn an_agent_without_a_known_mode_is_given_no_work_in_a_gate_and_says_which_it_has() {
    for (modes, found) in [
        ("agent,full-access", "found agent, full-access"),
        ("none", "without modes"),
    ] {
        // It stays when its input is closed: how it ends tells nothing.
        let script = [&["stay-after-eof", "modes", modes][..], &ASKS].concat();
        let stage = Stage::of(&script, "");
        let run = stage.start_gate();
        let ended = stage.world.wait_end(&run);
        assert_eq!(ended.state, "no-quorum", "{ended:#?}");
        let execution = &ended.executions[0];
        assert_eq!(execution.reason, "unsupported", "{execution:#?}");
        let detail = &execution.attempts[0].detail;
        assert!(detail.contains(found), "{detail}");
        assert!(!stage.methods().contains(&"session/prompt".to_owned()));
        assert_eq!(stage.world.agents_alive(), Vec::<i32>::new());
        stage.world.assert_invariants();
    }
}

#[test]
fn a_mode_that_was_named_is_taken_in_a_gate_too() {
    let stage = agent("agent,quiet", "mode = \"quiet\"");
    let run = stage.start_gate();
    answered(&stage.world.wait_end(&run));
    assert_eq!(modes_set(&stage), ["quiet"]);

    let stage = agent("none", "mode = \"default\"");
    let run = stage.start_gate();
    answered(&stage.world.wait_end(&run));
    assert_eq!(modes_set(&stage), Vec::<String>::new());
}
