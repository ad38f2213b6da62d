//! What reviewers are shown.

use crate::diff::{Diff, annotate};

#[test]
fn each_line_stands_behind_its_number_and_a_bar() {
    let text = "diff --git a/src/shop.rs b/src/shop.rs\nindex 1..2 100644\n--- a/src/shop.rs\n+++ b/src/shop.rs\n\
        @@ -8,4 +8,5 @@ fn total()\n     let mut sum = 0;\n-    sum += price;\n+    sum += price * count;\n+    check(sum);\n     sum\n \n\
        @@ -200,0 +202 @@\n+=== other.rs (modified)\n\\ No newline at end of file\n\
        diff --git a/run b/run\nold mode 100644\nnew mode 100755\n\
        diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n\
        diff --git a/i.png b/i.png\nindex 1..2 100644\nBinary files a/i.png and b/i.png differ\n\
        diff --git \"a/x\\ny\" \"b/x\\ny\"\nnew file mode 120000\n--- /dev/null\n+++ \"b/x\\ny\"\n@@ -0,0 +1 @@\n+to\n\
        diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\r\n-b\r\n\
        diff --git a/ends b/ends\n--- a/ends\n+++ b/ends\n@@ -1 +1 @@\n-a\r\n+a\n";
    insta::assert_snapshot!(annotate(&Diff::parse(text).unwrap()), @r#"
    === src/shop.rs (modified)
    @@ new lines 8-12, old lines 8-11 @@ fn total()
     8  |    let mut sum = 0;
     9 -|    sum += price;
     9 +|    sum += price * count;
    10 +|    check(sum);
    11  |    sum
    12  |
    @@ new line 202, no old lines @@
    202 +|=== other.rs (modified)
        \|no newline at the end
    === run (modified, ordinary file becomes executable, no changed lines)
    === b (renamed from a, no changed lines)
    === i.png (modified, binary, not shown)
    === "x\ny" (added, symbolic link)
    @@ new line 1, no old lines @@
    1 +|to
    === gone (deleted, lines end with CRLF)
    @@ no new lines, old lines 1-2 @@
    1 -|a
    2 -|b
    === ends (modified)
    @@ new line 1, old line 1 @@
    1 -|a␍
    1 +|a
    "#);
}

#[test]
fn what_a_change_brings_are_its_added_lines() {
    let text = "--- a/x\n+++ b/x\n@@ -1,3 +1,5 @@\n+one\r\n+two\n here\n-gone\n+three\n there\n";
    assert_eq!(Diff::parse(text).unwrap().added(), "one\ntwo\n\nthree\n\n");
}
