//! Rows O, P and L of the failure catalogue against agents whose output is a protocol: stand-ins take the place
//! of the CLIs, their adapters stay.
#![allow(clippy::unwrap_used, clippy::panic)] // tests may

use synod_proto::v1;
use synod_tests::{Programs, World};

mod stage;

mod answers;
mod endings;
mod given_up;
mod prompts;
mod silence;
mod streams;
mod troubles;

/// The CLIs that are given one prompt and print one stream of lines.
const NATIVE: [&str; 4] = ["claude", "codex", "gemini", "opencode"];

/// For what mostly waits: all of them at the same time.
fn for_each_cli(test: impl Fn(&'static str) + Sync) {
    std::thread::scope(|scope| {
        for adapter in NATIVE {
            let test = &test;
            scope.spawn(move || test(adapter));
        }
    });
}

fn programs() -> Programs {
    synod_tests::programs!()
}

/// Which state and reason a run of one agent ended with, and its only attempt.
#[track_caller]
fn ended(run: &v1::Run) -> (&str, &str, &v1::Attempt) {
    let attempt = World::only_attempt(run);
    assert_eq!(run.reason, attempt.reason, "{run:#?}");
    (&run.state, &run.reason, attempt)
}

/// It completed, and this is what the agent said at its end.
#[track_caller]
fn completed<'a>(run: &'a v1::Run, final_text: &str) -> &'a v1::Attempt {
    let (state, reason, attempt) = ended(run);
    assert_eq!((state, reason), ("passed", "completed"), "{run:#?}");
    assert_eq!(attempt.final_text.as_deref(), Some(final_text));
    assert_eq!(attempt.final_text_bytes, Some(final_text.len() as u64));
    attempt
}

/// It failed for this reason, and a sentence says more.
#[track_caller]
fn failed<'a>(run: &'a v1::Run, expected: &str) -> &'a v1::Attempt {
    let (state, reason, attempt) = ended(run);
    assert_eq!((state, reason), ("failed", expected), "{run:#?}");
    assert!(!run.executions[0].detail.is_empty(), "{run:#?}");
    attempt
}
