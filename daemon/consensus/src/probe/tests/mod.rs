//! What is planted in texts written for it, in the examples, and in any text at all; and what counts as found.

mod finding;
mod planting;
mod properties;

use super::ground::Ground;
use super::sort::candidates;
use super::{Planted, Sort};
use crate::anchor::Input;

macro_rules! example {
    ($folder:literal: $($file:literal),+) => {
        vec![$(input(
            $file,
            include_str!(concat!("../../../../../examples/", $folder, "/", $file)),
        )),+]
    };
}

fn input(path: &str, text: &str) -> Input {
    Input {
        path: path.into(),
        text: text.into(),
    }
}

fn checkout() -> Vec<Input> {
    example!("checkout": "spec.md", "PRD.md", "plan.md", "tasks.md")
}

fn examples() -> Vec<Vec<Input>> {
    vec![
        checkout(),
        example!("auth-change": "spec.md", "PRD.md", "plan.md", "tasks.md"),
        example!("export": "spec.md", "tasks.md"),
    ]
}

/// Every edit of a sort that a text allows: what stands there, and what would.
#[track_caller]
fn check(sort: Sort, text: &str, expected: &[(&str, &str)]) {
    let inputs = [input("spec.md", text)];
    let found = candidates(sort, &Ground::read(&inputs));
    let edits: Vec<(&str, &str)> = found
        .iter()
        .map(|candidate| (&text[candidate.edit.clone()], candidate.after.as_str()))
        .collect();
    assert_eq!(edits, expected);
}

/// The inputs as they were, from the planted ones and the key.
fn taken_out(planted: &Planted) -> Vec<Input> {
    let mut inputs = planted.inputs.clone();
    for fault in planted.key.faults.iter().rev() {
        let input = inputs
            .iter_mut()
            .find(|input| input.path == fault.path)
            .unwrap();
        assert_eq!(&input.text[fault.start..fault.end], fault.after);
        input
            .text
            .replace_range(fault.start..fault.end, &fault.before);
    }
    inputs
}
