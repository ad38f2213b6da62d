//! Making a workspace, when its run starts and before there is a run directory.
//!
//! Whatever is there already was half made by a daemon that died, or whole and never worked in: it is removed and
//! made anew. Whoever calls this has made sure that no run directory of the run has ever existed.

use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use synod_core::workspace::{Place, Workspace, Worktree};
use synod_shared::ids::RunId;

use super::{
    Workspaces,
    error::WorkspaceError,
    git::LONG,
    process::{self, Reading, Stopped},
    remove::{self, Branch},
    running::Hold,
};

/// All branches of Synod's are below this.
const PREFIX: &str = "synod/";
/// How much of a run's id is added to a name that is taken.
const SHORT: usize = 8;

impl Workspaces {
    /// A name for the run's branch that no branch of the repository has.
    pub fn choose_branch(
        &self,
        worktree: &Worktree,
        run: RunId,
        name: &str,
    ) -> Result<String, WorkspaceError> {
        let plain = format!("{PREFIX}{}", fit(name));
        let id = run.to_string();
        let names = [
            plain.clone(),
            format!("{plain}-{}", id.get(..SHORT).unwrap_or(&id)),
            format!("{plain}-{id}"),
        ];
        let repo = self.git.bare(&worktree.common);
        for name in names {
            if repo
                .maybe(&["check-ref-format", "--branch", &name])
                .is_err()
            {
                continue;
            }
            // The name itself, or one that would be a folder of it.
            let taken = repo.line(&[
                "for-each-ref",
                "--count=1",
                "--format=%(refname)",
                &format!("refs/heads/{name}"),
            ])?;
            if taken.is_empty() {
                return Ok(name);
            }
        }
        Err(WorkspaceError::NoBranch { branch: plain })
    }

    /// Makes it.
    pub fn make(&self, workspace: &Workspace) -> Result<(), WorkspaceError> {
        match &workspace.place {
            Place::None { .. } => Ok(()),
            Place::Worktree(worktree) => self.make_worktree(worktree),
            Place::Copy { folder, path } => self.make_copy(folder, path),
        }
    }

    fn make_copy(&self, folder: &Path, path: &Path) -> Result<(), WorkspaceError> {
        remove::folder(path)?;
        let held = self.git.running.stdin(Hold::Shared);
        let held = held.map_err(|source| WorkspaceError::File {
            path: path.to_path_buf(),
            what: "made",
            source,
        })?;
        copy(folder, path, held)
    }

    fn make_worktree(&self, worktree: &Worktree) -> Result<(), WorkspaceError> {
        remove::worktree(&self.git, worktree, Branch::RemoveAt(&worktree.base))?;
        let branch = worktree
            .branch
            .as_deref()
            .ok_or_else(|| WorkspaceError::NoBranch {
                branch: PREFIX.to_owned(),
            })?;
        let add: [&OsStr; 8] = [
            "worktree".as_ref(),
            "add".as_ref(),
            "--quiet".as_ref(),
            "--no-track".as_ref(),
            "-b".as_ref(),
            branch.as_ref(),
            worktree.path.as_os_str(),
            worktree.base.as_ref(),
        ];
        self.git.bare(&worktree.common).with_limit(LONG).run(&add)?;
        // A folder that git does not know (it holds only ignored files, say) is no reason not to start there.
        let within = worktree.path.join(&worktree.within);
        fs::create_dir_all(&within).map_err(|source| WorkspaceError::File {
            path: within,
            what: "made",
            source,
        })
    }
}

/// The run's name as a branch may be called.
fn fit(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '-'
            }
        })
        .collect();
    let safe = safe.replace("..", "-");
    safe.trim_matches(['.', '-']).to_owned()
}

/// Copies a folder, cheaply where the file system can.
fn copy(folder: &Path, path: &Path, stdin: Stdio) -> Result<(), WorkspaceError> {
    let mut cp = Command::new("cp");
    cp.args(["-a", "--reflink=auto", "--"])
        // Its contents, whatever it is called.
        .arg(folder.join("."))
        .arg(path)
        .env("LC_ALL", "C.UTF-8");
    let failed = |said: String| WorkspaceError::Copy {
        folder: folder.to_path_buf(),
        said,
    };
    match process::run(cp, stdin, LONG, |_| Reading::GoOn) {
        Ok(ended) if ended.code == Some(0) => {}
        Ok(ended) => {
            let said: Vec<&str> = ended.said.lines().take(3).collect();
            return Err(failed(said.join("; ")));
        }
        Err(Stopped::NotStarted(source)) => {
            return Err(WorkspaceError::File {
                path: folder.to_path_buf(),
                what: "copied with `cp`",
                source,
            });
        }
        Err(Stopped::TooSlow(_) | Stopped::NobodyReads) => {
            return Err(failed(format!("it took longer than {} s", LONG.as_secs())));
        }
    }
    // A worktree's `.git` is a file that names its repository: git in the copy would work on the original.
    let link = path.join(".git");
    if fs::symlink_metadata(&link).is_ok_and(|meta| !meta.is_dir()) {
        fs::remove_file(&link).map_err(|source| WorkspaceError::File {
            path: link,
            what: "removed",
            source,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_called_as_its_run_as_far_as_git_allows() {
        for (name, branch) in [
            ("run/alice", "run-alice"),
            ("run/alice#3", "run-alice-3"),
            ("größe", "größe"),
            ("a..b~^:?*[\\", "a-b"),
            (".hidden.", "hidden"),
        ] {
            assert_eq!(fit(name), branch, "{name}");
        }
    }
}
