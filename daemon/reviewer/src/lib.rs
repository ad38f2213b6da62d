//! The three reviewers that need no model: rules over requirement text.
//!
//! Each runs as an ordinary agent process: the prompt on standard input, the JSON answer on
//! standard output, progress for humans on standard error. What a finding is worth is not
//! decided here; no clock, no files, no runtime. Same prompt, same bytes.

mod answer;
mod collect;
mod document;
mod fence;
mod ids;
mod markdown;
mod measure;
mod program;
mod review;
mod rule;
mod rules;
mod sentence;
mod token;
mod unit;

pub use answer::{Answer, Finding, Kind, Quote, Resolvability, Severity};
pub use program::main;
pub use review::{Progress, ReviewError, Reviewer, review, review_with};
pub use rule::{Rule, Rules, Standing};
