//! Claude Code 2.1, `-p --output-format stream-json --verbose`.

use serde_json::{Map, Value, json};

mod ends;

use self::ends::{End, error_word, failed, result};
use super::{
    Facts, Line, Speech,
    facts::{Call, now},
    json,
};

/// The first line of a real session; what differs from run to run is put in.
const INIT: &str = include_str!("init.json");

pub fn lines(speech: &Speech, facts: &mut Facts) -> Vec<Line> {
    match speech {
        Speech::Begins => json([init(facts)]),
        Speech::Says(text) | Speech::Final(text) => {
            json([assistant(facts, json!({"type": "text", "text": text}))])
        }
        Speech::Thinks(text) => json([assistant(
            facts,
            json!({"type": "thinking", "thinking": text, "signature": ""}),
        )]),
        Speech::Plans(entries) => {
            let todos: Vec<Value> = entries
                .iter()
                .map(|entry| json!({"content": entry, "status": "pending", "activeForm": entry}))
                .collect();
            let id = facts.named("toolu_");
            json([assistant(
                facts,
                json!({"type": "tool_use", "id": id, "name": "TodoWrite", "input": {"todos": todos}}),
            )])
        }
        Speech::Calls => {
            let call = facts.called();
            let input = input(&call);
            json([assistant(
                facts,
                json!({"type": "tool_use", "id": call.id, "name": call.tool, "input": input}),
            )])
        }
        Speech::Returned(text) => json([returned(facts, text)]),
        Speech::Retries { status, after_ms } => json([json!({
            "type": "system",
            "subtype": "api_retry",
            "attempt": facts.retries,
            "max_retries": 10,
            "retry_delay_ms": after_ms,
            "error_status": status,
            "error": error_word(*status),
            "session_id": facts.session,
            "uuid": facts.uuid(),
        })]),
        Speech::Done => json([result(facts, &End::Completed)]),
        Speech::Fails(failure) => failed(facts, failure),
        Speech::Unknown(number) => json([json!({
            "type": format!("novelty_{number}"),
            "session_id": facts.session,
            "uuid": facts.uuid(),
        })]),
    }
}

fn init(facts: &mut Facts) -> Value {
    // A test reads it: it is never null.
    let mut init: Value = serde_json::from_str(INIT).unwrap_or_default();
    let cwd = std::env::current_dir().unwrap_or_default();
    let cwd = cwd.to_string_lossy();
    init["cwd"] = json!(cwd);
    init["original_cwd"] = json!(cwd);
    init["session_id"] = json!(facts.session);
    init["model"] = json!(facts.model);
    init["uuid"] = json!(facts.uuid());
    init
}

fn input(call: &Call) -> Value {
    let mut input = Map::new();
    input.insert(call.argument().to_owned(), json!(call.what));
    input.insert("description".to_owned(), json!("fake"));
    Value::Object(input)
}

fn assistant(facts: &mut Facts, content: Value) -> Value {
    let usage = facts.usage;
    json!({
        "type": "assistant",
        "message": {
            "id": facts.named("msg_"),
            "type": "message",
            "role": "assistant",
            "model": facts.model,
            "content": [content],
            "stop_reason": null,
            "stop_sequence": null,
            "usage": {
                "input_tokens": usage.fresh(),
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": usage.cached,
                "output_tokens": 1,
            },
            "context_management": null,
        },
        "parent_tool_use_id": null,
        "session_id": facts.session,
        "uuid": facts.uuid(),
        "timestamp": now(),
        "request_id": "req_fake",
    })
}

fn returned(facts: &mut Facts, text: &str) -> Value {
    let id = facts.called().id;
    json!({
        "type": "user",
        "message": {
            "role": "user",
            "content": [{
                "tool_use_id": id,
                "type": "tool_result",
                "content": text,
                "is_error": false,
            }],
        },
        "parent_tool_use_id": null,
        "session_id": facts.session,
        "uuid": facts.uuid(),
        "timestamp": now(),
        "tool_use_result": {
            "stdout": text,
            "stderr": "",
            "interrupted": false,
            "isImage": false,
            "noOutputExpected": false,
        },
        "tool_result_meta": [{
            "id": id,
            "permission_decision": {"decision": "accept", "source": "config", "reason_type": "rule"},
        }],
    })
}
