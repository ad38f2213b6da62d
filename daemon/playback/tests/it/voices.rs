//! What it prints in the way of each CLI has the shape of what that CLI prints.

use serde_json::{Map, Value, json};

use crate::support::play;

/// Keys below which the keys are data.
const FREE: [&str; 7] = [
    "input",
    "parameters",
    "rawInput",
    "responseHeaders",
    "models",
    "modelUsage",
    "model_usage_since_last_result",
];
/// Keys whose text says which kind of line it is.
const KEPT: [&str; 7] = [
    "type",
    "subtype",
    "role",
    "sessionUpdate",
    "jsonrpc",
    "method",
    "terminal_reason",
];

/// As `tests/shapes/README.md` says.
pub fn shape(value: &Value, key: &str) -> Value {
    match value {
        _ if FREE.contains(&key) => json!("free"),
        Value::String(text) if KEPT.contains(&key) => json!(text),
        Value::String(_) => json!("text"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::Null => Value::Null,
        Value::Array(entries) => match entries.first() {
            Some(first @ Value::Object(_)) => json!([shape(first, "")]),
            _ => json!("list"),
        },
        Value::Object(fields) => {
            let fields: Map<String, Value> = fields
                .iter()
                .map(|(key, value)| (key.clone(), shape(value, key)))
                .collect();
            Value::Object(fields)
        }
    }
}

pub fn shapes(file: &str) -> Vec<Value> {
    file.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every line that the script prints is of a shape that the CLI has been seen to print.
#[track_caller]
fn check(tier: &str, seen: &str, script: &[&str], code: i32) -> Vec<Value> {
    let all: Vec<&str> = ["as", tier].iter().chain(script).copied().collect();
    let played = play("a prompt", &all);
    assert_eq!(played.code, code, "{}", played.stderr);
    let known = shapes(seen);
    let lines = played.json();
    for line in &lines {
        let shape = shape(line, "");
        assert!(known.contains(&shape), "no {tier} prints\n{shape}");
    }
    lines
}

const CLAUDE: &str = include_str!("../shapes/claude.jsonl");
const CODEX: &str = include_str!("../shapes/codex.jsonl");
const GEMINI: &str = include_str!("../shapes/gemini.jsonl");
const OPENCODE: &str = include_str!("../shapes/opencode.jsonl");

#[test]
fn a_claude_that_calls_a_tool_and_answers_prints_what_claude_code_prints() {
    let script = [
        "session",
        "s-1",
        "model",
        "m-1",
        "usage",
        "1000",
        "400",
        "50",
        "5",
        "cost",
        "0.5",
        "retries",
        "429",
        "1500",
        "says",
        "I look.",
        "calls",
        "Bash",
        "ls",
        "returned",
        "a b",
        "final",
        "It is so.",
        "done",
    ];
    let lines = check("claude", CLAUDE, &script, 0);
    assert_eq!(lines[0]["session_id"], "s-1");
    assert_eq!(lines[1]["retry_delay_ms"], 1500);
    assert_eq!(lines[3]["message"]["content"][0]["input"]["command"], "ls");
    let result = lines.last().unwrap();
    assert_eq!(result["result"], "It is so.");
    assert_eq!(result["usage"]["input_tokens"], 600);
    assert_eq!(result["usage"]["cache_read_input_tokens"], 400);
    assert_eq!(result["total_cost_usd"], 0.5);
    assert_eq!(result["num_turns"], 2);
}

#[test]
fn a_claude_that_fails_prints_what_claude_code_prints() {
    for failure in [
        "401",
        "403",
        "429",
        "500",
        "529",
        "unknown-model",
        "context",
        "quota",
    ] {
        let lines = check("claude", CLAUDE, &["fails", failure], 1);
        assert_eq!(lines.last().unwrap()["is_error"], true, "{failure}");
        assert_eq!(lines.last().unwrap()["subtype"], "success", "{failure}");
    }
    for (failure, said) in [
        ("refusal", "flagged this message"),
        ("max-tokens", "output token maximum"),
        ("login", "Please run /login"),
    ] {
        let lines = check("claude", CLAUDE, &["fails", failure], 1);
        let result = lines.last().unwrap()["result"].as_str().unwrap();
        assert!(result.contains(said), "{result}");
    }
}

#[test]
fn a_codex_that_calls_a_tool_and_answers_prints_what_codex_prints() {
    let script = [
        "session",
        "t-1",
        "usage",
        "1000",
        "400",
        "50",
        "5",
        "retries",
        "429",
        "200",
        "calls",
        "shell",
        "ls",
        "returned",
        "a b",
        "final",
        "It is so.",
        "done",
    ];
    let lines = check("codex", CODEX, &script, 0);
    assert_eq!(lines[0]["thread_id"], "t-1");
    assert_eq!(lines[3]["item"]["id"], lines[4]["item"]["id"]);
    assert_eq!(lines[5]["item"]["text"], "It is so.");
    assert_eq!(lines[6]["usage"]["input_tokens"], 1000);
    assert_eq!(lines[6]["usage"]["cached_input_tokens"], 400);
}

#[test]
fn a_codex_that_fails_prints_what_codex_prints() {
    for failure in [
        "401",
        "429",
        "500",
        "529",
        "unknown-model",
        "context",
        "quota",
        "login",
    ] {
        let lines = check("codex", CODEX, &["fails", failure], 1);
        assert_eq!(lines.last().unwrap()["type"], "turn.failed", "{failure}");
    }
    for failure in ["refusal", "max-tokens"] {
        let lines = check("codex", CODEX, &["says", "Hm.", "fails", failure], 0);
        assert_eq!(lines.last().unwrap()["type"], "turn.completed", "{failure}");
    }
}

#[test]
fn a_gemini_that_calls_a_tool_and_answers_prints_what_gemini_prints() {
    let script = [
        "session",
        "s-1",
        "usage",
        "1000",
        "400",
        "50",
        "5",
        "retries",
        "429",
        "200",
        "calls",
        "run_shell_command",
        "ls",
        "returned",
        "a b",
        "final",
        "It is so.",
        "done",
    ];
    let lines = check("gemini", GEMINI, &script, 0);
    assert_eq!(lines[1]["content"], "a prompt");
    let said: String = lines
        .iter()
        .filter(|line| line["role"] == "assistant")
        .filter_map(|line| line["content"].as_str())
        .collect();
    assert_eq!(said, "It is so.");
    let result = lines.last().unwrap();
    assert_eq!(result["stats"]["input_tokens"], 1000);
    assert_eq!(result["stats"]["tool_calls"], 1);
}

#[test]
fn a_gemini_that_fails_prints_what_gemini_prints_and_exits_with_the_status_mod_256() {
    for (failure, code) in [("401", 145), ("429", 173), ("500", 244), ("quota", 173)] {
        let lines = check("gemini", GEMINI, &["fails", failure], code);
        assert_eq!(lines.last().unwrap()["status"], "error", "{failure}");
    }
    assert!(check("gemini", GEMINI, &["fails", "login"], 41).is_empty());
    let lines = check("gemini", GEMINI, &["says", "Hm.", "fails", "refusal"], 0);
    assert_eq!(lines.last().unwrap()["status"], "success");
}

#[test]
fn an_opencode_that_calls_a_tool_and_answers_prints_what_opencode_prints() {
    let script = [
        "session",
        "s-1",
        "usage",
        "1000",
        "400",
        "50",
        "5",
        "cost",
        "0.25",
        "retries",
        "429",
        "200",
        "calls",
        "bash",
        "ls",
        "returned",
        "a b",
        "final",
        "It is so.",
        "done",
    ];
    let lines = check("opencode", OPENCODE, &script, 0);
    assert_eq!(lines[1]["part"]["state"]["input"]["command"], "ls");
    let finish = lines.last().unwrap();
    assert_eq!(finish["part"]["reason"], "stop");
    assert_eq!(finish["part"]["tokens"]["input"], 600);
    assert_eq!(finish["part"]["cost"], 0.25);
}

#[test]
fn an_opencode_that_fails_prints_what_opencode_prints() {
    for failure in ["401", "429", "500", "529", "context", "quota"] {
        let lines = check("opencode", OPENCODE, &["fails", failure], 1);
        assert_eq!(lines[0]["type"], "error", "{failure}");
    }
    let lines = check(
        "opencode",
        OPENCODE,
        &["says", "Hm.", "fails", "max-tokens"],
        0,
    );
    assert_eq!(lines.last().unwrap()["part"]["reason"], "length");
}

#[test]
fn a_time_to_try_again_is_told_as_each_cli_is_told() {
    let script = ["fails", "429", "retry-after", "600"];
    let told = |tier: &str| {
        let all: Vec<&str> = ["as", tier].iter().chain(&script).copied().collect();
        play("", &all).stdout
    };
    assert!(told("claude").contains("\"resetsAt\":"));
    assert!(told("codex").contains("try again in 600s"));
    assert!(told("gemini").contains("retryDelay"));
    assert!(told("opencode").contains("\"retry-after\":\"600\""));
}
