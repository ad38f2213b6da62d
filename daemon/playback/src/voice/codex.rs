//! Codex 0.169, `exec --json`.

use serde_json::{Value, json};

use super::{Facts, Failure, Line, Speech, failure::status_name, json};

/// How often it tries again before it gives up.
const RETRIES: u64 = 5;

pub fn lines(speech: &Speech, facts: &mut Facts) -> Vec<Line> {
    match speech {
        Speech::Begins => json([
            json!({"type": "thread.started", "thread_id": facts.session}),
            json!({"type": "turn.started"}),
        ]),
        Speech::Says(text) | Speech::Final(text) => {
            let id = item(facts);
            json([completed(
                json!({"id": id, "type": "agent_message", "text": text}),
            )])
        }
        Speech::Thinks(text) => {
            let id = item(facts);
            json([completed(
                json!({"id": id, "type": "reasoning", "text": text}),
            )])
        }
        Speech::Plans(entries) => {
            let id = item(facts);
            let items: Vec<Value> = entries
                .iter()
                .map(|entry| json!({"text": entry, "completed": false}))
                .collect();
            let item = json!({"id": id, "type": "todo_list", "items": items});
            json([json!({"type": "item.started", "item": item})])
        }
        // It says nothing of a file before it is changed.
        Speech::Calls if facts.called().kind() == "edit" => Vec::new(),
        Speech::Calls => {
            let item = command(facts, "", &Value::Null, "in_progress");
            json([json!({"type": "item.started", "item": item})])
        }
        Speech::Returned(text) => {
            let call = facts.called();
            let item = match call.kind() {
                "edit" => json!({
                    "id": call.id,
                    "type": "file_change",
                    "changes": [{"path": call.what, "kind": "update"}],
                    "status": "completed",
                }),
                _ => command(facts, text, &json!(0), "completed"),
            };
            json([completed(item)])
        }
        Speech::Retries { status, .. } => {
            let why = unexpected(*status, &format!("fake error {status}"));
            json([error(&reconnecting(facts.retries, &why))])
        }
        Speech::Done => {
            let used = facts.usage;
            json([json!({
                "type": "turn.completed",
                "usage": {
                    "input_tokens": used.input,
                    "cached_input_tokens": used.cached,
                    "cache_write_input_tokens": 0,
                    "output_tokens": used.output,
                    "reasoning_output_tokens": used.reasoning,
                },
            })])
        }
        // It shows neither: the turn is complete.
        Speech::Fails(Failure::Refusal | Failure::MaxTokens) => lines(&Speech::Done, facts),
        Speech::Fails(failure) => failed(facts, failure),
        Speech::Unknown(number) => {
            let id = item(facts);
            json([
                completed(json!({"id": id, "type": format!("novelty_{number}")})),
                json!({"type": format!("novelty.{number}")}),
            ])
        }
    }
}

fn item(facts: &mut Facts) -> String {
    format!("item_{}", facts.id())
}

fn completed(item: Value) -> Value {
    json!({"type": "item.completed", "item": item})
}

fn command(facts: &Facts, output: &str, code: &Value, status: &str) -> Value {
    let call = facts.called();
    json!({
        "id": call.id,
        "type": "command_execution",
        "command": format!("/bin/bash -lc '{}'", call.what),
        "aggregated_output": output,
        "exit_code": code,
        "status": status,
    })
}

fn error(message: &str) -> Value {
    json!({"type": "error", "message": message})
}

fn reconnecting(attempt: u64, why: &str) -> String {
    format!("Reconnecting... {attempt}/{RETRIES} ({why})")
}

fn unexpected(status: u16, message: &str) -> String {
    let name = status_name(status);
    match status {
        429 => format!("exceeded retry limit, last status: 429 {name}"),
        _ => format!(
            "unexpected status {status} {name}: {message}, url: http://127.0.0.1:1/v1/responses"
        ),
    }
}

fn failed(facts: &mut Facts, failure: &Failure) -> Vec<Line> {
    let message = failure.message(&facts.model);
    let status = failure.status();
    let mut all = Vec::new();
    let why = match failure {
        Failure::Quota => "Quota exceeded. Check your plan and billing details.".to_owned(),
        Failure::Context => bad_request(&message, "context_length_exceeded"),
        Failure::Status {
            retry_after: Some(_),
            ..
        } => format!("{}: {message}", unexpected(status, &message)),
        _ if status == 400 => bad_request(&message, ""),
        _ => {
            let why = unexpected(status, &message);
            all.extend((1..=RETRIES).map(|attempt| error(&reconnecting(attempt, &why))));
            why
        }
    };
    all.push(error(&why));
    all.push(json!({"type": "turn.failed", "error": {"message": why}}));
    let mut all = json(all);
    all.push(Line::Code(1));
    all
}

/// It shows the body of the answer as it came.
fn bad_request(message: &str, code: &str) -> String {
    let code = if code.is_empty() {
        Value::Null
    } else {
        json!(code)
    };
    json!({"error": {"message": message, "type": "invalid_request_error", "code": code, "param": null}}).to_string()
}
