//! Every transcript of the real CLIs, read: what it means, what was answered, what was used, what people are shown.
//!
//! The snapshots hold everything; [`TRUTHS`] says what must be so, so that a wrong snapshot is not waved through.
//! Those named `*-resume*`, `*-tool*`, `f-*` and so on are of the first recording, whose README says how; the others
//! were made the same way, with errors of the shapes that the providers document.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod common;

use std::fmt::Write as _;

use common::{Recorded, all, read};
use synod_adapters::{Cumulative, Money, Reader, Transcript, Usage};
use synod_shared::words::Reason;

const ANSWER: &str = r#"{"status":"ok","summary":"fake model answer","n":42}"#;

/// Name, reason, and whether the model's answer is the final text.
const TRUTHS: &[(&str, Reason, bool)] = &[
    ("claude-400", Reason::ExitNonzero, false),
    ("claude-403", Reason::BadKey, false),
    ("claude-404", Reason::UnknownModel, false),
    ("claude-500", Reason::ServerError, false),
    ("claude-529", Reason::Overloaded, false),
    ("claude-budget", Reason::Runaway, false),
    ("claude-context", Reason::ContextTooLong, false),
    ("claude-credit", Reason::QuotaGone, false),
    ("claude-drop", Reason::Completed, true),
    ("claude-err401-json", Reason::BadKey, false),
    ("claude-err429", Reason::RateLimited, false),
    ("claude-err429-once", Reason::Completed, true),
    ("claude-err500-once", Reason::Completed, true),
    ("claude-f-empty", Reason::Completed, false),
    ("claude-f-maxtok", Reason::Truncated, false),
    ("claude-f-refusal", Reason::Refused, false),
    ("claude-input-stream", Reason::Completed, true),
    ("claude-json", Reason::Completed, true),
    ("claude-max-turns", Reason::Runaway, false),
    ("claude-nokey", Reason::LoginNeeded, false),
    ("claude-partial", Reason::Completed, true),
    ("claude-ra600", Reason::RateLimited, false),
    ("claude-refused", Reason::Network, false),
    ("claude-resume1", Reason::Completed, true),
    ("claude-resume2", Reason::Completed, true),
    ("claude-schema", Reason::Completed, true),
    ("claude-schema-bad", Reason::Completed, false),
    ("claude-schema-stream", Reason::Completed, true),
    ("claude-sig-int-slow", Reason::TransportCut, false),
    ("claude-sig-term-slow", Reason::Signalled, false),
    ("claude-stream", Reason::Completed, true),
    ("claude-text", Reason::TransportCut, false),
    ("claude-tool", Reason::Completed, true),
    ("claude-tool-denied", Reason::Completed, true),
    ("claude-unknown-flag", Reason::ExitNonzero, false),
    ("codex-400", Reason::ExitNonzero, false),
    ("codex-403", Reason::BadKey, false),
    ("codex-429", Reason::RateLimited, false),
    ("codex-500", Reason::ServerError, false),
    ("codex-503", Reason::Overloaded, false),
    ("codex-badjson", Reason::ServerError, false),
    ("codex-context", Reason::ContextTooLong, false),
    ("codex-drop", Reason::Network, false),
    ("codex-err401", Reason::BadKey, false),
    ("codex-err429-once", Reason::Completed, true),
    ("codex-err500-once", Reason::Completed, true),
    ("codex-f-empty", Reason::Completed, false),
    ("codex-f-refusal", Reason::Completed, true),
    ("codex-model", Reason::UnknownModel, false),
    ("codex-nogit", Reason::ExitNonzero, false),
    ("codex-nokey", Reason::LoginNeeded, false),
    ("codex-quota", Reason::QuotaGone, false),
    ("codex-resume1", Reason::Completed, true),
    ("codex-resume2", Reason::Completed, true),
    ("codex-schema", Reason::Completed, true),
    ("codex-sig-term-slow", Reason::Signalled, false),
    ("codex-stdin-9m", Reason::ContextTooLong, false),
    ("codex-stream", Reason::Completed, true),
    ("codex-strerr", Reason::ServerError, false),
    ("codex-text", Reason::TransportCut, false),
    ("codex-tool", Reason::Completed, true),
    ("codex-tool-denied", Reason::Completed, true),
    ("codex-unknown-flag", Reason::ExitNonzero, false),
    ("codex-usage", Reason::QuotaGone, false),
    ("gemini-403", Reason::BadKey, false),
    ("gemini-429", Reason::RateLimited, false),
    ("gemini-500", Reason::ServerError, false),
    ("gemini-context", Reason::ContextTooLong, false),
    ("gemini-drop", Reason::Network, false),
    ("gemini-err401", Reason::BadKey, false),
    ("gemini-err401-json", Reason::BadKey, false),
    ("gemini-err429-once", Reason::Completed, true),
    ("gemini-f-empty", Reason::ServerError, false),
    ("gemini-f-maxtok", Reason::Completed, true),
    ("gemini-f-refusal", Reason::Completed, true),
    ("gemini-json", Reason::Completed, true),
    ("gemini-key", Reason::BadKey, false),
    ("gemini-loop", Reason::Runaway, false),
    ("gemini-mid-fast-json", Reason::TransportCut, false),
    ("gemini-model", Reason::UnknownModel, false),
    ("gemini-nokey", Reason::LoginNeeded, false),
    ("gemini-notrust", Reason::ExitNonzero, false),
    ("gemini-quota", Reason::QuotaGone, false),
    ("gemini-refused", Reason::Network, false),
    ("gemini-resume1", Reason::Completed, true),
    ("gemini-resume2", Reason::Completed, true),
    ("gemini-sig-term-slow-grp", Reason::TransportCut, false),
    ("gemini-stream", Reason::Completed, true),
    ("gemini-strerr", Reason::ServerError, false),
    ("gemini-text", Reason::TransportCut, false),
    ("gemini-tool", Reason::Completed, true),
    ("gemini-unknown-flag", Reason::ExitNonzero, false),
    ("opencode-403", Reason::BadKey, false),
    ("opencode-500", Reason::ServerError, false),
    ("opencode-context", Reason::ContextTooLong, false),
    ("opencode-err401", Reason::BadKey, false),
    ("opencode-err429-once", Reason::Completed, true),
    ("opencode-f-empty", Reason::Completed, false),
    ("opencode-f-maxtok", Reason::Truncated, true),
    ("opencode-f-refusal", Reason::Completed, true),
    ("opencode-model", Reason::UnknownModel, false),
    ("opencode-quota", Reason::QuotaGone, false),
    ("opencode-refused", Reason::Network, false),
    ("opencode-resume1", Reason::Completed, true),
    ("opencode-resume2", Reason::Completed, true),
    ("opencode-sig-term-slow", Reason::Signalled, false),
    ("opencode-stream", Reason::Completed, true),
    ("opencode-text", Reason::TransportCut, false),
    ("opencode-tool", Reason::Completed, true),
    ("opencode-unknown-flag", Reason::ExitNonzero, false),
];

/// L2, P6: each ending has its reason, and what is permanent says what to do.
#[test]
fn every_transcript_means_what_the_table_says() {
    let names: Vec<String> = all().into_iter().map(|recorded| recorded.name).collect();
    let known: Vec<&str> = TRUTHS.iter().map(|(name, _, _)| *name).collect();
    assert_eq!(names, known, "each transcript stands in the table");
    for (name, reason, answered) in TRUTHS {
        let (reader, _) = read(&Recorded::named(name));
        let conclusion = Recorded::named(name).conclude(&reader);
        assert_eq!(conclusion.reason, *reason, "{name}: {}", conclusion.detail);
        assert_eq!(reader.final_text() == Some(ANSWER), *answered, "{name}");
        assert_eq!(
            conclusion.detail.is_empty(),
            *reason == Reason::Completed,
            "{name}"
        );
        let hint = match reason {
            Reason::BadKey => "check ",
            Reason::LoginNeeded => "set ",
            Reason::UnknownModel => "model",
            Reason::QuotaGone => "plan and billing",
            _ => "",
        };
        assert!(
            conclusion.detail.contains(hint),
            "{name}: {}",
            conclusion.detail
        );
    }
}

#[test]
fn every_transcript_reads_as_it_was_looked_at() {
    for recorded in all() {
        let (reader, events) = read(&recorded);
        let conclusion = recorded.conclude(&reader);
        let mut shown = String::new();
        let mut transcript = Transcript::default();
        for event in &events {
            transcript.event(event, &mut shown);
        }
        transcript.finish(&mut shown);
        let record = serde_json::to_string_pretty(reader.record()).unwrap();
        let mut text = String::new();
        writeln!(
            text,
            "{:?} -> {} {}",
            recorded.ending, conclusion.reason, conclusion.detail
        )
        .unwrap();
        writeln!(text, "retry at: {:?}", conclusion.retry_at_us).unwrap();
        writeln!(text, "final text: {:?}", reader.final_text()).unwrap();
        writeln!(text, "{record}\n{} events\n\n{shown}", events.len()).unwrap();
        insta::assert_snapshot!(recorded.name.clone(), text);
    }
}

/// Cost is of the session with Claude Code, tokens are with Codex: each attempt is counted once.
#[test]
fn a_resumed_session_tells_what_its_own_attempt_used() {
    for cli in ["claude", "codex", "gemini", "opencode"] {
        let usage = |turn: u8| {
            let recorded = Recorded::named(&format!("{cli}-resume{turn}"));
            (read(&recorded).0.record().usage, recorded.adapter)
        };
        let ((first, adapter), (second, _)) = (usage(1), usage(2));
        let own = second.since(first, Cumulative::of(adapter));
        assert_eq!(own, first, "{cli}: two equal turns");
    }
}

#[test]
fn usage_is_the_same_for_every_cli_that_did_the_same() {
    for cli in ["claude", "codex", "gemini", "opencode"] {
        let usage = read(&Recorded::named(&format!("{cli}-stream")))
            .0
            .record()
            .usage;
        let expected = Usage {
            input_tokens: 1234,
            cached_tokens: 200,
            output_tokens: 56,
            reasoning_tokens: if cli == "claude" { 0 } else { 7 },
            cost: match cli {
                "claude" => Some(Money(5296)),
                "opencode" => Some(Money(4002)),
                _ => None,
            },
            estimated: false,
        };
        assert_eq!(usage, expected, "{cli}");
    }
}

/// The provider's own delay, where it told one: `resets_in_seconds`, `retryDelay`, `retry-after`, "try again in".
#[test]
fn when_it_may_be_asked_again_is_known_where_the_provider_says_so() {
    let at = |adapter: &str, line: &str| {
        let mut reader = Reader::new(adapter.parse().unwrap());
        reader.line(line.as_bytes(), &mut Vec::new());
        let ending = synod_adapters::Ending::Exited(1);
        let conclusion = reader.conclude(ending, b"", 1_000_000);
        (conclusion.reason.as_str(), conclusion.retry_at_us)
    };
    let gemini = r#"{"type":"result","status":"error","error":{"message":"[API Error: {\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"slow\",\"details\":[{\"retryDelay\":\"34.5s\"}]}}]"}}"#;
    assert_eq!(at("gemini", gemini), ("rate-limited", Some(35_500_000)));
    let opencode = r#"{"type":"error","error":{"name":"APIError","data":{"message":"slow","statusCode":429,"responseHeaders":{"retry-after":"600"}}}}"#;
    assert_eq!(
        at("opencode", opencode),
        ("rate-limited", Some(601_000_000))
    );
    let codex = r#"{"type":"turn.failed","error":{"message":"Rate limit reached for m. Please try again in 1m2.5s."}}"#;
    assert_eq!(at("codex", codex), ("rate-limited", Some(63_500_000)));
    let usage = r#"{"type":"turn.failed","error":{"message":"{\"error\":{\"type\":\"usage_limit_reached\",\"message\":\"x\",\"resets_at\":1795000000}}"}}"#;
    assert_eq!(
        at("codex", usage),
        ("quota-gone", Some(1_795_000_000_000_000))
    );
    let old = r#"{"type":"result","subtype":"success","is_error":true,"result":"Claude AI usage limit reached|1795000000"}"#;
    assert_eq!(
        at("claude", old),
        ("quota-gone", Some(1_795_000_000_000_000))
    );
    let mut reader = Reader::new(synod_adapters::Adapter::Claude);
    for line in [
        r#"{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1795000000,"rateLimitType":"five_hour"}}"#,
        r#"{"type":"result","subtype":"success","is_error":true,"api_error_status":429,"api_error_type":"rate_limit_error","result":"no"}"#,
    ] {
        reader.line(line.as_bytes(), &mut Vec::new());
    }
    let conclusion = reader.conclude(synod_adapters::Ending::Exited(1), b"", 0);
    assert_eq!(conclusion.reason, Reason::RateLimited);
    assert_eq!(conclusion.retry_at_us, Some(1_795_000_000_000_000));
}

/// What the agent's own lines of the protocol say, without the other side's. A cancel is told as one; codex-acp ends
/// a turn well although its provider refused it, and says so beside.
#[test]
fn turns_of_the_agent_client_protocol_are_read_from_the_agents_lines_alone() {
    let table = [
        ("acp-claude-cancel", "cancelled"),
        ("acp-claude-err400", "exit-nonzero"),
        ("acp-claude-ok", "completed"),
        ("acp-claude-reject", "completed"),
        ("acp-claude-tool", "completed"),
        ("acp-codex-cancel", "cancelled"),
        ("acp-codex-err400", "exit-nonzero"),
        ("acp-codex-ok", "completed"),
        ("acp-codex-reject", "completed"),
        ("acp-codex-tool", "completed"),
        ("acp-gemini-cancel", "cancelled"),
        ("acp-gemini-err400", "exit-nonzero"),
        ("acp-gemini-ok", "completed"),
        ("acp-gemini-reject", "completed"),
        ("acp-gemini-tool", "completed"),
        ("acp-opencode-cancel", "cancelled"),
        ("acp-opencode-err400", "exit-nonzero"),
        ("acp-opencode-ok", "completed"),
        ("acp-opencode-reject", "completed"),
        ("acp-opencode-tool", "completed"),
    ];
    let mut text = String::new();
    for (name, reason) in table {
        let lines = common::agent_lines(name);
        let (reader, events) = common::read_lines(synod_adapters::Adapter::Acp, &lines);
        let conclusion = reader.conclude(synod_adapters::Ending::Exited(1), b"", 0);
        assert_eq!(
            conclusion.reason.as_str(),
            reason,
            "{name}: {}",
            conclusion.detail
        );
        let record = serde_json::to_string(reader.record()).unwrap();
        let mut shown = String::new();
        let mut transcript = Transcript::default();
        for event in &events {
            transcript.event(event, &mut shown);
        }
        transcript.finish(&mut shown);
        let final_text = reader.final_text();
        writeln!(
            text,
            "{name} -> {reason} {}\n{final_text:?}\n{record}\n{shown}",
            conclusion.detail
        )
        .unwrap();
    }
    insta::assert_snapshot!("acp", text);
}
