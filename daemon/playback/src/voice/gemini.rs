//! Gemini CLI 0.61, `-o stream-json`.

use serde_json::{Map, Value, json};

use super::{
    Facts, Failure, Line, Speech, Usage, facts::now, failure::google_status, json, pieces,
};

const NO_KEY: u8 = 41;

pub fn lines(speech: &Speech, facts: &mut Facts) -> Vec<Line> {
    match speech {
        Speech::Begins => {
            let mut all = vec![Line::Aside(
                "Ripgrep is not available. Falling back to GrepTool.".to_owned(),
            )];
            all.extend(json([
                json!({"type": "init", "timestamp": now(), "session_id": facts.session, "model": facts.model}),
                json!({"type": "message", "timestamp": now(), "role": "user", "content": facts.prompt}),
            ]));
            all
        }
        Speech::Says(text) | Speech::Final(text) => json(pieces(text).map(|piece| {
            json!({
                "type": "message",
                "timestamp": now(),
                "role": "assistant",
                "content": piece,
                "delta": true,
            })
        })),
        // It shows neither.
        Speech::Thinks(_) | Speech::Plans(_) => Vec::new(),
        Speech::Calls => {
            let call = facts.called();
            let mut parameters = Map::new();
            parameters.insert(call.argument().to_owned(), json!(call.what));
            parameters.insert("description".to_owned(), json!("fake"));
            json([json!({
                "type": "tool_use",
                "timestamp": now(),
                "tool_name": call.tool,
                "tool_id": call.id,
                "parameters": parameters,
            })])
        }
        Speech::Returned(text) => json([json!({
            "type": "tool_result",
            "timestamp": now(),
            "tool_id": facts.called().id,
            "status": "success",
            "output": text,
        })]),
        Speech::Retries { status, .. } => vec![Line::Aside(format!(
            "Attempt {} failed with status {status}. Retrying with backoff... _ApiError: {}",
            facts.retries,
            json!({"error": {"code": status, "message": format!("fake error {status}"), "status": google_status(*status)}}),
        ))],
        Speech::Done => json([result(facts, &Map::new(), "success", Some(facts.usage))]),
        // Nothing tells it from an answer.
        Speech::Fails(Failure::Refusal | Failure::MaxTokens) => lines(&Speech::Done, facts),
        Speech::Fails(Failure::Login) => vec![
            Line::Aside(
                "When using Gemini API, you must specify the GEMINI_API_KEY environment variable.\n\
                 Update your environment and try again (no reload needed if using .env)!"
                    .to_owned(),
            ),
            Line::Code(NO_KEY),
        ],
        Speech::Fails(failure) => failed(facts, failure),
        Speech::Unknown(number) => {
            json([json!({"type": format!("novelty_{number}"), "timestamp": now()})])
        }
    }
}

fn failed(facts: &Facts, failure: &Failure) -> Vec<Line> {
    let status = failure.status();
    let mut body = json!({
        "code": status,
        "message": failure.message(&facts.model),
        "status": google_status(status),
    });
    if let Some(seconds) = failure.retry_after() {
        body["details"] = json!([{
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": format!("{seconds}s"),
        }]);
    }
    let body = json!({"error": body}).to_string();
    let mut error = Map::new();
    error.insert(
        "error".to_owned(),
        json!({"type": "unknown", "message": format!("[API Error: {body}]")}),
    );
    vec![
        Line::Aside(format!(
            "Error when talking to Gemini API _ApiError: {body}"
        )),
        Line::Json(result(facts, &error, "error", None)),
        // It exits with the HTTP status, of which eight bits are left.
        Line::Code((status & 0xff) as u8),
    ]
}

fn result(facts: &Facts, error: &Map<String, Value>, status: &str, used: Option<Usage>) -> Value {
    let tokens = json!({
        "total_tokens": used.map_or(0, |used| used.total() + used.reasoning),
        "input_tokens": used.map_or(0, |used| used.input),
        "output_tokens": used.map_or(0, |used| used.output),
        "cached": used.map_or(0, |used| used.cached),
        "input": used.map_or(0, Usage::fresh),
    });
    let mut stats = tokens.clone();
    stats["duration_ms"] = json!(facts.elapsed_ms());
    stats["tool_calls"] = json!(facts.calls);
    stats["models"] = json!({facts.model.as_str(): tokens});
    let mut line = json!({"type": "result", "timestamp": now(), "status": status});
    for (key, value) in error {
        line[key] = value.clone();
    }
    line["stats"] = stats;
    line
}
