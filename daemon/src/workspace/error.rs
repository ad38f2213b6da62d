//! Why a workspace could not be made, shown, merged or thrown away: one sentence each, with what to do.

use std::{io, path::PathBuf, time::Duration};

use synod_shared::ids::RunId;
use thiserror::Error;

/// Git could not be asked, or said no.
#[derive(Debug, Error)]
pub enum GitError {
    /// There is none.
    #[error(
        "expected git on the daemon's PATH, found none ({said}); install it and start the daemon anew, or submit with --isolation none"
    )]
    Missing { said: String },
    /// It could not be run.
    #[error("git cannot be run: {source}")]
    NotStarted { source: io::Error },
    /// Its own sentence.
    #[error("`{what}` failed: {said}")]
    Failed { what: String, said: String },
    #[error("`{what}` took longer than {} s and was ended", limit.as_secs())]
    TooSlow { what: String, limit: Duration },
    #[error("`{what}` named a path that is not UTF-8, which Synod cannot keep")]
    NotText { what: String },
    /// Whoever asked has gone.
    #[error("nobody reads what git prints")]
    NobodyReads,
}

/// A no, or something that broke.
#[derive(Debug, Error)]
pub enum WorkspaceError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("expected worktree, copy or none as isolation, found {found:?}")]
    Isolation { found: String },
    #[error(
        "the session cannot be gone on with: the workspace it belongs to is {state}; start a new session without --continue, or, if it is continued, go on with the run that did"
    )]
    PlaceGone { state: String },
    #[error(
        "--isolation says nothing for a run that goes on with a session: it works where that one worked; leave it out"
    )]
    OfSession,
    #[error("a command works where it is started; --isolation is for configured agents only")]
    OfCommand,
    #[error(
        "{} lies in no git repository, so there can be no worktree; run `git init` and commit, or use --isolation copy or none", folder.display()
    )]
    NoRepository { folder: PathBuf },
    #[error(
        "{} lies in a bare repository or in git's own directory, where nobody works; submit from a checked out tree", folder.display()
    )]
    Bare { folder: PathBuf },
    #[error(
        "the repository {} has no commit yet, so there can be no worktree; commit first, or use --isolation copy or none", repository.display()
    )]
    NoCommit { repository: PathBuf },
    #[error(
        "the repository {} is in the middle of a {what}; finish it or give it up{}", repository.display(), instead.words()
    )]
    Midway {
        repository: PathBuf,
        what: &'static str,
        instead: Instead,
    },
    #[error(
        "{} has changes that are not committed ({}); commit or stash them{}", repository.display(), listed(files), instead.words()
    )]
    Dirty {
        repository: PathBuf,
        files: Vec<String>,
        instead: Instead,
    },
    #[error(
        "the daemon's own directory {} lies within {}, which so cannot be copied; submit from a folder further down, or use --isolation none", state.display(), folder.display()
    )]
    CopiesItself { folder: PathBuf, state: PathBuf },
    #[error("copying {} failed: {said}", folder.display())]
    Copy { folder: PathBuf, said: String },
    #[error("{} cannot be {what}: {source}", path.display())]
    File {
        path: PathBuf,
        what: &'static str,
        source: io::Error,
    },
    #[error("no free name for a branch like {branch} was found; remove some of them")]
    NoBranch { branch: String },
    #[error(
        "the workspace {} of an earlier attempt is gone, so there is nothing to go on with; submit anew", path.display()
    )]
    Gone { path: PathBuf },
    // Merging.
    #[error(
        "the run works in {} itself: there is nothing to merge, show or throw away; use git there", folder.display()
    )]
    None { folder: PathBuf },
    #[error("the run {run} has no workspace: only runs of configured agents do")]
    OfNobody { run: String },
    #[error(
        "the run {run} is {state}: its agent may still write; cancel it first, or wait for its end"
    )]
    Live { run: String, state: String },
    #[error(
        "the run worked in a copy, which has no branch to merge; its files are in {}: take what you want (`synod diff` shows what changed), then `synod discard`", path.display()
    )]
    MergeOfCopy { path: PathBuf },
    #[error(
        "the run {} goes on in this workspace, and answers for it: ask for that one", by.to_string().get(..8).unwrap_or_default()
    )]
    PassedOn { by: RunId },
    #[error("the work was {state} already; what became of it stands")]
    Settled { state: String },
    #[error(
        "{} has no branch checked out; check out the branch that is to have the work, then merge again", repository.display()
    )]
    Detached { repository: PathBuf },
    #[error(
        "{onto} has moved on since the run began, so it cannot be fast-forwarded; use --squash, or rebase by hand (`git -C {} rebase {onto}`) and merge again", path.display()
    )]
    Moved { onto: String, path: PathBuf },
    #[error(
        "files that git does not know would be overwritten in {}: {}; move them away, then merge again", repository.display(), listed(files)
    )]
    Overwritten {
        repository: PathBuf,
        files: Vec<String>,
    },
    #[error(
        "the work conflicts with {onto} in {}; nothing was changed: rebase by hand (`git -C {} rebase {onto}`), or keep the branch with --leave", listed(files), path.display()
    )]
    Conflict {
        onto: String,
        files: Vec<String>,
        path: PathBuf,
    },
    #[error(
        "git has no identity to commit with; set one with `git config --global user.name NAME` and `git config --global user.email ADDRESS`, then merge again"
    )]
    NoIdentity,
    #[error(
        "the tree {} the run was submitted in is gone; keep the work with --leave, or discard it", repository.display()
    )]
    NoTree { repository: PathBuf },
    #[error(
        "git knows nothing of the worktree {} any more (its record in the repository was removed); take what you want from there by hand, then `synod discard --force`", path.display()
    )]
    Unknown { path: PathBuf },
    #[error(
        "the agent made repositories within its tree, or moved submodules ({}), which cannot be merged from here; see to them by hand in {}", listed(files), path.display()
    )]
    Nested { files: Vec<String>, path: PathBuf },
    #[error(
        "the agent left its worktree on other commits, without those of its branch {branch}; merge by hand in {}", path.display()
    )]
    Astray { branch: String, path: PathBuf },
    #[error(
        "{what} would be lost; look with `synod diff`, keep it with `synod merge`, or throw it away with --force"
    )]
    Unmerged { what: String },
    #[error("the work was thrown away; there is nothing left to show")]
    NothingLeft,
    #[error("expected {expected}, found {found:?}")]
    Word {
        expected: &'static str,
        found: String,
    },
}

/// What may be done instead of mending a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// At a submission.
    AnotherIsolation,
    /// At a merge.
    MergeAgain,
}

impl Instead {
    const fn words(self) -> &'static str {
        match self {
            Self::AnotherIsolation => {
                ", or use --isolation copy, which takes the folder as it stands, or none"
            }
            Self::MergeAgain => ", then merge again",
        }
    }
}

impl WorkspaceError {
    /// A stable name, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Git(GitError::Missing { .. }) => "no-git",
            Self::Git(_) => "git-failed",
            Self::Isolation { .. } | Self::OfCommand | Self::OfSession => "bad-isolation",
            Self::NoRepository { .. } => "no-repository",
            Self::Bare { .. } => "bare-repository",
            Self::NoCommit { .. } => "no-commit",
            Self::Midway { .. } => "repository-midway",
            Self::Dirty { .. } => "uncommitted-changes",
            Self::CopiesItself { .. } | Self::Copy { .. } => "not-copied",
            Self::File { .. } => "workspace-io",
            Self::NoBranch { .. } => "no-branch",
            Self::Gone { .. } | Self::Unknown { .. } => "workspace-gone",
            Self::NoTree { .. } => "repository-gone",
            Self::None { .. } | Self::OfNobody { .. } => "no-workspace",
            Self::Live { .. } => "not-ended",
            Self::MergeOfCopy { .. } => "not-a-branch",
            Self::Settled { .. }
            | Self::PassedOn { .. }
            | Self::NothingLeft
            | Self::PlaceGone { .. } => "workspace-settled",
            Self::Detached { .. } => "detached",
            Self::Moved { .. } => "branch-moved",
            Self::Overwritten { .. } => "would-overwrite",
            Self::Conflict { .. } => "merge-conflict",
            Self::NoIdentity => "no-identity",
            Self::Nested { .. } => "nested-repositories",
            Self::Astray { .. } => "branch-left",
            Self::Unmerged { .. } => "unmerged-work",
            Self::Word { .. } => "bad-word",
        }
    }

    /// Whether the request itself is wrong, not the state of things.
    #[must_use]
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Isolation { .. }
                | Self::OfCommand
                | Self::NoRepository { .. }
                | Self::Bare { .. }
                | Self::NoCommit { .. }
                | Self::CopiesItself { .. }
                | Self::Word { .. }
        )
    }
}

/// A few names for a sentence.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<String> = names
        .iter()
        .take(SHOWN)
        .map(|name| synod_shared::sanitize::line(name, 120))
        .collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len() - SHOWN));
    }
    shown.join(", ")
}
