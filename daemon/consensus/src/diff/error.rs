//! Why a text cannot be reviewed as a diff: one sentence each, with what to do.

use thiserror::Error;

/// Lines are those of the diff's text, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DiffError {
    #[error(
        "expected a unified diff, found text without any file header; give what `git diff` prints"
    )]
    NoDiff,
    #[error(
        "line {line}: expected a diff between two states, found a combined diff of a merge; give `git diff REV REV`, or `git show -m --first-parent`"
    )]
    Combined { line: usize },
    #[error("line {line}: expected a file header before the first hunk, found {found:?}")]
    StrayHunk { line: usize, found: String },
    #[error("line {line}: expected `@@ -OLD,COUNT +NEW,COUNT @@`, found {found:?}")]
    HunkHeader { line: usize, found: String },
    #[error(
        "line {line}: expected a line of the hunk, beginning with a space, + or -, found {found:?}; the diff is cut off or was edited"
    )]
    HunkLine { line: usize, found: String },
    #[error(
        "line {line}: expected the hunk to be over by its own count, found another line of it, {found:?}; the diff was edited"
    )]
    HunkLonger { line: usize, found: String },
    #[error("expected {missing} more lines of the last hunk, found the end; the diff is cut off")]
    HunkShorter { missing: u64 },
    #[error("line {line}: expected hunks in the order of their lines, found one that overlaps")]
    HunkOrder { line: usize },
    #[error(
        "line {line}: expected what is in each file, found one that is only named, {found:?}; give what `git diff` prints"
    )]
    Unshown { line: usize, found: String },
    #[error("line {line}: expected the paths of a file, found {found:?}")]
    Paths { line: usize, found: String },
    #[error(
        "line {line}: expected the name the file's header gives, {expected:?}, found {found:?}"
    )]
    OtherPath {
        line: usize,
        expected: String,
        found: String,
    },
    #[error(
        "line {line}: expected each file once, found {path} again; give one diff of the whole change (`git diff REV..REV`), not a series"
    )]
    Twice { line: usize, path: String },
}

/// A line as a message shows it.
pub(super) fn shown(line: &str) -> String {
    line.chars().take(80).collect()
}
