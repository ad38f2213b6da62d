//! Rows of the failure catalogue on output and answers that need extractor and matcher together.
//!
//! The extractor's own rows (O1 to O11, O14) are beside it, those on injection (O15) in
//! `inject`, those on verdicts (O12, R1 to R11) in `decide`.
#![allow(clippy::unwrap_used, reason = "tests say no by panicking")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use synod_consensus::cluster::{Claim, cluster};
use synod_consensus::{Answer, Corpus, Extracted, Input, Invalid, Schema, extract};

const CODE: &str = "R-7f3a";

fn read(output: &str) -> Result<Extracted, Invalid> {
    let receipts = BTreeMap::from([("spec.md".to_owned(), CODE.to_owned())]);
    extract(
        output.as_bytes(),
        &Schema::clarify().unwrap(),
        &receipts,
        None,
    )
}

fn finding(id: &str, claim: &str, answer: &str) -> Value {
    json!({"id": id, "kind": "ambiguity", "claim": claim, "severity": "important",
        "resolvability": "suggest-fix", "answer": answer,
        "quotes": [{"path": "spec.md", "text": "Failed payments are retried."}]})
}

fn answer(findings: &[Value]) -> Value {
    json!({"receipts": {"spec.md": CODE}, "findings": findings})
}

/// O7: 11 KB, as agents print in the field, and 10 MB.
#[test]
fn long_answers_are_accepted_whole() {
    for size in [11 * 1024, 10 * 1024 * 1024] {
        let reasoning = "because \"it\" says so {[ ".repeat(size / 24);
        let mut long = finding("a", "The limit is open", "");
        long["reasoning"] = json!(reasoning);
        let whole = answer(&[long]);
        let found = read(&format!("thinking {{\n{whole}\ntokens used: 5")).unwrap();
        assert_eq!(found.value, whole);
        assert!(found.range.len() > size);
    }
}

/// How many matters two agents raised, whose whole outputs these are.
fn matters(outputs: [&str; 2]) -> usize {
    let inputs = [Input {
        path: "spec.md".into(),
        text: "# Shop\n\nFR-1: Failed payments are retried.\n".into(),
    }];
    let corpus = Corpus::new(&inputs);
    let answers = outputs.map(|output| Answer::from_value(&read(output).unwrap().value).unwrap());
    let claims: Vec<Claim<'_>> = answers
        .iter()
        .enumerate()
        .flat_map(|(member, answer)| answer.findings.iter().map(move |finding| (member, finding)))
        .map(|(member, finding)| Claim {
            member,
            finding,
            anchors: corpus.resolve(finding),
            hash: finding.canonical_hash(),
        })
        .collect();
    cluster(&claims).groups.len()
}

/// O12: ids collide inside one agent and differ between agents; content and place decide.
#[test]
fn ids_of_agents_neither_merge_nor_split() {
    let count = finding("F1", "The number of retries is not specified.", "3");
    let delay = finding("F1", "The delay between retries is not specified.", "1 s");
    let one = answer(&[count, delay]).to_string();
    let two = answer(&[
        finding("Q-7", "How often payments are retried is open.", ""),
        finding("F1", "The number of retries is unspecified", "Three."),
    ]);
    // Two pairs with the id F1 stay apart; the number of retries meets under two ids.
    assert_eq!(matters([&one, &two.to_string()]), 3);
}

/// O12: "Yes" against "yes."
#[test]
fn answers_and_claims_that_differ_in_spelling_only_are_one() {
    let one = answer(&[finding("a", "Retries are not bounded", "Yes")]).to_string();
    let two = answer(&[finding("b", "  retries are NOT bounded.", "yes.")]).to_string();
    assert_eq!(matters([&one, &two]), 1);
}

/// O13: here nothing is shown; what is said is kept exactly, for `sanitize` to make harmless.
#[test]
fn control_characters_around_an_answer_do_not_hide_it_and_inside_are_kept() {
    let claim = "a\u{202e}b\u{200b}c \u{9b}31m \u{1b}]8;;http://x\u{7}link";
    let whole = answer(&[finding("a", claim, "")]);
    let output = format!("\u{1b}[2J\u{1b}]52;c;eA==\u{7}\u{1b}[32m{whole}\u{1b}[0m\u{9c}");
    let found = read(&output).unwrap();
    assert_eq!(found.value["findings"][0]["claim"], claim);
}
