//! The one place that runs git: with a clean environment, without hooks, prompts, editors or a shell, and not
//! for ever.
//!
//! Switched off for every call, because a repository must not make this program do anything: its hooks, its
//! file system monitor, signing, background maintenance, recursion into submodules. What a person's own
//! configuration says about contents (line endings, `clean` and `smudge` filters, merge drivers) holds as when
//! that person calls git: otherwise what is merged would not be what git itself would have made.
//!
//! The program is started by this one under the name `git UMASK …` (see [`crate::cli`]), which puts the user's
//! umask back: files that git writes are the user's, not the daemon's.

use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, Seek as _, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use rustix::fs::{MemfdFlags, memfd_create};

use super::{
    error::GitError,
    process::{self, Reading, Stopped},
    running::{Hold, Running},
};

/// A call that looks something up, or changes little.
pub(crate) const QUICK: Duration = Duration::from_secs(50);
/// A call that writes a whole tree of files.
pub(crate) const LONG: Duration = Duration::from_mins(5);
/// How long another git's lock is waited for.
const LOCKED: Duration = Duration::from_secs(5);
/// How often it is looked at: there is nobody to tell us.
const LOOK: Duration = Duration::from_millis(50);
/// Most that is kept of an answer that is not streamed.
const LONGEST_ANSWER: usize = 64 << 20;
/// The exit code when git itself could not be started.
pub const NOT_STARTED: i32 = 127;

const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.quotePath=false",
    "core.askPass=",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "color.ui=false",
    "log.showSignature=false",
    "merge.autoStash=false",
    "merge.verifySignatures=false",
    "user.useConfigOnly=true",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "advice.addEmbeddedRepo=false",
];

/// What git is started with.
#[derive(Debug, Clone)]
pub struct Git {
    /// This program, to start git from.
    pub exe: PathBuf,
    /// The user's umask.
    pub umask: Option<u32>,
    pub running: Running,
}

/// Git in one place.
#[derive(Debug, Clone)]
pub(crate) struct Repo<'a> {
    git: &'a Git,
    /// Where it is run.
    dir: PathBuf,
    /// Where its own files are, if it is not to look for them.
    git_dir: Option<PathBuf>,
    /// The top level of the tree, if it is not to look for it.
    work_tree: Option<PathBuf>,
    index: Option<PathBuf>,
    limit: Duration,
    hold: Hold,
    /// What it reads from its standard input.
    words: Option<Vec<u8>>,
    objects: Objects,
}

/// Which objects a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Objects {
    /// Those a person has put in the place of others (`git replace`).
    AsReplaced,
    /// Those that a push would send.
    AsStored,
}

/// How a call ended, when it was not killed.
#[derive(Debug)]
pub(crate) struct Answer {
    pub code: Option<i32>,
    pub stdout: Vec<u8>,
    pub said: String,
}

impl Git {
    /// Git as it finds its way from a folder.
    pub(crate) fn at(&self, dir: &Path) -> Repo<'_> {
        Repo {
            git: self,
            dir: dir.to_path_buf(),
            git_dir: None,
            work_tree: None,
            index: None,
            limit: QUICK,
            hold: Hold::Shared,
            words: None,
            objects: Objects::AsReplaced,
        }
    }

    /// Git in the repository itself, without a tree.
    pub(crate) fn bare(&self, common: &Path) -> Repo<'_> {
        Repo {
            git_dir: Some(common.to_path_buf()),
            ..self.at(common)
        }
    }

    /// Git in a tree whose own files are known: it does not depend on what lies in the tree.
    pub(crate) fn tree(&self, git_dir: &Path, work_tree: &Path) -> Repo<'_> {
        Repo {
            git_dir: Some(git_dir.to_path_buf()),
            work_tree: Some(work_tree.to_path_buf()),
            ..self.at(work_tree)
        }
    }
}

impl Repo<'_> {
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// For a call that only reads: the next daemon need not wait for it.
    pub fn reading(mut self) -> Self {
        self.hold = Hold::Nothing;
        self
    }

    /// With every object as it is, whatever is to be shown in its place.
    pub fn with_stored_objects(mut self) -> Self {
        self.objects = Objects::AsStored;
        self
    }

    /// For a call that only reads, and takes these words from its standard input.
    pub fn with_words(mut self, words: Vec<u8>) -> Self {
        self.words = Some(words);
        self.reading()
    }

    /// The same with another index, so that the tree's own stays as it is.
    pub fn with_index(mut self, index: &Path) -> Self {
        self.index = Some(index.to_path_buf());
        self
    }

    /// Runs git, which must end well.
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>, GitError> {
        let answer = self.ask(args)?;
        if answer.code == Some(0) {
            Ok(answer.stdout)
        } else {
            Err(GitError::Failed {
                what: words(args),
                said: answer.said,
            })
        }
    }

    /// What git prints as one line.
    pub fn line<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<String, GitError> {
        let mut bytes = self.run(args)?;
        // Only its own newline: names may end with one.
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        String::from_utf8(bytes).map_err(|_| GitError::NotText { what: words(args) })
    }

    /// What git prints as one line; none if it ends with 1, its way of saying no.
    pub fn maybe<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Option<String>, GitError> {
        let answer = self.ask(args)?;
        match answer.code {
            Some(0) => Ok(Some(
                String::from_utf8_lossy(&answer.stdout)
                    .trim_end()
                    .to_owned(),
            )),
            Some(1) => Ok(None),
            _ => Err(GitError::Failed {
                what: words(args),
                said: answer.said,
            }),
        }
    }

    /// Names that git prints with a NUL after each.
    pub fn names<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<OsString>, GitError> {
        Ok(split(&self.run(args)?))
    }

    /// Runs git to its end, waiting a while for the lock of another one.
    pub fn ask<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Answer, GitError> {
        let begun = Instant::now();
        loop {
            let mut stdout = Vec::new();
            let answer = self.stream(args, |piece| {
                stdout.extend_from_slice(piece);
                if stdout.len() > LONGEST_ANSWER {
                    Reading::Enough
                } else {
                    Reading::GoOn
                }
            })?;
            let locked = answer.code != Some(0) && is_locked(&answer.said);
            if !locked || begun.elapsed() > LOCKED {
                return Ok(Answer { stdout, ..answer });
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Runs git and passes on what it prints as it comes.
    pub fn stream<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        take: impl FnMut(&[u8]) -> Reading,
    ) -> Result<Answer, GitError> {
        let stdin = match &self.words {
            None => self.git.running.stdin(self.hold),
            Some(words) => words_to_read(words),
        };
        let stdin = stdin.map_err(|source| GitError::NotStarted { source })?;
        let ended =
            process::run(self.command(args), stdin, self.limit, take).map_err(|stopped| {
                let what = words(args);
                match stopped {
                    Stopped::NotStarted(source) => GitError::NotStarted { source },
                    Stopped::TooSlow(limit) => GitError::TooSlow { what, limit },
                    Stopped::NobodyReads => GitError::NobodyReads,
                }
            })?;
        match ended.code {
            Some(NOT_STARTED) => Err(GitError::Missing { said: ended.said }),
            code => Ok(Answer {
                code,
                stdout: Vec::new(),
                said: ended.said,
            }),
        }
    }

    fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(&self.git.exe);
        let umask = self.git.umask.map(|mask| format!("{mask:o}"));
        command
            .arg("git")
            .arg(umask.as_deref().unwrap_or("-"))
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_EDITOR", ":")
            .env("GIT_SEQUENCE_EDITOR", ":")
            .env("GIT_PAGER", "cat")
            .env("SSH_ASKPASS", "/bin/false");
        for name in [
            "PATH",
            "HOME",
            "XDG_CONFIG_HOME",
            "USER",
            "LOGNAME",
            "TMPDIR",
        ] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let places = [
            ("GIT_DIR", &self.git_dir),
            ("GIT_WORK_TREE", &self.work_tree),
            ("GIT_INDEX_FILE", &self.index),
        ];
        for (name, path) in places {
            if let Some(path) = path {
                command.env(name, path);
            }
        }
        match self.objects {
            Objects::AsReplaced => {}
            Objects::AsStored => {
                command.env("GIT_NO_REPLACE_OBJECTS", "1");
            }
        }
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.arg("--no-pager").args(args).current_dir(&self.dir);
        command
    }
}

/// A file in memory: a pipe would have to be written while the outputs are read.
fn words_to_read(words: &[u8]) -> io::Result<Stdio> {
    let mut file = File::from(memfd_create("synod-git-words", MemfdFlags::CLOEXEC)?);
    file.write_all(words)?;
    file.rewind()?;
    Ok(Stdio::from(file))
}

/// Pieces that end with a NUL each.
pub(crate) fn split(bytes: &[u8]) -> Vec<OsString> {
    use std::os::unix::ffi::OsStringExt as _;
    bytes
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| OsString::from_vec(name.to_vec()))
        .collect()
}

/// The first words of a call, for messages: which of git's verbs it was.
fn words<S: AsRef<OsStr>>(args: &[S]) -> String {
    let verb = args.iter().map(|arg| arg.as_ref().to_string_lossy());
    let words: Vec<_> = verb.take(2).collect();
    format!("git {}", words.join(" "))
}

/// Whether git did nothing because another one was at work.
fn is_locked(said: &str) -> bool {
    said.contains(".lock': File exists")
}

/// What this program does when it is called as `git UMASK …`: becomes git, with the user's umask.
pub fn become_git(umask: &str, args: &[OsString]) -> std::process::ExitCode {
    if let Ok(mask) = u32::from_str_radix(umask, 8) {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(mask));
    }
    let error = Command::new("git").args(args).exec();
    // The daemon reads it; nobody to tell is no reason to end otherwise.
    let _ = io::Write::write_all(
        &mut io::stderr(),
        format!("git cannot be started: {error}\n").as_bytes(),
    );
    std::process::ExitCode::from(127)
}
