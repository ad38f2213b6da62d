//! How a turn of the Agent Client Protocol ended: the reply to the prompt says it, and nothing else does.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod common;

use common::read_lines;
use serde_json::{Value, json};
use synod_adapters::{Adapter, Conclusion, Ending, Reader};
use synod_shared::words::Reason;

fn update(update: &Value) -> String {
    json!({"jsonrpc": "2.0", "method": "session/update", "params": {"sessionId": "s", "update": update}})
        .to_string()
}

/// As codex-acp tells it: without the message's id.
fn says(text: &str) -> String {
    update(
        &json!({"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": text}}),
    )
}

fn thread(status: &str) -> String {
    update(&json!({"sessionUpdate": "session_info_update",
        "_meta": {"codex": {"threadStatus": {"type": status}}}}))
}

fn failed(id: &Value, code: i64, message: &str) -> String {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}).to_string()
}

fn ended(id: u64) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": {"stopReason": "end_turn"}}).to_string()
}

fn read(lines: &[String]) -> (Reader, Conclusion) {
    let (reader, _) = read_lines(Adapter::Acp, lines);
    let conclusion = reader.conclude(Ending::Closed, b"", 0);
    (reader, conclusion)
}

#[track_caller]
fn check(lines: &[String], reason: Reason, told: &str) {
    let (_, conclusion) = read(lines);
    assert_eq!(conclusion.reason, reason, "{}", conclusion.detail);
    assert!(conclusion.detail.contains(told), "{}", conclusion.detail);
}

/// L3, P6: codex-acp begins each session with a warning about a model that it does not know, and the model writes
/// about whatever it likes. All that is one message with the error, and none of it is the error.
#[test]
fn a_broken_thread_is_judged_by_what_was_said_after_it_broke() {
    let before = [
        "Warning: Model metadata for `x` not found. Defaulting to fallback metadata.\n\n",
        "Invalid API key and quota exceeded are two errors this service may give: {\"error\":{\"code\":\"invalid_api_key\"}}",
    ];
    for (error, reason) in [
        (
            "stream disconnected before completion: response.failed\n\n",
            Reason::ServerError,
        ),
        (
            "unexpected status 401 Unauthorized: no such key, url: http://x\n\n",
            Reason::BadKey,
        ),
        (
            "You've hit your usage limit. Try again later.",
            Reason::QuotaGone,
        ),
        (
            "{\"error\": {\"message\": \"no\", \"code\": \"model_not_found\"}}\n\n",
            Reason::UnknownModel,
        ),
        // No shape of Codex's errors: it is repeated, not judged.
        (
            "they say that the API key is an invalid api key",
            Reason::ServerError,
        ),
        ("", Reason::ServerError),
    ] {
        for told in before {
            let lines = [
                says(told),
                thread("systemError"),
                says(error),
                thread("systemError"),
                ended(3),
            ];
            let (reader, conclusion) = read(&lines);
            assert_eq!(conclusion.reason, reason, "{error}: {}", conclusion.detail);
            assert!(!conclusion.detail.contains("metadata"), "{error}");
            assert_eq!(reader.final_text(), None, "{error}");
        }
    }
}

#[test]
fn a_thread_that_goes_on_or_breaks_after_the_turn_breaks_nothing() {
    let (reader, conclusion) = read(&[
        thread("systemError"),
        says("Reconnecting"),
        thread("active"),
        update(&json!({"sessionUpdate": "tool_call", "toolCallId": "c", "status": "completed"})),
        says("the answer"),
        ended(3),
        thread("systemError"),
    ]);
    assert_eq!(
        conclusion.reason,
        Reason::Completed,
        "{}",
        conclusion.detail
    );
    assert_eq!(reader.final_text(), Some("the answer"));
}

/// P2: what was finished and paid for stays so.
#[test]
fn a_turn_that_has_ended_is_not_ended_again() {
    for after in [
        failed(&Value::Null, -32700, "Parse error: invalid api key"),
        failed(&json!(3), -32603, "invalid api key"),
        failed(&json!(2), -32603, "invalid api key"),
        failed(&json!(9), -32000, "Authentication required"),
        json!({"jsonrpc": "2.0", "id": 3, "result": {"stopReason": "cancelled"}}).to_string(),
        json!({"jsonrpc": "2.0", "id": 9, "result": {"stopReason": "refusal"}}).to_string(),
        says("and a word too late"),
    ] {
        let (reader, conclusion) = read(&[says("the answer"), ended(3), after.clone()]);
        assert_eq!(conclusion.reason, Reason::Completed, "{after}");
        assert_eq!(reader.final_text(), Some("the answer"), "{after}");
    }
}

#[test]
fn only_the_reply_to_the_prompt_ends_a_turn() {
    check(
        &[says("half an answer"), ended(9)],
        Reason::TransportCut,
        "",
    );
    check(
        &[failed(&Value::Null, -32700, "Parse error: invalid api key")],
        Reason::TransportCut,
        "",
    );
    // What hindered it before counts as long as there is no reply to the prompt.
    let locked = failed(&json!(2), -32000, "Authentication required");
    check(
        std::slice::from_ref(&locked),
        Reason::LoginNeeded,
        "Authentication required",
    );
    check(
        &[locked, says("the answer"), ended(3)],
        Reason::Completed,
        "",
    );
}

/// Seen of claude-agent-acp: a notice about billing, after the answer.
#[test]
fn a_notice_is_not_the_answer() {
    let notice = update(&json!({"sessionUpdate": "agent_message_chunk",
        "content": {"type": "text", "text": "**Warning:** billing has changed"},
        "_meta": {"claudeCode": {"kind": "informational", "level": "warning"}}}));
    let (reader, _) = read(&[
        says("the "),
        notice.clone(),
        says("answer"),
        notice,
        ended(3),
    ]);
    assert_eq!(reader.final_text(), Some("the answer"));
}

/// The same again would be refused again: it was no cut transport.
#[test]
fn a_prompt_that_was_not_understood_is_refused_for_good() {
    for code in [-32601, -32602] {
        check(
            &[failed(
                &json!(3),
                code,
                "Invalid params: prompt must not be empty",
            )],
            Reason::ExitNonzero,
            "the agent refused the prompt: Invalid params: prompt must not be empty",
        );
        check(
            &[failed(&json!(3), code, "the prompt is too long")],
            Reason::ContextTooLong,
            "too long",
        );
        check(
            &[failed(&json!(3), code, "no"), ended(3)],
            Reason::ExitNonzero,
            "no",
        );
    }
    for result in [json!(null), json!({}), json!({"stopReason": 7})] {
        check(
            &[json!({"jsonrpc": "2.0", "id": 3, "result": result}).to_string()],
            Reason::ExitNonzero,
            "found none",
        );
    }
}
