//! How Claude Code ends: its last line, and what it says in the model's place when there is no answer.

use serde_json::{Map, Value, json};

use crate::voice::{Facts, Failure, Line, Usage, facts::now};

/// How the last line says it ended.
pub enum End<'a> {
    Completed,
    Failed(&'a Failure, String),
}

/// Claude Code's own sentences.
fn sentence(facts: &Facts, failure: &Failure) -> String {
    let message = failure.message(&facts.model);
    match failure {
        Failure::Status { status: 401 | 403, .. } => {
            format!("Failed to authenticate. API Error: {} {message}", failure.status())
        }
        Failure::Status { status: 429, .. } => {
            format!("API Error: Request rejected (429) · {message}")
        }
        Failure::Status { status, .. } => format!("API Error: {status} {message}"),
        Failure::Refusal => "API Error: safeguards flagged this message \
            (https://www.anthropic.com/legal/aup). This sometimes happens with safe, normal conversations."
            .to_owned(),
        Failure::MaxTokens => "API Error: Claude's response exceeded the 128000 output token maximum. To configure \
            this behavior, set the CLAUDE_CODE_MAX_OUTPUT_TOKENS environment variable."
            .to_owned(),
        Failure::UnknownModel => format!(
            "There's an issue with the selected model ({}). It may not exist or you may not have access to it. \
             Run --model to pick a different model.",
            facts.model
        ),
        Failure::Context => "Prompt is too long".to_owned(),
        Failure::Login => "Not logged in · Please run /login".to_owned(),
        Failure::Quota => "Credit balance is too low".to_owned(),
    }
}

pub fn failed(facts: &mut Facts, failure: &Failure) -> Vec<Line> {
    let sentence = sentence(facts, failure);
    let mut all = Vec::new();
    if let Some(at) = failure.resets_at() {
        all.push(Line::Json(json!({
            "type": "rate_limit_event",
            "rate_limit_info": {
                "status": "rejected",
                "resetsAt": at,
                "rateLimitType": "five_hour",
                "isUsingOverage": false,
            },
            "uuid": facts.uuid(),
            "session_id": facts.session,
        })));
    }
    all.push(Line::Json(synthetic(facts, failure, &sentence)));
    all.push(Line::Json(result(facts, &End::Failed(failure, sentence))));
    all.push(Line::Code(1));
    all
}

/// The message that Claude Code writes in the model's place.
fn synthetic(facts: &mut Facts, failure: &Failure, sentence: &str) -> Value {
    let mut line = json!({
        "type": "assistant",
        "message": {
            "diagnostics": null,
            "id": facts.uuid(),
            "container": null,
            "model": "<synthetic>",
            "role": "assistant",
            "stop_details": null,
            "stop_reason": stop_reason(failure),
            "stop_sequence": "",
            "type": "message",
            "usage": {
                "output_tokens_details": null,
                "input_tokens": 0,
                "output_tokens": 0,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
                "service_tier": null,
                "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
                "inference_geo": null,
                "iterations": null,
                "speed": null,
                "fallback_credit": null,
            },
            "content": [{"type": "text", "text": sentence}],
            "context_management": null,
        },
        "parent_tool_use_id": null,
        "session_id": facts.session,
        "uuid": facts.uuid(),
        "timestamp": now(),
        "error": failure_word(failure),
    });
    if !matches!(failure, Failure::Login | Failure::MaxTokens) {
        line["request_id"] = json!("req_fake");
    }
    line["is_api_error_message"] = json!(true);
    match failure {
        Failure::MaxTokens => {
            line["api_error"] = json!("max_output_tokens");
            line["api_error_params"] = json!({"cut": "output_limit"});
        }
        Failure::Refusal => line["refused_message_id"] = json!(facts.named("msg_")),
        Failure::Login => {}
        Failure::Status { .. } | Failure::UnknownModel | Failure::Context | Failure::Quota => {
            line["api_error_status"] = json!(api_status(failure));
            line["api_error_type"] = json!(api_type(failure));
        }
    }
    line
}

fn stop_reason(failure: &Failure) -> &'static str {
    match failure {
        Failure::Refusal => "refusal",
        Failure::Status { .. }
        | Failure::MaxTokens
        | Failure::UnknownModel
        | Failure::Context
        | Failure::Login
        | Failure::Quota => "stop_sequence",
    }
}

/// Anthropic refuses an empty account as a bad request.
fn api_status(failure: &Failure) -> u16 {
    match failure {
        Failure::Quota => 400,
        other => other.status(),
    }
}

fn api_type(failure: &Failure) -> &'static str {
    match failure {
        Failure::Quota => "invalid_request_error",
        other => other.kind(),
    }
}

fn failure_word(failure: &Failure) -> &'static str {
    match failure {
        Failure::Status { status, .. } => error_word(*status),
        Failure::Refusal | Failure::Context => "invalid_request",
        Failure::MaxTokens => "max_output_tokens",
        Failure::UnknownModel => "model_not_found",
        Failure::Login => "authentication_failed",
        Failure::Quota => "billing_error",
    }
}

pub fn error_word(status: u16) -> &'static str {
    match status {
        401 | 403 => "authentication_failed",
        404 => "model_not_found",
        429 => "rate_limit",
        529 => "overloaded",
        500.. => "server_error",
        _ => "unknown",
    }
}

pub fn result(facts: &mut Facts, end: &End<'_>) -> Value {
    let used = match end {
        End::Completed => Some(facts.usage),
        End::Failed(..) => None,
    };
    let tokens = |of: fn(&Usage) -> u64| used.as_ref().map_or(0, of);
    let mut models = Map::new();
    if used.is_some() {
        models.insert(
            facts.model.clone(),
            json!({
                "inputTokens": facts.usage.fresh(),
                "outputTokens": facts.usage.output,
                "cacheReadInputTokens": facts.usage.cached,
                "cacheCreationInputTokens": 0,
                "webSearchRequests": 0,
                "costUSD": facts.cost,
                "contextWindow": 1_000_000,
                "maxOutputTokens": 128_000,
                "thinkingTokens": facts.usage.reasoning,
                "cacheCreationEphemeral5mInputTokens": 0,
                "cacheCreationEphemeral1hInputTokens": 0,
                "canonicalModel": facts.model,
                "provider": "firstParty",
                "costBasis": "list",
            }),
        );
    }
    let mut line = json!({
        "duration_api_ms": if used.is_some() { facts.elapsed_ms() } else { 0 },
        "stop_reason": match end {
            End::Completed => "end_turn",
            End::Failed(failure, _) => stop_reason(failure),
        },
        "session_id": facts.session,
        "total_cost_usd": if used.is_some() { facts.cost } else { 0.0 },
        "usage": {
            "input_tokens": tokens(|used| used.fresh()),
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": tokens(|used| used.cached),
            "output_tokens": tokens(|used| used.output),
            "output_tokens_details": {"thinking_tokens": tokens(|used| used.reasoning)},
            "server_tool_use": {"web_search_requests": 0, "web_fetch_requests": 0},
            "service_tier": "standard",
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
            "inference_geo": "",
            "iterations": [],
            "speed": "standard",
            "fallback_credit": null,
        },
        "modelUsage": models,
        "permission_denials": [],
        "terminal_reason": match end {
            End::Completed => "completed",
            End::Failed(..) => "api_error",
        },
        "fast_mode_state": "off",
        "fast_mode_disabled_reason": "sdk_opt_in_required",
        "subagent_stats": {
            "spawned": 0,
            "requested": {"background": 0, "foreground": 0, "unset": 0},
            "started_in_background": 0,
            "max_depth": 0,
            "spawned_by_subagents": 0,
            "completed": 0,
            "failed": 0,
            "killed": {"parent": 0, "user": 0, "system": 0},
            "refused": {"depth_limit": 0, "concurrency_limit": 0, "budget": 0},
            "by_type": {},
        },
        "safety_stops": 0,
        "is_error": matches!(end, End::Failed(..)),
        "num_turns": facts.calls + 1,
        "subtype": "success",
        "api_error_status": null,
    });
    match end {
        End::Completed => {
            line["result"] = json!(facts.message);
            line["ttft_ms"] = json!(facts.elapsed_ms());
        }
        End::Failed(failure, sentence) => {
            match failure {
                Failure::MaxTokens => line["api_error"] = json!("max_output_tokens"),
                Failure::Refusal | Failure::Login => {}
                Failure::Status { .. }
                | Failure::UnknownModel
                | Failure::Context
                | Failure::Quota => {
                    line["api_error_status"] = json!(api_status(failure));
                    line["api_error_type"] = json!(api_type(failure));
                }
            }
            line["result"] = json!(sentence);
        }
    }
    line["type"] = json!("result");
    line["duration_ms"] = json!(facts.elapsed_ms());
    line["uuid"] = json!(facts.uuid());
    if used.is_some() {
        line["ttft_stream_ms"] = json!(facts.elapsed_ms());
        line["time_to_request_ms"] = json!(facts.elapsed_ms());
        line["first_content_frame_ms"] = json!(facts.elapsed_ms());
    }
    line["queued_turn_count"] = json!(0);
    line["result_index"] = json!(0);
    line["model_usage_since_last_result"] = line["modelUsage"].clone();
    line
}
