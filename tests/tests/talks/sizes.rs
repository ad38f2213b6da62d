//! Agents that ask for more than anybody can read.

use std::fs;

use serde_json::{Value, json};
use synod_tests::config;

use crate::{stage::open_of, world};

/// Speaks as little of the protocol as there is. In its turn it prints a file; it never ends the turn by itself.
const AGENT: &str = r#"while IFS= read -r line; do case $line in
*'"method":"initialize"'*) echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}';;
*'"method":"session/new"'*) echo '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s"}}';;
*'"method":"session/prompt"'*) cat "$0";;
*'"method":"session/cancel"'*) echo '{"jsonrpc":"2.0","id":3,"result":{"stopReason":"cancelled"}}';;
esac; done"#;

fn asks(id: u64) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "session/request_permission", "params": {
        "sessionId": "s",
        "toolCall": {"toolCallId": format!("c{id}"), "kind": "execute", "title": "x", "locations": []},
        "options": [
            {"optionId": "yes", "name": "Yes", "kind": "allow_once"},
            {"optionId": "no", "name": "No", "kind": "reject_once"}]}})
}

/// O7: one such agent made every listing fail, and could not even be cancelled.
#[test]
fn an_agent_that_asks_for_something_enormous_is_listed_and_cancelled_like_any_other() {
    let enormous = "0123456789".repeat(200_000);
    let mut requests = Vec::new();
    for (id, place) in [
        (10, "/params/options/0/name"),
        (11, "/params/options/0/optionId"),
        (12, "/params/toolCall/title"),
        (13, "/id"),
    ] {
        let mut request = asks(id);
        *request.pointer_mut(place).unwrap() = json!(enormous);
        requests.push(request);
    }
    for id in 100..700 {
        let mut request = asks(id);
        request["params"]["toolCall"]["title"] = json!(enormous[..16_000]);
        let path = |n| json!({"path": format!("{n}/{}", &enormous[..1000])});
        request["params"]["toolCall"]["locations"] = (0..20).map(path).collect();
        requests.push(request);
    }
    let world = world();
    let lines: Vec<String> = requests.iter().map(Value::to_string).collect();
    let text = lines.join("\n") + "\n";
    fs::write(world.at("requests"), text).unwrap();
    let argv = ["/bin/sh", "-c", AGENT, &world.at("requests")].map(str::to_owned);
    let agent = config::agent("acp", "house", &argv, "")
        .replace("adapter = \"command\"", "adapter = \"acp\"");
    world.write_config(&format!("{}{agent}", config::SHORT_GRACE));

    let run = world.json(["run", "--agent", "acp", "--detach", "do it"]);
    let run = run["id"].as_str().unwrap();
    let asking = world.wait_run(run, |run| open_of(run).count() > 5);
    // One of the four is refused for its option's id, one for its own.
    assert!(open_of(&asking).count() <= 100);
    world.synod(["questions"]).success();
    world.synod(["show", run]).success();
    world
        .synod([
            "answer",
            &open_of(&asking).next().unwrap().id,
            "--option",
            "1",
        ])
        .success();
    world.synod(["cancel", run]).success();
    let ended = world.wait_end(run);
    assert_eq!(ended.state, "cancelled", "{:?}", ended.reason);
    world.synod(["questions", "--all"]).success();
    world.synod(["show", run]).success();
}
