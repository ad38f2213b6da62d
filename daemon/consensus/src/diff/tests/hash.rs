//! Which changes are one.

use crate::diff::Diff;

const BASE: &str = "diff --git a/x b/x\nindex 1234567..89abcde 100644\n--- a/x\n+++ b/x\n@@ -3,2 +3,2 @@ fn one()\n a\n-b\n+c\n\
    diff --git a/i b/i\nindex 1..2\nBinary files a/i and b/i differ\n";

fn hash(text: &str) -> String {
    Diff::parse(text).unwrap().hash()
}

#[test]
fn what_git_may_write_in_another_way_is_no_other_change() {
    let (first, second) = BASE.split_at(BASE.find("diff --git a/i").unwrap());
    for same in [
        BASE.replace("1234567..89abcde", "1234567890..89abcdef01"),
        BASE.replace("fn one()", "fn two()"),
        format!("{second}{first}"),
        format!("Subject: x\n\n{BASE}-- \n2.47\n"),
    ] {
        assert_eq!(hash(&same), hash(BASE), "{same}");
    }
}

#[test]
fn any_other_line_place_path_or_mode_is_another_change() {
    let others = [
        BASE.replace("+c", "+d"),
        BASE.replace("+c", "+c "),
        BASE.replace("+c\n", "+c\n\\ No newline at end of file\n"),
        BASE.replace(" a\n", " A\n"),
        BASE.replace("@@ -3,2 +3,2", "@@ -4,2 +4,2"),
        BASE.replace("@@ -3,2 +3,2", "@@ -3,2 +4,2"),
        BASE.replace("/x", "/y"),
        BASE.replace(
            "index 1234567",
            "old mode 100644\nnew mode 100755\nindex 1234567",
        ),
        BASE.replace("index 1..2", "index 1..3"),
        BASE.replace("-b\n+c", "+c\n-b"),
        BASE[..BASE.find("diff --git a/i").unwrap()].to_owned(),
        String::new(),
    ];
    let mut hashes: Vec<String> = others.iter().map(|text| hash(text)).collect();
    hashes.push(hash(BASE));
    let count = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), count);
}
