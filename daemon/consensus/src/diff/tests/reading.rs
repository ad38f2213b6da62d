//! What git writes, and what of it is read.

use crate::diff::{Change, Content, Diff, LineEnd, Mark, NotShown, Numbered};

/// `change path -removed +added hunks` of each file.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let diff = Diff::parse(text).unwrap();
    let lines: Vec<String> = diff
        .files
        .iter()
        .map(|file| {
            let change = match &file.change {
                Change::Added { path } => format!("added {path}"),
                Change::Deleted { path } => format!("deleted {path}"),
                Change::Modified { path } => format!("modified {path}"),
                Change::Renamed { from, to } => format!("renamed {from} => {to}"),
                Change::Copied { from, to } => format!("copied {from} => {to}"),
            };
            let (added, removed) = file.counts();
            match &file.content {
                Content::Text(hunks) => format!("{change} -{removed} +{added} {}", hunks.len()),
                Content::NotShown(NotShown::Binary) => format!("{change} binary"),
                Content::NotShown(NotShown::TooLarge { bytes }) => {
                    format!("{change} {bytes} bytes")
                }
            }
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn what_git_says_of_files_is_read() {
    check(
        "diff --git a/new b/new\nnew file mode 100644\nindex 0000000..1\n--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+n\n\
         diff --git a/mod b/mod\nindex 1..2 100644\n--- a/mod\n+++ b/mod\n@@ -1 +1 @@ fn x()\n-a\n+b\n@@ -9,2 +9,0 @@\n-a\n-b\n\
         diff --git a/gone b/gone\ndeleted file mode 100755\nindex 1..0\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n\
         diff --git a/old name b/new name\nsimilarity index 100%\nrename from old name\nrename to new name\n\
         diff --git a/x y b/x z\nsimilarity index 90%\nrename from x y\nrename to x z\nindex 1..2 100644\n--- a/x y\t\n+++ b/x z\t\n@@ -1 +1 @@\n-a\n+b\n\
         diff --git a/one b/two\nsimilarity index 100%\ncopy from one\ncopy to two\n\
         diff --git a/run b/run\nold mode 100644\nnew mode 100755\n\
         diff --git a/empty file b/empty file\nnew file mode 100644\nindex 0000000..e69de29\n\
         diff --git a/i.png b/i.png\nindex 1..2 100644\nBinary files a/i.png and b/i.png differ\n\
         diff --git a/j.png b/j.png\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZ?xVPb+\n\nliteral 0\nHcmV?d00001\n\n",
        &[
            "added new -0 +1 1",
            "modified mod -3 +1 2",
            "deleted gone -1 +0 1",
            "renamed old name => new name -0 +0 0",
            "renamed x y => x z -1 +1 1",
            "copied one => two -0 +0 0",
            "modified run -0 +0 0",
            "added empty file -0 +0 0",
            "modified i.png binary",
            "modified j.png binary",
        ],
    );
}

#[test]
fn paths_are_read_with_quotes_other_prefixes_and_none() {
    check(
        "diff --git \"a/caf\\303\\251\" \"b/caf\\303\\251\"\n--- \"a/caf\\303\\251\"\n+++ \"b/caf\\303\\251\"\n@@ -1 +1 @@\n-a\n+b\n\
         diff --git i/x w/x\n--- i/x\n+++ w/x\n@@ -1 +1 @@\n-a\n+b\n\
         diff --git src/y src/y\n--- src/y\n+++ src/y\n@@ -1 +1 @@\n-a\n+b\n\
         diff --git a/a/z b/a/z\n--- a/a/z\n+++ b/a/z\n@@ -1 +1 @@\n-a\n+b\n",
        &[
            "modified café -1 +1 1",
            "modified x -1 +1 1",
            "modified src/y -1 +1 1",
            "modified a/z -1 +1 1",
        ],
    );
}

#[test]
fn plain_diffs_and_mails_are_read() {
    check(
        "Index: x\n=====\n--- a/x\t2020-01-01\n+++ b/x\t2020-01-02\n@@ -1 +1 @@\n-a\n+b\n--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+++ c\n",
        &["modified x -1 +1 1", "added y -0 +1 1"],
    );
    check(
        "From 1234 Mon Sep 17\nSubject: [PATCH] x\n\n- one\n+ two\n@ three\n---\n x | 2 +-\n\n\
         diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n-- \n2.47.3\n\n",
        &["modified x -1 +1 1"],
    );
    check("", &[]);
    check(" \n", &[]);
}

#[test]
fn a_file_that_becomes_a_link_is_two_changes_of_one_path() {
    check(
        "diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n\
         diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+to\n\\ No newline at end of file\n",
        &["deleted x -1 +0 1", "added x -0 +1 1"],
    );
}

#[test]
fn lines_that_look_like_headers_are_lines() {
    check(
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n--- a/q\n+++ b/q\n @@ -1 +1 @@\n diff --git a/q b/q\n",
        &["modified x -1 +1 1"],
    );
}

#[test]
fn each_line_has_its_numbers_its_bytes_and_its_end() {
    let text = "--- a/x\n+++ b/x\n@@ -7,4 +7,3 @@\n a\r\n\n-b\n-é\n\\ No newline at end of file\n+ü\n\\ Kein Zeilenumbruch\n";
    let diff = Diff::parse(text).unwrap();
    let hunk = &diff.files[0].hunks()[0];
    let lines: Vec<_> = hunk.numbered().collect();
    for (_, line) in &lines {
        assert_eq!(&text[line.at..line.at + line.text.len()], line.text);
    }
    let seen: Vec<_> = lines
        .iter()
        .map(|(n, l)| (*n, l.mark, l.text, l.end))
        .collect();
    let (end, none) = (LineEnd::Newline, LineEnd::NoNewline);
    assert_eq!(
        seen,
        [
            (Numbered::Both { old: 7, new: 7 }, Mark::Context, "a\r", end),
            (Numbered::Both { old: 8, new: 8 }, Mark::Context, "", end),
            (Numbered::Old(9), Mark::Removed, "b", end),
            (Numbered::Old(10), Mark::Removed, "é", none),
            (Numbered::New(9), Mark::Added, "ü", none),
        ]
    );
}

#[test]
fn a_diff_whose_every_line_ends_with_crlf_is_the_same_diff() {
    let text = "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n";
    let crlf = text.replace('\n', "\r\n");
    let (unix, dos) = (Diff::parse(text).unwrap(), Diff::parse(&crlf).unwrap());
    assert_eq!(unix.files[0].change, dos.files[0].change);
    assert_eq!(unix.files[0].modes, dos.files[0].modes);
    let shown = |diff: &Diff<'_>| -> Vec<String> {
        let lines = diff.files[0].hunks()[0].lines.iter();
        lines.map(|line| line.shown().to_owned()).collect()
    };
    assert_eq!(shown(&unix), shown(&dos));
}

#[test]
fn a_change_whose_lines_were_left_out_is_read_as_such_and_told_from_others() {
    let head =
        "diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\nindex 1..2 100644\n";
    let lines = "--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n";
    let text = format!("{head}{lines}");
    let diff = Diff::parse(&text).unwrap();
    assert_eq!(diff.files[0].section, text);
    let left_out = diff.files[0].without_lines();
    check(
        &left_out,
        &[&format!("renamed x => y {} bytes", lines.len())],
    );
    let other = left_out.replace("1..2", "1..3");
    assert_ne!(
        Diff::parse(&left_out).unwrap().hash(),
        Diff::parse(&other).unwrap().hash()
    );
}

#[test]
fn lines_are_not_hidden_by_words_behind_them() {
    for words in [
        "Not shown: 5 bytes",
        "Binary files a/x and b/x differ",
        "GIT binary patch",
    ] {
        let text = format!("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n{words}\n");
        check(&text, &["modified x -1 +1 1"]);
    }
}
