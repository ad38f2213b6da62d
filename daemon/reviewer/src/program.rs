//! A reviewer as a process: standard input to standard output, and an exit code.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::str::FromStr;

use crate::review::{Progress, ReviewError, Reviewer, review_with};
use crate::rule::{Rule, Rules};

/// The command line names a reviewer or a rule that does not exist.
const USAGE: u8 = 2;
/// The prompt could not be read or reviewed, or the answer not written.
const FAILED: u8 = 1;

/// What the command line asks for.
#[derive(Debug)]
struct Wish {
    which: Reviewer,
    rules: Rules,
}

#[derive(Debug, thiserror::Error)]
enum UsageError {
    #[error(
        "no reviewer named: expected `reviewer NAME [--rule RULE]… [--no-rule RULE]…` with ambiguity, testability or consistency"
    )]
    NoReviewer,
    #[error(transparent)]
    UnknownReviewer(#[from] ReviewError),
    #[error("unknown option \"{}\"; expected --rule or --no-rule, each with the name of a rule", .0.escape_debug())]
    UnknownOption(String),
    #[error("{option} needs the name of a rule of {}: {}", which.name(), names(*which))]
    NoRule { option: String, which: Reviewer },
    #[error(
        "{} has no rule \"{}\"; its rules are {}",
        which.name(),
        found.escape_debug(),
        names(*which)
    )]
    UnknownRule { found: String, which: Reviewer },
}

/// Runs what `words` ask for (`NAME [--rule RULE]… [--no-rule RULE]…`): prompt in, JSON answer
/// out, progress and errors to `stderr`.
/// Exit codes: 0 answered, 1 failed, 2 no such reviewer or rule.
pub fn main(
    words: &[&str],
    mut stdin: impl Read,
    mut stdout: impl Write,
    mut stderr: impl Write,
) -> ExitCode {
    let (code, sentence) = match wish(words) {
        Err(error) => (USAGE, error.to_string()),
        Ok(wish) => match answer(&wish, &mut stdin, &mut stdout, &mut stderr) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(sentence) => (FAILED, sentence),
        },
    };
    // Nobody is left to be told when standard error is gone.
    let _ = writeln!(stderr, "error: {sentence}");
    ExitCode::from(code)
}

fn wish(words: &[&str]) -> Result<Wish, UsageError> {
    let (name, mut options) = words.split_first().ok_or(UsageError::NoReviewer)?;
    let which = Reviewer::from_str(name)?;
    let mut rules = Rules::standard();
    while let [option, rest @ ..] = options {
        let change = match *option {
            "--rule" => Rules::with,
            "--no-rule" => Rules::without,
            _ => return Err(UsageError::UnknownOption((*option).to_owned())),
        };
        let [name, rest @ ..] = rest else {
            let option = (*option).to_owned();
            return Err(UsageError::NoRule { option, which });
        };
        let found = (*name).to_owned();
        let rule = Rule::named(name)
            .filter(|rule| rule.reviewer() == which)
            .ok_or(UsageError::UnknownRule { found, which })?;
        rules = change(rules, rule);
        options = rest;
    }
    Ok(Wish { which, rules })
}

/// The rules of one reviewer, for a sentence.
fn names(which: Reviewer) -> String {
    let of_it: Vec<&str> = Rule::ALL
        .into_iter()
        .filter(|rule| rule.reviewer() == which)
        .map(Rule::name)
        .collect();
    of_it.join(", ")
}

fn answer(
    wish: &Wish,
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
    let answer =
        review_with(wish.which, &wish.rules, &prompt, tell).map_err(|error| error.to_string())?;
    let write = |stdout: &mut dyn Write| -> std::io::Result<()> {
        serde_json::to_writer_pretty(&mut *stdout, &answer)?;
        stdout.write_all(b"\n")?;
        stdout.flush()
    };
    write(stdout).map_err(|error| format!("cannot write the answer to standard output: {error}"))
}
