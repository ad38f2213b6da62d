//! Remarks on a change: where findings stand, and that none is settled by agreement alone.

use super::{decide, member, only, policy};
use crate::answer::{Answer, RawFinding, Reading, Side};
use crate::decide::{Outcome, Policy};
use crate::diff::INPUT;
use crate::edits::edits;
use crate::finding::{Agreement, Decision};
use crate::settle::{Disposition, RunEnd};
use crate::{Input, Shape};
use serde_json::json;

const CLAIM: &str = "total() loses the last line when the order has no lines";

/// Line 2 is added; lines 40 and 80 read the same.
fn inputs() -> Vec<Input> {
    let mut lines: Vec<String> = (1..=80).map(|n| format!("let x{n} = {n};")).collect();
    lines[1] = "sum += lines[last];".into();
    for n in [40, 80] {
        lines[n - 1] = "far.unwrap();".into();
    }
    let diff = "--- a/shop.rs\n+++ b/shop.rs\n@@ -1,2 +1,3 @@\n let x1 = 1;\n-sum += price;\n+sum += lines[last];\n+let x3 = 3;\n";
    let of = |path: &str, text: &str| Input {
        path: path.into(),
        text: text.into(),
    };
    vec![of(INPUT, diff), of("shop.rs", &lines.join("\n"))]
}

fn remark(severity: &str, claim: &str, side: &str, line: u32, quote: &str) -> RawFinding {
    let value = json!({"remarks": [{"kind": "bug", "severity": severity, "path": "shop.rs", "side": side,
        "first": line, "last": line, "quote": quote, "claim": claim, "suggestion": "sum += 0;"}]});
    let reading = Reading::of(Shape::Remarks, &[]);
    Answer::read(&reading, &value).unwrap().findings.remove(0)
}

fn added(severity: &str) -> RawFinding {
    remark(severity, CLAIM, "new", 2, "sum += lines[last];")
}

fn review(members: &[(&str, Vec<RawFinding>)]) -> Outcome {
    let members: Vec<_> = members
        .iter()
        .map(|(name, findings)| member(name, name, findings.clone()))
        .collect();
    let policy = Policy {
        shape: Shape::Remarks,
        record: crate::TrackRecord::default(),
        ..policy(2, members.len())
    };
    decide(&members, &[], &inputs(), &policy)
}

#[test]
fn a_remark_that_all_agree_on_word_for_word_is_asked_never_resolved() {
    for severity in ["critical", "important"] {
        let outcome = review(&[("a", vec![added(severity)]), ("b", vec![added(severity)])]);
        let finding = only(&outcome);
        assert_eq!(finding.agreement, Agreement::Confirmed);
        assert_eq!(finding.decision, Decision::Ask, "{}", finding.cell);
        assert!(
            matches!(&outcome.state, RunEnd::AwaitingHuman { open } if *open == [finding.key.clone()])
        );
    }
    let minor = review(&[("a", vec![added("minor")]), ("b", vec![added("minor")])]);
    assert_eq!(only(&minor).decision, Decision::Note);
}

#[test]
fn a_remark_says_on_which_lines_of_which_side_it_stands() {
    let outcome = review(&[("a", vec![added("important")]), ("b", Vec::new())]);
    let located = only(&outcome).located.clone().unwrap();
    assert_eq!(
        (located.path.as_str(), located.side),
        ("shop.rs", Side::New)
    );
    assert_eq!(
        (located.first, located.last, located.pre_existing),
        (2, 2, false)
    );
    let removed = remark("important", CLAIM, "old", 2, "sum += price;");
    let outcome = review(&[("a", vec![removed]), ("b", Vec::new())]);
    assert_eq!(only(&outcome).anchors[0].path, INPUT);
    assert_eq!(only(&outcome).located.as_ref().unwrap().side, Side::Old);
}

#[test]
fn what_was_there_before_is_noted_however_grave_and_blocks_nothing() {
    let far = remark("critical", CLAIM, "new", 40, "far.unwrap();");
    let outcome = review(&[("a", vec![far.clone()]), ("b", vec![far])]);
    assert_eq!(only(&outcome).decision, Decision::Note);
    assert_eq!(outcome.state, RunEnd::Passed);
}

#[test]
fn the_same_words_about_equal_lines_further_down_are_another_finding() {
    let of = |line| remark("minor", CLAIM, "new", line, "far.unwrap();");
    let outcome = review(&[("a", vec![of(40), of(80)]), ("b", Vec::new())]);
    let mut lines: Vec<u32> = outcome
        .findings
        .iter()
        .map(|f| f.located.as_ref().unwrap().first)
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, [40, 80]);
    let prints: Vec<_> = outcome
        .findings
        .iter()
        .map(|f| &f.located.as_ref().unwrap().fingerprint)
        .collect();
    assert_ne!(prints[0], prints[1]);
}

#[test]
fn a_remark_without_a_place_is_kept_and_asked() {
    let lost = remark("important", CLAIM, "new", 2, "no such line");
    let outcome = review(&[("a", vec![lost.clone()]), ("b", vec![lost])]);
    let finding = only(&outcome);
    assert!(finding.unanchored && finding.located.is_none());
    assert_eq!(finding.decision, Decision::Ask);
}

#[test]
fn a_suggestion_takes_the_place_of_lines_in_a_file_and_of_no_others() {
    let edits = |side: &str, line: u32, quote: &str| {
        let one = remark("important", CLAIM, side, line, quote);
        let outcome = review(&[("a", vec![one]), ("b", Vec::new())]);
        edits(&[(only(&outcome), Some(&Disposition::MustFix))], &inputs())
    };
    let made = edits("new", 2, "sum += lines[last];");
    assert_eq!(made.files[0].path, "shop.rs");
    assert!(
        made.files[0]
            .after
            .starts_with("let x1 = 1;\nsum += 0;\nlet x3")
    );
    let removed = edits("old", 2, "sum += price;");
    assert!(removed.files.is_empty(), "{removed:?}");
    assert!(removed.left_out[0].contains("in no file"), "{removed:?}");
}
