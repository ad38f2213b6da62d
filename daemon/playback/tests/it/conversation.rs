//! The agent of the Agent Client Protocol, against a scripted client.

use serde_json::json;

use crate::{
    support::{Client, agent, read},
    voices::{shape, shapes},
};

const SEEN: &str = include_str!("../shapes/acp.jsonl");

#[test]
fn a_turn_is_played_and_answered() {
    let script = [
        "as",
        "acp",
        "session",
        "s-1",
        "thinks",
        "hm",
        "calls",
        "bash",
        "ls",
        "returned",
        "a b",
        "says",
        "It is so.",
        "done",
    ];
    let mut client = Client::with_prompt(&script, "a prompt");
    assert_eq!(client.session, "s-1");
    let answer = client.answer(3);
    assert_eq!(answer["result"]["stopReason"], "end_turn");
    assert_eq!(client.said(), "It is so.");
    assert_eq!(client.close(), (0, String::new()));
}

#[test]
fn what_it_says_has_the_shape_of_what_real_agents_say() {
    let script = [
        "as",
        "acp",
        "asks",
        "execute",
        "ls",
        "calls",
        "bash",
        "ls",
        "returned",
        "a b",
        "says",
        "It is so.",
        "done",
    ];
    let mut client = Client::with_prompt(&script, "a prompt");
    let request = client.until("/method", &json!("session/request_permission"));
    client.choose(&request["id"], "allow-once");
    client.answer(3);
    let known = shapes(SEEN);
    let kinds = |line: &serde_json::Value| {
        let update = line["params"]["update"]["sessionUpdate"].clone();
        (line["method"].clone(), update)
    };
    for line in client
        .heard
        .iter()
        .filter(|line| line.get("method").is_some())
    {
        let shape = shape(line, "");
        // Agents differ in what else they tell: every key of ours is one of theirs, at the same place.
        assert!(
            known
                .iter()
                .filter(|seen| kinds(seen) == kinds(&shape))
                .any(|seen| is_part(&shape, seen)),
            "no agent says\n{shape}"
        );
    }
}

/// Whether every key of `ours` is there in `theirs`, with a value of the same kind.
fn is_part(ours: &serde_json::Value, theirs: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => ours
            .iter()
            .all(|(key, value)| theirs.get(key).is_some_and(|there| is_part(value, there))),
        (Value::Array(ours), Value::Array(theirs)) => ours
            .iter()
            .zip(theirs)
            .all(|(ours, theirs)| is_part(ours, theirs)),
        (Value::Array(_), other) | (other, Value::Array(_)) => other == "list",
        _ => ours == theirs,
    }
}

#[test]
fn a_permission_decides_which_branch_is_played() {
    let script = [
        "as",
        "acp",
        "asks",
        "edit",
        "write a file",
        "/tmp/a",
        "if-allowed",
        "[",
        "says",
        "yes",
        "]",
        "if-rejected",
        "[",
        "says",
        "no",
        "]",
        "done",
    ];
    for (option, said) in [
        ("allow-once", "yes"),
        ("allow-always", "yes"),
        ("reject-once", "no"),
    ] {
        let mut client = Client::with_prompt(&script, "a prompt");
        let request = client.until("/method", &json!("session/request_permission"));
        let call = &request["params"]["toolCall"];
        assert_eq!(call["kind"], "edit");
        assert_eq!(call["locations"][0]["path"], "/tmp/a");
        client.choose(&request["id"], option);
        client.answer(3);
        assert_eq!(client.said(), said);
    }
}

#[test]
fn a_cancel_ends_the_turn_and_what_follows_done_is_the_next_one() {
    let script = [
        "as", "acp", "says", "first", "sleep", "600000", "says", "never", "done", "says", "second",
    ];
    let mut client = Client::with_prompt(&script, "a prompt");
    client.until("/params/update/content/text", &json!("rst"));
    client.cancel();
    assert_eq!(client.answer(3)["result"]["stopReason"], "cancelled");
    client.prompt(4, "go on");
    assert_eq!(client.answer(4)["result"]["stopReason"], "end_turn");
    assert_eq!(client.said(), "firstsecond");
}

#[test]
fn a_cancel_ends_a_wait_for_permission() {
    let mut client = Client::with_prompt(&["as", "acp", "asks", "execute", "ls"], "a prompt");
    client.until("/method", &json!("session/request_permission"));
    client.cancel();
    assert_eq!(client.answer(3)["result"]["stopReason"], "cancelled");
    assert_eq!(client.close().0, 0);
}

#[test]
fn everything_it_receives_is_in_its_log() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let script = [
        "as",
        "acp",
        "log",
        log.to_str().unwrap(),
        "says",
        "x",
        "done",
    ];
    let mut client = Client::with_prompt(&script, "a prompt");
    client.answer(3);
    client.close();
    let methods: Vec<String> = read(&log)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|message| message["method"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(methods, ["initialize", "session/new", "session/prompt"]);
}

#[test]
fn a_loaded_session_tells_what_it_remembers_and_keeps_its_id() {
    let mut client = Client::start(&["as", "acp", "remembers", "old answer", "says", "new"]);
    client.request(1, "initialize", json!({"protocolVersion": 1}));
    assert_eq!(
        client.answer(1)["result"]["agentCapabilities"]["loadSession"],
        true
    );
    client.request(
        2,
        "session/load",
        json!({"sessionId": "s-9", "cwd": "/", "mcpServers": []}),
    );
    let answer = client.answer(2);
    assert_eq!(answer["result"]["modes"]["currentModeId"], "default");
    assert_eq!(client.said(), "old answer");
    client.session = "s-9".to_owned();
    client.request(
        3,
        "session/set_mode",
        json!({"sessionId": "s-9", "modeId": "plan"}),
    );
    assert_eq!(client.answer(3)["result"], json!({}));
    client.prompt(4, "go");
    client.answer(4);
    assert_eq!(
        client.heard.last().unwrap()["result"]["stopReason"],
        "end_turn"
    );
    assert_eq!(client.said(), "old answernew");
}

#[test]
fn it_misbehaves_on_demand() {
    // a line that is no JSON, a request asked twice
    let script = [
        "as",
        "acp",
        "ask-twice",
        "stray",
        "not json",
        "asks",
        "execute",
        "ls",
        "done",
    ];
    let mut client = Client::with_prompt(&script, "a prompt");
    assert_eq!(client.line(), "not json");
    let (first, second) = (client.next(), client.next());
    assert_eq!(first, second);
    client.choose(&first["id"], "allow-once");
    client.choose(&first["id"], "allow-once");
    client.answer(3);

    // an error instead of an answer, and of a session
    let mut client = Client::with_prompt(&["as", "acp", "error", "-32603", "broken"], "a prompt");
    let answer = client.answer(3);
    assert_eq!(
        answer["error"],
        json!({"code": -32603, "message": "broken"})
    );
    let mut client = Client::start(&["as", "acp", "refuses", "session/new", "-32000", "log in"]);
    client.request(1, "session/new", json!({}));
    assert_eq!(client.answer(1)["error"]["message"], "log in");

    // a turn that never ends
    let script = ["as", "acp", "never-end-turn", "says", "x"];
    let mut client = Client::with_prompt(&script, "a prompt");
    client.until("/params/update/content/text", &json!("x"));
    assert_eq!(client.close(), (0, String::new()));

    // one that outlives its input, and one that hears no cancel
    let script = ["as", "acp", "stay-after-eof", "says", "x", "done"];
    let mut client = Client::with_prompt(&script, "a prompt");
    client.answer(3);
    assert_eq!(client.close_and_kill(), "");
    let script = [
        "as",
        "acp",
        "ignore-cancel",
        "asks",
        "execute",
        "ls",
        "says",
        "still here",
        "done",
    ];
    let mut client = Client::with_prompt(&script, "a prompt");
    let request = client.until("/method", &json!("session/request_permission"));
    client.cancel();
    client.choose(&request["id"], "allow-once");
    assert_eq!(client.answer(3)["result"]["stopReason"], "end_turn");
    assert_eq!(client.said(), "still here");
}

#[test]
fn failures_are_errors_or_reasons_to_stop() {
    for (failure, reason) in [("refusal", "refusal"), ("max-tokens", "max_tokens")] {
        let mut client = Client::with_prompt(&["as", "acp", "fails", failure], "a prompt");
        assert_eq!(client.answer(3)["result"]["stopReason"], reason);
    }
    for (failure, code) in [("429", -32603), ("login", -32000)] {
        let mut client = Client::with_prompt(&["as", "acp", "fails", failure], "a prompt");
        assert_eq!(client.answer(3)["error"]["code"], code);
    }
}

#[test]
fn it_speaks_to_nobody_before_it_is_spoken_to() {
    let output = agent(&["as", "acp", "says", "x"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
}
