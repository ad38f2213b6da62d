//! Answers of the gate as findings.

use serde_json::{Value, json};

use crate::answer::{Resolvability, Severity, Side};
use crate::diff::remarks;

fn value() -> Value {
    json!({"kind": "bug", "severity": "critical", "path": "src/x.rs", "side": "new", "first": 3, "last": 4,
        "quote": "a\nb", "claim": "c", "suggestion": "fix", "reasoning": "r"})
}

#[test]
fn a_remark_is_a_finding_with_its_place() {
    let found = remarks::read(&json!({"receipts": {}, "remarks": [value()]})).unwrap();
    let finding = &found[0];
    let place = finding.place.as_ref().unwrap();
    assert_eq!(
        (place.path.as_str(), place.side, place.first, place.last),
        ("src/x.rs", Side::New, 3, 4)
    );
    assert_eq!(
        (finding.kind.as_str(), finding.severity),
        ("bug", Severity::Critical)
    );
    assert_eq!(
        (
            finding.quotes[0].path.as_deref(),
            finding.quotes[0].text.as_str()
        ),
        (Some("src/x.rs"), "a\nb")
    );
    assert_eq!(finding.suggested_fix.as_deref(), Some("fix"));
    assert_eq!(remarks::read(&json!({"remarks": []})).unwrap(), []);
}

#[test]
fn a_suggestion_is_no_answer_and_its_lack_is_no_need_for_a_human() {
    let mut without = value();
    without["suggestion"] = json!(" ");
    for (value, fix) in [(value(), Some("fix")), (without, None)] {
        let found = remarks::read(&json!({"remarks": [value]})).unwrap();
        assert_eq!(found[0].answer, None);
        assert_eq!(found[0].suggested_fix.as_deref(), fix);
        assert_eq!(found[0].resolvability, Resolvability::SuggestFix);
    }
}

#[test]
fn what_is_no_remark_is_refused_with_its_place() {
    #[track_caller]
    fn check(key: &str, wrong: Value) {
        let mut item = value();
        item[key] = wrong;
        let error = remarks::read(&json!({"remarks": [value(), item]})).unwrap_err();
        assert_eq!(error.path, format!("/remarks/1/{key}"));
    }
    check("kind", json!(1));
    check("severity", json!("high"));
    check("path", Value::Null);
    check("side", json!("left"));
    check("first", json!(0));
    check("last", json!(-1));
    check("last", json!(5_000_000_000_u64));
    check("quote", json!([]));
    check("claim", Value::Null);
    assert_eq!(
        remarks::read(&json!({"findings": []})).unwrap_err().path,
        "/remarks"
    );
}
