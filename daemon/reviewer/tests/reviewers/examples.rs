//! What each reviewer says about each example, word for word.

use std::fmt::Write;
use std::path::Path;

use synod_reviewer::Reviewer;

use crate::prompt::answer;

#[track_caller]
fn check(example: &str, expected: std::ops::RangeInclusive<usize>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(example);
    let files: Vec<(&str, String)> = ["spec.md", "PRD.md", "plan.md", "tasks.md"]
        .into_iter()
        .filter_map(|name| Some((name, std::fs::read_to_string(folder.join(name)).ok()?)))
        .collect();
    let inputs: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    let mut count = 0;
    for which in Reviewer::ALL {
        let answer = answer(which, &inputs);
        count += answer.findings.len();
        let mut shown = String::new();
        for finding in &answer.findings {
            let json = serde_json::to_string_pretty(finding).unwrap();
            writeln!(shown, "{json}").unwrap();
        }
        insta::assert_snapshot!(format!("{example}-{}", which.name()), shown);
    }
    assert!(expected.contains(&count), "{example}: {count} findings");
}

#[test]
fn checkout_shows_its_planted_faults() {
    check("checkout", 10..=18);
}

#[test]
fn auth_change_shows_its_planted_faults() {
    check("auth-change", 8..=15);
}

#[test]
fn export_shows_its_planted_faults() {
    check("export", 3..=6);
}
