//! Why nothing can be reviewed: one sentence each, with what to do.

use std::path::PathBuf;

use synod_consensus::diff::DiffError;
use thiserror::Error;

use crate::workspace::GitError;

#[derive(Debug, Error)]
pub enum ReviewError {
    #[error(
        "expected git on the daemon's PATH, found none ({0}); install it and start the daemon anew"
    )]
    NoGit(String),
    #[error(transparent)]
    Git(GitError),
    #[error("git will not read the repository: {0}")]
    Refused(String),
    #[error("expected a folder in a git repository, found no folder at {}", .0.display())]
    Folder(PathBuf),
    #[error(
        "expected a folder in a git repository, found none around {}; give a patch on standard input instead", .0.display()
    )]
    NoRepository(PathBuf),
    #[error(
        "expected REV, REV..REV or REV...REV of commits this repository has, found {found:?}; `git log` shows them"
    )]
    Revision { found: String },
    #[error(
        "expected two revisions with a common ancestor, found {one} and {other} without one; compare them as {one}..{other}"
    )]
    NoMergeBase { one: String, other: String },
    #[error(
        "expected `<local ref> <local oid> <remote ref> <remote oid>` as git tells a pre-push hook, found {found:?}"
    )]
    RefLine { found: String },
    #[error(
        "expected {reference} to name a commit, found {oid}, which is no commit that this repository has; push it with --no-verify if you know what is in it"
    )]
    NoCommit { reference: String, oid: String },
    #[error("expected a merged index, found {path} in conflict; resolve it and stage it first")]
    Unmerged { path: String },
    #[error(
        "expected at most {limit} changed files, found {files}; review the change in smaller parts"
    )]
    TooMany { files: usize, limit: usize },
    #[error(
        "expected a diff of at most {limit} bytes, found {bytes} or more; review the change in smaller parts"
    )]
    TooLarge { bytes: usize, limit: usize },
    #[error("the diff cannot be read: {0}")]
    Unreadable(#[from] DiffError),
    #[error("git printed what was not expected of {what}: {found:?}")]
    Garbled { what: &'static str, found: String },
}

impl ReviewError {
    /// A stable name, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoGit(_) => "no-git",
            Self::Git(_) | Self::Refused(_) | Self::Garbled { .. } => "git-failed",
            Self::Folder(_) | Self::NoRepository(_) => "no-repository",
            Self::Revision { .. } | Self::NoMergeBase { .. } => "bad-revision",
            Self::RefLine { .. } | Self::NoCommit { .. } => "bad-ref-line",
            Self::Unmerged { .. } => "unmerged",
            Self::TooMany { .. } | Self::TooLarge { .. } => "diff-too-large",
            Self::Unreadable(_) => "bad-diff",
        }
    }
}

impl From<GitError> for ReviewError {
    fn from(error: GitError) -> Self {
        match error {
            // Its own sentence is about worktrees.
            GitError::Missing { said } => Self::NoGit(said),
            error => Self::Git(error),
        }
    }
}
