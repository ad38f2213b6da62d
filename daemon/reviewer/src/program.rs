//! A reviewer as a process: standard input to standard output, and an exit code.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::str::FromStr;

use crate::review::{Progress, Reviewer, review_with};

/// The caller named a reviewer that does not exist.
const USAGE: u8 = 2;
/// The prompt could not be read or reviewed, or the answer not written.
const FAILED: u8 = 1;

/// Runs the reviewer named `which`: prompt in, JSON answer out, progress and errors to `stderr`.
/// Exit codes: 0 answered, 1 failed, 2 no such reviewer.
pub fn main(
    which: &str,
    mut stdin: impl Read,
    mut stdout: impl Write,
    mut stderr: impl Write,
) -> ExitCode {
    let (code, sentence) = match Reviewer::from_str(which) {
        Err(error) => (USAGE, error.to_string()),
        Ok(which) => match answer(which, &mut stdin, &mut stdout, &mut stderr) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(sentence) => (FAILED, sentence),
        },
    };
    // Nobody is left to be told when standard error is gone.
    let _ = writeln!(stderr, "error: {sentence}");
    ExitCode::from(code)
}

fn answer(
    which: Reviewer,
    stdin: &mut impl Read,
    stdout: &mut impl Write,
    stderr: &mut impl Write,
) -> Result<(), String> {
    let mut bytes = Vec::new();
    stdin
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot read the prompt from standard input: {error}"))?;
    let prompt = String::from_utf8_lossy(&bytes);
    let tell = |progress: Progress| {
        // Progress is a courtesy: a closed standard error does not stop the review.
        let _ = writeln!(stderr, "{progress}");
    };
    let answer = review_with(which, &prompt, tell).map_err(|error| error.to_string())?;
    let write = |stdout: &mut dyn Write| -> std::io::Result<()> {
        serde_json::to_writer_pretty(&mut *stdout, &answer)?;
        stdout.write_all(b"\n")?;
        stdout.flush()
    };
    write(stdout).map_err(|error| format!("cannot write the answer to standard output: {error}"))
}
