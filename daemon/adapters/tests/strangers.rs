//! Lines of strangers: whatever stands in them, a reader neither breaks nor says more than is true.

#![allow(clippy::unwrap_used, clippy::panic)] // tests may

mod common;

use common::{Recorded, all, read, read_lines};
use proptest::prelude::*;
use synod_adapters::{Adapter, Conclusion, Ending, Event, Reader};
use synod_shared::words::Reason;

/// What a reader knows in the end.
fn known(reader: &Reader) -> (synod_adapters::Record, Option<String>, Conclusion) {
    (
        reader.record().clone(),
        reader.final_text().map(str::to_owned),
        reader.conclude(Ending::Exited(0), b"", 0),
    )
}

fn structured() -> impl Iterator<Item = Adapter> {
    Adapter::ALL
        .iter()
        .copied()
        .filter(|adapter| adapter.is_structured())
}

/// The transcripts that ended well, over more than one line.
fn completed() -> Vec<Recorded> {
    let well =
        |recorded: &Recorded| recorded.conclude(&read(recorded).0).reason == Reason::Completed;
    all().into_iter().filter(well).collect()
}

/// O2, and what `transport-cut` is for: whatever of a transcript is missing at its end, it never completed.
#[test]
fn a_transcript_without_its_last_line_never_completed() {
    let mut cuts = 0;
    for recorded in completed() {
        let lines = recorded.lines();
        for kept in 0..lines.len() {
            let (reader, _) = read_lines(recorded.adapter, &lines[..kept]);
            let conclusion = reader.conclude(Ending::Exited(0), &recorded.stderr, 0);
            assert_eq!(
                conclusion.reason,
                Reason::TransportCut,
                "{}, {kept} lines",
                recorded.name
            );
            cuts += 1;
        }
    }
    assert!(cuts > 150, "{cuts}");
}

/// P10, O8: the last line cut at any byte is not yet the last line; whole, it is, with its newline or without.
#[test]
fn half_a_last_line_is_no_last_line() {
    for name in [
        "claude-stream",
        "codex-stream",
        "gemini-stream",
        "opencode-stream",
    ] {
        let recorded = Recorded::named(name);
        let mut lines = recorded.lines();
        let last = lines.pop().unwrap();
        let (before, _) = read_lines(recorded.adapter, &lines);
        for at in 0..last.len() {
            let mut reader = before.clone();
            reader.line(&last[..at], &mut Vec::new());
            assert_eq!(
                known(&reader).2.reason,
                Reason::TransportCut,
                "{name} at {at}"
            );
        }
        let mut reader = before;
        reader.line(last, &mut Vec::new());
        assert_eq!(known(&reader).2.reason, Reason::Completed, "{name}");
    }
}

/// Versions drift: lines and fields that nobody knows change nothing.
#[test]
fn unknown_lines_and_fields_change_nothing() {
    let strangers: &[&[u8]] = &[
        b"",
        b"warning: something",
        b"{}",
        b"{",
        b"[1,2,3]",
        b"\"text\"",
        b"{\"type\":\"brand.new\",\"text\":\"error 429\"}",
        b"{\"type\":\"system\",\"subtype\":\"brand_new\"}",
        b"{\"type\":7}",
        b"{\"type\":\"item.completed\",\"item\":{\"type\":\"brand_new\"}}",
        b"{\"jsonrpc\":\"2.0\",\"method\":\"_vendor/thing\",\"params\":{}}",
        b"{\"type\":\"result",
        b"\xff\xfe\x00",
    ];
    for recorded in all()
        .into_iter()
        .filter(|recorded| !recorded.name.ends_with("json"))
    {
        let (plain, events) = read(&recorded);
        let mut mixed: Vec<Vec<u8>> = strangers.iter().map(|line| line.to_vec()).collect();
        for line in recorded.lines() {
            let wider = match line.strip_prefix(b"{") {
                Some(rest) => [b"{\"zz_new\":{\"deep\":[[[{}]]]},", rest].concat(),
                None => line.to_vec(),
            };
            mixed.push(wider);
            mixed.extend(strangers.iter().map(|line| line.to_vec()));
        }
        let (reader, with_strangers) = read_lines(recorded.adapter, &mixed);
        assert_eq!(events, with_strangers, "{}", recorded.name);
        assert_eq!(
            recorded.conclude(&plain),
            recorded.conclude(&reader),
            "{}",
            recorded.name
        );
        assert_eq!(plain.record(), reader.record(), "{}", recorded.name);
        assert_eq!(plain.final_text(), reader.final_text(), "{}", recorded.name);
    }
}

/// Where the values of a line are.
fn places(value: &serde_json::Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                let name = name.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{at}/{name}"), out);
            }
        }
        serde_json::Value::Array(items) => {
            if let Some(first) = items.first() {
                places(first, &format!("{at}/0"), out);
            }
        }
        _ => {}
    }
}

/// O7: what is kept of an agent is committed, and sent to all who follow: it must not grow with what the agent says.
#[test]
fn no_text_however_long_makes_what_is_kept_long() {
    // Of four bytes each, and words, and no words at all.
    let long = [
        "\u{1f980}".repeat(6_000),
        "ab ".repeat(6_000),
        "{".repeat(6_000),
    ];
    for name in [
        "claude-tool",
        "claude-err429",
        "codex-tool",
        "codex-err401",
        "codex-err429-once",
        "gemini-tool",
        "gemini-err401",
        "opencode-tool",
        "opencode-err401",
        "acp-claude-tool",
        "acp-claude-err400",
        "acp-codex-err400",
        "acp-gemini-tool",
        "acp-gemini-err400",
        "acp-opencode-err400",
    ] {
        let (adapter, lines) = if name.starts_with("acp-") {
            (Adapter::Acp, common::agent_lines(name))
        } else {
            let recorded = Recorded::named(name);
            let text = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
            let lines = recorded.lines().into_iter().map(text).collect();
            (recorded.adapter, lines)
        };
        let mut reader = Reader::new(adapter);
        for line in lines {
            if let Ok(whole) = serde_json::from_str::<serde_json::Value>(&line) {
                let mut all = Vec::new();
                places(&whole, "", &mut all);
                all.retain(|place| {
                    whole
                        .pointer(place)
                        .is_some_and(serde_json::Value::is_string)
                });
                for (place, long) in all.iter().zip(long.iter().cycle()) {
                    let mut longer = whole.clone();
                    *longer.pointer_mut(place).unwrap() = serde_json::json!(long);
                    let mut once = reader.clone();
                    once.line(longer.to_string().as_bytes(), &mut Vec::new());
                    let kept = serde_json::to_string(once.record()).unwrap();
                    assert!(kept.len() < 4096, "{name} {place}: {kept}");
                    let stderr = long.as_bytes();
                    for ending in [Ending::Exited(0), Ending::Exited(1), Ending::Signalled(11)] {
                        let detail = once.conclude(ending, stderr, 0).detail;
                        assert!(detail.chars().count() <= 1000, "{name} {place}: {detail}");
                    }
                }
            }
            reader.line(line.as_bytes(), &mut Vec::new());
        }
    }
}

/// Every field of every line, with every other type in its place.
#[test]
fn no_field_of_another_type_breaks_a_reader() {
    let others = [
        serde_json::json!(null),
        serde_json::json!(true),
        serde_json::json!(-7.5),
        serde_json::json!(u64::MAX),
        serde_json::json!("é\u{1b}[2J"),
        serde_json::json!([[], {}, "x"]),
        serde_json::json!({"type": "text", "text": 3}),
    ];
    for name in [
        "claude-tool",
        "claude-err429",
        "codex-tool",
        "codex-err401",
        "gemini-tool",
        "gemini-err401",
        "opencode-tool",
        "opencode-err401",
    ] {
        let recorded = Recorded::named(name);
        let mut reader = Reader::new(recorded.adapter);
        for line in recorded.lines() {
            let Ok(whole) = serde_json::from_slice::<serde_json::Value>(line) else {
                continue;
            };
            let mut all = Vec::new();
            places(&whole, "", &mut all);
            for place in all {
                for other in &others {
                    let mut wrong = whole.clone();
                    *wrong.pointer_mut(&place).unwrap() = other.clone();
                    let mut once = reader.clone();
                    once.line(wrong.to_string().as_bytes(), &mut Vec::new());
                    let _conclusion = known(&once);
                }
            }
            reader.line(line, &mut Vec::new());
        }
    }
}

/// L3, O4, P6: what an answer talks about is no error, and what a tool prints is none; nor is a word on standard
/// error when all went well.
#[test]
fn an_answer_about_errors_is_an_answer() {
    let answer = "401 429 503: rate limit, API Error: overloaded_error, usage limit reached, insufficient_quota, \
                  ${MODEL_ID} : string MUST Example: ] codex tokens used: [API Error: {\"error\":{\"code\":429}}]";
    let quoted = serde_json::to_string(answer).unwrap();
    let lines: [(Adapter, Vec<String>); 5] = [
        (
            Adapter::Claude,
            vec![
                format!(
                    r#"{{"type":"user","message":{{"content":[{{"type":"tool_result","tool_use_id":"t","is_error":true,"content":{quoted}}}]}}}}"#
                ),
                format!(
                    r#"{{"type":"result","subtype":"success","is_error":false,"terminal_reason":"completed","result":{quoted}}}"#
                ),
            ],
        ),
        (
            Adapter::Codex,
            vec![
                format!(
                    r#"{{"type":"item.completed","item":{{"id":"1","type":"command_execution","command":"x","exit_code":1,"status":"failed","aggregated_output":{quoted}}}}}"#
                ),
                format!(
                    r#"{{"type":"item.completed","item":{{"id":"2","type":"agent_message","text":{quoted}}}}}"#
                ),
                r#"{"type":"turn.completed","usage":{}}"#.to_owned(),
            ],
        ),
        (
            Adapter::Gemini,
            vec![
                format!(
                    r#"{{"type":"tool_result","tool_id":"t","status":"error","output":{quoted}}}"#
                ),
                format!(
                    r#"{{"type":"message","role":"assistant","content":{quoted},"delta":true}}"#
                ),
                r#"{"type":"result","status":"success","stats":{}}"#.to_owned(),
            ],
        ),
        (
            Adapter::Opencode,
            vec![
                format!(
                    r#"{{"type":"tool_use","part":{{"tool":"bash","callID":"c","state":{{"status":"error","error":{quoted}}}}}}}"#
                ),
                format!(r#"{{"type":"text","part":{{"messageID":"m","text":{quoted}}}}}"#),
                r#"{"type":"step_finish","part":{"reason":"stop"}}"#.to_owned(),
            ],
        ),
        (
            Adapter::Acp,
            vec![
                format!(
                    r#"{{"method":"session/update","params":{{"update":{{"sessionUpdate":"agent_message_chunk","content":{{"type":"text","text":{quoted}}}}}}}}}"#
                ),
                r#"{"id":3,"result":{"stopReason":"end_turn"}}"#.to_owned(),
            ],
        ),
    ];
    for (adapter, lines) in lines {
        let (reader, _) = read_lines(adapter, &lines);
        let stderr = b"Error: API key not valid, 401, status: 429, rate limit";
        let conclusion = reader.conclude(Ending::Exited(0), stderr, 0);
        assert_eq!(
            conclusion.reason,
            Reason::Completed,
            "{adapter}: {}",
            conclusion.detail
        );
        assert_eq!(reader.final_text(), Some(answer), "{adapter}");
    }
}

/// P6: a fine answer and then another exit code, or a signal, is told as what it is.
#[test]
fn an_answer_does_not_outweigh_the_exit_code() {
    for name in [
        "claude-stream",
        "codex-stream",
        "gemini-stream",
        "opencode-stream",
    ] {
        let (reader, _) = read(&Recorded::named(name));
        for (ending, reason) in [
            (Ending::Exited(1), Reason::ExitNonzero),
            (Ending::Exited(143), Reason::Signalled),
            (Ending::Signalled(9), Reason::Signalled),
            (Ending::Signalled(11), Reason::Crashed),
            (Ending::Exited(134), Reason::Crashed),
        ] {
            assert_eq!(
                reader.conclude(ending, b"", 0).reason,
                reason,
                "{name} {ending:?}"
            );
        }
    }
}

/// P2: a final line that is printed twice, and lines after it, are all taken.
#[test]
fn a_final_line_told_twice_is_one_end() {
    for name in ["claude-stream", "codex-stream", "gemini-stream"] {
        let recorded = Recorded::named(name);
        let mut lines = recorded.lines();
        lines.push(lines[lines.len() - 1]);
        let once = read(&recorded).0;
        let twice = read_lines(recorded.adapter, &lines).0;
        assert_eq!(known(&once), known(&twice), "{name}");
    }
}

/// P11: what comes after the result is recorded as well.
#[test]
fn usage_that_follows_the_result_is_recorded() {
    let lines = [
        r#"{"id":3,"result":{"stopReason":"end_turn","usage":{"inputTokens":10,"outputTokens":2,"totalTokens":12}}}"#,
        r#"{"method":"session/update","params":{"update":{"sessionUpdate":"usage_update","used":12,"size":100,"cost":{"amount":0.5,"currency":"USD"}}}}"#,
    ];
    let (reader, _) = read_lines(Adapter::Acp, &lines);
    let usage = reader.record().usage;
    assert_eq!((usage.input_tokens, usage.output_tokens), (10, 2));
    assert_eq!(usage.cost, Some(synod_adapters::Money(500_000)));
    assert_eq!(known(&reader).2.reason, Reason::Completed);
}

/// O7: an answer of 10 MB on one line comes whole; a tool result of that size does not fill the events.
#[test]
fn long_lines_are_read_whole_and_long_results_are_shortened() {
    let long = "0123456789".repeat(1_000_000);
    let lines = [
        format!(
            r#"{{"type":"user","message":{{"content":[{{"type":"tool_result","tool_use_id":"t","content":"{long}"}}]}}}}"#
        ),
        format!(r#"{{"type":"result","subtype":"success","is_error":false,"result":"{long}"}}"#),
    ];
    let (reader, events) = read_lines(Adapter::Claude, &lines);
    assert_eq!(reader.final_text().map(str::len), Some(long.len()));
    let Some(Event::Returned { text, .. }) = events.first() else {
        panic!("expected a result, found {events:?}");
    };
    assert!(
        text.len() < 5000 && text.ends_with("… (10000000 bytes)"),
        "{}",
        text.len()
    );
}

/// Claude Code refuses a prompt beyond the model's context without asking; Gemini CLI says "success" (both seen).
#[test]
fn a_prompt_that_was_dropped_is_context_too_long() {
    let gemini = r#"{"type":"result","status":"success","stats":{"total_tokens":0,"input_tokens":0,"output_tokens":0,"models":{}}}"#;
    let (reader, _) = read_lines(Adapter::Gemini, &[gemini]);
    assert_eq!(
        reader.conclude(Ending::Exited(0), b"", 0).reason,
        Reason::ContextTooLong
    );
    let claude = r#"{"type":"result","subtype":"success","is_error":true,"terminal_reason":"blocking_limit","api_error_status":null,"result":"Prompt is too long"}"#;
    let (reader, _) = read_lines(Adapter::Claude, &[claude]);
    assert_eq!(
        reader.conclude(Ending::Exited(1), b"", 0).reason,
        Reason::ContextTooLong
    );
}

/// A session's name becomes an argument of the next start: one that could be a flag is none.
#[test]
fn a_session_that_looks_like_a_flag_is_not_taken() {
    for name in ["--dangerously-skip-permissions", "a b", "", "x\\n", "$(x)"] {
        let line = format!(r#"{{"type":"thread.started","thread_id":"{name}"}}"#);
        let (reader, _) = read_lines(Adapter::Codex, &[line]);
        assert_eq!(reader.record().session_id, None, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// O1–O8: any bytes, on any lines, in any order with real ones.
    #[test]
    fn nothing_breaks_a_reader(
        lines in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "\\PC{0,60}".prop_map(String::into_bytes),
            "\\{\"type\":\"(result|error|assistant|user|message|text|turn.failed|item.completed|step_finish)\",\"[a-z]{1,8}\":(\\[\\]|\\{\\}|1|\"x\")\\}".prop_map(String::into_bytes),
        ], 0..12),
        code in 0_i32..256,
        stderr in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        for adapter in structured() {
            let (reader, _) = read_lines(adapter, &lines);
            for ending in [Ending::Exited(code), Ending::Signalled(code), Ending::Closed] {
                let conclusion = reader.conclude(ending, &stderr, i64::MAX);
                prop_assert_eq!(conclusion.reason == Reason::Completed, conclusion.detail.is_empty());
            }
            prop_assert!(reader.record().activity.chars().count() <= 200);
        }
    }

    /// A reader that is fed again, from the start, is where the first one was: nothing of it needs to be kept.
    #[test]
    fn reading_again_says_the_same(which in 0_usize..1000, at in 0_usize..1000) {
        let all = all();
        let recorded = &all[which % all.len()];
        let lines = recorded.lines();
        let at = at % (lines.len() + 1);
        let (mut resumed, _) = read_lines(recorded.adapter, &lines[..at]);
        let mut rest = Vec::new();
        for line in &lines[at..] {
            resumed.line(line, &mut rest);
        }
        let (whole, events) = read(recorded);
        prop_assert_eq!(known(&resumed), known(&whole));
        prop_assert!(events.ends_with(&rest));
    }
}
