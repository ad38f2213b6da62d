//! A gate waits for the end of its agents' processes, and for nothing else, and reads what they printed.

use synod_tests::World;

use crate::with_agent;

const SPEC: &str =
    "# Checkout\n\n- FR-1: The shop shall send a receipt by e-mail within 5 minutes.\n";
const FINDING: &str = r#"[{"kind": "ambiguity", "claim": "FR-1 does not say to which address the receipt goes.",
    "severity": "important", "resolvability": "need-human",
    "quotes": [{"path": "spec.md", "text": "send a receipt by e-mail"}],
    "reasoning": "An account may have two addresses."}]"#;

/// Submits the gate over a small spec with this agent alone. Returns the run's id.
fn submit(world: &World, agent: &str) -> String {
    let spec = world.spec_dir("spec", &[("spec.md", SPEC)]);
    let args = [
        "gate", "run", "clarify", "--spec", &spec, "--roster", agent, "--detach",
    ];
    let run = world.json(args);
    run["id"].as_str().unwrap().to_owned()
}

/// P1
#[test]
fn a_header_at_once_and_the_answer_much_later_is_not_collected_early() {
    let programs = crate::programs();
    let world = World::new(programs.clone());
    let gate = world.at("go");
    let header = "x".repeat(1024);
    let script = [
        "print",
        &header,
        "print",
        "thinking",
        "wait-file",
        &gate,
        "answer",
        FINDING,
    ];
    world.write_config(&synod_tests::config::agent(
        "slow",
        "house",
        &programs.fake(&script),
        "",
    ));
    let id = submit(&world, "slow");
    let run = world.wait_run(&id, |run| {
        run.executions
            .first()
            .and_then(|one| one.attempts.first())
            .is_some_and(|a| a.last_line == "thinking")
    });
    assert_eq!(
        (run.state.as_str(), run.executions[0].state.as_str()),
        ("executing", "running")
    );
    std::fs::write(&gate, "").unwrap();
    let run = world.wait_end(&id);
    assert_eq!(
        (run.state.as_str(), run.findings.len()),
        ("awaiting-human", 1)
    );
    world.assert_invariants();
}

/// P2
#[test]
fn a_completion_marker_ends_nothing() {
    let programs = crate::programs();
    let world = World::new(programs.clone());
    let gate = world.at("go");
    let script = [
        "marker",
        "marker",
        "print",
        "[]",
        "print",
        "still here",
        "wait-file",
        &gate,
        "answer",
        FINDING,
        "marker",
    ];
    world.write_config(&synod_tests::config::agent(
        "marks",
        "house",
        &programs.fake(&script),
        "",
    ));
    let id = submit(&world, "marks");
    let run = world.wait_run(&id, |run| {
        run.executions
            .first()
            .and_then(|one| one.attempts.first())
            .is_some_and(|a| a.last_line == "still here")
    });
    assert_eq!(run.executions[0].state, "running");
    std::fs::write(&gate, "").unwrap();
    let run = world.wait_end(&id);
    assert_eq!(
        (run.state.as_str(), run.findings.len()),
        ("awaiting-human", 1)
    );
    world.assert_invariants();
}

/// P6
#[test]
fn a_fine_answer_with_exit_code_1_is_a_failure_stated_as_such() {
    let world = with_agent("fails", &["answer", FINDING, "exit", "1"], "");
    let id = submit(&world, "fails");
    let run = world.wait_end(&id);
    assert_eq!(run.state, "no-quorum");
    let execution = &run.executions[0];
    assert_eq!(
        (execution.state.as_str(), execution.reason.as_str()),
        ("failed", "exit-nonzero")
    );
    assert!(execution.detail.contains('1'), "{}", execution.detail);
    assert!(!world.raw_output(&id).is_empty(), "the output is kept");
    world.assert_invariants();
}

/// P6
#[test]
fn an_agent_killed_after_its_answer_has_not_answered() {
    let world = with_agent("killed", &["answer", "[]", "kill-self", "KILL"], "");
    let run = world.wait_end(&submit(&world, "killed"));
    assert_eq!(run.state, "no-quorum");
    assert_eq!(run.executions[0].reason, "signalled");
    assert_eq!(run.executions[0].attempts[0].signal, Some(9));
    world.assert_invariants();
}

/// P6, P12
#[test]
fn a_stray_word_or_a_flood_on_standard_error_does_not_spoil_an_answer() {
    let script = [
        "eprint",
        "ERROR: invalid API key",
        "spam-stderr",
        "5000000",
        "answer",
        "[]",
        "eprint",
        "{\"findings\": [1]}",
    ];
    let world = with_agent("noisy", &script, "");
    let run = world.wait_end(&submit(&world, "noisy"));
    assert_eq!((run.state.as_str(), run.findings.len()), ("passed", 0));
    world.assert_invariants();
}

/// P10
#[test]
fn an_answer_in_two_halves_is_one_answer() {
    let programs = crate::programs();
    let world = World::new(programs.clone());
    let gate = world.at("go");
    let script = ["answer-in-halves", FINDING, "wait-file", &gate, "half-rest"];
    world.write_config(&synod_tests::config::agent(
        "halves",
        "house",
        &programs.fake(&script),
        "",
    ));
    let id = submit(&world, "halves");
    world.wait_run(&id, |run| {
        run.executions
            .first()
            .and_then(|one| one.attempts.first())
            .is_some_and(|a| a.output_bytes > Some(0))
    });
    std::fs::write(&gate, "").unwrap();
    let run = world.wait_end(&id);
    assert_eq!(
        (run.state.as_str(), run.findings.len()),
        ("awaiting-human", 1)
    );
    world.assert_invariants();
}

/// P11
#[test]
fn the_answer_the_usage_after_it_and_the_exit_are_all_recorded() {
    let script = [
        "answer",
        FINDING,
        "print",
        "{\"usage\": {\"input_tokens\": 12, \"output_tokens\": 3}}",
        "exit",
        "0",
    ];
    let world = with_agent("usage", &script, "");
    let id = submit(&world, "usage");
    let run = world.wait_end(&id);
    assert_eq!(run.findings.len(), 1);
    assert_eq!(run.executions[0].attempts[0].exit_code, Some(0));
    let printed = String::from_utf8(world.raw_output(&id)).unwrap();
    assert!(
        printed.contains("\"usage\"") && printed.contains("\"findings\""),
        "{printed}"
    );
    world.assert_invariants();
}

/// P9
#[test]
fn only_its_deadline_ends_an_agent_that_says_nothing() {
    let world = with_agent(
        "silent",
        &["ignore", "TERM", "sleep", "600000"],
        "timeout = \"400ms\"\n",
    );
    let run = world.wait_end(&submit(&world, "silent"));
    assert_eq!(run.state, "no-quorum");
    let execution = &run.executions[0];
    assert_eq!(
        (execution.state.as_str(), execution.reason.as_str()),
        ("failed", "timeout")
    );
    assert_eq!(
        (
            execution.attempts[0].signal,
            execution.attempts[0].last_output_at
        ),
        (Some(9), None)
    );
    world.assert_invariants();
}

/// O7
#[test]
fn brackets_a_hundred_thousand_deep_do_not_hide_the_answer() {
    let (open, close) = ("[".repeat(100_000), "{\"a\":".repeat(20_000));
    let world = with_agent(
        "deep",
        &["print", &open, "print", &close, "answer", FINDING],
        "",
    );
    let run = world.wait_end(&submit(&world, "deep"));
    assert_eq!(
        (run.state.as_str(), run.findings.len()),
        ("awaiting-human", 1)
    );
    world.assert_invariants();
}

/// O7
#[test]
fn a_ten_megabyte_answer_is_read_and_one_of_a_hundred_is_told_to_be_too_long() {
    let programs = crate::programs();
    let long = |bytes: &'static str| {
        programs.fake(&["print-bytes", bytes, "print", "", "answer", FINDING])
    };
    let config = synod_tests::config::agent("ten", "house", &long("10000000"), "")
        + &synod_tests::config::agent("hundred", "house", &long("100000000"), "");
    let world = World::with(programs.clone()).config(config).build();
    let pid = world.start_daemon();
    let before = synod_tests::processes::peak_resident(pid);
    let run = world.wait_end(&submit(&world, "ten"));
    assert_eq!(
        (run.state.as_str(), run.findings.len()),
        ("awaiting-human", 1)
    );
    let run = world.wait_end(&submit(&world, "hundred"));
    assert_eq!(
        (run.state.as_str(), run.executions[0].reason.as_str()),
        ("no-quorum", "output-limit")
    );
    let grown = (synod_tests::processes::peak_resident(pid) - before) >> 20;
    assert!(grown < 128, "the daemon grew by {grown} MiB");
    world.assert_invariants();
}
