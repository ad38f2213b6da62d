//! The Agent Client Protocol, version 1: updates within a turn, and how the turn ends. Whose turn it is, is the
//! business of `conversation.rs`, which puts the id of the request to the answer.

use serde_json::{Value, json};

use super::{Call, Facts, Failure, Line, Speech, json, pieces};

pub fn lines(speech: &Speech, facts: &mut Facts) -> Vec<Line> {
    match speech {
        Speech::Says(text) | Speech::Final(text) => {
            let message = facts.named("msg_");
            json(pieces(text).map(|piece| {
                update(
                    &facts.session,
                    json!({
                        "sessionUpdate": "agent_message_chunk",
                        "messageId": message,
                        "content": {"type": "text", "text": piece},
                    }),
                )
            }))
        }
        Speech::Thinks(text) => json([update(
            &facts.session,
            json!({
                "sessionUpdate": "agent_thought_chunk",
                "content": {"type": "text", "text": text},
            }),
        )]),
        Speech::Plans(entries) => {
            let entries: Vec<Value> = entries
                .iter()
                .map(|entry| json!({"content": entry, "priority": "medium", "status": "pending"}))
                .collect();
            json([update(
                &facts.session,
                json!({"sessionUpdate": "plan", "entries": entries}),
            )])
        }
        Speech::Calls => {
            let call = facts.called();
            json([update(
                &facts.session,
                json!({
                    "sessionUpdate": "tool_call",
                    "toolCallId": call.id,
                    "title": call.what,
                    "kind": call.kind(),
                    "status": "in_progress",
                    "locations": locations(&call),
                    "rawInput": {call.argument(): call.what},
                }),
            )])
        }
        Speech::Returned(text) => {
            let call = facts.called();
            json([update(
                &facts.session,
                json!({
                    "sessionUpdate": "tool_call_update",
                    "toolCallId": call.id,
                    "status": "completed",
                    "title": call.what,
                    "content": [{"type": "content", "content": {"type": "text", "text": text}}],
                    "locations": locations(&call),
                    "kind": call.kind(),
                }),
            )])
        }
        // It shows no tries.
        Speech::Begins | Speech::Retries { .. } => Vec::new(),
        Speech::Done => {
            let mut all = json([update(
                &facts.session,
                json!({
                    "sessionUpdate": "usage_update",
                    "used": facts.usage.total(),
                    "size": 1_000_000,
                    "cost": {"amount": facts.cost, "currency": "USD"},
                }),
            )]);
            all.push(stopped(facts, "end_turn"));
            all
        }
        Speech::Fails(Failure::Refusal) => vec![stopped(facts, "refusal")],
        Speech::Fails(Failure::MaxTokens) => vec![stopped(facts, "max_tokens")],
        Speech::Fails(failure) => vec![Line::Json(json!({"error": error(facts, failure)}))],
        Speech::Unknown(number) => json([
            update(
                &facts.session,
                json!({"sessionUpdate": format!("novelty_{number}")}),
            ),
            json!({
                "jsonrpc": "2.0",
                "method": format!("_fake/novelty_{number}"),
                "params": {"sessionId": facts.session},
            }),
        ]),
    }
}

fn update(session: &str, update: Value) -> Value {
    json!({
        "jsonrpc": "2.0",
        "method": "session/update",
        "params": {"sessionId": session, "update": update},
    })
}

fn locations(call: &Call) -> Value {
    match call.kind() {
        "read" | "edit" | "delete" | "move" => json!([{"path": call.what}]),
        _ => json!([]),
    }
}

/// The answer to the prompt's request, without its id.
fn stopped(facts: &Facts, reason: &str) -> Line {
    let used = facts.usage;
    Line::Json(json!({
        "result": {
            "stopReason": reason,
            "usage": {
                "totalTokens": used.total(),
                "inputTokens": used.fresh(),
                "cachedReadTokens": used.cached,
                "cachedWriteTokens": 0,
                "outputTokens": used.output.saturating_sub(used.reasoning),
                "thoughtTokens": used.reasoning,
            },
            "_meta": {},
        },
    }))
}

/// An error as the protocol has it. Agents say the status in words, if at all.
fn error(facts: &Facts, failure: &Failure) -> Value {
    let message = failure.message(&facts.model);
    if *failure == Failure::Login {
        return json!({"code": -32000, "message": "Authentication required"});
    }
    let mut data = json!({"errorKind": failure.kind()});
    if let Some(seconds) = failure.retry_after() {
        data["retryAfter"] = json!(seconds);
    }
    json!({
        "code": -32603,
        "message": format!("Internal error: API Error: {} {message}", failure.status()),
        "data": data,
    })
}

/// What is asked to be allowed.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub kind: &'a str,
    pub path: Option<&'a str>,
}

/// `session/request_permission` for the tool that was called last.
pub fn permission_request(id: &Value, facts: &Facts, asked: Asked<'_>) -> Value {
    let call = facts.called();
    let locations: Vec<Value> = asked
        .path
        .iter()
        .map(|path| json!({"path": path}))
        .collect();
    json!({
        "jsonrpc": "2.0",
        "id": id,
        "method": "session/request_permission",
        "params": {
            "sessionId": facts.session,
            "options": [
                {"optionId": "allow-always", "name": "Allow for this session", "kind": "allow_always"},
                {"optionId": "allow-once", "name": "Allow", "kind": "allow_once"},
                {"optionId": "reject-once", "name": "Reject", "kind": "reject_once"},
            ],
            "toolCall": {
                "toolCallId": call.id,
                "status": "pending",
                "title": call.what,
                "content": [],
                "locations": locations,
                "kind": asked.kind,
            },
        },
    })
}
