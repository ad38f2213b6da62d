//! What is read from disk and what is said when it cannot be used. One binary, to link once.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::panic,
    reason = "in a test, also in its helpers, this is how a failure or a skip is told"
)]

mod bad_configs;
mod bad_gates;
mod configs;
mod documented;
mod documented_gates;
mod folders;
mod gates;
mod limits;
mod material;
mod prompts;
mod rosters;
mod rounds;
mod shapes;
mod starter_gates;
mod starters;
mod subjects;
