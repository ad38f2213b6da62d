//! What `gate run` is to review: a range, the index, a patch or a push; what comes on standard input is read here.

use std::{
    io::{self, Read as _},
    path::Path,
};

use clap::Args;
use synod_proto::v1::{DiffSource, Push, diff_source::Source};

use crate::{failure::Failure, intent};

/// Most that is read from standard input; the daemon has limits of its own, below this.
const LONGEST_INPUT: u64 = 4 << 20;

#[derive(Debug, Clone, Args)]
#[group(id = "change", multiple = false)]
pub struct ChangeArgs {
    /// Review a change: REV..REV, REV...REV, REV (the same as REV...HEAD), or - for a patch on standard input
    #[arg(long, value_name = "RANGE")]
    pub diff: Option<String>,
    /// Review what is staged
    #[arg(long)]
    pub staged: bool,
    /// Review a push: for pre-push hooks, which pass their two arguments and standard input on
    #[arg(long, value_name = "REMOTE URL", num_args = 1..=2)]
    pub pre_push: Option<Vec<String>>,
}

/// What there is to be reviewed.
#[derive(Debug)]
pub enum Change {
    /// The gate is about a subject.
    None,
    Source(DiffSource),
    /// The push updates no ref.
    EmptyPush,
}

/// From the arguments, and standard input where they say so. `cwd` is a folder in the repository.
pub fn change(args: ChangeArgs, cwd: Option<&Path>) -> Result<Change, Failure> {
    let source = match args {
        ChangeArgs {
            diff: Some(dash), ..
        } if dash == "-" => Source::Patch(input()?),
        ChangeArgs {
            diff: Some(range), ..
        } => Source::Range(range),
        ChangeArgs { staged: true, .. } => intent::staged(),
        ChangeArgs {
            pre_push: Some(remote),
            ..
        } => {
            let lines = lines(&input()?);
            if lines.is_empty() {
                return Ok(Change::EmptyPush);
            }
            // Its name, or its address if it has none; the address that may follow says nothing more.
            let remote = remote.into_iter().next().unwrap_or_default();
            Source::Push(Push { remote, lines })
        }
        ChangeArgs {
            diff: None,
            staged: false,
            pre_push: None,
        } => return Ok(Change::None),
    };
    Ok(Change::Source(intent::change(source, cwd)?))
}

fn input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(LONGEST_INPUT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::Input(format!("cannot read standard input: {error}")))?;
    if bytes.len() as u64 > LONGEST_INPUT {
        return Err(Failure::Input(format!(
            "expected at most {LONGEST_INPUT} bytes on standard input, found more; review the change in smaller parts"
        )));
    }
    Ok(bytes)
}

fn lines(input: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(input)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Arguments, GateRunArgs, GateVerb, Verb};
    use crate::cli::blocking::{BlockOn, OnNoQuorum};
    use clap::Parser as _;
    use std::time::Duration;

    /// Of `synod gate run review` and these words.
    fn parse(words: &str) -> Result<GateRunArgs, clap::Error> {
        let words = format!("synod gate run review {words}");
        match Arguments::try_parse_from(words.split_whitespace())?.verb {
            Some(Verb::Gate(GateVerb::Run(args))) => Ok(args),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_reviewed_is_said_once() {
        assert_eq!(
            parse("--diff main..x").unwrap().change.diff.as_deref(),
            Some("main..x")
        );
        assert_eq!(parse("--diff -").unwrap().change.diff.as_deref(), Some("-"));
        assert!(parse("--staged").unwrap().change.staged);
        for wrong in [
            "",
            "--diff",
            "--diff a --staged",
            "--staged --spec x",
            "--pre-push",
            "--pre-push a --diff b",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_hook_passes_its_arguments_on_and_says_what_blocks() {
        for arguments in [
            "origin https://example.org/x.git",
            "https://example.org/x.git",
        ] {
            let words = format!(
                "--pre-push {arguments} --block-on important --on-no-quorum warn --deadline 2m"
            );
            let args = parse(&words).unwrap();
            assert_eq!(args.change.pre_push.unwrap().join(" "), arguments);
            assert_eq!(args.blocking.block_on, Some(BlockOn::Important));
            assert_eq!(args.blocking.on_no_quorum, OnNoQuorum::Warn);
            assert_eq!(args.deadline, Some(Duration::from_mins(2)));
        }
        assert!(parse("--staged --block-on grave").is_err());
    }

    #[test]
    fn a_range_is_of_the_repository_the_caller_is_in() {
        let args = parse("--diff main").unwrap();
        let Change::Source(source) = change(args.change, Some(Path::new("/repo"))).unwrap() else {
            panic!("no source");
        };
        assert_eq!(source.repository, "/repo");
        assert_eq!(source.source, Some(Source::Range("main".to_owned())));
    }

    #[test]
    fn a_hooks_lines_are_those_that_say_something() {
        assert_eq!(lines(b"a b c d\n\n e f g h\n"), ["a b c d", " e f g h"]);
        assert_eq!(lines(b" \n"), Vec::<String>::new());
    }
}
