//! Before the run directory: the place the attempt works in. See `crate::workspace` for what may die when.

use std::sync::Arc;

use synod_core::{
    input::Observation,
    workspace::{After, Place as Where, Standing, Step, Workspace},
};
use tokio::task::spawn_blocking;

use super::{
    actor::{Actor, AttendError},
    launch::LaunchError,
};
use crate::workspace::WorkspaceError;

/// Whether an attempt can go on.
pub(super) enum Place {
    /// It has a place to work.
    There,
    /// The engine has gone: the next daemon goes on.
    NobodyToTell,
}

impl Actor {
    /// Makes the workspace, whatever of it is there already: without a run directory nothing has run in it. That
    /// holds for the first attempt of the run it is made for only; a later one goes on in what the first has left,
    /// and so does a run that continues an earlier run's session.
    pub(super) async fn make_workspace(&mut self) -> Result<Place, AttendError> {
        let Some(workspace) = self.found.run.workspace.clone() else {
            return Ok(Place::There);
        };
        if matches!(workspace.place, Where::None { .. }) {
            return Ok(Place::There);
        }
        if self.attempt.number > 1 || !workspace.is_made_for(self.found.run.id) {
            return if workspace.standing == Standing::Made && workspace.cwd().is_dir() {
                Ok(Place::There)
            } else {
                Err(failed(WorkspaceError::Gone {
                    path: workspace.path().to_path_buf(),
                }))
            };
        }
        // The name is committed before there is a branch: so it is known whose branch it is.
        if let Where::Worktree(worktree) = &workspace.place
            && worktree.branch.is_none()
        {
            let (launcher, worktree) = (Arc::clone(&self.launcher), worktree.clone());
            let (run, name) = (self.found.run.id, self.found.run.name.clone());
            let chosen = spawn_blocking(move || {
                let whole = Workspace::planned(Where::Worktree(worktree.clone()));
                let _turn = launcher.workspaces.blocking_turn(&whole);
                launcher.workspaces.choose_branch(&worktree, run, &name)
            });
            let branch = chosen.await?.map_err(failed)?;
            if !self.tell(Step::Named { branch }).await {
                return Ok(Place::NobodyToTell);
            }
        }
        let Some(workspace) = self.found.run.workspace.clone() else {
            return Ok(Place::There);
        };
        let launcher = Arc::clone(&self.launcher);
        let made = spawn_blocking(move || {
            let _turn = launcher.workspaces.blocking_turn(&workspace);
            launcher.workspaces.make(&workspace)
        });
        made.await?.map_err(failed)?;
        if self.tell(Step::Made).await {
            Ok(Place::There)
        } else {
            Ok(Place::NobodyToTell)
        }
    }

    /// Has a step committed, and knows of it from then on. False when the engine has gone.
    async fn tell(&mut self, step: Step) -> bool {
        let run = self.found.run.id;
        let after = self
            .found
            .run
            .workspace
            .as_ref()
            .map(|workspace| workspace.after(&step));
        if !self
            .observe(vec![Observation::Workspace { run, step }])
            .await
        {
            return false;
        }
        if let Some(After::Changed(workspace)) = after {
            self.found.run.workspace = Some(workspace);
        }
        true
    }
}

fn failed(error: WorkspaceError) -> AttendError {
    AttendError::Launch(LaunchError::Workspace(error))
}
