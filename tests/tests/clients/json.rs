//! What `--json` promises to scripts: canonical proto3 JSON with the fields that the documents name.

use std::fs;

use serde_json::{Value, json};
use synod_tests::{World, config};

use crate::{programs, world};

/// A 64-bit number: a string of digits.
#[track_caller]
fn is_long(value: &Value) {
    let digits = value
        .as_str()
        .unwrap_or_else(|| panic!("expected a string of digits, found {value}"));
    assert!(digits.parse::<u64>().is_ok(), "{digits}");
}

#[track_caller]
fn is_text(value: &Value) {
    assert!(
        value.as_str().is_some_and(|text| !text.is_empty()),
        "expected text, found {value}"
    );
}

#[track_caller]
fn is_instant(value: &Value) {
    let text = value.as_str().unwrap_or_default();
    assert!(
        text.len() > 19 && text.ends_with('Z') && text.contains('T'),
        "{value}"
    );
}

/// A gate that asks one question, and its run as `show --json` tells it.
fn asked() -> (World, Value) {
    let programs = programs();
    let world = World::new(programs.clone());
    let claim = json!([{"kind": "ambiguity", "claim": "FR-1 gives no time.", "severity": "critical",
        "resolvability": "suggest-fix", "quotes": [{"path": "spec.md", "text": "quickly"}],
        "answer": "200 ms", "options": ["1 s"], "reasoning": "Two readings."}]);
    let claim = claim.to_string();
    let script = [
        "in", "first", "[", "answer", &claim, "]", "in", "ballot", "[", "vote", "[]", "]",
    ];
    world.write_config(
        &["alice", "bob"]
            .map(|name| config::agent(name, name, &programs.fake(&script), ""))
            .concat(),
    );
    let spec = world.spec_dir("spec", &[("spec.md", "- FR-1: It shall answer quickly.\n")]);
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
    let shown = world.json(["show", run["id"].as_str().unwrap()]);
    assert_eq!(run, shown, "one picture of a run");
    (world, run)
}

#[test]
fn a_run_has_every_field_that_is_promised() {
    let (_world, run) = asked();
    for field in ["id", "name", "state"] {
        is_text(&run[field]);
    }
    is_long(&run["revision"]);
    for execution in run["executions"].as_array().unwrap() {
        for field in ["id", "agent", "state"] {
            is_text(&execution[field]);
        }
        for attempt in execution["attempts"].as_array().unwrap() {
            for field in ["id", "state", "reason"] {
                is_text(&attempt[field]);
            }
            assert_eq!(attempt["number"], 1);
            assert_eq!(attempt["exitCode"], 0, "0 is shown");
            assert_eq!(attempt.get("signal"), None, "none is not 0");
            is_instant(&attempt["startedAt"]);
            is_instant(&attempt["endedAt"]);
            is_long(&attempt["outputBytes"]);
        }
    }
    let findings = run["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    let finding = &findings[0];
    for field in [
        "id",
        "kind",
        "text",
        "severity",
        "agreement",
        "decision",
        "answer",
    ] {
        is_text(&finding[field]);
    }
    let anchor = &finding["anchors"][0];
    for field in ["path", "quote"] {
        is_text(&anchor[field]);
    }
    is_long(&anchor["start"]);
    is_long(&anchor["end"]);
    for voice in finding["voices"].as_array().unwrap() {
        for field in ["agent", "family", "attemptId", "answer", "reasoning"] {
            is_text(&voice[field]);
        }
    }
    let question = &run["questions"][0];
    for field in ["id", "text", "state", "recommended", "contentHash"] {
        is_text(&question[field]);
    }
}

#[test]
fn every_verb_speaks_json() {
    let (world, run) = asked();
    let id = run["id"].as_str().unwrap();
    let ps = world.json(["ps", "--all"]);
    assert_eq!(ps["runs"][0]["id"], id);
    assert_eq!(world.json(["questions"])["questions"][0]["runId"], id);
    let agents = world.json(["agents"]);
    let names: Vec<&str> = agents["agents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["name"].as_str().unwrap())
        .collect();
    for name in ["alice", "bob", "ambiguity", "testability", "consistency"] {
        assert!(names.contains(&name), "{names:?}");
    }
    let gates = world.json(["gate", "list"]);
    let names: Vec<&Value> = gates["gates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|gate| &gate["name"])
        .collect();
    assert_eq!(names, ["analyze", "checklist", "clarify", "review"]);
    let gate = world.json(["gate", "show", "clarify"]);
    is_text(&gate["toml"]);
    let status = world.json(["daemon", "status"]);
    for field in ["version", "socket", "stateDir", "containment"] {
        is_text(&status[field]);
    }
    assert_eq!(status["pid"], world.daemon_pid());
    is_long(&status["revision"]);
    let answered = world.json(["answer", id, "--rest", "recommended"]);
    assert_eq!(answered["state"], "passed");
    let waited = world.synod(["--json", "wait", id]).success().json_lines();
    assert_eq!(waited.len(), 1);
    assert_eq!(waited[0]["state"], "passed");
    let live = world.json(["ps"]);
    assert_eq!(live.get("runs"), None, "nothing is live");
    let cancelled = world.synod(["--json", "cancel", id]).success();
    cancelled.json_lines();
}

#[test]
fn events_are_one_object_a_line_gapless_from_1() {
    let (world, _) = asked();
    world.synod(["exec", "--", "sh", "-c", "exit 3"]).code(3);
    let events = world.synod(["--json", "events"]).success().json_lines();
    for (at, event) in events.iter().enumerate() {
        is_long(&event["revision"]);
        assert_eq!(event["revision"], (at + 1).to_string());
        is_instant(&event["at"]);
    }
    let since = world
        .synod(["--json", "events", "--since", "5"])
        .success()
        .json_lines();
    assert_eq!(since, events[5..]);
    // The API tells the same.
    let feed: Vec<Value> = world
        .feed()
        .iter()
        .map(|change| synod_shared::json::to_json(change).unwrap())
        .collect();
    assert_eq!(events, feed);
    let failed = events
        .iter()
        .find(|event| event.get("agentFailed").is_some())
        .unwrap();
    assert_eq!(failed["agentFailed"]["exitCode"], 3);
}

#[test]
fn an_error_is_an_object_on_standard_error() {
    let world = world();
    fs::create_dir(world.at("empty")).unwrap();
    let out = world
        .synod([
            "--json",
            "gate",
            "run",
            "clarify",
            "--spec",
            &world.at("empty"),
        ])
        .code(2);
    assert_eq!(out.stdout(), "");
    let told: Value = serde_json::from_slice(&out.stderr).unwrap();
    for field in ["code", "reason", "message"] {
        is_text(&told["error"][field]);
    }
}
