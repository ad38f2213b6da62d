//! One attempt's actor: looks at the directory, does what the adoption table says, looks again.
//!
//! A start, an adoption after a restart and the end are the same loop.

use std::{io, sync::Arc, time::Duration};

use synod_core::{
    adopt::{self, Adoption, Row, adopt},
    entity::{AgentSpec, Attempt, End, Progress},
    input::{Found, Observation},
};
use synod_shared::words::Reason;
use synod_shim::{
    containment::{KillError, kill_tree},
    dir::{DirError, RunDir},
    inspect::{self, inspect},
    lock::Lock,
    records::{Exit, Outcome, Started},
    spec::Containment,
};
use thiserror::Error;
use tokio::{sync::watch, task::spawn_blocking, time::Instant};

use super::{
    launch::{LaunchError, Launcher},
    output::{self, Ingest},
    shim::Shim,
    watch::{Watch, Watcher},
};
use crate::{clock, engine::Engine};

/// Progress is reported at most so often for each attempt.
const COALESCE: Duration = Duration::from_secs(1);
/// The first output is reported after so long: what is printed at once is one report.
const FIRST_REPORT: Duration = Duration::from_millis(20);
/// While a shim is not known yet (between its lock and its first record) the lock is looked at so often.
const LOOK: Duration = Duration::from_millis(50);
/// A shim that has been asked to end its tree and has not ended this long after the grace is stuck: it is killed,
/// and its tree after it.
const STUCK: Duration = Duration::from_secs(15);
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
        last_report: None,
        starts: 0,
        waited: false,
    };
    actor.run().await
}

struct Actor {
    launcher: Arc<Launcher>,
    watcher: Watcher,
    engine: Engine,
    attempt: Attempt,
    agent: AgentSpec,
    found: Found,
    dir: RunDir,
    row: Row,
    stop: watch::Receiver<bool>,
    reported_start: bool,
    ingest: Ingest,
    errors: Ingest,
    last_report: Option<Instant>,
    starts: u32,
    /// Whether it has said that it has to wait.
    waited: bool,
}

/// What was found, with what it carries.
enum Seen {
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
enum Step {
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

    async fn look(&mut self) -> Result<Seen, AttendError> {
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
            LaunchError::Dir(_) | LaunchError::Spawn { .. } => Reason::SpawnFailed,
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

    /// The directory's watch; without one (the user's inotify limits are used up) it is looked at every second.
    fn watch(&self) -> Option<Arc<Watch>> {
        match self.watcher.watch(self.dir.path()) {
            Ok(watch) => Some(watch),
            Err(error) => {
                tracing::warn!(attempt = %self.attempt.id, %error, "not watched; looked at every second instead");
                None
            }
        }
    }

    /// Waits until the shim has ended, reporting what is seen meanwhile. Without a shim to hold on to, until
    /// there is one.
    async fn wait(
        &mut self,
        mut shim: Option<Shim>,
        watch: Option<Arc<Watch>>,
    ) -> Result<Step, AttendError> {
        let mut changes = watch.as_ref().map(|watch| watch.changes());
        // When what has been printed is to be reported next; nothing while there is no news.
        let mut report = Some(self.next_report());
        let mut told = None;
        loop {
            if *self.stop.borrow() && told.is_none() {
                let dir = self.dir.clone();
                spawn_blocking(move || dir.write_cancel()).await??;
                self.row = Row::Stopping;
                if let Some(shim) = &shim {
                    shim.terminate()?;
                    told = Some(Instant::now() + self.agent.grace + STUCK);
                }
            }
            if !self.reported_start
                && let Some(started) = self.dir.started()?
            {
                self.report_start(&started).await?;
            }
            if shim.is_none() && self.reported_start {
                return Ok(Step::LookAgain);
            }
            tokio::select! {
                ended = ended(&mut shim) => {
                    ended?;
                    return Ok(Step::LookAgain);
                }
                () = changed(&mut changes) => {
                    report = report.or_else(|| Some(self.next_report()));
                }
                changed = self.stop.changed(), if told.is_none() => {
                    // The engine has gone, and with it the daemon: the next one adopts.
                    if changed.is_err() {
                        return Ok(Step::Done);
                    }
                }
                () = tokio::time::sleep_until(report.unwrap_or_else(Instant::now)), if report.is_some() => {
                    report = None;
                    self.report_progress().await;
                }
                () = tokio::time::sleep_until(told.unwrap_or_else(Instant::now)), if told.is_some() => {
                    tracing::error!(attempt = %self.attempt.id, "the shim does not end; it is killed, and its tree");
                    if let Some(shim) = &shim
                        && !is_full(self.dir.path())
                    {
                        shim.kill()?;
                    }
                    told = Some(Instant::now() + STUCK);
                }
                () = tokio::time::sleep(LOOK), if shim.is_none() => {
                    return Ok(Step::LookAgain);
                }
            }
        }
    }

    /// When output may be reported again.
    fn next_report(&self) -> Instant {
        match self.last_report {
            None => Instant::now() + FIRST_REPORT,
            Some(last) => (last + COALESCE).max(Instant::now()),
        }
    }

    async fn report_start(&mut self, started: &Started) -> Result<(), AttendError> {
        if self.reported_start {
            return Ok(());
        }
        self.reported_start = true;
        if self.row == Row::Starting {
            self.row = Row::Running;
        }
        self.observe(vec![self.start_observation(started)]).await;
        Ok(())
    }

    fn start_observation(&self, started: &Started) -> Observation {
        Observation::Started {
            attempt: self.attempt.id,
            pid: u32::try_from(started.agent_pid).ok(),
            at_us: started.at_us,
            containment: describe(&started.containment).to_owned(),
        }
    }

    /// Reports what is new. What cannot be read now is read later.
    async fn report_progress(&mut self) {
        self.last_report = Some(Instant::now());
        match self.ingest_to(u64::MAX, u64::MAX).await {
            Ok(Some(progress)) => {
                self.observe(vec![progress]).await;
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(attempt = %self.attempt.id, %error, "output is not read yet");
            }
        }
    }

    /// Ingests what is new, at most up to these lengths.
    async fn ingest_to(
        &mut self,
        stdout: u64,
        stderr: u64,
    ) -> Result<Option<Observation>, AttendError> {
        let (dir, mut ingest, mut errors) =
            (self.dir.clone(), self.ingest.clone(), self.errors.clone());
        let (ingest, errors, news) = spawn_blocking(move || -> io::Result<_> {
            let noise = errors.read(&dir.stderr(), stderr)?;
            let news = ingest.read(&dir.stdout(), stdout)?;
            // Whatever spoke last is shown; standard output when both did.
            if noise && !news && !errors.last_line.is_empty() {
                ingest.last_line.clone_from(&errors.last_line);
            }
            Ok((ingest, errors, noise || news))
        })
        .await??;
        self.ingest = ingest;
        self.errors = errors;
        Ok(news.then(|| Observation::Progress {
            attempt: self.attempt.id,
            output_bytes: self.ingest.offset,
            error_bytes: self.errors.offset,
            lines: self.ingest.lines,
            last_line: self.ingest.last_line.clone(),
            at_us: clock::utc_us(),
        }))
    }

    /// `exit.json` is there: the agent has ended, its tree is gone, the lengths are final.
    async fn finish(&mut self, exit: Exit) -> Result<Step, AttendError> {
        let mut seen = Vec::new();
        if !self.reported_start
            && let Some(started) = self.dir.started()?
        {
            self.reported_start = true;
            seen.push(self.start_observation(&started));
        }
        seen.extend(self.ingest_to(exit.stdout_bytes, exit.stderr_bytes).await?);
        let mut end = end_of(&exit);
        let (recorded, read) = (exit.stdout_bytes, self.ingest.offset);
        let there = output::length(&self.dir.stdout());
        if read < recorded || there < read {
            end.reason = Reason::OutputLost;
            // The record itself is the shorter one if the file was cut while the agent ran.
            end.detail = format!(
                "{} bytes of output were seen, only {there} are there",
                recorded.max(read)
            );
        }
        seen.push(Observation::Ended {
            attempt: self.attempt.id,
            end,
        });
        self.conclude(seen).await
    }

    /// No record will come, and nothing of it runs.
    async fn lost(&mut self, reason: Reason, detail: &str) -> Result<Step, AttendError> {
        let mut seen = Vec::new();
        seen.extend(self.ingest_to(u64::MAX, u64::MAX).await?);
        seen.push(Observation::Lost {
            attempt: self.attempt.id,
            end: End {
                exit_code: None,
                signal: None,
                reason,
                detail: detail.to_owned(),
                at_us: clock::utc_us(),
                duration_us: None,
                output_bytes: output::length(&self.dir.stdout()),
                error_bytes: output::length(&self.dir.stderr()),
            },
        });
        self.conclude(seen).await
    }

    /// Commits the end, then moves the directory to the archive.
    async fn conclude(&mut self, seen: Vec<Observation>) -> Result<Step, AttendError> {
        let Ok(revision) = self.engine.observe(seen).await else {
            return Ok(Step::Done);
        };
        let dir = self.dir.clone();
        let (archive, watermark) = (
            self.launcher.paths.archive(),
            self.launcher.watermark.clone(),
        );
        if !dir.path().starts_with(self.launcher.paths.runs()) {
            return Ok(Step::Done);
        }
        let archived = spawn_blocking(move || {
            let archived = dir.archive(&archive);
            watermark.reach(revision);
            archived
        });
        match archived.await? {
            Ok(_) | Err(DirError::Missing { .. }) => {}
            // The next start archives it.
            Err(error) => tracing::warn!(attempt = %self.attempt.id, %error, "not archived yet"),
        }
        Ok(Step::Done)
    }

    async fn kill(&self, seen: Seen) -> Result<(), AttendError> {
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
    async fn observe(&self, observations: Vec<Observation>) -> bool {
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

/// Returns when something in the directory has changed; without a watch, after a second.
async fn changed(changes: &mut Option<watch::Receiver<u64>>) {
    if let Some(changes) = changes
        && changes.changed().await.is_ok()
    {
        return;
    }
    tokio::time::sleep(COALESCE).await;
}

/// Whether the shim may only be waiting for room to write its record.
fn is_full(path: &std::path::Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|fs| fs.f_bavail == 0)
}

/// Never, while there is no shim to hold on to.
async fn ended(shim: &mut Option<Shim>) -> io::Result<()> {
    match shim {
        Some(shim) => shim.ended().await,
        None => std::future::pending().await,
    }
}

/// What a containment is called.
#[must_use]
pub const fn describe(containment: &Containment) -> &'static str {
    match containment {
        Containment::Cgroup { .. } => "cgroup-v2",
        Containment::Session => "session",
    }
}

/// What the shim's record says.
pub fn end_of(exit: &Exit) -> End {
    let (exit_code, signal, reason, detail) = match &exit.outcome {
        Outcome::Exited { code: 0 } => (Some(0), None, Reason::Completed, String::new()),
        Outcome::Exited { code } => (
            Some(*code),
            None,
            Reason::ExitNonzero,
            format!("the agent ended with exit code {code}"),
        ),
        Outcome::Signalled { signal } => (
            None,
            Some(*signal),
            Reason::Signalled,
            format!("the agent was ended by signal {signal}"),
        ),
        Outcome::Cancelled { code, signal } => (
            *code,
            *signal,
            Reason::Cancelled,
            "ended by request".to_owned(),
        ),
        Outcome::Timeout { code, signal } => (
            *code,
            *signal,
            Reason::Timeout,
            "the agent ran into its time limit".to_owned(),
        ),
        Outcome::OutputLimit { code, signal } => (
            *code,
            *signal,
            Reason::OutputLimit,
            "the agent printed more than is allowed".to_owned(),
        ),
        Outcome::SpawnFailed {
            errno,
            path,
            message,
        } => (
            None,
            None,
            Reason::SpawnFailed,
            spawn_detail(*errno, path, message),
        ),
    };
    End {
        exit_code,
        signal,
        reason,
        detail,
        at_us: exit.ended_at_us,
        duration_us: Some(exit.duration_us),
        output_bytes: exit.stdout_bytes,
        error_bytes: exit.stderr_bytes,
    }
}

/// Begins with `not found:` or `not executable:`, so that a client can tell 127 from 126. Names what was tried.
fn spawn_detail(errno: i32, path: &str, message: &str) -> String {
    let kind = if errno == rustix::io::Errno::NOENT.raw_os_error()
        || errno == rustix::io::Errno::NOTDIR.raw_os_error()
    {
        "not found"
    } else {
        "not executable"
    };
    if path.is_empty() {
        format!("{kind}: {message}")
    } else {
        format!("{kind}: {path}: {message}")
    }
}
