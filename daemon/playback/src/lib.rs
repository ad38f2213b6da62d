//! Programs that play a part: an agent that plays a script (`fake-agent`), and a recorded attempt (`replay`).
//!
//! They ship with the daemon, so that a policy can be tried out before a paid model meets it, and the end-to-end
//! tests use them as agents. They read standard input, write standard output and error, and know nothing of the
//! daemon. No runtime, no wire, no database.

mod error;
mod script;

mod attend;
mod player;
mod speak;

mod conversation;
mod voice;

mod replay;
mod spoken;

mod act;
mod answer;
mod help;
mod sheet;

pub use error::PlayError;
pub use help::HELP;
pub use replay::replay;

use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
};

/// Exit code of a script that is wrong, or a recording: nobody mistakes it for one that was asked for by accident.
const CANNOT_PLAY: u8 = 70;

/// Plays a script. `before` is what stands in front of the script on this program's command line, which it needs
/// to start itself again.
///
/// Exit codes: what the script says, otherwise 0; 70 if the script is wrong or cannot be played on.
pub fn fake_agent(before: &[&str], words: impl Iterator<Item = OsString>) -> ExitCode {
    let outcome = words
        .map(|word| word.into_string().map_err(PlayError::NotUtf8))
        .collect::<Result<Vec<String>, PlayError>>()
        .and_then(|words| match words.as_slice() {
            [word] if word == "--help" || word == "-h" => {
                act::print(HELP.as_bytes())?;
                Ok(0)
            }
            _ => player::play(before, words),
        });
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // Nobody is left to be told when standard error is gone.
            let _ = writeln!(io::stderr(), "fake-agent: {error}");
            ExitCode::from(CANNOT_PLAY)
        }
    }
}
