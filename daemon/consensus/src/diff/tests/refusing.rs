//! What is no diff, or not a whole one, is refused: nothing passes unseen.

use crate::diff::Diff;

#[track_caller]
fn check(text: &str, expected: &str) {
    let error = Diff::parse(text).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

const HEAD: &str = "diff --git a/x b/x\n--- a/x\n+++ b/x\n";

#[test]
fn combined_diffs_are_refused_with_what_to_give_instead() {
    for text in [
        "diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,2 @@@\n  a\n++b\n",
        "diff --combined x\n",
        "--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,2 @@@\n  a\n++b\n",
    ] {
        check(text, "combined diff");
    }
}

#[test]
fn a_hunk_is_as_long_as_it_says() {
    let of = |hunk: &str| format!("{HEAD}{hunk}");
    check(&of("@@ -1,2 +1,2 @@\n a\n"), "expected 1 more lines");
    check(
        &of("@@ -1 +1,2 @@\n a\n+b\n+c\n"),
        "line 7: expected the hunk to be over",
    );
    check(
        &of("@@ -1 +1 @@\n a\n b\n"),
        "line 6: expected the hunk to be over",
    );
    check(
        &of("@@ -1,2 +1,1 @@\n a\n b\n"),
        "line 6: expected a line of the hunk",
    );
    check(
        &of("@@ -1,2 +1,2 @@\n a\n@@ -5 +5 @@\n"),
        "line 6: expected a line of the hunk",
    );
    check(&of("@@ -1,2 +1,2 @@\n\\ No newline\n a\n b\n"), "line 5");
}

#[test]
fn hunks_have_headers_files_and_an_order() {
    let of = |hunk: &str| format!("{HEAD}{hunk}");
    check("@@ -1 +1 @@\n-a\n+b\n", "line 1: expected a file header");
    check(
        &format!("{HEAD}@@ -1 +1 @@\n a\nprose\n@@ -9 +9 @@\n-a\n+b\n"),
        "line 7: expected a file header",
    );
    check(HEAD, "expected 1 more lines");
    check(&of("@@ -1 1 @@\n"), "expected `@@ -OLD");
    check(&of("@@ -1,1 +1,99999999999 @@\n"), "expected `@@ -OLD");
    check(&of("@@ -4294967295,1 +1,1 @@\n"), "expected `@@ -OLD");
    check(&of("@@ -+1 +1 @@\n"), "expected `@@ -OLD");
    check(&of("@@ -0,1 +1 @@\n"), "expected `@@ -OLD");
    check(
        &of("@@ -5 +5 @@\n-a\n+b\n@@ -5 +6 @@\n-a\n+b\n"),
        "line 7: expected hunks in the order",
    );
}

#[test]
fn a_file_is_named_once_and_by_one_name() {
    let one = format!("{HEAD}@@ -1 +1 @@\n-a\n+b\n");
    check(&format!("{one}{one}"), "found x again");
    check(
        "diff --git a/x b/x\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
        "expected the name",
    );
    check("diff --git a/x b/y\n", "expected the paths");
    check("diff --git a/x b/y\nrename from x\n", "expected the paths");
    check(
        "diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "expected the name",
    );
    check(
        "--- one/x\n+++ two/y\n@@ -1 +1 @@\n-a\n+b\n",
        "expected the paths",
    );
}

#[test]
fn text_that_is_no_diff_and_files_that_are_only_named_are_refused() {
    check(
        "nothing of the kind\n",
        "found text without any file header",
    );
    let one = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
    check(&format!("{one}Only in b: y\n"), "only named");
    check(
        &format!("Binary files a/i and b/i differ\n{one}"),
        "only named",
    );
}
