//! What goes by itself: worktrees in which nothing was done, at the end of their run; those whose work is
//! elsewhere, some time later; and what an earlier daemon had no time to remove. Never work that is nowhere else.

use std::{fs, time::Duration};

use synod_core::{
    entity::Run,
    workspace::{Place, Standing, Step},
};

use super::{
    Workspaces, compare,
    error::WorkspaceError,
    scratch,
    work::{Ignored, Tree},
};

/// What is to be done with a workspace that nobody asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tidy {
    /// It stays.
    Keep,
    /// It is of no use any more: this is to be committed, then it is cleared.
    Clean(Step),
    /// That is committed already; clear it.
    Clear,
}

/// Whether an agent left a session that can be gone on with, in the place it began in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    None,
    Left,
}

/// A run that has just ended: what was never worked in is not kept.
pub fn tidy(workspaces: &Workspaces, run: &Run, session: Session) -> Result<Tidy, WorkspaceError> {
    let Some(workspace) = &run.workspace else {
        return Ok(Tidy::Keep);
    };
    if !run.state.is_terminal() {
        return Ok(Tidy::Keep);
    }
    match (&workspace.place, &workspace.standing) {
        (Place::None { .. }, _)
        | (Place::Copy { .. }, Standing::Made)
        | (_, Standing::Continued { .. }) => Ok(Tidy::Keep),
        // It never ran. What is half made goes too.
        (_, Standing::Planned) => Ok(Tidy::Clean(Step::Cleaned { commit: None })),
        (Place::Worktree(worktree), Standing::Made) => {
            let tree = Tree::of(workspaces, worktree);
            let base = Some(worktree.base.clone());
            let untouched = session == Session::None
                && tree.inside().is_some()
                && tree.tip()? == base
                && tree.branch_tip()? == base
                // Also what git ignores may be what was wanted of the agent.
                && tree.changed_files(Ignored::Counted)?.is_empty();
            Ok(if untouched {
                Tidy::Clean(Step::Cleaned { commit: base })
            } else {
                Tidy::Keep
            })
        }
        (
            _,
            Standing::Merged { .. }
            | Standing::Left { .. }
            | Standing::Discarded
            | Standing::Cleaned { .. },
        ) => Ok(Tidy::Clear),
    }
}

/// A run that ended a while ago; `kept` is how long its workspace stays though nothing in it would be lost.
pub fn expire(
    workspaces: &Workspaces,
    run: &Run,
    now_us: i64,
    kept: Option<Duration>,
    session: Session,
) -> Result<Tidy, WorkspaceError> {
    let first = tidy(workspaces, run, session)?;
    let (Tidy::Keep, Some(workspace), Some(ended)) = (&first, &run.workspace, run.ended_at_us)
    else {
        return Ok(first);
    };
    let age = Duration::from_micros(u64::try_from(now_us.saturating_sub(ended)).unwrap_or(0));
    if kept.is_none_or(|kept| age < kept) || workspace.standing != Standing::Made {
        return Ok(first);
    }
    match &workspace.place {
        Place::None { .. } => Ok(Tidy::Keep),
        Place::Worktree(worktree) => {
            let tree = Tree::of(workspaces, worktree);
            Ok(if tree.unmerged()?.is_none() {
                Tidy::Clean(Step::Cleaned {
                    commit: tree.tip()?,
                })
            } else {
                Tidy::Keep
            })
        }
        Place::Copy { folder, path } => {
            // Without the original nobody can say what is only here.
            let same = folder.is_dir() && compare::changed_files(workspaces, folder, path)? == 0;
            Ok(if same {
                Tidy::Clean(Step::Cleaned { commit: None })
            } else {
                Tidy::Keep
            })
        }
    }
}

/// The ids of runs that have something on disk. What a killed daemon left beside them is removed.
pub fn sweep(workspaces: &Workspaces) -> Vec<String> {
    let entries = fs::read_dir(workspaces.paths.worktrees())
        .into_iter()
        .flatten()
        .flatten();
    entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect()
}

/// Removes what calls of an earlier daemon left. Only before this one has begun any.
pub fn sweep_scratch(workspaces: &Workspaces) {
    let entries = fs::read_dir(workspaces.paths.worktrees())
        .into_iter()
        .flatten()
        .flatten();
    for entry in entries {
        scratch::sweep_if_left(&entry.path());
    }
}
