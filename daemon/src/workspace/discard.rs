//! Throwing work away: only on request, and what is nowhere else only if that was said.

use synod_core::{
    entity::Run,
    workspace::{Place, Standing, Step},
};

use super::{Workspaces, compare, error::WorkspaceError, of_ended, work::Tree};

/// Whether work that is nowhere else may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    Refused,
    Accepted,
}

impl Workspaces {
    /// Whether it may be thrown away. Nothing is removed here.
    pub fn discard(&self, run: &Run, loss: Loss) -> Result<Step, WorkspaceError> {
        let workspace = of_ended(run)?;
        match &workspace.standing {
            Standing::Planned | Standing::Discarded => return Ok(Step::Discarded),
            Standing::Cleaned { commit } => {
                return Ok(Step::Cleaned {
                    commit: commit.clone(),
                });
            }
            Standing::Continued { by } => return Err(WorkspaceError::PassedOn { by: *by }),
            Standing::Merged { .. } | Standing::Left { .. } => {
                return Err(WorkspaceError::Settled {
                    state: workspace.state().to_string(),
                });
            }
            Standing::Made => {}
        }
        if loss == Loss::Accepted {
            return Ok(Step::Discarded);
        }
        let lost = match &workspace.place {
            Place::None { .. } => None,
            Place::Worktree(worktree) => {
                let unmerged = Tree::of(self, worktree).unmerged()?;
                (!unmerged.is_none()).then(|| unmerged.words())
            }
            Place::Copy { folder, path } => {
                let changed = compare::changed_files(self, folder, path)?;
                (changed > 0).then(|| {
                    format!(
                        "{changed} file{} that differ{} from the original",
                        if changed == 1 { "" } else { "s" },
                        if changed == 1 { "s" } else { "" }
                    )
                })
            }
        };
        match lost {
            None => Ok(Step::Discarded),
            Some(what) => Err(WorkspaceError::Unmerged { what }),
        }
    }
}
