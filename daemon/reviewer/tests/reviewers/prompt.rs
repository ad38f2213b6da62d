//! Builds prompts as the daemon does, and reads rule names out of answers.

use std::fmt::Write;

use synod_reviewer::{Answer, Reviewer, Rules, review, review_with};

pub(crate) fn prompt(inputs: &[(&str, &str)]) -> String {
    let mut prompt = String::from("Look for faults in the inputs.\n\n");
    for (path, text) in inputs {
        let quoted = serde_json::to_string(path).unwrap();
        let newline = if text.ends_with('\n') { "" } else { "\n" };
        let _ = write!(
            prompt,
            "<<<SYNOD INPUT nonce=4f1c9a0b27d85e63 path={quoted} bytes={}\n{text}{newline}\
             SYNOD INPUT END nonce=4f1c9a0b27d85e63 path={quoted} receipt=K7Q2-9XBM-03TD>>>\n\n",
            text.len()
        );
    }
    prompt
}

pub(crate) fn answer(which: Reviewer, inputs: &[(&str, &str)]) -> Answer {
    review(which, &prompt(inputs)).unwrap()
}

/// By all rules, also those that speak only when asked.
pub(crate) fn answer_by_all(which: Reviewer, inputs: &[(&str, &str)]) -> Answer {
    review_with(which, &Rules::all(), &prompt(inputs), |_| {}).unwrap()
}

/// The rules that found something, in the order of the answer.
pub(crate) fn rules(answer: &Answer) -> Vec<&str> {
    answer
        .findings
        .iter()
        .map(|finding| {
            let rest = finding.reasoning.strip_prefix("rule ").unwrap();
            rest.split_once(':').unwrap().0
        })
        .collect()
}

/// Checks one requirement against one rule: how often does it hit?
#[track_caller]
pub(crate) fn hits(which: Reviewer, rule: &str, requirement: &str) -> usize {
    let spec = format!("# Spec\n\n## Requirements\n\n- **FR-1** {requirement}\n");
    let answer = answer_by_all(which, &[("spec.md", &spec)]);
    rules(&answer).iter().filter(|seen| **seen == rule).count()
}
