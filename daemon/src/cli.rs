//! What the program is asked to be: the daemon, a shim, a reviewer, git (which is started through
//! it), or a program that plays a part. All but the daemon never see a runtime.

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::serve;

const USAGE: &str =
    "usage: synodd serve [--socket PATH]     the daemon; `synod` starts it by itself
       synodd reviewer NAME [--rule RULE]… [--no-rule RULE]…
                                       a rule-based reviewer: ambiguity, testability or consistency
       synodd fake-agent WORDS…        an agent that plays a script; `synodd fake-agent --help` lists the words
       synodd replay FILE [--speed N|max]   plays what `synod record` kept
       synodd --version";

/// Exit code for a wrong command line.
const USAGE_ERROR: u8 = 2;

/// The program.
#[must_use]
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let words: Vec<&str> = args
        .iter()
        .map(|arg| arg.to_str().unwrap_or("\u{fffd}"))
        .collect();
    match words.as_slice() {
        ["shim", _] => match args.get(1) {
            Some(dir) => synod_shim::shim::main(Path::new(dir)),
            None => usage(),
        },
        ["reviewer", asked @ ..] => synod_reviewer::main(
            asked,
            io::stdin().lock(),
            io::stdout().lock(),
            io::stderr().lock(),
        ),
        ["fake-agent", ..] => synod_playback::fake_agent(&["fake-agent"], args.into_iter().skip(1)),
        ["replay", ..] => synod_playback::replay(args.into_iter().skip(1)),
        ["git", umask, ..] => {
            crate::workspace::become_git(umask, args.get(2..).unwrap_or_default())
        }
        ["serve"] => daemon(None),
        ["serve", "--socket", _] => daemon(args.get(2).map(PathBuf::from)),
        ["--version" | "-V"] => {
            say(&format!("synodd {}", env!("CARGO_PKG_VERSION")));
            ExitCode::SUCCESS
        }
        ["--help" | "-h"] => {
            say(USAGE);
            ExitCode::SUCCESS
        }
        _ => usage(),
    }
}

fn daemon(socket: Option<PathBuf>) -> ExitCode {
    match serve::main(socket.as_deref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence for whoever started it; the log has more.
            let _ = writeln!(io::stderr(), "synodd: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    // Nobody to tell is no reason to fail otherwise.
    let _ = writeln!(io::stderr(), "{USAGE}");
    ExitCode::from(USAGE_ERROR)
}

fn say(text: &str) {
    // A closed pipe wants no more.
    let _ = writeln!(io::stdout(), "{text}");
}
