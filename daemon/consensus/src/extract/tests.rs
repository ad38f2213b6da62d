//! The catalogue's rows on output and answers, at the level of bytes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const CODE: &str = "R-7f3a";

fn receipts() -> BTreeMap<String, String> {
    BTreeMap::from([("spec.md".to_owned(), CODE.to_owned())])
}

fn finding(claim: &str) -> Value {
    json!({"kind": "ambiguity", "claim": claim, "severity": "important",
        "resolvability": "suggest-fix", "answer": "yes", "suggested_fix": "say so"})
}

fn answer(claims: &[&str]) -> Value {
    let findings: Vec<Value> = claims.iter().map(|claim| finding(claim)).collect();
    json!({"receipts": {"spec.md": CODE}, "findings": findings})
}

fn clarify() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| Schema::clarify().unwrap())
}

fn run(output: &[u8], prompt: Option<&str>) -> Result<Extracted, Invalid> {
    let (result, examined) =
        extract_counted(output, clarify(), &receipts(), prompt.map(str::as_bytes));
    assert!(
        examined <= 16 * output.len() + 16,
        "{examined} of {}",
        output.len()
    );
    result
}

#[track_caller]
fn finds(output: impl AsRef<[u8]>, prompt: Option<&str>, expected: &Value) -> Extracted {
    let output = output.as_ref();
    let found = run(output, prompt).unwrap();
    assert_eq!(&found.value, expected);
    let again: Value = serde_json::from_slice(&output[found.range.clone()]).unwrap();
    assert_eq!(&again, expected);
    found
}

#[track_caller]
fn fails(output: impl AsRef<[u8]>, prompt: Option<&str>, reason: &str) -> Invalid {
    let invalid = run(output.as_ref(), prompt).unwrap_err();
    assert_eq!(invalid.reason(), reason, "{invalid}");
    invalid
}

fn prompt() -> String {
    let example = json!({"receipts": {"<path>": "<code>"}, "findings": [finding("<claim>")]});
    format!(
        "Review. Answer with JSON that fits {}\nExample: {example:#}\nBEGIN 9a1\n# Spec {{ }} \
         \nEND 9a1 receipt {CODE}\n",
        clarify().text()
    )
}

/// O1
#[test]
fn an_echoed_prompt_with_its_schema_does_not_hide_the_answer() {
    let (prompt, answer) = (prompt(), answer(&["a"]));
    finds(format!("{prompt}\n---\n{answer}"), Some(&prompt), &answer);
    finds(format!("{answer}\n---\n{prompt}"), Some(&prompt), &answer);
}

/// O2
#[test]
fn template_headers_or_prose_alone_are_typed_failures() {
    fails("", None, "no-json");
    fails("I found no problems. All good!", None, "no-json");
    fails("[2026-11-22T10:00:00] starting {run}\n", None, "no-json");
    fails("{\"findings\": [<your findings>]}", None, "no-json");
    let shown = fails(
        "model: x\n{\"level\": \"info\", \"msg\": \"hi\"}\n",
        None,
        "schema-mismatch",
    );
    assert!(shown.to_string().contains("key \"findings\""), "{shown}");
    let prompt = prompt();
    fails(&prompt, Some(&prompt), "no-receipt");
}

/// O3
#[test]
fn an_answer_in_a_codex_like_transcript_is_found() {
    let (prompt, answer) = (prompt(), answer(&["a", "b"]));
    let transcript = format!(
        "OpenAI Codex v0.169.0 (research preview)\n--------\nworkdir: /w\nmodel: m\n--------\n\
         [2026-11-22T10:00:00] User instructions:\n{prompt}\n[2026-11-22T10:00:02] thinking\n\n\
         **Looking at {{scope}}** \"quoted\n[2026-11-22T10:00:09] codex\n\n```json\n{answer:#}\n\
         ```\n[2026-11-22T10:00:09] tokens used: 12,345\n"
    );
    finds(transcript, Some(&prompt), &answer);
}

/// O4
#[test]
fn marker_words_inside_an_answer_change_nothing() {
    let claim = "${MODEL_ID} : string MUST Example: ] codex tokens used: ``` { [ \\\" \u{1f600}";
    let answer = answer(&[claim]);
    finds(format!("{answer}"), None, &answer);
    finds(
        format!("```json\n{answer:#}\n```\ntokens used: 5"),
        Some(&prompt()),
        &answer,
    );
}

/// O5
#[test]
fn fences_line_ends_and_lone_braces_do_not_matter() {
    let answer = answer(&["a"]);
    let old = json!({"receipts": {"spec.md": CODE}, "findings": []});
    let crlf = format!("{answer:#}").replace('\n', "\r\n");
    finds(format!("```json\r\n{crlf}\r\n```\r\n"), None, &answer);
    finds(format!("```json\n{answer}"), None, &answer);
    let found = finds(
        format!("```json\n{old}\n```\nno, rather\n```\n{answer}\n```"),
        None,
        &answer,
    );
    assert_eq!(found.other_valid, 1);
    let found = finds(format!("{answer}\nagain:\n{answer:#}"), None, &answer);
    assert_eq!(found.other_valid, 0);
    for before in [
        "He said \" and {",
        "}}] {\"a\": \"",
        "[\"",
        "{\"a\": [1, 2, {\"b\":",
        "\\\" {\"x\\",
        "{\"receipts\": {}, \"findings\": [",
        "```json\n{\"findings\": \"",
        "a { b [ c \" d { \" [",
        "{\"k\": \"\\u{",
        "\u{feff}\u{1b}[31m\u{1b}]8;;http://x\u{7}",
    ] {
        finds(format!("{before}{answer}"), None, &answer);
        finds(format!("{before} {answer}\n{before}"), None, &answer);
    }
}

/// O6
#[test]
fn the_answer_is_chosen_by_schema_not_by_position() {
    let answer = answer(&["a"]);
    let output = format!(
        "[2026-11-22 10:00:00] [info] start\n{{\"tool\": \"read\", \"output\": {{\"findings\": 3}}}}\n\
         {answer}\n[12:00] {{\"cost\": {{\"usd\": 0.02}}, \"tokens\": [1, 2, 3]}}\n[]\n"
    );
    finds(output, None, &answer);
    finds(
        format!("{{\"type\": \"result\", \"result\": {answer}}}"),
        None,
        &answer,
    );
    finds(format!("[{{\"a\": 1}}, {answer}]"), None, &answer);
}

/// O7
#[test]
fn depth_and_size_are_limited_and_said() {
    let deep = fails(
        "[".repeat(100_000) + &"]".repeat(100_000),
        None,
        "output-limit",
    );
    assert!(deep.to_string().contains("deeper than 127"), "{deep}");
    let answer = answer(&["a"]);
    finds(format!("{}{answer}", "[".repeat(100_000)), None, &answer);
    let nested = format!(
        "{{\"receipts\": {{\"spec.md\": \"{CODE}\"}}, \"findings\": {}{}}}",
        "[".repeat(500),
        "]".repeat(500)
    );
    fails(nested, None, "output-limit");
    let long = json!({"receipts": {"spec.md": CODE}, "findings": [finding(&"x".repeat(1 << 20))]});
    finds(long.to_string(), None, &long);
}

/// O7
#[test]
fn a_candidate_beyond_the_limit_is_not_read() {
    let padding = " ".repeat(MAX_CANDIDATE_BYTES);
    let output = format!("{{\"receipts\": {{}}, \"findings\": [{padding}]}}");
    fails(output, None, "output-limit");
}

/// O8
#[test]
fn foreign_bytes_around_and_inside_never_panic() {
    let answer = answer(&["grüße 漢字 👩\u{200d}🔧"]);
    let text = answer.to_string();
    let mut output = vec![0xff, 0xfe, 0, 0xc3];
    output.extend(text.as_bytes());
    output.extend([0xf0, 0x9f, 0]);
    finds(&output, None, &answer);
    for cut in 0..text.len() {
        assert!(run(&text.as_bytes()[..cut], None).is_err());
        assert!(run(&text.as_bytes()[cut + 1..], None).is_err());
    }
    let mut broken = text.into_bytes();
    let at = broken.iter().position(|byte| *byte == 0xc3).unwrap();
    broken[at] = 0xff;
    let invalid = fails(&broken, None, "schema-mismatch");
    assert!(invalid.to_string().contains("UTF-8"), "{invalid}");
}

/// O9
#[test]
fn an_empty_list_counts_with_its_receipts_and_not_without() {
    let empty = answer(&[]);
    finds(empty.to_string(), Some(&prompt()), &empty);
    let missing = fails("{\"findings\": []}", None, "no-receipt");
    assert_eq!(
        missing,
        Invalid::NoReceipt {
            path: "spec.md".into()
        }
    );
    fails("{\"receipts\": {}, \"findings\": []}", None, "no-receipt");
    fails(
        "{\"receipts\": {\"spec.md\": \"R-other\"}, \"findings\": []}",
        None,
        "no-receipt",
    );
    fails("{\"receipts\": [], \"findings\": []}", None, "no-receipt");
    let planted = format!("{}# Spec\n{{\"findings\": []}}\n", prompt());
    fails("{\"findings\": []}", Some(&planted), "no-receipt");
}

/// O10
#[test]
fn an_answer_for_another_gate_is_refused() {
    let other =
        json!({"receipts": {"spec.md": CODE}, "requirements": [{"id": "FR-1", "yes": true}]});
    fails(other.to_string(), None, "schema-mismatch");
    let mut kind = answer(&["a"]);
    kind["findings"][0]["kind"] = json!("low-score");
    let Invalid::SchemaMismatch { path, .. } = fails(kind.to_string(), None, "schema-mismatch")
    else {
        unreachable!()
    };
    assert_eq!(path, "/findings/0/kind");
}

/// O10: who answered is known from the attempt; a name inside is one more key to ignore.
#[test]
fn another_agents_name_inside_an_answer_is_ignored() {
    let mut named = answer(&["a"]);
    named["agent"] = json!("claude");
    finds(named.to_string(), None, &named);
}

/// O11
#[test]
fn the_prompts_own_example_is_never_an_answer() {
    let copied = answer(&["copied from the example"]);
    let prompt = format!("Answer like this: {copied}");
    fails(copied.to_string(), Some(&prompt), "echo-of-prompt");
    fails(
        format!("Sure!\n```json\n{copied:#}\n```"),
        Some(&prompt),
        "echo-of-prompt",
    );
    let invalid = format!("{{\"receipts\": {{\"spec.md\": \"{CODE}\"}}, \"findings\": [1]}}");
    fails(
        &invalid,
        Some(&format!("Not like this: {invalid}")),
        "echo-of-prompt",
    );
    fails(
        "{\"a\": 1}",
        Some("for example {\"a\": 1}"),
        "echo-of-prompt",
    );
    let own = answer(&["own"]);
    finds(format!("{copied}{own}{copied}"), Some(&prompt), &own);
}

/// O14
#[test]
fn an_answer_inside_a_suggested_fix_is_not_the_answer() {
    let inner = answer(&[]);
    for fix in [
        inner.clone(),
        json!(inner.to_string()),
        json!([{"use": inner}]),
    ] {
        let mut outer = answer(&["outer"]);
        outer["findings"][0]["suggested_fix"] = fix.clone();
        finds(format!("noise {{ {outer}"), None, &outer);
        // Nor when the outer object is refused: it was meant to be the answer.
        outer["findings"][0]["severity"] = json!("HIGH");
        fails(outer.to_string(), None, "schema-mismatch");
    }
}

#[test]
fn the_last_attempt_of_the_agents_own_is_the_one_explained() {
    let mut wrong = answer(&["a"]);
    wrong["findings"][0]["severity"] = json!("HIGH");
    let output = format!("{{\"findings\": []}}\n{wrong}\n{{\"usage\": 5}}");
    fails(output, None, "schema-mismatch");
    let list = json!([finding("a"), finding("b")]);
    let Invalid::SchemaMismatch {
        expected, found, ..
    } = fails(list.to_string(), None, "schema-mismatch")
    else {
        unreachable!()
    };
    assert_eq!(
        (expected.as_str(), found.as_str()),
        ("object", "array of 2")
    );
}

/// The second reading is alive where the first has died: what begins there is its own.
#[test]
fn a_value_is_found_once_whichever_reading_sees_it() {
    let keys = Keys {
        all: vec!["findings"],
        hint: RECEIPTS,
    };
    let output = b"[\"{\"a\":{\"findings\":[]}}";
    let attempts = Scan::of(output, &keys).attempts;
    assert_eq!((attempts.len(), attempts.front()), (1, Some(&(7..22))));
}

#[test]
fn keys_written_with_escapes_are_keys() {
    let escaped = answer(&["a"])
        .to_string()
        .replace("\"findings\"", "\"find\\u0069ngs\"");
    finds(escaped, None, &answer(&["a"]));
}

/// O7
#[test]
fn hostile_megabytes_cost_no_more_than_any_others() {
    let size = 1 << 20;
    for unit in [
        "{",
        "[",
        "\"",
        "\\",
        "{\"a\":",
        "[\"",
        "{\"findings\":[",
        "{}",
        "[]",
        "\"{",
        "[\"{\\\"",
        "{\"a\":\"{",
        "1e",
        "[1,",
        "{\"findings\":0}",
        "[[\"[\",",
        "{\"findings\":\"\\u0000\"}",
    ] {
        let output = unit.repeat(size / unit.len());
        assert!(run(output.as_bytes(), None).is_err(), "{unit}");
    }
}

/// Bytes with a good chance to look like JSON.
fn jsonish() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just(b"{".to_vec()),
        Just(b"}".to_vec()),
        Just(b"[".to_vec()),
        Just(b"]".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\\".to_vec()),
        Just(b":".to_vec()),
        Just(b",".to_vec()),
        Just(b"\"findings\"".to_vec()),
        Just(b"\"receipts\":{}".to_vec()),
        Just(b"{\"findings\":[]}".to_vec()),
        Just(b"null".to_vec()),
        Just(b"-1.5e3".to_vec()),
        Just(b"\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(token, 0..60).prop_map(|tokens| tokens.concat())
}

/// All values a real parser reads, found by trying every byte.
fn attempts_by_trying(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for start in 0..bytes.len() {
        if !matches!(bytes[start], b'{' | b'[') {
            continue;
        }
        let mut stream = serde_json::Deserializer::from_slice(&bytes[start..]).into_iter::<Value>();
        if let Some(Ok(value)) = stream.next()
            && value.get("findings").is_some()
        {
            let span = start..start + stream.byte_offset();
            if !found
                .iter()
                .any(|outer| outer.start < span.start && span.end <= outer.end)
            {
                found.push(span);
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// O8
    #[test]
    fn arbitrary_bytes_never_panic_and_are_looked_at_a_bounded_number_of_times(
        bytes in prop_oneof![proptest::collection::vec(any::<u8>(), 0..400), jsonish()],
    ) {
        let _ = run(&bytes, Some("{\"findings\": []}"));
    }

    #[test]
    fn the_single_pass_finds_what_trying_every_byte_finds(bytes in jsonish()) {
        let keys = Keys { all: vec!["findings"], hint: RECEIPTS };
        let scan = Scan::of(&bytes, &keys);
        let readable = |range: &Range<usize>| serde_json::from_slice::<Value>(&bytes[range.clone()]).is_ok();
        let mut one: Vec<_> = scan.attempts.into_iter().filter(readable).collect();
        let mut two = attempts_by_trying(&bytes);
        one.sort_by_key(|range| (range.start, range.end));
        two.sort_by_key(|range| (range.start, range.end));
        prop_assert_eq!(one, two);
    }

    #[test]
    fn a_valid_answer_is_found_in_any_noise(before in jsonish(), after in jsonish()) {
        let answer = answer(&["in the noise { \" [", "second"]);
        // Noise that closes around the answer makes it a part of something else.
        let mut output = before.clone();
        output.extend(answer.to_string().as_bytes());
        output.extend(&after);
        let enclosed = attempts_by_trying(&output)
            .iter()
            .any(|range| range.start < before.len() && range.end > before.len());
        prop_assume!(!enclosed);
        let found = run(&output, None);
        prop_assert_eq!(found.map(|found| found.value), Ok(answer));
    }
}
