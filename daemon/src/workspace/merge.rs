//! Taking the work into the repository's checked-out branch, or leaving it on its own.
//!
//! Everything that can be refused is refused before anything moves: merging is computed among git's objects, and
//! the repository's tree is touched by one fast-forward at the end, which git itself does wholly or not at all.

use std::path::Path;

use synod_core::{
    entity::Run,
    workspace::{Place, Standing, Step, Workspace, Worktree},
};

use super::{
    Workspaces,
    error::{Instead, WorkspaceError},
    git::{LONG, split},
    of_ended,
    plan::check_tree,
    remove::{self, Branch},
    work::{Snapshot, Tree, is_ancestor},
};

/// How work is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The checked-out branch moves to the run's.
    FastForward,
    /// One commit on top of the checked-out branch.
    Squash,
    /// Only the worktree goes.
    Leave,
}

impl How {
    /// From its word.
    pub fn parse(word: &str) -> Result<Self, WorkspaceError> {
        match word {
            "" | "fast-forward" => Ok(Self::FastForward),
            "squash" => Ok(Self::Squash),
            "leave" => Ok(Self::Leave),
            found => Err(WorkspaceError::Word {
                expected: "fast-forward, squash or leave",
                found: found.chars().take(80).collect(),
            }),
        }
    }
}

/// A wish to merge.
#[derive(Debug, Clone)]
pub struct Merge {
    pub how: How,
    /// Empty: one is written.
    pub message: String,
}

impl Workspaces {
    /// Merges. What git did is to be committed by the caller; called again before that, it finds it done.
    pub fn merge(&self, run: &Run, merge: &Merge) -> Result<Step, WorkspaceError> {
        let workspace = of_ended(run)?;
        let worktree = match &workspace.place {
            Place::Worktree(worktree) => worktree,
            Place::Copy { path, .. } | Place::None { folder: path } => {
                return Err(WorkspaceError::MergeOfCopy { path: path.clone() });
            }
        };
        match &workspace.standing {
            // Never made: nothing ran.
            Standing::Planned => return Ok(Step::Cleaned { commit: None }),
            Standing::Made => {}
            Standing::Merged { onto, commit, tip } => {
                return Ok(Step::Merged {
                    onto: onto.clone(),
                    commit: commit.clone(),
                    tip: tip.clone(),
                });
            }
            Standing::Left { commit } if merge.how == How::Leave => {
                return Ok(Step::Left {
                    commit: commit.clone(),
                });
            }
            Standing::Cleaned { commit } => {
                return Ok(Step::Cleaned {
                    commit: commit.clone(),
                });
            }
            Standing::Continued { by } => return Err(WorkspaceError::PassedOn { by: *by }),
            Standing::Left { .. } | Standing::Discarded => {
                return Err(WorkspaceError::Settled {
                    state: workspace.state().to_string(),
                });
            }
        }
        let tree = Tree::of(self, worktree);
        match merge.how {
            How::Leave => leave(&tree, run, merge),
            How::FastForward | How::Squash => self.take_over(&tree, run, merge),
        }
    }

    fn take_over(&self, tree: &Tree<'_>, run: &Run, merge: &Merge) -> Result<Step, WorkspaceError> {
        let worktree = tree.worktree;
        self.refuse_another_tree(worktree)?;
        check_tree(&self.git, &worktree.repository, Instead::MergeAgain)?;
        let there = self.git.at(&worktree.repository).with_limit(LONG);
        let Some(onto) = there.maybe(&["symbolic-ref", "--quiet", "--short", "HEAD"])? else {
            return Err(WorkspaceError::Detached {
                repository: worktree.repository.clone(),
            });
        };
        let head = there.line(&["rev-parse", "--verify", "HEAD^{commit}"])?;
        let merged = |commit: String, tip: String| Step::Merged {
            onto: onto.clone(),
            commit,
            tip,
        };
        let trailer = trailer(run);
        // A squash that was done and not committed here: the daemon died in between.
        let done = there.line(&[
            "log",
            "--max-count=1",
            "--format=%H",
            "--fixed-strings",
            &format!("--grep={trailer}"),
            &format!("{}..{head}", worktree.base),
        ])?;
        if !done.is_empty() {
            let tip = tree.branch_tip()?.unwrap_or_else(|| done.clone());
            return Ok(merged(done, tip));
        }
        let Some(snapshot) = tree.snapshot(&message_of_work(run, merge))? else {
            return Err(WorkspaceError::Gone {
                path: worktree.path.clone(),
            });
        };
        if snapshot.commit == worktree.base {
            return Ok(Step::Cleaned {
                commit: Some(snapshot.commit),
            });
        }
        if is_ancestor(&there, &snapshot.commit, &head)? {
            return Ok(merged(snapshot.commit.clone(), snapshot.commit));
        }
        let next = match merge.how {
            How::Squash => {
                let message = message_of_squash(run, merge, &trailer);
                squash(tree, &snapshot, &head, &onto, &message)?
            }
            How::FastForward | How::Leave => {
                if !is_ancestor(&there, &head, &snapshot.commit)? {
                    return Err(WorkspaceError::Moved {
                        onto,
                        path: worktree.path.clone(),
                    });
                }
                snapshot.commit.clone()
            }
        };
        self.refuse_overwriting(worktree, &head, &next)?;
        tree.adopt(&snapshot)?;
        if next == head {
            return Ok(merged(head, snapshot.commit));
        }
        there.run(&[
            "merge",
            "--ff-only",
            "--no-overwrite-ignore",
            "--no-stat",
            "--quiet",
            &next,
        ])?;
        Ok(merged(next, snapshot.commit))
    }

    /// The tree the run was submitted in may have gone, and git would look for one further up.
    fn refuse_another_tree(&self, worktree: &Worktree) -> Result<(), WorkspaceError> {
        let gone = || WorkspaceError::NoTree {
            repository: worktree.repository.clone(),
        };
        if !worktree.repository.is_dir() {
            return Err(gone());
        }
        let common = self.git.at(&worktree.repository).line(&[
            "rev-parse",
            "--path-format=absolute",
            "--git-common-dir",
        ])?;
        if Path::new(&common) == worktree.common {
            Ok(())
        } else {
            Err(gone())
        }
    }

    /// Files that git does not know, where the work has one of the same name. Ignored ones too: git would
    /// overwrite those without a word.
    fn refuse_overwriting(
        &self,
        worktree: &Worktree,
        head: &str,
        next: &str,
    ) -> Result<(), WorkspaceError> {
        let added = self.git.bare(&worktree.common).run(&[
            "diff-tree",
            "-r",
            "-z",
            "--name-only",
            "--no-renames",
            "--diff-filter=A",
            head,
            next,
        ])?;
        let files: Vec<String> = split(&added)
            .iter()
            .filter(|name| {
                worktree
                    .repository
                    .join(Path::new(name))
                    .symlink_metadata()
                    .is_ok()
            })
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        if files.is_empty() {
            return Ok(());
        }
        Err(WorkspaceError::Overwritten {
            repository: worktree.repository.clone(),
            files,
        })
    }

    /// Takes away what is of no use once this has been committed.
    pub fn clear(&self, workspace: &Workspace) -> Result<(), WorkspaceError> {
        match &workspace.place {
            Place::None { .. } => Ok(()),
            Place::Copy { path, .. } => match workspace.standing {
                Standing::Planned | Standing::Made | Standing::Continued { .. } => Ok(()),
                Standing::Merged { .. }
                | Standing::Left { .. }
                | Standing::Discarded
                | Standing::Cleaned { .. } => remove::folder(path),
            },
            Place::Worktree(worktree) => {
                let tip;
                let branch = match &workspace.standing {
                    Standing::Planned | Standing::Made | Standing::Continued { .. } => {
                        return Ok(());
                    }
                    Standing::Merged { tip, .. } => Branch::RemoveAt(tip),
                    Standing::Discarded => Branch::Remove,
                    Standing::Left { .. } => Branch::Keep,
                    Standing::Cleaned { commit } => {
                        tip = commit.clone().unwrap_or_else(|| worktree.base.clone());
                        Branch::RemoveAt(&tip)
                    }
                };
                remove::worktree(&self.git, worktree, branch)
            }
        }
    }
}

fn leave(tree: &Tree<'_>, run: &Run, merge: &Merge) -> Result<Step, WorkspaceError> {
    let Some(snapshot) = tree.snapshot(&message_of_work(run, merge))? else {
        return Err(WorkspaceError::Gone {
            path: tree.worktree.path.clone(),
        });
    };
    if snapshot.commit == tree.worktree.base {
        return Ok(Step::Cleaned {
            commit: Some(snapshot.commit),
        });
    }
    tree.adopt(&snapshot)?;
    Ok(Step::Left {
        commit: snapshot.commit,
    })
}

/// The commit that has the work on top of `head`; nothing refers to it yet. `head` itself if it has it already.
fn squash(
    tree: &Tree<'_>,
    snapshot: &Snapshot,
    head: &str,
    onto: &str,
    message: &str,
) -> Result<String, WorkspaceError> {
    let repo = tree.repo().with_limit(LONG);
    tree.identity()?;
    let answer = repo.ask(&[
        "merge-tree",
        "--write-tree",
        "--name-only",
        "--no-messages",
        "-z",
        head,
        &snapshot.commit,
    ])?;
    let mut parts = split(&answer.stdout).into_iter();
    let result = parts.next().map(|tree| tree.to_string_lossy().into_owned());
    match (answer.code, result) {
        (Some(0), Some(result)) => {
            if result == repo.line(&["rev-parse", &format!("{head}^{{tree}}")])? {
                return Ok(head.to_owned());
            }
            Ok(repo.line(&["commit-tree", &result, "-p", head, "-m", message])?)
        }
        (Some(1), _) => Err(WorkspaceError::Conflict {
            onto: onto.to_owned(),
            files: parts
                .map(|name| name.to_string_lossy().into_owned())
                .collect(),
            path: tree.worktree.path.clone(),
        }),
        _ => Err(super::error::GitError::Failed {
            what: "git merge-tree --write-tree (git 2.38 or newer)".to_owned(),
            said: answer.said,
        }
        .into()),
    }
}

/// Names the run in a squashed commit.
fn trailer(run: &Run) -> String {
    format!("Synod-Run: {}", run.id)
}

fn message_of_work(run: &Run, merge: &Merge) -> String {
    if merge.message.trim().is_empty() {
        format!("Work of the run {}", run.name)
    } else {
        merge.message.clone()
    }
}

fn message_of_squash(run: &Run, merge: &Merge, trailer: &str) -> String {
    format!("{}\n\n{trailer}", message_of_work(run, merge).trim_end())
}
