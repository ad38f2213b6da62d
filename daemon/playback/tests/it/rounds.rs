//! One script for every round of a gate: it looks at its prompt.

use serde_json::{Value, json};

use crate::support::play;

const FIRST: &str = "<<<SYNOD INPUT nonce=ab path=\"a.md\" bytes=2\nx\n\
                     SYNOD INPUT END nonce=ab path=\"a.md\" receipt=AAAA-BBBB-CCCC>>>\n";

/// A prompt with two findings on its sheet.
fn later(more: &Value) -> String {
    let mut items = vec![
        json!({"finding": "F1", "claim": "FR-1 has no time.", "options": []}),
        json!({"finding": "F2", "claim": "Nobody can measure FR-1.", "options": []}),
    ];
    for item in &mut items {
        let more = more.as_object().unwrap().clone();
        item.as_object_mut().unwrap().extend(more);
    }
    let list = json!(items);
    format!(
        "{FIRST}<<<SYNOD INPUT nonce=ab path=\"findings\" bytes=9\n{list}\n\
         SYNOD INPUT END nonce=ab path=\"findings\" receipt=DDDD-EEEE-FFFF>>>\n"
    )
}

fn answered(prompt: &str, script: &[&str]) -> Value {
    let played = play(prompt, script);
    assert_eq!(played.code, 0, "{}", played.stderr);
    serde_json::from_str(&played.stdout).unwrap_or_else(|_| panic!("{}", played.stdout))
}

#[test]
fn a_script_answers_votes_and_rules_by_the_round_of_its_prompt() {
    let script = [
        "in",
        "first",
        "[",
        "in",
        "fresh",
        "[",
        "answer",
        "[]",
        "]",
        "in",
        "repair",
        "[",
        "print",
        "\"again\"",
        "]",
        "]",
        "in",
        "ballot",
        "[",
        "vote",
        "[]",
        "]",
        "in",
        "arbitration",
        "[",
        "rule",
        "[]",
        "]",
    ];
    assert_eq!(answered(FIRST, &script)["findings"], json!([]));
    assert_eq!(answered(&later(&json!({})), &script)["votes"], json!([]));
    let disputed = later(&json!({"positions": []}));
    assert_eq!(answered(&disputed, &script)["rulings"], json!([]));
    let sent_back = format!("{FIRST}<<<SYNOD PREVIOUS nonce=cd\nx\nSYNOD PREVIOUS END nonce=cd>>>");
    assert_eq!(answered(&sent_back, &script), "again");
    let wrong = play(FIRST, &["in", "haste", "[", "]"]);
    assert!(wrong.stderr.contains("found \"haste\""), "{}", wrong.stderr);
}

#[test]
fn votes_name_findings_by_a_part_of_their_claims_and_carry_all_receipts() {
    let rules = r#"[{"claim": "no time", "real": "yes", "answer": "1 s", "same_as": ["measure"]},
                    {"claim": "no time", "real": "no"}]"#;
    let receipts = json!({"a.md": "AAAA-BBBB-CCCC", "findings": "DDDD-EEEE-FFFF"});
    assert_eq!(
        answered(&later(&json!({})), &["vote", rules]),
        json!({"receipts": receipts, "votes": [
            {"finding": "F1", "real": "yes", "answer": "1 s", "same_as": ["F2"]}
        ]})
    );
    let without = answered(&later(&json!({})), &["vote-without-receipts", rules]);
    assert_eq!(without.get("receipts"), None);
    let none = play(FIRST, &["vote", "[]"]);
    assert!(none.stderr.contains("findings to vote"), "{}", none.stderr);
}

#[test]
fn rulings_may_repeat_and_invent() {
    let rules = r#"[{"claim": "no time", "ruling": "uphold"}, {"claim": "no time", "ruling": "overrule"},
                    {"finding": "D9", "ruling": "abstain"}]"#;
    assert_eq!(
        answered(&later(&json!({"positions": []})), &["rule", rules])["rulings"],
        json!([
            {"finding": "F1", "ruling": "uphold"},
            {"finding": "F1", "ruling": "overrule"},
            {"finding": "D9", "ruling": "abstain"}
        ])
    );
}

#[test]
fn a_ballot_may_be_a_final_message() {
    let played = play(&later(&json!({})), &["as", "claude", "votes", "[]", "done"]);
    assert!(
        played.stdout.contains("DDDD-EEEE-FFFF"),
        "{}",
        played.stdout
    );
}
