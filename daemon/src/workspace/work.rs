//! What an agent has done in its worktree: files, commits, and both as one commit.
//!
//! Looked at through git's own record of the worktree, so it does not matter whether the agent removed the file
//! `.git`, stopped in the middle of a commit, or checked out something else. Nothing here moves a branch or
//! touches the worktree.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
};

use synod_core::workspace::Worktree;

use super::{
    Workspaces,
    error::WorkspaceError,
    git::{LONG, Repo},
    remove,
    scratch::Scratch,
};

/// A worktree as it stands.
pub(super) struct Tree<'a> {
    workspaces: &'a Workspaces,
    pub worktree: &'a Worktree,
    /// Git's record of it and the folder, if both are there.
    record: Option<PathBuf>,
}

/// How much of it is nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Unmerged {
    /// Files that are changed or new, and in no commit.
    pub files: usize,
    /// Commits that no other branch has.
    pub commits: usize,
}

impl Unmerged {
    pub const fn is_none(self) -> bool {
        self.files == 0 && self.commits == 0
    }

    /// In words.
    pub fn words(self) -> String {
        let count = |n: usize, one: &str| match n {
            1 => format!("1 {one}"),
            n => format!("{n} {one}s"),
        };
        match (self.files, self.commits) {
            (files, 0) => count(files, "changed file"),
            (0, commits) => count(commits, "commit"),
            (files, commits) => format!(
                "{} and {}",
                count(files, "changed file"),
                count(commits, "commit")
            ),
        }
    }
}

/// Everything in a worktree as one commit.
#[derive(Debug)]
pub(super) struct Snapshot {
    /// The commit; an object only, unless the agent made it.
    pub commit: String,
    /// The index it was made with, if it is a commit that the agent did not make.
    index: Option<Scratch>,
}

impl<'a> Tree<'a> {
    pub fn of(workspaces: &'a Workspaces, worktree: &'a Worktree) -> Self {
        let record = remove::record(worktree).filter(|_| worktree.path.is_dir());
        Self {
            workspaces,
            worktree,
            record,
        }
    }

    /// Git in the repository.
    pub fn repo(&self) -> Repo<'a> {
        self.workspaces.git.bare(&self.worktree.common)
    }

    /// Git in the worktree, if that is there.
    pub fn inside(&self) -> Option<Repo<'a>> {
        let record = self.record.as_ref()?;
        Some(self.workspaces.git.tree(record, &self.worktree.path))
    }

    /// The full name of its branch.
    pub fn branch(&self) -> Result<(&'a str, String), WorkspaceError> {
        let name = self
            .worktree
            .branch
            .as_deref()
            .ok_or_else(|| WorkspaceError::Gone {
                path: self.worktree.path.clone(),
            })?;
        Ok((name, format!("refs/heads/{name}")))
    }

    /// Where the branch stands, if it is there.
    pub fn branch_tip(&self) -> Result<Option<String>, WorkspaceError> {
        let (_, full) = self.branch()?;
        Ok(self.repo().maybe(&[
            "rev-parse",
            "--verify",
            "--quiet",
            &format!("{full}^{{commit}}"),
        ])?)
    }

    /// The commit it stands at: what is checked out in it, or its branch. None if both are gone.
    pub fn tip(&self) -> Result<Option<String>, WorkspaceError> {
        let head = match self.inside() {
            Some(inside) => inside.maybe(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?,
            None => None,
        };
        match head {
            Some(head) => Ok(Some(head)),
            None => self.branch_tip(),
        }
    }

    /// Names of files that are changed, new or gone against the commit it stands at, perhaps also of those that
    /// git is told to ignore.
    pub fn changed_files(&self, ignored: Ignored) -> Result<Vec<OsString>, WorkspaceError> {
        let Some(inside) = self.inside() else {
            // Without git's record nobody can say which of its files are new.
            let entries = fs::read_dir(&self.worktree.path).into_iter().flatten();
            return Ok(entries.flatten().map(|entry| entry.file_name()).collect());
        };
        let mut args = vec![
            "status",
            "--porcelain=v1",
            "-z",
            "--untracked-files=all",
            "--no-renames",
        ];
        match ignored {
            Ignored::LeftOut => {}
            Ignored::Counted => args.push("--ignored=traditional"),
        }
        Ok(inside.names(&args)?)
    }

    /// What of it is nowhere else.
    pub fn unmerged(&self) -> Result<Unmerged, WorkspaceError> {
        let files = self.changed_files(Ignored::LeftOut)?.len();
        let mut tips = Vec::new();
        tips.extend(self.tip()?);
        tips.extend(self.branch_tip()?);
        if tips.is_empty() {
            return Ok(Unmerged { files, commits: 0 });
        }
        let (name, _) = self.branch()?;
        let exclude = format!("--exclude={name}");
        let mut args = vec!["rev-list", "--count"];
        args.extend(tips.iter().map(String::as_str));
        args.extend([
            "--not",
            &self.worktree.base,
            &exclude,
            "--branches",
            "--remotes",
            "--tags",
        ]);
        let count = self.repo().line(&args)?;
        Ok(Unmerged {
            files,
            // Git counts; anything else would be a surprise, and surprises are kept.
            commits: count.parse().unwrap_or(usize::MAX),
        })
    }

    /// An index of the worktree's own, to be changed freely.
    pub fn scratch_index(&self, record: &Path) -> Result<Scratch, WorkspaceError> {
        let scratch = Scratch::new(&self.workspaces.paths);
        match fs::copy(record.join("index"), scratch.path()) {
            Ok(_) => Ok(scratch),
            // The agent removed it: git builds a new one, from nothing.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(scratch),
            Err(source) => Err(WorkspaceError::File {
                path: record.join("index"),
                what: "read",
                source,
            }),
        }
    }

    pub fn record(&self) -> Option<&Path> {
        self.record.as_deref()
    }

    /// Everything in it as one commit: the one it stands at, or a new one on top of that. None if there is
    /// nothing at all.
    pub fn snapshot(&self, message: &str) -> Result<Option<Snapshot>, WorkspaceError> {
        let Some(tip) = self.tip()? else {
            return Ok(None);
        };
        let as_it_is = |commit| {
            Ok(Some(Snapshot {
                commit,
                index: None,
            }))
        };
        let (Some(inside), Some(record)) = (self.inside(), self.record()) else {
            self.refuse_unknown()?;
            return as_it_is(tip);
        };
        let scratch = self.scratch_index(record)?;
        let indexed = inside.with_index(scratch.path()).with_limit(LONG);
        indexed.run(&["add", "--all", "--", "."])?;
        self.refuse_nested(&indexed)?;
        let tree = indexed.line(&["write-tree"])?;
        let there = self
            .repo()
            .line(&["rev-parse", &format!("{tip}^{{tree}}")])?;
        if tree == there {
            return as_it_is(tip);
        }
        self.identity()?;
        let commit = self
            .repo()
            .line(&["commit-tree", &tree, "-p", &tip, "-m", message])?;
        Ok(Some(Snapshot {
            commit,
            index: Some(scratch),
        }))
    }

    /// A folder with files that git has no record of any more.
    pub fn refuse_unknown(&self) -> Result<(), WorkspaceError> {
        if self.record.is_none() && self.worktree.path.is_dir() {
            return Err(WorkspaceError::Unknown {
                path: self.worktree.path.clone(),
            });
        }
        Ok(())
    }

    /// Whether git knows who commits.
    pub fn identity(&self) -> Result<(), WorkspaceError> {
        for who in ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"] {
            if self.repo().ask(&["var", who])?.code != Some(0) {
                return Err(WorkspaceError::NoIdentity);
            }
        }
        Ok(())
    }

    /// Repositories within the tree: their contents are no part of the tree, and would be lost with it.
    fn refuse_nested(&self, indexed: &Repo<'_>) -> Result<(), WorkspaceError> {
        let raw = indexed.names(&[
            "diff-index",
            "--cached",
            "--raw",
            "--no-renames",
            "-z",
            &self.worktree.base,
        ])?;
        // `:oldmode newmode old new status`, then the name.
        let files: Vec<String> = raw
            .chunks(2)
            .filter_map(|pair| match pair {
                [meta, name] if is_gitlink(meta) => Some(name.to_string_lossy().into_owned()),
                _ => None,
            })
            .collect();
        if files.is_empty() {
            return Ok(());
        }
        Err(WorkspaceError::Nested {
            files,
            path: self.worktree.path.clone(),
        })
    }

    /// Moves its branch to a snapshot, and the worktree's index with it: what was snapshot is committed there.
    pub fn adopt(&self, snapshot: &Snapshot) -> Result<(), WorkspaceError> {
        let (name, full) = self.branch()?;
        let repo = self.repo();
        let reason = "synod: the agent's work";
        match self.branch_tip()? {
            Some(at) if at == snapshot.commit => {}
            Some(at) => {
                if !is_ancestor(&repo, &at, &snapshot.commit)? {
                    return Err(WorkspaceError::Astray {
                        branch: name.to_owned(),
                        path: self.worktree.path.clone(),
                    });
                }
                repo.run(&["update-ref", "-m", reason, &full, &snapshot.commit, &at])?;
            }
            None => {
                let unborn = "0".repeat(snapshot.commit.len());
                repo.run(&["update-ref", "-m", reason, &full, &snapshot.commit, &unborn])?;
            }
        }
        if let (Some(index), Some(record)) = (&snapshot.index, self.record()) {
            // An index that is behind only makes `git status` look odd there.
            let _ = fs::copy(index.path(), record.join("index"));
        }
        Ok(())
    }
}

/// Whether ignored files count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ignored {
    LeftOut,
    Counted,
}

fn is_gitlink(meta: &OsStr) -> bool {
    let text = meta.to_string_lossy();
    text.trim_start_matches(':')
        .split(' ')
        .take(2)
        .any(|mode| mode == "160000")
}

/// Whether a commit is in another one's history.
pub(super) fn is_ancestor(repo: &Repo<'_>, old: &str, new: &str) -> Result<bool, WorkspaceError> {
    Ok(repo
        .maybe(&["merge-base", "--is-ancestor", old, new])?
        .is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_lost_is_counted_in_words() {
        let words = |files, commits| Unmerged { files, commits }.words();
        assert_eq!(words(1, 0), "1 changed file");
        assert_eq!(words(0, 2), "2 commits");
        assert_eq!(words(3, 1), "3 changed files and 1 commit");
    }
}
