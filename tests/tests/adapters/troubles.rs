//! What a provider refuses, in each CLI's own words: the reason, what to do about it, and nothing tried again.

use serde_json::Value;
use synod_proto::v1;
use synod_tests::{World, config};

use crate::{NATIVE, completed, ended, programs};

/// A world with one stand-in that fails as the CLI does.
fn failing(adapter: &str, script: &[&str]) -> (World, v1::Run) {
    let programs = programs();
    let mut words = vec!["as", adapter, "read-prompt"];
    words.extend(script);
    let agent = crate::stage::agent(adapter, &programs.fake(&words), "");
    let world = World::with(programs)
        .config(format!("{}{agent}", config::SHORT_GRACE))
        .build();
    let run = world.json(["run", "--agent", adapter, "--detach", "do it"]);
    let run = world.wait_end(run["id"].as_str().unwrap());
    (world, run)
}

/// L2
#[test]
fn what_no_retry_mends_is_told_with_its_reason_and_tried_once() {
    for adapter in NATIVE {
        for (failure, reason) in [
            (&["fails", "401"][..], "bad-key"),
            (&["fails", "unknown-model"], "unknown-model"),
            (&["fails", "login"], "login-needed"),
            (&["fails", "quota"], "quota-gone"),
            (&["fails", "context"], "context-too-long"),
        ] {
            let (world, run) = failing(adapter, failure);
            let (state, found, attempt) = ended(&run);
            assert_eq!((state, found), ("failed", reason), "{adapter} {failure:?}");
            let detail = &run.executions[0].detail;
            assert!(detail.len() > 20, "{adapter} {failure:?}: {detail:?}");
            assert_eq!(attempt.number, 1);
            // Told where people look, not only in the API.
            let shown = world.synod(["show", &run.id]).success().stdout();
            assert!(shown.contains(reason), "{shown}");
            world.assert_invariants();
        }
    }
}

/// L1, as far as it goes: the time the provider named is kept and shown, and `synod retry` tries again.
#[test]
fn a_rate_limit_keeps_the_time_to_come_again_and_a_retry_is_a_new_try() {
    for adapter in NATIVE {
        let (world, run) = failing(adapter, &["fails", "429", "retry-after", "600"]);
        let (state, reason, attempt) = ended(&run);
        assert_eq!((state, reason), ("failed", "rate-limited"), "{adapter}");
        let at = attempt.retry_at.expect("a time").seconds;
        let end = attempt.ended_at.expect("an end").seconds;
        assert!((590..=610).contains(&(at - end)), "{adapter}: {}", at - end);
        let json = world.json(["show", &run.id]);
        assert!(has_key(&json, "retryAt"), "{json:#}");
        let again = world.json(["retry", &run.id]);
        let again = world.wait_end(again["id"].as_str().unwrap());
        assert_eq!(again.reason, "rate-limited");
        assert_ne!(again.id, run.id);
        world.assert_invariants();
    }
}

fn has_key(value: &Value, key: &str) -> bool {
    match value {
        Value::Object(map) => map
            .iter()
            .any(|(name, value)| name == key || has_key(value, key)),
        Value::Array(list) => list.iter().any(|value| has_key(value, key)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// L3
#[test]
fn numbers_and_words_of_errors_in_an_answer_or_a_tools_output_are_no_error() {
    let words = "HTTP 404, 429 Too Many Requests, 401 Unauthorized: invalid API key; exceeded retry limit, \
        last status: 429; unexpected status 500; insufficient_quota; Please run /login";
    for adapter in NATIVE {
        let script = [
            "says",
            words,
            "calls",
            "Bash",
            "curl -i http://127.0.0.1/404",
            "returned",
            words,
            "final",
            words,
            "done",
        ];
        let (world, run) = failing(adapter, &script);
        let text = World::only_attempt(&run)
            .final_text
            .clone()
            .unwrap_or_default();
        assert!(text.ends_with(words), "{adapter}: {text}");
        completed(&run, &text);
        world.assert_invariants();
    }
}

/// L1: a CLI that waits and then is let in has completed; while it waits, that is shown.
#[test]
fn a_cli_that_waits_for_its_provider_and_is_let_in_completes() {
    for adapter in ["claude", "codex"] {
        let programs = programs();
        let world = World::new(programs.clone());
        let go = world.at("go");
        let script = [
            "as",
            adapter,
            "read-prompt",
            "retries",
            "429",
            "2300",
            "wait-file",
            &go,
            "final",
            "in",
            "done",
        ];
        world.write_config(&crate::stage::agent(adapter, &programs.fake(&script), ""));
        let run = world.json(["run", "--agent", adapter, "--detach", "do it"]);
        let id = run["id"].as_str().unwrap();
        let run = world.wait_run(id, |run| {
            World::has_attempt(run, |attempt| attempt.activity.contains("wait"))
        });
        assert_eq!(run.state, "executing");
        std::fs::write(&go, "").unwrap();
        completed(&world.wait_end(id), "in");
    }
}
