//! What is about the change, and what was there before.

use super::remark;
use crate::anchor::Input;
use crate::answer::Side;
use crate::diff::{INPUT, Placing};

/// A file of numbered lines whose line 20 is added, and after whose line 39 (old 38) two lines are taken away.
fn inputs() -> Vec<Input> {
    let diff = "--- a/x\n+++ b/x\n@@ -19,0 +20 @@\n+line 20\n@@ -39,2 +39,0 @@\n-gone 1\n-gone 2\n";
    let lines: Vec<String> = (1..=60).map(|n| format!("line {n}")).collect();
    let of = |path: &str, text: &str| Input {
        path: path.into(),
        text: text.into(),
    };
    vec![of(INPUT, diff), of("x", &lines.join("\n"))]
}

#[track_caller]
fn check(side: Side, line: u32, quote: &str, pre_existing: bool) {
    let inputs = inputs();
    let placed = Placing::new(&inputs).place(&remark("x", side, (line, line), quote));
    let located = placed.located.expect("a place");
    assert_eq!((located.first, located.side), (line, side));
    assert_eq!(located.pre_existing, pre_existing, "line {line}");
}

#[test]
fn a_remark_within_three_lines_of_an_added_one_is_about_the_change() {
    for (line, before) in [
        (16, true),
        (17, false),
        (20, false),
        (23, false),
        (24, true),
    ] {
        check(Side::New, line, &format!("line {line}"), before);
    }
}

#[test]
fn a_remark_within_three_lines_of_what_was_taken_away_is_about_the_change() {
    for (line, before) in [
        (36, true),
        (37, false),
        (39, false),
        (40, false),
        (42, false),
        (43, true),
    ] {
        check(Side::New, line, &format!("line {line}"), before);
    }
    check(Side::Old, 39, "gone 1", false);
    check(Side::Old, 40, "gone 2", false);
}

#[test]
fn a_remark_that_reaches_into_the_surroundings_touches_the_change() {
    let inputs = inputs();
    let quote = "line 14\nline 15\nline 16\nline 17";
    let placed = Placing::new(&inputs).place(&remark("x", Side::New, (14, 17), quote));
    assert!(!placed.located.unwrap().pre_existing);
    let quote = "line 13\nline 14\nline 15\nline 16";
    let placed = Placing::new(&inputs).place(&remark("x", Side::New, (13, 16), quote));
    assert!(placed.located.unwrap().pre_existing);
}
