//! One attempt's actor: looks at the directory, does what the adoption table says, looks again.
//!
//! A start, an adoption after a restart and the end are the same loop.

use std::{io, sync::Arc, time::Duration};

use synod_core::{
    adopt::{self, Adoption, Row, adopt},
    entity::{AgentSpec, Attempt, Progress},
    input::{Found, Observation},
};
use synod_shared::words::Reason;
use synod_shim::{
    containment::{KillError, kill_tree},
    dir::{DirError, RunDir},
    inspect::{self, inspect},
    lock::Lock,
    records::{Exit, Started},
    spec::Containment,
};
use thiserror::Error;
use tokio::{sync::watch, task::spawn_blocking, time::Instant};

use super::{
    launch::{LaunchError, Launcher},
    output::Ingest,
    reading::Reading,
    shim::Shim,
    talking::{Choices, Talking},
    watch::Watcher,
    workspace::Place,
};
use crate::engine::Engine;

/// While a shim is not known yet (between its lock and its first record) the lock is looked at so often.
pub(super) const LOOK: Duration = Duration::from_millis(50);
/// A shim that has been asked to end its tree and has not ended this long after the grace is stuck: it is killed,
/// and its tree after it.
pub(super) const STUCK: Duration = Duration::from_secs(15);
/// How long an actor waits when the machine has too little of something.
const HOLD_ON: Duration = Duration::from_secs(1);
/// Shims that may die before they claim the attempt; nothing has run then, so another may be started.
const UNCLAIMED_STARTS: u32 = 3;

/// What an actor attends.
#[derive(Debug)]
pub struct Attending {
    pub attempt: Attempt,
    pub agent: AgentSpec,
    pub progress: Option<Progress>,
    /// What a lost database could be rebuilt from.
    pub found: Found,
}

/// Why an actor failed. Its attempt is attended once more, from what the directory says.
#[derive(Debug, Error)]
pub enum AttendError {
    #[error(transparent)]
    Dir(#[from] DirError),
    #[error(transparent)]
    Kill(#[from] KillError),
    #[error(transparent)]
    Launch(LaunchError),
    #[error("watching the attempt failed: {0}")]
    Io(#[from] io::Error),
    #[error("a step of the attempt's actor failed: {0}")]
    Step(#[from] tokio::task::JoinError),
}

/// Attends the attempt to its end. `Ok` also when the engine has gone: the next daemon goes on.
pub async fn attend(
    launcher: Arc<Launcher>,
    watcher: Watcher,
    engine: Engine,
    what: Attending,
    stop: watch::Receiver<bool>,
    choices: watch::Receiver<Choices>,
) -> Result<(), AttendError> {
    let (ingest, errors) = what
        .progress
        .as_ref()
        .map_or_else(Default::default, |seen| {
            (
                Ingest::resume(seen.output_bytes, seen.lines, seen.last_line.clone()),
                Ingest::resume(seen.error_bytes, 0, String::new()),
            )
        });
    let reading = Reading::of(what.agent.adapter);
    let talking = Talking::of(what.agent.adapter, choices);
    let mut actor = Actor {
        dir: launcher.live_dir(&what.attempt),
        row: what.attempt.state.into(),
        reported_start: what.attempt.started_at_us.is_some(),
        launcher,
        watcher,
        engine,
        attempt: what.attempt,
        agent: what.agent,
        found: what.found,
        stop,
        ingest,
        errors,
        reading,
        talking,
        unreported: false,
        last_report: None,
        starts: 0,
        waited: false,
    };
    actor.run().await
}

pub(super) struct Actor {
    pub(super) launcher: Arc<Launcher>,
    pub(super) watcher: Watcher,
    pub(super) engine: Engine,
    pub(super) attempt: Attempt,
    pub(super) agent: AgentSpec,
    pub(super) found: Found,
    pub(super) dir: RunDir,
    pub(super) row: Row,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) reported_start: bool,
    pub(super) ingest: Ingest,
    pub(super) errors: Ingest,
    /// What a structured agent's output means; it is read from its beginning.
    pub(super) reading: Option<Reading>,
    /// The conversation with an agent that is spoken to.
    pub(super) talking: Option<Talking>,
    /// Output was read that nobody was told of yet.
    pub(super) unreported: bool,
    pub(super) last_report: Option<Instant>,
    pub(super) starts: u32,
    /// Whether it has said that it has to wait.
    pub(super) waited: bool,
}

/// What was found, with what it carries.
pub(super) enum Seen {
    NoDirectory,
    Exited(Exit),
    Held(Option<Started>),
    OtherBoot,
    Claimed(Containment, Option<Started>),
    Unclaimed(Lock),
}

impl Seen {
    const fn evidence(&self) -> adopt::Evidence {
        match self {
            Self::NoDirectory => adopt::Evidence::NoDirectory,
            Self::Exited(_) => adopt::Evidence::Exited,
            Self::Held(_) => adopt::Evidence::Held,
            Self::OtherBoot => adopt::Evidence::OtherBoot,
            Self::Claimed(..) => adopt::Evidence::Claimed,
            Self::Unclaimed(_) => adopt::Evidence::Unclaimed,
        }
    }
}

/// Whether there is more to see of an attempt.
pub(super) enum Step {
    LookAgain,
    Done,
}

impl Actor {
    async fn run(&mut self) -> Result<(), AttendError> {
        loop {
            if *self.stop.borrow() {
                self.row = Row::Stopping;
            }
            let seen = match self.look().await {
                Err(error) if is_transient(&error) => {
                    self.hold_on(&error).await;
                    continue;
                }
                seen => seen?,
            };
            let adoption = adopt(self.row, seen.evidence());
            tracing::debug!(attempt = %self.attempt.id, row = ?self.row, evidence = ?seen.evidence(), ?adoption, "looked");
            match self.act(adoption, seen).await {
                Ok(Step::LookAgain) => {}
                Ok(Step::Done) => return Ok(()),
                Err(error) if is_transient(&error) => self.hold_on(&error).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Something the machine has too little of just now. Nothing is lost by waiting; giving up would be.
    async fn hold_on(&mut self, error: &(dyn std::error::Error + Send + Sync)) {
        if !std::mem::replace(&mut self.waited, true) {
            tracing::warn!(attempt = %self.attempt.id, %error, "the attempt's next step has to wait");
        }
        tokio::time::sleep(HOLD_ON).await;
    }

    pub(super) async fn look(&mut self) -> Result<Seen, AttendError> {
        if !self.dir.path().exists() && self.launcher.is_archived(&self.attempt) {
            // It ended under a daemon whose commit this database does not have.
            self.dir = self.launcher.archived_dir(&self.attempt);
        }
        let archived = self.dir.path().starts_with(self.launcher.paths.archive());
        let dir = self.dir.clone();
        let boot_id = self.launcher.boot_id.clone();
        let found = spawn_blocking(move || match inspect(&dir, &boot_id) {
            Ok((spec, evidence)) => Ok(match evidence {
                inspect::Evidence::Exited(exit) => Seen::Exited(exit),
                inspect::Evidence::Held(started) => Seen::Held(started),
                inspect::Evidence::OtherBoot => Seen::OtherBoot,
                inspect::Evidence::ClaimedFree(started) => {
                    let containment = started
                        .as_ref()
                        .map_or(spec.containment, |started| started.containment.clone());
                    Seen::Claimed(containment, started)
                }
                // In the archive nothing is started any more.
                inspect::Evidence::UnclaimedFree(_) if archived => {
                    Seen::Claimed(spec.containment, None)
                }
                inspect::Evidence::UnclaimedFree(lock) => Seen::Unclaimed(lock),
            }),
            Err(DirError::Missing { .. }) if !dir.path().exists() => Ok(Seen::NoDirectory),
            Err(error) => Err(error),
        })
        .await??;
        Ok(found)
    }

    async fn act(&mut self, adoption: Adoption, seen: Seen) -> Result<Step, AttendError> {
        match (adoption, seen) {
            (Adoption::CreateAndStart, _) => self.create().await,
            (Adoption::Start, Seen::Unclaimed(lock)) => self.start(lock).await,
            (Adoption::Attend, Seen::Held(started)) => self.adopt(started).await,
            (Adoption::Ingest, Seen::Exited(exit)) => self.finish(exit).await,
            (Adoption::HostRestarted, _) => {
                self.lost(
                    Reason::HostRestarted,
                    "the machine was restarted while the agent ran",
                )
                .await
            }
            (Adoption::ShimLost, seen) => {
                self.kill(seen).await?;
                let detail = "the shim ended without a record; what it had started was killed, output is kept";
                self.lost(Reason::ShimLost, detail).await
            }
            (Adoption::NeverStarted, seen) => {
                self.kill(seen).await?;
                self.lost(Reason::Cancelled, "cancelled before it was started")
                    .await
            }
            (Adoption::DirectoryLost, seen) => {
                self.kill(seen).await?;
                let detail = format!(
                    "the attempt's directory {} is gone",
                    self.dir.path().display()
                );
                self.lost(Reason::OutputLost, &detail).await
            }
            // Rows of live attempts lead to none of these.
            (Adoption::StopAndArchive | Adoption::Import, _) => Ok(Step::Done),
            // The table pairs each outcome with its evidence; anything else is looked at anew.
            (Adoption::Start | Adoption::Attend | Adoption::Ingest, _) => Ok(Step::LookAgain),
        }
    }

    async fn create(&mut self) -> Result<Step, AttendError> {
        match self.make_workspace().await {
            Ok(Place::There) => {}
            Ok(Place::NobodyToTell) => return Ok(Step::Done),
            Err(AttendError::Launch(error)) => return self.not_started(error).await,
            Err(error) => return Err(error),
        }
        let (launcher, attempt, agent, found) = (
            Arc::clone(&self.launcher),
            self.attempt.clone(),
            self.agent.clone(),
            self.found.clone(),
        );
        match spawn_blocking(move || launcher.create(&attempt, &agent, &found)).await? {
            // Somebody else's life made it: look, never start blindly.
            Ok(_) | Err(LaunchError::Dir(DirError::AlreadyExists { .. })) => Ok(Step::LookAgain),
            Err(error) => self.not_started(error).await,
        }
    }

    async fn start(&mut self, lock: Lock) -> Result<Step, AttendError> {
        if self.starts >= UNCLAIMED_STARTS {
            drop(lock);
            return self
                .lost(
                    Reason::SpawnFailed,
                    "the shim died several times before it began; see shim.log in the archive",
                )
                .await;
        }
        let watch = self.watch();
        let (launcher, dir, execution) = (
            Arc::clone(&self.launcher),
            self.dir.clone(),
            self.attempt.execution,
        );
        match spawn_blocking(move || launcher.start(&dir, lock, execution)).await? {
            Ok(child) => {
                self.starts += 1;
                tracing::debug!(attempt = %self.attempt.id, shim = child.id(), "launched");
                self.wait(Some(Shim::launched(child)?), watch).await
            }
            Err(error) => self.not_started(error).await,
        }
    }

    /// Nothing was started and nothing will be, unless only something is short for the moment.
    async fn not_started(&mut self, error: LaunchError) -> Result<Step, AttendError> {
        if is_transient(&error) {
            return Err(AttendError::Launch(error));
        }
        let reason = match error {
            LaunchError::Submission(_) => Reason::SubmissionLost,
            LaunchError::Dir(_) | LaunchError::Workspace(_) | LaunchError::Spawn { .. } => {
                Reason::SpawnFailed
            }
        };
        self.lost(reason, &error.to_string()).await
    }

    async fn adopt(&mut self, started: Option<Started>) -> Result<Step, AttendError> {
        let watch = self.watch();
        let shim = match started {
            Some(started) => {
                self.report_start(&started).await?;
                let shim = Shim::adopted(started.shim())?;
                if shim.is_none() {
                    // The lock outlives its shim for the moment between a fork and an exec.
                    tokio::time::sleep(LOOK).await;
                    return Ok(Step::LookAgain);
                }
                shim
            }
            None => None,
        };
        self.wait(shim, watch).await
    }

    pub(super) async fn kill(&self, seen: Seen) -> Result<(), AttendError> {
        let (containment, started) = match seen {
            Seen::Claimed(containment, started) => (containment, started),
            // Nothing says where it ran; its name and its mark are known all the same.
            Seen::NoDirectory => {
                let name = Launcher::name(self.attempt.execution, self.attempt.number);
                (self.launcher.mechanism.leaf_for(&name), None)
            }
            Seen::Exited(_) | Seen::Held(_) | Seen::OtherBoot | Seen::Unclaimed(_) => return Ok(()),
        };
        let mark = Launcher::mark(self.attempt.id);
        let gone =
            spawn_blocking(move || kill_tree(&containment, &mark, started.as_ref())).await??;
        tracing::warn!(attempt = %self.attempt.id, killed = gone.killed, "nothing of a lost attempt runs any more");
        Ok(())
    }

    /// Reports; false when the engine has gone.
    pub(super) async fn observe(&self, observations: Vec<Observation>) -> bool {
        self.engine.observe(observations).await.is_ok()
    }
}

/// Whether an error says that the machine has too little of something just now.
fn is_transient(error: &(dyn std::error::Error + 'static)) -> bool {
    use rustix::io::Errno;
    let short = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::NOMEM,
        Errno::NOSPC,
        Errno::DQUOT,
        Errno::AGAIN,
        Errno::NOBUFS,
    ];
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(number) = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::raw_os_error)
        {
            return short.iter().any(|errno| errno.raw_os_error() == number);
        }
        cause = error.source();
    }
    false
}
