//! Workspaces that nobody asks about: looked at when their run ends, at the daemon's start, and every hour.
//!
//! What may go is decided in [`crate::workspace`]; here it is committed and carried out, one repository at a time.

use std::{sync::Arc, time::Duration};

use synod_core::{entity::Run, input::Observation, workspace::Standing};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::{
    attempt::Launcher,
    clock::Clock,
    engine::Engine,
    store::Reader,
    submit::Submitter,
    workspace::{self, Session, Tidy, WorkspaceError, Workspaces},
};

/// How often all are looked at.
const EVERY: Duration = Duration::from_hours(1);

/// See the module.
#[derive(Debug, Clone)]
pub struct Tidier {
    pub launcher: Arc<Launcher>,
    pub reader: Arc<Reader>,
    pub engine: Engine,
}

impl Tidier {
    /// A run has ended just now.
    pub async fn ended(self, id: String) {
        self.one(&id, workspace::tidy).await;
    }

    /// Looks at all there are, now and every hour, until the daemon ends.
    pub async fn run(self, submitter: Arc<Submitter>, clock: Clock, ending: CancellationToken) {
        loop {
            let pass = self.pass(&submitter, &clock);
            tokio::select! {
                // Whatever is cut off is taken up by the next daemon.
                () = ending.cancelled() => return,
                () = pass => {}
            }
            tokio::select! {
                () = ending.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    async fn pass(&self, submitter: &Submitter, clock: &Clock) {
        let kept = kept(submitter);
        let launcher = Arc::clone(&self.launcher);
        let Ok(ids) = spawn_blocking(move || workspace::sweep(&launcher.workspaces)).await else {
            return;
        };
        for id in ids {
            let Some(id) = self.who_answers(id).await else {
                continue;
            };
            let now_us = clock.now().utc_us;
            self.one(&id, move |workspaces: &Workspaces, run: &Run, session| {
                workspace::expire(workspaces, run, now_us, kept, session)
            })
            .await;
        }
    }

    async fn one(
        &self,
        id: &str,
        look: impl FnOnce(&Workspaces, &Run, Session) -> Result<Tidy, WorkspaceError> + Send + 'static,
    ) {
        let Some(place) = self.read(id).await.and_then(|(run, _)| run.workspace) else {
            return;
        };
        let turn = self.launcher.workspaces.turn(&place).await;
        // Somebody may have merged it while this waited.
        let Some((run, session)) = self.read(id).await else {
            return;
        };
        let run_id = run.id;
        let launcher = Arc::clone(&self.launcher);
        let looked = spawn_blocking(move || look(&launcher.workspaces, &run, session)).await;
        let step = match looked {
            Ok(Ok(Tidy::Clean(step))) => Some(step),
            Ok(Ok(Tidy::Clear)) => None,
            Ok(Ok(Tidy::Keep)) | Err(_) => return,
            Ok(Err(error)) => {
                tracing::warn!(run = %id, %error, "a workspace was not looked at, and stays");
                return;
            }
        };
        if let Some(step) = step {
            let seen = Observation::Workspace { run: run_id, step };
            if self.engine.observe(vec![seen]).await.is_err() {
                return;
            }
        }
        let Some(workspace) = self.read(id).await.and_then(|(run, _)| run.workspace) else {
            return;
        };
        let launcher = Arc::clone(&self.launcher);
        let cleared = spawn_blocking(move || launcher.workspaces.clear(&workspace)).await;
        drop(turn);
        if let Ok(Err(error)) = cleared {
            tracing::warn!(run = %id, %error, "a workspace without a use was not removed yet");
        }
    }

    /// The run that answers for a place: the one it was made for, or the last that goes on in it.
    async fn who_answers(&self, made_for: String) -> Option<String> {
        let mut id = made_for;
        loop {
            let (run, _) = self.read(&id).await?;
            match run.workspace?.standing {
                Standing::Continued { by } => id = by.to_string(),
                Standing::Planned
                | Standing::Made
                | Standing::Merged { .. }
                | Standing::Left { .. }
                | Standing::Discarded
                | Standing::Cleaned { .. } => return Some(id),
            }
        }
    }

    async fn read(&self, id: &str) -> Option<(Run, Session)> {
        let (reader, id) = (Arc::clone(&self.reader), id.to_owned());
        let read = spawn_blocking(move || reader.run(&id)).await.ok()?;
        match read {
            Ok(parts) => parts.map(|parts| {
                let mut told = parts
                    .attempts
                    .iter()
                    .filter_map(|attempt| attempt.value.end.as_ref()?.told.as_ref());
                let session = if told.any(|told| told.record.session_id.is_some()) {
                    Session::Left
                } else {
                    Session::None
                };
                (parts.run.value, session)
            }),
            Err(error) => {
                tracing::warn!(%error, "a run could not be read; its workspace stays");
                None
            }
        }
    }
}

/// How long they are kept, as configured now; none: until they are merged or thrown away. With a configuration
/// that cannot be read nothing goes.
fn kept(submitter: &Submitter) -> Option<Duration> {
    match submitter.config() {
        Ok(config) => config.retention.worktrees,
        Err(error) => {
            tracing::warn!(%error, "no worktree is removed for its age until the configuration can be read");
            None
        }
    }
}
