//! The reviewers from outside: prompts in, answers out.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "functions shared by tests are test code too, which clippy.toml cannot tell"
)]

mod answers;
mod corpus;
mod documents;
mod examples;
mod hostile;
mod prompt;
mod units;
