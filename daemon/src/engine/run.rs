//! The engine's thread.

use std::{
    collections::{BTreeSet, VecDeque},
    thread,
    time::{Duration, Instant},
};

use synod_core::{
    input::{Found, Observation},
    plan::{Effect, plan},
    state::{Limits, State},
};
use synod_proto::v1;
use synod_shared::ids::RunId;
use tokio::{runtime::Handle, sync::mpsc};

use super::{
    batch::{Batch, Failed, Outcome, refusal},
    handle::{Engine, FULL_PAUSE, Gauges, Message},
    seen::Seen,
};
use crate::{
    clock::Clock,
    feed::Publisher,
    store::{Store, StoreError, Watermark},
};

/// Messages that may wait for the engine. Actors wait for their commits, so each has one under way; beyond
/// this many callers the transport's own limits hold them.
const INBOX: usize = 1_024;
/// Most messages in one transaction: keeps it under a few hundred rows.
const BATCH: usize = 128;
/// A turn longer than this is logged.
const LONG_TURN: Duration = Duration::from_millis(50);

/// What carries out effects. Never blocks: it is called from the engine's thread.
pub trait Effects: Send + 'static {
    /// Begins what is not under way yet. `plan` is the whole of what should be under way now.
    fn apply(&mut self, plan: &[Effect], state: &State);
    /// Told of what was committed, before anybody else is.
    fn committed(&mut self, changes: &[v1::Change]);
}

/// What an engine is started with.
#[derive(Debug)]
pub struct Start {
    pub store: Store,
    pub limits: Limits,
    pub clock: Clock,
    pub publisher: Publisher,
    /// Runs the database does not know: taken in before anything is scheduled.
    pub found: Vec<Found>,
    /// Set once they are taken in.
    pub watermark: Watermark,
}

/// Starts the engine. `effects` is made with the handle, because effects report back. The receiver fires when
/// the thread has ended: with an error if that was not asked for.
pub fn start<E: Effects>(
    from: Start,
    effects: impl FnOnce(Engine) -> E,
) -> (
    Engine,
    tokio::sync::oneshot::Receiver<Result<(), StoreError>>,
) {
    let (inbox, messages) = mpsc::channel(INBOX);
    let engine = Engine { inbox };
    let effects = effects(engine.clone());
    let (ended, end) = tokio::sync::oneshot::channel();
    let runtime = Handle::current();
    let body = move || {
        let run = || {
            let mut thread = Thread {
                store: from.store,
                state: State::new(from.limits),
                seen: Seen::default(),
                clock: from.clock,
                publisher: from.publisher,
                effects,
                runtime,
                full: false,
                ending: Ending::GoOn,
                ended: BTreeSet::new(),
            };
            thread.run(messages, from.found, &from.watermark)
        };
        // A panic here is a broken invariant: log, and let the process end. The next one adopts.
        let result =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| {
                tracing::error!(
                    "the engine failed; agents go on and are adopted by the next daemon"
                );
                Err(StoreError::Locked {
                    path: std::path::PathBuf::from("(the engine panicked)"),
                })
            });
        // Nobody listening means the process is ending already.
        let _ = ended.send(result);
    };
    if let Err(error) = thread::Builder::new().name("engine".to_owned()).spawn(body) {
        tracing::error!(%error, "the engine's thread cannot be started");
    }
    (engine, end)
}

struct Thread<E> {
    store: Store,
    state: State,
    seen: Seen,
    clock: Clock,
    publisher: Publisher,
    effects: E,
    runtime: Handle,
    /// No room for the last commit.
    full: bool,
    ending: Ending,
    /// Runs that have ended and are to be forgotten once nothing of them is attended to.
    ended: BTreeSet<RunId>,
}

impl<E: Effects> Thread<E> {
    fn run(
        &mut self,
        mut messages: mpsc::Receiver<Message>,
        found: Vec<Found>,
        watermark: &Watermark,
    ) -> Result<(), StoreError> {
        self.load()?;
        self.take_in(found)?;
        watermark.reach(self.store.revision());
        let mut due = Some(Instant::now());
        loop {
            let mut waiting = VecDeque::new();
            waiting.extend(self.next(&mut messages, due));
            while waiting.len() < BATCH {
                match messages.try_recv() {
                    Ok(message) => waiting.push_back(message),
                    Err(_) => break,
                }
            }
            if waiting.is_empty() && messages.is_closed() {
                return Ok(());
            }
            // A deadline that has come is looked at whatever else has arrived.
            if due.is_some_and(|due| due <= Instant::now()) {
                waiting.push_back(Message::Tick);
            }
            let began = Instant::now();
            let count = waiting.len();
            if let Err(error) = self.turn(&mut waiting) {
                self.failed(error, waiting)?;
            }
            let took = began.elapsed();
            if took > LONG_TURN {
                tracing::warn!(
                    ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                    messages = count,
                    "a turn of the engine took long"
                );
            }
            if self.ending == Ending::Stop {
                self.store.checkpoint();
                return Ok(());
            }
            due = self.plan().map(|wait| Instant::now() + wait);
        }
    }

    /// Takes in what only the directories know, before anything is scheduled. It is one transaction: a database
    /// that has no revision yet has not had it.
    fn take_in(&mut self, found: Vec<Found>) -> Result<(), StoreError> {
        if found.is_empty() {
            return Ok(());
        }
        let observations: Vec<_> = found
            .into_iter()
            .map(|found| Observation::Found(Box::new(found)))
            .collect();
        loop {
            let done = tokio::sync::oneshot::channel().0;
            let observe = Message::Observe {
                observations: observations.clone(),
                done,
            };
            match self.turn(&mut VecDeque::from([observe])) {
                Ok(()) => return Ok(()),
                Err(error) => self.failed(error, VecDeque::new())?,
            }
            thread::sleep(FULL_PAUSE);
        }
    }

    /// The next message; nothing when a deadline has come, or when nobody can speak to the engine any more.
    fn next(
        &self,
        messages: &mut mpsc::Receiver<Message>,
        due: Option<Instant>,
    ) -> Option<Message> {
        if let Ok(message) = messages.try_recv() {
            return Some(message);
        }
        match due {
            None => messages.blocking_recv(),
            Some(due) => self.runtime.block_on(async {
                tokio::time::timeout_at(due.into(), messages.recv())
                    .await
                    .ok()
                    .flatten()
            }),
        }
    }

    /// Boot is the normal path: the state as committed, then plan.
    fn load(&mut self) -> Result<(), StoreError> {
        let loaded = self.store.load()?;
        let mut state = State::new(self.state.limits.clone());
        for entity in &loaded.entities {
            state.apply(entity);
        }
        for (execution, answer) in loaded.answers {
            state.apply_answer(execution, answer);
        }
        self.seen = Seen::of(&state);
        self.state = state;
        Ok(())
    }

    /// One batch. What it could not take in any more stays in `waiting`.
    fn turn(&mut self, waiting: &mut VecDeque<Message>) -> Result<(), StoreError> {
        let mut gauges = Vec::new();
        let now = self.clock.now();
        let mut batch = Batch::new(self.store.begin()?, &mut self.state, &mut self.seen, now);
        while let Some(message) = waiting.pop_front() {
            let taken = match message {
                Message::Command { request, answer } => batch.command(*request, answer),
                Message::Observe { observations, done } => {
                    batch.observe(observations, done).map_err(Failed::from)
                }
                Message::Tick => batch.tick().map_err(Failed::from),
                Message::Gauges(answer) => {
                    gauges.push(answer);
                    Ok(())
                }
                Message::Stop => {
                    self.ending = Ending::Stop;
                    Ok(())
                }
            };
            if let Err(failed) = taken {
                return Err(batch.abandon(failed));
            }
        }
        // A daemon that ends starts nothing more.
        if self.ending == Ending::GoOn
            && let Err(source) = batch.schedule()
        {
            return Err(batch.abandon(source.into()));
        }
        let outcome = batch.commit().map_err(|failed| failed.source)?;
        if outcome.wrote {
            self.full = false;
        }
        self.publish(outcome);
        for answer in gauges {
            // Whoever asked may have gone.
            let _ = answer.send(self.gauges());
        }
        Ok(())
    }

    fn publish(&mut self, outcome: Outcome) {
        self.ended.extend(&outcome.recalled);
        if !outcome.changes.is_empty() {
            let _span = tracing::debug_span!(
                "commit",
                revision = outcome.revision,
                events = outcome.changes.len()
            )
            .entered();
            for change in &outcome.changes {
                self.note(change);
            }
            self.effects.committed(&outcome.changes);
            self.publisher.publish(&outcome.changes, outcome.revision);
        }
        outcome.answer();
    }

    /// Logs what a user would recognise, and remembers runs that have ended.
    fn note(&mut self, change: &v1::Change) {
        use v1::change::Entity;
        let revision = change.revision;
        match &change.entity {
            Some(Entity::Run(run)) => {
                if let Ok(id) = run.id.parse::<RunId>()
                    && self
                        .state
                        .run(id)
                        .is_some_and(|run| run.state.is_terminal())
                {
                    self.ended.insert(id);
                }
                tracing::info!(revision, run = %run.id, name = %run.name, state = %run.state, reason = %run.reason, request_id = %change.request_id, "run");
            }
            Some(Entity::Execution(execution)) => {
                tracing::info!(revision, run = %execution.run_id, execution = %execution.id, agent = %execution.agent, state = %execution.state, reason = %execution.reason, "execution");
            }
            Some(Entity::Attempt(attempt)) => {
                tracing::info!(revision, run = %attempt.run_id, execution = %attempt.execution_id, attempt = %attempt.id, state = %attempt.state, pid = attempt.pid, exit_code = attempt.exit_code, reason = %attempt.reason, "attempt");
            }
            Some(Entity::Progress(progress)) => {
                tracing::debug!(revision, attempt = %progress.attempt_id, bytes = progress.output_bytes, "progress");
            }
            Some(Entity::Verdict(verdict)) => {
                tracing::info!(revision, run = %verdict.run_id, state = %verdict.state, trust = %verdict.trust, "verdict");
            }
            Some(
                Entity::Finding(_) | Entity::Question(_) | Entity::Ledger(_) | Entity::Deleted(_),
            )
            | None => {}
        }
    }

    fn plan(&mut self) -> Option<Duration> {
        for run in std::mem::take(&mut self.ended) {
            self.state.forget(run);
        }
        let plan = plan(&self.state, &self.clock.now());
        self.effects.apply(&plan.effects, &self.state);
        match (plan.wake, self.full) {
            (wake, false) => wake,
            (_, true) => Some(FULL_PAUSE),
        }
    }

    /// A failed commit discards the working state and never touches agents. No room: go on from what is
    /// committed. Anything else ends the daemon; the next one adopts.
    fn failed(&mut self, error: StoreError, rest: VecDeque<Message>) -> Result<(), StoreError> {
        if !matches!(error, StoreError::Full { .. }) {
            tracing::error!(%error, "the database failed; the daemon ends, agents go on");
            return Err(error);
        }
        if !self.full {
            tracing::warn!(%error, "work goes on, nothing new is taken until there is room");
        }
        self.full = true;
        self.load()?;
        // Whoever has gone does not want to know.
        for message in rest {
            match message {
                Message::Command { answer, .. } => drop(answer.send(Err(refusal(&error)))),
                Message::Observe { done, .. } => drop(done.send(Err(refusal(&error)))),
                Message::Gauges(answer) => drop(answer.send(self.gauges())),
                Message::Stop => self.ending = Ending::Stop,
                Message::Tick => {}
            }
        }
        Ok(())
    }

    fn gauges(&self) -> Gauges {
        let providers = self
            .state
            .runs()
            .flat_map(|run| self.state.executions_of(run));
        let mut by_provider = std::collections::BTreeMap::new();
        for execution in providers {
            let name = &execution.agent.provider;
            if !by_provider.contains_key(name) {
                by_provider.insert(
                    name.clone(),
                    (self.state.running_of(name), self.state.queued_of(name)),
                );
            }
        }
        Gauges {
            running: self.state.running(),
            queued: self.state.queued(),
            by_provider,
            revision: self.store.revision(),
            warnings: if self.full {
                vec!["no room for the database; nothing new is taken".to_owned()]
            } else {
                Vec::new()
            },
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    GoOn,
    Stop,
}
