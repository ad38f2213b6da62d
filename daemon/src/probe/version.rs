//! Asking one program for its version.
//!
//! It is started like an agent, by a shim in a directory of its own: the same look-up by the caller's `PATH`, the
//! same clean signals, a time limit, a bound on what it prints, and nothing left of its tree afterwards. What it says
//! is only text until a version is found in it.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    time::Duration,
};

use synod_shared::sanitize;
use synod_shim::{
    dir::{DirError, RunDir},
    launch::launch,
    records::Outcome,
    spec::{FORMAT, Limits, Spec, Stdin},
};
use thiserror::Error;
use uuid::Uuid;

use crate::attempt::Launcher;

/// Far more than any version needs.
const MOST_OUTPUT: u64 = 64 * 1024;
/// From the polite request to end to the kill.
const GRACE: Duration = Duration::from_secs(1);
/// Of what a program said, so much is repeated.
const SHOWN: usize = 120;

/// A program and how it is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub argv: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub limit: Duration,
}

/// Why there is no version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Untold {
    #[error("it did not tell its version within {} s and was ended; run `{command}` to see why", limit.as_secs())]
    Timeout { command: String, limit: Duration },
    #[error("`{command}` ended with exit code {code}{}; expected 0 and a version", and_said(.said))]
    Failed {
        command: String,
        code: i32,
        said: String,
    },
    #[error("`{command}` was ended by signal {signal}; expected a version")]
    Signalled { command: String, signal: i32 },
    #[error("expected a version from `{command}`, found {}", quoted(.said))]
    NoVersion { command: String, said: String },
    #[error("`{command}` printed more than 64 KiB; expected a version")]
    TooMuch { command: String },
    #[error("{message}")]
    NotStarted { message: String },
    /// Ours to mend, not the user's.
    #[error("it could not be asked for its version: {message}")]
    Broken { message: String },
}

fn and_said(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(" and said {text:?}")
    }
}

fn quoted(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else {
        format!("{text:?}")
    }
}

/// Asks, and waits for the answer: to be called where blocking is allowed.
pub fn ask(launcher: &Launcher, question: &Question) -> Result<String, Untold> {
    let name = Uuid::now_v7().simple().to_string();
    let dir = RunDir::create(
        &launcher.paths.probes(),
        &name,
        &spec(launcher, &name, question),
        b"",
    )
    .map_err(|error| broken(&error))?;
    let answer = run(launcher, &dir, question);
    // Its shim has ended, so nothing writes there any more. What cannot be removed is removed at the next start.
    if let Err(error) = std::fs::remove_dir_all(dir.path()) {
        tracing::warn!(path = %dir.path().display(), %error, "a probe's directory was not removed");
    }
    answer
}

/// Removes what an earlier daemon left behind when it died in the middle of a probe. A shim that is still at work
/// keeps its directory until the next start.
pub fn forget_left(probes: &Path) {
    let dirs = RunDir::list(probes).unwrap_or_default();
    for dir in dirs {
        if let Ok(Some(lock)) = dir.try_lock() {
            let removed = std::fs::remove_dir_all(dir.path());
            drop(lock);
            if let Err(error) = removed {
                tracing::warn!(path = %dir.path().display(), %error, "a probe's directory was not removed");
            }
        }
    }
}

fn spec(launcher: &Launcher, name: &str, question: &Question) -> Spec {
    Spec {
        format: FORMAT,
        run_id: "probe".to_owned(),
        execution_id: "probe".to_owned(),
        attempt_id: name.to_owned(),
        number: 1,
        gate: None,
        request_id: String::new(),
        agent: "probe".to_owned(),
        argv: question.argv.clone(),
        cwd: working_directory(&question.env),
        stdin: Stdin::Prompt,
        limits: Limits {
            wall_ms: Some(u64::try_from(question.limit.as_millis()).unwrap_or(u64::MAX)),
            output_bytes: Some(MOST_OUTPUT),
            first_byte_ms: None,
            grace_ms: u64::try_from(GRACE.as_millis()).unwrap_or(u64::MAX),
        },
        boot_id: launcher.boot_id.clone(),
        containment: launcher.mechanism.leaf_for(name),
        restore: launcher.restore,
        import: serde_json::Value::Null,
    }
}

/// The caller's home, where a CLI finds nothing that changes what it is.
fn working_directory(env: &BTreeMap<String, String>) -> PathBuf {
    env.get("HOME")
        .map(PathBuf::from)
        .filter(|home| home.is_absolute() && home.is_dir())
        .unwrap_or_else(|| PathBuf::from("/"))
}

fn run(launcher: &Launcher, dir: &RunDir, question: &Question) -> Result<String, Untold> {
    let lock = dir
        .try_lock()
        .map_err(|error| broken(&error))?
        .ok_or_else(|| broken(&"its lock is taken"))?;
    let env = question
        .env
        .iter()
        .map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let mut shim = launch(&launcher.exe, dir, lock, env).map_err(|error| broken(&error))?;
    shim.wait().map_err(|error| broken(&error))?;
    let exit = dir
        .exit()
        .map_err(|error: DirError| broken(&error))?
        .ok_or_else(|| broken(&"its shim ended without a record"))?;
    let command = question.argv.join(" ");
    let said = first_words(&dir.stdout());
    match exit.outcome {
        Outcome::Exited { code: 0 } => version_in(&said).ok_or(Untold::NoVersion { command, said }),
        Outcome::Exited { code } => Err(Untold::Failed {
            command,
            code,
            said: Some(first_words(&dir.stderr()))
                .filter(|text| !text.is_empty())
                .unwrap_or(said),
        }),
        Outcome::Signalled { signal } => Err(Untold::Signalled { command, signal }),
        Outcome::Timeout { .. } | Outcome::Silent { .. } => Err(Untold::Timeout {
            command,
            limit: question.limit,
        }),
        Outcome::OutputLimit { .. } => Err(Untold::TooMuch { command }),
        Outcome::Cancelled { .. } | Outcome::Closed { .. } => {
            Err(broken(&"it was ended by request"))
        }
        Outcome::SpawnFailed { path, message, .. } => Err(Untold::NotStarted {
            message: format!("{path}: {message}"),
        }),
    }
}

fn broken(error: &impl ToString) -> Untold {
    Untold::Broken {
        message: error.to_string(),
    }
}

/// The first line with something in it, harmless and short.
fn first_words(file: &Path) -> String {
    let mut bytes = Vec::new();
    if let Ok(file) = File::open(file) {
        // What cannot be read says nothing.
        let _ = file.take(MOST_OUTPUT).read_to_end(&mut bytes);
    }
    let text = sanitize::bytes(&bytes);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or_default().chars().take(SHOWN).collect()
}

/// The first word that looks like a version: numbers with dots between them, at least two.
fn version_in(line: &str) -> Option<String> {
    line.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '/'))
        .map(|word| word.trim_start_matches('v'))
        .find(|word| {
            let number = word.split(['-', '+']).next().unwrap_or_default();
            let parts: Vec<&str> = number.split('.').collect();
            let digits = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
            (2..=4).contains(&parts.len()) && parts.iter().all(digits)
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn a_version_is_found_in_what_clis_say() {
        let check = |line: &str, version: Option<&str>| {
            assert_eq!(version_in(line).as_deref(), version, "{line}");
        };
        check("2.1.330 (Claude Code)", Some("2.1.330"));
        check("codex-cli 0.169.0", Some("0.169.0"));
        check("0.61.0", Some("0.61.0"));
        check("v1.18.33-beta.2", Some("1.18.33-beta.2"));
        check("codex/1.2", Some("1.2"));
        for line in ["", "1", "segmentation fault", "1.", "1.2.3.4.5", "a.b.c"] {
            check(line, None);
        }
    }
}
