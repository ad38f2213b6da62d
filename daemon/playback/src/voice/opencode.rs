//! opencode 1.18, `run --format json`.

use serde_json::{Value, json};

use super::{Facts, Failure, Line, Speech, Usage, facts::now_ms, json};

const SNAPSHOT: &str = "a641ccc5dfa1b0bbb8c4b070e13ad4d528aa0255";

/// What an earlier step says it used.
const NOTHING: Usage = Usage {
    input: 0,
    cached: 0,
    output: 0,
    reasoning: 0,
};

pub fn lines(speech: &Speech, facts: &mut Facts) -> Vec<Line> {
    match speech {
        Speech::Begins => {
            let part = json!({"snapshot": SNAPSHOT, "type": "step-start"});
            json([event(facts, "step_start", part)])
        }
        Speech::Says(text) | Speech::Final(text) => {
            let time = json!({"start": now_ms(), "end": now_ms()});
            let part = json!({"type": "text", "text": text, "time": time});
            json([event(facts, "text", part)])
        }
        Speech::Thinks(text) => {
            let time = json!({"start": now_ms(), "end": now_ms()});
            let part = json!({"type": "reasoning", "text": text, "time": time});
            json([event(facts, "reasoning", part)])
        }
        // It shows a tool when it has returned, and prints nothing while it tries again.
        Speech::Plans(_) | Speech::Calls | Speech::Retries { .. } => Vec::new(),
        Speech::Returned(text) => {
            let part = tool(facts, text);
            json([
                event(facts, "tool_use", part),
                finish(facts, "tool-calls", NOTHING, 0.0),
                event(
                    facts,
                    "step_start",
                    json!({"snapshot": SNAPSHOT, "type": "step-start"}),
                ),
            ])
        }
        // Nothing tells a refusal from an answer.
        Speech::Done | Speech::Fails(Failure::Refusal) => json([finished(facts, "stop")]),
        Speech::Fails(Failure::MaxTokens) => json([finished(facts, "length")]),
        Speech::Fails(failure) => {
            let error = error(facts, failure);
            let line = json!({
                "type": "error",
                "timestamp": now_ms(),
                "sessionID": facts.session,
                "error": error,
            });
            vec![Line::Json(line), Line::Code(1)]
        }
        Speech::Unknown(number) => {
            let kind = format!("novelty_{number}");
            json([event(facts, &kind, json!({"type": kind}))])
        }
    }
}

/// A line; the part gets the ids that every part has.
fn event(facts: &mut Facts, kind: &str, mut part: Value) -> Value {
    part["id"] = json!(facts.named("prt_"));
    part["messageID"] = json!("msg_fake");
    part["sessionID"] = json!(facts.session);
    json!({
        "type": kind,
        "timestamp": now_ms(),
        "sessionID": facts.session,
        "part": part,
    })
}

fn tool(facts: &Facts, output: &str) -> Value {
    let call = facts.called();
    json!({
        "type": "tool",
        "tool": call.tool,
        "callID": call.id,
        "state": {
            "status": "completed",
            "input": {call.argument(): call.what, "description": "fake"},
            "output": output,
            "metadata": {"output": output, "exit": 0, "truncated": false},
            "title": call.what,
            "time": {"start": now_ms(), "end": now_ms()},
        },
    })
}

/// The last step; it bears all that was used, since readers add the steps up.
fn finished(facts: &mut Facts, reason: &str) -> Value {
    finish(facts, reason, facts.usage, facts.cost)
}

fn finish(facts: &mut Facts, reason: &str, used: Usage, cost: f64) -> Value {
    let part = json!({
        "reason": reason,
        "snapshot": SNAPSHOT,
        "type": "step-finish",
        "tokens": {
            "total": used.total(),
            "input": used.fresh(),
            "output": used.output.saturating_sub(used.reasoning),
            "reasoning": used.reasoning,
            "cache": {"write": 0, "read": used.cached},
        },
        "cost": cost,
    });
    event(facts, "step_finish", part)
}

fn error(facts: &Facts, failure: &Failure) -> Value {
    let message = failure.message(&facts.model);
    match failure {
        Failure::Login => json!({
            "name": "ProviderAuthError",
            "data": {"providerID": "fake", "message": message},
        }),
        Failure::UnknownModel => json!({
            "name": "UnknownError",
            "data": {"message": format!("Model not found: fake/{}.", facts.model)},
        }),
        Failure::Status { .. }
        | Failure::Refusal
        | Failure::MaxTokens
        | Failure::Context
        | Failure::Quota => {
            let status = failure.status();
            let mut headers = json!({
                "content-type": "application/json",
                "request-id": "req_fake",
            });
            if let Some(seconds) = failure.retry_after() {
                headers["retry-after"] = json!(seconds.to_string());
            }
            let body = json!({"error": {"message": message, "type": failure.kind(), "code": null, "param": null}});
            json!({
                "name": "APIError",
                "data": {
                    "message": message,
                    "statusCode": status,
                    "isRetryable": status == 429 || status >= 500,
                    "responseHeaders": headers,
                    "responseBody": body.to_string(),
                    "metadata": {"url": "http://127.0.0.1:1/v1/chat/completions"},
                },
            })
        }
    }
}
