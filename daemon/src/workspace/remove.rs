//! Taking a workspace away: its branch, git's record of it, its folder, in this order.
//!
//! Done without `git worktree remove`, which wants a whole worktree: an agent may have removed the file `.git`,
//! the folder, or both. Git itself does no more than this.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use synod_core::workspace::Worktree;

use super::{
    error::{GitError, WorkspaceError},
    git::Git,
};

/// What becomes of a worktree's branch.
#[derive(Debug, Clone, Copy)]
pub(super) enum Branch<'a> {
    Keep,
    /// Removed if it stands at this commit, or at the base: then nothing of it is lost.
    RemoveAt(&'a str),
    /// Removed wherever it stands.
    Remove,
}

/// Takes a worktree away.
pub(super) fn worktree(
    git: &Git,
    worktree: &Worktree,
    branch: Branch<'_>,
) -> Result<(), WorkspaceError> {
    if worktree.common.exists() {
        remove_branch(git, worktree, branch)?;
        if let Some(record) = record(worktree) {
            folder(&record)?;
            // As git does: an empty one is no use. Not empty means that others are in it.
            if let Some(parent) = record.parent() {
                let _ = fs::remove_dir(parent);
            }
        }
    }
    folder(&worktree.path)
}

fn remove_branch(git: &Git, worktree: &Worktree, branch: Branch<'_>) -> Result<(), WorkspaceError> {
    let Some(name) = &worktree.branch else {
        return Ok(());
    };
    let repo = git.bare(&worktree.common);
    let full = format!("refs/heads/{name}");
    let Some(tip) = repo.maybe(&["rev-parse", "--verify", "--quiet", &full])? else {
        return Ok(());
    };
    let goes = match branch {
        Branch::Keep => false,
        Branch::RemoveAt(commit) => tip == commit || tip == worktree.base,
        Branch::Remove => true,
    };
    if goes && checked_out_elsewhere(git, worktree, &full)?.is_none() {
        // Only if it still stands there: somebody may have worked on it just now.
        repo.run(&["update-ref", "-d", &full, &tip])?;
    }
    Ok(())
}

/// Another worktree in which the branch is checked out: a person looks at it there.
fn checked_out_elsewhere(
    git: &Git,
    worktree: &Worktree,
    branch: &str,
) -> Result<Option<PathBuf>, GitError> {
    use std::os::unix::ffi::OsStrExt as _;
    let listing = git
        .bare(&worktree.common)
        .names(&["worktree", "list", "--porcelain", "-z"])?;
    let mut path = PathBuf::new();
    for entry in listing {
        let bytes = entry.as_bytes();
        if let Some(of) = bytes.strip_prefix(b"worktree ") {
            path = PathBuf::from(std::ffi::OsStr::from_bytes(of));
        } else if bytes.strip_prefix(b"branch ") == Some(branch.as_bytes()) && path != worktree.path
        {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Git's own folder for this worktree, if there is one.
pub(super) fn record(worktree: &Worktree) -> Option<PathBuf> {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    let mut points_to = worktree.path.join(".git").into_os_string().into_vec();
    points_to.push(b'\n');
    let entries = fs::read_dir(worktree.common.join("worktrees")).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|dir| {
        // Named after the folder, with a number if the name was taken.
        let ours = worktree.path.file_name().is_some_and(|name| {
            dir.file_name()
                .is_some_and(|dir| dir.as_bytes().starts_with(name.as_bytes()))
        });
        ours && match fs::read(dir.join("gitdir")) {
            Ok(bytes) => bytes == points_to,
            // Half made: its name is a run's id, which nobody else uses.
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
    })
}

/// Takes a folder away, also one whose parts an agent has made unwritable.
pub(super) fn folder(path: &Path) -> Result<(), WorkspaceError> {
    let removed = match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            make_writable(path);
            fs::remove_dir_all(path)
        }
        removed => removed,
    };
    match removed {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(WorkspaceError::File {
            path: path.to_path_buf(),
            what: "removed",
            source,
        }),
    }
}

/// Gives the owner all rights on every folder below; no link is followed.
fn make_writable(path: &Path) {
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(meta) = fs::symlink_metadata(&folder) else {
            continue;
        };
        if !meta.is_dir() {
            continue;
        }
        // What cannot be changed stays in the way, and the removal says so.
        let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o700));
        let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
        folders.extend(
            entries
                .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
                .map(|entry| entry.path()),
        );
    }
}
