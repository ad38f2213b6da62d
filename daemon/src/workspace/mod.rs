//! Where runs that may write work: git worktrees and copies, from the wish to the end.
//!
//! A worktree stands at `<state>/worktrees/<run id>`, on a branch of its own in the person's repository. The
//! database says what is wished and what has been done; git and the disk say what is there. Every step can be cut
//! off anywhere and taken again:
//!
//! | killed after | leaves | mended by |
//! |---|---|---|
//! | the submission | `planned`, nothing on disk | made at the start |
//! | the branch was chosen | the same, with its name | the next start takes that name |
//! | git made the branch, or half of the worktree | a branch at the base, files without a checkout | removed and made anew: nothing can have run in it before there is a run directory, and there is none |
//! | the worktree is whole, not committed as `made` | the same | the same |
//! | `made`, before the run directory | a whole worktree nobody worked in | the same |
//! | the run directory | a workspace in use | never made again; kept until it is merged or thrown away |
//! | the end of the run, before it was tidied | `made`, unchanged | tidied at the next start |
//! | git merged, not committed | the work in the branch, `made` | the next `merge` finds it there (an ancestor, or a commit that names the run) and commits that |
//! | `merged`, `left`, `discarded` or `cleaned`, before it is removed | a worktree and a branch without a use | removed at the next start |
//!
//! Removal takes the branch first, then git's own record of the worktree, then the folder: as long as anything is
//! left, the folder is, and it is what the next start looks for.
//!
//! One thing at a time is done in one repository: git's own locks are for accidents. What a killed daemon had begun
//! goes on without it, so the next one waits for its end first ([`Running`]).

mod compare;
mod diff;
mod discard;
mod error;
mod git;
mod make;
mod merge;
mod plan;
mod process;
mod remove;
mod retention;
mod running;
mod scratch;
mod work;

pub use self::{
    diff::{Form, Wanted},
    discard::Loss,
    error::{GitError, WorkspaceError},
    git::{Git, become_git},
    merge::{How, Merge},
    plan::{Wish, go_on_in, plan},
    retention::{Session, Tidy, expire, sweep, sweep_scratch, tidy},
    running::Running,
};
pub(crate) use self::{
    git::{LONG, Repo},
    process::Reading,
};

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use synod_core::{
    entity::Run,
    workspace::{Place, Workspace},
};
use synod_shared::paths::Paths;
use tokio::sync::OwnedMutexGuard;

/// All workspaces of this daemon.
#[derive(Debug)]
pub struct Workspaces {
    pub git: Git,
    pub paths: Paths,
    locks: Mutex<HashMap<PathBuf, Arc<tokio::sync::Mutex<()>>>>,
}

/// Held while something is done in a repository.
pub type Turn = OwnedMutexGuard<()>;

impl Workspaces {
    #[must_use]
    pub fn new(git: Git, paths: Paths) -> Self {
        Self {
            git,
            paths,
            locks: Mutex::default(),
        }
    }

    /// Waits until nothing else is done in the repository of this workspace.
    pub async fn turn(&self, workspace: &Workspace) -> Turn {
        let running = self.git.running.clone();
        // A thread that failed has waited for nothing: then git's own locks have to do.
        let _ = tokio::task::spawn_blocking(move || running.await_earlier()).await;
        self.lock(workspace).lock_owned().await
    }

    /// The same in a thread that may block.
    pub fn blocking_turn(&self, workspace: &Workspace) -> Turn {
        self.git.running.await_earlier();
        self.lock(workspace).blocking_lock_owned()
    }

    fn lock(&self, workspace: &Workspace) -> Arc<tokio::sync::Mutex<()>> {
        let key: &Path = match &workspace.place {
            Place::Worktree(worktree) => &worktree.common,
            Place::None { .. } | Place::Copy { .. } => workspace.path(),
        };
        // The map is whole after every line that holds it.
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody holds or waits for are of no use any more.
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(key.to_path_buf()).or_default())
    }
}

/// The workspace of a run, if it has one of its own.
pub fn of(run: &Run) -> Result<&Workspace, WorkspaceError> {
    match &run.workspace {
        None => Err(WorkspaceError::OfNobody {
            run: run.name.clone(),
        }),
        Some(workspace) => match &workspace.place {
            Place::None { folder } => Err(WorkspaceError::None {
                folder: folder.clone(),
            }),
            Place::Worktree(_) | Place::Copy { .. } => Ok(workspace),
        },
    }
}

/// The same of a run that has ended.
pub fn of_ended(run: &Run) -> Result<&Workspace, WorkspaceError> {
    let workspace = of(run)?;
    if run.state.is_terminal() {
        Ok(workspace)
    } else {
        Err(WorkspaceError::Live {
            run: run.name.clone(),
            state: run.state.to_string(),
        })
    }
}
