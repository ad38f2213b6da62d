//! The client: everything a user types and reads.
//!
//! `cli` has one file for each verb, `link` is the way to the daemon, `render` turns messages into text and
//! does nothing else, `output` is the only place that prints, `tui` is the terminal UI. Nothing here decides anything about a run:
//! what may be done is for the daemon to say.

use std::process::ExitCode;

mod digest;
pub mod exit;
mod failure;

mod cli;
mod intent;
mod link;
mod output;
pub mod render;
pub mod tui;

/// Runs the program with the arguments and the environment of this process.
#[must_use]
pub fn main() -> ExitCode {
    cli::main().into()
}
