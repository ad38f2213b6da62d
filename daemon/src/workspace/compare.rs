//! A copy and the folder it was made from, as they are now, compared by git: both become trees in a repository
//! that lives as long as the comparison. What they tell git to ignore is left out, as everywhere.

use std::path::Path;

use super::{
    Workspaces,
    error::WorkspaceError,
    git::{LONG, Repo},
    scratch::Scratch,
};

/// Two folders as trees.
pub(super) struct Compared<'a> {
    pub repo: Repo<'a>,
    pub old: String,
    pub new: String,
    // The repository goes with it.
    scratch: Scratch,
}

impl Compared<'_> {
    /// Keeps the repository until this is dropped.
    pub fn into_scratch(self) -> Scratch {
        self.scratch
    }
}

/// Reads both.
pub(super) fn compare<'a>(
    workspaces: &'a Workspaces,
    old: &Path,
    new: &Path,
) -> Result<Compared<'a>, WorkspaceError> {
    let scratch = Scratch::new(&workspaces.paths);
    let git = &workspaces.git;
    git.at(&workspaces.paths.worktrees()).run(&[
        "init".as_ref(),
        "--quiet".as_ref(),
        "--bare".as_ref(),
        "--template=".as_ref(),
        scratch.path().as_os_str(),
    ])?;
    let tree = |folder: &Path| -> Result<String, WorkspaceError> {
        let index = scratch.path().join("one-index");
        // Each from nothing.
        let _ = std::fs::remove_file(&index);
        let repo = git
            .tree(scratch.path(), folder)
            .with_index(&index)
            .with_limit(LONG);
        repo.run(&["-c", "core.compression=0", "add", "--all", "--", "."])?;
        Ok(repo.line(&["write-tree"])?)
    };
    let (old, new) = (tree(old)?, tree(new)?);
    Ok(Compared {
        repo: git.bare(scratch.path()).with_limit(LONG),
        old,
        new,
        scratch,
    })
}

/// How many files are not the same.
pub(super) fn changed_files(
    workspaces: &Workspaces,
    old: &Path,
    new: &Path,
) -> Result<usize, WorkspaceError> {
    let compared = compare(workspaces, old, new)?;
    let names = compared.repo.names(&[
        "diff-tree",
        "-r",
        "-z",
        "--name-only",
        "--no-renames",
        &compared.old,
        &compared.new,
    ])?;
    Ok(names.len())
}
