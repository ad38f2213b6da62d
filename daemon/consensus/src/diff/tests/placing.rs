//! The quote decides where a remark stands.

use super::remark;
use crate::anchor::Input;
use crate::answer::Side::{self, New, Old};
use crate::diff::{INPUT, Placed, Placing};

/// `new.rs` was `old.rs`; `far` stands on lines 1 and 40, `twice` on 11 and 13, `once` on 12, `low` on 41.
const DIFF: &str = "diff --git a/old.rs b/new.rs\nsimilarity index 90%\nrename from old.rs\nrename to new.rs\n--- a/old.rs\n+++ b/new.rs\n\
    @@ -10,3 +10,5 @@\n \tbefore( a );\n-\tgone();\n-\tgone_too();\n+\ttwice();\n+\tonce( a, b );\n+\ttwice();\n+  after();\n\
    @@ -40,1 +42,2 @@\n far\n+low\n\
    diff --git a/latin b/latin\n--- a/latin\n+++ b/latin\n@@ -1 +1,2 @@\n caf\u{fffd}\r\n+th\u{fffd}\r\n\\ No newline at end of file\n";

fn text() -> String {
    let mut lines: Vec<String> = (1..=43).map(|n| format!("// {n}")).collect();
    for (number, line) in [
        (1, "far"),
        (10, "\tbefore( a );"),
        (11, "\ttwice();"),
        (12, "\tonce( a, b );"),
        (13, "\ttwice();"),
        (14, "  after();"),
        (30, "only_here();"),
        (42, "far"),
        (43, "low"),
    ] {
        line.clone_into(&mut lines[number - 1]);
    }
    lines.join("\n")
}

fn input(path: &str, text: &str) -> Input {
    Input {
        path: path.into(),
        text: text.into(),
    }
}

fn whole() -> Vec<Input> {
    vec![
        input(INPUT, DIFF),
        input("new.rs", &text()),
        input("latin", "caf\u{fffd}\r\nth\u{fffd}\r"),
    ]
}

fn only_the_diff() -> Vec<Input> {
    vec![input(INPUT, DIFF)]
}

/// `path side first-last`, or `unanchored`; of anchors the words they hold.
#[track_caller]
fn place(
    inputs: &[Input],
    path: &str,
    side: Side,
    lines: (u32, u32),
    quote: &str,
) -> (String, Placed) {
    let placed = Placing::new(inputs).place(&remark(path, side, lines, quote));
    for anchor in &placed.anchors {
        let input = inputs
            .iter()
            .find(|input| input.path == anchor.path)
            .unwrap();
        assert_eq!(input.text[anchor.start..anchor.end], anchor.quote);
    }
    assert_eq!(placed.anchors.is_empty(), placed.located.is_none());
    let words = placed
        .located
        .as_ref()
        .map_or("unanchored".to_owned(), |l| {
            let side = match l.side {
                Old => "old",
                New => "new",
            };
            format!("{} {side} {}-{}", l.path, l.first, l.last)
        });
    (words, placed)
}

#[track_caller]
fn check(inputs: &[Input], side: Side, lines: (u32, u32), quote: &str, expected: &str) {
    assert_eq!(place(inputs, "new.rs", side, lines, quote).0, expected);
}

#[test]
fn a_quote_is_taken_at_the_stated_line() {
    for inputs in [whole(), only_the_diff()] {
        check(&inputs, New, (11, 11), "\ttwice();", "new.rs new 11-11");
        check(&inputs, New, (13, 13), "twice();", "new.rs new 13-13");
        check(
            &inputs,
            New,
            (11, 12),
            "twice();\n  once( a, b );",
            "new.rs new 11-12",
        );
        // Somewhere within the stated lines.
        check(&inputs, New, (12, 14), "twice();", "new.rs new 13-13");
    }
    check(&whole(), New, (1, 1), "far", "new.rs new 1-1");
}

#[test]
fn a_wrong_line_does_not_matter_where_the_quote_is_unique_in_the_hunk_or_the_file() {
    for inputs in [whole(), only_the_diff()] {
        check(&inputs, New, (13, 13), "once( a, b );", "new.rs new 12-12");
        check(&inputs, New, (900, 900), "once(a,b);", "new.rs new 12-12");
        // In the file twice, in the stated hunk once.
        check(&inputs, New, (43, 43), "far", "new.rs new 42-42");
        check(&inputs, New, (12, 12), "low", "new.rs new 43-43");
    }
    check(&whole(), New, (11, 11), "only_here();", "new.rs new 30-30");
    check(
        &only_the_diff(),
        New,
        (11, 11),
        "only_here();",
        "unanchored",
    );
}

#[test]
fn a_quote_that_fits_several_places_equally_stands_nowhere() {
    for inputs in [whole(), only_the_diff()] {
        check(&inputs, New, (12, 12), "twice();", "unanchored");
        check(&inputs, New, (900, 900), "twice();", "unanchored");
        check(&inputs, New, (900, 900), "nowhere();", "unanchored");
        check(&inputs, New, (11, 11), " \n ", "unanchored");
    }
    check(&whole(), New, (20, 20), "far", "unanchored");
    check(&only_the_diff(), New, (20, 20), "far", "new.rs new 42-42");
}

#[test]
fn lines_that_stand_as_quoted_are_meant_before_those_that_are_alike() {
    let diff = "--- a/x\n+++ b/x\n@@ -0,0 +1,4 @@\n+}\n+  }\n+    }\n+x = }\n";
    let inputs = [input(INPUT, diff)];
    for (quote, expected) in [
        ("  }", "x new 2-2"),
        ("    }", "x new 3-3"),
        ("x=}", "x new 4-4"),
        ("      }", "unanchored"),
    ] {
        assert_eq!(
            place(&inputs, "x", New, (99, 99), quote).0,
            expected,
            "{quote:?}"
        );
    }
}

#[test]
fn repeated_lines_that_overlap_are_several_places() {
    let diff = "--- a/x\n+++ b/x\n@@ -0,0 +1,3 @@\n+}\n+}\n+}\n";
    let inputs = [input(INPUT, diff)];
    assert_eq!(place(&inputs, "x", New, (9, 9), "}\n}").0, "unanchored");
    assert_eq!(place(&inputs, "x", New, (2, 3), "}\n}").0, "x new 2-3");
}

#[test]
fn what_was_taken_away_stands_on_the_old_side_of_the_diff_under_the_old_name() {
    for inputs in [whole(), only_the_diff()] {
        let (words, placed) = place(&inputs, "old.rs", Old, (11, 12), "gone();\n\tgone_too();");
        assert_eq!(words, "old.rs old 11-12");
        assert_eq!(placed.anchors[0].path, INPUT);
        assert_eq!(placed.anchors[0].quote, "gone();\n-\tgone_too();");
        // By the new name, and on the wrong side.
        check(&inputs, Old, (12, 12), "gone_too();", "old.rs old 12-12");
        check(&inputs, New, (12, 12), "gone_too();", "old.rs old 12-12");
        check(&inputs, Old, (1, 1), "once( a, b );", "new.rs new 12-12");
    }
}

#[test]
fn lines_of_one_side_that_are_apart_in_the_diff_have_an_anchor_each() {
    let inputs = only_the_diff();
    let (words, placed) = place(&inputs, "new.rs", New, (10, 11), "before( a );\ntwice();");
    assert_eq!(words, "new.rs new 10-11");
    let quotes: Vec<&str> = placed.anchors.iter().map(|a| a.quote.as_str()).collect();
    assert_eq!(quotes, ["before( a );", "twice();"]);
    let (_, placed) = place(&whole(), "new.rs", New, (10, 11), "before( a );\ntwice();");
    assert_eq!(placed.anchors[0].path, "new.rs");
    assert_eq!(placed.anchors.len(), 1);
}

#[test]
fn nothing_stands_across_the_lines_that_a_diff_leaves_out() {
    check(
        &only_the_diff(),
        New,
        (14, 14),
        "after();\nfar",
        "unanchored",
    );
}

#[test]
fn paths_are_understood_as_agents_write_them() {
    for path in ["new.rs", "b/new.rs", "./new.rs", "old.rs", "a/old.rs"] {
        assert_eq!(
            place(&whole(), path, New, (12, 12), "once( a, b );").0,
            "new.rs new 12-12"
        );
    }
    assert_eq!(
        place(&whole(), "other.rs", New, (12, 12), "once( a, b );").0,
        "unanchored"
    );
}

#[test]
fn numbers_marks_and_signs_that_were_copied_along_are_understood() {
    let inputs = whole();
    check(
        &inputs,
        New,
        (11, 12),
        " 11 +|\ttwice();\n 12 +|\tonce( a, b );",
        "new.rs new 11-12",
    );
    check(
        &inputs,
        New,
        (11, 12),
        "+\ttwice();\n+\tonce( a, b );",
        "new.rs new 11-12",
    );
    check(&inputs, New, (11, 11), "-\tgone();", "old.rs old 11-11");
    assert_eq!(
        place(&inputs, "latin", New, (2, 2), "th\u{fffd}␍").0,
        "latin new 2-2"
    );
}

#[test]
fn other_line_ends_no_newline_and_bytes_that_are_no_text_are_found() {
    for inputs in [whole(), only_the_diff()] {
        assert_eq!(
            place(&inputs, "latin", New, (1, 2), "caf\u{fffd}\nth\u{fffd}").0,
            "latin new 1-2"
        );
        assert_eq!(
            place(&inputs, "latin", New, (7, 7), "th\u{fffd}").0,
            "latin new 2-2"
        );
    }
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_tells_equal_lines_apart() {
    let print = |inputs: &[Input], line, quote| {
        place(inputs, "new.rs", New, (line, line), quote)
            .1
            .located
            .unwrap()
            .fingerprint
    };
    let (before, moved) = (whole(), {
        let mut inputs = whole();
        inputs[0].text = DIFF
            .replace("-10,3 +10,5", "-10,3 +12,5")
            .replace("-40,1 +42,2", "-40,1 +44,2");
        inputs[1].text = format!("// new\n// lines\n{}", text()).replace("\tonce", "        once");
        inputs
    });
    assert_eq!(
        print(&before, 12, "once( a, b );"),
        print(&moved, 14, "once(a, b);")
    );
    assert_eq!(
        print(&before, 11, "twice();"),
        print(&moved, 13, "twice();")
    );
    assert_eq!(print(&before, 13, "twice();"), print(&moved, 15, "twice"));
    assert_ne!(
        print(&before, 11, "twice();"),
        print(&before, 13, "twice();")
    );
    let mut other = remark("new.rs", New, (12, 12), "once( a, b );");
    other.kind = "style".into();
    let other = Placing::new(&before)
        .place(&other)
        .located
        .unwrap()
        .fingerprint;
    assert_ne!(print(&before, 12, "once( a, b );"), other);
}

#[test]
fn without_a_readable_diff_nothing_has_a_place() {
    let inputs = [
        input(INPUT, "@@ -1 +1 @@\n-a\n+b\n"),
        input("new.rs", &text()),
    ];
    check(&inputs, New, (12, 12), "once( a, b );", "unanchored");
    check(&[], New, (12, 12), "once( a, b );", "unanchored");
}
