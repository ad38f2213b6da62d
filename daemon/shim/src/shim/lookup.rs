//! Which file an argv's first word means, by the rules of a shell, without being one.
//!
//! Looks before the start so that a refusal can name what was tried; the one file found is the
//! only one executed.

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Access, access},
    io::Errno,
};

use crate::records::Outcome;

/// Where programs are when the environment does not say (as `execvp` has it).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The file to execute once `cwd` is the current directory.
pub fn find(word: &str, cwd: &Path, search_path: Option<OsString>) -> Result<PathBuf, Outcome> {
    if let Some(outcome) = unusable(cwd) {
        return Err(outcome);
    }
    if word.is_empty() {
        return Err(refusal(
            Errno::NOENT,
            Path::new(""),
            "the command is empty; expected the name of a program",
        ));
    }
    if word.contains('/') {
        // Tried as it is: the kernel's own answer is the best one.
        return Ok(PathBuf::from(word));
    }
    let search_path = search_path.unwrap_or_else(|| DEFAULT_PATH.into());
    let mut not_executable = None;
    for directory in search_path.as_bytes().split(|&byte| byte == b':') {
        // An empty entry means the current directory.
        let candidate = Path::new(OsStr::from_bytes(directory)).join(word);
        let candidate = if directory.is_empty() {
            Path::new(".").join(candidate)
        } else {
            candidate
        };
        let place = cwd.join(&candidate);
        if !place.is_file() {
            continue;
        }
        if access(&place, Access::EXEC_OK).is_ok() {
            return Ok(candidate);
        }
        not_executable.get_or_insert(place);
    }
    Err(match not_executable {
        Some(place) => refusal(Errno::ACCESS, &place, "found, but it is not executable"),
        None => refusal(
            Errno::NOENT,
            Path::new(word),
            &format!("no such program in PATH ({})", search_path.display()),
        ),
    })
}

fn unusable(cwd: &Path) -> Option<Outcome> {
    let (errno, what) = match access(cwd, Access::EXEC_OK) {
        Ok(()) if cwd.is_dir() => return None,
        Ok(()) => (Errno::NOTDIR, "is not a directory"),
        Err(Errno::NOENT) => (Errno::NOENT, "does not exist"),
        Err(_) if cwd.is_file() => (Errno::NOTDIR, "is not a directory"),
        Err(errno) => (errno, "may not be entered"),
    };
    let message = format!("the working directory {what}; expected one to start in");
    Some(refusal(errno, cwd, &message))
}

/// Says why the kernel would not execute `program`.
pub fn explain(errno: Errno, program: &Path, cwd: &Path) -> Outcome {
    let place = cwd.join(program);
    let message = match (errno, fs::metadata(&place)) {
        (_, Ok(metadata)) if metadata.is_dir() => "is a directory; expected a program".to_owned(),
        (Errno::NOENT, Ok(_)) => {
            "exists, but the interpreter it names in its first line (or its loader) does not"
                .to_owned()
        }
        (Errno::NOENT, Err(_)) => "no such program".to_owned(),
        (Errno::ACCESS, Ok(_)) => "found, but it is not executable".to_owned(),
        (Errno::NOEXEC, _) => {
            "is neither a program of this machine nor a script with a `#!` line".to_owned()
        }
        (Errno::TOOBIG, _) => {
            "the arguments and the environment are too long together; pass the prompt by standard input"
                .to_owned()
        }
        (errno, _) => std::io::Error::from(errno).to_string(),
    };
    refusal(errno, &place, &message)
}

pub fn refusal(errno: Errno, path: &Path, message: &str) -> Outcome {
    Outcome::SpawnFailed {
        errno: errno.raw_os_error(),
        path: path.display().to_string(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, cwd: &str, path: Option<&str>, expected: Result<&str, i32>) {
        let found = find(word, Path::new(cwd), path.map(OsString::from));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, Path::new(expected)),
            (Err(Outcome::SpawnFailed { errno, .. }), Err(expected)) => assert_eq!(errno, expected),
            (found, expected) => panic!("{word}: {found:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn a_word_without_a_slash_is_searched_in_the_given_path_only() {
        check("sh", "/", Some("/nowhere:/bin"), Ok("/bin/sh"));
        check("sh", "/", Some("/nowhere"), Err(libc::ENOENT));
        check("sh", "/", None, Ok("/bin/sh"));
        check("sh", "/bin", Some(""), Ok("./sh"));
    }

    #[test]
    fn a_word_with_a_slash_is_never_searched() {
        check("./sh", "/", Some("/bin"), Ok("./sh"));
    }

    #[test]
    fn a_missing_directory_is_not_taken_for_a_missing_program() {
        check("sh", "/nowhere", Some("/bin"), Err(libc::ENOENT));
        check("sh", "/etc/passwd", Some("/bin"), Err(libc::ENOTDIR));
    }
}
